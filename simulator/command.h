/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - the commands of the control socket. */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

struct client;
struct modem;
struct sim;

/* Does one line, which it may change, and answers the client. */
void command_run(struct sim *sim, struct client *client, char *line);

/* `fault MODEM NAME [ARGS]`: returns NULL, or what was wrong (static). */
const char *fault_set(struct sim *sim, struct modem *m, const char *name, const char *args);

/* `set MODEM PARAM VALUE` and `set network PARAM VALUE` (m NULL): the same. */
const char *setting_set(struct sim *sim, struct modem *m, const char *name, char *value);

#endif
