/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * monotonic: how much time has passed, whatever is done to the clock on the wall.
 *
 * Milliseconds of CLOCK_MONOTONIC in 64 bits: a `long` of a 32-bit machine would be full after 24
 * days. What it is not: the time of day, which only SQL's city_now() tells.
 */
#ifndef MONOTONIC_H
#define MONOTONIC_H

#include <stdint.h>
#include <time.h>

static inline int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
