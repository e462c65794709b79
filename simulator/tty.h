/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tty.h - the place where a modem is plugged in: a pty, its symlink DIR/dev/ttySIM<k>, and the
 * sysfs entry that names its USB port.
 *
 * The slave side is kept open here, so that a program that closes it does not make the master hang
 * up.  Whether some program has it open is known by inotify: what a modem says to nobody is lost,
 * as on a serial line, and does not greet the next program.
 */
#ifndef SIM_TTY_H
#define SIM_TTY_H

#include <stdbool.h>
#include <sys/queue.h>

struct event;
struct event_base;

/* One simulator's directory. */
struct ports {
	struct event_base *base;
	char *dir;
	int inotify;
	struct event *watch;
	unsigned next_k; /* of the next ttySIM<k> */
	LIST_HEAD(ttys, tty) ttys;
};

struct tty {
	LIST_ENTRY(tty) next;
	struct ports *ports;
	int master, slave; /* -1 when unplugged */
	int watch;         /* inotify's descriptor, or -1: taken as always open */
	unsigned opened;   /* programs that have it open */
	bool counted;      /* some opened or closed it just now */
	char name[32];     /* ttySIM3; "" when unplugged */
	char port[32];     /* USB port, "1-1.3" */
	struct event *readable, *writable;
	/* Set before plugging. */
	void (*input)(void *arg, const char *bytes, unsigned long n);
	void (*drained)(void *arg); /* the line takes more again */
	void (*closed)(void *arg);  /* the last program closed it */
	void *arg;
};

/* Makes DIR/dev and DIR/sys, and removes what an earlier simulator left there.  0 or -1 (errno). */
int ports_open(struct ports *p, struct event_base *base, const char *dir);
void ports_close(struct ports *p);

/*
 * Plugs it in as `name`, or under the next unused name when that is NULL.  Returns 0, or -1 with
 * errno (EEXIST: the name is taken).
 */
int tty_plug(struct tty *t, struct ports *ports, const char *name);

/* Hangs up and removes symlink and sysfs entry. */
void tty_unplug(struct tty *t);

/* Writes what the line takes now; returns the octets, 0 when it is full (drained will be called).
 */
long tty_write(struct tty *t, const void *bytes, unsigned long n);

#endif
