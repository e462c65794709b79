/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-format: every format of conf/payments/ reads hundreds of messages of its kind with other
 * values, and none of what only looks like them.
 *
 * Messages are made from payment-examples.h, not from the patterns.
 */
#include "payment-help.h"

#include <ctype.h>

#include "payment-examples.h"

#define ROUNDS 300

static const char *const names[] = { "Awa", "AWA TRAORE", "N'Guessan Kouamé",
	"Aïssatou Bâ épse Diop", "O. J. SAMPLE & SONS LTD", "Jean-Pierre D’Almeida",
	"ABACUS INVESTMENTS LIMITED COMMISSION", "Grace New Life Church", "Chief Sample 3",
	"LYCEE TECHNIQUE DE NYLON - PROBATOIRE", "Simon On", "Receiver Sent Ltd", "Ñandú Über",
	"عائشة", "A/B SERVICES (MAURITIUS)", "Your Shop" };
static const char *const references[] = { "rent", "41", "TX-4471/2026", "Fees term 2",
	"Patente 2026 n° 12", "kodi ya nyumba", "Réf 12", "2094041046350465138", "loan repayment",
	"sent by Awa", "STALL 12, ROW 4", "KLA/2026.3", "ID 4471" };

/* --- Making messages --- */

static void
make_code(const char *shape, char out[80])
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
	size_t i;

	for (i = 0; shape[i] != '\0'; i++)
		out[i] = shape[i] == '#'  ? (char)('0' + draw(10))
			: shape[i] == '@' ? letters[draw(sizeof(letters) - 1)]
					  : shape[i];
	out[i] = '\0';
}

/* A whole number with that between its groups of three. */
static void
group(unsigned long whole, const char *between, char out[48])
{
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%lu", whole);

	out[0] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			strcat(out, between);
		strncat(out, digits + i, 1);
	}
}

static void
make_amount(char how, int exponent, char out[64], char plain[MONEY_PLAIN_MAX])
{
	unsigned long whole = 1 + draw(draw(2) ? 1000 : 30000000), part = 0;
	static const struct {
		char how;
		const char *between, *sign;
		int decimals;
	} ways[] = { { 'e', ",", ".", 2 }, { 'd', "", ".", 2 }, { 'p', "", "", 0 },
		{ 's', " ", "", 0 }, { 't', ".", "", 0 }, { 'k', ",", "", 0 }, { 'c', " ", ",", 2 },
		{ 'o', "", ".", 1 } };
	char digits[48];

	for (size_t i = 0; i < LENGTH(ways); i++) {
		if (ways[i].how != how)
			continue;
		if (exponent > 0 && ways[i].decimals == 2)
			part = draw(3) ? 0 : draw(100);
		group(whole, ways[i].between, digits);
		snprintf(out, 64, "%s%s%.*s", digits, ways[i].sign, ways[i].decimals,
			(char[]){ (char)('0' + part / 10), (char)('0' + part % 10), '\0' });
	}
	snprintf(plain, MONEY_PLAIN_MAX, "%lu", whole);
	if (part % 10 != 0)
		sprintf(plain + strlen(plain), ".%02lu", part);
	else if (part != 0)
		sprintf(plain + strlen(plain), ".%lu", part / 10);
}

static void
put_sum(struct message *m, const struct example *e, bool paid)
{
	char written[64], plain[MONEY_PLAIN_MAX];

	make_amount(e->amount[0], money_exponent(e->currency), written, plain);
	put(m, written);
	if (paid)
		strcpy(m->amount, plain);
}

static void
put_code(struct message *m, const char *shape, char kept[80])
{
	make_code(shape, kept);
	put(m, kept);
}

/* Which of two numbers is the day: 'd' the first, 'm' the second, '?' nobody knows. */
static char
order_of(const struct example *e)
{
	if (strcmp(e->provider, "Sahal") == 0)
		return 'm';
	return strcmp(e->provider, "EVC Plus") == 0 ||
			(strcmp(e->provider, "MTN MoMo") == 0 && strstr(e->format, ", fr") == NULL)
		? '?'
		: 'd';
}

