/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-field: what the tests of a real baraza-modem on simulated modems have in common: the one
 * parent, a sender, PDUs, and waits.
 */
#ifndef WORKER_FIELD_H
#define WORKER_FIELD_H

#include <poll.h>

#include "monotonic.h"
#include "unit.h"
#include "worker-parent.h"

#define FROM "+250788000001"
#define SMSC_OCTETS "0791527088000000"
#define FROM_OCTETS "0C91527088000010"
#define TIME_OCTETS "42507121000080"
#define DELIVER(first_, pid_, dcs_, data_) \
	SMSC_OCTETS first_ FROM_OCTETS pid_ dcs_ TIME_OCTETS data_

static struct parent p;

/* The SIM alone, so that its few places are where messages come. */
static inline void
begin_on_sim(const char *capacity)
{
	sim_begin(1, NULL);
	sim("set m1 me off");
	sim("set m1 capacity %s", capacity);
}

/* Take what comes until nothing has for so long. */
static inline void
settle(int ms)
{
	while (parent_take(&p, ms) == 1)
		;
}

/* A housekeeping look, whole. */
static inline void
look(void)
{
	parent_say_type(&p, WIRE_LOOK);
	parent_wait(&p, WIRE_HEALTH);
	parent_wait_complete(&p);
}

#endif
