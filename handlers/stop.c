/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop: no more reminders and nothing in bulk. News of her own tickets and warnings of danger end
 * by words of their own.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "what", .check = check_stoppable },
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },                     /* which may name a zone: STOP ALERTE KIMISAGARA */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "stopped", "" },
	{ "news", "" },
	{ "warnings", "" },
	{ "zone", "text" },
	{ "zone_rest", "text rest" },
	{ "zone_none", "unknown" },
	{ "zone_none_rest", "unknown rest" },
	{ 0 },
};

const struct service service_stop = {
	.name = "stop",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
