/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register-map: a file's own names for a register's columns. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "register.h"

#define WORDS_MAX 4000 /* bytes of a map */

static int __attribute__((format(printf, 2, 3)))
complain(char wrong[REGISTER_WRONG_MAX], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(wrong, REGISTER_WRONG_MAX, fmt, args);
	va_end(args);
	return -1;
}

/* Without blanks at its ends, in place. */
static char *
trimmed(char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		length--;
	text[length] = '\0';
	return text;
}

static int
put(struct register_map *map, const struct city_register *what, const char *column,
	const char *value, bool constant, char wrong[REGISTER_WRONG_MAX])
{
	char **slot;
	size_t i = 0;

	while (what->column[i].name != NULL && strcmp(what->column[i].name, column) != 0)
		i++;
	if (what->column[i].name == NULL)
		return complain(wrong, "'%.60s' is no column of %s", column, what->name);
	if (map->header[i] != NULL || map->value[i] != NULL)
		return complain(wrong, "column %s is named twice", column);
	if (!constant && value[0] == '\0')
		return complain(wrong, "column %s needs the file's name for it", column);
	slot = constant ? &map->value[i] : &map->header[i];
	*slot = strdup(value);
	map->given = true;
	return *slot != NULL ? 0 : complain(wrong, "out of memory");
}

/* One "column=name", in place. */
static int
put_pair(struct register_map *map, const struct city_register *what, char *pair, bool constant,
	char wrong[REGISTER_WRONG_MAX])
{
	char *sign = strchr(pair, '=');

	if (sign == NULL)
		return complain(wrong, "'%.60s' is no COLUMN=NAME", pair);
	*sign = '\0';
	if (sign > pair && sign[-1] == ':') {
		sign[-1] = '\0';
		constant = true;
	}
	return put(map, what, trimmed(pair), trimmed(sign + 1), constant, wrong);
}

int
register_map_words(struct register_map *map, const struct city_register *what, const char *words,
	bool constant, char wrong[REGISTER_WRONG_MAX])
{
	char copy[WORDS_MAX], *left = copy, *pair;

	if (strlen(words) >= sizeof copy)
		return complain(wrong, "the map is longer than %zu bytes", sizeof copy - 1);
	strcpy(copy, words);
	while ((pair = strsep(&left, ",")) != NULL)
		if (put_pair(map, what, pair, constant, wrong) == -1)
			return -1;
	return 0;
}

int
register_map_file(struct register_map *map, const struct city_register *what, const char *path,
	char wrong[REGISTER_WRONG_MAX])
{
	FILE *in = fopen(path, "re");
	char line[WORDS_MAX], *pair;
	int done = 0;

	if (in == NULL)
		return complain(wrong, "%s: cannot be read: %s", path, strerror(errno));
	while (done == 0 && fgets(line, sizeof line, in) != NULL) {
		line[strcspn(line, "#")] = '\0';
		pair = trimmed(line);
		if (pair[0] != '\0')
			done = put_pair(map, what, pair, false, wrong);
	}
	if (ferror(in))
		done = complain(wrong, "%s: cannot be read", path);
	fclose(in);
	return done;
}

void
register_map_free(struct register_map *map)
{
	for (size_t i = 0; i < REGISTER_COLUMNS_MAX; i++) {
		free(map->header[i]);
		free(map->value[i]);
	}
	*map = (struct register_map){ .given = false };
}
