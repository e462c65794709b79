/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-menu: what is wrong in a menu's file is told at its place, and so what fits on no screen. */
#include "gateway/ussd-check.h"
#include "gateway/ussd-keys.h"
#include "ussd-stage.h"

#define TREE \
	"menu = { text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_skip\"; form = \"a\"; } ); };\n"
#define FORM(rest_) TREE "forms = ( { name = \"a\"; service = \"skip\"; " rest_ " } );\n"
#define QUESTION(rest_) FORM("questions = ( { name = \"q\"; text = \"ussd_t_kind\"; " rest_ " } );")
#define TWO(first_, second_)                                                        \
	FORM("questions = ( { name = \"q\"; text = \"ussd_t_kind\"; " first_ " }, " \
	     "{ name = \"r\"; text = \"ussd_t_quarter\"; " second_ " } );")
#define VALUES "field = \"kind\"; labels = \"kind_\"; values = [ \"full\" ];"

static bool
told(const char *words)
{
	for (size_t i = 0; i < stage.errors.count; i++)
		if (strstr(stage.errors.text[i], words) != NULL)
			return true;
	for (size_t i = 0; i < stage.errors.count; i++)
		printf("  told: %s\n", stage.errors.text[i]);
	return false;
}

/* Load this menu: it is refused with these words, at its file and a line. */
static void
check_refused(const char *menu, const char *words)
{
	static bool first = true;

	if (first) {
		stage_begin();
		stage_write("ussd/menu.cfg", STAGE_MENU);
		REQUIRE(stage_load() == 0);
		first = false;
	}
	stage_write("ussd/menu.cfg", menu);
	ussd_menus_free(stage.menus);
	config_errors_free(&stage.errors);
	memset(&stage.errors, 0, sizeof stage.errors);
	stage.menus = ussd_menus_load(stage.config, stage.texts, &stage.errors);
	if (words == NULL) {
		CHECK(stage.menus != NULL);
		CHECK_INT(stage.errors.count, 0);
		for (size_t i = 0; i < stage.errors.count; i++)
			printf("  %s\n", stage.errors.text[i]);
		return;
	}
	if (stage.menus != NULL || !told(words))
		printf("  not refused as it should be: %s\n", words);
	CHECK(stage.menus == NULL);
	CHECK(stage.errors.count > 0 && strstr(stage.errors.text[0], "ussd/menu.cfg") != NULL);
	CHECK(told(words));
}

TEST(menu_smallest)
{
	check_refused(FORM(""), NULL);
	CHECK(stage.menus != NULL && ussd_menu_find(stage.menus, "menu") != NULL);
	CHECK(ussd_menu_find(stage.menus, "none") == NULL);
	CHECK(ussd_menu_at(stage.menus, 1) == NULL);
	check_refused(QUESTION(VALUES), NULL);
	stage_clean();
}

TEST(menu_tree_is_checked)
{
	check_refused("", "there is no menu;");
	check_refused("menus = 1;", "\"menus\" is not known here");
	check_refused("menu = 1;", "this must be a group");
	check_refused("menu = { text = \"ussd_t_welcome\"; };", "items is a list of 1 to 8");
	check_refused(
		"menu = { text = \"ussd_t_welcome\"; items = ( ); };", "items is a list of 1");
	check_refused("menu = { items = ( { text = \"ussd_t_skip\"; language = true; } ); };",
		"the menu has no text");
	check_refused(
		"menu = { text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_skip\"; } ); };",
		"an item has one of form, menu and language");
	check_refused(
		"menu = { text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_skip\"; form = "
		"\"a\"; language = true; } ); };",
		"an item has one of form, menu and language");
	check_refused(TREE, "there is no form \"a\"");
	check_refused("menu = { text = \"ussd_t_welcome\"; items = ( { language = true; } ); };",
		"the item has no text");
	check_refused(
		"menu = { text = \"ussd_t_welcome\"; items = ( { text = \"no_such\"; language = "
		"true; } ); };",
		"there is no text \"no_such\" in en");
	check_refused(
		"menu = { text = \"skip_created\"; items = ( { text = \"ussd_t_skip\"; language "
		"= true; } ); };",
		"is of something else, and has {reference");
	check_refused(
		"menu = { text = 7; items = ( { text = \"ussd_t_skip\"; language = true; } ); };",
		"text must be a word in quotes");
	check_refused(TREE
		"forms = ( { name = \"a\"; service = \"skip\"; }, { name = \"b\"; service = "
		"\"skip\"; } );",
		"no item of the menu leads to the form b");
	stage_clean();
}

