/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A real baraza-modem on simulated modems, as its parent sees it.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "unit.h"
#include "worker-parent.h"

#define FROM "+250788000001"
#define SMSC_OCTETS "0791527088000000"
#define FROM_OCTETS "0C91527088000010"
#define TIME_OCTETS "42507121000080"
#define DELIVER(first_, pid_, dcs_, data_) \
	SMSC_OCTETS first_ FROM_OCTETS pid_ dcs_ TIME_OCTETS data_

static struct parent p;

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The SIM alone, so that its few places are where messages come. */
static void
begin_on_sim(const char *capacity)
{
	sim_begin(1, NULL);
	sim("set m1 me off");
	sim("set m1 capacity %s", capacity);
}

static const struct kept_sms *
sms_with_text(const char *text)
{
	for (size_t i = 0; i < p.n_sms; i++)
		if (strcmp(p.sms[i].text, text) == 0)
			return &p.sms[i];
	return NULL;
}

static const struct kept_sms *
sms_with_text_number(int number)
{
	char text[32];

	snprintf(text, sizeof(text), "text %d", number);
	return sms_with_text(text);
}

static size_t
count_text(const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < p.n_sms; i++)
		count += strcmp(p.sms[i].text, text) == 0;
	return count;
}

/* Take what comes until nothing has for so long. */
static void
settle(int ms)
{
	while (parent_take(&p, ms) == 1)
		;
}

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
		"option" };

	sim_begin(1, NULL);
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		printf("  %s\n", makes[i]);
		sim("set m1 profile %s", makes[i]);
		parent_start(&p, "ttySIM0", NULL);
		CHECK(strlen(p.iccid) >= 19);
		sim("sms " FROM " m1 first of %s", makes[i]);
		sim("sms " FROM " m1 second of %s", makes[i]);
		parent_wait_sms(&p, 2);
		parent_delete_all(&p);
		CHECK_INT(p.deleted, 2);
		parent_send(&p, FROM, "answer", true);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
		CHECK(p.msg.result.reference <= 255);
		CHECK_STR(sim("wait " FROM " 3000"), "+250789000001 answer");
		if (strcmp(makes[i], "option") != 0) { /* it tells of nothing, and keeps none */
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

TEST(storage_is_the_larger_unless_told)
{
	static const struct parent_settings on_sim = { .storage = WIRE_STORAGE_SM };

	sim_begin(1, NULL);
	sim("set m1 capacity 20");
	sim("set m1 me_capacity 70");
	parent_start(&p, "ttySIM0", NULL);
	CHECK_INT(p.listed.capacity, 70);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", &on_sim);
	CHECK_INT(p.listed.capacity, 20);
	sim("sms " FROM " m1 on the SIM");
	parent_wait_sms(&p, 1);
	parent_wait_complete(&p);
	CHECK_INT(p.listed.used, 1);
	parent_kill(&p);
	/* what lies in the other one is read all the same */
	parent_start(&p, "ttySIM0", NULL);
	CHECK_INT(p.listed.capacity, 70);
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "on the SIM");
	parent_delete_all(&p);
	CHECK_INT(p.deleted, 1);
}

/* --- messages in --- */

TEST(texts_arrive_as_they_were_written)
{
	static const char *const texts[] = { "plain", "[euro: \xe2\x82\xac] {a|b} ~^\\",
		"\xc3\xa9\xc3\xa8\xc3\xa0 \xc3\xb1 \xce\xa9 @\xc2\xa3$", "line one\nline two",
		"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 ~ ~~ \xf0\x9f\x9a\xae end",
		"\xc5\xa1\xc4\x91 caf\xc3\xa9" };
	size_t count = sizeof(texts) / sizeof(texts[0]);

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	for (size_t i = 0; i < count; i++) {
		if (strchr(texts[i], '\n') != NULL)
			sim("sms " FROM " m1 line one\\nline two");
		else if (strchr(texts[i], '\\') != NULL)
			sim("sms " FROM " m1 [euro: \xe2\x82\xac] {a|b} ~^\\\\");
		else
			sim("sms " FROM " m1 %s", texts[i]);
		parent_wait_sms(&p, i + 1);
		CHECK_STR(p.sms[i].text, texts[i]);
		CHECK_STR(p.sms[i].number, FROM);
		CHECK_INT(p.sms[i].sms.kind, WIRE_SMS_TEXT);
		CHECK(p.sms[i].sms.smsc_time.year >= 2000);
	}
	CHECK_INT(p.sms[0].sms.coding, WIRE_GSM7);
	CHECK_INT(p.sms[4].sms.coding, WIRE_UCS2);
	CHECK_INT(p.sms[4].sms.dcs, 8);
	sim("sms MobileMoney m1 You have received 500");
	parent_wait_sms(&p, count + 1);
	CHECK_STR(p.sms[count].number, "MobileMoney");
}

