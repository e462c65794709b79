/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workers of these tests are this program itself, which then does what its name says.
 *
 * waits
 */
#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "log.h"
#include "modem-spawn.h"
#include "unit.h"

/* The worker's side -----------------------------------------------------------------------------
 */

extern char **environ;

static int
say(const char *words)
{
	struct wire_msg msg = { .type = WIRE_FAULT, .fault = { .words = wire_str(words) } };

	return wire_send(WIRE_FD, &msg);
}

static void
say_descriptors(void)
{
	char words[256] = "";
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d))
			snprintf(words + strlen(words), sizeof(words) - strlen(words), "%.20s ",
				e->d_name);
	closedir(d);
	say(words);
}

static void
say_environment(void)
{
	char words[500] = "";

	for (char **e = environ; *e != NULL; e++)
		snprintf(words + strlen(words), sizeof(words) - strlen(words), "%.*s ",
			(int)strcspn(*e, "="), *e);
	say(words);
}

static void
say_signals(void)
{
	sigset_t blocked;
	struct sigaction pipe_action;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	sigaction(SIGPIPE, NULL, &pipe_action);
	say(!sigismember(&blocked, SIGTERM) && pipe_action.sa_handler == SIG_DFL &&
				getpgrp() == getpid()
			? "its own"
			: "inherited");
}

/* Answers each LOOK by what it has counted of DELETE. */
static void
count_deletes(void)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg;
	unsigned handles = 0;

	while (wire_receive(WIRE_FD, buf, &msg) == 1) {
		if (msg.type == WIRE_DELETE)
			handles += msg.delete.count;
		if (msg.type == WIRE_CLOSE)
			exit(0);
		if (msg.type == WIRE_LOOK) {
			struct wire_msg answer = { .type = WIRE_DELETED,
				.deleted = { .count = (uint16_t)handles } };
			if (wire_send(WIRE_FD, &answer) != 0)
				exit(1);
		}
	}
}

static int
worker_main(const char *name)
{
	if (strcmp(name, "descriptors") == 0)
		say_descriptors();
	else if (strcmp(name, "environment") == 0)
		say_environment();
	else if (strcmp(name, "signals") == 0)
		say_signals();
	else if (strcmp(name, "garbage") == 0)
		send(WIRE_FD, "\xff\xff", 2, 0);
	else if (strcmp(name, "counts") == 0)
		count_deletes();
	else if (strcmp(name, "chatters") == 0)
		for (int i = 0; i < 1000; i++)
			say("again");
	else if (strcmp(name, "fails") == 0)
		return 7;
	else if (strcmp(name, "crashes") == 0)
		raise(SIGKILL);
	if (strcmp(name, "silent") == 0 || strcmp(name, "garbage") == 0 ||
		strcmp(name, "closes") == 0) {
		if (strcmp(name, "closes") == 0)
			close(WIRE_FD);
		for (;;)
			pause();
	}
	return 0;
}

/* The gateway's side ----------------------------------------------------------------------------
 */

struct heard {
	unsigned messages, ended, deleted;
	int deaf;
	unsigned messages_at_end;
	char words[512], why[128];
};

static struct event_base *base;

static void
message_cb(struct worker *worker, const struct wire_msg *msg, void *arg)
{
	struct heard *heard = arg;

	(void)worker;
	heard->messages++;
	if (msg->type == WIRE_FAULT)
		REQUIRE(wire_copy(heard->words, sizeof(heard->words), msg->fault.words) == 0);
	if (msg->type == WIRE_DELETED)
		heard->deleted = msg->deleted.count;
}

static int
may_read(void *arg)
{
	return !((struct heard *)arg)->deaf;
}

static void
ended_cb(struct worker *worker, const char *why, void *arg)
{
	struct heard *heard = arg;

	(void)worker;
	heard->ended++;
	heard->messages_at_end = heard->messages;
	snprintf(heard->why, sizeof(heard->why), "%s", why);
}

static const struct worker_handlers handlers = { message_cb, may_read, ended_cb };

static struct worker *
begin(const char *name, struct heard *heard)
{
	memset(heard, 0, sizeof(*heard));
	base = event_base_new();
	struct worker *worker = worker_spawn(base, "/proc/self/exe", name, &handlers, heard);
	REQUIRE(worker != NULL);
	return worker;
}

static void
until_ended(struct heard *heard)
{
	while (heard->ended == 0)
		event_base_loop(base, EVLOOP_ONCE);
	CHECK_INT(heard->ended, 1);
	event_base_free(base);
}

TEST(worker_inherits_no_descriptor_but_its_socket)
{
	struct heard heard;
	int stray = open("/dev/null", O_RDONLY), high = fcntl(stray, F_DUPFD, 300);

	begin("descriptors", &heard);
	until_ended(&heard);
	CHECK_STR(heard.words, "0 1 2 3 ");
	close(stray);
	close(high);
}

