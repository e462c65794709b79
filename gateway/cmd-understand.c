/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-understand: what the gateway makes of a text; nothing is changed.
 *
 * It decides by the gateway's own code (understand(), inbox_think()).  Where a service's SQL
 * function would decide what is answered, its most likely outcome is shown with example values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-common.h"
#include "cmd-example.h"
#include "cmd-judge.h"
#include "json.h"
#include "text.h"
#include "texts.h"
#include "understand.h"

#define KNOWN_ANSWER 70 /* confidence of a question that is known by its answer alone */

/* --- --- the reply --- */

/* True when every field of the form that the outcome's text speaks of is filled. */
static bool
can_speak(const struct service *service, const struct form_values *values, const char *placeholders)
{
	char name[CMD_EXAMPLE_NAME_MAX];

	while (*(placeholders += strspn(placeholders, " ")) != '\0') {
		size_t len = strcspn(placeholders, " ");
		int field;

		snprintf(name, sizeof name, "%.*s", (int)len, placeholders);
		field = service_field_index(service, name);
		if (field >= 0 && values->value[field][0] == '\0')
			return false;
		placeholders += len;
	}
	return true;
}

/* Is that the value of one of the form's fields? */
static bool
is_value(const struct service *service, const struct form_values *values, const char *word)
{
	for (int i = 0; service->fields != NULL && service->fields[i].name != NULL; i++)
		if (strcmp(values->value[i], word) == 0)
			return true;
	return false;
}

/* The most likely outcome: one that is called as a value of the form (stop: news); of what is
 * enough whatever is missing, the one that speaks of nothing; the first that has all it speaks of;
 * else the last. */
static const struct service_outcome *
likely_outcome(const struct service *service, const struct form_values *values)
{
	const struct service_outcome *outcome, *last = NULL;
	bool enough = service->enough != NULL && service->enough(values);

	for (outcome = service->outcomes; outcome->name != NULL; outcome++)
		if (is_value(service, values, outcome->name) ||
			(enough && outcome->placeholders[0] == '\0'))
			return outcome;
	for (outcome = service->outcomes; outcome->name != NULL; outcome++) {
		if (can_speak(service, values, outcome->placeholders))
			return outcome;
		last = outcome;
	}
	return last;
}

/* The field's value, by the text that names it if there is one: category water is
 * "@category_water". */
static const char *
spoken(const struct judge *judge, const char *field, const char *value,
	char out[SERVICE_VALUE_MAX + 64])
{
	snprintf(out, SERVICE_VALUE_MAX + 64, "@%s_%s", field, value);
	return texts_raw(judge->texts, judge->config->default_language, out + 1) != NULL ? out
											 : value;
}

static void
render_outcome(const struct judge *judge, struct verdict *v)
{
	const struct thought *t = &v->thought;
	const struct service_outcome *outcome = likely_outcome(t->run, &t->values);
	char key[128], said[SERVICE_FIELDS_MAX][SERVICE_VALUE_MAX + 64];
	struct cmd_examples examples;

	if (outcome == NULL)
		return;
	cmd_examples_typical(&examples, outcome->placeholders);
	for (int i = 0; t->run->fields != NULL && t->run->fields[i].name != NULL; i++)
		cmd_examples_set(&examples, t->run->fields[i].name,
			spoken(judge, t->run->fields[i].name, t->values.value[i], said[i]));
	snprintf(key, sizeof key, "%s_%s", t->run->name, outcome->name);
	if (texts_render(judge->texts, t->speak, key, examples.value, v->reply, sizeof v->reply) ==
		-1)
		v->reply[0] = '\0';
}

static void
render_reply(const struct judge *judge, struct verdict *v)
{
	const struct thought *t = &v->thought;

	v->reply[0] = '\0';
	if (t->silent)
		return;
	if (t->say == NULL && t->run != NULL)
		render_outcome(judge, v);
	else if (t->say != NULL && inbox_say(&judge->gateway, t, v->reply, sizeof v->reply) == -1)
		v->reply[0] = '\0';
}

/* --- --- judging --- */

