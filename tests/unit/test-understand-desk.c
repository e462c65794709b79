/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What officers and gauges say, however they type it; to everybody else these words do not exist.
 */
#include "understand-help.h"

struct said {
	const char *text, *service, *verb, *reference, *code, *rest;
};

static struct understanding
judge_officer(struct vocabulary *v, const char *text, const struct service *asked)
{
	const struct asker asker = {
		.language = "fr", .officer = true, .asked = asked, .country = "RW"
	};
	struct understanding u;

	understand(v, NULL, &asker, text, &u);
	return u;
}

static const struct said desk[] = {
	{ "BROUILLON INONDATION KIMISAGARA NYABUGOGO 18H", "desk", "draft", "", "",
		"INONDATION KIMISAGARA NYABUGOGO 18H" },
	{ "draft: flood Kimisagara, until 18:30", "desk", "draft", "", "",
		"flood Kimisagara, until 18:30" },
	{ "Rascunho cheia Mafalala até às 18h", "desk", "draft", "", "",
		"cheia Mafalala até às 18h" },
	{ "مسودة فيضان في المدينة", "desk", "draft", "", "", "فيضان في المدينة" },
	{ "DRAFT", "desk", "draft", "", "", "" },
	{ "APPROUVE K7Q2 483920", "desk", "approve", "K7Q2", "483920", "" },
	{ "approve 483920 k7q2", "desk", "approve", "K7Q2", "483920", "" },
	{ "Aprova K7Q2 483 920", "desk", "approve", "K7Q2", "483920", "" },
	{ "موافق K7Q2 ٤٨٣٩٢٠", "desk", "approve", "K7Q2", "483920", "" },
	{ "APPROVE 483920", "desk", "approve", "", "483920", "" },
	{ "CODE K7Q2", "desk", "code", "K7Q2", "", "" },
	{ "رمز K7Q2", "desk", "code", "K7Q2", "", "" },
	{ "ANNULE K7Q2", "desk", "stop", "K7Q2", "", "" },
	{ "Cancel K7Q2, a false alarm.", "desk", "stop", "K7Q2", "", "a false alarm" },
	{ "STOP K7Q2", "desk", "stop", "K7Q2", "", "" },
	{ "الغاء K7Q2", "desk", "stop", "K7Q2", "", "" },
	{ "annule", "desk", "stop", "", "", "" },
	{ "FIN K7Q2", "desk", "clear", "K7Q2", "", "" },
	{ "all clear K7Q2", "desk", "clear", "K7Q2", "", "" },
	{ "fim k7q2", "desk", "clear", "K7Q2", "", "" },
	{ "نهاية K7Q2", "desk", "clear", "K7Q2", "", "" },
	{ "État K7Q2", "desk", "state", "K7Q2", "", "" },
	{ "situação K7Q2", "desk", "state", "K7Q2", "", "" },
	{ "حالة K7Q2", "desk", "state", "K7Q2", "", "" },
	{ "LISTE", "desk", "list", "", "", "" },
	{ "القائمة", "desk", "list", "", "", "" },
	{ "RELAIS K7Q2", "desk", "relays", "K7Q2", "", "" },
	{ "relays only", "desk", "relays", "", "", "" },
	{ "relés K7Q2", "desk", "relays", "K7Q2", "", "" },
	{ "VU 4F2K", "taken", "", "4F2K", "", "" },
	{ "vu4f2k", "taken", "", "4F2K", "", "" },
	{ "Taken: 4F2K!", "taken", "", "4F2K", "", "" },
	{ "visto 4f2k", "taken", "", "4F2K", "", "" },
	{ "تم 4F2K", "taken", "", "4F2K", "", "" },
	{ "vu", "taken", "", "", "", "" },
};

/* Heard whatever was asked of her. */
TEST(officers_are_understood_as_they_type)
{
	const struct service *const asked[] = { NULL, service_find("skip") };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < 2 * sizeof(desk) / sizeof(desk[0]); i++) {
		const struct said *s = &desk[i / 2];
		struct understanding u = judge_officer(v, s->text, asked[i % 2]);

		if (strcmp(name_of(&u), s->service) != 0)
			printf("  %s\n", s->text);
		CHECK_STR(name_of(&u), s->service);
		CHECK_STR(value_of(&u, "reference"), s->reference);
		if (strcmp(name_of(&u), "desk") != 0)
			continue;
		CHECK_STR(value_of(&u, "verb"), s->verb);
		CHECK_STR(value_of(&u, "code"), s->code);
		CHECK_STR(value_of(&u, "text"), s->rest);
		CHECK_INT(u.missing, -1);
		CHECK_INT(u.more_count, 0);
	}
	vocabulary_free(v);
}

