/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-run: what stored messages set off: services, the tray, and the replies to them. */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "log.h"
#include "outgoing.h"
#include "text.h"
#include "texts.h"

/* --- Write: replies --- */

/* Those of a batch, and what is on the screen of the form whose turn it is. */
struct replies {
	const struct desk *desk;
	struct outgoing out;
	struct form_said said;
};

static void
reply_add(
	struct replies *r, int64_t contact, const char *service, int64_t reply_to, const char *text)
{
	const struct config *config = r->desk->inbox->gateway->config;
	const struct service *of = service_find(service);
	bool emergency = of != NULL && of->emergency;

	outgoing_add(&r->out, config, contact, emergency ? PRIORITY_SOS : PRIORITY_REPLY, service,
		reply_to, config->reply_validity_min, text);
}

/* What a form has filed; a call for help is never told by its reference alone. */
static void
keep_reference(
	struct form_said *said, const struct service *service, const struct text_value *values)
{
	while (values->name != NULL && strcmp(values->name, "reference") != 0)
		values++;
	if (values->name != NULL && service->files && !service->emergency)
		snprintf(said->reference, sizeof(said->reference), "%s", values->value);
}

/* Who filled in a form reads what is said of it on her screen, and as SMS where that is wanted
 * besides. What others hear, and she of an older form, are SMS. True: she has both. */
static bool
reply_say(struct replies *r, const struct thought *t, int64_t contact, const char *service,
	bool older, const char *text)
{
	const struct inbox_form *form = t->item->form;
	bool shown = form != NULL && !older && contact == t->contact_id;
	bool sent = !t->silent && (!shown || form->by_sms);

	if (shown)
		form_say(&r->said, text);
	if (sent)
		reply_add(r, contact, service, t->message_id, text);
	r->said.sent |= shown && sent;
	return shown && sent;
}

/* Split what SQL answered: outcome, name, value, ... in place.  Returns the outcome; what is for no
 * text is taken out. */
static const char *
outcome_split(
	struct thought *t, char *text, struct text_value *values, size_t max, int64_t *recipient)
{
	char *outcome = strsep(&text, INBOX_SEPARATOR);
	size_t n = 0;

	while (text != NULL && n + 1 < max) {
		values[n].name = strsep(&text, INBOX_SEPARATOR);
		values[n].value = text != NULL ? strsep(&text, INBOX_SEPARATOR) : "";
		if (strcmp(values[n].name, "recipient") == 0)
			*recipient = strtoll(values[n].value, NULL, 10);
		else if (strcmp(values[n].name, "ask") == 0)
			t->asked_back = true;
		else
			n++;
	}
	values[n].name = NULL;
	return outcome;
}

/* Of whom the service's form is, when a helper sent it for another; else NULL. */
static const char *
person_of(const struct thought *t, const struct service *service)
{
	const struct form_values *values = service == t->old ? &t->asked_values : &t->values;
	int field = t->helper ? service_field_index(service, "for") : -1;

	return field >= 0 && values->value[field][0] != '\0' ? values->value[field] : NULL;
}

/* Around what is said to a helper: whose it is, as shortly as one SMS needs. */
static void
say_whose(const struct desk *desk, const struct thought *t, const char *person,
	char text[OUTGOING_BYTES_MAX])
{
	const struct texts *texts = desk->inbox->gateway->texts;
	size_t length = strlen(person);
	const char *tail = length > 3 ? person + length - 3 : person;
	const struct text_value values[] = { { "person", log_number(person) }, { "tail", tail },
		{ "text", text }, { NULL, NULL } };
	char said[OUTGOING_BYTES_MAX];
	enum text_coding coding;
	int segments = text_count_segments(text, &coding);

	if ((texts_render(texts, t->speak, "whose", values, said, sizeof(said)) > 0 &&
		    text_count_segments(said, &coding) <= segments) ||
		texts_render(texts, t->speak, "whose_short", values, said, sizeof(said)) > 0)
		strcpy(text, said);
}

static void
reply_outcome(
	struct replies *r, struct thought *t, const struct service *service, char *outcome_text)
{
	struct text_value values[16];
	char key[128], text[OUTGOING_BYTES_MAX];
	int64_t recipient = t->contact_id;
	const char *outcome = outcome_split(t, outcome_text, values, 16, &recipient);

