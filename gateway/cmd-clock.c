/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-clock: the city's time, the machine's, and whether that is believed; an administrator's word
 * that it is right. */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"

/* Functions of sql/functions/00-clock.sql.  The machine is the database's. */
static const char times_sql[] =
	"SELECT iso_time(city_now()) AS city_time, iso_time(clock_timestamp()) AS machine_time,"
	" clock_believable() AS believed";
static const char doubts_sql[] =
	"SELECT doubt, iso_time(at) AS at, who AS gateway FROM clock_doubts()";

struct wish {
	const char *file;
	bool json, believe;
};

static bool
is_believed(const PGresult *times)
{
	return PQgetvalue(times, 0, PQfnumber(times, "believed"))[0] == 't';
}

static void
print_json(const PGresult *times, const PGresult *doubts)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	cmd_row_json_members(&json, times, 0);
	cmd_rows_json(&json, "doubts", doubts);
	json_object_end(&json);
	json_end(&json);
}

static void
print_doubt(const char *doubt, const char *at, const char *gateway)
{
	if (strcmp(doubt, "start") == 0)
		printf("Gateway %s once started at %s, which is still to come.\n", gateway, at);
	else if (strcmp(doubt, "message") == 0)
		printf("The last message is of %s, which is still to come.\n", at);
	else
		printf("The machine's clock has not been set.\n");
}

static void
print_text(const PGresult *times, const PGresult *doubts)
{
	cmd_rows_table(stdout, times);
	if (PQntuples(doubts) == 0)
		return;
	putchar('\n');
	for (int row = 0; row < PQntuples(doubts); row++)
		print_doubt(PQgetvalue(doubts, row, 0), cmd_value(doubts, row, 1),
			cmd_value(doubts, row, 2));
	printf("Until the clock is believed nothing expires.  If machine_time is wrong, set that clock;\n"
	       "if it is right, say so: baraza clock --believe\n");
}

/* Shows what is so now. Returns the exit code. */
static int
show(PGconn *db, bool json)
{
	PGresult *times = cmd_query(&cmd_clock_command, db, times_sql, 0, NULL);
	PGresult *doubts =
		times != NULL ? cmd_query(&cmd_clock_command, db, doubts_sql, 0, NULL) : NULL;
	int code = COMMAND_FAILED;

	if (doubts != NULL) {
		if (json)
			print_json(times, doubts);
		else
			print_text(times, doubts);
		if (is_believed(times))
			code = COMMAND_DONE;
	}
	PQclear(times);
	PQclear(doubts);
	return code;
}

/* Gives the administrator's word. Returns the exit code. */
static int
believe(PGconn *db)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { actor };
	PGresult *rows;
	int code = COMMAND_DONE;

	cmd_login(actor);
	rows = cmd_query(&cmd_clock_command, db, "SELECT clock_believe($1)", 1, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(rows, 0, 0), "unset") == 0) {
		cmd_error(&cmd_clock_command,
			"the machine's clock has not been set; set it first: nothing was changed");
		code = COMMAND_FAILED;
	} else if (strcmp(PQgetvalue(rows, 0, 0), "already") == 0) {
		fprintf(stderr, "The clock is believed already; nothing was changed.\n");
	}
	PQclear(rows);
	return code;
}

static int
work(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	int code = wish->believe ? believe(db) : COMMAND_DONE;

	(void)config;
	return code == COMMAND_DONE ? show(db, wish->json) : code;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "believe", .flag = &wish.believe },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};

	if (cmd_only_options(&cmd_clock_command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	return cmd_work(&cmd_clock_command,
		&(struct cmd_work){ .file = wish.file, .work = work, .arg = &wish });
}

const struct command cmd_clock_command = {
	.name = "clock",
	.summary = "Shows whether the clock is believed, or says that it is to be.",
	.usage = "[-c FILE] [--believe] [--json]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --believe       your word that the clock is right: what stands after it was stamped by a\n"
		"                      wrong one, and is set right; your name goes into the logs\n"
		"      --json          one object: city_time, machine_time, believed, doubts\n"
		"The clock is not believed while it stands before what the database remembers.  Exit status 1\n"
		"then, too.\n",
	.run = run,
};
