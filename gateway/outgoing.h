/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outgoing: texts on their way into the queue, by one call of SQL's outbox_enqueue().
 *
 * What it is: the arrays of that call: each text fitted (transliterated if the city wants that) and
 * its segments counted. What it is not: it chooses no words (texts.h) and commits nothing.
 */
#ifndef OUTGOING_H
#define OUTGOING_H

#include <stdint.h>

#include "db.h"

#define OUTGOING_BYTES_MAX 2048 /* of one text with NUL */

struct config;

enum outgoing_priority { /* as in the table queue */
	PRIORITY_SOS,
	PRIORITY_ALERT,
	PRIORITY_REPLY,
	PRIORITY_JOB,
	PRIORITY_NOTICE,
	PRIORITY_REMINDER,
	PRIORITY_BULK,
};

struct outgoing {
	struct db_array contact, body, priority, segments, service, reply_to, validity;
	int count;
};

/* The connection's table of statements needs it. */
#define OUTGOING_STATEMENT                                                     \
	{                                                                      \
		"enqueue", "SELECT outbox_enqueue($1, $2, $3, $4, $5, $6, $7)" \
	}

/*
 * How a text is sent: transliterated into `room` if the city wants that, else as it is.  Returns
 * either, and its segments; NULL when it cannot be sent, logged.  Both are borrowed.
 */
const char *outgoing_fit(const struct config *config, const char *service, const char *text,
	char room[OUTGOING_BYTES_MAX], int *segments);

void outgoing_begin(struct outgoing *outgoing);

/*
 * Add one text (UTF-8) for a contact. reply_to: a message's id, or 0. validity_min: 0 is the
 * network's own. One that cannot be sent (empty, too long) is logged and left out: -1 then.
 */
int outgoing_add(struct outgoing *outgoing, const struct config *config, int64_t contact,
	enum outgoing_priority priority, const char *service, int64_t reply_to, int validity_min,
	const char *text);

/* Queue the statement, if anything was added, and free the arrays. The caller commits. */
void outgoing_send(struct outgoing *outgoing, struct db *db);

#endif
