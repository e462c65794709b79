/* SPDX-License-Identifier: GPL-3.0-or-later */
/* airtime-figures: what is left on this node's SIMs, as the last turn had it. */
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airtime-internal.h"
#include "monotonic.h"

enum { MODEM, BALANCE, CURRENCY, BALANCE_AGE, BUNDLE, BUNDLE_AGE, EXPIRES };

static void
take(struct figure *f, PGresult *rows, int i)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->modem, sizeof(f->modem), "%s", PQgetvalue(rows, i, MODEM));
	snprintf(f->currency, sizeof(f->currency), "%s", PQgetvalue(rows, i, CURRENCY));
	if (!PQgetisnull(rows, i, BALANCE))
		money_plain(
			strtoll(PQgetvalue(rows, i, BALANCE), NULL, 10), f->currency, f->balance);
	f->balance_age_s = strtod(PQgetvalue(rows, i, BALANCE_AGE), NULL);
	f->has_bundle = !PQgetisnull(rows, i, BUNDLE);
	f->bundle = strtol(PQgetvalue(rows, i, BUNDLE), NULL, 10);
	f->bundle_age_s = strtod(PQgetvalue(rows, i, BUNDLE_AGE), NULL);
	f->has_expiry = !PQgetisnull(rows, i, EXPIRES);
	f->expires_days = strtol(PQgetvalue(rows, i, EXPIRES), NULL, 10);
}

void
figures_take(struct airtime *airtime, PGresult *rows)
{
	int count = PQntuples(rows);

	airtime->figure_count = 0;
	for (int i = 0; i < count && airtime->figure_count < FIGURES_MAX; i++)
		take(&airtime->figure[airtime->figure_count++], rows, i);
	airtime->figures_at_ms = monotonic_ms();
}

static void
head(struct evbuffer *out, const char *name, const char *help)
{
	evbuffer_add_printf(
		out, "# HELP baraza_sim_%s %s\n# TYPE baraza_sim_%s gauge\n", name, help, name);
}

void
airtime_write(const struct airtime *airtime, struct evbuffer *out)
{
	const struct figure *begin = airtime->figure, *end = begin + airtime->figure_count;
	double since = (double)(monotonic_ms() - airtime->figures_at_ms) / 1000;

	head(out, "balance", "What is left on the SIM's account, as its operator said.");
	for (const struct figure *f = begin; f < end; f++)
		if (f->balance[0] != '\0')
			evbuffer_add_printf(out,
				"baraza_sim_balance{modem=\"%s\",currency=\"%s\"} %s\n", f->modem,
				f->currency, f->balance);
	head(out, "balance_age_seconds", "How long ago its operator said so.");
	for (const struct figure *f = begin; f < end; f++)
		if (f->balance[0] != '\0')
			evbuffer_add_printf(out,
				"baraza_sim_balance_age_seconds{modem=\"%s\"} %.0f\n", f->modem,
				f->balance_age_s + since);
	head(out, "bundle_sms", "SMS left in the SIM's bundle, those that have left counted off.");
	for (const struct figure *f = begin; f < end; f++)
		if (f->has_bundle)
			evbuffer_add_printf(out, "baraza_sim_bundle_sms{modem=\"%s\"} %ld\n",
				f->modem, f->bundle);
	head(out, "bundle_age_seconds", "How long ago that was told.");
	for (const struct figure *f = begin; f < end; f++)
		if (f->has_bundle)
			evbuffer_add_printf(out,
				"baraza_sim_bundle_age_seconds{modem=\"%s\"} %.0f\n", f->modem,
				f->bundle_age_s + since);
	head(out, "expires_days", "Days until the SIM expires if it is not used.");
	for (const struct figure *f = begin; f < end; f++)
		if (f->has_expiry)
			evbuffer_add_printf(out, "baraza_sim_expires_days{modem=\"%s\"} %ld\n",
				f->modem, f->expires_days);
}
