/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: UTF-8, GSM 7-bit, segments, folding, transliterating.
 *
 * The oracles are independent: libunistring for UTF-8 and Unicode's properties, the alphabet of
 * 3GPP 23.038 written out, and for segments a count of the fewest by dynamic programming.
 */
#include "unit.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "text.h"

enum { LAST_CODE_POINT = 0x10ffff };

static unsigned long long random_state = 88172645463325252ULL;

static unsigned
random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % limit;
}

static bool
is_surrogate(uint32_t cp)
{
	return cp >= 0xd800 && cp <= 0xdfff;
}

/* A code point as a NUL-terminated string; four strings in turn. */
static const char *
utf8(uint32_t cp)
{
	static char strings[4][8];
	static unsigned turn;
	char *out = strings[turn++ % 4];
	int len = u8_uctomb((uint8_t *)out, cp, 6);

	out[len > 0 ? len : 0] = '\0';
	return out;
}

/* Folded; two strings in turn. */
static const char *
fold(const char *s)
{
	static char strings[2][8192];
	static unsigned turn;
	char *out = strings[turn++ % 2];
	int len = text_fold(out, sizeof(strings[0]), s);

	REQUIRE(len >= 0 && (size_t)len == strlen(out));
	return out;
}

static const char *
transliterated(const char *s)
{
	static char out[8192];

	REQUIRE(text_transliterate(out, sizeof(out), s) == (int)strlen(out));
	return out;
}

/* --- UTF-8 -------------------------------------------------------------------------------------
 */

TEST(utf8_every_code_point_goes_there_and_back)
{
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		char bytes[5] = "";
		const char *s = bytes;
		size_t len = text_put(bytes, cp);

		if (is_surrogate(cp)) {
			REQUIRE(len == 0);
			continue;
		}
		REQUIRE(strcmp(bytes, utf8(cp)) == 0 && len == strlen(bytes));
		REQUIRE(text_utf8_valid(bytes, len));
		REQUIRE(text_next(&s) == cp && s == bytes + len);
	}
	CHECK_INT(text_put((char[4]){ 0 }, 0x110000), 0);
	CHECK_INT(text_put((char[4]){ 0 }, 0xffffffff), 0);
}

/* Every string of up to three bytes out of those where the rules turn, and four of their kind. */
TEST(utf8_valid_agrees_with_libunistring)
{
	static const unsigned char turns[] = { 0x01, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
		0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
		0xf5, 0xf8, 0xff };
	enum { TURNS = sizeof(turns) };

	for (unsigned i = 0; i < TURNS * TURNS * TURNS * TURNS; i++) {
		uint8_t s[4] = { turns[i % TURNS], turns[i / TURNS % TURNS],
			turns[i / (TURNS * TURNS) % TURNS], turns[i / (TURNS * TURNS * TURNS)] };

		for (size_t len = 0; len <= 4; len++)
			REQUIRE(text_utf8_valid((char *)s, len) == (u8_check(s, len) == NULL));
	}
	CHECK(!text_utf8_valid("a\0b", 3));
}

TEST(utf8_next_of_garbage_is_replacement_and_stops_at_the_end)
{
	static const char *const garbage[] = { "\xff", "\x80", "\xe2\x82", "\xf0\x9f\x98", "\xc3" };

	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		const char *s = garbage[i];

		CHECK_INT(text_next(&s), 0xfffd);
		CHECK(s > garbage[i] && s <= garbage[i] + strlen(garbage[i]));
		while (*s != '\0')
			text_next(&s);
		CHECK_INT(text_next(&s), 0);
		CHECK(s == garbage[i] + strlen(garbage[i]));
	}
}

static void
check_clean(const char *in, size_t len, const char *want)
{
	char out[100];

	CHECK_INT(text_utf8_clean(out, sizeof(out), in, len), strlen(want));
	CHECK_STR(out, want);
}

TEST(utf8_clean_repairs)
{
	check_clean("ok \u00e9\n", 6, "ok \u00e9\n");
	check_clean("a\0b\tc\rd\x1b\x7f", 9, "a b c d  ");
	check_clean("\xc2\x85", 2, " ");
	check_clean("\xff\xfe", 2, "\ufffd\ufffd");
	check_clean("a\xe2\x82", 3, "a\ufffd");
	check_clean("\xe2\x82\x41", 3, "\ufffdA");
	check_clean("\xed\xa0\x80", 3, "\ufffd\ufffd\ufffd");
	check_clean("\xf0\x9f\x98\x80", 4, "\U0001f600");
	check_clean("", 0, "");
}

