/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-folder: the folder cap_in. Whatever is written or moved there is taken, one file after the
 * other by name, and moved to done/ once it is committed, or to refused/ with its reason beside it.
 * A file that somebody still writes waits until it is closed (the kernel grants no lease on it);
 * one that the gateway took and had no time to move is taken again, and known.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "administrator.h"
#include "cap-room-internal.h"
#include "config.h"
#include "gateway.h"
#include "log.h"

#define RETRY_S 5
#define SAME_NAMES_MAX 1000

struct cap_folder {
	struct cap_room *room;
	int fd, inotify_fd;
	struct event *seen, *retry, *turn;
	struct dirent **names; /* still to be looked at */
	int count, next;
	int busy;       /* `name` is with the database */
	int again;      /* something came meanwhile */
	char name[256]; /* the file in hand */
	int broken;     /* files cannot be moved: nothing is taken any more */
};

/* --- Moving --- */

static int
may_be_taken(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN);
}

/* Without this a file would be taken again and again. */
static void
give_up(struct cap_folder *folder, const char *what)
{
	log_error("event=cap_in error=%s file=%s hint=%s", log_quote(strerror(errno)),
		log_quote(what), log_quote("nothing more is taken from it until the next start"));
	administrator_tell(folder->room->gateway->administrator, "cap_in", 0,
		"Baraza: files in cap_in cannot be moved; nothing more is taken from it until the next "
		"start");
	folder->broken = 1;
}

/* Under the first name of its kind that is free there: x.xml, x.xml.2, ... Returns 0, or -1. */
static int
move(struct cap_folder *folder, const char *into, char to[PATH_MAX])
{
	for (int i = 1; i <= SAME_NAMES_MAX; i++) {
		if (i == 1)
			snprintf(to, PATH_MAX, "%s/%s", into, folder->name);
		else
			snprintf(to, PATH_MAX, "%s/%s.%d", into, folder->name, i);
		if (renameat2(folder->fd, folder->name, folder->fd, to, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno == ENOENT)
			return 0; /* somebody took it away: as good */
		if (errno != EEXIST)
			break;
	}
	give_up(folder, folder->name);
	return -1;
}

static void
write_reason(struct cap_folder *folder, const char *moved, const char *words)
{
	char path[PATH_MAX + 8];
	int fd;

	snprintf(path, sizeof(path), "%s.reason", moved);
	fd = openat(folder->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1 || dprintf(fd, "%s\n", words) < 0)
		log_error("event=cap_in error=%s file=%s", log_quote(strerror(errno)),
			log_quote(path));
	if (fd != -1)
		close(fd);
}

static void
refused(struct cap_folder *folder, const char *words)
{
	char to[PATH_MAX], said[CAP_REASON_MAX + 128];

	if (move(folder, "refused", to) != 0)
		return;
	write_reason(folder, to, words);
	snprintf(said, sizeof(said), "CAP file %.80s refused: %s", folder->name, words);
	administrator_tell(folder->room->gateway->administrator, "cap_in refused", 0, said);
}

/* --- One file --- */

static void
turn_later(struct cap_folder *folder)
{
	event_active(folder->turn, EV_TIMEOUT, 0);
}

static void
told_cb(enum cap_verdict verdict, const char *words, void *arg)
{
	struct cap_folder *folder = arg;
	const struct timeval later = { RETRY_S, 0 };
	char to[PATH_MAX];

	folder->busy = 0;
	switch (verdict) {
	case CAP_TAKEN:
	case CAP_KNOWN:
		move(folder, "done", to);
		break;
	case CAP_REFUSED:
		refused(folder, words);
		break;
	case CAP_LATER:
		folder->again = 1;
		evtimer_add(folder->retry, &later);
		return;
	}
	turn_later(folder);
}

/* Up to length bytes; less at the file's end. Returns how many, or -1. */
static ssize_t
read_all(int fd, char *bytes, size_t length)
{
	size_t got = 0;
	ssize_t part;

	while (got < length && (part = read(fd, bytes + got, length - got)) != 0) {
		if (part == -1 && errno != EINTR)
			return -1;
		got += part > 0 ? (size_t)part : 0;
	}
	return (ssize_t)got;
}

/* Does somebody have it open for writing? Until it is closed here nobody else will: he waits. File
 * systems that grant no leases are not asked. */
static int
is_written(int fd)
{
	return fcntl(fd, F_SETLEASE, F_RDLCK) == -1 && errno == EAGAIN;
}

static void
take_open(struct cap_folder *folder, int fd)
{
	char *bytes = malloc(CAP_BYTES_MAX + 1);
	ssize_t length;

	if (bytes == NULL)
		fatal("event=out_of_memory");
	length = read_all(fd, bytes, CAP_BYTES_MAX + 1);
	if (length == -1) {
		refused(folder, strerror(errno));
	} else {
		folder->busy = 1;
		cap_room_take(folder->room, bytes, (size_t)length, "folder", told_cb, folder);
	}
	free(bytes);
}

static void
take_file(struct cap_folder *folder)
{
	struct stat st;
	int fd = openat(folder->fd, folder->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		if (errno != ENOENT && errno != ELOOP)
			refused(folder, strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !is_written(fd))
		take_open(folder, fd);
	close(fd);
}

static void
names_free(struct cap_folder *folder)
{
	for (int i = 0; i < folder->count; i++)
		free(folder->names[i]);
	free(folder->names);
	folder->names = NULL;
	folder->count = folder->next = 0;
}

static void
names_read(struct cap_folder *folder)
{
	names_free(folder);
	folder->again = 0;
	folder->count = scandirat(folder->fd, ".", &folder->names, may_be_taken, alphasort);
	if (folder->count == -1) {
		folder->count = 0;
		give_up(folder, ".");
	}
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct cap_folder *folder = arg;

	(void)fd;
	(void)what;
	if (folder->busy || folder->broken || !db_is_up(folder->room->db) ||
		folder->room->gateway->draining || evtimer_pending(folder->retry, NULL))
		return;
	if (folder->next == folder->count && folder->again)
		names_read(folder);
	if (folder->next == folder->count)
		return;
	snprintf(folder->name, sizeof(folder->name), "%s", folder->names[folder->next++]->d_name);
	take_file(folder);
	if (!folder->busy)
		turn_later(folder);
}

void
cap_folder_look(struct cap_folder *folder)
{
	if (folder == NULL)
		return;
	folder->again = 1;
	turn_later(folder);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	cap_folder_look(arg);
}

/* Which file it was does not matter: all are looked at. */
static void
seen_cb(evutil_socket_t fd, short what, void *arg)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)what;
	while (read(fd, events, sizeof(events)) > 0)
		;
	cap_folder_look(arg);
}

