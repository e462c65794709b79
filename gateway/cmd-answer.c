/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-answer: a clerk answers what waits in the tray, and it goes out in its thread; or lists what
 * waits.
 */
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "json.h"
#include "log.h"

#define ID_MAX 24

struct wish {
	const char *file, *kind;
	char **words; /* of the text */
	int word_count;
	bool list, again, json;
	char id[ID_MAX];
	struct cmd_text sms;
};

static const char *const kinds[] = { "question", "not_understood", "incomplete", "callback", NULL };

/* View of sql/functions/35-people.sql. */
static const char list_sql[] =
	"SELECT id, tray, contact_number, language, words, note, at, hours FROM tray_waiting "
	"WHERE tray = coalesce($1, tray) ORDER BY tray_waiting.at, id";

static bool
is_kind(const char *word)
{
	for (size_t i = 0; kinds[i] != NULL; i++)
		if (strcmp(kinds[i], word) == 0)
			return true;
	return false;
}

static int
list(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *params[] = { wish->kind };

	(void)config;
	return cmd_rows_print(&cmd_answer_command,
		cmd_query(&cmd_answer_command, db, list_sql, 1, params), wish->json,
		"nothing waits");
}

/* Why tray_answer() did nothing. */
static int
refused(const struct wish *wish, const char *outcome)
{
	const struct command *command = &cmd_answer_command;

	if (strcmp(outcome, "unknown") == 0)
		cmd_error(command,
			"nothing has the number %s; `baraza answer --list` shows what waits",
			wish->id);
	else if (strcmp(outcome, "nobody") == 0)
		cmd_error(command, "%s is of nobody who can be written to", wish->id);
	else if (strcmp(outcome, "blocked") == 0)
		cmd_error(command,
			"its sender is blocked, and is never answered; see baraza-contact(1)");
	else
		cmd_error(command, "%s is done with already; --again sends one more answer",
			wish->id);
	return COMMAND_FAILED;
}

static void
print(const struct wish *wish, const struct config *config, const PGresult *rows)
{
	const char *message = PQgetvalue(rows, 0, 1), *number = log_number(PQgetvalue(rows, 0, 2));
	struct json json;

	if (!wish->json) {
		printf("%s answered to %s: message %s, %d segment%s", wish->id, number, message,
			wish->sms.segments, wish->sms.segments == 1 ? "" : "s");
		if (config->sms_cost > 0)
			printf(", %.2f %s", wish->sms.segments * config->sms_cost,
				config->currency);
		putchar('\n');
		return;
	}
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_raw(&json, "id", wish->id);
	json_raw(&json, "message", message);
	json_string(&json, "number", number);
	json_int(&json, "segments", wish->sms.segments);
	json_decimal(&json, "cost", wish->sms.segments * config->sms_cost);
	json_string(&json, "currency", config->currency);
	json_object_end(&json);
	json_end(&json);
}

static int
answer(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char segments[12], validity[12], actor[CMD_LOGIN_MAX];
	const char *params[] = { wish->id, wish->sms.body, segments, validity, actor,
		wish->again ? "true" : "false" };
	PGresult *rows;
	int code = COMMAND_DONE;

	snprintf(segments, sizeof segments, "%d", wish->sms.segments);
	snprintf(validity, sizeof validity, "%d", config->reply_validity_min);
	cmd_login(actor);
	rows = cmd_query(&cmd_answer_command, db,
		"SELECT outcome, message, contact_number "
		"FROM tray_answer($1::bigint, $2, $3::smallint, $4::integer, $5, $6::boolean)",
		6, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(rows, 0, 0), "sent") != 0)
		code = refused(wish, PQgetvalue(rows, 0, 0));
	else
		print(wish, config, rows);
	PQclear(rows);
	return code;
}

/* --- --- the command --- */

/* The words as one text, cut where it is too long for any SMS. */
static int
take_text(const struct config *config, void *arg)
{
	static char written[CMD_TEXT_MAX + 1];
	struct wish *wish = arg;
	size_t at = 0;

	for (int i = 0; i < wish->word_count && at < sizeof written; i++)
		at += (size_t)snprintf(written + at, sizeof written - at, "%s%s", i > 0 ? " " : "",
			wish->words[i]);
	return cmd_text(&cmd_answer_command, written, config, &wish->sms);
}

static int
run(int argc, char **argv)
{
	static struct wish wish;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "list", .letter = 'l', .flag = &wish.list },
		{ .name = "kind", .value = &wish.kind },
		{ .name = "again", .flag = &wish.again },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	const struct command *command = &cmd_answer_command;
	int operand = cmd_options(command, options, argc, argv);
	long id;

	if (operand == -1)
		return COMMAND_USAGE;
	if (wish.list != (operand == argc) || (!wish.list && argc - operand < 2))
		return cmd_usage(command, "either --list, or an ID and a TEXT are wanted");
	if (wish.kind != NULL && (!wish.list || !is_kind(wish.kind)))
		return cmd_usage(command,
			"--kind goes with --list: question, not_understood, incomplete or callback");
	if (wish.list)
		return cmd_work(command,
			&(struct cmd_work){ .file = wish.file, .work = list, .arg = &wish });
	if (cmd_number(argv[operand], 1, 4611686018427387903, &id) == -1)
		return cmd_usage(
			command, "'%s' is no ID; `baraza answer --list` shows them", argv[operand]);
	snprintf(wish.id, sizeof wish.id, "%ld", id);
	wish.words = argv + operand + 1;
	wish.word_count = argc - operand - 1;
	return cmd_work(command,
		&(struct cmd_work){
			.file = wish.file, .prepare = take_text, .work = answer, .arg = &wish });
}

const struct command cmd_answer_command = {
	.name = "answer",
	.summary = "Answers a citizen's question, or lists those that wait.",
	.usage = "[-c FILE] (--list [--kind KIND] | ID TEXT [--again]) [--json]",
	.help = "  -c, --config FILE   the configuration\n"
		"  -l, --list          what waits for an answer, oldest first, with its ID\n"
		"      --kind KIND     only of that kind: question, not_understood, incomplete, callback\n"
		"      --again         one more answer to what is done with already\n"
		"      --json          one object; for --list an array\n"
		"TEXT goes to who asked, as a reply, from the number that she wrote to.  Phone numbers are\n"
		"masked; confidential reports are not listed.\n",
	.run = run,
};
