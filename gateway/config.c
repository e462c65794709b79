/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config-file.h"
#include "phone.h"
#include "text.h"

/* One reading of one file. */
struct reading {
	struct config *config;
	const struct config_file *file;
	struct config_errors *errors;
	bool failed;
};

/* --- --- errors --- */

static char *
error_text(const char *file, unsigned line, const char *fmt, va_list args)
{
	char *what, *text;
	int len;

	if (vasprintf(&what, fmt, args) == -1)
		return NULL;
	if (file == NULL)
		return what;
	len = line > 0 ? asprintf(&text, "%s:%u: %s", file, line, what)
		       : asprintf(&text, "%s: %s", file, what);
	free(what);
	return len == -1 ? NULL : text;
}

void
config_verror(struct config_errors *errors, const char *file, unsigned line, const char *fmt,
	va_list args)
{
	char *text;

	if (errors->count == CONFIG_ERRORS_MAX)
		return;
	if (errors->count == CONFIG_ERRORS_MAX - 1)
		text = strdup("more errors follow; mend these first");
	else
		text = error_text(file, line, fmt, args);
	if (text != NULL)
		errors->text[errors->count++] = text;
}

void
config_error(struct config_errors *errors, const char *file, unsigned line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	config_verror(errors, file, line, fmt, args);
	va_end(args);
}

void
config_errors_free(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		free(errors->text[i]);
	errors->count = 0;
}

static void __attribute__((format(printf, 3, 4)))
complain(struct reading *r, const config_setting_t *setting, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	config_file_verror(r->file, r->errors, setting, fmt, args);
	va_end(args);
	r->failed = true;
}

/* --- --- names that are not known --- */

/* Changes that make one word the other (letters added, dropped, replaced), words of at most 31
 * bytes. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], len = strlen(b), before, above;

	if (strlen(a) > 31 || len > 31)
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		before = row[0]++;
		for (size_t j = 1; j <= len; j++) {
			above = row[j];
			before += a[i - 1] != b[j - 1];
			if (above + 1 < before)
				before = above + 1;
			if (row[j - 1] + 1 < before)
				before = row[j - 1] + 1;
			row[j] = before;
			before = above;
		}
	}
	return row[len];
}

/* The option that a misspelt name was meant for, or NULL. */
static const char *
nearest(const struct config_option *options, const char *name)
{
	const char *best = NULL;
	size_t least = 4;

	for (; options->name != NULL; options++) {
		size_t d = distance(name, options->name);

		if (d < least && d < strlen(options->name) / 2 + 1) {
			least = d;
			best = options->name;
		}
	}
	return best;
}

static void
unknown_option(struct reading *r, const struct config_option *options,
	const config_setting_t *setting, const char *within)
{
	const char *meant = nearest(options, config_setting_name(setting));

	if (meant != NULL)
		complain(r, setting, "%sunknown option %s; did you mean %s?", within,
			config_setting_name(setting), meant);
	else
		complain(r, setting, "%sunknown option %s; baraza.cfg(5) lists them", within,
			config_setting_name(setting));
}

static bool
known(const struct config_option *options, const char *name)
{
	for (; options->name != NULL; options++)
		if (strcmp(options->name, name) == 0)
			return true;
	return false;
}

/* --- --- one value --- */

static const char *
type_words(const struct config_option *option)
{
	switch (option->type) {
	case CONFIG_INT:
		return "a whole number";
	case CONFIG_FLOAT:
		return "a number";
	case CONFIG_BOOL:
		return "true or false";
	case CONFIG_STRINGS:
		return "an array of strings, as [\"a\", \"b\"]";
	case CONFIG_CHOICE:
	case CONFIG_PATH:
	case CONFIG_STRING:
		break;
	}
	return "a string, between quotes";
}

static void
wrong_type(struct reading *r, const struct config_option *option, const config_setting_t *setting)
{
	complain(r, setting, "%s must be %s", option->name, type_words(option));
}

/* Returns true when the string may be the option's value; else says why not. */
static bool
string_fits(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	const char *value)
{
	const char *fault = "must be valid UTF-8";

	if (text_utf8_valid(value, strlen(value)))
		fault = option->fault != NULL ? option->fault(value) : NULL;
	if (fault != NULL)
		complain(r, setting, "%s %s", option->name, fault);
	return fault == NULL;
}

