/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-turn: a batch of steps, in one transaction: what is known of their sessions, what comes of
 * each (ussd-step.c), rows of lists as long as one needs some, what they are answered with
 * (ussd-store.c).
 *
 * A turn is a connection to the database with what it has in hand. What a batch finds wrong with
 * one of its steps is found by giving each its own.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "outbox.h"
#include "ussd-room-internal.h"

#define TURNS 2        /* connections: one works while the other's commit is waited for */
#define SHARED_MIN 8   /* steps that wait: worth another turn while one is at work */
#define LOOK_LEAST_S 1 /* between two looks at what is due */
#define LOOK_MOST 500  /* rows that one look does: then there may be more */

enum turn_state { TURN_FREE, TURN_BEGIN, TURN_LIST, TURN_COMMIT, TURN_LOOK };

struct ussd_turn {
	struct ussd *ussd;
	struct db *db;
	enum turn_state state;
	struct ussd_step *steps[USSD_BATCH_MAX];
	size_t count;
	struct ussd_step *overs[USSD_BATCH_MAX]; /* of sessions that have ended */
	size_t over_count;
	struct ussd_seens seen; /* of letters, which it tells */
	int queued;             /* of them */
	size_t halted;          /* of the room's list */
	int looked;             /* rows done by a look */
	bool timed;             /* and there is a next one, in so many seconds */
	double next;
};

static const struct db_statement statements[] = {
	{ "begin", "SELECT * FROM ussd_begin($1, $2, $3, $4, $5, $6)" },
	{ "list",
		"SELECT i.ord, l.value, l.label FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], "
		"$5::text[], $6::int[], $7::int[]) WITH ORDINALITY AS i(source, within, letters, contact, "
		"language, first, most, ord) CROSS JOIN LATERAL ussd_list(i.source, i.within, i.letters, "
		"i.contact, i.language, i.first, i.most) WITH ORDINALITY AS l(value, label, n) "
		"ORDER BY i.ord, l.n" },
	{ "over", "SELECT ussd_over($1, $2)" },
	{ "halted", "SELECT ussd_halted($1)" },
	{ "due", "SELECT ussd_due()" },
	{ "next", "SELECT ussd_next($1)" },
	{ "letters", "SELECT ussd_letters($1, $2, $3, $4)" },
	USSD_STATEMENTS,
	{ NULL, NULL },
};
/* --- A turn's end --- */

static void
turn_clear(struct ussd_turn *turn)
{
	turn->count = turn->over_count = turn->halted = 0;
	turn->state = TURN_FREE;
}

static void
give_to_inbox(struct ussd_step *step)
{
	/* By its deadline she was told that nothing was saved. */
	if (!step->told && ussd_file(step) == 0)
		return;
	ussd_halt(step->ussd, step->session_id);
	if (!step->told) {
		metric_add(METRIC_USSD_BUSY, 1);
		ussd_apologise(step, "ussd_busy");
	}
	ussd_step_free(step);
}

static void
finish(struct ussd_step *step)
{
	if (step->verdict == USSD_TO_RUN) {
		give_to_inbox(step);
		return;
	}
	ussd_file_ends(step);
	ussd_answer(step, step->out.screen, step->out.more);
	ussd_step_free(step);
}

/* The database has heard of them. */
static void
letters_told(struct ussd_turn *turn)
{
	struct ussd_seen *seen;

	while ((seen = TAILQ_FIRST(&turn->seen)) != NULL) {
		TAILQ_REMOVE(&turn->seen, seen, entry);
		free(seen);
	}
	if (turn->queued > 0)
		outbox_wake(turn->ussd->gateway->outbox);
	turn->queued = 0;
}

/* It has not. */
static void
letters_return(struct ussd_turn *turn)
{
	struct ussd_seen *seen;

	TAILQ_FOREACH(seen, &turn->seen, entry)
	turn->ussd->owed += seen->owed;
	TAILQ_CONCAT(&turn->ussd->seen, &turn->seen, entry);
	turn->queued = 0;
}

