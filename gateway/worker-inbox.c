/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-inbox: looks, and when there is time for one.
 */
#include "worker-inbox.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "worker-convert.h"
#include "worker-guard.h"
#include "worker-up.h"

enum {
	PID_REPLACE_FIRST = 0x41, /* 3GPP 23.040 9.2.3.9 */
	PID_REPLACE_LAST = 0x47,
	REPORT_PLACES_MAX = 1000,
	REPORTS_TOGETHER = 2, /* read and deleted at once while messages are sent */
};

/* --- telling --- */

/* Was it not told yet?  Returns its entry then, else NULL. */
static struct told *
note(struct inbox *in, const struct gammu_item *item, uint64_t hash)
{
	struct told *told = told_note(&in->told, item, hash);

	in->fresh += told != NULL;
	return told;
}

static void
tell_report(struct inbox *in, const struct gammu_item *item)
{
	struct wire_msg msg = { .type = WIRE_REPORT };
	struct convert room;
	struct told *told;

	convert_report(item->sms, &room, &msg.report);
	told = note(in, item, convert_hash_report(&msg.report));
	if (told == NULL)
		return;
	msg.report.handle = told->handle;
	up_send(&msg);
}

static void
tell_message(struct inbox *in, const struct gammu_item *item, bool decoded)
{
	struct wire_msg msg = { .type = WIRE_SMS };
	struct convert room;
	struct told *told;

	convert_message(item->sms, item->pdu, decoded, &room, &msg.sms);
	told = note(in, item, convert_hash_message(&msg.sms));
	if (told == NULL)
		return;
	told->replaceable = msg.sms.pid >= PID_REPLACE_FIRST && msg.sms.pid <= PID_REPLACE_LAST;
	msg.sms.handle = told->handle;
	msg.sms.ordinal = told->ordinal;
	if (msg.sms.kind == WIRE_SMS_BROKEN)
		log_warn("modem=%s event=broken-message handle=%u length=%u hint=%s", worker_modem,
			told->handle, (unsigned)msg.sms.text.len,
			log_quote("it is kept as it came: see the tray"));
	up_send(&msg);
}

static void
tell(struct inbox *in, const struct gammu_item *item, bool decoded)
{
	if (item->pdu->kind == PDU_DRAFT) {
		in->drafts++;
		return;
	}
	if (told_is_report(item, decoded))
		tell_report(in, item);
	else
		tell_message(in, item, decoded);
}

void
inbox_take_direct(struct inbox *in, const char *line)
{
	struct wire_msg msg = { .type = WIRE_SMS };
	struct gammu_item item;
	struct sieve_pdu passed;
	struct convert room;
	struct pdu pdu;

	pdu_vet(line, strlen(line), &pdu);
	if (gammu_decode(&pdu, &item) != GAMMU_MESSAGE)
		return; /* what was vetted decodes */
	passed = *item.pdu;
	passed.raw = (char *)line;
	item.pdu = &passed;
	if (told_is_report(&item, true)) {
		msg.type = WIRE_REPORT;
		convert_report(item.sms, &room, &msg.report);
	} else {
		uint64_t hash;

		convert_message(item.sms, item.pdu, true, &room, &msg.sms);
		hash = convert_hash_message(&msg.sms);
		msg.sms.ordinal = told_ordinal(&in->told, hash);
		gone_add(in->told.gone, hash, true);
	}
	up_send(&msg);
	gone_tell(in->told.gone);
}

/* --- looking --- */

void
inbox_look(struct inbox *in, bool messages, bool reports)
{
	in->wants_messages = in->wants_messages || messages;
	in->wants_reports = in->wants_reports || (reports && in->has_reports);
}

static void
begin(struct inbox *in)
{
	in->incomplete = false;
	in->found = in->fresh = in->drafts = 0;
	told_unsee(&in->told);
}

static void
enter_messages(struct inbox *in)
{
	in->phase = LOOK_MESSAGES;
	in->first = true;
	in->broken_off = false;
	in->then_messages = in->wants_messages = in->urc->message = false;
	in->found_messages = 0;
}

static void
enter_reports(struct inbox *in)
{
	in->phase = LOOK_REPORTS;
	in->first = true;
	in->broken_off = false;
	in->full = in->wants_reports;
	in->wants_reports = in->urc->report = false;
	in->found_reports = 0;
}

static uint16_t
up_to_16(int value)
{
	return value < 0 ? 0 : value > UINT16_MAX ? UINT16_MAX : (uint16_t)value;
}

