/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts: the product's own, complete and in one SMS each; what a file may get wrong; how values are
 * spoken.
 */
#include "gateway/config.h"
#include "gateway/text.h"
#include "gateway/texts.h"
#include "handlers/service.h"
#include "unit.h"

/* As long as places that people write: 24 letters. */
#define PLACE_LATIN "avenue Marien Ngouabi 12"
#define PLACE_ARABIC "شارع الحبيب بورقيبة عدد٧"
#define REFERENCE "4F2K7"
/* What a ticket is about, as SQL gives it to a text. */
#define WHAT(container) "@what_skip" TEXTS_VALUE "container" TEXTS_VALUE container
#define WHAT_PLACE(place)                                                          \
	"@what_place" TEXTS_VALUE "kind" TEXTS_VALUE "@category_light" TEXTS_VALUE \
	"place" TEXTS_VALUE place

static const char *const languages[] = { "en", "fr", "pt", "ar" };

static struct config
make_config(const char *texts_dir)
{
	struct config config = { .file = "test.cfg",
		.default_language = "en",
		.required_languages = { "fr" },
		.city = "Kigali",
		.emergency_number = "112",
		.texts_dir = (char *)texts_dir };

	for (size_t i = 0; i < 4; i++)
		config.languages[i] = (char *)languages[i];
	return config;
}

static struct texts *
load(void)
{
	struct config config = make_config("conf/texts");
	struct config_errors errors = { 0 };
	struct texts *texts = texts_load(&config, &errors);

	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(texts != NULL);
	return texts;
}

TEST(every_text_is_there_in_every_language)
{
	struct texts *texts = load();
	size_t count = 0;

	for (const struct text_key *key; (key = texts_key(texts, count)) != NULL; count++)
		for (size_t i = 0; i < 4; i++)
			if (texts_raw(texts, languages[i], key->name) == NULL &&
				!texts_is_of_gsm(key->name)) {
				printf("  %s has no %s\n", languages[i], key->name);
				unit_failures++;
			}
	CHECK(count >= 30);
	texts_free(texts);
}

TEST(every_outcome_and_question_has_a_text)
{
	struct texts *texts = load();
	char key[128];

	for (size_t i = 0; services[i] != NULL; i++) {
		const struct service *s = services[i];

		for (const struct service_outcome *o = s->outcomes; o->name != NULL; o++) {
			snprintf(key, sizeof(key), "%s_%s", s->name, o->name);
			CHECK(texts_raw(texts, "en", key) != NULL);
		}
		for (const struct service_field *f = s->fields; f != NULL && f->name != NULL; f++)
			if (f->asked)
				CHECK(f->question != NULL &&
					texts_raw(texts, "en", f->question) != NULL);
	}
	texts_free(texts);
}

/* Values as long as they come in practice, by the placeholder's name. */
static const struct text_value *
usual_values(const char *language)
{
	static struct text_value values[] = { { "reference", REFERENCE },
		{ "category", "@category_light" }, { "place", NULL },
		{ "state", "@state_assigned" }, { "since", "17/03" }, { "text", "abc" },
		{ "what", NULL }, { "one", WHAT("147") }, { "two", WHAT("152") },
		{ "three", WHAT("160") }, { NULL, NULL } };
	bool arabic = strcmp(language, "ar") == 0;

	values[2].value = arabic ? PLACE_ARABIC : PLACE_LATIN;
	values[6].value = arabic ? WHAT_PLACE(PLACE_ARABIC) : WHAT_PLACE(PLACE_LATIN);
	return values;
}

/* One SMS: 160 characters of GSM 7-bit; of Arabic 70, two at most where a text says much. */
TEST(texts_fit_one_sms)
{
	static const char *const long_in_arabic[] = { "help_menu", "complaint_created",
		"status_own", "skip_hazardous", NULL };
	struct texts *texts = load();
	char out[2048];

	for (size_t l = 0; l < 4; l++)
		for (size_t i = 0; texts_key(texts, i) != NULL; i++) {
			const char *key = texts_key(texts, i)->name;
			enum text_coding coding = TEXT_GSM7;
			int max = 1, segments;

			if (texts_is_of_menus(key))
				continue; /* said on screens, and measured there */
			REQUIRE(texts_render(texts, languages[l], key, usual_values(languages[l]),
					out, sizeof(out)) > 0);
			segments = text_count_segments(out, &coding);
			for (size_t n = 0; long_in_arabic[n] != NULL; n++)
				if (strcmp(languages[l], "ar") == 0 &&
					strcmp(key, long_in_arabic[n]) == 0)
					max = 2;
			if (segments > max ||
				(strcmp(languages[l], "ar") != 0 && coding != TEXT_GSM7)) {
				printf("  %s %s: %d segments, %d septets, %zu units: %s\n",
					languages[l], key, segments, text_gsm7_septets(out),
					text_utf16_units(out), out);
				unit_failures++;
			}
		}
	texts_free(texts);
}

