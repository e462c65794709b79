/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events.h"

#include <stdarg.h>
#include <stdio.h>

void
events_listen(struct listeners *all, struct listener *l)
{
	LIST_INSERT_HEAD(all, l, next);
}

void
events_leave(struct listener *l)
{
	LIST_REMOVE(l, next);
}

void
events_tell(const struct listeners *all, const char *format, ...)
{
	const struct listener *l;
	char line[512];
	va_list args;

	if (LIST_EMPTY(all))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (l = LIST_FIRST(all); l != NULL; l = LIST_NEXT(l, next))
		l->tell(l->arg, line);
}
