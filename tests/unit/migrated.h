/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrated: a migrated database of a test's own, and what is in it.
 *
 * It is named for the test's process; who makes it drops it.  Without $BARAZA_TEST_PG the test is
 * skipped.  What goes wrong here ends the test.
 */
#ifndef MIGRATED_H
#define MIGRATED_H

#include <event2/event.h>

#include "db.h"

struct migrated {
	char name[64];
	char conninfo[600];
};

/* prefix: of its name, so that whose it is can be seen: "modem". */
void migrated_make(struct migrated *m, const char *prefix);
void migrated_drop(const struct migrated *m);

/* The first value of the first row, "" when there is none; static. */
const char *migrated_sql(const struct migrated *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A connection as the gateway's chores have it, which db_start() begins and db_free() ends.  up and
 * arg are as in struct db_handlers.
 */
struct db *migrated_connection(const struct migrated *m, struct event_base *base,
	const struct db_statement *statements, void (*up)(struct db *db, void *arg), void *arg);

/* End every connection to it. */
void migrated_lose(const struct migrated *m);

#endif
