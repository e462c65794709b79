/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inbox.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "hash.h"
#include "inbox-internal.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "outgoing.h"
#include "ussd.h"

#define WAITING_MAX 4096
#define BATCH_SHARED_MIN 32 /* so many are worth another desk's batch while one is at work */
#define PATIENCE_MS 20      /* fewer are, after so long */

/* --- Statements --- */

static const struct db_statement fixed_statements[] = {
	{ "snapshot", "SELECT * FROM inbox_snapshot($1, make_interval(hours => $2))" },
	{ "store",
		"SELECT * FROM inbox_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
		"$16, $17, $18, $19, $20, make_interval(mins => $21))" },
	{ "parts", "SELECT inbox_store_parts($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" },
	{ "parts_ready", "SELECT * FROM inbox_parts_ready(make_interval(secs => $1))" },
	{ "parts_taken", "SELECT inbox_parts_taken($1, $2)" },
	{ "expired", "SELECT * FROM inbox_expired()" },
	{ "take_expired", "SELECT inbox_take_expired($1, $2)" },
	{ "next_due", "SELECT inbox_next_due(make_interval(secs => $1))" },
	{ "tray", "SELECT tray_add($1, $2, $3, $4)" },
	{ "tray_helped", "SELECT tray_helped($1)" },
	{ "poison", "SELECT inbox_poison($1, $2, $3, $4, $5)" },
	TILL_STATEMENTS,
	AIRTIME_STATEMENTS,
	FORM_STATEMENTS,
	USSD_STATEMENTS,
	/* Ends a transaction for good: an answer was not of the size that was asked for. */
	{ "abandon",
		"DO $$ BEGIN RAISE 'rows are missing in an answer' USING ERRCODE = 'BZ001'; END $$" },
	OUTGOING_STATEMENT,
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
				"SELECT array_to_string(service_%s(i.message, i.contact, i.form::jsonb), "
				"E'\\x1f', '') FROM unnest($1::bigint[], $2::bigint[], $3::text[]) "
				"WITH ORDINALITY AS i(message, contact, form, ord) ORDER BY i.ord",
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

static int
has_call(const struct items *items)
{
	const struct item *item;

	TAILQ_FOREACH(item, items, entry)
		if (item->kind == ITEM_CALL)
			return 1;
	return 0;
}

/* Calls and forms are nowhere but here; messages are also where they came from, and parts are
 * durable. */
static int
holds_alone(const struct inbox *inbox)
{
	return inbox->form_count > 0 || has_call(&inbox->waiting) || has_call(&inbox->resting);
}

/* --- What is in hand --- */

static size_t
bucket_of(const char *number)
{
	return hash_text(HASH_BEGIN, number) % INBOX_BUCKETS;
}

const struct desk *
inbox_desk_of(const struct inbox *inbox, const char *number)
{
	const struct item *item;

	LIST_FOREACH(item, &inbox->in_hand[bucket_of(number)], held)
		if (strcmp(item->from.number, number) == 0)
			return item->desk;
	return NULL;
}

void
inbox_take(struct inbox *inbox, struct item *item, struct desk *desk)
{
	TAILQ_REMOVE(&inbox->waiting, item, entry);
	inbox->waiting_count--;
	item->desk = desk;
	LIST_INSERT_HEAD(&inbox->in_hand[bucket_of(item->from.number)], item, held);
	/* Sources that stopped reading at WAITING_MAX go on. */
	if (2 * inbox->waiting_count + inbox->resting_count <= WAITING_MAX)
		modems_resume(inbox->gateway->modems);
}

static void
release(struct item *item)
{
	LIST_REMOVE(item, held);
	item->desk = NULL;
}

void
inbox_put_back(struct inbox *inbox, struct item *item)
{
	release(item);
	inbox_wait_push(inbox, item, 1);
}

/* Handled, or known to be durable. */
void
inbox_forget(struct inbox *inbox, struct item *item)
{
	release(item);
	if (item->kind == ITEM_JOINED)
		inbox->joined_count--;
	if (item->kind == ITEM_EXPIRED)
		inbox->expired_count--;
	if (item->kind == ITEM_FORM)
		inbox->form_count--;
	item_free(item);
}

/* --- The turn --- */

static size_t
desks_in(const struct inbox *inbox, enum batch_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < inbox->desk_count; i++)
		n += inbox->desks[i].state == state;
	return n;
}

void
inbox_turn_later(struct inbox *inbox)
{
	event_active(inbox->turn, EV_TIMEOUT, 0);
}

/* One desk looks, for all; its connection is whichever is free. */
static int
wants_look(const struct inbox *inbox)
{
	return ((inbox->look_parts && inbox->joined_count == 0) || inbox->look_due) &&
		desks_in(inbox, BATCH_LOOK) == 0;
}

/*
 * Small batches cost more a message: while a desk is at work, few wait for more to come, but not
 * long, since that desk may be waiting for somebody's lock.
 */