	snprintf(key, sizeof(key), "%s_%s", service->name, outcome);
	const char *person = person_of(t, service);
	/* An outcome without a text is one that nothing is said about. */
	if (texts_render(
		    r->desk->inbox->gateway->texts, t->speak, key, values, text, sizeof(text)) <= 0)
		return;
	/* One that tells nothing of a report does not tell of a person either. */
	if (person != NULL && recipient == t->contact_id && values[0].name != NULL)
		say_whose(r->desk, t, person, text);
	if (reply_say(r, t, recipient, service->name, outcome_text == t->old_outcome, text))
		keep_reference(&r->said, service, values);
}

static void
reply_said(struct replies *r, struct thought *t)
{
	char text[OUTGOING_BYTES_MAX];

	if (inbox_say(r->desk->inbox->gateway, t, text, sizeof(text)) > 0)
		reply_say(r, t, t->contact_id, t->ask != NULL ? t->ask->name : "help", false, text);
}

/* What one message is answered. Returns -1 when the screen of a form could not be queued. */
static int
reply_all(struct replies *r, struct desk *desk, struct thought *t)
{
	r->said.text[0] = r->said.reference[0] = '\0';
	r->said.sent = false;
	if (t->old_outcome != NULL)
		reply_outcome(r, t, t->old, t->old_outcome);
	if (t->outcome != NULL)
		reply_outcome(r, t, t->run, t->outcome);
	if (t->say != NULL)
		reply_said(r, t);
	return t->item->form != NULL ? form_store(desk, t, &r->said) : 0;
}

/* All services have answered: say it, queue it, commit. */
void
desk_replies(struct desk *desk)
{
	struct replies replies = { .desk = desk };
	int bad = 0;

	outgoing_begin(&replies.out);
	for (size_t i = 0; i < desk->batch_count && !bad; i++) {
		struct thought *t = &desk->batch[i];
		if (t->stored && (!t->silent || t->item->form != NULL))
			bad = reply_all(&replies, desk, t);
	}
	desk->replies = replies.out.count;
	outgoing_send(&replies.out, desk->db);
	if (bad) {
		desk_abort(desk);
		return;
	}
	desk->state = BATCH_COMMIT;
	db_commit(desk->db, desk_end_cb, desk);
}

/* --- Write: services --- */

/* A service's part of the batch: all of its forms in one call, an answer each, in their order. */
struct run {
	struct desk *desk;
	const struct service *service;
	struct db_array message, contact, form;
	size_t count;
	char **outcome[BATCH_MAX]; /* where the answers go */
};

static void
run_cb(PGresult *result, void *arg)
{
	struct run *run = arg;
	struct desk *desk = run->desk;
	int failed = result == NULL || PQntuples(result) != (int)run->count;

	for (size_t i = 0; !failed && i < run->count; i++)
		*run->outcome[i] = strdup(PQgetvalue(result, (int)i, 0));
	free(run);
	if (desk->state != BATCH_RUN)
		return;
	if (failed)
		desk_abort(desk);
	else if (--desk->runs_due == 0)
		desk_replies(desk);
}

static struct run *
run_new(struct desk *desk, const struct service *service)
{
	struct run *run = malloc(sizeof(*run));

	if (run == NULL)
		fatal("event=out_of_memory");
	run->desk = desk;
	run->service = service;
	run->count = 0;
	db_array_begin(&run->message, DB_INT8);
	db_array_begin(&run->contact, DB_INT8);
	db_array_begin(&run->form, DB_TEXT);
	return run;
}

static void
run_add(struct run *run, const struct thought *t, const struct form_values *values, int64_t message,
	const char *words, char **outcome)
{
	bool answered = run->service == t->run && t->run_message != 0 && t->message_id != 0;
	bool open = t->asked != NULL && t->asked->files && !t->close; /* another question is */
	bool asks_on = run->service->emergency; /* one thing after the other */
	bool final = run->service == t->old || (t->run_message != 0 && !(asks_on && answered)) ||
		t->silent || open;
	char *json = form_to_json(run->service, values, words, answered ? t : NULL, final);

	if (json == NULL)
		fatal("event=out_of_memory");
	db_array_int8(&run->message, message);
	db_array_int8(&run->contact, t->contact_id);
	db_array_text(&run->form, json);
	free(json);
	run->outcome[run->count++] = outcome;
}

