/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gateway's side of a SIM's own USSD: real workers on simulated modems, and a real database.
 *
 * waits
 */
#include "modem-harness.h"
#include "unit.h"
#include "worker-parent.h"

static struct harness h;

#define READY(name_) UNTIL(&h, STATE(&h, name_) == MODEM_READY)

/* What the callback was told. */
struct told {
	unsigned times;
	enum wire_ussd_outcome outcome;
	char text[WIRE_USSD_MAX + 1];
	const char *next; /* the answer to be given from inside it */
};
static struct told told, unasked;

static void
told_cb(struct modem *modem, enum wire_ussd_outcome outcome, const char *text, void *arg)
{
	struct told *t = arg;
	const char *next = t->next;

	t->times++;
	t->outcome = outcome;
	snprintf(t->text, sizeof(t->text), "%s", text);
	t->next = NULL;
	if (next != NULL && outcome == WIRE_USSD_MORE)
		CHECK_INT(modem_ussd(modem, next, 20, told_cb, t), 0);
}

static struct modem *
begin(const char *entry)
{
	sim_begin(1, NULL);
	sim("set m1 ussd *131# 1) Solde 2) Forfait");
	sim("set m1 ussd *131#/1 Crédit: 120 F");
	harness_begin(&h, entry);
	READY("m1");
	return harness_modem(&h, "m1");
}

static void
until_told(unsigned times)
{
	UNTIL(&h, told.times == times);
}

TEST(a_dialogue_goes_step_by_step)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	CHECK_INT(modem_can_ussd(m1), 1);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	CHECK_INT(told.times, 0);
	CHECK_INT(modem_can_ussd(m1), 0);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), -1);
	CHECK_INT(errno, EBUSY);
	until_told(1);
	CHECK_INT(told.outcome, WIRE_USSD_MORE);
	CHECK_STR(told.text, "1) Solde 2) Forfait");
	CHECK_INT(modem_ussd_is_open(m1), 1);
	CHECK_INT(modem_can_ussd(m1), 0);
	CHECK_INT(modem_ussd(m1, "1", 20, told_cb, &told), 0);
	until_told(2);
	CHECK_INT(told.outcome, WIRE_USSD_DONE);
	CHECK_STR(told.text, "Crédit: 120 F");
	CHECK_INT(modem_ussd_is_open(m1), 0);
	/* The whole script from inside the callback. */
	told.next = "1";
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(4);
	CHECK_STR(told.text, "Crédit: 120 F");
	CHECK_INT(modem_can_ussd(m1), 1);
	CHECK_INT(modem_ussd_cancel(m1), -1);
	harness_end(&h);
}

TEST(what_cannot_be_typed_is_refused_at_once)
{
	static const char *const none[] = { "", "*131#\"", "*131#\r", "\xc3\xa9", "a\nb", "$" };
	struct modem *m1 = begin("{ name = \"m1\"; }");

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		errno = 0;
		CHECK_INT(modem_ussd(m1, none[i], 20, told_cb, &told), -1);
		CHECK_INT(errno, EINVAL);
	}
	CHECK_INT(modem_ussd(m1, "*131#", 0, told_cb, &told), -1);
	CHECK_INT(errno, EINVAL);
	CHECK_INT(modem_ussd(m1, "*131#", WIRE_USSD_S_MAX + 1, told_cb, &told), -1);
	CHECK_INT(errno, EINVAL);
	harness_pass(&h, 100);
	CHECK_INT(told.times, 0);
	harness_end(&h);
}

TEST(a_till_and_an_absent_modem_never_dial)
{
	struct modem *m1 = begin("{ name = \"m1\"; till = true; }");

	CHECK_INT(modem_can_ussd(m1), 0);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), -1);
	CHECK_INT(errno, ENODEV);
	harness_reload(&h, "{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(modem_can_ussd(m1), 1);
	sim("fault m1 unplug");
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	CHECK_INT(modem_can_ussd(m1), 0);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), -1);
	CHECK_INT(errno, ENODEV);
	CHECK_INT(told.times, 0);
	harness_end(&h);
}

TEST(what_dies_in_a_step_is_lost_once)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	sim("set m1 ussd_ms 5000");
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	harness_pass(&h, 100);
	worker_kill(m1->worker, "the test ends it");
	until_told(1);
	CHECK_INT(told.outcome, WIRE_USSD_LOST);
	CHECK_STR(told.text, "");
	READY("m1");
	sim("set m1 ussd_ms 0");
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(2);
	CHECK_INT(told.outcome, WIRE_USSD_MORE);
	harness_pass(&h, 300);
	CHECK_INT(told.times, 2);
	harness_end(&h);
}

