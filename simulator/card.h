/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card.h - a SIM card: who it says it is, its PIN, its message memories, what the network holds for
 * it, and how the network treats it.  It moves between modems with all of that.
 */
#ifndef SIM_CARD_H
#define SIM_CARD_H

#include "pdu.h"
#include "storage.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct modem;
struct network;

/* One PDU that the network holds for a SIM. */
struct held {
	STAILQ_ENTRY(held) next;
	int class; /* message class 0 to 3, or -1 */
	unsigned tpdu_len;
	char hex[];
};

STAILQ_HEAD(held_list, held);

enum card_lock { CARD_READY, CARD_PIN, CARD_PUK, CARD_DEAD };

enum report_kind {
	REPORTS_ON,
	REPORTS_OFF, /* none is ever made */
	REPORTS_DELAYED,
	REPORTS_DOUBLED,
	REPORTS_REORDERED, /* every few in reverse order */
	REPORTS_TEMPORARY, /* first "still trying", then the final one */
	REPORTS_FAILED,    /* nothing is delivered, the report says so */
};

struct report_policy {
	enum report_kind kind;
	unsigned ms;    /* of REPORTS_DELAYED */
	uint8_t status; /* TP-ST of REPORTS_FAILED */
};

struct card {
	TAILQ_ENTRY(card) next;
	struct network *net; /* borrowed */
	struct modem *modem; /* that it is in, or NULL; borrowed */
	char number[NUMBER_SIZE];
	char imsi[16], iccid[24];
	char smsc[NUMBER_SIZE]; /* "" is a SIM that was never provisioned */
	char pin[9], puk[9];    /* pin "": no PIN is asked */
	enum card_lock lock;
	int pin_left, puk_left; /* attempts */
	uint8_t next_mr;        /* TP-MR of its next message */
	struct storage sm, sr;
	struct held_list sms, reports; /* what the network holds, oldest first */
	unsigned sms_held, reports_held;
	struct report_policy policy;
	struct held_list reversed; /* REPORTS_REORDERED: kept back, newest first */
	unsigned reversed_count;
	struct event *reversed_timer; /* made when needed */
	bool reports_drop;            /* a report that finds its memory full is lost, not held */
	unsigned no_credit;           /* the +CMS ERROR that refuses its messages, or 0 */
	struct table ussd;            /* code, or code/step/step, to struct ussd_answer */
};

/* A new card, the nth: number, IMSI and ICCID follow from n.  Memories of `sm` and `sr` places. */
struct card *card_new(unsigned n, unsigned sm, unsigned sr);
void card_free(struct card *card);

/* Power is gone and came back: the PIN is asked for again. */
void card_reset(struct card *card);

/*
 * Tries the PIN, or, when that is blocked, `puk` with a new PIN.  Returns 0, or the +CME ERROR:
 * 16 wrong, 12 the PUK is needed, 13 the card is dead, 3 not now.
 */
int card_unlock(struct card *card, const char *code, const char *new_pin);

/* The Luhn check digit ('0' to '9') of a string of digits. */
char card_luhn(const char *digits);

#endif
