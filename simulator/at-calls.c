/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at-calls.c - incoming calls and the SIM's own USSD (27.007, 6 and 7.15). */
#include "at.h"

#include "card.h"
#include "charset.h"
#include "memory.h"
#include "modem.h"
#include "network.h"
#include "phone.h"
#include "ussd.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_MS 3000

/* --- calls ------------------------------------------------------------------------------------ */

static void
tell_caller(struct modem *m, const char *how)
{
	char note[64];

	events_tell(&m->net->listeners, "call %s %s %s", m->call.from, m->name, how);
	snprintf(note, sizeof(note), "call %s", how);
	phone_note(network_phone(m->net, m->call.from), note);
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
		modem_tell(m, "+CLIP: \"%s\",%d,\"\",0,\"\",0", m->call.from,
			m->call.from[0] == '+' ? 145 : 129);
	if (m->call.state != CALL_RINGING)
		return;
	if (m->call.rung_ms + RING_MS > m->ring_limit_ms) {
		tv.tv_sec = (m->ring_limit_ms - m->call.rung_ms) / 1000;
		tv.tv_usec = (m->ring_limit_ms - m->call.rung_ms) % 1000 * 1000L;
	}
	m->call.rung_ms += RING_MS;
	evtimer_add(m->call.ring, &tv);
}

void
call_start(struct modem *m, const char *from)
{
	snprintf(m->call.from, sizeof(m->call.from), "%s", from);
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

static int
chup(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_RUN)
		call_end(m, "hungup");
	return op == AT_RUN || op == AT_TEST ? AT_OK : AT_ERROR;
}

static int
clip(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_READ) {
		modem_say(m, "+CLIP: %d,1", m->set.clip);
		return AT_OK;
	}
	return at_setting(m, op, args, "+CLIP", &m->set.clip, 1);
}

static int
crc(struct modem *m, enum at_op op, const struct at_args *args)
{
	return at_setting(m, op, args, "+CRC", &m->set.crc, 1);
}

static int
clcc(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_RUN && m->call.state != CALL_NONE)
		modem_say(m, "+CLCC: 1,1,%d,0,0,\"%s\",%d", m->call.state == CALL_RINGING ? 4 : 0,
			m->call.from, m->call.from[0] == '+' ? 145 : 129);
	return AT_OK;
}

/* --- USSD ------------------------------------------------------------------------------------- */

/* +CUSD=1,"code",15 asks; =2 gives up; what the operator says follows as +CUSD (27.007, 7.15). */
static int
cusd(struct modem *m, enum at_op op, const struct at_args *args)
{
	int n;

	if (op == AT_READ || op == AT_TEST)
		return at_setting(m, op, args, "+CUSD", &m->set.cusd, 2);
	n = at_number(args, 0, 0, 2, 0);
	if (op != AT_SET || n == -1)
		return AT_ERROR;
	if (n == 2) {
		ussd_free(m);
		return AT_OK;
	}
	m->set.cusd = n;
	if (args->n < 2 || args->value[1][0] == '\0')
		return AT_OK;
	if (!modem_on_air(m))
		return CME_NO_NETWORK;
	return ussd_ask(m, args->value[1]) == 0 ? AT_OK : AT_ERROR;
}

const struct at_command at_calls[] = {
	{ .name = "+CHUP", .run = chup },
	{ .name = "+CLIP", .run = clip },
	{ .name = "+CRC", .run = crc },
	{ .name = "+CLCC", .run = clcc },
	{ .name = "+CUSD", .run = cusd, .needs_card = true },
	{ .name = NULL },
};
