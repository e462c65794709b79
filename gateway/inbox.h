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

#include <stddef.h>

#include "wire.h"

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

/* Something timed may be due: a clock moved, a minute passed. */
void inbox_wake(struct inbox *inbox);

/* SIGTERM came: what is held nowhere else is written now, whatever it was put off for. */
void inbox_drain(struct inbox *inbox);

/* 1 when nothing is being thought or written, and nothing waits that is kept nowhere else. */
int inbox_idle(const struct inbox *inbox);

#endif
