/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * operators: what a network's operator is asked by USSD, and what its answers say.
 *
 * What it is: the files of conf/operators/, one an operator, named for it: which SIMs are its own
 * (by the first digits of their IMSI), the codes that ask for the balance and for what is left of a
 * bundle, the one that buys a bundle, PCRE2 patterns for the answers, and who sends those that come
 * by SMS. conf/operators/example.cfg explains the files. All patterns are checked as they are
 * loaded, and compiled when they are first tried.
 *
 * What it is not: it dials nothing (airtime.h). An answer that no pattern reads, that two read
 * differently, or whose numbers are not clear is unread, never guessed. Nothing of an answer is
 * trusted: its size, its UTF-8, and what it costs to match are bounded.
 *
 * Amounts are int64_t of the currency's minor unit (money.h).
 */
#ifndef OPERATORS_H
#define OPERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "money.h"

struct config;
struct config_errors;
struct config_modem;
struct operator_entry;
struct operators; /* once loaded only patterns and matching memory change: one thread */
struct phone;

#define OPERATOR_STEPS_MAX 8
#define OPERATOR_NAME_MAX 32   /* bytes of an operator's name with NUL */
#define OPERATOR_BUNDLE_MAX 64 /* bytes of a bundle's name with NUL */
#define OPERATOR_DAY_MAX 11
#define OPERATOR_WORDS_MAX 400 /* bytes of masked words with NUL */
#define OPERATOR_COUNT_MOST 100000000

enum operator_question { OPERATOR_BALANCE, OPERATOR_BUNDLE, OPERATOR_BUY, OPERATOR_QUESTIONS };

/* A question as it is asked; borrowed from its operator. */
struct operator_asking {
	const char *code;                     /* dialled: "*131#" */
	const char *step[OPERATOR_STEPS_MAX]; /* keyed into the menus that follow */
	size_t steps;
	double every_hours; /* of a balance or bundle */
	int below, per_day; /* of a purchase: when fewer SMS are left, so often in 24 hours */
	int sms_minutes;    /* an answer that is to come by SMS is waited for; 0: none comes so */
};

enum operator_verdict {
	OPERATOR_UNREAD,
	OPERATOR_READ,    /* of a purchase: it was bought */
	OPERATOR_REFUSED, /* of a purchase: it was not */
};

/* What an answer says. */
struct operator_reading {
	bool has_amount;
	int64_t amount;
	char currency[MONEY_CODE_MAX];
	char written[64]; /* the amount as it stands there, flat */
	bool has_count;
	int32_t count;                    /* SMS left in the bundle */
	char bundle[OPERATOR_BUNDLE_MAX]; /* its name, flat; "" */
	char until[OPERATOR_DAY_MAX];     /* its last day, "2026-11-30"; "" */
	char expires[OPERATOR_DAY_MAX];   /* the SIM's; "" */
};

/*
 * Load every *.cfg of the configuration's folder. Returns the operators (operators_free() them), or
 * NULL with errors added: file, line and what to do.
 */
struct operators *operators_load(const struct config *config, struct config_errors *errors)
	__attribute__((warn_unused_result));
void operators_free(struct operators *operators); /* NULL is safe */

/*
 * Does what the configuration's modems want of their operators exist? Adds an error for each thing
 * that does not; returns true when there is none. A modem that names no operator is judged when its
 * SIM is known.
 */
bool operators_check(const struct operators *operators, const struct config *config,
	struct config_errors *errors);

/* By its name, NULL: there is none; the i-th, NULL past the end. */
const struct operator_entry *operators_find(const struct operators *operators, const char *name);
const struct operator_entry *operators_at(const struct operators *operators, size_t i);
/*
 * Whose SIM is in a modem: that which its entry names ("none": nobody's), else whose network the
 * IMSI is of, the longest beginning first. NULL: nobody knows.
 */
const struct operator_entry *operators_of(
	const struct operators *operators, const struct config_modem *entry, const char *imsi);

const char *operator_name(const struct operator_entry *o);
const char *operator_currency(const struct operator_entry *o); /* ISO 4217 */
int operator_unused_days(const struct operator_entry *o);      /* 0: not told */
/* Is an SMS from there the operator's own, by the names and short codes of its file? */
bool operator_sends_from(const struct operator_entry *o, const struct phone *from);
/* How a question is asked; NULL: it is not. */
const struct operator_asking *operator_asking(
	const struct operator_entry *o, enum operator_question question);
const char *operator_question_name(enum operator_question question);

/*
 * Is the menu that is shown before a step (0: the first) the one that the file expects there? Where
 * it expects none, any is.
 */
bool operator_menu_fits(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, size_t step, const char *menu);

/* Read an answer. out is all zero unless it is OPERATOR_READ. */
enum operator_verdict operator_read(const struct operators *operators,
	const struct operator_entry *o, enum operator_question question, const char *answer,
	struct operator_reading *out);

/* Does an answer that was not read say that what was asked is told by SMS? */
bool operator_tells_by_sms(const struct operators *operators, const struct operator_entry *o,
	enum operator_question question, const char *answer);

/*
 * An answer's words as they may be kept: on one line, cut to fit, codes and what has more than five
 * digits hidden, but for the amount that was read (reading NULL: none was).
 */
void operator_mask(const struct operators *operators, const char *answer,
	const struct operator_reading *reading, char out[OPERATOR_WORDS_MAX]);

#endif
