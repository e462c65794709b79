/* SPDX-License-Identifier: GPL-3.0-or-later */
/* money: exact in every currency, read as people write it, and never guessed. */
#include "unit.h"

#include <inttypes.h>
#include <limits.h>

#include "money.h"
#include "text.h"

#define REFUSED INT64_MIN
#define ROUNDS 4000

static uint64_t state = 42;

/* Below limit; the same numbers each time. */
static uint64_t
draw(uint64_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 17) % limit;
}

static int64_t
parsed(const char *text, const char *currency, char decimal)
{
	int64_t minor = REFUSED;

	if (money_parse(text, currency, decimal, &minor) == -1)
		CHECK(minor == REFUSED);
	return minor;
}

static void
check_parse(int line, const char *text, const char *currency, char decimal, int64_t want)
{
	int64_t got = parsed(text, currency, decimal);

	if (got != want) {
		printf("  line %d: %s %s is %" PRId64 ", not %" PRId64 "\n", line, text, currency,
			got, want);
		unit_failures++;
	}
}
#define PARSE(text_, currency_, want_) check_parse(__LINE__, text_, currency_, 0, want_)
#define PARSE_BY(sign_, text_, currency_, want_) \
	check_parse(__LINE__, text_, currency_, sign_, want_)

TEST(money_exponents_are_iso_4217s)
{
	static const char *const none[] = { "XOF", "XAF", "UGX", "RWF", "GNF", "DJF", "KMF", "BIF",
		"JPY", "KRW", "CLP", "PYG", "VND", "VUV", "XPF", "ISK", NULL };
	static const char *const three[] = { "TND", "LYD", "BHD", "IQD", "JOD", "KWD", "OMR",
		NULL };
	static const char *const two[] = { "KES", "TZS", "MRU", "MGA", "ETB", "GHS", "NGN", "MZN",
		"USD", "EUR", "CDF", "SOS", "ZMW", "ZWG", "SLE", "LRD", NULL };
	static const char *const unknown[] = { "", "XX", "XXX", "xof", "XOFX", "SLL", "ZWL", "ABC",
		"OF ", " XO", NULL };

	for (size_t i = 0; none[i] != NULL; i++)
		CHECK_INT(money_exponent(none[i]), 0);
	for (size_t i = 0; three[i] != NULL; i++)
		CHECK_INT(money_exponent(three[i]), 3);
	for (size_t i = 0; two[i] != NULL; i++)
		CHECK_INT(money_exponent(two[i]), 2);
	for (size_t i = 0; unknown[i] != NULL; i++)
		CHECK_INT(money_exponent(unknown[i]), -1);
	CHECK_INT(money_exponent(NULL), -1);
}

TEST(money_words_are_told_apart_by_country)
{
	CHECK_STR(money_currency("FCFA", "CM"), "XAF");
	CHECK_STR(money_currency("fcfa", "SN"), "XOF");
	CHECK_STR(money_currency("F CFA", "BJ"), "XOF");
	CHECK(money_currency("FCFA", "KE") == NULL);
	CHECK(money_currency("FCFA", NULL) == NULL);
	CHECK_STR(money_currency("F", "RW"), "RWF");
	CHECK_STR(money_currency("F", "GA"), "XAF");
	CHECK_STR(money_currency("FC", "CD"), "CDF");
	CHECK_STR(money_currency("Ksh", "KE"), "KES");
	CHECK_STR(money_currency("Tshs", "TZ"), "TZS");
	CHECK_STR(money_currency("Tsh.", "TZ"), "TZS");
	CHECK_STR(money_currency("sh", "UG"), "UGX");
	CHECK_STR(money_currency("$", "SO"), "USD");
	CHECK_STR(money_currency("$", "LR"), "LRD");
	CHECK_STR(money_currency("usd", "CD"), "USD");
	CHECK_STR(money_currency("MT", "MZ"), "MZN");
	CHECK_STR(money_currency("Ar", "MG"), "MGA");
	CHECK_STR(money_currency("GH₵", "GH"), "GHS");
	CHECK(money_currency("K", "GH") == NULL);
	CHECK(money_currency("", "KE") == NULL);
	CHECK(money_currency("You", "KE") == NULL);
	for (size_t i = 0; money_word(i) != NULL; i++)
		CHECK(strlen(money_word(i)) > 0);
	CHECK_STR(money_of_country("TN"), "TND");
	CHECK(money_of_country("KE:") == NULL);
	CHECK(money_of_country("S ") == NULL);
	CHECK(money_of_country(":X") == NULL);
}

