/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox-fail: a batch that the database refused, by whose fault it is.
 *
 *	nobody's, it passes	tried again
 *	one message's data	halved until that one stands alone, which goes raw into the tray
 *	one service's function	halved too; that message is put off until the function is there, but
 *				a form, whose sender has a screen before her, goes to a person
 *	the installation's	all wait, and are tried again more and more seldom
 *
 * What waits or is put off is still where it came from.
 */
#include "inbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "log.h"
#include "metrics.h"

enum {
	RETRY_MS = 500,
	RETRY_DOUBLINGS = 4,
	REST_S = 1,
	REST_DOUBLINGS = 6,
};

enum fault { FAULT_TURN, FAULT_PASSES, FAULT_OF_DATA, FAULT_OF_INSTALLATION };

/* PostgreSQL's appendix A.  Beyond db_fault_of_data(): what a function raises, and its limits. */
static enum fault
fault_of(const char *sqlstate)
{
	static const struct {
		char class[3];
		enum fault fault;
	} faults[] = {
		{ "40", FAULT_TURN },    /* deadlock */
		{ "08", FAULT_PASSES },  /* connection */
		{ "53", FAULT_PASSES },  /* memory, disk */
		{ "57", FAULT_PASSES },  /* shut down, cancelled */
		{ "58", FAULT_PASSES },  /* the system below */
		{ "21", FAULT_OF_DATA }, /* cardinality */
		{ "54", FAULT_OF_DATA }, /* too large */
		{ "P0", FAULT_OF_DATA }, /* raised */
	};

	if (db_fault_of_data(sqlstate))
		return FAULT_OF_DATA;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strncmp(sqlstate, faults[i].class, 2) == 0)
			return faults[i].fault;
	return FAULT_OF_INSTALLATION;
}

static void
retry_later(struct inbox *inbox, unsigned doublings)
{
	long ms = (long)RETRY_MS << (doublings < RETRY_DOUBLINGS ? doublings : RETRY_DOUBLINGS);
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	evtimer_add(inbox->retry, &tv);
}

/* The one of which the batch consists. */
static struct item *
only_item(const struct desk *desk)
{
	return desk->batch_count > 0 ? desk->batch[0].item : desk->parts[0];
}

/* --- Data --- */

/* Raw in the tray, it is as good as handled. */
static void
poison_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct desk *desk = arg;

	if (end == DB_LOST) { /* `down` puts it back */
		forms_unsure(desk);
		return;
	}
	if (end == DB_COMMITTED) {
		metric_add(METRIC_POISON, 1);
		desk->replies = 0;
		desk_finish(desk);
		return;
	}
	log_error("event=poison_not_kept sqlstate=%s", sqlstate);
	desk_return(desk);
	retry_later(desk->inbox, desk->inbox->failures++);
	if (db_fault_of_session(sqlstate)) /* statements that a migration made stale */
		db_reset(desk->db);
}

/* Who, when and what, one a line; what may be octets.  The caller's. */
static char *
raw_of(const struct item *item, size_t *len)
{
	const char *words = item->kind == ITEM_EXPIRED ? item->session_values
		: item->body != NULL                   ? item_shown(item)
						       : item->octets;
	size_t words_len = words == NULL ? 0
		: words == item->octets  ? item->octets_len
					 : strlen(words);
	char *raw = NULL;
	FILE *f = open_memstream(&raw, len);

	if (f == NULL)
		fatal("event=out_of_memory");
	fprintf(f, "%s\n%s\n", item->from.number, item->smsc_time);
	if (words_len > 0)
		fwrite(words, 1, words_len, f);
	if (fclose(f) != 0)
		fatal("event=out_of_memory");
	return raw;
}

/* Its parts, or its question, are handled with it, or they would be due again at once. */
static int
send_poison(struct desk *desk, const struct item *item, const char *note)
{
	struct db_params params;
	size_t len;
	char *raw = raw_of(item, &len);

	db_params_begin(&params);
	db_param_bytes(&params, raw, len);
	db_param_text(&params, note);
	db_param_text(&params, item->part_keys);
	if (item->kind == ITEM_EXPIRED) {
		db_param_int(&params, item->contact_id);
		db_param_int(&params, item->version);
	} else {
		db_param_text(&params, NULL);
		db_param_text(&params, NULL);
	}
	free(raw);
	return db_send(desk->db, "poison", &params, NULL, NULL);
}

static void
set_aside(struct desk *desk, const char *sqlstate)
{
	const struct item *item = only_item(desk);
	char note[64];

	log_error("event=poison from=%s sqlstate=%s hint=%s", log_number(item->from.number),
		sqlstate, log_quote("a person finds it in the tray"));
	snprintf(note, sizeof(note), "the database refused it: %s", sqlstate);
	desk->state = BATCH_POISON;
	int bad = item->kind == ITEM_FORM ? form_keep(desk, item, note)
					  : send_poison(desk, item, note);
	if (bad || db_commit(desk->db, poison_end_cb, desk) != 0)
		return; /* lost: `down` puts it back */
}

/* --- What a service needs --- */

