/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd [SECONDS]: 500 citizens in sessions at once key a screen a second each into the city's own
 * menu, by its HTTP listener, into a PostgreSQL that writes durably; then more of them, until it
 * is more than the machine can take; then while the database is killed, and while it hangs.
 *
 * Steps come by a schedule that waits for nobody, and their time counts from when they were due
 * (crowd.h). What they key is what people would: reports by a container's number, by quarter,
 * of something without a container, a complaint in words; the state of a report, taxes, warnings,
 * the language, wrong keys, sessions that are given up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "bench/common/crowd.h"
#include "bench/common/field.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { RATE = 500, SECONDS = 20, WARM_S = 5, KNOWN = 20000, CONTAINERS = 5000, BREAK_S = 8 };
enum { AWAY_S = 15, AWAY_FROM_S = 5, AWAY_TO_S = 10 };

#define WAY "/ussd/brisk/scenario-of-tests" /* answered as soon as by default */

/* Words are those of conf/texts/en.cfg. */
static const struct crowd_dialogue dialogues[] = {
	{ "a report by number", "*384#", 6, { "/Skips/", "?", "@", "1" } },
	{ "a report dialled with its number", "*384*147#", 3, { "?", "1" } },
	{ "a report by quarter", "*384#", 3, { "/Skips/", "/full/", "?", "?", "?", "1" } },
	{ "a heap in a quarter", "*384#", 2,
		{ "/Skips/", "/heap/", "Mafa", "Rua 4, ao lado do mercado", "1" } },
	{ "a report that is given up", "*384#", 1, { "/Skips/", "?", "?", "0", "00" } },
	{ "something broken", "*384#", 2,
		{ "/broken/", "?", "Xipa", "No water since Monday, Rua da Paz 12", "1" } },
	{ "one's own reports", "*384#", 2, { "/My reports/", "?|K7M2P4" } },
	{ "taxes", "*384#", 1, { "/Taxes/", "/This phone/" } },
	{ "shelters", "*384#", 1, { "/shelters/", "/Shelters/", "Hulene", "?" } },
	{ "warnings", "*384#", 1, { "/shelters/", "/Warn me/", "?", "?" } },
	{ "the language", "*384#", 1, { "/Language/", "/English/" } },
	{ "wrong keys", "*384#", 1, { "hello", "99", "/Skips/", "zz", "0" } },
	{ NULL, NULL, 0, { NULL } },
};

/* Citizens who are known and read English, have dialled, and have reported something that is fixed
 * by now; containers as a larger city has them. */
static const char city[] =
	"SET search_path = baraza, public;"
	"INSERT INTO contact (number, kind, created_at, language, language_chosen)"
	" SELECT '+2507882' || lpad(i::text, 5, '0'), 'e164', city_now(), 'en', true"
	" FROM generate_series(0, %u - 1) i;"
	"INSERT INTO container (number, zone_id, place)"
	" SELECT 100000 + i, z.id, 'Place ' || i FROM generate_series(1, %u) i"
	" JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS of FROM zone z"
	"  WHERE parent_id IS NOT NULL) z ON z.n = 1 + i %% z.of;"
	"INSERT INTO ticket (reference, service, category, kind, container, zone_id, place, state, opened_at,"
	"  changed_at) SELECT ticket_reference(), 'skip', 'waste', 'full', k.number, k.zone_id, k.place, 'fixed',"
	"  city_now() - interval '90 days', city_now() - interval '80 days'"
	" FROM generate_series(0, %u - 1) i JOIN container k ON k.number = 100001 + i %% 5000;"
	"INSERT INTO report (ticket_id, contact_id, category, place, at)"
	" SELECT t.id, c.id, t.category, t.place, t.opened_at"
	" FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM ticket) t"
	" JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM contact"
	"  WHERE number LIKE '+2507882%%') c USING (n);"
	"INSERT INTO ussd_session (way, session, contact_id, code, menu, started_at, stepped_at, steps, ended_at,"
	"  how, settled) SELECT 'sim', 'old-' || id, id, '*384#', 'menu', at, at, 5, at, 'shown', true"
	" FROM (SELECT id, city_now() - interval '9 days' AS at FROM contact WHERE number LIKE '+2507882%%') c;"
	"INSERT INTO ussd_step (session_id, digest, screen, more)"
	" SELECT id, md5(id || ' ' || n)::uuid, repeat('A screen of a line. ', 8), n < 5"
	" FROM ussd_session, generate_series(1, 5) n;";

