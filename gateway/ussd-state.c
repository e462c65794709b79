/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-state: a dialogue's state as text, for the database.
 *
 * One walk over the state serves both ways, so that what is written is what is read. Numbers stand
 * as they are, words behind their length: "12 5:heap1 ". What is read is not trusted: each number
 * has its range, each text its room, and what does not agree with the menu is none of its states.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "ussd-form-internal.h"

#define VERSION 1

struct walk {
	char *out; /* NULL: it reads */
	size_t room;
	const char *in;
	const struct ussd_menu *menu; /* of what is read */
	bool wrong;                   /* too long; or none of this menu's */
};

struct ussd_state *
ussd_state_new(void)
{
	struct ussd_state *state = calloc(1, sizeof *state);

	if (state != NULL) {
		state->form = -1;
		state->asking.question = state->asking.via = -1;
	}
	return state;
}

void
ussd_state_free(struct ussd_state *state)
{
	free(state);
}

/* --- --- pieces --- */

static void
walk_bytes(struct walk *w, const char *bytes, size_t length)
{
	if (w->wrong || length >= w->room) {
		w->wrong = true;
		return;
	}
	memcpy(w->out, bytes, length);
	w->out += length;
	w->out[0] = '\0';
	w->room -= length;
}

static unsigned long long
read_number(struct walk *w, char end)
{
	unsigned long long value = 0;
	size_t digits = strspn(w->in, "0123456789");

	if (digits == 0 || digits > 19 || w->in[digits] != end)
		w->wrong = true;
	if (w->wrong)
		return 0;
	for (; digits > 0; digits--)
		value = value * 10 + (unsigned)(*w->in++ - '0');
	w->in++;
	return value;
}

static unsigned long long
walk_long(struct walk *w, unsigned long long value)
{
	char text[32];

	if (w->out == NULL)
		return read_number(w, ' ');
	walk_bytes(w, text, (size_t)snprintf(text, sizeof text, "%llu ", value));
	return value;
}

/* A number, which is of min (-1 at least) to max when it is read. */
static void
walk_int(struct walk *w, int *value, int min, int max)
{
	unsigned long long read = walk_long(w, (unsigned long long)(*value + 1));

	if (w->out != NULL || w->wrong)
		return;
	if (read > (unsigned long long)INT_MAX || (int)read - 1 < min || (int)read - 1 > max)
		w->wrong = true;
	else
		*value = (int)read - 1;
}

/* One of which there is only one in this menu. */
static void
walk_same(struct walk *w, int *value, int same)
{
	walk_int(w, value, same, same);
}

static void
walk_bool(struct walk *w, bool *value)
{
	int number = *value;

	walk_int(w, &number, 0, 1);
	*value = number != 0;
}

static void
walk_size(struct walk *w, size_t *value)
{
	int number = *value < INT_MAX - 1 ? (int)*value : INT_MAX - 1;

	walk_int(w, &number, 0, INT_MAX - 1);
	*value = (size_t)number;
}

static void
walk_words(struct walk *w, char *words, size_t size)
{
	char head[32];
	unsigned long long length;

	if (w->out != NULL) {
		walk_bytes(w, head, (size_t)snprintf(head, sizeof head, "%zu:", strlen(words)));
		walk_bytes(w, words, strlen(words));
		walk_bytes(w, " ", 1);
		return;
	}
	length = read_number(w, ':');
	if (w->wrong || length >= size || strnlen(w->in, (size_t)length + 1) != length + 1 ||
		w->in[length] != ' ' || !text_utf8_valid(w->in, (size_t)length)) {
		w->wrong = true;
		return;
	}
	memcpy(words, w->in, (size_t)length);
	words[length] = '\0';
	w->in += length + 1;
}

/* --- --- the state --- */

static const struct ussd_node *
below(const struct ussd_node *node, int item)
{
	return node->items[item].leads == USSD_TO_MENU ? node->items[item].menu : NULL;
}

static void
walk_menu(struct walk *w, struct ussd_state *s)
{
	const struct ussd_node *node = w->menu != NULL ? w->menu->root : NULL;

	walk_int(w, &s->depth, 0, USSD_DEPTH_MAX - 1);
	for (int i = 0; i < s->depth && !w->wrong; i++) {
		walk_int(w, &s->path[i], 0, node != NULL ? (int)node->count - 1 : 0);
		if (node != NULL && !w->wrong && (node = below(node, s->path[i])) == NULL)
			w->wrong = true;
	}
}

static void
walk_asking(struct walk *w, const struct ussd_state *s, struct ussd_asking *a)
{
	walk_int(w, &a->question, -1, s->question_count - 1);
	walk_int(w, &a->via, -1, s->question_count - 1);
	if (w->wrong || a->via == -1)
		return;
	walk_words(w, a->letters, sizeof a->letters);
	if (a->question == -1 || s->answer[a->question].ask != USSD_ASK_LIST ||
		s->answer[a->via].ask != USSD_ASK_LIST)
		w->wrong = true;
}

static void
walk_answer(struct walk *w, const struct ussd_question *q, struct ussd_answer *a)
{
	int ask = (int)a->ask, status = (int)a->status, values = 0;

	walk_same(w, &ask, q != NULL ? (int)q->ask : 0);
	walk_int(w, &status, 0, USSD_STATUS_COUNT - 1);
	a->ask = (enum ussd_ask)ask;
	a->status = (enum ussd_status)status;
	if (w->wrong || (a->status != USSD_ANSWERED && a->status != USSD_ASIDE))
		return;
	while (q != NULL && a->ask == USSD_ASK_CHOICE && q->values[values] != NULL)
		values++;
	if (a->ask == USSD_ASK_CHOICE)
		walk_int(w, &a->choice, 0, values - 1);
	else
		walk_words(w, a->value, a->ask == USSD_ASK_LIST ? USSD_VALUE_MAX : sizeof a->value);
	if (a->ask == USSD_ASK_LIST)
		walk_words(w, a->label, sizeof a->label);
}