TEST(money_is_read_as_it_is_written)
{
	PARSE("1.600F", "XOF", 1600);
	PARSE("50.000 FCFA", "XAF", 50000);
	PARSE("1.000", "XOF", 1000);
	PARSE("1,300.00", "XOF", 1300);
	PARSE("1,300.00", "KES", 130000);
	PARSE("3 000,00", "XOF", 3000);
	PARSE("3 000,50", "MAD", 300050);
	PARSE("3000", "XOF", 3000);
	PARSE("3000", "KES", 300000);
	PARSE("3000", "TND", 3000000);
	PARSE("Ksh3,500.00", "KES", 350000);
	PARSE("3,500.00 Ksh.", "KES", 350000);
	PARSE("500/=", "UGX", 500);
	PARSE("10000.0F", "XOF", 10000);
	PARSE("1000000.00", "UGX", 1000000);
	PARSE("0.1000 USD", "USD", 10);
	PARSE("0.5", "USD", 50);
	PARSE("1'300'000", "RWF", 1300000);
	PARSE("1’300", "RWF", 1300);
	PARSE("12\u00a0500\u00a0XOF", "XOF", 12500);
	PARSE("12\u202f500", "XOF", 12500);
	PARSE("12\u2009500", "XOF", 12500);
	PARSE("١٢٥٠٠", "XOF", 12500);
	PARSE("۱۲۵۰۰", "XOF", 12500);
	PARSE("١٬٢٥٠٫٥", "TND", 1250500);
	PARSE("1,234,567", "KES", 123456700);
	PARSE("1.234.567,89", "MZN", 123456789);
	PARSE(" 42 ", "KES", 4200);
	PARSE("92233720368547758.07", "KES", INT64_MAX);
	PARSE_BY('.', "50,000", "TZS", 5000000);
	PARSE_BY('.', "$101.780", "USD", 10178);
	PARSE_BY(',', "1.600", "MZN", 160000);
}

TEST(money_is_refused_rather_than_guessed)
{
	static const char *const bad[] = { "", " ", "F", "1,2,3", "12.345.6", "1,23.45",
		"12,34,567", "1..2", "1.,2", ".5", "5.", "-5", "5-", "- 5", "+5", "(5)", "1 2",
		"1 00", "1  000", "1.5.2026", "1e3", "0x10", "5 USD 3", "USD", "12a", "12 000 00",
		"0,000,000", "1 000.000.000", "1,000 000", "1'00", "5,000,00", NULL };

	for (size_t i = 0; bad[i] != NULL; i++) {
		PARSE(bad[i], "KES", REFUSED);
		PARSE(bad[i], "XOF", REFUSED);
	}
	PARSE("1.600", "USD", REFUSED); /* 1600, or 1.60? */
	PARSE("1,600", "KES", REFUSED);
	PARSE("1,500", "TND", REFUSED);
	PARSE("1.5", "XOF", REFUSED);
	PARSE("1.505", "USD", REFUSED);
	PARSE("10.001", "KES", REFUSED);
	PARSE("1.0001", "TND", REFUSED);
	PARSE("5 KES", "UGX", REFUSED);
	PARSE("Ksh5", "TZS", REFUSED);
	PARSE("5 FCFA", "RWF", REFUSED);
	PARSE("5", "XXX", REFUSED);
	PARSE("92233720368547758.08", "KES", REFUSED);
	PARSE("9223372036854775808", "XOF", REFUSED);
	PARSE("99999999999999999999999999999999999999", "XOF", REFUSED);
	PARSE("1111111111111111111111111111111111111111111111111111", "XOF", REFUSED);
	PARSE_BY('.', "3 000,00", "MZN", 300000); /* it cannot group thousands */
	PARSE_BY('.', "3,5", "MZN", 350);
	PARSE_BY(',', "999.00", "XOF", 999);
	PARSE_BY(',', "999.50", "XOF", REFUSED);
	PARSE_BY('.', "1,23,4", "MZN", REFUSED);
	PARSE_BY('.', "1.505", "XOF", REFUSED);
	PARSE_BY('.', "30.000", "UGX", REFUSED);
	PARSE_BY(',', "30,000", "XOF", REFUSED);
	PARSE_BY('.', "12.345.6", "KES", REFUSED);
	PARSE_BY('.', "12.345.00", "XOF", REFUSED);
	PARSE_BY(',', "1,300,000,5", "MZN", REFUSED);
	PARSE("\xff\xfe", "XOF", REFUSED);
	PARSE("5\xff", "XOF", REFUSED);
}

static void
check_plain(int64_t minor, const char *currency, const char *want)
{
	char out[MONEY_PLAIN_MAX];

	CHECK_INT(money_plain(minor, currency, out), 0);
	CHECK_STR(out, want);
}

static void
check_words(int64_t minor, const char *currency, const char *want)
{
	char out[MONEY_WORDS_MAX];

	CHECK_INT(money_words(minor, currency, out), 0);
	CHECK_STR(out, want);
	CHECK(text_fits_gsm7(out));
}

