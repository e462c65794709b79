/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-airtime: what is left on each SIM; asking now; what an operator's pattern reads. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-rows.h"
#include "monotonic.h"
#include "operators.h"

#define ASK_WAIT_S 180 /* a dialogue of several steps, behind another one's */
#define HISTORY_MOST "1000"

struct wish {
	const char *file;
	bool json;
	const char *modem; /* ask, history */
};

/* --- airtime --- */

static int
list(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;

	(void)config;
	return cmd_rows_print(&cmd_airtime_command,
		cmd_query(&cmd_airtime_command, db, "SELECT * FROM airtime_list", 0, NULL),
		wish->json, "no gateway has told of a SIM yet");
}

/* --- airtime history --- */

static int
history(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *params[] = { wish->modem };

	(void)config;
	return cmd_rows_print(&cmd_airtime_command,
		cmd_query(&cmd_airtime_command, db,
			"SELECT at, what, outcome, amount, currency, count, bundle, until, expires, source, words"
			" FROM (SELECT * FROM airtime_history h WHERE h.link_id = ANY (ARRAY("
			"  SELECT m.link_id FROM modem m WHERE m.name = $1"
			"  UNION ALL SELECT l.id FROM link l WHERE l.number = $1 OR l.identity = $1))"
			" ORDER BY h.id DESC LIMIT " HISTORY_MOST ") h ORDER BY id",
			1, params),
		wish->json,
		"nothing was asked of such a SIM; a modem's name, a SIM's number or its IMSI is wanted");
}

/* --- airtime ask --- */

struct asked {
	const char *link, *last;
	char link_text[16], last_text[24];
	int asks;
};

/* The words of airtime_ask_now() in sql/functions/97-airtime.sql. */
static int
refuse(const char *outcome, const char *modem)
{
	static const struct {
		const char *outcome, *words;
	} all[] = {
		{ "no_modem",
			"no gateway has run with a modem '%s' yet; `baraza status` lists those "
			"that are known" },
		{ "no_sim",
			"modem %s has not told of its SIM yet; its state is in `baraza status`" },
		{ "till", "modem %s is a till, which is never dialled" },
		{ "away", "modem %s is not in service; its state is in `baraza status`" },
		{ "no_operator",
			"of modem %s no file of operators knows a code to ask with; set its "
			"operator, see baraza-airtime(1)" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].outcome, outcome) == 0)
			cmd_error(&cmd_airtime_command, all[i].words, modem);
	return COMMAND_FAILED;
}

static int
ask_now(PGconn *db, const char *modem, struct asked *out)
{
	const char *params[] = { modem };
	PGresult *rows;
	int code = COMMAND_DONE;

	if (cmd_execute(&cmd_airtime_command, db, "LISTEN baraza_airtime_told") == -1)
		return COMMAND_FAILED;
	rows = cmd_query(&cmd_airtime_command, db,
		"SELECT outcome, link, asks, last FROM airtime_ask_now($1)", 1, params);
	if (rows == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(rows, 0, 0), "asked") != 0)
		code = refuse(PQgetvalue(rows, 0, 0), modem);
	snprintf(out->link_text, sizeof(out->link_text), "%s", PQgetvalue(rows, 0, 1));
	snprintf(out->last_text, sizeof(out->last_text), "%s", PQgetvalue(rows, 0, 3));
	out->asks = atoi(PQgetvalue(rows, 0, 2));
	PQclear(rows);
	return code;
}

/* Until something is told, or that monotonic_ms() has come. Returns 0, or -1: it has, or
 * the connection is lost. */
static int
wait_for_word(PGconn *db, int64_t until_ms)
{
	struct pollfd fd = { .fd = PQsocket(db), .events = POLLIN };
	int64_t left_ms;
	PGnotify *notify;

	for (;;) {
		if (!PQconsumeInput(db))
			return -1;
		notify = PQnotifies(db);
		if (notify != NULL) {
			PQfreemem(notify);
			return 0;
		}
		left_ms = until_ms - monotonic_ms();
		if (left_ms <= 0 || poll(&fd, 1, (int)left_ms) == -1)
			return -1;
	}
}

static PGresult *
answers(PGconn *db, const struct asked *asked)
{
	const char *params[] = { asked->link_text, asked->last_text };

	return cmd_query(&cmd_airtime_command, db,
		"SELECT DISTINCT ON (what) at, what, outcome, amount, currency, count, bundle, until,"
		" expires, source, words FROM airtime_history WHERE link_id = $1 AND id > $2"
		" AND what <> 'buy' AND source <> 'notice' ORDER BY what, outcome = 'by_sms', id DESC",
		2, params);
}

/* Those that say more than that the answer comes by SMS. */
static int
count_answers(PGresult *rows)
{
	int outcome = PQfnumber(rows, "outcome"), count = 0;

	for (int i = 0; i < PQntuples(rows); i++)
		count += strcmp(PQgetvalue(rows, i, outcome), "by_sms") != 0;
	return count;
}

