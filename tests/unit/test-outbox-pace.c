/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a segment takes by a link: told when it is known, and when it has changed. */
#include "outbox-pace.h"

#include "unit.h"

/* The same so many times; how often a pace was told, and the last one. */
static unsigned
add(struct pace *pace, unsigned ms, unsigned times, unsigned *last)
{
	unsigned told = 0;

	for (unsigned i = 0; i < times; i++) {
		unsigned now = pace_add(pace, ms);
		if (now != 0) {
			*last = now;
			told++;
		}
	}
	return told;
}

TEST(a_few_sends_tell_nothing)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	CHECK_INT(add(&pace, 3000, PACE_LEAST - 1, &last), 0);
	CHECK_INT(add(&pace, 3000, 1, &last), 1);
	CHECK_INT(last, 3000);
}

TEST(what_stays_is_told_once)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	CHECK_INT(add(&pace, 3000, 1000, &last), 1);
	CHECK_INT(add(&pace, 3029, 1000, &last), 0);
	CHECK_INT(add(&pace, 2971, 1000, &last), 0);
}

TEST(five_percent_more_is_told_as_soon_as_most_say_so)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	add(&pace, 3000, PACE_RECENT, &last);
	CHECK_INT(add(&pace, 3151, PACE_RECENT / 2, &last), 0);
	CHECK_INT(add(&pace, 3151, 1, &last), 1);
	CHECK_INT(last, 3151);
	CHECK_INT(add(&pace, 2990, PACE_RECENT / 2 + 1, &last), 1);
	CHECK_INT(last, 2990);
}

TEST(less_than_that_is_told_when_all_say_so)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	add(&pace, 3000, PACE_RECENT, &last);
	CHECK_INT(add(&pace, 3100, PACE_RECENT, &last), 1);
	CHECK_INT(last, 3100);
	CHECK_INT(add(&pace, 3100, 10 * PACE_RECENT, &last), 0);
}

TEST(one_slow_send_changes_nothing)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	add(&pace, 50, PACE_RECENT, &last);
	for (int i = 0; i < 20; i++) {
		CHECK_INT(pace_add(&pace, 60000), 0);
		CHECK_INT(add(&pace, 50, 4, &last), 0);
	}
	CHECK_INT(last, 50);
}

TEST(the_clocks_grain_is_no_change)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	add(&pace, 1, PACE_LEAST, &last);
	CHECK_INT(add(&pace, 2, PACE_RECENT - 1, &last), 0);
	CHECK_INT(add(&pace, 2, PACE_RECENT, &last), 1);
	CHECK_INT(last, 2);
}

TEST(a_send_without_any_time_counts_as_one_millisecond)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	CHECK_INT(add(&pace, 0, PACE_RECENT * 3, &last), 1);
	CHECK_INT(last, 1);
}

TEST(the_longest_times_do_not_overflow)
{
	struct pace pace = { 0 };
	unsigned last = 0;

	add(&pace, UINT32_MAX, PACE_RECENT, &last);
	CHECK(last == UINT32_MAX);
	CHECK_INT(add(&pace, 1, PACE_RECENT, &last), 1);
	CHECK_INT(last, 1);
}

UNIT_MAIN
