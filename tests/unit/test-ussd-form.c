/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form: what comes of each key, in a menu of the test's own. */
#include "ussd-stage.h"

/* Its last text is written with an accent. */
#define ROOT "Kigali:\n1 A skip\n2 More services\n3 Language\n4 Call me\n5 In words"
#define WRONG "No such choice."

static const char *
text_of(const char *key)
{
	return texts_raw(stage.texts, stage.view.language, key);
}

TEST(form_first_screen_greets)
{
	stage_open();
	CHECK_STR(stage_dial("", NULL), ROOT);
	CHECK(stage.out.more);
	CHECK(ussd_state_service(stage.state) == NULL);
	stage_clean();
}

TEST(form_by_number_takes_five_screens)
{
	char summary[USSD_INPUT_MAX];

	stage_open();
	stage_dial("", NULL);
	CHECK(strstr(stage_key("1"), "What is wrong?\n1 ") == stage.out.screen);
	CHECK_STR(stage_key("1"),
		"District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back");
	CHECK(!ussd_state_is_complete(stage.state));
	stage_key("147");
	CHECK(strstr(stage.out.screen, "147 Market\n1 Send\n2 Change\n0 Back") != NULL);
	CHECK(ussd_state_is_complete(stage.state));
	CHECK_STR(ussd_state_service(stage.state)->name, "skip");
	CHECK(ussd_state_summary(&stage.view, stage.state, summary, sizeof summary) > 0);
	CHECK_STR(strstr(summary, ", "), ", 147 Market");
	stage_key("1");
	CHECK(stage.next == USSD_RUN);
	CHECK_STR(stage_value("kind"), "full");
	CHECK_STR(stage_value("container"), "147");
	CHECK_STR(stage_value("place"), "");
	CHECK_STR(stage.out.words, "");
	CHECK_STR(stage.out.summary, summary);
	CHECK(stage.out.form->by_sms);
	CHECK_STR(stage_ran("Thank you. Ticket 4F2K7.", false), "Thank you. Ticket 4F2K7.");
	CHECK(!stage.out.more);
	CHECK(ussd_state_service(stage.state) == NULL);
	stage_clean();
}

TEST(form_lists_are_paged_and_restart_at_one)
{
	char second[USSD_SCREEN_BYTES_MAX], first[USSD_SCREEN_BYTES_MAX];

	stage_open();
	stage_dial("", NULL);
	strcpy(first, stage_keys("1|1|1"));
	CHECK(strstr(first, "Which quarter?\n1 Quarter of Gasabo 01\n") == first);
	CHECK(strstr(first, "\n9 More\n0 Back") != NULL);
	strcpy(second, stage_key("9"));
	CHECK(strstr(second, "1 Quarter of Gasabo 0") == second);
	CHECK(strstr(second, "1 Quarter of Gasabo 01") == NULL);
	CHECK_STR(stage_key("0"), first);
	CHECK_STR(stage_key("9"), second);
	CHECK(strstr(stage_key("8"), WRONG "\n1 Quarter of Gasabo 0") == stage.out.screen);
	CHECK_STR(stage_keys("9|0|0"), first);
	stage_clean();
}

/* Every row once, in order, by pages with or without a wrong key in between. */
TEST(form_pages_lose_no_row)
{
	stage_open();
	for (int wrong = 0; wrong < 2; wrong++) {
		char label[64];
		int row = 0;

		stage_dial("", NULL);
		stage_keys("1|1|1");
		for (int pages = 0; pages < 12; pages++) {
			if (wrong)
				stage_key("8 8");
			for (int n = 1; n <= 8; n++) {
				snprintf(label, sizeof label, "\n%d Quarter of Gasabo %02d", n,
					row + 1);
				if (strstr(stage.out.screen,
					    label + (n == 1 && row > 0 && !wrong)) == NULL)
					break;
				row++;
			}
			if (strstr(stage.out.screen, "\n9 More") == NULL)
				break;
			stage_key("9");
		}
		CHECK_INT(row, 20);
		CHECK(strstr(stage_key("9"), WRONG "\n1 Quarter") == stage.out.screen);
	}
	stage_clean();
}

