/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-menu: a city's menu, as a file of conf/ussd/ declares it.
 *
 * What it is: a tree of choices whose leaves are forms; a form is a service's (handlers/), each of
 * its screens fills one of its fields. Loaded and checked whole: services, fields, values and
 * texts exist, no menu has more than 8 choices, and each screen in every language fits
 * (ussd-screen.h). Immutable once loaded. What it is not: a dialogue (ussd-form.h).
 *
 * conf/ussd/README-like comments stand at the top of menu.cfg, which teaches the form.
 */
#ifndef USSD_MENU_H
#define USSD_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "../handlers/service.h"
#include "ussd-screen.h"

struct config;
struct config_errors;
struct texts;

#define USSD_SCREENS_MAX 10 /* of one form */
#define USSD_DEPTH_MAX 4    /* menus within menus */
#define USSD_FILLS_MAX 4

/* Where a list's rows come from: ussd_list() in sql/functions/96-ussd-lists.sql knows the names. */
#define USSD_SOURCE_MAX 24

enum ussd_ask {
	USSD_ASK_CHOICE, /* fixed values of a field */
	USSD_ASK_LIST,   /* rows of a source */
	USSD_ASK_TEXT,   /* her own words */
};

/* One question of a form. Names are its own; the service's fields are filled from its answers. */
struct ussd_question {
	const char *name; /* "quarter": for `within`, `unless`, `fill` */
	enum ussd_ask ask;
	const char *text;   /* key of the text that asks */
	int field;          /* of the service that takes the value; -1: only named in a fill */
	const char *unless; /* not asked when this question, or field, has a value; NULL: always */
	bool optional;      /* an empty list, or `skip`, leaves it without a value */
	const char *skip;   /* key of the choice "I do not know"; NULL: none */
	/* CHOICE */
	const char *const *values; /* ends with NULL */
	const char *labels;        /* prefix of their texts' keys: "kind_" */
	/* LIST */
	const char *source;
	const char *within;  /* the question whose value narrows it, or NULL */
	const char *letters; /* source that first letters search; NULL: this list's own */
	const char *answers; /* the question that a row found by letters answers; NULL: this one */
	const char *number; /* the question that digits which are no choice answer ("container"), or
			       NULL; looked up in its source */
	const char *typed;  /* what is neither choice nor number is offered to the check of this
			       field, as written; NULL: letters search */
};

/* A field made of several answers, joined by ", ": place = place, quarter. */
struct ussd_fill {
	int field;
	const char *of[USSD_FILLS_MAX]; /* names of questions; ends with NULL */
	bool labels;                    /* what she saw; else the values */
};

struct ussd_form {
	const char *name;
	const struct service *service;
	struct ussd_question questions[USSD_SCREENS_MAX];
	size_t question_count;
	struct ussd_fill fills[USSD_FILLS_MAX];
	size_t fill_count;
	const char *preset_field[USSD_FILLS_MAX], *preset_value[USSD_FILLS_MAX]; /* stop: what =
										    warnings */
	size_t preset_count;
	bool confirm;       /* its summary is shown and confirmed before it runs */
	const char *direct; /* the question that two or more digits dialled with the code answer
			       (*384*147#), or NULL */
	bool by_sms;        /* what comes of it is also sent as SMS, since she keeps that */
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
	struct ussd_node *root;
	struct ussd_form *forms;
	size_t form_count;
	const struct ussd_form *direct; /* the form with `direct`, or NULL */
	void *memory;                   /* the loader's */
};

struct ussd_menus; /* all files of the folder */

/*
 * Load every menu of the folder config->ussd, and check it against the services and the texts.
 * Returns them (none, when the folder is not configured), or NULL with errors added.
 */
struct ussd_menus *ussd_menus_load(const struct config *config, const struct texts *texts,
	struct config_errors *errors) __attribute__((warn_unused_result));
void ussd_menus_free(struct ussd_menus *menus);

/* The menu of that name, or NULL. */
const struct ussd_menu *ussd_menu_find(const struct ussd_menus *menus, const char *name);

/* The form, or the question of a form, of that name, or NULL. */
const struct ussd_form *ussd_menu_form(const struct ussd_menu *menu, const char *name);
int ussd_form_question(const struct ussd_form *form, const char *name); /* -1: none */

#endif
