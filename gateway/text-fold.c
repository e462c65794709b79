/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text-fold: letters made plain, either to be compared (text_fold) or to fit GSM 7-bit
 * (text_transliterate).
 *
 * The tables are hand-sized for the scripts of SMS: Latin whole, Arabic whole, Greek and Cyrillic
 * as they are written today, digits and punctuation of N'Ko, Ethiopic and Adlam. The letters of
 * every other script pass as they are. tests/unit/test-text.c holds the tables against
 * libunistring's.
 */
#include "text.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* --- --- Latin letters --- */

/*
 * One character a code point: the plain letter, case kept; '.' for one to leave alone; any other
 * sign is a key of letter_pairs.
 */
static const char latin_00c0[] =
	"AAAAAA1CEEEEIIII" /* U+00C0: × and ÷ are signs */
	"DNOOOOO.OUUUUY83"
	"aaaaaa2ceeeeiiii"
	"dnooooo.ouuuuy9y"
	"AaAaAaCcCcCcCcDd" /* U+0100 */
	"DdEeEeEeEeEeGgGg"
	"GgGgHhHhIiIiIiIi"
	"Ii67JjKkkLlLlLlL"
	"lLlNnNnNnnNnOoOo"
	"Oo45RrRrRrSsSsSs"
	"SsTtTtTtUuUuUuUu"
	"UuUuWwYyYZzZzZzs"
	"bBBb..OCcDDDd.EE" /* U+0180: hooks and open letters of African alphabets */
	"EFfGG_IIKkl..NnO"
	"Oo..PpR..S.tTtTU"
	"uUVYyZzZ........"
	"....(()<<>[[]AaI"
	"iOoUuUuUuUuUueAa"
	"Aa12GgGgKkOoOoZz"
	"j(()Gg^.NnAa12Oo"
	"AaAaEeEeIiIiOoOo" /* U+0200 */
	"RrRrUuUuSsTt..Hh"
	"Nd{}ZzAaEeOoOoOo"
	"OoYylntj..ACcLTs"
	"z..BUVEeJjQqRrYy"
	"aaabocddeeeeeeej" /* U+0250: small letters of capitals above, phonetic */
	"gggg.hh.iiilll.."
	".mnnno5.frrrrrrr"
	"rrssj.sttuuvvwyy"
	"zzzz.....b.ghjkl";

static const char latin_1e00[] = "AaBbBbBbCcDdDdDd"
				 "DdDdEeEeEeEeEeFf"
				 "GgHhHhHhHhHhIiIi"
				 "KkKkKkLlLlLlLlMm"
				 "MmMmNnNnNnNnOoOo"
				 "OoOoPpPpRrRrRrRr"
				 "SsSsSsSsSsTtTtTt"
				 "TtUuUuUuUuUuVvVv"
				 "WwWwWwWwWwXxXxYy"
				 "ZzZzZzhtwyasss0."
				 "AaAaAaAaAaAaAaAa"
				 "AaAaAaAaEeEeEeEe"
				 "EeEeEeEeIiIiOoOo"
				 "OoOoOoOoOoOoOoOo"
				 "OoOoUuUuUuUuUuUu"
				 "UuYyYyYyYy..VvYy";

/* Key, then the two letters. */
static const char letter_pairs[] = "0SS3ss1AE2ae4OE5oe6IJ7ij8TH9th(DZ)dz<LJ>lj[NJ]nj{OU}ou^HV_hv";

/* The plain letters of a Latin letter beyond ASCII: 1 or 2 written to out, or 0 for no such letter.
 */
static size_t
latin_letters(uint32_t cp, char out[2])
{
	char plain;

	if (cp >= 0xc0 && cp - 0xc0 < sizeof(latin_00c0) - 1)
		plain = latin_00c0[cp - 0xc0];
	else if (cp >= 0x1e00 && cp - 0x1e00 < sizeof(latin_1e00) - 1)
		plain = latin_1e00[cp - 0x1e00];
	else
		return 0;
	if (plain == '.')
		return 0;
	if ((plain | 0x20) >= 'a' && (plain | 0x20) <= 'z') {
		out[0] = plain;
		return 1;
	}
	for (size_t i = 0; i < sizeof(letter_pairs) - 1; i += 3) {
		if (letter_pairs[i] == plain) {
			memcpy(out, letter_pairs + i + 1, 2);
			return 2;
		}
	}
	return 0;
}