TEST(form_by_quarter_and_container)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("1|1|1|1"),
		"Which skip?\n1: 147 Market\n2: 148 School\n3: 7 Mosque\n4 None of these\n0 Back");
	stage_key("2");
	CHECK(strstr(stage.out.screen, ", Gasabo, Quarter of Gasabo 01, 148 School\n1 Send") !=
		NULL);
	stage_key("1");
	CHECK_STR(stage_value("container"), "148");
	CHECK_STR(stage_value("place"), "Quarter of Gasabo 01");
	stage_clean();
}

/* A quarter without skips is not asked for one; none of them: her own words. */
TEST(form_optional_questions_stay_without_a_value)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("1|1|2|1"), "Where is it?\n1 I do not know\n0 Back");
	stage_key("1");
	stage_key("1");
	CHECK_STR(stage_value("place"), "Gikondo");
	CHECK_STR(stage_value("container"), "");
	stage_dial("", NULL);
	stage_keys("1|1|1|1|4");
	CHECK_STR(stage.out.screen, "Where is it?\n1 I do not know\n0 Back");
	stage_keys("by the well|1");
	CHECK_STR(stage_value("place"), "by the well, Quarter of Gasabo 01");
	/* No quarter there, and so no skip. */
	stage_dial("", NULL);
	CHECK_STR(stage_keys("1|1|3"), "Where is it?\n1 I do not know\n0 Back");
	stage_clean();
}

TEST(form_asks_what_concerns_the_choice)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("1|6|1|1"), "Where is it?\n1 I do not know\n0 Back"); /* a heap */
	stage_clean();
}

TEST(form_letters_find_one_or_several_or_none)
{
	char several[USSD_SCREEN_BYTES_MAX];

	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("1|1|gik"), "Where is it?\n1 I do not know\n0 Back");
	stage_keys("1|1");
	CHECK_STR(stage_value("place"), "Gikondo");
	stage_dial("", NULL);
	strcpy(several, stage_keys("1|1|GÁSABO"));
	CHECK(strstr(several, "Which quarter?\n1 Quarter of Gasabo 01\n") == several);
	stage_key("9");
	CHECK(strstr(stage.out.screen, "1 Quarter of Gasabo 0") == stage.out.screen);
	stage_key("0");
	CHECK_STR(stage.out.screen, several);
	stage_key("kag"); /* other letters, in the answer's own list */
	CHECK_STR(stage.out.screen, "Where is it?\n1 I do not know\n0 Back");
	CHECK_STR(stage_key("0"), several);
	CHECK_STR(stage_key("0"),
		"District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back");
	stage_check_again(stage_key("zz"), text_of("ussd_nothing_found"),
		"District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back");
	stage_check_again(stage_key("!?"), text_of("ussd_nothing_found"),
		"District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back");
	stage_keys("gasabo|2");
	CHECK(strstr(stage.out.screen, "Where is it?") == stage.out.screen);
	stage_keys("1|1");
	CHECK_STR(stage_value("place"), "Quarter of Gasabo 02");
	stage_clean();
}

/* The last that was answered fills a field that two questions have. */
TEST(form_a_later_question_narrows_a_field)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("2|4|2"), "Which quarter?\n1 Gikondo\n2 Kagarama\n3 All\n0 Back");
	stage_key("3");
	CHECK_STR(stage_value("place"), "2");
	stage_dial("", NULL);
	stage_keys("2|4|2|1");
	CHECK_STR(stage_value("place"), "201");
	stage_dial("", NULL);
	stage_keys("2|4|kag");
	CHECK_STR(stage_value("place"), "202");
	stage_clean();
}