TEST(menu_is_not_too_deep)
{
	char menu[2048] = "menu = ";

	for (int i = 0; i < 5; i++)
		strcat(menu,
			"{ text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_more\"; menu = ");
	strcat(menu,
		"{ text = \"ussd_t_welcome\"; items = ( { text = \"ussd_t_language\"; language = "
		"true; } ); }");
	for (int i = 0; i < 5; i++)
		strcat(menu, "; } ); }");
	strcat(menu, ";");
	check_refused(menu, "menus stand at most 4 deep");
	stage_clean();
}

TEST(menu_forms_are_checked)
{
	check_refused(TREE "forms = ( { service = \"skip\"; } );", "the form has no name");
	check_refused(
		TREE "forms = ( { name = \"A b\"; service = \"skip\"; } );", "name must be a name");
	check_refused(TREE "forms = ( { name = \"a\"; } );", "the form has no service");
	check_refused(TREE "forms = ( { name = \"a\"; service = \"swim\"; } );",
		"there is no service \"swim\"");
	check_refused(TREE
		"forms = ( { name = \"a\"; service = \"skip\"; }, { name = \"a\"; service = "
		"\"skip\"; } );",
		"there are two forms \"a\"");
	check_refused(TREE "forms = ( 7 );", "this must be a group");
	check_refused(FORM("confirm = 1;"), "confirm is true or false");
	check_refused(FORM("preset = { kind = \"cold\"; };"),
		"\"cold\" is no value of skip's field kind");
	check_refused(FORM("preset = { shape = \"round\"; };"), "has no field \"shape\"");
	check_refused(FORM("preset = { kind = 7; };"), "must be in quotes");
	check_refused(FORM("preset = { kind = \"not_collected\"; };"), NULL);
	check_refused(FORM("direct = \"q\";"), "direct: \"q\" is no question with `known`");
	check_refused(FORM("fill = ( { field = \"place\"; } );"), "a fill is {");
	check_refused(
		FORM("fill = ( { field = \"shape\"; of = [ \"q\" ]; } );"), "no field \"shape\"");
	check_refused(FORM("fill = ( { field = \"place\"; of = [ \"q\" ]; } );"),
		"there is no question \"q\"");
	check_refused(FORM("fill = ( { field = \"place\"; of = [ 1, 2 ]; } );"), "a fill is {");
	check_refused(TREE "forms = ( { name = \"a\"; service = \"stop\"; questions = 7; } );",
		"questions is a list of 0 to 10");
	stage_clean();
}

TEST(menu_questions_are_checked)
{
	check_refused(QUESTION(""), "a question has one of values");
	check_refused(QUESTION(VALUES " list = \"quarters\";"), "a question has one of values");
	check_refused(QUESTION("ask = \"number\";"), "a question has one of values");
	check_refused(QUESTION("ask = \"text\"; within = \"q\";"), "within is of a list");
	check_refused(QUESTION("ask = \"text\"; labels = \"kind_\";"), "labels are of values");
	check_refused(
		QUESTION("ask = \"text\"; colour = \"red\";"), "\"colour\" is not known here");
	check_refused(QUESTION("ask = \"text\"; field = \"shape\";"), "has no field \"shape\"");
	check_refused(QUESTION("ask = \"text\"; skip = \"ussd_t_none\";"),
		"skip is of a question that is optional");
	check_refused(
		QUESTION("ask = \"text\"; unless = \"x\";"), "neither a question nor a field");
	check_refused(QUESTION("ask = \"text\"; unless = \"kind\";"), NULL);
	check_refused(
		QUESTION("ask = \"text\"; wrong = \"nothing\";"), "there is no text \"nothing\"");
	check_refused(FORM("questions = ( { text = \"ussd_t_kind\"; ask = \"text\"; } );"),
		"the question has no name");
	check_refused(FORM("questions = ( { name = \"q\"; ask = \"text\"; } );"),
		"the question has no text");
	check_refused(FORM("questions = ( 7 );"), "this must be a group");
	check_refused(
		FORM("questions = ( { name = \"q\"; text = \"ussd_t_kind\"; ask = \"text\"; }, "
		     "{ name = \"q\"; text = \"ussd_t_kind\"; ask = \"text\"; } );"),
		"there are two questions \"q\"");
	stage_clean();
}

