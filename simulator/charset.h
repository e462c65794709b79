/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset.h - the simulator's own UTF-8, GSM 03.38 and UCS-2.
 *
 * Written apart from the gateway's, so that the two can witness against each other.  A septet here
 * is one octet of value 0 to 127; an escape (0x1B) and the code after it are two septets (3GPP
 * 23.038, 6.2.1).  National shift tables are not known.  Nothing here allocates.
 */
#ifndef SIM_CHARSET_H
#define SIM_CHARSET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GSM_ESCAPE 0x1B
#define UNICODE_REPLACEMENT 0xFFFD

/*
 * Reads one code point of `s`, which has `len` > 0 octets, into *cp.  Returns the octets it took,
 * at least 1.  What is not UTF-8 (overlong, surrogate, cut short) is U+FFFD and takes one octet.
 */
size_t utf8_get(const char *s, size_t len, uint32_t *cp);

/* Writes one code point as 1 to 4 octets of UTF-8, without a NUL; a surrogate as U+FFFD. */
size_t utf8_put(uint32_t cp, char out[4]);

/* Returns the septets that write `cp`, 1 or 2 (in out), or 0 if the GSM alphabet has no such. */
size_t gsm_from_unicode(uint32_t cp, uint8_t out[2]);

/*
 * Septets to UTF-8, with a NUL.  An escape before an unknown code is dropped and the code shown
 * from the basic table (23.038, note 1 of 6.2.1.1); a last, lone escape is a space.  Writes what
 * fits in `cap` octets; n septets never need more than 3 * n + 1.  Returns the length.
 */
size_t gsm_to_utf8(const uint8_t *septets, size_t n, char *out, size_t cap);

/*
 * Packs n septets into octets from bit `skip` (0 to 6) of out[0]; the octets must be zero.
 * Returns the octets used, counting the skipped bits.
 */
size_t gsm_pack(const uint8_t *septets, size_t n, unsigned skip, uint8_t *out);

/* Unpacks n septets from bit `skip`; what lies beyond `len` octets is 0. */
void gsm_unpack(const uint8_t *in, size_t len, unsigned skip, uint8_t *septets, size_t n);

/* Writes `cp` as UTF-16BE, 2 or 4 octets; returns which. */
size_t ucs2_put(uint32_t cp, uint8_t out[4]);

/*
 * UTF-16BE to UTF-8, with a NUL; a lone surrogate is U+FFFD, an odd last octet is left out.
 * len octets never need more than 3 * len / 2 + 1.  Writes what fits; returns the length.
 */
size_t ucs2_to_utf8(const uint8_t *in, size_t len, char *out, size_t cap);

#endif
