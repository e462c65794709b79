/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-store: a batch on its way into the database, column by column, and what the database says
 * of it. */
#include "inbox-internal.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "log.h"

/* --- Write: store --- */

static void
store_cb(PGresult *result, void *arg)
{
	struct desk *desk = arg;

	if (desk->state != BATCH_STORE)
		return;
	if (result == NULL || PQntuples(result) != (int)desk->batch_count) {
		desk_abort(desk);
		return;
	}
	for (size_t i = 0; i < desk->batch_count; i++) {
		struct thought *t = &desk->batch[i];
		const char *status = PQgetvalue(result, (int)i, 0);
		t->stored = strcmp(status, "new") == 0;
		t->changed = strcmp(status, "changed") == 0;
		t->message_id = strtoll(PQgetvalue(result, (int)i, 1), NULL, 10);
		t->contact_id = strtoll(PQgetvalue(result, (int)i, 2), NULL, 10);
	}
	desk_run(desk);
}

static const char *
kind_name(enum phone_kind kind)
{
	static const char *const names[] = { "e164", "short", "alphabetic", "invalid" };
	return names[kind];
}

/* The columns of inbox_store, in its order. */
enum {
	S_NUMBER,
	S_KIND,
	S_VERSION,
	S_LINK,
	S_STORED_KIND,
	S_DEDUPE,
	S_BODY,
	S_TIME,
	S_UDH,
	S_OCTETS,
	S_INCOMPLETE,
	S_SERVICE,
	S_LANGUAGE,
	S_CHOSEN,
	S_NONSENSE,
	S_ASK,
	S_ASK_FIELD,
	S_ASK_VALUES,
	S_CLOSE,
	S_LOCKS,
	S_COLUMNS
};

static const enum db_type store_types[S_COLUMNS] = { DB_TEXT, DB_TEXT, DB_INT4, DB_INT4, DB_TEXT,
	DB_UUID, DB_TEXT, DB_TEXT, DB_BYTEA, DB_BYTEA, DB_BOOL, DB_TEXT, DB_TEXT, DB_BOOL, DB_INT2,
	DB_TEXT, DB_TEXT, DB_TEXT, DB_BOOL, DB_TEXT };

static void
bytes_or_null(struct db_array *array, const char *bytes, size_t len)
{
	if (bytes == NULL)
		db_array_null(array);
	else
		db_array_bytes(array, bytes, len);
}

static void
store_message(struct db_array *c, const struct thought *t)
{
	const struct item *item = t->item;

	db_array_text(&c[S_NUMBER], item->from.number);
	db_array_text(&c[S_KIND], kind_name(item->from.kind));
	db_array_int4(&c[S_VERSION], t->version);
	db_array_int4(&c[S_LINK], item->link_id);
	db_array_text(&c[S_STORED_KIND], item->stored_kind);
	db_array_bytes(&c[S_DEDUPE], item->dedupe, sizeof(item->dedupe));
	db_array_text(&c[S_BODY], item_shown(item));
	db_array_text(&c[S_TIME], item->smsc_time[0] != '\0' ? item->smsc_time : NULL);
	bytes_or_null(&c[S_UDH], item->udh, item->udh_len);
	bytes_or_null(&c[S_OCTETS], item->octets, item->octets_len);
	db_array_bool(&c[S_INCOMPLETE], item->incomplete);
}

