/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster.h"
#include "gateway.h"
#include "play-internal.h"
#include "proc.h"
#include "scenario.h"
#include "settings.h"
#include "sim.h"
#include "stage.h"
#include "util.h"
#include "vars.h"

static int
do_stmt(struct play *play, const struct stmt *stmt)
{
	static int (*const doing[])(struct play * play, const struct stmt *stmt) = {
		[STMT_SEND] = play_send,
		[STMT_EXPECT] = play_expect,
		[STMT_SILENT] = play_silent,
		[STMT_RINGS] = play_rings,
		[STMT_OFF] = play_coverage,
		[STMT_ON] = play_coverage,
		[STMT_DIALS] = play_session,
		[STMT_SEES] = play_sees,
		[STMT_KEYS] = play_session,
		[STMT_REPEATS] = play_session,
		[STMT_HANGS] = play_hangs,
		[STMT_ENDS] = play_session,
		[STMT_CLOCK] = play_clock,
		[STMT_FILE] = play_file,
		[STMT_RUN] = play_run,
		[STMT_SQL] = play_sql,
		[STMT_HTTP] = play_http,
		[STMT_KILL] = play_kill,
		[STMT_START] = play_start,
		[STMT_FAULT] = play_fault,
		[STMT_CONFIG] = play_config,
	};

	return doing[stmt->kind](play, stmt);
}

/* The first statement that fails, or NULL; also one at whose end something had ended by itself. */
static const struct stmt *
do_stmts(struct play *play)
{
	const struct scenario *scenario = play->scenario;

	for (size_t i = 0; i < scenario->count; i++) {
		const struct stmt *stmt = &scenario->stmts[i];
		int result = do_stmt(play, stmt);

		if (result == 0 && proc_wait_fd(-1, 0, 0) == PROC_TROUBLE)
			result = play_failed(play, xstrdup("all to keep running"), xstrdup("else"));
		if (result == -1)
			return stmt;
	}
	return NULL;
}

static int
open_log(const struct play *play, const char *name)
{
	char *path = xformat("%s/%s", play->dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd == -1)
		die("%s: %s", path, strerror(errno));
	free(path);
	return fd;
}

/* Takes value over. */
static void
set_string(struct play *play, const char *path, char *value)
{
	settings_set_string(play->settings, path, value);
	free(value);
}

static void
set_up_settings(struct play *play)
{
	char *devices = xformat("[\"%s/sim/dev/ttySIM*\"]", play->dir);
	char *error = NULL;

	play->settings = settings_copy(play->stage->settings);
	if (settings_set(play->settings, "devices", devices, &error) == -1)
		die("devices: %s", error);
	free(devices);
	set_string(play, "modems.m1.device", xformat("%s/sim/dev/ttySIM0", play->dir));
	set_string(play, "modems.m2.device", xformat("%s/sim/dev/ttySIM1", play->dir));
	set_string(play, "sysfs", xformat("%s/sim/sys", play->dir));
	set_string(play, "listen", xformat("unix:%s", play->listener));
	set_string(play, "database", cluster_conninfo(&play->stage->cluster, play->name));
}

static void
set_up(struct play *play, unsigned number)
{
	struct stage *stage = play->stage;

	play->name = xformat(
		"s%u_%d", number, (int)getpid()); /* its database: the server may be others' too */
	play->dir = xformat("%s/%s", stage->dir, play->name);
	play->files = xformat("%s/files", play->dir);
	play->config = xformat("%s/baraza.cfg", play->dir);
	play->listener = xformat("%s/http", play->dir);
	if (mkdir(play->dir, 0755) == -1 || mkdir(play->files, 0755) == -1)
		die("%s: %s", play->files, strerror(errno));
	play->gateway_log = open_log(play, "gateway.log");
	play->simulator_log = open_log(play, "simulator.log");
	play->database_log = lseek(stage->cluster_log, 0, SEEK_END);
	play->vars = vars_new();
	for (size_t i = 0; i < play->scenario->count; i++)
		if (play->scenario->stmts[i].kind == STMT_CONFIG)
			play->last_config = i + 1;
	set_up_settings(play);
}

/* The database, which an earlier scenario may have left killed, and the simulator. */
static int
set_up_parts(struct play *play)
{
	struct stage *stage = play->stage;
	char *dir = xformat("%s/sim", play->dir);
	int result = 0;

	if (cluster_restart(&stage->cluster) == -1)
		die("PostgreSQL does not start again");
	cluster_create(&stage->cluster, play->name, STAGE_TEMPLATE);
	if (sim_start(&play->sim, stage->simulator_program, dir, PLAY_MODEMS,
		    play->simulator_log) == -1)
		result = play_failed(play, xstrdup("a simulator that starts"),
			xstrdup(proc_status_text(play->sim.proc.status)));
	free(dir);
	return result;
}

static int
end_gateway(struct play *play)
{
	int result = gateway_stop(&play->gateway);

	if (result == 1)
		dprintf(play->gateway_log, "run-scenario: killed, SIGTERM did not end it\n");
	if (result != -1)
		return 0;
	return play_failed(play, xstrdup("the gateway to end well at SIGTERM"),
		xstrdup(proc_status_text(play->gateway.proc.status)));
}

static void
tear_down(struct play *play)
{
	sim_stop(&play->sim);
	proc_kill_orphans(NULL);
	proc_forget_trouble();
	if (cluster_runs(&play->stage->cluster))
		cluster_drop(&play->stage->cluster, play->name);
	remove_tree(play->dir);
	close(play->gateway_log);
	close(play->simulator_log);
	settings_free(play->settings);
	vars_free(play->vars);
	play_free_phones(play->phones);
	free(play->name);
	free(play->dir);
	free(play->files);
	free(play->config);
	free(play->listener);
	free(play->expected);
	free(play->got);
}

/* Plays it all: true when nothing failed, else the failure is printed. */
static bool
play_all(struct play *play)
{
	const struct stmt *stmt = NULL;
	size_t count = play->scenario->count;

	if (set_up_parts(play) == -1) {
		play_print_failure(play, 1, "the start");
		return false;
	}
	stmt = do_stmts(play);
	if (proc_stop_signal() != 0)
		return false;
	if (stmt != NULL) {
		play_print_failure(play, stmt->line, stmt->source);
		end_gateway(play);
		return false;
	}
	if (end_gateway(play) == 0)
		return true;
	play_print_failure(play, count > 0 ? play->scenario->stmts[count - 1].line : 1, "the end");
	return false;
}

enum play_result
play(struct stage *stage, const struct scenario *scenario, unsigned number)
{
	struct play play = { .stage = stage, .scenario = scenario };
	enum play_result result = PLAY_OK;

	set_up(&play, number);
	if (play_all(&play)) {
		printf("ok %s\n", scenario->name);
	} else if (proc_stop_signal() != 0) {
		result = PLAY_INTERRUPTED;
	} else {
		play_keep_logs(&play);
		result = PLAY_FAILED;
	}
	fflush(stdout);
	proc_kill(&play.gateway.proc);
	tear_down(&play);
	return result;
}
