/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-room-internal: what the files of the room share.
 *
 * A step belongs to the room's lists until it ends: it waits, is in a turn's hands, or in the
 * inbox's. Of one session, and of one phone, one step is in hand at a time; others wait for it.
 * Whoever waits for its answer (step->http) may be answered before it ends, by its deadline, or be
 * gone: then it goes on to its end without.
 */
#ifndef USSD_ROOM_INTERNAL_H
#define USSD_ROOM_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "db.h"
#include "inbox.h"
#include "understand.h"
#include "ussd-adapter.h"
#include "ussd-form.h"
#include "ussd.h"

struct config_ussd;
struct evhttp_request;
struct ussd_turn;

#define USSD_BATCH_MAX 128
#define USSD_BUCKETS 512
#define USSD_SPEAKERS 4096   /* phones whose language is remembered: the database may be away */
#define USSD_HALTED_MAX 1024 /* sessions whose forms were taken back, until that is stored */
#define USSD_MENU_MAX 32     /* bytes of a menu's name with NUL */
#define USSD_WAY_MAX 16      /* bytes of a way's name with NUL */
#define USSD_DIGEST_SIZE 16

enum ussd_stage { USSD_WAITS, USSD_IN_TURN, USSD_IN_INBOX };

/* What a turn has made of a step. */
enum ussd_verdict {
	USSD_TO_SHOW, /* its screen is stored and shown */
	USSD_TO_SAY,  /* shown, and not stored: it was, or nothing came of it */
	USSD_TO_LIST, /* rows are needed */
	USSD_TO_RUN,  /* the inbox is to run a form */
};

struct ussd_step {
	TAILQ_ENTRY(ussd_step) entry; /* of all of the room, in the order in which they came */
	LIST_ENTRY(ussd_step) same_session, same_phone; /* of those in hand */
	struct ussd *ussd;
	struct evhttp_request *http; /* who waits for the answer; NULL: nobody any more */
	struct event deadline;
	enum ussd_stage stage;
	bool told;  /* answered by the deadline: what comes of it she does not see */
	bool gone;  /* nobody was there to be answered */
	bool alone; /* a batch with it failed: it goes in one of its own */
	bool again; /* the inbox is done with it: its screen is stored, or there is none */
	char way[USSD_WAY_MAX];
	struct ussd_request request;
	char dialled[USSD_CODE_MAX]; /* behind the code: *384*147# is "147#" */
	/* of the session, from ussd_begin() */
	int64_t session_id, contact_id, offers;
	char menu[USSD_MENU_MAX];
	char language[LANGUAGE_MAX]; /* that she reads: hers, or the way's */
	char *alert;                 /* "" for none; owned */
	/* the dialogue */
	struct ussd_state *state;
	char history[USSD_HISTORY_MAX]; /* with this step */
	uint8_t digest[USSD_DIGEST_SIZE];
	enum ussd_verdict verdict;
	int lists; /* that it has had */
	struct ussd_out out;
	char chosen[LANGUAGE_MAX]; /* language, in this step; "": none */
	bool resumed, declined;
	bool lost; /* what she had begun, since the menu is another */
	/* with the inbox */
	struct inbox_form form;
	char words[USSD_INPUT_MAX], body[USSD_INPUT_MAX];
	char *before; /* the state as text, as it was when the form was given away; owned */
	bool letter;  /* what came of it was stored for an SMS, in case that she does not see it */
};
TAILQ_HEAD(ussd_steps, ussd_step);
LIST_HEAD(ussd_in_hand, ussd_step);

/*
 * What came of a form, for an SMS to who does not see it on her screen: stored with what was filed,
 * unless the inbox sends it anyway. All borrowed.
 */
struct ussd_letter {
	const char *text, *service;
	int segments, priority;
};

/* What is known of one: it is owed, since she had no screen in time, or taken back. */
struct ussd_seen {
	TAILQ_ENTRY(ussd_seen) entry;
	int64_t session_id;
	uint8_t digest[USSD_DIGEST_SIZE];
	bool owed;
};
TAILQ_HEAD(ussd_seens, ussd_seen);

struct ussd_caller; /* an address that was refused: ussd-http.c */
struct ussd_shut;   /* a connection that is closed without a word */
TAILQ_HEAD(ussd_shuts, ussd_shut);

