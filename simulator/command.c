/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

#include "aggregator.h"
#include "call.h"
#include "card.h"
#include "control.h"
#include "delivery.h"
#include "escape.h"
#include "memory.h"
#include "modem.h"
#include "phone.h"
#include "sim.h"
#include "ussd.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 5
#define BULK_MAX 1000000
#define NUMBER_LENGTH 13 /* `+250788000001`: what bulk pads an international prefix to */

/* --- messages and calls ----------------------------------------------------------------------- */

/* sms FROM TO TEXT */
static void
do_sms(struct sim *sim, struct client *client, char **w)
{
	struct card *card = sim_card(sim, w[2]);
	const char *why = NULL;

	if (escape_undo(w[3], 0) == -1)
		client_error(client, "the text has an unknown escape; there are \\n, \\r and \\\\");
	else if (card == NULL)
		client_error(client, "'%s' is no modem with a SIM and no SIM's number", w[2]);
	else if (network_text(&sim->net, w[1], card, w[3], &why) == -1)
		client_error(client, "%s", why);
	else
		client_done(client);
}

/* bulk COUNT MODEM FROM_PREFIX TEXT */
static void
do_bulk(struct sim *sim, struct client *client, char **w)
{
	struct card *card = sim_card(sim, w[2]);
	char *end, *mark;
	long count = strtol(w[1], &end, 10);
	int width = snprintf(NULL, 0, "%ld", count), pad;
	const char *why = NULL;
	size_t sent = 0;

	if (*end != '\0' || count < 1 || count > BULK_MAX || card == NULL ||
		escape_undo(w[4], 0) == -1) {
		client_error(client, "expected bulk COUNT MODEM FROM_PREFIX TEXT");
		return;
	}
	pad = w[3][0] == '+' ? NUMBER_LENGTH - (int)strlen(w[3]) : 0;
	if (width < pad)
		width = pad;
	mark = strstr(w[4], "%d");
	for (long i = 1; i <= count && why == NULL; i++) {
		char *from = memory_format("%s%0*ld", w[3], width, i);
		char *text = mark == NULL
			? memory_text(w[4])
			: memory_format("%.*s%ld%s", (int)(mark - w[4]), w[4], i, mark + 2);

		if (network_text(&sim->net, from, card, text, &why) != -1)
			sent++;
		free(from);
		free(text);
	}
	if (why != NULL)
		client_error(client, "after %zu: %s", sent, why);
	else
		client_ok(client, "%zu", sent);
}

/* call FROM TO */
static void
do_call(struct sim *sim, struct client *client, char **w)
{
	struct card *card = sim_card(sim, w[2]);
	struct phone *phone = network_phone(&sim->net, w[1]);

	if (card == NULL || phone == NULL) {
		client_error(client, "expected call FROM TO, TO a modem with a SIM or its number");
		return;
	}
	call_place(&sim->net, phone, card);
	client_done(client);
}

/* hangup FROM: the caller gives up, or ends its USSD session */
static void
do_hangup(struct sim *sim, struct client *client, char **w)
{
	struct phone *phone = network_phone(&sim->net, w[1]);
	bool talked = phone != NULL && aggregator_busy(phone);

	if (talked)
		aggregator_hangup(phone);
	if (phone == NULL || (call_give_up(&sim->net, phone) == -1 && !talked))
		client_error(client, "that number calls nobody");
	else
		client_done(client);
}

static void
do_dial(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	client_dial(client, w[1], w[2]);
}

static void
do_keys(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	if (escape_undo(w[2], 0) == -1)
		client_error(client, "the text has an unknown escape");
	else
		client_keys(client, w[1], w[2]);
}

/* --- phones ----------------------------------------------------------------------------------- */

static void
wait_for(struct client *client, char **w, bool takes)
{
	char *end;
	unsigned long ms = strtoul(w[2], &end, 10);

	if (*end != '\0' || ms > 86400000)
		client_error(client, "'%s' is no time in milliseconds", w[2]);
	else
		client_wait(client, w[1], (unsigned)ms, takes);
}

