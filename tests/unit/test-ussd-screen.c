/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-screen: what fits on a screen, and that nothing is lost between two pages. */
#include "gateway/ussd-screen.h"

#include "gateway/text.h"
#include "unit.h"

static const struct ussd_room_for room = { .septets = USSD_SEPTETS_MAX, .units = USSD_UNITS_MAX };

static const char *const kinds[] = { "Full", "Burning", "Waste beside it", "Damaged",
	"Not collected", "Heap in the street", "Waste in a drain", "Hazardous waste" };

static const char *const kinds_ar[] = { "ممتلئة", "تحترق", "نفايات بجانبها", "تالفة", "لم تفرغ",
	"كومة في الشارع", "نفايات في المجرى", "نفايات خطرة" };

static struct ussd_laid laid;

static const struct ussd_from *
first(void)
{
	static const struct ussd_from start;

	return &start;
}

TEST(screen_counts_as_networks_do)
{
	char text[256];

	memset(text, 'a', 182);
	text[182] = '\0';
	CHECK(ussd_screen_fits(&room, text));
	strcpy(text + 182, "a");
	CHECK(!ussd_screen_fits(&room, text));
	strcpy(text + 180, "{"); /* of the extension table: two */
	CHECK(ussd_screen_fits(&room, text));
	strcpy(text + 181, "{");
	CHECK(!ussd_screen_fits(&room, text));
	text[0] = '\0';
	for (int i = 0; i < 70; i++)
		strcat(text, "م");
	CHECK(ussd_screen_fits(&room, text));
	strcat(text, "م");
	CHECK(!ussd_screen_fits(&room, text));
	CHECK(!ussd_screen_fits(&room, ""));
	CHECK(!ussd_screen_fits(&room, "\xff"));
}

TEST(screen_length_says_alphabet_and_limit)
{
	bool ucs2 = true;
	int limit = 0;

	CHECK_INT(ussd_screen_length(&room, "a{", &ucs2, &limit), 3);
	CHECK(!ucs2);
	CHECK_INT(limit, 182);
	CHECK_INT(ussd_screen_length(&room, "ç🌊", &ucs2, &limit), 3);
	CHECK(ucs2);
	CHECK_INT(limit, 70);
}

/* Whole texts, and none in part: what stays outside the alphabet decides for it. */
TEST(screen_folds_accents_for_room)
{
	static const char *const texts[][2] = { { "fenêtre à São Tomé", "fenetre à Sao Tomé" },
		{ "Œuvre…", "OEuvre..." }, { "é à ù", "é à ù" }, { "ã 🌊", "ã 🌊" },
		{ "ã حي", "ã حي" }, { "", "" } };
	char text[64];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		strcpy(text, texts[i][0]);
		ussd_screen_fold(text, sizeof text);
		CHECK_STR(text, texts[i][1]);
	}
	strcpy(text, "…");
	ussd_screen_fold(text, strlen(text) + 1); /* "..." has just room */
	CHECK_STR(text, "...");
	strcpy(text, "œœœœ");
	ussd_screen_fold(text, 8); /* eight bytes and NUL have none */
	CHECK_STR(text, "œœœœ");
}

TEST(screen_of_one_page)
{
	const struct ussd_page what = { .text = "What is wrong?",
		.choices = kinds,
		.count = 8,
		.fixed = true,
		.more = "More",
		.back = "Back" };

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen,
		"What is wrong?\n1 Full\n2 Burning\n3 Waste beside it\n4 Damaged\n5 Not collected\n"
		"6 Heap in the street\n7 Waste in a drain\n8 Hazardous waste\n0 Back");
	CHECK_INT(laid.shown, 8);
	CHECK(!laid.more);
	CHECK(!laid.abridged);
}

/* Page by page, each choice once, with its own number. */
TEST(screen_numbers_of_fixed_choices_go_on)
{
	const struct ussd_page what = { .text = "ما المشكلة؟",
		.choices = kinds_ar,
		.count = 8,
		.fixed = true,
		.more = "المزيد",
		.back = "رجوع" };
	struct ussd_from from = { 0, 0 };
	char line[128];
	int pages = 0;

	do {
		REQUIRE(ussd_screen_lay(&room, &what, &from, &laid) == 0);
		CHECK(ussd_screen_fits(&room, laid.screen));
		CHECK((strstr(laid.screen, what.text) != NULL) == (pages == 0));
		REQUIRE(laid.shown > 0);
		for (size_t i = 0; i < laid.shown; i++) {
			snprintf(line, sizeof line, "\n%zu %s\n", from.choice + i + 1,
				kinds_ar[from.choice + i]);
			CHECK(strstr(laid.screen, line + (pages > 0 && i == 0)) != NULL);
		}
		CHECK((strstr(laid.screen, "\n9 المزيد\n0 رجوع") != NULL) == laid.more);
		CHECK_INT(laid.next.choice, from.choice + laid.shown);
		from = laid.next;
	} while (laid.more && ++pages < 9);
	CHECK_INT(from.choice, 8);
	CHECK(pages >= 1);
}

