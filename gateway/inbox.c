/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inbox.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "inbox-internal.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "outbox.h"
#include "text.h"
#include "texts.h"

#define BATCH_MAX 128
#define WAITING_MAX 4096
#define PRIORITY_REPLY 2
#define RETRY_MS 500
#define REPLY_BYTES_MAX 2048

/* The batch's own state: what the next answer of the database is for. */
enum batch_state {
	BATCH_NONE,
	BATCH_SNAPSHOT, /* who are they? */
	BATCH_STORE,	/* stored once? */
	BATCH_RUN,	/* services are working */
	BATCH_COMMIT,	/* replies are queued */
	BATCH_LOOK,	/* not a batch: looking for what is due */
	BATCH_POISON,	/* setting one message aside */
};

struct inbox {
	struct gateway *gateway;
	struct db *db;
	struct db_statement *statements;
	struct event *turn;  /* begins a batch once the loop has read what there is */
	struct event *due;   /* something timed */
	struct event *retry; /* after an error that passes */
	struct items waiting;
	size_t waiting_count, joined_count, expired_count;
	enum batch_state state;
	struct thought batch[BATCH_MAX];
	size_t batch_count, batch_limit;
	struct item *parts[BATCH_MAX];
	size_t parts_count;
	size_t runs_due;  /* services' answers still to come */
	int replies;	  /* queued in this transaction */
	int look_parts;   /* parts were stored: is something whole?  Asked once the last ones are done */
	int look_due;	  /* is something due, and when is the next? */
};

static void turn_later(struct inbox *inbox);
static void batch_replies(struct inbox *inbox);

/* Statements ------------------------------------------------------------------------------------ */

