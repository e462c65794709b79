/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-menu-tree: the tree of a file's menus. */
#include <string.h>

#include "ussd-menu-internal.h"

#define ITEM_SHAPE "{ text = \"ussd_item\"; form = \"name\"; }"

static const struct ussd_node *take_node(
	struct ussd_loader *l, const config_setting_t *group, int depth);

static void
take_target(struct ussd_loader *l, const config_setting_t *group, int depth, struct ussd_item *item)
{
	const config_setting_t *form = config_setting_get_member(group, "form");
	const config_setting_t *menu = config_setting_get_member(group, "menu");
	bool language = ussd_bool(l, group, "language");
	const char *name;

	if ((form != NULL) + (menu != NULL) + language != 1) {
		USSD_WRONG(
			l, group, "an item has one of form, menu and language, as %s", ITEM_SHAPE);
	} else if (form != NULL) {
		item->leads = USSD_TO_FORM;
		name = ussd_word(l, group, "form");
		if (name != NULL && (item->form = ussd_menu_form(l->menu, name)) == NULL)
			USSD_WRONG(l, form, "there is no form \"%s\"", name);
	} else if (menu != NULL) {
		item->leads = USSD_TO_MENU;
		item->menu = take_node(l, menu, depth + 1);
	} else {
		item->leads = USSD_TO_LANGUAGE;
	}
}

static void
take_item(struct ussd_loader *l, const config_setting_t *group, int depth, struct ussd_item *item)
{
	if (!ussd_knows(l, group, "text form menu language "))
		return;
	if (config_setting_get_member(group, "text") == NULL)
		USSD_WRONG(l, group, "the item has no text; it is %s", ITEM_SHAPE);
	item->text = ussd_text(l, group, "text");
	take_target(l, group, depth, item);
}

static const struct ussd_node *
take_node(struct ussd_loader *l, const config_setting_t *group, int depth)
{
	const config_setting_t *items;
	struct ussd_node *node;

	if (depth == USSD_DEPTH_MAX) {
		USSD_WRONG(l, group, "menus stand at most %d deep", USSD_DEPTH_MAX);
		return NULL;
	}
	if (!ussd_knows(l, group, "text items "))
		return NULL;
	if (config_setting_get_member(group, "text") == NULL)
		USSD_WRONG(l, group, "the menu has no text, to stand above its items");
	node = ussd_memory(l, sizeof *node);
	items = ussd_list_of(l, group, "items", 1, USSD_PAGE_CHOICES, "( " ITEM_SHAPE ", ... )");
	if (node == NULL || items == NULL)
		return NULL;
	node->text = ussd_text(l, group, "text");
	node->count = (size_t)config_setting_length(items);
	for (size_t i = 0; i < node->count; i++)
		take_item(l, config_setting_get_elem(items, (unsigned)i), depth, &node->items[i]);
	return node;
}

void
ussd_take_tree(struct ussd_loader *l, const config_setting_t *root)
{
	const config_setting_t *menu = config_setting_get_member(root, "menu");

	if (menu == NULL)
		USSD_WRONG(l, NULL,
			"there is no menu; write menu = { text = ...; items = ( ... ); };");
	else
		l->menu->root = take_node(l, menu, 0);
}
