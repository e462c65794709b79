/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem.h"

#include "at.h"
#include "call.h"
#include "card.h"
#include "memory.h"
#include "network.h"
#include "ussd.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CTRL_Z 0x1A
#define ESC 0x1B
#define BACKSPACE 0x08
#define OUT_MAX (4U << 20)  /* what a program that does not read may leave */
#define UNSOLICITED_MAX 64U /* lines kept while +CNMI's mode is 0 or a prompt is open */
#define ME_PLACES 100

static void feed(struct modem *m);

bool
modem_mute(const struct modem *m)
{
	return m->fault.silent || m->fault.hung;
}

/* --- output ----------------------------------------------------------------------------------- */

static void
flush(struct modem *m)
{
	while (modem_plugged(m) && evbuffer_get_length(m->out) > 0) {
		struct evbuffer_iovec piece;
		long n;

		if (evbuffer_peek(m->out, -1, NULL, &piece, 1) < 1)
			break;
		n = tty_write(&m->tty, piece.iov_base, piece.iov_len);
		if (n == 0)
			break;
		evbuffer_drain(m->out, (size_t)n);
	}
}

void
modem_raw(struct modem *m, const void *bytes, size_t n)
{
	if (modem_plugged(m) && evbuffer_get_length(m->out) < OUT_MAX)
		evbuffer_add(m->out, bytes, n);
	flush(m);
}

static void
flush_unsolicited(struct modem *m)
{
	if (m->unsolicited_lines == 0)
		return;
	m->unsolicited_lines = 0;
	evbuffer_add_buffer(m->out, m->unsolicited);
	flush(m);
}

/* Adds a line to those that nobody asked for, and sends it when no answer is being made. */
static void
tell(struct modem *m, struct evbuffer *line)
{
	bool waits = m->running || m->line == LINE_PROMPT;

	if (!modem_plugged(m) || modem_mute(m) || m->unsolicited_lines >= UNSOLICITED_MAX)
		return;
	evbuffer_add(m->unsolicited, "\r\n", 2);
	evbuffer_add_buffer(m->unsolicited, line);
	evbuffer_add(m->unsolicited, "\r\n", 2);
	m->unsolicited_lines++;
	if (!waits)
		flush_unsolicited(m);
}

void
modem_tell(struct modem *m, const char *format, ...)
{
	struct evbuffer *line = evbuffer_new();
	va_list args;

	va_start(args, format);
	evbuffer_add_vprintf(line, format, args);
	va_end(args);
	tell(m, line);
	evbuffer_free(line);
}

void
modem_tell_octets(struct modem *m, const void *octets, size_t n)
{
	struct evbuffer *line = evbuffer_new();

	evbuffer_add(line, octets, n);
	tell(m, line);
	evbuffer_free(line);
}

void
modem_say(struct modem *m, const char *format, ...)
{
	va_list args;

	if (evbuffer_get_length(m->answer) == 0)
		evbuffer_add(m->answer, "\r\n", 2);
	va_start(args, format);
	evbuffer_add_vprintf(m->answer, format, args);
	va_end(args);
	evbuffer_add(m->answer, "\r\n", 2);
}

/* --- results ---------------------------------------------------------------------------------- */

static const char *
cme_words(int code)
{
	switch (code) {
	case CME_NOT_ALLOWED:
		return "operation not allowed";
	case CME_NOT_SUPPORTED:
		return "operation not supported";
	case CME_NO_SIM:
		return "SIM not inserted";
	case CME_PIN:
		return "SIM PIN required";
	case CME_PUK:
		return "SIM PUK required";
	case CME_SIM_FAILURE:
		return "SIM failure";
	case CME_WRONG:
		return "incorrect password";
	case CME_NO_NETWORK:
		return "no network service";
	default:
		return "unknown";
	}
}

