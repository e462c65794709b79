/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker-parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 30000 };

static int control = -1;
static FILE *events; /* another connection, once it listens */

static void __attribute__((format(printf, 1, 2), noreturn)) fail(const char *fmt, ...)
{
	va_list args;

	printf("  ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	exit(1);
}

const char *
parent_build(void)
{
	static char dir[4096];
	const char *build = getenv("BARAZA_BUILD");
	ssize_t len;

	if (build != NULL)
		return build;
	/* build/tests/test-x */
	len = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	if (len == -1)
		fail("cannot find the build");
	dir[len] = '\0';
	for (int up = 0; up < 2; up++)
		*strrchr(dir, '/') = '\0';
	return dir;
}

const char *
parent_dir(void)
{
	static char dir[4096];
	const char *tmp = getenv("TMPDIR");

	if (dir[0] == '\0') {
		snprintf(dir, sizeof(dir), "%s/worker-XXXXXX", tmp != NULL ? tmp : "/tmp");
		if (mkdtemp(dir) == NULL)
			fail("mkdtemp: %s", strerror(errno));
	}
	return dir;
}

/* --- the simulator --- */

/* The socket on which the simulator says that it is ready. */
static int
ready_socket(char *path, size_t size)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(path, size, "%s/ready", parent_dir());
	snprintf(at.sun_path, sizeof(at.sun_path), "%.100s", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1)
		fail("ready socket: %s", strerror(errno));
	return fd;
}

static int
connect_control(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/sim/control", parent_dir());
	if (fd == -1 || connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1)
		fail("the simulator's control: %s", strerror(errno));
	return fd;
}

void
sim_begin(int modems, const char *const *extra)
{
	char ready[256], program[4200], dir[4200], count[16];
	const char *argv[32] = { program, "run", "--dir", dir, "--modems", count };
	int fd = ready_socket(ready, sizeof(ready)), n = 6;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	snprintf(program, sizeof(program), "%s/baraza-sim", parent_build());
	snprintf(dir, sizeof(dir), "%s/sim", parent_dir());
	snprintf(count, sizeof(count), "%d", modems);
	for (; extra != NULL && *extra != NULL && n < 31; extra++)
		argv[n++] = *extra;
	fflush(NULL);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("NOTIFY_SOCKET", ready, 1);
		execv(program, (char *const *)argv);
		_exit(127);
	}
	if (poll(&p, 1, WAIT_MS) != 1)
		fail("the simulator does not come up");
	close(fd);
	unlink(ready);
	control = connect_control();
}

const char *
sim(const char *fmt, ...)
{
	static char answer[8192];
	char command[8192];
	va_list args;
	size_t len = 0;
	int n;

	va_start(args, fmt);
	n = vsnprintf(command, sizeof(command) - 1, fmt, args);
	va_end(args);
	strcpy(command + n, "\n");
	if (write(control, command, (size_t)n + 1) != n + 1)
		fail("the simulator is gone");
	while (len == 0 || answer[len - 1] != '\n') {
		ssize_t got = read(control, answer + len, sizeof(answer) - 1 - len);

		if (got <= 0)
			fail("the simulator is gone: %s", command);
		len += (size_t)got;
	}
	answer[len - 1] = '\0';
	if (strncmp(answer, "ok", 2) != 0)
		fail("%.*s: %s", n, command, answer);
	return answer + (answer[2] == ' ' ? 3 : 2);
}

long
sim_stat(const char *modem, const char *name)
{
	const char *stats = sim("stats %s", modem), *at;
	size_t len = strlen(name);

	for (at = stats; (at = strstr(at, name)) != NULL; at += len)
		if ((at == stats || at[-1] == ' ') && at[len] == '=')
			return strtol(at + len + 1, NULL, 10);
	fail("no %s in: %s", name, stats);
}

void
sim_listen(void)
{
	char line[64];

	events = fdopen(connect_control(), "r+");
	if (events == NULL || fputs("events\n", events) == EOF || fflush(events) == EOF ||
		fgets(line, sizeof(line), events) == NULL || strncmp(line, "ok", 2) != 0)
		fail("the simulator tells no events");
}

void
sim_heard(const char *event)
{
	char line[8192];

	do
		if (fgets(line, sizeof(line), events) == NULL)
			fail("the simulator is gone");
	while (strncmp(line, event, strlen(event)) != 0);
}

/* --- the worker --- */

