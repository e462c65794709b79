/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-told: the messages that the modem holds and the parent was told, by place and by handle.
 *
 * A message in a place gets a handle, the first time that it is seen.  It keeps it until it is
 * deleted, or until a complete look no longer finds it there.  Its ordinal is the number of equal
 * ones (told_hash) that are there or that are known to have been (worker-gone).
 *
 * What it is not: it asks the modem nothing, deletes nothing and tells the parent nothing but what
 * is gone (worker-deletion and worker-inbox do).  An entry is lent until the next told_note() or
 * told_drop(), which move entries.
 */
#ifndef WORKER_TOLD_H
#define WORKER_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker-gammu.h"
#include "worker-gone.h"

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

struct told_table {
	struct told *entry; /* in no order */
	size_t count, room;
	uint32_t last_handle;
	bool marks_read;           /* the modem does: what it calls unread was never listed */
	struct gone *gone;         /* borrowed */
	const struct gammu *gammu; /* borrowed: how the modem numbers places, for the log */
};

void told_init(struct told_table *table, struct gone *gone, const struct gammu *gammu);
void told_free(struct told_table *table);

/* Is it a delivery report?  decoded: libgammu made an SMS of it. */
bool told_is_report(const struct gammu_item *item, bool decoded);
/* What is the same for equal messages. */
uint64_t told_hash(const struct gammu_item *item, bool decoded);

/* NULL when there is none. */
struct told *told_by_handle(const struct told_table *table, uint32_t handle);

/* How many equal ones were before. */
uint16_t told_ordinal(const struct told_table *table, uint64_t hash);

/*
 * A place's message was seen.  Returns its new entry when it is to be told, NULL when it was.  One
 * that was deleted and is there again is told as a new one when the modem says that nobody has read
 * it; else it only seemed to go, and is stuck.
 */
struct told *told_note(struct told_table *table, const struct gammu_item *item, uint64_t hash);

/* The modem says that it is deleted. */
void told_deleted(struct told_table *table, struct told *told);
/* It cannot be deleted.  Told to the log once. */
void told_stick(const struct told_table *table, struct told *told);
/* Its place holds it no more. */
void told_drop(struct told_table *table, struct told *told);

/* An equal one is there that the parent has not committed. */
bool told_is_held(const struct told_table *table, const struct told *told);

/* A look begins: nothing is seen yet. */
void told_unsee(struct told_table *table);
/* It showed all of SR (reports) or of the other storages: forget what was not seen there. */
void told_sweep(struct told_table *table, bool reports);

/* How many cannot be deleted; how many reports are there. */
unsigned told_stuck(const struct told_table *table);
unsigned told_reports(const struct told_table *table);

#endif
