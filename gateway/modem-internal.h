/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-internal: what the files of the modem's room share, and nobody else includes.
 *
 *	modem.c		the state machine of one modem, and its face
 *	modem-message.c	what its worker says
 *	modem-ussd.c	the SIM's own USSD
 *	modems.c	all of them: configuration, devices' comings and goings, timers
 *	modem-seek.c	which device is whose
 *	modem-store.c	the database's side
 *	modem-care.c	health and alarms, and words for the administrator
 *	modem-entry.c	a modem's own copy of its settings
 *	modem-spawn.c	a worker process;  modem-device.c	the devices there are
 */
#ifndef MODEM_INTERNAL_H
#define MODEM_INTERNAL_H

#include <time.h>

#include "config.h"
#include "modem-device.h"
#include "modem-spawn.h"
#include "modem.h"

#define MODEM_IDENTITY_MAX 48
#define MODEM_REASON_MAX 240
#define MODEM_BACKOFF_FIRST_MS 200
#define MODEM_BACKOFF_MOST_MS 60000
#define MODEM_BACKOFF_PROVEN_MS 2000 /* the most after a worker that got as far as a whole look */
#define MODEM_PROBES_MOST 4          /* at once, one a USB port */
#define MODEM_HEALTHY_S 300          /* READY for so long: the next restart is quick again */

struct event;
struct gateway;
struct ask;

enum modem_event {
	EVENT_DEVICE,      /* modem->device was given to it */
	EVENT_VANISHED,    /* its device is gone */
	EVENT_MISPLACED,   /* its device is not its own */
	EVENT_IDENTITY,    /* the worker told who the modem is: modem->seen */
	EVENT_PIN_ALLOWED, /* the attempt is committed */
	EVENT_PIN_DENIED,
	EVENT_PIN_OK,
	EVENT_PIN_WRONG,
	EVENT_PIN_FAILED, /* not known whether it was tried */
	EVENT_LINKED,     /* modem->link is committed */
	EVENT_REFUSED,    /* the database does not want to know this SIM */
	EVENT_WORKER_READY,
	EVENT_FAULT,  /* the worker told why it will end */
	EVENT_NO_SIM, /* the same, for want of a SIM */
	EVENT_EXITED,
	EVENT_TIMER,   /* the backoff is over */
	EVENT_LOOK,    /* the minute's housekeeping */
	EVENT_CHANGED, /* its entry in the configuration did */
	EVENT_CLOSE,   /* it left the configuration, or the gateway ends */
};

/* What a worker said of the modem and SIM that it found; "" where it could not be read. */
struct modem_seen {
	char imei[DEVICE_IMEI_MAX], iccid[DEVICE_ICCID_MAX], imsi[20];
	char model[128]; /* with its maker */
	char smsc[WIRE_NUMBER_MAX];
	enum wire_sim sim;
	unsigned pin_attempts_left; /* 255: unknown */
};

enum ussd_state {
	USSD_NONE,
	USSD_ASKED, /* a step is with the worker */
	USSD_OPEN,  /* the network waits for the caller's answer */
	USSD_ENDED, /* while it waited; the caller does not know yet */
};

enum pin_step { PIN_NONE, PIN_ASKED, PIN_SENT, PIN_ACCEPTED };

struct modem {
	TAILQ_ENTRY(modem) next;
	struct modems *modems;
	struct config_modem settings; /* its own copy */
	int configured;               /* 0: left the configuration */
	unsigned order;               /* in the configuration */
	/* In one round of seek(): */
	int taken;
	int imei_shared;      /* another entry is known by the same */
	struct device *named; /* that its entry names, if it is there: only to compare with */

	enum modem_state state;
	char reason[MODEM_REASON_MAX];
	struct device *device; /* NULL when it has none */
	struct worker *worker; /* NULL when there is none; may outlive the device by moments */
	uint32_t generation;
	struct event *timer; /* of the backoff */
	int backoff_ms;
	unsigned failures; /* on this device, in a row, without an identity */
	int64_t ready_since_ms;
	unsigned looks, wait; /* BLOCKED: looks until another try, and how many it was this time */
	char blocked[MODEM_REASON_MAX]; /* why it was BLOCKED last; "" once it got further */
	char fault[MODEM_REASON_MAX];   /* the worker's last words */
	int restart_wanted;             /* as soon as the worker is not busy */

	/* By which it is known again. */
	char imei[DEVICE_IMEI_MAX], port[DEVICE_PORT_MAX], iccid[DEVICE_ICCID_MAX];

	/* This generation's. */
	struct modem_seen seen;
	int identified; /* seen is valid, and the device is its own */
	enum pin_step pin;
	int started;    /* START was sent: messages may come */
	int up;         /* the outbox was told */
	int sending;    /* a segment is with the worker */
	uint64_t token; /* its */
	struct {
		enum ussd_state state;
		uint64_t token; /* of the last step */
		modem_ussd_cb cb;
		void *arg;
	} ussd;
	int looking;     /* LOOK was sent, LISTED has not come */
	int proven;      /* a whole look was told */
	struct ask *ask; /* the answer that the state waits for */

