/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "proc.h"
#include "util.h"

enum { ANSWER_MAX = 64 << 20 };

static int
connect_unix(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
send_all(int fd, const char *data, size_t len, int64_t deadline)
{
	while (len > 0) {
		ssize_t part = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (part > 0) {
			data += part;
			len -= (size_t)part;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -1;
		} else if (proc_wait_fd(fd, POLLOUT, deadline) != PROC_READY) {
			return -1;
		}
	}
	return 0;
}

/* Everything up to the connection's end; NULL when it did not come in time. */
static char *
receive_all(int fd, int64_t deadline, size_t *len)
{
	size_t got = 0, size = 8192;
	char *data = xcalloc(1, size + 1);
	ssize_t part = 1;

	while (part != 0 && got < ANSWER_MAX) {
		if (got == size) {
			size *= 2;
			data = xrealloc(data, size + 1);
		}
		if (proc_wait_fd(fd, POLLIN, deadline) != PROC_READY)
			part = -1;
		else
			part = recv(fd, data + got, size - got, MSG_DONTWAIT);
		if (part == -1 && (errno == EAGAIN || errno == EINTR) && now_ms() < deadline &&
			proc_trouble() == NULL)
			continue;
		if (part == -1) {
			free(data);
			return NULL;
		}
		got += (size_t)part;
	}
	data[got] = '\0';
	*len = got;
	return data;
}

static char *
exchange(int fd, const char *path, const char *type, const char *body, size_t len, int64_t deadline,
	size_t *got)
{
	char *head, *data = NULL;
	int sent;

	if (body == NULL)
		head = xformat("GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
	else
		head = xformat("POST %s HTTP/1.0\r\nHost: localhost\r\nContent-Type: %s\r\n"
			       "Content-Length: %zu\r\n\r\n",
			path, type, len);
	sent = send_all(fd, head, strlen(head), deadline);
	if (sent == 0 && len > 0)
		sent = send_all(fd, body, len, deadline);
	if (sent == 0)
		data = receive_all(fd, deadline, got);
	free(head);
	return data;
}

static int
parse_answer(const char *data, struct http_answer *answer)
{
	const char *end = strstr(data, "\r\n\r\n");
	int status;

	if (end == NULL || sscanf(data, "HTTP/1.%*1d %3d", &status) != 1)
		return -1;
	answer->status = status;
	answer->body = xstrdup(end + 4);
	return 0;
}

int
http_request(const char *socket_path, const char *path, const char *type, const char *body,
	size_t len, int64_t ms, struct http_answer *answer, char **error)
{
	int fd = connect_unix(socket_path), result = -1;
	size_t got = 0;
	char *data;

	if (fd == -1) {
		*error = xformat("no listener: %s", strerror(errno));
		return -1;
	}
	data = exchange(fd, path, type, body, len, now_ms() + ms, &got);
	if (data == NULL)
		*error = xformat("no answer within %lld ms", (long long)ms);
	else if ((result = parse_answer(data, answer)) == -1)
		*error = xformat("no HTTP answer in %zu bytes", got);
	free(data);
	close(fd);
	return result;
}
