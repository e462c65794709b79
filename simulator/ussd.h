/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd.h - the operator's USSD menus for a SIM (balance, top-up), as scripted.
 *
 * An answer is scripted for a code (`*131#`) or for the steps after it (`*131#/1/2`).  An answer
 * that has steps below it leaves the session open.
 */
#ifndef SIM_USSD_H
#define SIM_USSD_H

#include <stdbool.h>

struct card;
struct modem;

/* Scripts (or with an empty answer forgets) what `path` is answered with; both are copied. */
void ussd_script(struct card *card, const char *path, const char *answer);

/*
 * The modem sends a code, or a choice in the open session, as it was given to +CUSD.  The answer
 * comes later as +CUSD.  Returns a result (at.h): AT_BUSY when it ends the command itself.
 */
int ussd_ask(struct modem *m, const char *typed);

/* The network says something by itself; status: +CUSD's <m>. */
void ussd_push(struct modem *m, int status, const char *text);

/* The answer that is on its way comes now.  False when none is. */
bool ussd_hasten(struct modem *m);

/* The user gives the session up; a modem that is deaf for that lets the answer come. */
void ussd_cancel(struct modem *m);

/* Something is typed while the command waits for its answer: it ends.  False when none does. */
bool ussd_break(struct modem *m);

/* Ends the session and forgets the answer that is on its way. */
void ussd_free(struct modem *m);

#endif
