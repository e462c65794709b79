/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json-read: the string members of one JSON object (RFC 8259), for commands that read JSON lines
 * and for messages that software posts.
 *
 * What it is: a strict reader of one object in memory; members that nobody asked for are checked
 * and passed over, whatever they hold. What it is not: a tree, or a reader of what numbers mean.
 */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <stddef.h>

struct json_wanted {
	const char *name;
	char *value; /* set by json_read(): UTF-8, owned by the caller; NULL: absent or null */
};

/*
 * Read an object of length bytes. wanted ends with name NULL; its values need not be set before.
 * Where a member stands twice, the last counts. Returns NULL, or what is wrong (static words; all
 * values NULL then): it is no object, a wanted member is no string, a string holds U+0000.
 */
const char *json_read(const char *text, size_t length, struct json_wanted *wanted)
	__attribute__((warn_unused_result));
/* The same, of a message by software: what is a whole number, true or false is taken as written; a
 * wanted member that stands twice is wrong, and half a pair of surrogates is. */
const char *json_read_message(const char *text, size_t length, struct json_wanted *wanted)
	__attribute__((warn_unused_result));
/* Free the values and set them to NULL. */
void json_wanted_free(struct json_wanted *wanted);

#endif
