/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.h - what a person types, line by line, while other lines appear above it.
 *
 * On a terminal it edits the line itself (backspace, Ctrl-U, Ctrl-W, Ctrl-D), so that a message
 * which comes meanwhile does not tear it.  On a pipe it only reads.
 */
#ifndef SIM_LINE_H
#define SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_SIZE 4096

struct line {
	bool edits; /* standard input and output are a terminal */
	bool ended; /* end of input */
	char typed[LINE_SIZE];
	size_t len;
};

/* Prepares the terminal, which line_close() and a signal restore. */
void line_open(struct line *l);
void line_close(struct line *l);

/* Reads what there is and calls `each` with every whole line. */
void line_read(struct line *l, void (*each)(void *arg, const char *line), void *arg);

/* Prints a line above the one that is typed. */
void line_print(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Shows the prompt, and what is typed so far. */
void line_prompt(const struct line *l);

#endif
