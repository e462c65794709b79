/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field: a simulated network, a database and a gateway on both, for benches on real parts.
 *
 * What it is: the simulator with N modems without latency, a copy of the demonstration city, a
 * configuration, `baraza run`; and the simulator's events with the moment at which each was read.
 * What it is not: a stage (bench.h), which outlives many fields.
 */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/common/bench.h"
#include "tests/scenario-runner/gateway.h"
#include "tests/scenario-runner/sim.h"

#define FIELD_DATABASE "field"

struct field {
	struct stage *stage;
	unsigned modems; /* of the gateway: m1 to mN */
	char *dir;       /* everything of it; removed at its end */
	char *config;    /* below: the gateway's */
	struct settings *settings;
	struct sim sim;
	struct gateway gateway;
	int log;
};

/*
 * A simulator and a fresh database; the gateway is not started.  Of the simulator's modems the
 * first are the gateway's, under the same names; as many others as asked for are left to peers.
 */
void field_open(struct field *field, struct stage *stage, unsigned modems, unsigned others);
void field_close(struct field *field);

/* A setting of the gateway (settings.h), before it starts. */
void field_set(struct field *field, const char *path, const char *value);
/* The same for every modem. */
void field_set_modems(struct field *field, const char *option, const char *value);

/* Starts the gateway and waits until all its modems are READY. */
void field_start(struct field *field);

/* A simulator's command that must be answered by ok. */
void field_sim(struct field *field, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An integer that a query of the field's database gives. */
long field_count(const struct field *field, const char *sql);

/* Waits until the query gives at least so much; dies after so many seconds. */
void field_wait(const struct field *field, const char *sql, long least, double seconds);

/* Queues count messages for as many invented numbers, as `baraza send` would, in one commit. */
void field_queue(const struct field *field, unsigned count, const char *text);

/* A worker's process id; modems count from 1.  Dies when there is none. */
pid_t field_worker(const struct field *field, unsigned modem);

/* Seconds of CPU that the gateway and its workers used so far. */
double field_cpu(const struct field *field);

/* --- the simulator's events ------------------------------------------------------------- */

struct events {
	int fd;
	size_t len, at;
	double read_at; /* of the bytes in the buffer */
	char buffer[65536];
	char line[512];
};

/* Events from now on. */
void events_open(struct events *events, const struct field *field);
void events_close(struct events *events);

/*
 * The next event as its line, borrowed until the next call, or NULL at the deadline (bench_now()'s
 * clock).  *when: when it was read, which is when it happened but for the reader's own delay.
 */
const char *events_next(struct events *events, double deadline, double *when);

/*
 * Reads events until count of them began with word and a blank; times of the first and the last.
 * Dies when that takes longer than so many seconds.
 */
void events_span(struct events *events, const char *word, unsigned count, double seconds,
	double *first, double *last);

#endif
