/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-import: a register from a CSV file: all of it, in one transaction, or nothing.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd-common.h"
#include "cmd-import.h"
#include "json.h"
#include "monotonic.h"
#include "register.h"
#include "text.h"

#define BAR_AFTER_MS 700     /* a shorter import shows none */
#define BAR_AFTER_ROWS 20000 /* which the database takes a while for */
#define BAR_EACH_MS 100
#define BAR_WIDTH 30
#define OUTCOME_MAX 200
#define REASON_MAX 500

struct wish {
	const char *config_file, *file;
	const char *reason; /* why phones of taxpayers change; NULL: they do not */
	const char *map_words, *map_file, *set;
	const struct city_register *what;
	bool dry, json, silent;
};

struct bar {
	bool on, drawn;
	long long size; /* of the file in bytes; 0: unknown */
	int64_t begun_ms, drawn_ms;
};

struct import {
	struct wish wish;
	const struct config *config;
	PGconn *db;
	FILE *in;
	struct register_map map;
	struct register_faults faults, warnings;
	struct bar bar;
	long rows, added, changed;
	char outcome[OUTCOME_MAX]; /* of a statement: "; 3 booked, 1 waiting" */
};

/* --- the progress bar --- */

static void
bar_begin(struct import *import)
{
	struct stat st;

	import->bar = (struct bar){ .on = isatty(STDERR_FILENO) == 1, .begun_ms = monotonic_ms() };
	if (fstat(fileno(import->in), &st) == 0 && S_ISREG(st.st_mode))
		import->bar.size = st.st_size;
}

static void
bar_draw(struct import *import, unsigned long rows, const char *doing)
{
	static const char full[] = "##############################",
			  empty[] = "..............................";
	struct bar *bar = &import->bar;
	long long at = bar->size > 0 ? ftello(import->in) : 0;
	int done = at > 0 ? (int)(at * BAR_WIDTH / bar->size) : 0;

	if (done > BAR_WIDTH)
		done = BAR_WIDTH;
	if (bar->size > 0)
		fprintf(stderr, "\r[%.*s%.*s] %3d %%", done, full, BAR_WIDTH - done, empty,
			done * 100 / BAR_WIDTH);
	fprintf(stderr, "%s%lu rows %s\033[K", bar->size > 0 ? "  " : "\r", rows, doing);
	fflush(stderr);
	bar->drawn = true;
	bar->drawn_ms = monotonic_ms();
}

static void
bar_end(struct bar *bar)
{
	if (bar->drawn)
		fprintf(stderr, "\r\033[K");
	bar->drawn = false;
}

static void
reading(void *arg, unsigned long rows)
{
	struct import *import = arg;
	int64_t now = import->bar.on ? monotonic_ms() : 0;

	if (import->bar.on && now - import->bar.begun_ms >= BAR_AFTER_MS &&
		now - import->bar.drawn_ms >= BAR_EACH_MS)
		bar_draw(import, rows, "read");
}

/* What the database does with all rows takes its own time. */
static void
working(struct import *import, const char *doing)
{
	if (import->bar.drawn || (import->bar.on && import->rows >= BAR_AFTER_ROWS))
		bar_draw(import, (unsigned long)import->rows, doing);
}

/* --- telling --- */

static const char *
file_name(const struct import *import)
{
	return import->in == stdin ? "standard input" : import->wish.file;
}

static void
print_faults(const struct import *import, const struct register_faults *faults, const char *kind)
{
	const char *file = file_name(import);

	for (size_t i = 0; i < faults->count; i++) {
		const struct register_fault *fault = &faults->fault[i];

		fprintf(stderr, "%s:%u: %s%s%s%s\n", file, fault->line, kind,
			fault->column != NULL ? fault->column : "",
			fault->column != NULL ? " " : "", fault->text);
	}
}

static void
json_faults(struct json *json, const char *name, const struct register_faults *faults)
{
	json_array(json, name);
	for (size_t i = 0; i < faults->count; i++) {
		json_object(json, NULL);
		json_int(json, "line", faults->fault[i].line);
		json_string(json, "column", faults->fault[i].column);
		json_string(json, "reason", faults->fault[i].text);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
print_json(const struct import *import, size_t bad)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "register", import->wish.what->name);
	json_bool(&json, "dry_run", import->wish.dry);
	json_int(&json, "rows", import->rows);
	json_int(&json, "bad", (long long)bad);
	json_int(&json, "new", import->added);
	json_int(&json, "changed", import->changed);
	json_int(&json, "same", bad > 0 ? 0 : import->rows - import->added - import->changed);
	json_faults(&json, "errors", &import->faults);
	json_faults(&json, "warnings", &import->warnings);
	json_object_end(&json);
	json_end(&json);
}

