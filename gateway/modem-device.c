/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-device.h"

#include <ctype.h>
#include <errno.h>
#include <event2/event.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "log.h"

/* Names of files, of attributes (udev's permissions come after the name), and of the folder itself.
 */
#define WATCHED                                                                             \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | \
		IN_MOVE_SELF | IN_ONLYDIR)
#define WILD "*?["

/* A name that matters in a watched folder. */
struct watch {
	int wd;
	int wanted; /* by the present scan */
	char *pattern;
};

struct strings {
	char **item;
	size_t count;
};

struct devices {
	struct event_base *base;
	struct device_handlers handlers;
	struct device_list list;
	struct strings paths, globs;
	char *sysfs;
	int inotify;
	struct event *read, *soon;
	struct watch *watches;
	size_t watch_count;
	int changed; /* in the present scan */
	int refused; /* the kernel's refusal was told */
};

/* --- The USB port --- */

/* Bytes of "1-1.2" at the beginning of a name, 0 if it does not begin so. */
static size_t
port_length(const char *name)
{
	size_t n = strspn(name, "0123456789"), digits;

	if (n == 0 || name[n] != '-')
		return 0;
	do {
		digits = strspn(name + n + 1, "0123456789");
		if (digits == 0)
			return 0;
		n += 1 + digits;
	} while (name[n] == '.');
	return n;
}

int
device_port_of(const char *sysfs_path, char port[DEVICE_PORT_MAX])
{
	const char *end = sysfs_path + strlen(sysfs_path);

	while (end > sysfs_path) {
		const char *name = end;
		while (name > sysfs_path && name[-1] != '/')
			name--;
		size_t n = port_length(name);
		if (n > 0 && n < DEVICE_PORT_MAX && (name + n == end || name[n] == ':')) {
			memcpy(port, name, n);
			port[n] = '\0';
			return 0;
		}
		end = name > sysfs_path ? name - 1 : name;
	}
	return -1;
}

static void
look_up_port(const struct devices *devices, struct device *device)
{
	const char *names[] = { device->path, device->real };
	char link[PATH_MAX], place[PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		int len = snprintf(link, sizeof(link), "%s/class/tty/%s/device", devices->sysfs,
			strrchr(names[i], '/') + 1);
		if (len < (int)sizeof(link) && realpath(link, place) != NULL &&
			device_port_of(place, device->port) == 0)
			return;
	}
}

/* --- The list --- */

static void
device_free(struct device *device)
{
	free(device->path);
	free(device->real);
	free(device);
}

