/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: UTF-8, the GSM 7-bit default alphabet, segments. Folding and transliterating: text-fold.c.
 */
#include "text.h"

#include <string.h>

enum {
	SMS_SEPTETS = 160, /* TP-UD of 140 octets, 3GPP 23.040 9.2.3.16 */
	SMS_OCTETS = 140,
	REPLACEMENT = 0xfffd,
	ZERO_WIDTH_JOINER = 0x200d,
};

struct range {
	uint32_t first, last;
};

/*
 * Decode one sequence of s[0..len), len > 0. Returns true and the code point, or false when it is
 * not UTF-8; used is then the bytes that began well, at least 1: what one U+FFFD stands for.
 */
static bool
decode(const unsigned char *s, size_t len, uint32_t *cp, size_t *used)
{
	unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte, Unicode table 3-7 */
	size_t want = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	uint32_t value = s[0] & (0x7f >> want);

	*used = 1;
	if (s[0] < 0x80) {
		*cp = s[0];
		return true;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return false;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	for (; *used < want; (*used)++) {
		if (*used == len || s[*used] < low || s[*used] > high)
			return false;
		value = value << 6 | (s[*used] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*cp = value;
	return true;
}

uint32_t
text_next(const char **s)
{
	uint32_t cp;
	size_t used;

	if (**s == '\0')
		return 0;
	/* A NUL continues no sequence, so decode() stops at the string's end by itself. */
	if (!decode((const unsigned char *)*s, 4, &cp, &used))
		cp = REPLACEMENT;
	*s += used;
	return cp;
}

size_t
text_put(char out[4], uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool
text_utf8_valid(const char *s, size_t len)
{
	size_t used;
	uint32_t cp;

	for (; len > 0; s += used, len -= used)
		if (!decode((const unsigned char *)s, len, &cp, &used) || cp == 0)
			return false;
	return true;
}

size_t
text_utf8_clean(char *out, size_t size, const char *in, size_t len)
{
	size_t used, put, written = 0;
	uint32_t cp;
	char bytes[4];

	if (size == 0)
		return 0;
	for (; len > 0; in += used, len -= used) {
		if (!decode((const unsigned char *)in, len, &cp, &used))
			cp = REPLACEMENT;
		else if ((cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp < 0xa0))
			cp = ' ';
		put = text_put(bytes, cp);
		if (written + put >= size)
			break;
		memcpy(out + written, bytes, put);
		written += put;
	}
	out[written] = '\0';
	return written;
}

/* Septets of a code point in GSM 7-bit, 3GPP 23.038 6.2.1: 1, 2 in the extension table, 0 when it
 * has none. */
static size_t
gsm7_width(uint32_t cp)
{
	static const char ascii[] =
		"0000000000102100" /* line feed, form feed (extension), carriage return */
		"0000000000000000"
		"1111111111111111"
		"1111111111111111"
		"1111111111111111"
		"1111111111122221"  /* [ \ ] ^ */
		"0111111111111111"  /* no grave accent */
		"1111111111122220"; /* { | } ~ */
	/* Ç has a place, ç has none: some phones show one for the other, but the standard's is Ç.
	 */
	static const uint16_t others[] = { 0xa1, 0xa3, 0xa4, 0xa5, 0xa7, 0xbf, 0xc4, 0xc5, 0xc6,
		0xc7, 0xc9, 0xd1, 0xd6, 0xd8, 0xdc, 0xdf, 0xe0, 0xe4, 0xe5, 0xe6, 0xe8, 0xe9, 0xec,
		0xf1, 0xf2, 0xf6, 0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3,
		0x3a6, 0x3a8, 0x3a9 };
	size_t low = 0, high = sizeof(others) / sizeof(others[0]);

	if (cp < 128)
		return (size_t)(ascii[cp] - '0');
	if (cp == 0x20ac)
		return 2;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (others[middle] < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(others) / sizeof(others[0]) && others[low] == cp;
}

static size_t
utf16_width(uint32_t cp)
{
	return cp > 0xffff ? 2 : 1;
}

int
text_gsm7_septets(const char *utf8)
{
	size_t septets = 0;

	while (*utf8 != '\0') {
		size_t width = gsm7_width(text_next(&utf8));

		if (width == 0)
			return -1;
		septets += width;
	}
	return (int)septets;
}

bool
text_fits_gsm7(const char *utf8)
{
	while (*utf8 != '\0')
		if (gsm7_width(text_next(&utf8)) == 0)
			return false;
	return true;
}

size_t
text_utf16_units(const char *utf8)
{
	size_t units = 0;

	while (*utf8 != '\0')
		units += utf16_width(text_next(&utf8));
	return units;
}

/* How a text will be cut. */
struct cut {
	enum text_coding coding;
	size_t limit; /* septets or units of one segment */
	size_t count; /* segments, the fewest possible */
};

/* The end of the longest beginning of s that fits one segment. */
static const char *
segment_end(const char *s, const struct cut *cut)
{
	size_t room = cut->limit;

	while (*s != '\0') {
		const char *next = s;
		uint32_t cp = text_next(&next);
		size_t width = cut->coding == TEXT_GSM7 ? gsm7_width(cp) : utf16_width(cp);

		if (width > room)
			break;
		room -= width;
		s = next;
	}
	return s;
}

/* Segments that s takes at least, counting no further than one more than max. */
static size_t
segments_needed(const char *s, const struct cut *cut, size_t max)
{
	size_t count = 0;

	for (; *s != '\0' && count <= max; count++)
		s = segment_end(s, cut);
	return count;
}

/* Characters that are drawn on the one before them: to cut there shows two halves. */
static bool
extends(uint32_t cp)
{
	static const struct range ranges[] = { { 0x300, 0x36f }, { 0x610, 0x61a }, { 0x64b, 0x65f },
		{ 0x670, 0x670 }, { 0x6d6, 0x6dc }, { 0x6df, 0x6e4 }, { 0x6e7, 0x6e8 },
		{ 0x6ea, 0x6ed }, { 0x7eb, 0x7f3 }, { 0x135d, 0x135f }, { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { ZERO_WIDTH_JOINER, ZERO_WIDTH_JOINER }, { 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0x1e944, 0x1e94a }, { 0x1f3fb, 0x1f3ff },
		{ 0xe0020, 0xe007f }, { 0xe0100, 0xe01ef } };

	if (cp < ranges[0].first)
		return false;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

static bool
is_flag_half(uint32_t cp)
{
	return cp >= 0x1f1e6 && cp <= 0x1f1ff;
}

/*
 * The last place in start..end, after start, that cuts no combining sequence, no joined emoji and
 * no flag; end when there is none.
 */
static const char *
gentle_end(const char *start, const char *end)
{
	const char *best = end, *s = start;
	uint32_t before = 0;
	bool in_flag = false;

	while (*s != '\0' && s <= end) {
		const char *here = s;
		uint32_t cp = text_next(&s);
		bool second_half = in_flag && is_flag_half(cp);

		if (here > start && !extends(cp) && before != ZERO_WIDTH_JOINER && !second_half)
			best = here;
		in_flag = is_flag_half(cp) && !second_half;
		before = cp;
	}
	return best;
}

/* Decide coding, limit and count. Returns 0, or -1 for a text that cannot be sent. */
static int
plan(const char *utf8, size_t udh_octets, struct cut *out)
{
	struct cut cut = { .coding = TEXT_UCS2, .limit = SMS_OCTETS / 2 };
	size_t len = strlen(utf8);

	if (len == 0 || udh_octets > SMS_OCTETS / 2 || !text_utf8_valid(utf8, len))
		return -1;
	if (text_fits_gsm7(utf8)) {
		cut.coding = TEXT_GSM7;
		cut.limit = SMS_SEPTETS;
	}
	cut.count = segments_needed(utf8, &cut, 1);
	if (cut.count > 1) {
		/* The header, filled up to a whole septet or 16-bit unit. */
		cut.limit -=
			cut.coding == TEXT_GSM7 ? (udh_octets * 8 + 6) / 7 : (udh_octets + 1) / 2;
		cut.count = segments_needed(utf8, &cut, TEXT_SEGMENTS_MAX);
	}
	if (cut.count > TEXT_SEGMENTS_MAX)
		return -1;
	*out = cut;
	return 0;
}

static void
segment_fill(struct text_segment *segment, const char *s, const char *end)
{
	size_t units = 0;

	while (s < end) {
		uint32_t cp = text_next(&s);

		if (cp > 0xffff) {
			segment->text[units++] = (uint16_t)(0xd7c0 + (cp >> 10));
			segment->text[units++] = (uint16_t)(0xdc00 | (cp & 0x3ff));
		} else {
			segment->text[units++] = (uint16_t)cp;
		}
	}
	segment->units = units;
}

int
text_segment(const char *utf8, size_t udh_octets, struct text_segments *out)
{
	struct cut cut;

	if (plan(utf8, udh_octets, &cut) == -1)
		return -1;
	out->coding = cut.coding;
	out->count = cut.count;
	for (size_t i = 0; i < cut.count; i++) {
		const char *end = segment_end(utf8, &cut), *gentle;
		size_t left = cut.count - i - 1;

		if (*end != '\0' && cut.coding == TEXT_UCS2) {
			gentle = gentle_end(utf8, end);
			if (gentle != end && segments_needed(gentle, &cut, left) <= left)
				end = gentle;
		}
		segment_fill(&out->segment[i], utf8, end);
		utf8 = end;
	}
	return 0;
}

int
text_count_segments(const char *utf8, enum text_coding *coding)
{
	enum { CONCATENATION_8BIT_OCTETS = 6 }; /* with UDHL, 3GPP 23.040 9.2.3.24.1 */
	struct cut cut;

	if (plan(utf8, CONCATENATION_8BIT_OCTETS, &cut) == -1)
		return -1;
	if (coding != NULL)
		*coding = cut.coding;
	return (int)cut.count;
}
