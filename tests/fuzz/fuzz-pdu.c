/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-pdu [SEED [COUNT]]: whatever a modem shows as a PDU, what pdu_vet() makes of it is decoded
 * by libgammu to its end, without harm, and converts to a message that the wire takes. Random
 * digits hardly ever pass for a PDU, so sound ones are damaged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gammu.h>

#include "wire.h"
#include "worker-convert.h"
#include "worker-pdu.h"

static uint64_t state;

static uint32_t
roll(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static const char *const sound[] = {
	"0791527088000000040C9152708800001000004250712100008005E8329BFD06",
	"0791527088000000440C91527088000010000842507121000080"
	"0C050003550201063106320633",
	"07915270880000000414D0CDB4BC9CDD8E83DAE5FD0E000042507121000080"
	"A0E8329BFD0691D1653A",
	"07915270880000000607"
	"0C9152708800001042507121000080"
	"4250712100008000",
	"0011000C91527088000010000BA705E8329BFD06",
	"0004008100000000000000000000",
};

static size_t
make(char *line)
{
	size_t len;

	strcpy(line, sound[roll(sizeof(sound) / sizeof(sound[0]))]);
	len = strlen(line);
	if (roll(3) == 0) /* user data up to its limit and beyond */
		for (uint32_t more = roll(400); more > 0; more--)
			len += (size_t)sprintf(line + len, "%02X", roll(256));
	for (uint32_t times = roll(4); times > 0; times--) {
		size_t at = roll((uint32_t)len);

		line[at] = roll(20) == 0 ? (char)(1 + roll(255)) : "0123456789ABCDEF"[roll(16)];
	}
	if (roll(5) == 0)
		len = roll((uint32_t)len + 1);
	line[len] = '\0';
	return len;
}

/* libgammu gets the octets in a block of their own, so that a step outside is seen by valgrind. */
static int
decode(const char *safe, GSM_SMSMessage *sms)
{
	size_t len = strlen(safe), end = 0;
	unsigned char *octets = malloc(len / 2 + 1);
	GSM_Error error;

	if (octets == NULL || len % 2 != 0 ||
		!DecodeHexBin(octets, (const unsigned char *)safe, len))
		abort();
	error = GSM_DecodePDUFrame(GSM_GetGlobalDebug(), sms, octets, len / 2, &end, TRUE);
	free(octets);
	return error == ERR_NONE && end == len / 2 ? 0 : -1;
}

static void
check(const char *line, size_t len, unsigned counts[4])
{
	static GSM_SMSMessage sms;
	struct wire_msg msg = { .type = WIRE_SMS };
	struct sieve_pdu passed = { .raw = (char *)line };
	struct convert room;
	uint8_t buf[WIRE_MAX];
	struct pdu pdu;

	pdu_vet(line, len, &pdu);
	counts[pdu.kind]++;
	if (strlen(pdu.safe) >= PDU_SAFE_MAX || decode(pdu.safe, &sms) == -1) {
		printf("libgammu refuses %s\n  made of %s\n", pdu.safe, line);
		abort();
	}
	passed.kind = pdu.kind;
	passed.pid = pdu.pid;
	passed.dcs = pdu.dcs;
	if (pdu.kind == PDU_REPORT) {
		msg.type = WIRE_REPORT;
		convert_report(&sms, &room, &msg.report);
	} else {
		convert_message(&sms, &passed, true, &room, &msg.sms);
	}
	if (wire_encode(&msg, buf) == -1 || sms.UDH.Length > GSM_MAX_UDH_LENGTH) {
		printf("cannot be told: %s\n  made of %s\n", pdu.safe, line);
		abort();
	}
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)atoi(argv[2]) : 200000, counts[4] = { 0 };
	char line[2000];

	state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	for (unsigned i = 0; i < count; i++) {
		size_t len = make(line);

		check(line, len, counts);
	}
	printf("%u messages, %u reports, %u drafts, %u broken\n", counts[PDU_MESSAGE],
		counts[PDU_REPORT], counts[PDU_DRAFT], counts[PDU_BROKEN]);
	return counts[PDU_MESSAGE] > 0 && counts[PDU_BROKEN] > 0 ? 0 : 1;
}