TEST(worker_learns_no_secret_from_the_environment)
{
	struct heard heard;

	clearenv();
	setenv("PGPASSWORD", "secret", 1);
	setenv("NOTIFY_SOCKET", "/run/x", 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("TZ", "UTC", 1);
	begin("environment", &heard);
	until_ended(&heard);
	CHECK_STR(heard.words, "LC_ALL PATH TZ ");
}

TEST(worker_begins_with_clean_signals_in_its_own_group)
{
	struct heard heard;
	sigset_t term;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	begin("signals", &heard);
	until_ended(&heard);
	CHECK_STR(heard.words, "its own");
}

TEST(missing_program_is_told_at_once)
{
	struct heard heard = { 0 };

	base = event_base_new();
	errno = 0;
	CHECK(worker_spawn(base, "/nowhere/baraza-modem", "m1", &handlers, &heard) == NULL);
	CHECK_INT(errno, ENOENT);
	CHECK(worker_spawn(base, "/etc/passwd", "m1", &handlers, &heard) == NULL);
	CHECK_INT(errno, EACCES);
	CHECK_INT(heard.ended, 0);
	event_base_free(base);
}

TEST(last_words_come_before_the_end)
{
	struct heard heard;

	/* A thousand are more than one turn of the loop reads. */
	begin("chatters", &heard);
	until_ended(&heard);
	CHECK_INT(heard.messages, 1000);
	CHECK_INT(heard.messages_at_end, 1000);
	CHECK_STR(heard.why, "it ended with status 0");
}

TEST(ends_are_described)
{
	struct heard heard;

	begin("fails", &heard);
	until_ended(&heard);
	CHECK_STR(heard.why, "it ended with status 7");
	begin("crashes", &heard);
	until_ended(&heard);
	CHECK_STR(heard.why, "it was killed by signal 9");
}

TEST(garbage_ends_the_worker)
{
	struct heard heard;

	begin("garbage", &heard);
	until_ended(&heard);
	CHECK_INT(heard.messages, 0);
	CHECK_STR(heard.why, "it spoke what is no message");
}

TEST(silence_ends_the_worker)
{
	struct heard heard;
	struct worker *worker = begin("silent", &heard);

	worker_expect(worker, 1);
	until_ended(&heard);
	CHECK_STR(heard.why, "it gave no answer in time");
}

TEST(closed_socket_ends_the_worker)
{
	struct heard heard;

	begin("closes", &heard);
	until_ended(&heard);
	CHECK_INT(heard.messages, 0);
}

TEST(told_to_close_it_closes)
{
	struct heard heard;
	struct worker *worker = begin("counts", &heard);

	worker_close(worker);
	CHECK(worker_is_ending(worker));
	struct wire_msg look = { .type = WIRE_LOOK };
	CHECK_INT(worker_send(worker, &look), -1);
	until_ended(&heard);
	CHECK_STR(heard.why, "it ended with status 0");
}

TEST(worker_that_does_not_close_is_ended)
{
	struct heard heard;
	struct worker *worker = begin("silent", &heard);

	worker_close(worker);
	until_ended(&heard);
	CHECK_STR(heard.why, "it gave no answer in time");
}

TEST(what_a_full_socket_refuses_is_queued_in_order)
{
	struct heard heard;
	struct worker *worker = begin("counts", &heard);
	struct wire_msg msg = { .type = WIRE_DELETE, .delete = { .count = WIRE_HANDLES_MAX } };
	struct wire_msg look = { .type = WIRE_LOOK };
	unsigned sent = 0;

	/* In one turn of the loop it reads as fast as it likes, or not at all: both must do. */
	for (; sent < 100; sent++)
		REQUIRE(worker_send(worker, &msg) == 0);
	REQUIRE(worker_send(worker, &look) == 0);
	while (heard.deleted == 0 && heard.ended == 0)
		event_base_loop(base, EVLOOP_ONCE);
	CHECK_INT(heard.deleted, sent * WIRE_HANDLES_MAX);
	worker_close(worker);
	until_ended(&heard);
}

TEST(worker_that_takes_nothing_is_ended)
{
	struct heard heard;
	struct worker *worker = begin("silent", &heard);
	struct wire_msg msg = { .type = WIRE_DELETE, .delete = { .count = WIRE_HANDLES_MAX } };
	unsigned sent = 0;

	while (sent < 100000 && worker_send(worker, &msg) == 0)
		sent++;
	CHECK(sent > 64 && sent < 2000);
	until_ended(&heard);
	CHECK_STR(heard.why, "it takes no messages");
}

TEST(deaf_parent_hears_all_when_it_listens_again)
{
	struct heard heard;
	struct worker *worker = begin("counts", &heard);
	struct wire_msg look = { .type = WIRE_LOOK };

	heard.deaf = 1;
	for (int i = 0; i < 10; i++)
		REQUIRE(worker_send(worker, &look) == 0);
	/* Long silence is not held against it while we do not listen. */
	worker_expect(worker, 1);
	struct timeval tv = { 1, 500000 };
	event_base_loopexit(base, &tv);
	event_base_dispatch(base);
	CHECK_INT(heard.messages, 0);
	CHECK_INT(heard.ended, 0);
	heard.deaf = 0;
	worker_resume(worker);
	while (heard.messages < 10 && heard.ended == 0)
		event_base_loop(base, EVLOOP_ONCE);
	worker_settle(worker);
	worker_close(worker);
	until_ended(&heard);
	CHECK_STR(heard.why, "it ended with status 0");
}

TEST(free_leaves_no_process)
{
	struct heard heard;
	struct worker *worker = begin("silent", &heard);

	worker_free(worker);
	CHECK_INT(heard.ended, 0);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	event_base_free(base);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "baraza-modem") == 0)
		return worker_main(argv[1]);
	return unit_main(argc, argv);
}