static void
turn_done(struct ussd_turn *turn)
{
	struct ussd *ussd = turn->ussd;

	for (size_t i = 0; i < turn->count; i++)
		finish(turn->steps[i]);
	for (size_t i = 0; i < turn->over_count; i++)
		finish(turn->overs[i]);
	letters_told(turn);
	ussd->halted_count -= turn->halted;
	memmove(ussd->halted, ussd->halted + turn->halted,
		ussd->halted_count * sizeof(ussd->halted[0]));
	if (!evtimer_pending(ussd->due, NULL))
		ussd->look = true;
	turn_clear(turn);
	ussd_turn_later(ussd);
}

/* Everything is as it was before; who waits goes on waiting, until its deadline. */
static void
turn_return(struct ussd_turn *turn)
{
	for (size_t i = turn->over_count; i-- > 0;)
		ussd_step_put_back(turn->overs[i]);
	for (size_t i = turn->count; i-- > 0;) {
		struct ussd_step *step = turn->steps[i];

		ussd_state_free(step->state);
		step->state = NULL;
		step->chosen[0] = '\0';
		step->resumed = step->declined = false;
		step->lists = 0;
		ussd_step_put_back(step);
		if (step->told &&
			!step->again) /* nobody waits for it: it need not be tried again */
			ussd_step_free(step);
	}
	letters_return(turn);
	if (turn->state == TURN_LOOK)
		turn->ussd->look = true;
	turn_clear(turn);
}

/* What the database does not take for its data, and stands alone. */
static void
give_up(struct ussd_turn *turn)
{
	struct ussd_step *step = turn->count > 0 ? turn->steps[0]
		: turn->over_count > 0           ? turn->overs[0]
						 : NULL;

	if (step != NULL) {
		metric_add(METRIC_USSD_BUSY, 1);
		ussd_apologise(step, "ussd_busy");
		ussd_step_free(step);
	}
	letters_told(turn);
	turn_clear(turn);
	ussd_turn_later(turn->ussd);
}

static void
turn_failed(struct ussd_turn *turn, const char *sqlstate)
{
	size_t steps = turn->count + turn->over_count;

	log_error("event=ussd_failed steps=%zu sqlstate=%s", steps, sqlstate);
	if (steps <= 1 && db_fault_of_data(sqlstate)) {
		give_up(turn);
		return;
	}
	for (size_t i = 0; i < turn->count && db_fault_of_data(sqlstate); i++)
		turn->steps[i]->alone = true;
	for (size_t i = 0; i < turn->over_count && db_fault_of_data(sqlstate); i++)
		turn->overs[i]->alone = true;
	turn_return(turn);
	if (db_fault_of_session(sqlstate))
		db_reset(turn->db);
	ussd_turn_after_rest(turn->ussd);
}

static void
end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct ussd_turn *turn = arg;

	switch (end) {
	case DB_COMMITTED:
		turn_done(turn);
		break;
	case DB_FAILED:
		turn_failed(turn, sqlstate);
		break;
	case DB_LOST: /* `down` puts everything back */
		break;
	}
}

static void
turn_commit(struct ussd_turn *turn)
{
	turn->state = TURN_COMMIT;
	db_commit(turn->db, end_cb, turn);
}

/* --- A turn's middle --- */

static void turn_go(struct ussd_turn *turn);

/* Rows of all lists that were asked for: of the first one first. */
static void
list_cb(PGresult *rows, void *arg)
{
	struct ussd_turn *turn = arg;
	int from = 0, to, ord = 0;

	if (turn->state != TURN_LIST)
		return;
	if (rows == NULL) {
		turn_commit(turn); /* which tells why not */
		return;
	}
	for (size_t i = 0; i < turn->count; i++) {
		if (turn->steps[i]->verdict != USSD_TO_LIST)
			continue;
		ord++;
		for (to = from; to < PQntuples(rows) && atoi(PQgetvalue(rows, to, 0)) == ord; to++)
			;
		ussd_step_rows(turn->steps[i], rows, from, to);
		from = to;
	}
	turn_go(turn);
}

