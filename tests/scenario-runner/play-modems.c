/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements about modems, and which SIM is in which. */
#include "play-internal.h"

#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "sim.h"
#include "util.h"

/* The answer is "ok m1=+250... m2=...". */
char *
play_number_of(struct play *play, const char *modem)
{
	char *answer = sim_ask(&play->sim, SIM_MS, "sims"), *number = NULL;
	char *word = xformat(" %s=", modem);
	const char *at = answer != NULL ? strstr(answer, word) : NULL;

	if (at != NULL) {
		at += strlen(word);
		number = xstrndup(at, strcspn(at, " "));
	}
	free(word);
	free(answer);
	return number;
}

int
play_obey(struct play *play, char *answer)
{
	bool ok = answer != NULL && strncmp(answer, "ok", 2) == 0;

	if (!ok)
		return play_failed(play, xstrdup("ok from the simulator"),
			answer != NULL ? answer : xstrdup("no answer"));
	free(answer);
	return 0;
}

/* Which modems are there matters to a phone that may choose. */
static void
note_plug(struct play *play, const struct stmt *stmt)
{
	unsigned long number = strtoul(stmt->modem + 1, NULL, 10);

	if (number < 1 || number > 2)
		return;
	if (strcmp(stmt->text, "unplug") == 0)
		play->unplugged[number - 1] = true;
	else if (strcmp(stmt->text, "plug") == 0 || strcmp(stmt->text, "well") == 0)
		play->unplugged[number - 1] = false;
}

int
play_fault(struct play *play, const struct stmt *stmt)
{
	note_plug(play, stmt);
	return play_obey(play, sim_ask(&play->sim, SIM_MS, "fault %s %s", stmt->modem, stmt->text));
}
