/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario runner's variables and patterns. */
#include "unit.h"

#include "tests/scenario-runner/pattern.c"
#include "tests/scenario-runner/scenario.h"
#include "tests/scenario-runner/util.c"
#include "tests/scenario-runner/vars.c"

static int
match(const char *regex, unsigned flags, const char *subject, struct vars *vars)
{
	char *error = NULL;
	struct pattern *pattern = pattern_new(regex, flags, &error);
	int result;

	REQUIRE(pattern != NULL);
	result = pattern_match(pattern, subject, vars);
	pattern_free(pattern);
	return result;
}

TEST(named_groups_become_variables)
{
	struct vars *vars = vars_new();

	CHECK_INT(match("dossier (?<ref>[A-Z2-9]+)(?<no>x)?", REGEX_CASELESS,
			  "Votre DOSSIER AB23 est ouvert", vars),
		1);
	CHECK_STR(vars_get(vars, "ref"), "AB23");
	CHECK_STR(vars_get(vars, "no"), NULL);
	CHECK_INT(match("(?<ref>zz)", 0, "dossier", vars), 0);
	CHECK_STR(vars_get(vars, "ref"), "AB23");
	vars_free(vars);
}

TEST(variables_are_put_in_and_unknown_ones_named)
{
	struct vars *vars = vars_new();
	char *missing = NULL, *text;

	vars_set(vars, "ref", "AB");
	vars_set(vars, "ref", "CD");
	text = vars_expand(vars, "x ${ref}${ref} $ref ${2} ${ ref} $", &missing);
	CHECK_STR(text, "x CDCD $ref ${2} ${ ref} $");
	free(text);
	CHECK(vars_expand(vars, "a ${none} b", &missing) == NULL);
	CHECK_STR(missing, "none");
	free(missing);
	text = vars_expand_known(vars, "${ref} ${none}");
	CHECK_STR(text, "CD ${none}");
	free(text);
	vars_free(vars);
}

TEST(value_in_a_pattern_means_itself)
{
	static const char *const values[] = { "a.b", "(x", "[y]", "\\Q", "1+1", "é ع", "a/b#c d",
		"" };
	struct vars *vars = vars_new();

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char *missing = NULL, *regex;

		vars_set(vars, "v", values[i]);
		regex = vars_expand_regex(vars, "^${v}$", &missing);
		CHECK_STR(missing, NULL);
		free(missing);
		CHECK_INT(match(regex, 0, values[i], NULL), 1);
		CHECK_INT(match(regex, REGEX_EXTENDED, values[i], NULL), 1);
		CHECK_INT(match(regex, 0, "axb", NULL), 0);
		free(regex);
	}
	vars_free(vars);
}

TEST(patterns_know_letters_of_other_scripts)
{
	CHECK_INT(match("^\\w+$", 0, "déposé", NULL), 1);
	CHECK_INT(match("É", REGEX_CASELESS, "é", NULL), 1);
	CHECK_INT(match("رقم (\\w+)", 0, "رقم AB23", NULL), 1);
	CHECK_INT(match("b", 0,
			  "a\xff"
			  "b",
			  NULL),
		1);
}

TEST(pattern_that_would_run_for_ever_is_given_up)
{
	char subject[20001];

	memset(subject, 'a', sizeof(subject) - 1);
	subject[sizeof(subject) - 1] = '\0';
	CHECK_INT(match("^(a+)+$(?<=b)", 0, subject, NULL), -1);
}

UNIT_MAIN
