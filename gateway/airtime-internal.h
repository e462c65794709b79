/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * airtime-internal: what the files of the room share, and nobody else includes.
 *
 *	airtime.c		the room and its turn
 *	airtime-talk.c		a dialogue with a network
 *	airtime-plan.c		what the configuration wants of each SIM
 *	airtime-words.c		what the administrator hears
 *	airtime-figures.c	what is measured
 */
#ifndef AIRTIME_INTERNAL_H
#define AIRTIME_INTERNAL_H

#include <libpq-fe.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "airtime.h"
#include "config.h"
#include "operators.h"

struct db;
struct modem;
struct room;

enum talk_state {
	TALK_DUE,     /* taken from the database, whose commit has not come */
	TALK_OPEN,    /* with the network */
	TALK_TOLD,    /* its end waits for the database */
	TALK_STORING, /* the same, sent to it */
};

/* One dialogue, from when it is due until its end is committed. Owned by the room. */
struct talk {
	TAILQ_ENTRY(talk) next;
	struct airtime *airtime;
	enum talk_state state;
	struct modem *modem;
	int32_t link;
	char operator_name[OPERATOR_NAME_MAX]; /* the operator itself may be swapped by a reload
						  meanwhile */
	enum operator_question question;
	int64_t purchase; /* 0: none */
	size_t step;      /* the next of its script */
	uint64_t script;  /* of what is keyed: another one is none of this dialogue's */
	const char *outcome;
	int sms_minutes; /* in which the answer comes by SMS, if that is the outcome */
	struct operator_reading reading;
	char words[OPERATOR_WORDS_MAX]; /* masked */
};
TAILQ_HEAD(talk_list, talk);

#define FIGURES_MAX CONFIG_MODEMS_MAX

/* A SIM as the database had it at the last turn. */
struct figure {
	char modem[CONFIG_NAME_MAX];
	char balance[MONEY_PLAIN_MAX]; /* "": not known */
	char currency[MONEY_CODE_MAX];
	double balance_age_s, bundle_age_s;
	int has_bundle, has_expiry;
	long bundle, expires_days;
};

struct airtime {
	struct gateway *gateway;
	struct room *room;
	struct db *db; /* the room's */
	struct talk_list talks;
	struct figure figure[FIGURES_MAX];
	size_t figure_count;
	int64_t figures_at_ms; /* monotonic_ms() */
	/* Of which modems' lacks the log has been told: their generations. */
	uint32_t told_generation[CONFIG_MODEMS_MAX];
	const struct modem *told_modem[CONFIG_MODEMS_MAX];
};

/* airtime-talk.c */
/* The modem whose SIM is that link, if it can be dialled now; NULL. */
struct modem *talk_modem(const struct airtime *airtime, int32_t link);
/* A dialogue that is due. */
void talk_new(struct airtime *airtime, int32_t link, const char *question, int64_t purchase);
void talk_free(struct talk *talk);
/* Its due is committed: dial. Its end comes by airtime_wake(). */
void talk_begin(struct talk *talk);
/* End it without a word, as if it had not been asked. */
void talk_cancel(struct talk *talk);
/* What a network says of itself, as many do behind each SMS: a balance is as good as asked for;
 * anything else, and what comes beside a dialogue, is nobody's. Never reason enough to buy. */
void talk_unasked(struct airtime *airtime, struct modem *modem, const char *text);
/* Queue what came of it. */
void talk_store(struct talk *talk);
/* 1 when one is under way with that link; how many are, in all. */
int talk_is_with(const struct airtime *airtime, int32_t link);
size_t talk_count(const struct airtime *airtime);

/* airtime-plan.c: queue what is wanted of the SIMs that are in service. */
void plan_send(struct airtime *airtime);
/* The links of this node's modems in service, but for tills; free_only: with which no dialogue is
 * under way. The array is the caller's to send. */
struct db_array plan_links(struct airtime *airtime, int free_only);

/* airtime-words.c: queue what airtime_warn() says the administrator has to hear. */
void words_say(struct airtime *airtime, PGresult *warnings);

/* airtime-figures.c */
void figures_take(struct airtime *airtime, PGresult *figures);

#endif
