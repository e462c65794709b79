/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim: one running GSM simulator and the line to its control socket.
 *
 * What it is: a question, an answer; UTF-8, the protocol's escapes put in and taken out here.
 * What it is not: what the answers mean to a scenario.
 */
#ifndef RUNNER_SIM_H
#define RUNNER_SIM_H

#include <stdint.h>

#include "proc.h"

struct sim {
	struct proc proc;
	char *dir;
	int fd;
	char *unread; /* the start of a line whose end has not come */
};

/*
 * Starts program (baraza-sim) with so many modems in the folder dir, which it makes; its output
 * goes to the descriptor log.  0, or -1 when it does not come up.
 */
int sim_start(struct sim *sim, const char *program, const char *dir, unsigned modems, int log);

/* Ends it; it may be called whatever sim_start() returned. */
void sim_stop(struct sim *sim);

/*
 * Sends one command line and reads its answer, for which the simulator may take up to ms.  Returns
 * the answer (the caller's), "ok ..." or "error ...", or NULL when none came in time, or on
 * trouble.
 */
char *sim_ask(struct sim *sim, int64_t ms, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A copy of text with the escapes of a TEXT field; and back. The caller's to free. */
char *sim_escape(const char *text);
char *sim_unescape(const char *text);

#endif
