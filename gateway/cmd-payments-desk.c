/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd-payments-desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "cmd-ticket.h"
#include "json.h"

#define REFERENCES_MAX 20
#define LIMIT "50"

struct wish {
	const char *file, *state, *limit, *reason;
	bool tray, json;
	const char *id;
	char references[1024]; /* an array of PostgreSQL's */
};

/* Functions and views of sql/functions/82-payments.sql. */
static const char list_sql[] =
	"SELECT id, provider, transaction, amount, payer_number, reference, state, booked_for, "
	"receipt, at FROM payment_shown WHERE state = coalesce($1, state) ORDER BY id DESC LIMIT $2::bigint";
static const char tray_sql[] = "SELECT * FROM payment_tray WHERE coalesce($1, '') = '' "
			       "ORDER BY payment_tray.at, id LIMIT $2::bigint";
static const char show_sql[] = "SELECT * FROM payment_shown WHERE id = payment_id_of($1)";
static const char history_sql[] = "SELECT * FROM payment_history(payment_id_of($1))";
static const char candidates_sql[] =
	"SELECT taxpayer, bill, open, due, why FROM payment_suggestions(payment_id_of($1)) "
	"WHERE payment_id_of($1) IS NOT NULL";

static int
unknown(const char *id)
{
	cmd_error(&cmd_payments_command,
		"no payment is '%s'; `baraza payments list` shows them, by ID and transaction", id);
	return COMMAND_FAILED;
}

/* --- Seeing --- */

static int
list(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *params[] = { wish->state, wish->limit };

	(void)config;
	return cmd_rows_print(&cmd_payments_command,
		cmd_query(&cmd_payments_command, db, wish->tray ? tray_sql : list_sql, 2, params),
		wish->json, wish->tray ? "nothing waits" : "there is none");
}

static int
suggest(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;

	(void)config;
	return cmd_rows_print(&cmd_payments_command,
		cmd_query(&cmd_payments_command, db, "SELECT * FROM payment_suggestions(NULL)", 0,
			NULL),
		wish->json, "nothing is known that could be suggested");
}

static int
candidates(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *params[] = { wish->id };

	(void)config;
	return cmd_rows_print(&cmd_payments_command,
		cmd_query(&cmd_payments_command, db, candidates_sql, 1, params), wish->json,
		"nobody can be suggested, or it does not wait");
}

static void
print_shown(const struct wish *wish, const PGresult *one, const PGresult *history,
	const PGresult *suggested)
{
	struct json json;

	if (wish->json) {
		json_begin(&json, stdout);
		json_object(&json, NULL);
		cmd_row_json_members(&json, one, 0);
		cmd_rows_json(&json, "history", history);
		cmd_rows_json(&json, "candidates", suggested);
		json_object_end(&json);
		json_end(&json);
		return;
	}
	for (int i = 0; i < PQnfields(one); i++) {
		const char *value = cmd_value(one, 0, i);

		if (value != NULL)
			printf("%-16s%s\n", PQfname(one, i), value);
	}
	putchar('\n');
	cmd_rows_table(stdout, history);
	if (PQntuples(suggested) > 0) {
		printf("\nIt may be for\n");
		cmd_rows_table(stdout, suggested);
	}
}

static int
show(PGconn *db, const struct config *config, void *arg)
{
	static const char *const sql[] = { show_sql, history_sql, candidates_sql };
	const struct wish *wish = arg;
	const char *params[] = { wish->id };
	PGresult *rows[3] = { NULL };
	int code = COMMAND_DONE;

	(void)config;
	for (int i = 0; i < 3 && code == COMMAND_DONE; i++) {
		rows[i] = cmd_query(&cmd_payments_command, db, sql[i], 1, params);
		if (rows[i] == NULL)
			code = COMMAND_FAILED;
	}
	if (code == COMMAND_DONE && PQntuples(rows[0]) == 0)
		code = unknown(wish->id);
	if (code == COMMAND_DONE)
		print_shown(wish, rows[0], rows[1], rows[2]);
	for (int i = 0; i < 3; i++)
		PQclear(rows[i]);
	return code;
}

/* --- Doing --- */

/* Says what came of it, in a word of payment_book(), payment_undo(). */
static int
told(const struct wish *wish, const char *outcome, const char *what, const char *receipt)
{
	static const struct {
		const char *outcome, *words;
	} refused[] = {
		{ "booked_already",
			"it is booked already; `baraza payments undo` takes that back" },
		{ "not_booked", "it is not booked" },
		{ "reversed", "the operator has taken it back" },
		{ "several_taxpayers", "these are of several taxpayers; one payment is of one" },
		{ "currency", "none of these is billed in its currency" },
	};

	if (strcmp(outcome, "booked") == 0)
		printf("%s booked for %s: receipt %s\n", wish->id, what, receipt);
	else if (strcmp(outcome, "undone") == 0)
		printf("%s undone: its receipt is void, and it waits again\n", wish->id);
	else if (strcmp(outcome, "unknown") == 0)
		return unknown(wish->id);
	else if (strcmp(outcome, "unknown_bill") == 0)
		cmd_error(&cmd_payments_command, "'%s' is no bill's reference and no taxpayer's",
			what);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(outcome, refused[i].outcome) == 0)
			cmd_error(&cmd_payments_command, "%s: %s", wish->id, refused[i].words);
	return strcmp(outcome, "booked") == 0 || strcmp(outcome, "undone") == 0 ? COMMAND_DONE
										: COMMAND_FAILED;
}

