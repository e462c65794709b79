/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * craft: an SMS-DELIVER (3GPP 23.040 9.2.2.1) octet by octet, right or wrong, as a modem shows it.
 *
 * The SMSC time stamp of each is a second later than that of the one before.
 */
#ifndef CRAFT_H
#define CRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct craft {
	const char *from;       /* digits, with or without +, or a name of letters */
	const uint8_t *address; /* TP-OA as it is, instead; its length in octets */
	size_t address_len;
	uint8_t first; /* of the first octet: TP-UDHI 0x40 and others; the kind is DELIVER, 0 */
	uint8_t pid, dcs;
	uint8_t ud[300]; /* TP-UD */
	size_t ud_len;
	int udl; /* TP-UDL; -1: ud_len */
};

/* One with a number and nothing else. */
struct craft craft_from(const char *from);

/* Sets TP-UD to UCS-2 (UTF-16 units), to octets, or to septets as they are. */
void craft_units(struct craft *craft, const uint16_t *units, size_t count);
void craft_octets(struct craft *craft, const void *octets, size_t len);
void craft_septets(struct craft *craft, const uint8_t *septets, size_t count);

/* Sets it to GSM 7-bit text; what is not in the alphabet is left out. */
void craft_text(struct craft *craft, const char *text);

/* Puts a header (with its UDHL) before the octets or units that are there. */
void craft_header(struct craft *craft, const void *header, size_t len);

/* The whole in hexadecimal; the caller's. */
char *craft_hex(const struct craft *craft);

/*
 * The parts of a long text from a number, at most max of them, with a reference (of 16 bits when
 * wide).  Returns how many; each the caller's.
 */
size_t craft_parts(const char *from, const char *text, unsigned reference, bool wide, char **parts,
	size_t max);

#endif
