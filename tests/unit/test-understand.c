/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the gateway makes of texts, with the product's own words: single rules, questions that are
 * open, the language, and what is read.
 */
#include "understand-help.h"

/* --- Single rules ------------------------------------------------------------------------------
 */

TEST(stop_is_stop_only_alone)
{
	static const char *const stops[] = { "STOP", " stop. ", "Stop svp!", "ARRÊT",
		"pare por favor", "Sair", "قف", "stop stop", "PLEASE STOP", NULL };
	static const char *const others[] = { "stop the water leak at Remera",
		"non-stop noise at the bar", "the bus stop is dirty",
		"arrêtez de brûler les ordures à Banconi", NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; stops[i] != NULL; i++) {
		struct understanding u = judge(v, stops[i]);

		CHECK_STR(name_of(&u), "stop");
		CHECK_INT(u.by, BY_STOP);
	}
	for (size_t i = 0; others[i] != NULL; i++) {
		struct understanding u = judge(v, others[i]);

		CHECK(strcmp(name_of(&u), "stop") != 0);
	}
	vocabulary_free(v);
}

TEST(spelling_of_letters_and_digits_does_not_matter)
{
	static const char *const texts[] = { "Fuite d'eau rue KN 5",
		"FUITE D\xe2\x80\x99"
		"EAU   RUE KN 5",
		"fuite  d eau, rue KN ٥", "ＦＵＩＴＥ d'eau rue KN ۵", "fuite d’eau\nrue KN 5",
		NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u = judge(v, texts[i]);

		CHECK_STR(value_of(&u, "category"), "water");
		CHECK(alike(value_of(&u, "place"), "rue KN 5"));
	}
	vocabulary_free(v);
}

TEST(messages_are_stopped_and_started_in_a_sentence)
{
	static const char *const texts[][2] = {
		{ "stop", "abeg stop to dey disturb me with message" },
		{ "stop", "je ne veux plus recevoir vos sms" },
		{ "stop", "parem de me mandar mensagens" },
		{ "start", "i want to receive ur messages again" },
		{ "start", "je veux recevoir à nouveau vos messages" },
		{ "stop", "i dont want to receive messages again" },
		{ "stop", "i dont want alerts" }, /* "i want alerts" with a word between */
		{ "help", "how can i use this service" }, { "help", "comment envoyer une plainte" },
		{ "language", "talk to me in french" },
		{ "status", "I reported a skip last week, what happened?" },
		{ "complaint", "stop the water leak at Remera" }, { NULL, NULL }
	};
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i][0] != NULL; i++) {
		struct understanding u = judge(v, texts[i][1]);

		CHECK_STR(name_of(&u), texts[i][0]);
	}
	vocabulary_free(v);
}

TEST(a_reference_alone_needs_letter_and_digit)
{
	struct vocabulary *v = load("conf/services");
	struct understanding u = judge(v, "4f2k7");

	CHECK_STR(name_of(&u), "status");
	CHECK_STR(value_of(&u, "reference"), "4F2K7");
	u = judge(v, "٤F٢K٧");
	CHECK_STR(value_of(&u, "reference"), "4F2K7");
	u = judge(v, "23456");
	CHECK_STR(name_of(&u), "skip"); /* a container's number */
	u = judge(v, "4F2 K7");
	CHECK_STR(value_of(&u, "reference"), "4F2K7");
	u = judge(v, "STATUS4F2K7");
	CHECK_STR(value_of(&u, "reference"), "4F2K7");
	u = judge(v, "ABCDE");
	CHECK_STR(name_of(&u), "");
	u = judge(v, "4F2KO");
	CHECK_STR(name_of(&u), "");
	u = judge(v, "STATUT:ABCD");
	CHECK_STR(value_of(&u, "reference"), "ABCD");
	u = judge(v, "status please");
	CHECK_STR(name_of(&u), "status");
	CHECK_STR(value_of(&u, "reference"), "");
	u = judge(v, "l'état de la route est mauvais à Kati");
	CHECK_STR(name_of(&u), "complaint");
	vocabulary_free(v);
}

