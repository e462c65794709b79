/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web.h"

#include "aggregator.h"
#include "call.h"
#include "card.h"
#include "delivery.h"
#include "json.h"
#include "memory.h"
#include "modem.h"
#include "phone.h"
#include "sim.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>

#define FORM_MAX 65536

/* --- answers ---------------------------------------------------------------------------------- */

static void
reply_json(struct evhttp_request *req, int status, struct evbuffer *body)
{
	evhttp_add_header(
		evhttp_request_get_output_headers(req), "Content-Type", "application/json");
	evhttp_send_reply(req, status, NULL, body);
	evbuffer_free(body);
}

static void
reply_ok(struct evhttp_request *req)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add_printf(body, "{\"ok\":true}");
	reply_json(req, HTTP_OK, body);
}

static void
reply_error(struct evhttp_request *req, const char *why)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add_printf(body, "{\"error\":");
	json_string(body, why);
	evbuffer_add_printf(body, "}");
	reply_json(req, HTTP_BADREQUEST, body);
}

static void
add_sms(struct evbuffer *out, const struct sms *sms)
{
	evbuffer_add_printf(out,
		"{\"id\":%llu,\"when\":%lld,\"sent\":%s,\"peer\":", (unsigned long long)sms->id,
		(long long)sms->when, sms->sent ? "true" : "false");
	json_string(out, sms->peer);
	evbuffer_add_printf(out, ",\"text\":");
	json_string(out, sms->text);
	evbuffer_add_printf(out, "}");
}

/* --- what a page begins with ------------------------------------------------------------------ */

static void
add_modems(struct evbuffer *out, const struct sim *sim)
{
	bool first = true;

	for (unsigned i = 0; i < sim->n_modems; i++) {
		const struct modem *m = sim->modems[i];

		if (m->card == NULL)
			continue;
		evbuffer_add_printf(out, "%s{\"name\":", first ? "" : ",");
		json_string(out, m->name);
		evbuffer_add_printf(out, ",\"number\":");
		json_string(out, m->card->number);
		evbuffer_add_printf(out, "}");
		first = false;
	}
}

static void
get_state(struct sim *sim, struct evhttp_request *req, struct phone *phone)
{
	struct evbuffer *out = evbuffer_new();
	const struct sms *sms;
	bool first = true;

	evbuffer_add_printf(out, "{\"number\":");
	json_string(out, phone->number);
	evbuffer_add_printf(out, ",\"on\":%s,\"ussd\":%s,\"modems\":[",
		phone->off ? "false" : "true", sim->aggregator != NULL ? "true" : "false");
	add_modems(out, sim);
	evbuffer_add_printf(out, "],\"messages\":[");
	for (sms = TAILQ_FIRST(&phone->box); sms != NULL; sms = TAILQ_NEXT(sms, next)) {
		evbuffer_add_printf(out, "%s", first ? "" : ",");
		add_sms(out, sms);
		first = false;
	}
	evbuffer_add_printf(out, "]}");
	reply_json(req, HTTP_OK, out);
}

/* --- the stream of events --------------------------------------------------------------------- */

/* A request under way, whose connection the browser has closed, has become ours. */
static void
free_orphan(struct evhttp_request *req)
{
	if (evhttp_request_get_connection(req) == NULL)
		evhttp_request_free(req);
}

struct stream {
	struct watcher watcher;
	struct evhttp_request *req;
};

static void
stream_send(struct stream *s, const char *event, struct evbuffer *data)
{
	struct evbuffer *chunk = evbuffer_new();

	evbuffer_add_printf(chunk, "event: %s\ndata: ", event);
	evbuffer_add_buffer(chunk, data);
	evbuffer_add_printf(chunk, "\n\n");
	evhttp_send_reply_chunk(s->req, chunk);
	evbuffer_free(chunk);
	evbuffer_free(data);
}

static void
stream_sms(void *arg, const struct sms *sms)
{
	struct evbuffer *data = evbuffer_new();

	add_sms(data, sms);
	stream_send(arg, "sms", data);
}

static void
stream_note(void *arg, const char *note)
{
	struct evbuffer *data = evbuffer_new();

	json_string(data, note);
	stream_send(arg, "note", data);
}

static void
stream_closed_cb(struct evhttp_connection *conn, void *arg)
{
	struct stream *s = arg;

	(void)conn;
	LIST_REMOVE(&s->watcher, next);
	free_orphan(s->req);
	free(s);
}

static void
get_stream(struct evhttp_request *req, struct phone *phone)
{
	struct stream *s = memory_zeroed(1, sizeof(*s));
	struct evbuffer *hello = evbuffer_new();

	s->req = req;
	s->watcher = (struct watcher){ .tell = stream_sms, .note = stream_note, .arg = s };
	LIST_INSERT_HEAD(&phone->watchers, &s->watcher, next);
	evhttp_connection_set_closecb(evhttp_request_get_connection(req), stream_closed_cb, s);
	evhttp_add_header(
		evhttp_request_get_output_headers(req), "Content-Type", "text/event-stream");
	evhttp_send_reply_start(req, HTTP_OK, "OK");
	evbuffer_add_printf(hello, "retry: 1000\n\n");
	evhttp_send_reply_chunk(req, hello);
	evbuffer_free(hello);
}

