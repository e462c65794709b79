/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gateway: what the rooms of one running gateway share, and nothing more.
 *
 * Owner: run.c, which makes it at start and swaps config, texts, vocabulary and gazetteer at a
 * reload.  The others borrow, and never keep a pointer to config, texts or vocabulary across a turn
 * of the loop.
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <stdint.h>

struct config;
struct administrator;
struct airtime;
struct alert_templates;
struct alerts;
struct cap_room;
struct db;
struct event_base;
struct gazetteer;
struct inbox;
struct modems;
struct notices;
struct operators;
struct outbox;
struct payment_formats;
struct texts;
struct ussd;
struct ussd_menus;
struct vocabulary;

struct gateway {
	struct event_base *base;
	const struct config *config;
	const struct texts *texts;
	struct vocabulary *vocabulary;
	const struct gazetteer *gazetteer;       /* NULL until loaded */
	struct payment_formats *payments;        /* NULL: the city has no till */
	const struct alert_templates *templates; /* of warnings */
	const struct ussd_menus *menus;          /* NULL: nobody brings USSD sessions */
	const struct operators *operators;       /* and their codes for airtime */
	struct db *chores_db; /* epochs, modems' states, timed chores; inbox and outbox have their
				 own */
	int64_t epoch;  /* of this node in the database; 0 while it has none: nothing is claimed */
	int believable; /* the clock: until it is, nothing expires */
	int draining;   /* SIGTERM came: nothing new is begun */
	struct inbox *inbox;
	struct outbox *outbox;
	struct modems *modems;
	struct notices *notices;
	struct alerts *alerts;
	struct cap_room *cap; /* NULL: nothing of CAP is configured */
	struct ussd *ussd;    /* NULL: nobody brings USSD sessions */
	struct airtime *airtime;
	struct administrator *administrator;
};

#endif
