/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-sieve: lines are put together, judged one by one, and passed on ended by CR LF.
 */
#include "worker-sieve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "worker-guard.h"

enum {
	LOCATION_MAX = 99999, /* libgammu adds 100,000 to tell two storages apart */
	STAT_MAX = 4,
	PASSED_MAX = 400,     /* bytes of an ordinary line that are passed on */
	NAME_PASSED_MAX = 40, /* of a maker's or a model's name: libgammu's fields have 50 */
};

/* --- what the modem tells unasked --- */

static bool
begins(const char *line, const char *with)
{
	return strncasecmp(line, with, strlen(with)) == 0;
}

/* The text between the first two quotes, if it fits; else out stays empty. */
static void
quoted(const char *line, char *out, size_t size)
{
	const char *from = strchr(line, '"'), *to = from != NULL ? strchr(from + 1, '"') : NULL;

	out[0] = '\0';
	if (to == NULL || (size_t)(to - from) > size)
		return;
	memcpy(out, from + 1, (size_t)(to - from - 1));
	out[to - from - 1] = '\0';
}

static enum store
store_named(const char *line)
{
	char name[8];

	quoted(line, name, sizeof(name));
	if (strcmp(name, "SR") == 0)
		return STORE_SR;
	return strcmp(name, "SM") == 0    ? STORE_SM
		: strcmp(name, "ME") == 0 ? STORE_ME
					  : STORE_UNKNOWN;
}

static void
urc_report(struct urc *urc, const char *line)
{
	const char *comma = strchr(line, ',');

	if (store_named(line) != STORE_SR) {
		urc->message = true; /* it is in a storage that listings cover */
		return;
	}
	urc->report = true;
	if (comma != NULL && urc->n_report_places < URC_REPORTS_MAX) {
		int place = atoi(comma + 1);

		if (place >= 0 && place <= LOCATION_MAX)
			urc->report_places[urc->n_report_places++] = place;
	}
}

static void
urc_direct(struct urc *urc, const char *line)
{
	size_t len = strlen(line);

	if (urc->n_direct == URC_DIRECT_MAX || len >= URC_DIRECT_BYTES) {
		log_warn("modem=%s event=direct-message-lost length=%zu", worker_modem, len);
		return;
	}
	memcpy(urc->direct[urc->n_direct++], line, len + 1);
}

/* Lines that modems say when they begin or end: RDY, +CFUN: 1, +CPIN: READY, ^SYSSTART ... */
static bool
tells_restart(const char *line)
{
	static const char *const said[] = { "RDY", "^SYSSTART", "+CFUN:", "+CPIN:", "Call Ready",
		"SMS Ready", "NORMAL POWER DOWN", "POWERED DOWN", "+SIM READY" };

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (begins(line, said[i]))
			return true;
	return false;
}

int
urc_line(struct urc *urc, const char *line)
{
	bool is_pdu =
		urc->in_pdu && isxdigit((unsigned char)line[0]) && isxdigit((unsigned char)line[1]);

	urc->in_pdu = false;
	if (is_pdu) {
		urc_direct(urc, line);
	} else if (begins(line, "+CMTI:")) {
		urc->message = true;
	} else if (begins(line, "+CDSI:")) {
		urc_report(urc, line);
	} else if (begins(line, "+CMT:") || begins(line, "+CDS:")) {
		urc->in_pdu = true;
	} else if (strcmp(line, "RING") == 0 || begins(line, "+CRING:")) {
		urc->rings++;
	} else if (begins(line, "+CLIP:")) {
		urc->has_caller = true;
		quoted(line, urc->caller, sizeof(urc->caller));
	} else if (strcmp(line, "NO CARRIER") == 0) {
		urc->call_over = true;
	} else if (tells_restart(line)) {
		urc->restarted = true;
	} else {
		return 0;
	}
	return 1;
}

/* --- output --- */

