/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-alert-fields: what an alert is to be, from the command line to SQL's fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-alert.h"
#include "json.h"

#define LIST_MAX 16
#define WORD_MAX 200
#define HOURS_MAX 720

/* What is being written. */
struct fields {
	PGconn *db;
	const struct config *config;
	const struct alert_wish *wish;
	const struct alert_head *head; /* what it follows or edits; NULL: a new one */
	const char *kind;              /* NULL: of an edit */
	const char *event;
	const struct alert_template *template; /* NULL: none is called as the event */
	struct json json;
};

/* --- --- words --- */

/* A list with commas as an array of strings. COMMAND_DONE, or tells that it is empty. */
static int
put_list(struct fields *f, const char *name, const char *list)
{
	char word[WORD_MAX];
	int count = 0;

	json_array(&f->json, name);
	while (*list != '\0') {
		size_t length = strcspn(list, ","), from = strspn(list, " "), to = length;

		while (to > from && list[to - 1] == ' ')
			to--;
		if (to > from + sizeof word - 1)
			return cmd_refuse(&cmd_alert_command, "--%s: a name is too long", name);
		if (to > from) {
			snprintf(word, sizeof word, "%.*s", (int)(to - from), list + from);
			json_string(&f->json, NULL, word);
			count++;
		}
		list += length + (list[length] == ',');
	}
	json_array_end(&f->json);
	return count > 0
		? COMMAND_DONE
		: cmd_usage(&cmd_alert_command, "--%s wants names separated by commas", name);
}

/* --to relays,subscribers,reporters: who is not named is not meant; lists: none of these. */
static int
put_audience(struct fields *f)
{
	static const char *const kinds[] = { "relays", "subscribers", "reporters", "lists" };
	bool meant[4] = { false };

	for (const char *at = f->wish->to; *at != '\0'; at += strspn(at, ", ")) {
		size_t length = strcspn(at, ", "), kind = 0;

		while (kind < 4 &&
			(strlen(kinds[kind]) != length || strncmp(kinds[kind], at, length) != 0))
			kind++;
		if (kind == 4)
			return cmd_usage(&cmd_alert_command,
				"--to wants relays, subscribers, reporters, or some of them; or lists: "
				"those of --lists alone");
		meant[kind] = true;
		at += length;
	}
	for (size_t kind = 0; kind < 3; kind++)
		json_bool(&f->json, kinds[kind], meant[kind]);
	return COMMAND_DONE;
}

/* --- --- event and blanks --- */

/* Are there own words for it? */
static bool
has_own_words(const struct alert_wish *wish)
{
	for (int i = 0; i < wish->blank_count; i++)
		if (strncmp(wish->blanks[i], "text.", 5) == 0)
			return true;
	return false;
}

static int
check_event(struct fields *f)
{
	const struct alert_template *t;
	char known[512] = "";
	size_t length = 0;

	if (f->event == NULL || f->event[0] == '\0')
		return cmd_usage(
			&cmd_alert_command, "say what happens: baraza alert draft flood ...");
	if (f->template != NULL && !alert_template_is_frame(f->event))
		return COMMAND_DONE;
	if (f->template == NULL && (f->wish->event == NULL || has_own_words(f->wish)))
		return COMMAND_DONE;
	for (size_t i = 0; (t = alert_templates_at(f->wish->templates, i)) != NULL; i++)
		if (!alert_template_is_frame(t->event) && length < sizeof known)
			length += (size_t)snprintf(known + length, sizeof known - length, "%s%s",
				length > 0 ? ", " : "", t->event);
	return cmd_refuse(&cmd_alert_command,
		"there is no template '%s'; there are %s. Or write the texts: text.%s=\"...\"",
		f->event, known, f->config->default_language);
}

