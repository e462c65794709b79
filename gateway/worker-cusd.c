/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-cusd: its end is looked for at each line end, in what stands before it. */
#include "worker-cusd.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "worker-guard.h"

enum {
	OVERFLOW_STEP = 32, /* octets that are left out at once: whole UCS-2 units in hexadecimal */
	OVERFLOW_KEPT = 32, /* of the end, which tells whether it is one */
	DCS_MAX = 255,
};

static const char name[] = "+CUSD:";

bool
cusd_begins(const char *line, size_t len)
{
	return len == sizeof(name) - 1 && strncasecmp(line, name, len) == 0;
}

void
cusd_open(struct cusd *c, bool early)
{
	c->open = true;
	c->early = early;
	c->quotes = 0;
	c->len = 0;
}

static void
keep(struct cusd *c)
{
	struct cusd_raw *raw = &c->kept[c->n_kept];

	c->open = false;
	if (c->n_kept == CUSD_KEPT) {
		log_warn("modem=%s event=ussd-dropped length=%zu", worker_modem, c->len);
		return;
	}
	raw->early = c->early;
	raw->len = c->len;
	memcpy(raw->octets, c->octets, c->len);
	c->n_kept++;
}

void
cusd_drop(struct cusd *c)
{
	c->n_kept--;
	memmove(&c->kept[0], &c->kept[1], c->n_kept * sizeof(c->kept[0]));
}

/* --- where it ends --- */

static size_t
without_blanks(const char *s, size_t len)
{
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\r' || s[len - 1] == '\n'))
		len--;
	return len;
}

/* The length up to the comma of `,<digits>` or a lone `,` at the end; len when there is none. */
static size_t
without_number(const char *s, size_t len)
{
	size_t at = without_blanks(s, len);

	while (at > 0 && isdigit((unsigned char)s[at - 1]))
		at--;
	at = without_blanks(s, at);
	return at > 0 && s[at - 1] == ',' ? at - 1 : len;
}

/* "+NAME: ..." and the like, a final result, a ring, the prompt for a message. */
static bool
is_modems(const char *line, size_t len)
{
	static const char *const said[] = { "OK", "ERROR", "RING", "NO CARRIER", "> " };
	size_t at = 1;

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (len == strlen(said[i]) && memcmp(line, said[i], len) == 0)
			return true;
	if (len < 3 || (line[0] != '+' && line[0] != '^'))
		return false;
	while (at < len && (isupper((unsigned char)line[at]) || line[at] == ' '))
		at++;
	return at > 1 && at < len && line[at] == ':';
}

/* A line end has come.  Did the text before it end too? */
static bool
ends_here(const struct cusd *c)
{
	size_t len = without_blanks(c->octets, c->len);
	size_t bare = without_blanks(c->octets, without_number(c->octets, len)), line = len;

	if (c->quotes < 2)
		return c->quotes == 0;
	while (line > 0 && c->octets[line - 1] != '\r' && c->octets[line - 1] != '\n')
		line--;
	if (line > 0 && is_modems(c->octets + line, len - line))
		return false; /* +CMTI: "SM",3 has quotes of its own */
	if (bare > 0 && bare < len)
		return c->octets[bare - 1] == '"';
	return len > 0 && c->octets[len - 1] == '"' && c->quotes % 2 == 0;
}

/* Leave out some of the middle: the beginning is what is read, the end tells where it ends. */
static void
make_room(struct cusd *c)
{
	char *end = c->octets + c->len - OVERFLOW_KEPT;

	memmove(end - OVERFLOW_STEP, end, OVERFLOW_KEPT);
	c->len -= OVERFLOW_STEP;
}

void
cusd_take(struct cusd *c, char octet)
{
	if ((octet == '\r' || octet == '\n') && ends_here(c)) {
		keep(c);
		return;
	}
	c->quotes += octet == '"';
	if (c->len == sizeof(c->octets))
		make_room(c);
	c->octets[c->len++] = octet;
}

/* Where the first line begins that only a modem says; len when there is none. */
static size_t
modems_line(const char *s, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		size_t end = at + 1;

		if (s[at] != '\r' && s[at] != '\n')
			continue;
		while (end < len && s[end] != '\r' && s[end] != '\n')
			end++;
		if (is_modems(s + at + 1, end - at - 1))
			return at + 1;
	}
	return len;
}

size_t
cusd_quiet(struct cusd *c, char rest[CUSD_RAW_MAX])
{
	size_t end, left;

	if (!c->open)
		return 0;
	end = modems_line(c->octets, c->len);
	left = c->len - end;
	memcpy(rest, c->octets + end, left);
	c->len = end;
	keep(c);
	return left;
}

/* --- its values --- */

static void
take_dcs(const char *digits, size_t len, int *dcs)
{
	int value = 0;

	len = without_blanks(digits, len);
	while (len > 0 && *digits == ' ')
		digits++, len--;
	if (len == 0 || len > 3)
		return;
	for (size_t i = 0; i < len; i++)
		value = 10 * value + (digits[i] - '0');
	if (value <= DCS_MAX)
		*dcs = value;
}

/* The text is what stands between the first quote and the last, or, without any, all that does. */
static void
take_text(const char *s, size_t len, struct cusd_answer *answer)
{
	size_t end = without_number(s, len);

	while (len > 0 && *s == ' ')
		s++, len--, end--;
	if (len == 0)
		return;
	if (s[0] != '"') {
		if (end < len)
			take_dcs(s + end + 1, len - end - 1, &answer->dcs);
		answer->len = without_blanks(s, end);
		answer->text = answer->len > 0 ? s : NULL;
		return;
	}
	if (end < len && without_blanks(s, end) > 1 && s[without_blanks(s, end) - 1] == '"')
		take_dcs(s + end + 1, len - end - 1, &answer->dcs);
	else
		end = len;
	end = without_blanks(s, end);
	if (end > 1 && s[end - 1] == '"')
		end--;
	answer->text = s + 1;
	answer->len = end - 1;
}

void
cusd_parse(const struct cusd_raw *raw, struct cusd_answer *answer)
{
	const char *s = raw->octets;
	size_t len = raw->len;

	*answer = (struct cusd_answer){ .m = -1, .dcs = CUSD_NO_DCS };
	while (len > 0 && *s == ' ')
		s++, len--;
	if (len == 0 || !isdigit((unsigned char)*s))
		return;
	answer->m = *s - '0';
	s++, len--;
	while (len > 0 && *s == ' ')
		s++, len--;
	if (len > 0 && *s == ',')
		take_text(s + 1, len - 1, answer);
	else if (len > 0)
		answer->m = -1; /* more than one digit, or none of its kind */
}
