/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-room: CAP messages in and out of a running gateway.
 *
 * What it is: a connection of its own; messages that the folder cap_in or POST /cap brought on
 * their way into cap_take(), each in one transaction; and the city's own: documents of approved
 * alerts, written once (cap_out_store), kept in memory for HTTP and as files in cap_out with a feed
 * of those that hold. What it is not: it decides nothing (cap-judge.h, sql/functions/93-cap.sql).
 *
 * cap-room.c is the connection and the way in, cap-folder.c the folder cap_in, cap-http.c what HTTP
 * asks, cap-publish.c the city's own documents, cap-feed.c the feed's words.
 */
#ifndef CAP_ROOM_H
#define CAP_ROOM_H

#include <stddef.h>

struct cap_room;
struct evhttp_connection;
struct evhttp_request;
struct gateway;

/* NULL: the configuration knows nothing of CAP messages. Ends the program, after a logged error,
 * when a folder that it names cannot be used. */
struct cap_room *cap_room_new(struct gateway *gateway);
void cap_room_free(struct cap_room *room); /* NULL is safe, here and below */

/* Begin to connect to the database. */
void cap_room_start(struct cap_room *room);

/* The clock can be believed again: what is shown may be another. */
void cap_room_wake(struct cap_room *room);

/* 1 when nothing is under way. */
int cap_room_idle(const struct cap_room *room);

/* --- for http.c --- */

/* Bytes that a request may bring; 0: none that anybody posts is taken. */
size_t cap_room_body_max(const struct cap_room *room);

/* Answer a request under /cap, now or later. Returns 0, or -1: there is nothing of that name. */
int cap_http_request(struct cap_room *room, struct evhttp_request *request);

/* The connection ends: its requests must not be answered any more. */
void cap_http_gone(struct cap_room *room, const struct evhttp_connection *connection);

#endif
