/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * baraza-modem: one modem, driven through libgammu, in a process of its own.
 *
 * It is started by baraza with one end of a socketpair as descriptor 3, and talks over it as wire.h
 * says.  It has no database, no configuration and no secret but its SIM's PIN.  Whatever goes wrong
 * with the modem ends it; its parent starts another, which loses nothing, since a message is
 * deleted from the modem only after the parent has committed it.
 *
 * It waits in one place, for the parent or the modem to say something, and wakes for nothing else;
 * only a modem that refuses to tell of new messages is looked at every few seconds.
 *
 * Whose turn it is, when several things wait: a call that rings; then a step of USSD, which is one
 * command; then a segment to send, unless messages or deletions have waited for as long as the last
 * segment took; then those.  A single delivery report waits for a second one while segments are
 * sent.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "monotonic.h"
#include "wire.h"
#include "worker-at.h"
#include "worker-calls.h"
#include "worker-convert.h"
#include "worker-dial.h"
#include "worker-gammu.h"
#include "worker-guard.h"
#include "worker-inbox.h"
#include "worker-sieve.h"
#include "worker-up.h"

enum {
	LOOK_EVERY_MS = 5000, /* when the modem does not tell of new messages */
	TURN_MIN_MS = 5,      /* of the inbox, between two segments */
	TURN_MAX_MS = 300,
	REPORTS_WAIT_MS = 1000, /* after the last segment, for another */
	UP_MAX = 32,            /* messages that wait for the parent before it is heard no more */
	SAME_CALL_MS =
		10000, /* a ring so soon after one that could not be refused is the same call */
	CNMI_MAX = 64,
	CUSD_LONGEST_MS = 2000, /* a +CUSD that a modem goes on with for ever */
};

enum phase { PHASE_NEW, PHASE_ASKED, PHASE_RUNNING };

struct settings {
	char device[256], connection[65], model[65], smsc[WIRE_NUMBER_MAX];
	enum wire_storage storage;
	bool skip_pauses, receive_only;
	unsigned call_timeout_s, send_timeout_s;
};

struct worker {
	enum phase phase;
	struct settings set;
	struct at_identity identity;
	struct at at;
	struct urc urc;
	struct sieve sieve;
	struct gammu gammu;
	struct gone gone;
	struct inbox inbox;

	bool wants_look; /* the parent asked for housekeeping */
	bool notifies;
	int64_t look_at;   /* when to look without being told; 0: never */
	const char *probe; /* a question whose answer a restart changes */
	char probe_answer[CNMI_MAX];

	bool has_segment, sending; /* one waits; one is with the modem */
	uint64_t token;
	GSM_SMSMessage segment;
	int64_t sent_at;
	int64_t inbox_until; /* the inbox's turn */
	int64_t next_until;  /* another segment may follow the last one */

	bool hangs_up_by_itself; /* libgammu's way to refuse calls has failed */
	char last_caller[WIRE_NUMBER_MAX];
	int64_t last_ring; /* of a call that could not be refused */

	struct dial dial;
	int64_t heard_at;     /* when the modem last said anything */
	int64_t cusd_open_at; /* since when a +CUSD is being read */
};

/* --- what goes up --- */

static void
tell_identity(struct worker *w)
{
	const struct at_identity *id = &w->identity;
	struct wire_msg msg = { .type = WIRE_IDENTITY,
		.identity = { .imei = wire_str(id->imei),
			.imsi = wire_str(id->imsi),
			.iccid = wire_str(id->iccid),
			.manufacturer = wire_str(id->manufacturer),
			.model = wire_str(id->model),
			.revision = wire_str(id->revision),
			.smsc = wire_str(id->smsc),
			.sim = (uint8_t)id->sim,
			.pin_attempts_left = (uint8_t)id->pin_attempts_left } };

	up_send(&msg);
}

static void
tell_result(
	struct worker *w, enum wire_outcome outcome, int reference, int error, const char *words)
{
	struct wire_msg msg = { .type = WIRE_RESULT,
		.result = { .token = w->token,
			.outcome = (uint8_t)outcome,
			.reference = reference >= 0 && reference <= 255 ? (uint16_t)reference
									: WIRE_REFERENCE_UNKNOWN,
			.error = error >= 0 && error < WIRE_ERROR_NONE ? (uint16_t)error
								       : WIRE_ERROR_NONE,
			.words = wire_str(words) } };

