/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real workers on simulated modems, and a real database.
 *
 * waits
 */
#include <sys/resource.h>

#include "modem-harness.h"
#include "unit.h"
#include "worker-parent.h"

static struct harness h;

#define READY(name_) UNTIL(&h, STATE(&h, name_) == MODEM_READY)

static const char *
device_of(const char *name)
{
	const struct modem *modem = harness_modem(&h, name);

	return modem->device != NULL ? strrchr(modem->device->path, '/') + 1 : "none";
}

/* The worker's process; its socket is ours, and nobody else's children live long. */
static pid_t
worker_of(const char *name)
{
	char command[256], line[64] = "";

	snprintf(
		command, sizeof(command), "pgrep -P %d -xf 'baraza-modem %s'", (int)getpid(), name);
	FILE *f = popen(command, "r");
	REQUIRE(f != NULL && fgets(line, sizeof(line), f) != NULL);
	pclose(f);
	return (pid_t)atoi(line);
}

TEST(ready_modem_is_in_the_database)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; per_minute = 7; }");
	READY("m1");
	struct modem *m1 = harness_modem(&h, "m1");
	CHECK_INT(h.outbox.ups, 1);
	CHECK_INT(modem_can_send(m1), 1);
	CHECK_INT(modem_link(m1), 1);
	CHECK(modem_by_link(h.gateway.modems, 1) == m1);
	CHECK(modem_by_link(h.gateway.modems, 2) == NULL);
	CHECK_STR(modem_identity(m1), "635100000000001");
	harness_until_sql(&h, "READY", "SELECT state FROM modem WHERE name = 'm1'");
	CHECK_STR(migrated_sql(&h.database, "SELECT usb_port FROM modem"), "1-1.1");
	CHECK_STR(migrated_sql(&h.database, "SELECT imei FROM modem"), m1->imei);
	CHECK_STR(
		migrated_sql(&h.database, "SELECT identity FROM link WHERE up AND per_minute = 7"),
		"635100000000001");
	/* The first look's findings. */
	harness_until_sql(&h, "t",
		"SELECT signal_dbm < 0 AND capacity > 0 AND network <> '' AND seen_at IS NOT NULL "
		"FROM modem");
	harness_end(&h);
}

TEST(messages_calls_and_results_pass)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	sim("sms +250788000001 m1 eau rue KN 5");
	UNTIL(&h, h.inbox.sms == 1);
	CHECK_STR(h.inbox.text, "eau rue KN 5");
	CHECK_STR(h.inbox.number, "+250788000001");
	UNTIL(&h, sim_stat("m1", "sm_used") + sim_stat("m1", "me_used") == 0);
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 4711), 0);
	CHECK_INT(modem_can_send(harness_modem(&h, "m1")), 0);
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 4712), -1);
	UNTIL(&h, h.outbox.results == 1);
	CHECK_INT(h.outbox.result.outcome, WIRE_SENT);
	CHECK_INT(h.outbox.result.token, 4711);
	CHECK_INT(modem_can_send(harness_modem(&h, "m1")), 1);
	CHECK_STR(sim("wait +250788000001 3000"), "+250789000001 Merci");
	sim("call +250788000002 m1");
	UNTIL(&h, h.inbox.calls == 1);
	CHECK_STR(h.inbox.number, "+250788000002");
	harness_end(&h);
}

TEST(unplugged_modem_comes_back_under_another_name)
{
	sim_begin(2, NULL);
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttySIM0");
	uint32_t generation = modem_generation(harness_modem(&h, "m1"));
	int32_t link = modem_link(harness_modem(&h, "m1"));
	for (int i = 0; i < 3; i++) {
		sim("fault m1 unplug");
		UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
		CHECK_STR(device_of("m1"), "none");
		harness_until_sql(&h, "ABSENT", "SELECT state FROM modem WHERE name = 'm1'");
		sim("fault m1 plug");
		READY("m1");
	}
	CHECK_STR(device_of("m1"), "ttySIM4");
	CHECK(modem_generation(harness_modem(&h, "m1")) >= generation + 3);
	CHECK_INT(h.outbox.ups, 5);
	CHECK_INT(h.outbox.downs, 3);
	CHECK_STR(device_of("m2"), "ttySIM1");
	CHECK_INT(modem_link(harness_modem(&h, "m1")), link);
	harness_end(&h);
}

