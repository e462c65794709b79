/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario: a scenario file as a list of statements.
 *
 * What it is: the grammar (docs/scenarios.md), and nothing else: reading a file opens no socket,
 * starts no process and knows no value of a variable.  A file with a wrong line is refused whole.
 * What it is not: what a statement does; that is play*.c.
 *
 * Every string belongs to its scenario.  Texts, commands, statements of SQL, paths, patterns and
 * expected values may still hold ${name}.
 */
#ifndef RUNNER_SCENARIO_H
#define RUNNER_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stmt_kind {
	STMT_SEND,    /* phone, modem or NULL, text */
	STMT_EXPECT,  /* phone, pattern, ms */
	STMT_SILENT,  /* phone, ms */
	STMT_RINGS,   /* phone, modem or NULL */
	STMT_OFF,     /* phone */
	STMT_ON,      /* phone */
	STMT_DIALS,   /* phone, text: the code; value: the aggregator, or NULL */
	STMT_SEES,    /* phone, pattern, ms: within which it came, 0 for any */
	STMT_KEYS,    /* phone, text */
	STMT_REPEATS, /* phone, status: the step, 0 for the last */
	STMT_HANGS,   /* phone */
	STMT_ENDS,    /* phone */
	STMT_CLOCK,   /* ms */
	STMT_FILE,    /* text: the name; body */
	STMT_RUN,     /* words, status, pattern or none */
	STMT_SQL,     /* text; pattern, value or neither */
	STMT_HTTP,    /* text: the path; body (NULL for GET), status, pattern or none */
	STMT_KILL,    /* target, modem for TARGET_WORKER */
	STMT_START,   /* target */
	STMT_FAULT,   /* modem, text: the fault as the simulator calls it, with its number */
	STMT_CONFIG,  /* text: the path; value */
};

enum stmt_target { TARGET_GATEWAY, TARGET_WORKER, TARGET_DATABASE };

enum { REGEX_CASELESS = 1, REGEX_DOTALL = 2, REGEX_MULTILINE = 4, REGEX_EXTENDED = 8 };

struct regex_source {
	char *text; /* between its slashes; NULL: the statement has none */
	unsigned flags;
};

struct stmt {
	enum stmt_kind kind;
	unsigned line; /* in the file, from 1 */
	char *source;  /* as written, without its comment: for reports */
	char *phone;   /* a number or an alphabetic sender, as written */
	char *modem;   /* its name */
	char *text;
	char *body;
	size_t body_len;
	char *value;
	char **words; /* ends with NULL */
	struct regex_source regex;
	int status; /* an exit status or one of HTTP */
	int64_t ms;
	enum stmt_target target;
};

struct scenario {
	char *name; /* the file's, without folder and .scenario */
	char *path; /* as given */
	struct stmt *stmts;
	size_t count;
};

/*
 * Reads the statements in text (len bytes, UTF-8).  path is only for the name and for reports.
 * Returns the scenario, or NULL with *line and *error (the caller's to free) telling the first
 * wrong line and what it should have been.
 */
struct scenario *scenario_parse(
	const char *path, const char *text, size_t len, unsigned *line, char **error);

/* A file's name without its folder and .scenario; the caller's to free. */
char *scenario_name(const char *path);

void scenario_free(struct scenario *scenario);

/* True for what a phone does: a message, a call, a session; never true for STMT_CONFIG. */
bool stmt_is_message(const struct stmt *stmt);

#endif
