/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at-messages.c - AT commands about short messages but sending (27.005, 3). */
#include "at.h"

#include "card.h"
#include "modem.h"
#include "network.h"
#include "send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- memories --------------------------------------------------------------------------------- */

static void
memory_use(struct modem *m, int i, unsigned *used, unsigned *size)
{
	const struct storage *s = modem_memory(m, m->set.mem[i]);

	*used = s != NULL ? s->used : 0;
	*size = s != NULL ? s->size : 0;
}

static void
say_cpms(struct modem *m, bool names)
{
	unsigned used[3], size[3];

	for (int i = 0; i < 3; i++)
		memory_use(m, i, &used[i], &size[i]);
	if (names)
		modem_say(m, "+CPMS: \"%s\",%u,%u,\"%s\",%u,%u,\"%s\",%u,%u",
			memory_name(m->set.mem[0]), used[0], size[0], memory_name(m->set.mem[1]),
			used[1], size[1], memory_name(m->set.mem[2]), used[2], size[2]);
	else
		modem_say(m, "+CPMS: %u,%u,%u,%u,%u,%u", used[0], size[0], used[1], size[1],
			used[2], size[2]);
}

static void
say_cpms_choices(struct modem *m)
{
	const char *stores = m->profile.me ? "(\"SM\",\"ME\")" : "(\"SM\")";
	const char *reads = !m->profile.sr ? stores
		: m->profile.me            ? "(\"SM\",\"ME\",\"SR\")"
					   : "(\"SM\",\"SR\")";

	modem_say(m, "+CPMS: %s,%s,%s", reads, stores, stores);
}

static int
cpms(struct modem *m, enum at_op op, const struct at_args *args)
{
	enum memory chosen[3];

	if (op == AT_TEST) {
		say_cpms_choices(m);
		return AT_OK;
	}
	if (op == AT_READ) {
		say_cpms(m, true);
		return AT_OK;
	}
	if (op != AT_SET || args->n > 3)
		return AT_ERROR;
	if (m->profile.plain && args->n > 1)
		return AT_CMS + CMS_UNKNOWN;
	memcpy(chosen, m->set.mem, sizeof(chosen));
	for (int i = 0; i < args->n; i++) {
		int which = memory_find(args->value[i]);

		if (args->value[i][0] == '\0')
			continue;
		if (which == -1 || modem_memory(m, (enum memory)which) == NULL ||
			(i > 0 && which == MEMORY_SR))
			return AT_CMS + CMS_NOT_ALLOWED;
		chosen[i] = (enum memory)which;
	}
	memcpy(m->set.mem, chosen, sizeof(chosen));
	say_cpms(m, false);
	return AT_OK;
}

/* --- settings --------------------------------------------------------------------------------- */

static int
cmgf(struct modem *m, enum at_op op, const struct at_args *args)
{
	return at_setting(m, op, args, "+CMGF", &m->set.cmgf, 1);
}

static int
cmms(struct modem *m, enum at_op op, const struct at_args *args)
{
	return at_setting(m, op, args, "+CMMS", &m->set.cmms, 2);
}

static int
csms(struct modem *m, enum at_op op, const struct at_args *args)
{
	int service;

	if (op == AT_READ) {
		modem_say(m, "+CSMS: %d,1,1,1", m->set.csms);
		return AT_OK;
	}
	if (op == AT_TEST) {
		modem_say(m, "+CSMS: (0,1)");
		return AT_OK;
	}
	service = at_number(args, 0, 0, 1, -1);
	if (op != AT_SET || service == -1)
		return AT_CMS + CMS_NOT_ALLOWED;
	m->set.csms = service;
	modem_say(m, "+CSMS: 1,1,1");
	return AT_OK;
}

