/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-dial: the dialogue with the network by USSD, for the modem's own SIM.
 *
 * A step (a code, or an answer to the network) is one command, AT+CUSD, that the modem takes at
 * once; what the network says comes later as +CUSD, while messages are read and sent.  A modem that
 * gives no result before the network has answered holds its line meanwhile: when something else has
 * to be done, it is broken off after DIAL_HOLD_MS.
 *
 * libgammu's GSM_DialService is not used: it waits for the result for 30 s, in which no message is
 * read or sent, and turns the session to UCS-2, in which callers' numbers come otherwise too.  So
 * the command is said by worker-at, and heard by the sieve, while libgammu is silent.
 *
 * A network may ask without being asked; that is declined, since nobody would answer.  A late
 * answer is dropped for a while, in which nothing is dialled: it would be taken for the next one's.
 *
 * What it is not: it decides about nothing that it dials, and never repeats what a modem took.
 * None of it was ever tried on a real modem.
 *
 * Times are milliseconds of CLOCK_MONOTONIC.
 */
#ifndef WORKER_DIAL_H
#define WORKER_DIAL_H

#include <stdbool.h>

#include "wire.h"
#include "worker-at.h"
#include "worker-sieve.h"
#include "worker-ussd-text.h"

#define DIAL_HOLD_MS 3000       /* that a message may wait for a result */
#define DIAL_HOLD_MOST_MS 60000 /* that everything else may */
#define DIAL_BREAK_MS 2000      /* for a result after it was broken off */
#define DIAL_LATE_MS 10000      /* in which an answer that comes is a late one */

enum dial_state {
	DIAL_IDLE,
	DIAL_SAID,      /* the line is held: its result is to come */
	DIAL_BROKEN,    /* the same; it was broken off */
	DIAL_WAITING,   /* for the network */
	DIAL_OPEN,      /* the network waits for an answer */
	DIAL_CANCELLED, /* the line is held: AT+CUSD=2 */
};

struct dial_step {
	uint64_t token;
	bool reply;
	unsigned timeout_s;
	int64_t until;
	char text[WIRE_TYPED_MAX + 1];
};

struct dial {
	struct at *at;       /* borrowed */
	struct sieve *sieve; /* borrowed */
	enum dial_state state;
	int64_t said_at;
	struct dial_step step; /* that is under way; in DIAL_OPEN until is the answer's time */
	bool muted;            /* nobody waits for it any more */
	bool has_next;
	struct dial_step next; /* that the parent gave */
	bool wants_cancel;
	bool clean; /* no dialogue of a worker before can be open in the modem */
	int64_t late_until;
	bool has_kept; /* the answer that came before the result */
	struct cusd_raw kept;
	enum ussd_way ways[USSD_WAYS]; /* in the order in which they are tried */
	size_t way;
	bool way_known; /* the modem took one so: it is the only one from now on */
	enum ussd_charset charset;
};

/* manufacturer: as the modem told it. */
void dial_init(struct dial *dial, struct at *at, struct sieve *sieve, const char *manufacturer);

/* What the parent asks.  Faults when it is out of turn. */
void dial_ask(struct dial *dial, const struct wire_ussd *ussd, int64_t now);

/* The modem has a command that has no result yet: nothing else may be said. */
bool dial_holds_line(const struct dial *dial);

/* Something was heard, so dial_hear() has something to do; dial_say() has. */
bool dial_has_heard(const struct dial *dial);
bool dial_wants_line(const struct dial *dial, int64_t now);

/* Deal with what was heard, and with times that have come.  others_wait: messages, for the line. */
void dial_hear(struct dial *dial, int64_t now, bool others_wait);

/* Say what is to be said.  The line must be free. */
void dial_say(struct dial *dial, int64_t now);

/* When dial_hear() or dial_say() has something to do without being told; 0: never. */
int64_t dial_due(const struct dial *dial, int64_t now);

#endif
