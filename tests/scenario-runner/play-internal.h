/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * play-internal: what the files that play a scenario share.
 *
 *	play.c            a whole scenario: which function does which statement, beginning, end
 *	play-phones.c     SMS, calls, coverage, USSD
 *	play-modems.c     faults, and which SIM is in which modem
 *	play-processes.c  the gateway, its settings, its workers, the database: started, killed
 *	play-commands.c   run, sql, file, clock
 *	play-http.c       http
 *	play-wanted.c     what a statement wanted and got; variables and patterns
 *	play-report.c     what is told of a failure
 *
 * A statement's function returns 0, or -1 after play_failed().
 */
#ifndef RUNNER_PLAY_INTERNAL_H
#define RUNNER_PLAY_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "gateway.h"
#include "sim.h"

enum {
	PLAY_MODEMS = 2,
	RETRY_MS = 30000, /* sql, run and http GET are tried again for so long */
	SIM_MS = 5000,
	OUTPUT_MAX = 16 << 20,
	SHOWN_MAX = 1000, /* bytes of a text in a report */
};

struct pattern;
struct phone;
struct regex_source;
struct scenario;
struct settings;
struct stage;
struct stmt;
struct vars;

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
	bool unplugged[PLAY_MODEMS];
	struct gateway gateway;
	struct vars *vars;
	struct phone *phones;
	size_t last_config; /* the place behind the last config statement */
	char *expected, *got;
};

/* --- what was wanted --- */

/* Says what a statement expected and got; both are taken over. A later call replaces an earlier.
 * Returns -1. */
int play_failed(struct play *play, char *expected, char *got);
/* text as it is shown in a report, quoted; frees text. */
char *play_shown(char *text);
/* A text with its variables filled in; the caller's. */
int play_expand(struct play *play, const char *text, char **out);

/* A statement's pattern with the variables that it names, ready to match. */
struct wanted {
	struct pattern *pattern;
	char *name;
};

int wanted_new(struct play *play, const struct regex_source *regex, struct wanted *wanted);
void wanted_free(struct wanted *wanted);
bool wanted_matches(struct play *play, const struct wanted *wanted, const char *subject);
/* Matches what came, once: what names it in a report. */
int play_match(
	struct play *play, const struct regex_source *regex, const char *what, const char *text);

/* --- processes, modems, phones --- */

/* Before what needs a gateway.  One that the scenario killed stays so. */
int play_need_gateway(struct play *play);
/*
 * Before run and sql, which may look at what a gateway does, but may as well need none: behind the
 * last config statement it is started, and if it does not start, that is no failure yet.
 */
void play_offer_gateway(struct play *play, const struct stmt *stmt);
/* An order to the simulator, which must answer ok; takes the answer over. */
int play_obey(struct play *play, char *answer);
/* The number of the SIM that is in a modem now; the caller's. NULL: there is none. */
char *play_number_of(struct play *play, const char *modem);
void play_free_phones(struct phone *phone);

/* --- statements --- */

int play_send(struct play *play, const struct stmt *stmt);
int play_expect(struct play *play, const struct stmt *stmt);
int play_silent(struct play *play, const struct stmt *stmt);
int play_rings(struct play *play, const struct stmt *stmt);
int play_coverage(struct play *play, const struct stmt *stmt);
int play_session(struct play *play, const struct stmt *stmt);
int play_sees(struct play *play, const struct stmt *stmt);
int play_hangs(struct play *play, const struct stmt *stmt);
int play_clock(struct play *play, const struct stmt *stmt);
int play_file(struct play *play, const struct stmt *stmt);
int play_run(struct play *play, const struct stmt *stmt);
int play_sql(struct play *play, const struct stmt *stmt);
int play_http(struct play *play, const struct stmt *stmt);
int play_kill(struct play *play, const struct stmt *stmt);
int play_start(struct play *play, const struct stmt *stmt);
int play_fault(struct play *play, const struct stmt *stmt);
int play_config(struct play *play, const struct stmt *stmt);

/* --- reports --- */

void play_print_failure(const struct play *play, unsigned line, const char *source);
/* Shows the ends of the logs, and keeps them whole. */
void play_keep_logs(const struct play *play);

/* Tries until it holds (0), for RETRY_MS; the last failure stands. */
int play_try_for_a_while(
	struct play *play, int (*try)(struct play *play, const void *arg), const void *arg);

#endif