static void
emit(struct sieve *s, const char *bytes, size_t len)
{
	if (s->out_room - s->out_len < len) {
		size_t room = s->out_len + len + 1024;
		char *more = realloc(s->out, room);

		if (more == NULL)
			fatal("event=no-memory wanted=%zu", room);
		s->out = more;
		s->out_room = room;
	}
	memcpy(s->out + s->out_len, bytes, len);
	s->out_len += len;
}

static void
emit_line(struct sieve *s, const char *line, size_t max)
{
	size_t len = strlen(line);

	emit(s, line, len < max ? len : max);
	emit(s, "\r\n", 2);
}

size_t
sieve_take(struct sieve *s, char *buf, size_t size)
{
	size_t len = s->out_len < size ? s->out_len : size;

	if (len == 0)
		return 0;
	memcpy(buf, s->out, len);
	memmove(s->out, s->out + len, s->out_len - len);
	s->out_len -= len;
	return len;
}

/* --- messages --- */

static void
forget_pdu(struct sieve_pdu *pdu)
{
	free(pdu->raw);
	memset(pdu, 0, sizeof(*pdu));
}

static void
forget_listed(struct sieve *s)
{
	for (size_t i = 0; i < s->n_listed; i++)
		forget_pdu(&s->listed[i]);
	s->n_listed = 0;
}

/* A place that the modem names twice in one listing would turn libgammu round in a circle. */
static bool
already_listed(const struct sieve *s, int location)
{
	for (size_t i = 0; i < s->n_listed; i++)
		if (s->listed[i].location == location)
			return true;
	return false;
}

static struct sieve_pdu *
add_listed(struct sieve *s)
{
	if (s->n_listed == s->listed_room) {
		size_t room = s->listed_room > 0 ? 2 * s->listed_room : 32;
		struct sieve_pdu *more = realloc(s->listed, room * sizeof(*more));

		if (more == NULL)
			fatal("event=no-memory wanted=%zu", room * sizeof(*more));
		s->listed = more;
		s->listed_room = room;
	}
	memset(&s->listed[s->n_listed], 0, sizeof(s->listed[0]));
	return &s->listed[s->n_listed++];
}

/* +CMGL: <index>,<stat>,[<alpha>],<length> */
static void
list_header(struct sieve *s, const char *values)
{
	int location = -1, stat = -1;

	if (sscanf(values, " %d , %d", &location, &stat) != 2 || location < 0 ||
		location > LOCATION_MAX || stat < 0 || stat > STAT_MAX ||
		already_listed(s, location)) {
		/* In text mode it would hold the sender's number. */
		log_warn("modem=%s event=listing-header-ignored length=%zu", worker_modem,
			strlen(s->line));
		s->skips_pdu = true;
		return;
	}
	s->header = add_listed(s);
	s->header->location = location;
	s->header->stat = (uint8_t)stat;
	s->expects_pdu = true;
}

/* +CMGR: <stat>,[<alpha>],<length> */
static void
single_header(struct sieve *s, const char *values)
{
	int stat = -1;

	if (sscanf(values, " %d", &stat) != 1 || stat < 0 || stat > STAT_MAX)
		stat = 1;
	forget_pdu(&s->single);
	s->header = &s->single;
	s->header->stat = (uint8_t)stat;
	s->expects_pdu = true;
}

/* The header goes with its PDU, so that neither comes alone. */
static void
emit_pdu(struct sieve *s, const struct pdu *pdu)
{
	char header[64];

	/* A length of 0 would be Siemens' way to say that the place is empty. */
	if (s->header == &s->single)
		snprintf(header, sizeof(header), "+CMGR: %u,,1", s->header->stat);
	else
		snprintf(header, sizeof(header), "+CMGL: %d,%u,,1", s->header->location,
			s->header->stat);
	emit_line(s, header, sizeof(header));
	emit_line(s, pdu->safe, sizeof(pdu->safe));
}

static void
take_pdu(struct sieve *s, const char *line)
{
	struct pdu pdu;

	s->expects_pdu = false;
	pdu_vet(line, strlen(line), &pdu);
	s->header->kind = pdu.kind;
	s->header->pid = pdu.pid;
	s->header->dcs = pdu.dcs;
	s->header->raw = strndup(line, WIRE_TEXT_MAX);
	if (s->header->raw == NULL)
		fatal("event=no-memory wanted=%d", WIRE_TEXT_MAX);
	emit_pdu(s, &pdu);
}

