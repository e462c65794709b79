/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-migrate: brings the database's schema to what this program needs.
 *
 * sql/NNN-*.sql are applied once, in order, each in a transaction of its own, and remembered with
 * their SHA-256 in baraza.migration; a file that was applied may never change again.  Then the
 * files of sql/functions/ (CREATE OR REPLACE) are applied, all in one transaction, every time.
 */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd-common.h"
#include "cmd-migrate.h"

#define FILES_MAX 999
#define MIGRATION_LOCK "7161111797653422689" /* advisory; any number that nobody else uses */
#define FILE_MAX (4 << 20)                   /* bytes */

struct sql_file {
	int version; /* 0 for a file of functions */
	char *path;
	const char *name; /* within path */
	char *text;
	size_t len;
};

struct sql_files {
	size_t count;
	struct sql_file file[FILES_MAX];
};

/* A row of baraza.migration. */
struct applied {
	int version;
	const char *name;
	const char *checksum;
};

/* --- --- finding and reading files --- */

static bool
is_sql_dir(const char *dir)
{
	char path[PATH_MAX];

	return (size_t)snprintf(path, sizeof path, "%s/functions", dir) < sizeof path &&
		access(path, X_OK) == 0;
}

/* Beside a build (build/baraza, sql/), beside an installed program, or where `make install` said.
 */
static int
default_dir(char out[PATH_MAX])
{
	static const char *const places[] = { "../sql", "../share/baraza/sql" };
	char self[PATH_MAX], path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

	if (len == -1)
		return -1;
	self[len] = '\0';
	dirname(self);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/%s", self, places[i]) < sizeof path &&
			is_sql_dir(path)) {
			memcpy(out, path, strlen(path) + 1);
			return 0;
		}
	}
	snprintf(out, PATH_MAX, "%s", BARAZA_DATADIR "/sql");
	return is_sql_dir(out) ? 0 : -1;
}

static int
find_dir(const char *named, char out[PATH_MAX])
{
	if (named == NULL)
		named = getenv("BARAZA_SQL");
	if (named == NULL || named[0] == '\0')
		named = default_dir(out) == 0 ? out : NULL;
	if (named == NULL) {
		cmd_error(&cmd_migrate_command,
			"the folder of migrations is not found; name it by --sql DIR or $BARAZA_SQL");
		return -1;
	}
	if (!is_sql_dir(named)) {
		cmd_error(&cmd_migrate_command,
			"%s: not a folder of migrations (it holds no functions/)", named);
		return -1;
	}
	if (named != out)
		snprintf(out, PATH_MAX, "%s", named);
	return 0;
}

/* Returns 0, or -1 with errno. */
static int
read_text(struct sql_file *file)
{
	FILE *stream = fopen(file->path, "re");
	struct stat st;

	if (stream == NULL)
		return -1;
	if (fstat(fileno(stream), &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX)
		file->text = malloc((size_t)st.st_size + 1);
	else
		errno = EINVAL;
	if (file->text != NULL) {
		file->len = fread(file->text, 1, (size_t)st.st_size, stream);
		file->text[file->len] = '\0';
	}
	fclose(stream);
	return file->text != NULL ? 0 : -1;
}

/* "001-core.sql" is 1; 0: not a migration's name. */
static int
version_of(const char *name)
{
	if (strspn(name, "0123456789") != 3 || name[3] != '-')
		return 0;
	return atoi(name);
}

static bool
is_sql(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".sql") == 0 && name[0] != '.';
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct sql_file *)a)->path, ((const struct sql_file *)b)->path);
}

static int
add_file(struct sql_files *files, const char *dir, const char *name, bool numbered)
{
	struct sql_file *file = &files->file[files->count];

	*file = (struct sql_file){ .version = numbered ? version_of(name) : 0 };
	if (numbered && file->version == 0) {
		cmd_error(&cmd_migrate_command,
			"%s/%s: a migration's name is NNN-words.sql, from 001 on; rename it", dir,
			name);
		return -1;
	}
	if (files->count == FILES_MAX - 1 || asprintf(&file->path, "%s/%s", dir, name) == -1) {
		cmd_error(&cmd_migrate_command, "%s: too many files", dir);
		return -1;
	}
	files->count++;
	file->name = file->path + strlen(dir) + 1;
	if (read_text(file) == 0)
		return 0;
	cmd_error(&cmd_migrate_command, "%s: cannot be read: %s", file->path, strerror(errno));
	return -1;
}

