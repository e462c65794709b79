/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-bundle: what is left in a SIM's bundle, as the operator said it to the administrator. */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"

#define BALANCE_MAX 100 /* bytes */

struct wish {
	const char *file, *balance; /* balance NULL: not told */
	const char *modem, *count;
	char clean[BALANCE_MAX + 1]; /* the balance */
};

/* The words of link_bundle_set() in sql/functions/50-modem.sql. */
static int
tell(const struct wish *wish, const char *outcome)
{
	if (strcmp(outcome, "no_modem") == 0)
		cmd_error(&cmd_bundle_command,
			"no gateway has run with a modem '%s' yet; `baraza status` lists those that are known",
			wish->modem);
	else if (strcmp(outcome, "no_sim") == 0)
		cmd_error(&cmd_bundle_command,
			"modem %s has not told of its SIM yet; its state is in `baraza status`",
			wish->modem);
	else if (wish->count == NULL)
		printf("%s: nothing is known of its bundle any more\n", wish->modem);
	else
		printf("%s: %s SMS left%s%s\n", wish->modem, wish->count,
			wish->balance != NULL ? ", balance " : "",
			wish->balance != NULL ? wish->clean : "");
	return strcmp(outcome, "set") == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
set(PGconn *db, const struct config *config, void *arg)
{
	struct wish *wish = arg;
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->modem, wish->count,
		wish->balance != NULL ? wish->clean : NULL, actor };
	PGresult *rows;
	int code;

	(void)config;
	cmd_login(actor);
	rows = cmd_query(
		&cmd_bundle_command, db, "SELECT link_bundle_set($1, $2, $3, $4)", 4, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	code = tell(wish, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return code;
}

/* COMMAND_DONE, or tells what is wrong. */
static int
check(struct wish *wish)
{
	long count;

	if (strcmp(wish->count, "none") == 0)
		wish->count = NULL;
	else if (cmd_number(wish->count, 0, 100000000, &count) == -1)
		return cmd_usage(&cmd_bundle_command,
			"COUNT is how many SMS are left, 0 to 100000000, or none: not '%s'",
			wish->count);
	if (wish->balance == NULL)
		return COMMAND_DONE;
	if (wish->balance[0] == '\0' || strlen(wish->balance) > BALANCE_MAX)
		return cmd_usage(&cmd_bundle_command, "a balance has 1 to %d bytes", BALANCE_MAX);
	text_utf8_clean(wish->clean, sizeof(wish->clean), wish->balance, strlen(wish->balance));
	return COMMAND_DONE;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .file = NULL };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "balance", .value = &wish.balance },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_bundle_command, options, argc, argv), code;

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 2)
		return cmd_usage(&cmd_bundle_command, "a MODEM and a COUNT are wanted");
	wish.modem = argv[operand];
	wish.count = argv[operand + 1];
	code = check(&wish);
	if (code != COMMAND_DONE)
		return code;
	return cmd_work(&cmd_bundle_command,
		&(struct cmd_work){ .file = wish.file, .work = set, .arg = &wish });
}

const struct command cmd_bundle_command = {
	.name = "bundle",
	.summary = "Tells the gateway how many SMS are left in a SIM's bundle.",
	.usage = "[-c FILE] MODEM COUNT [--balance TEXT]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --balance TEXT  what the operator says is left on the account, in its own words\n"
		"The SIM is the one that MODEM holds now.  COUNT is the number of SMS that are left; it is\n"
		"counted down as they leave, and none forgets it.  An alert's forecast looks at it, and\n"
		"`baraza status` shows it.\n",
	.run = run,
};