/* An absolute path as it is; another beside the file read. To be freed; NULL: out of memory. */
static char *
absolute(const struct reading *r, const char *path)
{
	const char *slash = strrchr(r->config->file, '/');
	char *out;

	if (path[0] == '/')
		return strdup(path);
	if (asprintf(&out, "%.*s/%s", (int)(slash - r->config->file), r->config->file, path) == -1)
		return NULL;
	return out;
}

static void
store_string(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	const char *value, char **into)
{
	char *copy = option->type == CONFIG_PATH ? absolute(r, value) : strdup(value);

	if (copy == NULL)
		complain(r, setting, "%s: out of memory", option->name);
	free(*into);
	*into = copy;
}

static void
take_string(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	char **into)
{
	const char *value = config_setting_get_string(setting);

	if (value == NULL)
		wrong_type(r, option, setting);
	else if (value[0] == '\0' && option->fallback != NULL && option->fallback[0] == '\0')
		return; /* not set, as if it were not there */
	else if (string_fits(r, option, setting, value))
		store_string(r, option, setting, value, into);
}

static void
take_strings(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	char **into)
{
	int count = config_setting_length(setting);

	if (!config_setting_is_array(setting) && !config_setting_is_list(setting)) {
		wrong_type(r, option, setting);
		return;
	}
	if (count > CONFIG_LIST_MAX - 1) {
		complain(r, setting, "%s holds %d entries; at most %d can be", option->name, count,
			CONFIG_LIST_MAX - 1);
		return;
	}
	for (int i = 0; i < count; i++) {
		const char *value = config_setting_get_string_elem(setting, i);

		if (value == NULL)
			wrong_type(r, option, setting);
		else if (string_fits(r, option, setting, value))
			store_string(r, option, setting, value, into++);
	}
}

static void
take_number(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	void *into)
{
	int type = config_setting_type(setting);
	double value;

	if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)
		value = (double)config_setting_get_int64(setting);
	else if (type == CONFIG_TYPE_FLOAT && option->type == CONFIG_FLOAT)
		value = config_setting_get_float(setting);
	else {
		wrong_type(r, option, setting);
		return;
	}
	if (!(value >= option->min && value <= option->max))
		complain(r, setting, "%s must be from %.0f to %.0f", option->name, option->min,
			option->max);
	else if (option->type == CONFIG_FLOAT)
		*(double *)into = value;
	else
		*(int *)into = (int)value;
}

static void
take_choice(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	int *into)
{
	const char *value = config_setting_get_string(setting), *word = option->choices;

	if (value == NULL) {
		wrong_type(r, option, setting);
		return;
	}
	for (int i = 0; *word != '\0'; i++) {
		size_t len = strcspn(word, "|");

		if (strlen(value) == len && strncmp(value, word, len) == 0) {
			*into = i;
			return;
		}
		word += len + (word[len] == '|');
	}
	complain(r, setting, "%s must be one of %s", option->name, option->choices);
}

static void
take(struct reading *r, const struct config_option *option, const config_setting_t *setting,
	void *base)
{
	void *into = (char *)base + option->offset;

	switch (option->type) {
	case CONFIG_STRING:
	case CONFIG_PATH:
		take_string(r, option, setting, into);
		break;
	case CONFIG_STRINGS:
		take_strings(r, option, setting, into);
		break;
	case CONFIG_INT:
	case CONFIG_FLOAT:
		take_number(r, option, setting, into);
		break;
	case CONFIG_BOOL:
		if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
			wrong_type(r, option, setting);
		else
			*(bool *)into = config_setting_get_bool(setting) == CONFIG_TRUE;
		break;
	case CONFIG_CHOICE:
		take_choice(r, option, setting, into);
		break;
	}
}

/* The default goes the same way as a value from a file. */
static void
take_default(struct reading *r, const struct config_option *option, void *base)
{
	config_t defaults;
	char *text;

	if (option->fallback[0] == '\0')
		return;
	if (asprintf(&text, "%s = %s;", option->name, option->fallback) == -1) {
		complain(r, NULL, "out of memory");
		return;
	}
	config_init(&defaults);
	if (config_read_string(&defaults, text) == CONFIG_TRUE)
		take(r, option, config_lookup(&defaults, option->name), base);
	else
		complain(r, NULL, "the default of %s is broken: %s", option->name, text);
	config_destroy(&defaults);
	free(text);
}

/* --- --- a group of options --- */

static bool
is_besides(const char *besides, const char *name)
{
	size_t length;

	for (; besides != NULL && *besides != '\0'; besides += length + 1) {
		length = strcspn(besides, "|");
		if (strlen(name) == length && strncmp(name, besides, length) == 0)
			return true;
	}
	return false;
}

