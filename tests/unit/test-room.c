/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A room's turns, on a real PostgreSQL: when they come, and that none comes too much or too early.
 */
#include <event2/event.h>

#include "config.h"
#include "gateway.h"
#include "monotonic.h"
#include "room.h"
#include "unit.h"

#define REST_MS 400
#define LONG_S 600.0

static const struct db_statement statements[] = {
	{ "say", "SELECT $1::text" },
	{ "divide", "SELECT 1 / $1::integer" },
	{ "setting", "SELECT current_setting($1)" },
	{ "settings",
		"SELECT concat_ws('|', current_setting('search_path'), current_setting('jit'), "
		"current_setting('TimeZone'), current_setting('work_mem'), $1::text)" },
	{ "lose", "SELECT pg_terminate_backend(pg_backend_pid()), $1::text" },
	{ "pid", "SELECT pg_backend_pid(), $1::text" },
	{ NULL, NULL },
};

struct field {
	struct gateway gateway;
	struct config config;
	char conninfo[1024], channel[40], first[120];
	struct room *room;
	/* what a turn does: */
	const char *statement, *value; /* NULL: nothing */
	void (*in_turn)(struct field *field);
	void (*at_result)(struct field *field);
	int commits_at_once, holds; /* the commit, until something is due */
	int rest_ms;                /* of what has failed */
	/* what came: */
	int turns, begun, ends, news[ROOM_DUE + 1], results;
	enum db_end end;
	char sqlstate[6], got[200], heard[40];
	int ends_when_down;
};

/* --- the owner --- */

static void
result_cb(PGresult *result, void *arg)
{
	struct field *field = arg;

	field->results++;
	if (result != NULL)
		snprintf(field->got, sizeof(field->got), "%s", PQgetvalue(result, 0, 0));
	CHECK(!room_idle(field->room));
	if (field->at_result != NULL)
		field->at_result(field);
	if (!field->commits_at_once && !field->holds)
		room_commit(field->room);
}

static int
turn(void *arg)
{
	struct field *field = arg;
	struct db_params params;

	CHECK_INT(field->begun, field->ends); /* one at a time */
	CHECK(db_is_up(room_db(field->room)));
	field->turns++;
	if (field->in_turn != NULL)
		field->in_turn(field);
	if (field->statement == NULL)
		return 0;
	field->begun++;
	db_params_begin(&params);
	db_param_text(&params, field->value);
	CHECK_INT(db_send(room_db(field->room), field->statement, &params, result_cb, field), 0);
	if (field->commits_at_once)
		room_commit(field->room);
	else
		db_flush(room_db(field->room));
	return 1;
}

static void
end(enum db_end how, const char *sqlstate, void *arg)
{
	struct field *field = arg;

	field->ends++;
	field->end = how;
	snprintf(field->sqlstate, sizeof(field->sqlstate), "%s", sqlstate);
	CHECK(room_idle(field->room));
	if (how == DB_FAILED && field->rest_ms > 0)
		room_rest(field->room, field->rest_ms);
}

static void
heard(enum room_news news, const char *channel, void *arg)
{
	struct field *field = arg;

	field->news[news]++;
	CHECK((channel != NULL) == (news == ROOM_NOTIFIED));
	if (channel != NULL)
		snprintf(field->heard, sizeof(field->heard), "%s", channel);
	if (news == ROOM_DOWN)
		field->ends_when_down = field->ends;
	if (news == ROOM_DUE && field->holds) {
		field->holds = 0;
		room_commit(field->room);
	}
}

/* --- the field --- */

static void
open_field(struct field *field)
{
	const char *server = getenv("BARAZA_TEST_PG");
	const struct room_owner owner = { "test", field->first, statements, turn, end, heard };

	if (server == NULL)
		SKIP("BARAZA_TEST_PG names no PostgreSQL");
	memset(field, 0, sizeof(*field));
	snprintf(field->conninfo, sizeof(field->conninfo), "%s dbname=postgres", server);
	snprintf(field->channel, sizeof(field->channel), "room_%d", (int)getpid());
	snprintf(field->first, sizeof(field->first), "SET work_mem = '7MB'; LISTEN %s",
		field->channel);
	field->config.database = field->conninfo;
	field->config.timezone = (char *)"Africa/Kigali";
	field->gateway.config = &field->config;
	field->gateway.base = event_base_new();
	field->statement = "say";
	field->value = "well";
	field->room = room_new(&field->gateway, &owner, field);
}

