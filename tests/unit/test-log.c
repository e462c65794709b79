/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: what reaches standard error.  A datagram socket stands for it: one write is one datagram. */
#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "log.h"

static int reader = -1;

/* Put a socket in the place of standard error; each test is a process of its own. */
static void
capture(void)
{
	int pair[2], size = 1 << 20;

	REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	REQUIRE(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	REQUIRE(dup2(pair[1], STDERR_FILENO) == STDERR_FILENO);
	close(pair[1]);
	reader = pair[0];
	log_set_prefix(0);
}

/* The next line as it was written, "" when there is none. */
static const char *
line(void)
{
	static char buf[8192];
	ssize_t len = recv(reader, buf, sizeof(buf) - 1, MSG_DONTWAIT);

	buf[len > 0 ? len : 0] = '\0';
	return buf;
}

TEST(log_writes_one_line_with_one_write)
{
	capture();
	log_info("event=%s count=%d", "started", 3);
	CHECK_STR(line(), "event=started count=3\n");
	CHECK_STR(line(), "");
}

TEST(log_prefixes_each_level_with_its_priority)
{
	capture();
	log_set_prefix(1);
	log_set_level(LOG_LEVEL_DEBUG);
	log_error("a");
	log_warn("b");
	log_notice("c");
	log_info("d");
	log_debug("e");
	CHECK_STR(line(), "<3>a\n");
	CHECK_STR(line(), "<4>b\n");
	CHECK_STR(line(), "<5>c\n");
	CHECK_STR(line(), "<6>d\n");
	CHECK_STR(line(), "<7>e\n");
}

/* journal: "" for the very stream that standard error is. */
static void
log_undecided(const char *journal, const char *want)
{
	char stream[64];
	struct stat st;
	int pair[2];
	char buf[100] = "";
	pid_t pid;

	REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	pid = fork();
	REQUIRE(pid != -1);
	if (pid == 0) {
		dup2(pair[1], STDERR_FILENO);
		fstat(STDERR_FILENO, &st);
		snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
			(uintmax_t)st.st_ino);
		if (journal != NULL && journal[0] == '\0')
			journal = stream;
		if (journal != NULL)
			setenv("JOURNAL_STREAM", journal, 1);
		else
			unsetenv("JOURNAL_STREAM");
		log_info("a");
		_exit(0);
	}
	REQUIRE(waitpid(pid, NULL, 0) == pid);
	REQUIRE(recv(pair[0], buf, sizeof(buf) - 1, MSG_DONTWAIT) > 0);
	CHECK_STR(buf, want);
}

TEST(log_decides_its_prefix_by_journal_stream)
{
	log_undecided("", "<6>a\n");
	log_undecided("8:1234", "a\n");
	log_undecided("x", "a\n");
	log_undecided(NULL, "a\n");
}

TEST(log_drops_lines_above_its_level)
{
	capture();
	log_debug("default level is info");
	CHECK_STR(line(), "");
	log_set_level(LOG_LEVEL_ERROR);
	log_warn("no");
	log_notice("no");
	log_info("no");
	log_error("yes");
	CHECK_STR(line(), "yes\n");
	CHECK_STR(line(), "");
}

TEST(log_cannot_be_forged_by_a_value)
{
	capture();
	log_info("from=%s", "x\n<0>event=alert\r\t\x1b[2J\x7f");
	CHECK_STR(line(), "from=x\\x0a<0>event=alert\\x0d\\x09\\x1b[2J\\x7f\n");
	log_info("%s", "C1 \xc2\x9b line \xe2\x80\xa8 turn \xe2\x80\xae");
	CHECK_STR(line(), "C1 \\xc2\\x9b line \\xe2\\x80\\xa8 turn \\xe2\\x80\\xae\n");
}

TEST(log_keeps_utf8_and_shows_the_bytes_of_what_is_not)
{
	capture();
	log_info("%s", "\u00e9 \u0633 \U0001f600 \u20ac");
	CHECK_STR(line(), "\u00e9 \u0633 \U0001f600 \u20ac\n");
	log_info("%s", "\xff \xc0\xaf \xe0\x9f\xbf \xed\xa0\x80 \xf0\x8f\xbf\xbf \xf4\x90\x80\x80");
	CHECK_STR(line(),
		"\\xff \\xc0\\xaf \\xe0\\x9f\\xbf \\xed\\xa0\\x80 \\xf0\\x8f\\xbf\\xbf "
		"\\xf4\\x90\\x80\\x80\n");
	log_info("%s", "\xe2\x82");
	CHECK_STR(line(), "\\xe2\\x82\n");
}

static void
log_long(size_t len, const char *unit, bool prefix)
{
	size_t size = strlen(unit);
	char *value = calloc(len + 1, size);

	REQUIRE(value != NULL);
	for (size_t i = 0; i < len; i++)
		memcpy(value + i * size, unit, size);
	log_set_prefix(prefix);
	log_info("%s", value);
	free(value);
}

TEST(log_cuts_a_line_at_2000_bytes)
{
	const char *got;

	capture();
	log_long(1999, "a", false);
	got = line();
	CHECK_INT(strlen(got), 2000);
	CHECK_STR(got + 1990, "aaaaaaaaa\n");
	log_long(1996, "a", true);
	got = line();
	CHECK_INT(strlen(got), 2000);
	CHECK_STR(got + 1990, "aaaaaaaaa\n");
	log_long(2000, "a", false);
	got = line();
	CHECK_INT(strlen(got), 2000);
	CHECK_STR(got + 1990, "aaaaaa...\n");
	log_long(1997, "a", true);
	CHECK_STR(line() + 1990, "aaaaaa...\n");
	log_long(1000000, "a", true);
	CHECK_INT(strlen(line()), 2000);
}

