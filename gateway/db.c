/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "db-hosts.h"
#include "log.h"

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MOST_MS 1000
/* The server's side of a lost connection: a backend whose gateway has gone ends, and so lets go of
 * its locks and its epoch. */
#define SESSION_SQL                                                                    \
	"SET client_connection_check_interval = '10s'; SET tcp_keepalives_idle = 30; " \
	"SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; "

/* What the server owes us, in the order in which we asked. */
enum expect_kind { EXPECT_RESULT, EXPECT_PREPARED, EXPECT_SYNC };

struct expect {
	struct expect *next;
	enum expect_kind kind;
	int got; /* a result has come; its terminating NULL is still due */
	db_result_cb result_cb;
	db_commit_cb commit_cb;
	void *arg;
};

enum db_state { DB_IDLE, DB_CONNECTING, DB_PREPARING, DB_UP };

struct db {
	struct event_base *base;
	char *name, *first;
	struct db_hosts *hosts;
	const struct db_statement *statements;
	struct db_handlers handlers;
	PGconn *conn;
	enum db_state state;
	struct event *read, *write, *timer;
	struct event *silence; /* pending while anything is owed to us */
	int backoff_ms, patience_ms;
	struct timeval step; /* of connecting; zero: any time */
	const char *notify_words;
	struct expect *head, **tail;
	int pending;
	char sqlstate[6]; /* the first error of the transaction being read, "" when none */
	int broken;       /* to be dropped at the loop's next turn, never inside a callback */
	int silent;       /* being dropped since the server says nothing */
};

static void connect_begin(struct db *db);
static void drop(struct db *db, const char *why);

/* --- Parameters --- */

static void
array_need(struct db_array *array, size_t more)
{
	if (array->failed || array->len + more <= array->size)
		return;
	size_t size = array->size * 2 > array->len + more ? array->size * 2 : array->len + more;
	char *data = realloc(array->data, size);
	if (data == NULL) {
		array->failed = 1;
		return;
	}
	array->data = data;
	array->size = size;
}

static void
array_put(struct db_array *array, const void *bytes, size_t len)
{
	array_need(array, len);
	if (array->failed)
		return;
	if (len > 0)
		memcpy(array->data + array->len, bytes, len);
	array->len += len;
}

static void
array_put_int(struct db_array *array, uint32_t v)
{
	v = htonl(v);
	array_put(array, &v, sizeof(v));
}

void
db_array_begin(struct db_array *array, enum db_type type)
{
	memset(array, 0, sizeof(*array));
	array_put_int(array, 1);              /* dimensions */
	array_put_int(array, 0);              /* has nulls: set at the end */
	array_put_int(array, (uint32_t)type); /* of the elements */
	array_put_int(array, 0);              /* length: set at the end */
	array_put_int(array, 1);              /* lower bound */
}

void
db_array_null(struct db_array *array)
{
	array->count++;
	array->nulls++;
	array_put_int(array, UINT32_MAX);
}

void
db_array_bytes(struct db_array *array, const void *bytes, size_t len)
{
	array->count++;
	array_put_int(array, (uint32_t)len);
	array_put(array, bytes, len);
}

void
db_array_text(struct db_array *array, const char *utf8)
{
	if (utf8 == NULL)
		db_array_null(array);
	else
		db_array_bytes(array, utf8, strlen(utf8));
}

void
db_array_int2(struct db_array *array, int16_t v)
{
	uint16_t be = htons((uint16_t)v);
	db_array_bytes(array, &be, sizeof(be));
}

void
db_array_int4(struct db_array *array, int32_t v)
{
	uint32_t be = htonl((uint32_t)v);
	db_array_bytes(array, &be, sizeof(be));
}

void
db_array_int8(struct db_array *array, int64_t v)
{
	uint32_t be[2] = { htonl((uint32_t)((uint64_t)v >> 32)), htonl((uint32_t)v) };
	db_array_bytes(array, be, sizeof(be));
}

void
db_array_bool(struct db_array *array, int v)
{
	char b = v != 0;
	db_array_bytes(array, &b, 1);
}

void
db_params_begin(struct db_params *params)
{
	params->count = 0;
	params->overflow = 0;
}