	char identity[MODEM_IDENTITY_MAX];
	int32_t link;
	int64_t stored_epoch; /* under which its state was last written */

	/* A PIN's outcome that the database does not know yet. */
	int pin_result_due, pin_result_ok;
	char pin_key[MODEM_IDENTITY_MAX];
	unsigned char pin_hash[32];

	struct {
		int known;
		int dbm, percent, registration; /* as in struct wire_health */
		char network[80];
		int used, capacity, undeletable;                  /* capacity 0: unknown */
		int full, full_told, undeletable_told, deaf_told; /* full: at the last look */
		unsigned acknowledged;                            /* since the last look */
	} health;
};

TAILQ_HEAD(modem_list, modem);
LIST_HEAD(ask_list, ask);

struct modems {
	struct gateway *gateway;
	struct devices *devices;
	struct modem_list list; /* in the order in which they were first named */
	struct ask_list asks;   /* transactions that are under way */
	struct sims_gone *gone; /* what workers said, for those to come */
	struct event *look, *soon;
	modem_ussd_cb on_ussd;
	void *on_ussd_arg;
	int begun;   /* what was learnt earlier is loaded */
	int loading; /* ... is being loaded */
	int closing;
	int paused;                               /* the inbox is full */
	struct worker *probes[MODEM_PROBES_MOST]; /* workers that are no modem's */
};

/* modem.c */
void modem_event(struct modem *modem, enum modem_event event);
/* 1 when a segment or a dialogue is with the worker. */
int modem_is_busy(const struct modem *modem);
/* Do what waited until neither is: a restart, or the end. */
void modem_leave(struct modem *modem);

/* modems.c */
void modems_begin(struct modems *modems);                           /* what was learnt is loaded */
struct modem *modems_find(struct modems *modems, const char *name); /* NULL: there is none */

/* modem-message.c */
extern const struct worker_handlers modem_handlers; /* arg: the modem */
/* Fill in what the worker said.  Strings that do not fit or are not plain become "". */
void seen_from_wire(const struct wire_identity *identity, struct modem_seen *seen);
/* OPEN for a device with the settings of an entry; it borrows from all three. */
void open_message(const char *name, const struct config_modem *entry, const struct device *device,
	struct wire_msg *msg);

/* modem-ussd.c */
void ussd_take_answer(struct modem *modem, const struct wire_ussd_answer *answer);
void ussd_take_unasked(struct modem *modem, const struct wire_ussd_unasked *unasked);
/* The worker is gone, and the dialogue with it. */
void ussd_lost(struct modem *modem);

/* modem-entry.c: copy the settings (all strings too).  0, or -1 when out of memory. */
int entry_copy(struct config_modem *to, const struct config_modem *from)
	__attribute__((warn_unused_result));
void entry_free(struct config_modem *entry);
/* 1 when the worker must begin anew for the difference. */
int entry_needs_restart(const struct config_modem *a, const struct config_modem *b);
/* 1 when the link's row differs. */
int entry_changes_link(const struct config_modem *a, const struct config_modem *b);

/* modem-seek.c */
/* A worker told who is at a device. */
void seek_told(struct device *device, const struct modem_seen *seen);
/* Give devices to modems without one, and ask the unknown ones who they are. */
void seek(struct modems *modems);
/* At the loop's next turn. */
void seek_soon(struct modems *modems);
/* A minute passed: mute devices may be asked again. */
void seek_look(struct modems *modems);
/* modem->seen is at the modem's device.  1 when that is the modem itself; then it is learnt. */
int seek_confirm(struct modem *modem);
/* 1 when the modem may as well look elsewhere than at its device, which did not tell who it is. */
int seek_alternative(struct modem *modem);
/* Take the device from the modem; mute: it did not answer. */
void seek_release(struct modem *modem, int mute);
/* The worker that had it open is gone. */
void seek_worker_gone(struct modems *modems, const struct worker *worker);
/* Tell all probes to close; end them at once. */
void seek_close(struct modems *modems);
int seek_idle(const struct modems *modems);
void seek_free(struct modems *modems);

/* modem-store.c: all are best effort; what is lost is written by store_all() at the next
 * database_up. */
void store_load(struct modems *modems); /* modems_begin() follows */
void store_state(struct modem *modem);
void store_health(struct modem *modem);
/* EVENT_LINKED or EVENT_REFUSED follow, unless the connection is lost. */
void store_link(struct modem *modem);
/* EVENT_PIN_ALLOWED or EVENT_PIN_DENIED follow, unless the connection is lost. */
void store_pin_try(struct modem *modem);
void store_pin_result(struct modem *modem, int ok);
/* The connection is there again. */
void store_all(struct modems *modems);
/* Nobody waits for the modem's answer any more, or for any. */
void store_forget(struct modem *modem);
void store_forget_all(struct modems *modems);

/* modem-care.c */
void care_health(struct modem *modem, const struct wire_health *health);
/* of_look: it answers LOOK or START, and is written to the database. */
void care_listed(struct modem *modem, const struct wire_listed *listed, int of_look);
void care_no_smsc(struct modem *modem);
void care_blocked(struct modem *modem);

#endif
