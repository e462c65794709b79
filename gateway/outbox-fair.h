/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox-fair: which slots of a link are others' while an alert is on its way: pure functions.
 *
 * One slot in four is for others than the alert, and among them replies come first: whoever writes
 * to the city meanwhile waits about as long as without an alert, though a million reminders
 * want that slot too.  A link has a credit: each segment of an alert adds one, each of others takes
 * three.  Reminders and news need all of a slot's credit; a reply may go ahead of it, and is paid
 * for by the next ones.  An alert that begins finds no credit: its first segment leaves in the
 * first slot of every link.
 */
#ifndef OUTBOX_FAIR_H
#define OUTBOX_FAIR_H

#define FAIR_BEGIN (-1) /* the credit of a link that no alert waits for */

enum fair {
	FAIR_ALERT, /* an alert goes first */
	FAIR_REPLY, /* a reply does */
	FAIR_REST,  /* anything else does */
};

/* Whose the next slot is. */
enum fair fair_slot(int credit);

/* The credit after a slot of that sort, which went to a segment of that priority. */
int fair_after(int credit, enum fair slot, int priority);

#endif
