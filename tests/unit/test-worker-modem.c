/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A real baraza-modem on simulated modems, as its parent sees it: the start, messages out, calls,
 * faults, the process.
 *
 * waits
 */
#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>

#include "worker-field.h"

/* --- the start --- */

TEST(worker_tells_who_the_modem_is)
{
	sim_begin(1, NULL);
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(strlen(p.imei), 15);
	CHECK_INT(strncmp(p.imsi, "63510", 5), 0);
	CHECK(strlen(p.iccid) >= 19);
	CHECK_INT(p.identity.sim, WIRE_SIM_READY);
	CHECK(p.smsc[0] == '+');
	parent_say_type(&p, WIRE_START);
	parent_wait(&p, WIRE_READY);
	parent_wait(&p, WIRE_HEALTH);
	CHECK(p.health.notifies);
	CHECK(p.health.capacity > 0);
	CHECK_INT(p.health.registration, 1);
	CHECK(p.health.signal_dbm < -50 && p.health.signal_dbm > -114);
	CHECK(p.network[0] != '\0');
	parent_wait_complete(&p);
	CHECK_INT(p.listed.found, 0);
}

TEST(worker_serves_every_make_of_modem)
{
	static const char *const makes[] = { "generic", "huawei", "quectel", "simcom", "zte",
		"option", "plain" };

	sim_begin(1, NULL);
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		printf("  %s\n", makes[i]);
		sim("set m1 profile %s", makes[i]);
		parent_start(&p, "ttySIM0", NULL);
		CHECK(strlen(p.iccid) >= 19 || strcmp(makes[i], "plain") == 0);
		sim("sms " FROM " m1 first of %s", makes[i]);
		sim("sms " FROM " m1 second of %s", makes[i]);
		parent_wait_sms(&p, 2);
		parent_delete_all(&p);
		CHECK_INT(p.deleted, 2);
		parent_send(&p, FROM, "answer", true);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
		CHECK(p.msg.result.reference <= 255);
		CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 answer");
		/* they tell of no reports, and keep none */
		if (strcmp(makes[i], "option") != 0 && strcmp(makes[i], "plain") != 0) {
			parent_wait_reports(&p, 1);
			CHECK_INT(p.reports[0].status, 0);
			parent_delete_all(&p);
		}
		parent_say_type(&p, WIRE_LOOK);
		parent_wait_complete(&p);
		CHECK_INT(p.failed, 0);
		parent_kill(&p);
	}
}

TEST(chatter_disturbs_nothing)
{
	static const char *const where[] = { "between", "inside" };

	sim_begin(1, NULL);
	for (int i = 0; i < 2; i++) {
		sim("set m1 profile simcom"); /* it says +CPIN: READY */
		sim("set m1 chatter %s", where[i]);
		parent_start(&p, "ttySIM0", NULL);
		sim("bulk 20 m1 +25078 in between %%d");
		for (int j = 0; j < 5; j++) {
			parent_send(&p, FROM, "x", true);
			CHECK_INT(p.msg.result.outcome, WIRE_SENT);
			CHECK(p.msg.result.reference != WIRE_REFERENCE_UNKNOWN);
		}
		parent_wait_sms(&p, 20);
		parent_wait_reports(&p, 5);
		parent_delete_all(&p);
		CHECK_INT(p.deleted, 25);
		sim("call " FROM " m1");
		parent_wait(&p, WIRE_CALL);
		parent_kill(&p);
	}
}

TEST(pin_is_tried_once_and_its_result_told)
{
	struct wire_msg pin = { .type = WIRE_PIN, .pin = { { "1111", 4 } } };

	sim_begin(1, (const char *const[]){ "--pin", "1234", NULL });
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(p.identity.sim, WIRE_SIM_PIN);
	CHECK_INT(p.identity.pin_attempts_left, 3);
	CHECK(strlen(p.iccid) >= 19);
	CHECK_STR(p.imsi, "");
	parent_say(&p, &pin);
	parent_wait(&p, WIRE_PIN_RESULT);
	CHECK_INT(p.msg.pin_result.outcome, WIRE_PIN_WRONG);
	parent_wait(&p, WIRE_IDENTITY);
	CHECK_INT(p.identity.pin_attempts_left, 2);
	pin.pin.pin.data = "12\"4";
	parent_say(&p, &pin);
	parent_wait(&p, WIRE_PIN_RESULT);
	CHECK_INT(p.msg.pin_result.outcome, WIRE_PIN_WRONG);
	parent_wait(&p, WIRE_IDENTITY);
	CHECK_INT(p.identity.pin_attempts_left, 2); /* it cannot be one: not tried */
	pin.pin.pin.data = "1234";
	parent_say(&p, &pin);
	parent_wait(&p, WIRE_PIN_RESULT);
	CHECK_INT(p.msg.pin_result.outcome, WIRE_PIN_OK);
	parent_wait(&p, WIRE_IDENTITY);
	CHECK_INT(p.identity.sim, WIRE_SIM_READY);
	CHECK_INT(strlen(p.imsi), 15);
	parent_say_type(&p, WIRE_START);
	parent_wait(&p, WIRE_READY);
}

