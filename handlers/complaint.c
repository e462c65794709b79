/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complaint: something in the city is broken, dirty or missing. Its SQL function opens a ticket
 * even when the place or the category is not known: what a citizen paid to send is kept. Then it
 * may ask which of two places she means, or whether an open one near by is the same; her ticket
 * waits for no answer. Corruption, violence and misconduct get one neutral reply.
 */
#include "services.h"

#include <string.h>

/* The first six as numbered in the text `ask_category`: an answer may be the number. The last three
 * are read by few, and never asked about. */
const char *const complaint_categories[] = { "road", "water", "light", "waste", "drain", "other",
	"corruption", "violence", "misconduct", NULL };
enum { RESTRICTED = 6 };

bool
check_category(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	if (folded[0] > '6' && folded[0] <= '9')
		return false;
	return check_choice(complaint_categories, folded, out);
}

/* Yes or no, in any of the languages, whatever else she says after it. */
static bool
check_same(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const struct {
		const char *word, *value;
	} answers[] = { { "1", "yes" }, { "yes", "yes" }, { "y", "yes" }, { "yeah", "yes" },
		{ "oui", "yes" }, { "o", "yes" }, { "ouais", "yes" }, { "sim", "yes" },
		{ "نعم", "yes" }, { "ايه", "yes" }, { "اي", "yes" }, { "2", "no" }, { "no", "no" },
		{ "n", "no" }, { "not", "no" }, { "non", "no" }, { "nao", "no" }, { "لا", "no" },
		{ "ليس", "no" }, { "ليست", "no" } };
	size_t length = strcspn(folded, " ");

	(void)written;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (strlen(answers[i].word) == length &&
			memcmp(folded, answers[i].word, length) == 0) {
			strcpy(out, answers[i].value);
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
	{ .name = "for", .check = check_person },
	{ .name = "same", .check = check_same }, /* the open one near by: is it the same? */
	{ .name = "offered" }, /* her ticket, and that one's reference or places to choose from */
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference category place" },
	{ "incomplete", "reference category place when" },
	{ "again", "reference category place since" },
	{ "joined", "reference category place reports since" },
	{ "same", "reference category place since" },
	{ "where", "reference category choices" },
	{ "neutral", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "category_corruption", "" },
	{ "category_violence", "" },
	{ "category_misconduct", "" },
	{ 0 },
};

/* What few may read is asked no question; and it is heard from whoever has sent too much, too: she
 * may be in danger, and else it would stand before every clerk. */
static bool
is_for_few(const struct form_values *values)
{
	const char *category = values->value[0];

	for (int i = RESTRICTED; complaint_categories[i] != NULL; i++)
		if (strcmp(category, complaint_categories[i]) == 0)
			return true;
	return false;
}

const struct service service_complaint = {
	.name = "complaint",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
	.urgent = is_for_few,
	.enough = is_for_few,
};
