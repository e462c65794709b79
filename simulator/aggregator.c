/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aggregator.h"

#include "charset.h"
#include "memory.h"
#include "phone.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_SECONDS 5
#define SESSION_SECONDS 180
#define SCREEN_SEPTETS 182
#define SCREEN_UCS2 91
#define TYPED_MAX 182

struct aggregator {
	struct event_base *base;
	char *host, *path;
	int port;
	unsigned long sessions;
	LIST_HEAD(dialogs, dialog) dialogs;
	LIST_HEAD(steps, step) dead;
	struct event *reaper;
};

/* One connection.  libevent must not lose it in its own callback: it dies after the loop's turn. */
struct step {
	LIST_ENTRY(step) next;
	struct evhttp_connection *conn;
};

/* A session of a phone. */
struct dialog {
	LIST_ENTRY(dialog) next;
	struct aggregator *a;
	struct phone *phone;
	char id[48], code[64];
	struct evbuffer *history;      /* what was keyed, joined by stars */
	struct evhttp_request *asking; /* the request that is under way, or NULL */
	struct step *step;             /* its connection, or that of the last one */
	struct event *idle;
	screen_fn *done;
	void *arg;
};

static void
reap(struct aggregator *a)
{
	struct step *step;

	while ((step = LIST_FIRST(&a->dead)) != NULL) {
		LIST_REMOVE(step, next);
		evhttp_connection_free(step->conn);
		free(step);
	}
}

static void
reap_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	reap(arg);
}

/* Gives up the dialog's connection. */
static void
end_step(struct dialog *d)
{
	if (d->step == NULL)
		return;
	LIST_INSERT_HEAD(&d->a->dead, d->step, next);
	d->step = NULL;
	event_active(d->a->reaper, EV_TIMEOUT, 0);
}

struct aggregator *
aggregator_new(struct event_base *base, const char *url, const char **why)
{
	struct evhttp_uri *uri = evhttp_uri_parse(url);
	const char *scheme = uri != NULL ? evhttp_uri_get_scheme(uri) : NULL;
	const char *host = uri != NULL ? evhttp_uri_get_host(uri) : NULL;
	struct aggregator *a = NULL;

	if (scheme == NULL || strcasecmp(scheme, "http") != 0 || host == NULL || *host == '\0') {
		*why = "expected http://HOST[:PORT]/PATH";
	} else {
		const char *path = evhttp_uri_get_path(uri), *query = evhttp_uri_get_query(uri);

		a = memory_zeroed(1, sizeof(*a));
		a->base = base;
		a->host = memory_text(host);
		a->port = evhttp_uri_get_port(uri) > 0 ? evhttp_uri_get_port(uri) : 80;
		a->path = memory_format("%s%s%s", path[0] != '\0' ? path : "/",
			query != NULL ? "?" : "", query != NULL ? query : "");
		LIST_INIT(&a->dialogs);
		LIST_INIT(&a->dead);
		a->reaper = evtimer_new(base, reap_cb, a);
	}
	if (uri != NULL)
		evhttp_uri_free(uri);
	return a;
}

static void
dialog_free(struct dialog *d)
{
	d->phone->dialog = NULL;
	LIST_REMOVE(d, next);
	if (d->asking != NULL)
		evhttp_cancel_request(d->asking);
	end_step(d);
	event_free(d->idle);
	evbuffer_free(d->history);
	free(d);
}

/* Tells who waits, and ends the session unless there is more to come. */
static void
show(struct dialog *d, enum screen kind, const char *text)
{
	struct timeval idle = { SESSION_SECONDS, 0 };
	screen_fn *done = d->done;
	void *arg = d->arg;

	d->done = NULL;
	if (kind == SCREEN_MORE)
		evtimer_add(d->idle, &idle);
	else
		dialog_free(d);
	if (done != NULL)
		done(arg, kind, text);
}

void
aggregator_free(struct aggregator *a)
{
	struct dialog *d, *next;

	if (a == NULL)
		return;
	for (d = LIST_FIRST(&a->dialogs); d != NULL; d = next) {
		next = LIST_NEXT(d, next);
		show(d, SCREEN_FAILED, "the simulator ends");
	}
	reap(a);
	event_free(a->reaper);
	free(a->host);
	free(a->path);
	free(a);
}

void
aggregator_hangup(struct phone *p)
{
	if (p->dialog != NULL)
		show(p->dialog, SCREEN_FAILED, "hung up");
}

void
aggregator_unwait(struct phone *p, const void *arg)
{
	if (p->dialog != NULL && p->dialog->arg == arg)
		p->dialog->done = NULL;
}

