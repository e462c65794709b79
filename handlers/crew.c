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
	{ .name = "verdict", .check = check_verdict },
	{ .name = "reason" },
	{ .name = "pin", .check = check_pin }, /* asked by SQL, which knows whether there is one */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "done", "text" },
	{ "done_rest", "text unknown" },
	{ "not_done", "text reason" },
	{ "not_done_rest", "text reason unknown" },
	{ "jobs", "text count" },
	{ "no_jobs", "" },
	{ "which", "" },
	{ "reason", "text" },
	{ "unknown", "text" },
	{ "pin", "" },
	{ "wrong_pin", "" },
	{ "locked", "" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "crew_job", "job kind place reports" }, /* an item of a list */
	{ "crew_where", "" },                     /* in the stead of a place */
	{ "crew_new", "text" },                   /* around new jobs */
	{ "crew_department", "text" },            /* the same, to a department */
	{ "crew_urgent", "job kind place reference" },
	{ "crew_again", "job kind place" },
	{ "crew_fire", "job kind place reference" },
	{ "crew_hazard", "job kind place reference" },
	{ "crew_refused", "crew job kind place reason reference" },
	{ 0 },
};

const struct service service_crew = {
	.name = "crew",
	.who = WHO_CREW,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
};
