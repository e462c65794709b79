/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-pattern: the shorthands of patterns in conf/payments/ and conf/operators/: {money} for an
 * amount with its currency in either order, and a blank for any blanks or none.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "payment-internal.h"

#define PATTERN_MAX (64 * 1024) /* bytes of a pattern written out */
#define COINS_MAX 512           /* words of all currencies */

/* Atomic: the digits that stand there, all of them, or no match. A blank only before three; what
 * has seven digits behind a sign is a phone's. */
#define NUMBER \
	"(?>\\d{1,3}(?:[ ']\\d{3})+(?!\\d)(?:[.,]\\d{1,6}(?!\\d))?|\\d+(?:[.,']\\d{1,6}(?!\\d))*)(?!\\d)"

#define SUM "(?:(?:@)\\.? ?-?" NUMBER "|-?" NUMBER "(?: ?(?:@)(?!\\p{L}))?)"
#define DATE                                                                                         \
	"(?<date>\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,2}[- ]?\\p{L}{3,9}\\.?[-, ]{1,2}\\d{2,4}|" \
	"\\p{L}{3,9} \\d{1,2}, ?\\d{4})(?!\\d)"
/* What stands behind "PM" may be the next sum's currency, and "AM" the beginning of "Amount". */
#define TIME                                             \
	"(?<time>\\d{1,2}[:.h]\\d{2}(?::\\d{2})?(?!\\d)" \
	"(?: ?[ap]\\.? ?m(?:\\.|(?!\\p{L})|(?=(?:@)\\.? ?\\d))| ?[\u0635\u0645](?!\\p{L}))?)"

static const struct shorthand {
	const char *name, *meaning; /* @ stands for the words of all currencies */
} shorthands[] = {
	{ "money",
		"(?:(?<currency>@)\\.? ?(?<amount>" NUMBER ")|(?<!\\d)(?<!\\d[.,])(?<amount>" NUMBER
		") ?(?<currency>@)(?!\\p{L}))" },
	{ "amount", "(?<amount>" NUMBER ")" },
	{ "sum", SUM },
	{ "number", NUMBER },
	/* One that is masked is nobody's. */
	{ "phone",
		"(?<![\\d*])(?:(?<payer>\\+?\\d{7,15}|\\+?\\d{1,4}(?: \\d{2,3}){2,5})|"
		"\\+?\\d{0,6}\\*{2,12}\\d{0,6}|\\+?\\d{2,6}x{2,12}\\d{0,6})(?![\\d*])" },
	/* An id, or the hole of a template where it should stand. */
	{ "id",
		"(?:(?<transaction_id>(?=[\\w.-]*\\d)[A-Za-z0-9]+"
		"(?:[._/-](?=[A-Za-z]{0,4}\\d)[A-Za-z0-9]+)*)|\\$\\{?\\w+\\}?|[.]{3})" },
	{ "code", "(?<transaction_id>(?=[a-z]*\\d)[a-z0-9]{6,16}|[a-z]{8,14})" },
	{ "fee",
		"(?:(?:transaction )?(?:fees?|charges?|cost|frais|taxe?|taxa|commission|ada|makato)"
		"(?: (?:was|is|de) | ?[:,] ?)(?:" SUM ")?[.,;]? ?){0,2}" },
	{ "name", ".{1,100}?" },
	{ "reference", "(?<reference>.{0,160}?)" },
	{ "date", DATE },
	{ "time", TIME },
	{ "when", DATE "(?:(?:T|[,;]? ?(?:-|(?:at|as|a|saa) )? ?)" TIME ")?" },
};

struct expansion {
	FILE *out;
	const char *coins;
};

/* --- The words of all currencies --- */

