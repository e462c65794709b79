/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-convert: libgammu's message to the wire's, and back.
 *
 * What it is: numbers, times, user data headers and texts, each copied within bounds; what kind of
 * message it is; whether two are equal.
 * What it is not: it asks the modem nothing.
 */
#ifndef WORKER_CONVERT_H
#define WORKER_CONVERT_H

#include <stdint.h>

#include <gammu.h>

#include "wire.h"
#include "worker-sieve.h"

/* What a converted message points into. */
struct convert {
	char number[WIRE_NUMBER_MAX], smsc[WIRE_NUMBER_MAX];
	char udh[WIRE_UDH_MAX], text[WIRE_TEXT_MAX];
};

/*
 * A message as libgammu decoded it, with its PDU as it went by.  decoded: libgammu said that it
 * could; else, and when the PDU is broken, what goes up is the PDU itself.  handle and ordinal are
 * left 0.
 */
void convert_message(const GSM_SMSMessage *from, const struct sieve_pdu *pdu, bool decoded,
	struct convert *room, struct wire_sms *out);

void convert_report(const GSM_SMSMessage *from, struct convert *room, struct wire_report *out);

/* Equal for messages equal in number, smsc_time, dcs, udh and text, which is what the gateway
 * counts by. */
uint64_t convert_hash_message(const struct wire_sms *sms);
uint64_t convert_hash_report(const struct wire_report *report);

/*
 * A segment to send.  smsc: the SMSC's number.  Returns 0, or -1 and why, a literal: the number or
 * the text cannot be sent so, and libgammu would silently change it.
 */
int convert_send(
	const struct wire_send *send, const char *smsc, GSM_SMSMessage *out, const char **why);

#endif
