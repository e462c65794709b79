/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include "aggregator.h"
#include "command.h"
#include "escape.h"
#include "events.h"
#include "memory.h"
#include "phone.h"
#include "sim.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_LIMIT (1U << 20)

struct client {
	LIST_ENTRY(client) next;
	struct control *control;
	struct bufferevent *bev;
	bool busy;    /* a command waits for its answer */
	bool working; /* inside next_lines() */
	bool gone;    /* to be freed when the work is done */
	struct waiter waiter;
	struct listener listener;
	struct watcher watcher;
	bool listens, watches;
	struct phone *screen_of; /* whose USSD screen it waits for, or NULL */
};

struct control {
	struct sim *sim;
	char *path;
	struct evconnlistener *listener;
	LIST_HEAD(clients, client) clients;
};

/* --- one client ------------------------------------------------------------------------------- */

static void
client_free(struct client *c)
{
	phone_unwait(&c->waiter);
	if (c->screen_of != NULL)
		aggregator_unwait(c->screen_of, c);
	if (c->listens)
		events_leave(&c->listener);
	if (c->watches)
		LIST_REMOVE(&c->watcher, next);
	LIST_REMOVE(c, next);
	bufferevent_free(c->bev);
	free(c);
}

/* Does the lines that have come, until one waits. */
static void
next_lines(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	char *line;

	if (c->working)
		return;
	c->working = true;
	while (!c->busy && !c->gone &&
		(line = evbuffer_readln(in, NULL, EVBUFFER_EOL_CRLF)) != NULL) {
		c->busy = true;
		command_run(c->control->sim, c, line);
		free(line);
	}
	c->working = false;
	if (evbuffer_get_length(in) > LINE_LIMIT)
		c->gone = true;
	if (c->gone)
		client_free(c);
}

/* Ends the answer's line, and goes on to the next command. */
static void
client_done_with(struct client *c)
{
	evbuffer_add(bufferevent_get_output(c->bev), "\n", 1);
	c->busy = false;
	next_lines(c);
}

static void
say(struct client *c, const char *first, const char *format, va_list args)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	evbuffer_add(out, first, strlen(first));
	evbuffer_add_vprintf(out, format, args);
	client_done_with(c);
}

void
client_done(struct client *c)
{
	evbuffer_add(bufferevent_get_output(c->bev), "ok", 2);
	client_done_with(c);
}

void
client_ok(struct client *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(c, "ok ", format, args);
	va_end(args);
}

void
client_error(struct client *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(c, "error ", format, args);
	va_end(args);
}

static void
event_line(void *arg, const char *line)
{
	struct client *c = arg;

	evbuffer_add_printf(bufferevent_get_output(c->bev), "%s\n", line);
}

void
client_events(struct client *c)
{
	if (!c->listens) {
		c->listens = true;
		c->listener = (struct listener){ .tell = event_line, .arg = c };
		events_listen(&c->control->sim->net.listeners, &c->listener);
	}
	client_done(c);
}

/* --- phones ----------------------------------------------------------------------------------- */

static void
waited(void *arg, const struct sms *sms)
{
	struct client *c = arg;
	char *text;

	if (sms == NULL) {
		if (c->waiter.takes)
			client_error(c, "none");
		else
			client_done(c);
		return;
	}
	text = escape_text(sms->text);
	if (c->waiter.takes)
		client_ok(c, "%s %s", sms->peer, text);
	else
		client_error(c, "%s %s", sms->peer, text);
	free(text);
}

void
client_wait(struct client *c, const char *number, unsigned ms, bool takes)
{
	struct phone *phone = network_phone(&c->control->sim->net, number);

	if (phone == NULL) {
		client_error(c, "'%s' is no number", number);
		return;
	}
	c->waiter = (struct waiter){ .takes = takes, .done = waited, .arg = c };
	phone_wait(phone, &c->waiter, c->control->sim->base, ms);
}

static void
watched(void *arg, const struct sms *sms)
{
	struct client *c = arg;
	char *text = escape_text(sms->text);

	evbuffer_add_printf(bufferevent_get_output(c->bev), "%s %lld %s %s\n",
		sms->sent ? "sent" : "sms", (long long)sms->when, sms->peer, text);
	free(text);
}

static void
noted(void *arg, const char *note)
{
	struct client *c = arg;

	evbuffer_add_printf(bufferevent_get_output(c->bev), "note %s\n", note);
}

