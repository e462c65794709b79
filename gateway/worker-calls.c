/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-calls: usleep, read, write and ioctl as libgammu's serial driver gets them.
 */
#include "worker-calls.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "worker-guard.h"
#include "worker-sieve.h"

enum {
	LONG_PAUSE_US = 100000,
	SHORT_WAIT_US = 5000,
	READ_WAIT_MS = 50,    /* as long as libgammu itself waits for a byte */
	THROWN_AWAY_MAX = 64, /* libgammu reads in such small pieces only to throw away */
};

static struct {
	int own_fd, lib_fd;
	dev_t device;
	struct sieve *sieve;
	bool skip_pauses;
} tty = { .own_fd = -1, .lib_fd = -1 };

/* Names of our own for the linker's: libc's headers declare these with attributes that differ. */
int calls_usleep(useconds_t us) __asm__("usleep");
ssize_t calls_read(int fd, void *buf, size_t size) __asm__("read");
ssize_t calls_write(int fd, const void *buf, size_t size) __asm__("write");
int calls_ioctl(int fd, unsigned long request, void *arg) __asm__("ioctl");

void
calls_tty(int own_fd, struct sieve *sieve, bool skip_pauses)
{
	struct stat st;

	if (fstat(own_fd, &st) == -1)
		guard_fault(WIRE_FAULT_DEVICE, "cannot look at the device: %s", strerror(errno));
	tty.own_fd = own_fd;
	tty.lib_fd = -1;
	tty.device = st.st_rdev;
	tty.sieve = sieve;
	tty.skip_pauses = skip_pauses;
}

void
calls_closed(void)
{
	tty.lib_fd = -1;
}

static bool
is_libgammus(int fd)
{
	struct stat st;

	if (tty.sieve == NULL || fd <= WIRE_FD || fd == tty.own_fd)
		return false;
	if (fd == tty.lib_fd)
		return true;
	if (fstat(fd, &st) == -1 || !S_ISCHR(st.st_mode) || st.st_rdev != tty.device)
		return false;
	tty.lib_fd = fd;
	return true;
}

int
calls_usleep(useconds_t us)
{
	struct timespec wait = { .tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000 };
	struct pollfd said = { .fd = tty.lib_fd, .events = POLLIN };

	if (us >= LONG_PAUSE_US && tty.skip_pauses)
		return 0;
	if (us >= SHORT_WAIT_US && us < LONG_PAUSE_US && tty.lib_fd != -1)
		return poll(&said, 1, (int)(us / 1000)) == -1 ? -1 : 0;
	return nanosleep(&wait, NULL);
}

/* Returns more than 0 when there were bytes, -1 when there are none now. */
static ssize_t
feed(int fd)
{
	char bytes[4096];
	ssize_t got;

	do
		got = syscall(SYS_read, fd, bytes, sizeof(bytes));
	while (got == -1 && errno == EINTR);
	if (got == 0 || (got == -1 && errno != EAGAIN))
		guard_fault(WIRE_FAULT_DEVICE,
			"the modem is gone (unplugged, or without power): %s",
			got == 0 ? "hung up" : strerror(errno));
	if (got > 0)
		sieve_feed(tty.sieve, bytes, (size_t)got);
	return got;
}

static ssize_t
throw_away(int fd)
{
	ssize_t got = feed(fd);

	sieve_restart(tty.sieve);
	return got > 0 ? 1 : -1;
}

/* Take what there is, or wait for it.  False when libgammu may as well look again later. */
static bool
hear(int fd)
{
	struct pollfd more = { .fd = fd, .events = POLLIN };
	static int silent_ms;

	if (feed(fd) > 0) {
		silent_ms = 0;
		return true;
	}
	if (!guard_waits)
		return false;
	if (poll(&more, 1, READ_WAIT_MS) > 0)
		return true;
	silent_ms += READ_WAIT_MS;
	if (silent_ms >= CUSD_QUIET_MS) {
		silent_ms = 0;
		sieve_quiet(tty.sieve);
	}
	return false;
}

ssize_t
calls_read(int fd, void *buf, size_t size)
{
	size_t taken;

	if (!is_libgammus(fd))
		return syscall(SYS_read, fd, buf, size);
	if (size < THROWN_AWAY_MAX)
		return throw_away(fd);
	/* Half a line is nothing to libgammu: it would pause before it looked again. */
	while ((taken = sieve_take(tty.sieve, buf, size)) == 0)
		if (!hear(fd)) {
			errno = EAGAIN;
			return -1;
		}
	return (ssize_t)taken;
}

ssize_t
calls_write(int fd, const void *buf, size_t size)
{
	ssize_t wrote = syscall(SYS_write, fd, buf, size);

	if (wrote > 0 && is_libgammus(fd))
		sieve_asked(tty.sieve, buf, (size_t)wrote);
	return wrote;
}

int
calls_ioctl(int fd, unsigned long request, void *arg)
{
	if (request == TIOCEXCL && is_libgammus(fd))
		return 0;
	return (int)syscall(SYS_ioctl, fd, request, arg);
}
