/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-wire [SEED [COUNT]]: whatever bytes arrive, decoding neither reads outside them nor lets
 * through a message that could not be encoded again to the same bytes.  Run it under the
 * sanitizers. Random datagrams hardly ever pass, so valid ones are made and damaged too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

static uint64_t state;

static uint32_t
roll(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* A datagram of that type whose numbers are small and whose bytes are short: often a valid one. */
static size_t
make(uint8_t *buf)
{
	size_t len = 2 + roll(80);

	buf[0] = roll(50) == 0 ? (uint8_t)roll(256) : WIRE_VERSION;
	buf[1] = (uint8_t)(roll(2) ? WIRE_OPEN + roll(8) : WIRE_IDENTITY + roll(14));
	for (size_t i = 2; i < len; i++)
		buf[i] = (uint8_t)(roll(4) == 0 ? roll(256) : roll(2));
	return len;
}

/* The exact bytes in a block of their own, so that the sanitizer sees any step outside. */
static void
check(const uint8_t *bytes, size_t len, unsigned *passed)
{
	uint8_t *exact = malloc(len + (len == 0)), again[WIRE_MAX];
	struct wire_msg msg;

	if (exact == NULL)
		abort();
	memcpy(exact, bytes, len);
	if (wire_decode(exact, len, &msg) == 0) {
		(*passed)++;
		if (wire_encode(&msg, again) != (int)len || memcmp(again, exact, len) != 0)
			abort();
	}
	free(exact);
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)atoi(argv[2]) : 200000, passed = 0;
	uint8_t buf[WIRE_MAX];

	state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	for (unsigned i = 0; i < count; i++) {
		size_t len = make(buf);

		/* Lengthened byte by byte from the front, a datagram passes at the length that it
		 * wants. */
		for (size_t cut = 0; cut <= len; cut++)
			check(buf, cut, &passed);
	}
	printf("%u datagrams, %u decoded\n", count, passed);
	return passed > 0 ? 0 : 1;
}
