/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-help: what the tests of understand() share: the product's own words, loaded, and ways
 * to judge one text.
 */
#ifndef UNDERSTAND_HELP_H
#define UNDERSTAND_HELP_H

#include "gateway/config.h"
#include "gateway/text.h"
#include "gateway/understand.h"
#include "gateway/vocabulary.h"
#include "unit.h"

/* A configuration that speaks all languages, with the words of that folder. */
static inline struct config
make_config(const char *services_dir)
{
	return (struct config){
		.file = "test.cfg",
		.languages = { "en", "fr", "pt", "ar", "sw", "rw", "lg", "ha", "dje", "bm", "wo",
			"ff", "tw", "yo", "pcm", "fon", "ts", "ary", "aeb" },
		.default_language = "en",
		.services_dir = (char *)services_dir,
	};
}

/* Load the words of the folder; free them. */
static inline struct vocabulary *
load(const char *services_dir)
{
	struct config config = make_config(services_dir);
	struct config_errors errors = { 0 };
	struct vocabulary *v = vocabulary_load(&config, &errors);

	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(v != NULL);
	return v;
}

/* What a stranger's text is. */
static inline struct understanding
judge(struct vocabulary *v, const char *text)
{
	static const struct asker stranger = { .language = "" };
	struct understanding u;

	understand(v, NULL, &stranger, text, &u);
	return u;
}

static inline const char *
name_of(const struct understanding *u)
{
	return u->service == NULL ? "" : u->service->name;
}

static inline const char *
value_of(const struct understanding *u, const char *field)
{
	int i = u->service == NULL ? -1 : service_field_index(u->service, field);

	return i < 0 ? "" : u->values.value[i];
}

static inline const char *
missing_of(const struct understanding *u)
{
	return u->missing < 0 ? "" : u->service->fields[u->missing].name;
}

static inline bool
fold(char out[2048], const char *text)
{
	return text_fold(out, 2048, text) >= 0;
}

/* Two values are the same when they fold alike: labels were written by hand. */
static inline bool
alike(const char *a, const char *b)
{
	char fa[2048], fb[2048];

	return fold(fa, a) && fold(fb, b) && strcmp(fa, fb) == 0;
}

/* Put the string that follows "key": within line[..end) into out, "" for none or null. */
static inline bool
json_string(const char *line, const char *end, const char *key, char *out, size_t size)
{
	char wanted[64];
	const char *at;
	size_t n = 0;

	snprintf(wanted, sizeof(wanted), "\"%s\": \"", key);
	at = strstr(line, wanted);
	out[0] = '\0';
	if (at == NULL || at >= end)
		return false;
	for (at += strlen(wanted); *at != '\0' && *at != '"' && n + 1 < size; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		out[n++] = *at;
	}
	out[n] = '\0';
	return true;
}

/* A private folder with the product's files, one of them replaced. Removed by remove_folder(). */
static inline void
make_folder(char folder[64], const char *name, const char *contents)
{
	char command[512], path[128];
	FILE *f;

	strcpy(folder, "/tmp/test-understand-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	snprintf(command, sizeof(command), "cp conf/services/*.cfg %s", folder);
	REQUIRE(system(command) == 0);
	snprintf(path, sizeof(path), "%s/%s.cfg", folder, name);
	f = fopen(path, "w");
	REQUIRE(f != NULL);
	REQUIRE(fputs(contents, f) >= 0 && fclose(f) == 0);
}

/* Remove it. */
static inline void
remove_folder(const char *folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	REQUIRE(system(command) == 0);
}

#endif