static const struct db_statement fixed_statements[] = {
	{ "snapshot", "SELECT * FROM inbox_snapshot($1, make_interval(hours => $2))" },
	{ "store",
		"SELECT * FROM inbox_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
		"$16, $17, $18, $19, $20, make_interval(mins => $21))" },
	{ "parts", "SELECT inbox_store_parts($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	{ "parts_ready", "SELECT * FROM inbox_parts_ready(make_interval(secs => $1))" },
	{ "parts_taken", "SELECT inbox_parts_taken($1, $2)" },
	{ "expired", "SELECT * FROM inbox_expired()" },
	{ "take_expired", "SELECT inbox_take_expired($1, $2)" },
	{ "next_due", "SELECT inbox_next_due(make_interval(secs => $1))" },
	{ "tray", "SELECT tray_add($1, $2, $3, $4)" },
	{ "poison", "SELECT inbox_poison($1, $2)" },
	{ "enqueue", "SELECT outbox_enqueue($1, $2, $3, $4, $5, $6, $7)" },
};

/* The fixed ones, and one a service: service_<name>. */
static struct db_statement *
statements_new(void)
{
	size_t fixed = sizeof(fixed_statements) / sizeof(fixed_statements[0]), count = 0;

	while (services[count] != NULL)
		count++;
	struct db_statement *all = calloc(fixed + count + 1, sizeof(*all));
	if (all == NULL)
		fatal("event=out_of_memory");
	memcpy(all, fixed_statements, sizeof(fixed_statements));
	for (size_t i = 0; i < count; i++) {
		char *name, *sql;
		if (asprintf(&name, "service_%s", services[i]->name) < 0 ||
			asprintf(&sql, "SELECT array_to_string(service_%s($1, $2, $3), E'\\x1f', '')",
				services[i]->name) < 0)
			fatal("event=out_of_memory");
		all[fixed + i] = (struct db_statement){ name, sql };
	}
	return all;
}

static void
statements_free(struct db_statement *all)
{
	for (size_t i = sizeof(fixed_statements) / sizeof(fixed_statements[0]); all[i].name != NULL; i++) {
		free((char *)(uintptr_t)all[i].name);
		free((char *)(uintptr_t)all[i].sql);
	}
	free(all);
}

/* What waits ------------------------------------------------------------------------------------ */

static void
wait_push(struct inbox *inbox, struct item *item, int first)
{
	if (first)
		TAILQ_INSERT_HEAD(&inbox->waiting, item, entry);
	else
		TAILQ_INSERT_TAIL(&inbox->waiting, item, entry);
	inbox->waiting_count++;
}

static void
wait_take(struct inbox *inbox, struct item *item)
{
	TAILQ_REMOVE(&inbox->waiting, item, entry);
	/* Sources that stopped reading at WAITING_MAX go on. */
	if (--inbox->waiting_count == WAITING_MAX / 2)
		modems_resume(inbox->gateway->modems);
}

int
inbox_has_room(const struct inbox *inbox)
{
	return inbox->gateway->draining || inbox->waiting_count < WAITING_MAX;
}

int
inbox_take_sms(struct inbox *inbox, struct modem *modem, const struct wire_sms *sms)
{
	if (inbox->gateway->draining) /* it stays where it is, for the next start */
		return 0;
	if (!inbox_has_room(inbox))
		return -1;
	struct item *item = item_from_sms(inbox->gateway, modem, sms);
	if (item == NULL)
		return -1;
	wait_push(inbox, item, 0);
	turn_later(inbox);
	return 0;
}

void
inbox_take_call(struct inbox *inbox, struct modem *modem, const char *number)
{
	struct item *item = item_from_call(inbox->gateway, modem, number);

	if (item == NULL)
		return;
	if (item->from.kind == PHONE_INVALID) { /* withheld: nobody to call back */
		item_free(item);
		return;
	}
	metric_add(METRIC_CALLS, 1);
	wait_push(inbox, item, 0);
	turn_later(inbox);
}

static void
turn_later(struct inbox *inbox)
{
	if (inbox->state == BATCH_NONE && db_is_up(inbox->db) && !evtimer_pending(inbox->retry, NULL))
		event_active(inbox->turn, EV_TIMEOUT, 0);
}

/* Calls are nowhere but here; messages are also where they came from, and parts are durable. */
static int
holds_calls(const struct inbox *inbox)
{
	const struct item *item;

	TAILQ_FOREACH (item, &inbox->waiting, entry)
		if (item->kind == ITEM_CALL)
			return 1;
	return 0;
}

/* Acknowledge, per modem in one call each. */
static void
acknowledge(struct item **items, size_t count)
{
	uint32_t handles[BATCH_MAX];

	for (size_t i = 0; i < count; i++) {
		struct modem *modem = items[i] != NULL ? items[i]->modem : NULL;
		uint32_t generation = modem != NULL ? items[i]->generation : 0;
		size_t n = 0;
		if (modem == NULL)
			continue;
		for (size_t j = i; j < count; j++) {
			if (items[j] != NULL && items[j]->modem == modem && items[j]->generation == generation) {
				handles[n++] = items[j]->handle;
				items[j]->modem = NULL;
			}
		}
		modem_acknowledge(modem, generation, handles, n);
	}
}

/* The batch's end ------------------------------------------------------------------------------- */

static void
thought_clear(struct thought *t)
{
	free(t->outcome);
	free(t->old_outcome);
	t->outcome = t->old_outcome = NULL;
}

/* Forget an item: handled, or known to be durable. */
static void
item_done(struct inbox *inbox, struct item *item)
{
	if (item->kind == ITEM_JOINED)
		inbox->joined_count--;
	if (item->kind == ITEM_EXPIRED)
		inbox->expired_count--;
	item_free(item);
}

/* Put everything back in front, in its order. */
static void
batch_return(struct inbox *inbox)
{
	for (size_t i = inbox->parts_count; i-- > 0;)
		wait_push(inbox, inbox->parts[i], 1);
	for (size_t i = inbox->batch_count; i-- > 0;) {
		wait_push(inbox, inbox->batch[i].item, 1);
		thought_clear(&inbox->batch[i]);
	}
	inbox->batch_count = inbox->parts_count = 0;
	inbox->state = BATCH_NONE;
}

static void
retry_later(struct inbox *inbox)
{
	struct timeval tv = { 0, RETRY_MS * 1000 };
	evtimer_add(inbox->retry, &tv);
}

static void
batch_finish(struct inbox *inbox)
{
	struct item *done[BATCH_MAX * 2];
	size_t n = 0, n_parts = inbox->parts_count;

	for (size_t i = 0; i < inbox->batch_count; i++) {
		struct thought *t = &inbox->batch[i];
		if (t->changed)
			wait_push(inbox, t->item, 1);
		else
			done[n++] = t->item;
		if (t->ask != NULL)
			inbox->look_due = 1;
		metric_add(t->stored ? METRIC_IN : METRIC_IN_KNOWN, !t->changed);
		thought_clear(t);
	}
	for (size_t i = 0; i < inbox->parts_count; i++)
		done[n++] = inbox->parts[i];
	if (inbox->parts_count > 0)
		inbox->look_parts = 1;
	for (size_t i = 0; i < n; i += BATCH_MAX)
		acknowledge(done + i, n - i < BATCH_MAX ? n - i : BATCH_MAX);
	for (size_t i = 0; i < n; i++)
		item_done(inbox, done[i]);
	inbox->batch_count = inbox->parts_count = 0;
	inbox->state = BATCH_NONE;
	inbox->batch_limit = inbox->batch_limit * 2 < BATCH_MAX ? inbox->batch_limit * 2 : BATCH_MAX;
	metric_add(METRIC_BATCHES, 1);
	metric_add(METRIC_REPLIES, (uint64_t)inbox->replies);
	metric_add(METRIC_PARTS, n_parts);
	if (inbox->replies > 0)
		outbox_wake(inbox->gateway->outbox);
	turn_later(inbox);
}

/* One message that the database refuses: raw into the tray, then it is as good as handled. */
static void
poison_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct inbox *inbox = arg;

	if (end == DB_COMMITTED) {
		metric_add(METRIC_POISON, 1);
		inbox->replies = 0;
		batch_finish(inbox);
		return;
	}
	log_error("event=poison_not_kept sqlstate=%s", sqlstate);
	batch_return(inbox);
	retry_later(inbox);
}

