/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { LOOK_MS = 10, SIM_MS = 30000, LOG_MAX = 64 << 20, SHOWN = 6000, PDU_RUN = 40 };

static char *
format_list(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		die("out of memory");
	return text;
}

/* --- checks ----------------------------------------------------------------------------- */

void
rig_check(struct rig *rig, bool holds, const char *fmt, ...)
{
	va_list args;

	if (holds)
		return;
	rig->bad++;
	va_start(args, fmt);
	printf("FAIL ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
}

static char *
value_of(struct rig *rig, const char *sql)
{
	PGresult *result = PQexec(rig->db, sql);
	char *value;

	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		die("%s: %s", sql, PQerrorMessage(rig->db));
	value = xstrdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return value;
}

char *
rig_value(struct rig *rig, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *sql = format_list(fmt, args), *value = value_of(rig, sql);
	va_end(args);
	free(sql);
	return value;
}

long
rig_count(struct rig *rig, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *sql = format_list(fmt, args), *value = value_of(rig, sql);
	va_end(args);
	long count = atol(value);
	free(value);
	free(sql);
	return count;
}

/* False at the deadline, or when something ended that must not. */
static bool
wait_a_little(int64_t deadline)
{
	int64_t next = now_ms() + LOOK_MS;

	if (now_ms() >= deadline)
		return false;
	if (proc_wait_fd(-1, 0, next) == PROC_TROUBLE)
		die("%s", proc_trouble());
	return true;
}

void
rig_gives(struct rig *rig, const char *want, const char *fmt, ...)
{
	int64_t deadline = now_ms() + RIG_SECONDS * 1000;
	va_list args;

	va_start(args, fmt);
	char *sql = format_list(fmt, args), *value = value_of(rig, sql);
	va_end(args);
	while (strcmp(value, want) != 0 && wait_a_little(deadline)) {
		free(value);
		value = value_of(rig, sql);
	}
	rig_check(rig, strcmp(value, want) == 0, "%s: \"%s\", not \"%s\"", sql, value, want);
	free(value);
	free(sql);
}

char *
rig_log(const struct rig *rig)
{
	char *path = xformat("%s/log", rig->field.dir), *text = read_file(path, LOG_MAX, NULL);

	if (text == NULL)
		die("%s cannot be read", path);
	free(path);
	return text;
}

unsigned
rig_logged(const struct rig *rig, const char *words)
{
	char *log = rig_log(rig);
	unsigned times = 0;

	for (const char *at = strstr(log, words); at != NULL; at = strstr(at + 1, words))
		times++;
	free(log);
	return times;
}

void
rig_logs(struct rig *rig, const char *words)
{
	int64_t deadline = now_ms() + RIG_SECONDS * 1000;

	while (rig_logged(rig, words) == 0)
		if (!wait_a_little(deadline)) {
			rig_check(rig, false, "the log does not hold '%s'", words);
			return;
		}
}

void
rig_same_workers(struct rig *rig)
{
	for (unsigned i = 1; i <= RIG_MODEMS_MAX; i++) {
		char *name = xformat("m%u", i);
		pid_t now = proc_find_child(rig->field.gateway.proc.pid, name);

		rig_check(rig, now == rig->worker[i], "the worker of %s is %d, and was %d", name,
			(int)now, (int)rig->worker[i]);
		free(name);
	}
}

/* --- beginning and end -------------------------------------------------------------------- */

void
rig_open(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	rig->stage = stage_new();
	field_open(&rig->field, rig->stage, RIG_MODEMS_MAX, 0);
	field_set(&rig->field, "listen", "\"\"");
	char *conninfo = xformat("%s dbname=%s options='-c search_path=baraza,public'",
		rig->stage->cluster.conninfo, FIELD_DATABASE);
	rig->db = PQconnectdb(conninfo);
	if (PQstatus(rig->db) != CONNECTION_OK)
		die("%s", PQerrorMessage(rig->db));
	free(conninfo);
}

void
rig_start(struct rig *rig)
{
	field_start(&rig->field);
	for (unsigned i = 1; i <= RIG_MODEMS_MAX; i++)
		rig->worker[i] = field_worker(&rig->field, i);
}

void
rig_launch(struct rig *rig)
{
	struct field *field = &rig->field;

	settings_write(field->settings, field->config);
	if (gateway_start(&field->gateway, rig->stage->gateway_program, field->config, field->dir,
		    NULL, field->log) != 0)
		die("the gateway does not start:\n%s", rig_log(rig));
}

/* The line of a log around at; the caller's. */
static char *
line_around(const char *log, const char *at)
{
	const char *from = at, *to = strchr(at, '\n');

	while (from > log && from[-1] != '\n')
		from--;
	return xstrndup(from, to != NULL ? (size_t)(to - from) : strlen(from));
}

static void
check_absent(struct rig *rig, const char *log, const char *words)
{
	const char *at = strstr(log, words);

	if (at == NULL)
		return;
	char *line = line_around(log, at);
	rig_check(rig, false, "the log holds '%s': %s", words, line);
	free(line);
}

/* Long runs of hexadecimal are PDUs: numbers and words in another writing. */
static void
check_no_pdu(struct rig *rig, const char *log)
{
	size_t run = 0;

	for (const char *at = log; *at != '\0'; at++) {
		run = isxdigit((unsigned char)*at) ? run + 1 : 0;
		if (run < PDU_RUN)
			continue;
		char *line = line_around(log, at);
		rig_check(rig, false, "the log holds a PDU: %.300s", line);
		free(line);
		return;
	}
}

static void
check_log(struct rig *rig, const char *log)
{
	/* Beginnings of the numbers that all tests here use, too long for a masked one, and a word
	 * of their good messages. */
	static const char *const personal[] = { "2507880", "0788000", "2507890", "Aline" };

	for (size_t i = 0; i < sizeof(personal) / sizeof(personal[0]); i++)
		check_absent(rig, log, personal[i]);
	check_no_pdu(rig, log);
	check_absent(rig, log, "AddressSanitizer");
	check_absent(rig, log, "runtime error");
}

static void
keep_log(const char *log)
{
	const char *tmp = getenv("TMPDIR");
	size_t len = strlen(log);

	printf("--- the log's end\n%s", len > SHOWN ? log + len - SHOWN : log);
	if (tmp == NULL)
		return;
	char *path = xformat("%s/gateway.log", tmp);
	if (write_file(path, log, len) == 0)
		printf("--- all of it: %s\n", path);
	free(path);
}

int
rig_close(struct rig *rig)
{
	int killed;

	rig_check(rig, gateway_stop(&rig->field.gateway) == 0, "the gateway ends: %s",
		proc_status_text(rig->field.gateway.proc.status));
	char *log = rig_log(rig);
	killed = (int)rig_logged(rig, "killed by signal");
	rig_check(
		rig, killed == rig->deaths, "%d workers were killed, not %d", killed, rig->deaths);
	check_log(rig, log);
	if (rig->bad > 0 || getenv("BAD_INPUT_LOG") != NULL)
		keep_log(log);
	free(log);
	PQfinish(rig->db);
	field_close(&rig->field);
	stage_free(rig->stage);
	return rig->bad > 0;
}

/* --- messages ------------------------------------------------------------------------------- */

void
rig_clock(struct rig *rig, const char *interval)
{
	free(rig_value(rig, "UPDATE city_clock SET offset_ = offset_ + interval '%s'", interval));
	free(rig_value(rig, "NOTIFY baraza_clock"));
}

unsigned
rig_good(struct rig *rig, const char *modem)
{
	unsigned good = ++rig->good;

	field_sim(
		&rig->field, "sms +25078800%05u %s Fuite d'eau rue KN 5, chez Aline", good, modem);
	return good;
}

void
rig_answered(struct rig *rig, unsigned good, const char *what)
{
	char *answer = sim_ask(&rig->field.sim, SIM_MS + RIG_SECONDS * 1000,
		"wait +25078800%05u %d", good, RIG_SECONDS * 1000);

	rig_check(rig,
		answer != NULL && strncmp(answer, "ok ", 3) == 0 && strstr(answer, "Dossier"),
		"behind %s: a good message gets %s", what, answer != NULL ? answer : "nothing");
	free(answer);
}

void
rig_works(struct rig *rig, const char *modem, const char *what)
{
	rig_answered(rig, rig_good(rig, modem), what);
}

void
rig_inject(struct rig *rig, const char *modem, const char *hex)
{
	int64_t deadline = now_ms() + RIG_SECONDS * 1000;
	char *answer = sim_ask(&rig->field.sim, SIM_MS, "inject %s %s", modem, hex);

	while (answer != NULL && strstr(answer, "full") != NULL && wait_a_little(deadline)) {
		free(answer);
		answer = sim_ask(&rig->field.sim, SIM_MS, "inject %s %s", modem, hex);
	}
	if (answer == NULL || strcmp(answer, "ok") != 0)
		die("inject %s %.100s: %s", modem, hex, answer != NULL ? answer : "no answer");
	free(answer);
}

/* A number of the simulator's about a modem. */
static long
stat_of(struct rig *rig, const char *modem, const char *name)
{
	char *answer = sim_ask(&rig->field.sim, SIM_MS, "stats %s", modem), *key, *at;
	long value = -1;

	if (asprintf(&key, " %s=", name) < 0)
		die("out of memory");
	if (answer != NULL && (at = strstr(answer, key)) != NULL)
		value = atol(at + strlen(key));
	free(key);
	free(answer);
	return value;
}

void
rig_quiet(struct rig *rig, const char *modem, long left)
{
	int64_t deadline = now_ms() + RIG_SECONDS * 1000;
	long before = -1, commands;

	while ((commands = stat_of(rig, modem, "commands")) != before ||
		stat_of(rig, modem, "me_used") + stat_of(rig, modem, "sm_used") != left ||
		stat_of(rig, modem, "sr_used") != 0) {
		before = commands;
		if (!wait_a_little(deadline)) {
			rig_check(rig, false, "%s does not come to rest with %ld messages in it",
				modem, left);
			return;
		}
	}
}

long
rig_replies(struct rig *rig, const char *number)
{
	char *answer = sim_ask(&rig->field.sim, SIM_MS, "untaken %s", number);
	long replies = answer != NULL && strncmp(answer, "ok ", 3) == 0 ? atol(answer + 3) : -1;

	free(answer);
	return replies;
}
