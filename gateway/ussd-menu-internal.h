/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-menu-internal: what the loader's files share. ussd-menu.c reads the folder; ussd-menu-form.c
 * the forms of a file, ussd-menu-tree.c its tree; ussd-menu-word.c pieces of a file.
 */
#ifndef USSD_MENU_INTERNAL_H
#define USSD_MENU_INTERNAL_H

#include "config-file.h"
#include "config.h"
#include "texts.h"
#include "ussd-menu.h"

struct ussd_loader {
	const struct config *config;
	const struct texts *texts;
	struct config_errors *errors;
	const struct config_file *file;
	struct ussd_menu *menu; /* that is being made */
};

#define USSD_WRONG(l, at, ...) config_file_error((l)->file, (l)->errors, (at), __VA_ARGS__)

/* --- ussd-menu-word.c: each tells what is wrong --- */

/* Memory of the menu's, zeroed, freed with it; NULL when it is out. */
void *ussd_memory(struct ussd_loader *l, size_t size);
void ussd_memory_free(void *memory);

/* Are all members of the group among these names, which each end with a blank? */
bool ussd_knows(struct ussd_loader *l, const config_setting_t *group, const char *known);
/* A string of the group's, kept; NULL: there is none, or it is wrong. */
const char *ussd_word(struct ussd_loader *l, const config_setting_t *group, const char *name);
/* A name of a form, a question, a source: small letters, digits, _ and -. */
const char *ussd_name(struct ussd_loader *l, const config_setting_t *group, const char *name);
/* The key of a text that there is, without other placeholders than a menu's. */
const char *ussd_text(struct ussd_loader *l, const config_setting_t *group, const char *name);
bool ussd_is_text(struct ussd_loader *l, const config_setting_t *at, const char *key);
bool ussd_bool(struct ussd_loader *l, const config_setting_t *group, const char *name);
/* A list of groups ( {...}, ... ), or NULL. */
const config_setting_t *ussd_list_of(struct ussd_loader *l, const config_setting_t *group,
	const char *name, int least, int most, const char *shape);
/* The value that the field's check makes of it, kept; any for field -1. NULL: none. */
const char *ussd_checked(struct ussd_loader *l, const config_setting_t *at,
	const struct service *service, int field, const char *written);

/* --- the parts of a file --- */

void ussd_take_forms(struct ussd_loader *l, const config_setting_t *root);
void ussd_take_tree(struct ussd_loader *l, const config_setting_t *root);

#endif
