/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notme: this phone is not the taxpayer's, or no longer: from this moment it is no taxpayer's
 * number.
 */
#include "services.h"

static const struct service_outcome outcomes[] = {
	{ "done", "" },
	{ "none", "" },
	{ 0 },
};

const struct service service_notme = {
	.name = "notme",
	.outcomes = outcomes,
	.before_question = true,
};
