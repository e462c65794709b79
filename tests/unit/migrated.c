/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "migrated.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "worker-parent.h"

static const char *
server(void)
{
	const char *pg = getenv("BARAZA_TEST_PG");

	if (pg == NULL) {
		printf("  skipped: BARAZA_TEST_PG names no PostgreSQL\n");
		exit(77);
	}
	return pg;
}

static const char *
query(const char *conninfo, const char *statement)
{
	static char value[1024];
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *result = PQexec(conn, statement);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		printf("  %s: %s", statement, PQerrorMessage(conn));
		exit(1);
	}
	snprintf(value, sizeof(value), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(conn);
	return value;
}

static void
administer(const char *fmt, const char *name)
{
	char conninfo[600], statement[200];

	snprintf(conninfo, sizeof(conninfo), "%s dbname=postgres", server());
	snprintf(statement, sizeof(statement), fmt, name);
	query(conninfo, statement);
}

static void
migrate(const struct migrated *m)
{
	char command[8400], path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/migrated.cfg", parent_dir());
	snprintf(command, sizeof(command), "'%s/baraza' migrate -c '%s' >&2", parent_build(), path);
	f = fopen(path, "w");
	if (f == NULL ||
		fprintf(f, "database = \"%s\"; city = \"Kigali\"; country = \"RW\";\n",
			m->conninfo) < 0 ||
		fclose(f) != 0 || system(command) != 0) {
		printf("  not migrated: %s\n", path);
		exit(1);
	}
}

void
migrated_make(struct migrated *m, const char *prefix)
{
	snprintf(m->name, sizeof(m->name), "%s_%d", prefix, (int)getpid());
	snprintf(m->conninfo, sizeof(m->conninfo), "%s dbname=%s", server(), m->name);
	administer("CREATE DATABASE %s", m->name);
	migrate(m);
}

void
migrated_drop(const struct migrated *m)
{
	administer("DROP DATABASE %s WITH (FORCE)", m->name);
}

const char *
migrated_sql(const struct migrated *m, const char *fmt, ...)
{
	char statement[1024], conninfo[700];
	va_list args;

	va_start(args, fmt);
	vsnprintf(statement, sizeof(statement), fmt, args);
	va_end(args);
	snprintf(conninfo, sizeof(conninfo), "%s options='-c search_path=baraza,public'",
		m->conninfo);
	return query(conninfo, statement);
}

static void
down_cb(struct db *db, void *arg)
{
	(void)db;
	(void)arg;
}

struct db *
migrated_connection(const struct migrated *m, struct event_base *base,
	const struct db_statement *statements, void (*up)(struct db *db, void *arg), void *arg)
{
	const struct db_handlers handlers = { .up = up, .down = down_cb, .arg = arg };

	return db_new(base, "chores", m->conninfo, "SET search_path = baraza, public", statements,
		&handlers);
}

void
migrated_lose(const struct migrated *m)
{
	migrated_sql(m,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		"WHERE datname = current_database() AND pid <> pg_backend_pid()");
}
