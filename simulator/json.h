/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h - writes JSON strings. */
#ifndef SIM_JSON_H
#define SIM_JSON_H

struct evbuffer;

/*
 * Adds `text` as a JSON string, quotes included.  What is not UTF-8 becomes U+FFFD; < and > are
 * escaped too, so that it may stand anywhere in a page.
 */
void json_string(struct evbuffer *out, const char *text);

#endif
