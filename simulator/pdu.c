/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pdu.h"

#include "charset.h"

#include <stdlib.h>
#include <string.h>

enum {
	MTI_DELIVER = 0x00,
	MTI_REPORT = 0x02,
	FIRST_NO_MORE = 0x04, /* TP-MMS: no more messages wait */
	FIRST_UDHI = 0x40,
	TON_INTERNATIONAL = 0x91,
	TON_UNKNOWN = 0x81,
	TON_ALPHANUMERIC = 0xD0,
};

#define DIGITS_MAX 20    /* 23.040, 9.1.2.5 */
#define ALPHA_SEPTETS 11 /* what 10 octets hold */

static const char digit_codes[] = "0123456789*#abc";

/* --- addresses ------------------------------------------------------------------------------- */

static bool
is_dialled(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789*#") == strlen(s);
}

/* Semi-octets: the digits swapped in pairs, an odd last one filled with 0xF. */
static size_t
put_digits(const char *digits, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i += 2) {
		unsigned low = (unsigned)(strchr(digit_codes, digits[i]) - digit_codes);
		unsigned high = 0xF;

		if (i + 1 < n)
			high = (unsigned)(strchr(digit_codes, digits[i + 1]) - digit_codes);
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (n + 1) / 2;
}

static size_t
put_alphanumeric(const char *name, uint8_t *out)
{
	uint8_t septets[ALPHA_SEPTETS + 1];
	size_t n = 0, len = strlen(name), octets;

	for (size_t at = 0; at < len;) {
		uint8_t codes[2];
		uint32_t cp;
		size_t need;

		at += utf8_get(name + at, len - at, &cp);
		need = gsm_from_unicode(cp, codes);
		if (need == 0) {
			codes[0] = '?';
			need = 1;
		}
		if (n + need > ALPHA_SEPTETS)
			break;
		memcpy(septets + n, codes, need);
		n += need;
	}
	memset(out + 2, 0, 10);
	octets = gsm_pack(septets, n, 0, out + 2);
	out[0] = (uint8_t)((n * 7 + 3) / 4); /* useful semi-octets */
	out[1] = TON_ALPHANUMERIC;
	return 2 + octets;
}

size_t
pdu_put_address(const char *number, uint8_t *out)
{
	const char *digits = number[0] == '+' ? number + 1 : number;
	size_t n = strlen(digits);

	if (!is_dialled(digits))
		return put_alphanumeric(number, out);
	if (n > DIGITS_MAX)
		n = DIGITS_MAX;
	out[0] = (uint8_t)n;
	out[1] = number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN;
	return 2 + put_digits(digits, n, out + 2);
}

/* The SMSC's address counts octets, its type's included (27.005 and 24.011, 8.2.5.2). */
static size_t
put_smsc(const char *number, uint8_t *out)
{
	const char *digits = number[0] == '+' ? number + 1 : number;
	size_t n = strlen(digits);

	out[0] = 0;
	if (!is_dialled(digits) || n > DIGITS_MAX)
		return 1;
	out[1] = number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN;
	out[0] = (uint8_t)(1 + put_digits(digits, n, out + 2));
	return 1U + out[0];
}

/* --- time stamps ----------------------------------------------------------------------------- */

static uint8_t
swapped_bcd(int value)
{
	return (uint8_t)(value % 10 << 4 | value / 10 % 10);
}

/* TP-SCTS, 23.040 9.2.3.11 */
static size_t
put_stamp(time_t when, int zone, uint8_t *out)
{
	time_t local = when + (time_t)zone * 15 * 60;
	struct tm tm;

	gmtime_r(&local, &tm);
	out[0] = swapped_bcd(tm.tm_year % 100);
	out[1] = swapped_bcd(tm.tm_mon + 1);
	out[2] = swapped_bcd(tm.tm_mday);
	out[3] = swapped_bcd(tm.tm_hour);
	out[4] = swapped_bcd(tm.tm_min);
	out[5] = swapped_bcd(tm.tm_sec);
	out[6] = swapped_bcd(abs(zone));
	if (zone < 0)
		out[6] |= 0x08;
	return 7;
}

/* --- making ---------------------------------------------------------------------------------- */

size_t
pdu_deliver(const struct deliver *d, uint8_t out[PDU_MAX], unsigned *tpdu_len)
{
	const struct segment *s = d->segment;
	size_t smsc = put_smsc(d->smsc, out), at = smsc;

	out[at++] = (uint8_t)(MTI_DELIVER | FIRST_NO_MORE | (s->udhi ? FIRST_UDHI : 0));
	at += pdu_put_address(d->from, out + at);
	out[at++] = d->pid;
	out[at++] = s->dcs;
	at += put_stamp(d->stamp, d->zone, out + at);
	out[at++] = s->udl;
	memcpy(out + at, s->ud, s->len);
	at += s->len;
	*tpdu_len = (unsigned)(at - smsc);
	return at;
}

size_t
pdu_report(const struct report *r, uint8_t out[PDU_MAX], unsigned *tpdu_len)
{
	size_t smsc = put_smsc(r->smsc, out), at = smsc;

	out[at++] = MTI_REPORT | FIRST_NO_MORE;
	out[at++] = r->mr;
	at += pdu_put_address(r->to, out + at);
	at += put_stamp(r->stamp, r->zone, out + at);
	at += put_stamp(r->discharge, r->zone, out + at);
	out[at++] = r->status;
	*tpdu_len = (unsigned)(at - smsc);
	return at;
}

