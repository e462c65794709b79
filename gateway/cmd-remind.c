/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-remind: campaigns of reminders: drafted by one person, shown, approved by another, stopped,
 * listed, and what they brought. All decisions are SQL's (sql/functions/85-remind.sql).
 */
#include "cmd-remind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-rows.h"
#include "cmd-ticket.h"
#include "text.h"
#include "texts.h"

#define LIST_MAX 1024 /* bytes of an array in PostgreSQL's words */
#define DAYS_MAX 366  /* before or after the due date */
#define TEXT_MAX 16   /* arms of a trial */
#define NAME_MAX_BYTES 60

/* What a function of SQL answered, and what it means to whom asked. */
struct answer {
	const char *word, *means;
};

/* --- --- what is written on the command line --- */

/* Numbers separated by commas, as SQL's array. Returns 0, or -1. */
static int
read_days(const char *list, char out[LIST_MAX])
{
	char copy[LIST_MAX], *rest = copy, *word;
	size_t length = 1;
	long day;

	if (strlen(list) >= sizeof copy)
		return -1;
	strcpy(copy, list);
	strcpy(out, "{");
	while ((word = strsep(&rest, ",")) != NULL) {
		if (cmd_number(word, -DAYS_MAX, DAYS_MAX, &day) == -1)
			return -1;
		length += (size_t)snprintf(
			out + length, LIST_MAX - length, "%s%ld", length > 1 ? "," : "", day);
		if (length + 8 > LIST_MAX)
			return -1;
	}
	strcpy(out + length, "}");
	return 0;
}

/* Days as 2026-12-25 separated by commas: SQL says whether there are such. */
static int
read_dates(const char *list, char out[LIST_MAX])
{
	if (strlen(list) + 3 > LIST_MAX || strspn(list, "0123456789-,") != strlen(list))
		return -1;
	snprintf(out, LIST_MAX, "{%s}", list);
	return 0;
}

/* One arm: a text's key, or `control`, and its weight. */
static int
add_arm(struct remind_wish *wish, const char *key, size_t length, const char *weight)
{
	const char *comma = wish->arms[1] != '\0' ? "," : "";
	long share = 1;
	size_t arms = strlen(wish->arms), weights = strlen(wish->weights);

	if (weight != NULL && cmd_number(weight, 1, 1000, &share) == -1)
		return cmd_usage(&cmd_remind_command,
			"a weight is a number from 1 to 1000, as remind_due=2");
	if (length == 0 || arms + length + 3 > LIST_MAX || weights + 8 > LIST_MAX)
		return cmd_usage(&cmd_remind_command, "--text wants the key of a text");
	snprintf(wish->arms + arms, LIST_MAX - arms, "%s%.*s", comma, (int)length, key);
	snprintf(wish->weights + weights, LIST_MAX - weights, "%s%ld", comma, share);
	return COMMAND_DONE;
}

/* Does a text name a person or an amount, in any language? */
static bool
names_person(const struct remind_wish *wish, const struct config *config, const char *key)
{
	for (size_t i = 0; i < CONFIG_LIST_MAX && config->languages[i] != NULL; i++) {
		const char *text = texts_raw(wish->texts, config->languages[i], key);

		if (text != NULL &&
			(strstr(text, "{name}") != NULL || strstr(text, "{amount}") != NULL))
			return true;
	}
	return false;
}

/* The arm as a citizen reads it: it must be a reminder's text. */
static int
check_text(struct remind_wish *wish, const struct config *config, const char *name)
{
	wish->personal = wish->personal || names_person(wish, config, name);
	if (strncmp(name, "remind_", 7) == 0 && strcmp(name, "remind_still_you") != 0 &&
		strcmp(name, "remind_budget_reached") != 0)
		for (size_t i = 0; texts_key(wish->texts, i) != NULL; i++)
			if (strcmp(texts_key(wish->texts, i)->name, name) == 0)
				return COMMAND_DONE;
	return cmd_refuse(&cmd_remind_command,
		"no reminder's text is called %s; remind_due, remind_roads and the others stand in "
		"the files of texts",
		name);
}

