/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-ussd-text: octets out of hexadecimal, characters out of octets. */
#include "worker-ussd-text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "worker-charset.h"

enum {
	OCTETS_MAX = CUSD_RAW_MAX / 2,
	SEPTETS_MAX = OCTETS_MAX * 8 / 7,
	GUESS_MIN = 8, /* hexadecimal digits; fewer may be a word or a number */
	REPLACEMENT = 0xfffd,
	CR = '\r',
};

enum coding { CODING_GSM7, CODING_8BIT, CODING_UCS2 };

/* A text in the making: characters in, cleaned ones out. */
struct writer {
	struct charset_text to;
	bool after_cr;
};

/* --- the data coding scheme: 23.038 clause 5 --- */

static enum coding
coding_of_bits(int dcs)
{
	switch (dcs >> 2 & 3) {
	case 1:
		return CODING_8BIT;
	case 2:
		return CODING_UCS2;
	default:
		return CODING_GSM7;
	}
}

static enum coding
coding_of(int dcs)
{
	if (dcs == CUSD_NO_DCS)
		return CODING_GSM7;
	switch (dcs >> 4) {
	case 0x1: /* 0x10 GSM 7-bit, 0x11 UCS-2, each behind a language */
		return dcs == 0x11 ? CODING_UCS2 : CODING_GSM7;
	case 0x4:
	case 0x5:
	case 0x6:
	case 0x7: /* general data coding */
	case 0x9: /* with a user data header, which USSD has none of */
		return coding_of_bits(dcs);
	case 0xf:
		return dcs & 4 ? CODING_8BIT : CODING_GSM7;
	default: /* a language's, or reserved: to be read as GSM 7-bit */
		return CODING_GSM7;
	}
}

enum ussd_charset
ussd_charset_named(const char *values)
{
	static const struct {
		const char *name;
		enum ussd_charset is;
	} known[] = { { "UCS2", USSD_CHARSET_UCS2 }, { "UCS-2", USSD_CHARSET_UCS2 },
		{ "0055004300530032", USSD_CHARSET_UCS2 }, { "UTF-8", USSD_CHARSET_UTF8 },
		{ "UTF8", USSD_CHARSET_UTF8 }, { "IRA", USSD_CHARSET_ASCII },
		{ "ASCII", USSD_CHARSET_ASCII }, { "8859", USSD_CHARSET_ASCII },
		{ "PCCP", USSD_CHARSET_ASCII }, { "HEX", USSD_CHARSET_HEX } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasestr(values, known[i].name) != NULL)
			return known[i].is;
	return USSD_CHARSET_GSM;
}

/* --- writing --- */

/* Line ends are \n, other controls blanks. */
static void
write_char(struct writer *w, uint32_t c)
{
	bool second = c == '\n' && w->after_cr;

	w->after_cr = c == CR;
	if (second)
		return;
	if (c == CR)
		c = '\n';
	else if ((c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0))
		c = ' ';
	charset_put(&w->to, c);
}

static void
write_gsm(struct writer *w, const uint8_t *septets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t escaped = 0;

		if (septets[i] == CHARSET_ESCAPE && i + 1 < n)
			escaped = charset_gsm_escaped(septets[i + 1] & 0x7f);
		if (escaped != 0)
			i++;
		else if (septets[i] == CHARSET_ESCAPE && i + 1 < n)
			continue; /* of nothing known: what follows shows as itself */
		write_char(w, escaped != 0 ? escaped : charset_gsm[septets[i] & 0x7f]);
	}
}

/* UTF-16BE, up to a zero. */
static void
write_utf16(struct writer *w, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint16_t u = charset_unit(octets, i);

		if (u == 0)
			return;
		if (charset_is_high(u) && i + 1 < n / 2 &&
			charset_is_low(charset_unit(octets, i + 1))) {
			i++;
			write_char(w,
				0x10000u + ((uint32_t)(u - 0xd800) << 10) +
					(charset_unit(octets, i) - 0xdc00u));
		} else {
			write_char(w, charset_is_high(u) || charset_is_low(u) ? REPLACEMENT : u);
		}
	}
}

