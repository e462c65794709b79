/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-convert: libgammu keeps text as UTF-16, big-endian, ended by a zero unit.
 */
#include "worker-convert.h"

#include <stdbool.h>
#include <string.h>

#include "worker-charset.h"

enum {
	PID_TYPE0 = 0x40,
	IEI_CONCATENATED_8BIT = 0x00, /* 3GPP 23.040 9.2.3.24 */
	IEI_SPECIAL_INDICATION = 0x01,
	IEI_CONCATENATED_16BIT = 0x08,
	IEI_PORT_8BIT = 0x04,
	IEI_PORT_16BIT = 0x05,
	DIGITS_MAX = 20,
	SEPTETS_MAX = 160,
	OCTETS_MAX = 140,
	UCS2_UNITS_MAX = 70, /* that libgammu looks at */
	SMALL_TILDE = 0x02dc,
	LONE_ESCAPE = 0xb9, /* as libgammu shows it, whose alphabet has no such character */
};

/* --- characters --- */

/* A part of a long message: half a character at its edge may have its other in the next (wire.h).
 */
static void
put_half(struct charset_text *t, const uint16_t *units, size_t count, size_t i, bool part)
{
	uint16_t u = units[i];

	if (part && i == count - 1 && charset_is_high(u))
		charset_put(t, WIRE_HALF_HIGH + (u - 0xd800u));
	else if (part && i == 0 && charset_is_low(u))
		charset_put(t, WIRE_HALF_LOW + (u - 0xdc00u));
	else
		charset_put(t, 0xfffd);
}

/* UTF-16 to UTF-8; a lone surrogate becomes U+FFFD, a zero a space. */
static void
put_units(struct charset_text *t, const uint16_t *units, size_t count, bool part)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t u = units[i];

		if (charset_is_high(u) && i + 1 < count && charset_is_low(units[i + 1])) {
			charset_put(t,
				0x10000u + ((uint32_t)(u - 0xd800) << 10) +
					(units[i + 1] - 0xdc00u));
			i++;
		} else if (charset_is_high(u) || charset_is_low(u)) {
			put_half(t, units, count, i, part);
		} else {
			charset_put(t, u == 0 ? ' ' : u);
		}
	}
}

/* --- from libgammu --- */

/*
 * A number or a name.  Of a name libgammu leaves the septets as they are, and ends at an '@' (0).
 * "<NOT DECODED>" is what it says when it could not.
 */
static struct wire_bytes
number(const unsigned char *from, char out[WIRE_NUMBER_MAX])
{
	struct charset_text t = { .out = out, .size = WIRE_NUMBER_MAX - 1 };

	for (size_t i = 0; i < GSM_MAX_NUMBER_LENGTH && charset_unit(from, i) != 0; i++) {
		uint16_t u = charset_unit(from, i);

		charset_put(&t, u < 128 ? charset_gsm[u] : u);
	}
	if (t.len >= 4 && memcmp(out, "<NOT", 4) == 0)
		t.len = 0;
	return (struct wire_bytes){ .data = out, .len = (uint16_t)t.len };
}

static struct wire_time
time_of(const GSM_DateTime *from)
{
	struct wire_time t = { .year = 0 };

	if (from->Year < 1 || from->Year > 9999 || from->Month < 1 || from->Month > 12 ||
		from->Day < 1 || from->Day > 31 || from->Hour < 0 || from->Hour > 23 ||
		from->Minute < 0 || from->Minute > 59 || from->Second < 0 || from->Second > 59)
		return t;
	t.year = (uint16_t)from->Year;
	t.month = (uint8_t)from->Month;
	t.day = (uint8_t)from->Day;
	t.hour = (uint8_t)from->Hour;
	t.minute = (uint8_t)from->Minute;
	t.second = (uint8_t)from->Second;
	t.zone_quarters = (int8_t)(from->Timezone / 900 % 80);
	return t;
}

