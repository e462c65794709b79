/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-deletion: a queue of deletions, each a list of handles. */
#include "worker-deletion.h"

#include <limits.h>
#include <stdlib.h>

#include "log.h"
#include "worker-up.h"

enum {
	STAT_READ = 1, /* 3GPP 27.005 3.1 */
	RETRIES = 8,   /* of stuck places, at one look */
};

struct deletion {
	struct deletion *next;
	bool asked; /* by the parent, who is owed DELETED */
	uint16_t done, failed, held;
	size_t at, count;
	uint32_t handles[];
};

void
deletions_init(struct deletions *all, struct gammu *gammu, struct at *at, struct sieve *sieve,
	struct told_table *told, enum store receives)
{
	*all = (struct deletions){ .gammu = gammu,
		.at = at,
		.sieve = sieve,
		.told = told,
		.receives = receives,
		.last = &all->first,
		.at_once = AT_DELETE_MAX,
		.selected = STORE_UNKNOWN };
}

void
deletions_free(struct deletions *all)
{
	while (all->first != NULL) {
		struct deletion *next = all->first->next;

		free(all->first);
		all->first = next;
	}
}

/* --- lines --- */

/* Select again what libgammu believes to be selected. */
void
deletions_give_back_storage(struct deletions *all)
{
	struct sieve_usage unused;

	if (all->selected != STORE_UNKNOWN && all->sieve->store != STORE_UNKNOWN &&
		all->selected != all->sieve->store)
		at_select(all->at, all->sieve->store, &unused);
	all->selected = STORE_UNKNOWN;
}

enum content { CONTENT_TOLD, CONTENT_NONE, CONTENT_OTHER };

/* What is in its place now.  A place that cannot be read may hold anything. */
static enum content
reread(struct deletions *all, const struct told *told)
{
	struct gammu_item item;
	enum gammu_found found;

	deletions_give_back_storage(all);
	found = gammu_reread(all->gammu, told->place, &item);
	if (found == GAMMU_END)
		return CONTENT_NONE;
	if (found == GAMMU_FAILED || told_hash(&item, found == GAMMU_MESSAGE) != told->hash)
		return CONTENT_OTHER;
	all->told->marks_read =
		all->told->marks_read || (told->unread && item.pdu->stat == STAT_READ);
	return CONTENT_TOLD;
}

/* One line deletes so many of a storage, or refuses. */
static bool
delete_line(struct deletions *all, struct told *const *batch, size_t count)
{
	enum store store = batch[0]->place.store;
	int places[AT_DELETE_MAX];

	for (size_t i = 0; i < count; i++)
		places[i] = gammu_modems_number(all->gammu, batch[i]->place);
	all->selected = store;
	return all->at_once > 0 ? at_delete(all->at, store, places, count)
				: at_delete_plainly(all->at, store, places[0]);
}

/*
 * A line was refused, and it may have been done in part: then another message may be in the place.
 * Returns whether the one that was told is gone.
 */
static bool
delete_again(struct deletions *all, struct told *told)
{
	switch (reread(all, told)) {
	case CONTENT_NONE:
		told_deleted(all->told, told);
		return true;
	case CONTENT_OTHER:
		all->wants_look = true;
		told_stick(all->told, told);
		return false;
	case CONTENT_TOLD:
		break;
	}
	if (!delete_line(all, &told, 1)) {
		if (all->at_once == 0 ||
			!at_delete_plainly(all->at, told->place.store,
				gammu_modems_number(all->gammu, told->place))) {
			told_stick(all->told, told);
			return false;
		}
		all->at_once = 0;
	}
	told_deleted(all->told, told);
	return true;
}

static void
delete_batch(struct deletions *all, struct deletion *d, struct told *const *batch, size_t count)
{
	size_t deleted = 0;

	if (batch[0]->state == TOLD_PENDING && delete_line(all, batch, count)) {
		for (size_t i = 0; i < count; i++)
			told_deleted(all->told, batch[i]);
		d->done += (uint16_t)count;
		return;
	}
	for (size_t i = 0; i < count; i++)
		deleted += delete_again(all, batch[i]);
	if (deleted == count && count > 1 && all->at_once > 1)
		all->at_once = 1; /* none of them was the reason: it was the line */
	d->done += (uint16_t)deleted;
	d->failed += (uint16_t)(count - deleted);
}

/*
 * The network may have put another message into its place since: that one was not told.  Returns
 * true when it is to be deleted no more.
 */
static bool
was_replaced(struct deletions *all, struct told *told)
{
	if (!told->replaceable || reread(all, told) == CONTENT_TOLD)
		return false;
	told_drop(all->told, told);
	all->wants_look = true;
	return true;
}

