/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand: the order of judgement. Reading and finding words: understand-read.c; the place:
 * understand-place.c; the files of words: understand-load.c.
 */
#include "understand.h"

#include <string.h>

#include "phone.h"
#include "text.h"
#include "vocabulary.h"

#define EVIDENCE 12    /* divisible by 1 to 4 languages that share a word */
#define SHOWN 3        /* a language is shown by one keyword, or by two little words */
#define SCORE_MIN 10   /* two hints, or one plain word */
#define SURE_ENOUGH 50 /* a place that makes a hint a complaint */
#define HINTED_WORDS \
	6 /* with a place and one hint, more words than these are about something else */
#define SERVICES_MAX 32

struct judgement {
	struct vocabulary *v;
	const struct gazetteer *gazetteer;
	const struct asker *asker;
	struct understanding *out;
	uint32_t languages; /* in which the message may be written */
	bool hinted; /* the service is only hinted at, so a hint in a place's name may say more */
};

/* --- --- Language --- */

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
		[SORT_UNIT] = 1 };

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
	for (size_t i = 0; i < v->scratch.mention_count; i++) {
		const struct mention *m = &v->scratch.mention[i];

		if (m->form != FORM_MISSPELT)
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

/* What shows more than the rest decides; among equals the asker's language, then the default. */
static void
guess_language(struct judgement *j)
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

/* --- --- Values --- */

/* The meaning of kind that a phrase has, for that service and field. */
static const struct meaning *
find_meaning(const struct vocabulary *v, int32_t meaning, int kind, int service, int field)
{
	for (; meaning != NONE; meaning = v->meaning[meaning].next) {
		const struct meaning *m = &v->meaning[meaning];

		if (m->kind == kind && m->service == service && m->field == field)
			return m;
	}
	return NULL;
}

/* A word of another language than the message's says half as much, and so does a misspelt one; a
 * short word of a language with a file of its own says nothing. */
static int
weight_here(const struct judgement *j, const struct hit *hit, const struct meaning *m)
{
	int weight = m->weight;

	if (understand_is_foreign(j->v, hit, m, j->languages))
		return 0;
	if (m->languages != 0 && (m->languages & j->languages) == 0)
		weight /= 2;
	return hit->form == FORM_MISSPELT ? weight / 2 : weight;
}

/* Nothing reaches a form unchecked. */
static bool
accept(const struct service *service, int field, const char *written, const char *folded,
	char out[SERVICE_VALUE_MAX])
{
	const struct service_field *f = &service->fields[field];

	if (f->check != NULL)
		return f->check(written, folded, out);
	while (*written == ' ' || *written == '\n')
		written++;
	if (*folded == '\0')
		return false;
	text_utf8_clean(out, SERVICE_VALUE_MAX, written, strlen(written));
	for (size_t n = strlen(out); n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\n'); n--)
		out[n - 1] = '\0';
	return true;
}

/* The part of the message that first names a value of the field, more than hinting at it. */
static unsigned
first_part(const struct vocabulary *v, int service, int field)
{
	for (size_t h = 0; h < v->scratch.hit_count; h++) {
		const struct hit *hit = &v->scratch.hit[h];
		const struct meaning *m =
			find_meaning(v, hit->meaning, MEANS_VALUE, service, field);

		if (m != NULL && m->weight >= WEIGHT_PLAIN && !hit->silent)
			return v->scratch.token[hit->first].part;
	}
	return UINT16_MAX;
}

/* What the hits say for the values of one field. */
struct tally {
	size_t count;
	struct {
		int32_t target;
		int weight;
	} value[16];
};

static void
tally_add(struct tally *tally, int32_t target, int weight)
{
	size_t i = 0;

	while (i < tally->count && tally->value[i].target != target)
		i++;
	if (i == sizeof(tally->value) / sizeof(tally->value[0]))
		return;
	if (i == tally->count) {
		tally->value[tally->count].target = target;
		tally->value[tally->count++].weight = 0;
	}
	tally->value[i].weight += weight;
}

/*
 * Weigh the values that the tokens first..last name. Words within the place's name (silent) count
 * only if no other does, and only if they are plain, "the bridge of Lafiabougou has collapsed", or
 * what else is said is no plainer: "KN 5 road is damaged".
 */
static void
tally_values(const struct judgement *j, int service, int field, size_t first, size_t last,
	bool silent, struct tally *tally)
{
	const struct vocabulary *v = j->v;
	unsigned part = first_part(v, service, field);

	for (size_t h = 0; h < v->scratch.hit_count; h++) {
		const struct hit *hit = &v->scratch.hit[h];
		const struct meaning *m;
		int weight;

		if (hit->first < first || hit->last > last || hit->silent != silent)
			continue;
		m = find_meaning(v, hit->meaning, MEANS_VALUE, service, field);
		if (m == NULL || understand_is_foreign(v, hit, m, j->languages) ||
			(silent && m->weight < WEIGHT_PLAIN && !j->hinted))
			continue;
		/* What is said first is what is meant: "container full, behind EDM". */
		weight = weight_here(j, hit, m);
		if (v->scratch.token[hit->first].part > part)
			weight /= 3;
		tally_add(tally, m->target, weight + 1); /* weightless ones count too */
	}
}

/*
 * The value of a field that the tokens first..last name by a keyword: the one with most weight.
 * *rival is the weight of the next best value. Returns the weight, or 0 with out untouched.
 */
static int
named_value(struct judgement *j, int service, int field, size_t first, size_t last,
	char out[SERVICE_VALUE_MAX], int *rival)
{
	struct tally tally = { 0 };
	size_t best = 0;
	const char *value;

	*rival = 0;
	tally_values(j, service, field, first, last, false, &tally);
	if (tally.count == 0)
		tally_values(j, service, field, first, last, true, &tally);
	if (tally.count == 0)
		return 0;
	for (size_t i = 1; i < tally.count; i++)
		if (tally.value[i].weight > tally.value[best].weight)
			best = i;
	for (size_t i = 0; i < tally.count; i++)
		if (i != best && tally.value[i].weight > *rival)
			*rival = tally.value[i].weight;
	value = j->v->value[tally.value[best].target];
	return accept(services[service], field, value, value, out) ? tally.value[best].weight : 0;
}

static int
service_index(const struct service *service)
{
	for (int i = 0; services[i] != NULL; i++)
		if (services[i] == service)
			return i;
	return NONE;
}

/* A container's number says where it is: then the place is not needed, and else it is. */
bool
understand_is_missing(const struct vocabulary *v, const struct service *service,
	const struct form_values *values, int field)
{
	int unless = v->unless[service_index(service)][field];

	if (values->value[field][0] != '\0' || (service->enough != NULL && service->enough(values)))
		return false;
	return unless == NONE ? service->fields[field].required : values->value[unless][0] == '\0';
}

static int
first_missing(
	const struct vocabulary *v, const struct service *service, const struct form_values *values)
{
	for (int i = 0; service->fields != NULL && service->fields[i].name != NULL; i++)
		if (understand_is_missing(v, service, values, i))
			return i;
	return NONE;
}

static void
conclude(struct judgement *j, int service, enum understood_by by, int confidence)
{
	j->out->service = services[service];
	j->out->by = by;
	j->out->confidence = confidence > 100 ? 100 : confidence;
	j->out->missing = first_missing(j->v, services[service], &j->out->values);
}

/* --- --- One word alone --- */

/* The longest phrase at order[at] that is a service when it stands alone. Returns its end, or 0. */
static size_t
alone_at(struct judgement *j, const uint16_t *order, size_t count, size_t at,
	const struct meaning **out)
{
	struct vocabulary *v = j->v;
	const struct token *token = &v->scratch.token[order[at]];
	size_t longest = 0;

	for (size_t w = 0; w < token->word_count; w++) {
		int32_t p = v->entry[token->word[w].entry].phrase;

		for (; p != NONE; p = v->phrase[p].next) {
			int form = token->word[w].form;
			size_t end =
				understand_phrase_at(v, &v->phrase[p], order, count, at, &form);

			for (int32_t m = v->phrase[p].meaning;
				form < FORM_MISSPELT && end > longest && m != NONE;
				m = v->meaning[m].next) {
				if (v->meaning[m].kind != MEANS_ALONE)
					continue;
				*out = &v->meaning[m];
				longest = end;
			}
		}
	}
	return longest;
}

/* What the whole of order names as a service; said twice it is still one. NULL: nothing. */
static const struct meaning *
alone_in(struct judgement *j, const uint16_t *order, size_t count)
{
	const struct meaning *first = NULL, *next = NULL;
	size_t at = 0;

	while (at < count) {
		at = alone_at(j, order, count, at, &next);
		if (at == 0 || (first != NULL && first->service != next->service))
			return NULL;
		if (first == NULL || next->field != NONE)
			first = next;
	}
	return first;
}

/*
 * The service that the message names and nothing else, politeness aside; or that begins it, when
 * only little words follow: "stop, je ne veux plus". *confidence is set with it.
 */
static const struct meaning *
alone(struct judgement *j, int *confidence)
{
	const struct token *token = j->v->scratch.token;
	uint16_t order[PHRASE_WORDS_MAX * 2], wordy[PHRASE_WORDS_MAX * 2];
	size_t count = 0, wordy_count = 0;
	const struct meaning *m;

	for (size_t t = 0; t < j->v->scratch.token_count; t++) {
		if (token[t].sort[SORT_POLITE] != 0)
			continue;
		if (count == sizeof(order) / sizeof(order[0]))
			return NULL;
		order[count++] = (uint16_t)t;
		if (token[t].sort[SORT_FUNCTION] == 0 && token[t].sort[SORT_JOINING] == 0)
			wordy[wordy_count++] = (uint16_t)t;
	}
	*confidence = 100;
	m = alone_in(j, order, count);
	if (m != NULL || wordy_count == 0 || wordy[0] != order[0])
		return m;
	*confidence = 80;
	return alone_in(j, wordy, wordy_count);
}

/* May this asker mean services of that kind? To others they do not exist. */
static bool
may_mean(const struct asker *asker, enum service_who who)
{
	return who == WHO_ANYONE || (who == WHO_CREW && asker->crew) ||
		(who == WHO_ASKED && asker->followups > 0);
}

/* Is the service heard now? While a question is open, only those that say so. */
static bool
is_heard(const struct judgement *j, int service)
{
	return may_mean(j->asker, services[service]->who) &&
		(j->asker->asked == NULL || services[service]->before_question);
}

/* The language of the word or pattern that decided, unless the message shows one itself. */
static void
shows_language(struct judgement *j, uint32_t languages)
{
	if (!j->out->language_sure && __builtin_popcount(languages) == 1)
		set_language(j, __builtin_ctz(languages), 1);
}

/* A lone word that several languages share shows none of them: STOP. */
static void
share_language(struct judgement *j, uint32_t languages)
{
	int known = index_of(j->v, j->asker->language);

	if (known == NONE)
		known = j->v->default_language;
	if (!j->out->language_sure && (languages & 1u << known))
		set_language(j, known, 0);
}

static bool
judge_alone(struct judgement *j)
{
	int confidence;
	const struct meaning *m = alone(j, &confidence);

	if (m == NULL || !is_heard(j, m->service))
		return false;
	if (m->field != NONE) {
		const char *value = j->v->value[m->target];

		if (!accept(services[m->service], m->field, value, value,
			    j->out->values.value[m->field]))
			return false;
	}
	conclude(j, m->service,
		strcmp(services[m->service]->name, "stop") == 0 ? BY_STOP : BY_KEYWORD, confidence);
	if (__builtin_popcount(m->languages) > 1)
		share_language(j, m->languages);
	shows_language(j, m->languages);
	return true;
}

/* --- --- What takers took, and what goes without saying --- */

/* Returns whether a number says what is meant. */
static bool
fill_taken(struct judgement *j, int service, bool rest_too)
{
	const struct vocabulary *v = j->v;
	bool numbered = false;

	for (size_t i = 0; i < v->taker_count; i++) {
		const struct taker *taker = &v->taker[i];
		char rest[SERVICE_VALUE_MAX];
		const char *taken = v->scratch.taken[i];
		char *out = j->out->values.value[taker->field];

		if (taker->service != service || out[0] != '\0')
			continue;
		if (taker->take == TAKE_REST && rest_too) {
			understand_rest(v, rest);
			taken = rest;
		}
		if (taken[0] != '\0' && accept(services[service], taker->field, taken, taken, out))
			numbered |= taker->take == TAKE_NUMBER;
	}
	return numbered;
}

static void
fill_standard(struct judgement *j, int service)
{
	for (int f = 0;
		services[service]->fields != NULL && services[service]->fields[f].name != NULL;
		f++) {
		int32_t standard = j->v->standard[service][f];
		char *out = j->out->values.value[f];

		if (standard != NONE && out[0] == '\0')
			accept(services[service], f, j->v->value[standard], j->v->value[standard],
				out);
	}
}

/* --- --- Patterns --- */

/* The tokens that a part of the folded text touches. Returns false when it touches none. */
static bool
touched(const struct scratch *s, size_t start, size_t end, size_t *first, size_t *last)
{
	bool any = false;

	for (size_t t = 0; t < s->token_count; t++) {
		const struct token *token = &s->token[t];

		if (token->folded >= end || token->folded + token->folded_length <= start)
			continue;
		if (!any)
			*first = t;
		*last = t;
		any = true;
	}
	return any;
}

/* Take a group's text as the value of its field: by keyword, else by the field's own check. */
static bool
take_group(struct judgement *j, const struct pattern *pattern, int field, size_t start, size_t end)
{
	const struct scratch *s = &j->v->scratch;
	char written[SERVICE_VALUE_MAX], folded[3 * SERVICE_VALUE_MAX + 1];
	char *out = j->out->values.value[field];
	size_t first = 0, last = 0;
	int rival;

	if (pattern->written) {
		text_utf8_clean(written, sizeof(written), s->text + start, end - start);
		if (text_fold(folded, sizeof(folded), written) < 0)
			return false;
		return accept(services[pattern->service], field, written, folded, out);
	}
	if (end - start >= sizeof(folded) || !touched(s, start, end, &first, &last))
		return false;
	if (named_value(j, pattern->service, field, first, last, out, &rival) > 0)
		return true;
	memcpy(folded, s->folded + start, end - start);
	folded[end - start] = '\0';
	/* Up to where the character after the group begins, or the last token ends. */
	text_utf8_clean(written, sizeof(written), s->text + s->written_at[start],
		s->token[last].folded + s->token[last].folded_length == end
			? s->token[last].written + s->token[last].written_length -
				s->written_at[start]
			: (size_t)(s->written_at[end] - s->written_at[start]));
	return accept(services[pattern->service], field, written, folded, out);
}

static bool
try_pattern(struct judgement *j, const struct pattern *pattern)
{
	struct vocabulary *v = j->v;
	const char *subject = pattern->written ? v->scratch.text : v->scratch.folded;
	size_t length = pattern->written ? v->scratch.text_length : v->scratch.folded_length;
	const PCRE2_SIZE *found;

	/* The text is valid UTF-8 by understand_read(), so it need not be checked again. */
	if (pcre2_match(pattern->code, (PCRE2_SPTR)subject, length, 0, PCRE2_NO_UTF_CHECK,
		    v->match_data, v->match_context) < 0)
		return false;
	found = pcre2_get_ovector_pointer(v->match_data);
	for (size_t g = 0; g < pattern->group_count; g++) {
		size_t start = found[2 * pattern->group[g].number];
		size_t end = found[2 * pattern->group[g].number + 1];

		if (start == PCRE2_UNSET || start >= end)
			continue;
		if (!take_group(j, pattern, pattern->group[g].field, start, end))
			return false;
	}
	return true;
}

static bool
judge_patterns(struct judgement *j)
{
	struct vocabulary *v = j->v;

	for (size_t p = 0; p < v->pattern_count; p++) {
		const struct pattern *pattern = &v->pattern[p];

		if (!pattern->always && !(v->scratch.tried[p / 8] & 1 << p % 8))
			continue;
		if (j->asker->asked != NULL &&
			!(pattern->when_asked && is_heard(j, pattern->service)))
			continue;
		if (!may_mean(j->asker, services[pattern->service]->who))
			continue;
		if (try_pattern(j, pattern)) {
			fill_standard(j, pattern->service);
			conclude(j, pattern->service, BY_PATTERN, 95);
			shows_language(j, pattern->language);
			return true;
		}
		memset(&j->out->values, 0, sizeof(j->out->values));
	}
	return false;
}

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
				!may_mean(j->asker, services[m->service]->who))
				continue;
			score[m->service] += weight_here(j, hit, m);
			any |= m->kind == MEANS_VALUE && weight_here(j, hit, m) > 0;
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
		got = named_value(j, service, f, 0, j->v->scratch.token_count,
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
	accept(services[service], rule->field, value, value, j->out->values.value[rule->field]);
}

static bool
judge_keywords(struct judgement *j)
{
	struct understanding *out = j->out;
	int best, score, weight, rival, place, place_field;
	char where[SERVICE_VALUE_MAX];

	place = understand_place(j->v, j->gazetteer, j->languages, where, &out->place_id);
	best = best_service(j, place, &score);
	if (best == NONE || (score < WEIGHT_STRONG && is_chatter(j->v)))
		return false;
	weight = fill_values(j, best, &rival);
	fill_late(j, best);
	fill_taken(j, best, false);
	place_field = service_field_index(services[best], "place");
	if (place > 0 && place_field != NONE)
		memcpy(out->values.value[place_field], where, sizeof(where));
	else
		place = 0;
	conclude(j, best, BY_KEYWORD, confidence_of(weight > 0 ? weight : score, rival, place));
	return true;
}

/* --- --- Rules --- */

#define CERTAIN_NUMBER 92 /* confidence of a thing named by its number */
#define CERTAIN_RULE 70   /* of ideas; a place adds to it */

/*
 * What the ideas mean together. When the message goes on to a second thing ("bac 147 plein, bac 152
 * brule"), what is said before it decides, if that says anything.
 */
static bool
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

		if (!accept(services[rule->service], rule->field, value, value,
			    out->values.value[rule->field]))
			return false;
	}
	bool numbered = fill_taken(j, rule->service, rule->rest);
	fill_standard(j, rule->service);
	place_field = service_field_index(services[rule->service], "place");
	if (place_field != NONE) {
		place = understand_place(j->v, j->gazetteer, j->languages, where, &out->place_id);
		if (place > 0)
			memcpy(out->values.value[place_field], where, sizeof(where));
	}
	conclude(j, rule->service, BY_KEYWORD,
		numbered || place_field == NONE ? CERTAIN_NUMBER : CERTAIN_RULE + place / 4);
	return true;
}

