/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-check: every screen of every menu in every language, as a phone would show it.
 *
 * What it is: the dialogue's own way to make screens (ussd-form.h), called for each menu and
 * question with rows and answers as long as they usually get. What it is not: it follows no
 * person's path, and judges no words.
 */
#ifndef USSD_CHECK_H
#define USSD_CHECK_H

#include <stdbool.h>

struct config;
struct config_errors;
struct texts;
struct ussd_menus;

/* One screen. All borrowed, for the time of the call. */
struct ussd_sight {
	const char *menu, *language;
	const char *place; /* "skip.district", "menu 2.1", "skip: confirmation" */
	const char *key;   /* of its text */
	const char *screen;
	int page;          /* from 1 */
	int length, limit; /* characters as the network counts them */
	bool ucs2;
};

void ussd_each_screen(const struct config *config, const struct texts *texts,
	const struct ussd_menus *menus, void (*see)(const struct ussd_sight *sight, void *arg),
	void *arg);

/*
 * Does each fit: its text, or what is said of a wrong key in its place, with its longest choice
 * and its keys? And what stands on a session's last screen alone? Adds an error for each that does
 * not: the language's file, the key, and how many characters are too many.
 */
void ussd_check_screens(const struct config *config, const struct texts *texts,
	const struct ussd_menus *menus, struct config_errors *errors);

#endif
