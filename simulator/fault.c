/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.c - faults on demand: `fault MODEM NAME [ARGS]`. */
#include "command.h"

#include "at.h"
#include "card.h"
#include "modem.h"
#include "sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_NO_CREDIT 8 /* operator determined barring (24.011, annex E) */

/* Up to two numbers; `n` without any is `absent`. */
static const char *
numbers(const char *args, unsigned absent, unsigned *n, unsigned absent2, unsigned *n2)
{
	char rest;
	int got = sscanf(args, "%u %u %c", n, n2, &rest);

	if (got == 3 || (got < 1 && args[0] != '\0'))
		return "expected a number";
	if (got < 1)
		*n = absent;
	if (got < 2)
		*n2 = absent2;
	return NULL;
}

static const char *
fault_unplug(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	if (!modem_plugged(m))
		return "it is unplugged already";
	modem_unplug(m);
	return NULL;
}

/* plug [NAME [PORT]] */
static const char *
fault_plug(struct sim *sim, struct modem *m, const char *args)
{
	char name[32] = "", port[32] = "";

	if (modem_plugged(m))
		return "it is plugged in already";
	if (sscanf(args, "%31s %31s", name, port) >= 1 &&
		(strchr(name, '/') != NULL || strchr(port, '/') != NULL))
		return "a name has no slash";
	if (port[0] != '\0')
		strcpy(m->tty.port, port);
	if (modem_plug(m, &sim->ports, name[0] != '\0' ? name : NULL) == -1)
		return errno == EEXIST ? "that name is taken" : "no pty could be made";
	return NULL;
}

static const char *
fault_slow(struct sim *sim, struct modem *m, const char *args)
{
	unsigned ms, unused;
	const char *wrong = numbers(args, 3000, &ms, 0, &unused);

	(void)sim;
	if (wrong == NULL)
		m->fault.slow_ms = ms;
	return wrong;
}

static const char *
fault_fail(struct sim *sim, struct modem *m, const char *args)
{
	unsigned n, code;
	const char *wrong = numbers(args, 1, &n, CMS_UNKNOWN, &code);

	(void)sim;
	if (wrong != NULL)
		return wrong;
	m->fault.fail_left = n;
	m->fault.fail_code = code;
	return NULL;
}

static const char *
fault_silent(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	m->fault.silent = true;
	return NULL;
}

static const char *
fault_garbage(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	m->fault.garbage = true;
	return NULL;
}

static const char *
fault_restart(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	modem_restart(m);
	return NULL;
}

/* Puts up to n copies of a PDU without SMSC on free places; `stuck` ones cannot be deleted. */
static const char *
fill(struct modem *m, unsigned n, const char *hex, bool stuck)
{
	enum memory where = m->set.mem[2];
	struct storage *s = modem_memory(m, where);

	if (s == NULL)
		return "it has no SIM";
	for (; n > 0 && s->used < s->size; n--) {
		int at = modem_store(m, where, hex, (unsigned)strlen(hex) / 2 - 1, REC_READ);

		storage_get(s, (unsigned)at)->stuck = stuck;
	}
	return NULL;
}

/* Old messages of the operator on all free places. */
static const char *
fault_full(struct sim *sim, struct modem *m, const char *args)
{
	struct deliver d = { .smsc = "", .from = "Baraza", .zone = sim->net.zone };
	const struct storage *s = modem_memory(m, m->set.mem[2]);
	struct segment *text;
	char hex[2 * PDU_MAX + 1];
	uint8_t pdu[PDU_MAX];
	unsigned tpdu_len;

	(void)args;
	if (s == NULL)
		return "it has no SIM";
	if (pdu_segments("An old message", 0, false, &text) != 1)
		return "out of memory";
	d.segment = text;
	/* Each with a time stamp of its own, long past, lest they look like one. */
	while (s->used < s->size) {
		d.stamp = network_now(&sim->net) - 86400L * 30 + s->used;
		pdu_to_hex(pdu, pdu_deliver(&d, pdu, &tpdu_len), hex);
		fill(m, 1, hex, false);
	}
	free(text);
	return NULL;
}

