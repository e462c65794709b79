/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators: whose SIM it is, and what an answer says. */
#include "operators.h"

#include <stdio.h>
#include <string.h>

#include "config.h"
#include "operators-internal.h"
#include "text.h"

/* --- Whose --- */

const struct operator_entry *
operators_find(const struct operators *operators, const char *name)
{
	for (size_t i = 0; i < operators->count; i++)
		if (strcmp(operators->entry[i].name, name) == 0)
			return &operators->entry[i];
	return NULL;
}

const struct operator_entry *
operators_at(const struct operators *operators, size_t i)
{
	return i < operators->count ? &operators->entry[i] : NULL;
}

const struct operator_entry *
operators_of(const struct operators *operators, const struct config_modem *entry, const char *imsi)
{
	const struct operator_entry *best = NULL;
	size_t longest = 0;

	if (entry->operator_name != NULL)
		return operators_find(operators, entry->operator_name);
	if (strlen(imsi) > 15 || imsi[strspn(imsi, "0123456789")] != '\0')
		return NULL; /* an ICCID, or a modem's name */
	for (size_t i = 0; i < operators->count; i++)
		for (size_t n = 0; n < operators->entry[i].network_count; n++) {
			const char *network = operators->entry[i].network[n];
			size_t length = strlen(network);

			if (length > longest && strncmp(imsi, network, length) == 0) {
				longest = length;
				best = &operators->entry[i];
			}
		}
	return best;
}

const char *
operator_name(const struct operator_entry *o)
{
	return o->name;
}

const char *
operator_currency(const struct operator_entry *o)
{
	return o->currency;
}

int
operator_unused_days(const struct operator_entry *o)
{
	return o->unused_days;
}

bool
operator_sends_from(const struct operator_entry *o, const struct phone *from)
{
	if (from->kind != PHONE_SHORT && from->kind != PHONE_ALPHABETIC)
		return false;
	for (size_t i = 0; i < o->sender_count; i++)
		if (strcmp(o->sender[i], from->number) == 0)
			return true;
	return false;
}

const struct operator_asking *
operator_asking(const struct operator_entry *o, enum operator_question question)
{
	return o->dialogue[question].is_asked ? &o->dialogue[question].asking : NULL;
}

/* --- Matching --- */

enum matched { NO, YES, UNDECIDED };

static enum matched
match(const struct operators *operators, struct operator_pattern *pattern, const char *flat)
{
	char fault[512];
	int n;

	if (pattern->code == NULL)
		pattern->code = payment_pattern_compile(pattern->text, fault, sizeof(fault));
	if (pattern->code == NULL) /* out of memory: it was one when it was loaded */
		return UNDECIDED;
	n = pcre2_match(pattern->code, (PCRE2_SPTR)flat, strlen(flat), 0, 0, operators->data,
		operators->context);
	return n == PCRE2_ERROR_NOMATCH ? NO : n < 0 ? UNDECIDED : YES;
}

bool
operator_menu_fits(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, size_t step, const char *menu)
{
	const struct operator_patterns *menus = &o->dialogue[question].menu;
	char flat[PAYMENT_TEXT_MAX + 1];

	if (menus->count == 0)
		return true;
	payment_flatten(menu, flat);
	return match(operators, &menus->pattern[step], flat) == YES;
}

/* --- Reading --- */

/* What the first group of that name that took part says. Returns 0 (out empty: none did), or -1: it
 * is too long. */
static int
take(const struct operators *operators, const char *name, char *out, size_t size)
{
	PCRE2_SIZE length = size;
	int error = pcre2_substring_copy_byname(
		operators->data, (PCRE2_SPTR)name, (PCRE2_UCHAR *)out, &length);

	if (error == 0)
		return 0;
	out[0] = '\0';
	return error == PCRE2_ERROR_NOMEMORY ? -1 : 0;
}

static int
take_amount(const struct operators *operators, const struct operator_entry *o,
	struct operator_reading *out)
{
	char amount[64], word[32];
	const char *currency = o->currency;

	if (take(operators, "amount", amount, sizeof(amount)) == -1 ||
		take(operators, "currency", word, sizeof(word)) == -1)
		return -1;
	if (amount[0] == '\0')
		return 0;
	if (word[0] != '\0')
		currency = money_currency(word, o->country);
	if (currency == NULL || money_parse(amount, currency, o->decimal, &out->amount) == -1 ||
		out->amount > MONEY_MOST)
		return -1;
	out->has_amount = true;
	snprintf(out->written, sizeof(out->written), "%s", amount);
	snprintf(out->currency, sizeof(out->currency), "%s", currency);
	return 0;
}

/* A whole number, grouped or not, as an amount of what has no decimals. */
static int
take_count(const struct operators *operators, struct operator_reading *out)
{
	char number[32];
	int64_t count;

	if (take(operators, "count", number, sizeof(number)) == -1)
		return -1;
	if (number[0] == '\0')
		return 0;
	if (money_parse(number, "XOF", 0, &count) == -1 || count > OPERATOR_COUNT_MOST)
		return -1;
	out->has_count = true;
	out->count = (int32_t)count;
	return 0;
}

