/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several things in one message, and what was filed a moment ago being wrong.
 */
#include "understand-help.h"

/* "147 full, 152 burning": all containers and kinds, complaints by their category and place. */
static const char *
all_of(const struct understanding *u)
{
	static char out[1024];
	size_t length = (size_t)snprintf(
		out, sizeof(out), "%s %s", value_of(u, "container"), value_of(u, "kind"));

	for (size_t i = 0; i < u->more_count; i++) {
		struct understanding fact = { .service = u->more[i].service,
			.values = u->more[i].values };
		bool skip = strcmp(fact.service->name, "skip") == 0;

		length += (size_t)snprintf(out + length, sizeof(out) - length, ", %s %s",
			value_of(&fact, skip ? "container" : "category"),
			value_of(&fact, skip ? "kind" : "place"));
	}
	if (u->beyond[0] != '\0')
		length +=
			(size_t)snprintf(out + length, sizeof(out) - length, ", not %s", u->beyond);
	if (u->unclear)
		snprintf(out + length, sizeof(out) - length, ", unclear");
	return out;
}

TEST(each_container_that_is_named_is_one_thing)
{
	static const char *const texts[][2] = {
		{ "BAC 147 plein et 152 brule", "147 full, 152 burning" },
		{ "bac 147 plein, bac 152 brule", "147 full, 152 burning" },
		{ "bac n°147 plein, n°152 cassé", "147 full, 152 damaged" },
		{ "skip 147 and 152 full", "147 full, 152 full" },
		{ "skip 147 152 160 full", "147 full, 152 full, 160 full" },
		{ "skip 147, 152 and 160 are burning", "147 burning, 152 burning, 160 burning" },
		{ "le bac 147 est plein, le 152 aussi", "147 full, 152 full" },
		{ "contentor 80045 cheio e 80046 a arder", "80045 full, 80046 burning" },
		{ "contentores 998 e 999 cheios", "998 full, 999 full" },
		{ "Bins 45 and 46 are both full", "45 full, 46 full" },
		{ "حاوية 211 ممتلئة و 212 تحترق", "211 full, 212 burning" },
		{ "147 plein 152 brule", "147 full, 152 burning" },
		{ "bac 1, 2, 3 pleins", "1 full, 2 full, 3 full" },
		{ "bac 147, 152, 160, 211, 212, 213, 214 pleins",
			"147 full, 152 full, 160 full, 211 full, 212 full, not 213 214" },
	};
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u = judge(v, texts[i][0]);

		CHECK_STR(name_of(&u), "skip");
		CHECK_STR(all_of(&u), texts[i][1]);
	}
	vocabulary_free(v);
}

TEST(other_numbers_are_no_containers)
{
	static const char *const texts[] = { "bac 147 plein", "bac 147 plein depuis 3 jours",
		"bac 147 rue 212 plein", "bac 147 plein, bac 147 deborde",
		"bac 147 plein, appelez le 0788123456", "bac 147 plein depuis le 12/11/2026",
		"skip 147 full since 2026", "skip 147 full, 25 de Junho", "147", "147 1",
		"bac 147 plein, avenue 152", NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u = judge(v, texts[i]);

		if (strcmp(all_of(&u), "147 full") != 0)
			printf("  %s\n", texts[i]);
		CHECK_STR(all_of(&u), "147 full");
	}
	vocabulary_free(v);
}

TEST(a_complaint_besides_a_container_is_another_thing_where_it_is_clear)
{
	static const char *const texts[][2] = {
		{ "bac 147 plein et fuite d'eau rue KN 5", "147 full, water rue KN 5" },
		{ "fuite d'eau rue KN 5 et bac 147 plein", "147 full, water rue KN 5" },
		{ "contentor 152 cheio. Buraco na Av. Karl Marx", "152 full, road Av. Karl Marx" },
		{ "skip 160 is full and there is no water", "160 full, unclear" },
		{ "skip 77 has a hole in the bottom", "77 damaged" },
		{ "skip 211 is full and it smells bad", "211 full" },
	};
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u = judge(v, texts[i][0]);

		CHECK_STR(all_of(&u), texts[i][1]);
	}
	vocabulary_free(v);
}

