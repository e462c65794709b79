/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "ussd-way.h"
#include "util.h"
#include "vars.h"

enum { DEFAULT_WITHIN_MS = 30000 };
enum { MAX_STATUS = 999 };
static const int64_t MAX_MS = INT64_C(1000) * 60 * 60 * 24 * 366 * 20;

struct parser {
	struct scenario *scenario;
	const char *next, *end; /* what is not read yet */
	unsigned line;
	bool messages; /* a statement above is a message */
	char *error;
};

static int wrong(struct parser *parser, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int
wrong(struct parser *parser, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&parser->error, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	return -1;
}

/* --- lines and words --------------------------------------------------------------------- */

/* The next line's start and length, without its line feed; false at the end. */
static bool
next_line(struct parser *parser, const char **line, size_t *len)
{
	const char *feed;

	if (parser->next == parser->end)
		return false;
	feed = memchr(parser->next, '\n', (size_t)(parser->end - parser->next));
	*line = parser->next;
	*len = (size_t)((feed != NULL ? feed : parser->end) - parser->next);
	parser->next = feed != NULL ? feed + 1 : parser->end;
	parser->line++;
	return true;
}

/* Cuts the comment, whatever stands before it: a pattern or a text cannot hold a blank and a #. */
static void
cut_comment(char *line)
{
	for (char *c = line; *c != '\0'; c++) {
		if (*c == '#' && (c == line || c[-1] == ' ' || c[-1] == '\t')) {
			*c = '\0';
			return;
		}
	}
}

/* The first word of *rest, which moves past it and the blanks behind it; "" when none is left. */
static char *
next_word(char **rest)
{
	char *word = *rest;
	size_t len = strcspn(word, " \t");

	*rest = word + len;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	*rest += strspn(*rest, " \t");
	return word;
}

static bool
is_modem(const char *word)
{
	return word[0] == 'm' && word[1] != '\0' &&
		word[1 + strspn(word + 1, "0123456789")] == '\0';
}

/* A number of at most max, with nothing behind it. */
static int
parse_number(struct parser *parser, const char *word, long max, long *value)
{
	char *end;
	long number;

	if (!isdigit((unsigned char)word[0]))
		return wrong(parser, "a number, not \"%s\"", word);
	number = strtol(word, &end, 10);
	if (*end != '\0' || number > max)
		return wrong(parser, "a number of at most %ld, not \"%s\"", max, word);
	*value = number;
	return 0;
}

static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ "d", 24 * 60 * 60 * 1000 },
	{ "w", 7 * 24 * 60 * 60 * 1000 },
};

/* The unit that *text begins with, which moves past it, or NULL. */
static const struct unit *
parse_unit(const char **text)
{
	size_t len = 0;

	while (isalpha((unsigned char)(*text)[len]))
		len++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == len && memcmp(units[i].name, *text, len) == 0) {
			*text += len;
			return &units[i];
		}
	}
	return NULL;
}

/* Numbers with units, one after the other, as in 3d2h or 500ms. */
static int
parse_duration(struct parser *parser, const char *word, int64_t *ms)
{
	const char *rest = word;
	int64_t sum = 0;

	do {
		const struct unit *unit;
		int64_t number = 0;

		if (!isdigit((unsigned char)*rest))
			return wrong(parser, "a time such as 500ms, 30s or 3d2h, not \"%s\"", word);
		for (; isdigit((unsigned char)*rest); rest++)
			if (number <= MAX_MS)
				number = number * 10 + (*rest - '0');
		unit = parse_unit(&rest);
		if (unit == NULL)
			return wrong(
				parser, "ms, s, m, h, d or w behind each number of \"%s\"", word);
		if (number > MAX_MS / unit->ms || sum + number * unit->ms > MAX_MS)
			return wrong(parser, "at most 20 years, not \"%s\"", word);
		sum += number * unit->ms;
	} while (*rest != '\0');
	*ms = sum;
	return 0;
}

/* --- patterns ---------------------------------------------------------------------------- */

/* The flags that text begins with; *rest is what stands behind them. */
static unsigned
parse_flags(const char *text, const char **rest)
{
	static const char letters[] = "ismx";
	static const unsigned flags[] = { REGEX_CASELESS, REGEX_DOTALL, REGEX_MULTILINE,
		REGEX_EXTENDED };
	unsigned found = 0;
	const char *at;

	for (; *text != '\0' && (at = strchr(letters, *text)) != NULL; text++)
		found |= flags[at - letters];
	*rest = text;
	return found;
}