static void
say_final(struct modem *m, int result)
{
	if (result >= AT_CMS)
		evbuffer_add_printf(m->answer, "\r\n+CMS ERROR: %d\r\n", result - AT_CMS);
	else if (result > 0 && m->set.cmee == 1)
		evbuffer_add_printf(m->answer, "\r\n+CME ERROR: %d\r\n", result);
	else if (result > 0 && m->set.cmee == 2)
		evbuffer_add_printf(m->answer, "\r\n+CME ERROR: %s\r\n", cme_words(result));
	else if (m->set.verbose)
		evbuffer_add_printf(m->answer, "\r\n%s\r\n",
			result == AT_OK                   ? "OK"
				: result == AT_NO_CARRIER ? "NO CARRIER"
							  : "ERROR");
	else
		evbuffer_add_printf(m->answer, "%d\r",
			result == AT_OK                   ? 0
				: result == AT_NO_CARRIER ? 3
							  : 4);
}

/* A few octets that depend on how much was said before: the same run gives the same garbage. */
static void
add_garbage(struct modem *m)
{
	uint64_t x = (m->answers + 1) * UINT64_C(0x9E3779B97F4A7C15);
	uint8_t octets[8];

	for (size_t i = 0; i < sizeof(octets); i++) {
		x ^= x >> 29;
		x *= UINT64_C(0xBF58476D1CE4E5B9);
		octets[i] = (uint8_t)(x >> 56);
	}
	evbuffer_add(m->out, octets, 1 + octets[0] % sizeof(octets));
}

static void
say_chatter(struct modem *m)
{
	if (m->profile.chatter_line[0] != '\0')
		evbuffer_add_printf(m->out, "\r\n%s\r\n", m->profile.chatter_line);
}

/* Puts the finished answer on the line, with what the faults and the make do to it. */
static void
emit_answer(struct modem *m)
{
	size_t n = evbuffer_get_length(m->answer);

	m->answers++;
	if (evbuffer_get_length(m->out) >= OUT_MAX) {
		evbuffer_drain(m->answer, n);
		return;
	}
	if (m->profile.chatter == CHATTER_BETWEEN && m->answers % 4 == 0)
		say_chatter(m);
	if (m->fault.garbage && m->answers % 3 == 0)
		add_garbage(m);
	if (m->fault.hung || m->fault.truncate_left > 0) {
		if (!m->fault.hung)
			m->fault.truncate_left--;
		evbuffer_remove_buffer(m->answer, m->out, n / 2);
		evbuffer_drain(m->answer, n - n / 2);
	}
	evbuffer_add_buffer(m->out, m->answer);
	if (m->fault.garbage && m->answers % 2 == 0)
		add_garbage(m);
}

static void
finish(struct modem *m, int result)
{
	m->running = false;
	if (result == AT_BUSY) {
		m->line = LINE_BUSY;
		return;
	}
	if (result == AT_PROMPT) {
		m->line = LINE_PROMPT;
		m->command_len = 0;
		m->too_long = false;
		modem_raw(m, "\r\n> ", 4);
		return;
	}
	m->line = LINE_COMMAND;
	if (m->profile.chatter == CHATTER_INSIDE && m->answers % 4 == 3 &&
		m->profile.chatter_line[0] != '\0')
		modem_say(m, "%s", m->profile.chatter_line);
	if (m->set.quiet)
		evbuffer_drain(m->answer, evbuffer_get_length(m->answer));
	else
		say_final(m, result);
	emit_answer(m);
	flush(m);
	flush_unsolicited(m);
}

void
modem_finish(struct modem *m, int result)
{
	finish(m, result);
	feed(m);
}

/* --- input ------------------------------------------------------------------------------------ */

static bool
hangs_now(const struct modem *m)
{
	size_t n = strlen(m->fault.hang);

	return n > 0 && strncasecmp(m->command, m->fault.hang, n) == 0;
}

/* Whether a fault answers this line in its place; asked once for each line. */
static bool
is_blanked(struct modem *m)
{
	if (m->fault.blank_left == 0 ||
		strncasecmp(m->command, m->fault.blank, strlen(m->fault.blank)) != 0)
		return false;
	m->fault.blank_left--;
	return true;
}

