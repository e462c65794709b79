/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports.h"

#include "memory.h"
#include "network.h"

#include <event2/event.h>
#include <stdlib.h>

#define REVERSED_MAX 4  /* reports that are sent in reverse order together */
#define REVERSED_MS 300 /* what came by then is sent */

static struct held *
make(const struct reported *about, uint8_t status)
{
	struct network *net = about->card->net;
	struct report r = { .smsc = about->card->smsc,
		.mr = about->mr,
		.to = about->to,
		.stamp = about->taken,
		.discharge = network_now(net),
		.zone = net->zone,
		.status = status };
	uint8_t pdu[PDU_MAX];
	unsigned tpdu_len;
	size_t len = pdu_report(&r, pdu, &tpdu_len);
	struct held *h = memory_zeroed(1, sizeof(*h) + len * 2 + 1);

	h->class = -1;
	h->tpdu_len = tpdu_len;
	pdu_to_hex(pdu, len, h->hex);
	return h;
}

static void
queue(struct card *card, struct held *h)
{
	STAILQ_INSERT_TAIL(&card->reports, h, next);
	card->reports_held++;
}

static void
send_now(const struct reported *about, uint8_t status)
{
	queue(about->card, make(about, status));
	network_pump(about->card);
}

/* --- delayed ---------------------------------------------------------------------------------- */

struct delayed {
	LIST_ENTRY(delayed) next;
	struct reported about;
	uint8_t status;
	struct event *timer;
};

static void
delayed_free(struct delayed *d)
{
	LIST_REMOVE(d, next);
	event_free(d->timer);
	free(d);
}

static void
delayed_cb(evutil_socket_t fd, short what, void *arg)
{
	struct delayed *d = arg;

	(void)fd;
	(void)what;
	send_now(&d->about, d->status);
	delayed_free(d);
}

void
reports_drop(struct network *net)
{
	struct delayed *d, *next;

	for (d = LIST_FIRST(&net->delayed); d != NULL; d = next) {
		next = LIST_NEXT(d, next);
		delayed_free(d);
	}
}

static void
send_later(const struct reported *about, uint8_t status, unsigned ms)
{
	struct network *net = about->card->net;
	struct delayed *d = memory_zeroed(1, sizeof(*d));
	struct timeval tv = { ms / 1000, ms % 1000 * 1000L };

	d->about = *about;
	d->status = status;
	d->timer = evtimer_new(net->base, delayed_cb, d);
	LIST_INSERT_HEAD(&net->delayed, d, next);
	evtimer_add(d->timer, &tv);
}

/* --- reordered -------------------------------------------------------------------------------- */

static void
flush_reversed(struct card *card)
{
	struct held *h;

	while ((h = STAILQ_FIRST(&card->reversed)) != NULL) {
		STAILQ_REMOVE_HEAD(&card->reversed, next);
		queue(card, h);
	}
	card->reversed_count = 0;
	network_pump(card);
}

static void
reversed_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush_reversed(arg);
}

static void
send_reversed(const struct reported *about, uint8_t status)
{
	struct card *card = about->card;
	struct held *h = make(about, status);
	struct timeval tv = { 0, REVERSED_MS * 1000L };

	STAILQ_INSERT_HEAD(&card->reversed, h, next);
	if (++card->reversed_count >= REVERSED_MAX) {
		flush_reversed(card);
		return;
	}
	if (card->reversed_timer == NULL)
		card->reversed_timer = evtimer_new(card->net->base, reversed_cb, card);
	evtimer_add(card->reversed_timer, &tv);
}

/* --- policy ----------------------------------------------------------------------------------- */

void
reports_taken(const struct reported *about)
{
	if (about->card->policy.kind == REPORTS_TEMPORARY)
		send_now(about, ST_TRYING);
}

void
reports_send(const struct reported *about, uint8_t status)
{
	const struct report_policy *policy = &about->card->policy;

	switch (policy->kind) {
	case REPORTS_OFF:
		break;
	case REPORTS_DELAYED:
		send_later(about, status, policy->ms);
		break;
	case REPORTS_REORDERED:
		send_reversed(about, status);
		break;
	case REPORTS_DOUBLED:
		send_now(about, status);
		send_now(about, status);
		break;
	case REPORTS_ON:
	case REPORTS_TEMPORARY:
	case REPORTS_FAILED:
		send_now(about, status);
	}
}
