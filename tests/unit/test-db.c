/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connection to PostgreSQL: servers that say nothing are passed over, and never waited for.
 *
 * waits
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "db.h"
#include "db-hosts.h"
#include "monotonic.h"
#include "unit.h"

enum { PATIENCE_S = 20, FILLERS = 4 };

static const struct db_statement statements[] = { { "sleep", "SELECT pg_sleep($1)" },
	{ "setting", "SELECT current_setting($1)" }, { NULL, NULL } };

struct field {
	struct event_base *base;
	struct db *db;
	int ups, downs, results, nulls, ends;
	enum db_end end;
	char value[64];
};

/* --- servers --- */

/* A socket that listens on a free port of 127.0.0.1, and accepts nothing. */
static int
listener(int backlog, int *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(fd != -1 && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0);
	REQUIRE(listen(fd, backlog) == 0);
	REQUIRE(getsockname(fd, (struct sockaddr *)&sa, &length) == 0);
	*port = ntohs(sa.sin_port);
	return fd;
}

static int
connects(int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	REQUIRE(fd != -1);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 && errno != EINPROGRESS)
		return -1;
	return poll(&wait, 1, 300) == 1; /* its socket stays: it holds a place */
}

/* A port whose queue is full: the kernel drops what asks for a connection, as a dead machine does.
 */
static int
black_hole(int *fd)
{
	int port;

	*fd = listener(0, &port);
	for (int i = 0; i < FILLERS; i++)
		if (connects(port) == 0)
			return port;
	SKIP("this kernel drops nothing on loopback");
}

static const char *
server(void)
{
	const char *conninfo = getenv("BARAZA_TEST_PG");

	if (conninfo == NULL)
		SKIP("BARAZA_TEST_PG names no PostgreSQL");
	return conninfo;
}

static const char *
option(PQconninfoOption *options, const char *keyword)
{
	while (strcmp(options->keyword, keyword) != 0)
		options++;
	return options->val != NULL ? options->val : "";
}

/* The tests' server, behind one of this port on 127.0.0.1. */
static void
behind(int port, const char *more, char *out, size_t size)
{
	PQconninfoOption *options = PQconninfoParse(server(), NULL);
	const char *its_port;

	REQUIRE(options != NULL);
	its_port = option(options, "port");
	snprintf(out, size, "%s dbname=postgres host=127.0.0.1,%s port=%d,%s %s", server(),
		option(options, "host"), port, its_port[0] != '\0' ? its_port : "5432", more);
	PQconninfoFree(options);
}

/* --- the field --- */

static void
up_cb(struct db *db, void *arg)
{
	struct field *field = arg;

	(void)db;
	field->ups++;
	event_base_loopbreak(field->base);
}

static void
down_cb(struct db *db, void *arg)
{
	(void)db;
	((struct field *)arg)->downs++;
}

static void
result_cb(PGresult *result, void *arg)
{
	struct field *field = arg;

	field->results++;
	field->nulls += result == NULL;
	if (result != NULL && PQntuples(result) == 1)
		snprintf(field->value, sizeof(field->value), "%s", PQgetvalue(result, 0, 0));
}

static void
end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct field *field = arg;

	(void)sqlstate;
	field->ends++;
	field->end = end;
	event_base_loopbreak(field->base);
}

/* Turns until a callback breaks it, or the time is over. */
static void
turn(struct field *field, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_base_loopexit(field->base, &tv);
	event_base_dispatch(field->base);
}

static void
open_field(struct field *field, const char *conninfo)
{
	memset(field, 0, sizeof(*field));
	field->base = event_base_new();
	struct db_handlers handlers = { up_cb, down_cb, NULL, field };
	field->db = db_new(
		field->base, "test", conninfo, "SET search_path = public", statements, &handlers);
	db_start(field->db);
	turn(field, PATIENCE_S * 1000);
}

static void
close_field(struct field *field)
{
	db_free(field->db);
	event_base_free(field->base);
}

static void
ask(struct field *field, const char *statement, const char *value)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, value);
	REQUIRE(db_send(field->db, statement, &params, result_cb, field) == 0);
	REQUIRE(db_commit(field->db, end_cb, field) == 0);
}

/* --- tests --- */

TEST(a_host_that_says_nothing_is_passed_over)
{
	struct field field;
	char conninfo[1024];
	int64_t start = monotonic_ms();
	int port, fd = listener(8, &port);

	behind(port, "connect_timeout=1", conninfo, sizeof(conninfo));
	open_field(&field, conninfo);
	CHECK_INT(field.ups, 1);
	CHECK(monotonic_ms() - start >= 1000);
	close_field(&field);
	close(fd);
}

