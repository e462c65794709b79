/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-export: a register as the CSV that `baraza import` takes. */
#include <stdio.h>

#include "cmd-common.h"
#include "register.h"

/* The views of sql/functions/70-registers.sql and 82-tax-registers.sql, PINs and codes empty. */
static int
begin(PGconn *db, const struct city_register *what)
{
	char sql[128];
	PGresult *result;
	bool ok;

	snprintf(sql, sizeof sql,
		"COPY (SELECT * FROM register_%s) TO STDOUT WITH (FORMAT csv, HEADER true)",
		what->name); /* a name of register.c's, not of the user's */
	result = PQexec(db, sql);
	ok = PQresultStatus(result) == PGRES_COPY_OUT;
	if (!ok)
		cmd_sql_error(&cmd_export_command, result);
	PQclear(result);
	return ok ? 0 : -1;
}

static int
copy(PGconn *db)
{
	PGresult *result;
	char *rows;
	int length, done = 0;

	while ((length = PQgetCopyData(db, &rows, 0)) > 0) {
		fwrite(rows, 1, (size_t)length, stdout);
		PQfreemem(rows);
	}
	while ((result = PQgetResult(db)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && done == 0) {
			cmd_sql_error(&cmd_export_command, result);
			done = -1;
		}
		PQclear(result);
	}
	return length == -1 ? done : -1;
}

static int export(PGconn *db, const struct config *config, void *arg)
{
	(void)config;
	return begin(db, arg) == 0 && copy(db) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
run(int argc, char **argv)
{
	const char *file = NULL;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_export_command, options, argc, argv);
	const struct city_register *what;

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 1)
		return cmd_usage(&cmd_export_command, "one REGISTER is wanted");
	what = register_find(argv[operand]);
	if (what == NULL)
		return cmd_usage(&cmd_export_command,
			"'%s' is no register; it is one of " REGISTER_NAMES, argv[operand]);
	return cmd_work(&cmd_export_command,
		&(struct cmd_work){ .file = file, .work = export, .arg = (void *)what });
}

const struct command cmd_export_command = {
	.name = "export",
	.summary = "Prints one of the city's registers as CSV.",
	.usage = "[-c FILE] REGISTER",
	.help = "  -c, --config FILE   the configuration\n"
		"REGISTER is one of " REGISTER_NAMES " (or payments).\n"
		"What is printed is what `baraza import REGISTER` takes; PINs and codes are left empty.\n",
	.run = run,
};