static void
param_add(struct db_params *params, char *owned, const char *value, size_t len, int format)
{
	if (params->count == DB_PARAMS_MAX) {
		free(owned);
		fatal("event=db_params statement has more than %d parameters", DB_PARAMS_MAX);
	}
	int i = params->count++;
	params->owned[i] = owned;
	params->value[i] = value;
	params->length[i] = (int)len;
	params->format[i] = format;
}

void
db_param_text(struct db_params *params, const char *utf8)
{
	char *copy = utf8 == NULL ? NULL : strdup(utf8);
	if (utf8 != NULL && copy == NULL)
		params->overflow = 1;
	param_add(params, copy, copy, 0, 0);
}

void
db_param_int(struct db_params *params, int64_t v)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)v);
	db_param_text(params, text);
}

void
db_param_float(struct db_params *params, double v)
{
	char text[40];
	snprintf(text, sizeof(text), "%.6f", v);
	db_param_text(params, text);
}

void
db_param_bytes(struct db_params *params, const void *bytes, size_t len)
{
	char *copy = malloc(len + 1);
	if (copy == NULL)
		params->overflow = 1;
	else if (len > 0)
		memcpy(copy, bytes, len);
	param_add(params, copy, copy, len, 1);
}

void
db_param_take_array(struct db_params *params, struct db_array *array)
{
	if (array->failed) {
		params->overflow = 1;
	} else {
		uint32_t nulls = htonl(array->nulls > 0), count = htonl(array->count);
		memcpy(array->data + 4, &nulls, 4);
		memcpy(array->data + 12, &count, 4);
	}
	param_add(params, array->data, array->data, array->len, 1);
	memset(array, 0, sizeof(*array));
}

void
db_params_free(struct db_params *params)
{
	for (int i = 0; i < params->count; i++)
		free(params->owned[i]);
	params->count = 0;
}

int
db_fault_of_session(const char *sqlstate)
{
	return strncmp(sqlstate, "0A", 2) == 0 || strncmp(sqlstate, "42", 2) == 0;
}

int
db_fault_of_data(const char *sqlstate)
{
	return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0 ||
		strncmp(sqlstate, "XX", 2) == 0;
}

/* --- What is owed --- */

/* Wait for the server's next bytes, so long as it owes any. */
static void
await(struct db *db)
{
	struct timeval tv = { db->patience_ms / 1000, db->patience_ms % 1000 * 1000 };

	if (db->head == NULL || db->patience_ms == 0)
		evtimer_del(db->silence);
	else
		evtimer_add(db->silence, &tv);
}

static struct expect *
expect_push(struct db *db, enum expect_kind kind, void *arg)
{
	struct expect *e = calloc(1, sizeof(*e));
	if (e == NULL)
		fatal("event=out_of_memory");
	e->kind = kind;
	e->arg = arg;
	int first = db->head == NULL;
	*db->tail = e;
	db->tail = &e->next;
	if (first)
		await(db);
	if (kind == EXPECT_SYNC)
		db->pending++;
	return e;
}

static struct expect *
expect_pop(struct db *db)
{
	struct expect *e = db->head;
	db->head = e->next;
	if (db->head == NULL)
		db->tail = &db->head;
	if (e->kind == EXPECT_SYNC)
		db->pending--;
	return e;
}

/* Tell everyone who waits that the connection is gone. */
static void
expect_lose_all(struct db *db)
{
	while (db->head != NULL) {
		struct expect *e = expect_pop(db);
		if (e->kind == EXPECT_RESULT && !e->got && e->result_cb != NULL)
			e->result_cb(NULL, e->arg);
		if (e->kind == EXPECT_SYNC && e->commit_cb != NULL)
			e->commit_cb(DB_LOST, "", e->arg);
		free(e);
	}
}

/* --- The connection --- */

static void
arm_write(struct db *db)
{
	int left = PQflush(db->conn);
	if (left < 0) {
		db->broken = 1;
		event_active(db->timer, EV_TIMEOUT, 0);
	} else if (left == 1) {
		event_add(db->write, NULL);
	}
}

static void
events_free(struct db *db)
{
	if (db->read != NULL)
		event_free(db->read);
	if (db->write != NULL)
		event_free(db->write);
	db->read = db->write = NULL;
}

