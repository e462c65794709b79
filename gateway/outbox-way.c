/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-way: one connection: claims for its free lanes, results and reports, in one transaction.
 */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "administrator.h"
#include "config.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"

#define RETRY_MS 500
#define OUTCOMES_MAX 512 /* in one transaction */

/*
 * Plans: the queue is empty when they are made and may be long when they are used, and they are
 * kept for the session's life; nothing here is asked that an index does not answer.
 */
#define FIRST_SQL                                                                                   \
	"SET search_path = baraza, public; SET enable_seqscan = off; SET enable_bitmapscan = off; " \
	"SET jit = off; SET plan_cache_mode = force_generic_plan; SET TimeZone = '%s'%s"

static const struct db_statement statements[] = {
	{ "begin", "SELECT node_begin($1)" },
	{ "adopt", "SELECT node_adopt($1, $2, $3, $4)" },
	{ "reclaim", "SELECT node_reclaim(VARIADIC $1)" },
	{ "claim", "SELECT * FROM outbox_claim($1, $2, $3, $4, $5)" },
	{ "ended", "SELECT outbox_ended($1, $2, $3, $4, $5, $6)" },
	{ "returned", "SELECT outbox_result($1, $2, $3, $4, NULL, NULL, $5)" },
	{ "refused", "SELECT outbox_link_refused($1, $2, $3, $4)" },
	{ "well", "SELECT outbox_link_well($1)" },
	{ "pace", "SELECT outbox_link_pace($1, $2)" },
	{ "reports", "SELECT outbox_reports($1, $2, $3, $4, $5, $6::text[]::timestamptz[])" },
	{ "abandon", "SELECT outbox_abandon()" },
	{ "stranded", "SELECT * FROM outbox_stranded(make_interval(mins => $1))" },
	{ "reroute", "SELECT outbox_reroute($1, $2, $3)" },
	{ NULL, NULL },
};

/* --- One transaction: results, reports, claims --- */

/* It goes back into the queue: one at a time, since that is rare. */
static void
send_returned(struct outway *way, const struct outcome *o)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, o->message_id);
	db_param_int(&params, o->seq);
	db_param_int(&params, o->link_id);
	db_param_text(&params, o->word);
	db_param_float(&params, o->rest_s);
	db_send(way->db, "returned", &params, NULL, NULL);
}

/* What is over, in one call. */
struct ended {
	struct db_array message, seq, link, word, reference, error;
	int count;
};

static void
ended_begin(struct ended *ended)
{
	ended->count = 0;
	db_array_begin(&ended->message, DB_INT8);
	db_array_begin(&ended->seq, DB_INT2);
	db_array_begin(&ended->link, DB_INT4);
	db_array_begin(&ended->word, DB_TEXT);
	db_array_begin(&ended->reference, DB_INT2);
	db_array_begin(&ended->error, DB_INT4);
}

static void
ended_add(struct ended *ended, const struct outcome *o)
{
	ended->count++;
	db_array_int8(&ended->message, o->message_id);
	db_array_int2(&ended->seq, (int16_t)o->seq);
	db_array_int4(&ended->link, o->link_id);
	db_array_text(&ended->word, o->word);
	if (o->reference >= 0)
		db_array_int2(&ended->reference, (int16_t)o->reference);
	else
		db_array_null(&ended->reference);
	if (o->error >= 0)
		db_array_int4(&ended->error, o->error);
	else
		db_array_null(&ended->error);
}

static void
ended_send(struct outway *way, struct ended *ended)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_take_array(&params, &ended->message);
	db_param_take_array(&params, &ended->seq);
	db_param_take_array(&params, &ended->link);
	db_param_take_array(&params, &ended->word);
	db_param_take_array(&params, &ended->reference);
	db_param_take_array(&params, &ended->error);
	if (ended->count > 0)
		db_send(way->db, "ended", &params, NULL, NULL);
	else
		db_params_free(&params);
}

/* The row of refusals has just reached its limit: the administrator hears of it. */
static void
refused_cb(PGresult *result, void *arg)
{
	struct outcome *o = arg;

	o->reached = result != NULL && PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
}

static void
send_link_word(struct outway *way, struct outcome *o)
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
		db_send(way->db, "refused", &params, refused_cb, o);
	} else {
		db_send(way->db, "well", &params, NULL, NULL);
	}
}

/* What a segment takes by its link has changed: that rides along. */
static void
send_pace(struct outway *way, const struct outcome *o)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, o->link_id);
	db_param_int(&params, o->send_ms);
	db_send(way->db, "pace", &params, NULL, NULL);
}

static int
is_return(const struct outcome *o)
{
	return strcmp(o->word, "retry") == 0 || strcmp(o->word, "back") == 0;
}

/* What became of segments.  Returns how many. */
static int
send_outcomes(struct outway *way)
{
	struct ended ended;
	struct outcome *o;
	size_t n = 0;

	ended_begin(&ended);
	TAILQ_FOREACH(o, &way->outcomes, entry) {
		if (n == way->limit)
			break;
		n++;
		o->in_batch = 1;
		if (is_return(o))
			send_returned(way, o);
		else
			ended_add(&ended, o);
		if (o->refused || o->limit < 0)
			send_link_word(way, o);
		if (o->send_ms != 0)
			send_pace(way, o);
	}
	ended_send(way, &ended);
	return (int)n;
}

