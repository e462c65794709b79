/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * taken: a duty officer says that she has it: VU 4F2K, to what woke her or another (92-duty.sql).
 * From an officer's registered phone only; to everyone else the word does not exist.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_reference },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "sos", "reference phone place people" }, /* hers now: whom to call, and where */
	{ "alert", "reference" },                  /* hers now: an alert, or what a gauge tells */
	{ "mine", "reference" },
	{ "has", "reference officer since" },
	{ "closed", "reference" },
	{ "unknown", "reference" },
	{ "which", "text" },
	{ "none", "" },
	{ "no_duty", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "duty_taken", "reference officer" },     /* to the others who were woken */
	{ "duty_nobody", "reference kind count" }, /* to the administrator */
	{ "duty_kind_sos", "" },
	{ "duty_kind_gauge", "" },
	{ "duty_kind_alert", "" },
	{ "taken_people", "people" },
	{ 0 },
};

const struct service service_taken = {
	.name = "taken",
	.who = WHO_OFFICER,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
