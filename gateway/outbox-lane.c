/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-lane: a link's slot: a claimed segment becomes an SMS, and the modem's word about it an
 * outcome. */
#include "monotonic.h"
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "modem.h"
#include "outbox-policy.h"
#include "text.h"

#define WAY_SHARE 8            /* modems of a way before the next one gets any */
#define CONCATENATION_OCTETS 6 /* UDHL and one 8-bit concatenation element */

/* --- Lanes --- */

struct lane *
outbox_lane_of(const struct outbox *outbox, const struct modem *modem)
{
	struct lane *lane;

	for (size_t i = 0; i < outbox->way_count; i++) {
		TAILQ_FOREACH(lane, &outbox->ways[i]->lanes, entry)
			if (lane->modem == modem)
				return lane;
	}
	return NULL;
}

void
outbox_segment_clear(struct segment *segment)
{
	free(segment->body);
	memset(segment, 0, sizeof(*segment));
}

void
outbox_lane_claims(struct lane *lane)
{
	lane->claims = lane->link_id;
	lane->slot = fair_slot(lane->credit);
	if (lane->free_at == 0)
		lane->free_at = monotonic_ms();
}

void
outbox_lane_free(struct lane *lane)
{
	lane->state = LANE_FREE;
	lane->free_at = 0;
}

void
outbox_lane_empty(struct lane *lane)
{
	lane->state = LANE_EMPTY;
	lane->free_at = 0;
	lane->credit = FAIR_BEGIN;
}

void
outbox_lane_wait(struct lane *lane, double seconds, int resting)
{
	lane->state = LANE_WAITING;
	lane->free_at = 0;
	lane->resting = resting;
	db_due_in(lane->timer, seconds);
}

static void
lane_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct lane *lane = arg;

	(void)fd;
	(void)what;
	if (lane->state == LANE_WAITING)
		outbox_lane_free(lane);
	outway_turn_later(lane->way);
}

static size_t
count_lanes(const struct outway *way)
{
	struct lane *lane;
	size_t n = 0;

	TAILQ_FOREACH(lane, &way->lanes, entry)
		n++;
	return n;
}

/*
 * The first way that has not its share yet, else the one with the fewest.  A commit costs about as
 * much as several segments, and is shared by all lanes of a way: so few modems send fastest by one.
 */
static struct outway *
way_for_another(const struct outbox *outbox)
{
	struct outway *fewest = outbox->ways[0];

	for (size_t i = 0; i < outbox->way_count; i++) {
		if (count_lanes(outbox->ways[i]) < WAY_SHARE)
			return outbox->ways[i];
		if (count_lanes(outbox->ways[i]) < count_lanes(fewest))
			fewest = outbox->ways[i];
	}
	return fewest;
}

/* A modem stays with its way for good. */
static struct lane *
lane_new(struct outbox *outbox, struct modem *modem)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (lane == NULL)
		fatal("event=out_of_memory");
	lane->way = way_for_another(outbox);
	lane->credit = FAIR_BEGIN;
	lane->modem = modem;
	lane->timer = evtimer_new(outbox->gateway->base, lane_timer_cb, lane);
	TAILQ_INSERT_TAIL(&lane->way->lanes, lane, entry);
	return lane;
}

void
outbox_modem_up(struct outbox *outbox, struct modem *modem)
{
	struct lane *lane = outbox_lane_of(outbox, modem);

	if (lane == NULL)
		lane = lane_new(outbox, modem);
	if (lane->link_id != modem_link(modem)) /* another SIM, another network */
		lane->pace = (struct pace){ 0 };
	lane->link_id = modem_link(modem);
	lane->free_at = 0;
	if (lane->state == LANE_EMPTY || lane->state == LANE_WAITING) {
		evtimer_del(lane->timer);
		outbox_lane_free(lane);
	}
	outway_turn_later(lane->way);
}

struct outcome *
outbox_outcome_add(struct lane *lane, const char *word)
{
	struct outcome *o = calloc(1, sizeof(*o));

	if (o == NULL)
		fatal("event=out_of_memory");
	o->message_id = lane->segment.message_id;
	o->seq = lane->segment.seq;
	/* The modem may have got another SIM since the claim. */
	o->link_id = lane->claims != 0 ? lane->claims : lane->link_id;
	o->word = word;
	o->reference = o->error = -1;
	snprintf(o->modem_name, sizeof(o->modem_name), "%s", modem_name(lane->modem));
	TAILQ_INSERT_TAIL(&lane->way->outcomes, o, entry);
	outbox_segment_clear(&lane->segment);
	lane->state = LANE_FREE;
	lane->free_at = monotonic_ms();
	outway_turn_later(lane->way);
	return o;
}

void
outbox_modem_down(struct outbox *outbox, struct modem *modem)
{
	struct lane *lane = outbox_lane_of(outbox, modem);

	if (lane == NULL || lane->state != LANE_SENDING)
		return;
	log_warn("event=unknown modem=%s message=%lld segment=%d hint=%s", modem_name(modem),
		(long long)lane->segment.message_id, lane->segment.seq,
		log_quote("it may have left; it is not sent again by itself"));
	outbox_outcome_add(lane, "unknown");
}

/* --- Out --- */

