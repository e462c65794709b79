/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's smaller parts: tables, storages, cards, phones, escapes, JSON. */
#include "unit.h"

#include "simulator/card.h"
#include "simulator/escape.h"
#include "simulator/json.h"
#include "simulator/phone.h"
#include "simulator/storage.h"
#include "simulator/table.h"

#include <event2/buffer.h>
#include <event2/event.h>

/* --- table ------------------------------------------------------------------------------------ */

TEST(table_finds_what_was_put_and_not_removed)
{
	static char keys[5000][8];
	struct table t = { NULL, 0, 0 };
	size_t at = 0, seen = 0;

	for (int i = 0; i < 5000; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%d", i);
		table_put(&t, keys[i], keys[i]);
	}
	for (int i = 0; i < 5000; i += 3)
		table_remove(&t, keys[i]);
	for (int i = 0; i < 5000; i++)
		CHECK(table_get(&t, keys[i]) == (i % 3 == 0 ? NULL : keys[i]));
	while (table_next(&t, &at) != NULL)
		seen++;
	CHECK_INT(seen, t.used);
	CHECK_INT(seen, 5000 - 1667);
	table_remove(&t, "none such");
	table_clear(&t);
	CHECK(table_get(&t, "k1") == NULL);
}

/* --- storage ---------------------------------------------------------------------------------- */

TEST(storage_takes_the_lowest_free_place)
{
	struct storage s;

	storage_init(&s, 130);
	for (int i = 0; i < 130; i++)
		CHECK_INT(storage_put(&s, "00", 0, REC_UNREAD), i);
	CHECK_INT(storage_put(&s, "00", 0, REC_UNREAD), -1);
	CHECK_INT(storage_delete(&s, 100), 0);
	CHECK_INT(storage_delete(&s, 3), 0);
	CHECK_INT(storage_delete(&s, 3), -1);
	CHECK_INT(storage_delete(&s, 130), -1);
	CHECK_INT(s.used, 128);
	CHECK_INT(storage_put(&s, "00", 0, REC_UNREAD), 3);
	CHECK_INT(storage_put(&s, "00", 0, REC_UNREAD), 100);
	CHECK_INT(storage_put(&s, "00", 0, REC_UNREAD), -1);
	storage_free(&s);
}

TEST(storage_keeps_what_is_stuck)
{
	struct storage s;

	storage_init(&s, 2);
	CHECK_INT(storage_put(&s, "0102", 1, REC_READ), 0);
	storage_get(&s, 0)->stuck = true;
	CHECK_INT(storage_delete(&s, 0), -1);
	CHECK_STR(storage_get(&s, 0)->hex, "0102");
	storage_get(&s, 0)->stuck = false;
	CHECK_INT(storage_delete(&s, 0), 0);
	CHECK(storage_get(&s, 0) == NULL);
	storage_free(&s);
}

TEST(storage_can_change_its_size)
{
	struct storage s;

	storage_init(&s, 2);
	storage_put(&s, "AA", 0, REC_READ);
	storage_put(&s, "BB", 0, REC_READ);
	storage_resize(&s, 70);
	CHECK_INT(s.used, 2);
	CHECK_INT(storage_put(&s, "CC", 0, REC_READ), 2);
	storage_resize(&s, 1);
	CHECK_INT(s.used, 1);
	CHECK_STR(storage_get(&s, 0)->hex, "AA");
	CHECK_INT(storage_put(&s, "DD", 0, REC_READ), -1);
	storage_free(&s);
}

/* --- card ------------------------------------------------------------------------------------- */

TEST(cards_follow_from_their_number)
{
	struct card *c = card_new(12, 50, 10);

	CHECK_STR(c->number, "+250789000012");
	CHECK_STR(c->imsi, "635100000000012");
	CHECK_INT(strlen(c->iccid), 19);
	CHECK_INT(card_luhn("7992739871"), '3'); /* the algorithm's well-known example */
	card_free(c);
}

static struct card *
locked_card(void)
{
	struct card *c = card_new(1, 1, 1);

	strcpy(c->pin, "1234");
	card_reset(c);
	CHECK_INT(c->lock, CARD_PIN);
	return c;
}

