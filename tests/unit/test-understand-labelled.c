/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labelled messages, and Maputo's real reports. tests/understand/README.md tells what the labels
 * mean and how the score is counted.
 */
#include "understand-help.h"

#define MAPUTO "../shared/data/maputo_reports.csv"

static size_t
count_words(const char *folded)
{
	size_t count = *folded != '\0';

	for (; *folded != '\0'; folded++)
		count += *folded == ' ';
	return count;
}

/* Do the words understood hold the label's, and at most three more? */
static bool
holds(const char *got, const char *want)
{
	char fg[2048], fw[2048];

	return fold(fg, got) && fold(fw, want) && strstr(fg, fw) != NULL &&
		count_words(fg) <= count_words(fw) + 3;
}

struct score {
	bool unread; /* its failures are not shown */
	int total, right, wrong_service;
};

/* Is the value of a field as labelled? Some fields may not be there when they are not labelled. */
static bool
is_right(const struct understanding *u, const char *field, const char *fields, const char *end)
{
	static const char *const strict[] = { "container", "category", "reason", "answer",
		"transaction", "code", NULL };
	char want[1024];
	const char *got = value_of(u, field);

	if (!json_string(fields, end, field, want, sizeof(want))) {
		for (size_t i = 0; strict[i] != NULL; i++)
			if (strcmp(strict[i], field) == 0)
				return got[0] == '\0';
		return true;
	}
	if (strcmp(field, "place") == 0 || strcmp(field, "reason") == 0)
		return holds(got, want);
	return alike(got, want);
}

/* Is it filed as it stands, and what it lacks asked in the reply (a confidential complaint)? */
static bool
lacks_nothing(const struct understanding *u)
{
	return u->service != NULL && u->missing < 0 && u->service->enough != NULL &&
		u->service->enough(&u->values);
}

/* Does the service want that field, and does the message not say it? */
static bool
lacks(const struct understanding *u, const char *field)
{
	int i = service_field_index(u->service, field);

	return i >= 0 && u->service->fields[i].required && u->values.value[i][0] == '\0';
}

static void
score_line(struct vocabulary *v, const char *line, struct score *score)
{
	static const char *const names[] = { "category", "place", "reference", "container", "kind",
		"containers", "verdict", "reason", "answer", "what", "transaction", "number",
		"code", NULL };
	const char *fields = strstr(line, "\"fields\": {"), *end, *all = line + strlen(line);
	struct asker asker = { .language = "",
		.crew = strstr(line, "\"from\": \"crew\"") != NULL,
		.followups = strstr(line, "\"followup\": true") != NULL };
	struct understanding u;
	char text[1024], want[1024];
	bool good;

	REQUIRE(fields != NULL);
	end = strchr(fields, '}');
	REQUIRE(end != NULL && json_string(line, all, "text", text, sizeof(text)));
	understand(v, NULL, &asker, text, &u);
	json_string(line, all, "service", want, sizeof(want));
	if (service_find(want) == NULL && want[0] != '\0')
		return; /* a service that this city has not */
	good = strcmp(want, name_of(&u)) == 0;
	score->wrong_service += !good && u.service != NULL;
	for (size_t i = 0; names[i] != NULL; i++)
		good &= is_right(&u, names[i], fields, end);
	if (strcmp(want, "language") == 0)
		good &= is_right(&u, "language", fields, end);
	json_string(line, all, "missing", want, sizeof(want));
	good &= strcmp(want, missing_of(&u)) == 0 || (lacks_nothing(&u) && lacks(&u, want));
	score->total++;
	score->right += good;
	if (good || score->unread)
		return;
	printf("  %s", name_of(&u));
	for (size_t i = 0; names[i] != NULL; i++)
		printf(" %s", value_of(&u, names[i]));
	printf(": %s", line);
}

static struct score
check_labelled(struct vocabulary *v, const char *file)
{
	char line[4096];
	/* Messages that nobody is to tune on stay unread here too. */
	struct score score = { .unread = strstr(file, "held-out") != NULL };
	FILE *f = fopen(file, "r");

	REQUIRE(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL)
		score_line(v, line, &score);
	fclose(f);
	printf("  %s: %d of %d right, %d of the wrong service\n", file, score.right, score.total,
		score.wrong_service);
	REQUIRE(score.total > 100);
	return score;
}

