/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * airtime-talk: one dialogue: the code, the steps of its script while the menus are those that are
 * expected, and what the last answer says.
 *
 * Of a purchase whatever is not clearly bought or not is unclear: it may have had its effect.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "airtime-internal.h"
#include "db.h"
#include "gateway.h"
#include "hash.h"
#include "log.h"
#include "modem.h"

#define STEP_TIMEOUT_S 45

/* --- Which --- */

struct search {
	int32_t link;
	struct modem *found;
};

static void
look(struct modem *modem, void *arg)
{
	struct search *search = arg;

	if (modem_link(modem) == search->link && modem_can_ussd(modem))
		search->found = modem;
}

struct modem *
talk_modem(const struct airtime *airtime, int32_t link)
{
	struct search search = { .link = link };

	modems_each(airtime->gateway->modems, look, &search);
	return search.found;
}

/* What was told in a transaction is over for what is due in it. */
static bool
is_under_way(const struct talk *talk)
{
	return talk->state == TALK_DUE || talk->state == TALK_OPEN;
}

int
talk_is_with(const struct airtime *airtime, int32_t link)
{
	const struct talk *talk;

	TAILQ_FOREACH(talk, &airtime->talks, next)
		if (talk->link == link && is_under_way(talk))
			return 1;
	return 0;
}

size_t
talk_count(const struct airtime *airtime)
{
	const struct talk *talk;
	size_t count = 0;

	TAILQ_FOREACH(talk, &airtime->talks, next)
		count += is_under_way(talk);
	return count;
}

static enum operator_question
question_of(const char *name)
{
	for (int q = 0; q < OPERATOR_QUESTIONS; q++)
		if (strcmp(operator_question_name((enum operator_question)q), name) == 0)
			return (enum operator_question)q;
	fatal("event=airtime question=%s", log_quote(name));
}

void
talk_new(struct airtime *airtime, int32_t link, const char *question, int64_t purchase)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	if (talk == NULL)
		fatal("event=out_of_memory");
	talk->airtime = airtime;
	talk->link = link;
	talk->question = question_of(question);
	talk->purchase = purchase;
	talk->state = TALK_DUE;
	TAILQ_INSERT_TAIL(&airtime->talks, talk, next);
}

void
talk_free(struct talk *talk)
{
	TAILQ_REMOVE(&talk->airtime->talks, talk, next);
	free(talk);
}

/* --- Its end --- */

static void
finish(struct talk *talk, const char *outcome)
{
	talk->outcome = outcome;
	talk->state = TALK_TOLD;
	log_info("event=airtime modem=%s asked=%s outcome=%s",
		talk->modem != NULL ? modem_name(talk->modem) : "none",
		operator_question_name(talk->question), outcome);
	airtime_wake(talk->airtime);
}

void
talk_cancel(struct talk *talk)
{
	modem_ussd_cancel(talk->modem);
	finish(talk, "undialled");
}

static const struct operator_entry *
operator_of(const struct talk *talk)
{
	return operators_find(talk->airtime->gateway->operators, talk->operator_name);
}

/* Of all that it keys. */
static uint64_t
script_mark(const struct operator_asking *asking)
{
	uint64_t hash = hash_text(HASH_BEGIN, asking->code);

	for (size_t i = 0; i < asking->steps; i++)
		hash = hash_text(hash, asking->step[i]);
	return hash;
}

/* How it is asked; NULL: no more as it was begun, since a reload has changed that. */
static const struct operator_asking *
asking_of(const struct talk *talk, const struct operator_entry *o)
{
	const struct operator_asking *asking =
		o != NULL ? operator_asking(o, talk->question) : NULL;

	return asking != NULL && script_mark(asking) == talk->script ? asking : NULL;
}

/* By what its answer says; otherwise: what it is when no pattern reads it. */
static void
finish_read(
	struct talk *talk, const struct operator_entry *o, const char *text, const char *otherwise)
{
	const struct operators *operators = talk->airtime->gateway->operators;
	enum operator_verdict verdict =
		operator_read(operators, o, talk->question, text, &talk->reading);
	bool buys = talk->question == OPERATOR_BUY;

	if (verdict == OPERATOR_UNREAD &&
		operator_tells_by_sms(operators, o, talk->question, text)) {
		talk->sms_minutes = operator_asking(o, talk->question)->sms_minutes;
		otherwise = "by_sms";
	}
	operator_mask(operators, text, &talk->reading, talk->words);
	if (talk->words[0] == '\0')
		strcpy(talk->words, "(no words)");
	finish(talk,
		verdict == OPERATOR_READ              ? (buys ? "bought" : "read")
			: verdict == OPERATOR_REFUSED ? "refused"
						      : otherwise);
}

/* --- Its steps --- */

static void answer_cb(
	struct modem *modem, enum wire_ussd_outcome outcome, const char *text, void *arg);