TEST(long_messages_come_in_segments_with_their_header)
{
	char text[400];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("sms " FROM " m1 %s", text);
	parent_wait_sms(&p, 3);
	for (size_t i = 0; i < 3; i++) {
		CHECK_INT(p.sms[i].sms.udh.len, 5);
		CHECK_MEM(p.sms[i].udh, "\x00\x03", 2);
		CHECK_INT(p.sms[i].udh[3], 3);
	}
	CHECK_INT(strlen(p.sms[0].text) + strlen(p.sms[1].text) + strlen(p.sms[2].text), 399);
}

TEST(kinds_of_messages_are_told_apart)
{
	static const struct {
		const char *pdu;
		enum wire_sms_kind kind;
		enum wire_coding coding;
		int class;
	} cases[] = {
		{ DELIVER("04", "40", "00", "05E8329BFD06"), WIRE_SMS_TYPE0, WIRE_GSM7, -1 },
		{ DELIVER("04", "00", "C8", "05E8329BFD06"), WIRE_SMS_MWI, WIRE_GSM7, -1 },
		{ DELIVER("44", "00", "08", "0C04010280020061006200"), WIRE_SMS_BROKEN, WIRE_8BIT,
			-1 },
		{ DELIVER("44", "00", "08", "09040102800200610062"), WIRE_SMS_MWI, WIRE_UCS2, -1 },
		{ DELIVER("04", "00", "04", "03FF0041"), WIRE_SMS_8BIT, WIRE_8BIT, -1 },
		{ DELIVER("44", "00", "F5", "0A06050415820000010203"), WIRE_SMS_PORT, WIRE_8BIT,
			1 },
		{ DELIVER("04", "00", "10", "05E8329BFD06"), WIRE_SMS_TEXT, WIRE_GSM7, 0 },
	};
	size_t count = sizeof(cases) / sizeof(cases[0]);

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	for (size_t i = 0; i < count; i++) {
		sim("inject m1 %s", cases[i].pdu);
		parent_wait_sms(&p, i + 1);
		CHECK_INT(p.sms[i].sms.kind, cases[i].kind);
		CHECK_INT(p.sms[i].sms.coding, cases[i].coding);
		CHECK_INT(p.sms[i].sms.class, cases[i].class);
		CHECK_STR(p.sms[i].number, FROM);
		CHECK_INT(p.sms[i].sms.smsc_time.hour, 12);
	}
	CHECK_INT(p.sms[0].sms.pid, 0x40);
	CHECK_INT(p.sms[1].sms.dcs, 0xc8);
	CHECK_STR(p.sms[3].text, "ab");
	CHECK_INT(p.sms[4].sms.text.len, 3);
	CHECK_MEM(p.sms[4].text, "\xff\x00\x41", 3);
	CHECK_STR(p.sms[2].text, cases[2].pdu);
	CHECK_INT(p.sms[5].sms.udh.len, 6);
	CHECK_MEM(p.sms[5].text, "\x01\x02\x03", 3);
	parent_delete_all(&p);
	CHECK_INT(p.failed, 0);
}

TEST(malformed_pdus_stop_nothing)
{
	/* what crashed, hung or misled libgammu: each alone and between good ones */
	char a_header_of_160[600] = DELIVER("44", "00", "04", "8CA0"), nines[520], lots[6000];
	const char *const poison[] = { "00", "FF", "00FFFFFFFFFFFFFFFFFFFF", "0004FF91527088000010",
		"0003" FROM_OCTETS "0000" TIME_OCTETS "00",
		DELIVER("04", "00", "20", "05E8329BFD06"),
		DELIVER("04", "00", "00", "50E8329BFD06"), a_header_of_160, nines, lots, "ABC" };
	size_t count = sizeof(poison) / sizeof(poison[0]);
	pid_t pid;

	for (int i = 0; i < 139; i++)
		strcat(a_header_of_160, "41");
	strcpy(nines, DELIVER("04", "00", "00", "B0"));
	for (int i = 0; i < 154; i++)
		strcat(nines, "39");
	strcpy(lots, DELIVER("04", "00", "00", "A0"));
	memset(lots + strlen(lots), '4', 5000);
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	pid = p.pid;
	for (size_t i = 0; i < count; i++) {
		sim("inject m1 %s", poison[i]);
		sim("sms " FROM " m1 good %zu", i);
		parent_wait_sms(&p, 2 * (i + 1));
	}
	for (size_t i = 0; i < count; i++) {
		char good[32];

		snprintf(good, sizeof(good), "good %zu", i);
		CHECK_INT(count_text(good), 1);
	}
	CHECK(sms_with_text("00") != NULL && sms_with_text("00")->sms.kind == WIRE_SMS_BROKEN);
	CHECK(sms_with_text(a_header_of_160) != NULL);
	CHECK_STR(sms_with_text(a_header_of_160)->number, FROM);
	parent_delete_all(&p);
	CHECK_INT(p.deleted, 2 * count);
	CHECK_INT(p.failed, 0);
	parent_say_type(&p, WIRE_LOOK);
	parent_wait_complete(&p);
	CHECK_INT(p.listed.found, 0);
	CHECK_INT(p.pid, pid);
	CHECK_INT(kill(pid, 0), 0);
}

