/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-send: queues one SMS, which any running gateway on this database then sends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "json.h"
#include "log.h"

#define PRIORITIES "sos, alert, reply, job, notice, reminder, bulk"

struct wish {
	const char *file, *number, *text, *priority;
	bool json;
	struct phone phone;
	struct cmd_text sms;
};

/* The urgency as a digit for SQL (0 sos ... 6 bulk), or NULL for a word that is none. */
static const char *
priority_digit(const char *word)
{
	static const char *const words[] = { "sos", "alert", "reply", "job", "notice", "reminder",
		"bulk" };
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i]) == 0)
			return digits[i];
	return NULL;
}

static int
take(const struct config *config, void *arg)
{
	struct wish *wish = arg;
	int code = cmd_phone(&cmd_send_command, wish->number, config, &wish->phone);

	return code == COMMAND_DONE ? cmd_text(&cmd_send_command, wish->text, config, &wish->sms)
				    : code;
}

static void
print(const struct wish *wish, const struct config *config, const char *message)
{
	const char *number = log_number(wish->phone.number);
	const char *coding = wish->sms.coding == TEXT_GSM7 ? "gsm7" : "ucs2";
	struct json json;

	if (!wish->json) {
		printf("message %s to %s queued as %s: %d segment%s, %s", message, number,
			wish->priority, wish->sms.segments, wish->sms.segments == 1 ? "" : "s",
			wish->sms.coding == TEXT_GSM7 ? "GSM 7-bit" : "UCS-2");
		if (config->sms_cost > 0)
			printf(", %.2f %s", wish->sms.segments * config->sms_cost,
				config->currency);
		putchar('\n');
		return;
	}
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_raw(&json, "message", message);
	json_string(&json, "number", number);
	json_string(&json, "priority", wish->priority);
	json_int(&json, "segments", wish->sms.segments);
	json_string(&json, "coding", coding);
	json_decimal(&json, "cost", wish->sms.segments * config->sms_cost);
	json_string(&json, "currency", config->currency);
	json_object_end(&json);
	json_end(&json);
}

static int
queue(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	char segments[12];
	const char *params[] = { wish->phone.number, "e164", wish->sms.body,
		priority_digit(wish->priority), segments, "send" };
	PGresult *rows;

	snprintf(segments, sizeof segments, "%d", wish->sms.segments);
	rows = cmd_query(&cmd_send_command, db,
		"SELECT outbox_send($1::text, $2::text, $3::text, $4::smallint, $5::smallint, $6::text)",
		6, params);
	if (rows != NULL)
		print(wish, config, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return rows != NULL ? COMMAND_DONE : COMMAND_FAILED;
}

static int
run(int argc, char **argv)
{
	static struct wish wish = { .priority = "notice" };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "priority", .letter = 'p', .value = &wish.priority },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_send_command, options, argc, argv);

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 2)
		return cmd_usage(&cmd_send_command,
			"a NUMBER and a TEXT are wanted; put the text between quotes");
	if (priority_digit(wish.priority) == NULL)
		return cmd_usage(&cmd_send_command, "--priority is one of " PRIORITIES);
	wish.number = argv[operand];
	wish.text = argv[operand + 1];
	return cmd_work(&cmd_send_command,
		&(struct cmd_work){
			.file = wish.file, .prepare = take, .work = queue, .arg = &wish });
}

const struct command cmd_send_command = {
	.name = "send",
	.summary = "Queues one SMS.",
	.usage = "[-c FILE] NUMBER TEXT [--priority PRIORITY] [--json]",
	.help = "  -c, --config FILE        the configuration\n"
		"  -p, --priority PRIORITY  " PRIORITIES "; default notice\n"
		"      --json               one object: message, segments, coding, cost\n"
		"A running gateway sends it; `baraza status` shows what waits.\n",
	.run = run,
};