/* A day, in one of the ways that messages write it. */
static void
put_date(struct message *m, const struct example *e)
{
	static const char *const month_names[] = { "January", "fév", "Mars", "Abr", "MAI", "jun",
		"Julho", "août", "Septemba", "Okt", "NOV", "dezembro" };
	static const char *const signs[] = { "/", "-", "." };
	unsigned year = 2000 + (unsigned)draw(100), month = 1 + (unsigned)draw(12),
		 day = 1 + (unsigned)draw(28);
	char order = order_of(e), text[40];
	const char *sign = ANY(signs);
	unsigned first = order == 'm' ? month : day, second = order == 'm' ? day : month;
	bool clear = order != '?' || day > 12 || day == month;

	snprintf(m->date, sizeof(m->date), "%04u-%02u-%02u", year % 10000, month, day);
	switch (draw(5)) {
	case 0:
		snprintf(text, sizeof(text), "%04u%s%02u%s%02u", year, sign, month, sign, day);
		break;
	case 1:
		snprintf(text, sizeof(text), "%02u-%s-%u", day, month_names[month - 1], year);
		break;
	case 2:
		snprintf(text, sizeof(text), "%u %s %u", day, month_names[month - 1], year);
		break;
	case 3:
		snprintf(text, sizeof(text), "%u%s%u%s%u", first, sign, second, sign, year);
		m->date[clear ? sizeof(m->date) - 1 : 0] = '\0';
		break;
	default:
		if (order == '?') /* 15/10/24 is in 2024, or in 2015 */
			year = 2050 + year % 50;
		snprintf(m->date, sizeof(m->date), "%04u-%02u-%02u", year % 10000, month, day);
		snprintf(text, sizeof(text), "%02u%s%02u%s%02u", first, sign, second, sign,
			year % 100);
		m->date[clear ? sizeof(m->date) - 1 : 0] = '\0';
	}
	put(m, text);
}

static void
put_time(struct message *m)
{
	unsigned hour = (unsigned)draw(24), minute = (unsigned)draw(60);
	static const char *const halves[] = { " AM", "am", " a.m.", " PM", "pm", " p.m." };
	unsigned twelve = hour % 12 == 0 ? 12 : hour % 12;
	char text[40];

	snprintf(m->time, sizeof(m->time), "%02u:%02u", hour % 100, minute % 100);
	switch (draw(4)) {
	case 0:
		snprintf(text, sizeof(text), "%02u:%02u:%02u", hour, minute, (unsigned)draw(60));
		break;
	case 1:
		snprintf(text, sizeof(text), "%u:%02u", hour, minute);
		break;
	case 2:
		snprintf(text, sizeof(text), "%02uh%02u", hour, minute);
		break;
	default:
		snprintf(text, sizeof(text), "%u:%02u%s", twelve, minute,
			halves[draw(3) + (hour >= 12 ? 3 : 0)]);
	}
	put(m, text);
}

static void
put_value(struct message *m, const struct example *e, char what)
{
	switch (what) {
	case 'm':
	case 'b':
		put_sum(m, e, what == 'm');
		break;
	case 'i':
		put_code(m, e->id, m->id);
		break;
	case 'p':
		put_code(m, e->phone, m->phone);
		break;
	case 'x':
		put_code(m, "E@##F@###", m->reverses);
		break;
	case 'o':
		put_code(m, "4########", m->reverses);
		break;
	case 'd':
		put_date(m, e);
		break;
	case 't':
		put_time(m);
		break;
	case 'r':
		strcpy(m->reference, ANY(references));
		put(m, m->reference);
		break;
	default:
		put(m, ANY(names));
	}
}

