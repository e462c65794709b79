/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-command: a service named by a word alone (STOP), and by patterns.
 */
#include <string.h>

#include "text.h"
#include "understand-judge.h"

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
	uint16_t order[PHRASE_WORDS_MAX * 2] = { 0 }, wordy[PHRASE_WORDS_MAX * 2];
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

bool
judge_alone(struct judgement *j)
{
	int confidence;
	const struct meaning *m = alone(j, &confidence);

	if (m == NULL || !judge_is_heard(j, m->service))
		return false;
	if (m->field != NONE) {
		const char *value = j->v->value[m->target];

		if (!judge_accept(services[m->service], m->field, value, value,
			    j->out->values.value[m->field]))
			return false;
	}
	judge_conclude(j, m->service,
		strcmp(services[m->service]->name, "stop") == 0 ? BY_STOP : BY_KEYWORD, confidence);
	if (__builtin_popcount(m->languages) > 1)
		judge_share_language(j, m->languages);
	judge_shows_language(j, m->languages);
	return true;
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
		return judge_accept(services[pattern->service], field, written, folded, out);
	}
	if (end - start >= sizeof(folded) || !touched(s, start, end, &first, &last))
		return false;
	if (judge_named_value(j, pattern->service, field, first, last, out, &rival) > 0)
		return true;
	memcpy(folded, s->folded + start, end - start);
	folded[end - start] = '\0';
	/* Up to where the character after the group begins, or the last token ends. */
	text_utf8_clean(written, sizeof(written), s->text + s->written_at[start],
		s->token[last].folded + s->token[last].folded_length == end
			? s->token[last].written + s->token[last].written_length -
				s->written_at[start]
			: (size_t)(s->written_at[end] - s->written_at[start]));
	return judge_accept(services[pattern->service], field, written, folded, out);
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
	return pattern->field == NONE ||
		judge_accept(services[pattern->service], pattern->field, v->value[pattern->value],
			v->value[pattern->value], j->out->values.value[pattern->field]);
}

bool
judge_patterns(struct judgement *j, unsigned who)
{
	struct vocabulary *v = j->v;

	for (size_t p = 0; p < v->pattern_count; p++) {
		const struct pattern *pattern = &v->pattern[p];

		if (!(who & 1u << services[pattern->service]->who))
			continue;
		if (!pattern->always && !(v->scratch.tried[p / 8] & 1 << p % 8))
			continue;
		if (j->asker->asked != NULL &&
			!(pattern->when_asked && judge_is_heard(j, pattern->service)))
			continue;
		if (!understand_may_mean(j->asker, services[pattern->service]->who))
			continue;
		if (try_pattern(j, pattern)) {
			judge_fill_standard(j, pattern->service);
			judge_conclude(j, pattern->service, BY_PATTERN, 95);
			judge_shows_language(j, pattern->language);
			return true;
		}
		memset(&j->out->values, 0, sizeof(j->out->values));
	}
	return false;
}