/* Whether more was typed than the line holds; asked once for each line. */
static bool
was_too_long(struct modem *m)
{
	bool was = m->too_long;

	m->too_long = false;
	return was;
}

static void
run_command(struct modem *m)
{
	m->commands++;
	m->running = true;
	m->fault.hung = hangs_now(m);
	if (was_too_long(m))
		finish(m, AT_ERROR);
	else
		finish(m, is_blanked(m) ? AT_OK : at_line(m, m->command));
}

static void
run_data(struct modem *m)
{
	m->running = true;
	if (was_too_long(m))
		m->command[0] = '\0';
	finish(m, at_prompt_data(m, m->command));
}

static void
later_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modem *m = arg;

	(void)fd;
	(void)what;
	m->later(m);
}

void
modem_later(struct modem *m, unsigned ms, void (*what)(struct modem *m))
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000L };

	m->line = LINE_BUSY;
	m->later = what;
	evtimer_add(m->timer, &tv);
}

static void
run_command_late(struct modem *m)
{
	run_command(m);
	feed(m);
}

/* A command line has ended.  What does not begin with AT is noise and gets no answer (V.250). */
static void
command_ended(struct modem *m)
{
	char *start = m->command + strspn(m->command, " \t");

	m->command[m->command_len] = '\0';
	m->command_len = 0;
	if (strncasecmp(start, "AT", 2) != 0) {
		m->too_long = false;
		return;
	}
	memmove(m->command, start, strlen(start) + 1);
	if (m->latency_ms > 0)
		modem_later(m, m->latency_ms, run_command_late);
	else
		run_command(m);
}

static void
keep_octet(struct modem *m, char c)
{
	if (c == BACKSPACE) {
		if (m->command_len > 0)
			m->command_len--;
	} else if (m->command_len < COMMAND_MAX) {
		m->command[m->command_len++] = c;
	} else {
		m->too_long = true;
	}
}

static void
command_octet(struct modem *m, char c)
{
	if (m->set.echo)
		evbuffer_add(m->out, &c, 1);
	if (c == '\r')
		command_ended(m);
	else if (c != '\n' && c != ESC && c != '\0')
		keep_octet(m, c);
}

static void
prompt_octet(struct modem *m, char c)
{
	if (m->set.echo && m->profile.echo_data && c != CTRL_Z && c != ESC)
		evbuffer_add(m->out, &c, 1);
	if (c == CTRL_Z) {
		m->command[m->command_len] = '\0';
		m->command_len = 0;
		run_data(m);
	} else if (c == ESC) {
		m->command_len = 0;
		m->too_long = false;
		finish(m, AT_OK);
	} else {
		keep_octet(m, c);
	}
}

/* Does what has come in, until a command takes time. */
static void
feed(struct modem *m)
{
	while (m->in_at < m->in_len && m->line != LINE_BUSY) {
		char c = m->in[m->in_at++];

		if (m->line == LINE_PROMPT)
			prompt_octet(m, c);
		else
			command_octet(m, c);
	}
	if (m->in_at == m->in_len)
		m->in_at = m->in_len = 0;
	flush(m);
}

static void
input_cb(void *arg, const char *bytes, unsigned long n)
{
	struct modem *m = arg;

	m->octets += n;
	if (modem_mute(m))
		return;
	if (m->in_at > 0) {
		m->in_len -= m->in_at;
		memmove(m->in, m->in + m->in_at, m->in_len);
		m->in_at = 0;
	}
	if (n > INPUT_MAX - m->in_len)
		n = INPUT_MAX - m->in_len;
	memcpy(m->in + m->in_len, bytes, n);
	m->in_len += n;
	if (n > 0 && ussd_break(m)) /* what breaks a command off is no command (V.250, 5.6.1) */
		m->in_at = m->in_len;
	feed(m);
}

static void
drained_cb(void *arg)
{
	flush(arg);
}

static void
closed_cb(void *arg)
{
	struct modem *m = arg;

	evbuffer_drain(m->out, evbuffer_get_length(m->out));
}

