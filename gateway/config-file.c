/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config-file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

#define SIZE_MAX_OF_FILE (1 << 20) /* bytes; a city's configuration takes ten thousand */
#define DEPTH_MAX 8                /* of files that include files */
#define FILES_MAX 64               /* included, in all */
#define LINES_MAX USHRT_MAX        /* what libconfig's settings remember */
#define INT_DIGITS_MAX 9           /* libconfig cuts a longer integer to 32 bits without a word */

struct line {
	unsigned short file; /* index in names */
	unsigned number;     /* from 1 */
};

struct config_file {
	config_t config;
	char *text; /* all files' lines, in the order of their inclusion */
	size_t text_len, text_size;
	struct line *lines; /* of text */
	size_t line_count, line_size;
	char *names[FILES_MAX];
	size_t name_count;
};

/* Where the scanner is when a line begins: comments go over lines, strings may not. */
struct scan {
	bool comment;
};

struct reader {
	struct config_file *file;
	struct config_errors *errors;
	struct scan scan;
	bool failed;
};

static int
add_text(struct config_file *file, const char *text, size_t len)
{
	if (file->text_len + len + 1 > file->text_size) {
		size_t size = 2 * file->text_size + len + 1;
		char *grown = realloc(file->text, size);

		if (grown == NULL)
			return -1;
		file->text = grown;
		file->text_size = size;
	}
	memcpy(file->text + file->text_len, text, len);
	file->text_len += len;
	file->text[file->text_len] = '\0';
	return 0;
}

static int
add_line(struct config_file *file, struct line line)
{
	if (file->line_count == LINES_MAX)
		return -1;
	if (file->line_count == file->line_size) {
		size_t size = file->line_size == 0 ? 256 : 2 * file->line_size;
		struct line *grown = realloc(file->lines, size * sizeof *grown);

		if (grown == NULL)
			return -1;
		file->lines = grown;
		file->line_size = size;
	}
	file->lines[file->line_count++] = line;
	return 0;
}

/* Returns the name's index, or -1. */
static int
add_name(struct config_file *file, const char *path)
{
	if (file->name_count == FILES_MAX || (file->names[file->name_count] = strdup(path)) == NULL)
		return -1;
	return (int)file->name_count++;
}

/* Returns the file's bytes and a NUL, or NULL with errno set; EFBIG, EISDIR, EINVAL (no plain
 * file). */