TEST(messages_are_told_once_until_the_worker_ends)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("sms " FROM " m1 once");
	parent_wait_sms(&p, 1);
	for (int i = 0; i < 3; i++) {
		parent_say_type(&p, WIRE_LOOK);
		parent_wait(&p, WIRE_HEALTH);
		parent_wait_complete(&p);
	}
	CHECK_INT(p.n_sms, 1);
	CHECK_INT(p.listed.found, 1);
	CHECK_INT(p.listed.fresh, 0);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "once");
	CHECK_INT(p.sms[0].sms.ordinal, 0);
}

TEST(equal_messages_are_numbered)
{
	static const char same[] = DELIVER("04", "00", "00", "05E8329BFD06");

	sim_begin(1, NULL);
	for (int i = 0; i < 3; i++)
		sim("inject m1 %s", same);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 3);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(p.sms[i].sms.ordinal, i);
	parent_delete_all(&p);
	/* in the place of the first, the same again: another message all the same */
	sim("inject m1 %s", same);
	parent_wait_sms(&p, 4);
	CHECK_INT(p.sms[3].sms.ordinal, 3);
	CHECK(p.sms[3].sms.handle != p.sms[0].sms.handle);
	parent_delete_all(&p);
	CHECK_INT(p.deleted, 4);
	/* the network tells of more to come in the first octet: it is equal all the same */
	sim("inject m1 %s", DELIVER("00", "00", "00", "05E8329BFD06"));
	parent_wait_sms(&p, 5);
	CHECK_INT(p.sms[4].sms.ordinal, 4);
}

TEST(a_full_sim_drains_without_being_asked)
{
	enum { COUNT = 200 };

	begin_on_sim("7");
	sim("bulk %d m1 +25078 message %%d", COUNT);
	parent_start(&p, "ttySIM0", NULL);
	while (p.n_sms < COUNT) {
		size_t before = p.n_sms;

		parent_delete_all(&p);
		while (p.n_sms == before)
			parent_wait_sms(&p, before + 1);
	}
	parent_delete_all(&p);
	CHECK_INT(p.n_sms, COUNT);
	CHECK_INT(p.deleted, COUNT);
	for (int i = 1; i <= COUNT; i++) {
		char text[32];

		snprintf(text, sizeof(text), "message %d", i);
		CHECK_INT(count_text(text), 1);
	}
}

TEST(undeletable_junk_is_told_once_and_left)
{
	unsigned listed;

	begin_on_sim("6");
	sim("fault m1 undeletable 4");
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 4);
	CHECK_INT(p.sms[0].sms.kind, WIRE_SMS_BROKEN);
	parent_delete_all(&p);
	CHECK_INT(p.failed, 4);
	sim("bulk 10 m1 +25078 text %%d");
	while (p.n_sms < 14) {
		size_t before = p.n_sms;

		parent_delete_all(&p);
		parent_wait_sms(&p, before + 1);
	}
	parent_delete_all(&p);
	parent_say_type(&p, WIRE_LOOK);
	parent_wait(&p, WIRE_HEALTH);
	parent_wait_complete(&p);
	CHECK_INT(p.n_sms, 14);
	CHECK_INT(p.listed.undeletable, 4);
	listed = p.n_listed;
	settle(300);
	CHECK_INT(p.n_listed, listed); /* it does not go round in circles */
	sim("fault m1 well");
	parent_say_type(&p, WIRE_LOOK);
	settle(200);
	CHECK_INT(p.n_sms, 14);
}

TEST(a_sim_full_of_undeletable_junk_does_not_stop_sending)
{
	begin_on_sim("5");
	sim("fault m1 undeletable 5");
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 5);
	parent_delete_all(&p);
	CHECK_INT(p.failed, 5);
	parent_send(&p, FROM, "still here", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
}