/* --- segments -------------------------------------------------------------------------------- */

/* A text as code units: septets or UTF-16BE octets, none of whose groups may be cut. */
struct units {
	uint8_t *unit;  /* the units, one octet each */
	uint8_t *group; /* how many units begin here that belong together; 0 within a group */
	size_t n;
	bool ucs2;
};

static int
units_fill(struct units *u, const char *text, size_t len)
{
	u->n = 0;
	for (size_t at = 0; at < len;) {
		uint8_t codes[4];
		uint32_t cp;
		size_t need;

		at += utf8_get(text + at, len - at, &cp);
		need = u->ucs2 ? ucs2_put(cp, codes) : gsm_from_unicode(cp, codes);
		if (need == 0)
			return -1;
		memcpy(u->unit + u->n, codes, need);
		memset(u->group + u->n, 0, need);
		u->group[u->n] = (uint8_t)need;
		u->n += need;
	}
	return 0;
}

/* Units of the group-respecting piece that begins at `from` and has at most `room` units. */
static size_t
piece(const struct units *u, size_t from, size_t room)
{
	size_t n = 0;

	while (from + n < u->n && n + u->group[from + n] <= room)
		n += u->group[from + n];
	return n;
}

static size_t
count_pieces(const struct units *u, size_t room)
{
	size_t pieces = 0;

	for (size_t at = 0; at < u->n; pieces++)
		at += piece(u, at, room);
	return pieces;
}

static size_t
put_concat(uint8_t *out, unsigned ref, bool ref16, size_t total, size_t part)
{
	size_t at = 1;

	out[at++] = ref16 ? 0x08 : 0x00; /* 23.040, 9.2.3.24.1 and 9.2.3.24.8 */
	out[at++] = ref16 ? 4 : 3;
	if (ref16)
		out[at++] = (uint8_t)(ref >> 8);
	out[at++] = (uint8_t)ref;
	out[at++] = (uint8_t)total;
	out[at++] = (uint8_t)part;
	out[0] = (uint8_t)(at - 1);
	return at;
}

/* Fills one segment after a header of `head` octets that is there already. */
static void
fill_segment(struct segment *s, const uint8_t *unit, size_t n, bool ucs2, size_t head)
{
	s->dcs = ucs2 ? 0x08 : 0x00;
	s->udhi = head > 0;
	if (ucs2) {
		memcpy(s->ud + head, unit, n);
		s->udl = s->len = (uint8_t)(head + n);
	} else {
		size_t head_septets = (head * 8 + 6) / 7;

		s->len = (uint8_t)gsm_pack(
			unit, n, (unsigned)(head_septets * 7 % 8), s->ud + head_septets * 7 / 8);
		s->len = (uint8_t)(s->len + head_septets * 7 / 8);
		s->udl = (uint8_t)(head_septets + n);
	}
}

static int
units_to_segments(const struct units *u, unsigned ref, bool ref16, struct segment **out)
{
	size_t whole = u->ucs2 ? UD_MAX : 160, head = ref16 ? 7 : 6;
	size_t room = u->ucs2 ? UD_MAX - head : 160 - (head * 8 + 6) / 7;
	size_t total = u->n <= whole ? 1 : count_pieces(u, room);
	struct segment *s;

	if (total > 255)
		return -1;
	s = calloc(total, sizeof(*s));
	if (s == NULL)
		return -1;
	if (total == 1)
		fill_segment(s, u->unit, u->n, u->ucs2, 0);
	for (size_t i = 0, at = 0; total > 1 && i < total; i++) {
		size_t n = piece(u, at, room);

		put_concat(s[i].ud, ref, ref16, total, i + 1);
		fill_segment(&s[i], u->unit + at, n, u->ucs2, head);
		at += n;
	}
	*out = s;
	return (int)total;
}

int
pdu_segments(const char *text, unsigned ref, bool ref16, struct segment **out)
{
	size_t len = strlen(text);
	struct units u = { .ucs2 = false };
	int n = -1;

	/* An octet of UTF-8 makes two units at most: an extended septet, or a UTF-16 unit. */
	u.unit = malloc(len * 2 + 1);
	u.group = malloc(len * 2 + 1);
	if (u.unit != NULL && u.group != NULL) {
		if (units_fill(&u, text, len) == -1) {
			u.ucs2 = true;
			units_fill(&u, text, len);
		}
		n = units_to_segments(&u, ref, ref16, out);
	}
	free(u.unit);
	free(u.group);
	return n;
}

/* --- hexadecimal ----------------------------------------------------------------------------- */

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

long
pdu_from_hex(const char *hex, size_t len, uint8_t *out, size_t cap)
{
	if (len % 2 != 0 || len / 2 > cap)
		return -1;
	for (size_t i = 0; i < len; i += 2) {
		int high = nibble(hex[i]), low = nibble(hex[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (long)(len / 2);
}

void
pdu_to_hex(const uint8_t *in, size_t len, char *out)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		*out++ = digit[in[i] >> 4];
		*out++ = digit[in[i] & 0xF];
	}
	*out = '\0';
}
