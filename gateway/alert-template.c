/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alert-template.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert-compose.h"
#include "config-file.h"
#include "text.h"

#define BLANK_MAX 160 /* characters of one */
#define LASTS_MAX 720 /* hours */

#define EVENT_BLANKS "zones hour start until sender city emergency event "
#define FRAME_BLANKS EVENT_BLANKS "then text "
#define INSTEAD_BLANKS EVENT_BLANKS "then after "
/* These may be empty: what stands with them is in brackets. */
#define MAYBE_EMPTY "start emergency then after "

static const struct frame {
	const char *name;
	const char *blanks;
	const char *must; /* what its text has to say */
} frames[] = {
	{ "cancel", INSTEAD_BLANKS, "event zones hour sender " },
	{ "clear", INSTEAD_BLANKS, "event zones hour sender " },
	{ "exercise", FRAME_BLANKS, "text " }, { "test", FRAME_BLANKS, "text " },
	{ "update", FRAME_BLANKS, "text " },
	{ NULL, EVENT_BLANKS, "zones hour sender " }, /* of an event */
};

struct alert_templates {
	size_t count;
	struct alert_template **by_name; /* sorted */
};

struct loader {
	const struct config *config;
	struct config_errors *errors;
	struct alert_templates *templates;
	/* The file in hand. */
	const struct config_file *file;
	struct alert_template *template;
	const struct frame *frame;
};

static const struct frame *
frame_of(const char *name)
{
	const struct frame *f = frames;

	while (f->name != NULL && strcmp(f->name, name) != 0)
		f++;
	return f;
}

bool
alert_template_is_frame(const char *name)
{
	return frame_of(name)->name != NULL;
}

/* Is the word of length bytes in a list whose words all end with a blank? */
static bool
is_listed(const char *words, const char *word, size_t length)
{
	for (const char *at = words; *at != '\0'; at += strcspn(at, " ") + 1)
		if (strcspn(at, " ") == length && memcmp(at, word, length) == 0)
			return true;
	return false;
}

/* --- --- blanks --- */

static struct alert_blank *
blank_of(struct alert_template *template, const char *name, size_t length)
{
	for (size_t i = 0; i < template->blank_count; i++)
		if (strlen(template->blank[i].name) == length &&
			memcmp(template->blank[i].name, name, length) == 0)
			return &template->blank[i];
	return NULL;
}

/* Small letters and underscores: a name of a file, a blank, an event. */
static bool
is_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < ALERT_NAME_BYTES &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz_") == length;
}

static bool
knows_members(struct loader *l, const config_setting_t *group, const char *known)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(member);

		if (!is_listed(known, name, strlen(name))) {
			config_file_error(l->file, l->errors, member,
				"\"%s\" is not known here; use %s", name, known);
			return false;
		}
	}
	return true;
}

static void
take_blank(struct loader *l, const config_setting_t *entry)
{
	struct alert_template *t = l->template;
	struct alert_blank *blank = &t->blank[t->blank_count];
	const char *name = "", *example = "";
	int max = 40, optional = 0, words = 0;

	if (!config_setting_is_group(entry) ||
		!knows_members(l, entry, "name optional words max example "))
		return;
	config_setting_lookup_string(entry, "name", &name);
	config_setting_lookup_string(entry, "example", &example);
	config_setting_lookup_int(entry, "max", &max);
	config_setting_lookup_bool(entry, "optional", &optional);
	config_setting_lookup_bool(entry, "words", &words);
	if (!is_name(name) || is_listed(FRAME_BLANKS "after ", name, strlen(name)) ||
		blank_of(t, name, strlen(name)) != NULL)
		config_file_error(l->file, l->errors, entry,
			"a blank's name is small letters and _, not one that every text knows, and "
			"there once: { name = \"level\"; max = 12; example = \"3.20 m\"; }");
	else if (max < 1 || max > BLANK_MAX)
		config_file_error(l->file, l->errors, entry,
			"%s: max is the characters that it may have, 1 to %d", name, BLANK_MAX);
	else if (example[0] == '\0' || strlen(example) >= sizeof blank->example ||
		!text_utf8_valid(example, strlen(example)))
		config_file_error(l->file, l->errors, entry,
			"%s has no example; write one that is as long as it usually gets", name);
	else {
		snprintf(blank->name, sizeof blank->name, "%s", name);
		blank->max = max;
		blank->optional = optional != 0;
		blank->words = words != 0;
		strcpy(blank->example, example);
		t->blank_count++;
	}
}

