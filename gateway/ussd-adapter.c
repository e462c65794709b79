/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-adapter: the list of adapters, and the one that goes by a configuration entry. */
#include "ussd-adapter.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "json-read.h"
#include "json.h"
#include "log.h"
#include "text.h"

enum field { SESSION, NUMBER, CODE, TEXT, STEP, EVENT, FIELDS };

static bool
is_named(const char *field)
{
	return field != NULL && field[0] != '\0';
}

static void
wanted_fields(const struct config_ussd *way, struct json_wanted wanted[FIELDS + 1])
{
	const char *const names[FIELDS] = { way->field_session, way->field_number, way->field_code,
		way->field_text, way->field_step, way->field_event };

	for (size_t i = 0; i < FIELDS; i++) /* one without a name is none's that is posted */
		wanted[i] = (struct json_wanted){ names[i] != NULL ? names[i] : "", NULL };
	wanted[FIELDS] = (struct json_wanted){ NULL, NULL };
}

/* --- Form-encoded --- */

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return found == NULL || (c < '0') ? -1 : (int)(found - digits);
}

/* Decode in place what stands between text and end. Returns its end, or NULL with *why. */
static char *
decode(char *text, const char *end, const char **why)
{
	char *out = text;

	for (const char *c = text; c < end; c++, out++) {
		*out = *c == '+' ? ' ' : *c;
		if (*c != '%')
			continue;
		int high = end - c >= 3 ? hex(c[1]) : -1;
		int low = high >= 0 ? hex(c[2]) : -1;
		if (low < 0) {
			*why = "a % stands without two hexadecimal digits behind it";
			return NULL;
		}
		*out = (char)(high * 16 + low);
		c += 2;
	}
	return out;
}

/* Decode one name=value, and keep the value when it is wanted. */
static int
take_pair(char *pair, char *end, struct json_wanted *wanted, const char **why)
{
	char *equals = memchr(pair, '=', (size_t)(end - pair));
	char *name_end = decode(pair, equals != NULL ? equals : end, why), *value, *value_end;

	if (name_end == NULL)
		return -1;
	value = equals != NULL ? equals + 1 : end;
	value_end = decode(value, end, why);
	if (value_end == NULL)
		return -1;
	for (; wanted->name != NULL; wanted++) {
		if (wanted->name[0] == '\0' || strlen(wanted->name) != (size_t)(name_end - pair) ||
			memcmp(wanted->name, pair, strlen(wanted->name)) != 0)
			continue;
		if (wanted->value != NULL) {
			*why = "a field stands twice";
			return -1;
		}
		if (!text_utf8_valid(value, (size_t)(value_end - value))) {
			*why = "a field is not UTF-8";
			return -1;
		}
		wanted->value = strndup(value, (size_t)(value_end - value));
		if (wanted->value == NULL)
			fatal("event=out_of_memory");
	}
	return 0;
}

/* Like json_read_message(). */
static const char *
form_read(const char *content_type, const char *body, size_t len, struct json_wanted *wanted)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *why = NULL;
	char *copy, *end, *next;

	if (content_type != NULL && strncasecmp(content_type, form, sizeof(form) - 1) != 0)
		return "the content type must be application/x-www-form-urlencoded";
	copy = malloc(len + 1);
	if (copy == NULL)
		fatal("event=out_of_memory");
	memcpy(copy, body, len);
	for (char *at = copy; at < copy + len && why == NULL; at = next) {
		end = memchr(at, '&', (size_t)(copy + len - at));
		next = end != NULL ? end + 1 : copy + len;
		if (take_pair(at, end != NULL ? end : copy + len, wanted, &why) != 0)
			json_wanted_free(wanted);
	}
	free(copy);
	return why;
}

/* --- A step from its fields --- */

/* Forms often come with a number's + unwritten: it reads as a blank. */
static struct phone
phone_of(const char *number, const char *country)
{
	char mended[64];

	if (number[0] != ' ')
		return phone_normalise(number, country);
	snprintf(mended, sizeof(mended), "+%s", number + strspn(number, " "));
	return phone_normalise(mended, country);
}

/* Whatever it says of the session where nothing was keyed, or what it is configured to say. */
static bool
is_over(const struct config_ussd *way, const char *event, const char *text)
{
	if (!is_named(way->field_event) || event == NULL || event[0] == '\0')
		return false;
	return way->event_over == NULL ? text == NULL : strcmp(event, way->event_over) == 0;
}

/* "*384*147#": the code that is meant, and what stands behind it is the first input. */
static bool
text_is_dialled(const char *text)
{
	size_t length = strlen(text);

	return length >= 3 && length < USSD_CODE_MAX && text[0] == '*' && text[length - 1] == '#';
}

