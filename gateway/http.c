/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cap-room.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "ussd.h"

#define HEADERS_MAX 8192
#define BODY_MAX 65536
#define TIMEOUT_S 10
#define CLIENTS_MAX 64
#define USSD_CLIENTS_MAX 4096 /* one a step; more than may wait, so that all are answered */
#define FILES_SPARE 256       /* descriptors for everything else */

/* A connection; libevent owns it, and tells of its end. */
struct client {
	TAILQ_ENTRY(client) entry;
	struct http *http;
	struct bufferevent *stream; /* a reference of our own until we have met; then NULL */
	struct evhttp_connection *connection;
};
TAILQ_HEAD(clients, client);

struct http {
	struct gateway *gateway;
	struct evhttp *server;
	struct event *meet;
	struct clients strangers; /* accepted in this turn of the loop */
	struct clients clients;   /* the one that was accepted first, first */
	int count, most;          /* of clients */
	char *unix_path;
};

/* --- How many --- */

static void
client_gone_cb(struct evhttp_connection *connection, void *arg)
{
	struct client *client = arg;

	cap_http_gone(client->http->gateway->cap, connection);
	ussd_http_gone(client->http->gateway->ussd, connection);
	TAILQ_REMOVE(&client->http->clients, client, entry);
	client->http->count--;
	free(client);
}

/* libevent 2.1 tells of a connection by its stream alone, whose callbacks' argument it is. */
static struct evhttp_connection *
connection_of(struct bufferevent *stream)
{
	bufferevent_event_cb event_cb;
	void *arg;

	bufferevent_getcb(stream, NULL, NULL, &event_cb, &arg);
	return event_cb != NULL ? arg : NULL; /* none: it has been given up already */
}

/* Those that came in this turn are clients now; of too many the first to come go first. */
static void
meet_cb(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	struct client *client;

	(void)fd;
	(void)what;
	while ((client = TAILQ_FIRST(&http->strangers)) != NULL) {
		TAILQ_REMOVE(&http->strangers, client, entry);
		client->connection = connection_of(client->stream);
		bufferevent_decref(client->stream);
		client->stream = NULL;
		if (client->connection == NULL) {
			free(client);
			continue;
		}
		TAILQ_INSERT_TAIL(&http->clients, client, entry);
		http->count++;
		evhttp_connection_set_closecb(client->connection, client_gone_cb, client);
		if (http->count > http->most)
			evhttp_connection_free(TAILQ_FIRST(&http->clients)->connection);
	}
}

/* A connection is being accepted.  Returns the stream that it is to have. */
static struct bufferevent *
stranger_cb(struct event_base *base, void *arg)
{
	struct http *http = arg;
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL || (client->stream = bufferevent_socket_new(base, -1, 0)) == NULL)
		fatal("event=out_of_memory");
	client->http = http;
	bufferevent_incref(client->stream);
	TAILQ_INSERT_TAIL(&http->strangers, client, entry);
	event_active(http->meet, EV_TIMEOUT, 0);
	return client->stream;
}

static void
strangers_free(struct http *http)
{
	struct client *client;

	while ((client = TAILQ_FIRST(&http->strangers)) != NULL) {
		TAILQ_REMOVE(&http->strangers, client, entry);
		bufferevent_decref(client->stream);
		free(client);
	}
}

/* --- What is asked --- */

static void
answer(struct evhttp_request *request, int status, const char *reason, const char *type,
	struct evbuffer *body)
{
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
	evhttp_send_reply(request, status, reason, body);
}

/* POST is for /cap and /ussd/ alone. Returns 1 when the request was one, and is answered. */
static int
was_posted(struct evhttp_request *request)
{
	if (evhttp_request_get_command(request) != EVHTTP_REQ_POST)
		return 0;
	evhttp_send_error(request, HTTP_BADMETHOD, NULL);
	return 1;
}

static void
metrics_cb(struct evhttp_request *request, void *arg)
{
	struct http *http = arg;
	struct evbuffer *body;

	if (was_posted(request))
		return;
	body = evbuffer_new();
	metrics_write(http->gateway, body);
	answer(request, HTTP_OK, "OK", "text/plain; version=0.0.4; charset=utf-8", body);
	evbuffer_free(body);
}

static void
count_ready(struct modem *modem, void *arg)
{
	*(int *)arg += modem_state(modem) == MODEM_READY;
}

static void
healthz_cb(struct evhttp_request *request, void *arg)
{
	struct http *http = arg;
	struct evbuffer *body;
	int ready = 0, database = db_is_up(http->gateway->chores_db);

	if (was_posted(request))
		return;
	body = evbuffer_new();
	modems_each(http->gateway->modems, count_ready, &ready);
	evbuffer_add_printf(
		body, "database %s\nmodems in service %d\n", database ? "up" : "away", ready);
	if (database && ready > 0)
		answer(request, HTTP_OK, "OK", "text/plain; charset=utf-8", body);
	else
		answer(request, HTTP_SERVUNAVAIL, "Service Unavailable",
			"text/plain; charset=utf-8", body);
	evbuffer_free(body);
}

