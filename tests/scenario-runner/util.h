/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * util: the few helpers that every file of the scenario runner leans on.
 *
 * What it is: allocation that never fails, formatted strings, the monotonic clock, files whole.
 * What it is not: a place for anything that knows what a scenario is.
 *
 * Strings that these functions return are the caller's, to be freed with free().
 */
#ifndef RUNNER_UTIL_H
#define RUNNER_UTIL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Tells why on standard error and exits with 2: out of memory, or a machine that cannot run us. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
char *xformat(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Machine time in milliseconds, from an arbitrary start. */
int64_t now_ms(void);

/* text without the blanks at its start and end; works in place and returns a part of text. */
char *trim(char *text);

/*
 * A copy of text fit for one line of a report: line feeds, returns and other control characters as
 * escapes, cut at about max bytes (never within a UTF-8 character).
 */
char *one_line(const char *text, size_t max);

/* The bytes of an open file from its start, NUL-terminated, at most max of them; NULL with errno.
 */
char *read_fd(int fd, size_t max, size_t *len);
/* The same of a file by its name. */
char *read_file(const char *path, size_t max, size_t *len);

/* Makes or replaces a file of mode 0644 with len bytes; 0, or -1 with errno. */
int write_file(const char *path, const char *data, size_t len);

/* Makes the folders above path; 0, or -1 with errno. */
int make_parents(const char *path);

/* Removes a file or folder with all below it, following no link; what is missing is no error. */
void remove_tree(const char *path);

#endif
