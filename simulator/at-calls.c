/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at-calls.c - AT commands about incoming calls and the SIM's own USSD (27.007, 6 and 7.15). */
#include "at.h"

#include "call.h"
#include "modem.h"
#include "phone.h"
#include "ussd.h"

static int
chup(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_RUN)
		call_end(m, "hungup");
	return op == AT_RUN || op == AT_TEST ? AT_OK : AT_ERROR;
}

static int
clip(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_READ) {
		modem_say(m, "+CLIP: %d,1", m->set.clip);
		return AT_OK;
	}
	return at_setting(m, op, args, "+CLIP", &m->set.clip, 1);
}

static int
crc(struct modem *m, enum at_op op, const struct at_args *args)
{
	return at_setting(m, op, args, "+CRC", &m->set.crc, 1);
}

static int
clcc(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_RUN && m->call.state != CALL_NONE)
		modem_say(m, "+CLCC: 1,1,%d,0,0,\"%s\",%d", m->call.state == CALL_RINGING ? 4 : 0,
			m->call.from->number, m->call.from->number[0] == '+' ? 145 : 129);
	return AT_OK;
}

/* --- USSD ------------------------------------------------------------------------------------- */

/*
 * +CUSD=1,"code",15 asks; =2 gives up; what the operator says follows as +CUSD (27.007, 7.15), on
 * some makes before the result.
 */
static int
cusd(struct modem *m, enum at_op op, const struct at_args *args)
{
	int n;

	if (op == AT_READ || op == AT_TEST)
		return at_setting(m, op, args, "+CUSD", &m->set.cusd, 2);
	n = at_number(args, 0, 0, 2, 0);
	if (op != AT_SET || n == -1)
		return AT_ERROR;
	if (n == 2) {
		ussd_cancel(m);
		return AT_OK;
	}
	if (args->n > 2 && m->profile.ussd_dcs == USSD_DCS_NONE)
		return AT_ERROR;
	m->set.cusd = n;
	if (args->n < 2 || args->value[1][0] == '\0')
		return AT_OK;
	if (!modem_on_air(m))
		return CME_NO_NETWORK;
	return ussd_ask(m, args->value[1]);
}

const struct at_command at_calls[] = {
	{ .name = "+CHUP", .run = chup },
	{ .name = "+CLIP", .run = clip },
	{ .name = "+CRC", .run = crc },
	{ .name = "+CLCC", .run = clcc },
	{ .name = "+CUSD", .run = cusd, .needs_card = true },
	{ .name = NULL },
};