TEST(messages_wait_in_an_unplugged_modem)
{
	sim_begin(1, NULL);
	h.inbox.keeps = 1;
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	sim("sms +250788000001 m1 eau rue KN 5");
	UNTIL(&h, h.inbox.sms == 1);
	struct modem *m1 = harness_modem(&h, "m1");
	uint32_t gone = modem_generation(m1);
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	/* The commit comes too late: that worker is gone, or about to, and then its handles are
	 * void. */
	modem_acknowledge(m1, gone, &h.inbox.handle, 1);
	sim("fault m1 plug");
	READY("m1");
	UNTIL(&h, h.inbox.sms == 2);
	CHECK_STR(h.inbox.text, "eau rue KN 5");
	unsigned acknowledged = m1->health.acknowledged;
	modem_acknowledge(m1, gone, &h.inbox.handle, 1);
	CHECK_INT(m1->health.acknowledged, acknowledged);
	modem_acknowledge(m1, modem_generation(m1), &h.inbox.handle, 1);
	UNTIL(&h, sim_stat("m1", "sm_used") + sim_stat("m1", "me_used") == 0);
	harness_end(&h);
}

TEST(modem_is_known_by_imei_at_another_port)
{
	sim_begin(2, NULL);
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	int32_t link = modem_link(harness_modem(&h, "m1"));
	sim("fault m1 unplug");
	sim("fault m2 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT && STATE(&h, "m2") == MODEM_ABSENT);
	/* They change ports: each port's first guess is wrong, and the IMEI says so. */
	sim("fault m1 plug ttySIM8 1-1.2");
	sim("fault m2 plug ttySIM9 1-1.1");
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttySIM8");
	CHECK_STR(device_of("m2"), "ttySIM9");
	CHECK_STR(harness_modem(&h, "m1")->port, "1-1.2");
	CHECK_INT(modem_link(harness_modem(&h, "m1")), link);
	/* What was learnt outlives the gateway, whatever the names were meanwhile. */
	harness_until_sql(&h, "1-1.2", "SELECT usb_port FROM modem WHERE name = 'm1'");
	sim("fault m1 unplug");
	sim("fault m2 unplug");
	sim("fault m2 plug ttySIM0");
	sim("fault m1 plug ttySIM1");
	harness_restart(&h, NULL);
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttySIM1");
	CHECK_STR(device_of("m2"), "ttySIM0");
	harness_end(&h);
}

TEST(named_devices_that_swap_names_are_told_apart)
{
	char entries[1024];

	sim_begin(2, NULL);
	snprintf(entries, sizeof(entries),
		"{ name = \"m1\"; device = \"%s/sim/dev/ttySIM0\"; },"
		"{ name = \"m2\"; device = \"%s/sim/dev/ttySIM1\"; }",
		parent_dir(), parent_dir());
	harness_begin(&h, entries);
	READY("m1");
	READY("m2");
	harness_until_sql(&h, "2", "SELECT count(usb_port) FROM modem");
	harness_until_sql(&h, "2", "SELECT count(*) FROM modem WHERE state = 'READY'");
	sim("fault m1 unplug");
	sim("fault m2 unplug");
	/* Even with each other's port, so that only the IMEI tells. */
	sim("fault m1 plug ttySIM1 1-1.2");
	sim("fault m2 plug ttySIM0 1-1.1");
	harness_restart(&h, NULL);
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttySIM1");
	CHECK_STR(device_of("m2"), "ttySIM0");
	harness_end(&h);
}

TEST(clones_of_one_imei_are_told_apart_by_port)
{
	sim_begin(3, NULL);
	sim("set all imei 350000000000012");
	harness_begin(&h,
		"{ name = \"m1\"; usb_port = \"1-1.2\"; }, { name = \"m2\"; usb_port = \"1-1.1\"; }, "
		"{ name = \"m3\"; }");
	READY("m1");
	READY("m2");
	READY("m3");
	CHECK_STR(device_of("m1"), "ttySIM1");
	CHECK_STR(device_of("m2"), "ttySIM0");
	CHECK_STR(device_of("m3"), "ttySIM2");
	sim("fault m1 unplug");
	sim("fault m2 unplug");
	sim("fault m3 unplug");
	UNTIL(&h,
		STATE(&h, "m1") == MODEM_ABSENT && STATE(&h, "m2") == MODEM_ABSENT &&
			STATE(&h, "m3") == MODEM_ABSENT);
	/* The simulator's m3 is back first, then its m2, which the configuration calls m1. */
	sim("fault m3 plug");
	READY("m3");
	sim("fault m2 plug");
	READY("m1");
	CHECK_INT(STATE(&h, "m2"), MODEM_ABSENT);
	sim("fault m1 plug");
	READY("m2");
	CHECK_STR(device_of("m3"), "ttySIM3");
	CHECK_STR(device_of("m1"), "ttySIM4");
	CHECK_STR(device_of("m2"), "ttySIM5");
	harness_end(&h);
}

TEST(device_that_is_nobodys_is_left_alone)
{
	char entries[200];

	sim_begin(2, NULL);
	sim("set m1 imei 350000000000012");
	snprintf(entries, sizeof(entries), "{ name = \"m1\"; imei = \"350000000000012\"; }");
	harness_begin(&h, entries);
	READY("m1");
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	/* It was asked once, and is not asked again at every look. */
	struct device *other = devices_find(h.gateway.modems->devices,
		LIST_FIRST(devices_list(h.gateway.modems->devices))->path);
	UNTIL(&h, other->identified && other->worker == NULL);
	long opened = sim_stat("m2", "open");
	harness_pass(&h, 2500);
	CHECK(other->worker == NULL && other->holder == NULL);
	CHECK_INT(other->told, 1);
	CHECK_INT(sim_stat("m2", "open"), opened);
	/* Until the administrator says whose it is. */
	snprintf(entries, sizeof(entries),
		"{ name = \"m1\"; imei = \"350000000000012\"; }, { name = \"spare\"; imei = \"%s\"; }",
		other->imei);
	harness_reload(&h, entries);
	READY("spare");
	harness_end(&h);
}

TEST(killed_worker_is_followed_by_another)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	for (unsigned i = 1; i <= 3; i++) {
		uint32_t generation = modem_generation(harness_modem(&h, "m1"));
		kill(worker_of("m1"), SIGKILL);
		UNTIL(&h, h.outbox.downs == i);
		CHECK_INT(STATE(&h, "m1"), MODEM_RESTING);
		READY("m1");
		CHECK_INT(modem_generation(harness_modem(&h, "m1")), generation + 1);
		CHECK_INT(h.outbox.ups, i + 1);
	}
	/* A storm of deaths is answered more and more slowly, but a worker that worked not too
	 * slowly. */
	CHECK(harness_modem(&h, "m1")->backoff_ms >= 1600);
	CHECK(harness_modem(&h, "m1")->backoff_ms <= MODEM_BACKOFF_PROVEN_MS);
	harness_end(&h);
}

