/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-ussd: whatever an aggregator posts, the adapter makes of it a step whose texts are UTF-8 of
 * bounded length, or says why not and leaves its output alone; and what it answers can be read
 * again.
 *
 * fuzz.h tells how it is run. The first octet of an input chooses the way.
 */
#include <event2/buffer.h>
#include <stdbool.h>
#include <string.h>

#include "config.h"
#include "fuzz.h"
#include "json-read.h"
#include "text.h"
#include "ussd-adapter.h"

enum { INPUT_MAX = 16384 };

static char session[] = "session", number[] = "number", code[] = "code", text[] = "text",
	    step[] = "step", event[] = "event", over[] = "end", words[] = "words", more[] = "more";
static char menus[2][16] = { "*384# menu", "*311# maputo" };

static const struct config_ussd ways[] = {
	{ .field_session = session,
		.field_number = number,
		.field_code = code,
		.field_text = text,
		.menus = { menus[0], menus[1] } },
	{ .history = CONFIG_USSD_LAST,
		.field_session = session,
		.field_number = number,
		.field_text = text,
		.field_step = step,
		.field_event = event,
		.menus = { menus[0], menus[1] } },
	{ .format = CONFIG_USSD_JSON,
		.history = CONFIG_USSD_LAST,
		.answer = CONFIG_USSD_ANSWER_JSON,
		.field_session = session,
		.field_number = number,
		.field_code = code,
		.field_text = text,
		.field_step = step,
		.field_event = event,
		.event_over = over,
		.answer_text = words,
		.answer_more = more,
		.menus = { menus[0], menus[1] } },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static unsigned long steps, overs, refusals;

static void
check_text(const char *value, size_t size)
{
	size_t len = strnlen(value, size);

	PROMISE(len < size);
	PROMISE(text_utf8_valid(value, len));
}

/* The screen comes out of the answer as it went in. */
static void
check_answer(const struct config_ussd *way, const struct ussd_adapter *adapter, const char *screen)
{
	struct json_wanted wanted[] = { { words, NULL }, { more, NULL }, { NULL, NULL } };
	struct evbuffer *out = evbuffer_new();
	const char *body;
	size_t len;

	PROMISE(out != NULL && adapter->write(way, screen, true, out) != NULL);
	len = evbuffer_get_length(out);
	body = (const char *)evbuffer_pullup(out, -1);
	if (way->answer == CONFIG_USSD_ANSWER_JSON) {
		PROMISE(json_read_message(body, len, wanted) == NULL);
		PROMISE(wanted[0].value != NULL && strcmp(wanted[0].value, screen) == 0);
		PROMISE(wanted[1].value != NULL && strcmp(wanted[1].value, "true") == 0);
		json_wanted_free(wanted);
	} else {
		PROMISE(len == strlen(screen) + 4 && memcmp(body, "CON ", 4) == 0);
		PROMISE(memcmp(body + 4, screen, len - 4) == 0);
	}
	evbuffer_free(out);
}

static void
check_request(const struct config_ussd *way, const struct ussd_adapter *adapter,
	const struct ussd_request *request)
{
	check_text(request->session, sizeof(request->session));
	PROMISE(request->session[0] != '\0');
	if (request->event == USSD_OVER) {
		PROMISE(way->field_event != NULL);
		overs++;
		return;
	}
	steps++;
	check_text(request->code, sizeof(request->code));
	check_text(request->text, sizeof(request->text));
	check_text(request->step, sizeof(request->step));
	check_text(request->phone.number, sizeof(request->phone.number));
	PROMISE(request->whole == (way->history == CONFIG_USSD_WHOLE));
	check_answer(way, adapter, request->text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ussd_request request, before;
	const struct ussd_adapter *adapter = ussd_adapter_find("form");
	const struct config_ussd *way;
	const char *why = NULL;
	char *exact;

	if (size < 1 || size > INPUT_MAX)
		return 0;
	way = &ways[data[0] % WAYS];
	exact = malloc(size);
	PROMISE(adapter != NULL && exact != NULL);
	memcpy(exact, data + 1, size - 1);
	memset(&request, 0xa5, sizeof(request));
	before = request;
	if (adapter->read(way, "RW", data[0] & 0x80 ? "text/plain" : NULL, exact, size - 1,
		    &request, &why) == 0) {
		check_request(way, adapter, &request);
	} else {
		PROMISE(why != NULL && why[0] != '\0');
		PROMISE(memcmp(&request, &before, sizeof(request)) == 0);
		refusals++;
	}
	free(exact);
	return 0;
}

/* Bodies with pieces changed, in a fixed pseudo-random order. */
static int
play(unsigned long count, uint64_t seed)
{
	static const char *const bodies[WAYS] = {
		"session=ATUid_1&number=%2B250788000001&networkCode=63510&code=*384%23&text=1*Av.+L%C3%BAcio*2",
		"session=7&step=12&number=0788000001&text=%2a384%2a147%23&event=&other=text=end",
		("{\"session\": \"a-1\", \"step\": 3, \"number\": \"250788000001\", \"code\": \"*384#\", \"input\": \"1\","
		 " \"text\": \"caf\\u00e9 *\\ud83d\\ude00\", \"event\": null, \"x\": {\"y\": [1, true, null, \"z\"]}}"),
	};
	static const char *const pieces[] = { "&", "=", "%", "%00", "%c3", "%E2%82%ac", "+", "*",
		"#", "text=", "&session=", "event=end", "\"event\": \"end\"", "\\u0000", "\\ud800",
		"\\", "\"", "{", "}", "[", "]", ":", ",", "\xff", "\xc3", "null", "1e9", " ",
		"\n" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++) {
		static uint8_t data[INPUT_MAX];
		const char *body = bodies[i % WAYS];
		size_t size = strlen(body) + 1, changes = i / WAYS % 6;

		data[0] = (uint8_t)(i % WAYS);
		memcpy(data + 1, body, size - 1);
		for (size_t c = 0; c < changes; c++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			const char *piece = pieces[(state >> 20) % PIECES];
			size_t at = 1 + (size_t)(state >> 33) % (size - 1), len = strlen(piece);
			size_t cut = (state >> 40) % 3;

			/* Instead of some of what stands there, or between. */
			cut = at + cut > size ? size - at : cut;
			if (size - cut + len > INPUT_MAX)
				continue;
			memmove(data + at + len, data + at + cut, size - at - cut);
			memcpy(data + at, piece, len);
			size = size - cut + len;
		}
		LLVMFuzzerTestOneInput(data, size);
	}
	printf("%lu steps, %lu ends, %lu refused\n", steps, overs, refusals);
	return steps > 0 && overs > 0 && refusals > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