/* --- --- Other code points --- */

/* first..last become to: all the same one, or with STEP one after the other. */
#define STEP 0x80000000u
#define GAP ' ' /* what words are parted by */
#define DROP 0  /* marks, and characters without width */

struct rule {
	uint32_t first, last, to;
};

/* Sorted. A letter that has no rule stays. */
/* clang-format off */
static const struct rule rules[] = {
	/* Latin-1's signs */
	{ 0x80, 0xac, GAP }, { 0xad, 0xad, DROP }, { 0xae, 0xb1, GAP },
	{ 0xb2, 0xb3, STEP | '2' }, { 0xb4, 0xb4, GAP }, { 0xb5, 0xb5, 'u' }, { 0xb6, 0xb8, GAP },
	{ 0xb9, 0xb9, '1' }, { 0xba, 0xbf, GAP }, { 0xd7, 0xd7, GAP }, { 0xf7, 0xf7, GAP },
	/* modifiers (most are apostrophes), combining marks */
	{ 0x2b9, 0x2df, GAP }, { 0x2e5, 0x2ff, GAP }, { 0x300, 0x36f, DROP },
	/* Greek */
	{ 0x375, 0x375, GAP }, { 0x37e, 0x37e, GAP }, { 0x384, 0x385, GAP }, { 0x386, 0x386, 0x3b1 },
	{ 0x387, 0x387, GAP }, { 0x388, 0x388, 0x3b5 }, { 0x389, 0x389, 0x3b7 },
	{ 0x38a, 0x38a, 0x3b9 }, { 0x38c, 0x38c, 0x3bf }, { 0x38e, 0x38e, 0x3c5 },
	{ 0x38f, 0x38f, 0x3c9 }, { 0x390, 0x390, 0x3b9 }, { 0x391, 0x3a1, STEP | 0x3b1 }, { 0x3a3, 0x3a9, STEP | 0x3c3 },
	{ 0x3aa, 0x3aa, 0x3b9 }, { 0x3ab, 0x3ab, 0x3c5 }, { 0x3ac, 0x3ac, 0x3b1 },
	{ 0x3ad, 0x3ad, 0x3b5 }, { 0x3ae, 0x3ae, 0x3b7 }, { 0x3af, 0x3af, 0x3b9 },
	{ 0x3b0, 0x3b0, 0x3c5 }, { 0x3c2, 0x3c2, 0x3c3 }, { 0x3ca, 0x3ca, 0x3b9 },
	{ 0x3cb, 0x3cb, 0x3c5 }, { 0x3cc, 0x3cc, 0x3bf }, { 0x3cd, 0x3cd, 0x3c5 },
	{ 0x3ce, 0x3ce, 0x3c9 },
	/* Cyrillic */
	{ 0x400, 0x401, 0x435 }, { 0x402, 0x402, 0x452 }, { 0x403, 0x403, 0x433 },
	{ 0x404, 0x406, STEP | 0x454 }, { 0x407, 0x407, 0x456 }, { 0x408, 0x40b, STEP | 0x458 },
	{ 0x40c, 0x40c, 0x43a }, { 0x40d, 0x40d, 0x438 }, { 0x40e, 0x40e, 0x443 },
	{ 0x40f, 0x40f, 0x45f }, { 0x410, 0x418, STEP | 0x430 }, { 0x419, 0x419, 0x438 },
	{ 0x41a, 0x42f, STEP | 0x43a }, { 0x439, 0x439, 0x438 }, { 0x450, 0x451, 0x435 },
	{ 0x453, 0x453, 0x433 }, { 0x457, 0x457, 0x456 }, { 0x45c, 0x45c, 0x43a },
	{ 0x45d, 0x45d, 0x438 }, { 0x45e, 0x45e, 0x443 }, { 0x482, 0x482, GAP },
	{ 0x483, 0x489, DROP },
	/* Hebrew points */
	{ 0x591, 0x5bd, DROP }, { 0x5be, 0x5be, GAP }, { 0x5bf, 0x5bf, DROP },
	{ 0x5c0, 0x5c0, GAP }, { 0x5c1, 0x5c2, DROP }, { 0x5c3, 0x5c3, GAP },
	{ 0x5c4, 0x5c5, DROP }, { 0x5c6, 0x5c6, GAP }, { 0x5c7, 0x5c7, DROP },
	{ 0x5f3, 0x5f4, GAP },
	/* Arabic */
	{ 0x600, 0x605, DROP }, { 0x606, 0x60f, GAP }, { 0x610, 0x61a, DROP },
	{ 0x61b, 0x61b, GAP }, { 0x61c, 0x61c, DROP }, { 0x61d, 0x61f, GAP },
	{ 0x622, 0x623, 0x627 }, { 0x624, 0x624, 0x648 }, { 0x625, 0x625, 0x627 },
	{ 0x626, 0x626, 0x64a }, { 0x629, 0x629, 0x647 }, { 0x640, 0x640, DROP },
	{ 0x649, 0x649, 0x64a }, { 0x64b, 0x65f, DROP }, { 0x660, 0x669, STEP | '0' },
	{ 0x66a, 0x66d, GAP }, { 0x670, 0x670, DROP }, { 0x671, 0x673, 0x627 },
	{ 0x675, 0x675, 0x627 }, { 0x676, 0x676, 0x648 }, { 0x678, 0x678, 0x64a },
	{ 0x6a9, 0x6aa, 0x643 }, { 0x6be, 0x6be, 0x647 }, { 0x6c0, 0x6c3, 0x647 },
	{ 0x6cc, 0x6cc, 0x64a }, { 0x6d0, 0x6d0, 0x64a }, { 0x6d2, 0x6d3, 0x64a },
	{ 0x6d4, 0x6d4, GAP }, { 0x6d5, 0x6d5, 0x647 }, { 0x6d6, 0x6dd, DROP },
	{ 0x6de, 0x6de, GAP }, { 0x6df, 0x6e8, DROP }, { 0x6e9, 0x6e9, GAP },
	{ 0x6ea, 0x6ed, DROP }, { 0x6f0, 0x6f9, STEP | '0' }, { 0x6fd, 0x6fe, GAP },
	/* N'Ko, Ethiopic, Tifinagh */
	{ 0x7c0, 0x7c9, STEP | '0' }, { 0x7eb, 0x7f3, DROP }, { 0x7f6, 0x7f9, GAP },
	{ 0x7fd, 0x7fd, DROP }, { 0x7fe, 0x7ff, GAP }, { 0x135d, 0x135f, DROP },
	{ 0x1360, 0x1368, GAP }, { 0x1369, 0x1371, STEP | '1' }, { 0x1390, 0x1399, GAP },
	{ 0x180e, 0x180e, DROP }, { 0x1ab0, 0x1aff, DROP }, { 0x1dc0, 0x1dff, DROP },
	/* general punctuation, super- and subscripts, currencies, symbols */
	{ 0x2000, 0x200b, GAP }, { 0x200c, 0x200f, DROP }, { 0x2010, 0x2029, GAP },
	{ 0x202a, 0x202e, DROP }, { 0x202f, 0x205f, GAP }, { 0x2060, 0x206f, DROP },
	{ 0x2070, 0x2070, '0' }, { 0x2071, 0x2071, 'i' }, { 0x2074, 0x2079, STEP | '4' },
	{ 0x207a, 0x207e, GAP }, { 0x207f, 0x207f, 'n' }, { 0x2080, 0x2089, STEP | '0' },
	{ 0x208a, 0x208e, GAP }, { 0x20a0, 0x20cf, GAP }, { 0x20d0, 0x20ff, DROP },
	{ 0x2100, 0x2125, GAP }, { 0x2126, 0x2126, 0x3c9 }, { 0x2127, 0x2129, GAP },
	{ 0x212a, 0x212a, 'k' }, { 0x212b, 0x212b, 'a' }, { 0x212c, 0x214f, GAP },
	{ 0x2160, 0x216f, STEP | 0x2170 }, { 0x2183, 0x2183, 0x2184 }, { 0x2189, 0x245f, GAP },
	{ 0x2460, 0x2468, STEP | '1' }, { 0x2469, 0x24b5, GAP }, { 0x24b6, 0x24cf, STEP | 'a' },
	{ 0x24d0, 0x24e9, STEP | 'a' }, { 0x24ea, 0x24ea, '0' }, { 0x24eb, 0x2775, GAP },
	{ 0x2776, 0x277e, STEP | '1' }, { 0x277f, 0x277f, GAP }, { 0x2780, 0x2788, STEP | '1' },
	{ 0x2789, 0x2789, GAP }, { 0x278a, 0x2792, STEP | '1' }, { 0x2793, 0x2bff, GAP },
	{ 0x2d70, 0x2d70, GAP }, { 0x2d7f, 0x2d7f, DROP }, { 0x2e00, 0x2fff, GAP },
	{ 0x3000, 0x3004, GAP }, { 0x3008, 0x3020, GAP }, { 0x3030, 0x3030, GAP },
	{ 0x303d, 0x303f, GAP }, { 0xa78b, 0xa78c, GAP }, { 0xe000, 0xf8ff, GAP },
	/* Arabic presentation forms: letters as old phones store them, isolated to medial */
	{ 0xfb50, 0xfb51, 0x627 }, { 0xfb52, 0xfb55, 0x67b }, { 0xfb56, 0xfb59, 0x67e },
	{ 0xfb66, 0xfb69, 0x679 }, { 0xfb6a, 0xfb6d, 0x6a4 }, { 0xfb7a, 0xfb7d, 0x686 },
	{ 0xfb88, 0xfb89, 0x688 }, { 0xfb8a, 0xfb8b, 0x698 }, { 0xfb8c, 0xfb8d, 0x691 },
	{ 0xfb8e, 0xfb91, 0x643 }, { 0xfb92, 0xfb95, 0x6af }, { 0xfb9e, 0xfb9f, 0x6ba },
	{ 0xfba4, 0xfbad, 0x647 }, { 0xfbae, 0xfbb1, 0x64a }, { 0xfbd3, 0xfbd6, 0x6ad },
	{ 0xfbe4, 0xfbe7, 0x64a }, { 0xfbfc, 0xfbff, 0x64a }, { 0xfd3e, 0xfd4f, GAP },
	{ 0xfdfc, 0xfdff, GAP }, { 0xfe00, 0xfe0f, DROP }, { 0xfe10, 0xfe19, GAP },
	{ 0xfe20, 0xfe2f, DROP }, { 0xfe30, 0xfe6f, GAP }, { 0xfe70, 0xfe7f, DROP },
	{ 0xfe80, 0xfe80, 0x621 }, { 0xfe81, 0xfe84, 0x627 }, { 0xfe85, 0xfe86, 0x648 },
	{ 0xfe87, 0xfe88, 0x627 }, { 0xfe89, 0xfe8c, 0x64a }, { 0xfe8d, 0xfe8e, 0x627 },
	{ 0xfe8f, 0xfe92, 0x628 }, { 0xfe93, 0xfe94, 0x647 }, { 0xfe95, 0xfe98, 0x62a },
	{ 0xfe99, 0xfe9c, 0x62b }, { 0xfe9d, 0xfea0, 0x62c }, { 0xfea1, 0xfea4, 0x62d },
	{ 0xfea5, 0xfea8, 0x62e }, { 0xfea9, 0xfeaa, 0x62f }, { 0xfeab, 0xfeac, 0x630 },
	{ 0xfead, 0xfeae, 0x631 }, { 0xfeaf, 0xfeb0, 0x632 }, { 0xfeb1, 0xfeb4, 0x633 },
	{ 0xfeb5, 0xfeb8, 0x634 }, { 0xfeb9, 0xfebc, 0x635 }, { 0xfebd, 0xfec0, 0x636 },
	{ 0xfec1, 0xfec4, 0x637 }, { 0xfec5, 0xfec8, 0x638 }, { 0xfec9, 0xfecc, 0x639 },
	{ 0xfecd, 0xfed0, 0x63a }, { 0xfed1, 0xfed4, 0x641 }, { 0xfed5, 0xfed8, 0x642 },
	{ 0xfed9, 0xfedc, 0x643 }, { 0xfedd, 0xfee0, 0x644 }, { 0xfee1, 0xfee4, 0x645 },
	{ 0xfee5, 0xfee8, 0x646 }, { 0xfee9, 0xfeec, 0x647 }, { 0xfeed, 0xfeee, 0x648 },
	{ 0xfeef, 0xfef4, 0x64a },
	/* byte order mark, full-width forms */
	{ 0xfeff, 0xfeff, DROP }, { 0xff00, 0xff0f, GAP }, { 0xff10, 0xff19, STEP | '0' },
	{ 0xff1a, 0xff20, GAP }, { 0xff21, 0xff3a, STEP | 'a' }, { 0xff3b, 0xff40, GAP },
	{ 0xff41, 0xff5a, STEP | 'a' }, { 0xff5b, 0xff65, GAP }, { 0xffe0, 0xffff, GAP },
	/* Adlam, emoji and other pictures, tags, private use */
	{ 0x1e900, 0x1e921, STEP | 0x1e922 }, { 0x1e944, 0x1e94a, DROP },
	{ 0x1e950, 0x1e959, STEP | '0' }, { 0x1e95e, 0x1e95f, GAP }, { 0x1f000, 0x1faff, GAP },
	{ 0xe0000, 0xe0fff, DROP }, { 0xf0000, 0x10ffff, GAP },
};
/* clang-format on */

