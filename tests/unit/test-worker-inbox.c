/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A real baraza-modem on simulated modems: messages and reports that come in, and what becomes of
 * their places.
 *
 * waits
 */
#include "worker-field.h"

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
TEST(storage_with_free_places_goes_before_one_that_is_full)
{
	sim_begin(1, NULL);
	sim("set m1 capacity 20");
	sim("set m1 me_capacity 30");
	sim("set m1 receives ME");
	sim("fault m1 undeletable 28");
	parent_start(&p, "ttySIM0", NULL);
	CHECK_INT(p.listed.capacity, 20);
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

/* The parent of handles[] has committed them. */
static void
say_delete(const uint32_t *handles, size_t count)
{
	struct wire_msg msg = { .type = WIRE_DELETE, .delete = { .count = (uint16_t)count } };

	memcpy(msg.delete.handles, handles, count * sizeof(handles[0]));
	parent_say(&p, &msg);
	parent_wait(&p, WIRE_DELETED);
}

TEST(equal_messages_leave_together)
{
	static const char same[] = DELIVER("04", "00", "00", "05E8329BFD06");
	uint32_t handle;

	begin_on_sim("20");
	for (int i = 0; i < 3; i++)
		sim("inject m1 %s", same);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 3);
	/* one is committed: were it deleted, the others would be numbered anew by another worker */
	say_delete(&p.sms[1].sms.handle, 1);
	look();
	CHECK_INT(p.listed.used, 3);
	parent_kill(&p);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 3);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(p.sms[i].sms.ordinal, i);
	handle = p.sms[2].sms.handle;
	say_delete(&handle, 1);
	handle = p.sms[0].sms.handle;
	say_delete(&handle, 1);
	CHECK_INT(p.deleted, 0);
	handle = p.sms[1].sms.handle;
	say_delete(&handle, 1);
	CHECK_INT(p.deleted, 3);
	look();
	CHECK_INT(p.listed.used, 0);
}

/* What a worker says of messages that are gone, as the gateway keeps it. */
static struct wire_gone said;

static void
wait_gone(void)
{
	parent_wait(&p, WIRE_GONE);
	said = p.msg.gone;
}

static void
start_with_what_was_said(void)
{
	struct wire_msg msg = { .type = WIRE_GONE, .gone = said };

	parent_open(&p, "ttySIM0", NULL);
	parent_say(&p, &msg);
	parent_say_type(&p, WIRE_START);
	parent_wait(&p, WIRE_READY);
	parent_wait_complete(&p);
}

TEST(what_one_worker_deleted_another_counts)
{
	static const char same[] = DELIVER("04", "00", "00", "05E8329BFD06");
	struct wire_msg msg = { .type = WIRE_DELETE };

	begin_on_sim("20");
	sim("inject m1 %s", same);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 1);
	CHECK_INT(p.sms[0].sms.ordinal, 0);
	msg.delete.handles[msg.delete.count++] = p.sms[0].sms.handle;
	parent_say(&p, &msg);
	wait_gone();
	CHECK_INT(said.count, 1);
	CHECK(!said.back);
	/* killed before the second is committed: it is not the first again */
	sim("inject m1 %s", same);
	parent_wait_sms(&p, 2);
	CHECK_INT(p.sms[1].sms.ordinal, 1);
	parent_kill(&p);
	start_with_what_was_said();
	parent_wait_sms(&p, 1);
	CHECK_INT(p.sms[0].sms.ordinal, 1);
}