/* --- --- The answer to an open question --- */

/* What the text says without regard to the open question. */
static bool
judge_afresh(struct judgement *j)
{
	return judge_rules(j, 1u << WHO_ANYONE, WHEN_FIRST) || judge_keywords(j) ||
		judge_rules(j, 1u << WHO_ANYONE, WHEN_LATE);
}

/* The text as written, without blanks and punctuation around it. */
static void
whole_text(const struct scratch *s, char out[SERVICE_VALUE_MAX])
{
	const struct token *last = &s->token[s->token_count - 1];
	size_t start = s->token[0].written;

	text_utf8_clean(out, SERVICE_VALUE_MAX, s->text + start,
		last->written + last->written_length - start);
	for (char *p = out; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
}

/* Confidence from which a text is a complaint by itself: of another thing with its place; without a
 * place, of another thing and of the same. */
#define CERTAIN_WITH_PLACE 80
#define CERTAIN_ALONE 70
#define CERTAIN_AGAIN 50

/*
 * What the text says by itself, when the open question asks where: RESTATED, the same thing again
 * with its place, is the answer; ANOTHER is none: another thing with its own place, or a thing that
 * decides by a word of its own and says no place at all (it was asked where, and cannot be where).
 */
enum by_itself { AN_ANSWER, RESTATED, ANOTHER };

/* The field that says what is the matter: a complaint's category, a skip's kind; or NONE. */
static int
matter_field(const struct service *service)
{
	int category = service_field_index(service, "category");

	return category != NONE ? category : service_field_index(service, "kind");
}

/* Is it the same matter? What a rule gives when nothing is said ("full") says nothing new. */
static bool
same_matter(const struct judgement *j, const char *fresh)
{
	const struct service *asked = j->asker->asked;
	const char *before = j->asker->asked_values == NULL
		? ""
		: j->asker->asked_values->value[matter_field(asked)];

	return strcmp(fresh, before) == 0 ||
		(service_field_index(asked, "kind") != NONE && strcmp(fresh, "full") == 0);
}

static enum by_itself
judge_by_itself(struct judgement *j, int service, struct understanding *fresh)
{
	struct judgement again = *j;
	int matter = matter_field(services[service]);
	int place = service_field_index(services[service], "place");
	bool placed, same;

	/* What another service would make of it, whole and sure, is another report. */
	*fresh = *j->out;
	again.out = fresh;
	memset(&fresh->values, 0, sizeof(fresh->values));
	if (place == NONE || j->asker->asked_field != place || !judge_afresh(&again))
		return AN_ANSWER;
	if (fresh->service != services[service])
		return fresh->service->files && fresh->missing == NONE &&
				fresh->confidence >= CERTAIN_WITH_PLACE
			? ANOTHER
			: AN_ANSWER;
	if (matter == NONE || fresh->values.value[matter][0] == '\0')
		return AN_ANSWER;
	placed = fresh->values.value[place][0] != '\0';
	same = same_matter(j, fresh->values.value[matter]);
	if (placed && same)
		return RESTATED;
	if (same && service_field_index(services[service], "container") != NONE)
		return AN_ANSWER; /* which one, by its number */
	if (fresh->confidence < (placed                ? CERTAIN_WITH_PLACE
						: same ? CERTAIN_AGAIN
						       : CERTAIN_ALONE))
		return AN_ANSWER;
	return ANOTHER;
}

/* No answer at all, but good words for another service. */
static bool
judge_other(const struct judgement *j, int service, struct understanding *fresh)
{
	struct judgement again = *j;

	*fresh = *j->out;
	again.out = fresh;
	memset(&fresh->values, 0, sizeof(fresh->values));
	if (!judge_afresh(&again))
		return false;
	/* She need not say whether two things are one: a whole other report is no answer. */
	return fresh->service != services[service] ||
		(fresh->missing == NONE && fresh->service->files);
}

/* "147", or "bac 147", where the form has a field for the number. */
static bool
answer_number(struct judgement *j, int service)
{
	const struct scratch *s = &j->v->scratch;

	for (size_t i = 0; i < j->v->taker_count; i++) {
		const struct taker *taker = &j->v->taker[i];
		const char *number = s->taken[i];

		if (taker->service != service || taker->take != TAKE_NUMBER || !taker->leading)
			continue;
		if (number[0] == '\0' && s->token_count == 1 && understand_is_number(s, 0))
			number = s->folded;
		if (number[0] != '\0' &&
			accept(services[service], taker->field, number, number,
				j->out->values.value[taker->field]))
			return true;
	}
	return false;
}

static bool
judge_answer(struct judgement *j)
{
	const struct asker *asker = j->asker;
	struct scratch *s = &j->v->scratch;
	char written[SERVICE_VALUE_MAX], where[SERVICE_VALUE_MAX];
	char *value;
	struct understanding fresh;
	int service = asker->asked == NULL ? NONE : service_index(asker->asked), rival, place;
	bool got;

	if (service == NONE || asker->asked->fields == NULL)
		return false;
	enum by_itself by_itself = judge_by_itself(j, service, &fresh);
	if (by_itself == ANOTHER) {
		*j->out = fresh;
		return true;
	}
	if (asker->asked_values != NULL)
		j->out->values = *asker->asked_values;
	value = j->out->values.value[asker->asked_field];
	whole_text(s, written);
	got = answer_number(j, service) ||
		named_value(j, service, asker->asked_field, 0, s->token_count, value, &rival) > 0 ||
		accept(asker->asked, asker->asked_field, written, s->folded, value);
	if (!got && judge_other(j, service, &fresh)) {
		*j->out = fresh;
		return true;
	}
	/* "Water, Kimironko" answers more than was asked. */
	place = service_field_index(asker->asked, "place");
	if (place != NONE && j->out->values.value[place][0] == '\0' &&
		understand_place(j->v, j->gazetteer, j->languages, where, &j->out->place_id) > 0)
		memcpy(j->out->values.value[place], where, sizeof(where));
	conclude(j, service, BY_ANSWER, got ? 90 : 30);
	j->out->restated = by_itself == RESTATED;
	if (by_itself == RESTATED)
		memcpy(value, fresh.values.value[asker->asked_field], SERVICE_VALUE_MAX);
	return true;
}

/* The ideas that this asker's messages are searched for. */
static uint64_t
ideas_of(const struct vocabulary *v, const struct asker *asker)
{
	uint64_t ideas = 0;

	for (int who = WHO_ANYONE; who <= WHO_ASKED; who++)
		if (may_mean(asker, (enum service_who)who))
			ideas |= v->idea_who[who];
	return ideas;
}

/* Judge the text by itself. */
static void
judge_text(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out)
{
	struct judgement j = { .v = v, .gazetteer = gazetteer, .asker = asker, .out = out };

	memset(out, 0, sizeof(*out));
	out->missing = NONE;
	understand_read(v, text_utf8);
	understand_mend(v);
	understand_scan(v);
	guess_language(&j);
	if (v->scratch.token_count == 0)
		return;
	understand_keep_mentions(v, j.languages, ideas_of(v, asker));
	understand_take(v);
	if ((asker->crew && judge_rules(&j, 1u << WHO_CREW, WHEN_FIRST)) || judge_alone(&j) ||
		judge_patterns(&j))
		return;
	if (asker->asked != NULL
			? judge_rules(&j, 1u << WHO_ANYONE, WHEN_ASKED)
			: asker->followups > 0 && judge_rules(&j, 1u << WHO_ASKED, WHEN_FIRST))
		return;
	if (judge_answer(&j) || judge_afresh(&j))
		return;
	memset(&out->values, 0, sizeof(out->values));
}

/* --- --- For another --- */

#define PERSON_DIGITS_MIN 8 /* fewer may be a container's */
#define PERSON_DIGITS_MAX 15

/* The token at which "for" is said, at the message's beginning or before its last numbers. */
static size_t
find_on_behalf(const struct vocabulary *v)
{
	const struct scratch *s = &v->scratch;
	int idea = vocabulary_idea(v, "on_behalf");

	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].idea == idea && s->mention[i].last + 1u < s->token_count &&
			understand_is_number(s, s->mention[i].last + 1u))
			return s->mention[i].last;
	return s->token_count;
}

