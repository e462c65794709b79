/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-charset: two tables, and one way to write. */
#include "worker-charset.h"

#include <string.h>

const uint16_t charset_gsm[128] = { '@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, '\n',
	0xd8, 0xf8, '\r', 0xc5, 0xe5, 0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3,
	0x398, 0x39e, ' ', 0xc6, 0xe6, 0xdf, 0xc9, ' ', '!', '"', '#', 0xa4, '%', '&', '\'', '(',
	')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':',
	';', '<', '=', '>', '?', 0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
	'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1,
	0xdc, 0xa7, 0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0 };

static const struct {
	uint8_t septet;
	uint16_t character;
} extension[] = { { 0x14, '^' }, { 0x28, '{' }, { 0x29, '}' }, { 0x2f, '\\' }, { 0x3c, '[' },
	{ 0x3d, '~' }, { 0x3e, ']' }, { 0x40, '|' }, { 0x65, 0x20ac } };

uint16_t
charset_gsm_escaped(uint8_t septet)
{
	for (size_t i = 0; i < sizeof(extension) / sizeof(extension[0]); i++)
		if (extension[i].septet == septet)
			return extension[i].character;
	return 0;
}

size_t
charset_gsm_septets(uint16_t unit)
{
	for (size_t i = 0; i < 128; i++)
		if (charset_gsm[i] == unit)
			return 1;
	for (size_t i = 0; i < sizeof(extension) / sizeof(extension[0]); i++)
		if (extension[i].character == unit)
			return 2;
	return 0;
}

uint16_t
charset_unit(const uint8_t *octets, size_t i)
{
	return (uint16_t)(octets[2 * i] << 8 | octets[2 * i + 1]);
}

bool
charset_is_high(uint16_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

bool
charset_is_low(uint16_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

void
charset_put(struct charset_text *t, uint32_t c)
{
	unsigned char bytes[4];
	size_t len;

	if (c < 0x80) {
		len = 1;
		bytes[0] = (unsigned char)c;
	} else if (c < 0x800) {
		len = 2;
		bytes[0] = (unsigned char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		len = 3;
		bytes[0] = (unsigned char)(0xe0 | c >> 12);
	} else {
		len = 4;
		bytes[0] = (unsigned char)(0xf0 | c >> 18);
	}
	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
	if (t->size - t->len < len)
		return;
	memcpy(t->out + t->len, bytes, len);
	t->len += len;
}
