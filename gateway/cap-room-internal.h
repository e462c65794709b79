/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-room-internal: what the files of the room share. */
#ifndef CAP_ROOM_INTERNAL_H
#define CAP_ROOM_INTERNAL_H

#include <event2/event.h>
#include <sys/queue.h>

#include "cap-judge.h"
#include "cap-room.h"
#include "room.h"

enum cap_verdict {
	CAP_TAKEN,   /* committed; whatever came of it */
	CAP_KNOWN,   /* it was here before */
	CAP_REFUSED, /* never to be tried again */
	CAP_LATER,   /* the database is away */
};

/* words: what came of it, for people; borrowed for the call. */
typedef void (*cap_told_cb)(enum cap_verdict verdict, const char *words, void *arg);

/* A document on its way into the database. */
struct cap_job {
	TAILQ_ENTRY(cap_job) entry;
	struct cap_room *room;
	struct cap_taking taking;
	const char *way;
	cap_told_cb told;
	void *arg;
	char *outcome, *reference, *words; /* as cap_take() said them; NULL until it did */
	int tell;
	struct event *early; /* it never got to the database: then early_verdict and words */
	enum cap_verdict early_verdict;
};
TAILQ_HEAD(cap_jobs, cap_job);

/* One of the city's own messages. */
struct cap_shown {
	char *identifier, *document;
};

struct cap_posting; /* a request that waits for its commit: cap-http.c */
TAILQ_HEAD(cap_postings, cap_posting);

struct cap_folder;

struct cap_room {
	struct gateway *gateway;
	struct room *turns; /* cap-publish.c's; jobs are sent beside them */
	struct db *db;      /* its connection */
	struct cap_jobs jobs;
	struct cap_folder *folder; /* NULL: cap_in is not set */
	struct cap_postings postings;
	/* cap-publish.c */
	int look;     /* an alert may be without its document */
	int stale;    /* what is shown is to be read again */
	int out_fd;   /* of cap_out; -1: none */
	char *sender; /* ours; NULL: nothing goes out */
	char *feed;   /* NULL until read */
	struct cap_shown *shown;
	size_t shown_count;
};

/* Hand a document over: told() is called once, never before this returns. way outlives it. */
void cap_room_take(struct cap_room *room, const char *bytes, size_t length, const char *way,
	cap_told_cb told, void *arg);

/* cap-folder.c */
struct cap_folder *cap_folder_new(struct cap_room *room, const char *path);
void cap_folder_free(struct cap_folder *folder);
void cap_folder_look(struct cap_folder *folder); /* the database is there: take what is there */

/* cap-http.c */
void cap_http_end(struct cap_room *room);

/* cap-publish.c */
#define CAP_OUT_STATEMENTS                                                           \
	{ "due", "SELECT * FROM cap_out_due($1)" },                                  \
		{ "store", "SELECT cap_out_store($1, $2, $3, $4, $5, $6, $7, $8)" }, \
		{ "shown", "SELECT * FROM cap_out_shown($1)" },                      \
	{                                                                            \
		"next", "SELECT cap_out_next()"                                      \
	}
void cap_out_begin(struct cap_room *room);
void cap_out_end(struct cap_room *room);
int cap_out_turn(void *room);
void cap_out_ended(enum db_end end, const char *sqlstate, void *room);
void cap_out_wake(struct cap_room *room, int stale);

/* cap-feed.c: the feed of the live ones among cap_out_shown()'s rows; owned by the caller. */
char *cap_feed(const PGresult *rows, const char *sender, const char *title);

#endif
