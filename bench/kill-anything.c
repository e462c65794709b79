/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill-anything [MOMENTS [MESSAGES [SEED]]]: MESSAGES complaints come in and as many replies go out
 * while kill -9 hits the gateway, a worker or PostgreSQL at random MOMENTS; what was killed and has
 * nobody to restart it (the gateway, PostgreSQL) is started again at once.
 *
 * It holds that nothing is lost either way, nothing inbound is stored twice, nothing outbound is
 * sent twice, and that only what a modem was sending at a kill may be unknown: one a modem that the
 * kill concerned.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario-runner/gateway.h"
#include "tests/scenario-runner/settings.h"
#include "tests/scenario-runner/sim.h"
#include "tests/scenario-runner/stage.h"
#include "tests/scenario-runner/util.h"

#define DATABASE "killed"
#define SETTLE_MS 120000
#define LATEST_MS 150 /* a kill comes at most so long after its round's messages */
#define NUMBER_BASE 781000000L

struct torture {
	struct stage *stage;
	struct sim sim;
	struct gateway gateway;
	char *config, *conninfo, *dir;
	PGconn *db;
	int log;
	long moments, messages, sent;
	long kills[3]; /* of the gateway, workers, PostgreSQL */
	long unknown_allowed;
	int64_t back_worst_ms; /* PostgreSQL accepts connections -> a new message is stored */
	int64_t back_worst_any_ms;
};

static PGresult *
query(struct torture *t, const char *sql)
{
	for (int tries = 0; tries < 200; tries++) {
		if (t->db == NULL || PQstatus(t->db) != CONNECTION_OK) {
			PQfinish(t->db);
			t->db = PQconnectdb(t->conninfo);
		}
		PGresult *result = PQexec(t->db, sql);
		if (PQresultStatus(result) == PGRES_TUPLES_OK)
			return result;
		PQclear(result);
		if (PQstatus(t->db) == CONNECTION_OK)
			die("%s: %s", sql, PQerrorMessage(t->db));
		poll(NULL, 0, 50); /* PostgreSQL is on its way up */
	}
	die("PostgreSQL does not answer");
}

static long
count(struct torture *t, const char *sql)
{
	PGresult *result = query(t, sql);
	long n = atol(PQgetvalue(result, 0, 0));

	PQclear(result);
	return n;
}

static void
start_gateway(struct torture *t)
{
	const char *const env[] = { t->stage->path, NULL };

	if (gateway_start(&t->gateway, t->stage->gateway_program, t->config, t->dir, env, t->log) !=
		0)
		die("the gateway does not start: %s", proc_status_text(t->gateway.proc.status));
}

static void
begin(struct torture *t)
{
	char *error = NULL;

	t->stage = stage_new();
	t->dir = xformat("%s/kill", t->stage->dir);
	t->config = xformat("%s/kill.cfg", t->stage->dir);
	t->conninfo = xformat("%s options='-csearch_path=baraza,public'",
		cluster_conninfo(&t->stage->cluster, DATABASE));
	cluster_create(&t->stage->cluster, DATABASE, STAGE_TEMPLATE);
	t->log = t->stage->cluster_log;
	if (sim_start(&t->sim, t->stage->simulator_program, t->dir, 2, t->log) != 0)
		die("the simulator does not start");
	struct settings *settings = settings_copy(t->stage->settings);
	if (settings_set(settings, "devices", xformat("[\"%s/dev/ttySIM*\"]", t->dir), &error) != 0)
		die("%s", error);
	settings_set_string(settings, "modems.m1.device", xformat("%s/dev/ttySIM0", t->dir));
	settings_set_string(settings, "modems.m2.device", xformat("%s/dev/ttySIM1", t->dir));
	settings_set_string(settings, "sysfs", xformat("%s/sys", t->dir));
	settings_set_string(settings, "listen", "");
	settings_set_string(settings, "database", cluster_conninfo(&t->stage->cluster, DATABASE));
	settings_write(settings, t->config);
	settings_free(settings);
	start_gateway(t);
}

static void
sms(struct torture *t)
{
	long i = t->sent++;
	char *answer = sim_ask(&t->sim, 5000, "sms +250%ld m%ld Fuite d'eau rue KN %ld",
		NUMBER_BASE + i, 1 + i % 2, i);

	if (answer == NULL || strncmp(answer, "ok", 2) != 0)
		die("the simulator: %s", answer != NULL ? answer : "no answer");
	free(answer);
}

/* One more message: how long until it is stored. */
static int64_t
probe(struct torture *t)
{
	int64_t start = now_ms();
	char *sql = xformat(
		"SELECT count(*) FROM contact WHERE number = '+250%ld'", NUMBER_BASE + t->sent);

	sms(t);
	while (count(t, sql) == 0) {
		if (now_ms() - start > SETTLE_MS)
			die("not back in service in %d s", SETTLE_MS / 1000);
		poll(NULL, 0, 10);
	}
	free(sql);
	return now_ms() - start;
}

