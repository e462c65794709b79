/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-contact: what is known of a number that a clerk was given; and what the office sets of it:
 * who reports for others, who is blocked, in which language she is written to.
 */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "json.h"
#include "log.h"
#include "phone.h"

struct wish {
	const char *file, *number, *helper, *block, *language;
	bool json;
	struct phone phone;
};

static bool
changes(const struct wish *wish)
{
	return wish->helper != NULL || wish->block != NULL || wish->language != NULL;
}

static int
change(PGconn *db, const struct wish *wish)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->phone.number, wish->helper, wish->block, wish->language,
		actor };
	PGresult *rows;

	cmd_login(actor);
	rows = cmd_query(&cmd_contact_command, db,
		"SELECT person_set($1, $2::boolean, $3::boolean, $4, $5)", 5, params);
	PQclear(rows);
	return rows != NULL ? COMMAND_DONE : COMMAND_FAILED;
}

static void
print(const struct wish *wish, const PGresult *rows)
{
	struct json json;

	if (wish->json) {
		json_begin(&json, stdout);
		cmd_row_json(&json, NULL, rows, 0);
		json_end(&json);
		return;
	}
	for (int i = 0; i < PQnfields(rows); i++) {
		const char *value = cmd_value(rows, 0, i);

		if (value != NULL && strcmp(value, "t") == 0)
			value = "yes";
		else if (value != NULL && strcmp(value, "f") == 0)
			value = "no";
		printf("%-20s%s\n", PQfname(rows, i), value != NULL ? value : "");
	}
}

static int
show(PGconn *db, const struct wish *wish)
{
	const char *params[] = { wish->phone.number };
	PGresult *rows =
		cmd_query(&cmd_contact_command, db, "SELECT * FROM person_show($1)", 1, params);
	int known = rows != NULL ? PQntuples(rows) : 0;

	if (known > 0)
		print(wish, rows);
	else if (rows != NULL)
		cmd_error(&cmd_contact_command, "nothing is known of %s",
			log_number(wish->phone.number));
	PQclear(rows);
	return known > 0 ? COMMAND_DONE : COMMAND_FAILED;
}

/* --- --- the command --- */

static int
work(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	int code = changes(wish) ? change(db, wish) : COMMAND_DONE;

	(void)config;
	return code == COMMAND_DONE ? show(db, wish) : code;
}

static bool
is_yes_or_no(const char *word)
{
	return word == NULL || strcmp(word, "yes") == 0 || strcmp(word, "no") == 0;
}

static int
check_wish(const struct config *config, void *arg)
{
	struct wish *wish = arg;
	int code = cmd_phone(&cmd_contact_command, wish->number, config, &wish->phone);

	if (code != COMMAND_DONE)
		return code;
	return wish->language == NULL || config_speaks(config, wish->language)
		? COMMAND_DONE
		: cmd_refuse(&cmd_contact_command, "'%s' is none of the city's languages",
			  wish->language);
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "helper", .value = &wish.helper },
		{ .name = "block", .value = &wish.block },
		{ .name = "language", .value = &wish.language },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_contact_command, options, argc, argv);

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 1)
		return cmd_usage(&cmd_contact_command, "one NUMBER is wanted");
	if (!is_yes_or_no(wish.helper) || !is_yes_or_no(wish.block))
		return cmd_usage(&cmd_contact_command, "--helper and --block want yes or no");
	wish.number = argv[operand];
	return cmd_work(&cmd_contact_command,
		&(struct cmd_work){
			.file = wish.file, .prepare = check_wish, .work = work, .arg = &wish });
}

const struct command cmd_contact_command = {
	.name = "contact",
	.summary = "Shows what is known of a number, and sets what the office decides about it.",
	.usage = "[-c FILE] NUMBER [--helper yes|no] [--block yes|no] [--language CODE] [--json]",
	.help = "  -c, --config FILE    the configuration\n"
		"      --helper yes|no  may report for others (POUR 0788...), and more in an hour\n"
		"      --block yes|no   what she sends is kept and never answered\n"
		"      --language CODE  is written to in it from now on\n"
		"      --json           one object\n"
		"NUMBER is read as it is dialled in the city's country.  Changes are written down with who did\n"
		"them.  Confidential reports are not told of.\n",
	.run = run,
};