TEST(utf8_clean_is_valid_bounded_and_cut_at_a_character)
{
	for (int round = 0; round < 20000; round++) {
		char in[64], out[256], whole[256];
		size_t len = random_below(sizeof(in)), size = random_below(sizeof(in)), got, all;

		for (size_t i = 0; i < len; i++)
			in[i] = (char)(random_below(3) == 0 ? random_below(256)
							    : 0x80 + random_below(128));
		memset(out, 'x', sizeof(out));
		got = text_utf8_clean(out, size, in, len);
		all = text_utf8_clean(whole, sizeof(whole), in, len);
		REQUIRE(u8_check((uint8_t *)whole, all) == NULL && strlen(whole) == all);
		if (size == 0) {
			REQUIRE(got == 0 && out[0] == 'x');
			continue;
		}
		REQUIRE(got < size && out[got] == '\0' && out[got + 1] == 'x');
		REQUIRE(u8_check((uint8_t *)out, got) == NULL && memcmp(out, whole, got) == 0);
		REQUIRE(got == all || got + 4 >= size);
	}
}

/* --- GSM 7-bit ---------------------------------------------------------------------------------
 */

/* 3GPP 23.038 6.2.1 and 6.2.1.1, in the standard's order; escape and page break apart. */
static const char basic[] =
	"@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5"
	"\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9"
	" !\"#\u00a4%&'()*+,-./0123456789:;<=>?\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"\u00c4\u00d6\u00d1\u00dc\u00a7\u00bf"
	"abcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0";
static const char extension[] = "\f^{}\\[~]|\u20ac";

TEST(gsm7_is_the_standards_alphabet)
{
	CHECK_INT(u8_mbsnlen((const uint8_t *)basic, strlen(basic)), 127);
	CHECK_INT(text_gsm7_septets(basic), 127);
	CHECK_INT(text_gsm7_septets(extension), 20);
	CHECK_INT(text_gsm7_septets(""), 0);
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		const char *s = utf8(cp);
		int want = -1;

		if (is_surrogate(cp))
			continue;
		if (strstr(basic, s) != NULL)
			want = 1;
		else if (strstr(extension, s) != NULL)
			want = 2;
		REQUIRE(text_gsm7_septets(s) == want);
		REQUIRE(text_fits_gsm7(s) == (want > 0));
		REQUIRE(text_utf16_units(s) == (cp > 0xffff ? 2 : 1));
	}
}

/* --- Segments ----------------------------------------------------------------------------------
 */

static char *
repeat(const char *unit, size_t count)
{
	static char out[20000];
	size_t len = strlen(unit);

	REQUIRE(len * count < sizeof(out));
	for (size_t i = 0; i < count; i++)
		memcpy(out + i * len, unit, len);
	out[len * count] = '\0';
	return out;
}

struct count_case {
	const char *unit;
	size_t times;
	int want; /* segments, -1: refused */
	enum text_coding coding;
};