static void
tell_listed(struct inbox *in)
{
	struct wire_msg msg = { .type = WIRE_LISTED };
	const struct sieve_usage *usage = &in->sieve->usage[in->receives];

	msg.listed.found = up_to_16((int)in->found);
	msg.listed.fresh = up_to_16((int)in->fresh);
	msg.listed.used = usage->known ? up_to_16(usage->used) : 0;
	msg.listed.capacity = usage->known ? up_to_16(usage->total) : 0;
	msg.listed.undeletable = up_to_16((int)told_stuck(&in->told));
	msg.listed.drafts = up_to_16((int)in->drafts);
	msg.listed.complete = !in->incomplete;
	up_send(&msg);
}

/*
 * A phase is over.  all: it showed everything that its storage holds.  enough: it was not meant to.
 */
static void
end(struct inbox *in, bool all, bool enough)
{
	if (all)
		told_sweep(&in->told, in->phase == LOOK_REPORTS);
	in->incomplete = in->incomplete || !(all || enough);
	in->retry = in->retry || in->broken_off;
	in->phase = LOOK_NONE;
	if (in->then_messages)
		enter_messages(in);
	else
		tell_listed(in);
}

/*
 * Did the listing show all?  The modem says how many there are.  Some count what they never show:
 * then the same number twice is all.
 */
static void
end_messages(struct inbox *in)
{
	const struct sieve_usage *u = in->sieve->usage;
	int used = (u[STORE_SM].known ? u[STORE_SM].used : 0) +
		(u[STORE_ME].known ? u[STORE_ME].used : 0);
	bool all = !in->broken_off &&
		((int)in->found_messages >= used || in->found_messages == in->found_before);

	if (!all && !in->broken_off) {
		log_notice("modem=%s event=listing-short found=%u used=%d", worker_modem,
			in->found_messages, used);
		in->wants_messages = true;
		in->urc->restarted = true; /* perhaps it speaks no PDUs any more */
	}
	in->found_before = all ? UINT_MAX : in->found_messages;
	end(in, all, false);
}

static void
messages_step(struct inbox *in)
{
	struct gammu_item item;
	enum gammu_found found;

	deletions_give_back_storage(&in->deletions);
	found = gammu_list(in->gammu, in->first, &item);
	in->first = false;
	switch (found) {
	case GAMMU_MESSAGE:
	case GAMMU_SKIPPED:
		in->found++;
		in->found_messages++;
		tell(in, &item, found == GAMMU_MESSAGE);
		break;
	case GAMMU_FAILED:
		in->broken_off = true;
		end_messages(in);
		break;
	case GAMMU_END:
		end_messages(in);
		break;
	}
}

/* --- reports in SR, which no listing of libgammu's shows --- */

static void
add_report_place(struct inbox *in, int place)
{
	if (place < 0 || place > REPORT_PLACES_MAX || in->n_report_places > REPORT_PLACES_MAX)
		return;
	for (size_t i = 0; i < in->n_report_places; i++)
		if (in->report_places[i] == place)
			return;
	in->report_places[in->n_report_places++] = place;
}

static void
hint_report_place(struct inbox *in, int hinted)
{
	for (size_t i = 0; i < in->n_report_places; i++)
		if (in->report_places[i] == hinted) {
			in->n_report_places--;
			memmove(in->report_places + i, in->report_places + i + 1,
				(in->n_report_places - i) * sizeof(int));
			break;
		}
	add_report_place(in, hinted);
}

/* In the order in which they are taken, from the last: where the modem said, then 1 to the end, 0.
 */
static void
plan_reports(struct inbox *in, int total)
{
	in->n_report_places = 0;
	add_report_place(in, 0);
	for (int place = total; place >= 1; place--)
		add_report_place(in, place);
	in->n_hinted = in->urc->n_report_places;
	for (size_t i = in->n_hinted; i > 0; i--)
		hint_report_place(in, in->urc->report_places[i - 1]);
	in->urc->n_report_places = 0;
}

/*
 * How many there are: libgammu's own selection of SR tells, and where SR is selected already, ours.
 * Returns false when there is no SR any more.
 */
static bool
begin_reports(struct inbox *in)
{
	struct sieve_usage *usage = &in->sieve->usage[STORE_SR];

	if (in->sieve->store == STORE_SR && !at_select(in->at, STORE_SR, usage))
		return false;
	plan_reports(in, usage->known ? usage->total : 0);
	return true;
}

/*
 * Of a hint, those places that it named; then, as long as the modem has more than are known, and of
 * a full look always, the others.
 */
static bool
all_reports_read(const struct inbox *in)
{
	const struct sieve_usage *usage = &in->sieve->usage[STORE_SR];

	if (in->n_report_places == 0)
		return true;
	if (!usage->known || (!in->full && in->n_hinted > 0))
		return false;
	return (int)(in->full ? in->found_reports : told_reports(&in->told)) >= usage->used;
}

