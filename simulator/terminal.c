/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terminal.h"

#include "escape.h"
#include "line.h"
#include "link.h"
#include "memory.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct terminal {
	struct line line;
	const char *number;
	char *to;     /* whom a text goes to: a number or a modem's name */
	FILE *watch;  /* what comes */
	FILE *ask;    /* commands and their answers */
	bool session; /* a USSD session is open */
	bool quits;
	int failed; /* how many things did not work */
};

static const char help[] =
	"What you type is sent as an SMS to the number that last wrote to you, or to the first modem.\n"
	"  /to NUMBER|MODEM   send to that one from now on\n"
	"  /call [NUMBER]     call and let it ring; /hangup gives up\n"
	"  /numbers           the modems' numbers\n"
	"  /off, /on          out of coverage, and back\n"
	"  *...#              USSD; while a session is open, what you type is its answer\n"
	"  /hangup            end the call or the session\n"
	"  //text             a text that begins with a slash\n"
	"  /quit              or Ctrl-D";

/* --- the simulator ---------------------------------------------------------------------------- */

/* Sends a command and returns its answer without the line feed, which the caller frees; or NULL. */
static char *
ask(struct terminal *t, const char *format, ...)
{
	char *line = NULL;
	size_t cap = 0;
	va_list args;

	va_start(args, format);
	vdprintf(fileno(t->ask), format, args);
	va_end(args);
	dprintf(fileno(t->ask), "\n");
	if (getline(&line, &cap, t->ask) <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* Tells what went wrong, if it did; frees the answer. */
static bool
went_well(struct terminal *t, char *answer)
{
	bool well = answer != NULL && strncmp(answer, "ok", 2) == 0;

	if (!well) {
		t->failed++;
		line_print(&t->line, "! %s",
			answer == NULL                              ? "the simulator is gone"
				: strncmp(answer, "error ", 6) == 0 ? answer + 6
								    : answer);
	}
	free(answer);
	return well;
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
set_to(struct terminal *t, const char *to)
{
	free(t->to);
	t->to = memory_text(to);
}

/* "WHEN PEER TEXT", the text escaped. */
static void
show_sms(struct terminal *t, char *rest)
{
	char *when = strsep(&rest, " "), *peer = strsep(&rest, " "), clock[16];
	time_t at = (time_t)strtoll(when, NULL, 10);
	struct tm tm;

	if (peer == NULL || rest == NULL || escape_undo(rest, 0) == -1)
		return;
	localtime_r(&at, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	line_print(&t->line, "%s %s: %s", clock, peer, rest);
	if (peer[0] == '+')
		set_to(t, peer);
}

static void
show_note(struct terminal *t, const char *note)
{
	if (strcmp(note, "call ringing") == 0)
		line_print(&t->line, "* it rings");
	else if (strcmp(note, "call hungup") == 0)
		line_print(&t->line, "* refused");
	else if (strncmp(note, "call ", 5) == 0)
		line_print(&t->line, "* %s", note + 5);
	else if (strncmp(note, "coverage ", 9) == 0)
		line_print(&t->line, "* coverage: %s", note + 9);
	else if (strcmp(note, "ussd over") == 0) {
		t->session = false;
		line_print(&t->line, "* the session is over");
	}
}

/* Shows one line of the watch; false when the simulator is gone. */
static bool
show_next(struct terminal *t)
{
	char *line = NULL;
	size_t cap = 0;
	bool there = getline(&line, &cap, t->watch) > 0;

	if (there) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "sms ", 4) == 0)
			show_sms(t, line + 4);
		else if (strncmp(line, "note ", 5) == 0)
			show_note(t, line + 5);
	}
	free(line);
	return there;
}

/* --- what is typed ---------------------------------------------------------------------------- */

static void
send_text(struct terminal *t, const char *text)
{
	char *escaped = escape_text(text);

	if (went_well(t, ask(t, "sms %s %s %s", t->number, t->to, escaped)) && t->line.edits)
		line_print(&t->line, "  to %s: %s", t->to, text);
	free(escaped);
}

/* A USSD screen, or why there is none. */
static void
show_screen(struct terminal *t, char *answer)
{
	t->session = answer != NULL && strncmp(answer, "ok CON ", 7) == 0;
	if (answer == NULL || strncmp(answer, "ok ", 3) != 0) {
		went_well(t, answer);
		return;
	}
	if (escape_undo(answer, 0) != -1)
		line_print(&t->line, "%s%s", answer + 7, t->session ? "" : "\n* end of session");
	free(answer);
}

static void
hang_up(struct terminal *t)
{
	t->session = false;
	went_well(t, ask(t, "hangup %s", t->number));
}

static void
show_numbers(struct terminal *t)
{
	char *answer = ask(t, "sims");

	if (answer != NULL && strncmp(answer, "ok ", 3) == 0)
		line_print(&t->line, "%s", answer + 3);
	free(answer);
}

static void
do_command(struct terminal *t, const char *line)
{
	size_t n = strcspn(line, " ");
	const char *rest = line + n + strspn(line + n, " ");

	if (strncmp(line, "/to", n) == 0 && n == 3 && *rest != '\0' && strchr(rest, ' ') == NULL)
		set_to(t, rest);
	else if (strncmp(line, "/call", n) == 0 && n == 5 && strchr(rest, ' ') == NULL)
		went_well(t, ask(t, "call %s %s", t->number, *rest != '\0' ? rest : t->to));
	else if (strcmp(line, "/hangup") == 0)
		hang_up(t);
	else if (strcmp(line, "/numbers") == 0)
		show_numbers(t);
	else if (strcmp(line, "/off") == 0 || strcmp(line, "/on") == 0)
		went_well(t, ask(t, "coverage %s %s", t->number, line + 1));
	else if (strcmp(line, "/quit") == 0)
		t->quits = true;
	else if (strcmp(line, "/help") == 0)
		line_print(&t->line, "%s", help);
	else
		line_print(
			&t->line, "! there is no '%.*s' of that form; /help tells", (int)n, line);
}

static void
typed(void *arg, const char *line)
{
	struct terminal *t = arg;
	size_t n = strlen(line);

	if (n == 0)
		return;
	if (line[0] == '/' && line[1] == '/')
		send_text(t, line + 1);
	else if (line[0] == '/')
		do_command(t, line);
	else if (t->session)
		show_screen(t, ask(t, "keys %s %s", t->number, line));
	else if (line[0] == '*' && line[n - 1] == '#')
		show_screen(t, ask(t, "dial %s %s", t->number, line));
	else
		send_text(t, line);
}

/* --- the loop --------------------------------------------------------------------------------- */

static long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* The watch is line by line: one poll, one line, so nothing hides in stdio's buffer. */
static int
loop(struct terminal *t, unsigned linger_ms)
{
	struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = fileno(t->watch), .events = POLLIN } };
	long end = -1;

	while (!t->quits) {
		int left = end == -1 ? -1 : (int)(end - now_ms());

		if (end != -1 && left <= 0)
			break;
		if (poll(fds, 2, left) == -1) {
			if (errno == EINTR)
				continue; /* what the last one said stands no more */
			return 1;
		}
		if ((fds[1].revents & (POLLIN | POLLHUP)) != 0 && !show_next(t)) {
			line_print(&t->line, "! the simulator has ended");
			return 1;
		}
		if ((fds[0].revents & (POLLIN | POLLHUP)) != 0)
			line_read(&t->line, typed, t);
		if (t->line.ended && end == -1) {
			end = now_ms() + linger_ms;
			fds[0].fd = -1;
			fds[0].revents = 0;
		}
	}
	return t->failed > 0 ? 1 : 0;
}