	up_send(&msg);
}

static void
tell_call(const char *caller)
{
	struct wire_msg msg = { .type = WIRE_CALL, .call = { wire_str(caller) } };

	up_send(&msg);
}

static void
tell_health(struct worker *w)
{
	const struct sieve_usage *usage = &w->sieve.usage[w->inbox.receives];
	struct wire_msg msg = { .type = WIRE_HEALTH };
	unsigned percent;
	char network[48];
	int dbm;

	gammu_signal(&w->gammu, &dbm, &percent);
	msg.health.signal_dbm = (int16_t)dbm;
	msg.health.signal_percent = (uint8_t)percent;
	msg.health.registration = (uint8_t)at_registration(&w->at, network, sizeof(network));
	msg.health.network = wire_str(network);
	msg.health.used = usage->known ? (uint16_t)usage->used : 0;
	msg.health.capacity = usage->known ? (uint16_t)usage->total : 0;
	msg.health.notifies = w->notifies;
	up_send(&msg);
}

/* --- a modem that restarts by itself --- */

/*
 * It forgets that it was to tell of new messages, where to store them, and that PDUs are spoken;
 * and another SIM may be in it.  Remember an answer that it would give otherwise.
 */
static void
learn_probe(struct worker *w)
{
	static const char *const questions[] = { "+CNMI?", "+CLIP?", "+CMEE?" };
	struct at_answer answer;

	w->probe = NULL;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (at_ask(&w->at, questions[i], &answer) && answer.text[0] != '\0') {
			w->probe = questions[i];
			snprintf(w->probe_answer, sizeof(w->probe_answer), "%.*s", CNMI_MAX - 1,
				answer.text);
			return;
		}
}

static void
check_restart(struct worker *w)
{
	struct at_answer answer;

	if (w->probe != NULL) {
		at_ask(&w->at, w->probe, &answer);
		if (strncmp(answer.text, w->probe_answer, CNMI_MAX - 1) != 0)
			guard_fault(WIRE_FAULT_RESTARTED, "the modem restarted by itself");
	}
	w->urc.restarted = false;
}

/* --- the start --- */

static void
copy(char *out, size_t size, struct wire_bytes b)
{
	if (wire_copy(out, size, b) == -1)
		guard_fault(WIRE_FAULT_PROTOCOL, "OPEN holds a string that cannot be");
}

/* An SMSC that was set goes before the SIM's own. */
static void
identify(struct worker *w)
{
	at_identify(&w->at, &w->identity);
	if (w->set.smsc[0] != '\0')
		memcpy(w->identity.smsc, w->set.smsc, sizeof(w->identity.smsc));
}

static void
on_open(struct worker *w, const struct wire_open *o)
{
	struct settings *set = &w->set;

	if (w->phase != PHASE_NEW)
		guard_fault(WIRE_FAULT_PROTOCOL, "OPEN came twice");
	copy(worker_modem, sizeof(worker_modem), o->name);
	copy(set->device, sizeof(set->device), o->device);
	copy(set->connection, sizeof(set->connection), o->connection);
	copy(set->model, sizeof(set->model), o->model);
	copy(set->smsc, sizeof(set->smsc), o->smsc);
	set->storage = o->storage;
	set->skip_pauses = o->skip_pauses;
	set->receive_only = o->receive_only;
	set->call_timeout_s = o->call_timeout_s;
	set->send_timeout_s = o->send_timeout_s;
	at_open(&w->at, &w->urc, set->device, set->connection, set->call_timeout_s);
	at_wake(&w->at);
	identify(w);
	w->phase = PHASE_ASKED;
	tell_identity(w);
}

static void
on_pin(struct worker *w, const struct wire_pin *p)
{
	struct wire_msg msg = { .type = WIRE_PIN_RESULT };
	char pin[WIRE_PIN_MAX + 1];

	if (w->phase != PHASE_ASKED || w->identity.sim != WIRE_SIM_PIN)
		guard_fault(WIRE_FAULT_PROTOCOL, "PIN came, and none is wanted");
	copy(pin, sizeof(pin), p->pin);
	msg.pin_result.outcome = (uint8_t)at_pin(&w->at, pin);
	explicit_bzero(pin, sizeof(pin));
	up_send(&msg);
	identify(w);
	tell_identity(w);
}

