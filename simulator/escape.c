/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "escape.h"

#include "memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *
escape_text(const char *text)
{
	char *out = memory_zeroed(strlen(text) * 2 + 1, 1), *at = out;

	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r' || *text == '\\') {
			*at++ = '\\';
			*at++ = *text == '\n' ? 'n' : *text == '\r' ? 'r' : '\\';
		} else {
			*at++ = *text;
		}
	}
	return out;
}

long
escape_undo(char *text, int octets)
{
	const char *in = text;
	char *out = text;

	while (*in != '\0') {
		if (*in != '\\') {
			*out++ = *in++;
			continue;
		}
		in++;
		if (*in == 'n')
			*out++ = '\n';
		else if (*in == 'r')
			*out++ = '\r';
		else if (*in == '\\')
			*out++ = '\\';
		else if (octets && *in == 't')
			*out++ = '\t';
		else if (octets && *in == 'x' && isxdigit((unsigned char)in[1]) &&
			isxdigit((unsigned char)in[2])) {
			char hex[3] = { in[1], in[2], '\0' };

			*out++ = (char)strtoul(hex, NULL, 16);
			in += 2;
		} else {
			return -1;
		}
		in++;
	}
	*out = '\0';
	return out - text;
}
