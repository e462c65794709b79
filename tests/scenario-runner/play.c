/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway.h"
#include "http.h"
#include "pattern.h"
#include "scenario.h"
#include "sim.h"
#include "stage.h"
#include "ussd.h"
#include "util.h"
#include "vars.h"

enum {
	RETRY_MS = 10000, /* sql and run are tried again for so long */
	PAUSE_MS = 50,    /* between two tries */
	COMMAND_MS = 60000,
	HTTP_MS = 10000,
	SIM_MS = 5000,
	OUTPUT_MAX = 16 << 20,
	SHOWN_MAX = 1000, /* bytes of a text in a report */
	TAIL_LINES = 30,
	MODEMS = 2,
};

struct phone {
	struct phone *next;
	char *number;
	char *used; /* the number that it last wrote to or called, or NULL */
	struct ussd ussd;
};

struct play {
	struct stage *stage;
	const struct scenario *scenario;
	char *name;     /* of its database and its folder */
	char *dir;      /* its folder */
	char *files;    /* below: where commands run */
	char *config;   /* below: the gateway's configuration */
	char *listener; /* below: the gateway's socket */
	int gateway_log, simulator_log;
	off_t database_log; /* where the shared log stood at the start */
	struct settings *settings;
	struct sim sim;
	bool unplugged[MODEMS];
	struct gateway gateway;
	struct vars *vars;
	struct phone *phones;
	size_t last_config; /* the place behind the last config statement */
	char *expected, *got;
};

/* --- failing ----------------------------------------------------------------------------- */

/* Says what a statement expected and got; both are taken over. A later call replaces an earlier. */
static int
failed(struct play *play, char *expected, char *got)
{
	free(play->expected);
	free(play->got);
	play->expected = expected;
	play->got = got;
	return -1;
}

/* text as it is shown in a report, quoted; frees text. */
static char *
shown(char *text)
{
	char *line = one_line(text, SHOWN_MAX);
	char *quoted = xformat("\"%s\"", line);

	free(line);
	free(text);
	return quoted;
}

/* --- variables and patterns -------------------------------------------------------------- */

static int
no_variable(struct play *play, char *missing)
{
	char *expected = xformat("a group (?<%s>...) in an earlier statement", missing);

	free(missing);
	return failed(play, expected, xstrdup("none"));
}

static int
expand(struct play *play, const char *text, char **out)
{
	char *missing;
	char *result = vars_expand(play->vars, text, &missing);

	if (result == NULL)
		return no_variable(play, missing);
	*out = result;
	return 0;
}

/* A statement's pattern with the variables that it names, ready to match. */
struct wanted {
	struct pattern *pattern;
	char *name;
};

static int
wanted_new(struct play *play, const struct regex_source *regex, struct wanted *wanted)
{
	char *missing, *error = NULL;
	char *text = vars_expand_regex(play->vars, regex->text, &missing);

	if (text == NULL)
		return no_variable(play, missing);
	wanted->name = one_line(text, SHOWN_MAX);
	wanted->pattern = pattern_new(text, regex->flags, &error);
	free(text);
	if (wanted->pattern != NULL)
		return 0;
	free(wanted->name);
	return failed(play, xstrdup("a PCRE2 pattern"), error);
}

static void
wanted_free(struct wanted *wanted)
{
	pattern_free(wanted->pattern);
	free(wanted->name);
}

static bool
wanted_matches(struct play *play, const struct wanted *wanted, const char *subject)
{
	return pattern_match(wanted->pattern, subject, play->vars) == 1;
}

/* Matches what came, once: what names it in a report. */
static int
must_match(struct play *play, const struct regex_source *regex, const char *what, const char *text)
{
	struct wanted wanted;
	int result = 0;

	if (wanted_new(play, regex, &wanted) == -1)
		return -1;
	if (!wanted_matches(play, &wanted, text))
		result = failed(play, xformat("%s that matches /%s/", what, wanted.name),
			shown(xstrdup(text)));
	wanted_free(&wanted);
	return result;
}

/* --- the gateway ------------------------------------------------------------------------- */