static void
code_from_text(const struct config_ussd *way, struct ussd_request *out)
{
	const char *menu = way->menus[0];

	snprintf(out->code, sizeof(out->code), "%.*s", (int)strcspn(menu, " "), menu);
	if (!text_is_dialled(out->text))
		return;
	for (size_t i = 0; way->menus[i] != NULL; i++) {
		size_t code = strcspn(way->menus[i], " ") - 1; /* without its # */

		if (strncmp(out->text, way->menus[i], code) != 0 ||
			(out->text[code] != '#' && out->text[code] != '*'))
			continue;
		snprintf(out->code, sizeof(out->code), "%.*s#", (int)code, way->menus[i]);
		memmove(out->text, out->text + code + 1, strlen(out->text + code + 1) + 1);
		out->text[strcspn(out->text, "#")] = '\0';
		return;
	}
}

static void
take_text(const char *text, struct ussd_request *out)
{
	out->too_long = strlen(text) >= sizeof(out->text);
	text_utf8_clean(out->text, sizeof(out->text), text, strlen(text));
}

static const char *
take_step(const struct config_ussd *way, const char *country, const struct json_wanted *wanted,
	struct ussd_request *out)
{
	const char *code = wanted[CODE].value, *step = wanted[STEP].value;

	if (wanted[NUMBER].value == NULL)
		return "the field with the caller's number is missing";
	if (is_named(way->field_code) && code == NULL)
		return "the field with the code that was dialled is missing";
	if (out->whole && wanted[TEXT].value == NULL)
		return "the field with what was keyed is missing";
	if (step != NULL && strlen(step) >= sizeof(out->step))
		return "the field that tells steps apart is too long";
	out->phone = phone_of(wanted[NUMBER].value, country);
	take_text(wanted[TEXT].value != NULL ? wanted[TEXT].value : "", out);
	snprintf(out->step, sizeof(out->step), "%s", step != NULL ? step : "");
	if (!is_named(way->field_code))
		code_from_text(way, out);
	else if (strlen(code) < sizeof(out->code))
		strcpy(out->code, code);
	return NULL;
}

static const char *
take_fields(const struct config_ussd *way, const char *country, const struct json_wanted *wanted,
	struct ussd_request *out)
{
	const char *session = wanted[SESSION].value;

	memset(out, 0, sizeof(*out));
	out->whole = way->history == CONFIG_USSD_WHOLE;
	if (session == NULL || session[0] == '\0')
		return "the field that names the session is missing";
	if (strlen(session) >= sizeof(out->session))
		return "the session's name is too long";
	text_utf8_clean(out->session, sizeof(out->session), session, strlen(session));
	if (strcmp(out->session, session) != 0 || strchr(session, '\n') != NULL)
		return "the session's name has characters that no name has";
	out->event = is_over(way, wanted[EVENT].value, wanted[TEXT].value) ? USSD_OVER : USSD_STEP;
	return out->event == USSD_OVER ? NULL : take_step(way, country, wanted, out);
}

static int
entry_read(const struct config_ussd *way, const char *country, const char *content_type,
	const char *body, size_t len, struct ussd_request *out, const char **why)
{
	struct json_wanted wanted[FIELDS + 1];
	struct ussd_request request;
	const char *fault;

	wanted_fields(way, wanted);
	fault = way->format == CONFIG_USSD_JSON ? json_read_message(body, len, wanted)
						: form_read(content_type, body, len, wanted);
	if (fault == NULL)
		fault = take_fields(way, country, wanted, &request);
	json_wanted_free(wanted);
	if (fault != NULL) {
		*why = fault;
		return -1;
	}
	*out = request;
	return 0;
}

/* --- Its answer --- */

static void
write_json(const struct config_ussd *way, const char *screen, bool more, struct evbuffer *out)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	struct json json;

	if (stream == NULL)
		fatal("event=out_of_memory");
	json_begin(&json, stream);
	json_object(&json, NULL);
	if (is_named(way->answer_text))
		json_string(&json, way->answer_text, screen);
	if (is_named(way->answer_more))
		json_bool(&json, way->answer_more, more);
	json_object_end(&json);
	fclose(stream);
	evbuffer_add(out, text, length);
	free(text);
}

static const char *
entry_write(const struct config_ussd *way, const char *screen, bool more, struct evbuffer *out)
{
	if (way->answer == CONFIG_USSD_ANSWER_JSON) {
		write_json(way, screen, more, out);
		return "application/json";
	}
	evbuffer_add_printf(out, "%s %s", more ? "CON" : "END", screen);
	return "text/plain; charset=utf-8";
}

static const struct ussd_adapter entry = { "form", entry_read, entry_write };

/* --- All of them --- */

static const struct ussd_adapter *const adapters[] = { &entry };

const struct ussd_adapter *
ussd_adapter_find(const char *name)
{
	for (size_t i = 0; i < sizeof(adapters) / sizeof(adapters[0]); i++)
		if (strcmp(adapters[i]->name, name) == 0)
			return adapters[i];
	return NULL;
}
