/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd-keys.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-file.h"
#include "config.h"

static bool
is_there(const struct ussd_keys *keys, const char *name)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->name[i], name) == 0)
			return true;
	return false;
}

/* Returns 0, or -1 when memory is out. */
static int
add_key(struct ussd_keys *keys, const char *prefix, const char *rest)
{
	char **grown, *name;

	if (asprintf(&name, "%s%s", prefix, rest) == -1)
		return -1;
	if (strncmp(name, "ussd_", 5) != 0 || is_there(keys, name)) {
		free(name);
		return 0;
	}
	grown = realloc(keys->name, (keys->count + 1) * sizeof *grown);
	if (grown == NULL) {
		free(name);
		return -1;
	}
	keys->name = grown;
	keys->name[keys->count++] = name;
	return 0;
}

/* values = [ "full", ... ] with labels = "ussd_kind_". */
static int
take_values(struct ussd_keys *keys, const config_setting_t *group)
{
	const config_setting_t *values = config_setting_get_member(group, "values");
	const char *labels;

	if (values == NULL || !config_setting_is_array(values) ||
		!config_setting_lookup_string(group, "labels", &labels))
		return 0;
	for (int i = 0; i < config_setting_length(values); i++) {
		const char *value = config_setting_get_string_elem(values, i);

		if (value != NULL && add_key(keys, labels, value) == -1)
			return -1;
	}
	return 0;
}

/* All that is below a setting. libconfig has made it, so it is not deeper than its parser goes. */
static int
take_below(struct ussd_keys *keys, const config_setting_t *at)
{
	static const char *const members[] = { "text", "skip", "wrong" };
	const char *key;

	if (!config_setting_is_aggregate(at))
		return 0;
	if (config_setting_is_group(at)) {
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			if (config_setting_lookup_string(at, members[i], &key) &&
				add_key(keys, "", key) == -1)
				return -1;
		if (take_values(keys, at) == -1)
			return -1;
	}
	for (int i = 0; i < config_setting_length(at); i++)
		if (take_below(keys, config_setting_get_elem(at, (unsigned)i)) == -1)
			return -1;
	return 0;
}

static int
take_file(struct ussd_keys *keys, const char *folder, const char *name)
{
	struct config_errors errors = { .count = 0 };
	struct config_file *file;
	char path[4096];
	int done = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = config_file_read(path, &errors);
	if (file != NULL)
		done = take_below(keys, config_file_root(file));
	config_file_free(file);
	config_errors_free(&errors);
	return done;
}

int
ussd_keys_load(const char *folder, struct ussd_keys *out)
{
	struct ussd_keys keys = { .count = 0 };
	struct dirent **entry;
	int done = 0,
	    count = folder == NULL ? 0 : scandir(folder, &entry, config_file_is_one, alphasort);

	for (int i = 0; i < count; i++) {
		if (done == 0)
			done = take_file(&keys, folder, entry[i]->d_name);
		free(entry[i]);
	}
	if (folder != NULL && count >= 0)
		free(entry);
	if (done == 0)
		*out = keys;
	else
		ussd_keys_free(&keys);
	return done;
}

void
ussd_keys_free(struct ussd_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		free(keys->name[i]);
	free(keys->name);
	*keys = (struct ussd_keys){ .count = 0 };
}