static void
take_step(struct talk *talk, const struct operator_entry *o, const char *menu)
{
	const struct operators *operators = talk->airtime->gateway->operators;
	const struct operator_asking *asking = operator_asking(o, talk->question);

	/* What asks though nothing is left to key, and what is another menu, may be the answer. */
	if (talk->step == asking->steps ||
		!operator_menu_fits(operators, o, talk->question, talk->step, menu)) {
		modem_ussd_cancel(talk->modem);
		finish_read(talk, o, menu, "unread");
		return;
	}
	if (modem_ussd(talk->modem, asking->step[talk->step++], STEP_TIMEOUT_S, answer_cb, talk) ==
		-1)
		finish(talk, "cut");
}

static void
answer_cb(struct modem *modem, enum wire_ussd_outcome outcome, const char *text, void *arg)
{
	struct talk *talk = arg;
	const struct operator_entry *o = operator_of(talk);
	bool buys = talk->question == OPERATOR_BUY;

	if (asking_of(talk, o) == NULL) {
		modem_ussd_cancel(modem);
		finish(talk, "cut");
		return;
	}
	switch (outcome) {
	case WIRE_USSD_MORE:
		take_step(talk, o, text);
		break;
	case WIRE_USSD_DONE:
		finish_read(talk, o, text, "unread");
		break;
	case WIRE_USSD_UNSUPPORTED:
		finish(talk, talk->step == 0 ? "refused" : "cut");
		break;
	case WIRE_USSD_REFUSED:
	case WIRE_USSD_NETWORK:
		/* What ends so may have been done all the same. */
		if (text[0] != '\0')
			finish_read(talk, o, text, buys ? "unread" : "refused");
		else
			finish(talk, buys ? "cut" : "refused");
		break;
	case WIRE_USSD_TIMEOUT:
		finish(talk, "silent");
		break;
	case WIRE_USSD_LOST:
		finish(talk, "cut");
		break;
	}
}

void
talk_begin(struct talk *talk)
{
	const struct gateway *gateway = talk->airtime->gateway;
	const struct operator_asking *asking = NULL;
	const struct operator_entry *o = NULL;

	talk->state = TALK_OPEN;
	talk->modem = talk_modem(talk->airtime, talk->link);
	if (talk->modem != NULL)
		o = operators_of(
			gateway->operators, modem_config(talk->modem), modem_identity(talk->modem));
	if (o != NULL)
		asking = operator_asking(o, talk->question);
	if (asking == NULL || gateway->draining) {
		finish(talk, "undialled");
		return;
	}
	strcpy(talk->operator_name, operator_name(o));
	talk->script = script_mark(asking);
	/* Of a dialogue that ended by itself the modem tells once. */
	if (modem_ussd(talk->modem, asking->code, STEP_TIMEOUT_S, answer_cb, talk) == -1 &&
		(errno != EPIPE ||
			modem_ussd(talk->modem, asking->code, STEP_TIMEOUT_S, answer_cb, talk) ==
				-1))
		finish(talk, "undialled");
}

/* --- What comes unasked --- */

static int
is_anything_with(const struct airtime *airtime, int32_t link)
{
	const struct talk *talk;

	TAILQ_FOREACH(talk, &airtime->talks, next)
		if (talk->link == link)
			return 1;
	return 0;
}

void
talk_unasked(struct airtime *airtime, struct modem *modem, const char *text)
{
	const struct gateway *gateway = airtime->gateway;
	const struct operator_entry *o =
		operators_of(gateway->operators, modem_config(modem), modem_identity(modem));
	struct operator_reading reading;
	struct talk *talk;

	if (o == NULL || operator_asking(o, OPERATOR_BALANCE) == NULL || gateway->draining ||
		modem_config(modem)->till || is_anything_with(airtime, modem_link(modem)) ||
		operator_read(gateway->operators, o, OPERATOR_BALANCE, text, &reading) !=
			OPERATOR_READ)
		return;
	talk_new(airtime, modem_link(modem), operator_question_name(OPERATOR_BALANCE), 0);
	talk = TAILQ_LAST(&airtime->talks, talk_list);
	talk->modem = modem;
	strcpy(talk->operator_name, operator_name(o));
	finish_read(talk, o, text, "unread");
}

/* --- Its account --- */

static void
param_or_null(struct db_params *params, bool known, int64_t v)
{
	if (known)
		db_param_int(params, v);
	else
		db_param_text(params, NULL);
}

static const char *
known(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

void
talk_store(struct talk *talk)
{
	const struct operator_reading *r = &talk->reading;
	char words[MONEY_WORDS_MAX] = "";
	struct db_params params;

	if (r->has_amount)
		money_words(r->amount, r->currency, words);
	db_params_begin(&params);
	db_param_int(&params, talk->link);
	db_param_text(&params, operator_question_name(talk->question));
	param_or_null(&params, talk->purchase != 0, talk->purchase);
	db_param_text(&params, talk->outcome);
	param_or_null(&params, r->has_amount, r->amount);
	db_param_text(&params, known(r->currency));
	db_param_text(&params, known(words));
	param_or_null(&params, r->has_count, r->count);
	db_param_text(&params, known(r->bundle));
	db_param_text(&params, known(r->until));
	db_param_text(&params, known(r->expires));
	db_param_text(&params, known(talk->words));
	param_or_null(&params, talk->sms_minutes > 0, talk->sms_minutes);
	if (db_send(talk->airtime->db, "told", &params, NULL, NULL) == 0)
		talk->state = TALK_STORING;
}
