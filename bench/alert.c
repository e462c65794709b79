/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert: a warning overtakes a million reminders, and leaves as fast as its links can carry it,
 * when its forecast said so.
 *
 * Overtaken: 16 modems of 250 ms a send work on a million queued reminders, while citizens write
 * and are answered; then alerts are approved, one after the other, while they go on writing.
 * Carried: 16 modems at 3 s a send, and at 50 ms a send, whose pace the gateway has measured on a
 * few messages before.  `bench-alert full`, or BARAZA_FULL=1 in the environment: 2,000 and 100,000
 * recipients; else fewer, since these take twelve minutes.
 */
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define RECIPIENT "+25078803" /* and seven digits */
#define WRITER "+25078802"    /* and seven digits */
#define TEXT_OUT "Le ramassage passe demain matin dans votre quartier."
#define TEXT \
	"INONDATION 13h40: quittez les rives de la Nyabugongo, montez vers l ecole. Ville de Kigali"

enum { MODEMS = 16, REMINDERS = 1000000, SLOT_MS = 250, ALERTS = 5, OVERTAKING = 600 };
enum { WRITERS_A_S = 6, QUIET_S = 60, REST_S = 1, SAMPLES_MAX = 8192, CLAIMS_MAX = 200000 };
enum { HOURS = 24, LIMIT_S = 900, LOG_MAX = 1 << 29 };

/* Everybody who is to be warned, who drafts, who approves. */
static const char city[] =
	"SET search_path = baraza, public;"
	"INSERT INTO officer (name, login, roles) VALUES ('Bench A', 'bench-a', '{draft}'),"
	" ('Bench B', 'bench-b', '{approve}');"
	"INSERT INTO zone (name) VALUES ('Bench valley');"
	"INSERT INTO contact (number, kind, created_at)"
	" SELECT '" RECIPIENT "' || lpad(i::text, 7, '0'), 'e164', city_now()"
	" FROM generate_series(1, %u) i;"
	"INSERT INTO subscription (contact_id, zone_id, at) SELECT c.id, z.id, city_now()"
	" FROM contact c, zone z WHERE z.name = 'Bench valley' AND c.number LIKE '" RECIPIENT "%%';"
	"CREATE FUNCTION bench_draft(p_hours bigint) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE v record; BEGIN"
	" v := alert_draft((SELECT id FROM officer WHERE login = 'bench-a'), 'keyboard',"
	"  jsonb_build_object('event', 'flood', 'expires', city_now() + p_hours * interval '1 hour', 'relays', false,"
	"  'zones', (SELECT jsonb_build_array(id) FROM zone WHERE name = 'Bench valley')));"
	" PERFORM alert_texts_set(v.reference, '{fr}', ARRAY['" TEXT "'], '{1}', '{90}', '{f}',"
	"  '{Bench}', '{Bench}');"
	" RETURN alert_id(v.reference); END $$;"
	"CREATE FUNCTION bench_approve(p_alert bigint) RETURNS text LANGUAGE sql AS $$"
	" SELECT alert_approve(o.id, a.reference, a.version, 'keyboard', NULL)"
	" FROM alert a, officer o WHERE a.id = p_alert AND o.login = 'bench-b' $$;"
	"ANALYZE contact, subscription";

static const char reminders[] =
	"SET search_path = baraza, public; SET statement_timeout = 0;"
	"INSERT INTO contact (number, kind, created_at)"
	" SELECT '+25078801' || lpad(i::text, 7, '0'), 'e164', city_now()"
	" FROM generate_series(1, 10000) i;"
	"WITH made AS (INSERT INTO message"
	"  (direction, contact_id, body, at, service, state, priority, segments)"
	"  SELECT 'out', c.id, 'Rappel', city_now(), 'remind', 'queued', 5, 1"
	"  FROM contact c, generate_series(1, %u) i WHERE c.number LIKE '+25078801%%' RETURNING id)"
	" INSERT INTO queue (route, priority, message_id, seq) SELECT 0, 5, id, 1 FROM made;"
	"ANALYZE contact, message, queue";

/* --- an alert ------------------------------------------------------------------------------- */

