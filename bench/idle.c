/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idle: 16 modems and nothing to do: CPU and wake-ups of the gateway and its workers in 30 s, twice
 * in a row, so that the one look at each modem a minute is in one of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { MODEMS = 16, SETTLE_S = 10, WINDOW_S = 30, WINDOWS = 2 };

struct use {
	double ticks;   /* seconds, as utime + stime tell */
	double ran;     /* seconds, as the scheduler counted */
	double wakeups; /* voluntary_ctxt_switches */
};

/* The number behind a word in a file of /proc/PID; behind its start when word is "". */
static double
read_number(pid_t pid, const char *file, const char *word)
{
	char *path = xformat("/proc/%d/%s", (int)pid, file), *text = read_file(path, 65536, NULL);
	char *at = text != NULL ? strstr(text, word) : NULL;
	double number;

	if (at == NULL)
		die("%s tells no %s", path, word);
	number = strtod(at + strlen(word), NULL);
	free(text);
	free(path);
	return number;
}

static void
add(struct use *use, pid_t pid)
{
	use->ticks += bench_cpu(pid);
	use->ran += read_number(pid, "schedstat", "") / 1e9;
	use->wakeups += read_number(pid, "status", "\nvoluntary_ctxt_switches:");
}

static struct use
read_use(const pid_t *pids, size_t count)
{
	struct use use = { 0 };

	for (size_t i = 0; i < count; i++)
		add(&use, pids[i]);
	return use;
}

static void
wait_s(double seconds)
{
	for (int64_t end = now_ms() + (int64_t)(seconds * 1000); now_ms() < end;)
		if (proc_wait_fd(-1, 0, end) == PROC_TROUBLE)
			die("%s", proc_trouble());
}

int
main(void)
{
	pid_t pids[1 + MODEMS];
	struct field field;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	field_open(&field, stage, MODEMS, 0);
	field_start(&field);
	wait_s(SETTLE_S);
	pids[0] = field.gateway.proc.pid;
	for (unsigned i = 1; i <= MODEMS; i++)
		pids[i] = field_worker(&field, i);
	printf("| %d modems, nothing to do, %d s (target 0.1 s of CPU) | CPU s (scheduler) | CPU s (ticks) | "
	       "wake-ups | of them the gateway's | PostgreSQL CPU s |\n|---|---|---|---|---|---|\n",
		MODEMS, WINDOW_S);
	for (unsigned w = 0; w < WINDOWS; w++) {
		struct use before = read_use(pids, 1 + MODEMS), own = read_use(pids, 1);
		double database = bench_cpu_children(stage->cluster.proc.pid);

		wait_s(WINDOW_S);
		struct use after = read_use(pids, 1 + MODEMS), own_after = read_use(pids, 1);
		printf("| seconds %u to %u after start | %.3f | %.2f | %.0f | %.0f | %.2f |\n",
			SETTLE_S + w * WINDOW_S, SETTLE_S + (w + 1) * WINDOW_S,
			after.ran - before.ran, after.ticks - before.ticks,
			after.wakeups - before.wakeups, own_after.wakeups - own.wakeups,
			bench_cpu_children(stage->cluster.proc.pid) - database);
	}
	field_close(&field);
	stage_free(stage);
	return 0;
}
