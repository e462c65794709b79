/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-value: what a message says for the fields of a service, by its words and by what was
 * taken by its form, each value checked; and what is still missing.
 */
#include <string.h>

#include "text.h"
#include "understand-judge.h"

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
int
judge_weight(const struct judgement *j, const struct hit *hit, const struct meaning *m)
{
	int weight = m->weight;

	if (understand_is_foreign(j->v, hit, m, j->languages))
		return 0;
	if (m->languages != 0 && (m->languages & j->languages) == 0)
		weight /= 2;
	return hit->form == FORM_MISSPELT ? weight / 2 : weight;
}

bool
judge_accept(const struct service *service, int field, const char *written, const char *folded,
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

/* The token of the last "because" before which and after which a value is more than hinted at, or
 * 0: what goes before it is only what comes of the matter. */
static size_t
find_cause(const struct vocabulary *v, int service, int field)
{
	const struct scratch *s = &v->scratch;
	int cause = vocabulary_idea(v, "cause");
	size_t at = 0;

	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].idea == cause)
			at = s->mention[i].first;
	for (size_t h = 0; at > 0 && h < s->hit_count; h++) {
		const struct meaning *m =
			find_meaning(v, s->hit[h].meaning, MEANS_VALUE, service, field);

		if (m != NULL && m->weight >= WEIGHT_PLAIN && s->hit[h].first > at &&
			!s->hit[h].silent)
			return at;
	}
	return 0;
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
	size_t cause = find_cause(v, service, field);

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
		weight = judge_weight(j, hit, m);
		if (cause > 0 ? hit->first < cause : v->scratch.token[hit->first].part > part)
			weight /= 3;
		tally_add(tally, m->target, weight + 1); /* weightless ones count too */
	}
}

int
judge_named_value(struct judgement *j, int service, int field, size_t first, size_t last,
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
	return judge_accept(services[service], field, value, value, out) ? tally.value[best].weight
									 : 0;
}

int
judge_service_index(const struct service *service)
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
	int unless = v->unless[judge_service_index(service)][field];

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

void
judge_conclude(struct judgement *j, int service, enum understood_by by, int confidence)
{
	j->out->service = services[service];
	j->out->by = by;
	j->out->confidence = confidence > 100 ? 100 : confidence;
	j->out->missing = first_missing(j->v, services[service], &j->out->values);
}

bool
understand_may_mean(const struct asker *asker, enum service_who who)
{
	return who == WHO_ANYONE || (who == WHO_CREW && asker->crew) ||
		(who == WHO_ASKED && asker->followups > 0) || (who == WHO_FILED && asker->filed) ||
		(who == WHO_OFFICER && asker->officer) || (who == WHO_GAUGE && asker->gauge);
}

bool
judge_is_heard(const struct judgement *j, int service)
{
	return understand_may_mean(j->asker, services[service]->who) &&
		(j->asker->asked == NULL || services[service]->before_question);
}

bool
judge_fill_taken(struct judgement *j, int service, bool rest_too)
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
		if (taken[0] != '\0' &&
			judge_accept(services[service], taker->field, taken, taken, out))
			numbered |= taker->take == TAKE_NUMBER;
	}
	return numbered;
}

void
judge_fill_standard(struct judgement *j, int service)
{
	for (int f = 0;
		services[service]->fields != NULL && services[service]->fields[f].name != NULL;
		f++) {
		int32_t standard = j->v->standard[service][f];
		char *out = j->out->values.value[f];

		if (standard != NONE && out[0] == '\0')
			judge_accept(services[service], f, j->v->value[standard],
				j->v->value[standard], out);
	}
}
