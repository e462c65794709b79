/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tax: what is due, when, and how to pay it. Amounts are told to a number that is registered with
 * the taxpayer, or with the code that stands on the bill; anyone else hears when and how.
 */
#include "services.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX 40
#define CODE_MIN 4
#define CODE_MAX 8

/* Letters, digits and what stands between, in capitals, as a register has them. */
static bool
take_name(const char *s, size_t least, char out[SERVICE_VALUE_MAX])
{
	char name[NAME_MAX + 1];
	size_t length = 0, useful = 0;
	bool digit = false;

	for (; *s != '\0'; s++) {
		bool is_digit = *s >= '0' && *s <= '9';
		bool is_letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
		if ((!is_digit && !is_letter && strchr(" ./_-:", *s) == NULL) || length == NAME_MAX)
			return false;
		digit |= is_digit;
		useful += is_digit || is_letter;
		name[length++] = (char)(*s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s);
	}
	while (length > 0 && strchr(" ./_-:", name[length - 1]) != NULL)
		length--;
	if (!digit || useful < least)
		return false;
	snprintf(out, SERVICE_VALUE_MAX, "%.*s", (int)length, name);
	return true;
}

/* As written; where that is not of letters and digits as we know them, as they are folded. */
static bool
check_name(const char *written, const char *folded, size_t least, char out[SERVICE_VALUE_MAX])
{
	return take_name(written, least, out) || take_name(folded, least, out);
}

bool
check_tax_reference(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	return check_name(written, folded, 3, out);
}

bool
check_transaction(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	char name[SERVICE_VALUE_MAX];

	if (!check_name(written, folded, 5, name) || strchr(name, ' ') != NULL)
		return false;
	strcpy(out, name);
	return true;
}

bool
check_tax_code(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t length = strlen(folded);

	(void)written;
	if (length < CODE_MIN || length > CODE_MAX || strspn(folded, "0123456789") != length)
		return false;
	strcpy(out, folded);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_tax_reference },
	{ .name = "code", .check = check_tax_code },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "due", "reference tax amount day how" },
	{ "several", "text total how" },
	{ "none", "reference" },
	{ "nothing", "" },
	{ "stranger", "reference tax day how" },
	{ "unknown", "reference" },
	{ "unregistered", "" },
	{ "unsure", "" }, /* of which nothing was heard for long */
	{ "wrong_code", "reference" },
	{ "locked", "reference" },
	{ 0 },
};

/* How and what to pay: also of reminders. */
static const struct service_outcome texts[] = {
	{ "tax_item", "reference amount day" },
	{ "tax_more", "count" },
	{ "tax_how", "till reference" },
	{ "tax_how_each", "till" },
	{ "tax_how_office", "" },
	{ 0 },
};

const struct service service_tax = {
	.name = "tax",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
