/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question: something that a citizen wants to know. What the city has an answer for is answered at
 * once; the rest goes before a human, and the answer comes in the same thread.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "answered", "text" },
	{ "noted", "when" },
	{ 0 },
};

const struct service service_question = {
	.name = "question",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
