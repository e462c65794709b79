/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-ticket-new: what somebody says at the counter, filed as if her phone had sent it. It is
 * understood by the gateway's own code and done by the service's own SQL; nothing is asked back, so
 * what is missing is told to the clerk and nothing is filed. The reply goes to her phone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-judge.h"
#include "cmd-ticket.h"
#include "json.h"
#include "log.h"
#include "notices.h"
#include "text.h"

struct wish {
	const char *file, *number, *service;
	bool json;
	char text[UNDERSTAND_TEXT_MAX + 1];
};

/* What was done. */
struct filed {
	char *pairs; /* of the outcome; within the row */
	char key[128];
	char reply[OUTGOING_BYTES_MAX];
};

static void
take_words(struct wish *wish, int count, char **words)
{
	size_t at = 0;

	for (int i = 0; i < count && at + 1 < sizeof wish->text; i++) {
		if (i > 0)
			wish->text[at++] = ' ';
		at += text_utf8_clean(
			wish->text + at, sizeof wish->text - at, words[i], strlen(words[i]));
	}
}

/* Can this be filed? COMMAND_DONE, or tells what is missing. */
static int
check_verdict(const struct wish *wish, const struct verdict *v)
{
	const struct command *command = &cmd_ticket_command;
	const struct service *service = v->u.service;

	if (service == NULL)
		return cmd_refuse(command, "this is not understood; say what is wrong, and where");
	if (wish->service != NULL && strcmp(wish->service, service->name) != 0)
		return cmd_refuse(command, "this is understood as %s, not %s; nothing was filed",
			service->name, wish->service);
	if (!service->files)
		return cmd_refuse(
			command, "this is understood as %s, which files no ticket", service->name);
	if (v->thought.run == NULL)
		return cmd_refuse(
			command, "something is missing; add the answer to the text: %s", v->reply);
	return COMMAND_DONE;
}

/* Stores it. Returns the row of the outcome, or NULL after telling. */
static PGresult *
file(PGconn *db, const struct judge *judge, const struct wish *wish, struct verdict *v)
{
	const struct service *service = v->u.service;
	int helped = service_field_index(service, "for");
	char lock[SERVICE_LOCK_MAX] = "", actor[CMD_LOGIN_MAX];
	char *json;
	PGresult *rows;

	if (helped >= 0) /* it is for whom the clerk says */
		v->thought.values.value[helped][0] = '\0';
	if (service->lock_key != NULL)
		service->lock_key(&v->thought.values, lock);
	json = form_to_json(service, &v->thought.values, NULL, NULL, true);
	if (json == NULL)
		fatal("event=out_of_memory");
	cmd_login(actor);
	const char *params[] = { judge->from.number, service->name, wish->text, json, lock,
		v->thought.speak, actor };
	rows = cmd_query(&cmd_ticket_command, db,
		"SELECT array_to_string(ticket_new($1, $2, $3, $4::jsonb, $5, $6, $7), E'\\x1f', '')",
		7, params);
	free(json);
	return rows;
}

/* The value of a name among the pairs, cut out of a copy; "" when there is none. */
static void
pair_value(const char *pairs, const char *name, char *out, size_t size)
{
	char *copy = strdup(pairs), *rest = copy;

	if (copy == NULL)
		fatal("event=out_of_memory");
	out[0] = '\0';
	while (rest != NULL) {
		const char *key = strsep(&rest, INBOX_SEPARATOR);
		const char *value = rest != NULL ? strsep(&rest, INBOX_SEPARATOR) : "";

		if (strcmp(key, name) == 0)
			snprintf(out, size, "%s", value);
	}
	free(copy);
}

static void
print(const struct judge *judge, const struct wish *wish, const struct verdict *v,
	const struct filed *filed)
{
	char reference[16];
	struct json json;

	pair_value(filed->pairs, "reference", reference, sizeof reference);
	if (!wish->json) {
		printf("%s %s for %s\nreply: %s\n", v->u.service->name,
			reference[0] != '\0' ? reference : filed->key,
			log_number(judge->from.number), filed->reply);
		return;
	}
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "service", v->u.service->name);
	json_string(&json, "outcome", filed->key + strlen(v->u.service->name) + 1);
	json_string(&json, "reference", reference[0] != '\0' ? reference : NULL);
	json_string(&json, "number", log_number(judge->from.number));
	json_string(&json, "reply", filed->reply[0] != '\0' ? filed->reply : NULL);
	json_object_end(&json);
	json_end(&json);
}

static int
file_and_print(const struct judge *judge, const struct wish *wish, struct verdict *v)
{
	PGconn *db = cmd_connect(&cmd_ticket_command, judge->config);
	PGresult *rows = db != NULL ? file(db, judge, wish, v) : NULL;
	int code = COMMAND_FAILED;
	struct filed filed;

	if (rows != NULL) {
		filed.pairs = PQgetvalue(rows, 0, 0);
		snprintf(filed.key, sizeof filed.key, "%s_%s", v->u.service->name,
			strsep(&filed.pairs, INBOX_SEPARATOR));
		if (filed.pairs == NULL)
			filed.pairs = (char[]){ "" };
		if (notices_render(judge->texts, v->thought.speak, filed.key, filed.pairs,
			    filed.reply) == -1)
			filed.reply[0] = '\0';
		print(judge, wish, v, &filed);
		code = cmd_flush(&cmd_ticket_command) == 0 ? COMMAND_DONE : COMMAND_FAILED;
	}
	PQclear(rows);
	PQfinish(db);
	return code;
}

/* At the counter there is neither an open question nor a crew, nor an hour's limit. */
static void
judge_at_the_counter(struct judge *judge, struct wish *wish, struct verdict *verdict)
{
	struct thought *s = &judge->snapshot;

	s->asked = NULL;
	s->crew = s->helper = s->blocked = s->filed = s->officer = s->gauge = false;
	s->nonsense = s->hour_count = s->followups = 0;
	judge_text(judge, wish->text, verdict);
}

int
cmd_ticket_new(int argc, char **argv)
{
	static struct judge judge;
	static struct verdict verdict;
	static struct wish wish;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = "for", .value = &wish.number },
		{ .name = "service", .value = &wish.service },
		{ .name = "json", .flag = &wish.json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_ticket_command, options, argc, argv), code;

	if (operand == -1)
		return COMMAND_USAGE;
	if (wish.number == NULL || operand == argc)
		return cmd_usage(&cmd_ticket_command, "--for NUMBER and a TEXT are wanted");
	take_words(&wish, argc - operand, argv + operand);
	if (judge_load(&judge, wish.file, wish.number) == -1) {
		code = COMMAND_USAGE;
	} else if (judge.from.kind != PHONE_E164) {
		code = cmd_refuse(&cmd_ticket_command, "'%s' is no phone number", wish.number);
	} else {
		judge_at_the_counter(&judge, &wish, &verdict);
		code = check_verdict(&wish, &verdict);
		verdict.u.service = verdict.thought.run; /* of several things in one, facts */
		if (code == COMMAND_DONE)
			code = file_and_print(&judge, &wish, &verdict);
	}
	judge_free(&judge);
	return code;
}