static void
retry_later(struct db *db)
{
	struct timeval tv = { db->backoff_ms / 1000, (db->backoff_ms % 1000) * 1000 };
	db->backoff_ms =
		db->backoff_ms * 2 < BACKOFF_MOST_MS ? db->backoff_ms * 2 : BACKOFF_MOST_MS;
	evtimer_add(db->timer, &tv);
}

static void
drop(struct db *db, const char *why)
{
	enum db_state was = db->state;

	if (was == DB_UP)
		log_error("event=database_lost connection=%s reason=%s", db->name, log_quote(why));
	else if (db->backoff_ms == BACKOFF_MOST_MS / 2 || db->backoff_ms == BACKOFF_FIRST_MS)
		log_warn("event=database_away connection=%s reason=%s", db->name, log_quote(why));
	events_free(db);
	evtimer_del(db->timer);
	evtimer_del(db->silence);
	if (db->silent)
		db_hosts_leave_out(db->hosts, db->conn);
	else
		db_hosts_forget(db->hosts);
	if (db->conn != NULL)
		PQfinish(db->conn);
	db->conn = NULL;
	db->state = DB_IDLE;
	db->broken = db->silent = 0;
	db->sqlstate[0] = '\0';
	expect_lose_all(db);
	if (was == DB_UP)
		db->handlers.down(db, db->handlers.arg);
	retry_later(db);
}

/* The server says nothing: another may. */
static void
drop_silent(struct db *db)
{
	db->silent = 1;
	drop(db, "no answer in time");
}

static void
silence_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drop_silent(arg);
}

/* Why, in the server's words; but those of class 22 may quote what a citizen wrote. */
static void
log_failure(const struct db *db, const PGresult *result)
{
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (strncmp(db->sqlstate, "22", 2) == 0)
		words = "a value does not fit";
	else if (words == NULL)
		words = PQresultErrorMessage(result);
	log_error("event=database_error connection=%s sqlstate=%s message=%s", db->name,
		db->sqlstate, log_quote(words));
}

/* One result for the oldest debt.  Returns -1 when the stream makes no sense. */
static int
take_result(struct db *db, PGresult *result)
{
	struct expect *e = db->head;
	ExecStatusType status = PQresultStatus(result);

	if (e == NULL || (status == PGRES_PIPELINE_SYNC) != (e->kind == EXPECT_SYNC))
		return -1;
	if (status == PGRES_PIPELINE_SYNC) {
		expect_pop(db);
		enum db_end end = db->sqlstate[0] != '\0' ? DB_FAILED : DB_COMMITTED;
		char sqlstate[6];
		memcpy(sqlstate, db->sqlstate, sizeof(sqlstate));
		db->sqlstate[0] = '\0';
		if (e->commit_cb != NULL)
			e->commit_cb(end, sqlstate, e->arg);
		free(e);
		return 0;
	}
	int good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
	if (!good && status != PGRES_PIPELINE_ABORTED) {
		const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", code != NULL ? code : "58000");
		log_failure(db, result);
	}
	e->got = 1;
	if (e->result_cb != NULL)
		e->result_cb(good ? result : NULL, e->arg);
	return 0;
}

static void
take_notifies(struct db *db)
{
	PGnotify *notify;

	while ((notify = PQnotifies(db->conn)) != NULL) {
		db->notify_words = notify->extra;
		if (db->handlers.notify != NULL)
			db->handlers.notify(notify->relname, db->handlers.arg);
		db->notify_words = "";
		PQfreemem(notify);
	}
}

/* Everything that has arrived.  Returns -1 when the stream makes no sense. */
static int
take_results(struct db *db)
{
	int nulls = 0;

	while (db->head != NULL && !PQisBusy(db->conn)) {
		PGresult *result = PQgetResult(db->conn);
		if (result ==
			NULL) { /* ends a statement; twice in a row: nothing more has arrived */
			if (db->head->got)
				free(expect_pop(db));
			else if (++nulls > 1)
				return 0;
			continue;
		}
		nulls = 0;
		/* What a callback sends into a failed pipeline makes libpq skip the NULL. */
		if (db->head->got)
			free(expect_pop(db));
		int bad = take_result(db, result);
		PQclear(result);
		if (bad)
			return -1;
		if (db->broken)
			return 0;
	}
	return 0;
}

