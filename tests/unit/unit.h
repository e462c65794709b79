/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit.h - the unit tests' frame.
 *
 *	#include "unit.h"
 *
 *	TEST(segment_never_splits_escape)
 *	{
 *		CHECK_INT(count_segments("..."), 2);
 *	}
 *
 *	UNIT_MAIN
 *
 * Each test runs in a process and a process group of its own: a crash, a leak or a hang is
 * that test's failure alone, and whatever it started is killed when it ends.  A failed CHECK
 * is told and the test goes on; a failed REQUIRE ends it.
 *
 * Usage: test-x [-l] [PART...]
 *	runs the tests whose name contains one of the PARTs (or all); -l only lists them.
 *	UNIT_NOFORK=1 runs the first of them in this process (for gdb).
 *	UNIT_TIMEOUT=SECONDS is each test's limit, 60 by default.
 *
 * Output: one line a test, "ok NAME", "skip NAME" or "FAIL NAME: WHY", its details before it.
 * Exit 0; 1 if a test failed; 2 on wrong usage.
 */
#ifndef UNIT_H
#define UNIT_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNIT_EXIT_FAIL = 1, UNIT_EXIT_SKIP = 77 };

struct unit_test {
	const char *name;
	void (*run)(void);
	struct unit_test *next;
};

static struct unit_test *unit_first, **unit_last = &unit_first;
static int unit_failures; /* failed checks of the running test */

#define TEST(name_)                                                                          \
	static void unit_test_##name_(void);                                                 \
	__attribute__((constructor)) static void unit_register_##name_(void)                 \
	{                                                                                    \
		static struct unit_test unit = { .name = #name_, .run = unit_test_##name_ }; \
		*unit_last = &unit;                                                          \
		unit_last = &unit.next;                                                      \
	}                                                                                    \
	static void unit_test_##name_(void)

/* Ends the running test as skipped; why: one line.  For what this machine cannot show. */
#define SKIP(why)                                 \
	do {                                      \
		printf("  skipped: %s\n", (why)); \
		exit(UNIT_EXIT_SKIP);             \
	} while (0)

#define CHECK(cond_) unit_check((cond_), __FILE__, __LINE__, #cond_)
#define REQUIRE(cond_)                                                \
	do {                                                          \
		if (!unit_check((cond_), __FILE__, __LINE__, #cond_)) \
			exit(UNIT_EXIT_FAIL);                         \
	} while (0)
#define CHECK_INT(got_, want_) \
	unit_check_int((long long)(got_), (long long)(want_), __FILE__, __LINE__, #got_)
#define CHECK_STR(got_, want_) unit_check_str((got_), (want_), __FILE__, __LINE__, #got_)
/* Compares len_ bytes; both must hold as many. */
#define CHECK_MEM(got_, want_, len_) \
	unit_check_mem((got_), (want_), (len_), __FILE__, __LINE__, #got_)

static inline bool
unit_check(bool cond, const char *file, int line, const char *expr)
{
	if (!cond) {
		printf("  %s:%d: false: %s\n", file, line, expr);
		unit_failures++;
	}
	return cond;
}

static inline bool
unit_check_int(long long got, long long want, const char *file, int line, const char *expr)
{
	if (got == want)
		return true;
	printf("  %s:%d: %s is %lld, not %lld\n", file, line, expr, got, want);
	unit_failures++;
	return false;
}

static inline bool
unit_check_str(const char *got, const char *want, const char *file, int line, const char *expr)
{
	if (got == want || (got != NULL && want != NULL && strcmp(got, want) == 0))
		return true;
	printf("  %s:%d: %s\n    is  \"%s\"\n    not \"%s\"\n", file, line, expr,
		got != NULL ? got : "(NULL)", want != NULL ? want : "(NULL)");
	unit_failures++;
	return false;
}

static inline void
unit_print_hex(const char *label, const unsigned char *bytes, size_t len, size_t from)
{
	printf("    %s", label);
	for (size_t i = from; i < len && i < from + 32; i++)
		printf(" %02x", bytes[i]);
	printf("\n");
}

static inline bool
unit_check_mem(
	const void *got, const void *want, size_t len, const char *file, int line, const char *expr)
{
	const unsigned char *g = got, *w = want;
	size_t at = 0;

	if (len == 0)
		return true;
	if (g != NULL && w != NULL) {
		while (at < len && g[at] == w[at])
			at++;
		if (at == len)
			return true;
		printf("  %s:%d: %s differs at byte %zu of %zu\n", file, line, expr, at, len);
		unit_print_hex("is ", g, len, at);
		unit_print_hex("not", w, len, at);
	} else {
		printf("  %s:%d: %s is NULL, or what it is compared with\n", file, line, expr);
	}
	unit_failures++;
	return false;
}

static inline void
unit_run_here(const struct unit_test *test)
{
	unit_failures = 0;
	test->run();
	exit(unit_failures > 0 ? UNIT_EXIT_FAIL : 0);
}

static inline int
unit_wait(pid_t pid)
{
	siginfo_t info;
	int status = -1;

	/* Its group is killed while the process still holds the group's number. */
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == -1 && errno == EINTR)
		;
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

/* Returns true unless the test failed. */
static inline bool
unit_tell(const char *name, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		printf("FAIL %s: took too long\n", name);
	else if (WIFSIGNALED(status))
		printf("FAIL %s: killed by signal %d (%s)\n", name, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == 0)
		printf("ok %s\n", name);
	else if (WEXITSTATUS(status) == UNIT_EXIT_SKIP)
		printf("skip %s\n", name);
	else
		printf("FAIL %s: exit %d\n", name, WEXITSTATUS(status));
	fflush(stdout);
	return WIFEXITED(status) &&
		(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == UNIT_EXIT_SKIP);
}

static inline bool
unit_run_forked(const struct unit_test *test)
{
	const char *limit = getenv("UNIT_TIMEOUT");
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == -1) {
		printf("FAIL %s: fork: %s\n", test->name, strerror(errno));
		return false;
	}
	if (pid == 0) {
		setpgid(0, 0);
		alarm(limit != NULL && atoi(limit) > 0 ? (unsigned)atoi(limit) : 60);
		setvbuf(stdout, NULL, _IOLBF, 0);
		unit_run_here(test);
	}
	setpgid(pid, pid);
	return unit_tell(test->name, unit_wait(pid));
}

static inline bool
unit_wanted(const char *name, int argc, char **argv)
{
	if (argc == 0)
		return true;
	for (int i = 0; i < argc; i++)
		if (strstr(name, argv[i]) != NULL)
			return true;
	return false;
}

static inline int
unit_main(int argc, char **argv)
{
	bool list = argc > 1 && strcmp(argv[1], "-l") == 0;
	int skip = list ? 2 : 1, failed = 0;

	if (!list && argc > 1 && argv[1][0] == '-') {
		fprintf(stderr, "usage: %s [-l] [PART-OF-A-NAME...]\n", argv[0]);
		return 2;
	}
	for (const struct unit_test *t = unit_first; t != NULL; t = t->next) {
		if (!unit_wanted(t->name, argc - skip, argv + skip))
			continue;
		if (list)
			printf("%s\n", t->name);
		else if (getenv("UNIT_NOFORK") != NULL)
			unit_run_here(t); /* the first one that matches */
		else if (!unit_run_forked(t))
			failed++;
	}
	return failed > 0 ? UNIT_EXIT_FAIL : 0;
}

#define UNIT_MAIN                             \
	int main(int argc, char **argv)       \
	{                                     \
		return unit_main(argc, argv); \
	}

#endif