static int
book(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->id, wish->references, actor, wish->reason };
	PGresult *rows;
	int code = COMMAND_FAILED;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(&cmd_payments_command, db,
		"SELECT outcome, receipt, what FROM payment_book_for($1, $2::text[], $3, $4)", 4,
		params);
	if (rows != NULL)
		code = told(wish, PQgetvalue(rows, 0, 0), PQgetvalue(rows, 0, 2),
			PQgetvalue(rows, 0, 1));
	PQclear(rows);
	return code;
}

static int
undo(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->id, actor, wish->reason };
	PGresult *rows;
	int code = COMMAND_FAILED;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(&cmd_payments_command, db,
		"SELECT payment_undo(payment_id_of($1), $2, $3)", 3, params);
	if (rows != NULL)
		code = told(wish, PQgetvalue(rows, 0, 0), "", "");
	PQclear(rows);
	return code;
}

static int
done(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->id, actor, wish->reason };
	PGresult *rows;
	bool found;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(&cmd_payments_command, db, "SELECT payment_tray_done($1::bigint, $2, $3)",
		3, params);
	found = rows != NULL && PQgetvalue(rows, 0, 0)[0] == 't';
	if (found)
		printf("%s is done with\n", wish->id);
	else if (rows != NULL)
		cmd_error(&cmd_payments_command,
			"nothing that waits has the number %s; `baraza payments list --tray`",
			wish->id);
	PQclear(rows);
	return found ? COMMAND_DONE : COMMAND_FAILED;
}

/* --- --- the commands --- */

static const struct desk_command {
	const char *name;
	int (*work)(PGconn *db, const struct config *config, void *arg);
	bool id, references, reason; /* what it wants */
} commands[] = {
	{ "list", list, false, false, false },
	{ "show", show, true, false, false },
	{ "book", book, true, true, true },
	{ "undo", undo, true, false, true },
	{ "suggest", suggest, false, false, false },
	{ "candidates", candidates, true, false, false },
	{ "done", done, true, false, false },
};

static const struct desk_command *
find(const char *word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

bool
cmd_payments_is_desk(const char *word)
{
	return find(word) != NULL;
}

static bool
is_state(const char *word)
{
	return word == NULL || strcmp(word, "booked") == 0 || strcmp(word, "suggested") == 0 ||
		strcmp(word, "unmatched") == 0 || strcmp(word, "reversed") == 0;
}

/* As PostgreSQL writes an array. Returns 0, or -1 when they do not fit or hold what no reference
 * does. */
static int
take_references(struct wish *wish, char **words, int count)
{
	size_t at = 0;

	for (int i = 0; i < count; i++) {
		int n = snprintf(wish->references + at, sizeof(wish->references) - at, "%s\"%s\"",
			i == 0 ? "{" : ",", words[i]);
		if (strpbrk(words[i], "\"\\{}") != NULL || n < 0 ||
			(size_t)n >= sizeof(wish->references) - at - 1)
			return -1;
		at += (size_t)n;
	}
	strcpy(wish->references + at, "}");
	return 0;
}

static int
check_wish(const struct desk_command *what, struct wish *wish, int count, char **operands)
{
	const struct command *command = &cmd_payments_command;
	int least = what->id + what->references;
	long number;

	if (count < least || (count > least && !what->references))
		return cmd_usage(command, "%s wants %s", what->name,
			what->references   ? "an ID and a REFERENCE or several"
				: what->id ? "one ID"
					   : "no operand");
	if (what->reason && wish->reason == NULL)
		return cmd_usage(command, "%s wants a --reason", what->name);
	if (!is_state(wish->state) || (wish->state != NULL && (wish->tray || what->work != list)))
		return cmd_usage(command,
			"--state goes with list: booked, suggested, unmatched or reversed");
	if (wish->limit != NULL && cmd_number(wish->limit, 1, 1000000, &number) == -1)
		return cmd_usage(command, "--limit wants a number");
	if (what->id)
		wish->id = operands[0];
	if (what->work == done && cmd_number(wish->id, 1, 4611686018427387903, &number) == -1)
		return cmd_usage(command, "'%s' is no number of the tray", wish->id);
	if (what->references &&
		(count - 1 > REFERENCES_MAX ||
			take_references(wish, operands + 1, count - 1) == -1))
		return cmd_refuse(command, "these are no references");
	return wish->reason == NULL ? COMMAND_DONE : cmd_check_reason(command, wish->reason);
}

int
cmd_payments_desk(int argc, char **argv)
{
	static struct wish wish;
	const struct desk_command *what = find(argv[0]);
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "state", .value = &wish.state },
		{ .name = "limit", .letter = 'n', .value = &wish.limit },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "tray", .flag = &wish.tray },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_payments_command, options, argc, argv);
	int code;

	if (operand == -1)
		return COMMAND_USAGE;
	code = check_wish(what, &wish, argc - operand, argv + operand);
	if (code != COMMAND_DONE)
		return code;
	if (wish.limit == NULL)
		wish.limit = LIMIT;
	return cmd_work(&cmd_payments_command,
		&(struct cmd_work){ .file = wish.file, .work = what->work, .arg = &wish });
}
