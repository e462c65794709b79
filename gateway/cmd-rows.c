/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd-rows.h"

#include <string.h>

#include "log.h"

/* PostgreSQL's own, fixed: pg_type.dat. */
enum { OID_BOOL = 16, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23 };

#define COLUMNS_MAX 32

static bool
is_number(const char *column)
{
	size_t len = strlen(column);

	return len >= 7 && strcmp(column + len - 7, "_number") == 0;
}

const char *
cmd_value(const PGresult *rows, int row, int column)
{
	const char *value = PQgetvalue(rows, row, column);

	if (PQgetisnull(rows, row, column))
		return NULL;
	return is_number(PQfname(rows, column)) ? log_number(value) : value;
}

/* --- --- for programs --- */

static void
value_json(struct json *json, const PGresult *rows, int row, int column)
{
	const char *name = PQfname(rows, column), *value = cmd_value(rows, row, column);
	Oid type = PQftype(rows, column);

	if (value == NULL)
		json_raw(json, name, "null");
	else if (type == OID_BOOL)
		json_bool(json, name, value[0] == 't');
	else if (type == OID_INT2 || type == OID_INT4 || type == OID_INT8)
		json_raw(json, name, value);
	else
		json_string(json, name, value);
}

void
cmd_row_json_members(struct json *json, const PGresult *rows, int row)
{
	for (int column = 0; column < PQnfields(rows); column++)
		value_json(json, rows, row, column);
}

void
cmd_row_json(struct json *json, const char *name, const PGresult *rows, int row)
{
	json_object(json, name);
	cmd_row_json_members(json, rows, row);
	json_object_end(json);
}

void
cmd_rows_json(struct json *json, const char *name, const PGresult *rows)
{
	json_array(json, name);
	for (int row = 0; row < PQntuples(rows); row++)
		cmd_row_json(json, NULL, rows, row);
	json_array_end(json);
}

/* --- --- for people --- */

static const char *
shown(const PGresult *rows, int row, int column)
{
	const char *value = cmd_value(rows, row, column);

	if (value == NULL)
		return "";
	if (PQftype(rows, column) == OID_BOOL)
		return value[0] == 't' ? "yes" : "no";
	return value;
}

int
cmd_width(const char *s)
{
	int count = 0;

	for (; *s != '\0'; s++)
		count += (*s & 0xC0) != 0x80;
	return count;
}

/* The widest value of each column, 0 for one that is blank in every row. */
static void
measure(const PGresult *rows, int widths[COLUMNS_MAX])
{
	for (int column = 0; column < PQnfields(rows) && column < COLUMNS_MAX; column++) {
		int heading = cmd_width(PQfname(rows, column));

		widths[column] = 0;
		for (int row = 0; row < PQntuples(rows); row++) {
			int w = cmd_width(shown(rows, row, column));

			if (w > 0 && w < heading)
				w = heading;
			if (w > widths[column])
				widths[column] = w;
		}
	}
}

static void
print_cell(FILE *out, const char *value, int padded)
{
	int w = cmd_width(value);

	for (; *value != '\0'; value++)
		fputc((unsigned char)*value < 0x20 || *value == 0x7F ? ' ' : *value, out);
	for (; w < padded; w++)
		fputc(' ', out);
}

/* row -1 is the heading. */
static void
print_row(FILE *out, const PGresult *rows, int row, const int widths[COLUMNS_MAX], int last)
{
	for (int column = 0; column <= last; column++) {
		const char *value = row == -1 ? PQfname(rows, column) : shown(rows, row, column);

		if (widths[column] > 0)
			print_cell(out, value, column == last ? 0 : widths[column] + 2);
	}
	fputc('\n', out);
}

void
cmd_rows_table(FILE *out, const PGresult *rows)
{
	int widths[COLUMNS_MAX] = { 0 }, last = -1;

	measure(rows, widths);
	for (int column = 0; column < PQnfields(rows) && column < COLUMNS_MAX; column++)
		if (widths[column] > 0)
			last = column;
	for (int row = -1; row < PQntuples(rows) && last >= 0; row++)
		print_row(out, rows, row, widths, last);
}

int
cmd_rows_print(const struct command *command, PGresult *rows, bool as_json, const char *nothing)
{
	struct json json;

	if (rows == NULL)
		return COMMAND_FAILED;
	if (as_json) {
		json_begin(&json, stdout);
		cmd_rows_json(&json, NULL, rows);
		json_end(&json);
	} else {
		cmd_rows_table(stdout, rows);
		if (PQntuples(rows) == 0 && nothing != NULL)
			fprintf(stderr, "baraza %s: %s\n", command->name, nothing);
	}
	PQclear(rows);
	return COMMAND_DONE;
}
