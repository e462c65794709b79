/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-import-fault: in words, what sql/functions/70-, 72- and 82-*registers.sql find in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-import.h"

/* In words, {} is the value and {other} what it stands against. */
struct wording {
	const char *name;
	const char *words;
};

static const struct wording wordings[] = {
	{ "circle", "'{}' leads into a circle; leave the parent of the outermost empty" },
	{ "deep", "'{}' lies ten levels deep already; zones have ten at most" },
	{ "phone_taken",
		"is the phone of crew '{other}'; a crew is known by its phone, give each its own" },
	{ "no_crew",
		"'{}' is not known; import it first with `baraza import crews`, or correct it" },
	{ "no_zone",
		"'{}' is not known; import it first with `baraza import zones`, or correct it" },
	/* 82-tax-registers.sql */
	{ "no_key", "'{}' holds no letter and no digit" },
	{ "no_taxpayer",
		"'{}' is not known; import it first with `baraza import taxpayers`, or correct it" },
	{ "no_reason",
		"are others than this taxpayer has; the old ones are told of it: say why with "
		"--reason WORDS, or leave the cell empty to keep them" },
	{ "other_currency", "is '{}', but this bill is in {other}; a bill keeps its currency" },
	{ "paid_by_other",
		"is '{}', but '{other}' has paid this bill, in part at least; undo that first, or "
		"bill it anew" },
	{ "unlinked", "{} is left out: on {other} its holder said that it is not this taxpayer's" },
	{ "differs",
		"{} is not what this payment was told as, which is {other}; nothing of it is "
		"changed, it waits in the tray" },
	/* 72-alert-registers.sql */
	{ "no_way",
		"and number are both empty; an officer is known by one of them: fill one in, or "
		"say active no" },
	{ "login_of_other",
		"'{}' is officer '{other}' already; it is how a person is known, empty it there or "
		"give each her own" },
	{ "phone_of_other",
		"is the phone of officer '{other}' already; it is how a person is known, empty it "
		"there or give each her own" },
	{ "other_kind", "is '{}', but line {other} has another kind for this list; correct one" },
	{ "kind_changes", "is '{}' for the whole list from now on, which was '{other}'" },
};

/* The sign's length when the text begins with it, else 0. */
static size_t
mark(const char *at, const char *sign)
{
	size_t length = strlen(sign);

	return strncmp(at, sign, length) == 0 ? length : 0;
}

/* The wording with its values, in memory of its own. */
static char *
filled(const char *words, const char *value, const char *other)
{
	char *text = NULL;
	size_t length, skip = 1;
	FILE *out = open_memstream(&text, &length);

	for (const char *at = words; out != NULL && *at != '\0' && skip > 0; at += skip) {
		if ((skip = mark(at, "{}")) > 0)
			fputs(value != NULL ? value : "", out);
		else if ((skip = mark(at, "{other}")) > 0)
			fputs(other != NULL ? other : "", out);
		else
			skip = fwrite(at, 1, 1, out);
	}
	if (out == NULL || fclose(out) != 0)
		register_out_of_memory();
	return text;
}

/* A name that is written in another way, a row that comes twice: words that hang on what is there.
 */
static const char *
words_of(const char *name, const char *value, const char *other)
{
	if (strcmp(name, "twice") == 0)
		return value != NULL ? "'{}' stands in line {other} already; take one out"
				     : "stands in line {other} already; take one out";
	if (other != NULL && (strcmp(name, "no_crew") == 0 || strcmp(name, "no_zone") == 0))
		return "'{}' is not known; it is written '{other}'";
	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
		if (strcmp(wordings[i].name, name) == 0)
			return wordings[i].words;
	return name;
}

void
import_fault_add(struct register_faults *faults, const char *name, unsigned line, const char *is,
	const char *value, const char *other)
{
	char *text = filled(words_of(name, value, other), value, other);

	register_fault_add(faults, line, is, "%s", text);
	free(text);
}
