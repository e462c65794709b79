/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-judge: may this CAP document be taken, and as what?
 *
 * What it is: what comes before the database: reading, the sender's place in the configuration
 * (cap_sources), the signature where one is configured, and the message as SQL's cap_take() wants
 * it, with a text for SMS in each language. The same for every way in. What it is not: it asks no
 * database and changes nothing: whether a message was here before, which zones it means and what
 * comes of it is SQL's (sql/functions/93-cap.sql).
 */
#ifndef CAP_JUDGE_H
#define CAP_JUDGE_H

#include "cap.h"
#include "config.h"

#define CAP_SEGMENTS_MAX 3 /* of one text */
#define CAP_LANGUAGE_BYTES 9
#define CAP_TEXT_BYTES 2048

/* $1: the wish, $2: the document, $3: by which way it came. One row: outcome, reference (of an
 * alert, or NULL), words (what came of it, for people), tell (the
 * administrator should hear of it). */
#define CAP_TAKE_SQL "SELECT outcome, reference, words, tell FROM cap_take($1::jsonb, $2, $3)"

struct alert_templates;

struct cap_taking {
	char *wish;     /* JSON: of cap_take() */
	char *document; /* UTF-8 */
	char identifier[128], sender[128];
};

/*
 * Judge a document. Returns 0 and what to hand to cap_take() (cap_taking_free() it), or -1 with the
 * reason in words: why it is refused.
 */
int cap_judge(const struct config *config, const struct alert_templates *templates,
	const char *bytes, size_t length, char reason[CAP_REASON_MAX], struct cap_taking *out)
	__attribute__((warn_unused_result));
void cap_taking_free(struct cap_taking *taking);

/* The configuration's entry of a sender, or NULL. */
const struct config_cap_source *cap_source_of(const struct config *config, const char *sender);

/*
 * The SMS of one info: headline, where, description and instruction, signed with {sender} and
 * {hour} (alert-compose.h fills them) and at most CAP_SEGMENTS_MAX segments long with these and
 * `margin` characters more. Where that is too long, whole sentences go: first the description's,
 * the last one first, then the instruction's but for its first. Braces become parentheses. Returns
 * 0, or -1 when even that is too long.
 */
int cap_sms(const struct cap_info *info, const char *speaker, size_t margin,
	char out[CAP_TEXT_BYTES]) __attribute__((warn_unused_result));

/* Who speaks: the info's senderName where it is short enough to sign an SMS, else the sender. */
const char *cap_speaker(const struct cap *cap);

/* Two or three small letters of an info's language. Returns 0, or -1: it has none such. */
int cap_language(const struct cap_info *info, char out[CAP_LANGUAGE_BYTES])
	__attribute__((warn_unused_result));

#endif
