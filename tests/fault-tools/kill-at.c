/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill-at: a process is killed exactly where it writes something to a socket.  Preloaded
 * (LD_PRELOAD) into a program as it is; a test arms it by making the file that BARAZA_KILL_AT
 *names:
 *
 *	before | after     the write
 *	PID                whom: 0 is the program itself
 *	WORDS              that the bytes of one write must hold, all of these lines
 *
 * It snaps once, and the file is gone then.  Another process than itself is waited for until it is
 * dead, and the write goes on.  What it is not: it knows no protocol, and sees no write that is
 * split within the words.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX 65536 /* of a write that are looked at */
#define TRAP_MAX 1024
#define DEATH_MS 10000

ssize_t write(int fd, const void *bytes, size_t size);
ssize_t writev(int fd, const struct iovec *iov, int count);
ssize_t send(int fd, const void *bytes, size_t size, int flags);
ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to,
	socklen_t to_size);
ssize_t sendmsg(int fd, const struct msghdr *message, int flags);

struct trap {
	int after;
	pid_t victim; /* 0: none is set, or it has snapped */
};

/* The trap's file, as text; 0: there is none. */
static size_t
trap_read(const char *path, char out[TRAP_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd != -1 ? read(fd, out, TRAP_MAX - 1) : -1;

	if (fd != -1)
		close(fd);
	if (size <= 0)
		return 0;
	out[size] = '\0';
	return (size_t)size;
}

/* Do the bytes hold each of the lines? */
static int
holds_all(const char *bytes, size_t size, char *lines)
{
	char *rest = lines, *line;
	int lines_count = 0;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '\0')
			continue;
		lines_count++;
		if (memmem(bytes, size, line, strlen(line)) == NULL)
			return 0;
	}
	return lines_count > 0;
}

/* Does a write of these bytes snap it?  Then it is disarmed. */
static struct trap
trap_of(int fd, const struct iovec *iov, size_t count)
{
	static char bytes[BYTES_MAX];
	const char *path = getenv("BARAZA_KILL_AT");
	struct trap trap = { 0, 0 };
	char text[TRAP_MAX], *rest = text;
	struct stat st;
	size_t size = 0;
	int saved = errno;

	if (path == NULL || trap_read(path, text) == 0 || fstat(fd, &st) != 0 ||
		!S_ISSOCK(st.st_mode)) {
		errno = saved;
		return trap;
	}
	for (size_t i = 0; i < count && size < BYTES_MAX; i++) {
		size_t room = BYTES_MAX - size, take = iov[i].iov_len;

		take = take < room ? take : room;
		memcpy(bytes + size, iov[i].iov_base, take);
		size += take;
	}
	trap.after = strcmp(strsep(&rest, "\n"), "after") == 0;
	pid_t victim = rest != NULL ? (pid_t)atol(strsep(&rest, "\n")) : 0;
	if (rest != NULL && holds_all(bytes, size, rest) && unlink(path) == 0)
		trap.victim = victim != 0 ? victim : getpid();
	errno = saved;
	return trap;
}

/* Returns when another one is dead, and never when it is this one. */
static void
snap(pid_t victim)
{
	const struct timespec moment = { 0, 1000000 };
	int saved = errno;

	kill(victim, SIGKILL);
	for (int ms = 0; ms < DEATH_MS && kill(victim, 0) == 0; ms++)
		nanosleep(&moment, NULL);
	errno = saved;
}

/* The C library's own. */
#define NEXT(name)                                                         \
	static __typeof__(name) *next;                                     \
	if (next == NULL) {                                                \
		void *found = dlsym(RTLD_NEXT, #name);                     \
		memcpy(&next, &found, sizeof(next)); /* as ISO C has it */ \
	}

#define WATCHED(fd, iov, count, call)                     \
	struct trap trap = trap_of((fd), (iov), (count)); \
	if (trap.victim != 0 && !trap.after)              \
		snap(trap.victim);                        \
	ssize_t done = (call);                            \
	if (trap.victim != 0 && trap.after)               \
		snap(trap.victim);                        \
	return done

ssize_t
write(int fd, const void *bytes, size_t size)
{
	const struct iovec iov = { (void *)(uintptr_t)bytes, size };

	NEXT(write)
	WATCHED(fd, &iov, 1, next(fd, bytes, size));
}

ssize_t
writev(int fd, const struct iovec *iov, int count)
{
	NEXT(writev)
	WATCHED(fd, iov, (size_t)count, next(fd, iov, count));
}

ssize_t
send(int fd, const void *bytes, size_t size, int flags)
{
	const struct iovec iov = { (void *)(uintptr_t)bytes, size };

	NEXT(send)
	WATCHED(fd, &iov, 1, next(fd, bytes, size, flags));
}

ssize_t
sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to,
	socklen_t to_size)
{
	const struct iovec iov = { (void *)(uintptr_t)bytes, size };

	NEXT(sendto)
	WATCHED(fd, &iov, 1, next(fd, bytes, size, flags, to, to_size));
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	NEXT(sendmsg)
	WATCHED(fd, message->msg_iov, message->msg_iovlen, next(fd, message, flags));
}
