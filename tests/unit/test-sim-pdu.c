/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's PDUs, held against octets written out by hand from 3GPP 23.040. */
#include "unit.h"

#include "simulator/pdu.h"

#define SUBMIT_HELLO "0011000B916407281553F80000AA0AE8329BFD4697D9EC37"

static const char *why;

static int
read_hex(const char *hex, time_t now, struct submit *s)
{
	uint8_t pdu[512];
	long len = pdu_from_hex(hex, strlen(hex), pdu, sizeof(pdu));

	REQUIRE(len >= 0);
	return pdu_read_submit(pdu, (size_t)len, now, s, &why);
}

static struct submit
submit_of(const char *hex)
{
	struct submit s = { .mr = 0 };

	if (read_hex(hex, 0, &s) == -1) {
		printf("  %s: %s\n", hex, why);
		REQUIRE(!"a good PDU was refused");
	}
	return s;
}

/* --- SMS-SUBMIT ------------------------------------------------------------------------------- */

TEST(submit_in_the_default_alphabet)
{
	struct submit s = submit_of(SUBMIT_HELLO);

	CHECK_STR(s.smsc, "");
	CHECK_STR(s.to, "+46708251358");
	CHECK_STR(s.text, "hellohello");
	CHECK_INT(s.validity, 4 * 24 * 3600); /* 0xAA */
	CHECK_INT(s.tpdu_len, 23);
	CHECK(!s.report);
	CHECK(!s.concat);
	CHECK_INT(s.class, -1);
}

TEST(submit_names_its_smsc)
{
	struct submit s = submit_of("07919730071111F1"
				    "01000B811000000000F0000004C9B4D803");

	CHECK_STR(s.smsc, "+79037011111");
	CHECK_STR(s.to, "01000000000");
	CHECK_INT(s.validity, -1);
	CHECK_INT(s.tpdu_len, 17);
}

TEST(submit_in_ucs2_with_report)
{
	/* first octet 31: SUBMIT, relative validity, status report; to +250788000001 */
	struct submit s = submit_of("0031070C91527088000010"
				    "0008A70A064506310648D83DDE00");

	CHECK_INT(s.mr, 7);
	CHECK_STR(s.to, "+250788000001");
	CHECK(s.report);
	CHECK_INT(s.alphabet, ALPHABET_UCS2);
	CHECK_STR(s.text, "مرو😀");
	CHECK_INT(s.validity, 24 * 3600);
}

TEST(submit_of_8_bit_data_is_shown_in_hexadecimal)
{
	struct submit s = submit_of("0001000481214300040401FFA07F");

	CHECK_INT(s.alphabet, ALPHABET_8BIT);
	CHECK_STR(s.to, "1234");
	CHECK_STR(s.text, "01FFA07F");
}

TEST(part_in_the_default_alphabet_has_a_fill_bit)
{
	/* header 05 00 03 2A 02 01, one fill bit, then "AB": 41 42 from bit 49 on */
	struct submit s = submit_of("0041000481214300000905"
				    "00032A02018242");

	CHECK(s.concat);
	CHECK_INT(s.ref, 0x2A);
	CHECK(!s.ref16);
	CHECK_INT(s.total, 2);
	CHECK_INT(s.part, 1);
	CHECK_INT(s.udh_len, 6);
	CHECK_STR(s.text, "AB");
}

TEST(part_with_a_16_bit_reference)
{
	struct submit s = submit_of("0041000481214300080B"
				    "0608041234030200410042");

	CHECK(s.concat);
	CHECK(s.ref16);
	CHECK_INT(s.ref, 0x1234);
	CHECK_INT(s.total, 3);
	CHECK_INT(s.part, 2);
	CHECK_STR(s.text, "AB");
}

TEST(application_port_is_read)
{
	struct submit s = submit_of("0041000481214300040A06"
				    "05040B8423F0AABBCC");

	CHECK_INT(s.port, 0x0B84);
	CHECK(!s.concat);
	CHECK_STR(s.text, "AABBCC");
}

TEST(impossible_parts_are_no_parts)
{
	CHECK(!submit_of("0041000481214300000905"
			 "00032A00018242")
			.concat);
	CHECK(!submit_of("0041000481214300000905"
			 "00032A02038242")
			.concat);
	CHECK(!submit_of("0041000481214300000905"
			 "00032A02008242")
			.concat);
}

