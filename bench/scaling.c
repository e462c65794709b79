/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scaling: 1, 2, 4, 8 and 16 modems without latency: messages sent and drained a second, all modems
 * together, and the CPU that each part took meanwhile.  The simulator shares the machine: its part
 * is told, since on real modems it is none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define TEXT_OUT "Le ramassage passe demain matin dans votre quartier."

enum { LIMIT_S = 60, SENT = 3000, DRAINED = 6400 };

/* CPU of the parts: a reading, or the difference of two. */
struct cpu {
	double gateway, database, simulator;
};

struct measure {
	double rate;
	struct cpu cpu; /* of a core */
};

static struct cpu
read_cpu(const struct field *field)
{
	return (struct cpu){ field_cpu(field), bench_cpu_children(field->stage->cluster.proc.pid),
		bench_cpu(field->sim.proc.pid) };
}

static struct measure
measured(const struct field *field, struct cpu before, unsigned count, double seconds)
{
	struct cpu after = read_cpu(field);

	return (struct measure){ count / seconds,
		{ (after.gateway - before.gateway) / seconds,
			(after.database - before.database) / seconds,
			(after.simulator - before.simulator) / seconds } };
}

static struct measure
send_all(struct stage *stage, unsigned modems)
{
	struct field field;
	struct events events;
	struct measure m;
	double begun, first, last;

	field_open(&field, stage, modems, 0);
	field_start(&field);
	events_open(&events, &field);
	struct cpu before = read_cpu(&field);
	begun = bench_now();
	field_queue(&field, SENT, TEXT_OUT);
	events_span(&events, "submitted", SENT, LIMIT_S, &first, &last);
	m = measured(&field, before, SENT, bench_now() - begun);
	m.rate = (SENT - 1) / (last - first);
	events_close(&events);
	field_close(&field);
	return m;
}

static struct measure
drain_all(struct stage *stage, unsigned modems)
{
	struct field field;
	struct events events;
	struct measure m;
	double begun, first, last;

	field_open(&field, stage, modems, 0);
	field_set_modems(&field, "till", "true");
	field_start(&field);
	events_open(&events, &field);
	struct cpu before = read_cpu(&field);
	begun = bench_now();
	for (unsigned i = 1; i <= modems; i++)
		field_sim(&field, "bulk %u m%u +250788%02u Fuite d'eau rue KN %%d",
			DRAINED / modems, i, i);
	events_span(&events, "deleted", DRAINED, LIMIT_S, &first, &last);
	m = measured(&field, before, DRAINED, last - begun);
	events_close(&events);
	if (field_count(&field, "SELECT count(*) FROM report") != DRAINED)
		die("scaling: %d drained, but not as many reports", DRAINED);
	field_close(&field);
	return m;
}

static void
tell(unsigned modems, const char *what, const struct measure *m)
{
	printf("| %u | %s | %.0f | %.0f %% | %.0f %% | %.0f %% | %.0f %% |\n", modems, what,
		m->rate, m->cpu.gateway * 100, m->cpu.database * 100, m->cpu.simulator * 100,
		(m->cpu.gateway + m->cpu.database + m->cpu.simulator) * 100);
	fflush(stdout);
}

int
main(void)
{
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	printf("| modems | | messages/s | CPU of a core: gateway and workers | PostgreSQL | simulator | "
	       "together |\n|---|---|---|---|---|---|---|\n");
	for (unsigned modems = 1; modems <= 16; modems *= 2) {
		struct measure sent = send_all(stage, modems), drained = drain_all(stage, modems);

		tell(modems, "sent", &sent);
		tell(modems, "drained", &drained);
	}
	stage_free(stage);
	return 0;
}
