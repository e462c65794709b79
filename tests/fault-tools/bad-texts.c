/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-texts: texts that hold no words, or what is no text: kept as far as they can be, answered
 * like any nonsense; and messages that are none of ours: kept with their kind, and left alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "craft.h"
#include "rig.h"
#include "simulator/charset.h"
#include "tests/scenario-runner/util.h"

enum { UNITS_MAX = 70, SEPTETS = 160, NUMBERS = 100000, EXPECTED_MAX = 64 };

struct expected {
	const char *name;
	const char *kind;  /* that it is kept as */
	const char *body;  /* a text's, as it must be kept; NULL: it is none */
	unsigned answered; /* SMS that its sender gets */
};

struct texts {
	struct rig rig;
	struct expected expected[EXPECTED_MAX];
	size_t count;
};

/* Each expected one has a number of its own. */
static char *
number_of(size_t i)
{
	return xformat("+2507880%05zu", NUMBERS / 2 + i);
}

static void
give(struct texts *t, struct craft *craft, const struct expected *expected)
{
	char *number = number_of(t->count);

	if (t->count == EXPECTED_MAX)
		die("more texts than there is room for");
	craft->from = number;
	char *hex = craft_hex(craft);
	rig_inject(&t->rig, t->count % 2 ? "m2" : "m1", hex);
	t->expected[t->count++] = *expected;
	free(hex);
	free(number);
}

/* --- UCS-2 --- */

static void
give_units(struct texts *t, const char *name, const char *body, const uint16_t *units, size_t count)
{
	struct craft craft = craft_from(NULL);

	craft_units(&craft, units, count);
	give(t, &craft, &(struct expected){ name, "text", body, 1 });
}

static void
give_repeated(
	struct texts *t, const char *name, const char *each, const uint16_t *units, size_t len)
{
	uint16_t all[UNITS_MAX];
	char *body = xcalloc(1, UNITS_MAX * strlen(each) + 1);

	for (size_t i = 0; i + len <= UNITS_MAX; i += len) {
		memcpy(all + i, units, len * sizeof(*units));
		strcat(body, each);
	}
	give_units(t, name, body, all, UNITS_MAX / len * len);
	/* give() borrows its words until the end. */
}

#define UNITS(name_, body_, ...)                                       \
	give_units(t, name_, body_, (const uint16_t[]){ __VA_ARGS__ }, \
		sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t))

static void
surrogates(struct texts *t)
{
	UNITS("a high surrogate alone", "a\uFFFDb", 'a', 0xd83d, 'b');
	UNITS("a low surrogate alone", "a\uFFFDb", 'a', 0xde00, 'b');
	UNITS("surrogates in the wrong order", "\uFFFD\uFFFD", 0xde00, 0xd83d);
	UNITS("a high surrogate at the end", "xyz\uFFFD", 'x', 'y', 'z', 0xd83d);
	UNITS("two high surrogates and a low one", "\uFFFD\U0001F600", 0xd83d, 0xd83d, 0xde00);
	give_repeated(t, "nothing but high surrogates", "\uFFFD", (const uint16_t[]){ 0xdbff }, 1);
	UNITS("characters that are none", "\uFFFE\uFFFF\uFEFFa", 0xfffe, 0xffff, 0xfeff, 'a');
	UNITS("zeros", "a  b", 'a', 0, 0, 'b');
	UNITS("controls", "a b c", 'a', 0x1f, 'b', 0x85, 'c');
	UNITS("a tilde and the unit that Nokia escapes by", "~ a~", '~', 1, 'a', '~');
}

static void
wordless(struct texts *t)
{
	struct craft craft = craft_from(NULL);
	uint8_t septets[SEPTETS];

	give_repeated(t, "only emoji", "\U0001F600", (const uint16_t[]){ 0xd83d, 0xde00 }, 2);
	give_repeated(t, "only spaces that do not break", "\u00a0", (const uint16_t[]){ 0xa0 }, 1);
	give_repeated(t, "only marks of direction", "\u202e", (const uint16_t[]){ 0x202e }, 1);
	give_repeated(t, "only accents", "\u0301", (const uint16_t[]){ 0x301 }, 1);
	give_repeated(t, "the longest letter", "\ufdfa", (const uint16_t[]){ 0xfdfa }, 1);
	craft_text(&craft, "");
	give(t, &craft, &(struct expected){ "nothing", "text", "", 1 });
	craft = craft_from(NULL);
	craft.dcs = 0x08;
	give(t, &craft, &(struct expected){ "nothing in UCS-2", "text", "", 1 });
	craft = craft_from(NULL);
	craft_text(&craft, "      ");
	give(t, &craft, &(struct expected){ "only spaces", "text", "      ", 1 });
	craft_text(&craft, "\n\r\n\r");
	give(t, &craft, &(struct expected){ "only line feeds", "text", "\n \n ", 1 });
	memset(septets, 0, sizeof(septets));
	craft_septets(&craft, septets, sizeof(septets));
	char *body = xcalloc(1, SEPTETS + 1);
	memset(body, '@', SEPTETS);
	give(t, &craft, &(struct expected){ "160 zeros", "text", body, 1 });
	memset(septets, GSM_ESCAPE, sizeof(septets));
	craft_septets(&craft, septets, 5);
	give(t, &craft, &(struct expected){ "nothing but escapes", "text", NULL, 1 });
	craft_octets(&craft, "\x00\x61\x00", 3);
	craft.dcs = 0x08;
	craft.udl = 3;
	give(t, &craft, &(struct expected){ "half a unit", "text", NULL, 1 });
}