/* One character of the example itself, in another way perhaps. */
static void
put_plain(struct message *m, char c, unsigned how)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\r\n", " \n", "\u00a0", "\u202f" };
	char one[2] = { c, '\0' };

	if (isspace((unsigned char)c) && (how & 1) != 0) {
		put(m, blanks[draw(LENGTH(blanks))]);
		return;
	}
	if (c == '#')
		one[0] = (char)('0' + draw(10));
	else if ((how & 6) == 2)
		one[0] = (char)toupper((unsigned char)c);
	else if ((how & 6) == 4)
		one[0] = (char)tolower((unsigned char)c);
	put(m, one);
}

static void
make_message(const struct example *e, struct message *m)
{
	unsigned how = (unsigned)draw(8);

	memset(m, 0, sizeof(*m));
	put(m, draw(4) ? "" : " \n");
	for (const char *p = e->text; *p != '\0'; p++) {
		if (p[0] == '{' && p[2] == '}') {
			put_value(m, e, p[1]);
			p += 2;
		} else {
			put_plain(m, *p, how);
		}
	}
	put(m, ANY(tails));
}

/* --- Reading them --- */

static bool
reads(struct payment_formats *formats, const struct example *e, const struct message *m,
	bool reversal)
{
	struct payment_read read;
	char amount[MONEY_PLAIN_MAX] = "";
	bool right;

	payment_read(formats, m->text, e->country, NULL, &read);
	if (read.amount > 0)
		money_plain(read.amount, read.currency, amount);
	right = read.kind == (reversal ? PAYMENT_REVERSAL : PAYMENT_INCOMING);
	right &= says("provider", read.provider != NULL ? read.provider : "", e->provider);
	right &= says("format", read.format != NULL ? read.format : "", e->format);
	right &= says("amount", amount, m->amount);
	right &= m->amount[0] == '\0' || says("currency", read.currency, e->currency);
	right &= reversal || says("id", read.transaction_id, m->id);
	right &= says("reverses", read.reverses, m->reverses);
	if (!reversal && m->phone[0] != '\0')
		right &= says("payer", read.payer, m->phone);
	right &= says("reference", read.reference, m->reference);
	right &= says("date", read.date, m->date);
	right &= says("time", read.time, m->time);
	return right;
}

/* The kind of the format that an example is of; it must be there. */
static enum payment_kind
kind_of(const struct payment_formats *formats, const struct example *e)
{
	const char *provider, *format;
	enum payment_kind kind;

	for (size_t i = 0; payment_formats_list(formats, i, &provider, &format, &kind, NULL); i++)
		if (strcmp(provider, e->provider) == 0 && strcmp(format, e->format) == 0)
			return kind;
	printf("  there is no format %s: %s\n", e->provider, e->format);
	unit_failures++;
	return PAYMENT_NONE;
}

TEST(payment_formats_hold_for_the_shape)
{
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(examples); i++) {
		bool reversal = kind_of(formats, &examples[i]) == PAYMENT_REVERSAL;
		int wrong = 0;

		for (int round = 0; round < ROUNDS && wrong < 2; round++) {
			struct message m;

			make_message(&examples[i], &m);
			if (!reads(formats, &examples[i], &m, reversal)) {
				printf("  %s, %s: <%s>\n", examples[i].provider, examples[i].format,
					m.text);
				wrong++;
				unit_failures++;
			}
		}
	}
	payment_formats_free(formats);
}

TEST(payment_formats_each_have_an_example_here)
{
	struct payment_formats *formats = load_from("conf/payments");
	const char *provider, *format;
	enum payment_kind kind;

	for (size_t i = 0; payment_formats_list(formats, i, &provider, &format, &kind, NULL); i++) {
		bool found = kind == PAYMENT_OTHER;

		for (size_t e = 0; e < LENGTH(examples); e++)
			found |= strcmp(examples[e].provider, provider) == 0 &&
				strcmp(examples[e].format, format) == 0;
		if (!found) {
			printf("  %s: %s has no example\n", provider, format);
			unit_failures++;
		}
	}
	payment_formats_free(formats);
}

/* --- What must not be read as money in --- */

