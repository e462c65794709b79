/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-correct: what was filed a moment ago was understood wrongly. NO alone, NO with what it
 * is ("NON 152", "no, it is burning"), and the answer to "what is it then?". What it is not: it
 * does not know what was filed; what a correction names is all that it finds.
 */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "understand-judge.h"

/* The ideas by which a message refuses what was understood. */
static ideaset
refusing(const struct vocabulary *v)
{
	static const char *const names[] = { "no", "mistaken" };
	ideaset ideas = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (vocabulary_idea(v, names[i]) != NONE)
			ideas |= ONE_IDEA << vocabulary_idea(v, names[i]);
	return ideas;
}

/* The first token behind the NO that the message begins with, politeness aside; 0: there is none.
 */
static size_t
after_refusal(const struct vocabulary *v)
{
	const struct scratch *s = &v->scratch;
	ideaset ideas = refusing(v);
	size_t first = 0, after = 0;

	while (first < s->token_count && s->token[first].sort[SORT_POLITE] != 0)
		first++;
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].first == first && (ideas & ONE_IDEA << s->mention[i].idea) &&
			s->mention[i].last + 1u > after)
			after = s->mention[i].last + 1u;
	return after;
}

/* "No, water leak in KN 5 Rd" corrects; "No water in KN 5 Rd" is a report of its own. */
static bool
is_parted(const struct scratch *s, size_t t)
{
	return t > 0 && t < s->token_count &&
		(s->token[t].comma || s->token[t].dot || s->token[t].stop);
}

/* "N° 152", "No.152": the word is the number's. */
static bool
is_of_number(const struct vocabulary *v, size_t after)
{
	const struct scratch *s = &v->scratch;
	int number_word = vocabulary_idea(v, "number_word");
	const struct token *last;

	if (after == 0 || after >= s->token_count || !understand_is_number(s, after) ||
		number_word == NONE ||
		!(understand_ideas_at(s, after - 1) & ONE_IDEA << number_word))
		return false;
	last = &s->token[after - 1];
	return strchr(" ,\n", s->text[last->written + last->written_length]) == NULL;
}

bool
judge_refusal(struct judgement *j)
{
	int service = judge_service_index(service_find("correct"));

	if (is_of_number(j->v, after_refusal(j->v)))
		return false;
	if (judge_rules(j, 1u << WHO_FILED, WHEN_FIRST)) {
		memset(&j->out->values, 0, sizeof(j->out->values));
		return true;
	}
	if (service == NONE || !is_parted(&j->v->scratch, after_refusal(j->v)))
		return false;
	judge_conclude(j, service, BY_KEYWORD, 80);
	return true;
}

/* --- --- What it is then --- */

/* One correction under way. */
struct correction {
	struct vocabulary *v;
	const struct gazetteer *gazetteer;
	struct asker asker; /* of whom nothing but her language is known */
	struct understanding *out;
};

static char *
value_of(struct correction *c, const char *name)
{
	static char none[SERVICE_VALUE_MAX];
	int field = service_field_index(c->out->service, name);

	return field == NONE ? none : c->out->values.value[field];
}

static void
set(struct correction *c, const char *name, const struct understanding *from)
{
	int field = service_field_index(c->out->service, name);
	int other = service_field_index(from->service, name);

	if (field != NONE && other != NONE && from->values.value[other][0] != '\0')
		judge_accept(c->out->service, field, from->values.value[other],
			from->values.value[other], c->out->values.value[field]);
}

static bool
mentions(const struct vocabulary *v, const char *name)
{
	int idea = vocabulary_idea(v, name);

	for (size_t i = 0; i < v->scratch.mention_count; i++)
		if (v->scratch.mention[i].idea == idea)
			return true;
	return false;
}

/* Does the text that was just judged say the kind? Unsaid it is what most skips are. */
static bool
says_kind(const struct vocabulary *v, const struct understanding *u)
{
	int field = service_field_index(u->service, "kind");
	const struct scratch *s = &v->scratch;

	if (field == NONE)
		return false;
	return strcmp(u->values.value[field], "full") != 0 || mentions(v, "full") ||
		(u->by == BY_PATTERN && s->token_count > 1 &&
			s->token[s->token_count - 1].folded_length == 1);
}