TEST(a_crews_numbers_are_its_jobs)
{
	struct vocabulary *v = load("conf/services");
	struct asker crew = { .language = "fr", .crew = true };
	struct understanding u;

	understand(v, NULL, &crew, "FAIT 147 152 160", &u);
	CHECK_STR(name_of(&u), "crew");
	CHECK_STR(value_of(&u, "containers"), "147 152 160");
	CHECK_INT(u.more_count, 0);
	vocabulary_free(v);
}

/* --- What was wrong --- */

static struct understanding
judge_filed(struct vocabulary *v, const char *text)
{
	struct asker asker = { .language = "fr", .filed = true };
	struct understanding u;

	understand(v, NULL, &asker, text, &u);
	return u;
}

static const char *
corrected(const struct understanding *u)
{
	static char out[1024];

	snprintf(out, sizeof(out), "%s|%s|%s|%s", value_of(u, "container"), value_of(u, "kind"),
		value_of(u, "category"), value_of(u, "place"));
	return out;
}

TEST(no_means_what_was_just_filed)
{
	static const char *const texts[][2] = {
		{ "NO", "|||" },
		{ "non", "|||" },
		{ "Não", "|||" },
		{ "NAO", "|||" },
		{ "لا", "|||" },
		{ "hapana", "|||" },
		{ "faux", "|||" },
		{ "erreur", "|||" },
		{ "wrong", "|||" },
		{ "errado", "|||" },
		{ "NON 152", "152|||" },
		{ "NON c'est le 152", "152|||" },
		{ "no, it is 152", "152|||" },
		{ "non 152 cassé", "152|damaged||" },
		{ "NON brule", "|burning||" },
		{ "no, it is damaged", "|damaged||" },
		{ "não, fuga de água na Av. Karl Marx", "||water|Av. Karl Marx" },
		{ "non, bac 147 plein", "147|full||" },
	};
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u = judge_filed(v, texts[i][0]), other = judge(v, texts[i][0]);

		if (strcmp(name_of(&u), "correct") != 0)
			printf("  %s\n", texts[i][0]);
		CHECK_STR(name_of(&u), "correct");
		CHECK_STR(corrected(&u), texts[i][1]);
		CHECK(strcmp(name_of(&other), "correct") != 0);
	}
	vocabulary_free(v);
}

TEST(a_report_that_begins_with_no_is_one)
{
	static const char *const texts[][2] = {
		{ "No water in Av. Lumumba since Monday", "complaint" },
		{ "Não tem luz na Av. Karl Marx", "complaint" },
		{ "pas d'eau a Kimironko", "complaint" },
		{ "non passage du camion, bac 152", "skip" },
		{ "N°152 plein", "skip" },
		{ "bac 152 plein", "skip" },
	};
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u = judge_filed(v, texts[i][0]);

		if (strcmp(name_of(&u), texts[i][1]) != 0)
			printf("  %s\n", texts[i][0]);
		CHECK_STR(name_of(&u), texts[i][1]);
	}
	vocabulary_free(v);
}

TEST(the_answer_to_what_it_is_then_is_understood)
{
	static const char *const texts[][2] = {
		{ "2", "|burning|water|" }, /* the ticket tells which of both was offered */
		{ "8", "|hazardous||" },
		{ "152", "152|||" },
		{ "152 2", "152|burning||" },
		{ "c'est le 152", "152|||" },
		{ "bac 152 brule", "152|burning||" },
		{ "cassé", "|damaged||" },
		{ "em chamas", "|burning||" },
		{ "fuite d'eau rue KN 5", "||water|rue KN 5" },
		{ "je ne sais plus", "|||" },
	};
	struct vocabulary *v = load("conf/services");
	struct form_values values = { 0 };
	const struct service *correct = service_find("correct");
	struct asker asker = { .language = "fr", .asked = correct, .asked_values = &values };

	REQUIRE(correct != NULL);
	asker.asked_field = service_field_index(correct, "what");
	strcpy(values.value[service_field_index(correct, "offered")], "17");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u;

		understand(v, NULL, &asker, texts[i][0], &u);
		CHECK_STR(name_of(&u), "correct");
		CHECK_INT(u.by, BY_ANSWER);
		CHECK_STR(corrected(&u), texts[i][1]);
		CHECK_STR(value_of(&u, "what"), texts[i][0]);
		CHECK_STR(value_of(&u, "offered"), "17");
	}
	vocabulary_free(v);
}

UNIT_MAIN
