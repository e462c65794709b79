/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-range.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define UNIX "unix"
#define BITS 128

/* IPv4 addresses are the last 32 bits of ::ffff:0:0/96. */
struct address {
	uint8_t octet[BITS / 8];
	int base; /* bits before the address itself */
};

static bool
address_read(const char *text, struct address *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET6, text, out->octet) == 1) {
		out->base = 0;
		return true;
	}
	if (inet_pton(AF_INET, text, out->octet + sizeof(mapped)) != 1)
		return false;
	memcpy(out->octet, mapped, sizeof(mapped));
	out->base = BITS - 32;
	return true;
}

/* Returns how many bits count, or -1. */
static int
range_read(const char *text, struct address *out)
{
	char address[64];
	size_t length = strcspn(text, "/");
	int bits = -1, end = 0;

	if (length >= sizeof(address))
		return -1;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!address_read(address, out))
		return -1;
	if (text[length] == '\0')
		return BITS;
	if (strspn(text + length + 1, "0123456789") == 0 ||
		sscanf(text + length + 1, "%3d%n", &bits, &end) != 1 ||
		text[length + 1 + (size_t)end] != '\0' || bits > BITS - out->base)
		return -1;
	return out->base + bits;
}

bool
net_range_valid(const char *range)
{
	struct address address;

	return strcmp(range, UNIX) == 0 || range_read(range, &address) != -1;
}

bool
net_range_holds(const char *range, const char *address)
{
	struct address a, b;
	int bits;

	if (strcmp(range, UNIX) == 0 || strcmp(address, UNIX) == 0)
		return strcmp(range, address) == 0;
	bits = range_read(range, &a);
	if (bits == -1 || !address_read(address, &b) ||
		memcmp(a.octet, b.octet, (size_t)bits / 8) != 0)
		return false;
	return bits % 8 == 0 || ((a.octet[bits / 8] ^ b.octet[bits / 8]) >> (8 - bits % 8)) == 0;
}
