/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-inbox: looks, the table of what was told, deletions.
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
	RETURNS_MAX = 1, /* an equal message may truly come to the same place once */
	STAT_UNREAD = 0,
	STAT_READ = 1,
	RETRIES = 8, /* of stuck places, at one look */
	REPORT_PLACES_MAX = 1000,
	REPORTS_TOGETHER = 2, /* read and deleted at once while messages are sent */
};

struct deletion {
	struct deletion *next;
	bool asked; /* by the parent, who is owed DELETED */
	uint16_t done, failed, held;
	size_t at, count;
	uint32_t handles[];
};

/* --- what was told --- */

static bool
same_place(struct gammu_place a, struct gammu_place b)
{
	return a.store == b.store && a.location == b.location;
}

static struct told *
told_at(const struct inbox *in, struct gammu_place place)
{
	for (size_t i = 0; i < in->n_told; i++)
		if (same_place(in->told[i].place, place))
			return &in->told[i];
	return NULL;
}

static struct told *
told_by_handle(const struct inbox *in, uint32_t handle)
{
	for (size_t i = 0; i < in->n_told; i++)
		if (in->told[i].handle == handle)
			return &in->told[i];
	return NULL;
}

/* Its place holds it no more. */
static void
drop(struct inbox *in, struct told *told)
{
	if (told->state != TOLD_DELETED)
		gone_add(in->gone, told->hash, false);
	*told = in->told[--in->n_told];
}

/* How many equal ones were before. */
static uint16_t
ordinal_of(const struct inbox *in, uint64_t hash)
{
	size_t equal = gone_count(in->gone, hash);

	for (size_t i = 0; i < in->n_told; i++)
		equal += in->told[i].hash == hash && in->told[i].state != TOLD_DELETED;
	return equal > UINT16_MAX ? UINT16_MAX : (uint16_t)equal;
}

static struct told *
add(struct inbox *in, struct gammu_place place, uint64_t hash)
{
	uint16_t ordinal = ordinal_of(in, hash);

	if (in->n_told == in->told_room) {
		size_t room = in->told_room > 0 ? 2 * in->told_room : 32;
		struct told *more = realloc(in->told, room * sizeof(*more));

		if (more == NULL)
			fatal("event=no-memory wanted=%zu", room * sizeof(*more));
		in->told = more;
		in->told_room = room;
	}
	in->told[in->n_told] = (struct told){ .place = place,
		.hash = hash,
		.handle = ++in->last_handle,
		.ordinal = ordinal,
		.seen = true };
	return &in->told[in->n_told++];
}

/* --- deleting --- */

static void
stick(const struct inbox *in, struct told *told)
{
	told->state = TOLD_STUCK;
	told->queued = false;
	if (told->warned)
		return;
	told->warned = true;
	log_warn("modem=%s event=undeletable place=%d handle=%u", worker_modem,
		gammu_modems_number(in->gammu, told->place), told->handle);
}

static void
gone(struct inbox *in, struct told *told)
{
	told->state = TOLD_DELETED;
	told->queued = false;
	gone_add(in->gone, told->hash, told->place.store != STORE_SR);
}

/* Select again what libgammu believes to be selected. */
static void
give_back_storage(struct inbox *in)
{
	struct sieve_usage unused;

	if (in->selected != STORE_UNKNOWN && in->sieve->store != STORE_UNKNOWN &&
		in->selected != in->sieve->store)
		at_select(in->at, in->sieve->store, &unused);
	in->selected = STORE_UNKNOWN;
}

static bool
is_report(const struct gammu_item *item, bool decoded)
{
	return decoded && item->pdu->kind == PDU_REPORT && item->sms->PDU == SMS_Status_Report;
}

static uint64_t
hash_of(const struct gammu_item *item, bool decoded)
{
	struct convert room;
	struct wire_report report;
	struct wire_sms sms;

	if (is_report(item, decoded)) {
		convert_report(item->sms, &room, &report);
		return convert_hash_report(&report);
	}
	convert_message(item->sms, item->pdu, decoded, &room, &sms);
	return convert_hash_message(&sms);
}

enum content { CONTENT_TOLD, CONTENT_NONE, CONTENT_OTHER };