/*
 * Two equal messages of one second: the first is committed and deleted, the worker dies before the
 * second is.  The next worker must not take the second for the first.
 */
TEST(equal_message_is_another_one_to_the_next_worker_too)
{
	static const char same[] = "inject m1 0791527088000000040C91527088000010000042507121000080"
				   "05E8329BFD06";

	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	for (unsigned i = 0; i < 3; i++) {
		sim("%s", same);
		UNTIL(&h, h.inbox.sms == i + 1);
		CHECK_INT(h.inbox.ordinal, i);
		UNTIL(&h, sim_stat("m1", "sm_used") + sim_stat("m1", "me_used") == 0);
		/* what the worker says of it */
		harness_pass(&h, 100);
	}
	h.inbox.keeps = 1;
	sim("%s", same);
	UNTIL(&h, h.inbox.sms == 4);
	CHECK_INT(h.inbox.ordinal, 3);
	for (unsigned i = 1; i <= 2; i++) {
		kill(worker_of("m1"), SIGKILL);
		UNTIL(&h, h.outbox.downs == i);
		READY("m1");
		UNTIL(&h, h.inbox.sms == 4 + i);
		CHECK_INT(h.inbox.ordinal, 3);
	}
	/* the same SIM behind another port */
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	sim("fault m1 plug");
	UNTIL(&h, h.inbox.sms == 7);
	CHECK_INT(h.inbox.ordinal, 3);
	harness_end(&h);
}

