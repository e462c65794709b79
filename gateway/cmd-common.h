/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-common: what the commands share: options, the configuration, a blocking connection.
 *
 * What it is: helpers of short-lived commands. Each tells its own errors on standard error, with
 * the command's name. What it is not: anything that the gateway's loop may call (it blocks).
 */
#ifndef CMD_COMMON_H
#define CMD_COMMON_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "config.h"
#include "phone.h"
#include "text.h"

/* One option of a command: of value and flag exactly one is set. */
struct cmd_option {
	const char *name; /* "limit" for --limit */
	char letter;      /* 'n' for -n; 0: none */
	const char **value;
	bool *flag;
};
#define CMD_OPTIONS_MAX 32

/*
 * Read options, which may stand before and behind the operands. options ends with name NULL.
 * `--help` has been dealt with before. Returns the index of the first operand in argv (operands are
 * moved behind the options), or -1 after telling what is wrong.
 */
int cmd_options(
	const struct command *command, const struct cmd_option *options, int argc, char **argv);
/* The same of a command without operands. Returns 0, or -1 after telling. */
int cmd_only_options(
	const struct command *command, const struct cmd_option *options, int argc, char **argv);

/* Tell an error: "baraza NAME: ..." */
void cmd_error(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Tell wrong usage, and where help is. Returns COMMAND_USAGE. */
int cmd_usage(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Tell what is wrong with an input. Returns COMMAND_USAGE. */
int cmd_refuse(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Print the command's help on standard output. */
void cmd_help(const struct command *command);

/* Print a list of errors on standard error, one a line, and free it. */
void cmd_print_errors(struct config_errors *errors);

/* Read the configuration (file NULL: the default one). Returns NULL after telling the errors. */
struct config *cmd_config(const char *file) __attribute__((warn_unused_result));

/*
 * Connect to the configuration's database: search_path baraza, public; the city's time zone; UTF-8.
 * Gives up after ten seconds unless the connection string says otherwise. Returns NULL after
 * telling why not; PQfinish() it.
 */
PGconn *cmd_connect(const struct command *command, const struct config *config)
	__attribute__((warn_unused_result));
/* The same for who can do without: two seconds, and nothing is told. */
PGconn *cmd_connect_quietly(const struct config *config) __attribute__((warn_unused_result));

/*
 * What most commands are: the configuration is read, the command makes sure of what it was given,
 * the database is connected to, the command does its work there. Each step's exit code ends it
 * unless it is COMMAND_DONE.
 */
struct cmd_work {
	const char *file; /* the configuration; NULL: the default one */
	/* Before the database is asked for anything; may be NULL. */
	int (*prepare)(const struct config *config, void *arg);
	/* The connection is closed behind it: what was not committed is rolled back. */
	int (*work)(PGconn *db, const struct config *config, void *arg);
	void *arg;
};

/* Returns the exit code: COMMAND_FAILED also when standard output did not take all. */
int cmd_work(const struct command *command, const struct cmd_work *work);

/*
 * Run one statement with text parameters (an entry NULL is SQL's NULL). Returns its rows (PQclear()
 * them), or NULL after telling the error.
 */
PGresult *cmd_query(const struct command *command, PGconn *db, const char *sql, int count,
	const char *const *params) __attribute__((warn_unused_result));

/* A statement without parameters whose rows nobody wants. Returns 0, or -1 after telling. */
int cmd_execute(const struct command *command, PGconn *db, const char *sql)
	__attribute__((warn_unused_result));

/* Tell a failed result's error: what PostgreSQL says, and what to do when the schema is missing. */
void cmd_sql_error(const struct command *command, const PGresult *result);

/* Who is at the keyboard, also behind sudo; else whose process this is.  For events and logs. */
#define CMD_LOGIN_MAX 256
void cmd_login(char out[CMD_LOGIN_MAX]);

/*
 * Read a whole decimal number from min to max. Returns 0, or -1 without telling.
 */
int cmd_number(const char *word, long min, long max, long *out) __attribute__((warn_unused_result));

/* A person's phone as the city's country dials it. COMMAND_DONE, or tells what is wrong with it. */
int cmd_phone(const struct command *command, const char *word, const struct config *config,
	struct phone *out);

/* A text as it will be sent. */
#define CMD_TEXT_MAX 16384 /* bytes; more than TEXT_SEGMENTS_MAX segments hold */
struct cmd_text {
	char body[CMD_TEXT_MAX];
	int segments;
	enum text_coding coding;
};

/* Take what was written, fitted as the configuration says. COMMAND_DONE, or tells what is wrong. */
int cmd_text(const struct command *command, const char *written, const struct config *config,
	struct cmd_text *out);

/* The words of ticket.state. */
#define CMD_TICKET_STATES "open, assigned, in_progress, fixed, refused, duplicate, archived"
bool cmd_is_ticket_state(const char *word);

/* 0 when standard output took everything that was written, else -1 after telling (a full disk, a
 * closed pipe). */
int cmd_flush(const struct command *command) __attribute__((warn_unused_result));

#endif