/* What is in its place now.  A place that cannot be read may hold anything. */
static enum content
reread(struct inbox *in, const struct told *told)
{
	struct gammu_item item;
	enum gammu_found found;

	give_back_storage(in);
	found = gammu_reread(in->gammu, told->place, &item);
	if (found == GAMMU_END)
		return CONTENT_NONE;
	if (found == GAMMU_FAILED || hash_of(&item, found == GAMMU_MESSAGE) != told->hash)
		return CONTENT_OTHER;
	in->marks_read = in->marks_read || (told->unread && item.pdu->stat == STAT_READ);
	return CONTENT_TOLD;
}

/* One line deletes so many of a storage, or refuses. */
static bool
delete_line(struct inbox *in, struct told *const *batch, size_t count)
{
	enum store store = batch[0]->place.store;
	int places[AT_DELETE_MAX];

	for (size_t i = 0; i < count; i++)
		places[i] = gammu_modems_number(in->gammu, batch[i]->place);
	in->selected = store;
	return in->at_once > 0 ? at_delete(in->at, store, places, count)
			       : at_delete_plainly(in->at, store, places[0]);
}

/*
 * A line was refused, and it may have been done in part: then another message may be in the place.
 * Returns whether the one that was told is gone.
 */
static bool
delete_again(struct inbox *in, struct told *told)
{
	switch (reread(in, told)) {
	case CONTENT_NONE:
		gone(in, told);
		return true;
	case CONTENT_OTHER:
		in->wants_messages = true;
		stick(in, told);
		return false;
	case CONTENT_TOLD:
		break;
	}
	if (!delete_line(in, &told, 1)) {
		if (in->at_once == 0 ||
			!at_delete_plainly(in->at, told->place.store,
				gammu_modems_number(in->gammu, told->place))) {
			stick(in, told);
			return false;
		}
		in->at_once = 0;
	}
	gone(in, told);
	return true;
}

static void
delete_batch(struct inbox *in, struct deletion *d, struct told *const *batch, size_t count)
{
	size_t deleted = 0;

	if (batch[0]->state == TOLD_PENDING && delete_line(in, batch, count)) {
		for (size_t i = 0; i < count; i++)
			gone(in, batch[i]);
		d->done += (uint16_t)count;
		return;
	}
	for (size_t i = 0; i < count; i++)
		deleted += delete_again(in, batch[i]);
	if (deleted == count && count > 1 && in->at_once > 1)
		in->at_once = 1; /* none of them was the reason: it was the line */
	d->done += (uint16_t)deleted;
	d->failed += (uint16_t)(count - deleted);
}

/*
 * The network may have put another message into its place since: that one was not told.  Returns
 * true when it is to be deleted no more.
 */
static bool
was_replaced(struct inbox *in, struct told *told)
{
	if (!told->replaceable || reread(in, told) == CONTENT_TOLD)
		return false;
	drop(in, told);
	in->wants_messages = true;
	return true;
}

/* A message that came to the place of an equal one: does the modem tell them apart by itself? */
static void
learn_marks(struct inbox *in, const struct told *told)
{
	if (told->returns > 0 && !in->marks_read)
		(void)reread(in, told);
}

/* What is stuck goes alone, and so does what is looked at before. */
static bool
fits_line(const struct told *told, struct told *const *batch, size_t count)
{
	if (count == 0)
		return true;
	return told->state == TOLD_PENDING && batch[0]->state == TOLD_PENDING &&
		!told->replaceable && told->returns == 0 &&
		told->place.store == batch[0]->place.store;
}

/*
 * The next that one line can delete, up to as many as it may; those that are no longer there are
 * counted.  Returns how many.
 */
static size_t
gather(struct inbox *in, struct deletion *d, struct told **batch)
{
	size_t max = in->at_once > 0 ? in->at_once : 1, count = 0;

	for (; d->at < d->count && count < max; d->at++) {
		struct told *told = told_by_handle(in, d->handles[d->at]);

		if (told == NULL || !told->queued) {
			d->done++;
			continue;
		}
		if (!fits_line(told, batch, count))
			break;
		learn_marks(in, told);
		if (was_replaced(in, told))
			d->done++;
		else
			batch[count++] = told;
	}
	return count;
}

/* The storage was full: the network may hold more, and not every modem tells when that comes. */
static bool
was_full(const struct inbox *in)
{
	const struct sieve_usage *u = &in->sieve->usage[in->receives];

	return u->known && u->used >= u->total;
}

