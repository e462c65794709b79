/* SPDX-License-Identifier: GPL-3.0-or-later */
/* money: integers of the minor unit, and what people write for them. */
#include "money.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

#define WORD_MAX 16     /* bytes of a currency's word with NUL */
#define DIGITS_MAX 40   /* of one amount: more is refused */
#define WORDS_OF_ONE 12 /* words of one currency */

/* ISO 4217, what circulates; those with two decimals are all others named here. */
static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
static const char three[] = "BHD IQD JOD KWD LYD OMR TND ";
static const char two[] =
	"AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
	"CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
	"GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
	"MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
	"PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
	"TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ";

/* Who pays in what. */
static const char countries[] =
	"AO:AOA BF:XOF BI:BIF BJ:XOF BW:BWP CD:CDF CF:XAF CG:XAF CI:XOF CM:XAF CV:CVE DJ:DJF DZ:DZD "
	"EG:EGP EH:MAD ER:ERN ET:ETB GA:XAF GH:GHS GM:GMD GN:GNF GQ:XAF GW:XOF KE:KES KM:KMF LR:LRD "
	"LS:LSL LY:LYD MA:MAD MG:MGA ML:XOF MR:MRU MU:MUR MW:MWK MZ:MZN NA:NAD NE:XOF NG:NGN RW:RWF "
	"SC:SCR SD:SDG SL:SLE SN:XOF SO:SOS SS:SSP ST:STN SZ:SZL TD:XAF TG:XOF TN:TND TZ:TZS UG:UGX "
	"ZA:ZAR ZM:ZMW ZW:ZWG BD:BDT FJ:FJD HT:HTG ID:IDR IN:INR IQ:IQD JO:JOD KH:KHR LA:LAK LK:LKR "
	"MM:MMK NP:NPR PG:PGK PH:PHP PK:PKR TH:THB VN:VND YE:YER ";

struct written {
	const char *word;  /* in capitals, without blanks; compared without case */
	const char *codes; /* those that it may mean; the first unless the country has another */
};

/* '?' before the codes: only the country tells. */
static const struct written written[] = {
	{ "FCFA", "?XOF XAF" },
	{ "F CFA", "?XOF XAF" },
	{ "CFA", "?XOF XAF" },
	{ "FRS", "?XOF XAF RWF GNF DJF BIF CDF KMF" },
	{ "FR", "?XOF XAF RWF GNF DJF BIF CDF KMF" },
	{ "F", "?XOF XAF RWF GNF DJF BIF CDF KMF" },
	{ "FRW", "RWF" },
	{ "RF", "RWF" },
	{ "FBU", "BIF" },
	{ "FDJ", "DJF" },
	{ "FG", "GNF" },
	{ "FC", "CDF KMF" },
	{ "KSHS", "KES" },
	{ "KSH", "KES" },
	{ "TSHS", "TZS" },
	{ "TSH", "TZS" },
	{ "USHS", "UGX" },
	{ "USH", "UGX" },
	{ "SHS", "?KES TZS UGX SOS" },
	{ "SH", "?KES TZS UGX SOS" },
	{ "/=", "?KES TZS UGX" },
	{ "GHC", "GHS" },
	{ "GH¢", "GHS" },
	{ "GH₵", "GHS" },
	{ "₵", "GHS" },
	{ "MT", "MZN" },
	{ "MZM", "MZN" },
	{ "MTS", "MZN" },
	{ "METICAIS", "MZN" },
	{ "AR", "MGA" },
	{ "ARIARY", "MGA" },
	{ "BIRR", "ETB" },
	{ "BR", "ETB" },
	{ "NAIRA", "NGN" },
	{ "₦", "NGN" },
	{ "N", "NGN" },
	{ "ZK", "ZMW" },
	{ "K", "?ZMW MWK" },
	{ "MK", "MWK" },
	{ "LE", "?SLE EGP" },
	{ "D", "?GMD" },
	{ "DALASI", "GMD" },
	{ "DH", "?MAD AED" },
	{ "DHS", "?MAD AED" },
	{ "DA", "DZD" },
	{ "DT", "TND" },
	{ "KZ", "AOA" },
	{ "UM", "MRU" },
	{ "N$", "NAD" },
	{ "L$", "LRD" },
	{ "LD", "LRD" },
	{ "US$", "USD" },
	{ "$", "USD LRD FJD" },
	{ "DOLLARS", "USD" },
	{ "€", "EUR" },
	{ "EUROS", "EUR" },
	{ "£", "GBP EGP" },
	{ "R", "?ZAR" },
	{ "E", "?SZL" },
	{ "M", "?LSL" },
	{ "P", "?BWP" },
};

#define LENGTH(array_) (sizeof(array_) / sizeof((array_)[0]))

/* --- Codes --- */

/* The place of a code in a list of codes with a blank behind each, or NULL. */
static const char *
find_code(const char *list, const char *code)
{
	for (const char *at = list; *at != '\0'; at += strcspn(at, " ") + 1)
		if (strncmp(at, code, 3) == 0)
			return at;
	return NULL;
}

