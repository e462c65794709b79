/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario runner's grammar: what each statement becomes, and what is refused, on which line.
 */
#include "unit.h"

/* The runner is a program of its own: its files are tested as they stand, in no library. */
#include "tests/scenario-runner/pattern.c"
#include "tests/scenario-runner/scenario.c"
#include "tests/scenario-runner/ussd-way.c"
#include "tests/scenario-runner/util.c"
#include "tests/scenario-runner/vars.c"

static struct scenario *
parse(const char *text)
{
	unsigned line = 0;
	char *error = NULL;
	struct scenario *scenario =
		scenario_parse("some/folder/a-name.scenario", text, strlen(text), &line, &error);

	if (scenario == NULL)
		printf("  line %u: expected %s\n", line, error);
	REQUIRE(scenario != NULL);
	return scenario;
}

/* The only statement of a text; the scenario is the caller's through *whole. */
static const struct stmt *
parse_one(const char *text, struct scenario **whole)
{
	*whole = parse(text);
	REQUIRE((*whole)->count == 1);
	return &(*whole)->stmts[0];
}

/* The text of len bytes is refused on that line, with those words among the reasons. */
static void
check_bytes_refused(const char *text, size_t len, unsigned line, const char *why)
{
	unsigned at = 0;
	char *error = NULL;
	struct scenario *scenario = scenario_parse("x", text, len, &at, &error);

	if (!CHECK(scenario == NULL)) {
		printf("  accepted: %s\n", text);
		scenario_free(scenario);
		return;
	}
	CHECK_INT(at, line);
	REQUIRE(error != NULL);
	if (!CHECK(strstr(error, why) != NULL))
		printf("  of \"%s\": %s\n", text, error);
	free(error);
}

static void
check_refused(const char *text, unsigned line, const char *why)
{
	check_bytes_refused(text, strlen(text), line, why);
}

TEST(name_is_the_file_without_folder_and_ending)
{
	struct scenario *scenario = parse("");

	CHECK_STR(scenario->name, "a-name");
	CHECK_STR(scenario->path, "some/folder/a-name.scenario");
	CHECK_INT(scenario->count, 0);
	scenario_free(scenario);
}

TEST(every_statement_of_the_grammar_is_known)
{
	static const char text[] = "config modems.m1.per_minute = 10\n"
				   "+250788000001 > Fuite d'eau rue KN 5\n"
				   "m1 +250788000001 > again\n"
				   "MobileMoney > You have received 5000 RWF\n"
				   "+250788000001 rings\n"
				   "+250788000001 < /dossier (?<ref>[A-Z2-9]+)/i\n"
				   "+250788000001 < /x/ within 30s\n"
				   "+250788000001 silent 2s\n"
				   "+250788000001 off\n"
				   "+250788000001 on\n"
				   "+250788000001 dials *384#\n"
				   "+250788000001 sees /1/\n"
				   "+250788000001 keys 1\n"
				   "+250788000001 repeats\n"
				   "+250788000001 hangs up\n"
				   "+250788000001 ends\n"
				   "clock +3d2h\n"
				   "file bills.csv\na,b\n.\n"
				   "run baraza tickets --json => /\"reference\"/\n"
				   "sql SELECT count(*) FROM ticket => 1\n"
				   "http GET /metrics => 200 /baraza_/\n"
				   "http POST /x a=1 => 403\n"
				   "kill gateway\n"
				   "kill worker m1\n"
				   "kill database\n"
				   "start gateway\n"
				   "start database\n"
				   "unplug m1\nplug m1\nslow m1 3000ms\nfail m1 3\nsilent m1\n"
				   "garbage m1\nrestart m1\nwell m1\n";
	static const enum stmt_kind kinds[] = { STMT_CONFIG, STMT_SEND, STMT_SEND, STMT_SEND,
		STMT_RINGS, STMT_EXPECT, STMT_EXPECT, STMT_SILENT, STMT_OFF, STMT_ON, STMT_DIALS,
		STMT_SEES, STMT_KEYS, STMT_REPEATS, STMT_HANGS, STMT_ENDS, STMT_CLOCK, STMT_FILE,
		STMT_RUN, STMT_SQL, STMT_HTTP, STMT_HTTP, STMT_KILL, STMT_KILL, STMT_KILL,
		STMT_START, STMT_START, STMT_FAULT, STMT_FAULT, STMT_FAULT, STMT_FAULT, STMT_FAULT,
		STMT_FAULT, STMT_FAULT, STMT_FAULT };
	struct scenario *scenario = parse(text);

	REQUIRE(scenario->count == sizeof(kinds) / sizeof(kinds[0]));
	for (size_t i = 0; i < scenario->count; i++)
		CHECK_INT(scenario->stmts[i].kind, kinds[i]);
	scenario_free(scenario);
}

