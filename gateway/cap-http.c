/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-http: what is asked under /cap.
 *
 * POST /cap takes a message from who brings the key, and answers when it is committed: 202 it was
 * taken, 200 it was here before, 401 no key or a wrong one, 413 too large (libevent's own answer),
 * 422 refused, 503 not now; with words in the body. GET /cap/feed.xml and /cap/<identifier>.xml are
 * from memory: no stranger's request reaches the database.
 */
#include <event2/buffer.h>
#include <event2/http.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "cap-room-internal.h"
#include "config.h"
#include "gateway.h"
#include "log.h"

#define KEY_HEADER "X-Baraza-Key"
#define BODY_SLACK 4096 /* so that what is a little too large is told why */

struct cap_posting {
	TAILQ_ENTRY(cap_posting) entry;
	struct cap_room *room;
	struct evhttp_request *request; /* NULL: nobody waits for the answer any more */
};

static int
takes(const struct cap_room *room)
{
	const char *key = room->gateway->config->cap_key;

	return key != NULL && key[0] != '\0';
}

size_t
cap_room_body_max(const struct cap_room *room)
{
	return room != NULL && takes(room) ? CAP_BYTES_MAX + BODY_SLACK : 0;
}

static void
answer(struct evhttp_request *request, int status, const char *reason, const char *type,
	const char *text)
{
	struct evbuffer *body = evbuffer_new();

	if (body == NULL)
		fatal("event=out_of_memory");
	evbuffer_add(body, text, strlen(text));
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", type);
	evhttp_send_reply(request, status, reason, body);
	evbuffer_free(body);
}

static void
say(struct evhttp_request *request, int status, const char *reason, const char *words)
{
	char text[CAP_REASON_MAX + 64];

	snprintf(text, sizeof(text), "%s\n", words);
	answer(request, status, reason, "text/plain; charset=utf-8", text);
}

/* --- Taking --- */

/* Compared by their hashes, in the same time whatever they have in common. */
static int
same_key(const char *given, const char *key)
{
	unsigned char a[SHA256_DIGEST_LENGTH], b[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)given, strlen(given), a);
	SHA256((const unsigned char *)key, strlen(key), b);
	return CRYPTO_memcmp(a, b, sizeof(a)) == 0;
}

static void
told_cb(enum cap_verdict verdict, const char *words, void *arg)
{
	static const struct {
		int status;
		const char *reason;
	} of[] = {
		[CAP_TAKEN] = { 202, "Accepted" },
		[CAP_KNOWN] = { 200, "OK" },
		[CAP_REFUSED] = { 422, "Unprocessable Entity" },
		[CAP_LATER] = { 503, "Service Unavailable" },
	};
	struct cap_posting *posting = arg;

	TAILQ_REMOVE(&posting->room->postings, posting, entry);
	if (posting->request != NULL)
		say(posting->request, of[verdict].status, of[verdict].reason, words);
	free(posting);
}

static void
take(struct cap_room *room, struct evhttp_request *request)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	struct cap_posting *posting = calloc(1, sizeof(*posting));
	size_t length = evbuffer_get_length(body);
	const char *bytes = length > 0 ? (const char *)evbuffer_pullup(body, -1) : "";

	if (posting == NULL || bytes == NULL)
		fatal("event=out_of_memory");
	posting->room = room;
	posting->request = request;
	TAILQ_INSERT_TAIL(&room->postings, posting, entry);
	cap_room_take(room, bytes, length, "http", told_cb, posting);
}

static void
post(struct cap_room *room, struct evhttp_request *request)
{
	const char *given =
		evhttp_find_header(evhttp_request_get_input_headers(request), KEY_HEADER);
	size_t length = evbuffer_get_length(evhttp_request_get_input_buffer(request));

	if (!takes(room))
		say(request, 404, "Not Found", "no message is taken here: cap_key is not set");
	else if (given == NULL || !same_key(given, room->gateway->config->cap_key))
		say(request, 401, "Unauthorized",
			given == NULL ? "the key is missing: header " KEY_HEADER
				      : "the key is wrong: header " KEY_HEADER);
	else if (length > CAP_BYTES_MAX)
		say(request, 413, "Content Too Large", "too large: at most 1 MiB is read");
	else
		take(room, request);
}

void
cap_http_gone(struct cap_room *room, const struct evhttp_connection *connection)
{
	struct cap_posting *posting;

	if (room == NULL)
		return;
	TAILQ_FOREACH(posting, &room->postings, entry)
		if (posting->request != NULL &&
			evhttp_request_get_connection(posting->request) == connection)
			posting->request = NULL;
}

void
cap_http_end(struct cap_room *room)
{
	struct cap_posting *posting;

	TAILQ_FOREACH(posting, &room->postings, entry)
		posting->request = NULL;
}

/* --- Giving --- */

static int
get(struct cap_room *room, struct evhttp_request *request, const char *name)
{
	if (strcmp(name, "feed.xml") == 0 && room->feed != NULL) {
		answer(request, 200, "OK", "application/atom+xml; charset=utf-8", room->feed);
		return 0;
	}
	for (size_t i = 0; i < room->shown_count; i++) {
		const char *identifier = room->shown[i].identifier;
		size_t length = strlen(identifier);

		if (strncmp(name, identifier, length) != 0 || strcmp(name + length, ".xml") != 0)
			continue;
		answer(request, 200, "OK", "application/cap+xml; charset=utf-8",
			room->shown[i].document);
		return 0;
	}
	return -1;
}

int
cap_http_request(struct cap_room *room, struct evhttp_request *request)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

	if (room == NULL || path == NULL)
		return -1;
	if (strcmp(path, "/cap") == 0 && evhttp_request_get_command(request) == EVHTTP_REQ_POST) {
		post(room, request);
		return 0;
	}
	if (strncmp(path, "/cap/", 5) == 0 &&
		evhttp_request_get_command(request) != EVHTTP_REQ_POST)
		return get(room, request, path + 5);
	return -1;
}