static size_t *
count_of(struct inbox *inbox, const struct item *item)
{
	return item->kind == ITEM_JOINED     ? &inbox->joined_count
		: item->kind == ITEM_EXPIRED ? &inbox->expired_count
					     : NULL;
}

static void
rest(struct inbox *inbox, struct item *item)
{
	unsigned doublings = item->rests < REST_DOUBLINGS ? item->rests : REST_DOUBLINGS;
	struct timeval tv = { REST_S << doublings, 0 };
	size_t *count = count_of(inbox, item);

	item->rests++;
	TAILQ_REMOVE(&inbox->waiting, item, entry);
	inbox->waiting_count--;
	TAILQ_INSERT_TAIL(&inbox->resting, item, entry);
	inbox->resting_count++;
	if (count != NULL)
		(*count)--;
	if (!evtimer_pending(inbox->rested, NULL))
		evtimer_add(inbox->rested, &tv);
}

/* But a call is nowhere but here: at the end it is kept as it is. A form's sender waits. */
static void
put_off(struct desk *desk, const char *sqlstate)
{
	struct item *item = only_item(desk);

	if (item->kind == ITEM_FORM)
		log_error("event=form_refused from=%s sqlstate=%s hint=%s",
			log_number(item->from.number), sqlstate,
			log_quote("a function of its service or of its screen fails: run 'baraza "
				  "migrate'"));
	if (item->kind == ITEM_FORM ||
		(desk->inbox->gateway->draining && item->kind == ITEM_CALL)) {
		set_aside(desk, sqlstate);
		return;
	}
	if (item->rests == 0)
		log_error("event=put_off from=%s sqlstate=%s hint=%s",
			log_number(item->from.number), sqlstate,
			log_quote(
				"a function of its service fails: run 'baraza migrate'; it is tried "
				"again by itself"));
	desk_return(desk);
	rest(desk->inbox, item);
	inbox_turn_later(desk->inbox);
}

void
inbox_wake_resting(struct inbox *inbox)
{
	struct item *item;

	while ((item = TAILQ_FIRST(&inbox->resting)) != NULL) {
		size_t *count = count_of(inbox, item);

		TAILQ_REMOVE(&inbox->resting, item, entry);
		inbox->resting_count--;
		if (count != NULL)
			(*count)++;
		inbox_wait_push(inbox, item, 0);
	}
	inbox_turn_later(inbox);
}

static int
is_same(const struct item *a, const struct item *b)
{
	if (a->kind != b->kind)
		return 0;
	return a->kind == ITEM_EXPIRED
		? a->contact_id == b->contact_id
		: a->kind == ITEM_JOINED && strcmp(a->part_keys, b->part_keys) == 0;
}

int
inbox_is_resting(const struct inbox *inbox, const struct item *item)
{
	const struct item *other;

	TAILQ_FOREACH(other, &inbox->resting, entry)
		if (is_same(other, item))
			return 1;
	return 0;
}

/* --- Whose fault --- */

void
desk_heal(struct desk *desk, const char *sqlstate)
{
	if (strcmp(sqlstate, "0A000") == 0)
		db_reset(desk->db);
}

/* Nobody's message: what all of them need is missing, or not allowed. */
static void
wait_out(struct desk *desk, const char *sqlstate)
{
	struct inbox *inbox = desk->inbox;

	if (inbox->failures == 0)
		log_error("event=inbox_waits sqlstate=%s hint=%s", sqlstate,
			log_quote("messages stay where they are: run 'baraza migrate', and look "
				  "whether this user may use the schema baraza"));
	desk_return(desk);
	desk_heal(desk, sqlstate);
	retry_later(inbox, inbox->failures++);
}

/* Whatever desk takes them next, takes half as many. */
static void
halve(struct desk *desk, size_t count)
{
	for (size_t i = 0; i < desk->batch_count; i++)
		desk->batch[i].item->crowd = count / 2;
	for (size_t i = 0; i < desk->parts_count; i++)
		desk->parts[i]->crowd = count / 2;
	desk_return(desk);
	inbox_turn_later(desk->inbox);
}

/* Does something fail that only one of the batch needs: its service, or at the end its screen? */
static bool
is_of_one(const struct desk *desk)
{
	return desk->failed_in == BATCH_RUN ||
		(desk->failed_in == BATCH_NONE && desk_has_forms(desk));
}

void
desk_failed(struct desk *desk, const char *sqlstate)
{
	size_t count = desk->batch_count + desk->parts_count;

	switch (fault_of(sqlstate)) {
	case FAULT_TURN:
		desk_return(desk);
		inbox_turn_later(desk->inbox);
		return;
	case FAULT_PASSES:
		desk_return(desk);
		retry_later(desk->inbox, 0);
		return;
	case FAULT_OF_DATA:
		if (count > 1)
			halve(desk, count);
		else
			set_aside(desk, sqlstate);
		return;
	case FAULT_OF_INSTALLATION:
		if (!is_of_one(desk))
			wait_out(desk, sqlstate);
		else if (count > 1)
			halve(desk, count);
		else
			put_off(desk, sqlstate);
		return;
	}
}
