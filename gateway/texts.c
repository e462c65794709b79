/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts: one file a language, looked up by key in a sorted table.
 */
#include "texts.h"

#include <errno.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../handlers/service.h"
#include "answers.h"
#include "config-file.h"
#include "text.h"
#include "ussd-keys.h"

#define TEXT_MAX 1000 /* bytes of one text as written in a file */
#define NESTING_MAX 3 /* a value may be a key, whose text may hold one that is a key */
#define ITEM_VALUES_MAX 12
#define ALWAYS "city emergency"
#define REMINDER "due count tax name amount"
#define ALERT "reference event zones" /* an alert as officers are told of it */
#define SHOWN_MAX 40 /* characters of a value in a text; {text} and {summary} are shown whole */

/* What the gateway itself says; what services say comes from their outcomes, questions and values.
 */
static const struct text_key own_keys[] = {
	{ "nonsense_human", "when" }, /* "A person will read this." */
	{ "nonsense_danger", "" },    /* not understood, but for a word of danger */
	{ "whose_unclear", "" },      /* a helper's FOR, with a number that is none */
	/* Around a reply to a helper: whose it is; and where that makes it longer than an SMS. */
	{ "whose", "person text" },
	{ "whose_short", "tail text" },
	{ "from_city", "text" }, /* another number than usual answers */
	/* A last screen, where what is said of a filing does not fit on one: the sentences before
	 * that of its reference, the reference, and that SMS tell the rest. */
	{ "ussd_filed", "text reference" },
	/* Reminders of a tax: the arms of campaigns (baraza remind), whose words a city makes its
	 * own. Phones are shared: as they come, none names a person or an amount. */
	{ "remind_due", REMINDER },
	{ "remind_roads", REMINDER },
	{ "remind_schools", REMINDER },
	{ "remind_health", REMINDER },
	{ "remind_waste", REMINDER },
	{ "remind_own", REMINDER },
	{ "remind_still_you", "" }, /* unheard of for long */
	{ "remind_budget_reached", "campaign count" },
	/* Alerts: officers who are asked to approve one, or must know of it. */
	{ "alert_to_approve", ALERT " people segments cost half all code count" },
	{ "alert_to_approve_late", ALERT " people segments cost half all code count start" },
	{ "alert_not_read", "reference text" },
	{ "alert_clock", "reference at" }, /* is not to be believed */
	{ "alert_its_text", "reference text" },
	{ "alert_changed", "reference name" },
	{ "alert_overridden", ALERT " name reason" },
	{ "alert_by_trust", ALERT },
	{ "alert_halted", ALERT " name reason" },
	{ "category_road", "" },
	{ "category_water", "" },
	{ "category_light", "" },
	{ "category_waste", "" },
	{ "category_drain", "" },
	{ "category_other", "" },
	{ "state_open", "" },
	{ "state_assigned", "" },
	{ "state_in_progress", "" },
	{ "state_fixed", "" },
	{ "state_refused", "" },
	{ "state_duplicate", "" },
	{ "state_archived", "" },
};

/* What USSD screens say by themselves: their keys, and words for a session's end (ussd-form.h,
 * ussd-turn.c). They have to be there where a way leads to a menu. */
static const char *const screen_keys[] = {
	"language_name", /* in that language itself */
	"ussd_more",
	"ussd_back",
	"ussd_wrong_key",
	"ussd_nothing_found",
	"ussd_unknown_number",
	"ussd_comma",
	"ussd_confirm",
	"ussd_send",
	"ussd_change",
	"ussd_resume",
	"ussd_yes",
	"ussd_no",
	"ussd_go_on",        /* behind an alert */
	"ussd_menu_changed", /* since the screen before */
	"ussd_bye",
	"ussd_busy",   /* nothing was saved */
	"ussd_unsure", /* it may have been */
	"ussd_away",   /* the database is */
	"ussd_contradicts",
	"ussd_closed",
	"ussd_bad_number",
	"ussd_kept", /* a form beyond messages_per_hour */
	NULL,
};

struct language {
	char *code;
	char **text; /* by index of the key; NULL where there is none */
};

struct texts {
	size_t key_count, key_size;
	struct text_key *key; /* sorted by name */
	char **placeholders;  /* owned copies, by the order they were added */
	size_t placeholder_count;
	size_t language_count;
	struct language *language;
	size_t default_language;
	struct answers *answers;
	char *city, *emergency;
};

