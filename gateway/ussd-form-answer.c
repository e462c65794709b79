/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form-answer: what she has answered, what is asked next, and what comes of it. */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "texts.h"
#include "ussd-form-internal.h"

#define COMMA_MAX 8 /* bytes of what stands between two, with NUL */
#define COMMA ", "  /* within a value */

/* --- --- what is asked next --- */

static bool
is_answered(const struct ussd_state *s, int question)
{
	return question != -1 && s->answer[question].status == USSD_ANSWERED;
}

static bool
field_is_known(const struct ussd_form *form, const struct ussd_state *s, int field)
{
	for (size_t i = 0; i < form->preset_count; i++)
		if (form->presets[i].field == field)
			return true;
	for (size_t i = 0; i < form->question_count; i++)
		if (form->questions[i].field == field && is_answered(s, (int)i))
			return true;
	return false;
}

/* Does what was chosen there ask for this question? */
static bool
is_among(const struct ussd_form *form, const struct ussd_state *s, const struct ussd_question *q)
{
	const char *value;

	if (q->only == -1)
		return true;
	value = ussd_answer_value(form, s, q->only);
	for (size_t i = 0; q->among[i] != NULL; i++)
		if (strcmp(q->among[i], value) == 0)
			return true;
	return false;
}

static bool
is_asked(const struct ussd_form *form, const struct ussd_state *s, int index)
{
	const struct ussd_question *q = &form->questions[index];

	return s->answer[index].status == USSD_OPEN && !is_answered(s, q->unless_question) &&
		(q->unless_field == -1 || !field_is_known(form, s, q->unless_field)) &&
		is_among(form, s, q);
}

void
ussd_go_on(struct ussd_turning *t)
{
	int next = 0, count = (int)t->form->question_count;

	while (next < count && !is_asked(t->form, t->state, next))
		next++;
	t->state->asking = (struct ussd_asking){ .question = next < count ? next : -1, .via = -1 };
	t->state->complete = next == count;
	ussd_go_to(t, next < count ? AT_QUESTION : t->form->confirm ? AT_CONFIRM : AT_RUN);
}

/* --- --- the trail --- */

void
ussd_trail_push(struct ussd_state *s)
{
	struct ussd_trail *trail;

	if (s->trail_count == USSD_TRAIL_MAX)
		memmove(s->trail, s->trail + 1, --s->trail_count * sizeof *s->trail);
	trail = &s->trail[s->trail_count++];
	trail->asking = s->asking;
	for (int i = 0; i < s->question_count; i++)
		trail->status[i] = (int)s->answer[i].status;
}

bool
ussd_trail_pop(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;
	const struct ussd_trail *trail;

	if (s->trail_count == 0)
		return false;
	trail = &s->trail[--s->trail_count];
	for (int i = 0; i < s->question_count; i++)
		s->answer[i].status = (enum ussd_status)trail->status[i];
	s->asking = trail->asking;
	s->complete = false;
	ussd_go_to(t, AT_QUESTION);
	return true;
}

/* --- --- answering --- */

/* The value of a field, or of none, that what was written makes. */
static bool
check(const struct service *service, int field, const char *written, char out[SERVICE_VALUE_MAX])
{
	char folded[3 * SERVICE_VALUE_MAX + 1];

	if (field != -1 && service->fields[field].check != NULL)
		return strlen(written) < SERVICE_VALUE_MAX &&
			text_fold(folded, sizeof folded, written) != -1 &&
			(service->fields[field].check(written, folded, out) ||
				service->fields[field].check(written, written, out));
	if (written[strspn(written, " \n\t\r")] == '\0' || strlen(written) >= SERVICE_VALUE_MAX)
		return false;
	strcpy(out, written);
	return true;
}

/* What narrowed the question's list does not hold of what is answered without it. */
static void
put_wider_aside(const struct ussd_form *form, struct ussd_state *s, int index)
{
	for (index = form->questions[index].within; index != -1;
		index = form->questions[index].within)
		if (is_answered(s, index))
			s->answer[index].status = USSD_ASIDE;
}

/* Where she is has been answered by `index`: what lies between is not asked any more. */
static struct ussd_answer *
settle(struct ussd_turning *t, int index)
{
	struct ussd_state *s = t->state;
	int from = s->asking.via != -1 ? s->asking.via : s->asking.question;

	if (from != -1) {
		ussd_trail_push(s);
		for (int i = from; i < index; i++)
			if (s->answer[i].status == USSD_OPEN)
				s->answer[i].status = USSD_PASSED;
	}
	s->answer[index].status = USSD_ANSWERED;
	return &s->answer[index];
}