void
client_watch(struct client *c, const char *number)
{
	struct phone *phone = network_phone(&c->control->sim->net, number);
	const struct sms *sms;

	if (phone == NULL || c->watches) {
		client_error(c, phone == NULL ? "'%s' is no number" : "watching already", number);
		return;
	}
	evbuffer_add_printf(bufferevent_get_output(c->bev), "ok %s\n", phone->number);
	while ((sms = phone_take(phone)) != NULL)
		watched(c, sms);
	c->watches = true;
	c->watcher = (struct watcher){ .tell = watched, .note = noted, .arg = c };
	LIST_INSERT_HEAD(&phone->watchers, &c->watcher, next);
	c->busy = false;
	next_lines(c);
}

static void
shown(void *arg, enum screen kind, const char *text)
{
	struct client *c = arg;
	char *line = escape_text(text);

	c->screen_of = NULL;
	if (kind == SCREEN_FAILED)
		client_error(c, "%s", line);
	else
		client_ok(c, "%s %s", kind == SCREEN_MORE ? "CON" : "END", line);
	free(line);
}

/* The phone, if it can have a USSD session; else NULL, and the client is answered. */
static struct phone *
ussd_phone(struct client *c, const char *number)
{
	struct sim *sim = c->control->sim;
	struct phone *phone = network_phone(&sim->net, number);

	if (phone == NULL)
		client_error(c, "'%s' is no number", number);
	else if (sim->aggregator == NULL)
		client_error(c, "USSD is not available here (run with --ussd-url)");
	return sim->aggregator != NULL ? phone : NULL;
}

void
client_dial(struct client *c, const char *number, const char *code)
{
	struct phone *phone = ussd_phone(c, number);

	if (phone == NULL)
		return;
	c->screen_of = phone;
	aggregator_dial(c->control->sim->aggregator, phone, code, shown, c);
}

void
client_keys(struct client *c, const char *number, const char *text)
{
	struct phone *phone = ussd_phone(c, number);

	if (phone == NULL)
		return;
	c->screen_of = phone;
	aggregator_keys(c->control->sim->aggregator, phone, text, shown, c);
}

void
client_quit(struct client *c)
{
	client_done(c);
	bufferevent_flush(c->bev, EV_WRITE, BEV_FINISHED);
	evbuffer_write(bufferevent_get_output(c->bev), bufferevent_getfd(c->bev));
	event_base_loopbreak(c->control->sim->base);
}

/* --- the socket ------------------------------------------------------------------------------- */

static void
read_cb(struct bufferevent *bev, void *arg)
{
	(void)bev;
	next_lines(arg);
}

static void
event_cb(struct bufferevent *bev, short what, void *arg)
{
	struct client *c = arg;

	(void)bev;
	(void)what;
	client_free(c);
}

static void
accept_cb(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int len, void *arg)
{
	struct control *control = arg;
	struct client *c = memory_zeroed(1, sizeof(*c));

	(void)l;
	(void)from;
	(void)len;
	c->control = control;
	c->bev = bufferevent_socket_new(control->sim->base, fd, BEV_OPT_CLOSE_ON_FREE);
	LIST_INSERT_HEAD(&control->clients, c, next);
	bufferevent_setcb(c->bev, read_cb, NULL, event_cb, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

bool
control_taken(const char *dir)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	bool answered;
	int fd;

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", dir) >=
		(int)sizeof(at.sun_path))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	answered = connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
	close(fd);
	return answered;
}

/* Binds beside its name and moves it there, so that who sees it can connect. */
static int
bind_and_listen(const char *path)
{
	struct sockaddr_un beside = { .sun_family = AF_UNIX };
	int fd;

	if (snprintf(beside.sun_path, sizeof(beside.sun_path), "%s.new", path) >=
		(int)sizeof(beside.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	unlink(beside.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (bind(fd, (const struct sockaddr *)&beside, sizeof(beside)) == -1 ||
		listen(fd, 64) == -1 || rename(beside.sun_path, path) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

struct control *
control_open(struct sim *sim, const char *dir)
{
	char *path = memory_format("%s/control", dir);
	int fd = bind_and_listen(path);
	struct control *c;

	if (fd == -1) {
		free(path);
		return NULL;
	}
	c = memory_zeroed(1, sizeof(*c));
	c->sim = sim;
	c->path = path;
	LIST_INIT(&c->clients);
	c->listener = evconnlistener_new(sim->base, accept_cb, c, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	return c;
}

void
control_close(struct control *c)
{
	struct client *client, *next;

	if (c == NULL)
		return;
	for (client = LIST_FIRST(&c->clients); client != NULL; client = next) {
		next = LIST_NEXT(client, next);
		client_free(client);
	}
	evconnlistener_free(c->listener);
	unlink(c->path);
	free(c->path);
	free(c);
}
