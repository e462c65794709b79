/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form: a step of a dialogue, from its input to what is needed or shown. */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "texts.h"
#include "ussd-form-internal.h"

/* --- --- where she is --- */

const struct ussd_node *
ussd_node_at(const struct ussd_menu *menu, const struct ussd_state *s)
{
	const struct ussd_node *node = menu->root;

	for (int i = 0; i < s->depth; i++)
		node = node->items[s->path[i]].menu;
	return node;
}

void
ussd_go_to(struct ussd_turning *t, enum ussd_at at)
{
	struct ussd_state *s = t->state;

	s->at = at;
	s->page = 0;
	s->pages[0] = (struct ussd_from){ 0, 0 };
	s->more = s->last = s->fresh = false;
	s->row_count = 0;
}

void
ussd_go_home(struct ussd_turning *t)
{
	t->state->left = true;
	t->state->depth = 0;
	ussd_go_to(t, AT_MENU);
}

void
ussd_leave_alert(struct ussd_turning *t)
{
	if (t->state->resuming)
		ussd_go_to(t, AT_RESUME);
	else
		ussd_go_home(t);
}

void
ussd_begin_form(struct ussd_turning *t, const struct ussd_form *form)
{
	struct ussd_state *s = t->state;

	t->form = form;
	s->form = (int)(form - t->menu->forms);
	s->service = form->service;
	s->question_count = (int)form->question_count;
	s->left = s->resuming = s->complete = false;
	s->asking = (struct ussd_asking){ .question = -1, .via = -1 };
	s->trail_count = 0;
	memset(s->answer, 0, sizeof s->answer);
	for (int i = 0; i < s->question_count; i++)
		s->answer[i].ask = form->questions[i].ask;
}

void
ussd_note(struct ussd_turning *t, const char *key)
{
	snprintf(t->state->note, sizeof t->state->note, "%s", key);
}

/* --- --- what is needed --- */

static void
ask_list(struct ussd_turning *t, const char *source, int within, const char *letters, int offset)
{
	const struct ussd_state *s = t->state;

	snprintf(t->out->list.source, sizeof t->out->list.source, "%s", source);
	if (within != -1)
		snprintf(t->out->list.within, sizeof t->out->list.within, "%s",
			ussd_answer_value(t->form, s, within));
	snprintf(t->out->list.letters, sizeof t->out->list.letters, "%s", letters);
	t->out->list.offset = offset;
	t->out->list.limit = USSD_ROWS_MAX;
}

/* What letters find that are typed at a question. */
static void
ask_letters(struct ussd_turning *t, int question, const char *letters, int offset)
{
	const struct ussd_question *q = &t->form->questions[question];

	if (q->letters != NULL)
		ask_list(t, q->letters, -1, letters, offset);
	else
		ask_list(t, q->source, q->within, letters, offset);
}

static enum ussd_next
ask(struct ussd_turning *t)
{
	const struct ussd_state *s = t->state;
	const struct ussd_asking *a = &s->asking;
	int offset = (int)s->pages[s->page].choice;

	if (s->want == WANT_NUMBER)
		ask_list(t, t->form->questions[s->target].known, -1, s->wanted, 0);
	else if (s->want == WANT_LETTERS)
		ask_letters(t, a->question, s->wanted, 0);
	else if (a->via != -1)
		ask_letters(t, a->via, a->letters, offset);
	else
		ask_list(t, t->form->questions[a->question].source,
			t->form->questions[a->question].within, "", offset);
	return USSD_LIST;
}

/* The form is filled in, or her words answer what was asked back. */
static enum ussd_next
run(struct ussd_turning *t)
{
	struct ussd_out *out = t->out;
	int words;

	if (t->form == NULL)
		return USSD_RUN;
	out->form = t->form;
	t->manner = (struct ussd_manner){ .gsm = false };
	ussd_values(&t->view, t->form, t->state, &out->values);
	words = service_field_index(t->form->service, "words");
	if (words != -1)
		snprintf(out->words, sizeof out->words, "%s", out->values.value[words]);
	ussd_about(t, out->summary);
	return USSD_RUN;
}

