/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language: the tongue in which the city answers this person from now on.
 */
#include "services.h"

#include <string.h>

/* A language's code, two or three letters; whether the city speaks it, its configuration says. */
static bool
check_language(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t length = strlen(folded);

	(void)written;
	if (length < 2 || length > 3 || strspn(folded, "abcdefghijklmnopqrstuvwxyz") != length)
		return false;
	memcpy(out, folded, length + 1);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "language",
		.required = true,
		.asked = true,
		.question = "ask_language",
		.check = check_language },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "set", "" },
	{ "unknown", "" },
	{ 0 },
};

const struct service service_language = {
	.name = "language",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