TEST(message_goes_from_a_phone_to_a_modem_or_any)
{
	struct scenario *scenario;
	const struct stmt *stmt =
		parse_one("+250788000001 >  two  blanks kept # a comment", &scenario);

	CHECK_STR(stmt->phone, "+250788000001");
	CHECK_STR(stmt->modem, NULL);
	CHECK_STR(stmt->text, "two  blanks kept");
	scenario_free(scenario);
	stmt = parse_one("m12 +250788000001 > x", &scenario);
	CHECK_STR(stmt->phone, "+250788000001");
	CHECK_STR(stmt->modem, "m12");
	scenario_free(scenario);
	stmt = parse_one("m2 +250788000001 rings", &scenario);
	CHECK_STR(stmt->modem, "m2");
	scenario_free(scenario);
}

TEST(sender_may_be_called_like_a_statement)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("sql > x", &scenario);

	CHECK_INT(stmt->kind, STMT_SEND);
	CHECK_STR(stmt->phone, "sql");
	scenario_free(scenario);
	stmt = parse_one("m1 > x", &scenario);
	CHECK_STR(stmt->phone, "m1");
	CHECK_STR(stmt->modem, NULL);
	scenario_free(scenario);
}

TEST(message_may_be_empty)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+250788000001 >", &scenario);

	CHECK_STR(stmt->text, "");
	scenario_free(scenario);
}

TEST(comment_begins_at_line_start_or_behind_a_blank_only)
{
	struct scenario *scenario = parse("# one\n   # two\n\t#three\n+1 > a#b #c # d\n\n");

	REQUIRE(scenario->count == 1);
	CHECK_INT(scenario->stmts[0].line, 4);
	CHECK_STR(scenario->stmts[0].text, "a#b");
	scenario_free(scenario);
}

TEST(comment_goes_before_the_pattern_is_looked_for)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 < /a#b/ # and/or", &scenario);

	CHECK_STR(stmt->regex.text, "a#b");
	scenario_free(scenario);
	check_refused("+1 < /a #b/\n", 1, "a pattern between slashes");
}

TEST(code_of_ussd_ends_with_its_hash)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 dials *384*147# # straight to 147", &scenario);

	CHECK_STR(stmt->text, "*384*147#");
	scenario_free(scenario);
	check_refused("+1 dials 384", 1, "a code such as *384#");
}

TEST(code_may_be_dialled_by_another_aggregator)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 dials *384# by json", &scenario);

	CHECK_STR(stmt->text, "*384#");
	CHECK_STR(stmt->value, "json");
	scenario_free(scenario);
	check_refused("+1 dials *384# by pigeon", 1, "by sim, last, brisk or json");
	check_refused("+1 dials *384# json", 1, "by sim, last, brisk or json");
}

TEST(step_that_is_repeated_may_be_any)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 repeats 3", &scenario);

	CHECK_INT(stmt->status, 3);
	scenario_free(scenario);
	stmt = parse_one("+1 repeats", &scenario);
	CHECK_INT(stmt->status, 0);
	scenario_free(scenario);
	check_refused("+1 repeats 0", 1, "a step from 1");
	check_refused("+1 repeats often", 1, "a number");
}

