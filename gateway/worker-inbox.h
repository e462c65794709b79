/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-inbox: which messages the modem holds, each told to the parent once, deleted when it says
 * so.
 *
 * It works in steps of one call into libgammu, so that a send can come between.  A look reads all
 * of SM and ME, or of SR, or both, and ends with LISTED; news (+CMTI, +CDSI) are only ever a reason
 * to look.
 *
 * A message in a place gets a handle, the first time that it is seen.  It keeps it until it is
 * deleted, or until a complete look no longer finds it there.  Its ordinal is the number of equal
 * ones (convert_hash_message) that are there or that are known to have been (worker-gone).
 *
 * Of equal messages none is deleted before the parent has committed all that it was told: those
 * that a next worker finds are then the first of them, or they are all known.  Without that, one
 * that is not committed yet would take the ordinal of one that is.
 *
 * A place that cannot be deleted is remembered and not told again, as long as it holds the same;
 * inbox_retry() tries it again.
 *
 * A modem may restart without a word and fall back to another storage.  So every deletion names its
 * storage in the same line, and after one that failed in part each place is read again first: what
 * is not surely what was told is left where it is.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker-at.h"
#include "worker-gammu.h"
#include "worker-gone.h"
#include "worker-sieve.h"

enum told_state {
	TOLD_PENDING, /* the parent has it */
	TOLD_DELETED, /* the modem says that it is gone: the next look shows */
	TOLD_STUCK,   /* it refuses to be deleted */
};

struct told {
	struct gammu_place place;
	uint64_t hash;
	uint32_t handle;
	uint16_t ordinal;
	enum told_state state;
	bool seen;        /* in the look under way */
	bool wanted;      /* the parent has committed it */
	bool queued;      /* in a deletion that is to be done */
	bool unread;      /* when it was told */
	bool warned;      /* that it is stuck */
	bool replaceable; /* the network may put another into its place (TP-PID 41 to 47) */
	unsigned returns; /* how often it was found again after it was deleted */
	unsigned tries;   /* since it is stuck */
};

struct deletion;

struct inbox {
	struct gammu *gammu; /* borrowed, all of these */
	struct at *at;
	struct sieve *sieve;
	struct urc *urc;
	enum store receives; /* where new messages are stored */

	struct told *told;
	size_t n_told, told_room;
	uint32_t last_handle;
	struct gone *gone; /* borrowed */
	bool marks_read;   /* the modem does: what it calls unread was never listed */

	struct deletion *deletions, **last_deletion;
	size_t at_once;      /* places deleted by one line; 0: the modem takes no such lines */
	enum store selected; /* by ourselves, since libgammu did; else STORE_UNKNOWN */

	enum { LOOK_NONE, LOOK_MESSAGES, LOOK_REPORTS } phase;
	bool then_messages;                 /* the look goes on with them */
	bool wants_messages, wants_reports; /* another look */
	bool first;                         /* the phase's next call is its first */
	bool broken_off, incomplete;
	bool retry; /* a look broke off: the owner is to look again, later, and clears this */
	unsigned found, fresh, drafts, found_messages, found_before;

	bool has_reports;   /* there is an SR */
	bool patient;       /* the owner sends: a single report may wait for another */
	int *report_places; /* of SR still to be read, from the last */
	size_t n_report_places;
	size_t n_hinted; /* of them, that the modem named */
	bool full;       /* all of SR is looked through, not only what was hinted at */
	unsigned found_reports;
};

void inbox_init(struct inbox *inbox, struct gammu *gammu, struct at *at, struct sieve *sieve,
	struct urc *urc, struct gone *gone, enum store receives, bool has_reports);
void inbox_free(struct inbox *inbox);

/* Look as soon as it can be. */
void inbox_look(struct inbox *inbox, bool messages, bool reports);

/*
 * These places may be forgotten, each as soon as its equals may be too; DELETED follows.  Returns
 * true when one of them holds a message: the caller is to make sure first that the modem did not
 * restart since it was listed.
 */
bool inbox_delete(struct inbox *inbox, const struct wire_delete *delete);

/* Try again to delete some of what could not be. */
void inbox_retry(struct inbox *inbox);

/* A message that was given directly, not stored. */
void inbox_take_direct(struct inbox *inbox, const char *line);

/* True when there are reports that wait only as long as the owner sends (patient). */
bool inbox_holds_reports(const struct inbox *inbox);

/* True when inbox_step() has something to do. */
bool inbox_busy(const struct inbox *inbox);

/* One call into libgammu. */
void inbox_step(struct inbox *inbox);

#endif
