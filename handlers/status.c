/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status: how far a ticket is. Its own reporter hears what it is about, its state, and why it was
 * refused; anyone else who holds the reference hears the state and its date, never words, place or
 * number. Of what few may read its reporter hears that it was received, and nobody else anything.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_reference },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "own", "reference what state since why more" },
	{ "stranger", "reference state since" },
	{ "received", "reference" },
	{ "unknown", "reference" },
	{ "none", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "status_why", "text" },
	{ "status_more", "count" },
	{ 0 },
};

const struct service service_status = {
	.name = "status",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
