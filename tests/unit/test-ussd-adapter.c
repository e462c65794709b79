/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What aggregators post, as the adapter of a configuration entry reads it, and what it answers. */
#include "unit.h"

#include <event2/buffer.h>

#include "gateway/config.h"
#include "gateway/net-range.h"
#include "gateway/ussd-adapter.h"

#define S (char *)(uintptr_t)

/* Africa's Talking's way, as the defaults have it. */
static struct config_ussd
way_of_at(void)
{
	return (struct config_ussd){ .name = S "at",
		.menus = { S "*384# menu", S "*384*5# sub" },
		.adapter = S "form",
		.field_session = S "sessionId",
		.field_number = S "phoneNumber",
		.field_code = S "serviceCode",
		.field_text = S "text",
		.answer_text = S "message",
		.answer_more = S "continue" };
}

static struct config_ussd way;
static struct ussd_request got;

/* NULL, or what is wrong. */
static const char *
read_as(const char *type, const char *body)
{
	const char *why = NULL;
	struct ussd_request out;
	int bad;

	memset(&out, 0x5a, sizeof(out));
	bad = ussd_adapter_find("form")->read(&way, "RW", type, body, strlen(body), &out, &why);
	CHECK_INT(bad != 0, why != NULL);
	CHECK(!bad || (unsigned char)out.session[0] == 0x5a); /* untouched on failure */
	if (!bad)
		got = out;
	return why;
}

static const char *
read_form(const char *body)
{
	return read_as("application/x-www-form-urlencoded", body);
}

#define WHO "sessionId=ATUid_1&phoneNumber=%2B250788000001&networkCode=63510&serviceCode=*384%23&"

TEST(adapter_reads_what_africas_talking_posts)
{
	way = way_of_at();
	CHECK_STR(read_form(WHO "text="), NULL);
	CHECK_STR(got.session, "ATUid_1");
	CHECK_STR(got.phone.number, "+250788000001");
	CHECK_STR(got.code, "*384#");
	CHECK_STR(got.text, "");
	CHECK(got.whole && got.event == USSD_STEP && !got.too_long);
	CHECK_STR(read_form(WHO "text=1*Av+Lumumba%2a2*%C3%A9%23"), NULL);
	CHECK_STR(got.text, "1*Av Lumumba*2*é#");
	CHECK_STR(read_as(NULL, WHO "text=1"), NULL);
	CHECK_STR(read_as("Application/x-www-form-urlencoded; charset=utf-8", WHO "text=1"), NULL);
}

TEST(adapter_reads_a_number_in_any_form)
{
	static const char *const forms[] = { "%2B250788000001", "+250788000001", "00250788000001",
		"0788000001", "0788%20000%20001", "250788000001", "0788-000-001" };
	char body[256];

	way = way_of_at();
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(body, sizeof(body),
			"sessionId=1&serviceCode=*384%%23&text=&phoneNumber=%s", forms[i]);
		CHECK_STR(read_form(body), NULL);
		CHECK_INT(got.phone.kind, PHONE_E164);
		CHECK_STR(got.phone.number, "+250788000001");
	}
	CHECK_STR(read_form("sessionId=1&serviceCode=*384%23&text=&phoneNumber=nobody"), NULL);
	CHECK(got.phone.kind != PHONE_E164); /* which is the caller's side: she gets a screen */
	CHECK_STR(read_form("sessionId=1&serviceCode=*384%23&text=&phoneNumber="), NULL);
	CHECK_INT(got.phone.kind, PHONE_INVALID);
}

