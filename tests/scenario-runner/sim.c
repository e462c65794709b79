/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util.h"

enum { START_MS = 30000, STOP_MS = 5000, SLACK_MS = 5000, LINE_MAX_BYTES = 1 << 20 };

static int
sim_connect(struct sim *sim)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int len = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control", sim->dir);

	if (len < 0 || (size_t)len >= sizeof(addr.sun_path))
		die("%s: too long for a socket", sim->dir);
	sim->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sim->fd == -1)
		die("socket: %s", strerror(errno));
	return connect(sim->fd, (struct sockaddr *)&addr, sizeof(addr));
}

int
sim_start(struct sim *sim, const char *program, const char *dir, unsigned modems, int log)
{
	char *count = xformat("%u", modems);
	const char *const argv[] = { program, "run", "--dir", dir, "--modems", count, NULL };
	const struct proc_spec spec = { .argv = argv, .out = log, .err = log };
	int ready;

	*sim = (struct sim){ .dir = xstrdup(dir), .fd = -1, .unread = xstrdup("") };
	sim->proc.name = "simulator";
	sim->proc.needed = true;
	ready = proc_start_ready(&sim->proc, &spec, START_MS);
	free(count);
	return ready == -1 ? -1 : sim_connect(sim);
}

void
sim_stop(struct sim *sim)
{
	if (sim->fd != -1)
		close(sim->fd);
	sim->fd = -1;
	proc_stop(&sim->proc, STOP_MS);
	free(sim->dir);
	free(sim->unread);
	sim->dir = sim->unread = NULL;
}

/* --- lines ------------------------------------------------------------------------------- */

static int
send_line(struct sim *sim, const char *line)
{
	size_t len = strlen(line);

	while (len > 0) {
		ssize_t part = send(sim->fd, line, len, MSG_NOSIGNAL);

		if (part == -1 && errno == EINTR)
			continue;
		if (part == -1)
			return -1;
		line += part;
		len -= (size_t)part;
	}
	return 0;
}

/* Takes a whole line out of what was read, without its line feed; NULL when there is none. */
static char *
take_line(struct sim *sim)
{
	char *feed = strchr(sim->unread, '\n'), *line, *rest;

	if (feed == NULL)
		return NULL;
	line = xstrndup(sim->unread, (size_t)(feed - sim->unread));
	rest = xstrdup(feed + 1);
	free(sim->unread);
	sim->unread = rest;
	return line;
}

/* Reads what is there; -1 at its end. */
static int
read_more(struct sim *sim)
{
	char part[4096];
	ssize_t got = recv(sim->fd, part, sizeof(part) - 1, MSG_DONTWAIT);
	size_t had = strlen(sim->unread);

	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0 || had > LINE_MAX_BYTES)
		return -1;
	part[got] = '\0';
	sim->unread = xrealloc(sim->unread, had + (size_t)got + 1);
	strcpy(sim->unread + had, part);
	return 0;
}

static char *
read_line(struct sim *sim, int64_t deadline)
{
	char *line;

	while ((line = take_line(sim)) == NULL)
		if (proc_wait_fd(sim->fd, POLLIN, deadline) != PROC_READY || read_more(sim) == -1)
			return NULL;
	return line;
}

char *
sim_ask(struct sim *sim, int64_t ms, const char *fmt, ...)
{
	char *command, *line;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&command, fmt, args);
	va_end(args);
	if (len < 0)
		die("out of memory");
	line = xformat("%s\n", command);
	free(command);
	len = send_line(sim, line);
	free(line);
	return len == -1 ? NULL : read_line(sim, now_ms() + ms + SLACK_MS);
}

/* --- escapes: \n \r \\ ------------------------------------------------------------------- */

char *
sim_escape(const char *text)
{
	char *out = xcalloc(strlen(text) + 1, 2), *at = out;

	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r' || *text == '\\')
			*at++ = '\\';
		*at++ = *text == '\n' ? 'n' : *text == '\r' ? 'r' : *text;
	}
	return out;
}

char *
sim_unescape(const char *text)
{
	char *out = xcalloc(strlen(text) + 1, 1), *at = out;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0') {
			text++;
			*at++ = *text == 'n' ? '\n' : *text == 'r' ? '\r' : *text;
		} else {
			*at++ = *text;
		}
	}
	return out;
}
