/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem: the state machine: a switch on the state, then the event; change_state() alone assigns the
 * state, logs it and writes it down.
 *
 * A worker outlives the state that ended it by moments: what it still says of messages counts, what
 * it says of its modem no longer does; the next one starts when it is gone.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway.h"
#include "inbox.h"
#include "log.h"
#include "modem-gone.h"
#include "modem-internal.h"
#include "monotonic.h"
#include "outbox.h"

enum {
	MARGIN_S = 10,     /* beyond the worker's own deadlines */
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

/* --- States --- */

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
	if (modem->blocked[0] != '\0' &&
		(state != MODEM_BLOCKED || strcmp(modem->blocked, modem->reason) == 0))
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
	int most = modem->proven ? MODEM_BACKOFF_PROVEN_MS : MODEM_BACKOFF_MOST_MS;
	int ms = modem->backoff_ms < most ? modem->backoff_ms : most;
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	evtimer_add(modem->timer, &tv);
	modem->backoff_ms = ms * 2 < most ? ms * 2 : most;
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

/* The worker is or will be gone: begin again after a while. */
static void
rest(struct modem *modem, const char *why)
{
	if (!modem->configured) { /* it only had a segment to finish */
		close_down(modem);
		return;
	}
	if (modem->state == MODEM_READY &&
		monotonic_ms() - modem->ready_since_ms >= MODEM_HEALTHY_S * INT64_C(1000))
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

int
modem_is_busy(const struct modem *modem)
{
	return modem->sending || modem->ussd.state == USSD_ASKED || modem->ussd.state == USSD_OPEN;
}

/* What it was told to do, once it is not busy. */
void
modem_leave(struct modem *modem)
{
	if (!modem->restart_wanted || modem->state != MODEM_READY || modem_is_busy(modem))
		return;
	modem->restart_wanted = 0;
	if (modem->configured)
		restart(modem, "its settings changed");
	else
		close_down(modem);
}

/* --- The worker --- */

/* Send what must be answered. */
static void
ask_worker(struct modem *modem, const struct wire_msg *msg)
{
	if (worker_send(modem->worker, msg) != 0)
		worker_kill(modem->worker, "it takes no messages");
	else
		worker_expect(modem->worker, patience_s(modem));
}

/* What its SIM's last workers said, and START. */
static void
begin_messages(struct modem *modem)
{
	struct wire_msg start = { .type = WIRE_START }, gone = { .type = WIRE_GONE };
	size_t at = 0;

	modem->started = modem->looking = 1; /* START lists too */
	while (sims_gone_give(modem->modems->gone, modem->identity, &at, &gone.gone))
		ask_worker(modem, &gone);
	ask_worker(modem, &start);
}

static void
forget_generation(struct modem *modem)
{
	modem->generation++;
	memset(&modem->seen, 0, sizeof(modem->seen));
	modem->health.deaf_told = 0;
	modem->identified = modem->started = modem->sending = modem->looking = 0;
	modem->proven = 0;
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
		&modem_handlers, modem);
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
	char identity[MODEM_IDENTITY_MAX];

	if (seen->imsi[0] != '\0' || seen->iccid[0] != '\0')
		snprintf(identity, sizeof(identity), "%s",
			seen->imsi[0] != '\0' ? seen->imsi : seen->iccid);
	else
		snprintf(identity, sizeof(identity), "modem:%s", modem->settings.name);
	if (strcmp(identity, modem->identity) != 0) /* what was found in another SIM */
		memset(&modem->health, 0, sizeof(modem->health));
	memcpy(modem->identity, identity, sizeof(modem->identity));
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
			block(modem, BLOCKED_MOST,
				"the SIM still asks for a PIN after it took one");
		} else if (modem->settings.pin == NULL) {
			block(modem, BLOCKED_MOST,
				"the SIM wants a PIN: set `pin` of this modem in the configuration");
		} else if (modem->seen.pin_attempts_left <= 1) {
			block(modem, BLOCKED_MOST,
				"one more wrong PIN would lock the SIM: enter the right one in a phone");
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
	modem->ready_since_ms = monotonic_ms();
	modem->blocked[0] = '\0';
	modem->wait = 0;
	modem->failures = 0;
	change_state(modem, MODEM_READY, "%s",
		modem->seen.smsc[0] != '\0'
			? ""
			: "the SIM holds no SMSC number: it receives, but cannot send");
	modem->up = 1;
	outbox_modem_up(modem->modems->gateway->outbox, modem);
	if (modem->seen.smsc[0] == '\0' && !modem->settings.till)
		care_no_smsc(modem);
}

/* --- Events --- */

/* What ends any state in which a worker works. */
static void
working_event(struct modem *modem, enum modem_event event)
{
	switch (event) {
	case EVENT_WORKER_READY:
		worker_kill(modem->worker, "it spoke out of turn");
		return;
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
		become_absent(modem,
			modem->seen.imei[0] != '\0' ? "another modem is at its device"
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
	switch (event) {
	case EVENT_LINKED:
		if (!modem->started)
			begin_messages(modem);
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
		if (modem_is_busy(modem) && !modem->modems->closing)
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

/* The room's face: one modem
 * ----------------------------------------------------------------------- */

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
