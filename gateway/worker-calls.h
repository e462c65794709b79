/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-calls: four calls of libc that libgammu's serial driver makes, answered by us.
 *
 * libgammu finds them in this program before it finds libc's:
 *	usleep	its fixed pauses of 0.1 s and more can be left out; its short waits end at once when
 *		the modem says something
 *	read	from the modem's tty goes through the sieve; a hang-up ends the process
 *	write	to the modem's tty is shown to the sieve, which knows an echo by it
 *	ioctl	TIOCEXCL is left out: on a pty it would outlive the process and lock the tty
 * For every other descriptor, and before calls_tty(), they do what libc's do.
 */
#ifndef WORKER_CALLS_H
#define WORKER_CALLS_H

#include <stdbool.h>

struct sieve;

/*
 * What the replaced calls do.  own_fd: the worker's own descriptor of the tty, read as it is; any
 * other descriptor of the same tty is libgammu's.
 */
void calls_tty(int own_fd, struct sieve *sieve, bool skip_pauses);

/* libgammu closed its descriptor: the next one may have another number. */
void calls_closed(void);

#endif