/* Whatever is cut, the line stays UTF-8 and no \xHH is halved. */
TEST(log_cuts_between_characters)
{
	static const char *const units[] = { "\u00e9", "\u20ac", "\U0001f600", "\n" };

	capture();
	for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
		for (size_t len = 480; len < 1010; len++) {
			size_t shown = units[u][0] == '\n' ? 4 : strlen(units[u]);
			const char *got;
			size_t got_len;

			log_long(len, units[u], len % 2 == 1);
			got = line();
			got_len = strlen(got);
			REQUIRE(got_len <= 2000 && got[got_len - 1] == '\n');
			got_len -= len % 2 == 1 ? 3 : 0;
			if (len * shown + (len % 2 == 1 ? 3 : 0) < 2000)
				REQUIRE(got_len == len * shown + 1);
			else
				REQUIRE((got_len - 4) % shown == 0 && got_len > 1980 &&
					strcmp(got + strlen(got) - 4, "...\n") == 0);
		}
	}
}

TEST(log_keeps_errno)
{
	capture();
	errno = EPIPE;
	log_info("why=%m");
	CHECK_INT(errno, EPIPE);
	CHECK_STR(line(), "why=Broken pipe\n");
	close(STDERR_FILENO);
	errno = ENOENT;
	log_error("lost");
	CHECK_INT(errno, ENOENT);
}

TEST(log_does_not_wait_for_a_full_pipe_that_does_not_block)
{
	int ends[2];

	REQUIRE(pipe2(ends, O_NONBLOCK) == 0);
	REQUIRE(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
	for (int i = 0; i < 10000; i++)
		log_info("line %d, which nobody reads", i);
	CHECK(read(ends[0], ends, 1) == 1);
}

TEST(fatal_logs_and_exits_1)
{
	int status;
	pid_t pid;

	capture();
	log_set_level((enum log_level)0);
	pid = fork();
	REQUIRE(pid != -1);
	if (pid == 0)
		fatal("error=%s", "broken");
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CHECK_STR(line(), "error=broken\n");
}

TEST(log_number_masks_the_middle)
{
	CHECK_STR(log_number("+250788000001"), "+250788***001");
	CHECK_STR(log_number("0788000001"), "0788***001");
	CHECK_STR(log_number("76000001"), "76***001");
	CHECK_STR(log_number("7600001"), "7***001");
	CHECK_STR(log_number("+2290197000001"), "+229019***001");
	CHECK_STR(log_number("+250 788 000 001"), "+250 788*** 001");
	CHECK_STR(log_number("+123456789012345"), "+123456***345");
	CHECK_STR(log_number("\u0660\u0667\u0668\u0668\u0660\u0660\u0660\u0660\u0660\u0661"),
		"\u0660\u0667\u0668\u0668***\u0660\u0660\u0661");
}

TEST(log_number_leaves_names_and_short_codes)
{
	CHECK_STR(log_number("MobileMoney"), "MobileMoney");
	CHECK_STR(log_number("8080"), "8080");
	CHECK_STR(log_number("123456"), "123456");
	CHECK_STR(log_number("*182*1#"), "*182*1#");
	CHECK_STR(log_number(""), "");
	CHECK_STR(log_number(NULL), "");
}

/* Of any number with 7 digits or more, three at least are never shown. */
TEST(log_number_never_shows_a_whole_number)
{
	for (int digits = 7; digits < 190; digits++) {
		char number[200] = "";
		size_t shown = 0;

		memset(number, '7', (size_t)digits);
		for (const char *s = log_number(number); *s != '\0'; s++)
			shown += *s == '7';
		CHECK((int)shown <= digits - 3 && shown <= 9);
	}
}

TEST(log_quote_escapes_quotes)
{
	CHECK_STR(log_quote("a b"), "\"a b\"");
	CHECK_STR(log_quote("say \"x\" \\ \n"), "\"say \\\"x\\\" \\\\ \\x0a\"");
	CHECK_STR(log_quote(""), "\"\"");
	CHECK_STR(log_quote(NULL), "\"\"");
}

TEST(log_quote_cuts_at_200_bytes)
{
	char value[400];

	memset(value, 'a', sizeof(value));
	value[198] = '\0';
	CHECK_INT(strlen(log_quote(value)), 200);
	CHECK(strstr(log_quote(value), "...") == NULL);
	value[198] = 'a';
	value[199] = '\0';
	CHECK_INT(strlen(log_quote(value)), 200);
	CHECK_STR(log_quote(value) + 190, "aaaaaa...\"");
	for (size_t i = 0; i + 2 < sizeof(value); i += 2)
		memcpy(value + i, "\u00e9", 2);
	value[398] = '\0';
	CHECK_STR(log_quote(value) + 193, "\u00e9...\"");
}

TEST(log_values_last_for_eight_calls)
{
	const char *values[8];

	for (int i = 0; i < 8; i++) {
		char value[8] = { (char)('a' + i) };

		values[i] = i % 2 == 0 ? log_number(value) : log_quote(value);
	}
	CHECK_STR(values[0], "a");
	CHECK_STR(values[1], "\"b\"");
	CHECK_STR(values[7], "\"h\"");
}

UNIT_MAIN
