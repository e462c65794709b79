/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * room: a connection to PostgreSQL that gives its owner turns, a transaction each.
 *
 * What it is: a db (db.h), an event for the next turn, and timers for what is due and for rest. A
 * turn comes when the owner wakes it, when the connection is up, when it is notified, when
 * something is due, and when a rest is over; never before the last one's transaction has ended, nor
 * while the connection is down or a rest lasts. Whatever wakes it meanwhile brings one more turn,
 * behind that. What it is not: it knows no statement, has no opinion whether a turn is wanted (the
 * clock, the gateway's draining), tries nothing again of its own accord, and logs nothing.
 *
 * Each transaction that begins has one end, also when the connection breaks, whatever was sent of
 * it by then. A fault that may be the session's own (db_fault_of_session()) begins another session.
 *
 * Owner: who made it, for life. It may send and commit beside its turns, by room_db(): the room
 * does not see that, and a commit between a turn's statements is a commit of those, too.
 */
#ifndef ROOM_H
#define ROOM_H

#include "db.h"

struct gateway;
struct room;

#define ROOM_NEVER (-1.0)

enum room_news {
	ROOM_UP,       /* the connection is there */
	ROOM_DOWN,     /* it is not there any more; what was under way has had its end */
	ROOM_NOTIFIED, /* on that channel */
	ROOM_DUE,      /* the time of room_due_in() has come */
};

/* Who has the turns. Copied, but for the statements. */
struct room_owner {
	const char *name;  /* of the connection, for the log */
	const char *first; /* SQL at every connect, behind the schema, the time zone and no JIT */
	const struct db_statement *statements; /* outlive it */
	/* Queue statements on room_db(), and call room_commit() now or when results have come; when
	 * sending fails the connection is lost, and the end comes by itself. Returns 1; 0: nothing
	 * is wanted, and nothing was sent. */
	int (*turn)(void *arg);
	/* The end of what turn() began. What was woken meanwhile follows, unless it rests. */
	void (*end)(enum db_end end, const char *sqlstate, void *arg);
	/* Told before the turn that it brings (ROOM_DOWN brings none). channel: of ROOM_NOTIFIED,
	 * else NULL. NULL: the owner need not know. */
	void (*heard)(enum room_news news, const char *channel, void *arg);
};

struct room *room_new(struct gateway *gateway, const struct room_owner *owner, void *arg);
/* Calls nothing of the owner's but callbacks of results that are outstanding. NULL is safe. */
void room_free(struct room *room);

/* Begin to connect. */
void room_start(struct room *room);

/* The connection, the room's. */
struct db *room_db(const struct room *room);

/* A turn: from the loop, never before this returns. */
void room_wake(struct room *room);

/* Commit what the turn began. */
void room_commit(struct room *room);

/* No turn for so long; then one. */
void room_rest(struct room *room, int ms);

/* A turn in so many seconds at the latest, instead of when one was due before; ROOM_NEVER (or
 * less): none is due. */
void room_due_in(struct room *room, double seconds);
/* The same by what SQL says in one row: seconds, or NULL for never; overdue ones are due. For
 * db_send(); arg: the room. */
void room_due_cb(PGresult *result, void *arg);
/* 1 when there is a time at which a turn is due. */
int room_is_timed(const struct room *room);

/* 1 when no transaction of a turn's is under way. */
int room_idle(const struct room *room);

#endif
