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

static int
is_first(const struct outway *way)
{
	return way == way->outbox->ways[0];
}

static void
reclaimed_cb(PGresult *result, void *arg)
{
	struct outway *way = arg;

	if (result == NULL || PQntuples(result) != 1 || atoi(PQgetvalue(result, 0, 0)) == 0) {
		way->reclaim_ms = 0;
		return;
	}
	/* Foreign claims: of a living node, or of a session that is just ending. */
	way->reclaim_ms = way->reclaim_ms == 0 ? 100
		: way->reclaim_ms < 30000      ? way->reclaim_ms * 2
					       : 60000;
	struct timeval tv = { way->reclaim_ms / 1000, way->reclaim_ms % 1000 * 1000 };
	evtimer_add(way->reclaim, &tv);
}

void
outbox_send_reclaim(struct outway *way)
{
	const struct outbox *outbox = way->outbox;
	struct db_array epochs;
	struct db_params params;

	db_array_begin(&epochs, DB_INT8);
	for (size_t i = 0; i < outbox->way_count; i++)
		if (outbox->ways[i]->old_epoch != 0)
			db_array_int8(&epochs, outbox->ways[i]->old_epoch);
	db_params_begin(&params);
	db_param_take_array(&params, &epochs);
	db_send(way->db, "reclaim", &params, reclaimed_cb, way);
	if (!way->open)
		db_commit(way->db, NULL, NULL);
}

void
outbox_reclaim_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outway *way = arg;

	(void)fd;
	(void)what;
	if (!db_is_up(way->db))
		return;
	if (way->epoch != 0)
		outbox_send_reclaim(way);
	else
		outbox_up_cb(way->db, way);
}

static void
add_outcomes(const struct outcomes *outcomes, struct db_array *messages, struct db_array *seqs)
{
	const struct outcome *o;

	TAILQ_FOREACH(o, outcomes, entry) {
		db_array_int8(messages, o->message_id);
		db_array_int2(seqs, (int16_t)o->seq);
	}
}

/* Keep what our modems have, or had, under the new epoch; the rest of the old one never left. */
static void
send_adopt(struct outway *way, int64_t epoch)
{
	struct db_array messages, seqs;
	struct db_params params;
	struct lane *lane;

	db_array_begin(&messages, DB_INT8);
	db_array_begin(&seqs, DB_INT2);
	TAILQ_FOREACH(lane, &way->lanes, entry) {
		if (lane->state == LANE_SENDING) {
			db_array_int8(&messages, lane->segment.message_id);
			db_array_int2(&seqs, (int16_t)lane->segment.seq);
		}
	}
	add_outcomes(&way->outcomes, &messages, &seqs);
	add_outcomes(&way->dropped, &messages, &seqs);
	db_params_begin(&params);
	db_param_int(&params, way->old_epoch);
	db_param_int(&params, epoch);
	db_param_take_array(&params, &messages);
	db_param_take_array(&params, &seqs);
	db_send(way->db, "adopt", &params, NULL, NULL);
}

/* Without an epoch nothing is claimed: it is asked for until it is there. */
static void
begun_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct outway *way = arg;
	struct timeval tv = { BEGIN_AGAIN_S, 0 };

	if (end == DB_LOST)
		return;
	if (end == DB_FAILED || way->new_epoch == 0) {
		log_error("event=no_epoch sqlstate=%s hint=%s", sqlstate,
			log_quote("nothing is sent until the database lets this node begin"));
		evtimer_add(way->reclaim, &tv);
		return;
	}
	way->old_epoch = way->epoch = way->new_epoch;
	if (is_first(way)) {
		way->gateway->epoch = way->epoch;
		modems_epoch(way->gateway->modems);
		outbox_send_reclaim(way);
		outbox_wake(way->outbox); /* nobody heard what was notified meanwhile */
	} else {
		outway_wake(way);
	}
}

static void
begun_cb(PGresult *result, void *arg)
{
	struct outway *way = arg;

	if (result != NULL && PQntuples(result) == 1) {
		way->new_epoch = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
		if (way->old_epoch != 0)
			send_adopt(way, way->new_epoch);
	}
	db_commit(way->db, begun_end_cb, way);
}

void
outbox_up_cb(struct db *db, void *arg)
{
	struct outway *way = arg;
	struct db_params params;
	char host[128];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "unknown");
	host[sizeof(host) - 1] = '\0';
	way->new_epoch = 0;
	db_params_begin(&params);
	db_param_text(&params, is_first(way) ? host : NULL);
	db_send(db, "begin", &params, begun_cb, way);
	db_flush(db);
}

void
outbox_down_cb(struct db *db, void *arg)
{
	struct outway *way = arg;

	(void)db;
	way->epoch = 0;
	if (is_first(way))
		way->gateway->epoch = 0;
	evtimer_del(way->reclaim);
	outway_batch_undo(way);
}

void
outbox_notify_cb(const char *channel, void *arg)
{
	struct outway *way = arg;

	outbox_wake(way->outbox);
	if (strcmp(channel, "baraza_clock") == 0)
		inbox_wake(way->gateway->inbox);
}
