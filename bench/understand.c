/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand: how long a message takes to be understood, with 500 patterns and 2,000 keywords
 * besides the city's own, and with a place among 50,000 names. No database and no modem: the
 * gateway's understand() alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/common/bench.h"
#include "gateway/config.h"
#include "gateway/understand.h"
#include "gateway/vocabulary.h"
#include "tests/scenario-runner/util.h"

enum {
	PATTERNS = 500,
	KEYWORDS = 2000,
	NAMES = 50000,
	MISSPELT = 500,
	ROUNDS = 20,
	TEXTS_MAX = 2000
};

struct texts {
	char *text[TEXTS_MAX];
	size_t count;
};

/* The texts of a file of labelled messages. */
static void
read_texts(struct texts *texts, const char *file)
{
	static const char key[] = "\"text\": \"";
	char line[4096];
	FILE *f = fopen(file, "r");

	if (f == NULL)
		die("cannot read %s", file);
	while (fgets(line, sizeof(line), f) != NULL && texts->count < TEXTS_MAX) {
		char *start = strstr(line, key), *end;

		if (start == NULL)
			continue;
		start += strlen(key);
		end = strchr(start, '"');
		if (end == NULL)
			continue;
		*end = '\0';
		texts->text[texts->count++] = xformat("%s", start);
	}
	fclose(f);
}

/*
 * A folder with the city's words, and more patterns and keywords in one of its files, each with a
 * word that begins as one of the messages' does, so that many are looked at.
 */
static char *
make_services(void)
{
	static char folder[] = "/tmp/baraza-bench-understand-XXXXXX";
	char *command, *path;
	FILE *f;

	if (mkdtemp(folder) == NULL)
		die("cannot make %s", folder);
	command = xformat("cp -r conf/services/. %s", folder);
	if (system(command) != 0)
		die("cannot copy conf/services");
	free(command);
	path = xformat("%s/callback.cfg", folder);
	f = fopen(path, "w");
	if (f == NULL)
		die("cannot write %s", path);
	fprintf(f, "keywords = { en = [ ");
	for (int i = 0; i < KEYWORDS; i++)
		fprintf(f, "%s\"word%c%c%d?\"", i == 0 ? "" : ", ", 'a' + i % 26, 'a' + i / 26 % 26,
			i);
	fprintf(f, " ]; };\npatterns = (");
	for (int i = 0; i < PATTERNS; i++)
		fprintf(f,
			"%s{ words = [ \"cmd%d\", \"water%d\" ]; match = \"^(?:cmd%d|water%d) (?:of )?(\\\\w+)\"; }",
			i == 0 ? "" : ", ", i, i, i, i);
	fprintf(f, ");\n");
	if (fclose(f) != 0)
		die("cannot write %s", path);
	free(path);
	return folder;
}

static struct vocabulary *
load(char *folder)
{
	const struct config config = { .file = "bench.cfg",
		.languages = { "en", "fr", "pt", "ar", "sw", "rw", "lg", "ha", "dje", "bm", "wo",
			"ff", "tw", "yo", "pcm", "fon", "ts", "ary", "aeb" },
		.default_language = "en",
		.services_dir = folder };
	struct config_errors errors = { 0 };
	struct vocabulary *v = vocabulary_load(&config, &errors);

	if (v == NULL)
		die("%s", errors.count > 0 ? errors.text[0] : "no vocabulary");
	return v;
}

/* A name such as gazetteers have, of a quarter, a street or a landmark; the caller's. */
static char *
make_name(int i)
{
	static const char *const kinds[] = { "", "Rue ", "Marché de ", "Bairro ", "Ecole " };
	static const char *const syllables[] = { "ka", "mi", "ron", "ko", "ba", "la", "nya", "mu",
		"ta", "go", "se", "di", "ma", "fa", "ru", "we" };

	return xformat("%s%s%s%s%s", kinds[i % 5], syllables[i & 15], syllables[i >> 4 & 15],
		syllables[i >> 8 & 15], syllables[i >> 12 & 15]);
}

static struct gazetteer *
make_gazetteer(void)
{
	struct gazetteer *g = gazetteer_new();

	for (int i = 0; g != NULL && i < NAMES; i++) {
		char *name = make_name(i);

		if (gazetteer_add(g, i + 1, name) == -1)
			die("out of memory");
		free(name);
	}
	return g;
}

/* Time each text in microseconds, over all rounds. */
static void
measure(struct vocabulary *v, const struct gazetteer *g, const struct texts *texts,
	const char *what)
{
	static double took[TEXTS_MAX * ROUNDS];
	static const struct asker stranger = { .language = "" };
	struct understanding u;
	size_t count = 0, placed = 0;

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < texts->count; i++) {
			double start = bench_now();

			understand(v, g, &stranger, texts->text[i], &u);
			took[count++] = (bench_now() - start) * 1e6;
			placed += u.place_id != 0;
		}
	printf("| %s | %.1f | %.1f | %.1f | %zu of %zu |\n", what, bench_median(took, count),
		bench_percentile(took, count, 99), bench_percentile(took, count, 100),
		placed / ROUNDS, texts->count);
}

/* Messages whose place is a name of the gazetteer that lacks a letter. */
static void
make_misspelt(struct texts *texts)
{
	for (int i = 0; i < MISSPELT; i++) {
		char *name = make_name(i * 97);
		size_t length = strlen(name);

		memmove(name + length - 4, name + length - 3, 4);
		texts->text[texts->count++] = xformat("no water in %s since monday", name);
		free(name);
	}
}

int
main(void)
{
	static struct texts texts, misspelt;
	char *folder = make_services(), *command;
	struct vocabulary *v = load(folder);
	struct gazetteer *g = make_gazetteer();

	read_texts(&texts, "tests/understand/tune.jsonl");
	read_texts(&texts, "tests/understand/city-tune.jsonl");
	make_misspelt(&misspelt);
	printf("%zu labelled messages, %d rounds; %zu patterns, %zu keywords, %zu rules, %zu languages.\n\n",
		texts.count, ROUNDS, v->pattern_count, v->phrase_count, v->rule_count,
		v->language_count);
	printf("| Microseconds a message | median | p99 | longest | of a known place |\n|---|---|---|---|---|\n");
	measure(v, NULL, &texts, "understood");
	measure(v, g, &texts, "understood, places among 50,000 names");
	measure(v, g, &misspelt, "a misspelt place among 50,000 names");
	gazetteer_free(g);
	vocabulary_free(v);
	command = xformat("rm -r %s", folder);
	if (system(command) != 0)
		die("cannot remove %s", folder);
	free(command);
	for (size_t i = 0; i < texts.count; i++)
		free(texts.text[i]);
	for (size_t i = 0; i < misspelt.count; i++)
		free(misspelt.text[i]);
	return 0;
}
