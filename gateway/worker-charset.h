/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-charset: the GSM 7-bit default alphabet (3GPP 23.038 6.2.1), and UTF-8 written within
 * bounds.
 *
 * What it is not: it knows no message.  National shift tables are not supported.
 */
#ifndef WORKER_CHARSET_H
#define WORKER_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The default alphabet's characters by their septets; 0x1b, the escape, reads as a blank. */
extern const uint16_t charset_gsm[128];

#define CHARSET_ESCAPE 0x1b

/* The character that an escape and this septet stand for, or 0. */
uint16_t charset_gsm_escaped(uint8_t septet);

/* How many septets a character takes, 0 when the alphabet has no such. */
size_t charset_gsm_septets(uint16_t unit);

/* The i-th unit of UTF-16BE; is it the first, or the second, of a surrogate pair? */
uint16_t charset_unit(const uint8_t *octets, size_t i);
bool charset_is_high(uint16_t unit);
bool charset_is_low(uint16_t unit);

/* UTF-8 that is being written; without a NUL. */
struct charset_text {
	char *out;
	size_t len, size;
};

/* Append one code point, which is no surrogate; what does not fit is left out, whole. */
void charset_put(struct charset_text *text, uint32_t code_point);

#endif
