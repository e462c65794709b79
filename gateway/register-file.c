/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register-file: a register's file, read into rows for COPY. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "register.h"

#define CHUNK_MAX \
	(1024 * 1024)     /* bytes of rows that are put at once; a row takes a quarter at most */
#define ROWS_A_LOOK 1000  /* between two calls of progress() */
#define LINE_MAX_BYTES 16 /* of a row's line and its tab */
#define NO_CELL SIZE_MAX  /* the file lacks the column */

struct copy {
	const struct register_reading *reading;
	size_t columns;
	size_t cell_of[REGISTER_COLUMNS_MAX]; /* the register's column -> the file's */
	size_t length;
	char chunk[CHUNK_MAX];
};

/* --- the header --- */

static bool
is_name(const char *cell, const char *name)
{
	size_t blanks = strspn(cell, " \t"), length = strlen(name);

	return strncasecmp(cell + blanks, name, length) == 0 &&
		cell[blanks + length + strspn(cell + blanks + length, " \t")] == '\0';
}

static void
all_names(const struct city_register *what, char *out, size_t size)
{
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0; what->column[i].name != NULL && length < size; i++)
		length += (size_t)snprintf(out + length, size - length, "%s%s", i > 0 ? "," : "",
			what->column[i].name);
}

/* How the file calls the register's i-th column; NULL when it does not hold it. */
static const char *
header_of(const struct copy *copy, size_t i)
{
	const struct register_map *map = copy->reading->map;

	if (map->value[i] != NULL)
		return NULL;
	return map->header[i] != NULL ? map->header[i] : copy->reading->what->column[i].name;
}

/* Without a map, every column is one of the register's. */
static void
check_known(struct copy *copy, const struct csv_row *row, const char *names)
{
	const struct register_reading *reading = copy->reading;

	for (size_t cell = 0; cell < row->count && !reading->map->given; cell++) {
		bool known = false;

		for (size_t i = 0; i < copy->columns; i++)
			known |= is_name(row->cell[cell], reading->what->column[i].name);
		if (!known)
			register_fault_add(reading->faults, row->line, NULL,
				"unknown column '%.60s'; the columns of %s are %s", row->cell[cell],
				reading->what->name, names);
	}
}

/* May the file be without the register's i-th column? Not, when the map names it. */
static bool
may_be_lacking(const struct copy *copy, size_t i)
{
	const struct city_register *what = copy->reading->what;

	return what->optional != NULL && strcmp(what->column[i].name, what->optional) == 0 &&
		copy->reading->map->header[i] == NULL;
}

/* Finds each of the register's columns once, and no other; those that may lack, once at most.
 * Returns 0, or -1 with faults added. */
static int
read_header(struct copy *copy, const struct csv_row *row)
{
	const struct register_reading *reading = copy->reading;
	size_t faults = reading->faults->count;
	char names[200];

	all_names(reading->what, names, sizeof names);
	check_known(copy, row, names);
	for (size_t i = 0; i < copy->columns; i++) {
		const char *header = header_of(copy, i);
		size_t found = header == NULL;

		copy->cell_of[i] = NO_CELL;
		for (size_t cell = 0; cell < row->count && header != NULL; cell++) {
			if (!is_name(row->cell[cell], header))
				continue;
			copy->cell_of[i] = cell;
			found++;
		}
		if (found != 1 && !(found == 0 && may_be_lacking(copy, i)))
			register_fault_add(reading->faults, row->line, NULL,
				"column '%s' %s; the columns of %s are %s", header,
				found == 0 ? "is missing" : "comes more than once",
				reading->what->name, names);
	}
	return reading->faults->count == faults ? 0 : -1;
}

/* --- rows --- */

static int
flush(struct copy *copy)
{
	size_t length = copy->length;

	copy->length = 0;
	return length == 0 ? 0 : copy->reading->put(copy->reading->arg, copy->chunk, length);
}

/* A value as COPY's text format takes it; there is room. */
static void
put_value(struct copy *copy, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\\')
			copy->chunk[copy->length++] = '\\';
		copy->chunk[copy->length++] =
			*value; /* without tabs and line breaks: it is clean */
	}
}

/* Where a place lies is told by both or by neither. */
static void
check_both(struct copy *copy, const struct csv_row *row, unsigned given)
{
	const struct register_column *column = copy->reading->what->column;

	for (size_t i = 0; i + 1 < copy->columns; i++) {
		bool lat = given >> i & 1, lon = given >> (i + 1) & 1;

		if (column[i].type == REGISTER_LATITUDE && lat != lon)
			register_fault_add(copy->reading->faults, row->line,
				column[lat ? i + 1 : i].name,
				"is empty, but %s is not; fill in both or neither",
				column[lat ? i : i + 1].name);
	}
}

