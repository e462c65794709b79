/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pdu.h - short messages as octets: SMS-DELIVER and SMS-STATUS-REPORT made, SMS-SUBMIT read
 * (3GPP 23.040, 9.2), and texts cut into segments and joined again.
 *
 * A PDU here is as on the AT interface (27.005, 4.1): first the SMSC's address, then the TPDU.
 * Numbers are text: `+` and digits are international, other dialling characters unknown type,
 * anything else alphanumeric.  All texts are UTF-8.  Nothing here knows of modems or phones.
 */
#ifndef SIM_PDU_H
#define SIM_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define PDU_MAX 192          /* octets: SMSC 12, TPDU head 30, user data 140, and some */
#define UD_MAX 140           /* octets of user data, its header included */
#define NUMBER_SIZE 48       /* an address as text: 11 septets as UTF-8, or 20 digits, and NUL */
#define SUBMIT_TEXT_SIZE 512 /* the text of one segment: 160 septets as UTF-8, or 140 in hex */

/* One segment's user data, ready for a PDU. */
struct segment {
	uint8_t dcs;        /* 0x00 GSM 7-bit, 0x08 UCS-2 */
	bool udhi;          /* it begins with a header */
	uint8_t udl;        /* TP-UDL: septets for 7-bit, else octets */
	uint8_t len;        /* octets in ud */
	uint8_t ud[UD_MAX]; /* header and text, packed */
};

/*
 * Cuts `text` into segments: 7-bit if every character has a septet, else UCS-2; one segment where
 * it fits, else each with a concatenation header of reference `ref` (8 bits of it, or 16 if ref16).
 * No escape pair or surrogate pair is cut.  Sets *out to an array that the caller frees and returns
 * its length (1 to 255); -1 if the text is too long for 255 segments or memory is out.
 */
int pdu_segments(const char *text, unsigned ref, bool ref16, struct segment **out);

/* SMS-DELIVER, 23.040 9.2.2.1 */
struct deliver {
	const char *smsc; /* a number, or "" for none */
	const char *from;
	time_t stamp;
	int zone; /* quarters of an hour east of Greenwich */
	uint8_t pid;
	const struct segment *segment;
};

/*
 * Writes the PDU; returns its length, and in *tpdu_len the length without the SMSC's address, as
 * +CMGL tells it.
 */
size_t pdu_deliver(const struct deliver *d, uint8_t out[PDU_MAX], unsigned *tpdu_len);

/* SMS-STATUS-REPORT, 23.040 9.2.2.3 */
struct report {
	const char *smsc;
	uint8_t mr;       /* the TP-MR of what it tells of */
	const char *to;   /* whom that was for */
	time_t stamp;     /* when the network took it */
	time_t discharge; /* when it was delivered or given up */
	int zone;
	uint8_t status; /* TP-ST, 9.2.3.15: 0x00 delivered, 0x2x-0x3x trying, 0x4x-0x6x failed */
};

size_t pdu_report(const struct report *r, uint8_t out[PDU_MAX], unsigned *tpdu_len);

enum pdu_alphabet { ALPHABET_GSM, ALPHABET_8BIT, ALPHABET_UCS2 };

/* SMS-SUBMIT, 23.040 9.2.2.2, decoded whole. */
struct submit {
	char smsc[NUMBER_SIZE]; /* "" when the PDU names none: the SIM's own is meant */
	char to[NUMBER_SIZE];
	uint8_t mr, pid, dcs;
	bool report; /* TP-SRR */
	bool reply_path, reject_duplicates;
	long validity; /* seconds from now, or -1 when the PDU gives none */
	enum pdu_alphabet alphabet;
	int class; /* 0 to 3, or -1 */
	uint8_t udh[UD_MAX];
	unsigned udh_len;            /* octets, the length octet included; 0: no header */
	bool concat;                 /* it is a part: */
	unsigned ref;                /*   its reference, */
	bool ref16;                  /*   of 16 bits or of 8, */
	unsigned total, part;        /*   and place, from 1 */
	int port;                    /* destination application port, or -1 */
	unsigned tpdu_len;           /* octets without the SMSC's address */
	struct segment raw;          /* the user data as it stood */
	char text[SUBMIT_TEXT_SIZE]; /* UTF-8; 8-bit data as hexadecimal digits */
};

/*
 * Reads a PDU.  Strict: what is cut short, too long, or of an unknown kind is refused.  `now` is
 * what an absolute validity period is measured from.  Returns 0, or -1 with *why (static) set.
 */
int pdu_read_submit(
	const uint8_t *pdu, size_t len, time_t now, struct submit *out, const char **why);

/* Writes `number` as an address field with its leading length in digits; returns the octets. */
size_t pdu_put_address(const char *number, uint8_t *out);

/*
 * Hexadecimal text to octets.  Returns the octets, or -1 if a character is no digit, their number
 * is odd, or cap is too small.
 */
long pdu_from_hex(const char *hex, size_t len, uint8_t *out, size_t cap);

/* Octets to upper-case hexadecimal, with a NUL: 2 * len + 1 octets. */
void pdu_to_hex(const uint8_t *in, size_t len, char *out);

#endif
