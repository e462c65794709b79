/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cap.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "text.h"

#define BLOCK_BYTES 16384
#define BLANKS " \t\r\n"

struct cap_block {
	struct cap_block *next;
	size_t used, size;
	max_align_t memory[];
};

struct cap *
cap_new(void)
{
	struct cap *cap = calloc(1, sizeof(*cap));

	if (cap == NULL)
		fatal("event=out_of_memory");
	return cap;
}

void
cap_free(struct cap *cap)
{
	struct cap_block *block;

	if (cap == NULL)
		return;
	while ((block = cap->blocks) != NULL) {
		cap->blocks = block->next;
		free(block);
	}
	xmlFreeDoc(cap->document);
	free(cap);
}

void *
cap_alloc(struct cap *cap, size_t size)
{
	size_t want = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	struct cap_block *block = cap->blocks;
	char *memory;

	if (block == NULL || block->size - block->used < want) {
		size_t room = want > BLOCK_BYTES ? want : BLOCK_BYTES;

		block = calloc(1, sizeof(*block) + room);
		if (block == NULL)
			fatal("event=out_of_memory");
		block->size = room;
		block->next = cap->blocks;
		cap->blocks = block;
	}
	memory = (char *)block->memory + block->used;
	block->used += want;
	return memory;
}

const char *
cap_text(struct cap *cap, const char *text)
{
	size_t length;
	char *copy;

	if (text == NULL)
		return NULL;
	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
		length--;
	copy = cap_alloc(cap, 3 * length + 1); /* a bad octet becomes U+FFFD */
	text_utf8_clean(copy, 3 * length + 1, text, length);
	return copy;
}

void
cap_append_to(void **list, void *element)
{
	while (*list != NULL)
		list = *list; /* `next` comes first */
	*list = element;
}

/* Two digits, or -1. */
static int
two(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9'
		? 10 * (at[0] - '0') + at[1] - '0'
		: -1;
}

/* Is it made as "dddd-dd-ddTdd:dd:dd+dd:dd", d a digit and + a sign? */
static bool
has_shape(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd+dd:dd";

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++) {
		bool fits = shape[i] == 'd' ? text[i] >= '0' && text[i] <= '9'
			: shape[i] == '+'   ? text[i] == '+' || text[i] == '-'
					    : text[i] == shape[i];

		if (!fits)
			return false;
	}
	return true;
}

int
cap_time_read(const char *text, int64_t *out)
{
	struct tm tm = { 0 }, same;
	int zone_h, zone_min;
	time_t at;

	if (!has_shape(text))
		return -1;
	tm.tm_year = 100 * two(text) + two(text + 2) - 1900;
	tm.tm_mon = two(text + 5) - 1;
	tm.tm_mday = two(text + 8);
	tm.tm_hour = two(text + 11);
	tm.tm_min = two(text + 14);
	tm.tm_sec = two(text + 17);
	zone_h = two(text + 20);
	zone_min = two(text + 23);
	if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59 || zone_min > 59 ||
		60 * zone_h + zone_min > 14 * 60 || tm.tm_year + 1900 < 1)
		return -1;
	same = tm;
	at = timegm(&same);
	if (same.tm_mday != tm.tm_mday || same.tm_mon != tm.tm_mon)
		return -1; /* no such day */
	at -= (text[19] == '-' ? -1 : 1) * (60 * zone_h + zone_min) * 60;
	*out = at;
	return 0;
}