static void
take_blanks(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "blanks");

	if (list == NULL)
		return;
	if (!config_setting_is_list(list) || config_setting_length(list) > ALERT_BLANKS_MAX) {
		config_file_error(l->file, l->errors, list,
			"blanks is a list of at most %d, as ( { name = \"level\"; ... } );",
			ALERT_BLANKS_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(list); i++)
		take_blank(l, config_setting_get_elem(list, (unsigned)i));
}

/* --- --- texts --- */

/* Where a text is being read. */
struct scan {
	const config_setting_t *at;
	const char *blanks; /* that it may have beside those of the file */
	bool bracket;
	bool filled; /* the bracket has a blank in it */
};

static bool
may_be_empty(struct loader *l, const char *name, size_t length)
{
	const struct alert_blank *blank = blank_of(l->template, name, length);

	return blank != NULL ? blank->optional : is_listed(MAYBE_EMPTY, name, length);
}

/* What stands in braces. Returns false after telling. */
static bool
check_blank(struct loader *l, struct scan *scan, const char *name, size_t length)
{
	char own[ALERT_BLANKS_MAX * ALERT_NAME_BYTES] = "";
	const char *key = config_setting_name(scan->at);

	if (!is_listed(scan->blanks, name, length) && blank_of(l->template, name, length) == NULL) {
		for (size_t i = 0; i < l->template->blank_count; i++)
			sprintf(own + strlen(own), "%s ", l->template->blank[i].name);
		config_file_error(l->file, l->errors, scan->at,
			"%s: {%.*s} is not known; it knows %s%s", key,
			(int)(length < 64 ? length : 64), name, scan->blanks, own);
		return false;
	}
	scan->filled = true;
	if (!scan->bracket && may_be_empty(l, name, length)) {
		config_file_error(l->file, l->errors, scan->at,
			"%s: {%.*s} may be empty; put what stands with it in brackets, as "
			"\"[ ({%.*s})]\"",
			key, (int)length, name, (int)length, name);
		return false;
	}
	return true;
}

static bool
check_bracket(struct loader *l, struct scan *scan, char bracket)
{
	if ((bracket == '[') == scan->bracket || (bracket == ']' && !scan->filled)) {
		config_file_error(l->file, l->errors, scan->at,
			"%s: brackets stand around a piece with a {blank}, and not in one another",
			config_setting_name(scan->at));
		return false;
	}
	scan->bracket = bracket == '[';
	scan->filled = false;
	return true;
}

/* Braces and brackets of a text. Returns false after telling. */
static bool
check_words(struct loader *l, const config_setting_t *at)
{
	bool clear = strcmp(config_setting_name(at), "clear") == 0;
	struct scan scan = { .at = at, .blanks = clear ? INSTEAD_BLANKS : l->frame->blanks };
	const char *p = config_setting_get_string(at);

	for (; *p != '\0'; p++) {
		size_t length = strcspn(p + 1, "{}[]");

		if ((*p == '[' || *p == ']') && !check_bracket(l, &scan, *p))
			return false;
		if (*p == '}' || (*p == '{' && p[1 + length] != '}')) {
			config_file_error(l->file, l->errors, at, "%s: a { or } without the other",
				config_setting_name(at));
			return false;
		}
		if (*p != '{')
			continue;
		if (!check_blank(l, &scan, p + 1, length))
			return false;
		p += length + 1;
	}
	if (scan.bracket)
		config_file_error(
			l->file, l->errors, at, "%s: a [ without its ]", config_setting_name(at));
	return !scan.bracket;
}

