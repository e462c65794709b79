/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cap-judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert-template.h"
#include "cap-sign.h"
#include "json.h"
#include "log.h"
#include "text.h"

#define FRAME_MARGIN \
	40 /* characters of what may stand around a text: an update's words, an exercise's */
#define CIRCLE_POINTS 32    /* of the polygon that stands for a circle */
#define KM_A_DEGREE 111.195 /* of a great circle */
#define KM_LEAST 0.001 /* a circle of no radius is a point: a metre, so that it is in some zone */
#define RADIANS(degrees_) ((degrees_)*0.017453292519943295)

/* All that goes into one wish. */
struct judging {
	const struct config *config;
	const struct alert_templates *templates;
	const struct cap *cap;
	const struct alert_template *event; /* NULL: the city has no template of that event */
	const char *speaker;
	struct json json;
};

const struct config_cap_source *
cap_source_of(const struct config *config, const char *sender)
{
	for (size_t i = 0; i < config->cap_source_count; i++)
		if (strcmp(config->cap_source[i].sender, sender) == 0)
			return &config->cap_source[i];
	return NULL;
}

/* Who may send, and proves it. */
static int
check_sender(const struct config *config, const struct cap *cap, char reason[CAP_REASON_MAX])
{
	const struct config_cap_source *source = cap_source_of(config, cap->sender);
	char why[CAP_REASON_MAX];

	if (config->cap_source_count > 0 && source == NULL) {
		snprintf(reason, CAP_REASON_MAX,
			"unknown sender %.120s: cap_sources in the configuration does not name it",
			cap->sender);
		return -1;
	}
	if (source == NULL || source->certificate == NULL ||
		cap_sign_check(cap, source->certificate, why) == 0)
		return 0;
	snprintf(reason, CAP_REASON_MAX, "%.200s", why);
	return -1;
}

/* --- The event --- */

static bool
same_folded(const char *a, const char *b)
{
	char x[3 * ALERT_TEXT_BYTES + 1], y[3 * ALERT_TEXT_BYTES + 1];

	return strlen(a) < ALERT_TEXT_BYTES && strlen(b) < ALERT_TEXT_BYTES &&
		text_fold(x, sizeof(x), a) > 0 && text_fold(y, sizeof(y), b) > 0 &&
		strcmp(x, y) == 0;
}

static bool
is_called(const struct alert_template *template, const char *event)
{
	if (same_folded(template->event, event))
		return true;
	for (size_t i = 0; i < template->wording_count; i++)
		if (template->wording[i].name != NULL &&
			same_folded(template->wording[i].name, event))
			return true;
	return false;
}

/* May a machine use it? Not where a person must fill a blank, nor where an officer's role is asked.
 */
static bool
is_usable(const struct alert_template *template)
{
	for (size_t i = 0; i < template->blank_count; i++)
		if (!template->blank[i].optional)
			return false;
	return !template->police && !alert_template_is_frame(template->event);
}

/* The template of what the message is about, by its event or the code that another Baraza gives. */
static const struct alert_template *
template_of(const struct judging *j)
{
	const struct alert_template *template;

	for (const struct cap_info *info = j->cap->infos; info != NULL; info = info->next)
		for (size_t i = 0; (template = alert_templates_at(j->templates, i)) != NULL; i++) {
			bool is_it = is_called(template, info->event);

			for (const struct cap_pair *c = info->event_codes; c != NULL; c = c->next)
				is_it = is_it ||
					(strcmp(c->name, "baraza") == 0 &&
						strcmp(c->value, template->event) == 0);
			if (is_it && is_usable(template))
				return template;
		}
	return NULL;
}

/* Is an info's event, or one of its codes, among those for which its sender is trusted? */
static bool
is_trusted_for(const struct config_cap_source *source, const struct cap_info *info)
{
	for (char *const *event = source->trusted_events; *event != NULL; event++) {
		if (same_folded(*event, info->event))
			return true;
		for (const struct cap_pair *code = info->event_codes; code != NULL;
			code = code->next)
			if (same_folded(*event, code->value))
				return true;
	}
	return false;
}

/* Trusted for all that it tells of; of a message that says no event SQL looks at what it follows.
 */
static bool
is_trusted(const struct judging *j)
{
	const struct config_cap_source *source = cap_source_of(j->config, j->cap->sender);

	if (source == NULL || source->certificate == NULL || j->cap->infos == NULL)
		return false;
	for (const struct cap_info *info = j->cap->infos; info != NULL; info = info->next)
		if (!is_trusted_for(source, info))
			return false;
	return true;
}

/* --- Writing the wish --- */