static void
send_lists(struct ussd_turn *turn)
{
	struct db_array source, within, letters, contact, language, first, most;
	struct db_params params;

	db_array_begin(&source, DB_TEXT);
	db_array_begin(&within, DB_TEXT);
	db_array_begin(&letters, DB_TEXT);
	db_array_begin(&contact, DB_INT8);
	db_array_begin(&language, DB_TEXT);
	db_array_begin(&first, DB_INT4);
	db_array_begin(&most, DB_INT4);
	for (size_t i = 0; i < turn->count; i++) {
		const struct ussd_step *step = turn->steps[i];

		if (step->verdict != USSD_TO_LIST)
			continue;
		db_array_text(&source, step->out.list.source);
		db_array_text(&within, step->out.list.within);
		db_array_text(&letters, step->out.list.letters);
		db_array_int8(&contact, step->contact_id);
		db_array_text(&language, step->language);
		db_array_int4(&first, step->out.list.offset);
		db_array_int4(&most, step->out.list.limit);
	}
	db_params_begin(&params);
	db_param_take_array(&params, &source);
	db_param_take_array(&params, &within);
	db_param_take_array(&params, &letters);
	db_param_take_array(&params, &contact);
	db_param_take_array(&params, &language);
	db_param_take_array(&params, &first);
	db_param_take_array(&params, &most);
	turn->state = TURN_LIST;
	db_send(turn->db, "list", &params, list_cb, turn);
	db_flush(turn->db);
}

/* As long as a step needs rows they are asked for; then all is stored. */
static void
turn_go(struct ussd_turn *turn)
{
	struct ussd_step *stored[USSD_BATCH_MAX];
	size_t lists = 0, count = 0;

	for (size_t i = 0; i < turn->count; i++) {
		struct ussd_step *step = turn->steps[i];

		lists += step->verdict == USSD_TO_LIST;
		if (step->verdict == USSD_TO_SHOW || step->verdict == USSD_TO_RUN)
			stored[count++] = step;
	}
	if (lists > 0) {
		send_lists(turn);
		return;
	}
	if (count > 0)
		ussd_send_store(turn->db, stored, count, NULL);
	turn_commit(turn);
}

static void
begin_cb(PGresult *rows, void *arg)
{
	struct ussd_turn *turn = arg;

	if (turn->state != TURN_BEGIN)
		return;
	if (rows == NULL) {
		turn_commit(turn);
		return;
	}
	if (PQntuples(rows) != (int)turn->count)
		fatal("event=ussd_begin rows=%d steps=%zu", PQntuples(rows), turn->count);
	for (size_t i = 0; i < turn->count; i++)
		ussd_step_decide(turn->steps[i], rows, (int)i);
	turn_go(turn);
}

/* --- A turn's beginning --- */

static void
send_begin(struct ussd_turn *turn)
{
	struct db_array way, session, number, code, menu, digest;
	struct db_params params;

	db_array_begin(&way, DB_TEXT);
	db_array_begin(&session, DB_TEXT);
	db_array_begin(&number, DB_TEXT);
	db_array_begin(&code, DB_TEXT);
	db_array_begin(&menu, DB_TEXT);
	db_array_begin(&digest, DB_UUID);
	for (size_t i = 0; i < turn->count; i++) {
		struct ussd_step *step = turn->steps[i];

		db_array_text(&way, step->way);
		db_array_text(&session, step->request.session);
		db_array_text(&number, step->request.phone.number);
		db_array_text(&code, step->request.code);
		db_array_text(&menu, step->menu);
		if (ussd_step_digest(step) || step->again)
			db_array_bytes(&digest, step->digest, sizeof(step->digest));
		else
			db_array_null(&digest);
	}
	db_params_begin(&params);
	db_param_take_array(&params, &way);
	db_param_take_array(&params, &session);
	db_param_take_array(&params, &number);
	db_param_take_array(&params, &code);
	db_param_take_array(&params, &menu);
	db_param_take_array(&params, &digest);
	db_send(turn->db, "begin", &params, begin_cb, turn);
}

static void
send_overs(struct ussd_turn *turn)
{
	struct db_array way, session;
	struct db_params params;

	db_array_begin(&way, DB_TEXT);
	db_array_begin(&session, DB_TEXT);
	for (size_t i = 0; i < turn->over_count; i++) {
		db_array_text(&way, turn->overs[i]->way);
		db_array_text(&session, turn->overs[i]->request.session);
	}
	db_params_begin(&params);
	db_param_take_array(&params, &way);
	db_param_take_array(&params, &session);
	db_send(turn->db, "over", &params, NULL, NULL);
}

