/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-pdus: PDUs as broken SMSCs, modems and people with ill will make them, each stored in a
 * modem, and behind each a good message through the same modem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "craft.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

#define FROM "+250788010001"

enum { FULL_OCTETS = 140, ENDLESS = 10000 };

struct bad {
	struct rig rig;
	unsigned turn;
	long rows;   /* that there must be */
	long broken; /* of them */
};

/* Stores it in a modem, and waits until it is kept: a message of that kind, its raw PDU too. */
static void
give(struct bad *b, const char *name, const char *kind, const char *hex)
{
	struct rig *rig = &b->rig;
	const char *modem = ++b->turn % 2 ? "m1" : "m2";
	bool broken = strcmp(kind, "broken") == 0;

	rig_inject(rig, modem, hex);
	rig_works(rig, modem, name);
	b->rows += 2;
	b->broken += broken;
	char *want = xformat("%ld", b->rows), *rows;
	rig_gives(rig, want, "SELECT count(*) FROM message WHERE direction = 'in'");
	rows = rig_value(rig,
		"SELECT string_agg(kind, ' ') FROM message WHERE direction = 'in' "
		"AND coalesce(body NOT LIKE '%%Aline%%', true) "
		"AND id > (SELECT max(id) - 4 FROM message)");
	rig_check(rig, strstr(rows, kind) != NULL, "%s is kept as '%s', not %s", name, rows, kind);
	free(rows);
	free(want);
	if (!broken)
		return;
	want = xformat("%.1024s", hex);
	rows = rig_value(rig,
		"SELECT encode(octets, 'escape') FROM message "
		"WHERE kind = 'broken' ORDER BY id DESC LIMIT 1");
	rig_check(rig, rows[0] == '\\' || strcmp(rows, want) == 0, "%s is kept as %s, not %s", name,
		rows, want);
	free(rows);
	free(want);
}

static void
give_made(struct bad *b, const char *name, const char *kind, const struct craft *craft)
{
	char *hex = craft_hex(craft);

	give(b, name, kind, hex);
	free(hex);
}

/* --- lines that are no PDU --- */