static uint32_t
apply_rule(uint32_t cp)
{
	size_t low = 0, high = LENGTH(rules);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rules[middle].last < cp)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == LENGTH(rules) || cp < rules[low].first)
		return cp;
	if (rules[low].to & STEP)
		return (rules[low].to & ~STEP) + (cp - rules[low].first);
	return rules[low].to;
}

/* --- --- Folding --- */

/* Where a text is written; a gap is written only before what follows it. */
struct sink {
	char *out;
	size_t size, len;
	bool gap, full;
};

static void
sink_put(struct sink *sink, const char *bytes, size_t len)
{
	size_t gap = sink->gap && sink->len > 0 ? 1 : 0;

	if (sink->full || sink->len + gap + len >= sink->size) {
		sink->full = true;
		return;
	}
	if (gap > 0)
		sink->out[sink->len++] = ' ';
	memcpy(sink->out + sink->len, bytes, len);
	sink->len += len;
	sink->gap = false;
}

static int
sink_end(struct sink *sink)
{
	if (sink->size > 0)
		sink->out[sink->full ? 0 : sink->len] = '\0';
	return sink->full || sink->size == 0 ? -1 : (int)sink->len;
}

static void
fold_letter(struct sink *sink, uint32_t cp)
{
	char bytes[4];

	if (cp == GAP)
		sink->gap = true;
	else if (cp != DROP)
		sink_put(sink, bytes, text_put(bytes, cp));
}