/* Two digits are no choice: a container's number is taken wherever a place is asked by a list. */
TEST(form_number_is_taken_at_every_list)
{
	static const char *const at[] = { "1|1", "1|1|1", "1|1|gasabo", "1|1|1|9", "1|1|1|1" };

	stage_open();
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		stage_dial("", NULL);
		stage_keys(at[i]);
		CHECK_STR(stage_key("147"),
			"Is this right? full, 147 Market\n1 Send\n2 Change\n0 Back");
		stage_key("1");
		CHECK_STR(stage_value("container"), "147");
		CHECK_STR(stage_value("place"), ""); /* it lies where it lies, not where she was */
	}
	stage_clean();
}

TEST(form_number_that_is_none_leaves_the_list)
{
	char list[USSD_SCREEN_BYTES_MAX];

	stage_open();
	stage_dial("", NULL);
	strcpy(list, stage_keys("1|1|1"));
	stage_check_again(stage_key("999"), text_of("ussd_unknown_number"), list);
	strcpy(list, stage_key("1"));
	stage_check_again(stage_key("999"), text_of("ussd_unknown_number"), list);
	stage_key("07");
	CHECK_STR(stage_key("0"), list); /* and the quarter is hers again */
	stage_keys("2|1");
	CHECK_STR(stage_value("container"), "148");
	CHECK_STR(stage_value("place"), "Quarter of Gasabo 01");
	stage_clean();
}

TEST(form_wrong_keys_show_the_screen_again)
{
	static const char *const keys[] = { "6", "8", "9", "12", "skip", "", "  ", "\n", "1*1",
		"\xff", "🌊", "+1 2" };
	const char *at = "District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back";

	stage_open();
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_dial("", NULL);
		stage_check_again(stage_key(keys[i]), WRONG, ROOT);
	}
	stage_keys("1|1");
	stage_check_again(stage_key("4"), WRONG, at);
	stage_check_again(stage_key("9"), WRONG, at);
	stage_check_again(stage_key(" "), WRONG, at);
	stage_check_again(stage_key("999"), text_of("ussd_unknown_number"), at);
	stage_check_again(
		stage_key("123456789012345678901234567890123456789012345678901234567890123456"
			  "7890"),
		text_of("ussd_unknown_number"), at);
	at = "Is this right? full, 07 Mosque\n1 Send\n2 Change\n0 Back";
	CHECK_STR(stage_key("07"), at);
	stage_check_again(stage_key("3"), WRONG, at);
	stage_clean();
}

TEST(form_digits_of_any_script_are_digits)
{
	static const char *const ones[] = { "1", " 1 ", "1.", "١", "۱", "１", "①", "(1)" };

	stage_open();
	for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
		stage_dial("", NULL);
		stage_key(ones[i]);
		CHECK(strstr(stage.out.screen, "What is wrong?") == stage.out.screen);
	}
	stage_keys("１|١٤٧");
	CHECK(strstr(stage.out.screen, ", 147 Market\n1 Send") != NULL);
	CHECK_STR(stage_key("００"), ROOT);
	stage_clean();
}

TEST(form_back_undoes_the_last_answer)
{
	char kinds[USSD_SCREEN_BYTES_MAX], places[USSD_SCREEN_BYTES_MAX];

	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_key("0"), ROOT);
	strcpy(kinds, stage_key("1"));
	strcpy(places, stage_key("2"));
	CHECK_STR(stage_key("0"), kinds);
	CHECK_STR(stage_key("0"), ROOT);
	stage_keys("1|2|147");
	CHECK_STR(stage_key("0"), places);
	stage_keys("1|1|4");
	CHECK(strstr(stage_key("0"), "Which skip?") == stage.out.screen);
	CHECK(strstr(stage_key("0"), "Which quarter?") == stage.out.screen);
	CHECK_STR(stage_key("0"), places);
	stage_keys("2|1|1|0|0|0"); /* confirmation, words, quarter, district */
	CHECK_STR(stage.out.screen, places);
	stage_keys("147|1");
	CHECK_STR(stage_value("kind"), "burning");
	CHECK_STR(stage_value("place"), "");
	stage_clean();
}