static void
put_references(struct judging *j)
{
	json_array(&j->json, "references");
	for (const struct cap_reference *r = j->cap->references; r != NULL; r = r->next) {
		json_object(&j->json, NULL);
		json_string(&j->json, "sender", r->sender);
		json_string(&j->json, "identifier", r->identifier);
		json_string(&j->json, "sent", r->sent);
		json_object_end(&j->json);
	}
	json_array_end(&j->json);
}

/* PostgreSQL's polygon: ((longitude,latitude),...). */
static void
put_shape(struct judging *j, const struct cap_point *point, size_t count)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		fatal("event=out_of_memory");
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s(%.6f,%.6f)", i == 0 ? "(" : ",", point[i].lon, point[i].lat);
	fputc(')', out);
	if (fclose(out) != 0)
		fatal("event=out_of_memory");
	json_string(&j->json, NULL, text);
	free(text);
}

static void
put_circle(struct judging *j, const struct cap_circle *circle)
{
	struct cap_point point[CIRCLE_POINTS];
	double degrees = fmax(circle->km, KM_LEAST) / KM_A_DEGREE;
	double narrow = fmax(cos(RADIANS(circle->centre.lat)), 0.01);

	for (size_t i = 0; i < CIRCLE_POINTS; i++) {
		double angle = RADIANS(360.0 * (double)i / CIRCLE_POINTS);

		point[i].lat = circle->centre.lat + degrees * sin(angle);
		point[i].lon = circle->centre.lon + degrees * cos(angle) / narrow;
	}
	put_shape(j, point, CIRCLE_POINTS);
}

static void
put_area(struct judging *j, const struct cap_area *area)
{
	json_object(&j->json, NULL);
	json_string(&j->json, "description", area->description);
	json_array(&j->json, "geocodes");
	for (const struct cap_pair *code = area->geocodes; code != NULL; code = code->next)
		json_string(&j->json, NULL, code->value);
	json_array_end(&j->json);
	json_array(&j->json, "shapes");
	for (const struct cap_polygon *p = area->polygons; p != NULL; p = p->next)
		put_shape(j, p->point, p->count);
	for (const struct cap_circle *c = area->circles; c != NULL; c = c->next)
		put_circle(j, c);
	json_array_end(&j->json);
	json_object_end(&j->json);
}

static void
put_areas(struct judging *j)
{
	json_array(&j->json, "areas");
	for (const struct cap_info *info = j->cap->infos; info != NULL; info = info->next)
		for (const struct cap_area *area = info->areas; area != NULL; area = area->next)
			put_area(j, area);
	json_array_end(&j->json);
}

/* Characters that the gateway puts around the text. */
static size_t
margin_of(const struct cap *cap)
{
	return (strcmp(cap->type, "Update") == 0 ? FRAME_MARGIN : 0) +
		(strcmp(cap->status, "Actual") != 0 ? FRAME_MARGIN : 0);
}

static void
put_text(struct judging *j, const char *language, const char *text)
{
	char name[CAP_LANGUAGE_BYTES + 8];

	snprintf(name, sizeof(name), "text.%s", language);
	json_string(&j->json, name, text);
}

/* The first info of a language has the word: later ones may only add to it (chapter 3.2.2). */
static bool
is_first(const struct judging *j, const struct cap_info *info, const char *language)
{
	char other[CAP_LANGUAGE_BYTES];

	for (const struct cap_info *i = j->cap->infos; i != info; i = i->next)
		if (cap_language(i, other) == 0 && strcmp(other, language) == 0)
			return false;
	return true;
}

static bool
is_said_in(const struct judging *j, const char *wanted)
{
	char language[CAP_LANGUAGE_BYTES];

	for (const struct cap_info *i = j->cap->infos; i != NULL; i = i->next)
		if (cap_language(i, language) == 0 && strcmp(language, wanted) == 0)
			return true;
	return false;
}

static bool
is_all_clear(const struct cap *cap)
{
	for (const struct cap_info *i = cap->infos; i != NULL; i = i->next)
		for (const struct cap_word *r = i->responses; r != NULL; r = r->next)
			if (strcmp(r->text, "AllClear") == 0)
				return true;
	return false;
}

/* Where no template speaks the languages that the city must have, they get the message's own words
 * in another: those to whom nothing else would be said.
 * Cancels and all-clears have templates of their own. */
static void
put_missing(struct judging *j, const char *text)
{
	const struct config *config = j->config;

	if (j->event != NULL || text[0] == '\0' || strcmp(j->cap->type, "Cancel") == 0 ||
		is_all_clear(j->cap))
		return;
	for (size_t i = 0; i < CONFIG_LIST_MAX && config->languages[i] != NULL; i++) {
		const char *language = config->languages[i];

		if ((strcmp(language, config->default_language) == 0 ||
			    config_lists(config->required_languages, language)) &&
			!is_said_in(j, language))
			put_text(j, language, text);
	}
}

