/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web.h - what the web phone's script asks for, under /api/. */
#ifndef SIM_WEB_H
#define SIM_WEB_H

#include <stdbool.h>

struct evhttp_request;
struct sim;

/* Answers a request whose path is /api/<name>. */
void web_answer(struct sim *sim, struct evhttp_request *req, const char *name, bool post);

#endif
