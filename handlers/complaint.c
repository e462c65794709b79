/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complaint: something in the city is broken, dirty or missing. Its SQL function opens a ticket
 * even when the place or the category is not known: what a citizen paid to send is kept.
 */
#include "services.h"

/* The first six as numbered in the text `ask_category`: an answer may be the number. The last three
 * are read by few, and never asked about. */
static const char *const categories[] = { "road", "water", "light", "waste", "drain", "other",
	"corruption", "violence", "misconduct", NULL };

static bool
check_category(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	if (folded[0] > '6' && folded[0] <= '9')
		return false;
	return check_choice(categories, folded, out);
}

static bool
check_same(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const char *const answers[] = { "yes", "no", NULL };

	(void)written;
	return check_choice(answers, folded, out);
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
	{ .name = "offered" }, /* that one's reference; or places, to choose from */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference category place" },
	{ "incomplete", "reference category place" },
	{ "joined", "reference category place reports since" },
	{ "same", "category place since" },
	{ "where", "category choices" },
	{ "neutral", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "category_corruption", "" },
	{ "category_violence", "" },
	{ "category_misconduct", "" },
	{ 0 },
};

const struct service service_complaint = {
	.name = "complaint",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
};
