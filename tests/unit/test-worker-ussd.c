/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A real baraza-modem on simulated modems dials USSD codes.  The simulator writes answers as the
 * makes of modems were seen to; no real modem was ever tried.  What the network is not to answer
 * yet it is asked for with an ussd_ms of NEVER, and told to answer when it may.
 *
 * waits
 */
#include "worker-field.h"
#include "worker-dial.h"

#define NEVER "600000"

static uint64_t token;
static unsigned n_answers, n_unasked, n_results;
static enum wire_ussd_outcome outcome;
static uint64_t answered;
static char said[WIRE_USSD_MAX + 1], unasked[WIRE_USSD_MAX + 1];

static void
ask(enum wire_ussd_kind kind, const char *text, unsigned timeout_s)
{
	struct wire_msg msg = { .type = WIRE_USSD,
		.ussd = { .token = kind == WIRE_USSD_KIND_CANCEL ? token : ++token,
			.kind = (uint8_t)kind,
			.timeout_s = (uint16_t)timeout_s,
			.text = wire_str(text) } };

	parent_say(&p, &msg);
}

/* Take one message; 0 when none came in that time.  The worker must live. */
static int
take(int timeout_ms)
{
	int got = parent_take(&p, timeout_ms);

	if (got == 0)
		printf("  the worker ended: %s\n", p.words);
	REQUIRE(got != 0);
	if (got == 1 && p.msg.type == WIRE_USSD_ANSWER) {
		n_answers++;
		outcome = (enum wire_ussd_outcome)p.msg.ussd_answer.outcome;
		answered = p.msg.ussd_answer.token;
		REQUIRE(wire_copy(said, sizeof(said), p.msg.ussd_answer.text) == 0);
	} else if (got == 1 && p.msg.type == WIRE_USSD_UNASKED) {
		n_unasked++;
		REQUIRE(wire_copy(unasked, sizeof(unasked), p.msg.ussd_unasked.text) == 0);
	} else if (got == 1 && p.msg.type == WIRE_RESULT) {
		n_results++;
		CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	}
	return got == 1;
}

static void
wait_for(const unsigned *counter, unsigned count)
{
	while (*counter < count)
		REQUIRE(take(20000));
}

/* Nothing more is said by USSD in that time. */
static void
check_quiet(int ms)
{
	unsigned answers = n_answers, told = n_unasked;
	int64_t until = monotonic_ms() + ms;

	while (monotonic_ms() < until)
		take((int)(until - monotonic_ms()));
	CHECK_INT(n_answers, answers);
	CHECK_INT(n_unasked, told);
}

static const char *
step(enum wire_ussd_kind kind, const char *text, unsigned timeout_s)
{
	ask(kind, text, timeout_s);
	wait_for(&n_answers, n_answers + 1);
	CHECK(answered == token);
	return said;
}

#define DIAL(code_) step(WIRE_USSD_KIND_DIAL, code_, 20)
#define REPLY(text_) step(WIRE_USSD_KIND_REPLY, text_, 20)

static void
begin(void)
{
	sim_begin(1, NULL);
	sim_listen();
	sim("set m1 ussd *131# 1) Solde\\n2) \"Forfait\"");
	sim("set m1 ussd *131#/1 Votre crédit: 120 F, jusqu'\xc3\xa0 demain");
	sim("set m1 ussd *131#/2 \xd8\xb1\xd8\xb5\xd9\x8a\xd8\xaf\xd9\x83 120");
	sim("set m1 ussd *100# Solde: 120 F");
	sim("set m1 ussd *102# Ecran \"A\"\\n\\n OK\\nOK\\n{1} 5 \xe2\x82\xac _@$");
}

static void
start(void)
{
	parent_start(&p, "ttySIM0", NULL);
}

/* A dialogue, and whatever is hard to write. */
static void
check_dialogue(void)
{
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_INT(outcome, WIRE_USSD_MORE);
	CHECK_STR(REPLY("1"), "Votre crédit: 120 F, jusqu'\xc3\xa0 demain");
	CHECK_INT(outcome, WIRE_USSD_DONE);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_STR(REPLY("2"), "\xd8\xb1\xd8\xb5\xd9\x8a\xd8\xaf\xd9\x83 120");
	CHECK_INT(outcome, WIRE_USSD_DONE);
	CHECK_STR(DIAL("*102#"), "Ecran \"A\"\n\n OK\nOK\n{1} 5 \xe2\x82\xac _@$");
	CHECK_STR(DIAL("*999#"), "");
	CHECK_INT(outcome, WIRE_USSD_UNSUPPORTED);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_STR(REPLY("9"), "");
	CHECK_INT(outcome, WIRE_USSD_REFUSED);
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	CHECK_INT(n_unasked, 0);
}

