/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escape.h - texts on one line, as the control socket writes them: a line feed is \n, a carriage
 * return \r, a backslash \\.  Octets (of `raw`) may also be \xHH.
 */
#ifndef SIM_ESCAPE_H
#define SIM_ESCAPE_H

#include <stddef.h>

/* Returns the text escaped; the caller frees it. */
char *escape_text(const char *text);

/*
 * Undoes it in place.  With `octets`, \xHH and \t are known too.  Returns the length, which may be
 * of octets 0 as well, and writes a NUL after it; -1 if an escape is unknown or cut short.
 */
long escape_undo(char *text, int octets);

#endif