/*
 * The person's number that begins at token t: as few groups of digits as make one, in E.164.
 * Returns the index after it, or 0.
 */
static size_t
read_person(const struct vocabulary *v, size_t t, const char *country, char out[SERVICE_VALUE_MAX])
{
	const struct scratch *s = &v->scratch;
	char digits[PERSON_DIGITS_MAX + 2] = "";
	size_t length = 0;

	if (t < s->token_count && s->token[t].written > 0 &&
		s->text[s->token[t].written - 1] == '+')
		digits[length++] = '+';
	for (; t < s->token_count && understand_is_number(s, t); t++) {
		struct phone phone;

		if (length + s->token[t].folded_length >= sizeof(digits))
			return 0;
		memcpy(digits + length, s->folded + s->token[t].folded, s->token[t].folded_length);
		length += s->token[t].folded_length;
		digits[length] = '\0';
		phone = phone_normalise(digits, country);
		if (length >= PERSON_DIGITS_MIN && phone.kind == PHONE_E164) {
			strcpy(out, phone.number);
			return t + 1;
		}
	}
	return 0;
}

/*
 * "POUR 0788000009 BAC 147 plein": a helper reports for another person. Cuts her number out of the
 * text, and leaves the message that she would have sent. Returns false when there is none.
 */
static bool
take_person(struct vocabulary *v, const struct asker *asker, const char *text_utf8,
	char person[SERVICE_VALUE_MAX], char rest[UNDERSTAND_TEXT_MAX + 1])
{
	const struct scratch *s = &v->scratch;
	size_t first, end, from, to;

	understand_read(v, text_utf8);
	understand_mend(v);
	understand_scan(v);
	first = find_on_behalf(v);
	if (first == s->token_count)
		return false;
	end = read_person(v, first + 1, asker->country, person);
	if (end == 0)
		return false;
	from = s->token[first].written;
	to = end == s->token_count ? s->text_length : s->token[end].written;
	memcpy(rest, s->text, from);
	memcpy(rest + from, s->text + to, s->text_length - to);
	rest[from + s->text_length - to] = '\0';
	return true;
}

void
understand(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out)
{
	char person[SERVICE_VALUE_MAX], rest[UNDERSTAND_TEXT_MAX + 1];
	int field;

	if (!asker->helper || !take_person(v, asker, text_utf8, person, rest)) {
		judge_text(v, gazetteer, asker, text_utf8, out);
		return;
	}
	judge_text(v, gazetteer, asker, rest, out);
	field = out->service == NULL ? NONE : service_field_index(out->service, "for");
	if (field != NONE)
		accept(out->service, field, person, person, out->values.value[field]);
}