/* undeletable [N]: messages of a kind that no software knows, which cannot be deleted. */
static const char *
fault_undeletable(struct sim *sim, struct modem *m, const char *args)
{
	unsigned n, unused;
	const char *wrong = numbers(args, 1, &n, 0, &unused);

	(void)sim;
	return wrong != NULL ? wrong : fill(m, n, "00FFFFFFFFFFFFFFFFFFFF", true);
}

static const char *
fault_keeps(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	m->fault.keeps = true;
	return NULL;
}

/* hang [COMMAND]: answers half of it, then nothing any more. */
static const char *
fault_hang(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	if (strlen(args) >= sizeof(m->fault.hang))
		return "that command is too long";
	strcpy(m->fault.hang, args[0] != '\0' ? args : "AT+CMGL");
	return NULL;
}

static const char *
fault_truncated(struct sim *sim, struct modem *m, const char *args)
{
	unsigned n, unused;
	const char *wrong = numbers(args, 1, &n, 0, &unused);

	(void)sim;
	if (wrong == NULL)
		m->fault.truncate_left = n;
	return wrong;
}

/* blank [N [COMMAND]]: what begins so is not done, and answered by OK alone. */
static const char *
fault_blank(struct sim *sim, struct modem *m, const char *args)
{
	char command[sizeof(m->fault.blank)] = "AT+CPIN?", rest;
	unsigned n = 1;

	(void)sim;
	if (args[0] != '\0' && sscanf(args, "%u %31s %c", &n, command, &rest) < 1)
		return "expected a number";
	m->fault.blank_left = n;
	strcpy(m->fault.blank, command);
	return NULL;
}

static void
tell_registration(struct modem *m)
{
	if (m->set.creg > 0)
		modem_tell(m, "+CREG: %d", modem_registration(m));
}

static const char *
fault_nonetwork(struct sim *sim, struct modem *m, const char *args)
{
	(void)sim;
	(void)args;
	m->fault.no_network = true;
	tell_registration(m);
	return NULL;
}

static const char *
fault_nocredit(struct sim *sim, struct modem *m, const char *args)
{
	unsigned code, unused;
	const char *wrong = numbers(args, DEFAULT_NO_CREDIT, &code, 0, &unused);

	(void)sim;
	if (m->card == NULL)
		return "it has no SIM";
	if (wrong == NULL)
		m->card->no_credit = code;
	return wrong;
}

static void
unstick(struct modem *m)
{
	for (int which = 0; which < N_MEMORIES; which++) {
		struct storage *s = modem_memory(m, (enum memory)which);

		for (unsigned i = 0; s != NULL && i < s->size; i++)
			s->places[i].stuck = false;
	}
}

static const char *
fault_well(struct sim *sim, struct modem *m, const char *args)
{
	bool searched = m->fault.no_network;

	(void)args;
	m->fault = (struct faults){ .silent = false };
	unstick(m);
	if (m->card != NULL)
		m->card->no_credit = 0;
	if (!modem_plugged(m) && modem_plug(m, &sim->ports, NULL) == -1)
		return "no pty could be made";
	if (searched)
		tell_registration(m);
	if (m->card != NULL)
		network_pump(m->card);
	return NULL;
}

static const struct {
	const char *name;
	const char *(*set)(struct sim *sim, struct modem *m, const char *args);
} faults[] = {
	{ "unplug", fault_unplug },
	{ "plug", fault_plug },
	{ "slow", fault_slow },
	{ "fail", fault_fail },
	{ "silent", fault_silent },
	{ "garbage", fault_garbage },
	{ "restart", fault_restart },
	{ "full", fault_full },
	{ "undeletable", fault_undeletable },
	{ "keeps", fault_keeps },
	{ "hang", fault_hang },
	{ "truncated", fault_truncated },
	{ "blank", fault_blank },
	{ "nonetwork", fault_nonetwork },
	{ "nocredit", fault_nocredit },
	{ "well", fault_well },
};

const char *
fault_set(struct sim *sim, struct modem *m, const char *name, const char *args)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strcmp(faults[i].name, name) == 0)
			return faults[i].set(sim, m, args);
	return "there is no such fault";
}