static int
read_texts(struct remind_wish *wish, const struct config *config)
{
	char copy[LIST_MAX], *rest = copy, *word;
	int code = COMMAND_DONE, count = 0;

	if (strlen(wish->text) >= sizeof copy)
		return cmd_usage(&cmd_remind_command, "--text is too long");
	strcpy(copy, wish->text);
	while (code == COMMAND_DONE && (word = strsep(&rest, ",")) != NULL) {
		char *key = strsep(&word, "=");

		code = ++count > TEXT_MAX
			? cmd_usage(&cmd_remind_command, "at most %d texts", TEXT_MAX)
			: check_text(wish, config, key);
		if (code == COMMAND_DONE)
			code = add_arm(wish, key, strlen(key), word);
	}
	return code;
}

/* The arms of the trial, for SQL. */
static int
read_arms(struct remind_wish *wish, const struct config *config)
{
	int code;

	strcpy(wish->arms, "{");
	strcpy(wish->weights, "{");
	code = read_texts(wish, config);
	if (code == COMMAND_DONE && wish->control != NULL)
		code = add_arm(wish, "control", strlen("control"), wish->control);
	strcat(wish->arms, "}");
	strcat(wish->weights, "}");
	return code;
}

static int
check_draft(struct remind_wish *wish)
{
	const struct command *command = &cmd_remind_command;
	long number;

	if (wish->days == NULL && wish->dates == NULL)
		return cmd_usage(command, "say when: --days -14,-3,7 or --dates 2026-12-01");
	if (wish->days != NULL && read_days(wish->days, wish->day_list) == -1)
		return cmd_usage(command,
			"--days wants days before (-14) and after (7) the due date, separated by "
			"commas");
	if (wish->dates != NULL && read_dates(wish->dates, wish->date_list) == -1)
		return cmd_usage(command, "--dates wants days as 2026-12-25, separated by commas");
	if (wish->budget != NULL && cmd_number(wish->budget, 1, 100000000, &number) == -1)
		return cmd_usage(command, "--budget wants a number of segments a month");
	return COMMAND_DONE;
}

static int
prepare(const struct config *config, void *arg)
{
	struct config_errors errors = { .count = 0 };
	struct remind_wish *wish = arg;

	wish->texts = texts_load(config, &errors);
	cmd_print_errors(&errors);
	if (wish->texts == NULL)
		return COMMAND_USAGE;
	return wish->act == REMIND_DRAFT ? read_arms(wish, config) : COMMAND_DONE;
}

/* --- --- asking SQL --- */

/* Who does it: the name that was given, else who is logged in. */
static void
name_persons(const struct remind_wish *wish, char login[CMD_LOGIN_MAX], char person[CMD_LOGIN_MAX])
{
	cmd_login(login);
	snprintf(person, CMD_LOGIN_MAX, "%s", wish->as != NULL ? wish->as : login);
}

/* One word of SQL: the first of answers is that it is done. */
static int
ask(PGconn *db, const struct remind_wish *wish, const char *sql, int count,
	const char *const *params, const struct answer *answers)
{
	PGresult *rows = cmd_query(&cmd_remind_command, db, sql, count, params);
	int code = COMMAND_USAGE;

	if (rows == NULL)
		return COMMAND_FAILED;
	for (const struct answer *a = answers; a->word != NULL; a++) {
		if (strcmp(PQgetvalue(rows, 0, 0), a->word) != 0)
			continue;
		if (a == answers) {
			printf("%s: %s\n", wish->name, a->means);
			code = COMMAND_DONE;
		} else {
			cmd_error(&cmd_remind_command, "%s: %s", wish->name, a->means);
		}
	}
	PQclear(rows);
	return code;
}

#define NO_AGREEMENT                                                                           \
	"no SIM may send reminders: none that the gateway has seen has an operator_agreement " \
	"(baraza.cfg), and operators block SIMs that send in bulk without one"