/* within: "" or "modem m1: ", what the errors begin with; besides: names that are not in the table,
 * each with its "|" behind. */
static void
take_group(struct reading *r, const struct config_option *options, const config_setting_t *group,
	void *base, const char *within, const char *besides)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(setting);

		if (!known(options, name) && !is_besides(besides, name))
			unknown_option(r, options, setting, within);
	}
	for (const struct config_option *o = options; o->name != NULL; o++) {
		const config_setting_t *setting = config_setting_get_member(group, o->name);

		if (setting != NULL)
			take(r, o, setting, base);
		else if (o->fallback != NULL)
			take_default(r, o, base);
		else
			complain(r, config_setting_is_root(group) ? NULL : group,
				"%s%s is missing; add a line %s = ...;  (%s)", within, o->name,
				o->name, o->help);
	}
}

static void
free_group(const struct config_option *options, void *base)
{
	for (; options->name != NULL; options++) {
		char **where = (char **)(void *)((char *)base + options->offset);

		if (options->type == CONFIG_STRING || options->type == CONFIG_PATH)
			free(*where);
		for (; options->type == CONFIG_STRINGS && *where != NULL; where++)
			free(*where);
	}
}

/* --- --- what one option means for another --- */

static const config_setting_t *
setting_of(const struct reading *r, const char *name)
{
	return config_setting_get_member(config_file_root(r->file), name);
}

static void
check_languages(struct reading *r)
{
	const struct config *c = r->config;
	const config_setting_t *languages = setting_of(r, "languages");

	if (c->languages[0] == NULL && !r->failed)
		complain(r, languages, "languages is empty; name at least the default language");
	for (size_t i = 0; c->languages[i] != NULL; i++)
		if (config_lists(c->languages + i + 1, c->languages[i]))
			complain(r, languages, "languages names \"%s\" twice", c->languages[i]);
	for (size_t i = 0; c->required_languages[i] != NULL; i++)
		if (!config_speaks(c, c->required_languages[i]))
			complain(r, setting_of(r, "required_languages"),
				"required_languages names \"%s\", which is not among languages; add it there",
				c->required_languages[i]);
	if (c->default_language != NULL && c->languages[0] != NULL &&
		!config_speaks(c, c->default_language))
		complain(r, setting_of(r, "default_language"),
			"default_language \"%s\" is not among languages; add it there",
			c->default_language);
}

/* Makes a person's number E.164 in its place. */
static void
check_number(struct reading *r, const config_setting_t *setting, const char *within,
	const char *name, char **number)
{
	struct phone phone;

	if (*number == NULL || (*number)[0] == '\0' || r->config->country == NULL)
		return;
	phone = phone_normalise(*number, r->config->country);
	if (phone.kind != PHONE_E164) {
		complain(r, setting, "%s%s must be a whole phone number, as \"+250788000001\"",
			within, name);
		return;
	}
	free(*number);
	*number = strdup(phone.number);
	if (*number == NULL)
		complain(r, setting, "out of memory");
}

static void
check_phones(struct reading *r)
{
	const struct {
		const char *name;
		char **number;
	} phones[] = {
		{ "administrator", &r->config->administrator },
		{ "escalation_phone", &r->config->escalation_phone },
		{ "fire_phone", &r->config->fire_phone },
		{ "hazard_phone", &r->config->hazard_phone },
	};

	for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++)
		check_number(
			r, setting_of(r, phones[i].name), "", phones[i].name, phones[i].number);
}

/* From when to when; around midnight, or not. */
static void
check_hours(struct reading *r, const char *name, char *const *hours, bool may_wrap)
{
	size_t count = 0;

	while (hours[count] != NULL)
		count++;
	if ((count == 0 && may_wrap) || (count == 2 && strcmp(hours[0], hours[1]) < 0) ||
		(count == 2 && may_wrap && strcmp(hours[0], hours[1]) != 0))
		return;
	if (!r->failed)
		complain(r, setting_of(r, name),
			"%s must be two times, from when to when, as [\"08:00\", \"16:00\"]", name);
}

static void
same_twice(struct reading *r, const config_setting_t *group, const char *what,
	const struct config_modem *a, const struct config_modem *b)
{
	complain(r, group, "modem %s has the same %s as that of line %u; each needs its own",
		a->name != NULL ? a->name : "without a name", what, b->line);
}

