/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a */
static size_t
hash(const char *key)
{
	uint64_t h = 14695981039346656037ULL;

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211ULL;
	return (size_t)(h ^ h >> 32);
}

/* The slot of `key`, or the free one where it would go.  The table must have a free slot. */
static size_t
find(const struct table *t, const char *key)
{
	size_t i = hash(key) & (t->size - 1);

	while (t->slots[i].key != NULL && strcmp(t->slots[i].key, key) != 0)
		i = (i + 1) & (t->size - 1);
	return i;
}

static void
grow(struct table *t)
{
	struct table bigger = { .size = t->size > 0 ? t->size * 2 : 16, .used = t->used };

	bigger.slots = memory_zeroed(bigger.size, sizeof(*bigger.slots));
	for (size_t i = 0; i < t->size; i++)
		if (t->slots[i].key != NULL)
			bigger.slots[find(&bigger, t->slots[i].key)] = t->slots[i];
	free(t->slots);
	*t = bigger;
}

void *
table_get(const struct table *t, const char *key)
{
	return t->size > 0 ? t->slots[find(t, key)].value : NULL;
}

void
table_put(struct table *t, const char *key, void *value)
{
	size_t i;

	if (t->used * 2 >= t->size)
		grow(t);
	i = find(t, key);
	if (t->slots[i].key == NULL)
		t->used++;
	t->slots[i].key = key;
	t->slots[i].value = value;
}

void
table_remove(struct table *t, const char *key)
{
	size_t hole;

	if (t->size == 0)
		return;
	hole = find(t, key);
	if (t->slots[hole].key == NULL)
		return;
	t->used--;
	/* Those behind that hashed to before the hole move up, so that no search stops early. */
	for (size_t i = (hole + 1) & (t->size - 1); t->slots[i].key != NULL;
		i = (i + 1) & (t->size - 1)) {
		size_t home = hash(t->slots[i].key) & (t->size - 1);

		if (((i - home) & (t->size - 1)) >= ((i - hole) & (t->size - 1))) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole] = (struct table_slot){ NULL, NULL };
}

void *
table_next(const struct table *t, size_t *at)
{
	while (*at < t->size) {
		const struct table_slot *slot = &t->slots[(*at)++];

		if (slot->key != NULL)
			return slot->value;
	}
	return NULL;
}

void
table_clear(struct table *t)
{
	free(t->slots);
	*t = (struct table){ NULL, 0, 0 };
}
