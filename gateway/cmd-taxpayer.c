/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-taxpayer: what the office knows of a taxpayer; an officer gives him another number, or takes
 * one from him, and says why.
 */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "cmd-ticket.h"
#include "json.h"
#include "log.h"

struct wish {
	const char *file, *reason, *reference, *number;
	bool json, take_away;
	struct phone phone;
};

/* --- Seeing --- */

static void
print_json(PGresult *const rows[3])
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	cmd_row_json_members(&json, rows[0], 0);
	cmd_rows_json(&json, "phones", rows[1]);
	cmd_rows_json(&json, "bills", rows[2]);
	json_object_end(&json);
	json_end(&json);
}

static void
print_words(PGresult *const rows[3])
{
	for (int i = 0; i < PQnfields(rows[0]); i++) {
		const char *value = cmd_value(rows[0], 0, i);

		if (value != NULL)
			printf("%-16s%s\n", PQfname(rows[0], i),
				strcmp(value, "t") == 0           ? "yes"
					: strcmp(value, "f") == 0 ? "no"
								  : value);
	}
	for (int i = 1; i < 3; i++) {
		if (PQntuples(rows[i]) > 0)
			putchar('\n');
		cmd_rows_table(stdout, rows[i]);
	}
}

static int
show(PGconn *db, const struct config *config, void *arg)
{
	/* Functions of sql/functions/82-payments.sql. */
	static const char *const sql[] = { "SELECT * FROM taxpayer_show($1)",
		"SELECT * FROM taxpayer_phones($1)", "SELECT * FROM taxpayer_bills($1)" };
	const struct wish *wish = arg;
	const char *params[] = { wish->reference };
	PGresult *rows[3] = { NULL };
	int code = COMMAND_DONE;

	(void)config;
	for (int i = 0; i < 3 && code == COMMAND_DONE; i++) {
		rows[i] = cmd_query(&cmd_taxpayer_command, db, sql[i], 1, params);
		if (rows[i] == NULL)
			code = COMMAND_FAILED;
	}
	if (code == COMMAND_DONE && PQntuples(rows[0]) == 0) {
		cmd_error(&cmd_taxpayer_command, "no taxpayer is '%s'", wish->reference);
		code = COMMAND_FAILED;
	}
	if (code == COMMAND_DONE && wish->json)
		print_json(rows);
	else if (code == COMMAND_DONE)
		print_words(rows);
	for (int i = 0; i < 3; i++)
		PQclear(rows[i]);
	return code;
}

/* --- Doing --- */

static int
told(const struct wish *wish, const char *outcome)
{
	if (strcmp(outcome, "done") == 0)
		printf(wish->take_away ? "%s: %s is unlinked\n" : "%s has %s now\n",
			wish->reference, log_number(wish->phone.number));
	else if (strcmp(outcome, "unknown") == 0)
		cmd_error(&cmd_taxpayer_command, "no taxpayer is '%s'", wish->reference);
	else
		cmd_error(&cmd_taxpayer_command, "%s is not registered for %s",
			log_number(wish->phone.number), wish->reference);
	return strcmp(outcome, "done") == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
change(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->reference, wish->phone.number,
		wish->take_away ? "true" : "false", actor, wish->reason };
	PGresult *rows;
	int code = COMMAND_FAILED;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(&cmd_taxpayer_command, db,
		"SELECT taxpayer_officer($1, $2, $3::boolean, $4, $5)", 5, params);
	if (rows != NULL)
		code = told(wish, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return code;
}

static int
check_phone(const struct config *config, void *arg)
{
	struct wish *wish = arg;

	return cmd_phone(&cmd_taxpayer_command, wish->number, config, &wish->phone);
}

/* --- --- the command --- */

static int
run_change(struct wish *wish, const char *word)
{
	const struct command *command = &cmd_taxpayer_command;
	int code;

	if (wish->reason == NULL)
		return cmd_usage(command, "%s wants a --reason", word);
	code = cmd_check_reason(command, wish->reason);
	wish->take_away = strcmp(word, "unlink") == 0;
	return code != COMMAND_DONE ? code
				    : cmd_work(command,
					      &(struct cmd_work){ .file = wish->file,
						      .prepare = check_phone,
						      .work = change,
						      .arg = wish });
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	const struct command *command = &cmd_taxpayer_command;
	int operand = cmd_options(command, options, argc, argv);
	int count = argc - operand;

	if (operand == -1)
		return COMMAND_USAGE;
	wish.reference = count > 1 ? argv[operand + 1] : NULL;
	wish.number = count > 2 ? argv[operand + 2] : NULL;
	if (count == 2 && strcmp(argv[operand], "show") == 0)
		return cmd_work(command,
			&(struct cmd_work){ .file = wish.file, .work = show, .arg = &wish });
	if (count == 3 &&
		(strcmp(argv[operand], "number") == 0 || strcmp(argv[operand], "unlink") == 0))
		return run_change(&wish, argv[operand]);
	return cmd_usage(command,
		"say show REFERENCE, number REFERENCE NUMBER, or unlink "
		"REFERENCE NUMBER");
}

const struct command cmd_taxpayer_command = {
	.name = "taxpayer",
	.summary = "Shows a taxpayer, and gives him another number.",
	.usage = "[-c FILE] show REFERENCE [--json] | number REFERENCE NUMBER --reason WORDS"
		 " | unlink REFERENCE NUMBER --reason WORDS",
	.help = "  -c, --config FILE   the configuration\n"
		"      --reason WORDS  why; kept with who did it\n"
		"      --json          show: one object\n"
		"number: the taxpayer's phone is NUMBER from now on; those before are told.  unlink: NUMBER\n"
		"is no phone of the taxpayer's any more, and no file makes it one again.  Phone numbers are\n"
		"masked; codes are never shown.\n",
	.run = run,
};
