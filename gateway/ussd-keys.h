/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-keys: which texts USSD menus name.
 *
 * What it is: a look through a folder of menus for the keys of texts (conf/ussd/menu.cfg), so that
 * texts.c knows them before any menu is loaded. What it is not: it checks nothing and tells no
 * error; a file that cannot be read has no keys here, and its fault is told by ussd-menu.h.
 */
#ifndef USSD_KEYS_H
#define USSD_KEYS_H

#include <stddef.h>

struct ussd_keys {
	size_t count;
	char **name; /* owned; each once, beginning with ussd_ */
};

/* Returns 0, or -1 when memory is out. folder may be NULL, or not be there: no keys. */
int ussd_keys_load(const char *folder, struct ussd_keys *out) __attribute__((warn_unused_result));
void ussd_keys_free(struct ussd_keys *keys);

#endif
