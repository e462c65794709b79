/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-more: several things in one message. Every container that it names by a number is one
 * ("bac 147 plein et 152 brule", "skip 147, 152 and 160 full"), and a complaint with a place of its
 * own beside a container is another. The message is cut where the next thing begins, and each part
 * judged by itself. What it is not: it does not guess. Something else that is said and is not clear
 * is only told to be there.
 */
#include <stdio.h>
#include <string.h>

#include "understand-judge.h"

#define ITEMS_MAX 16      /* numbers of one message that are looked at */
#define SURE_DIGITS 3     /* shorter numbers must be as long as the first */
#define LIKELY_DIGITS 7   /* longer ones too */
#define BETWEEN_MAX 3     /* little words between two numbers of a list */
#define CLAUSE_MAX 8      /* words of a clause that are looked at */
#define AHEAD_MAX 3       /* words between a number and what is the matter with it */
#define FILED_SURE 80     /* a complaint that has its place */
#define FILED_ENOUGH 70   /* one that needs none */
#define UNCLEAR_SURE 70   /* a word that decides; in a clause of its own */
#define UNCLEAR_PARTED 55 /* any word */

/* A container that the message names, and the part of the text that speaks of it. */
struct item {
	char number[NUMBER_DIGITS_MAX + 1];
	size_t first, end; /* tokens: of the number, and behind it */
	size_t start;      /* token at which its part begins */
	size_t from, to;   /* its part, in bytes of the text */
	bool said;         /* what is the matter with it is said in its part */
	char kind[SERVICE_VALUE_MAX];
};

struct search {
	struct vocabulary *v;
	const struct gazetteer *gazetteer;
	struct asker asker; /* of whom nothing but her language is known */
	struct understanding *out;
	char text[UNDERSTAND_TEXT_MAX + 1];
	size_t text_length;
	struct item item[ITEMS_MAX];
	size_t count;
	ideaset matter;      /* ideas of what is the matter with a container */
	int container, kind; /* fields of a skip */
};

/* --- --- Numbers of containers --- */

static bool
is_connecting(const struct vocabulary *v, size_t t)
{
	const struct token *token = &v->scratch.token[t];
	int number_word = vocabulary_idea(v, "number_word");

	if (number_word != NONE &&
		(understand_ideas_at(&v->scratch, t) & ONE_IDEA << number_word) != 0)
		return true;
	return (token->sort[SORT_JOINING] | token->sort[SORT_FUNCTION] |
		       token->sort[SORT_POLITE]) != 0 &&
		((token->sort[SORT_BEFORE_PLACE] | token->sort[SORT_NEAR] |
			 token->sort[SORT_BESIDE] | token->sort[SORT_STREET] |
			 token->sort[SORT_LANDMARK] | token->sort[SORT_NUMBERED]) &
			v->scratch.languages) == 0;
}

static bool
is_boundary(const struct scratch *s, size_t t)
{
	return s->token[t].comma || s->token[t].stop || s->token[t].dot;
}

static bool
has_length(const struct search *m, const char *number)
{
	size_t length = strlen(number), first = strlen(m->item[0].number);

	return length == first || (length >= SURE_DIGITS && length <= LIKELY_DIGITS);
}

/* "147, 152 et 160": only little words stand between it and the number before. */
static bool
is_listed(const struct search *m, size_t t)
{
	size_t before = m->item[m->count - 1].end;

	if (t - before > BETWEEN_MAX)
		return false;
	for (size_t i = before; i < t; i++)
		if (!is_connecting(m->v, i))
			return false;
	return true;
}

/* "plein et 152 brule": what is the matter follows the number; not only little words stand between
 * where it is surely a container's ("le 451 a le couvercle cassé"). */
static bool
has_matter(const struct search *m, size_t end, bool sure)
{
	const struct scratch *s = &m->v->scratch;
	size_t ahead = sure ? CLAUSE_MAX : AHEAD_MAX;

	for (size_t t = end; t < s->token_count && t < end + ahead; t++) {
		if (understand_ideas_at(s, t) & m->matter)
			return true;
		if (sure ? is_boundary(s, t) || understand_is_number(s, t)
			 : !is_connecting(m->v, t))
			return false;
	}
	return false;
}