/* Compiles it as it would be with an x for each variable, so that a wrong one is told early. */
static int
check_regex(struct parser *parser, const struct regex_source *regex)
{
	struct vars *none = vars_new();
	char *text = vars_expand_known(none, regex->text), *why = NULL;
	struct pattern *pattern;
	int result = 0;

	/* A ${name} left as it is would be "end, then {name}": valid, and never matching. */
	pattern = pattern_new(text, regex->flags, &why);
	if (pattern == NULL)
		result = wrong(parser, "a PCRE2 pattern: %s", why);
	pattern_free(pattern);
	vars_free(none);
	free(text);
	free(why);
	return result;
}

/* text is /pattern/flags and perhaps more; *rest is what stands behind the flags, blanks trimmed.
 */
static int
parse_regex(struct parser *parser, const char *text, struct regex_source *regex, const char **rest)
{
	const char *last = strrchr(text, '/');
	const char *behind;

	if (text[0] != '/' || last == text)
		return wrong(parser, "a pattern between slashes, not \"%s\"", text);
	regex->flags = parse_flags(last + 1, &behind);
	if (*behind != '\0' && *behind != ' ' && *behind != '\t')
		return wrong(parser, "a pattern's flags are i, s, m and x, not \"%s\"", last + 1);
	regex->text = xstrndup(text + 1, (size_t)(last - text - 1));
	*rest = behind + strspn(behind, " \t");
	return check_regex(parser, regex);
}

/* The same with nothing behind it. */
static int
parse_last_regex(struct parser *parser, const char *text, struct regex_source *regex)
{
	const char *rest = text;

	if (parse_regex(parser, text, regex, &rest) == -1)
		return -1;
	if (*rest != '\0')
		return wrong(parser, "nothing behind the pattern, not \"%s\"", rest);
	return 0;
}

/* True for /pattern/flags with nothing behind. */
static bool
is_regex(const char *text)
{
	const char *last = strrchr(text, '/'), *rest;

	if (text[0] != '/' || last == text)
		return false;
	parse_flags(last + 1, &rest);
	return *rest == '\0';
}

/* The first " => " in text whose right side is a whole pattern, or NULL. */
static char *
find_regex_arrow(char *text)
{
	for (char *at = strstr(text, " => /"); at != NULL; at = strstr(at + 1, " => /"))
		if (is_regex(at + strlen(" => ")))
			return at;
	return NULL;
}

/* The last " => " in text, its right side possibly empty, or NULL. */
static char *
find_last_arrow(char *text)
{
	char *found = NULL;

	for (char *at = strstr(text, " =>"); at != NULL; at = strstr(at + 1, " =>"))
		if (at[3] == ' ' || at[3] == '\0')
			found = at;
	return found;
}

/* --- what a phone does ------------------------------------------------------------------- */

static int
no_more(struct parser *parser, const char *rest)
{
	return *rest == '\0' ? 0 : wrong(parser, "nothing more, not \"%s\"", rest);
}

static int
parse_text(struct parser *parser, char *rest, struct stmt *stmt)
{
	(void)parser;
	stmt->text = xstrdup(rest);
	return 0;
}

/* A pattern, and perhaps a time behind it. */
static int
parse_within(struct parser *parser, char *rest, struct stmt *stmt)
{
	const char *behind = rest;
	char *word;

	if (parse_regex(parser, rest, &stmt->regex, &behind) == -1)
		return -1;
	if (*behind == '\0')
		return 0;
	rest += behind - rest;
	word = next_word(&rest);
	if (strcmp(word, "within") != 0)
		return wrong(parser, "within TIME behind the pattern, not \"%s\"", word);
	word = next_word(&rest);
	if (parse_duration(parser, word, &stmt->ms) == -1)
		return -1;
	return no_more(parser, rest);
}

static int
parse_expect(struct parser *parser, char *rest, struct stmt *stmt)
{
	stmt->ms = DEFAULT_WITHIN_MS;
	return parse_within(parser, rest, stmt);
}