static bool
says(const char *text, const char *blank, size_t length)
{
	char braced[ALERT_NAME_BYTES + 2];

	snprintf(braced, sizeof braced, "{%.*s}", (int)length, blank);
	return strstr(text, braced) != NULL;
}

/* It says all that it has to, and begins with a word of its own. */
static void
check_says(struct loader *l, const config_setting_t *at, const char *text)
{
	const char *key = config_setting_name(at);

	for (const char *must = l->frame->must; *must != '\0'; must += strcspn(must, " ") + 1)
		if (!says(text, must, strcspn(must, " ")))
			config_file_error(l->file, l->errors, at, "%s lacks {%.*s}", key,
				(int)strcspn(must, " "), must);
	for (size_t i = 0; strcmp(key, "text") == 0 && i < l->template->blank_count; i++)
		if (!says(text, l->template->blank[i].name, strlen(l->template->blank[i].name)))
			config_file_error(l->file, l->errors, at,
				"text leaves out {%s}, which blanks lists",
				l->template->blank[i].name);
	if (strchr("{[ ", text[0]) != NULL)
		config_file_error(l->file, l->errors, at,
			"%s begins with a blank; its first word says what it is", key);
}

/* One string of a language's group; NULL when there is none, or it is wrong, which was told. */
static char *
take_words(struct loader *l, const config_setting_t *group, const char *name, bool wanted)
{
	const config_setting_t *at = config_setting_get_member(group, name);
	const char *words = at != NULL ? config_setting_get_string(at) : NULL;

	if (at == NULL && wanted)
		config_file_error(l->file, l->errors, group, "%s lacks its %s",
			config_setting_name(group), name);
	if (at == NULL)
		return NULL;
	if (words == NULL || strlen(words) >= ALERT_TEXT_BYTES / 2 ||
		!text_utf8_valid(words, strlen(words)) || (wanted && words[0] == '\0')) {
		config_file_error(l->file, l->errors, at,
			"%s must be words in quotes, UTF-8, at most %d bytes", name,
			ALERT_TEXT_BYTES / 2 - 1);
		return NULL;
	}
	if (words[0] == '\0' || !check_words(l, at))
		return NULL;
	if (strcmp(name, "text") == 0 || strcmp(name, "clear") == 0)
		check_says(l, at, words);
	return strdup(words);
}

static void
take_wording(struct loader *l, const config_setting_t *group)
{
	struct alert_template *t = l->template;
	struct alert_wording *w = &t->wording[t->wording_count];
	bool event = l->frame->name == NULL;

	/* Also what is wrong with it is there: it is not missing. */
	snprintf(w->language, sizeof w->language, "%s", config_setting_name(group));
	t->wording_count++;
	if (!knows_members(l, group,
		    event ? "name also headline text after clear reviewed_by "
			  : "text reviewed_by "))
		return;
	w->name = take_words(l, group, "name", event);
	w->also = take_words(l, group, "also", false);
	w->headline = take_words(l, group, "headline", event);
	w->text = take_words(l, group, "text", true);
	w->after = take_words(l, group, "after", false);
	w->clear = take_words(l, group, "clear", false);
	w->reviewed_by = take_words(l, group, "reviewed_by", false);
}

/* --- --- a file --- */

/* One of CAP's words. */
static void
take_word(struct loader *l, const config_setting_t *root, const char *name, const char *known,
	char out[16])
{
	const config_setting_t *at = config_setting_get_member(root, name);
	const char *word = at != NULL ? config_setting_get_string(at) : NULL;

	if (word == NULL || !is_listed(known, word, strlen(word)))
		config_file_error(l->file, l->errors, at != NULL ? at : root,
			"%s is one of these, in quotes: %s", name, known);
	else
		snprintf(out, 16, "%s", word);
}

