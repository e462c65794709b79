/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include "worker-convert.h"

/* libgammu's own tables, which it exports without a header. */
void EncodeDefault(unsigned char *dest, const unsigned char *src, size_t *len, gboolean extensions,
	unsigned char *extra);
void DecodeDefault(unsigned char *dest, const unsigned char *src, size_t len, gboolean extensions,
	unsigned char *extra);

static struct convert room;
static struct wire_sms out;
static GSM_SMSMessage sms;
static struct sieve_pdu pdu;
static const char *why;

static void
units(unsigned char *to, const char *ascii)
{
	size_t len = strlen(ascii);

	for (size_t i = 0; i <= len; i++) {
		to[2 * i] = 0;
		to[2 * i + 1] = (unsigned char)ascii[i];
	}
}

static void
begin(void)
{
	memset(&sms, 0, sizeof(sms));
	memset(&pdu, 0, sizeof(pdu));
	sms.PDU = SMS_Deliver;
	sms.UDH.Type = UDH_NoUDH;
	sms.Class = -1;
	sms.Coding = SMS_Coding_Default_No_Compression;
	pdu.kind = PDU_MESSAGE;
	pdu.raw = (char *)"RAW";
	units(sms.Number, "+250788000001");
	units(sms.Text, "hello");
	sms.Length = 5;
}

static const char *
text(void)
{
	static char copy[WIRE_TEXT_MAX + 1];

	convert_message(&sms, &pdu, true, &room, &out);
	REQUIRE(wire_copy(copy, sizeof(copy), out.text) == 0);
	return copy;
}

static const char *
number(const char *septets)
{
	static char copy[WIRE_NUMBER_MAX];

	units(sms.Number, septets);
	convert_message(&sms, &pdu, true, &room, &out);
	REQUIRE(wire_copy(copy, sizeof(copy), out.number) == 0);
	return copy;
}

TEST(numbers_and_names_come_through)
{
	begin();
	CHECK_STR(number("+250788000001"), "+250788000001");
	CHECK_STR(number("MobileMoney"), "MobileMoney");
	/* names are septets as libgammu leaves them: 0x11 is '_', 0x05 'e' with acute */
	CHECK_STR(number("City\x11Hall"), "City_Hall");
	CHECK_STR(number("Caf\x05"), "Caf\xc3\xa9");
	CHECK_STR(number("<NOT DECODED>"), "");
	CHECK_STR(number(""), "");
	memset(sms.Number, 'x', sizeof(sms.Number)); /* without an end */
	convert_message(&sms, &pdu, true, &room, &out);
	CHECK(out.number.len < WIRE_NUMBER_MAX);
}

TEST(ucs2_is_undone_of_what_libgammu_did_to_it)
{
	begin();
	sms.Coding = SMS_Coding_Unicode_No_Compression;
	/* '~' doubled, a surrogate pair, a lone one, a zero, a unit of 1 as a single '~' */
	memcpy(sms.Text,
		"\0a\0~\0~\xd8\x3d\xde\xae\xd8\x3d\0b\0\0\0~\0c"
		"\0\0",
		22);
	sms.Length = 9;
	CHECK_STR(text(),
		"a~\xf0\x9f\x9a\xae\xef\xbf\xbd"
		"b  c");
	sms.Length = 60000;
	text();
	sms.Length = -5;
	CHECK_STR(text(), "");
}

/* The text of a part, for the join: with what the next part has. */
static void
part(const char *header, size_t len)
{
	sms.UDH.Type = UDH_UserUDH;
	sms.UDH.Length = (int)len + 1;
	sms.UDH.Text[0] = (unsigned char)len;
	memcpy(sms.UDH.Text + 1, header, len);
}

