/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"

#define FAIR_SLOTS 4 /* of so many slots of a link, one is for others than an alert */
#define RETRY_MS 500
#define OUTCOMES_MAX 512 /* in one transaction */

static const struct db_statement statements[] = {
	{ "begin", "SELECT node_begin($1)" },
	{ "adopt", "SELECT node_adopt($1, $2, $3, $4)" },
	{ "reclaim", "SELECT node_reclaim($1)" },
	{ "claim", "SELECT * FROM outbox_claim($1, $2, $3, $4)" },
	{ "result", "SELECT outbox_result($1, $2, $3, $4, $5, $6, $7)" },
	{ "refused", "SELECT outbox_link_refused($1, $2, $3, $4)" },
	{ "well", "SELECT outbox_link_well($1)" },
	{ "report", "SELECT outbox_report($1, $2, $3, $4, $5, $6)" },
	{ "tell", "SELECT outbox_tell($1, 'e164', $2, $3, $4)" },
	{ "abandon", "SELECT outbox_abandon()" },
	{ "stranded", "SELECT * FROM outbox_stranded(make_interval(mins => $1))" },
	{ "reroute", "SELECT outbox_reroute($1, $2, $3)" },
	{ NULL, NULL },
};

/* --- One transaction: results, reports, claims --- */

static void
send_outcome(struct outbox *outbox, struct outcome *o)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, o->message_id);
	db_param_int(&params, o->seq);
	db_param_int(&params, o->link_id);
	db_param_text(&params, o->word);
	if (o->reference >= 0)
		db_param_int(&params, o->reference);
	else
		db_param_text(&params, NULL);
	if (o->error >= 0)
		db_param_int(&params, o->error);
	else
		db_param_text(&params, NULL);
	db_param_float(&params, o->rest_s);
	db_send(outbox->db, "result", &params, NULL, NULL);
}

/* The row of refusals has just reached its limit: the administrator hears of it. */
static void
refused_cb(PGresult *result, void *arg)
{
	struct outcome *o = arg;

	o->reached = result != NULL && PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
}

static void
send_link_word(struct outbox *outbox, struct outcome *o)
{
	struct db_params params;
	char reason[64];

	db_params_begin(&params);
	db_param_int(&params, o->link_id);
	if (o->refused) {
		snprintf(reason, sizeof(reason), "%d refusals in a row, the last with error %d",
			o->limit, o->error);
		db_param_int(&params, o->limit);
		db_param_float(&params, o->pause_s);
		db_param_text(&params, reason);
		db_send(outbox->db, "refused", &params, refused_cb, o);
	} else {
		db_send(outbox->db, "well", &params, NULL, NULL);
	}
}

static struct lane *
lane_claiming(struct outbox *outbox, int32_t link_id)
{
	struct lane *lane;

	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	if (lane->claims == link_id && lane->state == LANE_FREE)
		return lane;
	return NULL;
}

static void
take_claim(struct lane *lane, PGresult *rows, int i)
{
	if (PQgetisnull(rows, i, 1)) {
		if (lane->link_id !=
			lane->claims) /* it has another SIM meanwhile: free for that one */
			return;
		if (PQgetisnull(rows, i, 10))
			lane->state = LANE_EMPTY;
		else
			outbox_lane_wait(lane, strtod(PQgetvalue(rows, i, 10), NULL), 0);
		return;
	}
	lane->segment = (struct segment){
		.message_id = strtoll(PQgetvalue(rows, i, 1), NULL, 10),
		.seq = atoi(PQgetvalue(rows, i, 2)),
		.segments = atoi(PQgetvalue(rows, i, 3)),
		.concat_ref = atoi(PQgetvalue(rows, i, 6)),
		.attempts = atoi(PQgetvalue(rows, i, 7)),
		.validity_s = PQgetisnull(rows, i, 9) ? -1 : strtod(PQgetvalue(rows, i, 9), NULL),
		.body = strdup(PQgetvalue(rows, i, 5)),
	};
	snprintf(lane->segment.number, sizeof(lane->segment.number), "%s", PQgetvalue(rows, i, 4));
	if (lane->segment.body == NULL)
		fatal("event=out_of_memory");
	lane->state = LANE_CLAIMED;
}

static void
claim_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct lane *lane = lane_claiming(outbox, atoi(PQgetvalue(result, i, 0)));
		if (lane != NULL)
			take_claim(lane, result, i);
	}
}

