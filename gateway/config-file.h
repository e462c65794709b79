/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config-file: one file in libconfig's syntax, with all that it includes, parsed.
 *
 * What it is: libconfig's parser behind a reader that keeps every line's own file and number, takes
 * `@include "name"` relative to the file that says it (or absolute), and refuses what libconfig
 * would read wrongly or die of: a string that does not end on its line, an integer too large for
 * it, a NUL, a folder. What it is not: it knows no option's name.
 */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <libconfig.h>
#include <stdarg.h>

struct config_errors;
struct config_file;

/*
 * Read and parse a file. Returns it (config_file_free() it), or NULL with at least one error added,
 * with file and line.
 */
struct config_file *config_file_read(const char *path, struct config_errors *errors)
	__attribute__((warn_unused_result));
void config_file_free(struct config_file *file); /* NULL is safe */

/* For scandir(3): is it a file of a folder of settings, NAME.cfg and not hidden? */
struct dirent;
int config_file_is_one(const struct dirent *entry);

/* The group of all settings; borrowed. */
const config_setting_t *config_file_root(const struct config_file *file);

/* Where a setting stands: its own file (borrowed) and line. */
const char *config_file_place(
	const struct config_file *file, const config_setting_t *setting, unsigned *line);

/*
 * Add an error of this file: at the setting's place, or (setting NULL) at no line, since what is
 * wrong stands nowhere in it.
 */
void config_file_error(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *setting, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void config_file_verror(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *setting, const char *fmt, va_list args)
	__attribute__((format(printf, 4, 0)));

/*
 * Has a group no other members than the known ones ("name match ", a blank behind each)? Returns 0,
 * or -1 with an error added at the first one.
 */
int config_file_check_members(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *group, const char *known);

#endif