TEST(what_only_seemed_to_go_is_taken_back)
{
	static const char same[] = DELIVER("04", "00", "00", "05E8329BFD06");
	struct wire_msg msg = { .type = WIRE_DELETE };

	begin_on_sim("20");
	sim("inject m1 %s", same);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, 1);
	sim("fault m1 keeps"); /* it says OK, and deletes nothing */
	msg.delete.handles[msg.delete.count++] = p.sms[0].sms.handle;
	parent_say(&p, &msg);
	wait_gone();
	CHECK(!said.back);
	parent_say_type(&p, WIRE_LOOK);
	wait_gone();
	CHECK(said.back);
	CHECK_INT(said.count, 1);
	parent_wait_complete(&p);
	CHECK_INT(p.listed.undeletable, 1);
	CHECK_INT(p.n_sms, 1);
	/* tried again by each look, it stays known */
	look();
	CHECK_INT(p.listed.undeletable, 1);
	sim("fault m1 well");
	look();
	CHECK_INT(p.listed.undeletable, 0);
	CHECK_INT(p.listed.used, 0);
}

TEST(the_same_message_may_come_to_one_place_again_and_again)
{
	static const char same[] = DELIVER("04", "00", "00", "05E8329BFD06");

	begin_on_sim("20");
	parent_start(&p, "ttySIM0", NULL);
	for (size_t i = 0; i < 6; i++) {
		sim("inject m1 %s", same);
		parent_wait_sms(&p, i + 1);
		CHECK_INT(p.sms[i].sms.ordinal, i);
		parent_delete_all(&p);
	}
	look();
	CHECK_INT(p.listed.undeletable, 0);
	CHECK_INT(p.listed.used, 0);
	CHECK_INT(p.deleted, 6);
}

/* More than the SIM holds come, and all are told. */
static void
drain_a_full_sim(void)
{
	enum { COUNT = 200 };

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

TEST(a_full_sim_drains_without_being_asked)
{
	begin_on_sim("7");
	drain_a_full_sim();
}

/* Were each of its fillings found only by the next look of its own, it would take minutes. */
TEST(a_full_sim_drains_though_the_modem_does_not_tell)
{
	begin_on_sim("7");
	sim("set m1 cnmi off");
	drain_a_full_sim();
	CHECK(!p.health.notifies);
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
	settle(300); /* the last of what was under way */
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

TEST(what_refused_to_be_deleted_is_tried_again_at_a_look)
{
	enum { COUNT = 12 }; /* more than one look tries */

	begin_on_sim("15");
	sim("fault m1 undeletable %d", COUNT);
	parent_start(&p, "ttySIM0", NULL);
	parent_wait_sms(&p, COUNT);
	parent_delete_all(&p);
	CHECK_INT(p.failed, COUNT);
	look();
	CHECK_INT(p.listed.undeletable, COUNT);
	sim("fault m1 well");
	for (int i = 0; i < 4 && p.listed.used > 0; i++)
		look();
	CHECK_INT(p.listed.undeletable, 0);
	CHECK_INT(p.listed.used, 0);
	CHECK_INT(p.n_sms, COUNT);
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
	sim_begin(1, NULL);
	sim("set m1 cnmi off");
	parent_start(&p, "ttySIM0", NULL);
	CHECK(!p.health.notifies);
	sim("sms " FROM " m1 found anyway");
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "found anyway");
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
TEST(a_burst_given_directly_is_told_whole)
{
	enum { COUNT = 60 };
	char burst[COUNT * 140] = "";

	sim_begin(1, NULL);
	parent_start(&p, "ttySIM0", NULL);
	for (int i = 0; i < COUNT; i++)
		strcat(burst,
			"\\r\\n+CMT: ,25\\r\\n" DELIVER("04", "00", "00", "05E8329BFD06") "\\r\\n");
	sim("raw m1 %s", burst);
	parent_wait_sms(&p, COUNT);
	for (size_t i = 0; i < COUNT; i++)
		CHECK_INT(p.sms[i].sms.ordinal, i);
}

/* --- kills and restarts --- */

/* One exchange of a_silent_restart_loses_no_message: seen[] gets what came. */
static void
exchange_over_a_restart(unsigned chance, int round, bool *seen)
{
	static const struct parent_settings hasty = { .call_timeout_s = 3 };
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
	while ((got = parent_take(&p, 20000)) == 1 && p.msg.type != WIRE_DELETED)
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