static void
fold_ascii(struct sink *sink, char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		sink_put(sink, &c, 1);
	else
		sink->gap = true;
}

/* Degree sign or ordinal: "n°147" and "Nº 147" are "no 147"; elsewhere a gap. */
static void
fold_ordinal(struct sink *sink)
{
	const char *end = sink->out + sink->len;

	if (!sink->gap && sink->len > 0 && end[-1] == 'n' && (sink->len == 1 || end[-2] == ' '))
		sink_put(sink, "o", 1);
	sink->gap = true;
}

static bool
fold_latin(struct sink *sink, uint32_t cp)
{
	char letters[2];
	size_t count = latin_letters(cp, letters);

	for (size_t i = 0; i < count; i++)
		fold_ascii(sink, letters[i]);
	return count > 0;
}

/* Characters that are several; written as ASCII, or as lam and alef. Returns NULL for any other. */
static const char *
expansion(uint32_t cp)
{
	static const char ligatures[7][4] = { "ff", "fi", "fl", "ffi", "ffl", "st", "st" };

	switch (cp) {
	case 0xbc:
		return " 1/4 ";
	case 0xbd:
		return " 1/2 ";
	case 0xbe:
		return " 3/4 ";
	case 0x2116:
		return "No ";
	}
	if (cp >= 0xfb00 && cp <= 0xfb06)
		return ligatures[cp - 0xfb00];
	if (cp >= 0xfef5 && cp <= 0xfefc)
		return "\xd9\x84\xd8\xa7";
	return NULL;
}