static bool
has_element(struct wire_bytes udh, unsigned char iei)
{
	const unsigned char *p = (const unsigned char *)udh.data;

	for (size_t i = 0; i + 1 < udh.len; i += 2u + p[i + 1])
		if (p[i] == iei)
			return true;
	return false;
}

/* An escape of nothing known shows as a space (3GPP 23.038 6.2.1). */
static struct wire_bytes
gsm7_text(const GSM_SMSMessage *from, bool part, char *out)
{
	struct charset_text t = { .out = out, .size = WIRE_TEXT_MAX };
	uint16_t units[SEPTETS_MAX];
	size_t count = 0;
	bool half;

	while (count < SEPTETS_MAX && charset_unit(from->Text, count) != 0) {
		units[count] = charset_unit(from->Text, count);
		if (units[count] == LONE_ESCAPE)
			units[count] = ' ';
		count++;
	}
	half = part && count > 0 && charset_unit(from->Text, count - 1) == LONE_ESCAPE;
	put_units(&t, units, half ? count - 1 : count, false);
	if (half)
		charset_put(&t, WIRE_HALF_ESCAPE);
	return (struct wire_bytes){ .data = out, .len = (uint16_t)t.len };
}

/* libgammu has doubled each '~', and shows a unit of 1 as one '~' (Nokia's way to escape). */
static struct wire_bytes
ucs2_text(const GSM_SMSMessage *from, bool part, char *out)
{
	struct charset_text t = { .out = out, .size = WIRE_TEXT_MAX };
	uint16_t units[UCS2_UNITS_MAX];
	size_t count = 0, wanted = from->Length < 0 ? 0 : (size_t)from->Length;

	for (size_t i = 0; count < wanted && count < UCS2_UNITS_MAX; i++) {
		units[count++] = charset_unit(from->Text, i);
		if (charset_unit(from->Text, i) != '~')
			continue;
		if (charset_unit(from->Text, i + 1) == '~')
			i++;
		else
			units[count - 1] = ' ';
	}
	put_units(&t, units, count, part);
	return (struct wire_bytes){ .data = out, .len = (uint16_t)t.len };
}

static struct wire_bytes
octets(const void *from, int len, size_t max, char *out)
{
	size_t count = len < 0 ? 0 : (size_t)len;

	if (count > max)
		count = max;
	memcpy(out, from, count);
	return (struct wire_bytes){ .data = out, .len = (uint16_t)count };
}

static void
take_text(const GSM_SMSMessage *from, struct convert *room, struct wire_sms *out)
{
	bool part = has_element(out->udh, IEI_CONCATENATED_8BIT) ||
		has_element(out->udh, IEI_CONCATENATED_16BIT);

	switch (from->Coding) {
	case SMS_Coding_Default_No_Compression:
		out->coding = WIRE_GSM7;
		out->text = gsm7_text(from, part, room->text);
		break;
	case SMS_Coding_Unicode_No_Compression:
		out->coding = WIRE_UCS2;
		out->text = ucs2_text(from, part, room->text);
		break;
	default:
		out->coding = WIRE_8BIT;
		out->text = octets(from->Text, from->Length, OCTETS_MAX, room->text);
	}
}

static enum wire_sms_kind
kind_of(const struct wire_sms *sms)
{
	unsigned group = sms->dcs & 0xf0;

	if (sms->pid == PID_TYPE0)
		return WIRE_SMS_TYPE0;
	if (group == 0xc0 || group == 0xd0 || group == 0xe0 ||
		has_element(sms->udh, IEI_SPECIAL_INDICATION))
		return WIRE_SMS_MWI;
	if (has_element(sms->udh, IEI_PORT_8BIT) || has_element(sms->udh, IEI_PORT_16BIT))
		return WIRE_SMS_PORT;
	return sms->coding == WIRE_8BIT ? WIRE_SMS_8BIT : WIRE_SMS_TEXT;
}

