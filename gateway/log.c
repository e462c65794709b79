/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log: one line, one write(2).
 *
 * It leans on no other module, since the worker links little more than this and the wire.
 * All state is static and no thread ever logs: gateway and worker have one each.
 */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_MAX_BYTES = 2000, /* a whole line, prefix and line feed included */
	VALUE_MAX_BYTES = 200, /* what log_quote() and log_number() return, without the NUL */
	VALUES = 8,
	WHOLE_DIGITS = 6, /* as many digits are a short code: nobody's own, shown whole */
	HEAD_DIGITS = 6,  /* of a masked number: its country and network */
	TAIL_DIGITS = 3,
	HIDDEN_DIGITS = 3, /* at least */
};

/* Bytes with a limit; what does not fit is replaced by "..." at the last token that leaves room. */
struct line {
	char *bytes;
	size_t len, limit; /* limit: bytes without what the caller adds itself */
	size_t fits;       /* the longest length that leaves room for "..." */
	bool cut;
};

static enum log_level max_level = LOG_LEVEL_INFO;
static int prefix = -1; /* -1: not decided yet */

void
log_set_level(enum log_level level)
{
	max_level = level;
}

void
log_set_prefix(int on)
{
	prefix = on != 0;
}

/*
 * Is standard error the journal's?  systemd names the stream "device:inode"; who is started by a
 * service inherits the variable, perhaps with its output elsewhere.
 */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream != NULL && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
		fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static bool
wants_prefix(void)
{
	if (prefix == -1)
		prefix = is_journal();
	return prefix == 1;
}

static void
line_add(struct line *line, const char *token, size_t len)
{
	if (line->cut || line->len + len > line->limit) {
		line->cut = true;
		return;
	}
	memcpy(line->bytes + line->len, token, len);
	line->len += len;
	if (line->len + 3 <= line->limit)
		line->fits = line->len;
}

static void
line_end(struct line *line)
{
	if (!line->cut)
		return;
	memcpy(line->bytes + line->fits, "...", 3);
	line->len = line->fits + 3;
}

/*
 * Bytes of the printable UTF-8 character at s, 0 if there is none: a C0 or C1 control, DEL, a line
 * separator, a change of writing direction (U+2028 to U+202E) or a byte that is not valid UTF-8.
 * The string ends with a NUL.
 */
static size_t
printable(const unsigned char *s)
{
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xe0 && s[1] < 0xa0) ||
		(s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
		(s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return s[0] == 0xe2 && s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae ? 0 : len;
}

/* Add a string, what is not printable as \xHH and any of the characters in escape after a \. */
static void
line_add_safe(struct line *line, const char *text, const char *escape)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s != '\0' && !line->cut) {
		char token[5] = { '\\', (char)*s };
		size_t len = printable(s);

		if (len == 0) {
			snprintf(token, sizeof(token), "\\x%02x", *s++);
			line_add(line, token, 4);
		} else if (strchr(escape, *s) != NULL) {
			line_add(line, token, 2);
			s++;
		} else {
			line_add(line, (const char *)s, len);
			s += len;
		}
	}
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum log_level level, const char *fmt, va_list args)
{
	char raw[LINE_MAX_BYTES], out[LINE_MAX_BYTES];
	struct line line = { .bytes = out, .limit = sizeof(out) - 1 };
	int saved = errno, wanted;

	wanted = vsnprintf(raw, sizeof(raw), fmt, args);
	if (wants_prefix()) {
		char mark[4] = { '<', (char)('0' + (int)level), '>', '\0' };
		line_add(&line, mark, 3);
	}
	line_add_safe(&line, wanted < 0 ? fmt : raw, "");
	line.cut = line.cut || wanted >= (int)sizeof(raw);
	line_end(&line);
	out[line.len++] = '\n';
	while (write(STDERR_FILENO, out, line.len) == -1 && errno == EINTR)
		;
	errno = saved;
}

#define LOG_AT(level_)                         \
	do {                                   \
		va_list args;                  \
		if ((level_) > max_level)      \
			return;                \
		va_start(args, fmt);           \
		log_line((level_), fmt, args); \
		va_end(args);                  \
	} while (0)

void
log_error(const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_ERROR);
}

void
log_warn(const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_WARNING);
}

void
log_notice(const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_NOTICE);
}

void
log_info(const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_INFO);
}

void
log_debug(const char *fmt, ...)
{
	LOG_AT(LOG_LEVEL_DEBUG);
}

void
fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
	exit(1);
}

static char *
next_value(void)
{
	static char values[VALUES][VALUE_MAX_BYTES + 1];
	static unsigned turn;

	return values[turn++ % VALUES];
}

/* Bytes of the digit at s: Latin 1, Arabic-Indic and Eastern Arabic-Indic 2, none 0. */
static size_t
digit(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] >= '0' && u[0] <= '9')
		return 1;
	if ((u[0] == 0xd9 && u[1] >= 0xa0 && u[1] <= 0xa9) ||
		(u[0] == 0xdb && u[1] >= 0xb0 && u[1] <= 0xb9))
		return 2;
	return 0;
}

static size_t
count_digits(const char *s)
{
	size_t count = 0;

	for (; *s != '\0'; s += digit(s) > 0 ? digit(s) : 1)
		count += digit(s) > 0;
	return count;
}

const char *
log_number(const char *number)
{
	struct line line = { .bytes = next_value(), .limit = VALUE_MAX_BYTES };
	const char *s = number != NULL ? number : "";
	size_t digits = count_digits(s), seen = 0;
	bool masked = digits > WHOLE_DIGITS;
	/* Three digits at least are hidden: 12 digits show 6 and 3, a national number's 9 show 3
	 * and 3. */
	size_t tail = masked ? digits - TAIL_DIGITS : 0;
	size_t head =
		masked && tail - HIDDEN_DIGITS < HEAD_DIGITS ? tail - HIDDEN_DIGITS : HEAD_DIGITS;

	while (*s != '\0') {
		size_t len = digit(s);
		bool hidden = masked && seen >= head && seen < tail;

		if (hidden && len > 0 && seen == head)
			line_add(&line, "***", 3);
		else if (!hidden)
			line_add(&line, s, len > 0 ? len : 1);
		seen += len > 0;
		s += len > 0 ? len : 1;
	}
	line_end(&line);
	line.bytes[line.len] = '\0';
	return line.bytes;
}

const char *
log_quote(const char *value)
{
	struct line line = { .bytes = next_value(), .limit = VALUE_MAX_BYTES - 1 };

	line_add(&line, "\"", 1);
	line_add_safe(&line, value != NULL ? value : "", "\"\\");
	line_end(&line);
	line.bytes[line.len++] = '"';
	line.bytes[line.len] = '\0';
	return line.bytes;
}