static const char *const said_before[] = { "Failed. ", "Fwd: ", "Transaction failed. ",
	"Echec: ", "Your request is pending: ", "Is this true: ", "Falhou. ",
	"Loan offer: ", "OTP 4471. " };
static const char *const said_instead[][2] = { { "You have received", "You have sent" },
	{ "You have received", "You have been asked for" },
	{ "You have received", "You will receive" },
	{ "You have received", "You have received airtime of" },
	{ "You have received", "You have requested" }, { "You received", "You transferred" },
	{ "avez recu", "avez envoye" }, { "avez reçu", "avez retiré" },
	{ "Recebeste", "Transferiste" }, { "Umepokea", "Umetuma" }, { "RECEIVED", "SENT" },
	{ "RECU", "ENVOYE" }, { "received from", "sent to" }, { "received for", "made for" },
	{ "ka heshay", "u dirtay" }, { "Ar recu de", "Ar envoye a" },
	{ "Cash deposit of", "Cash withdrawal of" }, { "Cash In", "Cash Out" },
	{ "Cash-In", "Cash-Out" }, { "{m}", "-5" }, { "{m}", "1,2,3" }, { "{m}", "0" },
	{ "{m}", "12.345.6" }, { "{m}", "" } };

static void
check_not_incoming(struct payment_formats *formats, const struct example *e, const char *text)
{
	struct example changed = *e;
	struct message m;
	struct payment_read read;

	changed.text = text;
	make_message(&changed, &m);
	payment_read(formats, m.text, e->country, NULL, &read);
	if (read.kind == PAYMENT_INCOMING) {
		printf("  as money in (%s, %s): <%s>\n", read.provider, read.format, m.text);
		unit_failures++;
	}
}

TEST(payment_formats_do_not_read_what_is_no_payment)
{
	struct payment_formats *formats = load_from("conf/payments");
	char text[MESSAGE_MAX];

	for (size_t i = 0; i < LENGTH(examples); i++) {
		const struct example *e = &examples[i];

		for (size_t k = 0; k < LENGTH(said_before); k++) {
			snprintf(text, sizeof(text), "%s%s", said_before[k], e->text);
			check_not_incoming(formats, e, text);
		}
		for (size_t k = 0; k < LENGTH(said_instead); k++) {
			const char *at = strstr(e->text, said_instead[k][0]);

			if (at == NULL)
				continue;
			snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - e->text), e->text,
				said_instead[k][1], at + strlen(said_instead[k][0]));
			check_not_incoming(formats, e, text);
		}
	}
	payment_formats_free(formats);
}

struct no_payment {
	const char *country, *text;
	enum payment_kind kind;
};