static void
store_decision(struct db_array *c, const struct thought *t)
{
	char values[SERVICE_FIELDS_MAX * SERVICE_VALUE_MAX], lock[SERVICE_LOCK_MAX] = "";
	const struct service *service = t->run != NULL ? t->run : t->ask;

	db_array_text(&c[S_SERVICE], service != NULL ? service->name : NULL);
	db_array_text(&c[S_LANGUAGE], t->set_language[0] != '\0' ? t->set_language : NULL);
	db_array_bool(&c[S_CHOSEN], 0);
	if (t->new_nonsense < 0)
		db_array_null(&c[S_NONSENSE]);
	else
		db_array_int2(&c[S_NONSENSE], (int16_t)t->new_nonsense);
	if (t->ask != NULL) {
		form_to_text(t->ask, &t->values, values, sizeof(values));
		db_array_text(&c[S_ASK], t->ask->name);
		db_array_text(&c[S_ASK_FIELD], t->ask->fields[t->ask_field].name);
		db_array_text(&c[S_ASK_VALUES], values);
	} else {
		db_array_null(&c[S_ASK]);
		db_array_null(&c[S_ASK_FIELD]);
		db_array_null(&c[S_ASK_VALUES]);
	}
	db_array_bool(&c[S_CLOSE], t->close);
	if (t->run != NULL && t->run->lock_key != NULL)
		t->run->lock_key(&t->values, lock);
	db_array_text(&c[S_LOCKS], lock[0] != '\0' ? lock : NULL);
}

void
desk_send_store(struct desk *desk)
{
	struct db_array column[S_COLUMNS];
	struct db_params params;

	for (int i = 0; i < S_COLUMNS; i++)
		db_array_begin(&column[i], store_types[i]);
	for (size_t i = 0; i < desk->batch_count; i++) {
		store_message(column, &desk->batch[i]);
		store_decision(column, &desk->batch[i]);
	}
	db_params_begin(&params);
	for (int i = 0; i < S_COLUMNS; i++)
		db_param_take_array(&params, &column[i]);
	db_param_int(&params, desk->inbox->gateway->config->question_timeout_min);
	db_send(desk->db, "store", &params, store_cb, desk);
}

void
desk_send_parts(struct desk *desk)
{
	static const enum db_type types[] = { DB_TEXT, DB_TEXT, DB_INT4, DB_UUID, DB_INT4, DB_INT2,
		DB_INT2, DB_TEXT, DB_TEXT, DB_BOOL };
	struct db_array c[10];
	struct db_params params;

	for (int i = 0; i < 10; i++)
		db_array_begin(&c[i], types[i]);
	for (size_t i = 0; i < desk->parts_count; i++) {
		const struct item *item = desk->parts[i];
		db_array_text(&c[0], item->from.number);
		db_array_text(&c[1], kind_name(item->from.kind));
		db_array_int4(&c[2], item->link_id);
		db_array_bytes(&c[3], item->dedupe, sizeof(item->dedupe));
		db_array_int4(&c[4], item->reference);
		db_array_int2(&c[5], (int16_t)item->total);
		db_array_int2(&c[6], (int16_t)item->seq);
		db_array_text(&c[7], item->body);
		db_array_text(&c[8], item->smsc_time[0] != '\0' ? item->smsc_time : NULL);
		db_array_bool(&c[9], item->till == TILL_BELIEVED);
	}
	db_params_begin(&params);
	for (int i = 0; i < 10; i++)
		db_param_take_array(&params, &c[i]);
	db_send(desk->db, "parts", &params, NULL, NULL);
}

/* Questions that expired are a batch of their own: nothing to store, only to take. */
static void
taken_cb(PGresult *result, void *arg)
{
	struct thought *t = arg;
	t->stored = result != NULL && PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
}

static void
taken_all_cb(PGresult *result, void *arg)
{
	struct desk *desk = arg;

	taken_cb(result, &desk->batch[desk->batch_count - 1]);
	if (desk->state != BATCH_STORE)
		return;
	if (result == NULL)
		desk_abort(desk);
	else
		desk_run(desk);
}

void
desk_send_take_expired(struct desk *desk)
{
	for (size_t i = 0; i < desk->batch_count; i++) {
		struct thought *t = &desk->batch[i];
		struct db_params params;
		int last = i + 1 == desk->batch_count;
		db_params_begin(&params);
		db_param_int(&params, t->contact_id);
		db_param_int(&params, t->version);
		db_send(desk->db, "take_expired", &params, last ? taken_all_cb : taken_cb,
			last ? (void *)desk : (void *)t);
	}
}