/* In the middle of messages its worker dies again and again; each code is answered for, once. */
TEST(deaths_in_dialogues_lose_neither_words_nor_messages)
{
	enum { ROUNDS = 8, MESSAGES = 200 };
	struct modem *m1 = begin("{ name = \"m1\"; }");
	unsigned lost = 0;

	sim("set m1 ussd_ms 20");
	sim("set m1 latency_ms 1");
	sim("bulk %d m1 +25078 message %%d", MESSAGES);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t generation = modem_generation(m1);
		unsigned until = h.turns + 3 * i;

		CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
		if (i % 2 == 0) {
			UNTIL(&h, h.turns >= until);
			worker_kill(m1->worker, "the test ends it");
			UNTIL(&h, modem_generation(m1) != generation);
			READY("m1");
		}
		until_told(i + 1);
		lost += told.outcome == WIRE_USSD_LOST;
		CHECK(told.outcome == WIRE_USSD_LOST || told.outcome == WIRE_USSD_MORE);
		modem_ussd_cancel(m1);
	}
	CHECK(lost >= 1);
	UNTIL(&h,
		sim_stat("m1", "sm_used") + sim_stat("m1", "me_used") == 0 &&
			h.inbox.sms >= MESSAGES);
	harness_pass(&h, 200);
	CHECK_INT(told.times, ROUNDS);
	CHECK_INT(sim_stat("m1", "deleted"), MESSAGES);
	harness_end(&h);
}

TEST(a_dialogue_that_ended_meanwhile_is_told_before_anything_is_dialled)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	CHECK_INT(modem_ussd(m1, "*131#", 1, told_cb, &told), 0);
	until_told(1);
	UNTIL(&h, !modem_ussd_is_open(m1)); /* nobody answers for a second */
	CHECK_INT(modem_ussd(m1, "1", 20, told_cb, &told), -1);
	CHECK_INT(errno, EPIPE);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(2);
	CHECK_INT(told.outcome, WIRE_USSD_MORE);
	worker_kill(m1->worker, "the test ends it");
	UNTIL(&h, STATE(&h, "m1") == MODEM_RESTING);
	READY("m1");
	CHECK_INT(modem_ussd(m1, "1", 20, told_cb, &told), -1);
	CHECK_INT(errno, EPIPE);
	CHECK_INT(told.times, 2);
	harness_end(&h);
}

TEST(a_cancelled_step_is_told_no_more)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	sim("set m1 ussd_deaf on");
	sim("set m1 ussd_ms 200");
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	CHECK_INT(modem_ussd_cancel(m1), 0);
	CHECK_INT(modem_can_ussd(m1), 1);
	harness_pass(&h, 400);
	CHECK_INT(told.times, 0);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(1);
	CHECK_STR(told.text, "1) Solde 2) Forfait");
	CHECK_INT(modem_ussd_cancel(m1), 0);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(2);
	CHECK_STR(told.text, "1) Solde 2) Forfait");
	harness_end(&h);
}

TEST(what_comes_unasked_goes_to_its_listener)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	sim("ussd m1 0 nobody listens");
	harness_pass(&h, 100);
	modems_on_ussd(h.gateway.modems, told_cb, &unasked);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(1);
	sim("ussd m1 1 Promo?");
	UNTIL(&h, unasked.times == 1);
	CHECK_STR(unasked.text, "Promo?");
	CHECK_INT(unasked.outcome, WIRE_USSD_DONE);
	CHECK_INT(modem_ussd_is_open(m1), 1);
	CHECK_INT(modem_ussd(m1, "1", 20, told_cb, &told), 0);
	until_told(2);
	CHECK_STR(told.text, "Crédit: 120 F");
	harness_end(&h);
}

TEST(restart_for_a_reload_waits_for_the_dialogue)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	sim("set m1 ussd_ms 300");
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	harness_reload(&h, "{ name = \"m1\"; storage = \"sm\"; }");
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	until_told(1);
	CHECK_INT(told.outcome, WIRE_USSD_MORE);
	harness_pass(&h, 100);
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	CHECK_INT(modem_ussd(m1, "1", 20, told_cb, &told), 0); /* it is finished */
	until_told(2);
	CHECK_STR(told.text, "Crédit: 120 F");
	UNTIL(&h, h.outbox.downs == 1);
	READY("m1");
	CHECK_INT(modem_can_ussd(m1), 1);
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	until_told(3);
	harness_reload(&h, "{ name = \"m1\"; }");
	harness_pass(&h, 100);
	CHECK_INT(STATE(&h, "m1"), MODEM_READY);
	CHECK_INT(modem_ussd_cancel(m1), 0); /* and so it is when it is given up */
	UNTIL(&h, h.outbox.downs == 2);
	READY("m1");
	harness_end(&h);
}

TEST(what_is_under_way_at_the_end_is_lost_once)
{
	struct modem *m1 = begin("{ name = \"m1\"; }");

	sim("set m1 ussd_ms 5000");
	CHECK_INT(modem_ussd(m1, "*131#", 20, told_cb, &told), 0);
	harness_pass(&h, 50);
	harness_end(&h);
	CHECK_INT(told.times, 1);
	CHECK_INT(told.outcome, WIRE_USSD_LOST);
}

UNIT_MAIN