TEST(segment_counts_at_the_limits)
{
	static const struct count_case cases[] = {
		{ "a", 1, 1, TEXT_GSM7 },
		{ "a", 160, 1, TEXT_GSM7 },
		{ "a", 161, 2, TEXT_GSM7 },
		{ "a", 306, 2, TEXT_GSM7 },
		{ "a", 307, 3, TEXT_GSM7 },
		{ "a", 3060, 20, TEXT_GSM7 },
		{ "a", 3061, -1, TEXT_GSM7 },
		{ "\u20ac", 80, 1, TEXT_GSM7 },
		{ "\u20ac", 81, 2, TEXT_GSM7 },
		{ "\u20ac", 152, 2, TEXT_GSM7 }, /* 76 pairs and one septet lost in each */
		{ "\u20ac", 153, 3, TEXT_GSM7 },
		{ "\u20ac", 1520, 20, TEXT_GSM7 },
		{ "\u20ac", 1521, -1, TEXT_GSM7 },
		{ "\u0633", 70, 1, TEXT_UCS2 },
		{ "\u0633", 71, 2, TEXT_UCS2 },
		{ "\u0633", 134, 2, TEXT_UCS2 },
		{ "\u0633", 135, 3, TEXT_UCS2 },
		{ "\u0633", 1340, 20, TEXT_UCS2 },
		{ "\u0633", 1341, -1, TEXT_UCS2 },
		{ "\U0001f600", 35, 1, TEXT_UCS2 },
		{ "\U0001f600", 36, 2, TEXT_UCS2 },
		{ "\U0001f600", 66, 2, TEXT_UCS2 }, /* 33 pairs and one unit lost in each */
		{ "\U0001f600", 67, 3, TEXT_UCS2 },
		{ "\U0001f600", 661, -1, TEXT_UCS2 },
		{ "a", 0, -1, TEXT_GSM7 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = repeat(cases[i].unit, cases[i].times);
		enum text_coding coding = (enum text_coding)9;

		CHECK_INT(text_count_segments(text, &coding), cases[i].want);
		CHECK_INT(text_count_segments(text, NULL), cases[i].want);
		CHECK_INT(coding, cases[i].want == -1 ? (enum text_coding)9 : cases[i].coding);
	}
}

TEST(segment_of_a_longer_header_is_shorter)
{
	static struct text_segments s;

	CHECK_INT(text_segment(repeat("a", 305), 7, &s), 0);
	CHECK_INT(s.count, 3);
	CHECK_INT(s.segment[0].units, 152);
	CHECK_INT(s.segment[2].units, 1);
	CHECK_INT(text_segment(repeat("\u0633", 134), 7, &s), 0);
	CHECK_INT(s.count, 3);
	CHECK_INT(s.segment[0].units, 66);
	CHECK_INT(text_segment(repeat("a", 160), 7, &s), 0);
	CHECK_INT(s.count, 1);
}

TEST(segment_refuses_and_leaves_out_alone)
{
	static struct text_segments s, before;

	memset(&s, 0x5a, sizeof(s));
	memset(&before, 0x5a, sizeof(before));
	CHECK_INT(text_segment("", 6, &s), -1);
	CHECK_INT(text_segment("caf\xe9", 6, &s), -1);
	CHECK_INT(text_segment("\xed\xa0\x80", 6, &s), -1);
	CHECK_INT(text_segment(repeat("a", 3061), 6, &s), -1);
	CHECK_INT(text_segment(repeat("a", 19999), 6, &s), -1);
	CHECK_INT(text_segment("a", 71, &s), -1);
	CHECK_INT(text_segment("a", (size_t)-1, &s), -1);
	CHECK(memcmp(&s, &before, sizeof(s)) == 0);
}

static size_t
unit_width(uint32_t cp, enum text_coding coding)
{
	if (coding == TEXT_UCS2)
		return cp > 0xffff ? 2 : 1;
	return strstr(extension, utf8(cp)) != NULL ? 2 : 1;
}

/* The fewest segments of at most limit each, by trying every last segment of every beginning. */
static size_t
fewest(const uint32_t *text, size_t count, enum text_coding coding, size_t limit)
{
	static size_t best[4096];

	REQUIRE(count < sizeof(best) / sizeof(best[0]));
	best[0] = 0;
	for (size_t end = 1; end <= count; end++) {
		size_t used = 0;

		best[end] = count + 1;
		for (size_t start = end; start > 0; start--) {
			used += unit_width(text[start - 1], coding);
			if (used > limit)
				break;
			if (best[start - 1] + 1 < best[end])
				best[end] = best[start - 1] + 1;
		}
	}
	return best[count];
}

/* Check one result against its text: order, nothing lost, limits, whole pairs, the fewest. */
static void
check_segments(const uint32_t *text, size_t count, size_t udh_octets)
{
	static struct text_segments s;
	static char bytes[4096 * 4];
	static uint16_t joined[TEXT_SEGMENTS_MAX * TEXT_SEGMENT_UNITS_MAX];
	size_t len = 0, units = 0, limit, want;
	enum text_coding coding;
	uint16_t *utf16;

	for (size_t i = 0; i < count; i++)
		len += (size_t)u8_uctomb((uint8_t *)bytes + len, text[i], 6);
	bytes[len] = '\0';
	coding = text_fits_gsm7(bytes) ? TEXT_GSM7 : TEXT_UCS2;
	limit = coding == TEXT_GSM7 ? 160 : 70;
	want = fewest(text, count, coding, limit);
	if (want > 1) {
		limit = coding == TEXT_GSM7 ? (udh_octets == 6 ? 153 : 152)
					    : (udh_octets == 6 ? 67 : 66);
		want = fewest(text, count, coding, limit);
	}
	if (text_segment(bytes, udh_octets, &s) == -1) {
		REQUIRE(want > TEXT_SEGMENTS_MAX || count == 0);
		return;
	}
	REQUIRE(s.coding == coding && s.count == want);
	if (udh_octets == 6)
		REQUIRE(text_count_segments(bytes, NULL) == (int)want);
	for (size_t i = 0; i < s.count; i++) {
		const struct text_segment *segment = &s.segment[i];
		size_t used = 0;

		REQUIRE(segment->units > 0 && segment->units <= TEXT_SEGMENT_UNITS_MAX);
		for (size_t k = 0; k < segment->units; k++)
			used += coding == TEXT_UCS2 ? 1 : unit_width(segment->text[k], coding);
		REQUIRE(used <= limit);
		REQUIRE((segment->text[0] & 0xfc00) != 0xdc00);
		memcpy(joined + units, segment->text, segment->units * sizeof(joined[0]));
		units += segment->units;
	}
	utf16 = u8_to_u16((uint8_t *)bytes, len, NULL, &len);
	REQUIRE(utf16 != NULL);
	REQUIRE(len == units && memcmp(utf16, joined, units * sizeof(joined[0])) == 0);
	free(utf16);
}

TEST(segment_join_is_the_text_and_none_is_wasted)
{
	static const uint32_t gsm[] = { 'a', 'e', ' ', 0xe9, 0x20ac, '{', '\n', 0x394, '1' };
	static const uint32_t arabic[] = { 0x633, 0x64e, ' ', 0x627, 0x660, '1', 0x651 };
	static const uint32_t emoji[] = { 0x1f600, 0x200d, 0x1f468, 0xfe0f, 0x1f1f7, 0x1f1fc,
		0x1f3fd, 'e', 0x301, 'x', 0x20ac };
	static const struct {
		const uint32_t *from;
		unsigned count;
	} alphabets[] = { { gsm, 9 }, { gsm, 6 }, { arabic, 7 }, { emoji, 11 }, { emoji, 3 } };
	static uint32_t text[4096];

	for (int round = 0; round < 3000; round++) {
		unsigned which = (unsigned)round % 5;
		size_t count = random_below(round % 3 == 0 ? 3200 : 330);

		for (size_t i = 0; i < count; i++)
			text[i] = alphabets[which].from[random_below(alphabets[which].count)];
		check_segments(text, count, 6 + (size_t)round / 5 % 2);
	}
}

/* One wide character at each place of a text around each limit. */
TEST(segment_splits_no_pair_wherever_it_stands)
{
	static const uint32_t wide[] = { 0x20ac, 0x1f600 }, narrow[] = { 'a', 0x633 };
	static const size_t counts[] = { 68, 69, 70, 71, 132, 133, 134, 159, 160, 161, 304, 305,
		306 };
	static uint32_t text[512];

	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			size_t count = counts[c];

			for (size_t at = 0; at < count; at++) {
				for (size_t i = 0; i < count; i++)
					text[i] = narrow[kind];
				text[at] = wide[kind];
				check_segments(text, count, 6);
				check_segments(text, count, 7);
			}
		}
	}
}

