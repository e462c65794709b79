/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vars.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

struct var {
	struct var *next;
	char *name, *value;
};

struct vars {
	struct var *first;
};

struct vars *
vars_new(void)
{
	return xcalloc(1, sizeof(struct vars));
}

void
vars_free(struct vars *vars)
{
	struct var *next;

	if (vars == NULL)
		return;
	for (struct var *var = vars->first; var != NULL; var = next) {
		next = var->next;
		free(var->name);
		free(var->value);
		free(var);
	}
	free(vars);
}

static struct var *
find(const struct vars *vars, const char *name, size_t len)
{
	for (struct var *var = vars->first; var != NULL; var = var->next)
		if (strlen(var->name) == len && memcmp(var->name, name, len) == 0)
			return var;
	return NULL;
}

void
vars_set(struct vars *vars, const char *name, const char *value)
{
	struct var *var = find(vars, name, strlen(name));

	if (var == NULL) {
		var = xcalloc(1, sizeof(*var));
		var->name = xstrdup(name);
		var->next = vars->first;
		vars->first = var;
	}
	free(var->value);
	var->value = xstrdup(value);
}

const char *
vars_get(const struct vars *vars, const char *name)
{
	const struct var *var = find(vars, name, strlen(name));

	return var != NULL ? var->value : NULL;
}

/* The length of the ${name} that text begins with, or 0. */
static size_t
reference(const char *text)
{
	size_t len = 2;

	if (text[0] != '$' || text[1] != '{')
		return 0;
	if (!isalpha((unsigned char)text[2]) && text[2] != '_')
		return 0;
	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return text[len] == '}' ? len + 1 : 0;
}

/* Every ASCII character but letters and digits may mean something in a pattern; escaped, none. */
static void
put_quoted(FILE *out, const char *value)
{
	for (const unsigned char *c = (const unsigned char *)value; *c != '\0'; c++) {
		if (*c < 0x80 && !isalnum(*c))
			fputc('\\', out);
		fputc(*c, out);
	}
}

enum mode { MODE_TEXT, MODE_REGEX, MODE_KNOWN };

/* Puts the value of the ${name} of len bytes; false when there is none. */
static bool
put_value(FILE *out, const struct vars *vars, const char *name, size_t len, enum mode mode)
{
	const struct var *var = find(vars, name + 2, len - 3);

	if (var == NULL && mode == MODE_KNOWN)
		fwrite(name, 1, len, out);
	else if (var == NULL)
		return false;
	else if (mode == MODE_REGEX)
		put_quoted(out, var->value);
	else
		fputs(var->value, out);
	return true;
}

static char *
expand(const struct vars *vars, const char *text, enum mode mode, char **missing)
{
	char *result = NULL;
	size_t size = 0, len;
	FILE *out = open_memstream(&result, &size);

	if (out == NULL)
		die("out of memory");
	for (; *text != '\0'; text += len) {
		len = reference(text);
		if (len == 0) {
			fputc(*text, out);
			len = 1;
		} else if (!put_value(out, vars, text, len, mode)) {
			fclose(out);
			free(result);
			*missing = xstrndup(text + 2, len - 3);
			return NULL;
		}
	}
	if (fclose(out) != 0)
		die("out of memory");
	return result;
}

char *
vars_expand(const struct vars *vars, const char *text, char **missing)
{
	return expand(vars, text, MODE_TEXT, missing);
}

char *
vars_expand_regex(const struct vars *vars, const char *text, char **missing)
{
	return expand(vars, text, MODE_REGEX, missing);
}

char *
vars_expand_known(const struct vars *vars, const char *text)
{
	return expand(vars, text, MODE_KNOWN, NULL);
}