TEST(wrong_pin_is_tried_once_for_ever)
{
	const char *const pin[] = { "--pin", "1234", NULL };

	sim_begin(1, pin);
	harness_begin(&h, "{ name = \"m1\"; pin = \"9999\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK_INT(sim_stat("m1", "pin_left"), 2);
	CHECK_STR(h.administrator.key, "modem:m1:blocked");
	CHECK_INT(h.administrator.tells, 1);
	harness_until_sql(&h, "wrong", "SELECT outcome FROM pin_attempt");
	/* Looks, new gateways, another stick, SIGHUP: none tries it again. */
	harness_pass(&h, 3500);
	harness_restart(&h, NULL);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	sim("fault m1 unplug");
	sim("fault m1 plug");
	UNTIL(&h, STATE(&h, "m1") != MODEM_BLOCKED);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	harness_reload(&h, NULL);
	harness_pass(&h, 500);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK_INT(sim_stat("m1", "pin_left"), 2);
	CHECK(strstr(harness_modem(&h, "m1")->reason, "correct `pin`") != NULL);
	/* The right one is. */
	harness_reload(&h, "{ name = \"m1\"; pin = \"1234\"; }");
	READY("m1");
	CHECK_INT(sim_stat("m1", "pin_left"), 3);
	harness_until_sql(
		&h, "ok", "SELECT outcome FROM pin_attempt ORDER BY tried_at DESC LIMIT 1");
	/* And again after each power cut. */
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	sim("fault m1 plug");
	READY("m1");
	harness_end(&h);
}

/* The number of attempts that were made may be unknown; that it is never more than one is not. */
TEST(death_around_a_pin_tries_it_no_second_time)
{
	const char *const pin[] = { "--pin", "1234", NULL };

	sim_begin(1, pin);
	sim("set m1 latency_ms 30");
	harness_begin(&h, "{ name = \"m1\"; pin = \"9999\"; }");
	UNTIL(&h, harness_modem(&h, "m1")->pin == PIN_SENT);
	harness_restart(&h, NULL);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK(sim_stat("m1", "pin_left") >= 2);
	CHECK_STR(migrated_sql(&h.database, "SELECT count(*) FROM pin_attempt"), "1");
	harness_pass(&h, 1500);
	CHECK(sim_stat("m1", "pin_left") >= 2);
	harness_end(&h);
}

TEST(two_wrong_pins_are_the_most)
{
	const char *const pin[] = { "--pin", "1234", NULL };

	sim_begin(1, pin);
	harness_begin(&h, "{ name = \"m1\"; pin = \"9999\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	harness_reload(&h, "{ name = \"m1\"; pin = \"8888\"; }");
	harness_until_sql(&h, "2", "SELECT count(*) FROM pin_attempt WHERE outcome = 'wrong'");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	harness_reload(&h, "{ name = \"m1\"; pin = \"7777\"; }");
	UNTIL(&h, STATE(&h, "m1") != MODEM_BLOCKED);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK_INT(sim_stat("m1", "pin_left"), 1);
	harness_end(&h);
}

TEST(missing_pin_is_told_in_words)
{
	const char *const pin[] = { "--pin", "1234", NULL };

	sim_begin(1, pin);
	harness_begin(&h, "{ name = \"m1\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK(strstr(h.administrator.words, "the SIM wants a PIN: set `pin`") != NULL);
	CHECK_INT(sim_stat("m1", "pin_left"), 3);
	harness_end(&h);
}

TEST(modem_without_sim_waits_for_one)
{
	sim_begin(1, NULL);
	sim("set m1 sim none");
	harness_begin(&h, "{ name = \"m1\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK_STR(harness_modem(&h, "m1")->reason, "no SIM is in it");
	/* It is looked at at each look, and told of once. */
	harness_pass(&h, 2500);
	CHECK_INT(h.administrator.tells, 1);
	sim("set m1 sim +250789000001");
	READY("m1");
	CHECK_STR(modem_identity(harness_modem(&h, "m1")), "635100000000001");
	harness_end(&h);
}

TEST(another_sim_is_another_link)
{
	sim_begin(2, NULL);
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	int32_t first = modem_link(harness_modem(&h, "m1")),
		second = modem_link(harness_modem(&h, "m2"));
	sim("set m1 sim +250789000002"); /* they swap */
	UNTIL(&h, h.outbox.downs >= 2);
	UNTIL(&h, modem_link(harness_modem(&h, "m1")) == second && STATE(&h, "m1") == MODEM_READY);
	UNTIL(&h, modem_link(harness_modem(&h, "m2")) == first && STATE(&h, "m2") == MODEM_READY);
	CHECK_STR(modem_identity(harness_modem(&h, "m1")), "635100000000002");
	harness_until_sql(&h, "2", "SELECT count(*) FROM link WHERE up");
	CHECK_STR(migrated_sql(&h.database, "SELECT count(*) FROM link"), "2");
	harness_end(&h);
}

TEST(sim_without_smsc_receives_only)
{
	sim_begin(1, NULL);
	sim("set m1 smsc none");
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(modem_can_send(harness_modem(&h, "m1")), 0);
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 1), -1);
	CHECK(strstr(harness_modem(&h, "m1")->reason, "no SMSC number") != NULL);
	CHECK_STR(h.administrator.key, "modem:m1:smsc");
	CHECK_INT(h.administrator.not_link, modem_link(harness_modem(&h, "m1")));
	harness_until_sql(&h, "", "SELECT smsc FROM modem WHERE state = 'READY'");
	sim("sms +250788000001 m1 bonjour");
	UNTIL(&h, h.inbox.sms == 1);
	harness_end(&h);
}

TEST(silent_modem_is_restarted_until_it_answers)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; call_timeout_s = 1; send_timeout_s = 1; }");
	READY("m1");
	sim("fault m1 silent");
	UNTIL(&h, STATE(&h, "m1") == MODEM_RESTING);
	CHECK_INT(h.outbox.downs, 1);
	sim("fault m1 well");
	READY("m1");
	harness_end(&h);
}