static bool
equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Clones share an IMEI: two modems of one IMEI must each have a port. */
static void
check_twins(struct reading *r, const config_setting_t *group, const struct config_modem *m)
{
	for (const struct config_modem *other = r->config->modem; other < m; other++) {
		if (equal(m->name, other->name))
			complain(r, group,
				"two modems are named %s: here and at line %u; rename one", m->name,
				other->line);
		if (equal(m->device, other->device))
			same_twice(r, group, "device", m, other);
		if (equal(m->usb_port, other->usb_port))
			same_twice(r, group, "usb_port", m, other);
		if (equal(m->imei, other->imei) && (m->usb_port == NULL || other->usb_port == NULL))
			complain(r, group,
				"this modem has the same imei as that of line %u; give each its usb_port",
				other->line);
	}
}

static void
check_modem(struct reading *r, const config_setting_t *group, struct config_modem *m,
	const char *within)
{
	const config_setting_t *reserve = config_setting_get_member(group, "credit_reserve");

	if (m->credit_reserve > m->per_day)
		complain(r, reserve,
			"%scredit_reserve must not be more than per_day, of which it is a part",
			within);
	if (m->senders[0] != NULL && !m->till)
		complain(r, config_setting_get_member(group, "senders"),
			"%ssenders are a till's: set till = true, or take them away", within);
	check_number(r, config_setting_get_member(group, "number"), within, "number", &m->number);
	check_number(r, config_setting_get_member(group, "smsc"), within, "smsc", &m->smsc);
	check_twins(r, group, m);
}

/* --- --- modems --- */

static void
take_modem(struct reading *r, const config_setting_t *group)
{
	struct config_modem *m = &r->config->modem[r->config->modem_count];
	const config_setting_t *name;
	char within[2 * CONFIG_NAME_MAX];

	if (!config_setting_is_group(group)) {
		complain(r, group,
			"modems must be a list of groups, as ( { name = \"m1\"; device = ...; } )");
		return;
	}
	name = config_setting_get_member(group, "name");
	snprintf(within, sizeof within, "modem %.15s: ",
		name != NULL && config_setting_get_string(name) != NULL
			? config_setting_get_string(name)
			: "without a name");
	config_file_place(r->file, group, &m->line);
	take_group(r, config_modem_options, group, m, within, NULL);
	check_modem(r, group, m, within);
	r->config->modem_count++;
}

static void
take_modems(struct reading *r)
{
	const config_setting_t *modems = setting_of(r, "modems");
	int count;

	if (modems == NULL)
		return;
	count = config_setting_length(modems);
	if (!config_setting_is_list(modems)) {
		complain(r, modems,
			"modems must be a list of groups, as ( { name = \"m1\"; device = ...; } )");
		return;
	}
	if (count > CONFIG_MODEMS_MAX) {
		complain(r, modems, "modems holds %d entries; at most %d can be", count,
			CONFIG_MODEMS_MAX);
		return;
	}
	for (int i = 0; i < count; i++)
		take_modem(r, config_setting_get_elem(modems, (unsigned)i));
}

/* --- --- who sends CAP messages --- */

#define SOURCES_SHAPE "cap_sources must be a list of groups, as ( { sender = \"meteo@example\"; } )"

static void
check_source(struct reading *r, const config_setting_t *group, const struct config_cap_source *s)
{
	if (s->trusted_events[0] != NULL && s->certificate == NULL)
		complain(r, group,
			"cap source %s: trusted_events needs a certificate: whoever is not known by a "
			"signature is not trusted",
			s->sender != NULL ? s->sender : "without a sender");
	for (const struct config_cap_source *other = r->config->cap_source; other < s; other++)
		if (equal(s->sender, other->sender))
			complain(r, group,
				"two cap sources are of the sender %s: here and at line %u",
				s->sender, other->line);
}

static void
take_source(struct reading *r, const config_setting_t *group)
{
	struct config_cap_source *s = &r->config->cap_source[r->config->cap_source_count];

	if (!config_setting_is_group(group)) {
		complain(r, group, SOURCES_SHAPE);
		return;
	}
	config_file_place(r->file, group, &s->line);
	take_group(r, config_cap_source_options, group, s, "cap source: ", NULL);
	check_source(r, group, s);
	r->config->cap_source_count++;
}