/* One digit chooses from what was offered: kinds or categories, which only the ticket tells. */
static bool
takes_choice(struct correction *c, const char *text)
{
	static const char *const fields[] = { "kind", "category" };
	char folded[SERVICE_VALUE_MAX * 3 + 1], digit[2];

	if (text_fold(folded, sizeof(folded), text) < 0)
		return false;
	digit[0] = folded[strspn(folded, " ")];
	digit[1] = '\0';
	if (digit[0] < '1' || digit[0] > '9' || strlen(folded) != strspn(folded, " ") + 1)
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		int field = service_field_index(c->out->service, fields[i]);

		if (field != NONE)
			judge_accept(
				c->out->service, field, digit, digit, c->out->values.value[field]);
	}
	return true;
}

/* The message's only number, as it may stand on a container; "" when there is none. */
static void
only_number(const struct vocabulary *v, char out[NUMBER_DIGITS_MAX + 1])
{
	const struct scratch *s = &v->scratch;
	char number[NUMBER_DIGITS_MAX + 1];

	out[0] = '\0';
	for (size_t t = 0; t < s->token_count;) {
		if (!understand_is_number(s, t)) {
			t++;
			continue;
		}
		if (out[0] != '\0' || s->token[t].folded_length > NUMBER_DIGITS_MAX ||
			understand_counts_something(s, t) ||
			(t > 0 &&
				(s->token[t - 1].sort[SORT_STREET] |
					s->token[t - 1].sort[SORT_NUMBERED]) != 0 &&
				s->token[t - 1].folded_length > 2)) {
			out[0] = '\0';
			return;
		}
		t = understand_join_digits(s, t, number);
		strcpy(out, number);
	}
}

/* "Burning", "est cassé", "c'est le 152": as it would be of a container, of any one where the text
 * names none. */
static void
take_as_skip(struct correction *c, const char *text)
{
	char numbered[UNDERSTAND_TEXT_MAX + NUMBER_DIGITS_MAX + 2], number[NUMBER_DIGITS_MAX + 1];
	struct understanding u;

	only_number(c->v, number);
	if (number[0] == '\0' && strpbrk(text, "0123456789") != NULL)
		return;
	snprintf(numbered, sizeof(numbered), "%s %s", number[0] != '\0' ? number : "100", text);
	judge_one(c->v, c->gazetteer, &c->asker, numbered, &u);
	if (number[0] != '\0')
		judge_accept(c->out->service, service_field_index(c->out->service, "container"),
			number, number, value_of(c, "container"));
	if (u.service != NULL && service_field_index(u.service, "kind") != NONE &&
		says_kind(c->v, &u))
		set(c, "kind", &u);
}

static void
take_place(struct correction *c, const char *text)
{
	struct understanding u;
	char where[SERVICE_VALUE_MAX];
	int64_t place;
	int field = service_field_index(c->out->service, "place");

	judge_one(c->v, c->gazetteer, &c->asker, text, &u);
	if (field != NONE && c->v->scratch.token_count > 0 &&
		understand_place(c->v, c->gazetteer, ~0u, where, &place) > 0)
		memcpy(c->out->values.value[field], where, sizeof(where));
}

static void
take_all(struct correction *c, const char *text)
{
	struct understanding u;

	if (takes_choice(c, text))
		return;
	judge_one(c->v, c->gazetteer, &c->asker, text, &u);
	if (u.service != NULL && service_field_index(u.service, "container") != NONE &&
		service_field_index(u.service, "kind") != NONE) {
		set(c, "container", &u);
		set(c, "place", &u);
		if (says_kind(c->v, &u) || value_of(c, "container")[0] == '\0')
			set(c, "kind", &u);
		return;
	}
	if (u.service != NULL)
		set(c, "category", &u);
	if (value_of(c, "category")[0] != '\0') {
		set(c, "place", &u);
		return;
	}
	take_as_skip(c, text);
	if (value_of(c, "kind")[0] == '\0' && value_of(c, "container")[0] == '\0')
		take_place(c, text);
}

void
understand_correction(struct vocabulary *v, const struct gazetteer *gazetteer,
	const struct asker *asker, struct understanding *out)
{
	struct correction c = { .v = v, .gazetteer = gazetteer, .out = out };
	char text[UNDERSTAND_TEXT_MAX + 1];
	const struct scratch *s = &v->scratch;
	size_t first = out->by == BY_ANSWER ? 0 : after_refusal(v), from;

	c.asker.language = asker->language;
	c.asker.country = asker->country;
	if (first >= s->token_count)
		return;
	from = s->token[first].written;
	memcpy(text, s->text, s->text_length + 1);
	take_all(&c, text + from);
	understand_read(v, text); /* the whole again */
}
