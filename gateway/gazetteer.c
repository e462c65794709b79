/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gazetteer: place names by hash of their folded form, and by one typing error: without blanks,
 * whole and without each of its letters but the first, so that "kimironco" and "kimi ronko" are
 * Kimironko. A name takes its letters, 16 bytes, and some 12 bytes a letter.
 */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "vocabulary.h"

#define NAME_WORDS_MAX 6
#define NAME_BYTES_MAX 255
#define NAME_BYTES_MIN 3 /* shorter ones are ordinary syllables */
#define NEAR_MIN 6       /* letters of a name that may be misspelt */
#define NEAR_MAX 64
#define NEAR_WORDS_MAX 4

struct name {
	uint32_t hash;    /* 0: empty */
	uint32_t text;    /* offset into letters: a byte of length, then the name */
	int64_t place_id; /* 0: of several places */
};

/* A name without one of its letters. */
struct variant {
	uint32_t hash; /* 0: empty */
	uint32_t text; /* of the name, as in struct name */
};

struct gazetteer {
	struct variant *variant; /* open addressing, a power of two; several may have one hash */
	size_t variant_count, variant_size;
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
	free(g->variant);
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

/* --- --- Names with one error --- */

/* The letters of a folded name without its blanks. Returns their count, 0 when they are too many.
 */
static size_t
squeeze(const char *folded, size_t length, uint32_t out[NEAR_MAX])
{
	const char *at = folded;
	size_t count = 0;

	while (at < folded + length) {
		uint32_t cp = text_next(&at);

		if (cp == ' ')
			continue;
		if (count == NEAR_MAX)
			return 0;
		out[count++] = cp;
	}
	return count;
}

static uint32_t
hash_without(const uint32_t *letters, size_t count, size_t skipped)
{
	uint32_t hash = HASH_SEED;

	for (size_t i = 0; i < count; i++)
		if (i != skipped)
			hash = (hash ^ letters[i]) * 16777619u;
	return hash == 0 ? 1 : hash;
}

static int
grow_variants(struct gazetteer *g, size_t more)
{
	size_t size = g->variant_size == 0 ? 1024 : g->variant_size;
	struct variant *old = g->variant, *variant;

	while ((g->variant_count + more) * 4 > size * 3)
		size *= 2;
	if (size == g->variant_size)
		return 0;
	variant = calloc(size, sizeof(*variant));
	if (variant == NULL)
		return -1;
	for (size_t i = 0; i < g->variant_size; i++) {
		size_t at = old[i].hash & (size - 1);

		if (old[i].hash == 0)
			continue;
		while (variant[at].hash != 0)
			at = (at + 1) & (size - 1);
		variant[at] = old[i];
	}
	g->variant = variant;
	g->variant_size = size;
	free(old);
	return 0;
}

static void
add_variant(struct gazetteer *g, uint32_t hash, uint32_t text)
{
	size_t at = hash & (g->variant_size - 1);

	for (; g->variant[at].hash != 0; at = (at + 1) & (g->variant_size - 1))
		if (g->variant[at].hash == hash && g->variant[at].text == text)
			return;
	g->variant[at] = (struct variant){ hash, text };
	g->variant_count++;
}

/* Index a name that was kept at `text`. Returns 0 or -1 (out of memory). */
static int
index_variants(struct gazetteer *g, const char *folded, size_t length, uint32_t text)
{
	uint32_t letters[NEAR_MAX];
	size_t count = squeeze(folded, length, letters);

	if (count < NEAR_MIN)
		return 0;
	if (grow_variants(g, count) == -1)
		return -1;
	for (size_t skipped = 1; skipped <= count; skipped++) /* the last time none is */
		add_variant(g, hash_without(letters, count, skipped), text);
	return 0;
}

static bool
is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

/* Is there at most one error between them, and none in a digit? */
static bool
is_near(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	size_t from = 0, a_left, b_left;

	if (a_count < b_count)
		return is_near(b, b_count, a, a_count);
	while (from < b_count && a[from] == b[from])
		from++;
	a_left = a_count - from;
	b_left = b_count - from;
	if (a_left == 0)
		return true;
	if (a_left > b_left + 1 || is_digit(a[from]) || (b_left > 0 && is_digit(b[from])))
		return false;
	a += from;
	b += from;
	if (a_left > b_left)
		return memcmp(a + 1, b, b_left * sizeof(*a)) == 0;
	if (memcmp(a + 1, b + 1, (a_left - 1) * sizeof(*a)) == 0)
		return true;
	return a_left > 1 && a[0] == b[1] && a[1] == b[0] && !is_digit(a[1]) &&
		memcmp(a + 2, b + 2, (a_left - 2) * sizeof(*a)) == 0;
}

/* Look the variants of one hash through: *found counts the places that are near. */
static void
look_up(const struct gazetteer *g, uint32_t hash, const uint32_t *letters, size_t count,
	int64_t *place_id, bool *found)
{
	size_t at = hash & (g->variant_size - 1);

	for (; g->variant[at].hash != 0; at = (at + 1) & (g->variant_size - 1)) {
		const char *text = g->letters + g->variant[at].text;
		size_t length = (unsigned char)text[0], known_count;
		uint32_t known[NEAR_MAX];
		int64_t id;

		if (g->variant[at].hash != hash)
			continue;
		known_count = squeeze(text + 1, length, known);
		if (!is_near(letters, count, known, known_count))
			continue;
		id = slot(g, name_hash(vocabulary_hash(HASH_SEED, text + 1, length)), text + 1,
			length)
			     ->place_id;
		*place_id = *found && *place_id != id ? 0 : id;
		*found = true;
	}
}

size_t
gazetteer_near(const struct gazetteer *g, const char *folded, const struct token *token,
	size_t count, size_t at, int64_t *place_id)
{
	if (g == NULL || g->variant_count == 0)
		return 0;
	for (size_t n = count - at < NEAR_WORDS_MAX ? count - at : NEAR_WORDS_MAX; n > 0; n--) {
		const struct token *last = &token[at + n - 1];
		size_t length = last->folded + last->folded_length - token[at].folded, letter_count;
		uint32_t letters[NEAR_MAX];
		bool found = false;

		letter_count = squeeze(folded + token[at].folded, length, letters);
		if (letter_count < NEAR_MIN)
			continue;
		for (size_t skipped = 1; skipped <= letter_count; skipped++)
			look_up(g, hash_without(letters, letter_count, skipped), letters,
				letter_count, place_id, &found);
		if (found)
			return n;
	}
	return 0;
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
	return index_variants(g, folded, (size_t)length, found->text);
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
