/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "administrator.h"
#include "airtime-internal.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "modem.h"

#define TALKS_MOST 4 /* at once, on this node */
#define RETRY_MS 1000

static const struct db_statement statements[] = {
	{ "plan", "SELECT airtime_plan($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)" },
	{ "told", "SELECT airtime_told($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)" },
	{ "due", "SELECT link_id, what, purchase FROM airtime_due($1, $2, $3, $4, $5)" },
	{ "warn",
		"SELECT modem, number, kind, what, amount, currency, count, low, day, words, link_id "
		"FROM airtime_warn($1)" },
	{ "next", "SELECT airtime_next($1)" },
	{ "figures",
		"SELECT modem, balance, currency, balance_age_s, bundle, bundle_age_s, expires_days "
		"FROM airtime_figures WHERE link_id = ANY ($1) ORDER BY modem" },
	ADMINISTRATOR_STATEMENT,
	{ NULL, NULL },
};

/* --- What SQL says --- */

static void
due_cb(PGresult *result, void *arg)
{
	struct airtime *airtime = arg;

	for (int i = 0; airtime->busy && result != NULL && i < PQntuples(result); i++)
		talk_new(airtime, (int32_t)strtol(PQgetvalue(result, i, 0), NULL, 10),
			PQgetvalue(result, i, 1), strtoll(PQgetvalue(result, i, 2), NULL, 10));
}

static void
next_cb(PGresult *result, void *arg)
{
	struct airtime *airtime = arg;

	/* Who waits for a dialogue's end is woken by it. */
	if (result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0) &&
		talk_count(airtime) < TALKS_MOST)
		db_due_in(airtime->due, strtod(PQgetvalue(result, 0, 0), NULL));
}

static void
figures_cb(PGresult *result, void *arg)
{
	if (result != NULL)
		figures_take(arg, result);
}

/* --- One transaction --- */

static void
turn_later(struct airtime *airtime)
{
	event_active(airtime->turn, EV_TIMEOUT, 0);
}

/* What was due is dialled, or forgotten; what was told is done with, or told again. */
static void
settle(struct airtime *airtime, enum db_end end)
{
	struct talk *talk, *next;

	for (talk = TAILQ_FIRST(&airtime->talks); talk != NULL; talk = next) {
		next = TAILQ_NEXT(talk, next);
		if (talk->state == TALK_STORING && end != DB_COMMITTED)
			talk->state = TALK_TOLD;
		else if (talk->state == TALK_STORING ||
			(talk->state == TALK_DUE && end != DB_COMMITTED))
			talk_free(talk);
		else if (talk->state == TALK_DUE)
			talk_begin(talk);
	}
}

static void
end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	const struct timeval rest = { RETRY_MS / 1000, 0 };
	struct airtime *airtime = arg;

	if (end == DB_LOST)
		return; /* `down` ends it */
	airtime->busy = 0;
	settle(airtime, end);
	if (end == DB_FAILED) {
		log_error("event=airtime_failed sqlstate=%s", sqlstate);
		if (db_fault_of_session(sqlstate))
			db_reset(airtime->db);
		evtimer_add(airtime->retry, &rest);
	} else if (airtime->woken) {
		turn_later(airtime);
	}
}

static void
send_links(struct airtime *airtime, const char *statement, db_result_cb cb)
{
	struct db_array links = plan_links(airtime, 0);
	struct db_params params;

	db_params_begin(&params);
	db_param_take_array(&params, &links);
	db_send(airtime->db, statement, &params, cb, airtime);
}

static void
warn_cb(PGresult *result, void *arg)
{
	struct airtime *airtime = arg;

	if (!airtime->busy)
		return;
	if (result != NULL)
		words_say(airtime, result);
	evtimer_del(airtime->due);
	send_links(airtime, "next", next_cb);
	send_links(airtime, "figures", figures_cb);
	db_commit(airtime->db, end_cb, airtime);
}

static void
send_told(struct airtime *airtime)
{
	struct talk *talk;

	TAILQ_FOREACH(talk, &airtime->talks, next)
	if (talk->state == TALK_TOLD)
		talk_store(talk);
}

/* The purchases that are under way: all others of this node are nobody's any more. */
static struct db_array
purchases(const struct airtime *airtime)
{
	struct db_array ids;
	const struct talk *talk;

	db_array_begin(&ids, DB_INT8);
	TAILQ_FOREACH(talk, &airtime->talks, next)
	if (talk->purchase != 0)
		db_array_int8(&ids, talk->purchase);
	return ids;
}

