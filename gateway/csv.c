/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FAULT_MAX 200

/* Where the reader stands in a cell. */
enum place {
	CELL_BEGIN,
	CELL_PLAIN,
	CELL_QUOTED,
	CELL_CLOSED, /* behind the quote that may have closed it */
};

struct csv {
	FILE *in;
	unsigned line;    /* of the next character */
	int separator;    /* 0: the header has not shown it yet */
	size_t columns;   /* of the header; 0: not known */
	bool begun;       /* the byte order mark has been looked for */
	bool header_done; /* also when it had a fault */
	size_t length;    /* of buf */
	size_t start[CSV_COLUMNS_MAX];
	size_t count; /* cells that are closed */
	char fault[FAULT_MAX];
	char buf[CSV_ROW_MAX];
};

struct csv *
csv_new(FILE *in)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (csv == NULL)
		return NULL;
	csv->in = in;
	csv->line = 1;
	return csv;
}

void
csv_free(struct csv *csv)
{
	free(csv);
}

/* --- characters --- */

static int
next(struct csv *csv)
{
	int c = getc_unlocked(csv->in);

	csv->line += c == '\n';
	return c;
}

static int
peek(struct csv *csv)
{
	int c = getc_unlocked(csv->in);

	if (c != EOF)
		ungetc(c, csv->in);
	return c;
}

static void
skip_line(struct csv *csv, int last)
{
	while (last != '\n' && last != EOF)
		last = next(csv);
}

/* Passes over a byte order mark. Returns what is wrong with the stream's beginning, or NULL. */
static const char *
begin(struct csv *csv)
{
	int c = peek(csv);

	csv->begun = true;
	if (c == 0xFE || c == 0xFF || c == 0)
		return "this is not UTF-8; save it as \"CSV UTF-8\"";
	if (c != 0xEF)
		return NULL;
	getc_unlocked(csv->in);
	if (next(csv) == 0xBB && next(csv) == 0xBF)
		return NULL;
	return "the file begins with half a byte order mark; save it as \"CSV UTF-8\"";
}

/* --- cells --- */

/* 0, or -1 when the row is too long. */
static int
keep(struct csv *csv, int c)
{
	if (csv->length == CSV_ROW_MAX)
		return -1;
	csv->buf[csv->length++] = (char)c;
	return 0;
}

/* Closes the cell that is being read and begins the next. */
static int
close_cell(struct csv *csv)
{
	if (keep(csv, '\0') == -1)
		return -1;
	csv->count++;
	if (csv->count < CSV_COLUMNS_MAX)
		csv->start[csv->count] = csv->length;
	return 0;
}

static bool
separates(struct csv *csv, int c)
{
	if (csv->separator == 0 && !csv->header_done && (c == ',' || c == ';'))
		csv->separator = c;
	return c == csv->separator && csv->separator != 0;
}

static const char *const too_long =
	"the row is longer than 65536 bytes; see whether a quote is missing";
static const char *const too_many =
	"the row has more than 64 cells; see whether a line break is missing";
static const char *const unclosed =
	"a quote is opened and not closed; write a quote within a cell twice";
static const char *const behind =
	"something stands behind a closing quote; write a quote within a cell twice";
static const char *const within =
	"a quote stands within a cell that is not quoted; put the whole cell between quotes and write "
	"its quotes twice";
static const char *const lone_cr =
	"a carriage return stands without a line feed; save the file with the line ends of Windows or Unix";

/*
 * Takes one character. Returns NULL, or what is wrong; sets *end at the row's end.
 */
