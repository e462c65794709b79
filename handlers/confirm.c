/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirm: the answer to "is it fixed?", from whom it was asked of. NO within its time opens the
 * ticket again; with two such questions open, she is asked which.
 */
#include "services.h"

static const char *const answers[] = { "yes", "no", NULL };

static bool
check_answer(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(answers, folded, out);
}

static const struct service_field fields[] = {
	{ .name = "answer", .required = true, .check = check_answer },
	{ .name = "reference",
		.asked = true,
		.question = "ask_which_ticket",
		.check = check_reference },
	{ .name = "offered" }, /* references, in the order in which they were numbered */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "yes", "reference" },
	{ "no", "reference" },
	{ "which", "choices" },
	{ "late", "reference" },
	{ 0 },
};

const struct service service_confirm = {
	.name = "confirm",
	.who = WHO_ASKED,
	.fields = fields,
	.outcomes = outcomes,
};
