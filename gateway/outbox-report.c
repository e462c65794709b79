/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox-report: delivery reports, from the modem to the database, then forgotten by the modem. */
#include "outbox-internal.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "config.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "text.h"

/* --- Reports --- */

static int
report_key(const struct modem *modem, const struct wire_report *r, uint8_t out[16])
{
	const char *identity = modem_identity(modem);
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) &&
		EVP_DigestUpdate(ctx, identity, strlen(identity) + 1) &&
		EVP_DigestUpdate(ctx, r->number.data, r->number.len) &&
		EVP_DigestUpdate(ctx, &r->reference, 1) && EVP_DigestUpdate(ctx, &r->status, 1) &&
		EVP_DigestUpdate(ctx, &r->smsc_time, sizeof(r->smsc_time)) &&
		EVP_DigestUpdate(ctx, &r->discharge_time, sizeof(r->discharge_time)) &&
		EVP_DigestFinal_ex(ctx, digest, NULL);

	EVP_MD_CTX_free(ctx);
	if (ok)
		memcpy(out, digest, 16);
	return ok ? 0 : -1;
}

void
outbox_report(struct outbox *outbox, struct modem *modem, const struct wire_report *r)
{
	const struct lane *lane = outbox_lane_of(outbox, modem);
	struct outway *way = lane != NULL ? lane->way : outbox->ways[0];
	struct report *report = calloc(1, sizeof(*report));
	char number[WIRE_NUMBER_MAX * 2];
	const struct wire_time *t = &r->smsc_time;
	int zone = t->zone_quarters < 0 ? -t->zone_quarters : t->zone_quarters;

	if (report == NULL || report_key(modem, r, report->dedupe) != 0) {
		free(report);
		return; /* it stays on the modem, and comes again */
	}
	report->modem = modem;
	report->generation = modem_generation(modem);
	report->handle = r->handle;
	report->link_id = modem_link(modem);
	report->reference = r->reference;
	report->status = r->status;
	text_utf8_clean(number, sizeof(number), r->number.data, r->number.len);
	struct phone phone = phone_normalise(number, outbox->gateway->config->country);
	snprintf(report->number, sizeof(report->number), "%s", phone.number);
	if (t->year >= 2000 && t->year <= 2099 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
		t->day <= 28 + 3 && t->hour < 24 && t->minute < 60 && t->second < 60 &&
		zone <= 14 * 4)
		snprintf(report->smsc_at, sizeof(report->smsc_at),
			"%04u-%02u-%02u %02u:%02u:%02u%c%02d:%02d", (unsigned)t->year,
			(unsigned)t->month, (unsigned)t->day, (unsigned)t->hour,
			(unsigned)t->minute, (unsigned)t->second, t->zone_quarters < 0 ? '-' : '+',
			zone / 4, zone % 4 * 15);
	TAILQ_INSERT_TAIL(&way->reports, report, entry);
	outway_turn_later(way);
}

int
outbox_send_reports(struct outway *way, size_t limit)
{
	struct db_array dedupe, link, reference, number, status, smsc_at;
	struct db_params params;
	struct report *r;
	size_t n = 0;

	if (limit == 0 || TAILQ_EMPTY(&way->reports))
		return 0;
	db_array_begin(&dedupe, DB_UUID);
	db_array_begin(&link, DB_INT4);
	db_array_begin(&reference, DB_INT2);
	db_array_begin(&number, DB_TEXT);
	db_array_begin(&status, DB_INT2);
	db_array_begin(&smsc_at, DB_TEXT);
	TAILQ_FOREACH(r, &way->reports, entry) {
		if (n == limit)
			break;
		n++;
		r->in_batch = 1;
		db_array_bytes(&dedupe, r->dedupe, sizeof(r->dedupe));
		db_array_int4(&link, r->link_id);
		db_array_int2(&reference, (int16_t)r->reference);
		db_array_text(&number, r->number);
		db_array_int2(&status, (int16_t)r->status);
		db_array_text(&smsc_at, r->smsc_at[0] != '\0' ? r->smsc_at : NULL);
	}
	db_params_begin(&params);
	db_param_take_array(&params, &dedupe);
	db_param_take_array(&params, &link);
	db_param_take_array(&params, &reference);
	db_param_take_array(&params, &number);
	db_param_take_array(&params, &status);
	db_param_take_array(&params, &smsc_at);
	db_send(way->db, "reports", &params, NULL, NULL);
	return (int)n;
}

void
outbox_reports_committed(struct outway *way)
{
	struct report *r, *next;

	for (r = TAILQ_FIRST(&way->reports); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (!r->in_batch)
			continue;
		if (r->handle != 0)
			modem_acknowledge(r->modem, r->generation, &r->handle, 1);
		metric_add(METRIC_REPORTS, 1);
		TAILQ_REMOVE(&way->reports, r, entry);
		free(r);
	}
}
