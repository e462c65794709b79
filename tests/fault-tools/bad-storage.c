/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-storage: a SIM full of what cannot be deleted.  As long as one place is left, messages come
 * through it one by one; with none left the network keeps them, and the administrator is told by
 * the other modem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

#define ADMINISTRATOR "+250788099999"

enum { PLACES = 10, MESSAGES = 8 };

/* Takes the administrator's SMS, in order, until one holds the words. */
static void
administrator_hears(struct rig *rig, const char *words)
{
	char *answer;
	bool heard = false;

	do {
		answer = sim_ask(&rig->field.sim, 2 * RIG_SECONDS * 1000, "wait %s %d",
			ADMINISTRATOR, RIG_SECONDS * 1000);
		heard = answer != NULL && strstr(answer, words) != NULL;
		rig_check(rig, answer == NULL || strstr(answer, "+250789000001") == NULL,
			"the administrator hears it from the modem in trouble");
		if (!heard && (answer == NULL || strncmp(answer, "ok", 2) != 0)) {
			rig_check(rig, false, "the administrator does not hear '%s'", words);
			heard = true;
		}
		free(answer);
	} while (!heard);
}

/* With one place left. */
static void
one_by_one(struct rig *rig)
{
	unsigned first = rig_good(rig, "m1");

	for (unsigned i = 1; i < MESSAGES; i++)
		rig_good(rig, "m1");
	for (unsigned i = 0; i < MESSAGES; i++)
		rig_answered(rig, first + i, "a SIM full of junk but for one place");
}

/* With none left, until somebody puts it right. */
static void
none_left(struct rig *rig)
{
	unsigned held;

	field_sim(&rig->field, "fault m1 undeletable 1");
	held = rig_good(rig, "m1");
	rig_works(rig, "m2", "another modem's SIM full of junk");
	field_sim(&rig->field, "fault m1 well");
	rig->deaths++;
	if (gateway_kill_worker(&rig->field.gateway, "m1", RIG_SECONDS * 1000) != 0)
		die("m1 has no worker");
	rig_answered(rig, held, "a SIM that was full of junk");
	rig_gives(rig, "0", "SELECT count(*) FROM queue");
	rig_quiet(rig, "m1", 0);
}

int
bad_storage(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	field_set(&rig.field, "administrator", "\"" ADMINISTRATOR "\"");
	field_sim(&rig.field, "set m1 me off");
	field_sim(&rig.field, "set m1 capacity %d", PLACES);
	field_sim(&rig.field, "fault m1 undeletable %d", PLACES - 1);
	rig_start(&rig);
	one_by_one(&rig);
	rig_same_workers(&rig);
	administrator_hears(&rig, "messages in modem m1 cannot be deleted");
	rig_logs(&rig, "event=undeletable modem=m1 count=9");
	rig_gives(&rig, "9", "SELECT count(*) FROM tray WHERE kind = 'poison'");
	rig_gives(&rig, "9", "SELECT count(*) FROM message WHERE kind = 'broken'");
	none_left(&rig);
	printf("%u good messages\n", rig.good);
	return rig_close(&rig);
}
