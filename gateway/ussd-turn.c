/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-turn: a batch of steps, in one transaction: what is known of their sessions, what comes of
 * each (ussd-step.c), rows of lists as long as one needs some, what they are answered with
 * (ussd-store.c).
 *
 * A turn is a connection to the database with what it has in hand. What a batch finds wrong with
 * one of its steps is found by giving each its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "outbox.h"
#include "room.h"
#include "ussd-room-internal.h"

#define TURNS 2        /* connections: one works while the other's commit is waited for */
#define SHARED_MIN 8   /* steps that wait: worth another turn while one is at work */
#define REST_MS 100    /* after a failure */
#define LOOK_LEAST_S 1 /* between two looks at what is due */
#define LOOK_SOON_S 2  /* less than a letter waits for our word: sql/functions/95-ussd.sql */
#define LOOK_MOST 500  /* rows that one look does: then there may be more */

enum turn_state { TURN_FREE, TURN_STEPS, TURN_LOOK };

struct ussd_turn {
	struct ussd *ussd;
	struct room *room;
	struct db *db; /* the room's */
	enum turn_state state;
	struct ussd_step *steps[USSD_BATCH_MAX];
	size_t count;
	struct ussd_step *overs[USSD_BATCH_MAX]; /* of sessions that have ended */
	size_t over_count;
	struct ussd_seens seen; /* of letters, which it tells */
	int queued;             /* of them */
	size_t halted;          /* of the room's list */
	int looked;             /* rows done by a look */
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

/* --- All turns --- */

void
ussd_turn_later(struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->turn_count; i++)
		room_wake(ussd->turns[i].room);
}

static void
turn_after_rest(struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->turn_count; i++)
		room_rest(ussd->turns[i].room, REST_MS);
}

static size_t
turns_at_work(const struct ussd *ussd)
{
	size_t count = 0;

	for (size_t i = 0; i < ussd->turn_count; i++)
		count += ussd->turns[i].state != TURN_FREE;
	return count;
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
		if (db_is_up(ussd->turns[i].db))
			return true;
	return false;
}

/* The first one has the time of the next look, whichever looks. */
static struct room *
timed_room(const struct ussd *ussd)
{
	return ussd->turns[0].room;
}

void
ussd_look_soon(struct ussd *ussd)
{
	room_due_in(timed_room(ussd), LOOK_SOON_S);
}

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
	if (turn->state == TURN_LOOK ? turn->looked >= LOOK_MOST : !room_is_timed(timed_room(ussd)))
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
	if (turn->state != TURN_LOOK && steps <= 1 && db_fault_of_data(sqlstate)) {
		give_up(turn);
		return;
	}
	for (size_t i = 0; i < turn->count && db_fault_of_data(sqlstate); i++)
		turn->steps[i]->alone = true;
	for (size_t i = 0; i < turn->over_count && db_fault_of_data(sqlstate); i++)
		turn->overs[i]->alone = true;
	turn_return(turn);
	turn_after_rest(turn->ussd);
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
	case DB_LOST:
		turn_return(turn);
		break;
	}
}

/* --- A turn's middle --- */

static void turn_go(struct ussd_turn *turn);

/* Rows of all lists that were asked for: of the first one first. */
static void
list_cb(PGresult *rows, void *arg)
{
	struct ussd_turn *turn = arg;
	int from = 0, to, ord = 0;

	if (rows == NULL) {
		room_commit(turn->room); /* which tells why not */
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
	room_commit(turn->room);
}

static void
begin_cb(PGresult *rows, void *arg)
{
	struct ussd_turn *turn = arg;

	if (rows == NULL) {
		room_commit(turn->room);
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
	TAILQ_FOREACH(seen, &turn->seen, entry) {
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

static bool
collect(struct ussd_turn *turn)
{
	struct ussd_step *step;

	TAILQ_FOREACH(step, &turn->ussd->steps, entry) {
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
		turn->state = TURN_STEPS;
		send_letters(turn);
		room_commit(turn->room);
		return;
	}
	turn->halted = first ? ussd->halted_count : 0;
	if (!collect(turn) && turn->halted == 0)
		return;
	turn->state = TURN_STEPS;
	if (turn->halted > 0)
		send_halted(turn);
	if (turn->over_count > 0)
		send_overs(turn);
	if (turn->count > 0) {
		send_begin(turn);
		db_flush(turn->db);
	} else {
		room_commit(turn->room);
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
	struct room *room = timed_room(turn->ussd);
	double s;

	if (result == NULL || PQntuples(result) != 1 || PQgetisnull(result, 0, 0) ||
		room_is_timed(room)) /* soon, as somebody wanted meanwhile */
		return;
	s = strtod(PQgetvalue(result, 0, 0), NULL);
	room_due_in(room, s > LOOK_LEAST_S ? s : LOOK_LEAST_S);
}

/* While the clock cannot be believed nothing is over; letters do not go by it. */
static void
look(struct ussd_turn *turn)
{
	const struct gateway *gateway = turn->ussd->gateway;
	struct db_params params;

	turn->ussd->look = false;
	turn->looked = 0;
	room_due_in(timed_room(turn->ussd), ROOM_NEVER);
	turn->state = TURN_LOOK;
	send_letters(turn);
	if (gateway->believable) {
		db_params_begin(&params);
		db_send(turn->db, "due", &params, looked_cb, turn);
	}
	db_params_begin(&params);
	db_param_text(&params, gateway->believable ? "true" : "false");
	db_send(turn->db, "next", &params, next_cb, turn);
	room_commit(turn->room);
}

/* --- A turn --- */

static int
turn_cb(void *arg)
{
	struct ussd_turn *turn = arg;
	struct ussd *ussd = turn->ussd;

	if (turns_at_work(ussd) == 0 || ussd->waiting >= SHARED_MIN)
		turn_begin(turn);
	if (turn->state == TURN_FREE && ussd->look)
		look(turn);
	return turn->state != TURN_FREE;
}

static void
heard(enum room_news news, const char *channel, void *arg)
{
	struct ussd *ussd = ((struct ussd_turn *)arg)->ussd;

	(void)channel;
	ussd->met |= news == ROOM_UP;
	if (news != ROOM_DOWN)
		ussd_wake(ussd);
	else if (ussd_is_up(ussd))
		ussd_turn_later(ussd);
	else
		ussd_is_away(ussd);
}

/* Plans are made while tables are empty, and used when they are not. */
static void
turn_open(struct ussd *ussd, struct ussd_turn *turn)
{
	bool first = turn == ussd->turns;
	char sql[160], name[32];
	const struct room_owner owner = { .name = name,
		.first = sql,
		.statements = statements,
		.turn = turn_cb,
		.end = end_cb,
		.heard = heard };

	snprintf(name, sizeof(name), first ? "ussd" : "ussd-%zu", (size_t)(turn - ussd->turns) + 1);
	snprintf(sql, sizeof(sql),
		"SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan%s",
		first ? "; LISTEN baraza_clock" : "");
	turn->ussd = ussd;
	TAILQ_INIT(&turn->seen);
	turn->room = room_new(ussd->gateway, &owner, turn);
	turn->db = room_db(turn->room);
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
		room_start(ussd->turns[i].room);
}

void
ussd_turns_end(struct ussd *ussd)
{
	size_t count = ussd->turn_count;

	ussd->turn_count = 0; /* none is up, and none is woken */
	for (size_t i = 0; i < count; i++) {
		room_free(ussd->turns[i].room);
		letters_return(&ussd->turns[i]);
	}
	free(ussd->turns);
	ussd->turns = NULL;
}