/* Where the first segment ends, in units, for 64 letters, a cluster, and letters to the total. */
static size_t
first_units(const char *cluster, size_t before, size_t after)
{
	static struct text_segments s;
	char text[2000] = "";

	for (size_t i = 0; i < before; i++)
		strcat(text, "\u0633");
	strcat(text, cluster);
	for (size_t i = 0; i < after; i++)
		strcat(text, "\u0633");
	REQUIRE(text_segment(text, 6, &s) == 0);
	return s.segment[0].units;
}

TEST(segment_keeps_a_cluster_whole_when_it_costs_nothing)
{
	CHECK_INT(first_units("e\u0301", 66, 20), 66);
	CHECK_INT(first_units("e\u0301", 65, 20), 67);
	CHECK_INT(first_units("\U0001f468\u200d\U0001f527", 64, 20), 64);
	CHECK_INT(first_units("\U0001f468\u200d\U0001f527", 63, 20), 63);
	CHECK_INT(first_units("\U0001f468\u200d\U0001f527", 62, 20), 67);
	CHECK_INT(first_units("\U0001f1f7\U0001f1fc", 64, 20), 64);
	CHECK_INT(first_units("\U0001f1f7\U0001f1fc\U0001f1f7\U0001f1fc", 62, 20), 66);
	CHECK_INT(first_units("\U0001f44d\U0001f3fd", 64, 20), 64);
	CHECK_INT(first_units("\u0628\u064e\u0651", 65, 20), 65);
}

