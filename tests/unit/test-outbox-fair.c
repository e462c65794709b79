/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One slot in four is others' while an alert is on its way, and a reply need not wait for it. */
#include "outbox-fair.h"

#include "unit.h"

/* What waits for a link: the most urgent that a slot of that sort may take. */
static int
take(enum fair slot, int alerts, int replies, int rest)
{
	if (slot != FAIR_ALERT && replies)
		return 2;
	if (slot == FAIR_REST && rest)
		return 5;
	return alerts ? 1 : replies ? 2 : 5;
}

TEST(the_first_slot_is_the_alerts)
{
	CHECK(fair_slot(FAIR_BEGIN) == FAIR_ALERT);
}

TEST(reminders_have_one_slot_in_four)
{
	int credit = FAIR_BEGIN, rest = 0;

	for (int i = 0; i < 4000; i++) {
		enum fair slot = fair_slot(credit);
		int priority = take(slot, 1, 0, 1);
		rest += priority == 5;
		credit = fair_after(credit, slot, priority);
	}
	CHECK(rest >= 999 && rest <= 1000);
}

TEST(replies_and_reminders_together_have_no_more)
{
	int credit = FAIR_BEGIN, others = 0, replies = 0;

	for (int i = 0; i < 4000; i++) {
		enum fair slot = fair_slot(credit);
		int priority = take(slot, 1, i % 10 < 3, 1);
		others += priority != 1;
		replies += priority == 2;
		credit = fair_after(credit, slot, priority);
	}
	CHECK(others >= 990 && others <= 1001);
	CHECK(replies > 400);
}

TEST(a_reply_now_and_then_waits_for_one_slot_at_most)
{
	int credit = FAIR_BEGIN;

	for (int i = 0; i < 40; i++) /* each after another number of slots */
	{
		for (int k = 0; k < 8 + i % 5; k++) {
			enum fair slot = fair_slot(credit);
			credit = fair_after(credit, slot, take(slot, 1, 0, 1));
		}
		int waited = 0;
		for (;; waited++) {
			enum fair slot = fair_slot(credit);
			int priority = take(slot, 1, 1, 1);
			credit = fair_after(credit, slot, priority);
			if (priority == 2)
				break;
		}
		CHECK(waited <= 1);
	}
}

TEST(calls_for_help_cost_others_nothing)
{
	CHECK_INT(fair_after(2, FAIR_REPLY, 0), 2);
	CHECK_INT(fair_after(3, FAIR_REST, 0), 3);
}

TEST(without_an_alert_nothing_is_owed)
{
	int credit = 3;

	for (int i = 0; i < 10; i++) {
		enum fair slot = fair_slot(credit);
		credit = fair_after(credit, slot, take(slot, 0, i % 2, 1));
	}
	CHECK_INT(credit, FAIR_BEGIN);
	CHECK(fair_slot(credit) == FAIR_ALERT);
}

TEST(a_long_alert_saves_no_more_than_one_slot)
{
	int credit = FAIR_BEGIN;

	for (int i = 0; i < 1000; i++)
		credit = fair_after(credit, fair_slot(credit), 1);
	credit = fair_after(credit, FAIR_REST, 5);
	CHECK(fair_slot(credit) != FAIR_REST);
}

UNIT_MAIN
