/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-gone: the messages that were in the modem and are there no more, by what makes them equal.
 *
 * An equal message that comes later is another one, though nothing in it tells: only that the first
 * is gone.  What was surely deleted the parent is told too, and gives it to the SIM's next worker,
 * so that a worker's end changes no ordinal.
 * What it is not: it knows no places.
 */
#ifndef WORKER_GONE_H
#define WORKER_GONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

#define GONE_KEPT 1024 /* the latest */

struct gone {
	uint64_t ring[GONE_KEPT];
	size_t n;              /* ever put there */
	struct wire_gone news; /* for the parent */
};

/* known: the parent is to be told too. */
void gone_add(struct gone *gone, uint64_t hash, bool known);

/* One of those is there after all.  The parent is told. */
void gone_take_back(struct gone *gone, uint64_t hash);

/* How many equal ones are kept. */
size_t gone_count(const struct gone *gone, uint64_t hash);

/* What earlier workers of this SIM said. */
void gone_recall(struct gone *gone, const struct wire_gone *of_others);

/* Tell the parent what it is to be told, if anything. */
void gone_tell(struct gone *gone);

#endif
