/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main: finds the command and hands over to it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd-common.h"
#include "command.h"

static const struct command run_command = {
	.name = "run",
	.summary = "The gateway: modems, HTTP and database, until SIGTERM.",
	.usage = "[-c FILE]",
	.help = "  -c, --config FILE   the configuration\n"
		"SIGHUP reads the configuration again, and keeps the old one if there is an error in it.\n"
		"SIGTERM and SIGINT finish what is being done, then end.\n",
	.run = cmd_run,
};

static const struct command *const commands[] = {
	&run_command,
	&cmd_check_command,
	&cmd_migrate_command,
	&cmd_status_command,
	&cmd_bundle_command,
	&cmd_airtime_command,
	&cmd_send_command,
	&cmd_tickets_command,
	&cmd_ticket_command,
	&cmd_close_command,
	&cmd_answer_command,
	&cmd_contact_command,
	&cmd_forget_command,
	&cmd_understand_command,
	&cmd_import_command,
	&cmd_export_command,
	&cmd_alert_command,
	&cmd_remind_command,
	&cmd_report_command,
	&cmd_payments_command,
	&cmd_taxpayer_command,
	&cmd_cap_command,
	&cmd_clock_command,
	NULL,
};

static void
print_commands(FILE *stream)
{
	fprintf(stream, "usage: baraza COMMAND [OPTION...]\n\n");
	for (const struct command *const *c = commands; *c != NULL; c++)
		fprintf(stream, "  %-12s%s\n", (*c)->name, (*c)->summary);
	fprintf(stream,
		"\nbaraza COMMAND --help tells more; so does baraza(1).  Every command takes -c FILE, by\n"
		"default $BARAZA_CONF, conf/baraza.cfg here, or " BARAZA_SYSCONFDIR
		"/baraza/baraza.cfg.\n");
}

static const struct command *
find(const char *name)
{
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

/* True when one of the words before "--" asks for help. */
static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int
run(const char *name, int argc, char **argv)
{
	const struct command *command = find(name);

	if (command == NULL) {
		fprintf(stderr, "baraza: there is no command '%s'; baraza --help lists them\n",
			name);
		return COMMAND_USAGE;
	}
	if (wants_help(argc, argv)) {
		cmd_help(command);
		return cmd_flush(command) == 0 ? COMMAND_DONE : COMMAND_FAILED;
	}
	return command->run(argc, argv);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		printf("baraza " BARAZA_VERSION "\n");
		return COMMAND_DONE;
	}
	if (strcmp(name, "help") == 0 && argc > 2)
		return run(argv[2], 2, (char *[]){ argv[2], "--help", NULL });
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		print_commands(stdout);
		return COMMAND_DONE;
	}
	if (argc < 2) {
		print_commands(stderr);
		return COMMAND_USAGE;
	}
	return run(name, argc - 1, argv + 1);
}
