/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers: which of the city's own answers a message gets; what a clerk may get wrong in the file.
 */
#include "gateway/answers.h"
#include "gateway/config.h"
#include "gateway/text.h"
#include "unit.h"

static struct config
make_config(const char *file)
{
	struct config config = { .default_language = "fr", .answers = (char *)file };
	static const char *const languages[] = { "en", "fr", "pt", "ar" };

	for (size_t i = 0; i < 4; i++)
		config.languages[i] = (char *)languages[i];
	return config;
}

/* Loads what a file would hold; its errors are in errors. */
static struct answers *
load_text(const char *text, struct config_errors *errors)
{
	char path[] = "/tmp/answers-XXXXXX";
	int fd = mkstemp(path);
	struct config config = make_config(path);
	struct answers *answers;

	REQUIRE(fd != -1);
	REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	*errors = (struct config_errors){ 0 };
	answers = answers_load(&config, errors);
	unlink(path);
	return answers;
}

static const char *
found(const struct answers *answers, const char *text)
{
	const char *key = answers_find(answers, text);

	return key != NULL ? key : "";
}

static void
refused(const char *text, const char *error)
{
	struct config_errors errors;

	CHECK(load_text(text, &errors) == NULL);
	REQUIRE(errors.count > 0);
	if (strstr(errors.text[0], error) == NULL) {
		printf("  not \"%s\" but \"%s\"\n", error, errors.text[0]);
		unit_failures++;
	}
	config_errors_free(&errors);
}

#define ONE(words_, text_) \
	"answers = ( { name = \"a\"; words = { fr = " words_ "; }; text = { fr = " text_ "; }; } );"

TEST(all_words_of_a_line_in_any_order)
{
	struct config_errors errors;
	struct answers *answers = load_text(
		"answers = ("
		"{ name = \"one\"; words = { fr = [ \"heures bureau\", \"ouvr*\" ]; }; text = { fr = \"1\"; }; },"
		"{ name = \"two\"; words = { fr = [ \"acte de naissance\", \"ouvre marché\" ]; en = [ \"birth\" ]; };"
		" text = { fr = \"2\"; }; } );",
		&errors);

	REQUIRE(answers != NULL);
	CHECK_STR(found(answers, "Bureau: quelles heures?"), "answer_one");
	CHECK_STR(found(answers, "quelles heures?"), "");
	CHECK_STR(found(answers, "C'est OUVERT ou pas? L'ouverture"), "");
	CHECK_STR(found(answers, "quand ouvrez-vous"), "answer_one");
	CHECK_STR(found(answers, "l'acte de ma NAISSANCE"), "answer_two");
	CHECK_STR(found(answers, "acte naissance"), "");
	CHECK_STR(found(answers, "le marche ouvre quand"), "answer_two"); /* the longer line */
	CHECK_STR(found(answers, "birth"), "answer_two");
	CHECK_STR(found(answers, "births"), "");
	CHECK_STR(found(answers, ""), "");
	CHECK_STR(found(answers, "\xff\xfe ouvre"), "answer_one");
	CHECK_STR(answers_key(answers, 1), "answer_two");
	CHECK(answers_key(answers, 2) == NULL);
	CHECK_STR(answers_text(answers, 0, "fr"), "1");
	CHECK(answers_text(answers, 0, "en") == NULL);
	answers_free(answers);
}

TEST(among_equals_the_first_is_given)
{
	struct config_errors errors;
	struct answers *answers = load_text(
		"answers = ("
		"{ name = \"one\"; words = { fr = [ \"taxe marché\" ]; }; text = { fr = \"1\"; }; },"
		"{ name = \"two\"; words = { fr = [ \"taxe prix\" ]; }; text = { fr = \"2\"; }; } );",
		&errors);

	REQUIRE(answers != NULL);
	CHECK_STR(found(answers, "prix de la taxe du marché?"), "answer_one");
	CHECK_STR(found(answers, "prix de la taxe?"), "answer_two");
	answers_free(answers);
}

/* A list of one line, all of it one letter: so many in each word, so many words. */
static const char *
long_line(size_t letters, size_t words)
{
	static char text[4000];
	size_t at = (size_t)sprintf(
		text, "answers = ( { name = \"a\"; text = { fr = \"x\"; }; words = { fr = [ \"");

	for (size_t i = 0; i < words; i++) {
		memset(text + at, 'x', letters);
		at += letters;
		text[at++] = ' ';
	}
	strcpy(text + at, "\" ]; }; } );");
	return text;
}

