/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-check: is everything right that a gateway would read?  And what does each text cost?
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "alert-compose.h"
#include "cap-sign.h"
#include "cmd-common.h"
#include "cmd-example.h"
#include "cmd-migrate.h"
#include "json.h"
#include "operators.h"
#include "text.h"
#include "texts.h"
#include "understand.h"
#include "ussd-check.h"
#include "ussd-menu.h"
#include "ussd.h"

#define TEXT_BYTES_MAX 2048
#define GSM7_ALONE 160 /* septets of a single SMS: 3GPP 23.038 */
#define UCS2_ALONE 70  /* UTF-16 units of a single SMS */

/* What the command is asked for. */
struct wishes {
	bool json, database, screens;
};

/* What is checked by being read. */
struct speech {
	const struct config *config;
	struct texts *texts;
	struct alert_templates *templates;
	struct ussd_menus *menus; /* NULL: not asked for */
};

struct check {
	const struct config *config;
	const struct texts *texts;
	struct json *json; /* NULL: for people */
	size_t texts_count, screens_count, warnings_count;
	bool screens; /* are shown */
	struct config_errors warnings;
};

/* One text in one language, its placeholders filled as long as they usually get. */
struct measured {
	const char *language, *key;
	char text[TEXT_BYTES_MAX];
	enum text_coding coding;
	int segments, length, room; /* length in septets or UTF-16 units; room in a single SMS */
};

/* --- --- one text --- */

static void __attribute__((format(printf, 3, 4)))
warn(struct check *check, const struct measured *m, const char *fmt, ...)
{
	char *what;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&what, fmt, args);
	va_end(args);
	check->warnings_count++;
	if (len == -1)
		return;
	config_error(&check->warnings, NULL, 0, "warning: %s in %s: %s", m->key, m->language, what);
	free(what);
}

static const char *
coding_name(enum text_coding coding)
{
	return coding == TEXT_GSM7 ? "GSM 7-bit" : "UCS-2";
}

/* The first character that the GSM 7-bit alphabet lacks. */
static void
first_outside(const char *text, char out[5])
{
	while (*text != '\0') {
		const char *begin = text;

		text_next(&text);
		snprintf(out, 5, "%.*s", (int)(text - begin), begin);
		if (!text_fits_gsm7(out))
			return;
	}
	out[0] = '\0';
}

static void
warn_of(struct check *check, const struct measured *m)
{
	char plain[TEXT_BYTES_MAX], character[5];

	if (m->coding == TEXT_UCS2 && !check->config->transliterate &&
		text_transliterate(plain, sizeof plain, m->text) >= 0 && text_fits_gsm7(plain)) {
		first_outside(m->text, character);
		warn(check, m,
			"\"%s\" is not in GSM 7-bit, and makes it UCS-2; avoid it, or set transliterate",
			character);
	}
	if (m->segments > 1)
		warn(check, m, "%d SMS; shorten it to one", m->segments);
}

/* Returns 0, or -1 when the language has no such text of its own. */
static int
measure(const struct check *check, const struct text_key *key, const char *language,
	struct measured *m)
{
	struct cmd_examples examples;
	char plain[TEXT_BYTES_MAX];

	if (texts_raw(check->texts, language, key->name) == NULL)
		return -1;
	m->language = language;
	m->key = key->name;
	cmd_examples_longest(&examples, check->texts, language, key->placeholders);
	if (texts_render(check->texts, language, key->name, examples.value, m->text,
		    sizeof m->text) == -1)
		return -1;
	if (check->config->transliterate && text_transliterate(plain, sizeof plain, m->text) >= 0)
		memcpy(m->text, plain, sizeof plain);
	m->segments = text_count_segments(m->text, &m->coding);
	m->length = m->coding == TEXT_GSM7 ? text_gsm7_septets(m->text)
					   : (int)text_utf16_units(m->text);
	m->room = m->coding == TEXT_GSM7 ? GSM7_ALONE : UCS2_ALONE;
	return 0;
}