static int
ask(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	struct asked asked = { .asks = 0 };
	PGresult *rows = NULL;
	int64_t until_ms;
	int code = ask_now(db, wish->modem, &asked);

	(void)config;
	if (code != COMMAND_DONE)
		return code;
	until_ms = monotonic_ms() + ASK_WAIT_S * INT64_C(1000);
	do {
		PQclear(rows);
		rows = answers(db, &asked);
	} while (rows != NULL && count_answers(rows) < asked.asks &&
		wait_for_word(db, until_ms) == 0);
	if (rows != NULL && count_answers(rows) < asked.asks)
		code = COMMAND_FAILED;
	if (cmd_rows_print(&cmd_airtime_command, rows, wish->json, NULL) != COMMAND_DONE)
		return COMMAND_FAILED;
	if (code != COMMAND_DONE)
		cmd_error(&cmd_airtime_command,
			"its operator has not answered all that was asked within %d s; `baraza airtime`"
			" shows what comes yet",
			ASK_WAIT_S);
	return code;
}

/* --- airtime try --- */

static void
print_reading(const struct operator_reading *r)
{
	char words[MONEY_WORDS_MAX];

	if (r->has_amount && money_words(r->amount, r->currency, words) == 0)
		printf("  amount   %s\n", words);
	if (r->has_count)
		printf("  count    %d\n", (int)r->count);
	if (r->bundle[0] != '\0')
		printf("  bundle   %s\n", r->bundle);
	if (r->until[0] != '\0')
		printf("  until    %s\n", r->until);
	if (r->expires[0] != '\0')
		printf("  expires  %s\n", r->expires);
}

/* As the answer to one question. Returns true when it is read. */
static bool
try_question(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, const char *text)
{
	const struct operator_asking *asking = operator_asking(o, question);
	struct operator_reading reading;
	enum operator_verdict verdict;
	bool by_sms;

	if (asking == NULL)
		return false;
	verdict = operator_read(operators, o, question, text, &reading);
	by_sms = verdict == OPERATOR_UNREAD && operator_tells_by_sms(operators, o, question, text);
	printf("%-8s %s", operator_question_name(question), asking->code);
	for (size_t i = 0; i < asking->steps; i++)
		printf(", %s", asking->step[i]);
	printf(": %s\n",
		by_sms                                ? "comes by SMS"
			: verdict == OPERATOR_UNREAD  ? "not read"
			: verdict == OPERATOR_REFUSED ? "nothing was bought"
			: question == OPERATOR_BUY    ? "bought"
						      : "read");
	print_reading(&reading);
	return by_sms || verdict != OPERATOR_UNREAD;
}

static int
tell_operators(const struct operators *operators, const char *name)
{
	const struct operator_entry *o;

	fprintf(stderr, "baraza airtime: there is no operator '%s'; there are:", name);
	for (size_t i = 0; (o = operators_at(operators, i)) != NULL; i++)
		fprintf(stderr, " %s", operator_name(o));
	fputc('\n', stderr);
	return COMMAND_USAGE;
}

static int
try_with(const struct operators *operators, const char *name, const char *text)
{
	const struct operator_entry *o = operators_find(operators, name);
	char masked[OPERATOR_WORDS_MAX];
	bool read = false;

	if (o == NULL)
		return tell_operators(operators, name);
	for (int q = 0; q < OPERATOR_QUESTIONS; q++)
		read |= try_question(operators, o, (enum operator_question)q, text);
	operator_mask(operators, text, NULL, masked);
	printf("kept as  %s\n", masked);
	return read ? COMMAND_DONE : COMMAND_FAILED;
}

static int
try_text(const char *file, const char *name, const char *text)
{
	struct config_errors errors = { .count = 0 };
	struct config *config = cmd_config(file);
	struct operators *operators;
	int code = COMMAND_USAGE;

	if (config == NULL)
		return COMMAND_USAGE;
	operators = operators_load(config, &errors);
	if (operators != NULL)
		code = try_with(operators, name, text);
	cmd_print_errors(&errors);
	operators_free(operators);
	config_free(config);
	return cmd_flush(&cmd_airtime_command) == 0 ? code : COMMAND_FAILED;
}

/* --- the command --- */

static int
run(int argc, char **argv)
{
	struct wish wish = { .file = NULL };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_airtime_command, options, argc, argv), count;
	struct cmd_work work = { .arg = &wish, .work = list };

	if (operand == -1)
		return COMMAND_USAGE;
	work.file = wish.file;
	count = argc - operand;
	argv += operand;
	if (count == 3 && strcmp(argv[0], "try") == 0)
		return try_text(wish.file, argv[1], argv[2]);
	if (count == 2 && strcmp(argv[0], "ask") == 0)
		work.work = ask;
	else if (count == 2 && strcmp(argv[0], "history") == 0)
		work.work = history;
	else if (count != 0)
		return cmd_usage(&cmd_airtime_command,
			"nothing, ask MODEM, history SIM, or try OPERATOR TEXT is wanted");
	wish.modem = count == 2 ? argv[1] : NULL;
	return cmd_work(&cmd_airtime_command, &work);
}

const struct command cmd_airtime_command = {
	.name = "airtime",
	.summary = "Shows what is left on each SIM, asks its operator now, tries a pattern.",
	.usage = "[-c FILE] [--json] [ask MODEM | history SIM | try OPERATOR TEXT]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --json          an array of objects; amounts of a history in the currency's minor unit\n"
		"Without more, every SIM: balance, bundle, when they were told, when it is asked next, when it\n"
		"expires, and the last answer that no pattern reads.\n"
		"  ask MODEM           its operator is asked now, by the gateway that runs, and answers\n"
		"  history SIM         what was asked of a SIM (its modem, number or IMSI), and what came\n"
		"  try OPERATOR TEXT   what the patterns of a file of operators read in an answer; nothing is\n"
		"                      asked, and exit 1 says that none reads it\n",
	.run = run,
};