static void
poison_set_aside(struct inbox *inbox, const char *sqlstate)
{
	struct item *item = inbox->batch_count > 0 ? inbox->batch[0].item : inbox->parts[0];
	struct db_params params;
	char note[64];

	log_error("event=poison from=%s sqlstate=%s hint=%s", log_number(item->from.number), sqlstate,
		log_quote("a person finds it in the tray"));
	snprintf(note, sizeof(note), "the database refused it: %s", sqlstate);
	char *raw = NULL;
	int len = asprintf(&raw, "%s\n%s\n%s", item->from.number, item->smsc_time,
		item->body != NULL ? item->body : "");
	if (len < 0)
		fatal("event=out_of_memory");
	inbox->state = BATCH_POISON;
	db_params_begin(&params);
	db_param_bytes(&params, raw, (size_t)len);
	db_param_text(&params, note);
	free(raw);
	if (db_send(inbox->db, "poison", &params, NULL, NULL) != 0 ||
		db_commit(inbox->db, poison_end_cb, inbox) != 0)
		return; /* lost: `down` puts it back */
}

/* A batch failed: retried, waited out, split, or set aside, by what the SQLSTATE says. */
static void
batch_failed(struct inbox *inbox, const char *sqlstate)
{
	size_t count = inbox->batch_count + inbox->parts_count;
	int passes = strncmp(sqlstate, "08", 2) == 0 || strncmp(sqlstate, "53", 2) == 0 ||
		strncmp(sqlstate, "57", 2) == 0 || strncmp(sqlstate, "58", 2) == 0;

	if (strncmp(sqlstate, "40", 2) == 0) {
		batch_return(inbox);
		turn_later(inbox);
		return;
	}
	if (passes) {
		batch_return(inbox);
		retry_later(inbox);
		return;
	}
	if (count == 1) {
		poison_set_aside(inbox, sqlstate);
		return;
	}
	inbox->batch_limit = count / 2;
	batch_return(inbox);
	turn_later(inbox);
}

static void
batch_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct inbox *inbox = arg;

	switch (end) {
	case DB_COMMITTED:
		batch_finish(inbox);
		break;
	case DB_FAILED:
		batch_failed(inbox, sqlstate);
		break;
	case DB_LOST: /* `down` puts everything back: a known key is then already durable */
		break;
	}
}

