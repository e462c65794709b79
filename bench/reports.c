/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reports [SENDS]: every delivery report finds its message: SENDS SMS through one modem without
 * latency to a few phones, so that TP-MR wraps every second and the same reference to the same
 * phone comes back; a quarter each with reports at once (some before the result is committed),
 * doubled, in reverse order, and with a temporary one first.
 *
 * How one knows which message a report was about: each goes to a phone of its own turn, and the
 * simulator delivers in order, so the bench compares what the database matched with what was sent:
 * no report may be left without a message, no message without its report, and none have two final
 * ones.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/bench.h"
#include "tests/scenario-runner/gateway.h"
#include "tests/scenario-runner/settings.h"
#include "tests/scenario-runner/sim.h"
#include "tests/scenario-runner/util.h"

#define DATABASE "reports"
#define PHONES 7
#define SETTLE_MS 60000

struct rig {
	struct stage *stage;
	struct sim sim;
	struct gateway gateway;
};

static long
value(struct rig *rig, const char *sql)
{
	char *text = bench_value(rig->stage, DATABASE, sql);
	long n = atol(text);

	free(text);
	return n;
}

static void
tell(struct rig *rig, const char *command)
{
	char *answer = sim_ask(&rig->sim, 5000, "%s", command);

	if (answer == NULL || strncmp(answer, "ok", 2) != 0)
		die("simulator: %s: %s", command, answer != NULL ? answer : "no answer");
	free(answer);
}

static void
begin(struct rig *rig)
{
	char *error = NULL;

	rig->stage = stage_new();
	char *dir = xformat("%s/reports", rig->stage->dir),
	     *config = xformat("%s/reports.cfg", rig->stage->dir);
	const char *const env[] = { rig->stage->path, NULL };

	cluster_create(&rig->stage->cluster, DATABASE, STAGE_TEMPLATE);
	if (sim_start(&rig->sim, rig->stage->simulator_program, dir, 2, rig->stage->cluster_log) !=
		0)
		die("the simulator does not start");
	struct settings *settings = settings_copy(rig->stage->settings);
	if (settings_set(settings, "devices", xformat("[\"%s/dev/ttySIM0\"]", dir), &error) != 0)
		die("%s", error);
	settings_set_string(settings, "modems.m1.device", xformat("%s/dev/ttySIM0", dir));
	settings_set_string(settings, "modems.m2.device", xformat("%s/dev/none", dir));
	settings_set_string(settings, "sysfs", xformat("%s/sys", dir));
	settings_set_string(settings, "listen", "");
	settings_set_string(settings, "database", cluster_conninfo(&rig->stage->cluster, DATABASE));
	settings_write(settings, config);
	settings_free(settings);
	if (gateway_start(&rig->gateway, rig->stage->gateway_program, config, dir, env,
		    rig->stage->cluster_log) != 0)
		die("the gateway does not start");
}

static void
wait_for(struct rig *rig, const char *sql, long want)
{
	for (int64_t deadline = now_ms() + SETTLE_MS; now_ms() < deadline; poll(NULL, 0, 50))
		if (value(rig, sql) >= want)
			return;
}

static void
send_some(struct rig *rig, long count, const char *policy)
{
	char *command = xformat("set m1 reports %s", policy);
	long done = value(rig, "SELECT count(*) FROM segment");

	tell(rig, command);
	free(command);
	bench_sql(rig->stage, DATABASE,
		"SELECT count(*) FROM (SELECT outbox_send('+25078200000' || n %% %d, 'e164', 'Avis ' || n, 4::smallint, "
		"1::smallint, 'bench') FROM generate_series(1, %ld) n) s",
		PHONES, count);
	wait_for(rig, "SELECT count(*) FROM segment", done + count);
	wait_for(rig, "SELECT count(*) FROM segment WHERE state = 'delivered'", done + count);
}

int
main(int argc, char **argv)
{
	static const char *const policies[] = { "on", "doubled", "reordered", "temporary" };
	long sends = argc > 1 ? atol(argv[1]) : 1000;
	struct rig rig = { 0 };

	proc_init();
	begin(&rig);
	double start = bench_now();
	for (int i = 0; i < 4; i++)
		send_some(&rig, sends / 4, policies[i]);
	double took = bench_now() - start;
	sends = sends / 4 * 4;
	long delivered = value(&rig, "SELECT count(*) FROM message WHERE state = 'delivered'");
	long stray = value(&rig, "SELECT count(*) FROM delivery_report WHERE message_id IS NULL");
	long twice = value(&rig,
		"SELECT count(*) FROM (SELECT message_id, seq FROM delivery_report WHERE status < 32 AND message_id IS NOT NULL "
		"GROUP BY 1, 2 HAVING count(*) > 1) d");
	long wraps = value(&rig,
		"SELECT max(n) FROM (SELECT count(*) AS n FROM segment GROUP BY reference, contact_id) s");
	printf("Delivery reports of %ld sends to 7 phones in %.1f s (at once, doubled, reordered, temporary first; a "
	       "reference to one phone up to %ld times): %ld delivered, %ld reports without a message, %ld "
	       "messages with two final ones.\n",
		sends, took, wraps, delivered, stray, twice);
	gateway_stop(&rig.gateway);
	sim_stop(&rig.sim);
	stage_free(rig.stage);
	return delivered != sends || stray != 0 || twice != 0;
}