/* A message that came to the place of an equal one: does the modem tell them apart by itself? */
static void
learn_marks(struct deletions *all, const struct told *told)
{
	if (told->returns > 0 && !all->told->marks_read)
		(void)reread(all, told);
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
gather(struct deletions *all, struct deletion *d, struct told **batch)
{
	size_t max = all->at_once > 0 ? all->at_once : 1, count = 0;

	for (; d->at < d->count && count < max; d->at++) {
		struct told *told = told_by_handle(all->told, d->handles[d->at]);

		if (told == NULL || !told->queued) {
			d->done++;
			continue;
		}
		if (!fits_line(told, batch, count))
			break;
		learn_marks(all, told);
		if (was_replaced(all, told))
			d->done++;
		else
			batch[count++] = told;
	}
	return count;
}

/* The storage was full: the network may hold more, and not every modem tells when that comes. */
static bool
was_full(const struct deletions *all)
{
	const struct sieve_usage *u = &all->sieve->usage[all->receives];

	return u->known && u->used >= u->total;
}

static void
end_deletion(struct deletions *all)
{
	struct deletion *d = all->first;
	struct wire_msg msg = { .type = WIRE_DELETED,
		.deleted = { .count = d->done, .failed = d->failed, .held = d->held } };
	bool asked = d->asked;

	all->first = d->next;
	if (all->first == NULL)
		all->last = &all->first;
	if (d->done > 0 && was_full(all))
		all->wants_look = true;
	free(d);
	gone_tell(all->told->gone);
	if (asked)
		up_send(&msg);
}

void
deletions_step(struct deletions *all)
{
	struct deletion *d = all->first;
	struct told *batch[AT_DELETE_MAX];
	size_t count = gather(all, d, batch);

	if (count > 0)
		delete_batch(all, d, batch, count);
	if (d->at == d->count)
		end_deletion(all);
}

/* Room for so many, and for all that were told. */
static struct deletion *
add_deletion(struct deletions *all, size_t count, bool asked)
{
	size_t size = sizeof(struct deletion) + (count + all->told->count) * sizeof(uint32_t);
	struct deletion *d = calloc(1, size);

	if (d == NULL)
		fatal("event=no-memory wanted=%zu", size);
	d->asked = asked;
	*all->last = d;
	all->last = &d->next;
	return d;
}

static void
enqueue(struct deletion *d, struct told *told)
{
	told->queued = true;
	d->handles[d->count++] = told->handle;
}

/* Those that waited for it. */
static void
enqueue_equals(struct deletions *all, struct deletion *d, uint64_t hash)
{
	for (size_t i = 0; i < all->told->count; i++) {
		struct told *told = &all->told->entry[i];

		if (told->hash == hash && told->wanted && !told->queued &&
			told->state == TOLD_PENDING)
			enqueue(d, told);
	}
}

/* The parent named it: to be deleted now, or counted. */
static void
delete_one(struct deletions *all, struct deletion *d, uint32_t handle)
{
	struct told *told = told_by_handle(all->told, handle);

	if (told == NULL || told->state == TOLD_DELETED || told->queued)
		d->done++;
	else if (told->state == TOLD_STUCK)
		d->failed++;
	else if (told_is_held(all->told, told))
		d->held++;
	else
		enqueue(d, told);
}

bool
deletions_add(struct deletions *all, const struct wire_delete *wanted)
{
	struct deletion *d = add_deletion(all, wanted->count, true);
	bool messages = false;

	for (size_t i = 0; i < wanted->count; i++) {
		struct told *told = told_by_handle(all->told, wanted->handles[i]);

		if (told == NULL)
			continue;
		told->wanted = true;
		messages = messages || told->place.store != STORE_SR;
	}
	for (size_t i = 0; i < wanted->count; i++)
		delete_one(all, d, wanted->handles[i]);
	for (size_t i = 0, named = d->count; i < named; i++)
		enqueue_equals(all, d, told_by_handle(all->told, d->handles[i])->hash);
	return messages;
}

/* The stuck ones that were tried least. */
static void
enqueue_stuck(struct deletions *all, struct deletion *d)
{
	unsigned least = UINT_MAX;
	size_t taken = 0;

	for (size_t i = 0; i < all->told->count; i++)
		if (all->told->entry[i].state == TOLD_STUCK && all->told->entry[i].tries < least)
			least = all->told->entry[i].tries;
	for (size_t i = 0; i < all->told->count && taken < RETRIES; i++)
		if (all->told->entry[i].state == TOLD_STUCK && all->told->entry[i].tries == least &&
			!all->told->entry[i].queued) {
			all->told->entry[i].tries++;
			enqueue(d, &all->told->entry[i]);
			taken++;
		}
}

/* Also what was held back for one that somebody else has taken away since. */
void
deletions_retry(struct deletions *all)
{
	struct deletion *d = add_deletion(all, 0, false);

	for (size_t i = 0; i < all->told->count; i++) {
		struct told *told = &all->told->entry[i];

		if (told->wanted && !told->queued && told->state == TOLD_PENDING &&
			!told_is_held(all->told, told))
			enqueue(d, told);
	}
	enqueue_stuck(all, d);
}
