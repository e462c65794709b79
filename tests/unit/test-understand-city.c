/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Skips, crews, helpers, and those who were asked whether it is fixed.
 */
#include "understand-help.h"

static struct understanding
judge_as(struct vocabulary *v, const char *who, const char *text)
{
	struct asker asker = { .language = "fr",
		.crew = strcmp(who, "crew") == 0,
		.helper = strcmp(who, "helper") == 0,
		.followups = strcmp(who, "asked") == 0,
		.country = "CI" };
	struct understanding u;

	understand(v, NULL, &asker, text, &u);
	return u;
}

TEST(a_container_is_known_however_it_is_typed)
{
	static const char *const texts[] = { "bac147", "b a c 147", "bak 147", "BAC N°147",
		"BAC Nº 147", "bac no147", "skip#147", "bac١٤٧", "bac 1 4 7", "bac 14 7", "bacn147",
		"s k i p 147", "pou belle 147", "poubrlle 147", "nac 147",
		"LE BAC QUI PORTE LE NUMERO 147", "حاوية١٤٧", "الحاوية رقم ١٤٧", "147", "147 plein",
		"0147", "svp la benne 147 deborde depuis lundi",
		"quand allez vous vider le bac 147 ?", "bac 147 plein et bac 152 brule",
		"bac 147 1", "pls empty 147, full", "bac147plein", "cont147cheio",
		"assist us empty no. 147", NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u = judge(v, texts[i]);

		if (strcmp(value_of(&u, "container"), "147") != 0)
			printf("  %s\n", texts[i]);
		CHECK_STR(name_of(&u), "skip");
		CHECK_STR(value_of(&u, "container"), "147");
		CHECK_STR(value_of(&u, "kind"), "full");
		CHECK_INT(u.missing, -1);
	}
	vocabulary_free(v);
}

TEST(a_number_that_counts_something_is_no_container)
{
	static const char *const texts[] = { "poubelle pleine depuis 3 jours",
		"poubelle pleine rue 14", "contentor cheio, 25 de Junho B",
		"skip full since 2 weeks at Remera", NULL };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i] != NULL; i++) {
		struct understanding u = judge(v, texts[i]);

		CHECK_STR(name_of(&u), "skip");
		CHECK_STR(value_of(&u, "container"), "");
	}
	vocabulary_free(v);
}

TEST(what_lies_in_the_drain_beside_a_container_lies_in_the_drain)
{
	static const char *const texts[] = { "Lixo na vala ao lado do contentor 147",
		"lixo na sarjeta atrás do contentor 147",
		"ordures dans le caniveau à côté du bac 147",
		"déchets dans l'égout derrière la benne 147",
		"garbage in the drain beside skip 147", "زبالة في القناة بجانب الحاوية 147", NULL };
	static const char *const others[] = { "lixo ao lado do contentor 147 junto da vala",
		"sacs à côté du bac 147", "rubbish beside skip 147 near the drain", NULL };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; texts[i] != NULL; i++) {
		u = judge(v, texts[i]);
		CHECK_STR(value_of(&u, "kind"), "drain");
		CHECK_STR(value_of(&u, "container"), "147");
	}
	for (size_t i = 0; others[i] != NULL; i++) {
		u = judge(v, others[i]);
		CHECK_STR(value_of(&u, "kind"), "beside");
		CHECK_STR(value_of(&u, "container"), "147");
	}
	vocabulary_free(v);
}

TEST(a_number_of_a_name_is_no_container)
{
	static const char *const texts[] = {
		"le caniveau de Hamdallaye ACI 2000 est plein d'ordures",
		"venham buscar garrafas plasticas Matola 700", NULL
	};
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; texts[i] != NULL; i++) {
		u = judge(v, texts[i]);
		CHECK_STR(value_of(&u, "container"), "");
	}
	vocabulary_free(v);
}

TEST(what_is_asked_about_a_service_is_a_question)
{
	static const char *const questions[] = { "what day does the garbage truck pass in Ntinda?",
		"how do I get a bin for my house", "where can I take old batteries",
		"comment faire pour avoir un bac dans notre rue",
		"quel jour passe le camion chez nous", "onde posso deitar entulho",
		"كيف أحصل على حاوية جديدة", "gari la taka linapita siku gani", NULL };
	static const char *const reports[] = { "when will you empty skip 147?",
		"quand allez vous vider la poubelle pleine du marché ?",
		"how much longer will the bin at Remera burn", NULL };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; questions[i] != NULL; i++) {
		u = judge(v, questions[i]);
		CHECK_STR(name_of(&u), "question");
	}
	for (size_t i = 0; reports[i] != NULL; i++) {
		u = judge(v, reports[i]);
		CHECK_STR(name_of(&u), "skip");
	}
	vocabulary_free(v);
}

