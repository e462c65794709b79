/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery.h"

#include "card.h"
#include "memory.h"
#include "modem.h"
#include "phone.h"
#include "reports.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

/* A segment that waits until its phone is back. */
struct outgoing {
	TAILQ_ENTRY(outgoing) next;
	struct network *net;
	struct phone *phone;
	struct submit submit;
	struct reported about;
	time_t until; /* on the network's clock */
	struct event *expiry;
};

static const char *
modem_name(const struct card *card)
{
	return card->modem != NULL ? card->modem->name : "-";
}

static void
deliver(struct network *net, struct phone *phone, const struct submit *s,
	const struct reported *about)
{
	struct card *from = about->card;

	net->delivered++;
	events_tell(&net->listeners, "delivered %s %s", phone->number, modem_name(from));
	phone_receive(phone, from->number, s, network_now(net), &net->next_sms);
	if (s->report)
		reports_send(about, ST_DELIVERED);
}

static void
outgoing_free(struct outgoing *o)
{
	TAILQ_REMOVE(&o->phone->waiting, o, next);
	event_free(o->expiry);
	free(o);
}

static void
expire(struct outgoing *o)
{
	struct network *net = o->net;
	struct reported about = o->about;
	bool report = o->submit.report;

	net->expired++;
	events_tell(&net->listeners, "expired %s %s", o->phone->number, modem_name(about.card));
	outgoing_free(o);
	if (report)
		reports_send(&about, ST_EXPIRED);
}

/* Expires it, or sets its timer; machine time may run apart from the network's clock. */
static void
watch_expiry(struct outgoing *o)
{
	time_t left = o->until - network_now(o->net);
	struct timeval tv = { left, 0 };

	if (left <= 0)
		expire(o);
	else
		evtimer_add(o->expiry, &tv);
}

static void
expiry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	watch_expiry(arg);
}

static void
keep(struct network *net, struct phone *phone, const struct submit *s, const struct reported *about)
{
	struct outgoing *o = memory_zeroed(1, sizeof(*o));

	o->net = net;
	o->phone = phone;
	o->submit = *s;
	o->about = *about;
	o->until = about->taken + (s->validity >= 0 ? s->validity : net->validity);
	o->expiry = evtimer_new(net->base, expiry_cb, o);
	TAILQ_INSERT_TAIL(&phone->waiting, o, next);
	watch_expiry(o);
}

int
delivery_submit(struct network *net, struct card *card, const struct submit *s, uint8_t mr)
{
	struct reported about = { .card = card, .mr = mr, .taken = network_now(net) };
	struct card *other = network_card(net, s->to);
	struct phone *phone = network_phone(net, s->to);

	if (phone == NULL)
		return 1; /* unassigned number */
	if (phone->refuse != 0)
		return (int)phone->refuse;
	strcpy(about.to, s->to);
	net->submitted++;
	events_tell(&net->listeners, "submitted %s %s %u", modem_name(card), phone->number, mr);
	if (s->report)
		reports_taken(&about);
	if (card->policy.kind == REPORTS_FAILED) {
		if (s->report)
			reports_send(&about, card->policy.status);
	} else if (other != NULL) {
		network_forward(net, card->number, other, s);
		if (s->report)
			reports_send(&about, ST_DELIVERED);
	} else if (phone->off) {
		keep(net, phone, s, &about);
	} else {
		deliver(net, phone, s, &about);
	}
	return 0;
}

void
delivery_coverage(struct network *net, struct phone *phone, bool off)
{
	struct outgoing *o;

	phone->off = off;
	phone_note(phone, off ? "coverage off" : "coverage on");
	while (!phone->off && (o = TAILQ_FIRST(&phone->waiting)) != NULL) {
		struct submit submit = o->submit;
		struct reported about = o->about;

		outgoing_free(o);
		deliver(net, phone, &submit, &about);
	}
}

void
delivery_clock_moved(struct network *net)
{
	struct phone *phone;
	size_t at = 0;

	while ((phone = table_next(&net->phones, &at)) != NULL) {
		struct outgoing *o, *next;

		for (o = TAILQ_FIRST(&phone->waiting); o != NULL; o = next) {
			next = TAILQ_NEXT(o, next);
			watch_expiry(o);
		}
	}
}

void
delivery_drop(struct phone *phone)
{
	struct outgoing *o, *next;

	for (o = TAILQ_FIRST(&phone->waiting); o != NULL; o = next) {
		next = TAILQ_NEXT(o, next);
		outgoing_free(o);
	}
}