/* Reads all .sql files of a folder, in the order of their names. */
static int
read_dir(struct sql_files *files, const char *dir, bool numbered)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	int result = 0;

	if (stream == NULL) {
		cmd_error(&cmd_migrate_command, "%s: cannot be read: %s", dir, strerror(errno));
		return -1;
	}
	while (result == 0 && (entry = readdir(stream)) != NULL)
		if (is_sql(entry->d_name))
			result = add_file(files, dir, entry->d_name, numbered);
	closedir(stream);
	qsort(files->file, files->count, sizeof files->file[0], by_path);
	for (size_t i = 1; result == 0 && numbered && i < files->count; i++) {
		if (files->file[i].version == files->file[i - 1].version) {
			cmd_error(&cmd_migrate_command,
				"%s and %s have one number; renumber the newer",
				files->file[i - 1].path, files->file[i].name);
			result = -1;
		}
	}
	return result;
}

static void
free_files(struct sql_files *files)
{
	for (size_t i = 0; files != NULL && i < files->count; i++) {
		free(files->file[i].path);
		free(files->file[i].text);
	}
	free(files);
}

/* --- --- speaking to the database --- */

/* Returns 0, or -1 after telling the error. */
static int
execute(PGconn *db, const char *sql, int count, const char *const *params)
{
	PGresult *result = cmd_query(&cmd_migrate_command, db, sql, count, params);

	if (result == NULL)
		return -1;
	PQclear(result);
	return 0;
}

/* The line on which PostgreSQL's error position (in characters, from 1) is; 0: it names none. */
static unsigned
error_line(const PGresult *result, const char *text)
{
	const char *field = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	unsigned line = 1;
	long left = field != NULL ? atol(field) : 0;

	if (left <= 0)
		return 0;
	for (; *text != '\0' && left > 1; left--) {
		line += *text++ == '\n';
		while ((*text & 0xC0) == 0x80) /* the rest of a character of UTF-8 */
			text++;
	}
	return line;
}

static void
tell_file_error(const struct sql_file *file, const PGresult *result)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	unsigned line = error_line(result, file->text);

	fprintf(stderr, "%s:", file->path);
	if (line > 0)
		fprintf(stderr, "%u:", line);
	fprintf(stderr, " %s", message != NULL ? message : PQresultErrorMessage(result));
	if (detail != NULL)
		fprintf(stderr, "; %s", detail);
	if (hint != NULL)
		fprintf(stderr, "; %s", hint);
	fputc('\n', stderr);
}

/* Runs a file's statements within the open transaction. */
static int
execute_file(PGconn *db, const struct sql_file *file)
{
	PGresult *result = PQexec(db, file->text);
	ExecStatusType status = PQresultStatus(result);
	int done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
			status == PGRES_EMPTY_QUERY
		? 0
		: -1;

	if (done == -1)
		tell_file_error(file, result);
	PQclear(result);
	return done;
}

static int
begin(PGconn *db)
{
	if (execute(db, "BEGIN", 0, NULL) == -1)
		return -1;
	return execute(db, "SET LOCAL search_path = baraza, public", 0, NULL);
}

/* Ends the open transaction: commits when all went well so far. Returns 0 when committed. */
static int
end(PGconn *db, int so_far)
{
	PGresult *result;

	if (so_far == 0)
		return execute(db, "COMMIT", 0, NULL);
	result = PQexec(db, "ROLLBACK");
	PQclear(result);
	return -1;
}

