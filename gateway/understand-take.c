/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-take: values that are found by their form and what stands beside them: the number that
 * belongs to a word ("bac n° 147", "80 045"), all numbers, a reference, and the words that remain.
 */
#include <string.h>

#include "text.h"
#include "vocabulary.h"

#define LEADING_DIGITS_MIN 2
#define BETWEEN_MAX 5 /* words between a thing and its number */
#define SURE_DIGITS 3 /* a shorter number must stand beside its word, or after "n°" */
#define AMOUNT_DIGITS_MIN 4
#define KINDS 8 /* as numbered on the sticker: "bac 147 2" */
#define REFERENCE_MAX 8

bool
understand_is_number(const struct scratch *s, size_t t)
{
	const struct token *token = &s->token[t];

	if (!token->digit)
		return false;
	for (size_t i = 0; i < token->folded_length; i++)
		if (s->folded[token->folded + i] < '0' || s->folded[token->folded + i] > '9')
			return false;
	return true;
}

bool
understand_counts_something(const struct scratch *s, size_t t)
{
	return t + 1 < s->token_count && (s->token[t + 1].sort[SORT_UNIT] & s->languages) != 0 &&
		!s->token[t + 1].stop && !s->token[t + 1].comma;
}

ideaset
understand_ideas_at(const struct scratch *s, size_t t)
{
	ideaset ideas = 0;

	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].first <= t && s->mention[i].last >= t)
			ideas |= ONE_IDEA << s->mention[i].idea;
	return ideas;
}

static ideaset
bit(const struct vocabulary *v, const char *idea)
{
	int i = vocabulary_idea(v, idea);

	return i == NONE ? 0 : ONE_IDEA << i;
}

/* May the digits at token t be more of a number of which `length` digits are known? */
static bool
goes_on(const struct scratch *s, size_t t, size_t length, size_t first_length)
{
	size_t more;

	if (t >= s->token_count || !understand_is_number(s, t) || s->token[t].comma ||
		understand_counts_something(s, t))
		return false;
	more = s->token[t].folded_length;
	if (length + more > NUMBER_DIGITS_MAX)
		return false;
	/* "147 2": the kind by its number on the sticker */
	if (t + 1 == s->token_count && more == 1 && length >= SURE_DIGITS &&
		s->folded[s->token[t].folded] >= '1' &&
		s->folded[s->token[t].folded] <= '0' + KINDS)
		return false;
	return length < SURE_DIGITS || more < SURE_DIGITS ||
		(first_length < SURE_DIGITS && more == SURE_DIGITS);
}

size_t
understand_join_digits(const struct scratch *s, size_t t, char out[NUMBER_DIGITS_MAX + 1])
{
	size_t length = s->token[t].folded_length, first = length;

	memcpy(out, s->folded + s->token[t].folded, length);
	for (t++; goes_on(s, t, length, first); t++) {
		memcpy(out + length, s->folded + s->token[t].folded, s->token[t].folded_length);
		length += s->token[t].folded_length;
	}
	out[length] = '\0';
	return t;
}

/*
 * The token of the number that belongs to the word that ends at token `last`, or 0: beside it, or
 * after words that say what it is ("numéro") or what is there.
 */