TEST(menu_values_are_checked)
{
	check_refused(QUESTION("field = \"kind\"; values = [ \"full\" ];"), "values need labels");
	check_refused(QUESTION("field = \"kind\"; labels = \"kind_\"; values = [ \"cold\" ];"),
		"\"cold\" is no value of skip's field kind");
	check_refused(QUESTION("labels = \"kind_\"; values = [ \"cold\" ];"),
		"there is no text \"kind_cold\"");
	check_refused(QUESTION("labels = \"kind_\"; values = [ 1 ];"), "values is 1 to 8 words");
	check_refused(QUESTION("labels = \"kind_\"; values = [ ];"), "values is 1 to 8 words");
	check_refused(
		QUESTION("labels = \"kind_\"; optional = true; skip = \"ussd_t_none\"; values = [ "
			 "\"full\", \"full\", \"full\", \"full\", \"full\", \"full\", \"full\", "
			 "\"full\" ];"),
		"values is 1 to 7 words");
	check_refused(
		TWO(VALUES, "ask = \"text\"; only = \"q\";"), "only and among stand together");
	check_refused(TWO(VALUES, "ask = \"text\"; only = \"q\"; among = [ \"cold\" ];"),
		"\"cold\" is no value");
	check_refused(TWO("ask = \"text\";", "ask = \"text\"; only = \"q\"; among = [ \"full\" ];"),
		"only: q has no values");
	check_refused(TWO("ask = \"text\"; only = \"r\"; among = [ \"full\" ];", VALUES),
		"only: the question \"r\" stands in the wrong place");
	check_refused(TWO(VALUES, "ask = \"text\"; only = \"q\"; among = [ \"full\" ];"), NULL);
	stage_clean();
}

TEST(menu_lists_are_checked)
{
	check_refused(QUESTION("list = \"a name that is none\";"), "list must be a name");
	check_refused(
		QUESTION("list = \"distriktes\";"), "list: there is no source \"distriktes\"");
	check_refused(QUESTION("list = \"quarters\"; letters = \"streets\";"),
		"letters: there is no source");
	check_refused(
		QUESTION("list = \"quarters\"; known = \"skips\";"), "known: there is no source");
	check_refused(QUESTION("list = \"quarters\"; within = \"q\";"),
		"within: the question \"q\" stands in the wrong place");
	check_refused(
		QUESTION("list = \"quarters\"; number = \"x\";"), "number: there is no question");
	check_refused(QUESTION("list = \"quarters\"; number = \"q\";"), "number: q has no `known`");
	check_refused(QUESTION("list = \"quarters\"; typed = \"shape\";"), "no field \"shape\"");
	check_refused(TWO("list = \"districts\"; answers = \"r\";", "list = \"quarters\";"),
		"answers needs letters");
	check_refused(TWO("list = \"districts\"; letters = \"quarters\"; answers = \"r\";",
			      "ask = \"text\";"),
		"answers: r has no list");
	check_refused(TWO("list = \"districts\";", "list = \"quarters\"; number = \"q\";"),
		"number: the question \"q\" stands in the wrong place");
	check_refused(
		TWO("list = \"districts\"; letters = \"quarters\"; answers = \"r\"; number = \"r\";",
			"list = \"quarters\"; within = \"q\"; known = \"container\";"),
		NULL);
	stage_clean();
}