/* Takes run over. */
static int
run_send(struct run *run)
{
	struct desk *desk = run->desk;
	struct db_params params;
	char name[80];

	snprintf(name, sizeof(name), "service_%s", run->service->name);
	db_params_begin(&params);
	db_param_take_array(&params, &run->message);
	db_param_take_array(&params, &run->contact);
	db_param_take_array(&params, &run->form);
	if (run->count == 0) {
		db_params_free(&params);
		free(run);
		return 0;
	}
	if (db_send(desk->db, name, &params, run_cb, run) != 0) {
		free(run);
		return -1;
	}
	desk->runs_due++;
	return 0;
}

/* The forms that messages push out. */
static int
run_old_forms(struct desk *desk, const struct service *service)
{
	struct run *run = run_new(desk, service);

	for (size_t i = 0; i < desk->batch_count; i++) {
		struct thought *t = &desk->batch[i];
		if (t->stored && t->old == service)
			run_add(run, t, &t->asked_values, t->session_message, NULL,
				&t->old_outcome);
	}
	return run_send(run);
}

/* Her own words for a service: of a form those that she was asked for, not what is kept of it. */
static const char *
words_of(const struct thought *t)
{
	if (t->run_message != 0)
		return NULL;
	return form_is_filled(t->item) ? t->item->form->words : item_shown(t->item);
}

/* A form that is answered by a later message speaks of the one that opened it. */
static int
run_forms(struct desk *desk, const struct service *service)
{
	struct run *run = run_new(desk, service);

	for (size_t i = 0; i < desk->batch_count; i++) {
		struct thought *t = &desk->batch[i];
		if (t->stored && t->run == service)
			run_add(run, t, &t->values,
				t->run_message != 0 ? t->run_message : t->message_id, words_of(t),
				&t->outcome);
	}
	return run_send(run);
}

static int
run_tray(struct desk *desk, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, t->tray);
	db_param_int(&params, t->contact_id);
	db_param_int(
		&params, t->item->kind == ITEM_EXPIRED ? t->item->session_message : t->message_id);
	db_param_text(&params, t->tray_note);
	return db_send(desk->db, "tray", &params, NULL, NULL);
}

static int
run_tray_helped(struct desk *desk, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, t->contact_id);
	return db_send(desk->db, "tray_helped", &params, NULL, NULL);
}

static int
run_parts_taken(struct desk *desk, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, t->message_id);
	db_param_text(&params, t->item->part_keys);
	return db_send(desk->db, "parts_taken", &params, NULL, NULL);
}

/* What one stored message sets off besides services. */
static int
run_thought(struct desk *desk, const struct thought *t)
{
	int bad = 0;

	if (t->item->kind == ITEM_JOINED)
		bad |= run_parts_taken(desk, t);
	if (t->tray != NULL)
		bad |= run_tray(desk, t);
	if (t->helped)
		bad |= run_tray_helped(desk, t);
	if (t->item->till != TILL_NONE)
		bad |= till_run(desk, t);
	return bad;
}

/* Old forms first: whoever pushed one out hears of that first. */
static int
run_all(struct desk *desk)
{
	int bad = 0;

	for (size_t i = 0; i < desk->batch_count; i++)
		if (desk->batch[i].stored)
			bad |= run_thought(desk, &desk->batch[i]);
	bad |= airtime_run(desk);
	for (size_t i = 0; services[i] != NULL; i++)
		bad |= run_old_forms(desk, services[i]);
	for (size_t i = 0; services[i] != NULL; i++)
		bad |= run_forms(desk, services[i]);
	return bad;
}

void
desk_run(struct desk *desk)
{
	desk->state = BATCH_RUN;
	desk->runs_due = 0;
	if (run_all(desk) != 0)
		return; /* lost: `down` puts everything back */
	if (desk->runs_due > 0)
		db_flush(desk->db);
	else
		desk_replies(desk);
}
