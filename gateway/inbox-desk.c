/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-desk: one batch: collected, looked up, thought about, and in the end told or put back. */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "metrics.h"
#include "modem.h"
#include "outbox.h"

/* --- The batch's end --- */

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

static void
thought_clear(struct thought *t)
{
	free(t->outcome);
	free(t->old_outcome);
	free(t->told);
	free(t->heard);
	t->outcome = t->old_outcome = NULL;
	t->told = NULL;
	t->heard = NULL;
}

static void
desk_clear(struct desk *desk)
{
	desk->batch_count = desk->parts_count = 0;
	desk->state = BATCH_NONE;
}

void
desk_return(struct desk *desk)
{
	for (size_t i = desk->parts_count; i-- > 0;)
		inbox_put_back(desk->inbox, desk->parts[i]);
	for (size_t i = desk->batch_count; i-- > 0;) {
		inbox_put_back(desk->inbox, desk->batch[i].item);
		thought_clear(&desk->batch[i]);
	}
	desk_clear(desk);
}

/* How a form that is handled ended. */
static struct form_end
form_end_of(const struct desk *desk, const struct thought *t)
{
	return (struct form_end){ t->item->form,
		desk->state == BATCH_POISON ? INBOX_FORM_REFUSED
			: t->stored         ? INBOX_FORM_DONE
					    : INBOX_FORM_KNOWN };
}

/* Those that are handled, into done, and how forms ended; what a newer message overtook waits
 * again.  Returns how many. */
static size_t
sort_out(struct desk *desk, struct item **done, struct form_end *ends, size_t *end_count)
{
	size_t n = 0;

	for (size_t i = 0; i < desk->batch_count; i++) {
		struct thought *t = &desk->batch[i];
		if (t->changed)
			inbox_put_back(desk->inbox, t->item);
		else
			done[n++] = t->item;
		if (!t->changed && t->item->kind == ITEM_FORM)
			ends[(*end_count)++] = form_end_of(desk, t);
		if (t->ask != NULL || t->asked_back)
			desk->inbox->look_due = 1;
		if (t->stored)
			till_told(desk, t);
		metric_add(t->stored ? METRIC_IN : METRIC_IN_KNOWN, !t->changed);
		thought_clear(t);
	}
	for (size_t i = 0; i < desk->parts_count; i++)
		done[n++] = desk->parts[i];
	return n;
}

void
desk_finish(struct desk *desk)
{
	struct inbox *inbox = desk->inbox;
	struct item *done[BATCH_MAX];
	struct form_end ends[BATCH_MAX];
	size_t end_count = 0, n = sort_out(desk, done, ends, &end_count);

	acknowledge(done, n);
	for (size_t i = 0; i < n; i++)
		inbox_forget(inbox, done[i]);
	if (desk->parts_count > 0)
		inbox->look_parts = 1;
	inbox->failures = 0;
	metric_add(METRIC_BATCHES, 1);
	metric_add(METRIC_REPLIES, (uint64_t)desk->replies);
	metric_add(METRIC_PARTS, desk->parts_count);
	if (desk->replies > 0)
		outbox_wake(inbox->gateway->outbox);
	desk_clear(desk);
	inbox_turn_later(inbox);
	forms_tell(ends, end_count);
}

void
desk_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct desk *desk = arg;

	switch (end) {
	case DB_COMMITTED:
		desk_finish(desk);
		break;
	case DB_FAILED:
		desk_failed(desk, sqlstate);
		break;
	case DB_LOST: /* `down` puts everything back: a known key is then already durable */
		if (desk->failed_in == BATCH_NONE)
			forms_unsure(desk);
		break;
	}
}

void
desk_abort(struct desk *desk)
{
	struct db_params params;

	if (desk->state == BATCH_COMMIT)
		return;
	desk->failed_in = desk->state;
	desk->state = BATCH_COMMIT;
	db_params_begin(&params);
	if (db_send(desk->db, "abandon", &params, NULL, NULL) == 0)
		db_commit(desk->db, desk_end_cb, desk);
}

/* --- Think --- */

static void
batch_store(struct desk *desk)
{
	desk->state = BATCH_STORE;
	for (size_t i = 0; i < desk->batch_count; i++)
		inbox_think(desk->inbox->gateway, &desk->batch[i]);
	if (desk->parts_count > 0)
		desk_send_parts(desk);
	if (desk->batch_count == 0) {
		desk_replies(desk);
		return;
	}
	if (desk->batch[0].item->kind == ITEM_EXPIRED)
		desk_send_take_expired(desk);
	else
		desk_send_store(desk);
	db_flush(desk->db);
}

