/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json-read: the strings that were asked for, and nothing that RFC 8259 does not allow. */
#include "unit.h"

#include "json-read.h"

/* Reads an object's "a"; NULL on a fault. Static. */
static const char *
read_a(const char *text)
{
	static char value[256];
	struct json_wanted wanted[] = { { .name = "a" }, { 0 } };

	if (json_read(text, strlen(text), wanted) != NULL) {
		CHECK(wanted[0].value == NULL);
		return NULL;
	}
	snprintf(value, sizeof(value), "%s", wanted[0].value != NULL ? wanted[0].value : "(none)");
	json_wanted_free(wanted);
	CHECK(wanted[0].value == NULL);
	return value;
}

TEST(json_strings_are_read)
{
	CHECK_STR(read_a("{\"a\": \"x\"}"), "x");
	CHECK_STR(read_a(" {\"b\":1,\"a\":\"x\"}\r\n"), "x");
	CHECK_STR(read_a("{\"a\": \"\\u00e9\\n\\t\\\"\\\\\\/\\b\\f\\r\"}"), "é\n\t\"\\/\b\f\r");
	CHECK_STR(read_a("{\"a\": \"\\ud83d\\ude00\\uD83D\\uDE00\"}"), "😀😀");
	CHECK_STR(read_a("{\"a\": \"\\ud83d!\"}"), "\uFFFD!");
	CHECK_STR(read_a("{\"a\": \"\\ude00\"}"), "\uFFFD");
	CHECK_STR(read_a("{\"a\": \"\\ud83d\\u0041\"}"), "\uFFFDA");
	CHECK_STR(read_a("{\"a\": \"x\", \"a\": \"y\"}"), "y");
	CHECK_STR(read_a("{\"\\u0061\": \"x\"}"), "x");
	CHECK_STR(read_a("{\"a\": \"\"}"), "");
	CHECK_STR(read_a("{\"a\": null}"), "(none)");
	CHECK_STR(read_a("{}"), "(none)");
	CHECK_STR(
		read_a("{\"b\": [1, -2.5e+3, {\"a\": \"no\"}, [], {}, true, false, null], \"a\": \"x\"}"),
		"x");
}

TEST(json_that_is_none_is_refused)
{
	static const char *const bad[] = { "", "x", "[]", "\"a\"", "{", "{\"a\"}", "{\"a\":}",
		"{\"a\": \"x\"", "{\"a\": \"x}", "{\"a\": \"x\",}", "{\"a\": \"x\"} x",
		"{\"a\": 1}", "{\"a\": [\"x\"]}", "{\"a\": \"\\u00\"}", "{\"a\": \"\\u0000\"}",
		"{\"a\": \"\\x\"}", "{\"a\": \"\\", "{\"a\": \"\n\"}", "{\"a\": \"\xff\"}",
		"{\"b\": 01}", "{\"b\": 1.}", "{\"b\": 1e}", "{\"b\": -}", "{\"b\": nul}",
		"{\"b\": [1}", "{\"b\": {1: 2}}", "{\"b\": \"\xc3\"}", "{a: \"x\"}", "{\"a\": 'x'}",
		"{\"a\": \"x\" \"b\": 1}", NULL };
	char deep[500] = "{\"b\": ";

	for (size_t i = 0; bad[i] != NULL; i++)
		if (read_a(bad[i]) != NULL) {
			printf("  read: %s\n", bad[i]);
			unit_failures++;
		}
	memset(deep + 6, '[', 200);
	memset(deep + 206, ']', 200);
	strcpy(deep + 406, "}");
	CHECK(read_a(deep) == NULL);
}

TEST(json_message_brings_scalars_and_each_member_once)
{
	static const char *const bad[] = { "{\"a\": 1, \"a\": 2}",
		"{\"a\": \"x\", \"a\": null, \"a\": \"y\"}", "{\"a\": [1]}", "{\"a\": {}}",
		"{\"a\": 01}", "{\"a\": }", "{\"a\": nul}", "{\"a\": tru}", "{\"a\": 1.0}",
		"{\"a\": 1e9}", "{\"a\": \"\\ud83d\"}", "{\"a\": \"\\ude00\"}",
		"{\"a\": \"\\ud83d\\u0041\"}" };
	static const struct {
		const char *text, *value;
	} good[] = {
		{ "{\"a\": 17, \"b\": {}}", "17" },
		{ "{\"a\": -20}", "-20" },
		{ "{\"a\": true }", "true" },
		{ "{\"a\": \"x\"}", "x" },
		{ "{\"a\": null}", NULL },
		{ "{\"b\": 1, \"b\": 2}", NULL },
	};
	struct json_wanted wanted[] = { { "a", NULL }, { NULL, NULL } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(json_read_message(bad[i], strlen(bad[i]), wanted) != NULL);
		CHECK(wanted[0].value == NULL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(json_read_message(good[i].text, strlen(good[i].text), wanted) == NULL);
		CHECK_STR(wanted[0].value, good[i].value);
		json_wanted_free(wanted);
	}
}

UNIT_MAIN
