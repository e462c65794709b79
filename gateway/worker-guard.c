/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-guard: confinement and deadlines.
 */
#include "worker-guard.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

enum {
	FILES_MAX = 32, /* libgammu opens one; the C library a few for a moment */
};

char worker_modem[65] = "-";
bool guard_waits;

/* --- confinement --- */

static void
reset_signals(void)
{
	/* SIGINT of a terminal and SIGTERM of systemd reach the worker too: the parent drains. */
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		fatal("event=worker-start error=prctl: %s", strerror(errno));
	if (getppid() != parent)
		exit(0);
}

static void
limit(int resource, rlim_t most)
{
	const struct rlimit both = { .rlim_cur = most, .rlim_max = most };

	if (setrlimit(resource, &both) == -1)
		log_warn("event=worker-start error=setrlimit: %s", strerror(errno));
}

/* As root, keep only what opening another user's tty needs. */
static void
drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) == -1)
		return;
	for (int i = 0; i < 2; i++) {
		unsigned keep = i == 0 ? 1u << CAP_DAC_OVERRIDE : 0;

		data[i].effective &= keep;
		data[i].permitted &= keep;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, data) == -1)
		log_warn("event=worker-start error=capset: %s", strerror(errno));
}

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define NATIVE_ARCH AUDIT_ARCH_I386
#elif defined(__arm__)
#define NATIVE_ARCH AUDIT_ARCH_ARM
#endif

/* The sanitizers look for leaks from a process of their own. */
#if defined(NATIVE_ARCH) && !defined(__SANITIZE_ADDRESS__)
#define REFUSE(call_)                                           \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call_, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* No program, no process, no connection, no look at another process. */
static void
filter_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE(execve),
		REFUSE(execveat),
		REFUSE(clone),
		REFUSE(clone3),
#ifdef SYS_fork
		REFUSE(fork),
		REFUSE(vfork),
#endif
		REFUSE(socket),
		REFUSE(connect),
		REFUSE(bind),
		REFUSE(ptrace),
		REFUSE(process_vm_readv),
		REFUSE(process_vm_writev),
		REFUSE(pidfd_open),
		REFUSE(io_uring_setup),
		REFUSE(bpf),
		REFUSE(keyctl),
		REFUSE(mount),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
		log_warn("event=worker-start error=seccomp: %s", strerror(errno));
}
#else
static void
filter_calls(void)
{
}
#endif

void
guard_confine(void)
{
	pid_t parent = getppid();

	reset_signals();
	die_with(parent);
	if (close_range(WIRE_FD + 1, ~0u, 0) == -1)
		log_warn("event=worker-start error=close_range: %s", strerror(errno));
	clearenv();
	setenv("TZ", "UTC0", 1); /* else each time of day looks at the zone file anew */
	umask(077);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, FILES_MAX);
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		log_warn("event=worker-start error=no_new_privs: %s", strerror(errno));
	else
		filter_calls();
}

/* --- faults and deadlines --- */

void
guard_fault(enum wire_fault class, const char *fmt, ...)
{
	struct wire_msg msg = { .type = WIRE_FAULT, .fault.class = (uint8_t) class };
	char words[512];
	va_list args;

	alarm(0);
	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	msg.fault.words = wire_str(words);
	if (wire_send(WIRE_FD, &msg) == -1)
		log_warn("modem=%s event=fault-untold error=%s", worker_modem, strerror(errno));
	log_error("modem=%s event=fault words=%s", worker_modem, log_quote(words));
	_exit(1);
}

static const char *volatile call_made;

static size_t
append(char *out, size_t at, size_t size, const char *words)
{
	size_t len = strlen(words);

	if (len > size - at)
		len = size - at;
	memcpy(out + at, words, len);
	return at + len;
}

/* In the middle of libgammu: nothing but system calls and memory of our own. */
static void
overdue(int sig)
{
	static char words[160], line[300];
	struct wire_msg msg = { .type = WIRE_FAULT, .fault.class = WIRE_FAULT_SILENT };
	size_t len, end;

	(void)sig;
	len = append(words, 0, sizeof(words),
		"no answer from the modem within the deadline of a call (");
	len = append(words, len, sizeof(words), call_made);
	len = append(words, len, sizeof(words), "): it hangs, or is very slow");
	msg.fault.words = (struct wire_bytes){ .data = words, .len = (uint16_t)len };
	end = append(line, 0, sizeof(line), "modem=");
	end = append(line, end, sizeof(line), worker_modem);
	end = append(line, end, sizeof(line), " event=fault words=\"");
	memcpy(line + end, words, len);
	end = append(line, end + len, sizeof(line), "\"\n");
	/* Should one of them fail, the other tells; the parent sees the end in any case.
	 * wire_send() uses its own stack and send() alone. */
	/* NOLINTNEXTLINE(bugprone-signal-handler) */
	_exit(write(STDERR_FILENO, line, end) == -1 || wire_send(WIRE_FD, &msg) == -1 ? 2 : 1);
}

void
guard_call(unsigned seconds, const char *call, bool waits)
{
	static bool armed;

	if (!armed)
		signal(SIGALRM, overdue);
	armed = true;
	guard_waits = waits;
	call_made = call;
	alarm(seconds);
}

void
guard_done(void)
{
	alarm(0);
	guard_waits = false;
}
