/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone: numbers as the network and people write them, made one.
 *
 * What it is: pure functions; a table by country of calling code, trunk prefix, international
 * prefix and lengths (0788..., +250788..., 00250788... are one contact).
 *
 * What it is not: a check whether a number exists.
 */
#ifndef PHONE_H
#define PHONE_H

#include <stddef.h>

/* Bytes of a number in E.164, of a short code or of an alphabetic sender, with NUL. */
#define PHONE_MAX 24

enum phone_kind {
	PHONE_E164,       /* +250788000001: a person's phone; may be answered */
	PHONE_SHORT,      /* 3 to 6 digits, *code# : never prefixed, never answered automatically */
	PHONE_ALPHABETIC, /* MobileMoney: never answered */
	PHONE_INVALID,    /* empty or hopeless: kept as written, never answered */
};

struct phone {
	enum phone_kind kind;
	char number[PHONE_MAX];
};

/*
 * Normalise an address. country is ISO 3166-1 alpha-2 of the modem's own network ("RW"), which
 * decides how national forms are read. Digits may be Latin, Arabic or Eastern-Arabic, with spaces,
 * dots, dashes, parentheses.
 *
 * A national form becomes E.164 only when its length is one of that country's; nothing is guessed
 * for another. Of a number that brings its calling code, after + or an international prefix, only
 * E.164's own lengths are asked for (7 to 15 digits), so that an unlisted country's stay valid. An
 * address with a letter in it is alphabetic; *182# is a short code. Without a known country (NULL,
 * or not in the table), + and 00 are still read.
 *
 * Never fails: what cannot be read is PHONE_INVALID with a cleaned copy (cut to fit) in number.
 */
struct phone phone_normalise(const char *address_utf8, const char *country);

/* 1 when the table knows the country, else 0. */
int phone_country_known(const char *country);

/* The country's calling code ("250"), static; NULL when the table does not know it. */
const char *phone_calling_code(const char *country);

#endif