static void
send_halted(struct ussd_turn *turn)
{
	struct db_array session;
	struct db_params params;

	db_array_begin(&session, DB_INT8);
	for (size_t i = 0; i < turn->halted; i++)
		db_array_int8(&session, turn->ussd->halted[i]);
	db_params_begin(&params);
	db_param_take_array(&params, &session);
	db_send(turn->db, "halted", &params, NULL, NULL);
}

static void
letters_cb(PGresult *result, void *arg)
{
	struct ussd_turn *turn = arg;

	if (result != NULL && PQntuples(result) == 1)
		turn->queued = atoi(PQgetvalue(result, 0, 0));
}

/* What is known of letters; those of a gateway that is gone are sent with it. */
static void
send_letters(struct ussd_turn *turn)
{
	struct ussd *ussd = turn->ussd;
	struct db_array session, digest, owed;
	struct db_params params;
	struct ussd_seen *seen;

	TAILQ_CONCAT(&turn->seen, &ussd->seen, entry);
	ussd->owed = 0;
	db_array_begin(&session, DB_INT8);
	db_array_begin(&digest, DB_UUID);
	db_array_begin(&owed, DB_BOOL);
	TAILQ_FOREACH(seen, &turn->seen, entry)
	{
		db_array_int8(&session, seen->session_id);
		db_array_bytes(&digest, seen->digest, sizeof(seen->digest));
		db_array_bool(&owed, seen->owed);
	}
	db_params_begin(&params);
	db_param_take_array(&params, &session);
	db_param_take_array(&params, &digest);
	db_param_take_array(&params, &owed);
	db_param_int(&params, ussd->gateway->config->reply_validity_min);
	db_send(turn->db, "letters", &params, letters_cb, turn);
}

static size_t
turns_at_work(const struct ussd *ussd)
{
	size_t count = 0;

	for (size_t i = 0; i < ussd->turn_count; i++)
		count += ussd->turns[i].state != TURN_FREE;
	return count;
}

static bool
collect(struct ussd_turn *turn)
{
	struct ussd_step *step;

	TAILQ_FOREACH(step, &turn->ussd->steps, entry)
	{
		if (turn->count + turn->over_count == USSD_BATCH_MAX)
			break;
		if (!ussd_step_is_free(step))
			continue;
		if (step->alone && turn->count + turn->over_count > 0)
			break;
		ussd_step_hold(step, USSD_IN_TURN);
		if (step->request.event == USSD_OVER)
			turn->overs[turn->over_count++] = step;
		else
			turn->steps[turn->count++] = step;
		if (step->alone)
			break;
	}
	return turn->count + turn->over_count > 0;
}

/* Sessions that may be gone on with are told before the steps are, since one of them may want to.
 */
static void
turn_begin(struct ussd_turn *turn)
{
	struct ussd *ussd = turn->ussd;
	bool first = turns_at_work(ussd) == 0;

	if (first && (ussd->owed > 0 || (ussd->gateway->draining && !TAILQ_EMPTY(&ussd->seen)))) {
		send_letters(turn);
		turn_commit(turn);
		return;
	}
	turn->halted = first ? ussd->halted_count : 0;
	if (!collect(turn) && turn->halted == 0)
		return;
	turn->state = TURN_BEGIN;
	if (turn->halted > 0)
		send_halted(turn);
	if (turn->over_count > 0)
		send_overs(turn);
	if (turn->count > 0) {
		send_begin(turn);
		db_flush(turn->db);
	} else {
		turn_commit(turn);
	}
}

/* --- What is due --- */

static void
looked_cb(PGresult *result, void *arg)
{
	struct ussd_turn *turn = arg;

	if (result != NULL && PQntuples(result) == 1)
		turn->looked = atoi(PQgetvalue(result, 0, 0));
}

static void
next_cb(PGresult *result, void *arg)
{
	struct ussd_turn *turn = arg;

	if (result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0))
		turn->next = strtod(PQgetvalue(result, 0, 0), NULL);
	turn->timed = result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0);
}

static void
look_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct ussd_turn *turn = arg;
	struct ussd *ussd = turn->ussd;

	if (end == DB_LOST)
		return;
	turn->state = TURN_FREE;
	if (end == DB_FAILED) {
		log_error("event=ussd_failed steps=0 sqlstate=%s", sqlstate);
		letters_return(turn);
		ussd->look = true;
		if (db_fault_of_session(sqlstate))
			db_reset(turn->db);
		ussd_turn_after_rest(ussd);
		return;
	}
	letters_told(turn);
	if (turn->looked >= LOOK_MOST)
		ussd->look = true;
	else if (turn->timed)
		db_due_in(ussd->due, turn->next > LOOK_LEAST_S ? turn->next : LOOK_LEAST_S);
	ussd_turn_later(ussd);
}

