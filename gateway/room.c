/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "room.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "gateway.h"
#include "log.h"

struct room {
	struct room_owner owner;
	void *arg;
	struct db *db;
	struct event *turn; /* active: the next one; timed: a rest, and it behind that */
	struct event *due;
	int busy;  /* a turn's transaction is under way */
	int woken; /* meanwhile there may be more to do */
};

/* --- Turns --- */

void
room_wake(struct room *room)
{
	if (room->busy)
		room->woken = 1;
	else if (!evtimer_pending(room->turn, NULL))
		event_active(room->turn, EV_TIMEOUT, 0);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct room *room = arg;

	(void)fd;
	(void)what;
	if (room->busy) { /* the turn's own wake, or a rest is over */
		room->woken = 1;
	} else if (db_is_up(room->db)) {
		room->woken = 0;
		room->busy = room->owner.turn(room->arg);
	}
}

static void
commit_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct room *room = arg;

	if (end == DB_LOST)
		return; /* `down` ends it, as it ends what has not been committed yet */
	if (end == DB_FAILED && db_fault_of_session(sqlstate))
		db_reset(room->db);
	room->busy = 0;
	room->owner.end(end, sqlstate, room->arg);
	if (room->woken)
		room_wake(room);
}

void
room_commit(struct room *room)
{
	db_commit(room->db, commit_cb, room);
}

void
room_rest(struct room *room, int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	evtimer_add(room->turn, &tv); /* a turn that was to be at once is put off, too */
}

int
room_idle(const struct room *room)
{
	return !room->busy;
}

/* --- What is due --- */

void
room_due_in(struct room *room, double seconds)
{
	if (seconds < 0)
		evtimer_del(room->due);
	else
		db_due_in(room->due, seconds);
}

int
room_is_timed(const struct room *room)
{
	return evtimer_pending(room->due, NULL) != 0;
}

void
room_due_cb(PGresult *result, void *arg)
{
	double seconds = ROOM_NEVER;

	if (result == NULL || PQntuples(result) != 1)
		return;
	if (!PQgetisnull(result, 0, 0)) {
		seconds = strtod(PQgetvalue(result, 0, 0), NULL);
		if (seconds < 0)
			seconds = 0;
	}
	room_due_in(arg, seconds);
}

/* --- News --- */

static void
tell(struct room *room, enum room_news news, const char *channel)
{
	if (room->owner.heard != NULL)
		room->owner.heard(news, channel, room->arg);
	if (news != ROOM_DOWN)
		room_wake(room);
}

static void
due_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell(arg, ROOM_DUE, NULL);
}

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	tell(arg, ROOM_UP, NULL);
}

static void
down_cb(struct db *db, void *arg)
{
	struct room *room = arg;
	int was_busy = room->busy;

	(void)db;
	room->busy = 0;
	if (was_busy)
		room->owner.end(DB_LOST, "", room->arg);
	tell(room, ROOM_DOWN, NULL);
}

static void
notify_cb(const char *channel, void *arg)
{
	tell(arg, ROOM_NOTIFIED, channel);
}

/* --- Birth and death --- */

struct room *
room_new(struct gateway *gateway, const struct room_owner *owner, void *arg)
{
	struct room *room = calloc(1, sizeof(*room));
	const struct db_handlers handlers = { up_cb, down_cb, notify_cb, room };
	char *first = NULL;

	if (room == NULL)
		fatal("event=out_of_memory");
	*room = (struct room){ .owner = *owner,
		.arg = arg,
		.turn = evtimer_new(gateway->base, turn_cb, room),
		.due = evtimer_new(gateway->base, due_cb, room) };
	if (room->turn == NULL || room->due == NULL ||
		asprintf(&first,
			"SET search_path = baraza, public; SET jit = off; SET TimeZone = '%s'; %s",
			gateway->config->timezone, owner->first) < 0)
		fatal("event=out_of_memory");
	room->db = db_new(gateway->base, owner->name, gateway->config->database, first,
		owner->statements, &handlers);
	free(first);
	return room;
}

void
room_free(struct room *room)
{
	if (room == NULL)
		return;
	db_free(room->db);
	event_free(room->turn);
	event_free(room->due);
	free(room);
}

void
room_start(struct room *room)
{
	db_start(room->db);
}

struct db *
room_db(const struct room *room)
{
	return room->db;
}
