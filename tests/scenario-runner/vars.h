/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vars: what the named groups of a scenario's patterns caught, and their ${name} in later
 * statements.
 *
 * A ${name} is a dollar, a brace, a letter or underscore, then letters, digits and underscores, and
 * the closing brace.  Any other dollar is just a dollar.
 */
#ifndef RUNNER_VARS_H
#define RUNNER_VARS_H

struct vars;

struct vars *vars_new(void);
void vars_free(struct vars *vars);

/* Copies both; an older value of that name is replaced. */
void vars_set(struct vars *vars, const char *name, const char *value);

/* The value, borrowed until it is set again, or NULL. */
const char *vars_get(const struct vars *vars, const char *name);

/*
 * text with every ${name} replaced; in a pattern (vars_expand_regex) the values stand for
 * themselves, whatever they hold.  Returns a string of the caller's, or NULL with *missing the name
 * (the caller's to free) that no earlier group gave.
 */
char *vars_expand(const struct vars *vars, const char *text, char **missing);
char *vars_expand_regex(const struct vars *vars, const char *text, char **missing);

/* The same, but a ${name} that no group gave is left as it stands: for files, which may mean it. */
char *vars_expand_known(const struct vars *vars, const char *text);

#endif
