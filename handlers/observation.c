/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * observation: what somebody sees of a danger that grows: water rises, a road is cut by it, people
 * need water. Tickets of their own, by zone, for the department that answers for it: no call for
 * help, which is sos, and nothing that is broken, which is a complaint.
 */
#include "services.h"

static const char *const kinds[] = { "rising", "road_cut", "need_water", NULL };

static bool
check_observed(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(kinds, folded, out);
}

static const struct service_field fields[] = {
	{ .name = "kind", .required = true, .check = check_observed },
	{ .name = "place", .required = true, .asked = true, .question = "observation_where" },
	{ .name = "for", .check = check_person },
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference kind place" },
	{ "joined", "reference kind place reports since" },
	{ "again", "reference kind place" },
	{ "incomplete", "reference kind when" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "kind_rising", "" },
	{ "kind_road_cut", "" },
	{ "kind_need_water", "" },
	{ 0 },
};

const struct service service_observation = {
	.name = "observation",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
};
