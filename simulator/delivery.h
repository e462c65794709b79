/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delivery.h - what SIMs send: on its way to phones and other SIMs, kept while a phone is out of
 * coverage, expired, and reported about (3GPP 23.040, 3.2.3 and 3.2.9).
 */
#ifndef SIM_DELIVERY_H
#define SIM_DELIVERY_H

#include "network.h"

/*
 * Takes a message that a modem sent from `card` with reference `mr`.  Returns 0, or the +CMS ERROR
 * that refuses it.
 */
int delivery_submit(
	struct network *net, struct card *card, const struct submit *submit, uint8_t mr);

/* Whether the phone can be reached; when it comes back it gets what waited, in order. */
void delivery_coverage(struct network *net, struct phone *phone, bool off);

/* The network's clock has moved: what is over by now expires. */
void delivery_clock_moved(struct network *net);

/* Ends and frees what waits for the phone. */
void delivery_drop(struct phone *phone);

#endif
