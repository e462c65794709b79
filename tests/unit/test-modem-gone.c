/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-gone.h"
#include "unit.h"

static struct sims_gone *gone;

static void
say(const char *identity, uint8_t back, uint64_t first, uint16_t count)
{
	struct wire_gone said = { .back = back, .count = count };

	for (uint16_t i = 0; i < count; i++)
		said.hashes[i] = first + i;
	sims_gone_take(gone, identity, &said);
}

/* What the next worker is told: how many, in how many messages, from first on without a gap. */
static size_t
given(const char *identity, uint64_t first, size_t *messages)
{
	struct wire_gone msg;
	size_t at = 0, count = 0;

	for (*messages = 0; sims_gone_give(gone, identity, &at, &msg); ++*messages)
		for (size_t i = 0; i < msg.count; i++, count++)
			CHECK(msg.hashes[i] == first + count);
	return count;
}

TEST(each_sim_has_its_own)
{
	size_t messages;

	gone = sims_gone_new();
	REQUIRE(gone != NULL);
	CHECK_INT(given("one", 0, &messages), 0);
	CHECK_INT(messages, 0);
	say("one", 0, 100, 3);
	say("two", 0, 500, 1);
	say("one", 0, 103, 2);
	CHECK_INT(given("one", 100, &messages), 5);
	CHECK_INT(messages, 1);
	CHECK_INT(given("two", 500, &messages), 1);
	sims_gone_free(gone);
}

TEST(the_latest_are_kept)
{
	size_t messages;

	gone = sims_gone_new();
	REQUIRE(gone != NULL);
	for (unsigned i = 0; i < 7; i++)
		say("one", 0, 1 + i * WIRE_HASHES_MAX, WIRE_HASHES_MAX);
	CHECK_INT(given("one", 1 + 7 * WIRE_HASHES_MAX - SIM_GONE_KEPT, &messages), SIM_GONE_KEPT);
	CHECK_INT(messages, SIM_GONE_KEPT / WIRE_HASHES_MAX);
	say("one", 0, 1 + 7 * WIRE_HASHES_MAX, 5);
	CHECK_INT(given("one", 6 + 7 * WIRE_HASHES_MAX - SIM_GONE_KEPT, &messages), SIM_GONE_KEPT);
	sims_gone_free(gone);
}

TEST(what_came_back_is_taken_away_once)
{
	size_t messages;

	gone = sims_gone_new();
	REQUIRE(gone != NULL);
	say("one", 1, 7, 1); /* never heard of */
	CHECK_INT(given("one", 0, &messages), 0);
	say("one", 0, 7, 1);
	say("one", 0, 7, 2);
	say("one", 1, 7, 1);
	CHECK_INT(given("one", 7, &messages), 2);
	say("one", 1, 8, 1);
	say("one", 1, 8, 1);
	CHECK_INT(given("one", 7, &messages), 1);
	sims_gone_free(gone);
}

TEST(sims_without_end_take_no_memory)
{
	char identity[32];
	size_t messages;

	gone = sims_gone_new();
	REQUIRE(gone != NULL);
	for (int i = 0; i < 3 * SIM_GONE_SIMS; i++) {
		snprintf(identity, sizeof(identity), "%d", i);
		say(identity, 0, 1, 1);
		say("kept", 0, 1 + (uint64_t)i, 1);
	}
	CHECK_INT(given("0", 1, &messages), 0);
	CHECK_INT(given("191", 1, &messages), 1);
	CHECK_INT(given("kept", 1, &messages), 3 * SIM_GONE_SIMS);
	sims_gone_free(gone);
}

UNIT_MAIN
