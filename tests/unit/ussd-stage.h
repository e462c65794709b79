/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-stage.h - a city with a menu of its own, its lists in memory, and a caller.
 *
 * Texts are the product's, with the menu's own appended; each step's state goes through its text
 * and back, as the database keeps it. For one program each: all is static.
 */
#ifndef USSD_STAGE_H
#define USSD_STAGE_H

#include <dirent.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "gateway/config.h"
#include "gateway/text.h"
#include "gateway/texts.h"
#include "gateway/ussd-form.h"
#include "unit.h"

#define STAGE_MENU                                                                                     \
	"menu = { text = \"ussd_t_welcome\"; items = (\n"                                              \
	" { text = \"ussd_t_skip\"; form = \"skip\"; },\n"                                             \
	" { text = \"ussd_t_more\"; menu = { text = \"ussd_t_more\"; items = (\n"                      \
	"   { text = \"ussd_t_complain\"; form = \"complaint\"; },\n"                                  \
	"   { text = \"ussd_t_status\"; form = \"status\"; },\n"                                       \
	"   { text = \"ussd_t_stop\"; form = \"stop\"; },\n"                                           \
	"   { text = \"ussd_t_zone\"; form = \"zone\"; } ); }; },\n"                                   \
	" { text = \"ussd_t_language\"; language = true; },\n"                                         \
	" { text = \"ussd_t_call\"; form = \"call\"; },\n"                                             \
	" { text = \"ussd_t_words\"; form = \"words\"; } ); };\n"                                      \
	"forms = (\n"                                                                                  \
	"{ name = \"skip\"; service = \"skip\"; direct = \"container\"; confirm = true;\n"             \
	"  by_sms = true; questions = (\n"                                                             \
	"  { name = \"kind\"; text = \"ussd_t_kind\"; field = \"kind\"; labels = \"kind_\";\n"         \
	"    values = [ \"full\", \"burning\", \"beside\", \"damaged\", \"not_collected\",\n"          \
	"      \"heap\", \"drain\", \"hazardous\" ]; },\n"                                             \
	"  { name = \"district\"; text = \"ussd_t_district\"; list = \"districts\";\n"                 \
	"    number = \"container\"; letters = \"quarters\"; answers = \"quarter\";\n"                 \
	"    unless = \"container\"; optional = true; },\n"                                            \
	"  { name = \"quarter\"; text = \"ussd_t_quarter\"; list = \"quarters\";\n"                    \
	"    within = \"district\"; number = \"container\"; unless = \"container\";\n"                 \
	"    optional = true; },\n"                                                                    \
	"  { name = \"container\"; text = \"ussd_t_container\"; list = \"containers\";\n"              \
	"    within = \"quarter\"; field = \"container\"; number = \"container\";\n"                   \
	"    known = \"container\"; skip = \"ussd_t_none\"; optional = true;\n"                        \
	"    only = \"kind\"; among = [ \"full\", \"burning\", \"not_collected\" ]; },\n"              \
	"  { name = \"place\"; text = \"ussd_t_place\"; ask = \"text\"; unless = \"container\";\n"     \
	"    skip = \"ussd_t_unknown\"; optional = true; } );\n"                                       \
	"  fill = ( { field = \"place\"; of = [ \"place\", \"quarter\" ]; labels = true; } ); },\n"    \
	"{ name = \"complaint\"; service = \"complaint\"; confirm = true; questions = (\n"             \
	"  { name = \"category\"; text = \"ussd_t_kind\"; field = \"category\";\n"                     \
	"    labels = \"category_\"; values = [ \"road\", \"water\" ]; },\n"                           \
	"  { name = \"what\"; text = \"ussd_t_what\"; ask = \"text\"; field = \"words\"; } );\n"       \
	"  fill = ( { field = \"place\"; of = [ \"what\" ]; } ); },\n"                                 \
	"{ name = \"status\"; service = \"status\"; questions = (\n"                                   \
	"  { name = \"reference\"; text = \"ussd_t_which\"; list = \"my_tickets\";\n"                  \
	"    field = \"reference\"; typed = \"reference\"; wrong = \"ussd_t_wrong\"; } ); },\n"        \
	"{ name = \"stop\"; service = \"stop\"; preset = { what = \"warnings\"; }; questions = (\n"    \
	"  { name = \"zone\"; text = \"ussd_t_quarter\"; list = \"my_warnings\"; field = \"words\";\n" \
	"    skip = \"ussd_t_all\"; optional = true; } ); },\n"                                        \
	"{ name = \"zone\"; service = \"alert\"; questions = (\n"                                      \
	"  { name = \"district\"; text = \"ussd_t_district\"; list = \"districts\";\n"                 \
	"    field = \"place\"; letters = \"quarters\"; answers = \"quarter\"; },\n"                   \
	"  { name = \"quarter\"; text = \"ussd_t_quarter\"; list = \"quarters\";\n"                    \
	"    field = \"place\"; within = \"district\"; skip = \"ussd_t_all\"; optional = true; }\n"    \
	"  ); },\n"                                                                                    \
	"{ name = \"words\"; service = \"complaint\"; confirm = true;\n"                               \
	"  preset = { category = \"road\"; }; questions = (\n"                                         \
	"  { name = \"what\"; text = \"ussd_t_what\"; ask = \"text\"; field = \"words\"; } ); },\n"    \
	"{ name = \"call\"; service = \"callback\"; } );\n"