/* A text in each of the city's languages that the message speaks; what does not fit is left out. */
static void
put_texts(struct judging *j)
{
	char language[CAP_LANGUAGE_BYTES], text[CAP_TEXT_BYTES], main_text[CAP_TEXT_BYTES] = "";

	json_object(&j->json, "texts");
	for (const struct cap_info *i = j->cap->infos; i != NULL; i = i->next) {
		if (cap_language(i, language) != 0 || !is_first(j, i, language) ||
			cap_sms(i, j->speaker, margin_of(j->cap), text) != 0)
			continue;
		if (main_text[0] == '\0')
			memcpy(main_text, text, sizeof(text));
		if (config_speaks(j->config, language))
			put_text(j, language, text);
	}
	put_missing(j, main_text);
	json_object_end(&j->json);
}

/* From the earliest begin to the latest end of all that is told. */
static void
put_times(struct judging *j)
{
	struct cap_time starts = { NULL, 0 }, expires = { NULL, 0 };

	for (const struct cap_info *i = j->cap->infos; i != NULL; i = i->next) {
		const struct cap_time *start = i->onset.text != NULL ? &i->onset
			: i->effective.text != NULL                  ? &i->effective
								     : &j->cap->sent;

		if (starts.text == NULL || start->at < starts.at)
			starts = *start;
		if (i->expires.text != NULL && (expires.text == NULL || i->expires.at > expires.at))
			expires = i->expires;
	}
	json_string(&j->json, "starts", starts.text);
	json_string(&j->json, "expires", expires.text);
}

static void
put_info(struct judging *j)
{
	const struct cap_info *info = j->cap->infos;

	if (info == NULL)
		return;
	json_string(&j->json, "event", j->event != NULL ? j->event->event : info->event);
	json_string(&j->json, "severity", info->severity);
	json_string(&j->json, "urgency", info->urgency);
	json_string(&j->json, "certainty", info->certainty);
	json_string(&j->json, "sender_name", j->speaker);
	put_times(j);
}

static void
put_trusted_events(struct judging *j)
{
	const struct config_cap_source *source = cap_source_of(j->config, j->cap->sender);

	json_array(&j->json, "trusted_events");
	if (source != NULL && source->certificate != NULL)
		for (char *const *event = source->trusted_events; *event != NULL; event++)
			json_string(&j->json, NULL, *event);
	json_array_end(&j->json);
}

static void
put_wish(struct judging *j)
{
	json_object(&j->json, NULL);
	json_string(&j->json, "identifier", j->cap->identifier);
	json_string(&j->json, "sender", j->cap->sender);
	json_string(&j->json, "sent", j->cap->sent.text);
	json_string(&j->json, "status", j->cap->status);
	json_string(&j->json, "type", j->cap->type);
	json_string(&j->json, "scope", j->cap->scope);
	put_references(j);
	json_bool(&j->json, "informs", j->cap->infos != NULL);
	json_bool(&j->json, "all_clear", is_all_clear(j->cap));
	json_bool(&j->json, "trusted", is_trusted(j));
	put_trusted_events(j);
	put_info(j);
	put_areas(j);
	put_texts(j);
	json_object_end(&j->json);
}

static char *
wish_of(struct judging *j)
{
	char *wish = NULL;
	size_t size;
	FILE *out = open_memstream(&wish, &size);

	if (out == NULL)
		fatal("event=out_of_memory");
	j->event = template_of(j);
	j->speaker = cap_speaker(j->cap);
	json_begin(&j->json, out);
	put_wish(j);
	if (fclose(out) != 0)
		fatal("event=out_of_memory");
	return wish;
}

int
cap_judge(const struct config *config, const struct alert_templates *templates, const char *bytes,
	size_t length, char reason[CAP_REASON_MAX], struct cap_taking *out)
{
	struct cap *cap = cap_read(bytes, length, reason);
	struct judging j = { .config = config, .templates = templates, .cap = cap };

	if (cap == NULL)
		return -1;
	if (check_sender(config, cap, reason) != 0) {
		cap_free(cap);
		return -1;
	}
	out->wish = wish_of(&j);
	out->document = cap_document(cap);
	snprintf(out->identifier, sizeof(out->identifier), "%s", cap->identifier);
	snprintf(out->sender, sizeof(out->sender), "%s", cap->sender);
	cap_free(cap);
	return 0;
}

void
cap_taking_free(struct cap_taking *taking)
{
	free(taking->wish);
	free(taking->document);
	taking->wish = taking->document = NULL;
}