static void
do_wait(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	wait_for(client, w, true);
}

static void
do_quiet(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	wait_for(client, w, false);
}

static void
do_untaken(struct sim *sim, struct client *client, char **w)
{
	const struct phone *phone = network_phone(&sim->net, w[1]);

	if (phone == NULL)
		client_error(client, "'%s' is no number", w[1]);
	else
		client_ok(client, "%u", phone->untaken);
}

static void
do_watch(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	client_watch(client, w[1]);
}

static void
do_coverage(struct sim *sim, struct client *client, char **w)
{
	struct phone *phone = network_phone(&sim->net, w[1]);
	bool on = strcmp(w[2], "on") == 0;

	if (phone == NULL || (!on && strcmp(w[2], "off") != 0)) {
		client_error(client, "expected coverage NUMBER on|off");
		return;
	}
	delivery_coverage(&sim->net, phone, !on);
	client_done(client);
}

/* refuse NUMBER CODE */
static void
do_refuse(struct sim *sim, struct client *client, char **w)
{
	struct phone *phone = network_phone(&sim->net, w[1]);
	char *end;
	unsigned long code = strtoul(w[2], &end, 10);

	if (phone == NULL || *end != '\0' || code > 999) {
		client_error(client, "expected refuse NUMBER CODE (0: no longer)");
		return;
	}
	phone->refuse = (unsigned)code;
	client_done(client);
}

/* --- modems ----------------------------------------------------------------------------------- */

static void
do_fault(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);
	const char *wrong = NULL;

	if (strcmp(w[1], "all") == 0)
		for (unsigned i = 0; i < sim->n_modems && wrong == NULL; i++)
			wrong = fault_set(sim, sim->modems[i], w[2], w[3]);
	else
		wrong = m != NULL ? fault_set(sim, m, w[2], w[3]) : "there is no such modem";
	if (wrong != NULL)
		client_error(client, "%s", wrong);
	else
		client_done(client);
}

/* Each gets a copy of the value, which a setting may change. */
static const char *
set_one(struct sim *sim, struct modem *m, const char *name, const char *value)
{
	char *copy = memory_text(value);
	const char *wrong = setting_set(sim, m, name, copy);

	free(copy);
	return wrong;
}

static void
do_set(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);
	const char *wrong = NULL;

	if (escape_undo(w[3], 0) == -1)
		wrong = "the value has an unknown escape";
	else if (strcmp(w[1], "network") == 0)
		wrong = set_one(sim, NULL, w[2], w[3]);
	else if (strcmp(w[1], "all") == 0)
		for (unsigned i = 0; i < sim->n_modems && wrong == NULL; i++)
			wrong = set_one(sim, sim->modems[i], w[2], w[3]);
	else
		wrong = m != NULL ? set_one(sim, m, w[2], w[3]) : "there is no such modem";
	if (wrong != NULL)
		client_error(client, "%s", wrong);
	else
		client_done(client);
}

/* inject MODEM HEXPDU */
static void
do_inject(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);
	size_t len = strlen(w[2]);
	unsigned smsc = 0;

	if (m == NULL) {
		client_error(client, "there is no such modem");
		return;
	}
	/* As far as it is a PDU, +CMGL tells its length without the SMSC's address. */
	if (sscanf(w[2], "%2x", &smsc) != 1 || (smsc + 1) * 2 > len)
		smsc = 0;
	if (modem_receive(m, w[2], (unsigned)(len / 2 - (len >= 2 ? smsc + 1 : 0))) == -1)
		client_error(client, "its memory is full, or there is none");
	else
		client_done(client);
}

/* raw MODEM TEXT */
static void
do_raw(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);
	long n = escape_undo(w[2], 1);

	if (m == NULL || n == -1) {
		client_error(client,
			m == NULL ? "there is no such modem" : "the text has an unknown escape");
		return;
	}
	modem_raw(m, w[2], (size_t)n);
	client_done(client);
}

