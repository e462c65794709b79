/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hex: a hexadecimal digit's value, for what modems write octets in. */
#ifndef HEX_H
#define HEX_H

/* 0 to 15, or -1: it is none. */
static inline int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

#endif
