/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "db.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"

#define HEADERS_MAX 8192
#define BODY_MAX 65536
#define TIMEOUT_S 10

struct http {
	struct gateway *gateway;
	struct evhttp *server;
	char *unix_path;
};

static void
answer(struct evhttp_request *request, int status, const char *reason, const char *type,
	struct evbuffer *body)
{
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
	evhttp_send_reply(request, status, reason, body);
}

static void
metrics_cb(struct evhttp_request *request, void *arg)
{
	struct http *http = arg;
	struct evbuffer *body = evbuffer_new();

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
	struct evbuffer *body = evbuffer_new();
	int ready = 0, database = db_is_up(http->gateway->chores_db);

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
	struct evbuffer *body = evbuffer_new();

	(void)arg;
	evbuffer_add_printf(body, "There is /metrics and /healthz.\n");
	answer(request, HTTP_NOTFOUND, "Not Found", "text/plain; charset=utf-8", body);
	evbuffer_free(body);
}

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
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 || listen(fd, 64) != 0 ||
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
	if (bind(fd, (struct sockaddr *)&sa, (socklen_t)len) != 0 || listen(fd, 64) != 0 ||
		evhttp_accept_socket_with_handle(http->server, fd) == NULL) {
		close(fd);
		return -1;
	}
	return 0;
}

struct http *
http_new(struct gateway *gateway, const char *listen_on)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL || (http->server = evhttp_new(gateway->base)) == NULL)
		fatal("event=out_of_memory");
	http->gateway = gateway;
	evhttp_set_allowed_methods(http->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(http->server, HEADERS_MAX);
	evhttp_set_max_body_size(http->server, BODY_MAX);
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
	evhttp_free(http->server);
	if (http->unix_path != NULL)
		unlink(http->unix_path);
	free(http->unix_path);
	free(http);
}
