/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: writes JSON (RFC 8259) to a stream, value by value.
 *
 * What it is: commas, quotes and escapes. Elements of an outermost array stand on a line each, so
 * that a line is a record; all else is written without a break. Every value takes a name inside an
 * object and NULL elsewhere. What it is not: a check that what is opened is closed, or a reader.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *out; /* borrowed */
	unsigned depth;
	bool lines; /* an outermost array is open */
	bool comma; /* a value stands before the next one */
};

void json_begin(struct json *json, FILE *out);
/* The line's end behind an outermost value. */
void json_end(struct json *json);

void json_object(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *name);
void json_array_end(struct json *json);

/* NULL is written as null; invalid UTF-8 as U+FFFD. */
void json_string(struct json *json, const char *name, const char *value);
void json_int(struct json *json, const char *name, long long value);
/* With two digits behind the point. */
void json_decimal(struct json *json, const char *name, double value);
void json_bool(struct json *json, const char *name, bool value);
/* Something that is JSON already: a number as PostgreSQL writes it. */
void json_raw(struct json *json, const char *name, const char *value);

#endif
