/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-import: what the import's other file has: words for what SQL finds wrong.
 */
#ifndef CMD_IMPORT_H
#define CMD_IMPORT_H

#include "register.h"

/*
 * Add a fault, or a warning, that register_faults() or register_warnings() found: name is its word
 * there, is the column's name (borrowed as register_fault_add() says), value and other as there;
 * NULL: none.
 */
void import_fault_add(struct register_faults *faults, const char *name, unsigned line,
	const char *is, const char *value, const char *other);

#endif