static void
send_due(struct airtime *airtime)
{
	struct db_array links = plan_links(airtime, 1), ids = purchases(airtime);
	size_t count = talk_count(airtime);
	struct db_params params;

	db_params_begin(&params);
	db_param_take_array(&params, &links);
	db_param_take_array(&params, &ids);
	db_param_int(&params, airtime->gateway->epoch);
	db_param_text(&params, airtime->gateway->believable ? "true" : "false");
	db_param_int(&params, count < TALKS_MOST ? (int64_t)(TALKS_MOST - count) : 0);
	db_send(airtime->db, "due", &params, due_cb, airtime);
}

static void
send_warn(struct airtime *airtime)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, airtime->gateway->believable ? "true" : "false");
	if (db_send(airtime->db, "warn", &params, warn_cb, airtime) == 0)
		db_flush(airtime->db);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct airtime *airtime = arg;

	(void)fd;
	(void)what;
	if (airtime->busy || !db_is_up(airtime->db) || evtimer_pending(airtime->retry, NULL))
		return;
	airtime->woken = 0;
	airtime->busy = 1;
	send_told(airtime);
	if (airtime->gateway->draining) {
		db_commit(airtime->db, end_cb, airtime);
		return;
	}
	plan_send(airtime);
	send_due(airtime);
	send_warn(airtime);
}

void
airtime_wake(struct airtime *airtime)
{
	airtime->woken = airtime->busy;
	if (!airtime->busy)
		turn_later(airtime);
}

static void
wake_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	airtime_wake(arg);
}

void
airtime_drain(struct airtime *airtime)
{
	struct talk *talk, *next;

	for (talk = TAILQ_FIRST(&airtime->talks); talk != NULL; talk = next) {
		next = TAILQ_NEXT(talk, next);
		if (talk->state == TALK_OPEN && talk->purchase == 0)
			talk_cancel(talk);
	}
	airtime_wake(airtime);
}

int
airtime_idle(const struct airtime *airtime)
{
	const struct talk *talk;

	if (airtime->busy)
		return 0;
	TAILQ_FOREACH(talk, &airtime->talks, next)
	if (talk->purchase != 0 || db_is_up(airtime->db))
		return 0;
	return 1;
}

/* --- The connection --- */

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	airtime_wake(arg);
}

static void
down_cb(struct db *db, void *arg)
{
	struct airtime *airtime = arg;

	(void)db;
	airtime->busy = 0;
	settle(airtime, DB_LOST);
}

static void
notify_cb(const char *channel, void *arg)
{
	(void)channel;
	airtime_wake(arg);
}

struct airtime *
airtime_new(struct gateway *gateway)
{
	struct airtime *airtime = calloc(1, sizeof(*airtime));
	char first[256];

	if (airtime == NULL)
		fatal("event=out_of_memory");
	airtime->gateway = gateway;
	TAILQ_INIT(&airtime->talks);
	airtime->turn = event_new(gateway->base, -1, 0, turn_cb, airtime);
	airtime->due = evtimer_new(gateway->base, wake_cb, airtime);
	airtime->retry = evtimer_new(gateway->base, wake_cb, airtime);
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET jit = off; SET TimeZone = '%s'; "
		"LISTEN baraza_airtime; LISTEN baraza_clock",
		gateway->config->timezone);
	const struct db_handlers handlers = { up_cb, down_cb, notify_cb, airtime };
	airtime->db = db_new(
		gateway->base, "airtime", gateway->config->database, first, statements, &handlers);
	return airtime;
}

static void
unasked_cb(struct modem *modem, enum wire_ussd_outcome outcome, const char *text, void *arg)
{
	(void)outcome;
	talk_unasked(arg, modem, text);
}

void
airtime_start(struct airtime *airtime)
{
	modems_on_ussd(airtime->gateway->modems, unasked_cb, airtime);
	db_start(airtime->db);
}

void
airtime_free(struct airtime *airtime)
{
	struct talk *talk;

	if (airtime == NULL)
		return;
	db_free(airtime->db);
	while ((talk = TAILQ_FIRST(&airtime->talks)) != NULL)
		talk_free(talk);
	event_free(airtime->turn);
	event_free(airtime->due);
	event_free(airtime->retry);
	free(airtime);
}