TEST(segment_cuts_a_cluster_rather_than_pay_for_one_more)
{
	/* 67 and 67 are full: to leave two units free would need a third. */
	CHECK_INT(first_units("e\u0301", 66, 66), 67);
	CHECK_INT(first_units("e\u0301", 66, 65), 66);
	CHECK_INT(first_units("\U0001f468\u200d\U0001f527", 64, 65), 67);
	/* A cluster longer than a segment is cut where it must be. */
	CHECK_INT(first_units(repeat("\u0301", 100), 1, 10), 67);
}

/* --- Folding -----------------------------------------------------------------------------------
 */

static void
check_fold(const char *in, const char *want)
{
	CHECK_STR(fold(in), want);
}

TEST(fold_texts_as_people_write_them)
{
	check_fold("BAC N\u00b0147 Plein!!", "bac no 147 plein");
	check_fold("bac n\u00ba 147", "bac no 147");
	check_fold("bac \u2116147", "bac no 147");
	check_fold("30\u00b0C, 2\u00ba andar; bon\u00b0", "30 c 2 andar bon");
	check_fold("Fuite d\u2019eau  rue KN 5.", "fuite d eau rue kn 5");
	check_fold("fuite d'eau RUE kn-5", "fuite d eau rue kn 5");
	check_fold("L'\u0152uf co\u00fbte tr\u00e8s cher \u2014 \u00e7a va?",
		"l oeuf coute tres cher ca va");
	check_fold("S\u00e3o Jo\u00e3o, \u00c1gua n\u00e3o h\u00e1!", "sao joao agua nao ha");
	check_fold("Stra\u00dfe \u00c6ble \u00d8re \u0141\u00f3d\u017a", "strasse aeble ore lodz");
	check_fold("n3ayet l 3ndkom 7it l9it", "n3ayet l 3ndkom 7it l9it");
	check_fold("Amazi ntiyaje ku Gisozi,n'ejo", "amazi ntiyaje ku gisozi n ejo");
	check_fold("\u0181ala \u0257an \u01b4ar \u0199asa", "bala dan yar kasa");
	check_fold("\u0190 \u025b \u0186 \u0254 \u014a \u014b \u019d \u0272", "e e o o n n n n");
	check_fold("\u1eb9\u0300k\u1ecd\u0301", "eko");
	check_fold("\uff22\uff21\uff23\u3000\uff11\uff12", "bac 12");
	check_fold("m\u00b2 x\u2082", "m2 x2");
	check_fold("2\u00bd", "2 1 2");
	check_fold("\ufb01che", "fiche");
}

TEST(fold_arabic)
{
	check_fold(
		"\u0627\u0644\u062d\u064e\u0627\u0648\u0650\u064a\u064e\u0629 \u0661\u0664\u0667",
		"\u0627\u0644\u062d\u0627\u0648\u064a\u0647 147");
	check_fold("\u0623\u0625\u0622\u0671\u0627", "\u0627\u0627\u0627\u0627\u0627");
	check_fold("\u0639\u0644\u0649", "\u0639\u0644\u064a");
	check_fold("\u0645\u0624\u0645\u0646 \u0645\u0627\u0626",
		"\u0645\u0648\u0645\u0646 \u0645\u0627\u064a");
	check_fold("\u0645\u0627\u0621", "\u0645\u0627\u0621");
	check_fold("\u0645\u0640\u0640\u0640\u0627\u0621\u060c \u0637\u0631\u064a\u0642\u061f",
		"\u0645\u0627\u0621 \u0637\u0631\u064a\u0642");
	check_fold("\u06f1\u06f2\u06f3\u066b\u06f5", "123 5");
	check_fold("\ufefb \ufe8d\ufedf\ufe92\ufe8e\ufe8f",
		"\u0644\u0627 \u0627\u0644\u0628\u0627\u0628");
	check_fold("\u200f\u0645\u0627\u0621\u200e", "\u0645\u0627\u0621");
	check_fold("\u06a9\u06cc", "\u0643\u064a");
}

TEST(fold_emoji_and_signs_are_gaps)
{
	check_fold("\U0001f600\U0001f6ae bac\U0001f44d\U0001f3fdplein\u2764\ufe0f", "bac plein");
	check_fold("3\ufe0f\u20e3", "3");
	check_fold("\u2460 \u24b7\u24d0 \u2776", "1 ba 1");
	check_fold("a+b=c @d #e $5 50% x_y", "a b c d e 5 50 x y");
	check_fold("so\u00adft zero\u200bwidth jo\u200dined", "soft zero width joined");
	check_fold("\U0001d401\U0001d41a\U0001d41c \U0001d7cf\U0001d7d2", "bac 14");
	check_fold("\xff\xfe bad \xe2\x82 utf8", "bad utf8");
}