/* What the loader takes for a source is one, and the other way round. */
TEST(menu_sources_are_those_of_sql)
{
	static char sql[65536];
	FILE *f = fopen("sql/functions/96-ussd-lists.sql", "r");
	size_t known = 0, there = 0;
	const char *at;
	char when[64];

	CHECK(f != NULL);
	if (f == NULL)
		return;
	sql[fread(sql, 1, sizeof(sql) - 1, f)] = '\0';
	fclose(f);
	at = strstr(sql, "CREATE FUNCTION ussd_list(");
	CHECK(at != NULL);
	if (at == NULL)
		return;
	for (; ussd_sources[known] != NULL; known++) {
		snprintf(when, sizeof(when), "\tWHEN '%s' THEN\n", ussd_sources[known]);
		CHECK(strstr(at, when) != NULL);
	}
	for (; (at = strstr(at, "\tWHEN '")) != NULL; at++)
		there++;
	CHECK_INT((long)there, (long)known);
}

TEST(menu_faults_have_their_line)
{
	stage_begin();
	stage_write("ussd/menu.cfg",
		"# one\n# two\nmenu = { text = \"ussd_t_welcome\";\n items = (\n"
		" { text = \"ussd_t_skip\"; form = \"b\"; } ); };\n");
	CHECK_INT(stage_load(), -1);
	CHECK(told("ussd/menu.cfg:5: there is no form \"b\""));
	stage_clean();
}

TEST(menu_files_have_names)
{
	stage_begin();
	stage_write("ussd/menu.cfg", STAGE_MENU);
	stage_write("ussd/My Menu.cfg", STAGE_MENU);
	CHECK_INT(stage_load(), -1);
	CHECK(told("a menu's name is small letters"));
	stage_clean();
	stage_begin();
	stage_write("ussd/menu.cfg", STAGE_MENU);
	stage_write("ussd/broken.cfg", "menu = {");
	CHECK_INT(stage_load(), -1);
	CHECK(told("broken.cfg:1: syntax error"));
	stage_clean();
}

TEST(menu_folder_may_be_away)
{
	char path[128];

	stage_begin();
	snprintf(path, sizeof path, "%s/ussd", stage.folder);
	REQUIRE(rmdir(path) == 0);
	CHECK_INT(stage_load(), 0);
	CHECK(stage.menus != NULL && ussd_menu_at(stage.menus, 0) == NULL);
	stage_clean();
}

/* A language that must be complete lacks what a menu names. */
TEST(menu_texts_are_complete)
{
	stage_begin();
	stage_write("ussd/menu.cfg",
		"menu = { text = \"ussd_never_written\"; items = ( { text = \"ussd_t_language\"; "
		"language = true; } ); };");
	CHECK_INT(stage_load(), -1);
	CHECK(told("ar.cfg: the text ussd_never_written is missing"));
	CHECK(told("en.cfg: the text ussd_never_written is missing"));
	stage_clean();
}

TEST(menu_keys_are_found)
{
	struct ussd_keys keys;
	size_t labels = 0;
	char path[128];

	stage_begin();
	stage_write("ussd/menu.cfg",
		"a = { text = \"ussd_one\"; skip = \"ussd_two\"; wrong = \"ussd_one\"; text2 = "
		"\"ussd_no\"; labels = \"ussd_x_\"; values = [ \"a\", \"b\" ]; b = ( { text = "
		"\"kind_full\"; } ); };");
	stage_write("ussd/broken.cfg", "menu = {");
	REQUIRE(ussd_keys_load("/nowhere", &keys) == 0);
	CHECK_INT(keys.count, 0);
	REQUIRE(ussd_keys_load(NULL, &keys) == 0);
	CHECK_INT(keys.count, 0);
	snprintf(path, sizeof path, "%s/ussd", stage.folder);
	REQUIRE(ussd_keys_load(path, &keys) == 0);
	CHECK_INT(keys.count, 4);
	for (size_t i = 0; i < keys.count; i++)
		labels += strncmp(keys.name[i], "ussd_x_", 7) == 0;
	CHECK_INT(labels, 2);
	ussd_keys_free(&keys);
	stage_clean();
}