static size_t
number_after(const struct vocabulary *v, size_t last)
{
	const struct scratch *s = &v->scratch;
	ideaset number_word = bit(v, "number_word"), waste = bit(v, "waste");
	bool marked = false, plain = true, known = true;
	size_t t = last + 1;

	for (; t < s->token_count && t <= last + BETWEEN_MAX && !understand_is_number(s, t); t++) {
		ideaset ideas = understand_ideas_at(s, t);

		if (s->token[t].stop ||
			(s->token[t].sort[SORT_STREET] != 0 && t + 1 < s->token_count &&
				understand_is_number(s, t + 1)))
			return 0;
		if ((ideas & number_word) != 0)
			marked = true;
		else if ((ideas & waste) == 0 && ideas != 0)
			plain = false;
		else if (ideas == 0 &&
			(s->token[t].sort[SORT_JOINING] | s->token[t].sort[SORT_FUNCTION]) == 0)
			known = false; /* "le bac qui porte le numéro 305" */
		else if (ideas == 0)
			plain = plain && s->token[t].sort[SORT_BEFORE_PLACE] == 0;
	}
	if (t >= s->token_count || !understand_is_number(s, t) || s->token[t].stop ||
		s->token[t].folded_length > NUMBER_DIGITS_MAX || understand_counts_something(s, t))
		return 0;
	/* "contentor, 25 de Junho": a number of what follows */
	if (s->token[t].comma && s->token[t].folded_length < SURE_DIGITS &&
		t + 1 < s->token_count && !s->token[t + 1].comma)
		return 0;
	if (marked || t == last + 1)
		return t;
	return known && (plain || s->token[t].folded_length >= SURE_DIGITS) ? t : 0;
}

/* "147 bac": the number before its word, when it is too large to count them. */
static bool
number_before(const struct vocabulary *v, size_t first)
{
	const struct scratch *s = &v->scratch;

	if (first > 1 && understand_is_number(s, first - 1) && !s->token[first - 1].claimed &&
		s->token[first - 1].folded_length <= NUMBER_DIGITS_MAX &&
		(understand_ideas_at(s, first - 2) & bit(v, "number_word")) != 0)
		return true; /* "number 17 bin" */
	return first > 0 && understand_is_number(s, first - 1) && !s->token[first - 1].claimed &&
		s->token[first - 1].folded_length >= SURE_DIGITS &&
		s->token[first - 1].folded_length <= NUMBER_DIGITS_MAX;
}

/* "147 est plein": the message begins with a number, and what is the matter follows. */
static size_t
leading_number(const struct scratch *s, ideaset with)
{
	size_t t = 0, after;

	while (t < s->token_count &&
		(s->token[t].sort[SORT_POLITE] | s->token[t].sort[SORT_JOINING]) != 0)
		t++;
	if (t == s->token_count || !understand_is_number(s, t) ||
		s->token[t].folded_length < LEADING_DIGITS_MIN ||
		s->token[t].folded_length > NUMBER_DIGITS_MAX || understand_counts_something(s, t))
		return s->token_count;
	for (after = t + 1; after < s->token_count && after <= t + 3; after++) {
		if ((understand_ideas_at(s, after) & with) != 0)
			return t;
		if ((s->token[after].sort[SORT_STREET] | s->token[after].sort[SORT_LANDMARK]) != 0)
			break;
	}
	return s->token_count;
}

/* "sacs à côté du 81", "couvercle arraché 56": right after what is the matter, and nothing follows
 * of which it may be the number. */
static bool
stands_beside(const struct scratch *s, size_t t, ideaset with)
{
	size_t before = t, after = t + 1;

	if (t == 0 || s->token[t].comma || s->token[t].stop ||
		s->token[t].folded_length < LEADING_DIGITS_MIN)
		return false;
	while (before > 1 && s->token[before - 1].sort[SORT_JOINING] != 0)
		before--;
	if ((understand_ideas_at(s, before - 1) & with) == 0)
		return false;
	return after == s->token_count || s->token[after].comma || s->token[after].stop ||
		s->token[after].sort[SORT_FUNCTION] != 0 || understand_ideas_at(s, after) != 0;
}

/* "20000": so round a number is an amount of money. */
static bool
is_amount(const struct scratch *s, size_t t)
{
	const struct token *token = &s->token[t];

	return token->folded_length >= AMOUNT_DIGITS_MIN &&
		memcmp(s->folded + token->folded + token->folded_length - 2, "00", 2) == 0;
}

/* "no space in 91", "à côté du 12", "fogo!!! 58": where it is, or alone in its part of a message of
 * which all words are known; nothing follows of which it may be the number. */