static void
need_sim(const struct worker *w)
{
	switch (w->identity.sim) {
	case WIRE_SIM_ABSENT:
		guard_fault(
			WIRE_FAULT_SIM, "there is no SIM in the modem, or it is not seated well");
	case WIRE_SIM_PIN:
		guard_fault(WIRE_FAULT_SIM, "the SIM wants its PIN: set `pin` for this modem");
	case WIRE_SIM_PUK:
		guard_fault(WIRE_FAULT_SIM,
			"the SIM is locked by wrong PINs: put it into a phone and enter its PUK");
	default:
		break;
	}
}

static void
on_start(struct worker *w)
{
	struct wire_msg ready = { .type = WIRE_READY };
	struct sieve_usage usage[STORES];
	struct at_answer answer;
	enum store receives;

	if (w->phase != PHASE_ASKED)
		guard_fault(WIRE_FAULT_PROTOCOL, "START came out of turn");
	need_sim(w);
	receives = at_choose_storage(&w->at, w->set.storage, usage);
	at_ask(&w->at, "+CLIP=1", &answer);
	at_unlock(&w->at);
	calls_tty(w->at.fd, &w->sieve, w->set.skip_pauses);
	gammu_open(&w->gammu, &w->sieve, w->set.device, w->set.connection, w->set.model,
		w->set.call_timeout_s);
	memcpy(w->sieve.usage, usage, sizeof(usage));
	inbox_init(&w->inbox, &w->gammu, &w->at, &w->sieve, &w->urc, &w->gone, receives,
		usage[STORE_SR].known);
	dial_init(&w->dial, &w->at, &w->sieve, w->identity.manufacturer);
	w->notifies = gammu_arm(&w->gammu) || at_arm(&w->at);
	learn_probe(w);
	w->urc.restarted = false;
	w->phase = PHASE_RUNNING;
	up_send(&ready);
	tell_health(w);
	inbox_look(&w->inbox, true, true);
	log_info("modem=%s event=ready storage=%s notifies=%d", worker_modem,
		receives == STORE_ME ? "ME" : "SM", w->notifies);
}

/* --- sending --- */

static void
on_send(struct worker *w, const struct wire_send *send)
{
	const char *why = NULL;

	if (w->phase != PHASE_RUNNING || w->has_segment || w->sending)
		guard_fault(WIRE_FAULT_PROTOCOL, "SEND came out of turn");
	w->token = send->token;
	if (w->set.receive_only)
		why = "this modem only receives";
	else if (w->identity.smsc[0] == '\0')
		why = "the SIM holds no SMSC number: set `smsc` for this modem";
	else
		convert_send(send, w->identity.smsc, &w->segment, &why);
	if (why != NULL)
		tell_result(w, WIRE_NOT_SENT, -1, -1, why);
	else
		w->has_segment = true;
}

/* libgammu gives the number of a +CME ERROR as that of a +CMS ERROR: what it means there. */
static int
cms_error(const struct worker *w)
{
	static const struct {
		int cme, cms;
	} same[] = { { 10, 310 }, { 11, 311 }, { 12, 316 }, { 13, 313 }, { 14, 314 }, { 15, 315 },
		{ 20, 322 }, { 23, 320 }, { 30, 331 }, { 31, 332 } };

	if (!w->sieve.final_is_cme)
		return w->gammu.send_status;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (same[i].cme == w->gammu.send_status)
			return same[i].cms;
	return -1;
}

static void
tell_refused(struct worker *w)
{
	char words[80];

	if (w->gammu.send_status >= 0)
		snprintf(words, sizeof(words), "refused with +%s ERROR: %d",
			w->sieve.final_is_cme ? "CME" : "CMS", w->gammu.send_status);
	else
		snprintf(words, sizeof(words), "refused without a reason");
	if (w->gammu.send_status < 0)
		w->urc.restarted = true; /* it may have forgotten to give reasons */
	tell_result(w, WIRE_REFUSED, -1, cms_error(w), words);
}

