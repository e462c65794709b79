/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tty.h"

#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define NAME_PREFIX "ttySIM"
#define SYSFS_TTY "sys/class/tty"
#define SYSFS_USB "sys/usb"

/* --- the directory ---------------------------------------------------------------------------- */

/* DIR/sub/name/leaf, the last two left out when NULL; the caller frees it. */
static char *
path_of(const struct ports *p, const char *sub, const char *name, const char *leaf)
{
	return memory_format("%s/%s%s%s%s%s", p->dir, sub, name != NULL ? "/" : "",
		name != NULL ? name : "", leaf != NULL ? "/" : "", leaf != NULL ? leaf : "");
}

static int
make_dir(const struct ports *p, const char *sub, const char *name)
{
	char *path = path_of(p, sub, name, NULL);
	int r = mkdir(path, 0755) == -1 && errno != EEXIST ? -1 : 0;

	free(path);
	return r;
}

static int
make_link(const struct ports *p, const char *target, const char *sub, const char *name,
	const char *leaf)
{
	char *path = path_of(p, sub, name, leaf);
	int r = symlink(target, path);

	free(path);
	return r;
}

/* Removes DIR/dev/<name> and its sysfs entry. */
static void
remove_entries(const struct ports *p, const char *name)
{
	char *dev = path_of(p, "dev", name, NULL);
	char *device = path_of(p, SYSFS_TTY, name, "device");
	char *entry = path_of(p, SYSFS_TTY, name, NULL);

	unlink(dev);
	unlink(device);
	rmdir(entry);
	free(dev);
	free(device);
	free(entry);
}

static void
remove_left_over(const struct ports *p)
{
	char *path = path_of(p, "dev", NULL, NULL);
	DIR *dir = opendir(path);
	struct dirent *entry;

	free(path);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, NAME_PREFIX, strlen(NAME_PREFIX)) == 0)
			remove_entries(p, entry->d_name);
	closedir(dir);
}

/* --- who has it open -------------------------------------------------------------------------- */

static void
count_open(struct ports *p, const struct inotify_event *e)
{
	struct tty *t;

	for (t = LIST_FIRST(&p->ttys); t != NULL; t = LIST_NEXT(t, next)) {
		if (t->watch != e->wd)
			continue;
		if (e->mask & IN_OPEN)
			t->opened++;
		else if ((e->mask & IN_CLOSE) && t->opened > 0)
			t->opened--;
		t->counted = true;
	}
}

/* What is unread is lost with the last program; but one that came meanwhile keeps its own. */
static void
forget_unread(struct ports *p)
{
	struct tty *t;

	for (t = LIST_FIRST(&p->ttys); t != NULL; t = LIST_NEXT(t, next)) {
		if (t->counted && t->opened == 0) {
			tcflush(t->slave, TCIFLUSH);
			t->closed(t->arg);
		}
		t->counted = false;
	}
}

static void
look_who_opened(struct ports *p)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(p->inotify, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(buf + at);

			count_open(p, e);
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
	forget_unread(p);
}

static void
inotify_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look_who_opened(arg);
}

/* --- the directory, opened and closed --------------------------------------------------------- */

int
ports_open(struct ports *p, struct event_base *base, const char *dir)
{
	*p = (struct ports){ .base = base, .dir = memory_text(dir), .inotify = -1 };
	LIST_INIT(&p->ttys);
	if ((mkdir(dir, 0755) == -1 && errno != EEXIST) || make_dir(p, "dev", NULL) == -1 ||
		make_dir(p, "sys", NULL) == -1 || make_dir(p, "sys/class", NULL) == -1 ||
		make_dir(p, SYSFS_TTY, NULL) == -1 || make_dir(p, SYSFS_USB, NULL) == -1)
		return -1;
	remove_left_over(p);
	p->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (p->inotify == -1)
		return -1;
	p->watch = event_new(base, p->inotify, EV_READ | EV_PERSIST, inotify_cb, p);
	event_add(p->watch, NULL);
	return 0;
}

void
ports_close(struct ports *p)
{
	if (p->watch != NULL)
		event_free(p->watch);
	if (p->inotify != -1)
		close(p->inotify);
	free(p->dir);
}

