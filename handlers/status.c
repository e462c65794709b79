/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status: how far a ticket is. Its own reporter hears category, place and state; anyone else who
 * holds the reference hears the state and its date, never words, place or number.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_reference },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "own", "reference category place state since" },
	{ "stranger", "reference state since" },
	{ "unknown", "reference" },
	{ "none", "" },
	{ 0 },
};

const struct service service_status = {
	.name = "status",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