static void
end_send(struct worker *w)
{
	int64_t now = monotonic_ms(), took = now - w->sent_at;

	w->sending = false;
	w->next_until = now + REPORTS_WAIT_MS;
	w->inbox_until = now +
		(took < TURN_MIN_MS                  ? TURN_MIN_MS
				: took > TURN_MAX_MS ? TURN_MAX_MS
						     : took);
}

static void
start_send(struct worker *w)
{
	enum gammu_sending begun;

	w->has_segment = false;
	w->sent_at = monotonic_ms();
	begun = gammu_send(&w->gammu, &w->segment);
	w->sending = begun == GAMMU_TYPED;
	if (w->sending)
		return;
	if (w->gammu.refused)
		tell_refused(w);
	else
		tell_result(w, WIRE_NOT_SENT, -1, -1, "the modem gave no prompt for the text");
	if (begun == GAMMU_NO_PROMPT)
		guard_fault(WIRE_FAULT_SILENT, "the modem did not answer (sending a message)");
	end_send(w);
}

/* Did its answer come, or its time? */
static void
watch_send(struct worker *w)
{
	if (w->gammu.sent) {
		tell_result(w, WIRE_SENT, w->gammu.reference, -1, "");
		end_send(w);
	} else if (w->gammu.refused) {
		tell_refused(w);
		end_send(w);
	} else if (monotonic_ms() - w->sent_at >= (int64_t)w->set.send_timeout_s * 1000) {
		/* An answer that came later would be taken for the next one's. */
		tell_result(w, WIRE_UNKNOWN, -1, -1, "no answer in time: it may have left");
		up_flush();
		guard_fault(WIRE_FAULT_SILENT, "no answer to a message within %u s",
			w->set.send_timeout_s);
	}
}

/* --- calls --- */

/* The number comes with the first ring or not at all. */
static bool
call_is_known(const struct urc *urc)
{
	return urc->has_caller || urc->rings > 1 || (urc->rings > 0 && urc->call_over);
}

static void
refuse_call(struct worker *w)
{
	char caller[WIRE_NUMBER_MAX] = "";
	bool same, refused = false;
	int64_t now = monotonic_ms();

	if (w->urc.has_caller)
		snprintf(caller, sizeof(caller), "%s", w->urc.caller);
	same = w->last_ring != 0 && now - w->last_ring < SAME_CALL_MS &&
		strcmp(caller, w->last_caller) == 0;
	if (!w->urc.call_over && !w->hangs_up_by_itself) {
		refused = gammu_hang_up(&w->gammu);
		w->hangs_up_by_itself = !refused;
	}
	if (!w->urc.call_over && !refused)
		refused = at_hang_up(&w->at);
	if (!same)
		tell_call(caller);
	w->last_ring = refused || w->urc.call_over ? 0 : now;
	memcpy(w->last_caller, caller, sizeof(caller));
	/* Rings that were on their way belong to it. */
	w->urc.rings = 0;
	w->urc.has_caller = w->urc.call_over = false;
}

/* --- the parent --- */

static void
on_look(struct worker *w)
{
	if (w->phase != PHASE_RUNNING)
		guard_fault(WIRE_FAULT_PROTOCOL, "LOOK came out of turn");
	w->wants_look = true;
}

static void
on_delete(struct worker *w, const struct wire_delete *d)
{
	if (w->phase != PHASE_RUNNING)
		guard_fault(WIRE_FAULT_PROTOCOL, "DELETE came out of turn");
	if (inbox_delete(&w->inbox, d))
		w->urc.restarted = true; /* perhaps: what was listed before may lie elsewhere */
}

static void
on_gone(struct worker *w, const struct wire_gone *g)
{
	if (w->phase != PHASE_ASKED || g->back)
		guard_fault(WIRE_FAULT_PROTOCOL, "GONE came out of turn");
	gone_recall(&w->gone, g);
}

static void
on_ussd(struct worker *w, const struct wire_ussd *ussd)
{
	if (w->phase != PHASE_RUNNING || w->set.receive_only)
		guard_fault(WIRE_FAULT_PROTOCOL, "USSD came out of turn, or for a till");
	dial_ask(&w->dial, ussd, monotonic_ms());
}