static void
close_field(struct field *field)
{
	room_free(field->room);
	event_base_free(field->gateway.base);
}

static void
until(struct field *field, const int *count, int wanted)
{
	while (*count < wanted)
		event_base_loop(field->gateway.base, EVLOOP_ONCE);
	CHECK_INT(*count, wanted);
}

/* Whatever was to come from the loop itself has come. */
static void
still(struct field *field)
{
	for (int i = 0; i < 3; i++)
		event_base_loop(field->gateway.base, EVLOOP_NONBLOCK);
}

/* Up, and its first turn is over. */
static void
begin(struct field *field)
{
	room_start(field->room);
	until(field, &field->ends, 1);
	still(field);
	CHECK_INT(field->turns, 1);
}

static void
mark_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(*(int *)arg)++;
}

/* Timers end in their order: what was set to come before that many ms has come. */
static void
pass(struct field *field, int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	int marks = 0;

	event_base_once(field->gateway.base, -1, EV_TIMEOUT, mark_cb, &marks, &tv);
	until(field, &marks, 1);
	still(field);
}

/* By a connection of the test's own. */
static void
ask_beside(const struct field *field, const char *sql)
{
	PGconn *conn = PQconnectdb(field->conninfo);
	PGresult *result = PQexec(conn, sql);

	CHECK_STR(PQresultErrorMessage(result), "");
	PQclear(result);
	PQfinish(conn);
}

static void
wake_twice(struct field *field)
{
	room_wake(field->room);
	room_wake(field->room);
	field->at_result = field->in_turn = NULL;
}

static void
do_well(struct field *field)
{
	field->statement = "say";
	field->value = "well";
}

/* --- turns --- */

TEST(a_turn_comes_when_the_connection_is_up)
{
	struct field field;

	open_field(&field);
	field.statement = "settings";
	field.value = "mine";
	room_wake(field.room);
	still(&field);
	CHECK_INT(field.turns, 0);
	begin(&field);
	CHECK(field.end == DB_COMMITTED);
	CHECK_STR(field.sqlstate, "");
	CHECK_STR(field.got, "baraza, public|off|Africa/Kigali|7MB|mine");
	CHECK_INT(field.news[ROOM_UP], 1);
	CHECK_INT(field.news[ROOM_DOWN] + field.news[ROOM_DUE] + field.news[ROOM_NOTIFIED], 0);
	close_field(&field);
}

TEST(a_wake_brings_one_turn_from_the_loop)
{
	struct field field;

	open_field(&field);
	begin(&field);
	for (int i = 0; i < 3; i++)
		room_wake(field.room);
	CHECK_INT(field.turns, 1);
	until(&field, &field.ends, 2);
	still(&field);
	CHECK_INT(field.turns, 2);
	close_field(&field);
}

TEST(wakes_during_a_transaction_bring_one_turn_more)
{
	struct field field;

	open_field(&field);
	field.at_result = wake_twice;
	room_start(field.room);
	until(&field, &field.ends, 2);
	still(&field);
	CHECK_INT(field.turns, 2);
	/* Also where the commit is under way already. */
	field.commits_at_once = 1;
	field.in_turn = wake_twice;
	room_wake(field.room);
	until(&field, &field.ends, 4);
	still(&field);
	CHECK_INT(field.turns, 4);
	CHECK(room_idle(field.room));
	close_field(&field);
}

TEST(a_turn_that_wants_nothing_begins_nothing)
{
	struct field field;

	open_field(&field);
	field.statement = NULL;
	field.in_turn = wake_twice;
	room_start(field.room);
	until(&field, &field.turns, 2);
	still(&field);
	CHECK_INT(field.turns, 2);
	CHECK_INT(field.ends, 0);
	CHECK(room_idle(field.room));
	do_well(&field);
	room_wake(field.room);
	until(&field, &field.ends, 1);
	close_field(&field);
}

/* --- failures --- */

