/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-up: a list of encoded datagrams.
 */
#include "worker-up.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "worker-guard.h"

struct kept {
	struct kept *next;
	size_t len;
	uint8_t bytes[];
};

static struct kept *first, **last = &first;
static size_t waiting;

/* Returns 1 when sent, 0 when it does not fit now. */
static int
try_send(const uint8_t *bytes, size_t len)
{
	ssize_t sent;

	do
		sent = send(WIRE_FD, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent == -1 && errno == EINTR);
	if (sent != -1)
		return 1;
	if (errno == EAGAIN || errno == ENOBUFS)
		return 0;
	log_info("modem=%s event=parent-gone error=%s", worker_modem, strerror(errno));
	_exit(0);
}

static void
keep(const uint8_t *bytes, size_t len)
{
	struct kept *k = malloc(sizeof(*k) + len);

	if (k == NULL)
		fatal("event=no-memory wanted=%zu", len);
	k->next = NULL;
	k->len = len;
	memcpy(k->bytes, bytes, len);
	*last = k;
	last = &k->next;
	waiting++;
}

void
up_send(const struct wire_msg *msg)
{
	uint8_t bytes[WIRE_MAX];
	int len = wire_encode(msg, bytes);

	if (len == -1)
		fatal("modem=%s event=message-out-of-range type=%d", worker_modem, (int)msg->type);
	if (waiting > 0 || !try_send(bytes, (size_t)len))
		keep(bytes, (size_t)len);
}

void
up_flush(void)
{
	while (first != NULL && try_send(first->bytes, first->len)) {
		struct kept *sent = first;

		first = sent->next;
		if (first == NULL)
			last = &first;
		free(sent);
		waiting--;
	}
}

size_t
up_waiting(void)
{
	return waiting;
}