TEST(form_back_and_home_in_menus)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_key("2"),
		"More services\n1 Complain\n2 My report\n3 No more warnings\n4 Warn me\n0 Back");
	CHECK_STR(stage_key("0"), ROOT);
	stage_keys("2|1|1");
	CHECK_STR(stage_key("00"), ROOT);
	CHECK(ussd_state_service(stage.state) == NULL);
	stage_clean();
}

/* A form that was left is begun anew. */
TEST(form_home_keeps_nothing_of_it)
{
	stage_open();
	stage_dial("", NULL);
	stage_keys("1|2|147|00");
	CHECK_STR(stage.out.screen, ROOT);
	stage_key("1");
	CHECK(strstr(stage.out.screen, "What is wrong?") == stage.out.screen);
	CHECK(!ussd_state_is_complete(stage.state));
	stage_key("1");
	CHECK(strstr(stage.out.screen, "District, quarter") == stage.out.screen);
	stage_clean();
}

TEST(form_language_changes_in_mid_form)
{
	stage_open();
	stage_dial("", NULL);
	stage_keys("1|2|00|3");
	CHECK_STR(stage.out.screen, "1 English\n2 العربية\n0 Back");
	stage_key("2");
	CHECK_STR(stage.out.language, "ar");
	CHECK(strstr(stage.out.screen, "المنطقة أو الحي أو الرقم:") == stage.out.screen);
	stage_key("147");
	CHECK(strstr(stage.out.screen, text_of("kind_burning")) != NULL);
	CHECK(strstr(stage.out.screen, "147 Market") != NULL);
	stage_keys("00|3|1"); /* at the confirmation */
	CHECK_STR(stage.out.language, "en");
	CHECK(strstr(stage.out.screen, text_of("kind_burning")) != NULL);
	CHECK(ussd_state_is_complete(stage.state));
	stage_key("1");
	CHECK_STR(stage_value("kind"), "burning");
	stage_clean();
}

TEST(form_language_without_a_form_stays_in_the_menu)
{
	stage_open();
	stage_dial("", NULL);
	CHECK(strstr(stage_keys("3|2"), "كيغالي:") == stage.out.screen);
	CHECK_STR(stage_keys("3|1"), ROOT);
	CHECK_STR(stage_keys("3|0"), ROOT);
	stage_check_again(stage_keys("3|3"), WRONG, "1 English\n2 العربية\n0 Back");
	stage_clean();
}

/* Nothing that she writes is a key but 0 and 00; stars and hashes are hers. */
TEST(form_free_text_is_hers)
{
	static const char *const words[] = { "9", "2", "*99#", "a*b#c", "00 00", "0.", "000", "-0",
		"شارع ١٢", "  Av. 1  " };

	stage_open();
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		stage_dial("", NULL);
		stage_keys("2|1|1");
		CHECK_STR(stage.out.screen, "What, and where?\n0 Back");
		stage_key(words[i]);
		CHECK(strstr(stage.out.screen, "1 Send\n2 Change\n0 Back") != NULL);
		stage_key("1");
		CHECK(strstr(words[i], stage_value("words")) != NULL);
		CHECK_STR(stage.out.words, stage_value("words"));
		CHECK_STR(stage_value("place"), stage_value("words"));
		CHECK_STR(stage_value("category"), "road");
	}
	stage_dial("", NULL);
	stage_keys("2|1|1");
	stage_check_again(stage_key("   "), WRONG, "What, and where?\n0 Back");
	CHECK(strstr(stage_key("0"), "What is wrong?") == stage.out.screen);
	stage_keys("1");
	CHECK_STR(stage_key("٠٠"), ROOT);
	stage_clean();
}

/* A text's name is words like others. */
TEST(form_free_text_names_no_text)
{
	char cut[USSD_STATE_MAX];

	stage_open();
	stage_dial("", NULL);
	stage_keys("5|@ussd_bye");
	CHECK_STR(stage.out.screen, "Is this right?  @ussd_bye\n1 Send\n2 Change\n0 Back");
	strcpy(cut, stage.kept);
	CHECK_STR(stage_dial("", cut), "Go on?  @ussd_bye\n1 Yes\n2 No");
	stage_keys("1|1");
	CHECK_STR(stage_value("words"), "@ussd_bye");
	stage_clean();
}

