/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-care: once a minute: messages whose link has long been down; and word to the
 * administrator. */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config.h"
#include "log.h"
#include "modem.h"
#include "phone.h"
#include "text.h"
#include "texts.h"

#define TELL_AGAIN_S (6 * 3600)

/* --- The administrator --- */

/* True when this key was told lately; else remembers that it is told now. */
static int
told_lately(struct outbox *outbox, const char *key)
{
	struct timespec ts;
	size_t oldest = 0;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	for (size_t i = 0; i < outbox->told_count; i++) {
		if (outbox->told[i].at < outbox->told[oldest].at)
			oldest = i;
		if (strcmp(outbox->told[i].key, key) != 0)
			continue;
		if (ts.tv_sec - outbox->told[i].at < TELL_AGAIN_S)
			return 1;
		outbox->told[i].at = ts.tv_sec;
		return 0;
	}
	size_t slot = outbox->told_count < TOLD_MAX ? outbox->told_count++ : oldest;
	snprintf(outbox->told[slot].key, sizeof(outbox->told[slot].key), "%s", key);
	outbox->told[slot].at = ts.tv_sec;
	return 0;
}

void
outbox_tell_administrator(
	struct outbox *outbox, const char *key, int32_t not_link, const char *words)
{
	struct outway *way = outbox->ways[0];
	const char *number = outbox->gateway->config->administrator;
	struct phone phone;
	struct db_params params;
	char body[600];

	if (!db_is_up(way->db)) {
		log_error("event=administrator told=no words=%s", log_quote(words));
		return;
	}
	if (told_lately(outbox, key))
		return;
	log_error("event=administrator words=%s", log_quote(words));
	if (number == NULL || number[0] == '\0')
		return;
	phone = phone_normalise(number, way->gateway->config->country);
	if (phone.kind != PHONE_E164 || text_transliterate(body, sizeof(body), words) < 0)
		return;
	int segments = text_count_segments(body, NULL);
	if (segments < 1)
		return;
	db_params_begin(&params);
	db_param_text(&params, phone.number);
	db_param_text(&params, body);
	db_param_int(&params, segments);
	db_param_int(&params, not_link);
	db_send(way->db, "tell", &params, NULL, NULL);
	if (!way->open)
		db_commit(way->db, NULL, NULL);
	outbox_wake(outbox);
}

/* --- Messages whose link has long been down --- */

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
