/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-alert: warnings of danger at the keyboard: what is asked, and by whom; see cmd-alert.h. */
#include "cmd-alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-rows.h"

/* --- --- what all acts need --- */

PGresult *
alert_query(PGconn *db, const char *sql, int count, const char *const *params)
{
	return cmd_query(&cmd_alert_command, db, sql, count, params);
}

int
alert_actor(PGconn *db, char id[ALERT_ID_BYTES])
{
	char login[CMD_LOGIN_MAX];
	const char *params[] = { login };
	PGresult *row;
	int code = 0;

	cmd_login(login);
	row = alert_query(db, "SELECT (officer_by_login($1)).id", 1, params);
	if (row == NULL)
		return -1;
	if (PQgetisnull(row, 0, 0)) {
		cmd_error(&cmd_alert_command,
			"no officer has the login '%s'; `baraza import officers` says who may do what "
			"about alerts",
			login);
		code = -1;
	} else {
		snprintf(id, ALERT_ID_BYTES, "%s", PQgetvalue(row, 0, 0));
	}
	PQclear(row);
	return code;
}

int
alert_find(PGconn *db, const char *reference, struct alert_head *out)
{
	PGresult *row =
		alert_query(db, "SELECT * FROM alert_desk WHERE id = alert_id($1)", 1, &reference);

	if (row == NULL)
		return COMMAND_FAILED;
	if (PQntuples(row) == 0) {
		PQclear(row);
		return cmd_refuse(&cmd_alert_command,
			"no alert is called '%s'; `baraza alert list` shows them", reference);
	}
	out->row = row;
	snprintf(out->id, sizeof out->id, "%s", PQgetvalue(row, 0, 0));
	return COMMAND_DONE;
}

void
alert_head_free(struct alert_head *head)
{
	PQclear(head->row);
	head->row = NULL;
}

const char *
alert_is(const struct alert_head *head, const char *column)
{
	return PQgetvalue(head->row, 0, PQfnumber(head->row, column));
}

int
alert_refuse(const char *about, const char *word, const struct alert_answer *answers)
{
	static const struct alert_answer all[] = {
		{ "unknown", "there is no such alert" },
		{ "not_officer", "who is no active officer may not" },
		{ "no_role", "that is not among your roles; `baraza import officers` gives them" },
		{ "police_only", "only an officer of the police drafts that" },
		{ "no_event", "say what happens" },
		{ "no_zone", "say where: --zones NAMES" },
		{ "unknown_zone", "a zone of it is there no longer" },
		{ "unknown_list", "there is no such list; `baraza export recipients` shows them" },
		{ "bad_order", "--order wants relays, zones, lists and random, each once" },
		{ "bad_value",
			"severity is Extreme, Severe, Moderate, Minor or Unknown; urgency Immediate, "
			"Expected, Future, Past or Unknown; certainty Observed, Likely, Possible, "
			"Unlikely or Unknown" },
		{ "bad_field", "that cannot be said of it" },
		{ "bad_time",
			"it ends before it begins, or is over by now, or lasts longer than a month" },
		{ "exercise_to_citizens",
			"exercises and tests go to lists of staff alone: --lists NAME, without --to" },
		{ "no_staff",
			"there is no list of staff to try it with; `baraza import recipients` makes one" },
		{ "not_allowed",
			"to who reported something there, no alert may go: alert_reporters in "
			"baraza.cfg says whether the city's law allows it" },
		{ "edited", "somebody has edited it meanwhile; look at it again" },
		{ "not_composing", "somebody has written it meanwhile; look at it again" },
		{ NULL, NULL },
	};

	for (const struct alert_answer *a = answers; a != NULL && a->word != NULL; a++)
		if (strcmp(a->word, word) == 0)
			return cmd_refuse(&cmd_alert_command, "%s: %s", about, a->means);
	for (const struct alert_answer *a = all; a->word != NULL; a++)
		if (strcmp(a->word, word) == 0)
			return cmd_refuse(&cmd_alert_command, "%s: %s", about, a->means);
	return cmd_refuse(&cmd_alert_command, "%s: %s", about, word);
}

/* --- --- short acts --- */

