/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include "charset.h"

#include <event2/buffer.h>
#include <string.h>

void
json_string(struct evbuffer *out, const char *text)
{
	size_t len = strlen(text);

	evbuffer_add(out, "\"", 1);
	for (size_t at = 0; at < len;) {
		char octets[4];
		uint32_t cp;

		at += utf8_get(text + at, len - at, &cp);
		if (cp == '"' || cp == '\\')
			evbuffer_add_printf(out, "\\%c", (int)cp);
		else if (cp < 0x20 || cp == '<' || cp == '>' || cp == 0x2028 || cp == 0x2029)
			evbuffer_add_printf(out, "\\u%04x", (unsigned)cp);
		else
			evbuffer_add(out, octets, utf8_put(cp, octets));
	}
	evbuffer_add(out, "\"", 1);
}