static void
spawn(struct parent *p, const char *log)
{
	char program[4200];
	int fd[2];

	snprintf(program, sizeof(program), "%s/baraza-modem", parent_build());
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1)
		fail("socketpair: %s", strerror(errno));
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		int err = log != NULL ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;

		if (err != -1)
			dup2(err, STDERR_FILENO);
		if (fd[1] == WIRE_FD)
			fcntl(WIRE_FD, F_SETFD, 0);
		else
			dup2(fd[1], WIRE_FD);
		execl(program, "baraza-modem", (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	p->fd = fd[0];
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
}

static void
keep(char *out, size_t size, struct wire_bytes *b)
{
	size_t len = b->len < size ? b->len : size - 1;

	if (len > 0)
		memcpy(out, b->data, len);
	out[len] = '\0';
	b->data = out;
}

static void
keep_sms(struct parent *p)
{
	struct kept_sms *k;

	if (p->sms == NULL)
		p->sms = calloc(PARENT_KEPT, sizeof(*p->sms));
	if (p->sms == NULL || p->n_sms == PARENT_KEPT)
		fail("more than %d messages", PARENT_KEPT);
	k = &p->sms[p->n_sms++];
	k->sms = p->msg.sms;
	keep(k->number, sizeof(k->number), &k->sms.number);
	if (k->sms.udh.len > 0)
		memcpy(k->udh, k->sms.udh.data, k->sms.udh.len);
	k->sms.udh.data = k->udh;
	keep(k->text, sizeof(k->text), &k->sms.text);
}

static void
keep_message(struct parent *p)
{
	struct wire_msg *m = &p->msg;
	struct wire_bytes b;

	switch (m->type) {
	case WIRE_SMS:
		keep_sms(p);
		break;
	case WIRE_REPORT:
		if (p->reports == NULL)
			p->reports = calloc(PARENT_KEPT, sizeof(*p->reports));
		if (p->reports == NULL || p->n_reports == PARENT_KEPT)
			fail("more than %d reports", PARENT_KEPT);
		p->reports[p->n_reports++] = m->report;
		break;
	case WIRE_IDENTITY:
		p->identity = m->identity;
		keep(p->imei, sizeof(p->imei), &p->identity.imei);
		keep(p->imsi, sizeof(p->imsi), &p->identity.imsi);
		keep(p->iccid, sizeof(p->iccid), &p->identity.iccid);
		keep(p->smsc, sizeof(p->smsc), &p->identity.smsc);
		break;
	case WIRE_LISTED:
		p->listed = m->listed;
		p->n_listed++;
		break;
	case WIRE_DELETED:
		p->deleted += m->deleted.count;
		p->failed += m->deleted.failed;
		p->held += m->deleted.held;
		break;
	case WIRE_HEALTH:
		p->health = m->health;
		keep(p->network, sizeof(p->network), &p->health.network);
		break;
	case WIRE_CALL:
		b = m->call.number;
		p->calls++;
		keep(p->caller, sizeof(p->caller), &b);
		break;
	case WIRE_FAULT:
		p->fault = m->fault;
		keep(p->words, sizeof(p->words), &p->fault.words);
		break;
	default:
		break;
	}
}

void
parent_say(struct parent *p, const struct wire_msg *msg)
{
	struct pollfd out = { .fd = p->fd, .events = POLLOUT };

	while (wire_send(p->fd, msg) == -1) {
		if (errno != EAGAIN)
			fail("cannot say message %d: %s", (int)msg->type, strerror(errno));
		poll(&out, 1, WAIT_MS);
	}
}

void
parent_say_type(struct parent *p, enum wire_type type)
{
	const struct wire_msg msg = { .type = type };

	parent_say(p, &msg);
}

int
parent_take(struct parent *p, int timeout_ms)
{
	struct pollfd in = { .fd = p->fd, .events = POLLIN };
	int got;

	if (poll(&in, 1, timeout_ms) < 1)
		return -1;
	got = wire_receive(p->fd, p->buf, &p->msg);
	if (got == -1)
		fail("what the worker said: %s", strerror(errno));
	if (got == 1)
		keep_message(p);
	return got;
}

static void
take(struct parent *p, const char *waits_for)
{
	int got = parent_take(p, WAIT_MS);

	if (got == -1)
		fail("waited in vain for %s", waits_for);
	if (got == 0)
		fail("the worker ended while %s was waited for: %s", waits_for, p->words);
}

void
parent_wait(struct parent *p, enum wire_type type)
{
	char name[32];

	snprintf(name, sizeof(name), "message %d", (int)type);
	do
		take(p, name);
	while (p->msg.type != type);
}

void
parent_wait_sms(struct parent *p, size_t count)
{
	while (p->n_sms < count)
		take(p, "an SMS");
}

void
parent_wait_reports(struct parent *p, size_t count)
{
	while (p->n_reports < count)
		take(p, "a report");
}

void
parent_wait_complete(struct parent *p)
{
	do
		parent_wait(p, WIRE_LISTED);
	while (!p->listed.complete);
}

void
parent_open(struct parent *p, const char *device, const struct parent_settings *settings)
{
	static const struct parent_settings none;
	const struct parent_settings *s = settings != NULL ? settings : &none;
	char path[4200];
	struct wire_msg msg = { .type = WIRE_OPEN };

	spawn(p, s->log);
	snprintf(path, sizeof(path), "%s/sim/dev/%s", parent_dir(), device);
	msg.open.name = wire_str("m1");
	msg.open.device = wire_str(path);
	msg.open.connection = wire_str(s->connection != NULL ? s->connection : "dku2at");
	msg.open.model = wire_str(s->model != NULL ? s->model : "at");
	msg.open.smsc = wire_str(s->smsc);
	msg.open.storage = (uint8_t)s->storage;
	msg.open.skip_pauses = !s->real_pauses;
	msg.open.receive_only = s->receive_only;
	msg.open.call_timeout_s = (uint16_t)(s->call_timeout_s > 0 ? s->call_timeout_s : 20);
	msg.open.send_timeout_s = (uint16_t)(s->send_timeout_s > 0 ? s->send_timeout_s : 20);
	parent_say(p, &msg);
	parent_wait(p, WIRE_IDENTITY);
}

void
parent_start(struct parent *p, const char *device, const struct parent_settings *settings)
{
	parent_open(p, device, settings);
	parent_say_type(p, WIRE_START);
	parent_wait(p, WIRE_READY);
	parent_wait_complete(p);
}

void
parent_delete_all(struct parent *p)
{
	static size_t sms, reports; /* told to be deleted so far, of this worker */
	static pid_t of;
	struct wire_msg msg = { .type = WIRE_DELETE };
	unsigned before;

	if (of != p->pid)
		sms = reports = 0;
	of = p->pid;
	while (sms < p->n_sms || reports < p->n_reports) {
		msg.delete.count = 0;
		while (sms < p->n_sms && msg.delete.count < WIRE_HANDLES_MAX)
			msg.delete.handles[msg.delete.count++] = p->sms[sms++].sms.handle;
		while (reports < p->n_reports && msg.delete.count < WIRE_HANDLES_MAX)
			msg.delete.handles[msg.delete.count++] = p->reports[reports++].handle;
		before = p->deleted + p->failed + p->held;
		parent_say(p, &msg);
		while (p->deleted + p->failed + p->held < before + msg.delete.count)
			take(p, "DELETED");
	}
}

struct wire_msg
parent_segment(const char *number, const char *text, uint64_t token)
{
	static char units[2 * WIRE_UNITS_MAX];
	struct wire_msg msg = { .type = WIRE_SEND };
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		units[2 * i] = 0;
		units[2 * i + 1] = text[i];
	}
	msg.send.token = token;
	msg.send.number = wire_str(number);
	msg.send.validity = 167;
	msg.send.class = -1;
	msg.send.text = (struct wire_bytes){ units, (uint16_t)(2 * len) };
	return msg;
}

