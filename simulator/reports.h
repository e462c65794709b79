/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reports.h - status reports, made and sent as a card's policy says (card.h). */
#ifndef SIM_REPORTS_H
#define SIM_REPORTS_H

#include "card.h"

#include <time.h>

/* The message that a report is about. */
struct reported {
	struct card *card;
	uint8_t mr;
	time_t taken; /* when the network took it */
	char to[NUMBER_SIZE];
};

enum { ST_DELIVERED = 0x00, ST_TRYING = 0x30, ST_EXPIRED = 0x46 };

/* The network has news of the final fate `status` of the message (TP-ST). */
void reports_send(const struct reported *about, uint8_t status);

/* The network has just taken the message: sends what the policy says before its fate is known. */
void reports_taken(const struct reported *about);

/* Forgets those that are yet to be sent. */
void reports_drop(struct network *net);

#endif
