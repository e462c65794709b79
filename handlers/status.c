/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status: how far a ticket is. Its own reporter hears category, place and state; anyone else who
 * holds the reference hears the state and its date, never words, place or number.
 */
#include "services.h"

#include <string.h>

#define REFERENCE_MIN 4
#define REFERENCE_MAX 8

/*
 * A reference is 4 to 8 of A-Z and 2-9 without O and I (0 and 1 look like them), in any case,
 * perhaps written in groups ("4F 2K7").
 */
static bool
check_reference(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const char alphabet[] = "abcdefghjklmnpqrstuvwxyz23456789";
	char reference[REFERENCE_MAX + 1];
	size_t length = 0;

	(void)written;
	for (const char *p = folded; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (strchr(alphabet, *p) == NULL || length == REFERENCE_MAX)
			return false;
		reference[length++] = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	}
	if (length < REFERENCE_MIN)
		return false;
	reference[length] = '\0';
	strcpy(out, reference);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_reference },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "own", "reference category place state since" },
	{ "stranger", "reference state since" },
	{ "unknown", "reference" },
	{ "none", "" },
	{ 0 },
};

const struct service service_status = {
	.name = "status",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
