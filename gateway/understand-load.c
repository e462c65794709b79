/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-load: conf/services/common.cfg, ideas.cfg, one file a service and one a language
 * become a vocabulary. conf/services/complaint.cfg explains the form of these files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "understand-load.h"

/*
 * What one match may cost. 10,000 steps are some 100 microseconds; patterns of commands need tens.
 * A pattern that a message drives beyond it does not match.
 */
#define MATCH_LIMIT 10000
#define DEPTH_LIMIT 250
#define HEAP_LIMIT_KIB 256
#define JIT_STACK_MAX (256 * 1024)

static const char *const sorts[SORT_COUNT] = {
	[SORT_FUNCTION] = "function",
	[SORT_FILLER] = "filler",
	[SORT_POLITE] = "polite",
	[SORT_JOINING] = "joining",
	[SORT_BEFORE_PLACE] = "before_place",
	[SORT_NEAR] = "near",
	[SORT_BESIDE] = "beside",
	[SORT_STREET] = "street",
	[SORT_LANDMARK] = "landmark",
	[SORT_NUMBERED] = "numbered",
	[SORT_UNIT] = "unit",
	[SORT_QUALIFYING] = "qualifying",
	[SORT_OWN] = "own",
	[SORT_NEGATION] = "negation",
};

/* Room for one more item. Returns the array, moved perhaps, or NULL. */
static void *
room(void *array, size_t count, size_t *size, size_t item)
{
	size_t wanted = *size == 0 ? 64 : *size * 2;
	void *moved;

	if (count < *size)
		return array;
	moved = realloc(array, wanted * item);
	if (moved != NULL)
		*size = wanted;
	return moved;
}

int
load_grow(void **array, size_t count, size_t *size, size_t item)
{
	void *moved = room(*array, count, size, item);

	if (moved == NULL)
		return NONE;
	*array = moved;
	return 0;
}

/* --- --- Words, phrases, meanings --- */

static int
grow_entries(struct vocabulary *v)
{
	size_t size = v->entry_size == 0 ? 1024 : v->entry_size * 2;
	struct entry *old = v->entry, *entry;

	if (v->entry_count * 2 < v->entry_size)
		return 0;
	entry = calloc(size, sizeof(*entry));
	if (entry == NULL)
		return NONE;
	for (size_t i = 0; i < v->entry_size; i++) {
		size_t at = old[i].hash & (size - 1);

		if (old[i].hash == 0)
			continue;
		while (entry[at].hash != 0)
			at = (at + 1) & (size - 1);
		entry[at] = old[i];
	}
	v->entry = entry;
	v->entry_size = size;
	free(old);
	return 0;
}

/* The entry of a word, made when it is new. Returns its index (good until the next word), or NONE.
 */
static int32_t
take_word(struct vocabulary *v, const char *word, size_t length, bool begins)
{
	uint32_t hash = vocabulary_hash(HASH_SEED, word, length);
	int32_t found = vocabulary_find(v, hash, word, length, begins);
	size_t at;

	if (found != NONE)
		return found;
	while (v->letters_length + length > v->letters_size)
		if (GROW(v->letters, v->letters_size, v->letters_size) == NONE)
			return NONE;
	if (grow_entries(v) == NONE)
		return NONE;
	hash = (hash ^ begins) | 1;
	for (at = hash & (v->entry_size - 1); v->entry[at].hash != 0;
		at = (at + 1) & (v->entry_size - 1))
		;
	v->entry[at] = (struct entry){ hash,
		{ (uint32_t)v->letters_length, (uint16_t)length, begins }, NONE };
	memcpy(v->letters + v->letters_length, word, length);
	v->letters_length += length;
	v->entry_count++;
	return (int32_t)at;
}

static bool
same_words(const struct phrase *a, const struct phrase *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->word[i].text != b->word[i].text || a->word[i].length != b->word[i].length ||
			a->word[i].begins != b->word[i].begins)
			return false;
	return true;
}

