/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fed-modem: gateway/modem.h without a modem: one link through which a bench feeds the inbox.
 *
 * What it is: those functions of modem.h that the inbox and the outbox call, in place of modem.c: a
 * link that only receives, never sends, and tells the bench of each acknowledgement.
 */
#ifndef FED_MODEM_H
#define FED_MODEM_H

#include <stddef.h>
#include <stdint.h>

struct modem;

extern struct modem *const fed_modem;

/* Called at each acknowledgement, from within the inbox: feed it later, not from here. */
extern void (*fed_modem_acknowledged)(const uint32_t *handles, size_t count);

#endif
