/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-spawn.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "monotonic.h"

enum {
	TURN_MESSAGES = 256, /* read in one turn of the loop: the other modems want theirs */
	QUEUE_MOST = 64,     /* datagrams: a worker that lets so many lie is stuck */
	ENVIRONMENT_MOST = 16,
	LAST_BREATH_S = 2, /* from closing its socket to its end */
	EARLY_MS = 50,     /* a timer may come so much too soon */
};

struct datagram {
	STAILQ_ENTRY(datagram) next;
	size_t len;
	uint8_t bytes[];
};

STAILQ_HEAD(datagram_queue, datagram);

struct worker {
	struct worker_handlers handlers;
	void *arg;
	pid_t pid;
	int pidfd, fd;
	struct event *read, *write, *end, *deadline;
	struct datagram_queue queue;
	unsigned queued;
	int ending, garbage;
	char why[80];
	int patience_s;   /* 0: it owes nothing */
	int64_t heard_ms; /* the last word, or since when it owes one */
};

/* What a worker may know of our environment: the rest is not its business. */
static const char *const passed_on[] = { "PATH", "TZ", "TMPDIR", "JOURNAL_STREAM", "ASAN_OPTIONS",
	"UBSAN_OPTIONS", NULL };

/* --- The process --- */

static void
make_environment(char *env[ENVIRONMENT_MOST])
{
	int n = 0;

	env[n++] = (char *)"LC_ALL=C.UTF-8";
	for (int i = 0; passed_on[i] != NULL; i++) {
		const char *value = getenv(passed_on[i]);
		/* The variable as it stands in our own environment: NAME=value. */
		if (value != NULL)
			env[n++] = (char *)value - strlen(passed_on[i]) - 1;
	}
	env[n] = NULL;
}

/* Returns 0 or an error number. */
static int
set_up_child(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr, int fd)
{
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	if ((error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)) != 0 ||
		(error = posix_spawn_file_actions_adddup2(actions, 2, 1)) != 0 ||
		(error = posix_spawn_file_actions_adddup2(actions, fd, WIRE_FD)) != 0 ||
		(error = posix_spawn_file_actions_addclosefrom_np(actions, WIRE_FD + 1)) != 0 ||
		(error = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
		(error = posix_spawnattr_setsigdefault(attr, &all)) != 0 ||
		(error = posix_spawnattr_setpgroup(attr, 0)) != 0)
		return error;
	/* A group of its own: a terminal's Ctrl-C is for the gateway, which then closes modems in
	 * order. */
	return posix_spawnattr_setflags(
		attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int
start_process(const char *program, const char *name, int fd, pid_t *pid)
{
	char *argv[] = { (char *)"baraza-modem", (char *)name, NULL }, *env[ENVIRONMENT_MOST];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error;

	make_environment(env);
	if ((error = posix_spawn_file_actions_init(&actions)) != 0)
		return error;
	if ((error = posix_spawnattr_init(&attr)) == 0) {
		error = set_up_child(&actions, &attr, fd);
		if (error == 0)
			error = posix_spawn(pid, program, &actions, &attr, argv, env);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static void
reap(struct worker *worker)
{
	kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, NULL, 0) == -1 && errno == EINTR)
		;
}

static void
worker_release(struct worker *worker)
{
	struct datagram *d;

	while ((d = STAILQ_FIRST(&worker->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&worker->queue, next);
		free(d);
	}
	struct event *events[] = { worker->read, worker->write, worker->end, worker->deadline };
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (worker->fd != -1)
		close(worker->fd);
	if (worker->pidfd != -1)
		close(worker->pidfd);
	free(worker);
}

void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	reap(worker);
	worker_release(worker);
}

/* --- What it says --- */

/*
 * Take one message.  Returns 1 when there may be another, 0 when none has come, -1 when none will.
 */
static int
take_message(struct worker *worker)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg;

	switch (wire_receive(worker->fd, buf, &msg)) {
	case 1:
		if (worker->patience_s > 0 && !worker->ending)
			worker->heard_ms = monotonic_ms();
		worker->handlers.message(worker, &msg, worker->arg);
		return 1;
	case 0:
		return -1;
	default:
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		if (errno == EBADMSG) {
			worker->garbage = 1;
			worker_kill(worker, "it spoke what is no message");
		}
		return -1;
	}
}

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	(void)fd;
	(void)what;
	for (int i = 0; i < TURN_MESSAGES; i++) {
		if (!worker->handlers.may_read(worker->arg)) {
			event_del(worker->read);
			return;
		}
		int more = take_message(worker);
		if (more == -1) {
			event_del(worker->read);
			worker_expect(worker, LAST_BREATH_S);
		}
		if (more <= 0 || worker->garbage)
			return;
	}
}

static void
describe_end(const struct worker *worker, const siginfo_t *info, char *out, size_t size)
{
	if (worker->why[0] != '\0')
		snprintf(out, size, "%s", worker->why);
	else if (info->si_code == CLD_EXITED)
		snprintf(out, size, "it ended with status %d", info->si_status);
	else
		snprintf(out, size, "it was killed by signal %d", info->si_status);
}

/* The process is gone.  What it said before still counts: a result, a reason. */
static void
end_cb(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	siginfo_t info = { 0 };
	char why[sizeof(worker->why)];

	(void)fd;
	(void)what;
	if (waitid(P_PIDFD, (id_t)worker->pidfd, &info, WEXITED | WNOHANG) == -1 ||
		info.si_pid == 0)
		return;
	while (!worker->garbage && take_message(worker) == 1)
		;
	describe_end(worker, &info, why, sizeof(why));
	worker->handlers.ended(worker, why, worker->arg);
	worker_release(worker);
}