struct night {
	struct field field;
	struct crowd_plan plan;
	long containers[CONTAINERS];
};

/* --- setting up ------------------------------------------------------------------------- */

/* A port that was free just now. */
static int
free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
		getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		die("ussd: no free port");
	close(fd);
	return ntohs(address.sin_port);
}

static void
set_up(struct night *night, struct stage *stage)
{
	char *listen;

	night->plan.port = free_port();
	night->plan.path = WAY;
	night->plan.dialogues = dialogues;
	night->plan.known = KNOWN;
	night->plan.aside = "Go on with this?"; /* of a session that was given up */
	night->plan.aside_key = "2";
	night->plan.containers = night->containers;
	night->plan.container_count = CONTAINERS;
	for (long i = 0; i < CONTAINERS; i++)
		night->containers[i] = 100001 + i;
	field_open(&night->field, stage, 1, 0);
	bench_sql(stage, FIELD_DATABASE, city, KNOWN, CONTAINERS, KNOWN);
	bench_sql(stage, FIELD_DATABASE, "VACUUM FREEZE ANALYZE");
	listen = xformat("\"127.0.0.1:%d\"", night->plan.port);
	field_set(&night->field, "listen", listen);
	field_set(&night->field, "default_language", "\"en\"");
	field_set(&night->field, "messages_per_hour", "100000");
	field_set(&night->field, "digest_times", "[\"07:00\"]");
	field_set_modems(&night->field, "per_minute", "1000");
	free(listen);
	field_start(&night->field);
}

/* --- how many at once ------------------------------------------------------------------- */

static long
reports(const struct night *night)
{
	return field_count(&night->field, "SELECT count(*) FROM report");
}

static void
print_row(const struct night *night, struct crowd_result *r, long filed, const double cpu[2])
{
	size_t steps = r->answers + r->errors;
	double s = night->plan.seconds;

	if (r->answers == 0)
		die("ussd: no answer: %s", r->error);
	printf("| %s | %u | %.0f | %.0f | %.1f | %.1f | %.1f | %.1f | %zu | %zu | %.0f | %.0f %% | %.0f %% |%s\n",
		night->plan.keep ? "kept" : "new", night->plan.sessions, night->plan.rate,
		(double)r->answers / (r->took > s ? r->took : s),
		bench_percentile(r->ms, r->answers, 50), bench_percentile(r->ms, r->answers, 95),
		bench_percentile(r->ms, r->answers, 99), bench_percentile(r->ms, r->answers, 100),
		r->errors, r->late, filed > 0 ? (double)steps / (double)filed : 0.0,
		cpu[0] / s * 100, cpu[1] / s * 100,
		r->late * 100 > steps ? " more than it can take" : "");
	fflush(stdout);
}

/* Says on standard error what was not as the dialogues have it. */
static void
tell_strange(const struct crowd_result *r)
{
	if (r->errors > 0)
		fprintf(stderr, "ussd: %zu errors, the first: %s\n", r->errors, r->error);
	if (r->lost > 0)
		fprintf(stderr, "ussd: %zu screens held nothing to key, the first: %s\n", r->lost,
			r->strange);
}

/* Returns 1 when it was more than the machine could take. */
static int
measure(struct night *night, double rate, double seconds, bool keep, bool print)
{
	pid_t server = night->field.stage->cluster.proc.pid;
	double cpu[2] = { field_cpu(&night->field), bench_cpu_children(server) };
	struct crowd_result result;
	long filed = reports(night);
	int broken;

	night->plan.rate = rate;
	night->plan.sessions = (unsigned)rate;
	night->plan.seconds = seconds;
	night->plan.keep = keep;
	crowd_run(&night->plan, &result);
	cpu[0] = field_cpu(&night->field) - cpu[0];
	cpu[1] = bench_cpu_children(server) - cpu[1];
	filed = reports(night) - filed;
	broken = result.late * 100 > result.answers + result.errors;
	if (print) {
		print_row(night, &result, filed, cpu);
		tell_strange(&result);
	}
	crowd_free(&result);
	return broken;
}

