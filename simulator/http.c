/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http.h"

#include "memory.h"
#include "sim.h"
#include "web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef BARAZA_DATADIR
#define BARAZA_DATADIR "/usr/share/baraza"
#endif

#define BODY_MAX 65536

struct http {
	struct sim *sim;
	struct evhttp *server;
	char *files;
	bool loopback;
};

/* --- files ------------------------------------------------------------------------------------ */

static const char *
type_of(const char *name)
{
	static const char *const types[][2] = { { ".html", "text/html; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" } };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return NULL;
}

/* A name of ours has no slash and does not begin with a dot. */
static int
open_file(const struct http *h, const char *name)
{
	char *path;
	int fd;

	if (name[0] == '.' || strchr(name, '/') != NULL)
		return -1;
	path = memory_format("%s/%s", h->files, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	return fd;
}

static void
send_file(const struct http *h, struct evhttp_request *req, const char *name)
{
	const char *type = type_of(name);
	int fd = type != NULL ? open_file(h, name) : -1;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
		evbuffer_add_file(evhttp_request_get_output_buffer(req), fd, 0, st.st_size) == -1) {
		if (fd != -1)
			close(fd);
		evhttp_send_error(req, HTTP_NOTFOUND, NULL);
		return;
	}
	evhttp_add_header(evhttp_request_get_output_headers(req), "Content-Type", type);
	evhttp_send_reply(req, HTTP_OK, "OK", NULL);
}

/* Beside the source tree's build directory, or where it was installed. */
static char *
find_files(void)
{
	static const char *const beside[] = { "../simulator/web", "../share/baraza/simulator/web" };
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n > 0) {
		exe[n] = '\0';
		*strrchr(exe, '/') = '\0';
		for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
			char *path = memory_format("%s/%s", exe, beside[i]);

			if (access(path, X_OK) == 0)
				return path;
			free(path);
		}
	}
	return memory_text(BARAZA_DATADIR "/simulator/web");
}

/* --- who may ask ------------------------------------------------------------------------------ */

/*
 * A page from elsewhere must not reach a simulator on this machine under a name of its own (DNS
 * rebinding), nor send forms to it.
 */
static bool
is_ours(const struct http *h, struct evhttp_request *req)
{
	const struct evkeyvalq *headers = evhttp_request_get_input_headers(req);
	const char *host = evhttp_request_get_host(req);

	if (evhttp_request_get_command(req) == EVHTTP_REQ_POST &&
		evhttp_find_header(headers, "X-Phone") == NULL)
		return false;
	return !h->loopback || host == NULL || strcasecmp(host, "localhost") == 0 ||
		strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0 ||
		strcmp(host, "::1") == 0;
}

static void
add_headers(struct evhttp_request *req)
{
	static const char *const headers[][2] = {
		{ "Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			"connect-src 'self'; base-uri 'none'; form-action 'none'; "
			"frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" }, { "Referrer-Policy", "no-referrer" },
		{ "Cache-Control", "no-store" }
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		evhttp_add_header(
			evhttp_request_get_output_headers(req), headers[i][0], headers[i][1]);
}

static void
request_cb(struct evhttp_request *req, void *arg)
{
	const struct http *h = arg;
	const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req));
	bool post = evhttp_request_get_command(req) == EVHTTP_REQ_POST;

	add_headers(req);
	if (!is_ours(h, req))
		evhttp_send_error(req, 403, "Forbidden");
	else if (path != NULL && strncmp(path, "/api/", 5) == 0)
		web_answer(h->sim, req, path + 5, post);
	else if (post || path == NULL)
		evhttp_send_error(req, HTTP_BADREQUEST, NULL);
	else
		send_file(h, req, path[0] == '/' && path[1] != '\0' ? path + 1 : "index.html");
}

/* --- listening -------------------------------------------------------------------------------- */

/* Splits "ADDRESS:PORT", "[ADDRESS]:PORT" or "PORT". */
static int
parse_where(const char *where, char *address, size_t cap, ev_uint16_t *port)
{
	const char *colon = strrchr(where, ':');
	const char *digits = colon != NULL ? colon + 1 : where;
	size_t len = colon != NULL ? (size_t)(colon - where) : 0;
	char *end;
	unsigned long v = strtoul(digits, &end, 10);

	if (end == digits || *end != '\0' || v > 65535 || len >= cap)
		return -1;
	if (len >= 2 && where[0] == '[' && where[len - 1] == ']') {
		where++;
		len -= 2;
	}
	snprintf(address, cap, "%.*s", (int)len, where);
	if (len == 0)
		snprintf(address, cap, "127.0.0.1");
	*port = (ev_uint16_t)v;
	return 0;
}

/* The port that it got, when 0 asked for any. */
static unsigned
port_of(struct evhttp_bound_socket *bound)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	memset(&at, 0, sizeof(at));
	if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len) == -1)
		return 0;
	return ntohs(at.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&at)->sin6_port
					      : ((const struct sockaddr_in *)&at)->sin_port);
}

struct http *
http_open(struct sim *sim, const char *where)
{
	struct evhttp_bound_socket *bound;
	char address[64];
	ev_uint16_t port;
	struct http *h;

	if (parse_where(where, address, sizeof(address), &port) == -1) {
		fprintf(stderr, "baraza-sim: --http: '%s' is no ADDRESS:PORT\n", where);
		return NULL;
	}
	h = memory_zeroed(1, sizeof(*h));
	h->sim = sim;
	h->loopback = strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
		strcmp(address, "localhost") == 0;
	h->files = find_files();
	h->server = evhttp_new(sim->base);
	evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
	evhttp_set_max_body_size(h->server, BODY_MAX);
	evhttp_set_gencb(h->server, request_cb, h);
	bound = evhttp_bind_socket_with_handle(h->server, address, port);
	if (bound == NULL) {
		fprintf(stderr, "baraza-sim: %s: %s\n", where, strerror(errno));
		http_close(h);
		return NULL;
	}
	printf("phones http://%s:%u/\n", address, port_of(bound));
	if (!h->loopback)
		fprintf(stderr, "baraza-sim: warning: %s can be reached from other machines\n",
			where);
	return h;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	evhttp_free(h->server);
	free(h->files);
	free(h);
}
