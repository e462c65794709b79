/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-forget: erases a person at the office's hand, as EFFACER does at her own: her number and her
 * words go, her tickets stay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "json.h"
#include "log.h"
#include "phone.h"
#include "text.h"

#define REASON_MAX 200  /* bytes */
#define REASON_DIGITS 5 /* more in a row may be a phone number */

struct wish {
	const char *file, *number, *reason;
	bool yes, json;
	struct phone phone;
};

/* What is kept, as sql/functions/35-people.sql counts it. */
static const char kept_sql[] =
	"SELECT contact, messages, reports, (SELECT string_agg(r, ', ') FROM ("
	"SELECT 'crew ' || name AS r FROM crew WHERE phone = $1 UNION ALL"
	" SELECT 'department ' || name FROM department WHERE phone = $1) x) "
	"FROM person_show($1)";

static const char erase_sql[] =
	"SELECT audit_add($2, 'person erased', 'contact ' || $1::bigint, $3) WHERE person_erase($1::bigint)";

static bool
is_sure(const struct wish *wish, const PGresult *kept)
{
	char line[16] = "";

	if (wish->yes)
		return true;
	fprintf(stderr,
		"%s: %s messages and %s reports.  Erase the number and all words for good? (yes/no) ",
		log_number(wish->phone.number), PQgetvalue(kept, 0, 1), PQgetvalue(kept, 0, 2));
	return fgets(line, sizeof line, stdin) != NULL && strcmp(line, "yes\n") == 0;
}

static void
print(const struct wish *wish, const PGresult *kept)
{
	const char *registers = PQgetisnull(kept, 0, 3) ? NULL : PQgetvalue(kept, 0, 3);
	struct json json;

	if (registers != NULL)
		fprintf(stderr,
			"baraza forget: the number stays in the register of %s; see baraza-import(1)\n",
			registers);
	if (!wish->json) {
		printf("erased %s: %s messages, %s reports\n", log_number(wish->phone.number),
			PQgetvalue(kept, 0, 1), PQgetvalue(kept, 0, 2));
		return;
	}
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "number", log_number(wish->phone.number));
	json_raw(&json, "contact", PQgetvalue(kept, 0, 0));
	json_raw(&json, "messages", PQgetvalue(kept, 0, 1));
	json_raw(&json, "reports", PQgetvalue(kept, 0, 2));
	json_string(&json, "register", registers);
	json_object_end(&json);
	json_end(&json);
}

static int
erase(PGconn *db, const struct wish *wish, const PGresult *kept)
{
	char actor[CMD_LOGIN_MAX];
	const char *params[] = { PQgetvalue(kept, 0, 0), actor, wish->reason };
	PGresult *rows;
	int done;

	cmd_login(actor);
	rows = cmd_query(&cmd_forget_command, db, erase_sql, 3, params);
	done = rows != NULL ? PQntuples(rows) : 0;
	if (done > 0)
		print(wish, kept);
	else if (rows != NULL)
		cmd_error(&cmd_forget_command, "somebody else has just erased it");
	PQclear(rows);
	return done > 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
forget(PGconn *db, const struct config *config, void *arg)
{
	const struct wish *wish = arg;
	const char *params[] = { wish->phone.number };
	PGresult *kept = cmd_query(&cmd_forget_command, db, kept_sql, 1, params);
	int code = COMMAND_FAILED;

	(void)config;
	if (kept != NULL && PQntuples(kept) == 0)
		cmd_error(&cmd_forget_command, "nothing is kept of %s",
			log_number(wish->phone.number));
	else if (kept != NULL && !is_sure(wish, kept))
		cmd_error(&cmd_forget_command, "nothing was erased");
	else if (kept != NULL)
		code = erase(db, wish, kept);
	PQclear(kept);
	return code;
}

/* --- --- the command --- */

/* It is kept for good: no number may stand in it. */
static bool
is_fit_reason(const char *reason)
{
	size_t digits = 0;

	if (reason == NULL)
		return true;
	if (reason[0] == '\0' || strlen(reason) > REASON_MAX ||
		!text_utf8_valid(reason, strlen(reason)))
		return false;
	for (; *reason != '\0' && digits <= REASON_DIGITS; reason++) {
		if (*reason >= '0' && *reason <= '9')
			digits++;
		else if (strchr(" .-()", *reason) == NULL)
			digits = 0;
	}
	return digits <= REASON_DIGITS;
}

static int
take_number(const struct config *config, void *arg)
{
	struct wish *wish = arg;

	return cmd_phone(&cmd_forget_command, wish->number, config, &wish->phone);
}

static int
run(int argc, char **argv)
{
	struct wish wish = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "reason", .value = &wish.reason },
		{ .name = "yes", .flag = &wish.yes },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_forget_command, options, argc, argv);

	if (operand == -1)
		return COMMAND_USAGE;
	if (operand != argc - 1)
		return cmd_usage(&cmd_forget_command, "one NUMBER is wanted");
	if (!is_fit_reason(wish.reason))
		return cmd_usage(&cmd_forget_command,
			"--reason wants words in UTF-8, at most %d bytes, and no phone number",
			REASON_MAX);
	wish.number = argv[operand];
	return cmd_work(&cmd_forget_command,
		&(struct cmd_work){
			.file = wish.file, .prepare = take_number, .work = forget, .arg = &wish });
}

const struct command cmd_forget_command = {
	.name = "forget",
	.summary = "Erases a person for good: number and words; tickets stay.",
	.usage = "[-c FILE] NUMBER [--reason WORDS] [--yes] [--json]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --reason WORDS  written down with who did it; without the number\n"
		"      --yes           do not ask first\n"
		"      --json          one object\n"
		"Nothing is said to the person.  A later SMS from that number is a new person's.\n",
	.run = run,
};
