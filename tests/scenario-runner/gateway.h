/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gateway: the gateway under test as a process: `baraza run -c FILE`.
 */
#ifndef RUNNER_GATEWAY_H
#define RUNNER_GATEWAY_H

#include <stdint.h>

#include "proc.h"

enum gateway_state {
	GATEWAY_NEW,    /* never started */
	GATEWAY_UP,     /* told that it was ready */
	GATEWAY_FAILED, /* did not come up */
	GATEWAY_KILLED  /* by the scenario */
};

struct gateway {
	struct proc proc;
	enum gateway_state state;
};

/* Starts program with that configuration, in the folder cwd.  0 once it is ready, or -1. */
int gateway_start(struct gateway *gateway, const char *program, const char *config, const char *cwd,
	const char *const *env, int log);

/* kill -9; its workers are left to notice. */
void gateway_kill(struct gateway *gateway);

/*
 * Asks it to end, and kills it when it does not within some seconds.  0 when it ended well or did
 * not run, 1 when it had to be killed, -1 when it ended badly (proc.status tells how).
 */
int gateway_stop(struct gateway *gateway);

/* kill -9 of the worker of that modem, waiting up to ms for it to be there: 0, or -1: none was. */
int gateway_kill_worker(struct gateway *gateway, const char *modem, int64_t ms);

#endif
