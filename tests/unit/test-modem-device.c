/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <event2/event.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "modem-device.h"
#include "unit.h"

static char dir[128];
static struct event_base *base;
static struct devices *devices;
static unsigned changes, gone, fresh;

/* Paths below this test's own folder; good for eight calls. */
static const char *
at(const char *name)
{
	static char paths[8][sizeof(dir) + 64];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void
vanished_cb(struct device *device, void *arg)
{
	(void)device;
	(void)arg;
	gone++;
}

static void
fresh_cb(struct device *device, void *arg)
{
	(void)device;
	(void)arg;
	fresh++;
}

static void
changed_cb(void *arg)
{
	(void)arg;
	changes++;
}

static void
begin(void)
{
	const struct device_handlers handlers = { vanished_cb, fresh_cb, changed_cb, NULL };
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/device-XXXXXX", tmp != NULL ? tmp : "/tmp");
	REQUIRE(mkdtemp(dir) != NULL);
	REQUIRE(mkdir(at("dev"), 0700) == 0);
	base = event_base_new();
	devices = devices_new(base, &handlers);
	REQUIRE(base != NULL && devices != NULL);
}

static void
end(void)
{
	char command[sizeof(dir) + 16];

	devices_free(devices);
	event_base_free(base);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	CHECK(system(command) == 0);
}

static void
watch(const char *path, const char *glob)
{
	const char *paths[] = { path, NULL }, *globs[] = { glob, NULL };

	REQUIRE(devices_watch(devices, paths, globs, at("sys")) == 0);
}

static unsigned
count(void)
{
	struct device *device;
	unsigned n = 0;

	LIST_FOREACH(device, devices_list(devices), next)
		n++;
	return n;
}

/* A terminal under a name in our folder; the master keeps it alive. */
static int
plug(const char *name)
{
	char pts[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	REQUIRE(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	REQUIRE(ptsname_r(master, pts, sizeof(pts)) == 0);
	REQUIRE(symlink(pts, at(name)) == 0);
	return master;
}

/* It sits in a USB port of our own /sys. */
static void
plug_port(const char *name, const char *place)
{
	char command[1024];

	snprintf(command, sizeof(command),
		"mkdir -p '%s/sys/class/tty/%s' '%s/sys/%s' && "
		"ln -s '../../../%s' '%s/sys/class/tty/%s/device'",
		dir, name, dir, place, place, dir, name);
	REQUIRE(system(command) == 0);
}

/* One turn of the loop's news; fails the test when none comes. */
static void
await(unsigned *counter, unsigned want)
{
	while (*counter < want)
		event_base_loop(base, EVLOOP_ONCE);
}

/* What is pending is handled; nothing is waited for. */
static void
settle(void)
{
	for (int i = 0; i < 5; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

TEST(usb_port_is_read_from_the_place_in_sys)
{
	char port[DEVICE_PORT_MAX] = "untouched";

	CHECK_INT(device_port_of("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.2/1-1.2:1.0/"
				 "ttyUSB0",
			  port),
		0);
	CHECK_STR(port, "1-1.2");
	CHECK_INT(device_port_of("/sys/devices/usb3/3-10/3-10:1.1", port), 0);
	CHECK_STR(port, "3-10");
	CHECK_INT(device_port_of("/tmp/sim-1/sys/usb/1-1.4", port), 0);
	CHECK_STR(port, "1-1.4");
	strcpy(port, "untouched");
	CHECK_INT(device_port_of("/sys/devices/platform/serial8250/tty/ttyS0", port), -1);
	CHECK_INT(device_port_of("/sys/1-/x-1/1-1.:2/1-1.2.", port), -1);
	CHECK_INT(device_port_of("", port), -1);
	CHECK_INT(device_port_of("/a/1-1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", port), -1);
	CHECK_STR(port, "untouched");
}

TEST(device_is_found_once_under_all_its_names)
{
	begin();
	int master = plug("dev/ttySIM0");
	REQUIRE(symlink(at("dev/ttySIM0"), at("by-id")) == 0);
	plug_port("ttySIM0", "usb1/1-1.3");
	watch(at("by-id"), at("dev/ttySIM*"));
	CHECK_INT(count(), 1);
	struct device *device = LIST_FIRST(devices_list(devices));
	CHECK_STR(device->path, at("by-id"));
	CHECK(strncmp(device->real, "/dev/pts/", 9) == 0);
	CHECK(devices_find(devices, at("by-id")) == device);
	CHECK(devices_find(devices, at("dev/ttySIM0")) == device);
	CHECK(devices_find(devices, at("dev/ttySIM1")) == NULL);
	/* Its tty's name stands behind the link that the administrator gave. */
	watch("/nowhere", at("dev/ttySIM*"));
	CHECK_STR(device->port, "1-1.3");
	close(master);
	end();
}

TEST(files_that_are_no_terminals_are_no_devices)
{
	begin();
	int fd = open(at("dev/ttySIM0"), O_CREAT | O_WRONLY, 0600);
	CHECK(symlink("/nowhere/at/all", at("dev/ttySIM1")) == 0);
	CHECK(mkdir(at("dev/ttySIM2"), 0700) == 0);
	watch(at("dev/ttySIM2"), at("dev/ttySIM*"));
	CHECK_INT(count(), 0);
	close(fd);
	end();
}

TEST(plugged_and_unplugged_are_told)
{
	begin();
	watch("relative/paths/name/nothing", at("dev/ttySIM*"));
	int first = plug("dev/ttySIM0"), second = plug("dev/ttySIM1");
	await(&changes, 1);
	settle();
	CHECK_INT(count(), 2);
	CHECK(unlink(at("dev/ttySIM0")) == 0);
	await(&gone, 1);
	CHECK_INT(count(), 1);
	CHECK_STR(LIST_FIRST(devices_list(devices))->path, at("dev/ttySIM1"));
	close(first);
	close(second);
	end();
}

TEST(folders_may_come_and_go)
{
	begin();
	watch(at("later/still/by-id/modem"), at("dev*/usb*/ttySIM*"));
	CHECK(mkdir(at("later"), 0700) == 0);
	settle();
	CHECK(mkdir(at("later/still"), 0700) == 0 && mkdir(at("later/still/by-id"), 0700) == 0);
	settle();
	int first = plug("later/still/by-id/modem");
	await(&changes, 1);
	CHECK_INT(count(), 1);
	/* As a wildcard's folder. */
	CHECK(mkdir(at("dev2"), 0700) == 0);
	settle();
	CHECK(mkdir(at("dev2/usb7"), 0700) == 0);
	settle();
	int second = plug("dev2/usb7/ttySIM4");
	await(&changes, 2);
	CHECK_INT(count(), 2);
	/* All at once and away, and the same again. */
	CHECK(unlink(at("later/still/by-id/modem")) == 0 && rmdir(at("later/still/by-id")) == 0);
	CHECK(rmdir(at("later/still")) == 0);
	await(&gone, 1);
	settle();
	CHECK_INT(count(), 1);
	CHECK(mkdir(at("later/still"), 0700) == 0 && mkdir(at("later/still/by-id"), 0700) == 0);
	int third = plug("later/still/by-id/modem");
	while (count() < 2)
		event_base_loop(base, EVLOOP_ONCE);
	close(first);
	close(second);
	close(third);
	end();
}

TEST(names_that_do_not_matter_wake_nobody)
{
	begin();
	int master = plug("dev/ttySIM0");
	watch("/nowhere", at("dev/ttySIM*"));
	changes = 0;
	struct device *device = LIST_FIRST(devices_list(devices));
	for (int i = 0; i < 100; i++) {
		char name[32];
		snprintf(name, sizeof(name), "dev/other%d", i);
		CHECK(symlink("/dev/null", at(name)) == 0);
	}
	settle();
	CHECK_INT(changes, 0);
	CHECK(LIST_FIRST(devices_list(devices)) == device);
	close(master);
	end();
}

TEST(storm_of_events_ends_in_the_truth)
{
	begin();
	watch("/nowhere", at("dev/ttySIM*"));
	int first = plug("kept"), second = plug("gone");
	REQUIRE(symlink(at("kept"), at("dev/ttySIM7")) == 0);
	/* More than the kernel's queue holds (16,384 by default): it overflows, and one scan is
	 * made. */
	for (int i = 0; i < 20000; i++) {
		REQUIRE(symlink(at("gone"), at("dev/ttySIM8")) == 0);
		REQUIRE(unlink(at("dev/ttySIM8")) == 0);
	}
	await(&changes, 1);
	settle();
	CHECK_INT(count(), 1);
	close(first);
	close(second);
	end();
}

TEST(other_hardware_behind_a_name_is_noticed)
{
	begin();
	int first = plug("dev/ttySIM0");
	watch("/nowhere", at("dev/ttySIM*"));
	struct device *device = LIST_FIRST(devices_list(devices));
	device->identified = device->mute = 1;
	strcpy(device->imei, "350000000000011");
	/* A scan without news forgets nothing. */
	devices_scan(devices);
	CHECK_INT(device->identified, 1);
	CHECK_INT(fresh, 0);
	/* Let go and made again under the same number: the kernel takes the lowest that is free. */
	CHECK(unlink(at("dev/ttySIM0")) == 0);
	close(first);
	int second = plug("dev/ttySIM0");
	while (gone + fresh == 0)
		event_base_loop(base, EVLOOP_ONCE);
	CHECK_INT(count(), 1);
	device = LIST_FIRST(devices_list(devices));
	CHECK_INT(device->identified, 0);
	CHECK_INT(device->mute, 0);
	CHECK_STR(device->imei, "");
	close(second);
	end();
}

TEST(opening_and_using_a_terminal_is_no_news)
{
	char pts[64];

	begin();
	int master = plug("dev/ttySIM0");
	watch("/nowhere", at("dev/ttySIM*"));
	REQUIRE(ptsname_r(master, pts, sizeof(pts)) == 0);
	int slave = open(pts, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(write(slave, "AT\r", 3) == 3 && write(master, "OK\r", 3) == 3);
	close(slave);
	devices_scan(devices);
	CHECK_INT(fresh, 0);
	close(master);
	end();
}

UNIT_MAIN
