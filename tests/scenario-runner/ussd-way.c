/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd-way.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define SECRET "scenario-of-tests"
#define FORM "application/x-www-form-urlencoded"
#define MENUS "[\"*384# menu\", \"*311# maputo\"]"

/* Screens that are late because the machine is slow are none that a scenario is about. */
#define PATIENT "answer_within_ms = 20000; "

static const struct ussd_way ways[] = {
	{
		.name = "sim",
		.path = "/ussd/sim/" SECRET,
		.type = FORM,
		.config = PATIENT "field_event = \"status\"; event_over = \"\";",
		.whole = true,
	},
	{
		.name = "last",
		.path = "/ussd/last/" SECRET,
		.type = FORM,
		.config = PATIENT "history = \"last\"; field_event = \"status\"; "
				  "event_over = \"\";",
	},
	{
		.name = "brisk",
		.path = "/ussd/brisk/" SECRET,
		.type = FORM,
		.config = "",
		.whole = true,
	},
	{
		.name = "json",
		.path = "/ussd/json/" SECRET,
		.type = "application/json",
		.config = PATIENT
		"format = \"json\"; history = \"last\"; answer = \"json\"; "
		"field_session = \"session\"; field_number = \"msisdn\"; "
		"field_code = \"shortcode\"; field_text = \"input\"; field_step = \"step\"; "
		"field_event = \"type\"; event_over = \"end\"; "
		"answer_text = \"words\"; answer_more = \"goes_on\";",
		.json = true,
	},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

const struct ussd_way *
ussd_way_find(const char *name)
{
	for (size_t i = 0; i < WAYS; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

const char *
ussd_way_names(void)
{
	return "sim, last, brisk or json";
}

char *
ussd_way_settings(void)
{
	char *list = xstrdup("(");

	for (size_t i = 0; i < WAYS; i++) {
		char *more = xformat("%s%s{ name = \"%s\"; secret = \"" SECRET "\"; menus = " MENUS
				     "; %s }",
			list, i > 0 ? ", " : "", ways[i].name, ways[i].config);

		free(list);
		list = more;
	}
	char *whole = xformat("%s)", list);
	free(list);
	return whole;
}

/* --- what is posted ---------------------------------------------------------------------- */

/* A copy of text as a value of application/x-www-form-urlencoded; the caller's. */
static char *
encoded(const char *text)
{
	char *out = xcalloc(strlen(text) + 1, 3), *at = out;

	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (isalnum(*c) && *c < 0x80)
			*at++ = (char)*c;
		else
			at += sprintf(at, "%%%02X", *c);
	}
	return out;
}

static char *
form_body(const struct ussd_told *told)
{
	char *number = encoded(told->number), *code = encoded(told->code);
	char *text = encoded(told->text), *body;

	body = xformat("sessionId=%s&phoneNumber=%s&networkCode=63510&serviceCode=%s&%s%s",
		told->session, number, code,
		told->over ? "status=Incomplete&input=" : "text=", text);
	free(number);
	free(code);
	free(text);
	return body;
}

/* A text as a string of JSON, quotes and all; the caller's. */
static char *
json_string(const char *text)
{
	char *out = xcalloc(strlen(text) * 6 + 3, 1), *at = out;

	*at++ = '"';
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (*c < 0x20 || *c == '"' || *c == '\\')
			at += sprintf(at, "\\u%04x", *c);
		else
			*at++ = (char)*c;
	}
	*at = '"';
	return out;
}

static char *
json_body(const struct ussd_told *told)
{
	char *number = json_string(told->number), *code = json_string(told->code);
	char *text = json_string(told->text), *body;

	body = xformat("{\"type\": \"%s\", \"session\": \"%s\", \"step\": %u, \"msisdn\": %s, "
		       "\"shortcode\": %s, \"input\": %s, \"extra\": {\"cell\": [1, null]}}",
		told->over ? "end" : "step", told->session, told->step, number, code, text);
	free(number);
	free(code);
	free(text);
	return body;
}

char *
ussd_way_body(const struct ussd_way *way, const struct ussd_told *told)
{
	return way->json ? json_body(told) : form_body(told);
}

/* --- what is answered -------------------------------------------------------------------- */

static char *
put_utf8(char *at, unsigned code)
{
	if (code < 0x80) {
		*at++ = (char)code;
	} else if (code < 0x800) {
		*at++ = (char)(0xc0 | code >> 6);
		*at++ = (char)(0x80 | (code & 0x3f));
	} else {
		*at++ = (char)(0xe0 | code >> 12);
		*at++ = (char)(0x80 | (code >> 6 & 0x3f));
		*at++ = (char)(0x80 | (code & 0x3f));
	}
	return at;
}

/* The string that begins behind its opening quote; the caller's, NULL when it does not end. */
static char *
take_string(const char *from)
{
	static const char letters[] = "nrtbf", meant[] = "\n\r\t\b\f";
	char *out = xcalloc(strlen(from) + 1, 1), *at = out;
	unsigned code;

	for (; *from != '"' && *from != '\0'; from++) {
		if (*from != '\\') {
			*at++ = *from;
		} else if (*++from == 'u' && sscanf(from + 1, "%4x", &code) == 1) {
			at = put_utf8(at, code);
			from += 4;
		} else if (*from != '\0' && strchr(letters, *from) != NULL) {
			*at++ = meant[strchr(letters, *from) - letters];
		} else if (*from != '\0') {
			*at++ = *from;
		} else {
			break;
		}
	}
	if (*from == '"')
		return out;
	free(out);
	return NULL;
}

/* What stands behind a member's name in the only object of the text, blanks left out; or NULL. */
static const char *
member(const char *text, const char *name)
{
	char *quoted = xformat("\"%s\"", name);
	const char *at = strstr(text, quoted);

	if (at != NULL) {
		at += strlen(quoted);
		at += strspn(at, " \t\r\n");
		at = *at == ':' ? at + 1 + strspn(at + 1, " \t\r\n") : NULL;
	}
	free(quoted);
	return at;
}

static char *
json_screen(const char *body, bool *more)
{
	const char *words = member(body, "words"), *goes_on = member(body, "goes_on");

	if (words == NULL || *words != '"' || goes_on == NULL ||
		(strncmp(goes_on, "true", 4) != 0 && strncmp(goes_on, "false", 5) != 0))
		return NULL;
	*more = *goes_on == 't';
	return take_string(words + 1);
}

char *
ussd_way_screen(const struct ussd_way *way, const char *body, bool *more)
{
	if (way->json)
		return json_screen(body, more);
	if (strncmp(body, "CON ", 4) != 0 && strncmp(body, "END ", 4) != 0)
		return NULL;
	*more = *body == 'C';
	return xstrdup(body + 4);
}