static void fold_one(struct sink *sink, uint32_t cp);

static void
fold_string(struct sink *sink, const char *s)
{
	while (*s != '\0')
		fold_one(sink, text_next(&s));
}

static void
fold_one(struct sink *sink, uint32_t cp)
{
	const char *several;

	if (cp < 0x80)
		fold_ascii(sink, (char)cp);
	else if (cp == 0xb0 || cp == 0xba)
		fold_ordinal(sink);
	else if (fold_latin(sink, cp))
		return;
	else if ((several = expansion(cp)) != NULL)
		fold_string(sink, several);
	else if (cp >= 0x1d400 && cp <= 0x1d6a3)
		fold_letter(sink, 'a' + (cp - 0x1d400) % 26); /* mathematical: bold, script ... */
	else if (cp >= 0x1d7ce && cp <= 0x1d7ff)
		fold_letter(sink, '0' + (cp - 0x1d7ce) % 10);
	else
		fold_letter(sink, apply_rule(cp));
}

int
text_fold(char *out, size_t size, const char *utf8)
{
	struct sink sink = { .out = out, .size = size };

	fold_string(&sink, utf8);
	return sink_end(&sink);
}

/* --- --- Transliterating --- */

/* Signs outside GSM 7-bit, and what stands for them there; "" for what has no width. Sorted. */
/* clang-format off */
static const struct {
	uint16_t first, last;
	char plain[4];
} signs[] = {
	{ '\t', '\t', " " }, { '`', '`', "'" }, { 0xa0, 0xa0, " " }, { 0xa2, 0xa2, "c" },
	{ 0xa6, 0xa6, "|" }, { 0xa8, 0xa8, "\"" }, { 0xa9, 0xa9, "(C)" }, { 0xaa, 0xaa, "a" },
	{ 0xab, 0xab, "\"" }, { 0xac, 0xac, "-" }, { 0xad, 0xad, "" }, { 0xae, 0xae, "(R)" },
	{ 0xaf, 0xaf, "-" }, { 0xb0, 0xb0, "o" }, { 0xb1, 0xb1, "+/-" }, { 0xb2, 0xb2, "2" },
	{ 0xb3, 0xb3, "3" }, { 0xb4, 0xb4, "'" }, { 0xb5, 0xb5, "u" }, { 0xb7, 0xb7, "-" },
	{ 0xb8, 0xb8, "," }, { 0xb9, 0xb9, "1" }, { 0xba, 0xba, "o" }, { 0xbb, 0xbb, "\"" },
	{ 0xbc, 0xbc, "1/4" }, { 0xbd, 0xbd, "1/2" }, { 0xbe, 0xbe, "3/4" }, { 0xd7, 0xd7, "x" },
	{ 0xf7, 0xf7, "/" }, { 0x2b9, 0x2b9, "'" }, { 0x2ba, 0x2ba, "\"" }, { 0x2bb, 0x2bf, "'" },
	{ 0x2c6, 0x2c6, "^" }, { 0x2c8, 0x2c8, "'" }, { 0x2dc, 0x2dc, "~" }, { 0x300, 0x36f, "" },
	{ 0x2000, 0x200a, " " }, { 0x200b, 0x200f, "" }, { 0x2010, 0x2015, "-" },
	{ 0x2018, 0x201b, "'" }, { 0x201c, 0x201f, "\"" }, { 0x2020, 0x2021, "+" },
	{ 0x2022, 0x2023, "-" }, { 0x2024, 0x2024, "." }, { 0x2025, 0x2025, ".." },
	{ 0x2026, 0x2026, "..." }, { 0x2028, 0x2029, "\n" }, { 0x202a, 0x202e, "" },
	{ 0x202f, 0x202f, " " }, { 0x2032, 0x2032, "'" }, { 0x2033, 0x2033, "\"" },
	{ 0x2039, 0x203a, "'" }, { 0x2043, 0x2043, "-" }, { 0x2044, 0x2044, "/" },
	{ 0x205f, 0x205f, " " }, { 0x2060, 0x2069, "" }, { 0x2070, 0x2070, "0" },
	{ 0x20a6, 0x20a6, "N" }, { 0x20b5, 0x20b5, "GHS" }, { 0x2116, 0x2116, "No" },
	{ 0x2122, 0x2122, "TM" }, { 0x2126, 0x2126, "\u03a9" }, { 0x2190, 0x2190, "<-" },
	{ 0x2192, 0x2192, "->" }, { 0x2212, 0x2212, "-" }, { 0x2215, 0x2215, "/" },
	{ 0x2248, 0x2248, "~" }, { 0x2264, 0x2264, "<=" }, { 0x2265, 0x2265, ">=" },
	{ 0x25cf, 0x25cf, "-" }, { 0x3000, 0x3000, " " }, { 0xfb00, 0xfb00, "ff" },
	{ 0xfb01, 0xfb01, "fi" }, { 0xfb02, 0xfb02, "fl" }, { 0xfb03, 0xfb03, "ffi" },
	{ 0xfb04, 0xfb04, "ffl" }, { 0xfe00, 0xfe0f, "" }, { 0xfeff, 0xfeff, "" },
};
/* clang-format on */

