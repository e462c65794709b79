/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire: a table of fields for each message, and one encoder and one decoder that walk it.
 *
 * A datagram is the version, the type, then the fields in the table's order: numbers little-endian,
 * bytes after a 16-bit length, handles and hashes after their 16-bit count.
 */
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum kind { NO_MORE, U8, I8, U16, I16, U32, U64, BYTES, TIME, HANDLES, HASHES };

struct field {
	enum kind kind;
	uint16_t offset;  /* in struct wire_msg */
	int32_t min, max; /* a number's range, or at most so many bytes; max 0: any that fits */
};

/* clang-format off */
#define FIELD(kind_, at_, min_, max_)                                 \
	{ .kind = kind_, .offset = offsetof(struct wire_msg, at_),    \
	  .min = min_, .max = max_ }
#define NUMBER(kind_, at_) FIELD(kind_, at_, 0, 0)
#define CHOICE(at_, last_) FIELD(U8, at_, 0, last_)
#define TEXT(at_, max_) FIELD(BYTES, at_, 0, max_)
#define CLASS(at_) FIELD(I8, at_, -1, 3)
#define END { .kind = NO_MORE }
/* clang-format on */

enum {
	NAME_MAX_BYTES = 64,
	PATH_MAX_BYTES = 255,
	WORDS_MAX_BYTES = 512,
};

static const struct field open_fields[] = {
	TEXT(open.name, NAME_MAX_BYTES),
	TEXT(open.device, PATH_MAX_BYTES),
	TEXT(open.connection, NAME_MAX_BYTES),
	TEXT(open.model, NAME_MAX_BYTES),
	TEXT(open.smsc, WIRE_NUMBER_MAX - 1),
	CHOICE(open.storage, WIRE_STORAGE_ME),
	CHOICE(open.skip_pauses, 1),
	CHOICE(open.receive_only, 1),
	FIELD(U16, open.call_timeout_s, 1, 3600),
	FIELD(U16, open.send_timeout_s, 1, 3600),
	END,
};
static const struct field pin_fields[] = { TEXT(pin.pin, WIRE_PIN_MAX), END };
static const struct field send_fields[] = {
	NUMBER(U64, send.token),
	TEXT(send.number, WIRE_NUMBER_MAX - 1),
	CHOICE(send.coding, WIRE_UCS2),
	CHOICE(send.want_report, 1),
	NUMBER(U8, send.validity),
	CLASS(send.class),
	TEXT(send.udh, WIRE_UDH_MAX),
	TEXT(send.text, 2 * WIRE_UNITS_MAX),
	END,
};
static const struct field delete_fields[] = { NUMBER(HANDLES, delete), END };
static const struct field identity_fields[] = {
	TEXT(identity.imei, NAME_MAX_BYTES),
	TEXT(identity.imsi, NAME_MAX_BYTES),
	TEXT(identity.iccid, NAME_MAX_BYTES),
	TEXT(identity.manufacturer, NAME_MAX_BYTES),
	TEXT(identity.model, NAME_MAX_BYTES),
	TEXT(identity.revision, NAME_MAX_BYTES),
	TEXT(identity.smsc, WIRE_NUMBER_MAX - 1),
	CHOICE(identity.sim, WIRE_SIM_UNKNOWN),
	NUMBER(U8, identity.pin_attempts_left),
	END,
};
static const struct field pin_result_fields[] = { CHOICE(pin_result.outcome, WIRE_PIN_FAILED),
	END };
