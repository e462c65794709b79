/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-close: closes many tickets at once, with one reason. Without --yes it shows what that would
 * do: which tickets, who is told, by how many SMS, what they cost, and when they leave. The preview
 * is the act itself in a transaction that is rolled back: it cannot say anything else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "cmd-ticket.h"
#include "json.h"
#include "notices.h"
#include "text.h"
#include "texts.h"

#define SHOWN_MAX 20 /* tickets, for people */

struct wish {
	const char *file, *category, *container, *zone, *days, *state, *reason;
	bool yes, json;
	struct texts *texts;
};

/* What is said to whom, when. */
struct told {
	int persons, sms, segments;
	const char *from, *until; /* borrowed of the rows; NULL: nothing is said */
};

static const char close_sql[] =
	"SELECT c.id, l.reference, l.service, l.category, l.kind, l.container, l.place, l.opened_at,"
	" l.reports "
	"FROM ticket_close_many($1, $2::integer, $3, $4::integer, $5, $6, $7) c "
	"JOIN ticket_list l ON l.id = c.id ORDER BY c.id";

/* What this transaction left to be said about them. */
static const char told_sql[] =
	"SELECT n.contact_id, coalesce(c.language, ''), n.text_key,"
	" array_to_string(n.values, E'\\x1f', ''), iso_time(min(n.not_before) OVER ()),"
	" iso_time(max(n.not_before) OVER ()) "
	"FROM notice n JOIN contact c ON c.id = n.contact_id "
	"WHERE n.id > $1::bigint AND n.ticket_id = ANY (string_to_array($2, ' ')::bigint[]) "
	"ORDER BY n.contact_id";

/* --- --- what would be said --- */

static int
segments_of(const struct config *config, const struct texts *texts, const PGresult *rows, int row)
{
	char text[OUTGOING_BYTES_MAX], plain[OUTGOING_BYTES_MAX];
	int segments;

	if (notices_render(texts, PQgetvalue(rows, row, 1), PQgetvalue(rows, row, 2),
		    PQgetvalue(rows, row, 3), text) == -1)
		return 0;
	if (config->transliterate && text_transliterate(plain, sizeof plain, text) >= 0)
		memcpy(text, plain, sizeof plain);
	segments = text_count_segments(text, NULL);
	return segments > 0 ? segments : 0;
}

static void
count_told(const struct config *config, const struct texts *texts, const PGresult *rows,
	struct told *told)
{
	const char *last = "";

	*told = (struct told){ .sms = PQntuples(rows) };
	for (int row = 0; row < PQntuples(rows); row++) {
		told->persons += strcmp(PQgetvalue(rows, row, 0), last) != 0;
		last = PQgetvalue(rows, row, 0);
		told->segments += segments_of(config, texts, rows, row);
		told->from = PQgetvalue(rows, row, 4);
		told->until = PQgetvalue(rows, row, 5);
	}
}

/* --- --- printing --- */

static void
print_text(const struct config *config, const struct wish *wish, const PGresult *tickets,
	const struct told *told)
{
	int count = PQntuples(tickets);
	const char *would = wish->yes ? "" : "would be ";

	for (int row = 0; row < count && row < SHOWN_MAX; row++) {
		const char *place = PQgetvalue(tickets, row, 6),
			   *kind = PQgetvalue(tickets, row, 4);

		printf("%s  %s %s %s  %s  %s reports\n", PQgetvalue(tickets, row, 1),
			PQgetvalue(tickets, row, 2),
			kind[0] != '\0' ? kind : PQgetvalue(tickets, row, 3),
			PQgetvalue(tickets, row, 5), place, PQgetvalue(tickets, row, 8));
	}
	if (count > SHOWN_MAX)
		printf("... and %d more\n", count - SHOWN_MAX);
	printf("%d tickets %s%s: %s\n", count, would, wish->state, wish->reason);
	printf("%d people %stold, by %d SMS of %d segments: %.2f %s\n", told->persons, would,
		told->sms, told->segments, told->segments * config->sms_cost, config->currency);
	if (told->from != NULL)
		printf("they leave from %s to %s\n", told->from, told->until);
	if (!wish->yes && count > 0)
		printf("nothing was changed; --yes does it\n");
}

static void
print_json(const struct config *config, const struct wish *wish, const PGresult *tickets,
	const struct told *told)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_bool(&json, "done", wish->yes);
	json_string(&json, "state", wish->state);
	json_int(&json, "count", PQntuples(tickets));
	json_int(&json, "persons", told->persons);
	json_int(&json, "sms", told->sms);
	json_int(&json, "segments", told->segments);
	json_decimal(&json, "cost", told->segments * config->sms_cost);
	json_string(&json, "currency", config->currency);
	json_string(&json, "from", told->from);
	json_string(&json, "until", told->until);
	json_array(&json, "tickets");
	for (int row = 0; row < PQntuples(tickets); row++)
		json_string(&json, NULL, PQgetvalue(tickets, row, 1));
	json_array_end(&json);
	json_object_end(&json);
	json_end(&json);
}

/* --- --- the transaction --- */