TEST(start_without_pin_or_sim_is_a_fault_with_advice)
{
	sim_begin(1, (const char *const[]){ "--pin", "1234", NULL });
	parent_open(&p, "ttySIM0", NULL);
	parent_say_type(&p, WIRE_START);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_SIM);
	CHECK(strstr(p.words, "PIN") != NULL);
	parent_kill(&p);
	sim("set m1 sim none");
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(p.identity.sim, WIRE_SIM_ABSENT);
	CHECK_INT(strlen(p.imei), 15);
	parent_say_type(&p, WIRE_START);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_SIM);
	CHECK(strstr(p.words, "no SIM") != NULL);
}

TEST(an_answer_that_says_nothing_is_asked_for_again)
{
	sim_begin(1, NULL);
	sim("fault m1 blank 1 AT+CGSN");
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(strlen(p.imei), 15);
	parent_kill(&p);
	sim("fault m1 blank");
	parent_start(&p, "ttySIM0", NULL);
	CHECK_INT(p.identity.sim, WIRE_SIM_READY);
	CHECK_INT(strlen(p.imsi), 15);
	parent_send(&p, FROM, "answer", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	parent_kill(&p);
	/* A modem that never says what its SIM waits for says no more of it. */
	sim("fault m1 blank 100");
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(p.identity.sim, WIRE_SIM_UNKNOWN);
	CHECK_INT(p.identity.pin_attempts_left, 255);
	parent_kill(&p);
}

/* --- messages out --- */

TEST(sends_carry_what_was_asked)
{
	struct wire_msg msg = parent_segment(FROM, "", 9);

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	/* two segments of UCS-2 with a header of our own, and a '~' that libgammu would mangle */
	for (int part = 1; part <= 2; part++) {
		char udh[] = { 0, 3, 0x55, 2, (char)part };

		msg.send.coding = WIRE_UCS2;
		msg.send.udh = (struct wire_bytes){ udh, sizeof(udh) };
		msg.send.text = part == 1
			? (struct wire_bytes){ "\x06\x33\x00~\x00 \x00~\x00~", 10 }
			: (struct wire_bytes){ "\xd8\x3d\xde\xae", 4 };
		parent_say(&p, &msg);
		parent_wait(&p, WIRE_RESULT);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
		CHECK(p.msg.result.token == 9);
	}
	CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 \xd8\xb3~ ~~\xf0\x9f\x9a\xae");
	msg = parent_segment(FROM, "{[\\]}~^| @$", 10);
	parent_say(&p, &msg);
	parent_wait(&p, WIRE_RESULT);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 {[\\\\]}~^| @$");
}

TEST(a_send_is_one_command_and_nothing_else)
{
	enum { COUNT = 50 };
	long before;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	settle(100);
	before = sim_stat("m1", "commands");
	for (int i = 0; i < COUNT; i++) {
		parent_send(&p, FROM, "one after another", false);
		REQUIRE(p.msg.result.outcome == WIRE_SENT);
	}
	CHECK_INT(sim_stat("m1", "commands") - before, COUNT);
}

TEST(what_cannot_be_sent_is_refused_with_words)
{
	static const struct parent_settings till = { .receive_only = true };
	struct wire_msg msg;
	char long_text[170];

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	parent_send(&p, "MobileMoney", "x", false);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	CHECK(p.msg.result.words.len > 0);
	parent_send(&p, "+250788000001+", "x", false);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	memset(long_text, '{', 81); /* 162 septets */
	long_text[81] = '\0';
	parent_send(&p, FROM, long_text, false);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	msg = parent_segment(FROM, "", 5);
	msg.send.text = (struct wire_bytes){ "\x01\x61", 2 }; /* not in GSM 7-bit */
	parent_say(&p, &msg);
	parent_wait(&p, WIRE_RESULT);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", &till);
	parent_send(&p, FROM, "x", false);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	CHECK_INT(sim_stat("m1", "sent"), 0);
}

TEST(without_smsc_it_receives_and_says_why_it_cannot_send)
{
	sim_begin(1, NULL);
	sim("set m1 smsc none");
	parent_start(&p, "ttySIM0", NULL);
	CHECK_STR(p.smsc, "");
	sim("sms " FROM " m1 hello");
	parent_wait_sms(&p, 1);
	parent_send(&p, FROM, "x", false);
	CHECK_INT(p.msg.result.outcome, WIRE_NOT_SENT);
	CHECK(memmem(p.msg.result.words.data, p.msg.result.words.len, "SMSC", 4) != NULL);
}

TEST(an_smsc_that_was_set_serves_a_sim_without_one)
{
	static const struct parent_settings with = { .smsc = "+250788110333" };

	sim_begin(1, NULL);
	sim("set m1 smsc none");
	parent_start(&p, "ttySIM0", &with);
	CHECK_STR(p.smsc, "+250788110333");
	parent_send(&p, FROM, "by another way", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 by another way");
}

TEST(refusals_carry_the_networks_code)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("fault m1 fail 2 38");
	for (int i = 0; i < 2; i++) {
		parent_send(&p, FROM, "x", false);
		CHECK_INT(p.msg.result.outcome, WIRE_REFUSED);
		CHECK_INT(p.msg.result.error, 38);
	}
	parent_send(&p, FROM, "after", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 after");
	sim("fault m1 nonetwork");
	parent_send(&p, FROM, "x", false);
	CHECK_INT(p.msg.result.outcome, WIRE_REFUSED);
	CHECK(p.msg.result.error != WIRE_ERROR_NONE);
}

TEST(a_send_without_an_answer_is_unknown)
{
	static const struct parent_settings hasty = { .send_timeout_s = 1 };
	struct wire_msg msg;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", &hasty);
	sim("fault m1 slow 5000");
	msg = parent_segment(FROM, "late", 77);
	parent_say(&p, &msg);
	parent_wait(&p, WIRE_RESULT);
	CHECK_INT(p.msg.result.outcome, WIRE_UNKNOWN);
	CHECK(p.msg.result.token == 77);
	parent_wait_fault(&p); /* or its answer would be taken for the next one's */
	CHECK_INT(p.fault.class, WIRE_FAULT_SILENT);
}

TEST(news_and_deletions_come_between_sends)
{
	enum { SENDS = 30 };
	size_t sent = 0;
	struct wire_msg msg = parent_segment(FROM, "busy", 1);

	sim_begin(1, NULL);
	sim("set m1 latency_ms 2");
	sim("set m1 send_ms 20");
	parent_start(&p, "ttySIM0", NULL);
	sim("bulk 40 m1 +25078 in the meantime %%d");
	parent_say(&p, &msg);
	while (sent < SENDS) {
		REQUIRE(parent_take(&p, 5000) == 1);
		if (p.msg.type == WIRE_RESULT) {
			CHECK_INT(p.msg.result.outcome, WIRE_SENT);
			sent++;
			parent_say(&p, &msg);
		}
	}
	CHECK(p.n_sms == 40); /* neither waits for the other's end */
}

TEST(fixed_pauses_are_left_out_only_when_told)
{
	static const struct parent_settings slow = { .real_pauses = true };
	static struct parent pausing;
	struct wire_msg msg = parent_segment(FROM, "with pauses", 1);
	long from;

	sim_begin(2, NULL);
	parent_start(&pausing, "ttySIM0", &slow);
	parent_start(&p, "ttySIM1", NULL);
	from = monotonic_ms();
	parent_say(&pausing, &msg);
	/* While one sends, the other sends two. */
	for (int i = 0; i < 2; i++) {
		parent_send(&p, FROM, "without", false);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	}
	while (parent_take(&pausing, 0) == 1)
		CHECK(pausing.msg.type != WIRE_RESULT);
	parent_wait(&pausing, WIRE_RESULT);
	CHECK_INT(pausing.msg.result.outcome, WIRE_SENT);
	CHECK(monotonic_ms() - from >= 600);
}

/* --- calls --- */

TEST(calls_are_refused_and_told_once)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("call " FROM " m1");
	parent_wait(&p, WIRE_CALL);
	CHECK_STR(p.caller, FROM);
	settle(300);
	CHECK_INT(p.calls, 1);
	sim("call " FROM " m1");
	parent_wait(&p, WIRE_CALL);
	CHECK_INT(p.calls, 2);
	sim("raw m1 \\r\\nRING\\r\\n\\r\\nRING\\r\\n"); /* a number withheld, without +CLIP */
	parent_wait(&p, WIRE_CALL);
	CHECK_STR(p.caller, "");
}

/* --- faults --- */

TEST(a_restarted_modem_is_noticed)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("fault m1 restart");
	parent_say_type(&p, WIRE_LOOK);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_RESTARTED);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", NULL);
	sim("sms " FROM " m1 armed again");
	parent_wait_sms(&p, 1);
	/* one that says so is noticed without a look */
	sim("fault m1 restart");
	sim("raw m1 \\r\\nRDY\\r\\n");
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_RESTARTED);
}