static const char *
take(struct csv *csv, enum place *place, int c, bool *end)
{
	if (*place == CELL_QUOTED) {
		if (c == EOF)
			return unclosed;
		if (c == '"')
			*place = CELL_CLOSED;
		else if (keep(csv, c) == -1)
			return too_long;
		return NULL;
	}
	if (*place == CELL_CLOSED && c == '"') {
		*place = CELL_QUOTED;
		return keep(csv, c) == -1 ? too_long : NULL;
	}
	if (c == '\r')
		return lone_cr;
	if (c == '\n' || c == EOF || separates(csv, c)) {
		if (csv->count == CSV_COLUMNS_MAX)
			return too_many;
		*end = c == '\n' || c == EOF;
		*place = CELL_BEGIN;
		return close_cell(csv) == -1 ? too_long : NULL;
	}
	if (*place == CELL_CLOSED)
		return behind;
	if (c == '"') {
		if (*place == CELL_PLAIN)
			return within;
		*place = CELL_QUOTED;
		return NULL;
	}
	*place = CELL_PLAIN;
	return keep(csv, c) == -1 ? too_long : NULL;
}

/* --- rows --- */

/* One row, from c on. Behind a fault the rest of the line it was found in is passed over. */
static const char *
read_row(struct csv *csv, int c)
{
	enum place place = CELL_BEGIN;
	const char *fault;
	bool end = false;

	csv->length = csv->count = csv->start[0] = 0;
	for (;; c = next(csv)) {
		if (c == '\r' && place != CELL_QUOTED && peek(csv) == '\n')
			c = next(csv);
		fault = take(csv, &place, c, &end);
		if (fault != NULL)
			skip_line(csv, c);
		if (fault != NULL || end)
			return fault;
	}
}

static bool
is_empty(const struct csv *csv)
{
	return csv->length == csv->count; /* their ends alone */
}

/* What is wrong with a row that was read. */
static const char *
check_row(struct csv *csv)
{
	for (size_t i = 0; i < csv->count; i++) {
		size_t stop = i + 1 < csv->count ? csv->start[i + 1] : csv->length;

		if (text_utf8_valid(csv->buf + csv->start[i], stop - csv->start[i] - 1))
			continue;
		snprintf(csv->fault, sizeof csv->fault,
			"cell %zu is not UTF-8; save the file as \"CSV UTF-8\"", i + 1);
		return csv->fault;
	}
	if (csv->columns == 0 || csv->count == csv->columns)
		return NULL;
	snprintf(csv->fault, sizeof csv->fault,
		"the row has %zu cell%s, the header %zu; put a cell that holds '%c' between quotes",
		csv->count, csv->count == 1 ? "" : "s", csv->columns,
		csv->separator != 0 ? csv->separator : ',');
	return csv->fault;
}

enum csv_got
csv_read(struct csv *csv, struct csv_row *out)
{
	const char *fault;
	unsigned line;

	do {
		int c;

		line = csv->line;
		fault = csv->begun ? NULL : begin(csv);
		c = next(csv);
		if (fault != NULL)
			skip_line(csv, c);
		else if (c == EOF)
			return ferror(csv->in) ? CSV_FAILED : CSV_END;
		else
			fault = read_row(csv, c);
	} while (fault == NULL && is_empty(csv));
	if (ferror(csv->in))
		return CSV_FAILED;
	if (fault == NULL)
		fault = check_row(csv);
	if (fault == NULL && !csv->header_done)
		csv->columns = csv->count;
	csv->header_done = true;
	*out = (struct csv_row){
		.line = line, .fault = fault, .count = fault == NULL ? csv->count : 0
	};
	for (size_t i = 0; i < out->count; i++)
		out->cell[i] = csv->buf + csv->start[i];
	return fault == NULL ? CSV_ROW : CSV_FAULT;
}

const char *
csv_item(const char **at, size_t *length)
{
	const char *item = *at;

	if (*item == '\0')
		return NULL;
	*length = strcspn(item, "|");
	*at = item + *length + (item[*length] == '|');
	return item;
}

const char *
csv_unguarded(const char *cell)
{
	size_t guards = strspn(cell, "'");

	return guards > 0 && cell[guards] != '\0' && strchr("=+-@\t\r", cell[guards]) != NULL
		? cell + 1
		: cell;
}
