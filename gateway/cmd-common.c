/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd-common.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_S "10"
#define QUIET_TIMEOUT_S "2" /* libpq's least */

static void __attribute__((format(printf, 2, 0)))
tell(const struct command *command, const char *fmt, va_list args)
{
	fprintf(stderr, "baraza %s: ", command->name);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void
cmd_error(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(command, fmt, args);
	va_end(args);
}

int
cmd_usage(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(command, fmt, args);
	va_end(args);
	fprintf(stderr, "usage: baraza %s %s\n", command->name, command->usage);
	return COMMAND_USAGE;
}

int
cmd_refuse(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(command, fmt, args);
	va_end(args);
	return COMMAND_USAGE;
}

void
cmd_help(const struct command *command)
{
	printf("usage: baraza %s %s\n\n%s\n%s", command->name, command->usage, command->summary,
		command->help);
	if (command->help[0] != '\0')
		printf("\n");
	printf("Exit status: 0 done, 1 failed, 2 wrong usage or bad input.  See baraza-%s(1).\n",
		command->name);
}

/* --- --- options --- */

/* Fills getopt's tables from ours. */
static void
getopt_tables(const struct cmd_option *options, char *letters, struct option *longs)
{
	int i;

	*letters++ = ':';
	for (i = 0; i < CMD_OPTIONS_MAX && options[i].name != NULL; i++) {
		bool takes = options[i].value != NULL;

		longs[i] = (struct option){ .name = options[i].name,
			.has_arg = takes ? required_argument : no_argument,
			.val = i + 256 };
		if (options[i].letter != '\0') {
			*letters++ = options[i].letter;
			if (takes)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	longs[i] = (struct option){ .name = NULL };
}

static const struct cmd_option *
option_of(const struct cmd_option *options, int got)
{
	if (got >= 256)
		return &options[got - 256];
	while (options->letter != got)
		options++;
	return options;
}

int
cmd_options(const struct command *command, const struct cmd_option *options, int argc, char **argv)
{
	char letters[2 * CMD_OPTIONS_MAX + 2];
	struct option longs[CMD_OPTIONS_MAX + 1];
	int got;

	getopt_tables(options, letters, longs);
	optind = 0; /* getopt begins anew */
	opterr = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (got == '?' || got == ':') {
			cmd_usage(command, got == ':' ? "%s wants a value" : "unknown option %s",
				argv[optind - 1]);
			return -1;
		}
		if (option_of(options, got)->value != NULL)
			*option_of(options, got)->value = optarg;
		else
			*option_of(options, got)->flag = true;
	}
	return optind;
}

int
cmd_only_options(
	const struct command *command, const struct cmd_option *options, int argc, char **argv)
{
	int operand = cmd_options(command, options, argc, argv);

	if (operand >= 0 && operand < argc)
		cmd_usage(command, "'%s' is too much", argv[operand]);
	return operand == argc ? 0 : -1;
}

/* --- --- configuration --- */

void
cmd_print_errors(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		fprintf(stderr, "%s\n", errors->text[i]);
	config_errors_free(errors);
}

struct config *
cmd_config(const char *file)
{
	struct config_errors errors = { .count = 0 };
	struct config *config = config_load(file != NULL ? file : config_default_file(), &errors);

	cmd_print_errors(&errors);
	return config;
}

/* --- --- database --- */

/* libpq's words without its line ends, which never hold the password. */
static void
print_libpq(const char *message)
{
	size_t len = strlen(message);

	while (len > 0 && message[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if (message[i] != '\t')
			fputc(message[i] == '\n' ? ' ' : message[i], stderr);
}

static void
unreachable(const struct command *command, const struct config *config, const PGconn *db)
{
	fprintf(stderr, "baraza %s: %s: the database does not answer: ", command->name,
		config->file);
	print_libpq(db != NULL ? PQerrorMessage(db) : "out of memory");
	fprintf(stderr, "; see whether PostgreSQL runs, and `database` in that file\n");
}

static bool
set_session(PGconn *db, const struct config *config)
{
	const char *params[] = { config->timezone };
	PGresult *result = PQexecParams(db,
		"SELECT set_config('search_path', 'baraza, public', false),"
		" set_config('client_min_messages', 'warning', false),"
		" set_config('timezone', $1, false)",
		1, NULL, params, NULL, NULL, 0);
	bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;

	PQclear(result);
	return ok;
}

static PGconn *
connect_within(const struct config *config, const char *seconds)
{
	/* What the connection string says comes later, and so wins. */
	const char *keys[] = { "connect_timeout", "application_name", "client_encoding", "dbname",
		NULL };
	const char *values[] = { seconds, "baraza", "UTF8", config->database, NULL };

	return PQconnectdbParams(keys, values, 1);
}

PGconn *
cmd_connect(const struct command *command, const struct config *config)
{
	PGconn *db = connect_within(config, CONNECT_TIMEOUT_S);

	if (PQstatus(db) == CONNECTION_OK && set_session(db, config))
		return db;
	unreachable(command, config, db);
	PQfinish(db);
	return NULL;
}

PGconn *
cmd_connect_quietly(const struct config *config)
{
	PGconn *db = connect_within(config, QUIET_TIMEOUT_S);

	if (PQstatus(db) == CONNECTION_OK && set_session(db, config))
		return db;
	PQfinish(db);
	return NULL;
}

void
cmd_sql_error(const struct command *command, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	fprintf(stderr, "baraza %s: PostgreSQL says: ", command->name);
	print_libpq(message != NULL ? message : PQresultErrorMessage(result));
	/* undefined_table, undefined_function, invalid_schema_name, undefined_column */
	if (state != NULL &&
		(strcmp(state, "42P01") == 0 || strcmp(state, "42883") == 0 ||
			strcmp(state, "3F000") == 0 || strcmp(state, "42703") == 0))
		fprintf(stderr, "; run `baraza migrate` first");
	fputc('\n', stderr);
}

PGresult *
cmd_query(const struct command *command, PGconn *db, const char *sql, int count,
	const char *const *params)
{
	PGresult *result = PQexecParams(db, sql, count, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return result;
	cmd_sql_error(command, result);
	PQclear(result);
	return NULL;
}

int
cmd_execute(const struct command *command, PGconn *db, const char *sql)
{
	PGresult *result = cmd_query(command, db, sql, 0, NULL);

	PQclear(result);
	return result != NULL ? 0 : -1;
}

/* --- --- the work --- */

static int
connect_and_work(
	const struct command *command, const struct cmd_work *work, const struct config *config)
{
	PGconn *db = cmd_connect(command, config);
	int code = db != NULL ? work->work(db, config, work->arg) : COMMAND_FAILED;

	PQfinish(db);
	return code;
}

int
cmd_work(const struct command *command, const struct cmd_work *work)
{
	struct config *config = cmd_config(work->file);
	int code = COMMAND_DONE;

	if (config == NULL)
		return COMMAND_USAGE;
	if (work->prepare != NULL)
		code = work->prepare(config, work->arg);
	if (code == COMMAND_DONE)
		code = connect_and_work(command, work, config);
	config_free(config);
	return cmd_flush(command) == 0 ? code : COMMAND_FAILED;
}

/* --- --- words --- */

void
cmd_login(char out[CMD_LOGIN_MAX])
{
	char space[4096];
	struct passwd account, *found = NULL;

	if (getlogin_r(out, CMD_LOGIN_MAX) == 0)
		return;
	if (getpwuid_r(getuid(), &account, space, sizeof space, &found) != 0 || found == NULL)
		snprintf(out, CMD_LOGIN_MAX, "uid %u", (unsigned)getuid());
	else
		snprintf(out, CMD_LOGIN_MAX, "%s", found->pw_name);
}

int
cmd_number(const char *word, long min, long max, long *out)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(word, &end, 10);
	if (end == word || *end != '\0' || errno != 0 || value < min || value > max)
		return -1;
	*out = value;
	return 0;
}

int
cmd_phone(const struct command *command, const char *word, const struct config *config,
	struct phone *out)
{
	*out = phone_normalise(word, config->country);
	switch (out->kind) {
	case PHONE_E164:
		return COMMAND_DONE;
	case PHONE_SHORT:
		return cmd_refuse(command,
			"%s is a short code, to which Baraza does not send; give a phone's whole number",
			out->number);
	case PHONE_ALPHABETIC:
		return cmd_refuse(command,
			"%s is a sender's name, not a number; it cannot be sent to", out->number);
	case PHONE_INVALID:
		break;
	}
	return cmd_refuse(command,
		"'%s' is no phone number; write it as +250788000001, or as it is dialled in %s",
		word, config->country);
}

int
cmd_text(const struct command *command, const char *written, const struct config *config,
	struct cmd_text *out)
{
	size_t length = strlen(written);

	if (length == 0)
		return cmd_refuse(command, "the text is empty");
	out->segments = -1;
	if (length < sizeof out->body) {
		if (!text_utf8_valid(written, length))
			return cmd_refuse(command, "the text is not valid UTF-8");
		if (!config->transliterate || text_fits_gsm7(written) ||
			text_transliterate(out->body, sizeof out->body, written) == -1)
			memcpy(out->body, written, length + 1);
		out->segments = text_count_segments(out->body, &out->coding);
	}
	return out->segments != -1
		? COMMAND_DONE
		: cmd_refuse(command, "the text is too long: longer than %d segments",
			  TEXT_SEGMENTS_MAX);
}

bool
cmd_is_ticket_state(const char *word)
{
	static const char states[] = CMD_TICKET_STATES;
	size_t len = strlen(word);

	for (const char *at = states; len > 0 && *at != '\0'; at += strspn(at, ", ")) {
		if (strcspn(at, ",") == len && strncmp(at, word, len) == 0)
			return true;
		at += strcspn(at, ",");
	}
	return false;
}

int
cmd_flush(const struct command *command)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	cmd_error(command, "cannot write to standard output: %s", strerror(errno));
	return -1;
}
