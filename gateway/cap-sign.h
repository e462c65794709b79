/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-sign: did the holder of this certificate sign this CAP message, all of it?
 *
 * What it is: the enveloped XML signature of chapter 3.3.4.1 of the standard, checked by xmlsec
 * with one key, that of the certificate which the administrator configured. What counts is one
 * signature, a child of <alert>, over the whole document (one reference, URI="") but itself, by RSA
 * or ECDSA with SHA-2, and canonical XML: nothing else is enabled, so that no transform, no other
 * document and no part of one can stand for the message. What it is not: a chain of trust. Neither
 * keys nor certificates that the document brings are read, and dates of the configured one are not
 * asked.
 */
#ifndef CAP_SIGN_H
#define CAP_SIGN_H

#include "cap.h"

/*
 * Check the message as it was read. certificate: path of an X.509 certificate in PEM. Returns 0, or
 * -1 with the reason in words.
 */
int cap_sign_check(const struct cap *cap, const char *certificate, char reason[CAP_REASON_MAX])
	__attribute__((warn_unused_result));

/* Can a certificate of that path be used? Returns 0, or -1 with the reason in words. */
int cap_sign_usable(const char *certificate, char reason[CAP_REASON_MAX])
	__attribute__((warn_unused_result));

#endif
