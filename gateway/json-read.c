/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-read.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define DEPTH_MAX 64

struct reader {
	const char *at, *end;
	const char *fault; /* the first one */
	int depth;
	bool message; /* scalars are taken, members stand once */
};

static bool
fail(struct reader *r, const char *fault)
{
	if (r->fault == NULL)
		r->fault = fault;
	return false;
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0')
		r->at++;
}

/* Is that the next sign, blanks aside? Then it is taken. */
static bool
take(struct reader *r, char sign)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != sign)
		return false;
	r->at++;
	return true;
}

/* --- Strings --- */

/* Four hexadecimal digits. Returns false when they are none. */
static bool
read_unit(struct reader *r, uint32_t *unit)
{
	static const char digits[] = "0123456789abcdef";

	*unit = 0;
	if (r->end - r->at < 4)
		return fail(r, "a \\u without its four digits");
	for (int i = 0; i < 4; i++) {
		const char *found = *r->at == '\0' ? NULL : strchr(digits, *r->at | 0x20);

		if (found == NULL)
			return fail(r, "a \\u without its four digits");
		*unit = *unit << 4 | (uint32_t)(found - digits);
		r->at++;
	}
	return true;
}

static bool
half_pair(struct reader *r, uint32_t *c)
{
	*c = 0xfffd;
	return !r->message || fail(r, "half a pair of surrogates");
}

/* Behind "\u": one character, of a pair of surrogates perhaps. Half a pair is U+FFFD, or wrong in a
 * message. */
static bool
read_code_point(struct reader *r, uint32_t *c)
{
	const char *after;
	uint32_t low;

	if (!read_unit(r, c))
		return false;
	if (*c >= 0xdc00 && *c <= 0xdfff)
		return half_pair(r, c);
	if (*c < 0xd800 || *c > 0xdbff)
		return *c != 0 || fail(r, "a string holds \\u0000");
	after = r->at;
	if (r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
		r->at += 2;
		if (!read_unit(r, &low))
			return false;
		if (low >= 0xdc00 && low <= 0xdfff) {
			*c = 0x10000 + ((*c & 0x3ff) << 10) + (low & 0x3ff);
			return true;
		}
	}
	r->at = after;
	return half_pair(r, c);
}

/* Behind a backslash. Returns the bytes put into out, 0 on a fault. */
static size_t
read_escape(struct reader *r, char out[4])
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t c;

	if (r->at == r->end)
		return 0;
	if (*r->at == 'u') {
		r->at++;
		return read_code_point(r, &c) ? text_put(out, c) : 0;
	}
	found = *r->at == '\0' ? NULL : strchr(from, *r->at);
	if (found == NULL) {
		fail(r, "a backslash before what needs none");
		return 0;
	}
	r->at++;
	out[0] = to[found - from];
	return 1;
}

/* A string whose quote is the next sign. Returns it (free() it), or NULL. */
static char *
read_string(struct reader *r)
{
	const char *quote = memchr(r->at, '"', (size_t)(r->end - r->at));
	char *text = quote == NULL ? NULL : malloc((size_t)(r->end - r->at) + 4), *p = text;

	if (text == NULL) {
		fail(r, "a string without its end");
		return NULL;
	}
	while (r->at < r->end && *r->at != '"') {
		size_t length = 1;

		if ((unsigned char)*r->at < ' ')
			fail(r, "a control character in a string");
		else if (*r->at != '\\')
			*p = *r->at++;
		else if (++r->at, (length = read_escape(r, p)) == 0)
			fail(r, "a string without its end");
		if (r->fault != NULL)
			break;
		p += length;
	}
	if (!take(r, '"'))
		fail(r, "a string without its end");
	*p = '\0';
	if (r->fault == NULL && !text_utf8_valid(text, (size_t)(p - text)))
		fail(r, "a string is not UTF-8");
	if (r->fault == NULL)
		return text;
	free(text);
	return NULL;
}

/* --- What nobody asked for --- */

static bool skip_value(struct reader *r);

static bool
skip_string(struct reader *r)
{
	char *text = read_string(r);

	free(text);
	return text != NULL;
}

/* Behind the opening bracket, up to the closing one. */
static bool
skip_many(struct reader *r, char close)
{
	if (take(r, close))
		return true;
	do {
		if (close == '}' && (!take(r, '"') || !skip_string(r) || !take(r, ':')))
			return fail(r, "a member is \"name\": value");
		if (!skip_value(r))
			return false;
	} while (take(r, ','));
	return take(r, close) || fail(r, "a bracket without its end");
}