static struct lane *
lane_claiming(struct outway *way, int32_t link_id)
{
	struct lane *lane;

	TAILQ_FOREACH(lane, &way->lanes, entry)
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
			outbox_lane_empty(lane);
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
		.priority = atoi(PQgetvalue(rows, i, 8)),
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
	struct outway *way = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct lane *lane = lane_claiming(way, atoi(PQgetvalue(result, i, 0)));
		if (lane != NULL)
			take_claim(lane, result, i);
	}
}

/* Links whose lane is free, each once.  Returns how many. */
static int
send_claims(struct outway *way)
{
	struct db_array links, rest, reply;
	struct db_params params;
	struct lane *lane;
	int n = 0;

	if (way->epoch == 0 || way->gateway->draining)
		return 0;
	db_array_begin(&links, DB_INT4);
	db_array_begin(&rest, DB_BOOL);
	db_array_begin(&reply, DB_BOOL);
	TAILQ_FOREACH(lane, &way->lanes, entry) {
		if (lane->state != LANE_FREE || !modem_can_send(lane->modem))
			continue;
		outbox_lane_claims(lane);
		db_array_int4(&links, lane->link_id);
		db_array_bool(&rest, lane->slot == FAIR_REST);
		db_array_bool(&reply, lane->slot == FAIR_REPLY);
		n++;
	}
	db_params_begin(&params);
	db_param_int(&params, way->epoch);
	db_param_take_array(&params, &links);
	db_param_take_array(&params, &rest);
	db_param_text(&params, way->gateway->believable ? "true" : "false");
	db_param_take_array(&params, &reply);
	if (n > 0)
		db_send(way->db, "claim", &params, claim_cb, way);
	else
		db_params_free(&params);
	return n;
}

static void
committed_outcomes(struct outway *way)
{
	struct outcome *o, *next;

	for (o = TAILQ_FIRST(&way->outcomes); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (!o->in_batch)
			continue;
		if (is_return(o))
			way->gives = 1;
		if (o->refused && o->reached) {
			char words[160];
			snprintf(words, sizeof(words),
				"Baraza: modem %s paused after %d refused SMS in a row (error %d). Check its credit, "
				"its SIM and the network.",
				o->modem_name, o->limit, o->error);
			administrator_tell(
				way->gateway->administrator, o->modem_name, o->link_id, words);
		}
		metric_add(strcmp(o->word, "sent") == 0           ? METRIC_SENT
				: strcmp(o->word, "unknown") == 0 ? METRIC_UNKNOWN
								  : METRIC_REFUSED,
			1);
		TAILQ_REMOVE(&way->outcomes, o, entry);
		free(o);
	}
}

/* Nothing was committed, or nobody knows: what was in it is told again. */
void
outway_batch_undo(struct outway *way)
{
	struct outcome *o;
	struct report *r;
	struct lane *lane;

	/* What was freed is off its list: the analyser takes the list's own head for another's. */
	TAILQ_FOREACH(o, &way->outcomes, entry)
		o->in_batch = 0; /* NOLINT(clang-analyzer-unix.Malloc) */
	TAILQ_FOREACH(r, &way->reports, entry)
		r->in_batch = 0; /* NOLINT(clang-analyzer-unix.Malloc) */
	TAILQ_FOREACH(lane, &way->lanes, entry) {
		lane->claims = 0;
		if (lane->state == LANE_CLAIMED) {
			outbox_segment_clear(&lane->segment);
			outbox_lane_free(lane);
		}
	}
	way->busy = way->open = 0;
}

/*
 * The data of one result or report are refused.  It is looked for by halves, then dropped, so
 * that it holds nothing else up: its segment stays in flight, under whatever epoch, and becomes
 * unknown when this gateway has ended.
 */
static void
drop_poison(struct outway *way)
{
	struct outcome *o = TAILQ_FIRST(&way->outcomes);
	struct report *r = TAILQ_FIRST(&way->reports);

	if (way->limit > 1) {
		way->limit = way->told > 1 ? way->told / 2 : 1;
		return;
	}
	way->limit = OUTCOMES_MAX;
	if (o != NULL && o->in_batch) {
		log_error("event=result_refused message=%lld segment=%d result=%s",
			(long long)o->message_id, o->seq, o->word);
		TAILQ_REMOVE(&way->outcomes, o, entry);
		TAILQ_INSERT_TAIL(&way->dropped, o, entry);
	} else if (r != NULL && r->in_batch) {
		log_error("event=report_refused reference=%d status=%d", r->reference, r->status);
		TAILQ_REMOVE(&way->reports, r, entry);
		free(r); /* never acknowledged: it stays with the modem */
	}
}

