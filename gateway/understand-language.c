/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-language: which language a message is written in, by its letters and by the words
 * that are known in each; and in which one it is answered.
 */
#include <string.h>

#include "text.h"
#include "understand-judge.h"

#define EVIDENCE 12 /* divisible by 1 to 4 languages that share a word */
#define SHOWN 3     /* a language is shown by one keyword, or by two little words */

static void
add_evidence(int evidence[CONFIG_LIST_MAX], uint32_t languages, int weight)
{
	int sharing = __builtin_popcount(languages);

	for (; languages != 0; languages &= languages - 1)
		evidence[__builtin_ctz(languages)] += weight * EVIDENCE / sharing;
}

static void
weigh_letters(const struct vocabulary *v, int evidence[CONFIG_LIST_MAX])
{
	const char *at = v->scratch.text;
	size_t arabic = 0, others = 0;

	while (*at != '\0') {
		uint32_t cp = text_next(&at);

		if (cp >= 0xc0 && cp < 0x180 && v->letters_of[cp - 0xc0] != 0)
			add_evidence(evidence, v->letters_of[cp - 0xc0], 2);
		if ((cp >= 0x620 && cp < 0x660) || (cp >= 0xfb50 && cp <= 0xfefc))
			arabic++;
		else if ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z')
			others++;
	}
	if (v->arabic != NONE && arabic > others)
		add_evidence(evidence, 1u << v->arabic, 50);
}

static void
weigh_words(const struct vocabulary *v, int evidence[CONFIG_LIST_MAX])
{
	static const int weights[SORT_COUNT] = { [SORT_FUNCTION] = 2,
		[SORT_FILLER] = 2,
		[SORT_POLITE] = 3,
		[SORT_JOINING] = 1,
		[SORT_BEFORE_PLACE] = 1,
		[SORT_NEAR] = 2,
		[SORT_BESIDE] = 2,
		[SORT_STREET] = 1,
		[SORT_LANDMARK] = 1,
		[SORT_NUMBERED] = 0,
		[SORT_UNIT] = 1,
		[SORT_QUALIFYING] = 0,
		[SORT_OWN] = 1,
		[SORT_NEGATION] = 0 };
	int negated;

	for (size_t t = 0; t < v->scratch.token_count; t++)
		for (int sort = 0; sort < SORT_COUNT; sort++)
			if (v->scratch.token[t].sort[sort] != 0)
				add_evidence(
					evidence, v->scratch.token[t].sort[sort], weights[sort]);
	for (size_t h = 0; h < v->scratch.hit_count; h++) {
		const struct hit *hit = &v->scratch.hit[h];
		uint32_t languages = 0;

		for (int32_t m = hit->meaning; m != NONE; m = v->meaning[m].next)
			languages |= v->meaning[m].languages;
		add_evidence(evidence, languages,
			understand_is_short(&v->scratch, hit->first, hit->last) ? 1 : 3);
	}
	/* "Not" has been weighed as the little word that it is. */
	negated = vocabulary_idea(v, "negated");
	for (size_t i = 0; i < v->scratch.mention_count; i++) {
		const struct mention *m = &v->scratch.mention[i];

		if (m->form != FORM_MISSPELT && m->idea != negated)
			add_evidence(evidence, m->languages,
				understand_is_short(&v->scratch, m->first, m->last) ? 1 : 3);
	}
}

static int
index_of(const struct vocabulary *v, const char *code)
{
	for (size_t i = 0; code != NULL && i < v->language_count; i++)
		if (strcmp(v->language[i], code) == 0)
			return (int)i;
	return NONE;
}

/* A language without texts is understood, and answered in the one that she had. */
static void
set_language(struct judgement *j, int language, int sure)
{
	if (!(j->v->spoken & 1u << language)) {
		language = index_of(j->v, j->asker->language);
		if (language == NONE || !(j->v->spoken & 1u << language))
			language = j->v->default_language;
		sure = 0;
	}
	strcpy(j->out->language, j->v->language[language]);
	j->out->language_sure = sure;
}

void
judge_guess_language(struct judgement *j)
{
	int evidence[CONFIG_LIST_MAX] = { 0 }, best = 0, known = index_of(j->v, j->asker->language);
	size_t equals = 0;

	weigh_letters(j->v, evidence);
	weigh_words(j->v, evidence);
	if (known == NONE)
		known = j->v->default_language;
	for (size_t i = 1; i < j->v->language_count; i++)
		if (evidence[i] > evidence[best])
			best = (int)i;
	for (size_t i = 0; i < j->v->language_count; i++) {
		equals += evidence[i] == evidence[best];
		if (evidence[i] > 0 && evidence[i] * 2 >= evidence[best])
			j->languages |= 1u << i;
	}
	if (evidence[best] == 0)
		j->languages = ~0u;
	if (evidence[best] >= SHOWN * EVIDENCE && equals == 1)
		set_language(j, best, 1);
	else if (evidence[known] == evidence[best])
		set_language(j, known, 0);
	else
		set_language(j, best, 0);
}

void
judge_shows_language(struct judgement *j, uint32_t languages)
{
	if (!j->out->language_sure && __builtin_popcount(languages) == 1)
		set_language(j, __builtin_ctz(languages), 1);
}

void
judge_share_language(struct judgement *j, uint32_t languages)
{
	int known = index_of(j->v, j->asker->language);

	if (known == NONE)
		known = j->v->default_language;
	if (!j->out->language_sure && (languages & 1u << known))
		set_language(j, known, 0);
}