int
money_exponent(const char *currency)
{
	if (currency == NULL || strlen(currency) != 3)
		return -1;
	if (find_code(none, currency) != NULL)
		return 0;
	if (find_code(two, currency) != NULL)
		return 2;
	return find_code(three, currency) != NULL ? 3 : -1;
}

/* A static copy of a code in one of the lists: the words of money_word() are where they live. */
static const char *
own_code(const char *code)
{
	const char *word;

	for (size_t i = LENGTH(written); (word = money_word(i)) != NULL; i++)
		if (strncasecmp(word, code, 3) == 0)
			return word;
	return NULL;
}

const char *
money_word(size_t i)
{
	static char codes[(sizeof none + sizeof two + sizeof three) / 4][MONEY_CODE_MAX];
	static bool made;
	size_t count = 0;

	if (!made) {
		const char *const lists[] = { none, two, three };

		for (size_t l = 0; l < LENGTH(lists); l++)
			for (const char *at = lists[l]; *at != '\0'; at += 4)
				memcpy(codes[count++], at, 3);
		made = true;
	}
	if (i < LENGTH(written))
		return written[i].word;
	i -= LENGTH(written);
	return i < LENGTH(codes) ? codes[i] : NULL;
}

const char *
money_of_country(const char *country)
{
	if (country == NULL || strlen(country) != 2)
		return NULL;
	for (const char *at = countries; *at != '\0'; at += 7)
		if (strncmp(at, country, 2) == 0)
			return own_code(at + 3);
	return NULL;
}

/* Is a the word b, case and blanks aside? Only ASCII has case here. */
static bool
same_word(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " .");
		b += strspn(b, " ");
		if (strncasecmp(a, b, 1) != 0)
			return false;
		if (*a == '\0')
			return true;
	}
}

static const struct written *
find_written(const char *word)
{
	for (size_t i = 0; i < LENGTH(written); i++)
		if (same_word(word, written[i].word))
			return &written[i];
	return NULL;
}

const char *
money_currency(const char *word, const char *country)
{
	const char *own = money_of_country(country);
	const struct written *w = find_written(word);
	const char *codes;

	if (w == NULL)
		return strlen(word) == 3 ? own_code(word) : NULL;
	codes = w->codes + (w->codes[0] == '?');
	if (own != NULL && strstr(codes, own) != NULL)
		return own;
	return w->codes[0] == '?' ? NULL : own_code(codes);
}

/* --- Reading --- */