/* Another migrate at the same time is waited for half a minute; so is a table that others use. */
static int
prepare(PGconn *db)
{
	if (execute(db, "SET lock_timeout = '30s'", 0, NULL) == -1)
		return -1;
	if (execute(db, "SELECT pg_advisory_lock(" MIGRATION_LOCK ")", 0, NULL) == -1)
		return -1;
	if (execute(db, "CREATE SCHEMA IF NOT EXISTS baraza", 0, NULL) == -1)
		return -1;
	return execute(db,
		"CREATE TABLE IF NOT EXISTS baraza.migration ("
		" version integer PRIMARY KEY,"
		" name text NOT NULL,"
		" checksum text NOT NULL,"
		" applied_at timestamptz NOT NULL DEFAULT clock_timestamp())",
		0, NULL);
}

/* --- --- migrations --- */

/* The file's SHA-256 as PostgreSQL computes it. */
static int
checksum(PGconn *db, const struct sql_file *file, char out[65])
{
	const char *values[] = { file->text };
	const int lengths[] = { (int)file->len }, binary[] = { 1 };
	PGresult *result = PQexecParams(
		db, "SELECT encode(sha256($1::bytea), 'hex')", 1, NULL, values, lengths, binary, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		cmd_sql_error(&cmd_migrate_command, result);
		PQclear(result);
		return -1;
	}
	snprintf(out, 65, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

static int
apply(PGconn *db, const struct sql_file *file, const char *sum)
{
	char version[12];
	const char *params[] = { version, file->name, sum };
	int done;

	snprintf(version, sizeof version, "%d", file->version);
	done = begin(db);
	if (done == 0)
		done = execute_file(db, file);
	if (done == 0)
		done = execute(db,
			"INSERT INTO baraza.migration (version, name, checksum) VALUES ($1, $2, $3)",
			3, params);
	if (end(db, done) == -1)
		return -1;
	printf("applied %s\n", file->name);
	fflush(stdout);
	return 0;
}

static const struct sql_file *
file_of(const struct sql_files *files, int version)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->file[i].version == version)
			return &files->file[i];
	return NULL;
}

/* What was applied must still be what the folder holds. */
static int
check_applied(PGconn *db, const struct sql_files *files, const struct applied *row)
{
	const struct sql_file *file = file_of(files, row->version);
	char sum[65];

	if (file == NULL) {
		cmd_error(&cmd_migrate_command,
			"the database has migration %s, which this program does not know; use the program "
			"that applied it, or a newer one",
			row->name);
		return -1;
	}
	if (checksum(db, file, sum) == -1)
		return -1;
	if (strcmp(sum, row->checksum) != 0) {
		cmd_error(&cmd_migrate_command,
			"%s: changed since it was applied; put the old file back, and make the change in a "
			"new migration",
			file->path);
		return -1;
	}
	return 0;
}

static bool
was_applied(const PGresult *rows, int version)
{
	for (int i = 0; i < PQntuples(rows); i++)
		if (atoi(PQgetvalue(rows, i, 0)) == version)
			return true;
	return false;
}

/* No file may slip in below the last that was applied. */
static int
check_order(const struct sql_files *files, const PGresult *rows, int last)
{
	for (size_t i = 0; i < files->count && files->file[i].version <= last; i++) {
		if (was_applied(rows, files->file[i].version))
			continue;
		cmd_error(&cmd_migrate_command,
			"%s: not applied, but %03d has been; give it a number above %03d",
			files->file[i].path, last, last);
		return -1;
	}
	return 0;
}

/* Checks every applied migration. Sets *newest to the last version, 0 for an empty database. */
static int
check_history(PGconn *db, const struct sql_files *files, int *newest)
{
	PGresult *rows = cmd_query(&cmd_migrate_command, db,
		"SELECT version, name, checksum FROM baraza.migration ORDER BY version", 0, NULL);
	int done = 0, last = 0;

	if (rows == NULL)
		return -1;
	for (int i = 0; i < PQntuples(rows) && done == 0; i++) {
		struct applied row = { atoi(PQgetvalue(rows, i, 0)), PQgetvalue(rows, i, 1),
			PQgetvalue(rows, i, 2) };

		done = check_applied(db, files, &row);
		last = row.version;
	}
	if (done == 0)
		done = check_order(files, rows, last);
	PQclear(rows);
	if (done == 0)
		*newest = last;
	return done;
}

