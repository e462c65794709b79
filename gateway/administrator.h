/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * administrator: word by SMS to the person who looks after this machine, when something needs one.
 *
 * What it is: a short list of words that are not yet in the queue, kept until the database has
 * them; the same trouble is told once in 6 hours. What it is not: an account of all that goes wrong
 * (that is the log, where every word stands as well).
 */
#ifndef ADMINISTRATOR_H
#define ADMINISTRATOR_H

#include <stdint.h>

struct administrator;
struct gateway;

struct administrator *administrator_new(const struct gateway *gateway);
void administrator_free(struct administrator *administrator);

/* The chores' connection needs it in its table of statements. */
#define ADMINISTRATOR_STATEMENT                                      \
	{                                                            \
		"tell", "SELECT outbox_tell($1, 'e164', $2, $3, $4)" \
	}

/*
 * Tell what needs a person, in words. key: which trouble of which thing. not_link: a link that must
 * not carry it (the one in trouble), or 0.
 */
void administrator_tell(
	struct administrator *administrator, const char *key, int32_t not_link, const char *words);

struct db;

/*
 * Queue words in the caller's own transaction, whose connection has the statement: for what SQL
 * itself remembers to have told. Without an administrator nothing is queued.
 */
void administrator_queue(
	const struct gateway *gateway, struct db *db, int32_t not_link, const char *words);

/* The database is there, or a minute has passed: what is still to be told is tried again. */
void administrator_wake(struct administrator *administrator);

#endif
