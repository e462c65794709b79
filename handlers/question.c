/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question: something that a citizen wants to know. What the city has an answer for (answers.h) is
 * answered at once; the rest goes before a human, and the answer comes in the same thread.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "text" }, /* never asked: "@" and the key of the city's answer, set by the gateway
			     */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "answered", "text" },
	{ "noted", "when" },
	{ 0 },
};

/* When a human will read it: also of other services. */
static const struct service_outcome texts[] = {
	{ "when_today", "" },
	{ "when_tomorrow", "" },
	{ "when_day", "day hour" },
	{ "when_date", "day hour" },
	{ "day_monday", "" },
	{ "day_tuesday", "" },
	{ "day_wednesday", "" },
	{ "day_thursday", "" },
	{ "day_friday", "" },
	{ "day_saturday", "" },
	{ "day_sunday", "" },
	{ 0 },
};

const struct service service_question = {
	.name = "question",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
