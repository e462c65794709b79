/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setting.c - `set MODEM PARAM VALUE`: what is not a fault but another modem, SIM or network. */
#include "command.h"

#include "card.h"
#include "escape.h"
#include "modem.h"
#include "sim.h"
#include "ussd.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 100000

static const char *
number(const char *value, long min, long max, long *out)
{
	char *end;
	long v = strtol(value, &end, 10);

	if (end == value || *end != '\0' || v < min || v > max)
		return "that is no number within its range";
	*out = v;
	return NULL;
}

static const char *
on_off(const char *value, bool *out)
{
	if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
		return "expected on or off";
	*out = strcmp(value, "on") == 0;
	return NULL;
}

static const char *
digits(char *out, size_t min, size_t max, const char *value)
{
	size_t n = strlen(value);

	if (n < min || n > max || strspn(value, "0123456789") != n)
		return "that many digits are not allowed";
	strcpy(out, value);
	return NULL;
}

/* --- of the modem ----------------------------------------------------------------------------- */

/* Settings that are one unsigned member: milliseconds. */
static const struct {
	const char *name;
	size_t at;
} milliseconds[] = {
	{ "latency_ms", offsetof(struct modem, latency_ms) },
	{ "send_ms", offsetof(struct modem, send_ms) },
	{ "ussd_ms", offsetof(struct modem, ussd_ms) },
	{ "ring_ms", offsetof(struct modem, ring_limit_ms) },
	{ "ack_ms", offsetof(struct modem, ack_ms) },
};

static const char *
set_milliseconds(struct modem *m, const char *name, const char *value, bool *known)
{
	for (size_t i = 0; i < sizeof(milliseconds) / sizeof(milliseconds[0]); i++) {
		const char *wrong;
		long ms;

		if (strcmp(milliseconds[i].name, name) != 0)
			continue;
		*known = true;
		wrong = number(value, 0, 3600000, &ms);
		if (wrong == NULL)
			*(unsigned *)(void *)((char *)m + milliseconds[i].at) = (unsigned)ms;
		return wrong;
	}
	return NULL;
}

static const char *
set_profile(struct modem *m, const char *value)
{
	const struct profile *p = profile_find(value);

	if (p == NULL)
		return "there is no such profile";
	m->profile = *p;
	modem_restart(m);
	return NULL;
}

static const char *
set_memory(struct modem *m, const char *name, const char *value)
{
	bool *has = strcmp(name, "me") == 0 ? &m->profile.me : &m->profile.sr;
	const char *wrong = on_off(value, has);

	if (wrong == NULL && !m->profile.me && m->profile.receives == MEMORY_ME)
		m->profile.receives = MEMORY_SM;
	if (wrong == NULL)
		modem_restart(m);
	return wrong;
}

static const char *
set_receives(struct modem *m, const char *value)
{
	int which = memory_find(value);

	if (which == -1 || modem_memory(m, (enum memory)which) == NULL || which == MEMORY_SR)
		return "it has no such memory";
	m->profile.receives = m->set.mem[2] = (enum memory)which;
	return NULL;
}

static const char *
set_chatter(struct modem *m, const char *value)
{
	static const char *const names[] = { "none", "between", "inside" };

	for (int i = 0; i < 3; i++) {
		if (strcmp(names[i], value) == 0) {
			m->profile.chatter = (enum chatter)i;
			if (m->profile.chatter_line[0] == '\0')
				m->profile.chatter_line = "^RSSI:18";
			return NULL;
		}
	}
	return "expected none, between or inside";
}

static const char *
set_iccid_command(struct modem *m, const char *value)
{
	static const char *const names[] = { "+CCID", "+ICCID", "^ICCID", "none" };

	for (int i = 0; i < 4; i++) {
		if (strcmp(names[i], value) == 0) {
			m->profile.iccid = names[i];
			return NULL;
		}
	}
	return "expected +CCID, +ICCID, ^ICCID or none";
}

static const char *
set_places_of(struct storage *s, const char *value)
{
	long n;
	const char *wrong = s == NULL ? "it has no such memory" : number(value, 1, PLACES_MAX, &n);

	if (wrong == NULL)
		storage_resize(s, (unsigned)n);
	return wrong;
}

static const char *
set_number_in(int *out, const char *value, long max)
{
	long v;
	const char *wrong = number(value, 0, max, &v);

	if (wrong == NULL)
		*out = (int)v;
	return wrong;
}

static const char *
set_choice(int *out, const char *value, const char *const *names, int n)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], value) == 0) {
			*out = i;
			return NULL;
		}
	}
	return "there is no such way";
}