/* --- what a phone does ------------------------------------------------------------------------ */

static const char *
field(const struct evkeyvalq *form, const char *name)
{
	const char *value = evhttp_find_header(form, name);

	return value != NULL ? value : "";
}

static void
post_send(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	struct card *card = sim_card(sim, field(form, "to"));
	const char *why = NULL;

	if (card == NULL)
		reply_error(req, "No such number");
	else if (network_text(&sim->net, phone->number, card, field(form, "text"), &why) == -1)
		reply_error(req, why);
	else
		reply_ok(req);
}

static void
post_call(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	struct card *card = sim_card(sim, field(form, "to"));

	if (card == NULL) {
		reply_error(req, "No such number");
		return;
	}
	call_place(&sim->net, phone, card);
	reply_ok(req);
}

static void
post_hangup(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	(void)form;
	aggregator_hangup(phone);
	call_give_up(&sim->net, phone);
	reply_ok(req);
}

static void
post_coverage(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	delivery_coverage(&sim->net, phone, strcmp(field(form, "on"), "off") == 0);
	reply_ok(req);
}

static void
post_delete(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	(void)sim;
	if (phone_forget(phone, strtoull(field(form, "id"), NULL, 10)) == -1)
		reply_error(req, "No such message");
	else
		reply_ok(req);
}

/* Who waits for a screen; the connection may go meanwhile. */
struct screen_wait {
	struct evhttp_request *req;
	struct evhttp_connection *conn;
};

static void
screen_closed_cb(struct evhttp_connection *conn, void *arg)
{
	struct screen_wait *w = arg;

	(void)conn;
	free_orphan(w->req);
	w->req = NULL;
}

static void
screen_shown(void *arg, enum screen kind, const char *text)
{
	struct screen_wait *w = arg;
	struct evbuffer *out;

	if (w->req != NULL) {
		evhttp_connection_set_closecb(w->conn, NULL, NULL);
		out = evbuffer_new();
		evbuffer_add_printf(out, "{\"kind\":\"%s\",\"text\":",
			kind == SCREEN_MORE           ? "more"
				: kind == SCREEN_LAST ? "last"
						      : "failed");
		json_string(out, text);
		evbuffer_add_printf(out, "}");
		reply_json(w->req, HTTP_OK, out);
	}
	free(w);
}

static void
post_ussd(struct sim *sim, struct evhttp_request *req, struct phone *phone,
	const struct evkeyvalq *form)
{
	const char *code = field(form, "dial");
	struct screen_wait *w;

	if (sim->aggregator == NULL) {
		reply_error(req, "USSD is not available here");
		return;
	}
	w = memory_zeroed(1, sizeof(*w));
	w->req = req;
	w->conn = evhttp_request_get_connection(req);
	evhttp_connection_set_closecb(w->conn, screen_closed_cb, w);
	if (code[0] != '\0')
		aggregator_dial(sim->aggregator, phone, code, screen_shown, w);
	else
		aggregator_keys(sim->aggregator, phone, field(form, "keys"), screen_shown, w);
}

/* --- requests --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(struct sim *sim, struct evhttp_request *req, struct phone *phone,
		const struct evkeyvalq *form);
} posts[] = { { "send", post_send }, { "call", post_call }, { "hangup", post_hangup },
	{ "coverage", post_coverage }, { "delete", post_delete }, { "ussd", post_ussd } };

static void
answer_post(struct sim *sim, struct evhttp_request *req, const char *name)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(req);
	size_t len = evbuffer_get_length(body);
	struct evkeyvalq form;
	struct phone *phone;
	char *text;

	TAILQ_INIT(&form);
	text = memory_text_n(len > 0 ? (const char *)evbuffer_pullup(body, -1) : "", len);
	if (len > FORM_MAX || evhttp_parse_query_str(text, &form) == -1) {
		reply_error(req, "That is no form");
		free(text);
		return;
	}
	free(text);
	phone = network_phone(&sim->net, field(&form, "number"));
	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		if (strcmp(posts[i].name, name) != 0)
			continue;
		if (phone == NULL)
			reply_error(req, "That is no number");
		else
			posts[i].run(sim, req, phone, &form);
		evhttp_clear_headers(&form);
		return;
	}
	evhttp_clear_headers(&form);
	evhttp_send_error(req, HTTP_NOTFOUND, NULL);
}

static void
answer_get(struct sim *sim, struct evhttp_request *req, const char *name)
{
	const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req));
	struct evkeyvalq form;
	struct phone *phone;

	TAILQ_INIT(&form);
	if (query != NULL && evhttp_parse_query_str(query, &form) == -1) {
		reply_error(req, "That is no query");
		return;
	}
	phone = network_phone(&sim->net, field(&form, "number"));
	evhttp_clear_headers(&form);
	if (phone == NULL)
		reply_error(req, "That is no number");
	else if (strcmp(name, "state") == 0)
		get_state(sim, req, phone);
	else if (strcmp(name, "stream") == 0)
		get_stream(req, phone);
	else
		evhttp_send_error(req, HTTP_NOTFOUND, NULL);
}

void
web_answer(struct sim *sim, struct evhttp_request *req, const char *name, bool post)
{
	if (post)
		answer_post(sim, req, name);
	else
		answer_get(sim, req, name);
}