void
judge_text(struct judge *judge, char *text, struct verdict *v)
{
	struct item item = {
		.kind = ITEM_MESSAGE, .stored_kind = "text", .from = judge->from, .body = text
	};
	const struct thought *s = &judge->snapshot;
	const struct asker asker = { .language = s->language,
		.asked = s->asked,
		.asked_field = s->asked_field,
		.asked_values = &s->asked_values,
		.crew = s->crew,
		.helper = s->helper,
		.followups = s->followups,
		.filed = s->filed,
		.officer = s->officer,
		.gauge = s->gauge,
		.country = judge->config->country };

	understand(judge->vocabulary, judge->gazetteer, &asker, text, &v->u);
	v->thought = *s;
	v->thought.item = &item;
	inbox_think(&judge->gateway, &v->thought);
	v->thought.item = NULL;
	if (v->u.service == NULL && v->thought.run != NULL) { /* by the city's own answers */
		v->u.service = v->thought.run;
		v->u.confidence = KNOWN_ANSWER;
	}
	render_reply(judge, v);
}

/* The names of required fields that are missing. Returns how many. */
static size_t
missing_fields(const struct judge *judge, const struct understanding *u,
	const char *names[SERVICE_FIELDS_MAX])
{
	size_t count = 0;

	if (u->service == NULL || u->service->fields == NULL)
		return 0;
	for (int i = 0; u->service->fields[i].name != NULL; i++)
		if (understand_is_missing(judge->vocabulary, u->service, &u->values, i))
			names[count++] = u->service->fields[i].name;
	return count;
}

static void
print_fields(struct json *json, const struct service *service, const struct form_values *values)
{
	json_object(json, "fields");
	for (int i = 0;
		service != NULL && service->fields != NULL && service->fields[i].name != NULL; i++)
		if (values->value[i][0] != '\0')
			json_string(json, service->fields[i].name, values->value[i]);
	json_object_end(json);
}

/* What else the message reports, only where there is something. */
static void
print_more(struct json *json, const struct understanding *u)
{
	if (u->more_count > 0) {
		json_array(json, "more");
		for (size_t i = 0; i < u->more_count; i++) {
			json_object(json, NULL);
			json_string(json, "service", u->more[i].service->name);
			print_fields(json, u->more[i].service, &u->more[i].values);
			json_object_end(json);
		}
		json_array_end(json);
	}
	if (u->beyond[0] != '\0')
		json_string(json, "not_filed", u->beyond);
	if (u->unclear)
		json_string(json, "not_filed", "something else");
}

static void
print_json(const struct judge *judge, const struct verdict *v)
{
	const struct understanding *u = &v->u;
	const char *missing[SERVICE_FIELDS_MAX];
	size_t count = missing_fields(judge, u, missing);
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "language", u->language);
	json_string(&json, "service", u->service != NULL ? u->service->name : NULL);
	print_fields(&json, u->service, &u->values);
	json_array(&json, "missing");
	for (size_t i = 0; i < count; i++)
		json_string(&json, NULL, missing[i]);
	json_array_end(&json);
	json_string(&json, "reply", v->reply[0] != '\0' ? v->reply : NULL);
	json_int(&json, "confidence", u->confidence);
	print_more(&json, u);
	json_object_end(&json);
	json_end(&json);
}

static void
print_reply(const struct verdict *v)
{
	enum text_coding coding;
	int segments = v->reply[0] != '\0' ? text_count_segments(v->reply, &coding) : 0;

	if (segments < 1)
		printf("no reply\n");
	else
		printf("reply (%d SMS, %s): %s\n", segments,
			coding == TEXT_GSM7 ? "GSM 7-bit" : "UCS-2", v->reply);
}

static void
print_values(const struct service *service, const struct form_values *values)
{
	const char *comma = ":";

	for (int i = 0;
		service != NULL && service->fields != NULL && service->fields[i].name != NULL;
		i++) {
		if (values->value[i][0] == '\0')
			continue;
		printf("%s %s \"%s\"", comma, service->fields[i].name, values->value[i]);
		comma = ",";
	}
}

