/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirm: the answer to "is it fixed?", from whom it was asked of; and to "is this still your
 * number?" (sql/functions/85-remind.sql), where that was asked last. NO within its time opens the
 * ticket again; with two such questions open, she is asked which. What is said of tickets later, in
 * nobody's reply, are texts of it.
 */
#include "services.h"

static const char *const answers[] = { "yes", "no", NULL };

static bool
check_answer(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(answers, folded, out);
}

/* One of the choices by its number, a container's number, or a reference. */
static bool
check_which(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	return check_container(written, folded, out) || check_reference(written, folded, out);
}

static const struct service_field fields[] = {
	{ .name = "answer", .check = check_answer },
	{ .name = "reference",
		.asked = true,
		.question = "ask_which_ticket",
		.check = check_which },
	{ .name = "offered" }, /* the answer, and references as they were numbered */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "yes", "reference what" },
	{ "no", "reference what" },
	{ "no_again", "reference what" },
	{ "no_joined", "reference what" },
	{ "which", "one two" },
	{ "which_of_three", "one two three" },
	{ "late", "reference what" },
	{ "noted", "reference what when" },
	{ "unclear", "when" },
	{ "still", "" }, /* it is her number */
	{ "not_still", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "what_skip", "container" },
	{ "what_place", "kind place" },
	{ "news_fixed", "reference what" },
	{ "news_fixed_ask", "reference what" },
	{ "news_refused", "reference what text" },
	{ "news_assigned", "reference what" },
	{ "news_in_progress", "reference what" },
	{ "news_duplicate", "reference what text" },
	{ "department_due", "text" },
	{ "department_overdue", "text" },
	{ "department_item", "reference what since" },
	{ 0 },
};

const struct service service_confirm = {
	.name = "confirm",
	.who = WHO_ASKED,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
};