static bool
stands_as_place(const struct scratch *s, size_t t)
{
	size_t before = t, after = t + 1;
	const struct token *number = &s->token[t], *lead;

	if (number->folded_length < LEADING_DIGITS_MIN)
		return false;
	if (after < s->token_count && !s->token[after].comma && !s->token[after].dot &&
		!understand_is_sorted(&s->token[after]) && understand_ideas_at(s, after) == 0)
		return false;
	if (after < s->token_count &&
		(s->token[after].sort[SORT_STREET] | s->token[after].sort[SORT_LANDMARK]) != 0)
		return false;
	if (t > 0 && (number->comma || number->stop)) {
		for (size_t i = 0; i < t; i++)
			if (!understand_is_sorted(&s->token[i]) && understand_ideas_at(s, i) == 0)
				return false;
		return after == s->token_count;
	}
	while (before > 1 && (s->token[before - 1].sort[SORT_JOINING] & s->languages) != 0 &&
		((s->token[before - 1].sort[SORT_BEFORE_PLACE] |
			 s->token[before - 1].sort[SORT_NEAR]) &
			s->languages) == 0)
		before--;
	lead = before > 0 ? &s->token[before - 1] : NULL;
	return lead != NULL &&
		((lead->sort[SORT_BEFORE_PLACE] | lead->sort[SORT_NEAR] | lead->sort[SORT_BESIDE]) &
			s->languages) != 0;
}

/* "ACI 2000", "Matola 700": does the number belong to the word before it, of which nothing is
 * known?
 */
static bool
ends_name(const struct scratch *s, size_t t)
{
	const struct token *before = t > 0 ? &s->token[t - 1] : NULL;

	return before != NULL && !s->token[t].comma && !s->token[t].stop && !before->digit &&
		!before->mentioned && before->hit == NONE && !understand_is_sorted(before);
}

/* "tout est par terre autour du 163": the message's only number, too large to count anything, of no
 * street, where something else of a skip is said. */
static size_t
lone_number(const struct scratch *s, ideaset with, ideaset number_word)
{
	size_t found = s->token_count;
	bool said = false;

	for (size_t t = 0; t < s->token_count; t++) {
		said |= (understand_ideas_at(s, t) & with) != 0;
		if (!s->token[t].digit)
			continue;
		if (found < s->token_count || !understand_is_number(s, t) ||
			understand_counts_something(s, t))
			return s->token_count;
		found = t;
	}
	if (!said || found == s->token_count || is_amount(s, found) ||
		(s->token[found].folded_length < SURE_DIGITS && !stands_beside(s, found, with) &&
			!stands_as_place(s, found)) ||
		s->token[found].folded_length > NUMBER_DIGITS_MAX)
		return s->token_count;
	if (ends_name(s, found))
		return s->token_count;
	for (size_t t = found > 2 ? found - 2 : 0; t < s->token_count && t <= found + 1; t++)
		if ((s->token[t].sort[SORT_STREET] | s->token[t].sort[SORT_NUMBERED]) != 0 &&
			(understand_ideas_at(s, t) & number_word) == 0)
			return s->token_count;
	return found;
}

static void
claim(struct scratch *s, size_t first, size_t end)
{
	for (size_t t = first; t < end; t++)
		s->token[t].claimed = true;
}

/* Where another number than the first belongs to such a word, the message goes on to another thing.
 */
static bool
take_number(
	struct vocabulary *v, const struct taker *taker, char out[SERVICE_VALUE_MAX], size_t *at)
{
	struct scratch *s = &v->scratch;
	char digits[NUMBER_DIGITS_MAX + 1];
	bool found = false;

