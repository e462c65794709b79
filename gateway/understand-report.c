/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-report: what a text says by itself: by the rules of ideas (skip), and by the weight
 * of keywords and the place (complaint).
 */
#include <string.h>

#include "understand-judge.h"

#define SCORE_MIN 10   /* two hints, or one plain word */
#define SURE_ENOUGH 50 /* a place that makes a hint a complaint */
#define SURE_NAMED                                                                    \
	65 /* a place that makes a plain word a complaint, whatever else is talked of \
	    */
#define HINTED_WORDS \
	6 /* with a place and one hint, more words than these are about something else */
#define SERVICES_MAX 32

/* --- --- Keywords --- */

/* Add to each service what the hits say for it. Returns whether any names a value. */
static bool
add_scores(const struct judgement *j, bool silent, int score[SERVICES_MAX])
{
	const struct vocabulary *v = j->v;
	bool any = false;

	for (size_t h = 0; h < v->scratch.hit_count; h++) {
		const struct hit *hit = &v->scratch.hit[h];

		if (hit->silent != silent)
			continue;
		for (int32_t i = hit->meaning; i != NONE; i = v->meaning[i].next) {
			const struct meaning *m = &v->meaning[i];

			if ((m->kind != MEANS_VALUE && m->kind != MEANS_SERVICE) ||
				m->service >= SERVICES_MAX ||
				!understand_may_mean(j->asker, services[m->service]->who))
				continue;
			score[m->service] += judge_weight(j, hit, m);
			any |= m->kind == MEANS_VALUE && judge_weight(j, hit, m) > 0;
		}
	}
	return any;
}

/* Words that neither hits, place, politeness nor joining account for. */
static size_t
unexplained(const struct judgement *j)
{
	const struct scratch *s = &j->v->scratch;
	size_t count = 0;

	for (size_t t = 0; t < s->token_count; t++) {
		const struct token *token = &s->token[t];

		if (token->hit == NONE && token->sort[SORT_POLITE] == 0 &&
			token->sort[SORT_JOINING] == 0 && !token->in_place)
			count++;
	}
	return count;
}

/*
 * What the message's words say for each service; those within a place's name if no other names a
 * value, and not they alone. Returns the service for which most is said, or NONE.
 */
static int
best_service(struct judgement *j, int place, int *score)
{
	int loud[SERVICES_MAX] = { 0 }, all[SERVICES_MAX], best = 0;
	bool named = add_scores(j, false, loud);

	memcpy(all, loud, sizeof(all));
	if (!named)
		add_scores(j, true, all);
	for (int i = 1; i < SERVICES_MAX && services[i] != NULL; i++)
		if (all[i] > all[best])
			best = i;
	*score = all[best];
	j->hinted = loud[best] > 0 && loud[best] < WEIGHT_PLAIN;
	if (all[best] >= WEIGHT_PLAIN || (all[best] >= SCORE_MIN && loud[best] > 0))
		return best;
	if (loud[best] > 0 && unexplained(j) <= (place >= SURE_ENOUGH ? HINTED_WORDS : 1))
		return best;
	return NONE;
}

static int
fill_values(struct judgement *j, int service, int *rival)
{
	const struct service_field *fields = services[service]->fields;
	int weight = 0;

	*rival = 0;
	for (int f = 0; fields != NULL && fields[f].name != NULL; f++) {
		int other, got;

		if (j->out->values.value[f][0] != '\0')
			continue;
		got = judge_named_value(j, service, f, 0, j->v->scratch.token_count,
			j->out->values.value[f], &other);
		if (got > weight) {
			weight = got;
			*rival = other;
		}
	}
	return weight;
}

/*
 * 40 for a hint, 55 for a word, 70 for a word that decides; up to 25 for a place, by how sure it
 * is; less when another value of the field has as much to say.
 */
static int
confidence_of(int weight, int rival, int place)
{
	int confidence = weight >= WEIGHT_STRONG ? 70 : weight >= WEIGHT_PLAIN ? 55 : 40;

	if (rival * 2 > weight)
		confidence -= 20;
	return confidence + place / 4;
}

/* "You are the light of my life": words that no report has, and none that decides. */
static bool
is_chatter(const struct vocabulary *v)
{
	int chatter = vocabulary_idea(v, "chatter");

	for (size_t i = 0; i < v->scratch.mention_count; i++)
		if (v->scratch.mention[i].idea == chatter)
			return true;
	return false;
}

/* What the lowest rules say of a field that no keyword names. */
static void
fill_late(struct judgement *j, int service)
{
	const struct rule *rule =
		understand_rule(j->v, 1u << WHO_ANYONE, j->v->scratch.token_count, WHEN_LATE);
	const char *value;

	if (rule == NULL || rule->service != service || rule->field == NONE ||
		j->out->values.value[rule->field][0] != '\0')
		return;
	value = j->v->value[rule->value];
	judge_accept(
		services[service], rule->field, value, value, j->out->values.value[rule->field]);
}

static bool
judge_keywords(struct judgement *j)
{
	struct understanding *out = j->out;
	int best, score, weight, rival, place, place_field;
	char where[SERVICE_VALUE_MAX];

	place = understand_place(j->v, j->gazetteer, j->languages, where, &out->place_id);
	best = best_service(j, place, &score);
	if (best == NONE ||
		(score < WEIGHT_STRONG && (place < SURE_NAMED || score < WEIGHT_PLAIN) &&
			is_chatter(j->v)))
		return false;
	weight = fill_values(j, best, &rival);
	fill_late(j, best);
	judge_fill_taken(j, best, false);
	place_field = service_field_index(services[best], "place");
	if (place > 0 && place_field != NONE)
		memcpy(out->values.value[place_field], where, sizeof(where));
	else
		place = 0;
	judge_conclude(
		j, best, BY_KEYWORD, confidence_of(weight > 0 ? weight : score, rival, place));
	return true;
}

/* --- --- Rules --- */

#define CERTAIN_NUMBER 92 /* confidence of a thing named by its number */
#define CERTAIN_RULE 70   /* of ideas; a place adds to it */

bool
judge_rules(struct judgement *j, unsigned who, enum when when)
{
	struct understanding *out = j->out;
	struct scratch *s = &j->v->scratch;
	const struct rule *rule = understand_rule(j->v, who, s->second_number, when);
	char where[SERVICE_VALUE_MAX];
	int place_field, place = 0;

	if (s->second_number < s->token_count && (rule == NULL || rule->field == NONE))
		rule = understand_rule(j->v, who, s->token_count, when);
	if (rule == NULL)
		return false;
	memset(&out->values, 0, sizeof(out->values));
	if (rule->field != NONE) {
		const char *value = j->v->value[rule->value];

		if (!judge_accept(services[rule->service], rule->field, value, value,
			    out->values.value[rule->field]))
			return false;
	}
	bool numbered = judge_fill_taken(j, rule->service, rule->rest);
	judge_fill_standard(j, rule->service);
	place_field = service_field_index(services[rule->service], "place");
	if (place_field != NONE) {
		place = understand_place(j->v, j->gazetteer, j->languages, where, &out->place_id);
		if (place > 0)
			memcpy(out->values.value[place_field], where, sizeof(where));
	}
	judge_conclude(j, rule->service, BY_KEYWORD,
		numbered || place_field == NONE ? CERTAIN_NUMBER : CERTAIN_RULE + place / 4);
	return true;
}

bool
judge_afresh(struct judgement *j)
{
	return judge_rules(j, 1u << WHO_ANYONE, WHEN_FIRST) || judge_keywords(j) ||
		judge_rules(j, 1u << WHO_ANYONE, WHEN_LATE);
}