TEST(adapter_says_what_an_integrator_got_wrong)
{
	static const struct {
		const char *body, *words;
	} bad[] = {
		{ "", "session" },
		{ "phoneNumber=1&serviceCode=2&text=", "session" },
		{ "sessionId=&phoneNumber=1&serviceCode=2&text=", "session" },
		{ "sessionId=1&serviceCode=2&text=", "number" },
		{ "sessionId=1&phoneNumber=1&text=", "code" },
		{ "sessionId=1&phoneNumber=1&serviceCode=2", "keyed" },
		{ "sessionId=a%0Ab&phoneNumber=1&serviceCode=2&text=", "characters" },
		{ "sessionId=a%1Bb&phoneNumber=1&serviceCode=2&text=", "characters" },
		{ WHO "text=1&text=2", "twice" },
		{ WHO "text=1&sessionId=2", "twice" },
		{ WHO "text=%", "hexadecimal" },
		{ WHO "text=%4", "hexadecimal" },
		{ WHO "text=%zz", "hexadecimal" },
		{ WHO "text=%0", "hexadecimal" },
		{ WHO "text=%00", "UTF-8" },
		{ WHO "text=%ff", "UTF-8" },
		{ WHO "text=%c3", "UTF-8" },
		{ WHO "text=%ed%a0%80", "UTF-8" },
	};
	char body[1024], name[200];

	way = way_of_at();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = read_form(bad[i].body);

		if (why == NULL || strstr(why, bad[i].words) == NULL) {
			printf("  %s: %s\n", bad[i].body, why != NULL ? why : "read");
			unit_failures++;
		}
	}
	CHECK(strstr(read_as("multipart/form-data; boundary=x", WHO "text=1"), "content type"));
	memset(name, 'x', sizeof(name));
	name[USSD_SESSION_MAX] = '\0';
	snprintf(body, sizeof(body), "sessionId=%s&phoneNumber=1&serviceCode=2&text=", name);
	CHECK(strstr(read_form(body), "too long") != NULL);
	body[10 + USSD_SESSION_MAX - 1] = '&'; /* one byte less */
	CHECK_STR(read_form(body), NULL);
}

TEST(adapter_cuts_what_nobody_has_keyed)
{
	static char body[64 * 1024];
	size_t at = strlen(WHO "text=");

	way = way_of_at();
	strcpy(body, WHO "text=");
	while (at < 40 * 1024)
		at += (size_t)sprintf(body + at, "%%D9%%86");
	CHECK_STR(read_form(body), NULL);
	CHECK(got.too_long && strlen(got.text) < USSD_HISTORY_MAX);
	CHECK_INT(strlen(got.text) % 2, 0); /* at a character */
	memset(body + strlen(WHO "text="), '1', USSD_HISTORY_MAX - 1);
	body[strlen(WHO "text=") + USSD_HISTORY_MAX - 1] = '\0';
	CHECK_STR(read_form(body), NULL);
	CHECK(!got.too_long);
	CHECK_INT(strlen(got.text), USSD_HISTORY_MAX - 1);
}

TEST(adapter_takes_the_end_of_a_session)
{
	way = way_of_at();
	way.field_event = S "status";
	CHECK_STR(read_form("sessionId=1&status=Failed"), NULL);
	CHECK_INT(got.event, USSD_OVER);
	CHECK_STR(got.session, "1");
	CHECK(read_form("status=Failed") != NULL);
	CHECK_STR(read_form(WHO "text=&status="), NULL);
	CHECK_INT(got.event, USSD_STEP);
	CHECK_STR(read_form(WHO "text=1&status=Active"), NULL); /* something was keyed */
	CHECK_INT(got.event, USSD_STEP);
	way.event_over = S "Incomplete";
	CHECK(read_form("sessionId=1&status=Failed") != NULL); /* a step, then, and no whole one */
	CHECK_STR(read_form("sessionId=1&status=Incomplete&input=1*2"), NULL);
	CHECK_INT(got.event, USSD_OVER);
}

