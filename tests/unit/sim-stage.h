/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim-stage.h - a whole simulator in the test's process, with a program on its modem m1: what the
 * simulator's tests play on.  Everything waits for what comes, at most for ten seconds.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include "simulator/call.h"
#include "simulator/card.h"
#include "simulator/command.h"
#include "simulator/delivery.h"
#include "simulator/modem.h"
#include "simulator/phone.h"
#include "simulator/sim.h"
#include "simulator/ussd.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdarg.h>
#include <termios.h>

#define STAGE_TEXT 65536

struct stage {
	char dir[64];
	struct event_base *base;
	struct sim sim;
	struct modem *m; /* m1 */
	int fd;          /* the program's side of its line */
	struct event *readable;
	char got[STAGE_TEXT];
	size_t len;
	struct listener listener;
	char events[STAGE_TEXT];
	bool over; /* ten seconds have passed */
};

static inline void
stage_read_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stage *s = arg;
	ssize_t n = read(fd, s->got + s->len, sizeof(s->got) - 1 - s->len);

	(void)what;
	if (n <= 0) {
		event_del(s->readable);
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		if (s->got[s->len + (size_t)i] == '\0')
			s->got[s->len + (size_t)i] = '?';
	s->len += (size_t)n;
	s->got[s->len] = '\0';
}

static inline void
stage_over_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stage *s = arg;

	(void)fd;
	(void)what;
	s->over = true;
}

static inline void
stage_event(void *arg, const char *line)
{
	struct stage *s = arg;
	size_t at = strlen(s->events);

	snprintf(s->events + at, sizeof(s->events) - at, "%s\n", line);
}

/* Opens the line of m1. */
static inline void
stage_connect(struct stage *s)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/dev/%s", s->dir, s->m->tty.name);
	s->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	REQUIRE(s->fd != -1);
	s->readable = event_new(s->base, s->fd, EV_READ | EV_PERSIST, stage_read_cb, s);
	event_add(s->readable, NULL);
}

static inline void
stage_disconnect(struct stage *s)
{
	event_free(s->readable);
	close(s->fd);
	s->fd = -1;
}

static inline void
stage_open(struct stage *s, unsigned modems)
{
	struct sim_options o = { .modems = modems, .capacity = 5, .sr_capacity = 3 };
	const char *what;

	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/sim-stage-XXXXXX");
	REQUIRE(mkdtemp(s->dir) != NULL);
	o.dir = s->dir;
	s->base = event_base_new();
	REQUIRE(sim_open(&s->sim, s->base, &o, &what) == 0);
	s->m = s->sim.modems[0];
	s->listener = (struct listener){ .tell = stage_event, .arg = s };
	events_listen(&s->sim.net.listeners, &s->listener);
	stage_connect(s);
}

static inline void
stage_close(struct stage *s)
{
	char command[128];

	stage_disconnect(s);
	sim_close(&s->sim);
	event_base_free(s->base);
	snprintf(command, sizeof(command), "rm -rf '%s'", s->dir);
	CHECK_INT(system(command), 0);
}

/* Runs what is due now, and nothing more. */
static inline void
stage_settle(struct stage *s)
{
	for (int i = 0; i < 5; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
}

/* Runs the loop until `text` has come on the line, or an event with it; then REQUIREs that. */
static inline bool
stage_until(struct stage *s, const char *in, const char *text)
{
	struct timeval ten = { 10, 0 };
	struct event *limit = evtimer_new(s->base, stage_over_cb, s);

	s->over = false;
	evtimer_add(limit, &ten);
	while (strstr(in, text) == NULL && !s->over)
		event_base_loop(s->base, EVLOOP_ONCE);
	event_free(limit);
	if (s->over)
		printf("  waited for \"%s\", there is \"%s\"\n", text, in);
	return !s->over;
}

/* Writes all; the modem reads meanwhile, for a line holds less than a long text. */
static inline void
stage_write(struct stage *s, const char *text)
{
	size_t len = strlen(text);

	for (int turns = 0; len > 0 && turns < 10000; turns++) {
		ssize_t part = write(s->fd, text, len);

		if (part > 0) {
			text += part;
			len -= (size_t)part;
		} else {
			REQUIRE(errno == EAGAIN);
			event_base_loop(s->base, EVLOOP_ONCE);
		}
	}
	REQUIRE(len == 0);
}

/* Forgets what has come. */
static inline void
stage_forget(struct stage *s)
{
	s->len = 0;
	s->got[0] = '\0';
}

/* Writes, and runs the loop until the modem has read all of it. */
static inline void
stage_write_through(struct stage *s, const char *text)
{
	unsigned long all = s->m->octets + strlen(text);

	stage_write(s, text);
	while (s->m->octets < all)
		event_base_loop(s->base, EVLOOP_ONCE);
	stage_settle(s);
}

/* The end of the first final result in what came, or NULL. */
static inline char *
stage_final(char *text)
{
	static const char *const finals[] = { "\r\nOK\r\n", "\r\nERROR\r\n", "\r\nNO CARRIER\r\n",
		"+CMS ERROR:", "+CME ERROR:" };
	char *first = NULL;

	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		char *at = strstr(text, finals[i]);

		if (at == NULL)
			continue;
		at = strstr(at + 2, "\r\n");
		if (at != NULL && (first == NULL || at < first))
			first = at;
	}
	return first != NULL ? first + 2 : NULL;
}

