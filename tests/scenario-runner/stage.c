/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ussd-way.h"
#include "util.h"

#define STAGE_DIR "/tmp/baraza-scenario-"

enum { COMMAND_MS = 60000, OUTPUT_MAX = 1 << 20 };

/* --- places ------------------------------------------------------------------------------ */

static char *
own_folder(void)
{
	char *path = xcalloc(1, PATH_MAX + 1);
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	char *slash;

	if (len <= 0)
		die("/proc/self/exe: %s", strerror(errno));
	slash = strrchr(path, '/');
	*slash = '\0';
	return path;
}

static void
find_places(struct stage *stage)
{
	const char *old = getenv("PATH");
	char *slash;

	stage->build = own_folder();
	slash = strrchr(stage->build, '/');
	stage->root = xstrndup(stage->build, (size_t)(slash - stage->build));
	stage->path = xformat("PATH=%s:%s", stage->build, old != NULL ? old : "/usr/bin:/bin");
	stage->cluster_script = xformat("%s/packaging/cluster.sh", stage->root);
	stage->gateway_program = xformat("%s/baraza", stage->build);
	stage->simulator_program = xformat("%s/baraza-sim", stage->build);
}

/* --- the private folder ------------------------------------------------------------------ */

/*
 * Removes the folders of invocations that were killed: their locks are free.  One without a lock
 * file is just being made.
 */
static void
sweep(void)
{
	glob_t found;

	if (glob(STAGE_DIR "*/lock", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *path = found.gl_pathv[i];
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

		if (fd == -1)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			*strrchr(path, '/') = '\0';
			remove_tree(path);
		}
		close(fd);
	}
	globfree(&found);
}

/* The lock is taken under another name first: no other invocation ever sees it free. */
static void
make_dir(struct stage *stage)
{
	char dir[] = STAGE_DIR "XXXXXX";
	char *early, *late;

	if (mkdtemp(dir) == NULL || chmod(dir, 0711) == -1)
		die("%s: %s", dir, strerror(errno));
	stage->dir = xstrdup(dir);
	early = xformat("%s/lock.new", dir);
	late = xformat("%s/lock", dir);
	stage->lock = open(early, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (stage->lock == -1 || flock(stage->lock, LOCK_EX | LOCK_NB) == -1 ||
		rename(early, late) == -1)
		die("%s: %s", late, strerror(errno));
	free(early);
	free(late);
}

static struct stage *current; /* whose folder is to be removed whatever ends the runner */

static void
clean_up_cb(void)
{
	struct stage *stage = current;

	current = NULL;
	if (stage == NULL)
		return;
	proc_end_all();
	remove_tree(stage->dir);
}

/* --- the cluster and the city ------------------------------------------------------------ */

/* Runs a command that must succeed, in the project's folder. */
static void
must_run(const struct stage *stage, const char *const *argv)
{
	char *path = xformat("%s/setup.log", stage->dir);
	int log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	const struct proc_spec spec = { .argv = argv, .cwd = stage->root, .out = log, .err = log };
	struct proc proc = { .name = argv[0] };

	proc_start(&proc, &spec);
	if (proc_wait_end(&proc, now_ms() + COMMAND_MS) == -1)
		die("%s does not end", argv[0]);
	if (proc.status != 0)
		die("%s %s: %s\n%s", argv[0], argv[1], proc_status_text(proc.status),
			read_file(path, OUTPUT_MAX, NULL));
	unlink(path);
	close(log);
	free(path);
}

static void
migrate(struct stage *stage)
{
	char *config = xformat("%s/template.cfg", stage->dir);
	char *conninfo = cluster_conninfo(&stage->cluster, STAGE_TEMPLATE);
	const char *const argv[] = { stage->gateway_program, "migrate", "-c", config, NULL };

	settings_set_string(stage->settings, "database", conninfo);
	settings_write(stage->settings, config);
	must_run(stage, argv);
	unlink(config);
	free(conninfo);
	free(config);
}

static void
load_city(struct stage *stage)
{
	char *pattern = xformat("%s/sql/demo/*.sql", stage->root);
	char *conninfo = cluster_conninfo(&stage->cluster, STAGE_TEMPLATE);
	glob_t found;

	setenv("PGOPTIONS", "-c client_min_messages=warning -c search_path=baraza,public", 1);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *const argv[] = { STAGE_PG_BIN "/psql", "-Xq1", "-v",
				"ON_ERROR_STOP=1", "-f", found.gl_pathv[i], conninfo, NULL };

			must_run(stage, argv);
		}
		globfree(&found);
	}
	unsetenv("PGOPTIONS");
	free(conninfo);
	free(pattern);
}