TEST(screen_list_restarts_and_ends_with_its_last_choice)
{
	static const char *const rows[] = { "147 Market", "148 Av. Marien Ngouabi 12", "149 École",
		"150 a", "151 b", "152 c", "153 d", "154 e", "155 f" };
	struct ussd_page what = { .text = "Which?",
		.choices = rows,
		.count = 9,
		.last = "None of these",
		.more = "More",
		.back = "Back" };

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_INT(laid.shown, 7);
	CHECK(laid.more);
	CHECK(strstr(laid.screen, "Which?\n1: 147 Market\n2: 148 Av. Marien Ngouabi 12\n") ==
		laid.screen);
	CHECK(strstr(laid.screen, "\n7: 153 d\n8 None of these\n9 More\n0 Back") != NULL);
	what.choices = rows + 7;
	what.count = 2;
	REQUIRE(ussd_screen_lay(&room, &what, &(struct ussd_from){ 6, 0 }, &laid) == 0);
	CHECK_STR(laid.screen, "1: 154 e\n2: 155 f\n3 None of these\n0 Back");
}

TEST(screen_of_words_has_its_last_choice)
{
	const struct ussd_page what = {
		.text = "Where is it?", .last = "I do not know", .back = "Back"
	};

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen, "Where is it?\n1 I do not know\n0 Back");
	CHECK_INT(laid.shown, 0);
}

/* A long text: whole words, none lost or twice, the choices behind its end. */
static void
read_long(const char *word, int words, const struct ussd_room_for *carries)
{
	static char text[4096], joined[8192];
	struct ussd_page what = { .text = text,
		.choices = kinds,
		.count = 2,
		.fixed = true,
		.more = "More",
		.back = "Back" };
	struct ussd_from from = { 0, 0 };
	int pages = 0;

	text[0] = joined[0] = '\0';
	for (int i = 0; i < words; i++)
		sprintf(text + strlen(text), "%s%s%d", i > 0 ? " " : "", word, i);
	do {
		char *end;

		REQUIRE(ussd_screen_lay(carries, &what, &from, &laid) == 0);
		CHECK(ussd_screen_fits(carries, laid.screen));
		end = laid.more ? strstr(laid.screen, "\n9 More\n0 Back")
				: strstr(laid.screen, "\n1 Full\n2 Burning\n0 Back");
		if (laid.shown == 1)
			end = strstr(laid.screen, "\n1 Full\n9 More");
		REQUIRE(end != NULL || laid.next.text == from.text);
		if (end != NULL)
			*end = '\0';
		if (laid.next.text > from.text)
			sprintf(joined + strlen(joined), "%s%s", joined[0] != '\0' ? " " : "",
				laid.screen);
		CHECK(laid.next.text > from.text || laid.next.choice > from.choice);
		from = laid.next;
	} while (laid.more && ++pages < 200);
	CHECK_STR(joined, text);
	CHECK_INT(from.choice, 2);
}

TEST(screen_long_text_goes_on_over_pages)
{
	read_long("word", 120, &room);
	read_long("mot-é", 300, &room);
	read_long("كلمة", 100, &room);
	read_long("ç", 100, &room);
	for (int septets = 40; septets < 60; septets++)
		read_long("w", 40, &(struct ussd_room_for){ septets, 40 });
}

TEST(screen_word_longer_than_a_page_is_cut_at_a_letter)
{
	char text[401] = "";
	struct ussd_page what = { .text = text, .more = "More" };
	struct ussd_from from = { 0, 0 };
	size_t letters = 0;

	for (int i = 0; i < 100; i++)
		strcat(text, "مه");
	do {
		REQUIRE(ussd_screen_lay(&room, &what, &from, &laid) == 0);
		CHECK(text_utf8_valid(laid.screen, strlen(laid.screen)));
		letters += laid.next.text - from.text;
		from = laid.next;
	} while (laid.more);
	CHECK_INT(letters, 400);
}

