/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charset.h"

#include <stdbool.h>
#include <string.h>

/* 3GPP 23.038, 6.2.1: the default alphabet.  0x1B is the escape, no character. */
static const uint16_t gsm_basic[128] = { '@', 0xA3, '$', 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7,
	'\n', 0xD8, 0xF8, '\r', 0xC5, 0xE5, 0x394, '_', 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8,
	0x3A3, 0x398, 0x39E, 0xFFFF, 0xC6, 0xE6, 0xDF, 0xC9, ' ', '!', '"', '#', 0xA4, '%', '&',
	'\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8',
	'9', ':', ';', '<', '=', '>', '?', 0xA1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J',
	'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xC4, 0xD6,
	0xD1, 0xDC, 0xA7, 0xBF, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm',
	'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xE4, 0xF6, 0xF1, 0xFC,
	0xE0 };

/* 6.2.1.1: the extension table. */
static const struct {
	uint8_t code;
	uint16_t cp;
} gsm_extension[] = { { 0x0A, '\f' }, { 0x14, '^' }, { 0x28, '{' }, { 0x29, '}' }, { 0x2F, '\\' },
	{ 0x3C, '[' }, { 0x3D, '~' }, { 0x3E, ']' }, { 0x40, '|' }, { 0x65, 0x20AC } };

#define N_EXTENSION (sizeof(gsm_extension) / sizeof(gsm_extension[0]))

static bool
is_surrogate(uint32_t cp)
{
	return cp >= 0xD800 && cp <= 0xDFFF;
}

size_t
utf8_get(const char *s, size_t len, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	uint32_t got;
	size_t need;

	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	need = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
	*cp = UNICODE_REPLACEMENT;
	if (u[0] < 0xC2 || u[0] > 0xF4 || need > len)
		return 1;
	got = u[0] & (0xFFU >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((u[i] & 0xC0) != 0x80)
			return 1;
		got = got << 6 | (u[i] & 0x3F);
	}
	if (got < least[need] || got > 0x10FFFF || is_surrogate(got))
		return 1;
	*cp = got;
	return need;
}

size_t
utf8_put(uint32_t cp, char out[4])
{
	if (is_surrogate(cp) || cp > 0x10FFFF)
		cp = UNICODE_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

/* Appends cp to out if it and a NUL fit. */
static bool
append(char *out, size_t cap, size_t *at, uint32_t cp)
{
	char octets[4];
	size_t n = utf8_put(cp, octets);

	if (*at + n >= cap)
		return false;
	memcpy(out + *at, octets, n);
	*at += n;
	return true;
}

size_t
gsm_from_unicode(uint32_t cp, uint8_t out[2])
{
	if (cp < 128 && gsm_basic[cp] == cp) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	for (size_t i = 0; i < 128 && cp != 0xFFFF; i++) {
		if (gsm_basic[i] == cp) {
			out[0] = (uint8_t)i;
			return 1;
		}
	}
	for (size_t i = 0; i < N_EXTENSION; i++) {
		if (gsm_extension[i].cp == cp) {
			out[0] = GSM_ESCAPE;
			out[1] = gsm_extension[i].code;
			return 2;
		}
	}
	return 0;
}

static uint32_t
extended(uint8_t code)
{
	for (size_t i = 0; i < N_EXTENSION; i++)
		if (gsm_extension[i].code == code)
			return gsm_extension[i].cp;
	return code == GSM_ESCAPE ? ' ' : gsm_basic[code];
}

size_t
gsm_to_utf8(const uint8_t *septets, size_t n, char *out, size_t cap)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t code = septets[i] & 0x7F;
		uint32_t cp = gsm_basic[code];

		if (code == GSM_ESCAPE)
			cp = i + 1 < n ? extended(septets[++i] & 0x7F) : ' ';
		if (!append(out, cap, &at, cp))
			break;
	}
	if (cap > 0)
		out[at] = '\0';
	return at;
}

size_t
gsm_pack(const uint8_t *septets, size_t n, unsigned skip, uint8_t *out)
{
	size_t bit = skip;

	for (size_t i = 0; i < n; i++, bit += 7) {
		unsigned value = (septets[i] & 0x7FU) << bit % 8;

		out[bit / 8] |= (uint8_t)value;
		if (bit % 8 > 1)
			out[bit / 8 + 1] |= (uint8_t)(value >> 8);
	}
	return (bit + 7) / 8;
}

void
gsm_unpack(const uint8_t *in, size_t len, unsigned skip, uint8_t *septets, size_t n)
{
	size_t bit = skip;

	for (size_t i = 0; i < n; i++, bit += 7) {
		unsigned low = bit / 8 < len ? in[bit / 8] : 0;
		unsigned high = bit / 8 + 1 < len ? in[bit / 8 + 1] : 0;

		septets[i] = (uint8_t)((low | high << 8) >> bit % 8 & 0x7F);
	}
}

size_t
ucs2_put(uint32_t cp, uint8_t out[4])
{
	uint32_t high, low;

	if (is_surrogate(cp) || cp > 0x10FFFF)
		cp = UNICODE_REPLACEMENT;
	if (cp < 0x10000) {
		out[0] = (uint8_t)(cp >> 8);
		out[1] = (uint8_t)cp;
		return 2;
	}
	high = 0xD800 + ((cp - 0x10000) >> 10);
	low = 0xDC00 + ((cp - 0x10000) & 0x3FF);
	out[0] = (uint8_t)(high >> 8);
	out[1] = (uint8_t)high;
	out[2] = (uint8_t)(low >> 8);
	out[3] = (uint8_t)low;
	return 4;
}

size_t
ucs2_to_utf8(const uint8_t *in, size_t len, char *out, size_t cap)
{
	size_t at = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		uint32_t cp = (uint32_t)in[i] << 8 | in[i + 1];

		if (cp >= 0xD800 && cp <= 0xDBFF && i + 3 < len && in[i + 2] >= 0xDC &&
			in[i + 2] <= 0xDF) {
			cp = 0x10000 + ((cp & 0x3FF) << 10) +
				(((uint32_t)in[i + 2] & 3) << 8 | in[i + 3]);
			i += 2;
		}
		if (!append(out, cap, &at, cp))
			break;
	}
	if (cap > 0)
		out[at] = '\0';
	return at;
}