/* Ends a transaction that cannot go on: its first error is in the commit's SQLSTATE. */
static void
batch_abort(struct inbox *inbox)
{
	if (inbox->state != BATCH_COMMIT) {
		inbox->state = BATCH_COMMIT;
		db_commit(inbox->db, batch_end_cb, inbox);
	}
}

/* Write: replies -------------------------------------------------------------------------------- */

struct replies {
	struct db_array contact, body, priority, segments, service, reply_to, validity;
	int count;
};

static void
reply_add(struct inbox *inbox, struct replies *r, int64_t contact, const char *service, int64_t reply_to,
	const char *text)
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
reply_outcome(struct inbox *inbox, struct replies *r, struct thought *t, const struct service *service,
	char *outcome_text)
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
		reply_add(inbox, r, t->contact_id, t->ask != NULL ? t->ask->name : "help", t->message_id, text);
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
static void
batch_replies(struct inbox *inbox)
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
	db_commit(inbox->db, batch_end_cb, inbox);
}

/* Write: services ------------------------------------------------------------------------------- */

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
		batch_abort(inbox);
	else if (--inbox->runs_due == 0)
		batch_replies(inbox);
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
	db_param_int(&params, t->item->kind == ITEM_EXPIRED ? t->item->session_message : t->message_id);
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
		bad |= run_service(inbox, t, t->old, &t->asked_values, t->session_message, NULL, &t->old_outcome);
	if (t->run != NULL)
		bad |= run_service(inbox, t, t->run, &t->values, message, words, &t->outcome);
	return bad;
}

static void
batch_run(struct inbox *inbox)
{
	inbox->state = BATCH_RUN;
	inbox->runs_due = 0;
	for (size_t i = 0; i < inbox->batch_count; i++)
		if (inbox->batch[i].stored && run_thought(inbox, &inbox->batch[i]) != 0)
			return; /* lost: `down` puts everything back */
	if (inbox->runs_due > 0)
		db_flush(inbox->db);
	else
		batch_replies(inbox);
}

/* Write: store ---------------------------------------------------------------------------------- */

static void
store_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	if (inbox->state != BATCH_STORE)
		return;
	if (result == NULL || PQntuples(result) != (int)inbox->batch_count) {
		batch_abort(inbox);
		return;
	}
	for (size_t i = 0; i < inbox->batch_count; i++) {
		struct thought *t = &inbox->batch[i];
		const char *status = PQgetvalue(result, (int)i, 0);
		t->stored = strcmp(status, "new") == 0;
		t->changed = strcmp(status, "changed") == 0;
		t->message_id = strtoll(PQgetvalue(result, (int)i, 1), NULL, 10);
		t->contact_id = strtoll(PQgetvalue(result, (int)i, 2), NULL, 10);
	}
	batch_run(inbox);
}

static const char *
kind_name(enum phone_kind kind)
{
	static const char *const names[] = { "e164", "short", "alphabetic", "invalid" };
	return names[kind];
}

/* The columns of inbox_store, in its order. */
enum { S_NUMBER, S_KIND, S_VERSION, S_LINK, S_STORED_KIND, S_DEDUPE, S_BODY, S_TIME, S_UDH, S_OCTETS,
	S_INCOMPLETE, S_SERVICE, S_LANGUAGE, S_CHOSEN, S_NONSENSE, S_ASK, S_ASK_FIELD, S_ASK_VALUES, S_CLOSE,
	S_LOCKS, S_COLUMNS };

static const enum db_type store_types[S_COLUMNS] = { DB_TEXT, DB_TEXT, DB_INT4, DB_INT4, DB_TEXT, DB_UUID,
	DB_TEXT, DB_TEXT, DB_BYTEA, DB_BYTEA, DB_BOOL, DB_TEXT, DB_TEXT, DB_BOOL, DB_INT2, DB_TEXT, DB_TEXT,
	DB_TEXT, DB_BOOL, DB_TEXT };

static void
bytes_or_null(struct db_array *array, const char *bytes, size_t len)
{
	if (bytes == NULL)
		db_array_null(array);
	else
		db_array_bytes(array, bytes, len);
}