static void
on_parent(struct worker *w)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg;
	int got = wire_receive(WIRE_FD, buf, &msg);

	if (got == -1 && errno == EAGAIN)
		return;
	if (got == 0)
		exit(0);
	if (got == -1)
		guard_fault(WIRE_FAULT_PROTOCOL, "the parent's message cannot be read: %s",
			strerror(errno));
	switch (msg.type) {
	case WIRE_OPEN:
		on_open(w, &msg.open);
		break;
	case WIRE_PIN:
		on_pin(w, &msg.pin);
		break;
	case WIRE_GONE:
		on_gone(w, &msg.gone);
		break;
	case WIRE_START:
		on_start(w);
		break;
	case WIRE_SEND:
		on_send(w, &msg.send);
		break;
	case WIRE_DELETE:
		on_delete(w, &msg.delete);
		break;
	case WIRE_LOOK:
		on_look(w);
		break;
	case WIRE_USSD:
		on_ussd(w, &msg.ussd);
		break;
	case WIRE_CLOSE:
		exit(0);
	default:
		guard_fault(WIRE_FAULT_PROTOCOL, "a message of type %d is the worker's to send",
			(int)msg.type);
	}
	explicit_bzero(buf, msg.type == WIRE_PIN ? sizeof(buf) : 0);
}

/* --- work --- */

/* Housekeeping: is it the same modem still, does it tell of news, how is it? */
static void
look_over(struct worker *w)
{
	w->wants_look = false;
	check_restart(w);
	w->notifies = gammu_arm(&w->gammu) || at_arm(&w->at);
	tell_health(w);
	inbox_retry(&w->inbox);
	inbox_look(&w->inbox, true, true);
}

static void
take_direct(struct worker *w)
{
	for (size_t i = 0; i < w->urc.n_direct; i++)
		inbox_take_direct(&w->inbox, w->urc.direct[i]);
	w->urc.n_direct = 0;
}

/* A message waits for the modem, or a caller; housekeeping has time. */
static bool
message_waits(const struct worker *w)
{
	return w->has_segment || call_is_known(&w->urc) || w->urc.message;
}

/*
 * One thing, if there is one to do.  While a segment or a USSD command is with the modem, it is
 * asked nothing else.
 */
static void
work(struct worker *w)
{
	bool busy = inbox_busy(&w->inbox);
	int64_t now = monotonic_ms();

	if (w->urc.n_direct > 0)
		take_direct(w);
	if (w->urc.cusd.open)
		return;
	dial_hear(&w->dial, now, message_waits(w));
	if (dial_holds_line(&w->dial))
		return;
	if (w->sending)
		watch_send(w);
	else if (call_is_known(&w->urc))
		refuse_call(w);
	else if (dial_wants_line(&w->dial, now))
		dial_say(&w->dial, now);
	else if (w->has_segment && !(busy && up_waiting() == 0 && monotonic_ms() < w->inbox_until))
		start_send(w);
	else if (up_waiting() > 0)
		return;
	else if (w->urc.restarted)
		check_restart(w);
	else if (w->wants_look)
		look_over(w);
	else if (busy)
		inbox_step(&w->inbox);
}

static bool
has_work(const struct worker *w)
{
	if (w->phase != PHASE_RUNNING)
		return false;
	if (w->urc.cusd.open)
		return false;
	if (w->urc.n_direct > 0 || dial_has_heard(&w->dial))
		return true;
	if (dial_holds_line(&w->dial))
		return false;
	if (w->sending)
		return w->gammu.sent || w->gammu.refused;
	return w->has_segment || dial_wants_line(&w->dial, monotonic_ms()) ||
		call_is_known(&w->urc) ||
		(up_waiting() == 0 && (w->urc.restarted || w->wants_look || inbox_busy(&w->inbox)));
}

/* When to look by ourselves: a modem that does not tell, or a look that broke off. */
static void
plan_look(struct worker *w)
{
	if (w->look_at != 0 && monotonic_ms() >= w->look_at) {
		w->look_at = 0;
		inbox_look(&w->inbox, true, true);
	}
	if (w->inbox.retry)
		w->urc.restarted = true; /* perhaps that is why */
	if (w->look_at == 0 && (!w->notifies || w->inbox.retry) && !inbox_busy(&w->inbox))
		w->look_at = monotonic_ms() + LOOK_EVERY_MS;
	w->inbox.retry = false;
}