TEST(payment_formats_know_what_is_no_payment)
{
	static const struct no_payment list[] = {
		{ "KE", "TJK6H7T3GA Confirmed. Ksh70.00 paid to Awa 1. on 20/10/24 at 4:21 PM.",
			PAYMENT_OTHER },
		{ "KE", "TJK6H7T3GA Confirmed. You have received Ksh500.00 from M-Shwari loan on 1/1/26",
			PAYMENT_OTHER },
		{ "KE", "TJK6H7T3GA Confirmed. You have received Ksh50.00 of airtime from AWA 0722000001",
			PAYMENT_OTHER },
		{ "KE", "Your M-PESA one-time password is 447112. Never share it.", PAYMENT_NONE },
		{ "KE", "Get a loan of up to KES 50,000 today! Dial *234#", PAYMENT_UNREAD },
		{ "TZ",
			"Dear Customer, New balance is TSh 414. You have received TSh 414 from MIXX BY YAS as "
			"your Mixx interest. TxnId: 26406217412050.",
			PAYMENT_OTHER },
		{ "GH",
			"Dear customer, you have received GHS0.16 from Telecel Cash as interest earned on your "
			"wallet.",
			PAYMENT_OTHER },
		{ "UG", "You have received UGX 500 of airtime from AWA.", PAYMENT_OTHER },
		{ "RW",
			"You have received 500 RWF from MOKASH (250788000001) on your mobile money account as a "
			"loan. Financial Transaction Id: 76662040522.",
			PAYMENT_OTHER },
		{ "CI", "Orange Money: Credit de 500 FCFA recu de bonus.", PAYMENT_UNREAD },
		{ "BJ", "MOOV MONEY: Vous avez recu 500 FCFA de credit bonus", PAYMENT_UNREAD },
		{ "MG", "500 Ar recu de bonus", PAYMENT_UNREAD },
		{ "RW", "You have received 500 RWF from AWA", PAYMENT_UNREAD },
		{ "CI", "Vous avez recu 500 FCFA de bonus. Solde: 500 FCFA.", PAYMENT_OTHER },
		{ "UG",
			"You have received UGX 1,2,3 from AWA, 256700000001 on 2026-08-30 16:45:11. fee:0. "
			"Reason: . New balance: UGX 359506. ID: 12995242404.",
			PAYMENT_UNREAD },
		{ "UG", "Hello neighbour, the meeting is at 5", PAYMENT_NONE },
		{ "KE", "", PAYMENT_NONE },
		/* another country's money, and another country's words */
		{ "KE", "Vous avez recu 800F De Awa (57530014) Nouveau solde: 1.600F T26Y2JQ2D6DVU2YQQ",
			PAYMENT_UNREAD },
		{ "XX", "TJ12345678 Confirmed. You have received Ksh50.00 from AWA 0722000001 on 1/1/26",
			PAYMENT_UNREAD },
	};
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(list); i++) {
		struct payment_read read;

		payment_read(formats, list[i].text, list[i].country, NULL, &read);
		if (read.kind != list[i].kind) {
			printf("  kind %d, not %d: %s\n", read.kind, list[i].kind, list[i].text);
			unit_failures++;
		}
	}
	payment_formats_free(formats);
}

TEST(payment_formats_leave_what_is_not_said_empty)
{
	static const char *const holes[] = { "$REFERENCE_NO", "-", ".", "", "N/A", "null", "${ref}",
		"--" };
	static const char *const no_ids[][2] = {
		{ "UG", "You have received UGX 34,000 from 256700000001, Awa. Your Balance is UGX 45,299." },
		{ "UG",
			"You have received UGX 34,000 from 256700000001, Awa. Your Balance is UGX 45,299. "
			"Trans ID: ..." },
		{ "UG",
			"You have received UGX 500 from Awa, 256700000001 on 2026-08-30 16:45:11. Reason: "
			"Eggs. New balance: UGX 35922. ID: $TRANSACTION_ID." },
		{ "GH", "Cash In received for GHS 100.00 from AWA. Current Balance: GHS 538.01." },
		{ "BJ",
			"MTN MOBILE MONEY: Vous avez reçu 25 000 FCFA de AWA le 15/03/2026. Frais: 0 FCFA. "
			"Nouveau solde: 187 500 FCFA. Ref: ${REFERENCE}" },
	};
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(holes); i++) {
		char text[512];
		struct payment_read read;

		snprintf(text, sizeof(text),
			"You have received 2000 RWF from Awa (*********013) on your mobile money account at "
			"2024-05-10 16:30:51. Message from sender: %s. Your new balance:2000 RWF. Financial "
			"Transaction Id: 123.",
			holes[i]);
		payment_read(formats, text, "RW", NULL, &read);
		CHECK_INT(read.kind, PAYMENT_INCOMING);
		CHECK_STR(read.reference, "");
		CHECK_STR(read.payer, "");
		CHECK_STR(read.transaction_id, ""); /* three digits name no transaction */
	}
	for (size_t i = 0; i < LENGTH(no_ids); i++) {
		struct payment_read read;

		payment_read(formats, no_ids[i][1], no_ids[i][0], NULL, &read);
		CHECK_INT(read.kind, PAYMENT_INCOMING);
		CHECK_STR(read.transaction_id, "");
		CHECK(read.amount > 0);
	}
	payment_formats_free(formats);
}