static int
apply_new(PGconn *db, const struct sql_files *files)
{
	int newest = 0, count = 0;
	char sum[65];

	if (check_history(db, files, &newest) == -1)
		return -1;
	for (size_t i = 0; i < files->count; i++) {
		const struct sql_file *file = &files->file[i];

		if (file->version <= newest)
			continue;
		if (checksum(db, file, sum) == -1 || apply(db, file, sum) == -1)
			return -1;
		count++;
	}
	if (count == 0)
		printf("schema baraza is already at version %d\n", newest);
	return 0;
}

static int
apply_functions(PGconn *db, const struct sql_files *files)
{
	int done = begin(db);

	for (size_t i = 0; i < files->count && done == 0; i++)
		done = execute_file(db, &files->file[i]);
	if (end(db, done) == -1)
		return -1;
	printf("functions of %zu files are in place\n", files->count);
	return 0;
}

/* --- --- for other commands --- */

static int
count_pending(PGconn *db, const struct sql_files *files, int *version)
{
	int newest = 0, pending = 0;

	if (check_history(db, files, &newest) == -1)
		return -1;
	for (size_t i = 0; i < files->count; i++)
		pending += files->file[i].version > newest;
	*version = newest;
	return pending;
}

int
cmd_migrate_pending(PGconn *db, int *version)
{
	struct sql_files *files = calloc(1, sizeof *files);
	char dir[PATH_MAX];
	int pending = -1;

	if (files == NULL)
		return -1;
	if (find_dir(NULL, dir) == 0 && read_dir(files, dir, true) == 0)
		pending = count_pending(db, files, version);
	free_files(files);
	return pending;
}

/* --- --- the command --- */

struct migration {
	const char *named; /* the folder; NULL: it is looked for */
	struct sql_files *numbered, *functions;
};

static int
read_files(const struct config *config, void *arg)
{
	struct migration *m = arg;
	char dir[PATH_MAX], path[PATH_MAX + 16];

	(void)config;
	if (find_dir(m->named, dir) == -1)
		return COMMAND_FAILED;
	snprintf(path, sizeof path, "%s/functions", dir);
	m->numbered = calloc(1, sizeof *m->numbered);
	m->functions = calloc(1, sizeof *m->functions);
	if (m->numbered == NULL || m->functions == NULL) {
		cmd_error(&cmd_migrate_command, "out of memory");
		return COMMAND_FAILED;
	}
	return read_dir(m->numbered, dir, true) == 0 && read_dir(m->functions, path, false) == 0
		? COMMAND_DONE
		: COMMAND_FAILED;
}

static int
migrate(PGconn *db, const struct config *config, void *arg)
{
	const struct migration *m = arg;

	(void)config;
	return prepare(db) == 0 && apply_new(db, m->numbered) == 0 &&
			apply_functions(db, m->functions) == 0
		? COMMAND_DONE
		: COMMAND_FAILED;
}

static int
run(int argc, char **argv)
{
	const char *file = NULL;
	struct migration m = { .named = NULL };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = "sql", .value = &m.named },
		{ .name = NULL },
	};
	int code;

	if (cmd_only_options(&cmd_migrate_command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	code = cmd_work(&cmd_migrate_command,
		&(struct cmd_work){
			.file = file, .prepare = read_files, .work = migrate, .arg = &m });
	free_files(m.numbered);
	free_files(m.functions);
	return code;
}

const struct command cmd_migrate_command = {
	.name = "migrate",
	.summary = "Brings the database to the schema that this program needs.",
	.usage = "[-c FILE] [--sql DIR]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --sql DIR       the folder of migrations (else $BARAZA_SQL, else found beside the program)\n"
		"It may be run at any time, again, and twice at once.\n",
	.run = run,
};