static int
start_gateway(struct play *play)
{
	const struct stage *stage = play->stage;
	const char *const env[] = { stage->path, NULL };

	settings_write(play->settings, play->config);
	return gateway_start(&play->gateway, stage->gateway_program, play->config, play->dir, env,
		play->gateway_log);
}

/* Before what needs a gateway.  One that the scenario killed stays so. */
static int
need_gateway(struct play *play)
{
	enum gateway_state state = play->gateway.state;

	if (state == GATEWAY_UP || state == GATEWAY_KILLED || start_gateway(play) == 0)
		return 0;
	return failed(play, xstrdup("a gateway that starts"),
		xstrdup(proc_status_text(play->gateway.proc.status)));
}

/*
 * Before run and sql, which may look at what a gateway does, but may as well need none: behind the
 * last config statement it is started, and if it does not start, that is no failure yet.
 */
static void
offer_gateway(struct play *play, const struct stmt *stmt)
{
	size_t at = (size_t)(stmt - play->scenario->stmts);

	settings_write(play->settings, play->config);
	if (play->gateway.state == GATEWAY_NEW && at >= play->last_config)
		start_gateway(play);
}

/* --- phones ------------------------------------------------------------------------------ */

static struct phone *
find_phone(struct play *play, const char *number)
{
	struct phone *phone;

	for (phone = play->phones; phone != NULL; phone = phone->next)
		if (strcmp(phone->number, number) == 0)
			return phone;
	phone = xcalloc(1, sizeof(*phone));
	phone->number = xstrdup(number);
	phone->next = play->phones;
	play->phones = phone;
	return phone;
}

static void
free_phones(struct phone *phone)
{
	struct phone *next;

	for (; phone != NULL; phone = next) {
		next = phone->next;
		ussd_clear(&phone->ussd);
		free(phone->number);
		free(phone->used);
		free(phone);
	}
}

/* The number of the SIM that is in a modem now; the caller's. The answer is "ok m1=+250... m2=...".
 */
static char *
number_of(struct play *play, const char *modem)
{
	char *answer = sim_ask(&play->sim, SIM_MS, "sims"), *number = NULL;
	char *word = xformat(" %s=", modem);
	const char *at = answer != NULL ? strstr(answer, word) : NULL;

	if (at != NULL) {
		at += strlen(word);
		number = xstrndup(at, strcspn(at, " "));
	}
	free(word);
	free(answer);
	return number;
}

/* The number that a message or call of this phone goes to, which it has then used; NULL: none. */
static const char *
choose_number(struct play *play, const struct stmt *stmt)
{
	struct phone *phone = find_phone(play, stmt->phone);
	const char *any = play->unplugged[0] && !play->unplugged[1] ? "m2" : "m1";

	if (stmt->modem != NULL || phone->used == NULL) {
		free(phone->used);
		phone->used = number_of(play, stmt->modem != NULL ? stmt->modem : any);
		if (phone->used == NULL)
			failed(play, xstrdup("a modem with a SIM"), xstrdup("none"));
	}
	return phone->used;
}

/* An order to the simulator, which must answer ok; takes the answer over. */
static int
must_obey(struct play *play, char *answer)
{
	bool ok = answer != NULL && strncmp(answer, "ok", 2) == 0;

	if (!ok)
		return failed(play, xstrdup("ok from the simulator"),
			answer != NULL ? answer : xstrdup("no answer"));
	free(answer);
	return 0;
}

static int
do_send(struct play *play, const struct stmt *stmt)
{
	const char *to = choose_number(play, stmt);
	char *text, *escaped;

	if (to == NULL || need_gateway(play) == -1 || expand(play, stmt->text, &text) == -1)
		return -1;
	escaped = sim_escape(text);
	free(text);
	text = sim_ask(&play->sim, SIM_MS, "sms %s %s %s", stmt->phone, to, escaped);
	free(escaped);
	return must_obey(play, text);
}

static int
do_rings(struct play *play, const struct stmt *stmt)
{
	const char *to = choose_number(play, stmt);

	if (to == NULL || need_gateway(play) == -1)
		return -1;
	return must_obey(play, sim_ask(&play->sim, SIM_MS, "call %s %s", stmt->phone, to));
}