static void
thought_from_row(struct thought *t, PGresult *row, int i)
{
	t->blocked = PQgetvalue(row, i, 4)[0] == 't';
	t->crew = PQgetvalue(row, i, 12)[0] == 't';
	t->helper = PQgetvalue(row, i, 13)[0] == 't';
	t->followups = atoi(PQgetvalue(row, i, 14));
	snprintf(t->human_reads, sizeof(t->human_reads), "%s", PQgetvalue(row, i, 15));
	t->filed = PQgetvalue(row, i, 16)[0] == 't';
	t->lately = PQgetvalue(row, i, 17)[0] == 't';
	t->officer = PQgetvalue(row, i, 18)[0] == 't';
	t->gauge = PQgetvalue(row, i, 19)[0] == 't';
	t->calls = PQgetvalue(row, i, 20)[0] == 't';
	t->ours = PQgetvalue(row, i, 21)[0] == 't';
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
	struct desk *desk = arg;

	if (desk->state != BATCH_SNAPSHOT)
		return;
	if (result == NULL || PQntuples(result) != (int)desk->batch_count) {
		desk_abort(desk);
		return;
	}
	for (size_t i = 0; i < desk->batch_count; i++)
		thought_from_row(&desk->batch[i], result, (int)i);
	batch_store(desk);
}

/* --- Read --- */

static void
batch_add(struct desk *desk, struct item *item)
{
	struct thought *t = &desk->batch[desk->batch_count++];

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
	t->close = t->silent = t->helped = false;
	t->new_nonsense = -1;
	t->set_language[0] = t->speak[0] = '\0';
	t->tray = t->tray_note = t->till_kind = NULL;
	t->told = NULL;
	t->heard = NULL;
	t->stored = t->changed = t->asked_back = false;
	t->message_id = 0;
	t->outcome = t->old_outcome = NULL;
	t->item = item;
}

/* One message a contact; its parts of long ones in any number, but at one desk. */
static int
may_take(const struct desk *desk, const struct item *item)
{
	const struct desk *other = inbox_desk_of(desk->inbox, item->from.number);

	if (item->kind == ITEM_PART)
		return other == NULL || other == desk;
	if (other != NULL)
		return 0;
	if (item->kind == ITEM_EXPIRED && desk->parts_count > 0)
		return 0;
	return desk->batch_count == 0 ||
		(item->kind == ITEM_EXPIRED) == (desk->batch[0].item->kind == ITEM_EXPIRED);
}

/* Whatever waits and may be taken, expired questions apart. */
static void
collect(struct desk *desk)
{
	struct item *item, *next;
	size_t most = BATCH_MAX;

	for (item = TAILQ_FIRST(&desk->inbox->waiting); item != NULL; item = next) {
		next = TAILQ_NEXT(item, entry);
		if (item->crowd > 0 && item->crowd < most)
			most = item->crowd;
		if (desk->batch_count + desk->parts_count >= most)
			return;
		if (!may_take(desk, item))
			continue;
		inbox_take(desk->inbox, item, desk);
		if (item->kind == ITEM_PART)
			desk->parts[desk->parts_count++] = item;
		else
			batch_add(desk, item);
	}
}

static void
send_snapshot(struct desk *desk)
{
	struct db_array numbers;
	struct db_params params;

	desk->state = BATCH_SNAPSHOT;
	db_array_begin(&numbers, DB_TEXT);
	for (size_t i = 0; i < desk->batch_count; i++)
		db_array_text(&numbers, desk->batch[i].item->from.number);
	db_params_begin(&params);
	db_param_take_array(&params, &numbers);
	db_param_int(&params, desk->inbox->gateway->config->nonsense_silence_hours);
	db_send(desk->db, "snapshot", &params, snapshot_cb, desk);
	db_flush(desk->db);
}

void
desk_begin(struct desk *desk)
{
	desk->failed_in = BATCH_NONE;
	collect(desk);
	if (desk->batch_count > 0 && desk->batch[0].item->kind != ITEM_EXPIRED)
		send_snapshot(desk);
	else if (desk->batch_count + desk->parts_count > 0)
		batch_store(desk);
}