/* Returns the exit code. */
static int
print(struct import *import)
{
	size_t bad = register_faults_sort(&import->faults);
	const char *name = import->wish.what->name;

	register_faults_sort(&import->warnings);
	if (!import->wish.json)
		print_faults(import, &import->warnings, "warning: ");
	if (import->wish.json)
		print_json(import, bad);
	else if (bad == 0)
		printf("%s: %ld new, %ld changed, %ld the same%s%s\n", name, import->added,
			import->changed, import->rows - import->added - import->changed,
			import->outcome,
			import->wish.dry ? "; a dry run: nothing was changed" : "");
	else
		print_faults(import, &import->faults, "");
	if (bad > 0)
		cmd_error(&cmd_import_command, "%zu bad row%s; nothing was changed", bad,
			bad == 1 ? "" : "s");
	return bad == 0 ? COMMAND_DONE : COMMAND_USAGE;
}

/* --- the database --- */

static void
tell_connection(const struct import *import)
{
	cmd_error(&cmd_import_command, "PostgreSQL says: %s", PQerrorMessage(import->db));
}

static int
put(void *arg, const char *rows, size_t length)
{
	struct import *import = arg;

	if (PQputCopyData(import->db, rows, (int)length) == 1)
		return 0;
	tell_connection(import);
	return -1;
}

static int
copy_begin(struct import *import)
{
	PGresult *result = PQexec(import->db, "COPY import_row FROM STDIN");
	bool ok = PQresultStatus(result) == PGRES_COPY_IN;

	if (!ok)
		cmd_sql_error(&cmd_import_command, result);
	PQclear(result);
	return ok ? 0 : -1;
}

/* words: why the copy is given up, or NULL. */
static int
copy_end(struct import *import, const char *words)
{
	PGresult *result;
	int done = words == NULL ? 0 : -1;

	if (PQputCopyEnd(import->db, words) != 1) {
		tell_connection(import);
		return -1;
	}
	while ((result = PQgetResult(import->db)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && done == 0) {
			cmd_sql_error(&cmd_import_command, result);
			done = -1;
		}
		PQclear(result);
	}
	return done;
}

/* Reads the file into import_row. */
static int
copy_file(struct import *import)
{
	const struct register_reading in = { .what = import->wish.what,
		.config = import->config,
		.map = &import->map,
		.in = import->in,
		.faults = &import->faults,
		.put = put,
		.progress = reading,
		.arg = import };

	if (copy_begin(import) == -1)
		return -1;
	import->rows = register_read(&in);
	if (import->rows == -1 && errno != 0)
		cmd_error(&cmd_import_command, "%s: cannot be read: %s", import->wish.file,
			strerror(errno));
	return copy_end(import, import->rows == -1 ? "the file could not be read" : NULL);
}

/* What one of the functions that look through all rows finds. */
static int
find(struct import *import, const char *sql, struct register_faults *faults)
{
	const struct register_column *column = import->wish.what->column;
	const char *params[] = { import->wish.what->name };
	PGresult *rows = cmd_query(&cmd_import_command, import->db, sql, 1, params);

	if (rows == NULL)
		return -1;
	for (int i = 0; i < PQntuples(rows); i++) {
		size_t c = 0;

		while (column[c + 1].name != NULL &&
			strcmp(column[c].name, PQgetvalue(rows, i, 1)) != 0)
			c++;
		import_fault_add(faults, PQgetvalue(rows, i, 2),
			(unsigned)strtoul(PQgetvalue(rows, i, 0), NULL, 10), column[c].name,
			PQgetisnull(rows, i, 3) ? NULL : PQgetvalue(rows, i, 3),
			PQgetisnull(rows, i, 4) ? NULL : PQgetvalue(rows, i, 4));
	}
	PQclear(rows);
	return 0;
}

static int
check(struct import *import)
{
	working(import, "are checked");
	if (cmd_execute(&cmd_import_command, import->db, "ANALYZE import_row") == -1)
		return -1;
	if (find(import, "SELECT line, \"column\", fault, value, other FROM register_faults($1)",
		    &import->faults) == -1)
		return -1;
	return find(import,
		"SELECT line, \"column\", fault, value, other FROM register_warnings($1)",
		&import->warnings);
}

