/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert-template: what is wrong in a file of warnings is told at its place. */
#include "gateway/alert-template.h"

#include <dirent.h>

#include "unit.h"

static char folder[64];
static struct config config;

static void
write_file(const char *name, const char *contents)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs(contents, file);
	fclose(file);
}

#define FRAME "fr = { text = \"SUITE. {text}\"; };"
#define INSTEAD "fr = { text = \"FIN de {event} à {zones}. {sender} {hour}\"; };"
#define HEAD                                                                        \
	"severity = \"Severe\"; urgency = \"Immediate\"; certainty = \"Likely\";\n" \
	"category = \"Met\"; lasts = 12;\n"
#define BODY(text_) "fr = { name = \"crue\"; headline = \"Crue\"; text = \"" text_ "\"; };"
#define GOOD "CRUE à {zones}. {sender} {hour}"
#define LEVEL "blanks = ( { name = \"level\"; optional = true; example = \"3 m\"; } );\n"

static void
make_folder(void)
{
	strcpy(folder, "/tmp/alerts-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	config = (struct config){ .file = (char *)"test.cfg",
		.default_language = (char *)"fr",
		.languages = { (char *)"fr", (char *)"en" },
		.city = (char *)"Kigali",
		.emergency_number = (char *)"112",
		.alerts = folder };
	write_file("update.cfg", FRAME);
	write_file("exercise.cfg", FRAME);
	write_file("test.cfg", FRAME);
	write_file("cancel.cfg", INSTEAD);
	write_file("clear.cfg", INSTEAD);
}

