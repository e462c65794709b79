/* SPDX-License-Identifier: GPL-3.0-or-later */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "util.h"
#include "vars.h"

static const struct {
	unsigned flag;
	uint32_t option;
} options[] = {
	{ REGEX_CASELESS, PCRE2_CASELESS },
	{ REGEX_DOTALL, PCRE2_DOTALL },
	{ REGEX_MULTILINE, PCRE2_MULTILINE },
	{ REGEX_EXTENDED, PCRE2_EXTENDED },
};

/* struct pattern is PCRE2's code under another name: it is never looked into here. */
struct pattern *
pattern_new(const char *regex, unsigned flags, char **error)
{
	uint32_t wanted = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF;
	PCRE2_UCHAR message[128];
	PCRE2_SIZE offset;
	pcre2_code *code;
	int number;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (flags & options[i].flag)
			wanted |= options[i].option;
	code = pcre2_compile(
		(PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, wanted, &number, &offset, NULL);
	if (code == NULL) {
		pcre2_get_error_message(number, message, sizeof(message));
		*error = xformat("%s after %zu bytes of the pattern", (char *)message, offset);
	}
	return (struct pattern *)code;
}

void
pattern_free(struct pattern *pattern)
{
	pcre2_code_free((pcre2_code *)pattern);
}

static void
set_group(
	struct vars *vars, const char *subject, const PCRE2_SIZE *offsets, const PCRE2_UCHAR *entry)
{
	size_t group = (size_t)entry[0] << 8 | entry[1];
	char *value;

	if (offsets[2 * group] == PCRE2_UNSET)
		return;
	value = xstrndup(subject + offsets[2 * group], offsets[2 * group + 1] - offsets[2 * group]);
	vars_set(vars, (const char *)entry + 2, value);
	free(value);
}

/* An entry of the name table: the group's number in two bytes, then its name and a NUL. */
static void
set_groups(struct vars *vars, const pcre2_code *code, const char *subject, pcre2_match_data *match)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(match);
	uint32_t count, size;
	PCRE2_SPTR table;

	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++)
		set_group(vars, subject, offsets, table + (size_t)i * size);
}

int
pattern_match(const struct pattern *pattern, const char *subject, struct vars *vars)
{
	const pcre2_code *code = (const pcre2_code *)pattern;
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
	int groups;

	if (match == NULL)
		die("out of memory");
	groups = pcre2_match(code, (PCRE2_SPTR)subject, strlen(subject), 0, 0, match, NULL);
	if (groups > 0 && vars != NULL)
		set_groups(vars, code, subject, match);
	pcre2_match_data_free(match);
	return groups > 0 ? 1 : groups == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