static int
longer_first(const void *a, const void *b)
{
	size_t la = strlen(*(const char *const *)a), lb = strlen(*(const char *const *)b);

	return la < lb    ? 1
		: la > lb ? -1
			  : strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All as one alternation, the longest first: FCFA before F. Returns NULL when memory is out. */
static const char *
coins(void)
{
	static char *made;
	const char *word[COINS_MAX];
	size_t count = 0, size;
	FILE *out;

	if (made != NULL)
		return made;
	while (count < COINS_MAX && (word[count] = money_word(count)) != NULL)
		count++;
	qsort(word, count, sizeof(word[0]), longer_first);
	out = open_memstream(&made, &size);
	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s\\Q%s\\E", i == 0 ? "" : "|", word[i]);
	if (fclose(out) != 0) {
		free(made);
		made = NULL;
	}
	return made;
}

/* --- Writing a pattern out --- */

static void
put_meaning(const struct expansion *e, const char *meaning)
{
	for (; *meaning != '\0'; meaning++)
		if (*meaning == '@')
			fputs(e->coins, e->out);
		else
			fputc(*meaning, e->out);
}

/* A shorthand at p. Returns the bytes that it takes, 0 when it is none (a quantifier), -1 when it
 * is not known. */
static int
put_shorthand(const struct expansion *e, const char *p)
{
	size_t length = strcspn(p, "}");

	if (!islower((unsigned char)p[1]) || p[length] != '}')
		return 0;
	for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++)
		if (strlen(shorthands[i].name) == length - 1 &&
			memcmp(shorthands[i].name, p + 1, length - 1) == 0) {
			put_meaning(e, shorthands[i].meaning);
			return (int)length + 1;
		}
	return -1;
}

/* \Q...\E, \ , \{ and the like, and what stands between braces behind \p, \x, \k. */
static size_t
escape_length(const char *p)
{
	const char *end;

	if (p[1] == '\0')
		return 1;
	if (p[1] == 'Q') {
		end = strstr(p, "\\E");
		return end != NULL ? (size_t)(end - p) + 2 : strlen(p);
	}
	if (strchr("pPxkgN", p[1]) != NULL && p[2] == '{')
		return 2 + strcspn(p + 2, "}") + 1;
	return 2;
}

static size_t
class_length(const char *p)
{
	const char *at = p + 1;

	at += *at == '^';
	at += *at == ']';
	while (*at != '\0' && *at != ']')
		at += *at == '\\' && at[1] != '\0' ? 2 : 1;
	return (size_t)(at - p) + (*at == ']');
}

static bool
is_quantified(const char *p)
{
	return p[1] != '\0' &&
		(strchr("?*+", p[1]) != NULL || (p[1] == '{' && isdigit((unsigned char)p[2])));
}

/* One part of the pattern. Returns the bytes taken, or -1 at an unknown shorthand. */
static int
put_part(const struct expansion *e, const char *p)
{
	size_t length = 1;
	int taken;

	if (*p == '{' && (taken = put_shorthand(e, p)) != 0)
		return taken;
	if (*p == ' ' && !is_quantified(p)) {
		fputs(" ?", e->out);
		return 1;
	}
	if (*p == '\\')
		length = escape_length(p);
	else if (*p == '[')
		length = class_length(p);
	length = strnlen(p, length);
	fwrite(p, 1, length, e->out);
	return (int)length;
}

char *
payment_pattern_expand(const char *pattern, char *fault, size_t fault_size)
{
	struct expansion e = { .coins = coins() };
	char *text = NULL;
	size_t size = 0;
	int taken = 0;

	snprintf(fault, fault_size, "out of memory");
	if (e.coins == NULL || (e.out = open_memstream(&text, &size)) == NULL)
		return NULL;
	for (; *pattern != '\0' && taken != -1; pattern += taken == -1 ? 0 : taken) {
		taken = put_part(&e, pattern);
		if (taken == -1)
			snprintf(fault, fault_size,
				"\"%.*s\" is not known; write {money}, {amount}, {sum}, {number}, {phone}, {id}, {code}, {fee}, "
				"{name}, {reference}, {date}, {time} or {when}, or \\{ for a brace",
				(int)(strcspn(pattern, "}") + 1), pattern);
	}
	if (fclose(e.out) == 0 && taken != -1 && size < PATTERN_MAX)
		return text;
	if (taken != -1)
		snprintf(fault, fault_size, "the pattern is too long; make two of it");
	free(text);
	return NULL;
}

pcre2_code *
payment_pattern_compile(const char *pattern, char *fault, size_t fault_size)
{
	char *text = payment_pattern_expand(pattern, fault, fault_size);
	pcre2_code *code;
	PCRE2_SIZE offset;
	int error;

	if (text == NULL)
		return NULL;
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DUPNAMES |
			PCRE2_NEVER_BACKSLASH_C,
		&error, &offset, NULL);
	if (code == NULL) {
		PCRE2_UCHAR words[128];

		pcre2_get_error_message(error, words, sizeof(words));
		snprintf(fault, fault_size, "the pattern is wrong behind \"%.*s\": %s",
			(int)(offset < 40 ? offset : 40), text + (offset < 40 ? 0 : offset - 40),
			(const char *)words);
	}
	free(text);
	return code;
}
