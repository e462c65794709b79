/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop: nothing more is sent to this person of the gateway's own accord.
 */
#include "services.h"

static const struct service_outcome outcomes[] = {
	{ "stopped", "" },
	{ 0 },
};

const struct service service_stop = {
	.name = "stop",
	.outcomes = outcomes,
	.before_question = true,
};
