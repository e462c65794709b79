/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mask: codes and balances in an operator's SMS, made unreadable.
 *
 * What it is: a pure function over one text, by the words that stand around a code or a balance in
 * the languages of the operators whose formats we know. What it is not: an understanding of the
 * message; where it errs, it hides too much.
 */
#ifndef MASK_H
#define MASK_H

enum mask_mode {
	MASK_PAYMENT, /* balances, and what stands right behind a word for a code */
	MASK_ALL,     /* besides, where a code is spoken of, whatever has a digit */
};

/*
 * Returns a copy (free() it) of the UTF-8 text in which each thing to hide is "***", or NULL when
 * there is none. keep: strings that stay readable wherever they stand (a transaction's number),
 * ends with NULL; may be NULL; "" keeps nothing.
 */
char *mask_secrets(const char *text, enum mask_mode mode, const char *const *keep)
	__attribute__((warn_unused_result));

#endif