TEST(drafts_are_counted_and_left_alone)
{
	sim_begin(1, NULL);
	sim("inject m1 001100" FROM_OCTETS "0000A705E8329BFD06");
	parent_start(&p, "ttySIM0", NULL);
	parent_say_type(&p, WIRE_LOOK);
	parent_wait(&p, WIRE_HEALTH);
	parent_wait_complete(&p);
	while (p.listed.drafts == 0)
		parent_wait_complete(&p);
	CHECK_INT(p.listed.drafts, 1);
	CHECK_INT(p.listed.found, 1);
	CHECK_INT(p.n_sms, 0);
}

TEST(a_modem_that_does_not_tell_is_looked_at)
{
	long from;

	sim_begin(1, NULL);
	sim("set m1 cnmi off");
	parent_start(&p, "ttySIM0", NULL);
	CHECK(!p.health.notifies);
	sim("sms " FROM " m1 found anyway");
	from = now_ms();
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "found anyway");
	CHECK(now_ms() - from < 8000);
}

/* --- reports --- */

TEST(reports_are_read_from_their_own_storage)
{
	enum { COUNT = 30 };
	bool seen[256] = { false };

	sim_begin(1, NULL);
	sim("set m1 sr_capacity 3");
	parent_start(&p, "ttySIM0", NULL);
	for (int i = 0; i < COUNT; i++) {
		parent_send(&p, FROM, "with report", true);
		REQUIRE(p.msg.result.outcome == WIRE_SENT);
		seen[p.msg.result.reference] = true;
		parent_wait_reports(&p, (size_t)i + 1);
		parent_delete_all(&p);
	}
	for (size_t i = 0; i < p.n_reports; i++) {
		CHECK(seen[p.reports[i].reference]);
		seen[p.reports[i].reference] = false;
		CHECK_INT(p.reports[i].status, 0);
		CHECK(p.reports[i].handle != 0);
		CHECK(p.reports[i].smsc_time.year >= 2000);
	}
	CHECK_INT(p.failed, 0);
	CHECK_INT(p.n_reports, COUNT);
}

TEST(reports_left_by_another_worker_are_read)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	for (int i = 0; i < 5; i++)
		parent_send(&p, FROM, "with report", true);
	parent_wait_reports(&p, 5);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_reports(&p, 5);
	parent_delete_all(&p);
	CHECK_INT(p.deleted, 5);
	CHECK_INT(p.failed, 0);
}

TEST(reports_are_read_together_while_messages_are_sent)
{
	enum { COUNT = 12 };
	long before, each;

	sim_begin(1, NULL);
	sim("set m1 sr_capacity 20");
	parent_start(&p, "ttySIM0", NULL);
	before = sim_stat("m1", "commands");
	for (int i = 0; i < COUNT; i++) {
		parent_send(&p, FROM, "with report", true);
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	}
	parent_wait_reports(&p, COUNT); /* the last one too, though none follows it */
	parent_delete_all(&p);
	each = (sim_stat("m1", "commands") - before) * 10 / COUNT;
	CHECK(each <= 30); /* a send, a read, half of a selection and of a deletion, tenths */
	CHECK_INT(p.failed, 0);
}

TEST(a_small_storage_of_reports_never_fills_while_messages_are_sent)
{
	enum { COUNT = 40 };

	sim_begin(1, NULL);
	sim("set m1 sr_capacity 3");
	sim("set m1 send_ms 20");
	parent_start(&p, "ttySIM0", NULL);
	for (int i = 0; i < COUNT; i++) {
		parent_send(&p, FROM, "with report", true);
		parent_delete_all(&p);
	}
	parent_wait_reports(&p, COUNT);
}

