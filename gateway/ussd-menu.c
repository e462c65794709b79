/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-menu: the folder of menus. */
#include "ussd-menu.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "ussd-check.h"
#include "ussd-menu-internal.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"
#define GROUP_END 0xfe /* in no text */

struct ussd_menus {
	size_t count;
	struct ussd_menu **menu;
};

/* --- --- a file's mark --- */

static uint64_t
mark_word(uint64_t mark, const char *word)
{
	return hash_text(mark, word != NULL ? word : "");
}

/* Of all names and values, in their order; not of comments. */
static uint64_t
mark_of(uint64_t mark, const config_setting_t *at)
{
	mark = mark_word(mark, config_setting_name(at));
	if (!config_setting_is_aggregate(at)) {
		mark = mark_word(mark, config_setting_get_string(at));
		return hash_octet(mark, config_setting_get_bool(at) != 0);
	}
	for (int i = 0; i < config_setting_length(at); i++)
		mark = mark_of(mark, config_setting_get_elem(at, (unsigned)i));
	return hash_octet(mark, GROUP_END);
}

/* --- --- a file --- */

static bool
leads_to(const struct ussd_node *node, const struct ussd_form *form)
{
	for (size_t i = 0; i < node->count; i++)
		if (node->items[i].form == form ||
			(node->items[i].menu != NULL && leads_to(node->items[i].menu, form)))
			return true;
	return false;
}

static void
check_reach(struct ussd_loader *l)
{
	for (size_t i = 0; i < l->menu->form_count; i++)
		if (!leads_to(l->menu->root, &l->menu->forms[i]))
			USSD_WRONG(l, NULL, "no item of the menu leads to the form %s",
				l->menu->forms[i].name);
}

static void
menu_free(struct ussd_menu *menu)
{
	if (menu == NULL)
		return;
	ussd_memory_free(menu->memory);
	free(menu->name);
	free(menu->path);
	free(menu);
}

/* Returns the menu, or NULL with errors told. */
static struct ussd_menu *
read_menu(struct ussd_loader *l, const char *path, const char *name, size_t length)
{
	struct config_file *file = config_file_read(path, l->errors);
	size_t before = l->errors->count;
	const config_setting_t *root;

	l->menu = calloc(1, sizeof *l->menu);
	if (file == NULL || l->menu == NULL || (l->menu->name = strndup(name, length)) == NULL ||
		(l->menu->path = strdup(path)) == NULL) {
		if (file != NULL)
			config_error(l->errors, path, 0, "out of memory");
		config_file_free(file);
		menu_free(l->menu);
		return NULL;
	}
	l->file = file;
	root = config_file_root(file);
	l->menu->mark = mark_of(HASH_BEGIN, root) >> 1; /* ussd-state.c reads 19 digits */
	if (ussd_knows(l, root, "menu forms ")) {
		ussd_take_forms(l, root);
		ussd_take_tree(l, root);
	}
	if (l->errors->count == before)
		check_reach(l);
	config_file_free(file);
	if (l->errors->count == before)
		return l->menu;
	menu_free(l->menu);
	return NULL;
}

/* --- --- the folder --- */

static void
take_entry(struct ussd_loader *l, struct ussd_menus *menus, const char *file)
{
	size_t length = strlen(file) - strlen(".cfg");
	struct ussd_menu **grown, *menu;
	char *path;

	if (asprintf(&path, "%s/%s", l->config->ussd_dir, file) == -1) {
		config_error(l->errors, l->config->ussd_dir, 0, "out of memory");
		return;
	}
	if (strspn(file, NAME_LETTERS) != length) {
		config_error(l->errors, path, 0,
			"a menu's name is small letters, digits, _ and -, as menu.cfg");
		free(path);
		return;
	}
	menu = read_menu(l, path, file, length);
	free(path);
	if (menu == NULL)
		return;
	grown = realloc(menus->menu, (menus->count + 1) * sizeof(struct ussd_menu *));
	if (grown == NULL) {
		config_error(l->errors, l->config->ussd_dir, 0, "out of memory");
		menu_free(menu);
		return;
	}
	menus->menu = grown;
	menus->menu[menus->count++] = menu;
}

static void
take_folder(struct ussd_loader *l, struct ussd_menus *menus)
{
	const char *folder = l->config->ussd_dir;
	struct dirent **entry;
	int count = folder != NULL ? scandir(folder, &entry, config_file_is_one, alphasort) : 0;

	if (count == -1 && errno != ENOENT)
		config_error(l->errors, folder, 0, "%s; it is the folder of USSD menus",
			strerror(errno));
	for (int i = 0; i < count; i++) {
		take_entry(l, menus, entry[i]->d_name);
		free(entry[i]);
	}
	if (folder != NULL && count >= 0)
		free(entry);
}

struct ussd_menus *
ussd_menus_load(
	const struct config *config, const struct texts *texts, struct config_errors *errors)
{
	struct ussd_loader l = { .config = config, .texts = texts, .errors = errors };
	struct ussd_menus *menus = calloc(1, sizeof *menus);
	size_t before = errors->count;

	if (menus == NULL) {
		config_error(errors, NULL, 0, "out of memory");
		return NULL;
	}
	take_folder(&l, menus);
	if (errors->count == before)
		ussd_check_screens(config, texts, menus, errors);
	if (errors->count == before)
		return menus;
	ussd_menus_free(menus);
	return NULL;
}

void
ussd_menus_free(struct ussd_menus *menus)
{
	if (menus == NULL)
		return;
	for (size_t i = 0; i < menus->count; i++)
		menu_free(menus->menu[i]);
	free(menus->menu);
	free(menus);
}

/* --- --- asking --- */

const struct ussd_menu *
ussd_menu_find(const struct ussd_menus *menus, const char *name)
{
	for (size_t i = 0; menus != NULL && i < menus->count; i++)
		if (strcmp(menus->menu[i]->name, name) == 0)
			return menus->menu[i];
	return NULL;
}

const struct ussd_menu *
ussd_menu_at(const struct ussd_menus *menus, size_t index)
{
	return index < menus->count ? menus->menu[index] : NULL;
}
