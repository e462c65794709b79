/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complaint: something in the city is broken, dirty or missing. Its SQL function opens a ticket
 * even when the place or the category is not known: what a citizen paid to send is kept.
 */
#include "services.h"

#include <string.h>

/* As numbered in the text `ask_category`: an answer may be the number. */
static const char *const categories[] = { "road", "water", "light", "waste", "drain", "other" };

static bool
check_category(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	const size_t count = sizeof(categories) / sizeof(categories[0]);

	(void)written;
	if (folded[0] >= '1' && folded[0] < '1' + (int)count && folded[1] == '\0') {
		strcpy(out, categories[folded[0] - '1']);
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(folded, categories[i]) == 0) {
			strcpy(out, categories[i]);
			return true;
		}
	}
	return false;
}

static const struct service_field fields[] = {
	{ .name = "category",
		.required = true,
		.asked = true,
		.question = "ask_category",
		.check = check_category },
	{ .name = "place", .required = true, .asked = true, .question = "ask_place" },
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference category place" },
	{ "incomplete", "reference category place" },
	{ 0 },
};

const struct service service_complaint = {
	.name = "complaint",
	.fields = fields,
	.outcomes = outcomes,
	.files = true,
};
