/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert-compose: the product's own templates, in one SMS where they can be; what an alert's texts
 * say in each language; what cannot be said is told.
 */
#include "gateway/alert-compose.h"
#include "gateway/text.h"
#include "unit.h"

#define NAME "\x1f"
#define ZONE "\x1e"

static const char *const languages[] = { "fr", "en", "pt", "ar" };
static const char *const events[] = { "flood", "fire", "cyclone", "cholera", "water_cut",
	"road_closed", "missing_person" };

static struct config config;
static struct alert_templates *templates;
static struct alert_texts texts;

static void
load(void)
{
	struct config_errors errors = { .count = 0 };

	config = (struct config){ .file = (char *)"test.cfg",
		.default_language = (char *)"fr",
		.required_languages = { (char *)"en" },
		.city = (char *)"Ville de Kigali",
		.emergency_number = (char *)"112",
		.alerts = (char *)"conf/alerts" };
	for (size_t i = 0; i < 4; i++)
		config.languages[i] = (char *)languages[i];
	templates = alert_templates_load(&config, &errors);
	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(templates != NULL);
}

/* An alert that is drafted at 14:05 and has begun; what differs is set by its test. */
static struct alert_facts
facts_of(const char *event)
{
	return (struct alert_facts){ .reference = "4F2K",
		.event = event,
		.kind = "alert",
		.status = "actual",
		.sender = "Ville de Kigali",
		.now = "2026-11-22 14:05",
		.starts = "2026-11-22 14:00",
		.expires = "2026-11-22 18:00",
		.then = NULL,
		.blanks = "",
		.zones = "Kimisagara" };
}

/* The text of a language, "" when there is none; until the next one is written. */
static const char *
body_of(const char *language)
{
	for (size_t i = 0; i < texts.count; i++)
		if (strcmp(texts.text[i].language, language) == 0)
			return texts.text[i].body;
	return "";
}

static const struct alert_text *
text_of(const char *language)
{
	for (size_t i = 0; i < texts.count; i++)
		if (strcmp(texts.text[i].language, language) == 0)
			return &texts.text[i];
	printf("  there is no %s\n", language);
	exit(UNIT_EXIT_FAIL);
}

static void
write_texts(const struct alert_facts *facts)
{
	alert_texts_free(&texts);
	if (alert_compose(templates, &config, facts, &texts) == -1)
		printf("  %s: %s\n", texts.fault, texts.words);
	REQUIRE(texts.count > 0);
}

static void
check_fault(const struct alert_facts *facts, const char *fault, const char *what)
{
	alert_texts_free(&texts);
	CHECK_INT(alert_compose(templates, &config, facts, &texts), -1);
	CHECK_INT(texts.count, 0);
	CHECK_STR(texts.fault, fault);
	CHECK_STR(texts.what, what);
	CHECK(texts.words[0] != '\0');
}

