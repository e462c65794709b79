/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage: what all scenarios of one invocation share: the places of the programs, a private folder,
 * the PostgreSQL cluster with the demonstration city as a template, the configuration to begin
 * with.
 *
 * What it is not: anything that one scenario leaves for the next.
 */
#ifndef RUNNER_STAGE_H
#define RUNNER_STAGE_H

#include "cluster.h"
#include "settings.h"

#define STAGE_TEMPLATE "city"
#define STAGE_PG_BIN "/usr/lib/postgresql/15/bin"

struct stage {
	char *root;  /* the project's folder */
	char *build; /* where the programs are: this one's own */
	char *dir;   /* private, short, in /tmp; goes with the invocation */
	char *path;  /* "PATH=...", build first */
	char *cluster_script, *cluster_dir, *cluster_log_path;
	char *gateway_program, *simulator_program;
	int lock, cluster_log;
	struct cluster cluster;
	struct settings *settings; /* with all but what differs between scenarios */
};

/*
 * Starts all of it; dies when that fails.  With BARAZA_TEST_WORK (tests/run sets it) in the
 * environment the city is made once and copied from that folder by further invocations.
 */
struct stage *stage_new(void);

/*
 * The same on a PostgreSQL that runs, by its conninfo without a dbname; work is a folder that all
 * who use that server have in common: the first of them makes the city there, and its log is
 * postgres.log, if it has one.  No scenario may kill that database.
 */
struct stage *stage_new_on(const char *conninfo, const char *work);

/* Ends all of it and removes the folder. */
void stage_free(struct stage *stage);

#endif
