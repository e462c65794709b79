/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers: what the city answers by itself to questions that are asked again and again.
 *
 * What it is: one file that a clerk edits (conf/answers.cfg): for each answer its name, in each
 * language the words by which its question is known, and its text. What it is not: it decides not
 * whether a message is a question (understand.h), and sends nothing; texts.h speaks the texts,
 * under the key "answer_<name>", and `baraza check` counts them.
 *
 * A line of words fits a message that holds all of them, in any order; "ouvr*" is any word that
 * begins so. Words and messages are folded (text_fold). Of several answers that fit the one with
 * the most words in a line is given; among equals the first of the file.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct config_errors;
struct answers; /* immutable once loaded */

/*
 * Read the file that the configuration names. Returns the answers, none where it names no file; or
 * NULL with errors added, with file and line.
 */
struct answers *answers_load(const struct config *config, struct config_errors *errors)
	__attribute__((warn_unused_result));
void answers_free(struct answers *answers); /* NULL is safe */

/* The key of the i-th answer, or NULL past the last; borrowed. */
const char *answers_key(const struct answers *answers, size_t i);

/* The text of the i-th answer in exactly that language, or NULL; borrowed. */
const char *answers_text(const struct answers *answers, size_t i, const char *language);

/* The key of the answer that fits a message, UTF-8, or NULL; borrowed. */
const char *answers_find(const struct answers *answers, const char *text);

#endif
