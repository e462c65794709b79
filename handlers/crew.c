/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crew: the crew's own words from its own phone: FAIT 147 152, NON 147 camion en panne, MES
 * TRAVAUX. With its PIN, which may stand anywhere among the numbers and is asked for when it is
 * missing. To everyone else these commands do not exist.
 */
#include "services.h"

#include <string.h>

#define DIGITS "0123456789"

static const char *const verdicts[] = { "fixed", "refused", "jobs", NULL };

/* One or more numbers, of containers or a PIN: in one form, "147 152". */
static bool
check_numbers(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t length = 0;

	(void)written;
	while (*folded != '\0') {
		size_t digits = strspn(folded, DIGITS);

		if (digits == 0) {
			folded++; /* commas, blanks, "et" */
			continue;
		}
		if (digits > CONTAINER_DIGITS_MAX || length + digits + 2 > SERVICE_VALUE_MAX)
			return false;
		if (length > 0)
			out[length++] = ' ';
		memcpy(out + length, folded, digits);
		length += digits;
		out[length] = '\0';
		folded += digits;
	}
	return length > 0;
}

static bool
check_verdict(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(verdicts, folded, out);
}

static bool
check_pin(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t digits = strspn(folded, DIGITS);

	(void)written;
	if (digits < 4 || digits > 8 || folded[digits] != '\0')
		return false;
	strcpy(out, folded);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "containers", .check = check_numbers },
	{ .name = "reference", .check = check_reference },
	{ .name = "verdict", .required = true, .check = check_verdict },
	{ .name = "reason" },
	{ .name = "pin", .asked = true, .question = "ask_pin", .check = check_pin },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "done", "jobs" },
	{ "not_done", "jobs reason" },
	{ "jobs", "jobs count" },
	{ "no_jobs", "" },
	{ "which", "" },
	{ "reason", "jobs" },
	{ "unknown", "jobs" },
	{ "pin", "" },
	{ "wrong_pin", "" },
	{ "locked", "" },
	{ 0 },
};

const struct service service_crew = {
	.name = "crew",
	.who = WHO_CREW,
	.fields = fields,
	.outcomes = outcomes,
};
