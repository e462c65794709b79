/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-alert-draft: draft, edit, update, clear and cancel. What is drafted and its texts are one
 * transaction: an alert whose texts cannot be written is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-alert.h"

/* --- --- texts --- */

/* Run ALERT_TEXTS_SQL. COMMAND_DONE, or after telling. */
static int
store_texts(PGconn *db, const struct alert_facts *facts, const struct alert_texts *texts)
{
	struct db_params params;
	PGresult *row;
	int code = COMMAND_DONE;

	alert_texts_params(facts, texts, &params);
	if (params.overflow) {
		db_params_free(&params);
		return cmd_refuse(&cmd_alert_command, "out of memory");
	}
	row = PQexecParams(db, ALERT_TEXTS_SQL, params.count, NULL, params.value, params.length,
		params.format, 0);
	if (PQresultStatus(row) != PGRES_TUPLES_OK) {
		cmd_sql_error(&cmd_alert_command, row);
		code = COMMAND_FAILED;
	} else if (strcmp(PQgetvalue(row, 0, 0), "draft") != 0) {
		code = alert_refuse(facts->reference, PQgetvalue(row, 0, 0), NULL);
	}
	PQclear(row);
	db_params_free(&params);
	return code;
}

int
alert_write_texts(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *reference)
{
	PGresult *row = alert_query(db,
		"SELECT f.* FROM alert a, alert_facts(a.id) f WHERE a.reference = $1", 1,
		&reference);
	struct alert_facts facts;
	struct alert_texts texts;
	int code;

	if (row == NULL)
		return COMMAND_FAILED;
	alert_facts_read(row, 0, &facts);
	if (alert_compose(wish->templates, config, &facts, &texts) == -1)
		code = cmd_refuse(&cmd_alert_command, "%s", texts.words);
	else
		code = store_texts(db, &facts, &texts);
	alert_texts_free(&texts);
	PQclear(row);
	return code;
}

/* --- --- drafting --- */

static const struct alert_answer answers[] = {
	{ "follows_nothing",
		"only an alert that has gone out, or is going out, is updated, cancelled or cleared; "
		"a draft is edited or dropped" },
	{ "not_draft", "it is a draft no longer; one that goes out is updated or cancelled" },
	{ NULL, NULL },
};

/* What to do with the outcome's row: texts are written, the whole is committed. reference is filled
 * from the second column, if there is one. */
static int
finish(PGconn *db, const struct config *config, const struct alert_wish *wish, PGresult *row,
	const char *done, char reference[ALERT_REFERENCE_BYTES])
{
	const char *word = PQgetvalue(row, 0, 0);

	if (strcmp(word, done) != 0)
		return alert_refuse(
			wish->reference != NULL ? wish->reference : wish->event, word, answers);
	if (PQnfields(row) > 1)
		snprintf(reference, ALERT_REFERENCE_BYTES, "%s", PQgetvalue(row, 0, 1));
	return alert_write_texts(db, config, wish, reference);
}

static int
draft(PGconn *db, const struct config *config, const struct alert_wish *wish, const char *officer,
	const char *fields, char reference[ALERT_REFERENCE_BYTES])
{
	const char *params[] = { officer, fields };
	PGresult *row = alert_query(db,
		"SELECT outcome, reference FROM alert_draft($1::integer, 'keyboard', $2::jsonb)", 2,
		params);
	int code =
		row == NULL ? COMMAND_FAILED : finish(db, config, wish, row, "drafted", reference);

	PQclear(row);
	return code;
}

static int
edit(PGconn *db, const struct config *config, const struct alert_wish *wish, const char *officer,
	const char *fields, char reference[ALERT_REFERENCE_BYTES])
{
	const char *params[] = { officer, reference, fields };
	PGresult *row = alert_query(
		db, "SELECT outcome FROM alert_edit($1::integer, $2, $3::jsonb)", 3, params);
	int code =
		row == NULL ? COMMAND_FAILED : finish(db, config, wish, row, "edited", reference);

	PQclear(row);
	return code;
}

/* draft, or edit, update or clear what head is. */
static int
work_on(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const struct alert_head *head, char reference[ALERT_REFERENCE_BYTES])
{
	bool edits = strcmp(wish->act, "edit") == 0;
	const char *kind = edits ? NULL : head == NULL ? "alert" : wish->act;
	char officer[ALERT_ID_BYTES], *fields = NULL;
	int code;

	if (alert_actor(db, officer) == -1)
		return COMMAND_USAGE;
	if (head != NULL && (wish->exercise || wish->test))
		return cmd_usage(&cmd_alert_command,
			"what is an exercise, and what is real, is said once: draft another");
	code = alert_fields(db, config, wish, head, kind, &fields);
	if (code != COMMAND_DONE)
		return code;
	if (head != NULL)
		snprintf(reference, ALERT_REFERENCE_BYTES, "%s", alert_is(head, "reference"));
	if (cmd_execute(&cmd_alert_command, db, "BEGIN") == -1)
		code = COMMAND_FAILED;
	else if (edits)
		code = edit(db, config, wish, officer, fields, reference);
	else
		code = draft(db, config, wish, officer, fields, reference);
	if (code == COMMAND_DONE && cmd_execute(&cmd_alert_command, db, "COMMIT") == -1)
		code = COMMAND_FAILED;
	free(fields);
	return code;
}