TEST(a_report_given_directly_is_told_with_nothing_to_delete)
{
	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	sim("raw m1 \\r\\n+CDS: 25\\r\\n" SMSC_OCTETS "0611" FROM_OCTETS TIME_OCTETS TIME_OCTETS
	    "30\\r\\n");
	parent_wait_reports(&p, 1);
	CHECK_INT(p.reports[0].handle, 0);
	CHECK_INT(p.reports[0].reference, 0x11);
	CHECK_INT(p.reports[0].status, 0x30);
	sim("raw m1 \\r\\n+CMT: ,25\\r\\n" DELIVER("04", "00", "00", "05E8329BFD06") "\\r\\n");
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "hello");
	CHECK_INT(p.sms[0].sms.handle, 0);
	sim("raw m1 \\r\\n+CDS: 25\\r\\nFFFF\\r\\n");
	parent_wait_sms(&p, 2);
	CHECK_INT(p.sms[1].sms.kind, WIRE_SMS_BROKEN);
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
	long from;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", &slow);
	from = now_ms();
	parent_send(&p, FROM, "with pauses", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK(now_ms() - from >= 600);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", NULL);
	from = now_ms();
	parent_send(&p, FROM, "without", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK(now_ms() - from < 600);
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

/* One exchange of a_silent_restart_loses_no_message: seen[] gets what came. */
static void
exchange_over_a_restart(unsigned chance, int round, bool *seen)
{
	static const struct parent_settings hasty = { .call_timeout_s = 1 };
	struct wire_msg msg = { .type = WIRE_DELETE };
	int got;

	parent_start(&p, "ttySIM0", &hasty);
	parent_delete_all(&p); /* of the last one, so that the places are the first again */
	sim("sms " FROM " m1 text %d", 2 * round);
	while (sms_with_text_number(2 * round) == NULL)
		parent_wait_sms(&p, p.n_sms + 1);
	msg.delete.handles[msg.delete.count++] = sms_with_text_number(2 * round)->sms.handle;
	if (chance & 1)
		parent_say(&p, &msg);
	poll(NULL, 0, (int)(chance >> 1 & 15));
	sim("fault m1 restart");
	sim("sms " FROM " m1 text %d", 2 * round + 1);
	poll(NULL, 0, (int)(chance >> 5 & 7));
	if (!(chance & 1))
		parent_say(&p, &msg);
	while ((got = parent_take(&p, 5000)) == 1 && p.msg.type != WIRE_DELETED)
		;
	CHECK(got != -1);
	for (size_t i = 0; i < p.n_sms; i++)
		seen[atoi(p.sms[i].text + strlen("text "))] = true;
	parent_kill(&p);
}

/*
 * The modem falls back to its default storage, and what comes then lies there in the place that
 * has the number of the one to be deleted.
 */
TEST(a_silent_restart_loses_no_message)
{
	enum { ROUNDS = 20 };
	static bool seen[2 * ROUNDS];
	unsigned seed = 4711;

	sim_begin(1, NULL);
	sim("set m1 latency_ms 2");
	for (int round = 0; round < ROUNDS; round++) {
		seed = seed * 1103515245 + 12345;
		exchange_over_a_restart(seed >> 16, round, seen);
	}
	parent_start(&p, "ttySIM0", NULL);
	for (size_t i = 0; i < p.n_sms; i++)
		seen[atoi(p.sms[i].text + strlen("text "))] = true;
	for (int i = 0; i < 2 * ROUNDS; i++)
		CHECK(seen[i]);
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
	long from;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", &hasty);
	sim("fault m1 hang AT+CMGL");
	from = now_ms();
	sim("sms " FROM " m1 never listed");
	parent_wait_fault(&p);
	CHECK(now_ms() - from < 4000);
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
	long waits, cpu;

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	settle(300);
	waits = process_waits(p.pid);
	cpu = process_cpu_ms(p.pid);
	poll(NULL, 0, 2000);
	CHECK_INT(process_waits(p.pid), waits);
	CHECK_INT(process_cpu_ms(p.pid), cpu);
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
	kill(between, SIGKILL);
	waitpid(between, NULL, 0);
	for (int i = 0; i < 300 && kill(p.pid, 0) == 0; i++)
		poll(NULL, 0, 10);
	CHECK_INT(kill(p.pid, 0), -1);
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

TEST(nothing_is_lost_or_doubled_over_fourteen_kills)
{
	enum { COUNT = 300, KILLS = 14 };
	static bool seen[COUNT + 1];
	unsigned seed = 12345, kills = 0;
	size_t unique = 0;

	begin_on_sim("20");
	sim("bulk %d m1 +25078 number %%d", COUNT);
	while (unique < COUNT) {
		size_t done = 0, until;

		parent_start(&p, "ttySIM0", NULL);
		seed = seed * 1103515245 + 12345;
		until = kills < KILLS ? 1 + seed / 65536 % 20 : COUNT + 1;
		while (unique < COUNT && done < until) {
			parent_wait_sms(&p, done + 1);
			for (; done < p.n_sms; done++) {
				int number = atoi(p.sms[done].text + strlen("number "));

				REQUIRE(number >= 1 && number <= COUNT);
				CHECK_INT(p.sms[done].sms.ordinal, 0);
				unique += !seen[number];
				seen[number] = true;
			}
			if (done < until)
				parent_delete_all(&p); /* else it is killed before */
		}
		parent_kill(&p);
		kills++;
	}
	CHECK_INT(unique, COUNT);
	CHECK(kills > KILLS);
}

UNIT_MAIN
