/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem: the state machine: a switch on the state, then the event; change_state() alone assigns the
 * state, logs it and writes it down.
 *
 * A worker outlives the state that ended it by moments: what it still says of messages counts, what it
 * says of its modem no longer does; the next one starts when it is gone.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway.h"
#include "inbox.h"
#include "log.h"
#include "modem-internal.h"
#include "outbox.h"

enum {
	MARGIN_S = 10,	  /* beyond the worker's own deadlines */
	BLOCKED_MOST = 16, /* looks until a blocked modem is tried again */
};

static const char *const state_names[] = {
	[MODEM_ABSENT] = "ABSENT",
	[MODEM_STARTING] = "STARTING",
	[MODEM_PIN] = "PIN",
	[MODEM_LINKING] = "LINKING",
	[MODEM_READY] = "READY",
	[MODEM_RESTING] = "RESTING",
	[MODEM_BLOCKED] = "BLOCKED",
	[MODEM_CLOSING] = "CLOSING",
};

int
monotonic_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)now.tv_sec;
}

/* States ---------------------------------------------------------------------------------------- */

static void __attribute__((format(printf, 3, 4)))
change_state(struct modem *modem, enum modem_state state, const char *fmt, ...)
{
	enum modem_state was = modem->state;
	va_list args;

	va_start(args, fmt);
	vsnprintf(modem->reason, sizeof(modem->reason), fmt, args);
	va_end(args);
	modem->state = state;
	/* Looking again at what a person has to put right is no news. */
	if (modem->blocked[0] != '\0' && (state != MODEM_BLOCKED || strcmp(modem->blocked, modem->reason) == 0))
		log_debug("modem=%s %s->%s reason=%s", modem->settings.name, state_names[was],
			state_names[state], log_quote(modem->reason));
	else
		log_notice("modem=%s %s->%s%s%s device=%s", modem->settings.name, state_names[was],
			state_names[state], modem->reason[0] != '\0' ? " reason=" : "",
			modem->reason[0] != '\0' ? log_quote(modem->reason) : "",
			modem->device != NULL ? log_quote(modem->device->path) : "none");
	store_state(modem);
}

/* As long as the worker may rightly be silent when it owes something. */
static int
patience_s(const struct modem *modem)
{
	return modem->settings.call_timeout_s + modem->settings.send_timeout_s + MARGIN_S;
}

static void
arm_backoff(struct modem *modem)
{
	struct timeval tv = { modem->backoff_ms / 1000, (modem->backoff_ms % 1000) * 1000 };

	evtimer_add(modem->timer, &tv);
	modem->backoff_ms = modem->backoff_ms * 2 < MODEM_BACKOFF_MOST_MS ? modem->backoff_ms * 2
									  : MODEM_BACKOFF_MOST_MS;
}

/* The worker is or will be gone: begin again after a while. */
static void
rest(struct modem *modem, const char *why)
{
	if (modem->state == MODEM_READY && monotonic_s() - modem->ready_since_s >= MODEM_HEALTHY_S)
		modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
	store_forget(modem);
	modem->blocked[0] = '\0';
	change_state(modem, MODEM_RESTING, "%s", why);
	if (modem->worker != NULL)
		worker_close(modem->worker);
	else
		arm_backoff(modem);
}

static void
restart(struct modem *modem, const char *why)
{
	modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
	rest(modem, why);
}

