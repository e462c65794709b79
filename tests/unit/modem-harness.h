/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-harness: the modems of a gateway, with a real database and a real event loop; inbox and
 * outbox are the test's own, which count what they are told.
 *
 * harness_begin() makes the database, harness_end() drops it.
 */
#ifndef MODEM_HARNESS_H
#define MODEM_HARNESS_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway.h"
#include "migrated.h"
#include "modem-internal.h"

struct inbox {
	int full;  /* it has no room */
	int keeps; /* it does not acknowledge */
	unsigned sms, calls;
	unsigned ordinal;                                      /* the last SMS's */
	uint32_t handle;                                       /* the last SMS's */
	char text[WIRE_TEXT_MAX + 1], number[WIRE_NUMBER_MAX]; /* the last one's */
};

struct outbox {
	unsigned ups, downs, results, reports;
	struct wire_result result; /* the last one's, without its words */
};

struct administrator {
	unsigned tells;
	char key[64], words[512]; /* the last one's */
	int32_t not_link;
};

struct harness {
	struct gateway gateway;
	struct config *config;
	struct inbox inbox;
	struct outbox outbox;
	struct administrator administrator;
	struct migrated database;
	char entries[2048]; /* of the configuration */
	char worker[4200];
	char globs[512], sysfs[512];
	unsigned turns; /* of the loop */
};

/*
 * Begin with these entries ("{ name = \"m1\"; },"), as written in the configuration's list of
 * modems. They are looked for in the simulator's folder, if no other was given by harness_devices()
 * before.
 */
void harness_begin(struct harness *h, const char *entries);
void harness_devices(struct harness *h, const char *glob, const char *sysfs, const char *worker);
void harness_end(struct harness *h);

/* A new gateway, as after kill -9 of the old one, with these entries (NULL: the same). */
void harness_restart(struct harness *h, const char *entries);

/* SIGHUP with these entries. */
void harness_reload(struct harness *h, const char *entries);

/* Lose the connection to the database. */
void harness_lose_database(struct harness *h);

/* One turn of the loop. */
void harness_turn(struct harness *h);
/* Turns for so long: to see that something does not happen. */
void harness_pass(struct harness *h, int ms);

#define UNTIL(h_, cond_)                  \
	do {                              \
		while (!(cond_))          \
			harness_turn(h_); \
	} while (0)

struct modem *harness_modem(struct harness *h, const char *name);
#define STATE(h_, name_) modem_state(harness_modem((h_), (name_)))

/* Wait until a statement's value is that. */
void harness_until_sql(struct harness *h, const char *want, const char *statement);

/* Send a text of GSM characters; the result comes to the outbox. */
int harness_send(
	struct harness *h, const char *modem, const char *number, const char *text, uint64_t token);

#endif
