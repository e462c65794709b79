/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-run: what stored messages set off: services, the tray, and the replies to them. */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "log.h"
#include "text.h"
#include "texts.h"

#define PRIORITY_REPLY 2
#define REPLY_BYTES_MAX 2048

/* --- Write: replies --- */

struct replies {
	struct db_array contact, body, priority, segments, service, reply_to, validity;
	int count;
};

static void
reply_add(struct inbox *inbox, struct replies *r, int64_t contact, const char *service,
	int64_t reply_to, const char *text)
{
	const struct config *config = inbox->gateway->config;
	char plain[REPLY_BYTES_MAX];
	const char *body = text;

	if (config->transliterate && text_transliterate(plain, sizeof(plain), text) >= 0)
		body = plain;
	int segments = text_count_segments(body, NULL);
	if (segments < 1) {
		log_error("event=reply_unsendable service=%s hint=%s", service,
			log_quote("the text is empty or too long; see 'baraza check'"));
		return;
	}
	db_array_int8(&r->contact, contact);
	db_array_text(&r->body, body);
	db_array_int2(&r->priority, PRIORITY_REPLY);
	db_array_int2(&r->segments, (int16_t)segments);
	db_array_text(&r->service, service);
	db_array_int8(&r->reply_to, reply_to);
	db_array_int4(&r->validity, config->reply_validity_min);
	r->count++;
}

/* Split what SQL answered: outcome, name, value, ... in place.  Returns the outcome. */
static const char *
outcome_split(char *text, struct text_value *values, size_t max, int64_t *recipient)
{
	char *outcome = strsep(&text, INBOX_SEPARATOR);
	size_t n = 0;

	while (text != NULL && n + 1 < max) {
		values[n].name = strsep(&text, INBOX_SEPARATOR);
		values[n].value = text != NULL ? strsep(&text, INBOX_SEPARATOR) : "";
		if (strcmp(values[n].name, "recipient") == 0)
			*recipient = strtoll(values[n].value, NULL, 10);
		else
			n++;
	}
	values[n].name = NULL;
	return outcome;
}

static void
reply_outcome(struct inbox *inbox, struct replies *r, struct thought *t,
	const struct service *service, char *outcome_text)
{
	struct text_value values[16];
	char key[128], text[REPLY_BYTES_MAX];
	int64_t recipient = t->contact_id;
	const char *outcome = outcome_split(outcome_text, values, 16, &recipient);

	snprintf(key, sizeof(key), "%s_%s", service->name, outcome);
	/* An outcome without a text is one that nothing is said about. */
	if (texts_render(inbox->gateway->texts, t->speak, key, values, text, sizeof(text)) > 0)
		reply_add(inbox, r, recipient, service->name, t->message_id, text);
}

static void
reply_said(struct inbox *inbox, struct replies *r, struct thought *t)
{
	char text[REPLY_BYTES_MAX];

	if (inbox_say(inbox->gateway, t, text, sizeof(text)) > 0)
		reply_add(inbox, r, t->contact_id, t->ask != NULL ? t->ask->name : "help",
			t->message_id, text);
}

static void
replies_send(struct inbox *inbox, struct replies *r)
{
	struct db_params params;

	inbox->replies = r->count;
	db_params_begin(&params);
	db_param_take_array(&params, &r->contact);
	db_param_take_array(&params, &r->body);
	db_param_take_array(&params, &r->priority);
	db_param_take_array(&params, &r->segments);
	db_param_take_array(&params, &r->service);
	db_param_take_array(&params, &r->reply_to);
	db_param_take_array(&params, &r->validity);
	if (r->count > 0)
		db_send(inbox->db, "enqueue", &params, NULL, NULL);
	else
		db_params_free(&params);
}