/* A blank's name as SQL keeps it: own words of an update are update.fr. */
static int
name_blank(const struct fields *f, const char *word, char out[WORD_MAX])
{
	const char *kind = f->kind != NULL ? f->kind : alert_is(f->head, "kind");
	int length = (int)strcspn(word, "=");
	bool own = strncmp(word, "text.", 5) == 0 || strncmp(word, "text_by.", 8) == 0;

	if (own && strcmp(kind, "alert") != 0)
		snprintf(out, WORD_MAX, "%s%.*s", kind, length - 4, word + 4);
	else
		snprintf(out, WORD_MAX, "%.*s", length, word);
	if (alert_blank_known(f->wish->templates, f->config, f->event, out))
		return COMMAND_DONE;
	return cmd_refuse(&cmd_alert_command,
		"%s has no blank '%.*s'; see conf/alerts/%s.cfg, or write a whole text: text.%s=",
		f->event, length, word, f->event, f->config->default_language);
}

/* The blanks of the command line as an object. */
static int
write_blanks(struct fields *f, FILE *out)
{
	struct json json;
	char name[WORD_MAX];
	int code = COMMAND_DONE;

	json_begin(&json, out);
	json_object(&json, NULL);
	for (int i = 0; code == COMMAND_DONE && i < f->wish->blank_count; i++) {
		const char *word = f->wish->blanks[i];

		code = name_blank(f, word, name);
		if (code == COMMAND_DONE)
			json_string(&json, name, word + strcspn(word, "=") + 1);
	}
	json_object_end(&json);
	return code;
}

/* With those that it has already. */
static int
put_blanks(struct fields *f)
{
	char *given = NULL;
	size_t size;
	FILE *out = open_memstream(&given, &size);
	int code;
	PGresult *row = NULL;

	if (out == NULL)
		return cmd_refuse(&cmd_alert_command, "out of memory");
	code = write_blanks(f, out);
	fclose(out);
	if (code == COMMAND_DONE) {
		const char *params[] = { f->head != NULL ? alert_is(f->head, "reference") : NULL,
			given };

		row = alert_query(f->db, "SELECT alert_blanks_with($1, $2::jsonb)", 2, params);
		if (row != NULL)
			json_raw(&f->json, "blanks", PQgetvalue(row, 0, 0));
		else
			code = COMMAND_FAILED;
	}
	PQclear(row);
	free(given);
	return code;
}

/* --- --- where and when --- */

static int
put_zones(struct fields *f)
{
	PGresult *row = alert_query(
		f->db, "SELECT zones, unknown, near FROM alert_zones_read($1)", 1, &f->wish->zones);
	int code = COMMAND_DONE;

	if (row == NULL)
		return COMMAND_FAILED;
	if (!PQgetisnull(row, 0, 1) && !PQgetisnull(row, 0, 2))
		code = cmd_refuse(&cmd_alert_command, "no zone is called '%s'; did you mean %s?",
			PQgetvalue(row, 0, 1), PQgetvalue(row, 0, 2));
	else if (!PQgetisnull(row, 0, 1))
		code = cmd_refuse(&cmd_alert_command,
			"no zone is called '%s'; `baraza export zones` lists them",
			PQgetvalue(row, 0, 1));
	else
		json_raw(&f->json, "zones", PQgetvalue(row, 0, 0));
	PQclear(row);
	return code;
}

static int
check_times(const struct alert_wish *wish, PGresult *row)
{
	const char *const said[] = { wish->starts, wish->expires };

	for (int i = 0; i < 2; i++)
		if (said[i] != NULL && PQgetisnull(row, 0, i))
			return cmd_refuse(&cmd_alert_command,
				"'%s' is no time; write 16:00, \"2026-11-23 06:00\", +90m or +6h",
				said[i]);
	return COMMAND_DONE;
}

