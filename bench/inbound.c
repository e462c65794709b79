/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbound: messages in, tickets filed and replies committed, fed without modems; beside pgbench,
 * which writes the same rows by one call a transaction (inbound.sql) on the same cluster in the
 * same run.
 *
 * The gateway's own inbox, understanding, texts and SQL; only gateway/modem.c is replaced, by
 * one link that hands messages in and counts acknowledgements (common/fed-modem.c).  Rounds
 * alternate: the gateway with its inbox kept full, then pgbench with 1, 2, 4, ... 64 clients,
 * each in a fresh copy of one database and after a checkpoint.  L is the best of pgbench's
 * counts of clients in a round.  The same again with pgbench's copy freed of foreign keys and
 * checks, since the gateway's few writers do not suffer from many clients locking one row.
 *
 * All of it for complaints, each of which files a ticket, and for containers: half of these
 * messages file a container's ticket, a job of which its crew is to be told, and half join an
 * open one.  And once more for containers while the gateway tells the crews.
 *
 *	bench-inbound [--rounds N] [--messages N] [--seconds N] [--latency-only | --rate-only]
 *		[--complaints-only | --containers-only]
 */
#include <event2/event.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/common/bench.h"
#include "bench/common/fed-modem.h"
#include "gateway/config.h"
#include "gateway/gateway.h"
#include "gateway/inbox.h"
#include "gateway/log.h"
#include "gateway/notices.h"
#include "gateway/outbox.h"
#include "gateway/texts.h"
#include "gateway/understand.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { KNOWN = 50000, ROUNDS_MAX = 32, RUN_LIMIT_S = 60, LOOK_US = 100000, WARM_S = 1 };

/* Arrivals a second at which latency is measured. */
static const unsigned arrivals[] = { 2000, 4000, 8000 };

static const struct complaint {
	const char *text, *category, *place;
} complaints[] = {
	{ "Fuite d'eau rue KN 5 depuis hier", "water", "rue KN 5" },
	{ "Nid de poule avenue de la Paix", "road", "avenue de la Paix" },
	{ "Le lampadaire ne marche plus devant le marché de Kimironko", "light",
		"devant le marché de Kimironko" },
	{ "Ordures partout derrière l'école primaire", "waste", "derrière l'école primaire" },
	{ "Broken streetlight at Nyabugogo bus park", "light", "Nyabugogo bus park" },
	{ "Big pothole on Airport Road", "road", "Airport Road" },
	{ "Buraco grande na rua da Mesquita", "road", "rua da Mesquita" },
	{ "Fuga de água na avenida Julius Nyerere", "water", "avenida Julius Nyerere" },
};
enum { COMPLAINTS = sizeof(complaints) / sizeof(complaints[0]) };

/* OPEN containers from FIRST on have an open ticket each; those after them, more than any run
 * opens, have none. */
enum { FIRST = 300001, OPEN = 2000, CONTAINERS = 300000 };

static const char *const containers[] = { "Bac %u plein", "Benne %u pleine", "Skip %u is full",
	"Contentor %u cheio" };
enum { CONTAINER_TEXTS = sizeof(containers) / sizeof(containers[0]) };

enum mix { MIX_COMPLAINTS, MIX_CONTAINERS };

static const unsigned clients[] = { 1, 2, 4, 8, 16, 32, 64 };
enum { CLIENTS = sizeof(clients) / sizeof(clients[0]) };

struct options {
	unsigned rounds, messages, seconds;
	bool rate, latency;
	bool mix[2];
};

/* One feeding of the gateway. */
struct feed {
	struct gateway gateway;
	struct event *top_up, *look;
	enum mix mix;
	bool tells; /* crews, of their jobs, meanwhile */
	unsigned total, fed, acknowledged;
	unsigned opened; /* containers' tickets */
	double rate;     /* arrivals a second; 0: as many as fit */
	double begun;    /* the first message went in */
	double ended;    /* the last acknowledgement came */
	double *arrived; /* by handle; when it should have gone in */
	double *took;    /* by handle */
	uint64_t random;
};

static struct feed feed;

/* --- --- messages --- */

