/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim.h"

#include "aggregator.h"
#include "card.h"
#include "memory.h"
#include "modem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* IMEIs of one made-up type (35250899) and the modem's number. */
static void
give_imei(struct modem *m, unsigned n)
{
	char body[15];

	snprintf(body, sizeof(body), "35250899%06u", n % 1000000U);
	snprintf(m->imei, sizeof(m->imei), "%s%c", body, card_luhn(body));
}

static int
add_modem(struct sim *s, unsigned n, const struct sim_options *o, const struct profile *profile)
{
	struct card *card = card_new(n, o->capacity, o->sr_capacity);
	char name[16];
	struct modem *m;

	snprintf(name, sizeof(name), "m%u", n);
	m = modem_new(name, &s->net, profile);
	snprintf(m->tty.port, sizeof(m->tty.port), "1-1.%u", n);
	give_imei(m, n);
	if (o->pin != NULL)
		snprintf(card->pin, sizeof(card->pin), "%s", o->pin);
	network_add_card(&s->net, card);
	s->modems[s->n_modems++] = m;
	modem_insert(m, card);
	return modem_plug(m, &s->ports, NULL);
}

int
sim_open(struct sim *s, struct event_base *base, const struct sim_options *o, const char **what)
{
	const struct profile *profile = profile_find(o->profile);

	*s = (struct sim){ .base = base };
	network_init(&s->net, base);
	*what = "directory";
	if (ports_open(&s->ports, base, o->dir) == -1)
		return -1;
	if (o->ussd_url != NULL) {
		errno = EINVAL;
		s->aggregator = aggregator_new(base, o->ussd_url, what);
		if (s->aggregator == NULL)
			return -1;
	}
	s->modems = memory_zeroed(o->modems, sizeof(struct modem *));
	*what = "modem";
	for (unsigned n = 1; n <= o->modems; n++)
		if (add_modem(s, n, o, profile) == -1)
			return -1;
	return 0;
}

void
sim_close(struct sim *s)
{
	for (unsigned i = 0; i < s->n_modems; i++)
		modem_free(s->modems[i]);
	free(s->modems);
	aggregator_free(s->aggregator);
	network_free(&s->net);
	ports_close(&s->ports);
}

struct modem *
sim_modem(const struct sim *s, const char *name)
{
	for (unsigned i = 0; i < s->n_modems; i++)
		if (strcmp(s->modems[i]->name, name) == 0)
			return s->modems[i];
	return NULL;
}

struct card *
sim_card(struct sim *s, const char *name)
{
	struct modem *m = sim_modem(s, name);

	return m != NULL ? m->card : network_card(&s->net, name);
}
