/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "phone.h"

#define VALUE_MAX 2048

/* Lists of "word number" are also told word by word. */
static void
add_words(struct db_array *names, struct db_array *values, const char *option, char *const *list)
{
	for (; *list != NULL; list++) {
		const char *blank = strchr(*list, ' ');
		char name[128];

		if (blank == NULL)
			continue;
		snprintf(name, sizeof(name), "%s.%.*s", option, (int)(blank - *list), *list);
		db_array_text(names, name);
		db_array_text(values, blank + 1);
	}
}

static void
join(char *const *list, char out[VALUE_MAX])
{
	size_t at = 0;

	out[0] = '\0';
	for (; *list != NULL && at < VALUE_MAX; list++)
		at += (size_t)snprintf(out + at, VALUE_MAX - at, "%s%s", at > 0 ? " " : "", *list);
}

static void
add(struct db_array *names, struct db_array *values, const struct config_option *option,
	const void *member)
{
	char value[VALUE_MAX] = "";

	switch (option->type) {
	case CONFIG_INT:
		snprintf(value, sizeof(value), "%d", *(const int *)member);
		break;
	case CONFIG_FLOAT:
		snprintf(value, sizeof(value), "%.6f", *(const double *)member);
		break;
	case CONFIG_BOOL:
		snprintf(value, sizeof(value), "%s", *(const bool *)member ? "true" : "false");
		break;
	case CONFIG_STRINGS:
		join(member, value);
		add_words(names, values, option->name, member);
		break;
	case CONFIG_STRING:
		if (*(char *const *)member != NULL)
			snprintf(value, sizeof(value), "%s", *(char *const *)member);
		break;
	default: /* no setting is of another type */
		return;
	}
	db_array_text(names, option->name);
	db_array_text(values, value);
}

/* What the city's own numbers begin with. */
static void
add_prefix(struct db_array *names, struct db_array *values, const struct config *config)
{
	const char *calling = phone_calling_code(config->country);
	char prefix[8];

	if (calling == NULL)
		return;
	snprintf(prefix, sizeof(prefix), "+%s", calling);
	db_array_text(names, "country_prefix");
	db_array_text(values, prefix);
}

void
settings_send(struct db *db, const struct config *config)
{
	struct db_array names, values;
	struct db_params params;

	db_array_begin(&names, DB_TEXT);
	db_array_begin(&values, DB_TEXT);
	for (const struct config_option *o = config_options; o->name != NULL; o++)
		if (o->setting)
			add(&names, &values, o, (const char *)config + o->offset);
	add_prefix(&names, &values, config);
	db_params_begin(&params);
	db_param_take_array(&params, &names);
	db_param_take_array(&params, &values);
	if (db_send(db, "settings", &params, NULL, NULL) == 0)
		db_commit(db, NULL, NULL);
}
