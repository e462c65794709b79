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
	const char *number = outbox->gateway->config->administrator;
	struct phone phone;
	struct db_params params;
	char body[600];

	if (!db_is_up(outbox->db)) {
		log_error("event=administrator told=no words=%s", log_quote(words));
		return;
	}
	if (told_lately(outbox, key))
		return;
	log_error("event=administrator words=%s", log_quote(words));
	if (number == NULL || number[0] == '\0')
		return;
	phone = phone_normalise(number, outbox->gateway->config->country);
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
	db_send(outbox->db, "tell", &params, NULL, NULL);
	if (!outbox->open)
		db_commit(outbox->db, NULL, NULL);
	outbox_wake(outbox);
}

/* --- Messages whose link has long been down --- */

static void
stranded_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		const struct text_value values[] = { { "text", PQgetvalue(result, i, 1) },
			{ NULL, NULL } };
		char body[4096];
		struct db_params params;
		if (PQgetvalue(result, i, 3)[0] == 't')
			snprintf(body, sizeof(body), "%s", PQgetvalue(result, i, 1));
		else if (texts_render(outbox->gateway->texts, PQgetvalue(result, i, 2), "from_city",
				 values, body, sizeof(body)) < 0)
			continue;
		int segments = text_count_segments(body, NULL);
		if (segments < 1)
			continue;
		db_params_begin(&params);
		db_param_text(&params, PQgetvalue(result, i, 0));
		db_param_text(&params, body);
		db_param_int(&params, segments);
		db_send(outbox->db, "reroute", &params, NULL, NULL);
	}
	if (result != NULL && PQntuples(result) > 0) {
		log_notice("event=rerouted messages=%d reason=%s", PQntuples(result),
			log_quote("their link has been down for long"));
		outbox->woken = 1; /* the other links' lanes are empty no more */
	}
	outbox->open = 0;
	if (db_commit(outbox->db, outbox_batch_end_cb, outbox) != 0)
		outbox->busy = 0;
}

/* The minute's chores: a transaction of their own, which the answer ends. */
void
outbox_send_chores(struct outbox *outbox)
{
	struct db_params params;

	outbox->minute_due = 0;
	outbox_send_reclaim(outbox);
	outbox->busy = outbox->open = 1;
	db_params_begin(&params);
	db_send(outbox->db, "abandon", &params, NULL, NULL);
	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->config->reroute_min);
	if (db_send(outbox->db, "stranded", &params, stranded_cb, outbox) != 0)
		outbox->busy = outbox->open = 0;
	else
		db_flush(outbox->db);
}

void
outbox_minute(struct outbox *outbox)
{
	outbox->minute_due = 1;
	outbox_wake(outbox);
}
