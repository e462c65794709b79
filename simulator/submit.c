/* SPDX-License-Identifier: GPL-3.0-or-later */
/* submit.c - reads SMS-SUBMIT (3GPP 23.040, 9.2.2.2); see pdu.h. */
#include "pdu.h"

#include "charset.h"

#include <string.h>

enum {
	MTI_MASK = 0x03,
	MTI_SUBMIT = 0x01,
	FIRST_RD = 0x04,
	FIRST_VPF = 0x18,
	FIRST_SRR = 0x20,
	FIRST_UDHI = 0x40,
	FIRST_RP = 0x80,
	VPF_NONE = 0x00,
	VPF_ENHANCED = 0x08,
	VPF_RELATIVE = 0x10,
	VPF_ABSOLUTE = 0x18,
	TON_MASK = 0x70,
	TON_INTERNATIONAL = 0x10,
	TON_ALPHANUMERIC = 0x50,
	IE_CONCAT8 = 0x00,
	IE_PORT8 = 0x04,
	IE_PORT16 = 0x05,
	IE_CONCAT16 = 0x08,
};

/* What is left to read. */
struct cursor {
	const uint8_t *at;
	size_t left;
};

static const uint8_t *
take(struct cursor *c, size_t n)
{
	const uint8_t *at = c->at;

	if (n > c->left)
		return NULL;
	c->at += n;
	c->left -= n;
	return at;
}

/* --- addresses ------------------------------------------------------------------------------- */

static int
read_digits(const uint8_t *in, size_t n, bool plus, char out[NUMBER_SIZE])
{
	static const char code[] = "0123456789*#abc";
	size_t at = 0;

	if (plus)
		out[at++] = '+';
	for (size_t i = 0; i < n; i++) {
		unsigned v = i % 2 == 0 ? in[i / 2] & 0xFU : in[i / 2] >> 4;

		if (v == 0xF)
			return -1;
		out[at++] = code[v];
	}
	out[at] = '\0';
	return 0;
}

static int
read_smsc(struct cursor *c, char out[NUMBER_SIZE])
{
	const uint8_t *len = take(c, 1), *body;
	size_t digits;

	out[0] = '\0';
	if (len == NULL || *len == 0)
		return len == NULL ? -1 : 0;
	if (*len < 2 || *len > 11)
		return -1;
	body = take(c, *len);
	if (body == NULL)
		return -1;
	digits = (*len - 1U) * 2;
	if (body[*len - 1] >> 4 == 0xF)
		digits--;
	return read_digits(body + 1, digits, (body[0] & TON_MASK) == TON_INTERNATIONAL, out);
}

static int
read_destination(struct cursor *c, char out[NUMBER_SIZE])
{
	const uint8_t *head = take(c, 2), *body;
	uint8_t septets[12];

	if (head == NULL || head[0] == 0 || head[0] > 20 || (head[1] & 0x80) == 0)
		return -1;
	body = take(c, (head[0] + 1U) / 2);
	if (body == NULL)
		return -1;
	if ((head[1] & TON_MASK) == TON_ALPHANUMERIC) {
		size_t n = head[0] * 4U / 7;

		gsm_unpack(body, (head[0] + 1U) / 2, 0, septets, n);
		gsm_to_utf8(septets, n, out, NUMBER_SIZE);
		return 0;
	}
	return read_digits(body, head[0], (head[1] & TON_MASK) == TON_INTERNATIONAL, out);
}

/* --- validity period, 9.2.3.12 ---------------------------------------------------------------- */

static long
relative_seconds(unsigned vp)
{
	if (vp <= 143)
		return (vp + 1L) * 5 * 60;
	if (vp <= 167)
		return 12L * 3600 + (vp - 143L) * 30 * 60;
	if (vp <= 196)
		return (vp - 166L) * 24 * 3600;
	return (vp - 192L) * 7 * 24 * 3600;
}

