/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-think: what a message and its sender's snapshot ask for.  Decides; does nothing. */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "config.h"
#include "text.h"
#include "texts.h"

/* Not understood this often: the menu; once more: that a person reads it; then silence for a day.
 */
#define NONSENSE_MENUS 2

/* --- Forms in text and JSON --- */

void
form_to_text(
	const struct service *service, const struct form_values *values, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; service->fields != NULL && service->fields[i].name != NULL; i++) {
		if (values->value[i][0] == '\0')
			continue;
		int n = snprintf(out + at, size - at, "%s%s%s%s", at > 0 ? INBOX_SEPARATOR : "",
			service->fields[i].name, INBOX_SEPARATOR, values->value[i]);
		if (n < 0 || (size_t)n >= size - at) {
			out[at] = '\0';
			return;
		}
		at += (size_t)n;
	}
}

static size_t
take_piece(const char **text, char *out, size_t size)
{
	size_t len = strcspn(*text, INBOX_SEPARATOR);

	snprintf(out, size, "%.*s", (int)len, *text);
	*text += len;
	if (**text != '\0')
		(*text)++;
	return len;
}

void
form_from_text(const struct service *service, const char *text, struct form_values *values)
{
	char name[64], value[SERVICE_VALUE_MAX];

	memset(values, 0, sizeof(*values));
	while (*text != '\0') {
		take_piece(&text, name, sizeof(name));
		take_piece(&text, value, sizeof(value));
		int i = service_field_index(service, name);
		if (i >= 0)
			snprintf(values->value[i], sizeof(values->value[i]), "%s", value);
	}
}

