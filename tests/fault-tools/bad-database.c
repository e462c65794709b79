/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-database: a database that refuses one message's data, and one that lacks a function.  The
 * one message is set aside, raw; what the missing function was for waits until it is there again;
 * everything else goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

#define POISONER "+250788055555"
#define CALLER "+250788055560"
#define UNANSWERED "+250788055556"
#define ASKED "+250788055561"
#define QUESTIONS \
	"SELECT count(*) FROM session s JOIN contact c ON c.id = s.contact_id WHERE c.number = "
#define SENT_ONCE "+250788055570"

enum { LONG = 400 };

static void
run_sql(struct rig *rig, const char *sql)
{
	free(rig_value(rig, "%s", sql));
}

/* --- data that the database refuses --- */

/* A trap in the table of reports: an overflow, a broken rule, an internal error. */
static void
set_trap(struct rig *rig)
{
	run_sql(rig,
		"CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		"IF NEW.words LIKE '%Poison22%' THEN RAISE EXCEPTION 'no' USING ERRCODE = '22003'; END IF; "
		"IF NEW.words LIKE '%Poison23%' THEN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END IF; "
		"IF NEW.words LIKE '%PoisonXX%' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'XX000'; END IF; "
		"RETURN NEW; END $$");
	run_sql(rig,
		"CREATE TRIGGER trap BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION trap()");
	/* The question's own time-out files what is known: poisoned too. */
	run_sql(rig,
		"CREATE FUNCTION trap_incomplete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		"IF NEW.incomplete THEN RAISE EXCEPTION 'no' USING ERRCODE = '22023'; END IF; "
		"RETURN NEW; END $$");
}

static void
poison(struct rig *rig, const char *modem, const char *text)
{
	field_sim(&rig->field, "sms " POISONER " %s %s", modem, text);
	rig_works(rig, modem, text);
}