/* ussd MODEM STATUS [TEXT]: the network says it by itself */
static void
do_ussd(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);
	int status = w[2][0] - '0';

	if (m == NULL || status < 0 || status > 5 || w[2][1] != '\0') {
		client_error(client,
			m == NULL ? "there is no such modem" : "expected a number from 0 to 5");
		return;
	}
	if (escape_undo(w[3], 0) == -1) {
		client_error(client, "the text has an unknown escape");
		return;
	}
	ussd_push(m, status, w[3]);
	client_done(client);
}

/* ussd-answer MODEM: the network answers now what it was asked */
static void
do_ussd_answer(struct sim *sim, struct client *client, char **w)
{
	struct modem *m = sim_modem(sim, w[1]);

	if (m == NULL || !ussd_hasten(m))
		client_error(client,
			m == NULL ? "there is no such modem" : "no USSD answer is on its way");
	else
		client_done(client);
}

static void
do_modems(struct sim *sim, struct client *client, char **w)
{
	struct evbuffer *line = evbuffer_new();

	(void)w;
	for (unsigned i = 0; i < sim->n_modems; i++) {
		const struct modem *m = sim->modems[i];

		evbuffer_add_printf(line, "%s%s=", i > 0 ? " " : "", m->name);
		if (modem_plugged(m))
			evbuffer_add_printf(line, "%s/dev/%s", sim->ports.dir, m->tty.name);
	}
	evbuffer_add(line, "", 1);
	client_ok(client, "%s", (const char *)evbuffer_pullup(line, -1));
	evbuffer_free(line);
}

/* sims: the number of the SIM in each modem */
static void
do_sims(struct sim *sim, struct client *client, char **w)
{
	struct evbuffer *line = evbuffer_new();

	(void)w;
	for (unsigned i = 0; i < sim->n_modems; i++) {
		const struct modem *m = sim->modems[i];

		evbuffer_add_printf(line, "%s%s=%s", i > 0 ? " " : "", m->name,
			m->card != NULL ? m->card->number : "");
	}
	evbuffer_add(line, "", 1);
	client_ok(client, "%s", (const char *)evbuffer_pullup(line, -1));
	evbuffer_free(line);
}

static void
modem_stats(const struct modem *m, struct client *client)
{
	const struct card *c = m->card;

	client_ok(client,
		"octets=%lu commands=%lu taken=%lu sent=%lu refused=%lu stored=%lu deleted=%lu reports_lost=%lu "
		"sm_used=%u sm_size=%u sr_used=%u sr_size=%u me_used=%u me_size=%u "
		"sms_held=%u reports_held=%u mr=%d pin_left=%d number=%s imsi=%s iccid=%s "
		"imei=%s profile=%s open=%u",
		m->octets, m->commands, m->taken, m->sent, m->refused, m->stored, m->deleted,
		m->reports_lost, c != NULL ? c->sm.used : 0, c != NULL ? c->sm.size : 0,
		c != NULL ? c->sr.used : 0, c != NULL ? c->sr.size : 0, m->me.used, m->me.size,
		c != NULL ? c->sms_held : 0, c != NULL ? c->reports_held : 0,
		c != NULL ? c->next_mr : -1, c != NULL ? c->pin_left : -1,
		c != NULL ? c->number : "-", c != NULL ? c->imsi : "-", c != NULL ? c->iccid : "-",
		m->imei, m->profile.name, m->tty.opened);
}

static void
do_stats(struct sim *sim, struct client *client, char **w)
{
	const struct network *net = &sim->net;
	const struct modem *m = sim_modem(sim, w[1]);
	unsigned long stored = 0, deleted = 0, refused = 0;

	if (w[1][0] != '\0') {
		if (m != NULL)
			modem_stats(m, client);
		else
			client_error(client, "there is no such modem");
		return;
	}
	for (unsigned i = 0; i < sim->n_modems; i++) {
		stored += sim->modems[i]->stored;
		deleted += sim->modems[i]->deleted;
		refused += sim->modems[i]->refused;
	}
	client_ok(client,
		"modems=%u phones=%zu submitted=%lu delivered=%lu expired=%lu refused=%lu "
		"to_sims=%lu stored=%lu deleted=%lu",
		sim->n_modems, net->phones.used, net->submitted, net->delivered, net->expired,
		refused, net->to_sims, stored, deleted);
}

