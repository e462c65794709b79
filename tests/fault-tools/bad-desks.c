/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-desks: several transactions at once on the way in.  One that hangs on somebody's lock, or is
 * killed, holds up nobody else; what one person sends stays in order; an answer with rows missing
 * stores nothing; and no two wait for each other.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

#define HELD "+250788055560"    /* whose row somebody locks */
#define ORDERLY "+250788055561" /* who sends many in a row */
#define UNLUCKY "+250788055562" /* whose row an answer lacks */
#define STORED                                                                  \
	"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id " \
	"WHERE m.direction = 'in' AND c.number = "
#define HANGS \
	"FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

enum { IN_A_ROW = 10, OTHERS = 30 };

static void
run_sql(struct rig *rig, const char *sql)
{
	free(rig_value(rig, "%s", sql));
}

/* --- somebody's lock --- */

/* The lock is the rig's own, for as long as its transaction: it sees what others commit. */
static void
held_contact(struct rig *rig)
{
	field_sim(&rig->field, "sms " HELD " m1 Fuite d'eau rue KN 5");
	rig_gives(rig, "1", STORED "'" HELD "'");
	run_sql(rig, "BEGIN");
	run_sql(rig, "SELECT 1 FROM contact WHERE number = '" HELD "' FOR UPDATE");
	field_sim(&rig->field, "sms " HELD " m1 Fuite d'eau rue KN 6");
	rig_gives(rig, "1", "SELECT count(*) " HANGS);
	rig_works(rig, "m1", "a contact that somebody has locked");
	rig_works(rig, "m2", "a contact that somebody has locked");
	rig_gives(rig, "1", STORED "'" HELD "'");
	/* Its connection dies: another takes the message over, and hangs in its place. */
	run_sql(rig, "SELECT pg_terminate_backend(pid) " HANGS);
	rig_logs(rig, "event=database_lost connection=inbox");
	rig_works(rig, "m1", "a transaction that was killed");
	rig_gives(rig, "1", "SELECT count(*) " HANGS);
	run_sql(rig, "COMMIT");
	rig_gives(rig, "2", STORED "'" HELD "'");
}

/* --- order --- */

/* All hang on one lock while they come; then they go at once, each desk as it can. */
static void
one_after_the_other(struct rig *rig)
{
	/* A place that came free between two of them would be read before both. */
	rig_quiet(rig, "m1", 0);
	run_sql(rig, "BEGIN");
	run_sql(rig, "LOCK TABLE message IN ACCESS EXCLUSIVE MODE");
	for (unsigned i = 0; i < IN_A_ROW; i++)
		field_sim(
			&rig->field, "sms " ORDERLY " m1 Fuite d'eau rue KN 5 lettre %c", 'A' + i);
	field_sim(&rig->field, "bulk %u m2 +25078899 Fuite d'eau rue KN %%d", OTHERS);
	rig_gives(rig, "t", "SELECT count(*) > 1 " HANGS);
	run_sql(rig, "COMMIT");
	rig_gives(rig, "10", STORED "'" ORDERLY "'");
	rig_gives(rig, "ABCDEFGHIJ",
		"SELECT string_agg(right(m.body, 1), '' ORDER BY m.id) FROM message m "
		"JOIN contact c ON c.id = m.contact_id WHERE m.direction = 'in' AND c.number = '" ORDERLY
		"'");
	rig_gives(rig, "30",
		"SELECT count(DISTINCT m.id) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number LIKE '+25078899%%'");
}

/* --- an answer that lacks a row --- */

static void
missing_row(struct rig *rig)
{
	run_sql(rig,
		"CREATE TABLE whole AS SELECT pg_get_functiondef('inbox_store'::regproc) AS sql");
	run_sql(rig,
		"DO $$ BEGIN EXECUTE (SELECT replace(sql, 'ORDER BY i.ord;', 'ORDER BY i.ord OFFSET 1;') "
		"FROM whole); END $$");
	field_sim(&rig->field, "sms " UNLUCKY " m1 Fuite d'eau rue KN 5");
	rig_logs(rig, "sqlstate=BZ001");
	rig_logs(rig, "event=inbox_waits");
	rig_gives(rig, "0", "SELECT count(*) FROM contact WHERE number = '" UNLUCKY "'");
	run_sql(rig, "DO $$ BEGIN EXECUTE (SELECT sql FROM whole); END $$");
	rig_gives(rig, "1", STORED "'" UNLUCKY "'");
	run_sql(rig, "DROP TABLE whole");
}

int
bad_desks(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	field_set(&rig.field, "database_connections", "3");
	rig_start(&rig);
	held_contact(&rig);
	one_after_the_other(&rig);
	missing_row(&rig);
	rig_same_workers(&rig);
	rig_gives(&rig, "0",
		"SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
	printf("%u good messages\n", rig.good);
	return rig_close(&rig);
}