/* And the line is libgammu's as before. */
static void
check_messages(void)
{
	size_t had = p.n_sms;

	sim("sms " FROM " m1 still there");
	while (p.n_sms == had)
		REQUIRE(take(10000));
	parent_send(&p, FROM, "answer", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
}

TEST(every_make_of_modem_dials)
{
	static const char *const makes[] = { "generic", "huawei", "quectel", "simcom", "zte",
		"telit", "option", "plain" };

	begin();
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		printf("  %s\n", makes[i]);
		sim("set m1 profile %s", makes[i]);
		start();
		check_dialogue();
		if (strcmp(makes[i], "option") != 0) /* it tells of none, and is looked at rarely */
			check_messages();
		parent_kill(&p);
	}
}

TEST(every_way_to_write_an_answer_is_read)
{
	static const char *const formats[] = { "text", "gsm", "ucs2", "packed" };
	static const char *const dcs[] = { "true", "15", "none" };

	begin();
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 3; j++) {
			/* Only its DCS tells this one from a number, or from packed septets. */
			if (strcmp(formats[i], "packed") == 0 && j > 0)
				continue;
			printf("  %s, DCS %s\n", formats[i], dcs[j]);
			sim("set m1 ussd_format %s", formats[i]);
			sim("set m1 ussd_dcs %s", dcs[j]);
			start();
			check_dialogue();
			parent_kill(&p);
		}
	sim("set m1 ussd_dcs true");
	sim("set m1 ussd_format octets");
	start();
	check_dialogue();
	parent_kill(&p);
	sim("set m1 ussd_format packed");
	sim("set m1 ussd_bare on");
	start();
	check_dialogue();
}

/* --- beside messages --- */

TEST(messages_go_on_while_the_network_thinks)
{
	enum { SENDS = 20 };
	struct wire_msg msg = parent_segment(FROM, "busy", 1);

	begin();
	sim("set m1 ussd_ms " NEVER);
	start();
	ask(WIRE_USSD_KIND_DIAL, "*100#", 600);
	sim_heard("ussd m1 *100#");
	sim("bulk 20 m1 +25078 in the meantime %%d");
	parent_say(&p, &msg);
	while (n_results < SENDS) {
		unsigned before = n_results;

		REQUIRE(take(20000));
		if (n_results > before && n_results < SENDS)
			parent_say(&p, &msg);
	}
	while (p.n_sms < 20)
		REQUIRE(take(20000));
	CHECK_INT(n_answers, 0);
	sim("ussd-answer m1");
	wait_for(&n_answers, 1);
	CHECK_STR(said, "Solde: 120 F");
	CHECK_INT(sim_stat("m1", "sent"), SENDS);
}

/* --- amid much traffic --- */

enum { EACH_WAY = 200, DIALOGUES = 5 };

/*
 * So many messages in, and as many out or more, until so many dialogues came to their end one after
 * the other meanwhile.  Returns how many went out.
 */
static unsigned
exchange(const char *code)
{
	struct wire_msg msg = parent_segment(FROM, "out", 1);
	unsigned answers = n_answers, dialogues = 0;

	n_results = 0;
	sim("bulk %d m1 +25078 in %%d", EACH_WAY);
	parent_say(&p, &msg);
	ask(WIRE_USSD_KIND_DIAL, code, 20);
	while (n_results < EACH_WAY || p.n_sms < EACH_WAY || dialogues < DIALOGUES) {
		unsigned sent = n_results;

		REQUIRE(take(20000));
		if (n_results > sent && (n_results < EACH_WAY || dialogues < DIALOGUES))
			parent_say(&p, &msg);
		if (p.msg.type == WIRE_SMS)
			parent_say(&p,
				&(struct wire_msg){ .type = WIRE_DELETE,
					.delete = {
						.count = 1, .handles = { p.msg.sms.handle } } });
		if (n_answers == answers)
			continue;
		answers = n_answers;
		CHECK(answered == token);
		dialogues += outcome == WIRE_USSD_DONE;
		CHECK(outcome == WIRE_USSD_DONE || outcome == WIRE_USSD_MORE);
		if (outcome == WIRE_USSD_MORE)
			ask(WIRE_USSD_KIND_REPLY, "1", 20);
		else
			ask(WIRE_USSD_KIND_DIAL, code, 20);
	}
	return n_results;
}

TEST(dialling_amid_messages_loses_none)
{
	char seen[EACH_WAY + 1] = "";
	unsigned sent;
	int n;

	begin();
	sim("set m1 latency_ms 2");
	sim("set m1 send_ms 10");
	sim("set m1 ussd_ms 50");
	sim("set m1 sr off");
	start();
	sent = exchange("*131#");
	CHECK_INT(p.n_sms, EACH_WAY);
	for (size_t i = 0; i < p.n_sms; i++) {
		REQUIRE(sscanf(p.sms[i].text, "in %d", &n) == 1 && n >= 1 && n <= EACH_WAY);
		CHECK(seen[n] == 0);
		seen[n] = 1;
	}
	CHECK_INT(sim_stat("m1", "sent"), sent);
}

