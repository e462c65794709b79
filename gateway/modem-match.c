/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-match.h"

#include <string.h>

/* Each outweighs all below it together. */
enum {
	WRITTEN_IMEI = 256,
	WRITTEN_PORT = 128,
	LEARNT_IMEI = 64,
	LEARNT_PORT = 32,
	LEARNT_SIM = 16,
	SHARED_IMEI = 8,
	NAMED = 4,
};

static int
same(const char *a, const char *b)
{
	return a[0] != '\0' && strcmp(a, b) == 0;
}

int
match_score(const struct match_entry *entry, const struct match_device *device)
{
	int score = 0;

	if (entry->written_port[0] != '\0' && !same(entry->written_port, device->port))
		return 0;
	if (entry->written_imei[0] != '\0' && device->identified &&
		!same(entry->written_imei, device->imei))
		return 0;
	if (entry->written_port[0] != '\0')
		score += WRITTEN_PORT;
	else if (same(entry->port, device->port))
		score += LEARNT_PORT;
	if (device->named)
		score += NAMED;
	if (!device->identified)
		return score;
	if (entry->written_imei[0] != '\0')
		score += entry->imei_shared ? SHARED_IMEI : WRITTEN_IMEI;
	else if (same(entry->imei, device->imei))
		score += entry->imei_shared ? SHARED_IMEI : LEARNT_IMEI;
	if (same(entry->iccid, device->iccid))
		score += LEARNT_SIM;
	if (score == 0 && !entry->names_device && entry->imei[0] == '\0' && entry->port[0] == '\0')
		score = MATCH_NEWCOMER;
	return score;
}
