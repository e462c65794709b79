/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench: what every measuring program leans on: the clock, medians, a stage that writes durably.
 *
 * What it is: the scenario runner's stage (private folder, PostgreSQL cluster, demonstration city)
 * with fsync on, since what is measured must be what a city gets.
 * What it is not: a judge.  Programs print what they saw; bench/run puts it into results.md.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/scenario-runner/stage.h"

/*
 * Starts the stage; the cluster writes durably (fsync, full_page_writes and synchronous_commit on)
 * and leaves vacuuming to the programs.  Dies when it cannot.  stage_free() ends it.
 */
struct stage *bench_stage(void);

/* Seconds of the monotonic clock. */
double bench_now(void);

/* Both sort the values in place; n is at least 1; p from 0 to 100. */
double bench_median(double *values, size_t n);
double bench_percentile(double *values, size_t n, double p);

/* Runs a statement that must succeed in a database of the stage. */
void bench_sql(const struct stage *stage, const char *database, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The first value of a query that must have one, as text; the caller's. */
char *bench_value(const struct stage *stage, const char *database, const char *sql);

/* Makes database anew as a copy of another, and writes everything out. */
void bench_copy(const struct stage *stage, const char *database, const char *template);

/* Seconds of CPU that a process has used, the children that it waited for not among them. */
double bench_cpu(pid_t pid);

/* The same, summed over all children of a process. */
double bench_cpu_children(pid_t pid);

/* MB of memory of a process, shared pages counted by their share (PSS). */
double bench_pss(pid_t pid);

/* Runs a program that must succeed; returns what it printed (the caller's). */
char *bench_run(const struct stage *stage, const char *const *argv);

#endif
