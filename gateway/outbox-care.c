/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-care: once a minute: messages whose link has long been down. */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "log.h"
#include "text.h"
#include "texts.h"

static void
stranded_cb(PGresult *result, void *arg)
{
	struct outway *way = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		const struct text_value values[] = { { "text", PQgetvalue(result, i, 1) },
			{ NULL, NULL } };
		char body[4096];
		struct db_params params;
		if (PQgetvalue(result, i, 3)[0] == 't')
			snprintf(body, sizeof(body), "%s", PQgetvalue(result, i, 1));
		else if (texts_render(way->gateway->texts, PQgetvalue(result, i, 2), "from_city",
				 values, body, sizeof(body)) < 0)
			continue;
		int segments = text_count_segments(body, NULL);
		if (segments < 1)
			continue;
		db_params_begin(&params);
		db_param_text(&params, PQgetvalue(result, i, 0));
		db_param_text(&params, body);
		db_param_int(&params, segments);
		db_send(way->db, "reroute", &params, NULL, NULL);
	}
	if (result != NULL && PQntuples(result) > 0) {
		log_notice("event=rerouted messages=%d reason=%s", PQntuples(result),
			log_quote("their link has been down for long"));
		way->gives = 1;
	}
	way->open = 0;
	if (db_commit(way->db, outway_batch_end_cb, way) != 0)
		way->busy = 0;
}

/* The minute's chores: a transaction of their own, which the answer ends. */
void
outbox_send_chores(struct outway *way)
{
	struct db_params params;

	way->minute_due = 0;
	outbox_send_reclaim(way);
	way->busy = way->open = 1;
	db_params_begin(&params);
	db_send(way->db, "abandon", &params, NULL, NULL);
	db_params_begin(&params);
	db_param_int(&params, way->gateway->config->reroute_min);
	if (db_send(way->db, "stranded", &params, stranded_cb, way) != 0)
		way->busy = way->open = 0;
	else
		db_flush(way->db);
}

void
outbox_minute(struct outbox *outbox)
{
	outbox->ways[0]->minute_due = 1;
	outbox_wake(outbox);
}