TEST(a_host_that_drops_everything_is_passed_over)
{
	struct field field;
	char conninfo[1024];
	int fd, port = black_hole(&fd);
	int64_t start = monotonic_ms();

	behind(port, "connect_timeout=1", conninfo, sizeof(conninfo));
	open_field(&field, conninfo);
	CHECK_INT(field.ups, 1);
	CHECK(monotonic_ms() - start >= 1000);
	close_field(&field);
	close(fd);
}

/* A standby is preferred; the one that there is says nothing; the primary is better than none. */
TEST(what_servers_are_wanted_still_counts)
{
	struct field field;
	char conninfo[1024];
	int port, fd = listener(8, &port);

	behind(port, "connect_timeout=1 target_session_attrs=prefer-standby", conninfo,
		sizeof(conninfo));
	open_field(&field, conninfo);
	CHECK_INT(field.ups, 1);
	close_field(&field);
	behind(port, "connect_timeout=1 target_session_attrs=standby", conninfo, sizeof(conninfo));
	memset(&field, 0, sizeof(field));
	field.base = event_base_new();
	struct db_handlers handlers = { up_cb, down_cb, NULL, &field };
	field.db = db_new(field.base, "test", conninfo, "", statements, &handlers);
	db_start(field.db);
	turn(&field, 2000);
	CHECK_INT(field.ups, 0);
	close_field(&field);
	close(fd);
}

TEST(an_answer_that_does_not_come_is_lost)
{
	struct field field;
	char conninfo[1024];
	int64_t start;

	snprintf(conninfo, sizeof(conninfo), "%s dbname=postgres tcp_user_timeout=3000", server());
	open_field(&field, conninfo);
	REQUIRE(field.ups == 1);
	/* What takes less is waited for, and when nothing is asked nothing is missed. */
	for (int i = 0; i < 2; i++) {
		ask(&field, "sleep", "1");
		turn(&field, PATIENCE_S * 1000);
		CHECK_INT(field.ends, i + 1);
		CHECK(field.end == DB_COMMITTED);
	}
	turn(&field, 3500);
	CHECK_INT(field.downs, 0);
	ask(&field, "sleep", "30");
	start = monotonic_ms();
	turn(&field, PATIENCE_S * 1000);
	CHECK_INT(field.ends, 3);
	CHECK(field.end == DB_LOST);
	CHECK_INT(field.nulls, 1);
	CHECK_INT(field.downs, 1);
	CHECK(monotonic_ms() - start >= 2900);
	if (field.ups == 1)
		turn(&field, PATIENCE_S * 1000);
	CHECK_INT(field.ups, 2);
	/* The server notices, too. */
	ask(&field, "setting", "client_connection_check_interval");
	turn(&field, PATIENCE_S * 1000);
	CHECK_STR(field.value, "10s");
	close_field(&field);
}

/* The hosts that are left, as libpq sees them. */
static void
check_hosts(const struct db_hosts *hosts, const char *list, const char *ports)
{
	PGconn *conn = db_hosts_connect(hosts);
	PQconninfoOption *options = PQconninfo(conn);

	CHECK_STR(option(options, "host"), list);
	CHECK_STR(option(options, "port"), ports);
	PQconninfoFree(options);
	PQfinish(conn);
}

TEST(hosts_are_left_out_until_none_is_left)
{
	/* Where no server is, libpq stands at the last. */
	struct db_hosts *hosts =
		db_hosts_new("host=/none/a,/none/b,/none/b port=1,2,3 tcp_user_timeout=7");
	struct db_hosts *one_port = db_hosts_new("host=/none/a,/none/b port=4 connect_timeout=0");
	PGconn *conn = db_hosts_connect(hosts);

	CHECK_STR(PQport(conn), "3");
	CHECK_INT(db_hosts_connect_s(conn), 5);
	CHECK_INT(db_hosts_patience_ms(conn), 7);
	db_hosts_leave_out(hosts, conn);
	PQfinish(conn);
	check_hosts(hosts, "/none/a,/none/b", "1,2");
	conn = db_hosts_connect(hosts);
	db_hosts_leave_out(hosts, conn);
	PQfinish(conn);
	check_hosts(hosts, "/none/a", "1");
	conn = db_hosts_connect(hosts);
	db_hosts_leave_out(hosts, conn);
	PQfinish(conn);
	check_hosts(hosts, "/none/a,/none/b,/none/b", "1,2,3");

	conn = db_hosts_connect(one_port);
	CHECK_INT(db_hosts_connect_s(conn), 0);
	CHECK_INT(db_hosts_patience_ms(conn), 30000);
	db_hosts_leave_out(one_port, conn);
	PQfinish(conn);
	check_hosts(one_port, "/none/a", "4");
	db_hosts_forget(one_port);
	check_hosts(one_port, "/none/a,/none/b", "4");
	db_hosts_free(hosts);
	db_hosts_free(one_port);
}

UNIT_MAIN
