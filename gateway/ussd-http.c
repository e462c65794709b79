/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-http: POST /ussd/<way>/<secret>: who may, what is answered.
 *
 * 403: the way, the secret or the address is wrong; which of them is not said, and after ten of
 * those in a minute an address is answered no more, its connections are closed. 400: the
 * aggregator's side got something wrong, in words. Everything else is 200 with a screen, since only
 * a screen reaches the citizen.
 *
 * A right secret is heard from any address that may bring it, whatever others sent from there: what
 * shuts out who guesses must not shut out an aggregator behind the same proxy.
 */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "monotonic.h"
#include "net-range.h"
#include "ussd-room-internal.h"

#define PATH "/ussd/"
#define BODY_MAX (64 * 1024)
#define ADDRESS_MAX INET6_ADDRSTRLEN
#define CALLERS_MAX \
	256 /* addresses that are remembered: the one that was refused longest ago goes */
#define REFUSALS_MAX 10
#define LINES_MAX 30 /* a minute, about what somebody sends */
#define MINUTE_MS 60000

struct ussd_caller {
	char address[ADDRESS_MAX];
	int64_t since; /* its minute; ms of the machine's clock */
	unsigned refusals;
};

struct ussd_shut {
	TAILQ_ENTRY(ussd_shut) entry;
	struct evhttp_connection *connection;
};

size_t
ussd_body_max(const struct ussd *ussd)
{
	return ussd != NULL ? BODY_MAX : 0;
}

bool
ussd_may_log(struct ussd *ussd)
{
	int64_t minute = monotonic_ms() / MINUTE_MS;

	if (minute != ussd->minute) {
		ussd->minute = minute;
		ussd->lines = 0;
	}
	return ++ussd->lines <= LINES_MAX;
}

/* --- Answering --- */

static void
reply(struct evhttp_request *request, int status, const char *reason, const char *type,
	struct evbuffer *body)
{
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
	evhttp_send_reply(request, status, reason, body);
	evbuffer_free(body);
}

static struct evbuffer *
body_new(void)
{
	struct evbuffer *body = evbuffer_new();

	if (body == NULL)
		fatal("event=out_of_memory");
	return body;
}

/* To who runs the aggregator's side. */
static void
say(struct evhttp_request *request, int status, const char *reason, const char *words)
{
	struct evbuffer *body = body_new();

	evbuffer_add_printf(body, "%s\n", words);
	reply(request, status, reason, "text/plain; charset=utf-8", body);
}

static void
answer_screen(struct evhttp_request *request, const struct config_ussd *way, const char *screen,
	bool more)
{
	struct evbuffer *body = body_new();
	const char *type = ussd_adapter_find(way->adapter)->write(way, screen, more, body);

	metric_add(METRIC_USSD_SCREENS, 1);
	reply(request, HTTP_OK, "OK", type, body);
}

void
ussd_answer(struct ussd_step *step, const char *screen, bool more)
{
	const struct config_ussd *way = config_ussd_find(step->ussd->gateway->config, step->way);
	struct evhttp_request *request = step->http;

	evtimer_del(&step->deadline);
	step->http = NULL;
	if (request == NULL)
		return;
	if (way == NULL) /* the configuration was read anew meanwhile */
		say(request, HTTP_SERVUNAVAIL, "Service Unavailable", "this way is no more");
	else if (step->request.event == USSD_OVER)
		reply(request, HTTP_OK, "OK", "text/plain; charset=utf-8", body_new());
	else
		answer_screen(request, way, screen, more);
}

void
ussd_apologise(struct ussd_step *step, const char *key)
{
	char screen[USSD_SCREEN_BYTES_MAX];

	ussd_words(step->ussd, step->language, key, screen);
	ussd_answer(step, screen, false);
}

/* --- Who may --- */

/* "unix", or the address of who has connected. */
static void
address_of(struct evhttp_connection *connection, char out[ADDRESS_MAX])
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage storage;
	} peer = { .storage = { .ss_family = AF_UNSPEC } };
	socklen_t length = sizeof(peer);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));

	strcpy(out, "?");
	if (getpeername(fd, &peer.any, &length) != 0)
		return;
	if (peer.any.sa_family == AF_UNIX)
		strcpy(out, "unix");
	else if (peer.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &peer.in.sin_addr, out, ADDRESS_MAX);
	else if (peer.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &peer.in6.sin6_addr, out, ADDRESS_MAX);
}

