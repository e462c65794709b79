/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-report: the council's account of a month, as a page, as one table for a spreadsheet, or as
 * JSON. All figures are SQL's (sql/functions/65-account.sql); here they are only written down. A
 * section's first columns are labels, whose NULL is "all of them"; the others are its figures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "json.h"

enum part { TOTALS, TICKETS, TRAYS, SMS, TAXES, PARTS };

static const struct {
	const char *name, *heading, *sql;
	int labels;
} parts[PARTS] = {
	[TOTALS] = { "totals", "The month",
		"SELECT * FROM account_totals($1::timestamptz, $2::timestamptz, $3::numeric)", 0 },
	[TICKETS] = { "tickets", "Tickets",
		"SELECT * FROM account_tickets($1::timestamptz, $2::timestamptz)", 2 },
	[TRAYS] = { "trays", "What waits for a person",
		"SELECT * FROM account_trays($1::timestamptz, $2::timestamptz)", 1 },
	[SMS] = { "sms", "SMS, and their cost",
		"SELECT * FROM account_sms($1::timestamptz, $2::timestamptz, $3::numeric)", 1 },
	[TAXES] = { "taxes", "Taxes, and what reminders brought in",
		"SELECT * FROM account_taxes($1::timestamptz, $2::timestamptz)", 1 },
};

/* The month's row: account_month(). */
enum { MONTH, BEGINS, ENDS, BEGUN, OVER, MADE };

/* PostgreSQL's own, fixed: pg_type.dat. */
enum { OID_INT8 = 20, OID_NUMERIC = 1700 };

struct wish {
	const char *file, *month;
	bool csv, json;
};

struct account {
	const struct config *config;
	PGresult *month;
	PGresult *rows[PARTS];
};

static const char *
of_month(const struct account *account, int column)
{
	return PQgetvalue(account->month, 0, column);
}

static bool
is_cost(const char *figure)
{
	return strcmp(figure, "cost") == 0;
}

/* --- --- a page --- */

static void
pad(int count)
{
	printf("%*s", count > 0 ? count : 0, "");
}

/* With blanks for underscores, and for what is no character. */
static void
print_words(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		putchar(name[i] == '_' || (unsigned char)name[i] < ' ' ? ' ' : name[i]);
}

static const char *
cell(const PGresult *rows, int row, int column, int labels)
{
	if (PQgetisnull(rows, row, column))
		return column < labels ? "all" : "-";
	return PQgetvalue(rows, row, column);
}

/* Where the last word of a name begins. */
static size_t
last_word(const char *name)
{
	const char *blank = strrchr(name, '_');

	return blank != NULL ? (size_t)(blank - name) + 1 : 0;
}

static int
column_width(const PGresult *rows, int column, int labels)
{
	const char *name = PQfname(rows, column);
	size_t below = last_word(name);
	int widest = cmd_width(name + below);

	if (below > 0 && (int)below - 1 > widest)
		widest = (int)below - 1;
	for (int row = 0; row < PQntuples(rows); row++) {
		int w = cmd_width(cell(rows, row, column, labels));

		if (w > widest)
			widest = w;
	}
	return widest;
}

/* The first bytes of a text, in a column: text stands left, figures right. */
static void
print_cell(const char *value, size_t length, int wide, bool left)
{
	int blanks = wide;

	for (size_t i = 0; i < length; i++)
		blanks -= (value[i] & 0xC0) != 0x80;
	if (!left)
		pad(blanks);
	print_words(value, length);
	if (left)
		pad(blanks);
}

/* Of a heading's words the last stands below the others. */
static void
print_heading(const char *name, bool below, int wide, bool left)
{
	size_t last = last_word(name);

	if (below)
		print_cell(name + last, strlen(name + last), wide, left);
	else
		print_cell(name, last > 0 ? last - 1 : 0, wide, left);
}

/* Does a heading of these have more than one word? */
static bool
is_high(const PGresult *rows)
{
	for (int column = 0; column < PQnfields(rows); column++)
		if (last_word(PQfname(rows, column)) > 0)
			return true;
	return false;
}

static void
print_table(const PGresult *rows, int labels)
{
	for (int line = is_high(rows) ? -2 : -1; line < PQntuples(rows); line++) {
		for (int column = 0; column < PQnfields(rows); column++) {
			int wide = column_width(rows, column, labels);
			bool left = column < labels;
			const char *value;

			pad(column > 0 ? 2 : 0);
			if (line < 0) {
				print_heading(PQfname(rows, column), line == -1, wide, left);
				continue;
			}
			value = cell(rows, line, column, labels);
			print_cell(value, strlen(value), wide, left);
		}
		putchar('\n');
	}
}

