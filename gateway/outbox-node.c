/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-node: this node's epoch; what its modems kept over a lost connection; the dead's claims.
 */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "inbox.h"
#include "log.h"
#include "modem.h"

#define BEGIN_AGAIN_S 1

static void
reclaimed_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	if (result == NULL || PQntuples(result) != 1 || atoi(PQgetvalue(result, 0, 0)) == 0) {
		outbox->reclaim_ms = 0;
		return;
	}
	/* Foreign claims: of a living node, or of a session that is just ending. */
	outbox->reclaim_ms = outbox->reclaim_ms == 0 ? 100
		: outbox->reclaim_ms < 30000         ? outbox->reclaim_ms * 2
						     : 60000;
	struct timeval tv = { outbox->reclaim_ms / 1000, outbox->reclaim_ms % 1000 * 1000 };
	evtimer_add(outbox->reclaim, &tv);
}

void
outbox_send_reclaim(struct outbox *outbox)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->epoch);
	db_send(outbox->db, "reclaim", &params, reclaimed_cb, outbox);
	if (!outbox->open)
		db_commit(outbox->db, NULL, NULL);
}

void
outbox_reclaim_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outbox *outbox = arg;

	(void)fd;
	(void)what;
	if (!db_is_up(outbox->db))
		return;
	if (outbox->gateway->epoch != 0)
		outbox_send_reclaim(outbox);
	else
		outbox_up_cb(outbox->db, outbox);
}

/* Keep what our modems have under the new epoch; the rest of the old one never left. */
static void
send_adopt(struct outbox *outbox, int64_t epoch)
{
	struct db_array messages, seqs;
	struct db_params params;
	struct lane *lane;
	struct outcome *o;

	db_array_begin(&messages, DB_INT8);
	db_array_begin(&seqs, DB_INT2);
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	{
		if (lane->state == LANE_SENDING) {
			db_array_int8(&messages, lane->segment.message_id);
			db_array_int2(&seqs, (int16_t)lane->segment.seq);
		}
	}
	TAILQ_FOREACH(o, &outbox->outcomes, entry)
	{
		db_array_int8(&messages, o->message_id);
		db_array_int2(&seqs, (int16_t)o->seq);
	}
	db_params_begin(&params);
	db_param_int(&params, outbox->old_epoch);
	db_param_int(&params, epoch);
	db_param_take_array(&params, &messages);
	db_param_take_array(&params, &seqs);
	db_send(outbox->db, "adopt", &params, NULL, NULL);
}

/* Without an epoch nothing is claimed: it is asked for until it is there. */
static void
begun_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct outbox *outbox = arg;
	struct timeval tv = { BEGIN_AGAIN_S, 0 };

	if (end == DB_LOST)
		return;
	if (end == DB_FAILED || outbox->new_epoch == 0) {
		log_error("event=no_epoch sqlstate=%s hint=%s", sqlstate,
			log_quote("nothing is sent until the database lets this node begin"));
		evtimer_add(outbox->reclaim, &tv);
		return;
	}
	outbox->old_epoch = outbox->gateway->epoch = outbox->new_epoch;
	outbox_send_reclaim(outbox);
	outbox_wake(outbox);
}

static void
begun_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	if (result != NULL && PQntuples(result) == 1) {
		outbox->new_epoch = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
		if (outbox->old_epoch != 0)
			send_adopt(outbox, outbox->new_epoch);
	}
	db_commit(outbox->db, begun_end_cb, outbox);
}

void
outbox_up_cb(struct db *db, void *arg)
{
	struct outbox *outbox = arg;
	struct db_params params;
	char host[128];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "unknown");
	host[sizeof(host) - 1] = '\0';
	outbox->new_epoch = 0;
	db_params_begin(&params);
	db_param_text(&params, host);
	db_send(db, "begin", &params, begun_cb, outbox);
	db_flush(db);
}

void
outbox_down_cb(struct db *db, void *arg)
{
	struct outbox *outbox = arg;

	(void)db;
	outbox->gateway->epoch = 0;
	evtimer_del(outbox->reclaim);
	outbox_batch_undo(outbox);
}

void
outbox_notify_cb(const char *channel, void *arg)
{
	struct outbox *outbox = arg;

	outbox_wake(outbox);
	if (strcmp(channel, "baraza_clock") == 0)
		inbox_wake(outbox->gateway->inbox);
}
