/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/common/field.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { SIM_MS = 10000, LOOK_MS = 20, READY_S = 60, LOG_MAX = 1 << 20, SHOWN = 3000 };

/* Dies with the end of the gateway's and the simulator's log, which goes with the stage. */
static void __attribute__((format(printf, 2, 3), noreturn))
field_die(const struct field *field, const char *fmt, ...)
{
	char *path = xformat("%s/log", field->dir), *text = read_file(path, LOG_MAX, NULL);
	size_t len = text != NULL ? strlen(text) : 0;
	char *what;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&what, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	die("%s\n%s", what, text == NULL ? "" : len > SHOWN ? text + len - SHOWN : text);
}

/* --- opening and closing ---------------------------------------------------------------------- */

void
field_set(struct field *field, const char *path, const char *value)
{
	char *error = NULL;

	if (settings_set(field->settings, path, value, &error) == -1)
		die("%s: %s", path, error);
}

static void
field_set_freed(struct field *field, const char *path, char *value)
{
	field_set(field, path, value);
	free(value);
}

/* A copy with one thing more at its end; the list is freed. */
static char *
listed(char *list, char *thing)
{
	char *more = xformat("%s%s%s", list, list[1] != '\0' ? ", " : "", thing);

	free(list);
	free(thing);
	return more;
}

static void
configure(struct field *field)
{
	char *conninfo = cluster_conninfo(&field->stage->cluster, FIELD_DATABASE);
	char *sysfs = xformat("%s/sim/sys", field->dir), *modems = xstrdup("(");
	char *devices = xstrdup("[");

	for (unsigned i = 1; i <= field->modems; i++) {
		char *device = xformat("\"%s/sim/dev/ttySIM%u\"", field->dir, i - 1);

		modems = listed(modems,
			xformat("{ name = \"m%u\"; device = %s; number = \"+2507890000%02u\"; }", i,
				device, i));
		devices = listed(devices, device);
	}
	field->settings = settings_copy(field->stage->settings);
	settings_set_string(field->settings, "database", conninfo);
	settings_set_string(field->settings, "sysfs", sysfs);
	field_set_freed(field, "modems", xformat("%s)", modems));
	field_set_freed(field, "devices", xformat("%s]", devices));
	free(modems);
	free(devices);
	free(sysfs);
	free(conninfo);
}

