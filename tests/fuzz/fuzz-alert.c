/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-alert: whatever officers, gauges and CAP's senders write into an alert's blanks, zones and
 * event, alert-compose keeps its header's promises: texts that are valid, measured and signed, or a
 * fault. It reads conf/alerts of the checkout.
 *
 * An input is the event, the blanks and the zones, separated by NUL; its first byte chooses kind
 * and status.
 */
#include "fuzz.h"

#include <string.h>

#include "alert-compose.h"
#include "text.h"

enum { INPUT_MAX = 6000 };

static unsigned long composed, refused;
static struct config config;

static const struct alert_templates *
templates(void)
{
	static struct alert_templates *loaded;
	struct config_errors errors = { .count = 0 };

	if (loaded != NULL)
		return loaded;
	config = (struct config){ .file = (char *)"fuzz.cfg",
		.default_language = (char *)"fr",
		.languages = { (char *)"en", (char *)"fr", (char *)"ar" },
		.required_languages = { (char *)"en" },
		.city = (char *)"Kigali",
		.emergency_number = (char *)"112",
		.alerts = (char *)"conf/alerts" };
	loaded = alert_templates_load(&config, &errors);
	PROMISE(loaded != NULL);
	return loaded;
}

/* The next of three pieces, as a string of its own memory. */
static char *
piece(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, 0, *size);
	size_t length = end != NULL ? (size_t)(end - *data) : *size;
	char *text = malloc(length + 1);

	PROMISE(text != NULL);
	memcpy(text, *data, length);
	text[length] = '\0';
	*data += length + (end != NULL);
	*size -= length + (end != NULL);
	return text;
}

static void
check_texts(const struct alert_texts *texts)
{
	PROMISE(texts->count >= 2);
	PROMISE(strcmp(texts->text[0].language, "fr") == 0);
	for (size_t i = 0; i < texts->count; i++) {
		const struct alert_text *t = &texts->text[i];
		enum text_coding coding;

		PROMISE(text_utf8_valid(t->body, strlen(t->body)));
		PROMISE(text_utf8_valid(t->headline, strlen(t->headline)));
		PROMISE(t->segments >= 1 && t->segments <= ALERT_SEGMENTS_MAX);
		PROMISE(t->segments == text_count_segments(t->body, &coding));
		PROMISE(t->ucs2 == (coding == TEXT_UCS2));
		PROMISE(t->units > 0 && alert_text_over(t) >= 0);
		PROMISE(strstr(t->body, "14:05") != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "alert", "update", "cancel", "clear" };
	static const char *const statuses[] = { "actual", "exercise", "test" };
	uint8_t choice = size > 0 ? data[0] : 0;
	const uint8_t *at = data + (size > 0);
	size_t left = size - (size > 0);
	char *event = piece(&at, &left), *blanks = piece(&at, &left), *zones = piece(&at, &left);
	const struct alert_facts facts = { .reference = "4F2K",
		.event = event,
		.kind = kinds[choice % 4],
		.status = statuses[choice / 4 % 3],
		.sender = "Ville",
		.now = "2026-11-22 14:05",
		.starts = choice & 0x40 ? "2026-11-22 16:00" : "2026-11-22 14:00",
		.expires = "2026-11-23 06:00",
		.then = choice & 0x80 ? "2026-11-22 13:10" : NULL,
		.blanks = blanks,
		.zones = zones };
	struct alert_texts texts;

	if (alert_compose(templates(), &config, &facts, &texts) == 0) {
		check_texts(&texts);
		composed++;
	} else {
		PROMISE(texts.count == 0 && texts.fault[0] != '\0' && texts.words[0] != '\0');
		PROMISE(text_utf8_valid(texts.words, strlen(texts.words)));
		PROMISE(text_utf8_valid(texts.what, strlen(texts.what)));
		refused++;
	}
	alert_texts_free(&texts);
	free(event);
	free(blanks);
	free(zones);
	return 0;
}

/* --- --- by itself --- */

static uint64_t
roll(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t
make_input(uint64_t *state, uint8_t *out)
{
	static const char *const pieces[] = { "flood", "fire", "road_closed", "missing_person",
		"Crue", "\x1f", "\x1f", "\x1f", "\x1e", "level", "level.fr", "road", "person",
		"phone", "text.fr", "text.en", "update.fr", "text_by.fr", "cancel.ar", "reason",
		"3.20 m", "{zones}", "{hour}", "{", "}", "[", "]", "{level}", "Kimisagara",
		"أريانة", "\xff", "\xc3", "\n", "é", "🌊",
		"a long piece of words that fills what there is" };
	size_t length = 0, count = roll(state) % 24;

	out[length++] = (uint8_t)roll(state);
	if (roll(state) % 3 > 0) {
		const char *event = pieces[roll(state) % 5];

		memcpy(out + length, event, strlen(event) + 1);
		length += strlen(event) + 1;
	}
	for (size_t i = 0; i < count && length < INPUT_MAX - 64; i++) {
		const char *p = pieces[roll(state) % (sizeof pieces / sizeof *pieces)];

		memcpy(out + length, p, strlen(p));
		length += strlen(p);
		if (roll(state) % 8 == 0)
			out[length++] = (uint8_t)roll(state);
	}
	return length;
}

static int
play(unsigned long count, uint64_t seed)
{
	static uint8_t input[INPUT_MAX];
	uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;

	for (unsigned long i = 0; i < count; i++)
		LLVMFuzzerTestOneInput(input, make_input(&state, input));
	printf("%lu inputs: %lu composed, %lu refused\n", count, composed, refused);
	PROMISE(count < 1000 || (composed > count / 20 && refused > count / 20));
	return 0;
}

FUZZ_MAIN(play)
