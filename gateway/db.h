/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db: one connection to PostgreSQL inside the event loop: non-blocking, pipelined, reconnecting.
 *
 * What it is: statements named in a table, prepared at every connect; calls queued into libpq's
 * pipeline; transactions that end with db_commit(), whose callback is the only word that something
 * is durable. What it is not: it knows no statement's meaning, retries nothing by itself, and never
 * blocks but for the resolving of a host's name.
 *
 * Between two db_commit()s all statements are one transaction (the pipeline's implicit one).
 * Results that are needed before the commit are asked for with db_flush().  After an error every
 * later statement of the transaction is skipped, and its commit fails with the first error's
 * SQLSTATE.
 *
 * Loss: when the connection breaks, each outstanding result callback gets NULL and each outstanding
 * commit callback gets DB_LOST (the transaction may or may not have committed); then `down`.
 * Reconnecting is by capped backoff; `up` when statements are prepared.
 *
 * Silence: a server that takes too long for a step of connecting is passed over for the next that
 * the connection string names; one that sends nothing while an answer is awaited is lost
 * (db-hosts.h: how long that may take).
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct db;

struct db_statement {
	const char *name;
	const char *sql;
};

enum db_end {
	DB_COMMITTED,
	DB_FAILED, /* rolled back: sqlstate says why */
	DB_LOST,   /* not known */
};

/* A statement's result, or NULL when it failed, was skipped or lost.  Borrowed for the call. */
typedef void (*db_result_cb)(PGresult *result, void *arg);
/* The transaction's end.  sqlstate is "" but for DB_FAILED. */
typedef void (*db_commit_cb)(enum db_end end, const char *sqlstate, void *arg);
typedef void (*db_notify_cb)(const char *channel, void *arg);

struct db_handlers {
	void (*up)(struct db *db, void *arg);
	void (*down)(struct db *db, void *arg);
	db_notify_cb notify; /* may be NULL */
	void *arg;
};

#define DB_PARAMS_MAX 24

/* Parameters of one call; values are copied by the db_param_* functions into the buffer. */
struct db_params {
	int count;
	int overflow; /* out of memory: db_send fails */
	const char *value[DB_PARAMS_MAX];
	int length[DB_PARAMS_MAX];
	int format[DB_PARAMS_MAX]; /* 0 text, 1 binary */
	char *owned[DB_PARAMS_MAX];
};

/* An array parameter being built, in PostgreSQL's binary form. */
struct db_array {
	char *data;
	size_t len, size;
	uint32_t count, nulls;
	int failed;
};

enum db_type {
	DB_BOOL = 16,
	DB_BYTEA = 17,
	DB_INT8 = 20,
	DB_INT2 = 21,
	DB_INT4 = 23,
	DB_TEXT = 25,
	DB_FLOAT8 = 701,
	DB_UUID = 2950
};

void db_array_begin(struct db_array *array, enum db_type type);
void db_array_null(struct db_array *array);
void db_array_text(struct db_array *array, const char *utf8);               /* NULL: an SQL NULL */
void db_array_bytes(struct db_array *array, const void *bytes, size_t len); /* bytea, uuid */
void db_array_int2(struct db_array *array, int16_t v);
void db_array_int4(struct db_array *array, int32_t v);
void db_array_int8(struct db_array *array, int64_t v);
void db_array_bool(struct db_array *array, int v);

void db_params_begin(struct db_params *params);
void db_param_text(struct db_params *params, const char *utf8); /* NULL: an SQL NULL */
void db_param_int(struct db_params *params, int64_t v);
void db_param_float(struct db_params *params, double v);
void db_param_bytes(struct db_params *params, const void *bytes, size_t len); /* bytea, uuid */
void db_param_take_array(struct db_params *params, struct db_array *array);   /* takes its memory */
void db_params_free(struct db_params *params);

/*
 * A connection named for the log ("inbox").  statements end with name NULL and outlive it. conninfo
 * is copied. first: SQL sent at every connect before the statements are prepared (search_path and
 * the like); copied.
 */
struct db *db_new(struct event_base *base, const char *name, const char *conninfo,
	const char *first, const struct db_statement *statements,
	const struct db_handlers *handlers);
/* Closes at once; outstanding callbacks are told DB_LOST. */
void db_free(struct db *db);

/* Begin to connect; `up` follows.  Call once. */
void db_start(struct db *db);

/* 1 when statements may be sent. */
int db_is_up(const struct db *db);

/*
 * Queue one statement of the table.  Frees params' memory always.  cb may be NULL.  Returns 0, or
 * -1 when down or out of memory (nothing queued, no callback).
 */
int db_send(
	struct db *db, const char *statement, struct db_params *params, db_result_cb cb, void *arg);

/* Ask the server to send the results so far; the transaction goes on. */
void db_flush(struct db *db);

/* End the transaction.  cb may be NULL.  Returns 0, or -1 when down (no callback). */
int db_commit(struct db *db, db_commit_cb cb, void *arg);

/* Transactions whose end has not been told yet. */
int db_pending(const struct db *db);

/* What came with the notification that `notify` is being told of; "" at any other time.  Anybody
 * with the database's password can have written it. */
const char *db_notify_words(const struct db *db);

struct event;

/* Arm a timer by the seconds that SQL says: 10 ms at least, a day at most, since a clock that moves
 * wakes its owner anyway. */
void db_due_in(struct event *timer, double seconds);

/* Drop the connection (broken state): reconnects. */
void db_reset(struct db *db);

/* 1 when an SQLSTATE may be the session's own (0A, 42: a plan that a migration made stale):
 * db_reset() heals it. */
int db_fault_of_session(const char *sqlstate);

/* 1 when an SQLSTATE is a fault of the data (classes 22, 23, XX: split and set aside). */
int db_fault_of_data(const char *sqlstate);

#endif