/* The phrase of these words, made when it is new. Returns its index, or NONE. */
static int32_t
take_phrase(struct vocabulary *v, const struct phrase *words, int32_t entry)
{
	int32_t p;

	for (p = v->entry[entry].phrase; p != NONE; p = v->phrase[p].next)
		if (same_words(&v->phrase[p], words))
			return p;
	if (GROW(v->phrase, v->phrase_count, v->phrase_size) == NONE)
		return NONE;
	p = (int32_t)v->phrase_count++;
	v->phrase[p] = *words;
	v->phrase[p].meaning = NONE;
	v->phrase[p].next = v->entry[entry].phrase;
	v->entry[entry].phrase = p;
	return p;
}

/* Cut a keyword into words. Returns the first word's entry, or NONE with the reason told. */
static int32_t
read_words(
	struct loader *l, const config_setting_t *setting, const char *keyword, struct phrase *out)
{
	char folded[256], part[256];
	const char *at = keyword;
	int32_t first = NONE;
	size_t length;

	memset(out, 0, sizeof(*out));
	for (; *at != '\0'; at += length + (at[length] == ' ')) {
		bool begins;
		int got;

		length = strcspn(at, " ");
		if (length == 0)
			continue;
		begins = at[length - 1] == '*';
		snprintf(part, sizeof(part), "%.*s", (int)(length - begins), at);
		got = text_fold(folded, sizeof(folded), part);
		if (got <= 0 || length >= sizeof(part)) {
			config_file_error(l->file, l->errors, setting,
				"\"%s\" is no word; write letters or digits", keyword);
			return NONE;
		}
		for (char *word = folded, *end; word != NULL; word = end) {
			int32_t entry;

			end = strchr(word, ' ');
			if (end != NULL)
				*end++ = '\0';
			if (out->count == PHRASE_WORDS_MAX) {
				config_file_error(l->file, l->errors, setting,
					"\"%s\" has more than %d words; shorten it", keyword,
					PHRASE_WORDS_MAX);
				return NONE;
			}
			entry = take_word(l->v, word, strlen(word), begins && end == NULL);
			if (entry == NONE) {
				config_file_error(l->file, l->errors, setting, "out of memory");
				return NONE;
			}
			out->word[out->count++] = l->v->entry[entry].word;
			first = entry;
		}
	}
	if (out->count == 0) {
		config_file_error(l->file, l->errors, setting, "an empty keyword; remove it");
		return NONE;
	}
	if (out->count > 1) { /* entries move while words are added */
		const struct word *word = &out->word[0];
		const char *text = l->v->letters + word->text;

		first = vocabulary_find(l->v, vocabulary_hash(HASH_SEED, text, word->length), text,
			word->length, word->begins);
	}
	return first;
}

/* Is that meaning there already, or another that contradicts it in one language? */
static int
compare_meanings(struct loader *l, const config_setting_t *setting, const char *keyword,
	int32_t phrase, const struct meaning *new)
{
	struct vocabulary *v = l->v;

	for (int32_t i = v->phrase[phrase].meaning; i != NONE; i = v->meaning[i].next) {
		struct meaning *m = &v->meaning[i];

		if (m->kind != new->kind || m->service != new->service || m->field != new->field)
			continue;
		if (m->target ==
			new->target) { /* said twice, in one spelling or two that fold alike */
			m->languages |= new->languages;
			m->weight = m->weight > new->weight ? m->weight : new->weight;
			return 1;
		}
		if (m->kind == MEANS_VALUE && (m->languages & new->languages) != 0) {
			config_file_error(l->file, l->errors, setting,
				"\"%s\" means both %s and %s in one language; keep one of them",
				keyword, v->value[m->target], v->value[new->target]);
			return NONE;
		}
	}
	return 0;
}

/*
 * Take one keyword: marks ("!" decides, "?" only hints) at its end set the weight of a value or
 * service.
 */
static void
take_keyword(
	struct loader *l, const config_setting_t *setting, const char *keyword, struct meaning new)
{
	struct vocabulary *v = l->v;
	char plain[256];
	size_t length = strlen(keyword);
	struct phrase words;
	int32_t entry, phrase;

