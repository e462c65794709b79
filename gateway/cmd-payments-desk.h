/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-payments-desk: what `baraza payments` is besides `read`: a clerk lists payments, sees one
 * with all that happened to its money, books it, undoes that, and sees to what waits.
 */
#ifndef CMD_PAYMENTS_DESK_H
#define CMD_PAYMENTS_DESK_H

#include <stdbool.h>

/* Is the word one of list, show, book, undo, suggest, candidates, done? */
bool cmd_payments_is_desk(const char *word);

/* argv[0] is that word. Returns the exit code. */
int cmd_payments_desk(int argc, char **argv);

#define CMD_PAYMENTS_DESK_USAGE                                                                     \
	"list [--state STATE] [--tray] [--limit N] | show ID | book ID REFERENCE... --reason WORDS" \
	" | undo ID --reason WORDS | suggest | candidates ID | done ENTRY [--reason WORDS] [--json]"

#endif
