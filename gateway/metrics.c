/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics.h"

#include <event2/buffer.h>
#include <inttypes.h>

#include "airtime.h"
#include "db.h"
#include "gateway.h"
#include "modem.h"

static uint64_t counters[METRIC_COUNT];

static const struct {
	const char *name, *help;
} names[METRIC_COUNT] = {
	[METRIC_IN] = { "messages_in_total", "Messages stored." },
	[METRIC_IN_KNOWN] = { "messages_in_known_total",
		"Messages that came again and were already stored." },
	[METRIC_PARTS] = { "message_parts_total", "Parts of long messages stored." },
	[METRIC_CALLS] = { "calls_total", "Calls refused unanswered." },
	[METRIC_BATCHES] = { "inbound_transactions_total", "Inbound transactions committed." },
	[METRIC_POISON] = { "messages_poison_total",
		"Messages set aside because the database refused them." },
	[METRIC_REPLIES] = { "replies_total", "Replies queued." },
	[METRIC_SENT] = { "segments_sent_total", "SMS that the network took." },
	[METRIC_REFUSED] = { "segments_refused_total",
		"SMS that the network or the modem refused." },
	[METRIC_UNKNOWN] = { "segments_unknown_total",
		"SMS of which it is not known whether they left." },
	[METRIC_PLACES] = { "places_read_total", "Times that the names of places were read." },
	[METRIC_REPORTS] = { "delivery_reports_total", "Delivery reports stored." },
	[METRIC_USSD_STEPS] = { "ussd_steps_total", "Steps of USSD sessions that came." },
	[METRIC_USSD_SCREENS] = { "ussd_screens_total", "USSD screens shown, of whatever kind." },
	[METRIC_USSD_REPEATED] = { "ussd_repeated_total", "USSD steps that came again." },
	[METRIC_USSD_CONTRADICTED] = { "ussd_contradicted_total",
		"USSD steps that do not continue their session." },
	[METRIC_USSD_BUSY] = { "ussd_busy_total",
		"USSD steps whose answer was not there in time; nothing was saved." },
	[METRIC_USSD_UNSURE] = { "ussd_unsure_total",
		"USSD steps whose answer was not there in time; it was being saved." },
	[METRIC_USSD_AWAY] = { "ussd_away_total",
		"USSD steps that came while the database was away." },
	[METRIC_USSD_BAD] = { "ussd_bad_requests_total", "USSD requests that could not be read." },
	[METRIC_USSD_REFUSED] = { "ussd_refused_total",
		"USSD requests with a wrong way, secret or address." },
};

void
metric_add(enum metric metric, uint64_t n)
{
	counters[metric] += n;
}

static void
write_modem(struct modem *modem, void *arg)
{
	evbuffer_add_printf(arg, "baraza_modem_ready{modem=\"%s\"} %d\n", modem_name(modem),
		modem_state(modem) == MODEM_READY);
}

void
metrics_write(struct gateway *gateway, struct evbuffer *out)
{
	evbuffer_add_printf(out,
		"# HELP baraza_database_up 1 while the database answers.\n"
		"# TYPE baraza_database_up gauge\nbaraza_database_up %d\n",
		db_is_up(gateway->chores_db));
	for (int i = 0; i < METRIC_COUNT; i++)
		evbuffer_add_printf(out,
			"# HELP baraza_%s %s\n# TYPE baraza_%s counter\nbaraza_%s %" PRIu64 "\n",
			names[i].name, names[i].help, names[i].name, names[i].name, counters[i]);
	evbuffer_add_printf(out,
		"# HELP baraza_modem_ready 1 while the modem is in service.\n"
		"# TYPE baraza_modem_ready gauge\n");
	modems_each(gateway->modems, write_modem, out);
	airtime_write(gateway->airtime, out);
}