/* All services have answered: say it, queue it, commit. */
void
inbox_batch_replies(struct inbox *inbox)
{
	struct replies r = { 0 };

	db_array_begin(&r.contact, DB_INT8);
	db_array_begin(&r.body, DB_TEXT);
	db_array_begin(&r.priority, DB_INT2);
	db_array_begin(&r.segments, DB_INT2);
	db_array_begin(&r.service, DB_TEXT);
	db_array_begin(&r.reply_to, DB_INT8);
	db_array_begin(&r.validity, DB_INT4);
	for (size_t i = 0; i < inbox->batch_count; i++) {
		struct thought *t = &inbox->batch[i];
		if (!t->stored || t->silent)
			continue;
		if (t->old_outcome != NULL)
			reply_outcome(inbox, &r, t, t->old, t->old_outcome);
		if (t->outcome != NULL)
			reply_outcome(inbox, &r, t, t->run, t->outcome);
		if (t->say != NULL)
			reply_said(inbox, &r, t);
	}
	replies_send(inbox, &r);
	inbox->state = BATCH_COMMIT;
	db_commit(inbox->db, inbox_batch_end_cb, inbox);
}

/* --- Write: services --- */

/* Where a service's answer goes. */
struct run {
	struct inbox *inbox;
	char **outcome;
};

static void
run_cb(PGresult *result, void *arg)
{
	struct run *run = arg;
	struct inbox *inbox = run->inbox;

	if (result != NULL && PQntuples(result) == 1)
		*run->outcome = strdup(PQgetvalue(result, 0, 0));
	int failed = result == NULL;
	free(run);
	if (inbox->state != BATCH_RUN)
		return;
	if (failed)
		inbox_batch_abort(inbox);
	else if (--inbox->runs_due == 0)
		inbox_batch_replies(inbox);
}

static int
run_service(struct inbox *inbox, struct thought *t, const struct service *service,
	const struct form_values *values, int64_t message, const char *words, char **outcome)
{
	char name[80];
	struct db_params params;
	struct run *run = malloc(sizeof(*run));
	bool answered = service == t->run && t->run_message != 0 && t->message_id != 0;
	char *json = form_to_json(service, values, words, answered ? t : NULL);

	if (run == NULL || json == NULL)
		fatal("event=out_of_memory");
	*run = (struct run){ inbox, outcome };
	snprintf(name, sizeof(name), "service_%s", service->name);
	db_params_begin(&params);
	db_param_int(&params, message);
	db_param_int(&params, t->contact_id);
	db_param_text(&params, json);
	free(json);
	if (db_send(inbox->db, name, &params, run_cb, run) != 0) {
		free(run);
		return -1;
	}
	inbox->runs_due++;
	return 0;
}

static int
run_tray(struct inbox *inbox, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, t->tray);
	db_param_int(&params, t->contact_id);
	db_param_int(
		&params, t->item->kind == ITEM_EXPIRED ? t->item->session_message : t->message_id);
	db_param_text(&params, t->tray_note);
	return db_send(inbox->db, "tray", &params, NULL, NULL);
}

static int
run_parts_taken(struct inbox *inbox, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, t->message_id);
	db_param_text(&params, t->item->part_keys);
	return db_send(inbox->db, "parts_taken", &params, NULL, NULL);
}

/* All that one stored message sets off. */
static int
run_thought(struct inbox *inbox, struct thought *t)
{
	/* A service that is answered by a later message speaks of the one that opened it. */
	int64_t message = t->run_message != 0 ? t->run_message : t->message_id;
	const char *words = t->run_message != 0 ? NULL : t->item->body;
	int bad = 0;

	if (t->item->kind == ITEM_JOINED)
		bad |= run_parts_taken(inbox, t);
	if (t->tray != NULL)
		bad |= run_tray(inbox, t);
	if (t->old != NULL)
		bad |= run_service(inbox, t, t->old, &t->asked_values, t->session_message, NULL,
			&t->old_outcome);
	if (t->run != NULL)
		bad |= run_service(inbox, t, t->run, &t->values, message, words, &t->outcome);
	return bad;
}

void
inbox_batch_run(struct inbox *inbox)
{
	inbox->state = BATCH_RUN;
	inbox->runs_due = 0;
	for (size_t i = 0; i < inbox->batch_count; i++)
		if (inbox->batch[i].stored && run_thought(inbox, &inbox->batch[i]) != 0)
			return; /* lost: `down` puts everything back */
	if (inbox->runs_due > 0)
		db_flush(inbox->db);
	else
		inbox_batch_replies(inbox);
}