TEST(crews_words_are_for_crews_alone)
{
	static const char *const texts[] = { "FAIT 147", "fait147", "c'est fait 147", "147 fait",
		"DONE 147 152 160", "FEITO 147", "تم 147", "MES TRAVAUX", "MY JOBS",
		"MEUS TRABALHOS", "اعمالي", "NON 147 camion en panne", "FAIT K7X2", NULL };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; texts[i] != NULL; i++) {
		u = judge_as(v, "crew", texts[i]);
		CHECK_STR(name_of(&u), "crew");
		u = judge_as(v, "", texts[i]);
		CHECK(strcmp(name_of(&u), "crew") != 0);
	}
	u = judge_as(v, "crew", "FAIT 147 4821 152");
	CHECK_STR(value_of(&u, "containers"), "147 4821 152"); /* SQL knows the PIN by its hash */
	u = judge_as(v, "crew", "fait 147 pin 4821");
	CHECK_STR(value_of(&u, "containers"), "147");
	CHECK_STR(value_of(&u, "pin"), "4821");
	u = judge_as(v, "crew", "NON 147 camion en panne");
	CHECK_STR(value_of(&u, "verdict"), "refused");
	CHECK_STR(value_of(&u, "reason"), "camion en panne");
	u = judge_as(v, "crew", "NON 147 route coupée 4821");
	CHECK_STR(value_of(&u, "reason"), "route coupée"); /* and not the PIN */
	u = judge_as(v, "crew", "NO 147 no fuel");
	CHECK_STR(value_of(&u, "reason"), "no fuel");
	u = judge_as(v, "crew", "FAIT K7X2");
	CHECK_STR(value_of(&u, "reference"), "K7X2");
	u = judge_as(v, "crew", "bac 147 plein");
	CHECK_STR(name_of(&u), "skip");
	u = judge_as(v, "crew", "STOP");
	CHECK_STR(name_of(&u), "stop");
	vocabulary_free(v);
}

TEST(is_it_fixed_is_answered_by_whom_it_was_asked)
{
	static const char *const noes[] = { "NON", "no", "nao", "لا", "pas encore",
		"toujours plein", "not fixed", "non 4F2K7 toujours plein", NULL };
	static const char *const yeses[] = { "OUI", "yes", "sim", "نعم", "oui merci", "OUI 4F2K7",
		NULL };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; noes[i] != NULL; i++) {
		u = judge_as(v, "asked", noes[i]);
		CHECK_STR(value_of(&u, "answer"), "no");
		u = judge_as(v, "", noes[i]);
		CHECK(strcmp(name_of(&u), "confirm") != 0);
	}
	for (size_t i = 0; yeses[i] != NULL; i++) {
		u = judge_as(v, "asked", yeses[i]);
		CHECK_STR(value_of(&u, "answer"), "yes");
	}
	u = judge_as(v, "asked", "NON 4F2K7");
	CHECK_STR(value_of(&u, "reference"), "4F2K7");
	u = judge_as(v, "asked", "bac 152 plein");
	CHECK_STR(name_of(&u), "skip");
	vocabulary_free(v);
}

TEST(helpers_report_for_others)
{
	static const char *const texts[] = { "POUR 0788000009 BAC 147 plein",
		"FOR 07 88 00 00 09 skip 147 full", "para +2250788000009 contentor 147 cheio",
		"لـ 0788000009 حاوية 147", "bac 147 plein pour 0788000009", "POUR 0788000009 147",
		NULL };
	struct vocabulary *v = load("conf/services");
	struct understanding u;

	for (size_t i = 0; texts[i] != NULL; i++) {
		u = judge_as(v, "helper", texts[i]);
		CHECK_STR(name_of(&u), "skip");
		CHECK_STR(value_of(&u, "container"), "147");
		CHECK_STR(value_of(&u, "for"), "+2250788000009");
		u = judge_as(v, "", texts[i]);
		CHECK_STR(value_of(&u, "for"), "");
	}
	u = judge_as(v, "helper", "POUR 0788000009 fuite d'eau à Kati");
	CHECK_STR(value_of(&u, "category"), "water");
	CHECK_STR(value_of(&u, "for"), "+2250788000009");
	vocabulary_free(v);
}

TEST(what_few_may_read_wins_and_never_by_accident)
{
	static const char *const texts[][2] = { { "corruption",
							"pot de vin à la mairie pour l'eau" },
		{ "corruption", "the officer asked me for 5000 to sign the road permit" },
		{ "corruption", "موظف طلب رشوة" }, { "violence", "o policia bateu na vendedora" },
		{ "violence", "un agent a frappé une femme devant le bac" },
		{ "misconduct", "the nurse insults patients" },
		{ "road", "un camion a frappé le pont" },
		{ "other", "des chiens agressent les enfants à Kati" },
		{ "water", "no water, the agent knows" }, { NULL, NULL } };
	struct vocabulary *v = load("conf/services");

	for (size_t i = 0; texts[i][0] != NULL; i++) {
		struct understanding u = judge(v, texts[i][1]);

		CHECK_STR(value_of(&u, "category"), texts[i][0]);
	}
	vocabulary_free(v);
}

UNIT_MAIN