/* "ok FROM TEXT" or "error FROM TEXT": the text, its escapes taken out; the caller's. */
static char *
text_of(const char *answer)
{
	for (int word = 0; word < 2; word++) {
		answer += strcspn(answer, " ");
		answer += *answer == ' ';
	}
	return sim_unescape(answer);
}

static int
judge_sms(
	struct play *play, const struct stmt *stmt, const struct wanted *wanted, const char *answer)
{
	char *text;

	if (answer == NULL || strncmp(answer, "ok ", 3) != 0)
		return failed(play, xformat("an SMS that matches /%s/", wanted->name),
			xformat("none within %lld ms", (long long)stmt->ms));
	text = text_of(answer);
	if (wanted_matches(play, wanted, text)) {
		free(text);
		return 0;
	}
	return failed(play, xformat("an SMS that matches /%s/", wanted->name), shown(text));
}

static int
do_expect(struct play *play, const struct stmt *stmt)
{
	struct wanted wanted;
	char *answer;
	int result;

	if (need_gateway(play) == -1 || wanted_new(play, &stmt->regex, &wanted) == -1)
		return -1;
	answer = sim_ask(&play->sim, stmt->ms, "wait %s %lld", stmt->phone, (long long)stmt->ms);
	result = judge_sms(play, stmt, &wanted, answer);
	wanted_free(&wanted);
	free(answer);
	return result;
}

static int
do_silent(struct play *play, const struct stmt *stmt)
{
	char *answer, *expected;

	if (need_gateway(play) == -1)
		return -1;
	answer = sim_ask(&play->sim, stmt->ms, "quiet %s %lld", stmt->phone, (long long)stmt->ms);
	if (answer != NULL && strcmp(answer, "ok") == 0) {
		free(answer);
		return 0;
	}
	expected = xformat("no SMS for %lld ms", (long long)stmt->ms);
	if (answer == NULL)
		return failed(play, expected, xstrdup("no answer from the simulator"));
	failed(play, expected, shown(text_of(answer)));
	free(answer);
	return -1;
}

static int
do_coverage(struct play *play, const struct stmt *stmt)
{
	const char *word = stmt->kind == STMT_ON ? "on" : "off";

	return must_obey(play, sim_ask(&play->sim, SIM_MS, "coverage %s %s", stmt->phone, word));
}

/* --- USSD -------------------------------------------------------------------------------- */

static int
do_session(struct play *play, const struct stmt *stmt)
{
	struct ussd *ussd = &find_phone(play, stmt->phone)->ussd;
	char *text = NULL, *error = NULL;
	int result;

	if (need_gateway(play) == -1)
		return -1;
	if (stmt->text != NULL && expand(play, stmt->text, &text) == -1)
		return -1;
	if (stmt->kind == STMT_DIALS)
		result = ussd_dial(ussd, play->listener, stmt->phone, text, &error);
	else if (stmt->kind == STMT_KEYS)
		result = ussd_keys(ussd, play->listener, stmt->phone, text, &error);
	else
		result = ussd_repeat(ussd, play->listener, stmt->phone, &error);
	free(text);
	return result == 0 ? 0 : failed(play, xstrdup("a screen"), error);
}

static int
do_sees(struct play *play, const struct stmt *stmt)
{
	const struct ussd *ussd = &find_phone(play, stmt->phone)->ussd;

	if (ussd->screen == NULL)
		return failed(play, xstrdup("a screen"), xstrdup("none"));
	return must_match(play, &stmt->regex, "a screen", ussd->screen);
}

static int
do_hangs(struct play *play, const struct stmt *stmt)
{
	ussd_hang_up(&find_phone(play, stmt->phone)->ussd);
	return 0;
}

/* --- commands and SQL -------------------------------------------------------------------- */

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

/* Tries until it holds, for RETRY_MS; the last failure stands. */
static int
try_for_a_while(struct play *play, const struct attempt *attempt)
{
	int64_t deadline = now_ms() + RETRY_MS;

	for (;;) {
		struct output output;
		int64_t next;
		int result;

		run_command(play, attempt->argv, attempt->env, &output);
		result = attempt->judge(play, attempt, &output);
		output_free(&output);
		next = now_ms() + PAUSE_MS;
		if (result == 0 || next > deadline)
			return result;
		while (now_ms() < next)
			if (proc_wait_fd(-1, 0, next) == PROC_TROUBLE)
				return -1;
	}
}

