/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answers.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-file.h"
#include "config.h"
#include "text.h"

#define NAME_MAX_BYTES 40
#define LINE_MAX_BYTES 200 /* of a line of words, folded */
#define TEXT_MAX_BYTES 1000
#define MESSAGE_MAX_BYTES 2048 /* looked at; a longer message is judged by its beginning */
#define LOWER "abcdefghijklmnopqrstuvwxyz"

/* One line of words, folded, each ended by a NUL; the last by two. */
struct line {
	char *words;
	size_t count;
};

struct answer {
	char *key;
	struct line *line;
	size_t line_count;
	struct {
		char *language, *text;
	} text[CONFIG_LIST_MAX];
	size_t text_count;
};

struct answers {
	struct answer *answer;
	size_t count;
};

struct loading {
	const struct config *config;
	struct config_errors *errors;
	const struct config_file *file;
	struct answers *answers;
};

/* --- Loading --- */

/* Cut folded words at blanks, in place; the star stays with its word. Returns how many. */
static size_t
cut(char *words)
{
	size_t count = 0;

	for (char *at = words; *at != '\0'; count++) {
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	return count;
}

/* Fold word by word, since folding drops the star. Returns 0, or -1 when it is too long. */
static int
fold_line(const char *written, char out[LINE_MAX_BYTES])
{
	char word[LINE_MAX_BYTES], folded[LINE_MAX_BYTES];
	size_t at = 0;

	out[0] = '\0';
	while (*(written += strspn(written, " ")) != '\0') {
		size_t len = strcspn(written, " ");
		bool star = written[len - 1] == '*';

		if (len >= sizeof(word))
			return -1;
		snprintf(word, sizeof(word), "%.*s", (int)(len - star), written);
		written += len;
		if (text_fold(folded, sizeof(folded), word) < 0)
			return -1;
		if (folded[0] == '\0')
			continue;
		int n = snprintf(out + at, LINE_MAX_BYTES - 1 - at, "%s%s%s", at > 0 ? " " : "",
			folded, star ? "*" : "");
		if (n < 0 || (size_t)n >= LINE_MAX_BYTES - 1 - at)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

static void
take_line(struct loading *l, struct answer *answer, const config_setting_t *setting)
{
	const char *written = config_setting_get_string(setting);
	char folded[LINE_MAX_BYTES];
	struct line *grown;

	if (written == NULL || !text_utf8_valid(written, strlen(written)) ||
		fold_line(written, folded) == -1 || folded[0] == '\0') {
		config_file_error(l->file, l->errors, setting,
			"%s: words in quotes are wanted, at most %d bytes", answer->key,
			LINE_MAX_BYTES - 2);
		return;
	}
	grown = realloc(answer->line, (answer->line_count + 1) * sizeof(*grown));
	if (grown != NULL) {
		answer->line = grown;
		grown[answer->line_count].words = calloc(1, strlen(folded) + 2);
	}
	if (grown == NULL || grown[answer->line_count].words == NULL) {
		config_file_error(l->file, l->errors, setting, "out of memory");
		return;
	}
	strcpy(grown[answer->line_count].words, folded);
	grown[answer->line_count].count = cut(grown[answer->line_count].words);
	answer->line_count++;
}

static void
take_words(struct loading *l, struct answer *answer, const config_setting_t *group)
{
	const config_setting_t *words = config_setting_get_member(group, "words");

	if (words == NULL || !config_setting_is_group(words)) {
		config_file_error(l->file, l->errors, group,
			"%s: words = { fr = [ \"...\" ]; ... } is wanted", answer->key);
		return;
	}
	for (int i = 0; i < config_setting_length(words); i++) {
		const config_setting_t *list = config_setting_get_elem(words, (unsigned)i);

		if (!config_setting_is_aggregate(list)) {
			config_file_error(l->file, l->errors, list, "%s: a list of words is wanted",
				answer->key);
			continue;
		}
		for (int k = 0; config_speaks(l->config, config_setting_name(list)) &&
			k < config_setting_length(list);
			k++)
			take_line(l, answer, config_setting_get_elem(list, (unsigned)k));
	}
}

/* What texts know everywhere may be said, and no other braces. */
static bool
braces_fit(const char *text)
{
	static const char *const known[] = { "{city}", "{emergency}" };

	while (*(text += strcspn(text, "{}")) != '\0') {
		size_t i = 0;

		while (i < 2 && strncmp(text, known[i], strlen(known[i])) != 0)
			i++;
		if (i == 2)
			return false;
		text += strlen(known[i]);
	}
	return true;
}

static void
take_text(struct loading *l, struct answer *answer, const config_setting_t *setting)
{
	const char *language = config_setting_name(setting);
	const char *text = config_setting_get_string(setting);
	char *copy, *code;

	if (!config_speaks(l->config, language))
		return;
	if (text == NULL || text[0] == '\0' || strlen(text) > TEXT_MAX_BYTES ||
		!text_utf8_valid(text, strlen(text)) || !braces_fit(text)) {
		config_file_error(l->file, l->errors, setting,
			"%s: words in quotes are wanted, UTF-8, at most %d bytes, with no braces but "
			"{city} and {emergency}",
			answer->key, TEXT_MAX_BYTES);
		return;
	}
	copy = strdup(text);
	code = strdup(language);
	if (copy == NULL || code == NULL || answer->text_count == CONFIG_LIST_MAX) {
		free(copy);
		free(code);
		config_file_error(l->file, l->errors, setting, "out of memory");
		return;
	}
	answer->text[answer->text_count].language = code;
	answer->text[answer->text_count++].text = copy;
}

static void
take_texts(struct loading *l, struct answer *answer, const config_setting_t *group)
{
	const config_setting_t *texts = config_setting_get_member(group, "text");

	if (texts == NULL || !config_setting_is_group(texts)) {
		config_file_error(l->file, l->errors, group,
			"%s: text = { fr = \"...\"; ... } is wanted", answer->key);
		return;
	}
	for (int i = 0; i < config_setting_length(texts); i++)
		take_text(l, answer, config_setting_get_elem(texts, (unsigned)i));
}

static void
check_name(struct loading *l, const config_setting_t *setting, const char *name)
{
	if (name == NULL || name[0] == '\0' || strspn(name, LOWER "_") != strlen(name) ||
		strlen(name) > NAME_MAX_BYTES) {
		config_file_error(l->file, l->errors, setting,
			"name: 1 to %d of a-z and _ are wanted", NAME_MAX_BYTES);
		return;
	}
	for (size_t i = 0; i + 1 < l->answers->count; i++)
		if (strcmp(l->answers->answer[i].key + strlen("answer_"), name) == 0)
			config_file_error(
				l->file, l->errors, setting, "two answers are called %s", name);
}

static void
take_answer(struct loading *l, const config_setting_t *setting)
{
	struct answer *answer = &l->answers->answer[l->answers->count];
	const char *name = NULL;

	if (!config_setting_is_group(setting)) {
		config_file_error(l->file, l->errors, setting,
			"an answer is { name = ...; words = ...; text = ...; }");
		return;
	}
	config_setting_lookup_string(setting, "name", &name);
	if (asprintf(&answer->key, "answer_%s", name == NULL ? "" : name) == -1) {
		answer->key = NULL;
		config_file_error(l->file, l->errors, setting, "out of memory");
		return;
	}
	l->answers->count++;
	check_name(l, setting, name);
	for (int i = 0; i < config_setting_length(setting); i++) {
		const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
		const char *word = config_setting_name(member);

		if (strcmp(word, "name") != 0 && strcmp(word, "words") != 0 &&
			strcmp(word, "text") != 0)
			config_file_error(l->file, l->errors, member,
				"an answer has name, words and text, and no %s", word);
	}
	take_words(l, answer, setting);
	take_texts(l, answer, setting);
}

static void
take_file(struct loading *l)
{
	const config_setting_t *root = config_file_root(l->file);
	const config_setting_t *list = config_setting_get_member(root, "answers");

	if (list == NULL || !config_setting_is_list(list) || config_setting_length(root) != 1) {
		config_file_error(l->file, l->errors, list == NULL ? root : list,
			"answers = ( { name = ...; words = ...; text = ...; }, ... ) is wanted, and nothing else");
		return;
	}
	l->answers->answer =
		calloc((size_t)config_setting_length(list) + 1, sizeof(*l->answers->answer));
	if (l->answers->answer == NULL) {
		config_file_error(l->file, l->errors, list, "out of memory");
		return;
	}
	for (int i = 0; i < config_setting_length(list); i++)
		take_answer(l, config_setting_get_elem(list, (unsigned)i));
}

struct answers *
answers_load(const struct config *config, struct config_errors *errors)
{
	struct loading l = { .config = config, .errors = errors };
	size_t before = errors->count;
	struct config_file *file = NULL;

	l.answers = calloc(1, sizeof(*l.answers));
	if (l.answers == NULL) {
		config_error(errors, NULL, 0, "out of memory");
		return NULL;
	}
	if (config->answers != NULL)
		l.file = file = config_file_read(config->answers, errors);
	if (file != NULL)
		take_file(&l);
	config_file_free(file);
	if (errors->count > before) {
		answers_free(l.answers);
		return NULL;
	}
	return l.answers;
}

void
answers_free(struct answers *answers)
{
	if (answers == NULL)
		return;
	for (size_t i = 0; i < answers->count; i++) {
		struct answer *a = &answers->answer[i];

		for (size_t k = 0; k < a->line_count; k++)
			free(a->line[k].words);
		for (size_t k = 0; k < a->text_count; k++) {
			free(a->text[k].language);
			free(a->text[k].text);
		}
		free(a->line);
		free(a->key);
	}
	free(answers->answer);
	free(answers);
}

/* --- Asking --- */

const char *
answers_key(const struct answers *answers, size_t i)
{
	return i < answers->count ? answers->answer[i].key : NULL;
}

const char *
answers_text(const struct answers *answers, size_t i, const char *language)
{
	const struct answer *a = &answers->answer[i];

	for (size_t k = 0; k < a->text_count; k++)
		if (strcmp(a->text[k].language, language) == 0)
			return a->text[k].text;
	return NULL;
}

/* Does a message, folded, hold the word? */
static bool
holds(const char *message, const char *word)
{
	size_t len = strlen(word);
	bool begins = word[len - 1] == '*';

	len -= begins;
	while (*message != '\0') {
		size_t here = strcspn(message, " ");

		if ((begins ? here >= len : here == len) && memcmp(message, word, len) == 0)
			return true;
		message += here + (message[here] == ' ');
	}
	return false;
}

static bool
fits(const char *message, const struct line *line)
{
	for (const char *word = line->words; *word != '\0'; word += strlen(word) + 1)
		if (!holds(message, word))
			return false;
	return true;
}

const char *
answers_find(const struct answers *answers, const char *text)
{
	char clean[MESSAGE_MAX_BYTES], folded[3 * MESSAGE_MAX_BYTES + 1];
	const char *found = NULL;
	size_t most = 0;

	text_utf8_clean(clean, sizeof(clean), text, strlen(text));
	if (text_fold(folded, sizeof(folded), clean) < 0)
		return NULL;
	for (size_t i = 0; i < answers->count; i++)
		for (size_t k = 0; k < answers->answer[i].line_count; k++) {
			const struct line *line = &answers->answer[i].line[k];

			if (line->count > most && fits(folded, line)) {
				most = line->count;
				found = answers->answer[i].key;
			}
		}
	return found;
}
