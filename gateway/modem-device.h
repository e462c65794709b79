/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-device: the serial devices that are there, and word of what comes and goes.
 *
 * What it is: a list of the terminals that the configuration's globs and paths find, each once
 * whatever its names, with the USB port that /sys tells; inotify on their folders, also on those
 * that do not exist yet.  Changes are told at the loop's next turn, together. What it is not: it
 * opens no device, and knows no modem; the fields of a device below the line are kept for
 * modem-seek.c.
 *
 * Ownership: a device belongs to struct devices and is freed after its `vanished` callback.
 */
#ifndef MODEM_DEVICE_H
#define MODEM_DEVICE_H

#include <stddef.h>
#include <sys/queue.h>
#include <sys/stat.h>

#define DEVICE_PORT_MAX 32 /* bytes of a USB port's name with NUL, "1-1.2.3" */
#define DEVICE_IMEI_MAX 20
#define DEVICE_ICCID_MAX 24

struct devices;
struct event_base;
struct modem;
struct worker;

struct device {
	LIST_ENTRY(device) next;
	char *path;                 /* the name by which it was found */
	char *real;                 /* without symbolic links: its identity */
	char port[DEVICE_PORT_MAX]; /* "" when it is on no USB port */
	struct stat node;
	int seen;
	/* ---- */
	struct modem *holder;  /* whose it is for now; NULL: nobody's */
	struct worker *worker; /* who has it open; NULL: nobody */
	int probing;           /* that worker is nobody's, and asks who it is */
	int identified; /* what follows was told by a worker; "" where it could not be read */
	char imei[DEVICE_IMEI_MAX];
	char iccid[DEVICE_ICCID_MAX];
	int told;  /* that it is nobody's */
	int taken; /* in one round of seek() */
	int mute;  /* it did not answer */
	unsigned mute_looks,
		mute_wait; /* looks until it is asked again, and how many it was this time */
};

LIST_HEAD(device_list, device);

struct device_handlers {
	/* A device is gone; it is freed after the call. */
	void (*vanished)(struct device *device, void *arg);
	/* Another piece of hardware may stand behind the same name: what was learnt is forgotten.
	 */
	void (*fresh)(struct device *device, void *arg);
	/* After a scan that found, lost or changed something. */
	void (*changed)(void *arg);
	void *arg;
};

struct devices *devices_new(struct event_base *base, const struct device_handlers *handlers);
void devices_free(struct devices *devices);

/*
 * What to look for from now on: globs and paths, each list ended by NULL; sysfs, as "/sys".  All
 * are copied.  The first scan is made at once, callbacks included.  Returns 0, or -1 when out of
 * memory.
 */
int devices_watch(struct devices *devices, const char *const *paths, const char *const *globs,
	const char *sysfs) __attribute__((warn_unused_result));

/* 0 when the kernel refuses to tell of changes: then devices_scan() must be called from time to
 * time. */
int devices_are_watched(const struct devices *devices);
void devices_scan(struct devices *devices);

/* All of them, in no order that matters. */
struct device_list *devices_list(struct devices *devices);

/* The device of that path, under whichever of its names, or NULL. */
struct device *devices_find(struct devices *devices, const char *path);

/*
 * The USB port in a device's place under /sys: ".../usb1/1-1/1-1.2/1-1.2:1.0/ttyUSB0" is on
 * "1-1.2". Returns 0, or -1 (port untouched) when there is none.
 */
int device_port_of(const char *sysfs_path, char port[DEVICE_PORT_MAX])
	__attribute__((warn_unused_result));

#endif
