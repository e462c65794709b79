/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-answer: what a text is while a question is open to its sender: the answer, the same
 * report said again whole, or another thing that leaves the question behind.
 */
#include <string.h>

#include "text.h"
#include "understand-judge.h"

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
	if (fresh->service != services[service]) {
		/* What few may read is nowhere, and would else stand before all as the place of
		 * this. */
		bool enough =
			fresh->service->enough != NULL && fresh->service->enough(&fresh->values);

		return fresh->service->files && fresh->missing == NONE &&
				fresh->confidence >= (enough ? CERTAIN_ALONE : CERTAIN_WITH_PLACE)
			? ANOTHER
			: AN_ANSWER;
	}
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
			judge_accept(services[service], taker->field, number, number,
				j->out->values.value[taker->field]))
			return true;
	}
	return false;
}

bool
judge_answer(struct judgement *j)
{
	const struct asker *asker = j->asker;
	struct scratch *s = &j->v->scratch;
	char written[SERVICE_VALUE_MAX], where[SERVICE_VALUE_MAX];
	char *value;
	struct understanding fresh;
	int service = asker->asked == NULL ? NONE : judge_service_index(asker->asked), rival, place;
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
		judge_named_value(
			j, service, asker->asked_field, 0, s->token_count, value, &rival) > 0 ||
		judge_accept(asker->asked, asker->asked_field, written, s->folded, value);
	if (!got && judge_other(j, service, &fresh)) {
		*j->out = fresh;
		return true;
	}
	/* "Water, Kimironko" answers more than was asked. */
	place = service_field_index(asker->asked, "place");
	if (place != NONE && j->out->values.value[place][0] == '\0' &&
		understand_place(j->v, j->gazetteer, j->languages, where, &j->out->place_id) > 0)
		memcpy(j->out->values.value[place], where, sizeof(where));
	judge_conclude(j, service, BY_ANSWER, got ? 90 : 30);
	j->out->restated = by_itself == RESTATED;
	if (by_itself == RESTATED)
		memcpy(value, fresh.values.value[asker->asked_field], SERVICE_VALUE_MAX);
	return true;
}