/* Accented letters of GSM 7-bit by letter and combining mark (U+0300 and on), as decomposed text
 * has them. */
/* clang-format off */
static const struct {
	char letter;
	uint8_t mark, composed;
} accents[] = {
	{ 'a', 0x00, 0xe0 }, { 'e', 0x00, 0xe8 }, { 'i', 0x00, 0xec }, { 'o', 0x00, 0xf2 },
	{ 'u', 0x00, 0xf9 }, { 'e', 0x01, 0xe9 }, { 'E', 0x01, 0xc9 }, { 'n', 0x03, 0xf1 },
	{ 'N', 0x03, 0xd1 }, { 'a', 0x08, 0xe4 }, { 'o', 0x08, 0xf6 }, { 'u', 0x08, 0xfc },
	{ 'A', 0x08, 0xc4 }, { 'O', 0x08, 0xd6 }, { 'U', 0x08, 0xdc }, { 'a', 0x0a, 0xe5 },
	{ 'A', 0x0a, 0xc5 }, { 'C', 0x27, 0xc7 },
};
/* clang-format on */

/* One character, a letter and its combining mark composed when GSM 7-bit has the two as one. */
static uint32_t
next_composed(const char **s)
{
	uint32_t cp = text_next(s), mark;
	const char *after = *s;

	if (cp >= 0x80 || (unsigned char)*after != 0xcc)
		return cp;
	mark = text_next(&after);
	for (size_t i = 0; i < LENGTH(accents); i++) {
		if ((uint32_t)accents[i].letter == cp && 0x300u + accents[i].mark == mark) {
			*s = after;
			return accents[i].composed;
		}
	}
	return cp;
}