static char *
read_whole(const char *path, size_t *len)
{
	FILE *stream = fopen(path, "re");
	struct stat st;
	char *text = NULL;
	int error = 0;

	if (stream == NULL)
		return NULL;
	if (fstat(fileno(stream), &st) == -1)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else if (st.st_size > SIZE_MAX_OF_FILE)
		error = EFBIG;
	else if ((text = malloc((size_t)st.st_size + 1)) == NULL)
		error = ENOMEM;
	else if ((*len = fread(text, 1, (size_t)st.st_size, stream)) < (size_t)st.st_size &&
		ferror(stream))
		error = errno;
	fclose(stream);
	if (error != 0 || text == NULL) {
		free(text);
		errno = error;
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

/* Skips a quoted string; at points behind its first quote. Returns the byte behind its last, or
 * NULL. */
static const char *
skip_string(const char *at, const char *end)
{
	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return at < end ? at + 1 : NULL;
}

/* Skips a word or number. Returns the byte behind it, or NULL: an integer that libconfig would cut.
 */
static const char *
skip_word(const char *at, const char *end)
{
	const char *number = *at == '-' || *at == '+' ? at + 1 : at, *behind = number;
	size_t digits = strspn(number, "0123456789");

	while (behind < end &&
		(*behind == '_' || *behind == '-' || *behind == '*' || *behind == '.' ||
			(*behind >= '0' && *behind <= '9') || (*behind >= 'A' && *behind <= 'Z') ||
			(*behind >= 'a' && *behind <= 'z')))
		behind++;
	if (behind == at)
		return at + 1;
	return digits > INT_DIGITS_MAX && number + digits == behind ? NULL : behind;
}

/* Looks at one line (without its end) for what libconfig would misread. Returns NULL, or what is
 * wrong. */
static const char *
scan_line(struct scan *scan, const char *at, const char *end)
{
	while (at < end) {
		if (scan->comment) {
			const char *close = memmem(at, (size_t)(end - at), "*/", 2);

			if (close == NULL)
				return NULL;
			scan->comment = false;
			at = close + 2;
		} else if (*at == '#' || (*at == '/' && at[1] == '/')) {
			return NULL;
		} else if (*at == '/' && at[1] == '*') {
			scan->comment = true;
			at += 2;
		} else if (*at == '"') {
			at = skip_string(at + 1, end);
			if (at == NULL)
				return "a string does not end on its line; add the closing quote";
		} else if ((at = skip_word(at, end)) == NULL) {
			return "an integer of more than 9 digits; a phone number or IMEI is a string, "
			       "between quotes";
		}
	}
	return NULL;
}

static bool read_file(struct reader *r, const char *path, const struct line *from, int depth);

static void
complain(struct reader *r, const char *name, unsigned line, const char *what)
{
	config_error(r->errors, name, line, "%s", what);
	r->failed = true;
}

/* Returns the name (to be freed) when the line is `@include "name"`; sets *fault when it is not
 * quite. */
static char *
include_name(const char *at, const char *end, const char **fault)
{
	const char *close;

	*fault = NULL;
	at += strspn(at, " \t");
	if (end - at < 8 || strncmp(at, "@include", 8) != 0)
		return NULL;
	at += 8;
	at += strspn(at, " \t");
	close = *at == '"' ? memchr(at + 1, '"', (size_t)(end - at - 1)) : NULL;
	if (close == NULL || close == at + 1) {
		*fault = "@include wants a file's name between quotes";
		return NULL;
	}
	return strndup(at + 1, (size_t)(close - at - 1));
}

/* A name in an included or configured path: as it is when absolute, else beside the file that says
 * it. */
static char *
beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	char *path;

	if (name[0] == '/' || slash == NULL)
		return strdup(name);
	if (asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) == -1)
		return NULL;
	return path;
}

static void
include(struct reader *r, const char *name, struct line line, int depth)
{
	const char *from = r->file->names[line.file];
	char *path = beside(from, name);

	if (path == NULL)
		complain(r, from, line.number, "out of memory");
	else if (depth == DEPTH_MAX || r->file->name_count == FILES_MAX)
		complain(r, from, line.number,
			"too many files include files; does one include itself?");
	else
		read_file(r, path, &line, depth + 1);
	free(path);
}

static void
take_line(struct reader *r, const char *at, const char *end, struct line line, int depth)
{
	const char *name_of_file = r->file->names[line.file], *fault;
	char *name = NULL;

	if (memchr(at, '\0', (size_t)(end - at)) != NULL) {
		complain(r, name_of_file, line.number, "a NUL byte; is this a text file?");
		return;
	}
	if (!r->scan.comment) {
		name = include_name(at, end, &fault);
		if (name == NULL && fault == NULL)
			fault = scan_line(&r->scan, at, end);
	} else {
		fault = scan_line(&r->scan, at, end);
	}
	if (fault != NULL)
		complain(r, name_of_file, line.number, fault);
	if (name != NULL)
		include(r, name, line, depth);
	else if (add_text(r->file, at, (size_t)(end - at)) == -1 ||
		add_text(r->file, "\n", 1) == -1 || add_line(r->file, line) == -1)
		complain(r, name_of_file, line.number,
			"out of memory, or more than 65535 lines in all");
	free(name);
}

/* Tells why a file cannot be read, at the line that includes it, or at none. */
static bool
unreadable(struct reader *r, const char *path, const struct line *from)
{
	const char *why = errno == EINVAL ? "it is not a plain file" : strerror(errno);

	if (from == NULL)
		config_error(r->errors, path, 0, "cannot be read: %s", why);
	else
		config_error(r->errors, r->file->names[from->file], from->number,
			"%s cannot be read: %s; mend the name after @include, or the file's permissions",
			path, why);
	r->failed = true;
	return false;
}