static void
end_deletion(struct inbox *in)
{
	struct deletion *d = in->deletions;
	struct wire_msg msg = { .type = WIRE_DELETED,
		.deleted = { .count = d->done, .failed = d->failed, .held = d->held } };
	bool asked = d->asked;

	in->deletions = d->next;
	if (in->deletions == NULL)
		in->last_deletion = &in->deletions;
	if (d->done > 0 && was_full(in))
		in->wants_messages = true;
	free(d);
	gone_tell(in->gone);
	if (asked)
		up_send(&msg);
}

static void
delete_step(struct inbox *in)
{
	struct deletion *d = in->deletions;
	struct told *batch[AT_DELETE_MAX];
	size_t count = gather(in, d, batch);

	if (count > 0)
		delete_batch(in, d, batch, count);
	if (d->at == d->count)
		end_deletion(in);
}

/* Room for so many, and for all that were told. */
static struct deletion *
add_deletion(struct inbox *in, size_t count, bool asked)
{
	size_t size = sizeof(struct deletion) + (count + in->n_told) * sizeof(uint32_t);
	struct deletion *d = calloc(1, size);

	if (d == NULL)
		fatal("event=no-memory wanted=%zu", size);
	d->asked = asked;
	*in->last_deletion = d;
	in->last_deletion = &d->next;
	return d;
}

static void
enqueue(struct deletion *d, struct told *told)
{
	told->queued = true;
	d->handles[d->count++] = told->handle;
}

/* An equal one is there that the parent has not committed. */
static bool
is_held(const struct inbox *in, const struct told *told)
{
	if (told->place.store == STORE_SR)
		return false;
	for (size_t i = 0; i < in->n_told; i++)
		if (in->told[i].hash == told->hash && !in->told[i].wanted)
			return true;
	return false;
}

/* Those that waited for it. */
static void
enqueue_equals(struct inbox *in, struct deletion *d, uint64_t hash)
{
	for (size_t i = 0; i < in->n_told; i++) {
		struct told *told = &in->told[i];

		if (told->hash == hash && told->wanted && !told->queued &&
			told->state == TOLD_PENDING)
			enqueue(d, told);
	}
}

/* The parent named it: to be deleted now, or counted. */
static void
delete_one(struct inbox *in, struct deletion *d, uint32_t handle)
{
	struct told *told = told_by_handle(in, handle);

	if (told == NULL || told->state == TOLD_DELETED || told->queued)
		d->done++;
	else if (told->state == TOLD_STUCK)
		d->failed++;
	else if (is_held(in, told))
		d->held++;
	else
		enqueue(d, told);
}

bool
inbox_delete(struct inbox *in, const struct wire_delete *wanted)
{
	struct deletion *d = add_deletion(in, wanted->count, true);
	bool messages = false;

	for (size_t i = 0; i < wanted->count; i++) {
		struct told *told = told_by_handle(in, wanted->handles[i]);

		if (told == NULL)
			continue;
		told->wanted = true;
		messages = messages || told->place.store != STORE_SR;
	}
	for (size_t i = 0; i < wanted->count; i++)
		delete_one(in, d, wanted->handles[i]);
	for (size_t i = 0, named = d->count; i < named; i++)
		enqueue_equals(in, d, told_by_handle(in, d->handles[i])->hash);
	return messages;
}

/* The stuck ones that were tried least. */
static void
enqueue_stuck(struct inbox *in, struct deletion *d)
{
	unsigned least = UINT_MAX;
	size_t taken = 0;

	for (size_t i = 0; i < in->n_told; i++)
		if (in->told[i].state == TOLD_STUCK && in->told[i].tries < least)
			least = in->told[i].tries;
	for (size_t i = 0; i < in->n_told && taken < RETRIES; i++)
		if (in->told[i].state == TOLD_STUCK && in->told[i].tries == least &&
			!in->told[i].queued) {
			in->told[i].tries++;
			enqueue(d, &in->told[i]);
			taken++;
		}
}

/* Also what was held back for one that somebody else has taken away since. */
void
inbox_retry(struct inbox *in)
{
	struct deletion *d = add_deletion(in, 0, false);

	for (size_t i = 0; i < in->n_told; i++) {
		struct told *told = &in->told[i];

		if (told->wanted && !told->queued && told->state == TOLD_PENDING &&
			!is_held(in, told))
			enqueue(d, told);
	}
	enqueue_stuck(in, d);
}