TEST(nothing_is_made_of_nothing)
{
	static const char *const texts[] = { "", " ", "\n\n", "...", "5", "😀😀", "\xff\xfe\x80",
		"\xc3", "ok", "zzz qqq", "hhh jjj", "merci", "شكرا", NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u = judge(v, texts[i]);

		CHECK(u.service == NULL);
		CHECK_INT(u.by, BY_NOTHING);
		CHECK_INT(u.missing, -1);
		CHECK_INT(u.confidence, 0);
	}
	vocabulary_free(v);
}

/* --- Open questions ----------------------------------------------------------------------------
 */

static struct understanding
answer(struct vocabulary *v, const char *field, const char *category, const char *place,
	const char *text)
{
	const struct service *complaint = service_find("complaint");
	struct form_values values = { 0 };
	struct asker asker = { .language = "fr", .asked = complaint, .asked_values = &values };
	struct understanding u;

	REQUIRE(complaint != NULL);
	strcpy(values.value[service_field_index(complaint, "category")], category);
	strcpy(values.value[service_field_index(complaint, "place")], place);
	asker.asked_field = service_field_index(complaint, field);
	understand(v, NULL, &asker, text, &u);
	return u;
}

TEST(any_text_answers_where)
{
	struct vocabulary *v = load("conf/services");
	struct understanding u = answer(v, "place", "water", "", " chez Fanta, derrière le stade ");

	CHECK_INT(u.by, BY_ANSWER);
	CHECK_INT(u.missing, -1);
	CHECK_STR(value_of(&u, "category"), "water");
	CHECK_STR(value_of(&u, "place"), "chez Fanta, derrière le stade");
	CHECK_STR(u.language, "fr");
	u = answer(v, "place", "water", "", "KN28");
	CHECK_STR(value_of(&u, "place"), "KN28");
	u = answer(v, "place", "road", "", "près de la fontaine de Taliko");
	CHECK_INT(u.by, BY_ANSWER);
	CHECK_STR(value_of(&u, "category"), "road");
	u = answer(v, "place", "road", "", "...");
	CHECK(u.service == NULL);
	vocabulary_free(v);
}

TEST(a_number_or_word_answers_what)
{
	struct vocabulary *v = load("conf/services");
	struct understanding u = answer(v, "category", "", "Kimironko", "2");

	CHECK_INT(u.by, BY_ANSWER);
	CHECK_STR(value_of(&u, "category"), "water");
	CHECK_STR(value_of(&u, "place"), "Kimironko");
	u = answer(v, "category", "", "Kimironko", "٤");
	CHECK_STR(value_of(&u, "category"), "waste");
	u = answer(v, "category", "", "Kimironko", "les ordures");
	CHECK_STR(value_of(&u, "category"), "waste");
	u = answer(v, "category", "", "Kimironko", "route");
	CHECK_STR(value_of(&u, "category"), "road");
	u = answer(v, "category", "", "", "eau, rue KN 5");
	CHECK_STR(value_of(&u, "category"), "water");
	CHECK_STR(value_of(&u, "place"), "rue KN 5");
	u = answer(v, "category", "", "Kimironko", "7");
	CHECK_INT(u.by, BY_ANSWER);
	CHECK_STR(missing_of(&u), "category");
	vocabulary_free(v);
}

TEST(a_number_answers_which_container)
{
	struct vocabulary *v = load("conf/services");
	const struct service *skip = service_find("skip");
	struct form_values values = { 0 };
	struct asker asker = { .language = "fr", .asked = skip, .asked_values = &values };
	static const char *const texts[] = { "147", "bac 147", "le bac n° 147", NULL };

	REQUIRE(skip != NULL);
	asker.asked_field = service_field_index(skip, "place");
	strcpy(values.value[service_field_index(skip, "kind")], "burning");
	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u;

		understand(v, NULL, &asker, texts[i], &u);
		CHECK_INT(u.by, BY_ANSWER);
		CHECK_STR(value_of(&u, "container"), "147");
		CHECK_STR(value_of(&u, "kind"), "burning");
		CHECK_STR(value_of(&u, "place"), "");
	}
	vocabulary_free(v);
}