static PGresult *
close_tickets(PGconn *db, const struct wish *wish)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->category, wish->container, wish->zone, wish->days,
		wish->state, actor, wish->reason };

	cmd_login(actor);
	return cmd_query(&cmd_close_command, db, close_sql, 7, params);
}

/* The notices of these tickets since that one. */
static PGresult *
left_to_say(PGconn *db, const PGresult *tickets, const char *since)
{
	const char *params[] = { since, NULL };
	char *ids = NULL;
	size_t size;
	FILE *f = open_memstream(&ids, &size);
	PGresult *rows = NULL;

	if (f == NULL)
		return NULL;
	for (int row = 0; row < PQntuples(tickets); row++)
		fprintf(f, "%s%s", row > 0 ? " " : "", PQgetvalue(tickets, row, 0));
	if (fclose(f) == 0) {
		params[1] = ids;
		rows = cmd_query(&cmd_close_command, db, told_sql, 2, params);
	}
	free(ids);
	return rows;
}

/* Ends the transaction as wished, and tells what it did. */
static int
end(PGconn *db, const struct config *config, const struct wish *wish, const PGresult *tickets,
	const PGresult *said)
{
	struct told told;

	if (cmd_execute(&cmd_close_command, db, wish->yes ? "COMMIT" : "ROLLBACK") == -1)
		return COMMAND_FAILED;
	count_told(config, wish->texts, said, &told);
	if (wish->json)
		print_json(config, wish, tickets, &told);
	else
		print_text(config, wish, tickets, &told);
	return COMMAND_DONE;
}

static int
close_or_show(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	PGresult *since = NULL, *tickets = NULL, *said = NULL;
	int code = COMMAND_FAILED;

	if (cmd_execute(&cmd_close_command, db, "BEGIN") == 0)
		since = cmd_query(
			&cmd_close_command, db, "SELECT coalesce(max(id), 0) FROM notice", 0, NULL);
	if (since != NULL)
		tickets = close_tickets(db, wish);
	if (tickets != NULL)
		said = left_to_say(db, tickets, PQgetvalue(since, 0, 0));
	if (said != NULL)
		code = end(db, config, wish, tickets, said);
	PQclear(since);
	PQclear(tickets);
	PQclear(said);
	return code;
}

/* --- --- the command --- */

static int
check_wish(const struct wish *wish)
{
	const struct command *command = &cmd_close_command;
	long number;

	if (wish->category == NULL && wish->container == NULL && wish->zone == NULL &&
		wish->days == NULL)
		return cmd_usage(command,
			"say which: --category, --container, --zone, --older-than, or several");
	if (wish->container != NULL && cmd_number(wish->container, 1, 999999999, &number) == -1)
		return cmd_usage(command, "--container wants a container's number");
	if (wish->days != NULL && cmd_number(wish->days, 0, 36500, &number) == -1)
		return cmd_usage(command, "--older-than wants a number of days");
	if (strcmp(wish->state, "fixed") != 0 && strcmp(wish->state, "archived") != 0 &&
		strcmp(wish->state, "refused") != 0)
		return cmd_usage(command, "--state wants fixed, refused or archived");
	if (wish->reason == NULL)
		return cmd_usage(command, "closing many wants a --reason");
	return cmd_check_reason(command, wish->reason);
}

static int
load_texts(const struct config *config, void *arg)
{
	struct config_errors errors = { .count = 0 };
	struct wish *wish = arg;

	wish->texts = texts_load(config, &errors);
	cmd_print_errors(&errors);
	return wish->texts != NULL ? COMMAND_DONE : COMMAND_USAGE;
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .state = "archived" };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "category", .value = &wish.category },
		{ .name = "container", .value = &wish.container },
		{ .name = "zone", .value = &wish.zone },
		{ .name = "older-than", .value = &wish.days },
		{ .name = "state", .value = &wish.state },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "yes", .flag = &wish.yes },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int code;

	if (cmd_only_options(&cmd_close_command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	code = check_wish(&wish);
	if (code != COMMAND_DONE)
		return code;
	code = cmd_work(&cmd_close_command,
		&(struct cmd_work){ .file = wish.file,
			.prepare = load_texts,
			.work = close_or_show,
			.arg = &wish });
	texts_free(wish.texts);
	return code;
}

const struct command cmd_close_command = {
	.name = "close",
	.summary = "Closes many open tickets at once; first shows who would be told, and the cost.",
	.usage = "[-c FILE] [--category CATEGORY] [--container N] [--zone NAME] [--older-than DAYS]"
		 " [--state STATE] --reason WORDS [--yes] [--json]",
	.help = "  -c, --config FILE        the configuration\n"
		"      --category CATEGORY  of a category (road), or a skip's kind (full)\n"
		"      --container N        of that container\n"
		"      --zone NAME          of that zone and those within it\n"
		"      --older-than DAYS    opened longer ago\n"
		"      --state STATE        fixed, refused or archived (the default, which tells nobody)\n"
		"      --reason WORDS       kept with each; of refused ones told to their reporters\n"
		"      --yes                do it; without, only show it\n"
		"      --json               one object\n"
		"Tickets are closed that have all of these. Restricted ones never are.\n",
	.run = run,
};