int
alert_do_draft(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	struct alert_head head = { .row = NULL };
	char reference[ALERT_REFERENCE_BYTES];
	int code = COMMAND_DONE;

	if (wish->reference != NULL)
		code = alert_find(db, wish->reference, &head);
	if (code == COMMAND_DONE)
		code = work_on(db, config, wish, wish->reference != NULL ? &head : NULL, reference);
	alert_head_free(&head);
	return code == COMMAND_DONE ? alert_show(db, config, wish, reference) : code;
}

/* --- --- cancelling --- */

/* The words of a cancel that the command line has. */
static int
edit_cancel(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *officer, const char *cancel)
{
	struct alert_head head;
	char *fields = NULL, reference[ALERT_REFERENCE_BYTES];
	int code = alert_find(db, cancel, &head);

	if (code != COMMAND_DONE)
		return code;
	snprintf(reference, sizeof reference, "%s", cancel);
	code = alert_fields(db, config, wish, &head, NULL, &fields);
	if (code == COMMAND_DONE)
		code = edit(db, config, wish, officer, fields, reference);
	free(fields);
	alert_head_free(&head);
	return code;
}

/* The cancel that SQL drafted: its texts, with the command line's words if they can be. */
static int
draft_cancel(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *officer, const char *cancel)
{
	int code = COMMAND_DONE, written;

	if (wish->blank_count > 0) {
		code = edit_cancel(db, config, wish, officer, cancel);
		if (code == COMMAND_DONE)
			return code;
		/* That nothing more leaves does not wait for right words. */
		if (cmd_execute(&cmd_alert_command, db, "ROLLBACK TO stopped") == -1)
			return COMMAND_FAILED;
		cmd_error(&cmd_alert_command,
			"it is stopped all the same; %s has the template's words", cancel);
	}
	written = alert_write_texts(db, config, wish, cancel);
	return written == COMMAND_DONE ? code : written;
}

static int
tell_stopped(const struct alert_wish *wish, PGresult *row)
{
	static const struct alert_answer stop_answers[] = {
		{ "not_running",
			"it is not going out, and never was; a draft is dropped: baraza alert drop" },
		{ "no_reason", "say why: --reason WORDS" },
		{ NULL, NULL },
	};
	const char *word = PQgetvalue(row, 0, 0), *had = PQgetvalue(row, 0, 1);

	if (strcmp(word, "stopped") == 0)
		printf("%s: stopped; nothing more of it leaves\n", wish->reference);
	else if (strcmp(word, "over") == 0)
		printf("%s: all of it had left\n", wish->reference);
	else
		return alert_refuse(wish->reference, word, stop_answers);
	if (PQgetisnull(row, 0, 2))
		printf("%s: nobody has it; there is nothing to take back\n", wish->reference);
	else
		printf("%s: %s have it or may have it; they are told by %s, once another person "
		       "approves it\n",
			wish->reference, had, PQgetvalue(row, 0, 2));
	return COMMAND_DONE;
}

int
alert_do_cancel(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	char officer[ALERT_ID_BYTES], cancel[ALERT_REFERENCE_BYTES] = "";
	const char *params[] = { officer, wish->reference, wish->reason };
	PGresult *row = NULL;
	int code = COMMAND_FAILED, written = COMMAND_DONE;

	if (alert_actor(db, officer) == -1)
		return COMMAND_USAGE;
	if (cmd_execute(&cmd_alert_command, db, "BEGIN") == 0)
		row = alert_query(db,
			"SELECT outcome, left_, cancel FROM alert_stop($1::integer, $2, $3)", 3,
			params);
	if (row != NULL)
		code = tell_stopped(wish, row);
	if (code == COMMAND_DONE && !PQgetisnull(row, 0, 2)) {
		snprintf(cancel, sizeof cancel, "%s", PQgetvalue(row, 0, 2));
		if (cmd_execute(&cmd_alert_command, db, "SAVEPOINT stopped") == 0)
			written = draft_cancel(db, config, wish, officer, cancel);
	}
	PQclear(row);
	if (code == COMMAND_DONE && cmd_execute(&cmd_alert_command, db, "COMMIT") == -1)
		code = COMMAND_FAILED;
	if (code == COMMAND_DONE && cancel[0] != '\0')
		code = alert_show(db, config, wish, cancel);
	return code == COMMAND_DONE ? written : code;
}
