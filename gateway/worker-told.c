/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-told: the table, searched from its beginning; a storage holds some hundreds at most. */
#include "worker-told.h"

#include <stdlib.h>

#include "log.h"
#include "worker-convert.h"
#include "worker-guard.h"

enum {
	RETURNS_MAX = 1, /* an equal message may truly come to the same place once */
	STAT_UNREAD = 0,
};

void
told_init(struct told_table *table, struct gone *gone, const struct gammu *gammu)
{
	*table = (struct told_table){ .gone = gone, .gammu = gammu };
}

void
told_free(struct told_table *table)
{
	free(table->entry);
}

/* --- what makes two equal --- */

bool
told_is_report(const struct gammu_item *item, bool decoded)
{
	return decoded && item->pdu->kind == PDU_REPORT && item->sms->PDU == SMS_Status_Report;
}

uint64_t
told_hash(const struct gammu_item *item, bool decoded)
{
	struct convert room;
	struct wire_report report;
	struct wire_sms sms;

	if (told_is_report(item, decoded)) {
		convert_report(item->sms, &room, &report);
		return convert_hash_report(&report);
	}
	convert_message(item->sms, item->pdu, decoded, &room, &sms);
	return convert_hash_message(&sms);
}

/* --- finding --- */

static bool
same_place(struct gammu_place a, struct gammu_place b)
{
	return a.store == b.store && a.location == b.location;
}

static struct told *
told_at(const struct told_table *table, struct gammu_place place)
{
	for (size_t i = 0; i < table->count; i++)
		if (same_place(table->entry[i].place, place))
			return &table->entry[i];
	return NULL;
}

struct told *
told_by_handle(const struct told_table *table, uint32_t handle)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->entry[i].handle == handle)
			return &table->entry[i];
	return NULL;
}

uint16_t
told_ordinal(const struct told_table *table, uint64_t hash)
{
	size_t equal = gone_count(table->gone, hash);

	for (size_t i = 0; i < table->count; i++)
		equal += table->entry[i].hash == hash && table->entry[i].state != TOLD_DELETED;
	return equal > UINT16_MAX ? UINT16_MAX : (uint16_t)equal;
}

bool
told_is_held(const struct told_table *table, const struct told *told)
{
	if (told->place.store == STORE_SR)
		return false;
	for (size_t i = 0; i < table->count; i++)
		if (table->entry[i].hash == told->hash && !table->entry[i].wanted)
			return true;
	return false;
}

unsigned
told_stuck(const struct told_table *table)
{
	unsigned count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += table->entry[i].state == TOLD_STUCK;
	return count;
}

unsigned
told_reports(const struct told_table *table)
{
	unsigned count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += table->entry[i].place.store == STORE_SR &&
			table->entry[i].state != TOLD_DELETED;
	return count;
}

/* --- what becomes of one --- */

void
told_stick(const struct told_table *table, struct told *told)
{
	told->state = TOLD_STUCK;
	told->queued = false;
	if (told->warned)
		return;
	told->warned = true;
	log_warn("modem=%s event=undeletable place=%d handle=%u", worker_modem,
		gammu_modems_number(table->gammu, told->place), told->handle);
}

void
told_deleted(struct told_table *table, struct told *told)
{
	told->state = TOLD_DELETED;
	told->queued = false;
	gone_add(table->gone, told->hash, told->place.store != STORE_SR);
}

void
told_drop(struct told_table *table, struct told *told)
{
	if (told->state != TOLD_DELETED)
		gone_add(table->gone, told->hash, false);
	/* It is one of them, so there are some. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	*told = table->entry[--table->count];
}

/* --- seeing --- */

static struct told *
add(struct told_table *table, struct gammu_place place, uint64_t hash)
{
	uint16_t ordinal = told_ordinal(table, hash);

	if (table->count == table->room) {
		size_t room = table->room > 0 ? 2 * table->room : 32;
		struct told *more = realloc(table->entry, room * sizeof(*more));

		if (more == NULL)
			fatal("event=no-memory wanted=%zu", room * sizeof(*more));
		table->entry = more;
		table->room = room;
	}
	table->entry[table->count] = (struct told){ .place = place,
		.hash = hash,
		.handle = ++table->last_handle,
		.ordinal = ordinal,
		.seen = true };
	return &table->entry[table->count++];
}

/*
 * It was deleted and is there again: an equal one that came to the same place (then nobody has read
 * it yet, which only some modems tell), or one that only seemed to go.  Returns true when it is to
 * be told as a new one.
 */
static bool
returned(struct told_table *table, struct told *told, const struct gammu_item *item)
{
	unsigned returns = told->returns + 1;

	if (item->pdu->stat == STAT_UNREAD && (table->marks_read || returns <= RETURNS_MAX))
		return true;
	told->returns = returns;
	gone_take_back(table->gone, told->hash);
	told_stick(table, told);
	return false;
}

struct told *
told_note(struct told_table *table, const struct gammu_item *item, uint64_t hash)
{
	struct told *told = told_at(table, item->place), *new;
	unsigned returns = 0;

	if (told != NULL && told->hash == hash) {
		told->seen = true;
		if (told->state != TOLD_DELETED || !returned(table, told, item))
			return NULL;
		returns = told->returns + 1;
	}
	if (told != NULL)
		told_drop(table, told);
	new = add(table, item->place, hash);
	new->returns = returns;
	new->unread = item->pdu->stat == STAT_UNREAD;
	return new;
}

void
told_unsee(struct told_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		table->entry[i].seen = false;
}

void
told_sweep(struct told_table *table, bool reports)
{
	for (size_t i = table->count; i > 0; i--) {
		struct told *told = &table->entry[i - 1];

		if (!told->seen && (told->place.store == STORE_SR) == reports)
			told_drop(table, told);
	}
}
