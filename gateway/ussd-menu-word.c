/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-menu-word: pieces of a menu's file, checked, and the memory that keeps them. */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "ussd-menu-internal.h"

#define NAME_MAX_BYTES 31
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

struct piece {
	struct piece *next;
	max_align_t bytes[];
};

void *
ussd_memory(struct ussd_loader *l, size_t size)
{
	struct piece *piece = calloc(1, sizeof *piece + size);

	if (piece == NULL) {
		USSD_WRONG(l, NULL, "out of memory");
		return NULL;
	}
	piece->next = l->menu->memory;
	l->menu->memory = piece;
	return piece->bytes;
}

void
ussd_memory_free(void *memory)
{
	for (struct piece *piece = memory; piece != NULL;) {
		struct piece *next = piece->next;

		free(piece);
		piece = next;
	}
}

static const char *
keep(struct ussd_loader *l, const char *word)
{
	char *copy = ussd_memory(l, strlen(word) + 1);

	return copy != NULL ? strcpy(copy, word) : NULL;
}

static bool
is_listed(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; *at != '\0'; at += strcspn(at, " ") + 1)
		if (strcspn(at, " ") == length && memcmp(at, word, length) == 0)
			return true;
	return false;
}

bool
ussd_knows(struct ussd_loader *l, const config_setting_t *group, const char *known)
{
	if (!config_setting_is_group(group)) {
		USSD_WRONG(l, group, "this must be a group in braces, of %s", known);
		return false;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);

		if (!is_listed(known, config_setting_name(member))) {
			USSD_WRONG(l, member, "\"%s\" is not known here; use %s",
				config_setting_name(member), known);
			return false;
		}
	}
	return true;
}

const char *
ussd_word(struct ussd_loader *l, const config_setting_t *group, const char *name)
{
	const config_setting_t *at = config_setting_get_member(group, name);
	const char *word = at != NULL ? config_setting_get_string(at) : NULL;

	if (at == NULL)
		return NULL;
	if (word == NULL || word[0] == '\0' || !text_utf8_valid(word, strlen(word))) {
		USSD_WRONG(l, at, "%s must be a word in quotes", name);
		return NULL;
	}
	return keep(l, word);
}

const char *
ussd_name(struct ussd_loader *l, const config_setting_t *group, const char *name)
{
	const char *word = ussd_word(l, group, name);

	if (word == NULL ||
		(strspn(word, NAME_LETTERS) == strlen(word) && strlen(word) <= NAME_MAX_BYTES))
		return word;
	USSD_WRONG(l, config_setting_get_member(group, name),
		"%s must be a name of small letters, digits, _ and -, at most %d", name,
		NAME_MAX_BYTES);
	return NULL;
}

bool
ussd_is_text(struct ussd_loader *l, const config_setting_t *at, const char *key)
{
	const struct text_key *k;
	size_t i = 0;

	while ((k = texts_key(l->texts, i)) != NULL && strcmp(k->name, key) != 0)
		i++;
	if (k == NULL || texts_raw(l->texts, l->config->default_language, key) == NULL)
		USSD_WRONG(
			l, at, "there is no text \"%s\" in %s", key, l->config->default_language);
	else if (k->placeholders[strspn(k->placeholders, " ")] != '\0' &&
		strcmp(k->placeholders, "number") != 0)
		USSD_WRONG(l, at,
			"the text \"%s\" is of something else, and has {%s}; write one of its own",
			key, k->placeholders);
	else
		return true;
	return false;
}

const char *
ussd_text(struct ussd_loader *l, const config_setting_t *group, const char *name)
{
	const char *key = ussd_word(l, group, name);

	if (key == NULL || !ussd_is_text(l, config_setting_get_member(group, name), key))
		return NULL;
	return key;
}

bool
ussd_bool(struct ussd_loader *l, const config_setting_t *group, const char *name)
{
	const config_setting_t *at = config_setting_get_member(group, name);

	if (at != NULL && config_setting_type(at) != CONFIG_TYPE_BOOL)
		USSD_WRONG(l, at, "%s is true or false", name);
	return at != NULL && config_setting_get_bool(at) != 0;
}

const config_setting_t *
ussd_list_of(struct ussd_loader *l, const config_setting_t *group, const char *name, int least,
	int most, const char *shape)
{
	const config_setting_t *list = config_setting_get_member(group, name);

	if (list == NULL && least == 0)
		return NULL;
	if (list != NULL && config_setting_is_list(list) && config_setting_length(list) >= least &&
		config_setting_length(list) <= most)
		return list;
	USSD_WRONG(l, list != NULL ? list : group, "%s is a list of %d to %d, as %s", name, least,
		most, shape);
	return NULL;
}

const char *
ussd_checked(struct ussd_loader *l, const config_setting_t *at, const struct service *service,
	int field, const char *written)
{
	char folded[3 * SERVICE_VALUE_MAX + 1], value[SERVICE_VALUE_MAX];

	if (strlen(written) >= 64 || text_fold(folded, sizeof folded, written) == -1) {
		USSD_WRONG(l, at, "\"%.40s\" is too long for a value", written);
		return NULL;
	}
	if (field == -1 || service->fields[field].check == NULL)
		return keep(l, written);
	/* A value's own name ("not_collected") is folded already. */
	if (service->fields[field].check(written, folded, value) ||
		service->fields[field].check(written, written, value))
		return keep(l, value);
	USSD_WRONG(l, at, "\"%s\" is no value of %s's field %s", written, service->name,
		service->fields[field].name);
	return NULL;
}
