/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd-check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "text.h"
#include "texts.h"
#include "ussd-form-internal.h"

/* As long as they usually get. */
#define CITY_NUMBER "+250788000001"
#define ROW_GSM7 "Quarter with a long name" /* 24 characters */
#define ROW_UCS2 "حي باسم طويل"             /* 12 */
#define WORDS_GSM7 "behind the market, left of the church"
#define WORDS_UCS2 "خلف السوق"
#define NUMBER "147"
#define REFERENCE "K7M2PQRS" /* the longest */
#define PAGES_SEEN 12
#define LINES_MAX 2048

struct checker {
	const struct config *config;
	const struct texts *texts;
	const struct ussd_menus *menus;
	struct config_errors *errors; /* NULL: screens are seen, not judged */
	void (*see)(const struct ussd_sight *sight, void *arg);
	void *arg;
	struct ussd_turning t;
	struct ussd_out out;
	const char *place, *key; /* of what is at hand */
	char places[128];
	bool in_gsm; /* rows in GSM letters, whatever the language's own are */
};

/* --- --- one menu, one language --- */

/* The narrowest of the ways that lead to the menu. */
static struct ussd_room_for
room_of(const struct config *config, const char *menu)
{
	struct ussd_room_for room = { 0, 0 };

	for (size_t i = 0; i < config->ussd_count; i++) {
		const struct config_ussd *way = &config->ussd[i];

		for (size_t n = 0; n < CONFIG_LIST_MAX && way->menus[n] != NULL; n++) {
			const char *name = strrchr(way->menus[n], ' ');

			if (name == NULL || strcmp(name + 1, menu) != 0)
				continue;
			if (room.septets == 0 || way->screen_characters < room.septets)
				room.septets = way->screen_characters;
			if (room.units == 0 || way->screen_ucs2 < room.units)
				room.units = way->screen_ucs2;
		}
	}
	return room.septets > 0 ? room : (struct ussd_room_for){ USSD_SEPTETS_MAX, USSD_UNITS_MAX };
}

/* Is the language written in another alphabet than GSM's? */
static bool
is_ucs2(const struct checker *c)
{
	char more[USSD_CHOICE_MAX];

	return texts_render(c->texts, c->t.view.language, "ussd_more", NULL, more, sizeof more) !=
		-1 &&
		!text_fits_gsm7(more);
}

/* --- --- judging --- */

static void
add_line(char lines[LINES_MAX], const char *key, const char *words)
{
	size_t length = strlen(lines);

	if (words != NULL)
		snprintf(lines + length, LINES_MAX - length, "%s%s%s", length > 0 ? "\n" : "", key,
			words);
}

/* Tell when these lines are more than a screen. */
static void
judge(struct checker *c, const char *key, const char *lines, const char *choice)
{
	const char *language = c->t.view.language;
	char path[4096];
	bool ucs2;
	int limit, length = ussd_screen_length(&c->t.view.room, lines, &ucs2, &limit);

	if (length <= limit)
		return;
	if (texts_raw(c->texts, language, key) == NULL)
		language = c->config->default_language;
	snprintf(path, sizeof path, "%s/%s.cfg", c->config->texts_dir, language);
	config_error(c->errors, path, 0,
		"%s is %d characters too long for a screen in %s (%s, %s)%s%s%s: %d of %d, %s", key,
		length - limit, c->t.view.language,
		c->t.menu != NULL ? c->t.menu->path : "any menu", c->place,
		choice != NULL ? " with its keys and the choice \"" : "",
		choice != NULL ? choice : "", choice != NULL ? "\"" : "", length, limit,
		ucs2 ? "UCS-2" : "GSM 7-bit");
}

/* The least page of a sheet: the text that has this key, one choice, and the keys. One that is to
 * be of GSM letters and is not does not come to be. */
static void
judge_least(struct checker *c, const struct ussd_sheet *sheet, const char *key, const char *text)
{
	const struct ussd_page *page = &sheet->page;

	for (size_t i = 0; i < page->count || i == 0; i++) {
		const char *choice = page->count > 0 ? page->choices[i] : page->last;
		char lines[LINES_MAX] = "";

		add_line(lines, "", text);
		add_line(lines, "8 ", page->count > 0 ? choice : NULL);
		add_line(lines, "8 ", page->last);
		add_line(lines, "9 ", page->count > 1 ? page->more : NULL);
		add_line(lines, "0 ", page->back);
		if (!c->t.manner.gsm || text_fits_gsm7(lines))
			judge(c, key, lines, choice);
	}
}

/* Returns -1 when there is no such text. */
static int
render(const struct checker *c, const char *language, const char *key, char *out, size_t size)
{
	const struct text_value values[] = { { "reference", REFERENCE }, { NULL, NULL } };

	if (texts_render(c->texts, language, key, values, out, size) == -1)
		return -1;
	ussd_screen_fold(out, size);
	return 0;
}

static void
judge_note(struct checker *c, const struct ussd_sheet *sheet, const char *key)
{
	char text[USSD_CHOICE_MAX], gsm[USSD_GSM_KEY_MAX];

	key = ussd_key_said(&c->t, key, gsm);
	if (render(c, c->t.view.language, key, text, sizeof text) == 0)
		judge_least(c, sheet, key, text);
}