static const char *const stage_texts[][3] = {
	{ "ussd_t_welcome", "Kigali:", "كيغالي:" },
	{ "ussd_t_skip", "A skip", "حاوية" },
	{ "ussd_t_more", "More services", "خدمات أخرى" },
	{ "ussd_t_complain", "Complain", "شكوى" },
	{ "ussd_t_status", "My report", "بلاغي" },
	{ "ussd_t_stop", "No more warnings", "لا تحذير" },
	{ "ussd_t_zone", "Warn me", "حذرني" },
	{ "ussd_t_language", "Language", "اللغة" },
	{ "ussd_t_words", "În words", "بكلمات" },
	{ "ussd_t_call", "Call me", "اتصلوا بي" },
	{ "ussd_t_kind", "What is wrong?", "ما المشكلة؟" },
	{ "ussd_t_district", "District, quarter or number:", "المنطقة أو الحي أو الرقم:" },
	{ "ussd_t_quarter", "Which quarter?", "أي حي؟" },
	{ "ussd_t_container", "Which skip?", "أي حاوية؟" },
	{ "ussd_t_none", "None of these", "غيرها" },
	{ "ussd_t_place", "Where is it?", "أين؟" },
	{ "ussd_t_unknown", "I do not know", "لا أعرف" },
	{ "ussd_t_what", "What, and where?", "ماذا وأين؟" },
	{ "ussd_t_which", "Which report?", "أي بلاغ؟" },
	{ "ussd_t_wrong", "No such report.", "لا بلاغ كهذا." },
	{ "ussd_t_all", "All", "كلها" },
	/* in the product's stead */
	{ "ussd_more", "More", "المزيد" },
	{ "ussd_back", "Back", "رجوع" },
	{ "ussd_wrong_key", "No such choice.", "لا خيار كهذا." },
	{ "ussd_nothing_found", "Nothing found.", "لا شيء." },
	{ "ussd_unknown_number", "Unknown number.", "رقم غير معروف." },
	{ "ussd_confirm", "Is this right? {summary}", "صحيح؟ {summary}" },
	{ "ussd_send", "Send", "أرسل" },
	{ "ussd_change", "Change", "غيّر" },
	{ "ussd_resume", "Go on? {summary}", "نواصل؟ {summary}" },
	{ "ussd_yes", "Yes", "نعم" },
	{ "ussd_no", "No", "لا" },
	{ "ussd_go_on", "Go on", "واصل" },
	{ "ussd_bye", "Thank you.", "شكرا." },
	{ "ussd_filed", "{text} Ticket {reference}, by SMS.", "{text} رقم {reference}." },
	/* in GSM letters */
	{ "ussd_t_district_gsm", NULL, "Mantiqa, hay, raqm:" },
	{ "ussd_t_quarter_gsm", NULL, "Ayy hay?" },
	{ "ussd_more_gsm", NULL, "Akthar" },
	{ "ussd_back_gsm", NULL, "Ruju" },
	{ "ussd_wrong_key_gsm", NULL, "La khiyar." },
};

static struct {
	char folder[64];
	struct config *config;
	struct texts *texts;
	struct ussd_menus *menus;
	struct config_errors errors;
	struct ussd_view view;
	struct ussd_state *state;
	struct ussd_out out;
	enum ussd_next next; /* SHOW or RUN */
	char kept[USSD_STATE_MAX];
	int lists;    /* asked for in the last step */
	bool tickets; /* she has some */
} stage;

/* --- files --- */

static inline void
stage_write(const char *name, const char *contents)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", stage.folder, name);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs(contents, file);
	REQUIRE(fclose(file) == 0);
}

/* Is the line a text that stands in stage_texts too? */
static inline bool
stage_has(const char *line)
{
	for (size_t i = 0; i < sizeof stage_texts / sizeof *stage_texts; i++) {
		size_t length = strlen(stage_texts[i][0]);

		if (strncmp(line, stage_texts[i][0], length) == 0 && line[length] == ' ')
			return true;
	}
	return false;
}