void
ussd_reply_choice(struct ussd_turning *t, int choice)
{
	settle(t, t->state->asking.question)->choice = choice;
	ussd_go_on(t);
}

static bool
reply_row(struct ussd_turning *t, int index, const struct ussd_row *row, bool anywhere)
{
	char value[SERVICE_VALUE_MAX];
	const struct ussd_row taken = *row; /* it may be one of the screen's */
	struct ussd_answer *a;

	if (!check(t->form->service, t->form->questions[index].field, row->value, value) ||
		strlen(value) >= USSD_VALUE_MAX)
		return false;
	a = settle(t, index);
	strcpy(a->value, value);
	strcpy(a->label, taken.label);
	if (anywhere)
		put_wider_aside(t->form, t->state, index);
	ussd_go_on(t);
	return true;
}

bool
ussd_reply_row(struct ussd_turning *t, int index, const struct ussd_row *row)
{
	return reply_row(t, index, row, false);
}

bool
ussd_reply_number(struct ussd_turning *t, int index, const struct ussd_row *row)
{
	return reply_row(t, index, row, true);
}

bool
ussd_reply_words(struct ussd_turning *t, int field, const char *written)
{
	char value[SERVICE_VALUE_MAX];
	int index = t->state->asking.question;
	bool list = t->form->questions[index].ask == USSD_ASK_LIST;
	struct ussd_answer *a;

	if (!check(t->form->service, field, written, value) ||
		strlen(value) >= (list ? USSD_VALUE_MAX : USSD_ANSWER_MAX))
		return false;
	a = settle(t, index);
	strcpy(a->value, value);
	if (list)
		strcpy(a->label, value);
	ussd_go_on(t);
	return true;
}

void
ussd_reply_nothing(struct ussd_turning *t, bool by_her)
{
	struct ussd_state *s = t->state;
	int index = s->asking.question;

	if (by_her)
		ussd_trail_push(s);
	for (int i = s->asking.via != -1 ? s->asking.via : index; i <= index; i++)
		if (s->answer[i].status == USSD_OPEN)
			s->answer[i].status = USSD_PASSED;
	ussd_go_on(t);
}

/* --- --- what comes of it --- */

const char *
ussd_answer_value(const struct ussd_form *form, const struct ussd_state *s, int index)
{
	const struct ussd_answer *a = &s->answer[index];

	if (a->status != USSD_ANSWERED)
		return "";
	return a->ask == USSD_ASK_CHOICE ? form->questions[index].values[a->choice] : a->value;
}

void
ussd_answer_label(const struct ussd_view *view, const struct ussd_form *form,
	const struct ussd_state *s, int index, char out[USSD_ANSWER_MAX])
{
	const struct ussd_answer *a = &s->answer[index];
	char key[2 * USSD_TEXT_KEY_MAX];

	out[0] = '\0';
	if (a->status != USSD_ANSWERED)
		return;
	if (a->ask != USSD_ASK_CHOICE) {
		strcpy(out, a->ask == USSD_ASK_LIST ? a->label : a->value);
		return;
	}
	snprintf(key, sizeof key, "%s%s", form->questions[index].labels,
		form->questions[index].values[a->choice]);
	if (texts_render(view->texts, view->language, key, NULL, out, USSD_ANSWER_MAX) == -1)
		out[0] = '\0';
}

/* Adds a piece behind a comma, as much of it as there is room for, whole characters. */
static void
join(char *out, size_t size, const char *comma, const char *piece)
{
	size_t length = strlen(out);

	if (piece[0] == '\0')
		return;
	if (length > 0 && length + strlen(comma) < size) {
		strcpy(out + length, comma);
		length += strlen(comma);
	}
	text_utf8_clean(out + length, size - length, piece, strlen(piece));
}

static void
fill(const struct ussd_view *view, const struct ussd_form *form, const struct ussd_state *s,
	const struct ussd_fill *f, struct form_values *out)
{
	char joined[SERVICE_VALUE_MAX] = "", label[USSD_ANSWER_MAX], value[SERVICE_VALUE_MAX];

	for (size_t i = 0; i < f->of_count; i++) {
		ussd_answer_label(view, form, s, f->of[i], label);
		join(joined, sizeof joined, COMMA,
			f->labels ? label : ussd_answer_value(form, s, f->of[i]));
	}
	if (joined[0] != '\0' && check(form->service, f->field, joined, value))
		strcpy(out->value[f->field], value);
}