static void
judge_screen(struct checker *c)
{
	const struct ussd_state *s = c->t.state;
	const struct ussd_question *q =
		s->at == AT_QUESTION ? &c->t.form->questions[s->asking.question] : NULL;
	char gsm[USSD_GSM_KEY_MAX];
	struct ussd_sheet sheet;

	c->t.manner.gsm = c->in_gsm;
	ussd_make_sheet(&c->t, &sheet);
	judge_least(c, &sheet, ussd_key_said(&c->t, c->key, gsm),
		sheet.page.text != NULL ? sheet.page.text : "");
	judge_note(c, &sheet, "ussd_wrong_key");
	if (s->at == AT_MENU && s->depth == 0)
		judge_note(c, &sheet, "ussd_menu_changed");
	if (q != NULL && q->wrong != NULL)
		judge_note(c, &sheet, q->wrong);
	if (q == NULL || q->ask != USSD_ASK_LIST)
		return;
	judge_note(c, &sheet, "ussd_nothing_found");
	if (q->number != -1)
		judge_note(c, &sheet,
			c->t.form->questions[q->number].wrong != NULL
				? c->t.form->questions[q->number].wrong
				: "ussd_unknown_number");
}

/* --- --- seeing --- */

static void
see_page(struct checker *c, int page)
{
	char gsm[USSD_GSM_KEY_MAX];
	struct ussd_sight sight = { .menu = c->t.menu->name,
		.language = c->t.view.language,
		.place = c->place,
		.key = ussd_key_said(&c->t, c->key, gsm),
		.screen = c->out.screen,
		.page = page };

	sight.length =
		ussd_screen_length(&c->t.view.room, c->out.screen, &sight.ucs2, &sight.limit);
	c->see(&sight, c->arg);
}

/* All pages of where she is; of a list, whose rows are made, the first. */
static void
see_pages(struct checker *c)
{
	struct ussd_state *s = c->t.state;

	for (int page = 1; page <= PAGES_SEEN; page++) {
		ussd_show(&c->t);
		see_page(c, page);
		if (!s->more || s->row_count > 0)
			break;
		s->pages[0] = s->next;
	}
}

static void
look(struct checker *c, const char *place, const char *key)
{
	c->place = place;
	c->key = key;
	if (c->errors != NULL)
		judge_screen(c);
	else
		see_pages(c);
}

/* --- --- every screen --- */

static void
look_at_node(struct checker *c, const struct ussd_node *node)
{
	struct ussd_state *s = c->t.state;
	size_t length = strlen(c->places);

	ussd_go_to(&c->t, AT_MENU);
	look(c, c->places, node->text);
	for (size_t i = 0; i < node->count; i++) {
		if (node->items[i].leads != USSD_TO_MENU)
			continue;
		snprintf(c->places + length, sizeof c->places - length, "%s%zu",
			s->depth > 0 ? "." : " ", i + 1);
		s->path[s->depth++] = (int)i;
		look_at_node(c, node->items[i].menu);
		s->depth--;
		c->places[length] = '\0';
	}
}

static void
make_rows(struct checker *c)
{
	struct ussd_state *s = c->t.state;

	s->row_count = USSD_ROWS_MAX;
	s->fresh = true;
	for (int i = 0; i < s->row_count; i++) {
		strcpy(s->rows[i].value, NUMBER);
		strcpy(s->rows[i].label, is_ucs2(c) && !c->in_gsm ? ROW_UCS2 : ROW_GSM7);
	}
}

/* An answer as it may be, so that the question after it is asked. */
static void
answer(struct checker *c)
{
	struct ussd_answer *a = &c->t.state->answer[c->t.state->asking.question];

	a->status = USSD_ANSWERED;
	a->choice = 0;
	strcpy(a->value, a->ask == USSD_ASK_LIST ? NUMBER : is_ucs2(c) ? WORDS_UCS2 : WORDS_GSM7);
	strcpy(a->label, is_ucs2(c) ? ROW_UCS2 : ROW_GSM7);
}

static void
look_at_question(struct checker *c, const struct ussd_form *form, int index)
{
	struct ussd_state *s = c->t.state;
	char place[96];

	ussd_begin_form(&c->t, form);
	s->asking = (struct ussd_asking){ .question = index, .via = -1 };
	ussd_go_to(&c->t, AT_QUESTION);
	if (form->questions[index].ask == USSD_ASK_LIST)
		make_rows(c);
	snprintf(place, sizeof place, "%s.%s%s", form->name, form->questions[index].name,
		c->in_gsm ? ", names in GSM letters" : "");
	look(c, place, form->questions[index].text);
}

/* A list twice where its rows may be in other letters than the language. */
static void
look_at_questions(struct checker *c, const struct ussd_form *form)
{
	for (size_t i = 0; i < form->question_count; i++) {
		look_at_question(c, form, (int)i);
		c->in_gsm = form->questions[i].ask == USSD_ASK_LIST && is_ucs2(c);
		if (c->in_gsm)
			look_at_question(c, form, (int)i);
		c->in_gsm = c->t.manner.gsm = false;
	}
}

