/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-parts: parts of long messages out of order, twice, of two people at once, impossible, or
 * never.  Whose all parts came is one message, word for word; whose did not is kept as far as it
 * came, and marked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "craft.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

enum { PARTS_MAX = 255, LONG = 600, PERSONS = 200000, TEXTS_MAX = 64, PER_PART = 153 };

struct text {
	const char *name;
	char *number, *body;
	bool whole;
};

struct parts {
	struct rig rig;
	struct text text[TEXTS_MAX];
	size_t count;
};

/* A complaint of so many characters, no two parts of it alike; the caller's. */
static char *
complaint(unsigned which, size_t len)
{
	char *text = xcalloc(1, len + 64);
	size_t at = (size_t)sprintf(text, "Fuite d'eau rue KN %u.", which);

	for (unsigned word = 1; at < len; word++)
		at += (size_t)sprintf(text + at, " w%u", word * 7919 + which);
	text[len] = '\0';
	text[len - 1] = '.';
	return text;
}

/* One more text of a person that was not heard of before. */
static struct text *
add(struct parts *p, const char *name, size_t len)
{
	struct text *text = &p->text[p->count];

	if (p->count == TEXTS_MAX)
		die("more texts than there is room for");
	*text = (struct text){ .name = name, .whole = true };
	text->number = xformat("+2507880%05zu", 60000 + p->count);
	text->body = complaint((unsigned)++p->count, len);
	return text;
}

static size_t
cut(const struct text *text, unsigned reference, bool wide, char *parts[PARTS_MAX])
{
	return craft_parts(text->number, text->body, reference, wide, parts, PARTS_MAX);
}

static void
give(struct parts *p, const char *modem, const char *hex)
{
	rig_inject(&p->rig, modem, hex);
}

static void
free_parts(char **parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(parts[i]);
}

/* --- all of it comes --- */

