/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * correct: what was filed a moment ago is wrong. NO, and perhaps what it is, from whom the last
 * thing that she was told was what her report was understood as. Her report is changed in place; or
 * leaves the ticket that others reported too, for the one where it belongs.
 */
#include "services.h"

enum { WHAT, CONTAINER };

static const struct service_field fields[] = {
	[WHAT] = { .name = "what" }, /* asked by SQL; as she wrote it */
	[CONTAINER] = { .name = "container", .check = check_container },
	/* what the gateway understands of it */
	{ .name = "kind", .check = check_kind },
	{ .name = "category", .check = check_category },
	{ .name = "place" },
	{ .name = "offered" }, /* ids of her reports, from the question to its answer */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "ask_skip", "" },
	{ "ask_complaint", "" },
	{ "ask_which", "text" },
	{ "done", "reference container kind at" },
	{ "placed", "reference kind place" },
	{ "joined", "reference container kind reports since" },
	{ "same", "reference what" },
	{ "unknown_container", "container reference what" },
	{ "unclear", "reference when" },
	{ "neutral", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "correct_withdrawn", "job kind place reference" },
	{ 0 },
};

/* The container that it is at now; that of the wrong one SQL locks. */
static void
lock_key(const struct form_values *values, char out[SERVICE_LOCK_MAX])
{
	container_lock(values->value[CONTAINER], out);
}

const struct service service_correct = {
	.name = "correct",
	.who = WHO_FILED,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.lock_key = lock_key,
};