/* --- --- what was dialled with the code --- */

/* Its first piece may be for the form that takes numbers. */
static void
take_direct(struct ussd_turning *t, const char *piece)
{
	const struct ussd_form *direct = t->menu->direct;
	char digits[USSD_INPUT_MAX];

	if (direct != NULL && ussd_digits(piece, digits) && strlen(digits) > 1 &&
		strcmp(digits, "00") != 0) {
		ussd_begin_form(t, direct);
		ussd_want_number(t, direct->direct, digits);
	} else {
		ussd_key(t, piece);
	}
}

static void
take_dialled(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;
	char piece[USSD_INPUT_MAX];
	size_t length = strcspn(s->dialled, "*");
	bool first = s->dialled_all;

	snprintf(piece, sizeof piece, "%.*s", (int)length, s->dialled);
	length += s->dialled[length] == '*';
	memmove(s->dialled, s->dialled + length, strlen(s->dialled + length) + 1);
	s->dialled_all = false;
	if (first)
		take_direct(t, piece);
	else
		ussd_key(t, piece);
}

/* --- --- a step --- */

static bool
needs_rows(const struct ussd_turning *t)
{
	const struct ussd_state *s = t->state;

	return s->at == AT_QUESTION && t->form != NULL && !s->fresh &&
		t->form->questions[s->asking.question].ask == USSD_ASK_LIST;
}

/* Until something is needed, or can be shown. */
static enum ussd_next
turn(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;

	for (;;) {
		if (s->want == WANT_NOTHING && needs_rows(t))
			s->want = WANT_ROWS;
		if (s->want != WANT_NOTHING && t->form != NULL)
			return ask(t);
		if (s->at == AT_RUN)
			return run(t);
		ussd_show(t);
		if (s->note[0] != '\0' || !t->out->more)
			s->dialled[0] = '\0';
		if (s->dialled[0] == '\0' || s->at == AT_ALERT)
			return USSD_SHOW;
		take_dialled(t);
	}
}

/* What a step has decided is told at each of its returns. */
static enum ussd_next
go(struct ussd_turning *t)
{
	enum ussd_next next = turn(t);

	snprintf(t->out->language, sizeof t->out->language, "%s", t->state->chosen);
	t->out->declined = t->state->declined;
	t->out->resumed = t->state->resumed;
	return next;
}

static void
forget_step(struct ussd_state *s)
{
	s->want = WANT_NOTHING;
	s->fresh = s->declined = s->resumed = false;
	s->note[0] = s->chosen[0] = '\0';
}

static void
reset(struct ussd_state *s, const struct ussd_menu *menu)
{
	memset(s, 0, sizeof *s);
	s->mark = menu->mark;
	s->form = -1;
	s->asking = (struct ussd_asking){ .question = -1, .via = -1 };
}

/* The menu may have been loaded anew since the step before. */
static void
enter(struct ussd_turning *t, const struct ussd_view *view, struct ussd_state *state,
	struct ussd_out *out)
{
	memset(out, 0, sizeof *out);
	if (state->mark != view->menu->mark)
		reset(state, view->menu);
	*t = (struct ussd_turning){ .view = *view, .menu = view->menu, .state = state, .out = out };
	if (state->form != -1)
		t->form = &t->menu->forms[state->form];
	if (state->chosen[0] != '\0')
		t->view.language = state->chosen;
}

/* --- --- a new session --- */

static bool
is_resumable(const struct ussd_menu *menu, const struct ussd_state *s)
{
	return s != NULL && s->mark == menu->mark && ussd_state_service(s) != NULL &&
		(s->at == AT_QUESTION || s->at == AT_CONFIRM || s->resuming);
}

