/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone.h - a subscriber's phone: joins the parts of long messages, keeps them in order until they
 * are taken, and tells whoever waits or watches.
 *
 * A phone comes into being when its number is first named and stays.  A name (`MobileMoney`) has a
 * phone too, which only ever sends.
 */
#ifndef SIM_PHONE_H
#define SIM_PHONE_H

#include "pdu.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

struct dialog;
struct event_base;
struct outgoing;

/* A complete message, in the phone's inbox or among what it sent. */
struct sms {
	TAILQ_ENTRY(sms) next;
	uint64_t id; /* grows, over all phones */
	time_t when;
	bool sent; /* by this phone: peer is whom it was for */
	bool taken;
	char peer[NUMBER_SIZE];
	char text[]; /* UTF-8 */
};

TAILQ_HEAD(sms_list, sms);

/* Someone who wants the next untaken message, or its absence. */
struct waiter {
	TAILQ_ENTRY(waiter) next;
	bool takes; /* a `wait` takes the message; a `quiet` only hears of it */
	/* Called once: with the message, or NULL when the time is over.  The waiter is off its list
	 * then; the message is borrowed. */
	void (*done)(void *arg, const struct sms *sms);
	void *arg;
	struct event *timer;
	struct phone *phone;
};

/* Someone who is told of every message as it comes or is sent. */
struct watcher {
	LIST_ENTRY(watcher) next;
	void (*tell)(void *arg, const struct sms *sms);
	void (*note)(void *arg, const char *note); /* "call ringing", ... */
	void *arg;
};

struct joint; /* a long message of which parts are missing */

struct phone {
	char number[NUMBER_SIZE];
	bool off;                  /* out of coverage */
	unsigned refuse;           /* +CMS ERROR for what is sent to it, or 0 */
	time_t last_stamp;         /* SMSC time of the last message that it sent */
	uint16_t next_ref;         /* of its long messages */
	struct sms_list box;       /* received and sent, oldest first */
	struct sms *first_untaken; /* received */
	unsigned untaken, kept;    /* kept: how many in the box are taken or sent */
	TAILQ_HEAD(joints, joint) joints;
	unsigned joint_count;
	TAILQ_HEAD(outgoings, outgoing) waiting; /* while it is off; delivery.c's */
	struct dialog *dialog;                   /* its USSD session; aggregator.c's */
	TAILQ_HEAD(waiters, waiter) waiters;
	LIST_HEAD(watchers, watcher) watchers;
};

struct phone *phone_new(const char *number);
void phone_free(struct phone *p);

/*
 * Takes a segment from the SIM of number `from`, joins it, and when the message is whole puts it
 * into the box and tells everyone.  *id numbers messages.
 */
void phone_receive(
	struct phone *p, const char *from, const struct submit *segment, time_t now, uint64_t *id);

/* Keeps what the phone itself sent, for those who look at it. */
void phone_sent(struct phone *p, const char *to, const char *text, time_t now, uint64_t id);

/* The oldest untaken message, or NULL; it stays untaken. */
const struct sms *phone_oldest(const struct phone *p);

/* Marks the oldest untaken message as taken and returns it, valid until the next call. */
const struct sms *phone_take(struct phone *p);

/*
 * Waits up to ms milliseconds for an untaken message; answers at once when one is there.  Set
 * takes, done and arg first.  The waiter stays the caller's.
 */
void phone_wait(struct phone *p, struct waiter *w, struct event_base *base, unsigned ms);

/* Gives up waiting; done is not called. */
void phone_unwait(struct waiter *w);

/* Forgets one message, taken or not; -1 if there is none of that id. */
int phone_forget(struct phone *p, uint64_t id);

/* Tells the watchers a note. */
void phone_note(struct phone *p, const char *note);

#endif