/* Waits for a command's final result; returns all up to it, lines separated by `|`. */
static inline const char *
stage_answer(struct stage *s)
{
	static char out[STAGE_TEXT];
	struct timeval ten = { 10, 0 };
	struct event *limit = evtimer_new(s->base, stage_over_cb, s);
	size_t n = 0;
	char *end;

	s->over = false;
	evtimer_add(limit, &ten);
	while ((end = stage_final(s->got)) == NULL && !s->over)
		event_base_loop(s->base, EVLOOP_ONCE);
	event_free(limit);
	if (end == NULL)
		return "(nothing)";
	for (const char *c = s->got; c < end; c++) {
		if (*c == '\n' || *c == '\0')
			continue;
		if (*c != '\r')
			out[n++] = *c;
		else if (n > 0 && out[n - 1] != '|')
			out[n++] = '|';
	}
	while (n > 0 && out[n - 1] == '|')
		n--;
	out[n] = '\0';
	s->len -= (size_t)(end - s->got);
	memmove(s->got, end, s->len + 1);
	return out;
}

/* A command and its answer, without echo once ATE0 is said. */
static inline const char *
at(struct stage *s, const char *command)
{
	stage_write(s, command);
	stage_write(s, "\r");
	return stage_answer(s);
}

/* Sends a PDU of `tpdu` octets; returns the answer behind the prompt. */
static inline const char *
at_send(struct stage *s, unsigned tpdu, const char *hex)
{
	char command[32];

	snprintf(command, sizeof(command), "AT+CMGS=%u\r", tpdu);
	stage_write(s, command);
	if (!stage_until(s, s->got, "> "))
		return "(no prompt)";
	stage_forget(s);
	stage_write(s, hex);
	stage_write(s, "\x1a");
	return stage_answer(s);
}

/* An SMS from the network to m1. */
static inline void
stage_sms(struct stage *s, const char *from, const char *text)
{
	const char *why = "";

	if (network_text(&s->sim.net, from, s->m->card, text, &why) == -1) {
		printf("  %s\n", why);
		REQUIRE(!"the network refused it");
	}
}

static inline const char *
stage_taken(struct stage *s, const char *number)
{
	const struct sms *sms = phone_take(network_phone(&s->sim.net, number));

	return sms != NULL ? sms->text : "(none)";
}

/* `set m1 NAME VALUE` and `fault m1 NAME ARGS`, as on the control socket. */
static inline void
stage_set(struct stage *s, const char *name, const char *value)
{
	char copy[256];
	const char *wrong;

	snprintf(copy, sizeof(copy), "%s", value);
	wrong = setting_set(&s->sim, s->m, name, copy);
	if (wrong != NULL)
		printf("  set %s %s: %s\n", name, value, wrong);
	REQUIRE(wrong == NULL);
}

static inline void
stage_fault(struct stage *s, const char *name, const char *args)
{
	const char *wrong = fault_set(&s->sim, s->m, name, args);

	if (wrong != NULL)
		printf("  fault %s %s: %s\n", name, args, wrong);
	REQUIRE(wrong == NULL);
}

/* "Test" to +250788000001, 17 octets; with a report asked for; and valid for 5 minutes only. */
#define PDU_TEST "0001000C91527088000010000004D4F29C0E"
#define PDU_REPORT "0021000C91527088000010000004D4F29C0E"
#define PDU_SHORT_LIVED "0031000C9152708800001000000004D4F29C0E"

#endif