static void
measure_all(struct night *night, double seconds)
{
	static const double rates[] = { 750, 1000, 1500, 2000, 3000, 4000 };

	printf("Targets, at 500 screens/s: p99 under 50 ms; at any rate that it takes: never an answer after 1 s.\n\n"
	       "| connections | sessions | due/s | screens/s | p50 ms | p95 | p99 | most | errors | after 1 s "
	       "| steps a report | CPU gateway | CPU PostgreSQL |\n"
	       "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
	measure(night, RATE, WARM_S, false, false);
	bench_sql(
		night->field.stage, FIELD_DATABASE, "VACUUM ANALYZE"); /* as a city's server does */
	measure(night, RATE, seconds, false, true);
	measure(night, RATE, seconds, true, true);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (measure(night, rates[i], BREAK_S, false, true))
			break;
}

/* --- without a database ----------------------------------------------------------------- */

/* A signal for every process of the server, which is this one's parent's child alone. */
static void
signal_server(const struct stage *stage, int number)
{
	char *path = xformat("/proc/%d/task/%d/children", (int)stage->cluster.proc.pid,
		(int)stage->cluster.proc.pid);
	char *children = read_file(path, 65536, NULL), *at = children, *end;

	free(path);
	kill(stage->cluster.proc.pid, number);
	for (long pid; at != NULL && (pid = strtol(at, &end, 10)) > 0; at = end)
		kill((pid_t)pid, number);
	free(children);
}

static void
freeze_cb(void *arg)
{
	const struct night *night = arg;

	signal_server(night->field.stage, SIGSTOP);
}

static void
thaw_cb(void *arg)
{
	const struct night *night = arg;

	signal_server(night->field.stage, SIGCONT);
}

static void
kill_cb(void *arg)
{
	struct night *night = arg;

	night->field.stage->cluster.proc.needed = false;
	kill(night->field.stage->cluster.proc.pid, SIGQUIT); /* at once, nothing saved */
}

static void
print_away(const char *what, const struct crowd_result *r)
{
	printf("| %s | %zu | %zu | %zu | %zu | %zu | %.0f |\n", what, r->during, r->during_last,
		r->during_more, r->during_errors, r->during_late, r->during_most);
	fflush(stdout);
	fprintf(stderr, "ussd: %s: \"%s\"\n", what, r->ended);
	tell_strange(r);
}

static void
measure_away(struct night *night)
{
	struct stage *stage = night->field.stage;
	struct crowd_result result;

	printf("\n%d screens/s are due, and for some seconds the database does not answer:\n\n"
	       "| database | steps due meanwhile | answered END | CON | errors | after 1 s | most ms |\n"
	       "|---|---|---|---|---|---|---|\n",
		RATE);
	night->plan.rate = night->plan.sessions = RATE;
	night->plan.seconds = AWAY_S;
	night->plan.keep = false;
	night->plan.when = AWAY_FROM_S;
	night->plan.later = AWAY_TO_S;
	night->plan.arg = night;
	night->plan.then = freeze_cb;
	night->plan.finally = thaw_cb;
	crowd_run(&night->plan, &result);
	print_away("hangs (SIGSTOP)", &result);
	crowd_free(&result);
	night->plan.then = kill_cb;
	night->plan.finally = NULL;
	night->plan.later = AWAY_S;
	crowd_run(&night->plan, &result);
	print_away("killed", &result);
	crowd_free(&result);
	night->plan.then = NULL;
	proc_wait_end(&stage->cluster.proc, now_ms() + 10000);
	if (cluster_restart(&stage->cluster) == -1)
		die("ussd: PostgreSQL does not start again");
	field_wait(&night->field, "SELECT count(*) FROM modem WHERE state = 'READY'", 1, 60);
}

int
main(int argc, char **argv)
{
	static struct night night;
	double seconds = argc > 1 ? atof(argv[1]) : SECONDS;
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	set_up(&night, stage);
	measure_all(&night, seconds);
	measure_away(&night);
	printf("\nAnd when it is back:\n\n| connections | sessions | due/s | screens/s | p50 ms | p95 | p99 | most "
	       "| errors | after 1 s | steps a report | CPU gateway | CPU PostgreSQL |\n"
	       "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
	measure(&night, RATE, WARM_S, false, true);
	field_close(&night.field);
	stage_free(stage);
	return 0;
}