/* It gives no result before the network has answered: no message can pass meanwhile. */
TEST(a_modem_that_holds_its_line_is_broken_off_for_a_message)
{
	struct wire_msg msg = parent_segment(FROM, "help is near", 1);
	int64_t began = monotonic_ms();

	begin();
	sim("set m1 ussd_early on");
	sim("set m1 ussd_ms " NEVER);
	start();
	ask(WIRE_USSD_KIND_DIAL, "*100#", 600);
	sim_heard("ussd m1 *100#");
	parent_say(&p, &msg);
	wait_for(&n_results, 1);
	CHECK_INT(n_answers, 1);
	CHECK(monotonic_ms() - began >= DIAL_HOLD_MS);
	CHECK_INT(outcome, WIRE_USSD_TIMEOUT);
	check_messages();
}

/* --- times --- */

TEST(no_answer_in_time_is_a_timeout_and_a_late_one_is_dropped)
{
	begin();
	sim("set m1 ussd_deaf on");
	sim("set m1 ussd_ms " NEVER);
	start();
	CHECK_STR(step(WIRE_USSD_KIND_DIAL, "*100#", 1), "");
	CHECK_INT(outcome, WIRE_USSD_TIMEOUT);
	ask(WIRE_USSD_KIND_DIAL, "*131#", 20); /* waits for the late one */
	sim("set m1 ussd_ms 10");
	sim("ussd-answer m1");
	wait_for(&n_answers, 2);
	CHECK_STR(said, "1) Solde\n2) \"Forfait\"");
	CHECK_INT(outcome, WIRE_USSD_MORE);
	CHECK_INT(n_unasked, 0);
	check_messages();
}

TEST(a_dialogue_that_nobody_answers_is_cancelled)
{
	uint64_t first;

	begin();
	start();
	CHECK_STR(step(WIRE_USSD_KIND_DIAL, "*131#", 5), "1) Solde\n2) \"Forfait\"");
	first = answered;
	wait_for(&n_answers, 2);
	CHECK(answered == first);
	CHECK_INT(outcome, WIRE_USSD_TIMEOUT);
	CHECK_STR(REPLY("1"), ""); /* and is not dialled as a code */
	CHECK_INT(outcome, WIRE_USSD_REFUSED);
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	check_quiet(300);
}

TEST(a_reply_without_a_dialogue_is_not_dialled)
{
	begin();
	sim("set m1 ussd 1 Dialled!");
	start();
	CHECK_STR(REPLY("1"), "");
	CHECK_INT(outcome, WIRE_USSD_REFUSED);
}

TEST(a_cancelled_step_is_told_no_more)
{
	begin();
	sim("set m1 ussd_ms " NEVER);
	sim("set m1 ussd_deaf on"); /* its answer comes all the same */
	start();
	ask(WIRE_USSD_KIND_DIAL, "*131#", 20);
	sim_heard("ussd m1 *131#");
	ask(WIRE_USSD_KIND_CANCEL, "", 1);
	look();
	sim("ussd-answer m1");
	sim("set m1 ussd_ms 0");
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_INT(n_answers, 1);
	ask(WIRE_USSD_KIND_CANCEL, "", 1);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\""); /* a new one, not "*131#" as answer */
	CHECK_INT(n_unasked, 0);
}

/* --- what networks say --- */

TEST(refusals_of_the_network_have_their_outcomes)
{
	static const struct {
		int fails;
		enum wire_ussd_outcome outcome;
	} known[] = { { 2, WIRE_USSD_REFUSED }, { 3, WIRE_USSD_REFUSED },
		{ 4, WIRE_USSD_UNSUPPORTED }, { 5, WIRE_USSD_TIMEOUT },
		{ 100 + 30, WIRE_USSD_NETWORK }, { 100 + 31, WIRE_USSD_TIMEOUT },
		{ 100 + 4, WIRE_USSD_UNSUPPORTED }, { 100 + 258, WIRE_USSD_REFUSED } };

	begin();
	start();
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		sim("set m1 ussd_fails %d", known[i].fails);
		CHECK_STR(DIAL("*100#"), "");
		CHECK_INT(outcome, known[i].outcome);
	}
	sim("set m1 ussd_fails 0");
	sim("fault m1 nonetwork");
	CHECK_STR(DIAL("*100#"), "");
	CHECK_INT(outcome, WIRE_USSD_NETWORK);
	sim("fault m1 well");
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
}

TEST(a_refusal_after_the_modem_took_a_code_is_not_tried_again)
{
	begin();
	start();
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	sim("set m1 ussd_fails 200"); /* +CME ERROR: 100 */
	CHECK_STR(DIAL("*100#"), "");
	CHECK_INT(outcome, WIRE_USSD_REFUSED);
	CHECK_INT(n_answers, 2);
}

