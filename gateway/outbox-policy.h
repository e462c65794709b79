/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox-policy: what a refusal means, and how long things take: pure functions.
 *
 * A refusal is the fault of
 *	the number (it does not exist, or not now): held against the message: given up at once, or
 *		retried FAULT_ATTEMPTS times with growing rests;
 *	the link (no credit, no network, SIM barred, the modem's own trouble): the link rests, and
 *nothing is held against the message; nobody knows (500, or no code): the message rests a little so
 *that another is tried next; it counts once in a row of refusals, since a row of them is the link's
 *fault.
 */
#ifndef OUTBOX_POLICY_H
#define OUTBOX_POLICY_H

#include <stdint.h>

#define FAULT_ATTEMPTS 5

enum fault { FAULT_NUMBER_FOR_GOOD, FAULT_NUMBER_NOW, FAULT_LINK, FAULT_UNCLEAR };

/* Whose fault a +CMS ERROR is (27.005 3.2.5; 0-127 are RP causes of 3GPP 24.011 E-2). 0xffff: none
 * given. */
enum fault fault_of(uint16_t cms_error);

/* Seconds that a message rests after its attempts-th refusal (from 1). */
double fault_message_rest_s(enum fault fault, int attempts);

/* Seconds that a link rests after its refusals-th refusal in a row (from 1). */
double fault_link_rest_s(enum fault fault, int refusals);

/* Seconds that a link pauses once its refusals in a row have reached the limit. */
double fault_pause_s(int refusals, int limit);

/* TP-VP in its relative form for that many seconds, rounded up: 3GPP 23.040 9.2.3.12.1. Negative: a
 * week. */
uint8_t validity_octet(double seconds);

#endif
