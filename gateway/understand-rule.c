/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-rule: ideas and what they mean together. Waste is one idea and fire another; a message
 * that mentions both, in whatever words and order, reports burning waste.
 *
 * Ideas and their words stand in conf/services/ideas.cfg and words/<language>.cfg, rules in the
 * file of the service that they mean.
 */
#include <string.h>

#include "vocabulary.h"

#define RANK_LATE 10 /* rules up to this rank only fill what keywords left open */
#define SHORT_WORD 3 /* letters; so short a word means something else in another language */
#define LONG_WORD 6  /* bytes; so long a word of a file of its own means the same in any */

int
vocabulary_idea(const struct vocabulary *v, const char *name)
{
	for (size_t i = 0; i < v->idea_count; i++)
		if (strcmp(v->idea[i], name) == 0)
			return (int)i;
	return NONE;
}

ideaset
vocabulary_entry_ideas(const struct vocabulary *v, int32_t entry)
{
	ideaset ideas = 0;

	for (int32_t p = v->entry[entry].phrase; p != NONE; p = v->phrase[p].next)
		for (int32_t m = v->phrase[p].count == 1 ? v->phrase[p].meaning : NONE; m != NONE;
			m = v->meaning[m].next)
			if (v->meaning[m].kind == MEANS_IDEA)
				ideas |= ONE_IDEA << v->meaning[m].target;
	return ideas;
}

bool
understand_is_short(const struct scratch *s, size_t first, size_t last)
{
	return first == last && s->token[first].folded_length <= SHORT_WORD &&
		s->token[first].ascii;
}

bool
understand_is_foreign(const struct vocabulary *v, const struct hit *hit, const struct meaning *m,
	uint32_t languages)
{
	return m->languages != 0 && (m->languages & (languages | ~v->worded)) == 0 &&
		(hit->form == FORM_MISSPELT ||
			understand_is_short(&v->scratch, hit->first, hit->last));
}

bool
understand_is_sorted(const struct token *token)
{
	uint32_t languages = 0;

	for (int sort = 0; sort < SORT_COUNT; sort++)
		languages |= token->sort[sort];
	return languages != 0;
}

static bool
has_sort(const struct token *token, uint32_t languages)
{
	for (int sort = 0; sort < SORT_COUNT; sort++)
		if ((token->sort[sort] & languages) != 0)
			return true;
	return false;
}

/* Does the mention count in a message that may be written in these languages? */
static bool
is_kept(const struct vocabulary *v, const struct mention *m, uint32_t languages)
{
	const struct scratch *s = &v->scratch;

	if (m->languages == 0 || (m->languages & languages) != 0)
		return true;
	/* "dirty" is waste in Pidgin, and an ordinary word in English */
	if ((m->languages & ~v->worded) == 0 && m->first == m->last &&
		has_sort(&s->token[m->first], languages))
		return false;
	return m->form != FORM_MISSPELT &&
		((m->languages & ~v->worded) != 0 || m->first < m->last ||
			s->token[m->first].folded_length >= LONG_WORD);
}

/* "Beside the skip": the word before it, little ones aside, says that it is only where. */
static bool
is_beside(const struct scratch *s, const struct mention *m)
{
	size_t first = m->first;

	while (first > 0 &&
		(s->token[first - 1].hit == NONE ||
			(s->token[first - 1].sort[SORT_JOINING] & s->languages) != 0) &&
		(s->token[first - 1].sort[SORT_JOINING] |
			s->token[first - 1].sort[SORT_FUNCTION]) != 0 &&
		(s->token[first - 1].sort[SORT_NEAR] | s->token[first - 1].sort[SORT_BESIDE]) == 0)
		first--;
	return first > 0 &&
		(s->token[first - 1].sort[SORT_NEAR] | s->token[first - 1].sort[SORT_BESIDE]) != 0;
}

void
understand_keep_mentions(struct vocabulary *v, uint32_t languages, ideaset ideas)
{
	struct scratch *s = &v->scratch;
	size_t kept = 0;

	s->languages = languages;
	for (size_t i = 0; i < s->mention_count; i++) {
		struct mention *m = &s->mention[i];

		if (!(ideas & ONE_IDEA << m->idea) || !is_kept(v, m, languages))
			continue;
		m->beside = is_beside(s, m);
		for (size_t t = m->first; t <= m->last; t++)
			s->token[t].mentioned = true;
		s->mention[kept++] = *m;
	}
	s->mention_count = kept;
}