/* splitmix64's step: the same sequence in every run. */
static uint64_t
next_random(struct feed *f)
{
	uint64_t z = f->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Fifteen digits, longer than any Rwandan number: nobody's. */
static void
make_number(char out[24], unsigned n)
{
	snprintf(out, 24, "+25078800%07u", n % 10000000);
}

/* Writes what a citizen says; r is a random number. */
static void
make_text(struct feed *f, uint64_t r, char out[128])
{
	unsigned joined = FIRST + (unsigned)(r >> 24) % OPEN;

	if (f->mix == MIX_COMPLAINTS)
		snprintf(out, 128, "%s", complaints[(r >> 1) % COMPLAINTS].text);
	else
		snprintf(out, 128, containers[(r >> 1) % CONTAINER_TEXTS],
			(r >> 5) & 1 ? joined : FIRST + OPEN + f->opened++);
}

/* Half of them from people who wrote before, none of whom writes twice in KNOWN messages, half from
 * new ones. */
static int
feed_one(struct feed *f)
{
	uint64_t r = next_random(f);
	unsigned i = f->fed, who = r & 1 ? i * 7919 % KNOWN : KNOWN + i;
	char number[24], text[128];

	make_number(number, who);
	make_text(f, r, text);
	const struct wire_sms sms = {
		.handle = i,
		.kind = WIRE_SMS_TEXT,
		.coding = WIRE_GSM7,
		.class = -1,
		.number = wire_str(number),
		.smsc = wire_str("+250788000999"),
		.smsc_time = { 2026, 1, (uint8_t)(1 + i / 86400 % 28), (uint8_t)(i / 3600 % 24),
			(uint8_t)(i / 60 % 60), (uint8_t)(i % 60), 8 },
		.text = wire_str(text),
	};
	if (inbox_take_sms(f->gateway.inbox, fed_modem, &sms) != 0)
		return -1;
	f->fed++;
	return 0;
}

/* Keep it full, or keep pace with the arrivals; a late message counts from when it was due. */
static void
top_up_cb(evutil_socket_t fd, short what, void *arg)
{
	struct feed *f = arg;
	double now = bench_now();

	(void)fd;
	(void)what;
	while (f->fed < f->total) {
		double due = f->rate > 0 ? f->begun + f->fed / f->rate : now;
		if (due > now) {
			double wait = due - now;
			struct timeval tv = { (time_t)wait, (suseconds_t)(wait * 1e6) % 1000000 };
			evtimer_add(f->top_up, &tv);
			return;
		}
		f->arrived[f->fed] = due;
		if (!inbox_has_room(f->gateway.inbox) || feed_one(f) != 0)
			return;
	}
}

static void
acknowledged(const uint32_t *handles, size_t count)
{
	double now = bench_now();

	for (size_t i = 0; i < count; i++)
		feed.took[handles[i]] = now - feed.arrived[handles[i]];
	feed.acknowledged += (unsigned)count;
	feed.ended = now;
	if (feed.acknowledged == feed.total)
		event_base_loopbreak(feed.gateway.base);
	else if (feed.fed < feed.total && !evtimer_pending(feed.top_up, NULL))
		event_active(feed.top_up, EV_TIMEOUT, 0);
}

/* Somebody wants us to stop, the server died, or it hangs. */
static void
look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct feed *f = arg;

	(void)fd;
	(void)what;
	if (proc_wait_fd(-1, 0, now_ms()) == PROC_TROUBLE)
		die("inbound: %s", proc_trouble());
	if (bench_now() - f->begun > RUN_LIMIT_S)
		die("inbound: %u of %u acknowledged after %d s", f->acknowledged, f->total,
			RUN_LIMIT_S);
}

/* --- --- the gateway --- */

static void
load_speech(struct gateway *gateway, const char *file)
{
	struct config_errors errors = { 0 };
	struct config *config = config_load(file, &errors);

	if (config != NULL) {
		gateway->texts = texts_load(config, &errors);
		gateway->vocabulary = vocabulary_load(config, &errors);
	}
	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	if (config == NULL || gateway->texts == NULL || gateway->vocabulary == NULL)
		die("inbound: the configuration has errors");
	config_errors_free(&errors);
	gateway->config = config;
}

static struct event_base *
precise_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(config);
	event_config_free(config);
	if (base == NULL)
		die("no event loop");
	return base;
}

