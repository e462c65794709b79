/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-adapter: between an aggregator's way to tell a step of a USSD session and ours.
 *
 * What it is: one struct that every aggregator's request becomes, and how its answer is written.
 * The one adapter that there is goes by a configuration entry: names of fields, form-encoded or
 * JSON, the whole history or the last input alone, CON/END or JSON. An aggregator that no entry
 * describes is a second adapter: one const struct ussd_adapter in a file of its own, listed in
 * ussd-adapter.c. What it is not: it authenticates nobody (ussd-http.c) and keeps nothing.
 *
 * An adapter
 *	MUST trust nothing: lengths, encodings and repeated fields are its to refuse, in words;
 *	MUST leave the request's body alone but for reading it, and copy what it takes;
 *	MAY NOT block, or answer.
 */
#ifndef USSD_ADAPTER_H
#define USSD_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>

#include "phone.h"

struct config_ussd;
struct evbuffer;

#define USSD_SESSION_MAX 128  /* bytes of a session's name with NUL */
#define USSD_CODE_MAX 32      /* of a service code: "*384#" */
#define USSD_HISTORY_MAX 4096 /* of everything that was keyed */

enum ussd_event {
	USSD_STEP, /* wants a screen */
	USSD_OVER, /* the session has ended: nothing is shown */
};

/* A step as it came, in UTF-8. What the aggregator's side got wrong is none; what the caller's side
 * shows, a number that is none or a code that no menu has, is for others to answer. */
struct ussd_request {
	enum ussd_event event;
	char session[USSD_SESSION_MAX];
	struct phone phone;       /* of a step alone */
	char code[USSD_CODE_MAX]; /* of a step alone; "": too long to be any */
	bool whole; /* text is the whole history, joined by '*'; else the last input alone */
	char text[USSD_HISTORY_MAX];
	bool too_long;               /* and is cut: nobody has keyed so much */
	char step[USSD_SESSION_MAX]; /* what tells it from the session's other steps; "": nothing
					does */
};

struct ussd_adapter {
	const char *name; /* in the configuration: "form" */
	/* Returns 0, or -1 with *why (static): words for who runs the aggregator's side. */
	int (*read)(const struct config_ussd *way, const char *country, const char *content_type,
		const char *body, size_t len, struct ussd_request *out, const char **why);
	/* Write the answer's body, of a step; returns its content type (static). */
	const char *(*write)(const struct config_ussd *way, const char *screen_utf8, bool more,
		struct evbuffer *out);
};

/* The adapter of that name, or NULL. */
const struct ussd_adapter *ussd_adapter_find(const char *name);

#endif
