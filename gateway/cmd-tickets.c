/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-tickets: the list of tickets, newest first. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd-common.h"
#include "cmd-rows.h"

#define LIMIT_FOR_PEOPLE "50"

static const char list_sql[] =
	"SELECT reference, service, category, kind, container, place, state, opened_at, due_at, crew,"
	" reports, incomplete "
	"FROM ticket_list "
	"WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR $2 IN (category, kind))"
	" AND (NOT restricted OR $4::boolean) "
	"ORDER BY id DESC LIMIT $3::bigint";

struct wish {
	const char *file, *state, *category, *limit;
	bool restricted, json;
};

/* Who reads restricted ones is written down. Returns 0, or -1 after telling. */
static int
audit(PGconn *db)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { actor };
	PGresult *done;

	cmd_login(actor);
	done = cmd_query(&cmd_tickets_command, db,
		"SELECT audit_add($1, 'tickets read', 'restricted', NULL)", 1, params);
	PQclear(done);
	return done != NULL ? 0 : -1;
}

static void
print(const struct wish *wish, const PGresult *rows)
{
	struct json json;

	if (wish->json) {
		json_begin(&json, stdout);
		cmd_rows_json(&json, NULL, rows);
		json_end(&json);
	} else {
		cmd_rows_table(stdout, rows);
		if (PQntuples(rows) == 0)
			fprintf(stderr, "no such tickets\n");
		else if (wish->limit == NULL && PQntuples(rows) == atoi(LIMIT_FOR_PEOPLE))
			fprintf(stderr,
				"the " LIMIT_FOR_PEOPLE
				" newest are shown; --limit N shows more\n");
	}
}

static int
list(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *limit = wish->limit != NULL || wish->json ? wish->limit : LIMIT_FOR_PEOPLE;
	const char *params[] = { wish->state, wish->category, limit,
		wish->restricted ? "true" : "false" };
	PGresult *rows = NULL;

	(void)config;
	if (!wish->restricted || audit(db) == 0)
		rows = cmd_query(&cmd_tickets_command, db, list_sql, 4, params);
	if (rows != NULL)
		print(wish, rows);
	PQclear(rows);
	return rows != NULL ? COMMAND_DONE : COMMAND_FAILED;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "state", .value = &wish.state },
		{ .name = "category", .value = &wish.category },
		{ .name = "limit", .letter = 'n', .value = &wish.limit },
		{ .name = "restricted", .flag = &wish.restricted },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_tickets_command, options, argc, argv);
	long limit;

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand < argc)
		return cmd_usage(&cmd_tickets_command,
			"'%s' is too much; one ticket is shown by `baraza ticket REFERENCE`",
			argv[operand]);
	if (wish.state != NULL && !cmd_is_ticket_state(wish.state))
		return cmd_usage(&cmd_tickets_command, "--state wants one of " CMD_TICKET_STATES);
	if (wish.limit != NULL && cmd_number(wish.limit, 1, 1000000000, &limit) == -1)
		return cmd_usage(&cmd_tickets_command, "--limit wants a whole number from 1 on");
	return cmd_work(&cmd_tickets_command,
		&(struct cmd_work){ .file = wish.file, .work = list, .arg = &wish });
}

const struct command cmd_tickets_command = {
	.name = "tickets",
	.summary = "Lists tickets, newest first.",
	.usage = "[-c FILE] [--state STATE] [--category CATEGORY] [--limit N] [--restricted]"
		 " [--json]",
	.help = "  -c, --config FILE        the configuration\n"
		"      --state STATE        only " CMD_TICKET_STATES "\n"
		"      --category CATEGORY  only road, water, light, waste, drain or other; or a skip's kind\n"
		"  -n, --limit N            at most N (" LIMIT_FOR_PEOPLE " unless --json)\n"
		"      --restricted         restricted ones too; who reads them is written down\n"
		"      --json               an array with one object a line\n",
	.run = run,
};