TEST(form_long_text_is_cut_at_a_character)
{
	char text[10241] = "";

	stage_open();
	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		strcat(text + i, "é");
	stage_dial("", NULL);
	stage_keys("2|1|1");
	stage_key(text);
	CHECK(stage.next == USSD_SHOW);
	CHECK(strstr(stage.out.screen, "...") != NULL);
	stage_key("1");
	CHECK(strlen(stage_value("words")) > 200);
	CHECK(text_utf8_valid(stage_value("words"), strlen(stage_value("words"))));
	stage_clean();
}

TEST(form_fixed_choices_of_other_pages_are_taken)
{
	stage_open();
	stage.view.room = (struct ussd_room_for){ 60, 60 };
	stage_dial("", NULL);
	stage_key("1");
	CHECK(strstr(stage.out.screen, "8 ") == NULL);
	stage_keys("8|1|1|1");
	stage_key("1");
	CHECK_STR(stage_value("kind"), "hazardous");
	stage_dial("", NULL);
	stage_keys("1|9");
	CHECK(strstr(stage.out.screen, "\n0 Back") != NULL);
	CHECK(strstr(stage.out.screen, "1 ") == NULL);
	stage_keys("1|147|1");
	CHECK_STR(stage_value("kind"), "full");
	stage_clean();
}

TEST(form_typed_value_is_checked_by_its_field)
{
	stage_open();
	stage_dial("", NULL);
	CHECK_STR(stage_keys("2|2"), "Which report?\n0 Back");
	stage_check_again(stage_key("no such!"), "No such report.", "Which report?\n0 Back");
	stage_check_again(stage_key("1"), "No such report.", "Which report?\n0 Back");
	stage_key("4f 2k7");
	CHECK_STR(stage_value("reference"), "4F2K7");
	stage.tickets = true;
	stage_dial("", NULL);
	CHECK_STR(stage_keys("2|2"), "Which report?\n1: 4F2K7 skip 147\n2 broken\n0 Back");
	stage_check_again(stage_key("2"), "No such report.",
		"Which report?\n1: 4F2K7 skip 147\n2 broken\n0 Back");
	stage_key("1");
	CHECK_STR(stage_value("reference"), "4F2K7");
	stage_dial("", NULL);
	stage_keys("2|2");
	stage_key("2345");
	CHECK_STR(stage_value("reference"), "2345");
	stage_clean();
}

TEST(form_presets_and_empty_lists)
{
	stage_open();
	stage_dial("", NULL);
	stage_keys("2|3"); /* no warnings of hers: nothing is asked */
	CHECK_STR(stage_value("what"), "warnings");
	CHECK_STR(stage_value("words"), "");
	stage_clean();
}

TEST(form_without_questions_runs_at_once)
{
	stage_open();
	stage_dial("", NULL);
	stage_key("4");
	CHECK(stage.next == USSD_RUN);
	CHECK_STR(stage.out.form->name, "call");
	CHECK_STR(stage.out.summary, "Call me");
	CHECK_STR(stage_ran("", false), text_of("ussd_bye"));
	CHECK(!stage.out.more);
	stage_clean();
}

TEST(form_change_asks_all_again)
{
	stage_open();
	stage_dial("", NULL);
	stage_keys("1|2|147|2");
	CHECK(strstr(stage.out.screen, "What is wrong?") == stage.out.screen);
	stage_keys("1|07|1");
	CHECK_STR(stage_value("kind"), "full");
	CHECK_STR(stage_value("container"), "7");
	stage_clean();
}

/* --- --- what is dialled with the code --- */