static void
json_string(FILE *f, const char *s)
{
	putc('"', f);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(f, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			fprintf(f, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			putc(*s, f);
	}
	putc('"', f);
}

char *
form_to_json(const struct service *service, const struct form_values *values, const char *words,
	const struct thought *answer, bool final)
{
	char *json = NULL;
	size_t size;
	FILE *f = open_memstream(&json, &size);

	if (f == NULL)
		return NULL;
	const char *comma = "";
	putc('{', f);
	for (int i = 0; service->fields != NULL && service->fields[i].name != NULL; i++) {
		bool is_words = strcmp(service->fields[i].name, "words") == 0;
		const char *value = is_words ? words : values->value[i];
		if (value == NULL || value[0] == '\0')
			continue;
		fputs(comma, f);
		json_string(f, service->fields[i].name);
		putc(':', f);
		json_string(f, value);
		comma = ",";
	}
	if (answer != NULL) {
		fprintf(f, "%s\"%s\":%lld", comma, answer->restated ? "restated" : "answer",
			(long long)answer->message_id);
		comma = ",";
	}
	if (final)
		fprintf(f, "%s\"final\":true", comma);
	putc('}', f);
	if (fclose(f) != 0) {
		free(json);
		return NULL;
	}
	return json;
}

/* --- Decisions --- */

static bool
is_our_own(const struct config *config, const char *number)
{
	for (size_t i = 0; i < config->modem_count; i++)
		if (config->modem[i].number != NULL && strcmp(config->modem[i].number, number) == 0)
			return true;
	return false;
}

/* A citizen's own words, to be understood? */
static bool
is_text(const struct item *item)
{
	return item->form != NULL || strcmp(item->stored_kind, "text") == 0;
}

/* Who has no language yet has that of the dialogue, if the city speaks it. */
static void
take_language(const struct gateway *gateway, struct thought *t)
{
	const char *language = t->item->form->language;

	if (t->language[0] != '\0' || language == NULL)
		return;
	for (char *const *known = gateway->config->languages; *known != NULL; known++) {
		if (strcmp(*known, language) != 0)
			continue;
		snprintf(t->language, sizeof(t->language), "%s", language);
		snprintf(t->set_language, sizeof(t->set_language), "%s", language);
	}
}

static void
set_speak(const struct gateway *gateway, struct thought *t, const char *guess)
{
	const char *language = t->language[0] != '\0' ? t->language
		: guess[0] != '\0'                    ? guess
						      : gateway->config->default_language;
	snprintf(t->speak, sizeof(t->speak), "%s", language);
}

/* Does it cry for help, and is there a number to call? */
static bool
is_danger(const struct gateway *gateway, const struct thought *t)
{
	return gateway->config->emergency_number[0] != '\0' &&
		understand_danger(gateway->vocabulary, t->item->body);
}

/* Not understood: a person reads it, unless she is understood within minutes. A screen is never
 * silent. */
static void
decide_nonsense(const struct gateway *gateway, struct thought *t)
{
	t->tray = "not_understood";
	if (t->nonsense > NONSENSE_MENUS &&
		t->item->form == NULL) /* the silence counts from where it began */
		return;
	t->new_nonsense = t->nonsense + 1;
	if (is_danger(gateway, t))
		t->say = "nonsense_danger";
	else
		t->say = t->nonsense < NONSENSE_MENUS ? "help_menu" : "nonsense_human";
}

/* A helper's "POUR 12 BAC 147": nothing may be filed as hers. She is asked for the number. */
static void
decide_whose(struct thought *t)
{
	t->tray = "not_understood";
	t->new_nonsense = t->nonsense > 0 ? t->nonsense : 1; /* no step towards silence */
	t->say = "whose_unclear";
}

/* Has she now got what she wrote for: a report on its way, an answer given or got? */
static bool
is_helped(const struct understanding *u, const char *answer)
{
	return u->service->files || u->service->who != WHO_ANYONE || u->by == BY_ANSWER ||
		answer != NULL;
}

/* A form is complete, or may no longer be asked about: run it.  Else ask its one question. */
static void
decide_form(struct thought *t, const struct understanding *u)
{
	bool answers = u->by == BY_ANSWER && t->asked == u->service;
	bool may_ask = u->missing >= 0 && !answers && u->service->fields[u->missing].asked;

	t->values = u->values;
	if (answers) {
		t->close = true;
		t->run_message = t->session_message;
		t->restated = u->restated;
	} else if (t->asked == u->service && !u->service->files && u->missing < 0) {
		t->close = true; /* answered in other words than the question's: nothing of it is
				    left to file */
	}
	if (!may_ask) {
		t->run = u->service;
		return;
	}
	if (t->asked != NULL &&
		t->asked->files) /* one question at a time: the older form is filed as it is */
		t->old = t->asked;
	t->ask = u->service;
	t->ask_field = u->missing;
	t->say = u->service->fields[u->missing].question;
}

/* One of several facts on its way to SQL: its service, then name, value, ... */
static void
fact_to_text(const struct service *service, const struct form_values *values,
	char out[SERVICE_VALUE_MAX])
{
	size_t length = (size_t)snprintf(out, SERVICE_VALUE_MAX, "%s", service->name);

	for (int i = 0; service->fields[i].name != NULL; i++) {
		if (values->value[i][0] == '\0')
			continue;
		int n = snprintf(out + length, SERVICE_VALUE_MAX - length,
			TEXTS_VALUE "%s" TEXTS_VALUE "%s", service->fields[i].name,
			values->value[i]);
		if (n < 0 || (size_t)n >= SERVICE_VALUE_MAX - length) {
			out[length] = '\0'; /* its words hold it */
			return;
		}
		length += (size_t)n;
	}
}

/* The message reports several things: one form that holds them all. */
static bool
decide_facts(struct thought *t, const struct understanding *u)
{
	const struct service *facts = service_find("facts");
	int rest, person;

	if (facts == NULL || (u->more_count == 0 && !u->unclear))
		return false;
	rest = service_field_index(facts, "rest");
	person = service_field_index(facts, "for");
	fact_to_text(u->service, &u->values, t->values.value[0]);
	for (size_t i = 0; i < u->more_count; i++)
		fact_to_text(u->more[i].service, &u->more[i].values, t->values.value[i + 1]);
	if (u->beyond[0] != '\0' || u->unclear)
		snprintf(t->values.value[rest], SERVICE_VALUE_MAX, "%s",
			u->beyond[0] != '\0' ? u->beyond : "-");
	if (service_field_index(u->service, "for") >= 0)
		strcpy(t->values.value[person],
			u->values.value[service_field_index(u->service, "for")]);
	t->run = facts;
	return true;
}

/*
 * Operators' and providers' names are never answered; but "please call me" may come from one, with
 * the number of the person who has no credit: she is called back.
 */
static void
decide_from_operator(
	const struct gateway *gateway, struct thought *t, const struct understanding *u)
{
	t->silent = true;
	if (u->service == NULL || strcmp(u->service->name, "callback") != 0)
		return;
	int field = service_field_index(u->service, "number");
	if (field < 0)
		return;
	struct phone caller = phone_normalise(u->values.value[field], gateway->config->country);
	if (caller.kind != PHONE_E164 || is_our_own(gateway->config, caller.number))
		return;
	t->silent = false;
	t->run = u->service;
	snprintf(t->values.value[field], sizeof(t->values.value[field]), "%s", caller.number);
	set_speak(gateway, t, u->language);
}

/* The one that she chose is spoken from this reply on; one that the city does not speak is none. */
static void
decide_language(const struct gateway *gateway, struct thought *t)
{
	int field = service_field_index(t->run, "language");
	char *const *known = gateway->config->languages;

	if (field < 0 || t->values.value[field][0] == '\0')
		return;
	while (*known != NULL && strcmp(*known, t->values.value[field]) != 0)
		known++;
	if (*known == NULL)
		t->values.value[field][0] = '\0';
	else
		snprintf(t->speak, sizeof(t->speak), "%s", *known);
}

static const struct service *
emergency_service(void)
{
	for (size_t i = 0; services[i] != NULL; i++)
		if (services[i]->emergency)
			return services[i];
	return NULL;
}

/* Her call for help is open: what she writes now and is no command, and no report of a thing by its
 * number, is for those who were told of it. */
static bool
is_of_call(const struct thought *t, const struct understanding *u)
{
	static const char *const others[] = { "complaint", "observation", "question", NULL };

	if (!t->calls || u->service == NULL)
		return t->calls;
	for (size_t i = 0; others[i] != NULL; i++)
		if (strcmp(u->service->name, others[i]) == 0)
			return true;
	return false;
}

/* What she writes besides, and where, if that is said. */
static void
decide_more_of_call(struct thought *t, const struct understanding *u)
{
	int from, to;

	t->run = emergency_service();
	if (u->service == NULL)
		return;
	from = service_field_index(u->service, "place");
	to = service_field_index(t->run, "place");
	if (from >= 0 && to >= 0)
		strcpy(t->values.value[to], u->values.value[from]);
}

/* What was asked of her gives way to a call for help, filed as it is. */
static void
give_way(struct thought *t)
{
	if (t->asked == NULL)
		return;
	if (t->asked != emergency_service() && t->asked->files)
		t->old = t->asked;
	t->close = true;
}

/* A call for help, or more of one. Her own answers go the way of all answers. */
static void
decide_call(struct thought *t, const struct understanding *u)
{
	if (u->service != NULL && u->service->emergency)
		decide_form(t, u);
	else
		decide_more_of_call(t, u);
	give_way(t);
}

/* What the city answers by itself goes into the form, for SQL to say. */
static void
decide_question(struct thought *t, const char *answer)
{
	int field = service_field_index(t->run, "text");

	if (answer != NULL && field >= 0)
		snprintf(t->values.value[field], sizeof(t->values.value[field]), "@%s", answer);
}

/* What is known of her, borrowed. */
static struct asker
asker_of(const struct gateway *gateway, const struct thought *t)
{
	return (struct asker){ .language = t->language,
		.asked = t->asked,
		.asked_field = t->asked_field,
		.asked_values = &t->asked_values,
		.crew = t->crew,
		.helper = t->helper,
		.followups = t->followups,
		.filed = t->filed,
		.officer = t->officer,
		.gauge = t->gauge,
		.country = gateway->config->country };
}

/* What a menu filled in is what she means: nothing is judged, nothing asked but by SQL. Nobody
 * writes for another by a menu. */
static void
decide_filled(const struct gateway *gateway, struct thought *t)
{
	const struct inbox_form *form = t->item->form;
	const struct asker asker = asker_of(gateway, t);
	int other = service_field_index(form->service, "for");

	if (!understand_may_mean(&asker, form->service->who)) {
		decide_nonsense(gateway, t);
		return;
	}
	t->run = form->service;
	t->values = form->values;
	if (other >= 0)
		t->values.value[other][0] = '\0';
	t->new_nonsense = 0;
	t->helped = t->lately && t->run->files;
	if (t->run->emergency)
		give_way(t);
	else if (t->asked == t->run && !t->run->files)
		t->close = true; /* nothing of it is left to file */
	if (strcmp(t->run->name, "language") == 0)
		decide_language(gateway, t);
	if (strcmp(t->run->name, "question") == 0 && form->words != NULL)
		decide_question(t, answers_find(texts_answers(gateway->texts), form->words));
}

static void
decide_text(const struct gateway *gateway, struct thought *t)
{
	const struct asker asker = asker_of(gateway, t);
	struct understanding u;
	const char *answer = NULL;

	understand(gateway->vocabulary, gateway->gazetteer, &asker, t->item->body, &u);
	if (t->item->from.kind != PHONE_E164) {
		decide_from_operator(gateway, t, &u);
		return;
	}
	/* What is not sure is remembered too, where the reply already speaks it: news must not
	 * come in another. The default need not be. */
	if (t->language[0] == '\0' &&
		(u.language_sure || strcmp(u.language, gateway->config->default_language) != 0))
		snprintf(t->set_language, sizeof(t->set_language), "%s", u.language);
	set_speak(gateway, t, u.language);
	if (u.whose_unclear) {
		decide_whose(t);
		return;
	}
	if (u.service == NULL || strcmp(u.service->name, "question") == 0)
		answer = answers_find(texts_answers(gateway->texts), t->item->body);
	if (u.service == NULL && answer != NULL) /* the city knows better what that is */
		u.service = service_find("question");
	if ((u.service != NULL && u.service->emergency) || is_of_call(t, &u)) {
		t->new_nonsense = 0;
		decide_call(t, &u);
		return;
	}
	if (u.service == NULL && till_claims(gateway, t->item->body))
		u.service = service_find("payment");
	if (u.service != NULL && strcmp(u.service->name, "help") == 0 && is_danger(gateway, t))
		u.service = NULL; /* "help me" asks for no menu */
	if (u.service == NULL) {
		decide_nonsense(gateway, t);
		return;
	}
	t->new_nonsense = 0;
	t->helped = t->lately && is_helped(&u, answer);
	if (decide_facts(t, &u))
		return;
	decide_form(t, &u);
	if (strcmp(u.service->name, "payment") == 0)
		till_claim(gateway, t);
	if (strcmp(u.service->name, "language") == 0 && t->run != NULL)
		decide_language(gateway, t);
	if (strcmp(u.service->name, "question") == 0 && t->run != NULL)
		decide_question(t, answer);
}

/* STOP, and what cannot wait for a person to read it. */
static bool
is_heard_over(const struct service *service, const struct form_values *values)
{
	return strcmp(service->name, "stop") == 0 ||
		(service->urgent != NULL && service->urgent(values));
}

/* What somebody says who is not answered as others are: of open questions only that of a call for
 * help is hers. */
static void
understand_little(const struct gateway *gateway, const struct thought *t, struct understanding *u)
{
	bool answers = t->asked != NULL && t->asked->emergency;
	const struct asker asker = { .language = t->language,
		.asked = answers ? t->asked : NULL,
		.asked_field = t->asked_field,
		.asked_values = &t->asked_values };

	understand(gateway->vocabulary, gateway->gazetteer, &asker, t->item->body, u);
}

/* A call for help, or more of one, is heard from everybody. A new call and an answer are answered;
 * what more she writes is passed on. Returns false when it is none. */
static bool
hear_call(const struct gateway *gateway, struct thought *t, const struct understanding *u)
{
	if (t->item->from.kind != PHONE_E164 ||
		((u->service == NULL || !u->service->emergency) && !is_of_call(t, u)))
		return false;
	t->silent = t->calls && u->by != BY_ANSWER;
	set_speak(gateway, t, u->language);
	decide_call(t, u);
	return true;
}

/* The same of a form. */
static bool
hear_filled_call(const struct gateway *gateway, struct thought *t)
{
	if (!t->item->form->service->emergency)
		return false;
	t->silent = t->calls;
	decide_filled(gateway, t);
	return true;
}

/* No block bars a call for help. */
static bool
is_call_heard(const struct gateway *gateway, struct thought *t)
{
	struct understanding u;

	if (form_is_filled(t->item))
		return hear_filled_call(gateway, t);
	if (!is_text(t->item))
		return false;
	understand_little(gateway, t, &u);
	return hear_call(gateway, t, &u);
}

/* Is it heard from who has sent too much? Then that is decided. */
static bool
hear_over(const struct gateway *gateway, struct thought *t)
{
	struct understanding u;

	understand_little(gateway, t, &u);
	if (hear_call(gateway, t, &u))
		return true;
	if (t->item->from.kind != PHONE_E164 || u.service == NULL ||
		!is_heard_over(u.service, &u.values))
		return false;
	if (!decide_facts(t, &u)) {
		t->run = u.service;
		t->values = u.values;
	}
	return true;
}

static bool
hear_filled_over(const struct gateway *gateway, struct thought *t)
{
	const struct inbox_form *form = t->item->form;

	if (hear_filled_call(gateway, t))
		return true;
	if (!is_heard_over(form->service, &form->values))
		return false;
	decide_filled(gateway, t);
	return true;
}

/* More messages in an hour than are answered: kept, for a person to read; only STOP and
 * emergencies are still heard. A screen says so; it costs nothing. */
static void
decide_over(const struct gateway *gateway, struct thought *t)
{
	t->silent = true;
	if (!is_text(t->item) ||
		(form_is_filled(t->item) ? hear_filled_over(gateway, t) : hear_over(gateway, t)))
		return;
	t->tray = "not_understood";
	t->tray_note = "more messages in an hour than are answered";
	if (t->item->form != NULL)
		t->say = "ussd_kept";
}

static void
decide_expired(const struct gateway *gateway, struct thought *t)
{
	struct item *item = t->item;
	const struct service *service = service_find(item->session_service);

	snprintf(t->language, sizeof(t->language), "%s", item->language);
	set_speak(gateway, t, "");
	t->contact_id = item->contact_id;
	t->version = item->version;
	if (service != NULL && !service->files && service->before_question)
		return; /* a command that was left unfinished is nobody's work */
	if (service == NULL || !service->files) {
		t->tray = "incomplete";
		t->tray_note = "a question stayed unanswered";
		return;
	}
	form_from_text(service, item->session_values, &t->values);
	t->run = service;
	t->run_message = item->session_message;
}

/* A field's value as its text names it ("@category_water"), or as it is. */
static const char *
spoken(const struct gateway *gateway, const char *field, const char *value,
	char out[SERVICE_VALUE_MAX + 64])
{
	snprintf(out, SERVICE_VALUE_MAX + 64, "@%s_%s", field, value);
	return texts_raw(gateway->texts, gateway->config->default_language, out + 1) != NULL
		? out
		: value;
}

int
inbox_say(const struct gateway *gateway, const struct thought *t, char *out, size_t size)
{
	char said[SERVICE_FIELDS_MAX][SERVICE_VALUE_MAX + 64];
	struct text_value values[SERVICE_FIELDS_MAX + 2];
	int n = 0;

	for (; t->ask != NULL && t->ask->fields[n].name != NULL; n++) {
		values[n].name = t->ask->fields[n].name;
		values[n].value = spoken(gateway, values[n].name, t->values.value[n], said[n]);
	}
	values[n].name = "when";
	values[n++].value = t->human_reads[0] != '\0' ? t->human_reads : "@when_today";
	values[n].name = NULL;
	return texts_render(gateway->texts, t->speak, t->say, values, out, size);
}

static void
decide(const struct gateway *gateway, struct thought *t)
{
	const struct item *item = t->item;

	if (item->kind == ITEM_EXPIRED) {
		decide_expired(gateway, t);
		return;
	}
	if (item->form != NULL)
		take_language(gateway, t);
	set_speak(gateway, t, "");
	if (till_think(gateway, t) || airtime_hears(gateway, t))
		return;
	if (t->blocked || is_our_own(gateway->config, item->from.number)) {
		t->silent = true;
		if (t->blocked && !t->ours && is_call_heard(gateway, t))
			return;
		t->tray = t->blocked && is_text(item) ? "not_understood" : NULL;
		t->tray_note = "blocked";
		return;
	}
	if (strcmp(item->stored_kind, "broken") == 0) {
		t->tray = "poison";
		t->tray_note = "an SMS that cannot be decoded";
		return;
	}
	bool trusted = t->helper || t->crew || t->officer || t->gauge;
	bool over = t->hour_count >= (trusted ? gateway->config->helper_messages_per_hour
					      : gateway->config->messages_per_hour);
	if (item->kind == ITEM_CALL) {
		t->silent |= over;
		if (item->from.kind == PHONE_E164)
			t->run = service_find("callback");
		return;
	}
	if (over) {
		decide_over(gateway, t);
		return;
	}
	if (form_is_filled(item))
		decide_filled(gateway, t);
	else if (is_text(item))
		decide_text(gateway, t);
}

void
inbox_think(const struct gateway *gateway, struct thought *t)
{
	decide(gateway, t);
	if (t->item->form != NULL && t->new_nonsense > 0) /* who has a screen reads what is said */
		t->new_nonsense = -1;
}