int
aggregator_busy(const struct phone *p)
{
	return p->dialog != NULL;
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Whether one USSD string holds the text. */
static bool
fits_screen(const char *text)
{
	size_t len = strlen(text), septets = 0, units = 0;
	bool gsm = true;

	for (size_t at = 0; at < len;) {
		uint8_t codes[4];
		uint32_t cp;
		size_t n;

		at += utf8_get(text + at, len - at, &cp);
		n = gsm_from_unicode(cp, codes);
		gsm = gsm && n > 0;
		septets += n;
		units += ucs2_put(cp, codes) / 2;
	}
	return gsm ? septets <= SCREEN_SEPTETS : units <= SCREEN_UCS2;
}

static void
answered_cb(struct evhttp_request *req, void *arg)
{
	struct dialog *d = arg;
	struct evbuffer *body = req != NULL ? evhttp_request_get_input_buffer(req) : NULL;
	int status = req != NULL ? evhttp_request_get_response_code(req) : 0;
	size_t len = body != NULL ? evbuffer_get_length(body) : 0;
	char *text;

	d->asking = NULL;
	if (status == 0) {
		show(d, SCREEN_FAILED, "no answer");
		return;
	}
	text = memory_text_n(len > 0 ? (const char *)evbuffer_pullup(body, -1) : "", len);
	if (status != 200)
		show(d, SCREEN_FAILED, "the service answered with an error");
	else if (strncmp(text, "CON ", 4) != 0 && strncmp(text, "END ", 4) != 0)
		show(d, SCREEN_FAILED, "the answer begins neither with CON nor with END");
	else if (!fits_screen(text + 4))
		show(d, SCREEN_FAILED, "the answer is longer than a screen");
	else
		show(d, text[0] == 'C' ? SCREEN_MORE : SCREEN_LAST, text + 4);
	free(text);
}

static void
idle_cb(evutil_socket_t fd, short what, void *arg)
{
	struct dialog *d = arg;

	(void)fd;
	(void)what;
	phone_note(d->phone, "ussd over");
	dialog_free(d);
}

/* --- questions -------------------------------------------------------------------------------- */

static void
add_field(struct evbuffer *form, const char *name, const char *value)
{
	char *encoded = evhttp_uriencode(value, -1, 1);

	evbuffer_add_printf(form, "%s%s=%s", evbuffer_get_length(form) > 0 ? "&" : "", name,
		encoded != NULL ? encoded : "");
	free(encoded);
}

static void
fill_form(const struct dialog *d, struct evbuffer *form)
{
	size_t len = evbuffer_get_length(d->history);
	char *history = memory_zeroed(len + 1, 1);

	evbuffer_copyout(d->history, history, len);
	add_field(form, "sessionId", d->id);
	add_field(form, "phoneNumber", d->phone->number);
	add_field(form, "networkCode", "63510");
	add_field(form, "serviceCode", d->code);
	add_field(form, "text", history);
	free(history);
}

/* A connection for each step, as aggregators make them. */
static void
ask(struct dialog *d, screen_fn *done, void *arg)
{
	struct evhttp_request *req = evhttp_request_new(answered_cb, d);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req);

	d->done = done;
	d->arg = arg;
	evtimer_del(d->idle);
	end_step(d);
	d->step = memory_zeroed(1, sizeof(*d->step));
	d->step->conn =
		evhttp_connection_base_new(d->a->base, NULL, d->a->host, (ev_uint16_t)d->a->port);
	evhttp_connection_set_timeout(d->step->conn, ANSWER_SECONDS);
	evhttp_add_header(headers, "Host", d->a->host);
	evhttp_add_header(headers, "Connection", "close");
	evhttp_add_header(headers, "Content-Type", "application/x-www-form-urlencoded");
	fill_form(d, evhttp_request_get_output_buffer(req));
	d->asking = req;
	if (evhttp_make_request(d->step->conn, req, EVHTTP_REQ_POST, d->a->path) == -1) {
		d->asking = NULL;
		show(d, SCREEN_FAILED, "no connection");
	}
}

/* Splits `*384*147#` into the service `*384#` and what is keyed with it. */
static void
split_code(struct dialog *d, const char *code)
{
	const char *second = code[0] == '*' ? strchr(code + 1, '*') : NULL;
	size_t len = strlen(code);

	if (second == NULL || second[1] == '\0' || code[len - 1] != '#') {
		snprintf(d->code, sizeof(d->code), "%s", code);
		return;
	}
	snprintf(d->code, sizeof(d->code), "%.*s#", (int)(second - code), code);
	evbuffer_add(d->history, second + 1, len - 1 - (size_t)(second + 1 - code));
}

void
aggregator_dial(struct aggregator *a, struct phone *p, const char *code, screen_fn *done, void *arg)
{
	struct dialog *d;

	aggregator_hangup(p);
	if (strlen(code) > TYPED_MAX) {
		done(arg, SCREEN_FAILED, "the code is too long");
		return;
	}
	d = memory_zeroed(1, sizeof(*d));
	d->a = a;
	d->phone = p;
	d->history = evbuffer_new();
	d->idle = evtimer_new(a->base, idle_cb, d);
	snprintf(d->id, sizeof(d->id), "sim-%ld-%ld-%lu", (long)getpid(), (long)time(NULL),
		++a->sessions);
	split_code(d, code);
	p->dialog = d;
	LIST_INSERT_HEAD(&a->dialogs, d, next);
	ask(d, done, arg);
}

void
aggregator_keys(struct aggregator *a, struct phone *p, const char *text, screen_fn *done, void *arg)
{
	struct dialog *d = p->dialog;

	(void)a;
	if (d == NULL) {
		done(arg, SCREEN_FAILED, "no session is open");
	} else if (d->asking != NULL) {
		done(arg, SCREEN_FAILED, "the last screen is not there yet");
	} else {
		if (evbuffer_get_length(d->history) > 0)
			evbuffer_add(d->history, "*", 1);
		evbuffer_add(d->history, text, strlen(text));
		ask(d, done, arg);
	}
}