/* While the clock cannot be believed nothing is over; letters do not go by it. */
static void
look(struct ussd_turn *turn)
{
	const struct gateway *gateway = turn->ussd->gateway;
	struct db_params params;

	turn->ussd->look = false;
	turn->looked = 0;
	turn->timed = false;
	evtimer_del(turn->ussd->due);
	turn->state = TURN_LOOK;
	send_letters(turn);
	if (gateway->believable) {
		db_params_begin(&params);
		db_send(turn->db, "due", &params, looked_cb, turn);
	}
	db_params_begin(&params);
	db_param_text(&params, gateway->believable ? "true" : "false");
	db_send(turn->db, "next", &params, next_cb, turn);
	db_commit(turn->db, look_end_cb, turn);
}

/* --- All turns --- */

void
ussd_turns_give(struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->turn_count; i++) {
		struct ussd_turn *turn = &ussd->turns[i];

		if (turn->state != TURN_FREE || !db_is_up(turn->db))
			continue;
		if (turns_at_work(ussd) == 0 || ussd->waiting >= SHARED_MIN)
			turn_begin(turn);
		if (turn->state == TURN_FREE && ussd->look)
			look(turn);
	}
}

bool
ussd_turns_idle(const struct ussd *ussd)
{
	return turns_at_work(ussd) == 0;
}

bool
ussd_is_up(const struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->turn_count; i++)
		if (ussd->turns[i].db != NULL && db_is_up(ussd->turns[i].db))
			return true;
	return false;
}

static void
up_cb(struct db *db, void *arg)
{
	struct ussd_turn *turn = arg;

	(void)db;
	turn->ussd->met = true;
	ussd_wake(turn->ussd);
}

static void
down_cb(struct db *db, void *arg)
{
	struct ussd_turn *turn = arg;

	(void)db;
	turn_return(turn);
	if (ussd_is_up(turn->ussd))
		ussd_turn_later(turn->ussd);
	else
		ussd_is_away(turn->ussd);
}

static void
notify_cb(const char *channel, void *arg)
{
	(void)channel;
	ussd_wake(((struct ussd_turn *)arg)->ussd);
}

/* Plans are made while tables are empty, and used when they are not. */
static void
turn_open(struct ussd *ussd, struct ussd_turn *turn)
{
	const struct config *config = ussd->gateway->config;
	const struct db_handlers handlers = { up_cb, down_cb, notify_cb, turn };
	bool first = turn == ussd->turns;
	char sql[320], name[32];

	snprintf(name, sizeof(name), first ? "ussd" : "ussd-%zu", (size_t)(turn - ussd->turns) + 1);
	snprintf(sql, sizeof(sql),
		"SET search_path = baraza, public; SET jit = off; SET enable_seqscan = off; "
		"SET plan_cache_mode = force_generic_plan; SET TimeZone = '%s'%s",
		config->timezone, first ? "; LISTEN baraza_clock" : "");
	turn->ussd = ussd;
	TAILQ_INIT(&turn->seen);
	turn->db = db_new(ussd->gateway->base, name, config->database, sql, statements, &handlers);
}

void
ussd_turns_begin(struct ussd *ussd)
{
	ussd->turn_count = TURNS;
	ussd->turns = calloc(ussd->turn_count, sizeof(*ussd->turns));
	if (ussd->turns == NULL)
		fatal("event=out_of_memory");
	for (size_t i = 0; i < ussd->turn_count; i++)
		turn_open(ussd, &ussd->turns[i]);
}

void
ussd_start(struct ussd *ussd)
{
	for (size_t i = 0; ussd != NULL && i < ussd->turn_count; i++)
		db_start(ussd->turns[i].db);
}

void
ussd_turns_end(struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->turn_count; i++) {
		db_free(ussd->turns[i].db);
		ussd->turns[i].db = NULL;
		letters_return(&ussd->turns[i]);
	}
	free(ussd->turns);
	ussd->turns = NULL;
	ussd->turn_count = 0;
}