static void
take_head(struct loader *l, const config_setting_t *root)
{
	struct alert_template *t = l->template;
	const config_setting_t *lasts = config_setting_get_member(root, "lasts");
	const char *role = NULL;

	take_word(l, root, "severity", "Extreme Severe Moderate Minor Unknown ", t->severity);
	take_word(l, root, "urgency", "Immediate Expected Future Past Unknown ", t->urgency);
	take_word(l, root, "certainty", "Observed Likely Possible Unlikely Unknown ", t->certainty);
	take_word(l, root, "category",
		"Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other ",
		t->category);
	t->lasts_h = lasts != NULL ? config_setting_get_int(lasts) : 0;
	if (t->lasts_h < 1 || t->lasts_h > LASTS_MAX)
		config_file_error(l->file, l->errors, lasts != NULL ? lasts : root,
			"lasts is the hours until it is over, 1 to %d", LASTS_MAX);
	config_setting_lookup_string(root, "role", &role);
	t->police = role != NULL && strcmp(role, "police") == 0;
	if (role != NULL && !t->police)
		config_file_error(l->file, l->errors, config_setting_get_member(root, "role"),
			"role is \"police\", or not written: any officer who drafts");
}

static bool
is_language(const char *name)
{
	size_t length = strlen(name);

	return length >= 2 && length <= 3 && strspn(name, "abcdefghijklmnopqrstuvwxyz") == length;
}

static bool
is_needed(const struct config *config, const char *language)
{
	return strcmp(config->default_language, language) == 0 ||
		config_lists(config->required_languages, language);
}

static void
take_members(struct loader *l, const config_setting_t *root)
{
	bool event = l->frame->name == NULL;
	const char *known =
		event ? "severity urgency certainty category lasts role blanks " : "blanks ";

	if (event)
		take_head(l, root);
	take_blanks(l, root);
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *member = config_setting_get_elem(root, (unsigned)i);
		const char *name = config_setting_name(member);

		if (config_setting_is_group(member) && is_language(name) &&
			l->template->wording_count < CONFIG_LIST_MAX)
			take_wording(l, member);
		else if (!is_listed(known, name, strlen(name)))
			config_file_error(l->file, l->errors, member,
				"\"%s\" is not known here; use %sand a language's code", name,
				known);
	}
	for (size_t i = 0; i < CONFIG_LIST_MAX && l->config->languages[i] != NULL; i++)
		if (is_needed(l->config, l->config->languages[i]) &&
			alert_template_wording(l->template, l->config->languages[i]) == NULL)
			config_file_error(l->file, l->errors, NULL,
				"there is no %s; each text must be there in it",
				l->config->languages[i]);
}

static void
take_file(struct loader *l, const char *path, const char *name)
{
	struct config_file *file = config_file_read(path, l->errors);
	struct alert_templates *all = l->templates;
	struct alert_template **grown =
		realloc(all->by_name, (all->count + 1) * sizeof(struct alert_template *));
	struct alert_template *t = calloc(1, sizeof *t);

	if (grown != NULL)
		all->by_name = grown;
	if (grown == NULL || t == NULL)
		config_error(l->errors, path, 0, "out of memory");
	if (file == NULL || grown == NULL || t == NULL) {
		free(t);
		config_file_free(file);
		return;
	}
	all->by_name[all->count++] = t;
	strcpy(t->event, name);
	l->file = file;
	l->template = t;
	l->frame = frame_of(name);
	take_members(l, config_file_root(file));
	config_file_free(file);
}

/* --- --- the folder --- */

static void
take_entry(struct loader *l, const char *file)
{
	char path[4096], name[ALERT_NAME_BYTES] = "";
	size_t length = strlen(file) - 4;

	snprintf(path, sizeof path, "%s/%s", l->config->alerts, file);
	if (length < sizeof name)
		memcpy(name, file, length);
	if (is_name(name))
		take_file(l, path, name);
	else
		config_error(l->errors, path, 0,
			"an event's name is small letters and _, as road_closed.cfg");
}

