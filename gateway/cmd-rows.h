/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-rows: PostgreSQL's rows as people and programs read them.
 *
 * What it is: a column whose name ends in _number holds a phone number (or an IMSI), which is
 * masked. Every other column's name is the JSON key and the table's heading.
 */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "command.h"
#include "json.h"

/* A row as an object: whole numbers and booleans by their column's type, NULL as null, else
 * strings. */
void cmd_row_json(struct json *json, const char *name, const PGresult *rows, int row);
/* The same without its braces, into an object that is open. */
void cmd_row_json_members(struct json *json, const PGresult *rows, int row);
/* All rows as an array of objects. */
void cmd_rows_json(struct json *json, const char *name, const PGresult *rows);

/*
 * All rows as a table with a heading, columns aligned; nothing when there are none. NULL is left
 * blank, a boolean is yes or no, and a column that is blank in every row is left out. Control
 * characters are blanks.
 */
void cmd_rows_table(FILE *out, const PGresult *rows);

/*
 * The answer of a command that shows rows: as JSON, or as a table, and where there are none the
 * words for that on standard error (NULL: none). Frees rows. Returns the exit code; rows NULL: the
 * query failed, which was told.
 */
int cmd_rows_print(
	const struct command *command, PGresult *rows, bool as_json, const char *nothing);

/* A text's characters, each taken for one column of the screen or the page. */
int cmd_width(const char *s);

/* A value, masked if its column says so; NULL for NULL; borrowed until eight more have been asked
 * for. */
const char *cmd_value(const PGresult *rows, int row, int column);

#endif
