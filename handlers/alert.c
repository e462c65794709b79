/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert: who wants to be warned of danger in a zone, or in several. Which zones a text names, SQL
 * finds out, since it has their register. STOP ALERTE is the service stop.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "place" },                     /* the zones as she answers them; asked by SQL */
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "subscribed", "text" },
	{ "subscribed_rest", "text unknown" },
	{ "which", "" },
	{ "list", "text" },
	{ "unknown", "unknown" },
	{ "unknown_near", "unknown text" },
	{ "many", "text" },
	{ 0 },
};

const struct service service_alert = {
	.name = "alert",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