TEST(form_dialled_number_goes_straight_to_its_form)
{
	stage_open();
	CHECK(strstr(stage_dial("147", NULL), "What is wrong?") == stage.out.screen);
	stage_key("1");
	CHECK_STR(stage.out.screen, "Is this right? full, 147 Market\n1 Send\n2 Change\n0 Back");
	stage_key("1");
	CHECK_STR(stage_value("container"), "147");
	stage_dial("07#", NULL);
	stage_keys("2|1");
	CHECK_STR(stage_value("container"), "7");
	CHECK(strstr(stage_dial("999", NULL), "Unknown number.\nWhat is wrong?\n1 full\n") ==
		stage.out.screen);
	stage_dial("147", NULL);
	CHECK_STR(stage_key("0"), ROOT);
	CHECK_STR(stage_dial("00", NULL), ROOT);
	stage_clean();
}

TEST(form_dialled_pieces_are_inputs)
{
	stage_open();
	stage_dial("147*2#", NULL);
	CHECK(strstr(stage.out.screen, ", 147 Market\n1 Send") != NULL);
	stage_dial("147*2*1", NULL);
	CHECK_STR(stage_value("kind"), "burning");
	stage_dial("1*2*147*1", NULL);
	CHECK_STR(stage_value("container"), "147");
	stage_dial("1*1*1*9*1", NULL);
	CHECK(strstr(stage.out.screen, "Where is it?") == stage.out.screen);
	/* What follows its end is nobody's. */
	stage_dial("4*1*1*1", NULL);
	CHECK(stage.next == USSD_RUN);
	CHECK_STR(stage_ran("Noted.", false), "Noted.");
	CHECK(!stage.out.more);
	stage_clean();
}

TEST(form_dialled_wrong_piece_ends_it)
{
	stage_open();
	stage_check_again(stage_dial("7*1*2", NULL), WRONG, ROOT);
	stage_key("1");
	CHECK(strstr(stage.out.screen, "What is wrong?") == stage.out.screen);
	stage_check_again(stage_dial("*1", NULL), WRONG, ROOT);
	stage_dial("1*1*999*1", NULL);
	CHECK(strstr(stage.out.screen, "\nDistrict, quarter") != NULL);
	stage_key("1");
	CHECK(strstr(stage.out.screen, "Which quarter?") == stage.out.screen);
	stage_clean();
}

/* --- --- what the service says --- */

TEST(form_long_answer_is_paged)
{
	char said[1200] = "", read[1200] = "";
	int pages = 0;

	stage_open();
	for (int i = 0; i < 100; i++)
		sprintf(said + strlen(said), "%sword%d", i > 0 ? " " : "", i);
	stage_dial("4", NULL);
	stage_ran(said, false);
	for (; stage.out.more; pages++) {
		char *end = strstr(stage.out.screen, "\n9 More");

		REQUIRE(end != NULL && pages < 20);
		CHECK_INT(strlen(end), strlen("\n9 More"));
		sprintf(read + strlen(read), "%.*s ", (int)(end - stage.out.screen),
			stage.out.screen);
		if (pages == 1) {
			char page[USSD_SCREEN_BYTES_MAX];

			strcpy(page, stage.out.screen);
			CHECK(strstr(stage_key("5"), WRONG) == stage.out.screen);
			stage_key("0");
			CHECK_STR(stage_key("9"), page);
		}
		stage_key("9");
	}
	strcat(read, stage.out.screen);
	CHECK_STR(read, said);
	CHECK(pages >= 3);
	stage_clean();
}

/* More than a screen, and by SMS too: its reference is on the last screen, and what stands before.
 */
