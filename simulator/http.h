/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h - serves the web phone: its files, and what its script asks for (web.c).
 *
 * For the developer's own machine: only loopback unless another address is given, and a page from
 * elsewhere can neither ask nor order anything.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H

struct http;
struct sim;

/*
 * Listens on `where`, "ADDRESS:PORT" or "PORT" (of 127.0.0.1).  Returns NULL after telling why on
 * stderr.
 */
struct http *http_open(struct sim *sim, const char *where);
void http_close(struct http *h);

#endif
