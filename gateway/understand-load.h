/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-load: what understand-load.c (files, words, patterns) and understand-load-rules.c
 * (ideas, rules, how fields are taken) share. Nobody else includes it.
 */
#ifndef UNDERSTAND_LOAD_H
#define UNDERSTAND_LOAD_H

#include <libconfig.h>

#include "config-file.h"
#include "vocabulary.h"

struct loader {
	struct vocabulary *v;
	struct config_errors *errors;
	const struct config_file *file;
	int service; /* of the file being read, or NONE */
};

/* Make room for one more item of an array. Returns 0 or NONE (out of memory). */
int load_grow(void **array, size_t count, size_t *size, size_t item);
#define GROW(array, count, size) load_grow((void **)&(array), count, &(size), sizeof(*(array)))

/* The index of the language, or NONE when it is not configured. */
int load_language(const struct vocabulary *v, const char *code);

/* Take the keywords of a list, with that meaning. */
void load_keywords(struct loader *l, const config_setting_t *list, struct meaning meaning);

/* The same for { en = [...]; fr = [...]; } or one list for all languages. */
void load_by_language(struct loader *l, const config_setting_t *group, struct meaning meaning);

/* A value's index, or NONE (out of memory). */
int32_t load_value(struct loader *l, const char *name);

/* What a rule or a pattern says: field = "kind"; value = "burning". Both NONE where it says
 * nothing. Returns 0 or NONE. understand-load-rules.c */
int load_said(struct loader *l, const config_setting_t *entry, int8_t *field, int32_t *value);

/* The words of a field's values: { road = [...]; water = [...]; }, for the languages of `meaning`
 * or each for its own. alone: by themselves they name the service. */
void load_values(
	struct loader *l, const config_setting_t *values, struct meaning meaning, bool alone);

/* Sorts of words of one language, as in common.cfg. */
void load_sorts(struct loader *l, const config_setting_t *group, int language);

/* --- understand-load-rules.c --- */

/* ideas.cfg: { name = { en = [...]; ... }; ... } */
void load_ideas(struct loader *l, const config_setting_t *root);

/* words/<language>.cfg: all words of one language, see its head. */
void load_language_file(struct loader *l, const config_setting_t *root, int language);

/* rules = ( ... ) of a service's file. */
void load_rules(struct loader *l, const config_setting_t *rules);

/* take, after, leading_with, counts_as, standard and needed_unless of a field. Returns whether
 * there were any. */
bool load_taker(struct loader *l, const config_setting_t *entry, int field);

/* Once all is loaded: rules in order, which ideas are whose, short words. Returns 0 or NONE. */
int load_finish(struct vocabulary *v);

#endif
