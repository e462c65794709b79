/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox: a message's way in: read, think, write; only then is its source told.
 *
 * What it is: a bounded list of what waits, and desks that take from it, each with a connection of
 * its own (database_connections): a batch of at most 128, one message a contact, the snapshot, the
 * judgement by understand(), one transaction, and after its commit the acknowledgement to each
 * source.  Two desks never have the same contact in hand.  What it is not: it knows no modem's
 * ways, and decides nothing that a service's SQL function decides.
 *
 * While the database is away it holds what it has (bounded) and takes no more: messages wait where
 * they are safe.
 */
#ifndef INBOX_H
#define INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phone.h"
#include "wire.h"
#include "../handlers/service.h"

struct db;
struct gateway;
struct inbox;
struct modem;

struct inbox *inbox_new(struct gateway *gateway);
void inbox_free(struct inbox *inbox);

/* Begin to connect to the database, each desk for itself. */
void inbox_start(struct inbox *inbox);

/* 0 when full: the source should stop reading until modems_resume(). */
int inbox_has_room(const struct inbox *inbox);

/*
 * Take one SMS of a modem (its present generation).  Everything is copied.  modem_acknowledge()
 * follows after the commit.  Returns 0, or -1 when out of room (the message stays where it is).
 */
int inbox_take_sms(struct inbox *inbox, struct modem *modem, const struct wire_sms *sms);

/* A call that was refused unanswered.  number may be empty (withheld): then it is only counted. */
void inbox_take_call(struct inbox *inbox, struct modem *modem, const char *number);

/*
 * A form that a person filled in by a menu: it is run as if an SMS had said it, in one transaction
 * with its screen, before what modems brought. A dedupe key that is known already runs nothing. The
 * struct is the caller's and stays as it is until `done` has been called, or inbox_forget_form()
 * has answered true, or the inbox was freed.
 *
 * Of who is blocked, and of our own numbers, only a call for help is run: the form is kept, and
 * nothing is said. Of who is over messages_per_hour what is urgent is run, and the rest kept for a
 * person, which is said. It never counts as not understood.
 */
enum inbox_form_end {
	INBOX_FORM_DONE,    /* committed, its screen with it */
	INBOX_FORM_KNOWN,   /* its key was: whatever was stored then holds */
	INBOX_FORM_REFUSED, /* rolled back for good: by its data, or the installation; a person sees
			       it in the tray, and its key is known from now on */
};

#define INBOX_REFERENCE_MAX 16 /* bytes of a ticket's, with NUL */

struct inbox_form {
	struct phone from;
	uint8_t dedupe[16];
	const struct service *service; /* NULL: `body` answers an open question, as an SMS would */
	struct form_values values;
	const char *words; /* her own, for the field `words`; NULL: none */
	const char *body;  /* what is kept as the message's text, in words that a clerk can read */
	/* Of the dialogue: hers from now on, by guess, if she has none yet. NULL: none. */
	const char *language;
	/* What comes of it is sent as SMS besides. Read just before `store`: it may become true
	 * until then. */
	bool by_sms;
	/* Written just before `store`: of what was filed, when all that is said is sent as SMS
	 * besides; else "". */
	char reference[INBOX_REFERENCE_MAX];
	/* Set just before `store`: what is said is sent by SMS in this transaction. Not of who has
	 * sent too much, who has no word of it but her screen. */
	bool sent;
	/*
	 * Within the transaction, before its commit, once the service has answered: `said` is the
	 * text in her language ("" when nothing is said), `asks` whether it asks something back.
	 * Queue what is to be committed with it on db, whose table has USSD_STATEMENTS. May be
	 * called again, when a batch is tried again. Returns 0, or -1 when the connection is lost.
	 */
	int (*store)(struct db *db, const char *said_utf8, bool asks, void *arg);
	/* Once, after the end. */
	void (*done)(enum inbox_form_end end, void *arg);
	void *arg;
};

/* Returns 0, or -1 when out of room. While the gateway drains it is taken, and written, too. */
int inbox_take_form(struct inbox *inbox, struct inbox_form *form);

/*
 * Take it back, while it only waits. Returns true: nothing was or will be done, `done` is not
 * called. False: it is being written just now, or was when the connection broke; it goes on to its
 * end, and `done` tells.
 */
bool inbox_forget_form(struct inbox *inbox, struct inbox_form *form);

/* Something timed may be due: a clock moved, a minute passed. */
void inbox_wake(struct inbox *inbox);

/* SIGTERM came: what is held nowhere else is written now, whatever it was put off for. */
void inbox_drain(struct inbox *inbox);

/* 1 when nothing is being thought or written, and nothing waits that is kept nowhere else. */
int inbox_idle(const struct inbox *inbox);

#endif