void
field_open(struct field *field, struct stage *stage, unsigned modems, unsigned others)
{
	char *log, *dir;

	*field = (struct field){ .stage = stage, .modems = modems };
	field->dir = xformat("%s/field", stage->dir);
	field->config = xformat("%s/baraza.cfg", field->dir);
	log = xformat("%s/log", field->dir);
	dir = xformat("%s/sim", field->dir);
	if (mkdir(field->dir, 0755) == -1)
		die("%s: %s", field->dir, strerror(errno));
	field->log = open(log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (sim_start(&field->sim, stage->simulator_program, dir, modems + others, field->log) ==
		-1)
		field_die(field, "the simulator does not start");
	bench_copy(stage, FIELD_DATABASE, STAGE_TEMPLATE);
	configure(field);
	free(dir);
	free(log);
}

void
field_close(struct field *field)
{
	if (field->gateway.state == GATEWAY_UP)
		gateway_stop(&field->gateway);
	sim_stop(&field->sim);
	cluster_drop(&field->stage->cluster, FIELD_DATABASE);
	settings_free(field->settings);
	close(field->log);
	remove_tree(field->dir);
	free(field->config);
	free(field->dir);
}

void
field_set_modems(struct field *field, const char *option, const char *value)
{
	for (unsigned i = 1; i <= field->modems; i++) {
		char *path = xformat("modems.m%u.%s", i, option);
		field_set(field, path, value);
		free(path);
	}
}

void
field_start(struct field *field)
{
	settings_write(field->settings, field->config);
	if (gateway_start(&field->gateway, field->stage->gateway_program, field->config, field->dir,
		    NULL, field->log) != 0)
		field_die(field, "the gateway does not start");
	field_wait(
		field, "SELECT count(*) FROM modem WHERE state = 'READY'", field->modems, READY_S);
}

/* --- asking ----------------------------------------------------------------------------- */

void
field_sim(struct field *field, const char *fmt, ...)
{
	char *command, *answer;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&command, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	answer = sim_ask(&field->sim, SIM_MS, "%s", command);
	if (answer == NULL || strncmp(answer, "ok", 2) != 0)
		field_die(
			field, "simulator: %s: %s", command, answer != NULL ? answer : "no answer");
	free(answer);
	free(command);
}

long
field_count(const struct field *field, const char *sql)
{
	char *value = bench_value(field->stage, FIELD_DATABASE, sql);
	long count = atol(value);

	free(value);
	return count;
}

void
field_wait(const struct field *field, const char *sql, long least, double seconds)
{
	double deadline = bench_now() + seconds;
	long have;

	while ((have = field_count(field, sql)) < least) {
		if (bench_now() > deadline)
			field_die(
				field, "%s: %ld, not %ld, after %.0f s", sql, have, least, seconds);
		if (proc_wait_fd(-1, 0, now_ms() + LOOK_MS) == PROC_TROUBLE)
			field_die(field, "%s", proc_trouble());
	}
}

void
field_queue(const struct field *field, unsigned count, const char *text)
{
	bench_sql(field->stage, FIELD_DATABASE,
		"SELECT outbox_send('+25078800' || lpad(n::text, 7, '0'), 'e164', '%s', 4::smallint, "
		"1::smallint, 'operator') FROM generate_series(1, %u) AS n",
		text, count);
}

pid_t
field_worker(const struct field *field, unsigned modem)
{
	char *name = xformat("m%u", modem);
	pid_t pid = proc_find_child(field->gateway.proc.pid, name);

	if (pid == -1)
		field_die(field, "%s has no worker", name);
	free(name);
	return pid;
}

double
field_cpu(const struct field *field)
{
	pid_t gateway = field->gateway.proc.pid;

	return bench_cpu(gateway) + bench_cpu_children(gateway);
}

/* --- events ----------------------------------------------------------------------------- */

void
events_open(struct events *events, const struct field *field)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	double when;

	*events = (struct events){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sim/control", field->dir);
	if (events->fd == -1 || connect(events->fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
		send(events->fd, "events\n", 7, MSG_NOSIGNAL) != 7)
		die("%s: %s", addr.sun_path, strerror(errno));
	if (events_next(events, bench_now() + 10, &when) == NULL)
		die("the simulator tells no events");
}

void
events_close(struct events *events)
{
	close(events->fd);
}

/* Takes a line out of the buffer. */
static const char *
take_line(struct events *events)
{
	char *from = events->buffer + events->at;
	char *feed = memchr(from, '\n', events->len - events->at);
	size_t len = feed != NULL ? (size_t)(feed - from) : 0;

	if (feed == NULL)
		return NULL;
	snprintf(events->line, sizeof(events->line), "%.*s", (int)len, from);
	events->at += len + 1;
	return events->line;
}

const char *
events_next(struct events *events, double deadline, double *when)
{
	const char *line;

	while ((line = take_line(events)) == NULL) {
		memmove(events->buffer, events->buffer + events->at, events->len - events->at);
		events->len -= events->at;
		events->at = 0;
		int64_t ms = (int64_t)((deadline - bench_now()) * 1000) + 1;
		int ready = proc_wait_fd(events->fd, POLLIN, now_ms() + (ms > 0 ? ms : 0));
		if (ready == PROC_TROUBLE)
			die("%s", proc_trouble());
		if (ready == PROC_TIME_UP)
			return NULL;
		ssize_t got = recv(events->fd, events->buffer + events->len,
			sizeof(events->buffer) - events->len, MSG_DONTWAIT);
		if (got == 0 || (got == -1 && errno != EAGAIN && errno != EINTR))
			die("the simulator's events end");
		events->read_at = bench_now();
		events->len += got > 0 ? (size_t)got : 0;
	}
	*when = events->read_at;
	return line;
}

void
events_span(struct events *events, const char *word, unsigned count, double seconds, double *first,
	double *last)
{
	double deadline = bench_now() + seconds, when;
	size_t len = strlen(word);
	unsigned seen = 0;
	const char *line;

	while (seen < count) {
		if ((line = events_next(events, deadline, &when)) == NULL)
			die("%u of %u events '%s' after %.0f s", seen, count, word, seconds);
		if (strncmp(line, word, len) != 0 || line[len] != ' ')
			continue;
		if (seen++ == 0)
			*first = when;
		*last = when;
	}
}