static void
prepared_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct db *db = arg;

	if (end == DB_LOST)
		return;
	if (end == DB_FAILED) {
		log_error("event=database_unusable connection=%s sqlstate=%s hint=%s", db->name,
			sqlstate,
			log_quote(
				"run 'baraza migrate', and look whether this user may read the schema baraza"));
		db->broken = 1;
		return;
	}
	db->state = DB_UP;
	db->backoff_ms = BACKOFF_FIRST_MS;
	log_info("event=database_up connection=%s", db->name);
	db->handlers.up(db, db->handlers.arg);
}

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (!PQconsumeInput(db->conn)) {
		/* What was already received still counts: commits among it are commits. */
		if (take_results(db) == 0 && db->conn != NULL)
			take_notifies(db);
		drop(db, PQerrorMessage(db->conn));
		return;
	}
	if (take_results(db) != 0) {
		drop(db, "answers out of order");
		return;
	}
	take_notifies(db); /* last: reading results also finds notifications among them */
	if (db->broken || PQstatus(db->conn) != CONNECTION_OK) {
		drop(db, PQerrorMessage(db->conn));
		return;
	}
	await(db);
	arm_write(db);
}

static void
writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	arm_write(db);
}

static void
prepare_all(struct db *db)
{
	db->state = DB_PREPARING;
	if (PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1)
		fatal("event=db libpq refuses pipeline mode");
	for (const struct db_statement *s = db->statements; s->name != NULL; s++) {
		if (!PQsendPrepare(db->conn, s->name, s->sql, 0, NULL)) {
			db->broken = 1;
			event_active(db->timer, EV_TIMEOUT, 0);
			return;
		}
		expect_push(db, EXPECT_PREPARED, NULL);
	}
	if (!PQpipelineSync(db->conn)) {
		db->broken = 1;
		event_active(db->timer, EV_TIMEOUT, 0);
		return;
	}
	struct expect *e = expect_push(db, EXPECT_SYNC, db);
	e->commit_cb = prepared_cb;
	int fd = PQsocket(db->conn);
	events_free(db);
	db->read = event_new(db->base, fd, EV_READ | EV_PERSIST, readable_cb, db);
	db->write = event_new(db->base, fd, EV_WRITE, writable_cb, db);
	event_add(db->read, NULL);
	arm_write(db);
}

/* The first SQL, by simple query before pipeline mode: its answer is awaited like any event. */
static void
first_cb(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	PGresult *result;

	(void)fd;
	if (what & EV_TIMEOUT) {
		drop_silent(db);
		return;
	}
	if (!PQconsumeInput(db->conn)) {
		drop(db, PQerrorMessage(db->conn));
		return;
	}
	while (!PQisBusy(db->conn)) {
		if ((result = PQgetResult(db->conn)) == NULL) {
			prepare_all(db);
			return;
		}
		ExecStatusType status = PQresultStatus(result);
		PQclear(result);
		if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
			drop(db, PQerrorMessage(db->conn));
			return;
		}
	}
}

/* The next step of connecting, on the socket that libpq now has. */
static void
connect_step(struct db *db, short wanted, event_callback_fn cb)
{
	events_free(db);
	db->read = event_new(db->base, PQsocket(db->conn), wanted, cb, db);
	event_add(db->read, timerisset(&db->step) ? &db->step : NULL);
}

static void
send_first(struct db *db)
{
	if (!PQsendQuery(db->conn, db->first)) {
		drop(db, PQerrorMessage(db->conn));
		return;
	}
	connect_step(db, EV_READ | EV_PERSIST, first_cb);
}

static void
connecting_cb(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	if ((what & EV_TIMEOUT) && PQstatus(db->conn) != CONNECTION_STARTED) {
		drop_silent(db);
		return;
	}
	/* An address that does not even take the connection becomes one that refuses it: libpq goes
	 * on to the next by itself. */
	if (what & EV_TIMEOUT)
		shutdown(fd, SHUT_RDWR);
	switch (PQconnectPoll(db->conn)) {
	case PGRES_POLLING_OK:
		send_first(db);
		return;
	case PGRES_POLLING_READING:
		connect_step(db, EV_READ, connecting_cb);
		return;
	case PGRES_POLLING_WRITING:
		connect_step(db, EV_WRITE, connecting_cb);
		return;
	default:
		drop(db, PQerrorMessage(db->conn));
		return;
	}
}

