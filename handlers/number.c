/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number: a taxpayer has another phone. From the new one: its reference; then the code that was
 * sent to the old one, which thereby agrees. Whoever has the old one no longer goes to the office.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_tax_reference },
	{ .name = "code", .check = check_tax_code },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "asked", "reference" },
	{ "done", "reference" },
	{ "already", "reference" },
	{ "wrong_code", "reference" },
	{ "office", "reference" },
	{ "unknown", "reference" },
	{ 0 },
};

/* To the old number. */
static const struct service_outcome texts[] = {
	{ "number_code", "reference code" },
	{ "number_changed", "" },
	{ 0 },
};

const struct service service_number = {
	.name = "number",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
