/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd: a phone's USSD session as an aggregator of Africa's Talking's kind tells it to the gateway:
 * a POST a step, its `text` the whole history joined by '*', its answer "CON " or "END " and a
 * screen.
 *
 * What it is not: a network with time-outs; a session lasts until its END, hangs up, or a new dial.
 */
#ifndef RUNNER_USSD_H
#define RUNNER_USSD_H

#include <stdbool.h>

#define USSD_PATH "/ussd/sim/scenario" /* the link's name and its secret */

struct ussd {
	char *id;     /* of the session; NULL before the first dial */
	char *code;   /* *384# */
	char *text;   /* the history of the last step */
	char *screen; /* the last one, without CON or END; NULL: none came */
	bool open;
};

/*
 * Each does one step on the gateway's listener: 0 with a new screen, or -1 with *error (the
 * caller's to free), and the session is over.  phone: the caller's number.
 */
int ussd_dial(struct ussd *ussd, const char *socket_path, const char *phone, const char *code,
	char **error);
int ussd_keys(struct ussd *ussd, const char *socket_path, const char *phone, const char *keys,
	char **error);
int ussd_repeat(struct ussd *ussd, const char *socket_path, const char *phone, char **error);

void ussd_hang_up(struct ussd *ussd);
void ussd_clear(struct ussd *ussd);

#endif