/* The one row as lines. */
static void
print_list(const struct account *account, const PGresult *row)
{
	int wide = 0, value_wide = 0;

	for (int column = 0; column < PQnfields(row); column++) {
		int w = cmd_width(PQfname(row, column)), v = cmd_width(cell(row, 0, column, 0));

		wide = w > wide ? w : wide;
		value_wide = v > value_wide ? v : value_wide;
	}
	for (int column = 0; column < PQnfields(row); column++) {
		const char *name = PQfname(row, column), *value = cell(row, 0, column, 0);

		print_words(name, strlen(name));
		pad(wide + 2 + value_wide - cmd_width(name) - cmd_width(value));
		printf("%s%s%s\n", value, is_cost(name) ? " " : "",
			is_cost(name) ? account->config->currency : "");
	}
}

static void
print_page(const struct account *account)
{
	printf("%s: the account of %s\n", account->config->city, of_month(account, MONTH));
	printf("made %s%s\n", of_month(account, MADE),
		of_month(account, OVER)[0] == 't' ? "" : "; the month is not over");
	for (enum part part = 0; part < PARTS; part++) {
		printf("\n%s\n\n", parts[part].heading);
		if (PQntuples(account->rows[part]) == 0)
			printf("none\n");
		else if (part == TOTALS)
			print_list(account, account->rows[part]);
		else
			print_table(account->rows[part], parts[part].labels);
	}
}

/* --- --- a table for a spreadsheet --- */

/* A spreadsheet takes what begins with = + - @ for a formula: an apostrophe is put before. */
static bool
is_formula(const char *text)
{
	const char *sign = text + strspn(text, "'");

	return *sign != '\0' && strchr("=+-@", *sign) != NULL && strcmp(text, "-") != 0;
}