static void
print_text(const struct judge *judge, const struct verdict *v)
{
	const struct understanding *u = &v->u;
	const char *missing[SERVICE_FIELDS_MAX];
	size_t count = missing_fields(judge, u, missing);

	if (u->service == NULL)
		printf("not understood");
	else
		printf("%s", u->service->name);
	print_values(u->service, &u->values);
	for (size_t i = 0; i < u->more_count; i++) {
		printf("; and %s", u->more[i].service->name);
		print_values(u->more[i].service, &u->more[i].values);
	}
	if (u->beyond[0] != '\0')
		printf("; not filed: %s", u->beyond);
	if (u->unclear)
		printf("; and something that is not clear");
	for (size_t i = 0; i < count; i++)
		printf("%s %s", i == 0 ? "; missing" : ",", missing[i]);
	printf("; language %s; confidence %d %%\n", u->language, u->confidence);
	print_reply(v);
}

/* --- the database, when there is one
 * -------------------------------------------------------------- */

static int
take_places(struct judge *judge, PGconn *db)
{
	PGresult *rows = PQexec(db, "SELECT place_id, name FROM gazetteer_name");
	int done = PQresultStatus(rows) == PGRES_TUPLES_OK ? 0 : -1;

	judge->gazetteer = gazetteer_new();
	if (judge->gazetteer == NULL)
		done = -1;
	for (int i = 0; done == 0 && i < PQntuples(rows); i++)
		done = gazetteer_add(judge->gazetteer, strtoll(PQgetvalue(rows, i, 0), NULL, 10),
			PQgetvalue(rows, i, 1));
	PQclear(rows);
	return done;
}

static void
take_session(struct thought *snapshot, const char *service, const char *field, const char *values)
{
	snapshot->asked = service_find(service);
	if (snapshot->asked == NULL)
		return;
	snapshot->asked_field = service_field_index(snapshot->asked, field);
	if (snapshot->asked_field < 0)
		snapshot->asked = NULL;
	else
		form_from_text(snapshot->asked, values, &snapshot->asked_values);
}

/* What is known of --from. */
static int
take_snapshot(struct judge *judge, PGconn *db)
{
	struct thought *s = &judge->snapshot;
	char hours[12];
	const char *params[] = { judge->from.number, hours };
	PGresult *rows;
	int done;

	snprintf(hours, sizeof hours, "%d", judge->config->nonsense_silence_hours);
	rows = PQexecParams(db,
		"SELECT coalesce(language, ''), coalesce(blocked, false), coalesce(nonsense, 0),"
		" coalesce(hour_count, 0), session_service, session_field, session_values,"
		" coalesce(crew, false), coalesce(helper, false), coalesce(followups, 0),"
		" coalesce(filed, false), officer, gauge "
		"FROM inbox_snapshot(ARRAY[$1::text], make_interval(hours => $2::integer))",
		2, NULL, params, NULL, NULL, 0);
	done = PQresultStatus(rows) == PGRES_TUPLES_OK && PQntuples(rows) == 1 ? 0 : -1;
	if (done == 0) {
		snprintf(s->language, sizeof s->language, "%s", PQgetvalue(rows, 0, 0));
		s->blocked = PQgetvalue(rows, 0, 1)[0] == 't';
		s->nonsense = atoi(PQgetvalue(rows, 0, 2));
		s->hour_count = atoi(PQgetvalue(rows, 0, 3));
		s->crew = PQgetvalue(rows, 0, 7)[0] == 't';
		s->helper = PQgetvalue(rows, 0, 8)[0] == 't';
		s->followups = atoi(PQgetvalue(rows, 0, 9));
		s->filed = PQgetvalue(rows, 0, 10)[0] == 't';
		s->officer = PQgetvalue(rows, 0, 11)[0] == 't';
		s->gauge = PQgetvalue(rows, 0, 12)[0] == 't';
		if (!PQgetisnull(rows, 0, 4))
			take_session(s, PQgetvalue(rows, 0, 4), PQgetvalue(rows, 0, 5),
				PQgetvalue(rows, 0, 6));
	}
	PQclear(rows);
	return done;
}

