/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * airtime-sms: what an operator tells of a SIM by SMS. A message that one of its own senders sent
 * to its SIM, and that one of its patterns reads, is stored like any other, and becomes a balance
 * or bundle of that SIM in the same transaction: nobody answers it, and nobody need read it.
 * Anything else goes the ordinary way. Whether it answers what was asked SQL decides
 * (airtime_heard() of sql/functions/97-airtime.sql).
 */
#include <stdlib.h>
#include <string.h>

#include "inbox-internal.h"
#include "log.h"
#include "modem.h"
#include "operators.h"

/* What was read, for as long as its transaction takes: operators may be loaded anew meanwhile. */
struct airtime_word {
	enum operator_verdict verdict[OPERATOR_QUESTIONS];
	struct operator_reading reading[OPERATOR_QUESTIONS];
	bool by_sms[OPERATOR_QUESTIONS]; /* its answers come so */
	char words[OPERATOR_QUESTIONS][OPERATOR_WORDS_MAX];
};

void
airtime_mark(struct item *item, const struct gateway *gateway, const struct modem *modem)
{
	const struct config_modem *entry = modem_config(modem);
	const struct operator_entry *o = NULL;

	if (item->till == TILL_NONE && item->from.kind != PHONE_E164)
		o = operators_of(gateway->operators, entry, modem_identity(modem));
	if (o != NULL)
		strcpy(item->operator_name, operator_name(o));
}

/* --- Decisions --- */

/* By the patterns of one question. Of a purchase only where that is told by SMS: somebody else may
 * have bought something for this SIM. */
static bool
read_question(const struct operators *operators, const struct operator_entry *o,
	enum operator_question q, const char *body, struct airtime_word *word)
{
	const struct operator_asking *asking = operator_asking(o, q);

	word->by_sms[q] = asking != NULL && asking->sms_minutes > 0;
	word->verdict[q] = q == OPERATOR_BUY && !word->by_sms[q]
		? OPERATOR_UNREAD
		: operator_read(operators, o, q, body, &word->reading[q]);
	if (word->verdict[q] == OPERATOR_UNREAD)
		return false;
	operator_mask(operators, body, &word->reading[q], word->words[q]);
	return true;
}

/* Who sends from one of its names, and of a whole text: what is missing may be what counts. */
static const struct operator_entry *
teller_of(const struct gateway *gateway, const struct item *item)
{
	const struct operator_entry *o;

	if (item->operator_name[0] == '\0' || item->till != TILL_NONE || item->incomplete ||
		item->body == NULL || strcmp(item->stored_kind, "text") != 0)
		return NULL;
	o = operators_find(gateway->operators, item->operator_name);
	return o != NULL && operator_sends_from(o, &item->from) ? o : NULL;
}

bool
airtime_hears(const struct gateway *gateway, struct thought *t)
{
	const struct operator_entry *o = teller_of(gateway, t->item);
	struct airtime_word *word;
	bool read = false;

	if (o == NULL)
		return false;
	word = calloc(1, sizeof(*word));
	if (word == NULL)
		fatal("event=out_of_memory");
	for (int q = 0; q < OPERATOR_QUESTIONS; q++)
		read |= read_question(
			gateway->operators, o, (enum operator_question)q, t->item->body, word);
	if (!read) {
		free(word);
		return false;
	}
	t->heard = word;
	t->silent = true;
	return true;
}

/* --- Work --- */

/* The columns of airtime_heard, in its order. */
enum {
	H_MESSAGE,
	H_LINK,
	H_WHAT,
	H_BY_SMS,
	H_OUTCOME,
	H_AMOUNT,
	H_CURRENCY,
	H_AMOUNT_WORDS,
	H_COUNT,
	H_BUNDLE,
	H_UNTIL,
	H_EXPIRES,
	H_WORDS,
	H_COLUMNS
};

static const enum db_type heard_types[H_COLUMNS] = { DB_INT8, DB_INT4, DB_TEXT, DB_BOOL, DB_TEXT,
	DB_INT8, DB_TEXT, DB_TEXT, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT };

static void
text_or_null(struct db_array *array, const char *text)
{
	db_array_text(array, text[0] != '\0' ? text : NULL);
}

static void
add_reading(struct db_array *c, const struct operator_reading *r)
{
	char words[MONEY_WORDS_MAX] = "";

	if (r->has_amount) {
		db_array_int8(&c[H_AMOUNT], r->amount);
		money_words(r->amount, r->currency, words);
	} else {
		db_array_null(&c[H_AMOUNT]);
	}
	text_or_null(&c[H_CURRENCY], r->currency);
	text_or_null(&c[H_AMOUNT_WORDS], words);
	if (r->has_count)
		db_array_int4(&c[H_COUNT], r->count);
	else
		db_array_null(&c[H_COUNT]);
	text_or_null(&c[H_BUNDLE], r->bundle);
	text_or_null(&c[H_UNTIL], r->until);
	text_or_null(&c[H_EXPIRES], r->expires);
}

static void
add_question(struct db_array *c, const struct thought *t, enum operator_question q)
{
	const struct airtime_word *word = t->heard;

	db_array_int8(&c[H_MESSAGE], t->message_id);
	db_array_int4(&c[H_LINK], t->item->link_id);
	db_array_text(&c[H_WHAT], operator_question_name(q));
	db_array_bool(&c[H_BY_SMS], word->by_sms[q]);
	db_array_text(&c[H_OUTCOME],
		word->verdict[q] == OPERATOR_REFUSED ? "refused"
			: q == OPERATOR_BUY          ? "bought"
						     : "read");
	add_reading(c, &word->reading[q]);
	db_array_text(&c[H_WORDS], word->words[q]);
}

static bool
is_any_heard(const struct desk *desk)
{
	for (size_t i = 0; i < desk->batch_count; i++)
		if (desk->batch[i].stored && desk->batch[i].heard != NULL)
			return true;
	return false;
}

int
airtime_run(struct desk *desk)
{
	struct db_array column[H_COLUMNS];
	struct db_params params;

	if (!is_any_heard(desk))
		return 0;
	for (int i = 0; i < H_COLUMNS; i++)
		db_array_begin(&column[i], heard_types[i]);
	for (size_t i = 0; i < desk->batch_count; i++) {
		const struct thought *t = &desk->batch[i];

		for (int q = 0; t->stored && t->heard != NULL && q < OPERATOR_QUESTIONS; q++)
			if (t->heard->verdict[q] != OPERATOR_UNREAD)
				add_question(column, t, (enum operator_question)q);
	}
	db_params_begin(&params);
	for (int i = 0; i < H_COLUMNS; i++)
		db_param_take_array(&params, &column[i]);
	return db_send(desk->db, "airtime_heard", &params, NULL, NULL);
}
