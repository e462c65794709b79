/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-example: values for a text's placeholders, for commands that show a text without anything
 * having happened.
 */
#ifndef CMD_EXAMPLE_H
#define CMD_EXAMPLE_H

#include <stddef.h>

#include "texts.h"

#define CMD_EXAMPLES_MAX 16
#define CMD_EXAMPLE_NAME_MAX 32

struct cmd_examples {
	struct text_value value[CMD_EXAMPLES_MAX + 1]; /* ends with name NULL */
	char name[CMD_EXAMPLES_MAX][CMD_EXAMPLE_NAME_MAX];
	char reference[CMD_EXAMPLES_MAX]
		      [sizeof((struct text_key *)0)->name + 1]; /* "@state_open" */
};

/*
 * Fill in one value for each name in a blank-separated list. A name with texts of its own ("state":
 * state_open, state_fixed, ...) gets the longest of them in that language; others as long as such
 * values usually get at most (a reference 5 characters, a place 24).
 */
void cmd_examples_longest(struct cmd_examples *examples, const struct texts *texts,
	const char *language, const char *placeholders);

/* The same with values as an ordinary message has them. */
void cmd_examples_typical(struct cmd_examples *examples, const char *placeholders);

/* The value of one name, to be put in its place. */
void cmd_examples_set(struct cmd_examples *examples, const char *name, const char *value);

#endif
