/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cluster: the invocation's own PostgreSQL, made and run by packaging/cluster.sh; or one that is
 * there for several, which is neither killed nor stopped.
 *
 * What it is: the server as a process of ours, killed and started as scenarios ask, and a database
 * for each scenario, copied from a template.
 * What it is not: what the tables hold; only the city's clock is known here.
 */
#ifndef RUNNER_CLUSTER_H
#define RUNNER_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "proc.h"

struct cluster {
	struct proc proc;
	const char *script; /* packaging/cluster.sh */
	const char *dir;
	char *conninfo; /* without a dbname */
	bool borrowed;  /* proc is none */
	int log;
};

/*
 * Makes the cluster in dir, which must be short and plain, and starts it; its log goes to the
 * descriptor log.  script and dir are borrowed.  Dies when that fails: no scenario could run.
 */
void cluster_start(struct cluster *cluster, const char *script, const char *dir, int log);

/* The same with a server that runs, by its conninfo without a dbname. */
void cluster_borrow(struct cluster *cluster, const char *conninfo);

/* Does it run, as far as we have not killed it? */
bool cluster_runs(const struct cluster *cluster);

/* Ends it for good, without saving anything: its data are thrown away. */
void cluster_stop(struct cluster *cluster);

/* kill -9 of the server, all its processes. */
void cluster_kill(struct cluster *cluster);

/* Stops it properly, so that its files are whole. */
void cluster_pause(struct cluster *cluster);

/* Starts it again: 0, or -1 when it does not come up.  Running already is no error. */
int cluster_restart(struct cluster *cluster);

/* A conninfo for a database of it; the caller's. */
char *cluster_conninfo(const struct cluster *cluster, const char *database);

/* Runs one statement; 0, or -1 with *error (the caller's to free). */
int cluster_exec(
	const struct cluster *cluster, const char *database, const char *statement, char **error);

/* A new database, empty when template is NULL; dies when it cannot. */
void cluster_create(const struct cluster *cluster, const char *database, const char *template);
void cluster_drop(const struct cluster *cluster, const char *database);

#endif
