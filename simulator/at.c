/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at.c - cuts a command line into commands and finds who does them; see at.h. */
#include "at.h"

#include "call.h"
#include "card.h"
#include "memory.h"
#include "modem.h"
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 24

static const struct at_command *
find(const char *name)
{
	static const struct at_command *const lists[] = { at_general, at_identity, at_messages,
		at_calls };
	static struct table known;

	if (known.used == 0)
		for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
			for (const struct at_command *c = lists[i]; c->name != NULL; c++)
				table_put(&known, c->name, (void *)(uintptr_t)c);
	return table_get(&known, name);
}

/* --- arguments -------------------------------------------------------------------------------- */

/* Cuts `text` at commas outside quotes, and takes the quotes off. */
static int
split(struct at_args *args, const char *text, size_t len)
{
	char *out = args->text;
	bool quoted = false;

	args->n = 0;
	if (len >= sizeof(args->text) - AT_ARGS_MAX)
		return -1;
	args->value[args->n++] = out;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"') {
			quoted = !quoted;
		} else if (text[i] == ',' && !quoted) {
			if (args->n == AT_ARGS_MAX)
				return -1;
			*out++ = '\0';
			args->value[args->n++] = out;
		} else if (quoted || text[i] != ' ') {
			*out++ = text[i];
		}
	}
	*out = '\0';
	return quoted ? -1 : 0;
}

int
at_number(const struct at_args *args, int i, int min, int max, int absent)
{
	const char *s = i < args->n ? args->value[i] : "";
	char *end;
	long v;

	if (*s == '\0')
		return absent;
	v = strtol(s, &end, 10);
	return *end == '\0' && v >= min && v <= max ? (int)v : -1;
}

int
at_setting(struct modem *m, enum at_op op, const struct at_args *args, const char *name, int *value,
	int max)
{
	int v;

	switch (op) {
	case AT_READ:
		modem_say(m, "%s: %d", name, *value);
		return AT_OK;
	case AT_TEST:
		modem_say(m, "%s: (0-%d)", name, max);
		return AT_OK;
	default:
		v = at_number(args, 0, 0, max, op == AT_RUN ? 0 : -1);
		if (v == -1)
			return AT_ERROR;
		*value = v;
		return AT_OK;
	}
}

/* --- extended commands: AT+X, AT^X, AT*X, AT%X, AT$X -------------------------------------------
 */

static int
refuse_without_card(const struct modem *m, const struct at_command *c)
{
	if (m->card == NULL)
		return c->sms ? AT_CMS + CMS_NO_SIM : CME_NO_SIM;
	switch (m->card->lock) {
	case CARD_PIN:
		return c->sms ? AT_CMS + CMS_PIN : CME_PIN;
	case CARD_PUK:
		return c->sms ? AT_CMS + CMS_PUK : CME_PUK;
	case CARD_DEAD:
		return c->sms ? AT_CMS + CMS_SIM_FAILURE : CME_SIM_FAILURE;
	default:
		return AT_OK;
	}
}

static int
run(struct modem *m, const struct at_command *c, enum at_op op, const char *text, size_t len)
{
	struct at_args args;
	int refused = c->needs_card && op != AT_TEST ? refuse_without_card(m, c) : AT_OK;

	if (refused != AT_OK)
		return refused;
	args.n = 0;
	if (op == AT_SET && split(&args, text, len) == -1)
		return AT_ERROR;
	return c->run(m, op, &args);
}

/* What 27.005 and 27.007 leave to the maker, as cheap modems do: none of it. */
static bool
is_left_out(const char *name)
{
	static const char *const names[] = { "+CSMP", "+CSDH", "+CSMS", "+CMMS", "+CLIP", "+CREG",
		"+CGREG", "+CGATT", "+CCLK", "+CBC", "+CPAS", "+CFUN", "+CHUP", "+CCID" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The length of one extended command, up to the `;` that ends it or the line's end. */
static size_t
command_length(const char *s)
{
	bool quoted = false;
	size_t n = 0;

	for (; s[n] != '\0' && (quoted || s[n] != ';'); n++)
		if (s[n] == '"')
			quoted = !quoted;
	return n;
}

static int
run_extended(struct modem *m, const char *s, size_t len)
{
	char name[NAME_MAX_LEN];
	size_t n = 1;
	const struct at_command *c;

	while (n < len && (isalnum((unsigned char)s[n]) || s[n] == '_'))
		n++;
	if (n >= sizeof(name))
		return AT_ERROR;
	for (size_t i = 0; i < n; i++)
		name[i] = (char)toupper((unsigned char)s[i]);
	name[n] = '\0';
	c = find(name);
	if (m->profile.plain && (c == NULL || is_left_out(name)))
		return c != NULL && c->sms ? AT_CMS + CMS_UNKNOWN : CME_UNKNOWN;
	if (c == NULL)
		return AT_ERROR;
	s += n;
	len -= n;
	if (len == 0)
		return run(m, c, AT_RUN, NULL, 0);
	if (len == 1 && s[0] == '?')
		return run(m, c, AT_READ, NULL, 0);
	if (len == 2 && s[0] == '=' && s[1] == '?')
		return run(m, c, AT_TEST, NULL, 0);
	return s[0] == '=' ? run(m, c, AT_SET, s + 1, len - 1) : AT_ERROR;
}

/* --- basic commands: a letter (or & and a letter) and perhaps a number -------------------------
 */

/* Does the one at *s and moves on. */
static int
run_basic(struct modem *m, const char **s)
{
	char letter = (char)toupper((unsigned char)*(*s)++), other = '\0';
	unsigned long v;
	char *end;

	if (letter == '&' || letter == '\\')
		other = (char)toupper((unsigned char)*(*s)++);
	if (letter == 'D') {
		*s += strlen(*s);
		return AT_NO_CARRIER;
	}
	v = strtoul(*s, &end, 10);
	*s = end;
	if (letter == 'S') {
		if (**s == '=')
			*s += 1 + strspn(*s + 1, "0123456789");
		else if (**s == '?')
			(*s)++;
		return AT_OK;
	}
	switch (letter) {
	case '&':
		if (other == 'F')
			m->set.echo = m->set.verbose = true;
		return other == '\0' ? AT_ERROR : AT_OK;
	case 'E':
		m->set.echo = v != 0;
		return AT_OK;
	case 'V':
		m->set.verbose = v != 0;
		return AT_OK;
	case 'Q':
		m->set.quiet = v != 0;
		return AT_OK;
	case 'Z':
		m->set.quiet = false;
		m->set.echo = m->set.verbose = true;
		return AT_OK;
	case 'H':
		call_end(m, "hungup");
		return AT_OK;
	case 'A':
		return call_answer(m);
	case 'I':
		modem_say(m, "%s", m->profile.maker);
		modem_say(m, "%s", m->profile.model);
		modem_say(m, "%s", m->profile.revision);
		return AT_OK;
	case 'X':
	case 'L':
	case 'M':
	case '\\':
		return AT_OK;
	default:
		return AT_ERROR;
	}
}

int
at_line(struct modem *m, char *line)
{
	const char *s = line + 2;
	int result = AT_OK;

	while (result == AT_OK && *s != '\0') {
		if (*s == ';' || *s == ' ') {
			s++;
		} else if (strchr("+^*%$#", *s) != NULL) {
			size_t len = command_length(s), end = len;

			while (end > 0 && s[end - 1] == ' ')
				end--;
			result = run_extended(m, s, end);
			s += len;
		} else {
			result = run_basic(m, &s);
		}
	}
	return result;
}