static bool
is_allowed(const struct config_ussd *way, const char *address)
{
	for (size_t i = 0; way->addresses[i] != NULL; i++)
		if (net_range_holds(way->addresses[i], address))
			return true;
	return way->addresses[0] == NULL;
}

/* Compared by their hashes, in the same time whatever they have in common. */
static bool
same_secret(const char *given, const char *secret)
{
	unsigned char a[SHA256_DIGEST_LENGTH], b[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)given, strlen(given), a);
	SHA256((const unsigned char *)secret, strlen(secret), b);
	return CRYPTO_memcmp(a, b, sizeof(a)) == 0;
}

/* The way that the path names, and where its secret stands; NULL: no such way. */
static const struct config_ussd *
way_of(const struct config *config, const char *path, const char **secret)
{
	const char *name = path + strlen(PATH);
	size_t length = strcspn(name, "/");

	*secret = name[length] == '/' ? name + length + 1 : "";
	for (size_t i = 0; i < config->ussd_count; i++)
		if (strlen(config->ussd[i].name) == length &&
			strncmp(config->ussd[i].name, name, length) == 0)
			return &config->ussd[i];
	return NULL;
}

/* NULL, or what is wrong. */
static const char *
fault_of(struct evhttp_request *request, const struct config_ussd *way, const char *secret,
	const char *address)
{
	const char *header;

	if (way == NULL)
		return "way";
	if (way->header != NULL) {
		header = evhttp_find_header(evhttp_request_get_input_headers(request), way->header);
		if (secret[0] != '\0')
			return "secret"; /* it does not belong into a path, which others log */
		secret = header != NULL ? header : "";
	}
	if (!same_secret(secret, way->secret))
		return "secret";
	return is_allowed(way, address) ? NULL : "address";
}

/* --- Who may not --- */

static struct ussd_caller *
caller_of(struct ussd *ussd, const char *address)
{
	struct ussd_caller *oldest = ussd->callers, *caller = ussd->callers;
	int64_t now = monotonic_ms();

	for (; caller < ussd->callers + CALLERS_MAX; caller++) {
		if (strcmp(caller->address, address) == 0)
			break;
		if (caller->since < oldest->since)
			oldest = caller;
	}
	if (caller == ussd->callers + CALLERS_MAX) {
		caller = oldest;
		strcpy(caller->address, address);
		caller->since = now - MINUTE_MS;
	}
	if (now - caller->since >= MINUTE_MS) {
		caller->since = now;
		caller->refusals = 0;
	}
	return caller;
}

static void
shut_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ussd *ussd = arg;
	struct ussd_shut *shut;

	(void)fd;
	(void)what;
	while ((shut = TAILQ_FIRST(&ussd->shuts)) != NULL)
		evhttp_connection_free(shut->connection); /* ussd_http_gone() takes it out */
}

/* Not from within libevent's own call. */
static void
shut_later(struct ussd *ussd, struct evhttp_connection *connection)
{
	struct ussd_shut *shut = malloc(sizeof(*shut));

	if (shut == NULL)
		fatal("event=out_of_memory");
	shut->connection = connection;
	TAILQ_INSERT_TAIL(&ussd->shuts, shut, entry);
	event_active(ussd->shut, EV_TIMEOUT, 0);
}

static void
refuse(struct ussd *ussd, struct evhttp_request *request, const struct config_ussd *way,
	const char *address, const char *fault)
{
	struct ussd_caller *caller = caller_of(ussd, address);

	metric_add(METRIC_USSD_REFUSED, 1);
	caller->refusals++;
	if (caller->refusals > REFUSALS_MAX) {
		if (caller->refusals == REFUSALS_MAX + 1)
			log_warn("event=ussd_shut address=%s hint=%s", address,
				log_quote(
					"refused ten times in this minute: for the rest of it its "
					"connections are closed"));
		shut_later(ussd, evhttp_request_get_connection(request));
		return;
	}
	if (ussd_may_log(ussd))
		log_warn("event=ussd_refused way=%s address=%s reason=%s",
			way != NULL ? way->name : "unknown", address, fault);
	say(request, 403, "Forbidden", "not allowed");
}

/* --- What is asked --- */

/* What the citizen's side shows, and needs no database: a text for her, or NULL. */
static const char *
plain_fault(const struct config_ussd *way, const struct ussd_request *request)
{
	if (request->phone.kind != PHONE_E164)
		return "ussd_bad_number";
	if (ussd_menu_of(way, request->code) == NULL)
		return "ussd_closed";
	return request->too_long ? "ussd_contradicts" : NULL;
}