	for (size_t i = 0; i < s->mention_count; i++) {
		const struct mention *m = &s->mention[i];
		size_t t, end;

		if (!(taker->after & ONE_IDEA << m->idea))
			continue;
		t = number_after(v, m->last);
		if (t == 0 && !found && number_before(v, m->first))
			t = m->first - 1u;
		else if (t == 0)
			continue;
		if (s->token[t].claimed)
			continue;
		end = understand_join_digits(s, t, digits);
		claim(s, t < m->first ? t : m->first, end);
		if (!found) {
			strcpy(out, digits);
			*at = t;
		} else if (strcmp(out, digits) != 0 && s->second_number == s->token_count) {
			s->second_number = m->first < t ? m->first : t;
		}
		found = true;
	}
	if (!found && taker->leading) {
		size_t t = leading_number(s, taker->with);

		if (t == s->token_count)
			t = lone_number(s, taker->with, bit(v, "number_word"));
		found = t < s->token_count;
		if (found) {
			claim(s, t, understand_join_digits(s, t, out));
			*at = t;
		}
	}
	return found;
}

/* All numbers that count nothing and that nothing else has taken. */
static bool
take_numbers(struct vocabulary *v, ideaset after, char out[SERVICE_VALUE_MAX], size_t *at,
	uint64_t taken)
{
	struct scratch *s = &v->scratch;
	size_t length = 0;

	for (size_t t = 0; t < s->token_count; t++) {
		const struct token *token = &s->token[t];

		bool named = t > 0 &&
			(understand_ideas_at(s, t - 1) & after) != 0; /* "can't 77 dogs inside" */

		if (!understand_is_number(s, t) || token->folded_length > NUMBER_DIGITS_MAX ||
			(!named && understand_counts_something(s, t)) ||
			(t < 64 && (taken & 1ull << t)) ||
			length + token->folded_length + 2 > SERVICE_VALUE_MAX)
			continue;
		if (length > 0)
			out[length++] = ' ';
		memcpy(out + length, s->folded + token->folded, token->folded_length);
		length += token->folded_length;
		*at = t;
	}
	out[length] = '\0';
	return length > 0;
}

/* Letters and digits of tokens first..last, without blanks. Returns their count, 0 if too many. */
static size_t
squeeze(const struct scratch *s, size_t first, size_t last, char out[REFERENCE_MAX + 1])
{
	size_t length = 0;

	for (size_t t = first; t <= last; t++) {
		if (length + s->token[t].folded_length > REFERENCE_MAX || !s->token[t].ascii)
			return 0;
		memcpy(out + length, s->folded + s->token[t].folded, s->token[t].folded_length);
		length += s->token[t].folded_length;
	}
	out[length] = '\0';
	return length;
}

static bool
is_mixed(const char *text)
{
	size_t length = strlen(text), digits = 0;

	for (size_t i = 0; i < length; i++)
		digits += text[i] >= '0' && text[i] <= '9';
	return digits > 0 && digits < length;
}

/* "3 B M 8": one letter or digit each? */
static bool
are_letters(const struct scratch *s, size_t first, size_t last)
{
	for (size_t t = first; t <= last; t++)
		if (s->token[t].folded_length != 1)
			return false;
	return true;
}

static bool
take_reference(
	struct vocabulary *v, const struct taker *taker, char out[SERVICE_VALUE_MAX], size_t *at)
{
	const struct scratch *s = &v->scratch;
	const struct service_field *field = &services[taker->service]->fields[taker->field];
	char text[REFERENCE_MAX + 1];

	for (size_t t = 0; t < s->token_count; t++) {
		for (size_t last = t; last < s->token_count && last < t + REFERENCE_MAX; last++) {
			bool torn = last > t + 1 && are_letters(s, t, last);

			if (last > t + 1 && !torn)
				break;
			if (!torn && !s->token[t].digit && !(last > t && s->token[last].digit))
				continue;
			/* a word beside a number is no half of a reference */
			if (!torn && last > t &&
				(s->token[t].word_count > 0 || s->token[last].word_count > 0))
				continue;
			if (squeeze(s, t, last, text) == 0 || !is_mixed(text) ||
				field->check == NULL || !field->check(text, text, out))
				continue;
			strcpy(out, text); /* folded: it is checked again */
			*at = last;
			return true;
		}
	}
	return false;
}

