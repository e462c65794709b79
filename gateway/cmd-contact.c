/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-contact: what is known of a number that a clerk was given; and what the office sets of it:
 * who reports for others, who is blocked, in which language she is written to; and by which PIN a
 * department is believed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "json.h"
#include "log.h"
#include "phone.h"

#define PIN_MIN 4
#define PIN_MAX 8 /* digits */

struct wish {
	const char *file, *number, *helper, *block, *language;
	const char *department; /* whose PIN is set; NULL: none */
	char pin[PIN_MAX + 3];  /* with the line's end; "": it is taken away */
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

/* --- --- a department's PIN --- */

/* From standard input: what is typed behind a command, others can see. */
static int
read_pin(struct wish *wish)
{
	size_t length;

	if (isatty(STDIN_FILENO))
		fprintf(stderr, "PIN of %s (%d to %d digits; empty: none): ", wish->department,
			PIN_MIN, PIN_MAX);
	if (fgets(wish->pin, sizeof(wish->pin), stdin) == NULL)
		return cmd_refuse(&cmd_contact_command, "no PIN on standard input");
	length = strcspn(wish->pin, "\n");
	wish->pin[length] = '\0';
	if (strspn(wish->pin, "0123456789") != length ||
		(length != 0 && (length < PIN_MIN || length > PIN_MAX)))
		return cmd_refuse(
			&cmd_contact_command, "a PIN has %d to %d digits", PIN_MIN, PIN_MAX);
	return COMMAND_DONE;
}

static int
set_pin(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->department, wish->pin[0] != '\0' ? wish->pin : NULL, actor };
	PGresult *rows;
	bool known;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(
		&cmd_contact_command, db, "SELECT department_pin_set($1, $2, $3)", 3, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	known = PQgetvalue(rows, 0, 0)[0] == 't';
	PQclear(rows);
	if (!known) {
		cmd_error(&cmd_contact_command, "there is no department '%s'", wish->department);
		return COMMAND_FAILED;
	}
	printf(wish->pin[0] != '\0' ? "%s answers with this PIN from now on\n"
				    : "%s is believed by its phone alone\n",
		wish->department);
	return COMMAND_DONE;
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
	if (operand == argc - 2 && strcmp(argv[operand], "pin") == 0 && !changes(&wish)) {
		wish.department = argv[operand + 1];
		if (read_pin(&wish) != COMMAND_DONE)
			return COMMAND_USAGE;
		return cmd_work(&cmd_contact_command,
			&(struct cmd_work){ .file = wish.file, .work = set_pin, .arg = &wish });
	}
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
	.usage = "[-c FILE] NUMBER [--helper yes|no] [--block yes|no] [--language CODE] [--json]\n"
		 "       baraza contact [-c FILE] pin DEPARTMENT",
	.help = "  -c, --config FILE    the configuration\n"
		"      --helper yes|no  may report for others (POUR 0788...), and more in an hour\n"
		"      --block yes|no   what she sends is kept and never answered\n"
		"      --language CODE  is written to in it from now on\n"
		"      --json           one object\n"
		"      pin DEPARTMENT   reads a PIN from standard input, with which that department answers by SMS\n"
		"                       from then on; an empty line takes it away\n"
		"NUMBER is read as it is dialled in the city's country.  Changes are written down with who did\n"
		"them.  Confidential reports are not told of.\n",
	.run = run,
};