	if (length > 0 && length < sizeof(plain) &&
		(keyword[length - 1] == '!' || keyword[length - 1] == '?')) {
		if (new.weight != WEIGHT_NONE)
			new.weight = keyword[length - 1] == '!' ? WEIGHT_STRONG : WEIGHT_WEAK;
		memcpy(plain, keyword, length - 1);
		plain[length - 1] = '\0';
		keyword = plain;
	}
	entry = read_words(l, setting, keyword, &words);
	if (entry == NONE)
		return;
	phrase = take_phrase(v, &words, entry);
	if (phrase == NONE || GROW(v->meaning, v->meaning_count, v->meaning_size) == NONE) {
		config_file_error(l->file, l->errors, setting, "out of memory");
		return;
	}
	if (compare_meanings(l, setting, keyword, phrase, &new) != 0)
		return;
	new.next = v->phrase[phrase].meaning;
	v->phrase[phrase].meaning = (int32_t)v->meaning_count;
	v->meaning[v->meaning_count++] = new;
}

void
load_keywords(struct loader *l, const config_setting_t *list, struct meaning meaning)
{
	if (config_setting_is_aggregate(list) == CONFIG_FALSE || config_setting_is_group(list)) {
		config_file_error(l->file, l->errors, list,
			"%s must be a list: [ \"word\", \"two words\" ]",
			config_setting_name(list));
		return;
	}
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
		const char *keyword = config_setting_get_string(item);

		if (keyword == NULL)
			config_file_error(l->file, l->errors, item, "a keyword must be in quotes");
		else
			take_keyword(l, item, keyword, meaning);
	}
}

int
load_language(const struct vocabulary *v, const char *code)
{
	for (size_t i = 0; i < v->language_count; i++)
		if (strcmp(v->language[i], code) == 0)
			return (int)i;
	return NONE;
}

/* { en = [...]; fr = [...]; } or one list for all languages. Languages that are not configured are
 * left. */
void
load_by_language(struct loader *l, const config_setting_t *group, struct meaning meaning)
{
	if (!config_setting_is_group(group)) {
		load_keywords(l, group, meaning);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *list = config_setting_get_elem(group, (unsigned)i);
		int language = load_language(l->v, config_setting_name(list));

		meaning.languages = language == NONE ? 0 : 1u << language;
		if (language != NONE)
			load_keywords(l, list, meaning);
	}
}

/* --- --- Services --- */

int32_t
load_value(struct loader *l, const char *name)
{
	struct vocabulary *v = l->v;
	char *copy;

	for (size_t i = 0; i < v->value_count; i++)
		if (strcmp(v->value[i], name) == 0)
			return (int32_t)i;
	copy = strdup(name);
	if (copy == NULL || GROW(v->value, v->value_count, v->value_size) == NONE) {
		free(copy);
		return NONE;
	}
	v->value[v->value_count] = copy;
	return (int32_t)v->value_count++;
}

void
load_values(struct loader *l, const config_setting_t *values, struct meaning meaning, bool alone)
{
	for (int i = 0; i < config_setting_length(values); i++) {
		const config_setting_t *words = config_setting_get_elem(values, (unsigned)i);

		meaning.kind = MEANS_VALUE;
		meaning.weight = alone ? WEIGHT_NONE : WEIGHT_PLAIN;
		meaning.target = load_value(l, config_setting_name(words));
		if (meaning.target == NONE) {
			config_file_error(l->file, l->errors, words, "out of memory");
			return;
		}
		load_by_language(l, words, meaning);
		if (alone) {
			meaning.kind = MEANS_ALONE;
			load_by_language(l, words, meaning);
		}
	}
}

static void
take_fields(struct loader *l, const config_setting_t *fields)
{
	for (int i = 0; i < config_setting_length(fields); i++) {
		const config_setting_t *entry = config_setting_get_elem(fields, (unsigned)i),
				       *values;
		const char *name = NULL;
		int alone = 0, field;

		if (!config_setting_is_group(entry) ||
			!config_setting_lookup_string(entry, "name", &name)) {
			config_file_error(l->file, l->errors, entry,
				"a field is { name = \"...\"; values = { ... }; }");
			continue;
		}
		field = service_field_index(services[l->service], name);
		values = config_setting_get_member(entry, "values");
		config_setting_lookup_bool(entry, "alone", &alone);
		if (field == NONE)
			config_file_error(l->file, l->errors, entry,
				"the service %s has no field \"%s\"", services[l->service]->name,
				name);
		else if (values != NULL && config_setting_is_group(values))
			load_values(l, values,
				(struct meaning){
					.service = (int8_t)l->service, .field = (int8_t)field },
				alone != 0);
		else if (!load_taker(l, entry, field))
			config_file_error(l->file, l->errors, entry,
				"field \"%s\" needs values = { name = ...; }", name);
	}
}