static int
unswap(uint8_t octet)
{
	return (octet & 0xF) * 10 + (octet >> 4);
}

static long
absolute_seconds(const uint8_t in[7], time_t now)
{
	int zone = (in[6] & 0x07) * 10 + (in[6] >> 4);
	struct tm tm = { .tm_year = unswap(in[0]) + 100,
		.tm_mon = unswap(in[1]) - 1,
		.tm_mday = unswap(in[2]),
		.tm_hour = unswap(in[3]),
		.tm_min = unswap(in[4]),
		.tm_sec = unswap(in[5]) };
	long left;

	if (in[6] & 0x08)
		zone = -zone;
	left = (long)(timegm(&tm) - zone * 15L * 60 - now);
	return left > 0 ? left : 0;
}

/* 9.2.3.12.3; a format that says nothing, or is reserved, gives no period. */
static long
enhanced_seconds(const uint8_t in[7])
{
	switch (in[0] & 0x07) {
	case 1:
		return relative_seconds(in[1]);
	case 2:
		return in[1];
	case 3:
		return unswap(in[1]) * 3600L + unswap(in[2]) * 60L + unswap(in[3]);
	default:
		return -1;
	}
}

static int
read_validity(struct cursor *c, uint8_t first, time_t now, long *seconds)
{
	size_t need = (first & FIRST_VPF) == VPF_NONE ? 0
		: (first & FIRST_VPF) == VPF_RELATIVE ? 1
						      : 7;
	const uint8_t *vp = take(c, need);

	if (vp == NULL)
		return -1;
	switch (first & FIRST_VPF) {
	case VPF_RELATIVE:
		*seconds = relative_seconds(vp[0]);
		break;
	case VPF_ABSOLUTE:
		*seconds = absolute_seconds(vp, now);
		break;
	case VPF_ENHANCED:
		*seconds = enhanced_seconds(vp);
		break;
	default:
		*seconds = -1;
	}
	return 0;
}

/* --- user data -------------------------------------------------------------------------------- */

/* 23.038, 4.  Returns -1 for compressed or reserved codings. */
static int
read_dcs(uint8_t dcs, struct submit *s)
{
	unsigned alphabet = ALPHABET_GSM;

	s->class = -1;
	if (dcs < 0x80) {
		if (dcs & 0x20)
			return -1;
		if (dcs & 0x10)
			s->class = dcs & 0x03;
		alphabet = dcs >> 2 & 0x03;
	} else if (dcs >= 0xF0) {
		s->class = dcs & 0x03;
		alphabet = dcs & 0x04 ? ALPHABET_8BIT : ALPHABET_GSM;
	} else if (dcs >= 0xE0) {
		alphabet = ALPHABET_UCS2;
	} else if (dcs < 0xC0) {
		return -1;
	}
	if (alphabet > ALPHABET_UCS2)
		return -1;
	s->alphabet = (enum pdu_alphabet)alphabet;
	return 0;
}

static void
read_element(struct submit *s, uint8_t id, const uint8_t *data, size_t len)
{
	if (id == IE_CONCAT8 && len == 3) {
		s->ref = data[0];
		s->total = data[1];
		s->part = data[2];
		s->concat = true;
	} else if (id == IE_CONCAT16 && len == 4) {
		s->ref = (unsigned)data[0] << 8 | data[1];
		s->ref16 = true;
		s->total = data[2];
		s->part = data[3];
		s->concat = true;
	} else if (id == IE_PORT8 && len == 2) {
		s->port = data[0];
	} else if (id == IE_PORT16 && len == 4) {
		s->port = data[0] << 8 | data[1];
	}
}

