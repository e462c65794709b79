/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's own UTF-8, GSM 03.38 and UCS-2. */
#include "unit.h"

#include "simulator/charset.h"

static void
septets_of(const char *text, uint8_t *out, size_t *n)
{
	size_t len = strlen(text);

	*n = 0;
	for (size_t at = 0; at < len;) {
		uint32_t cp;

		at += utf8_get(text + at, len - at, &cp);
		*n += gsm_from_unicode(cp, out + *n);
	}
}

static const char *
utf8_of_septets(const uint8_t *septets, size_t n)
{
	static char out[512];

	gsm_to_utf8(septets, n, out, sizeof(out));
	return out;
}

TEST(default_alphabet_is_the_standards)
{
	/* 23.038, 6.2.1, row by row. */
	static const char *const rows[] = { "@£$¥èéùìòÇ\nØø\rÅå", "Δ_ΦΓΛΩΠΨΣΘΞ", "ÆæßÉ",
		" !\"#¤%&'()*+,-./", "0123456789:;<=>?", "¡ABCDEFGHIJKLMNO", "PQRSTUVWXYZÄÖÑÜ§",
		"¿abcdefghijklmno", "pqrstuvwxyzäöñüà" };
	static const uint8_t first[] = { 0x00, 0x10, 0x1C, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70 };

	for (size_t r = 0; r < sizeof(first); r++) {
		uint8_t septets[32];
		size_t n;

		septets_of(rows[r], septets, &n);
		for (size_t i = 0; i < n; i++)
			CHECK_INT(septets[i], first[r] + i);
		CHECK_STR(utf8_of_septets(septets, n), rows[r]);
	}
}

TEST(extension_table_is_escaped)
{
	static const uint8_t want[] = { 0x1B, 0x0A, 0x1B, 0x14, 0x1B, 0x28, 0x1B, 0x29, 0x1B, 0x2F,
		0x1B, 0x3C, 0x1B, 0x3D, 0x1B, 0x3E, 0x1B, 0x40, 0x1B, 0x65 };
	uint8_t septets[32];
	size_t n;

	septets_of("\f^{}\\[~]|€", septets, &n);
	CHECK_INT(n, sizeof(want));
	CHECK_MEM(septets, want, sizeof(want));
	CHECK_STR(utf8_of_septets(want, sizeof(want)), "\f^{}\\[~]|€");
}

TEST(characters_outside_the_alphabet_have_no_septet)
{
	uint8_t out[2];

	CHECK_INT(gsm_from_unicode(0xE7, out), 0);    /* small c with cedilla is not in it */
	CHECK_INT(gsm_from_unicode(0x0645, out), 0);  /* Arabic */
	CHECK_INT(gsm_from_unicode(0x1F600, out), 0); /* emoji */
	CHECK_INT(gsm_from_unicode('`', out), 0);
	CHECK_INT(gsm_from_unicode(0xFFFF, out), 0);
}

TEST(broken_escapes_show_as_phones_show_them)
{
	CHECK_STR(utf8_of_septets((const uint8_t[]){ 'a', 0x1B }, 2), "a ");
	CHECK_STR(utf8_of_septets((const uint8_t[]){ 0x1B, 'A' }, 2), "A");
	CHECK_STR(utf8_of_septets((const uint8_t[]){ 0x1B, 0x1B, 'b' }, 3), " b");
}

TEST(packing_is_the_standards)
{
	static const uint8_t want[] = { 0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37 };
	uint8_t packed[9] = { 0 }, septets[10];

	CHECK_INT(gsm_pack((const uint8_t *)"hellohello", 10, 0, packed), 9);
	CHECK_MEM(packed, want, sizeof(want));
	gsm_unpack(want, sizeof(want), 0, septets, 10);
	CHECK_MEM(septets, "hellohello", 10);
}

TEST(packing_begins_at_any_bit)
{
	for (unsigned skip = 0; skip < 7; skip++) {
		for (size_t n = 0; n < 20; n++) {
			uint8_t packed[24] = { 0 }, septets[20];
			size_t octets =
				gsm_pack((const uint8_t *)"ABCDEFGHIJKLMNOPQRST", n, skip, packed);

			CHECK_INT(octets, (skip + 7 * n + 7) / 8);
			gsm_unpack(packed, octets, skip, septets, n);
			CHECK_MEM(septets, "ABCDEFGHIJKLMNOPQRST", n);
		}
	}
}

TEST(unpacking_beyond_the_end_gives_zeros)
{
	uint8_t septets[4] = { 9, 9, 9, 9 };

	gsm_unpack((const uint8_t[]){ 0xFF }, 1, 0, septets, 4);
	CHECK_INT(septets[0], 0x7F);
	CHECK_INT(septets[1], 0x01);
	CHECK_INT(septets[3], 0);
}

TEST(malformed_utf8_is_replaced_octet_by_octet)
{
	/* overlong, surrogate, above U+10FFFF, lone continuation, cut short */
	static const char *const bad[] = { "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
		"\xF4\x90\x80\x80", "\x80", "\xE2\x82", "\xFF" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint32_t cp = 0;

		CHECK_INT(utf8_get(bad[i], strlen(bad[i]), &cp), 1);
		CHECK_INT(cp, UNICODE_REPLACEMENT);
	}
}

TEST(utf8_keeps_every_character)
{
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x900 ? 1 : 61) {
		char octets[4];
		size_t n = utf8_put(cp, octets);
		uint32_t back;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		CHECK_INT(utf8_get(octets, n, &back), n);
		CHECK_INT(back, cp);
	}
}

TEST(ucs2_pairs_surrogates)
{
	uint8_t out[4];
	char text[16];

	CHECK_INT(ucs2_put(0x1F600, out), 4);
	CHECK_MEM(out, "\xD8\x3D\xDE\x00", 4);
	ucs2_to_utf8(out, 4, text, sizeof(text));
	CHECK_STR(text, "😀");
	CHECK_INT(ucs2_put(0x0645, out), 2);
	CHECK_MEM(out, "\x06\x45", 2);
}

TEST(lone_surrogates_are_replaced)
{
	char text[32];

	ucs2_to_utf8((const uint8_t *)"\xD8\x3D\x00\x41", 4, text, sizeof(text));
	CHECK_STR(text,
		"\xEF\xBF\xBD"
		"A");
	ucs2_to_utf8((const uint8_t *)"\x00\x41\xDE\x00\x00", 5, text, sizeof(text));
	CHECK_STR(text, "A\xEF\xBF\xBD");
	ucs2_to_utf8((const uint8_t *)"\xD8\x3D", 2, text, sizeof(text));
	CHECK_STR(text, "\xEF\xBF\xBD");
}

TEST(small_buffers_are_never_overrun)
{
	char text[4];

	CHECK_INT(gsm_to_utf8((const uint8_t *)"abcdef", 6, text, sizeof(text)), 3);
	CHECK_STR(text, "abc");
	CHECK_INT(gsm_to_utf8((const uint8_t[]){ 'a', 0x1B, 0x65 }, 3, text, sizeof(text)), 1);
	CHECK_STR(text, "a");
	CHECK_INT(gsm_to_utf8((const uint8_t *)"a", 1, text, 0), 0);
}

UNIT_MAIN
