/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "administrator.h"
#include "airtime-internal.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "modem.h"
#include "room.h"

#define TALKS_MOST 4 /* at once, on this node */
#define RETRY_MS 1000

static const struct db_statement statements[] = {
	{ "plan", "SELECT airtime_plan($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)" },
	{ "told", "SELECT airtime_told($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)" },
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

	for (int i = 0; result != NULL && i < PQntuples(result); i++)
		talk_new(airtime, (int32_t)strtol(PQgetvalue(result, i, 0), NULL, 10),
			PQgetvalue(result, i, 1), strtoll(PQgetvalue(result, i, 2), NULL, 10));
}

static void
next_cb(PGresult *result, void *arg)
{
	struct airtime *airtime = arg;

	if (talk_count(airtime) < TALKS_MOST)
		room_due_cb(result, airtime->room);
	else /* who waits for a dialogue's end is woken by it */
		room_due_in(airtime->room, ROOM_NEVER);
}

static void
figures_cb(PGresult *result, void *arg)
{
	if (result != NULL)
		figures_take(arg, result);
}

/* --- One transaction --- */

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
	struct airtime *airtime = arg;

	settle(airtime, end);
	if (end == DB_FAILED) {
		log_error("event=airtime_failed sqlstate=%s", sqlstate);
		room_rest(airtime->room, RETRY_MS);
	}
}

static void
send_links(struct airtime *airtime, const char *statement, int free_only, db_result_cb cb)
{
	struct db_array links = plan_links(airtime, free_only);
	struct db_params params;

	db_params_begin(&params);
	db_param_take_array(&params, &links);
	db_send(airtime->db, statement, &params, cb, airtime);
}

static void
warn_cb(PGresult *result, void *arg)
{
	struct airtime *airtime = arg;

	if (result != NULL)
		words_say(airtime, result);
	send_links(airtime, "next", 1, next_cb); /* the others are looked at when they are free */
	send_links(airtime, "figures", 0, figures_cb);
	room_commit(airtime->room);
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

static int
turn(void *arg)
{
	struct airtime *airtime = arg;

	send_told(airtime);
	if (airtime->gateway->draining) {
		room_commit(airtime->room);
		return 1;
	}
	plan_send(airtime);
	send_due(airtime);
	send_warn(airtime);
	return 1;
}

void
airtime_wake(struct airtime *airtime)
{
	room_wake(airtime->room);
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

	if (!room_idle(airtime->room))
		return 0;
	TAILQ_FOREACH(talk, &airtime->talks, next)
		if (talk->purchase != 0 || db_is_up(airtime->db))
			return 0;
	return 1;
}

/* --- Birth and death --- */

struct airtime *
airtime_new(struct gateway *gateway)
{
	static const struct room_owner owner = { .name = "airtime",
		.first = "LISTEN baraza_airtime; LISTEN baraza_clock",
		.statements = statements,
		.turn = turn,
		.end = end_cb };
	struct airtime *airtime = calloc(1, sizeof(*airtime));

	if (airtime == NULL)
		fatal("event=out_of_memory");
	airtime->gateway = gateway;
	TAILQ_INIT(&airtime->talks);
	airtime->room = room_new(gateway, &owner, airtime);
	airtime->db = room_db(airtime->room);
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
	room_start(airtime->room);
}

void
airtime_free(struct airtime *airtime)
{
	struct talk *talk;

	if (airtime == NULL)
		return;
	room_free(airtime->room);
	while ((talk = TAILQ_FIRST(&airtime->talks)) != NULL)
		talk_free(talk);
	free(airtime);
}