static const struct field sms_fields[] = {
	NUMBER(U32, sms.handle),
	NUMBER(U16, sms.ordinal),
	CHOICE(sms.kind, WIRE_SMS_BROKEN),
	CHOICE(sms.coding, WIRE_8BIT),
	CLASS(sms.class),
	NUMBER(U8, sms.pid),
	NUMBER(U8, sms.dcs),
	CHOICE(sms.number_doubtful, 1),
	TEXT(sms.number, WIRE_NUMBER_MAX - 1),
	TEXT(sms.smsc, WIRE_NUMBER_MAX - 1),
	NUMBER(TIME, sms.smsc_time),
	TEXT(sms.udh, WIRE_UDH_MAX),
	TEXT(sms.text, WIRE_TEXT_MAX),
	END,
};
static const struct field report_fields[] = {
	NUMBER(U32, report.handle),
	NUMBER(U8, report.reference),
	NUMBER(U8, report.status),
	TEXT(report.number, WIRE_NUMBER_MAX - 1),
	NUMBER(TIME, report.smsc_time),
	NUMBER(TIME, report.discharge_time),
	END,
};
static const struct field listed_fields[] = {
	NUMBER(U16, listed.found),
	NUMBER(U16, listed.fresh),
	NUMBER(U16, listed.used),
	NUMBER(U16, listed.capacity),
	NUMBER(U16, listed.undeletable),
	NUMBER(U16, listed.drafts),
	CHOICE(listed.complete, 1),
	END,
};
static const struct field deleted_fields[] = { NUMBER(U16, deleted.count),
	NUMBER(U16, deleted.failed), NUMBER(U16, deleted.held), END };
static const struct field gone_fields[] = { CHOICE(gone.back, 1), NUMBER(HASHES, gone), END };
static const struct field result_fields[] = {
	NUMBER(U64, result.token),
	CHOICE(result.outcome, WIRE_NOT_SENT),
	NUMBER(U16, result.reference),
	NUMBER(U16, result.error),
	TEXT(result.words, WORDS_MAX_BYTES),
	END,
};
static const struct field call_fields[] = { TEXT(call.number, WIRE_NUMBER_MAX - 1), END };
static const struct field health_fields[] = {
	NUMBER(I16, health.signal_dbm),
	NUMBER(U8, health.signal_percent),
	NUMBER(U8, health.registration),
	TEXT(health.network, NAME_MAX_BYTES),
	NUMBER(U16, health.used),
	NUMBER(U16, health.capacity),
	CHOICE(health.notifies, 1),
	END,
};
static const struct field fault_fields[] = { CHOICE(fault.class, WIRE_FAULT_PROTOCOL),
	TEXT(fault.words, WORDS_MAX_BYTES), END };
static const struct field ussd_fields[] = {
	NUMBER(U64, ussd.token),
	CHOICE(ussd.kind, WIRE_USSD_KIND_CANCEL),
	FIELD(U16, ussd.timeout_s, 1, WIRE_USSD_S_MAX),
	TEXT(ussd.text, WIRE_TYPED_MAX),
	END,
};
static const struct field ussd_answer_fields[] = {
	NUMBER(U64, ussd_answer.token),
	CHOICE(ussd_answer.outcome, WIRE_USSD_NETWORK),
	TEXT(ussd_answer.text, WIRE_USSD_MAX),
	END,
};
static const struct field ussd_unasked_fields[] = { TEXT(ussd_unasked.text, WIRE_USSD_MAX), END };
static const struct field no_fields[] = { END };

static const struct field *
fields_of(unsigned type)
{
	static const struct field *const tables[] = {
		[WIRE_OPEN] = open_fields,
		[WIRE_PIN] = pin_fields,
		[WIRE_START] = no_fields,
		[WIRE_SEND] = send_fields,
		[WIRE_DELETE] = delete_fields,
		[WIRE_LOOK] = no_fields,
		[WIRE_CLOSE] = no_fields,
		[WIRE_IDENTITY] = identity_fields,
		[WIRE_PIN_RESULT] = pin_result_fields,
		[WIRE_READY] = no_fields,
		[WIRE_SMS] = sms_fields,
		[WIRE_REPORT] = report_fields,
		[WIRE_LISTED] = listed_fields,
		[WIRE_DELETED] = deleted_fields,
		[WIRE_RESULT] = result_fields,
		[WIRE_CALL] = call_fields,
		[WIRE_HEALTH] = health_fields,
		[WIRE_FAULT] = fault_fields,
		[WIRE_GONE] = gone_fields,
		[WIRE_USSD] = ussd_fields,
		[WIRE_USSD_ANSWER] = ussd_answer_fields,
		[WIRE_USSD_UNASKED] = ussd_unasked_fields,
	};

	return type < sizeof(tables) / sizeof(tables[0]) ? tables[type] : NULL;
}

