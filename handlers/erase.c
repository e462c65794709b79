/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * erase: forget the sender: her number and her words go, her tickets stay. It cannot be undone, so
 * it is asked once whether she is sure.
 */
#include "services.h"

#include <string.h>

/*
 * Only as the whole of a message, and so not among the words of conf/services/, which are found
 * anywhere in one: "yes, but first the water" is none. The number is for every other language.
 */
static bool
check_sure(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const char *const yes[] = { "1", "yes", "oui", "sim", "نعم" };

	(void)written;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(folded, yes[i]) == 0) {
			strcpy(out, "yes");
			return true;
		}
	return false;
}

static const struct service_field fields[] = {
	{ .name = "sure", .check = check_sure }, /* asked by SQL */
	{ 0 },
};

/* Its function also answers `unanswered`, when she said nothing: nothing is said then. */
static const struct service_outcome outcomes[] = {
	{ "ask", "" },
	{ "again", "" }, /* another question is open, so this one cannot be */
	{ "done", "" },
	{ "nothing", "" },
	{ 0 },
};

const struct service service_erase = {
	.name = "erase",
	.fields = fields,
	.outcomes = outcomes,
	.files = true,
	.before_question = true,
};