static void
walk_trail(struct walk *w, const struct ussd_state *s, struct ussd_trail *trail)
{
	walk_asking(w, s, &trail->asking);
	for (int i = 0; i < s->question_count; i++)
		walk_int(w, &trail->status[i], 0, USSD_STATUS_COUNT - 1);
	if (trail->asking.question == -1)
		w->wrong = true;
}

static void
walk_form(struct walk *w, struct ussd_state *s)
{
	const struct ussd_form *form = w->menu != NULL ? &w->menu->forms[s->form] : NULL;

	walk_same(w, &s->question_count, form != NULL ? (int)form->question_count : 0);
	walk_bool(w, &s->left);
	walk_bool(w, &s->resuming);
	walk_bool(w, &s->complete);
	for (int i = 0; i < s->question_count && !w->wrong; i++)
		walk_answer(w, form != NULL ? &form->questions[i] : NULL, &s->answer[i]);
	if (!w->wrong)
		walk_asking(w, s, &s->asking);
	walk_int(w, &s->trail_count, 0, USSD_TRAIL_MAX);
	for (int n = 0; n < s->trail_count && !w->wrong; n++)
		walk_trail(w, s, &s->trail[n]);
	if (form != NULL)
		s->service = form->service;
}

static void
walk_from(struct walk *w, struct ussd_from *from)
{
	walk_size(w, &from->text);
	walk_size(w, &from->choice);
}

static void
walk_screen(struct walk *w, struct ussd_state *s)
{
	walk_int(w, &s->page, 0, USSD_PAGES_MAX - 1);
	for (int i = 0; i <= s->page && !w->wrong; i++)
		walk_from(w, &s->pages[i]);
	walk_bool(w, &s->more);
	if (s->more)
		walk_from(w, &s->next);
	walk_bool(w, &s->last);
	walk_int(w, &s->row_count, 0, USSD_PAGE_CHOICES);
	for (int i = 0; i < s->row_count && !w->wrong; i++) {
		walk_words(w, s->rows[i].value, sizeof s->rows[i].value);
		walk_words(w, s->rows[i].label, sizeof s->rows[i].label);
	}
	if (s->at == AT_SAID || s->at == AT_ASKED)
		walk_words(w, s->said, sizeof s->said);
	walk_words(w, s->dialled, sizeof s->dialled);
	walk_bool(w, &s->dialled_all);
}

/* Where she is agrees with what there is. */
static bool
is_sound(const struct ussd_state *s)
{
	bool begun = s->form != -1 && !s->left && !s->resuming;

	switch (s->at) {
	case AT_QUESTION:
		return begun && s->asking.question != -1;
	case AT_CONFIRM:
		return begun;
	case AT_RUN:
		return begun || s->form == -1;
	case AT_RESUME:
		return s->resuming;
	case AT_ALERT:
		return s->form == -1 || s->resuming;
	case AT_SAID:
	case AT_ASKED:
		return s->form == -1;
	default:
		return s->form == -1 || (s->left && !s->resuming);
	}
}

/* A form that is not where she is stands at its question or its confirmation. */
static bool
stands(const struct ussd_state *s)
{
	return s->form == -1 || (!s->left && !s->resuming) || s->complete ||
		s->asking.question != -1;
}

static void
walk_state(struct walk *w, struct ussd_state *s)
{
	int at = (int)s->at;

	if (walk_long(w, VERSION) != VERSION)
		w->wrong = true;
	s->mark = walk_long(w, s->mark);
	if (w->menu != NULL && s->mark != w->menu->mark)
		w->wrong = true;
	walk_int(w, &at, 0, AT_COUNT - 1);
	s->at = (enum ussd_at)at;
	walk_menu(w, s);
	walk_int(w, &s->form, -1, w->menu != NULL ? (int)w->menu->form_count - 1 : 0);
	if (!w->wrong && s->form != -1)
		walk_form(w, s);
	if (!w->wrong)
		walk_screen(w, s);
	if (!w->wrong && w->menu != NULL && (!is_sound(s) || !stands(s)))
		w->wrong = true;
}

int
ussd_state_write(const struct ussd_state *state, char *out, size_t size)
{
	struct ussd_state copy = *state; /* the walk is for both ways */
	char text[USSD_STATE_MAX] = "";
	struct walk w = { .out = text, .room = sizeof text };

	walk_state(&w, &copy);
	if (w.wrong || strlen(text) >= size)
		return -1;
	strcpy(out, text);
	return 0;
}

struct ussd_state *
ussd_state_read(const struct ussd_menu *menu, const char *text)
{
	struct ussd_state *state = ussd_state_new();
	struct walk w = { .in = text, .menu = menu };

	if (state == NULL)
		return NULL;
	walk_state(&w, state);
	if (!w.wrong && w.in[0] == '\0')
		return state;
	ussd_state_free(state);
	return NULL;
}

bool
ussd_state_is_complete(const struct ussd_state *state)
{
	return state->form != -1 && !state->left &&
		(state->at == AT_CONFIRM || (state->resuming && state->complete));
}

const struct service *
ussd_state_service(const struct ussd_state *state)
{
	if (state->form == -1 || state->left)
		return NULL;
	if (ussd_state_is_complete(state))
		return state->service;
	for (int i = 0; i < state->question_count; i++)
		if (state->answer[i].status == USSD_ANSWERED)
			return state->service;
	return NULL;
}