/* --- life ------------------------------------------------------------------------------------- */

bool
modem_plugged(const struct modem *m)
{
	return m->tty.name[0] != '\0';
}

int
modem_registration(const struct modem *m)
{
	if (m->card == NULL || m->card->lock != CARD_READY)
		return 0;
	return m->fault.no_network ? 2 : m->registration;
}

bool
modem_on_air(const struct modem *m)
{
	int stat = modem_registration(m);

	return modem_plugged(m) && (stat == 1 || stat == 5);
}

static void
forget_settings(struct modem *m)
{
	m->set = (struct settings){ .echo = true,
		.verbose = true,
		.cmgf = m->profile.text_mode,
		.mem = { MEMORY_SM, MEMORY_SM, m->profile.receives } };
}

static void
forget_doing(struct modem *m)
{
	modem_acked(m, false);
	call_end(m, "gone");
	ussd_free(m);
	evtimer_del(m->timer);
	evbuffer_drain(m->answer, evbuffer_get_length(m->answer));
	evbuffer_drain(m->out, evbuffer_get_length(m->out));
	evbuffer_drain(m->unsolicited, evbuffer_get_length(m->unsolicited));
	m->unsolicited_lines = 0;
	m->in_at = m->in_len = m->command_len = 0;
	m->too_long = m->running = m->fault.hung = false;
	m->line = LINE_COMMAND;
}

void
modem_restart(struct modem *m)
{
	forget_doing(m);
	forget_settings(m);
	if (m->card != NULL) {
		card_reset(m->card);
		network_pump(m->card);
	}
}

int
modem_plug(struct modem *m, struct ports *ports, const char *name)
{
	if (modem_plugged(m)) {
		errno = EBUSY;
		return -1;
	}
	if (tty_plug(&m->tty, ports, name) == -1)
		return -1;
	modem_restart(m);
	events_tell(&m->net->listeners, "plugged %s %s", m->name, m->tty.name);
	return 0;
}

void
modem_unplug(struct modem *m)
{
	if (!modem_plugged(m))
		return;
	forget_doing(m);
	events_tell(&m->net->listeners, "unplugged %s %s", m->name, m->tty.name);
	tty_unplug(&m->tty);
}

void
modem_insert(struct modem *m, struct card *card)
{
	if (m->card != NULL)
		m->card->modem = NULL;
	forget_doing(m);
	m->card = card;
	if (card != NULL)
		card->modem = m;
	modem_restart(m);
}

struct modem *
modem_new(const char *name, struct network *net, const struct profile *profile)
{
	struct modem *m = memory_zeroed(1, sizeof(*m));

	snprintf(m->name, sizeof(m->name), "%s", name);
	m->net = net;
	m->profile = *profile;
	m->tty = (struct tty){ .master = -1,
		.slave = -1,
		.watch = -1,
		.input = input_cb,
		.drained = drained_cb,
		.closed = closed_cb,
		.arg = m };
	m->registration = 1;
	m->signal = 18;
	strcpy(m->operator_name, "Baraza");
	m->ring_limit_ms = 30000;
	m->ack_ms = 15000;
	m->timer = evtimer_new(net->base, later_cb, m);
	m->ack_timer = evtimer_new(net->base, modem_ack_over_cb, m);
	m->answer = evbuffer_new();
	m->out = evbuffer_new();
	m->unsolicited = evbuffer_new();
	storage_init(&m->me, ME_PLACES);
	forget_settings(m);
	return m;
}

void
modem_free(struct modem *m)
{
	if (m == NULL)
		return;
	modem_unplug(m);
	forget_doing(m);
	if (m->card != NULL)
		m->card->modem = NULL;
	free(m->unacked);
	event_free(m->timer);
	event_free(m->ack_timer);
	evbuffer_free(m->answer);
	evbuffer_free(m->out);
	evbuffer_free(m->unsolicited);
	storage_free(&m->me);
	free(m);
}