/* People and programs find the reference after this word, before anything else in capitals. */
TEST(the_reference_follows_its_word)
{
	static const char *const words[] = { "ticket ", "dossier ", "processo ", "رقم " };
	static const char *const keys[] = { "complaint_created", "complaint_incomplete",
		"status_own", "status_stranger", "status_unknown", NULL };
	struct texts *texts = load();
	char out[2048], wanted[64];

	for (size_t l = 0; l < 4; l++)
		for (size_t k = 0; keys[k] != NULL; k++) {
			const char *at;

			REQUIRE(texts_render(texts, languages[l], keys[k],
					usual_values(languages[l]), out, sizeof(out)) > 0);
			snprintf(wanted, sizeof(wanted), "%s%s", words[l], REFERENCE);
			at = strcasestr(out, wanted);
			if (at == NULL || strcasestr(out, words[l]) != at) {
				printf("  %s %s: %s\n", languages[l], keys[k], out);
				unit_failures++;
			}
		}
	texts_free(texts);
}

/* What files a report says how to ask after it. */
TEST(filing_says_how_to_follow)
{
	static const char *const commands[] = { "STATUS 4F2K7", "ETAT 4F2K7", "ESTADO 4F2K7",
		"حالة 4F2K7" };
	static const char *const keys[] = { "complaint_created", "complaint_incomplete", NULL };
	struct texts *texts = load();
	char out[2048];

	for (size_t l = 0; l < 4; l++)
		for (size_t k = 0; keys[k] != NULL; k++) {
			REQUIRE(texts_render(texts, languages[l], keys[k],
					usual_values(languages[l]), out, sizeof(out)) > 0);
			CHECK(strstr(out, commands[l]) != NULL);
		}
	texts_free(texts);
}

/* --- Speaking ----------------------------------------------------------------------------------
 */

static const char *
render(const struct texts *texts, const char *language, const char *key,
	const struct text_value *values)
{
	static char out[2048];

	REQUIRE(texts_render(texts, language, key, values, out, sizeof(out)) == (int)strlen(out));
	return out;
}

TEST(values_are_filled_in)
{
	struct texts *texts = load();
	const struct text_value own[] = { { "reference", "AB23" },
		{ "what", WHAT_PLACE("rue KN 5") }, { "state", "@state_open" },
		{ "since", "01/02" }, { "why", "@status_why" }, { "text", "camion en panne" },
		{ NULL, NULL } };

	CHECK_STR(render(texts, "fr", "status_own", own),
		"Dossier AB23: éclairage, rue KN 5. Ouvert depuis le 01/02: camion en panne.");
	CHECK_STR(render(texts, "xx", "status_stranger", own), "Ticket AB23: Open since 01/02.");
	CHECK(strncmp(render(texts, "en", "help_menu", NULL), "Kigali", 6) == 0);
	texts_free(texts);
}

/* Several things of one kind in one text, each with values of its own; and as a list. */
TEST(values_bring_values_of_their_own)
{
	struct texts *texts = load();
	const struct text_value two[] = { { "one", WHAT("147") }, { "two", WHAT_PLACE("KN 5") },
		{ "container", "999" }, { NULL, NULL } };
	const struct text_value list[] = { { "text", WHAT("147") TEXTS_ITEM WHAT("152") },
		{ NULL, NULL } };
	const struct text_value none[] = { { "text", "@no_such_text" TEXTS_VALUE "a" TEXTS_VALUE },
		{ NULL, NULL } };
	char out[64];

	CHECK_STR(render(texts, "en", "confirm_which", two),
		"Which one do you mean? Answer with a number: 1 skip 147; 2 light, KN 5");
	CHECK_STR(render(texts, "pt", "department_overdue", list),
		"Em atraso: contentor 147; contentor 152");
	CHECK(strstr(render(texts, "en", "department_overdue", none), "@no_such_text") != NULL);
	CHECK_INT(texts_render(texts, "en", "department_overdue", list, out, 20), -1);
	texts_free(texts);
}

TEST(an_empty_value_takes_its_comma_along)
{
	struct texts *texts = load();
	const struct text_value values[] = { { "reference", "AB23" }, { "what", WHAT_PLACE("") },
		{ "state", "@state_open" }, { "since", "1" }, { NULL, NULL } };

	CHECK_STR(render(texts, "en", "status_own", values), "Ticket AB23: light. Open since 1.");
	CHECK_STR(render(texts, "ar", "status_own", values), "رقم AB23: إنارة. مفتوح منذ 1");
	texts_free(texts);
}

TEST(long_values_are_shortened_but_not_a_whole_text)
{
	struct texts *texts = load();
	const char *place = "derriere la grande boutique de Mama Aline a cote du poteau cassé";
	const struct text_value values[] = { { "reference", "AB23" },
		{ "category", "@category_water" }, { "place", place }, { "text", place },
		{ NULL, NULL } };

	CHECK(strstr(render(texts, "en", "complaint_created", values),
		      "derriere la grande boutique de Mama...") != NULL);
	CHECK(strstr(render(texts, "en", "from_city", values), place) != NULL);
	texts_free(texts);
}

