/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-state: a dialogue as the text that is kept of it, and what else may stand there. */
#include "ussd-stage.h"

#define CHANGED "The menu has changed. Please begin again.\n"

TEST(state_of_another_menu_is_none)
{
	char kept[USSD_STATE_MAX];

	stage_open();
	stage_dial("", NULL);
	stage_keys("1|2|gasabo");
	strcpy(kept, stage.kept);
	stage_clean();
	stage_open();
	CHECK(stage.view.menu->mark != 0);
	stage.state = ussd_state_read(stage.view.menu, kept);
	CHECK(stage.state != NULL);
	stage_write("ussd/menu.cfg", STAGE_MENU "# a comment changes nothing\n");
	stage.menus = (ussd_menus_free(stage.menus), NULL);
	stage.menus = ussd_menus_load(stage.config, stage.texts, &stage.errors);
	REQUIRE(stage.menus != NULL);
	stage.view.menu = ussd_menu_find(stage.menus, "menu");
	stage_key("1");
	CHECK(strstr(stage.out.screen, "Which skip?") == stage.out.screen);
	stage_write("ussd/menu.cfg",
		"menu = { text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_call\"; form = \"call\"; } "
		"); }; forms = ( { name = \"call\"; service = \"callback\"; } );");
	ussd_menus_free(stage.menus);
	stage.menus = ussd_menus_load(stage.config, stage.texts, &stage.errors);
	REQUIRE(stage.menus != NULL);
	stage.view.menu = ussd_menu_find(stage.menus, "menu");
	CHECK(ussd_state_read(stage.view.menu, kept) == NULL);
	CHECK_STR(stage_key("1"), CHANGED "Kigali:\n1 Call me"); /* it is in memory */
	ussd_state_free(stage.state);
	stage.state = ussd_state_new(); /* or could not be read */
	REQUIRE(stage.state != NULL);
	CHECK_STR(stage_key("1"), CHANGED "Kigali:\n1 Call me");
	stage_key("1"); /* told once */
	CHECK(stage.next == USSD_RUN);
	stage_clean();
}

TEST(state_too_long_is_told)
{
	char small[16] = "as it was";

	stage_open();
	stage_dial("", NULL);
	CHECK_INT(ussd_state_write(stage.state, small, sizeof small), -1);
	CHECK_STR(small, "as it was");
	stage_clean();
}

/* Whatever the text: none of ours, or a state whose screens fit. */
static void
check_hostile(const char *text)
{
	ussd_state_free(stage.state);
	stage.state = ussd_state_read(stage.view.menu, text);
	if (stage.state != NULL) {
		stage_key("9");
		if (stage.next == USSD_SHOW)
			stage_key("1");
	}
}

TEST(state_that_was_tampered_with_is_none_or_sound)
{
	static const char *const where[] = { "", "3", "1|2", "1|2|gasabo", "1|1|1|9", "2|1|1",
		"1|2|147", "1|2|00", "2|2" };
	static const char bytes[] = { '0', '1', '9', ' ', ':', 'x', '\xff', '-' };
	char kept[USSD_STATE_MAX];

	stage_open();
	for (size_t w = 0; w < sizeof where / sizeof *where; w++) {
		stage_dial("", NULL);
		stage_keys(where[w]);
		strcpy(kept, stage.kept);
		for (size_t i = 0; kept[i] != '\0'; i++) {
			char was = kept[i], short_of[USSD_STATE_MAX];

			snprintf(short_of, sizeof short_of, "%.*s", (int)i, kept);
			check_hostile(short_of);
			for (size_t b = 0; b < sizeof bytes; b++) {
				kept[i] = bytes[b];
				check_hostile(kept);
			}
			kept[i] = was;
		}
	}
	check_hostile("");
	check_hostile("1 1 1 1 1 1 1");
	check_hostile("99999999999999999999 99999999999999999999");
	stage_clean();
}

/* Labels, words and letters of any length: the state is kept all the same. */
TEST(state_has_room_for_the_longest)
{
	struct ussd_row rows[USSD_ROWS_MAX];
	char words[USSD_INPUT_MAX];

	stage_open();
	for (int i = 0; i < USSD_ROWS_MAX; i++) {
		memset(&rows[i], 0, sizeof rows[i]);
		memset(rows[i].label, 'L', USSD_LABEL_MAX - 1);
		memset(rows[i].value, 'v', USSD_VALUE_MAX - 1);
	}
	memset(words, 'w', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	stage_dial("", NULL);
	stage_keys("1|1");
	for (int i = 0; i < 30; i++) {
		enum ussd_next next = ussd_form_input(&stage.view, stage.state,
			i % 3 == 0           ? words
				: i % 3 == 1 ? "9"
					     : "1",
			&stage.out);

		while (next == USSD_LIST)
			next = ussd_form_listed(
				&stage.view, stage.state, rows, USSD_ROWS_MAX, &stage.out);
		if (next == USSD_RUN)
			break;
		CHECK(ussd_screen_fits(&stage.view.room, stage.out.screen));
		CHECK_INT(ussd_state_write(stage.state, stage.kept, sizeof stage.kept), 0);
	}
	stage_clean();
}

UNIT_MAIN
