/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-mend: tokens as they were meant. A word and its number that are written together are
 * parted ("bac147"), a word that is written apart is joined ("b a c"), and digits inside a word are
 * letters ("m3amra").
 *
 * Only words that have numbers are mended: what is not known must stay as it is.
 */
#include <string.h>

#include "vocabulary.h"

#define WORD_MAX 32 /* bytes of a word that is looked up whole */
#define REFERENCE_MIN 4
#define REFERENCE_MAX 8 /* characters of a reference */
#define NUMBER_MIN 3
#define TORN_MAX 10 /* pieces of a torn word */
#define SHORT_MIN 3
#define SHORT_MAX 6 /* letters as typed of a short word with an error */

/* The ideas of a word that stands in the vocabulary; 0: it does not. */
static ideaset
ideas_of(const struct vocabulary *v, const char *word, size_t length)
{
	int32_t entry = length == 0
		? NONE
		: vocabulary_find(v, vocabulary_hash(HASH_SEED, word, length), word, length, false);

	return entry == NONE ? 0 : vocabulary_entry_ideas(v, entry);
}

/* Make room for one more token after token t. Returns false when there is none. */
static bool
insert_after(struct scratch *s, size_t t)
{
	if (s->token_count == TOKENS_MAX)
		return false;
	memmove(&s->token[t + 2], &s->token[t + 1], (s->token_count - t - 1) * sizeof(s->token[0]));
	s->token_count++;
	return true;
}

static bool
has_digit(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] >= '0' && text[i] <= '9')
			return true;
	return false;
}

/* Cut token t before its folded byte `at`, which begins a character. */
static void
cut(struct scratch *s, size_t t, size_t at)
{
	struct token *token = &s->token[t], *next = token + 1;
	uint16_t written;

	if (!insert_after(s, t))
		return;
	written = s->written_at[token->folded + at];
	*next = *token;
	next->folded = token->folded + (uint32_t)at;
	next->folded_length = (uint16_t)(token->folded_length - at);
	next->written = written;
	next->written_length = (uint16_t)(token->written + token->written_length - written);
	next->comma = next->dot = next->hyphen = next->stop = false;
	next->capital = false;
	token->folded_length = (uint16_t)at;
	token->written_length = (uint16_t)(written - token->written);
	token->digit = has_digit(s->folded + token->folded, token->folded_length);
	next->digit = has_digit(s->folded + next->folded, next->folded_length);
}

static size_t
digits_at_end(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && text[length - n - 1] >= '0' && text[length - n - 1] <= '9')
		n++;
	return n;
}

/* A word with a number, perhaps with "no" between and Arabic's article before. */
static bool
has_number(const struct vocabulary *v, const char *word, size_t length)
{
	static const char *const between[] = { "no", "n", "nr", "num" };
	static const char article[] = "ال";

	if (ideas_of(v, word, length) & v->idea_numbers)
		return true;
	if (length > 4 && memcmp(word, article, 4) == 0 &&
		(ideas_of(v, word + 4, length - 4) & v->idea_numbers))
		return true;
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		size_t n = strlen(between[i]);

		if (length > n + 1 && memcmp(word + length - n, between[i], n) == 0 &&
			(ideas_of(v, word, length - n) & v->idea_numbers))
			return true;
	}
	return false;
}

/* The length of the word before "no" that is written together with it, or the whole length. */
static size_t
without_number_word(const struct vocabulary *v, const char *word, size_t length)
{
	for (size_t n = 1; n <= 3 && n < length; n++)
		if (word[length - n] == 'n' && (ideas_of(v, word, length - n) & v->idea_numbers))
			return length - n;
	return length;
}

/* "bac417plein": a word, its number, and what is the matter. */
static void
part_both(struct vocabulary *v, size_t t)
{
	struct scratch *s = &v->scratch;
	const char *text = s->folded + s->token[t].folded;
	size_t length = s->token[t].folded_length, word = 0, end;

	while (word < length && (text[word] < '0' || text[word] > '9'))
		word++;
	for (end = word; end < length && text[end] >= '0' && text[end] <= '9';)
		end++;
	if (end - word < NUMBER_MIN - 1 || end == length || !has_number(v, text, word) ||
		ideas_of(v, text + end, length - end) == 0)
		return;
	cut(s, t, end);
	cut(s, t, word);
}

static void
part_glued(struct vocabulary *v, size_t t)
{
	struct scratch *s = &v->scratch;
	const char *text = s->folded + s->token[t].folded;
	size_t length = s->token[t].folded_length, digits = digits_at_end(text, length),
	       leading = 0;
	int number_word = vocabulary_idea(v, "number_word");

	for (size_t word = length - REFERENCE_MIN; length > REFERENCE_MIN + 3 && word > 3; word--)
		if (length - word <= REFERENCE_MAX &&
			(ideas_of(v, text, word) & v->idea_references)) {
			cut(s, t, word);
			return;
		}
	if (digits > 0 && digits < length) {
		size_t word = length - digits;

		if (word == 1 && digits < NUMBER_MIN)
			return; /* N4 is a road */
		if (has_number(v, text, word) ||
			(number_word != NONE &&
				(ideas_of(v, text, word) & ONE_IDEA << number_word))) {
			cut(s, t, word);
			if (!(ideas_of(v, text, word) & v->idea_numbers) &&
				without_number_word(v, text, word) < word)
				cut(s, t, without_number_word(v, text, word));
		}
		return;
	}
	if (length > 0 && (text[0] < '0' || text[0] > '9')) {
		part_both(v, t);
		return;
	}
	while (leading < length && text[leading] >= '0' && text[leading] <= '9')
		leading++;
	if (leading >= 2 && leading < length &&
		ideas_of(v, text + leading, length - leading) != 0 && length - leading > 2)
		cut(s, t, leading);
}