/* --- What it owes --- */

static void
arm_deadline(struct worker *worker, int seconds)
{
	struct timeval tv = { seconds, 0 };

	event_add(worker->deadline, &tv);
}

static void
deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	int silent_s = (int)((monotonic_ms() - worker->heard_ms + EARLY_MS) / 1000);

	(void)fd;
	(void)what;
	if (worker->patience_s == 0)
		return;
	/* While we do not listen, it cannot be heard. */
	if (!worker->ending && !worker->handlers.may_read(worker->arg))
		arm_deadline(worker, worker->patience_s);
	else if (silent_s < worker->patience_s)
		arm_deadline(worker, worker->patience_s - silent_s);
	else
		worker_kill(worker, "it gave no answer in time");
}

void
worker_expect(struct worker *worker, int seconds)
{
	worker->patience_s = seconds;
	worker->heard_ms = monotonic_ms();
	arm_deadline(worker, seconds);
}

void
worker_settle(struct worker *worker)
{
	if (worker->ending)
		return;
	worker->patience_s = 0;
	event_del(worker->deadline);
}

/* --- What it is told --- */

/* Returns 1 when sent, 0 when the socket is full, -1 when it is dead. */
static int
push(struct worker *worker, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	do
		n = send(worker->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n >= 0)
		return 1;
	return errno == EAGAIN || errno == ENOBUFS ? 0 : -1;
}

static void
writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	struct datagram *d;

	(void)fd;
	(void)what;
	while ((d = STAILQ_FIRST(&worker->queue)) != NULL) {
		int done = push(worker, d->bytes, d->len);
		if (done == 0) {
			event_add(worker->write, NULL);
			return;
		}
		if (done == -1)
			return; /* its end is told by end_cb() */
		STAILQ_REMOVE_HEAD(&worker->queue, next);
		worker->queued--;
		free(d);
	}
}

static int
enqueue(struct worker *worker, const uint8_t *bytes, size_t len)
{
	struct datagram *d;

	if (worker->queued == QUEUE_MOST || (d = malloc(sizeof(*d) + len)) == NULL) {
		worker_kill(worker, "it takes no messages");
		return -1;
	}
	d->len = len;
	memcpy(d->bytes, bytes, len);
	STAILQ_INSERT_TAIL(&worker->queue, d, next);
	worker->queued++;
	event_add(worker->write, NULL);
	return 0;
}

int
worker_send(struct worker *worker, const struct wire_msg *msg)
{
	uint8_t buf[WIRE_MAX];
	int len, done = 0, result;

	if (worker->ending || (len = wire_encode(msg, buf)) == -1)
		return -1;
	if (worker->queued == 0)
		done = push(worker, buf, (size_t)len);
	result = done == 0 ? enqueue(worker, buf, (size_t)len) : done == 1 ? 0 : -1;
	if (msg->type == WIRE_PIN)
		explicit_bzero(buf, sizeof(buf));
	return result;
}

void
worker_close(struct worker *worker)
{
	struct wire_msg msg = { .type = WIRE_CLOSE };

	if (worker->ending)
		return;
	if (worker_send(worker, &msg) != 0)
		worker_kill(worker, "it takes no messages");
	worker->ending = 1;
	worker_expect(worker, WORKER_CLOSE_S);
}

void
worker_kill(struct worker *worker, const char *why)
{
	worker->ending = 1;
	worker->patience_s = 0;
	if (worker->why[0] == '\0')
		snprintf(worker->why, sizeof(worker->why), "%s", why);
	if (pidfd_send_signal(worker->pidfd, SIGKILL, NULL, 0) == -1 && errno != ESRCH)
		log_error(
			"event=kill pid=%d error=%s", (int)worker->pid, log_quote(strerror(errno)));
}

int
worker_is_ending(const struct worker *worker)
{
	return worker->ending;
}

void
worker_resume(struct worker *worker)
{
	event_add(worker->read, NULL);
}

/* --- Its beginning --- */

/* Watch the process and its socket.  Returns 0 or -1 with errno. */
static int
watch(struct worker *worker, struct event_base *base)
{
	worker->pidfd = pidfd_open(worker->pid, 0);
	if (worker->pidfd == -1)
		return -1;
	errno = ENOMEM;
	worker->read = event_new(base, worker->fd, EV_READ | EV_PERSIST, readable_cb, worker);
	worker->write = event_new(base, worker->fd, EV_WRITE, writable_cb, worker);
	worker->end = event_new(base, worker->pidfd, EV_READ | EV_PERSIST, end_cb, worker);
	worker->deadline = evtimer_new(base, deadline_cb, worker);
	if (worker->read == NULL || worker->write == NULL || worker->end == NULL ||
		worker->deadline == NULL)
		return -1;
	return event_add(worker->read, NULL) == 0 && event_add(worker->end, NULL) == 0 ? 0 : -1;
}

struct worker *
worker_spawn(struct event_base *base, const char *program, const char *name,
	const struct worker_handlers *handlers, void *arg)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int fds[2], error;

	if (worker == NULL)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1) {
		free(worker);
		return NULL;
	}
	worker->handlers = *handlers;
	worker->arg = arg;
	worker->fd = fds[0];
	worker->pidfd = -1;
	STAILQ_INIT(&worker->queue);
	error = start_process(program, name, fds[1], &worker->pid);
	close(fds[1]);
	if (error == 0) {
		if (evutil_make_socket_nonblocking(fds[0]) == 0 && watch(worker, base) == 0)
			return worker;
		error = errno;
		reap(worker);
	}
	worker_release(worker);
	errno = error;
	return NULL;
}