static int
list(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	const char *params[] = { wish->all ? "true" : "false" };

	(void)config;
	return cmd_rows_print(&cmd_alert_command,
		alert_query(db,
			"SELECT d.reference, d.kind, d.status, d.event, d.zones, d.state, d.starts,"
			" d.expires, d.drafted_by, d.approved_by, c.recipients,"
			" c.sent + c.delivered AS sent, d.fault"
			" FROM alert_desk d LEFT JOIN alert_status_count c USING (reference)"
			" WHERE $1::boolean OR d.state IN ('composing', 'draft', 'approved')"
			" ORDER BY d.id DESC LIMIT 100",
			1, params),
		wish->json, wish->all ? "there are no alerts" : "no alert is drafted or going out");
}

static int
drop(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	static const struct alert_answer answers[] = {
		{ "not_draft",
			"it is no draft; one that goes out is cancelled: baraza alert cancel" },
		{ NULL, NULL },
	};
	char officer[ALERT_ID_BYTES];
	const char *params[] = { officer, wish->reference, wish->reason };
	PGresult *row;
	int code = COMMAND_DONE;

	(void)config;
	if (alert_actor(db, officer) == -1)
		return COMMAND_USAGE;
	row = alert_query(db, "SELECT outcome FROM alert_drop($1::integer, $2, $3)", 3, params);
	if (row == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(row, 0, 0), "dropped") == 0)
		printf("%s: dropped; nothing of it was sent\n", wish->reference);
	else
		code = alert_refuse(wish->reference, PQgetvalue(row, 0, 0), answers);
	PQclear(row);
	return code;
}

static int
resend(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	static const struct alert_answer answers[] = {
		{ "none", "there are none of those" },
		{ "not_running", "it is not going out, and was not; nothing of it is sent again" },
		{ "expired", "it is over; what was too late is not sent" },
		{ NULL, NULL },
	};
	char officer[ALERT_ID_BYTES];
	const char *what = wish->unknown ? "unknown" : wish->failed ? "failed" : "expired";
	const char *params[] = { officer, wish->reference, what };
	PGresult *row;
	int code = COMMAND_DONE;

	(void)config;
	if (alert_actor(db, officer) == -1)
		return COMMAND_USAGE;
	row = alert_query(
		db, "SELECT outcome, count_ FROM alert_resend($1::integer, $2, $3)", 3, params);
	if (row == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(row, 0, 0), "resent") == 0)
		printf("%s: %s go out again%s\n", wish->reference, PQgetvalue(row, 0, 1),
			wish->unknown ? "; some of them may have it already" : "");
	else
		code = alert_refuse(wish->reference, PQgetvalue(row, 0, 0), answers);
	PQclear(row);
	return code;
}

static int
preview(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	return alert_show(db, config, wish, wish->reference);
}

static int
read_aloud(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	(void)config;
	return alert_read_aloud(db, wish);
}

/* --- --- the command --- */

enum needs {
	NEEDS_EVENT = 1,
	NEEDS_REFERENCE = 2,
	NEEDS_REASON = 4,
	TAKES_BLANKS = 8,
	TAKES_FIELDS = 16, /* zones, times, ... */
	HAS_JSON = 32,
};

static const struct act {
	const char *name;
	int needs;
	int (*work)(PGconn *db, const struct config *config, const struct alert_wish *wish);
} acts[] = {
	{ "draft", NEEDS_EVENT | TAKES_BLANKS | TAKES_FIELDS | HAS_JSON, alert_do_draft },
	{ "edit", NEEDS_REFERENCE | TAKES_BLANKS | TAKES_FIELDS | HAS_JSON, alert_do_draft },
	{ "update", NEEDS_REFERENCE | TAKES_BLANKS | TAKES_FIELDS | HAS_JSON, alert_do_draft },
	{ "clear", NEEDS_REFERENCE | TAKES_BLANKS | TAKES_FIELDS | HAS_JSON, alert_do_draft },
	{ "cancel", NEEDS_REFERENCE | NEEDS_REASON | TAKES_BLANKS, alert_do_cancel },
	{ "preview", NEEDS_REFERENCE | HAS_JSON, preview },
	{ "approve", NEEDS_REFERENCE, alert_do_approve },
	{ "status", NEEDS_REFERENCE | HAS_JSON, alert_do_status },
	{ "resend", NEEDS_REFERENCE, resend },
	{ "read-aloud", NEEDS_REFERENCE, read_aloud },
	{ "drop", NEEDS_REFERENCE | NEEDS_REASON, drop },
	{ "list", HAS_JSON, list },
	{ NULL, 0, NULL },
};