static void
take_sources(struct reading *r)
{
	const config_setting_t *sources = setting_of(r, "cap_sources");
	int count = sources != NULL ? config_setting_length(sources) : 0;

	if (sources == NULL)
		return;
	if (!config_setting_is_list(sources)) {
		complain(r, sources, SOURCES_SHAPE);
		return;
	}
	if (count > CONFIG_CAP_SOURCES_MAX) {
		complain(r, sources, "cap_sources holds %d entries; at most %d can be", count,
			CONFIG_CAP_SOURCES_MAX);
		return;
	}
	for (int i = 0; i < count; i++)
		take_source(r, config_setting_get_elem(sources, (unsigned)i));
}

/* --- --- ways to USSD --- */

#define USSD_SHAPE                                                                             \
	"ussd must be a list of groups, as ( { name = \"at\"; secret = ...; menus = [\"*384# " \
	"menu\"]; } )"

static bool
same_code(const char *a, const char *b)
{
	size_t length = strcspn(a, " ");

	return length == strcspn(b, " ") && strncmp(a, b, length) == 0;
}

static void
check_way(struct reading *r, const config_setting_t *group, const struct config_ussd *way,
	const char *within)
{
	const config_setting_t *menus = config_setting_get_member(group, "menus");

	for (const struct config_ussd *other = r->config->ussd; other < way; other++)
		if (equal(way->name, other->name))
			complain(r, group,
				"two ways of ussd are named %s: here and at line %u; rename one",
				way->name, other->line);
	if (way->language != NULL && !config_speaks(r->config, way->language))
		complain(r, config_setting_get_member(group, "language"),
			"%slanguage \"%s\" is not among languages; add it there", within,
			way->language);
	if (menus != NULL && config_setting_length(menus) == 0)
		complain(r, menus, "%smenus is empty; name at least one, as [\"*384# menu\"]",
			within);
	for (size_t i = 0; way->menus[i] != NULL; i++)
		for (size_t j = 0; j < i; j++)
			if (same_code(way->menus[i], way->menus[j]))
				complain(r, menus,
					"%smenus has two for one code: \"%s\" and \"%s\"", within,
					way->menus[j], way->menus[i]);
}

static void
take_way(struct reading *r, const config_setting_t *group)
{
	struct config_ussd *way = &r->config->ussd[r->config->ussd_count];
	const char *name = NULL;
	char within[64];

	if (!config_setting_is_group(group)) {
		complain(r, group, USSD_SHAPE);
		return;
	}
	config_setting_lookup_string(group, "name", &name);
	snprintf(within, sizeof within, "ussd %.15s: ", name != NULL ? name : "without a name");
	config_file_place(r->file, group, &way->line);
	take_group(r, config_ussd_options, group, way, within, NULL);
	check_way(r, group, way, within);
	r->config->ussd_count++;
}

static void
take_ways(struct reading *r)
{
	const config_setting_t *ways = setting_of(r, "ussd");
	int count = ways != NULL ? config_setting_length(ways) : 0;

	if (ways == NULL)
		return;
	if (!config_setting_is_list(ways)) {
		complain(r, ways, USSD_SHAPE);
		return;
	}
	if (count > CONFIG_USSD_MAX) {
		complain(r, ways, "ussd holds %d entries; at most %d can be", count,
			CONFIG_USSD_MAX);
		return;
	}
	for (int i = 0; i < count; i++)
		take_way(r, config_setting_get_elem(ways, (unsigned)i));
}

static void
check_cap(struct reading *r)
{
	const struct config *c = r->config;

	if (c->cap_out != NULL && (c->cap_sender == NULL || c->cap_sender[0] == '\0'))
		complain(r, setting_of(r, "cap_out"),
			"cap_out needs cap_sender: the name under which the city sends CAP messages");
	if (equal(c->cap_in, c->cap_out) && c->cap_in != NULL)
		complain(r, setting_of(r, "cap_out"),
			"cap_out and cap_in are one folder; what goes out must not come in again");
}

/* --- --- the whole --- */

/* A folder that the file does not name: beside it, else where `make install` put it. */
static void
default_folder(struct reading *r, const char *name, char **into)
{
	char *path = absolute(r, name);

	if (path != NULL && access(path, X_OK) == -1) {
		free(path);
		if (asprintf(&path, BARAZA_DATADIR "/conf/%s", name) == -1)
			path = NULL;
	}
	if (path == NULL)
		complain(r, NULL, "out of memory");
	*into = path;
}

/* The file of answers that is not named is beside the folder of services, if it is there. */
static void
default_answers(struct reading *r, struct config *c)
{
	char *path;

	if (c->services_dir == NULL)
		return;
	if (asprintf(&path, "%s/../answers.cfg", c->services_dir) == -1) {
		complain(r, NULL, "out of memory");
		return;
	}
	if (access(path, R_OK) == 0)
		c->answers = path;
	else
		free(path);
}