TEST(right_pin_unlocks_and_restores_the_attempts)
{
	struct card *c = locked_card();

	CHECK_INT(card_unlock(c, "0000", NULL), 16);
	CHECK_INT(c->pin_left, 2);
	CHECK_INT(card_unlock(c, "1234", NULL), 0);
	CHECK_INT(c->lock, CARD_READY);
	CHECK_INT(c->pin_left, 3);
	CHECK_INT(card_unlock(c, "1234", NULL), 3);
	card_free(c);
}

TEST(third_wrong_pin_asks_for_the_puk)
{
	struct card *c = locked_card();

	CHECK_INT(card_unlock(c, "0000", NULL), 16);
	CHECK_INT(card_unlock(c, "0000", NULL), 16);
	CHECK_INT(card_unlock(c, "0000", NULL), 12);
	CHECK_INT(c->lock, CARD_PUK);
	CHECK_INT(card_unlock(c, "1234", NULL), 16);
	CHECK_INT(card_unlock(c, "12345678", "12"), 16);
	CHECK_INT(c->puk_left, 10);
	CHECK_INT(card_unlock(c, "87654321", "4321"), 16);
	CHECK_INT(c->puk_left, 9);
	CHECK_INT(card_unlock(c, "12345678", "4321"), 0);
	CHECK_STR(c->pin, "4321");
	card_free(c);
}

TEST(tenth_wrong_puk_ends_the_card)
{
	struct card *c = locked_card();

	for (int i = 0; i < 3; i++)
		card_unlock(c, "0000", NULL);
	for (int i = 0; i < 9; i++)
		CHECK_INT(card_unlock(c, "00000000", "1111"), 16);
	CHECK_INT(card_unlock(c, "00000000", "1111"), 13);
	CHECK_INT(card_unlock(c, "12345678", "1111"), 13);
	card_free(c);
}

/* --- phone ------------------------------------------------------------------------------------ */

static uint64_t ids = 1;

static void
part(struct phone *p, const char *from, unsigned ref, unsigned total, unsigned n, const char *text)
{
	struct submit s = { .concat = total > 1, .ref = ref, .total = total, .part = n };

	snprintf(s.text, sizeof(s.text), "%s", text);
	phone_receive(p, from, &s, 1000, &ids);
}

static const char *
taken(struct phone *p)
{
	const struct sms *sms = phone_take(p);

	return sms != NULL ? sms->text : "(none)";
}

TEST(phone_joins_parts_in_any_order)
{
	struct phone *p = phone_new("+250788000001");

	part(p, "+1", 7, 3, 3, "c");
	part(p, "+1", 7, 3, 1, "a");
	CHECK_INT(p->untaken, 0);
	part(p, "+1", 7, 3, 1, "A"); /* once more, which counts once */
	CHECK_INT(p->untaken, 0);
	part(p, "+1", 7, 3, 2, "b");
	CHECK_STR(taken(p), "Abc");
	phone_free(p);
}

TEST(phone_never_joins_across_senders_references_or_totals)
{
	struct phone *p = phone_new("+250788000001");

	part(p, "+1", 7, 2, 1, "a");
	part(p, "+2", 7, 2, 2, "b");
	part(p, "+1", 8, 2, 2, "c");
	part(p, "+1", 7, 3, 2, "d");
	CHECK_INT(p->untaken, 0);
	part(p, "+2", 7, 2, 1, "B");
	CHECK_STR(taken(p), "Bb");
	CHECK_STR(taken(p), "(none)");
	phone_free(p);
}

TEST(phone_gives_the_oldest_first)
{
	struct phone *p = phone_new("+250788000001");

	part(p, "+1", 0, 1, 1, "one");
	phone_sent(p, "+1", "mine", 1000, ids++);
	part(p, "+1", 0, 1, 1, "two");
	CHECK_INT(p->untaken, 2);
	CHECK_STR(phone_oldest(p)->text, "one");
	CHECK_STR(taken(p), "one");
	CHECK_STR(taken(p), "two");
	CHECK_STR(taken(p), "(none)");
	CHECK_INT(p->untaken, 0);
	phone_free(p);
}

