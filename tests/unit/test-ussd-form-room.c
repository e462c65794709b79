/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-form: how a screen says what it must in the room of its alphabet. */
#include "ussd-stage.h"

/* Names in GSM letters are beside words in such where those take more than a screen otherwise. */
TEST(form_list_of_gsm_names_is_said_in_gsm_letters)
{
	char first[USSD_SCREEN_BYTES_MAX], second[USSD_SCREEN_BYTES_MAX];

	stage_open();
	stage.view.language = "ar";
	stage_dial("", NULL);
	/* One screen as it is. */
	CHECK_STR(stage_keys("1|1"),
		"المنطقة أو الحي أو الرقم:\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 رجوع");
	CHECK_STR(stage_key("8"), "لا خيار كهذا.\n1 Gasabo\n2 Kicukiro\n3 Nyarugenge\n0 رجوع");
	strcpy(first, stage_key("1"));
	CHECK(strstr(first, "Ayy hay?\n1 Quarter of Gasabo 01\n") == first);
	CHECK(strstr(first, "\n6 Quarter of Gasabo 06\n9 Akthar\n0 Ruju") != NULL);
	stage_check_again(stage_key("8"), "La khiyar.", first);
	strcpy(second, stage_key("9"));
	CHECK(strstr(second, "1 Quarter of Gasabo 07\n") == second);
	CHECK_STR(stage_key("0"), first);
	CHECK_STR(stage_key("9"), second);
	stage_key("9");
	CHECK(strstr(stage.out.screen, "\n7 Quarter of Gasabo 20\n0 Ruju") != NULL);
	CHECK_STR(stage_key("1"), "أين؟\n1 لا أعرف\n0 رجوع");
	stage_clean();
}

/* The page of these rows, which were asked for. */
static const char *
shown(const char *const *labels)
{
	struct ussd_row rows[USSD_ROWS_MAX] = { 0 };
	size_t count = 0;

	for (; labels[count] != NULL; count++) {
		snprintf(rows[count].value, sizeof rows[count].value, "%zu", count + 1);
		strcpy(rows[count].label, labels[count]);
	}
	CHECK(ussd_form_listed(&stage.view, stage.state, rows, count, &stage.out) == USSD_SHOW);
	CHECK(ussd_screen_fits(&stage.view.room, stage.out.screen));
	return stage.out.screen;
}

/* The first, where an Arabic reader is asked for a quarter. */
static const char *
page_of(const char *const *labels)
{
	stage_dial("", NULL);
	stage_keys("1|1");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "1", &stage.out) == USSD_LIST);
	return shown(labels);
}

/* Its last page keeps its words, whatever room there is. */
TEST(form_list_is_said_alike_to_its_end)
{
	static const char *const rows[] = { "The only one that is left", NULL };

	stage_open();
	stage.view.language = "ar";
	stage_dial("", NULL);
	stage_keys("1|1|1");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "9", &stage.out) == USSD_LIST);
	CHECK_STR(shown(rows), "1 The only one that is left\n0 Ruju");
	CHECK_STR(page_of(rows), "أي حي؟\n1 The only one that is left\n0 رجوع");
	stage_clean();
}

TEST(form_list_of_other_names_stays_in_its_language)
{
	static const char *const own[] = { "حي السلام الكبير", "حي النور الجديد",
		"حي البستان الأخضر", "حي المدينة القديمة", NULL };
	static const char *const late[] = { "Quarter of the market", "Quarter of the harbour",
		"Quarter of the mosque", "حي السلام", NULL };
	static const char *const accents[] = { "Bairro do Caniço e São João", "Bairro da Missão",
		"Bairro da Urbanização", NULL };

	stage_open();
	stage.view.language = "ar";
	CHECK_STR(page_of(own), "أي حي؟\n1 حي السلام الكبير\n2 حي النور الجديد\n9 المزيد\n0 رجوع");
	/* As many as are of GSM letters; the one that is not is on the next page. */
	CHECK_STR(page_of(late),
		"Ayy hay?\n1 Quarter of the market\n2 Quarter of the harbour\n"
		"3 Quarter of the mosque\n9 Akthar\n0 Ruju");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "9", &stage.out) == USSD_LIST);
	CHECK_STR(shown(late + 3), "1 حي السلام\n0 رجوع");
	CHECK_STR(page_of(accents),
		"Ayy hay?\n1 Bairro do Canico e Sao Joao\n2 Bairro da Missao\n"
		"3 Bairro da Urbanizacao\n0 Ruju");
	stage_clean();
}

/* So does one that a word about a key alone leaves no room. */
TEST(form_list_with_a_word_about_a_key_stays_in_its_language)
{
	static const char *const rows[] = { "The first market", "The other market",
		"The older market", NULL };

	stage_open();
	stage.view.language = "ar";
	CHECK_STR(page_of(rows),
		"أي حي؟\n1 The first market\n2 The other market\n3 The older market\n0 رجوع");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "8", &stage.out) == USSD_LIST);
	CHECK_STR(shown(rows),
		"لا خيار كهذا.\n1 The first market\n2 The other market\n9 المزيد\n0 رجوع");
	stage_clean();
}

/* So does one of whose words one has no GSM letters; and a word about a key in other letters. */
TEST(form_list_without_gsm_words_stays_in_its_language)
{
	static const char *const rows[] = { "147 behind the market", "148 before the school",
		"149 left of the mosque", NULL };

	stage_open();
	stage.view.language = "ar";
	stage_dial("", NULL);
	stage_keys("1|1|1");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "1", &stage.out) == USSD_LIST);
	CHECK_STR(shown(rows), "أي حاوية؟\n1: 147 behind the market\n2 غيرها\n9 المزيد\n0 رجوع");
	stage_clean();
}

