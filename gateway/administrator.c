/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "administrator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "monotonic.h"
#include "phone.h"
#include "text.h"

#define TELL_AGAIN_S (6 * 3600)
#define WORDS_MAX 32 /* troubles that are remembered */
#define BODY_MAX 600 /* bytes */

enum word_state {
	WORD_NONE,
	WORD_WAITS, /* for the database */
	WORD_SENT,  /* to it, not yet committed */
	WORD_TOLD,  /* committed */
};

struct word {
	struct administrator *administrator;
	enum word_state state;
	char key[64];
	int32_t not_link;
	char body[BODY_MAX];
	int64_t at_ms;
};

struct administrator {
	const struct gateway *gateway;
	struct word word[WORDS_MAX];
};

struct administrator *
administrator_new(const struct gateway *gateway)
{
	struct administrator *administrator = calloc(1, sizeof(*administrator));

	if (administrator == NULL)
		fatal("event=out_of_memory");
	administrator->gateway = gateway;
	for (size_t i = 0; i < WORDS_MAX; i++)
		administrator->word[i].administrator = administrator;
	return administrator;
}

void
administrator_free(struct administrator *administrator)
{
	free(administrator);
}

/* Committed, or to be told again: when that is not known it may be told twice, as an alarm may. */
static void
told_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct word *word = arg;

	word->state = end == DB_COMMITTED ? WORD_TOLD : WORD_WAITS;
	if (end == DB_FAILED)
		log_error("event=administrator told=no sqlstate=%s words=%s", sqlstate,
			log_quote(word->body));
}

/* Returns 0, or -1 when nobody is named. */
static int
address(const struct config *config, struct phone *out)
{
	if (config->administrator == NULL || config->administrator[0] == '\0')
		return -1;
	*out = phone_normalise(config->administrator, config->country);
	return out->kind == PHONE_E164 ? 0 : -1;
}

/* A body that can be sent, in whatever transaction is under way. Returns 0 or -1. */
static int
send_body(struct db *db, const struct phone *phone, const char *body, int32_t not_link)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, phone->number);
	db_param_text(&params, body);
	db_param_int(&params, text_count_segments(body, NULL));
	db_param_int(&params, not_link);
	return db_send(db, "tell", &params, NULL, NULL);
}

static void
word_send(struct word *word)
{
	const struct gateway *gateway = word->administrator->gateway;
	struct phone phone;

	if (word->state != WORD_WAITS || !db_is_up(gateway->chores_db))
		return;
	if (address(gateway->config, &phone) != 0) { /* nobody is, any more */
		word->state = WORD_TOLD;
		return;
	}
	if (send_body(gateway->chores_db, &phone, word->body, word->not_link) == 0 &&
		db_commit(gateway->chores_db, told_cb, word) == 0)
		word->state = WORD_SENT;
}

void
administrator_queue(
	const struct gateway *gateway, struct db *db, int32_t not_link, const char *words)
{
	char body[BODY_MAX];
	struct phone phone;

	if (address(gateway->config, &phone) == 0 &&
		text_transliterate(body, sizeof(body), words) > 0 &&
		text_count_segments(body, NULL) >= 1)
		send_body(db, &phone, body, not_link);
}

void
administrator_wake(struct administrator *administrator)
{
	for (size_t i = 0; i < WORDS_MAX; i++)
		word_send(&administrator->word[i]);
}

/* What is given up for another word: nothing before what was told, that before what still waits. */
static int
worth(const struct word *word)
{
	static const int of[] = {
		[WORD_NONE] = 0, [WORD_TOLD] = 1, [WORD_WAITS] = 2, [WORD_SENT] = 3
	};

	return of[word->state];
}

/* Where this trouble is, or may be, remembered; NULL when it was told lately or waits already. */
static struct word *
word_for(struct administrator *administrator, const char *key)
{
	struct word *least = NULL;

	for (size_t i = 0; i < WORDS_MAX; i++) {
		struct word *word = &administrator->word[i];

		if (word->state != WORD_NONE && strcmp(word->key, key) == 0)
			return word->state == WORD_TOLD &&
					monotonic_ms() - word->at_ms >= TELL_AGAIN_S * INT64_C(1000)
				? word
				: NULL;
		if (word->state == WORD_SENT)
			continue;
		if (least == NULL || worth(word) < worth(least) ||
			(worth(word) == worth(least) && word->at_ms < least->at_ms))
			least = word;
	}
	return least;
}

void
administrator_tell(
	struct administrator *administrator, const char *key, int32_t not_link, const char *words)
{
	struct word *word = word_for(administrator, key);
	struct phone phone;

	if (word == NULL)
		return;
	snprintf(word->key, sizeof(word->key), "%s", key);
	word->at_ms = monotonic_ms();
	word->not_link = not_link;
	word->state = WORD_TOLD; /* to the log, when nobody is named */
	log_error("event=administrator words=%s", log_quote(words));
	if (address(administrator->gateway->config, &phone) != 0 ||
		text_transliterate(word->body, sizeof(word->body), words) < 0 ||
		text_count_segments(word->body, NULL) < 1)
		return;
	word->state = WORD_WAITS;
	word_send(word);
}
