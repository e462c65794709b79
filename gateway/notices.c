/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "gateway.h"
#include "log.h"
#include "outbox.h"
#include "outgoing.h"
#include "room.h"
#include "text.h"
#include "texts.h"

#define TAKEN_MAX 256 /* in one transaction */
#define VALUES_MAX 16
#define DIGEST_SEGMENTS_MAX 3 /* of one SMS; what is more goes into the next */
#define RETRY_MS 1000
#define SEPARATOR "\x1f"

struct notices {
	struct gateway *gateway;
	struct room *room;
	struct db *db; /* the room's */
	int taken;     /* rows of this transaction */
	int told;      /* texts queued by it */
	int reminders; /* one of them at least is a reminder */
};

static const struct db_statement statements[] = {
	{ "take", "SELECT * FROM notice_take($1) UNION ALL SELECT * FROM reminders_take($1)" },
	{ "urgent", "SELECT * FROM notice_take($1, false)" }, /* what needs no clock */
	{ "reminded", "SELECT reminders_queued()" },
	{ "next", "SELECT notice_next()" },
	OUTGOING_STATEMENT,
	{ NULL, NULL },
};

/* A row of notice_take() or reminders_take(); borrowed from its result. */
struct notice {
	int64_t contact;
	const char *language, *key, *pairs, *service, *digest;
	int priority, valid_min;
};

/* --- Words --- */

static struct notice
notice_of(PGresult *rows, int i)
{
	return (struct notice){
		.contact = strtoll(PQgetvalue(rows, i, 0), NULL, 10),
		.language = PQgetvalue(rows, i, 1),
		.key = PQgetvalue(rows, i, 2),
		.pairs = PQgetvalue(rows, i, 3),
		.priority = atoi(PQgetvalue(rows, i, 4)),
		.service = PQgetvalue(rows, i, 5),
		.digest = PQgetisnull(rows, i, 6) ? NULL : PQgetvalue(rows, i, 6),
		.valid_min = atoi(PQgetvalue(rows, i, 7)),
	};
}

int
notices_render(const struct texts *texts, const char *language, const char *key, const char *pairs,
	char out[OUTGOING_BYTES_MAX])
{
	struct text_value values[VALUES_MAX];
	char *copy = strdup(pairs), *rest = copy;
	size_t count = 0;
	int length;

	if (copy == NULL)
		fatal("event=out_of_memory");
	if (*rest == '\0')
		rest = NULL;
	while (rest != NULL && count + 1 < VALUES_MAX) {
		values[count].name = strsep(&rest, SEPARATOR);
		values[count].value = rest != NULL ? strsep(&rest, SEPARATOR) : "";
		count++;
	}
	values[count].name = NULL;
	length = texts_render(texts, language, key, values, out, OUTGOING_BYTES_MAX);
	free(copy);
	return length > 0 ? length : -1;
}

/* Returns bytes written, or -1 (logged): a text that SQL names and no file has. */
static int
render(const struct notices *notices, const struct notice *n, char out[OUTGOING_BYTES_MAX])
{
	int length = notices_render(notices->gateway->texts, n->language, n->key, n->pairs, out);

	if (length == -1)
		log_error("event=text_missing text=%s hint=%s", n->key,
			log_quote("it was to be said to somebody; see 'baraza check'"));
	return length;
}

static void
say(struct notices *notices, struct outgoing *out, const struct notice *n, const char *text)
{
	if (outgoing_add(out, notices->gateway->config, n->contact,
		    (enum outgoing_priority)n->priority, n->service, 0, n->valid_min, text) == 0)
		notices->told++;
}

/* The items so far, within the text around them. Returns 0, or -1 when there is none such. */
static int
around(const struct notices *notices, const struct notice *n, const char *items,
	char out[OUTGOING_BYTES_MAX])
{
	const struct text_value values[] = { { "text", items }, { NULL, NULL } };

	return texts_render(notices->gateway->texts, n->language, n->digest, values, out,
		       OUTGOING_BYTES_MAX) > 0
		? 0
		: -1;
}

static int
same_digest(const struct notice *a, const struct notice *b)
{
	return a->digest != NULL && b->digest != NULL && a->contact == b->contact &&
		a->priority == b->priority && strcmp(a->digest, b->digest) == 0;
}