TEST(message_classes)
{
	CHECK_INT(submit_of("00010004812143"
			    "00100161")
			  .class,
		0);
	CHECK_INT(submit_of("00010004812143"
			    "00F20161")
			  .class,
		2);
	CHECK_INT(submit_of("00010004812143"
			    "00F70161")
			  .alphabet,
		ALPHABET_8BIT);
	CHECK_INT(submit_of("00010004812143"
			    "00C80161")
			  .alphabet,
		ALPHABET_GSM);
}

TEST(relative_validity_is_the_standards)
{
	static const struct {
		unsigned vp;
		long seconds;
	} rows[] = { { 0, 300 }, { 11, 3600 }, { 143, 12 * 3600 }, { 144, 12 * 3600 + 1800 },
		{ 167, 24 * 3600 }, { 168, 2 * 86400 }, { 196, 30 * 86400 }, { 197, 5 * 604800 },
		{ 255, 63 * 604800 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char hex[64];

		snprintf(hex, sizeof(hex), "001100048121430000%02X0161", rows[i].vp);
		CHECK_INT(submit_of(hex).validity, rows[i].seconds);
	}
}

TEST(absolute_validity_counts_from_now)
{
	/* 2026-03-04 05:06:07 at +2 hours (8 quarters) = 03:06:07 UTC */
	static const char hex[] = "0019000481214300006230405060708001"
				  "61";
	time_t at = 1772593567;
	struct submit s;

	CHECK_INT(read_hex(hex, at - 90, &s), 0);
	CHECK_INT(s.validity, 90);
	CHECK_INT(read_hex(hex, at + 5, &s), 0);
	CHECK_INT(s.validity, 0);
	/* the same, 7 quarters west: octet 7A, sign in bit 3 */
	CHECK_INT(read_hex("00190004812143000062304050607"
			   "0780161",
			  at, &s),
		0);
	CHECK_INT(s.validity, (8 + 7) * 900);
}

TEST(enhanced_validity)
{
	CHECK_INT(submit_of("0009000481214300000107000000000001"
			    "61")
			  .validity,
		40 * 60);
	CHECK_INT(submit_of("0009000481214300000278000000000001"
			    "61")
			  .validity,
		0x78);
	CHECK_INT(submit_of("0009000481214300000310203000000001"
			    "61")
			  .validity,
		1 * 3600 + 2 * 60 + 3);
	CHECK_INT(submit_of("0009000481214300000000000000000001"
			    "61")
			  .validity,
		-1);
}

TEST(every_cut_of_a_pdu_is_refused)
{
	uint8_t pdu[64];
	long len = pdu_from_hex(SUBMIT_HELLO, strlen(SUBMIT_HELLO), pdu, sizeof(pdu));
	struct submit s;

	for (long n = 0; n < len; n++) {
		why = NULL;
		CHECK_INT(pdu_read_submit(pdu, (size_t)n, 0, &s, &why), -1);
		CHECK(why != NULL);
	}
	pdu[len] = 0;
	CHECK_INT(pdu_read_submit(pdu, (size_t)len + 1, 0, &s, &why), -1);
}

TEST(malformed_submits_are_refused)
{
	static const char *const bad[] = {
		"0000000481214300000161",                   /* a DELIVER */
		"0001000081000161",                         /* no destination */
		"00010016812143000000",                     /* 22 digits */
		"0001000481214F00000161",                   /* a digit F in the middle */
		"0001000401214300000161",                   /* the type's first bit is 0 */
		"0001000481214300200161",                   /* compressed */
		"000100048121430000A1",                     /* 161 septets */
		"0041000481214300040305000361",             /* the header ends behind the data */
		"004100048121430004030200FF",               /* an element ends behind the header */
		"0041000481214300000105",                   /* a header and no room for it */
		"0F91000000000000000000000000000000010004", /* SMSC of 15 octets */
	};
	struct submit s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (read_hex(bad[i], 0, &s) == 0) {
			printf("  accepted: %s\n", bad[i]);
			CHECK(!"a malformed PDU was accepted");
		}
	}
}