static int
is_worth_a_batch(struct inbox *inbox)
{
	const struct timeval patience = { 0, PATIENCE_MS * 1000 };

	if (TAILQ_EMPTY(&inbox->waiting))
		return 0;
	if (desks_in(inbox, BATCH_NONE) == inbox->desk_count || inbox->impatient ||
		inbox->waiting_count >= BATCH_SHARED_MIN)
		return 1;
	if (!evtimer_pending(inbox->patience, NULL))
		evtimer_add(inbox->patience, &patience);
	return 0;
}

static void
give(struct inbox *inbox, struct desk *desk)
{
	if (desk->state != BATCH_NONE || !db_is_up(desk->db))
		return;
	if (wants_look(inbox)) {
		desk_look(desk);
	} else if (is_worth_a_batch(inbox)) {
		desk_begin(desk);
		inbox->impatient = 0;
		evtimer_del(inbox->patience);
	}
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct inbox *inbox = arg;

	(void)fd;
	(void)what;
	if (inbox->gateway->vocabulary == NULL || evtimer_pending(inbox->retry, NULL) ||
		(inbox->gateway->draining && !holds_alone(inbox)))
		return;
	for (size_t i = 0; i < inbox->desk_count; i++)
		give(inbox, &inbox->desks[i]);
}

static void
patience_cb(evutil_socket_t fd, short what, void *arg)
{
	struct inbox *inbox = arg;

	(void)fd;
	(void)what;
	inbox->impatient = 1;
	inbox_turn_later(inbox);
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

void
inbox_drain(struct inbox *inbox)
{
	inbox_wake_resting(inbox);
}

int
inbox_idle(const struct inbox *inbox)
{
	return desks_in(inbox, BATCH_NONE) == inbox->desk_count && !holds_alone(inbox);
}

/* --- The connections --- */

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	inbox_wake(((struct desk *)arg)->inbox);
}

/* What this desk had in hand, a look too, is another's as long as it is down. */
static void
down_cb(struct db *db, void *arg)
{
	struct desk *desk = arg;

	(void)db;
	if (desk->state == BATCH_LOOK)
		desk->inbox->look_due = desk->inbox->look_parts = 1;
	desk_return(desk);
	inbox_turn_later(desk->inbox);
}

static void
desk_open(struct inbox *inbox, struct desk *desk)
{
	const struct config *config = inbox->gateway->config;
	const struct db_handlers handlers = { up_cb, down_cb, NULL, desk };
	char first[256], name[32] = "inbox";

	if (desk != inbox->desks)
		snprintf(name, sizeof(name), "inbox-%zu", (size_t)(desk - inbox->desks) + 1);
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET jit = off; SET TimeZone = '%s'",
		config->timezone);
	desk->inbox = inbox;
	desk->db = db_new(
		inbox->gateway->base, name, config->database, first, inbox->statements, &handlers);
}

struct inbox *
inbox_new(struct gateway *gateway)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));

	if (inbox == NULL)
		fatal("event=out_of_memory");
	inbox->gateway = gateway;
	TAILQ_INIT(&inbox->waiting);
	TAILQ_INIT(&inbox->resting);
	inbox->turn = event_new(gateway->base, -1, 0, turn_cb, inbox);
	inbox->patience = evtimer_new(gateway->base, patience_cb, inbox);
	inbox->due = evtimer_new(gateway->base, due_cb, inbox);
	inbox->retry = evtimer_new(gateway->base, retry_cb, inbox);
	inbox->rested = evtimer_new(gateway->base, rested_cb, inbox);
	inbox->statements = statements_new();
	inbox->desk_count = (size_t)gateway->config->database_connections;
	inbox->desks = calloc(inbox->desk_count, sizeof(*inbox->desks));
	if (inbox->desks == NULL)
		fatal("event=out_of_memory");
	for (size_t i = 0; i < inbox->desk_count; i++)
		desk_open(inbox, &inbox->desks[i]);
	return inbox;
}

void
inbox_start(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->desk_count; i++)
		db_start(inbox->desks[i].db);
}

void
inbox_free(struct inbox *inbox)
{
	struct item *item;

	if (inbox == NULL)
		return;
	for (size_t i = 0; i < inbox->desk_count; i++) {
		db_free(inbox->desks[i].db);
		desk_return(&inbox->desks[i]);
	}
	TAILQ_CONCAT(&inbox->waiting, &inbox->resting, entry);
	while ((item = TAILQ_FIRST(&inbox->waiting)) != NULL) {
		TAILQ_REMOVE(&inbox->waiting, item, entry);
		item_free(item);
	}
	event_free(inbox->turn);
	event_free(inbox->patience);
	event_free(inbox->due);
	event_free(inbox->retry);
	event_free(inbox->rested);
	statements_free(inbox->statements);
	free(inbox->desks);
	free(inbox);
}