/* --- The folder --- */

static void
cannot(const char *path)
{
	fatal("event=cap_in folder=%s error=%s hint=%s", log_quote(path),
		log_quote(strerror(errno)),
		log_quote(
			"make it one that the gateway's account may write in, or take cap_in away"));
}

struct cap_folder *
cap_folder_new(struct cap_room *room, const char *path)
{
	struct cap_folder *folder = calloc(1, sizeof(*folder));
	struct event_base *base = room->gateway->base;

	if (folder == NULL)
		fatal("event=out_of_memory");
	folder->room = room;
	signal(SIGIO, SIG_IGN); /* who waits for a lease is not told of: it ends by itself */
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		cannot(path);
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (folder->fd == -1 || folder->inotify_fd == -1 ||
		(mkdirat(folder->fd, "done", 0755) == -1 && errno != EEXIST) ||
		(mkdirat(folder->fd, "refused", 0755) == -1 && errno != EEXIST) ||
		inotify_add_watch(folder->inotify_fd, path, IN_CLOSE_WRITE | IN_MOVED_TO) == -1)
		cannot(path);
	folder->seen = event_new(base, folder->inotify_fd, EV_READ | EV_PERSIST, seen_cb, folder);
	folder->retry = evtimer_new(base, retry_cb, folder);
	folder->turn = event_new(base, -1, 0, turn_cb, folder);
	if (folder->seen == NULL || folder->retry == NULL || folder->turn == NULL ||
		event_add(folder->seen, NULL) != 0)
		fatal("event=out_of_memory");
	return folder;
}

void
cap_folder_free(struct cap_folder *folder)
{
	if (folder == NULL)
		return;
	names_free(folder);
	event_free(folder->seen);
	event_free(folder->retry);
	event_free(folder->turn);
	close(folder->inotify_fd);
	close(folder->fd);
	free(folder);
}