/* Links whose lane is free, each once.  Returns how many. */
static int
send_claims(struct outbox *outbox)
{
	struct db_array links, fair;
	struct db_params params;
	struct lane *lane;
	int n = 0;

	if (outbox->gateway->epoch == 0 || outbox->gateway->draining)
		return 0;
	db_array_begin(&links, DB_INT4);
	db_array_begin(&fair, DB_BOOL);
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	{
		if (lane->state != LANE_FREE || !modem_can_send(lane->modem))
			continue;
		lane->claims = lane->link_id;
		db_array_int4(&links, lane->link_id);
		db_array_bool(&fair, lane->slots % FAIR_SLOTS == FAIR_SLOTS - 1);
		n++;
	}
	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->epoch);
	db_param_take_array(&params, &links);
	db_param_take_array(&params, &fair);
	db_param_text(&params, outbox->gateway->believable ? "true" : "false");
	if (n > 0)
		db_send(outbox->db, "claim", &params, claim_cb, outbox);
	else
		db_params_free(&params);
	return n;
}

static void
committed_outcomes(struct outbox *outbox)
{
	struct outcome *o, *next;

	for (o = TAILQ_FIRST(&outbox->outcomes); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (!o->in_batch)
			continue;
		if (strcmp(o->word, "retry") == 0 || strcmp(o->word, "back") == 0)
			outbox->woken = 1; /* another link may take it */
		if (o->refused && o->reached) {
			char words[160];
			snprintf(words, sizeof(words),
				"Baraza: modem %s paused after %d refused SMS in a row (error %d). Check its credit, "
				"its SIM and the network.",
				o->modem_name, o->limit, o->error);
			outbox_tell_administrator(outbox, o->modem_name, o->link_id, words);
		}
		metric_add(strcmp(o->word, "sent") == 0           ? METRIC_SENT
				: strcmp(o->word, "unknown") == 0 ? METRIC_UNKNOWN
								  : METRIC_REFUSED,
			1);
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	}
}

/* Nothing was committed, or nobody knows: what was in it is told again. */
void
outbox_batch_undo(struct outbox *outbox)
{
	struct outcome *o;
	struct report *r;
	struct lane *lane;

	TAILQ_FOREACH(o, &outbox->outcomes, entry)
	o->in_batch = 0;
	TAILQ_FOREACH(r, &outbox->reports, entry)
	r->in_batch = 0;
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	{
		lane->claims = 0;
		if (lane->state == LANE_CLAIMED) {
			outbox_segment_clear(&lane->segment);
			lane->state = LANE_FREE;
		}
	}
	outbox->busy = outbox->open = 0;
}

/*
 * The data of one result or report are refused.  It is looked for one at a time, then dropped, so
 * that it holds nothing else up: its segment stays in flight, and becomes unknown when this epoch
 * has ended.
 */
static void
drop_poison(struct outbox *outbox)
{
	struct outcome *o = TAILQ_FIRST(&outbox->outcomes);
	struct report *r = TAILQ_FIRST(&outbox->reports);

	if (outbox->limit > 1) {
		outbox->limit = 1;
	} else if (o != NULL && o->in_batch) {
		log_error("event=result_refused message=%lld segment=%d result=%s",
			(long long)o->message_id, o->seq, o->word);
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	} else if (r != NULL && r->in_batch) {
		log_error("event=report_refused reference=%d status=%d", r->reference, r->status);
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r); /* never acknowledged: it stays with the modem */
	} else {
		outbox->limit = OUTCOMES_MAX; /* none of them is at fault */
	}
}

