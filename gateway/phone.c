/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone: reading an address by the numbering plan of the country it was seen in.
 *
 * The plans are the countries' own, as ITU-T E.164 national number plans publish them. Lengths are
 * of the national significant number: what follows the calling code.
 */
#include "phone.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

enum {
	E164_MIN = 7,  /* digits with the calling code; the shortest in use */
	E164_MAX = 15, /* ITU-T E.164 6.1 */
	SHORT_MIN = 3,
	SHORT_MAX = 6,
	DIGITS_MAX = PHONE_MAX - 1,
};

struct plan {
	char country[3];
	char calling[4];
	char international[4]; /* beside 00, which people write everywhere */
	char trunk[2];         /* "" when national numbers have none */
	uint16_t lengths;      /* bit n: numbers of n digits exist */
};

#define N(digits) (1u << (digits))

static const struct plan plans[] = {
	{ "AO", "244", "00", "", N(9) },
	{ "BF", "226", "00", "", N(8) },
	{ "BI", "257", "00", "", N(8) },
	{ "BJ", "229", "00", "", N(10) }, /* 01 before every number since November 2024 */
	{ "BW", "267", "00", "", N(7) | N(8) },
	{ "CA", "1", "011", "1", N(10) },
	{ "CD", "243", "00", "0", N(9) },
	{ "CF", "236", "00", "", N(8) },
	{ "CG", "242", "00", "", N(9) },  /* 0 is a digit */
	{ "CI", "225", "00", "", N(10) }, /* ten digits since January 2021; 0 is one of them */
	{ "CM", "237", "00", "", N(9) },
	{ "CV", "238", "00", "", N(7) },
	{ "DJ", "253", "00", "", N(8) },
	{ "DZ", "213", "00", "0", N(8) | N(9) },
	{ "EG", "20", "00", "0", N(8) | N(9) | N(10) },
	{ "ER", "291", "00", "0", N(7) },
	{ "ET", "251", "00", "0", N(9) },
	{ "FR", "33", "00", "0", N(9) },
	{ "GB", "44", "00", "0", N(9) | N(10) },
	{ "GH", "233", "00", "0", N(9) },
	{ "GM", "220", "00", "", N(7) },
	{ "GN", "224", "00", "", N(9) },
	{ "GQ", "240", "00", "", N(9) },
	{ "GW", "245", "00", "", N(9) },
	{ "KE", "254", "000", "0", N(9) },
	{ "KM", "269", "00", "", N(7) },
	{ "LR", "231", "00", "0", N(7) | N(8) | N(9) },
	{ "LS", "266", "00", "", N(8) },
	{ "MA", "212", "00", "0", N(9) },
	{ "MG", "261", "00", "0", N(9) },
	{ "ML", "223", "00", "", N(8) },
	{ "MR", "222", "00", "", N(8) },
	{ "MU", "230", "00", "", N(7) | N(8) },
	{ "MW", "265", "00", "0", N(7) | N(9) },
	{ "MZ", "258", "00", "", N(8) | N(9) },
	{ "NA", "264", "00", "0", N(8) | N(9) },
	{ "NE", "227", "00", "", N(8) },
	{ "NG", "234", "009", "0", N(10) },
	{ "PT", "351", "00", "", N(9) },
	{ "RW", "250", "00", "0", N(9) },
	{ "SC", "248", "00", "", N(7) },
	{ "SD", "249", "00", "0", N(9) },
	{ "SL", "232", "00", "0", N(8) },
	{ "SN", "221", "00", "", N(9) },
	{ "SO", "252", "00", "0", N(7) | N(8) | N(9) },
	{ "SS", "211", "00", "0", N(9) },
	{ "ST", "239", "00", "", N(7) },
	{ "SZ", "268", "00", "", N(8) },
	{ "TD", "235", "00", "", N(8) },
	{ "TG", "228", "00", "", N(8) },
	{ "TN", "216", "00", "", N(8) },
	{ "TZ", "255", "000", "0", N(9) },
	{ "UG", "256", "000", "0", N(9) },
	{ "US", "1", "011", "1", N(10) },
	{ "ZA", "27", "00", "0", N(9) },
	{ "ZM", "260", "00", "0", N(9) },
	{ "ZW", "263", "00", "0", N(9) },
};