/* Join tokens first..last into the first. */
static void
join(struct scratch *s, size_t first, size_t last)
{
	struct token *token = &s->token[first], *end = &s->token[last];

	token->folded_length = (uint16_t)(end->folded + end->folded_length - token->folded);
	token->written_length = (uint16_t)(end->written + end->written_length - token->written);
	memmove(token + 1, end + 1, (s->token_count - last - 1) * sizeof(*token));
	s->token_count -= last - first;
}

/* Digits and letters, as many as a reference has. */
static bool
is_like_reference(const struct scratch *s, size_t t)
{
	return t < s->token_count && s->token[t].digit && !understand_is_number(s, t) &&
		s->token[t].folded_length >= REFERENCE_MIN &&
		s->token[t].folded_length <= REFERENCE_MAX;
}

/* Is there a number at token t, perhaps after "no"? */
static bool
number_follows(const struct scratch *s, size_t t)
{
	if (t < s->token_count && !s->token[t].digit && s->token[t].folded_length <= 3 &&
		s->folded[s->token[t].folded] == 'n')
		t++;
	return t < s->token_count && understand_is_number(s, t);
}

/*
 * "b a c 147", "pou belle 147": pieces before a number that are together a word that has numbers.
 * The word's own letters take the place of the pieces'.
 */
static void
join_torn(struct vocabulary *v, size_t t)
{
	struct scratch *s = &v->scratch;
	char word[WORD_MAX];
	size_t length = 0;

	for (size_t last = t; last < s->token_count && last < t + TORN_MAX; last++) {
		const struct token *token = &s->token[last];

		if (token->digit || !token->ascii || length + token->folded_length > sizeof(word) ||
			(last > t && (token->comma || token->stop)))
			return;
		memcpy(word + length, s->folded + token->folded, token->folded_length);
		length += token->folded_length;
		if (last == t || length < 3 || !number_follows(s, last + 1) ||
			!(ideas_of(v, word, length) & v->idea_numbers))
			continue;
		join(s, t, last);
		s->token[t].torn = vocabulary_find(
			v, vocabulary_hash(HASH_SEED, word, length), word, length, false);
		return;
	}
}

/* Has it a reference's length, and capitals or no vowel, as words have not: "K7MP"? */
static bool
is_typed_as_reference(const struct scratch *s, const struct token *token)
{
	const char *written = s->text + token->written, *folded = s->folded + token->folded;
	bool small = false, vowel = false;

	if (token->folded_length < REFERENCE_MIN || token->folded_length > REFERENCE_MAX)
		return false;
	for (size_t i = 0; i < token->written_length; i++)
		small |= written[i] >= 'a' && written[i] <= 'z';
	for (size_t i = 0; i < token->folded_length; i++)
		vowel |= strchr("aeiouy", folded[i]) != NULL;
	return token->ascii && (!small || !vowel);
}

/*
 * A digit with letters after it is one, when letters are twice as many: "7ofra", "as3e". At the end
 * it is one in words that are known ("tri9"), else the token may be a street's code ("KN5").
 */
static void
read_digits_as_letters(struct scratch *s, size_t t)
{
	struct token *token = &s->token[t];
	const char *text = s->folded + token->folded;
	size_t digits = 0, letters;
	bool inside = false;

	for (size_t i = 0; i < token->folded_length; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		inside |= !digit && digits > 0;
		digits += digit;
	}
	letters = token->folded_length - digits;
	if (inside && letters >= 2 * digits && !is_typed_as_reference(s, token))
		token->digit = false;
}

void
understand_mend(struct vocabulary *v)
{
	struct scratch *s = &v->scratch;

	for (size_t t = 0; t < s->token_count; t++) {
		if (s->token[t].digit && !understand_is_number(s, t)) {
			part_glued(v, t);
			read_digits_as_letters(s, t);
		} else if (!s->token[t].digit) {
			join_torn(v, t);
		}
	}
}

/* --- --- Short words with an error --- */

static bool
names_nothing(const struct vocabulary *v, const struct token *token)
{
	for (int sort = 0; sort < SORT_COUNT; sort++)
		if (token->sort[sort] != 0)
			return false;
	for (size_t w = 0; w < token->word_count; w++)
		for (int32_t p = v->entry[token->word[w].entry].phrase; p != NONE;
			p = v->phrase[p].next)
			if (v->phrase[p].count == 1)
				return false;
	return token->ascii && !token->digit && token->word_count < TOKEN_WORDS_MAX;
}

void
understand_mend_short(struct vocabulary *v, size_t t)
{
	struct scratch *s = &v->scratch;
	struct token *token = &s->token[t];

	ideaset ideas = number_follows(s, t + 1) ? v->idea_numbers
		: is_like_reference(s, t + 1)    ? v->idea_references | v->idea_numbers
						 : 0;

	if (token->folded_length < SHORT_MIN || token->folded_length > SHORT_MAX || ideas == 0 ||
		!names_nothing(v, token))
		return;
	for (size_t i = 0; i < v->short_count && token->word_count < TOKEN_WORDS_MAX; i++) {
		const struct word *word = &v->entry[v->short_word[i]].word;

		if (!(vocabulary_entry_ideas(v, v->short_word[i]) & ideas) ||
			!understand_is_near(s->folded + token->folded, token->folded_length,
				v->letters + word->text, word->length))
			continue;
		token->word[token->word_count].entry = v->short_word[i];
		token->word[token->word_count++].form = FORM_MISSPELT;
	}
}
