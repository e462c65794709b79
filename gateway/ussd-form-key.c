/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form-key: what an input means where she is. */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "ussd-form-internal.h"

#define KEY_BACK "0"
#define KEY_HOME "00"
#define KEY_MORE "9"

/* An input as it is looked at. */
struct key {
	char written[USSD_INPUT_MAX]; /* trimmed, on one line */
	char digits[USSD_INPUT_MAX];  /* "" when it is anything else */
	int choice;                   /* 1 to 8, or 0 */
};

/* --- --- reading it --- */

static void
trim(char *text)
{
	size_t length, begin = strspn(text, " ");

	memmove(text, text + begin, strlen(text + begin) + 1);
	for (length = strlen(text); length > 0 && text[length - 1] == ' '; length--)
		text[length - 1] = '\0';
}

bool
ussd_digits(const char *input, char out[USSD_INPUT_MAX])
{
	char folded[3 * USSD_INPUT_MAX + 1];
	size_t length = 0;

	out[0] = '\0';
	if (strlen(input) >= USSD_INPUT_MAX || text_fold(folded, sizeof folded, input) == -1)
		return false;
	for (const char *p = folded; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (*p < '0' || *p > '9' || length + 1 == USSD_INPUT_MAX) {
			out[0] = '\0';
			return false;
		}
		out[length++] = *p;
	}
	out[length] = '\0';
	return length > 0;
}