static int
put_times(struct fields *f)
{
	const struct alert_wish *wish = f->wish;
	char hours[16] = "";
	long number = 0;
	const char *params[] = { wish->starts, wish->expires, NULL };
	PGresult *row;
	int code;

	if (wish->hours != NULL && cmd_number(wish->hours, 1, HOURS_MAX, &number) == -1)
		return cmd_usage(
			&cmd_alert_command, "--hours wants a number of hours, 1 to %d", HOURS_MAX);
	if (wish->hours == NULL && wish->expires == NULL && f->head == NULL) {
		if (f->template == NULL)
			return cmd_usage(
				&cmd_alert_command, "say until when: --expires TIME or --hours N");
		number = f->template->lasts_h;
	}
	snprintf(hours, sizeof hours, "%ld", number);
	params[2] = number > 0 ? hours : NULL;
	row = alert_query(f->db,
		"SELECT s, e, coalesce(e, coalesce(s, city_now()) + make_interval(hours => $3::integer))"
		" FROM (SELECT alert_when($1) AS s, alert_when($2) AS e) x",
		3, params);
	if (row == NULL)
		return COMMAND_FAILED;
	code = check_times(wish, row);
	if (code == COMMAND_DONE && wish->starts != NULL)
		json_string(&f->json, "starts", PQgetvalue(row, 0, 0));
	if (code == COMMAND_DONE && !PQgetisnull(row, 0, 2))
		json_string(&f->json, "expires", PQgetvalue(row, 0, 2));
	PQclear(row);
	return code;
}

/* --- --- all of it --- */

/* A word as it is said, else as the template of a new alert has it. */
static void
put_word(struct fields *f, const char *name, const char *said, const char *usual)
{
	if (said != NULL)
		json_string(&f->json, name, said);
	else if (f->head == NULL && f->template != NULL)
		json_string(&f->json, name, usual);
}

static void
put_head(struct fields *f)
{
	const struct alert_wish *wish = f->wish;
	const struct alert_template *t = f->template;

	if (f->kind != NULL)
		json_string(&f->json, "kind", f->kind);
	if (f->kind != NULL && f->head != NULL)
		json_string(&f->json, "follows", alert_is(f->head, "reference"));
	if (wish->exercise || wish->test)
		json_string(&f->json, "status", wish->exercise ? "exercise" : "test");
	if (wish->event != NULL)
		json_string(&f->json, "event", wish->event);
	if (t != NULL && t->police)
		json_string(&f->json, "role", "police");
	put_word(f, "severity", wish->severity, t != NULL ? t->severity : NULL);
	put_word(f, "urgency", wish->urgency, t != NULL ? t->urgency : NULL);
	put_word(f, "certainty", wish->certainty, t != NULL ? t->certainty : NULL);
	if (wish->sender != NULL || f->head == NULL)
		json_string(&f->json, "sender_name",
			wish->sender != NULL ? wish->sender : f->config->city);
}

static int
put_all(struct fields *f)
{
	const struct alert_wish *wish = f->wish;
	int code;

	put_head(f);
	code = put_times(f);
	if (code == COMMAND_DONE && wish->zones != NULL)
		code = put_zones(f);
	if (code == COMMAND_DONE && wish->to != NULL)
		code = put_audience(f);
	if (code == COMMAND_DONE && wish->lists != NULL)
		code = put_list(f, "lists", wish->lists);
	if (code == COMMAND_DONE && wish->order != NULL)
		code = put_list(f, "order", wish->order);
	if (code == COMMAND_DONE && wish->blank_count > 0)
		code = put_blanks(f);
	return code;
}

int
alert_fields(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const struct alert_head *head, const char *kind, char **out)
{
	struct fields f = { .db = db, .config = config, .wish = wish, .head = head, .kind = kind };
	char *text = NULL;
	size_t size;
	FILE *stream;
	int code;

	f.event = wish->event != NULL ? wish->event : head != NULL ? alert_is(head, "event") : NULL;
	if (f.event != NULL)
		f.template = alert_templates_find(wish->templates, f.event);
	code = check_event(&f);
	if (code != COMMAND_DONE)
		return code;
	if (head == NULL && wish->zones == NULL)
		return cmd_usage(
			&cmd_alert_command, "say where: --zones \"Kimisagara, Nyakabanda\"");
	stream = open_memstream(&text, &size);
	if (stream == NULL)
		return cmd_refuse(&cmd_alert_command, "out of memory");
	json_begin(&f.json, stream);
	json_object(&f.json, NULL);
	code = put_all(&f);
	json_object_end(&f.json);
	fclose(stream);
	if (code == COMMAND_DONE)
		*out = text;
	else
		free(text);
	return code;
}
