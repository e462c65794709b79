/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command: what `baraza COMMAND` can be, one command a file.
 *
 * Exit codes: COMMAND_DONE; COMMAND_FAILED: it could not be done (no database, no modem in
 * service); COMMAND_USAGE: wrong usage or bad input, a configuration with errors among it.
 */
#ifndef COMMAND_H
#define COMMAND_H

enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

struct command {
	const char *name;
	const char *summary; /* one line for `baraza --help` */
	const char *usage;   /* what stands behind the name: "[-c FILE] NUMBER TEXT" */
	const char *help;    /* paragraphs of `baraza NAME --help`, each line ended */
	/* argv[0] is the command's name; returns the exit code. */
	int (*run)(int argc, char **argv);
};

extern const struct command cmd_airtime_command;
extern const struct command cmd_alert_command;
extern const struct command cmd_answer_command;
extern const struct command cmd_bundle_command;
extern const struct command cmd_cap_command;
extern const struct command cmd_check_command;
extern const struct command cmd_clock_command;
extern const struct command cmd_close_command;
extern const struct command cmd_contact_command;
extern const struct command cmd_export_command;
extern const struct command cmd_forget_command;
extern const struct command cmd_import_command;
extern const struct command cmd_migrate_command;
extern const struct command cmd_payments_command;
extern const struct command cmd_remind_command;
extern const struct command cmd_report_command;
extern const struct command cmd_send_command;
extern const struct command cmd_status_command;
extern const struct command cmd_ticket_command;
extern const struct command cmd_taxpayer_command;
extern const struct command cmd_tickets_command;
extern const struct command cmd_understand_command;

/* The gateway itself: run.c. */
int cmd_run(int argc, char **argv);

#endif
