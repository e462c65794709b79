/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-dial: a step, its result, its answer, its time. */
#include "worker-dial.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "worker-guard.h"
#include "worker-up.h"

enum {
	AGAIN_MS = 3000, /* a refusal so soon may be of the way of writing */

	/* 27.007 7.15: <m> */
	M_DONE = 0,
	M_MORE = 1,
	M_TERMINATED = 2,
	M_UNSUPPORTED = 4,
	M_TIMEOUT = 5,
	/* 27.007 9.2 */
	CME_NOT_ALLOWED = 3,
	CME_NOT_SUPPORTED = 4,
	CME_NO_NETWORK = 30,
	CME_NETWORK_TIMEOUT = 31,
	CME_EMERGENCY_ONLY = 32,
	CME_BAD_PARAMETERS = 50,
	CME_UNKNOWN = 100,
};

void
dial_init(struct dial *d, struct at *at, struct sieve *sieve, const char *manufacturer)
{
	static const enum ussd_way by_book[] = { USSD_BY_BOOK, USSD_NO_DCS, USSD_PACKED };
	static const enum ussd_way packed[] = { USSD_PACKED, USSD_BY_BOOK, USSD_NO_DCS };
	bool packs = strcasestr(manufacturer, "huawei") != NULL;

	memset(d, 0, sizeof(*d));
	d->at = at;
	d->sieve = sieve;
	memcpy(d->ways, packs ? packed : by_book, sizeof(d->ways));
}

/* --- what goes up --- */

static void
tell(uint64_t token, enum wire_ussd_outcome outcome, const char *text, size_t len)
{
	struct wire_msg msg = { .type = WIRE_USSD_ANSWER,
		.ussd_answer = { .token = token,
			.outcome = (uint8_t)outcome,
			.text = { text, (uint16_t)len } } };

	up_send(&msg);
}

/* Of the step that is under way. */
static void
tell_step(struct dial *d, enum wire_ussd_outcome outcome, const char *text, size_t len)
{
	if (!d->muted)
		tell(d->step.token, outcome, text, len);
}

static size_t
decode(const struct dial *d, const struct cusd_answer *answer, char text[WIRE_USSD_MAX])
{
	bool packs = d->way_known && d->ways[d->way] == USSD_PACKED;

	return ussd_decode(answer, d->charset, packs, text);
}

static void
tell_unasked(struct dial *d, const struct cusd_answer *answer)
{
	struct wire_msg msg = { .type = WIRE_USSD_UNASKED };
	char text[WIRE_USSD_MAX];

	msg.ussd_unasked.text =
		(struct wire_bytes){ .data = text, .len = (uint16_t)decode(d, answer, text) };
	if (msg.ussd_unasked.text.len > 0)
		up_send(&msg);
}

/* --- what the parent asks --- */

static void
cancel(struct dial *d)
{
	d->has_next = false;
	if (d->state == DIAL_IDLE || d->state == DIAL_CANCELLED)
		return;
	d->muted = d->wants_cancel = true;
}

void
dial_ask(struct dial *d, const struct wire_ussd *ussd, int64_t now)
{
	struct dial_step *next = &d->next;

	if (ussd->kind == WIRE_USSD_KIND_CANCEL) {
		cancel(d);
		return;
	}
	if (d->has_next || !wire_ussd_typed(ussd->text.data, ussd->text.len) ||
		wire_copy(next->text, sizeof(next->text), ussd->text) == -1)
		guard_fault(WIRE_FAULT_PROTOCOL, "USSD came out of turn, or cannot be typed");
	d->has_next = true;
	next->token = ussd->token;
	next->reply = ussd->kind == WIRE_USSD_KIND_REPLY;
	next->timeout_s = ussd->timeout_s;
	next->until = now + ussd->timeout_s * 1000L;
	if (!next->reply && d->state == DIAL_OPEN)
		d->muted = d->wants_cancel = true; /* the parent gave it up */
	if (!next->reply && !d->clean)
		d->wants_cancel = true; /* a worker before may have left one open */
	d->clean = true;
}

/* --- saying --- */

bool
dial_holds_line(const struct dial *d)
{
	return d->state == DIAL_SAID || d->state == DIAL_BROKEN || d->state == DIAL_CANCELLED;
}

bool
dial_wants_line(const struct dial *d, int64_t now)
{
	if (dial_holds_line(d))
		return false;
	if (d->wants_cancel)
		return true;
	if (!d->has_next)
		return false;
	return d->next.reply || (d->state == DIAL_IDLE && now >= d->late_until);
}

static void
say(struct dial *d, const char *command, enum dial_state state, int64_t now)
{
	char line[USSD_COMMAND_MAX + 8];

	snprintf(line, sizeof(line), "AT%s", command);
	sieve_aside(d->sieve, line);
	at_say(d->at, command);
	d->state = state;
	d->said_at = now;
}

