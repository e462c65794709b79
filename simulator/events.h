/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events.h - tells who listens what happens in the simulated network, one line an event.
 *
 * Numbers are whole: the listener is a test or a developer on the same machine, and every one of
 * them is invented.  No event carries a message's text.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <sys/queue.h>

struct listener {
	void (*tell)(void *arg, const char *line); /* the line is borrowed, without LF */
	void *arg;
	LIST_ENTRY(listener) next;
};

LIST_HEAD(listeners, listener);

/* The listener stays the caller's. */
void events_listen(struct listeners *all, struct listener *l);
void events_leave(struct listener *l);

/* Costs nothing when nobody listens. */
void events_tell(const struct listeners *all, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
