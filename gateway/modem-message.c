/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-message: what a modem's worker says, and the end of it.
 *
 * What does not fit the conversation of wire.h is a reason to end that worker and start another.
 */
#include <stdio.h>
#include <string.h>

#include "gateway.h"
#include "inbox.h"
#include "modem-gone.h"
#include "modem-internal.h"
#include "outbox.h"
#include "text.h"

/* --- Who it is --- */

void
open_message(const char *name, const struct config_modem *entry, const struct device *device,
	struct wire_msg *msg)
{
	static const uint8_t storages[] = {
		[CONFIG_STORAGE_AUTO] = WIRE_STORAGE_AUTO,
		[CONFIG_STORAGE_SM] = WIRE_STORAGE_SM,
		[CONFIG_STORAGE_ME] = WIRE_STORAGE_ME,
	};

	*msg = (struct wire_msg){
		.type = WIRE_OPEN,
		.open = {
			.name = wire_str(name),
			.device = wire_str(device->path),
			.connection = wire_str(entry->connection),
			.model = wire_str(entry->model),
			.smsc = wire_str(entry->smsc),
			.storage = storages[entry->storage],
			.skip_pauses = entry->skip_pauses,
			.receive_only = entry->till,
			.call_timeout_s = (uint16_t)entry->call_timeout_s,
			.send_timeout_s = (uint16_t)entry->send_timeout_s,
		},
	};
}

/* Digits and letters only, or "". */
static void
take_plain(char *out, size_t size, struct wire_bytes bytes)
{
	if (wire_copy(out, size, bytes) != 0 ||
		strspn(out, "0123456789ABCDEFabcdef") != strlen(out))
		out[0] = '\0';
}

/* Words that may be shown and stored, whatever the modem made of them. */
static void
take_words(char *out, size_t size, struct wire_bytes bytes)
{
	text_utf8_clean(out, size, bytes.data, bytes.len);
}

void
seen_from_wire(const struct wire_identity *identity, struct modem_seen *seen)
{
	char maker[64], model[64];

	memset(seen, 0, sizeof(*seen));
	take_plain(seen->imei, sizeof(seen->imei), identity->imei);
	take_plain(seen->iccid, sizeof(seen->iccid), identity->iccid);
	take_plain(seen->imsi, sizeof(seen->imsi), identity->imsi);
	take_words(seen->smsc, sizeof(seen->smsc), identity->smsc);
	take_words(maker, sizeof(maker), identity->manufacturer);
	take_words(model, sizeof(model), identity->model);
	snprintf(seen->model, sizeof(seen->model), "%s%s%s", maker, maker[0] != '\0' ? " " : "",
		model);
	seen->sim = (enum wire_sim)identity->sim;
	seen->pin_attempts_left = identity->pin_attempts_left;
}

static int
is_same_sim(const struct modem_seen *a, const struct modem_seen *b)
{
	return a->sim == b->sim && strcmp(a->imsi, b->imsi) == 0 && strcmp(a->iccid, b->iccid) == 0;
}

static void
take_identity(struct modem *modem, const struct wire_identity *identity)
{
	struct modem_seen seen;

	seen_from_wire(identity, &seen);
	if (modem->state == MODEM_READY && is_same_sim(&seen, &modem->seen))
		return;
	if (modem->state == MODEM_STARTING || modem->state == MODEM_PIN)
		modem->seen = seen;
	else if (modem->state != MODEM_READY)
		worker_kill(modem->worker, "it spoke out of turn");
	modem_event(modem, EVENT_IDENTITY);
}

static void
take_pin_result(struct modem *modem, const struct wire_pin_result *result)
{
	static const enum modem_event events[] = {
		[WIRE_PIN_OK] = EVENT_PIN_OK,
		[WIRE_PIN_WRONG] = EVENT_PIN_WRONG,
		[WIRE_PIN_FAILED] = EVENT_PIN_FAILED,
	};

	if (modem->pin != PIN_SENT)
		worker_kill(modem->worker, "it spoke out of turn");
	else
		modem_event(modem, events[result->outcome]);
}

static void
take_fault(struct modem *modem, const struct wire_fault_msg *fault)
{
	take_words(modem->fault, sizeof(modem->fault), fault->words);
	if (modem->fault[0] == '\0')
		snprintf(modem->fault, sizeof(modem->fault), "the worker gave up (class %d)",
			fault->class);
	modem_event(modem, fault->class == WIRE_FAULT_SIM ? EVENT_NO_SIM : EVENT_FAULT);
}

