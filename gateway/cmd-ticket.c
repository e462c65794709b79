/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-ticket: one ticket with what happened to it; and what is to happen. */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "text.h"

#define REFERENCE_MIN 4
#define REFERENCE_MAX 8 /* letters and digits */
#define NOTE_MAX 1000 /* bytes */

/* Views of sql/functions/60-status.sql. */
static const char ticket_sql[] =
	"SELECT reference, service, category, place, state, opened_at, changed_at, department, reports,"
	" incomplete FROM ticket_list WHERE reference = $1";
static const char reports_sql[] =
	"SELECT at, contact_number, place, words, incomplete FROM ticket_reports "
	"WHERE reference = $1 ORDER BY id";
static const char events_sql[] =
	"SELECT at, what, actor, note FROM ticket_events WHERE reference = $1 ORDER BY id";

struct wish {
	const char *file, *state, *note;
	bool json;
	char reference[REFERENCE_MAX + 1];
};

/* As people write it: in any case, in groups. Returns 0, or -1 when it can be none. */
static int
take_reference(const char *word, char out[REFERENCE_MAX + 1])
{
	char reference[REFERENCE_MAX + 1];
	size_t len = 0;

	for (; *word != '\0'; word++) {
		char c = *word;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == ' ' || c == '-')
			continue;
		if (strchr("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", c) == NULL || len == REFERENCE_MAX)
			return -1;
		reference[len++] = c;
	}
	if (len < REFERENCE_MIN)
		return -1;
	reference[len] = '\0';
	memcpy(out, reference, len + 1);
	return 0;
}

static int
no_such_ticket(const struct wish *wish)
{
	cmd_error(&cmd_ticket_command, "there is no ticket %s", wish->reference);
	return COMMAND_FAILED;
}

/* Changes the state. Returns the exit code. */
static int
set(PGconn *db, const struct wish *wish)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->reference, wish->state, actor, wish->note };
	PGresult *rows;
	const char *outcome;
	int code = COMMAND_FAILED;

	cmd_login(actor);
	rows = cmd_query(&cmd_ticket_command, db, "SELECT ticket_set($1, $2, $3, $4)", 4, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	outcome = PQgetvalue(rows, 0, 0);
	if (strcmp(outcome, "changed") == 0)
		code = COMMAND_DONE;
	else if (strcmp(outcome, "unknown") == 0)
		code = no_such_ticket(wish);
	else
		cmd_error(&cmd_ticket_command, "ticket %s is %s already; nothing was changed",
			wish->reference, wish->state);
	PQclear(rows);
	return code;
}

/* --- --- showing --- */

static void
print_json(const PGresult *ticket, const PGresult *reports, const PGresult *events)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	cmd_row_json_members(&json, ticket, 0);
	cmd_rows_json(&json, "reporters", reports);
	cmd_rows_json(&json, "events", events);
	json_object_end(&json);
	json_end(&json);
}

static void
print_text(const PGresult *ticket, const PGresult *reports, const PGresult *events)
{
	cmd_rows_table(stdout, ticket);
	fputc('\n', stdout);
	cmd_rows_table(stdout, reports);
	fputc('\n', stdout);
	cmd_rows_table(stdout, events);
}

static int
print(const struct wish *wish, const PGresult *ticket, const PGresult *reports,
	const PGresult *events)
{
	if (PQntuples(ticket) == 0)
		return no_such_ticket(wish);
	if (wish->json)
		print_json(ticket, reports, events);
	else
		print_text(ticket, reports, events);
	return cmd_flush(&cmd_ticket_command) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
show(PGconn *db, const struct wish *wish)
{
	const char *params[] = { wish->reference };
	PGresult *ticket = cmd_query(&cmd_ticket_command, db, ticket_sql, 1, params);
	PGresult *reports =
		ticket != NULL ? cmd_query(&cmd_ticket_command, db, reports_sql, 1, params) : NULL;
	PGresult *events =
		reports != NULL ? cmd_query(&cmd_ticket_command, db, events_sql, 1, params) : NULL;
	int code = events != NULL ? print(wish, ticket, reports, events) : COMMAND_FAILED;

	PQclear(ticket);
	PQclear(reports);
	PQclear(events);
	return code;
}

/* --- --- the command --- */

static int
check_wish(struct wish *wish, const char *reference)
{
	if (take_reference(reference, wish->reference) == -1)
		return cmd_refuse(&cmd_ticket_command,
			"'%s' is no reference: it is 4 to 8 of A-Z and 2-9, without O and I",
			reference);
	if (wish->state != NULL && !cmd_is_ticket_state(wish->state))
		return cmd_usage(&cmd_ticket_command, "--set wants one of " CMD_TICKET_STATES);
	if (wish->note != NULL && wish->state == NULL)
		return cmd_usage(&cmd_ticket_command, "--note goes with --set");
	if (wish->note != NULL &&
		(strlen(wish->note) > NOTE_MAX || !text_utf8_valid(wish->note, strlen(wish->note))))
		return cmd_usage(&cmd_ticket_command, "--note is at most 1000 bytes of UTF-8");
	return COMMAND_DONE;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "set", .value = &wish.state },
		{ .name = "note", .value = &wish.note },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_ticket_command, options, argc, argv), code;
	struct config *config;
	PGconn *db;

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 1)
		return cmd_usage(&cmd_ticket_command, "one REFERENCE is wanted");
	code = check_wish(&wish, argv[operand]);
	if (code != COMMAND_DONE)
		return code;
	config = cmd_config(wish.file);
	if (config == NULL)
		return COMMAND_USAGE;
	db = cmd_connect(&cmd_ticket_command, config);
	code = db == NULL ? COMMAND_FAILED : wish.state != NULL ? set(db, &wish) : COMMAND_DONE;
	if (code == COMMAND_DONE)
		code = show(db, &wish);
	PQfinish(db);
	config_free(config);
	return code;
}

const struct command cmd_ticket_command = {
	.name = "ticket",
	.summary = "Shows one ticket and what happened to it, or changes its state.",
	.usage = "[-c FILE] REFERENCE [--set STATE [--note WORDS]] [--json]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --set STATE     changes its state, with an event in the name of who is logged in:\n"
		"                      " CMD_TICKET_STATES "\n"
		"      --note WORDS    kept with that event\n"
		"      --json          one object\n"
		"Phone numbers are masked.\n",
	.run = run,
};