static void
store_message(struct db_array *c, const struct thought *t)
{
	const struct item *item = t->item;

	db_array_text(&c[S_NUMBER], item->from.number);
	db_array_text(&c[S_KIND], kind_name(item->from.kind));
	db_array_int4(&c[S_VERSION], t->version);
	db_array_int4(&c[S_LINK], item->link_id);
	db_array_text(&c[S_STORED_KIND], item->stored_kind);
	db_array_bytes(&c[S_DEDUPE], item->dedupe, sizeof(item->dedupe));
	db_array_text(&c[S_BODY], item->body);
	db_array_text(&c[S_TIME], item->smsc_time[0] != '\0' ? item->smsc_time : NULL);
	bytes_or_null(&c[S_UDH], item->udh, item->udh_len);
	bytes_or_null(&c[S_OCTETS], item->octets, item->octets_len);
	db_array_bool(&c[S_INCOMPLETE], item->incomplete);
}

static void
store_decision(struct db_array *c, const struct thought *t)
{
	char values[SERVICE_FIELDS_MAX * SERVICE_VALUE_MAX], lock[64] = "";
	const struct service *service = t->run != NULL ? t->run : t->ask;

	db_array_text(&c[S_SERVICE], service != NULL ? service->name : NULL);
	db_array_text(&c[S_LANGUAGE], t->set_language[0] != '\0' ? t->set_language : NULL);
	db_array_bool(&c[S_CHOSEN], 0);
	if (t->new_nonsense < 0)
		db_array_null(&c[S_NONSENSE]);
	else
		db_array_int2(&c[S_NONSENSE], (int16_t)t->new_nonsense);
	if (t->ask != NULL) {
		form_to_text(t->ask, &t->values, values, sizeof(values));
		db_array_text(&c[S_ASK], t->ask->name);
		db_array_text(&c[S_ASK_FIELD], t->ask->fields[t->ask_field].name);
		db_array_text(&c[S_ASK_VALUES], values);
	} else {
		db_array_null(&c[S_ASK]);
		db_array_null(&c[S_ASK_FIELD]);
		db_array_null(&c[S_ASK_VALUES]);
	}
	db_array_bool(&c[S_CLOSE], t->close);
	if (t->run != NULL && t->run->lock_key != NULL)
		t->run->lock_key(&t->values, lock);
	db_array_text(&c[S_LOCKS], lock[0] != '\0' ? lock : NULL);
}

static void
send_store(struct inbox *inbox)
{
	struct db_array column[S_COLUMNS];
	struct db_params params;

	for (int i = 0; i < S_COLUMNS; i++)
		db_array_begin(&column[i], store_types[i]);
	for (size_t i = 0; i < inbox->batch_count; i++) {
		store_message(column, &inbox->batch[i]);
		store_decision(column, &inbox->batch[i]);
	}
	db_params_begin(&params);
	for (int i = 0; i < S_COLUMNS; i++)
		db_param_take_array(&params, &column[i]);
	db_param_int(&params, inbox->gateway->config->question_timeout_min);
	db_send(inbox->db, "store", &params, store_cb, inbox);
}

static void
send_parts(struct inbox *inbox)
{
	static const enum db_type types[] = { DB_TEXT, DB_TEXT, DB_INT4, DB_UUID, DB_INT4, DB_INT2, DB_INT2,
		DB_TEXT, DB_TEXT };
	struct db_array c[9];
	struct db_params params;

	for (int i = 0; i < 9; i++)
		db_array_begin(&c[i], types[i]);
	for (size_t i = 0; i < inbox->parts_count; i++) {
		const struct item *item = inbox->parts[i];
		db_array_text(&c[0], item->from.number);
		db_array_text(&c[1], kind_name(item->from.kind));
		db_array_int4(&c[2], item->link_id);
		db_array_bytes(&c[3], item->dedupe, sizeof(item->dedupe));
		db_array_int4(&c[4], item->reference);
		db_array_int2(&c[5], (int16_t)item->total);
		db_array_int2(&c[6], (int16_t)item->seq);
		db_array_text(&c[7], item->body);
		db_array_text(&c[8], item->smsc_time[0] != '\0' ? item->smsc_time : NULL);
	}
	db_params_begin(&params);
	for (int i = 0; i < 9; i++)
		db_param_take_array(&params, &c[i]);
	db_send(inbox->db, "parts", &params, NULL, NULL);
}

