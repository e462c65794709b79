/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements about phones: their SMS, calls, coverage and USSD sessions. */
#include "play-internal.h"

#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "sim.h"
#include "ussd.h"
#include "util.h"

struct phone {
	struct phone *next;
	char *number;
	char *used; /* the number that it last wrote to or called, or NULL */
	struct ussd ussd;
};

static struct phone *
find_phone(struct play *play, const char *number)
{
	struct phone *phone;

	for (phone = play->phones; phone != NULL; phone = phone->next)
		if (strcmp(phone->number, number) == 0)
			return phone;
	phone = xcalloc(1, sizeof(*phone));
	phone->number = xstrdup(number);
	phone->next = play->phones;
	play->phones = phone;
	return phone;
}

void
play_free_phones(struct phone *phone)
{
	struct phone *next;

	for (; phone != NULL; phone = next) {
		next = phone->next;
		ussd_clear(&phone->ussd);
		free(phone->number);
		free(phone->used);
		free(phone);
	}
}

/* The number that a message or call of this phone goes to, which it has then used; NULL: none. */
static const char *
choose_number(struct play *play, const struct stmt *stmt)
{
	struct phone *phone = find_phone(play, stmt->phone);
	const char *any = play->unplugged[0] && !play->unplugged[1] ? "m2" : "m1";

	if (stmt->modem != NULL || phone->used == NULL) {
		free(phone->used);
		phone->used = play_number_of(play, stmt->modem != NULL ? stmt->modem : any);
		if (phone->used == NULL)
			play_failed(play, xstrdup("a modem with a SIM"), xstrdup("none"));
	}
	return phone->used;
}

int
play_send(struct play *play, const struct stmt *stmt)
{
	const char *to = choose_number(play, stmt);
	char *text, *escaped;

	if (to == NULL || play_need_gateway(play) == -1 ||
		play_expand(play, stmt->text, &text) == -1)
		return -1;
	escaped = sim_escape(text);
	free(text);
	text = sim_ask(&play->sim, SIM_MS, "sms %s %s %s", stmt->phone, to, escaped);
	free(escaped);
	return play_obey(play, text);
}

int
play_rings(struct play *play, const struct stmt *stmt)
{
	const char *to = choose_number(play, stmt);

	if (to == NULL || play_need_gateway(play) == -1)
		return -1;
	return play_obey(play, sim_ask(&play->sim, SIM_MS, "call %s %s", stmt->phone, to));
}

/* "ok FROM TEXT" or "error FROM TEXT": the text, its escapes taken out; the caller's. */
static char *
text_of(const char *answer)
{
	for (int word = 0; word < 2; word++) {
		answer += strcspn(answer, " ");
		answer += *answer == ' ';
	}
	return sim_unescape(answer);
}

static int
judge_sms(
	struct play *play, const struct stmt *stmt, const struct wanted *wanted, const char *answer)
{
	char *text;

	if (answer == NULL || strncmp(answer, "ok ", 3) != 0)
		return play_failed(play, xformat("an SMS that matches /%s/", wanted->name),
			xformat("none within %lld ms", (long long)stmt->ms));
	text = text_of(answer);
	if (wanted_matches(play, wanted, text)) {
		free(text);
		return 0;
	}
	return play_failed(
		play, xformat("an SMS that matches /%s/", wanted->name), play_shown(text));
}

int
play_expect(struct play *play, const struct stmt *stmt)
{
	struct wanted wanted;
	char *answer;
	int result;

	if (play_need_gateway(play) == -1 || wanted_new(play, &stmt->regex, &wanted) == -1)
		return -1;
	answer = sim_ask(&play->sim, stmt->ms, "wait %s %lld", stmt->phone, (long long)stmt->ms);
	result = judge_sms(play, stmt, &wanted, answer);
	wanted_free(&wanted);
	free(answer);
	return result;
}

int
play_silent(struct play *play, const struct stmt *stmt)
{
	char *answer, *expected;

	if (play_need_gateway(play) == -1)
		return -1;
	answer = sim_ask(&play->sim, stmt->ms, "quiet %s %lld", stmt->phone, (long long)stmt->ms);
	if (answer != NULL && strcmp(answer, "ok") == 0) {
		free(answer);
		return 0;
	}
	expected = xformat("no SMS for %lld ms", (long long)stmt->ms);
	if (answer == NULL)
		return play_failed(play, expected, xstrdup("no answer from the simulator"));
	play_failed(play, expected, play_shown(text_of(answer)));
	free(answer);
	return -1;
}

int
play_coverage(struct play *play, const struct stmt *stmt)
{
	const char *word = stmt->kind == STMT_ON ? "on" : "off";

	return play_obey(play, sim_ask(&play->sim, SIM_MS, "coverage %s %s", stmt->phone, word));
}

/* --- USSD -------------------------------------------------------------------------------- */

/* text: of the statement, its variables filled in. */
static int
take_step(struct play *play, const struct stmt *stmt, const char *text, char **error)
{
	struct ussd *ussd = &find_phone(play, stmt->phone)->ussd;
	const char *way = stmt->value != NULL ? stmt->value : "sim";

	switch (stmt->kind) {
	case STMT_DIALS:
		return ussd_dial(
			ussd, ussd_way_find(way), play->listener, stmt->phone, text, error);
	case STMT_KEYS:
		return ussd_keys(ussd, play->listener, text, error);
	case STMT_ENDS:
		return ussd_end(ussd, play->listener, error);
	default:
		return ussd_repeat(ussd, play->listener, (size_t)stmt->status, error);
	}
}

int
play_session(struct play *play, const struct stmt *stmt)
{
	const char *what = stmt->kind == STMT_ENDS ? "the end to be taken" : "a screen";
	char *text = NULL, *error = NULL;
	int result;

	if (play_need_gateway(play) == -1)
		return -1;
	if (stmt->text != NULL && play_expand(play, stmt->text, &text) == -1)
		return -1;
	result = take_step(play, stmt, text, &error);
	free(text);
	return result == 0 ? 0 : play_failed(play, xstrdup(what), error);
}

int
play_sees(struct play *play, const struct stmt *stmt)
{
	const struct ussd *ussd = &find_phone(play, stmt->phone)->ussd;

	if (ussd->screen == NULL)
		return play_failed(play, xstrdup("a screen"), xstrdup("none"));
	if (stmt->ms > 0 && ussd->ms > stmt->ms)
		return play_failed(play, xformat("an answer within %lld ms", (long long)stmt->ms),
			xformat("one after %lld ms", (long long)ussd->ms));
	return play_match(play, &stmt->regex, "a screen", ussd->screen);
}

int
play_hangs(struct play *play, const struct stmt *stmt)
{
	ussd_hang_up(&find_phone(play, stmt->phone)->ussd);
	return 0;
}