static void
end(void)
{
	alert_texts_free(&texts);
	alert_templates_free(templates);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What each event needs to be whole. */
static const char *
blanks_of(const char *event)
{
	if (strcmp(event, "road_closed") == 0)
		return "road" NAME "pont Nyabugogo";
	if (strcmp(event, "missing_person") == 0)
		return "person" NAME "Aline, 7 ans, robe rouge" NAME "phone" NAME "0788000112";
	return "";
}

/* --- --- the product's own --- */

TEST(every_event_has_a_text_in_each_language_that_stands_alone)
{
	load();
	for (size_t e = 0; e < sizeof events / sizeof *events; e++) {
		struct alert_facts facts = facts_of(events[e]);

		facts.blanks = blanks_of(events[e]);
		write_texts(&facts);
		REQUIRE(texts.count == 4);
		CHECK_STR(texts.text[0].language, "fr");
		for (size_t i = 0; i < 4; i++) {
			CHECK(strstr(texts.text[i].body, "Kimisagara") != NULL);
			CHECK(strstr(texts.text[i].body, "14:05") != NULL);
			CHECK(strstr(texts.text[i].body, "Ville de Kigali") != NULL);
			CHECK(strpbrk(texts.text[i].body, "{}[]") == NULL);
			CHECK(strstr(texts.text[i].body, "  ") == NULL);
			CHECK(texts.text[i].headline[0] != '\0');
		}
	}
	end();
}

TEST(latin_texts_are_one_sms_of_gsm7_and_arabic_ones_three_at_most)
{
	load();
	for (size_t e = 0; e < sizeof events / sizeof *events; e++) {
		struct alert_facts facts = facts_of(events[e]);

		facts.blanks = blanks_of(events[e]);
		write_texts(&facts);
		for (size_t i = 0; i < texts.count; i++) {
			const struct alert_text *t = &texts.text[i];
			bool arabic = strcmp(t->language, "ar") == 0;

			if (t->ucs2 != arabic || t->segments > (arabic ? 3 : 1)) {
				printf("  %s %s: %d SMS, %d units: %s\n", events[e], t->language,
					t->segments, t->units, t->body);
				unit_failures++;
			}
		}
	}
	end();
}

TEST(what_is_counted_is_what_is_sent)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	write_texts(&facts);
	for (size_t i = 0; i < texts.count; i++) {
		const struct alert_text *t = &texts.text[i];
		enum text_coding coding;

		CHECK_INT(t->segments, text_count_segments(t->body, &coding));
		CHECK_INT(t->ucs2, coding == TEXT_UCS2);
		CHECK_INT(t->units,
			t->ucs2 ? (int)text_utf16_units(t->body) : text_gsm7_septets(t->body));
		CHECK_INT(alert_text_over(t) > 0, t->segments > 1);
	}
	end();
}

/* --- --- blanks --- */

TEST(pieces_in_brackets_come_and_go_with_their_blanks)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "INONDATION à Kimisagara. Montez sur"));
	facts.blanks = "level" NAME "3.20 m";
	facts.starts = "2026-11-22 16:30";
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "INONDATION à Kimisagara dès 16:30. Eau à 3.20 m. Montez sur"));
	CHECK(begins(body_of("en"), "FLOOD in Kimisagara from 16:30. Water at 3.20 m. Go up"));
	config.emergency_number = (char *)"";
	write_texts(&facts);
	CHECK(strstr(body_of("en"), "Help:") == NULL);
	end();
}

TEST(a_blank_may_have_its_own_words_in_a_language)
{
	struct alert_facts facts;

	load();
	facts = facts_of("water_cut");
	facts.blanks = "reason" NAME "fuite" NAME "reason.ar" NAME "تسرب";
	write_texts(&facts);
	CHECK(strstr(body_of("ar"), "تسرب") != NULL);
	CHECK(strstr(body_of("fr"), "fuite") != NULL);
	CHECK(strstr(body_of("ar"), "fuite") == NULL);
	end();
}

TEST(another_day_is_said_with_its_date)
{
	struct alert_facts facts;

	load();
	facts = facts_of("cyclone");
	facts.starts = "2026-11-23 06:00";
	facts.expires = "2026-11-24 09:30";
	write_texts(&facts);
	CHECK(strstr(body_of("en"), "from 23/11 06:00 until 24/11 09:30") != NULL);
	end();
}

TEST(zones_are_named_in_the_languages_letters)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	facts.zones = "Ariana" NAME "أريانة" NAME "Aryanah" ZONE "تونس" NAME "Tunis";
	write_texts(&facts);
	CHECK(strstr(body_of("fr"), "Ariana, Tunis") != NULL);
	CHECK(strstr(body_of("ar"), "أريانة، تونس") != NULL);
	CHECK_INT(text_of("fr")->ucs2, 0);
	facts.zones = "";
	write_texts(&facts);
	CHECK(begins(body_of("en"), "FLOOD in Ville de Kigali."));
	end();
}

/* --- --- update, cancel, all-clear; exercise, test --- */