/* --- --- what fits --- */

/* A fixture's text in one language, in the stead of the usual. */
static void
rewrite(const char *language, const char *key, const char *text)
{
	char path[128], line[4096], all[512 * 1024] = "";
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.cfg", stage.folder, language);
	file = fopen(path, "r");
	REQUIRE(file != NULL);
	while (fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, key, strlen(key)) != 0 || line[strlen(key)] != ' ')
			length += (size_t)sprintf(all + length, "%s", line);
	fclose(file);
	sprintf(all + length, "%s = \"%s\";\n", key, text);
	snprintf(path, sizeof path, "%s.cfg", language);
	stage_write(path, all);
}

static void
check_too_long(const char *language, const char *key, const char *text, const char *words)
{
	stage_begin();
	stage_write("ussd/menu.cfg", STAGE_MENU);
	rewrite(language, key, text);
	CHECK_INT(stage_load(), words == NULL ? 0 : -1);
	if (words != NULL)
		CHECK(told(words));
	stage_clean();
}

TEST(screen_that_does_not_fit_is_told_with_its_language)
{
	/* "...\n8 2: the longest choice\n9 More\n0 Back" */
	check_too_long("en", "ussd_t_kind",
		"A question of so many words that beside it, and its keys for more and back, no choice of "
		"those which it offers has any room left to it on a screen of a phone, as it turns out",
		"en.cfg: ussd_t_kind is ");
	check_too_long("ar", "ussd_t_place",
		"سؤال طويل جدا لا يبقى بعده مكان لأي شيء آخر على شاشة الهاتف الصغير هنا",
		"ar.cfg: ussd_t_place is ");
	check_too_long("ar", "ussd_unsure",
		"لسنا متأكدين من وصوله إلينا الآن. إن وصل فعلا فسوف تصلك رسالة قصيرة تخبرك بذلك.",
		"ar.cfg: ussd_unsure is ");
	check_too_long("en", "ussd_unknown_number",
		"We have looked everywhere, in every register that this city keeps of such things, and "
		"there is none that has any such number anywhere at all, so please look once more",
		"en.cfg: ussd_unknown_number is ");
	check_too_long("en", "kind_full",
		"so full that nothing more can be thrown into it by anybody who comes along with rubbish "
		"of any sort in any sort of bag or basket, be they ever so determined about it",
		"with its keys and the choice \"so full");
}

TEST(screen_in_gsm_letters_is_judged_by_these)
{
	check_too_long("ar", "ussd_t_quarter_gsm",
		"A question of so many words that beside it, and its keys for more and back, no choice of "
		"those which it offers has any room left to it on a screen of a phone, as it turns out",
		"ar.cfg: ussd_t_quarter_gsm is ");
	check_too_long("ar", "ussd_wrong_key_gsm",
		"A word of so many words that beside it, and its keys for more and back, no choice of "
		"those which are offered has any room left to it on a screen of a phone, as it turns out",
		"ar.cfg: ussd_wrong_key_gsm is ");
	check_too_long("ar", "ussd_t_quarter_gsm",
		"A question that is far longer than seventy characters, and has room nevertheless",
		NULL);
	check_too_long("ar", "ussd_t_quarter_gsm", "Où ça, à São Tomé?", NULL);
	check_too_long("ar", "ussd_t_quarter_gsm", "أي حي؟",
		"ar.cfg: ussd_t_quarter_gsm has letters that are not of the GSM alphabet");
}

TEST(screen_of_a_changed_menu_fits)
{
	check_too_long("ar", "ussd_menu_changed",
		"تغيرت القائمة منذ آخر شاشة رأيتها. ابدأ من جديد من أول القائمة لو سمحت.",
		"ar.cfg: ussd_menu_changed is ");
}

