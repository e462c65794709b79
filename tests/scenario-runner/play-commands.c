/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that look at or change what stands around: commands, SQL, files, the city's clock. */
#include "play-internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster.h"
#include "proc.h"
#include "scenario.h"
#include "stage.h"
#include "util.h"
#include "vars.h"

enum {
	PAUSE_MS = 50, /* between two tries */
	COMMAND_MS = 60000,
};

struct output {
	int status; /* as waitpid() gives it */
	char *out, *err;
};

static void
output_free(struct output *output)
{
	free(output->out);
	free(output->err);
}

static int
memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd == -1)
		die("memfd_create: %s", strerror(errno));
	return fd;
}

/* Runs a command to its end, or to its time's, when it is killed. */
static void
run_command(
	struct play *play, const char *const *argv, const char *const *env, struct output *output)
{
	struct proc_spec spec = { .argv = argv, .cwd = play->files, .env = env };
	struct proc proc = { .name = argv[0] };
	int64_t deadline = now_ms() + COMMAND_MS;

	spec.out = memory_file("out");
	spec.err = memory_file("err");
	proc_start(&proc, &spec);
	while (proc.running && proc_wait_fd(-1, 0, deadline) == PROC_READY)
		;
	if (proc.running) {
		dprintf(spec.err, "run-scenario: killed, it took too long\n");
		kill(-proc.pid, SIGKILL);
		proc_kill(&proc);
	}
	output->status = proc.status;
	output->out = read_fd(spec.out, OUTPUT_MAX, NULL);
	output->err = read_fd(spec.err, OUTPUT_MAX, NULL);
	close(spec.out);
	close(spec.err);
}

struct attempt {
	const struct stmt *stmt;
	const char *const *argv, *const *env;
	const struct wanted *wanted; /* NULL: the statement has no pattern */
	const char *value;           /* NULL: no value */
	int (*judge)(struct play *play, const struct attempt *attempt, const struct output *output);
};

int
play_try_for_a_while(
	struct play *play, int (*try)(struct play *play, const void *arg), const void *arg)
{
	int64_t deadline = now_ms() + RETRY_MS;

	for (;;) {
		int result = try(play, arg);
		int64_t next = now_ms() + PAUSE_MS;

		if (result == 0 || next > deadline)
			return result;
		while (now_ms() < next)
			if (proc_wait_fd(-1, 0, next) == PROC_TROUBLE)
				return -1;
	}
}

static int
try_command(struct play *play, const void *arg)
{
	const struct attempt *attempt = arg;
	struct output output;
	int result;

	run_command(play, attempt->argv, attempt->env, &output);
	result = attempt->judge(play, attempt, &output);
	output_free(&output);
	return result;
}

static bool
exited_with(const struct output *output, int status)
{
	return WIFEXITED(output->status) && WEXITSTATUS(output->status) == status;
}

static int
wrong_exit(struct play *play, const struct output *output, int status)
{
	char *both = play_shown(xformat("%s%s", output->out, output->err));
	char *got = xformat("%s, %s", proc_status_text(output->status), both);

	free(both);
	return play_failed(play, xformat("exit %d", status), got);
}

static int
judge_run(struct play *play, const struct attempt *attempt, const struct output *output)
{
	char *both;
	int result = 0;

	if (!exited_with(output, attempt->stmt->status))
		return wrong_exit(play, output, attempt->stmt->status);
	if (attempt->wanted == NULL)
		return 0;
	both = xformat("%s%s", output->out, output->err);
	if (wanted_matches(play, attempt->wanted, both))
		free(both);
	else
		result = play_failed(play,
			xformat("an output that matches /%s/", attempt->wanted->name),
			play_shown(both));
	return result;
}

/* psql ends its output with a line feed that is no part of the value. */
static int
judge_sql(struct play *play, const struct attempt *attempt, const struct output *output)
{
	size_t len = strlen(output->out);

	if (!exited_with(output, 0))
		return wrong_exit(play, output, 0);
	if (len > 0 && output->out[len - 1] == '\n')
		output->out[len - 1] = '\0';
	if (attempt->value != NULL && strcmp(output->out, attempt->value) != 0)
		return play_failed(play, play_shown(xstrdup(attempt->value)),
			play_shown(xstrdup(output->out)));
	if (attempt->wanted != NULL && !wanted_matches(play, attempt->wanted, output->out))
		return play_failed(play,
			xformat("a result that matches /%s/", attempt->wanted->name),
			play_shown(xstrdup(output->out)));
	return 0;
}