struct loading {
	struct texts *texts;
	const struct config *config;
	struct config_errors *errors;
	const struct config_file *file;
	struct language *language;
	struct ussd_keys menus; /* keys that USSD menus name; needed where a way leads to one */
};

/* --- --- Keys --- */

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct text_key *)a)->name, ((const struct text_key *)b)->name);
}

static const struct text_key *
find_key(const struct texts *texts, const char *name)
{
	struct text_key wanted = { 0 };

	if (strlen(name) >= sizeof(wanted.name))
		return NULL;
	strcpy(wanted.name, name);
	return bsearch(&wanted, texts->key, texts->key_count, sizeof(wanted), compare_keys);
}

/* Add a key; placeholders are borrowed. Returns 0, or -1 when memory is out. */
static int add_key(struct texts *texts, const char *placeholders, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int
add_key(struct texts *texts, const char *placeholders, const char *fmt, ...)
{
	struct text_key *key;
	va_list args;

	if (texts->key_count == texts->key_size) {
		size_t size = texts->key_size * 2 + 64;

		key = realloc(texts->key, size * sizeof(*key));
		if (key == NULL)
			return -1;
		texts->key = key;
		texts->key_size = size;
	}
	key = &texts->key[texts->key_count];
	va_start(args, fmt);
	vsnprintf(key->name, sizeof(key->name), fmt, args);
	va_end(args);
	key->placeholders = placeholders;
	texts->key_count++;
	return 0;
}

/* A question may name what the form holds already: the service's fields are its placeholders. */
static const char *
field_names(struct texts *texts, const struct service *service)
{
	char **grown =
		realloc(texts->placeholders, (texts->placeholder_count + 1) * sizeof(char *));
	char names[512] = "";

	if (grown == NULL)
		return NULL;
	texts->placeholders = grown;
	for (const struct service_field *f = service->fields; f->name != NULL; f++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s", f->name);
	grown[texts->placeholder_count] = strdup(names);
	return grown[texts->placeholder_count++];
}

static int
add_service_keys(struct texts *texts, const struct service *service)
{
	const char *names = NULL;

	for (const struct service_outcome *o = service->outcomes; o->name != NULL; o++)
		if (add_key(texts, o->placeholders, "%s_%s", service->name, o->name) == -1)
			return -1;
	for (const struct service_outcome *t = service->texts; t != NULL && t->name != NULL; t++)
		if (add_key(texts, t->placeholders, "%s", t->name) == -1)
			return -1;
	for (const struct service_field *f = service->fields; f != NULL && f->name != NULL; f++) {
		if (f->question == NULL)
			continue;
		if (names == NULL)
			names = field_names(texts, service);
		if (names == NULL || add_key(texts, names, "%s", f->question) == -1)
			return -1;
	}
	return 0;
}

static bool
is_screen_key(const char *name)
{
	for (size_t i = 0; screen_keys[i] != NULL; i++)
		if (strcmp(screen_keys[i], name) == 0)
			return true;
	return false;
}

/* One that a screen shows, in either alphabet. */
static int
add_screen_key(struct texts *texts, const char *placeholders, const char *name)
{
	if (add_key(texts, placeholders, "%s", name) == -1)
		return -1;
	if (strcmp(name, "language_name") == 0 || texts_is_of_gsm(name))
		return 0;
	return add_key(texts, placeholders, "%s" TEXTS_GSM, name);
}

/* Those of screens themselves, and those that menus name. */
static int
add_menu_keys(struct texts *texts, const struct ussd_keys *keys)
{
	for (size_t i = 0; screen_keys[i] != NULL; i++)
		if (add_screen_key(texts, "summary", screen_keys[i]) == -1)
			return -1;
	for (size_t i = 0; i < keys->count; i++)
		if (!is_screen_key(keys->name[i]) &&
			add_screen_key(texts, "number", keys->name[i]) == -1)
			return -1;
	return 0;
}

static int
add_keys(struct texts *texts, const struct ussd_keys *keys)
{
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		if (add_key(texts, own_keys[i].placeholders, "%s", own_keys[i].name) == -1)
			return -1;
	for (size_t i = 0; services[i] != NULL; i++)
		if (add_service_keys(texts, services[i]) == -1)
			return -1;
	for (size_t i = 0; answers_key(texts->answers, i) != NULL; i++)
		if (add_key(texts, "", "%s", answers_key(texts->answers, i)) == -1)
			return -1;
	if (add_menu_keys(texts, keys) == -1)
		return -1;
	qsort(texts->key, texts->key_count, sizeof(*texts->key), compare_keys);
	return 0;
}

/* --- --- Loading --- */

bool
texts_is_of_menus(const char *key)
{
	return strncmp(key, "ussd_", 5) == 0 || strcmp(key, "language_name") == 0;
}

bool
texts_is_of_gsm(const char *key)
{
	return texts_is_of_menus(key) && /* and so longer than that end */
		strcmp(key + strlen(key) - strlen(TEXTS_GSM), TEXTS_GSM) == 0;
}

/* Is the name of length bytes one of the blank-separated names? */
static bool
is_listed(const char *names, const char *name, size_t length)
{
	while (*names != '\0') {
		size_t n = strcspn(names, " ");

		if (n == length && memcmp(names, name, n) == 0 && n > 0)
			return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

static void
check_placeholders(struct loading *l, const config_setting_t *setting, const struct text_key *key)
{
	for (const char *p = config_setting_get_string(setting); *p != '\0'; p++) {
		size_t length;

		if (*p == '}') {
			config_file_error(
				l->file, l->errors, setting, "%s: a } without its {", key->name);
			return;
		}
		if (*p != '{')
			continue;
		length = strcspn(p + 1, "{}");
		if (p[length + 1] != '}') {
			config_file_error(
				l->file, l->errors, setting, "%s: a { without its }", key->name);
			return;
		}
		if (!is_listed(key->placeholders, p + 1, length) &&
			!is_listed(ALWAYS, p + 1, length)) {
			config_file_error(l->file, l->errors, setting,
				"%s has no {%.*s}; it knows %s%s%s", key->name,
				(int)(length < 64 ? length : 64), p + 1, ALWAYS,
				key->placeholders[0] == '\0' || key->placeholders[0] == ' ' ? ""
											    : " ",
				key->placeholders);
			return;
		}
		p += length + 1;
	}
}

static void
take_text(struct loading *l, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	const char *text = config_setting_get_string(setting);
	const struct text_key *key = find_key(l->texts, name);
	char **slot;

	if (key == NULL && texts_is_of_menus(name))
		return; /* another city's menu has it */
	if (key == NULL) {
		config_file_error(l->file, l->errors, setting,
			"no text is called %s; see the other languages for the names", name);
		return;
	}
	/* Also what is wrong with it stands there: it is not missing, and said once to be wrong. */
	slot = &l->language->text[key - l->texts->key];
	if (*slot != NULL) {
		config_file_error(l->file, l->errors, setting, "%s has its words in %s", name,
			l->config->answers);
		return;
	}
	*slot = strdup(text == NULL ? "" : text);
	if (*slot == NULL)
		config_file_error(l->file, l->errors, setting, "out of memory");
	else if (**slot == '\0' || strlen(*slot) > TEXT_MAX ||
		!text_utf8_valid(*slot, strlen(*slot)))
		config_file_error(l->file, l->errors, setting,
			"%s must be words in quotes, UTF-8, at most %d bytes", name, TEXT_MAX);
	else
		check_placeholders(l, setting, key);
}

static bool
is_required(const struct config *config, const char *code)
{
	return strcmp(code, config->default_language) == 0 ||
		config_lists(config->required_languages, code);
}

static bool
is_answer(const struct texts *texts, const char *name)
{
	const char *key;

	for (size_t i = 0; (key = answers_key(texts->answers, i)) != NULL; i++)
		if (strcmp(key, name) == 0)
			return true;
	return false;
}

static void
check_complete(struct loading *l, const char *path)
{
	for (size_t i = 0; i < l->texts->key_count; i++)
		if (l->language->text[i] == NULL && !texts_is_of_gsm(l->texts->key[i].name) &&
			(l->config->ussd_count > 0 || !texts_is_of_menus(l->texts->key[i].name)))
			config_error(l->errors,
				is_answer(l->texts, l->texts->key[i].name) ? l->config->answers
									   : path,
				0, "the text %s is missing; %s must be complete",
				l->texts->key[i].name, l->language->code);
}

/* Answers bring their texts with them. */
static void
take_answers(struct loading *l)
{
	const struct answers *answers = l->texts->answers;

	for (size_t i = 0; answers_key(answers, i) != NULL; i++) {
		const struct text_key *key = find_key(l->texts, answers_key(answers, i));
		const char *text = answers_text(answers, i, l->language->code);
		char **slot = &l->language->text[key - l->texts->key];

		if (text == NULL)
			continue;
		*slot = strdup(text);
		if (*slot == NULL)
			config_error(l->errors, NULL, 0, "out of memory");
	}
}

static void
load_language(struct loading *l, const char *code)
{
	char path[4096];
	struct config_file *file;
	const config_setting_t *root;

	l->language = &l->texts->language[l->texts->language_count];
	l->language->code = strdup(code);
	l->language->text = calloc(l->texts->key_count, sizeof(char *));
	l->texts->language_count++;
	if (l->language->code == NULL || l->language->text == NULL) {
		config_error(l->errors, NULL, 0, "out of memory");
		return;
	}
	take_answers(l);
	snprintf(path, sizeof(path), "%s/%s.cfg", l->config->texts_dir, code);
	if (!is_required(l->config, code) && access(path, F_OK) == -1 && errno == ENOENT)
		return; /* a language may have keywords alone */
	file = config_file_read(path, l->errors);
	if (file == NULL)
		return;
	l->file = file;
	root = config_file_root(file);
	for (int i = 0; i < config_setting_length(root); i++)
		take_text(l, config_setting_get_elem(root, (unsigned)i));
	if (is_required(l->config, code))
		check_complete(l, path);
	config_file_free(file);
}

static void
load_languages(struct loading *l)
{
	const struct config *config = l->config;
	struct texts *texts = l->texts;
	size_t count = 0;

	while (count < CONFIG_LIST_MAX && config->languages[count] != NULL)
		count++;
	texts->language = calloc(count + 1, sizeof(*texts->language));
	texts->city = strdup(config->city == NULL ? "" : config->city);
	texts->emergency = strdup(config->emergency_number == NULL ? "" : config->emergency_number);
	if (texts->language == NULL || texts->city == NULL || texts->emergency == NULL ||
		ussd_keys_load(config->ussd_dir, &l->menus) == -1 ||
		add_keys(texts, &l->menus) == -1) {
		config_error(l->errors, NULL, 0, "out of memory");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(config->languages[i], config->default_language) == 0)
			texts->default_language = i;
		load_language(l, config->languages[i]);
	}
	if (!config_speaks(config, config->default_language))
		config_error(l->errors, config->file, 0,
			"default_language \"%s\" is not one of languages",
			config->default_language);
}

struct texts *
texts_load(const struct config *config, struct config_errors *errors)
{
	struct loading l = { .config = config, .errors = errors };
	size_t before = errors->count;

	l.texts = calloc(1, sizeof(*l.texts));
	if (l.texts == NULL)
		config_error(errors, NULL, 0, "out of memory");
	else if ((l.texts->answers = answers_load(config, errors)) != NULL)
		load_languages(&l);
	ussd_keys_free(&l.menus);
	if (errors->count > before) {
		texts_free(l.texts);
		return NULL;
	}
	return l.texts;
}

void
texts_free(struct texts *texts)
{
	if (texts == NULL)
		return;
	for (size_t i = 0; texts->language != NULL && i < texts->language_count; i++) {
		for (size_t k = 0; texts->language[i].text != NULL && k < texts->key_count; k++)
			free(texts->language[i].text[k]);
		free(texts->language[i].text);
		free(texts->language[i].code);
	}
	for (size_t i = 0; i < texts->placeholder_count; i++)
		free(texts->placeholders[i]);
	free(texts->placeholders);
	answers_free(texts->answers);
	free(texts->language);
	free(texts->key);
	free(texts->city);
	free(texts->emergency);
	free(texts);
}

/* --- --- Speaking --- */

const struct text_key *
texts_key(const struct texts *texts, size_t i)
{
	return i < texts->key_count ? &texts->key[i] : NULL;
}

const struct answers *
texts_answers(const struct texts *texts)
{
	return texts->answers;
}

const char *
texts_raw(const struct texts *texts, const char *language, const char *key)
{
	const struct text_key *k = find_key(texts, key);

	for (size_t i = 0; k != NULL && i < texts->language_count; i++)
		if (strcmp(texts->language[i].code, language) == 0)
			return texts->language[i].text[k - texts->key];
	return NULL;
}

struct rendering {
	const struct texts *texts;
	const char *language;
	const struct text_value *values;
	char *out;
	size_t size, length;
};

static int
put(struct rendering *r, const char *bytes, size_t length)
{
	if (r->length + length >= r->size)
		return -1;
	memcpy(r->out + r->length, bytes, length);
	r->length += length;
	return 0;
}

/* The bytes of a value that are shown: whole words, where it is longer than SHOWN_MAX characters.
 */
static size_t
shown_length(const char *value)
{
	const char *at = value, *word = value;

	for (int n = 0; *at != '\0'; n++) {
		if (*at == ' ')
			word = at;
		if (n == SHOWN_MAX)
			return (size_t)((word > value ? word : at) - value);
		text_next(&at);
	}
	return (size_t)(at - value);
}

static int
put_value(struct rendering *r, const char *name, size_t length, const char *value)
{
	static const char *const commas[] = { ", ", "، " };
	size_t shown =
		is_listed("text summary", name, length) ? strlen(value) : shown_length(value);

	for (size_t i = 0; *value == '\0' && i < sizeof(commas) / sizeof(commas[0]); i++) {
		size_t n = strlen(commas[i]);

		if (r->length >= n && memcmp(r->out + r->length - n, commas[i], n) == 0)
			r->length -= n;
	}
	if (put(r, value, shown) == -1)
		return -1;
	return value[shown] == '\0' ? 0 : put(r, "...", 3);
}

static const char *
text_of(const struct rendering *r, const char *key)
{
	const char *text = texts_raw(r->texts, r->language, key);

	if (text == NULL)
		text = texts_raw(
			r->texts, r->texts->language[r->texts->default_language].code, key);
	return text;
}

static const char *
value_of(const struct rendering *r, const char *name, size_t length)
{
	for (const struct text_value *v = r->values; v != NULL && v->name != NULL; v++)
		if (strlen(v->name) == length && memcmp(v->name, name, length) == 0)
			return v->value == NULL ? "" : v->value;
	if (is_listed("city", name, length))
		return r->texts->city;
	if (is_listed("emergency", name, length))
		return r->texts->emergency;
	return "";
}

static int render_text(struct rendering *r, const char *text, int depth);

/* The text of an item's key, with the values that the item brings, or else with those around it.
 * item is cut in pieces. Returns -1 also when there is no such text. */
static int
render_item(struct rendering *r, char *item, int depth)
{
	const struct text_value *around = r->values;
	const char *text = text_of(r, strsep(&item, TEXTS_VALUE));
	struct text_value own[ITEM_VALUES_MAX + 1];
	size_t count = 0;
	int done;

	if (text == NULL)
		return -1;
	if (item != NULL)
		r->values = own;
	while (item != NULL && count < ITEM_VALUES_MAX) {
		own[count].name = strsep(&item, TEXTS_VALUE);
		own[count++].value = item != NULL ? strsep(&item, TEXTS_VALUE) : "";
	}
	own[count].name = NULL;
	done = render_text(r, text, depth + 1);
	r->values = around;
	return done;
}

/* One value, or a list of them: what names no text is shown as it is. */
static int
render_value(struct rendering *r, const char *name, size_t length, const char *value, int depth)
{
	char *copy, *rest;
	int done = 0;

	if (value[0] != '@' || depth == NESTING_MAX)
		return put_value(r, name, length, value);
	rest = copy = strdup(value);
	while (rest != NULL && done == 0) {
		size_t before = r->length;
		char *item = strsep(&rest, TEXTS_ITEM);

		if (item != copy)
			done = put(r, "; ", 2);
		if (done == 0 && render_item(r, item + (item[0] == '@'), depth) == -1) {
			r->length = before;
			done = item == copy ? put_value(r, name, length, value) : -1;
			break;
		}
	}
	free(copy);
	return copy == NULL ? -1 : done;
}

static int
render_text(struct rendering *r, const char *text, int depth)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "{");

		if (put(r, text, length) == -1)
			return -1;
		text += length;
		if (*text == '\0')
			break;
		length = strcspn(text, "}");
		if (render_value(r, text + 1, length - 1, value_of(r, text + 1, length - 1),
			    depth) == -1)
			return -1;
		text += length + (text[length] == '}');
	}
	return 0;
}

int
texts_render(const struct texts *texts, const char *language, const char *key,
	const struct text_value *values, char *out, size_t size)
{
	struct rendering r = { texts, language, values, out, size, 0 };
	const char *text = text_of(&r, key);

	if (text == NULL || size == 0 || render_text(&r, text, 1) == -1)
		return -1;
	out[r.length] = '\0';
	return (int)r.length;
}
