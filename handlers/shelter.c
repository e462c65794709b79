/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shelter: the open shelters nearest to a place or a zone, at most three; without one, nearest to a
 * zone for which she is warned, else she is asked.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "place" },                     /* asked by SQL, which knows her zones */
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "near", "place text" },
	{ "none", "" },
	{ "which", "" },
	{ "unknown", "unknown" },
	{ "unknown_near", "unknown text" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "shelter_item", "name place" },
	{ "shelter_item_room", "name place count" },
	{ 0 },
};

const struct service service_shelter = {
	.name = "shelter",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