/* A person has to do something.  looks_most: how rarely it is tried again at the least. */
static void __attribute__((format(printf, 3, 4)))
block(struct modem *modem, unsigned looks_most, const char *fmt, ...)
{
	char why[MODEM_REASON_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	store_forget(modem);
	modem->wait = modem->wait == 0 ? 1 : modem->wait * 2;
	if (modem->wait > looks_most)
		modem->wait = looks_most;
	modem->looks = modem->wait;
	int news = strcmp(modem->blocked, why) != 0;
	change_state(modem, MODEM_BLOCKED, "%s", why);
	snprintf(modem->blocked, sizeof(modem->blocked), "%s", why);
	if (news)
		care_blocked(modem);
	if (modem->worker != NULL)
		worker_close(modem->worker);
}

/* It has no device any more, and looks for one when its worker is gone. */
static void
become_absent(struct modem *modem, const char *why)
{
	evtimer_del(modem->timer);
	store_forget(modem);
	modem->blocked[0] = '\0';
	modem->wait = 0;
	modem->failures = 0;
	modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
	change_state(modem, MODEM_ABSENT, "%s", why);
	seek_soon(modem->modems);
}

static void
close_down(struct modem *modem)
{
	evtimer_del(modem->timer);
	store_forget(modem);
	modem->blocked[0] = '\0';
	change_state(modem, MODEM_CLOSING, "%s",
		modem->configured ? "the gateway ends" : "it left the configuration");
	if (modem->worker != NULL)
		worker_close(modem->worker);
	else
		seek_release(modem, 0);
}

/* What it was told to do, once no segment is with it. */
static void
leave(struct modem *modem)
{
	modem->restart_wanted = 0;
	if (modem->configured)
		restart(modem, "its settings changed");
	else
		close_down(modem);
}

/* The worker ------------------------------------------------------------------------------------ */

static void message_cb(struct worker *worker, const struct wire_msg *msg, void *arg);
static int may_read(void *arg);
static void ended_cb(struct worker *worker, const char *why, void *arg);

static const struct worker_handlers handlers = { message_cb, may_read, ended_cb };

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
			.storage = storages[entry->storage],
			.skip_pauses = entry->skip_pauses,
			.receive_only = entry->till,
			.call_timeout_s = (uint16_t)entry->call_timeout_s,
			.send_timeout_s = (uint16_t)entry->send_timeout_s,
		},
	};
}

/* Send what must be answered. */
static void
ask_worker(struct modem *modem, const struct wire_msg *msg)
{
	if (worker_send(modem->worker, msg) != 0)
		worker_kill(modem->worker, "it takes no messages");
	else
		worker_expect(modem->worker, patience_s(modem));
}

static void
forget_generation(struct modem *modem)
{
	modem->generation++;
	memset(&modem->seen, 0, sizeof(modem->seen));
	memset(&modem->health, 0, sizeof(modem->health));
	modem->identified = modem->started = modem->sending = modem->looking = 0;
	modem->restart_wanted = 0;
	modem->pin = PIN_NONE;
	modem->fault[0] = '\0';
}

static void
start(struct modem *modem)
{
	const char *program = modem->modems->gateway->config->worker;
	struct wire_msg open;

	evtimer_del(modem->timer);
	forget_generation(modem);
	modem->worker = worker_spawn(modem->modems->gateway->base, program, modem->settings.name,
		&handlers, modem);
	if (modem->worker == NULL) {
		if (errno == ENOENT || errno == EACCES || errno == ENOEXEC)
			block(modem, BLOCKED_MOST, "the worker %s cannot be started: %s", program,
				strerror(errno));
		else
			rest(modem, strerror(errno));
		return;
	}
	modem->device->worker = modem->worker;
	open_message(modem->settings.name, &modem->settings, modem->device, &open);
	ask_worker(modem, &open);
	change_state(modem, MODEM_STARTING, "%s", "");
}

/* The last four of a SIM's number; the rest is nobody's business. */
static const char *
tail(const char *digits)
{
	size_t len = strlen(digits);

	return len > 4 ? digits + len - 4 : "";
}

static void
begin_link(struct modem *modem)
{
	const struct modem_seen *seen = &modem->seen;

	if (seen->imsi[0] != '\0')
		snprintf(modem->identity, sizeof(modem->identity), "%s", seen->imsi);
	else if (seen->iccid[0] != '\0')
		snprintf(modem->identity, sizeof(modem->identity), "%s", seen->iccid);
	else
		snprintf(modem->identity, sizeof(modem->identity), "modem:%s", modem->settings.name);
	modem->link = 0;
	log_info("event=identity modem=%s model=%s imei=%s usb_port=%s imsi=***%s iccid=***%s",
		modem->settings.name, log_quote(seen->model), seen->imei, modem->port,
		tail(seen->imsi), tail(seen->iccid));
	change_state(modem, MODEM_LINKING, "%s", "");
	store_link(modem);
}