/* Questions that expired are a batch of their own: nothing to store, only to take. */
static void
taken_cb(PGresult *result, void *arg)
{
	struct thought *t = arg;
	t->stored = result != NULL && PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
}

static void
taken_all_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	taken_cb(result, &inbox->batch[inbox->batch_count - 1]);
	if (inbox->state != BATCH_STORE)
		return;
	if (result == NULL)
		batch_abort(inbox);
	else
		batch_run(inbox);
}

static void
send_take_expired(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->batch_count; i++) {
		struct thought *t = &inbox->batch[i];
		struct db_params params;
		int last = i + 1 == inbox->batch_count;
		db_params_begin(&params);
		db_param_int(&params, t->contact_id);
		db_param_int(&params, t->version);
		db_send(inbox->db, "take_expired", &params, last ? taken_all_cb : taken_cb,
			last ? (void *)inbox : (void *)t);
	}
}

/* Think ----------------------------------------------------------------------------------------- */

static void
batch_store(struct inbox *inbox)
{
	inbox->state = BATCH_STORE;
	for (size_t i = 0; i < inbox->batch_count; i++)
		inbox_think(inbox->gateway, &inbox->batch[i]);
	if (inbox->parts_count > 0)
		send_parts(inbox);
	if (inbox->batch_count == 0) {
		batch_replies(inbox);
		return;
	}
	if (inbox->batch[0].item->kind == ITEM_EXPIRED)
		send_take_expired(inbox);
	else
		send_store(inbox);
	db_flush(inbox->db);
}

static void
thought_from_row(struct thought *t, PGresult *row, int i)
{
	t->blocked = PQgetvalue(row, i, 4)[0] == 't';
	if (PQgetisnull(row, i, 0)) {
		t->version = -1;
		return;
	}
	t->contact_id = strtoll(PQgetvalue(row, i, 0), NULL, 10);
	t->version = atoi(PQgetvalue(row, i, 1));
	snprintf(t->language, sizeof(t->language), "%s", PQgetvalue(row, i, 2));
	t->language_chosen = PQgetvalue(row, i, 3)[0] == 't';
	t->nonsense = atoi(PQgetvalue(row, i, 5));
	t->hour_count = atoi(PQgetvalue(row, i, 6));
	if (PQgetisnull(row, i, 8))
		return;
	t->asked = service_find(PQgetvalue(row, i, 8));
	if (t->asked == NULL) /* a service that this installation no longer has: it expires into the tray */
		return;
	t->asked_field = service_field_index(t->asked, PQgetvalue(row, i, 9));
	if (t->asked_field < 0)
		t->asked = NULL;
	else
		form_from_text(t->asked, PQgetvalue(row, i, 10), &t->asked_values);
	t->session_message = strtoll(PQgetvalue(row, i, 11), NULL, 10);
}

static void
snapshot_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	if (inbox->state != BATCH_SNAPSHOT)
		return;
	if (result == NULL || PQntuples(result) != (int)inbox->batch_count) {
		batch_abort(inbox);
		return;
	}
	for (size_t i = 0; i < inbox->batch_count; i++)
		thought_from_row(&inbox->batch[i], result, (int)i);
	batch_store(inbox);
}

/* Read ------------------------------------------------------------------------------------------ */

static int
batch_has_contact(const struct inbox *inbox, const char *number)
{
	for (size_t i = 0; i < inbox->batch_count; i++)
		if (strcmp(inbox->batch[i].item->from.number, number) == 0)
			return 1;
	return 0;
}

static void
batch_add(struct inbox *inbox, struct item *item)
{
	struct thought *t = &inbox->batch[inbox->batch_count++];

	/* Forms are large: only their first bytes need be empty. */
	memset(t, 0, offsetof(struct thought, asked_values));
	for (int i = 0; i < SERVICE_FIELDS_MAX; i++)
		t->asked_values.value[i][0] = t->values.value[i][0] = '\0';
	t->session_message = 0;
	t->run = t->old = t->ask = NULL;
	t->run_message = 0;
	t->restated = false;
	t->ask_field = 0;
	t->say = NULL;
	t->close = t->silent = false;
	t->new_nonsense = -1;
	t->set_language[0] = t->speak[0] = '\0';
	t->tray = t->tray_note = NULL;
	t->stored = t->changed = false;
	t->message_id = 0;
	t->outcome = t->old_outcome = NULL;
	t->item = item;
}

