/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem: the parent's side of every modem: a state machine over a worker process, and the devices
 * they are found on.
 *
 * What it is: spawning baraza-modem, the wire's conversation, hot unplug and replug (inotify), who
 * a device is (IMEI, then USB port), the PIN's one attempt, which SIM it holds (its link), restarts
 * with capped backoff, health in the database.
 * What it is not: it understands no message, keeps no queue, and does not know libgammu.
 *
 * Ownership: struct modem belongs to struct modems and lives as long: also one that left the
 * configuration may be kept and acknowledged to.  A modem's name is its identity across reloads.
 * Inbound messages are handed to the inbox (which calls modem_acknowledge() after the commit);
 * results and reports to the outbox.
 */
#ifndef MODEM_H
#define MODEM_H

#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "wire.h"

struct config_modem;
struct gateway;
struct modem;
struct modems;

enum modem_state {
	MODEM_ABSENT,   /* no device */
	MODEM_STARTING, /* a worker is talking to a device: who is it? */
	MODEM_PIN,      /* the attempt is being recorded, or tried */
	MODEM_LINKING,  /* the database is telling which link its SIM is */
	MODEM_READY,    /* may send, one segment at a time */
	MODEM_RESTING,  /* the worker died: restart after a backoff */
	MODEM_BLOCKED,  /* needs a person: wrong PIN, PUK, a broken installation */
	MODEM_CLOSING,  /* told to finish */
};

/* What this room asks of the database: to be among the statements of gateway->chores_db. */
extern const struct db_statement modem_statements[]; /* ends with name NULL */

/* Make all modems of the configuration; nothing is opened yet. */
struct modems *modems_new(struct gateway *gateway);
/* Ends workers at once.  Before db_free(): what is being committed is forgotten. */
void modems_free(struct modems *modems);

/* The database is there (again): begin, or go on.  Without it no modem is started: nothing could be
 * kept. */
void modems_database_up(struct modems *modems);

/* This node has begun an epoch: its modems are known to be in service by it. */
void modems_epoch(struct modems *modems);

/* A new configuration was swapped in: modems that are gone close, new ones begin, changed ones
 * restart. */
void modems_reload(struct modems *modems);

/* Finish: workers are told to close; modems_idle() is 1 when all are gone. */
void modems_close(struct modems *modems);
int modems_idle(const struct modems *modems);

/* The inbox has room again after inbox_has_room() was 0. */
void modems_resume(struct modems *modems);

/* Visit every modem of the configuration. */
void modems_each(struct modems *modems, void (*visit)(struct modem *modem, void *arg), void *arg);
/* The modem whose SIM is that link: the READY one, or the last that had it, or NULL. */
struct modem *modem_by_link(struct modems *modems, int32_t link_id);

const char *modem_name(const struct modem *modem);
enum modem_state modem_state(const struct modem *modem);
const char *modem_state_name(enum modem_state state);
int32_t modem_link(const struct modem *modem); /* 0 when unknown */
/* Of its SIM, the dedupe key's first part: IMSI, else ICCID, else modem:name. */
const char *modem_identity(const struct modem *modem);
/* Its own copy of its settings: never NULL, also after it left the configuration. */
const struct config_modem *modem_config(const struct modem *modem);
/* Counts the worker's starts: handles and tokens of another generation are void. */
uint32_t modem_generation(const struct modem *modem);

/*
 * These places may be forgotten by the modem: their contents are committed.  Ignored when the
 * generation has passed.
 */
void modem_acknowledge(
	struct modem *modem, uint32_t generation, const uint32_t *handles, size_t count);

/* 1 when READY, not receive-only, has an SMSC, and no segment is with it. */
int modem_can_send(const struct modem *modem);

/*
 * Hand a segment to the worker.  Returns 0; the outcome comes as outbox_result().  Or -1 when the
 * modem cannot send now (nothing left, nothing will be told).
 */
int modem_send(struct modem *modem, const struct wire_send *send)
	__attribute__((warn_unused_result));

/*
 * The SIM's own USSD (balance, bundles): one dialogue a modem at a time, beside its SMS, which it
 * does not hold up.  It is the client's side alone: a citizen's menu is not served here.
 */

/*
 * What became of a step.  text: the network's words, UTF-8 without control characters but \n, at
 * most WIRE_USSD_MAX bytes, lent for the call; "" when there are none.  It may hold the SIM's
 * number or credit: never to be logged.
 */
typedef void (*modem_ussd_cb)(
	struct modem *modem, enum wire_ussd_outcome outcome, const char *text, void *arg);

/*
 * Dial a code ("*131#"), or answer the dialogue that is open: the last outcome was WIRE_USSD_MORE.
 * Then the caller answers, or cancels; when it does neither for timeout_s, the worker cancels.
 * text: as wire_ussd_typed() takes it.  timeout_s: 1 to WIRE_USSD_S_MAX, from now to the answer.
 *
 * Returns 0: cb is called exactly once, later, unless modem_ussd_cancel() or modems_free() comes
 * before; from inside it the next step may be taken.  With WIRE_USSD_TIMEOUT and WIRE_USSD_LOST the
 * step may have had its effect all the same.
 * Or -1 with errno, and nothing was dialled:
 *	EINVAL	 text or timeout_s is none
 *	EBUSY	 a step is under way
 *	EPIPE	 the dialogue that was open has ended meanwhile: begin again (told once)
 *	ENODEV	 the modem is not in service, or it is a till (receive-only), whose SIM never dials
 */
int modem_ussd(struct modem *modem, const char *text, int timeout_s, modem_ussd_cb cb, void *arg)
	__attribute__((warn_unused_result));

/*
 * End the dialogue, and the step that is under way, whose cb is not called any more.  Returns 0, or
 * -1 when there was none.  What was dialled may have had its effect.
 */
int modem_ussd_cancel(struct modem *modem);

/* 1 when a dialogue is open and waits for an answer; 1 when modem_ussd() would take a code. */
int modem_ussd_is_open(const struct modem *modem);
int modem_can_ussd(const struct modem *modem);

/*
 * Who is told what networks say by USSD without being asked (outcome WIRE_USSD_DONE); it belongs to
 * no dialogue.  One listener; cb NULL: nobody.
 */
void modems_on_ussd(struct modems *modems, modem_ussd_cb cb, void *arg);

#endif