void
understand_take(struct vocabulary *v)
{
	struct scratch *s = &v->scratch;
	uint64_t pins = 0;

	s->said = 0;
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].beside && (v->idea_numbers & ONE_IDEA << s->mention[i].idea))
			s->said |= bit(v, "by_container");
	s->second_number = s->token_count;
	for (size_t i = 0; i < v->taker_count; i++) {
		const struct taker *taker = &v->taker[i];
		bool found = false;

		s->taken[i][0] = '\0';
		s->taken_at[i] = s->token_count;
		if (taker->take == TAKE_NUMBER)
			found = take_number(v, taker, s->taken[i], &s->taken_at[i]);
		else if (taker->take == TAKE_NUMBERS)
			found = take_numbers(v, taker->after, s->taken[i], &s->taken_at[i], pins);
		else if (taker->take == TAKE_REFERENCE)
			found = take_reference(v, taker, s->taken[i], &s->taken_at[i]);
		if (!found) {
			s->taken[i][0] = '\0';
			continue;
		}
		s->said |= taker->said;
		/* A number that has a word of its own is none of `numbers`. */
		if (taker->take == TAKE_NUMBER && services[taker->service]->who == WHO_CREW &&
			s->taken_at[i] < 64)
			pins |= 1ull << s->taken_at[i];
	}
}

/* --- --- What remains --- */

static bool
is_little(const struct token *token)
{
	return token->sort[SORT_POLITE] != 0;
}

static void
copy(const struct scratch *s, size_t first, size_t end, char out[SERVICE_VALUE_MAX])
{
	const struct token *last;

	while (first < end && is_little(&s->token[first]))
		first++;
	while (end > first && is_little(&s->token[end - 1]))
		end--;
	out[0] = '\0';
	if (first == end)
		return;
	last = &s->token[end - 1];
	text_utf8_clean(out, SERVICE_VALUE_MAX, s->text + s->token[first].written,
		last->written + last->written_length - s->token[first].written);
	for (char *p = out; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
}

/* "417 road flooded 4471": the words before the last number, or the numbers at the end, and after
 * another. */
static bool
between_numbers(const struct scratch *s, size_t last, size_t *first, size_t *count)
{
	size_t end = last < s->token_count ? last : s->token_count, at;

	while (end > 0 && understand_is_number(s, end - 1))
		end--;
	for (at = end; at > 0 && !understand_is_number(s, at - 1);)
		at--;
	if (at == 0 || end == at)
		return false;
	*first = at;
	*count = end - at;
	return true;
}

void
understand_rest(const struct vocabulary *v, char out[SERVICE_VALUE_MAX])
{
	const struct scratch *s = &v->scratch;
	size_t last = s->token_count, longest = 0, from = 0;
	ideaset ours = v->idea_numbers | bit(v, "number_word"); /* "done", "skip", "no" */

	for (size_t i = 0; i < v->taker_count; i++)
		if (s->taken[i][0] != '\0' && services[v->taker[i].service]->who == WHO_CREW &&
			(last == s->token_count || s->taken_at[i] > last))
			last = s->taken_at[i];
	if (last + 1 < s->token_count) {
		copy(s, last + 1, s->token_count, out);
		if (out[0] != '\0')
			return;
	}
	if (between_numbers(s, last, &from, &longest)) {
		copy(s, from, from + longest, out);
		if (out[0] != '\0')
			return;
	}
	longest = 0;
	for (size_t t = 0, run = 0; t < s->token_count; t++) {
		bool known = (understand_ideas_at(s, t) & ours) != 0 ||
			understand_is_number(s, t) || t == last;

		run = known ? 0 : run + 1;
		if (run > longest) {
			longest = run;
			from = t + 1 - run;
		}
	}
	copy(s, from, from + longest, out);
}