/* The inbox is to know whether segments are being sent. */
static void
tell_patience(struct worker *w)
{
	w->inbox.patient = w->has_segment || w->sending || monotonic_ms() < w->next_until;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* When there is something to do without being told; 0: never. */
static int64_t
due(const struct worker *w)
{
	int64_t at = dial_due(&w->dial, monotonic_ms());

	if (w->urc.cusd.open)
		return sooner(w->heard_at + CUSD_QUIET_MS, w->cusd_open_at + CUSD_LONGEST_MS);
	if (w->sending)
		return sooner(at, w->sent_at + (int64_t)w->set.send_timeout_s * 1000);
	if (dial_holds_line(&w->dial))
		return at;
	if (inbox_holds_reports(&w->inbox))
		at = sooner(at, w->next_until);
	return sooner(at, w->look_at);
}

/* Milliseconds until then, or -1. */
static int
timeout(const struct worker *w)
{
	int64_t at;

	if (w->phase != PHASE_RUNNING)
		return -1;
	if (has_work(w))
		return 0;
	at = due(w);
	if (at == 0)
		return -1;
	at -= monotonic_ms();
	return at < 0 ? 0 : at > INT_MAX ? INT_MAX : (int)at;
}

/* A +CUSD that the modem does not end does not hold up the rest. */
static void
watch_cusd(struct worker *w)
{
	int64_t now = monotonic_ms();

	if (!w->urc.cusd.open) {
		w->cusd_open_at = 0;
		return;
	}
	if (w->cusd_open_at == 0) /* it may have begun within a call into libgammu */
		w->cusd_open_at = w->heard_at = now;
	if (now - w->heard_at < CUSD_QUIET_MS && now - w->cusd_open_at < CUSD_LONGEST_MS)
		return;
	sieve_quiet(&w->sieve);
	w->cusd_open_at = 0;
}

static void
on_modem(struct worker *w, short events)
{
	if (events & POLLIN) {
		w->heard_at = monotonic_ms();
		if (w->phase == PHASE_RUNNING)
			gammu_glance(&w->gammu);
		else
			at_listen(&w->at);
	} else if (events != 0) {
		guard_fault(WIRE_FAULT_DEVICE, "the modem is gone (unplugged, or without power)");
	}
}

static void
turn(struct worker *w)
{
	struct pollfd fds[2] = { { .fd = WIRE_FD }, { .fd = -1, .events = POLLIN } };

	if (w->phase == PHASE_RUNNING) {
		tell_patience(w);
		plan_look(w);
	}
	fds[0].events =
		(short)((up_waiting() < UP_MAX ? POLLIN : 0) | (up_waiting() > 0 ? POLLOUT : 0));
	if (w->phase != PHASE_NEW)
		fds[1].fd = w->at.fd;
	if (poll(fds, 2, timeout(w)) == -1) {
		if (errno == EINTR)
			return;
		fatal("modem=%s event=poll-failed error=%s", worker_modem, strerror(errno));
	}
	if (fds[0].revents & POLLOUT)
		up_flush();
	on_modem(w, fds[1].revents);
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
		on_parent(w);
	if (w->phase == PHASE_RUNNING) {
		watch_cusd(w);
		tell_patience(w);
		work(w);
	}
}

/* --- the program --- */

static int
tell_usage(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("baraza-modem %s\n", BARAZA_VERSION);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		printf("baraza-modem drives one modem for baraza, which starts it; see "
		       "baraza-modem(1).\n");
		return 0;
	}
	fprintf(stderr,
		"baraza-modem is started by baraza, with a socket as descriptor %d; see "
		"baraza-modem(1).\n",
		WIRE_FD);
	return 2;
}

static bool
has_parent(void)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

int
main(int argc, char **argv)
{
	static struct worker w;

	if (argc > 2 || !has_parent()) /* argv[1] names the modem for ps(1) */
		return tell_usage(argc, argv);
	log_debug("event=worker-start"); /* it reads the environment, which is emptied now */
	guard_confine();
	sieve_init(&w.sieve, &w.urc);
	for (;;)
		turn(&w);
}