void
ussd_values(const struct ussd_view *view, const struct ussd_form *form, const struct ussd_state *s,
	struct form_values *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < form->preset_count; i++)
		strcpy(out->value[form->presets[i].field], form->presets[i].value);
	/* The state was outside meanwhile: what is not the menu's own is checked once more. */
	for (size_t i = 0; i < form->question_count; i++) {
		const char *value = ussd_answer_value(form, s, (int)i);
		int field = form->questions[i].field;
		char checked[SERVICE_VALUE_MAX];

		if (field == -1 || !is_answered(s, (int)i))
			continue;
		if (form->questions[i].ask == USSD_ASK_CHOICE)
			strcpy(out->value[field], value);
		else if (check(form->service, field, value, checked))
			strcpy(out->value[field], checked);
	}
	for (size_t i = 0; i < form->fill_count; i++)
		fill(view, form, s, &form->fills[i], out);
}

/* Between two answers, as her language writes it. */
static void
comma_of(const struct ussd_view *view, char out[COMMA_MAX])
{
	if (texts_render(view->texts, view->language, "ussd_comma", NULL, out, COMMA_MAX) <= 0)
		strcpy(out, COMMA);
}

/* Adds what she saw of an answer, at most so many characters: long words by their beginning. */
static void
join_short(char *out, size_t size, const char *comma, const char *label, int most)
{
	char piece[USSD_ANSWER_MAX + 4];
	const char *at = label, *word = label;

	for (int n = 0; n < most && *at != '\0'; n++) {
		text_next(&at);
		if (*at == ' ')
			word = at;
	}
	if (*at == '\0')
		word = at;
	else if (word == label)
		word = at;
	snprintf(piece, sizeof piece, "%.*s%s", (int)(word - label), label,
		*at != '\0' ? "..." : "");
	join(out, size, comma, piece);
}

/* Was another answer chosen within this one? */
static bool
is_wider(const struct ussd_form *form, const struct ussd_state *s, int index)
{
	for (size_t i = 0; i < form->question_count; i++)
		if (form->questions[i].within == index && is_answered(s, index) &&
			is_answered(s, (int)i))
			return true;
	return false;
}

int
ussd_wider_count(const struct ussd_form *form, const struct ussd_state *s)
{
	int count = 0;

	for (size_t i = 0; i < form->question_count; i++)
		count += is_wider(form, s, (int)i);
	return count;
}

static void
summarise(const struct ussd_view *view, const struct ussd_form *form, const struct ussd_state *s,
	const struct ussd_manner *manner, char *out, size_t size)
{
	char label[USSD_ANSWER_MAX], comma[COMMA_MAX];
	int left_out = 0;

	out[0] = '\0';
	comma_of(view, comma);
	for (size_t i = 0; i < form->question_count; i++) {
		if (left_out < manner->left_out && is_wider(form, s, (int)i)) {
			left_out++;
			continue;
		}
		ussd_answer_label(view, form, s, (int)i, label);
		join_short(out, size, comma, label, USSD_SHOWN_MAX - manner->cut);
	}
}

int
ussd_state_summary(
	const struct ussd_view *view, const struct ussd_state *state, char *out, size_t size)
{
	const struct ussd_manner in_full = { .gsm = false };

	if (size == 0)
		return 0;
	out[0] = '\0';
	if (state->form != -1 && state->mark == view->menu->mark)
		summarise(view, &view->menu->forms[state->form], state, &in_full, out, size);
	return (int)strlen(out);
}

/* The text of the first item that leads to the form, or NULL. */
static const char *
item_of(const struct ussd_node *node, const struct ussd_form *form)
{
	const char *text = NULL;

	for (size_t i = 0; i < node->count && text == NULL; i++) {
		if (node->items[i].form == form)
			text = node->items[i].text;
		else if (node->items[i].menu != NULL)
			text = item_of(node->items[i].menu, form);
	}
	return text;
}

/* What files something is known by its answers; what does something is called by its item, too. */
void
ussd_about(const struct ussd_turning *t, char out[USSD_INPUT_MAX])
{
	char answers[USSD_INPUT_MAX], comma[COMMA_MAX];
	const char *text = item_of(t->menu->root, t->form);

	summarise(&t->view, t->form, t->state, &t->manner, answers, sizeof answers);
	if (answers[0] != '\0' && t->form->service->files) {
		strcpy(out, answers);
		return;
	}
	if (text == NULL ||
		texts_render(t->view.texts, t->view.language, text, NULL, out, USSD_INPUT_MAX) ==
			-1)
		snprintf(out, USSD_INPUT_MAX, "%s", t->form->name);
	comma_of(&t->view, comma);
	join(out, USSD_INPUT_MAX, comma, answers);
}