static void
gateway_open(struct feed *f, const struct stage *stage, const char *database)
{
	char *file = xformat("%s/inbound.cfg", stage->dir);
	char *conninfo = cluster_conninfo(&stage->cluster, database);
	struct settings *settings = settings_copy(stage->settings);

	settings_set_string(settings, "database", conninfo);
	settings_write(settings, file);
	load_speech(&f->gateway, file);
	f->gateway.base = precise_base();
	f->gateway.inbox = inbox_new(&f->gateway);
	f->gateway.outbox = outbox_new(&f->gateway);
	inbox_start(f->gateway.inbox);
	outbox_start(f->gateway.outbox);
	if (f->tells) {
		f->gateway.believable = 1;
		f->gateway.notices = notices_new(&f->gateway);
		notices_start(f->gateway.notices);
	}
	/* All connections are up, and nothing more is to be done. */
	for (int64_t end = now_ms() + 300; now_ms() < end;)
		event_base_loop(f->gateway.base, EVLOOP_NONBLOCK);
	settings_free(settings);
	unlink(file);
	free(conninfo);
	free(file);
}

static void
gateway_close(struct feed *f)
{
	inbox_free(f->gateway.inbox);
	outbox_free(f->gateway.outbox);
	notices_free(f->gateway.notices);
	vocabulary_free(f->gateway.vocabulary);
	texts_free((struct texts *)(uintptr_t)f->gateway.texts);
	config_free((struct config *)(uintptr_t)f->gateway.config);
	event_free(f->top_up);
	event_free(f->look);
	event_base_free(f->gateway.base);
	free(f->arrived);
	free(f->took);
}

/* Dies unless so many rows of a table, or of a query after FROM, are more than there were. */
static void
verify_rows(const struct stage *stage, const char *database, const char *from, unsigned more)
{
	char *sql = xformat("SELECT count(*) FROM %s", from);
	char *had = bench_value(stage, "filled", sql), *have = bench_value(stage, database, sql);

	if ((unsigned)atoi(have) != (unsigned)atoi(had) + more)
		die("inbound: %s: %s rows, not %s and %u", from, have, had, more);
	free(have);
	free(had);
	free(sql);
}

/* What was promised must be there, or the figure means nothing. */
static void
verify(const struct stage *stage, const char *database, const struct feed *f)
{
	unsigned tickets = f->mix == MIX_COMPLAINTS ? f->total : f->opened;

	verify_rows(stage, database, "message WHERE direction = 'in'", f->total);
	verify_rows(stage, database, "report", f->total);
	verify_rows(stage, database, "ticket", tickets);
	verify_rows(stage, database, "event", tickets);
	verify_rows(stage, database, "message WHERE reply_to IS NOT NULL", f->total);
	if (f->tells)
		return; /* how many of the jobs share an SMS is chance */
	verify_rows(stage, database, "queue", f->total);
	verify_rows(stage, database, "notice", f->opened);
}

/* What one run of the gateway gave. */
struct run {
	double rate;                   /* messages a second */
	double client_cpu, server_cpu; /* of a core, while it ran */
	double *took;                  /* sorted by nobody; total of them */
	unsigned total;
};

static struct run
run_gateway(const struct stage *stage, enum mix mix, bool tells, unsigned total, double rate)
{
	struct timeval look = { 0, LOOK_US };
	double client, server;

	bench_copy(stage, "ours", "filled");
	memset(&feed, 0, sizeof(feed));
	feed.mix = mix;
	feed.tells = tells;
	feed.total = total;
	feed.rate = rate;
	feed.arrived = xcalloc(total, sizeof(double));
	feed.took = xcalloc(total, sizeof(double));
	fed_modem_acknowledged = acknowledged;
	gateway_open(&feed, stage, "ours");
	feed.top_up = evtimer_new(feed.gateway.base, top_up_cb, &feed);
	feed.look = event_new(feed.gateway.base, -1, EV_PERSIST, look_cb, &feed);
	event_add(feed.look, &look);
	client = bench_cpu(getpid());
	server = bench_cpu_children(stage->cluster.proc.pid);
	feed.begun = bench_now();
	event_active(feed.top_up, EV_TIMEOUT, 0);
	event_base_dispatch(feed.gateway.base);
	double seconds = feed.ended - feed.begun;
	struct run run = { total / seconds, (bench_cpu(getpid()) - client) / seconds,
		(bench_cpu_children(stage->cluster.proc.pid) - server) / seconds, feed.took,
		total };
	feed.took = NULL;
	gateway_close(&feed);
	verify(stage, "ours", &feed);
	return run;
}

/* --- --- pgbench --- */

/* The text as an SQL literal; the caller's. */
static char *
quoted(const char *text)
{
	char *out = xcalloc(strlen(text) + 2, 2), *at = out;

	*at++ = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			*at++ = '\'';
		*at++ = *text;
	}
	*at = '\'';
	return out;
}

