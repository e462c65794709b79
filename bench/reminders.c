/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reminders: a campaign of 100,000 bills: how long all its reminders take to be planned and to be
 * previewed, how soon the first one leaves after the approval, and what the gateway's memory is
 * while they leave. One simulated modem without latency.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { SENT = 400, LIMIT_S = 120 };

/* Some have several bills; bills are due over a month; a fifth of the people are a control group.
 */
static const char city[] =
	"SET search_path = baraza, public;"
	"UPDATE city_clock SET offset_ = date_trunc('day', clock_timestamp()) + interval '10 hours'"
	" - clock_timestamp();" /* ten in the morning */
	"INSERT INTO contact (number, kind, created_at)"
	" SELECT '+25078' || lpad(i::text, 7, '0'), 'e164', city_now() FROM generate_series(1, 90000) i;"
	"INSERT INTO taxpayer (reference, key, name, language, changed_at)"
	" SELECT 'T' || i, 'T' || i, 'N' || i, (ARRAY['en', 'fr', 'pt'])[1 + i % 3], city_now()"
	" FROM generate_series(1, 90000) i;"
	"INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)"
	" SELECT t.id, c.id, 1, city_now() FROM taxpayer t"
	" JOIN contact c ON c.number = '+25078' || lpad(substr(t.reference, 2), 7, '0');"
	"INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)"
	" SELECT 'B' || i, 'B' || i, 1 + i % 90000, 'market', 5000, 'RWF',"
	" city_now()::date + 14 + i % 30, 5000, city_now() FROM generate_series(1, 100000) i;"
	"ANALYZE;"
	"SELECT campaign_draft('all', NULL, NULL, '{-14,-3,7}', '{}',"
	" '{remind_roads,remind_schools,control}', '{2,2,1}', 0, false, 'a', 'a')";

static double
timed(PGconn *db, const char *sql)
{
	double begun = bench_now();
	PGresult *result = PQexec(db, sql);

	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		die("reminders: %s", PQerrorMessage(db));
	PQclear(result);
	return bench_now() - begun;
}

int
main(void)
{
	static const char sent[] =
		"SELECT count(*) FROM message WHERE service = 'remind' AND state <> 'queued'";
	static const char minute[] =
		"UPDATE baraza.city_clock SET offset_ = offset_ + interval '1 minute';"
		"NOTIFY baraza_clock";
	struct field field;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	field_open(&field, stage, 1, 0);
	field_set_modems(&field, "operator_agreement", "\"MTN 2025/117\"");
	field_set(&field, "reminder_rest_days", "[]");
	field_start(&field);
	bench_sql(stage, FIELD_DATABASE, "%s", city);
	char *conninfo = cluster_conninfo(&stage->cluster, FIELD_DATABASE);
	PGconn *db = PQconnectdb(conninfo);

	timed(db, "SET search_path = baraza, public; SET client_min_messages = warning");
	timed(db, "BEGIN");
	double planned = timed(db, "SELECT campaign_rehearse('all')");
	PGresult *rows = PQexec(db, "SELECT count(*) FROM reminder");
	long reminders = strtol(PQgetvalue(rows, 0, 0), NULL, 10);
	PQclear(rows);
	double committed = timed(db, "ROLLBACK");
	double begun = bench_now();
	char *preview = bench_run(stage,
		(const char *const[]){ stage->gateway_program, "remind", "-c", field.config,
			"preview", "all", NULL });
	double previewed = bench_now() - begun;

	double before = bench_pss(field.gateway.proc.pid);
	begun = bench_now();
	timed(db, "SELECT campaign_approve('all', 'b', 'b')");
	double approved = bench_now() - begun;
	field_wait(&field, sent, 1, LIMIT_S);
	double first = bench_now() - begun;
	for (long count = 0; count < SENT; count = field_count(&field, sent)) {
		field_wait(&field, sent, count + 50, LIMIT_S);
		timed(db, minute);
	}
	printf("| 100,000 bills | |\n|---|---|\n");
	printf("| reminders of all days | %ld |\n| planned in | %.1f s |\n", reminders,
		planned + committed);
	printf("| preview, each text rendered | %.1f s |\n", previewed);
	printf("| approval, with today's planned | %.2f s |\n", approved);
	printf("| the first has left after the approval's begin | %.2f s |\n", first);
	printf("| the gateway's memory before, and after %ld sent | %.2f MB, %.2f MB |\n",
		field_count(&field, sent), before, bench_pss(field.gateway.proc.pid));
	free(preview);
	PQfinish(db);
	free(conninfo);
	field_close(&field);
	stage_free(stage);
	return 0;
}
