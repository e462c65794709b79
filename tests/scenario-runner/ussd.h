/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd: a phone's USSD session as an aggregator tells it to the gateway, a POST a step.
 *
 * What it is not: a network with time-outs; a session lasts until its END, hangs up, or a new dial.
 */
#ifndef RUNNER_USSD_H
#define RUNNER_USSD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ussd-way.h"

struct ussd {
	const struct ussd_way *way;
	char *id;      /* of the session; NULL before the first dial */
	char *code;    /* *384# */
	char *number;  /* the caller's */
	char *text;    /* the history of the last step */
	char **bodies; /* of the steps so far */
	size_t steps;
	char *screen; /* the last one, without CON or END; NULL: none came */
	int64_t ms;   /* that it took */
	bool open;
};

/*
 * Each does one step on the gateway's listener: 0 with a new screen, or -1 with *error (the
 * caller's to free), and the session is over.  phone: the caller's number.
 */
int ussd_dial(struct ussd *ussd, const struct ussd_way *way, const char *socket_path,
	const char *phone, const char *code, char **error);
int ussd_keys(struct ussd *ussd, const char *socket_path, const char *keys, char **error);

/* A step comes once more, from 1; 0 is the last.  What was open stays so behind an earlier one. */
int ussd_repeat(struct ussd *ussd, const char *socket_path, size_t step, char **error);

/* The session ends: the gateway is not told, or it is told and says 200. */
void ussd_hang_up(struct ussd *ussd);
int ussd_end(struct ussd *ussd, const char *socket_path, char **error);

void ussd_clear(struct ussd *ussd);

#endif