static const struct act *
act_of(const char *word)
{
	const struct act *act = acts;

	while (act->name != NULL && strcmp(act->name, word) != 0)
		act++;
	return act->name != NULL ? act : NULL;
}

static bool
says_fields(const struct alert_wish *wish)
{
	return wish->zones != NULL || wish->to != NULL || wish->lists != NULL ||
		wish->order != NULL || wish->severity != NULL || wish->urgency != NULL ||
		wish->certainty != NULL || wish->starts != NULL || wish->expires != NULL ||
		wish->hours != NULL || wish->sender != NULL || wish->event != NULL;
}

/* What is said must fit the act. */
static int
check_wish(const struct act *act, const struct alert_wish *wish)
{
	const struct command *command = &cmd_alert_command;

	if ((act->needs & NEEDS_REASON) != 0 && (wish->reason == NULL || wish->reason[0] == '\0'))
		return cmd_usage(command, "%s wants a --reason", act->name);
	if ((act->needs & TAKES_FIELDS) == 0 && says_fields(wish))
		return cmd_usage(command, "%s does not change what it says; edit does", act->name);
	if (wish->json && ((act->needs & HAS_JSON) == 0 || wish->watch))
		return cmd_usage(command, "%s has no --json%s", act->name,
			wish->watch ? " while it is watched" : "");
	if (strcmp(act->name, "edit") == 0 && !says_fields(wish) && wish->blank_count == 0)
		return cmd_usage(command, "say what changes: --zones, --expires, level=3.40, ...");
	if (strcmp(act->name, "resend") == 0 && wish->unknown + wish->failed + wish->expired != 1)
		return cmd_usage(
			command, "say which go out again: --unknown, --failed or --expired");
	if (wish->override && (wish->reason == NULL || wish->reason[0] == '\0'))
		return cmd_usage(command, "--override wants a --reason");
	if (wish->exercise && wish->test)
		return cmd_usage(command, "it is an --exercise or a --test");
	return COMMAND_DONE;
}

/* What stands behind the act: EVENT or REFERENCE, and NAME=VALUE. */
static int
take_operands(const struct act *act, int argc, char **argv, struct alert_wish *wish)
{
	const struct command *command = &cmd_alert_command;
	int first = 0;

	if ((act->needs & (NEEDS_EVENT | NEEDS_REFERENCE)) != 0) {
		if (argc < 1 || strchr(argv[0], '=') != NULL)
			return cmd_usage(command, "%s wants %s", act->name,
				(act->needs & NEEDS_EVENT) != 0 ? "an event, as flood"
								: "an alert's REFERENCE");
		*((act->needs & NEEDS_EVENT) != 0 ? &wish->event : &wish->reference) = argv[0];
		first = 1;
	}
	for (int i = first; i < argc; i++)
		if ((act->needs & TAKES_BLANKS) == 0 || strchr(argv[i], '=') == NULL ||
			strchr(argv[i], '=') == argv[i])
			return cmd_usage(command, "'%s' is too much", argv[i]);
	wish->blanks = argv + first;
	wish->blank_count = argc - first;
	return COMMAND_DONE;
}

static int
prepare(const struct config *config, void *arg)
{
	struct config_errors errors = { .count = 0 };
	struct alert_wish *wish = arg;

	wish->templates = alert_templates_load(config, &errors);
	cmd_print_errors(&errors);
	return wish->templates != NULL ? COMMAND_DONE : COMMAND_USAGE;
}

static int
work(PGconn *db, const struct config *config, void *arg)
{
	const struct alert_wish *wish = arg;

	return act_of(wish->act)->work(db, config, wish);
}

static int
run_act(const struct act *act, struct alert_wish *wish, int argc, char **argv)
{
	int code;

	code = take_operands(act, argc, argv, wish);
	if (code == COMMAND_DONE)
		code = check_wish(act, wish);
	if (code != COMMAND_DONE)
		return code;
	wish->act = act->name;
	code = cmd_work(&cmd_alert_command,
		&(struct cmd_work){
			.file = wish->file, .prepare = prepare, .work = work, .arg = wish });
	alert_templates_free(wish->templates);
	return code;
}

