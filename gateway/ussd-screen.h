/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-screen: what one USSD screen holds, and how words and choices are laid onto it.
 *
 * What it is: pure functions on memory. A screen is GSM 7-bit where all of it can be (182
 * characters, 160 octets of 3GPP 23.038 packed), else UCS-2 with fewer. What does not fit is on
 * the next page, never cut within a word. What it is not: it knows no menus, keeps nothing, and
 * sends nothing.
 *
 * Keys: choices are 1 to 8, `9` shows more, `0` goes back, `00` goes home. A list restarts at 1 on
 * each page; fixed choices keep their numbers over all pages.
 */
#ifndef USSD_SCREEN_H
#define USSD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#define USSD_SCREEN_BYTES_MAX 1024 /* of one screen in UTF-8 with NUL */
#define USSD_PAGE_CHOICES 8        /* keys 1 to 8 */
#define USSD_SEPTETS_MAX 182       /* 3GPP 23.038: 160 octets of 7 bits */
#define USSD_UNITS_MAX 70          /* UTF-16 units that every phone shows */

/* What the way to the phone carries. */
struct ussd_room_for {
	int septets; /* of GSM 7-bit, extension characters count two: 182 */
	int units;   /* UTF-16, when any character is outside it: 70 to 91 */
};

/* True when the text is one screen: valid UTF-8, not empty, within either limit. */
bool ussd_screen_fits(const struct ussd_room_for *room, const char *utf8);

/*
 * Characters of the text as the room counts them (septets, or UTF-16 units with *ucs2), and in
 * *limit how many there may be. ucs2 and limit may be NULL.
 */
int ussd_screen_length(const struct ussd_room_for *room, const char *utf8, bool *ucs2, int *limit);

/*
 * One letter outside the GSM alphabet leaves a screen 70 characters of 182: where nothing but
 * accents is outside, letters lose them, in place. It is asked of each text by itself, so that all
 * of a dialogue's screens write it alike. size: of its bytes with NUL.
 */
void ussd_screen_fold(char *utf8, size_t size);

/* What a screen says and offers. All borrowed; NULL for nothing. */
struct ussd_page {
	const char *note;           /* before everything: "That is no choice." */
	const char *text;           /* the question, or what is read */
	const char *const *choices; /* count of them, in order */
	size_t count;
	const char *last; /* of a list: one more choice, on each of its pages, behind the others */
	bool fixed;       /* numbers go on over pages */
	const char *more, *back; /* "More", "Back": the last lines where they apply */
};

/* Where a page begins: so much has been shown on those before it. */
struct ussd_from {
	size_t text;   /* bytes of the text */
	size_t choice; /* choices */
};

struct ussd_laid {
	char screen[USSD_SCREEN_BYTES_MAX];
	size_t shown; /* choices on this page, from->choice the first; `last` not counted */
	bool more;    /* there is a page behind it, */
	struct ussd_from next; /* which begins here */
	bool abridged;         /* its one choice is shown by its first words */
};

/*
 * Lay out the page that begins at *from (which may lie within `out`). The text is on the first
 * page; one that is too long for it goes on over pages, and choices begin behind its end. Beside a
 * note there may be less of what follows, which is then on the next page; where note and text have
 * no room beside the choices, the note stands in the text's place. A choice that is longer than a
 * page's room is shown by its first words and "...", and a word that is longer by its first
 * letters. Returns 0, or -1 (out untouched) when the room is too small even for that.
 */
int ussd_screen_lay(const struct ussd_room_for *room, const struct ussd_page *what,
	const struct ussd_from *from, struct ussd_laid *out) __attribute__((warn_unused_result));

#endif