static PGconn *
open_database(const struct field *field)
{
	char *conninfo = cluster_conninfo(&field->stage->cluster, FIELD_DATABASE);
	PGconn *db = PQconnectdb(conninfo);

	if (PQstatus(db) != CONNECTION_OK)
		die("alert: %s", PQerrorMessage(db));
	free(conninfo);
	return db;
}

/* The one row of a query with one parameter; the caller's. */
static PGresult *
ask(PGconn *db, const char *sql, long long value)
{
	char number[24];
	const char *const values[] = { number };
	PGresult *result;

	snprintf(number, sizeof(number), "%lld", value);
	result = PQexecParams(db, sql, 1, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
		die("alert: %s: %s", sql, PQerrorMessage(db));
	return result;
}

static long long
draft(PGconn *db)
{
	PGresult *result = ask(db, "SELECT bench_draft($1)", HOURS);
	long long alert = strtoll(PQgetvalue(result, 0, 0), NULL, 10);

	PQclear(result);
	return alert;
}

/* Returns the moment before; *took: seconds until it was committed. */
static double
approve(PGconn *db, long long alert, double *took)
{
	double begun = bench_now();
	PGresult *result = ask(db, "SELECT bench_approve($1)", alert);

	*took = bench_now() - begun;
	if (strcmp(PQgetvalue(result, 0, 0), "approved") != 0)
		die("alert: %s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return begun;
}

enum mark { TENTH, HALF, ALL, MARKS };

/* Seconds from now, as the forecast says; those that are past are not known. */
static void
forecast(PGconn *db, long long alert, double at[MARKS])
{
	PGresult *result = ask(db,
		"SELECT extract(epoch FROM tenth_at - city_now()), extract(epoch FROM half_at - city_now()),"
		" extract(epoch FROM all_at - city_now()) FROM alert_forecast($1)",
		alert);

	for (int i = 0; i < MARKS; i++)
		at[i] = PQgetisnull(result, 0, i) ? NAN : strtod(PQgetvalue(result, 0, i), NULL);
	PQclear(result);
}

/* --- overtaken ------------------------------------------------------------------------------ */

enum phase { BEFORE, DURING, PHASES };

/* What is seen of the network. */
struct watch {
	struct field *field;
	struct events events;
	enum phase phase;
	/* Who wrote when, in which phase; 0: is answered. */
	double wrote_at[SAMPLES_MAX];
	enum phase wrote_in[SAMPLES_MAX];
	unsigned wrote;
	double next; /* when the next one writes; infinite: nobody does */
	double answered[PHASES][SAMPLES_MAX];
	size_t answers[PHASES];
	/* The alert under way. */
	double approved_at;
	double left[MODEMS]; /* its first one by each, after its approval; 0: not yet */
	unsigned leave;      /* so many have not been seen */
};

static void
watch_answer(struct watch *watch, unsigned writer, double when)
{
	enum phase phase;

	if (writer >= SAMPLES_MAX || watch->wrote_at[writer] == 0)
		return;
	phase = watch->wrote_in[writer];
	watch->answered[phase][watch->answers[phase]++] = when - watch->wrote_at[writer];
	watch->wrote_at[writer] = 0;
}

static void
watch_line(struct watch *watch, const char *line, double when)
{
	char number[32];
	unsigned modem;

	if (sscanf(line, "submitted m%u %31s", &modem, number) != 2)
		return;
	if (strncmp(number, WRITER, strlen(WRITER)) == 0) {
		watch_answer(watch, (unsigned)atoi(number + strlen(WRITER)), when);
	} else if (strncmp(number, RECIPIENT, strlen(RECIPIENT)) == 0) {
		watch->leave -= watch->leave > 0;
		if (watch->left[modem - 1] == 0) /* its bytes left one send before */
			watch->left[modem - 1] = when - SLOT_MS / 1e3 - watch->approved_at;
	}
}

static void
somebody_writes(struct watch *watch)
{
	unsigned i = watch->wrote++;

	if (i >= SAMPLES_MAX)
		die("alert: more people write than are counted");
	watch->next += 1.0 / WRITERS_A_S;
	watch->wrote_in[i] = watch->phase;
	watch->wrote_at[i] = bench_now();
	field_sim(
		watch->field, "sms " WRITER "%07u m%u Fuite d'eau rue KN %u", i, 1 + i % MODEMS, i);
}

/* Until that moment, or, when an alert is under way, until all of it has left. */
static void
watch_until(struct watch *watch, double until)
{
	bool alert = watch->leave > 0;
	double when;
	const char *line;

	while (bench_now() < until && !(alert && watch->leave == 0)) {
		if (bench_now() >= watch->next)
			somebody_writes(watch);
		line = events_next(&watch->events, fmin(until, watch->next), &when);
		if (line != NULL)
			watch_line(watch, line, when);
	}
	if (alert && watch->leave > 0)
		die("alert: %u SMS of it have not left", watch->leave);
}

static void
watch_people(struct watch *watch, enum phase phase, double until)
{
	watch->phase = phase;
	watch->next = bench_now();
	watch_until(watch, until);
	watch->next = INFINITY;
}

/* The server tells of each statement how long it took. */
static void
log_statements(const struct stage *stage, const char *ms)
{
	bench_sql(stage, "postgres", "ALTER SYSTEM SET log_min_duration_statement = %s", ms);
	bench_sql(stage, "postgres", "ALTER SYSTEM SET log_parameter_max_length = 0");
	bench_sql(stage, "postgres", "SELECT pg_reload_conf()");
}

/* Milliseconds of each claim in the server's log from there on.  Returns how many. */
static size_t
claims_since(const struct stage *stage, size_t from, double *ms)
{
	size_t len, n = 0;
	char *text = read_file(stage->cluster_log_path, LOG_MAX, &len);

	for (char *at = text != NULL ? text + from : NULL; n < CLAIMS_MAX; at++) {
		if (at == NULL || (at = strstr(at, "duration: ")) == NULL)
			break;
		char *rest;
		double took = strtod(at + strlen("duration: "), &rest);
		if (strncmp(rest, " ms  execute claim: ", 20) == 0)
			ms[n++] = took;
	}
	free(text);
	return n;
}

static size_t
log_size(const struct stage *stage)
{
	size_t len = 0;

	free(read_file(stage->cluster_log_path, LOG_MAX, &len));
	return len;
}

/* One alert after the other, until each has left. */
struct overtaking {
	double approval[ALERTS], first[ALERTS], each[ALERTS * MODEMS];
};

static void
overtake(struct watch *watch, PGconn *db, struct overtaking *o)
{
	for (unsigned a = 0; a < ALERTS; a++) {
		long long alert = draft(db);

		watch_until(watch, bench_now() + REST_S);
		memset(watch->left, 0, sizeof(watch->left));
		watch->leave = OVERTAKING;
		watch->approved_at = approve(db, alert, &o->approval[a]);
		watch_people(watch, DURING, bench_now() + LIMIT_S);
		o->first[a] = INFINITY;
		for (unsigned m = 0; m < MODEMS; m++) {
			o->each[a * MODEMS + m] = watch->left[m];
			o->first[a] = fmin(o->first[a], watch->left[m]);
		}
	}
}

static void
tell_answers(const char *what, double *took, size_t n)
{
	printf("| %s | %zu: median %.0f ms, p99 %.0f ms, most %.0f ms |\n", what, n,
		1e3 * bench_median(took, n), 1e3 * bench_percentile(took, n, 99),
		1e3 * bench_percentile(took, n, 100));
}

static void
tell_overtaking(struct overtaking *o, struct watch *watch, double *claims, size_t n)
{
	printf("| %d reminders queued, %d modems, %d ms a send, %d alerts of %d | |\n|---|---|\n",
		REMINDERS, MODEMS, SLOT_MS, ALERTS, OVERTAKING);
	printf("| the approval | median %.1f ms, most %.1f ms |\n",
		1e3 * bench_median(o->approval, ALERTS),
		1e3 * bench_percentile(o->approval, ALERTS, 100));
	printf("| its first SMS leaves after the approval's begin | median %.0f ms, most %.0f ms |\n",
		1e3 * bench_median(o->first, ALERTS),
		1e3 * bench_percentile(o->first, ALERTS, 100));
	printf("| the first by each link (target %d ms) | median %.0f ms, most %.0f ms |\n",
		SLOT_MS + 50, 1e3 * bench_median(o->each, ALERTS * MODEMS),
		1e3 * bench_percentile(o->each, ALERTS * MODEMS, 100));
	printf("| claims while they leave, of up to eight links (target 10 ms) | %zu: median %.2f ms, "
	       "p99 %.2f ms, most %.1f ms |\n",
		n, bench_median(claims, n), bench_percentile(claims, n, 99),
		bench_percentile(claims, n, 100));
	tell_answers(
		"SMS in to reply out, before", watch->answered[BEFORE], watch->answers[BEFORE]);
	tell_answers("SMS in to reply out, while they leave", watch->answered[DURING],
		watch->answers[DURING]);
	printf("| p99 of replies, to what it was before (target 2) | %.2f |\n\n",
		bench_percentile(watch->answered[DURING], watch->answers[DURING], 99) /
			bench_percentile(watch->answered[BEFORE], watch->answers[BEFORE], 99));
	fflush(stdout);
}

static void
overtaken(struct stage *stage)
{
	static struct watch watch;
	static double claims[CLAIMS_MAX];
	struct overtaking o;
	struct field field;
	PGconn *db;
	size_t from, n;

	field_open(&field, stage, MODEMS, 0);
	field_set_modems(&field, "operator_agreement", "\"MTN 2025/117\"");
	field_sim(&field, "set all send_ms %d", SLOT_MS);
	bench_sql(stage, FIELD_DATABASE, city, OVERTAKING);
	bench_sql(stage, FIELD_DATABASE, reminders, REMINDERS / 10000);
	field_start(&field);
	db = open_database(&field);
	watch = (struct watch){ .field = &field, .next = INFINITY };
	events_open(&watch.events, &field);
	watch_until(&watch, bench_now() + 5);
	watch_people(&watch, BEFORE, bench_now() + QUIET_S);
	log_statements(stage, "0");
	from = log_size(stage);
	overtake(&watch, db, &o);
	n = claims_since(stage, from, claims);
	log_statements(stage, "-1");
	tell_overtaking(&o, &watch, claims, n);
	events_close(&watch.events);
	PQfinish(db);
	field_close(&field);
}

/* --- a link by itself ----------------------------------------------------------------------- */

/* Says something to a modem and reads until it has answered so. */
static void
say(int fd, const char *words, const char *until)
{
	char answer[1024] = "";
	size_t len = 0;

	if (write(fd, words, strlen(words)) != (ssize_t)strlen(words))
		die("alert: the modem hears nothing");
	while (strstr(answer, until) == NULL) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t got = -1;
		if (poll(&ready, 1, 20000) == 1)
			got = read(fd, answer + len, sizeof(answer) - 1 - len);
		if (got <= 0)
			die("alert: no '%s' from the modem: %s", until, answer);
		len += (size_t)got;
		answer[len] = '\0';
	}
}

/* Seconds a send by a modem that nothing else is asked of: one beside the gateway's. */
static double
link_limit(const struct field *field, unsigned sends)
{
	char *device = xformat("%s/sim/dev/ttySIM%u", field->dir, field->modems);
	int fd = open(device, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd == -1 || tcgetattr(fd, &raw) == -1)
		die("alert: %s: %s", device, strerror(errno));
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	say(fd, "ATE0\r", "OK");
	say(fd, "AT+CMGF=0\r", "OK");
	double begun = bench_now();
	for (unsigned i = 0; i < sends; i++) { /* "hi" to +250788009999: 3GPP 23.040 9.2.2.2 */
		say(fd, "AT+CMGS=15\r", "> ");
		say(fd, "0001000C91527088009999000002E834\x1a", "OK");
	}
	double each = (bench_now() - begun) / sends;
	close(fd);
	free(device);
	return each;
}

/* --- carried -------------------------------------------------------------------------------- */

struct load {
	unsigned send_ms, people;
	unsigned warm; /* messages of each modem, before */
	unsigned bare; /* by the one beside them, before that */
};

/* Until so many messages have been submitted; the time of each mark. */
static void
watch_marks(struct events *events, PGconn *db, long long alert, unsigned people,
	double truth[MARKS], double *rest)
{
	const unsigned mark[MARKS] = { (people + 9) / 10, (people + 1) / 2, people };
	double deadline = bench_now() + LIMIT_S, when, at[MARKS];
	unsigned seen = 0;
	const char *line;

	while (seen < people) {
		if ((line = events_next(events, deadline, &when)) == NULL)
			die("alert: %u of %u SMS in %d s", seen, people, LIMIT_S);
		if (strncmp(line, "submitted ", 10) != 0 || strstr(line, RECIPIENT) == NULL)
			continue;
		seen++;
		for (int i = 0; i < MARKS; i++)
			if (seen == mark[i])
				truth[i] = when;
		if (seen == mark[HALF]) {
			forecast(db, alert, at);
			*rest = at[ALL] + bench_now();
		}
	}
}

static double
percent_off(double said, double was)
{
	return 100 * (said / was - 1);
}

static void
carried(struct stage *stage, const struct load *load)
{
	double said[MARKS], truth[MARKS] = { 0 }, took, rest = NAN;
	struct events events;
	struct field field;

	field_open(&field, stage, MODEMS, 1);
	field_sim(&field, "set all send_ms %u", load->send_ms);
	double own = link_limit(&field, load->bare);
	bench_sql(stage, FIELD_DATABASE, city, load->people);
	field_start(&field);
	PGconn *db = open_database(&field);
	events_open(&events, &field);
	field_queue(&field, MODEMS * load->warm, TEXT_OUT);
	events_span(&events, "submitted", MODEMS * load->warm, LIMIT_S, &took, &took);
	field_wait(&field, "SELECT count(*) FROM link WHERE send_ms IS NOT NULL", MODEMS, LIMIT_S);
	long long alert = draft(db);
	forecast(db, alert, said);
	double begun = approve(db, alert, &took);
	watch_marks(&events, db, alert, load->people, truth, &rest);

	double slots = ceil((double)load->people / MODEMS), ideal = slots * own;
	printf("| %u at %g s a send | %.1f s | %.1f s | **%.1f %%** |", load->people,
		load->send_ms / 1e3, ideal, truth[ALL] - begun, 100 * ideal / (truth[ALL] - begun));
	for (int i = 0; i < MARKS; i++)
		printf(" %.1f, %.1f: %+.1f %% |", said[i], truth[i] - begun,
			percent_off(said[i], truth[i] - begun));
	printf(" %+.1f %% |\n", percent_off(rest - truth[HALF], truth[ALL] - truth[HALF]));
	fflush(stdout);
	events_close(&events);
	PQfinish(db);
	field_close(&field);
}

int
main(int argc, char **argv)
{
	static const struct load full[] = { { 3000, 2000, 8, 3 }, { 50, 100000, 64, 100 } },
				 less[] = { { 3000, 640, 8, 3 }, { 50, 32000, 64, 100 } };
	bool all = (argc > 1 && strcmp(argv[1], "full") == 0) || getenv("BARAZA_FULL") != NULL;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	bench_sql(stage, "postgres",
		"ALTER SYSTEM SET autovacuum = on"); /* minutes long, and counted on */
	bench_sql(stage, "postgres", "SELECT pg_reload_conf()");
	overtaken(stage);
	printf("%d modems, from the approval's begin to the last SMS that the network took; the forecast "
	       "and what was:\n\n"
	       "| recipients | the links' own limit | took | of the limit (target 97 %%) | first tenth "
	       "(target 5 %%) | half | all | the rest, forecast at half |\n|---|---|---|---|---|---|---|---|\n",
		MODEMS);
	for (unsigned i = 0; i < 2; i++)
		carried(stage, all ? &full[i] : &less[i]);
	if (!all)
		printf("\nFewer recipients than 2,000 and 100,000: `BARAZA_FULL=1` for these.\n");
	stage_free(stage);
	return 0;
}
