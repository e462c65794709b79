/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-deletion: the messages that the parent has committed are deleted in the modem.
 *
 * It works in steps of one line to the modem, so that a send can come between.
 *
 * Of equal messages none is deleted before the parent has committed all that it was told: those
 * that a next worker finds are then the first of them, or they are all known.  Without that, one
 * that is not committed yet would take the ordinal of one that is.
 *
 * A place that cannot be deleted is remembered and not told again, as long as it holds the same;
 * deletions_retry() tries it again.
 *
 * A modem may restart without a word and fall back to another storage.  So every deletion names its
 * storage in the same line, and after one that failed in part each place is read again first: what
 * is not surely what was told is left where it is.
 */
#ifndef WORKER_DELETION_H
#define WORKER_DELETION_H

#include <stdbool.h>
#include <stddef.h>

#include "worker-at.h"
#include "worker-gammu.h"
#include "worker-told.h"

struct deletion;

struct deletions {
	struct gammu *gammu; /* borrowed, all of these */
	struct at *at;
	struct sieve *sieve;
	struct told_table *told;
	enum store receives; /* where new messages are stored */

	struct deletion *first, **last;
	size_t at_once;      /* places deleted by one line; 0: the modem takes no such lines */
	enum store selected; /* by ourselves, since libgammu did; else STORE_UNKNOWN */
	bool wants_look;     /* at the messages, which may be others; the owner clears it */
};

void deletions_init(struct deletions *all, struct gammu *gammu, struct at *at, struct sieve *sieve,
	struct told_table *told, enum store receives);
void deletions_free(struct deletions *all);

/*
 * These places may be forgotten, each as soon as its equals may be too; DELETED follows.  Returns
 * true when one of them holds a message: the caller is to make sure first that the modem did not
 * restart since it was listed.
 */
bool deletions_add(struct deletions *all, const struct wire_delete *wanted);

/* Try again to delete some of what could not be. */
void deletions_retry(struct deletions *all);

/* One line, of which there is one to do (first is not NULL). */
void deletions_step(struct deletions *all);

/* Select again what libgammu believes to be selected: before any call into it. */
void deletions_give_back_storage(struct deletions *all);

#endif