/* "plein, le 152 aussi": the rest of its clause says nothing. */
static bool
is_alone(const struct search *m, size_t end)
{
	const struct scratch *s = &m->v->scratch;

	for (size_t t = end; t < s->token_count && !is_boundary(s, t); t++)
		if (!is_connecting(m->v, t) && s->token[t].sort[SORT_FILLER] == 0)
			return false;
	return true;
}

/* It begins a clause, or follows what is the matter with another, and says something of its own. */
static bool
is_told(const struct search *m, size_t t, size_t end, const char *number)
{
	const struct scratch *s = &m->v->scratch;
	bool alike = strlen(number) == strlen(m->item[0].number);
	size_t before = t;

	while (before > m->item[m->count - 1].end && is_connecting(m->v, before - 1))
		before--;
	if (before == t && !is_boundary(s, t) && (understand_ideas_at(s, t - 1) & m->matter) == 0)
		return false;
	return has_matter(m, end, alike && before < t) || (alike && is_alone(m, end));
}

/* Is it part of a place's name, and neither "n° 152" nor "et la 188 est pleine"? */
static bool
is_of_place(const struct search *m, size_t t, size_t end, const char *number)
{
	int number_word = vocabulary_idea(m->v, "number_word");

	if (!m->v->scratch.token[t].in_place)
		return false;
	if (number_word != NONE &&
		(understand_ideas_at(&m->v->scratch, t - 1) & ONE_IDEA << number_word) != 0)
		return false;
	return strlen(number) != strlen(m->item[0].number) || !is_connecting(m->v, t - 1) ||
		!has_matter(m, end, false);
}

static bool
is_new(const struct search *m, const char *number)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->item[i].number, number) == 0)
			return false;
	return true;
}

static void
canonical(char number[NUMBER_DIGITS_MAX + 1])
{
	size_t zeros = strspn(number, "0");

	memmove(number, number + zeros, strlen(number) - zeros + 1);
}

/* The token at which the part of a number begins: its word, and little words before that. */
static size_t
part_start(const struct search *m, size_t t, size_t least)
{
	const struct scratch *s = &m->v->scratch;

	while (t > least && s->token[t - 1].claimed && !understand_is_number(s, t - 1))
		t--;
	while (t > least && !is_boundary(s, t) && is_connecting(m->v, t - 1))
		t--;
	return t;
}

static void
find_items(struct search *m, const char *first)
{
	const struct scratch *s = &m->v->scratch;
	char number[NUMBER_DIGITS_MAX + 1];
	size_t end;

	for (size_t t = 0; t < s->token_count && m->count < ITEMS_MAX; t = end) {
		end = t + 1;
		if (!understand_is_number(s, t) || s->token[t].folded_length > NUMBER_DIGITS_MAX)
			continue;
		end = understand_join_digits(s, t, number);
		canonical(number);
		if (m->count == 0 ? strcmp(number, first) != 0 || !s->token[t].claimed
				  : !s->token[t].claimed &&
					(understand_counts_something(s, end - 1) ||
						is_of_place(m, t, end, number) ||
						!has_length(m, number) ||
						!(is_listed(m, t) || is_told(m, t, end, number))))
			continue;
		if (!is_new(m, number))
			continue;
		struct item *item = &m->item[m->count];
		strcpy(item->number, number);
		item->first = t;
		item->end = end;
		item->start = part_start(m, t, m->count == 0 ? 0 : m->item[m->count - 1].end);
		item->said = false;
		m->count++;
	}
}

static void
cut_items(struct search *m)
{
	const struct scratch *s = &m->v->scratch;

	for (size_t i = 0; i < m->count; i++) {
		size_t end = i + 1 < m->count ? m->item[i + 1].start : s->token_count;

		m->item[i].from = s->token[m->item[i].start].written;
		m->item[i].to = end == s->token_count ? m->text_length : s->token[end].written;
		for (size_t t = m->item[i].start; t < end; t++)
			m->item[i].said |= (understand_ideas_at(s, t) & m->matter) != 0;
	}
	/* What stands before the first number may say it too: "pleins: 147 et 152". */
	m->item[0].from = 0;
	for (size_t t = 0; t < m->item[0].start; t++)
		m->item[0].said |= (understand_ideas_at(s, t) & m->matter) != 0;
}

