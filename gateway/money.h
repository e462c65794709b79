/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * money: exact amounts of the world's currencies.
 *
 * What it is: pure functions. An amount is an int64_t of the currency's minor unit (1250 is 12.50
 * KES and 1250 XOF): ISO 4217's codes and exponents, amounts as people and operators write them,
 * amounts as we write them. What it is not: floating point, rounding, conversion; nothing here
 * guesses: what can be read in two ways is refused.
 *
 * Currencies are ISO 4217 codes in capitals, countries ISO 3166-1 alpha-2 in capitals.
 */
#ifndef MONEY_H
#define MONEY_H

#include <stddef.h>
#include <stdint.h>

#define MONEY_CODE_MAX 4   /* "XOF" with NUL */
#define MONEY_PLAIN_MAX 24 /* "-9223372036854775808" with a point and NUL */
#define MONEY_WORDS_MAX 40

/* Of one bill or payment, in minor units: more is a slip, and sums of thousands still fit. */
#define MONEY_MOST INT64_C(1000000000000000)

/* Digits behind the point: 0 to 3; -1 for what is no currency in circulation. */
int money_exponent(const char *currency);

/* The currency of a country, or NULL when it is not in the table. */
const char *money_of_country(const char *country);

/*
 * The currency that a word or sign means in a country: an ISO code in either case, or "FCFA", "F",
 * "Ksh", "MT", "$". The country decides between several (FCFA is XAF in CM, XOF in SN; F is RWF in
 * RW); "$" is USD unless the country has a dollar of its own. Returns a static string, or NULL for
 * an unknown word or one that only an unknown country could tell.
 */
const char *money_currency(const char *word, const char *country);

/* Every word and code that money_currency() may know, by index; NULL past the end. */
const char *money_word(size_t i);

/*
 * Read an amount: `3000`, `1,300.00`, `3 000,00`, `1'300`, `1.600F`, `Ksh3,500.00`, `500/=`, with
 * Latin or Arabic digits and any of Unicode's blanks; the currency's own word may stand on either
 * side. decimal is the sign that is known to stand before decimals ('.' or ','), 0 when that is not
 * known: then one sign before exactly three digits groups thousands if the currency has no minor
 * unit, and else the amount is refused (`1.600` USD). Known or not, a sign with other than three
 * digits behind it groups nothing: decimals. More decimals than the currency's must be zeros.
 * Returns 0, or -1 (minor untouched) for what is malformed, ambiguous, negative, empty, too large,
 * in another currency's word, or in an unknown currency.
 */
int money_parse(const char *text, const char *currency, char decimal, int64_t *minor)
	__attribute__((warn_unused_result));

/*
 * Write an amount as a plain decimal without trailing zeros ("12.5", "-3", "0.001"). Returns 0, or
 * -1 (out empty) in an unknown currency.
 */
int money_plain(int64_t minor, const char *currency, char out[MONEY_PLAIN_MAX]);

/*
 * Write an amount for an SMS, all of the GSM 7-bit alphabet: "12 500 XOF", "1 250 KES",
 * "1 250.50 KES". Returns 0, or -1 (out empty) in an unknown currency.
 */
int money_words(int64_t minor, const char *currency, char out[MONEY_WORDS_MAX]);

#endif
