/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

enum { STATUS_NOT_FOUND = 127, KILLED_WAIT_MS = 30000 };

static struct proc *procs; /* that run */
static struct proc *ended; /* the needed one that ended first, or NULL */
static int signals = -1;   /* signalfd */
static int stop_signal;

void
proc_init(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals == -1)
		die("signalfd: %s", strerror(errno));
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
		die("PR_SET_CHILD_SUBREAPER: %s", strerror(errno));
}

/* --- starting ---------------------------------------------------------------------------- */

static void
child_run(const struct proc_spec *spec, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(STATUS_NOT_FOUND);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(spec->out, STDOUT_FILENO);
	dup2(spec->err, STDERR_FILENO);
	for (const char *const *env = spec->env; env != NULL && *env != NULL; env++)
		putenv((char *)*env);
	if (spec->cwd != NULL && chdir(spec->cwd) == -1)
		dprintf(STDERR_FILENO, "%s: %s\n", spec->cwd, strerror(errno));
	else
		execvp(spec->argv[0], (char *const *)spec->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", spec->argv[0], strerror(errno));
	_exit(STATUS_NOT_FOUND);
}

void
proc_start(struct proc *proc, const struct proc_spec *spec)
{
	pid_t parent = getpid();

	fflush(NULL);
	proc->pid = fork();
	if (proc->pid == -1)
		die("fork: %s", strerror(errno));
	if (proc->pid == 0)
		child_run(spec, parent);
	setpgid(proc->pid, proc->pid);
	proc->running = true;
	proc->next = procs;
	procs = proc;
}

/* A datagram socket of the kernel's choice of abstract name, which reaches any account. */
static int
notify_socket(char *name, size_t size)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&addr, len) == -1)
		die("notify socket: %s", strerror(errno));
	len = sizeof(addr);
	getsockname(fd, (struct sockaddr *)&addr, &len);
	len -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
	snprintf(name, size, "NOTIFY_SOCKET=@%.*s", (int)len - 1, addr.sun_path + 1);
	return fd;
}

static bool
says_ready(int fd)
{
	static const char word[] = "READY=1";
	char message[4096];
	ssize_t len;

	while ((len = recv(fd, message, sizeof(message) - 1, 0)) >= 0) {
		message[len] = '\0';
		for (char *line = message; line != NULL; line = strchr(line, '\n')) {
			line += *line == '\n';
			if (strncmp(line, word, strlen(word)) == 0)
				return true;
		}
	}
	return false;
}

static int
wait_ready(const struct proc *proc, int fd, int64_t deadline)
{
	while (proc->running) {
		if (proc_wait_fd(fd, POLLIN, deadline) != PROC_READY)
			return -1;
		if (says_ready(fd))
			return 0;
	}
	return -1;
}

static const char **
with_env(const char *const *env, const char *more)
{
	size_t count = 0;
	const char **all;

	while (env != NULL && env[count] != NULL)
		count++;
	all = xcalloc(count + 2, sizeof(*all));
	for (size_t i = 0; i < count; i++)
		all[i] = env[i];
	all[count] = more;
	return all;
}

int
proc_start_ready(struct proc *proc, const struct proc_spec *spec, int64_t ms)
{
	char name[sizeof(struct sockaddr_un) + 32];
	int fd = notify_socket(name, sizeof(name));
	const char **env = with_env(spec->env, name);
	struct proc_spec copy = *spec;
	bool needed = proc->needed;
	int result;

	copy.env = env;
	proc->needed = false; /* that it does not come up is for the caller to tell */
	proc_start(proc, &copy);
	result = wait_ready(proc, fd, now_ms() + ms);
	proc->needed = needed;
	if (result == -1 && proc->running) {
		kill(-proc->pid, SIGKILL);
		proc_kill(proc);
	}
	if (!proc->running)
		result = -1;
	/* Nobody reads its further messages: closed, sending fails; open and full, it would wait.
	 */
	close(fd);
	free(env);
	return result;
}

/* --- ends -------------------------------------------------------------------------------- */

static void
note_end(pid_t pid, int status)
{
	for (struct proc **at = &procs; *at != NULL; at = &(*at)->next) {
		struct proc *proc = *at;

		if (proc->pid != pid)
			continue;
		*at = proc->next;
		proc->running = false;
		proc->status = status;
		if (proc->needed && ended == NULL)
			ended = proc;
		return;
	}
}

static void
reap(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		note_end(pid, status);
}

static void
take_signals(void)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap();
		else
			stop_signal = (int)info.ssi_signo;
	}
}

static int
poll_until(int fd, short events, int64_t deadline)
{
	struct pollfd fds[2] = { { .fd = fd, .events = events },
		{ .fd = signals, .events = POLLIN } };
	int64_t left = deadline - now_ms();
	int count = poll(fds, 2, left < 0 ? 0 : left > 60000 ? 60000 : (int)left);

	if (count > 0 && fds[1].revents != 0)
		take_signals();
	return count;
}

