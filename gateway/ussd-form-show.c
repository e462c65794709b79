/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form-show: the screen of where she is. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "text.h"
#include "texts.h"
#include "ussd-form-internal.h"

#define CUT_STEP 4
#define CUT_MOST 28 /* an answer's first 12 characters still tell it */

/* --- --- words --- */

const char *
ussd_key_said(const struct ussd_turning *t, const char *key, char out[USSD_GSM_KEY_MAX])
{
	if (!t->manner.gsm)
		return key;
	snprintf(out, USSD_GSM_KEY_MAX, "%s" TEXTS_GSM, key);
	return texts_raw(t->view.texts, t->view.language, out) != NULL ? out : key;
}

static const char *
say_with(const struct ussd_turning *t, const char *key, const char *summary, char *out, size_t size)
{
	const struct text_value values[] = { { "number", t->view.city_number },
		{ "summary", summary }, { NULL, NULL } };
	char gsm[USSD_GSM_KEY_MAX];

	if (texts_render(t->view.texts, t->view.language, ussd_key_said(t, key, gsm), values, out,
		    size) == -1)
		out[0] = '\0';
	ussd_screen_fold(out, size);
	return out;
}

static const char *
say(const struct ussd_turning *t, const char *key, char *out, size_t size)
{
	return say_with(t, key, "", out, size);
}

static void
put_text(const struct ussd_turning *t, struct ussd_sheet *sheet, const char *key)
{
	sheet->page.text = say(t, key, sheet->text, sizeof sheet->text);
}

static void
put_words(struct ussd_sheet *sheet, const char *words)
{
	text_utf8_clean(sheet->text, sizeof sheet->text, words, strlen(words));
	ussd_screen_fold(sheet->text, sizeof sheet->text);
	sheet->page.text = sheet->text;
}

static char *
next_choice(struct ussd_sheet *sheet)
{
	char *words = sheet->words[sheet->page.count];

	sheet->choices[sheet->page.count++] = words;
	return words;
}

static void
put_choice(const struct ussd_turning *t, struct ussd_sheet *sheet, const char *key)
{
	say(t, key, next_choice(sheet), USSD_CHOICE_MAX);
}

static void
put_last(const struct ussd_turning *t, struct ussd_sheet *sheet, const char *key)
{
	if (key != NULL)
		sheet->page.last = say(t, key, sheet->last, sizeof sheet->last);
}

/* --- --- languages --- */

const char *
ussd_language(const struct ussd_view *view, size_t index)
{
	for (size_t i = 0; i < CONFIG_LIST_MAX && view->config->languages[i] != NULL; i++)
		if (texts_raw(view->texts, view->config->languages[i], "language_name") != NULL &&
			index-- == 0)
			return view->config->languages[i];
	return NULL;
}

/* As each writes itself. */
static void
put_languages(const struct ussd_turning *t, struct ussd_sheet *sheet)
{
	size_t first = t->state->pages[t->state->page].choice;
	const char *language;

	for (size_t i = 0;
		i < USSD_ROWS_MAX && (language = ussd_language(&t->view, first + i)) != NULL; i++) {
		char *words = next_choice(sheet);

		if (texts_render(t->view.texts, language, "language_name", NULL, words,
			    USSD_CHOICE_MAX) == -1)
			words[0] = '\0';
	}
	sheet->list = true;
}

/* --- --- where she is --- */

static void
put_menu(const struct ussd_turning *t, struct ussd_sheet *sheet)
{
	const struct ussd_node *node = ussd_node_at(t->menu, t->state);

	put_text(t, sheet, node->text);
	for (size_t i = 0; i < node->count; i++)
		put_choice(t, sheet, node->items[i].text);
}

static void
put_question(const struct ussd_turning *t, struct ussd_sheet *sheet)
{
	const struct ussd_state *s = t->state;
	const struct ussd_question *q = &t->form->questions[s->asking.question];
	char key[2 * USSD_TEXT_KEY_MAX];

	put_text(t, sheet, q->text);
	if (q->ask != USSD_ASK_CHOICE)
		put_last(t, sheet, q->skip);
	for (int i = 0; q->ask == USSD_ASK_CHOICE && q->values[i] != NULL; i++) {
		snprintf(key, sizeof key, "%s%s", q->labels, q->values[i]);
		put_choice(t, sheet, key);
	}
	if (q->ask == USSD_ASK_CHOICE && q->skip != NULL)
		put_choice(t, sheet, q->skip);
	for (int i = 0; q->ask == USSD_ASK_LIST && i < s->row_count; i++) {
		char *words = next_choice(sheet);

		strcpy(words, s->rows[i].label);
		ussd_screen_fold(words, USSD_CHOICE_MAX);
	}
	sheet->list = q->ask == USSD_ASK_LIST;
}

/* A text about what she has answered, and two choices. */
static void
put_decision(const struct ussd_turning *t, struct ussd_sheet *sheet, const char *text,
	const char *first, const char *second)
{
	char about[USSD_INPUT_MAX + 1] =
		" "; /* her words are no name of a text, as "@..." would be */

	ussd_about(t, about + 1);
	sheet->page.text =
		say_with(t, text, about + (about[1] != '@'), sheet->text, sizeof sheet->text);
	put_choice(t, sheet, first);
	put_choice(t, sheet, second);
}

