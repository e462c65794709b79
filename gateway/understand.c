/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand: the order of judgement. Its parts are in files of their own:
 * - understand-read.c, -mend.c, -near.c: the text's words, and those of the vocabulary among them
 * - understand-take.c, -place.c: what is found by its form, and where it is
 * - understand-language.c: the language
 * - understand-command.c, -rule.c, -report.c, -answer.c: what is meant; -value.c its values
 * - understand-more.c, -correct.c: what else is said, and what was wrong
 * - understand-person.c: who reports for another
 * - understand-load*.c: the files of words
 */
#include "understand.h"

#include <string.h>

#include "understand-judge.h"

/* The ideas that this asker's messages are searched for. */
static ideaset
ideas_of(const struct vocabulary *v, const struct asker *asker)
{
	ideaset ideas = 0;

	for (int who = WHO_ANYONE; who < WHO_COUNT; who++)
		if (understand_may_mean(asker, (enum service_who)who))
			ideas |= v->idea_who[who];
	return ideas;
}

/* Which of the ideas does the text mention, whoever may mean them? */
static ideaset
all_mentioned(const struct vocabulary *v)
{
	ideaset ideas = 0;

	for (size_t i = 0; i < v->scratch.mention_count; i++)
		ideas |= ONE_IDEA << v->scratch.mention[i].idea;
	return ideas;
}

static ideaset
any_of(const struct vocabulary *v, const char *const *names)
{
	ideaset ideas = 0;

	for (; *names != NULL; names++)
		if (vocabulary_idea(v, *names) != NONE)
			ideas |= ONE_IDEA << vocabulary_idea(v, *names);
	return ideas;
}

/*
 * "NO 147 truck broken down", "NON K4MT portail ferme": what a crew says, from a phone that is no
 * crew's. Of a container of which it says what is wrong it is a report, and NO may be "number".
 */
static bool
is_crews_no(const struct vocabulary *v)
{
	static const char *const no[] = { "refused", NULL }, *const trouble[] = { "trouble", NULL };
	static const char *const matter[] = { "full", "fire", "heap", "waste", "container",
		"not_come", NULL };
	const struct scratch *s = &v->scratch;
	ideaset said = all_mentioned(v);

	return s->token_count > 2 && s->token[1].digit &&
		(understand_ideas_at(s, 0) & any_of(v, no)) != 0 &&
		(said & any_of(v, trouble)) != 0 && (said & any_of(v, matter)) == 0;
}

/* Does the place say more than the NO and the number: "No 12 Nyerere Road"? */
static bool
is_place_of_its_own(const struct understanding *out)
{
	int field = service_field_index(out->service, "place"), words = 1;
	const char *place = field == NONE ? "" : out->values.value[field];

	for (const char *p = place; *p != '\0'; p++)
		words += *p == ' ';
	return out->place_id != 0 || words > 3;
}

void
judge_one(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out)
{
	struct judgement j = { .v = v, .gazetteer = gazetteer, .asker = asker, .out = out };
	const unsigned appointed = 1u << WHO_OFFICER | 1u << WHO_GAUGE;
	bool crews;

	memset(out, 0, sizeof(*out));
	out->missing = NONE;
	understand_read(v, text_utf8);
	understand_mend(v);
	understand_scan(v);
	judge_guess_language(&j);
	if (v->scratch.token_count == 0)
		return;
	crews = !asker->crew && asker->asked == NULL && is_crews_no(v);
	understand_keep_mentions(v, j.languages, ideas_of(v, asker));
	understand_take(v);
	if (((asker->officer || asker->gauge) && judge_patterns(&j, appointed)) ||
		(asker->crew && judge_rules(&j, 1u << WHO_CREW, WHEN_FIRST)) || judge_alone(&j) ||
		judge_patterns(&j, ~appointed))
		return;
	if (asker->asked == NULL && asker->filed && judge_refusal(&j))
		return;
	if (asker->asked != NULL
			? judge_rules(&j, 1u << WHO_ANYONE, WHEN_ASKED)
			: asker->followups > 0 && judge_rules(&j, 1u << WHO_ASKED, WHEN_FIRST))
		return;
	if ((judge_answer(&j) || judge_afresh(&j)) && (!crews || is_place_of_its_own(out)))
		return;
	out->service = NULL;
	out->by = BY_NOTHING;
	out->missing = NONE;
	out->confidence = 0;
	out->place_id = 0;
	memset(&out->values, 0, sizeof(out->values));
}

/* And see what else it says. */
static void
judge_whole(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out)
{
	judge_one(v, gazetteer, asker, text_utf8, out);
	if (out->service != NULL && out->service->who == WHO_FILED)
		understand_correction(v, gazetteer, asker, out);
	else if (out->by != BY_ANSWER)
		understand_more(v, gazetteer, asker, out);
}

void
understand(struct vocabulary *v, const struct gazetteer *gazetteer, const struct asker *asker,
	const char *text_utf8, struct understanding *out)
{
	char person[SERVICE_VALUE_MAX], rest[UNDERSTAND_TEXT_MAX + 1];
	enum on_behalf whose =
		asker->helper ? understand_person(v, asker, text_utf8, person, rest) : FOR_NOBODY;
	int field;

	if (whose != FOR_PERSON) {
		judge_whole(v, gazetteer, asker, text_utf8, out);
		out->whose_unclear = whose == FOR_UNKNOWN;
		return;
	}
	judge_whole(v, gazetteer, asker, rest, out);
	field = out->service == NULL ? NONE : service_field_index(out->service, "for");
	if (field != NONE)
		judge_accept(out->service, field, person, person, out->values.value[field]);
}

bool
understand_danger(struct vocabulary *v, const char *text_utf8)
{
	const struct scratch *s = &v->scratch;
	int fire = vocabulary_idea(v, "fire"), danger = vocabulary_idea(v, "danger");

	understand_read(v, text_utf8);
	understand_mend(v);
	understand_scan(v);
	for (size_t i = 0; i < s->mention_count; i++)
		if (s->mention[i].form != FORM_MISSPELT &&
			(s->mention[i].idea == fire || s->mention[i].idea == danger))
			return true;
	return false;
}