/* Whatever is waiting, one message a contact, expired questions apart. */
static void
batch_collect(struct inbox *inbox)
{
	struct item *item, *next;

	for (item = TAILQ_FIRST(&inbox->waiting); item != NULL; item = next) {
		next = TAILQ_NEXT(item, entry);
		if (inbox->batch_count + inbox->parts_count >= inbox->batch_limit)
			return;
		if (item->kind == ITEM_PART) {
			wait_take(inbox, item);
			inbox->parts[inbox->parts_count++] = item;
			continue;
		}
		if (inbox->batch_count > 0 &&
			(item->kind == ITEM_EXPIRED) != (inbox->batch[0].item->kind == ITEM_EXPIRED))
			continue;
		if (item->kind == ITEM_EXPIRED && inbox->parts_count > 0)
			continue;
		if (batch_has_contact(inbox, item->from.number))
			continue;
		wait_take(inbox, item);
		batch_add(inbox, item);
	}
}

static void
send_snapshot(struct inbox *inbox)
{
	struct db_array numbers;
	struct db_params params;

	inbox->state = BATCH_SNAPSHOT;
	db_array_begin(&numbers, DB_TEXT);
	for (size_t i = 0; i < inbox->batch_count; i++)
		db_array_text(&numbers, inbox->batch[i].item->from.number);
	db_params_begin(&params);
	db_param_take_array(&params, &numbers);
	db_param_int(&params, inbox->gateway->config->nonsense_silence_hours);
	db_send(inbox->db, "snapshot", &params, snapshot_cb, inbox);
	db_flush(inbox->db);
}

static void
batch_begin(struct inbox *inbox)
{
	batch_collect(inbox);
	if (inbox->batch_count > 0 && inbox->batch[0].item->kind != ITEM_EXPIRED)
		send_snapshot(inbox);
	else if (inbox->batch_count + inbox->parts_count > 0)
		batch_store(inbox);
}

/* What is due ----------------------------------------------------------------------------------- */

static void
look_parts_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct item *item = item_joined(PQgetvalue(result, i, 0), PQgetvalue(result, i, 1),
			atoi(PQgetvalue(result, i, 2)), PQgetvalue(result, i, 3), PQgetvalue(result, i, 4),
			PQgetvalue(result, i, 5)[0] == 't', PQgetvalue(result, i, 6));
		if (item == NULL)
			return;
		inbox->joined_count++;
		wait_push(inbox, item, 0);
	}
}

static void
look_expired_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct item *item = calloc(1, sizeof(*item));
		if (item == NULL)
			return;
		item->kind = ITEM_EXPIRED;
		item->stored_kind = "text";
		item->contact_id = strtoll(PQgetvalue(result, i, 0), NULL, 10);
		item->from.kind = PHONE_E164;
		snprintf(item->from.number, sizeof(item->from.number), "%s", PQgetvalue(result, i, 1));
		snprintf(item->language, sizeof(item->language), "%s", PQgetvalue(result, i, 2));
		item->version = atoi(PQgetvalue(result, i, 3));
		item->session_service = strdup(PQgetvalue(result, i, 4));
		item->session_field = strdup(PQgetvalue(result, i, 5));
		item->session_values = strdup(PQgetvalue(result, i, 6));
		item->session_message = strtoll(PQgetvalue(result, i, 7), NULL, 10);
		if (item->session_service == NULL || item->session_field == NULL ||
			item->session_values == NULL) {
			item_free(item);
			return;
		}
		inbox->expired_count++;
		wait_push(inbox, item, 0);
	}
}

static void
look_due_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	if (result == NULL || PQntuples(result) != 1 || PQgetisnull(result, 0, 0)) {
		evtimer_del(inbox->due);
		return;
	}
	double s = strtod(PQgetvalue(result, 0, 0), NULL);
	s = s < 0.05 ? 0.05 : s > 86400 ? 86400 : s;
	struct timeval tv = { (time_t)s, (suseconds_t)((s - (double)(time_t)s) * 1e6) };
	evtimer_add(inbox->due, &tv);
}