static int
cnmi(struct modem *m, enum at_op op, const struct at_args *args)
{
	static const int max[5] = { 3, 3, 3, 2, 1 };
	int chosen[5];

	if (!m->profile.cnmi || (m->profile.plain && op == AT_SET && args->n > 2))
		return m->profile.plain ? AT_CMS + CMS_UNKNOWN : AT_ERROR;
	if (op == AT_TEST) {
		modem_say(m, "+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)");
		return AT_OK;
	}
	if (op == AT_READ) {
		const int *v = m->set.cnmi;

		modem_say(m, "+CNMI: %d,%d,%d,%d,%d", v[0], v[1], v[2], v[3], v[4]);
		return AT_OK;
	}
	for (int i = 0; i < 5; i++) {
		chosen[i] = at_number(args, i, 0, max[i], m->set.cnmi[i]);
		if (chosen[i] == -1)
			return AT_CMS + CMS_NOT_ALLOWED;
	}
	memcpy(m->set.cnmi, chosen, sizeof(chosen));
	network_pump(m->card);
	return AT_OK;
}

static int
csca(struct modem *m, enum at_op op, const struct at_args *args)
{
	const char *number = args->n > 0 ? args->value[0] : "";
	bool plus = number[0] == '+' || at_number(args, 1, 0, 255, 129) == 145;
	size_t len = strlen(number);

	if (op == AT_READ) {
		modem_say(
			m, "+CSCA: \"%s\",%d", m->card->smsc, m->card->smsc[0] == '+' ? 145 : 129);
		return AT_OK;
	}
	if (op != AT_SET)
		return op == AT_TEST ? AT_OK : AT_ERROR;
	if (number[0] == '+') {
		number++;
		len--;
	}
	if (len > 20 || strspn(number, "0123456789") != len)
		return AT_CMS + CMS_NOT_ALLOWED;
	snprintf(m->card->smsc, sizeof(m->card->smsc), "%s%s", plus && len > 0 ? "+" : "", number);
	return AT_OK;
}

/* Text mode's parameters; in PDU mode they say nothing. */
static int
text_mode_only(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)m;
	(void)args;
	return op == AT_SET || op == AT_TEST ? AT_OK : AT_ERROR;
}

/* --- listing and reading ---------------------------------------------------------------------- */

static int
cmgl(struct modem *m, enum at_op op, const struct at_args *args)
{
	struct storage *s = modem_memory(m, m->set.mem[0]);
	int wanted = at_number(args, 0, 0, 4, 0);
	unsigned seen = 0;

	if (op == AT_TEST) {
		modem_say(m, "+CMGL: (0-4)");
		return AT_OK;
	}
	if (m->set.cmgf == 1)
		return AT_CMS + CMS_BAD_TEXT;
	if ((op != AT_RUN && op != AT_SET) || wanted == -1)
		return AT_CMS + CMS_BAD_PDU;
	if (s == NULL)
		return AT_CMS + CMS_MEMORY;
	for (unsigned i = 0; i < s->size && seen < s->used; i++) {
		struct place *p = storage_get(s, i);

		if (p == NULL)
			continue;
		seen++;
		if (wanted != 4 && wanted != (int)p->status)
			continue;
		modem_say(m, "+CMGL: %u,%d,,%u\r\n%s", i + m->profile.base, (int)p->status,
			p->tpdu_len, p->hex);
		if (p->status == REC_UNREAD)
			p->status = REC_READ;
	}
	return AT_OK;
}

/* The place that the first argument names, or -1. */
static int
place_of(struct modem *m, const struct at_args *args, const struct storage *s)
{
	int base = (int)m->profile.base;
	int at = at_number(args, 0, base, (int)s->size + base - 1, -1);

	return at == -1 ? -1 : at - base;
}

static int
cmgr(struct modem *m, enum at_op op, const struct at_args *args)
{
	struct storage *s = modem_memory(m, m->set.mem[0]);
	struct place *p;
	int at;

	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET)
		return AT_ERROR;
	if (m->set.cmgf == 1)
		return AT_CMS + CMS_BAD_TEXT;
	if (s == NULL)
		return AT_CMS + CMS_MEMORY;
	at = place_of(m, args, s);
	p = at != -1 ? storage_get(s, (unsigned)at) : NULL;
	if (p == NULL)
		return AT_CMS + CMS_INDEX;
	modem_say(m, "+CMGR: %d,,%u\r\n%s", (int)p->status, p->tpdu_len, p->hex);
	if (p->status == REC_UNREAD)
		p->status = REC_READ;
	return AT_OK;
}

