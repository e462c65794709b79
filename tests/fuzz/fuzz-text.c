/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-text: whatever bytes come, text and phone keep their headers' promises.
 *
 * fuzz.h tells how it is run. With libFuzzer:
 *	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -Igateway \
 *		tests/fuzz/fuzz-text.c gateway/text.c gateway/text-fold.c gateway/phone.c
 */
#include <string.h>

#include "fuzz.h"
#include "phone.h"
#include "text.h"

enum { INPUT_MAX = 8192 };

/* Memory of exactly that size, so that a sanitizer sees one byte too many. */
static char *
exact(size_t size)
{
	char *memory = malloc(size);

	PROMISE(memory != NULL);
	return memory;
}

static void
check_fold(const char *s)
{
	size_t size = 3 * strlen(s) + 1;
	char *once = exact(size), *twice = exact(size);
	int len = text_fold(once, size, s);

	PROMISE(len >= 0 && (size_t)len == strlen(once));
	PROMISE(text_utf8_valid(once, (size_t)len));
	PROMISE(once[0] != ' ' && strstr(once, "  ") == NULL);
	PROMISE(len == 0 || once[len - 1] != ' ');
	PROMISE(text_fold(twice, size, once) == len && memcmp(once, twice, (size_t)len) == 0);
	PROMISE(text_fold(twice, (size_t)len, s) == -1);
	PROMISE(text_fold(twice, (size_t)len + 1, s) == len);
	free(once);
	free(twice);
}

static void
check_transliterate(const char *s)
{
	size_t size = 3 * strlen(s) + 1;
	char *once = exact(size), *twice = exact(size);
	int len = text_transliterate(once, size, s);

	PROMISE(len >= 0 && (size_t)len == strlen(once));
	PROMISE(text_utf8_valid(once, (size_t)len));
	PROMISE(text_transliterate(twice, size, once) == len && strcmp(once, twice) == 0);
	PROMISE(!text_fits_gsm7(s) || strcmp(once, s) == 0);
	free(once);
	free(twice);
}

/* The segments, joined and made UTF-8 again, are the text; none is over its limit. */
static void
check_segments(const char *s, size_t udh_octets, struct text_segments *out)
{
	bool gsm7 = text_fits_gsm7(s);

	if (text_segment(s, udh_octets, out) == -1) {
		PROMISE(s[0] == '\0' || !text_utf8_valid(s, strlen(s)) ||
			text_utf16_units(s) > (TEXT_SEGMENTS_MAX - 1) * 65);
		return;
	}
	PROMISE(out->coding == (gsm7 ? TEXT_GSM7 : TEXT_UCS2));
	PROMISE(out->count >= 1 && out->count <= TEXT_SEGMENTS_MAX);
	for (size_t i = 0; i < out->count; i++) {
		char text[4 * TEXT_SEGMENT_UNITS_MAX + 1];
		size_t len = 0, limit = gsm7 ? 160 : 70;
		const struct text_segment *segment = &out->segment[i];

		PROMISE(segment->units >= 1 && segment->units <= TEXT_SEGMENT_UNITS_MAX);
		for (size_t k = 0; k < segment->units; k++) {
			uint32_t cp = segment->text[k];

			if (cp >= 0xd800 && cp <= 0xdbff && k + 1 < segment->units)
				cp = 0x10000 + ((cp & 0x3ff) << 10) + (segment->text[++k] & 0x3ff);
			PROMISE(cp < 0xd800 || cp > 0xdfff);
			len += text_put(text + len, cp);
		}
		text[len] = '\0';
		if (out->count > 1)
			limit = gsm7 ? 159 - udh_octets : (140 - udh_octets) / 2;
		PROMISE(gsm7 ? text_gsm7_septets(text) <= (int)limit
			     : text_utf16_units(text) <= limit);
		PROMISE(strncmp(text, s, len) == 0);
		s += len;
	}
	PROMISE(*s == '\0');
}

static void
check_phone(const char *s)
{
	static const char *const countries[] = { "RW", "UG", "CI", "US", "NG", NULL };

	for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		struct phone phone = phone_normalise(s, countries[i]), again;
		size_t len = strnlen(phone.number, PHONE_MAX);

		PROMISE(len < PHONE_MAX && text_utf8_valid(phone.number, len));
		again = phone_normalise(phone.number, countries[i]);
		if (phone.kind == PHONE_E164 || phone.kind == PHONE_SHORT)
			PROMISE(again.kind == phone.kind &&
				strcmp(again.number, phone.number) == 0);
		if (phone.kind == PHONE_E164)
			PROMISE(phone.number[0] == '+' && len >= 8 && len <= 16 &&
				phone.number[1 + strspn(phone.number + 1, "0123456789")] == '\0');
	}
}

static void
check_string(const char *s)
{
	static struct text_segments segments;

	check_fold(s);
	check_transliterate(s);
	check_segments(s, 6, &segments);
	check_segments(s, 7, &segments);
	check_phone(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *raw, *clean, *again;
	size_t len;

	if (size > INPUT_MAX)
		return 0;
	raw = exact(size + 1);
	memcpy(raw, data, size);
	raw[size] = '\0';
	check_string(raw); /* up to its first NUL, valid or not */
	clean = exact(3 * size + 1);
	len = text_utf8_clean(clean, 3 * size + 1, raw, size);
	PROMISE(len == strlen(clean) && text_utf8_valid(clean, len));
	check_string(clean);
	again = exact(len + 1);
	PROMISE(text_utf8_clean(again, len + 1, clean, len) == len && strcmp(again, clean) == 0);
	free(raw);
	free(clean);
	free(again);
	return 0;
}

/* Pieces of what breaks text, and bytes by chance, in a fixed pseudo-random order. */
static int
play(unsigned long count, uint64_t seed)
{
	static const char *const pieces[] = { "a", "N\u00b0", "\u20ac", "\u0633\u064e", "e\u0301",
		"\U0001f468\u200d\U0001f527", "\U0001f1f7\U0001f1fc", "\xff", "\xed\xa0\x80",
		"\xf0\x9f", "{}", "0788000001", "+250", "\ufefb", "\u00bd", " ", "'", "\n",
		"c\u0327" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++) {
		uint8_t data[INPUT_MAX];
		size_t size = 0, want = (size_t)i * 7919 % (i % 50 == 0 ? 4000 : 240);

		while (size < want) {
			const char *piece;

			state = state * 6364136223846793005u + 1442695040888963407u;
			piece = pieces[(state >> 40) % PIECES];
			if ((state >> 33) % 16 == 0)
				data[size++] = (uint8_t)(state >> 56);
			else
				for (; *piece != '\0'; piece++)
					data[size++] = (uint8_t)*piece;
		}
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}

FUZZ_MAIN(play)