TEST(screen_of_a_filing_is_one)
{
	check_too_long("ar", "ussd_filed",
		"{text} رقم بلاغك لدى البلدية هو {reference}. الباقي يصلك بعد قليل في رسالة قصيرة.",
		"ar.cfg: ussd_filed is ");
}

TEST(screen_says_by_how_many_characters)
{
	/* "\n1 I do not know" and "\n0 Back" leave it 159 of 182. */
	char text[256] = "";

	memset(text, 'x', 159);
	check_too_long("en", "ussd_t_place", text, NULL);
	strcat(text, "y");
	check_too_long("en", "ussd_t_place", text, "ussd_t_place is 1 characters too long");
}

TEST(screens_follow_the_ways_room)
{
	stage_begin();
	stage_write("ussd/menu.cfg", STAGE_MENU);
	rewrite("en", "ussd_t_place",
		"Where is it? Please write the street, and a place that people there know, in some words:");
	REQUIRE(stage_load() == 0);
	stage.config->ussd[0].screen_characters = 100;
	ussd_menus_free(stage.menus);
	stage.menus = ussd_menus_load(stage.config, stage.texts, &stage.errors);
	CHECK(stage.menus == NULL);
	CHECK(told("of 100, GSM 7-bit"));
	stage_clean();
}

static size_t seen, too_long;
static bool arabic, paged, in_gsm;

static void
see(const struct ussd_sight *sight, void *arg)
{
	const struct ussd_room_for *room = arg;

	seen++;
	too_long += !ussd_screen_fits(room, sight->screen) || sight->length > sight->limit;
	arabic |= sight->ucs2;
	paged |= sight->page > 1;
	in_gsm |= strcmp(sight->key, "ussd_t_quarter_gsm") == 0 &&
		strstr(sight->place, ".quarter, names in GSM letters") != NULL &&
		strstr(sight->screen, "Ayy hay?\n1 ") == sight->screen;
}

TEST(screens_are_all_seen)
{
	struct ussd_room_for room = { USSD_SEPTETS_MAX, USSD_UNITS_MAX };

	stage_open();
	seen = too_long = 0;
	ussd_each_screen(stage.config, stage.texts, stage.menus, see, &room);
	CHECK(seen >= 2 * (2 + 1 + 10 + 2 + 5));
	CHECK_INT(too_long, 0);
	CHECK(arabic && paged && in_gsm);
	stage_clean();
}

/* The product's own menus, in each of its languages. */
TEST(shipped_menus_fit_in_every_language)
{
	struct ussd_room_for room = { USSD_SEPTETS_MAX, USSD_UNITS_MAX };
	char config[4096], here[1024];

	stage_begin();
	REQUIRE(getcwd(here, sizeof here) != NULL);
	snprintf(config, sizeof config,
		"city = \"Kigali\"; country = \"RW\"; emergency_number = \"112\"; worker = \"/bin/true\";\n"
		"texts_dir = \"%s/conf/texts\"; services_dir = \"%s/conf/services\";\n"
		"ussd_dir = \"%s/conf/ussd\"; languages = [ \"en\", \"fr\", \"pt\", \"ar\" ];\n"
		"required_languages = [ \"fr\", \"pt\", \"ar\" ]; modems = ( { name = \"m1\"; } );\n"
		"ussd = ( { name = \"at\"; secret = \"a-secret-of-tests\"; menus = [\"*384# menu\", "
		"\"*311# maputo\"]; } );",
		here, here, here);
	stage_write("baraza.cfg", config);
	if (stage_load() == -1)
		for (size_t i = 0; i < stage.errors.count; i++)
			printf("  %s\n", stage.errors.text[i]);
	REQUIRE(stage.menus != NULL);
	CHECK(ussd_menu_find(stage.menus, "menu") != NULL);
	CHECK(ussd_menu_find(stage.menus, "maputo") != NULL);
	seen = too_long = 0;
	ussd_each_screen(stage.config, stage.texts, stage.menus, see, &room);
	CHECK(seen > 100);
	CHECK_INT(too_long, 0);
	stage_clean();
}

UNIT_MAIN