/* --- telling --- */

/*
 * It was deleted and is there again: an equal one that came to the same place (then nobody has read
 * it yet, which only some modems tell), or one that only seemed to go.  Returns true when it is to
 * be told as a new one.
 */
static bool
returned(struct inbox *in, struct told *told, const struct gammu_item *item)
{
	unsigned returns = told->returns + 1;

	if (item->pdu->stat == STAT_UNREAD && (in->marks_read || returns <= RETURNS_MAX))
		return true;
	told->returns = returns;
	gone_take_back(in->gone, told->hash);
	stick(in, told);
	return false;
}

/*
 * The place's message was seen.  Returns its new entry when it was not told before, else NULL.
 */
static struct told *
note(struct inbox *in, const struct gammu_item *item, uint64_t hash)
{
	struct told *told = told_at(in, item->place), *new;
	unsigned returns = 0;

	if (told != NULL && told->hash == hash) {
		told->seen = true;
		if (told->state != TOLD_DELETED || !returned(in, told, item))
			return NULL;
		returns = told->returns + 1;
	}
	if (told != NULL)
		drop(in, told);
	new = add(in, item->place, hash);
	new->returns = returns;
	new->unread = item->pdu->stat == STAT_UNREAD;
	in->fresh++;
	return new;
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
	if (is_report(item, decoded))
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
	if (is_report(&item, true)) {
		msg.type = WIRE_REPORT;
		convert_report(item.sms, &room, &msg.report);
	} else {
		uint64_t hash;

		convert_message(item.sms, item.pdu, true, &room, &msg.sms);
		hash = convert_hash_message(&msg.sms);
		msg.sms.ordinal = ordinal_of(in, hash);
		gone_add(in->gone, hash, true);
	}
	up_send(&msg);
	gone_tell(in->gone);
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
	for (size_t i = 0; i < in->n_told; i++)
		in->told[i].seen = false;
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

/* Of the storages that were looked through, forget what is no longer there. */
static void
sweep(struct inbox *in, bool reports)
{
	for (size_t i = in->n_told; i > 0; i--)
		if (!in->told[i - 1].seen && (in->told[i - 1].place.store == STORE_SR) == reports)
			drop(in, &in->told[i - 1]);
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
	unsigned stuck = 0;

	for (size_t i = 0; i < in->n_told; i++)
		stuck += in->told[i].state == TOLD_STUCK;
	msg.listed.found = up_to_16((int)in->found);
	msg.listed.fresh = up_to_16((int)in->fresh);
	msg.listed.used = usage->known ? up_to_16(usage->used) : 0;
	msg.listed.capacity = usage->known ? up_to_16(usage->total) : 0;
	msg.listed.undeletable = up_to_16((int)stuck);
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
		sweep(in, in->phase == LOOK_REPORTS);
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

	give_back_storage(in);
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

static unsigned
reports_told(const struct inbox *in)
{
	unsigned count = 0;

	for (size_t i = 0; i < in->n_told; i++)
		count += in->told[i].place.store == STORE_SR && in->told[i].state != TOLD_DELETED;
	return count;
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
	return (int)(in->full ? in->found_reports : reports_told(in)) >= usage->used;
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

	give_back_storage(in);
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
	return in->phase != LOOK_NONE || in->deletions != NULL || in->wants_messages ||
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
	if (in->phase == LOOK_NONE && in->deletions != NULL) {
		delete_step(in);
	} else {
		if (in->phase == LOOK_NONE)
			choose(in);
		if (in->phase == LOOK_MESSAGES)
			messages_step(in);
		else if (in->phase == LOOK_REPORTS)
			reports_step(in);
	}
	gone_tell(in->gone);
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
	in->gone = gone;
	in->receives = receives;
	in->has_reports = has_reports;
	in->last_deletion = &in->deletions;
	in->at_once = AT_DELETE_MAX;
	in->selected = STORE_UNKNOWN;
	in->found_before = UINT_MAX;
	in->report_places = calloc(REPORT_PLACES_MAX + 2, sizeof(int));
	if (in->report_places == NULL)
		fatal("event=no-memory wanted=places");
}

void
inbox_free(struct inbox *in)
{
	while (in->deletions != NULL) {
		struct deletion *next = in->deletions->next;

		free(in->deletions);
		in->deletions = next;
	}
	free(in->told);
	free(in->report_places);
}