static void
any_order(struct parts *p)
{
	static const unsigned orders[][4] = { { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
		{ 0, 2, 1, 3 } };

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		for (int wide = 0; wide < 2; wide++) {
			struct text *text = add(p, "parts out of order", LONG);
			char *parts[PARTS_MAX];
			size_t count = cut(text, wide ? 0xfffe : 0xff, wide, parts);

			for (size_t k = 0; k < 4; k++)
				give(p, i % 2 ? "m1" : "m2", parts[orders[i][k]]);
			free_parts(parts, count);
		}
}

/* Two people with one reference, one person with two, and one with a wide and a narrow one. */
static void
interleaved(struct parts *p)
{
	struct text *a = add(p, "a reference that another has too", LONG);
	struct text *b = add(p, "a reference that another has too", LONG);
	struct text *c = add(p, "a reference after another", LONG), *d;
	char *of_a[PARTS_MAX], *of_b[PARTS_MAX], *of_c[PARTS_MAX], *of_d[PARTS_MAX];
	size_t count = cut(a, 9, false, of_a);

	d = add(p, "a wide reference like a narrow one", LONG);
	free(d->number);
	d->number = xstrdup(c->number);
	cut(b, 9, false, of_b);
	cut(c, 9, false, of_c);
	cut(d, 9, true, of_d);
	for (size_t i = 0; i < count; i++) {
		give(p, "m1", of_a[i]);
		give(p, "m1", of_d[count - 1 - i]);
		give(p, "m1", of_b[count - 1 - i]);
		give(p, "m1", of_c[i]);
	}
	free_parts(of_a, count);
	free_parts(of_b, count);
	free_parts(of_c, count);
	free_parts(of_d, count);
}

/* The same PDU again, and the same part under another time stamp, before the whole and behind. */
static void
doubled(struct parts *p)
{
	struct text *text = add(p, "parts that come twice", LONG);
	char *parts[PARTS_MAX], *again[PARTS_MAX];
	size_t count = cut(text, 11, false, parts);

	cut(text, 11, false, again);
	give(p, "m2", parts[1]);
	give(p, "m2", parts[1]);
	give(p, "m2", again[1]);
	give(p, "m2", parts[0]);
	for (size_t i = 2; i < count; i++)
		give(p, "m2", parts[i]);
	rig_gives(&p->rig, "1",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '%s'",
		text->number);
	give(p, "m2", again[0]);
	give(p, "m2", parts[count - 1]);
	free_parts(parts, count);
	free_parts(again, count);
}

/* Through the simulated network, which holds what the modem has no room for. */
static void
endless(struct parts *p)
{
	struct text *twenty = add(p, "20 parts", 20 * PER_PART);
	struct text *most = add(p, "255 parts", PARTS_MAX * PER_PART);

	field_sim(&p->rig.field, "sms %s m1 %s", twenty->number, twenty->body);
	field_sim(&p->rig.field, "sms %s m2 %s", most->number, most->body);
}

/* --- not all of it comes, or none of it can be --- */

/* total, seq: what the header says, of a text of one SMS. */
static void
header(struct parts *p, const char *name, uint8_t total, uint8_t seq, bool whole)
{
	const uint8_t narrow[] = { 5, 0, 3, 77, total, seq };
	const uint8_t wide[] = { 6, 8, 4, 77, 77, total, seq };
	uint16_t units[64];

	for (int is_wide = 0; is_wide < 2; is_wide++) {
		struct text *text = add(p, name, 40);
		struct craft craft = craft_from(text->number);

		text->whole = whole;
		for (size_t i = 0; i < strlen(text->body); i++)
			units[i] = (uint16_t)text->body[i];
		craft_units(&craft, units, strlen(text->body));
		if (is_wide)
			craft_header(&craft, wide, sizeof(wide));
		else
			craft_header(&craft, narrow, sizeof(narrow));
		char *hex = craft_hex(&craft);
		give(p, is_wide ? "m1" : "m2", hex);
		free(hex);
	}
}

static void
impossible(struct parts *p)
{
	header(p, "part 0 of 3", 3, 0, true);
	header(p, "part 4 of 3", 3, 4, true);
	header(p, "part 1 of 0", 0, 1, true);
	header(p, "part 0 of 0", 0, 0, true);
	header(p, "part 1 of 1", 1, 1, true);
	header(p, "part 255 of 254", 254, 255, true);
	header(p, "part 1 of 255", 255, 1, false);
	header(p, "part 255 of 255", 255, 255, false);
}

/* The second of four never comes. */
static void
torn(struct parts *p)
{
	struct text *text = add(p, "a part that never comes", LONG);
	char *parts[PARTS_MAX];
	size_t count = cut(text, 12, false, parts);

	text->whole = false;
	give(p, "m1", parts[0]);
	for (size_t i = 2; i < count; i++)
		give(p, "m1", parts[i]);
	memmove(text->body + PER_PART, text->body + 2 * PER_PART,
		strlen(text->body) - 2 * PER_PART + 1);
	free_parts(parts, count);
}

/* --- what became of them --- */

static void
judge(struct parts *p, bool whole)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct text *text = &p->text[i];
		int before = p->rig.bad;

		if (text->whole != whole)
			continue;
		rig_gives(&p->rig, "1",
			"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
			"WHERE m.direction = 'in' AND c.number = '%s' AND m.body = $$%s$$ "
			"AND m.incomplete = %s",
			text->number, text->body, whole ? "false" : "true");
		rig_check(&p->rig, p->rig.bad == before, "%s", text->name);
	}
}

static void
judge_all(struct parts *p)
{
	struct rig *rig = &p->rig;
	char *texts = xformat("%zu", p->count + rig->good);

	rig_gives(rig, texts, "SELECT count(*) FROM message WHERE direction = 'in'");
	rig_gives(rig, texts, "SELECT count(*) FROM report");
	rig_gives(rig, texts,
		"SELECT count(*) FROM message WHERE direction = 'out' "
		"AND state IN ('sent', 'delivered')");
	rig_gives(rig, "0", "SELECT count(*) FROM part WHERE message_id IS NULL");
	rig_gives(rig, "0", "SELECT count(*) FROM tray");
	for (size_t i = 0; i < p->count; i++) {
		free(p->text[i].number);
		free(p->text[i].body);
	}
	free(texts);
}

int
bad_parts(int argc, char **argv)
{
	static struct parts p;
	struct rig *rig = &p.rig;

	(void)argc;
	(void)argv;
	rig_open(rig);
	rig_start(rig);
	any_order(&p);
	interleaved(&p);
	doubled(&p);
	impossible(&p);
	torn(&p);
	endless(&p);
	rig_works(rig, "m1", "parts");
	rig_works(rig, "m2", "parts");
	judge(&p, true);
	rig_gives(rig, "0", "SELECT count(*) FROM message WHERE incomplete");
	rig_clock(rig, "601 seconds");
	judge(&p, false);
	judge_all(&p);
	rig_same_workers(rig);
	printf("%zu long messages\n", p.count);
	return rig_close(rig);
}