/*
 * A header whose PDU does not come.  Of a listing: a message without contents, so that it can be
 * deleted.  Of a single place: it is empty.
 */
static void
end_missing_pdu(struct sieve *s)
{
	if (s->expects_pdu && s->header != &s->single)
		take_pdu(s, "");
	s->expects_pdu = s->skips_pdu = false;
}

/* --- lines --- */

static bool
is_final(const struct sieve *s, const char *line)
{
	static const char *const exact[] = { "OK", "ERROR", "COMMAND NOT SUPPORT" };
	static const char *const start[] = { "+CME ERROR:", "+CMS ERROR:", "MODEM ERROR:" };

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (strcmp(line, exact[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
		if (begins(line, start[i]))
			return true;
	return s->command[0] == 'D' && strcmp(line, "NO CARRIER") == 0;
}

/* Some makes' own settings: libgammu will not go on without, though a modem serves as well. */
static bool
may_be_refused(const struct sieve *s)
{
	static const char *const own[] = { "^CURC", "^PORTSEL", "+CFUN", "+ZCDRUN", "+ZOPRT" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcasecmp(s->command, own[i]) == 0)
			return true;
	return false;
}

/* Of what was asked, whole; of a long command, as much as is known. */
static bool
is_echo(const struct sieve *s, const char *line)
{
	size_t len = strlen(s->asked);

	if (len == 0)
		return false;
	return len < sizeof(s->asked) - 1 ? strcmp(line, s->asked) == 0
					  : strncmp(line, s->asked, len) == 0;
}

/* Letters, digits and blanks may be words that end so; anything else is no text of a modem's. */
static bool
is_noise(unsigned char c)
{
	return !isalnum(c) && strchr(" .,;:\"'()-/", c) == NULL;
}

/*
 * Noise came before an echo or a final result, in the same line.  Returns where that begins: at the
 * line itself when there is none.
 */
static const char *
after_noise(const struct sieve *s, const char *line)
{
	if (strpbrk(line, "TtKR") == NULL)
		return line; /* as of a PDU */
	for (const char *at = line + strlen(line); at-- > line + 1;) {
		bool noise = is_noise((unsigned char)at[-1]);

		if (is_echo(s, at))
			return at;
		if (s->command[0] != '\0' && is_final(s, at) && (noise || strlen(at) > 5))
			return at;
	}
	return line;
}

static void
take_echo(struct sieve *s, const char *line)
{
	size_t len = strcspn(line + 2, "=?");

	if (len >= sizeof(s->command))
		len = sizeof(s->command) - 1;
	memcpy(s->command, line + 2, len);
	s->command[len] = '\0';
	s->prompted = false;
	s->asked[0] = '\0';
	if (s->aside == ASIDE_SAID)
		return;
	if (strcasecmp(s->command, "+CMGL") == 0) {
		forget_listed(s);
		s->listings++;
	} else if (strcasecmp(s->command, "+CMGR") == 0) {
		forget_pdu(&s->single);
		s->singles++;
	} else if (begins(line, "AT+CPMS=\"")) {
		s->store = store_named(line);
	}
	emit_line(s, line, PASSED_MAX);
}

static void
take_usage(struct sieve *s, const char *values)
{
	struct sieve_usage got = { .known = true };

	if (s->store == STORE_UNKNOWN || sscanf(values, " %d , %d", &got.used, &got.total) != 2)
		return;
	if (got.used >= 0 && got.total >= 0 && got.total <= LOCATION_MAX)
		s->usage[s->store] = got;
}

/* +CMGS: <mr>[,...]: libgammu wants it without what may follow. */
static void
emit_reference(struct sieve *s, const char *values)
{
	char line[32];
	int reference;

	if (sscanf(values, " %d", &reference) != 1)
		return;
	snprintf(line, sizeof(line), "+CMGS: %d", reference);
	emit_line(s, line, sizeof(line));
}

/*
 * +CPMS: (<reading>),(<writing>),(<receiving>): libgammu is shown those for reading alone.  Else it
 * names one for writing too, which not every modem takes, and we save nothing.
 */
static void
emit_memories(struct sieve *s, const char *line)
{
	const char *end = strchr(line, ')');
	size_t len = end != NULL ? (size_t)(end + 1 - line) : PASSED_MAX;

	emit_line(s, line, len < PASSED_MAX ? len : PASSED_MAX);
}

/* A line "+NAME: values" of the command that is being answered. */
static void
take_own(struct sieve *s, const char *line, const char *values)
{
	if (strcasecmp(s->command, "+CMGL") == 0) {
		end_missing_pdu(s);
		list_header(s, values);
		return;
	}
	if (strcasecmp(s->command, "+CMGR") == 0) {
		end_missing_pdu(s);
		single_header(s, values);
		return;
	}
	if (strcasecmp(s->command, "+CMGS") == 0) {
		emit_reference(s, values);
		return;
	}
	if (strcasecmp(s->command, "+CPMS") == 0) {
		take_usage(s, values);
		emit_memories(s, line);
		return;
	}
	emit_line(s, line, PASSED_MAX);
}

/* Not an answer: known or not, libgammu never sees it. */
static void
take_unasked(struct sieve *s, const char *line)
{
	if (!urc_line(s->urc, line))
		s->dropped++;
}

/* Text without a name: what a modem answers to +CGMI and the like, and what it says by itself. */
static void
take_text(struct sieve *s, const char *line)
{
	static const char *const none[] = { "", "+CMGL", "+CMGR", "+CMGS", "+CMGD", "+CUSD" };
	bool name = strcasecmp(s->command, "+CGMI") == 0 || strcasecmp(s->command, "+CGMM") == 0;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (strcasecmp(s->command, none[i]) == 0) {
			take_unasked(s, line);
			return;
		}
	if (!urc_line(s->urc, line))
		emit_line(s, line, name ? NAME_PASSED_MAX : PASSED_MAX);
}

/* The length of NAME in "+NAME: values", or 0. */
static size_t
name_length(const char *line)
{
	size_t len;

	if (strchr("+^*#$%&!_@", line[0]) == NULL || line[0] == '\0')
		return 0;
	for (len = 1; isalnum((unsigned char)line[len]) || line[len] == '_'; len++)
		;
	return len > 1 && line[len] == ':' ? len : 0;
}

static bool
is_own(const struct sieve *s, const char *line, size_t name)
{
	return name > 0 && name == strlen(s->command) && strncasecmp(line, s->command, name) == 0;
}

static void
end_aside(struct sieve *s, const char *line)
{
	const char *code = line + strcspn(line, ":0123456789");

	s->aside = strcmp(line, "OK") == 0 ? ASIDE_OK : ASIDE_ERROR;
	code += strspn(code, ": ");
	s->aside_code = isdigit((unsigned char)*code) ? atoi(code) : -1;
	s->command[0] = s->asked[0] = '\0';
}

static void
take_line(struct sieve *s, const char *line)
{
	size_t name = name_length(line);

	/* Where a PDU belongs, whatever comes is that: else noise in a storage would end each
	 * listing. */
	if (!is_own(s, line, name) && !s->expects_pdu && !s->skips_pdu) {
		line = after_noise(s, line);
		name = name_length(line);
	}
	if (s->urc->in_pdu && urc_line(s->urc, line)) {
		return;
	} else if (s->aside == ASIDE_SAID && is_final(s, line)) {
		end_aside(s, line);
	} else if (is_final(s, line)) {
		end_missing_pdu(s);
		emit_line(s, may_be_refused(s) ? "OK" : line, PASSED_MAX);
		s->final_is_cme = begins(line, "+CME");
		s->command[0] = '\0';
	} else if (is_echo(s, line)) {
		end_missing_pdu(s);
		take_echo(s, line);
	} else if (is_own(s, line, name)) {
		take_own(s, line, line + name + 1);
	} else if (name > 0) {
		take_unasked(s, line);
	} else if (s->expects_pdu || s->skips_pdu) {
		if (urc_line(s->urc, line))
			return; /* RING */
		if (s->expects_pdu)
			take_pdu(s, line);
		s->skips_pdu = false;
	} else {
		take_text(s, line);
	}
}

static void
end_line(struct sieve *s)
{
	bool echo = s->prompted && s->len >= 2 && memcmp(s->line, "> ", 2) == 0;

	s->line[s->len] = '\0';
	if (s->overlong)
		log_warn("modem=%s event=line-cut command=%s", worker_modem, s->command);
	if (echo)
		emit(s, "\r\n", 2);
	else if (s->len > 0)
		take_line(s, s->line);
	s->len = 0;
	s->overlong = false;
}

/* Noise may stand before it. */
static void
take_prompt(struct sieve *s)
{
	if (s->prompted || s->len < 2 || memcmp(s->line + s->len - 2, "> ", 2) != 0 ||
		strcasecmp(s->command, "+CMGS") != 0)
		return;
	memcpy(s->line, "> ", 2);
	s->len = 2;
	emit(s, "> ", 2);
	s->prompted = true;
}

/* A command ends in CR; a text that was typed, or given up, in Ctrl-Z or ESC. */
void
sieve_asked(struct sieve *s, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '\r' && s->asking_len > 0) {
			s->asking[s->asking_len] = '\0';
			memcpy(s->asked, s->asking, s->asking_len + 1);
		}
		if ((unsigned char)c < ' ')
			s->asking_len = 0;
		else if (s->asking_len < sizeof(s->asking) - 1)
			s->asking[s->asking_len++] = c;
	}
}

void
sieve_aside(struct sieve *s, const char *line)
{
	s->aside = ASIDE_SAID;
	s->command[0] = '\0';
	snprintf(s->asked, sizeof(s->asked), "%s", line);
}

void
sieve_quiet(struct sieve *s)
{
	char rest[CUSD_RAW_MAX];

	sieve_feed(s, rest, cusd_quiet(&s->urc->cusd, rest));
}

/* +CUSD has come: what follows is no line until its end. */
static void
take_cusd(struct sieve *s)
{
	if (!cusd_begins(s->line, s->len))
		return;
	cusd_open(&s->urc->cusd, s->aside == ASIDE_SAID && s->command[0] == '\0');
	s->len = 0;
}

void
sieve_feed(struct sieve *s, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (s->urc->cusd.open) {
			cusd_take(&s->urc->cusd, (char)c);
		} else if (c == '\r' || c == '\n') {
			end_line(s);
		} else if (c < ' ' || c == 0x7f) {
			continue; /* ESC, Ctrl-Z and NUL of an echo; noise */
		} else if (s->len == sizeof(s->line) - 1) {
			s->overlong = true;
		} else {
			s->line[s->len++] = (char)c;
			take_prompt(s);
			take_cusd(s);
		}
	}
}

/* --- life --- */

void
sieve_init(struct sieve *s, struct urc *urc)
{
	memset(s, 0, sizeof(*s));
	s->urc = urc;
	s->store = STORE_UNKNOWN;
}

void
sieve_restart(struct sieve *s)
{
	s->len = s->out_len = 0;
	s->overlong = s->prompted = s->expects_pdu = s->skips_pdu = false;
	s->aside = ASIDE_NONE;
	s->command[0] = '\0';
	s->store = STORE_UNKNOWN;
}

void
sieve_free(struct sieve *s)
{
	forget_listed(s);
	forget_pdu(&s->single);
	free(s->listed);
	free(s->out);
	sieve_init(s, s->urc);
}

const struct sieve_pdu *
sieve_listed(const struct sieve *s, size_t n)
{
	return n < s->n_listed ? &s->listed[n] : NULL;
}

const struct sieve_pdu *
sieve_single(const struct sieve *s)
{
	return &s->single;
}
