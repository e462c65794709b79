/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-load-rules: ideas, the rules that ask for them, how fields are taken, and the files of
 * single languages. conf/services/skip.cfg explains rules, ideas.cfg ideas, words/sw.cfg the files
 * of languages.
 */
#include <stdlib.h>
#include <string.h>

#include "understand-load.h"

#define RANK_MAX 100
#define SHORT_MIN 3
#define SHORT_MAX 5 /* letters; longer words are found by the index of words with errors */

/* --- --- Ideas --- */

/* The idea of that name, made when it is new. Returns NONE, with the reason told, without room. */
static int
take_idea(struct loader *l, const config_setting_t *setting, const char *name)
{
	struct vocabulary *v = l->v;
	int idea = vocabulary_idea(v, name);

	if (idea != NONE)
		return idea;
	if (v->idea_count == IDEAS_MAX || strlen(name) >= sizeof(v->idea[0])) {
		config_file_error(l->file, l->errors, setting,
			"\"%s\": there are at most %d ideas, with names of at most %zu letters",
			name, IDEAS_MAX, sizeof(v->idea[0]) - 1);
		return NONE;
	}
	strcpy(v->idea[v->idea_count], name);
	return (int)v->idea_count++;
}

void
load_ideas(struct loader *l, const config_setting_t *root)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *words = config_setting_get_elem(root, (unsigned)i);
		int idea = take_idea(l, words, config_setting_name(words));

		if (idea != NONE)
			load_by_language(l, words,
				(struct meaning){ .kind = MEANS_IDEA,
					.service = NONE,
					.field = NONE,
					.target = idea });
	}
}

/* The bits of the ideas that "waste|heap" names. */
static ideaset
read_ideas(struct loader *l, const config_setting_t *setting, const char *names)
{
	ideaset ideas = 0;
	char name[64];

	while (names != NULL && *names != '\0') {
		size_t length = strcspn(names, "|");
		int idea;

		if (length == 0 || length >= sizeof(name))
			break;
		memcpy(name, names, length);
		name[length] = '\0';
		idea = vocabulary_idea(l->v, name);
		if (idea == NONE) {
			config_file_error(l->file, l->errors, setting,
				"\"%s\" is no idea of ideas.cfg", name);
			return 0;
		}
		ideas |= ONE_IDEA << idea;
		names += length + (names[length] == '|');
	}
	if (ideas == 0)
		config_file_error(l->file, l->errors, setting,
			"expected ideas: \"waste\", or \"waste|heap\" for one of them");
	return ideas;
}

/* The bits of all ideas of a list of strings, 0 for none. */
static ideaset
read_list(struct loader *l, const config_setting_t *entry, const char *member)
{
	const config_setting_t *list = config_setting_get_member(entry, member);
	ideaset ideas = 0;

	for (int i = 0; list != NULL && i < config_setting_length(list); i++)
		ideas |= read_ideas(l, list, config_setting_get_string_elem(list, i));
	return ideas;
}

/* --- --- Rules --- */

int
load_said(struct loader *l, const config_setting_t *entry, int8_t *field, int32_t *value)
{
	const char *field_name = NULL, *value_name = NULL;

	*field = NONE;
	*value = NONE;
	if (!config_setting_lookup_string(entry, "field", &field_name))
		return 0;
	*field = (int8_t)service_field_index(services[l->service], field_name);
	if (*field == NONE || !config_setting_lookup_string(entry, "value", &value_name)) {
		config_file_error(l->file, l->errors, entry,
			"field = \"...\" must be one of %s, and value = \"...\" beside it",
			services[l->service]->name);
		return NONE;
	}
	*value = load_value(l, value_name);
	return *value == NONE ? NONE : 0;
}

static int
read_rule(struct loader *l, const config_setting_t *entry, struct rule *rule)
{
	const config_setting_t *all =
		config_setting_is_group(entry) ? config_setting_get_member(entry, "all") : NULL;
	int rank = 0, first = 0, rest = 0, weak = 0, bare = 0, when_asked = 1, words = NONE,
	    count = all == NULL ? 0 : config_setting_length(all);

	if (count < 1 || count > RULE_PARTS_MAX ||
		!config_setting_lookup_int(entry, "rank", &rank) || rank < 1 || rank > RANK_MAX) {
		config_file_error(l->file, l->errors, entry,
			"a rule is { rank = 1 to %d; all = [ 1 to %d ideas ]; }", RANK_MAX,
			RULE_PARTS_MAX);
		return NONE;
	}
	config_setting_lookup_bool(entry, "first", &first);
	config_setting_lookup_bool(entry, "rest", &rest);
	config_setting_lookup_bool(entry, "weak", &weak);
	config_setting_lookup_bool(entry, "bare", &bare);
	config_setting_lookup_bool(entry, "when_asked", &when_asked);
	config_setting_lookup_int(entry, "words", &words);
	*rule = (struct rule){ .service = (int8_t)l->service,
		.rank = (uint8_t)rank,
		.part_count = (uint8_t)count,
		.first = first != 0,
		.rest = rest != 0,
		.weak = weak != 0,
		.bare = bare != 0,
		.when_asked = when_asked != 0,
		.words = (int8_t)words,
		.none = read_list(l, entry, "none") };
	for (int i = 0; i < count; i++) {
		rule->part[i] = read_ideas(l, all, config_setting_get_string_elem(all, i));
		if (rule->part[i] == 0)
			return NONE;
	}
	return load_said(l, entry, &rule->field, &rule->value);
}

