/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings: a gateway's configuration as the runner makes it: a file read, settings replaced, a
 * file written.
 *
 * A path is libconfig's, members joined by dots, with one thing more: a list's element is named by
 * its member `name` (modems.m1.per_minute) or by its place from 0.
 */
#ifndef RUNNER_SETTINGS_H
#define RUNNER_SETTINGS_H

struct settings;

/* Reads a configuration from a string; dies on an error, since the text is the runner's own. */
struct settings *settings_new(const char *text);
/* A copy, made through text. */
struct settings *settings_copy(const struct settings *settings);
void settings_free(struct settings *settings);

/*
 * Sets what path names, made where it is missing, to a value as libconfig writes it (12, true,
 * "words", [1, 2], ( ... ), { ... }).  0, or -1 with *error (the caller's to free).
 */
int settings_set(struct settings *settings, const char *path, const char *value, char **error);

/* The same for a string, quoted here. */
void settings_set_string(struct settings *settings, const char *path, const char *value);

/* Writes the file; dies when it cannot. */
void settings_write(const struct settings *settings, const char *path);

#endif