TEST(an_unplugged_modem_ends_the_worker_at_once)
{
	struct wire_msg msg = parent_segment(FROM, "x", 1);

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("fault m1 unplug");
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_DEVICE);
	parent_kill(&p);
	sim("fault m1 plug");
	parent_start(&p, "ttySIM1", NULL);
	sim("fault m1 slow 10000");
	parent_say(&p, &msg);
	settle(200);
	sim("fault m1 unplug");
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_DEVICE);
}
TEST(a_missing_device_is_a_fault_with_advice)
{
	struct wire_msg msg = { .type = WIRE_OPEN,
		.open = { .device = wire_str("/nonexistent/tty"),
			.connection = wire_str("dku2at"),
			.call_timeout_s = 5,
			.send_timeout_s = 5 } };

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	parent_kill(&p);
	parent_open(&p, "ttySIM0", NULL);
	parent_say(&p, &msg); /* a second OPEN cannot be */
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_PROTOCOL);
}

TEST(a_modem_that_hangs_in_a_call_ends_the_worker)
{
	static const struct parent_settings hasty = { .call_timeout_s = 1 };
	static struct parent patient;
	int got;

	sim_begin(2, NULL);
	parent_start(&patient, "ttySIM1", NULL);
	parent_start(&p, "ttySIM0", &hasty);
	sim("fault all hang AT+CMGL");
	sim("sms " FROM " m2 never listed");
	sim("sms " FROM " m1 never listed");
	parent_wait_fault(&p);
	/* Each waits as long as it was told, the other for twenty times as long. */
	while ((got = parent_take(&patient, 0)) == 1)
		CHECK(patient.msg.type != WIRE_FAULT);
	CHECK_INT(got, -1);
	CHECK_INT(p.fault.class, WIRE_FAULT_SILENT);
	CHECK(strstr(p.words, "listing") != NULL);
	parent_kill(&p);
	sim("fault m1 well");
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "never listed");
}

