/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-at: the worker's own conversation with the modem, on its own descriptor of the tty.
 *
 * It is held before libgammu begins (is anyone there, whose SIM is it, its PIN), and, while
 * libgammu is silent, for the few things that libgammu cannot ask or does worse: where new messages
 * are stored, the registration, whether the modem restarted, a place that libgammu cannot delete.
 * What it is not: a driver.  Messages are read, sent and deleted by libgammu.
 *
 * All calls block until the modem has answered, at most for the time given; a modem that hangs up
 * ends the process (guard_fault).  Strings that come back are printable ASCII or UTF-8 bytes as the
 * modem gave them, cut to fit.
 */
#ifndef WORKER_AT_H
#define WORKER_AT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"
#include "worker-sieve.h"
#include "worker-ussd-text.h"

#define AT_ANSWER_MAX 512

struct at {
	int fd;
	struct urc *urc;
	int answer_ms;   /* an answer comes within it, or the modem hangs */
	char line[1024]; /* the one being read */
	size_t len;
	char back[CUSD_RAW_MAX]; /* to be read once more: what came behind a +CUSD without end */
	size_t back_len, back_at;
};

enum at_result { AT_OK, AT_ERROR, AT_SILENT };

struct at_answer {
	enum at_result result;
	int code;                 /* of a +CME or +CMS ERROR, else -1 */
	bool named;               /* text is the first line of the command's own name */
	char text[AT_ANSWER_MAX]; /* the answer's first line, without "+NAME: " */
};

/*
 * Open the tty, lock it against other programs, make it raw at that speed (connection: libgammu's
 * name; "at9600" is 9600, without a number 115200).  Faults when it cannot.
 */
void at_open(struct at *at, struct urc *urc, const char *device, const char *connection,
	unsigned timeout_s);

/* Give up the lock, so that libgammu can take it.  The descriptor stays open. */
void at_unlock(struct at *at);

/*
 * Say a command, without "AT" and end, and wait.  Lines that do not answer it go to the urc.
 * at_ask() faults when no answer comes; returns 1 when it was OK.
 */
void at_try(struct at *at, const char *command, int timeout_ms, struct at_answer *answer);
int at_ask(struct at *at, const char *command, struct at_answer *answer);

/* Say a command, and do not wait: the sieve hears what becomes of it (sieve_aside()). */
void at_say(struct at *at, const char *command);

/* End a command that has had no result yet, where the modem can (V.250 5.6.1). */
void at_break_off(struct at *at);

/* The session's character set: GSM if the modem takes it. */
enum ussd_charset at_charset(struct at *at);

/* Wake the modem, echo off, numeric errors on.  Faults when it does not answer. */
void at_wake(struct at *at);

/* Everything that can be known before libgammu begins. */
struct at_identity {
	char imei[24], imsi[24], iccid[24];
	char manufacturer[48], model[48], revision[64];
	char smsc[WIRE_NUMBER_MAX];
	enum wire_sim sim;
	unsigned pin_attempts_left; /* 255: not told */
};
void at_identify(struct at *at, struct at_identity *identity);

/* Enter the PIN, once.  Faults nothing; an outcome other than OK is the parent's business. */
enum wire_pin_outcome at_pin(struct at *at, const char *pin);

/*
 * Choose where new messages are stored: wanted, or with WIRE_STORAGE_AUTO the larger, unless that
 * is almost full and the other is less so.  A modem that cannot be told has its own choice.  Faults
 * when the modem knows no PDU mode.  usage: of all storages that there are.
 */
enum store at_choose_storage(
	struct at *at, enum wire_storage wanted, struct sieve_usage usage[STORES]);

/*
 * Ask to be told of new messages, for a modem that takes this in another way than libgammu's. False
 * when it refuses.
 */
bool at_arm(struct at *at);

/* Select a storage for reading and deleting.  False when there is none; usage is then untouched. */
bool at_select(struct at *at, enum store store, struct sieve_usage *usage);

#define AT_DELETE_MAX 8 /* places of one line */

/*
 * Select a storage and delete these places of it, in one line: a modem that restarts meanwhile, and
 * falls back to another storage, does the whole line or forgets the rest of it.  False when the
 * modem refused: some may be gone, none of another storage.
 */
bool at_delete(struct at *at, enum store store, const int *locations, size_t count);

/* The same for one place, for modems that take no two commands in a line. */
bool at_delete_plainly(struct at *at, enum store store, int location);

/* +CREG's <stat> 0-5, or 255; network: the operator's name or code, or empty. */
unsigned at_registration(struct at *at, char *network, size_t size);

/* End a call that rings.  False when the modem refuses. */
bool at_hang_up(struct at *at);

/* Note what is there to be read, all of it said unasked. */
void at_listen(struct at *at);

#endif
