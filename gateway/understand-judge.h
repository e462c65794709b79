/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-judge: one judgement under way, and the steps of which understand.c makes it. Only
 * understand*.c include this.
 *
 * A step that finds what is meant fills *j->out and returns true; else it returns false, and may
 * leave values behind.
 */
#ifndef UNDERSTAND_JUDGE_H
#define UNDERSTAND_JUDGE_H

#include "vocabulary.h"

struct judgement {
	struct vocabulary *v;
	const struct gazetteer *gazetteer;
	const struct asker *asker;
	struct understanding *out;
	uint32_t languages; /* in which the message may be written */
	bool hinted; /* the service is only hinted at, so a hint in a place's name may say more */
};

/* --- understand-language.c --- */

/* What shows more than the rest decides; among equals the asker's language, then the default. */
void judge_guess_language(struct judgement *j);

/* The language of the word or pattern that decided, unless the message shows one itself. */
void judge_shows_language(struct judgement *j, uint32_t languages);

/* A lone word that several languages share shows none of them: STOP. */
void judge_share_language(struct judgement *j, uint32_t languages);

/* --- understand-value.c --- */

/* Is the service heard now? While a question is open, only those that say so. */
bool judge_is_heard(const struct judgement *j, int service);

/* The service's index into services[]. */
int judge_service_index(const struct service *service);

/* What a phrase's meaning weighs in this message. */
int judge_weight(const struct judgement *j, const struct hit *hit, const struct meaning *m);

/* Let the field's own check make its value of a text. Returns false, with out perhaps spoilt, when
 * it is none. */
bool judge_accept(const struct service *service, int field, const char *written, const char *folded,
	char out[SERVICE_VALUE_MAX]);

/*
 * The value of a field that the tokens first..last name by a keyword: the one with most weight.
 * *rival is the weight of the next best value. Returns the weight, or 0 with out untouched.
 */
int judge_named_value(struct judgement *j, int service, int field, size_t first, size_t last,
	char out[SERVICE_VALUE_MAX], int *rival);

/* Fill the fields that are taken by their form, with the rest of the message if rest_too. Returns
 * whether a number says what is meant. */
bool judge_fill_taken(struct judgement *j, int service, bool rest_too);

/* Fill the fields that have a value when nothing is said. */
void judge_fill_standard(struct judgement *j, int service);

/* This is the service; see what is missing of it. */
void judge_conclude(struct judgement *j, int service, enum understood_by by, int confidence);

/* --- understand-command.c --- */

bool judge_alone(struct judgement *j);

/* By the patterns of services that `who` (bits of enum service_who) and this asker may mean. */
bool judge_patterns(struct judgement *j, unsigned who);

/* --- understand-report.c --- */

/*
 * What the ideas mean together. When the message goes on to a second thing ("bac 147 plein, bac 152
 * brule"), what is said before it decides, if that says anything.
 */
bool judge_rules(struct judgement *j, unsigned who, enum when when);

/* What the text says without regard to an open question. */
bool judge_afresh(struct judgement *j);

/* --- understand-answer.c --- */

bool judge_answer(struct judgement *j);

/* --- understand.c --- */

/* Judge a text by itself, or a part of one. */
void judge_one(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out);

/* --- understand-correct.c --- */

/* NO, and perhaps what it is, from whom has just filed something. */
bool judge_refusal(struct judgement *j);

/* What a correction says, into its form: of a NO what follows it, of an answer all. */
void understand_correction(struct vocabulary *v, const struct gazetteer *gazetteer,
	const struct asker *asker, struct understanding *out);

/* --- understand-more.c --- */

/* What else the message that was just judged reports. */
void understand_more(struct vocabulary *v, const struct gazetteer *gazetteer,
	const struct asker *asker, struct understanding *out);

/* --- understand-person.c --- */

/* For whom a helper writes: herself, somebody, or somebody whose number is none. */
enum on_behalf { FOR_NOBODY, FOR_PERSON, FOR_UNKNOWN };

/*
 * "POUR 0788000009 BAC 147 plein": cut the person's number out of the text. With FOR_PERSON gives
 * her number in E.164 and the message that she would have sent, else nothing.
 */
enum on_behalf understand_person(struct vocabulary *v, const struct asker *asker,
	const char *text_utf8, char person[SERVICE_VALUE_MAX], char rest[UNDERSTAND_TEXT_MAX + 1]);

#endif