/* How it writes USSD, and what the network makes of it. */
static const char *
set_ussd_way(struct modem *m, const char *name, const char *value, bool *known)
{
	static const char *const formats[N_USSD_FORMATS] = { "text", "packed", "gsm", "ucs2",
		"octets" };
	static const char *const dcs[N_USSD_DCS] = { "true", "15", "none" };
	const char *wrong;
	int choice = 0;

	*known = true;
	if (strcmp(name, "ussd_format") == 0) {
		wrong = set_choice(&choice, value, formats, N_USSD_FORMATS);
		if (wrong == NULL)
			m->profile.ussd = (enum ussd_format)choice;
		return wrong;
	}
	if (strcmp(name, "ussd_dcs") == 0) {
		wrong = set_choice(&choice, value, dcs, N_USSD_DCS);
		if (wrong == NULL)
			m->profile.ussd_dcs = (enum ussd_dcs)choice;
		return wrong;
	}
	if (strcmp(name, "ussd_bare") == 0)
		return on_off(value, &m->profile.ussd_bare);
	if (strcmp(name, "ussd_early") == 0)
		return on_off(value, &m->profile.ussd_early);
	if (strcmp(name, "ussd_deaf") == 0)
		return on_off(value, &m->profile.ussd_deaf);
	if (strcmp(name, "ussd_fails") == 0) {
		wrong = set_number_in(&choice, value, 999);
		if (wrong == NULL)
			m->ussd_fails = (unsigned)choice;
		return wrong;
	}
	*known = false;
	return NULL;
}

static const char *
set_modem(struct modem *m, const char *name, const char *value, bool *known)
{
	const char *wrong = set_milliseconds(m, name, value, known);
	long base;

	if (!*known)
		wrong = set_ussd_way(m, name, value, known);
	if (*known)
		return wrong;
	*known = true;
	if (strcmp(name, "profile") == 0)
		return set_profile(m, value);
	if (strcmp(name, "me") == 0 || strcmp(name, "sr") == 0)
		return set_memory(m, name, value);
	if (strcmp(name, "receives") == 0)
		return set_receives(m, value);
	if (strcmp(name, "chatter") == 0)
		return set_chatter(m, value);
	if (strcmp(name, "iccid_command") == 0)
		return set_iccid_command(m, value);
	if (strcmp(name, "cnmi") == 0)
		return on_off(value, &m->profile.cnmi);
	if (strcmp(name, "text_mode") == 0)
		return on_off(value, &m->profile.text_mode);
	if (strcmp(name, "imei") == 0)
		return digits(m->imei, 14, 15, value);
	if (strcmp(name, "registration") == 0)
		return set_number_in(&m->registration, value, 5);
	if (strcmp(name, "signal") == 0)
		return set_number_in(&m->signal, value, 99);
	if (strcmp(name, "me_capacity") == 0)
		return set_places_of(modem_memory(m, MEMORY_ME), value);
	if (strcmp(name, "operator") == 0) {
		snprintf(m->operator_name, sizeof(m->operator_name), "%s", value);
		return NULL;
	}
	if (strcmp(name, "base") == 0) {
		wrong = number(value, 0, 1, &base);
		if (wrong == NULL)
			m->profile.base = (unsigned)base;
		return wrong;
	}
	*known = false;
	return NULL;
}

/* --- of the SIM in it ------------------------------------------------------------------------- */

static const char *
set_reports(struct card *card, const char *value)
{
	static const struct {
		const char *name;
		enum report_kind kind;
	} kinds[] = {
		{ "on", REPORTS_ON },
		{ "off", REPORTS_OFF },
		{ "never", REPORTS_OFF },
		{ "doubled", REPORTS_DOUBLED },
		{ "reordered", REPORTS_REORDERED },
		{ "temporary", REPORTS_TEMPORARY },
		{ "delayed", REPORTS_DELAYED },
		{ "failed", REPORTS_FAILED },
	};
	struct report_policy p = { .ms = 1000, .status = 0x41 };
	char name[16] = "";
	unsigned argument;
	int got = sscanf(value, "%15s %i", name, (int *)&argument);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		p.kind = kinds[i].kind;
		if (got == 2 && p.kind == REPORTS_DELAYED)
			p.ms = argument;
		if (got == 2 && p.kind == REPORTS_FAILED)
			p.status = (uint8_t)argument;
		card->policy = p;
		return NULL;
	}
	return "expected on, off, never, delayed MS, doubled, reordered, temporary or failed STATUS";
}

static const char *
set_pin(struct card *card, const char *value)
{
	const char *wrong = NULL;

	if (strcmp(value, "none") == 0)
		card->pin[0] = '\0';
	else
		wrong = digits(card->pin, 4, 8, value);
	if (wrong == NULL) {
		card->lock = card->pin[0] != '\0' ? CARD_PIN : CARD_READY;
		card->pin_left = 3;
		card->puk_left = 10;
	}
	return wrong;
}