enum ussd_next
ussd_form_begin(const struct ussd_view *view, struct ussd_state *state,
	const struct ussd_state *resumed, const char *input, struct ussd_out *out)
{
	struct ussd_turning t;
	size_t length;

	reset(state, view->menu);
	if (input[0] == '\0' && is_resumable(view->menu, resumed)) {
		*state = *resumed;
		forget_step(state);
		state->resuming = true;
	}
	enter(&t, view, state, out);
	length = text_utf8_clean(state->dialled, sizeof state->dialled, input, strlen(input));
	if (length > 0 && state->dialled[length - 1] == '#')
		state->dialled[length - 1] = '\0';
	state->dialled_all = true;
	if (view->alert != NULL && view->alert[0] != '\0')
		ussd_go_to(&t, AT_ALERT);
	else
		ussd_leave_alert(&t);
	return go(&t);
}

/* --- --- an input --- */

enum ussd_next
ussd_form_input(const struct ussd_view *view, struct ussd_state *state, const char *input_utf8,
	struct ussd_out *out)
{
	bool known = state->mark == view->menu->mark;
	struct ussd_turning t;

	forget_step(state);
	enter(&t, view, state, out);
	if (!known) { /* she answers a screen of the menu that there was */
		ussd_go_home(&t);
		ussd_note(&t, "ussd_menu_changed");
	} else if (state->at == AT_ALERT && (view->alert == NULL || view->alert[0] == '\0')) {
		ussd_leave_alert(&t); /* it is over: what she keyed was about it */
	} else if (state->at == AT_RUN || (state->at == AT_SAID && !state->more)) {
		ussd_go_home(&t); /* nobody has waited for a key there */
	} else {
		ussd_key(&t, input_utf8);
	}
	return go(&t);
}

/* --- --- rows --- */

static void
take_rows(struct ussd_state *s, const struct ussd_row *rows, size_t count)
{
	s->row_count = count < USSD_ROWS_MAX ? (int)count : USSD_ROWS_MAX;
	for (int i = 0; i < s->row_count; i++) {
		struct ussd_row *row = &s->rows[i];

		text_utf8_clean(row->value, sizeof row->value, rows[i].value,
			strnlen(rows[i].value, sizeof rows[i].value));
		text_utf8_clean(row->label, sizeof row->label, rows[i].label,
			strnlen(rows[i].label, sizeof rows[i].label));
		for (char *p = row->label; *p != '\0'; p++)
			if (*p == '\n')
				*p = ' ';
	}
	s->fresh = true;
}

/* Can anything be keyed there but a choice? */
static bool
takes_more_than_choices(const struct ussd_question *q)
{
	return q->typed != -1 || q->number != -1 || q->letters != NULL;
}

/* A page of the list has no row: it is over, or there never was one. */
static void
nothing_listed(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;
	const struct ussd_question *q = &t->form->questions[s->asking.question];

	if (s->pages[s->page].choice > 0) {
		ussd_go_to(t, AT_QUESTION);
	} else if (s->asking.via != -1) {
		s->asking = (struct ussd_asking){ .question = s->asking.via, .via = -1 };
		ussd_note(t, "ussd_nothing_found");
	} else if (q->optional) {
		ussd_reply_nothing(t, false);
	} else {
		s->fresh = true;
		if (!takes_more_than_choices(q))
			ussd_note(t, "ussd_nothing_found");
	}
}

static void
number_found(struct ussd_turning *t, const struct ussd_row *row)
{
	struct ussd_state *s = t->state;
	const char *wrong = t->form->questions[s->target].wrong;

	if (row != NULL && ussd_reply_number(t, s->target, row))
		return;
	ussd_note(t, wrong != NULL ? wrong : "ussd_unknown_number");
	s->fresh = false;
	if (s->asking.question == -1)
		ussd_go_on(t);
}