/* libpq's notices are the server's own log's business. */
static void
notice_receiver(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static void
connect_begin(struct db *db)
{
	db->state = DB_CONNECTING;
	db->conn = db_hosts_connect(db->hosts);
	if (db->conn == NULL)
		fatal("event=out_of_memory");
	if (PQstatus(db->conn) == CONNECTION_BAD) {
		drop(db, PQerrorMessage(db->conn));
		return;
	}
	PQsetNoticeReceiver(db->conn, notice_receiver, NULL);
	db->step.tv_sec = db_hosts_connect_s(db->conn);
	db->patience_ms = db_hosts_patience_ms(db->conn);
	connect_step(db, EV_WRITE, connecting_cb);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (db->broken)
		drop(db, db->conn != NULL ? PQerrorMessage(db->conn) : "");
	else if (db->state == DB_IDLE)
		connect_begin(db);
}

/* --- The module's face --- */

struct db *
db_new(struct event_base *base, const char *name, const char *conninfo, const char *first,
	const struct db_statement *statements, const struct db_handlers *handlers)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL || (db->name = strdup(name)) == NULL ||
		(db->hosts = db_hosts_new(conninfo)) == NULL ||
		asprintf(&db->first, SESSION_SQL "%s", first) < 0)
		fatal("event=out_of_memory");
	db->base = base;
	db->statements = statements;
	db->handlers = *handlers;
	db->tail = &db->head;
	db->backoff_ms = BACKOFF_FIRST_MS;
	db->notify_words = "";
	db->timer = evtimer_new(base, timer_cb, db);
	db->silence = evtimer_new(base, silence_cb, db);
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	events_free(db);
	event_free(db->timer);
	event_free(db->silence);
	if (db->conn != NULL)
		PQfinish(db->conn);
	db->conn = NULL;
	db->state = DB_IDLE;
	expect_lose_all(db);
	free(db->name);
	db_hosts_free(db->hosts);
	free(db->first);
	free(db);
}

void
db_start(struct db *db)
{
	connect_begin(db);
}

int
db_is_up(const struct db *db)
{
	return db->state == DB_UP && !db->broken;
}

int
db_pending(const struct db *db)
{
	return db->pending;
}

void
db_due_in(struct event *timer, double seconds)
{
	double s = seconds < 0.01 ? 0.01 : seconds > 86400 ? 86400 : seconds;
	const struct timeval tv = { (time_t)s, (suseconds_t)((s - (double)(time_t)s) * 1e6) };

	event_add(timer, &tv);
}

void
db_reset(struct db *db)
{
	db->broken = 1;
	event_active(db->timer, EV_TIMEOUT, 0);
}

const char *
db_notify_words(const struct db *db)
{
	return db->notify_words;
}

int
db_send(struct db *db, const char *statement, struct db_params *params, db_result_cb cb, void *arg)
{
	int ok = db_is_up(db) && !params->overflow &&
		PQsendQueryPrepared(db->conn, statement, params->count, params->value,
			params->length, params->format, 0);

	db_params_free(params);
	if (!ok) {
		if (db_is_up(db))
			db_reset(db);
		return -1;
	}
	struct expect *e = expect_push(db, EXPECT_RESULT, arg);
	e->result_cb = cb;
	return 0;
}

void
db_flush(struct db *db)
{
	if (!db_is_up(db))
		return;
	if (!PQsendFlushRequest(db->conn))
		db_reset(db);
	else
		arm_write(db);
}

int
db_commit(struct db *db, db_commit_cb cb, void *arg)
{
	if (!db_is_up(db))
		return -1;
	if (!PQpipelineSync(db->conn)) {
		db_reset(db);
		return -1;
	}
	struct expect *e = expect_push(db, EXPECT_SYNC, arg);
	e->commit_cb = cb;
	arm_write(db);
	return 0;
}
