/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * +CUSD as modems write it: where it ends, what it says.  The texts are invented, the forms are
 * those that modems were seen to use.  Packing and UCS-2 are the simulator's, who wrote them anew.
 */
#include "simulator/charset.h"
#include "unit.h"
#include "worker-cusd.h"
#include "worker-ussd-text.h"

static struct cusd cusd;
static struct cusd_answer answer;

/* What follows "+CUSD:" on the line, line end included.  Octets may be zero. */
static void
take(const char *octets, size_t len)
{
	size_t i;

	memset(&cusd, 0, sizeof(cusd));
	cusd_open(&cusd, false);
	for (i = 0; i < len && cusd.open; i++)
		cusd_take(&cusd, octets[i]);
	if (!cusd.open)
		CHECK_INT(i, len);
}

static const char *
decoded(enum ussd_charset charset, bool packs)
{
	static char out[WIRE_USSD_MAX + 1];

	if (cusd.n_kept == 0)
		return "(not ended)";
	cusd_parse(&cusd.kept[0], &answer);
	out[ussd_decode(&answer, charset, packs, out)] = '\0';
	return out;
}

#define TAKE(line_) take(line_ "\r", sizeof(line_))
#define SAYS(line_, m_, dcs_, text_)                                \
	do {                                                        \
		TAKE(line_);                                        \
		CHECK_STR(decoded(USSD_CHARSET_GSM, false), text_); \
		CHECK_INT(answer.m, m_);                            \
		CHECK_INT(answer.dcs, dcs_);                        \
	} while (0)

TEST(plain_text_is_itself)
{
	SAYS(" 0,\"Solde: 120 F\",15", 0, 15, "Solde: 120 F");
	SAYS("1,\"1) Solde 2) Forfait\",0", 1, 0, "1) Solde 2) Forfait");
	SAYS(" 2 , \"Merci\" , 1", 2, 1, "Merci");
	SAYS(" 0,\"Solde: 120 F\"", 0, CUSD_NO_DCS, "Solde: 120 F");
	SAYS(" 0,\"Solde: 120 F\",", 0, CUSD_NO_DCS, "Solde: 120 F");
	SAYS(" 0,Solde 120,15", 0, 15, "Solde 120");
	SAYS(" 0,\"\",15", 0, 15, "");
	SAYS(" 0,,15", 0, 15, "");
	SAYS(" 4", 4, CUSD_NO_DCS, "");
	SAYS("2", 2, CUSD_NO_DCS, "");
	SAYS(" 0,\"a\",999", 0, CUSD_NO_DCS, "a");
	SAYS(" 0,\"Crédit\",15", 0, 15, "Crédit");
	SAYS(" 0,\"Cr\xe9"
	     "dit\",15",
		0, 15, "Crédit");
}

TEST(what_is_no_number_is_told_so)
{
	static const char *const none[] = { "", " ", " x", " ,\"a\",15", "12,\"a\",15", "-1" };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		char line[32];

		take(line, (size_t)snprintf(line, sizeof(line), "%s\r", none[i]));
		REQUIRE(cusd.n_kept == 1);
		cusd_parse(&cusd.kept[0], &answer);
		CHECK_INT(answer.m, -1);
	}
}

TEST(lines_within_the_quotes_belong_to_the_text)
{
	SAYS(" 1,\"Menu\r\n1) Solde\r\n2) Forfait\r\n\",15", 1, 15, "Menu\n1) Solde\n2) Forfait");
	SAYS(" 1,\"Menu\n\n1) Solde\n2) OK\nOK\n3) Fin\",15", 1, 15,
		"Menu\n\n1) Solde\n2) OK\nOK\n3) Fin");
	SAYS(" 1,\"Menu\r1) Solde\"", 1, CUSD_NO_DCS, "Menu\n1) Solde");
}

TEST(quotes_within_the_text_belong_to_it)
{
	SAYS(" 0,\"Tapez \"1\" ou \"2\"\",15", 0, 15, "Tapez \"1\" ou \"2\"");
	SAYS(" 0,\"Tapez \"*100#\"\r\npour plus\",15", 0, 15, "Tapez \"*100#\"\npour plus");
	SAYS(" 0,\"Ecran 5\" neuf\",15", 0, 15, "Ecran 5\" neuf");
	SAYS(" 0,\"Dites \"oui\"\"", 0, CUSD_NO_DCS, "Dites \"oui\"");
	SAYS(" 0,\"un, \"2\", 3\",15", 0, 15, "un, \"2\", 3");
}