static int
parse_silent(struct parser *parser, char *rest, struct stmt *stmt)
{
	return parse_duration(parser, rest, &stmt->ms);
}

static int
parse_repeats(struct parser *parser, char *rest, struct stmt *stmt)
{
	long step = 0;

	if (*rest == '\0')
		return 0;
	if (parse_number(parser, rest, MAX_STATUS, &step) == -1)
		return -1;
	if (step == 0)
		return wrong(parser, "a step from 1, not \"%s\"", rest);
	stmt->status = (int)step;
	return 0;
}

static int
parse_nothing(struct parser *parser, char *rest, struct stmt *stmt)
{
	(void)stmt;
	return no_more(parser, rest);
}

static int
parse_dials(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *code = next_word(&rest);
	size_t len = strlen(code);

	if (len < 3 || code[0] != '*' || !isdigit((unsigned char)code[1]) || code[len - 1] != '#')
		return wrong(parser, "a code such as *384#, not \"%s\"", code);
	stmt->text = xstrdup(code);
	if (*rest == '\0')
		return 0;
	if (strcmp(next_word(&rest), "by") != 0 || ussd_way_find(rest) == NULL)
		return wrong(parser, "nothing, or by %s", ussd_way_names());
	stmt->value = xstrdup(rest);
	return 0;
}

static int
parse_hangs(struct parser *parser, char *rest, struct stmt *stmt)
{
	(void)stmt;
	return strcmp(rest, "up") == 0 ? 0 : wrong(parser, "\"hangs up\"");
}

/* --- statements that begin with their own word ------------------------------------------- */

static int
parse_clock(struct parser *parser, char *rest, struct stmt *stmt)
{
	if (*rest != '+')
		return wrong(parser, "a step forward such as +3d2h, not \"%s\"", rest);
	return parse_duration(parser, rest + 1, &stmt->ms);
}

/* A name below the scenario's own folder. */
static bool
is_inner_path(const char *path)
{
	if (*path == '/' || *path == '\0')
		return false;
	for (; *path != '\0'; path += strcspn(path, "/"), path += *path == '/')
		if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || path[2] == '\0'))
			return false;
	return true;
}

static int
parse_file(struct parser *parser, char *rest, struct stmt *stmt)
{
	const char *start = parser->next, *line;
	size_t len;

	if (!is_inner_path(rest) || strpbrk(rest, " \t") != NULL)
		return wrong(parser, "a file's name without .. or blanks, not \"%s\"", rest);
	stmt->text = xstrdup(rest);
	while (next_line(parser, &line, &len)) {
		if (len != 1 || *line != '.')
			continue;
		stmt->body_len = (size_t)(line - start);
		stmt->body = xstrndup(start, stmt->body_len);
		return 0;
	}
	return wrong(parser, "a line with a lone \".\" at the end of the file's text");
}

/* Takes the next word of a command off *rest: quotes hold blanks and are not part of the word. */
static int
parse_command_word(struct parser *parser, const char **rest, char **word)
{
	char *out = xcalloc(1, strlen(*rest) + 1);
	size_t len = 0;
	char quote = '\0';
	const char *c;

	for (c = *rest; *c != '\0' && (quote != '\0' || (*c != ' ' && *c != '\t')); c++) {
		if (quote != '\0' && *c == quote)
			quote = '\0';
		else if (quote == '\0' && (*c == '"' || *c == '\''))
			quote = *c;
		else
			out[len++] = *c;
	}
	*word = out;
	*rest = c + strspn(c, " \t");
	return quote == '\0' ? 0 : wrong(parser, "a closing %c", quote);
}

static int
parse_command(struct parser *parser, const char *text, struct stmt *stmt)
{
	size_t count = 0;
	int result = 0;

	stmt->words = xcalloc(strlen(text) / 2 + 2, sizeof(*stmt->words));
	while (*text != '\0' && result == 0)
		result = parse_command_word(parser, &text, &stmt->words[count++]);
	return result;
}