TEST(fold_of_nothing_is_nothing)
{
	check_fold("", "");
	check_fold("   \n\t ", "");
	check_fold("!?.,;", "");
	check_fold("\U0001f600", "");
	check_fold("\u00b0", "");
}

TEST(fold_other_scripts_stay)
{
	check_fold("\u12cd\u1203\u1361\u12e8\u1208\u121d\u1362", "\u12cd\u1203 \u12e8\u1208\u121d");
	check_fold("\u2d30\u2d4e\u2d30\u2d4f", "\u2d30\u2d4e\u2d30\u2d4f");
	check_fold("\u6c34 123", "\u6c34 123");
	check_fold("\u07c1\u07c2", "12");
	check_fold("\U0001e900\U0001e923", "\U0001e922\U0001e923");
	check_fold("\u0412\u041e\u0414\u0410 \u0419", "\u0432\u043e\u0434\u0430 \u0438");
	check_fold("\u039d\u0395\u03a1\u039f\u0301", "\u03bd\u03b5\u03c1\u03bf");
}

static bool
is_a(uint32_t cp, uint32_t categories)
{
	return uc_is_general_category_withtable(cp, categories);
}

/* The parts of Unicode for which folding promises to be complete. */
static bool
is_covered(uint32_t cp)
{
	return cp < 0x370 || (cp >= 0x384 && cp < 0x3cf) || (cp >= 0x400 && cp < 0x460) ||
		(cp >= 0x600 && cp < 0x700) || (cp >= 0x7c0 && cp < 0x800) ||
		(cp >= 0x1200 && cp < 0x1380) || (cp >= 0x1ab0 && cp < 0x1b00) ||
		(cp >= 0x1dc0 && cp < 0x1f00) || (cp >= 0x2000 && cp < 0x2c00) ||
		(cp >= 0x2e00 && cp < 0x3000) || (cp >= 0xfe70 && cp < 0x10000) ||
		(cp >= 0x1e900 && cp < 0x1e960) || (cp >= 0x1f000 && cp < 0x1fb00);
}

/* Letters that are signs to whoever types them, and signs that hold letters or digits. */
static bool
is_exception(uint32_t cp)
{
	return (cp >= 0x2b9 && cp <= 0x2ff) || cp == 0x37a || /* modifiers as apostrophes */
		cp == 0xaa || cp == 0xba || cp == 0xb0 ||     /* ordinals */
		cp == 0x640 || cp == 0x6e5 || cp == 0x6e6 ||  /* tatweel, small Koranic letters */
		(cp >= 0x2100 && cp <= 0x214f) ||             /* letter-like signs */
		(cp >= 0x2150 && cp <= 0x215f) || cp == 0x2189 ||                   /* fractions */
		(cp >= 0x2460 && cp <= 0x24ff) || (cp >= 0x2776 && cp <= 0x2793) || /* circled */
		(cp >= 0x2090 && cp <= 0x209c) || (cp >= 0xff66 && cp <= 0xffdc) ||
		(cp >= 0x1f100 && cp <= 0x1f10c) || (cp >= 0xfe70 && cp <= 0xfe7f) || cp == 0x2e2f;
}

TEST(fold_keeps_every_letter_and_digit_and_no_sign)
{
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		bool kept;

		if (is_surrogate(cp) || !is_covered(cp) || is_exception(cp))
			continue;
		kept = fold(utf8(cp))[0] != '\0';
		if (is_a(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N)) {
			if (!kept)
				printf("  U+%04X is lost\n", (unsigned)cp);
			REQUIRE(kept);
		} else if (!is_a(cp, UC_CATEGORY_MASK_Cn)) {
			if (kept)
				printf("  U+%04X is kept\n", (unsigned)cp);
			REQUIRE(!kept);
		}
	}
}

/* A sign parts words, a mark does not. */
TEST(fold_signs_part_words_and_marks_do_not)
{
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		bool parts;
		char text[16];

		if (is_surrogate(cp) || !is_covered(cp) || is_exception(cp) ||
			is_a(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N) ||
			is_a(cp, UC_CATEGORY_MASK_Cn) || cp == 0xfffd)
			continue;
		snprintf(text, sizeof(text), "a%sb", utf8(cp));
		parts = strcmp(fold(text), "a b") == 0;
		REQUIRE(parts || strcmp(fold(text), "ab") == 0 ||
			!(printf("  U+%04X\n", (unsigned)cp)));
		if (is_a(cp, UC_CATEGORY_MASK_M))
			REQUIRE(!parts);
		else if (is_a(cp, UC_CATEGORY_MASK_P | UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_Cc))
			REQUIRE(parts);
	}
}

