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
	TAILQ_INSERT_TAIL(&outbox->reports, report, entry);
	outbox_turn_later(outbox);
}

void
outbox_send_report(struct outbox *outbox, const struct report *r)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_bytes(&params, r->dedupe, sizeof(r->dedupe));
	db_param_int(&params, r->link_id);
	db_param_int(&params, r->reference);
	db_param_text(&params, r->number);
	db_param_int(&params, r->status);
	db_param_text(&params, r->smsc_at[0] != '\0' ? r->smsc_at : NULL);
	db_send(outbox->db, "report", &params, NULL, NULL);
}

void
outbox_reports_committed(struct outbox *outbox)
{
	struct report *r, *next;

	for (r = TAILQ_FIRST(&outbox->reports); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (!r->in_batch)
			continue;
		if (r->handle != 0)
			modem_acknowledge(r->modem, r->generation, &r->handle, 1);
		metric_add(METRIC_REPORTS, 1);
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r);
	}
}