TEST(a_listing_without_end_does_not_crash)
{
	static const struct parent_settings hasty = { .call_timeout_s = 1 };

	sim_begin(1, NULL);
	sim("sms " FROM " m1 there");
	parent_open(&p, "ttySIM0", &hasty);
	parent_say_type(&p, WIRE_START);
	parent_wait(&p, WIRE_READY);
	sim("fault m1 truncated 3");
	sim("sms " FROM " m1 there too"); /* the first may have been listed by now */
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_SILENT);
}

TEST(garbage_on_the_line_is_survived_or_told)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	for (int i = 0; i < 50; i++)
		sim("raw m1 \\xff\\x00\\x7f\\x1b+CMT\\x22\\r\\n+CMGL: 1,2\\r\\n> \\r\\nOK\\r\\n+CMS "
		    "ERROR: x\\r\\n");
	settle(100);
	parent_send(&p, FROM, "after the noise", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	sim("sms " FROM " m1 heard");
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "heard");
}

TEST(noise_before_an_echo_costs_nothing)
{
	static const struct parent_settings hasty = { .call_timeout_s = 5 };
	static const char *const noises[] = { "\\xff\\xfe#~", "xyz", "+CM", "> ", "\\x80AT+",
		"OK" };

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", &hasty);
	for (size_t i = 0; i < sizeof(noises) / sizeof(noises[0]); i++) {
		sim("raw m1 %s", noises[i]);
		parent_send(&p, FROM, "after the noise", false);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
		sim("raw m1 %s", noises[i]);
		sim("sms " FROM " m1 heard %zu", i);
		parent_wait_sms(&p, i + 1);
		sim("raw m1 %s", noises[i]);
		look();
	}
}

