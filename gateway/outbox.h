/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox: a message's way out: claims for free links, segments, results, delivery reports.
 *
 * What it is: for every link that is free, one claim of its most urgent segment, committed as being
 * submitted before the modem hears of it; results and further claims share one commit.  Refusals,
 * retries and pauses by outbox-policy.h. What it is not: it queues nothing itself (the
 * inbox's transaction and outbox_send() in SQL do) and understands no text.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdint.h>

#include "wire.h"

struct gateway;
struct modem;
struct outbox;

struct outbox *outbox_new(struct gateway *gateway);
void outbox_free(struct outbox *outbox);
void outbox_start(struct outbox *outbox);

/* Something may be queued: our own commit, a NOTIFY, a clock that moved. */
void outbox_wake(struct outbox *outbox);

/* A modem became READY or lost that state. */
void outbox_modem_up(struct outbox *outbox, struct modem *modem);
/* What was with it becomes unknown, unless a result came. */
void outbox_modem_down(struct outbox *outbox, struct modem *modem);

/* The worker's word about a segment. */
void outbox_result(struct outbox *outbox, struct modem *modem, const struct wire_result *result);

/* A delivery report; modem_acknowledge() follows after the commit. */
void outbox_report(struct outbox *outbox, struct modem *modem, const struct wire_report *report);

/* Timed chores, once a minute. */
void outbox_minute(struct outbox *outbox);

/* 1 when nothing is with a modem or being committed. */
int outbox_idle(const struct outbox *outbox);

/* 1 while a modem has a segment whose result has not come. */
int outbox_sending(const struct outbox *outbox);

#endif
