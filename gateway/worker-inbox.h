/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-inbox: which messages the modem holds, each told to the parent once, deleted when it says
 * so.
 *
 * It works in steps of one call into libgammu, so that a send can come between.  A look reads all
 * of SM and ME, or of SR, or both, and ends with LISTED; news (+CMTI, +CDSI) are only ever a reason
 * to look.  What was told is worker-told's, how it is deleted worker-deletion's; deletions come
 * before the next look.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker-at.h"
#include "worker-deletion.h"
#include "worker-gammu.h"
#include "worker-gone.h"
#include "worker-sieve.h"
#include "worker-told.h"

struct inbox {
	struct gammu *gammu; /* borrowed, all of these */
	struct at *at;
	struct sieve *sieve;
	struct urc *urc;
	enum store receives; /* where new messages are stored */

	struct told_table told;
	struct deletions deletions;

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

/* As deletions_add() and deletions_retry(). */
bool inbox_delete(struct inbox *inbox, const struct wire_delete *delete);
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
