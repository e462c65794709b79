/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-pdu: what a PDU that a modem shows is, and what libgammu may be given in its place.
 *
 * libgammu copies by lengths that the PDU itself names: a user data header longer than the user
 * data overruns its fields, an endless PDU its stack.  Here every length is checked first
 * (3GPP 23.040 9.2.2, 23.038 4). What it is not: a decoder.  Numbers, times and texts are
 * libgammu's.
 */
#ifndef WORKER_PDU_H
#define WORKER_PDU_H

#include <stddef.h>
#include <stdint.h>

#define PDU_SAFE_MAX 400 /* libgammu's own limit of a line with a PDU, NUL included */

enum pdu_kind {
	PDU_MESSAGE, /* SMS-DELIVER */
	PDU_REPORT,  /* SMS-STATUS-REPORT */
	PDU_DRAFT,   /* SMS-SUBMIT: somebody saved it for sending */
	PDU_BROKEN,  /* none that can be decoded */
};

struct pdu {
	enum pdu_kind kind;
	uint8_t pid, dcs; /* of a MESSAGE, else 0 */
	/*
	 * Hexadecimal that libgammu decodes without harm.  MESSAGE and REPORT: the PDU itself,
	 * without what follows it.  DRAFT: an empty one.  BROKEN: a message without text; its
	 * number and time are the PDU's where those could be read, else empty.
	 */
	char safe[PDU_SAFE_MAX];
};

/* Judge a line; len bytes of any kind. */
void pdu_vet(const char *line, size_t len, struct pdu *out);

#endif