TEST(a_modem_that_falls_silent_at_the_start_is_told)
{
	static const struct parent_settings hasty = { .call_timeout_s = 1 };

	sim_begin(1, NULL);
	parent_open(&p, "ttySIM0", &hasty);
	sim("fault m1 silent");
	parent_say_type(&p, WIRE_START);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_SILENT);
}

/* --- the process --- */

TEST(a_slow_parent_does_not_stop_the_worker)
{
	enum { COUNT = 1500 };
	struct wire_msg msg = parent_segment(FROM, "all the same", 1);

	sim_begin(1, NULL);
	sim("set m1 me_capacity %d", COUNT);
	sim("bulk %d m1 +25078 a rather long text so that the socket between them fills up %%d",
		COUNT);
	parent_open(&p, "ttySIM0", NULL);
	parent_say_type(&p, WIRE_START);
	/* nothing is read here; the segment leaves */
	parent_say(&p, &msg);
	CHECK_STR(sim("wait " FROM " 20000"), "+250789000001 all the same");
	parent_wait(&p, WIRE_RESULT);
	parent_wait_sms(&p, COUNT);
	CHECK_INT(p.n_sms, COUNT);
	parent_wait_complete(&p);
}

TEST(an_idle_worker_does_not_wake)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	CHECK(process_rests(p.pid, 2000));
}

TEST(a_worker_among_sixteen_is_small)
{
	static struct parent many[16];
	char device[16];
	long total = 0;

	sim_begin(16, NULL);
	for (int i = 0; i < 16; i++) {
		snprintf(device, sizeof(device), "ttySIM%d", i);
		parent_start(&many[i], device, NULL);
	}
	for (int i = 0; i < 16; i++)
		total += process_pss_kb(many[i].pid);
	printf("  %ld kB each\n", total / 16);
#ifdef __SANITIZE_ADDRESS__
	SKIP("the sanitizer's own memory is larger");
#endif
	CHECK(total / 16 < 1500);
}

TEST(the_worker_is_confined)
{
	char path[64], line[256];
	int no_new_privileges = -1, seccomp = -1;
	FILE *f;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)p.pid);
	f = fopen(path, "r");
	REQUIRE(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		sscanf(line, "NoNewPrivs: %d", &no_new_privileges);
		sscanf(line, "Seccomp: %d", &seccomp);
	}
	fclose(f);
	CHECK_INT(no_new_privileges, 1);
#ifndef __SANITIZE_ADDRESS__
	CHECK_INT(seccomp, 2);
#endif
	snprintf(path, sizeof(path), "/proc/%d/environ", (int)p.pid);
	kill(p.pid, SIGTERM); /* of systemd, to all: the parent decides */
	kill(p.pid, SIGINT);
	parent_send(&p, FROM, "still here", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
}

TEST(the_worker_ends_with_its_parent)
{
	int status = -1;
	struct pollfd end = { .events = POLLIN };
	pid_t between;
	int pipe_fd[2];

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	close(p.fd); /* the parent's end: nobody to talk to */
	CHECK_INT(waitpid(p.pid, &status, 0), p.pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	/* killed, the parent takes it along, though another holds the socket */
	REQUIRE(pipe(pipe_fd) == 0);
	between = fork();
	if (between == 0) {
		struct parent own = { .pid = 0 };

		parent_start(&own, "ttySIM0", NULL);
		if (write(pipe_fd[1], &own.pid, sizeof(own.pid)) != sizeof(own.pid))
			_exit(1);
		pause();
	}
	close(pipe_fd[1]);
	REQUIRE(read(pipe_fd[0], &p.pid, sizeof(p.pid)) == sizeof(p.pid));
	end.fd = pidfd_open(p.pid, 0);
	REQUIRE(end.fd != -1);
	kill(between, SIGKILL);
	waitpid(between, NULL, 0);
	CHECK_INT(poll(&end, 1, 30000), 1);
}

TEST(close_ends_the_worker_quietly)
{
	int status = -1;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	parent_say_type(&p, WIRE_CLOSE);
	CHECK_INT(waitpid(p.pid, &status, 0), p.pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
UNIT_MAIN
