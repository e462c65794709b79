/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * start: takes a stop back; by itself every one.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "what", .check = check_stoppable },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "started", "" },
	{ "news", "" },
	{ "warnings", "" },
	{ 0 },
};

const struct service service_start = {
	.name = "start",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
