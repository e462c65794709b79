/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-near: words with one typing error: a letter too many, too few, wrong, or two
 * exchanged.
 *
 * Two words are one such error apart only if they are alike after one letter is taken from either,
 * so every word is indexed without each of its letters in turn. Short words are left alone (drain,
 * train; benne, bonne), and so are first letters, which people rarely miss.
 */
#include <stdlib.h>
#include <string.h>

#include "vocabulary.h"

#define INDEXED_MIN 5   /* letters of a word that may be misspelt */
#define MISSPELT_MIN 6  /* letters as typed */
#define EXCHANGED_MIN 7 /* letters of a word of which one may be another: cabral is not cabras */
#define LETTERS_MAX 24

static uint32_t
hash_without(const char *word, size_t length, size_t skipped)
{
	uint32_t hash = vocabulary_hash(HASH_SEED, word, skipped < length ? skipped : length);

	if (skipped < length)
		hash = vocabulary_hash(hash, word + skipped + 1, length - skipped - 1);
	return hash == 0 ? 1 : hash;
}

static int
grow(struct vocabulary *v, size_t needed)
{
	size_t size = v->near_size == 0 ? 4096 : v->near_size;
	struct near *old = v->near, *near;

	while (size < 2 * needed)
		size *= 2;
	if (size == v->near_size)
		return 0;
	near = calloc(size, sizeof(*near));
	if (near == NULL)
		return NONE;
	for (size_t i = 0; i < v->near_size; i++) {
		size_t at = old[i].hash & (size - 1);

		if (old[i].hash == 0)
			continue;
		while (near[at].hash != 0)
			at = (at + 1) & (size - 1);
		near[at] = old[i];
	}
	v->near = near;
	v->near_size = size;
	free(old);
	return 0;
}

static void
insert(struct vocabulary *v, uint32_t hash, int32_t entry)
{
	size_t at = hash & (v->near_size - 1);

	for (; v->near[at].hash != 0; at = (at + 1) & (v->near_size - 1))
		if (v->near[at].hash == hash && v->near[at].entry == entry)
			return;
	v->near[at] = (struct near){ hash, entry };
	v->near_count++;
}

static bool
is_plain(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (word[i] < 'a' || word[i] > 'z')
			return false;
	return true;
}

static int
index_word(struct vocabulary *v, const struct word *word)
{
	const char *text = v->letters + word->text;
	int32_t entry;

	if (word->begins || word->length < INDEXED_MIN || word->length > LETTERS_MAX ||
		!is_plain(text, word->length))
		return 0;
	if (grow(v, v->near_count + word->length + 1) == NONE)
		return NONE;
	entry = vocabulary_find(
		v, vocabulary_hash(HASH_SEED, text, word->length), text, word->length, false);
	for (size_t skipped = 1; skipped <= word->length; skipped++)
		insert(v, hash_without(text, word->length, skipped), entry);
	return 0;
}

/* Does the meaning name something? Of languages with a file of their own few words are known, so
 * that what is like one of them is as often a name: Mafalala is no "majalala". */
static bool
may_be_misspelt(const struct vocabulary *v, const struct meaning *m)
{
	if (m->languages != 0 && (m->languages & ~v->worded) == 0)
		return false;
	return m->kind == MEANS_IDEA ||
		((m->kind == MEANS_VALUE || m->kind == MEANS_SERVICE) && m->weight > 0);
}

int
vocabulary_index_near(struct vocabulary *v)
{
	for (size_t p = 0; p < v->phrase_count; p++) {
		bool names = false;

		for (int32_t m = v->phrase[p].meaning; m != NONE; m = v->meaning[m].next)
			names |= may_be_misspelt(v, &v->meaning[m]);
		for (size_t w = 0; names && w < v->phrase[p].count; w++)
			if (index_word(v, &v->phrase[p].word[w]) == NONE)
				return NONE;
	}
	return 0;
}

bool
understand_is_near(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t from = 0, a_left, b_left;

	while (from < a_length && from < b_length && a[from] == b[from])
		from++;
	a_left = a_length - from;
	b_left = b_length - from;
	if (a_left == b_left + 1)
		return memcmp(a + from + 1, b + from, b_left) == 0;
	if (b_left == a_left + 1)
		return memcmp(b + from + 1, a + from, a_left) == 0;
	if (a_left != b_left || a_left == 0)
		return a_left == b_left;
	if (memcmp(a + from + 1, b + from + 1, a_left - 1) == 0)
		return true;
	return a_left > 1 && a[from] == b[from + 1] && a[from + 1] == b[from] &&
		memcmp(a + from + 2, b + from + 2, a_left - 2) == 0;
}

/* Is there one error between the two words, which begin alike? */
static bool
is_near(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t from = 0;

	if (a_length < b_length)
		return is_near(b, b_length, a, a_length);
	if (a_length > b_length + 1)
		return false;
	while (from < b_length && a[from] == b[from])
		from++;
	if (a_length > b_length) /* a letter too many in a */
		return memcmp(a + from + 1, b + from, b_length - from) == 0;
	if (from == b_length)
		return true;
	if (a_length >= EXCHANGED_MIN &&
		memcmp(a + from + 1, b + from + 1, b_length - from - 1) == 0)
		return true;
	return from + 1 < b_length && a[from] == b[from + 1] && a[from + 1] == b[from] &&
		memcmp(a + from + 2, b + from + 2, b_length - from - 2) == 0;
}

/* A letter typed twice: it makes even a short word's error plain. */
static bool
has_doubled(const char *word, size_t length)
{
	for (size_t i = 1; i < length; i++)
		if (word[i] == word[i - 1])
			return true;
	return false;
}

static void
add_near(const struct vocabulary *v, struct token *token, const char *typed, size_t length,
	int32_t entry)
{
	const struct word *word = &v->entry[entry].word;

	if (!is_near(typed, length, v->letters + word->text, word->length))
		return;
	if (word->length < MISSPELT_MIN && (length < MISSPELT_MIN || !has_doubled(typed, length)))
		return;
	for (size_t i = 0; i < token->word_count; i++)
		if (token->word[i].entry == entry)
			return;
	if (token->word_count < TOKEN_WORDS_MAX) {
		token->word[token->word_count].entry = entry;
		token->word[token->word_count++].form = FORM_MISSPELT;
	}
}

static void
find_near(const struct vocabulary *v, struct token *token, const char *typed, size_t length)
{
	for (size_t skipped = 1; skipped <= length; skipped++) {
		uint32_t hash = hash_without(typed, length, skipped);
		size_t at = hash & (v->near_size - 1);

		for (; v->near[at].hash != 0; at = (at + 1) & (v->near_size - 1))
			if (v->near[at].hash == hash)
				add_near(v, token, typed, length, v->near[at].entry);
	}
}

void
understand_near(const struct vocabulary *v, struct token *token)
{
	const char *typed = v->scratch.folded + token->folded;
	size_t length = token->folded_length;

	if (token->word_count > 0 || length < INDEXED_MIN || length > LETTERS_MAX + 1 ||
		v->near_size == 0 || !is_plain(typed, length))
		return;
	find_near(v, token, typed, length);
	if (token->word_count == 0 && typed[length - 1] == 's')
		find_near(v, token, typed, length - 1);
}
