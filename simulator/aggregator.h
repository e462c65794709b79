/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aggregator.h - the phones' USSD: what they dial and key goes to a callback, as an aggregator of
 * Africa's Talking's kind sends it, and what that answers is the screen.
 *
 * One session a phone.  Without a callback's URL there is no aggregator.
 */
#ifndef SIM_AGGREGATOR_H
#define SIM_AGGREGATOR_H

struct aggregator;
struct event_base;
struct phone;

enum screen {
	SCREEN_MORE,   /* CON: the session goes on */
	SCREEN_LAST,   /* END */
	SCREEN_FAILED, /* the text says why; the session is over */
};

/* Called once for each dial or key, perhaps before that returns; the text is borrowed. */
typedef void screen_fn(void *arg, enum screen kind, const char *text);

/* NULL with *why (static) if the URL is none of http. */
struct aggregator *aggregator_new(struct event_base *base, const char *url, const char **why);

/* Phones that it knows must live longer. */
void aggregator_free(struct aggregator *a);

/* Dials a code; a session that is open ends.  `*384*147#` dials `*384#` with 147 keyed. */
void aggregator_dial(
	struct aggregator *a, struct phone *p, const char *code, screen_fn *done, void *arg);

/* Keys an answer to the last screen. */
void aggregator_keys(
	struct aggregator *a, struct phone *p, const char *text, screen_fn *done, void *arg);

/* Ends the session, without a word to the callback; who waits is told SCREEN_FAILED. */
void aggregator_hangup(struct phone *p);

/* Who waits for the phone's screen with `arg` is not called any more. */
void aggregator_unwait(struct phone *p, const void *arg);

/* Whether a session is open. */
int aggregator_busy(const struct phone *p);

#endif