static void
other_cb(struct evhttp_request *request, void *arg)
{
	struct http *http = arg;
	struct evbuffer *body;

	if (cap_http_request(http->gateway->cap, request) == 0 ||
		ussd_http_request(http->gateway->ussd, request) == 0 || was_posted(request))
		return;
	body = evbuffer_new();
	evbuffer_add_printf(body,
		"There is /metrics and /healthz, and /cap and /ussd/ where those are configured.\n");
	answer(request, HTTP_NOTFOUND, "Not Found", "text/plain; charset=utf-8", body);
	evbuffer_free(body);
}

/* --- Listening --- */

/* Make way for a socket: what a dead gateway left is removed, a living one's is not. */
static int
clear_path(const struct sockaddr_un *sa)
{
	struct stat st;
	int fd, alive;

	if (lstat(sa->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return 0; /* bind() tells */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	alive = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0 || errno == EAGAIN;
	close(fd);
	if (alive) {
		errno = EADDRINUSE;
		return -1;
	}
	return unlink(sa->sun_path);
}

static int
bind_unix(struct http *http, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sa.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(sa.sun_path, path);
	if (clear_path(&sa) != 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 || listen(fd, SOMAXCONN) != 0 ||
		evhttp_accept_socket_with_handle(http->server, fd) == NULL) {
		close(fd);
		return -1;
	}
	http->unix_path = strdup(path);
	return 0;
}

static int
bind_tcp(struct http *http, const char *listen_on)
{
	struct sockaddr_storage sa;
	int len = sizeof(sa);

	if (evutil_parse_sockaddr_port(listen_on, (struct sockaddr *)&sa, &len) != 0) {
		errno = EINVAL;
		return -1;
	}
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	evutil_make_listen_socket_reuseable(fd);
	if (bind(fd, (struct sockaddr *)&sa, (socklen_t)len) != 0 || listen(fd, SOMAXCONN) != 0 ||
		evhttp_accept_socket_with_handle(http->server, fd) == NULL) {
		close(fd);
		return -1;
	}
	return 0;
}

/* So many connections need so many descriptors. */
static void
allow_files(rlim_t files)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= files)
		return;
	limit.rlim_cur = files < limit.rlim_max ? files : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < files)
		log_warn("event=few_files limit=%llu wanted=%llu",
			(unsigned long long)limit.rlim_cur, (unsigned long long)files);
}

/* Bytes that a POST may bring; 0: there is nothing to post to. */
static size_t
body_max(const struct gateway *gateway)
{
	size_t cap = cap_room_body_max(gateway->cap), ussd = ussd_body_max(gateway->ussd);

	return cap > ussd ? cap : ussd;
}

struct http *
http_new(struct gateway *gateway, const char *listen_on)
{
	struct http *http = calloc(1, sizeof(*http));
	size_t posted = body_max(gateway);

	if (http == NULL || (http->server = evhttp_new(gateway->base)) == NULL)
		fatal("event=out_of_memory");
	http->gateway = gateway;
	http->most = gateway->ussd != NULL ? USSD_CLIENTS_MAX : CLIENTS_MAX;
	if (gateway->ussd != NULL)
		allow_files(USSD_CLIENTS_MAX + FILES_SPARE);
	TAILQ_INIT(&http->strangers);
	TAILQ_INIT(&http->clients);
	http->meet = evtimer_new(gateway->base, meet_cb, http);
	if (http->meet == NULL)
		fatal("event=out_of_memory");
	evhttp_set_bevcb(http->server, stranger_cb, http);
	evhttp_set_allowed_methods(http->server,
		EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | (posted > 0 ? EVHTTP_REQ_POST : 0));
	evhttp_set_max_headers_size(http->server, HEADERS_MAX);
	evhttp_set_max_body_size(http->server, posted > 0 ? (ev_ssize_t)posted : BODY_MAX);
	evhttp_set_timeout(http->server, TIMEOUT_S);
	evhttp_set_cb(http->server, "/metrics", metrics_cb, http);
	evhttp_set_cb(http->server, "/healthz", healthz_cb, http);
	evhttp_set_gencb(http->server, other_cb, http);
	int bad = strncmp(listen_on, "unix:", 5) == 0 ? bind_unix(http, listen_on + 5)
						      : bind_tcp(http, listen_on);
	if (bad) {
		log_error("event=listen_failed address=%s reason=%s hint=%s", log_quote(listen_on),
			log_quote(strerror(errno)),
			log_quote("choose another `listen` in the configuration"));
		http_free(http);
		return NULL;
	}
	return http;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	strangers_free(http);
	evhttp_free(http->server);
	event_free(http->meet);
	if (http->unix_path != NULL)
		unlink(http->unix_path);
	free(http->unix_path);
	free(http);
}