TEST(what_follows_an_alert_says_so_first_and_stands_alone)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	facts.then = "2026-11-22 13:10";
	facts.kind = "update";
	facts.blanks = "level" NAME "4.10 m";
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "SUITE de 13:10: INONDATION à Kimisagara. Eau à 4.10 m."));
	facts.kind = "cancel";
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "ANNULATION: l'alerte inondation à Kimisagara (13:10)"));
	CHECK(strstr(body_of("fr"), "Montez") == NULL);
	CHECK(begins(body_of("ar"), "إلغاء"));
	facts.kind = "clear";
	write_texts(&facts);
	CHECK(begins(
		body_of("en"), "ALL CLEAR in Kimisagara: the danger of flood (13:10) is over."));
	CHECK(strstr(body_of("en"), "boil your water") != NULL);
	facts.event = "fire";
	write_texts(&facts);
	CHECK(strstr(body_of("en"), "is over. Thank you") != NULL);
	facts.event = "missing_person";
	facts.blanks = blanks_of("missing_person");
	write_texts(&facts);
	CHECK(begins(body_of("en"), "FOUND, in Kimisagara: Aline, 7 ans, robe rouge."));
	end();
}

TEST(an_exercise_says_so_in_its_first_word)
{
	static const char *const kinds[] = { "alert", "update", "cancel", "clear" };
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	for (size_t i = 0; i < 4; i++) {
		facts.kind = kinds[i];
		facts.status = "exercise";
		write_texts(&facts);
		CHECK(begins(body_of("en"), "EXERCISE,"));
		CHECK(begins(body_of("fr"), "EXERCICE,"));
		CHECK(begins(body_of("pt"), "EXERCICIO,"));
		CHECK(begins(body_of("ar"), "تمرين "));
		facts.status = "test";
		facts.blanks = "text.fr" NAME "Bonjour" NAME "cancel.fr" NAME "Bonjour";
		write_texts(&facts);
		CHECK(begins(body_of("en"), "TEST,"));
		CHECK(begins(body_of("fr"), "TEST,"));
		CHECK(begins(body_of("pt"), "TESTE,"));
		CHECK(begins(body_of("ar"), "اختبار "));
	}
	end();
}

/* --- --- own words --- */

TEST(own_words_take_the_templates_place_and_are_signed)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	facts.blanks = "text.fr" NAME "La digue [nord] cède à {zones}." NAME "text_by.fr" NAME
		       "Jeanne" NAME "text.en" NAME "{hour} {sender}: the dyke breaks.";
	write_texts(&facts);
	CHECK_STR(body_of("fr"), "La digue [nord] cède à Kimisagara. (Ville de Kigali, 14:05)");
	CHECK_STR(text_of("fr")->reviewed_by, "Jeanne");
	CHECK_STR(body_of("en"), "14:05 Ville de Kigali: the dyke breaks.");
	CHECK(text_of("en")->reviewed_by == NULL);
	CHECK(begins(body_of("pt"), "CHEIA"));
	end();
}

TEST(own_words_are_not_said_again_by_what_follows)
{
	struct alert_facts facts;

	load();
	facts = facts_of("flood");
	facts.blanks = "text.fr" NAME "La digue cède." NAME "text_by.fr" NAME "Jeanne";
	facts.kind = "cancel";
	write_texts(&facts);
	CHECK(strstr(body_of("fr"), "digue") == NULL);
	CHECK(text_of("fr")->reviewed_by == NULL);
	facts.kind = "update";
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "SUITE: La digue cède."));
	facts.blanks = "text.fr" NAME "La digue cède." NAME "update.fr" NAME "La digue tient.";
	write_texts(&facts);
	CHECK(begins(body_of("fr"), "SUITE: La digue tient."));
	end();
}

TEST(an_event_without_a_template_needs_own_words_but_for_its_end)
{
	struct alert_facts facts;

	load();
	facts = facts_of("Éboulement");
	check_fault(&facts, "no_text", "fr");
	facts.blanks = "text.fr" NAME "Éboulement.";
	check_fault(&facts, "no_text", "en");
	facts.blanks = "text.fr" NAME "Éboulement." NAME "text.en" NAME "Landslide.";
	write_texts(&facts);
	CHECK_INT(texts.count, 2);
	CHECK_STR(text_of("en")->headline, "Éboulement");
	facts.kind = "cancel";
	write_texts(&facts);
	CHECK_INT(texts.count, 4);
	CHECK(begins(body_of("fr"), "ANNULATION: l'alerte Éboulement à Kimisagara"));
	end();
}