/* --- --- Patterns --- */

/* Which group is which field. Returns 0, or NONE with the reason told. */
static int
take_groups(struct loader *l, const config_setting_t *entry, struct pattern *pattern)
{
	const struct service *service = services[pattern->service];
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++, table += size) {
		int field = service_field_index(service, (const char *)table + 2);

		if (field == NONE || pattern->group_count == PATTERN_GROUPS_MAX || table[0] != 0) {
			config_file_error(l->file, l->errors, entry,
				"the group \"%s\" is no field of %s", (const char *)table + 2,
				service->name);
			return NONE;
		}
		pattern->group[pattern->group_count].number = table[1];
		pattern->group[pattern->group_count++].field = (int8_t)field;
	}
	return 0;
}

static int
compile(struct loader *l, const config_setting_t *entry, const char *match, struct pattern *pattern)
{
	int error;
	PCRE2_SIZE offset;
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES |
		(pattern->written ? PCRE2_CASELESS : 0);

	pattern->code = pcre2_compile(
		(PCRE2_SPTR)match, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
	if (pattern->code == NULL) {
		PCRE2_UCHAR words[128];

		pcre2_get_error_message(error, words, sizeof(words));
		config_file_error(l->file, l->errors, entry,
			"the pattern is wrong at its character %zu: %s", offset,
			(const char *)words);
		return NONE;
	}
	/* Without JIT (a hardened kernel may forbid it) the pattern is interpreted, only slower. */
	pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
	return take_groups(l, entry, pattern);
}

static void
take_pattern(struct loader *l, const config_setting_t *entry)
{
	struct vocabulary *v = l->v;
	const config_setting_t *words;
	const char *match = NULL, *language = NULL;
	struct pattern pattern = { .service = (int8_t)l->service, .when_asked = true };
	int written = 0, when_asked = 1, index = NONE;

	if (!config_setting_is_group(entry) ||
		!config_setting_lookup_string(entry, "match", &match)) {
		config_file_error(l->file, l->errors, entry,
			"a pattern is { match = \"...\"; words = [ ... ]; }");
		return;
	}
	if (config_setting_lookup_string(entry, "language", &language)) {
		index = load_language(v, language);
		if (index == NONE)
			return;
		pattern.language = 1u << index;
	}
	config_setting_lookup_bool(entry, "written", &written);
	config_setting_lookup_bool(entry, "when_asked", &when_asked);
	pattern.written = written != 0;
	pattern.when_asked = when_asked != 0;
	words = config_setting_get_member(entry, "words");
	pattern.always = words == NULL;
	if (GROW(v->pattern, v->pattern_count, v->pattern_size) == NONE) {
		config_file_error(l->file, l->errors, entry, "out of memory");
		return;
	}
	if (load_said(l, entry, &pattern.field, &pattern.value) == NONE ||
		compile(l, entry, match, &pattern) == NONE) {
		pcre2_code_free(pattern.code);
		return;
	}
	v->pattern[v->pattern_count] = pattern;
	if (words != NULL)
		load_keywords(l, words,
			(struct meaning){ .kind = MEANS_GATE,
				.service = (int8_t)l->service,
				.field = NONE,
				.target = (int32_t)v->pattern_count });
	v->pattern_count++;
}

/* --- --- Files --- */

static void
take_service(struct loader *l, const config_setting_t *root)
{
	struct meaning m = { .service = (int8_t)l->service, .field = NONE, .target = NONE };

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *part = config_setting_get_elem(root, (unsigned)i);
		const char *name = config_setting_name(part);

		if (strcmp(name, "alone") == 0) {
			m.kind = MEANS_ALONE;
			m.weight = WEIGHT_NONE;
			load_by_language(l, part, m);
		} else if (strcmp(name, "keywords") == 0) {
			m.kind = MEANS_SERVICE;
			m.weight = WEIGHT_PLAIN;
			load_by_language(l, part, m);
		} else if (strcmp(name, "fields") == 0) {
			take_fields(l, part);
		} else if (strcmp(name, "patterns") == 0) {
			for (int p = 0; p < config_setting_length(part); p++)
				take_pattern(l, config_setting_get_elem(part, (unsigned)p));
		} else if (strcmp(name, "rules") == 0) {
			load_rules(l, part);
		} else {
			config_file_error(l->file, l->errors, part,
				"\"%s\" is not known here; use alone, keywords, fields, rules, patterns",
				name);
		}
	}
}