/* What became of a statement's payments. */
static int
tell_outcome(struct import *import)
{
	const char *params[] = { import->wish.what->name };
	PGresult *rows = cmd_query(&cmd_import_command, import->db,
		"SELECT what, count FROM register_outcome($1)", 1, params);
	size_t length = 0;

	if (rows == NULL)
		return -1;
	for (int i = 0; i < PQntuples(rows) && length < sizeof import->outcome; i++)
		length += (size_t)snprintf(import->outcome + length,
			sizeof import->outcome - length, "%s %s %s", i == 0 ? ";" : ",",
			PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 0));
	PQclear(rows);
	return 0;
}

/* Who changed the register, by which file: written down with what it did, or not at all. */
static int
audit(const struct import *import)
{
	char actor[CMD_LOGIN_MAX], whole[PATH_MAX], file[PATH_MAX], words[PATH_MAX + 100];
	const char *params[] = { actor, import->wish.what->name, words };
	const char *path = import->in == stdin ? NULL : realpath(import->wish.file, whole);
	PGresult *done;

	if (path == NULL)
		path = file_name(import);
	cmd_login(actor);
	text_utf8_clean(file, sizeof file, path, strlen(path));
	snprintf(words, sizeof words, "%s: %ld rows, %ld new, %ld changed", file, import->rows,
		import->added, import->changed);
	done = cmd_query(&cmd_import_command, import->db,
		"SELECT audit_add($1, 'register imported', $2, $3)", 3, params);
	PQclear(done);
	return done != NULL ? 0 : -1;
}

static int
store(struct import *import)
{
	const char *params[] = { import->wish.what->name };
	PGresult *rows;

	working(import, "are stored");
	rows = cmd_query(&cmd_import_command, import->db,
		"SELECT added, changed FROM register_store($1)", 1, params);
	if (rows == NULL)
		return -1;
	import->added = atol(PQgetvalue(rows, 0, 0));
	import->changed = atol(PQgetvalue(rows, 0, 1));
	PQclear(rows);
	if (tell_outcome(import) == -1 ||
		(import->added + import->changed > 0 && audit(import) == -1))
		return -1;
	return cmd_execute(
		&cmd_import_command, import->db, import->wish.dry ? "ROLLBACK" : "COMMIT");
}

/* What SQL must know of who is at the keyboard. */
static int
say(const struct import *import)
{
	char actor[CMD_LOGIN_MAX], reason[REASON_MAX] = "";
	const char *params[] = { actor, reason, import->wish.silent ? "yes" : "" };
	PGresult *done;

	cmd_login(actor);
	if (import->wish.reason != NULL)
		text_utf8_clean(
			reason, sizeof reason, import->wish.reason, strlen(import->wish.reason));
	done = cmd_query(&cmd_import_command, import->db,
		"SELECT set_config('baraza.actor', $1, true), set_config('baraza.reason', $2, true), "
		"set_config('baraza.silent', $3, true)",
		3, params);
	PQclear(done);
	return done != NULL ? 0 : -1;
}

/* The connection's end rolls back what was not committed. */
static int
transact(struct import *import)
{
	const char *params[] = { import->wish.what->name };
	PGresult *result;

	if (cmd_execute(&cmd_import_command, import->db, "BEGIN") == -1 || say(import) == -1)
		return -1;
	result = cmd_query(&cmd_import_command, import->db, "SELECT register_open($1)", 1, params);
	PQclear(result);
	if (result == NULL || copy_file(import) == -1 || check(import) == -1)
		return -1;
	return import->faults.count > 0 ? 0 : store(import);
}

/* --- the command --- */

/* How the file names the columns. COMMAND_DONE, or tells what is wrong. */
static int
read_map(struct import *import)
{
	const struct wish *wish = &import->wish;
	char wrong[REGISTER_WRONG_MAX];

	if ((wish->map_file != NULL &&
		    register_map_file(&import->map, wish->what, wish->map_file, wrong) == -1) ||
		(wish->map_words != NULL &&
			register_map_words(
				&import->map, wish->what, wish->map_words, false, wrong) == -1) ||
		(wish->set != NULL &&
			register_map_words(&import->map, wish->what, wish->set, true, wrong) == -1))
		return cmd_refuse(&cmd_import_command, "%s", wrong);
	return COMMAND_DONE;
}