TEST(stopped_worker_is_ended)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; call_timeout_s = 1; send_timeout_s = 1; }");
	READY("m1");
	kill(worker_of("m1"), SIGSTOP);
	UNTIL(&h, h.outbox.downs == 1); /* 20 s after the next look */
	CHECK_STR(harness_modem(&h, "m1")->reason, "it gave no answer in time");
	READY("m1");
	harness_end(&h);
}

TEST(what_a_dying_worker_was_sending_is_told)
{
	sim_begin(1, NULL);
	sim("set m1 send_ms 5000");
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 1), 0);
	kill(worker_of("m1"), SIGKILL);
	UNTIL(&h, h.outbox.downs == 1);
	CHECK_INT(h.outbox.results, 0);
	READY("m1");
	CHECK_INT(modem_can_send(harness_modem(&h, "m1")), 1);
	harness_end(&h);
}

TEST(full_inbox_stops_reading_and_loses_nothing)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	h.inbox.full = 1;
	for (int i = 0; i < 20; i++)
		sim("sms +25078800%04d m1 message %d", i, i);
	harness_pass(&h, 1500);
	CHECK_INT(h.inbox.sms, 0);
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	h.inbox.full = 0;
	modems_resume(h.gateway.modems);
	UNTIL(&h, h.inbox.sms == 20);
	UNTIL(&h, sim_stat("m1", "sm_used") + sim_stat("m1", "me_used") == 0);
	CHECK_INT(h.inbox.sms, 20);
	CHECK_INT(h.outbox.downs, 0);
	harness_end(&h);
}

TEST(storage_that_stays_full_is_told_once)
{
	sim_begin(1, NULL);
	h.inbox.keeps = 1;
	harness_begin(&h, "{ name = \"m1\"; storage = \"sm\"; }");
	READY("m1");
	sim("set m1 capacity 5");
	for (int i = 0; i < 8; i++)
		sim("sms +25078800%04d m1 message %d", i, i);
	UNTIL(&h, h.administrator.tells == 1);
	CHECK_STR(h.administrator.key, "modem:m1:full");
	harness_pass(&h, 2500);
	CHECK_INT(h.administrator.tells, 1);
	harness_until_sql(&h, "5/5", "SELECT used || '/' || capacity FROM modem");
	harness_end(&h);
}

TEST(lost_database_leaves_workers_alone)
{
	sim_begin(1, NULL);
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	uint32_t generation = modem_generation(harness_modem(&h, "m1"));
	harness_until_sql(&h, "READY", "SELECT state FROM modem");
	migrated_sql(&h.database, "UPDATE modem SET state = 'RESTING'; UPDATE link SET up = false");
	h.gateway.epoch = 2;
	harness_lose_database(&h);
	harness_until_sql(&h, "READY/2", "SELECT state || '/' || epoch FROM modem");
	harness_until_sql(&h, "t", "SELECT up FROM link");
	CHECK_INT(modem_generation(harness_modem(&h, "m1")), generation);
	CHECK_INT(h.outbox.downs, 0);
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	/* A modem that comes while it is away waits for it. */
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	db_reset(h.gateway.chores_db);
	sim("fault m1 plug");
	READY("m1");
	harness_end(&h);
}

