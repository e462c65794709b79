/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run-scenario FILE...: plays conversations with the city against the real gateway, simulator and
 * PostgreSQL.  docs/scenarios.md tells the grammar and what each statement does.
 *
 * Exit 0 when every scenario passed, 1 when one failed, 2 when none could be played, 128 and the
 * signal's number when it was stopped.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "play.h"
#include "proc.h"
#include "scenario.h"
#include "stage.h"
#include "util.h"

enum { FILE_MAX = 16 << 20 };

struct tally {
	unsigned passed, failed, skipped;
};

/* What the caller's environment must not change for the programs under test. */
static void
clean_environment(void)
{
	static const char *const names[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
		"JOURNAL_STREAM", "BARAZA_CONF", "PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT",
		"PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGOPTIONS", "PGAPPNAME",
		"PGSSLMODE", "PGTZ", "PGDATESTYLE", "PGCLIENTENCODING", "PSQLRC", "LANGUAGE",
		NULL };

	for (size_t i = 0; names[i] != NULL; i++)
		unsetenv(names[i]);
	setenv("LC_ALL", "C.UTF-8", 1);
	umask(022);
}

static void
print_refusal(
	const char *path, unsigned line, const char *what, const char *before, const char *why)
{
	char *name = scenario_name(path);

	printf("FAIL %s %s:%u: %s: expected %s%s\n", name, path, line, what, before, why);
	fflush(stdout);
	free(name);
}

static struct scenario *
read_scenario(const char *path)
{
	struct scenario *scenario = NULL;
	size_t len = 0;
	unsigned line = 0;
	char *text = read_file(path, FILE_MAX, &len), *error = NULL;

	if (text == NULL)
		print_refusal(path, 0, "the file", "to read it, got ", strerror(errno));
	else if ((scenario = scenario_parse(path, text, len, &line, &error)) == NULL)
		print_refusal(path, line, "the grammar", "", error);
	free(error);
	free(text);
	return scenario;
}

static bool
kills_the_database(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->count; i++) {
		const struct stmt *stmt = &scenario->stmts[i];

		if ((stmt->kind == STMT_KILL || stmt->kind == STMT_START) &&
			stmt->target == TARGET_DATABASE)
			return true;
	}
	return false;
}

/* One that is played alone, and spares the database, may be on a server that is there for others
 * too: tests/run's. */
static struct stage *
set_stage(const struct scenario *scenario, bool alone)
{
	const char *server = getenv("BARAZA_TEST_PG"), *work = getenv("BARAZA_TEST_WORK");

	if (alone && server != NULL && work != NULL && !kills_the_database(scenario))
		return stage_new_on(server, work);
	return stage_new();
}

/* The stage is set before the first scenario that can be played. */
static void
play_file(const char *path, bool alone, struct stage **stage, struct tally *tally)
{
	struct scenario *scenario = read_scenario(path);

	if (scenario == NULL) {
		tally->failed++;
		return;
	}
	if (*stage == NULL)
		*stage = set_stage(scenario, alone);
	switch (play(*stage, scenario, tally->passed + tally->failed + 1)) {
	case PLAY_OK:
		tally->passed++;
		break;
	case PLAY_FAILED:
		tally->failed++;
		break;
	case PLAY_INTERRUPTED:
		tally->skipped++;
		break;
	}
	scenario_free(scenario);
}

int
main(int argc, char **argv)
{
	struct tally tally = { 0 };
	struct stage *stage = NULL;

	if (argc < 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: run-scenario FILE...\n");
		return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
	}
	clean_environment();
	proc_init();
	for (int i = 1; i < argc; i++) {
		if (proc_stop_signal() == 0)
			play_file(argv[i], argc == 2, &stage, &tally);
		else
			tally.skipped++;
	}
	stage_free(stage);
	printf("%u passed, %u failed, %u skipped\n", tally.passed, tally.failed, tally.skipped);
	if (proc_stop_signal() != 0)
		return 128 + proc_stop_signal();
	return tally.failed > 0 ? 1 : 0;
}