/* The device is its own: can its SIM be used? */
static void
look_at_sim(struct modem *modem)
{
	switch (modem->seen.sim) {
	case WIRE_SIM_PIN:
		if (modem->pin == PIN_ACCEPTED) {
			block(modem, BLOCKED_MOST, "the SIM still asks for a PIN after it took one");
		} else if (modem->settings.pin == NULL) {
			block(modem, BLOCKED_MOST,
				"the SIM wants a PIN: set `pin` of this modem in the configuration");
		} else {
			modem->pin = PIN_ASKED;
			worker_settle(modem->worker);
			change_state(modem, MODEM_PIN, "%s", "");
			store_pin_try(modem);
		}
		return;
	case WIRE_SIM_PUK:
		block(modem, BLOCKED_MOST,
			"the SIM is locked by wrong PINs: unlock it with its PUK in a phone");
		return;
	case WIRE_SIM_ABSENT:
		block(modem, 1, "no SIM is in it");
		return;
	case WIRE_SIM_READY:
	case WIRE_SIM_UNKNOWN:
		worker_settle(modem->worker);
		begin_link(modem);
		return;
	}
}

static void
become_ready(struct modem *modem)
{
	modem->ready_since_s = monotonic_s();
	modem->blocked[0] = '\0';
	modem->wait = 0;
	modem->failures = 0;
	change_state(modem, MODEM_READY, "%s",
		modem->seen.smsc[0] != '\0' ? "" : "the SIM holds no SMSC number: it receives, but cannot send");
	modem->up = 1;
	outbox_modem_up(modem->modems->gateway->outbox, modem);
	if (modem->seen.smsc[0] == '\0' && !modem->settings.till)
		care_no_smsc(modem);
}

/* Events ---------------------------------------------------------------------------------------- */

/* What ends any state in which a worker works. */
static void
working_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_EXITED:
		if (!modem->identified)
			modem->failures++;
		rest(modem, modem->fault);
		return;
	case EVENT_NO_SIM:
		block(modem, 1, "%s", modem->fault);
		return;
	case EVENT_VANISHED:
		worker_kill(modem->worker, "its device is gone");
		become_absent(modem, "its device is gone");
		return;
	case EVENT_REFUSED:
		rest(modem, "the database does not take this modem: see its log");
		return;
	case EVENT_CHANGED:
		restart(modem, "its settings changed");
		return;
	case EVENT_CLOSE:
		close_down(modem);
		return;
	default:
		return;
	}
}

static void
absent_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_DEVICE:
		start(modem);
		return;
	case EVENT_EXITED:
	case EVENT_CHANGED:
		seek_soon(modem->modems);
		return;
	case EVENT_CLOSE:
		close_down(modem);
		return;
	default:
		return;
	}
}

static void
starting_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_IDENTITY:
		if (!seek_confirm(modem)) {
			modem_event(modem, EVENT_MISPLACED);
			return;
		}
		modem->identified = 1;
		look_at_sim(modem);
		return;
	case EVENT_MISPLACED:
		worker_close(modem->worker);
		seek_release(modem, 0);
		become_absent(modem, modem->seen.imei[0] != '\0' ? "another modem is at its device"
								 : "it was found elsewhere");
		return;
	default:
		working_event(modem, event);
	}
}