static int
open_file(const struct config *config, void *arg)
{
	struct import *import = arg;
	const char *file = import->wish.file;

	import->config = config;
	if (read_map(import) != COMMAND_DONE)
		return COMMAND_USAGE;
	import->in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	return import->in != NULL
		? COMMAND_DONE
		: cmd_refuse(&cmd_import_command, "%s: cannot be read: %s", file, strerror(errno));
}

static int
import_file(PGconn *db, const struct config *config, void *arg)
{
	struct import *import = arg;
	int done;

	(void)config;
	import->db = db;
	bar_begin(import);
	done = transact(import);
	bar_end(&import->bar);
	return done == 0 ? print(import) : COMMAND_FAILED;
}

static int
open_and_import(const struct wish *wish)
{
	struct import import = { .wish = *wish };
	int code = cmd_work(&cmd_import_command,
		&(struct cmd_work){ .file = wish->config_file,
			.prepare = open_file,
			.work = import_file,
			.arg = &import });

	register_faults_free(&import.faults);
	register_faults_free(&import.warnings);
	register_map_free(&import.map);
	if (import.in != NULL && import.in != stdin)
		fclose(import.in);
	return code;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .dry = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.config_file },
		{ .name = "dry-run", .letter = 'n', .flag = &wish.dry },
		{ .name = "json", .flag = &wish.json },
		{ .name = "map", .value = &wish.map_words },
		{ .name = "map-file", .value = &wish.map_file },
		{ .name = "set", .value = &wish.set },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "silent", .flag = &wish.silent },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_import_command, options, argc, argv);

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 2)
		return cmd_usage(&cmd_import_command, "a REGISTER and a FILE are wanted");
	wish.what = register_find(argv[operand]);
	if (wish.what == NULL)
		return cmd_usage(&cmd_import_command,
			"'%s' is no register; it is one of " REGISTER_NAMES, argv[operand]);
	wish.file = argv[operand + 1];
	return open_and_import(&wish);
}

const struct command cmd_import_command = {
	.name = "import",
	.summary = "Brings one of the city's registers up to date from a CSV file.",
	.usage = "[-c FILE] REGISTER FILE [--dry-run] [--json] [--map COLUMN=NAME,...] "
		 "[--map-file FILE] [--set COLUMN=VALUE,...] [--reason WORDS] [--silent]",
	.help = "  -c, --config FILE   the configuration\n"
		"  -n, --dry-run       checks every row and counts, and changes nothing\n"
		"      --json          one object: rows, bad, new, changed, same, errors, warnings\n"
		"      --map C=N,...   the file calls column C of the register N; its others are\n"
		"                      passed over\n"
		"      --map-file F    the same, a line each: C = N, or C := VALUE as --set\n"
		"      --set C=V,...   the file has no column C: it is V in each row\n"
		"      --reason WORDS  why phones of known taxpayers change; the old ones are told\n"
		"      --silent        receipts of a statement's payments are not sent; else those of\n"
		"                      the last days are (receipt_days)\n"
		"Registers and their columns, in any order; - is standard input:\n"
		"  zones        name,parent,outline (may be left out; an empty one keeps the old one)\n"
		"  places       name,kind,zone,lat,long,aliases\n"
		"  crews        name,zone,phone,pin,language (an empty pin keeps the old one)\n"
		"  containers   number,zone,place,lat,long,crew,capacity\n"
		"  departments  name,categories,phone,language\n"
		"  holidays     date,name\n"
		"  taxpayers    reference,name,phones,language,zone,code (empty phones and an\n"
		"               empty code keep the old ones; the first phone is reminded)\n"
		"  bills        reference,taxpayer,account,tax,period,amount,currency,due\n"
		"  statement    provider,transaction_id,date,amount,currency,payer,reference\n"
		"  officers     name,login,number,roles,duty,language,active (a login, a number or both;\n"
		"               roles of draft approve override duty police; who leaves: active no)\n"
		"  recipients   number,list,kind,zone,language,active (kind: relay, contacts or staff;\n"
		"               active may be left out; no takes the number off the list)\n"
		"  gauges       number,name,phone,zone,unit,threshold,event\n"
		"  shelters     name,zone,place,lat,long,capacity,open\n"
		"UTF-8, a header line, comma or semicolon, | within lists. All of the file is taken, or,\n"
		"when a row is bad, nothing; what is not in the file stays as it is.\n",
	.run = run,
};