TEST(phone_forgets_what_is_deleted)
{
	struct phone *p = phone_new("+250788000001");

	part(p, "+1", 0, 1, 1, "one");
	part(p, "+1", 0, 1, 1, "two");
	CHECK_INT(phone_forget(p, phone_oldest(p)->id), 0);
	CHECK_INT(p->untaken, 1);
	CHECK_INT(phone_forget(p, 999999), -1);
	CHECK_STR(taken(p), "two");
	phone_free(p);
}

TEST(phone_keeps_untaken_ones_however_many)
{
	struct phone *p = phone_new("+250788000001");

	for (int i = 0; i < 1000; i++)
		part(p, "+1", 0, 1, 1, "x");
	for (int i = 0; i < 1000; i++)
		CHECK_STR(taken(p), "x");
	CHECK(p->kept <= 102);
	phone_free(p);
}

struct wanted {
	int calls;
	char text[32];
};

static void
got(void *arg, const struct sms *sms)
{
	struct wanted *w = arg;

	w->calls++;
	snprintf(w->text, sizeof(w->text), "%s", sms != NULL ? sms->text : "(none)");
}

TEST(those_who_wait_are_served_in_order)
{
	struct event_base *base = event_base_new();
	struct phone *p = phone_new("+250788000001");
	struct wanted one = { 0, "" }, two = { 0, "" };
	struct waiter first = { .takes = true, .done = got, .arg = &one };
	struct waiter second = { .takes = true, .done = got, .arg = &two };

	phone_wait(p, &first, base, 60000);
	phone_wait(p, &second, base, 60000);
	part(p, "+1", 0, 1, 1, "a");
	CHECK_STR(one.text, "a");
	CHECK_INT(two.calls, 0);
	part(p, "+1", 0, 1, 1, "b");
	CHECK_STR(two.text, "b");
	CHECK_INT(p->untaken, 0);
	phone_free(p);
	event_base_free(base);
}

TEST(quiet_hears_and_does_not_take)
{
	struct event_base *base = event_base_new();
	struct phone *p = phone_new("+250788000001");
	struct wanted heard = { 0, "" }, silence = { 0, "" };
	struct waiter quiet = { .done = got, .arg = &heard };
	struct waiter late = { .done = got, .arg = &silence };

	phone_wait(p, &quiet, base, 60000);
	part(p, "+1", 0, 1, 1, "a");
	CHECK_STR(heard.text, "a");
	CHECK_INT(p->untaken, 1);
	CHECK_STR(taken(p), "a");
	phone_wait(p, &late, base, 1);
	event_base_dispatch(base);
	CHECK_STR(silence.text, "(none)");
	phone_free(p);
	event_base_free(base);
}

/* --- escapes and JSON ------------------------------------------------------------------------- */

TEST(escapes_are_undone)
{
	char *line = escape_text("a\\b\nc\rd é");
	char bad[] = "a\\q", cut[] = "a\\", octets[] = "\\x00\\xfF\\t!";

	CHECK_STR(line, "a\\\\b\\nc\\rd é");
	CHECK_INT(escape_undo(line, 0), 10);
	CHECK_STR(line, "a\\b\nc\rd é");
	free(line);
	CHECK_INT(escape_undo(bad, 0), -1);
	CHECK_INT(escape_undo(cut, 0), -1);
	CHECK_INT(escape_undo(octets, 1), 4);
	CHECK_MEM(octets, "\x00\xFF\t!", 5);
}

TEST(json_strings_are_safe_anywhere)
{
	struct evbuffer *out = evbuffer_new();

	json_string(out, "\"\\\n</script>é\xFF😀");
	evbuffer_add(out, "", 1);
	CHECK_STR((const char *)evbuffer_pullup(out, -1),
		"\"\\\"\\\\\\u000a\\u003c/script\\u003eé\xEF\xBF\xBD😀\"");
	evbuffer_free(out);
}

UNIT_MAIN
