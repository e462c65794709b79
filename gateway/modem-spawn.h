/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-spawn: one worker process and the socket to it.
 *
 * What it is: the start of baraza-modem with a clean environment and no descriptor but its own, a
 * bounded queue of what it has not taken yet, a deadline for what it owes, and its end.
 * What it is not: it knows no state of a modem; what the messages mean is modem.c's.
 *
 * Ownership: a worker frees itself after its `ended` callback, at the earliest when the kernel says
 * that the process is gone: never is a tty given to a second one while the first may still hold it.
 * It may be killed, but not freed, inside any callback.
 */
#ifndef MODEM_SPAWN_H
#define MODEM_SPAWN_H

#include "wire.h"

struct event_base;
struct worker;

#define WORKER_CLOSE_S 10 /* a worker that was told to close is killed after so long */

struct worker_handlers {
	/* A message; borrowed for the call. */
	void (*message)(struct worker *worker, const struct wire_msg *msg, void *arg);
	/* 0: leave what comes in the socket until worker_resume(). */
	int (*may_read)(void *arg);
	/* The process is gone, and all that it had said was told.  why: words for the log. */
	void (*ended)(struct worker *worker, const char *why, void *arg);
};

/*
 * Start program as baraza-modem for the modem (or device) of that name, its socket on WIRE_FD.
 * Returns the worker, or NULL with errno.  handlers and arg are kept.
 */
struct worker *worker_spawn(struct event_base *base, const char *program, const char *name,
	const struct worker_handlers *handlers, void *arg) __attribute__((warn_unused_result));

/* Kill it and wait until it is gone, without any callback.  For the end of everything. */
void worker_free(struct worker *worker);

/*
 * Send, or queue while its socket is full.  Returns 0, or -1 when it cannot be (a field out of
 * range; a worker that ends or takes nothing any more: that one is killed, and `ended` follows).
 */
int worker_send(struct worker *worker, const struct wire_msg *msg)
	__attribute__((warn_unused_result));

/* Tell it to finish; it is killed if it has not in WORKER_CLOSE_S. */
void worker_close(struct worker *worker);

/* End it now.  why is kept for `ended`; the first one given counts. */
void worker_kill(struct worker *worker, const char *why);

/* 1 after worker_close() or worker_kill(). */
int worker_is_ending(const struct worker *worker);

/*
 * It owes an answer: when nothing at all is heard from it for so many seconds, it is killed.  Until
 * worker_settle(), which says that it owes nothing any more.
 */
void worker_expect(struct worker *worker, int seconds);
void worker_settle(struct worker *worker);

/* Go on reading after may_read() was 0. */
void worker_resume(struct worker *worker);

#endif