static int
run(int argc, char **argv)
{
	struct alert_wish wish = { .act = NULL };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "event", .value = &wish.event },
		{ .name = "zones", .value = &wish.zones },
		{ .name = "to", .value = &wish.to },
		{ .name = "lists", .value = &wish.lists },
		{ .name = "order", .value = &wish.order },
		{ .name = "severity", .value = &wish.severity },
		{ .name = "urgency", .value = &wish.urgency },
		{ .name = "certainty", .value = &wish.certainty },
		{ .name = "starts", .value = &wish.starts },
		{ .name = "expires", .value = &wish.expires },
		{ .name = "hours", .value = &wish.hours },
		{ .name = "sender", .value = &wish.sender },
		{ .name = "exercise", .flag = &wish.exercise },
		{ .name = "test", .flag = &wish.test },
		{ .name = "yes", .value = &wish.yes },
		{ .name = "override", .flag = &wish.override },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "language", .value = &wish.language },
		{ .name = "unknown", .flag = &wish.unknown },
		{ .name = "failed", .flag = &wish.failed },
		{ .name = "expired", .flag = &wish.expired },
		{ .name = "all", .flag = &wish.all },
		{ .name = "watch", .flag = &wish.watch },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_alert_command, options, argc, argv);
	const struct act *act;

	if (operand == -1)
		return COMMAND_USAGE;
	act = operand < argc ? act_of(argv[operand]) : NULL;
	if (act == NULL)
		return cmd_usage(&cmd_alert_command,
			"say what to do: draft, edit, preview, approve, update, cancel, clear, status, "
			"resend, list, drop or read-aloud");
	return run_act(act, &wish, argc - operand - 1, argv + operand + 1);
}

const struct command cmd_alert_command = {
	.name = "alert",
	.summary = "Warnings of danger: drafted, shown, approved by another, followed, ended.",
	.usage = "[-c FILE] draft EVENT | list | ACT REFERENCE [OPTION...] [NAME=VALUE...]",
	.help = "  -c, --config FILE      the configuration\n"
		"      --json             draft, preview, status, list ...: JSON\n"
		"draft EVENT --zones NAMES: an alert; nothing leaves before another person approves it\n"
		"edit REFERENCE: change a draft; who had been asked to approve it is asked anew\n"
		"update, clear REFERENCE: what those are told who have it, or may; drafts as any other\n"
		"      --zones NAMES      where, separated by commas; those within them are meant too\n"
		"      --starts TIME      16:00, \"2026-11-23 06:00\", +90m or +6h; without, now\n"
		"      --expires TIME     when it is over; no SMS of it is delivered later\n"
		"      --hours N          or so many hours after its start; without, as its template says\n"
		"      --to WHOM          relays,subscribers,reporters, or some of them; lists: nobody else\n"
		"      --lists NAMES      and these lists\n"
		"      --order KINDS      who goes first: relays,zones,lists,random as it is without\n"
		"      --severity WORD    --urgency WORD, --certainty WORD: words of CAP 1.2\n"
		"      --sender NAME      who speaks; without, the city\n"
		"      --exercise         an exercise, or a --test: to lists of staff, and its texts say so\n"
		"      --event EVENT      edit: what happens is another thing\n"
		"      NAME=VALUE         a blank of its text (level=3.20), in one language level.fr=...;\n"
		"                         text.fr=\"...\" are own words, text_by.fr=NAME who has read them\n"
		"preview REFERENCE: who, what, when they have it, what it costs, and what speaks against it\n"
		"approve REFERENCE: it leaves; by another person than who drafted or edited it\n"
		"      --yes REFERENCE    instead of typing it; where there is no terminal\n"
		"      --override         alone, by who has that role, with a --reason WORDS; all are told\n"
		"cancel REFERENCE --reason WORDS: nothing more leaves, at once; who has it is to be told\n"
		"drop REFERENCE --reason WORDS: a draft that is none\n"
		"status REFERENCE: by zone and link, and whom nobody knows to have it\n"
		"      --watch            until it is over\n"
		"resend REFERENCE: --unknown (may have it already), --failed or --expired: once more\n"
		"read-aloud REFERENCE: its texts for radio and loudspeakers; --language CODE one of them\n"
		"list: drafts and what goes out; --all\n",
	.run = run,
};
