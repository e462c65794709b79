/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-due: between batches: long messages that are whole, questions that expired, when to look
 * again. */
#include "inbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "log.h"

#define LOOK_AGAIN_S 1 /* after a look that failed */

/* --- What is due --- */

static void
wait_once(struct inbox *inbox, struct item *item, size_t *count)
{
	if (inbox_is_resting(inbox, item)) {
		item_free(item);
		return;
	}
	(*count)++;
	inbox_wait_push(inbox, item, 0);
}

static void
look_parts_cb(PGresult *result, void *arg)
{
	struct inbox *inbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct item *item = item_joined(inbox->gateway, PQgetvalue(result, i, 0),
			PQgetvalue(result, i, 1), atoi(PQgetvalue(result, i, 2)),
			PQgetvalue(result, i, 3), PQgetvalue(result, i, 4),
			PQgetvalue(result, i, 5)[0] == 't', PQgetvalue(result, i, 6),
			PQgetvalue(result, i, 7)[0] != 't'           ? TILL_NONE
				: PQgetvalue(result, i, 8)[0] == 't' ? TILL_BELIEVED
								     : TILL_STRANGER,
			PQgetvalue(result, i, 9));
		if (item == NULL)
			return;
		wait_once(inbox, item, &inbox->joined_count);
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
		snprintf(item->from.number, sizeof(item->from.number), "%s",
			PQgetvalue(result, i, 1));
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
		wait_once(inbox, item, &inbox->expired_count);
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
	/* What is put off stays due. */
	double least = TAILQ_EMPTY(&inbox->resting) ? 0.05 : 1;
	db_due_in(inbox->due, s < least ? least : s);
}

static void
look_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct desk *desk = arg;
	const struct timeval again = { LOOK_AGAIN_S, 0 };

	if (end == DB_LOST)
		return;
	desk->state = BATCH_NONE;
	if (end == DB_FAILED) {
		evtimer_add(desk->inbox->due, &again);
		desk_heal(desk, sqlstate);
	}
	inbox_turn_later(desk->inbox);
}

static int
send_wait(struct desk *desk, const char *statement, db_result_cb cb)
{
	const struct gateway *gateway = desk->inbox->gateway;
	struct db_params params;

	db_params_begin(&params);
	db_param_int(
		&params, gateway->believable ? gateway->config->multipart_timeout_s : INT32_MAX);
	return db_send(desk->db, statement, &params, cb, desk->inbox);
}

/*
 * Between batches: long messages that are whole, questions that expired, and when to look again. By
 * a clock that cannot be believed nothing expires; run.c wakes us when it can.
 */
void
desk_look(struct desk *desk)
{
	struct inbox *inbox = desk->inbox;
	struct db_params params;
	int bad = 0;

	desk->state = BATCH_LOOK;
	if (inbox->joined_count == 0) { /* else they are told again while they wait */
		inbox->look_parts = 0;
		bad |= send_wait(desk, "parts_ready", look_parts_cb);
	}
	if (inbox->gateway->believable && inbox->look_due && inbox->expired_count == 0) {
		db_params_begin(&params);
		bad |= db_send(desk->db, "expired", &params, look_expired_cb, inbox);
	}
	if (inbox->gateway->believable)
		bad |= send_wait(desk, "next_due", look_due_cb);
	else
		evtimer_del(inbox->due);
	inbox->look_due = 0;
	if (!bad)
		db_commit(desk->db, look_end_cb, desk);
}