static void
say_step(struct dial *d, int64_t now)
{
	char command[USSD_COMMAND_MAX];

	d->has_kept = false;
	ussd_command(d->step.text, d->ways[d->way], d->charset, command);
	say(d, command, DIAL_SAID, now);
}

void
dial_say(struct dial *d, int64_t now)
{
	if (d->wants_cancel) {
		d->wants_cancel = false;
		if (d->state == DIAL_WAITING)
			d->late_until = now + DIAL_LATE_MS;
		say(d, "+CUSD=2", DIAL_CANCELLED, now);
		return;
	}
	d->has_next = false;
	if (d->next.reply && d->state != DIAL_OPEN) {
		tell(d->next.token, WIRE_USSD_REFUSED, "", 0); /* it ended meanwhile */
		return;
	}
	d->step = d->next;
	d->muted = false;
	if (!d->step.reply)
		d->charset = at_charset(d->at);
	say_step(d, now);
}

/* --- hearing --- */

/* The network's answer to the step. */
static void
finish(struct dial *d, const struct cusd_answer *answer, int64_t now)
{
	enum wire_ussd_outcome outcome;
	char text[WIRE_USSD_MAX];
	size_t len = decode(d, answer, text);

	switch (answer->m) {
	case M_DONE:
		outcome = WIRE_USSD_DONE;
		break;
	case M_MORE:
		outcome = WIRE_USSD_MORE;
		break;
	case M_TERMINATED: /* with many networks the last words come so */
		outcome = len > 0 ? WIRE_USSD_DONE : WIRE_USSD_REFUSED;
		break;
	case M_UNSUPPORTED:
		outcome = WIRE_USSD_UNSUPPORTED;
		break;
	case M_TIMEOUT:
		outcome = WIRE_USSD_TIMEOUT;
		break;
	default:
		outcome = WIRE_USSD_REFUSED;
	}
	d->state = outcome == WIRE_USSD_MORE ? DIAL_OPEN : DIAL_IDLE;
	d->step.until = now + d->step.timeout_s * 1000L;
	d->wants_cancel = d->wants_cancel && outcome == WIRE_USSD_MORE;
	tell_step(d, outcome, text, len);
}

/* While the network waits for an answer it says something itself. */
static void
hear_in_open(struct dial *d, const struct cusd_answer *answer)
{
	tell_unasked(d, answer);
	if (answer->m == M_MORE)
		return;
	d->state = DIAL_IDLE;
	d->wants_cancel = false;
	tell_step(d, WIRE_USSD_REFUSED, "", 0);
}

static void
hear_alone(struct dial *d, const struct cusd_answer *answer, int64_t now)
{
	if (answer->m == M_MORE && d->state != DIAL_SAID)
		d->wants_cancel = true; /* nobody would answer */
	if (now >= d->late_until) {
		tell_unasked(d, answer);
		return;
	}
	log_info("modem=%s event=ussd-late", worker_modem);
	d->late_until = 0;
}

static void
hear_answer(struct dial *d, const struct cusd_raw *raw, int64_t now)
{
	struct cusd_answer answer;

	cusd_parse(raw, &answer);
	if (answer.m == -1)
		log_warn("modem=%s event=ussd-not-understood length=%zu", worker_modem, raw->len);
	else if (d->state == DIAL_SAID && !raw->early && !d->has_kept) {
		d->has_kept = true;
		d->kept = *raw;
	} else if (d->state == DIAL_WAITING)
		finish(d, &answer, now);
	else if (d->state == DIAL_OPEN)
		hear_in_open(d, &answer);
	else
		hear_alone(d, &answer, now);
}

static enum wire_ussd_outcome
refusal(int code)
{
	switch (code) {
	case CME_NOT_ALLOWED:
	case CME_NOT_SUPPORTED:
		return WIRE_USSD_UNSUPPORTED;
	case CME_NO_NETWORK:
	case CME_EMERGENCY_ONLY:
		return WIRE_USSD_NETWORK;
	case CME_NETWORK_TIMEOUT:
		return WIRE_USSD_TIMEOUT;
	default:
		return WIRE_USSD_REFUSED;
	}
}

/*
 * May the refusal be of how the code was written?  Only of a first code, never of one that a modem
 * takes as it takes no other: nothing is dialled twice.
 */
static bool
may_say_again(const struct dial *d, int code, int64_t now)
{
	return !d->way_known && !d->step.reply && !d->muted && d->way + 1 < USSD_WAYS &&
		now - d->said_at < AGAIN_MS &&
		(code == -1 || code == CME_NOT_ALLOWED || code == CME_NOT_SUPPORTED ||
			code == CME_BAD_PARAMETERS || code == CME_UNKNOWN);
}

