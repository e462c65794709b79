/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-pace.h"

#include <stdlib.h>
#include <string.h>

#define CHANGED_PERCENT 5        /* of what was told */
#define CHANGED_SLOWLY_PERCENT 1 /* after as many sends as are remembered */
#define CLOCK_GRAIN 1            /* milliseconds by which the clock itself differs */

static int
compare(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static unsigned
median(const struct pace *pace)
{
	unsigned sorted[PACE_RECENT], n = pace->count < PACE_RECENT ? pace->count : PACE_RECENT;

	memcpy(sorted, pace->recent, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), compare);
	return sorted[n / 2];
}

static int
differs(unsigned now, unsigned told, unsigned percent, unsigned grain)
{
	unsigned long long by = now > told ? now - told : told - now;

	return by > grain && 100 * by > (unsigned long long)percent * told;
}

unsigned
pace_add(struct pace *pace, unsigned ms)
{
	unsigned now;

	pace->recent[pace->count % PACE_RECENT] = ms > 0 ? ms : 1;
	if (++pace->count < PACE_LEAST)
		return 0;
	now = median(pace);
	if (pace->told != 0 && !differs(now, pace->told, CHANGED_PERCENT, CLOCK_GRAIN) &&
		(pace->count - pace->told_at < PACE_RECENT ||
			!differs(now, pace->told, CHANGED_SLOWLY_PERCENT, 0)))
		return 0;
	pace->told = now;
	pace->told_at = pace->count;
	return now;
}
