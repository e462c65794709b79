/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notices: what SQL wants said to somebody who has not just written: a job for a crew, news of a
 * ticket, a reminder to a department or of a tax. SQL names a text and its values (the tables
 * notice and reminder); here due ones become words in the contact's language and are queued, in one
 * transaction that takes them.
 *
 * What it is: a connection, a timer for the next one due, the rendering, and the joining of a
 * digest's items into one SMS. What it is not: it decides neither who is told nor when (SQL does),
 * and sends nothing (outbox does).
 */
#ifndef NOTICES_H
#define NOTICES_H

#include "outgoing.h"

struct gateway;
struct notices;
struct texts;

struct notices *notices_new(struct gateway *gateway);
void notices_free(struct notices *notices);

/* Begin to connect to the database. */
void notices_start(struct notices *notices);

/* Something may be due: the clock moved, a minute passed, it can be believed again. */
void notices_wake(struct notices *notices);

/*
 * A notice's words: the text of key in the language, or in the default one. pairs: names and values
 * separated by U+001F. Returns bytes written, or -1 when there is no such text or it is too long.
 */
int notices_render(const struct texts *texts, const char *language, const char *key,
	const char *pairs, char out[OUTGOING_BYTES_MAX]) __attribute__((warn_unused_result));

/* 1 when nothing is being taken. */
int notices_idle(const struct notices *notices);

#endif