static int
draft(PGconn *db, const struct remind_wish *wish)
{
	static const struct answer answers[] = {
		{ "drafted",
			"drafted; see it with baraza remind preview, another person approves it" },
		{ "known", "there is a campaign of that name" },
		{ "zone", "there is no such zone" },
		{ "no_agreement", NO_AGREEMENT },
		{ NULL, NULL },
	};
	char login[CMD_LOGIN_MAX], person[CMD_LOGIN_MAX];
	const char *params[] = { wish->name, wish->tax, wish->zone,
		wish->days != NULL ? wish->day_list : "{}",
		wish->dates != NULL ? wish->date_list : "{}", wish->arms, wish->weights,
		wish->budget != NULL ? wish->budget : "0", wish->personal ? "true" : "false",
		person, login };

	name_persons(wish, login, person);
	if (wish->personal)
		printf("%s: its texts name persons or amounts, and phones are shared\n",
			wish->name);
	return ask(db, wish,
		"SELECT campaign_draft($1, $2, $3, $4::integer[], $5::date[], $6::text[],"
		" $7::integer[], $8::integer, $9::boolean, $10, $11)",
		11, params, answers);
}

static int
approve(PGconn *db, const struct remind_wish *wish)
{
	static const struct answer answers[] = {
		{ "approved", "approved; what is to be said today is planned" },
		{ "unknown", "there is no such campaign" },
		{ "state", "it is approved already, or stopped" },
		{ "same_person", "who drafted it cannot approve it; another person must" },
		{ "no_agreement", NO_AGREEMENT },
		{ NULL, NULL },
	};
	char login[CMD_LOGIN_MAX], person[CMD_LOGIN_MAX];
	const char *params[] = { wish->name, person, login };

	name_persons(wish, login, person);
	return ask(db, wish, "SELECT campaign_approve($1, $2, $3)", 3, params, answers);
}

static int
stop(PGconn *db, const struct remind_wish *wish)
{
	static const struct answer answers[] = {
		{ "stopped", "stopped; nothing more of it is sent" },
		{ "unknown", "there is no such campaign" },
		{ "state", "it is stopped already" },
		{ NULL, NULL },
	};
	char login[CMD_LOGIN_MAX], person[CMD_LOGIN_MAX];
	const char *params[] = { wish->name, wish->reason, person, login };

	name_persons(wish, login, person);
	return ask(db, wish, "SELECT campaign_stop($1, $2, $3, $4)", 4, params, answers);
}

/* --- --- tables --- */

static int
list(PGconn *db, const struct remind_wish *wish)
{
	return cmd_rows_print(&cmd_remind_command,
		cmd_query(&cmd_remind_command, db, "SELECT * FROM campaign_list", 0, NULL),
		wish->json, NULL);
}

static int
results(PGconn *db, const struct remind_wish *wish)
{
	const char *params[] = { wish->name, wish->within };
	PGresult *rows = cmd_query(&cmd_remind_command, db,
		"SELECT r.arm, assigned, sent, delivered, paid, paid_percent, low_percent,"
		" high_percent, more_percent, more_low, more_high,"
		" CASE WHEN amount <> 0 THEN money_text(amount, currency) END AS amount"
		" FROM campaign_results($1, $2::integer) r",
		2, params);

	if (rows != NULL && PQntuples(rows) == 0) {
		PQclear(rows);
		return cmd_refuse(&cmd_remind_command, "there is no campaign %s", wish->name);
	}
	return cmd_rows_print(&cmd_remind_command, rows, wish->json, NULL);
}

/* --- --- the command --- */

static int
work(PGconn *db, const struct config *config, void *arg)
{
	const struct remind_wish *wish = arg;

	switch (wish->act) {
	case REMIND_DRAFT:
		return draft(db, wish);
	case REMIND_APPROVE:
		return approve(db, wish);
	case REMIND_PREVIEW:
		return remind_preview(db, config, wish);
	case REMIND_STOP:
		return stop(db, wish);
	case REMIND_RESULTS:
		return results(db, wish);
	case REMIND_LIST:
		break;
	}
	return list(db, wish);
}

