/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-way: how each of three aggregators writes a step of a USSD session, and what its answers
 * look like.
 *
 *	sim    as Africa's Talking does: a form, the whole history, CON or END
 *	last   the same fields, but the last input alone
 *	json   JSON both ways, the last input alone, names of its own, a number for each step
 *
 * What it is not: a session (ussd.h), or HTTP (http.h).
 */
#ifndef RUNNER_USSD_WAY_H
#define RUNNER_USSD_WAY_H

#include <stdbool.h>

struct ussd_way {
	const char *name;
	const char *path;   /* on the gateway's listener, with the secret */
	const char *type;   /* Content-Type of what it posts */
	const char *config; /* of this entry, besides its name, secret and menus */
	bool json;
	bool whole; /* the history, not the last input */
};

/* What a step tells. */
struct ussd_told {
	const char *session, *number, *code;
	const char *text; /* of the history or the last input, as the way has it */
	unsigned step;    /* from 1 */
	bool over;        /* no step: the session has ended */
};

/* The way of that name, or NULL. */
const struct ussd_way *ussd_way_find(const char *name);

/* The names of all, for a report; borrowed. */
const char *ussd_way_names(void);

/* The gateway's setting `ussd` with all of them, as its configuration has it; the caller's. */
char *ussd_way_settings(void);

/* The body that it posts; the caller's. */
char *ussd_way_body(const struct ussd_way *way, const struct ussd_told *told);

/*
 * The screen in an answer's body (the caller's) and whether it may be answered; NULL when the body
 * holds none.
 */
char *ussd_way_screen(const struct ussd_way *way, const char *body, bool *more);

#endif