/* What is confirmed is one screen: what holds another answer goes first, then ends of long ones. */
TEST(form_confirmation_is_shortened_to_a_screen)
{
	char kept[USSD_STATE_MAX];

	stage_open();
	stage_dial("", NULL);
	stage_keys("1|1|1|1|2");
	CHECK_STR(stage.out.screen,
		"Is this right? full, Gasabo, Quarter of Gasabo 01, 148 School\n1 Send\n2 Change\n"
		"0 Back");
	stage.view.language = "ar";
	stage_key("5"); /* a wrong key: the same with a word about it */
	CHECK(strstr(stage.out.screen, "، Gasabo") == NULL);
	stage_keys("0|2");
	CHECK_STR(stage.out.screen,
		"صحيح؟ ممتلئة، Quarter of Gasabo 01، 148 School\n1 أرسل\n2 غيّر\n0 رجوع");
	CHECK(stage.out.more);
	strcpy(kept, stage.kept);
	stage_key("1");
	CHECK_STR(stage.out.summary, "ممتلئة، Gasabo، Quarter of Gasabo 01، 148 School");
	stage_dial("1*1*1*1*2*1", NULL); /* in one step */
	CHECK_STR(stage.out.summary, "ممتلئة، Gasabo، Quarter of Gasabo 01، 148 School");
	stage_dial("", kept);
	CHECK_STR(stage.out.screen,
		"نواصل؟ ممتلئة، Gasabo، Quarter of Gasabo 01، 148 School\n1 نعم\n2 لا");
	stage.view.room.units = 62; /* the quarter goes, too */
	CHECK_STR(stage_dial("", kept),
		"نواصل؟ ممتلئة، Quarter of Gasabo 01، 148 School\n1 نعم\n2 لا");
	stage.view.room.units = 50;
	CHECK_STR(stage_dial("", kept), "نواصل؟ ممتلئة، 148 School\n1 نعم\n2 لا");
	stage.view.room.units = USSD_UNITS_MAX;
	/* Her own words by their beginning. */
	stage_dial("", NULL);
	stage_keys("1|6|1|1");
	CHECK_STR(stage_key("behind the market, left of the big old church by the river"),
		"صحيح؟ كومة نفايات، Quarter of...، behind the...\n1 أرسل\n2 غيّر\n0 رجوع");
	stage_key("1");
	CHECK(strstr(stage_value("place"), "by the river, Quarter of Gasabo 01") != NULL);
	stage_clean();
}

/* No more of them goes than has to, and of each its beginning is left. */
TEST(form_confirmation_keeps_what_it_can)
{
	static const struct {
		int units;
		const char *words;
	} rooms[] = { { 66, "aaa bbb ccc ddd eee fff ggg hhh iii jjj" },
		{ 65, "aaa bbb ccc ddd eee fff ggg hhh iii..." },
		{ 64, "aaa bbb ccc ddd eee fff ggg hhh..." }, { 41, "aaa bbb ccc..." } };
	char want[256];

	stage_open();
	stage.view.language = "ar";
	for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
		stage_dial("", NULL);
		stage_key("5");
		stage.view.room.units = rooms[i].units;
		snprintf(want, sizeof want, "صحيح؟ %s\n1 أرسل\n2 غيّر\n0 رجوع", rooms[i].words);
		CHECK_STR(stage_key(rooms[0].words), want);
		stage.view.room.units = USSD_UNITS_MAX;
	}
	stage_dial("", NULL);
	stage_key("5");
	stage.view.room.units = 40;
	CHECK(strstr(stage_key(rooms[0].words), "\n9 المزيد\n0 رجوع") != NULL);
	stage_clean();
}

/* What cannot be made one screen is shown whole. */
TEST(form_confirmation_of_too_much_is_paged)
{
	stage_open();
	stage_dial("", NULL);
	stage_keys("1|1|1|1");
	stage.view.room = (struct ussd_room_for){ 40, 40 };
	CHECK_STR(stage_key("2"), "Is this right? full,\n9 More\n0 Back");
	CHECK(strstr(stage_key("9"), "Gasabo, Quarter of ") == stage.out.screen);
	stage_clean();
}

/* One letter outside the alphabet would leave a screen 70 characters. */
TEST(form_accents_give_way_to_room)
{
	struct ussd_row row = { "201", "Caniço" };
	enum ussd_next next;

	stage_open();
	stage_dial("", NULL);
	stage_key("1");
	next = ussd_form_input(&stage.view, stage.state, "1", &stage.out);
	REQUIRE(next == USSD_LIST);
	next = ussd_form_listed(&stage.view, stage.state, &row, 1, &stage.out);
	CHECK(next == USSD_SHOW);
	CHECK_STR(stage.out.screen, "District, quarter or number:\n1 Canico\n0 Back");
	stage_clean();
}

/* A name is written alike on every screen, whatever else stands there. */
TEST(form_accents_are_judged_a_text_at_a_time)
{
	struct ussd_row rows[] = { { "201", "Caniço" }, { "202", "حي" } };

	stage_open();
	stage_dial("", NULL);
	stage_key("1");
	REQUIRE(ussd_form_input(&stage.view, stage.state, "1", &stage.out) == USSD_LIST);
	CHECK(ussd_form_listed(&stage.view, stage.state, rows, 2, &stage.out) == USSD_SHOW);
	CHECK_STR(stage.out.screen, "District, quarter or number:\n1 Canico\n2 حي\n0 Back");
	stage_dial("4", NULL);
	CHECK_STR(stage_ran("Praça São Tomé.", false), "Praca Sao Tomé.");
	stage.view.alert = "São Tomé";
	CHECK_STR(stage_dial("", NULL), "Sao Tomé\n1 Go on");
	stage_clean();
}

UNIT_MAIN