static void
look_at_end(struct checker *c, const struct ussd_form *form)
{
	struct ussd_state *s = c->t.state;
	char place[96];

	ussd_begin_form(&c->t, form);
	/* Judged without what is confirmed: a long summary goes on over pages. */
	if (c->errors == NULL)
		for (ussd_go_on(&c->t); s->at == AT_QUESTION; ussd_go_on(&c->t))
			answer(c);
	snprintf(place, sizeof place, "%s: confirmation", form->name);
	if (form->confirm) {
		ussd_go_to(&c->t, AT_CONFIRM);
		look(c, place, "ussd_confirm");
	}
	snprintf(place, sizeof place, "%s: resumed", form->name);
	if (form->question_count > 0) {
		ussd_go_to(&c->t, AT_RESUME);
		look(c, place, "ussd_resume");
	}
}

static void
look_at_menu(struct checker *c, const struct ussd_menu *menu, const char *language)
{
	struct ussd_state *state = ussd_state_new();

	if (state == NULL)
		return;
	c->t = (struct ussd_turning){ .view = { .config = c->config,
					      .texts = c->texts,
					      .menu = menu,
					      .room = room_of(c->config, menu->name),
					      .language = language,
					      .alert = "",
					      .city_number = CITY_NUMBER },
		.menu = menu,
		.state = state,
		.out = &c->out };
	state->mark = menu->mark;
	strcpy(c->places, "menu");
	look_at_node(c, menu->root);
	state->depth = 0;
	ussd_go_to(&c->t, AT_LANGUAGE);
	look(c, "languages", "language_name");
	for (size_t i = 0; i < menu->form_count; i++) {
		look_at_questions(c, &menu->forms[i]);
		look_at_end(c, &menu->forms[i]);
	}
	ussd_state_free(state);
}

static void
look_at_all(struct checker *c)
{
	const struct ussd_menu *menu;

	for (size_t m = 0; (menu = ussd_menu_at(c->menus, m)) != NULL; m++)
		for (size_t l = 0; l < CONFIG_LIST_MAX && c->config->languages[l] != NULL; l++)
			look_at_menu(c, menu, c->config->languages[l]);
}

void
ussd_each_screen(const struct config *config, const struct texts *texts,
	const struct ussd_menus *menus, void (*see)(const struct ussd_sight *sight, void *arg),
	void *arg)
{
	static struct checker checker;

	checker = (struct checker){
		.config = config, .texts = texts, .menus = menus, .see = see, .arg = arg
	};
	look_at_all(&checker);
}

/* What is a whole screen by itself. */
static void
judge_words(struct checker *c, const char *language)
{
	static const char *const keys[] = { "ussd_bye", "ussd_filed", "ussd_busy", "ussd_unsure",
		"ussd_away", "ussd_contradicts", "ussd_closed", "ussd_bad_number", NULL };
	char text[LINES_MAX];

	c->t = (struct ussd_turning){ .view = { .language = language,
					      .room = { USSD_SEPTETS_MAX, USSD_UNITS_MAX } } };
	c->place = "alone";
	for (size_t i = 0; i < c->config->ussd_count; i++) {
		const struct config_ussd *way = &c->config->ussd[i];

		if (way->screen_characters < c->t.view.room.septets)
			c->t.view.room.septets = way->screen_characters;
		if (way->screen_ucs2 < c->t.view.room.units)
			c->t.view.room.units = way->screen_ucs2;
	}
	for (size_t i = 0; keys[i] != NULL; i++)
		if (render(c, language, keys[i], text, sizeof text) == 0)
			judge(c, keys[i], text, NULL);
}

/* Those that are to be of GSM letters are. */
static void
judge_gsm(struct checker *c, const char *language)
{
	const struct text_key *key;
	char path[4096], text[LINES_MAX];

	for (size_t i = 0; (key = texts_key(c->texts, i)) != NULL; i++) {
		const char *raw = texts_raw(c->texts, language, key->name);

		if (raw == NULL || !texts_is_of_gsm(key->name))
			continue;
		snprintf(text, sizeof text, "%s", raw);
		ussd_screen_fold(text, sizeof text);
		if (text_fits_gsm7(text))
			continue;
		snprintf(path, sizeof path, "%s/%s.cfg", c->config->texts_dir, language);
		config_error(c->errors, path, 0,
			"%s has letters that are not of the GSM alphabet, for which it is there",
			key->name);
	}
}

void
ussd_check_screens(const struct config *config, const struct texts *texts,
	const struct ussd_menus *menus, struct config_errors *errors)
{
	static struct checker checker;

	checker = (struct checker){
		.config = config, .texts = texts, .menus = menus, .errors = errors
	};
	if (ussd_menu_at(menus, 0) == NULL)
		return;
	for (size_t l = 0; l < CONFIG_LIST_MAX && config->languages[l] != NULL; l++) {
		judge_words(&checker, config->languages[l]);
		judge_gsm(&checker, config->languages[l]);
	}
	look_at_all(&checker);
}