static const struct plan *
plan_of_country(const char *country)
{
	for (size_t i = 0; country != NULL && i < sizeof(plans) / sizeof(plans[0]); i++)
		if (strcmp(plans[i].country, country) == 0)
			return &plans[i];
	return NULL;
}

int
phone_country_known(const char *country)
{
	return plan_of_country(country) != NULL;
}

const char *
phone_calling_code(const char *country)
{
	const struct plan *plan = plan_of_country(country);

	return plan != NULL ? plan->calling : NULL;
}

/* Calling codes are prefix-free (ITU-T E.164 6.2), so the first that fits is the one. */
static const struct plan *
plan_of_number(const char *digits)
{
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		if (strncmp(digits, plans[i].calling, strlen(plans[i].calling)) == 0)
			return &plans[i];
	return NULL;
}

static bool
fits(const struct plan *plan, const char *national)
{
	size_t len = strlen(national);

	return len <= 15 && (plan->lengths & N(len)) != 0;
}

/* s without its prefix, NULL when it does not begin with it or the prefix is empty. */
static const char *
without(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return len > 0 && strncmp(s, prefix, len) == 0 ? s + len : NULL;
}

/* An address taken apart. */
struct address {
	char digits[DIGITS_MAX + 1]; /* with * and #, where they were */
	size_t count;
	bool plus;  /* the first sign is a + */
	bool code;  /* has * or # */
	bool alpha; /* has a letter */
	bool odd;   /* has what no number has, or more digits than one has */
};

/* 0-9 for a Latin, Arabic-Indic, Eastern Arabic-Indic or full-width digit, else -1. */
static int
digit_value(uint32_t cp)
{
	static const uint32_t zeros[] = { '0', 0x660, 0x6f0, 0xff10 };

	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		if (cp >= zeros[i] && cp <= zeros[i] + 9)
			return (int)(cp - zeros[i]);
	return -1;
}

/* What people part digits with, and the marks of direction that copying from a screen brings. */
static bool
is_separator(uint32_t cp)
{
	return cp <= ' ' || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x2015) || cp == 0x2212 ||
		(cp >= 0x202a && cp <= 0x202f) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0xfeff ||
		(cp < 0x80 && strchr(".-/()", (int)cp) != NULL);
}

/* Nearly: letters of every script, but no sign, symbol or emoji. */
static bool
is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2bff) &&
		!(cp >= 0xe000 && cp <= 0xf8ff) && cp < 0xfff0;
}

static void
address_add(struct address *address, char sign)
{
	if (address->count == DIGITS_MAX)
		address->odd = true;
	else
		address->digits[address->count++] = sign;
}

static void
address_parse(struct address *address, const char *s)
{
	memset(address, 0, sizeof(*address));
	while (*s != '\0') {
		uint32_t cp = text_next(&s);
		int digit = digit_value(cp);

		if (digit >= 0) {
			address_add(address, (char)('0' + digit));
		} else if (cp == '*' || cp == '#') {
			address->code = true;
			address_add(address, (char)cp);
		} else if (cp == '+' || cp == 0xff0b) {
			address->odd = address->odd || address->plus || address->count > 0;
			address->plus = true;
		} else if (is_letter(cp)) {
			address->alpha = true;
		} else if (!is_separator(cp)) {
			address->odd = true;
		}
	}
}

/* Write calling code and national number. Returns 0, or -1 when it is no E.164 number. */
static int
put_e164(const char *calling, const char *national, struct phone *out)
{
	size_t calling_len = strlen(calling), len = calling_len + strlen(national);
	char first = calling_len > 0 ? calling[0] : national[0];

	if (len < E164_MIN || len > E164_MAX || first == '0')
		return -1;
	out->kind = PHONE_E164;
	out->number[0] = '+';
	memcpy(out->number + 1, calling, calling_len);
	memcpy(out->number + 1 + calling_len, national, len - calling_len + 1);
	return 0;
}