TEST(values_cannot_speak_for_the_city)
{
	struct texts *texts = load();
	const struct text_value values[] = { { "reference", "{city}" },
		{ "category", "@no_such_key" }, { "place", "%s%n {emergency}" }, { NULL, NULL } };
	const char *out = render(texts, "en", "complaint_created", values);

	CHECK(strstr(out, "Ticket {city}: @no_such_key, %s%n {emergency}.") != NULL);
	texts_free(texts);
}

TEST(what_does_not_fit_or_exist_is_refused)
{
	struct texts *texts = load();
	char out[16];

	CHECK_INT(texts_render(texts, "en", "help_menu", NULL, out, sizeof(out)), -1);
	CHECK_INT(texts_render(texts, "en", "no_such_text", NULL, out, sizeof(out)), -1);
	CHECK_INT(texts_render(texts, "en", "state_open", NULL, out, 0), -1);
	CHECK_INT(texts_render(texts, "en", "state_open", NULL, out, 4), -1);
	CHECK_INT(texts_render(texts, "en", "state_open", NULL, out, 5), 4);
	texts_free(texts);
}

/* --- Files -------------------------------------------------------------------------------------
 */

/* Load the product's texts with a line more at the end of one language's file, or its text taken
 * away. */
static void
check_refused(const char *language, const char *sed, const char *more, const char *words)
{
	char folder[] = "/tmp/test-texts-XXXXXX", command[512];
	struct config_errors errors = { 0 };
	struct config config;
	struct texts *texts;

	REQUIRE(mkdtemp(folder) != NULL);
	snprintf(command, sizeof(command),
		"cp conf/texts/*.cfg %s && sed -i '%s' %s/%s.cfg && printf '%%s\\n' '%s' >> %s/%s.cfg",
		folder, sed, folder, language, more, folder, language);
	REQUIRE(system(command) == 0);
	config = make_config(folder);
	texts = texts_load(&config, &errors);
	CHECK(texts == NULL);
	CHECK_INT(errors.count, 1);
	if (errors.count > 0 && strstr(errors.text[0], words) == NULL)
		CHECK_STR(errors.text[0], words);
	config_errors_free(&errors);
	texts_free(texts);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	REQUIRE(system(command) == 0);
}

TEST(faults_in_texts_are_told)
{
	check_refused("fr", "", "stop_stoped = \"x\";", "no text is called stop_stoped");
	check_refused(
		"fr", "/^stop_stopped/d", "stop_stopped = \"{reference}\";", "has no {reference}");
	check_refused("fr", "/^stop_stopped/d", "stop_stopped = \"{city\";", "a { without its }");
	check_refused("fr", "/^stop_stopped/d", "stop_stopped = \"city}\";", "a } without its {");
	check_refused("fr", "/^stop_stopped/d", "stop_stopped = 5;", "must be words in quotes");
	check_refused("fr", "/^stop_stopped/d", "stop_stopped = \"\";", "must be words in quotes");
	check_refused("fr", "/^stop_stopped/d", "",
		"the text stop_stopped is missing; fr must be complete");
	check_refused(
		"en", "/^help_menu/d", "", "the text help_menu is missing; en must be complete");
}

TEST(a_language_that_is_not_required_may_lack_texts)
{
	char folder[] = "/tmp/test-texts-XXXXXX", command[512];
	struct config_errors errors = { 0 };
	struct config config;
	struct texts *texts;

	REQUIRE(mkdtemp(folder) != NULL);
	snprintf(command, sizeof(command),
		"cp conf/texts/*.cfg %s && sed -i /^state_open/d %s/pt.cfg", folder, folder);
	REQUIRE(system(command) == 0);
	config = make_config(folder);
	texts = texts_load(&config, &errors);
	REQUIRE(texts != NULL);
	CHECK(texts_raw(texts, "pt", "state_open") == NULL);
	CHECK_STR(render(texts, "pt", "state_open", NULL), "Open");
	texts_free(texts);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	REQUIRE(system(command) == 0);
}

TEST(a_language_may_have_keywords_alone)
{
	struct config_errors errors = { 0 };
	struct config config = make_config("conf/texts");
	struct texts *texts;

	config.languages[4] = (char *)"rw";
	texts = texts_load(&config, &errors);
	REQUIRE(texts != NULL);
	CHECK(texts_raw(texts, "rw", "state_open") == NULL);
	CHECK_STR(render(texts, "rw", "state_open", NULL), "Open");
	texts_free(texts);
	config.required_languages[1] = (char *)"rw";
	texts = texts_load(&config, &errors);
	CHECK(texts == NULL);
	CHECK(errors.count > 0);
	config_errors_free(&errors);
	texts_free(texts);
}

UNIT_MAIN