static inline void
stage_write_texts(const char *language, int column)
{
	char path[256], line[4096];
	FILE *from, *to;

	snprintf(path, sizeof path, "conf/texts/%s.cfg", language);
	from = fopen(path, "r");
	snprintf(path, sizeof path, "%s/%s.cfg", stage.folder, language);
	to = fopen(path, "w");
	REQUIRE(from != NULL && to != NULL);
	while (fgets(line, sizeof line, from) != NULL)
		if (!stage_has(line))
			fputs(line, to);
	for (size_t i = 0; i < sizeof stage_texts / sizeof *stage_texts; i++)
		if (stage_texts[i][column] != NULL)
			fprintf(to, "%s = \"%s\";\n", stage_texts[i][0], stage_texts[i][column]);
	fclose(from);
	REQUIRE(fclose(to) == 0);
}

static inline void
stage_clean(void)
{
	char command[128];

	ussd_state_free(stage.state);
	ussd_menus_free(stage.menus);
	texts_free(stage.texts);
	config_free(stage.config);
	config_errors_free(&stage.errors);
	snprintf(command, sizeof command, "rm -rf '%s'", stage.folder);
	REQUIRE(system(command) == 0);
	memset(&stage, 0, sizeof stage);
}

/* The folder with a configuration and texts in en and ar; menus come after it. */
static inline void
stage_begin(void)
{
	char config[2048], here[1024], path[128];

	strcpy(stage.folder, "/tmp/ussd-XXXXXX");
	REQUIRE(mkdtemp(stage.folder) != NULL);
	REQUIRE(getcwd(here, sizeof here) != NULL);
	snprintf(path, sizeof path, "%s/ussd", stage.folder);
	REQUIRE(mkdir(path, 0700) == 0);
	stage_write_texts("en", 1);
	stage_write_texts("ar", 2);
	snprintf(config, sizeof config,
		"city = \"Kigali\"; country = \"RW\"; emergency_number = \"112\"; texts_dir = \".\";\n"
		"services_dir = \"%s/conf/services\"; ussd_dir = \"ussd\";\n"
		"languages = [ \"en\", \"ar\" ]; required_languages = [ \"ar\" ];\n"
		"worker = \"/bin/true\"; modems = ( { name = \"m1\"; } );\n"
		"ussd = ( { name = \"at\"; secret = \"a-secret-of-tests\"; menus = [\"*384# menu\"]; } );",
		here);
	stage_write("baraza.cfg", config);
}

/* Returns 0, or -1 with stage.errors. */
static inline int
stage_load(void)
{
	char path[128];

	snprintf(path, sizeof path, "%s/baraza.cfg", stage.folder);
	stage.config = config_load(path, &stage.errors);
	if (stage.config != NULL)
		stage.texts = texts_load(stage.config, &stage.errors);
	if (stage.texts != NULL)
		stage.menus = ussd_menus_load(stage.config, stage.texts, &stage.errors);
	return stage.menus != NULL ? 0 : -1;
}

static inline void
stage_open(void)
{
	stage_begin();
	stage_write("ussd/menu.cfg", STAGE_MENU);
	if (stage_load() == -1)
		for (size_t i = 0; i < stage.errors.count; i++)
			printf("  %s\n", stage.errors.text[i]);
	REQUIRE(stage.menus != NULL);
	stage.view = (struct ussd_view){ .config = stage.config,
		.texts = stage.texts,
		.menu = ussd_menu_find(stage.menus, "menu"),
		.room = { USSD_SEPTETS_MAX, USSD_UNITS_MAX },
		.language = "en",
		.alert = "",
		.city_number = "" };
	REQUIRE(stage.view.menu != NULL);
}

/* --- the city's lists --- */

static inline bool
stage_begins(const char *label, const char *letters)
{
	char name[512], wanted[2048];

	if (letters[0] == '\0')
		return true;
	if (text_fold(name, sizeof name, label) <= 0 ||
		text_fold(wanted, sizeof wanted, letters) <= 0)
		return false;
	for (const char *at = name; at != NULL; at = strchr(at, ' '), at += at != NULL)
		if (strncmp(at, wanted, strlen(wanted)) == 0)
			return true;
	return false;
}

struct stage_rows {
	struct ussd_row row[USSD_ROWS_MAX];
	int count, passed;
};