static int
take_day(const struct operators *operators, const struct operator_entry *o, const char *name,
	char out[OPERATOR_DAY_MAX])
{
	char text[48];

	if (take(operators, name, text, sizeof(text)) == -1)
		return -1;
	return text[0] == '\0' ? 0 : payment_date(text, o->dates, out);
}

/* All that the last match found, each thing clear. Returns 0 or -1. */
static int
take_all(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, struct operator_reading *out)
{
	memset(out, 0, sizeof(*out));
	if (take_amount(operators, o, out) == -1 || take_count(operators, out) == -1 ||
		take(operators, "bundle", out->bundle, sizeof(out->bundle)) == -1 ||
		take_day(operators, o, "until", out->until) == -1 ||
		take_day(operators, o, "expires", out->expires) == -1)
		return -1;
	return (question == OPERATOR_BALANCE && !out->has_amount) ||
			(question == OPERATOR_BUNDLE && !out->has_count)
		? -1
		: 0;
}

static bool
same_reading(const struct operator_reading *a, const struct operator_reading *b)
{
	return a->has_amount == b->has_amount && a->amount == b->amount &&
		strcmp(a->currency, b->currency) == 0 && a->has_count == b->has_count &&
		a->count == b->count && strcmp(a->bundle, b->bundle) == 0 &&
		strcmp(a->until, b->until) == 0 && strcmp(a->expires, b->expires) == 0;
}

/* By all patterns that say yes: 1 read, 0 by none, -1 not clear. */
static int
read_yes(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, const char *flat, struct operator_reading *out)
{
	const struct operator_patterns *patterns = &o->dialogue[question].yes;
	struct operator_reading other;
	int read = 0;

	for (size_t i = 0; i < patterns->count; i++) {
		enum matched matched = match(operators, &patterns->pattern[i], flat);

		if (matched == NO)
			continue;
		if (matched == UNDECIDED || take_all(operators, o, question, &other) == -1 ||
			(read == 1 && !same_reading(out, &other)))
			return -1;
		*out = other;
		read = 1;
	}
	return read;
}

/* By any of these patterns: 1, 0 by none, -1 not clear. */
static int
read_any(const struct operators *operators, const struct operator_patterns *patterns,
	const char *flat)
{
	int read = 0;

	for (size_t i = 0; i < patterns->count && read != -1; i++) {
		enum matched matched = match(operators, &patterns->pattern[i], flat);

		if (matched != NO)
			read = matched == YES ? 1 : -1;
	}
	return read;
}

enum operator_verdict
operator_read(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, const char *answer, struct operator_reading *out)
{
	char flat[PAYMENT_TEXT_MAX + 1];
	struct operator_reading reading = { .has_amount = false };
	int yes, no;

	memset(out, 0, sizeof(*out));
	if (!o->dialogue[question].is_asked)
		return OPERATOR_UNREAD;
	payment_flatten(answer, flat);
	yes = read_yes(operators, o, question, flat, &reading);
	no = read_any(operators, &o->dialogue[question].no, flat);
	if (yes + no != 1 || yes < 0 || no < 0)
		return OPERATOR_UNREAD;
	if (no == 1 && question == OPERATOR_BUY)
		return OPERATOR_REFUSED;
	if (no == 1) /* no bundle: nothing is left of it */
		reading = (struct operator_reading){ .has_count = true };
	*out = reading;
	return OPERATOR_READ;
}

bool
operator_tells_by_sms(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, const char *answer)
{
	char flat[PAYMENT_TEXT_MAX + 1];

	payment_flatten(answer, flat);
	return read_any(operators, &o->dialogue[question].by_sms, flat) == 1;
}

/* --- Masking --- */

/* Append what fits, never a part of a character. */
static void
put(char *out, size_t *length, const char *bytes, size_t size)
{
	*length += text_utf8_clean(out + *length, OPERATOR_WORDS_MAX - *length, bytes, size);
}

void
operator_mask(const struct operators *operators, const char *answer,
	const struct operator_reading *reading, char out[OPERATOR_WORDS_MAX])
{
	char flat[PAYMENT_TEXT_MAX + 1];
	const PCRE2_SIZE *found = pcre2_get_ovector_pointer(operators->data);
	size_t length = 0, at = 0, size;
	int groups = PCRE2_ERROR_NOMATCH; /* of which the last is the one that took part */

	payment_flatten(answer, flat);
	size = strlen(flat);
	out[0] = '\0';
	while (at < size &&
		(groups = pcre2_match(operators->secret, (PCRE2_SPTR)flat, size, at, 0,
			 operators->data, operators->context)) > 1) {
		size_t begin = found[2 * groups - 2], end = found[2 * groups - 1];

		put(out, &length, flat + at, begin - at);
		if (reading != NULL && reading->has_amount &&
			strncmp(reading->written, flat + begin, end - begin) == 0)
			put(out, &length, flat + begin, end - begin);
		else
			put(out, &length, "***", 3);
		at = end;
	}
	if (groups > 0 || groups == PCRE2_ERROR_NOMATCH)
		put(out, &length, flat + at, size - at);
	else /* it could not be decided */
		put(out, &length, "***", 3);
}
