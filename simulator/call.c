/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call.h"

#include "at.h"
#include "card.h"
#include "modem.h"
#include "network.h"
#include "phone.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#define RING_MS 3000

static void
tell(struct network *net, struct phone *caller, const char *modem, const char *how)
{
	char note[64];

	events_tell(&net->listeners, "call %s %s %s", caller->number, modem, how);
	snprintf(note, sizeof(note), "call %s", how);
	phone_note(caller, note);
}

static void
tell_caller(struct modem *m, const char *how)
{
	tell(m->net, m->call.from, m->name, how);
}

static void
ring_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modem *m = arg;
	struct timeval tv = { RING_MS / 1000, RING_MS % 1000 * 1000L };

	(void)fd;
	(void)what;
	if (m->call.rung_ms >= m->ring_limit_ms) {
		modem_tell(m, "NO CARRIER");
		call_end(m, "timeout");
		return;
	}
	modem_tell(m, m->set.crc ? "+CRING: VOICE" : "RING");
	if (m->set.clip)
		modem_tell(m, "+CLIP: \"%s\",%d,\"\",0,\"\",0", m->call.from->number,
			m->call.from->number[0] == '+' ? 145 : 129);
	if (m->call.state != CALL_RINGING)
		return;
	if (m->call.rung_ms + RING_MS > m->ring_limit_ms) {
		tv.tv_sec = (m->ring_limit_ms - m->call.rung_ms) / 1000;
		tv.tv_usec = (m->ring_limit_ms - m->call.rung_ms) % 1000 * 1000L;
	}
	m->call.rung_ms += RING_MS;
	evtimer_add(m->call.ring, &tv);
}

static void
start(struct modem *m, struct phone *from)
{
	m->call.from = from;
	m->call.state = CALL_RINGING;
	m->call.rung_ms = 0;
	m->call.ring = evtimer_new(m->net->base, ring_cb, m);
	tell_caller(m, "ringing");
	ring_cb(-1, 0, m);
}

void
call_end(struct modem *m, const char *how)
{
	if (m->call.state == CALL_NONE)
		return;
	m->call.state = CALL_NONE;
	event_free(m->call.ring);
	m->call.ring = NULL;
	tell_caller(m, how);
}

int
call_answer(struct modem *m)
{
	if (m->call.state != CALL_RINGING)
		return AT_NO_CARRIER;
	m->call.state = CALL_ANSWERED;
	evtimer_del(m->call.ring);
	tell_caller(m, "answered");
	return AT_OK;
}

void
call_place(struct network *net, struct phone *from, struct card *to)
{
	struct modem *m = to->modem;

	if (m == NULL || !modem_on_air(m))
		tell(net, from, m != NULL ? m->name : "-", "unreachable");
	else if (m->call.state != CALL_NONE)
		tell(net, from, m->name, "busy");
	else
		start(m, from);
}

int
call_give_up(struct network *net, const struct phone *from)
{
	struct card *card;

	for (card = TAILQ_FIRST(&net->cards); card != NULL; card = TAILQ_NEXT(card, next)) {
		struct modem *m = card->modem;

		if (m == NULL || m->call.state == CALL_NONE || m->call.from != from)
			continue;
		modem_tell(m, "NO CARRIER");
		call_end(m, "cancelled");
		return 0;
	}
	return -1;
}
