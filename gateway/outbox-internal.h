/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox-internal: what outbox.c, outbox-way.c (the transaction), outbox-lane.c, outbox-report.c,
 * outbox-node.c and outbox-care.c share.  Nobody else includes this.
 *
 * A way is one connection with its own epoch and its own share of the modems, so that its
 * transactions wait for nobody else's.  The first one besides listens, does the minute's chores,
 * speaks to the administrator, and gives the node its name.
 */
#ifndef OUTBOX_INTERNAL_H
#define OUTBOX_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "config.h"
#include "db.h"
#include "gateway.h"
#include "outbox-fair.h"
#include "outbox-pace.h"
#include "outbox.h"
#include "phone.h"

#include <event2/util.h>

struct event;

/* A link's free slot, from claim to result. */
enum lane_state {
	LANE_FREE,    /* a claim may find something */
	LANE_CLAIMED, /* written as being submitted; not yet committed */
	LANE_SENDING, /* with the modem */
	LANE_EMPTY,   /* nothing is queued: until a wake */
	LANE_WAITING, /* capped, paused or resting: until its timer, or a wake that may end it */
};

struct segment {
	int64_t message_id;
	int seq, segments, attempts, concat_ref, priority;
	double validity_s;
	char number[PHONE_MAX];
	char *body;
};

struct lane {
	TAILQ_ENTRY(lane) entry;
	struct outway *way;
	struct modem *modem;
	int32_t link_id;
	int32_t claims; /* the link that a claim under way is for; 0: none */
	enum lane_state state;
	struct segment segment;
	uint64_t token;
	int credit;      /* of others while an alert is on its way: outbox-fair.h */
	enum fair slot;  /* whose the one is that a claim asks for */
	int64_t free_at; /* monotonic ms: since when it could have sent what it sends; 0: it waited
			  */
	struct pace pace;
	int refusals; /* in a row */
	int proven;   /* a success since this lane began: the database's row of refusals is over */
	int resting;  /* after a refusal: a wake does not end it */
	struct event *timer; /* ends LANE_WAITING */
};
TAILQ_HEAD(lanes, lane);

/* What became of a segment, until it is committed. */
struct outcome {
	TAILQ_ENTRY(outcome) entry;
	int64_t message_id;
	int seq;
	int32_t link_id;
	const char *word; /* sent, failed, retry, back, unknown */
	int reference;    /* -1: none */
	int error;        /* -1: none */
	double rest_s;
	int refused; /* counts in the link's row of refusals */
	int limit;
	double pause_s;
	unsigned send_ms; /* its link's pace, to be written; 0: it stays */
	int reached;      /* the database says: this refusal was the one too many */
	char modem_name[CONFIG_NAME_MAX];
	int in_batch;
};
TAILQ_HEAD(outcomes, outcome);

/* A delivery report, until it is committed. */
struct report {
	TAILQ_ENTRY(report) entry;
	struct modem *modem;
	uint32_t generation, handle;
	int32_t link_id;
	uint8_t dedupe[16];
	int reference, status;
	char number[PHONE_MAX];
	char smsc_at[40];
	int in_batch;
};
TAILQ_HEAD(reports, report);

struct outway {
	struct outbox *outbox;
	struct gateway *gateway;
	struct db *db;
	struct event *turn, *reclaim, *retry;
	int reclaim_ms;
	struct lanes lanes;
	struct outcomes outcomes;
	struct outcomes dropped; /* that the database refused: known only to be in flight */
	struct reports reports;
	int busy;     /* a transaction is under way */
	int woken;    /* meanwhile something was queued, which its claim may not have seen */
	int gives;    /* what is being committed may be another link's to take */
	size_t limit; /* outcomes and reports in one transaction: fewer while one at fault is looked
			 for */
	size_t told;  /* of them, in the one under way */
	int open;     /* its end has not been asked for yet */
	int minute_due;
	int64_t epoch; /* 0 while it has none: nothing is claimed */
	int64_t old_epoch, new_epoch;
	uint64_t next_token;
};

struct outbox {
	struct gateway *gateway;
	struct outway **ways; /* way_count of them, at least one */
	size_t way_count;
};

/* outbox-way.c */
/* A connection of that name for the log; listens: what is notified wakes all. */
struct outway *outway_new(struct outbox *outbox, const char *name, int listens);
void outway_free(struct outway *way);
/* Something may be queued for it. */
void outway_wake(struct outway *way);
/* As outbox_idle() and outbox_sending(). */
int outway_idle(const struct outway *way);
int outway_sending(const struct outway *way);
/* The next turn of the loop begins a transaction, if there is anything to say or to claim. */
void outway_turn_later(struct outway *way);
/* Nothing was committed, or nobody knows: what was in it is told again. */
void outway_batch_undo(struct outway *way);
void outway_batch_end_cb(enum db_end end, const char *sqlstate, void *arg);

/* outbox-lane.c */
struct lane *outbox_lane_of(const struct outbox *outbox, const struct modem *modem); /* or NULL */
/* A claim is asked for: its slot begins now, unless it began when the last one ended. */
void outbox_lane_claims(struct lane *lane);
/* There was nothing for it: until a wake. */
void outbox_lane_empty(struct lane *lane);
/* Free again, its time not its own. */
void outbox_lane_free(struct lane *lane);
/* resting: a wake does not end it. */
void outbox_lane_wait(struct lane *lane, double seconds, int resting);
/* The claim is committed: its bytes may leave. */
void outbox_lane_send(struct lane *lane);
void outbox_segment_clear(struct segment *segment);
/* What became of the lane's segment, in a word of outbox_result() in SQL; the lane is free again.
 */
struct outcome *outbox_outcome_add(struct lane *lane, const char *word);

/* outbox-report.c */
/* At most so many reports join the transaction.  Returns how many. */
int outbox_send_reports(struct outway *way, size_t limit);
void outbox_reports_committed(struct outway *way);

/* outbox-node.c: the connection's life is the epoch's. */
void outbox_up_cb(struct db *db, void *arg);
void outbox_down_cb(struct db *db, void *arg);
void outbox_notify_cb(const char *channel, void *arg);
void outbox_reclaim_cb(evutil_socket_t fd, short what, void *arg);
void outbox_send_reclaim(struct outway *way);

/* outbox-care.c */
void outbox_send_chores(struct outway *way);

#endif
