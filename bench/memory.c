/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory: proportional set sizes (PSS) of the gateway and of 16 workers after some traffic both
 * ways.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { MODEMS = 16, EACH = 100, LIMIT_S = 60 };

int
main(void)
{
	double worker[MODEMS];
	struct field field;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	field_open(&field, stage, MODEMS, 0);
	field_start(&field);
	for (unsigned i = 1; i <= MODEMS; i++)
		field_sim(&field, "bulk %d m%u +250788%02u Fuite d'eau rue KN %%d", EACH, i, i);
	field_wait(&field,
		"SELECT count(*) FROM message WHERE direction = 'out' AND state IN ('sent', 'delivered')",
		MODEMS * EACH, LIMIT_S);
	for (unsigned i = 0; i < MODEMS; i++)
		worker[i] = bench_pss(field_worker(&field, i + 1));
	printf("| PSS after %d messages each way | MB | target |\n|---|---|---|\n", MODEMS * EACH);
	printf("| a worker among %d, median | %.2f | 1.5 |\n", MODEMS,
		bench_median(worker, MODEMS));
	printf("| the largest worker | %.2f | 1.5 |\n", bench_percentile(worker, MODEMS, 100));
	printf("| the gateway | %.2f | 15 |\n", bench_pss(field.gateway.proc.pid));
	field_close(&field);
	stage_free(stage);
	return 0;
}
