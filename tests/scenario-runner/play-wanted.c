/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a statement wanted and what it got; its variables and its pattern. */
#include "play-internal.h"

#include <stdlib.h>

#include "pattern.h"
#include "scenario.h"
#include "util.h"
#include "vars.h"

int
play_failed(struct play *play, char *expected, char *got)
{
	free(play->expected);
	free(play->got);
	play->expected = expected;
	play->got = got;
	return -1;
}

char *
play_shown(char *text)
{
	char *line = one_line(text, SHOWN_MAX);
	char *quoted = xformat("\"%s\"", line);

	free(line);
	free(text);
	return quoted;
}

static int
no_variable(struct play *play, char *missing)
{
	char *expected = xformat("a group (?<%s>...) in an earlier statement", missing);

	free(missing);
	return play_failed(play, expected, xstrdup("none"));
}

int
play_expand(struct play *play, const char *text, char **out)
{
	char *missing;
	char *result = vars_expand(play->vars, text, &missing);

	if (result == NULL)
		return no_variable(play, missing);
	*out = result;
	return 0;
}

int
wanted_new(struct play *play, const struct regex_source *regex, struct wanted *wanted)
{
	char *missing, *error = NULL;
	char *text = vars_expand_regex(play->vars, regex->text, &missing);

	if (text == NULL)
		return no_variable(play, missing);
	wanted->name = one_line(text, SHOWN_MAX);
	wanted->pattern = pattern_new(text, regex->flags, &error);
	free(text);
	if (wanted->pattern != NULL)
		return 0;
	free(wanted->name);
	return play_failed(play, xstrdup("a PCRE2 pattern"), error);
}

void
wanted_free(struct wanted *wanted)
{
	pattern_free(wanted->pattern);
	free(wanted->name);
}

bool
wanted_matches(struct play *play, const struct wanted *wanted, const char *subject)
{
	return pattern_match(wanted->pattern, subject, play->vars) == 1;
}

int
play_match(struct play *play, const struct regex_source *regex, const char *what, const char *text)
{
	struct wanted wanted;
	int result = 0;

	if (wanted_new(play, regex, &wanted) == -1)
		return -1;
	if (!wanted_matches(play, &wanted, text))
		result = play_failed(play, xformat("%s that matches /%s/", what, wanted.name),
			play_shown(xstrdup(text)));
	wanted_free(&wanted);
	return result;
}
