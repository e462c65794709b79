/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem.h - a modem: its line to the computer, its settings, its memory, its faults, and the SIM
 * card in it.
 *
 * modem.c is the line: it cuts what comes into commands, keeps their order and latency, and writes
 * answers and unsolicited lines whole.  modem-receive.c is the radio.  The commands are at.h's.
 */
#ifndef SIM_MODEM_H
#define SIM_MODEM_H

#include "pdu.h"
#include "profile.h"
#include "storage.h"
#include "tty.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct card;
struct evbuffer;
struct event;
struct held;
struct network;
struct phone;

/* What a restart forgets. */
struct settings {
	bool echo, quiet, verbose;
	int cmee;
	int cmgf;
	int cnmi[5];
	int clip, crc, creg, cgreg, cusd, csms, cmms, cops_format;
	bool ucs2; /* +CSCS="UCS2" */
	enum memory mem[3];
};

enum line_state {
	LINE_COMMAND, /* reads a command */
	LINE_BUSY,    /* a command is being done */
	LINE_PROMPT,  /* reads a PDU up to Ctrl-Z */
};

struct faults {
	unsigned slow_ms; /* each send takes at least so long */
	unsigned fail_left, fail_code;
	unsigned truncate_left; /* answers that are cut in half */
	bool silent, garbage, no_network;
	bool keeps;          /* +CMGD says OK and deletes nothing */
	char hang[32];       /* how the command begins that hangs it; "" for none */
	bool hung;           /* such a command has come */
	unsigned blank_left; /* such lines are answered by OK alone: */
	char blank[32];
};

enum call_state { CALL_NONE, CALL_RINGING, CALL_ANSWERED };

struct call {
	enum call_state state;
	struct phone *from; /* borrowed */
	unsigned rung_ms;
	struct event *ring;
};

struct ussd {
	char path[192]; /* code/step/step of the open session, "" for none */
	char *answer;   /* that is on its way */
	int status;     /* +CUSD <m> of that answer, or -1 for an error of the network's */
	bool holds;     /* its result is to come after it */
	struct event *timer;
};

#define COMMAND_MAX 2048
#define INPUT_MAX 32768

struct modem {
	char name[16];
	struct network *net; /* borrowed */
	struct tty tty;
	struct card *card; /* borrowed from the network; NULL when there is none */
	struct profile profile;
	struct settings set;
	struct storage me;
	struct faults fault;
	struct call call;
	struct ussd ussd;
	char imei[16];
	int registration, signal; /* +CREG <stat>, +CSQ <rssi> */
	char operator_name[32];
	unsigned latency_ms, send_ms, ussd_ms, ring_limit_ms, ack_ms;
	unsigned
		ussd_fails; /* <m> that the network answers with, 0 for none; CME errors from 100 */

	enum line_state line;
	bool running; /* inside a command: unsolicited lines wait */
	char in[INPUT_MAX];
	size_t in_at, in_len;
	char command[COMMAND_MAX + 1];
	size_t command_len;
	bool too_long;
	char prompt_for; /* 'S' for +CMGS, 'W' for +CMGW */
	unsigned prompt_len;
	enum place_status prompt_status;
	char prompt_to[NUMBER_SIZE]; /* in text mode */
	struct submit sending;
	struct held *unacked; /* a +CMT that +CNMA has yet to confirm */
	bool unacked_report;
	void (*later)(struct modem *m); /* what timer will do */
	struct event *timer, *ack_timer;
	struct evbuffer *answer, *out, *unsolicited;
	unsigned unsolicited_lines;
	unsigned long answers; /* for chatter and random bytes */

	unsigned long octets; /* that came on its line */
	unsigned long commands, taken, sent, refused, stored, deleted, reports_lost;
};

struct modem *modem_new(const char *name, struct network *net, const struct profile *profile);
void modem_free(struct modem *m);

/* Plugs it in (name as in tty_plug); power comes with it.  0, or -1 with errno. */
int modem_plug(struct modem *m, struct ports *ports, const char *name);
void modem_unplug(struct modem *m);
bool modem_plugged(const struct modem *m);

/* Forgets all settings and what it was doing, without a word on the line. */
void modem_restart(struct modem *m);

/* Puts a card in, or takes it out (NULL). */
void modem_insert(struct modem *m, struct card *card);

/* Registered with the network, with a card that is unlocked. */
bool modem_on_air(const struct modem *m);

/* The <stat> of +CREG. */
int modem_registration(const struct modem *m);

/* By a fault it neither answers nor takes anything. */
bool modem_mute(const struct modem *m);

/* The memory, or NULL if the modem has no such (or no card). */
struct storage *modem_memory(struct modem *m, enum memory which);

/* Takes a PDU from the network; -1 if it cannot now (the network keeps it). */
int modem_take_sms(struct modem *m, const struct held *h);
int modem_take_report(struct modem *m, const struct held *h);

/* Stores a PDU where received ones go, and notifies as +CNMI says; -1 when that is full. */
int modem_receive(struct modem *m, const char *hex, unsigned tpdu_len);

/* Stores a PDU without a word; returns its place, or -1 when the memory is full or there is none.
 */
int modem_store(struct modem *m, enum memory where, const char *hex, unsigned tpdu_len,
	enum place_status status);

/* +CNMA has come, or its time is over. */
void modem_acked(struct modem *m, bool yes);
void modem_ack_over_cb(int fd, short what, void *modem); /* of ack_timer */

/* --- for the commands ------------------------------------------------------------------------- */

/* Adds a line to the answer that is being made. */
void modem_say(struct modem *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sends a line of its own accord: now, or after the answer that is being made. */
void modem_tell(struct modem *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with octets, which may be zero. */
void modem_tell_octets(struct modem *m, const void *octets, size_t n);

/* Ends the command that is being done with a result (at.h). */
void modem_finish(struct modem *m, int result);

/* Calls `what` after ms milliseconds; the line stays busy meanwhile. */
void modem_later(struct modem *m, unsigned ms, void (*what)(struct modem *m));

/* Puts raw octets on the line. */
void modem_raw(struct modem *m, const void *bytes, size_t n);

#endif