static void
take_result(struct modem *modem, const struct wire_result *result)
{
	if (!modem->sending || result->token != modem->token) {
		worker_kill(modem->worker, "it told of a message that it was not given");
		return;
	}
	modem->sending = 0;
	outbox_result(modem->modems->gateway->outbox, modem, result);
	modem_leave(modem);
}

static void
take_listed(struct modem *modem, const struct wire_listed *listed)
{
	int of_look = modem->looking && listed->complete;

	if (of_look) {
		modem->looking = 0;
		modem->proven = 1;
		worker_settle(modem->worker);
	}
	care_listed(modem, listed, of_look);
}

/* Of messages and dialogues: they count even while the worker is ending. */
static void
take_message(struct modem *modem, const struct wire_msg *msg)
{
	struct gateway *gateway = modem->modems->gateway;
	char number[WIRE_NUMBER_MAX];

	switch (msg->type) {
	case WIRE_SMS:
		/* The worker believes it safe with us: only a new one tells of it again. */
		if (inbox_take_sms(gateway->inbox, modem, &msg->sms) != 0)
			worker_kill(modem->worker, "there was no room for a message");
		return;
	case WIRE_REPORT:
		outbox_report(gateway->outbox, modem, &msg->report);
		return;
	case WIRE_RESULT:
		take_result(modem, &msg->result);
		return;
	case WIRE_CALL:
		if (wire_copy(number, sizeof(number), msg->call.number) == 0)
			inbox_take_call(gateway->inbox, modem, number);
		return;
	case WIRE_GONE:
		sims_gone_take(modem->modems->gone, modem->identity, &msg->gone);
		return;
	case WIRE_LISTED:
		take_listed(modem, &msg->listed);
		return;
	case WIRE_HEALTH:
		care_health(modem, &msg->health);
		return;
	case WIRE_USSD_ANSWER:
		ussd_take_answer(modem, &msg->ussd_answer);
		return;
	case WIRE_USSD_UNASKED:
		ussd_take_unasked(modem, &msg->ussd_unasked);
		return;
	default: /* DELETED: what refused is counted in LISTED */
		return;
	}
}

static void
message_cb(struct worker *worker, const struct wire_msg *msg, void *arg)
{
	struct modem *modem = arg;

	switch (msg->type) {
	case WIRE_FAULT:
		take_fault(modem, &msg->fault);
		return;
	case WIRE_IDENTITY:
		if (!worker_is_ending(worker))
			take_identity(modem, &msg->identity);
		return;
	case WIRE_PIN_RESULT:
		take_pin_result(modem, &msg->pin_result);
		return;
	case WIRE_READY:
		if (!worker_is_ending(worker))
			modem_event(modem, EVENT_WORKER_READY);
		return;
	case WIRE_SMS:
	case WIRE_REPORT:
	case WIRE_LISTED:
	case WIRE_DELETED:
	case WIRE_GONE:
	case WIRE_RESULT:
	case WIRE_CALL:
	case WIRE_HEALTH:
	case WIRE_USSD_ANSWER:
	case WIRE_USSD_UNASKED:
		if (modem->started) {
			take_message(modem, msg);
			return;
		}
		/* fall through */
	default:
		worker_kill(worker, "it spoke out of turn");
	}
}

static int
may_read_cb(void *arg)
{
	struct modem *modem = arg;

	if (!modem->started || inbox_has_room(modem->modems->gateway->inbox))
		return 1;
	modem->modems->paused = 1;
	return 0;
}

static void
ended_cb(struct worker *worker, const char *why, void *arg)
{
	struct modem *modem = arg;
	int was_up = modem->up;

	modem->worker = NULL;
	modem->up = modem->sending = 0;
	if (modem->fault[0] == '\0')
		snprintf(modem->fault, sizeof(modem->fault), "%s", why);
	seek_worker_gone(modem->modems, worker);
	modem_event(modem, EVENT_EXITED);
	if (was_up)
		outbox_modem_down(modem->modems->gateway->outbox, modem);
	ussd_lost(modem);
}

const struct worker_handlers modem_handlers = { message_cb, may_read_cb, ended_cb };