TEST(what_never_ends_ends_in_silence_before_what_is_the_modems)
{
	char rest[CUSD_RAW_MAX];
	size_t len;

	TAKE(" 0,\"Ecran 5\" neuf\"");
	CHECK_STR(decoded(USSD_CHARSET_GSM, false), "(not ended)");
	CHECK_INT(cusd_quiet(&cusd, rest), 0);
	CHECK_STR(decoded(USSD_CHARSET_GSM, false), "Ecran 5\" neuf");

	TAKE(" 0,\"Solde\r\n120 F\r\n\r\n+CMTI: \"SM\",3\r\nOK\r\n> ");
	len = cusd_quiet(&cusd, rest);
	CHECK_STR(decoded(USSD_CHARSET_GSM, false), "Solde\n120 F");
	CHECK_INT(len, 22);
	CHECK_MEM(rest, "+CMTI: \"SM\",3\r\nOK\r\n> ", len - 3);
	CHECK_INT(cusd_quiet(&cusd, rest), 0);
}

TEST(no_more_are_kept_than_there_is_room_for)
{
	memset(&cusd, 0, sizeof(cusd));
	for (int i = 0; i < CUSD_KEPT + 2; i++) {
		cusd_open(&cusd, false);
		cusd_take(&cusd, (char)('0' + i));
		cusd_take(&cusd, '\r');
	}
	CHECK_INT(cusd.n_kept, CUSD_KEPT);
	for (int i = 0; i < CUSD_KEPT; i++) {
		cusd_parse(&cusd.kept[0], &answer);
		CHECK_INT(answer.m, i);
		cusd_drop(&cusd);
	}
	CHECK_INT(cusd.n_kept, 0);
}

TEST(a_text_without_bounds_is_cut)
{
	char rest[CUSD_RAW_MAX];

	memset(&cusd, 0, sizeof(cusd));
	cusd_open(&cusd, false);
	for (const char *at = " 0,\""; *at != '\0'; at++)
		cusd_take(&cusd, *at);
	for (int i = 0; i < 100000; i++)
		cusd_take(&cusd, i % 97 == 0 ? '\n' : "\xc3\xa9"[i % 2]);
	CHECK(cusd.open);
	for (const char *at = "\",15\r"; *at != '\0'; at++)
		cusd_take(&cusd, *at);
	CHECK_INT(cusd_quiet(&cusd, rest), 0);
	cusd_parse(&cusd.kept[0], &answer);
	CHECK_INT(answer.dcs, 15);
	CHECK(ussd_decode(&answer, USSD_CHARSET_GSM, false, rest) <= WIRE_USSD_MAX);
}

/* --- packed, in hexadecimal --- */

static size_t
septets_of(const char *text, uint8_t *out)
{
	size_t len = strlen(text), n = 0;

	for (size_t at = 0; at < len;) {
		uint32_t c;

		at += utf8_get(text + at, len - at, &c);
		n += gsm_from_unicode(c, out + n);
	}
	return n;
}

/* fill: what stands in seven bits left over. */
static void
take_packed(const char *text, uint8_t fill, const char *format)
{
	uint8_t septets[400], packed[400] = { 0 };
	char hex[801] = "", line[1000];
	size_t n = septets_of(text, septets), octets;

	if (n % 8 == 7)
		septets[n++] = fill;
	octets = gsm_pack(septets, n, 0, packed);
	for (size_t i = 0; i < octets; i++)
		sprintf(hex + 2 * i, "%02X", packed[i]);
	take(line, (size_t)snprintf(line, sizeof(line), format, hex));
}