TEST(what_comes_unasked_is_no_answer)
{
	begin();
	start();
	sim("ussd m1 0 Promo!\\nAppelez le \"5040\"");
	wait_for(&n_unasked, 1);
	CHECK_STR(unasked, "Promo!\nAppelez le \"5040\"");
	sim("ussd m1 1 Voulez-vous? 1) Oui");
	wait_for(&n_unasked, 2);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	sim("ussd m1 1 Encore?"); /* in the dialogue */
	wait_for(&n_unasked, 3);
	CHECK_STR(REPLY("1"), "Votre crédit: 120 F, jusqu'\xc3\xa0 demain");
	sim("ussd m1 2");
	check_quiet(300);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	sim("ussd m1 0 Session terminee"); /* the network ends it */
	wait_for(&n_answers, n_answers + 1);
	CHECK_INT(outcome, WIRE_USSD_REFUSED);
	CHECK_STR(unasked, "Session terminee");
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	check_messages();
}

TEST(an_answer_without_end_holds_nothing_up)
{
	_Static_assert(CUSD_QUIET_MS < 1000, "a line is held no longer");
	begin();
	start();
	sim("raw m1 \\r\\n+CUSD: 0,\"never ended\\r\\n");
	sim("sms " FROM " m1 not swallowed");
	while (p.n_sms == 0)
		REQUIRE(take(20000));
	wait_for(&n_unasked, 1);
	CHECK_STR(unasked, "never ended");
	CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	check_messages();
}

TEST(nonsense_is_survived)
{
	static const char *const nonsense[] = { "+CUSD: x", "+CUSD:", "+CUSD: 9,\"?\",15",
		"+CUSD: 0,\"\\xff\\xfe\\x80\",15", "+CUSD: 1,\"D83D\",72", "+CUSD: 0,\"",
		"+CUSD: 77", "+CUSD: 0,\"\"\"\",72" };

	begin();
	start();
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		sim("raw m1 \\r\\n%s\\r\\n", nonsense[i]);
		look(); /* whose answers come behind it on the line */
		CHECK_STR(DIAL("*100#"), "Solde: 120 F");
	}
	check_messages();
}

TEST(a_dialogue_of_a_worker_before_is_ended_first)
{
	begin();
	start();
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_INT(outcome, WIRE_USSD_MORE);
	parent_kill(&p);
	start();
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	CHECK_INT(outcome, WIRE_USSD_MORE);
}

TEST(a_modem_that_cannot_be_cancelled_ends_the_worker_when_a_message_waits)
{
	/* So long that nothing but the message ends it within the test's time. */
	static const struct parent_settings patient = { .call_timeout_s = 600 };
	struct wire_msg msg = parent_segment(FROM, "help is near", 1);

	begin();
	parent_start(&p, "ttySIM0", &patient);
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	sim("fault m1 hang AT+CUSD=2");
	ask(WIRE_USSD_KIND_CANCEL, "", 1);
	parent_say(&p, &msg);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_SILENT);
}

TEST(a_restart_in_a_dialogue_is_noticed)
{
	begin();
	start();
	CHECK_STR(DIAL("*131#"), "1) Solde\n2) \"Forfait\"");
	sim("fault m1 restart");
	ask(WIRE_USSD_KIND_REPLY, "1", 2);
	wait_for(&n_answers, 2); /* the modem knows no dialogue: it dials "1" */
	CHECK(outcome == WIRE_USSD_UNSUPPORTED || outcome == WIRE_USSD_REFUSED ||
		outcome == WIRE_USSD_TIMEOUT);
}

TEST(a_till_never_dials)
{
	static const struct parent_settings till = { .receive_only = true };

	begin();
	parent_start(&p, "ttySIM0", &till);
	ask(WIRE_USSD_KIND_DIAL, "*100#", 20);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_PROTOCOL);
}

TEST(a_second_step_at_once_is_out_of_turn)
{
	begin();
	sim("set m1 ussd_ms " NEVER);
	start();
	ask(WIRE_USSD_KIND_DIAL, "*100#", 20);
	ask(WIRE_USSD_KIND_DIAL, "*100#", 20);
	ask(WIRE_USSD_KIND_DIAL, "*100#", 20);
	parent_wait_fault(&p);
	CHECK_INT(p.fault.class, WIRE_FAULT_PROTOCOL);
}

TEST(waiting_for_the_network_wakes_nobody)
{
	begin();
	sim("set m1 ussd_ms " NEVER);
	start();
	ask(WIRE_USSD_KIND_DIAL, "*100#", 600);
	sim_heard("ussd m1 *100#");
	CHECK(process_rests(p.pid, 1500));
}

UNIT_MAIN