static void
pin_event(struct modem *modem, enum modem_event event)
{
	struct wire_msg msg = { .type = WIRE_PIN };

	switch (event) {
	case EVENT_PIN_ALLOWED:
		modem->pin = PIN_SENT;
		msg.pin.pin = wire_str(modem->settings.pin);
		ask_worker(modem, &msg);
		return;
	case EVENT_PIN_DENIED:
		block(modem, BLOCKED_MOST,
			"the PIN of this SIM was tried and refused, or its outcome is not known; a third wrong "
			"one would lock it: correct `pin` in the configuration, or take the PIN off the SIM "
			"with a phone");
		return;
	case EVENT_PIN_OK:
		modem->pin = PIN_ACCEPTED;
		store_pin_result(modem, 1);
		return;
	case EVENT_PIN_WRONG:
		store_pin_result(modem, 0);
		block(modem, BLOCKED_MOST,
			"the SIM refused its PIN, which is not tried again: correct `pin` in the configuration");
		return;
	case EVENT_PIN_FAILED:
		block(modem, BLOCKED_MOST,
			"it is not known what became of the SIM's PIN, which is not tried again: look at the "
			"SIM in a phone");
		return;
	case EVENT_IDENTITY:
		if (modem->pin != PIN_ACCEPTED)
			worker_kill(modem->worker, "it spoke out of turn");
		else
			look_at_sim(modem);
		return;
	default:
		working_event(modem, event);
	}
}

static void
linking_event(struct modem *modem, enum modem_event event)
{
	struct wire_msg msg = { .type = WIRE_START };

	switch (event) {
	case EVENT_LINKED:
		if (modem->started)
			return;
		modem->started = modem->looking = 1; /* START lists too */
		ask_worker(modem, &msg);
		return;
	case EVENT_WORKER_READY:
		if (!modem->started)
			worker_kill(modem->worker, "it spoke out of turn");
		else
			become_ready(modem);
		return;
	default:
		working_event(modem, event);
	}
}

static void
ready_event(struct modem *modem, enum modem_event event)
{
	struct wire_msg msg = { .type = WIRE_LOOK };

	switch (event) {
	case EVENT_LOOK:
		if (modem->looking)
			return;
		modem->looking = 1;
		ask_worker(modem, &msg);
		return;
	case EVENT_IDENTITY:
		restart(modem, "its SIM was changed");
		return;
	case EVENT_REFUSED: /* its link's new caps, in the log already */
		return;
	case EVENT_CHANGED:
	case EVENT_CLOSE:
		if (modem->sending && !modem->modems->closing)
			modem->restart_wanted = 1;
		else
			working_event(modem, event);
		return;
	default:
		working_event(modem, event);
	}
}

static void
resting_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_EXITED:
		arm_backoff(modem);
		return;
	case EVENT_TIMER:
		if (seek_alternative(modem)) {
			seek_release(modem, 1);
			become_absent(modem, "its device does not tell who it is");
		} else {
			start(modem);
		}
		return;
	case EVENT_DEVICE:
	case EVENT_CHANGED:
		modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
		if (modem->worker == NULL)
			arm_backoff(modem);
		return;
	case EVENT_VANISHED:
		become_absent(modem, "its device is gone");
		return;
	case EVENT_CLOSE:
		close_down(modem);
		return;
	default:
		return;
	}
}

static void
blocked_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_LOOK:
		if (modem->worker == NULL && --modem->looks == 0)
			start(modem);
		return;
	case EVENT_DEVICE:
	case EVENT_CHANGED:
		modem->wait = 0;
		modem->looks = 1;
		if (modem->worker == NULL)
			start(modem);
		return;
	case EVENT_VANISHED:
		become_absent(modem, "its device is gone");
		return;
	case EVENT_CLOSE:
		close_down(modem);
		return;
	default:
		return;
	}
}

static void
closing_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_EXITED:
	case EVENT_CHANGED:
		if (modem->worker != NULL)
			return;
		seek_release(modem, 0);
		if (modem->configured && !modem->modems->closing)
			become_absent(modem, "it is in the configuration again");
		return;
	default:
		return;
	}
}

void
modem_event(struct modem *modem, enum modem_event event)
{
	switch (modem->state) {
	case MODEM_ABSENT:
		absent_event(modem, event);
		return;
	case MODEM_STARTING:
		starting_event(modem, event);
		return;
	case MODEM_PIN:
		pin_event(modem, event);
		return;
	case MODEM_LINKING:
		linking_event(modem, event);
		return;
	case MODEM_READY:
		ready_event(modem, event);
		return;
	case MODEM_RESTING:
		resting_event(modem, event);
		return;
	case MODEM_BLOCKED:
		blocked_event(modem, event);
		return;
	case MODEM_CLOSING:
		closing_event(modem, event);
		return;
	}
}