TEST(any_octets_are_read_or_refused)
{
	uint8_t pdu[200];
	uint32_t x = 12345;
	struct submit s;

	/* Behind a good beginning, so that the walk goes deep. */
	memcpy(pdu, "\x00\x41\x00\x04\x81\x21\x43\x00", 8);
	for (int round = 0; round < 20000; round++) {
		size_t len = 9 + x % 150;

		for (size_t i = round % 3 == 0 ? 1 : 8; i < sizeof(pdu); i++) {
			x = x * 1664525 + 1013904223;
			pdu[i] = (uint8_t)(x >> 24);
		}
		if (pdu_read_submit(pdu, len, 0, &s, &why) == 0)
			CHECK(strlen(s.text) < SUBMIT_TEXT_SIZE && strlen(s.to) < NUMBER_SIZE);
	}
}

/* --- SMS-DELIVER ------------------------------------------------------------------------------ */

static const char *
deliver_hex(const char *smsc, const char *from, const char *text, time_t stamp, int zone)
{
	static char hex[2 * PDU_MAX + 1];
	struct segment *segments;
	uint8_t pdu[PDU_MAX];
	unsigned tpdu_len;
	int n = pdu_segments(text, 0, false, &segments);

	CHECK_INT(n, 1);
	struct deliver d = {
		.smsc = smsc, .from = from, .stamp = stamp, .zone = zone, .segment = segments
	};
	size_t len = pdu_deliver(&d, pdu, &tpdu_len);

	CHECK_INT(tpdu_len, len - 1 - pdu[0]);
	pdu_to_hex(pdu, len, hex);
	free(segments);
	return hex;
}

TEST(deliver_in_the_default_alphabet)
{
	/* 1999-03-29 15:16:59 at +2 hours */
	CHECK_STR(deliver_hex("+27381000015", "+27838890001", "hellohello", 922713419, 8),
		"07917283010010F5"
		"040B917238880900F1"
		"0000"
		"99309251619580"
		"0AE8329BFD4697D9EC37");
}

TEST(deliver_in_ucs2_without_smsc)
{
	CHECK_STR(deliver_hex("", "5040", "é✓", 922713419, -14),
		"00"
		"0404810504"
		"0008"
		"99309290649549" /* 09:46:59 - 3.5 hours: 14 quarters, west */
		"0400E92713");
}

TEST(deliver_from_a_name)
{
	/* "MobileMoney": 11 septets = 77 bits = 20 semi-octets, and 10 octets */
	CHECK_STR(deliver_hex("", "MobileMoney", "a", 922713419, 8),
		"00"
		"0414D0CDB738CD2E37DFEE72"
		"1E"
		"0000"
		"99309251619580"
		"0161");
}

TEST(name_is_cut_at_eleven_septets)
{
	uint8_t out[16];

	CHECK_INT(pdu_put_address("AbcdefghijklMNOP", out), 12);
	CHECK_INT(out[0], 20);
	CHECK_INT(out[1], 0xD0);
	/* An extension character that no longer fits is left out whole. */
	CHECK_INT(pdu_put_address("Abcdefghij€", out), 11);
	CHECK_INT(out[0], 18);
	CHECK_INT(pdu_put_address("abc", out), 5);
	CHECK_INT(out[1], 0xD0);
}

TEST(short_codes_and_numbers_keep_their_kind)
{
	uint8_t out[16];

	CHECK_INT(pdu_put_address("5040", out), 4);
	CHECK_MEM(out, "\x04\x81\x05\x04", 4);
	CHECK_INT(pdu_put_address("0788000001", out), 7);
	CHECK_MEM(out, "\x0A\x81\x70\x88\x00\x00\x10", 7);
	CHECK_INT(pdu_put_address("+25078800001", out), 8);
	CHECK_MEM(out, "\x0B\x91\x52\x70\x88\x00\x00\xF1", 8);
	CHECK_INT(pdu_put_address("*131#", out), 5);
	CHECK_MEM(out, "\x05\x81\x1A\x13\xFB", 5);
}

/* --- SMS-STATUS-REPORT ------------------------------------------------------------------------ */

TEST(report_is_the_standards)
{
	struct report r = { .smsc = "+27381000015",
		.mr = 0xC8,
		.to = "+27838890001",
		.stamp = 922713419,
		.discharge = 922713425,
		.zone = 8,
		.status = 0x46 };
	uint8_t pdu[PDU_MAX];
	char hex[2 * PDU_MAX + 1];
	unsigned tpdu_len;
	size_t len = pdu_report(&r, pdu, &tpdu_len);

	pdu_to_hex(pdu, len, hex);
	CHECK_STR(hex,
		"07917283010010F5"
		"06C80B917238880900F1"
		"99309251619580"
		"99309251715080"
		"46");
	CHECK_INT(tpdu_len, 25);
}