/* What a payer wrote may look like the message's end: its transaction is not the operator's. */
TEST(payment_transactions_are_not_those_of_payers_words)
{
	static const struct {
		const char *country, *text;
	} texts[] = {
		{ "RW",
			"You have received 100 RWF from Kofi Amina (*********721) on your mobile money "
			"account at 2024-10-18 23:00:18. Message from sender: B-1. Your new balance:1 "
			"RWF. Financial Transaction Id: 99999999999. Your new balance:26250 RWF. "
			"Financial Transaction Id: 29637321957." },
		{ "UG",
			"You have received UGX 3400 from PAULO IBRAHIM, 256760056526 on 2026-08-30 "
			"16:45:11. fee:0. Reason: B-1. New balance: UGX 1. ID: 99999999999. New "
			"balance: UGX 35922. ID: 43140090390." },
		{ "GH",
			"Payment received for GHS 77.00 from IBRAHIM YAO Current Balance: GHS 538.01 . "
			"Available Balance: GHS 538.01. Reference: rent. Transaction ID: 99999999999. "
			"Transaction ID: 12345678901. TRANSACTION FEE: 0.00" },
	};
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		payment_read(formats, texts[i].text, texts[i].country, NULL, &read);
		CHECK(read.kind == PAYMENT_INCOMING && read.amount > 0);
		CHECK_STR(read.transaction_id, "");
	}
	payment_formats_free(formats);
}

/* Sums of what is booked fit in 64 bits, whatever an operator's message says. */
TEST(payment_amounts_beyond_all_money_are_read_by_a_person)
{
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;

	payment_read(formats,
		"You have received 9000000000000000000 RWF from Kofi Amina (250788000001) on your mobile "
		"money account at 2024-10-18 23:00:18. Message from sender: B-1. Your new balance:1 RWF. "
		"Financial Transaction Id: 29637321957.",
		"RW", NULL, &read);
	CHECK_INT(read.kind, PAYMENT_UNREAD);
	payment_formats_free(formats);
}

TEST(payment_senders_are_known_in_any_spelling)
{
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;
	static const char text[] =
		"DT85TH896 Confirmed. You have received Ksh50.00 from AWA 254700000001 on 1/1/26 at 1:00 PM";

	CHECK(payment_sender_known(formats, "M-Pesa"));
	CHECK(payment_sender_known(formats, "mpesa"));
	CHECK(payment_sender_known(formats, "Mobile Money"));
	CHECK(!payment_sender_known(formats, "+254700000001"));
	CHECK(!payment_sender_known(formats, "pesa"));
	CHECK(!payment_sender_known(formats, ""));
	CHECK(!payment_sender_known(formats, NULL));
	payment_read(formats, text, "KE", "MPESA", &read);
	CHECK(read.kind == PAYMENT_INCOMING && read.sender_known);
	payment_read(formats, text, "KE", "+254700000001", &read);
	CHECK(read.kind == PAYMENT_INCOMING && !read.sender_known);
	payment_formats_free(formats);
}

TEST(payment_texts_of_any_length_are_read_in_a_moment)
{
	static const char *const pieces[] = { "a", "1", " ", "You have received ",
		"UGX 1,000 from ", "1 000 ", "x(", ". ", "PP1.1", "\xff" };
	struct payment_formats *formats = load_from("conf/payments");
	static char text[200000];
	struct payment_read read;

	for (size_t i = 0; i < LENGTH(pieces); i++) {
		size_t length = strlen(pieces[i]), at;

		for (at = 0; at + length < sizeof(text); at += length)
			memcpy(text + at, pieces[i], length);
		text[at] = '\0';
		payment_read(formats, text, "UG", NULL, &read);
		CHECK(read.kind != PAYMENT_INCOMING);
		memcpy(text, "You have received UGX 500 from ", 31);
		payment_read(formats, text, "UG", NULL, &read);
		CHECK(read.kind != PAYMENT_INCOMING);
	}
	payment_formats_free(formats);
}

UNIT_MAIN
