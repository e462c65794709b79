/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-person: a helper reports for another person. What it is not: it does not know whether
 * the sender may.
 */
#include <string.h>

#include "phone.h"
#include "understand-judge.h"

#define PERSON_DIGITS_MIN 8  /* fewer may be a container's */
#define PERSON_DIGITS_SOME 5 /* so many can only be meant as a person's */
#define PERSON_DIGITS_MAX 15

/* The token at which "for" is said, at the message's beginning or before its last numbers. */
static size_t
find_on_behalf(const struct vocabulary *v)
{
	const struct scratch *s = &v->scratch;
	int idea = vocabulary_idea(v, "on_behalf");

	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].idea == idea && s->mention[i].last + 1u < s->token_count &&
			understand_is_number(s, s->mention[i].last + 1u))
			return s->mention[i].last;
	return s->token_count;
}

/*
 * The person's number that begins at token t: as few groups of digits as make one, in E.164.
 * Returns the index after it, or 0.
 */
static size_t
read_person(const struct vocabulary *v, size_t t, const char *country, char out[SERVICE_VALUE_MAX])
{
	const struct scratch *s = &v->scratch;
	char digits[PERSON_DIGITS_MAX + 2] = "";
	size_t length = 0;

	if (t < s->token_count && s->token[t].written > 0 &&
		s->text[s->token[t].written - 1] == '+')
		digits[length++] = '+';
	for (; t < s->token_count && understand_is_number(s, t); t++) {
		struct phone phone;

		if (length + s->token[t].folded_length >= sizeof(digits))
			return 0;
		memcpy(digits + length, s->folded + s->token[t].folded, s->token[t].folded_length);
		length += s->token[t].folded_length;
		digits[length] = '\0';
		phone = phone_normalise(digits, country);
		if (length >= PERSON_DIGITS_MIN && phone.kind == PHONE_E164) {
			strcpy(out, phone.number);
			return t + 1;
		}
	}
	return 0;
}

/*
 * Are the digits at token t, which are nobody's number, meant as one? "POUR 12 BAC 147" begins with
 * them; "full for 3 days" does not, and counts something.
 */
static bool
is_person_meant(const struct scratch *s, size_t t)
{
	size_t before = 0;

	if (understand_counts_something(s, t))
		return false;
	while (s->token[before].sort[SORT_POLITE] != 0)
		before++;
	return before + 1 == t || s->token[t].folded_length >= PERSON_DIGITS_SOME;
}

enum on_behalf
understand_person(struct vocabulary *v, const struct asker *asker, const char *text_utf8,
	char person[SERVICE_VALUE_MAX], char rest[UNDERSTAND_TEXT_MAX + 1])
{
	const struct scratch *s = &v->scratch;
	size_t first, end, from, to;

	understand_read(v, text_utf8);
	understand_mend(v);
	understand_scan(v);
	first = find_on_behalf(v);
	if (first == s->token_count)
		return FOR_NOBODY;
	end = read_person(v, first + 1, asker->country, person);
	if (end == 0)
		return is_person_meant(s, first + 1) ? FOR_UNKNOWN : FOR_NOBODY;
	from = s->token[first].written;
	to = end == s->token_count ? s->text_length : s->token[end].written;
	memcpy(rest, s->text, from);
	memcpy(rest + from, s->text + to, s->text_length - to);
	rest[from + s->text_length - to] = '\0';
	return FOR_PERSON;
}