static void
print_measured(const struct check *check, const struct measured *m)
{
	double cost = m->segments * check->config->sms_cost;

	if (check->json == NULL) {
		printf("%-4s%-32s%-10s%3d SMS %5d/%-4d%8.2f %s\n", m->language, m->key,
			coding_name(m->coding), m->segments, m->length, m->room, cost,
			check->config->currency);
		return;
	}
	json_object(check->json, NULL);
	json_string(check->json, "key", m->key);
	json_string(check->json, "language", m->language);
	json_string(check->json, "coding", m->coding == TEXT_GSM7 ? "gsm7" : "ucs2");
	json_int(check->json, "segments", m->segments);
	json_int(check->json, "length", m->length);
	json_decimal(check->json, "cost", cost);
	json_string(check->json, "text", m->text);
	json_object_end(check->json);
}

/* --- --- all texts --- */

static void
check_language(struct check *check, const char *language)
{
	static struct measured m;
	const struct text_key *key;
	int lacking = 0;

	for (size_t i = 0; (key = texts_key(check->texts, i)) != NULL; i++) {
		if (texts_is_of_menus(key->name)) { /* measured as screens */
			lacking += check->config->ussd_count > 0 &&
				texts_raw(check->texts, language, key->name) == NULL;
			continue;
		}
		if (measure(check, key, language, &m) == -1) {
			lacking++;
			continue;
		}
		check->texts_count++;
		print_measured(check, &m);
		warn_of(check, &m);
	}
	if (lacking > 0) {
		check->warnings_count++;
		config_error(&check->warnings, NULL, 0,
			"warning: %s lacks %d texts; %s is spoken instead of them", language,
			lacking, check->config->default_language);
	}
}

/* --- --- warnings --- */

/* An event's text as it is measured as any other. */
static void
check_warning(struct check *check, const char *event, const struct alert_text *text)
{
	static struct measured m;
	char key[ALERT_NAME_BYTES + 8];

	snprintf(key, sizeof key, "alert %s", event);
	m = (struct measured){ .language = text->language,
		.key = key,
		.coding = text->ucs2 ? TEXT_UCS2 : TEXT_GSM7,
		.segments = text->segments,
		.length = text->units,
		.room = text->ucs2 ? UCS2_ALONE : GSM7_ALONE };
	snprintf(m.text, sizeof m.text, "%s", text->body);
	check->texts_count++;
	print_measured(check, &m);
	warn_of(check, &m);
}

/* Whose words of a language no human has said to have read. */
static void
check_reviews(struct check *check, const struct alert_templates *templates, const char *language)
{
	const struct alert_template *t;
	char unread[1024] = "";
	size_t length = 0;

	for (size_t i = 0; (t = alert_templates_at(templates, i)) != NULL; i++) {
		const struct alert_wording *w = alert_template_wording(t, language);

		if (w != NULL && w->reviewed_by == NULL &&
			length + ALERT_NAME_BYTES + 2 < sizeof unread)
			length += (size_t)snprintf(unread + length, sizeof unread - length, "%s%s",
				length > 0 ? ", " : "", t->event);
	}
	if (length == 0)
		return;
	check->warnings_count++;
	config_error(&check->warnings, NULL, 0,
		"warning: no human is named who has read what warnings say in %s (%s); who reads them"
		" and finds them right writes the name into reviewed_by",
		language, unread);
}

static void
check_warnings(struct check *check, const struct alert_templates *templates)
{
	const struct alert_template *t;
	struct alert_texts texts;

	for (size_t i = 0; (t = alert_templates_at(templates, i)) != NULL; i++) {
		if (alert_template_is_frame(t->event) ||
			alert_compose_example(
				templates, check->config, t, "alert", "actual", &texts) == -1)
			continue;
		for (size_t n = 0; n < texts.count; n++)
			check_warning(check, t->event, &texts.text[n]);
		alert_texts_free(&texts);
	}
}

/* --- --- USSD screens --- */

