/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log: lines on standard error for the administrator, key=value, with journald's priority prefix.
 *
 * What it is: one line a call, `<6>event=... modem=m1 ...`, written with one write(2).
 * What it is not: a store of anything, and no place for a body, a PIN or a whole phone number:
 * numbers go through log_number().
 */
#ifndef LOG_H
#define LOG_H

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Lines above this level are dropped. Default LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/* Prefix `<N>` on every line (default: only when JOURNAL_STREAM says that standard error is the
 * journal). */
void log_set_prefix(int on);

/*
 * Write one line. fmt gives `key=value ...` text without a line feed; control characters, changes
 * of writing direction and invalid UTF-8 that the values bring are written as \xHH, so that no
 * sender can forge a line. A line has at most 2,000 bytes; a longer one is cut and ends in "...".
 * errno is kept; a line that cannot be written is lost.
 */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* log_error(), then exit(1). Only at start-up or on a broken invariant. */
void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * A masked copy of a phone number for a log line: "+250788***001". The last three digits and at
 * most six at the front are shown, three at least are hidden. Alphabetic senders and short codes (6
 * digits at most) are left whole. Returns one of eight static buffers, in turn; no ownership
 * passes.
 */
const char *log_number(const char *number);

/* A quoted copy of a value with spaces, quotes escaped, at most 200 bytes; same buffers' rule. */
const char *log_quote(const char *value);

#endif