static void
open_cluster_log(struct stage *stage)
{
	stage->cluster_dir = xformat("%s/db", stage->dir);
	stage->cluster_log_path = xformat("%s/database.log", stage->dir);
	stage->cluster_log =
		open(stage->cluster_log_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (stage->cluster_log == -1)
		die("%s: %s", stage->cluster_log_path, strerror(errno));
}

static void
start_cluster(struct stage *stage)
{
	cluster_start(
		&stage->cluster, stage->cluster_script, stage->cluster_dir, stage->cluster_log);
	if (!stage->cluster.proc.running)
		die("PostgreSQL did not start:\n%s",
			read_file(stage->cluster_log_path, OUTPUT_MAX, NULL));
}

/* Where PostgreSQL runs. */
static void
make_template(struct stage *stage)
{
	cluster_create(&stage->cluster, STAGE_TEMPLATE, NULL);
	migrate(stage);
	load_city(stage);
}

static void
make_city(struct stage *stage)
{
	start_cluster(stage);
	make_template(stage);
}

static void
copy_tree(const struct stage *stage, const char *from, const char *to)
{
	const char *const argv[] = { "cp", "-a", from, to, NULL };

	must_run(stage, argv);
}

/* What the first of the invocations of one run of tests/run has made serves the others. */
static void
share_city(struct stage *stage, const char *work)
{
	char *shared = xformat("%s/scenario-cluster", work);
	char *early = xformat("%s.new", shared), *path = xformat("%s.lock", shared);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (lock == -1 || flock(lock, LOCK_EX) == -1)
		die("%s: %s", path, strerror(errno));
	if (access(shared, F_OK) == 0) {
		copy_tree(stage, shared, stage->cluster_dir);
		start_cluster(stage);
	} else {
		make_city(stage);
		cluster_pause(&stage->cluster);
		copy_tree(stage, stage->cluster_dir, early);
		if (rename(early, shared) == -1 || cluster_restart(&stage->cluster) == -1)
			die("%s: %s", shared, strerror(errno));
	}
	close(lock);
	free(early);
	free(path);
	free(shared);
}

/* The demonstration's own settings, with this checkout's texts and services; but crews are told
 * each job at once, unless a scenario says when, and USSD comes by the runner's own aggregators. */
static void
read_settings(struct stage *stage)
{
	char *path = xformat("%s/packaging/demo.cfg.in", stage->root);
	char *text = read_file(path, OUTPUT_MAX, NULL);
	char *texts = xformat("%s/conf/texts", stage->root);
	char *services = xformat("%s/conf/services", stage->root);
	char *ussd = ussd_way_settings();
	char *error = NULL;

	if (text == NULL)
		die("%s: %s", path, strerror(errno));
	stage->settings = settings_new(text);
	settings_set_string(stage->settings, "modems.m1.device", "/dev/ttySIM0");
	settings_set_string(stage->settings, "modems.m2.device", "/dev/ttySIM1");
	settings_set_string(stage->settings, "texts_dir", texts);
	settings_set_string(stage->settings, "services_dir", services);
	settings_set_string(stage->settings, "sysfs", "/sys"); /* each scenario sets its own */
	if (settings_set(stage->settings, "digest_times", "[]", &error) == -1 ||
		settings_set(stage->settings, "ussd", ussd, &error) == -1)
		die("%s: %s", path, error);
	free(ussd);
	free(services);
	free(texts);
	free(text);
	free(path);
}

static struct stage *
begin(void)
{
	struct stage *stage = xcalloc(1, sizeof(*stage));

	find_places(stage);
	sweep();
	make_dir(stage);
	current = stage;
	atexit(clean_up_cb);
	read_settings(stage);
	return stage;
}

struct stage *
stage_new(void)
{
	struct stage *stage = begin();
	const char *work = getenv("BARAZA_TEST_WORK");

	open_cluster_log(stage);
	if (work != NULL)
		share_city(stage, work);
	else
		make_city(stage);
	return stage;
}

/* The first of those who use the server makes the template, and says so by a file. */
struct stage *
stage_new_on(const char *conninfo, const char *work)
{
	struct stage *stage = begin();
	char *made = xformat("%s/scenario-city", work), *path = xformat("%s.lock", made);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), done;

	stage->cluster_log_path = xformat("%s/postgres.log", work);
	stage->cluster_log = open(stage->cluster_log_path, O_RDONLY | O_CLOEXEC);
	cluster_borrow(&stage->cluster, conninfo);
	if (lock == -1 || flock(lock, LOCK_EX) == -1)
		die("%s: %s", path, strerror(errno));
	if (access(made, F_OK) == -1) {
		cluster_drop(&stage->cluster, STAGE_TEMPLATE);
		make_template(stage);
		done = open(made, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (done == -1)
			die("%s: %s", made, strerror(errno));
		close(done);
	}
	close(lock);
	free(path);
	free(made);
	return stage;
}

void
stage_free(struct stage *stage)
{
	if (stage == NULL)
		return;
	cluster_stop(&stage->cluster);
	clean_up_cb();
	close(stage->lock);
	if (stage->cluster_log != -1)
		close(stage->cluster_log);
	settings_free(stage->settings);
	free(stage->root);
	free(stage->build);
	free(stage->dir);
	free(stage->path);
	free(stage->cluster_script);
	free(stage->cluster_dir);
	free(stage->cluster_log_path);
	free(stage->gateway_program);
	free(stage->simulator_program);
	free(stage);
}
