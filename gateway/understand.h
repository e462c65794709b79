/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand: from a citizen's words to a service and its fields, or to what is still missing.
 *
 * What it is: pure C on memory. A message and what is known of its sender go in; a service, its
 * values and a confidence come out. Keywords and patterns come from conf/services/<name>.cfg,
 * compiled once (PCRE2 with JIT, UTF, and a match limit, so that no text can stall the loop); place
 * names come from the gazetteer that the caller hands in. What it is not: it asks no database,
 * changes nothing, sends nothing.
 *
 * Order: what an officer or a gauge says, by patterns; a command alone (STOP first of all);
 * patterns behind a keyword prefilter; the answer to an open question; keywords; else nothing (the
 * menu). While a question is open, only services that are heard before_question come before the
 * answer, and patterns marked when_asked = false wait; a complaint that decides for another
 * category, with a place of its own, leaves the question behind.
 */
#ifndef UNDERSTAND_H
#define UNDERSTAND_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "../handlers/service.h"

#define UNDERSTAND_TEXT_MAX 8192 /* bytes looked at; a longer text is judged by its beginning */
#define LANGUAGE_MAX 4           /* "en", "rw", "fon" with NUL */

struct vocabulary; /* compiled keywords and patterns: immutable, shared */

/*
 * Compile conf/services/ for the configured languages. Returns it, or NULL with errors added (file
 * and line): a pattern that does not compile, a named group that is no field, a keyword twice in
 * one language with different meanings.
 */
struct vocabulary *vocabulary_load(const struct config *config, struct config_errors *errors)
	__attribute__((warn_unused_result));
void vocabulary_free(struct vocabulary *vocabulary);

/* Place names, folded; built by the caller from the database; immutable once built. */
struct gazetteer;
struct gazetteer *gazetteer_new(void);
/* Add one name (any spelling; folded here) of a place. Returns 0 or -1 (out of memory). */
int gazetteer_add(struct gazetteer *gazetteer, int64_t place_id, const char *name);
void gazetteer_free(struct gazetteer *gazetteer);

/* What is known of the sender: the snapshot. All borrowed. */
struct asker {
	const char *language;                   /* "" when not known yet */
	const struct service *asked;            /* service of the open question, or NULL */
	int asked_field;                        /* index of the field that was asked */
	const struct form_values *asked_values; /* what the form already holds */
	bool crew;                              /* the number is a crew's */
	bool helper;                            /* registered to report for others */
	int followups;       /* questions "is it fixed?" that wait for an answer */
	bool filed;          /* has just filed a report, and was asked nothing since */
	bool officer;        /* the number is an officer's, of alerts */
	bool gauge;          /* the number is a gauge's */
	const char *country; /* how a helper's national numbers are read (phone.h); may be NULL */
};

enum understood_by { BY_NOTHING, BY_STOP, BY_ANSWER, BY_PATTERN, BY_KEYWORD };

/*
 * Confidence: 100 the message is nothing but a command; 95 a pattern matched; 90 an answer that is
 * a value of the field asked; 80 a command with little words after it; 30 an answer that is none. A
 * complaint starts at 70 for a word that decides ("pothole"), 55 for an ordinary one ("water"), 40
 * for hints alone ("road", "bad"), loses 20 when another category has more than half as much to
 * say, and gains up to 25 for a place: a known name most, a word that only may be one least. Below
 * 50 the reply should be read as a guess.
 */
#define UNDERSTAND_MORE_MAX 4    /* facts of one message besides the first */
#define UNDERSTAND_BEYOND_MAX 64 /* bytes of what is too much */

/* Another thing that the same message reports, whole: nothing of it is missing. */
struct fact {
	const struct service *service;
	struct form_values values;
};

struct understanding {
	const struct service *service; /* NULL: not understood, the menu */
	struct form_values values;
	enum understood_by by;
	int restated;     /* 1: BY_ANSWER, and a complete report by itself as well */
	int missing;      /* index of the first required field still missing, or -1 */
	int confidence;   /* 0 to 100, see below */
	int64_t place_id; /* of the longest gazetteer name in the text; 0: none, or not one place's
			     alone */
	char language[LANGUAGE_MAX]; /* of the message: guessed, else the asker's, else the default
				      */
	int language_sure; /* 1: the message itself shows it (a keyword or a script), 0: carried
			      over */
	const struct fact *more; /* besides the first; the vocabulary's, until the next judgement */
	size_t more_count;
	char beyond[UNDERSTAND_BEYOND_MAX]; /* numbers of containers that are too many, or "" */
	bool unclear;       /* something else is said besides, and it is not sure what */
	bool whose_unclear; /* a helper writes for somebody whose number is none: not hers */
};

/* May this asker mean services of that kind? To others they do not exist. */
bool understand_may_mean(const struct asker *asker, enum service_who who);

/* Is the field needed, not known, and not made needless by another that is? */
bool understand_is_missing(const struct vocabulary *vocabulary, const struct service *service,
	const struct form_values *values, int field);

/* Does the text hold a word of danger, as it is written in whatever language: fire, a flood, "help
 * me"? For what was not understood. */
bool understand_danger(struct vocabulary *vocabulary, const char *text_utf8);

/*
 * Judge one text. gazetteer may be NULL (by configuration alone). Thread-unsafe scratch memory
 * lives in the vocabulary. Never fails: what cannot be judged is BY_NOTHING.
 */
void understand(struct vocabulary *vocabulary, const struct gazetteer *gazetteer,
	const struct asker *asker, const char *text_utf8, struct understanding *out);

#endif
