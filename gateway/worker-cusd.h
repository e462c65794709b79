/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-cusd: +CUSD as it comes (3GPP 27.007 7.15): where it ends, and its three values.
 *
 *	+CUSD: <m>[,"<str>"[,<dcs>]]
 *
 * It is read by octets, not by lines: within its quotes stand line ends, quotes and, of modems that
 * speak the GSM alphabet on the line, control characters.  It ends at the line end behind a quote
 * and a <dcs>, or behind a quote that leaves the number of quotes even; where no such comes, at the
 * modem's silence (cusd_quiet()), so that an answer that never ends swallows no others.
 *
 * What it is not: it decodes no text (worker-ussd-text does), and reads nothing by itself: the
 * sieve and worker-at hand it what they read.
 */
#ifndef WORKER_CUSD_H
#define WORKER_CUSD_H

#include <stdbool.h>
#include <stddef.h>

#define CUSD_RAW_MAX 2048 /* octets of one that are kept: the beginning, and the end */
#define CUSD_KEPT 4       /* that wait to be looked at */
#define CUSD_QUIET_MS 200 /* of silence end one */

struct cusd_raw {
	bool early; /* it came before the command that is being said was heard */
	size_t len;
	char octets[CUSD_RAW_MAX]; /* what follows "+CUSD:"; may hold zeros */
};

struct cusd {
	bool open; /* one is being read */
	bool early;
	unsigned quotes;
	size_t len;
	char octets[CUSD_RAW_MAX];
	struct cusd_raw kept[CUSD_KEPT];
	size_t n_kept;
};

/* A line of which so much has come begins one. */
bool cusd_begins(const char *line, size_t len);

/* What follows belongs to one. */
void cusd_open(struct cusd *cusd, bool early);

/* Its next octet.  cusd->open becomes false when it is whole. */
void cusd_take(struct cusd *cusd, char octet);

/*
 * The modem has been silent.  What is open ends, before the first line in it that only a modem
 * says: those are given back in rest, to be read as lines.  Returns their length.
 */
size_t cusd_quiet(struct cusd *cusd, char rest[CUSD_RAW_MAX]);

/* The first one is dealt with. */
void cusd_drop(struct cusd *cusd);

enum { CUSD_NO_DCS = -1 };

struct cusd_answer {
	int m;            /* <m>, 0-5 by the standard; -1 when there is no number */
	const char *text; /* borrowed from the raw one; NULL when there is none */
	size_t len;
	int dcs; /* 0-255, or CUSD_NO_DCS */
};

void cusd_parse(const struct cusd_raw *raw, struct cusd_answer *answer);

#endif
