/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * info: what the city tells people to do now: the texts of the alerts that are in force in a zone,
 * in her language; without a zone, in those for which she is warned.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "place" },
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "now", "text" },
	{ "several", "text" }, /* of zones that she did not name: which are there? */
	{ "none", "" },
	{ "none_there", "place" },
	{ "unknown", "unknown" },
	{ "unknown_near", "unknown text" },
	{ 0 },
};

const struct service service_info = {
	.name = "info",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
