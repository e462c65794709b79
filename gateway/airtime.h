/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * airtime: what is left on each SIM, asked of its operator by USSD, and bundles that are bought.
 *
 * What it is: a connection; a timer for the SIM that is due next; dialogues with networks, one a
 * modem and a few at a time, by the scripts of operators.h; words for the administrator, queued in
 * the transaction that says that they were said. What it is not: SQL decides who is asked when,
 * what the administrator hears, and whether a bundle is bought (sql/functions/97-airtime.sql);
 * operators.h reads the answers. What operators tell by SMS comes through the inbox
 * (airtime-sms.c).
 *
 * What is dialled is committed before. A till is never dialled. Answers are never logged.
 */
#ifndef AIRTIME_H
#define AIRTIME_H

struct airtime;
struct evbuffer;
struct gateway;

struct airtime *airtime_new(struct gateway *gateway);
/* Behind modems_free(): no dialogue is under way any more. NULL is safe. */
void airtime_free(struct airtime *airtime);

/* Begin to connect to the database, and to hear what networks say unasked. Behind modems_new(). */
void airtime_start(struct airtime *airtime);

/* Something may be due: a modem came, the clock moved or can be believed again, a minute passed,
 * the configuration is another. */
void airtime_wake(struct airtime *airtime);

/* The gateway ends: what only asks is cancelled, a purchase is waited for. */
void airtime_drain(struct airtime *airtime);
/* 1 when nothing is under way that has to be waited for. */
int airtime_idle(const struct airtime *airtime);

/* What is left on this node's SIMs, in Prometheus' text format. */
void airtime_write(const struct airtime *airtime, struct evbuffer *out);

#endif