TEST(screen_may_have_to_come_in_time)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 sees /1 Report/ within 1s", &scenario);

	CHECK_STR(stmt->regex.text, "1 Report");
	CHECK_INT(stmt->ms, 1000);
	scenario_free(scenario);
	stmt = parse_one("+1 sees /1 Report/i", &scenario);
	CHECK_INT(stmt->ms, 0);
	scenario_free(scenario);
}

/* What a way posts, without its session and step. */
static char *
posted(const char *way, const char *text, bool over)
{
	const struct ussd_told told = { "s", "+1", "*384#", text, 7, over };

	return ussd_way_body(ussd_way_find(way), &told);
}

TEST(ways_write_and_read_as_their_aggregators_do)
{
	char *body = posted("sim", "1*a\"&", false), *screen;
	bool more = false;

	CHECK_STR(body,
		"sessionId=s&phoneNumber=%2B1&networkCode=63510&serviceCode=%2A384%23&text=1%2Aa%22%26");
	free(body);
	body = posted("json", "a\"\n", true);
	CHECK_STR(body,
		"{\"type\": \"end\", \"session\": \"s\", \"step\": 7, \"msisdn\": \"+1\", \"shortcode\": "
		"\"*384#\", \"input\": \"a\\u0022\\u000a\", \"extra\": {\"cell\": [1, null]}}");
	free(body);
	screen = ussd_way_screen(ussd_way_find("json"),
		"{\"words\": \"1) \\u00e9\\n\\\"b\\\"\", \"goes_on\" : true}", &more);
	CHECK_STR(screen, "1) \xc3\xa9\n\"b\"");
	CHECK(more);
	free(screen);
	screen = ussd_way_screen(ussd_way_find("last"), "END Bye", &more);
	CHECK_STR(screen, "Bye");
	CHECK(!more);
	free(screen);
	screen = ussd_way_screen(ussd_way_find("sim"), "Hello", &more);
	CHECK(screen == NULL);
	free(screen);
	screen = ussd_way_screen(ussd_way_find("json"), "CON Hello", &more);
	CHECK(screen == NULL);
	free(screen);
}

TEST(pattern_ends_at_the_last_slash_of_its_line)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("+1 < /a/b/c/ix within 500ms", &scenario);

	CHECK_STR(stmt->regex.text, "a/b/c");
	CHECK_INT(stmt->regex.flags, REGEX_CASELESS | REGEX_EXTENDED);
	CHECK_INT(stmt->ms, 500);
	scenario_free(scenario);
	stmt = parse_one("+1 < /a/", &scenario);
	CHECK_INT(stmt->regex.flags, 0);
	CHECK_INT(stmt->ms, 30000);
	scenario_free(scenario);
}

TEST(wrong_patterns_are_refused_before_anything_starts)
{
	check_refused("\n+1 < /a(/", 2, "a PCRE2 pattern");
	check_refused("+1 < a", 1, "a pattern between slashes");
	check_refused("+1 < /", 1, "a pattern between slashes");
	check_refused("+1 < /a/q", 1, "flags");
	check_refused("+1 < /a/ before 3s", 1, "within");
	check_refused("+1 < /a/ within 3", 1, "behind each number");
	check_refused("+1 < /a/ within 3s more", 1, "nothing more");
}

TEST(times_add_up)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("clock +1w3d2h4m5s", &scenario);

	CHECK_INT(stmt->ms, ((((7 + 3) * 24LL + 2) * 60 + 4) * 60 + 5) * 1000);
	scenario_free(scenario);
	check_refused("clock 3d", 1, "a step forward");
	check_refused("clock +", 1, "a time such as");
	check_refused("clock +3y", 1, "behind each number");
	check_refused("clock +99999999999999999999d", 1, "20 years");
	check_refused("+1 silent", 1, "a time such as");
}