static void
read_key(const char *input, struct key *key)
{
	text_utf8_clean(key->written, sizeof key->written, input, strlen(input));
	for (char *p = key->written; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	trim(key->written);
	ussd_digits(key->written, key->digits);
	key->choice = key->digits[0] >= '1' && key->digits[0] <= '8' && key->digits[1] == '\0'
		? key->digits[0] - '0'
		: 0;
}

/* Nothing but that key: "0" or its digit of another script, but not "0.". */
static bool
is_exactly(const struct key *key, const char *digits)
{
	size_t characters = 0;

	for (const char *at = key->written; *at != '\0'; characters++)
		text_next(&at);
	return strcmp(key->digits, digits) == 0 && characters == strlen(digits);
}

/* --- --- back, home, more --- */

static void
back(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;

	if (s->page > 0) {
		s->page--;
		s->fresh = false;
		return;
	}
	switch (s->at) {
	case AT_MENU:
		if (s->depth > 0)
			s->depth--;
		ussd_go_to(t, AT_MENU);
		break;
	case AT_LANGUAGE:
		ussd_go_to(t, AT_MENU);
		break;
	case AT_QUESTION:
	case AT_CONFIRM:
		if (ussd_trail_pop(t))
			break;
		s->left = true;
		ussd_go_to(t, AT_MENU);
		break;
	case AT_RESUME:
		ussd_note(t, "ussd_wrong_key");
		break;
	default:
		ussd_go_home(t);
	}
}

static void
home(struct ussd_turning *t)
{
	if (t->state->at == AT_RESUME)
		ussd_note(t, "ussd_wrong_key");
	else
		ussd_go_home(t);
}

static void
more(struct ussd_turning *t)
{
	struct ussd_state *s = t->state;

	if (!s->more) {
		ussd_note(t, "ussd_wrong_key");
		return;
	}
	if (s->page == USSD_PAGES_MAX - 1)
		memmove(s->pages, s->pages + 1, sizeof *s->pages * (size_t)s->page);
	else
		s->page++;
	s->pages[s->page] = s->next;
	s->fresh = false;
}

/* --- --- choices --- */

static void
choose_item(struct ussd_turning *t, int choice)
{
	const struct ussd_node *node = ussd_node_at(t->menu, t->state);
	const struct ussd_item *item;

	if (choice == 0 || (size_t)choice > node->count) {
		ussd_note(t, "ussd_wrong_key");
		return;
	}
	item = &node->items[choice - 1];
	if (item->leads == USSD_TO_MENU) {
		t->state->path[t->state->depth++] = choice - 1;
		ussd_go_to(t, AT_MENU);
	} else if (item->leads == USSD_TO_FORM) {
		ussd_begin_form(t, item->form);
		ussd_go_on(t);
	} else {
		ussd_go_to(t, AT_LANGUAGE);
	}
}

/* She goes on where she was, in that language. */
static void
choose_language(struct ussd_turning *t, int choice)
{
	struct ussd_state *s = t->state;
	const char *language = choice == 0 || choice > s->row_count
		? NULL
		: ussd_language(&t->view, s->pages[s->page].choice + (size_t)choice - 1);

	if (language == NULL) {
		ussd_note(t, "ussd_wrong_key");
		return;
	}
	snprintf(s->chosen, sizeof s->chosen, "%s", language);
	t->view.language = s->chosen;
	if (s->form == -1) {
		ussd_go_to(t, AT_MENU);
		return;
	}
	s->left = false;
	ussd_go_to(t, s->complete ? AT_CONFIRM : AT_QUESTION);
}

static void
confirm(struct ussd_turning *t, int choice)
{
	if (choice == 1) {
		ussd_go_to(t, AT_RUN);
	} else if (choice == 2) {
		ussd_begin_form(t, t->form);
		ussd_go_on(t);
	} else {
		ussd_note(t, "ussd_wrong_key");
	}
}

static void
resume(struct ussd_turning *t, int choice)
{
	struct ussd_state *s = t->state;

	if (choice == 1) {
		s->resuming = false;
		s->resumed = true;
		ussd_go_to(t, s->complete ? AT_CONFIRM : AT_QUESTION);
	} else if (choice == 2) {
		s->resuming = false;
		s->declined = true;
		s->form = -1;
		t->form = NULL;
		ussd_go_home(t);
	} else {
		ussd_note(t, "ussd_wrong_key");
	}
}

/* --- --- questions --- */

static void
not_taken(struct ussd_turning *t, const struct ussd_question *q)
{
	ussd_note(t, q->wrong != NULL ? q->wrong : "ussd_wrong_key");
}

/* Fixed choices: also those of other pages. The last may be to skip it. */
static void
answer_choice(struct ussd_turning *t, const struct ussd_question *q, int choice)
{
	int count = 0;

	while (q->values[count] != NULL)
		count++;
	if (choice >= 1 && choice <= count)
		ussd_reply_choice(t, choice - 1);
	else if (choice == count + 1 && q->skip != NULL)
		ussd_reply_nothing(t, true);
	else
		not_taken(t, q);
}

static void
answer_words(struct ussd_turning *t, const struct ussd_question *q, const struct key *key)
{
	char words[USSD_ANSWER_MAX];

	if (q->skip != NULL && is_exactly(key, "1")) {
		ussd_reply_nothing(t, true);
		return;
	}
	text_utf8_clean(words, sizeof words, key->written, strlen(key->written));
	if (!ussd_reply_words(t, q->field, words))
		not_taken(t, q);
}

/* Rows of this source are needed: what begins so, or has this number. */
static void
want(struct ussd_turning *t, enum ussd_want what, const char *wanted)
{
	struct ussd_state *s = t->state;

	s->want = what;
	text_utf8_clean(s->wanted, sizeof s->wanted, wanted, strlen(wanted));
}

static void
answer_list(struct ussd_turning *t, const struct ussd_question *q, const struct key *key)
{
	struct ussd_state *s = t->state;

	if (key->choice >= 1 && key->choice <= s->row_count) {
		if (!ussd_reply_row(t, s->asking.question, &s->rows[key->choice - 1]))
			not_taken(t, q);
	} else if (key->choice == s->row_count + 1 && s->last) {
		ussd_reply_nothing(t, true);
	} else if (q->number != -1 && strlen(key->digits) > 1) {
		ussd_want_number(t, q->number, key->digits);
	} else if (q->typed != -1) {
		if (!ussd_reply_words(t, q->typed, key->written))
			not_taken(t, q);
	} else if (key->digits[0] != '\0') {
		not_taken(t, q);
	} else {
		want(t, WANT_LETTERS, key->written);
	}
}

void
ussd_want_number(struct ussd_turning *t, int question, const char *digits)
{
	t->state->target = question;
	want(t, WANT_NUMBER, digits);
}

static void
answer(struct ussd_turning *t, const struct key *key)
{
	const struct ussd_question *q = &t->form->questions[t->state->asking.question];

	if (q->ask == USSD_ASK_CHOICE)
		answer_choice(t, q, key->choice);
	else if (q->ask == USSD_ASK_LIST)
		answer_list(t, q, key);
	else
		answer_words(t, q, key);
}

/* --- --- where she is --- */

/* Are her own words asked, so that 0 and 00 alone are keys? */
static bool
takes_words(const struct ussd_turning *t)
{
	const struct ussd_state *s = t->state;

	return s->at == AT_ASKED ||
		(s->at == AT_QUESTION &&
			t->form->questions[s->asking.question].ask == USSD_ASK_TEXT);
}

static void
take_words(struct ussd_turning *t, const struct key *key)
{
	if (is_exactly(key, KEY_HOME)) {
		home(t);
	} else if (is_exactly(key, KEY_BACK)) {
		back(t);
	} else if (t->state->at == AT_QUESTION) {
		answer(t, key);
	} else if (is_exactly(key, KEY_MORE) && t->state->more) {
		more(t);
	} else {
		strcpy(t->out->words, key->written);
		ussd_go_to(t, AT_RUN);
	}
}

static void
take_key(struct ussd_turning *t, const struct key *key)
{
	if (strcmp(key->digits, KEY_HOME) == 0) {
		home(t);
		return;
	}
	if (strcmp(key->digits, KEY_BACK) == 0) {
		back(t);
		return;
	}
	if (strcmp(key->digits, KEY_MORE) == 0) {
		more(t);
		return;
	}
	switch (t->state->at) {
	case AT_MENU:
		choose_item(t, key->choice);
		break;
	case AT_LANGUAGE:
		choose_language(t, key->choice);
		break;
	case AT_QUESTION:
		answer(t, key);
		break;
	case AT_CONFIRM:
		confirm(t, key->choice);
		break;
	case AT_RESUME:
		resume(t, key->choice);
		break;
	default:
		ussd_note(t, "ussd_wrong_key");
	}
}

/* Any key but the one for more goes on. */
static void
take_at_alert(struct ussd_turning *t, const struct key *key)
{
	if (strcmp(key->digits, KEY_MORE) == 0 && t->state->more)
		more(t);
	else
		ussd_leave_alert(t);
}

void
ussd_key(struct ussd_turning *t, const char *input)
{
	struct key key;

	read_key(input, &key);
	if (t->state->at == AT_ALERT)
		take_at_alert(t, &key);
	else if (key.written[0] == '\0')
		ussd_note(t, "ussd_wrong_key");
	else if (takes_words(t))
		take_words(t, &key);
	else
		take_key(t, &key);
}
