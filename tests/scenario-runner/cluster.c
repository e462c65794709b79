/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster.h"

#include <libpq-fe.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>

#include "util.h"

enum { START_MS = 60000, STOP_MS = 60000, QUIT_MS = 10000 };

static int
launch(struct cluster *cluster)
{
	const char *const argv[] = { cluster->script, "--fast", "run", cluster->dir, NULL };
	const struct proc_spec spec = { .argv = argv, .out = cluster->log, .err = cluster->log };

	cluster->proc.needed = true;
	return proc_start_ready(&cluster->proc, &spec, START_MS);
}

void
cluster_start(struct cluster *cluster, const char *script, const char *dir, int log)
{
	static const char settings[] = "ALTER SYSTEM SET synchronous_commit = on";
	char *error = NULL;

	*cluster = (struct cluster){ .script = script, .dir = dir, .log = log };
	cluster->proc.name = "database";
	cluster->conninfo = xformat("host=%s/socket user=baraza", dir);
	if (launch(cluster) == -1)
		return;
	/* What was committed must be there after kill -9: without fsync that costs nothing. */
	if (cluster_exec(cluster, "postgres", settings, &error) == -1 ||
		cluster_exec(cluster, "postgres", "SELECT pg_reload_conf()", &error) == -1)
		die("the test database: %s", error);
}

void
cluster_borrow(struct cluster *cluster, const char *conninfo)
{
	*cluster = (struct cluster){ .conninfo = xstrdup(conninfo), .log = -1, .borrowed = true };
}

bool
cluster_runs(const struct cluster *cluster)
{
	return cluster->borrowed || cluster->proc.running;
}

/* The server's children become ours when it dies, and would end by and by of themselves. */
void
cluster_kill(struct cluster *cluster)
{
	if (cluster->borrowed)
		die("PostgreSQL is not this invocation's alone: it is not killed");
	proc_kill(&cluster->proc);
	proc_kill_orphans("postgres");
}

/* SIGQUIT is PostgreSQL's immediate shutdown: what killing it leaves of its shared memory stays on
 * the machine for ever. */
static void
quit(struct cluster *cluster)
{
	cluster->proc.needed = false;
	if (cluster->proc.running)
		kill(cluster->proc.pid, SIGQUIT);
	if (proc_wait_end(&cluster->proc, now_ms() + QUIT_MS) == -1)
		cluster_kill(cluster);
}

void
cluster_stop(struct cluster *cluster)
{
	if (!cluster->borrowed)
		quit(cluster);
	free(cluster->conninfo);
	cluster->conninfo = NULL;
}

/* SIGINT is PostgreSQL's fast shutdown. */
void
cluster_pause(struct cluster *cluster)
{
	cluster->proc.needed = false;
	kill(cluster->proc.pid, SIGINT);
	if (proc_wait_end(&cluster->proc, now_ms() + STOP_MS) == -1)
		die("PostgreSQL does not stop");
}

int
cluster_restart(struct cluster *cluster)
{
	return cluster_runs(cluster) ? 0 : launch(cluster);
}

char *
cluster_conninfo(const struct cluster *cluster, const char *database)
{
	return xformat("%s dbname=%s", cluster->conninfo, database);
}

int
cluster_exec(
	const struct cluster *cluster, const char *database, const char *statement, char **error)
{
	char *conninfo =
		xformat("%s dbname=%s connect_timeout=10 options='-c search_path=baraza,public "
			"-c client_min_messages=warning -c statement_timeout=60000'",
			cluster->conninfo, database);
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *result = PQexec(conn, statement);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		*error = xstrdup(PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
	free(conninfo);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : -1;
}

static void
must_exec(const struct cluster *cluster, char *statement)
{
	char *error = NULL;

	if (cluster_exec(cluster, "postgres", statement, &error) == -1)
		die("%s: %s", statement, error);
	free(statement);
}

void
cluster_create(const struct cluster *cluster, const char *database, const char *template)
{
	must_exec(cluster,
		xformat("CREATE DATABASE %s TEMPLATE %s", database,
			template != NULL ? template : "template0"));
}

void
cluster_drop(const struct cluster *cluster, const char *database)
{
	must_exec(cluster, xformat("DROP DATABASE IF EXISTS %s WITH (FORCE)", database));
}