static void
take_broken(const struct sieve_pdu *pdu, struct convert *room, struct wire_sms *out)
{
	const char *raw = pdu->raw != NULL ? pdu->raw : "";

	out->kind = WIRE_SMS_BROKEN;
	out->coding = WIRE_8BIT;
	out->class = -1;
	out->pid = out->dcs = 0;
	out->udh.len = 0;
	out->text = octets(raw, (int)strlen(raw), WIRE_TEXT_MAX, room->text);
}

void
convert_message(const GSM_SMSMessage *from, const struct sieve_pdu *pdu, bool decoded,
	struct convert *room, struct wire_sms *out)
{
	memset(out, 0, sizeof(*out));
	if (!decoded) {
		take_broken(pdu, room, out);
		return;
	}
	out->pid = pdu->pid;
	out->dcs = pdu->dcs;
	out->class = from->Class >= 0 && from->Class <= 3 ? from->Class : -1;
	out->smsc_time = time_of(&from->DateTime);
	if (from->UDH.Length > GSM_MAX_UDH_LENGTH) {
		/* It ran over what follows it in the structure, the number first. */
		out->number_doubtful = 1;
		take_broken(pdu, room, out);
		return;
	}
	out->number = number(from->Number, room->number);
	out->smsc = number(from->SMSC.Number, room->smsc);
	if (from->UDH.Type != UDH_NoUDH && from->UDH.Length > 1)
		out->udh =
			octets(from->UDH.Text + 1, from->UDH.Length - 1, WIRE_UDH_MAX, room->udh);
	if (pdu->kind == PDU_BROKEN) {
		take_broken(pdu, room, out);
		return;
	}
	take_text(from, room, out);
	out->kind = kind_of(out);
}

void
convert_report(const GSM_SMSMessage *from, struct convert *room, struct wire_report *out)
{
	memset(out, 0, sizeof(*out));
	out->reference = from->MessageReference;
	out->status = from->DeliveryStatus;
	out->number = number(from->Number, room->number);
	out->smsc_time = time_of(&from->DateTime);
	out->discharge_time = time_of(&from->SMSCTime);
}

/* --- equality: FNV-1a, 64 bits --- */

static uint64_t
hash(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

static uint64_t
hash_number(uint64_t h, uint16_t number)
{
	const unsigned char octets_of[] = { (unsigned char)number, (unsigned char)(number >> 8) };

	return hash(h, octets_of, sizeof(octets_of));
}

static uint64_t
hash_bytes(uint64_t h, struct wire_bytes b)
{
	h = hash_number(h, b.len);
	return hash(h, b.data, b.len);
}

static uint64_t
hash_time(uint64_t h, const struct wire_time *t)
{
	const uint16_t values[] = { t->year, t->month, t->day, t->hour, t->minute, t->second,
		(uint16_t)t->zone_quarters };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		h = hash_number(h, values[i]);
	return h;
}

uint64_t
convert_hash_message(const struct wire_sms *sms)
{
	uint64_t h = hash_bytes(0xcbf29ce484222325u, sms->number);

	h = hash_time(h, &sms->smsc_time);
	h = hash(h, &sms->dcs, sizeof(sms->dcs));
	h = hash_bytes(h, sms->udh);
	return hash_bytes(h, sms->text);
}

uint64_t
convert_hash_report(const struct wire_report *report)
{
	uint64_t h = hash_bytes(0xcbf29ce484222325u, report->number);

	h = hash_time(h, &report->smsc_time);
	h = hash_time(h, &report->discharge_time);
	h = hash(h, &report->reference, sizeof(report->reference));
	return hash(h, &report->status, sizeof(report->status));
}

/* --- to libgammu --- */

static void
put_ascii(unsigned char *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = 0;
		out[2 * i + 1] = (unsigned char)s[i];
	}
	out[2 * len] = out[2 * len + 1] = 0;
}

