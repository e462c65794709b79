/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-ticket: one ticket with what happened to it; and what is to happen. */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "cmd-ticket.h"
#include "text.h"

#define REFERENCE_MIN 4
#define REFERENCE_MAX 8     /* letters and digits */
#define REASON_TOLD_MAX 160 /* characters: it is told by SMS */

/* Views of sql/functions/60-status.sql. */
static const char ticket_sql[] =
	"SELECT reference, service, category, kind, container, place, state, opened_at, changed_at,"
	" due_at, department, crew, reason, reopened, reports, said_fixed, said_not_fixed, urgent,"
	" incomplete, restricted "
	"FROM ticket_list WHERE reference = $1 AND (NOT restricted OR $2::boolean)";
static const char reports_sql[] =
	"SELECT at, contact_number, place, words, incomplete FROM ticket_reports "
	"WHERE reference = $1 ORDER BY id";
static const char events_sql[] =
	"SELECT at, what, actor, note FROM ticket_events WHERE reference = $1 ORDER BY id";

/* Who reads a restricted one is written down. */
static const char audit_sql[] = "SELECT audit_add($2, 'ticket read', reference, NULL) "
				"FROM ticket WHERE reference = $1 AND restricted";

struct wish {
	const char *file, *state, *reason, *crew;
	bool restricted, json;
	char reference[REFERENCE_MAX + 1], other[REFERENCE_MAX + 1]; /* other: "" for none */
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

/* Why ticket_set() did nothing. */
static int
refused(const struct wish *wish, const char *outcome)
{
	const struct command *command = &cmd_ticket_command;

	if (strcmp(outcome, "unknown") == 0)
		return no_such_ticket(wish);
	if (strcmp(outcome, "same") == 0)
		cmd_error(command, "ticket %s is so already; nothing was changed", wish->reference);
	else if (strcmp(outcome, "taken") == 0)
		cmd_error(command,
			"ticket %s stays closed: another of its container and kind is open",
			wish->reference);
	else if (strcmp(outcome, "unknown_crew") == 0)
		cmd_error(command, "there is no crew %s; `baraza export crews` lists them",
			wish->crew);
	else if (strcmp(outcome, "restricted") == 0)
		cmd_error(command, "ticket %s is restricted: no crew gets it", wish->reference);
	else if (strcmp(outcome, "unknown_other") == 0)
		cmd_error(command, "there is no ticket %s", wish->other);
	else if (strcmp(outcome, "itself") == 0)
		cmd_error(command, "--of wants another ticket than %s itself", wish->reference);
	else
		cmd_error(command, "ticket %s is itself a duplicate; name the one that it is of",
			wish->other);
	return COMMAND_FAILED;
}

static bool
changes(const struct wish *wish)
{
	return wish->state != NULL || wish->crew != NULL || wish->other[0] != '\0';
}

/* Changes the ticket. Returns the exit code. */
static int
change(PGconn *db, const struct wish *wish)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->reference, wish->state, actor, wish->reason, wish->crew,
		wish->other[0] != '\0' ? wish->other : NULL, wish->restricted ? "true" : "false" };
	PGresult *rows;
	int code = COMMAND_DONE;

	cmd_login(actor);
	rows = cmd_query(&cmd_ticket_command, db,
		"SELECT ticket_set($1, $2, $3, $4, $5, $6, $7::boolean)", 7, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(rows, 0, 0), "changed") != 0)
		code = refused(wish, PQgetvalue(rows, 0, 0));
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
	return COMMAND_DONE;
}

static int
show(PGconn *db, const struct wish *wish)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->reference, wish->restricted ? "true" : "false" };
	const char *reader[] = { wish->reference, actor };
	PGresult *ticket = cmd_query(&cmd_ticket_command, db, ticket_sql, 2, params);
	PGresult *reports =
		ticket != NULL ? cmd_query(&cmd_ticket_command, db, reports_sql, 1, params) : NULL;
	PGresult *events =
		reports != NULL ? cmd_query(&cmd_ticket_command, db, events_sql, 1, params) : NULL;
	PGresult *audit = events;
	int code;

	if (events != NULL && wish->restricted) {
		cmd_login(actor);
		audit = cmd_query(&cmd_ticket_command, db, audit_sql, 2, reader);
	}
	code = audit != NULL ? print(wish, ticket, reports, events) : COMMAND_FAILED;
	if (audit != events)
		PQclear(audit);
	PQclear(ticket);
	PQclear(reports);
	PQclear(events);
	return code;
}