/* --- the rest --------------------------------------------------------------------------------- */

/* clock +SECONDS: the network's time goes on by so much */
static void
do_clock(struct sim *sim, struct client *client, char **w)
{
	char *end;
	long seconds = strtol(w[1], &end, 10);

	if (*end != '\0' || seconds < 0 || seconds > 1000000000) {
		client_error(client, "expected clock +SECONDS");
		return;
	}
	sim->net.clock_offset += seconds;
	delivery_clock_moved(&sim->net);
	client_done(client);
}

static void
do_events(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	(void)w;
	client_events(client);
}

static void
do_quit(struct sim *sim, struct client *client, char **w)
{
	(void)sim;
	(void)w;
	client_quit(client);
}

static const struct command {
	const char *name;
	int least, most; /* words after the name; the last takes the rest of the line */
	const char *usage;
	void (*run)(struct sim *sim, struct client *client, char **words);
} commands[] = {
	{ "sms", 2, 3, "FROM TO TEXT", do_sms },
	{ "call", 2, 2, "FROM TO", do_call },
	{ "hangup", 1, 1, "FROM", do_hangup },
	{ "dial", 2, 2, "NUMBER CODE", do_dial },
	{ "keys", 1, 2, "NUMBER TEXT", do_keys },
	{ "wait", 2, 2, "NUMBER MS", do_wait },
	{ "quiet", 2, 2, "NUMBER MS", do_quiet },
	{ "untaken", 1, 1, "NUMBER", do_untaken },
	{ "watch", 1, 1, "NUMBER", do_watch },
	{ "coverage", 2, 2, "NUMBER on|off", do_coverage },
	{ "refuse", 2, 2, "NUMBER CODE", do_refuse },
	{ "fault", 2, 3, "MODEM FAULT [ARGUMENT]", do_fault },
	{ "set", 3, 3, "MODEM PARAM VALUE", do_set },
	{ "bulk", 4, 4, "COUNT MODEM FROM_PREFIX TEXT", do_bulk },
	{ "inject", 2, 2, "MODEM HEXPDU", do_inject },
	{ "raw", 2, 2, "MODEM TEXT", do_raw },
	{ "ussd", 2, 3, "MODEM STATUS [TEXT]", do_ussd },
	{ "ussd-answer", 1, 1, "MODEM", do_ussd_answer },
	{ "clock", 1, 1, "+SECONDS", do_clock },
	{ "events", 0, 0, "", do_events },
	{ "stats", 0, 1, "[MODEM]", do_stats },
	{ "modems", 0, 0, "", do_modems },
	{ "sims", 0, 0, "", do_sims },
	{ "quit", 0, 0, "", do_quit },
};

/* Cuts off the next word; the last one wanted takes the rest.  "" when there is none. */
static char *
next_word(char **rest, bool last)
{
	char *word = *rest, *end;

	if (last)
		return word;
	end = strchr(word, ' ');
	if (end == NULL) {
		*rest = word + strlen(word);
		return word;
	}
	*end = '\0';
	*rest = end + 1;
	return word;
}

void
command_run(struct sim *sim, struct client *client, char *line)
{
	char *words[WORDS_MAX + 1], *rest = line;
	int n = 0;

	words[0] = next_word(&rest, false);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->name, words[0]) != 0)
			continue;
		for (int k = 1; k <= WORDS_MAX; k++) {
			words[k] = next_word(&rest, k == c->most);
			if (words[k][0] != '\0')
				n = k;
			if (k == c->most)
				rest += strlen(rest);
		}
		if (n < c->least || n > c->most)
			client_error(client, "expected %s %s", c->name, c->usage);
		else
			c->run(sim, client, words);
		return;
	}
	client_error(client, "there is no command '%.40s'", words[0]);
}
