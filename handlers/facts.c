/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts: several things reported in one SMS. Each is filed by its own service as the report that it
 * is, and one reply names them all. Nobody means this service by a word of its own: the gateway
 * makes its form of what it understood. Nothing is asked: what cannot be filed, a person reads.
 */
#include "services.h"

#include <stdio.h>
#include <string.h>

#define VALUE "\x1e" /* before each name and value of a fact, behind its service's name */

/* A fact is its service, then name, value, ... as that service's own checks made them. */
static const struct service_field fields[] = {
	{ .name = "one" },
	{ .name = "two" },
	{ .name = "three" },
	{ .name = "four" },
	{ .name = "five" },
	{ .name = "rest" }, /* numbers that are too many, or "-": something that is not clear */
	{ .name = "for", .check = check_person },
	{ .name = "words" },
	{ 0 },
};
enum { FACTS = 5 };

static const struct service_outcome outcomes[] = {
	{ "filed", "text" },
	{ "filed_rest", "text when" },
	{ "filed_beyond", "text rest when" },
	{ 0 },
};

/* What a reply names. */
static const struct service_outcome texts[] = {
	{ "facts_skip", "reference container kind" },
	{ "facts_skip_many", "reference container kind reports" },
	{ "facts_danger", "reference container kind" },
	{ "facts_unknown", "container" },
	{ "facts_place", "reference kind place" },
	{ 0 },
};

/* The value of that name in a fact, up to the next separator, or NULL. */
static const char *
fact_value(const char *fact, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), VALUE "%s" VALUE, name);
	at = strstr(fact, key);
	return at == NULL ? NULL : at + strlen(key);
}

static bool
is_value(const char *value, const char *word)
{
	return value != NULL && strcspn(value, VALUE) == strlen(word) &&
		strncmp(value, word, strlen(word)) == 0;
}

static bool
is_urgent(const struct form_values *values)
{
	for (int i = 0; i < FACTS; i++) {
		const char *kind = fact_value(values->value[i], "kind");

		if (is_value(kind, "burning") || is_value(kind, "hazardous"))
			return true;
	}
	return false;
}

static void
lock_key(const struct form_values *values, char out[SERVICE_LOCK_MAX])
{
	size_t length = 0;

	out[0] = '\0';
	for (int i = 0; i < FACTS; i++) {
		const char *container = fact_value(values->value[i], "container");
		char number[16], key[SERVICE_LOCK_MAX];

		if (container == NULL)
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)strcspn(container, VALUE), container);
		container_lock(number, key);
		if (key[0] == '\0' || length + 1 + strlen(key) >= SERVICE_LOCK_MAX)
			continue;
		length += (size_t)snprintf(out + length, SERVICE_LOCK_MAX - length, "%s%s",
			length > 0 ? " " : "", key);
	}
}

const struct service service_facts = {
	.name = "facts",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
	.urgent = is_urgent,
	.lock_key = lock_key,
};
