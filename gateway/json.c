/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <string.h>

#include "text.h"

void
json_begin(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out };
}

void
json_end(struct json *json)
{
	fputc('\n', json->out);
	json->comma = false;
}

/* One character of valid UTF-8, or one byte of what is not. Returns how many bytes it took. */
static size_t
write_character(FILE *out, const char *s)
{
	size_t len = 1;

	while (len < 4 && (s[len] & 0xC0) == 0x80)
		len++;
	if (!text_utf8_valid(s, len)) {
		fputs("\\ufffd", out);
		return 1;
	}
	if (*s == '"' || *s == '\\')
		fprintf(out, "\\%c", *s);
	else if (*s == '\n')
		fputs("\\n", out);
	else if ((unsigned char)*s < 0x20 || *s == 0x7F)
		fprintf(out, "\\u%04x", (unsigned)*s);
	else
		fwrite(s, 1, len, out);
	return len;
}

static void
write_string(FILE *out, const char *s)
{
	fputc('"', out);
	while (*s != '\0')
		s += write_character(out, s);
	fputc('"', out);
}

/* What stands before a value: a comma, a line's end, its name. */
static void
before_value(struct json *json, const char *name)
{
	if (json->comma)
		fputc(',', json->out);
	if (json->lines && json->depth == 1)
		fputc('\n', json->out);
	else if (json->comma)
		fputc(' ', json->out);
	if (name != NULL) {
		write_string(json->out, name);
		fputs(": ", json->out);
	}
	json->comma = true;
}

static void
open_value(struct json *json, const char *name, char bracket)
{
	before_value(json, name);
	fputc(bracket, json->out);
	json->lines |= json->depth == 0 && bracket == '[';
	json->depth++;
	json->comma = false;
}

static void
close_value(struct json *json, char bracket)
{
	json->depth--;
	if (json->lines && json->depth == 0 && json->comma)
		fputc('\n', json->out);
	fputc(bracket, json->out);
	json->lines &= json->depth > 0;
	json->comma = true;
}

void
json_object(struct json *json, const char *name)
{
	open_value(json, name, '{');
}

void
json_object_end(struct json *json)
{
	close_value(json, '}');
}

void
json_array(struct json *json, const char *name)
{
	open_value(json, name, '[');
}

void
json_array_end(struct json *json)
{
	close_value(json, ']');
}

void
json_raw(struct json *json, const char *name, const char *value)
{
	before_value(json, name);
	fputs(value, json->out);
}

void
json_string(struct json *json, const char *name, const char *value)
{
	if (value == NULL) {
		json_raw(json, name, "null");
		return;
	}
	before_value(json, name);
	write_string(json->out, value);
}

void
json_int(struct json *json, const char *name, long long value)
{
	before_value(json, name);
	fprintf(json->out, "%lld", value);
}

void
json_decimal(struct json *json, const char *name, double value)
{
	before_value(json, name);
	fprintf(json->out, "%.2f", value);
}

void
json_bool(struct json *json, const char *name, bool value)
{
	json_raw(json, name, value ? "true" : "false");
}
