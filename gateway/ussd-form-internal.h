/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-form-internal: what the files of a dialogue share.
 *
 * ussd-form.c drives a step; ussd-form-key.c says what an input means where she is;
 * ussd-form-show.c makes the screen of where she is; ussd-form-answer.c knows what has been
 * answered, what is asked next, and what comes of it; ussd-state.c keeps it as text.
 */
#ifndef USSD_FORM_INTERNAL_H
#define USSD_FORM_INTERNAL_H

#include "ussd-form.h"

#define USSD_ANSWER_MAX 320  /* bytes of her own words with NUL: more than a phone sends */
#define USSD_LETTERS_MAX 64  /* bytes of first letters, or of a number */
#define USSD_TRAIL_MAX 16    /* steps that `0` goes back; before these it leaves the form */
#define USSD_PAGES_MAX 8     /* pages that it goes back */
#define USSD_SAID_MAX 4096   /* bytes of what a service says */
#define USSD_TEXT_KEY_MAX 64 /* bytes of a text's key */
#define USSD_GSM_KEY_MAX (2 * USSD_TEXT_KEY_MAX)
#define USSD_CHOICE_MAX 512 /* bytes of a choice's words, or a key's */
#define USSD_CHOICES_MAX (USSD_ROWS_MAX + 1)
#define USSD_SHOWN_MAX 40 /* characters of one answer in a summary */

enum ussd_at {
	AT_MENU,
	AT_LANGUAGE,
	AT_QUESTION,
	AT_CONFIRM,
	AT_RESUME, /* "Continue?" */
	AT_ALERT,
	AT_RUN,   /* what comes of it is not known yet */
	AT_SAID,  /* what the service says is read */
	AT_ASKED, /* which asks something back */
	AT_COUNT
};

enum ussd_status {
	USSD_OPEN,
	USSD_ANSWERED,
	USSD_PASSED, /* has none, and is not asked */
	USSD_ASIDE,  /* has one, which `0` may bring back: what came after was found without it */
	USSD_STATUS_COUNT
};

struct ussd_answer {
	enum ussd_ask ask; /* as its question has it */
	enum ussd_status status;
	int choice;                  /* of a CHOICE: index among its values */
	char value[USSD_ANSWER_MAX]; /* else, as the check made it */
	char label[USSD_LABEL_MAX];  /* of a LIST: what she saw */
};

/* What is shown of a question: its own list, or what letters found by another's source. */
struct ussd_asking {
	int question; /* -1: none */
	int via;      /* the question where the letters were typed; -1: no letters */
	char letters[USSD_LETTERS_MAX]; /* "" without via */
};

/* Before an answer: how it was. */
struct ussd_trail {
	struct ussd_asking asking;
	int status[USSD_SCREENS_MAX]; /* enum ussd_status */
};

enum ussd_want { WANT_NOTHING, WANT_ROWS, WANT_NUMBER, WANT_LETTERS };

struct ussd_state {
	uint64_t mark; /* of its menu */
	enum ussd_at at;
	int depth;                /* of the menu she is in; 0: the root */
	int path[USSD_DEPTH_MAX]; /* items that lead there */
	/* The form: what has been answered. */
	int form; /* index in the menu; -1: none */
	int question_count;
	bool left;     /* she is in the menu again: only another language brings her back to it */
	bool resuming; /* it is another session's: AT_RESUME decides */
	bool complete; /* left or resuming: where it stands is the confirmation */
	struct ussd_asking asking;
	struct ussd_answer answer[USSD_SCREENS_MAX];
	struct ussd_trail trail[USSD_TRAIL_MAX];
	int trail_count;
	/* The screen that she sees. */
	struct ussd_from pages[USSD_PAGES_MAX]; /* where it begins, and those before it; of a list
						   the choice is the first row's offset */
	int page;
	bool more;             /* there is a page behind it, */
	struct ussd_from next; /* which begins here */
	bool last;             /* the choice behind its rows is on it */
	struct ussd_row rows[USSD_ROWS_MAX];
	int row_count;
	char said[USSD_SAID_MAX];
	/* Dialled with the code, and not yet looked at. */
	char dialled[USSD_INPUT_MAX];
	bool dialled_all; /* no piece of it was: the first may be for the direct form */

	/* Of this step alone, never kept. */
	const struct service *service; /* of the form */
	enum ussd_want want;           /* rows */
	char wanted[USSD_LETTERS_MAX]; /* beginning with this, or of this number */
	int target;                    /* the question that the number answers */
	bool fresh;                    /* rows are those of the page, not yet laid out */
	char note[USSD_TEXT_KEY_MAX];  /* key of a word about the input; "" for none */
	char chosen[LANGUAGE_MAX];     /* language, or "" */
	bool declined, resumed;
};