/* The same with the statement's pattern, if it has one. */
static int
try_matching(struct play *play, const struct attempt *attempt)
{
	struct attempt matching = *attempt;
	struct wanted wanted;
	int result;

	if (attempt->stmt->regex.text == NULL)
		return play_try_for_a_while(play, try_command, attempt);
	if (wanted_new(play, &attempt->stmt->regex, &wanted) == -1)
		return -1;
	matching.wanted = &wanted;
	result = play_try_for_a_while(play, try_command, &matching);
	wanted_free(&wanted);
	return result;
}

static void
free_words(char **words)
{
	for (char **word = words; word != NULL && *word != NULL; word++)
		free(*word);
	free(words);
}

static char **
expand_words(struct play *play, char *const *words)
{
	size_t count = 0;
	char **out;

	while (words[count] != NULL)
		count++;
	out = xcalloc(count + 1, sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		if (play_expand(play, words[i], &out[i]) == -1) {
			free_words(out);
			return NULL;
		}
	}
	return out;
}

int
play_run(struct play *play, const struct stmt *stmt)
{
	char **words = expand_words(play, stmt->words);
	char *config = xformat("BARAZA_CONF=%s", play->config);
	const char *const env[] = { play->stage->path, config, NULL };
	struct attempt attempt = { .stmt = stmt, .env = env, .judge = judge_run };
	int result = -1;

	if (words != NULL) {
		play_offer_gateway(play, stmt);
		attempt.argv = (const char *const *)words;
		result = try_matching(play, &attempt);
	}
	free_words(words);
	free(config);
	return result;
}

static int
run_sql(struct play *play, const struct stmt *stmt, const char *statement, const char *value)
{
	char *conninfo = cluster_conninfo(&play->stage->cluster, play->name);
	const char *const argv[] = { STAGE_PG_BIN "/psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-d",
		conninfo, "-c", statement, NULL };
	const char *const env[] = {
		"PGOPTIONS=-c search_path=baraza,public -c client_min_messages=warning",
		"PGCONNECT_TIMEOUT=10", NULL
	};
	struct attempt attempt = {
		.stmt = stmt, .argv = argv, .env = env, .value = value, .judge = judge_sql
	};
	int result = try_matching(play, &attempt);

	free(conninfo);
	return result;
}

int
play_sql(struct play *play, const struct stmt *stmt)
{
	char *statement, *value = NULL;
	int result = -1;

	if (play_expand(play, stmt->text, &statement) == -1)
		return -1;
	if (stmt->value == NULL || play_expand(play, stmt->value, &value) == 0) {
		play_offer_gateway(play, stmt);
		result = run_sql(play, stmt, statement, value);
	}
	free(statement);
	free(value);
	return result;
}

/* --- files and the city's clock ---------------------------------------------------------- */

int
play_clock(struct play *play, const struct stmt *stmt)
{
	static const int64_t day = INT64_C(24) * 60 * 60 * 1000;
	char *statement = xformat("UPDATE city_clock SET offset_ = offset_ + "
				  "interval '%lld days %lld milliseconds'; NOTIFY baraza_clock",
		(long long)(stmt->ms / day), (long long)(stmt->ms % day));
	char *error = NULL;
	int result = cluster_exec(&play->stage->cluster, play->name, statement, &error);

	free(statement);
	return result == 0 ? 0 : play_failed(play, xstrdup("the city's clock to move"), error);
}

int
play_file(struct play *play, const struct stmt *stmt)
{
	char *path = xformat("%s/%s", play->files, stmt->text);
	char *body = vars_expand_known(play->vars, stmt->body);
	int result = make_parents(path);

	if (result == 0)
		result = write_file(path, body, strlen(body));
	free(path);
	free(body);
	return result == 0 ? 0 : play_failed(play, xstrdup("a file"), xstrdup(strerror(errno)));
}