static size_t
width(enum kind kind)
{
	return kind == U64 ? 8 : kind == U32 ? 4 : kind == U16 || kind == I16 ? 2 : 1;
}

/* --- numbers in memory --- */

static uint64_t
load(const struct field *f, const void *at)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (width(f->kind)) {
	case 8:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	case 4:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	case 2:
		memcpy(&u16, at, sizeof(u16));
		return u16;
	default:
		return *(const uint8_t *)at;
	}
}

static void
store(const struct field *f, void *at, uint64_t value)
{
	uint8_t u8 = (uint8_t)value;
	uint16_t u16 = (uint16_t)value;
	uint32_t u32 = (uint32_t)value;

	switch (width(f->kind)) {
	case 8:
		memcpy(at, &value, sizeof(value));
		break;
	case 4:
		memcpy(at, &u32, sizeof(u32));
		break;
	case 2:
		memcpy(at, &u16, sizeof(u16));
		break;
	default:
		memcpy(at, &u8, sizeof(u8));
	}
}

static int
in_range(const struct field *f, uint64_t value)
{
	int32_t number;

	if (f->max == 0)
		return 1;
	number = f->kind == I8 ? (int8_t)value : (int32_t)value;
	return number >= f->min && number <= f->max;
}

static int
time_valid(const struct wire_time *t)
{
	return t->month <= 12 && t->day <= 31 && t->hour <= 23 && t->minute <= 59 &&
		t->second <= 59 && t->zone_quarters >= -79 && t->zone_quarters <= 79;
}

/* --- encoding --- */

struct out {
	uint8_t *bytes;
	size_t len;
	int failed;
};

