/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outgoing.h"

#include "config.h"
#include "log.h"
#include "text.h"

const char *
outgoing_fit(const struct config *config, const char *service, const char *text,
	char room[OUTGOING_BYTES_MAX], int *segments)
{
	const char *body = text;

	if (config->transliterate && text_transliterate(room, OUTGOING_BYTES_MAX, text) >= 0)
		body = room;
	int count = text_count_segments(body, NULL);
	if (count < 1) {
		log_error("event=text_unsendable service=%s hint=%s", service,
			log_quote("the text is empty or too long; see 'baraza check'"));
		return NULL;
	}
	*segments = count;
	return body;
}

void
outgoing_begin(struct outgoing *o)
{
	db_array_begin(&o->contact, DB_INT8);
	db_array_begin(&o->body, DB_TEXT);
	db_array_begin(&o->priority, DB_INT2);
	db_array_begin(&o->segments, DB_INT2);
	db_array_begin(&o->service, DB_TEXT);
	db_array_begin(&o->reply_to, DB_INT8);
	db_array_begin(&o->validity, DB_INT4);
	o->count = 0;
}

int
outgoing_add(struct outgoing *o, const struct config *config, int64_t contact,
	enum outgoing_priority priority, const char *service, int64_t reply_to, int validity_min,
	const char *text)
{
	char plain[OUTGOING_BYTES_MAX];
	int segments;
	const char *body = outgoing_fit(config, service, text, plain, &segments);

	if (body == NULL)
		return -1;
	db_array_int8(&o->contact, contact);
	db_array_text(&o->body, body);
	db_array_int2(&o->priority, (int16_t)priority);
	db_array_int2(&o->segments, (int16_t)segments);
	db_array_text(&o->service, service);
	db_array_int8(&o->reply_to, reply_to);
	db_array_int4(&o->validity, validity_min);
	o->count++;
	return 0;
}

void
outgoing_send(struct outgoing *o, struct db *db)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_take_array(&params, &o->contact);
	db_param_take_array(&params, &o->body);
	db_param_take_array(&params, &o->priority);
	db_param_take_array(&params, &o->segments);
	db_param_take_array(&params, &o->service);
	db_param_take_array(&params, &o->reply_to);
	db_param_take_array(&params, &o->validity);
	if (o->count > 0)
		db_send(db, "enqueue", &params, NULL, NULL);
	else
		db_params_free(&params);
}