void
load_rules(struct loader *l, const config_setting_t *rules)
{
	struct vocabulary *v = l->v;

	for (int i = 0; i < config_setting_length(rules); i++) {
		const config_setting_t *entry = config_setting_get_elem(rules, (unsigned)i);
		struct rule rule;

		if (read_rule(l, entry, &rule) == NONE)
			continue;
		if (GROW(v->rule, v->rule_count, v->rule_size) == NONE) {
			config_file_error(l->file, l->errors, entry, "out of memory");
			return;
		}
		v->rule[v->rule_count++] = rule;
	}
}

/* --- --- Takers --- */

static int
read_take(const char *name)
{
	static const char *const names[] = { [TAKE_NUMBER] = "number",
		[TAKE_NUMBERS] = "numbers",
		[TAKE_REFERENCE] = "reference",
		[TAKE_REST] = "rest" };

	for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return NONE;
}

static void
take_taker(struct loader *l, const config_setting_t *entry, int field, const char *name)
{
	struct vocabulary *v = l->v;
	const char *said = NULL;
	int take = read_take(name);
	struct taker taker = { .service = (int8_t)l->service,
		.field = (int8_t)field,
		.take = (uint8_t)take,
		.after = read_list(l, entry, "after"),
		.with = read_list(l, entry, "leading_with") };

	if (take == NONE || v->taker_count == TAKERS_MAX) {
		config_file_error(l->file, l->errors, entry,
			"take is number, numbers, reference or rest, and at most %d fields have it",
			TAKERS_MAX);
		return;
	}
	if (config_setting_lookup_string(entry, "said", &said)) {
		int idea = take_idea(l, entry, said);

		taker.said = idea == NONE ? 0 : ONE_IDEA << idea;
	}
	taker.leading = taker.with != 0;
	if (take == TAKE_REFERENCE)
		v->idea_references |= taker.after;
	else
		v->idea_numbers |= taker.after;
	v->taker[v->taker_count++] = taker;
}

bool
load_taker(struct loader *l, const config_setting_t *entry, int field)
{
	const char *take = NULL, *standard = NULL, *unless = NULL;

	if (config_setting_lookup_string(entry, "take", &take))
		take_taker(l, entry, field, take);
	if (config_setting_lookup_string(entry, "standard", &standard))
		l->v->standard[l->service][field] = load_value(l, standard);
	if (config_setting_lookup_string(entry, "needed_unless", &unless)) {
		int other = service_field_index(services[l->service], unless);

		if (other == NONE)
			config_file_error(l->file, l->errors, entry,
				"the service %s has no field \"%s\"", services[l->service]->name,
				unless);
		l->v->unless[l->service][field] = (int8_t)other;
	}
	return take != NULL || standard != NULL || unless != NULL;
}

/* --- --- The file of a language --- */

static int
index_of_service(const char *name)
{
	for (int i = 0; services[i] != NULL; i++)
		if (strcmp(services[i]->name, name) == 0)
			return i;
	return NONE;
}

/* { help = [...]; stop = [...]; }: services by their words. Those that this city has not are left.
 */
static void
take_services(struct loader *l, const config_setting_t *group, struct meaning meaning)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *words = config_setting_get_elem(group, (unsigned)i);
		int service = index_of_service(config_setting_name(words));

		meaning.service = (int8_t)service;
		if (service != NONE)
			load_keywords(l, words, meaning);
	}
}

/* { water = [...]; road = [...]; }: categories of complaints, in this language. */
static void
take_categories(struct loader *l, const config_setting_t *group, struct meaning meaning)
{
	int service = index_of_service("complaint");

	meaning.service = (int8_t)service;
	meaning.kind = MEANS_VALUE;
	meaning.weight = WEIGHT_PLAIN;
	meaning.field =
		(int8_t)(service == NONE ? NONE
					 : service_field_index(services[service], "category"));
	for (int i = 0; meaning.field != NONE && i < config_setting_length(group); i++) {
		const config_setting_t *words = config_setting_get_elem(group, (unsigned)i);

		meaning.target = load_value(l, config_setting_name(words));
		if (meaning.target != NONE)
			load_keywords(l, words, meaning);
	}
}

