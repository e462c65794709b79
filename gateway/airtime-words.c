/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * airtime-words: what the administrator hears of SIMs, by SMS from another one, in the transaction
 * that says that he heard it. Each says what to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "administrator.h"
#include "airtime-internal.h"
#include "gateway.h"
#include "log.h"
#include "text.h"

#define WORDS_SHOWN 80 /* bytes of an operator's own words */

/* The columns of the statement "warn". */
enum { MODEM, NUMBER, KIND, WHAT, AMOUNT, CURRENCY, COUNT, LOW, DAY, WORDS, LINK };

static const char *
cell(PGresult *rows, int row, int column)
{
	return PQgetvalue(rows, row, column);
}

static void
amount(PGresult *rows, int row, int column, char out[MONEY_WORDS_MAX])
{
	money_words(strtoll(cell(rows, row, column), NULL, 10), cell(rows, row, CURRENCY), out);
}

static void
compose(PGresult *rows, int i, const char *sim, char *out, size_t size)
{
	const char *kind = cell(rows, i, KIND), *what = cell(rows, i, WHAT);
	char is[MONEY_WORDS_MAX], low[MONEY_WORDS_MAX], words[WORDS_SHOWN + 1];

	text_utf8_clean(words, sizeof(words), cell(rows, i, WORDS), strlen(cell(rows, i, WORDS)));
	if (strcmp(kind, "balance_low") == 0) {
		amount(rows, i, AMOUNT, is);
		amount(rows, i, LOW, low);
		snprintf(out, size,
			"Baraza: %s has %s left, less than %s. Top it up, or its SMS will stop.",
			sim, is, low);
	} else if (strcmp(kind, "bundle_low") == 0) {
		snprintf(out, size,
			"Baraza: %s has %s SMS left in its bundle, fewer than %s. Buy another one for "
			"it.",
			sim, cell(rows, i, COUNT), cell(rows, i, LOW));
	} else if (strcmp(kind, "unread") == 0) {
		snprintf(out, size,
			"Baraza: what the operator answers about the %s of %s is not understood: "
			"\"%s\". Mend the pattern in its file of operators.",
			what, sim, words);
	} else if (strcmp(kind, "silent") == 0) {
		snprintf(out, size,
			"Baraza: the operator has not told the %s of %s, asked %s times. Look at it "
			"with a phone, and at the code in its file of operators.",
			what, sim, cell(rows, i, COUNT));
	} else if (strcmp(kind, "expires") == 0) {
		snprintf(out, size,
			"Baraza: %s expires on %s (in %s days) unless it is used. Top it up, or send "
			"an SMS or call from it.",
			sim, cell(rows, i, DAY), cell(rows, i, COUNT));
	} else if (strcmp(what, "refused") == 0) {
		snprintf(out, size,
			"Baraza: no bundle could be bought for %s: \"%s\". See to its balance, and buy one for it.",
			sim, words);
	} else {
		snprintf(out, size,
			"Baraza: nobody knows whether a bundle was bought for %s. It counts as "
			"bought. Ask: baraza airtime ask %s",
			sim, cell(rows, i, MODEM));
	}
}

void
words_say(struct airtime *airtime, PGresult *rows)
{
	char sim[80], words[512];

	for (int i = 0; i < PQntuples(rows); i++) {
		snprintf(sim, sizeof(sim), "the SIM of modem %s%s%s%s", cell(rows, i, MODEM),
			PQgetisnull(rows, i, NUMBER) ? "" : " (", cell(rows, i, NUMBER),
			PQgetisnull(rows, i, NUMBER) ? "" : ")");
		compose(rows, i, sim, words, sizeof(words));
		log_warn("event=airtime modem=%s warning=%s", cell(rows, i, MODEM),
			cell(rows, i, KIND));
		administrator_queue(airtime->gateway, airtime->db,
			(int32_t)strtol(cell(rows, i, LINK), NULL, 10), words);
	}
}