/* The ideas that are mentioned before the token. What is beside something only says where. */
static ideaset
mentioned(const struct vocabulary *v, size_t limit)
{
	const struct scratch *s = &v->scratch;
	ideaset said = s->said;
	int asks = vocabulary_idea(v, "asks");

	if (asks != NONE && s->question)
		said |= ONE_IDEA << asks;
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].first < limit &&
			!(s->mention[i].beside &&
				(v->idea_numbers & ONE_IDEA << s->mention[i].idea)))
			said |= ONE_IDEA << s->mention[i].idea;
	return said;
}

static bool
has_digit(const struct scratch *s, size_t t)
{
	for (size_t i = 0; i < s->token[t].folded_length; i++)
		if (s->folded[s->token[t].folded + i] >= '0' &&
			s->folded[s->token[t].folded + i] <= '9')
			return true;
	return false;
}

/* Is one of the ideas mentioned by the first word, politeness aside, which may be of the idea
 * itself
 * ("help us")? */
static bool
begins(const struct scratch *s, ideaset ideas)
{
	size_t first = 0;

	while (first < s->token_count &&
		(s->token[first].sort[SORT_POLITE] != 0 || has_digit(s, first)))
		first++;
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].first <= first && (ideas & ONE_IDEA << s->mention[i].idea))
			return true;
	return false;
}

static bool
is_mentioned(const struct scratch *s, size_t token, ideaset ideas)
{
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].first <= token && s->mention[i].last >= token &&
			(ideas & ONE_IDEA << s->mention[i].idea))
			return true;
	return false;
}

/* Words that neither the ideas nor politeness and little words account for. */
static int
other_words(const struct scratch *s, ideaset ideas)
{
	int count = 0;

	for (size_t t = 0; t < s->token_count; t++)
		count += (s->token[t].sort[SORT_POLITE] | s->token[t].sort[SORT_FUNCTION] |
				 s->token[t].sort[SORT_JOINING]) == 0 &&
			!s->token[t].claimed && !has_digit(s, t) && !is_mentioned(s, t, ideas);
	return count;
}

/* Does a word of the message name a value with so much weight: one that decides by itself
 * ("pothole"), or any that does more than hint? */
static bool
is_decided(const struct vocabulary *v, int weight)
{
	for (size_t h = 0; h < v->scratch.hit_count; h++)
		for (int32_t m = v->scratch.hit[h].meaning; m != NONE; m = v->meaning[m].next)
			if (v->meaning[m].kind == MEANS_VALUE && v->meaning[m].weight >= weight &&
				v->scratch.hit[h].form != FORM_MISSPELT &&
				(v->meaning[m].languages & v->scratch.languages) != 0)
				return true;
	return false;
}

static bool
satisfies(const struct vocabulary *v, const struct rule *rule, ideaset said)
{
	const struct scratch *s = &v->scratch;
	ideaset ideas = 0;

	if ((rule->none & said) != 0)
		return false;
	for (size_t p = 0; p < rule->part_count; p++) {
		if ((rule->part[p] & said) == 0)
			return false;
		ideas |= rule->part[p];
	}
	if ((rule->weak && is_decided(v, WEIGHT_STRONG)) ||
		(rule->bare && is_decided(v, WEIGHT_PLAIN)))
		return false;
	if (rule->first && !begins(s, rule->part[0]))
		return false;
	return rule->words == NONE || other_words(s, ideas) <= rule->words;
}

static bool
is_time(const struct rule *rule, enum when when)
{
	if (when == WHEN_ASKED)
		return rule->when_asked && services[rule->service]->before_question &&
			(rule->first || rule->words != NONE);
	return (rule->rank <= RANK_LATE) == (when == WHEN_LATE);
}

const struct rule *
understand_rule(const struct vocabulary *v, unsigned who, size_t limit, enum when when)
{
	ideaset said = mentioned(v, limit);

	if (said == 0)
		return NULL;
	for (size_t r = 0; r < v->rule_count; r++)
		if ((who & 1u << services[v->rule[r].service]->who) != 0 &&
			is_time(&v->rule[r], when) && satisfies(v, &v->rule[r], said))
			return &v->rule[r];
	return NULL;
}
