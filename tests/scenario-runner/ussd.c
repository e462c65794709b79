/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "util.h"

/* An aggregator gives up on a gateway that has not answered within this. */
enum { ANSWER_MS = 5000 };

static char *
form(const struct ussd *ussd, const char *phone)
{
	char *number = http_encode(phone), *code = http_encode(ussd->code);
	char *text = http_encode(ussd->text);
	char *body = xformat("sessionId=%s&phoneNumber=%s&networkCode=63510&serviceCode=%s&text=%s",
		ussd->id, number, code, text);

	free(number);
	free(code);
	free(text);
	return body;
}

static int
take_screen(struct ussd *ussd, const struct http_answer *answer, char **error)
{
	bool more = strncmp(answer->body, "CON ", 4) == 0;
	char *shown;

	if (answer->status == 200 && (more || strncmp(answer->body, "END ", 4) == 0)) {
		ussd->screen = xstrdup(answer->body + 4);
		ussd->open = more;
		return 0;
	}
	shown = one_line(answer->body, 300);
	*error = xformat("status %d, \"%s\"", answer->status, shown);
	free(shown);
	return -1;
}

static int
step(struct ussd *ussd, const char *socket_path, const char *phone, char **error)
{
	char *body = form(ussd, phone);
	struct http_answer answer;
	int result;

	free(ussd->screen);
	ussd->screen = NULL;
	ussd->open = false;
	result = http_request(socket_path, USSD_PATH, "application/x-www-form-urlencoded", body,
		strlen(body), ANSWER_MS, &answer, error);
	if (result == 0) {
		result = take_screen(ussd, &answer, error);
		free(answer.body);
	}
	free(body);
	return result;
}

/* *384*147# is the service *384# with 147 as the first input, as the network splits it. */
int
ussd_dial(struct ussd *ussd, const char *socket_path, const char *phone, const char *code,
	char **error)
{
	static unsigned count;
	size_t service = strcspn(code + 1, "*#") + 1;
	size_t len = strlen(code);

	ussd_clear(ussd);
	ussd->id = xformat("sim-%d-%u", (int)getpid(), ++count);
	ussd->code = xformat("%.*s#", (int)service, code);
	if (code[service] == '*')
		ussd->text = xstrndup(code + service + 1, len - service - 2);
	else
		ussd->text = xstrdup("");
	return step(ussd, socket_path, phone, error);
}

int
ussd_keys(struct ussd *ussd, const char *socket_path, const char *phone, const char *keys,
	char **error)
{
	char *text;

	if (!ussd->open) {
		*error = xstrdup("no open session");
		return -1;
	}
	text = xformat("%s%s%s", ussd->text, *ussd->text != '\0' ? "*" : "", keys);
	free(ussd->text);
	ussd->text = text;
	return step(ussd, socket_path, phone, error);
}

int
ussd_repeat(struct ussd *ussd, const char *socket_path, const char *phone, char **error)
{
	if (ussd->id == NULL) {
		*error = xstrdup("no session");
		return -1;
	}
	return step(ussd, socket_path, phone, error);
}

void
ussd_hang_up(struct ussd *ussd)
{
	ussd->open = false;
}

void
ussd_clear(struct ussd *ussd)
{
	free(ussd->id);
	free(ussd->code);
	free(ussd->text);
	free(ussd->screen);
	memset(ussd, 0, sizeof(*ussd));
}