static void
take_ideas(struct loader *l, const config_setting_t *group, struct meaning meaning)
{
	meaning.kind = MEANS_IDEA;
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *words = config_setting_get_elem(group, (unsigned)i);

		meaning.target = vocabulary_idea(l->v, config_setting_name(words));
		if (meaning.target == NONE)
			config_file_error(l->file, l->errors, words,
				"\"%s\" is no idea of ideas.cfg", config_setting_name(words));
		else
			load_keywords(l, words, meaning);
	}
}

void
load_language_file(struct loader *l, const config_setting_t *root, int language)
{
	struct meaning meaning = {
		.service = NONE, .field = NONE, .target = NONE, .languages = 1u << language
	};
	const char *reviewer = NULL;

	if (!config_setting_lookup_string(root, "reviewer", &reviewer) || *reviewer == '\0')
		config_file_error(l->file, l->errors, root,
			"say who reviewed these words: reviewer = \"...\", or \"unreviewed\"");
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *part = config_setting_get_elem(root, (unsigned)i);
		const char *name = config_setting_name(part);

		if (strcmp(name, "reviewer") == 0 || strcmp(name, "name") == 0)
			continue;
		if (!config_setting_is_group(part)) {
			config_file_error(
				l->file, l->errors, part, "%s must be a group: { ... }", name);
		} else if (strcmp(name, "common") == 0) {
			load_sorts(l, part, language);
		} else if (strcmp(name, "ideas") == 0) {
			take_ideas(l, part, meaning);
		} else if (strcmp(name, "alone") == 0) {
			meaning.kind = MEANS_ALONE;
			take_services(l, part, meaning);
		} else if (strcmp(name, "category") == 0) {
			take_categories(l, part, meaning);
		} else {
			config_file_error(l->file, l->errors, part,
				"\"%s\" is not known here; use common, ideas, alone, category",
				name);
		}
	}
}

/* --- --- At the end --- */

/* Keep the order of the files among rules of one rank: a simple sort, once, of some dozens. */
static void
sort_rules(struct vocabulary *v)
{
	for (size_t i = 1; i < v->rule_count; i++) {
		struct rule rule = v->rule[i];
		size_t at = i;

		for (; at > 0 && v->rule[at - 1].rank < rule.rank; at--)
			v->rule[at] = v->rule[at - 1];
		v->rule[at] = rule;
	}
}

static void
note_ideas(struct vocabulary *v)
{
	static const char *const own[] = { "number_word", "chatter",
		"on_behalf" }; /* whatever the rules say */

	for (size_t r = 0; r < v->rule_count; r++) {
		const struct rule *rule = &v->rule[r];
		ideaset *who = &v->idea_who[services[rule->service]->who];

		*who |= rule->none;
		for (size_t p = 0; p < rule->part_count; p++)
			*who |= rule->part[p];
	}
	for (size_t i = 0; i < v->taker_count; i++)
		v->idea_who[services[v->taker[i].service]->who] |=
			v->taker[i].after | v->taker[i].with;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (vocabulary_idea(v, own[i]) != NONE)
			v->idea_who[WHO_ANYONE] |= ONE_IDEA << vocabulary_idea(v, own[i]);
}

/* Does the word mention an idea in a language that has no file of its own? */
static bool
is_of_main(const struct vocabulary *v, int32_t entry)
{
	for (int32_t p = v->entry[entry].phrase; p != NONE; p = v->phrase[p].next)
		for (int32_t m = v->phrase[p].count == 1 ? v->phrase[p].meaning : NONE; m != NONE;
			m = v->meaning[m].next)
			if (v->meaning[m].kind == MEANS_IDEA &&
				(v->meaning[m].languages & ~v->worded) != 0)
				return true;
	return false;
}

static bool
is_short_word(const struct vocabulary *v, size_t i)
{
	const struct entry *entry = &v->entry[i];

	return entry->hash != 0 && !entry->word.begins && entry->word.length >= SHORT_MIN &&
		entry->word.length <= SHORT_MAX &&
		(vocabulary_entry_ideas(v, (int32_t)i) & (v->idea_numbers | v->idea_references)) !=
		0;
}

/* Those of the main languages first: a token may be few words. */
static int
note_short_words(struct vocabulary *v)
{
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < v->entry_size; i++) {
			if (!is_short_word(v, i) || is_of_main(v, (int32_t)i) == (others != 0))
				continue;
			if (GROW(v->short_word, v->short_count, v->short_size) == NONE)
				return NONE;
			v->short_word[v->short_count++] = (int32_t)i;
		}
	return 0;
}

int
load_finish(struct vocabulary *v)
{
	sort_rules(v);
	note_ideas(v);
	return note_short_words(v);
}