TEST(what_failed_is_tried_again_after_its_rest_and_not_at_once)
{
	struct field field;
	int64_t start;

	open_field(&field);
	begin(&field);
	field.statement = "divide";
	field.value = "0";
	field.rest_ms = (int)LONG_S * 1000;
	field.at_result = wake_twice;
	room_wake(field.room);
	until(&field, &field.ends, 2);
	CHECK(field.end == DB_FAILED);
	CHECK_STR(field.sqlstate, "22012");
	room_wake(field.room);
	still(&field);
	CHECK_INT(field.turns, 2);
	do_well(&field);
	start = monotonic_ms();
	room_rest(field.room, REST_MS); /* instead of the other */
	until(&field, &field.ends, 3);
	CHECK(monotonic_ms() - start >= REST_MS);
	CHECK(field.end == DB_COMMITTED);
	still(&field);
	CHECK_INT(field.turns, 3);
	CHECK_INT(field.news[ROOM_DOWN], 0);
	/* Where nothing failed there is no rest. */
	room_wake(field.room);
	still(&field);
	CHECK_INT(field.turns, 4);
	close_field(&field);
}

TEST(a_rest_during_a_transaction_puts_off_the_next)
{
	struct field field;

	open_field(&field);
	begin(&field);
	field.holds = 1;
	room_wake(field.room);
	until(&field, &field.results, 2);
	room_rest(field.room, 20);
	pass(&field, 40);
	CHECK_INT(field.turns, 2);
	room_commit(field.room);
	field.holds = 0;
	until(&field, &field.ends, 3); /* its turn was still to come */
	still(&field);
	CHECK_INT(field.turns, 3);
	field.holds = 1;
	room_wake(field.room);
	until(&field, &field.results, 4);
	room_wake(field.room);
	room_rest(field.room, (int)LONG_S * 1000);
	room_commit(field.room);
	until(&field, &field.ends, 4);
	still(&field);
	CHECK_INT(field.turns, 4);
	close_field(&field);
}

TEST(what_failed_is_not_tried_again_of_its_own_accord)
{
	struct field field;

	open_field(&field);
	field.statement = "divide";
	field.value = "0";
	begin(&field);
	pass(&field, 100);
	CHECK_INT(field.turns, 1);
	/* And what was woken meanwhile is not kept waiting. */
	field.at_result = wake_twice;
	room_wake(field.room);
	until(&field, &field.ends, 3);
	still(&field);
	CHECK_INT(field.turns, 3);
	close_field(&field);
}

TEST(a_fault_of_the_session_begins_another)
{
	struct field field;
	char pid[sizeof(field.got)];

	open_field(&field);
	field.statement = "pid";
	begin(&field);
	snprintf(pid, sizeof(pid), "%s", field.got);
	field.statement = "setting";
	field.value = "none.such";
	room_wake(field.room);
	until(&field, &field.ends, 2);
	CHECK(field.end == DB_FAILED);
	CHECK_STR(field.sqlstate, "42704");
	field.statement = "pid";
	until(&field, &field.ends, 3);
	CHECK(field.end == DB_COMMITTED);
	CHECK(strcmp(field.got, pid) != 0);
	CHECK_INT(field.news[ROOM_DOWN], 1);
	CHECK_INT(field.news[ROOM_UP], 2);
	still(&field);
	CHECK_INT(field.turns, 3);
	close_field(&field);
}

/* --- losses --- */

static void
lose(int commits_at_once)
{
	struct field field;

	open_field(&field);
	begin(&field);
	field.statement = "lose";
	field.commits_at_once = commits_at_once;
	field.at_result = wake_twice; /* which the turn that follows anyway is for */
	room_wake(field.room);
	until(&field, &field.ends, 2);
	CHECK(field.end == DB_LOST);
	CHECK_INT(field.results, 2);
	do_well(&field);
	until(&field, &field.ends, 3);
	CHECK(field.end == DB_COMMITTED);
	CHECK_INT(field.news[ROOM_DOWN], 1);
	CHECK_INT(field.ends_when_down, 2);
	CHECK_INT(field.news[ROOM_UP], 2);
	still(&field);
	CHECK_INT(field.turns, 3);
	close_field(&field);
}

TEST(what_is_lost_before_its_commit_has_one_end_and_another_turn)
{
	lose(0);
}