/* Takes "exits N" off a command's end. */
static int
take_exits(struct parser *parser, struct stmt *stmt)
{
	size_t count = 0;
	long status;

	while (stmt->words[count] != NULL)
		count++;
	if (count < 2 || strcmp(stmt->words[count - 2], "exits") != 0)
		return 0;
	if (parse_number(parser, stmt->words[count - 1], 255, &status) == -1)
		return -1;
	stmt->status = (int)status;
	for (size_t i = count - 2; i < count; i++) {
		free(stmt->words[i]);
		stmt->words[i] = NULL;
	}
	return 0;
}

static int
parse_run(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *arrow = find_regex_arrow(rest);

	if (arrow != NULL) {
		if (parse_last_regex(parser, arrow + strlen(" => "), &stmt->regex) == -1)
			return -1;
		*arrow = '\0';
	}
	if (parse_command(parser, trim(rest), stmt) == -1 || take_exits(parser, stmt) == -1)
		return -1;
	if (stmt->words[0] == NULL)
		return wrong(parser, "a command behind run");
	for (char **word = stmt->words; *word != NULL; word++)
		if (strcmp(*word, "=>") == 0)
			return wrong(parser, "a pattern between slashes behind =>");
	return 0;
}

static int
parse_sql(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *arrow = find_regex_arrow(rest);

	if (arrow != NULL) {
		if (parse_last_regex(parser, arrow + strlen(" => "), &stmt->regex) == -1)
			return -1;
	} else if ((arrow = find_last_arrow(rest)) != NULL) {
		stmt->value = xstrdup(trim(arrow + strlen(" =>")));
	}
	if (arrow != NULL)
		*arrow = '\0';
	stmt->text = xstrdup(trim(rest));
	if (*stmt->text == '\0' || strncmp(stmt->text, "=>", 2) == 0)
		return wrong(parser, "a statement behind sql");
	return 0;
}

/* The first " => " in text before a status of three digits, or NULL. */
static char *
find_status_arrow(char *text)
{
	for (char *at = strstr(text, " => "); at != NULL; at = strstr(at + 1, " => ")) {
		const char *status = at + strlen(" => ");

		status += strspn(status, " \t");
		if (strspn(status, "0123456789") == 3 && strchr(" \t", status[3]) != NULL)
			return at;
	}
	return NULL;
}

static int
parse_http_answer(struct parser *parser, char *text, struct stmt *stmt)
{
	char *word = next_word(&text);
	long status;

	if (parse_number(parser, word, MAX_STATUS, &status) == -1)
		return -1;
	stmt->status = (int)status;
	return *text == '\0' ? 0 : parse_last_regex(parser, text, &stmt->regex);
}

static int
parse_http(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *arrow = find_status_arrow(rest), *method;

	if (arrow == NULL)
		return wrong(parser, "=> and a status of three digits");
	*arrow = '\0';
	if (parse_http_answer(parser, trim(arrow + strlen(" => ")), stmt) == -1)
		return -1;
	method = next_word(&rest);
	stmt->text = xstrdup(next_word(&rest));
	if (stmt->text[0] != '/')
		return wrong(parser, "a path that begins with /, not \"%s\"", stmt->text);
	if (strcmp(method, "GET") == 0)
		return no_more(parser, trim(rest));
	if (strcmp(method, "POST") != 0)
		return wrong(parser, "GET or POST, not \"%s\"", method);
	stmt->body = xstrdup(trim(rest));
	stmt->body_len = strlen(stmt->body);
	return 0;
}

static int
parse_modem(struct parser *parser, char **rest, struct stmt *stmt)
{
	char *word = next_word(rest);

	if (!is_modem(word))
		return wrong(parser, "a modem such as m1, not \"%s\"", word);
	stmt->modem = xstrdup(word);
	return 0;
}

static int
parse_kill(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *word = next_word(&rest);

	if (strcmp(word, "gateway") == 0) {
		stmt->target = TARGET_GATEWAY;
	} else if (strcmp(word, "database") == 0) {
		stmt->target = TARGET_DATABASE;
	} else if (strcmp(word, "worker") == 0) {
		stmt->target = TARGET_WORKER;
		if (parse_modem(parser, &rest, stmt) == -1)
			return -1;
	} else {
		return wrong(parser, "gateway, database or worker MODEM, not \"%s\"", word);
	}
	return no_more(parser, rest);
}

