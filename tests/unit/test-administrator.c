/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for the administrator, on a real database: kept until it has them, and told once. */
#include <event2/event.h>
#include <time.h>

/* The test's own hours. */
static time_t later_s;

static int
test_clock(clockid_t clock, struct timespec *ts)
{
	int status = clock_gettime(clock, ts);

	ts->tv_sec += later_s;
	return status;
}

#define clock_gettime test_clock
#include "gateway/administrator.c" /* nobody else's: the modems' harness has one of its own */
#undef clock_gettime

#include "migrated.h"
#include "unit.h"

#define HOUR_S 3600
#define TOLD "SELECT count(*) FROM message WHERE service = 'administrator'"

struct field {
	struct gateway gateway;
	struct config config;
	struct migrated database;
};

static const struct db_statement statements[] = { ADMINISTRATOR_STATEMENT, { NULL, NULL } };

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	administrator_wake(((struct field *)arg)->gateway.administrator);
}

static const char *
sql(const struct field *field, const char *statement)
{
	return migrated_sql(&field->database, "%s", statement);
}

/* A migrated database, to which nobody connects yet. */
static void
open_field(struct field *field)
{
	memset(field, 0, sizeof(*field));
	migrated_make(&field->database, "administrator");
	field->config.country = (char *)"RW";
	field->config.administrator = (char *)"+250788000099";
	field->gateway.config = &field->config;
	field->gateway.base = event_base_new();
	field->gateway.administrator = administrator_new(&field->gateway);
	field->gateway.chores_db = migrated_connection(
		&field->database, field->gateway.base, statements, up_cb, field);
}

static void
close_field(struct field *field)
{
	db_free(field->gateway.chores_db);
	administrator_free(field->gateway.administrator);
	event_base_free(field->gateway.base);
	migrated_drop(&field->database);
}

static void
turn(struct field *field)
{
	event_base_loop(field->gateway.base, EVLOOP_ONCE);
}

/* Until the database is there, and nothing is under way. */
static void
settle(struct field *field)
{
	while (!db_is_up(field->gateway.chores_db) || db_pending(field->gateway.chores_db) > 0)
		turn(field);
}

static void
lose_database(struct field *field)
{
	migrated_lose(&field->database);
	while (db_is_up(field->gateway.chores_db))
		turn(field);
}

static void
tell(struct field *field, const char *key)
{
	char words[100];

	snprintf(words, sizeof(words), "Baraza: %s", key);
	administrator_tell(field->gateway.administrator, key, 0, words);
}

TEST(a_word_told_while_the_database_is_away_is_sent_when_it_is_back)
{
	struct field field;

	open_field(&field);
	tell(&field, "before");
	db_start(field.gateway.chores_db);
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "1");
	lose_database(&field);
	tell(&field, "between");
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "2");
	CHECK_STR(
		sql(&field,
			"SELECT c.number || ' ' || string_agg(m.body, ', ' ORDER BY m.id) FROM message m "
			"JOIN contact c ON c.id = m.contact_id GROUP BY c.number"),
		"+250788000099 Baraza: before, Baraza: between");
	/* Nor is any of them told again. */
	lose_database(&field);
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "2");
	close_field(&field);
}

TEST(a_tell_that_fails_is_tried_again)
{
	struct field field;

	open_field(&field);
	db_start(field.gateway.chores_db);
	settle(&field);
	sql(&field, "ALTER TABLE message RENAME TO away");
	tell(&field, "full");
	settle(&field);
	sql(&field, "ALTER TABLE away RENAME TO message");
	CHECK_STR(sql(&field, TOLD), "0");
	tell(&field, "full"); /* it waits already */
	administrator_wake(field.gateway.administrator);
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "1");
	close_field(&field);
}

TEST(the_same_trouble_is_told_once_in_six_hours)
{
	struct field field;

	open_field(&field);
	db_start(field.gateway.chores_db);
	settle(&field);
	tell(&field, "m1");
	tell(&field, "m1");
	settle(&field);
	later_s = 6 * HOUR_S - 60;
	tell(&field, "m1");
	tell(&field, "m2");
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "2");
	later_s = 6 * HOUR_S + 60;
	tell(&field, "m1");
	tell(&field, "m2");
	settle(&field);
	CHECK_STR(sql(&field, TOLD), "3");
	close_field(&field);
}

/* Those that were told give way to new ones, not one that waits. */
TEST(of_many_none_that_waits_is_forgotten)
{
	struct field field;
	char key[20];

	open_field(&field);
	db_start(field.gateway.chores_db);
	settle(&field);
	for (int i = 0; i < WORDS_MAX - 1; i++) {
		snprintf(key, sizeof(key), "told %d", i);
		tell(&field, key);
	}
	settle(&field);
	lose_database(&field);
	for (int i = 0; i < WORDS_MAX; i++) {
		snprintf(key, sizeof(key), "waits %d", i);
		tell(&field, key);
	}
	settle(&field);
	CHECK_STR(sql(&field, TOLD " AND body LIKE '%waits%'"), "32");
	close_field(&field);
}

TEST(nobody_is_told_who_left_the_configuration)
{
	struct field field;

	open_field(&field);
	tell(&field, "before");
	field.config.administrator = (char *)"";
	db_start(field.gateway.chores_db);
	settle(&field);
	CHECK_STR(sql(&field, "SELECT count(*) FROM message"), "0");
	CHECK_STR(sql(&field, "SELECT count(*) FROM contact"), "0");
	close_field(&field);
}

UNIT_MAIN
