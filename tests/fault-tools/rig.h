/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rig: a gateway that is given what no gateway should be given.
 *
 * What it is: a field (bench/common) on a stage that need not write durably, a connection to its
 * database, good messages that are sent among the bad ones, and checks that go on after one failed.
 * What it is not: any bad input; those are in the files that are named for it.
 *
 * At its end it holds that the gateway ended well, that no worker was killed by what it was given,
 * and that the log has no whole phone number, no word of a message and no PDU.
 */
#ifndef RIG_H
#define RIG_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "bench/common/field.h"

#define RIG_OWN "+2507890000" /* beginning of the modems' own numbers */
#define RIG_SECONDS 30        /* within which what must come comes */
#define RIG_MODEMS_MAX 2

struct rig {
	struct stage *stage;
	struct field field;
	PGconn *db;
	unsigned good; /* messages sent by rig_good() */
	int bad;       /* checks that failed */
	int deaths;    /* of workers that the test means */
	pid_t worker[RIG_MODEMS_MAX + 1];
};

/* Everything but the gateway, which may still be configured (field_set()). */
void rig_open(struct rig *rig);

/* Starts the gateway, and waits until both modems are READY; rig_launch() does not wait. */
void rig_start(struct rig *rig);
void rig_launch(struct rig *rig);

/*
 * Ends it all.  Returns the exit status: 0, or 1 when a check failed; then (or with BAD_INPUT_LOG
 * in the environment) shows the log's end, and keeps the whole in $TMPDIR.
 */
int rig_close(struct rig *rig);

/* --- checks ----------------------------------------------------------------------------- */

/* Tells, and counts, what does not hold. */
void rig_check(struct rig *rig, bool holds, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The first value of a query, the caller's; "" for NULL and for no row.  Dies on an error. */
char *rig_value(struct rig *rig, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
long rig_count(struct rig *rig, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Checks that the query gives that value, or does within RIG_SECONDS. */
void rig_gives(struct rig *rig, const char *want, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Checks that the log holds the words, or does within RIG_SECONDS. */
void rig_logs(struct rig *rig, const char *words);

/* The gateway's and the simulator's log so far; the caller's. */
char *rig_log(const struct rig *rig);

/* How often words stand in it. */
unsigned rig_logged(const struct rig *rig, const char *words);

/* Checks that the workers are those that rig_start() saw. */
void rig_same_workers(struct rig *rig);

/* --- messages --------------------------------------------------------------------------- */

/* Moves the city's clock. */
void rig_clock(struct rig *rig, const char *interval);

/* Sends a complaint to a modem ("m1") from a number that was never used; returns which. */
unsigned rig_good(struct rig *rig, const char *modem);

/* Checks that it was answered, once, within RIG_SECONDS; what: behind which bad input. */
void rig_answered(struct rig *rig, unsigned good, const char *what);

/* Both: the modem still works. */
void rig_works(struct rig *rig, const char *modem, const char *what);

/* Stores a PDU, or what is none, in a modem; waits for a place. */
void rig_inject(struct rig *rig, const char *modem, const char *hex);

/* Checks that a modem comes to rest within RIG_SECONDS: asked nothing, so many messages left in it.
 */
void rig_quiet(struct rig *rig, const char *modem, long left);

/* How many SMS a number got that nobody took. */
long rig_replies(struct rig *rig, const char *number);

#endif
