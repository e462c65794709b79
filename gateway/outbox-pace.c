/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-pace.h"

#include <stdlib.h>
#include <string.h>

#define CHANGED_PERCENT 5        /* of what was told */
#define CHANGED_SLOWLY_PERCENT 1 /* after as many sends as are remembered */

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
differs(unsigned now, unsigned told, unsigned percent)
{
	unsigned long long by = now > told ? now - told : told - now;

	return 100 * by > (unsigned long long)percent * told;
}

unsigned
pace_add(struct pace *pace, unsigned ms)
{
	unsigned now;

	pace->recent[pace->count % PACE_RECENT] = ms > 0 ? ms : 1;
	if (++pace->count < PACE_LEAST)
		return 0;
	now = median(pace);
	if (!differs(now, pace->told, CHANGED_PERCENT) &&
		(pace->count - pace->told_at < PACE_RECENT ||
			!differs(now, pace->told, CHANGED_SLOWLY_PERCENT)))
		return 0;
	pace->told = now;
	pace->told_at = pace->count;
	return now;
}