static bool
skip_digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

static bool
skip_number(struct reader *r)
{
	bool zero;

	r->at += *r->at == '-';
	zero = r->at < r->end && *r->at == '0';
	if (zero)
		r->at++;
	else if (!skip_digits(r))
		return fail(
			r, "what is neither a string, number, list, object, true, false nor null");
	if (r->at < r->end && *r->at == '.' && (r->at++, !skip_digits(r)))
		return fail(r, "a number without its end");
	if (r->at < r->end && (*r->at | 0x20) == 'e') {
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
			r->at++;
		if (!skip_digits(r))
			return fail(r, "a number without its end");
	}
	return true;
}

static bool
take_word(struct reader *r, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
		return false;
	r->at += length;
	return true;
}

static bool
skip_value(struct reader *r)
{
	bool done;

	if (take(r, '"'))
		return skip_string(r);
	if (take(r, '{') || take(r, '[')) {
		if (++r->depth > DEPTH_MAX)
			return fail(r, "lists within lists too deep");
		done = skip_many(r, r->at[-1] == '{' ? '}' : ']');
		r->depth--;
		return done;
	}
	if (r->at == r->end)
		return fail(r, "a value is missing");
	return take_word(r, "true") || take_word(r, "false") || take_word(r, "null") ||
		skip_number(r);
}

/* --- The object --- */

static struct json_wanted *
find_wanted(struct json_wanted *wanted, const char *name)
{
	for (; wanted->name != NULL; wanted++)
		if (strcmp(wanted->name, name) == 0)
			return wanted;
	return NULL;
}

/* A whole number, true or false, as it is written. */
static bool
read_scalar(struct reader *r, char **value)
{
	const char *from = r->at;

	if (r->at == r->end || *r->at == '{' || *r->at == '[' || !skip_value(r))
		return fail(r, "a member that must be a string is none");
	for (const char *c = from; *from != 't' && *from != 'f' && c < r->at; c++)
		if (strchr(".eE", *c) != NULL)
			return fail(r, "a member's number is no whole one");
	*value = strndup(from, (size_t)(r->at - from));
	return *value != NULL || fail(r, "out of memory");
}

/* The value of a member that was asked for: a string or null. */
static bool
read_wanted(struct reader *r, struct json_wanted *wanted)
{
	char *value = NULL;

	if (r->message && wanted->value != NULL)
		return fail(r, "a member stands twice");
	if (take(r, '"')) {
		value = read_string(r);
		if (value == NULL)
			return false;
	} else if (!take_word(r, "null") && (!r->message || !read_scalar(r, &value))) {
		return fail(r, "a member that must be a string is none");
	}
	free(wanted->value);
	wanted->value = value;
	return true;
}

static bool
read_member(struct reader *r, struct json_wanted *wanted)
{
	char *name;
	bool done;

	if (!take(r, '"') || (name = read_string(r)) == NULL)
		return fail(r, "a member is \"name\": value");
	wanted = find_wanted(wanted, name);
	free(name);
	if (!take(r, ':'))
		return fail(r, "a member is \"name\": value");
	skip_blanks(r);
	done = wanted != NULL ? read_wanted(r, wanted) : skip_value(r);
	return done;
}

static bool
read_object(struct reader *r, struct json_wanted *wanted)
{
	if (!take(r, '{'))
		return fail(r, "it is no object");
	if (!take(r, '}')) {
		do {
			if (!read_member(r, wanted))
				return false;
		} while (take(r, ','));
		if (!take(r, '}'))
			return fail(r, "the object does not end");
	}
	skip_blanks(r);
	return r->at == r->end || fail(r, "something stands behind the object");
}

static const char *
read_all(struct reader r, struct json_wanted *wanted)
{
	for (struct json_wanted *w = wanted; w->name != NULL; w++)
		w->value = NULL;
	if (!read_object(&r, wanted)) {
		json_wanted_free(wanted);
		return r.fault;
	}
	return NULL;
}

const char *
json_read(const char *text, size_t length, struct json_wanted *wanted)
{
	return read_all((struct reader){ .at = text, .end = text + length }, wanted);
}

const char *
json_read_message(const char *text, size_t length, struct json_wanted *wanted)
{
	return read_all(
		(struct reader){ .at = text, .end = text + length, .message = true }, wanted);
}

void
json_wanted_free(struct json_wanted *wanted)
{
	for (; wanted->name != NULL; wanted++) {
		free(wanted->value);
		wanted->value = NULL;
	}
}
