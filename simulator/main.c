/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * baraza-sim - a GSM network for one machine: modems on ptys, phones that you can type on, and
 * faults on demand.  See docs/simulator.md.
 */
#include "control.h"
#include "http.h"
#include "link.h"
#include "notify.h"
#include "profile.h"
#include "sim.h"
#include "terminal.h"

#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BARAZA_VERSION
#define BARAZA_VERSION "0"
#endif

#define MODEMS_MAX 1000
#define PLACES_MAX 100000

static const char usage_text[] =
	"usage: baraza-sim run --dir DIR [--modems N] [options]\n"
	"       baraza-sim ctl DIR COMMAND...\n"
	"       baraza-sim phone NUMBER [--dir DIR] [--linger MS]\n"
	"\n"
	"run: a simulated network with N modems (default 1) on DIR/dev/ttySIM0 and so on,\n"
	"     driven through the socket DIR/control\n"
	"  --http ADDRESS:PORT   serve phones as web pages there\n"
	"  --profile NAME        the make of the modems: generic, huawei, quectel, simcom, zte, telit,\n"
	"                        option, plain\n"
	"  --capacity N          places for messages on a SIM (default 50)\n"
	"  --sr-capacity N       places for status reports (default 10)\n"
	"  --pin PIN             every SIM asks for this PIN\n"
	"  --ussd-url URL        where the phones' USSD goes (an aggregator's callback)\n"
	"ctl: sends one command to the simulator in DIR and prints the answer\n"
	"phone: a phone in the terminal, on the simulator in DIR (default: $BARAZA_SIM, var/sim);\n"
	"     at the end of a piped input it shows for MS more (default 3000) what comes\n"
	"\n"
	"Commands, settings and faults: docs/simulator.md\n";

static int
wrong_usage(void)
{
	fputs(usage_text, stderr);
	return 2;
}

static int
parse_count(const char *option, const char *value, unsigned max, unsigned *out)
{
	char *end;
	unsigned long v = strtoul(value, &end, 10);

	if (end == value || *end != '\0' || v < 1 || v > max) {
		fprintf(stderr, "baraza-sim: --%s: '%s' is no number from 1 to %u\n", option, value,
			max);
		return -1;
	}
	*out = (unsigned)v;
	return 0;
}

/* Fills o and *http; returns -1 after telling what is wrong. */
static int
parse_run(int argc, char **argv, struct sim_options *o, const char **http)
{
	static const struct option options[] = { { "dir", required_argument, NULL, 'd' },
		{ "modems", required_argument, NULL, 'm' },
		{ "http", required_argument, NULL, 'h' },
		{ "profile", required_argument, NULL, 'p' },
		{ "capacity", required_argument, NULL, 'c' },
		{ "sr-capacity", required_argument, NULL, 's' },
		{ "pin", required_argument, NULL, 'P' },
		{ "ussd-url", required_argument, NULL, 'u' }, { NULL, 0, NULL, 0 } };
	int c, bad = 0;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1 && bad == 0) {
		if (c == 'd')
			o->dir = optarg;
		else if (c == 'm')
			bad = parse_count("modems", optarg, MODEMS_MAX, &o->modems);
		else if (c == 'h')
			*http = optarg;
		else if (c == 'p')
			o->profile = optarg;
		else if (c == 'c')
			bad = parse_count("capacity", optarg, PLACES_MAX, &o->capacity);
		else if (c == 's')
			bad = parse_count("sr-capacity", optarg, PLACES_MAX, &o->sr_capacity);
		else if (c == 'P')
			o->pin = optarg;
		else if (c == 'u')
			o->ussd_url = optarg;
		else
			bad = -1;
	}
	if (bad == 0 && (o->dir == NULL || optind != argc))
		return wrong_usage(), -1;
	if (bad == 0 && profile_find(o->profile) == NULL) {
		fprintf(stderr, "baraza-sim: there is no profile '%s'\n", o->profile);
		return -1;
	}
	if (bad == 0 && o->pin != NULL &&
		(strlen(o->pin) < 4 || strlen(o->pin) > 8 ||
			strspn(o->pin, "0123456789") != strlen(o->pin))) {
		fprintf(stderr, "baraza-sim: --pin: a PIN has 4 to 8 digits\n");
		return -1;
	}
	return bad;
}