static void
check_score(const char *file, int right_of_1000, int wrong_of_1000)
{
	struct vocabulary *v = load("conf/services");
	struct score score = check_labelled(v, file);

	CHECK(score.right * 1000 >= score.total * right_of_1000);
	CHECK(score.wrong_service * 1000 <= score.total * wrong_of_1000);
	vocabulary_free(v);
}

TEST(labelled_messages_are_understood)
{
	check_score("tests/understand/tune.jsonl", 988, 0);
	check_score("tests/understand/city-tune.jsonl", 1000, 0);
	check_score("tests/understand/more-tune.jsonl", 967, 6);
	check_score("tests/understand/west-tune.jsonl", 960, 9);
	check_score("tests/understand/east-tune.jsonl", 968, 6);
	check_score("tests/understand/fresh-tune.jsonl", 894, 31);
	check_score("tests/understand/tax-tune.jsonl", 1000, 0);
	check_score("tests/understand/alert-tune.jsonl", 1000, 0);
}

TEST(labelled_messages_held_out_are_understood)
{
	check_score("tests/understand/held-out.jsonl", 930, 18);
	check_score("tests/understand/city-held-out.jsonl", 971, 11);
	check_score("tests/understand/west-held-out.jsonl", 760, 60);
	check_score("tests/understand/east-held-out.jsonl", 810, 60);
}

/* --- Maputo's reports --------------------------------------------------------------------------
 */

/* Cut a line of CSV in place. Returns the count of fields. */
static size_t
cut_csv(char *line, char *field[], size_t max)
{
	size_t count = 0;

	while (count < max) {
		char *out = line;
		bool quoted = *line == '"';

		field[count++] = line;
		line += quoted;
		while (*line != '\0' && (quoted || *line != ',')) {
			if (*line == '"' && quoted) {
				quoted = line[1] == '"';
				line += quoted ? 1 : 1;
				if (!quoted)
					continue;
			}
			*out++ = *line++;
		}
		if (*line == '\0') {
			*out = '\0';
			return count;
		}
		*out = '\0';
		line++;
	}
	return count;
}

/* The kind of the city's own code. */
static const char *
kind_of(const char *code)
{
	static const char *const kinds[] = { "full", "burning", "beside", "not_collected", "heap",
		"drain" };
	int i = atoi(code);

	REQUIRE(i >= 1 && i <= 6);
	return kinds[i - 1];
}

TEST(maputo_reports_have_their_kind_and_place)
{
	enum { CODE = 3, CATEGORY, CONTAINER, QUARTER, DESCRIPTION = 9, COLUMNS = 15 };
	struct vocabulary *v = load("conf/services");
	char line[4096], text[4096], *field[COLUMNS];
	int rows = 0, right = 0, placed = 0, with_place = 0;
	FILE *f = fopen(MAPUTO, "r");

	if (f == NULL)
		SKIP("no " MAPUTO);
	REQUIRE(fgets(line, sizeof(line), f) != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct understanding u;
		const char *where;

		line[strcspn(line, "\r\n")] = '\0';
		REQUIRE(cut_csv(line, field, COLUMNS) == COLUMNS);
		where = field[DESCRIPTION][0] != '\0' ? field[DESCRIPTION] : field[QUARTER];
		snprintf(text, sizeof(text), "%s, %s", field[CATEGORY], where);
		u = judge(v, text);
		rows++;
		right += strcmp(name_of(&u), "skip") == 0 &&
			strcmp(value_of(&u, "kind"), kind_of(field[CODE])) == 0;
		with_place += where[0] != '\0';
		placed += where[0] != '\0' && value_of(&u, "place")[0] != '\0';
	}
	fclose(f);
	printf("  %d rows: %d of the right kind, %d of %d with a place\n", rows, right, placed,
		with_place);
	CHECK_INT(rows, 2678);
	CHECK(right >= rows * 995 / 1000);
	CHECK(placed >= with_place * 99 / 100);
	vocabulary_free(v);
}

UNIT_MAIN