/* Messages of the worker ------------------------------------------------------------------------ */

/* Digits and letters only, or "". */
static void
take_plain(char *out, size_t size, struct wire_bytes bytes)
{
	if (wire_copy(out, size, bytes) != 0 ||
		strspn(out, "0123456789ABCDEFabcdef") != strlen(out))
		out[0] = '\0';
}

void
seen_from_wire(const struct wire_identity *identity, struct modem_seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	take_plain(seen->imei, sizeof(seen->imei), identity->imei);
	take_plain(seen->iccid, sizeof(seen->iccid), identity->iccid);
	take_plain(seen->imsi, sizeof(seen->imsi), identity->imsi);
	if (wire_copy(seen->smsc, sizeof(seen->smsc), identity->smsc) != 0)
		seen->smsc[0] = '\0';
	snprintf(seen->model, sizeof(seen->model), "%.*s%s%.*s", (int)identity->manufacturer.len,
		identity->manufacturer.data, identity->manufacturer.len > 0 ? " " : "",
		(int)identity->model.len, identity->model.data);
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
	if (wire_copy(modem->fault, sizeof(modem->fault), fault->words) != 0 || modem->fault[0] == '\0')
		snprintf(modem->fault, sizeof(modem->fault), "the worker gave up (class %d)", fault->class);
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
	if (modem->restart_wanted && !modem->sending && modem->state == MODEM_READY)
		leave(modem);
}

static void
take_listed(struct modem *modem, const struct wire_listed *listed)
{
	int of_look = modem->looking && listed->complete;

	if (of_look) {
		modem->looking = 0;
		worker_settle(modem->worker);
	}
	care_listed(modem, listed, of_look);
}

/* Of messages: they count even while the worker is ending. */
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
	case WIRE_LISTED:
		take_listed(modem, &msg->listed);
		return;
	case WIRE_HEALTH:
		care_health(modem, &msg->health);
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
	case WIRE_RESULT:
	case WIRE_CALL:
	case WIRE_HEALTH:
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
may_read(void *arg)
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
}

/* Devices and timers ---------------------------------------------------------------------------- */

static void
vanished_cb(struct device *device, void *arg)
{
	struct modem *modem = device->holder;

	(void)arg;
	if (device->probing)
		worker_kill(device->worker, "its device is gone");
	if (modem == NULL)
		return;
	modem->device = NULL;
	modem_event(modem, EVENT_VANISHED);
}

static void
fresh_cb(struct device *device, void *arg)
{
	(void)arg;
	if (device->holder != NULL)
		modem_event(device->holder, EVENT_DEVICE);
}

static void
changed_cb(void *arg)
{
	seek(arg);
}

static void
soon_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	seek(arg);
}

static void
backoff_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	modem_event(arg, EVENT_TIMER);
}

/* The one housekeeping of all modems. */
static void
look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modems *modems = arg;
	struct modem *modem;

	(void)fd;
	(void)what;
	if (modems->closing)
		return;
	TAILQ_FOREACH(modem, &modems->list, next) {
		if (modem->stored_epoch != modems->gateway->epoch)
			store_state(modem);
		modem_event(modem, EVENT_LOOK);
	}
	seek_look(modems);
}

static void
arm_look(struct modems *modems)
{
	struct timeval tv = { modems->gateway->config->alive_interval_s, 0 };

	event_add(modems->look, &tv);
}

/* The configuration ----------------------------------------------------------------------------- */

static struct modem *
find_modem(struct modems *modems, const char *name)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (strcmp(modem->settings.name, name) == 0)
			return modem;
	return NULL;
}