TEST(screen_choice_too_long_is_abridged)
{
	static const char *const rows[] = { "A quarter whose name has been written down with all "
					    "that was ever said of it, its streets, its chiefs, "
					    "its rivers, and what is sold in its market on a "
					    "Tuesday in the dry season",
		"B" };
	const struct ussd_page what = {
		.text = "Which?", .choices = rows, .count = 2, .more = "More", .back = "Back"
	};
	struct ussd_from from;

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen, "Which?\n9 More\n0 Back");
	from = laid.next;
	REQUIRE(ussd_screen_lay(&room, &what, &from, &laid) == 0);
	CHECK(laid.abridged);
	CHECK_INT(laid.shown, 1);
	CHECK(strstr(laid.screen, "...\n9 More\n0 Back") != NULL);
	CHECK(strstr(laid.screen, "1 A quarter whose name") == laid.screen);
	CHECK(ussd_screen_fits(&room, laid.screen));
	from = laid.next;
	REQUIRE(ussd_screen_lay(&room, &what, &from, &laid) == 0);
	CHECK_STR(laid.screen, "1 B\n0 Back");
}

TEST(screen_note_stands_first)
{
	struct ussd_page what = { .note = "No such choice.",
		.text = "What is wrong?",
		.choices = kinds,
		.count = 3,
		.fixed = true,
		.back = "Back" };

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen,
		"No such choice.\nWhat is wrong?\n1 Full\n2 Burning\n3 Waste beside it\n0 Back");
}

/* Where both have no room, all choices matter more than the question that she has just read. */
TEST(screen_note_takes_the_questions_place)
{
	const struct ussd_room_for small = { 52, 40 };
	struct ussd_page what = { .note = "No such choice.",
		.text = "What is wrong there?",
		.choices = kinds,
		.count = 3,
		.fixed = true,
		.more = "More",
		.back = "Back" };

	REQUIRE(ussd_screen_lay(&small, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen, "No such choice.\n1 Full\n2 Burning\n9 More\n0 Back");
	CHECK_INT(laid.next.text, strlen(what.text));
	CHECK_INT(laid.next.choice, 2);
	what.note = NULL;
	REQUIRE(ussd_screen_lay(&small, &what, first(), &laid) == 0);
	CHECK_STR(laid.screen, "What is wrong there?\n1 Full\n2 Burning\n9 More\n0 Back");
	REQUIRE(ussd_screen_lay(&small, &what, &laid.next, &laid) == 0);
	CHECK_STR(laid.screen, "3 Waste beside it\n0 Back");
}

TEST(screen_one_letter_outside_the_alphabet_makes_all_of_it_ucs2)
{
	static const char *const rows[] = { "Kimisagara", "Caniço", "Nyarugenge" };
	const struct ussd_page what = { .text = "Your quarter, or its first letters, please:",
		.choices = rows,
		.count = 3,
		.more = "More",
		.back = "Back" };

	REQUIRE(ussd_screen_lay(&room, &what, first(), &laid) == 0);
	CHECK_INT(laid.shown, 1);
	CHECK(text_fits_gsm7(laid.screen));
	REQUIRE(ussd_screen_lay(&room, &what, &laid.next, &laid) == 0);
	CHECK_STR(laid.screen, "1 Caniço\n2 Nyarugenge\n0 Back");
}

TEST(screen_too_small_a_room_is_told)
{
	const struct ussd_room_for none = { 8, 8 };
	const struct ussd_page what = { .text = "A", .more = "More", .back = "Back" };

	laid.shown = 77;
	CHECK_INT(ussd_screen_lay(&none,
			  &(struct ussd_page){ .text = "A word", .more = "More", .back = "Back" },
			  first(), &laid),
		-1);
	CHECK_INT(laid.shown, 77);
	CHECK_INT(ussd_screen_lay(&none, &what, first(), &laid), 0);
	CHECK_STR(laid.screen, "A\n0 Back");
}

/* A position that is none: of a text that was longer, or within a character. */
TEST(screen_begins_at_a_character_within_the_text)
{
	const struct ussd_page what = { .text = "é è", .choices = kinds, .count = 1 };

	REQUIRE(ussd_screen_lay(&room, &what, &(struct ussd_from){ 1, 0 }, &laid) == 0);
	CHECK(ussd_screen_fits(&room, laid.screen));
	REQUIRE(ussd_screen_lay(&room, &what, &(struct ussd_from){ 400, 0 }, &laid) == 0);
	CHECK_STR(laid.screen, "1 Full");
	CHECK_INT(ussd_screen_lay(&room, &what, &(struct ussd_from){ 400, 40 }, &laid), -1);
}

UNIT_MAIN
