/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-understand: whatever is sent, by whomever, with or without an open question, understand()
 * answers with what its header promises. Runs in the project's root, with the product's own words.
 *
 * fuzz.h tells how it is run; made inputs are words of the vocabulary, broken in many ways. With
 * libFuzzer: clang -fsanitize=fuzzer,address,undefined, this file, gateway's understand*.c
 * gazetteer.c text*.c config*.c log.c phone.c and handlers/[a-z]*.c, -lconfig -lpcre2-8 -lpq.
 */
#include <string.h>

#include "fuzz.h"
#include "gateway/text.h"
#include "gateway/understand.h"
#include "gateway/vocabulary.h"

enum { INPUT_MAX = 12000 };

static struct vocabulary *vocabulary;
static struct gazetteer *gazetteer;

static void
prepare(void)
{
	static const char *const names[] = { "Medina Coura", "Kimironko", "rue", "eau", "باب سويقة",
		"KN 5", "Polana Caniço A", "a b c d e f g", "", "۵۵۵", "l'Hippodrome" };
	struct config config = { .file = "fuzz.cfg",
		.languages = { "en", "fr", "pt", "ar", "sw", "wo", "tw", "ary" },
		.default_language = "fr",
		.services_dir = "conf/services" };
	struct config_errors errors = { 0 };

	vocabulary = vocabulary_load(&config, &errors);
	gazetteer = gazetteer_new();
	PROMISE(vocabulary != NULL && gazetteer != NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		PROMISE(gazetteer_add(gazetteer, (int64_t)i + 1, names[i]) == 0);
}

static bool
is_language(const char *code)
{
	static const char *const codes[] = { "en", "fr", "pt", "ar", "sw", "wo", "tw", "ary" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

static void
check_values(const struct form_values *values, size_t fields)
{
	for (size_t i = 0; i < SERVICE_FIELDS_MAX; i++) {
		size_t length = strnlen(values->value[i], SERVICE_VALUE_MAX);

		PROMISE(length < SERVICE_VALUE_MAX);
		PROMISE(text_utf8_valid(values->value[i], length));
		PROMISE(i < fields || length == 0);
	}
}

static void
check(const struct understanding *u, const struct asker *asker)
{
	size_t fields = 0;

	PROMISE(is_language(u->language));
	PROMISE(u->confidence >= 0 && u->confidence <= 100);
	PROMISE((u->service == NULL) == (u->by == BY_NOTHING));
	PROMISE(u->by != BY_ANSWER || u->service == asker->asked);
	if (u->service != NULL)
		while (u->service->fields != NULL && u->service->fields[fields].name != NULL)
			fields++;
	PROMISE(u->missing >= -1 && u->missing < (int)fields);
	if (u->missing >= 0)
		PROMISE(understand_is_missing(vocabulary, u->service, &u->values, u->missing));
	PROMISE(u->service == NULL || u->service->who != WHO_CREW || asker->crew);
	PROMISE(u->service == NULL || u->service->who != WHO_ASKED || asker->followups > 0 ||
		asker->asked == u->service);
	PROMISE(u->service == NULL || u->service->who != WHO_FILED || asker->filed ||
		asker->asked == u->service);
	PROMISE(u->service == NULL || u->service->who != WHO_OFFICER || asker->officer ||
		asker->asked == u->service);
	PROMISE(u->service == NULL || u->service->who != WHO_GAUGE || asker->gauge ||
		asker->asked == u->service);
	check_values(&u->values, fields);
	PROMISE(u->more_count <= UNDERSTAND_MORE_MAX);
	PROMISE(strnlen(u->beyond, sizeof(u->beyond)) < sizeof(u->beyond));
	for (size_t i = 0; i < u->more_count; i++) {
		PROMISE(u->more[i].service != NULL && u->more[i].service->files);
		check_values(&u->more[i].values, SERVICE_FIELDS_MAX);
	}
}

/* What was read is the text's own folding, as far as it was read. */
static void
check_reading(const char *text)
{
	static char clean[UNDERSTAND_TEXT_MAX + 1], folded[FOLDED_MAX];
	const struct scratch *s = &vocabulary->scratch;

	text_utf8_clean(clean, sizeof(clean), text, strnlen(text, UNDERSTAND_TEXT_MAX));
	PROMISE(text_fold(folded, sizeof(folded), clean) >= 0);
	PROMISE(strncmp(folded, s->folded, s->folded_length) == 0);
	PROMISE(s->token_count == TOKENS_MAX || strcmp(folded, s->folded) == 0);
}

/* The first two bytes say who asks; the rest is the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = { "", "fr", "ar", "xx" };
	struct form_values values = { 0 };
	struct asker asker = { .language = "" };
	struct understanding u;
	char *text;

	if (vocabulary == NULL)
		prepare();
	if (size < 2)
		return 0;
	asker.language = languages[data[0] % 4];
	if (data[0] & 4) {
		asker.asked = service_find(data[0] & 8 ? "complaint"
				: data[1] & 16         ? "skip"
						       : "language");
		asker.asked_field = data[0] & 8 ? data[0] >> 4 & 1 : data[1] & 16 ? 2 : 0;
		asker.asked_values = data[0] & 32 ? &values : NULL;
		if ((data[0] & 72) == 72)
			strcpy(values.value[!asker.asked_field], "water");
	}
	asker.crew = data[1] & 2;
	asker.helper = data[1] & 4;
	asker.followups = data[1] & 8;
	asker.filed = data[1] & 64;
	asker.officer = asker.gauge = data[1] & 128;
	asker.country = data[1] & 32 ? "RW" : NULL;
	text = malloc(size - 1);
	PROMISE(text != NULL);
	memcpy(text, data + 2, size - 2);
	text[size - 2] = '\0';
	understand(vocabulary, data[1] & 1 ? gazetteer : NULL, &asker, text, &u);
	check(&u, &asker);
	if (!asker.helper) /* her number is cut out of the text */
		check_reading(text);
	free(text);
	return 0;
}

/* --- Made inputs -------------------------------------------------------------------------------
 */

static uint64_t state;

static uint32_t
pick(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static size_t
add(char *out, size_t at, const char *bytes, size_t length)
{
	if (at + length > INPUT_MAX)
		return at;
	memcpy(out + at, bytes, length);
	return at + length;
}

static size_t
add_word(char *out, size_t at)
{
	static const char *const oddities[] = { "147", "no", "0788000009", "+250", "4F2K7",
		"bac١٤٧", ",", ".", "\n", "  ", "'", "٥", "e\xcc\x81", "\xff", "\xe2\x82", "ﷺ", "😀",
		"n°", "(", ")", "\xf0\x9f\x87\xb2", "5", "ﻻ", "ال", "وال", "ـ", "A", "\xc2\xa0" };
	const struct entry *entry = &vocabulary->entry[pick((uint32_t)vocabulary->entry_size)];

	if (pick(6) == 0) {
		const char *odd = oddities[pick(sizeof(oddities) / sizeof(oddities[0]))];

		return add(out, at, odd, strlen(odd));
	}
	if (entry->hash == 0)
		return at;
	return add(out, at, vocabulary->letters + entry->word.text, entry->word.length);
}

static size_t
make(char *out)
{
	size_t at = 2, words = 1 + pick(pick(20) == 0 ? 2500 : 14);

	out[0] = (char)pick(256);
	out[1] = (char)pick(256);
	for (size_t i = 0; i < words; i++) {
		at = add_word(out, at);
		if (pick(4) != 0)
			at = add(out, at, " ", 1);
	}
	for (uint32_t broken = pick(4); broken > 0 && at > 3; broken--)
		out[2 + pick((uint32_t)at - 2)] = (char)pick(256);
	return at;
}

static int
play(unsigned long count, uint64_t seed)
{
	static char input[INPUT_MAX];

	state = seed | 1;
	prepare();
	for (unsigned long i = 0; i < count; i++)
		LLVMFuzzerTestOneInput((const uint8_t *)input, make(input));
	gazetteer_free(gazetteer);
	vocabulary_free(vocabulary);
	printf("%lu inputs\n", count);
	return 0;
}

FUZZ_MAIN(play)