TEST(form_filed_ends_on_one_screen_with_its_reference)
{
	static const char want[] = "Thank you! Do not touch it. Ticket 4F2K7, by SMS.";
	char said[400] = "Thank you! Do not touch it. Your ticket is 4F2K7: ", longer[500];

	stage_open();
	stage_dial("4", NULL);
	CHECK_STR(stage_filed("Thank you. Ticket 4F2K7.", "4F2K7", false),
		"Thank you. Ticket 4F2K7.");
	CHECK(!stage.out.more);
	while (strlen(said) < 190)
		strcat(said, "Av. Marien ");
	stage_dial("4", NULL);
	CHECK_STR(stage_filed(said, "4F2K7", false), want);
	CHECK(!stage.out.more);
	CHECK_STR(stage_key("9"), ROOT); /* it was the last */
	/* More than seventy characters, which an accent does not make too many. */
	snprintf(longer, sizeof longer,
		"São you? Keep all of the children far away from it, please. %s", said);
	stage_dial("4", NULL);
	CHECK_STR(stage_filed(longer, "4F2K7", false),
		"Sao you? Keep all of the children far away from it, please. Thank you! Do not touch "
		"it. Ticket 4F2K7, by SMS.");
	/* SMS do not tell it, or an answer is waited for: all of it is here. */
	stage_dial("4", NULL);
	CHECK(strstr(stage_filed(said, "", false), "Marien") != NULL);
	CHECK(stage.out.more);
	stage_dial("4", NULL);
	CHECK(strstr(stage_filed(said, "4F2K7", true), "Marien") != NULL);
	CHECK(strstr(stage.out.screen, "\n9 More") != NULL);
	stage_clean();
}

TEST(form_filed_says_before_it_what_fits)
{
	char said[400] = "";

	stage_open();
	while (strlen(said) < 170)
		strcat(said, "Words of thanks. ");
	strcat(said, "Ticket 4F2K7: a skip.");
	stage_dial("4", NULL);
	CHECK_STR(stage_filed(said, "4F2K7", false), "Ticket 4F2K7, by SMS.");
	/* In its own alphabet; and where the first sentence names it, alone. */
	stage.view.language = "ar";
	stage_dial("4", NULL);
	CHECK_STR(stage_filed(
			  "هل هذا خطر؟ رقم 4F2K7: حاوية 147 في شارع السلام الكبير قرب السوق القديم "
			  "والمسجد. خطأ؟ لا",
			  "4F2K7", false),
		"هل هذا خطر؟ رقم 4F2K7.");
	stage_dial("4", NULL);
	CHECK_STR(stage_filed("رقم 4F2K7: حاوية 147 في شارع السلام الكبير قرب السوق القديم "
			      "والمسجد وخلف المدرسة. خطأ؟ لا",
			  "4F2K7", false),
		"رقم 4F2K7.");
	/* Where not even that has room it is read page by page. */
	stage.view.language = "en";
	stage.view.room = (struct ussd_room_for){ 18, 18 };
	stage_dial("4", NULL);
	CHECK_STR(stage_filed("Ticket 4F2K7 is yours.", "4F2K7", false), "Ticket\n9 More");
	stage_clean();
}

TEST(form_question_of_the_service_is_answered_in_words)
{
	stage_open();
	stage_dial("4", NULL);
	CHECK_STR(stage_ran("Where are you?", true), "Where are you?");
	CHECK(stage.out.more);
	stage_check_again(stage_key(" "), WRONG, "Where are you?");
	stage_key("by *the* river 9");
	CHECK(stage.next == USSD_RUN);
	CHECK(stage.out.form == NULL);
	CHECK_STR(stage.out.words, "by *the* river 9");
	CHECK_STR(stage_ran("How many?", true), "How many?");
	stage_key("1");
	CHECK_STR(stage.out.words, "1");
	stage_ran("Noted.", false);
	CHECK(!stage.out.more);
	stage_dial("4", NULL);
	stage_ran("Where are you?", true);
	CHECK_STR(stage_key("0"), ROOT);
	stage_clean();
}

/* --- --- alerts --- */