static int
parse_start(struct parser *parser, char *rest, struct stmt *stmt)
{
	if (strcmp(rest, "gateway") == 0)
		stmt->target = TARGET_GATEWAY;
	else if (strcmp(rest, "database") == 0)
		stmt->target = TARGET_DATABASE;
	else
		return wrong(parser, "gateway or database, not \"%s\"", rest);
	return 0;
}

/* unplug, plug, silent, garbage, restart, well: the simulator knows them by the same word. */
static int
parse_fault(struct parser *parser, char *rest, struct stmt *stmt)
{
	if (parse_modem(parser, &rest, stmt) == -1)
		return -1;
	stmt->text = xstrndup(stmt->source, strcspn(stmt->source, " \t"));
	return no_more(parser, rest);
}

static int
parse_slow(struct parser *parser, char *rest, struct stmt *stmt)
{
	int64_t ms;

	if (parse_modem(parser, &rest, stmt) == -1 || parse_duration(parser, rest, &ms) == -1)
		return -1;
	stmt->text = xformat("slow %lld", (long long)ms);
	return 0;
}

static int
parse_fail(struct parser *parser, char *rest, struct stmt *stmt)
{
	long count;

	if (parse_modem(parser, &rest, stmt) == -1 ||
		parse_number(parser, rest, 1000000, &count) == -1)
		return -1;
	stmt->text = xformat("fail %ld", count);
	return 0;
}

static int
parse_config(struct parser *parser, char *rest, struct stmt *stmt)
{
	char *equals = strchr(rest, '='), *path;

	if (parser->messages)
		return wrong(parser, "config before the first message");
	if (equals == NULL)
		return wrong(parser, "PATH = VALUE");
	*equals = '\0';
	path = trim(rest);
	stmt->text = xstrdup(path);
	stmt->value = xstrdup(trim(equals + 1));
	if (*path == '\0' || strpbrk(path, " \t") != NULL || *stmt->value == '\0')
		return wrong(parser, "PATH = VALUE");
	return 0;
}

/* --- the table of statements ------------------------------------------------------------- */

struct form {
	const char *word;
	enum stmt_kind kind;
	int (*parse)(struct parser *parser, char *rest, struct stmt *stmt);
};

static const struct form phone_forms[] = {
	{ ">", STMT_SEND, parse_text },
	{ "<", STMT_EXPECT, parse_expect },
	{ "silent", STMT_SILENT, parse_silent },
	{ "rings", STMT_RINGS, parse_nothing },
	{ "off", STMT_OFF, parse_nothing },
	{ "on", STMT_ON, parse_nothing },
	{ "dials", STMT_DIALS, parse_dials },
	{ "sees", STMT_SEES, parse_within },
	{ "keys", STMT_KEYS, parse_text },
	{ "repeats", STMT_REPEATS, parse_repeats },
	{ "hangs", STMT_HANGS, parse_hangs },
	{ "ends", STMT_ENDS, parse_nothing },
	{ NULL, 0, NULL },
};

static const struct form forms[] = {
	{ "clock", STMT_CLOCK, parse_clock },
	{ "file", STMT_FILE, parse_file },
	{ "run", STMT_RUN, parse_run },
	{ "sql", STMT_SQL, parse_sql },
	{ "http", STMT_HTTP, parse_http },
	{ "kill", STMT_KILL, parse_kill },
	{ "start", STMT_START, parse_start },
	{ "unplug", STMT_FAULT, parse_fault },
	{ "plug", STMT_FAULT, parse_fault },
	{ "slow", STMT_FAULT, parse_slow },
	{ "fail", STMT_FAULT, parse_fail },
	{ "silent", STMT_FAULT, parse_fault },
	{ "garbage", STMT_FAULT, parse_fault },
	{ "restart", STMT_FAULT, parse_fault },
	{ "well", STMT_FAULT, parse_fault },
	{ "config", STMT_CONFIG, parse_config },
	{ NULL, 0, NULL },
};

static const struct form *
find_form(const struct form *table, const char *word)
{
	for (; table->word != NULL; table++)
		if (strcmp(table->word, word) == 0)
			return table;
	return NULL;
}

static int
parse_form(struct parser *parser, const struct form *form, char *rest, struct stmt *stmt)
{
	stmt->kind = form->kind;
	return form->parse(parser, rest, stmt);
}

static bool
is_arrow(const char *rest)
{
	return (*rest == '>' || *rest == '<') && strchr(" \t", rest[1]) != NULL;
}

