/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-pdu: a reader that never passes the PDU's end, and a writer for what is safe of it.
 */
#include "worker-pdu.h"

#include <stdbool.h>
#include <string.h>

#include "hex.h"

enum {
	SMSC_MAX = 12,   /* octets of the SMSC's address, its type included */
	DIGITS_MAX = 20, /* of an address, 3GPP 23.040 9.1.2.5 */
	TIME_OCTETS = 7,
	USER_DATA_MAX = 140,
	SEPTETS_MAX = 160,
	OCTETS_MAX = 255, /* as many are looked at; a true PDU has at most 184 */

	UDHI = 0x40,       /* TP-UDHI in the first octet */
	TYPE_VALID = 0x80, /* of a type of address: libgammu refuses it without */
	MTI = 0x03,        /* TP-MTI in the first octet */
	MTI_DELIVER = 0,
	MTI_SUBMIT = 1,
	MTI_STATUS_REPORT = 2,
	DCS_8BIT = 0x04,
};

enum coding { SEPTETS, OCTETS, COMPRESSED };

static const char empty_message[] = "0004008100000000000000000000";
static const char empty_draft[] = "0001000081000000";

struct reader {
	uint8_t octets[OCTETS_MAX];
	size_t len, at;
	bool whole; /* nothing but hexadecimal, and all of it here */
};

struct writer {
	uint8_t octets[PDU_SAFE_MAX / 2 - 1];
	size_t len;
};

static void
read_hex(const char *line, size_t len, struct reader *r)
{
	/* Some phones end the line with blanks, or with ",0". */
	while (len > 0 && line[len - 1] == ' ')
		len--;
	while (len >= 2 && line[len - 1] == '0' && line[len - 2] == ',')
		len -= 2;
	r->at = r->len = 0;
	while (r->len < OCTETS_MAX && len - 2 * r->len >= 2) {
		int high = hex_value(line[2 * r->len]), low = hex_value(line[2 * r->len + 1]);

		if (high == -1 || low == -1)
			break;
		r->octets[r->len++] = (uint8_t)(high << 4 | low);
	}
	r->whole = 2 * r->len == len;
}

static size_t
left(const struct reader *r)
{
	return r->len - r->at;
}

static void
copy(struct reader *r, size_t count, struct writer *w)
{
	memcpy(w->octets + w->len, r->octets + r->at, count);
	w->len += count;
	r->at += count;
}

static void
write_octet(struct writer *w, uint8_t octet)
{
	w->octets[w->len++] = octet;
}

static void
write_hex(const struct writer *w, char safe[PDU_SAFE_MAX])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < w->len; i++) {
		safe[2 * i] = digits[w->octets[i] >> 4];
		safe[2 * i + 1] = digits[w->octets[i] & 15];
	}
	safe[2 * w->len] = '\0';
}

/* The SMSC's address (27.005 3.1 <pdu>); one of a type that libgammu refuses is left out. */
static bool
copy_smsc(struct reader *r, struct writer *w)
{
	size_t len;

	if (left(r) < 1)
		return false;
	len = r->octets[r->at];
	if (len > SMSC_MAX || left(r) < 1 + len)
		return false;
	if (len > 1 && r->octets[r->at + 1] & TYPE_VALID) {
		copy(r, 1 + len, w);
		return true;
	}
	write_octet(w, 0);
	r->at += 1 + len;
	return true;
}

/* An address of digits or letters, 3GPP 23.040 9.1.2.5. */
static bool
copy_address(struct reader *r, struct writer *w)
{
	size_t len, start = w->len;

	if (left(r) < 2 || r->octets[r->at] > DIGITS_MAX)
		return false;
	len = 2 + (r->octets[r->at] + 1u) / 2;
	if (left(r) < len)
		return false;
	copy(r, len, w);
	w->octets[start + 1] |= TYPE_VALID;
	return true;
}

/* How long a text is by its TP-DCS: as libgammu sees it, which takes the reserved groups for data.
 */
static enum coding
coding_of(uint8_t dcs)
{
	switch (dcs & 0xf0) {
	case 0xc0:
	case 0xd0:
	case 0xf0:
		return dcs & 0x04 || (dcs & 0xf8) == 0xf8 ? OCTETS : SEPTETS;
	case 0x80:
	case 0x90:
	case 0xa0:
	case 0xb0:
	case 0xe0:
		return OCTETS;
	default:
		break;
	}
	if ((dcs & 0x0c) == 0x0c || (dcs & 0x0c) == 0x04)
		return OCTETS;
	if (dcs & 0x20)
		return COMPRESSED;
	return dcs & 0x0c ? OCTETS : SEPTETS;
}

/* TP-UDL and TP-UD. False, with r and w as they were, when they contradict themselves. */
static bool
copy_user_data(struct reader *r, struct writer *w, uint8_t dcs, bool has_header)
{
	enum coding coding = coding_of(dcs);
	size_t units, octets;

	if (left(r) < 1 || coding == COMPRESSED)
		return false;
	units = r->octets[r->at];
	octets = coding == SEPTETS ? (units * 7 + 7) / 8 : units;
	if (octets > USER_DATA_MAX || (coding == SEPTETS && units > SEPTETS_MAX) ||
		left(r) < 1 + octets)
		return false;
	if (has_header && (octets == 0 || r->octets[r->at + 1] + 1u > octets))
		return false;
	copy(r, 1 + octets, w);
	return true;
}

static void
vet_deliver(struct reader *r, struct writer *w, struct pdu *out)
{
	size_t first = w->len - 1;
	bool has_header = (w->octets[first] & UDHI) != 0;

	if (!copy_address(r, w) || left(r) < 2 + TIME_OCTETS)
		return;
	out->pid = r->octets[r->at];
	out->dcs = r->octets[r->at + 1];
	copy(r, 2 + TIME_OCTETS, w);
	if (r->whole && copy_user_data(r, w, out->dcs, has_header)) {
		out->kind = PDU_MESSAGE;
	} else {
		w->octets[first] &= (uint8_t)~UDHI;
		w->octets[w->len - TIME_OCTETS - 2] = out->pid = 0;
		w->octets[w->len - TIME_OCTETS - 1] = DCS_8BIT;
		out->dcs = 0;
		write_octet(w, 0);
	}
	write_hex(w, out->safe);
}

/* What may follow TP-ST (9.2.2.3) is of no use here, and libgammu reads it beyond its end. */
static void
vet_report(struct reader *r, struct writer *w, struct pdu *out)
{
	if (left(r) < 1)
		return;
	copy(r, 1, w);
	if (!copy_address(r, w) || left(r) < 2 * TIME_OCTETS + 1)
		return;
	copy(r, 2 * TIME_OCTETS + 1, w);
	out->kind = PDU_REPORT;
	write_hex(w, out->safe);
}

void
pdu_vet(const char *line, size_t len, struct pdu *out)
{
	struct reader r;
	struct writer w = { .len = 0 };

	out->kind = PDU_BROKEN;
	out->pid = out->dcs = 0;
	memcpy(out->safe, empty_message, sizeof(empty_message));
	read_hex(line, len, &r);
	if (!copy_smsc(&r, &w) || left(&r) < 1)
		return;
	copy(&r, 1, &w);
	switch (w.octets[w.len - 1] & MTI) {
	case MTI_DELIVER:
		vet_deliver(&r, &w, out);
		break;
	case MTI_STATUS_REPORT:
		vet_report(&r, &w, out);
		break;
	case MTI_SUBMIT:
		out->kind = PDU_DRAFT;
		memcpy(out->safe, empty_draft, sizeof(empty_draft));
		break;
	default:
		break;
	}
}
