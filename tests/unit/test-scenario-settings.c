/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario runner's settings: what config PATH = VALUE does to a gateway's configuration. */
#include "unit.h"

#include "tests/scenario-runner/settings.c"
#include "tests/scenario-runner/util.c"

static const char base[] = "listen = \"\";\nmodems = ( { name = \"m1\"; number = \"+1\"; },\n"
			   "{ name = \"m2\"; } );\nlist = [1, 2];\n";

static struct settings *
changed(const char *path, const char *value)
{
	struct settings *settings = settings_new(base), *copy;
	char *error = NULL;

	if (settings_set(settings, path, value, &error) == -1)
		printf("  %s\n", error);
	REQUIRE(error == NULL);
	copy = settings_copy(settings);
	settings_free(settings);
	return copy;
}

TEST(setting_of_a_modem_by_its_name)
{
	struct settings *settings = changed("modems.m2.per_minute", "10");
	int number = 0;

	CHECK_INT(config_lookup_int(&settings->config, "modems.[1].per_minute", &number),
		CONFIG_TRUE);
	CHECK_INT(number, 10);
	CHECK(config_lookup(&settings->config, "modems.[0].per_minute") == NULL);
	settings_free(settings);
}

TEST(setting_that_is_replaced_may_change_its_type)
{
	struct settings *settings =
		changed("listen", "(1, [2.5, 3.5], { a = true; b = \"x\\\"y\"; })");
	const char *text = NULL;
	double number = 0;

	CHECK_INT(config_lookup_float(&settings->config, "listen.[1].[1]", &number), CONFIG_TRUE);
	CHECK(number > 3.4 && number < 3.6);
	CHECK_INT(config_lookup_string(&settings->config, "listen.[2].b", &text), CONFIG_TRUE);
	CHECK_STR(text, "x\"y");
	settings_free(settings);
}

TEST(setting_makes_the_groups_above_it)
{
	struct settings *settings = changed("a.b.c", "false");
	int value = 1;

	CHECK_INT(config_lookup_bool(&settings->config, "a.b.c", &value), CONFIG_TRUE);
	CHECK_INT(value, 0);
	settings_free(settings);
}

static void
check_not_set(const char *path, const char *value)
{
	struct settings *settings = settings_new(base);
	char *error = NULL;

	CHECK_INT(settings_set(settings, path, value, &error), -1);
	CHECK(error != NULL);
	free(error);
	settings_free(settings);
}

TEST(settings_that_make_no_sense_are_refused)
{
	check_not_set("modems.m9.per_minute", "1");
	check_not_set("listen.x.y", "1");
	check_not_set("listen", "maybe");
	check_not_set("listen", "\"open");
	check_not_set("bad name", "1");
	check_not_set("", "1");
}

TEST(string_setting_is_quoted)
{
	struct settings *settings = settings_new(base), *copy;
	const char *text = NULL;

	settings_set_string(settings, "listen", "a \"b\" \\c");
	copy = settings_copy(settings);
	CHECK_INT(config_lookup_string(&copy->config, "listen", &text), CONFIG_TRUE);
	CHECK_STR(text, "a \"b\" \\c");
	settings_free(settings);
	settings_free(copy);
}

UNIT_MAIN
