/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd-example.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define TEXT_BYTES_MAX 2048

/* The longest of a name that has texts of its own is found among them. */
static const struct {
	const char *name, *typical, *longest;
} known[] = {
	{ "category", "@category_water", "" },
	{ "state", "@state_open", "" },
	{ "reference", "4F7K", "WM7KX" },
	{ "place", "Kimironko", "Marché central, avenue 12" },
	{ "since", "22/11", "22/11" },
	{ "number", "+250788000001", "+250788000001" },
	{ "container", "147", "10147" },
	{ "count", "3", "1000" },
	{ "what", "@what_skip" TEXTS_VALUE "container" TEXTS_VALUE "147",
		"@what_place" TEXTS_VALUE "kind" TEXTS_VALUE "@category_light" TEXTS_VALUE
		"place" TEXTS_VALUE "Marché central, avenue 12" },
	{ "why", "", "@status_why" },
	{ "more", "", "" },
	{ "at", "Kimironko", "Marché central, avenue 12" }, /* a container's place */
	{ "job", "147", "10147" },
	{ "reports", "3", "120" },
	{ "messages", "12", "1200" },
	{ "when", "@when_today", "" },
	{ "hour", "08:00", "08:00" },
	{ "day", "24/11", "24/11" },
	{ "amount", "12 500 RWF", "1 250 000 RWF" },
	{ "open", "2 500 RWF", "250 000 RWF" },
	{ "credit", "2 500 RWF", "250 000 RWF" },
	{ "total", "15 000 RWF", "1 500 000 RWF" },
	{ "tax", "Patente", "Taxe de marché" },
	{ "till", "+250789000001", "+250789000001" },
	{ "how", "@tax_how_office",
		"@tax_how" TEXTS_VALUE "till" TEXTS_VALUE "+250789000001" TEXTS_VALUE
		"reference" TEXTS_VALUE "WM7KX" },
	{ "receipt", "K7Q2MR", "K7Q2MR" },
	{ "transaction", "DT85TH896", "CI260811.1140.E34298" },
};

#define UNKNOWN_TYPICAL "..."
#define UNKNOWN_LONGEST "a value of 16 ch"

static const char *
plain_value(const char *name, int longest)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return longest ? known[i].longest : known[i].typical;
	return longest ? UNKNOWN_LONGEST : UNKNOWN_TYPICAL;
}

/* How long a key's text is in that language, 0 for a key that is not "<name>_...". */
static size_t
length_of(const struct texts *texts, const char *language, const char *name, const char *key)
{
	static const struct text_value none[] = { { NULL, NULL } };
	size_t len = strlen(name);
	char text[TEXT_BYTES_MAX];

	if (strncmp(key, name, len) != 0 || key[len] != '_' ||
		texts_render(texts, language, key, none, text, sizeof text) == -1)
		return 0;
	return text_utf16_units(text);
}

/* The longest of a name's own texts as "@key"; NULL: it has none. */
static const char *
longest_own_text(
	struct cmd_examples *examples, size_t i, const struct texts *texts, const char *language)
{
	const struct text_key *key;
	size_t best = 0;

	for (size_t k = 0; (key = texts_key(texts, k)) != NULL; k++) {
		size_t length = length_of(texts, language, examples->name[i], key->name);

		if (length <= best)
			continue;
		best = length;
		snprintf(examples->reference[i], sizeof examples->reference[i], "@%s", key->name);
	}
	return best > 0 ? examples->reference[i] : NULL;
}

/* texts and language matter to the longest values only. */
static void
fill(struct cmd_examples *examples, const struct texts *texts, const char *language,
	const char *placeholders, int longest)
{
	size_t i = 0;

	while (i < CMD_EXAMPLES_MAX) {
		size_t len = strcspn(placeholders += strspn(placeholders, " "), " ");
		const char *own, *plain;

		if (len == 0)
			break;
		snprintf(examples->name[i], sizeof examples->name[i], "%.*s", (int)len,
			placeholders);
		plain = plain_value(examples->name[i], longest);
		own = longest && (plain[0] == '\0' || strcmp(plain, UNKNOWN_LONGEST) == 0)
			? longest_own_text(examples, i, texts, language)
			: NULL;
		examples->value[i].name = examples->name[i];
		examples->value[i].value = own != NULL ? own : plain;
		placeholders += len;
		i++;
	}
	examples->value[i].name = NULL;
}

void
cmd_examples_longest(struct cmd_examples *examples, const struct texts *texts, const char *language,
	const char *placeholders)
{
	fill(examples, texts, language, placeholders, 1);
}

void
cmd_examples_typical(struct cmd_examples *examples, const char *placeholders)
{
	fill(examples, NULL, NULL, placeholders, 0);
}

void
cmd_examples_set(struct cmd_examples *examples, const char *name, const char *value)
{
	for (struct text_value *v = examples->value; v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			v->value = value;
}
