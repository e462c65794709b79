/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * start: takes a stop back.
 */
#include "services.h"

static const struct service_outcome outcomes[] = {
	{ "started", "" },
	{ 0 },
};

const struct service service_start = {
	.name = "start",
	.outcomes = outcomes,
	.before_question = true,
};
