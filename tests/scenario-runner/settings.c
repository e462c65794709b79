/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <ctype.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

struct settings {
	config_t config;
};

static struct settings *
settings_read(const char *text, char **error)
{
	struct settings *settings = xcalloc(1, sizeof(*settings));

	config_init(&settings->config);
	if (config_read_string(&settings->config, text) == CONFIG_TRUE)
		return settings;
	*error = xstrdup(config_error_text(&settings->config));
	settings_free(settings);
	return NULL;
}

struct settings *
settings_new(const char *text)
{
	char *error = NULL;
	struct settings *settings = settings_read(text, &error);

	if (settings == NULL)
		die("the runner's own configuration: %s", error);
	return settings;
}

struct settings *
settings_copy(const struct settings *settings)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct settings *copy;

	if (out == NULL)
		die("out of memory");
	config_write(&settings->config, out);
	if (fclose(out) != 0)
		die("out of memory");
	copy = settings_new(text);
	free(text);
	return copy;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	config_destroy(&settings->config);
	free(settings);
}

/* --- finding ----------------------------------------------------------------------------- */

/* The element of a list whose member `name` is name, or whose place it is; NULL: none. */
static config_setting_t *
find_element(config_setting_t *list, const char *name)
{
	config_setting_t *element;
	const char *its;

	for (int i = 0; (element = config_setting_get_elem(list, (unsigned)i)) != NULL; i++)
		if (config_setting_is_group(element) &&
			config_setting_lookup_string(element, "name", &its) == CONFIG_TRUE &&
			strcmp(its, name) == 0)
			return element;
	if (name[0] == '\0' || name[strspn(name, "0123456789")] != '\0')
		return NULL;
	return config_setting_get_elem(list, (unsigned)strtoul(name, NULL, 10));
}

/* The member of that name, a group made when it is missing; NULL with *error. */
static config_setting_t *
enter(config_setting_t *parent, const char *name, char **error)
{
	config_setting_t *child = NULL;

	if (config_setting_is_group(parent)) {
		child = config_setting_get_member(parent, name);
		if (child == NULL)
			child = config_setting_add(parent, name, CONFIG_TYPE_GROUP);
	} else if (config_setting_is_list(parent)) {
		child = find_element(parent, name);
	}
	if (child == NULL)
		*error = xformat("there is no \"%s\" to set", name);
	return child;
}

/* --- putting ----------------------------------------------------------------------------- */

static int put_value(config_setting_t *parent, const char *name, const config_setting_t *value);

static int
put_members(config_setting_t *parent, const config_setting_t *value)
{
	int count = config_setting_length(value);

	for (int i = 0; i < count; i++) {
		const config_setting_t *member = config_setting_get_elem(value, (unsigned)i);

		if (put_value(parent, config_setting_name(member), member) == -1)
			return -1;
	}
	return 0;
}

static int
put_scalar(config_setting_t *setting, const config_setting_t *value)
{
	config_setting_set_format(setting, config_setting_get_format(value));
	switch (config_setting_type(value)) {
	case CONFIG_TYPE_INT:
		return config_setting_set_int(setting, config_setting_get_int(value));
	case CONFIG_TYPE_INT64:
		return config_setting_set_int64(setting, config_setting_get_int64(value));
	case CONFIG_TYPE_FLOAT:
		return config_setting_set_float(setting, config_setting_get_float(value));
	case CONFIG_TYPE_BOOL:
		return config_setting_set_bool(setting, config_setting_get_bool(value));
	case CONFIG_TYPE_STRING:
		return config_setting_set_string(setting, config_setting_get_string(value));
	default:
		return CONFIG_FALSE;
	}
}

/* Adds a copy of value to parent as name (NULL in a list or array). */
static int
put_value(config_setting_t *parent, const char *name, const config_setting_t *value)
{
	config_setting_t *setting = config_setting_add(parent, name, config_setting_type(value));

	if (setting == NULL)
		return -1;
	if (config_setting_is_aggregate(value))
		return put_members(setting, value);
	return put_scalar(setting, value) == CONFIG_TRUE ? 0 : -1;
}

static int
replace(config_setting_t *parent, const char *name, const config_setting_t *value, char **error)
{
	if (config_setting_is_group(parent)) {
		config_setting_remove(parent, name);
		if (put_value(parent, name, value) == 0)
			return 0;
	}
	*error = xformat("\"%s\" cannot be set there", name);
	return -1;
}

static int
set_at(config_setting_t *at, const char *path, const config_setting_t *value, char **error)
{
	char *copy = xstrdup(path), *name = copy, *dot;
	int result = -1;

	while (at != NULL && (dot = strchr(name, '.')) != NULL) {
		*dot = '\0';
		at = enter(at, name, error);
		name = dot + 1;
	}
	if (at != NULL)
		result = replace(at, name, value, error);
	free(copy);
	return result;
}

int
settings_set(struct settings *settings, const char *path, const char *value, char **error)
{
	char *text = xformat("value = %s;", value);
	struct settings *parsed = settings_read(text, error);
	int result = -1;

	free(text);
	if (parsed == NULL)
		return -1;
	result = set_at(config_root_setting(&settings->config), path,
		config_lookup(&parsed->config, "value"), error);
	settings_free(parsed);
	return result;
}

void
settings_set_string(struct settings *settings, const char *path, const char *value)
{
	char *quoted = xcalloc(strlen(value) * 2 + 3, 1), *at = quoted, *error = NULL;

	*at++ = '"';
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			*at++ = '\\';
		*at++ = *value;
	}
	*at = '"';
	if (settings_set(settings, path, quoted, &error) == -1)
		die("the runner's own configuration: %s: %s", path, error);
	free(quoted);
}

void
settings_write(const struct settings *settings, const char *path)
{
	char *new_path = xformat("%s.new", path);
	FILE *out = fopen(new_path, "we");

	if (out == NULL)
		die("%s: cannot be written", new_path);
	config_write(&settings->config, out);
	/* A command in the background may be reading it just now. */
	if (fclose(out) != 0 || rename(new_path, path) == -1)
		die("%s: cannot be written", path);
	free(new_path);
}