/* The letters that a language alone writes: "êœ". */
static void
take_letters(struct loader *l, const config_setting_t *setting, int language)
{
	const char *at = config_setting_get_string(setting);

	if (at == NULL) {
		config_file_error(l->file, l->errors, setting, "letters must be in quotes");
		return;
	}
	while (*at != '\0') {
		uint32_t cp = text_next(&at);

		if (cp >= 0xc0 && cp < 0x180)
			l->v->letters_of[cp - 0xc0] |= 1u << language;
	}
}

static void
take_endings(struct loader *l, const config_setting_t *list, int language)
{
	struct vocabulary *v = l->v;

	for (int i = 0; i < config_setting_length(list); i++) {
		const char *text = config_setting_get_string_elem(list, i);

		if (text == NULL || *text == '\0' || strlen(text) >= sizeof(v->ending[0].text) ||
			v->ending_count == sizeof(v->ending) / sizeof(v->ending[0])) {
			config_file_error(l->file, l->errors, list,
				"endings are at most %zu, of at most %zu letters without accents",
				sizeof(v->ending) / sizeof(v->ending[0]),
				sizeof(v->ending[0].text) - 1);
			return;
		}
		strcpy(v->ending[v->ending_count].text, text);
		v->ending[v->ending_count++].languages = 1u << language;
	}
}

void
load_sorts(struct loader *l, const config_setting_t *group, int language)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *list = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(list);
		struct meaning m = { .kind = MEANS_SORT,
			.service = NONE,
			.field = NONE,
			.languages = 1u << language };

		if (strcmp(name, "letters") == 0) {
			take_letters(l, list, language);
			continue;
		}
		if (strcmp(name, "endings") == 0) {
			take_endings(l, list, language);
			continue;
		}
		if (strcmp(name, "street_follows_name") == 0) {
			if (config_setting_get_bool(list))
				l->v->street_last |= 1u << language;
			continue;
		}
		for (m.target = 0; m.target < SORT_COUNT; m.target++)
			if (strcmp(sorts[m.target], name) == 0)
				break;
		if (m.target == SORT_COUNT)
			config_file_error(l->file, l->errors, list,
				"\"%s\" is no sort of words; see the head of this file", name);
		else
			load_keywords(l, list, m);
	}
}

static void
take_common(struct loader *l, const config_setting_t *root)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
		int language = load_language(l->v, config_setting_name(group));

		if (!config_setting_is_group(group))
			config_file_error(l->file, l->errors, group,
				"expected a language: %s = { ... };", config_setting_name(group));
		else if (language != NONE)
			load_sorts(l, group, language);
	}
}

/* What a file in the folder of services holds. */
enum contents { COMMON, IDEAS, SERVICE };

static void
load_file(struct loader *l, const char *folder, const char *name, enum contents contents)
{
	char path[4096];
	struct config_file *file;

	snprintf(path, sizeof(path), "%s/%s.cfg", folder, name);
	file = config_file_read(path, l->errors);
	if (file == NULL)
		return;
	l->file = file;
	if (contents == COMMON)
		take_common(l, config_file_root(file));
	else if (contents == IDEAS)
		load_ideas(l, config_file_root(file));
	else
		take_service(l, config_file_root(file));
	config_file_free(file);
}

/* words/<language>.cfg, of the languages that have one. */
static void
load_language_files(struct loader *l, const char *folder)
{
	for (size_t i = 0; i < l->v->language_count; i++) {
		char path[4096];
		struct config_file *file;

		snprintf(path, sizeof(path), "%s/words/%s.cfg", folder, l->v->language[i]);
		if (access(path, R_OK) != 0)
			continue;
		file = config_file_read(path, l->errors);
		if (file == NULL)
			continue;
		l->file = file;
		l->service = NONE;
		l->v->worded |= 1u << i;
		load_language_file(l, config_file_root(file), (int)i);
		config_file_free(file);
	}
}

