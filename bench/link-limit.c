/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link-limit: modems that take 20 ms for a command and 3 s for a send: what share of the link's own
 * limit, one message every 3.02 s, is used.  All at once on one simulator: Baraza with delivery
 * reports and without, gammu-smsd, smstools3, a modem each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/field.h"
#include "bench/common/peer.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define TEXT_OUT "Le ramassage passe demain matin dans votre quartier."
#define MESSAGE_S 3.02

enum { SENDS = 25, LIMIT_S = 150, OURS = 2, PEERS = 2, MODEMS = OURS + PEERS };

/* What was seen of a modem. */
struct seen {
	const char *who;
	unsigned count;
	double first, last;
};

/* Until each of the modems that someone uses has sent so often. */
static void
watch(struct events *events, struct seen *seen)
{
	double deadline = bench_now() + LIMIT_S, when;
	unsigned modem, left = 0;
	const char *line;

	for (unsigned i = 0; i < MODEMS; i++)
		left += seen[i].who != NULL;
	while (left > 0) {
		if ((line = events_next(events, deadline, &when)) == NULL)
			die("link-limit: not all have sent %d messages in %d s", SENDS, LIMIT_S);
		if (sscanf(line, "submitted m%u ", &modem) != 1 || modem < 1 || modem > MODEMS)
			continue;
		struct seen *s = &seen[modem - 1];
		if (s->count == 0)
			s->first = when;
		if (s->count < SENDS && ++s->count == SENDS) {
			s->last = when;
			left--;
		}
	}
}

static void
start_peers(struct field *field, struct peer *peers, struct seen *seen)
{
	for (unsigned i = 0; i < PEERS; i++) {
		enum peer_kind kind = i == 0 ? PEER_GAMMU : PEER_SMSTOOLS;

		if (peer_missing(kind) != NULL) {
			printf("%s: %s.\n\n", peer_name(kind), peer_missing(kind));
			continue;
		}
		seen[OURS + i].who = peer_name(kind);
		peer_start(&peers[i], kind, field, OURS + 1 + i);
		peer_queue(&peers[i], SENDS + 1, TEXT_OUT);
	}
}

static void
tell(const struct seen *seen)
{
	printf("| 20 ms a command, 3 s a send; %d sends | s a message | of the link's limit |\n"
	       "|---|---|---|\n",
		SENDS);
	for (unsigned i = 0; i < MODEMS; i++) {
		double each = (seen[i].last - seen[i].first) / (SENDS - 1);

		if (seen[i].who != NULL)
			printf("| %s | %.3f | %.1f %% |\n", seen[i].who, each,
				100 * MESSAGE_S / each);
	}
}

int
main(void)
{
	struct seen seen[MODEMS] = { { .who = "Baraza (target 97 %)" },
		{ .who = "Baraza, no delivery reports asked for" } };
	struct peer peers[PEERS];
	struct events events;
	struct field field;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	field_open(&field, stage, OURS, PEERS);
	field_sim(&field, "set all latency_ms 20");
	field_sim(&field, "set all send_ms 3000");
	field_set(&field, "modems.m2.reports", "false");
	field_start(&field);
	events_open(&events, &field);
	field_queue(&field, OURS * (SENDS + 1), TEXT_OUT);
	start_peers(&field, peers, seen);
	watch(&events, seen);
	tell(seen);
	events_close(&events);
	for (unsigned i = 0; i < PEERS; i++)
		if (seen[OURS + i].who != NULL)
			peer_stop(&peers[i]);
	field_close(&field);
	stage_free(stage);
	return 0;
}