static struct modem *
modem_new(struct modems *modems, const struct config_modem *entry)
{
	struct modem *modem = calloc(1, sizeof(*modem));

	if (modem == NULL || entry_copy(&modem->settings, entry) != 0 ||
		(modem->timer = evtimer_new(modems->gateway->base, backoff_cb, modem)) == NULL)
		fatal("event=out_of_memory");
	modem->modems = modems;
	modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
	snprintf(modem->identity, sizeof(modem->identity), "modem:%s", entry->name);
	TAILQ_INSERT_TAIL(&modems->list, modem, next);
	return modem;
}

/* An entry that was there before, or is again. */
static void
change_entry(struct modem *modem, const struct config_modem *entry)
{
	struct config_modem old = modem->settings, fresh;
	int returns = !modem->configured;

	if (entry_copy(&fresh, entry) != 0)
		fatal("event=out_of_memory");
	modem->settings = fresh;
	modem->configured = 1;
	if (returns || entry_needs_restart(&old, entry) || modem->state == MODEM_BLOCKED)
		modem_event(modem, EVENT_CHANGED);
	else if (entry_changes_link(&old, entry) && modem->state == MODEM_READY)
		store_link(modem);
	entry_free(&old);
}

static void
read_entries(struct modems *modems)
{
	const struct config *config = modems->gateway->config;

	for (size_t i = 0; i < config->modem_count; i++) {
		const struct config_modem *entry = &config->modem[i];
		struct modem *modem = find_modem(modems, entry->name);
		if (modem != NULL) {
			change_entry(modem, entry);
		} else {
			modem = modem_new(modems, entry);
			modem->configured = 1;
		}
		modem->order = (unsigned)i;
	}
}

static void
drop_entries(struct modems *modems)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next) {
		if (!modem->configured ||
			config_modem_find(modems->gateway->config, modem->settings.name) != NULL)
			continue;
		modem->configured = 0;
		modem_event(modem, EVENT_CLOSE);
	}
}

static void
watch_devices(struct modems *modems)
{
	const struct config *config = modems->gateway->config;
	const char *paths[CONFIG_MODEMS_MAX + 1], *globs[CONFIG_LIST_MAX];
	size_t n = 0;

	for (size_t i = 0; i < config->modem_count; i++)
		if (config->modem[i].device != NULL)
			paths[n++] = config->modem[i].device;
	paths[n] = NULL;
	for (n = 0; n < CONFIG_LIST_MAX - 1 && config->devices[n] != NULL; n++)
		globs[n] = config->devices[n];
	globs[n] = NULL;
	if (devices_watch(modems->devices, paths, globs, config->sysfs) != 0)
		fatal("event=out_of_memory");
	seek(modems);
}

/* The room's face ------------------------------------------------------------------------------- */

struct modems *
modems_new(struct gateway *gateway)
{
	struct modems *modems = calloc(1, sizeof(*modems));
	const struct device_handlers watching = { vanished_cb, fresh_cb, changed_cb, modems };

	if (modems == NULL)
		fatal("event=out_of_memory");
	modems->gateway = gateway;
	TAILQ_INIT(&modems->list);
	LIST_INIT(&modems->asks);
	modems->look = event_new(gateway->base, -1, EV_PERSIST, look_cb, modems);
	modems->soon = evtimer_new(gateway->base, soon_cb, modems);
	modems->devices = devices_new(gateway->base, &watching);
	if (modems->look == NULL || modems->soon == NULL || modems->devices == NULL)
		fatal("event=out_of_memory");
	read_entries(modems);
	return modems;
}

void
modems_free(struct modems *modems)
{
	struct modem *modem;

	if (modems == NULL)
		return;
	store_forget_all(modems);
	seek_free(modems);
	while ((modem = TAILQ_FIRST(&modems->list)) != NULL) {
		TAILQ_REMOVE(&modems->list, modem, next);
		worker_free(modem->worker);
		event_free(modem->timer);
		entry_free(&modem->settings);
		free(modem);
	}
	devices_free(modems->devices);
	event_free(modems->look);
	event_free(modems->soon);
	free(modems);
}

