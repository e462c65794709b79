/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gazetteer: place names by hash of their folded form. A name takes its letters and 16 bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "vocabulary.h"

#define NAME_WORDS_MAX 6
#define NAME_BYTES_MAX 255
#define NAME_BYTES_MIN 3 /* shorter ones are ordinary syllables */

struct name {
	uint32_t hash;    /* 0: empty */
	uint32_t text;    /* offset into letters: a byte of length, then the name */
	int64_t place_id; /* 0: of several places */
};

struct gazetteer {
	struct name *name; /* open addressing, a power of two */
	size_t count, size;
	char *letters;
	size_t letters_length, letters_size;
};

struct gazetteer *
gazetteer_new(void)
{
	return calloc(1, sizeof(struct gazetteer));
}

void
gazetteer_free(struct gazetteer *g)
{
	if (g == NULL)
		return;
	free(g->name);
	free(g->letters);
	free(g);
}

/* The slot of a name, or the empty one where it belongs. The table must have room. */
static struct name *
slot(const struct gazetteer *g, uint32_t hash, const char *folded, size_t length)
{
	size_t i = hash & (g->size - 1);

	for (; g->name[i].hash != 0; i = (i + 1) & (g->size - 1)) {
		const char *text = g->letters + g->name[i].text;

		if (g->name[i].hash == hash && (unsigned char)text[0] == length &&
			memcmp(text + 1, folded, length) == 0)
			break;
	}
	return &g->name[i];
}

static int
grow(struct gazetteer *g)
{
	size_t size = g->size == 0 ? 64 : g->size * 2;
	struct name *old = g->name, *name;

	if (g->count + g->count / 2 < g->size)
		return 0;
	name = calloc(size, sizeof(*name));
	if (name == NULL)
		return -1;
	for (size_t i = 0; i < g->size; i++) {
		size_t at = old[i].hash & (size - 1);

		if (old[i].hash == 0)
			continue;
		while (name[at].hash != 0)
			at = (at + 1) & (size - 1);
		name[at] = old[i];
	}
	g->name = name;
	g->size = size;
	free(old);
	return 0;
}

static int
keep_letters(struct gazetteer *g, const char *folded, size_t length)
{
	if (g->letters_length + length + 1 > g->letters_size) {
		size_t size = g->letters_size * 2 + 4096;
		char *letters = realloc(g->letters, size);

		if (letters == NULL)
			return -1;
		g->letters = letters;
		g->letters_size = size;
	}
	g->letters[g->letters_length] = (char)length;
	memcpy(g->letters + g->letters_length + 1, folded, length);
	g->letters_length += length + 1;
	return 0;
}

static uint32_t
name_hash(uint32_t hash)
{
	return hash == 0 ? 1 : hash;
}

/* A name that no message could be searched for (too long, too short, only digits) is no error. */
static bool
searchable(const char *folded, size_t length)
{
	size_t words = 1;

	for (size_t i = 0; i < length; i++)
		words += folded[i] == ' ';
	return length >= NAME_BYTES_MIN && length <= NAME_BYTES_MAX && words <= NAME_WORDS_MAX &&
		strspn(folded, "0123456789 ") < length;
}

int
gazetteer_add(struct gazetteer *g, int64_t place_id, const char *name)
{
	char clean[NAME_BYTES_MAX + 1], folded[3 * sizeof(clean) + 1];
	uint32_t hash;
	struct name *found;
	int length;

	text_utf8_clean(clean, sizeof(clean), name, strlen(name));
	length = text_fold(folded, sizeof(folded), clean);
	if (length < 0 || !searchable(folded, (size_t)length))
		return 0;
	if (grow(g) == -1)
		return -1;
	hash = name_hash(vocabulary_hash(HASH_SEED, folded, (size_t)length));
	found = slot(g, hash, folded, (size_t)length);
	if (found->hash != 0) {
		if (found->place_id != place_id)
			found->place_id = 0;
		return 0;
	}
	if (keep_letters(g, folded, (size_t)length) == -1)
		return -1;
	*found =
		(struct name){ hash, (uint32_t)(g->letters_length - (size_t)length - 1), place_id };
	g->count++;
	return 0;
}

size_t
gazetteer_match(const struct gazetteer *g, const char *folded, const struct token *token,
	size_t count, size_t at, int64_t *place_id)
{
	const char *start = folded + token[at].folded;
	uint32_t hash = HASH_SEED;
	size_t length = 0, longest = 0;

	if (g == NULL || g->count == 0)
		return 0;
	for (size_t n = 1; n <= NAME_WORDS_MAX && at + n <= count; n++) {
		const struct token *last = &token[at + n - 1];
		size_t end = last->folded + last->folded_length - token[at].folded;
		const struct name *found;

		if (end > NAME_BYTES_MAX)
			break;
		hash = vocabulary_hash(hash, start + length, end - length);
		length = end;
		found = slot(g, name_hash(hash), start, length);
		if (found->hash != 0) {
			longest = n;
			*place_id = found->place_id;
		}
	}
	return longest;
}