static int
same_node(const struct stat *a, const struct stat *b)
{
	return a->st_rdev == b->st_rdev && a->st_ino == b->st_ino &&
		a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static struct device *
find_real(struct devices *devices, const char *real)
{
	struct device *device;

	LIST_FOREACH(device, &devices->list, next)
		if (strcmp(device->real, real) == 0)
			return device;
	return NULL;
}

static struct device *
add_new(struct devices *devices, const char *path, const char *real)
{
	struct device *device = calloc(1, sizeof(*device));

	if (device == NULL || (device->path = strdup(path)) == NULL ||
		(device->real = strdup(real)) == NULL) {
		if (device != NULL)
			device_free(device);
		return NULL;
	}
	LIST_INSERT_HEAD(&devices->list, device, next);
	devices->changed = 1;
	return device;
}

/* It was there before: under the same name, and the same piece of hardware? */
static void
renew(struct devices *devices, struct device *device, const char *path, const struct stat *node)
{
	if (strcmp(device->path, path) != 0) {
		char *copy = strdup(path);
		if (copy == NULL)
			return;
		free(device->path);
		device->path = copy;
		device->port[0] = '\0';
		devices->changed = 1;
	}
	if (same_node(&device->node, node))
		return;
	if (device->worker == NULL) { /* else that one will tell */
		device->identified = device->mute = device->told = 0;
		device->mute_wait = device->mute_looks = 0;
		device->imei[0] = device->iccid[0] = '\0';
	}
	device->port[0] = '\0';
	devices->changed = 1;
	devices->handlers.fresh(device, devices->handlers.arg);
}

static void
see(struct devices *devices, const char *path)
{
	char real[PATH_MAX];
	struct stat node;
	struct device *device;

	if (path[0] != '/' || stat(path, &node) == -1 || !S_ISCHR(node.st_mode) ||
		realpath(path, real) == NULL)
		return;
	device = find_real(devices, real);
	if (device != NULL && device->seen)
		return; /* under another of its names */
	if (device != NULL)
		renew(devices, device, path, &node);
	else if ((device = add_new(devices, path, real)) == NULL)
		return;
	device->seen = 1;
	device->node = node;
	if (device->port[0] == '\0')
		look_up_port(devices, device);
}

static void
see_glob(struct devices *devices, const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			see(devices, found.gl_pathv[i]);
	globfree(&found);
}

static void
drop_unseen(struct devices *devices)
{
	struct device *device = LIST_FIRST(&devices->list), *after;

	for (; device != NULL; device = after) {
		after = LIST_NEXT(device, next);
		if (device->seen)
			continue;
		LIST_REMOVE(device, next);
		devices->changed = 1;
		devices->handlers.vanished(device, devices->handlers.arg);
		device_free(device);
	}
}

/* --- inotify --- */

static void
tell_refusal(struct devices *devices, const char *what)
{
	if (!devices->refused)
		log_error("event=inotify what=%s error=%s hint=%s", log_quote(what),
			log_quote(strerror(errno)),
			log_quote("devices are looked for once a minute only; raise "
				  "fs.inotify.max_user_watches or max_user_instances"));
	devices->refused = 1;
}

static void
want_watch(struct devices *devices, const char *dir, const char *pattern)
{
	int wd = inotify_add_watch(devices->inotify, dir, WATCHED);
	struct watch *grown;
	char *copy;

	if (wd == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			tell_refusal(devices, dir);
		return;
	}
	for (size_t i = 0; i < devices->watch_count; i++) {
		struct watch *w = &devices->watches[i];
		if (w->wd == wd && strcmp(w->pattern, pattern) == 0) {
			w->wanted = 1;
			return;
		}
	}
	copy = strdup(pattern);
	grown = reallocarray(devices->watches, devices->watch_count + 1, sizeof(*grown));
	if (grown != NULL)
		devices->watches = grown;
	if (copy == NULL || grown == NULL) {
		free(copy);
		errno = ENOMEM;
		tell_refusal(devices, dir);
		return;
	}
	devices->watches[devices->watch_count++] = (struct watch){ wd, 1, copy };
}

static int
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * Watch dir for the first name of rest, and go down while there are folders of that name: the last
 * that exists is where the next will appear.  A folder is looked for only after its parent is
 * watched.
 */
static void
watch_down(struct devices *devices, const char *dir, const char *rest)
{
	char name[NAME_MAX + 1], path[PATH_MAX];
	glob_t found;

	rest += strspn(rest, "/");
	size_t n = strcspn(rest, "/");
	if (n == 0 || n > NAME_MAX)
		return;
	memcpy(name, rest, n);
	name[n] = '\0';
	rest += n + strspn(rest + n, "/");
	if (snprintf(path, sizeof(path), "%s%s%s", dir, dir[1] != '\0' ? "/" : "", name) >=
		(int)sizeof(path))
		return;
	if (*rest != '\0' && strpbrk(name, WILD) == NULL && is_dir(path)) {
		watch_down(devices, path, rest);
		if (is_dir(path))
			return;
	}
	want_watch(devices, dir, name);
	if (*rest == '\0')
		return;
	if (glob(path, GLOB_ONLYDIR, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (is_dir(found.gl_pathv[i]))
				watch_down(devices, found.gl_pathv[i], rest);
	globfree(&found);
}

static int
is_watched(const struct devices *devices, int wd)
{
	for (size_t i = 0; i < devices->watch_count; i++)
		if (devices->watches[i].wd == wd)
			return 1;
	return 0;
}

static void
drop_unwanted(struct devices *devices)
{
	size_t kept = 0, count = devices->watch_count;

	/* First all that stays: two names may be watched for in one folder. */
	for (size_t i = 0; i < count; i++) {
		struct watch watch = devices->watches[i];
		if (!watch.wanted)
			continue;
		devices->watches[i] = devices->watches[kept];
		devices->watches[kept++] = watch;
	}
	devices->watch_count = kept;
	for (size_t i = kept; i < count; i++) {
		free(devices->watches[i].pattern);
		if (!is_watched(devices, devices->watches[i].wd))
			inotify_rm_watch(devices->inotify, devices->watches[i].wd);
	}
}

static void
renew_watches(struct devices *devices)
{
	if (devices->inotify == -1)
		return;
	for (size_t i = 0; i < devices->watch_count; i++)
		devices->watches[i].wanted = 0;
	for (size_t i = 0; i < devices->paths.count; i++)
		watch_down(devices, "/", devices->paths.item[i]);
	for (size_t i = 0; i < devices->globs.count; i++)
		watch_down(devices, "/", devices->globs.item[i]);
	drop_unwanted(devices);
}

static int
matters(const struct devices *devices, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return 1;
	for (size_t i = 0; i < devices->watch_count; i++) {
		const struct watch *w = &devices->watches[i];
		if (w->wd == event->wd &&
			(event->len == 0 || fnmatch(w->pattern, event->name, FNM_PERIOD) == 0))
			return 1;
	}
	return 0;
}

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct devices *devices = arg;
	char buf[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	static const struct timeval now = { 0, 0 };
	ssize_t len = read(fd, buf, sizeof(buf));

	(void)what;
	for (ssize_t at = 0; at < len;) {
		const struct inotify_event *event = (const struct inotify_event *)(buf + at);
		if (matters(devices, event))
			event_add(devices->soon, &now);
		at += (ssize_t)(sizeof(*event) + event->len);
	}
}

static void
soon_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	devices_scan(arg);
}

/* --- The module's face --- */

void
devices_scan(struct devices *devices)
{
	struct device *device;

	devices->changed = 0;
	renew_watches(devices); /* first: what appears from here on is told */
	LIST_FOREACH(device, &devices->list, next)
		device->seen = 0;
	for (size_t i = 0; i < devices->paths.count; i++)
		see(devices, devices->paths.item[i]);
	for (size_t i = 0; i < devices->globs.count; i++)
		see_glob(devices, devices->globs.item[i]);
	drop_unseen(devices);
	if (devices->changed)
		devices->handlers.changed(devices->handlers.arg);
}

static void
strings_free(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->item[i]);
	free(strings->item);
	memset(strings, 0, sizeof(*strings));
}

/* Absolute ones only: a relative path names no device. */
static int
strings_copy(const char *const *list, struct strings *out)
{
	struct strings copy = { 0 };
	size_t count = 0;

	while (list[count] != NULL)
		count++;
	copy.item = calloc(count + 1, sizeof(*copy.item));
	if (copy.item == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (list[i][0] != '/')
			continue;
		if ((copy.item[copy.count] = strdup(list[i])) == NULL) {
			strings_free(&copy);
			return -1;
		}
		copy.count++;
	}
	*out = copy;
	return 0;
}

struct devices *
devices_new(struct event_base *base, const struct device_handlers *handlers)
{
	struct devices *devices = calloc(1, sizeof(*devices));

	if (devices == NULL)
		return NULL;
	devices->base = base;
	devices->handlers = *handlers;
	LIST_INIT(&devices->list);
	devices->soon = evtimer_new(base, soon_cb, devices);
	devices->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (devices->inotify == -1)
		tell_refusal(devices, "inotify_init1");
	else
		devices->read = event_new(
			base, devices->inotify, EV_READ | EV_PERSIST, readable_cb, devices);
	if (devices->soon == NULL || (devices->inotify != -1 && devices->read == NULL) ||
		(devices->read != NULL && event_add(devices->read, NULL) != 0)) {
		devices_free(devices);
		return NULL;
	}
	return devices;
}

void
devices_free(struct devices *devices)
{
	struct device *device;

	if (devices == NULL)
		return;
	while ((device = LIST_FIRST(&devices->list)) != NULL) {
		LIST_REMOVE(device, next);
		device_free(device);
	}
	if (devices->read != NULL)
		event_free(devices->read);
	if (devices->soon != NULL)
		event_free(devices->soon);
	if (devices->inotify != -1)
		close(devices->inotify);
	for (size_t i = 0; i < devices->watch_count; i++)
		free(devices->watches[i].pattern);
	free(devices->watches);
	strings_free(&devices->paths);
	strings_free(&devices->globs);
	free(devices->sysfs);
	free(devices);
}

int
devices_watch(struct devices *devices, const char *const *paths, const char *const *globs,
	const char *sysfs)
{
	struct strings new_paths = { 0 }, new_globs = { 0 };
	char *new_sysfs = strdup(sysfs);

	if (new_sysfs == NULL || strings_copy(paths, &new_paths) != 0 ||
		strings_copy(globs, &new_globs) != 0) {
		free(new_sysfs);
		strings_free(&new_paths);
		strings_free(&new_globs);
		return -1;
	}
	strings_free(&devices->paths);
	strings_free(&devices->globs);
	free(devices->sysfs);
	devices->paths = new_paths;
	devices->globs = new_globs;
	devices->sysfs = new_sysfs;
	devices_scan(devices);
	return 0;
}

int
devices_are_watched(const struct devices *devices)
{
	return devices->inotify != -1 && !devices->refused;
}

struct device_list *
devices_list(struct devices *devices)
{
	return &devices->list;
}

struct device *
devices_find(struct devices *devices, const char *path)
{
	char real[PATH_MAX];
	struct device *device;

	LIST_FOREACH(device, &devices->list, next)
		if (strcmp(device->path, path) == 0)
			return device;
	return realpath(path, real) != NULL ? find_real(devices, real) : NULL;
}
