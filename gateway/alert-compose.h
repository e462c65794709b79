/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert-compose: an alert's texts, one a language, from its template and what is known of it.
 *
 * What it is: pure C on memory: the same facts make the same texts. What it is not: it decides
 * nothing about an alert, and asks no database; whoever calls it gets the facts by ALERT_FACTS_SQL
 * and stores the texts by ALERT_TEXTS_SQL.
 *
 * All languages of the configuration that the template has are written, the required and the
 * default one always. An officer's own words take a template's place: the blank `text.fr` is the
 * French text (where {hour} or {sender} is not in it, they are added behind it), and `text_by.fr`
 * the human who has read it; of what follows another alert they are update.fr, cancel.fr, clear.fr
 * and update_by.fr ..., so that what is inherited is not said again as something else. Of any
 * blank, `level.fr` is its value in French, before `level`. A blank that the template does not know
 * is not said (alert_blank_known() tells). Where no template is called as the event (CAP's own
 * word), alerts and updates need own words in the required languages and the default one.
 */
#ifndef ALERT_COMPOSE_H
#define ALERT_COMPOSE_H

#include <libpq-fe.h>

#include "alert-template.h"
#include "db.h"

/* One row, or none: $1 is alert.id. Its columns are alert_facts_read()'s. */
#define ALERT_FACTS_SQL "SELECT * FROM alert_facts($1::bigint)"

/* What is known of an alert; all UTF-8, borrowed. Times are local: "2026-11-22 14:05". */
struct alert_facts {
	const char *reference, *event;
	const char *kind;   /* alert, update, cancel, clear */
	const char *status; /* actual, exercise, test */
	const char *sender; /* who speaks */
	const char *now, *starts, *expires;
	const char *then;   /* when what it follows was written; NULL: it follows nothing */
	const char *blanks; /* name, value, ... separated by U+001F */
	const char *zones;  /* separated by U+001E; of each its names, its own first, by U+001F */
	int version;        /* which these are the facts of */
};

/* The facts of a row of ALERT_FACTS_SQL; borrowed from it. */
void alert_facts_read(const PGresult *rows, int row, struct alert_facts *out);

struct alert_text {
	char language[8];
	char *headline, *body;
	int segments;
	int units; /* septets of GSM 7-bit, or UTF-16 units */
	bool ucs2;
	char *reviewed_by; /* NULL: no human has read it */
};

struct alert_texts {
	size_t count; /* the default language is the first */
	struct alert_text text[CONFIG_LIST_MAX];
	/* Why there are none: a word for programs (no_event, no_blank, bad_blank, no_text,
	 * too_long), what it is about (a blank's or a language's name), and a sentence for people.
	 */
	char fault[16], what[64], words[256];
};

/*
 * May a blank be given of that event: `level`, `level.fr`, `text.fr`? For who writes them by hand.
 */
bool alert_blank_known(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *name);

/*
 * Blanks that are words of a language (of the template: `words`) and have none of their own in that
 * one, with commas: "person, seen"; "" when there are none. The default language's words are what
 * is given without a language. blanks as in the facts.
 */
void alert_blanks_foreign(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *kind, const char *blanks, const char *language,
	char out[256]);

/*
 * Write all texts. Returns 0, or -1 with fault, what and words set and no text. out is not read;
 * alert_texts_free() it either way.
 */
int alert_compose(const struct alert_templates *templates, const struct config *config,
	const struct alert_facts *facts, struct alert_texts *out)
	__attribute__((warn_unused_result));
void alert_texts_free(struct alert_texts *texts);

/* The same with a template's examples, as long as they usually get: for who checks templates. */
int alert_compose_example(const struct alert_templates *templates, const struct config *config,
	const struct alert_template *template, const char *kind, const char *status,
	struct alert_texts *out) __attribute__((warn_unused_result));

/* The parameters of ALERT_TEXTS_SQL, which stores the texts of these facts: a row with `outcome`.
 */
#define ALERT_TEXTS_SQL                                                                  \
	"SELECT outcome FROM alert_texts_set($1, $2::text[], $3::text[], $4::integer[]," \
	" $5::integer[], $6::boolean[], $7::text[], $8::text[], $9::text::integer)"
void alert_texts_params(
	const struct alert_facts *facts, const struct alert_texts *texts, struct db_params *params);

/* The units (septets or UTF-16 units) that must go for it to be one SMS; 0: it is one. */
int alert_text_over(const struct alert_text *text);

#endif
