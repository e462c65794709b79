/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alerts: what a warning of danger needs that nobody at a keyboard does: drafts that a phone, a
 * gauge or another authority's message has left are written out, approved ones are expanded into
 * messages as links have room, what a lost link holds is moved, and duty officers are woken when
 * the one before them has not answered.
 *
 * What it is: a connection, and a round of short transactions one after the other, when notified,
 * when the clock moves, and when SQL says that there is more to do (alert_next, duty_next). What it
 * is not: it decides nothing of who gets what (sql/functions/90-alert*.sql, 92-duty.sql), composes
 * no words (alert-compose.h), and sends nothing (outbox does).
 */
#ifndef ALERTS_H
#define ALERTS_H

struct alerts;
struct gateway;

struct alerts *alerts_new(struct gateway *gateway);
void alerts_free(struct alerts *alerts); /* NULL is safe */

/* Begin to connect to the database. */
void alerts_start(struct alerts *alerts);

/* Something may be due: the clock moved, it can be believed again, templates are new. */
void alerts_wake(struct alerts *alerts);

/* 1 when no transaction is under way. */
int alerts_idle(const struct alerts *alerts);

#endif
