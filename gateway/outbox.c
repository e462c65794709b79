/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox: all ways together. */
#include "outbox-internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "gateway.h"
#include "log.h"

void
outbox_wake(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->way_count; i++)
		outway_wake(outbox->ways[i]);
}

int
outbox_sending(const struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->way_count; i++)
		if (outway_sending(outbox->ways[i]))
			return 1;
	return 0;
}

int
outbox_idle(const struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->way_count; i++)
		if (!outway_idle(outbox->ways[i]))
			return 0;
	return 1;
}

struct outbox *
outbox_new(struct gateway *gateway)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	size_t count = (size_t)gateway->config->database_connections;
	char name[32];

	if (outbox == NULL || (outbox->ways = calloc(count, sizeof(struct outway *))) == NULL)
		fatal("event=out_of_memory");
	outbox->gateway = gateway;
	outbox->way_count = count;
	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), i == 0 ? "outbox" : "outbox-%zu", i + 1);
		outbox->ways[i] = outway_new(outbox, name, i == 0);
	}
	return outbox;
}

void
outbox_start(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->way_count; i++)
		db_start(outbox->ways[i]->db);
}

void
outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	for (size_t i = 0; i < outbox->way_count; i++)
		outway_free(outbox->ways[i]);
	free(outbox->ways);
	free(outbox);
}
