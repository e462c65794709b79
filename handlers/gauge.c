/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gauge: the level that a gauge's reader, or its modem, tells: JAUGE 4 3.20, from the gauge's
 * registered phone only. To everyone else the word does not exist.
 */
#include "services.h"

#include <string.h>

#define LEVEL_DIGITS_MAX 9 /* before and behind the point */

/* A digit, Arabic ones too, at *at, which is moved behind it; or -1. */
static int
take_digit(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at;

	if (*p >= '0' && *p <= '9') {
		*at += 1;
		return *p - '0';
	}
	if (p[0] == 0xd9 && p[1] >= 0xa0 && p[1] <= 0xa9) { /* U+0660 */
		*at += 2;
		return p[1] - 0xa0;
	}
	if (p[0] == 0xdb && p[1] >= 0xb0 && p[1] <= 0xb9) { /* U+06F0 */
		*at += 2;
		return p[1] - 0xb0;
	}
	return -1;
}

/* A decimal point or comma, Arabic's too. */
static bool
take_point(const char **at)
{
	static const char *const points[] = { ".", ",", "\u066b", "\u060c" };

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		if (strncmp(*at, points[i], strlen(points[i])) == 0) {
			*at += strlen(points[i]);
			return true;
		}
	return false;
}

/* Digits, and perhaps a point and digits, as SQL reads them. A minus is kept: SQL refuses it in
 * words.
 */
static bool
check_level(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	char level[2 * LEVEL_DIGITS_MAX + 3];
	size_t length = 0, digits = 0;
	int digit;

	(void)folded;
	if (*written == '-' || *written == '+') {
		if (*written == '-')
			level[length++] = '-';
		written++;
	}
	for (int behind = 0; behind < 2; behind++) {
		for (digits = 0; (digit = take_digit(&written)) >= 0; digits++) {
			if (digits == LEVEL_DIGITS_MAX)
				return false;
			level[length++] = (char)('0' + digit);
		}
		if (digits == 0)
			return false;
		if (*written == '\0')
			break;
		if (behind == 1 || !take_point(&written))
			return false;
		level[length++] = '.';
	}
	level[length] = '\0';
	strcpy(out, level);
	return true;
}

static bool
check_unit(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	if (strcmp(folded, "cm") == 0 || strcmp(folded, "سم") == 0)
		strcpy(out, "cm");
	else
		strcpy(out, "m");
	return true;
}

static const struct service_field fields[] = {
	{ .name = "number", .check = check_container },
	{ .name = "level", .check = check_level },
	{ .name = "unit", .check = check_unit },
	{ .name = "said" }, /* what stands where the level should */
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "noted", "name level" },
	{ "above", "name level threshold reference" },
	{ "still", "name level threshold" },
	{ "below", "name level" },
	{ "nonsense", "name level number" },
	{ "how", "number" },
	{ "which", "text" },
	{ "not_yours", "number" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "gauge_duty", "name level threshold reference" },       /* its alert is drafted */
	{ "gauge_duty_alone", "name level threshold reference" }, /* it could not be */
	{ 0 },
};

const struct service service_gauge = {
	.name = "gauge",
	.who = WHO_GAUGE,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
