/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wait-ready - tells a shell script when a program that it started is ready (sd_notify's protocol).
 *
 *	wait-ready SECONDS
 *
 * Prints "@NAME", to be put into the program's NOTIFY_SOCKET; reads one line from standard input,
 *the program's process id; then prints one word and ends: ready	it said READY=1 (exit 0)
 *	gone	it ended before (exit 1)
 *	late	the seconds are over (exit 1)
 * Anything else that goes wrong is told on standard error (exit 2).
 *
 * The socket is an abstract one: no file is left behind, and a program under another account
 *reaches it.  So can any account of the machine: this is for demonstrations and tests.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void
fatal(const char *what)
{
	fprintf(stderr, "wait-ready: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Binds a datagram socket to an abstract name that the kernel chooses, and prints that name. */
static int
listen_abstract(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&addr, len) == -1)
		fatal("socket");
	len = sizeof(addr);
	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		fatal("getsockname");
	printf("@%.*s\n", (int)(len - offsetof(struct sockaddr_un, sun_path) - 1),
		addr.sun_path + 1);
	fflush(stdout);
	return fd;
}

/* Returns a descriptor that becomes readable when the process whose id standard input tells ends.
 */
static int
watch_process(void)
{
	char line[32];
	int fd;

	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(2); /* the script gave up */
	fd = (int)syscall(SYS_pidfd_open, (pid_t)strtol(line, NULL, 10), 0);
	if (fd == -1 && errno != ESRCH)
		fatal("pidfd_open");
	return fd;
}

/* Returns 1 when the datagram that waits holds the line READY=1. */
static int
says_ready(int fd)
{
	char msg[4096];
	ssize_t len = recv(fd, msg, sizeof(msg) - 1, MSG_DONTWAIT);

	if (len < 0)
		return 0;
	msg[len] = '\0';
	for (char *line = msg, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (strcmp(line, "READY=1") == 0)
			return 1;
	}
	return 0;
}

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

static int
tell(const char *word, int status)
{
	puts(word);
	return status;
}

int
main(int argc, char **argv)
{
	long deadline, left;
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	if (argc != 2 || atoi(argv[1]) <= 0) {
		fprintf(stderr, "usage: wait-ready SECONDS\n");
		return 2;
	}
	fds[0].fd = listen_abstract();
	fds[1].fd = watch_process();
	deadline = now_ms() + atoi(argv[1]) * 1000L;
	while (fds[1].fd != -1 && (left = deadline - now_ms()) > 0) {
		if (poll(fds, 2, (int)left) == -1 && errno != EINTR)
			fatal("poll");
		if ((fds[0].revents & POLLIN) && says_ready(fds[0].fd))
			return tell("ready", 0);
		if (fds[1].revents != 0)
			return tell("gone", 1);
	}
	return fds[1].fd == -1 ? tell("gone", 1) : tell("late", 1);
}
