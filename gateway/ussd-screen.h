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

/* What the way to the phone carries. */
struct ussd_room_for {
	int septets; /* of GSM 7-bit, extension characters count two: 182 */
	int units;   /* UTF-16, when any character is outside it: 70 to 91 */
};

/* True when the text is one screen: valid UTF-8, not empty, within either limit. */
bool ussd_screen_fits(const struct ussd_room_for *room, const char *utf8);

/* What a screen says and offers. All borrowed; NULL for nothing. */
struct ussd_page {
	const char *note;           /* before everything: "That is no choice." */
	const char *text;           /* the question, or what is read */
	const char *const *choices; /* count of them, in order */
	size_t count;
	bool fixed;              /* numbers go on over pages */
	const char *more, *back; /* "9 More", "0 Back": the last lines where they apply */
};

struct ussd_laid {
	char screen[USSD_SCREEN_BYTES_MAX];
	size_t first, shown; /* choices on this page: from first, so many */
	bool more;           /* there is a page behind it */
};

/*
 * Lay out page number `page` (0 is the first). The note stands on the page that is asked for; text
 * too long for one page goes on over pages, and choices begin behind its end. A choice longer than
 * a page's room is shown by its first words and "...". Returns 0, or -1 (out untouched) when there
 * is no such page, or when not even one choice beside the text's last line and the keys fits.
 */
int ussd_screen_lay(const struct ussd_room_for *room, const struct ussd_page *what, size_t page,
	struct ussd_laid *out) __attribute__((warn_unused_result));

#endif
