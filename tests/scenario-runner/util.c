/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("run-scenario: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void *
xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		die("out of memory");
	return memory;
}

void *
xrealloc(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (memory == NULL)
		die("out of memory");
	return memory;
}

char *
xstrndup(const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (copy == NULL)
		die("out of memory");
	return copy;
}

char *
xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *
xformat(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		die("out of memory");
	return text;
}

int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *
trim(char *text)
{
	size_t len;

	while (is_blank(*text))
		text++;
	for (len = strlen(text); len > 0 && is_blank(text[len - 1]); len--)
		;
	text[len] = '\0';
	return text;
}

char *
one_line(const char *text, size_t max)
{
	char *out = xcalloc(1, strlen(text) * 4 + 4);
	size_t len = 0;

	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (len >= max && (*c & 0xC0) != 0x80)
			return strcat(out, "...");
		if (*c == '\n')
			len += (size_t)sprintf(out + len, "\\n");
		else if (*c < ' ' || *c == 0x7F)
			len += (size_t)sprintf(out + len, "\\x%02X", *c);
		else
			out[len++] = (char)*c;
	}
	return out;
}

char *
read_fd(int fd, size_t max, size_t *len)
{
	size_t got = 0, size = 4096;
	char *data = xcalloc(1, size + 1);

	while (got < max) {
		ssize_t part;

		if (got == size) {
			size *= 2;
			data = xrealloc(data, size + 1);
		}
		part = pread(fd, data + got, size - got, (off_t)got);
		if (part == -1 && errno == EINTR)
			continue;
		if (part == -1) {
			free(data);
			return NULL;
		}
		if (part == 0)
			break;
		got += (size_t)part;
	}
	if (got > max)
		got = max;
	data[got] = '\0';
	if (len != NULL)
		*len = got;
	return data;
}

char *
read_file(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	char *data;

	if (fd == -1)
		return NULL;
	data = read_fd(fd, max, len);
	error = errno;
	close(fd);
	errno = error;
	return data;
}

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t part = write(fd, data, len);

		if (part == -1 && errno == EINTR)
			continue;
		if (part == -1)
			return -1;
		data += part;
		len -= (size_t)part;
	}
	return 0;
}

int
write_file(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int result;

	if (fd == -1)
		return -1;
	result = write_all(fd, data, len);
	if (close(fd) == -1)
		result = -1;
	return result;
}

int
make_parents(const char *path)
{
	char *folder = xstrdup(path);
	int result = 0;

	for (char *slash = strchr(folder + 1, '/'); slash != NULL && result == 0;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) == -1 && errno != EEXIST)
			result = -1;
		*slash = '/';
	}
	free(folder);
	return result;
}

static int
remove_cb(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

void
remove_tree(const char *path)
{
	nftw(path, remove_cb, 32, FTW_DEPTH | FTW_PHYS);
}
