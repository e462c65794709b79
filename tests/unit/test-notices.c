/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notices: what SQL leaves to be said becomes words, whatever the pairs hold. */
#include "gateway/config.h"
#include "gateway/notices.h"
#include "gateway/texts.h"
#include "unit.h"

#define AND "\x1f"

static struct texts *
load(void)
{
	struct config config = { .file = "test.cfg",
		.default_language = "fr",
		.required_languages = { "fr" },
		.languages = { "en", "fr", "pt", "ar" },
		.city = "Maputo",
		.emergency_number = "112",
		.texts_dir = (char *)"conf/texts" };
	struct config_errors errors = { 0 };
	struct texts *texts = texts_load(&config, &errors);

	config_errors_free(&errors);
	REQUIRE(texts != NULL);
	return texts;
}

static const char *
said(const struct texts *texts, const char *language, const char *key, const char *pairs)
{
	static char out[OUTGOING_BYTES_MAX];

	REQUIRE(notices_render(texts, language, key, pairs, out) == (int)strlen(out));
	return out;
}

TEST(pairs_become_words_in_her_language)
{
	struct texts *texts = load();
	const char *pairs = "what" AND "@what_skip" TEXTS_VALUE "container" TEXTS_VALUE "147" AND
			    "reference" AND "4F2K7" AND "text" AND "camion en panne";

	CHECK_STR(said(texts, "en", "news_refused", pairs),
		"Ticket 4F2K7, skip 147: this could not be done. Reason: camion en panne");
	CHECK_STR(said(texts, "ar", "news_fixed_ask", pairs),
		"ملف 4F2K7، حاوية 147: تم. هل أصلحت؟ نعم أو لا");
	/* Nobody knows hers yet: the city's default. */
	CHECK_STR(said(texts, "", "news_assigned", pairs),
		"Dossier 4F2K7, bac 147: confié à une équipe.");
	texts_free(texts);
}

/* What a crew gave as its reason is said whole, and says nothing else. */
TEST(reasons_are_whole_and_only_words)
{
	struct texts *texts = load();

	CHECK_STR(
		said(texts, "en", "news_refused",
			"what" AND "@what_skip" TEXTS_VALUE "container" TEXTS_VALUE "147" AND
			"reference" AND "4F2K7" AND "text" AND
			"the {reference} of that skip is on private land behind the old mill, 100%"),
		"Ticket 4F2K7, skip 147: this could not be done. Reason: the {reference} of that skip is "
		"on private land behind the old mill, 100%");
	texts_free(texts);
}

TEST(pairs_may_be_few_odd_or_many)
{
	struct texts *texts = load();
	char out[OUTGOING_BYTES_MAX], many[1024] = "reference" AND "4F2K7";

	CHECK_STR(said(texts, "en", "department_due", ""), "Due soon: ");
	CHECK_STR(said(texts, "en", "department_due", "text"), "Due soon: ");
	CHECK_STR(said(texts, "en", "department_due", "text" AND "a" AND "lonely"), "Due soon: a");
	for (int i = 0; i < 40; i++)
		strcat(many, AND "name" AND "value");
	CHECK(strstr(said(texts, "en", "news_fixed", many), "Ticket 4F2K7") != NULL);
	CHECK_INT(notices_render(texts, "en", "no_such_text", many, out), -1);
	texts_free(texts);
}

UNIT_MAIN
