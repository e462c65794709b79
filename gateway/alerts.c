/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert-compose.h"
#include "config.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "outbox.h"

#define DRAFTS_MAX 4       /* written out in one transaction */
#define RECIPIENTS_MAX 256 /* in one transaction: claims wait for no longer one */
#define RETRY_MS 1000
#define ELSEWHERE_S 1 /* another node expands: it is looked at again, should that one die */

/* A turn: one transaction each, so that what is wrong with one keeps no other from its work. */
enum step { STEP_DUTY, STEP_EXPAND, STEP_COMPOSE, STEP_NEXT, STEPS };

struct alerts {
	struct gateway *gateway;
	struct db *db;
	struct event *turn, *due, *retry;
	enum step step;
	int busy;      /* a transaction is under way */
	int woken;     /* meanwhile there may be more to do */
	int failed;    /* a step of this turn */
	int rows;      /* done by the step */
	int elsewhere; /* another node is at it */
	int drafts;    /* written out in this turn */
	double after;  /* seconds until the next turn; negative: until something wakes it */
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

static void step_end_cb(enum db_end end, const char *sqlstate, void *arg);

static void
drafts_cb(PGresult *result, void *arg)
{
	struct alerts *alerts = arg;

	if (!alerts->busy)
		return;
	for (int i = 0; result != NULL && i < PQntuples(result); i++)
		compose(alerts, result, i);
	if (result != NULL)
		alerts->drafts = PQntuples(result);
	db_commit(alerts->db, step_end_cb, alerts);
}

/* Queue a step's statements.  Returns 0, or -1 when the connection is down. */
static int
step_send(struct alerts *alerts)
{
	struct db_params params;
	int status;

	db_params_begin(&params);
	switch (alerts->step) {
	case STEP_DUTY:
		status = db_send(alerts->db, "duty", &params, NULL, NULL);
		break;
	case STEP_EXPAND:
		db_send(alerts->db, "rescue", &params, rows_cb, alerts);
		db_params_begin(&params);
		db_param_int(&params, RECIPIENTS_MAX);
		status = db_send(alerts->db, "expand", &params, rows_cb, alerts);
		break;
	case STEP_COMPOSE:
		db_param_int(&params, DRAFTS_MAX);
		status = db_send(alerts->db, "drafts", &params, drafts_cb, alerts);
		if (status == 0)
			db_flush(alerts->db);
		return status;
	default:
		status = db_send(alerts->db, "next", &params, next_cb, alerts);
	}
	return status == 0 ? db_commit(alerts->db, step_end_cb, alerts) : -1;
}

static void
step_begin(struct alerts *alerts)
{
	alerts->rows = 0;
	alerts->busy = 1;
	if (step_send(alerts) != 0)
		alerts->busy = 0;
}

static void
turn_later(struct alerts *alerts)
{
	event_active(alerts->turn, EV_TIMEOUT, 0);
}

/* When the next turn is: at once, at its time, or when something happens. */
static void
turn_end(struct alerts *alerts)
{
	const struct timeval rest = { RETRY_MS / 1000, 0 };
	double s = alerts->after;

	if (alerts->elsewhere && s >= 0 && s < ELSEWHERE_S)
		s = ELSEWHERE_S;

	if (alerts->failed)
		evtimer_add(alerts->retry, &rest);
	else if (alerts->woken || alerts->drafts == DRAFTS_MAX || (s >= 0 && s < 0.01))
		turn_later(alerts);
	else if (s >= 0)
		db_due_in(alerts->due, s);
}

static void
step_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct alerts *alerts = arg;

	if (end == DB_LOST)
		return; /* `down` ends it; what was not committed is still to be done */
	alerts->busy = 0;
	if (end == DB_FAILED) {
		log_error("event=alerts_failed step=%d sqlstate=%s", (int)alerts->step, sqlstate);
		alerts->failed = 1;
		if (db_fault_of_session(sqlstate)) {
			db_reset(alerts->db);
			return;
		}
	} else if (alerts->step == STEP_EXPAND && alerts->rows > 0) {
		outbox_wake(alerts->gateway->outbox);
	}
	alerts->step++;
	if (alerts->step < STEPS && !alerts->gateway->draining)
		step_begin(alerts);
	else
		turn_end(alerts);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct alerts *alerts = arg;

	(void)fd;
	(void)what;
	if (alerts->busy || !db_is_up(alerts->db) || alerts->gateway->draining ||
		evtimer_pending(alerts->retry, NULL))
		return;
	evtimer_del(alerts->due);
	alerts->woken = alerts->failed = alerts->drafts = alerts->elsewhere = 0;
	alerts->after = -1;
	alerts->step = STEP_DUTY;
	step_begin(alerts);
}

void
alerts_wake(struct alerts *alerts)
{
	alerts->woken = alerts->busy;
	if (!alerts->busy)
		turn_later(alerts);
}

static void
wake_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	alerts_wake(arg);
}

int
alerts_idle(const struct alerts *alerts)
{
	return !alerts->busy;
}

/* --- The connection --- */

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	alerts_wake(arg);
}

static void
down_cb(struct db *db, void *arg)
{
	struct alerts *alerts = arg;

	(void)db;
	alerts->busy = 0;
}

static void
notify_cb(const char *channel, void *arg)
{
	(void)channel;
	alerts_wake(arg);
}

struct alerts *
alerts_new(struct gateway *gateway)
{
	struct alerts *alerts = calloc(1, sizeof(*alerts));
	char first[256];

	if (alerts == NULL)
		fatal("event=out_of_memory");
	alerts->gateway = gateway;
	alerts->turn = event_new(gateway->base, -1, 0, turn_cb, alerts);
	alerts->due = evtimer_new(gateway->base, wake_cb, alerts);
	alerts->retry = evtimer_new(gateway->base, wake_cb, alerts);
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET jit = off; SET TimeZone = '%s'; LISTEN baraza_alert; "
		"LISTEN baraza_clock",
		gateway->config->timezone);
	const struct db_handlers handlers = { up_cb, down_cb, notify_cb, alerts };
	alerts->db = db_new(
		gateway->base, "alerts", gateway->config->database, first, statements, &handlers);
	return alerts;
}

void
alerts_start(struct alerts *alerts)
{
	db_start(alerts->db);
}

void
alerts_free(struct alerts *alerts)
{
	if (alerts == NULL)
		return;
	db_free(alerts->db);
	event_free(alerts->turn);
	event_free(alerts->due);
	event_free(alerts->retry);
	free(alerts);
}