/* STOP, a report, a question, another's status: an officer is a citizen too. */
TEST(what_else_officers_say_is_as_anybodys)
{
	static const char *const texts[][2] = { { "STOP", "stop" }, { "bac 147 plein", "skip" },
		{ "statut", "status" }, { "Fuite d'eau rue KN 5", "complaint" },
		{ "4F2K7", "status" }, { "brouillard sur la route", "" },
		{ "j'ai vu un trou avenue Kwame", "complaint" }, { "EN", "language" } };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct understanding u = judge_officer(v, texts[i][0], NULL);
		struct understanding other = judge(v, texts[i][0]);

		if (texts[i][1][0] != '\0')
			CHECK_STR(name_of(&u), texts[i][1]);
		CHECK_STR(name_of(&u), name_of(&other));
	}
	vocabulary_free(v);
}

static const struct {
	const char *text, *number, *level, *unit;
} levels[] = {
	{ "JAUGE 4 3.20", "4", "3.20", "" },
	{ "jauge n°4: 3,20 m", "4", "3.20", "m" },
	{ "Gauge 4 3", "4", "3", "" },
	{ "GAUGE 4 = 320 cm", "4", "320", "cm" },
	{ "Escala 12, 0,95", "12", "0.95", "" },
	{ "مقياس ٤ ٣٫٢٠", "4", "3.20", "" },
	{ "مقياس ۴ ۳٫۲۰ م", "4", "3.20", "m" },
	{ "JAUGE 3.20", "", "3.20", "" },
	{ "JAUGE 4 -1", "4", "-1", "" },
	{ "JAUGE 4 haute", "4", "", "" },
	{ "JAUGE 4 3.2.1", "4", "", "" },
	{ "JAUGE 4 99999999999999999999", "4", "", "" },
	{ "JAUGE 4", "4", "", "" },
	{ "JAUGE", "", "", "" },
};

TEST(gauges_are_understood_as_they_type)
{
	const struct asker gauge = { .language = "fr", .gauge = true, .country = "RW" };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		struct understanding u;

		understand(v, NULL, &gauge, levels[i].text, &u);
		if (strcmp(name_of(&u), "gauge") != 0 ||
			strcmp(value_of(&u, "level"), levels[i].level) != 0)
			printf("  %s\n", levels[i].text);
		CHECK_STR(name_of(&u), "gauge");
		CHECK_STR(value_of(&u, "number"), levels[i].number);
		CHECK_STR(value_of(&u, "level"), levels[i].level);
		CHECK_STR(value_of(&u, "unit"), levels[i].unit);
	}
	vocabulary_free(v);
}

/* Nor for a crew's phone, a helper's, an officer's what is a gauge's, or a gauge's what is an
 * officer's. */
TEST(to_others_these_words_do_not_exist)
{
	static const struct asker others[] = { { .language = "fr" },
		{ .language = "fr", .crew = true, .helper = true, .followups = 1, .filed = true } };
	const struct asker gauge = { .language = "fr", .gauge = true };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t o = 0; o < sizeof(others) / sizeof(others[0]); o++) {
		for (size_t i = 0; i < sizeof(desk) / sizeof(desk[0]); i++) {
			understand(v, NULL, &others[o], desk[i].text, &u);
			CHECK(u.service == NULL || u.service->who < WHO_OFFICER);
		}
		for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
			understand(v, NULL, &others[o], levels[i].text, &u);
			CHECK(u.service == NULL || u.service->who < WHO_OFFICER);
		}
	}
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		u = judge_officer(v, levels[i].text, NULL);
		CHECK(u.service == NULL || u.service->who != WHO_GAUGE);
	}
	for (size_t i = 0; i < sizeof(desk) / sizeof(desk[0]); i++) {
		understand(v, NULL, &gauge, desk[i].text, &u);
		CHECK(u.service == NULL || u.service->who != WHO_OFFICER);
	}
	vocabulary_free(v);
}

UNIT_MAIN