/* --- --- Parts --- */

static void
judge_part(struct search *m, size_t from, size_t to, struct understanding *out)
{
	char part[UNDERSTAND_TEXT_MAX + 1];

	memcpy(part, m->text + from, to - from);
	part[to - from] = '\0';
	judge_one(m->v, m->gazetteer, &m->asker, part, out);
}

/* What is said of one of a list is said of those before it, else of those behind it. */
static void
share_kinds(struct search *m)
{
	for (size_t i = m->count - 1; i-- > 0;)
		if (!m->item[i].said && m->item[i + 1].kind[0] != '\0')
			strcpy(m->item[i].kind, m->item[i + 1].kind);
	for (size_t i = 0; i < m->count; i++)
		if (m->item[i].kind[0] == '\0')
			strcpy(m->item[i].kind,
				i > 0 ? m->item[i - 1].kind : m->out->values.value[m->kind]);
}

static void
judge_items(struct search *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct item *item = &m->item[i];
		struct understanding part;

		item->kind[0] = '\0';
		judge_part(m, item->from, item->to, &part);
		if (part.service != m->out->service)
			continue;
		item->said |=
			part.by == BY_PATTERN && strcmp(part.values.value[m->kind], "full") != 0;
		if (item->said)
			strcpy(item->kind, part.values.value[m->kind]);
	}
	share_kinds(m);
}

static struct fact *
add_fact(struct search *m, const struct service *service)
{
	struct fact *fact;

	if (m->out->more_count == UNDERSTAND_MORE_MAX)
		return NULL;
	fact = &m->v->more[m->out->more_count++];
	fact->service = service;
	memset(&fact->values, 0, sizeof(fact->values));
	m->out->more = m->v->more;
	return fact;
}

static void
add_items(struct search *m)
{
	for (size_t i = 1; i < m->count; i++) {
		struct fact *fact = add_fact(m, m->out->service);
		size_t length = strlen(m->out->beyond);

		if (fact == NULL) {
			snprintf(m->out->beyond + length, UNDERSTAND_BEYOND_MAX - length, "%s%s",
				length > 0 ? " " : "", m->item[i].number);
			continue;
		}
		judge_accept(fact->service, m->container, m->item[i].number, m->item[i].number,
			fact->values.value[m->container]);
		strcpy(fact->values.value[m->kind], m->item[i].kind);
	}
	if (m->count > 1)
		strcpy(m->out->values.value[m->kind], m->item[0].kind);
}

/* --- --- A complaint besides --- */

/* Does a word between the tokens name what a container is not the cause of? */
static bool
hints_at_complaint(const struct search *m, size_t first, size_t end)
{
	const struct vocabulary *v = m->v;
	int complaint = judge_service_index(service_find("complaint"));

	for (size_t h = 0; h < v->scratch.hit_count; h++) {
		const struct hit *hit = &v->scratch.hit[h];

		if (hit->first < first || hit->last >= end || hit->silent ||
			hit->form == FORM_MISSPELT)
			continue;
		for (int32_t i = hit->meaning; i != NONE; i = v->meaning[i].next)
			if (v->meaning[i].kind == MEANS_VALUE &&
				v->meaning[i].service == complaint &&
				v->meaning[i].weight >= WEIGHT_PLAIN &&
				strcmp(v->value[v->meaning[i].target], "waste") != 0 &&
				strcmp(v->value[v->meaning[i].target], "other") != 0)
				return true;
	}
	return false;
}

enum besides { NOTHING, UNCLEAR, FILED };

/* Dirt, smells and blocked drains are what a container brings along, and "other" is anything; a
 * drain that has a place of its own is another thing. */
static bool
comes_along(const char *category, bool placed)
{
	return strcmp(category, "waste") == 0 || strcmp(category, "other") == 0 ||
		(strcmp(category, "drain") == 0 && !placed);
}

