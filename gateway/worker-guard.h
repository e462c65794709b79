/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-guard: what keeps a worker from hanging, outliving its parent, or being of use to an
 * attacker.
 *
 * libgammu waits for a modem up to 500 s and spins when one is gone; it can be overrun by what a
 * modem or a sender puts on the line.  So every call into it has a deadline after which the process
 * ends (its parent starts another), and the process may start no program and open no connection.
 */
#ifndef WORKER_GUARD_H
#define WORKER_GUARD_H

#include <stdbool.h>

#include "wire.h"

/* The modem's name, for log lines; set once. */
extern char worker_modem[65];

/* A call into libgammu that waits for the modem's answer is under way. */
extern bool guard_waits;

/*
 * At the program's start: default signals, but those that a terminal or systemd sends to all are
 * ignored (the parent decides); death with the parent; no descriptors but 0 to 3, an empty
 * environment, no core, no privileges, no new programs, no sockets.
 */
void guard_confine(void);

/* Tell the parent and the log, and end the process. */
void guard_fault(enum wire_fault class, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/*
 * A call into libgammu begins: unless guard_done() follows within so many seconds the process ends
 * with WIRE_FAULT_SILENT.  call: a literal, for its words.  waits: it sent a command and waits for
 * the answer; else it takes what is there and returns.
 */
void guard_call(unsigned seconds, const char *call, bool waits);
void guard_done(void);

#endif
