/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-format: what a mobile-money operator's SMS says: who paid how much, or that nobody did.
 *
 * What it is: the formats of conf/payments/, one file a provider, and the reading of one text by
 * them. A format is a PCRE2 pattern for a whole kind of message from its beginning, with named
 * groups; what stands behind what it matches (an advertisement) is not looked at.
 * docs/adding-a-payment-format.md explains the files.
 *
 * What it is not: it believes nobody. Whether the text came to the till's own SIM from the
 * operator's name, whether it has been booked, and whose bill it pays, is the ledger's to say.
 *
 * Nothing of the text is trusted: its size, its UTF-8, and what it costs to match are bounded.
 */
#ifndef PAYMENT_FORMAT_H
#define PAYMENT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "money.h"

struct config_errors;
struct payment_formats; /* immutable once loaded, but for its matching memory: one thread */

#define PAYMENT_TEXT_MAX 4096 /* bytes that are read of a text; the rest is an advertisement */
#define PAYMENT_ID_MAX 65
#define PAYMENT_PAYER_MAX 17
#define PAYMENT_REFERENCE_MAX 641
#define PAYMENT_DATE_MAX 11
#define PAYMENT_TIME_MAX 6

enum payment_kind {
	PAYMENT_NONE,   /* no format reads it, and no money is spoken of */
	PAYMENT_UNREAD, /* speaks of money and no format reads it, or its amount is not clear: for
			   the tray */
	PAYMENT_OTHER,  /* known, and no money came in: paid out, failed, asked for, lent, airtime,
			   interest, a balance, a password */
	PAYMENT_INCOMING, /* money came in */
	PAYMENT_REVERSAL, /* a payment was taken back */
};

/* What a text says. Strings are "" where it does not say. */
struct payment_read {
	enum payment_kind kind;
	const char *provider; /* borrowed from the formats; NULL unless a format reads the text, and
				 where two providers say PAYMENT_OTHER alike */
	const char *format;   /* its name; borrowed; NULL when none reads the text */
	bool sender_known;    /* the sender is one of that provider's names */
	int64_t amount;       /* minor units; > 0 of PAYMENT_INCOMING, 0 where not said */
	char currency[MONEY_CODE_MAX];         /* "" when the amount is not said */
	char transaction_id[PAYMENT_ID_MAX];   /* as written */
	char payer[PAYMENT_PAYER_MAX];         /* the digits as written, without blanks */
	char reference[PAYMENT_REFERENCE_MAX]; /* UTF-8, as written, on one line */
	char reverses[PAYMENT_ID_MAX];         /* PAYMENT_REVERSAL: the transaction taken back */
	char date[PAYMENT_DATE_MAX]; /* "2013-07-31"; also "" where it may be another day */
	char time[PAYMENT_TIME_MAX]; /* "18:43", of the operator's clock */
};

/*
 * Load every *.cfg of a folder. Returns the formats (payment_formats_free() them), or NULL with
 * errors added: file, line and what to do. A folder without files is an error.
 */
struct payment_formats *payment_formats_load(const char *folder, struct config_errors *errors)
	__attribute__((warn_unused_result));
void payment_formats_free(struct payment_formats *formats); /* NULL is safe */

/* The i-th format: its provider and name, its kind, and whether it comes of real messages; false
 * past the end. Outputs may be NULL. */
bool payment_formats_list(const struct payment_formats *formats, size_t i, const char **provider,
	const char **format, enum payment_kind *kind, bool *seen);

/* Is that name, in any case and spelling of blanks and dashes, one a provider sends under? */
bool payment_sender_known(const struct payment_formats *formats, const char *sender);

/*
 * Read one text. country is ISO 3166-1 alpha-2, capitals: the network's that delivered it; formats
 * of other countries are not tried. sender may be NULL: a known one lets its provider's formats go
 * first and forbids none. What is no payment is looked for before what is; of several formats that
 * read a text the one that reads most of it holds. What a pattern could not decide within its
 * limits is PAYMENT_UNREAD, never a payment.
 */
void payment_read(struct payment_formats *formats, const char *text, const char *country,
	const char *sender, struct payment_read *out);

#endif