static void
write_script(const struct stage *stage, enum mix mix, unsigned i, const char *call)
{
	char *path = xformat("%s/mix%u-%u.sql", stage->dir, (unsigned)mix, i);
	char *script = xformat(
		"\\set n case when random(0, 1) = 0 then random(0, %d) else random(%d, 9999999) end\n"
		"\\set joined random(%d, %d)\n"
		"SELECT %s;\n",
		KNOWN - 1, KNOWN, FIRST, FIRST + OPEN - 1, call);

	if (write_file(path, script, strlen(script)) == -1)
		die("%s cannot be written", path);
	free(script);
	free(path);
}

#define NUMBER "'+25078800' || lpad(:n::text, 7, '0')"

static void
write_scripts(const struct stage *stage)
{
	for (unsigned i = 0; i < COMPLAINTS; i++) {
		char *text = quoted(complaints[i].text), *place = quoted(complaints[i].place);
		char *call = xformat("bench_complaint(" NUMBER ", %s, '%s', %s)", text,
			complaints[i].category, place);
		write_script(stage, MIX_COMPLAINTS, i, call);
		free(call);
		free(place);
		free(text);
	}
	write_script(stage, MIX_CONTAINERS, 0, "bench_container_joined(" NUMBER ", :joined)");
	write_script(stage, MIX_CONTAINERS, 1,
		"bench_container_opened(" NUMBER ", nextval('bench_container')::integer)");
}

/* Transactions a second. */
static double
run_pgbench(const struct stage *stage, enum mix mix, const char *database, unsigned count,
	unsigned seconds)
{
	char *host = xformat("%s/socket", stage->cluster_dir), *c = xformat("%u", count);
	char *j = xformat("%u", count < 2 ? 1 : 2), *t = xformat("%u", seconds);
	const char *argv[32] = { STAGE_PG_BIN "/pgbench", "-n", "-M", "prepared", "-h", host, "-U",
		"baraza", "-c", c, "-j", j, "-T", t };
	size_t n = 14, scripts = mix == MIX_COMPLAINTS ? COMPLAINTS : 2;
	char *files[COMPLAINTS], *out, *tps;
	double rate;

	for (unsigned i = 0; i < scripts; i++) {
		files[i] = xformat("%s/mix%u-%u.sql", stage->dir, (unsigned)mix, i);
		argv[n++] = "-f";
		argv[n++] = files[i];
	}
	argv[n++] = database;
	argv[n] = NULL;
	bench_sql(stage, "postgres", "CHECKPOINT");
	out = bench_run(stage, argv);
	tps = strstr(out, "\ntps = ");
	if (tps == NULL || sscanf(tps, "\ntps = %lf", &rate) != 1 ||
		strstr(out, "number of failed transactions: 0 ") == NULL)
		die("pgbench: %s", out);
	free(out);
	for (unsigned i = 0; i < scripts; i++)
		free(files[i]);
	free(host);
	free(c);
	free(j);
	free(t);
	return rate;
}

/* --- --- the whole --- */

/* A stricter yardstick: the same rows and indexes, but nothing that looks at other rows or values.
 */
static const char unconstrain[] =
	"DO $$ DECLARE c record; BEGIN"
	" FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint"
	" WHERE contype IN ('f', 'c') AND conrelid <> 0 AND connamespace = 'baraza'::regnamespace LOOP"
	" EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname); END LOOP; END $$";

/* Zones with a crew each, and containers. */
static const char registers[] =
	"INSERT INTO zone (name) SELECT 'Zone ' || n FROM generate_series(0, 19) AS n;"
	" INSERT INTO crew (name, zone_id, phone, language)"
	" SELECT 'Crew of ' || name, id, '+25078801' || lpad(id::text, 7, '0'), 'fr' FROM zone"
	" WHERE name LIKE 'Zone %%';"
	" SELECT phone_contact(phone, language) FROM crew;"
	" INSERT INTO container (number, zone_id, place) SELECT n, z.id, 'Rue ' || n"
	" FROM generate_series(%d, %d) AS n JOIN zone z ON z.name = 'Zone ' || n %% 20;"
	" CREATE SEQUENCE bench_container START %d";

/* A city where KNOWN people have complained once each, and OPEN containers have been reported;
 * vacuumed, its statistics made. */