static bool
read_file(struct reader *r, const char *path, const struct line *from, int depth)
{
	size_t len = 0;
	char *text = read_whole(path, &len);
	struct line line;
	int name;

	if (text == NULL)
		return unreadable(r, path, from);
	name = add_name(r->file, path);
	if (name == -1) {
		free(text);
		complain(r, path, 0, "out of memory");
		return false;
	}
	line.file = (unsigned short)name;
	line.number = 1;
	for (const char *at = text; at < text + len; line.number++) {
		const char *end = memchr(at, '\n', (size_t)(text + len - at));

		if (end == NULL)
			end = text + len;
		take_line(r, at, end, line, depth);
		at = end + 1;
	}
	free(text);
	return true;
}

/* The line of the whole text (from 1) in its own file. */
static const struct line *
own_line(const struct config_file *file, unsigned number)
{
	static const struct line start = { 0, 1 };

	if (file->line_count == 0 || number == 0)
		return &start;
	return &file->lines[number <= file->line_count ? number - 1 : file->line_count - 1];
}

/* Hands the whole text to libconfig. */
static void
parse(struct reader *r)
{
	struct config_file *file = r->file;
	const char *what;
	const struct line *line;

	if (config_read_string(&file->config, file->text != NULL ? file->text : "") == CONFIG_TRUE)
		return;
	what = config_error_text(&file->config);
	line = own_line(file, (unsigned)config_error_line(&file->config));
	if (what == NULL || strcmp(what, "syntax error") == 0)
		what = "syntax error; look here and at the line before for a missing value, quote or "
		       "bracket";
	complain(r, file->names[line->file], line->number, what);
}

struct config_file *
config_file_read(const char *path, struct config_errors *errors)
{
	struct reader r = { .errors = errors };

	r.file = calloc(1, sizeof *r.file);
	if (r.file == NULL) {
		config_error(errors, path, 0, "out of memory");
		return NULL;
	}
	config_init(&r.file->config);
	read_file(&r, path, NULL, 0);
	if (r.scan.comment && !r.failed)
		complain(&r, path, 0, "a comment is not closed; add */");
	if (!r.failed)
		parse(&r);
	if (r.failed) {
		config_file_free(r.file);
		return NULL;
	}
	return r.file;
}

int
config_file_is_one(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 &&
		strcmp(entry->d_name + length - 4, ".cfg") == 0;
}

void
config_file_free(struct config_file *file)
{
	if (file == NULL)
		return;
	config_destroy(&file->config);
	for (size_t i = 0; i < file->name_count; i++)
		free(file->names[i]);
	free(file->lines);
	free(file->text);
	free(file);
}

const config_setting_t *
config_file_root(const struct config_file *file)
{
	return config_root_setting(&file->config);
}

const char *
config_file_place(const struct config_file *file, const config_setting_t *setting, unsigned *line)
{
	const struct line *own = own_line(file, config_setting_source_line(setting));

	*line = own->number;
	return file->names[own->file];
}

void
config_file_verror(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *setting, const char *fmt, va_list args)
{
	unsigned line = 0;
	const char *name =
		setting != NULL ? config_file_place(file, setting, &line) : file->names[0];

	config_verror(errors, name, line, fmt, args);
}

void
config_file_error(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *setting, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	config_file_verror(file, errors, setting, fmt, args);
	va_end(args);
}

int
config_file_check_members(const struct config_file *file, struct config_errors *errors,
	const config_setting_t *group, const char *known)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(member), *at = strstr(known, name);

		if (at == NULL || (at != known && at[-1] != ' ') || at[strlen(name)] != ' ') {
			config_file_error(file, errors, member, "\"%s\" is not known here; use %s",
				name, known);
			return -1;
		}
	}
	return 0;
}
