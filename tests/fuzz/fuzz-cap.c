/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-cap: whatever bytes come, cap_read() returns a message that keeps its header's promises, or
 * a reason; what is read can be written, read again and said as an SMS of at most three segments.
 *
 * fuzz.h tells how it is run.
 */
#include <string.h>

#include "cap-judge.h"
#include "cap.h"
#include "fuzz.h"
#include "text.h"

enum { INPUT_MAX = 16384 };

static unsigned long messages_read, refusals;

static void
check_text(const char *text)
{
	if (text == NULL)
		return;
	PROMISE(text_utf8_valid(text, strlen(text)));
	PROMISE(strpbrk(text, "\t\r") == NULL);
	PROMISE(text[0] != ' ' && text[0] != '\n');
}

static void
check_sms(const struct cap *cap, const struct cap_info *info)
{
	char text[CAP_TEXT_BYTES], language[CAP_LANGUAGE_BYTES];

	if (cap_sms(info, cap_speaker(cap), 0, text) == 0) {
		int segments = text_count_segments(text, NULL);

		PROMISE(segments > 0 && segments <= CAP_SEGMENTS_MAX + 1); /* blanks are longer */
		PROMISE(strstr(text, " ({sender}, {hour})") != NULL);
		PROMISE(strchr(text, '{') == strstr(text, "{sender}"));
	}
	if (cap_language(info, language) == 0)
		PROMISE(strlen(language) >= 2 && strlen(language) <= 3);
}

static void
check_message(const struct cap *cap)
{
	PROMISE(cap->identifier != NULL && cap->identifier[0] != '\0');
	PROMISE(strpbrk(cap->identifier, " ,<&") == NULL && strpbrk(cap->sender, " ,<&") == NULL);
	PROMISE(cap->sent.text != NULL && cap->status != NULL && cap->type != NULL);
	for (const struct cap_info *info = cap->infos; info != NULL; info = info->next) {
		PROMISE(info->event[0] != '\0' && info->categories != NULL);
		check_text(info->event);
		check_text(info->headline);
		check_text(info->description);
		check_text(info->instruction);
		check_sms(cap, info);
		for (const struct cap_area *area = info->areas; area != NULL; area = area->next)
			for (const struct cap_polygon *p = area->polygons; p != NULL; p = p->next)
				PROMISE(p->count >= 4 &&
					p->point[0].lat == p->point[p->count - 1].lat);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char reason[CAP_REASON_MAX] = "", *exact, *first, *second;
	struct cap *cap, *again;

	if (size > INPUT_MAX)
		return 0;
	exact = malloc(size > 0 ? size : 1);
	PROMISE(exact != NULL);
	memcpy(exact, data, size);
	cap = cap_read(exact, size, reason);
	free(exact);
	if (cap == NULL) {
		PROMISE(reason[0] != '\0' && text_utf8_valid(reason, strlen(reason)));
		refusals++;
		return 0;
	}
	messages_read++;
	check_message(cap);
	first = cap_write(cap);
	again = cap_read(first, strlen(first), reason);
	PROMISE(again != NULL);
	second = cap_write(again);
	PROMISE(strcmp(first, second) == 0);
	free(first);
	free(second);
	cap_free(again);
	cap_free(cap);
	return 0;
}

/* Messages with pieces changed, in a fixed pseudo-random order. */
static int
play(unsigned long count, uint64_t seed)
{
	static const char *const pieces[] = { "<info>", "</info>", "<a>", "</", "/>", "&amp;",
		"&#65;", "&#0;", "&x;", "<![CDATA[ x ]]>", "<!-- c -->", "<?p i?>", "<!DOCTYPE a>",
		"\xff", "\"", ",", " ", "\n", "1,2 3,4 5,6 1,2", "2026-11-22T14:05:00+02:00",
		"{hour}", "Actual", "Update", "xmlns=\"x\"", "\xe2\x80\xa6 ", "\xd8\x9f", ". " };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	static const char *const files[] = { "tests/cap/storm.xml", "tests/cap/child.xml",
		"tests/cap/earthquake.xml", "tests/cap/advisory.xml" };
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++) {
		static uint8_t data[INPUT_MAX];
		FILE *in = fopen(files[i % 4], "r");
		size_t size, changes = i % 7;

		PROMISE(in != NULL);
		size = fread(data, 1, INPUT_MAX / 2, in);
		fclose(in);
		for (size_t c = 0; c < changes; c++) {
			const char *piece;
			size_t at, length;

			state = state * 6364136223846793005u + 1442695040888963407u;
			at = (size_t)(state >> 33) % size;
			piece = pieces[(state >> 20) % PIECES];
			length = strlen(piece);
			if (at + length < size)
				memcpy(data + at, piece, length);
		}
		LLVMFuzzerTestOneInput(data, size);
	}
	printf("%lu messages read, %lu refused\n", messages_read, refusals);
	return messages_read > 0 && refusals > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
