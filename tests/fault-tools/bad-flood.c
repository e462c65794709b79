/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-flood [MESSAGES]: so many SMS from one number, at once.  All are kept, the first few are
 * answered, nobody else waits longer for it than the SIM itself takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

#define FLOODER "+250788066666"

enum { MESSAGES = 2000, ANSWERED = 20, OTHERS = 10 };

int
bad_flood(int argc, char **argv)
{
	int messages = argc > 0 ? atoi(argv[0]) : MESSAGES;
	char *count = xformat("%d", messages);
	struct rig rig;
	unsigned others[OTHERS], behind;
	double from;

	rig_open(&rig);
	field_set(&rig.field, "messages_per_hour", "20");
	rig_start(&rig);
	from = bench_now();
	for (int i = 0; i < messages; i++) {
		field_sim(&rig.field, "sms " FLOODER " m1 Fuite d'eau rue KN %d", i);
		if (i % (messages / OTHERS) == 0 && i * OTHERS / messages < OTHERS)
			others[i * OTHERS / messages] = rig_good(&rig, "m2");
	}
	behind = rig_good(&rig, "m1");
	for (int i = 0; i < OTHERS; i++)
		rig_answered(&rig, others[i], "a flood on another modem");
	rig_answered(&rig, behind, "a flood on the same modem");
	printf("%d messages of one number, and one behind them answered, in %.1f s\n", messages,
		bench_now() - from);
	rig_gives(&rig, count,
		"SELECT count(*) FROM message m JOIN contact c ON c.id = m.contact_id "
		"WHERE m.direction = 'in' AND c.number = '" FLOODER "'");
	rig_gives(&rig, "0", "SELECT count(*) FROM queue");
	rig_check(&rig, rig_replies(&rig, FLOODER) == ANSWERED, "%ld are answered, not %d",
		rig_replies(&rig, FLOODER), ANSWERED);
	rig_gives(&rig, "t", "SELECT count(*) = %d FROM tray", messages - ANSWERED);
	rig_same_workers(&rig);
	free(count);
	return rig_close(&rig);
}
