/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http: the gateway's listener: GET /metrics, GET /healthz, what cap-room.h has under /cap,
 * and ussd.h under /ussd/.
 *
 * What it is: libevent's HTTP server on one address or Unix socket, with limits on what it reads,
 * how long it waits and how many connections it has: one too many ends the oldest.
 * What it is not: anything that a citizen's or a stranger's request could change. Nothing is
 * changed but by POST /ussd/, for who brings a way's secret, and by POST /cap, which takes a CAP
 * message from who brings the key that the administrator has given (cap_key; without one no POST is
 * taken), and what comes of that an officer decides, or a signature that the administrator trusts.
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