static void
remove_folder(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[400];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

/* The first error when the event is that file, "" when there is none; static. */
static const char *
fault_of(const char *contents)
{
	static char fault[600];
	struct config_errors errors = { 0 };
	struct alert_templates *templates;

	write_file("crue.cfg", contents);
	templates = alert_templates_load(&config, &errors);
	snprintf(fault, sizeof fault, "%s", errors.count > 0 ? errors.text[0] : "");
	CHECK((templates == NULL) == (errors.count > 0));
	alert_templates_free(templates);
	config_errors_free(&errors);
	return fault;
}

static void
check_fault(int line, const char *contents, const char *want)
{
	const char *fault = fault_of(contents);

	if (strstr(fault, want) == NULL || (want[0] == '\0' && fault[0] != '\0')) {
		printf("  line %d: \"%s\" does not say \"%s\"\n", line, fault, want);
		unit_failures++;
	}
}
#define FAULT(contents_, want_) check_fault(__LINE__, contents_, want_)

TEST(a_file_that_is_right_is_taken)
{
	struct config_errors errors = { 0 };
	struct alert_templates *templates;
	const struct alert_template *t;

	make_folder();
	write_file("crue.cfg",
		HEAD LEVEL
		"role = \"police\";\n" BODY("CRUE à {zones}[ ({level})]. {sender} {hour}"));
	templates = alert_templates_load(&config, &errors);
	REQUIRE(templates != NULL);
	t = alert_templates_find(templates, "crue");
	REQUIRE(t != NULL);
	CHECK_STR(t->severity, "Severe");
	CHECK_INT(t->lasts_h, 12);
	CHECK(t->police);
	CHECK_INT(t->blank_count, 1);
	CHECK(t->blank[0].optional && t->blank[0].max == 40);
	CHECK(alert_template_wording(t, "fr") != NULL);
	CHECK(alert_template_wording(t, "fr")->reviewed_by == NULL);
	CHECK(alert_template_wording(t, "en") == NULL);
	CHECK_STR(alert_event_name(templates, &config, "crue", "en"), "crue");
	CHECK_STR(alert_event_name(templates, &config, "seism", "en"), "seism");
	CHECK(alert_template_is_frame("update") && !alert_template_is_frame("crue"));
	CHECK(alert_templates_find(templates, "seism") == NULL);
	alert_templates_free(templates);
	remove_folder();
}

TEST(what_is_wrong_in_a_file_is_told_at_its_line)
{
	make_folder();
	FAULT(HEAD BODY(GOOD), "");
	FAULT(HEAD BODY("CRUE à {zone}. {sender} {hour}"), "crue.cfg:3: text: {zone} is not known");
	FAULT(HEAD BODY("CRUE à {zones. {sender} {hour}"), "a { or } without the other");
	FAULT(HEAD BODY("CRUE à {zones}. {sender}"), "crue.cfg:3: text lacks {hour}");
	FAULT(HEAD BODY("{zones}: CRUE. {sender} {hour}"), "its first word says what it is");
	FAULT(HEAD LEVEL BODY(GOOD), "leaves out {level}");
	FAULT(HEAD LEVEL BODY("CRUE à {zones}, {level}. {sender} {hour}"),
		"put what stands with it in brackets");
	FAULT(HEAD BODY("CRUE à {zones}[, {start}. {sender} {hour}"), "a [ without its ]");
	FAULT(HEAD BODY("CRUE à {zones}[, {start}[ x]]. {sender} {hour}"), "not in one another");
	FAULT(HEAD BODY("CRUE à {zones}[ x]. {sender} {hour}"), "around a piece with a {blank}");
	FAULT(HEAD BODY("CRUE de {then} à {zones}. {sender} {hour}"), "{then} is not known");
	FAULT(HEAD
		"en = { name = \"x\"; headline = \"x\"; text = \"X {zones} {sender} {hour}\"; };",
		"there is no fr");
	FAULT(HEAD "fr = { headline = \"x\"; text = \"" GOOD "\"; };", "fr lacks its name");
	FAULT(HEAD "fr = { name = \"x\"; headline = \"x\"; };", "fr lacks its text");
	FAULT(HEAD "fr = { name = \"x\"; headlin = \"x\"; };", "\"headlin\" is not known here");
	FAULT(HEAD "langage = 3; " BODY(GOOD), "\"langage\" is not known here");
	FAULT("severity = \"Bad\";" BODY(GOOD), "severity is one of these, in quotes: Extreme");
	FAULT("severity = \"Severe\"; urgency = \"Immediate\"; certainty = \"Likely\";\n"
	      "category = \"Met\"; lasts = 0;" BODY(GOOD),
		"lasts is the hours");
	FAULT(HEAD "role = \"mayor\";" BODY(GOOD), "role is \"police\"");
	FAULT(HEAD "blanks = ( { name = \"zones\"; example = \"x\"; } );" BODY(GOOD),
		"not one that every text knows");
	FAULT(HEAD "blanks = ( { name = \"x\"; } );" BODY(GOOD), "x has no example");
	FAULT(HEAD "blanks = ( { name = \"x\"; max = 1000; example = \"x\"; } );" BODY(GOOD),
		"x: max is the characters");
	FAULT("severity = ;", "crue.cfg:1");
	remove_folder();
}

TEST(a_text_longer_than_three_sms_is_told_with_its_language)
{
	char text[1200] = HEAD
		"fr = { name = \"crue\"; headline = \"Crue\"; text = \"CRUE à {zones}. {sender} {hour} ";

	make_folder();
	memset(text + strlen(text), 'x', 460);
	strcat(text, "\"; };");
	FAULT(text, "crue.cfg: the text in fr is longer than 3 SMS");
	remove_folder();
}

TEST(a_folder_needs_what_stands_around_texts)
{
	char path[128];

	make_folder();
	snprintf(path, sizeof path, "%s/exercise.cfg", folder);
	unlink(path);
	FAULT(HEAD BODY(GOOD), "there is no exercise.cfg");
	write_file("exercise.cfg", "fr = { text = \"{text}\"; };");
	FAULT(HEAD BODY(GOOD), "its first word says what it is");
	write_file("exercise.cfg", "fr = { text = \"EXERCICE.\"; };");
	FAULT(HEAD BODY(GOOD), "text lacks {text}");
	write_file("exercise.cfg", FRAME);
	write_file("Route.cfg", FRAME);
	FAULT(HEAD BODY(GOOD), "an event's name is small letters and _");
	remove_folder();
}

UNIT_MAIN