/* What stands for a sign, its length in *len; NULL when nothing does. */
static const char *
plain_sign(uint32_t cp, size_t *len)
{
	for (size_t i = 0; i < LENGTH(signs) && signs[i].first <= cp; i++) {
		if (cp <= signs[i].last) {
			*len = strlen(signs[i].plain);
			return signs[i].plain;
		}
	}
	return NULL;
}

/* Write one character or what stands for it. Returns whether what was written is in GSM 7-bit. */
static bool
transliterate_one(struct sink *sink, uint32_t cp, bool after_plain)
{
	char bytes[5] = "", letters[2];
	size_t len = text_put(bytes, cp), plain_len;
	const char *plain;

	if (text_fits_gsm7(bytes)) {
		sink_put(sink, bytes, len);
		return true;
	}
	if ((plain_len = latin_letters(cp, letters)) > 0) {
		sink_put(sink, letters, plain_len);
		return true;
	}
	if (cp >= 0xff01 && cp <= 0xff5e)
		return transliterate_one(sink, cp - 0xff01 + '!', after_plain); /* full width */
	plain = plain_sign(cp, &plain_len);
	if (plain == NULL || (plain_len == 0 && !after_plain)) {
		sink_put(sink, bytes, len);
		return false;
	}
	sink_put(sink, plain, plain_len);
	return true;
}

int
text_transliterate(char *out, size_t size, const char *utf8)
{
	struct sink sink = { .out = out, .size = size };
	bool plain = true; /* a mark or joiner is lost only after what is itself in GSM 7-bit */

	while (*utf8 != '\0')
		plain = transliterate_one(&sink, next_composed(&utf8), plain);
	return sink_end(&sink);
}