TEST(what_is_too_long_is_refused)
{
	struct config_errors errors;
	struct answers *answers = load_text(long_line(198, 1), &errors);
	char text[1100], file[1300];

	REQUIRE(answers != NULL);
	answers_free(answers);
	REQUIRE((answers = load_text(long_line(65, 3), &errors)) != NULL);
	answers_free(answers);
	for (size_t letters = 199; letters < 203; letters++)
		refused(long_line(letters, 1), "at most 198 bytes");
	refused(long_line(66, 3), "at most 198 bytes");
	refused(long_line(9, 300), "at most 198 bytes");

	for (int length = 1000; length <= 1001; length++) {
		snprintf(text, sizeof(text), "%0*d", length, 0);
		snprintf(file, sizeof(file),
			"answers = ( { name = \"a\"; words = { fr = [ \"a\" ]; }; text = { fr = \"%s\"; }; } );",
			text);
		if (length == 1001) {
			refused(file, "at most 1000 bytes");
		} else {
			REQUIRE((answers = load_text(file, &errors)) != NULL);
			CHECK_STR(answers_text(answers, 0, "fr"), text);
			answers_free(answers);
		}
	}
}

TEST(a_long_message_is_judged_by_its_beginning)
{
	struct config_errors errors;
	struct answers *answers = load_text(ONE("[ \"mairie\" ]", "\"x\""), &errors);
	static char text[20000];

	REQUIRE(answers != NULL);
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "mairie ", 7);
	CHECK_STR(found(answers, text), "answer_a");
	memset(text, 'x', 7);
	memcpy(text + sizeof(text) - 10, " mairie", 7);
	CHECK_STR(found(answers, text), "");
	answers_free(answers);
}

TEST(other_languages_are_left_out)
{
	struct config_errors errors;
	struct answers *answers =
		load_text("answers = ( { name = \"a\"; words = { sw = [ \"saa\" ]; };"
			  " text = { sw = \"x\"; fr = \"y\"; }; } );",
			&errors);

	REQUIRE(answers != NULL);
	CHECK_STR(found(answers, "saa"), "");
	CHECK(answers_text(answers, 0, "sw") == NULL);
	answers_free(answers);
}

TEST(no_file_is_no_answer)
{
	struct config config = make_config(NULL);
	struct config_errors errors = { 0 };
	struct answers *answers = answers_load(&config, &errors);

	REQUIRE(answers != NULL);
	CHECK(answers_key(answers, 0) == NULL);
	CHECK_STR(found(answers, "heures"), "");
	answers_free(answers);
	config.answers = (char *)"/nonexistent/answers.cfg";
	CHECK(answers_load(&config, &errors) == NULL);
	CHECK(errors.count > 0);
	config_errors_free(&errors);
}

TEST(faults_are_told)
{
	refused("", "is wanted, and nothing else");
	refused("answers = ();\nother = 1;", "is wanted, and nothing else");
	refused("answers = [ \"a\" ];", "is wanted, and nothing else");
	refused("answers = ( 1 );", "an answer is {");
	refused(ONE("\"heures\"", "\"x\""), "a list of words");
	refused(ONE("[ \"\" ]", "\"x\""), "words in quotes");
	refused(ONE("[ \"*\" ]", "\"x\""), "words in quotes");
	refused(ONE("[ 7 ]", "\"x\""), "words in quotes");
	refused(ONE("[ \"a\" ]", "\"\""), "words in quotes");
	refused(ONE("[ \"a\" ]", "7"), "words in quotes");
	refused(ONE("[ \"a\" ]", "\"{place}\""), "no braces but");
	refused(ONE("[ \"a\" ]", "\"a } b\""), "no braces but");
	refused("answers = ( { name = \"A-b\"; words = {}; text = {}; } );", "name: 1 to 40");
	refused("answers = ( { words = {}; text = {}; } );", "name: 1 to 40");
	refused("answers = ( { name = \"a\"; text = {}; } );", "words = {");
	refused("answers = ( { name = \"a\"; words = {}; } );", "text = {");
	refused("answers = ( { name = \"a\"; words = {}; text = {}; word = 1; } );", "and no word");
	refused("answers = ( { name = \"a\"; words = {}; text = {}; },"
		" { name = \"a\"; words = {}; text = {}; } );",
		"two answers are called a");
}

TEST(the_demonstrations_answers_are_one_sms_each)
{
	struct config config = make_config("conf/answers.cfg");
	struct config_errors errors = { 0 };
	struct answers *answers = answers_load(&config, &errors);
	size_t count = 0;

	REQUIRE(answers != NULL);
	for (; answers_key(answers, count) != NULL; count++)
		for (size_t i = 0; i < 4; i++) {
			const char *text = answers_text(answers, count, config.languages[i]);
			enum text_coding coding;

			REQUIRE(text != NULL);
			CHECK_INT(text_count_segments(text, &coding), 1);
			CHECK(coding == TEXT_GSM7 || i == 3);
		}
	CHECK(count >= 2);
	CHECK_STR(found(answers, "Quelles sont les heures d'ouverture?"), "answer_hours");
	CHECK_STR(found(answers, "que faut-il pour un extrait de naissance"),
		"answer_birth_certificate");
	CHECK_STR(found(answers, "fuite d'eau rue KN 5"), "");
	answers_free(answers);
}

UNIT_MAIN