/* The languages that the city can answer in: all that have a file of texts. */
static void
note_spoken(struct vocabulary *v, const struct config *config)
{
	for (size_t i = 0; i < v->language_count; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s.cfg",
			config->texts_dir == NULL ? "" : config->texts_dir, v->language[i]);
		if (config->texts_dir == NULL || access(path, R_OK) == 0)
			v->spoken |= 1u << i;
	}
}

/* The configured languages, the default one among them. Returns 0 or NONE. */
static int
take_languages(struct vocabulary *v, const struct config *config)
{
	for (size_t i = 0; i < CONFIG_LIST_MAX && config->languages[i] != NULL; i++) {
		if (strlen(config->languages[i]) >= LANGUAGE_MAX)
			return NONE;
		strcpy(v->language[v->language_count++], config->languages[i]);
	}
	v->default_language = config->default_language == NULL
		? NONE
		: load_language(v, config->default_language);
	v->arabic = load_language(v, "ar");
	return v->default_language == NONE ? NONE : 0;
}

/* What matching needs, made once. Returns 0 or NONE. */
static int
prepare_matching(struct vocabulary *v)
{
	v->match_context = pcre2_match_context_create(NULL);
	v->match_data = pcre2_match_data_create(PATTERN_GROUPS_MAX * 4, NULL);
	v->jit_stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	v->scratch.tried = calloc(v->pattern_count / 8 + 1, 1);
	if (v->match_context == NULL || v->match_data == NULL || v->jit_stack == NULL ||
		v->scratch.tried == NULL)
		return NONE;
	pcre2_set_match_limit(v->match_context, MATCH_LIMIT);
	pcre2_set_depth_limit(v->match_context, DEPTH_LIMIT);
	pcre2_set_heap_limit(v->match_context, HEAP_LIMIT_KIB);
	pcre2_jit_stack_assign(v->match_context, NULL, v->jit_stack);
	return 0;
}

struct vocabulary *
vocabulary_load(const struct config *config, struct config_errors *errors)
{
	struct loader l = { .v = calloc(1, sizeof(*l.v)), .errors = errors };
	size_t before = errors->count;

	if (l.v == NULL) {
		config_error(errors, NULL, 0, "out of memory");
		return NULL;
	}
	if (take_languages(l.v, config) == NONE) {
		config_error(errors, config->file, 0,
			"default_language must be one of languages, each a code of two or three letters");
		vocabulary_free(l.v);
		return NULL;
	}
	note_spoken(l.v, config);
	memset(l.v->standard, 0xff, sizeof(l.v->standard)); /* NONE */
	memset(l.v->unless, 0xff, sizeof(l.v->unless));
	l.service = NONE;
	load_file(&l, config->services_dir, "common", COMMON);
	load_file(&l, config->services_dir, "ideas", IDEAS);
	for (l.service = 0; services[l.service] != NULL; l.service++)
		load_file(&l, config->services_dir, services[l.service]->name, SERVICE);
	load_language_files(&l, config->services_dir);
	if (errors->count == before &&
		(load_finish(l.v) == NONE || vocabulary_index_near(l.v) == NONE ||
			prepare_matching(l.v) == NONE))
		config_error(errors, NULL, 0, "out of memory");
	if (errors->count > before) {
		vocabulary_free(l.v);
		return NULL;
	}
	return l.v;
}

void
vocabulary_free(struct vocabulary *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->value_count; i++)
		free(v->value[i]);
	for (size_t i = 0; i < v->pattern_count; i++)
		pcre2_code_free(v->pattern[i].code);
	pcre2_match_context_free(v->match_context);
	pcre2_match_data_free(v->match_data);
	pcre2_jit_stack_free(v->jit_stack);
	free(v->scratch.tried);
	free(v->letters);
	free(v->entry);
	free(v->near);
	free(v->phrase);
	free(v->meaning);
	free(v->value);
	free(v->pattern);
	free(v->rule);
	free(v->short_word);
	free(v);
}
