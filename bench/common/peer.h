/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer: gammu-smsd (with PostgreSQL) and smstools3 on a modem of a field that is not the
 * gateway's.
 *
 * What it is: the packages of Debian, configured for speed as far as their settings go (no waiting
 * between looks, no housekeeping of the modem), with a private database or private folders, no
 * service.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>

#include "bench/common/field.h"

enum peer_kind { PEER_GAMMU, PEER_SMSTOOLS };

struct peer {
	enum peer_kind kind;
	struct proc proc;
	struct field *field;
	char *dir, *device;
};

/* In words; borrowed. */
const char *peer_name(enum peer_kind kind);

/* NULL when it is installed, else what to install, in words; borrowed. */
const char *peer_missing(enum peer_kind kind);

/* Starts it on the simulator's modem of that number (1: m1); it takes a moment to find it. */
void peer_start(struct peer *peer, enum peer_kind kind, struct field *field, unsigned modem);
void peer_stop(struct peer *peer);

/* Messages for so many invented numbers, all at once. */
void peer_queue(struct peer *peer, unsigned count, const char *text);

#endif
