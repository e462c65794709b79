/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd-screen.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define WHOLE SIZE_MAX
#define MORE_KEY "9"
#define BACK_KEY "0"
#define CUT "..."
#define FOLDED_MAX 4096 /* bytes of a text with NUL; a longer one stays as it is */

/* One try at a page. */
struct draft {
	const struct ussd_room_for *room;
	const struct ussd_page *what;
	const char *note, *text; /* "" for none */
	size_t text_length;      /* bytes of text that are on it */
	size_t first, shown;     /* choices */
	size_t abridged;         /* bytes of the first choice, or WHOLE */
	bool more;
	char screen[USSD_SCREEN_BYTES_MAX];
	size_t length;
	bool over; /* more than `screen` holds */
};

int
ussd_screen_length(const struct ussd_room_for *room, const char *utf8, bool *ucs2, int *limit)
{
	int septets = text_gsm7_septets(utf8);

	if (ucs2 != NULL)
		*ucs2 = septets == -1;
	if (limit != NULL)
		*limit = septets == -1 ? room->units : room->septets;
	if (septets != -1)
		return septets;
	return text_utf16_units(utf8) > INT_MAX ? INT_MAX : (int)text_utf16_units(utf8);
}

bool
ussd_screen_fits(const struct ussd_room_for *room, const char *utf8)
{
	int limit;

	return utf8[0] != '\0' && text_utf8_valid(utf8, strlen(utf8)) &&
		ussd_screen_length(room, utf8, NULL, &limit) <= limit;
}

void
ussd_screen_fold(char *utf8, size_t size)
{
	char plain[FOLDED_MAX];

	if (!text_fits_gsm7(utf8) && text_transliterate(plain, sizeof plain, utf8) >= 0 &&
		text_fits_gsm7(plain) && strlen(plain) < size)
		strcpy(utf8, plain);
}

/* --- --- drawing --- */

static void
put(struct draft *d, const char *bytes, size_t length)
{
	if (length >= sizeof d->screen - d->length) {
		d->over = true;
		return;
	}
	memcpy(d->screen + d->length, bytes, length);
	d->length += length;
	d->screen[d->length] = '\0';
}

/* A line; key may be "". "1 147 Market" would be read as one number. */
static void
put_line(struct draft *d, const char *key, const char *words, size_t length)
{
	bool digit = length > 0 && words[0] >= '0' && words[0] <= '9';

	if (d->length > 0)
		put(d, "\n", 1);
	put(d, key, strlen(key));
	if (key[0] != '\0' && length > 0)
		put(d, digit ? ": " : " ", digit ? 2 : 1);
	put(d, words, length);
}

static void
put_choice(struct draft *d, size_t number, const char *words, size_t length)
{
	char key[24];

	snprintf(key, sizeof key, "%zu", number);
	put_line(d, key, words, length);
	if (words[length] != '\0')
		put(d, CUT, strlen(CUT));
}

/* Draws it. Returns true when it is one screen. */
static bool
draw(struct draft *d)
{
	const struct ussd_page *what = d->what;
	size_t number = what->fixed ? d->first + 1 : 1;

	d->length = 0;
	d->screen[0] = '\0';
	d->over = false;
	if (d->note[0] != '\0')
		put_line(d, "", d->note, strlen(d->note));
	if (d->text_length > 0)
		put_line(d, "", d->text, d->text_length);
	for (size_t i = 0; i < d->shown; i++) {
		const char *choice = what->choices[d->first + i];

		put_choice(
			d, number + i, choice, d->abridged == WHOLE ? strlen(choice) : d->abridged);
	}
	if (what->last != NULL && (d->shown > 0 || what->count == 0))
		put_choice(d, number + d->shown, what->last, strlen(what->last));
	if (d->more && what->more != NULL)
		put_line(d, MORE_KEY, what->more, strlen(what->more));
	if (what->back != NULL)
		put_line(d, BACK_KEY, what->back, strlen(what->back));
	return !d->over && ussd_screen_fits(d->room, d->screen);
}

/* --- --- as much as fits --- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The end of the word, with the blanks before it, that begins at `at`. */
static size_t
word_end(const char *text, size_t at)
{
	while (is_blank(text[at]))
		at++;
	while (text[at] != '\0' && !is_blank(text[at]))
		at++;
	return at;
}

/*
 * The longest beginning of the words that fits, *length being where the draft has it: whole words,
 * or as many letters of the first as do. False when not even one does.
 */
static bool
longest(struct draft *d, const char *words, size_t *length)
{
	size_t best = 0, end;

	while ((end = word_end(words, best)) > best) {
		*length = end;
		if (!draw(d))
			break;
		best = end;
	}
	end = word_end(words, 0);
	for (const char *at = words; best < end && best == (size_t)(at - words);) {
		text_next(&at);
		*length = (size_t)(at - words);
		if (draw(d))
			best = *length;
	}
	*length = best;
	return best > 0 && draw(d);
}

/* Lay out what is left: the text from its beginning, so many choices. Returns true when done. */
static bool
lay(struct draft *d, size_t left)
{
	size_t most = USSD_PAGE_CHOICES - (d->what->last != NULL);

	d->text_length = strlen(d->text);
	d->abridged = WHOLE;
	for (d->shown = left < most ? left : most; d->shown > 0; d->shown--) {
		d->more = d->shown < left;
		if (draw(d))
			return true;
	}
	d->more = left > 0;
	if (left == 0 && draw(d))
		return true;
	d->more = true;
	if (d->text_length > 0)
		return longest(d, d->text, &d->text_length);
	if (left == 0)
		return false;
	d->shown = 1;
	d->more = left > 1;
	return longest(d, d->what->choices[d->first], &d->abridged);
}

/* With its note: as much as without it; or else the note in the text's stead, where that shows
 * more. Returns false when the note has no room at all. */
static bool
lay_noted(struct draft *d, const struct draft *plain, size_t left)
{
	size_t text = strlen(d->text);
	bool whole = plain->text_length == text, with;
	struct draft instead = *d;

	instead.text = "";
	with = lay(d, left);
	if (with && d->shown == plain->shown && d->text_length == plain->text_length)
		return true;
	if (whole && lay(&instead, left) &&
		(!with || d->text_length < text || instead.shown > d->shown)) {
		*d = instead;
		d->text_length = text;
		return true;
	}
	return with;
}

int
ussd_screen_lay(const struct ussd_room_for *room, const struct ussd_page *what,
	const struct ussd_from *from, struct ussd_laid *out)
{
	const char *text = what->text != NULL ? what->text : "";
	size_t at = from->text < strlen(text) ? from->text : strlen(text);
	struct draft plain = { .room = room, .what = what, .note = "" }, noted;
	const struct draft *best = &plain;
	struct ussd_laid laid;
	size_t left;

	while (((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	plain.text = text + at;
	plain.first = from->choice < what->count ? from->choice : what->count;
	left = what->count - plain.first;
	if (!lay(&plain, left))
		return -1;
	noted = plain;
	noted.note = what->note != NULL ? what->note : "";
	if (noted.note[0] != '\0' && lay_noted(&noted, &plain, left))
		best = &noted;
	for (at += best->text_length; is_blank(text[at]); at++)
		;
	laid.shown = best->shown;
	laid.more = best->more;
	laid.next = (struct ussd_from){ at, plain.first + best->shown };
	laid.abridged = best->abridged != WHOLE;
	strcpy(laid.screen, best->screen);
	*out = laid;
	return 0;
}