static void
stop_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

/* Serves until told to stop.  Returns an exit code. */
static int
serve(struct sim *sim, const char *dir, const char *http)
{
	struct event *term = evsignal_new(sim->base, SIGTERM, stop_cb, sim->base);
	struct event *interrupt = evsignal_new(sim->base, SIGINT, stop_cb, sim->base);
	struct http *web = http != NULL ? http_open(sim, http) : NULL;
	struct control *control = NULL;
	int code = 1;

	event_add(term, NULL);
	event_add(interrupt, NULL);
	if (http == NULL || web != NULL)
		control = control_open(sim, dir);
	if (control == NULL && (http == NULL || web != NULL)) {
		fprintf(stderr, "baraza-sim: %s/control: %s\n", dir, strerror(errno));
	} else if (control != NULL) {
		printf("ready %s/control\n", dir);
		fflush(stdout);
		notify_ready();
		code = event_base_dispatch(sim->base) == -1 ? 1 : 0;
	}
	control_close(control);
	http_close(web);
	event_free(term);
	event_free(interrupt);
	return code;
}

/* A loop whose timers are on time: else a send of 50 ms takes up to 55, by the kernel's coarse
 * clock. */
static struct event_base *
precise_loop(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	return base;
}

static int
command_run_simulator(int argc, char **argv)
{
	struct sim_options o = { .modems = 1, .capacity = 50, .sr_capacity = 10 };
	const char *http = NULL, *what;
	struct event_base *base;
	struct sim sim;
	int code = 1;

	if (parse_run(argc, argv, &o, &http) == -1)
		return 2;
	if (control_taken(o.dir)) {
		fprintf(stderr, "baraza-sim: %s: a simulator runs there already\n", o.dir);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	base = precise_loop();
	if (base == NULL) {
		fprintf(stderr, "baraza-sim: no event loop\n");
		return 1;
	}
	if (sim_open(&sim, base, &o, &what) == -1)
		fprintf(stderr, "baraza-sim: %s: %s: %s\n", o.dir, what, strerror(errno));
	else
		code = serve(&sim, o.dir, http);
	sim_close(&sim);
	event_base_free(base);
	return code;
}

/* phone NUMBER [--dir DIR] [--linger MS] */
static int
command_phone(int argc, char **argv)
{
	static const struct option options[] = { { "dir", required_argument, NULL, 'd' },
		{ "linger", required_argument, NULL, 'l' }, { NULL, 0, NULL, 0 } };
	const char *dir = getenv("BARAZA_SIM");
	unsigned linger = 3000;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'd')
			dir = optarg;
		else if (c != 'l' || parse_count("linger", optarg, 86400000, &linger) == -1)
			return 2;
	}
	if (optind + 1 != argc)
		return wrong_usage();
	return terminal_phone(dir != NULL ? dir : "var/sim", argv[optind], linger);
}

int
main(int argc, char **argv)
{
	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage_text, stdout);
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		printf("baraza-sim %s\n", BARAZA_VERSION);
		return 0;
	}
	if (argc >= 3 && strcmp(argv[2], "--help") == 0) {
		fputs(usage_text, stdout);
		return 0;
	}
	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		return command_run_simulator(argc - 1, argv + 1);
	if (argc >= 4 && strcmp(argv[1], "ctl") == 0)
		return link_ctl(argv[2], argc - 3, argv + 3);
	if (argc >= 3 && strcmp(argv[1], "phone") == 0)
		return command_phone(argc - 1, argv + 1);
	return wrong_usage();
}