/* --- one line --------------------------------------------------------------------------------- */

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct tty *t = arg;
	char buf[8192];
	ssize_t n = read(fd, buf, sizeof(buf));

	(void)what;
	if (t->opened == 0)
		look_who_opened(t->ports);
	if (n > 0)
		t->input(t->arg, buf, (unsigned long)n);
}

static void
writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct tty *t = arg;

	(void)fd;
	(void)what;
	t->drained(t->arg);
}

static int
open_pty(struct tty *t, char *path, size_t cap)
{
	struct termios raw;

	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->master == -1)
		return -1;
	if (grantpt(t->master) == -1 || unlockpt(t->master) == -1 ||
		ptsname_r(t->master, path, cap) != 0)
		return -1;
	t->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave == -1 || tcgetattr(t->slave, &raw) == -1)
		return -1;
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	return tcsetattr(t->slave, TCSANOW, &raw);
}

/* /sys/class/tty/NAME/device leads to the USB port, as on Linux. */
static int
make_sysfs(const struct tty *t)
{
	char target[64];

	snprintf(target, sizeof(target), "../../../usb/%s", t->port);
	if (make_dir(t->ports, SYSFS_USB, t->port) == -1 ||
		make_dir(t->ports, SYSFS_TTY, t->name) == -1)
		return -1;
	return make_link(t->ports, target, SYSFS_TTY, t->name, "device");
}

static int
choose_name(struct tty *t, const char *name)
{
	struct tty *other;

	if (name == NULL)
		snprintf(t->name, sizeof(t->name), NAME_PREFIX "%u", t->ports->next_k);
	else
		snprintf(t->name, sizeof(t->name), "%s", name);
	for (other = LIST_FIRST(&t->ports->ttys); other != NULL; other = LIST_NEXT(other, next)) {
		if (strcmp(other->name, t->name) == 0) {
			errno = EEXIST;
			return -1;
		}
	}
	return 0;
}

/* A name given by hand is never given out again by itself. */
static void
count_name(struct ports *p, const char *name)
{
	unsigned k;

	if (sscanf(name, NAME_PREFIX "%u", &k) == 1 && k >= p->next_k)
		p->next_k = k + 1;
}

static void
close_pty(struct tty *t)
{
	if (t->slave != -1)
		close(t->slave);
	if (t->master != -1)
		close(t->master);
	t->master = t->slave = -1;
}

int
tty_plug(struct tty *t, struct ports *ports, const char *name)
{
	char pts[64];

	t->ports = ports;
	t->master = t->slave = t->watch = -1;
	t->opened = 0;
	if (choose_name(t, name) == -1)
		goto nothing;
	if (open_pty(t, pts, sizeof(pts)) == -1 || make_sysfs(t) == -1 ||
		make_link(ports, pts, "dev", t->name, NULL) == -1)
		goto failed;
	t->watch = inotify_add_watch(ports->inotify, pts, IN_OPEN | IN_CLOSE);
	t->readable = event_new(ports->base, t->master, EV_READ | EV_PERSIST, readable_cb, t);
	t->writable = event_new(ports->base, t->master, EV_WRITE, writable_cb, t);
	event_add(t->readable, NULL);
	count_name(ports, t->name);
	LIST_INSERT_HEAD(&ports->ttys, t, next);
	return 0;

failed:
	remove_entries(ports, t->name);
	close_pty(t);
nothing:
	t->name[0] = '\0';
	return -1;
}

void
tty_unplug(struct tty *t)
{
	if (t->master == -1)
		return;
	LIST_REMOVE(t, next);
	event_free(t->readable);
	event_free(t->writable);
	if (t->watch != -1)
		inotify_rm_watch(t->ports->inotify, t->watch);
	close_pty(t);
	remove_entries(t->ports, t->name);
	t->name[0] = '\0';
}

long
tty_write(struct tty *t, const void *bytes, unsigned long n)
{
	ssize_t done;

	if (t->watch != -1 && t->opened == 0)
		return (long)n;
	done = write(t->master, bytes, n);
	if (done < 0)
		done = 0;
	if ((unsigned long)done < n)
		event_add(t->writable, NULL);
	return done;
}
