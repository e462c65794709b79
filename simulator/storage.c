/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "storage.h"

#include "memory.h"

#include <stdlib.h>

#define WORD 64U

static unsigned
words(unsigned size)
{
	return (size + WORD - 1) / WORD;
}

static void
mark(struct storage *s, unsigned at, bool taken)
{
	uint64_t bit = UINT64_C(1) << at % WORD;

	if (taken)
		s->taken[at / WORD] |= bit;
	else
		s->taken[at / WORD] &= ~bit;
}

void
storage_init(struct storage *s, unsigned size)
{
	*s = (struct storage){ .size = size };
	s->places = memory_zeroed(size, sizeof(*s->places));
	s->taken = memory_zeroed(words(size), sizeof(*s->taken));
	/* What lies beyond the last place is never free. */
	for (unsigned i = size; i < words(size) * WORD; i++)
		mark(s, i, true);
}

void
storage_free(struct storage *s)
{
	for (unsigned i = 0; i < s->size; i++)
		free(s->places[i].hex);
	free(s->places);
	free(s->taken);
	*s = (struct storage){ .size = 0 };
}

void
storage_resize(struct storage *s, unsigned size)
{
	struct storage new;

	storage_init(&new, size);
	for (unsigned i = 0; i < s->size && i < size; i++) {
		if (s->places[i].hex == NULL)
			continue;
		new.places[i] = s->places[i];
		s->places[i].hex = NULL;
		mark(&new, i, true);
		new.used++;
	}
	storage_free(s);
	*s = new;
}

int
storage_put(struct storage *s, const char *hex, unsigned tpdu_len, enum place_status status)
{
	unsigned at;

	if (s->used == s->size)
		return -1;
	while (s->taken[s->hint] == UINT64_MAX)
		s->hint++;
	at = s->hint * WORD + (unsigned)__builtin_ctzll(~s->taken[s->hint]);
	s->places[at] =
		(struct place){ .hex = memory_text(hex), .tpdu_len = tpdu_len, .status = status };
	mark(s, at, true);
	s->used++;
	return (int)at;
}

struct place *
storage_get(struct storage *s, unsigned at)
{
	return at < s->size && s->places[at].hex != NULL ? &s->places[at] : NULL;
}

int
storage_delete(struct storage *s, unsigned at)
{
	struct place *p = storage_get(s, at);

	if (p == NULL || p->stuck)
		return -1;
	free(p->hex);
	p->hex = NULL;
	mark(s, at, false);
	s->used--;
	if (at / WORD < s->hint)
		s->hint = at / WORD;
	return 0;
}
