/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-menu: a city's menu, as a file of conf/ussd/ declares it.
 *
 * What it is: a tree of choices whose leaves are forms; a form is a service's (handlers/), each of
 * its screens fills one of its fields. Loaded and checked whole: services, fields, values and
 * texts exist, no menu has more than 8 choices, and each screen in every language fits
 * (ussd-screen.h). Immutable once loaded. What it is not: a dialogue (ussd-form.h).
 *
 * conf/ussd/menu.cfg teaches how a menu is written.
 */
#ifndef USSD_MENU_H
#define USSD_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../handlers/service.h"
#include "ussd-screen.h"

struct config;
struct config_errors;
struct texts;

#define USSD_SCREENS_MAX 10 /* of one form */
#define USSD_DEPTH_MAX 4    /* menus within menus */
#define USSD_FILLS_MAX 4    /* of one form; and so many presets */
#define USSD_FILL_OF_MAX 3  /* questions that one is made of */

/* Where a list's rows come from: what ussd_list() in sql/functions/96-ussd-lists.sql knows. */
#define USSD_SOURCE_MAX 24
extern const char *const ussd_sources[]; /* ends with NULL */

enum ussd_ask {
	USSD_ASK_CHOICE, /* fixed values of a field */
	USSD_ASK_LIST,   /* rows of a source */
	USSD_ASK_TEXT,   /* her own words */
};

/* One question of a form. A question's or field's index is -1 where there is none. */
struct ussd_question {
	const char *name; /* "quarter" */
	enum ussd_ask ask;
	const char *text; /* key of the text that asks */
	int field;        /* of the service, which takes the value; -1: only others use it */
	int unless_question, unless_field; /* not asked when either has a value */
	int only;                          /* asked only when this earlier CHOICE has one of ... */
	const char *among[USSD_PAGE_CHOICES + 1]; /* ... these values; ends with NULL */
	bool optional;     /* an empty list, or `skip`, leaves it without a value */
	const char *skip;  /* key of one more choice, "I do not know"; NULL: none */
	const char *wrong; /* key of what is said of what is no value; NULL: ussd_wrong_key */
	/* CHOICE */
	const char
		*values[USSD_PAGE_CHOICES + 1]; /* as the field's check made them; end with NULL */
	const char *labels;                     /* prefix of their texts' keys: "kind_" */
	/* LIST */
	const char *source;
	int within;          /* the question whose value narrows it */
	const char *letters; /* source that first letters search; NULL: this list's own, within */
	int answers;         /* the question that a row found by letters answers; often this one */
	int number;          /* the question that digits which are no choice answer */
	const char *known;   /* source in which a number that is to answer this question is looked
				up; NULL: none answers it */
	int typed;           /* field whose check is offered what is neither choice nor number, as
				written; -1: letters search */
};

/* A field made of several answers, joined by ", ": place = place, quarter. */
struct ussd_fill {
	int field;
	int of[USSD_FILL_OF_MAX]; /* questions */
	size_t of_count;
	bool labels; /* what she saw; else the values */
};

struct ussd_form {
	const char *name;
	const struct service *service;
	struct ussd_question questions[USSD_SCREENS_MAX];
	size_t question_count;
	struct ussd_fill fills[USSD_FILLS_MAX];
	size_t fill_count;
	struct {
		int field;
		const char *value; /* as the field's check made it */
	} presets[USSD_FILLS_MAX]; /* stop: what = warnings */
	size_t preset_count;
	bool confirm; /* its summary is shown and confirmed before it runs */
	int direct;   /* the question that two or more digits dialled with the code answer
			 (*384*147#) */
	bool by_sms;  /* what comes of it is also sent as SMS, since she keeps that */
};

enum ussd_leads { USSD_TO_MENU, USSD_TO_FORM, USSD_TO_LANGUAGE };

struct ussd_item {
	const char *text; /* key of its line */
	enum ussd_leads leads;
	const struct ussd_node *menu;
	const struct ussd_form *form;
};

struct ussd_node {
	const char *text; /* key of the line above the choices; the root's greets */
	size_t count;
	struct ussd_item items[USSD_PAGE_CHOICES];
};

struct ussd_menu {
	char *name; /* of its file, without .cfg: "menu", "maputo" */
	const struct ussd_node *root;
	struct ussd_form *forms;
	size_t form_count;
	const struct ussd_form *direct; /* the form with `direct`, or NULL */
	uint64_t mark;                  /* of all that its file says: another menu has another */
	char *path;                     /* of its file */
	void *memory;                   /* the loader's */
};

struct ussd_menus; /* all files of the folder */

/*
 * Load every menu of the folder config->ussd_dir, and check it against the services and the texts.
 * Returns them (none, when there is no such folder), or NULL with errors added.
 */
struct ussd_menus *ussd_menus_load(const struct config *config, const struct texts *texts,
	struct config_errors *errors) __attribute__((warn_unused_result));
void ussd_menus_free(struct ussd_menus *menus);

/* The menu of that name, or NULL; of NULL there is none. */
const struct ussd_menu *ussd_menu_find(const struct ussd_menus *menus, const char *name);

/* The menus in the order of their names; NULL past the end. */
const struct ussd_menu *ussd_menu_at(const struct ussd_menus *menus, size_t index);

/* The form, or the question of a form, of that name, or NULL. */
const struct ussd_form *ussd_menu_form(const struct ussd_menu *menu, const char *name);
int ussd_form_question(const struct ussd_form *form, const char *name); /* -1: none */

#endif
