/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-alert-approve: whoever approves has seen what she approves: the page is shown, then she types
 * its reference. The version of the page is what is approved, no later one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd-alert.h"

static const struct alert_answer answers[] = {
	{ "same_person",
		"you drafted or edited it; another person approves it, by whatever way she comes" },
	{ "no_role", "that is not among your roles; `baraza import officers` gives them" },
	{ "no_reason", "say why you alone: --reason WORDS" },
	{ "edited",
		"it has been edited since you saw it; look at it again and approve what it is now" },
	{ "already", "it is approved already" },
	{ "not_draft", "it is no draft, or has no texts yet" },
	{ "expired", "it is over; edit when it expires" },
	{ "no_zone", "it does not say where; edit its zones" },
	{ "no_recipients", "nobody would get it" },
	{ NULL, NULL },
};

/* SQL's word of approving it, in the transaction that is open. */
static int
approve(PGconn *db, const struct alert_wish *wish, const char *officer,
	const struct alert_head *head, bool tell)
{
	const char *params[] = { officer, wish->reference, alert_is(head, "version"),
		wish->override ? "override" : "keyboard", wish->reason };
	PGresult *row = alert_query(db,
		"SELECT outcome FROM alert_approve($1::integer, $2, $3::integer, $4, $5)", 5,
		params);
	int code = COMMAND_DONE;

	if (row == NULL)
		return COMMAND_FAILED;
	if (strcmp(PQgetvalue(row, 0, 0), "approved") != 0)
		code = alert_refuse(wish->reference, PQgetvalue(row, 0, 0), answers);
	else if (tell)
		printf("%s: approved; it leaves now. baraza alert status %s --watch\n",
			alert_is(head, "reference"), alert_is(head, "reference"));
	PQclear(row);
	return code;
}

/* Could she? Told before she is shown anything, and nothing is changed. */
static int
rehearse(PGconn *db, const struct alert_wish *wish, const char *officer,
	const struct alert_head *head)
{
	int code;

	if (cmd_execute(&cmd_alert_command, db, "BEGIN") == -1)
		return COMMAND_FAILED;
	code = approve(db, wish, officer, head, false);
	if (cmd_execute(&cmd_alert_command, db, "ROLLBACK") == -1)
		return COMMAND_FAILED;
	return code;
}

/* She types the reference: a hand that is tired does not do so by itself. */
static int
ask_hand(const char *reference)
{
	char line[64] = "";

	printf("\nType %s to approve it and send it, anything else to leave it: ", reference);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strcasecmp(line, reference) == 0)
		return COMMAND_DONE;
	return cmd_refuse(&cmd_alert_command, "%s: not approved", reference);
}

/* Is she sure of just this one? */
static int
make_sure(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *reference)
{
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int code;

	if (wish->yes != NULL && strcasecmp(wish->yes, reference) != 0)
		return cmd_refuse(&cmd_alert_command, "%s: --yes says '%s', which is another",
			reference, wish->yes);
	if (wish->yes == NULL && !terminal)
		return cmd_refuse(&cmd_alert_command,
			"%s: there is no terminal to ask at; look at it (baraza alert preview %s), then "
			"say --yes %s",
			reference, reference, reference);
	code = alert_show(db, config, wish, reference);
	if (code == COMMAND_DONE && wish->yes == NULL)
		code = ask_hand(reference);
	return code;
}

int
alert_do_approve(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	char officer[ALERT_ID_BYTES];
	struct alert_head head;
	int code;

	if (alert_actor(db, officer) == -1)
		return COMMAND_USAGE;
	code = alert_find(db, wish->reference, &head);
	if (code != COMMAND_DONE)
		return code;
	code = rehearse(db, wish, officer, &head);
	if (code == COMMAND_DONE)
		code = make_sure(db, config, wish, alert_is(&head, "reference"));
	if (code == COMMAND_DONE)
		code = approve(db, wish, officer, &head, true);
	alert_head_free(&head);
	return code;
}
