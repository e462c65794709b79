/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define PROMPT "> "
#define ERASE_LINE "\r\033[K"

enum { CTRL_D = 0x04, CTRL_H = 0x08, CTRL_U = 0x15, CTRL_W = 0x17, ESC = 0x1B, DEL = 0x7F };

static struct termios usual; /* what a signal restores */
static volatile sig_atomic_t changed;

static void
restore(void)
{
	if (changed)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &usual);
	changed = 0;
}

static void
restore_and_die(int sig)
{
	restore();
	signal(sig, SIG_DFL);
	raise(sig);
}

void
line_open(struct line *l)
{
	struct termios t;

	*l = (struct line){ .edits = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) };
	if (!l->edits || tcgetattr(STDIN_FILENO, &usual) == -1) {
		l->edits = false;
		return;
	}
	t = usual;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	signal(SIGINT, restore_and_die);
	signal(SIGTERM, restore_and_die);
	signal(SIGHUP, restore_and_die);
	changed = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

void
line_close(struct line *l)
{
	if (l->edits)
		fputs(ERASE_LINE, stdout);
	fflush(stdout);
	restore();
}

/* Where the last `columns` characters of what is typed begin, each taken as one column wide. */
static size_t
tail(const struct line *l, unsigned columns)
{
	size_t at = l->len;

	while (at > 0 && columns > 0)
		if (((unsigned char)l->typed[--at] & 0xC0) != 0x80)
			columns--;
	return at;
}

/* A line that is longer than the screen is wide shows its end, so that it can be erased again. */
void
line_prompt(const struct line *l)
{
	struct winsize size = { .ws_col = 0 };
	size_t from;

	if (!l->edits)
		return;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	from = tail(l, size.ws_col > 10 ? size.ws_col - 3U : 77U);
	printf(ERASE_LINE PROMPT "%.*s", (int)(l->len - from), l->typed + from);
	fflush(stdout);
}

void
line_print(struct line *l, const char *format, ...)
{
	va_list args;

	if (l->edits)
		fputs(ERASE_LINE, stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	line_prompt(l);
}

/* --- editing ---------------------------------------------------------------------------------- */

/* Takes off the last character, which may be several octets. */
static void
take_off(struct line *l)
{
	while (l->len > 0 && ((unsigned char)l->typed[l->len - 1] & 0xC0) == 0x80)
		l->len--;
	if (l->len > 0)
		l->len--;
}

static void
take_off_word(struct line *l)
{
	while (l->len > 0 && l->typed[l->len - 1] == ' ')
		l->len--;
	while (l->len > 0 && l->typed[l->len - 1] != ' ')
		l->len--;
}

static void
whole_line(struct line *l, void (*each)(void *arg, const char *line), void *arg)
{
	char line[LINE_SIZE];

	memcpy(line, l->typed, l->len);
	line[l->len] = '\0';
	l->len = 0;
	if (l->edits)
		printf(ERASE_LINE);
	each(arg, line);
}

/* An arrow or another key that sends an escape sequence does nothing; *state is where in it. */
static bool
in_escape(int *state, unsigned char c)
{
	if (*state == 0 && c == ESC)
		*state = 1;
	else if (*state == 1)
		*state = c == '[' || c == 'O' ? 2 : 3;
	else if (*state == 2 && c >= 0x40 && c <= 0x7E)
		*state = 3;
	return *state != 0;
}

static void
edit(struct line *l, unsigned char c, void (*each)(void *arg, const char *line), void *arg)
{
	if (c == '\n' || c == '\r')
		whole_line(l, each, arg);
	else if (l->edits && (c == DEL || c == CTRL_H))
		take_off(l);
	else if (l->edits && c == CTRL_U)
		l->len = 0;
	else if (l->edits && c == CTRL_W)
		take_off_word(l);
	else if (l->edits && c == CTRL_D)
		l->ended = l->len == 0;
	else if ((c >= 0x20 || c == '\t') && l->len < LINE_SIZE - 1)
		l->typed[l->len++] = (char)c;
}

void
line_read(struct line *l, void (*each)(void *arg, const char *line), void *arg)
{
	static int state;
	char buf[1024];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		l->ended = true;
		if (l->len > 0)
			whole_line(l, each, arg);
		return;
	}
	for (ssize_t i = 0; i < n && !l->ended; i++) {
		unsigned char c = (unsigned char)buf[i];

		if (l->edits && in_escape(&state, c)) {
			if (state == 3)
				state = 0;
			continue;
		}
		edit(l, c, each, arg);
	}
	line_prompt(l);
}