/* Is the part a complaint by itself? */
static enum besides
judge_besides(struct search *m, size_t from, size_t to, bool parted, struct understanding *part)
{
	bool placed;

	judge_part(m, from, to, part);
	if (part->service == NULL || strcmp(part->service->name, "complaint") != 0)
		return NOTHING;
	placed = part->values.value[service_field_index(part->service, "place")][0] != '\0';
	if (comes_along(part->values.value[service_field_index(part->service, "category")], placed))
		return NOTHING;
	if (part->missing == NONE && part->confidence >= (placed ? FILED_SURE : FILED_ENOUGH))
		return FILED;
	return part->confidence >= (parted ? UNCLEAR_PARTED : UNCLEAR_SURE) ? UNCLEAR : NOTHING;
}

static void
take_besides(struct search *m, enum besides besides, const struct understanding *part)
{
	struct fact *fact = besides == FILED ? add_fact(m, part->service) : NULL;

	if (fact != NULL)
		fact->values = part->values;
	else if (besides != NOTHING)
		m->out->unclear = true;
}

/* Where another thing may begin. */
#define CUTS_MAX 24
struct cut {
	size_t at;   /* byte of the text */
	bool parted; /* by a comma or full stop */
};

/*
 * Behind the last number, from some clause on, or before the first: a complaint, the rest still
 * being what it was.
 */
static void
find_besides(struct search *m, const struct cut *cut, size_t cut_count, const struct cut *before)
{
	struct understanding part;
	enum besides best = NOTHING, found;

	if (before->at > 0) {
		found = judge_besides(m, 0, before->at, before->parted, &part);
		if (found == FILED) {
			take_besides(m, found, &part);
			return;
		}
		best = found;
	}
	for (size_t i = 0; i < cut_count; i++) {
		found = judge_besides(m, cut[i].at, m->text_length, cut[i].parted, &part);
		if (found == FILED) {
			take_besides(m, found, &part);
			return;
		}
		if (found > best)
			best = found;
	}
	take_besides(m, best, &part);
}

/* --- --- All of it --- */

static bool
begin(struct search *m, struct vocabulary *v, const struct asker *asker, struct understanding *out)
{
	const struct scratch *s = &v->scratch;
	int service = out->service == NULL ? NONE : judge_service_index(out->service);

	if (service == NONE)
		return false;
	m->container = service_field_index(out->service, "container");
	m->kind = service_field_index(out->service, "kind");
	if (m->container == NONE || m->kind == NONE || out->values.value[m->container][0] == '\0')
		return false;
	m->matter = 0;
	for (size_t i = 0; i < v->taker_count; i++)
		if (v->taker[i].service == service && v->taker[i].field == m->container)
			m->matter |= v->taker[i].with;
	if (vocabulary_idea(v, "waste") != NONE)
		m->matter &= ~(ONE_IDEA << vocabulary_idea(v, "waste"));
	m->asker.language = asker->language;
	m->asker.country = asker->country;
	m->text_length = s->text_length;
	memcpy(m->text, s->text, s->text_length + 1);
	return true;
}

void
understand_more(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	struct understanding *out)
{
	const struct scratch *s = &v->scratch;
	struct search m;
	struct cut cut[CUTS_MAX], before = { 0, false };
	size_t cuts = 0, last;

	m.v = v;
	m.gazetteer = gazetteer;
	m.out = out;
	m.count = 0;
	memset(&m.asker, 0, sizeof(m.asker));
	if (!begin(&m, v, asker, out))
		return;
	find_items(&m, out->values.value[m.container]);
	if (m.count == 0)
		return;
	cut_items(&m);
	last = m.item[m.count - 1].end;
	if (hints_at_complaint(&m, last, s->token_count))
		for (size_t t = last; t < s->token_count && cuts < CUTS_MAX; t++)
			if (is_boundary(s, t) || is_connecting(v, t))
				cut[cuts++] =
					(struct cut){ s->token[t].written, is_boundary(s, t) };
	if (hints_at_complaint(&m, 0, m.item[0].start))
		before = (struct cut){ s->token[m.item[0].start].written,
			is_boundary(s, m.item[0].start) };
	if (m.count > 1) {
		judge_items(&m);
		add_items(&m);
	}
	if (cuts > 0 || before.at > 0)
		find_besides(&m, cut, cuts, &before);
	if (m.count > 1 || cuts > 0 || before.at > 0)
		understand_read(v, m.text); /* the whole again, not its last part */
}
