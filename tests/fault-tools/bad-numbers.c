/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-numbers: originators that are no person's number, or are written as nobody would.  Only
 * people are answered; everything is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "craft.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

enum { ADDRESS_MAX = 12 };

struct originator {
	const char *name;
	const char *from;             /* as a phone writes it; or */
	uint8_t address[ADDRESS_MAX]; /* TP-OA (3GPP 23.040 9.1.2.5): length, type, value */
	size_t len;
	const char *contact, *kind; /* as whom it is kept */
	bool answered;
};

static const struct originator originators[] = {
	{ .name = "a number without any digit",
		.address = { 0, 0x91 },
		.len = 2,
		.contact = "unknown",
		.kind = "invalid" },
	{ .name = "no number at all",
		.address = { 0, 0x81 },
		.len = 2,
		.contact = "unknown",
		.kind = "invalid" },
	{ .name = "no name at all",
		.address = { 0, 0xd0 },
		.len = 2,
		.contact = "unknown",
		.kind = "invalid" },
	{ .name = "20 digits",
		.from = "+25078801000112345678",
		.contact = "+25078801000112345678",
		.kind = "invalid" },
	{ .name = "20 digits that dial nobody",
		.from = "99999999999999999999",
		.contact = "99999999999999999999",
		.kind = "invalid" },
	{ .name = "one digit", .from = "7", .contact = "7", .kind = "invalid" },
	{ .name = "zeros", .from = "+000000000000", .contact = "+000000000000", .kind = "invalid" },
	{ .name = "fillers instead of digits",
		.address = { 12, 0x91, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		.len = 8,
		.contact = NULL,
		.kind = "invalid" },
	{ .name = "signs instead of digits",
		.address = { 12, 0x91, 0xba, 0xdc, 0xee, 0xba, 0xdc, 0xee },
		.len = 8,
		.contact = NULL,
		.kind = "*" },
	{ .name = "a service's code", .from = "*182*1#", .contact = NULL, .kind = "short" },
	{ .name = "a short code", .from = "5040", .contact = "5040", .kind = "short" },
	{ .name = "an emergency number", .from = "112", .contact = "112", .kind = "short" },
	{ .name = "a name", .from = "MobileMoney", .contact = "MobileMoney", .kind = "alphabetic" },
	{ .name = "a name with accents",
		.from = "\u00c9lectro",
		.contact = "\u00c9lectro",
		.kind = "alphabetic" },
	{ .name = "a name with digits",
		.from = "Info 24h",
		.contact = "Info 24h",
		.kind = "alphabetic" },
	{ .name = "a name of punctuation", .from = "'; --", .contact = "'; --", .kind = "invalid" },
	{ .name = "a name with a line's end",
		.address = { 9, 0xd0, 0x41, 0x05, 0x51, 0x3c, 0x08 },
		.len = 7,
		.contact = NULL,
		.kind = "*" },
	{ .name = "our own number",
		.from = "+250789000001",
		.contact = "+250789000001",
		.kind = "e164" },
	{ .name = "our other number, as dialled at home",
		.from = "0789000002",
		.contact = "+250789000002",
		.kind = "e164" },
	{ .name = "a number as dialled at home",
		.from = "0788010011",
		.contact = "+250788010011",
		.kind = "e164",
		.answered = true },
	{ .name = "a number as dialled abroad",
		.from = "00250788010012",
		.contact = "+250788010012",
		.kind = "e164",
		.answered = true },
	{ .name = "a national number without its zero",
		.address = { 9, 0xa1, 0x87, 0x08, 0x01, 0x10, 0xf3 },
		.len = 7,
		.contact = "+250788010013",
		.kind = "e164",
		.answered = true },
	{ .name = "a foreign number",
		.from = "+12025550123",
		.contact = "+12025550123",
		.kind = "e164",
		.answered = true },
	{ .name = "a number of a reserved type",
		.address = { 12, 0xf9, 0x52, 0x70, 0x88, 0x10, 0x00, 0x41 },
		.len = 8,
		.contact = "+250788010014",
		.kind = "e164",
		.answered = true },
};

enum { COUNT = sizeof(originators) / sizeof(originators[0]) };

/* What each writes: its own words, by which it is found again. */
static void
give(struct rig *rig, size_t i, bool unicode)
{
	const struct originator *o = &originators[i];
	struct craft craft = craft_from(o->from);
	uint16_t units[64];
	char *text = xformat("Fuite d'eau rue KN %zu", 100 + i + (unicode ? COUNT : 0));
	size_t len = strlen(text);

	if (o->len > 0) {
		craft.address = o->address;
		craft.address_len = o->len;
	}
	craft_text(&craft, text);
	for (size_t k = 0; k < len; k++)
		units[k] = (uint16_t)text[k];
	if (unicode)
		craft_units(&craft, units, len);
	craft.udl = unicode ? -1 : craft.udl;
	char *hex = craft_hex(&craft);
	rig_inject(rig, i % 2 ? "m1" : "m2", hex);
	free(hex);
	free(text);
}

static void
judge(struct rig *rig, size_t i, bool unicode)
{
	const struct originator *o = &originators[i];
	char *where = xformat("m.direction = 'in' AND m.body = 'Fuite d''eau rue KN %zu'",
		100 + i + (unicode ? COUNT : 0));
	char *contact, *kind;

	rig_gives(rig, "1", "SELECT count(*) FROM message m WHERE %s", where);
	contact = rig_value(rig,
		"SELECT number FROM contact c JOIN message m "
		"ON m.contact_id = c.id WHERE %s",
		where);
	kind = rig_value(rig,
		"SELECT c.kind FROM contact c JOIN message m "
		"ON m.contact_id = c.id WHERE %s",
		where);
	rig_check(rig, o->contact == NULL || strcmp(contact, o->contact) == 0, "%s is kept as '%s'",
		o->name, contact);
	rig_check(rig, strcmp(o->kind, "*") == 0 || strcmp(kind, o->kind) == 0, "%s is of kind %s",
		o->name, kind);
	rig_gives(rig, o->answered ? "1" : "0",
		"SELECT count(*) FROM message r JOIN message m ON r.reply_to = m.id "
		"WHERE r.state IN ('sent', 'delivered') AND %s",
		where);
	free(kind);
	free(contact);
	free(where);
}

int
bad_numbers(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	rig_start(&rig);
	for (size_t i = 0; i < 2 * COUNT; i++)
		give(&rig, i / 2, i % 2);
	rig_works(&rig, "m1", "absurd originators");
	rig_works(&rig, "m2", "absurd originators");
	for (size_t i = 0; i < 2 * COUNT; i++)
		judge(&rig, i / 2, i % 2);
	rig_gives(&rig, "0", "SELECT count(*) FROM queue");
	rig_gives(&rig, "0",
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'out' AND c.kind <> 'e164'");
	rig_check(&rig,
		rig_replies(&rig, RIG_OWN "01") == 0 && rig_replies(&rig, RIG_OWN "02") == 0,
		"the gateway writes to itself");
	rig_same_workers(&rig);
	printf("%d originators\n", (int)COUNT);
	return rig_close(&rig);
}
