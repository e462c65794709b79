/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-parent: plays the gateway against a real baraza-modem on a simulated modem.
 *
 * Each simulator and each worker is the test's own; all ends with the test's process group.  Every
 * wait has a limit, after which the test fails (exit).
 */
#ifndef WORKER_PARENT_H
#define WORKER_PARENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire.h"

#define PARENT_KEPT 4096

/* The build's folder, and a folder for this test. */
const char *parent_build(void);
const char *parent_dir(void);

/* Start a simulator with so many modems; extra: more arguments, NULL-ended, or NULL. */
void sim_begin(int modems, const char *const *extra);

/* One command of the control protocol.  Returns what follows "ok", in a static buffer; fails on
 * error. */
const char *sim(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The number after name= in the answer to `stats MODEM`. */
long sim_stat(const char *modem, const char *name);

/* From now on events are kept; wait for one that begins so, and forget those before it. */
void sim_listen(void);
void sim_heard(const char *event);

struct kept_sms {
	struct wire_sms sms; /* its bytes point below */
	char number[WIRE_NUMBER_MAX], udh[WIRE_UDH_MAX], text[WIRE_TEXT_MAX + 1];
};

struct parent {
	pid_t pid;
	int fd;
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg;  /* the latest */
	struct kept_sms *sms; /* all that came */
	size_t n_sms;
	struct wire_report *reports;
	size_t n_reports;
	struct wire_identity identity; /* numbers only */
	char imei[32], imsi[32], iccid[32], smsc[32];
	struct wire_listed listed;
	struct wire_health health;
	char network[64];
	unsigned calls, deleted, failed, held;
	char caller[WIRE_NUMBER_MAX];
	struct wire_fault_msg fault;
	char words[600];
	unsigned n_listed;
};

/* How the modem is opened; zeroes are the defaults of parent_open(). */
struct parent_settings {
	const char *connection, *model, *smsc;
	enum wire_storage storage;
	bool real_pauses, receive_only;
	unsigned call_timeout_s, send_timeout_s;
	const char *log; /* a file for the worker's standard error */
};

/* Start a worker, say OPEN for that device, wait for IDENTITY. */
void parent_open(struct parent *p, const char *device, const struct parent_settings *settings);

/* The same, then START and wait for READY and the first complete look. */
void parent_start(struct parent *p, const char *device, const struct parent_settings *settings);

void parent_say(struct parent *p, const struct wire_msg *msg);
void parent_say_type(struct parent *p, enum wire_type type);

/* Take one message.  Returns 0 at the worker's end, -1 when none came within that time. */
int parent_take(struct parent *p, int timeout_ms);

/* Take messages until one of that type is the latest. */
void parent_wait(struct parent *p, enum wire_type type);

/* Take messages until so many SMS, or reports, have come. */
void parent_wait_sms(struct parent *p, size_t count);
void parent_wait_reports(struct parent *p, size_t count);

/* Until a look is complete and the modem holds nothing new. */
void parent_wait_complete(struct parent *p);

/* Delete all that came since the last time, and wait for DELETED. */
void parent_delete_all(struct parent *p);

/* Send a text and wait for RESULT, which is then p->msg.result. */
void parent_send(struct parent *p, const char *number, const char *text, bool want_report);
struct wire_msg parent_segment(const char *number, const char *text, uint64_t token);

/* Wait for FAULT and the worker's end. */
void parent_wait_fault(struct parent *p);

/* Kill it, and forget what came. */
void parent_kill(struct parent *p);

/* User CPU and system time of a process so far, in ms; its proportional memory in kB. */
long process_cpu_ms(pid_t pid);
long process_pss_kb(pid_t pid);
/*
 * Does it rest: not wake once in so long?  It is looked at ten times at most, for it may have had
 * something to do at first; one that looks for itself now and then wakes each time.
 */
bool process_rests(pid_t pid, int ms);

#endif