/* A folder that is not named (payments, alerts, ussd) is beside that of services, else beside the
 * file or where `make install` put it. */
static void
default_beside_services(struct reading *r, const struct config *c, const char *name, char **into)
{
	char *path;

	if (c->services_dir == NULL || asprintf(&path, "%s/../%s", c->services_dir, name) == -1) {
		complain(r, NULL, "out of memory");
		return;
	}
	if (access(path, X_OK) == 0) {
		*into = path;
		return;
	}
	free(path);
	default_folder(r, name, into);
}

/* The worker that is installed or built beside this program. */
static char *
worker_beside(void)
{
	char self[PATH_MAX], *worker;
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

	if (len == -1)
		return NULL;
	self[len] = '\0';
	return asprintf(&worker, "%s/baraza-modem", dirname(self)) == -1 ? NULL : worker;
}

static void
take_all(struct reading *r)
{
	struct config *c = r->config;

	take_group(r, config_options, config_file_root(r->file), c, "", "modems|cap_sources|ussd|");
	check_languages(r);
	check_phones(r);
	check_hours(r, "quiet_hours", c->quiet_hours, true);
	check_hours(r, "office_hours", c->office_hours, false);
	check_hours(r, "send_hours", c->send_hours, false);
	take_modems(r);
	take_sources(r);
	check_cap(r);
	take_ways(r);
	if (c->texts_dir == NULL)
		default_folder(r, "texts", &c->texts_dir);
	if (c->services_dir == NULL)
		default_folder(r, "services", &c->services_dir);
	if (c->payments == NULL)
		default_beside_services(r, c, "payments", &c->payments);
	if (c->alerts == NULL)
		default_beside_services(r, c, "alerts", &c->alerts);
	if (c->operators == NULL)
		default_beside_services(r, c, "operators", &c->operators);
	if (c->ussd_dir == NULL)
		default_beside_services(r, c, "ussd", &c->ussd_dir);
	if (c->answers == NULL)
		default_answers(r, c);
	if (c->worker == NULL && (c->worker = worker_beside()) == NULL)
		complain(r, NULL, "worker: the program baraza-modem is not found; say where it is");
}

/* The file's absolute path, symbolic links kept: relative paths are beside the name that was given.
 */
static char *
absolute_file(const char *file)
{
	char *folder, *path;
	int len;

	if (file[0] == '/')
		return strdup(file);
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return NULL;
	len = asprintf(&path, "%s/%s", folder, file);
	free(folder);
	return len == -1 ? NULL : path;
}

struct config *
config_load(const char *file, struct config_errors *errors)
{
	struct config_file *parsed = config_file_read(file, errors);
	struct reading r = { .config = NULL, .file = parsed, .errors = errors };

	if (parsed == NULL)
		return NULL;
	r.config = calloc(1, sizeof *r.config);
	if (r.config == NULL || (r.config->file = absolute_file(file)) == NULL) {
		config_error(errors, file, 0, "out of memory, or the current folder is gone");
		r.failed = true;
	} else {
		take_all(&r);
	}
	config_file_free(parsed);
	if (!r.failed)
		return r.config;
	config_free(r.config);
	return NULL;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	free_group(config_options, config);
	for (size_t i = 0; i < config->modem_count; i++)
		free_group(config_modem_options, &config->modem[i]);
	for (size_t i = 0; i < config->cap_source_count; i++)
		free_group(config_cap_source_options, &config->cap_source[i]);
	for (size_t i = 0; i < config->ussd_count; i++)
		free_group(config_ussd_options, &config->ussd[i]);
	free(config->file);
	free(config);
}

const char *
config_default_file(void)
{
	static const char here[] = "conf/baraza.cfg",
			  installed[] = BARAZA_SYSCONFDIR "/baraza/baraza.cfg";
	const char *named = getenv("BARAZA_CONF");

	if (named != NULL && named[0] != '\0')
		return named;
	return access(here, R_OK) == 0 ? here : installed;
}

bool
config_lists(char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

bool
config_speaks(const struct config *config, const char *language)
{
	return config_lists(config->languages, language);
}

const struct config_modem *
config_modem_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->modem_count; i++)
		if (equal(config->modem[i].name, name))
			return &config->modem[i];
	return NULL;
}

const struct config_ussd *
config_ussd_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->ussd_count; i++)
		if (equal(config->ussd[i].name, name))
			return &config->ussd[i];
	return NULL;
}