/* As a service manager would: again, when what kill -9 left behind is not gone at the first try. */
static void
restart_database(struct torture *t)
{
	for (int tries = 0; cluster_restart(&t->stage->cluster) != 0; tries++)
		if (tries == 3)
			die("PostgreSQL does not start again");
}

static void
kill_one(struct torture *t)
{
	int64_t back;

	switch (random() % 3) {
	case 0:
		t->kills[0]++;
		t->unknown_allowed += 2;
		gateway_kill(&t->gateway);
		start_gateway(t);
		back = probe(t);
		break;
	case 1:
		t->kills[1]++;
		t->unknown_allowed++;
		gateway_kill_worker(&t->gateway, random() % 2 ? "m1" : "m2", 5000);
		back = probe(t);
		break;
	default:
		t->kills[2]++;
		cluster_kill(&t->stage->cluster);
		restart_database(t);
		back = probe(t);
		if (back > t->back_worst_ms)
			t->back_worst_ms = back;
	}
	if (back > t->back_worst_any_ms)
		t->back_worst_any_ms = back;
}

static void
run(struct torture *t)
{
	long each = t->messages / t->moments;

	for (long i = 0; i < t->moments; i++) {
		while (t->sent < each * (i + 1) - 1)
			sms(t);
		poll(NULL, 0, (int)(random() % LATEST_MS)); /* the moment is random by purpose */
		kill_one(t);
	}
	while (t->sent < t->messages)
		sms(t);
}

static void
settle(struct torture *t)
{
	int64_t deadline = now_ms() + SETTLE_MS;
	static const char busy[] =
		"SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM inflight) + "
		"(SELECT count(*) FROM session)";

	while (count(t, "SELECT count(*) FROM report") < t->messages || count(t, busy) > 0) {
		if (now_ms() > deadline)
			return; /* the checks tell what is missing */
		poll(NULL, 0, 50);
	}
}

static int
check(const char *what, long got, long want)
{
	if (got == want)
		return 0;
	printf("FAIL %s: %ld, not %ld\n", what, got, want);
	return 1;
}

/* Each phone holds one reply; where its message is unknown, one or none. */
static int
check_phones(struct torture *t, long *unknown)
{
	PGresult *rows = query(t,
		"SELECT c.number, m.state FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'out'");
	int bad = 0;

	for (int i = 0; i < PQntuples(rows); i++) {
		const char *number = PQgetvalue(rows, i, 0), *state = PQgetvalue(rows, i, 1);
		int is_unknown = strcmp(state, "unknown") == 0;
		char *answer = sim_ask(&t->sim, 5000, "untaken %s", number);
		long got = answer != NULL ? atol(answer + 3) : -1;
		free(answer);
		*unknown += is_unknown;
		if (got > 1 || (got != 1 && !is_unknown)) {
			printf("FAIL %s has %ld replies, its message is %s\n", number, got, state);
			bad++;
		}
	}
	PQclear(rows);
	return bad;
}

static int
judge(struct torture *t)
{
	long unknown = 0;
	int bad = 0;

	bad += check("messages stored",
		count(t, "SELECT count(*) FROM message WHERE direction = 'in'"), t->messages);
	bad += check("senders",
		count(t, "SELECT count(DISTINCT contact_id) FROM message WHERE direction = 'in'"),
		t->messages);
	bad += check("reports", count(t, "SELECT count(*) FROM report"), t->messages);
	bad += check("replies", count(t, "SELECT count(*) FROM message WHERE direction = 'out'"),
		t->messages);
	bad += check("in the tray", count(t, "SELECT count(*) FROM tray"), 0);
	bad += check_phones(t, &unknown);
	if (unknown > t->unknown_allowed) {
		printf("FAIL %ld unknown, at most %ld may be\n", unknown, t->unknown_allowed);
		bad++;
	}
	printf("%ld messages each way, kill -9 of the gateway %ld, workers %ld, PostgreSQL %ld times: "
	       "%s; %ld unknown; back in service at worst %lld ms after PostgreSQL, %lld ms after any kill\n",
		t->messages, t->kills[0], t->kills[1], t->kills[2],
		bad ? "NOT WHOLE" : "nothing lost, nothing twice", unknown,
		(long long)t->back_worst_ms, (long long)t->back_worst_any_ms);
	return bad;
}

int
main(int argc, char **argv)
{
	struct torture t = { .moments = argc > 1 ? atol(argv[1]) : 60,
		.messages = argc > 2 ? atol(argv[2]) : 2000 };
	unsigned seed = argc > 3 ? (unsigned)atol(argv[3]) : (unsigned)getpid();

	if (t.moments < 1 || t.messages < t.moments)
		die("usage: kill-anything [MOMENTS [MESSAGES [SEED]]]");
	printf("Seed %u.\n", seed);
	srandom(seed);
	proc_init();
	begin(&t);
	run(&t);
	settle(&t);
	int bad = judge(&t);
	PQfinish(t.db);
	gateway_stop(&t.gateway);
	sim_stop(&t.sim);
	stage_free(t.stage);
	return bad != 0;
}
