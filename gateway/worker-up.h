/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-up: what goes up to the parent, in order, without ever waiting for it.
 *
 * What does not fit the socket is kept until it does.  While anything waits the worker reads
 * nothing more from the modem, so that little can gather here.
 */
#ifndef WORKER_UP_H
#define WORKER_UP_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

/* Send, or keep.  The message's contents are copied.  A parent that is gone ends the process. */
void up_send(const struct wire_msg *msg);

/* The socket takes more: send what was kept. */
void up_flush(void);

/* How many messages are kept. */
size_t up_waiting(void);

#endif