static void
take_folder(struct loader *l)
{
	const char *folder = l->config->alerts;
	struct dirent **entry;
	int count = scandir(folder, &entry, config_file_is_one, alphasort);

	if (count == -1) {
		config_error(l->errors, folder, 0, "%s; it is the folder of warnings' templates",
			strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		take_entry(l, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	for (const struct frame *f = frames; f->name != NULL; f++)
		if (alert_templates_find(l->templates, f->name) == NULL)
			config_error(l->errors, folder, 0, "there is no %s.cfg", f->name);
}

/* --- --- how long --- */

/* An event's texts with its examples, an exercise's update too: not longer than may be sent. */
static void
check_length(struct loader *l, const struct alert_template *t, const char *kind, const char *status)
{
	struct alert_texts texts;

	if (alert_compose_example(l->templates, l->config, t, kind, status, &texts) == -1)
		config_error(l->errors, l->config->alerts, 0, "%s.cfg: %s", t->event, texts.words);
	alert_texts_free(&texts);
}

static void
check_lengths(struct loader *l)
{
	for (size_t i = 0; i < l->templates->count; i++) {
		const struct alert_template *t = l->templates->by_name[i];

		if (alert_template_is_frame(t->event))
			continue;
		check_length(l, t, "alert", "actual");
		check_length(l, t, "update", "exercise");
		check_length(l, t, "cancel", "exercise");
		check_length(l, t, "clear", "exercise");
	}
}

/* --- --- all of it --- */

struct alert_templates *
alert_templates_load(const struct config *config, struct config_errors *errors)
{
	struct loader l = { .config = config, .errors = errors };
	size_t before = errors->count;

	l.templates = calloc(1, sizeof *l.templates);
	if (l.templates == NULL) {
		config_error(errors, NULL, 0, "out of memory");
		return NULL;
	}
	take_folder(&l);
	if (errors->count == before)
		check_lengths(&l);
	if (errors->count == before)
		return l.templates;
	alert_templates_free(l.templates);
	return NULL;
}

static void
template_free(struct alert_template *t)
{
	for (size_t i = 0; i < t->wording_count; i++) {
		free(t->wording[i].name);
		free(t->wording[i].also);
		free(t->wording[i].headline);
		free(t->wording[i].text);
		free(t->wording[i].after);
		free(t->wording[i].clear);
		free(t->wording[i].reviewed_by);
	}
	free(t);
}

void
alert_templates_free(struct alert_templates *templates)
{
	if (templates == NULL)
		return;
	for (size_t i = 0; i < templates->count; i++)
		template_free(templates->by_name[i]);
	free(templates->by_name);
	free(templates);
}

/* --- --- asking --- */

const struct alert_template *
alert_templates_find(const struct alert_templates *templates, const char *event)
{
	for (size_t i = 0; i < templates->count; i++)
		if (strcmp(templates->by_name[i]->event, event) == 0)
			return templates->by_name[i];
	return NULL;
}

const struct alert_template *
alert_templates_at(const struct alert_templates *templates, size_t i)
{
	return i < templates->count ? templates->by_name[i] : NULL;
}

const struct alert_wording *
alert_template_wording(const struct alert_template *template, const char *language)
{
	for (size_t i = 0; i < template->wording_count; i++)
		if (strcmp(template->wording[i].language, language) == 0)
			return &template->wording[i];
	return NULL;
}

const char *
alert_event_name(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *language)
{
	const struct alert_template *t = alert_templates_find(templates, event);
	const struct alert_wording *w = t != NULL ? alert_template_wording(t, language) : NULL;

	if (w == NULL && t != NULL)
		w = alert_template_wording(t, config->default_language);
	return w != NULL && w->name != NULL ? w->name : event;
}
