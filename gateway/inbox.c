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

#define WAITING_MAX 4096

/* --- Statements --- */

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
	{ "poison", "SELECT inbox_poison($1, $2, $3, $4, $5)" },
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
			asprintf(&sql,
				"SELECT array_to_string(service_%s($1, $2, $3), E'\\x1f', '')",
				services[i]->name) < 0)
			fatal("event=out_of_memory");
		all[fixed + i] = (struct db_statement){ name, sql };
	}
	return all;
}

static void
statements_free(struct db_statement *all)
{
	for (size_t i = sizeof(fixed_statements) / sizeof(fixed_statements[0]); all[i].name != NULL;
		i++) {
		free((char *)(uintptr_t)all[i].name);
		free((char *)(uintptr_t)all[i].sql);
	}
	free(all);
}

/* --- What waits --- */

void
inbox_wait_push(struct inbox *inbox, struct item *item, int first)
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
	return inbox->gateway->draining ||
		inbox->waiting_count + inbox->resting_count < WAITING_MAX;
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
	inbox_wait_push(inbox, item, 0);
	inbox_turn_later(inbox);
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
	inbox_wait_push(inbox, item, 0);
	inbox_turn_later(inbox);
}

void
inbox_turn_later(struct inbox *inbox)
{
	if (inbox->state == BATCH_NONE && db_is_up(inbox->db) &&
		!evtimer_pending(inbox->retry, NULL))
		event_active(inbox->turn, EV_TIMEOUT, 0);
}

/* Calls are nowhere but here; messages are also where they came from, and parts are durable. */
static int
holds_calls(const struct inbox *inbox)
{
	const struct item *item;

	TAILQ_FOREACH(item, &inbox->waiting, entry)
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
			if (items[j] != NULL && items[j]->modem == modem &&
				items[j]->generation == generation) {
				handles[n++] = items[j]->handle;
				items[j]->modem = NULL;
			}
		}
		modem_acknowledge(modem, generation, handles, n);
	}
}

/* --- The batch's end --- */

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

void
inbox_batch_return(struct inbox *inbox)
{
	for (size_t i = inbox->parts_count; i-- > 0;)
		inbox_wait_push(inbox, inbox->parts[i], 1);
	for (size_t i = inbox->batch_count; i-- > 0;) {
		inbox_wait_push(inbox, inbox->batch[i].item, 1);
		thought_clear(&inbox->batch[i]);
	}
	inbox->batch_count = inbox->parts_count = 0;
	inbox->state = BATCH_NONE;
}

void
inbox_batch_finish(struct inbox *inbox)
{
	struct item *done[BATCH_MAX * 2];
	size_t n = 0, n_parts = inbox->parts_count;

	for (size_t i = 0; i < inbox->batch_count; i++) {
		struct thought *t = &inbox->batch[i];
		if (t->changed)
			inbox_wait_push(inbox, t->item, 1);
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
	inbox->failures = 0;
	inbox->batch_limit =
		inbox->batch_limit * 2 < BATCH_MAX ? inbox->batch_limit * 2 : BATCH_MAX;
	metric_add(METRIC_BATCHES, 1);
	metric_add(METRIC_REPLIES, (uint64_t)inbox->replies);
	metric_add(METRIC_PARTS, n_parts);
	if (inbox->replies > 0)
		outbox_wake(inbox->gateway->outbox);
	inbox_turn_later(inbox);
}

void
inbox_batch_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct inbox *inbox = arg;

	switch (end) {
	case DB_COMMITTED:
		inbox_batch_finish(inbox);
		break;
	case DB_FAILED:
		inbox_batch_failed(inbox, sqlstate);
		break;
	case DB_LOST: /* `down` puts everything back: a known key is then already durable */
		break;
	}
}

void
inbox_batch_abort(struct inbox *inbox)
{
	if (inbox->state != BATCH_COMMIT) {
		inbox->failed_in = inbox->state;
		inbox->state = BATCH_COMMIT;
		db_commit(inbox->db, inbox_batch_end_cb, inbox);
	}
}

/* --- Think --- */

static void
batch_store(struct inbox *inbox)
{
	inbox->state = BATCH_STORE;
	for (size_t i = 0; i < inbox->batch_count; i++)
		inbox_think(inbox->gateway, &inbox->batch[i]);
	if (inbox->parts_count > 0)
		inbox_send_parts(inbox);
	if (inbox->batch_count == 0) {
		inbox_batch_replies(inbox);
		return;
	}
	if (inbox->batch[0].item->kind == ITEM_EXPIRED)
		inbox_send_take_expired(inbox);
	else
		inbox_send_store(inbox);
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
	if (t->asked ==
		NULL) /* a service that this installation no longer has: it expires into the tray */
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
		inbox_batch_abort(inbox);
		return;
	}
	for (size_t i = 0; i < inbox->batch_count; i++)
		thought_from_row(&inbox->batch[i], result, (int)i);
	batch_store(inbox);
}

/* --- Read --- */

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
			(item->kind == ITEM_EXPIRED) !=
				(inbox->batch[0].item->kind == ITEM_EXPIRED))
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

/* --- The turn --- */

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct inbox *inbox = arg;

	(void)fd;
	(void)what;
	if (inbox->state != BATCH_NONE || !db_is_up(inbox->db) ||
		inbox->gateway->vocabulary == NULL)
		return;
	if (inbox->gateway->draining && !holds_calls(inbox))
		return;
	if ((inbox->look_parts && inbox->joined_count == 0) || inbox->look_due)
		inbox_look(inbox);
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
	inbox_turn_later(arg);
}

static void
rested_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	inbox_wake_resting(arg);
}

void
inbox_wake(struct inbox *inbox)
{
	inbox->look_due = 1;
	inbox_turn_later(inbox);
}

int
inbox_idle(const struct inbox *inbox)
{
	return inbox->state == BATCH_NONE && !holds_calls(inbox);
}

/* --- The connection --- */

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
	inbox_batch_return(inbox);
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
	TAILQ_INIT(&inbox->resting);
	inbox->turn = event_new(gateway->base, -1, 0, turn_cb, inbox);
	inbox->due = evtimer_new(gateway->base, due_cb, inbox);
	inbox->retry = evtimer_new(gateway->base, retry_cb, inbox);
	inbox->rested = evtimer_new(gateway->base, rested_cb, inbox);
	inbox->statements = statements_new();
	snprintf(first, sizeof(first), "SET search_path = baraza, public; SET TimeZone = '%s'",
		gateway->config->timezone);
	const struct db_handlers handlers = { up_cb, down_cb, NULL, inbox };
	inbox->db = db_new(gateway->base, "inbox", gateway->config->database, first,
		inbox->statements, &handlers);
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
	TAILQ_CONCAT(&inbox->waiting, &inbox->resting, entry);
	while ((item = TAILQ_FIRST(&inbox->waiting)) != NULL) {
		TAILQ_REMOVE(&inbox->waiting, item, entry);
		item_free(item);
	}
	event_free(inbox->turn);
	event_free(inbox->due);
	event_free(inbox->retry);
	event_free(inbox->rested);
	statements_free(inbox->statements);
	free(inbox);
}
