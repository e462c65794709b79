/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv: reads tables as spreadsheets save them (RFC 4180), strictly, row by row.
 *
 * What it is: a reader of one stream of UTF-8, with or without a byte order mark. The first row is
 * the header, and the first comma or semicolon in it that stands outside quotes is the separator of
 * the whole file. A cell that begins with a quote ends with one, holds separators and line breaks
 * as they are, and a quote as two. Lines end with LF or CRLF. Rows whose cells are all empty are
 * passed over, since spreadsheets leave them behind. Memory is constant.
 *
 * What it is not: it knows no columns' names and no types, and trims nothing.
 *
 * A row with a fault is told with the reason and costs no other: reading goes on with the next
 * line.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CSV_COLUMNS_MAX 64
#define CSV_ROW_MAX 65536 /* bytes of a row's cells, each with an end of its own */

enum csv_got {
	CSV_ROW,    /* the row is whole */
	CSV_FAULT,  /* row.line, and row.fault says what is wrong with it and what to do */
	CSV_END,    /* nothing is left */
	CSV_FAILED, /* the stream cannot be read, errno says why; nothing more comes */
};

struct csv_row {
	unsigned line; /* where the row begins, from 1; lines within quotes count */
	size_t count;  /* cells: as many as the header has */
	const char *
		cell[CSV_COLUMNS_MAX]; /* NUL-terminated valid UTF-8, borrowed until the next row */
	const char *fault;             /* static or borrowed likewise; NULL unless CSV_FAULT */
};

struct csv;

/* A reader of a stream, which is borrowed. NULL: out of memory. */
struct csv *csv_new(FILE *in);
void csv_free(struct csv *csv);

/*
 * The next row into *out; the first is the header. Behind a header with a fault all rows are as
 * long as they like.
 */
enum csv_got csv_read(struct csv *csv, struct csv_row *out) __attribute__((warn_unused_result));

/*
 * The next item of a list "a|b|c": its start, and its length into *length; moves *at behind it.
 * NULL when there is none left: an empty text is a list of nothing.
 */
const char *csv_item(const char **at, size_t *length);

/*
 * A text's cell as `baraza export` guards it: a spreadsheet takes what begins with = + - @ for a
 * formula, so an apostrophe is put before; one is put before a text whose own apostrophes stand
 * before such a sign, too. This takes one away again where it guards something. Returns the text's
 * start within the cell.
 */
const char *csv_unguarded(const char *cell);

#endif