struct amount {
	char digit[DIGITS_MAX]; /* with the signs between them: '.', ',', ' ', '\'' */
	size_t length;
	char word[2][WORD_MAX]; /* before and behind */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One character as it counts here: Latin digits, '\'' for any apostrophe, ' ' for any blank. */
static uint32_t
plain_character(uint32_t c)
{
	if (c >= 0x660 && c <= 0x669)
		return c - 0x660 + '0';
	if (c >= 0x6f0 && c <= 0x6f9)
		return c - 0x6f0 + '0';
	if (c == 0x66b)
		return ',';
	if (c == 0x66c || c == 0x2019 || c == 0x2bc)
		return '\'';
	if (c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == '\t')
		return ' ';
	return c;
}

static int
add_to_word(char word[WORD_MAX], uint32_t c)
{
	char bytes[4];
	size_t length = strlen(word), size = text_put(bytes, c);

	if (size == 0 || length + size >= WORD_MAX)
		return -1;
	memcpy(word + length, bytes, size);
	word[length + size] = '\0';
	return 0;
}

/* Part the number from the words around it. Returns 0 or -1. */
static int
take_apart(const char *text, struct amount *a)
{
	bool behind = false;
	uint32_t c;

	memset(a, 0, sizeof(*a));
	while ((c = plain_character(text_next(&text))) != 0) {
		bool digit = c >= '0' && c <= '9';

		if (digit && behind)
			return -1;
		if (digit || (a->length > 0 && !behind && c < 0x80 && strchr(".,' ", (int)c))) {
			if (a->length == DIGITS_MAX - 1)
				return -1;
			a->digit[a->length++] = (char)c;
			continue;
		}
		behind = a->length > 0;
		if (c != ' ' && add_to_word(a->word[behind], c) == -1)
			return -1;
	}
	while (a->length > 0 && a->digit[a->length - 1] == ' ')
		a->length--;
	a->digit[a->length] = '\0';
	return a->length > 0 && is_digit(a->digit[a->length - 1]) ? 0 : -1;
}

/* May the word stand beside an amount of the currency? */
static bool
word_fits(const char *word, const char *currency)
{
	const struct written *w;

	if (word[0] == '\0' || strcasecmp(word, currency) == 0)
		return true;
	w = find_written(word);
	return w != NULL && strstr(w->codes, currency) != NULL;
}

/* Where the decimals begin (the sign's index), or the length: there are none. -1: it is not clear.
 */
static int
find_decimals(const struct amount *a, int exponent, char decimal)
{
	const char *last = NULL, *first = NULL;
	size_t behind;

	for (const char *p = a->digit; *p != '\0'; p++)
		if (!is_digit(*p)) {
			first = first != NULL ? first : p;
			last = p;
		}
	if (last == NULL || *last == ' ' || *last == '\'')
		return (int)a->length;
	behind = strlen(last + 1);
	if (decimal != 0 && *last != decimal) /* only three digits are a group of thousands */
		return behind == 3 ? (int)a->length : (int)(last - a->digit);
	if (decimal != 0) /* three zeros of what has no decimals are rather thousands */
		return exponent == 0 && behind == 3 && first == last ? -1 : (int)(last - a->digit);
	if (first != last) /* 1,300,000 or 1,300.00 */
		return *first == *last ? (int)a->length : (int)(last - a->digit);
	if (behind != 3 || a->digit[0] == '0' || last - a->digit > 3)
		return (int)(last - a->digit);
	return exponent == 0 ? (int)a->length : -1;
}

/* Are the signs before the decimals one sign, not the decimals' own, before three digits each? */
static bool
is_grouped(const char *digit, size_t length)
{
	size_t run = 0;
	char sign = 0, decimal = digit[length];

	for (size_t i = 0; i < length; i++) {
		if (is_digit(digit[i])) {
			run++;
			continue;
		}
		if ((sign != 0 && (digit[i] != sign || run != 3)) || digit[i] == decimal ||
			run == 0 || run > 3)
			return false;
		sign = digit[i];
		run = 0;
	}
	return run > 0 && (sign == 0 || (run == 3 && digit[0] != '0'));
}

static int
add_digit(int64_t *value, char digit)
{
	return __builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(*value, digit - '0', value)
		? -1
		: 0;
}

/* The number's value in the minor unit; digits beyond it must be zeros. */
static int
evaluate(const struct amount *a, size_t decimals, int exponent, int64_t *out)
{
	int64_t value = 0;
	int left = exponent;

	for (size_t i = 0; i < decimals; i++)
		if (is_digit(a->digit[i]) && add_digit(&value, a->digit[i]) == -1)
			return -1;
	for (size_t i = decimals + 1; i < a->length; i++) {
		if (!is_digit(a->digit[i]) || (left == 0 && a->digit[i] != '0'))
			return -1;
		if (left > 0 && add_digit(&value, a->digit[i]) == -1)
			return -1;
		left -= left > 0;
	}
	for (; left > 0; left--)
		if (add_digit(&value, '0') == -1)
			return -1;
	*out = value;
	return 0;
}

int
money_parse(const char *text, const char *currency, char decimal, int64_t *minor)
{
	int exponent = money_exponent(currency), decimals;
	struct amount a;

	if (exponent == -1 || take_apart(text, &a) == -1)
		return -1;
	if (!word_fits(a.word[0], currency) || !word_fits(a.word[1], currency))
		return -1;
	decimals = find_decimals(&a, exponent, decimal);
	if (decimals == -1 || !is_grouped(a.digit, (size_t)decimals))
		return -1;
	return evaluate(&a, (size_t)decimals, exponent, minor);
}

/* --- Writing --- */

/* What 10 to the exponent is. */
static uint64_t
unit_of(int exponent)
{
	uint64_t unit = 1;

	while (exponent-- > 0)
		unit *= 10;
	return unit;
}

static uint64_t
magnitude(int64_t minor)
{
	return minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
}

int
money_plain(int64_t minor, const char *currency, char out[MONEY_PLAIN_MAX])
{
	int exponent = money_exponent(currency);
	uint64_t unit, part;

	out[0] = '\0';
	if (exponent == -1)
		return -1;
	unit = unit_of(exponent);
	part = magnitude(minor) % unit;
	snprintf(out, MONEY_PLAIN_MAX, "%s%" PRIu64, minor < 0 ? "-" : "", magnitude(minor) / unit);
	if (part == 0)
		return 0;
	for (; part % 10 == 0; exponent--)
		part /= 10;
	snprintf(out + strlen(out), MONEY_PLAIN_MAX - strlen(out), ".%0*" PRIu64, exponent, part);
	return 0;
}

/* The whole number with a blank before each three digits. */
static void
put_grouped(char *out, size_t size, uint64_t whole)
{
	char digits[MONEY_PLAIN_MAX];
	size_t length, at = 0;

	snprintf(digits, sizeof(digits), "%" PRIu64, whole);
	length = strlen(digits);
	for (size_t i = 0; i < length && at + 2 < size; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[at++] = ' ';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

int
money_words(int64_t minor, const char *currency, char out[MONEY_WORDS_MAX])
{
	int exponent = money_exponent(currency);
	char whole[28], part[8] = "";
	uint64_t unit;

	out[0] = '\0';
	if (exponent == -1)
		return -1;
	unit = unit_of(exponent);
	put_grouped(whole, sizeof(whole), magnitude(minor) / unit);
	if (magnitude(minor) % unit != 0)
		snprintf(
			part, sizeof(part), ".%0*u", exponent, (unsigned)(magnitude(minor) % unit));
	snprintf(out, MONEY_WORDS_MAX, "%s%s%s %s", minor < 0 ? "-" : "", whole, part, currency);
	return 0;
}