static const char *
normal_form(uninorm_t form, const char *s)
{
	static char out[256];
	size_t len = sizeof(out) - 1;

	REQUIRE(u8_normalize(form, (const uint8_t *)s, strlen(s), (uint8_t *)out, &len) ==
		(uint8_t *)out);
	out[len] = '\0';
	return out;
}

TEST(fold_is_the_same_composed_and_decomposed)
{
	for (uint32_t cp = 1; cp < 0x10000; cp++) {
		if (is_surrogate(cp) || !is_covered(cp))
			continue;
		REQUIRE(strcmp(fold(utf8(cp)), fold(normal_form(UNINORM_NFD, utf8(cp)))) == 0 ||
			!(printf("  U+%04X\n", (unsigned)cp)));
	}
}

/* Latin letters that Unicode takes apart: the base letter is what remains. */
TEST(fold_takes_every_accent_that_unicode_does)
{
	for (uint32_t cp = 0xc0; cp < 0x1f00; cp++) {
		const char *apart;
		char want[2] = "";

		if (cp == 0x250)
			cp = 0x1e00;
		apart = normal_form(UNINORM_NFD, utf8(cp));
		if ((unsigned char)apart[0] >= 0x80 || apart[1] == '\0')
			continue;
		want[0] = (char)(apart[0] | 0x20);
		REQUIRE(strcmp(fold(utf8(cp)), want) == 0);
	}
}

/* Every pair of cases but the few beyond U+0180 that have no plain letter, and so stay. */
TEST(fold_knows_no_case)
{
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		uint32_t lower = uc_tolower(cp);

		if (is_surrogate(cp) || !is_covered(cp) || !is_covered(lower) || lower == cp)
			continue;
		if (((cp >= 0x180 && cp < 0x250) || cp == 0x1efa) &&
			strcmp(fold(utf8(cp)), utf8(cp)) == 0)
			continue;
		REQUIRE(strcmp(fold(utf8(cp)), fold(utf8(lower))) == 0 ||
			!(printf("  U+%04X\n", (unsigned)cp)));
	}
}

TEST(fold_presentation_forms_are_their_letters)
{
	for (uint32_t cp = 0xfe80; cp <= 0xfefc; cp++)
		REQUIRE(strcmp(fold(utf8(cp)), fold(normal_form(UNINORM_NFKC, utf8(cp)))) == 0);
	for (uint32_t cp = 0xff01; cp <= 0xff5e; cp++)
		REQUIRE(strcmp(fold(utf8(cp)), fold(normal_form(UNINORM_NFKC, utf8(cp)))) == 0);
}

TEST(fold_is_bounded_and_settled_for_every_character)
{
	for (uint32_t cp = 1; cp <= LAST_CODE_POINT; cp++) {
		const char *once;

		if (is_surrogate(cp))
			continue;
		once = fold(utf8(cp));
		REQUIRE(strlen(once) <= 3 * strlen(utf8(cp)));
		REQUIRE(strcmp(fold(once), once) == 0 || !(printf("  U+%04X\n", (unsigned)cp)));
	}
}

static size_t
random_text(char *out, size_t count)
{
	static const uint32_t some[] = { 'a', 'N', 'n', ' ', '.', '\'', '5', 0xb0, 0xba, 0xe9,
		0x301, 0x153, 0x2019, 0x2116, 0x627, 0x64e, 0x629, 0x661, 0xfefb, 0x1f600, 0x200d,
		0xbd, 0xff21, 0x20ac, 'c', 0x327, 0x302, 0xfb03, 0x2026, '`' };
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += (size_t)u8_uctomb((uint8_t *)out + len,
			some[random_below(sizeof(some) / sizeof(some[0]))], 6);
	out[len] = '\0';
	return len;
}

