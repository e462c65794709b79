/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-rates: one simulated modem without latency, 50 places on its SIM: how many SMS a second are
 * sent, and how many are drained from it durably; with libgammu's fixed pauses skipped and not,
 * with delivery reports asked for and not; and gammu-smsd and smstools3 on the same simulator.
 *
 * Sent: messages queued at once, from the first to the last that the network took.  Drained:
 * messages given to the network at once, from that moment to the last deletion from the SIM, which
 * follows its commit; the modem only receives, so that no reply is sent meanwhile, but each of
 * Baraza's messages files its ticket and queues its reply in that commit.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/common/field.h"
#include "bench/common/peer.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define TEXT_OUT "Le ramassage passe demain matin dans votre quartier."
#define TEXT_IN "Fuite d'eau rue KN %%d"

enum { ROUNDS = 3, LIMIT_S = 60, SENT = 2000, SENT_SLOWLY = 10, DRAINED = 4000 };

struct setting {
	const char *skip_pauses, *reports;
	unsigned count;
};

static double
sent_by_gateway(struct stage *stage, const struct setting *setting)
{
	struct field field;
	struct events events;
	double first, last;

	field_open(&field, stage, 1, 0);
	field_set_modems(&field, "skip_pauses", setting->skip_pauses);
	field_set_modems(&field, "reports", setting->reports);
	field_start(&field);
	events_open(&events, &field);
	field_queue(&field, setting->count, TEXT_OUT);
	events_span(&events, "submitted", setting->count, LIMIT_S, &first, &last);
	events_close(&events);
	field_wait(&field, "SELECT count(*) FROM message WHERE state IN ('sent', 'delivered')",
		setting->count, LIMIT_S);
	field_close(&field);
	return (setting->count - 1) / (last - first);
}

static double
drained_by_gateway(struct stage *stage, const char *skip_pauses)
{
	struct field field;
	struct events events;
	double begun, first, last;

	field_open(&field, stage, 1, 0);
	field_set_modems(&field, "skip_pauses", skip_pauses);
	field_set_modems(&field, "till", "true");
	field_start(&field);
	events_open(&events, &field);
	begun = bench_now();
	field_sim(&field, "bulk %d m1 +25078801 " TEXT_IN, DRAINED);
	events_span(&events, "deleted", DRAINED, LIMIT_S, &first, &last);
	events_close(&events);
	if (field_count(&field, "SELECT count(*) FROM report") != DRAINED)
		die("modem-rates: %d drained, but not as many reports", DRAINED);
	field_close(&field);
	return DRAINED / (last - begun);
}

static double
sent_by_peer(struct stage *stage, enum peer_kind kind, unsigned count)
{
	struct field field;
	struct peer peer;
	struct events events;
	double first, last;

	field_open(&field, stage, 0, 1);
	events_open(&events, &field);
	peer_start(&peer, kind, &field, 1);
	peer_queue(&peer, count, TEXT_OUT);
	events_span(&events, "submitted", count, LIMIT_S, &first, &last);
	peer_stop(&peer);
	events_close(&events);
	field_close(&field);
	return (count - 1) / (last - first);
}

/* A first message shows that it has found its modem. */
static double
drained_by_peer(struct stage *stage, enum peer_kind kind, unsigned count)
{
	struct field field;
	struct peer peer;
	struct events events;
	double begun, first, last;

	field_open(&field, stage, 0, 1);
	events_open(&events, &field);
	peer_start(&peer, kind, &field, 1);
	field_sim(&field, "sms +250788019999 m1 Bonjour");
	events_span(&events, "deleted", 1, LIMIT_S, &first, &last);
	begun = bench_now();
	field_sim(&field, "bulk %u m1 +25078801 " TEXT_IN, count);
	events_span(&events, "deleted", count, LIMIT_S, &first, &last);
	peer_stop(&peer);
	events_close(&events);
	field_close(&field);
	return count / (last - begun);
}

static void
row(const char *who, double sent, double drained)
{
	char a[32] = "-", b[32] = "-";

	if (sent > 0)
		snprintf(a, sizeof(a), "%.*f", sent < 20 ? 2 : 0, sent);
	if (drained > 0)
		snprintf(b, sizeof(b), "%.*f", drained < 20 ? 1 : 0, drained);
	printf("| %s | %s | %s |\n", who, a, b);
	fflush(stdout);
}

int
main(void)
{
	static const struct setting fast = { "true", "true", SENT },
				    fast_silent = { "true", "false", SENT },
				    slow = { "false", "true", SENT_SLOWLY };
	struct stage *stage;
	double sent[ROUNDS], silent[ROUNDS], drained[ROUNDS];

	proc_init();
	stage = bench_stage();
	for (unsigned i = 0; i < ROUNDS; i++) {
		sent[i] = sent_by_gateway(stage, &fast);
		silent[i] = sent_by_gateway(stage, &fast_silent);
		drained[i] = drained_by_gateway(stage, "true");
		fprintf(stderr, "modem-rates: %.0f sent/s, %.0f without reports, %.0f drained/s\n",
			sent[i], silent[i], drained[i]);
	}
	printf("| one modem, no latency, 50 places | sent/s | drained/s, durably |\n|---|---|---|\n");
	row("Baraza, median of 3 (target 200 and 1,500)", bench_median(sent, ROUNDS),
		bench_median(drained, ROUNDS));
	row("Baraza, no delivery reports asked for", bench_median(silent, ROUNDS), 0);
	row("Baraza, `skip_pauses = false`", sent_by_gateway(stage, &slow),
		drained_by_gateway(stage, "false"));
	for (enum peer_kind kind = PEER_GAMMU; kind <= PEER_SMSTOOLS; kind++) {
		if (peer_missing(kind) != NULL)
			printf("| %s | %s | |\n", peer_name(kind), peer_missing(kind));
		else
			row(peer_name(kind),
				sent_by_peer(stage, kind, kind == PEER_GAMMU ? 10 : 30),
				drained_by_peer(stage, kind, kind == PEER_GAMMU ? 1500 : 60));
	}
	stage_free(stage);
	return 0;
}
