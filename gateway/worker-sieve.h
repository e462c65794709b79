/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-sieve: everything that the modem says passes here before libgammu sees it.
 *
 * libgammu trusts its modem: a line that it does not know makes it miss the answer after it, a PDU
 * with a wrong length overruns its fields, a listing that ends early is read beyond its end.  So it
 * is given only what answers its own command: the echo, the command's own lines, PDUs that were
 * vetted (worker-pdu), the final result.  What the modem tells unasked is noted in struct urc.  An
 * echo is of what libgammu asked last, and of nothing else.
 *
 * Noise on the line is cut off where it stands before an echo, a final result or a prompt; inside
 * one it costs that answer.
 *
 * What it is not: it does no I/O and starts nothing.  It knows libgammu's way of talking (echo on,
 * PDU mode), no other.
 *
 * Ownership: a sieve owns its buffers; sieve_listed() and sieve_single() lend until the next feed.
 */
#ifndef WORKER_SIEVE_H
#define WORKER_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"
#include "worker-cusd.h"
#include "worker-pdu.h"

enum store { STORE_SM, STORE_ME, STORE_SR, STORES, STORE_UNKNOWN = STORES };

#define SIEVE_ASKED_MAX 256
#define URC_REPORTS_MAX 16
#define URC_DIRECT_MAX 256 /* while one call into libgammu lasts */
#define URC_DIRECT_BYTES 512

/* What the modem told without being asked.  The reader clears what it has dealt with. */
struct urc {
	bool message;                       /* +CMTI: look for messages */
	bool report;                        /* +CDSI: look for reports in SR */
	int report_places[URC_REPORTS_MAX]; /* where; only a hint */
	size_t n_report_places;
	unsigned rings;  /* RING */
	bool has_caller; /* +CLIP came: caller is its number, empty when withheld */
	char caller[WIRE_NUMBER_MAX];
	bool call_over; /* NO CARRIER */
	bool restarted; /* a line that modems say when they start: ask whether it did */
	bool in_pdu;    /* the next line belongs to this one */
	/* PDUs of +CMT and +CDS, given once and not stored in the modem. */
	char direct[URC_DIRECT_MAX][URC_DIRECT_BYTES];
	size_t n_direct;
	struct cusd cusd; /* +CUSD, which neither libgammu nor a line's reader sees */
};

/*
 * Note a line that answers no command.  Returns 1 when its meaning was known, else 0: nothing was
 * noted.  The line after one that announces a PDU is that PDU.
 */
int urc_line(struct urc *urc, const char *line);

/* A command that the worker says by itself while libgammu is silent. */
enum sieve_aside { ASIDE_NONE, ASIDE_SAID, ASIDE_OK, ASIDE_ERROR };

/* A PDU as it went by. */
struct sieve_pdu {
	enum pdu_kind kind;
	uint8_t pid, dcs;
	uint8_t stat; /* 0 received unread, 1 received read, 2 unsent, 3 sent (27.005 3.1) */
	int location; /* its number in the listing */
	char *raw;    /* the line, cut at WIRE_TEXT_MAX, NUL-terminated */
};

struct sieve_usage {
	bool known;
	int used, total;
};

struct sieve {
	struct urc *urc;

	char line[4096];
	size_t len;
	bool overlong; /* the line's end was thrown away */
	bool prompted; /* "> " was passed on: the rest of that line is an echo */

	char asking[SIEVE_ASKED_MAX]; /* the command that libgammu is writing */
	size_t asking_len;
	char asked[SIEVE_ASKED_MAX]; /* and the last, or its beginning, until its echo came */

	char command[24];  /* that is being answered, "+CMGL"; empty between commands */
	bool final_is_cme; /* the last final result was a +CME ERROR */
	enum sieve_aside aside;
	int aside_code; /* of a +CME or +CMS ERROR, else -1 */
	bool expects_pdu;
	bool skips_pdu; /* of a header that was thrown away */
	struct sieve_pdu *header;

	struct sieve_pdu *listed;
	size_t n_listed, listed_room;
	struct sieve_pdu single;
	unsigned listings, singles; /* +CMGL and +CMGR commands so far */

	unsigned dropped; /* lines of no known meaning */

	enum store store; /* that libgammu selected last */
	struct sieve_usage usage[STORES];

	char *out;
	size_t out_len, out_room;
};

void sieve_init(struct sieve *sieve, struct urc *urc);
void sieve_free(struct sieve *sieve);

/* Forget what was being answered: the modem's line was opened anew.  Usage and PDUs stay. */
void sieve_restart(struct sieve *sieve);

/* libgammu wrote len bytes to the modem. */
void sieve_asked(struct sieve *sieve, const char *bytes, size_t len);

/*
 * The worker said this command line, "AT+CUSD=...", by itself.  Its echo and result are not for
 * libgammu: sieve->aside becomes ASIDE_OK or ASIDE_ERROR.  Until then libgammu may say nothing.
 */
void sieve_aside(struct sieve *sieve, const char *line);

/* A +CUSD is being read, and the modem has been silent for CUSD_QUIET_MS: it ends. */
void sieve_quiet(struct sieve *sieve);

/* Take len bytes from the modem.  What of them is for libgammu waits for sieve_take(). */
void sieve_feed(struct sieve *sieve, const char *bytes, size_t len);

/* Move up to size bytes to buf.  Returns how many. */
size_t sieve_take(struct sieve *sieve, char *buf, size_t size);

/* The n-th message of the latest listing, or NULL. */
const struct sieve_pdu *sieve_listed(const struct sieve *sieve, size_t n);

/* The latest message that was read by itself. */
const struct sieve_pdu *sieve_single(const struct sieve *sieve);

#endif