static void
put(struct out *out, const void *bytes, size_t len)
{
	if (out->failed || len > WIRE_MAX - out->len) {
		out->failed = 1;
		return;
	}
	if (len > 0)
		memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

static void
put_number(struct out *out, uint64_t value, size_t octets)
{
	uint8_t le[8];

	for (size_t i = 0; i < octets; i++)
		le[i] = (uint8_t)(value >> (8 * i));
	put(out, le, octets);
}

static void
put_time(struct out *out, const struct wire_time *t)
{
	const uint8_t rest[6] = { t->month, t->day, t->hour, t->minute, t->second,
		(uint8_t)t->zone_quarters };

	if (!time_valid(t))
		out->failed = 1;
	put_number(out, t->year, 2);
	put(out, rest, sizeof(rest));
}

static void
put_handles(struct out *out, const struct wire_delete *d)
{
	if (d->count > WIRE_HANDLES_MAX) {
		out->failed = 1;
		return;
	}
	put_number(out, d->count, 2);
	for (size_t i = 0; i < d->count; i++)
		put_number(out, d->handles[i], 4);
}

static void
put_hashes(struct out *out, const struct wire_gone *g)
{
	if (g->count > WIRE_HASHES_MAX) {
		out->failed = 1;
		return;
	}
	put_number(out, g->count, 2);
	for (size_t i = 0; i < g->count; i++)
		put_number(out, g->hashes[i], 8);
}

static void
put_field(struct out *out, const struct field *f, const void *at)
{
	const struct wire_bytes *b = at;

	switch (f->kind) {
	case BYTES:
		if (b->len > f->max)
			out->failed = 1;
		put_number(out, b->len, 2);
		put(out, b->data, b->len);
		break;
	case TIME:
		put_time(out, at);
		break;
	case HANDLES:
		put_handles(out, at);
		break;
	case HASHES:
		put_hashes(out, at);
		break;
	default:
		if (!in_range(f, load(f, at)))
			out->failed = 1;
		put_number(out, load(f, at), width(f->kind));
	}
}

int
wire_encode(const struct wire_msg *msg, uint8_t buf[WIRE_MAX])
{
	const struct field *f = fields_of(msg->type);
	struct out out = { .bytes = buf };

	if (f == NULL)
		return -1;
	put_number(&out, WIRE_VERSION, 1);
	put_number(&out, msg->type, 1);
	for (; f->kind != NO_MORE; f++)
		put_field(&out, f, (const char *)msg + f->offset);
	return out.failed ? -1 : (int)out.len;
}

/* --- decoding --- */

struct in {
	const uint8_t *bytes;
	size_t len;
	int failed;
};

static const uint8_t *
take(struct in *in, size_t len)
{
	const uint8_t *at = in->bytes;

	if (in->failed || len > in->len) {
		in->failed = 1;
		return NULL;
	}
	in->bytes += len;
	in->len -= len;
	return at;
}

static uint64_t
take_number(struct in *in, size_t octets)
{
	const uint8_t *le = take(in, octets);
	uint64_t value = 0;

	for (size_t i = 0; le != NULL && i < octets; i++)
		value |= (uint64_t)le[i] << (8 * i);
	return value;
}

static void
take_time(struct in *in, struct wire_time *t)
{
	const uint8_t *rest;

	t->year = (uint16_t)take_number(in, 2);
	rest = take(in, 6);
	if (rest == NULL)
		return;
	t->month = rest[0];
	t->day = rest[1];
	t->hour = rest[2];
	t->minute = rest[3];
	t->second = rest[4];
	t->zone_quarters = (int8_t)rest[5];
	if (!time_valid(t))
		in->failed = 1;
}

static void
take_handles(struct in *in, struct wire_delete *d)
{
	d->count = (uint16_t)take_number(in, 2);
	if (d->count > WIRE_HANDLES_MAX) {
		in->failed = 1;
		return;
	}
	for (size_t i = 0; i < d->count; i++)
		d->handles[i] = (uint32_t)take_number(in, 4);
}

static void
take_hashes(struct in *in, struct wire_gone *g)
{
	g->count = (uint16_t)take_number(in, 2);
	if (g->count > WIRE_HASHES_MAX) {
		in->failed = 1;
		return;
	}
	for (size_t i = 0; i < g->count; i++)
		g->hashes[i] = take_number(in, 8);
}

static void
take_field(struct in *in, const struct field *f, void *at)
{
	struct wire_bytes *b = at;
	uint64_t value;

	switch (f->kind) {
	case BYTES:
		b->len = (uint16_t)take_number(in, 2);
		b->data = (const char *)take(in, b->len);
		if (b->len > f->max)
			in->failed = 1;
		break;
	case TIME:
		take_time(in, at);
		break;
	case HANDLES:
		take_handles(in, at);
		break;
	case HASHES:
		take_hashes(in, at);
		break;
	default:
		value = take_number(in, width(f->kind));
		if (!in_range(f, value))
			in->failed = 1;
		store(f, at, value);
	}
}

int
wire_decode(const uint8_t *buf, size_t len, struct wire_msg *msg)
{
	struct in in = { .bytes = buf, .len = len };
	struct wire_msg got = { .type = 0 };
	const struct field *f;
	unsigned type;

	if (take_number(&in, 1) != WIRE_VERSION)
		return -1;
	type = (unsigned)take_number(&in, 1);
	f = fields_of(type);
	if (f == NULL)
		return -1;
	got.type = (enum wire_type)type;
	for (; f->kind != NO_MORE; f++)
		take_field(&in, f, (char *)&got + f->offset);
	if (in.failed || in.len > 0)
		return -1;
	*msg = got;
	return 0;
}

/* --- strings and sockets --- */

struct wire_bytes
wire_str(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;

	return (struct wire_bytes){ .data = s,
		.len = len > UINT16_MAX ? UINT16_MAX : (uint16_t)len };
}

int
wire_copy(char *out, size_t size, struct wire_bytes b)
{
	if (b.len >= size || (b.len > 0 && memchr(b.data, '\0', b.len) != NULL))
		return -1;
	if (b.len > 0)
		memcpy(out, b.data, b.len);
	out[b.len] = '\0';
	return 0;
}

int
wire_ussd_typed(const char *text, size_t len)
{
	if (len == 0 || len > WIRE_TYPED_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > 'z' || strchr("\"$@[\\]^_`", text[i]) != NULL)
			return 0;
	return 1;
}

/* --- halves --- */

enum { HALF_BYTES = 4 };

/* Which half of a character the text begins with, as its code point, or 0. */
static uint32_t
half_at(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c;

	if (p[0] != 0xf3 || p[1] != 0xb0 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
		return 0;
	c = WIRE_HALF_HIGH | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	return c <= WIRE_HALF_ESCAPE ? c : 0;
}

/* What an escape makes of the character after it; NULL when of none such. */
static const char *
escaped(const char *text, size_t *len)
{
	static const struct {
		const char *of, *is;
	} table[] = { { "\xce\x9b", "^" }, { "(", "{" }, { ")", "}" }, { "/", "\\" }, { "<", "[" },
		{ "=", "~" }, { ">", "]" }, { "\xc2\xa1", "|" }, { "e", "\xe2\x82\xac" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		*len = strlen(table[i].of);
		if (strncmp(text, table[i].of, *len) == 0)
			return table[i].is;
	}
	*len = 0;
	return NULL;
}

/* Write what a half and the text after it give.  Returns how much of that text was taken. */
static size_t
mend_one(uint32_t half, const char *rest, char **out)
{
	uint32_t low = half < WIRE_HALF_LOW ? half_at(rest) : 0;
	const char *is = "\xef\xbf\xbd";
	char pair[HALF_BYTES + 1] = "";
	size_t taken = 0;

	if (low >= WIRE_HALF_LOW && low < WIRE_HALF_ESCAPE) {
		uint32_t c = 0x10000 + ((half - WIRE_HALF_HIGH) << 10) + (low - WIRE_HALF_LOW);

		pair[0] = (char)(0xf0 | c >> 18);
		for (int i = 1; i < HALF_BYTES; i++)
			pair[i] = (char)(0x80 | (c >> (6 * (HALF_BYTES - 1 - i)) & 0x3f));
		is = pair;
		taken = HALF_BYTES;
	} else if (half == WIRE_HALF_ESCAPE) {
		is = escaped(rest, &taken);
		if (is == NULL)
			is = " ";
	}
	memcpy(*out, is, strlen(is));
	*out += strlen(is);
	return taken;
}

void
wire_mend(char *text)
{
	const char *in = text;
	char *out = text;

	while (*in != '\0') {
		uint32_t half = half_at(in);

		if (half == 0) {
			*out++ = *in++;
			continue;
		}
		in += HALF_BYTES;
		in += mend_one(half, in, &out);
	}
	*out = '\0';
}

int
wire_send(int fd, const struct wire_msg *msg)
{
	uint8_t buf[WIRE_MAX];
	int len = wire_encode(msg, buf);
	ssize_t sent;

	if (len == -1) {
		errno = EMSGSIZE;
		return -1;
	}
	do
		sent = send(fd, buf, (size_t)len, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? -1 : 0;
}

int
wire_receive(int fd, uint8_t buf[WIRE_MAX], struct wire_msg *msg)
{
	ssize_t got;

	/* The other end closed with messages unread: said once, before what it had sent itself. */
	do
		got = recv(fd, buf, WIRE_MAX, MSG_TRUNC);
	while (got == -1 && (errno == EINTR || errno == ECONNRESET));
	if (got <= 0)
		return (int)got;
	if (got > WIRE_MAX || wire_decode(buf, (size_t)got, msg) == -1) {
		errno = EBADMSG;
		return -1;
	}
	return 1;
}