static void
print_screen(const struct check *check, const struct ussd_sight *sight)
{
	const char *line = sight->screen;

	if (check->json != NULL) {
		json_object(check->json, NULL);
		json_string(check->json, "menu", sight->menu);
		json_string(check->json, "language", sight->language);
		json_string(check->json, "place", sight->place);
		json_string(check->json, "key", sight->key);
		json_int(check->json, "page", sight->page);
		json_string(check->json, "coding", sight->ucs2 ? "ucs2" : "gsm7");
		json_int(check->json, "length", sight->length);
		json_int(check->json, "room", sight->limit);
		json_string(check->json, "screen", sight->screen);
		json_object_end(check->json);
		return;
	}
	printf("\n%s, %s: %s", sight->menu, sight->language, sight->place);
	if (sight->page > 1)
		printf(", page %d", sight->page);
	printf(" (%s; %d of %d, %s)\n", sight->key, sight->length, sight->limit,
		coding_name(sight->ucs2 ? TEXT_UCS2 : TEXT_GSM7));
	for (size_t length; *line != '\0'; line += length + (line[length] == '\n')) {
		length = strcspn(line, "\n");
		printf("    %.*s\n", (int)length, line);
	}
}

static void
see_screen(const struct ussd_sight *sight, void *arg)
{
	struct check *check = arg;

	check->screens_count++;
	if (check->screens)
		print_screen(check, sight);
}

static void
check_menus(struct check *check, const struct ussd_menus *menus)
{
	if (menus != NULL)
		ussd_each_screen(check->config, check->texts, menus, see_screen, check);
}

/* Secrets that everyone on the machine may read. */
static void
check_secrets(struct check *check)
{
	const char *key = check->config->cap_key;
	bool secret = strstr(check->config->database, "password") != NULL ||
		(key != NULL && key[0] != '\0') || check->config->ussd_count > 0;
	struct stat st;

	for (size_t i = 0; i < check->config->modem_count; i++)
		secret |= check->config->modem[i].pin != NULL;
	if (!secret || stat(check->config->file, &st) == -1 || (st.st_mode & S_IROTH) == 0)
		return;
	check->warnings_count++;
	config_error(&check->warnings, check->config->file, 0,
		"warning: it holds a PIN, key, secret or password, and everyone may read it; chmod o-r");
}

static void
print_end(struct check *check)
{
	const struct config *c = check->config;

	if (check->json != NULL) {
		json_array_end(check->json);
		json_array(check->json, "warnings");
		for (size_t i = 0; i < check->warnings.count; i++)
			json_string(check->json, NULL, check->warnings.text[i]);
		json_array_end(check->json);
		json_object_end(check->json);
		json_end(check->json);
		config_errors_free(&check->warnings);
		return;
	}
	fflush(stdout);
	cmd_print_errors(&check->warnings);
	printf("%s: no errors; warnings: %zu, modems: %zu, texts: %zu, USSD screens: %zu\n",
		c->file, check->warnings_count, c->modem_count, check->texts_count,
		check->screens_count);
}

/* Of all that was read: the screens alone, or all else, and how many they are. */
static void
print_all(const struct speech *speech, const struct wishes *wishes)
{
	const struct config *config = speech->config;
	struct json json = { .out = NULL };
	struct check check = { .config = config,
		.texts = speech->texts,
		.json = wishes->json ? &json : NULL,
		.screens = wishes->screens };

	if (wishes->json) {
		json_begin(&json, stdout);
		json_object(&json, NULL);
		json_string(&json, "file", config->file);
		json_string(&json, "currency", config->currency);
		json_array(&json, wishes->screens ? "screens" : "texts");
	}
	/* What matters most comes first: a long list of warnings is cut. */
	check_secrets(&check);
	for (size_t i = 0; !wishes->screens && config->languages[i] != NULL; i++)
		check_reviews(&check, speech->templates, config->languages[i]);
	for (size_t i = 0; !wishes->screens && config->languages[i] != NULL; i++)
		check_language(&check, config->languages[i]);
	if (!wishes->screens)
		check_warnings(&check, speech->templates);
	check_menus(&check, speech->menus);
	print_end(&check);
}

/* --- --- the command --- */

/* Is the database there, and what this program needs? */
static int
check_database(const struct config *config)
{
	PGconn *db = cmd_connect(&cmd_check_command, config);
	int version, pending = db != NULL ? cmd_migrate_pending(db, &version) : -1;

	PQfinish(db);
	if (pending == -1)
		return COMMAND_FAILED;
	if (pending > 0) {
		cmd_error(&cmd_check_command,
			"the database lacks %d migrations; run `baraza migrate`", pending);
		return COMMAND_FAILED;
	}
	fprintf(stderr, "the database is there, its schema at version %d\n", version);
	return COMMAND_DONE;
}

