/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was told and how it is deleted, on a modem of a few places that refuses, empties and fills
 * them between two commands as no simulated one does by itself.
 */
#include "gateway/worker-at.h"
#include "gateway/worker-deletion.h"
#include "gateway/worker-gone.h"
#include "gateway/worker-up.h"
#include "unit.h"

#define PLACES 32

/* The modem, and what the parent heard. */
static struct {
	uint64_t holds[STORES][PLACES]; /* a message's hash; 0: none */
	uint8_t stat;                   /* of what is read again; 0: unread */
	bool unreadable;                /* no place can be read */
	bool refuses_lines, refuses_all;
	int spoilt; /* a refused line empties so many of its places first */
	int lines, selections;
	enum store selected;
	struct wire_deleted deleted;
	int gone, back;
} modem;

static void
hear(const struct wire_msg *msg)
{
	if (msg->type == WIRE_DELETED)
		modem.deleted = msg->deleted;
	else if (msg->gone.back)
		modem.back += msg->gone.count;
	else
		modem.gone += msg->gone.count;
}

static int
number(const struct gammu *g, struct gammu_place place)
{
	(void)g;
	return place.location;
}

static bool
delete_line_of(struct at *at, enum store store, const int *places, size_t count)
{
	(void)at;
	modem.lines++;
	if (modem.refuses_lines || modem.refuses_all) {
		for (int i = 0; i < modem.spoilt && (size_t)i < count; i++)
			modem.holds[store][places[i]] = 0;
		modem.spoilt = 0;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		modem.holds[store][places[i]] = 0;
	return true;
}

static bool
delete_plainly(struct at *at, enum store store, int place)
{
	(void)at;
	if (modem.refuses_all)
		return false;
	modem.holds[store][place] = 0;
	return true;
}

static bool
select_store(struct at *at, enum store store, struct sieve_usage *usage)
{
	(void)at;
	(void)usage;
	modem.selections++;
	modem.selected = store;
	return true;
}

static enum gammu_found
read_again(struct gammu *g, struct gammu_place place, struct gammu_item *item)
{
	static struct sieve_pdu pdu;

	(void)g;
	pdu.stat = modem.stat;
	*item = (struct gammu_item){ .place = place, .pdu = &pdu };
	if (modem.unreadable)
		return GAMMU_FAILED;
	return modem.holds[place.store][place.location] == 0 ? GAMMU_END : GAMMU_MESSAGE;
}

static uint64_t
hash_there(const struct gammu_item *item, bool decoded)
{
	(void)decoded;
	return modem.holds[item->place.store][item->place.location];
}

#define up_send hear
#define gammu_modems_number number
#include "gateway/worker-gone.c"
#include "gateway/worker-told.c"
#define at_delete delete_line_of
#define at_delete_plainly delete_plainly
#define at_select select_store
#define gammu_reread read_again
#define told_hash hash_there
#include "gateway/worker-deletion.c"

static struct gone gone;
static struct told_table table;
static struct sieve sieve;
static struct deletions deletions;

static void
begin(void)
{
	sieve.store = STORE_SM;
	told_init(&table, &gone, NULL);
	deletions_init(&deletions, NULL, NULL, &sieve, &table, STORE_SM);
}

static void
end(void)
{
	deletions_free(&deletions);
	told_free(&table);
}

/* A message is in that place, and a look finds it, unread. Returns its entry, NULL if it was told.
 */
static struct told *
see(enum store store, int place, uint64_t hash)
{
	struct sieve_pdu pdu = { .stat = STAT_UNREAD };
	struct gammu_item item = { .place = { store, place }, .pdu = &pdu };

	modem.holds[store][place] = hash;
	return told_note(&table, &item, hash);
}

static void
do_all(void)
{
	while (deletions.first != NULL)
		deletions_step(&deletions);
}

/* The parent has committed the last count that were told; what can be done is done. */
static void
commit(unsigned count)
{
	struct wire_delete wanted = { .count = (uint16_t)count };

	for (unsigned i = 0; i < count; i++)
		wanted.handles[i] = table.last_handle - count + 1 + i;
	deletions_add(&deletions, &wanted);
	do_all();
}

#define STATE_OF(handle_) (told_by_handle(&table, (handle_))->state)

/* --- what was told --- */

TEST(one_that_somebody_took_away_is_counted)
{
	begin();
	CHECK_INT(see(STORE_SM, 1, 7)->ordinal, 0);
	told_unsee(&table);
	CHECK(see(STORE_SM, 2, 8) != NULL);
	told_sweep(&table, true); /* a look at SR tells nothing of SM */
	CHECK_INT(table.count, 2);
	told_sweep(&table, false);
	CHECK_INT(table.count, 1);
	CHECK_INT(see(STORE_SM, 3, 7)->ordinal, 1);
	CHECK_INT(see(STORE_SM, 4, 9)->ordinal, 0);
	CHECK(see(STORE_SM, 4, 9) == NULL);
	CHECK_INT(see(STORE_SM, 4, 7)->ordinal, 2); /* another one in the place of the last */
	end();
}

/* A modem that does not mark what was read: an equal message once, then it only seems to go. */
TEST(what_comes_back_again_and_again_is_stuck)
{
	begin();
	see(STORE_SM, 1, 7);
	commit(1);
	CHECK_INT(see(STORE_SM, 1, 7)->ordinal, 1);
	commit(1);
	CHECK(see(STORE_SM, 1, 7) == NULL);
	CHECK_INT(told_stuck(&table), 1);
	gone_tell(&gone);
	CHECK_INT(modem.gone, 2);
	CHECK_INT(modem.back, 1);
	end();
}

TEST(a_modem_that_marks_what_was_read_brings_equal_ones_without_end)
{
	begin();
	see(STORE_SM, 1, 7);
	commit(1);
	see(STORE_SM, 1, 7);
	modem.stat = STAT_READ;
	for (int i = 2; i < 9; i++) {
		commit(1);
		struct told *told = see(STORE_SM, 1, 7);

		REQUIRE(told != NULL);
		CHECK_INT(told->ordinal, i);
	}
	end();
}

/* --- deletions --- */

TEST(what_is_not_what_was_told_stays)
{
	begin();
	see(STORE_SM, 1, 7);
	modem.holds[STORE_SM][1] = 8;
	modem.refuses_lines = true;
	commit(1);
	CHECK_INT(modem.holds[STORE_SM][1], 8);
	CHECK_INT(modem.deleted.failed, 1);
	CHECK_INT(STATE_OF(1), TOLD_STUCK);
	CHECK(deletions.wants_look);
	end();
}

TEST(what_cannot_be_read_stays)
{
	begin();
	see(STORE_SM, 1, 7);
	modem.refuses_lines = modem.unreadable = true;
	commit(1);
	CHECK_INT(modem.holds[STORE_SM][1], 7);
	CHECK_INT(modem.deleted.failed, 1);
	end();
}

TEST(what_the_network_replaced_stays)
{
	begin();
	see(STORE_SM, 1, 7)->replaceable = true;
	modem.holds[STORE_SM][1] = 8;
	commit(1);
	CHECK_INT(modem.lines, 0);
	CHECK_INT(modem.holds[STORE_SM][1], 8);
	CHECK_INT(modem.deleted.count, 1);
	CHECK(deletions.wants_look);
	CHECK_INT(see(STORE_SM, 1, 8)->handle, 2);
	/* not replaced, it goes */
	table.entry[0].replaceable = true;
	commit(1);
	CHECK_INT(modem.holds[STORE_SM][1], 0);
	end();
}

TEST(a_line_refused_in_part_is_done_one_by_one)
{
	begin();
	for (int i = 1; i <= 5; i++)
		see(STORE_SM, i, 10 + (uint64_t)i);
	modem.refuses_lines = true;
	modem.spoilt = 2;
	commit(5);
	CHECK_INT(modem.deleted.count, 5);
	CHECK_INT(modem.deleted.failed, 0);
	for (int i = 1; i <= 5; i++)
		CHECK_INT(modem.holds[STORE_SM][i], 0);
	/* plain deletions worked where lines did not: no line is tried any more */
	CHECK_INT(deletions.at_once, 0);
	modem.lines = 0;
	see(STORE_SM, 6, 20);
	commit(1);
	CHECK_INT(modem.lines, 0);
	CHECK_INT(modem.holds[STORE_SM][6], 0);
	end();
}

TEST(places_of_one_storage_share_a_line)
{
	begin();
	for (int i = 1; i <= AT_DELETE_MAX + 1; i++)
		see(STORE_SM, i, 10 + (uint64_t)i);
	see(STORE_ME, 1, 30);
	commit(AT_DELETE_MAX + 2);
	CHECK_INT(modem.lines, 3);
	CHECK_INT(modem.deleted.count, AT_DELETE_MAX + 2);
	/* libgammu selected SM, the last line ME: that is put right before libgammu reads */
	CHECK_INT(modem.selections, 0);
	deletions_give_back_storage(&deletions);
	deletions_give_back_storage(&deletions);
	CHECK_INT(modem.selections, 1);
	CHECK_INT(modem.selected, STORE_SM);
	see(STORE_SM, 1, 40);
	commit(1);
	deletions_give_back_storage(&deletions);
	CHECK_INT(modem.selections, 1);
	end();
}

TEST(a_storage_that_was_full_is_looked_at)
{
	begin();
	see(STORE_SM, 1, 7);
	see(STORE_SM, 2, 8);
	sieve.usage[STORE_SM] = (struct sieve_usage){ .known = true, .used = 2, .total = 3 };
	commit(1);
	CHECK(!deletions.wants_look);
	see(STORE_SM, 2, 9);
	sieve.usage[STORE_SM].used = 3;
	commit(1);
	CHECK(deletions.wants_look);
	end();
}

TEST(equal_ones_wait_for_the_last_to_be_committed)
{
	begin();
	see(STORE_SM, 1, 7);
	commit(1);
	see(STORE_SM, 2, 7);
	see(STORE_SM, 3, 7);
	commit(1);
	CHECK_INT(modem.deleted.held, 1);
	CHECK_INT(modem.holds[STORE_SM][3], 7);
	/* the other is taken away by somebody: what waited for it is found at the next look */
	told_unsee(&table);
	modem.holds[STORE_SM][2] = 0;
	see(STORE_SM, 3, 7);
	told_sweep(&table, false);
	deletions_retry(&deletions);
	do_all();
	CHECK_INT(modem.holds[STORE_SM][3], 0);
	end();
}

TEST(what_is_stuck_is_tried_again_in_turn)
{
	begin();
	for (int i = 1; i <= RETRIES + 2; i++)
		see(STORE_SM, i, 10 + (uint64_t)i);
	modem.refuses_all = true;
	commit(RETRIES + 2);
	CHECK_INT(modem.deleted.failed, RETRIES + 2);
	CHECK_INT(told_stuck(&table), RETRIES + 2);
	deletions_retry(&deletions); /* some of them, and the others next time */
	do_all();
	CHECK_INT(told_stuck(&table), RETRIES + 2);
	modem.refuses_all = false;
	deletions_retry(&deletions);
	do_all();
	CHECK_INT(told_stuck(&table), RETRIES);
	deletions_retry(&deletions);
	do_all();
	CHECK_INT(told_stuck(&table), 0);
	end();
}

UNIT_MAIN