static void
hear_refusal(struct dial *d, int code, int64_t now)
{
	if (may_say_again(d, code, now)) {
		d->way++;
		say_step(d, now);
		return;
	}
	if (!d->way_known)
		d->way = 0;
	d->state = DIAL_IDLE;
	d->wants_cancel = d->step.reply; /* what became of the dialogue is not known */
	tell_step(d, refusal(code), "", 0);
}

/* The result of the command. */
static void
hear_result(struct dial *d, bool ok, int code, int64_t now)
{
	struct cusd_answer answer;

	d->sieve->aside = ASIDE_NONE;
	if (d->state == DIAL_BROKEN || d->state == DIAL_CANCELLED) {
		d->wants_cancel = d->wants_cancel || d->state == DIAL_BROKEN;
		d->state = DIAL_IDLE;
		return;
	}
	d->way_known = d->way_known || ok;
	if (d->has_kept) {
		cusd_parse(&d->kept, &answer);
		d->has_kept = false;
		finish(d, &answer, now);
	} else if (ok) {
		d->state = DIAL_WAITING;
	} else {
		hear_refusal(d, code, now);
	}
}

bool
dial_has_heard(const struct dial *d)
{
	return d->sieve->urc->cusd.n_kept > 0 || d->sieve->aside == ASIDE_OK ||
		d->sieve->aside == ASIDE_ERROR;
}

/* --- times --- */

static void
break_off(struct dial *d, int64_t now)
{
	tell_step(d, WIRE_USSD_TIMEOUT, "", 0);
	d->muted = true;
	d->late_until = now + DIAL_LATE_MS;
	d->state = DIAL_BROKEN;
	d->said_at = now;
	at_break_off(d->at);
}

/* How long the modem may hold its line. */
static int64_t
patience(const struct dial *d, bool others_wait)
{
	int64_t most = d->state == DIAL_SAID ? DIAL_HOLD_MOST_MS : d->at->answer_ms;

	if (d->state == DIAL_BROKEN)
		return DIAL_BREAK_MS;
	return others_wait && most > DIAL_HOLD_MS ? DIAL_HOLD_MS : most;
}

static void
watch_step(struct dial *d, int64_t now, bool others_wait)
{
	bool over = now >= d->step.until;

	switch (d->state) {
	case DIAL_SAID:
		if (over || now - d->said_at >= patience(d, others_wait))
			break_off(d, now);
		return;
	case DIAL_WAITING:
	case DIAL_OPEN:
		if (!over)
			return;
		if (d->state == DIAL_WAITING)
			d->late_until = now + DIAL_LATE_MS;
		tell_step(d, WIRE_USSD_TIMEOUT, "", 0);
		d->state = DIAL_IDLE;
		d->wants_cancel = true;
		return;
	case DIAL_BROKEN:
	case DIAL_CANCELLED:
		if (now - d->said_at < patience(d, others_wait))
			return;
		/* A result that came later would be taken for another command's. */
		up_flush();
		guard_fault(WIRE_FAULT_SILENT, "no result of AT+CUSD within its time");
	case DIAL_IDLE:
		return;
	}
}

void
dial_hear(struct dial *d, int64_t now, bool others_wait)
{
	struct cusd *cusd = &d->sieve->urc->cusd;
	struct cusd_raw raw;

	while (cusd->n_kept > 0) {
		raw = cusd->kept[0];
		cusd_drop(cusd);
		hear_answer(d, &raw, now);
	}
	if (d->sieve->aside == ASIDE_OK || d->sieve->aside == ASIDE_ERROR)
		hear_result(d, d->sieve->aside == ASIDE_OK, d->sieve->aside_code, now);
	watch_step(d, now, others_wait);
	if (d->has_next && now >= d->next.until) {
		d->has_next = false;
		tell(d->next.token, WIRE_USSD_TIMEOUT, "", 0);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || b < a ? b : a;
}

int64_t
dial_due(const struct dial *d, int64_t now)
{
	int64_t due = d->has_next ? d->next.until : 0;

	if (d->has_next && d->late_until > now)
		due = sooner(due, d->late_until);
	if (d->state == DIAL_WAITING || d->state == DIAL_OPEN || d->state == DIAL_SAID)
		due = sooner(due, d->step.until);
	if (dial_holds_line(d))
		due = sooner(due, d->said_at + patience(d, false));
	/* Then it is asked whether somebody waits; who comes later asks by himself. */
	if (dial_holds_line(d) && now < d->said_at + DIAL_HOLD_MS)
		due = sooner(due, d->said_at + patience(d, true));
	return due;
}