TEST(money_is_written_plainly_and_in_words)
{
	char out[MONEY_WORDS_MAX] = "x";

	check_plain(350000, "KES", "3500");
	check_plain(12345, "MZN", "123.45");
	check_plain(10, "USD", "0.1");
	check_plain(1, "TND", "0.001");
	check_plain(1600, "XOF", "1600");
	check_plain(0, "KES", "0");
	check_plain(-50, "KES", "-0.5");
	check_plain(INT64_MIN, "KES", "-92233720368547758.08");
	check_plain(INT64_MAX, "XOF", "9223372036854775807");
	check_words(12500, "XOF", "12 500 XOF");
	check_words(125000, "KES", "1 250 KES");
	check_words(125050, "KES", "1 250.50 KES");
	check_words(-5, "TND", "-0.005 TND");
	check_words(999, "UGX", "999 UGX");
	check_words(INT64_MIN, "TND", "-9 223 372 036 854 775.808 TND");
	CHECK_INT(money_words(5, "XXX", out), -1);
	CHECK_STR(out, "");
	CHECK_INT(money_plain(5, "XXX", out), -1);
}

static const char *const currencies[] = { "XOF", "KES", "TND", "USD", "UGX", "MGA", "LYD" };

/* Any size, small ones as often as large. */
static int64_t
draw_amount(void)
{
	return (int64_t)(draw(INT64_MAX >> 17) >> draw(46));
}

TEST(money_written_plainly_reads_the_same)
{
	for (int i = 0; i < ROUNDS; i++) {
		const char *currency = currencies[draw(7)];
		int64_t minor = draw_amount();
		char out[MONEY_PLAIN_MAX];

		REQUIRE(money_plain(minor, currency, out) == 0);
		CHECK(strchr(out, '.') == NULL || out[strlen(out) - 1] != '0');
		check_parse(__LINE__, out, currency, '.', minor);
	}
}

/* The amount with these signs: groups before each three digits ("" for none), decimals behind the
 * sign. */
static void
write_amount(
	int64_t minor, int exponent, const char *group, const char *sign, char *out, size_t size)
{
	char digits[32];
	size_t length, whole;

	snprintf(digits, sizeof(digits), "%0*" PRId64, exponent + 1, minor);
	length = strlen(digits);
	whole = length - (size_t)exponent;
	out[0] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (i == whole)
			strncat(out, sign, size - strlen(out) - 1);
		else if (i > 0 && i < whole && (whole - i) % 3 == 0)
			strncat(out, group, size - strlen(out) - 1);
		strncat(out, (char[]){ digits[i], '\0' }, size - strlen(out) - 1);
	}
}

TEST(money_reads_every_way_of_writing_an_amount)
{
	static const char *const groups[] = { "", ",", ".", " ", "'", "\u00a0", "\u202f", "\u2009",
		"’" };
	static const char *const before[] = { "", "KES ", "Ksh", "KSH. " };

	for (int i = 0; i < ROUNDS; i++) {
		const char *group = groups[draw(9)];
		const char *sign = group[0] == '.' ? ","
			: group[0] == ','          ? "."
			: draw(2)                  ? "."
						   : ",";
		int64_t minor = draw_amount();
		char amount[80], text[100];

		write_amount(minor, 2, group, sign, amount, sizeof(amount));
		snprintf(text, sizeof(text), "%s%s", before[draw(4)], amount);
		check_parse(__LINE__, text, "KES", 0, minor);
		check_parse(__LINE__, text, "KES", sign[0], minor);
	}
	for (int i = 0; i < ROUNDS; i++) {
		int64_t minor = draw_amount();
		char amount[80], text[100];

		write_amount(minor, 0, groups[draw(9)], "", amount, sizeof(amount));
		snprintf(text, sizeof(text), "%s%s", amount, draw(2) ? "F" : " FCFA");
		check_parse(__LINE__, text, "XOF", 0, minor);
	}
}

/* One sign put somewhere: what is read is either refused or still that amount. */
TEST(money_with_a_sign_too_many_is_never_another_amount)
{
	static const char signs[] = ".,' -+/x";

	for (int i = 0; i < ROUNDS; i++) {
		int64_t minor = (int64_t)draw(100000000), got;
		char amount[80], text[100];
		size_t at;

		write_amount(minor, 2, ",", ".", amount, sizeof(amount));
		at = draw(strlen(amount) + 1);
		snprintf(text, sizeof(text), "%.*s%c%s", (int)at, amount,
			signs[draw(sizeof(signs) - 1)], amount + at);
		got = parsed(text, "KES", '.');
		if (got != REFUSED && got != minor) {
			printf("  %s is %" PRId64 "\n", text, got);
			unit_failures++;
		}
	}
}

UNIT_MAIN
