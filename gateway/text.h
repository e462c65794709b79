/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: what an SMS's characters are, fit into, and mean the same as.
 *
 * What it is: pure functions on memory. UTF-8 checking and repair; the GSM 7-bit default alphabet
 * with its extension table (3GPP 23.038 6.2.1) and UCS-2; cutting a text into segments; folding a
 * text to the form in which keywords are compared.
 *
 * What it is not: it knows no languages, no services, no libgammu.
 *
 * All text is UTF-8 unless a name says otherwise. Nothing is trusted, lengths included.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_SEGMENTS_MAX 20       /* a longer text is refused, never cut */
#define TEXT_SEGMENT_UNITS_MAX 160 /* UTF-16 units of one segment's text, any coding */

enum text_coding { TEXT_GSM7, TEXT_UCS2 };

struct text_segment {
	size_t units;                          /* UTF-16 units in text */
	uint16_t text[TEXT_SEGMENT_UNITS_MAX]; /* host order, surrogate pairs never split */
};

struct text_segments {
	enum text_coding coding;
	size_t count;
	struct text_segment segment[TEXT_SEGMENTS_MAX];
};

/* True when s[0..len) is valid UTF-8 without NUL, overlong forms and surrogates. */
bool text_utf8_valid(const char *s, size_t len);

/*
 * Copy in[0..len) to out, every invalid sequence replaced by U+FFFD, NUL and every other control
 * (C0, DEL, C1) except \n by one space, cut at a character's boundary to fit. Always
 * NUL-terminated. Returns the bytes written without the NUL.
 */
size_t text_utf8_clean(char *out, size_t size, const char *in, size_t len);

/* True when every character of the text is in the GSM 7-bit alphabet or its extension table. */
bool text_fits_gsm7(const char *utf8);

/* Septets of the text (extension characters take two), or -1 if it does not fit GSM 7-bit. */
int text_gsm7_septets(const char *utf8);

/* UTF-16 units that the text takes. */
size_t text_utf16_units(const char *utf8);

/*
 * Opt-in: replace characters outside GSM 7-bit by their nearest inside (“ -> ", ê -> e, œ -> oe,
 * ° -> o; ç -> c, since the alphabet has only Ç; but é à ù ò ì ñ ü ... that it has stay, decomposed
 * ones too). Characters without a fair replacement (Arabic, emoji) stay, and so decide for UCS-2.
 * Returns bytes written without NUL, or -1 (out is then empty) if out is too small.
 */
int text_transliterate(char *out, size_t size, const char *utf8);

/*
 * Cut a text into segments: GSM 7-bit when it can be, UCS-2 when it must. 160/153 septets or 70/67
 * units; udh_octets is the length of a user data header (with UDHL) that every segment carries when
 * there is more than one (6 for an 8-bit concatenation, 7 for 16-bit; 0 to 70). No escape pair and
 * no surrogate pair is split; where no segment more comes of it, no accent is parted from its
 * letter and no joined emoji or flag is cut. Returns 0, or -1 (out untouched) when the text is not
 * valid UTF-8, empty, or longer than TEXT_SEGMENTS_MAX segments.
 */
int text_segment(const char *utf8, size_t udh_octets, struct text_segments *out)
	__attribute__((warn_unused_result));

/*
 * The number of segments that text_segment() would make with an 8-bit concatenation, or -1.
 * coding may be NULL.
 */
int text_count_segments(const char *utf8, enum text_coding *coding);

/*
 * Fold for comparing: lower case without accents, composed or not; Latin ligatures and special
 * letters opened (œ->oe, ß->ss, ɛ->e ɔ->o ŋ->n ɓ->b ɗ->d ƴ->y ...); Arabic without tashkeel and
 * tatweel, alef and hamza's seats unified (a hamza by itself stays), ta marbuta -> ha, alef maqsura
 * -> ya, Persian and Urdu forms of these and the presentation forms of old phones alike;
 * Arabic-Indic and Eastern-Arabic digits -> 0-9, and so superscripts, keycaps and circled digits;
 * full-width forms narrowed; apostrophes, emoji, symbols and every other punctuation -> one space;
 * runs of blanks -> one space; trimmed. ° and º are punctuation too, except that a word's beginning
 * "n°" or "nº" (and №) is the word "no": `BAC N°147` is "bac no 147". Digits within words stay
 * ("3ndkom"). Characters without width vanish. Letters of scripts not named here stay as they are
 * (Greek and Cyrillic in lower case). Folding twice is folding once. Invalid UTF-8 is punctuation.
 * Never longer than 3 * strlen(utf8) + 1 bytes. Returns bytes written without NUL, or -1 (out is
 * then empty) if out is too small.
 */
int text_fold(char *out, size_t size, const char *utf8);

/*
 * Decode one character at *s, advance *s, return its code point: U+FFFD for what is not valid
 * UTF-8, 0 (and no advance) at the string's end.
 */
uint32_t text_next(const char **s);

/* Encode a code point; returns bytes written (1-4), 0 for an invalid one. No NUL is added. */
size_t text_put(char out[4], uint32_t code_point);

#endif
