/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data: what is kept about the sender, and how to have it erased.
 */
#include "services.h"

static const struct service_outcome outcomes[] = {
	{ "kept", "messages reports since" },
	{ "kept_zones", "messages reports since text" },
	{ 0 },
};

const struct service service_data = {
	.name = "data",
	.outcomes = outcomes,
	.before_question = true,
};