/* --- --- refusals --- */

TEST(what_cannot_be_said_is_told)
{
	char words[1200];
	struct alert_facts facts;

	load();
	facts = facts_of("road_closed");
	check_fault(&facts, "no_blank", "road");
	CHECK(strstr(texts.words, "road=\"") != NULL);
	facts.blanks = "road" NAME "a bridge whose name is far too long for it";
	check_fault(&facts, "bad_blank", "road");
	facts = facts_of("flood");
	facts.blanks = "text.fr" NAME "Eau à {levle}.";
	check_fault(&facts, "bad_blank", "levle");
	facts.blanks = "text.fr" NAME "Eau à {level.";
	check_fault(&facts, "bad_blank", "{");
	memset(words, 'x', sizeof words);
	memcpy(words, "text.fr" NAME, 8);
	words[540] = '\0';
	facts.blanks = words;
	check_fault(&facts, "too_long", "fr");
	memset(words + 540, 'x', sizeof words - 541);
	words[sizeof words - 1] = '\0';
	check_fault(&facts, "too_long", "fr");
	end();
}

TEST(outside_text_is_made_clean_and_never_read_as_a_blank)
{
	struct alert_facts facts;

	load();
	facts = facts_of("fire");
	facts.blanks = "place" NAME "a\x01\xffz {hour} [x]" NAME "place";
	facts.zones = "K\xc3";
	write_texts(&facts);
	CHECK(text_utf8_valid(body_of("fr"), strlen(body_of("fr"))));
	facts.blanks = "place" NAME "a\x01\xffz {hour} [x]";
	write_texts(&facts);
	CHECK(strstr(body_of("fr"), "a \xef\xbf\xbdz {hour} [x]") != NULL);
	end();
}

TEST(blanks_that_are_known_by_hand)
{
	load();
	CHECK(alert_blank_known(templates, &config, "flood", "level"));
	CHECK(alert_blank_known(templates, &config, "flood", "level.ar"));
	CHECK(alert_blank_known(templates, &config, "flood", "text.fr"));
	CHECK(alert_blank_known(templates, &config, "flood", "cancel_by.fr"));
	CHECK(alert_blank_known(templates, &config, "flood", "reason"));
	CHECK(!alert_blank_known(templates, &config, "flood", "levle"));
	CHECK(!alert_blank_known(templates, &config, "flood", "text"));
	CHECK(!alert_blank_known(templates, &config, "flood", "text.sw"));
	CHECK(!alert_blank_known(templates, &config, "fire", "level"));
	CHECK(!alert_blank_known(templates, &config, "flood", ""));
	end();
}

TEST(words_of_one_language_in_another_are_known)
{
	char out[256];

	load();
	alert_blanks_foreign(templates, &config, "missing_person", "alert",
		"person" NAME "Aline, 7 ans" NAME "seen" NAME "au marché" NAME "seen.ar" NAME
		"في السوق" NAME "phone" NAME "0788000112",
		"ar", out);
	CHECK_STR(out, "person");
	alert_blanks_foreign(templates, &config, "missing_person", "alert",
		"person" NAME "Aline" NAME "seen" NAME "au marché", "en", out);
	CHECK_STR(out, "person, seen");
	alert_blanks_foreign(
		templates, &config, "missing_person", "alert", "person" NAME "Aline", "fr", out);
	CHECK_STR(out, "");
	alert_blanks_foreign(templates, &config, "missing_person", "alert",
		"person" NAME "Aline" NAME "text.en" NAME "Missing.", "en", out);
	CHECK_STR(out, "");
	alert_blanks_foreign(
		templates, &config, "flood", "cancel", "reason" NAME "rien", "en", out);
	CHECK_STR(out, "reason");
	end();
}

UNIT_MAIN