void
modems_begin(struct modems *modems)
{
	struct modem *modem;

	if (modems->begun || modems->closing)
		return;
	modems->begun = 1;
	watch_devices(modems);
	arm_look(modems);
	TAILQ_FOREACH(modem, &modems->list, next) {
		if (modem->state != MODEM_ABSENT)
			continue;
		snprintf(modem->reason, sizeof(modem->reason), "no device is known as this modem");
		log_warn("modem=%s ABSENT reason=%s", modem->settings.name, log_quote(modem->reason));
		store_state(modem);
	}
}

void
modems_database_up(struct modems *modems)
{
	if (modems->closing)
		return;
	if (!modems->begun)
		store_load(modems);
	else
		store_all(modems);
}

void
modems_reload(struct modems *modems)
{
	struct device *device;

	if (modems->closing)
		return;
	drop_entries(modems);
	read_entries(modems);
	if (!modems->begun)
		return;
	LIST_FOREACH(device, devices_list(modems->devices), next)
		device->told = device->mute = device->mute_wait = 0;
	watch_devices(modems);
	arm_look(modems);
}

void
modems_close(struct modems *modems)
{
	struct modem *modem;

	modems->closing = 1;
	event_del(modems->look);
	event_del(modems->soon);
	seek_close(modems);
	TAILQ_FOREACH(modem, &modems->list, next)
		modem_event(modem, EVENT_CLOSE);
}

int
modems_idle(const struct modems *modems)
{
	const struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->worker != NULL)
			return 0;
	return seek_idle(modems);
}

void
modems_resume(struct modems *modems)
{
	struct modem *modem;

	if (!modems->paused)
		return;
	modems->paused = 0;
	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->worker != NULL)
			worker_resume(modem->worker);
}

void
modems_each(struct modems *modems, void (*visit)(struct modem *modem, void *arg), void *arg)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->configured)
			visit(modem, arg);
}

struct modem *
modem_by_link(struct modems *modems, int32_t link_id)
{
	struct modem *modem, *found = NULL;

	TAILQ_FOREACH(modem, &modems->list, next) {
		if (modem->link != link_id || link_id == 0)
			continue;
		if (modem->state == MODEM_READY)
			return modem;
		found = modem;
	}
	return found;
}

const char *
modem_name(const struct modem *modem)
{
	return modem->settings.name;
}

enum modem_state
modem_state(const struct modem *modem)
{
	return modem->state;
}

const char *
modem_state_name(enum modem_state state)
{
	return state_names[state];
}

int32_t
modem_link(const struct modem *modem)
{
	return modem->link;
}

const char *
modem_identity(const struct modem *modem)
{
	return modem->identity;
}

const struct config_modem *
modem_config(const struct modem *modem)
{
	return &modem->settings;
}

uint32_t
modem_generation(const struct modem *modem)
{
	return modem->generation;
}

void
modem_acknowledge(struct modem *modem, uint32_t generation, const uint32_t *handles, size_t count)
{
	if (modem->worker == NULL || generation != modem->generation || !modem->started)
		return;
	modem->health.acknowledged += (unsigned)count;
	while (count > 0) {
		struct wire_msg msg = { .type = WIRE_DELETE };
		size_t n = count < WIRE_HANDLES_MAX ? count : WIRE_HANDLES_MAX;
		msg.delete.count = (uint16_t)n;
		memcpy(msg.delete.handles, handles, n * sizeof(handles[0]));
		if (worker_send(modem->worker, &msg) != 0)
			return; /* it ends: the next one finds them again, and they are known */
		handles += n;
		count -= n;
	}
}

int
modem_can_send(const struct modem *modem)
{
	return modem->state == MODEM_READY && modem->up && !modem->settings.till &&
		modem->seen.smsc[0] != '\0' && !modem->sending && !modem->restart_wanted;
}

int
modem_send(struct modem *modem, const struct wire_send *send)
{
	struct wire_msg msg = { .type = WIRE_SEND, .send = *send };

	if (!modem_can_send(modem) || worker_send(modem->worker, &msg) != 0)
		return -1;
	modem->sending = 1;
	modem->token = send->token;
	return 0;
}