static void
print_quoted(const char *text)
{
	putchar('"');
	if (is_formula(text))
		putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static bool
ends_with(const char *name, const char *tail)
{
	size_t length = strlen(name), tail_length = strlen(tail);

	return length >= tail_length && strcmp(name + length - tail_length, tail) == 0;
}

static const char *
unit_of(const struct account *account, const char *figure)
{
	if (is_cost(figure))
		return account->config->currency;
	if (ends_with(figure, "_hours"))
		return "hours";
	if (ends_with(figure, "_percent"))
		return "percent";
	return strcmp(figure, "oldest") == 0 ? "date" : "";
}

/* A row a figure. A label that is all of them is an empty cell, and so is a figure there is none
 * of. */
static void
print_csv(const struct account *account)
{
	printf("section,what,zone,measure,value,unit\n");
	for (enum part part = 0; part < PARTS; part++) {
		const PGresult *rows = account->rows[part];
		int labels = parts[part].labels, columns = PQnfields(rows);

		for (int i = 0; i < PQntuples(rows) * (columns - labels); i++) {
			int row = i / (columns - labels), column = labels + i % (columns - labels);
			const char *figure = PQfname(rows, column);

			printf("%s,", parts[part].name);
			for (int label = 0; label < 2; label++) {
				if (label < labels && !PQgetisnull(rows, row, label))
					print_quoted(PQgetvalue(rows, row, label));
				putchar(',');
			}
			printf("%s,%s,%s\n", figure, PQgetvalue(rows, row, column),
				unit_of(account, figure));
		}
	}
}

/* --- --- JSON --- */

static void
json_cells(struct json *json, const PGresult *rows, int row, int first)
{
	for (int column = first; column < PQnfields(rows); column++) {
		const char *name = PQfname(rows, column), *value = PQgetvalue(rows, row, column);
		Oid type = PQftype(rows, column);

		if (PQgetisnull(rows, row, column))
			json_raw(json, name, "null");
		else if (type == OID_INT8 || type == OID_NUMERIC)
			json_raw(json, name, value);
		else
			json_string(json, name, value);
	}
}

/* Rows of one label; the row of all of them is among the totals. */
static void
json_section(struct json *json, enum part part, const PGresult *rows)
{
	json_array(json, parts[part].name);
	for (int row = 0; row < PQntuples(rows); row++) {
		if (PQgetisnull(rows, row, 0))
			continue;
		json_object(json, NULL);
		json_cells(json, rows, row, 0);
		json_object_end(json);
	}
	json_array_end(json);
}

/* What tickets are about, each with its zones. The row of all zones comes behind theirs. */
static void
json_tickets(struct json *json, const PGresult *rows)
{
	json_array(json, parts[TICKETS].name);
	for (int row = 0, first = 0; row < PQntuples(rows); row++) {
		if (PQgetisnull(rows, row, 0) || !PQgetisnull(rows, row, 1))
			continue;
		json_object(json, NULL);
		json_string(json, "what", PQgetvalue(rows, row, 0));
		json_cells(json, rows, row, parts[TICKETS].labels);
		json_array(json, "zones");
		for (; first < row; first++) {
			json_object(json, NULL);
			json_cells(json, rows, first, 1);
			json_object_end(json);
		}
		first = row + 1;
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
print_json(const struct account *account)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "city", account->config->city);
	json_string(&json, "month", of_month(account, MONTH));
	json_bool(&json, "over", of_month(account, OVER)[0] == 't');
	json_string(&json, "made", of_month(account, MADE));
	json_string(&json, "currency", account->config->currency);
	json_object(&json, parts[TOTALS].name);
	json_cells(&json, account->rows[TOTALS], 0, 0);
	json_object_end(&json);
	json_tickets(&json, account->rows[TICKETS]);
	json_section(&json, TRAYS, account->rows[TRAYS]);
	json_section(&json, SMS, account->rows[SMS]);
	json_section(&json, TAXES, account->rows[TAXES]);
	json_object_end(&json);
	json_end(&json);
}

/* --- --- asking --- */

/* All sections as of one moment. COMMAND_DONE, or after telling another code. */
static int
ask(struct account *account, PGconn *db, const char *month)
{
	const struct command *command = &cmd_report_command;
	char cost[64];

	/* Plans of so many small steps take longer to compile than to run. */
	if (cmd_execute(command, db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") == -1 ||
		cmd_execute(command, db, "SET LOCAL jit = off") == -1)
		return COMMAND_FAILED;
	account->month = cmd_query(command, db, "SELECT * FROM account_month($1)", 1, &month);
	if (account->month == NULL)
		return COMMAND_FAILED;
	if (of_month(account, BEGUN)[0] != 't')
		return cmd_refuse(command, "%s has not begun", of_month(account, MONTH));
	snprintf(cost, sizeof cost, "%.6f", account->config->sms_cost);
	const char *params[] = { of_month(account, BEGINS), of_month(account, ENDS), cost };
	for (enum part part = 0; part < PARTS; part++) {
		int count = strstr(parts[part].sql, "$3") != NULL ? 3 : 2;

		account->rows[part] = cmd_query(command, db, parts[part].sql, count, params);
		if (account->rows[part] == NULL)
			return COMMAND_FAILED;
	}
	return COMMAND_DONE;
}

static int
tell(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	struct account account = { .config = config };
	int code = ask(&account, db, wish->month);

	if (code == COMMAND_DONE && wish->csv)
		print_csv(&account);
	else if (code == COMMAND_DONE && wish->json)
		print_json(&account);
	else if (code == COMMAND_DONE)
		print_page(&account);
	PQclear(account.month);
	for (enum part part = 0; part < PARTS; part++)
		PQclear(account.rows[part]);
	return code;
}

/* "2026-11" */
static bool
is_month(const char *word)
{
	const char digits[] = "0123456789";
	int month;

	if (strlen(word) != 7 || strspn(word, digits) != 4 || word[4] != '-' ||
		strspn(word + 5, digits) != 2)
		return false;
	month = atoi(word + 5);
	return month >= 1 && month <= 12 && atoi(word) >= 2000;
}

static int
run(int argc, char **argv)
{
	const struct command *command = &cmd_report_command;
	struct wish wish = { .csv = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "month", .value = &wish.month },
		{ .name = "csv", .flag = &wish.csv },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};

	if (cmd_only_options(command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	if (wish.month != NULL && !is_month(wish.month))
		return cmd_usage(command, "--month wants a year and a month, as 2026-11");
	if (wish.csv && wish.json)
		return cmd_usage(command, "--csv and --json exclude each other");
	return cmd_work(
		command, &(struct cmd_work){ .file = wish.file, .work = tell, .arg = &wish });
}

const struct command cmd_report_command = {
	.name = "report",
	.summary = "The council's account of a month.",
	.usage = "[-c FILE] [--month YYYY-MM] [--csv | --json]",
	.help = "  -c, --config FILE     the configuration\n"
		"      --month YYYY-MM   that month; without it the last one that is over\n"
		"      --csv             one table, a figure a row: section,what,zone,measure,value,unit\n"
		"      --json            one object: city, month, over, made, currency, totals, tickets,\n"
		"                        trays, sms, taxes\n"
		"Reports, persons, tickets and how soon they were fixed, what waits, SMS and their cost,\n"
		"what was due of taxes, what was collected, and what came after reminders.\n"
		"Restricted tickets are nowhere in it.\n",
	.run = run,
};