void
outway_batch_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct outway *way = arg;
	struct lane *lane;

	if (end == DB_LOST)
		return; /* `down` undoes it */
	if (end == DB_FAILED) {
		struct timeval tv = { 0, RETRY_MS * 1000 };
		log_error("event=outbox_failed sqlstate=%s", sqlstate);
		if (db_fault_of_data(sqlstate))
			drop_poison(way);
		outway_batch_undo(way);
		if (db_fault_of_session(sqlstate))
			db_reset(way->db);
		evtimer_add(way->retry, &tv);
		return;
	}
	way->busy = 0;
	if (way->told < way->limit) /* none of them was at fault */
		way->limit = OUTCOMES_MAX;
	committed_outcomes(way);
	outbox_reports_committed(way);
	TAILQ_FOREACH(lane, &way->lanes, entry) {
		if (lane->state == LANE_CLAIMED)
			outbox_lane_send(lane);
		lane->claims = 0;
	}
	if (way->gives)
		outbox_wake(way->outbox);
	else if (way->woken)
		outway_wake(way);
	way->gives = 0;
	outway_turn_later(way);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outway *way = arg;
	int n;

	(void)fd;
	(void)what;
	if (way->busy || !db_is_up(way->db) || way->epoch == 0 || evtimer_pending(way->retry, NULL))
		return;
	if (way->minute_due && !way->gateway->draining) {
		outbox_send_chores(way);
		return;
	}
	n = send_outcomes(way);
	n += outbox_send_reports(way, way->limit - (size_t)n);
	way->told = (size_t)n;
	if (n == 0)
		way->limit = OUTCOMES_MAX;
	if (way->limit > 1)
		n += send_claims(way);
	if (n == 0)
		return;
	way->busy = 1;
	if (db_commit(way->db, outway_batch_end_cb, way) != 0)
		way->busy = 0;
}

void
outway_turn_later(struct outway *way)
{
	if (!way->busy && db_is_up(way->db))
		event_active(way->turn, EV_TIMEOUT, 0);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	outway_wake(arg);
}

void
outway_wake(struct outway *way)
{
	struct lane *lane;

	way->woken = way->busy;
	TAILQ_FOREACH(lane, &way->lanes, entry) {
		if (lane->state == LANE_EMPTY || (lane->state == LANE_WAITING && !lane->resting)) {
			evtimer_del(lane->timer);
			outbox_lane_free(lane);
		}
	}
	outway_turn_later(way);
}

int
outway_sending(const struct outway *way)
{
	struct lane *lane;

	TAILQ_FOREACH(lane, &way->lanes, entry)
		if (lane->state == LANE_SENDING)
			return 1;
	return 0;
}

/* Reports need not be waited for: one that is not acknowledged comes again. */
int
outway_idle(const struct outway *way)
{
	struct lane *lane;

	if (way->busy || !TAILQ_EMPTY(&way->outcomes))
		return 0;
	TAILQ_FOREACH(lane, &way->lanes, entry)
		if (lane->state == LANE_SENDING || lane->state == LANE_CLAIMED)
			return 0;
	return 1;
}

/* --- Birth and death --- */

struct outway *
outway_new(struct outbox *outbox, const char *name, int listens)
{
	const struct gateway *gateway = outbox->gateway;
	struct outway *way = calloc(1, sizeof(*way));
	char first[512];

	if (way == NULL)
		fatal("event=out_of_memory");
	way->outbox = outbox;
	way->gateway = outbox->gateway;
	way->limit = OUTCOMES_MAX;
	TAILQ_INIT(&way->lanes);
	TAILQ_INIT(&way->outcomes);
	TAILQ_INIT(&way->dropped);
	TAILQ_INIT(&way->reports);
	way->turn = event_new(gateway->base, -1, 0, turn_cb, way);
	way->reclaim = evtimer_new(gateway->base, outbox_reclaim_cb, way);
	way->retry = evtimer_new(gateway->base, retry_cb, way);
	snprintf(first, sizeof(first), FIRST_SQL, gateway->config->timezone,
		listens ? "; LISTEN baraza_queue; LISTEN baraza_clock" : "");
	const struct db_handlers handlers = { outbox_up_cb, outbox_down_cb, outbox_notify_cb, way };
	way->db = db_new(
		gateway->base, name, gateway->config->database, first, statements, &handlers);
	return way;
}

void
outway_free(struct outway *way)
{
	struct lane *lane;
	struct outcome *o;
	struct report *r;

	db_free(way->db);
	while ((lane = TAILQ_FIRST(&way->lanes)) != NULL) {
		TAILQ_REMOVE(&way->lanes, lane, entry);
		outbox_segment_clear(&lane->segment);
		event_free(lane->timer);
		free(lane);
	}
	TAILQ_CONCAT(&way->outcomes, &way->dropped, entry);
	while ((o = TAILQ_FIRST(&way->outcomes)) != NULL) {
		TAILQ_REMOVE(&way->outcomes, o, entry);
		free(o);
	}
	while ((r = TAILQ_FIRST(&way->reports)) != NULL) {
		TAILQ_REMOVE(&way->reports, r, entry);
		free(r);
	}
	event_free(way->turn);
	event_free(way->reclaim);
	event_free(way->retry);
	free(way);
}