TEST(what_is_lost_before_the_answer_has_one_end_and_another_turn)
{
	lose(1);
}

TEST(a_connection_that_is_lost_between_turns_ends_nothing)
{
	struct field field;
	char sql[300];

	open_field(&field);
	field.statement = "pid";
	begin(&field);
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%s)", field.got);
	ask_beside(&field, sql);
	until(&field, &field.news[ROOM_DOWN], 1);
	room_wake(field.room);
	still(&field);
	CHECK_INT(field.ends, 1);
	until(&field, &field.ends, 2);
	CHECK_INT(field.turns, 2);
	CHECK_INT(field.news[ROOM_UP], 2);
	close_field(&field);
}

TEST(whose_room_is_freed_hears_no_end)
{
	struct field field;

	open_field(&field);
	begin(&field);
	field.commits_at_once = 1;
	room_wake(field.room);
	until(&field, &field.turns, 2);
	close_field(&field);
	CHECK_INT(field.results, 2);
	CHECK_INT(field.ends, 1);
	CHECK_INT(field.news[ROOM_DOWN], 0);
	room_free(NULL);
}

/* --- what wakes it --- */

TEST(a_notification_brings_a_turn)
{
	struct field field;
	char sql[300];

	open_field(&field);
	begin(&field);
	snprintf(sql, sizeof(sql), "NOTIFY %s", field.channel);
	ask_beside(&field, sql);
	until(&field, &field.ends, 2);
	CHECK_INT(field.news[ROOM_NOTIFIED], 1);
	CHECK_STR(field.heard, field.channel);
	close_field(&field);
}

TEST(what_is_due_brings_a_turn_at_its_time)
{
	struct field field;
	int64_t start;

	open_field(&field);
	begin(&field);
	CHECK(!room_is_timed(field.room));
	room_due_in(field.room, LONG_S);
	CHECK(room_is_timed(field.room));
	start = monotonic_ms();
	room_due_in(field.room, 0.25);
	until(&field, &field.ends, 2);
	CHECK(monotonic_ms() - start >= 240);
	CHECK_INT(field.news[ROOM_DUE], 1);
	CHECK(!room_is_timed(field.room));
	room_due_in(field.room, 0.05);
	room_due_in(field.room, ROOM_NEVER);
	pass(&field, 100);
	CHECK_INT(field.turns, 2);
	room_due_in(field.room, 0.05);
	room_due_in(field.room, LONG_S);
	pass(&field, 100);
	CHECK_INT(field.turns, 2);
	close_field(&field);
}

TEST(what_is_due_during_a_transaction_brings_one_turn_more)
{
	struct field field;

	open_field(&field);
	begin(&field);
	field.holds = 1;
	room_wake(field.room);
	until(&field, &field.results, 2);
	room_due_in(field.room, 0);
	until(&field, &field.ends, 3);
	still(&field);
	CHECK_INT(field.turns, 3);
	CHECK_INT(field.news[ROOM_DUE], 1);
	close_field(&field);
}

/* What SQL says, as one row. */
static void
due_by_sql(struct field *field, const char *value)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = { .name = (char *)"seconds" };

	PQsetResultAttrs(result, 1, &column);
	PQsetvalue(result, 0, 0, (char *)value, value != NULL ? (int)strlen(value) : -1);
	room_due_cb(result, field->room);
	PQclear(result);
}

TEST(what_is_due_is_what_sql_says)
{
	struct field field;
	int64_t start;

	open_field(&field);
	begin(&field);
	start = monotonic_ms();
	due_by_sql(&field, "0.25");
	until(&field, &field.ends, 2);
	CHECK(monotonic_ms() - start >= 240);
	due_by_sql(&field, "-3"); /* it is overdue */
	until(&field, &field.ends, 3);
	due_by_sql(&field, "0.05");
	due_by_sql(&field, NULL);
	CHECK(!room_is_timed(field.room));
	pass(&field, 100);
	CHECK_INT(field.turns, 3);
	/* Who failed said nothing. */
	due_by_sql(&field, "0.05");
	room_due_cb(NULL, field.room);
	until(&field, &field.ends, 4);
	CHECK_INT(field.news[ROOM_DUE], 3);
	close_field(&field);
}

UNIT_MAIN
