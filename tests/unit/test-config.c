/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config: what is read, what is refused and where it says so; and that the documents tell of every
 * option. */
#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

#include "config.h"

#define CITY "city = \"Kigali\"; country = \"RW\";"

static char folder[PATH_MAX];
static struct config_errors errors;

static int
remove_cb(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
remove_folder(void)
{
	nftw(folder, remove_cb, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file of the test's own folder; the path is good until the next call. */
static const char *
file_of(const char *name)
{
	static char path[PATH_MAX + 32];
	const char *tmp = getenv("TMPDIR");

	if (folder[0] == '\0') {
		snprintf(folder, sizeof folder, "%s/config-XXXXXX", tmp != NULL ? tmp : "/tmp");
		REQUIRE(mkdtemp(folder) != NULL);
		atexit(remove_folder);
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, const char *text, size_t len)
{
	FILE *out = fopen(file_of(name), "w");

	REQUIRE(out != NULL);
	REQUIRE(fwrite(text, 1, len, out) == len);
	REQUIRE(fclose(out) == 0);
}

static struct config *
load(const char *text)
{
	config_errors_free(&errors);
	write_file("t.cfg", text, strlen(text));
	return config_load(file_of("t.cfg"), &errors);
}

/* The file must be refused. */
static void
refuse(const char *text)
{
	struct config *config = load(text);

	CHECK(config == NULL);
	CHECK(errors.count > 0);
	config_free(config);
}

/* One of the errors is about that line of t.cfg and holds the words. */
static void
check_error(unsigned line, const char *words)
{
	char place[PATH_MAX + 64];

	snprintf(place, sizeof place, line > 0 ? "%s:%u: " : "%s: ", file_of("t.cfg"), line);
	for (size_t i = 0; i < errors.count; i++)
		if (strncmp(errors.text[i], place, strlen(place)) == 0 &&
			strstr(errors.text[i], words) != NULL)
			return;
	printf("  no error says \"%s...%s\"; there are:\n", place, words);
	for (size_t i = 0; i < errors.count; i++)
		printf("    %s\n", errors.text[i]);
	unit_failures++;
}

/* The file must be refused with exactly this error. */
static void
check_refused(const char *text, unsigned line, const char *words)
{
	refuse(text);
	CHECK_INT(errors.count, 1);
	check_error(line, words);
}

static struct config *
must_load(const char *text)
{
	struct config *config = load(text);

	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(config != NULL);
	return config;
}

/* --- what is read ---------------------------------------------------------------------------- */

TEST(config_defaults_are_those_of_the_table)
{
	struct config *c = must_load(CITY "modems = ( { name = \"m1\"; } );");

	CHECK_STR(c->file, file_of("t.cfg"));
	CHECK_STR(c->database, "dbname=baraza");
	CHECK_INT(c->database_connections, 2);
	CHECK_STR(c->listen, "127.0.0.1:8080");
	CHECK_STR(c->timezone, "UTC");
	CHECK_STR(c->emergency_number, "");
	CHECK_STR(c->administrator, "");
	CHECK_STR(c->languages[0], "en");
	CHECK(c->languages[1] == NULL);
	CHECK(c->required_languages[0] == NULL);
	CHECK_STR(c->default_language, "en");
	CHECK_STR(c->devices[0], "/dev/ttyUSB*");
	CHECK_STR(c->devices[1], "/dev/ttyACM*");
	CHECK(c->devices[2] == NULL);
	CHECK_STR(c->sysfs, "/sys");
	CHECK(!c->transliterate);
	CHECK(c->sms_cost == 0);
	CHECK_INT(c->send_seconds, 4);
	CHECK_INT(c->question_timeout_min, 15);
	CHECK_INT(c->messages_per_hour, 20);
	CHECK_INT(c->nonsense_silence_hours, 24);
	CHECK_INT(c->multipart_timeout_s, 600);
	CHECK_INT(c->reply_validity_min, 1440);
	CHECK_INT(c->reroute_min, 5);
	CHECK_INT(c->alive_interval_s, 60);
	CHECK_INT(c->log_level, 6);
	config_free(c);
}

TEST(config_modem_defaults_are_those_of_the_table)
{
	struct config *c = must_load(CITY "modems = ( { name = \"m1\"; } );");
	const struct config_modem *m = config_modem_find(c, "m1");

	REQUIRE(m == &c->modem[0] && c->modem_count == 1);
	CHECK(m->device == NULL && m->imei == NULL && m->usb_port == NULL && m->pin == NULL);
	CHECK(m->number == NULL && m->smsc == NULL && m->operator_agreement == NULL);
	CHECK_STR(m->connection, "dku2at");
	CHECK_STR(m->model, "at");
	CHECK_INT(m->storage, CONFIG_STORAGE_AUTO);
	CHECK(!m->till && m->skip_pauses && m->reports);
	CHECK_INT(m->per_minute + m->per_day + m->recipients_per_day + m->credit_reserve, 0);
	CHECK_INT(m->refusals_before_pause, 5);
	CHECK_INT(m->call_timeout_s, 60);
	CHECK_INT(m->send_timeout_s, 60);
	CHECK_INT(m->line, 1);
	CHECK(config_modem_find(c, "m2") == NULL);
	config_free(c);
}

TEST(config_every_option_is_taken)
{
	struct config *c = must_load(
		"database = \"host=/run/x dbname=b\";\n"
		"listen = \"unix:/run/b/http\";\n"
		"city = \"Bamako\"; country = \"ML\"; timezone = \"UTC\";\n"
		"currency = \"XOF\"; sms_cost = 20;\n"
		"emergency_number = \"18\"; administrator = \"70000001\";\n"
		"languages = [\"fr\", \"bm\"]; required_languages = [\"bm\"];\n"
		"default_language = \"fr\"; transliterate = true;\n"
		"log_level = 7;\n"
		"modems = ( { name = \"a\"; device = \"/dev/x\";\n"
		"  imei = \"490154203237518\"; usb_port = \"1-1.2\"; pin = \"0042\";\n"
		"  number = \"70000002\"; smsc = \"70000003\"; storage = \"me\"; till = true;\n"
		"  senders = [\"M-Money\", \"MobileMoney\"];\n"
		"  skip_pauses = false; reports = false; per_minute = 10;\n"
		"  per_day = 100; credit_reserve = 100; } );\n");
	const struct config_modem *m = &c->modem[0];

	CHECK_STR(c->database, "host=/run/x dbname=b");
	CHECK_STR(c->listen, "unix:/run/b/http");
	CHECK_STR(c->city, "Bamako");
	CHECK(c->sms_cost == 20);
	CHECK_STR(c->administrator, "+22370000001");
	CHECK_STR(c->languages[1], "bm");
	CHECK_STR(c->required_languages[0], "bm");
	CHECK_STR(c->default_language, "fr");
	CHECK(c->transliterate);
	CHECK_INT(c->log_level, 7);
	CHECK_STR(m->device, "/dev/x");
	CHECK_STR(m->imei, "490154203237518");
	CHECK_STR(m->usb_port, "1-1.2");
	CHECK_STR(m->pin, "0042");
	CHECK_STR(m->number, "+22370000002");
	CHECK_STR(m->smsc, "+22370000003");
	CHECK_INT(m->storage, CONFIG_STORAGE_ME);
	CHECK(m->till && !m->skip_pauses && !m->reports);
	CHECK_STR(m->senders[0], "M-Money");
	CHECK_STR(m->senders[1], "MobileMoney");
	CHECK(m->senders[2] == NULL);
	CHECK_INT(m->credit_reserve, 100);
	CHECK_INT(m->line, 9);
	config_free(c);
}

TEST(config_paths_are_relative_to_the_file)
{
	struct config *c =
		must_load(CITY "texts_dir = \"t\"; services_dir = \"/s\"; worker = \"../w\";"
			       "modems = ( { name = \"m1\"; device = \"dev/x\"; } );");
	char path[PATH_MAX + 64];

	snprintf(path, sizeof path, "%s/t", folder);
	CHECK_STR(c->texts_dir, path);
	CHECK_STR(c->services_dir, "/s");
	snprintf(path, sizeof path, "%s/../w", folder);
	CHECK_STR(c->worker, path);
	snprintf(path, sizeof path, "%s/dev/x", folder);
	CHECK_STR(c->modem[0].device, path);
	config_free(c);
}

TEST(config_folders_beside_the_file_come_before_installed_ones)
{
	char path[PATH_MAX + 64];
	struct config *c;

	REQUIRE(mkdir(file_of("texts"), 0755) == 0);
	snprintf(path, sizeof path, "%s", file_of("texts"));
	c = must_load(CITY);
	CHECK_STR(c->texts_dir, path);
	CHECK_STR(c->services_dir, BARAZA_DATADIR "/conf/services");
	config_free(c);
}

TEST(config_worker_is_beside_the_program)
{
	struct config *c = must_load(CITY);
	char self[PATH_MAX] = "";
	size_t slash;

	REQUIRE(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
	slash = (size_t)(strrchr(self, '/') - self);
	CHECK(strncmp(c->worker, self, slash) == 0);
	CHECK_STR(c->worker + slash, "/baraza-modem");
	config_free(c);
}

TEST(config_named_by_a_relative_path_is_absolute)
{
	struct config *c;
	char file[PATH_MAX + 64];

	write_file("t.cfg", CITY, strlen(CITY));
	snprintf(file, sizeof file, "%s", file_of("t.cfg"));
	REQUIRE(chdir(folder) == 0);
	c = config_load("t.cfg", &errors);
	REQUIRE(c != NULL);
	CHECK_STR(c->file, file);
	config_free(c);
}

TEST(config_default_file_is_named_by_the_environment)
{
	REQUIRE(setenv("BARAZA_CONF", "/x/y.cfg", 1) == 0);
	CHECK_STR(config_default_file(), "/x/y.cfg");
	REQUIRE(unsetenv("BARAZA_CONF") == 0);
	file_of("");
	REQUIRE(chdir(folder) == 0);
	CHECK_STR(config_default_file(), BARAZA_SYSCONFDIR "/baraza/baraza.cfg");
	REQUIRE(mkdir("conf", 0755) == 0);
	write_file("conf/baraza.cfg", CITY, strlen(CITY));
	CHECK_STR(config_default_file(), "conf/baraza.cfg");
}

/* --- inclusion ------------------------------------------------------------------------------- */

TEST(config_included_file_is_read_in_its_place)
{
	struct config *c;

	REQUIRE(mkdir(file_of("sub"), 0755) == 0);
	write_file("sub/a.cfg", "@include \"b.cfg\"\n", 17);
	write_file("sub/b.cfg", "city = \"Kigali\";\n", 17);
	c = must_load("  @include \"sub/a.cfg\"\ncountry = \"RW\";\n");
	CHECK_STR(c->city, "Kigali");
	config_free(c);
}

TEST(config_included_file_by_absolute_path)
{
	char text[2 * PATH_MAX];
	struct config *c;

	write_file("b.cfg", "city = \"Kigali\";", 16);
	snprintf(text, sizeof text, "@include \"%s\"\ncountry = \"RW\";\n", file_of("b.cfg"));
	c = must_load(text);
	CHECK_STR(c->city, "Kigali");
	config_free(c);
}

TEST(config_error_in_included_file_names_it)
{
	char place[PATH_MAX + 64];

	write_file("b.cfg", "\n\nlog_level = 9;\n", 17);
	refuse(CITY "\n@include \"b.cfg\"\ncyti = 1;\n");
	CHECK_INT(errors.count, 2);
	check_error(3, "unknown option cyti; did you mean city?");
	snprintf(place, sizeof place, "%s:3: log_level must be from 3 to 7", file_of("b.cfg"));
	CHECK_STR(errors.text[1], place);
}

TEST(config_include_that_cannot_be_read_names_the_line)
{
	check_refused(CITY "\n\n@include \"none.cfg\"\n", 3, "No such file or directory");
	REQUIRE(mkdir(file_of("d"), 0755) == 0);
	check_refused(CITY "\n@include \"d\"\n", 2, "Is a directory");
	check_refused(CITY "\n@include d\n", 2, "between quotes");
	refuse(CITY "\n@include \"t.cfg\"\n");
	CHECK(strstr(errors.text[0], "does one include itself?") != NULL);
}

TEST(config_include_in_a_comment_is_none)
{
	config_free(must_load(CITY "\n/*\n@include \"none.cfg\"\n*/\n# @include \"none\"\n"));
}

/* --- syntax ---------------------------------------------------------------------------------- */

TEST(config_syntax_error_names_its_line)
{
	check_refused(CITY "\n\nlog_level = ;\n", 3, "syntax error");
	check_refused(CITY "\nmodems = ( { name = \"m1\" } ;\n", 2, "syntax error");
	check_refused(CITY "\nlog_level = 6;\nlog_level = 5;\n", 3, "duplicate setting name");
	check_refused(CITY "\nlanguages = [\"en\", 1];\n", 2, "mismatched element type");
}

TEST(config_unclosed_string_names_its_own_line)
{
	check_refused(CITY "\n\nlisten = \"unix:/x;\nlog_level = 6;\n", 3, "closing quote");
	check_refused(CITY "\nlisten = \"x\\\";\n", 2, "closing quote");
}

TEST(config_unclosed_comment_is_told)
{
	check_refused(CITY "\n/* what\n", 0, "comment is not closed");
}

TEST(config_number_too_large_is_not_cut)
{
	check_refused(CITY "\nmessages_per_hour = 4294967301;\n", 2, "more than 9 digits");
	check_refused(CITY "\nmessages_per_hour = -4294967301;\n", 2, "more than 9 digits");
	check_refused(CITY "\nmessages_per_hour = 4294967301L;\n", 2, "from 1 to 100000");
}

TEST(config_nul_byte_names_its_line)
{
	static const char text[] = CITY "\n# \0\n";

	write_file("t.cfg", text, sizeof text - 1);
	CHECK(config_load(file_of("t.cfg"), &errors) == NULL);
	CHECK_INT(errors.count, 1);
	check_error(2, "NUL");
}

TEST(config_that_is_no_file_is_told)
{
	CHECK(config_load(file_of("none.cfg"), &errors) == NULL);
	CHECK_INT(errors.count, 1);
	CHECK(strstr(errors.text[0], "No such file or directory") != NULL);
	config_errors_free(&errors);
	CHECK(config_load(folder, &errors) == NULL);
	CHECK(strstr(errors.text[0], "Is a directory") != NULL);
	config_errors_free(&errors);
	CHECK(config_load("/dev/null", &errors) == NULL);
	CHECK(strstr(errors.text[0], "not a plain file") != NULL);
	config_errors_free(&errors);
}

TEST(config_random_bytes_are_refused_in_words)
{
	char text[4096];
	unsigned seed = 1;

	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = (char)(rand_r(&seed) >> 8);
		write_file("t.cfg", text, sizeof text);
		config_errors_free(&errors);
		CHECK(config_load(file_of("t.cfg"), &errors) == NULL);
		CHECK(errors.count > 0);
	}
	config_errors_free(&errors);
}

/* --- values ---------------------------------------------------------------------------------- */

TEST(config_all_errors_are_listed)
{
	refuse("city = 5;\n"
	       "country = \"Rwanda\";\n"
	       "lisen = \"\";\n"
	       "question_timeout_min = 0;\n"
	       "transliterate = 1;\n"
	       "sms_cost = \"15\";\n"
	       "languages = \"en\";\n"
	       "log_level = 6.5;\n"
	       "modems = (\n"
	       "  { name = \"M 1\"; },\n"
	       "  { storage = \"sim\"; per_day = -1; },\n"
	       "  7\n"
	       ");\n");
	CHECK_INT(errors.count, 13);
	check_error(1, "city must be a string");
	check_error(2, "country must be the two capital letters");
	check_error(3, "unknown option lisen; did you mean listen?");
	check_error(4, "question_timeout_min must be from 1 to 10080");
	check_error(5, "transliterate must be true or false");
	check_error(6, "sms_cost must be a number");
	check_error(7, "languages must be an array of strings");
	check_error(8, "log_level must be a whole number");
	check_error(10, "name must be 1 to 15 of a-z, 0-9 and -");
	check_error(11, "modem without a name: name is missing");
	check_error(11, "storage must be one of auto|sm|me");
	check_error(11, "per_day must be from 0 to");
	check_error(12, "modems must be a list of groups");
}

TEST(config_missing_required_options_are_told)
{
	refuse("log_level = 6;\n");
	CHECK_INT(errors.count, 2);
	check_error(0, "city is missing; add a line city = ...;");
	check_error(0, "country is missing; add a line country = ...;");
}

TEST(config_values_of_a_wrong_form_are_refused)
{
	static const struct {
		const char *line, *words;
	} wrong[] = {
		{ "city = \" \"; country = \"RW\";", "city must not be empty" },
		{ "city = \"\xff\"; country = \"RW\";", "city must be valid UTF-8" },
		{ "city = \"K\"; country = \"XX\";", "country must be" },
		{ CITY "timezone = \"Africa/Kigal\";", "timezone must be" },
		{ CITY "timezone = \"../../etc/passwd\";", "timezone must be" },
		{ CITY "timezone = \"/etc/passwd\";", "timezone must be" },
		{ CITY "currency = \"Franc\";", "currency must be" },
		{ CITY "languages = [\"english\"];", "languages must be a language's code" },
		{ CITY "listen = \"8080\";", "listen must be" },
		{ CITY "listen = \"localhost:0\";", "listen must be" },
		{ CITY "listen = \"localhost:65536\";", "listen must be" },
		{ CITY "listen = \"unix:x\";", "listen must name a socket by an absolute path" },
		{ CITY "database = \"host\";", "database must be libpq's connection string" },
		{ CITY "administrator = \"1234\";", "administrator must be a whole phone number" },
		{ CITY "sysfs = \"\";", "sysfs must not be empty" },
		{ CITY "sms_cost = -0.5;", "sms_cost must be from 0" },
		{ CITY "alive_interval_s = 59;", "alive_interval_s must be from 60 to 3600" },
		{ CITY "database_connections = 9;", "database_connections must be from 1 to 8" },
		{ CITY "modems = ( { name = \"m1\"; imei = \"49015420323751\"; } );",
			"imei must be the 15" },
		{ CITY "modems = ( { name = \"m1\"; usb_port = \"1/1\"; } );", "usb_port must be" },
		{ CITY "modems = ( { name = \"m1\"; smsc = \"MTN\"; } );",
			"modem m1: smsc must be a whole phone number" },
		{ CITY "modems = ( { name = \"m1\"; number = \"MTN\"; } );",
			"number must be a whole" },
		{ CITY "modems = ( { name = \"m1\"; credit_reserve = 5; } );",
			"more than per_day" },
		{ CITY "modems = ( { name = \"m1\"; senders = [\"M-Money\"]; } );",
			"modem m1: senders are a till's" },
		{ CITY "modems = ( { name = \"0123456789abcdef\"; } );", "name must be 1 to 15" },
		{ CITY "modems = { name = \"m1\"; };", "modems must be a list" },
		{ CITY "default_language = \"fr\";", "add it there" },
		{ CITY "required_languages = [\"fr\"];", "add it there" },
		{ CITY "languages = [\"en\", \"en\"];", "twice" },
		{ CITY "languages = [];", "languages is empty" },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		check_refused(wrong[i].line, 1, wrong[i].words);
}

TEST(config_values_of_a_right_form_are_taken)
{
	static const char *const right[] = {
		"listen = \"\";",
		"listen = \"[::1]:8080\";",
		"listen = \"0.0.0.0:1\";",
		"administrator = \"0788000001\";",
		"devices = [];",
		"database = \"postgresql://baraza@db1,db2/baraza?target_session_attrs=read-write\";",
		"sms_cost = 3;",
		"currency = \"RWF\";",
	};
	char text[512];

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		snprintf(text, sizeof text, CITY "%s", right[i]);
		config_free(must_load(text));
	}
}

TEST(config_empty_optional_strings_are_not_set)
{
	struct config *c =
		must_load(CITY "worker = \"\"; modems = ( { name = \"m1\"; device = \"\"; "
			       "imei = \"\"; usb_port = \"\"; pin = \"\"; number = \"\"; } );");

	CHECK(c->modem[0].device == NULL && c->modem[0].imei == NULL);
	CHECK(c->modem[0].usb_port == NULL && c->modem[0].pin == NULL &&
		c->modem[0].number == NULL);
	CHECK(strstr(c->worker, "/baraza-modem") != NULL);
	config_free(c);
}

#define WAY "name = \"at\"; secret = \"0123456789abcdef\"; menus = [\"*384# menu\"]; "

TEST(config_ways_to_ussd_are_read_and_checked)
{
	struct config *c = must_load(CITY
		"\nussd = ( { " WAY
		"}, { name = \"json\"; secret = \"a-second.one_0123~\"; menus = [\"*1*2# a\", \"*3# b-2\"]; "
		"addresses = [\"10.0.0.0/8\", \"unix\"]; header = \"X-Key\"; format = \"json\"; history = "
		"\"last\"; answer = \"json\"; field_event = \"type\"; language = \"en\"; } );");

	CHECK_INT(c->ussd_count, 2);
	CHECK_STR(c->ussd[0].field_session, "sessionId");
	CHECK(c->ussd[0].header == NULL && c->ussd[0].field_step == NULL);
	CHECK_INT(c->ussd[0].format, CONFIG_USSD_FORM);
	CHECK_INT(c->ussd[0].screen_characters, 182);
	CHECK_INT(c->ussd[0].answer_within_ms, 900);
	CHECK(config_ussd_find(c, "json") == &c->ussd[1]);
	CHECK(config_ussd_find(c, "jso") == NULL);
	CHECK_INT(c->ussd[1].format, CONFIG_USSD_JSON);
	CHECK_INT(c->ussd[1].history, CONFIG_USSD_LAST);
	CHECK_INT(c->ussd[1].answer, CONFIG_USSD_ANSWER_JSON);
	CHECK_STR(c->ussd[1].addresses[1], "unix");
	config_free(c);
	check_refused(CITY "\nussd = ( { name = \"at\"; menus = [\"*1# a\"]; } );", 2,
		"secret is missing");
	check_refused(CITY
		"\nussd = ( { name = \"at\"; secret = \"short\"; menus = [\"*1# a\"]; } );",
		2, "16 to 128");
	check_refused(CITY "\nussd = ( { name = \"at\"; secret = \"0123456789abcdef\"; "
			   "menus = [\"384 menu\"]; } );",
		2, "must be a code and a menu's name");
	check_refused(CITY "\nussd = ( { " WAY "addresses = [\"10.0.0.0/33\"]; } );", 2,
		"must be an address");
	check_refused(CITY "\nussd = ( { " WAY "language = \"fr\"; } );", 2, "not among languages");
	check_refused(CITY "\nussd = ( { " WAY "},\n{ " WAY "} );", 3, "two ways");
	check_refused(CITY "\nussd = ( { name = \"at\"; secret = \"0123456789abcdef\"; "
			   "menus = [\"*1# a\", \"*1# b\"]; } );",
		2, "two for one code");
	check_refused(CITY "\nussd = ( { " WAY "field_number = \"\"; } );", 2, "must not be empty");
	check_refused(CITY "\nussd = \"at\";", 2, "must be a list of groups");
}

TEST(config_cap_sources_are_read_and_checked)
{
	struct config *c = must_load(CITY
		"cap_in = \"in\"; cap_out = \"/var/out\"; cap_sender = \"city@kigali.example\";\n"
		"cap_key = \"0123456789abcdef\";\n"
		"cap_sources = ( { sender = \"meteo@x\"; certificate = \"m.pem\";"
		" trusted_events = [\"Flood\"]; }, { sender = \"b@x\"; } );\n");

	CHECK_STR(c->cap_in, file_of("in"));
	CHECK_STR(c->cap_out, "/var/out");
	CHECK_STR(c->cap_sender, "city@kigali.example");
	CHECK_STR(c->cap_key, "0123456789abcdef");
	CHECK_INT(c->cap_source_count, 2);
	CHECK_STR(c->cap_source[0].sender, "meteo@x");
	CHECK_STR(c->cap_source[0].certificate, file_of("m.pem"));
	CHECK_STR(c->cap_source[0].trusted_events[0], "Flood");
	CHECK(c->cap_source[0].trusted_events[1] == NULL);
	CHECK(c->cap_source[1].certificate == NULL);
	config_free(c);
	check_refused(CITY
		"\ncap_sources = ( { sender = \"a@x\"; trusted_events = [\"Fire\"]; } );",
		2, "needs a certificate");
	check_refused(CITY "\ncap_sources = ( { sender = \"a@x\"; },\n{ sender = \"a@x\"; } );", 3,
		"two cap sources");
	check_refused(CITY "\ncap_sources = ( { certificate = \"a\"; } );", 2, "sender is missing");
	check_refused(CITY "\ncap_sources = \"a@x\";", 2, "must be a list of groups");
	check_refused(CITY "\ncap_sources = ( \"a@x\" );", 2, "must be a list of groups");
	check_refused(CITY "\ncap_key = \"short\";", 2, "16 to 128");
	check_refused(CITY "\ncap_sender = \"a b\";", 2, "without blanks");
	check_refused(CITY "\ncap_out = \"out\";", 2, "needs cap_sender");
	check_refused(
		CITY "\ncap_sender = \"a@x\"; cap_in = \"x\"; cap_out = \"x\";", 2, "one folder");
}

TEST(config_two_modems_alike_are_refused)
{
	check_refused(CITY "modems = (\n{ name = \"m1\"; },\n{ name = \"m1\"; } );", 3,
		"two modems are named m1: here and at line 2");
	check_refused(CITY "modems = (\n{ name = \"m1\"; device = \"/dev/a\"; },\n"
			   "{ name = \"m2\"; device = \"/dev/a\"; } );",
		3, "same device as that of line 2");
	check_refused(CITY "modems = (\n{ name = \"m1\"; usb_port = \"1-1\"; },\n"
			   "{ name = \"m2\"; usb_port = \"1-1\"; } );",
		3, "same usb_port as that of line 2");
	check_refused(CITY "modems = (\n{ name = \"m1\"; imei = \"490154203237518\"; },\n"
			   "{ name = \"m2\"; imei = \"490154203237518\"; } );",
		3, "give each its usb_port");
}

TEST(config_clones_of_one_imei_are_told_apart_by_port)
{
	config_free(must_load(
		CITY "modems = (\n"
		     "{ name = \"m1\"; imei = \"490154203237518\"; usb_port = \"1-1\"; },\n"
		     "{ name = \"m2\"; imei = \"490154203237518\"; usb_port = \"1-2\"; } );"));
}

TEST(config_more_modems_than_fit_are_refused)
{
	char text[8192] = CITY "modems = (", *at = text + strlen(text);

	for (int i = 0; i <= CONFIG_MODEMS_MAX; i++)
		at += snprintf(at, (size_t)(text + sizeof text - at), "%s{ name = \"m%d\"; }",
			i > 0 ? ", " : "", i);
	snprintf(at, (size_t)(text + sizeof text - at), ");");
	check_refused(text, 1, "at most 64");
}

TEST(config_more_list_entries_than_fit_are_refused)
{
	char text[2048] = CITY "devices = [\"a\"", *at = text + strlen(text);

	for (int i = 1; i < CONFIG_LIST_MAX; i++)
		at += snprintf(at, (size_t)(text + sizeof text - at), ", \"a\"");
	snprintf(at, (size_t)(text + sizeof text - at), "];");
	check_refused(text, 1, "at most 31");
}

TEST(config_errors_end_with_a_word_that_there_are_more)
{
	char text[4096] = CITY "\n", *at = text + strlen(text);

	for (int i = 0; i < 100; i++)
		at += snprintf(at, (size_t)(text + sizeof text - at), "wrong_%d = 1;\n", i);
	refuse(text);
	REQUIRE(errors.count == CONFIG_ERRORS_MAX);
	CHECK_STR(errors.text[CONFIG_ERRORS_MAX - 1], "more errors follow; mend these first");
}

TEST(config_secrets_are_in_no_error)
{
	refuse(CITY
		"\ndatabase = \"host=x password='s3cret\";\n"
		"modems = ( { name = \"m1\"; pin = \"98765s3cret\"; },\n{ name = \"m2\"; pin = 87654321; },\n"
		"{ name = \"m3\"; pin = \"s3cret\"; nmae = 1; } );\n");
	CHECK(errors.count >= 4);
	for (size_t i = 0; i < errors.count; i++) {
		CHECK(strstr(errors.text[i], "s3cret") == NULL);
		CHECK(strstr(errors.text[i], "9876") == NULL);
		CHECK(strstr(errors.text[i], "8765") == NULL);
	}
}

/* --- the documents --------------------------------------------------------------------------- */

/* Names of options that a document tells of, "modem." and "source." before those of one modem and
 * of one sender of CAP messages. */
struct names {
	size_t count;
	char name[200][64];
};

static bool
is_named(const struct names *names, const char *prefix, const char *name)
{
	char whole[128];

	snprintf(whole, sizeof whole, "%s%s", prefix, name);
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->name[i], whole) == 0)
			return true;
	return false;
}

static void
add_name(struct names *names, const char *prefix, const char *name, size_t len)
{
	REQUIRE(names->count < sizeof names->name / sizeof names->name[0]);
	snprintf(names->name[names->count++], sizeof names->name[0], "%s%.*s", prefix, (int)len,
		name);
}

/* "name = value" or "#name = value" on a line. */
static void
read_sample(const char *path, struct names *names)
{
	FILE *in = fopen(path, "r");
	char line[1024];
	const char *prefix = "";

	REQUIRE(in != NULL);
	while (fgets(line, sizeof line, in) != NULL) {
		const char *at = line + strspn(line, " \t");
		size_t len;

		at += *at == '#';
		at += strspn(at, "\t");
		len = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
		if (strncmp(at, "modems = (", 10) == 0)
			prefix = "modem.";
		else if (strncmp(at, "cap_sources = (", 15) == 0)
			prefix = "source.";
		else if (strncmp(at, "ussd = (", 8) == 0)
			prefix = "way.";
		else if (strncmp(line + (line[0] == '#'), ");", 2) == 0)
			prefix = "";
		else if (len > 0 && strncmp(at + len, " = ", 3) == 0)
			add_name(names, prefix, at, len);
	}
	fclose(in);
}

/* ".It Ic name No (type; default)" in the man page; those behind ".Ss One modem" are a modem's,
 * those behind ".Ss One sender" a sender's, behind ".Ss One way" a way's to USSD. */
static void
read_man_page(const char *path, struct names *names)
{
	FILE *in = fopen(path, "r");
	char line[1024];
	const char *prefix = "";

	REQUIRE(in != NULL);
	while (fgets(line, sizeof line, in) != NULL) {
		if (strncmp(line, ".Ss ", 4) == 0)
			prefix = strncmp(line, ".Ss One modem", 13) == 0   ? "modem."
				: strncmp(line, ".Ss One sender", 14) == 0 ? "source."
				: strncmp(line, ".Ss One way", 11) == 0    ? "way."
									   : "";
		if (strncmp(line, ".It Ic ", 7) == 0)
			add_name(names, prefix, line + 7, strcspn(line + 7, " \n"));
	}
	fclose(in);
}

static size_t
check_named(const struct names *names, const char *prefix, const struct config_option *options)
{
	size_t count = 0;

	for (; options->name != NULL; options++, count++) {
		if (is_named(names, prefix, options->name))
			continue;
		printf("  %s%s is not told of\n", prefix, options->name);
		unit_failures++;
	}
	return count;
}

static void
check_document(const char *path, void (*read)(const char *, struct names *))
{
	static struct names names;
	size_t count;

	names.count = 0;
	read(path, &names);
	count = check_named(&names, "", config_options);
	count += check_named(&names, "modem.", config_modem_options);
	count += check_named(&names, "source.", config_cap_source_options);
	count += check_named(&names, "way.", config_ussd_options);
	/* So many, and each of the table's among them: none is told of that does not exist. */
	CHECK_INT(names.count, count);
}

TEST(config_sample_tells_of_every_option_and_no_other)
{
	check_document("conf/baraza.cfg", read_sample);
}

TEST(config_man_page_tells_of_every_option_and_no_other)
{
	check_document("docs/man/baraza.cfg.5", read_man_page);
}

/* An option in a comment shows its default: what is not a comment may differ from it. */
TEST(config_sample_shows_defaults)
{
	FILE *in = fopen("conf/baraza.cfg", "r");
	char line[1024], shown[1024];
	size_t count = 0;

	REQUIRE(in != NULL);
	while (fgets(line, sizeof line, in) != NULL) {
		const char *at = line + strspn(line, " \t");

		for (int table = 0; table < 2 && *at == '#'; table++) {
			const struct config_option *o =
				table == 0 ? config_options : config_modem_options;

			for (; o->name != NULL; o++) {
				size_t len = strlen(o->name);

				if (strncmp(at + 1, o->name, len) != 0 ||
					strncmp(at + 1 + len, " = ", 3) != 0 ||
					o->fallback == NULL || o->fallback[0] == '\0')
					continue;
				snprintf(shown, sizeof shown, "%s;", o->fallback);
				if (strncmp(at + 1 + len + 3, shown, strlen(shown)) != 0) {
					printf("  the default of %s is %s, not %s", o->name,
						o->fallback, at);
					unit_failures++;
				}
				count++;
			}
		}
	}
	fclose(in);
	CHECK(count > 20);
}

TEST(config_samples_are_without_error)
{
	static const char *const samples[] = { "conf/baraza.cfg", "conf/minimal.cfg" };

	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct config *c = config_load(samples[i], &errors);

		for (size_t e = 0; e < errors.count; e++)
			printf("  %s\n", errors.text[e]);
		CHECK(c != NULL);
		config_free(c);
	}
}

TEST(config_help_is_one_line)
{
	const struct config_option *const tables[] = { config_options, config_modem_options,
		config_cap_source_options, config_ussd_options };

	for (size_t table = 0; table < sizeof tables / sizeof tables[0]; table++)
		for (const struct config_option *o = tables[table]; o->name != NULL; o++)
			CHECK(o->help != NULL && strlen(o->help) > 10 && strlen(o->help) < 90 &&
				strchr(o->help, '\n') == NULL);
}

UNIT_MAIN