void
parent_send(struct parent *p, const char *number, const char *text, bool want_report)
{
	static uint64_t token;
	struct wire_msg msg = parent_segment(number, text, ++token);

	msg.send.want_report = want_report;
	parent_say(p, &msg);
	parent_wait(p, WIRE_RESULT);
	if (p->msg.result.token != token)
		fail("a result of another segment");
}

void
parent_wait_fault(struct parent *p)
{
	int got;

	while ((got = parent_take(p, WAIT_MS)) == 1)
		;
	if (got == -1)
		fail("the worker does not end");
	waitpid(p->pid, NULL, 0);
	if (p->words[0] == '\0')
		fail("the worker ended without a fault");
}

void
parent_kill(struct parent *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	close(p->fd);
	free(p->sms);
	free(p->reports);
	memset(p, 0, sizeof(*p));
}

/* --- what a process costs --- */

static long
number_in(const char *path, const char *name)
{
	char line[512];
	FILE *f = fopen(path, "r");
	long value = -1;

	while (f != NULL && value == -1 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name), NULL, 10);
	if (f != NULL)
		fclose(f);
	if (value == -1)
		fail("no %s in %s", name, path);
	return value;
}

long
process_cpu_ms(pid_t pid)
{
	char path[64], line[1024];
	unsigned long user, system;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL ||
		sscanf(strrchr(line, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &system) != 2)
		fail("%s cannot be read", path);
	fclose(f);
	return (long)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

long
process_pss_kb(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	return number_in(path, "Pss:");
}

/* How often it gave up the processor by itself. */
static long
process_waits(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	return number_in(path, "voluntary_ctxt_switches:");
}

bool
process_rests(pid_t pid, int ms)
{
	for (int tries = 0; tries < 10; tries++) {
		long waits = process_waits(pid), cpu_ms = process_cpu_ms(pid);

		poll(NULL, 0, ms);
		if (process_waits(pid) == waits && process_cpu_ms(pid) == cpu_ms)
			return true;
	}
	return false;
}