/* One SMS for as many items as fit, from that row on.  Returns the row after its last. */
static int
say_digest(struct notices *notices, struct outgoing *out, PGresult *rows, int from)
{
	char items[OUTGOING_BYTES_MAX] = "", item[OUTGOING_BYTES_MAX];
	char longer[2 * OUTGOING_BYTES_MAX], text[OUTGOING_BYTES_MAX], said[OUTGOING_BYTES_MAX];
	const struct notice first = notice_of(rows, from);
	int i;

	said[0] = '\0';
	for (i = from; i < PQntuples(rows); i++) {
		struct notice n = notice_of(rows, i);

		if (!same_digest(&first, &n))
			break;
		if (render(notices, &n, item) == -1)
			continue;
		snprintf(longer, sizeof(longer), "%s%s%s", items, items[0] != '\0' ? "; " : "",
			item);
		if (strlen(longer) >= sizeof(items) || around(notices, &n, longer, text) == -1 ||
			(said[0] != '\0' && text_count_segments(text, NULL) > DIGEST_SEGMENTS_MAX))
			break;
		strcpy(items, longer);
		strcpy(said, text);
	}
	if (said[0] != '\0') {
		say(notices, out, &first, said);
		return i;
	}
	if (i > from) /* none of these has a text; the row at i is of others */
		return i;
	log_error("event=text_missing text=%s hint=%s", first.digest,
		log_quote("the text around a digest's items; see 'baraza check'"));
	return i + 1;
}

static void
say_all(struct notices *notices, struct outgoing *out, PGresult *rows)
{
	char text[OUTGOING_BYTES_MAX];

	for (int i = 0; i < PQntuples(rows);) {
		struct notice n = notice_of(rows, i);

		if (n.priority == PRIORITY_REMINDER)
			notices->reminders = 1;
		if (n.digest != NULL) {
			i = say_digest(notices, out, rows, i);
			continue;
		}
		if (render(notices, &n, text) != -1)
			say(notices, out, &n, text);
		i++;
	}
}

/* --- One transaction --- */

static void
end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct notices *notices = arg;

	if (end == DB_FAILED) {
		log_error("event=notices_failed sqlstate=%s", sqlstate);
		room_rest(notices->room, RETRY_MS);
	}
	if (end != DB_COMMITTED)
		return; /* what was not committed is still there */
	if (notices->told > 0)
		outbox_wake(notices->gateway->outbox);
	if (notices->taken >= TAKEN_MAX)
		room_wake(notices->room);
}

static void
take_cb(PGresult *result, void *arg)
{
	struct notices *notices = arg;
	struct outgoing out;
	struct db_params params;

	outgoing_begin(&out);
	if (result != NULL) {
		notices->taken = PQntuples(result);
		say_all(notices, &out, result);
	}
	outgoing_send(&out, notices->db);
	db_params_begin(&params);
	if (notices->reminders)
		db_send(notices->db, "reminded", &params, NULL, NULL);
	if (notices->gateway->believable)
		db_send(notices->db, "next", &params, room_due_cb, notices->room);
	room_commit(notices->room);
}

static int
turn(void *arg)
{
	struct notices *notices = arg;
	struct db_params params;

	if (notices->gateway->draining)
		return 0;
	notices->taken = notices->told = notices->reminders = 0;
	db_params_begin(&params);
	db_param_int(&params, TAKEN_MAX);
	db_send(notices->db, notices->gateway->believable ? "take" : "urgent", &params, take_cb,
		notices);
	db_flush(notices->db);
	return 1;
}

void
notices_wake(struct notices *notices)
{
	room_wake(notices->room);
}

int
notices_idle(const struct notices *notices)
{
	return room_idle(notices->room);
}

/* --- Birth and death --- */

struct notices *
notices_new(struct gateway *gateway)
{
	static const struct room_owner owner = { .name = "notices",
		.first = "LISTEN baraza_notice; LISTEN baraza_clock",
		.statements = statements,
		.turn = turn,
		.end = end_cb };
	struct notices *notices = calloc(1, sizeof(*notices));

	if (notices == NULL)
		fatal("event=out_of_memory");
	notices->gateway = gateway;
	notices->room = room_new(gateway, &owner, notices);
	notices->db = room_db(notices->room);
	return notices;
}

void
notices_start(struct notices *notices)
{
	room_start(notices->room);
}

void
notices_free(struct notices *notices)
{
	if (notices == NULL)
		return;
	room_free(notices->room);
	free(notices);
}