static void
look_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct inbox *inbox = arg;

	(void)sqlstate;
	if (end == DB_LOST)
		return;
	inbox->state = BATCH_NONE;
	turn_later(inbox);
}

static int
send_wait(struct inbox *inbox, const char *statement, db_result_cb cb)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, inbox->gateway->believable ? inbox->gateway->config->multipart_timeout_s : INT32_MAX);
	return db_send(inbox->db, statement, &params, cb, inbox);
}

/*
 * Between batches: long messages that are whole, questions that expired, and when to look again.  By a clock
 * that cannot be believed nothing expires; run.c wakes us when it can.
 */
static void
look(struct inbox *inbox)
{
	struct db_params params;
	int bad = 0;

	inbox->state = BATCH_LOOK;
	if (inbox->joined_count == 0) { /* else they are told again while they wait */
		inbox->look_parts = 0;
		bad |= send_wait(inbox, "parts_ready", look_parts_cb);
	}
	if (inbox->gateway->believable && inbox->look_due && inbox->expired_count == 0) {
		db_params_begin(&params);
		bad |= db_send(inbox->db, "expired", &params, look_expired_cb, inbox);
	}
	if (inbox->gateway->believable)
		bad |= send_wait(inbox, "next_due", look_due_cb);
	else
		evtimer_del(inbox->due);
	inbox->look_due = 0;
	if (!bad)
		db_commit(inbox->db, look_end_cb, inbox);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct inbox *inbox = arg;

	(void)fd;
	(void)what;
	if (inbox->state != BATCH_NONE || !db_is_up(inbox->db) || inbox->gateway->vocabulary == NULL)
		return;
	if (inbox->gateway->draining && !holds_calls(inbox))
		return;
	if ((inbox->look_parts && inbox->joined_count == 0) || inbox->look_due)
		look(inbox);
	else if (!TAILQ_EMPTY(&inbox->waiting))
		batch_begin(inbox);
}

static void
due_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	inbox_wake(arg);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	turn_later(arg);
}

void
inbox_wake(struct inbox *inbox)
{
	inbox->look_due = 1;
	turn_later(inbox);
}

int
inbox_idle(const struct inbox *inbox)
{
	return inbox->state == BATCH_NONE && !holds_calls(inbox);
}

/* The connection -------------------------------------------------------------------------------- */

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	inbox_wake(arg);
}

static void
down_cb(struct db *db, void *arg)
{
	struct inbox *inbox = arg;

	(void)db;
	batch_return(inbox);
}

struct inbox *
inbox_new(struct gateway *gateway)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	char first[256];

	if (inbox == NULL)
		fatal("event=out_of_memory");
	inbox->gateway = gateway;
	inbox->batch_limit = BATCH_MAX;
	TAILQ_INIT(&inbox->waiting);
	inbox->turn = event_new(gateway->base, -1, 0, turn_cb, inbox);
	inbox->due = evtimer_new(gateway->base, due_cb, inbox);
	inbox->retry = evtimer_new(gateway->base, retry_cb, inbox);
	inbox->statements = statements_new();
	snprintf(first, sizeof(first), "SET search_path = baraza, public; SET TimeZone = '%s'",
		gateway->config->timezone);
	const struct db_handlers handlers = { up_cb, down_cb, NULL, inbox };
	inbox->db = db_new(gateway->base, "inbox", gateway->config->database, first, inbox->statements, &handlers);
	return inbox;
}

void
inbox_start(struct inbox *inbox)
{
	db_start(inbox->db);
}

void
inbox_free(struct inbox *inbox)
{
	struct item *item;

	if (inbox == NULL)
		return;
	db_free(inbox->db);
	while ((item = TAILQ_FIRST(&inbox->waiting)) != NULL) {
		TAILQ_REMOVE(&inbox->waiting, item, entry);
		item_free(item);
	}
	event_free(inbox->turn);
	event_free(inbox->due);
	event_free(inbox->retry);
	statements_free(inbox->statements);
	free(inbox);
}