/* Opens one of the two links, unbuffered in reading so that poll() sees what there is. */
static FILE *
open_link(const char *dir)
{
	int fd = link_open(dir);
	FILE *io = fd != -1 ? fdopen(fd, "r") : NULL;

	if (io != NULL)
		setvbuf(io, NULL, _IONBF, 0);
	return io;
}

static int
start(struct terminal *t)
{
	char *answer = NULL, *sims;
	size_t cap = 0;

	dprintf(fileno(t->watch), "watch %s\n", t->number);
	if (getline(&answer, &cap, t->watch) <= 0 || strncmp(answer, "ok ", 3) != 0) {
		fprintf(stderr, "baraza-sim: %s: %s", t->number,
			answer != NULL ? answer : "no answer\n");
		free(answer);
		return -1;
	}
	free(answer);
	sims = ask(t, "sims");
	if (sims == NULL || strncmp(sims, "ok ", 3) != 0) {
		free(sims);
		return -1;
	}
	sims[3 + strcspn(sims + 3, "=")] = '\0';
	set_to(t, sims + 3);
	free(sims);
	if (t->line.edits)
		line_print(&t->line, "Phone %s. Type a text to send it to %s; /help tells more.",
			t->number, t->to);
	return 0;
}

int
terminal_phone(const char *dir, const char *number, unsigned linger_ms)
{
	struct terminal t = { .number = number };
	int code = 2;

	t.watch = open_link(dir);
	if (t.watch == NULL)
		return 2;
	t.ask = open_link(dir);
	if (t.ask != NULL) {
		line_open(&t.line);
		if (start(&t) == 0)
			code = loop(&t, t.line.edits ? 0 : linger_ms);
		line_close(&t.line);
		fclose(t.ask);
	}
	fclose(t.watch);
	free(t.to);
	return code;
}