TEST(file_takes_lines_up_to_a_lone_dot)
{
	struct scenario *scenario =
		parse("file a/b.csv # its comment\nx # kept\n ${y}\n..\n.\n+1 > z\n");

	REQUIRE(scenario->count == 2);
	CHECK_STR(scenario->stmts[0].text, "a/b.csv");
	CHECK_STR(scenario->stmts[0].body, "x # kept\n ${y}\n..\n");
	CHECK_INT(scenario->stmts[0].body_len, strlen(scenario->stmts[0].body));
	CHECK_INT(scenario->stmts[1].line, 6);
	scenario_free(scenario);
	check_refused("file a\nb\n", 2, "a lone \".\"");
	check_refused("file ../a\n.\n", 1, "without ..");
	check_refused("file a/../../b\n.\n", 1, "without ..");
	check_refused("file /etc/x\n.\n", 1, "without ..");
	check_refused("file\n.\n", 1, "a file's name");
}

TEST(file_may_be_empty)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("file a\n.", &scenario);

	CHECK_STR(stmt->body, "");
	scenario_free(scenario);
}

TEST(command_is_split_at_blanks_outside_quotes)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one(
		"run baraza understand  --from=\"+250 1\" 'a \"b\"' \"\" c'd'e", &scenario);

	CHECK_STR(stmt->words[0], "baraza");
	CHECK_STR(stmt->words[1], "understand");
	CHECK_STR(stmt->words[2], "--from=+250 1");
	CHECK_STR(stmt->words[3], "a \"b\"");
	CHECK_STR(stmt->words[4], "");
	CHECK_STR(stmt->words[5], "cde");
	CHECK_STR(stmt->words[6], NULL);
	CHECK_INT(stmt->status, 0);
	scenario_free(scenario);
	check_refused("run a 'b", 1, "a closing '");
	check_refused("run", 1, "a command");
	check_refused("run a => b", 1, "a pattern between slashes");
}

TEST(command_may_have_to_exit_with_a_status)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("run baraza x exits 2 => /a => \\/b/", &scenario);

	CHECK_STR(stmt->words[1], "x");
	CHECK_STR(stmt->words[2], NULL);
	CHECK_INT(stmt->status, 2);
	CHECK_STR(stmt->regex.text, "a => \\/b");
	scenario_free(scenario);
	stmt = parse_one("run a exits 255", &scenario);
	CHECK_INT(stmt->status, 255);
	CHECK_STR(stmt->regex.text, NULL);
	scenario_free(scenario);
	check_refused("run a exits 256", 1, "at most 255");
	check_refused("run exits 2", 1, "a command");
}

TEST(sql_value_stands_behind_the_last_arrow)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("sql SELECT f(a => 1) => 2 ", &scenario);

	CHECK_STR(stmt->text, "SELECT f(a => 1)");
	CHECK_STR(stmt->value, "2");
	scenario_free(scenario);
	stmt = parse_one("sql SELECT f(a => '/x') => /^a\\/b => c$/m", &scenario);
	CHECK_STR(stmt->text, "SELECT f(a => '/x')");
	CHECK_STR(stmt->regex.text, "^a\\/b => c$");
	CHECK_STR(stmt->value, NULL);
	scenario_free(scenario);
	stmt = parse_one("sql SELECT NULL =>", &scenario);
	CHECK_STR(stmt->text, "SELECT NULL");
	CHECK_STR(stmt->value, "");
	scenario_free(scenario);
	stmt = parse_one("sql SELECT 1 WHERE 2>=1", &scenario);
	CHECK_STR(stmt->value, NULL);
	CHECK_STR(stmt->regex.text, NULL);
	scenario_free(scenario);
	check_refused("sql => 1", 1, "a statement");
}