static inline void __attribute__((format(printf, 3, 4)))
stage_add(struct stage_rows *rows, const char *value, const char *fmt, ...)
{
	char label[USSD_LABEL_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(label, sizeof label, fmt, args);
	va_end(args);
	if (!stage_begins(label, stage.out.list.letters) ||
		rows->passed++ < stage.out.list.offset || rows->count == stage.out.list.limit ||
		rows->count == USSD_ROWS_MAX)
		return;
	strcpy(rows->row[rows->count].label, label);
	snprintf(rows->row[rows->count++].value, USSD_VALUE_MAX, "%s", value);
}

/* Gasabo has twenty quarters, Kicukiro two, Nyarugenge none; Quarter 01 three skips. */
static inline void
stage_list(struct stage_rows *rows)
{
	const char *source = stage.out.list.source, *within = stage.out.list.within;
	char value[8];

	memset(rows, 0, sizeof *rows);
	if (strcmp(source, "districts") == 0) {
		stage_add(rows, "1", "Gasabo");
		stage_add(rows, "2", "Kicukiro");
		stage_add(rows, "3", "Nyarugenge");
	} else if (strcmp(source, "quarters") == 0) {
		for (int i = 1; i <= 20 && (within[0] == '\0' || within[0] == '1'); i++) {
			snprintf(value, sizeof value, "%d", 100 + i);
			stage_add(rows, value, "Quarter of Gasabo %02d", i);
		}
		if (within[0] == '\0' || within[0] == '2') {
			stage_add(rows, "201", "Gikondo");
			stage_add(rows, "202", "Kagarama");
		}
	} else if (strcmp(source, "containers") == 0 && strcmp(within, "101") == 0) {
		stage_add(rows, "147", "147 Market");
		stage_add(rows, "148", "148 School");
		stage_add(rows, "7", "7 Mosque");
	} else if (strcmp(source, "container") == 0) {
		if (strtol(stage.out.list.letters, NULL, 10) == 147)
			stage_add(rows, "147", "147 Market");
		if (strtol(stage.out.list.letters, NULL, 10) == 7)
			stage_add(rows, "7", "07 Mosque");
	} else if (strcmp(source, "my_tickets") == 0 && stage.tickets) {
		stage_add(rows, "4F2K7", "4F2K7 skip 147");
		stage_add(rows, "01", "broken");
	}
}

/* --- a caller --- */

static inline void
stage_settle(enum ussd_next next)
{
	struct stage_rows rows;

	stage.lists = 0;
	while (next == USSD_LIST) {
		REQUIRE(++stage.lists < 40);
		stage_list(&rows);
		next = ussd_form_listed(
			&stage.view, stage.state, rows.row, (size_t)rows.count, &stage.out);
	}
	stage.next = next;
	if (next != USSD_SHOW)
		return;
	CHECK(ussd_screen_fits(&stage.view.room, stage.out.screen));
	if (stage.out.language[0] != '\0')
		stage.view.language = strcmp(stage.out.language, "ar") == 0 ? "ar" : "en";
	REQUIRE(ussd_state_write(stage.state, stage.kept, sizeof stage.kept) == 0);
	ussd_state_free(stage.state);
	stage.state = ussd_state_read(stage.view.menu, stage.kept);
	REQUIRE(stage.state != NULL);
}

/* Dial the code, with this behind it; what was cut, as text, or NULL. Returns the screen. */
static inline const char *
stage_dial(const char *input, const char *cut)
{
	struct ussd_state *resumed = cut != NULL ? ussd_state_read(stage.view.menu, cut) : NULL;

	CHECK((cut != NULL) == (resumed != NULL));
	ussd_state_free(stage.state);
	stage.state = ussd_state_new();
	REQUIRE(stage.state != NULL);
	stage_settle(ussd_form_begin(&stage.view, stage.state, resumed, input, &stage.out));
	ussd_state_free(resumed);
	return stage.out.screen;
}

static inline const char *
stage_key(const char *input)
{
	stage_settle(ussd_form_input(&stage.view, stage.state, input, &stage.out));
	return stage.out.screen;
}

/* Several, each an input, between bars. */
static inline const char *
stage_keys(const char *inputs)
{
	char input[USSD_INPUT_MAX];

	while (*inputs != '\0') {
		size_t length = strcspn(inputs, "|");

		snprintf(input, sizeof input, "%.*s", (int)length, inputs);
		stage_key(input);
		inputs += length + (inputs[length] == '|');
	}
	return stage.out.screen;
}

static inline const char *
stage_filed(const char *said, const char *reference, bool asks)
{
	stage_settle(ussd_form_ran(&stage.view, stage.state, said, reference, asks, &stage.out));
	CHECK(stage.next == USSD_SHOW);
	return stage.out.screen;
}

static inline const char *
stage_ran(const char *said, bool asks)
{
	return stage_filed(said, "", asks);
}

/* A value of the form that is to run, by its field. */
static inline const char *
stage_value(const char *field)
{
	REQUIRE(stage.next == USSD_RUN && stage.out.form != NULL);
	return stage.out.values.value[service_field_index(stage.out.form->service, field)];
}

/* A note, and the screen again. */
static inline void
stage_check_again(const char *screen, const char *note, const char *again)
{
	char want[USSD_SCREEN_BYTES_MAX + 128];

	snprintf(want, sizeof want, "%s\n%s", note, again);
	CHECK_STR(screen, want);
}

#endif