/* The length of the UTF-8 sequence at s, and what it says; 0 when there is none. */
static size_t
utf8_at(const uint8_t *s, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1
		: s[0] < 0xc0  ? 0
		: s[0] < 0xe0  ? 2
		: s[0] < 0xf0  ? 3
		: s[0] < 0xf8  ? 4
			       : 0;

	if (n == 0 || n > len)
		return 0;
	*c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

static bool
is_utf8(const uint8_t *s, size_t len)
{
	uint32_t c;

	for (size_t n; len > 0; s += n, len -= n) {
		n = utf8_at(s, len, &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* UTF-8 where it is that, else ISO 8859-1. */
static void
write_octets(struct writer *w, const uint8_t *s, size_t len)
{
	bool utf8 = is_utf8(s, len);
	uint32_t c;

	for (size_t n; len > 0; s += n, len -= n) {
		n = utf8 ? utf8_at(s, len, &c) : 1;
		write_char(w, utf8 ? c : s[0]);
	}
}

/* --- hexadecimal --- */

struct octets {
	uint8_t at[OCTETS_MAX];
	size_t len;
	bool digits; /* all of it is decimal digits */
	bool cut;    /* something in it or after it was no hexadecimal */
};

/*
 * The octets that the text begins with, line ends left out.  Returns how many hexadecimal digits
 * there were; an odd last one is left out.
 */
static size_t
read_hex(const char *s, size_t len, struct octets *out)
{
	size_t digits = 0;
	int high = 0;

	out->len = 0;
	out->digits = true;
	out->cut = false;
	for (size_t i = 0; i < len; i++) {
		int value = hex_value(s[i]);

		if (s[i] == '\r' || s[i] == '\n')
			continue;
		if (value == -1 || out->len == OCTETS_MAX) {
			out->cut = true;
			break;
		}
		out->digits = out->digits && isdigit((unsigned char)s[i]);
		if (digits++ % 2 == 0)
			high = value;
		else
			out->at[out->len++] = (uint8_t)(high << 4 | value);
	}
	out->cut = out->cut || digits % 2 != 0;
	return digits;
}

/* --- what it looks like --- */

/* Letters, digits, and what stands between them in the texts of operators. */
static bool
is_common(uint32_t c)
{
	return isalnum((int)(c < 0x80 ? c : 0)) || (c >= 0xc0 && c < 0x180 && c != 0xd7) ||
		(c < 0x80 && c > 0 && strchr(" \n\r.,:;!?*#+-/()%&'\"=@$_<>", (int)c) != NULL);
}

static bool
look_common(size_t common, size_t all)
{
	return all > 0 && 10 * common >= 9 * all;
}

static bool
looks_like_gsm(const uint8_t *septets, size_t n)
{
	size_t common = 0;

	for (size_t i = 0; i < n; i++) {
		if (septets[i] >= 0x80)
			return false;
		common += is_common(charset_gsm[septets[i]]) && septets[i] != 0;
	}
	return look_common(common, n);
}

/* One alphabet, and what every alphabet has. */
static bool
looks_like_utf16(const uint8_t *octets, size_t n)
{
	size_t common = 0, own = 0;
	unsigned page = 0;

	if (n < 2 || n % 2 != 0)
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		uint16_t u = charset_unit(octets, i);

		if (is_common(u) || u >> 8 == 0x20) {
			common++;
		} else if (u >= 0x370 && u < 0xd800 && (page == 0 || page == (unsigned)u >> 8)) {
			page = (unsigned)u >> 8;
			own++;
		}
	}
	return look_common(common + own, n / 2) && (common > 0 || own >= 4);
}

static size_t
unpack(const struct octets *from, uint8_t *septets)
{
	size_t n = from->len * 8 / 7;

	for (size_t i = 0; i < n; i++) {
		size_t bit = 7 * i, at = bit / 8;
		unsigned two = from->at[at];

		if (at + 1 < from->len)
			two |= (unsigned)from->at[at + 1] << 8;
		septets[i] = (uint8_t)(two >> bit % 8 & 0x7f);
	}
	/* Seven bits left over are filled with a CR (23.038 6.1.2.3.1), by some with zeros. */
	if (n > 0 && n % 8 == 0 && (septets[n - 1] == CR || septets[n - 1] == 0))
		n--;
	return n;
}

/* --- texts in each coding --- */

static bool
is_letter(uint8_t c)
{
	return isalpha(c) && c < 0x80;
}

/*
 * Are these the octets of the GSM alphabet?  They are when controls are among them that only there
 * are letters, or when braces or brackets, which only there are letters, stand within words.
 */
static bool
is_gsm(const uint8_t *s, size_t len, enum ussd_charset charset)
{
	if (charset != USSD_CHARSET_GSM)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool before = i > 0 && is_letter(s[i - 1]);
		bool after = i + 1 < len && is_letter(s[i + 1]);

		if (s[i] >= 0x80)
			return false;
		if ((s[i] < ' ' && s[i] != '\n' && s[i] != CR) || s[i] == 0x7f)
			return true;
		if ((s[i] >= '{' && s[i] <= '~' && (before || after)) ||
			(s[i] >= '[' && s[i] <= '^' && before && after))
			return true;
	}
	return false;
}

static void
write_plain(struct writer *w, const uint8_t *s, size_t len, enum ussd_charset charset)
{
	if (is_gsm(s, len, charset))
		write_gsm(w, s, len);
	else
		write_octets(w, s, len);
}

/* DCS 0x11: two letters of the alphabet, packed, in front (clause 5); some leave them out. */
static size_t
language_octets(const struct octets *o, int dcs)
{
	uint8_t first, second;

	if (dcs != 0x11 || o->len < 2)
		return 0;
	first = o->at[0] & 0x7f;
	second = (uint8_t)((o->at[0] >> 7 | o->at[1] << 1) & 0x7f);
	return is_letter(first) && is_letter(second) && o->at[0] != 0 && o->at[1] >> 6 == 0 ? 2 : 0;
}

static void
write_ucs2(struct writer *w, const struct octets *o, int dcs)
{
	size_t skip = language_octets(o, dcs);

	write_utf16(w, o->at + skip, o->len - skip);
	if (o->len % 2 != 0 && !o->cut)
		write_char(w, REPLACEMENT);
}

/* Hexadecimal, all of it, or so much that the rest is damage. */
static bool
is_hex(const struct octets *o, size_t digits, size_t len)
{
	return digits >= 2 && (!o->cut || (digits >= GUESS_MIN && 4 * digits >= 3 * len));
}

/* Of a session whose texts are all hexadecimal. */
static bool
write_hex_session(struct writer *w, const struct octets *o, size_t digits)
{
	static uint8_t septets[SEPTETS_MAX + 1];
	size_t n = unpack(o, septets);

	if (looks_like_utf16(o->at, o->len))
		write_utf16(w, o->at, o->len);
	else if (looks_like_gsm(o->at, o->len))
		write_gsm(w, o->at, o->len);
	else if (looks_like_gsm(septets, n))
		write_gsm(w, septets, n);
	else if (digits >= GUESS_MIN && digits % 4 == 0)
		write_utf16(w, o->at, o->len);
	else
		return false;
	return true;
}

/* GSM 7-bit by its DCS, hexadecimal by its looks: a number is a number, a word a word. */
static bool
write_guessed(struct writer *w, const struct octets *o, size_t digits)
{
	static uint8_t septets[SEPTETS_MAX + 1];
	size_t n = unpack(o, septets);

	if (o->cut || digits < GUESS_MIN)
		return false;
	if (looks_like_utf16(o->at, o->len))
		write_utf16(w, o->at, o->len);
	else if (o->digits)
		return false;
	else if (looks_like_gsm(o->at, o->len))
		write_gsm(w, o->at, o->len);
	else if (looks_like_gsm(septets, n))
		write_gsm(w, septets, n);
	else
		return false;
	return true;
}

static void
write_packed(struct writer *w, const struct octets *o)
{
	static uint8_t septets[SEPTETS_MAX + 1];

	write_gsm(w, septets, unpack(o, septets));
}

/* What hexadecimal says.  False when it is none: the text stands for itself. */
static bool
write_hex(struct writer *w, const struct octets *o, size_t digits, int dcs,
	enum ussd_charset charset, bool packs)
{
	switch (coding_of(dcs)) {
	case CODING_UCS2:
		write_ucs2(w, o, dcs);
		return true;
	case CODING_8BIT:
		write_octets(w, o->at, o->len);
		return true;
	default:
		break;
	}
	if (charset == USSD_CHARSET_UCS2 || charset == USSD_CHARSET_HEX)
		return write_hex_session(w, o, digits);
	if (!packs)
		return write_guessed(w, o, digits);
	if (o->len >= 4 && looks_like_utf16(o->at, o->len))
		write_utf16(w, o->at, o->len);
	else
		write_packed(w, o);
	return true;
}

static void
write_answer(
	struct writer *w, const struct cusd_answer *answer, enum ussd_charset charset, bool packs)
{
	static struct octets o;
	size_t digits = read_hex(answer->text, answer->len, &o);

	if (!is_hex(&o, digits, answer->len) ||
		!write_hex(w, &o, digits, answer->dcs, charset, packs))
		write_plain(w, (const uint8_t *)answer->text, answer->len, charset);
	else if (o.cut)
		write_char(w, REPLACEMENT);
}

/* DCS 0x10: two letters and a line end in front (clause 5). */
static size_t
language_letters(const char *text, size_t len, int dcs)
{
	return dcs == 0x10 && len >= 3 && is_letter((uint8_t)text[0]) &&
			is_letter((uint8_t)text[1]) && text[2] == '\n'
		? 3
		: 0;
}

size_t
ussd_decode(const struct cusd_answer *answer, enum ussd_charset charset, bool packs,
	char out[WIRE_USSD_MAX])
{
	struct writer w = { .to = { .out = out, .size = WIRE_USSD_MAX } };
	size_t skip, len;

	if (answer->text == NULL)
		return 0;
	write_answer(&w, answer, charset, packs);
	len = w.to.len;
	skip = language_letters(out, len, answer->dcs);
	memmove(out, out + skip, len - skip);
	len -= skip;
	while (len > 0 && (out[len - 1] == ' ' || out[len - 1] == '\n'))
		len--;
	return len;
}

/* --- a code --- */

static char *
put_hex(char *out, unsigned octet)
{
	static const char digits[] = "0123456789ABCDEF";

	*out++ = digits[octet >> 4 & 0xf];
	*out++ = digits[octet & 0xf];
	return out;
}

/* All its characters have in the alphabet the place that they have in ASCII. */
static char *
put_packed(char *out, const char *text)
{
	size_t len = strlen(text);
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < len; i++) {
		bits |= (unsigned)text[i] << held;
		held += 7;
		if (held < 8)
			continue;
		out = put_hex(out, bits & 0xff);
		bits >>= 8;
		held -= 8;
	}
	if (held == 1)
		bits |= CR << 1; /* seven bits left over (23.038 6.1.2.3.1) */
	if (held > 0)
		out = put_hex(out, bits & 0xff);
	return out;
}

void
ussd_command(
	const char *text, enum ussd_way way, enum ussd_charset charset, char out[USSD_COMMAND_MAX])
{
	char *at = out + sprintf(out, "+CUSD=1,\"");

	if (way == USSD_PACKED) {
		at = put_packed(at, text);
	} else if (charset == USSD_CHARSET_UCS2) {
		for (; *text != '\0'; text++)
			at = put_hex(put_hex(at, 0), (unsigned char)*text);
	} else if (charset == USSD_CHARSET_HEX) {
		for (; *text != '\0'; text++)
			at = put_hex(at, (unsigned char)*text);
	} else {
		at += sprintf(at, "%s", text);
	}
	strcpy(at, way == USSD_NO_DCS ? "\"" : "\",15");
}