static void
put_where(const struct ussd_turning *t, struct ussd_sheet *sheet)
{
	switch (t->state->at) {
	case AT_MENU:
		put_menu(t, sheet);
		break;
	case AT_LANGUAGE:
		put_languages(t, sheet);
		break;
	case AT_QUESTION:
		put_question(t, sheet);
		break;
	case AT_CONFIRM:
		put_decision(t, sheet, "ussd_confirm", "ussd_send", "ussd_change");
		break;
	case AT_RESUME:
		put_decision(t, sheet, "ussd_resume", "ussd_yes", "ussd_no");
		break;
	case AT_ALERT:
		put_words(sheet, t->view.alert);
		put_last(t, sheet, "ussd_go_on");
		break;
	default:
		put_words(sheet, t->state->said);
	}
}

/* Is there somewhere to go back to that is told? */
static bool
has_back(const struct ussd_state *s)
{
	return s->at == AT_LANGUAGE || s->at == AT_QUESTION || s->at == AT_CONFIRM ||
		(s->at == AT_MENU && (s->depth > 0 || s->page > 0));
}

void
ussd_make_sheet(const struct ussd_turning *t, struct ussd_sheet *sheet)
{
	const struct ussd_state *s = t->state;

	memset(sheet, 0, sizeof *sheet);
	sheet->page.choices = sheet->choices;
	put_where(t, sheet);
	sheet->page.fixed = !sheet->list;
	sheet->page.more = say(t, "ussd_more", sheet->more, sizeof sheet->more);
	if (has_back(s))
		sheet->page.back = say(t, "ussd_back", sheet->back, sizeof sheet->back);
	if (s->note[0] != '\0')
		sheet->page.note = say(t, s->note, sheet->note, sizeof sheet->note);
}

/* --- --- its layout --- */

static int
lay(const struct ussd_turning *t, const struct ussd_from *at, const struct ussd_sheet *sheet,
	struct ussd_laid *laid)
{
	struct ussd_from from = *at;

	if (sheet->list && at->choice > 0)
		from.text = strlen(sheet->text); /* which was all on pages before */
	if (sheet->list)
		from.choice = 0;
	if (ussd_screen_lay(&t->view.room, &sheet->page, &from, laid) == -1)
		return -1;
	if (sheet->list)
		laid->next.choice = at->choice + laid->shown;
	return 0;
}

bool
ussd_is_one_screen(const struct ussd_turning *t)
{
	const struct ussd_from first = { 0, 0 };
	struct ussd_sheet sheet;
	struct ussd_laid laid;

	ussd_make_sheet(t, &sheet);
	sheet.page.note = NULL;
	return lay(t, &first, &sheet, &laid) == 0 && !laid.more;
}

/* What is to be decided on: as much of the answers as one screen holds with it, or else all. */
static void
shorten(struct ussd_turning *t)
{
	int wider = t->form != NULL ? ussd_wider_count(t->form, t->state) : 0;

	while (!ussd_is_one_screen(t)) {
		if (t->manner.left_out < wider) {
			t->manner.left_out++;
		} else if (t->manner.cut < CUT_MOST) {
			t->manner.cut += CUT_STEP;
		} else {
			t->manner = (struct ussd_manner){ .gsm = false };
			return;
		}
	}
}

/* Names in GSM letters, of which a screen holds three times as many without letters of another
 * alphabet: a list that takes more than one screen beside these is said without them. */
static void
choose_alphabet(struct ussd_turning *t)
{
	const struct ussd_from *at = &t->state->pages[t->state->page];
	struct ussd_sheet sheet;
	struct ussd_laid laid;

	if (at->choice == 0 && ussd_is_one_screen(t))
		return;
	t->manner.gsm = true;
	ussd_make_sheet(t, &sheet);
	t->manner.gsm = lay(t, at, &sheet, &laid) == 0 && text_fits_gsm7(laid.screen);
}

static void
choose_manner(struct ussd_turning *t)
{
	const struct ussd_state *s = t->state;

	t->manner = (struct ussd_manner){ .gsm = false };
	if (s->at == AT_CONFIRM || s->at == AT_RESUME)
		shorten(t);
	else if (s->at == AT_QUESTION &&
		t->form->questions[s->asking.question].ask == USSD_ASK_LIST)
		choose_alphabet(t);
}

void
ussd_show(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;
	struct ussd_laid laid = { .screen = "..." };
	struct ussd_sheet sheet;

	choose_manner(t);
	ussd_make_sheet(t, &sheet);
	if (lay(t, &s->pages[s->page], &sheet, &laid) == -1) {
		/* The page that the state names is none. */
		s->page = 0;
		s->pages[0] = (struct ussd_from){ 0, 0 };
		if (lay(t, &s->pages[0], &sheet, &laid) == -1)
			ussd_go_to(t, AT_SAID); /* nothing can be shown in so small a room */
	}
	s->more = laid.more;
	s->next = laid.next;
	s->row_count = sheet.list ? (int)laid.shown : 0;
	s->last = sheet.page.last != NULL && (laid.shown > 0 || sheet.page.count == 0);
	strcpy(t->out->screen, laid.screen);
	t->out->more = s->at != AT_SAID || s->more;
}
