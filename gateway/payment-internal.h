/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-internal: what payment-load.c makes and payment-format.c reads by. */
#ifndef PAYMENT_INTERNAL_H
#define PAYMENT_INTERNAL_H

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

#include "config.h"
#include "payment-format.h"

/* What a pattern's groups may be called. */
enum payment_field {
	FIELD_AMOUNT,
	FIELD_CURRENCY,
	FIELD_ID,
	FIELD_PAYER,
	FIELD_REFERENCE,
	FIELD_REVERSES,
	FIELD_DATE,
	FIELD_TIME,
	FIELD_COUNT,
};

#define FIELD_GROUPS_MAX 8 /* groups of one name in a pattern */

struct field_groups {
	uint16_t number[FIELD_GROUPS_MAX];
	size_t count;
};

/* In which order a date's numbers stand where the year is not first. */
enum payment_dates {
	DATES_UNKNOWN, /* read only where all orders but one make no date */
	DATES_DAY_FIRST,
	DATES_MONTH_FIRST,
};

struct payment_format {
	char *name;
	size_t provider; /* index */
	enum payment_kind kind;
	bool seen;
	char decimal; /* '.', ',' or 0: not known */
	enum payment_dates dates;
	char currency[MONEY_CODE_MAX]; /* "": as written, else the country's */
	char countries[192];           /* " KE TZ " */
	pcre2_code *code;
	struct field_groups field[FIELD_COUNT];
};

struct payment_provider {
	char *name;
	char *senders; /* folded, a line each: "\nmpesa\nmpesake\n" */
};

struct payment_formats {
	struct payment_provider *provider;
	size_t provider_count;
	struct payment_format *format;
	size_t format_count;
	pcre2_code *money_like;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *jit_stack;
};

/* A name's letters and digits alone, small. Returns its length; 0 when nothing is left of it. */
size_t payment_fold_sender(const char *name, char *out, size_t size);

/*
 * A pattern as PCRE2 shall have it: a blank matches one blank or none, and {money}, {sum}, ... are
 * written out. Returns the pattern (free() it), or NULL with what is wrong in fault.
 */
char *payment_pattern_expand(const char *pattern, char *fault, size_t fault_size);

/*
 * The same, compiled: anchored at the text's beginning, whatever its case. Who tries it often has
 * it made faster (JIT takes memory). Returns the code (pcre2_code_free() it), or NULL with what is
 * wrong in fault.
 */
pcre2_code *payment_pattern_compile(const char *pattern, char *fault, size_t fault_size);

/* A text made flat, as patterns have it: at most PAYMENT_TEXT_MAX bytes of it, valid UTF-8. */
void payment_flatten(const char *text, char out[PAYMENT_TEXT_MAX + 1]);

/*
 * A date as a message writes it, flat, into ISO 8601's: "31/7/13", "2013-07-31", "31-July-2013",
 * "July 31, 2013". Years are 2000 to 2099; two digits of them do. Returns 0, or -1 (out empty) for
 * what is no day of the calendar, or may be several.
 */
int payment_date(const char *text, enum payment_dates dates, char out[PAYMENT_DATE_MAX]);

/* A time as a message writes it into ISO 8601's hours and minutes: "6:43 PM", "18h43", "18:43:07".
 * Returns 0, or -1 (out empty) for what no clock shows. */
int payment_time(const char *text, char out[PAYMENT_TIME_MAX]);

#endif
