/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-alert: what the files of `baraza alert` share: what was asked for, who asks, and the words
 * for what SQL answers.
 *
 *	cmd-alert.c         the options, who is at the keyboard; list, drop, cancel, resend,
 *read-aloud cmd-alert-fields.c  what an alert is to be, from the command line cmd-alert-draft.c
 *draft, edit, update, clear: one transaction, its texts written in it cmd-alert-show.c    the page
 *that drafter and approver see cmd-alert-approve.c approve cmd-alert-status.c  what has become of
 *it, once or until it is over
 *
 * All decisions are SQL's (sql/functions/90-alert.sql). Who acts is the officer whose login is at
 * the keyboard: no option names another.
 */
#ifndef CMD_ALERT_H
#define CMD_ALERT_H

#include "alert-compose.h"
#include "cmd-common.h"

#define ALERT_ID_BYTES 24 /* a bigint in digits */
#define ALERT_REFERENCE_BYTES 16

struct alert_wish {
	const char *act;
	const char *file;
	const char *reference; /* as written; of draft and list NULL */
	/* What it is to be: NULL: not said. */
	const char *event, *zones, *to, *lists, *order, *severity, *urgency, *certainty;
	const char *starts, *expires, *hours, *sender;
	bool exercise, test;
	char **blanks; /* NAME=VALUE, borrowed of argv */
	int blank_count;
	/* Of single acts. */
	const char *yes, *reason, *language;
	bool override, unknown, failed, expired, all, watch, json;
	struct alert_templates *templates;
};

/* An alert as the view alert_desk has it. */
struct alert_head {
	PGresult *row;
	char id[ALERT_ID_BYTES];
};

/* What a word of SQL means to whom asked. */
struct alert_answer {
	const char *word, *means;
};

/*
 * Who is at the keyboard. Returns 0 with her officer's id, or -1 after telling that there is none.
 */
int alert_actor(PGconn *db, char id[ALERT_ID_BYTES]) __attribute__((warn_unused_result));

/* The alert of that reference. COMMAND_DONE (alert_head_free() it), or tells why not. */
int alert_find(PGconn *db, const char *reference, struct alert_head *out);
void alert_head_free(struct alert_head *head);
/* A column of it, "" when it is NULL; borrowed. */
const char *alert_is(const struct alert_head *head, const char *column);

/*
 * Tell what SQL's word means: of answers (ended by word NULL, may be NULL), else of those that all
 * acts have. about: what the sentence is said of. Returns COMMAND_USAGE.
 */
int alert_refuse(const char *about, const char *word, const struct alert_answer *answers);

/* One row with the columns' text parameters; NULL after telling. */
PGresult *alert_query(PGconn *db, const char *sql, int count, const char *const *params)
	__attribute__((warn_unused_result));

/*
 * The fields of alert_draft() and alert_edit() that the wish says, as JSON. head: what it follows
 * or edits; NULL: a new alert. kind: alert, update, clear; NULL: an edit. COMMAND_DONE and *out
 * (free() it), or tells what is wrong.
 */
int alert_fields(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const struct alert_head *head, const char *kind, char **out);

/* Write an alert's texts as the templates are, in the transaction that is open. COMMAND_DONE, or
 * tells why it cannot be. */
int alert_write_texts(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *reference);

/* draft, edit, update, clear. */
int alert_do_draft(PGconn *db, const struct config *config, const struct alert_wish *wish);
/* Stop it, and draft the cancel for those who have it. */
int alert_do_cancel(PGconn *db, const struct config *config, const struct alert_wish *wish);
/* The page. */
int alert_show(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *reference);
/* What is read aloud of an alert, in all its languages or one. */
int alert_read_aloud(PGconn *db, const struct alert_wish *wish);
int alert_do_approve(PGconn *db, const struct config *config, const struct alert_wish *wish);
int alert_do_status(PGconn *db, const struct config *config, const struct alert_wish *wish);

#endif