static const char *
set_smsc(struct card *card, const char *value)
{
	size_t plus = value[0] == '+', n = strlen(value + plus);

	if (strcmp(value, "none") == 0)
		value = "";
	else if (n == 0 || n > 20 || strspn(value + plus, "0123456789") != n)
		return "that is no number";
	strcpy(card->smsc, value);
	return NULL;
}

/* ussd CODE[/STEP...] ANSWER */
static const char *
set_ussd(struct card *card, char *value)
{
	char *answer = strchr(value, ' ');

	if (answer != NULL)
		*answer++ = '\0';
	else
		answer = value + strlen(value);
	if (value[0] == '\0')
		return "expected a code and its answer";
	ussd_script(card, value, answer);
	return NULL;
}

static const char *
set_card(struct sim *sim, struct card *card, const char *name, char *value, bool *known)
{
	bool held = false;
	const char *wrong;

	*known = true;
	if (strcmp(name, "capacity") == 0)
		return set_places_of(&card->sm, value);
	if (strcmp(name, "sr_capacity") == 0)
		return set_places_of(&card->sr, value);
	if (strcmp(name, "sr_full") == 0) {
		wrong = strcmp(value, "hold") == 0   ? NULL
			: strcmp(value, "drop") == 0 ? NULL
						     : "expected hold or drop";
		held = strcmp(value, "hold") == 0;
		if (wrong == NULL)
			card->reports_drop = !held;
		return wrong;
	}
	if (strcmp(name, "reports") == 0)
		return set_reports(card, value);
	if (strcmp(name, "pin") == 0)
		return set_pin(card, value);
	if (strcmp(name, "puk") == 0)
		return digits(card->puk, 8, 8, value);
	if (strcmp(name, "imsi") == 0)
		return digits(card->imsi, 14, 15, value);
	if (strcmp(name, "iccid") == 0)
		return digits(card->iccid, 18, 20, value);
	if (strcmp(name, "smsc") == 0)
		return set_smsc(card, value);
	if (strcmp(name, "ussd") == 0)
		return set_ussd(card, value);
	if (strcmp(name, "number") == 0)
		return network_renumber(&sim->net, card, value) == 0
			? NULL
			: "that number is another SIM's, or none";
	if (strcmp(name, "mr") == 0) {
		long mr;

		wrong = number(value, 0, 255, &mr);
		if (wrong == NULL)
			card->next_mr = (uint8_t)mr;
		return wrong;
	}
	*known = false;
	return NULL;
}

/* sim none | MODEM | NUMBER: the SIM that is in that modem, or has that number; they swap. */
static const char *
set_sim(struct sim *sim, struct modem *m, const char *value)
{
	struct card *mine = m->card, *other = NULL;
	struct modem *from;

	if (strcmp(value, "none") == 0) {
		modem_insert(m, NULL);
		return NULL;
	}
	other = sim_card(sim, value);
	if (other == NULL)
		return "there is no such SIM";
	from = other->modem;
	if (from == m)
		return NULL;
	modem_insert(m, NULL);
	if (from != NULL)
		modem_insert(from, NULL);
	modem_insert(m, other);
	if (from != NULL && mine != NULL)
		modem_insert(from, mine);
	return NULL;
}

/* --- of the network --------------------------------------------------------------------------- */

static const char *
set_network(struct sim *sim, const char *name, const char *value)
{
	struct network *net = &sim->net;
	const char *wrong = "there is no such setting of the network";
	long v;

	if (strcmp(name, "zone") == 0) {
		wrong = number(value, -48, 56, &v);
		if (wrong == NULL)
			net->zone = (int)v;
	} else if (strcmp(name, "stamps_repeat") == 0) {
		wrong = on_off(value, &net->stamps_repeat);
	} else if (strcmp(name, "ref16") == 0) {
		wrong = on_off(value, &net->ref16);
	} else if (strcmp(name, "validity") == 0) {
		wrong = number(value, 1, 10000000, &net->validity);
	} else if (strcmp(name, "country") == 0) {
		wrong = digits(net->country, 1, 3, value);
	}
	return wrong;
}

const char *
setting_set(struct sim *sim, struct modem *m, const char *name, char *value)
{
	bool known = false;
	const char *wrong;

	if (m == NULL)
		return set_network(sim, name, value);
	if (strcmp(name, "sim") == 0)
		return set_sim(sim, m, value);
	wrong = set_modem(m, name, value, &known);
	if (!known && m->card != NULL)
		wrong = set_card(sim, m->card, name, value, &known);
	if (!known)
		return m->card != NULL
			? "there is no such setting"
			: "there is no such setting, or it is of a SIM and there is none";
	if (wrong == NULL && m->card != NULL)
		network_pump(m->card);
	return wrong;
}