/* 9.2.3.24.  A concatenation of no or of impossible parts is no concatenation. */
static int
read_header(struct submit *s, const uint8_t *ud, size_t len)
{
	size_t end;

	if (len == 0 || ud[0] + 1U > len)
		return -1;
	end = ud[0] + 1U;
	memcpy(s->udh, ud, end);
	s->udh_len = (unsigned)end;
	for (size_t at = 1; at < end;) {
		if (at + 2 > end || at + 2 + ud[at + 1] > end)
			return -1;
		read_element(s, ud[at], ud + at + 2, ud[at + 1]);
		at += 2U + ud[at + 1];
	}
	if (s->total == 0 || s->part == 0 || s->part > s->total)
		s->concat = false;
	return 0;
}

static void
read_text(struct submit *s, const uint8_t *ud, size_t len, unsigned udl)
{
	size_t head = s->udh_len;
	uint8_t septets[160];

	if (s->alphabet == ALPHABET_GSM) {
		size_t head_septets = (head * 8 + 6) / 7, n = udl - head_septets;
		size_t from = head_septets * 7;

		gsm_unpack(ud + from / 8, len - from / 8, (unsigned)(from % 8), septets, n);
		gsm_to_utf8(septets, n, s->text, sizeof(s->text));
	} else if (s->alphabet == ALPHABET_UCS2) {
		ucs2_to_utf8(ud + head, len - head, s->text, sizeof(s->text));
	} else {
		pdu_to_hex(ud + head, len - head, s->text);
	}
}

static const char *
read_user_data(struct cursor *c, bool udhi, struct submit *s)
{
	const uint8_t *udl = take(c, 1), *ud;
	size_t len;

	if (udl == NULL)
		return "cut short before its user data";
	if (*udl > (s->alphabet == ALPHABET_GSM ? 160 : UD_MAX))
		return "more user data than a message holds";
	len = s->alphabet == ALPHABET_GSM ? (*udl * 7U + 7) / 8 : *udl;
	ud = take(c, len);
	if (ud == NULL)
		return "its user data is cut short";
	if (c->left > 0)
		return "something follows its user data";
	if (udhi && read_header(s, ud, len) == -1)
		return "its user data header is malformed";
	if (s->alphabet == ALPHABET_GSM && (s->udh_len * 8 + 6) / 7 > *udl)
		return "its user data header is longer than its user data";
	s->raw.dcs = s->dcs;
	s->raw.udhi = udhi;
	s->raw.udl = *udl;
	s->raw.len = (uint8_t)len;
	memcpy(s->raw.ud, ud, len);
	read_text(s, ud, len, *udl);
	return NULL;
}

static const char *
read_tpdu(struct cursor *c, time_t now, struct submit *s)
{
	const uint8_t *head = take(c, 2), *coding;

	if (head == NULL)
		return "cut short";
	if ((head[0] & MTI_MASK) != MTI_SUBMIT)
		return "not an SMS-SUBMIT";
	s->mr = head[1];
	s->report = (head[0] & FIRST_SRR) != 0;
	s->reply_path = (head[0] & FIRST_RP) != 0;
	s->reject_duplicates = (head[0] & FIRST_RD) != 0;
	if (read_destination(c, s->to) == -1)
		return "its destination is malformed";
	coding = take(c, 2);
	if (coding == NULL)
		return "cut short before its coding";
	s->pid = coding[0];
	s->dcs = coding[1];
	if (read_dcs(s->dcs, s) == -1)
		return "its coding is compressed or reserved";
	if (read_validity(c, head[0], now, &s->validity) == -1)
		return "cut short before its validity period";
	return read_user_data(c, (head[0] & FIRST_UDHI) != 0, s);
}

int
pdu_read_submit(const uint8_t *pdu, size_t len, time_t now, struct submit *out, const char **why)
{
	struct cursor c = { pdu, len };
	struct submit s = { .port = -1, .validity = -1 };
	const char *wrong;

	if (read_smsc(&c, s.smsc) == -1) {
		*why = "its SMSC address is malformed";
		return -1;
	}
	s.tpdu_len = (unsigned)c.left;
	wrong = read_tpdu(&c, now, &s);
	if (wrong != NULL) {
		*why = wrong;
		return -1;
	}
	*out = s;
	return 0;
}
