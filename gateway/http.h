/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http: the gateway's listener: GET /metrics and GET /healthz.
 *
 * What it is: libevent's HTTP server on one address or Unix socket, with limits on what it reads,
 * how long it waits and how many connections it has: one too many ends the oldest.
 * What it is not: anything that a citizen's or a stranger's request could change.
 */
#ifndef HTTP_H
#define HTTP_H

struct gateway;
struct http;

/*
 * Listen on "127.0.0.1:8080", "[::1]:8080" or "unix:/path" (an old socket there is replaced).
 * Returns NULL after a logged error.
 */
struct http *http_new(struct gateway *gateway, const char *listen_on);
void http_free(struct http *http);

#endif
