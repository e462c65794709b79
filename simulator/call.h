/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call.h - calls from phones to modems: they ring until they are refused, answered, given up, or
 * until nobody came.  What became of one is told to the caller and as an event.
 */
#ifndef SIM_CALL_H
#define SIM_CALL_H

struct card;
struct modem;
struct network;
struct phone;

void call_place(struct network *net, struct phone *from, struct card *to);

/* The caller hangs up; -1 if it calls nobody. */
int call_give_up(struct network *net, const struct phone *from);

/* The modem's call, if there is one, ends; `how` is told: "hungup", "timeout", ... */
void call_end(struct modem *m, const char *how);

/* ATA; returns a result of at.h. */
int call_answer(struct modem *m);

#endif
