/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modem-gone: a list of SIMs, the one last heard of first, each with its hashes, oldest first. */
#include "modem-gone.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct sim_gone {
	TAILQ_ENTRY(sim_gone) next;
	char *identity;
	size_t count;
	uint64_t hashes[SIM_GONE_KEPT];
};

struct sims_gone {
	TAILQ_HEAD(sim_gone_list, sim_gone) list;
	size_t count;
};

static void
forget(struct sims_gone *gone, struct sim_gone *sim)
{
	TAILQ_REMOVE(&gone->list, sim, next);
	gone->count--;
	free(sim->identity);
	free(sim);
}

struct sims_gone *
sims_gone_new(void)
{
	struct sims_gone *gone = calloc(1, sizeof(*gone));

	if (gone != NULL)
		TAILQ_INIT(&gone->list);
	return gone;
}

void
sims_gone_free(struct sims_gone *gone)
{
	struct sim_gone *sim, *next;

	if (gone == NULL)
		return;
	for (sim = TAILQ_FIRST(&gone->list); sim != NULL; sim = next) {
		next = TAILQ_NEXT(sim, next);
		forget(gone, sim);
	}
	free(gone);
}

static struct sim_gone *
find(const struct sims_gone *gone, const char *identity)
{
	struct sim_gone *sim;

	TAILQ_FOREACH(sim, &gone->list, next)
		if (strcmp(sim->identity, identity) == 0)
			return sim;
	return NULL;
}

static struct sim_gone *
add(struct sims_gone *gone, const char *identity)
{
	struct sim_gone *sim = calloc(1, sizeof(*sim));

	if (sim == NULL || (sim->identity = strdup(identity)) == NULL) {
		free(sim);
		return NULL;
	}
	if (gone->count == SIM_GONE_SIMS)
		forget(gone, TAILQ_LAST(&gone->list, sim_gone_list));
	TAILQ_INSERT_HEAD(&gone->list, sim, next);
	gone->count++;
	return sim;
}

static void
put(struct sim_gone *sim, const uint64_t *hashes, size_t count)
{
	size_t over = sim->count + count > SIM_GONE_KEPT ? sim->count + count - SIM_GONE_KEPT : 0;

	memmove(sim->hashes, sim->hashes + over, (sim->count - over) * sizeof(hashes[0]));
	sim->count -= over;
	memcpy(sim->hashes + sim->count, hashes, count * sizeof(hashes[0]));
	sim->count += count;
}

/* The latest of its kind. */
static void
take_back(struct sim_gone *sim, uint64_t hash)
{
	for (size_t i = sim->count; i > 0; i--)
		if (sim->hashes[i - 1] == hash) {
			memmove(sim->hashes + i - 1, sim->hashes + i,
				(sim->count - i) * sizeof(hash));
			sim->count--;
			return;
		}
}

void
sims_gone_take(struct sims_gone *gone, const char *identity, const struct wire_gone *said)
{
	struct sim_gone *sim = find(gone, identity);

	if (sim == NULL && (said->back || (sim = add(gone, identity)) == NULL))
		return;
	TAILQ_REMOVE(&gone->list, sim, next);
	TAILQ_INSERT_HEAD(&gone->list, sim, next);
	if (!said->back) {
		put(sim, said->hashes, said->count);
		return;
	}
	for (size_t i = 0; i < said->count; i++)
		take_back(sim, said->hashes[i]);
}

int
sims_gone_give(
	const struct sims_gone *gone, const char *identity, size_t *at, struct wire_gone *out)
{
	const struct sim_gone *sim = find(gone, identity);
	size_t left = sim != NULL ? sim->count - *at : 0;

	if (left == 0)
		return 0;
	out->back = 0;
	out->count = (uint16_t)(left < WIRE_HASHES_MAX ? left : WIRE_HASHES_MAX);
	memcpy(out->hashes, sim->hashes + *at, out->count * sizeof(out->hashes[0]));
	*at += out->count;
	return 1;
}