TEST(form_alert_is_the_first_screen)
{
	static char text[400] = "FLOOD";

	stage_open();
	stage.view.alert = text;
	CHECK_STR(stage_dial("", NULL), "FLOOD\n1 Go on");
	CHECK(stage.out.more);
	CHECK_STR(stage_key("1"), ROOT);
	stage_dial("", NULL);
	CHECK_STR(stage_key("anything"), ROOT);
	for (int i = 0; i < 40; i++)
		strcat(text, " danger");
	CHECK(strstr(stage_dial("", NULL), "\n1 Go on\n9 More") != NULL);
	stage_key("9");
	CHECK(strstr(stage.out.screen, "danger") == stage.out.screen);
	CHECK_STR(stage_key("9"), ROOT); /* nothing more is there: any key goes on */
	stage_clean();
}

TEST(form_dialled_input_waits_behind_the_alert)
{
	stage_open();
	stage.view.alert = "FLOOD";
	CHECK_STR(stage_dial("147*2", NULL), "FLOOD\n1 Go on");
	stage_key("1");
	CHECK(strstr(stage.out.screen, ", 147 Market\n1 Send") != NULL);
	stage_dial("147*2", NULL);
	stage.view.alert = ""; /* over meanwhile */
	stage_key("9");
	CHECK(strstr(stage.out.screen, ", 147 Market\n1 Send") != NULL);
	stage_clean();
}

/* --- --- sessions that were cut --- */

static void
cut_at(const char *keys, char cut[USSD_STATE_MAX])
{
	stage_dial("", NULL);
	stage_keys(keys);
	strcpy(cut, stage.kept);
}

TEST(form_cut_session_goes_on)
{
	char cut[USSD_STATE_MAX];

	stage_open();
	cut_at("1|2", cut);
	stage_dial("", cut);
	CHECK(strstr(stage.out.screen, "1 Yes\n2 No") != NULL);
	CHECK(strstr(stage.out.screen, text_of("kind_burning")) != NULL);
	CHECK_STR(ussd_state_service(stage.state)->name, "skip");
	CHECK(!ussd_state_is_complete(stage.state));
	CHECK(strstr(stage_key("0"), WRONG "\nGo on? ") == stage.out.screen);
	stage_key("1");
	CHECK(stage.out.resumed && !stage.out.declined);
	CHECK_STR(stage.out.screen,
		"District, quarter or number:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 Back");
	stage_keys("147|1");
	CHECK_STR(stage_value("kind"), "burning");
	stage_clean();
}

TEST(form_cut_confirmation_stays_complete)
{
	char cut[USSD_STATE_MAX];

	stage_open();
	cut_at("1|2|147", cut);
	stage_dial("", cut);
	CHECK(ussd_state_is_complete(stage.state));
	strcpy(cut, stage.kept); /* and cut again, before she answers */
	stage_dial("", cut);
	CHECK(ussd_state_is_complete(stage.state));
	stage_key("1");
	CHECK(strstr(stage.out.screen, ", 147 Market\n1 Send") != NULL);
	stage_key("1");
	CHECK_STR(stage_value("container"), "147");
	stage_clean();
}

TEST(form_cut_session_may_be_declined)
{
	char cut[USSD_STATE_MAX];

	stage_open();
	cut_at("1|2", cut);
	stage_dial("", cut);
	CHECK_STR(stage_key("2"), ROOT);
	CHECK(stage.out.declined && !stage.out.resumed);
	CHECK(ussd_state_service(stage.state) == NULL);
	stage_dial("", cut);
	stage_dial("147", cut); /* who dials something else is not asked */
	CHECK(strstr(stage.out.screen, "What is wrong?") == stage.out.screen);
	CHECK(!stage.out.declined);
	stage.view.alert = "FLOOD";
	CHECK_STR(stage_dial("", cut), "FLOOD\n1 Go on");
	CHECK(strstr(stage_key("1"), "1 Yes\n2 No") != NULL);
	stage.view.alert = "";
	cut_at("1|2|00", cut); /* what was left is not offered */
	CHECK_STR(stage_dial("", cut), ROOT);
	cut_at("1", cut); /* nor that of which nothing was answered */
	CHECK(ussd_state_service(stage.state) == NULL);
	CHECK_STR(stage_dial("", cut), ROOT);
	stage_clean();
}

UNIT_MAIN
