/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-input CASE [ARGUMENT...]: gives the real gateway, with its workers, on the simulator and
 * PostgreSQL, what is in its case's file, and holds that nothing else stops: a good message right
 * behind is answered, a clear line is in the log, what came is kept, no worker dies of it, and the
 * log has nothing personal.
 */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "tests/scenario-runner/proc.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} cases[] = {
	{ "database", bad_database },
	{ "desks", bad_desks },
	{ "flood", bad_flood },
	{ "fuzz", bad_fuzz },
	{ "lines", bad_lines },
	{ "numbers", bad_numbers },
	{ "parts", bad_parts },
	{ "pdus", bad_pdus },
	{ "replies", bad_replies },
	{ "sims", bad_sims },
	{ "storage", bad_storage },
	{ "texts", bad_texts },
};

int
main(int argc, char **argv)
{
	proc_init();
	for (size_t i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, argv[1]) == 0)
			return cases[i].run(argc - 2, argv + 2);
	fprintf(stderr, "usage: bad-input CASE [ARGUMENT...], CASE one of:");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		fprintf(stderr, " %s", cases[i].name);
	fprintf(stderr, "\n");
	return 2;
}
