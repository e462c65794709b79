/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-form: one person's dialogue with a menu: where she is, what she has answered, and what comes
 * of her next input.
 *
 * What it is: pure C on memory, a step at a time. State and input go in; out comes a screen, or
 * what is first needed for one (rows of a list, what a service answers). What it is not: it asks
 * no database, and files nothing itself.
 *
 * The caller (ussd-turn.c) drives it:
 *	ussd_form_begin() for a new session, or ussd_form_input() for each input; then, as long as
 *the answer is USSD_LIST or USSD_RUN, what was asked for with ussd_form_listed() or
 *	ussd_form_ran(); USSD_SHOW ends the step.
 *
 * `0` goes back, `00` home, `9` shows more where there is more; what is none of a screen's answers
 * shows it again with a word about it. Where her own words are asked, `0` and `00` alone are keys
 * and everything else is text, `*` and `#` too. An input that was dialled with the code waits while
 * an alert is shown.
 */
#ifndef USSD_FORM_H
#define USSD_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "understand.h"
#include "ussd-menu.h"
#include "ussd-screen.h"

#define USSD_INPUT_MAX 640  /* bytes of one input with NUL; a longer one is cut, at a character */
#define USSD_STATE_MAX 8192 /* bytes of a state as text with NUL */
#define USSD_ROWS_MAX 9     /* rows asked of a list at once: a page and one more */
#define USSD_LABEL_MAX 160  /* bytes of a row's label with NUL */
#define USSD_VALUE_MAX 64   /* bytes of a row's value with NUL */

/* What is known besides the state. All borrowed. */
struct ussd_view {
	const struct config *config;
	const struct texts *texts;
	const struct ussd_menu *menu;
	struct ussd_room_for room;
	const char *language;    /* hers, or the way's default */
	const char *alert;       /* the text of the alert for her, in her language; "" for none */
	const char *city_number; /* where SMS go, for texts; "" when unknown */
};

/* Where a dialogue stands: opaque but for the text that it is kept as. */
struct ussd_state;
struct ussd_state *ussd_state_new(void); /* NULL: out of memory */
void ussd_state_free(struct ussd_state *state);

/* As text, for the database; -1 when it is longer than size. */
int ussd_state_write(const struct ussd_state *state, char *out, size_t size)
	__attribute__((warn_unused_result));
/* Returns NULL when the text is none of this menu's (it was changed meanwhile): begin anew. */
struct ussd_state *ussd_state_read(const struct ussd_menu *menu, const char *text)
	__attribute__((warn_unused_result));

/* The service of a form that is begun: something of it is answered, so that it is worth to go on
 * with. NULL: there is none. */
const struct service *ussd_state_service(const struct ussd_state *state);
/* Is everything answered but the confirmation? */
bool ussd_state_is_complete(const struct ussd_state *state);
/* What she has answered, as she saw it: "full, skip 147, Av. Marien". Returns bytes written. */
int ussd_state_summary(
	const struct ussd_view *view, const struct ussd_state *state, char *out, size_t size);

enum ussd_next {
	USSD_SHOW, /* out->screen */
	USSD_LIST, /* out->list is needed */
	USSD_RUN,  /* out->run is to be done, and committed with the screen */
};

struct ussd_row {
	char value[USSD_VALUE_MAX], label[USSD_LABEL_MAX];
};

struct ussd_out {
	/* USSD_SHOW */
	char screen[USSD_SCREEN_BYTES_MAX];
	bool more;     /* CON; else END */
	bool declined; /* she did not want what was offered to be resumed */
	bool resumed;  /* she goes on with it: with USSD_LIST and USSD_RUN too, in that step */
	/* USSD_LIST: rows of source, within a value, beginning with letters, from offset, at most
	 * limit */
	struct {
		char source[USSD_SOURCE_MAX], within[USSD_VALUE_MAX], letters[USSD_INPUT_MAX];
		int offset, limit;
	} list;
	/* USSD_RUN */
	const struct ussd_form *form; /* NULL: `words` answer what was asked back (a service's own
					 question), as an SMS would */
	struct form_values values;
	char words[USSD_INPUT_MAX]; /* her own words, or "" */
	char summary[USSD_INPUT_MAX];
	/* any: from now on she reads this language; "" when it stays */
	char language[LANGUAGE_MAX];
};

/*
 * A new session. resumed: the state of her session that was cut (the caller owns it), or NULL; she
 * is asked whether to go on with it, unless `input` is not empty. input: what was dialled with the
 * code (*384*147*2# is "147*2"), or "".
 */
enum ussd_next ussd_form_begin(const struct ussd_view *view, struct ussd_state *state,
	const struct ussd_state *resumed, const char *input, struct ussd_out *out);

/* The next input, UTF-8 as it came. A state of another menu, or a new one, is none of this menu's:
 * she is told that the menu has changed, and begins at its first screen. */
enum ussd_next ussd_form_input(const struct ussd_view *view, struct ussd_state *state,
	const char *input_utf8, struct ussd_out *out);

/* The rows that out->list asked for; what is beyond limit is ignored. */
enum ussd_next ussd_form_listed(const struct ussd_view *view, struct ussd_state *state,
	const struct ussd_row *rows, size_t count, struct ussd_out *out);

/*
 * What came of out->run: the text that is said of it ("" when nothing is), and whether it asks
 * something back, whose answer is the next input. reference: of what it has filed, when SMS tell
 * her all of this too; else "". Then it is one last screen with the reference: what is longer says
 * so, and that SMS tell the rest (ussd_filed). Never USSD_RUN.
 */
enum ussd_next ussd_form_ran(const struct ussd_view *view, struct ussd_state *state,
	const char *said_utf8, const char *reference, bool asks, struct ussd_out *out);

#endif
