/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts: what citizens read, by key and language, from conf/texts/<lang>.cfg.
 *
 * What it is: the texts, checked: every placeholder known, no gap in a required language.
 * What it is not: it chooses no coding and sends nothing (text.h counts, outbox sends).
 *
 * A text is `key = "Words with {placeholder}.";`. Keys are those that services' outcomes and
 * questions make (`complaint_created`, `ask_place`) and the gateway's own (nonsense_human,
 * from_city, categories, states); `answer_<name>`, whose words stand in answers.cfg; and those that
 * USSD menus name, ussd_<...>: one that no menu names is left alone. Each of those may have a
 * second one, ussd_<...>_gsm: the same in GSM letters, beside names in such (ussd-form-show.c). A
 * language may lack keys, or have no file and keywords alone, unless it is required or the default:
 * then the default language's text is used.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

struct answers;
struct texts; /* immutable once loaded */

struct text_key {
	char name[64];
	const char *placeholders; /* blank-separated; borrowed */
};

struct text_value {
	const char *name;
	const char *value; /* UTF-8 */
};

/* Load and check all languages. Returns NULL with errors added (file and line, what to do). */
struct texts *texts_load(const struct config *config, struct config_errors *errors)
	__attribute__((warn_unused_result));
void texts_free(struct texts *texts);

/* The city's own answers, whose texts are among these; never NULL. */
const struct answers *texts_answers(const struct texts *texts);

/* The index of every key that may be asked for: the i-th, or NULL past the end. */
const struct text_key *texts_key(const struct texts *texts, size_t i);

/* Is it said on USSD screens alone, so that no SMS is measured by it? */
bool texts_is_of_menus(const char *key);

/* Does it say in GSM letters what the key without this end says in the language's own? */
#define TEXTS_GSM "_gsm"
bool texts_is_of_gsm(const char *key);

#define TEXTS_VALUE "\x1e"
#define TEXTS_ITEM "\x1d"

/* The raw text of a key in exactly that language, or NULL. */
const char *texts_raw(const struct texts *texts, const char *language, const char *key);

/*
 * Render: the key's text in the language (or the default language), {placeholders} filled from
 * values (which end with name NULL); {city} and {emergency} are always known. A value missing from
 * the list is empty. Names of categories and the like are themselves keys: a value beginning with
 * '@' is looked up as a key ("@category_water"), which may bring values of its own: "@what_skip",
 * name, value, ... separated by TEXTS_VALUE; several such, separated by TEXTS_ITEM, are a list. An
 * empty value takes the comma before it along; one longer than 40 characters is shown by its first
 * words and "...", except {text}. Questions may use their service's fields' names. values may be
 * NULL. Returns bytes written, or -1 when the key does not exist or out is too small.
 */
int texts_render(const struct texts *texts, const char *language, const char *key,
	const struct text_value *values, char *out, size_t size)
	__attribute__((warn_unused_result));

#endif