TEST(fold_and_transliterate_are_settled_trimmed_and_fit_their_buffer)
{
	for (int round = 0; round < 30000; round++) {
		char in[128], out[512], exact[512];
		size_t len = random_text(in, random_below(30));
		int full = text_fold(out, sizeof(out), in), size;

		REQUIRE(full >= 0 && (size_t)full <= 3 * len && strlen(out) == (size_t)full);
		REQUIRE(u8_check((uint8_t *)out, (size_t)full) == NULL);
		REQUIRE(out[0] != ' ' && strstr(out, "  ") == NULL);
		REQUIRE(full == 0 || out[full - 1] != ' ');
		REQUIRE(strcmp(fold(out), out) == 0);
		size = (int)random_below((unsigned)full + 3);
		memset(exact, 'x', sizeof(exact));
		REQUIRE(text_fold(exact, (size_t)size, in) == (size > full ? full : -1));
		REQUIRE(exact[size] == 'x' && (size == 0 || strlen(exact) < (size_t)size));
		REQUIRE(size <= full || strcmp(exact, out) == 0);

		full = text_transliterate(out, sizeof(out), in);
		REQUIRE(full >= 0 && strlen(out) == (size_t)full);
		REQUIRE(u8_check((uint8_t *)out, (size_t)full) == NULL);
		size = (int)random_below((unsigned)full + 3);
		memset(exact, 'x', sizeof(exact));
		REQUIRE(text_transliterate(exact, (size_t)size, in) == (size > full ? full : -1));
		REQUIRE(exact[size] == 'x' && (size == 0 || strlen(exact) < (size_t)size));
		REQUIRE(size <= full || strcmp(exact, out) == 0);
		REQUIRE(strcmp(transliterated(out), out) == 0);
	}
}

/* --- Transliterating ---------------------------------------------------------------------------
 */

static void
check_transliterate(const char *in, const char *want)
{
	CHECK_STR(transliterated(in), want);
}

TEST(transliterate_as_the_header_says)
{
	check_transliterate(
		"\u201cL\u2019\u00e9t\u00e9\u201d \u2014 \u00e7a co\u00fbte 5\u00a0\u20ac\u2026",
		"\"L'\u00e9t\u00e9\" - ca coute 5 \u20ac...");
	check_transliterate("\u0152uf c\u0153ur ma\u00eetre \u00c0 \u00c9 \u00ca",
		"OEuf coeur maitre A \u00c9 E");
	check_transliterate("S\u00e3o Jo\u00e3o p\u00f5e \u00e1gua n\u00ba 5",
		"Sao Joao p"
		"oe agua no 5");
	check_transliterate("\u00e9\u00e0\u00f9\u00f2\u00ec\u00f1\u00fc\u00c7\u00df\u00f8",
		"\u00e9\u00e0\u00f9\u00f2\u00ec\u00f1\u00fc\u00c7\u00df\u00f8");
	check_transliterate("\u0181ala \u025b\u0254\u014b", "Bala eon");
	check_transliterate(
		"\u2018a\u2019 `b` \u00abc\u00bb \u2013 \u2022 \u2192", "'a' 'b' \"c\" - - ->");
}

TEST(transliterate_composes_what_the_alphabet_has)
{
	check_transliterate(
		"e\u0301te\u0301 a\u0300 n\u0303 o\u0308", "\u00e9t\u00e9 \u00e0 \u00f1 \u00f6");
	check_transliterate("c\u0327a C\u0327a e\u0302 o\u0303\u0301", "ca \u00c7a e o");
	check_transliterate("so\u00adft\u200b\ufeff", "soft");
}

TEST(transliterate_leaves_what_has_no_likeness)
{
	check_transliterate(
		"\u0633\u0644\u0627\u0645 \U0001f600", "\u0633\u0644\u0627\u0645 \U0001f600");
	check_transliterate("\u0628\u064e\u200c\u0628", "\u0628\u064e\u200c\u0628");
	check_transliterate("\U0001f468\u200d\U0001f527 \u2764\ufe0f",
		"\U0001f468\u200d\U0001f527 \u2764\ufe0f");
	check_transliterate("\u0438\u0306", "\u0438\u0306");
}

TEST(transliterate_makes_every_latin_letter_fit)
{
	for (uint32_t cp = 1; cp < 0x180; cp++) {
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xb6)
			continue;
		REQUIRE(text_fits_gsm7(transliterated(utf8(cp))) ||
			!(printf("  U+%04X\n", (unsigned)cp)));
	}
	for (uint32_t cp = 0x1e00; cp < 0x1efa; cp++)
		REQUIRE(cp == 0x1e9f || text_fits_gsm7(transliterated(utf8(cp))));
	for (uint32_t cp = 0x20; cp <= LAST_CODE_POINT; cp++)
		if (!is_surrogate(cp) && text_fits_gsm7(utf8(cp)))
			REQUIRE(strcmp(transliterated(utf8(cp)), utf8(cp)) == 0);
}

UNIT_MAIN
