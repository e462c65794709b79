/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network.h - the simulated operator: its clock, its subscribers (phones and SIM cards), and the
 * SMS-DELIVERs that it holds until a SIM has room for them.
 *
 * The network owns its phones and cards.  Messages from SIMs to phones, and the reports about them,
 * are delivery.h's affair.
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "events.h"
#include "pdu.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

struct event_base;
struct card;
struct delayed;
struct phone;

TAILQ_HEAD(cards, card);

struct network {
	struct event_base *base; /* borrowed */
	struct listeners listeners;
	struct cards cards;
	LIST_HEAD(delayeds, delayed) delayed; /* reports.c's */
	struct table cards_by_number, phones; /* phones by E.164 number, or by alphabetic name */
	char country[8];                      /* what replaces a national number's 0 */
	long clock_offset;  /* seconds that the network's clock is ahead of the machine's */
	int zone;           /* of its time stamps, in quarters of an hour */
	bool stamps_repeat; /* allow one sender two messages with one time stamp */
	bool ref16;         /* long texts are joined by 16-bit references */
	long validity;      /* seconds a message without a validity period is kept */
	uint64_t next_sms;  /* a number for every SMS that a phone gets */
	unsigned long submitted, delivered, expired, to_sims; /* counters */
};

void network_init(struct network *net, struct event_base *base);
void network_free(struct network *net);

/* The network's time of day, in seconds. */
time_t network_now(const struct network *net);

/*
 * The one name of a subscriber: `0788...` and `00250788...` as E.164; short codes and alphabetic
 * names as they are.  Writes to out.  Returns 0, or -1 if it is empty or too long.
 */
int network_number(const struct network *net, const char *dialled, char out[NUMBER_SIZE]);

/* The phone of that number, made when it is new; NULL if the number is none. */
struct phone *network_phone(struct network *net, const char *number);

/* Adds a card; from now on the network owns it and messages to its number go to it. */
void network_add_card(struct network *net, struct card *card);

/* Gives a card another number; -1 if that is another card's or none. */
int network_renumber(struct network *net, struct card *card, const char *number);

/* The card of that number, or NULL. */
struct card *network_card(struct network *net, const char *number);

/*
 * Sends a text to a SIM card: a number or an alphabetic name speaks.  Returns the segments, or -1
 * with *why (static).
 */
int network_text(
	struct network *net, const char *from, struct card *to, const char *text, const char **why);

/* Passes on one segment from a SIM to a SIM, as it is. */
void network_forward(
	struct network *net, const char *from, struct card *to, const struct submit *submit);

/* Offers what waits for the card to the modem that it is in, until that takes no more. */
void network_pump(struct card *card);

#endif