/*
 * The national significant number within s, which may begin with the trunk prefix; NULL when none
 * of the country's lengths fits. Where there is a trunk prefix no number itself begins with it.
 */
static const char *
significant(const struct plan *plan, const char *s)
{
	const char *bare = without(s, plan->trunk);

	if (bare != NULL)
		s = bare;
	return fits(plan, s) ? s : NULL;
}

/*
 * Digits that begin with a calling code. A trunk prefix left between the code and the number, as in
 * +250 (0)788 000 001, is taken out.
 */
static int
read_international(const char *digits, struct phone *out)
{
	const struct plan *plan = plan_of_number(digits);
	const char *national = NULL;

	if (plan != NULL)
		national = significant(plan, digits + strlen(plan->calling));
	if (national != NULL)
		return put_e164(plan->calling, national, out);
	return put_e164("", digits, out);
}

/* Digits as they are dialled in the plan's country, or with its calling code and no +. */
static int
read_national(const struct plan *plan, const char *digits, struct phone *out)
{
	const char *rest = without(digits, plan->international);

	if (rest == NULL)
		rest = without(digits, "00");
	if (rest != NULL)
		return read_international(rest, out);
	rest = significant(plan, digits);
	if (rest == NULL) {
		rest = without(digits, plan->calling);
		rest = rest != NULL ? significant(plan, rest) : NULL;
	}
	return rest != NULL ? put_e164(plan->calling, rest, out) : -1;
}

static int
read_digits(const struct address *address, const char *country, struct phone *out)
{
	const struct plan *plan = plan_of_country(country);
	const char *rest;

	if (address->plus)
		return read_international(address->digits, out);
	if (address->count >= SHORT_MIN && address->count <= SHORT_MAX) {
		out->kind = PHONE_SHORT;
		memcpy(out->number, address->digits, address->count + 1);
		return 0;
	}
	if (plan != NULL)
		return read_national(plan, address->digits, out);
	rest = without(address->digits, "00");
	return rest != NULL ? read_international(rest, out) : -1;
}

/* *182#, *182*1*1#, #100#, with the signs where codes have them. */
static int
read_code(const struct address *address, struct phone *out)
{
	const char *d = address->digits;

	if (address->plus || (d[0] != '*' && d[0] != '#') || d[address->count - 1] != '#' ||
		strpbrk(d, "0123456789") == NULL)
		return -1;
	out->kind = PHONE_SHORT;
	memcpy(out->number, d, address->count + 1);
	return 0;
}

/* The address itself, controls made spaces, without blanks around. Returns whether it is whole. */
static bool
put_as_written(const char *address, struct phone *out)
{
	char clean[4 * PHONE_MAX];
	size_t len;

	address += strspn(address, " \t\r\n");
	len = text_utf8_clean(clean, sizeof(clean), address, strlen(address));
	for (size_t i = 0; i < len; i++)
		if (clean[i] == '\n')
			clean[i] = ' ';
	while (len > 0 && clean[len - 1] == ' ')
		len--;
	return text_utf8_clean(out->number, sizeof(out->number), clean, len) == len;
}

struct phone
phone_normalise(const char *address_utf8, const char *country)
{
	struct phone phone = { .kind = PHONE_INVALID };
	struct address address;
	bool whole = put_as_written(address_utf8, &phone);
	int read = -1;

	address_parse(&address, address_utf8);
	if (address.alpha)
		phone.kind = whole ? PHONE_ALPHABETIC : PHONE_INVALID;
	else if (address.count > 0 && !address.odd)
		read = address.code ? read_code(&address, &phone)
				    : read_digits(&address, country, &phone);
	if (read == -1 && !address.alpha)
		phone.kind = PHONE_INVALID;
	return phone;
}
