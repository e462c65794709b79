/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latency: one SMS a second, each from another phone, each a complaint that files a ticket: from
 * the moment before the simulator is told of it to the moment at which the network took its reply,
 * on a modem without latency.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { MESSAGES = 90, WARM = 5, LIMIT_S = 20 };

/* Seconds from the message to its reply. */
static double
one(struct field *field, struct events *events, unsigned i)
{
	char *reply = xformat("submitted m1 +25078802%04u ", i);
	double begun = bench_now(), when;
	const char *line;

	field_sim(field, "sms +25078802%04u m1 Fuite d'eau rue KN %u", i, i);
	do {
		if ((line = events_next(events, begun + LIMIT_S, &when)) == NULL)
			die("latency: no reply to message %u in %d s", i, LIMIT_S);
	} while (strncmp(line, reply, strlen(reply)) != 0);
	free(reply);
	return when - begun;
}

/* Reads events, so that none waits, until that moment. */
static void
pass(struct events *events, double until)
{
	double when;

	while (events_next(events, until, &when) != NULL)
		;
}

int
main(void)
{
	double took[MESSAGES];
	struct events events;
	struct field field;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	field_open(&field, stage, 1, 0);
	field_start(&field);
	events_open(&events, &field);
	for (unsigned i = 0; i < WARM + MESSAGES; i++) {
		double next = bench_now() + 1, s = one(&field, &events, i);

		if (i >= WARM)
			took[i - WARM] = s;
		pass(&events, next);
	}
	if (field_count(&field, "SELECT count(*) FROM ticket") < WARM + MESSAGES)
		die("latency: not every message filed a ticket");
	printf("| SMS in to reply out, no latency, 1/s, %d messages | median ms | p95 ms | most ms "
	       "|\n|---|---|---|---|\n",
		MESSAGES);
	printf("| Baraza (target 15 and 50) | %.1f | %.1f | %.1f |\n",
		bench_median(took, MESSAGES) * 1e3, bench_percentile(took, MESSAGES, 95) * 1e3,
		bench_percentile(took, MESSAGES, 100) * 1e3);
	events_close(&events);
	field_close(&field);
	stage_free(stage);
	return 0;
}
