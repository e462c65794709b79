/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http: one request to the gateway's listener on its Unix socket, HTTP/1.0, one connection each.
 */
#ifndef RUNNER_HTTP_H
#define RUNNER_HTTP_H

#include <stddef.h>
#include <stdint.h>

struct http_answer {
	int status;
	char *body; /* the caller's to free; NUL-terminated */
};

/*
 * GET when body is NULL, else POST of len bytes.  type: the body's Content-Type.  Returns 0, or -1
 * with *error (the caller's to free) when no whole answer came within ms.
 */
int http_request(const char *socket_path, const char *path, const char *type, const char *body,
	size_t len, int64_t ms, struct http_answer *answer, char **error);

#endif
