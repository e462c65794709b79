/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd: citizens' USSD sessions, which an aggregator or operator brings by HTTP.
 *
 * What it is: POST /ussd/<way>/<secret>; who may call; steps on their way through a connection of
 * its own, as many in one transaction as are waiting; each answered behind its commit, or by the
 * deadline with an honest last screen. A step is known by its session and the whole text: told
 * again, it gets the screen that was stored. What files something goes through the inbox, and its
 * screen is stored in that transaction. What it is not: it decides no screen (ussd-form.h) and runs
 * no service. A modem's own USSD (balances) is another matter: airtime.h.
 *
 * ussd-room.c is the room: connection, deadlines, what is due; ussd-http.c requests and answers;
 * ussd-turn.c a batch of steps, ussd-step.c what comes of each, ussd-store.c what it is answered
 * with; ussd-file.c what goes through the inbox.
 */
#ifndef USSD_H
#define USSD_H

#include <stddef.h>

struct config;
struct config_errors;
struct evhttp_connection;
struct evhttp_request;
struct gateway;
struct ussd;
struct ussd_menus;

/* Are the menus and the adapters there that the configured ways name? Returns 0, or -1 with errors
 * added. */
int ussd_ways_check(
	const struct config *config, const struct ussd_menus *menus, struct config_errors *errors);

/* NULL: no way is configured. */
struct ussd *ussd_new(struct gateway *gateway);
void ussd_free(struct ussd *ussd); /* NULL is safe, here and below */

/* Begin to connect to the database. */
void ussd_start(struct ussd *ussd);

/* Something timed may be due: a clock moved. */
void ussd_wake(struct ussd *ussd);

/* 1 when no step is under way. */
int ussd_idle(const struct ussd *ussd);

/*
 * What a step is answered with, stored (sql/functions/95-ussd.sql): in the table of statements of
 * whoever commits it, the room's own and each desk's of the inbox.
 */
#define USSD_STATEMENTS                                                                        \
	{                                                                                      \
		"ussd_store",                                                                  \
			"SELECT ussd_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12," \
			" $13, $14, $15, $16)"                                                 \
	}

/* --- for http.c --- */

/* Bytes that a request may bring; 0: none is taken. */
size_t ussd_body_max(const struct ussd *ussd);

/* Answer a request under /ussd/, now or later. Returns 0, or -1: there is nothing of that name. */
int ussd_http_request(struct ussd *ussd, struct evhttp_request *request);

/* The connection ends: its requests must not be answered any more. */
void ussd_http_gone(struct ussd *ussd, const struct evhttp_connection *connection);

#endif