/* --- segments --------------------------------------------------------------------------------- */

/* n times the text */
static char *
times(const char *text, int n)
{
	char *out = calloc((size_t)n * strlen(text) + 1, 1);

	for (int i = 0; i < n; i++)
		strcat(out, text);
	return out;
}

static int
segments_of(const char *unit, int n, struct segment **out)
{
	char *text = times(unit, n);
	int count = pdu_segments(text, 0x1FF, false, out);

	free(text);
	return count;
}

static int
count_of(const char *unit, int n)
{
	struct segment *s;
	int count = segments_of(unit, n, &s);

	if (count > 0)
		free(s);
	return count;
}

TEST(texts_take_the_fewest_segments)
{
	CHECK_INT(count_of("", 0), 1);
	CHECK_INT(count_of("a", 160), 1);
	CHECK_INT(count_of("a", 161), 2);
	CHECK_INT(count_of("a", 306), 2);
	CHECK_INT(count_of("a", 307), 3);
	CHECK_INT(count_of("€", 80), 1);
	CHECK_INT(count_of("€", 81), 2);
	CHECK_INT(count_of("م", 70), 1);
	CHECK_INT(count_of("م", 71), 2);
	CHECK_INT(count_of("م", 134), 2);
	CHECK_INT(count_of("م", 135), 3);
	CHECK_INT(count_of("😀", 35), 1);
	CHECK_INT(count_of("a", 153 * 255), 255);
	CHECK_INT(count_of("a", 153 * 255 + 1), -1);
}

TEST(no_escape_pair_is_cut)
{
	struct segment *s;
	char *text = times("a", 152), *all = malloc(400);

	sprintf(all, "%s€%s", text, text);
	CHECK_INT(pdu_segments(all, 1, false, &s), 3); /* 152, then 2 + 151, then 1 */
	CHECK_INT(s[0].udl, 7 + 152);
	CHECK_INT(s[1].udl, 7 + 153);
	CHECK_INT(s[2].udl, 7 + 1);
	free(s);
	free(text);
	free(all);
}

TEST(no_surrogate_pair_is_cut)
{
	struct segment *s;

	/* 67 units a part: 33 pairs and one unit unused */
	CHECK_INT(segments_of("😀", 36, &s), 2);
	CHECK_INT(s[0].udl, 6 + 33 * 4);
	CHECK_INT(s[1].udl, 6 + 3 * 4);
	free(s);
}

TEST(parts_carry_their_place)
{
	struct segment *s;

	CHECK_INT(segments_of("a", 400, &s), 3);
	for (int i = 0; i < 3; i++) {
		CHECK(s[i].udhi);
		CHECK_MEM(s[i].ud, "\x05\x00\x03\xFF\x03", 5);
		CHECK_INT(s[i].ud[5], i + 1);
	}
	CHECK_INT(s[0].len, 140);
	free(s);
}

TEST(parts_with_16_bit_references_hold_one_less)
{
	char *text = times("a", 153 * 2);
	struct segment *s;

	CHECK_INT(pdu_segments(text, 0x1234, true, &s), 3);
	CHECK_MEM(s[0].ud, "\x06\x08\x04\x12\x34\x03\x01", 7);
	CHECK_INT(s[0].udl, 8 + 152);
	free(s);
	free(text);
}

/* What the segmenter writes, the reader of SUBMIT reads (both share the user data's format). */
TEST(segments_read_back_as_the_text)
{
	static const char *const texts[] = { "Fuite d'eau {rue} KN 5 [€]", "Água não há ✓", "مياه",
		"😀😀" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *text = times(texts[i], 30), got[8192] = "";
		struct segment *s;
		int n = pdu_segments(text, 9, i % 2 == 1, &s);

		for (int k = 0; k < n; k++) {
			uint8_t pdu[PDU_MAX] = { 0x00, 0x41, 0, 4, 0x81, 0x21, 0x43, 0 };
			struct submit back;

			pdu[8] = s[k].dcs;
			pdu[9] = s[k].udl;
			memcpy(pdu + 10, s[k].ud, s[k].len);
			REQUIRE(pdu_read_submit(pdu, 10U + s[k].len, 0, &back, &why) == 0);
			CHECK_INT(back.part, k + 1);
			CHECK_INT(back.total, n);
			strcat(got, back.text);
		}
		CHECK_STR(got, text);
		free(s);
		free(text);
	}
}

UNIT_MAIN
