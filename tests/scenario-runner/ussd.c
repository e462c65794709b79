/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "util.h"

/* An aggregator gives up on a gateway that has not answered within this. */
enum { ANSWER_MS = 30000 };

static void
forget_screen(struct ussd *ussd)
{
	free(ussd->screen);
	ussd->screen = NULL;
}

static int
post(struct ussd *ussd, const char *socket_path, const char *body, struct http_answer *answer,
	char **error)
{
	int64_t from = now_ms();
	int result = http_request(socket_path, ussd->way->path, ussd->way->type, body, strlen(body),
		ANSWER_MS, answer, error);

	ussd->ms = now_ms() - from;
	return result;
}

static void
say_wrong(const struct http_answer *answer, char **error)
{
	char *shown = one_line(answer->body, 300);

	*error = xformat("status %d, \"%s\"", answer->status, shown);
	free(shown);
}

/* Posts a step, and takes the screen that is its answer; *more: whether it may be answered. */
static int
step(struct ussd *ussd, const char *socket_path, const char *body, bool *more, char **error)
{
	struct http_answer answer;

	forget_screen(ussd);
	*more = false;
	if (post(ussd, socket_path, body, &answer, error) == -1)
		return -1;
	if (answer.status == 200)
		ussd->screen = ussd_way_screen(ussd->way, answer.body, more);
	if (ussd->screen == NULL)
		say_wrong(&answer, error);
	free(answer.body);
	return ussd->screen != NULL ? 0 : -1;
}

static char *
write_body(const struct ussd *ussd, const char *text, bool over)
{
	const struct ussd_told told = { .session = ussd->id,
		.number = ussd->number,
		.code = ussd->code,
		.text = text,
		.step = (unsigned)ussd->steps + 1,
		.over = over };

	return ussd_way_body(ussd->way, &told);
}

/* input: the last one, and ussd->text has all of them. */
static int
new_step(struct ussd *ussd, const char *socket_path, const char *input, char **error)
{
	char *body = write_body(ussd, ussd->way->whole ? ussd->text : input, false);

	ussd->bodies = xrealloc(ussd->bodies, (ussd->steps + 1) * sizeof(*ussd->bodies));
	ussd->bodies[ussd->steps++] = body;
	return step(ussd, socket_path, body, &ussd->open, error);
}

/* *384*147# is the service *384# with 147 as the first input, as the network splits it. */
int
ussd_dial(struct ussd *ussd, const struct ussd_way *way, const char *socket_path, const char *phone,
	const char *code, char **error)
{
	static unsigned count;
	size_t service = strcspn(code + 1, "*#") + 1;
	size_t len = strlen(code);

	ussd_clear(ussd);
	ussd->way = way;
	ussd->id = xformat("%s-%d-%u", way->name, (int)getpid(), ++count);
	ussd->number = xstrdup(phone);
	ussd->code = xformat("%.*s#", (int)service, code);
	if (code[service] == '*')
		ussd->text = xstrndup(code + service + 1, len - service - 2);
	else
		ussd->text = xstrdup("");
	return new_step(ussd, socket_path, ussd->text, error);
}

int
ussd_keys(struct ussd *ussd, const char *socket_path, const char *keys, char **error)
{
	char *text;

	if (!ussd->open) {
		*error = xstrdup("no open session");
		return -1;
	}
	text = xformat("%s%s%s", ussd->text, *ussd->text != '\0' ? "*" : "", keys);
	free(ussd->text);
	ussd->text = text;
	return new_step(ussd, socket_path, keys, error);
}

int
ussd_repeat(struct ussd *ussd, const char *socket_path, size_t which, char **error)
{
	size_t last = ussd->steps;
	bool more;
	int result;

	if (last == 0 || which > last) {
		*error = last == 0 ? xstrdup("no session") : xformat("%zu steps", last);
		return -1;
	}
	if (which == 0)
		which = last;
	result = step(ussd, socket_path, ussd->bodies[which - 1], &more, error);
	if (which == last || result == -1)
		ussd->open = more;
	return result;
}

void
ussd_hang_up(struct ussd *ussd)
{
	ussd->open = false;
}

int
ussd_end(struct ussd *ussd, const char *socket_path, char **error)
{
	struct http_answer answer;
	char *body;
	int result;

	if (ussd->id == NULL) {
		*error = xstrdup("no session");
		return -1;
	}
	ussd->open = false;
	body = write_body(ussd, ussd->text, true);
	result = post(ussd, socket_path, body, &answer, error);
	free(body);
	if (result == -1)
		return -1;
	if (answer.status != 200) {
		say_wrong(&answer, error);
		result = -1;
	}
	free(answer.body);
	return result;
}

void
ussd_clear(struct ussd *ussd)
{
	for (size_t i = 0; i < ussd->steps; i++)
		free(ussd->bodies[i]);
	free(ussd->bodies);
	free(ussd->id);
	free(ussd->code);
	free(ussd->number);
	free(ussd->text);
	free(ussd->screen);
	memset(ussd, 0, sizeof(*ussd));
}
