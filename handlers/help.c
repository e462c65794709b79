/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * help: what can be sent here, in one SMS. Also the answer to what was not understood.
 */
#include "services.h"

static const struct service_outcome outcomes[] = {
	{ "menu", "" },
	{ 0 },
};

const struct service service_help = {
	.name = "help",
	.outcomes = outcomes,
	.before_question = true,
};