static void
end_reports(struct inbox *in)
{
	const struct sieve_usage *usage = &in->sieve->usage[STORE_SR];
	bool all = in->full && !in->broken_off &&
		(!usage->known || (int)in->found_reports >= usage->used);

	end(in, all, !in->full && !in->broken_off);
}

static void
reports_step(struct inbox *in)
{
	struct gammu_item item;
	enum gammu_found found;

	deletions_give_back_storage(&in->deletions);
	if (in->first) {
		in->first = false;
		if (!begin_reports(in) || (in->sieve->store == STORE_SR && all_reports_read(in))) {
			end_reports(in);
			return;
		}
	}
	in->n_hinted -= in->n_hinted > 0;
	found = gammu_report(in->gammu, in->report_places[--in->n_report_places], &item);
	if (found == GAMMU_MESSAGE || found == GAMMU_SKIPPED) {
		in->found++;
		in->found_reports++;
		if (item.pdu->kind == PDU_MESSAGE)
			in->urc->restarted = true; /* perhaps: no SR holds any */
		tell(in, &item, found == GAMMU_MESSAGE);
	} else if (found == GAMMU_FAILED) {
		in->broken_off = true;
		in->has_reports = in->found_reports > 0;
		in->n_report_places = 0;
	}
	if (all_reports_read(in))
		end_reports(in);
}

/* --- steps --- */

/*
 * So many are worth the commands around them, between two messages to send; and no more than a
 * third of SR, since what finds it full is lost.
 */
static size_t
reports_worth_a_look(const struct inbox *in)
{
	const struct sieve_usage *usage = &in->sieve->usage[STORE_SR];
	int third = usage->known ? usage->total / 3 : 1;

	return third < 1 ? 1 : third > REPORTS_TOGETHER ? REPORTS_TOGETHER : (size_t)third;
}

bool
inbox_holds_reports(const struct inbox *in)
{
	const struct urc *urc = in->urc;

	return in->patient && !in->wants_reports && in->has_reports && urc->report &&
		urc->n_report_places > 0 && urc->n_report_places < reports_worth_a_look(in);
}

static bool
reports_due(const struct inbox *in)
{
	return in->wants_reports ||
		(in->urc->report && in->has_reports && !inbox_holds_reports(in));
}

bool
inbox_busy(const struct inbox *in)
{
	return in->phase != LOOK_NONE || in->deletions.first != NULL || in->wants_messages ||
		in->urc->message || reports_due(in);
}

/* Reports first: their few places fill up soonest, and what is then new is lost. */
static void
choose(struct inbox *in)
{
	bool messages = in->wants_messages || in->urc->message;
	bool reports = reports_due(in);

	if (!messages && !reports)
		return;
	begin(in);
	in->then_messages = messages && reports;
	if (reports)
		enter_reports(in);
	else
		enter_messages(in);
}

void
inbox_step(struct inbox *in)
{
	if (in->phase == LOOK_NONE && in->deletions.first != NULL) {
		deletions_step(&in->deletions);
		in->wants_messages = in->wants_messages || in->deletions.wants_look;
		in->deletions.wants_look = false;
	} else {
		if (in->phase == LOOK_NONE)
			choose(in);
		if (in->phase == LOOK_MESSAGES)
			messages_step(in);
		else if (in->phase == LOOK_REPORTS)
			reports_step(in);
	}
	gone_tell(in->told.gone);
}

bool
inbox_delete(struct inbox *in, const struct wire_delete *wanted)
{
	return deletions_add(&in->deletions, wanted);
}

void
inbox_retry(struct inbox *in)
{
	deletions_retry(&in->deletions);
}

void
inbox_init(struct inbox *in, struct gammu *gammu, struct at *at, struct sieve *sieve,
	struct urc *urc, struct gone *gone, enum store receives, bool has_reports)
{
	memset(in, 0, sizeof(*in));
	in->gammu = gammu;
	in->at = at;
	in->sieve = sieve;
	in->urc = urc;
	in->receives = receives;
	in->has_reports = has_reports;
	in->found_before = UINT_MAX;
	told_init(&in->told, gone, gammu);
	deletions_init(&in->deletions, gammu, at, sieve, &in->told, receives);
	in->report_places = calloc(REPORT_PLACES_MAX + 2, sizeof(int));
	if (in->report_places == NULL)
		fatal("event=no-memory wanted=places");
}

void
inbox_free(struct inbox *in)
{
	deletions_free(&in->deletions);
	told_free(&in->told);
	free(in->report_places);
}