/* --- no texts --- */

static void
give_data(struct texts *t, const char *name, const char *kind, uint8_t pid, uint8_t dcs,
	const void *header, size_t len)
{
	struct craft craft = craft_from(NULL);

	if (dcs == 0x04 || dcs == 0xe0 || dcs == 0xf5)
		craft_octets(&craft, "\x00\xff\x01\x80\x7f", 5);
	else
		craft_text(&craft, "Fuite d'eau rue KN 5");
	craft.pid = pid;
	craft.dcs = dcs;
	if (len > 0) { /* the text stays as it is: what it says does not matter */
		craft_header(&craft, header, len);
		craft.udl = (int)(dcs == 0x04 || dcs == 0xf5 ? craft.ud_len : craft.ud_len * 8 / 7);
	}
	give(t, &craft, &(struct expected){ name, kind, NULL, 0 });
}

static void
kinds(struct texts *t)
{
	give_data(t, "data", "8bit", 0, 0x04, NULL, 0);
	give_data(t, "data of class 1", "8bit", 0, 0xf5, NULL, 0);
	give_data(t, "a silent message", "type0", 0x40, 0x00, NULL, 0);
	give_data(t, "a silent message of data", "type0", 0x40, 0x04, NULL, 0);
	give_data(t, "voicemail waits, discard", "mwi", 0, 0xc8, NULL, 0);
	give_data(t, "voicemail waits, store", "mwi", 0, 0xd0, NULL, 0);
	give_data(t, "voicemail waits, UCS-2", "mwi", 0, 0xe0, NULL, 0);
	give_data(t, "voicemail waits, by its header", "mwi", 0, 0x00, "\x04\x01\x02\x80\x03", 5);
	give_data(t, "a port of 8 bits", "port", 0, 0x04, "\x04\x04\x02\xf0\xf1", 5);
	give_data(t, "a port of 16 bits", "port", 0, 0x04, "\x06\x05\x04\x0b\x84\x23\xf0", 7);
	give_data(t, "a text for a port", "port", 0, 0x00, "\x06\x05\x04\x15\x81\x00\x00", 7);
	give_data(t, "a part for a port", "port", 0, 0xf5,
		"\x0b\x00\x03\x07\x02\x01\x05\x04\x0b\x84\x23\xf0", 12);
}

/* --- what became of them --- */

static void
judge_one(struct rig *rig, size_t i, const struct expected *e)
{
	char *number = number_of(i), *kind, *body, *quoted;

	rig_gives(rig, "1",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '%s'",
		number);
	kind = rig_value(rig,
		"SELECT m.kind FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '%s'",
		number);
	rig_check(rig, strcmp(kind, e->kind) == 0, "%s is kept as %s, not %s", e->name, kind,
		e->kind);
	body = rig_value(rig,
		"SELECT m.body FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '%s'",
		number);
	quoted = one_line(body, 400);
	rig_check(rig, e->body == NULL || strcmp(body, e->body) == 0, "%s is kept as '%s'", e->name,
		quoted);
	rig_gives(rig, e->answered ? "1" : "0",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'out' AND m.state IN ('sent', 'delivered') AND c.number = '%s'",
		number);
	rig_check(rig, rig_replies(rig, number) == (long)e->answered, "%s gets %ld answers",
		e->name, rig_replies(rig, number));
	free(quoted);
	free(body);
	free(kind);
	free(number);
}

int
bad_texts(int argc, char **argv)
{
	static struct texts t;
	struct rig *rig = &t.rig;

	(void)argc;
	(void)argv;
	rig_open(rig);
	rig_start(rig);
	surrogates(&t);
	rig_works(rig, "m1", "broken UTF-16");
	wordless(&t);
	rig_works(rig, "m2", "texts without words");
	kinds(&t);
	rig_works(rig, "m1", "messages that are no texts");
	rig_works(rig, "m2", "messages that are no texts");
	for (size_t i = 0; i < t.count; i++)
		judge_one(rig, i, &t.expected[i]);
	rig_gives(rig, "0",
		"SELECT count(*) FROM message WHERE kind IN ('8bit', 'port') "
		"AND octets IS NULL");
	rig_gives(rig, "0", "SELECT count(*) FROM part");
	rig_gives(rig, "0", "SELECT count(*) FROM tray WHERE kind = 'poison'");
	rig_same_workers(rig);
	printf("%zu messages\n", t.count);
	return rig_close(rig);
}