TEST(packed_septets_are_unpacked)
{
	static const char *const texts[] = { "Votre crédit est de 120 F, valable jusqu'au 31/12",
		"Ol\xc3\xa0! Saldo: 15,50 MT", "7 chars", "8 chars.",
		"Tarif [A] {B} \xe2\x82\xac 5 ~", "A@B_C$D \xc3\xa8\xc3\xa0\xc3\x89\xc3\x87" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		take_packed(texts[i], '\r', " 0,\"%s\",15\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, true), texts[i]);
		take_packed(texts[i], 0, " 0,\"%s\",0\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, true), texts[i]);
		take_packed(texts[i], '\r', " 0, %s\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, true), texts[i]);
	}
	take_packed("Votre solde est 120 F", '\r', " 0,\"%s\",15\r");
	CHECK_STR(decoded(USSD_CHARSET_GSM, false), "Votre solde est 120 F");
	TAKE(" 0,\"D6375D5E06\r\nCDDF6C72590\r\n78AC960\",15"); /* over several lines */
	CHECK_STR(decoded(USSD_CHARSET_GSM, true), "Votre solde: 120");
}

TEST(packed_texts_come_back_whatever_their_length)
{
	char text[183];

	for (size_t n = 1; n <= 182; n++) {
		for (size_t i = 0; i < n; i++)
			text[i] = "Solde 0123456789"[(i + n) % 16];
		text[n - 1] = '.';
		text[n] = '\0';
		take_packed(text, n % 2 ? '\r' : 0, " 1,\"%s\",15\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, true), text);
	}
}

TEST(damaged_hexadecimal_gives_what_is_whole)
{
	TAKE(" 0,\"D3F21B2D0F83C86537E92D\",15"); /* as it is */
	CHECK(strstr(decoded(USSD_CHARSET_GSM, true), "\xef\xbf\xbd") == NULL);
	TAKE(" 0,\"D3F21B2D0F83C86537E92\",15");
	CHECK(strstr(decoded(USSD_CHARSET_GSM, true), "\xef\xbf\xbd") != NULL);
	SAYS(" 0,\"0053006F006C00640065002\",72", 0, 72, "Solde\xef\xbf\xbd");
	SAYS(" 0,\"0053006F006C0064006500\",72", 0, 72, "Solde\xef\xbf\xbd");
	SAYS(" 0,\"0053006F006C00640065??\",72", 0, 72, "Solde\xef\xbf\xbd");
}

TEST(a_number_and_a_word_are_not_unpacked)
{
	SAYS(" 0,\"1234567890123456\",15", 0, 15, "1234567890123456");
	SAYS(" 0,\"500\",15", 0, 15, "500");
	SAYS(" 0,\"FACADE\",15", 0, 15, "FACADE");
	SAYS(" 0,\"Ref. BADDECAF\",15", 0, 15, "Ref. BADDECAF");
}

/* --- UCS-2 --- */

static void
take_ucs2(const char *text, const char *before, const char *after)
{
	char line[3000];
	size_t len = strlen(text);
	int n = sprintf(line, "%s", before);

	for (size_t at = 0; at < len;) {
		uint8_t units[4];
		uint32_t c;
		size_t octets;

		at += utf8_get(text + at, len - at, &c);
		octets = ucs2_put(c, units);
		for (size_t i = 0; i < octets; i++)
			n += sprintf(line + n, "%02X", units[i]);
	}
	n += sprintf(line + n, "%s", after);
	take(line, (size_t)n);
}

TEST(ucs2_in_hexadecimal_is_text)
{
	static const char *const texts[] = {
		"\xd8\xb1\xd8\xb5\xd9\x8a\xd8\xaf\xd9\x83 120 \xd8\xaf\xd8\xac", /* Arabic */
		"\xd0\x91\xd0\xb0\xd0\xbb\xd0\xb0\xd0\xbd\xd1\x81: 120",
		"Crédit: 5 \xe2\x82\xac, c\xc5\x93ur \xe2\x80\x99",
		"\xe1\x88\x82\xe1\x88\xb3\xe1\x89\xa5 120", /* Ethiopic */
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		take_ucs2(texts[i], " 0,\"", "\",72\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, false), texts[i]);
		take_ucs2(texts[i], " 0,\"", "\",15\r"); /* under the wrong DCS */
		CHECK_STR(decoded(USSD_CHARSET_GSM, false), texts[i]);
		take_ucs2(texts[i], " 0,\"", "\"\r"); /* or none, in a session of UCS-2 */
		CHECK_STR(decoded(USSD_CHARSET_UCS2, false), texts[i]);
		take_ucs2(texts[i], " 0,\"", "\",15\r");
		CHECK_STR(decoded(USSD_CHARSET_GSM, true), texts[i]);
	}
	take_ucs2("\xf0\x9f\x98\x80 ok", " 0,\"", "\",72\r");
	CHECK_STR(decoded(USSD_CHARSET_GSM, false), "\xf0\x9f\x98\x80 ok");
	SAYS(" 0,\"D83D0041DE00\",72", 0, 72,
		"\xef\xbf\xbd"
		"A\xef\xbf\xbd");
	/* The first pair and the last, and what stands just outside. */
	SAYS(" 0,\"0041D800DC00DBFFDFFF0041\",72", 0, 72,
		"A\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"
		"A");
	SAYS(" 0,\"0041D7FFE0000041\",72", 0, 72,
		"A\xed\x9f\xbf\xee\x80\x80"
		"A");
}

TEST(a_language_in_front_is_no_text)
{
	/* "ar" packed, then text, a zero, and whatever lay in memory behind it. */
	SAYS(" 2,\"613906310635002000310000FFFF60B1\",17", 2, 17, "\xd8\xb1\xd8\xb5 1");
	SAYS(" 2,\"06310635\",17", 2, 17, "\xd8\xb1\xd8\xb5");
	SAYS(" 0,\"fr\rSolde\",16", 0, 16, "Solde");
	SAYS(" 0,\"fr\rSolde\",15", 0, 15, "fr\nSolde");
	take_packed("en\rBalance 120", '\r', " 0,\"%s\",16\r");
	CHECK_STR(decoded(USSD_CHARSET_GSM, true), "Balance 120");
}

TEST(eight_bit_data_is_text_if_it_can_be)
{
	SAYS(" 0,\"536F6C64652031323020C3A9\",68", 0, 68, "Solde 120 \xc3\xa9");
	SAYS(" 0,\"536F6C646520E9\",244", 0, 244, "Solde \xc3\xa9");
	SAYS(" 0,\"Solde\",68", 0, 68, "Solde");
}

TEST(data_coding_schemes_of_clause_5)
{
	static const struct {
		int dcs;
		const char *text; /* of 0053: UCS-2 'S', else two octets, or itself */
	} known[] = { { 0x00, "0053" }, { 0x0f, "0053" }, { 0x10, "0053" }, { 0x11, "S" },
		{ 0x20, "0053" }, { 0x30, "0053" }, { 0x40, "0053" }, { 0x44, " S" }, { 0x48, "S" },
		{ 0x58, "S" }, { 0x4c, "0053" }, { 0x94, " S" }, { 0x98, "S" }, { 0xf0, "0053" },
		{ 0xf4, " S" }, { 0xe0, "0053" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char line[32];

		take(line, (size_t)snprintf(line, sizeof(line), " 0,\"0053\",%d\r", known[i].dcs));
		CHECK_STR(decoded(USSD_CHARSET_GSM, false), known[i].text);
	}
}

/* --- the GSM alphabet's octets, and a session in HEX --- */

TEST(octets_of_the_gsm_alphabet_are_characters)
{
	SAYS(" 0,\"Cr\x05"
	     "dit: 5 \x1b\x65\",15",
		0, 15, "Crédit: 5 \xe2\x82\xac");
	SAYS(" 0,\"\x7f bient\x08t\x00\x11\",15", 0, 15, "\xc3\xa0 bient\xc3\xb2t@_");
	SAYS(" 1,\"Bitte w{hlen\"", 1, CUSD_NO_DCS, "Bitte w\xc3\xa4hlen");
	SAYS(" 1,\"ESPA]A\",15", 1, 15,
		"ESPA\xc3\x91"
		"A");
	SAYS(" 1,\"[1] Solde {2}\",15", 1, 15, "[1] Solde {2}");
	SAYS(" 1,\"a@b_c $5\",15", 1, 15, "a@b_c $5");
	TAKE(" 0,\"Cr\x05"
	     "dit\",15");
	CHECK_STR(decoded(USSD_CHARSET_ASCII, false), "Cr dit");
	TAKE(" 0,\"4372056469743A20313230\",15");
	CHECK_STR(decoded(USSD_CHARSET_HEX, false), "Crédit: 120");
	TAKE(" 0,\"5000\",15"); /* a modem that does not do what it was set to */
	CHECK_STR(decoded(USSD_CHARSET_HEX, false), "5000");
}

TEST(session_character_sets_by_name)
{
	CHECK_INT(ussd_charset_named("\"GSM\""), USSD_CHARSET_GSM);
	CHECK_INT(ussd_charset_named("\"IRA\""), USSD_CHARSET_ASCII);
	CHECK_INT(ussd_charset_named("\"UCS2\""), USSD_CHARSET_UCS2);
	CHECK_INT(ussd_charset_named("\"0055004300530032\""), USSD_CHARSET_UCS2);
	CHECK_INT(ussd_charset_named("\"8859-1\""), USSD_CHARSET_ASCII);
	CHECK_INT(ussd_charset_named(""), USSD_CHARSET_GSM);
}

/* --- codes --- */

static const char *
command(const char *text, enum ussd_way way, enum ussd_charset charset)
{
	static char out[USSD_COMMAND_MAX];

	ussd_command(text, way, charset, out);
	return out;
}

TEST(a_code_is_written_as_the_modem_wants_it)
{
	CHECK_STR(command("*131#", USSD_BY_BOOK, USSD_CHARSET_GSM), "+CUSD=1,\"*131#\",15");
	CHECK_STR(command("*131#", USSD_NO_DCS, USSD_CHARSET_ASCII), "+CUSD=1,\"*131#\"");
	CHECK_STR(command("*100#", USSD_PACKED, USSD_CHARSET_GSM), "+CUSD=1,\"AA180C3602\",15");
	CHECK_STR(command("1", USSD_PACKED, USSD_CHARSET_UCS2), "+CUSD=1,\"31\",15");
	CHECK_STR(command("*1#", USSD_BY_BOOK, USSD_CHARSET_UCS2), "+CUSD=1,\"002A00310023\",15");
	CHECK_STR(command("*1#", USSD_BY_BOOK, USSD_CHARSET_HEX), "+CUSD=1,\"2A3123\",15");
	/* Seven characters leave seven bits, filled with a CR. */
	CHECK_STR(
		command("*123*1#", USSD_PACKED, USSD_CHARSET_GSM), "+CUSD=1,\"AA986CA68A8D1A\",15");
}

TEST(packed_codes_are_unpacked_by_another)
{
	for (size_t n = 1; n <= WIRE_TYPED_MAX; n++) {
		char text[WIRE_TYPED_MAX + 1], back[3 * WIRE_TYPED_MAX + 4];
		uint8_t octets[WIRE_TYPED_MAX], septets[WIRE_TYPED_MAX + 8];
		const char *hex;
		size_t len = 0, count;

		for (size_t i = 0; i < n; i++)
			text[i] = "*131*2#az"[(i + n) % 9];
		text[n] = '\0';
		hex = strchr(command(text, USSD_PACKED, USSD_CHARSET_GSM), '"') + 1;
		for (; hex[2 * len] != '"'; len++) {
			unsigned octet;

			REQUIRE(sscanf(hex + 2 * len, "%2x", &octet) == 1);
			octets[len] = (uint8_t)octet;
		}
		CHECK_INT(len, (7 * n + 7) / 8);
		count = len * 8 / 7;
		gsm_unpack(octets, len, 0, septets, count);
		if (count > n) {
			CHECK_INT(count, n + 1);
			CHECK_INT(septets[n], '\r');
		}
		gsm_to_utf8(septets, n, back, sizeof(back));
		CHECK_STR(back, text);
	}
}

TEST(what_may_be_typed_is_the_same_in_both_alphabets)
{
	char text[WIRE_TYPED_MAX + 2];

	CHECK(wire_ussd_typed("*131*1#", 7));
	CHECK(!wire_ussd_typed("", 0));
	memset(text, '1', sizeof(text));
	CHECK(wire_ussd_typed(text, WIRE_TYPED_MAX));
	CHECK(!wire_ussd_typed(text, WIRE_TYPED_MAX + 1));
	for (int c = -128; c < 128; c++) {
		const char one = (char)c;
		uint8_t septets[2];
		bool same = c >= ' ' && gsm_from_unicode((uint32_t)c, septets) == 1 &&
			septets[0] == c && c != '"';

		CHECK_INT(wire_ussd_typed(&one, 1), same);
	}
}

UNIT_MAIN
