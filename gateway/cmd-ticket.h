/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-ticket: what the commands that change tickets share. */
#ifndef CMD_TICKET_H
#define CMD_TICKET_H

#include "command.h"

/* `baraza ticket new`: argv[0] is "new". Returns the exit code. */
int cmd_ticket_new(int argc, char **argv);

/* A reason that an SMS may tell: one line of UTF-8, not too long. COMMAND_DONE, or tells. */
int cmd_check_reason(const struct command *command, const char *reason);

#endif
