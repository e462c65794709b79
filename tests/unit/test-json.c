/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: what is written is JSON, whatever the values hold. */
#include "unit.h"

#include "json.h"

static char *text;
static size_t size;
static struct json json;

static void
begin(void)
{
	FILE *out = open_memstream(&text, &size);

	REQUIRE(out != NULL);
	json_begin(&json, out);
}

static void
check_written(const char *want)
{
	REQUIRE(fclose(json.out) == 0);
	CHECK_STR(text, want);
	free(text);
}

TEST(json_object_of_every_kind_of_value)
{
	begin();
	json_object(&json, NULL);
	json_string(&json, "s", "x");
	json_string(&json, "none", NULL);
	json_int(&json, "i", -9007199254740993LL);
	json_decimal(&json, "d", 1.005);
	json_bool(&json, "b", true);
	json_raw(&json, "r", "12");
	json_array(&json, "a");
	json_int(&json, NULL, 1);
	json_int(&json, NULL, 2);
	json_array_end(&json);
	json_object(&json, "o");
	json_object_end(&json);
	json_bool(&json, "last", false);
	json_object_end(&json);
	json_end(&json);
	check_written(
		"{\"s\": \"x\", \"none\": null, \"i\": -9007199254740993, \"d\": 1.00, \"b\": true, "
		"\"r\": 12, \"a\": [1, 2], \"o\": {}, \"last\": false}\n");
}

TEST(json_outermost_array_has_a_line_an_element)
{
	begin();
	json_array(&json, NULL);
	for (int i = 0; i < 2; i++) {
		json_object(&json, NULL);
		json_array(&json, "a");
		json_string(&json, NULL, "x");
		json_string(&json, NULL, "y");
		json_array_end(&json);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_end(&json);
	check_written("[\n{\"a\": [\"x\", \"y\"]},\n{\"a\": [\"x\", \"y\"]}\n]\n");
}

TEST(json_values_one_a_line)
{
	begin();
	for (int i = 0; i < 2; i++) {
		json_object(&json, NULL);
		json_int(&json, "i", i);
		json_object_end(&json);
		json_end(&json);
	}
	json_array(&json, NULL);
	json_array_end(&json);
	json_end(&json);
	check_written("{\"i\": 0}\n{\"i\": 1}\n[]\n");
}

TEST(json_string_escapes_what_must_be)
{
	begin();
	json_string(&json, NULL, "\"\\/\b\n\r\t\x01\x7f é مرحبا 😀");
	check_written("\"\\\"\\\\/\\u0008\\n\\u000d\\u0009\\u0001\\u007f é مرحبا 😀\"");
}

TEST(json_string_never_writes_invalid_utf8)
{
	static const char *const invalid[] = { "\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xe2\x82", "\x80\x80\x80\x80\x80" };

	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
		begin();
		json_string(&json, NULL, invalid[i]);
		REQUIRE(fclose(json.out) == 0);
		CHECK(strstr(text, "\\ufffd") != NULL);
		for (const char *c = text; *c != '\0'; c++)
			CHECK((*c & 0x80) == 0);
		free(text);
	}
}

UNIT_MAIN
