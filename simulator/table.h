/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - finds things by name: a hash table of string keys.
 *
 * Keys and values stay the caller's; a key must live and not change while it is in the table.
 * A zeroed struct is an empty table.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stddef.h>

struct table_slot {
	const char *key;
	void *value;
};

struct table {
	struct table_slot *slots;
	size_t size, used; /* size is 0 or a power of two */
};

/* Returns the value of `key`, or NULL. */
void *table_get(const struct table *t, const char *key);

/* Adds or replaces; ends the program when memory is out. */
void table_put(struct table *t, const char *key, void *value);

/* Removes `key` if it is there. */
void table_remove(struct table *t, const char *key);

/* Walks: start with *at = 0; NULL at the end.  The table must not change meanwhile. */
void *table_next(const struct table *t, size_t *at);

/* Frees the table, not what is in it. */
void table_clear(struct table *t);

#endif
