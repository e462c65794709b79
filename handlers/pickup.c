/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pickup: what can be used again is fetched at the door, when somebody asks: bottles, cans, paper,
 * metal. The crew of her zone gets the job; she hears the day.
 */
#include "services.h"

/* As the texts kind_<word> say them; "other" is whatever else. */
static const char *const whats[] = { "bottles", "cans", "paper", "metal", "other", NULL };

static bool
check_what(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(whats, folded, out);
}

static const struct service_field fields[] = {
	{ .name = "place", .required = true, .asked = true, .question = "pickup_where" },
	{ .name = "what", .check = check_what },
	{ .name = "for", .check = check_person },
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "planned", "reference kind place day" },
	{ "again", "reference kind day" },
	{ "noted", "reference kind place when" }, /* no crew goes there: a person reads it */
	{ "incomplete", "reference kind when" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "kind_bottles", "" },
	{ "kind_cans", "" },
	{ "kind_paper", "" },
	{ "kind_metal", "" },
	{ "kind_recyclables", "" },
	{ 0 },
};

const struct service service_pickup = {
	.name = "pickup",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
};