/* --- deleting --------------------------------------------------------------------------------- */

static int
delete_one(struct modem *m, struct storage *s, unsigned at)
{
	if (storage_get(s, at) == NULL || m->fault.keeps)
		return AT_OK;
	if (storage_delete(s, at) == -1)
		return AT_CMS + CMS_MEMORY;
	m->deleted++;
	events_tell(&m->net->listeners, "deleted %s %u", m->name, at + m->profile.base);
	return AT_OK;
}

/* 27.005, 3.5.4: 1 all read, 2 and sent, 3 and unsent, 4 all. */
static bool
flagged(const struct place *p, int flag)
{
	switch (p->status) {
	case REC_READ:
		return true;
	case STO_SENT:
		return flag >= 2;
	case STO_UNSENT:
		return flag >= 3;
	default:
		return flag == 4;
	}
}

static int
delete_many(struct modem *m, struct storage *s, int flag)
{
	int result = AT_OK;

	for (unsigned i = 0; i < s->size && s->used > 0; i++) {
		const struct place *p = storage_get(s, i);

		if (p != NULL && flagged(p, flag) && delete_one(m, s, i) != AT_OK)
			result = AT_CMS + CMS_MEMORY;
	}
	return result;
}

static int
cmgd(struct modem *m, enum at_op op, const struct at_args *args)
{
	struct storage *s = modem_memory(m, m->set.mem[0]);
	int flag = at_number(args, 1, 0, 4, 0), at, result;

	if (s == NULL)
		return AT_CMS + CMS_MEMORY;
	if (op == AT_TEST) {
		modem_say(
			m, "+CMGD: (%u-%u),(0-4)", m->profile.base, s->size + m->profile.base - 1);
		return AT_OK;
	}
	if (op != AT_SET || flag == -1)
		return AT_CMS + CMS_NOT_ALLOWED;
	at = place_of(m, args, s);
	if (at == -1 && flag == 0)
		return AT_CMS + CMS_INDEX;
	result = flag > 0 ? delete_many(m, s, flag) : delete_one(m, s, (unsigned)at);
	network_pump(m->card);
	return result;
}

/* --- acknowledging ---------------------------------------------------------------------------- */

static int
cnma(struct modem *m, enum at_op op, const struct at_args *args)
{
	int n = at_number(args, 0, 0, 2, 0);

	if (op == AT_TEST) {
		modem_say(m, "+CNMA: (0-2)");
		return AT_OK;
	}
	if (m->unacked == NULL)
		return AT_CMS + CMS_NO_ACK_EXPECTED;
	if (n == -1)
		return AT_ERROR;
	modem_acked(m, n != 2);
	return AT_OK;
}

const struct at_command at_messages[] = {
	{ .name = "+CPMS", .run = cpms, .needs_card = true, .sms = true },
	{ .name = "+CMGF", .run = cmgf },
	{ .name = "+CMMS", .run = cmms },
	{ .name = "+CSMS", .run = csms },
	{ .name = "+CNMI", .run = cnmi, .needs_card = true, .sms = true },
	{ .name = "+CSCA", .run = csca, .needs_card = true, .sms = true },
	{ .name = "+CSMP", .run = text_mode_only },
	{ .name = "+CSDH", .run = text_mode_only },
	{ .name = "+CMGL", .run = cmgl, .needs_card = true, .sms = true },
	{ .name = "+CMGR", .run = cmgr, .needs_card = true, .sms = true },
	{ .name = "+CMGD", .run = cmgd, .needs_card = true, .sms = true },
	{ .name = "+CMGS", .run = send_cmgs, .needs_card = true, .sms = true },
	{ .name = "+CMGW", .run = send_cmgw, .needs_card = true, .sms = true },
	{ .name = "+CMSS", .run = send_cmss, .needs_card = true, .sms = true },
	{ .name = "+CNMA", .run = cnma, .needs_card = true, .sms = true },
	{ .name = NULL },
};