static void
answer_plainly(struct ussd *ussd, struct evhttp_request *http, const struct config_ussd *way,
	const struct ussd_request *request, const char *key)
{
	char screen[USSD_SCREEN_BYTES_MAX], code[USSD_CODE_MAX];
	size_t star = request->code[0] != '\0';

	/* Behind a second star may stand what was meant for a menu. */
	snprintf(code, sizeof(code), "%.*s", (int)(star + strcspn(request->code + star, "*#")),
		request->code);
	if (ussd_may_log(ussd))
		log_notice("event=ussd_answered way=%s number=%s code=%s text=%s", way->name,
			log_number(request->phone.number), log_quote(code), key);
	ussd_words(ussd, ussd_language_of(ussd, way, request->phone.number), key, screen);
	answer_screen(http, way, screen, false);
}

static void
take(struct ussd *ussd, struct evhttp_request *http, const struct config_ussd *way)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(http);
	size_t length = evbuffer_get_length(body);
	const char *bytes = length > 0 ? (const char *)evbuffer_pullup(body, -1) : "";
	const char *type =
		evhttp_find_header(evhttp_request_get_input_headers(http), "Content-Type");
	const char *why = "the body is too large", *key;
	struct ussd_request request;

	if (bytes == NULL)
		fatal("event=out_of_memory");
	if (length > BODY_MAX ||
		ussd_adapter_find(way->adapter)
				->read(way, ussd->gateway->config->country, type, bytes, length,
					&request, &why) != 0) {
		metric_add(METRIC_USSD_BAD, 1);
		if (ussd_may_log(ussd))
			log_warn("event=ussd_bad_request way=%s reason=%s", way->name,
				log_quote(why));
		say(http, HTTP_BADREQUEST, "Bad Request", why);
		return;
	}
	key = request.event == USSD_STEP ? plain_fault(way, &request) : NULL;
	if (key != NULL) {
		answer_plainly(ussd, http, way, &request, key);
		return;
	}
	ussd_step_take(ussd, way, &request, http);
}

int
ussd_http_request(struct ussd *ussd, struct evhttp_request *request)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL, *secret, *fault;
	const struct config_ussd *way;
	char address[ADDRESS_MAX];

	if (ussd == NULL || path == NULL || strncmp(path, PATH, strlen(PATH)) != 0 ||
		evhttp_request_get_command(request) != EVHTTP_REQ_POST)
		return -1;
	address_of(evhttp_request_get_connection(request), address);
	way = way_of(ussd->gateway->config, path, &secret);
	fault = fault_of(request, way, secret, address);
	if (fault != NULL)
		refuse(ussd, request, way, address, fault);
	else
		take(ussd, request, way);
	return 0;
}

/* --- Connections that end --- */

static void
step_gone(struct ussd_step *step)
{
	evtimer_del(&step->deadline);
	step->http = NULL;
	step->gone = true;
	step->form.by_sms = true; /* she does not see it */
}

void
ussd_http_gone(struct ussd *ussd, const struct evhttp_connection *connection)
{
	struct ussd_shut *shut, *next;
	struct ussd_step *step;

	if (ussd == NULL)
		return;
	TAILQ_FOREACH(step, &ussd->steps, entry)
		if (step->http != NULL && evhttp_request_get_connection(step->http) == connection)
			step_gone(step);
	for (shut = TAILQ_FIRST(&ussd->shuts); shut != NULL; shut = next) {
		next = TAILQ_NEXT(shut, entry);
		if (shut->connection != connection)
			continue;
		TAILQ_REMOVE(&ussd->shuts, shut, entry);
		free(shut);
	}
}

void
ussd_http_begin(struct ussd *ussd)
{
	TAILQ_INIT(&ussd->shuts);
	ussd->callers = calloc(CALLERS_MAX, sizeof(*ussd->callers));
	ussd->shut = event_new(ussd->gateway->base, -1, 0, shut_cb, ussd);
	if (ussd->callers == NULL || ussd->shut == NULL)
		fatal("event=out_of_memory");
}

void
ussd_http_end(struct ussd *ussd)
{
	struct ussd_shut *shut;

	while ((shut = TAILQ_FIRST(&ussd->shuts)) != NULL) {
		TAILQ_REMOVE(&ussd->shuts, shut, entry);
		free(shut);
	}
	event_free(ussd->shut);
	free(ussd->callers);
}