/* Can each sender's signature be checked? */
static bool
check_certificates(const struct config *config, struct config_errors *errors)
{
	char reason[CAP_REASON_MAX];
	size_t before = errors->count;

	for (size_t i = 0; i < config->cap_source_count; i++) {
		const struct config_cap_source *source = &config->cap_source[i];

		if (source->certificate != NULL &&
			cap_sign_usable(source->certificate, reason) == -1)
			config_error(errors, config->file, source->line, "cap source %s: %s",
				source->sender, reason);
	}
	return errors->count == before;
}

/* The menus, where a way leads to one, or they are to be seen. Returns false when there was an
 * error. */
static bool
read_menus(struct speech *speech, const struct wishes *wishes, struct config_errors *errors)
{
	const struct config *config = speech->config;

	if (config->ussd_count == 0 && !wishes->screens)
		return true;
	speech->menus = ussd_menus_load(config, speech->texts, errors);
	return speech->menus != NULL && ussd_ways_check(config, speech->menus, errors) == 0;
}

/* Returns 0 when there was no error. */
static int
check_files(const struct config *config, const struct wishes *wishes, struct config_errors *errors)
{
	struct speech speech = { .config = config,
		.texts = texts_load(config, errors),
		.templates = alert_templates_load(config, errors) };
	struct vocabulary *vocabulary = vocabulary_load(config, errors);
	struct operators *operators = operators_load(config, errors);
	bool ok = check_certificates(config, errors) && speech.texts != NULL &&
		vocabulary != NULL && speech.templates != NULL && operators != NULL &&
		operators_check(operators, config, errors);

	ok = (speech.texts == NULL || read_menus(&speech, wishes, errors)) && ok;
	if (ok)
		print_all(&speech, wishes);
	ussd_menus_free(speech.menus);
	operators_free(operators);
	alert_templates_free(speech.templates);
	vocabulary_free(vocabulary);
	texts_free(speech.texts);
	return ok ? 0 : -1;
}

/* For people on standard error; for programs as an object on standard output as well. */
static void
print_errors(const char *file, bool as_json, struct config_errors *errors)
{
	struct json json;

	if (as_json) {
		json_begin(&json, stdout);
		json_object(&json, NULL);
		json_string(&json, "file", file);
		json_array(&json, "errors");
		for (size_t i = 0; i < errors->count; i++)
			json_string(&json, NULL, errors->text[i]);
		json_array_end(&json);
		json_object_end(&json);
		json_end(&json);
	}
	cmd_print_errors(errors);
}

static int
check(const char *file, const struct wishes *wishes)
{
	struct config_errors errors = { .count = 0 };
	struct config *config = config_load(file, &errors);
	int code = COMMAND_USAGE;

	if (config == NULL || check_files(config, wishes, &errors) == -1)
		print_errors(file, wishes->json, &errors);
	else
		code = wishes->database ? check_database(config) : COMMAND_DONE;
	config_free(config);
	return code;
}

static int
run(int argc, char **argv)
{
	const char *file = config_default_file();
	struct wishes wishes = { .json = false };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &file },
		{ .name = "database", .flag = &wishes.database },
		{ .name = "json", .flag = &wishes.json },
		{ .name = "screens", .flag = &wishes.screens },
		{ .name = NULL },
	};
	int code;

	if (cmd_only_options(&cmd_check_command, options, argc, argv) == -1)
		return COMMAND_USAGE;
	code = check(file, &wishes);
	if (cmd_flush(&cmd_check_command) == -1)
		return COMMAND_FAILED;
	return code;
}

const struct command cmd_check_command = {
	.name = "check",
	.summary = "Checks the configuration, patterns and texts, and what each text costs.",
	.usage = "[-c FILE] [--database] [--json] [--screens]",
	.help = "  -c, --config FILE   the configuration\n"
		"      --database      also: is the database there, and migrated?\n"
		"      --json          one object: texts and warnings, or errors\n"
		"      --screens       every screen of every USSD menu in every language, instead of texts\n"
		"Placeholders are filled as long as they usually get.  Exit 2 lists every error with its file\n"
		"and line; warnings (a text longer than one SMS) leave the exit status 0.\n",
	.run = run,
};