/* Build the wire's message of the lane's segment; udh and text are the caller's memory. */
static int
build_send(const struct lane *lane, struct wire_send *send, uint8_t udh[5],
	uint8_t text[2 * TEXT_SEGMENT_UNITS_MAX])
{
	static struct text_segments cut; /* large; the loop is one thread */
	const struct segment *segment = &lane->segment;

	if (text_segment(segment->body, CONCATENATION_OCTETS, &cut) != 0 ||
		cut.count != (size_t)segment->segments || segment->seq < 1 ||
		(size_t)segment->seq > cut.count)
		return -1;
	const struct text_segment *part = &cut.segment[segment->seq - 1];
	for (size_t i = 0; i < part->units; i++) {
		text[2 * i] = (uint8_t)(part->text[i] >> 8);
		text[2 * i + 1] = (uint8_t)part->text[i];
	}
	*send = (struct wire_send){
		.token = lane->token,
		.number = wire_str(segment->number),
		.coding = cut.coding == TEXT_GSM7 ? WIRE_GSM7 : WIRE_UCS2,
		.want_report = modem_config(lane->modem)->reports,
		.validity = validity_octet(segment->validity_s),
		.class = -1,
		.text = { (const char *)text, (uint16_t)(2 * part->units) },
	};
	if (cut.count > 1) { /* 3GPP 23.040 9.2.3.24.1 */
		udh[0] = 0x00;
		udh[1] = 0x03;
		udh[2] = (uint8_t)segment->concat_ref;
		udh[3] = (uint8_t)cut.count;
		udh[4] = (uint8_t)segment->seq;
		send->udh = (struct wire_bytes){ (const char *)udh, 5 };
	}
	return 0;
}

/* The claim is committed: its bytes may leave. */
void
outbox_lane_send(struct lane *lane)
{
	struct wire_send send;
	uint8_t udh[5], text[2 * TEXT_SEGMENT_UNITS_MAX];

	lane->token = ++lane->way->next_token;
	lane->credit = fair_after(lane->credit, lane->slot, lane->segment.priority);
	if (build_send(lane, &send, udh, text) != 0) {
		log_error("event=unsendable message=%lld hint=%s",
			(long long)lane->segment.message_id,
			log_quote(
				"its text cannot be cut into the segments that it was queued with"));
		outbox_outcome_add(lane, "failed");
		return;
	}
	if (modem_link(lane->modem) != lane->claims || modem_send(lane->modem, &send) != 0) {
		outbox_outcome_add(lane, "back");
		return;
	}
	lane->state = LANE_SENDING;
}

/* A refusal: whose fault, and what follows. */
static void
lane_refused(struct lane *lane, const struct wire_result *result)
{
	enum fault fault = fault_of(result->error);
	int attempts = lane->segment.attempts + 1,
	    limit = modem_config(lane->modem)->refusals_before_pause;
	/* Nobody knows why, and this link sends others: it is the message. */
	bool alone = fault == FAULT_UNCLEAR && lane->refusals == 0 && lane->proven;
	struct outcome *o;

	log_warn("event=refused modem=%s message=%lld error=%d attempt=%d", modem_name(lane->modem),
		(long long)lane->segment.message_id, result->error == 0xffff ? -1 : result->error,
		attempts);
	if (fault == FAULT_NUMBER_FOR_GOOD ||
		((fault == FAULT_NUMBER_NOW || alone) && attempts >= FAULT_ATTEMPTS)) {
		o = outbox_outcome_add(lane, "failed");
	} else if (fault == FAULT_NUMBER_NOW) {
		o = outbox_outcome_add(lane, "retry");
		o->rest_s = fault_message_rest_s(fault, attempts);
	} else {
		lane->refusals++;
		o = outbox_outcome_add(
			lane, fault == FAULT_UNCLEAR && lane->refusals == 1 ? "retry" : "back");
		o->rest_s = fault_message_rest_s(fault, alone ? attempts : lane->refusals);
		o->refused = 1;
		o->limit = limit;
		o->pause_s = fault_pause_s(lane->refusals, limit);
		outbox_lane_wait(lane, fault_link_rest_s(fault, lane->refusals), 1);
	}
	o->error = result->error == 0xffff ? -1 : result->error;
}

/* The network has it.  What that took is the link's pace. */
static void
lane_sent(struct lane *lane, const struct wire_result *result)
{
	int64_t begun = lane->free_at;
	struct outcome *o = outbox_outcome_add(lane, "sent");

	if (result->reference != WIRE_REFERENCE_UNKNOWN)
		o->reference = result->reference;
	if (lane->refusals > 0 || !lane->proven)
		o->limit = -1; /* the row is broken */
	lane->refusals = 0;
	lane->proven = 1;
	if (begun != 0 && o->link_id == lane->link_id)
		o->send_ms = pace_add(&lane->pace, (unsigned)(lane->free_at - begun));
}

void
outbox_result(struct outbox *outbox, struct modem *modem, const struct wire_result *result)
{
	struct lane *lane = outbox_lane_of(outbox, modem);
	struct outcome *o;

	if (lane == NULL || lane->state != LANE_SENDING || lane->token != result->token) {
		log_warn("event=stray_result modem=%s", modem_name(modem));
		return;
	}
	switch (result->outcome) {
	case WIRE_SENT:
		lane_sent(lane, result);
		break;
	case WIRE_REFUSED:
		lane_refused(lane, result);
		break;
	case WIRE_NOT_SENT:
		o = outbox_outcome_add(lane, "back");
		o->rest_s = 1;
		outbox_lane_wait(lane, 1, 1);
		break;
	default:
		outbox_outcome_add(lane, "unknown");
	}
}
