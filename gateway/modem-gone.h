/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-gone: what the workers said of messages that are gone, kept by SIM for the next worker.
 *
 * What it is: for each SIM that was met, the latest hashes of WIRE_GONE, as they came.
 * What it is not: it does not know what they mean, and outlives no gateway.
 */
#ifndef MODEM_GONE_H
#define MODEM_GONE_H

#include <stddef.h>

#include "wire.h"

#define SIM_GONE_KEPT 512 /* hashes of one SIM */
#define SIM_GONE_SIMS 64  /* SIMs; beyond them the one that was quiet for longest is forgotten */

struct sims_gone;

struct sims_gone *sims_gone_new(void); /* NULL when out of memory */
void sims_gone_free(struct sims_gone *gone);

/* A worker of that SIM said this.  Without memory for it, it is forgotten. */
void sims_gone_take(struct sims_gone *gone, const char *identity, const struct wire_gone *said);

/*
 * What its next worker is to be told, a message at a time: *at begins at 0.  Returns 1 and the
 * message, oldest first, or 0 when there is no more.
 */
int sims_gone_give(
	const struct sims_gone *gone, const char *identity, size_t *at, struct wire_gone *out);

#endif