int
proc_wait_fd(int fd, short events, int64_t deadline)
{
	int count;

	do {
		if (stop_signal != 0 || ended != NULL)
			return PROC_TROUBLE;
		count = poll_until(fd, events, deadline);
	} while (count <= 0 && now_ms() < deadline);
	if (stop_signal != 0 || ended != NULL)
		return PROC_TROUBLE;
	return count > 0 ? PROC_READY : PROC_TIME_UP;
}

int
proc_wait_end(struct proc *proc, int64_t deadline)
{
	while (proc->running && now_ms() < deadline)
		poll_until(-1, 0, deadline);
	return proc->running ? -1 : 0;
}

int
proc_stop(struct proc *proc, int64_t ms)
{
	int result = 0;

	if (!proc->running)
		return 0;
	proc->needed = false;
	kill(proc->pid, SIGTERM);
	if (proc_wait_end(proc, now_ms() + ms) == -1) {
		kill(-proc->pid, SIGKILL);
		proc_kill(proc);
		result = -1;
	}
	return result;
}

void
proc_kill(struct proc *proc)
{
	proc->needed = false;
	if (!proc->running)
		return;
	kill(proc->pid, SIGKILL);
	if (proc_wait_end(proc, now_ms() + KILLED_WAIT_MS) == -1)
		die("%s does not end, even killed", proc->name);
}

/* --- looking around in /proc ------------------------------------------------------------- */

/* The parent of a process, and its program's name (as the kernel cuts it); false when it is gone.
 */
static bool
read_stat(const char *pid, pid_t *parent, char name[32])
{
	char path[64], text[512], *open_paren, *close_paren;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	open_paren = strchr(text, '(');
	close_paren = strrchr(text, ')');
	if (open_paren == NULL || close_paren == NULL)
		return false;
	*close_paren = '\0';
	snprintf(name, 32, "%.31s", open_paren + 1);
	return sscanf(close_paren + 1, " %*c %d", parent) == 1;
}

static bool
is_ours(pid_t pid)
{
	for (const struct proc *proc = procs; proc != NULL; proc = proc->next)
		if (proc->pid == pid)
			return true;
	return false;
}

/* Calls each(pid, name, context) for every child of parent until it returns true. */
static void
each_child(pid_t parent, bool (*each)(pid_t pid, const char *name, void *context), void *context)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool done = false;

	if (dir == NULL)
		die("/proc: %s", strerror(errno));
	while (!done && (entry = readdir(dir)) != NULL) {
		char name[32];
		pid_t its;

		if (isdigit((unsigned char)entry->d_name[0]) &&
			read_stat(entry->d_name, &its, name) && its == parent)
			done = each((pid_t)atol(entry->d_name), name, context);
	}
	closedir(dir);
}

struct orphans {
	const char *program; /* NULL: any */
	int count;
};

static bool
kill_orphan(pid_t pid, const char *name, void *context)
{
	struct orphans *orphans = context;

	if (is_ours(pid) || (orphans->program != NULL && strcmp(name, orphans->program) != 0))
		return false;
	kill(pid, SIGKILL);
	orphans->count++;
	return false;
}

/* Killing one makes us the parent of its children: look again until there is none. */
void
proc_kill_orphans(const char *program)
{
	int64_t deadline = now_ms() + KILLED_WAIT_MS;
	struct orphans orphans;

	for (;;) {
		orphans = (struct orphans){ .program = program };
		reap();
		each_child(getpid(), kill_orphan, &orphans);
		if (orphans.count == 0)
			return;
		if (now_ms() > deadline)
			die("%d processes do not end, even killed", orphans.count);
		poll_until(-1, 0, deadline);
	}
}

void
proc_forget_trouble(void)
{
	ended = NULL;
}

void
proc_end_all(void)
{
	for (struct proc *proc = procs; proc != NULL; proc = proc->next) {
		proc->needed = false;
		kill(-proc->pid, SIGKILL);
	}
	while (procs != NULL)
		proc_kill(procs);
	proc_kill_orphans(NULL);
}

struct search {
	const char *word;
	pid_t found;
};

static bool
match_argument(pid_t pid, const char *name, void *context)
{
	struct search *search = context;
	char *path = xformat("/proc/%d/cmdline", (int)pid);
	size_t len = 0;
	char *line = read_file(path, 65536, &len);
	size_t first = line != NULL ? strlen(line) + 1 : 0;

	(void)name;
	if (line != NULL && first < len && strcmp(line + first, search->word) == 0)
		search->found = pid;
	free(path);
	free(line);
	return search->found != -1;
}

pid_t
proc_find_child(pid_t parent, const char *word)
{
	struct search search = { .word = word, .found = -1 };

	each_child(parent, match_argument, &search);
	return search.found;
}

/* --- telling ----------------------------------------------------------------------------- */

int
proc_stop_signal(void)
{
	return stop_signal;
}

const char *
proc_status_text(int status)
{
	static char text[96];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "killed by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	return text;
}

const char *
proc_trouble(void)
{
	static char text[160];

	if (stop_signal != 0)
		snprintf(text, sizeof(text), "interrupted by signal %d", stop_signal);
	else if (ended != NULL)
		snprintf(text, sizeof(text), "the %s ended by itself: %s", ended->name,
			proc_status_text(ended->status));
	else
		return NULL;
	return text;
}