static bool
exited_with(const struct output *output, int status)
{
	return WIFEXITED(output->status) && WEXITSTATUS(output->status) == status;
}

static int
wrong_exit(struct play *play, const struct output *output, int status)
{
	char *both = shown(xformat("%s%s", output->out, output->err));
	char *got = xformat("%s, %s", proc_status_text(output->status), both);

	free(both);
	return failed(play, xformat("exit %d", status), got);
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
		result = failed(play, xformat("an output that matches /%s/", attempt->wanted->name),
			shown(both));
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
		return failed(play, shown(xstrdup(attempt->value)), shown(xstrdup(output->out)));
	if (attempt->wanted != NULL && !wanted_matches(play, attempt->wanted, output->out))
		return failed(play, xformat("a result that matches /%s/", attempt->wanted->name),
			shown(xstrdup(output->out)));
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
		return try_for_a_while(play, attempt);
	if (wanted_new(play, &attempt->stmt->regex, &wanted) == -1)
		return -1;
	matching.wanted = &wanted;
	result = try_for_a_while(play, &matching);
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
		if (expand(play, words[i], &out[i]) == -1) {
			free_words(out);
			return NULL;
		}
	}
	return out;
}

static int
do_run(struct play *play, const struct stmt *stmt)
{
	char **words = expand_words(play, stmt->words);
	char *config = xformat("BARAZA_CONF=%s", play->config);
	const char *const env[] = { play->stage->path, config, NULL };
	struct attempt attempt = { .stmt = stmt, .env = env, .judge = judge_run };
	int result = -1;

	if (words != NULL) {
		offer_gateway(play, stmt);
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

static int
do_sql(struct play *play, const struct stmt *stmt)
{
	char *statement, *value = NULL;
	int result = -1;

	if (expand(play, stmt->text, &statement) == -1)
		return -1;
	if (stmt->value == NULL || expand(play, stmt->value, &value) == 0) {
		offer_gateway(play, stmt);
		result = run_sql(play, stmt, statement, value);
	}
	free(statement);
	free(value);
	return result;
}

/* --- city time, files, HTTP -------------------------------------------------------------- */

static int
do_clock(struct play *play, const struct stmt *stmt)
{
	static const int64_t day = INT64_C(24) * 60 * 60 * 1000;
	char *statement = xformat("UPDATE city_clock SET offset_ = offset_ + "
				  "interval '%lld days %lld milliseconds'; NOTIFY baraza_clock",
		(long long)(stmt->ms / day), (long long)(stmt->ms % day));
	char *error = NULL;
	int result = cluster_exec(&play->stage->cluster, play->name, statement, &error);

	free(statement);
	return result == 0 ? 0 : failed(play, xstrdup("the city's clock to move"), error);
}

static int
do_file(struct play *play, const struct stmt *stmt)
{
	char *path = xformat("%s/%s", play->files, stmt->text);
	char *body = vars_expand_known(play->vars, stmt->body);
	int result = make_parents(path);

	if (result == 0)
		result = write_file(path, body, strlen(body));
	free(path);
	free(body);
	return result == 0 ? 0 : failed(play, xstrdup("a file"), xstrdup(strerror(errno)));
}

/* What a body is, by its first character: the grammar has no place to say it. */
static const char *
content_type(const char *body)
{
	switch (*body) {
	case '{':
	case '[':
		return "application/json";
	case '<':
		return "application/xml";
	default:
		return "application/x-www-form-urlencoded";
	}
}

static int
judge_http(struct play *play, const struct stmt *stmt, const struct http_answer *answer)
{
	if (answer->status != stmt->status) {
		char *body = shown(xstrdup(answer->body));

		failed(play, xformat("status %d", stmt->status),
			xformat("status %d, %s", answer->status, body));
		free(body);
		return -1;
	}
	if (stmt->regex.text == NULL)
		return 0;
	return must_match(play, &stmt->regex, "an answer", answer->body);
}

static int
request(struct play *play, const struct stmt *stmt, const char *path, const char *body)
{
	struct http_answer answer;
	char *error = NULL;
	int result;

	result = http_request(play->listener, path, body != NULL ? content_type(body) : NULL, body,
		body != NULL ? strlen(body) : 0, HTTP_MS, &answer, &error);
	if (result == -1)
		return failed(play, xformat("status %d", stmt->status), error);
	result = judge_http(play, stmt, &answer);
	free(answer.body);
	return result;
}

static int
do_http(struct play *play, const struct stmt *stmt)
{
	char *path, *body = NULL;
	int result = -1;

	if (need_gateway(play) == -1 || expand(play, stmt->text, &path) == -1)
		return -1;
	if (stmt->body == NULL || expand(play, stmt->body, &body) == 0)
		result = request(play, stmt, path, body);
	free(path);
	free(body);
	return result;
}

/* --- faults ------------------------------------------------------------------------------ */

static int
do_kill(struct play *play, const struct stmt *stmt)
{
	if (need_gateway(play) == -1)
		return -1;
	switch (stmt->target) {
	case TARGET_GATEWAY:
		gateway_kill(&play->gateway);
		return 0;
	case TARGET_DATABASE:
		cluster_kill(&play->stage->cluster);
		return 0;
	case TARGET_WORKER:
		break;
	}
	if (gateway_kill_worker(&play->gateway, stmt->modem, RETRY_MS) == 0)
		return 0;
	return failed(play, xformat("a worker for %s", stmt->modem), xstrdup("none"));
}

static int
do_start(struct play *play, const struct stmt *stmt)
{
	if (stmt->target == TARGET_DATABASE) {
		if (cluster_restart(&play->stage->cluster) == 0)
			return 0;
		return failed(play, xstrdup("PostgreSQL to start"), xstrdup("see its log"));
	}
	if (play->gateway.state == GATEWAY_KILLED)
		play->gateway.state = GATEWAY_NEW;
	return need_gateway(play);
}

/* Which modems are there matters to a phone that may choose. */
static void
note_plug(struct play *play, const struct stmt *stmt)
{
	unsigned long number = strtoul(stmt->modem + 1, NULL, 10);

	if (number < 1 || number > 2)
		return;
	if (strcmp(stmt->text, "unplug") == 0)
		play->unplugged[number - 1] = true;
	else if (strcmp(stmt->text, "plug") == 0 || strcmp(stmt->text, "well") == 0)
		play->unplugged[number - 1] = false;
}

static int
do_fault(struct play *play, const struct stmt *stmt)
{
	note_plug(play, stmt);
	return must_obey(play, sim_ask(&play->sim, SIM_MS, "fault %s %s", stmt->modem, stmt->text));
}

static int
do_config(struct play *play, const struct stmt *stmt)
{
	char *error = NULL;

	if (play->gateway.state != GATEWAY_NEW)
		return failed(
			play, xstrdup("config before the gateway starts"), xstrdup("one after it"));
	if (settings_set(play->settings, stmt->text, stmt->value, &error) == 0)
		return 0;
	return failed(play, xstrdup("a setting and its value"), error);
}

/* --- a whole scenario -------------------------------------------------------------------- */

static int
do_stmt(struct play *play, const struct stmt *stmt)
{
	static int (*const doing[])(struct play * play, const struct stmt *stmt) = {
		[STMT_SEND] = do_send,
		[STMT_EXPECT] = do_expect,
		[STMT_SILENT] = do_silent,
		[STMT_RINGS] = do_rings,
		[STMT_OFF] = do_coverage,
		[STMT_ON] = do_coverage,
		[STMT_DIALS] = do_session,
		[STMT_SEES] = do_sees,
		[STMT_KEYS] = do_session,
		[STMT_REPEATS] = do_session,
		[STMT_HANGS] = do_hangs,
		[STMT_CLOCK] = do_clock,
		[STMT_FILE] = do_file,
		[STMT_RUN] = do_run,
		[STMT_SQL] = do_sql,
		[STMT_HTTP] = do_http,
		[STMT_KILL] = do_kill,
		[STMT_START] = do_start,
		[STMT_FAULT] = do_fault,
		[STMT_CONFIG] = do_config,
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
			result = failed(play, xstrdup("all to keep running"), xstrdup("else"));
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

	play->name = xformat("s%u", number);
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
	if (sim_start(&play->sim, stage->simulator_program, dir, MODEMS, play->simulator_log) == -1)
		result = failed(play, xstrdup("a simulator that starts"),
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
	return failed(play, xstrdup("the gateway to end well at SIGTERM"),
		xstrdup(proc_status_text(play->gateway.proc.status)));
}

static void
tear_down(struct play *play)
{
	sim_stop(&play->sim);
	proc_kill_orphans(NULL);
	proc_forget_trouble();
	if (play->stage->cluster.proc.running)
		cluster_drop(&play->stage->cluster, play->name);
	remove_tree(play->dir);
	close(play->gateway_log);
	close(play->simulator_log);
	settings_free(play->settings);
	vars_free(play->vars);
	free_phones(play->phones);
	free(play->name);
	free(play->dir);
	free(play->files);
	free(play->config);
	free(play->listener);
	free(play->expected);
	free(play->got);
}

/* --- reports ----------------------------------------------------------------------------- */

static void
print_failure(const struct play *play, unsigned line, const char *source)
{
	const struct scenario *scenario = play->scenario;
	const char *trouble = proc_trouble();

	printf("FAIL %s %s:%u: %s: expected %s, got %s%s%s\n", scenario->name, scenario->path, line,
		source, play->expected, play->got, trouble != NULL ? "; " : "",
		trouble != NULL ? trouble : "");
}

static void
print_tail(const char *label, const char *text)
{
	const char *start = text + strlen(text);

	for (int lines = 0; start > text; start--)
		if (start[-1] == '\n' && lines++ == TAIL_LINES)
			break;
	while (*start != '\0') {
		size_t len = strcspn(start, "\n");

		printf("  %s| %.*s\n", label, (int)len, start);
		start += len;
		start += *start == '\n';
	}
}

/* Keeps one log, from an offset on, in the folder kept; shows its end when label is not NULL. */
static void
keep_log(const char *kept, const char *name, int fd, off_t from, const char *label)
{
	size_t len = 0;
	char *text = read_fd(fd, OUTPUT_MAX, &len);
	char *path = xformat("%s/%s", kept, name);

	if (text != NULL && (size_t)from <= len) {
		if (write_file(path, text + from, len - (size_t)from) == -1)
			fprintf(stderr, "run-scenario: %s: %s\n", path, strerror(errno));
		if (label != NULL)
			print_tail(label, text + from);
	}
	free(path);
	free(text);
}

static void
keep_config(const struct play *play, const char *kept)
{
	char *path = xformat("%s/baraza.cfg", kept);
	size_t len = 0;
	char *text = read_file(play->config, OUTPUT_MAX, &len);

	if (text != NULL)
		write_file(path, text, len);
	free(text);
	free(path);
}

static void
keep_logs(const struct play *play)
{
	char *kept = xformat("%s/test-logs/%s/", play->stage->build, play->scenario->name);

	if (make_parents(kept) == -1)
		fprintf(stderr, "run-scenario: %s: %s\n", kept, strerror(errno));
	keep_log(kept, "gateway.log", play->gateway_log, 0, "gateway");
	keep_log(kept, "simulator.log", play->simulator_log, 0, "simulator");
	keep_log(kept, "database.log", play->stage->cluster_log, play->database_log, NULL);
	keep_config(play, kept);
	printf("  logs: %s\n", kept);
	free(kept);
}

/* Plays it all: true when nothing failed, else the failure is printed. */
static bool
play_all(struct play *play)
{
	const struct stmt *stmt = NULL;
	size_t count = play->scenario->count;

	if (set_up_parts(play) == -1) {
		print_failure(play, 1, "the start");
		return false;
	}
	stmt = do_stmts(play);
	if (proc_stop_signal() != 0)
		return false;
	if (stmt != NULL) {
		print_failure(play, stmt->line, stmt->source);
		end_gateway(play);
		return false;
	}
	if (end_gateway(play) == 0)
		return true;
	print_failure(play, count > 0 ? play->scenario->stmts[count - 1].line : 1, "the end");
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
		keep_logs(&play);
		result = PLAY_FAILED;
	}
	fflush(stdout);
	proc_kill(&play.gateway.proc);
	tear_down(&play);
	return result;
}
