/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mask.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define SPANS_MAX 64
#define MATCH_LIMIT 100000

#define NUMBER "\\d(?:[.,' \\x{a0}\\x{202f}]?\\d)*+"
#define DAY "\\d{1,4}[/-]\\d{1,2}[/-]\\d{2,4}|\\d{1,2}:\\d{2}(?::\\d{2})?"
#define BALANCE                                                               \
	"(?:balance|\\bbal\\b|solde|saldo|salio|haraagaag\\w*|toebola\\w*|"   \
	"\\x{631}\\x{635}\\x{64a}\\x{62f}\\w*|asigaye|usigaranye|sigari\\w*|" \
	"available limit|limite dispon\\w*)"
#define CODE                                                                      \
	"(?:\\b(?:code|pin|otp|password|passcode|senha|one[- ]time|verification|" \
	"secret\\w*|nywila|siri)\\b|mot de passe|c[o\\x{f3}]digo|"                \
	"v[e\\x{e9}]rification|verifica[c\\x{e7}][a\\x{e3}]o|ibanga|"             \
	"\\x{631}\\x{645}\\x{632}|\\x{643}\\x{644}\\x{645}\\x{629} )"

/* Group 1 is what is hidden. */
enum {
	BALANCE_BEHIND,
	BALANCE_STATED,
	BALANCE_BEFORE,
	CODE_BEHIND,
	CODE_BEFORE,
	CODE_SPOKEN,
	ANY_DIGITS,
	PATTERNS
};
static const char *const patterns[PATTERNS] = {
	[BALANCE_BEHIND] = BALANCE "(?:" DAY "|\\D){0,60}?(?!" DAY ")(" NUMBER ")",
	/* "balance after the transfer of 5 is 260": behind the verb of the same sentence */
	[BALANCE_STATED] =
		BALANCE "(?:(?!\\.\\s)[^\\n;]){0,80}?(?:\\b(?:is|are|est|ni)\\b|(?<!\\d)[:=])"
			"\\s*\\p{L}{0,4}\\.?\\s*(?!" DAY ")(" NUMBER ")",
	[BALANCE_BEFORE] = "(?<![\\d.,])(" NUMBER ")\\s*\\p{L}{0,4}\\s+(?:is|are|est|e|\\x{e9})\\s+"
			   "(?:\\S+\\s+){0,4}?" BALANCE,
	[CODE_BEHIND] = CODE
	"[^\\d\\n]{0,20}?(?<![\\p{L}\\d])(\\d{2,4}(?: \\d{2,4}){1,3}|(?=[A-Z-]*\\d)[A-Z\\d-]{4,10})"
	"(?![\\p{L}\\d])",
	[CODE_BEFORE] =
		"(?<![\\p{L}\\d])((?=[A-Z-]*\\d)[A-Z\\d-]{4,10})\\s+(?:is|est|e|\\x{e9}|ni|:)\\s+"
		"(?:\\S+\\s+){0,4}?" CODE,
	[CODE_SPOKEN] = "(" CODE ")",
	[ANY_DIGITS] = "((?=[^\\s\\d]*\\d)[\\p{L}\\d](?:[\\p{L}\\d.,/:*-]*[\\p{L}\\d])?)",
};

struct span {
	size_t start, end;
};

struct masking {
	const char *text;
	size_t length;
	const char *const *keep;
	struct span span[SPANS_MAX];
	size_t count;
};

static pcre2_code *
compiled(int which)
{
	static pcre2_code *code[PATTERNS];
	PCRE2_SIZE at;
	int error;

	if (code[which] == NULL) {
		code[which] = pcre2_compile((PCRE2_SPTR)patterns[which], PCRE2_ZERO_TERMINATED,
			PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &at, NULL);
		if (code[which] == NULL)
			fatal("event=pattern which=%d error=%d at=%zu", which, error, at);
	}
	return code[which];
}

static bool
is_kept(const struct masking *m, const struct span *span)
{
	for (const char *const *keep = m->keep; keep != NULL && *keep != NULL; keep++)
		if (strlen(*keep) == span->end - span->start &&
			strncmp(*keep, m->text + span->start, span->end - span->start) == 0)
			return true;
	return false;
}

/* Every place of the pattern's group 1; what a pattern cannot decide within its limits, or is no
 * UTF-8, hides all behind it. */
static void
find(struct masking *m, int which)
{
	pcre2_match_data *data = pcre2_match_data_create(4, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	size_t at = 0;

	if (data == NULL || context == NULL)
		fatal("event=out_of_memory");
	pcre2_set_match_limit(context, MATCH_LIMIT);
	while (at < m->length && m->count < SPANS_MAX) {
		int n = pcre2_match(
			compiled(which), (PCRE2_SPTR)m->text, m->length, at, 0, data, context);
		const PCRE2_SIZE *found = pcre2_get_ovector_pointer(data);
		struct span span = { at, m->length };

		if (n == PCRE2_ERROR_NOMATCH)
			break;
		if (n >= 2)
			span = (struct span){ found[2], found[3] };
		at = span.end;
		if (!is_kept(m, &span))
			m->span[m->count++] = span;
	}
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
}

static int
by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static char *
rendered(struct masking *m)
{
	char *out = NULL;
	size_t size, at = 0;
	FILE *f = open_memstream(&out, &size);

	if (f == NULL)
		fatal("event=out_of_memory");
	qsort(m->span, m->count, sizeof(m->span[0]), by_start);
	for (size_t i = 0; i < m->count; i++) {
		if (m->span[i].end <= at)
			continue;
		if (m->span[i].start >= at) {
			fwrite(m->text + at, 1, m->span[i].start - at, f);
			fputs("***", f);
		}
		at = m->span[i].end;
	}
	if (m->count < SPANS_MAX) /* else who knows what the rest holds */
		fwrite(m->text + at, 1, m->length - at, f);
	if (fclose(f) != 0)
		fatal("event=out_of_memory");
	return out;
}

char *
mask_secrets(const char *text, enum mask_mode mode, const char *const *keep)
{
	struct masking m = { .text = text, .length = strlen(text), .keep = keep };

	if (mode == MASK_ALL) {
		find(&m, CODE_SPOKEN);
		if (m.count > 0) {
			m.count = 0;
			find(&m, ANY_DIGITS);
		}
	}
	find(&m, BALANCE_BEHIND);
	find(&m, BALANCE_STATED);
	find(&m, BALANCE_BEFORE);
	find(&m, CODE_BEHIND);
	find(&m, CODE_BEFORE);
	return m.count > 0 ? rendered(&m) : NULL;
}