static int
act_of(const char *word)
{
	static const char *const acts[] = { [REMIND_DRAFT] = "draft",
		[REMIND_APPROVE] = "approve",
		[REMIND_PREVIEW] = "preview",
		[REMIND_STOP] = "stop",
		[REMIND_LIST] = "list",
		[REMIND_RESULTS] = "results" };

	for (int i = 0; i < (int)(sizeof acts / sizeof *acts); i++)
		if (strcmp(acts[i], word) == 0)
			return i;
	return -1;
}

static int
check_wish(struct remind_wish *wish)
{
	const struct command *command = &cmd_remind_command;
	long number;

	if (wish->act != REMIND_LIST &&
		(wish->name[0] == '\0' || strlen(wish->name) > NAME_MAX_BYTES))
		return cmd_usage(command, "a campaign's name has 1 to %d bytes", NAME_MAX_BYTES);
	if (cmd_number(wish->within, 1, 366, &number) == -1)
		return cmd_usage(command, "--within wants a number of days");
	if (wish->as != NULL && (wish->as[0] == '\0' || strlen(wish->as) >= CMD_LOGIN_MAX))
		return cmd_usage(command, "--as wants a person's name");
	if (wish->act == REMIND_STOP) {
		if (wish->reason == NULL)
			return cmd_usage(command, "stopping wants a --reason");
		return cmd_check_reason(command, wish->reason);
	}
	return wish->act == REMIND_DRAFT ? check_draft(wish) : COMMAND_DONE;
}

static int
run(int argc, char **argv)
{
	struct remind_wish wish = { .within = "14", .text = "remind_due" };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "tax", .value = &wish.tax },
		{ .name = "zone", .value = &wish.zone },
		{ .name = "days", .value = &wish.days },
		{ .name = "dates", .value = &wish.dates },
		{ .name = "text", .value = &wish.text },
		{ .name = "control", .value = &wish.control },
		{ .name = "budget", .value = &wish.budget },
		{ .name = "within", .value = &wish.within },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "as", .value = &wish.as },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_remind_command, options, argc, argv), act, code;

	if (operand == -1)
		return COMMAND_USAGE;
	act = operand < argc ? act_of(argv[operand]) : -1;
	if (act == -1 || argc - operand != (act == REMIND_LIST ? 1 : 2))
		return cmd_usage(&cmd_remind_command,
			"draft, preview, approve, stop or results and a NAME; or list");
	wish.act = (enum remind_act)act;
	wish.name = act == REMIND_LIST ? "" : argv[operand + 1];
	code = check_wish(&wish);
	if (code != COMMAND_DONE)
		return code;
	code = cmd_work(&cmd_remind_command,
		&(struct cmd_work){
			.file = wish.file, .prepare = prepare, .work = work, .arg = &wish });
	texts_free(wish.texts);
	return code;
}

const struct command cmd_remind_command = {
	.name = "remind",
	.summary =
		"Campaigns of tax reminders: drafted, shown, approved, stopped, and their results.",
	.usage = "[-c FILE] list | (draft | preview | approve | stop | results) NAME [OPTION...]",
	.help = "  -c, --config FILE      the configuration\n"
		"      --as PERSON        who does it; without, who is logged in\n"
		"      --json             list, preview, results: JSON\n"
		"draft NAME: nothing is sent before another person approves it\n"
		"      --days DAYS        before (-14) and after (7) the due date: --days -14,-3,7\n"
		"      --dates DATES      or fixed days: --dates 2026-12-01,2026-12-15\n"
		"      --tax TAX          of that tax; without, of all\n"
		"      --zone NAME        of taxpayers of that zone and those within it\n"
		"      --text KEYS        texts and their weights, drawn by lot for each taxpayer:\n"
		"                         --text remind_roads=2,remind_schools; without, remind_due\n"
		"      --control WEIGHT   a control group, which is told nothing\n"
		"      --budget SEGMENTS  at most so many a month\n"
		"preview NAME: who would be told, SMS, segments, cost, and until when it takes\n"
		"approve NAME: by another person than who drafted it\n"
		"stop NAME --reason WORDS: nothing more of it is sent\n"
		"results NAME [--within DAYS]: what each text brought within 14 days, or so many\n",
	.run = run,
};
