/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gazetteer: known names, misspelt ones, and fifty thousand.
 */
#include "understand-help.h"

TEST(the_longest_known_name_is_the_place)
{
	static const struct asker stranger = { .language = "" };
	struct vocabulary *v = load("conf/services");
	struct gazetteer *g = gazetteer_new();
	struct understanding u;

	REQUIRE(g != NULL);
	CHECK_INT(gazetteer_add(g, 1, "Medina"), 0);
	CHECK_INT(gazetteer_add(g, 2, "Médina Coura"), 0);
	CHECK_INT(gazetteer_add(g, 3, "Château d'Eau"), 0);
	CHECK_INT(gazetteer_add(g, 4, "Polana Caniço A"), 0);
	CHECK_INT(gazetteer_add(g, 5, "مرسى"), 0);
	CHECK_INT(gazetteer_add(g, 6, "Gare"), 0);
	CHECK_INT(gazetteer_add(g, 7, "GARE"), 0);
	understand(v, g, &stranger, "poubelle pleine medina coura depuis hier", &u);
	CHECK_STR(value_of(&u, "place"), "medina coura");
	CHECK_INT(u.place_id, 2);
	understand(v, g, &stranger, "lampadaire éteint quartier château d'eau", &u);
	CHECK_STR(value_of(&u, "category"), "light");
	CHECK_STR(value_of(&u, "place"), "quartier château d'eau");
	CHECK_INT(u.place_id, 3);
	understand(v, g, &stranger, "lixo em todo lado polana canico a", &u);
	CHECK_STR(value_of(&u, "place"), "polana canico a");
	understand(v, g, &stranger, "poubelle pleine gare", &u);
	CHECK_STR(value_of(&u, "place"), "gare");
	CHECK_INT(u.place_id, 0);
	gazetteer_free(g);
	vocabulary_free(v);
}

TEST(a_place_ends_where_its_name_ends)
{
	static const char *const texts[][2] = { { "litter at Green Market, nobody sweeps",
							"Green Market" },
		{ "poubelle pleine, Grand marché", "Grand marché" },
		{ "hari si no Yantala haut", "Yantala haut" },
		{ "الماء مقطوع في الحي الجديد", "الحي الجديد" },
		{ "garbage truck skipped us again Rua da Mesquita", "Rua da Mesquita" },
		{ "big pothole N4 toll Matola", "N4 toll Matola" },
		{ "personne au guichet, mairie de Kati à 10h", "mairie de Kati" },
		{ "no water 4 days kibagabaga", "kibagabaga" },
		{ "a pipe burst in front of my gate, Rebero", "Rebero" }, /* whose gate? */
		{ "bomba limepasuka maji yanamwagika", "" },
		{ "my meter leaks from the joint", "" },
		{ "there is noise from the bar all night", "" }, { NULL, NULL } };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i][0] != NULL; i++) {
		struct understanding u = judge(v, texts[i][0]);

		CHECK_STR(value_of(&u, "place"), texts[i][1]);
	}
	vocabulary_free(v);
}

TEST(a_misspelt_name_is_known)
{
	static const char *const texts[] = { "no water in Kimironco", "no water in kimi ronko",
		"no water in Kimironkoo", "no water in Kimirnoko", "bin full Kimironk market",
		NULL };
	static const char *const others[] = { "no water in Kimisagara", "no water in quarter 15",
		"no water in Kimiro", NULL };
	struct vocabulary *v = load("conf/services");
	struct gazetteer *g = gazetteer_new();
	static const struct asker stranger = { .language = "" };
	struct understanding u;

	REQUIRE(g != NULL);
	REQUIRE(gazetteer_add(g, 1, "Kimironko") == 0 && gazetteer_add(g, 2, "Quarter 14") == 0);
	REQUIRE(gazetteer_add(g, 3, "باب سويقة") == 0 && gazetteer_add(g, 4, "Remera") == 0);
	REQUIRE(gazetteer_add(g, 5, "Nyarugenge") == 0 && gazetteer_add(g, 6, "Nyarugenga") == 0);
	for (size_t i = 0; texts[i] != NULL; i++) {
		understand(v, g, &stranger, texts[i], &u);
		CHECK_INT(u.place_id, 1);
	}
	for (size_t i = 0; others[i] != NULL; i++) {
		understand(v, g, &stranger, others[i], &u);
		CHECK_INT(u.place_id, 0);
	}
	understand(v, g, &stranger, "لا ماء في باب سوقية", &u);
	CHECK_INT(u.place_id, 3);
	understand(v, g, &stranger, "pothole at Nyarugengo", &u);
	CHECK_INT(u.place_id, 0); /* near to two */
	CHECK_STR(value_of(&u, "place"), "Nyarugengo");
	gazetteer_free(g);
	vocabulary_free(v);
}

UNIT_MAIN
