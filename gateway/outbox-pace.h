/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox-pace: how long a segment takes by a link, as its last sends tell: pure functions.
 *
 * A send's time runs from the moment at which its link was free for it to the modem's word that the
 * network has it: the commit of its claim is part of it, a link's waiting for something to send is
 * not.  The median of the last PACE_RECENT is the link's pace: one slow send changes nothing.
 */
#ifndef OUTBOX_PACE_H
#define OUTBOX_PACE_H

#define PACE_RECENT 61
#define PACE_LEAST 5 /* sends before anything is told */

struct pace {
	unsigned recent[PACE_RECENT]; /* milliseconds; a ring */
	unsigned count;               /* of sends, ever */
	unsigned told;                /* milliseconds; 0: nothing yet */
	unsigned told_at;             /* the count at that time */
};

/*
 * One more send has taken so many milliseconds (0 counts as 1).  Returns the pace when it is to be
 * told: it differs from what was told last by over 5 % and a millisecond, or, when all that it
 * is made of came since, by over 1 %; else 0.
 */
unsigned pace_add(struct pace *pace, unsigned ms);

#endif
