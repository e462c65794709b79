/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-gammu: the calls into libgammu, each under a deadline, and what their errors mean here.
 *
 * What it is: a driver of one modem: open, be told of news, list, read a report, send.
 * What it is not: it keeps no list of messages and decides nothing (worker-inbox does).
 *
 * A modem that stops answering, or is gone, ends the process (guard_fault); so no caller need think
 * of it.  libgammu's connection is closed only by the process's end.
 */
#ifndef WORKER_GAMMU_H
#define WORKER_GAMMU_H

#include <stdbool.h>

#include <gammu.h>

#include "worker-sieve.h"

struct gammu {
	GSM_StateMachine *state;
	struct sieve *sieve; /* borrowed */
	unsigned timeout_s;
	size_t next; /* of the sieve's latest listing, to be read next */

	bool sent, refused; /* the send under way has its answer */
	int send_status;    /* when refused: the modem's error code, -1 when it gave none */
	int reference;      /* when sent: TP-MR, -1 when it gave none */
};

/*
 * Open the modem through libgammu: by connection and model, and when that fails, with the model
 * looked for, and then by "at115200" (slow, and works with everything that libgammu knows).
 */
void gammu_open(struct gammu *g, struct sieve *sieve, const char *device, const char *connection,
	const char *model, unsigned timeout_s);

/* Ask to be told of new messages, anew.  False when the modem refuses. */
bool gammu_arm(struct gammu *g);

enum gammu_found {
	GAMMU_MESSAGE, /* here it is */
	GAMMU_SKIPPED, /* there is one that libgammu cannot decode */
	GAMMU_END,     /* no more */
	GAMMU_FAILED,  /* the listing broke off */
};

/* A place as libgammu numbers them: of SM and ME in one row, of SR by itself. */
struct gammu_place {
	enum store store;
	int location;
};

struct gammu_item {
	struct gammu_place place;
	const GSM_SMSMessage *sms; /* libgammu's decoding; lent until the next call */
	const struct sieve_pdu *pdu;
};

/* The first, or the next, message of SM and ME. */
enum gammu_found gammu_list(struct gammu *g, bool first, struct gammu_item *item);

/* What is at this place of SR; GAMMU_END when nothing is. */
enum gammu_found gammu_report(struct gammu *g, int location, struct gammu_item *item);

/* Read a listed place again.  GAMMU_END when it is empty. */
enum gammu_found gammu_reread(struct gammu *g, struct gammu_place place, struct gammu_item *item);

/* A PDU that was given directly; GAMMU_FAILED when it cannot be decoded. */
enum gammu_found gammu_decode(const struct pdu *pdu, struct gammu_item *item);

/* The place's number in the modem's own +CMGD. */
int gammu_modems_number(const struct gammu *g, struct gammu_place place);

/*
 * Begin to send.  GAMMU_TYPED: the modem has the text, its answer comes later (gammu_glance()).
 * Otherwise nothing left: refused tells whether the modem said why.
 */
enum gammu_sending { GAMMU_TYPED, GAMMU_NOT_TYPED, GAMMU_NO_PROMPT };
enum gammu_sending gammu_send(struct gammu *g, GSM_SMSMessage *sms);

/* The modem said something: let libgammu read it.  g->sent or g->refused may become true. */
void gammu_glance(struct gammu *g);

/* Signal in dBm, 0 when unknown, and percent, 255 when unknown. */
void gammu_signal(struct gammu *g, int *dbm, unsigned *percent);

/* End a ringing call.  False when the modem refuses. */
bool gammu_hang_up(struct gammu *g);

#endif