static void
lines(struct bad *b)
{
	static const struct {
		const char *name, *hex;
	} bad[] = {
		{ "no PDU at all", "-" },
		{ "one digit", "0" },
		{ "an empty SMSC and nothing else", "00" },
		{ "letters", "zzzzzz" },
		{ "half a SMSC", "0791527088" },
		{ "an SMSC of 255 octets", "FF915270880009F9040C91527088000001" },
		{ "an SMSC and nothing else", "07915270880009F9" },
		{ "a kind that is reserved", "0003" },
		{ "half a status report", "0006120C9152708801" },
		{ "octets that are no characters", "\xff\xfe\x80\x81\xc3\x28" },
		{ "words", "Fuite d'eau" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		give(b, bad[i].name, "broken", bad[i].hex);
}

static void
endless(struct bad *b)
{
	static const char signs[] = { '0', 'F', '4', 'z', ',' };
	char *line = xcalloc(1, ENDLESS + 1);

	for (size_t i = 0; i < sizeof(signs); i++) {
		memset(line, signs[i], ENDLESS);
		give(b, "a PDU of 10,000 characters", "broken", line);
	}
	free(line);
	struct craft craft = craft_from(FROM);
	craft_text(&craft, "Fuite d'eau");
	char *hex = craft_hex(&craft);
	line = xcalloc(1, strlen(hex) + 701);
	memset(line, 'A', strlen(hex) + 700);
	memcpy(line, hex, strlen(hex));
	give(b, "a PDU with 700 characters behind it", "broken", line);
	free(line);
	free(hex);
}

/* A good one that ends too early: after every few characters. */
static void
truncated(struct bad *b)
{
	struct craft craft = craft_from(FROM);

	craft_text(&craft, "Fuite d'eau rue KN 5");
	char *hex = craft_hex(&craft);
	for (size_t len = strlen(hex) - 1; len > 4; len -= len > 9 ? 5 : 3) {
		char *cut = xstrndup(hex, len);
		give(b, "a PDU that ends too early", "broken", cut);
		free(cut);
	}
	free(hex);
}

/* --- lengths that are not true --- */

static void
addresses(struct bad *b)
{
	static const uint8_t lengths[] = { 0xff, 0xfe, 0x80, 0x15 };
	uint8_t address[14] = { 0, 0x91, 0x52, 0x70, 0x88, 0x10, 0x00, 0x10, 0x52, 0x70, 0x88, 0x10,
		0x00, 0x10 };

	for (size_t i = 0; i < sizeof(lengths); i++) {
		struct craft craft = craft_from(NULL);
		address[0] = lengths[i];
		craft.address = address;
		craft.address_len = sizeof(address);
		craft_text(&craft, "Fuite d'eau rue KN 5");
		give_made(b, "an originator that is too long", "broken", &craft);
	}
}

static void
user_data(struct bad *b)
{
	static const int lengths[] = { 0xa1, 0xb0, 0xc0, 0xff };
	uint8_t full[FULL_OCTETS];
	struct craft craft = craft_from(FROM);

	memset(full, 0x41, sizeof(full));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		craft.dcs = 0;
		craft_octets(&craft, full, sizeof(full));
		craft.udl = lengths[i];
		give_made(b, "more than 160 septets", "broken", &craft);
		craft.dcs = 0x08;
		give_made(b, "more than 140 octets of UCS-2", "broken", &craft);
		craft.dcs = 0x04;
		give_made(b, "more than 140 octets of data", "broken", &craft);
	}
	craft.dcs = 0;
	craft.udl = 160;
	craft.ud_len = 20;
	give_made(b, "160 septets in 20 octets", "broken", &craft);
	craft.ud_len = 0;
	give_made(b, "160 septets in none", "broken", &craft);
}

static void
headers(struct bad *b)
{
	static const uint8_t lengths[] = { 0xa0, 0xff, 0x8c, 0x8f, 0x7f };
	static const uint8_t codings[] = { 0x00, 0x04, 0x08 };
	uint8_t full[FULL_OCTETS];

	memset(full, 0x41, sizeof(full));
	for (size_t i = 0; i < sizeof(lengths); i++)
		for (size_t k = 0; k < sizeof(codings); k++) {
			struct craft craft = craft_from(FROM);
			bool fits = lengths[i] < FULL_OCTETS;
			full[0] = lengths[i];
			craft_octets(&craft, full, sizeof(full));
			craft.dcs = codings[k];
			craft.udl = codings[k] == 0 ? 160 : FULL_OCTETS;
			craft.first = 0x40;
			give_made(b, "a header longer than what it heads",
				!fits                     ? "broken"
					: codings[k] == 4 ? "8bit"
							  : "text",
				&craft);
		}
	struct craft craft = craft_from(FROM);
	craft.first = 0x40;
	give_made(b, "a header in no user data", "broken", &craft);
	craft_octets(&craft, "\x05\x00\x03\x01", 4);
	craft.dcs = 0x04;
	give_made(b, "half a header", "broken", &craft);
	craft_octets(&craft, "\x05\x00\xff\x01\x02\x01words", 11);
	give_made(b, "an element longer than its header", "8bit", &craft);
	craft_octets(&craft, "\x01\x00words", 7);
	give_made(b, "an element of one octet", "8bit", &craft);
	craft_octets(&craft, "\x00words", 6);
	give_made(b, "an empty header", "8bit", &craft);
}

/* --- what may be, and means nothing here --- */

static void
codings(struct bad *b)
{
	static const uint8_t pids[] = { 0x01, 0x1f, 0x24, 0x3f, 0x41, 0x47, 0x5f, 0x7c, 0x7f, 0xc0,
		0xff };
	static const struct {
		uint8_t dcs;
		const char *kind;
	} codes[] = { { 0x20, "broken" }, { 0x24, "8bit" }, { 0x28, "broken" }, { 0x0c, "8bit" },
		{ 0x2c, "8bit" }, { 0x3c, "8bit" }, { 0x40, "text" }, { 0x80, "8bit" },
		{ 0x9f, "8bit" }, { 0xa5, "8bit" }, { 0xb0, "8bit" }, { 0xf3, "text" },
		{ 0xf4, "8bit" }, { 0xff, "8bit" } };

	for (size_t i = 0; i < sizeof(pids); i++) {
		struct craft craft = craft_from(FROM);
		craft.pid = pids[i];
		craft_text(&craft, "Fuite d'eau rue KN 5");
		give_made(b, "a TP-PID of no use here", "text", &craft);
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct craft craft = craft_from(FROM);
		char *name = xformat("a TP-DCS of %02x", codes[i].dcs);
		craft_octets(&craft, "Fuite d'eau rue KN 5", 20);
		craft.dcs = codes[i].dcs;
		craft.udl =
			strcmp(codes[i].kind, "text") == 0 ? 22 : 20; /* of septets, of octets */
		give_made(b, name, codes[i].kind, &craft);
		free(name);
	}
}

/* The seven octets before TP-UDL, in hexadecimal, made into others. */
static void
stamps(struct bad *b)
{
	static const char *const bad[] = { "FFFFFFFFFFFFFF", "00000000000000", "99319999999999",
		"52131352615280", "ABCDEFABCDEFAB" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct craft craft = craft_from(FROM);
		char *text = xformat("Fuite %zu", i), *hex;
		craft_text(&craft, text);
		hex = craft_hex(&craft);
		memcpy(hex + strlen(hex) - 2 * (craft.ud_len + 1) - 14, bad[i], 14);
		give(b, "a time that never was", "text", hex);
		free(hex);
		free(text);
	}
}

/* A message that somebody saved for sending is his: it is not touched. */
static void
drafts(struct bad *b)
{
	struct rig *rig = &b->rig;

	rig_inject(rig, "m1", "0001000C915270881000100000004161");
	rig_works(rig, "m1", "a draft");
	b->rows++;
	rig_quiet(rig, "m1", 1);
}

int
bad_pdus(int argc, char **argv)
{
	static struct bad b;
	struct rig *rig = &b.rig;

	(void)argc;
	(void)argv;
	rig_open(rig);
	rig_start(rig);
	lines(&b);
	endless(&b);
	truncated(&b);
	addresses(&b);
	user_data(&b);
	headers(&b);
	codings(&b);
	stamps(&b);
	drafts(&b);
	rig_same_workers(rig);
	rig_check(rig, (long)rig_logged(rig, "event=broken-message") == b.broken,
		"%u lines tell of %ld broken messages", rig_logged(rig, "event=broken-message"),
		b.broken);
	rig_check(rig,
		rig_count(rig, "SELECT count(*) FROM tray WHERE kind = 'poison'") == b.broken,
		"the tray has not the %ld broken messages", b.broken);
	printf("%u PDUs, %ld of them broken, %ld messages kept\n", b.turn, b.broken, b.rows);
	return rig_close(rig);
}