struct ussd {
	struct gateway *gateway;
	struct ussd_turn *turns;
	size_t turn_count;
	struct ussd_steps steps;
	size_t waiting;
	struct ussd_in_hand by_session[USSD_BUCKETS], by_phone[USSD_BUCKETS];
	struct ussd_seens seen; /* letters, of which the database has not heard yet */
	size_t owed;            /* of these */
	int64_t halted[USSD_HALTED_MAX];
	size_t halted_count;
	bool look; /* something timed may be due */
	bool met;  /* the database has answered since the start: until then steps wait for it */
	struct {
		uint64_t phone; /* a hash of its number */
		char language[LANGUAGE_MAX];
	} speakers[USSD_SPEAKERS];
	/* ussd-http.c */
	struct ussd_caller *callers;
	struct ussd_shuts shuts;
	struct event *shut;
	int64_t minute; /* of the lines below */
	unsigned lines; /* written in it, about what somebody sends */
};

/* --- ussd-room.c --- */

/* A step that came, with its deadline set; it waits. http may be NULL (tests). */
void ussd_step_take(struct ussd *ussd, const struct config_ussd *way,
	const struct ussd_request *request, struct evhttp_request *http);
/* The entry of the way's menus ("*384# menu") that a code means, dialled with inputs or without, or
 * NULL. */
const char *ussd_menu_of(const struct config_ussd *way, const char *code);
/* Forget it, in whatever list it is; nobody must wait for it any more. */
void ussd_step_free(struct ussd_step *step);
/* In hand, or not any more: then it waits, before all others. */
void ussd_step_hold(struct ussd_step *step, enum ussd_stage stage);
void ussd_step_put_back(struct ussd_step *step);
/* May it be taken in hand: is no other of its session, and of its phone? */
bool ussd_step_is_free(const struct ussd_step *step);

/* No connection to the database is left: who waits is told so. */
void ussd_is_away(struct ussd *ussd);

/* The session's form is not with the inbox any more, and nothing came of it. */
void ussd_halt(struct ussd *ussd, int64_t session_id);

/* Remember what a phone's owner reads. */
void ussd_speaks(struct ussd *ussd, const char *number, const char *language);
/* What she reads as far as it is remembered, else the way's; borrowed from the configuration, or
 * until the next ussd_speaks(). way may be NULL. */
const char *ussd_language_of(
	const struct ussd *ussd, const struct config_ussd *way, const char *number);
/* A text of the room's own, as one screen. */
void ussd_words(const struct ussd *ussd, const char *language, const char *key,
	char out[USSD_SCREEN_BYTES_MAX]);

/* --- ussd-http.c --- */

/* Answer who waits for the step, if anybody does. */
void ussd_answer(struct ussd_step *step, const char *screen, bool more);
void ussd_apologise(struct ussd_step *step, const char *key);
/* May one more line about what somebody sends be written in this minute? */
bool ussd_may_log(struct ussd *ussd);
void ussd_http_begin(struct ussd *ussd);
void ussd_http_end(struct ussd *ussd);

/* --- ussd-turn.c --- */

void ussd_turns_begin(struct ussd *ussd); /* connections, not yet begun */
void ussd_turns_end(struct ussd *ussd);
/* What waits, and may be taken, is taken by turns that are free, from the loop. */
void ussd_turn_later(struct ussd *ussd);
/* The database hears of letters that are not owed with the next look at what is due, soon. */
void ussd_look_soon(struct ussd *ussd);
bool ussd_turns_idle(const struct ussd *ussd);
/* Is any connection there? */
bool ussd_is_up(const struct ussd *ussd);

/* --- ussd-step.c --- */

/* What the engine is asked with. */
struct ussd_view ussd_view_of(const struct ussd_step *step);
/* Compute the digest by which the step is known when it comes again, if its request alone says it.
 * Returns false when its session's history is needed first. */
bool ussd_step_digest(struct ussd_step *step);
/* What comes of it, by its row of ussd_begin(): step->verdict. */
void ussd_step_decide(struct ussd_step *step, PGresult *rows, int i);
/* What comes of it with the rows that it needed: from the first to before the last one. */
void ussd_step_rows(struct ussd_step *step, PGresult *rows, int from, int to);

/* --- ussd-store.c --- */

/* Queue what steps are answered with; also for the inbox's transaction, of one step, with its
 * letter or NULL. Returns 0, or -1 when the connection is lost. */
int ussd_send_store(struct db *db, struct ussd_step *const *steps, size_t count,
	const struct ussd_letter *letter);

/* --- ussd-file.c --- */

/* What the inbox is to run, while the menu that the engine has it from is there: a reload may come
 * before it is given away. */
void ussd_file_ready(struct ussd_step *step);
/* Give the step's form to the inbox, which answers. Returns 0, or -1: it has no room. */
int ussd_file(struct ussd_step *step);
/* Take it back, while it only waits there. */
bool ussd_file_forget(struct ussd_step *step);
/* It ends now, just before it is answered: its letter is owed, or not. */
void ussd_file_ends(struct ussd_step *step);

#endif