TEST(characters_cut_between_two_parts_can_be_joined)
{
	static const unsigned char cut[] = { 'a', 0x1b }, rest[] = { 'e', '!' };
	char joined[64] = "";

	begin();
	part("\0\3\x55\2\1", 5);
	DecodeDefault(sms.Text, cut, sizeof(cut), TRUE, NULL);
	strcat(joined, text());
	DecodeDefault(sms.Text, rest, sizeof(rest), TRUE, NULL);
	strcat(joined, text());
	wire_mend(joined);
	CHECK_STR(joined, "a\xe2\x82\xac!");

	joined[0] = '\0';
	part("\x08\4\1\x55\2\1", 6);
	sms.Coding = SMS_Coding_Unicode_No_Compression;
	memcpy(sms.Text, "\0a\xd8\x3d\0\0", 6);
	sms.Length = 2;
	strcat(joined, text());
	memcpy(sms.Text, "\xde\xae\0b\0\0", 6);
	strcat(joined, text());
	wire_mend(joined);
	CHECK_STR(joined,
		"a\xf0\x9f\x9a\xae"
		"b");
	/* in the middle they have no other, and a message by itself has no edges */
	memcpy(sms.Text, "\0a\xd8\x3d\0b\0\0", 8);
	sms.Length = 3;
	CHECK_STR(text(),
		"a\xef\xbf\xbd"
		"b");
	begin();
	DecodeDefault(sms.Text, cut, sizeof(cut), TRUE, NULL);
	CHECK_STR(text(), "a ");
}

TEST(octets_are_cut_to_what_a_message_holds)
{
	begin();
	sms.Coding = SMS_Coding_8bit;
	memset(sms.Text, 0xfe, sizeof(sms.Text));
	sms.Length = 255;
	convert_message(&sms, &pdu, true, &room, &out);
	CHECK_INT(out.text.len, 140);
	CHECK_INT(out.kind, WIRE_SMS_8BIT);
	sms.Length = -1;
	convert_message(&sms, &pdu, true, &room, &out);
	CHECK_INT(out.text.len, 0);
}

TEST(a_header_over_its_field_makes_the_sender_doubtful)
{
	begin();
	sms.UDH.Type = UDH_UserUDH;
	sms.UDH.Length = GSM_MAX_UDH_LENGTH + 1;
	convert_message(&sms, &pdu, true, &room, &out);
	CHECK_INT(out.number_doubtful, 1);
	CHECK_INT(out.kind, WIRE_SMS_BROKEN);
	CHECK_INT(out.number.len, 0);
	CHECK_MEM(out.text.data, "RAW", 3);
	sms.UDH.Length = GSM_MAX_UDH_LENGTH;
	convert_message(&sms, &pdu, true, &room, &out);
	CHECK_INT(out.number_doubtful, 0);
	CHECK_INT(out.udh.len, GSM_MAX_UDH_LENGTH - 1);
}

TEST(absurd_times_are_absent)
{
	begin();
	sms.DateTime = (GSM_DateTime){ .Timezone = 2 * 3600,
		.Second = 59,
		.Minute = 59,
		.Hour = 23,
		.Day = 31,
		.Month = 12,
		.Year = 2024 };
	text();
	CHECK_INT(out.smsc_time.year, 2024);
	CHECK_INT(out.smsc_time.zone_quarters, 8);
	sms.DateTime.Timezone = -79 * 900;
	text();
	CHECK_INT(out.smsc_time.zone_quarters, -79);
	sms.DateTime.Month = 13;
	text();
	CHECK_INT(out.smsc_time.year, 0);
	CHECK_INT(out.smsc_time.month, 0);
}

TEST(equality_is_of_what_the_gateway_counts_by)
{
	uint64_t first;

	begin();
	text();
	first = convert_hash_message(&out);
	out.handle = 5;
	out.pid = 1;
	out.smsc = wire_str("+250788000000");
	CHECK(convert_hash_message(&out) == first);
	out.dcs = 1;
	CHECK(convert_hash_message(&out) != first);
	out.dcs = 0;
	out.smsc_time.zone_quarters = 1;
	CHECK(convert_hash_message(&out) != first);
	text();
	out.udh = wire_str("h");
	out.text = wire_str("ello"); /* the same octets, cut elsewhere */
	CHECK(convert_hash_message(&out) != first);
}

/* --- to libgammu --- */