void
outbox_batch_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct outbox *outbox = arg;
	struct lane *lane;

	if (end == DB_LOST)
		return; /* `down` undoes it */
	if (end == DB_FAILED) {
		struct timeval tv = { 0, RETRY_MS * 1000 };
		log_error("event=outbox_failed sqlstate=%s", sqlstate);
		if (db_fault_of_data(sqlstate))
			drop_poison(outbox);
		outbox_batch_undo(outbox);
		if (db_fault_of_session(sqlstate))
			db_reset(outbox->db);
		evtimer_add(outbox->retry, &tv);
		return;
	}
	outbox->busy = 0;
	outbox->limit = OUTCOMES_MAX;
	committed_outcomes(outbox);
	outbox_reports_committed(outbox);
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	{
		if (lane->state == LANE_CLAIMED)
			outbox_lane_send(outbox, lane);
		lane->claims = 0;
	}
	if (outbox->woken)
		outbox_wake(outbox);
	outbox_turn_later(outbox);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outbox *outbox = arg;
	struct outcome *o;
	struct report *r;
	int n = 0;

	(void)fd;
	(void)what;
	if (outbox->busy || !db_is_up(outbox->db) || outbox->gateway->epoch == 0 ||
		evtimer_pending(outbox->retry, NULL))
		return;
	if (outbox->minute_due && !outbox->gateway->draining) {
		outbox_send_chores(outbox);
		return;
	}
	TAILQ_FOREACH(o, &outbox->outcomes, entry)
	{
		if ((size_t)n >= outbox->limit)
			break;
		o->in_batch = 1;
		send_outcome(outbox, o);
		if (o->refused || o->limit < 0)
			send_link_word(outbox, o);
		n++;
	}
	TAILQ_FOREACH(r, &outbox->reports, entry)
	{
		if ((size_t)n >= outbox->limit)
			break;
		r->in_batch = 1;
		outbox_send_report(outbox, r);
		n++;
	}
	if (n == 0)
		outbox->limit = OUTCOMES_MAX;
	if (outbox->limit > 1)
		n += send_claims(outbox);
	if (n == 0)
		return;
	outbox->busy = 1;
	if (db_commit(outbox->db, outbox_batch_end_cb, outbox) != 0)
		outbox->busy = 0;
}

void
outbox_turn_later(struct outbox *outbox)
{
	if (!outbox->busy && db_is_up(outbox->db))
		event_active(outbox->turn, EV_TIMEOUT, 0);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	outbox_wake(arg);
}

void
outbox_wake(struct outbox *outbox)
{
	struct lane *lane;

	outbox->woken = outbox->busy;
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	{
		if (lane->state == LANE_EMPTY || (lane->state == LANE_WAITING && !lane->resting)) {
			evtimer_del(lane->timer);
			lane->state = LANE_FREE;
		}
	}
	outbox_turn_later(outbox);
}

int
outbox_sending(const struct outbox *outbox)
{
	struct lane *lane;

	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	if (lane->state == LANE_SENDING)
		return 1;
	return 0;
}

/* Reports need not be waited for: one that is not acknowledged comes again. */
int
outbox_idle(const struct outbox *outbox)
{
	struct lane *lane;

	if (outbox->busy || !TAILQ_EMPTY(&outbox->outcomes))
		return 0;
	TAILQ_FOREACH(lane, &outbox->lanes, entry)
	if (lane->state == LANE_SENDING || lane->state == LANE_CLAIMED)
		return 0;
	return 1;
}

/* --- Birth and death --- */

struct outbox *
outbox_new(struct gateway *gateway)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	char first[256];

	if (outbox == NULL)
		fatal("event=out_of_memory");
	outbox->gateway = gateway;
	outbox->limit = OUTCOMES_MAX;
	TAILQ_INIT(&outbox->lanes);
	TAILQ_INIT(&outbox->outcomes);
	TAILQ_INIT(&outbox->reports);
	outbox->turn = event_new(gateway->base, -1, 0, turn_cb, outbox);
	outbox->reclaim = evtimer_new(gateway->base, outbox_reclaim_cb, outbox);
	outbox->retry = evtimer_new(gateway->base, retry_cb, outbox);
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET TimeZone = '%s'; LISTEN baraza_queue; LISTEN baraza_clock",
		gateway->config->timezone);
	const struct db_handlers handlers = { outbox_up_cb, outbox_down_cb, outbox_notify_cb,
		outbox };
	outbox->db = db_new(
		gateway->base, "outbox", gateway->config->database, first, statements, &handlers);
	return outbox;
}

void
outbox_start(struct outbox *outbox)
{
	db_start(outbox->db);
}

void
outbox_free(struct outbox *outbox)
{
	struct lane *lane;
	struct outcome *o;
	struct report *r;

	if (outbox == NULL)
		return;
	db_free(outbox->db);
	while ((lane = TAILQ_FIRST(&outbox->lanes)) != NULL) {
		TAILQ_REMOVE(&outbox->lanes, lane, entry);
		outbox_segment_clear(&lane->segment);
		event_free(lane->timer);
		free(lane);
	}
	while ((o = TAILQ_FIRST(&outbox->outcomes)) != NULL) {
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	}
	while ((r = TAILQ_FIRST(&outbox->reports)) != NULL) {
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r);
	}
	event_free(outbox->turn);
	event_free(outbox->reclaim);
	event_free(outbox->retry);
	free(outbox);
}