/* A cell of the register's i-th column, as the file or the map has it. */
static const char *
cell_at(const struct copy *copy, const struct csv_row *row, size_t i)
{
	const char *constant = copy->reading->map->value[i];

	if (constant != NULL)
		return constant;
	return copy->cell_of[i] != NO_CELL ? row->cell[copy->cell_of[i]] : "";
}

/* The row's currency, which its amounts are read by; NULL when the register has none, or when it is
 * faulty. */
static const char *
row_currency(const struct copy *copy, const struct csv_row *row)
{
	const struct register_column *column = copy->reading->what->column;
	static char currency[REGISTER_VALUE_MAX];

	for (size_t i = 0; i < copy->columns; i++)
		if (column[i].type == REGISTER_CURRENCY)
			return register_cell(&column[i], copy->reading->config, NULL,
				       cell_at(copy, row, i), currency) == 0
				? currency
				: NULL;
	return NULL;
}

/* Returns 0, or -1 when it could not be put. */
static int
read_row(struct copy *copy, const struct csv_row *row)
{
	const struct register_reading *reading = copy->reading;
	const struct register_column *column = reading->what->column;
	const char *currency = row_currency(copy, row);
	static char value[REGISTER_VALUE_MAX];
	unsigned given = 0;

	if (copy->length > CHUNK_MAX - LINE_MAX_BYTES - copy->columns * 2 * REGISTER_VALUE_MAX &&
		flush(copy) == -1)
		return -1;
	copy->length += (size_t)sprintf(copy->chunk + copy->length, "%u", row->line);
	for (size_t i = 0; i < copy->columns; i++) {
		int got = register_cell(
			&column[i], reading->config, currency, cell_at(copy, row, i), value);

		copy->chunk[copy->length++] = '\t';
		given |= (got != 1) << i;
		if (got == -1)
			register_fault_add(reading->faults, row->line, column[i].name, "%s", value);
		put_value(copy, got == 0 ? value : "");
		if (got != 0)
			copy->length += (size_t)sprintf(copy->chunk + copy->length, "\\N");
	}
	copy->chunk[copy->length++] = '\n';
	check_both(copy, row, given);
	return 0;
}

/* The rows behind the header. Returns their number, or -1. */
static long
read_rows(struct copy *copy, struct csv *csv)
{
	const struct register_reading *reading = copy->reading;
	struct csv_row row;
	enum csv_got got;
	long rows = 0;

	while ((got = csv_read(csv, &row)) == CSV_ROW || got == CSV_FAULT) {
		rows++;
		errno = 0;
		if (got == CSV_FAULT)
			register_fault_add(reading->faults, row.line, NULL, "%s", row.fault);
		else if (read_row(copy, &row) == -1)
			return -1;
		if (rows % ROWS_A_LOOK == 0)
			reading->progress(reading->arg, (unsigned long)rows);
	}
	if (got == CSV_FAILED)
		return -1;
	errno = 0;
	return flush(copy) == 0 ? rows : -1;
}

static long
read_file(struct copy *copy, struct csv *csv)
{
	struct csv_row row;
	char names[200];

	switch (csv_read(csv, &row)) {
	case CSV_ROW:
		return read_header(copy, &row) == 0 ? read_rows(copy, csv) : 0;
	case CSV_FAULT:
		register_fault_add(copy->reading->faults, row.line, NULL, "%s", row.fault);
		return 0;
	case CSV_END:
		all_names(copy->reading->what, names, sizeof names);
		register_fault_add(copy->reading->faults, 1, NULL,
			"the file is empty; its first line names the columns %s", names);
		return 0;
	case CSV_FAILED:
		break;
	}
	return -1;
}

long
register_read(const struct register_reading *reading)
{
	struct copy *copy = calloc(1, sizeof *copy);
	struct csv *csv = csv_new(reading->in);
	long rows = -1;

	if (copy == NULL || csv == NULL) {
		errno = ENOMEM;
	} else {
		copy->reading = reading;
		while (reading->what->column[copy->columns].name != NULL)
			copy->columns++;
		rows = read_file(copy, csv);
	}
	csv_free(csv);
	free(copy);
	return rows;
}