static struct wire_send
segment(const char *utf16, size_t len, enum wire_coding coding)
{
	return (struct wire_send){ .number = wire_str("+250788000001"),
		.coding = (uint8_t)coding,
		.validity = 11,
		.class = -1,
		.text = { utf16, (uint16_t)len } };
}

TEST(every_gsm7_character_is_one_of_libgammus)
{
	static const uint16_t extension[] = { '^', '{', '}', '\\', '[', '~', ']', '|', 0x20ac };
	unsigned char septet[2], decoded[8], one[4] = { 0 }, encoded[8];
	unsigned refused = 0, accepted = 0;

	/* what libgammu reads from a septet, we let it send, and it sends that septet */
	for (unsigned c = 0; c < 128; c++) {
		struct wire_send s;

		septet[0] = (unsigned char)c;
		DecodeDefault(decoded, septet, 1, TRUE, NULL);
		if (c == 0x1b)
			continue;
		s = segment((const char *)decoded, 2, WIRE_GSM7);
		CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	}
	/* of all others of the basic plane only the extension table's */
	for (unsigned u = 1; u < 0x10000; u++) {
		struct wire_send s = segment((const char *)one, 2, WIRE_GSM7);
		size_t len = 1;

		one[0] = (unsigned char)(u >> 8);
		one[1] = (unsigned char)u;
		if (convert_send(&s, "+1", &sms, &why) == -1) {
			refused++;
			continue;
		}
		accepted++;
		EncodeDefault(encoded, one, &len, TRUE, NULL);
		DecodeDefault(decoded, encoded, len, TRUE, NULL);
		CHECK_MEM(decoded, one, 2);
	}
	CHECK_INT(accepted, 127 + sizeof(extension) / sizeof(extension[0]));
	CHECK_INT(refused, 0xffff - accepted);
}

TEST(a_segment_that_does_not_fit_is_refused)
{
	char gsm[2 * 160] = "", ucs2[2 * 71] = "";
	struct wire_send s = segment(gsm, sizeof(gsm), WIRE_GSM7);

	for (size_t i = 0; i < sizeof(gsm); i += 2) {
		gsm[i] = 0;
		gsm[i + 1] = 'a';
	}
	CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	CHECK_INT(sms.Length, 160);
	gsm[1] = '{'; /* two septets */
	CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);
	gsm[1] = 'a';
	s.udh = (struct wire_bytes){ "\x00\x03\x01\x02\x01", 5 };
	CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);
	s.text.len = 2 * 153;
	CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	CHECK_INT(sms.UDH.Length, 6);
	s.text.len = 2 * 154;
	CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);

	memset(ucs2, 6, sizeof(ucs2));
	s = segment(ucs2, 2 * 70, WIRE_UCS2);
	CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	s.text.len = 2 * 71;
	CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);
	s.text.len = 3;
	CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);
}

TEST(a_tilde_in_ucs2_is_doubled_as_long_as_there_is_room)
{
	char ucs2[2 * 70] = "";
	struct wire_send s = segment(ucs2, sizeof(ucs2), WIRE_UCS2);

	memset(ucs2, 6, sizeof(ucs2));
	memcpy(ucs2 + 10, "\0~", 2);
	CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	CHECK_INT(sms.Length, 70);
	CHECK_MEM(sms.Text + 10, "\x02\xdc", 2); /* full: a small tilde */
	s.text.len -= 2;
	CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	CHECK_INT(sms.Length, 70);
	CHECK_MEM(sms.Text + 10, "\0~\0~", 4);
}

TEST(recipients_are_numbers)
{
	static const char *const good[] = { "+250788000001", "0788000001", "110",
		"+12345678901234567890" };
	static const char *const bad[] = { "", "+", "abc", "+2507880000 1",
		"+123456789012345678901", "12*3", "++1" };
	struct wire_send s = segment("\0x", 2, WIRE_GSM7);

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		s.number = wire_str(good[i]);
		CHECK_INT(convert_send(&s, "+1", &sms, &why), 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s.number = wire_str(bad[i]);
		why = NULL;
		CHECK_INT(convert_send(&s, "+1", &sms, &why), -1);
		CHECK(why != NULL);
	}
}

UNIT_MAIN
