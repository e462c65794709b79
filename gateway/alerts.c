/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts.h"

#include <stdlib.h>

#include "alert-compose.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "outbox.h"
#include "room.h"

#define DRAFTS_MAX 4       /* written out in one transaction */
#define RECIPIENTS_MAX 256 /* in one transaction: claims wait for no longer one */
#define RETRY_MS 1000
#define ELSEWHERE_S 1 /* another node expands: it is looked at again, should that one die */

/* A round: a turn each, so that what is wrong with one keeps no other from its work. */
enum step { STEP_DUTY, STEP_EXPAND, STEP_COMPOSE, STEP_NEXT, STEPS };

struct alerts {
	struct gateway *gateway;
	struct room *room;
	struct db *db;  /* the room's */
	enum step step; /* the next of this round, or under way */
	int woken;      /* since it began there may be more to do */
	int failed;     /* a step of it */
	int rows;       /* done by the step */
	int elsewhere;  /* another node is at it */
	int drafts;     /* written out in this round */
	double after;   /* seconds until the next round; negative: until something wakes it */
};

static const struct db_statement statements[] = {
	{ "duty", "SELECT duty_due()" },
	{ "rescue", "SELECT alert_rescue()" },
	{ "expand", "SELECT alert_expand($1)" },
	{ "drafts",
		"SELECT f.* FROM (SELECT id FROM alert WHERE state = 'composing' AND fault IS NULL "
		"ORDER BY id LIMIT $1) a CROSS JOIN LATERAL alert_facts(a.id) f" },
	{ "texts", ALERT_TEXTS_SQL },
	{ "fault", "SELECT alert_fault_set($1, $2)" },
	{ "next", "SELECT least(alert_next(), duty_next())" },
	{ NULL, NULL },
};

/* --- Steps --- */

static void
rows_cb(PGresult *result, void *arg)
{
	struct alerts *alerts = arg;
	int rows = result != NULL && PQntuples(result) == 1 ? atoi(PQgetvalue(result, 0, 0)) : 0;

	if (rows < 0)
		alerts->elsewhere = 1;
	else
		alerts->rows += rows;
}

static void
next_cb(PGresult *result, void *arg)
{
	struct alerts *alerts = arg;

	if (result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0)) {
		alerts->after = strtod(PQgetvalue(result, 0, 0), NULL);
		if (alerts->after < 0) /* it is overdue */
			alerts->after = 0;
	}
}

static void
send_fault(struct alerts *alerts, const char *reference, const char *words)
{
	struct db_params params;

	log_error("event=alert_not_composed alert=%s reason=%s", reference, log_quote(words));
	db_params_begin(&params);
	db_param_text(&params, reference);
	db_param_text(&params, words);
	db_send(alerts->db, "fault", &params, NULL, NULL);
}

/* One draft's texts, or why there are none. */
static void
compose(struct alerts *alerts, PGresult *rows, int i)
{
	const struct gateway *gateway = alerts->gateway;
	struct alert_facts facts;
	struct alert_texts texts;
	struct db_params params;

	alert_facts_read(rows, i, &facts);
	if (alert_compose(gateway->templates, gateway->config, &facts, &texts) == 0) {
		alert_texts_params(&facts, &texts, &params);
		db_send(alerts->db, "texts", &params, NULL, NULL);
	} else {
		send_fault(alerts, facts.reference, texts.words);
	}
	alert_texts_free(&texts);
}

static void
drafts_cb(PGresult *result, void *arg)
{
	struct alerts *alerts = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++)
		compose(alerts, result, i);
	if (result != NULL)
		alerts->drafts = PQntuples(result);
	room_commit(alerts->room);
}

static void
step_send(struct alerts *alerts)
{
	struct db_params params;

	db_params_begin(&params);
	switch (alerts->step) {
	case STEP_DUTY:
		db_send(alerts->db, "duty", &params, NULL, NULL);
		break;
	case STEP_EXPAND:
		db_send(alerts->db, "rescue", &params, rows_cb, alerts);
		db_params_begin(&params);
		db_param_int(&params, RECIPIENTS_MAX);
		db_send(alerts->db, "expand", &params, rows_cb, alerts);
		break;
	case STEP_COMPOSE:
		db_param_int(&params, DRAFTS_MAX);
		db_send(alerts->db, "drafts", &params, drafts_cb, alerts);
		db_flush(alerts->db);
		return;
	default:
		db_send(alerts->db, "next", &params, next_cb, alerts);
	}
	room_commit(alerts->room);
}

/* --- Rounds --- */

static void
round_begin(struct alerts *alerts)
{
	room_due_in(alerts->room, ROOM_NEVER);
	alerts->woken = alerts->failed = alerts->drafts = alerts->elsewhere = 0;
	alerts->after = -1;
}

/* When the next one is: at once, at its time, or when something happens. */
static void
round_end(struct alerts *alerts)
{
	double s = alerts->after;

	alerts->step = STEP_DUTY;
	if (alerts->elsewhere && s >= 0 && s < ELSEWHERE_S)
		s = ELSEWHERE_S;

	if (alerts->failed)
		room_rest(alerts->room, RETRY_MS);
	else if (alerts->woken || alerts->drafts == DRAFTS_MAX || (s >= 0 && s < 0.01))
		room_wake(alerts->room);
	else
		room_due_in(alerts->room, s);
}

static int
turn(void *arg)
{
	struct alerts *alerts = arg;

	if (alerts->gateway->draining)
		return 0;
	if (alerts->step == STEP_DUTY)
		round_begin(alerts);
	alerts->rows = 0;
	step_send(alerts);
	return 1;
}

static void
end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct alerts *alerts = arg;

	if (end == DB_FAILED) {
		log_error("event=alerts_failed step=%d sqlstate=%s", (int)alerts->step, sqlstate);
		alerts->failed = 1;
	} else if (end == DB_COMMITTED && alerts->step == STEP_EXPAND && alerts->rows > 0) {
		outbox_wake(alerts->gateway->outbox);
	}
	alerts->step++;
	if (alerts->step < STEPS) /* on another session, should this one be at fault */
		room_wake(alerts->room);
	else
		round_end(alerts);
}

void
alerts_wake(struct alerts *alerts)
{
	alerts->woken = 1;
	room_wake(alerts->room);
}

static void
heard(enum room_news news, const char *channel, void *arg)
{
	struct alerts *alerts = arg;

	(void)channel;
	alerts->woken |= news != ROOM_DOWN;
}

int
alerts_idle(const struct alerts *alerts)
{
	return room_idle(alerts->room);
}

/* --- Birth and death --- */

struct alerts *
alerts_new(struct gateway *gateway)
{
	static const struct room_owner owner = { .name = "alerts",
		.first = "LISTEN baraza_alert; LISTEN baraza_clock",
		.statements = statements,
		.turn = turn,
		.end = end_cb,
		.heard = heard };
	struct alerts *alerts = calloc(1, sizeof(*alerts));

	if (alerts == NULL)
		fatal("event=out_of_memory");
	alerts->gateway = gateway;
	alerts->room = room_new(gateway, &owner, alerts);
	alerts->db = room_db(alerts->room);
	return alerts;
}

void
alerts_start(struct alerts *alerts)
{
	room_start(alerts->room);
}

void
alerts_free(struct alerts *alerts)
{
	if (alerts == NULL)
		return;
	room_free(alerts->room);
	free(alerts);
}