TEST(adapter_reads_json_under_other_names)
{
	way = way_of_at();
	way.format = CONFIG_USSD_JSON;
	way.history = CONFIG_USSD_LAST;
	way.field_session = S "session";
	way.field_number = S "msisdn";
	way.field_code = S "shortcode";
	way.field_text = S "input";
	way.field_step = S "step";
	way.field_event = S "type";
	way.event_over = S "end";
	CHECK_STR(
		read_as("application/json",
			"{\"type\": \"step\", \"session\": \"a\", \"step\": 3, \"msisdn\": 250788000001,"
			"\"shortcode\": \"*384#\", \"input\": \"\\u00e9*\", \"extra\": {\"input\": [1]}}"),
		NULL);
	CHECK_STR(got.step, "3");
	CHECK_STR(got.phone.number, "+250788000001");
	CHECK_STR(got.text, "é*");
	CHECK(!got.whole);
	CHECK_STR(read_as(NULL,
			  "{\"session\":\"a\",\"msisdn\":\"0788000001\",\"shortcode\":\"*384#\","
			  "\"input\":null}"),
		NULL);
	CHECK_STR(got.text, "");
	CHECK_STR(got.step, "");
	CHECK_STR(read_as(NULL, "{\"session\": \"a\", \"type\": \"end\"}"), NULL);
	CHECK_INT(got.event, USSD_OVER);
	CHECK(read_as(NULL, "{\"session\": \"a\", \"session\": \"b\", \"type\": \"end\"}") != NULL);
	CHECK(read_as(NULL, "{\"session\": [\"a\"], \"type\": \"end\"}") != NULL);
	CHECK(read_as(NULL, "session=a") != NULL);
	CHECK(read_as(NULL, "{\"session\": \"\\u0000\"}") != NULL);
}

TEST(adapter_finds_the_code_in_the_first_text)
{
	static const char head[] = "sessionId=1&phoneNumber=0788000001&text=";
	static const struct {
		const char *text, *code, *input;
	} cases[] = {
		{ "", "*384#", "" },
		{ "*384%23", "*384#", "" },
		{ "*384*147%23", "*384#", "147" },
		{ "*384*1*2%23", "*384#", "1*2" },
		{ "*3840%23", "*384#", "*3840#" },
		{ "1", "*384#", "1" },
	};
	char body[128];

	way = way_of_at();
	way.history = CONFIG_USSD_LAST;
	way.field_code = S ""; /* as the configuration has it */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(body, sizeof(body), "%s%s", head, cases[i].text);
		CHECK_STR(read_form(body), NULL);
		CHECK_STR(got.code, cases[i].code);
		CHECK_STR(got.text, cases[i].input);
	}
}

static const char *
written(const char *screen, bool more)
{
	static char text[512];
	struct evbuffer *out = evbuffer_new();
	const char *type = ussd_adapter_find("form")->write(&way, screen, more, out);
	int length = evbuffer_remove(out, text, sizeof(text) - 1);

	CHECK(strncmp(type,
		      way.answer == CONFIG_USSD_ANSWER_JSON ? "application/json" : "text/plain",
		      10) == 0);
	text[length] = '\0';
	evbuffer_free(out);
	return text;
}

TEST(adapter_writes_what_the_way_wants)
{
	way = way_of_at();
	CHECK_STR(written("Bonjour\n1 Bac", true), "CON Bonjour\n1 Bac");
	CHECK_STR(written("Merci. 100%", false), "END Merci. 100%");
	way.answer = CONFIG_USSD_ANSWER_JSON;
	CHECK_STR(
		written("a\n\"é\"", true), "{\"message\": \"a\\n\\\"é\\\"\", \"continue\": true}");
	way.answer_more = S "goes_on";
	CHECK_STR(written("x", false), "{\"message\": \"x\", \"goes_on\": false}");
	CHECK(ussd_adapter_find("nobody") == NULL);
}

TEST(range_holds_what_is_in_it)
{
	static const struct {
		const char *range, *address;
		bool holds;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.8", false },
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.1", false },
		{ "10.64.0.0/10", "10.127.0.1", true },
		{ "10.64.0.0/10", "10.128.0.1", false },
		{ "10.0.0.0/8", "::ffff:10.1.2.3", true },
		{ "0.0.0.0/0", "203.0.113.1", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "unix", "unix", true },
		{ "unix", "127.0.0.1", false },
		{ "127.0.0.1", "unix", false },
		{ "127.0.0.1", "", false },
	};
	static const char *const bad[] = { "", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
		"10.0.0.0/8x", "10.0.0", "::1/129", "localhost", "unix/8", "10.0.0.0/0008" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (net_range_holds(cases[i].range, cases[i].address) != cases[i].holds ||
			!net_range_valid(cases[i].range)) {
			printf("  %s %s\n", cases[i].range, cases[i].address);
			unit_failures++;
		}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (net_range_valid(bad[i])) {
			printf("  %s\n", bad[i]);
			unit_failures++;
		}
}

UNIT_MAIN
