/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modem-receive.c - what the network brings a modem: stored or handed over, and told (27.005, 3.4).
 */
#include "modem.h"

#include "card.h"
#include "memory.h"
#include "network.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

struct storage *
modem_memory(struct modem *m, enum memory which)
{
	switch (which) {
	case MEMORY_SM:
		return m->card != NULL ? &m->card->sm : NULL;
	case MEMORY_ME:
		return m->profile.me ? &m->me : NULL;
	case MEMORY_SR:
		return m->profile.sr && m->card != NULL ? &m->card->sr : NULL;
	default:
		return NULL;
	}
}

/* The codes of +CNMI's mode: 0 keeps them in the modem; what is kept has an end. */
static void
notify(struct modem *m, const char *code, enum memory where, int at)
{
	if (m->set.cnmi[0] == 0)
		return;
	modem_tell(m, "%s: \"%s\",%u", code, memory_name(where), (unsigned)at + m->profile.base);
}

int
modem_store(struct modem *m, enum memory where, const char *hex, unsigned tpdu_len,
	enum place_status status)
{
	struct storage *s = modem_memory(m, where);
	int at = s != NULL ? storage_put(s, hex, tpdu_len, status) : -1;

	if (at == -1)
		return -1;
	m->stored++;
	events_tell(&m->net->listeners, "stored %s %u", m->name, (unsigned)at + m->profile.base);
	return at;
}

int
modem_receive(struct modem *m, const char *hex, unsigned tpdu_len)
{
	enum memory where = m->set.mem[2];
	int at = modem_store(m, where, hex, tpdu_len, REC_UNREAD);

	if (at == -1)
		return -1;
	if (m->set.cnmi[1] != 0)
		notify(m, "+CMTI", where, at);
	return 0;
}

void
modem_ack_over_cb(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	modem_acked(arg, false);
}

/* Hands a PDU straight to the computer; with +CSMS=1 the next waits for +CNMA (27.005, 3.4.4). */
static int
hand_over(struct modem *m, const char *code, const struct held *h, bool report)
{
	struct timeval tv = { m->ack_ms / 1000, m->ack_ms % 1000 * 1000L };
	size_t size = sizeof(*h) + strlen(h->hex) + 1;

	if (m->unacked != NULL)
		return -1;
	if (m->set.csms == 1) {
		m->unacked = memory_zeroed(1, size);
		memcpy(m->unacked, h, size);
		m->unacked_report = report;
		evtimer_add(m->ack_timer, &tv);
	}
	if (report)
		modem_tell(m, "%s: %u\r\n%s", code, h->tpdu_len, h->hex);
	else
		modem_tell(m, "%s: ,%u\r\n%s", code, h->tpdu_len, h->hex);
	return 0;
}

void
modem_acked(struct modem *m, bool yes)
{
	struct held *h = m->unacked;
	bool report = m->unacked_report;

	if (h == NULL)
		return;
	m->unacked = NULL;
	evtimer_del(m->ack_timer);
	if (yes || m->card == NULL) {
		free(h);
	} else {
		/* Nobody listens: back to the network, and no more are handed over. */
		m->set.cnmi[1] = m->set.cnmi[3] = 0;
		if (report)
			STAILQ_INSERT_HEAD(&m->card->reports, h, next);
		else
			STAILQ_INSERT_HEAD(&m->card->sms, h, next);
		*(report ? &m->card->reports_held : &m->card->sms_held) += 1;
	}
	if (m->card != NULL)
		network_pump(m->card);
}

int
modem_take_sms(struct modem *m, const struct held *h)
{
	int mt = m->set.cnmi[1], at;
	enum memory where = h->class == 2 ? MEMORY_SM : m->set.mem[2];

	if (!modem_on_air(m) || modem_mute(m))
		return -1;
	if ((mt == 2 && h->class != 2) || (mt == 3 && h->class == 3))
		return hand_over(m, "+CMT", h, false);
	at = modem_store(m, where, h->hex, h->tpdu_len, REC_UNREAD);
	if (at == -1)
		return -1;
	if (mt != 0)
		notify(m, "+CMTI", where, at);
	return 0;
}

int
modem_take_report(struct modem *m, const struct held *h)
{
	enum memory where = m->profile.sr ? MEMORY_SR : m->set.mem[2];
	int at;

	if (!modem_on_air(m) || modem_mute(m))
		return -1;
	if (m->set.cnmi[3] == 1)
		return hand_over(m, "+CDS", h, true);
	if (m->set.cnmi[3] == 0) {
		m->reports_lost++;
		return 0;
	}
	at = modem_store(m, where, h->hex, h->tpdu_len, REC_UNREAD);
	if (at == -1 && m->card->reports_drop) {
		m->reports_lost++;
		return 0;
	}
	if (at == -1)
		return -1;
	notify(m, "+CDSI", where, at);
	return 0;
}