static int
parse_phone(struct parser *parser, char *first, char *rest, struct stmt *stmt)
{
	const struct form *form;
	char *verb;

	if (is_modem(first) && !is_arrow(rest)) {
		stmt->modem = xstrdup(first);
		first = next_word(&rest);
	}
	stmt->phone = xstrdup(first);
	verb = next_word(&rest);
	form = find_form(phone_forms, verb);
	if (form == NULL)
		return wrong(parser, "a statement; \"%s\" is none", verb);
	if (stmt->modem != NULL && form->kind != STMT_SEND && form->kind != STMT_RINGS)
		return wrong(parser, "a modem's name only before a message or a call");
	return parse_form(parser, form, rest, stmt);
}

/* A word that begins a statement is a sender's name all the same when an arrow follows it. */
static int
parse_line(struct parser *parser, char *line, struct stmt *stmt)
{
	char *rest = line;
	char *first = next_word(&rest);
	const struct form *form = is_arrow(rest) ? NULL : find_form(forms, first);

	if (form != NULL)
		return parse_form(parser, form, rest, stmt);
	if (*rest == '\0')
		return wrong(parser, "a statement; \"%s\" is none", first);
	return parse_phone(parser, first, rest, stmt);
}

static struct stmt *
add_stmt(struct scenario *scenario, unsigned line, const char *source)
{
	size_t size = (scenario->count + 1) * sizeof(*scenario->stmts);
	struct stmt *stmt;

	scenario->stmts = xrealloc(scenario->stmts, size);
	stmt = &scenario->stmts[scenario->count++];
	*stmt = (struct stmt){ .line = line, .source = xstrdup(source) };
	return stmt;
}

static int
parse_lines(struct parser *parser)
{
	const char *start;
	size_t len;

	while (next_line(parser, &start, &len)) {
		char *copy = xstrndup(start, len);
		char *line;
		int result = 0;

		cut_comment(copy);
		line = trim(copy);
		if (*line != '\0') {
			struct stmt *stmt = add_stmt(parser->scenario, parser->line, line);

			result = parse_line(parser, line, stmt);
			parser->messages = parser->messages || stmt_is_message(stmt);
		}
		free(copy);
		if (result == -1)
			return -1;
	}
	return 0;
}

char *
scenario_name(const char *path)
{
	static const char ending[] = ".scenario";
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t len = strlen(base), cut = strlen(ending);

	if (len > cut && strcmp(base + len - cut, ending) == 0)
		len -= cut;
	return xstrndup(base, len);
}

struct scenario *
scenario_parse(const char *path, const char *text, size_t len, unsigned *line, char **error)
{
	struct parser parser = { .next = text, .end = text + len };
	int result;

	parser.scenario = xcalloc(1, sizeof(*parser.scenario));
	parser.scenario->name = scenario_name(path);
	parser.scenario->path = xstrdup(path);
	if (memchr(text, '\0', len) != NULL)
		result = wrong(&parser, "a text without NUL bytes");
	else
		result = parse_lines(&parser);
	if (result == 0)
		return parser.scenario;
	*line = parser.line;
	*error = parser.error;
	scenario_free(parser.scenario);
	return NULL;
}

static void
free_stmt(struct stmt *stmt)
{
	free(stmt->source);
	free(stmt->phone);
	free(stmt->modem);
	free(stmt->text);
	free(stmt->body);
	free(stmt->value);
	for (char **word = stmt->words; word != NULL && *word != NULL; word++)
		free(*word);
	free(stmt->words);
	free(stmt->regex.text);
}

void
scenario_free(struct scenario *scenario)
{
	if (scenario == NULL)
		return;
	for (size_t i = 0; i < scenario->count; i++)
		free_stmt(&scenario->stmts[i]);
	free(scenario->stmts);
	free(scenario->name);
	free(scenario->path);
	free(scenario);
}

bool
stmt_is_message(const struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_SEND:
	case STMT_EXPECT:
	case STMT_RINGS:
	case STMT_DIALS:
	case STMT_SEES:
	case STMT_KEYS:
	case STMT_REPEATS:
	case STMT_ENDS:
	case STMT_HTTP:
		return true;
	default:
		return false;
	}
}