static void
fill(const struct stage *stage)
{
	char *path = xformat("%s/bench/inbound.sql", stage->root);
	char *sql = read_file(path, 1 << 16, NULL);

	if (sql == NULL)
		die("%s: cannot be read", path);
	cluster_create(&stage->cluster, "filled", STAGE_TEMPLATE);
	bench_sql(stage, "filled", "%s", sql);
	bench_sql(stage, "filled", "ALTER DATABASE filled SET search_path = baraza, public");
	bench_sql(stage, "filled",
		"INSERT INTO link (identity, up) VALUES ('635100000000001', true)");
	bench_sql(stage, "filled",
		"SELECT bench_complaint('+25078800' || lpad(n::text, 7, '0'), 'Fuite avenue du Lac', 'water', "
		"'avenue du Lac') FROM generate_series(0, %d) AS n",
		KNOWN - 1);
	bench_sql(stage, "filled", registers, FIRST, FIRST + CONTAINERS - 1, FIRST + OPEN);
	bench_sql(stage, "filled",
		"SELECT bench_container_opened('+25078800' || lpad(n::text, 7, '0'), n) "
		"FROM generate_series(%d, %d) AS n",
		FIRST, FIRST + OPEN - 1);
	bench_sql(stage, "filled", "VACUUM FREEZE ANALYZE");
	cluster_create(&stage->cluster, "bare", "filled");
	bench_sql(stage, "bare", "%s", unconstrain);
	free(sql);
	free(path);
}

/* The best of pgbench in a copy of a database; by counts of clients when at is not NULL. */
static double
sweep(const struct stage *stage, enum mix mix, const char *template, unsigned seconds, double *at)
{
	double best = 0;

	bench_copy(stage, "theirs", template);
	bench_sql(stage, "postgres", "ALTER DATABASE theirs SET search_path = baraza, public");
	for (unsigned i = 0; i < CLIENTS; i++) {
		double rate = run_pgbench(stage, mix, "theirs", clients[i], seconds);

		fprintf(stderr, "inbound: pgbench, %s, %u clients: %.0f/s\n", template, clients[i],
			rate);
		best = rate > best ? rate : best;
		if (at != NULL)
			at[i] = rate;
	}
	return best;
}

/* What the rounds gave, a value a round. */
struct rounds {
	double ours[ROUNDS_MAX];
	double client[ROUNDS_MAX], server[ROUNDS_MAX]; /* seconds of CPU a message */
	double best[ROUNDS_MAX], ratio[ROUNDS_MAX], bare[ROUNDS_MAX], bare_ratio[ROUNDS_MAX];
	double at[ROUNDS_MAX][CLIENTS];
	double telling[ROUNDS_MAX]; /* messages a second, while the crews are told */
};

/* A run of the gateway, its latencies thrown away. */
static struct run
run_full(const struct stage *stage, enum mix mix, bool tells, unsigned total)
{
	struct run run = run_gateway(stage, mix, tells, total, 0);

	free(run.took);
	fprintf(stderr, "inbound: gateway%s %.0f/s, CPU a message: %.0f us, PostgreSQL's %.0f us\n",
		tells ? ", telling crews," : "", run.rate, run.client_cpu / run.rate * 1e6,
		run.server_cpu / run.rate * 1e6);
	return run;
}

static void
one_round(const struct stage *stage, const struct options *o, enum mix mix, struct rounds *all,
	unsigned r)
{
	struct run run = run_full(stage, mix, false, o->messages);

	all->ours[r] = run.rate;
	all->client[r] = run.client_cpu / run.rate;
	all->server[r] = run.server_cpu / run.rate;
	all->best[r] = sweep(stage, mix, "filled", o->seconds, all->at[r]);
	all->ratio[r] = run.rate / all->best[r];
	all->bare[r] = sweep(stage, mix, "bare", o->seconds, NULL);
	all->bare_ratio[r] = run.rate / all->bare[r];
	if (mix == MIX_CONTAINERS)
		all->telling[r] = run_full(stage, mix, true, o->messages).rate;
}

/* Sorts ratio. */
static void
tell_ratio(const char *what, double ours, double *best, double *ratio, unsigned n)
{
	double median = bench_median(ratio, n);

	printf("| %s | %.0f | %.0f | **%.2f** | %.2f to %.2f |\n", what, ours,
		bench_median(best, n), median, ratio[0], ratio[n - 1]);
}

