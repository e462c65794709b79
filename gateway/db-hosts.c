/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db-hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT "5432"
#define CONNECT_DEFAULT_S 5
#define PATIENCE_DEFAULT_MS 30000
#define TEXT(number) #number
#define TEXT_OF(number) TEXT(number)

enum { HOST, HOSTADDR, PORT, LISTS };

static const char *const keywords[LISTS] = { "host", "hostaddr", "port" };

struct db_hosts {
	char *conninfo;
	char *left[LISTS]; /* of the lists, separated by commas; NULL: nothing is left out */
};

struct db_hosts *
db_hosts_new(const char *conninfo)
{
	struct db_hosts *hosts = calloc(1, sizeof(*hosts));

	if (hosts == NULL || (hosts->conninfo = strdup(conninfo)) == NULL) {
		free(hosts);
		return NULL;
	}
	return hosts;
}

void
db_hosts_free(struct db_hosts *hosts)
{
	if (hosts == NULL)
		return;
	db_hosts_forget(hosts);
	free(hosts->conninfo);
	free(hosts);
}

void
db_hosts_forget(struct db_hosts *hosts)
{
	for (int i = 0; i < LISTS; i++) {
		free(hosts->left[i]);
		hosts->left[i] = NULL;
	}
}

PGconn *
db_hosts_connect(const struct db_hosts *hosts)
{
	/* Later ones win; the connection string is told by dbname. */
	const char *keys[] = { "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
		"keepalives_count", "dbname", keywords[HOST], keywords[HOSTADDR], keywords[PORT],
		NULL };
	const char *values[] = { TEXT_OF(PATIENCE_DEFAULT_MS), "30", "10", "3", hosts->conninfo,
		hosts->left[HOST], hosts->left[HOSTADDR], hosts->left[PORT], NULL };

	return PQconnectStartParams(keys, values, 1);
}

/* --- What is in force: the connection string, libpq's variables, its services and defaults --- */

/* The caller's; NULL when it is not set. */
static char *
option_of(PGconn *conn, const char *keyword)
{
	PQconninfoOption *options = PQconninfo(conn);
	char *value = NULL;

	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
		if (value == NULL && strcmp(o->keyword, keyword) == 0 && o->val != NULL)
			value = strdup(o->val);
	PQconninfoFree(options);
	return value;
}

static int
number_of(PGconn *conn, const char *keyword, int fallback)
{
	char *value = option_of(conn, keyword), *end;
	long number = value != NULL ? strtol(value, &end, 10) : fallback;

	if (value != NULL && end == value)
		number = fallback;
	free(value);
	return number < 0 || number > 86400000 ? 0 : (int)number;
}

int
db_hosts_connect_s(PGconn *conn)
{
	return number_of(conn, "connect_timeout", CONNECT_DEFAULT_S);
}

int
db_hosts_patience_ms(PGconn *conn)
{
	return number_of(conn, "tcp_user_timeout", PATIENCE_DEFAULT_MS);
}

/* --- Leaving one out --- */

/* Of a list's entry i; of one entry alone that one stands for all. */
struct entry {
	const char *at;
	size_t length;
};

static size_t
entries(const char *list)
{
	size_t count = list != NULL && *list != '\0';

	for (; count > 0 && *list != '\0'; list++)
		count += *list == ',';
	return count;
}

static struct entry
entry_of(const char *list, size_t i)
{
	struct entry entry = { "", 0 };

	if (list == NULL)
		return entry;
	for (i = entries(list) == 1 ? 0 : i; i > 0; i--)
		list += strcspn(list, ",") + 1;
	entry.at = list;
	entry.length = strcspn(list, ",");
	return entry;
}

static int
entry_is(struct entry entry, const char *word)
{
	return strlen(word) == entry.length && memcmp(entry.at, word, entry.length) == 0;
}

static int
stands_at(PGconn *conn, char *const lists[LISTS], size_t i)
{
	struct entry name = entry_of(lists[HOST], i), port = entry_of(lists[PORT], i);

	if (name.length == 0)
		name = entry_of(lists[HOSTADDR], i);
	if (!entry_is(name, PQhost(conn)))
		return 0;
	return port.length == 0 ? strcmp(PQport(conn), DEFAULT_PORT) == 0
				: entry_is(port, PQport(conn));
}

static void
append(char *list, int first, struct entry entry)
{
	size_t length = strlen(list);

	if (!first)
		list[length++] = ',';
	memcpy(list + length, entry.at, entry.length);
	list[length + entry.length] = '\0';
}

/* The lists without those entries at which conn stands.  Returns how many are left, or 0 when
 * memory is out. */
static size_t
leave_out(PGconn *conn, char *const lists[LISTS], char *left[LISTS])
{
	size_t count = entries(lists[lists[HOSTADDR] != NULL ? HOSTADDR : HOST]), kept = 0;

	for (int l = 0; l < LISTS; l++) {
		if (lists[l] == NULL)
			continue;
		left[l] = calloc(1, (strlen(lists[l]) + 1) * (count + 1));
		if (left[l] == NULL)
			return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (stands_at(conn, lists, i))
			continue;
		for (int l = 0; l < LISTS; l++)
			if (left[l] != NULL)
				append(left[l], kept == 0, entry_of(lists[l], i));
		kept++;
	}
	return kept;
}

void
db_hosts_leave_out(struct db_hosts *hosts, PGconn *conn)
{
	char *lists[LISTS], *left[LISTS] = { NULL };

	for (int l = 0; l < LISTS; l++)
		lists[l] = option_of(conn, keywords[l]);
	size_t kept = leave_out(conn, lists, left);
	db_hosts_forget(hosts);
	for (int l = 0; l < LISTS; l++) {
		free(lists[l]);
		if (kept > 0)
			hosts->left[l] = left[l];
		else
			free(left[l]);
	}
}