static bool
is_number(struct wire_bytes b)
{
	size_t plus = b.len > 0 && b.data[0] == '+';

	if (b.len <= plus || b.len - plus > DIGITS_MAX)
		return false;
	for (size_t i = plus; i < b.len; i++)
		if (b.data[i] < '0' || b.data[i] > '9')
			return false;
	return true;
}

static int
put_gsm7(const struct wire_send *send, GSM_SMSMessage *out, const char **why)
{
	const unsigned char *text = (const unsigned char *)send->text.data;
	size_t count = send->text.len / 2u, taken;

	taken = send->udh.len > 0 ? ((send->udh.len + 1u) * 8 + 6) / 7 : 0;
	for (size_t i = 0; i < count; i++) {
		size_t more = charset_gsm_septets(charset_unit(text, i));

		if (more == 0) {
			*why = "a character is not in the GSM 7-bit alphabet";
			return -1;
		}
		taken += more;
	}
	if (taken > SEPTETS_MAX) {
		*why = "the text does not fit one segment";
		return -1;
	}
	out->Coding = SMS_Coding_Default_No_Compression;
	memcpy(out->Text, text, 2 * count);
	out->Length = (int)count;
	return 0;
}

/* Each '~' is doubled for libgammu, which looks at 70 units; without room for that, a similar one.
 */
static int
put_ucs2(const struct wire_send *send, GSM_SMSMessage *out, const char **why)
{
	const unsigned char *text = (const unsigned char *)send->text.data;
	size_t count = send->text.len / 2u, room, at = 0;

	if (2 * count + (send->udh.len > 0 ? send->udh.len + 1u : 0) > OCTETS_MAX) {
		*why = "the text does not fit one segment";
		return -1;
	}
	room = UCS2_UNITS_MAX - count;
	for (size_t i = 0; i < count; i++) {
		uint16_t u = charset_unit(text, i);

		if (u == 0) {
			*why = "the text holds a zero";
			return -1;
		}
		if (u == '~' && room == 0)
			u = SMALL_TILDE;
		for (int copies = u == '~' ? 2 : 1; copies > 0; copies--, at++) {
			out->Text[2 * at] = (unsigned char)(u >> 8);
			out->Text[2 * at + 1] = (unsigned char)u;
		}
		room -= u == '~';
	}
	out->Coding = SMS_Coding_Unicode_No_Compression;
	out->Length = (int)at;
	return 0;
}

int
convert_send(const struct wire_send *send, const char *smsc, GSM_SMSMessage *out, const char **why)
{
	size_t smsc_len = strlen(smsc);

	memset(out, 0, sizeof(*out));
	GSM_SetDefaultSMSData(out);
	if (!is_number(send->number)) {
		*why = "the recipient is no number";
		return -1;
	}
	if (send->text.len % 2 != 0 || send->udh.len >= GSM_MAX_UDH_LENGTH ||
		smsc_len > GSM_MAX_NUMBER_LENGTH) {
		*why = "the segment is malformed";
		return -1;
	}
	put_ascii(out->Number, send->number.data, send->number.len);
	put_ascii(out->SMSC.Number, smsc, smsc_len);
	out->SMSC.Location = 0; /* else libgammu asks the modem for it before every message */
	out->SMSC.Validity.Format = SMS_Validity_RelativeFormat;
	out->SMSC.Validity.Relative = (GSM_ValidityPeriod)send->validity;
	out->PDU = send->want_report ? SMS_Status_Report : SMS_Submit;
	out->Class = send->class;
	if (send->udh.len > 0) {
		out->UDH.Type = UDH_UserUDH;
		out->UDH.Text[0] = (unsigned char)send->udh.len;
		memcpy(out->UDH.Text + 1, send->udh.data, send->udh.len);
		out->UDH.Length = send->udh.len + 1;
	}
	return send->coding == WIRE_UCS2 ? put_ucs2(send, out, why) : put_gsm7(send, out, why);
}
