/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * receipt: is this receipt the city's, of how much, and does it still hold? From any phone; of whom
 * it is, is never told. What payers and taxpayers are told of their money are texts of it.
 */
#include "services.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_MIN 4
#define NUMBER_MAX 20

/* Letters and digits, perhaps in groups. */
static bool
check_number(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	char number[NUMBER_MAX + 1];
	size_t length = 0;

	(void)written;
	for (const char *p = folded; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789", *p) == NULL ||
			length == NUMBER_MAX)
			return false;
		number[length++] = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	}
	if (length < NUMBER_MIN)
		return false;
	number[length] = '\0';
	strcpy(out, number);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "number", .check = check_number },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "valid", "number amount day" },
	{ "void", "number amount day" },
	{ "unknown", "number" },
	{ "which", "" },
	{ 0 },
};

/* To the payer and to registered phones; to the administrator. */
static const struct service_outcome texts[] = {
	{ "receipt_given", "number amount" },
	{ "receipt_open", "number amount open" },
	{ "receipt_credit", "number amount credit" },
	{ "receipt_undone", "number amount" },
	{ "receipt_reversed", "number amount" },
	{ "payment_differs", "transaction" },
	{ "ledger_wrong", "count text" },
	{ 0 },
};

const struct service service_receipt = {
	.name = "receipt",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