TEST(reload_restarts_only_what_changed)
{
	sim_begin(2, NULL);
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	uint32_t first = modem_generation(harness_modem(&h, "m1")),
		 second = modem_generation(harness_modem(&h, "m2"));
	harness_reload(&h, "{ name = \"m1\"; per_day = 99; }, { name = \"m2\"; till = true; }");
	harness_until_sql(&h, "99", "SELECT max(per_day) FROM link");
	READY("m2");
	CHECK_INT(modem_generation(harness_modem(&h, "m1")), first);
	CHECK_INT(modem_generation(harness_modem(&h, "m2")), second + 1);
	CHECK_INT(modem_can_send(harness_modem(&h, "m2")), 0);
	harness_until_sql(&h, "t", "SELECT bool_or(receive_only) FROM link");
	/* An entry leaves, and comes back under a new name's eyes. */
	harness_reload(&h, "{ name = \"m1\"; per_day = 99; }");
	CHECK_INT(STATE(&h, "m2"), MODEM_CLOSING);
	UNTIL(&h, harness_modem(&h, "m2")->worker == NULL);
	CHECK_INT(modem_generation(harness_modem(&h, "m1")), first);
	harness_until_sql(&h, "CLOSING", "SELECT state FROM modem WHERE name = 'm2'");
	harness_reload(&h, "{ name = \"m1\"; per_day = 99; }, { name = \"m2\"; }");
	READY("m2");
	CHECK_INT(modem_can_send(harness_modem(&h, "m2")), 1);
	harness_end(&h);
}

TEST(restart_for_a_reload_waits_for_the_segment)
{
	sim_begin(1, NULL);
	sim("set m1 send_ms 700");
	harness_begin(&h, "{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 1), 0);
	harness_reload(&h, "{ name = \"m1\"; storage = \"sm\"; }");
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	UNTIL(&h, h.outbox.downs == 1);
	CHECK_INT(h.outbox.results, 1);
	CHECK_INT(h.outbox.result.outcome, WIRE_SENT);
	READY("m1");
	harness_end(&h);
}

TEST(entry_that_left_is_not_restarted_after_its_last_segment)
{
	sim_begin(2, NULL);
	sim("set all send_ms 1000");
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 1), 0);
	CHECK_INT(harness_send(&h, "m2", "+250788000001", "Merci", 2), 0);
	harness_reload(&h, "{ name = \"m3\"; device = \"/nowhere\"; }");
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	kill(worker_of("m2"), SIGKILL);
	UNTIL(&h, h.outbox.downs == 2);
	CHECK_INT(h.outbox.results, 1);
	harness_pass(&h, 500);
	CHECK_INT(STATE(&h, "m1"), MODEM_CLOSING);
	CHECK_INT(STATE(&h, "m2"), MODEM_CLOSING);
	CHECK(harness_modem(&h, "m2")->worker == NULL);
	harness_end(&h);
}

TEST(idle_modems_let_the_gateway_sleep)
{
	sim_begin(4, NULL);
	harness_begin(&h,
		"{ name = \"m1\"; }, { name = \"m2\"; }, { name = \"m3\"; }, { name = \"m4\"; }");
	READY("m1");
	READY("m2");
	READY("m3");
	READY("m4");
	h.config->alive_interval_s = 60;
	modems_reload(h.gateway.modems);
	harness_pass(&h, 500); /* the first looks' writes */
	unsigned turns = h.turns;
	harness_pass(&h, 2000);
	CHECK_INT(h.turns - turns, 1); /* that of harness_pass() itself */
	harness_end(&h);
}

TEST(end_closes_all_workers_in_order)
{
	sim_begin(2, NULL);
	harness_begin(&h, "{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	modems_close(h.gateway.modems);
	CHECK_INT(modems_idle(h.gateway.modems), 0);
	UNTIL(&h, modems_idle(h.gateway.modems));
	CHECK_INT(h.outbox.downs, 2);
	CHECK_INT(STATE(&h, "m1"), MODEM_CLOSING);
	harness_end(&h);
}

UNIT_MAIN