/* One is the answer; of several she chooses, in the list of the question that they answer. */
static void
letters_found(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;
	int from = s->asking.via != -1 ? s->asking.via : s->asking.question;
	int at = s->asking.question, answers = t->form->questions[at].answers, count = s->row_count;
	const struct ussd_row row = s->rows[0];

	if (count == 0) {
		s->fresh = false;
		ussd_note(t, "ussd_nothing_found");
	} else if (count > 1) {
		ussd_trail_push(s);
		for (int i = from; i < at; i++)
			if (s->answer[i].status == USSD_OPEN)
				s->answer[i].status = USSD_PASSED;
		s->asking = (struct ussd_asking){ .question = answers, .via = at };
		strcpy(s->asking.letters, s->wanted);
		ussd_go_to(t, AT_QUESTION);
		s->row_count = count;
		s->fresh = true;
	} else if (!ussd_reply_row(t, answers, &row)) {
		s->fresh = false;
		ussd_note(t, "ussd_wrong_key");
	}
}

enum ussd_next
ussd_form_listed(const struct ussd_view *view, struct ussd_state *state,
	const struct ussd_row *rows, size_t count, struct ussd_out *out)
{
	struct ussd_turning t;
	enum ussd_want want;

	enter(&t, view, state, out);
	want = state->want;
	state->want = WANT_NOTHING;
	if (want == WANT_NOTHING || t.form == NULL)
		return go(&t);
	take_rows(state, rows, count);
	if (want == WANT_NUMBER)
		number_found(&t, count > 0 ? &state->rows[0] : NULL);
	else if (want == WANT_LETTERS)
		letters_found(&t);
	else if (count == 0)
		nothing_listed(&t);
	return go(&t);
}

/* --- --- what came of it --- */

/* Bytes of the sentences before the one that names the reference: thanks, what is dangerous. */
static size_t
before_reference(const char *said, const char *reference)
{
	static const char *const ends[] = { ". ", "! ", "? ", "؟ " };
	const char *named = strstr(said, reference);
	size_t before = 0;

	for (const char *at = said; named != NULL && at < named; at++)
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
			if (strncmp(at, ends[i], strlen(ends[i])) == 0)
				before = (size_t)(at - said) + strlen(ends[i]) - 1;
	return before;
}

/* Returns true when this is one screen, and is said now. */
static bool
say_filed(struct ussd_turning *t, const char *before, const char *reference)
{
	const struct text_value values[] = { { "text", before }, { "reference", reference },
		{ NULL, NULL } };
	char filed[USSD_SAID_MAX];
	const char *words = filed;

	if (texts_render(t->view.texts, t->view.language, "ussd_filed", values, filed,
		    sizeof filed) == -1)
		return false;
	ussd_screen_fold(filed, sizeof filed);
	words += strspn(words, " ");
	if (!ussd_screen_fits(&t->view.room, words))
		return false;
	strcpy(t->state->said, words);
	return true;
}

/* More than a screen, which SMS tell too: she sees the reference, and as much before it as fits. */
static void
shorten_filed(struct ussd_turning *t, const char *reference)
{
	char before[USSD_SAID_MAX];

	strcpy(before, t->state->said);
	before[before_reference(before, reference)] = '\0';
	if (!say_filed(t, before, reference))
		say_filed(t, "", reference);
}

enum ussd_next
ussd_form_ran(const struct ussd_view *view, struct ussd_state *state, const char *said_utf8,
	const char *reference, bool asks, struct ussd_out *out)
{
	char chosen[LANGUAGE_MAX];
	bool resumed = state->resumed;
	struct ussd_turning t;

	strcpy(chosen, state->chosen);
	reset(state, view->menu);
	strcpy(state->chosen, chosen);
	state->resumed = resumed;
	enter(&t, view, state, out);
	text_utf8_clean(state->said, sizeof state->said, said_utf8, strlen(said_utf8));
	if (state->said[strspn(state->said, " \n")] == '\0' &&
		texts_render(view->texts, t.view.language, "ussd_bye", NULL, state->said,
			sizeof state->said) == -1)
		state->said[0] = '\0';
	ussd_go_to(&t, asks ? AT_ASKED : AT_SAID);
	if (!asks && reference[0] != '\0' && !ussd_is_one_screen(&t))
		shorten_filed(&t, reference);
	return go(&t);
}
