/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-ussd-text: what +CUSD carries, as text; and a code as a modem wants to have it.
 *
 * The data coding scheme is that of cell broadcast (3GPP 23.038 clause 5), and 27.007 7.15 says how
 * each coding is written on the line.  Modems do otherwise, so that what a text looks like counts
 * too: packed septets in hexadecimal where characters should be (Huawei E1xx, also without quotes),
 * UCS-2 in hexadecimal under the DCS of GSM 7-bit (Quectel M35), the GSM alphabet's own octets
 * (Telit), no DCS, memory behind a zero (Telit HE910), a language in front.
 *
 * libgammu decodes some of these (ATGEN_ReplyGetUSSD of 1.42), and is not asked to: it unpacks
 * packed septets by the number of hexadecimal digits instead of octets and so reads beyond them,
 * takes 8-bit data for packed septets, has no language in front (its #377), refuses an answer
 * without DCS in UCS-2 and every one that is broken (#179), and knows who packs by the model's
 * name, which `model = "at"` hides from it.
 *
 * What it is not: it talks to no modem, and keeps nothing.
 */
#ifndef WORKER_USSD_TEXT_H
#define WORKER_USSD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"
#include "worker-cusd.h"

/* The TE character set of the session (+CSCS), which a modem writes its texts in. */
enum ussd_charset {
	USSD_CHARSET_GSM, /* also when it is not known */
	USSD_CHARSET_ASCII,
	USSD_CHARSET_UTF8,
	USSD_CHARSET_UCS2,
	USSD_CHARSET_HEX, /* each septet as two hexadecimal digits */
};

/* Of the values of +CSCS?: `"GSM"`. */
enum ussd_charset ussd_charset_named(const char *values);

/*
 * The answer's text as UTF-8: no control characters but \n, none of those and no blanks at its end,
 * cut at a character's boundary to fit.  packs: this modem took its code packed.  Returns the
 * length; there is no NUL.
 */
size_t ussd_decode(const struct cusd_answer *answer, enum ussd_charset charset, bool packs,
	char out[WIRE_USSD_MAX]);

/* How a code is written for a modem. */
enum ussd_way {
	USSD_BY_BOOK, /* AT+CUSD=1,"*131#",15 */
	USSD_NO_DCS,  /* AT+CUSD=1,"*131#" */
	USSD_PACKED,  /* AT+CUSD=1,"AA98AC6602",15 */
	USSD_WAYS,
};

#define USSD_COMMAND_MAX (24 + 4 * WIRE_TYPED_MAX)

/* The command, without "AT" and end.  text: as wire_ussd_typed() takes it. */
void ussd_command(
	const char *text, enum ussd_way way, enum ussd_charset charset, char out[USSD_COMMAND_MAX]);

#endif