TEST(http_has_a_path_a_body_a_status)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("http GET /metrics?a=b => 200", &scenario);

	CHECK_STR(stmt->text, "/metrics?a=b");
	CHECK_STR(stmt->body, NULL);
	CHECK_INT(stmt->status, 200);
	CHECK_STR(stmt->regex.text, NULL);
	scenario_free(scenario);
	stmt = parse_one("http POST /x {\"a\": \"b => c\"} => 201 /d e/s", &scenario);
	CHECK_STR(stmt->text, "/x");
	CHECK_STR(stmt->body, "{\"a\": \"b => c\"}");
	CHECK_INT(stmt->status, 201);
	CHECK_STR(stmt->regex.text, "d e");
	CHECK_INT(stmt->regex.flags, REGEX_DOTALL);
	scenario_free(scenario);
	stmt = parse_one("http POST /x => 400", &scenario);
	CHECK_STR(stmt->body, "");
	scenario_free(scenario);
	check_refused("http GET /x", 1, "a status");
	check_refused("http GET x => 200", 1, "a path");
	check_refused("http PUT /x => 200", 1, "GET or POST");
	check_refused("http GET /x y => 200", 1, "nothing more");
}

TEST(faults_carry_their_number)
{
	struct scenario *scenario = parse("slow m1 3s\nfail m2 3\nsilent m1\nunplug m2\n");

	REQUIRE(scenario->count == 4);
	CHECK_STR(scenario->stmts[0].text, "slow 3000");
	CHECK_STR(scenario->stmts[0].modem, "m1");
	CHECK_STR(scenario->stmts[1].text, "fail 3");
	CHECK_STR(scenario->stmts[2].text, "silent");
	CHECK_STR(scenario->stmts[3].text, "unplug");
	CHECK_STR(scenario->stmts[3].modem, "m2");
	scenario_free(scenario);
	check_refused("unplug all", 1, "a modem such as m1");
	check_refused("fail m1", 1, "a number");
	check_refused("slow m1", 1, "a time such as");
	check_refused("plug m1 m2", 1, "nothing more");
}

TEST(kill_and_start_know_their_targets)
{
	struct scenario *scenario = parse("kill worker m2\nstart database\n");

	REQUIRE(scenario->count == 2);
	CHECK_INT(scenario->stmts[0].target, TARGET_WORKER);
	CHECK_STR(scenario->stmts[0].modem, "m2");
	CHECK_INT(scenario->stmts[1].target, TARGET_DATABASE);
	scenario_free(scenario);
	check_refused("kill worker", 1, "a modem");
	check_refused("kill m1", 1, "gateway, database or worker");
	check_refused("start worker", 1, "gateway or database");
}

TEST(config_stands_before_the_first_message)
{
	struct scenario *scenario;
	const struct stmt *stmt = parse_one("config a.b = \"x = y\"", &scenario);

	CHECK_STR(stmt->text, "a.b");
	CHECK_STR(stmt->value, "\"x = y\"");
	scenario_free(scenario);
	scenario = parse("run baraza check\nclock +1d\nconfig a = 1\n+1 > x\n");
	CHECK_INT(scenario->count, 4);
	scenario_free(scenario);
	check_refused("+1 > x\nconfig a = 1\n", 2, "before the first message");
	check_refused("config a 1", 1, "PATH = VALUE");
	check_refused("config a =", 1, "PATH = VALUE");
	check_refused("config a b = 1", 1, "PATH = VALUE");
}

TEST(what_is_no_statement_is_refused)
{
	check_refused("+250788000001", 1, "a statement");
	check_refused("\n\n+250788000001 says x", 3, "\"says\" is none");
	check_refused("Mobile Money > x", 1, "a statement");
	check_refused("+1 hangs", 1, "hangs up");
	check_refused("+1 rings twice", 1, "nothing more");
	check_refused("m1 +1 silent 2s", 1, "only before a message or a call");
}

TEST(nul_bytes_are_refused)
{
	static const char text[] = "+1 > a\0b";

	check_bytes_refused(text, sizeof(text) - 1, 0, "NUL");
}

TEST(lines_may_end_with_a_carriage_return_or_without_line_feed)
{
	struct scenario *scenario = parse("+1 off\r\n+1 on");

	REQUIRE(scenario->count == 2);
	CHECK_STR(scenario->stmts[0].source, "+1 off");
	CHECK_INT(scenario->stmts[1].kind, STMT_ON);
	scenario_free(scenario);
}

UNIT_MAIN
