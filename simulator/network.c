/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network.h"

#include "card.h"
#include "delivery.h"
#include "memory.h"
#include "modem.h"
#include "phone.h"
#include "reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
network_init(struct network *net, struct event_base *base)
{
	*net = (struct network){ .base = base, .zone = 8, .validity = 72 * 3600L, .next_sms = 1 };
	LIST_INIT(&net->listeners);
	LIST_INIT(&net->delayed);
	TAILQ_INIT(&net->cards);
	strcpy(net->country, "250");
}

void
network_free(struct network *net)
{
	struct phone *phone;
	struct card *card;
	size_t at = 0;

	reports_drop(net);
	while ((phone = table_next(&net->phones, &at)) != NULL) {
		delivery_drop(phone);
		phone_free(phone);
	}
	table_clear(&net->phones);
	table_clear(&net->cards_by_number);
	while ((card = TAILQ_FIRST(&net->cards)) != NULL) {
		TAILQ_REMOVE(&net->cards, card, next);
		card_free(card);
	}
}

time_t
network_now(const struct network *net)
{
	return time(NULL) + net->clock_offset;
}

/* --- subscribers ------------------------------------------------------------------------------ */

int
network_number(const struct network *net, const char *dialled, char out[NUMBER_SIZE])
{
	size_t digits = strspn(dialled, "0123456789");
	int len;

	if (dialled[0] == '\0')
		return -1;
	if (dialled[digits] != '\0' || dialled[0] != '0' || digits < 7)
		len = snprintf(out, NUMBER_SIZE, "%s", dialled);
	else if (dialled[1] == '0')
		len = snprintf(out, NUMBER_SIZE, "+%s", dialled + 2);
	else
		len = snprintf(out, NUMBER_SIZE, "+%s%s", net->country, dialled + 1);
	return len > 0 && len < NUMBER_SIZE ? 0 : -1;
}

struct phone *
network_phone(struct network *net, const char *number)
{
	char name[NUMBER_SIZE];
	struct phone *phone;

	if (network_number(net, number, name) == -1)
		return NULL;
	phone = table_get(&net->phones, name);
	if (phone == NULL) {
		phone = phone_new(name);
		table_put(&net->phones, phone->number, phone);
	}
	return phone;
}

void
network_add_card(struct network *net, struct card *card)
{
	card->net = net;
	TAILQ_INSERT_TAIL(&net->cards, card, next);
	table_put(&net->cards_by_number, card->number, card);
}

struct card *
network_card(struct network *net, const char *number)
{
	char name[NUMBER_SIZE];

	if (network_number(net, number, name) == -1)
		return NULL;
	return table_get(&net->cards_by_number, name);
}

int
network_renumber(struct network *net, struct card *card, const char *number)
{
	char name[NUMBER_SIZE];

	if (network_number(net, number, name) == -1)
		return -1;
	if (table_get(&net->cards_by_number, name) != NULL)
		return -1;
	table_remove(&net->cards_by_number, card->number);
	strcpy(card->number, name);
	table_put(&net->cards_by_number, card->number, card);
	return 0;
}

/* --- to SIMs ---------------------------------------------------------------------------------- */

/*
 * The SMSC time stamp of a sender's next message.  Stamps count whole seconds, and a gateway tells
 * two messages of one sender apart by them, so the next second is taken when one is used up.
 */
static time_t
next_stamp(const struct network *net, struct phone *sender)
{
	time_t now = network_now(net);

	if (!net->stamps_repeat && now <= sender->last_stamp)
		now = sender->last_stamp + 1;
	sender->last_stamp = now;
	return now;
}

/* The message class that a coding scheme states (23.038, 4), or -1. */
static int
class_of(uint8_t dcs)
{
	if ((dcs & 0x90) == 0x10 || (dcs & 0xF0) == 0xF0)
		return dcs & 0x03;
	return -1;
}

static void
hold(struct network *net, struct phone *sender, const char *from, struct card *to, uint8_t pid,
	const struct segment *segment)
{
	struct deliver d = { .smsc = to->smsc,
		.from = from,
		.stamp = next_stamp(net, sender),
		.zone = net->zone,
		.pid = pid,
		.segment = segment };
	uint8_t pdu[PDU_MAX];
	unsigned tpdu_len;
	size_t len = pdu_deliver(&d, pdu, &tpdu_len);
	struct held *h = memory_zeroed(1, sizeof(*h) + len * 2 + 1);

	h->class = class_of(segment->dcs);
	h->tpdu_len = tpdu_len;
	pdu_to_hex(pdu, len, h->hex);
	STAILQ_INSERT_TAIL(&to->sms, h, next);
	to->sms_held++;
	net->to_sims++;
}

int
network_text(
	struct network *net, const char *from, struct card *to, const char *text, const char **why)
{
	struct phone *sender = network_phone(net, from);
	struct segment *segments;
	int n;

	if (sender == NULL) {
		*why = "the sender is no number and no name";
		return -1;
	}
	if (sender->off) {
		*why = "the sender is out of coverage";
		return -1;
	}
	n = pdu_segments(text, sender->next_ref, net->ref16, &segments);
	if (n == -1) {
		*why = "the text is too long for 255 segments";
		return -1;
	}
	if (n > 1)
		sender->next_ref++;
	for (int i = 0; i < n; i++)
		hold(net, sender, from, to, 0, &segments[i]);
	free(segments);
	phone_sent(sender, to->number, text, network_now(net), net->next_sms++);
	network_pump(to);
	return n;
}

void
network_forward(struct network *net, const char *from, struct card *to, const struct submit *submit)
{
	hold(net, network_phone(net, from), from, to, submit->pid, &submit->raw);
	network_pump(to);
}

void
network_pump(struct card *card)
{
	struct held *h;

	if (card->modem == NULL)
		return;
	while ((h = STAILQ_FIRST(&card->sms)) != NULL && modem_take_sms(card->modem, h) == 0) {
		STAILQ_REMOVE_HEAD(&card->sms, next);
		card->sms_held--;
		free(h);
	}
	while ((h = STAILQ_FIRST(&card->reports)) != NULL &&
		modem_take_report(card->modem, h) == 0) {
		STAILQ_REMOVE_HEAD(&card->reports, next);
		card->reports_held--;
		free(h);
	}
}
