/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics: counters since start, for whoever scrapes them.
 *
 * What it is: one array of numbers with names, and their text form (Prometheus' exposition format
 * 0.0.4). What it is not: history; the database has that.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>

struct evbuffer;
struct gateway;

enum metric {
	METRIC_IN,                /* messages stored, new ones */
	METRIC_IN_KNOWN,          /* seen again, already durable */
	METRIC_PARTS,             /* parts of long messages */
	METRIC_CALLS,             /* refused unanswered */
	METRIC_BATCHES,           /* inbound transactions committed */
	METRIC_POISON,            /* set aside for a human */
	METRIC_REPLIES,           /* queued with their message */
	METRIC_SENT,              /* segments that the network took */
	METRIC_REFUSED,           /* segments that it did not */
	METRIC_UNKNOWN,           /* segments that may have left */
	METRIC_PLACES,            /* readings of the places' names */
	METRIC_REPORTS,           /* delivery reports */
	METRIC_USSD_STEPS,        /* of citizens' USSD sessions, as they came */
	METRIC_USSD_SCREENS,      /* that were shown, of whatever kind */
	METRIC_USSD_REPEATED,     /* steps that came again */
	METRIC_USSD_CONTRADICTED, /* steps that do not continue their session */
	METRIC_USSD_BUSY,         /* answered by their deadline: nothing was saved */
	METRIC_USSD_UNSURE,       /* answered by their deadline: it was being saved */
	METRIC_USSD_AWAY,         /* answered while the database was away */
	METRIC_USSD_BAD,          /* requests that were none */
	METRIC_USSD_REFUSED,      /* requests without the right to be one */
	METRIC_COUNT,
};

void metric_add(enum metric metric, uint64_t n);

/* Write all, and each modem's state, to out. */
void metrics_write(struct gateway *gateway, struct evbuffer *out);

#endif
