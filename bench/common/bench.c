/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/common/bench.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { RUN_MS = 600000, STOP_MS = 30000, OUTPUT_MAX = 1 << 20 };

struct stage *
bench_stage(void)
{
	static const char *const settings[] = { "fsync = on", "full_page_writes = on",
		"synchronous_commit = on", "autovacuum = off", "max_connections = 100" };
	struct stage *stage = stage_new();

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		bench_sql(stage, "postgres", "ALTER SYSTEM SET %s", settings[i]);
	if (proc_stop(&stage->cluster.proc, STOP_MS) == -1 ||
		cluster_restart(&stage->cluster) == -1)
		die("PostgreSQL does not start again");
	return stage;
}

double
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_percentile(double *values, size_t n, double p)
{
	double at = p / 100 * (double)(n - 1);
	size_t below = (size_t)at;
	double part = at - (double)below;

	qsort(values, n, sizeof(*values), compare);
	return below + 1 < n ? values[below] * (1 - part) + values[below + 1] * part
			     : values[n - 1];
}

double
bench_median(double *values, size_t n)
{
	return bench_percentile(values, n, 50);
}

/* --- SQL ------------------------------------------------------------------------------------ */

void
bench_sql(const struct stage *stage, const char *database, const char *fmt, ...)
{
	char *statement, *error = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&statement, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	if (cluster_exec(&stage->cluster, database, statement, &error) == -1)
		die("%s: %s", statement, error);
	free(statement);
}

char *
bench_value(const struct stage *stage, const char *database, const char *sql)
{
	char *conninfo = xformat("%s dbname=%s options='-c search_path=baraza,public'",
		stage->cluster.conninfo, database);
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *result = PQexec(conn, sql);
	char *value;

	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1)
		die("%s: %s", sql, PQerrorMessage(conn));
	value = xstrdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(conn);
	free(conninfo);
	return value;
}

void
bench_copy(const struct stage *stage, const char *database, const char *template)
{
	cluster_drop(&stage->cluster, database);
	cluster_create(&stage->cluster, database, template);
	bench_sql(stage, "postgres", "CHECKPOINT");
}

/* --- processes ------------------------------------------------------------------------------ */

/* The fields of /proc/PID/stat behind the name in parentheses, from the state on; NULL when gone.
 */
static char *
stat_fields(pid_t pid)
{
	char *path = xformat("/proc/%d/stat", (int)pid), *text = read_file(path, 4096, NULL), *end;

	free(path);
	if (text == NULL)
		return NULL;
	end = strrchr(text, ')');
	if (end == NULL) {
		free(text);
		return NULL;
	}
	memmove(text, end + 2, strlen(end + 2) + 1);
	return text;
}

double
bench_cpu(pid_t pid)
{
	char *text = stat_fields(pid);
	unsigned long user, system;
	double seconds = 0;

	if (text != NULL &&
		sscanf(text, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			&system) == 2)
		seconds = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	free(text);
	return seconds;
}

double
bench_cpu_children(pid_t pid)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	double sum = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *text;
		int parent;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
			(text = stat_fields(atoi(entry->d_name))) == NULL)
			continue;
		if (sscanf(text, "%*c %d", &parent) == 1 && parent == pid)
			sum += bench_cpu(atoi(entry->d_name));
		free(text);
	}
	if (dir != NULL)
		closedir(dir);
	return sum;
}

char *
bench_run(const struct stage *stage, const char *const *argv)
{
	char *path = xformat("%s/run.log", stage->dir), *text;
	int log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const struct proc_spec spec = { .argv = argv, .cwd = stage->dir, .out = log, .err = log };
	struct proc proc = { .name = argv[0] };

	proc_start(&proc, &spec);
	if (proc_wait_end(&proc, now_ms() + RUN_MS) == -1)
		die("%s does not end", argv[0]);
	text = read_file(path, OUTPUT_MAX, NULL);
	if (proc.status != 0)
		die("%s: %s\n%s", argv[0], proc_status_text(proc.status), text);
	unlink(path);
	close(log);
	free(path);
	return text;
}

double
bench_pss(pid_t pid)
{
	char *path = xformat("/proc/%d/smaps_rollup", (int)pid),
	     *text = read_file(path, 65536, NULL);
	char *at = text != NULL ? strstr(text, "\nPss:") : NULL;
	double kb;

	if (at == NULL)
		die("%s tells no Pss", path);
	kb = strtod(at + strlen("\nPss:"), NULL);
	free(text);
	free(path);
	return kb / 1024;
}