/* --- --- the command --- */

static int
no_reference(const char *word)
{
	return cmd_refuse(&cmd_ticket_command,
		"'%s' is no reference: it is 4 to 8 of A-Z and 2-9, without O and I", word);
}

/* Do these options go with each other? */
static int
check_change(const struct wish *wish)
{
	const struct command *command = &cmd_ticket_command;
	const char *state = wish->state != NULL ? wish->state : "";
	bool duplicate = strcmp(state, "duplicate") == 0, other = wish->other[0] != '\0';

	if (wish->state != NULL && !cmd_is_ticket_state(wish->state))
		return cmd_usage(command, "--state wants one of " CMD_TICKET_STATES);
	if (duplicate != other && (duplicate || wish->state != NULL))
		return cmd_usage(command, "--state duplicate and --of REFERENCE go together");
	if (wish->crew != NULL &&
		(other ||
			(wish->state != NULL && strcmp(state, "assigned") != 0 &&
				strcmp(state, "in_progress") != 0)))
		return cmd_usage(command, "--crew goes with --state assigned or in_progress");
	if (wish->reason == NULL)
		return strcmp(state, "refused") == 0
			? cmd_usage(command,
				  "--state refused wants a --reason, which reporters are told")
			: COMMAND_DONE;
	if (!changes(wish))
		return cmd_usage(command, "--reason goes with --state");
	if (other)
		return cmd_usage(command, "the reason of a duplicate is the other ticket");
	return cmd_check_reason(command, wish->reason);
}

static int
work(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	int code = changes(wish) ? change(db, wish) : COMMAND_DONE;

	(void)config;
	return code == COMMAND_DONE ? show(db, wish) : code;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const char *other = NULL;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "state", .value = &wish.state },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "crew", .value = &wish.crew },
		{ .name = "of", .value = &other },
		{ .name = "restricted", .flag = &wish.restricted },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand, code;

	if (argc > 1 && strcmp(argv[1], "new") == 0)
		return cmd_ticket_new(argc - 1, argv + 1);
	operand = cmd_options(&cmd_ticket_command, options, argc, argv);
	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 1)
		return cmd_usage(&cmd_ticket_command, "one REFERENCE is wanted");
	if (take_reference(argv[operand], wish.reference) == -1)
		return no_reference(argv[operand]);
	if (other != NULL && take_reference(other, wish.other) == -1)
		return no_reference(other);
	code = check_change(&wish);
	if (code != COMMAND_DONE)
		return code;
	return cmd_work(&cmd_ticket_command,
		&(struct cmd_work){ .file = wish.file, .work = work, .arg = &wish });
}

int
cmd_check_reason(const struct command *command, const char *reason)
{
	size_t count = 0;

	if (*reason == '\0' || !text_utf8_valid(reason, strlen(reason)))
		return cmd_usage(command, "--reason wants words in UTF-8");
	for (const char *at = reason; *at != '\0'; count++) {
		if ((unsigned char)*at < 0x20)
			return cmd_usage(command, "--reason is one line");
		text_next(&at);
	}
	if (count > REASON_TOLD_MAX)
		return cmd_usage(command, "--reason has at most %d characters", REASON_TOLD_MAX);
	return COMMAND_DONE;
}

const struct command cmd_ticket_command = {
	.name = "ticket",
	.summary = "Shows one ticket and what happened to it, changes it, or files a new one.",
	.usage =
		"[-c FILE] REFERENCE [--state STATE] [--reason WORDS] [--crew NAME] [--of REFERENCE]"
		" [--restricted] [--json]",
	.help = "   or: baraza ticket new [-c FILE] --for NUMBER [--service skip|complaint] [--json] TEXT\n"
		"  -c, --config FILE   the configuration\n"
		"      --state STATE   changes its state, with an event in the name of who is logged in:\n"
		"                      " CMD_TICKET_STATES "\n"
		"      --reason WORDS  kept with that event; why it was refused is told to its reporters\n"
		"      --crew NAME     gives the job to that crew, which is told\n"
		"      --of REFERENCE  it is a duplicate of that one, of which its reporters hear from now on\n"
		"      --restricted    also a restricted one; who reads it is written down\n"
		"      --json          one object\n"
		"Phone numbers are masked.\n"
		"`new` does what TEXT would do if NUMBER sent it: the ticket and its news are that person's.\n",
	.run = run,
};
