/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim.h - one simulator: a network, the modems m1 to mN, and the directory where they are plugged
 * in.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "network.h"
#include "tty.h"

struct aggregator;
struct event_base;
struct modem;

struct sim {
	struct event_base *base;
	struct network net;
	struct ports ports;
	struct modem **modems;
	unsigned n_modems;
	struct aggregator *aggregator; /* where the phones' USSD goes, or NULL */
};

struct sim_options {
	const char *dir;
	unsigned modems;
	unsigned capacity; /* places of a SIM */
	unsigned sr_capacity;
	const char *profile;  /* NULL: the default */
	const char *pin;      /* of every SIM, NULL: none */
	const char *ussd_url; /* NULL: no USSD */
};

/* Makes it and plugs all modems in.  Returns 0, or -1 with errno and *what failed (static). */
int sim_open(
	struct sim *s, struct event_base *base, const struct sim_options *o, const char **what);
void sim_close(struct sim *s);

/* The modem of that name, or NULL. */
struct modem *sim_modem(const struct sim *s, const char *name);

/* The card that a modem's name or a number stands for, or NULL. */
struct card *sim_card(struct sim *s, const char *name);

#endif
