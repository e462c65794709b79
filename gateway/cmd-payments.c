/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-payments: what the formats of conf/payments/ read in mobile-money messages; nothing is
 * changed, and no database is asked. All that a clerk does with payments is cmd-payments-desk.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-payments-desk.h"
#include "json-read.h"
#include "json.h"
#include "payment-format.h"

static const char *
or_null(const char *value)
{
	return value[0] != '\0' ? value : NULL;
}

/* One line, with all of its names always. */
static void
print_read(const struct payment_read *read)
{
	static const struct payment_read nothing;
	char amount[MONEY_PLAIN_MAX] = "";
	struct json json;
	const struct payment_read *shown = read->kind == PAYMENT_INCOMING ? read : &nothing;

	if (shown == read)
		money_plain(read->amount, read->currency, amount);
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_bool(&json, "incoming", shown == read);
	json_string(&json, "provider", read->provider);
	json_string(&json, "amount", or_null(amount));
	json_string(&json, "currency", or_null(shown->currency));
	json_string(&json, "transaction_id", or_null(shown->transaction_id));
	json_string(&json, "payer", or_null(shown->payer));
	json_string(&json, "reference", or_null(shown->reference));
	json_object_end(&json);
	json_end(&json);
}

/* Returns NULL, or what is wrong with the line. */
static const char *
read_line(struct payment_formats *formats, const char *line, size_t length)
{
	struct json_wanted wanted[] = {
		{ .name = "text" },
		{ .name = "country" },
		{ .name = "sender" },
		{ .name = NULL },
	};
	const char *fault = json_read(line, length, wanted);
	struct payment_read read;

	if (fault != NULL)
		return fault;
	if (wanted[0].value == NULL)
		fault = "\"text\" is missing";
	else if (wanted[1].value == NULL)
		fault = "\"country\" is missing";
	if (fault == NULL) {
		payment_read(formats, wanted[0].value, wanted[1].value, wanted[2].value, &read);
		print_read(&read);
		fflush(stdout); /* who sends line by line waits for it */
	}
	json_wanted_free(wanted);
	return fault;
}

/* All lines; bad ones are told and passed over. Returns the exit code. */
static int
read_lines(struct payment_formats *formats)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int code = COMMAND_DONE;

	for (unsigned long number = 1; (length = getline(&line, &size, stdin)) != -1; number++) {
		const char *fault;

		if (line[strspn(line, " \t\r\n")] == '\0' && strlen(line) == (size_t)length)
			continue;
		fault = read_line(formats, line, (size_t)length);
		if (fault != NULL) {
			cmd_error(&cmd_payments_command, "line %lu: %s", number, fault);
			code = COMMAND_FAILED;
		}
	}
	free(line);
	if (ferror(stdin)) {
		cmd_error(&cmd_payments_command, "standard input: %s", strerror(errno));
		code = COMMAND_FAILED;
	}
	return cmd_flush(&cmd_payments_command) == 0 ? code : COMMAND_FAILED;
}

static int
read_payments(const char *file)
{
	struct config *config = cmd_config(file);
	struct config_errors errors = { 0 };
	struct payment_formats *formats;
	int code = COMMAND_USAGE;

	if (config == NULL)
		return COMMAND_USAGE;
	formats = payment_formats_load(config->payments, &errors);
	if (formats == NULL)
		cmd_print_errors(&errors);
	else
		code = read_lines(formats);
	payment_formats_free(formats);
	config_free(config);
	return code;
}

static int
run(int argc, char **argv)
{
	const char *file = NULL;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = NULL },
	};
	int operand;

	if (argc > 1 && cmd_payments_is_desk(argv[1]))
		return cmd_payments_desk(argc - 1, argv + 1);
	operand = cmd_options(&cmd_payments_command, options, argc, argv);
	if (operand == -1)
		return COMMAND_USAGE;
	if (operand == argc)
		return cmd_usage(&cmd_payments_command, "say what to do: list, read, ...");
	if (strcmp(argv[operand], "read") != 0)
		return cmd_usage(&cmd_payments_command, "'%s' is not known, or must stand first",
			argv[operand]);
	if (operand + 1 < argc)
		return cmd_usage(&cmd_payments_command, "'%s' is too much", argv[operand + 1]);
	return read_payments(file);
}

const struct command cmd_payments_command = {
	.name = "payments",
	.summary = "Lists payments, books and undoes them; tells what mobile-money messages say.",
	.usage = CMD_PAYMENTS_DESK_USAGE " | read [-c FILE]",
	.help = "  -c, --config FILE   the configuration; its payments is the folder of formats\n"
		"      --state STATE   list: booked, suggested, unmatched or reversed ones\n"
		"      --tray          list: what waits for a person, forged and unread messages too\n"
		"  -n, --limit N       list: at most so many, the newest; 50\n"
		"      --reason WORDS  book, undo, done: why; kept with who did it\n"
		"      --json          one object, or an array\n"
		"list      payments, the newest first, or what waits for a person\n"
		"show      one of them, what happened to its money, and for whom it may be if it waits\n"
		"book      for bills of one taxpayer, or for a taxpayer: oldest bills first, the rest his credit\n"
		"undo      a wrong booking: the receipt is void, the payment waits again\n"
		"suggest   for whom those that wait may be; candidates: of one of them\n"
		"done      an ENTRY of list --tray has been seen to\n"
		"ID is a payment's number or its transaction.  Phone numbers are masked.\n"
		"\n"
		"read: standard input has a JSON object a line: text, country (\"KE\"), and sender if known.  Each is\n"
		"answered by one: incoming, provider, amount, currency, transaction_id, payer, reference; null\n"
		"where the message does not say.  Nothing is changed and no database is asked.  A line that is\n"
		"wrong is told, the others are read; exit status 1 then.\n",
	.run = run,
};
