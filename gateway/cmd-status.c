/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-status: is the gateway in service?  Modems, SIMs, and what waits. */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"

enum part { NODES, MODEMS, LINKS, QUEUE, TRAYS, COUNTS, CLOCK, PARTS };

/* Views of sql/functions/60-status.sql; 00-clock.sql. */
static const struct {
	const char *key;
	const char *sql;
} parts[PARTS] = {
	[NODES] = { "nodes", "SELECT * FROM status_node" },
	[MODEMS] = { "modems", "SELECT * FROM status_modem" },
	[LINKS] = { "links", "SELECT * FROM status_link" },
	[QUEUE] = { "queue", "SELECT * FROM status_queue" },
	[TRAYS] = { "trays", "SELECT * FROM status_tray" },
	[COUNTS] = { "counts", "SELECT * FROM status_count" },
	[CLOCK] = { "clock", "SELECT clock_believable() AS clock_believed" },
};

static bool
in_service(const PGresult *modems)
{
	int column = PQfnumber(modems, "in_service");

	for (int row = 0; row < PQntuples(modems); row++)
		if (PQgetvalue(modems, row, column)[0] == 't')
			return true;
	return false;
}

static void
print_json(PGresult *const results[PARTS])
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_bool(&json, "in_service", in_service(results[MODEMS]));
	for (enum part part = NODES; part < COUNTS; part++)
		cmd_rows_json(&json, parts[part].key, results[part]);
	cmd_row_json_members(&json, results[COUNTS], 0);
	cmd_row_json_members(&json, results[CLOCK], 0);
	json_object_end(&json);
	json_end(&json);
}

static void
print_text(PGresult *const results[PARTS])
{
	if (PQntuples(results[NODES]) == 0)
		printf("No gateway runs on this database.\n\n");
	for (enum part part = NODES; part <= COUNTS; part++) {
		cmd_rows_table(stdout, results[part]);
		if (part < COUNTS && PQntuples(results[part]) > 0)
			putchar('\n');
	}
	if (PQgetvalue(results[CLOCK], 0, 0)[0] != 't')
		printf("\nThe clock is not believed, and nothing expires: see 'baraza clock'.\n");
	if (!in_service(results[MODEMS]))
		printf("\nNothing is in service.\n");
}

/* All parts as of one moment. Returns 0, or -1 after telling. */
static int
ask(PGconn *db, PGresult *results[PARTS])
{
	int done = cmd_execute(
		&cmd_status_command, db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

	for (enum part part = NODES; part < PARTS && done == 0; part++) {
		results[part] = cmd_query(&cmd_status_command, db, parts[part].sql, 0, NULL);
		if (results[part] == NULL)
			done = -1;
	}
	return done;
}

/* Configured modems of which no gateway has told anything. */
static void
tell_unseen(const struct config *config, const PGresult *modems)
{
	for (size_t i = 0; i < config->modem_count; i++) {
		int row = 0;

		while (row < PQntuples(modems) &&
			strcmp(PQgetvalue(modems, row, 0), config->modem[i].name) != 0)
			row++;
		if (row == PQntuples(modems))
			fprintf(stderr,
				"modem %s is configured, but no gateway has run with it yet\n",
				config->modem[i].name);
	}
}

static int
show(PGconn *db, const struct config *config, void *arg)
{
	const bool *json = arg;
	PGresult *results[PARTS] = { NULL };
	int code = COMMAND_FAILED;

	if (ask(db, results) == 0) {
		if (*json)
			print_json(results);
		else
			print_text(results);
		tell_unseen(config, results[MODEMS]);
		if (in_service(results[MODEMS]))
			code = COMMAND_DONE;
	}
	for (enum part part = NODES; part < PARTS; part++)
		PQclear(results[part]);
	return code;
}

static int
run(int argc, char **argv)
{
	const char *file = NULL;
	bool json = false;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (cmd_only_options(&cmd_status_command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	return cmd_work(&cmd_status_command,
		&(struct cmd_work){ .file = file, .work = show, .arg = &json });
}

const struct command cmd_status_command = {
	.name = "status",
	.summary = "Shows modems, SIMs, and what waits; exit 1 when nothing is in service.",
	.usage = "[-c FILE] [--json]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --json          one object: in_service, nodes, modems, links, queue, trays, counts,\n"
		"                      clock_believed\n"
		"A modem is in service when it is READY and its gateway runs.\n",
	.run = run,
};