/* How a screen is said: zeroed in full; else so that it takes less room. */
struct ussd_manner {
	bool gsm;     /* in the words of the GSM alphabet that the language has beside its own */
	int left_out; /* answers within which another was chosen, the widest first */
	int cut;      /* characters off the USSD_SHOWN_MAX of an answer */
};

/* One step. */
struct ussd_turning {
	struct ussd_view view; /* with the language that she has chosen in this step */
	const struct ussd_menu *menu;
	const struct ussd_form *form; /* NULL: none is begun */
	struct ussd_state *state;
	struct ussd_out *out;
	struct ussd_manner manner; /* of its screen */
};

/* What stands on a screen, in the language, before it is laid out. */
struct ussd_sheet {
	char text[USSD_SAID_MAX], note[USSD_CHOICE_MAX], last[USSD_CHOICE_MAX],
		more[USSD_CHOICE_MAX], back[USSD_CHOICE_MAX];
	char words[USSD_CHOICES_MAX][USSD_CHOICE_MAX];
	const char *choices[USSD_CHOICES_MAX];
	struct ussd_page page;
	bool list; /* the choices are those of this page, of more than are here */
};

/* --- ussd-form.c --- */

/* Another place: its first page. */
void ussd_go_to(struct ussd_turning *t, enum ussd_at at);
/* The first screen; what is begun is left. */
void ussd_go_home(struct ussd_turning *t);
/* The alert has been read: to what comes after it. */
void ussd_leave_alert(struct ussd_turning *t);
/* Begin the form anew: nothing is answered, and she is nowhere in it yet. */
void ussd_begin_form(struct ussd_turning *t, const struct ussd_form *form);
/* The menu where she is. */
const struct ussd_node *ussd_node_at(const struct ussd_menu *menu, const struct ussd_state *state);
/* A word about the input, by its text's key. */
void ussd_note(struct ussd_turning *t, const char *key);

/* --- ussd-form-answer.c --- */

/* To the next question, the confirmation, or to run. */
void ussd_go_on(struct ussd_turning *t);
/* She answers the question where she is, or `index` instead of it. Return false when the field's
 * check does not take it, or it is too long. */
void ussd_reply_choice(struct ussd_turning *t, int choice);
bool ussd_reply_row(struct ussd_turning *t, int index, const struct ussd_row *row);
/* The same for a row of its number: it need not lie within what was answered before. */
bool ussd_reply_number(struct ussd_turning *t, int index, const struct ussd_row *row);
bool ussd_reply_words(struct ussd_turning *t, int field, const char *written);
/* The question where she is stays without one. by_her: which `0` undoes. */
void ussd_reply_nothing(struct ussd_turning *t, bool by_her);
/* Remember how it is, for `0`; and back to how it was. False: there is nothing to go back to. */
void ussd_trail_push(struct ussd_state *state);
bool ussd_trail_pop(struct ussd_turning *t);
/* What she saw of an answer, "" for none. */
void ussd_answer_label(const struct ussd_view *view, const struct ussd_form *form,
	const struct ussd_state *state, int index, char out[USSD_ANSWER_MAX]);
/* Its value, as the field's check made it; "" for none. */
const char *ussd_answer_value(
	const struct ussd_form *form, const struct ussd_state *state, int index);
void ussd_values(const struct ussd_view *view, const struct ussd_form *form,
	const struct ussd_state *state, struct form_values *out);
/* Answers within which another was chosen, so that they may be left out of what it is about. */
int ussd_wider_count(const struct ussd_form *form, const struct ussd_state *state);
/* What it is about, as it is confirmed, in the step's manner: never empty. */
void ussd_about(const struct ussd_turning *t, char out[USSD_INPUT_MAX]);

/* --- ussd-form-key.c --- */

void ussd_key(struct ussd_turning *t, const char *input);
/* The digits of an input that is nothing else, in out; false: it is something else. */
bool ussd_digits(const char *input, char out[USSD_INPUT_MAX]);
/* A number is to answer this question: it has to be looked up. */
void ussd_want_number(struct ussd_turning *t, int question, const char *digits);

/* --- ussd-form-show.c --- */

/* Lay out where she is, into t->out, in the manner that takes the fewest screens. */
void ussd_show(struct ussd_turning *t);
/* Is it one screen in the step's manner, without a word about the input? */
bool ussd_is_one_screen(const struct ussd_turning *t);
/* The key, or that of its words in the GSM alphabet (key_gsm) where they are said and there are
 * any. */
const char *ussd_key_said(
	const struct ussd_turning *t, const char *key, char out[USSD_GSM_KEY_MAX]);
/* What is laid out there. */
void ussd_make_sheet(const struct ussd_turning *t, struct ussd_sheet *sheet);
/* Languages that have a name, by their order in the configuration; NULL past the end. */
const char *ussd_language(const struct ussd_view *view, size_t index);

#endif