static void
measure_rate(const struct stage *stage, const struct options *o, enum mix mix)
{
	static struct rounds all;
	double column[ROUNDS_MAX], ours;

	for (unsigned r = 0; r < o->rounds; r++)
		one_round(stage, o, mix, &all, r);
	ours = bench_median(all.ours, o->rounds);
	printf(mix == MIX_COMPLAINTS ? "Complaints:\n\n"
				     : "Containers, half of them full anew, half joined:\n\n");
	printf("| messages/s, median of %u rounds | gateway | L: pgbench's best | gateway / L | lowest to "
	       "highest |\n|---|---|---|---|---|\n",
		o->rounds);
	tell_ratio("same tables (target 1.0)", ours, all.best, all.ratio, o->rounds);
	tell_ratio("pgbench's tables without foreign keys and checks", ours, all.bare,
		all.bare_ratio, o->rounds);
	printf("\npgbench on the same tables, by clients:");
	for (unsigned i = 0; i < CLIENTS; i++) {
		for (unsigned r = 0; r < o->rounds; r++)
			column[r] = all.at[r][i];
		printf("%s %u: %.0f", i > 0 ? "," : "", clients[i],
			bench_median(column, o->rounds));
	}
	printf(".\nCPU that one of the gateway's messages costs: itself %.0f us, PostgreSQL %.0f us.\n\n",
		bench_median(all.client, o->rounds) * 1e6,
		bench_median(all.server, o->rounds) * 1e6);
	if (mix == MIX_CONTAINERS)
		printf("The same while the gateway tells the crews of their jobs: %.0f messages/s.\n\n",
			bench_median(all.telling, o->rounds));
	fflush(stdout);
}

static void
latency_at(const struct stage *stage, unsigned rate, unsigned seconds)
{
	unsigned warm = WARM_S * rate, total = warm + seconds * rate;
	struct run run = run_gateway(stage, MIX_COMPLAINTS, false, total, rate);
	double *took = run.took + warm;
	size_t n = total - warm;

	printf("| %u | %.2f | %.2f | %.1f | %.0f %% | %.0f %% |%s\n", rate,
		bench_percentile(took, n, 50) * 1e3, bench_percentile(took, n, 99) * 1e3,
		bench_percentile(took, n, 100) * 1e3, run.client_cpu * 100, run.server_cpu * 100,
		run.rate < 0.98 * rate ? " more than it can take" : "");
	fflush(stdout);
	free(run.took);
}

static void
measure_latency(const struct stage *stage, const struct options *o)
{
	printf("From a message's arrival to its acknowledgement, arrivals evenly spaced, for %u s after one to "
	       "warm up:\n\n"
	       "| arrivals/s | p50 ms | p99 ms | most ms | CPU gateway | CPU PostgreSQL |\n"
	       "|---|---|---|---|---|---|\n",
		o->seconds);
	for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++)
		latency_at(stage, arrivals[i], o->seconds);
}

static struct options
read_options(int argc, char **argv)
{
	static const struct option known[] = { { "rounds", required_argument, NULL, 'r' },
		{ "messages", required_argument, NULL, 'm' },
		{ "seconds", required_argument, NULL, 's' },
		{ "latency-only", no_argument, NULL, 'l' }, { "rate-only", no_argument, NULL, 'n' },
		{ "complaints-only", no_argument, NULL, 'c' },
		{ "containers-only", no_argument, NULL, 'k' }, { 0 } };
	struct options o = { 3, 40000, 2, true, true, { true, true } };
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		unsigned n = optarg != NULL ? (unsigned)strtoul(optarg, NULL, 10) : 1;
		if (c == '?' || n == 0)
			exit(2);
		if (c == 'r')
			o.rounds = n < ROUNDS_MAX ? n : ROUNDS_MAX;
		else if (c == 'm')
			o.messages = n;
		else if (c == 's')
			o.seconds = n;
		else if (c == 'l')
			o.rate = false;
		else if (c == 'n')
			o.latency = false;
		else
			o.mix[c == 'c' ? MIX_CONTAINERS : MIX_COMPLAINTS] = false;
	}
	return o;
}

int
main(int argc, char **argv)
{
	struct options o = read_options(argc, argv);
	struct stage *stage;

	proc_init();
	log_set_level(LOG_LEVEL_WARNING);
	stage = bench_stage();
	fill(stage);
	write_scripts(stage);
	for (enum mix mix = MIX_COMPLAINTS; mix <= MIX_CONTAINERS; mix++)
		if (o.rate && o.mix[mix])
			measure_rate(stage, &o, mix);
	if (o.latency)
		measure_latency(stage, &o);
	stage_free(stage);
	return 0;
}
