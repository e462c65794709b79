/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statement http. */
#include "play-internal.h"

#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "scenario.h"
#include "util.h"

enum { HTTP_MS = 10000 };

/* What a body is, by its first character: the grammar has no place to say it. */
static const char *
content_type(const char *body)
{
	switch (*body) {
	case '{':
	case '[':
		return "application/json";
	case '<':
		return "application/xml";
	default:
		return "application/x-www-form-urlencoded";
	}
}

static int
judge_http(struct play *play, const struct stmt *stmt, const struct http_answer *answer)
{
	if (answer->status != stmt->status) {
		char *body = play_shown(xstrdup(answer->body));

		play_failed(play, xformat("status %d", stmt->status),
			xformat("status %d, %s", answer->status, body));
		free(body);
		return -1;
	}
	if (stmt->regex.text == NULL)
		return 0;
	return play_match(play, &stmt->regex, "an answer", answer->body);
}

struct request {
	const struct stmt *stmt;
	const char *path, *body; /* body: NULL of a GET */
};

static int
try_request(struct play *play, const void *arg)
{
	const struct request *request = arg;
	const struct stmt *stmt = request->stmt;
	const char *body = request->body;
	struct http_answer answer;
	char *error = NULL;
	int result;

	result = http_request(play->listener, request->path,
		body != NULL ? content_type(body) : NULL, body, body != NULL ? strlen(body) : 0,
		HTTP_MS, &answer, &error);
	if (result == -1)
		return play_failed(play, xformat("status %d", stmt->status), error);
	result = judge_http(play, stmt, &answer);
	free(answer.body);
	return result;
}

int
play_http(struct play *play, const struct stmt *stmt)
{
	char *path, *body = NULL;
	struct request request = { .stmt = stmt };
	int result = -1;

	if (play_need_gateway(play) == -1 || play_expand(play, stmt->text, &path) == -1)
		return -1;
	request.path = path;
	if (stmt->body == NULL) {
		result = play_try_for_a_while(play, try_request, &request);
	} else if (play_expand(play, stmt->body, &body) == 0) {
		request.body = body;
		result = try_request(play, &request);
	}
	free(path);
	free(body);
	return result;
}