/* Places and the sender, when the database is there and migrated; else says that it is not. */
static void
ask_database(struct judge *judge, bool from)
{
	PGconn *db = cmd_connect_quietly(judge->config);
	int done = -1;

	if (db != NULL)
		done = take_places(judge, db);
	if (done == 0 && from)
		done = take_snapshot(judge, db);
	PQfinish(db);
	if (done == 0)
		return;
	gazetteer_free(judge->gazetteer);
	judge->gazetteer = NULL;
	fprintf(stderr, "baraza understand: without the database, by the configuration alone\n");
}

/* --- --- the command --- */

void
judge_free(struct judge *judge)
{
	gazetteer_free(judge->gazetteer);
	vocabulary_free(judge->vocabulary);
	texts_free(judge->texts);
	config_free(judge->config);
}

int
judge_load(struct judge *judge, const char *file, const char *from)
{
	struct config_errors errors = { .count = 0 };

	judge->config = cmd_config(file);
	if (judge->config == NULL)
		return -1;
	judge->texts = texts_load(judge->config, &errors);
	judge->vocabulary = vocabulary_load(judge->config, &errors);
	cmd_print_errors(&errors);
	if (judge->texts == NULL || judge->vocabulary == NULL)
		return -1;
	judge->from = (struct phone){ .kind = PHONE_E164 };
	if (from != NULL)
		judge->from = phone_normalise(from, judge->config->country);
	ask_database(judge, from != NULL);
	judge->gateway = (struct gateway){ .config = judge->config,
		.texts = judge->texts,
		.vocabulary = judge->vocabulary,
		.gazetteer = judge->gazetteer };
	return 0;
}

/* One text a line, one object a line, each written at once for whoever waits for it. */
static int
judge_lines(struct judge *judge)
{
	static char text[UNDERSTAND_TEXT_MAX + 1];
	static struct verdict verdict;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int done = 0;

	while (done == 0 && (len = getline(&line, &size, stdin)) != -1) {
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			len--;
		text_utf8_clean(text, sizeof text, line, (size_t)len);
		judge_text(judge, text, &verdict);
		print_json(judge, &verdict);
		done = cmd_flush(&cmd_understand_command);
	}
	if (ferror(stdin)) {
		cmd_error(&cmd_understand_command, "cannot read standard input");
		done = -1;
	}
	free(line);
	return done == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
judge_words(struct judge *judge, bool json, int count, char **words)
{
	static char text[UNDERSTAND_TEXT_MAX + 1];
	static struct verdict verdict;
	size_t at = 0;

	for (int i = 0; i < count && at < sizeof text - 1; i++) {
		if (i > 0)
			text[at++] = ' ';
		at += text_utf8_clean(text + at, sizeof text - at, words[i], strlen(words[i]));
	}
	judge_text(judge, text, &verdict);
	if (json)
		print_json(judge, &verdict);
	else
		print_text(judge, &verdict);
	return cmd_flush(&cmd_understand_command) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int
run(int argc, char **argv)
{
	static struct judge judge;
	const char *file = NULL, *from = NULL;
	bool json = false;
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = "from", .value = &from },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};
	int operand = cmd_options(&cmd_understand_command, options, argc, argv), code;

	if (operand == -1)
		return COMMAND_USAGE;
	if (judge_load(&judge, file, from) == -1)
		code = COMMAND_USAGE;
	else if (operand < argc)
		code = judge_words(&judge, json, argc - operand, argv + operand);
	else
		code = judge_lines(&judge);
	judge_free(&judge);
	return code;
}

const struct command cmd_understand_command = {
	.name = "understand",
	.summary = "Tells what the gateway makes of a text, and changes nothing.",
	.usage = "[-c FILE] [--from NUMBER] [--json] [TEXT]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --from NUMBER   as if NUMBER had sent it: her language, her open question, and\n"
		"                      whether it is a crew's, a helper's, an officer's, a gauge's, or one\n"
		"                      asked \"is it fixed?\"\n"
		"      --json          one object also for TEXT\n"
		"Without TEXT it reads one text a line and prints one JSON object a line: language, service,\n"
		"fields, missing, reply, confidence.  Place names and senders come from the database; without\n"
		"one it judges by the configuration alone.\n",
	.run = run,
};