static void
refused_data(struct rig *rig)
{
	char *words = xcalloc(1, LONG + 1);

	set_trap(rig);
	poison(rig, "m1", "Fuite d'eau rue KN 5 Poison22");
	poison(rig, "m2", "Fuite d'eau rue KN 5 Poison23");
	poison(rig, "m1", "Fuite d'eau rue KN 5 PoisonXX");
	rig_gives(rig, "3", "SELECT count(*) FROM tray WHERE kind = 'poison'");
	/* A long one, whose parts are known already: once too. */
	memset(words, 'w', LONG);
	char *text = xformat("Fuite d'eau rue KN 5 Poison22 %s", words);
	poison(rig, "m1", text);
	rig_gives(rig, "4", "SELECT count(*) FROM tray WHERE kind = 'poison'");
	rig_gives(rig, "0", "SELECT count(*) FROM part WHERE message_id IS NULL");
	free(text);
	free(words);
	rig_gives(rig, "4",
		"SELECT count(DISTINCT raw) FROM tray WHERE kind = 'poison' "
		"AND convert_from(raw, 'UTF8') LIKE '%%Poison%%'");
	rig_logs(rig, "event=poison ");
	rig_gives(rig, "0",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'out' AND c.number = '" POISONER "'");
}

/* A question whose answer never comes, and whose filing the database refuses. */
static void
refused_question(struct rig *rig)
{
	run_sql(rig,
		"CREATE TRIGGER trap_incomplete BEFORE INSERT ON report FOR EACH ROW "
		"EXECUTE FUNCTION trap_incomplete()");
	field_sim(&rig->field, "sms " UNANSWERED " m2 Fuite d'eau");
	rig_gives(rig, "1", QUESTIONS "'" UNANSWERED "'");
	rig_clock(rig, "16 minutes");
	rig_gives(rig, "0", QUESTIONS "'" UNANSWERED "'");
	rig_gives(rig, "5", "SELECT count(*) FROM tray");
	rig_works(rig, "m2", "a question that cannot be filed");
	run_sql(rig, "DROP TRIGGER trap_incomplete ON report");
}

/*
 * What a modem says of a segment that it sent cannot be stored.  Nothing else waits for that, and
 * the segment is not sent again: not when the connection that claimed it is renewed either.
 */
static void
refused_result(struct rig *rig)
{
	run_sql(rig,
		"CREATE FUNCTION trap_result() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		"IF NEW.contact_id = (SELECT id FROM contact WHERE number = '" SENT_ONCE "') THEN "
		"RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$");
	run_sql(rig,
		"CREATE TRIGGER trap_result BEFORE INSERT ON segment FOR EACH ROW "
		"EXECUTE FUNCTION trap_result()");
	field_sim(&rig->field, "sms " SENT_ONCE " m1 statut");
	field_sim(&rig->field, "wait " SENT_ONCE " 30000");
	rig_logs(rig, "event=result_refused");
	rig_works(rig, "m1", "a result that cannot be stored");
	run_sql(rig,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		"WHERE datname = current_database() AND pid <> pg_backend_pid()");
	rig_works(rig, "m1", "the loss of all connections");
	rig_works(rig, "m2", "the loss of all connections");
	rig_gives(rig, "0", "SELECT count(*) FROM queue");
	field_sim(&rig->field, "quiet " SENT_ONCE " 300");
	rig_gives(rig, "1",
		"SELECT count(*) FROM inflight f JOIN message m ON m.id = f.message_id "
		"JOIN contact c ON c.id = m.contact_id WHERE c.number = '" SENT_ONCE "'");
	run_sql(rig, "DROP TRIGGER trap_result ON segment");
}

/* --- functions that are not there --- */

/* While the gateway runs; then it comes back. */
static void
lost_service(struct rig *rig)
{
	long trays = rig_count(rig, "SELECT count(*) FROM tray");

	run_sql(rig, "ALTER FUNCTION service_status RENAME TO service_status_lost");
	field_sim(&rig->field, "sms +250788055557 m1 statut");
	rig_works(rig, "m1", "a service's missing function");
	rig_works(rig, "m2", "a service's missing function");
	rig_logs(rig, "sqlstate=42883");
	run_sql(rig, "ALTER FUNCTION service_status_lost RENAME TO service_status");
	rig_gives(rig, "1",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'out' AND c.number = '+250788055557'");
	rig_check(rig, rig_count(rig, "SELECT count(*) FROM tray") == trays,
		"what waits for a function is put into the tray");
}

/* The same for long messages: one that is put off hides no other. */
static void
lost_service_for_long_messages(struct rig *rig)
{
	char *words = xcalloc(1, LONG + 1);

	memset(words, 'w', LONG);
	run_sql(rig, "ALTER FUNCTION service_complaint RENAME TO service_complaint_lost");
	field_sim(&rig->field, "sms +250788055558 m1 Fuite d'eau rue KN 5 %s", words);
	rig_gives(rig, "3", "SELECT count(*) FROM part WHERE message_id IS NULL");
	field_sim(&rig->field, "sms +250788055559 m2 statut %s", words);
	rig_gives(rig, "1",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '+250788055559'");
	run_sql(rig, "ALTER FUNCTION service_complaint_lost RENAME TO service_complaint");
	rig_gives(rig, "1",
		"SELECT count(*) FROM report r JOIN contact c ON c.id = r.contact_id "
		"WHERE c.number = '+250788055558'");
	rig_gives(rig, "0", "SELECT count(*) FROM part WHERE message_id IS NULL");
	free(words);
}

/* Nothing can be stored: all waits on the SIMs, nothing is set aside as poison. */
static void
lost_store(struct rig *rig)
{
	unsigned waits[4];
	long trays = rig_count(rig, "SELECT count(*) FROM tray");

	run_sql(rig, "ALTER FUNCTION inbox_store RENAME TO inbox_store_lost");
	for (unsigned i = 0; i < 4; i++)
		waits[i] = rig_good(rig, i % 2 ? "m1" : "m2");
	rig_logs(rig, "inbox_store");
	run_sql(rig, "ALTER FUNCTION inbox_store_lost RENAME TO inbox_store");
	for (unsigned i = 0; i < 4; i++)
		rig_answered(rig, waits[i], "a missing inbox_store");
	rig_check(rig, rig_count(rig, "SELECT count(*) FROM tray") == trays,
		"what waits for a function is put into the tray");
}

/* A refused call is nowhere but in the gateway: what it is for is missing when the gateway ends. */
static void
call_at_the_end(struct rig *rig)
{
	run_sql(rig, "ALTER FUNCTION service_callback RENAME TO service_callback_lost");
	field_sim(&rig->field, "call " CALLER " m1");
	rig_logs(rig, "event=put_off from=+250788***560");
	rig_check(rig, gateway_stop(&rig->field.gateway) == 0, "the gateway ends badly");
	rig_gives(rig, "1",
		"SELECT count(*) FROM tray WHERE kind = 'poison' "
		"AND convert_from(raw, 'UTF8') LIKE '" CALLER "%%'");
	run_sql(rig, "ALTER FUNCTION service_callback_lost RENAME TO service_callback");
}

/* From the start: it says what to do, and begins by itself when that is done. */
static void
half_migrated(struct rig *rig)
{
	unsigned waits;

	run_sql(rig, "ALTER FUNCTION inbox_snapshot RENAME TO inbox_snapshot_lost");
	rig_launch(rig);
	rig_logs(rig, "event=database_unusable connection=inbox");
	rig_logs(rig, "baraza migrate");
	waits = rig_good(rig, "m1");
	run_sql(rig, "ALTER FUNCTION inbox_snapshot_lost RENAME TO inbox_snapshot");
	rig_answered(rig, waits, "a database that was half migrated");
}

/* What a migration does to a function whose answers get another column. */
static void
add_column(struct rig *rig, const char *function, const char *types, const char *values)
{
	free(rig_value(rig,
		"DO $$ DECLARE was text := pg_get_function_result('%s'::regproc); BEGIN "
		"ALTER FUNCTION %s RENAME TO %s_lost; "
		"EXECUTE format('CREATE FUNCTION %s(%s) RETURNS %%s LANGUAGE sql AS "
		"''SELECT *, 0 FROM %s_lost(%s)''', left(was, -1) || ', more integer)'); END $$",
		function, function, function, function, types, function, values));
}

/* The gateway stays up meanwhile, with statements that know the columns as they were. */
static void
migrated_meanwhile(struct rig *rig)
{
	add_column(rig, "inbox_snapshot", "text[], interval", "$1, $2");
	rig_works(rig, "m1", "a migration of what is known of a sender");
	rig_works(rig, "m2", "a migration of what is known of a sender");
	field_sim(&rig->field, "sms " ASKED " m2 Fuite d'eau");
	rig_gives(rig, "1", QUESTIONS "'" ASKED "'");
	add_column(rig, "inbox_expired", "", "");
	rig_clock(rig, "16 minutes");
	rig_gives(rig, "0", QUESTIONS "'" ASKED "'");
}

int
bad_database(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	rig_start(&rig);
	refused_data(&rig);
	refused_question(&rig);
	refused_result(&rig);
	lost_service(&rig);
	lost_service_for_long_messages(&rig);
	lost_store(&rig);
	rig_same_workers(&rig);
	call_at_the_end(&rig);
	half_migrated(&rig);
	migrated_meanwhile(&rig);
	rig_gives(&rig, "0", "SELECT count(*) FROM queue");
	printf("%u good messages\n", rig.good);
	return rig_close(&rig);
}
