/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
there(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "baraza-sim: out of memory\n");
		exit(1);
	}
	return p;
}

void *
memory_zeroed(size_t n, size_t size)
{
	return there(calloc(n > 0 ? n : 1, size));
}

void *
memory_resized(void *old, size_t size)
{
	return there(realloc(old, size > 0 ? size : 1));
}

char *
memory_text(const char *s)
{
	return there(strdup(s));
}

char *
memory_text_n(const char *s, size_t len)
{
	return there(strndup(s, len));
}

char *
memory_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return there(len >= 0 ? text : NULL);
}