TEST(another_report_is_no_answer_to_where)
{
	struct vocabulary *v = load("conf/services");
	const struct service *skip = service_find("skip");
	struct asker asker = { .language = "fr", .asked = skip };
	struct understanding u;

	asker.asked_field = service_field_index(skip, "place");
	understand(v, NULL, &asker, "Fuite d'eau rue KN 5", &u);
	CHECK_STR(name_of(&u), "complaint");
	CHECK_STR(value_of(&u, "category"), "water");
	understand(v, NULL, &asker, "près de la pharmacie de Taliko", &u);
	CHECK_INT(u.by, BY_ANSWER);
	CHECK_STR(value_of(&u, "place"), "près de la pharmacie de Taliko");
	u = answer(v, "place", "water", "", "bac 147 plein");
	CHECK_STR(name_of(&u), "skip");
	vocabulary_free(v);
}

TEST(other_services_leave_a_question_open)
{
	struct vocabulary *v = load("conf/services");
	struct understanding u = answer(v, "place", "water", "", "STOP");

	CHECK_STR(name_of(&u), "stop");
	CHECK_INT(u.by, BY_STOP);
	u = answer(v, "place", "water", "", "AIDE");
	CHECK_STR(name_of(&u), "help");
	u = answer(v, "place", "water", "", "ETAT 4F2K7");
	CHECK_STR(name_of(&u), "status");
	u = answer(v, "category", "", "Kati", "english");
	CHECK_STR(name_of(&u), "language");
	u = answer(v, "place", "water", "", "nid de poule avenue Cheick Zayed");
	CHECK_STR(name_of(&u), "complaint");
	CHECK(u.by != BY_ANSWER);
	CHECK_STR(value_of(&u, "category"), "road");
	vocabulary_free(v);
}

/* --- Language ----------------------------------------------------------------------------------
 */

TEST(language_is_guessed_or_carried_over)
{
	struct vocabulary *v = load("conf/services");
	struct asker asker = { .language = "pt" };
	struct understanding u;

	understand(v, NULL, &asker, "4F2K7", &u);
	CHECK_STR(u.language, "pt");
	CHECK_INT(u.language_sure, 0);
	understand(v, NULL, &asker, "STOP", &u);
	CHECK_STR(u.language, "pt");
	understand(v, NULL, &asker, "garbage not collected in Remera", &u);
	CHECK_STR(u.language, "en");
	CHECK_INT(u.language_sure, 1);
	understand(v, NULL, &asker, "حفرة", &u);
	CHECK_STR(u.language, "ar");
	asker.language = "xx";
	understand(v, NULL, &asker, "4F2K7", &u);
	CHECK_STR(u.language, "en");
	vocabulary_free(v);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

TEST(reading_folds_as_text_fold_does)
{
	static const char *const texts[] = { "Fuite d'eau, rue KN 5", "ÉGOUT  bouché — Œuvre",
		"n°147 N°148 Nº 9", "حفرة في شارع الحبيب بورقيبة ١٢٣", "ﻻ ﷺ ½ Ⅷ", "a\xcc\x81  b",
		"ＡＢＣ　１２", "x😀y", "", "ßœæĳ", "l’état", "ƙofa ɗaya ŋɔɛ", NULL };
	struct vocabulary *v = load("conf/services");
	char folded[1024];

	for (size_t i = 0; texts[i] != NULL; i++) {
		judge(v, texts[i]);
		REQUIRE(text_fold(folded, sizeof(folded), texts[i]) >= 0);
		CHECK_STR(v->scratch.folded, folded);
	}
	vocabulary_free(v);
}

TEST(long_texts_are_judged_by_their_beginning)
{
	struct vocabulary *v = load("conf/services");
	static char text[100000];
	struct understanding u;

	for (size_t i = 0; i + 8 < sizeof(text); i += 8)
		memcpy(text + i, "é é a b ", 8);
	memcpy(text, "Fuite d'eau rue KN 5. ", 22);
	u = judge(v, text);
	CHECK_STR(value_of(&u, "category"), "water");
	memset(text, 'x', sizeof(text) - 1);
	u = judge(v, text);
	CHECK(u.service == NULL);
	vocabulary_free(v);
}

UNIT_MAIN
