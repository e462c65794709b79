/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at-general.c - AT commands about the modem itself and the network (27.007). */
#include "at.h"

#include "modem.h"
#include "network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int
cmee(struct modem *m, enum at_op op, const struct at_args *args)
{
	return at_setting(m, op, args, "+CMEE", &m->set.cmee, 2);
}

static int
csq(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_TEST)
		modem_say(m, "+CSQ: (0-31,99),(0-7,99)");
	else if (op == AT_RUN)
		modem_say(m, "+CSQ: %d,99", modem_on_air(m) ? m->signal : 99);
	else
		return AT_ERROR;
	return AT_OK;
}

/* +CREG and +CGREG; mode 2 would add the cell, which there is none of but a made-up one. */
static int
registration(struct modem *m, enum at_op op, const struct at_args *args, const char *name, int *n)
{
	int stat = modem_registration(m);

	if (op != AT_READ)
		return at_setting(m, op, args, name, n, 2);
	if (*n == 2 && (stat == 1 || stat == 5))
		modem_say(m, "%s: 2,%d,\"00A1\",\"0B0C\"", name, stat);
	else
		modem_say(m, "%s: %d,%d", name, *n, stat);
	return AT_OK;
}

static int
creg(struct modem *m, enum at_op op, const struct at_args *args)
{
	return registration(m, op, args, "+CREG", &m->set.creg);
}

static int
cgreg(struct modem *m, enum at_op op, const struct at_args *args)
{
	return registration(m, op, args, "+CGREG", &m->set.cgreg);
}

static int
cgatt(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_READ)
		modem_say(m, "+CGATT: 0");
	return AT_OK;
}

static int
cops(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_READ && !modem_on_air(m))
		modem_say(m, "+COPS: 0");
	else if (op == AT_READ && m->set.cops_format == 2)
		modem_say(m, "+COPS: 0,2,\"63510\"");
	else if (op == AT_READ)
		modem_say(m, "+COPS: 0,%d,\"%s\"", m->set.cops_format, m->operator_name);
	else if (op == AT_TEST)
		modem_say(m, "+COPS: (2,\"%s\",\"%s\",\"63510\"),,(0,3),(0-2)", m->operator_name,
			m->operator_name);
	else if (op == AT_SET && at_number(args, 0, 0, 4, -1) == 3) {
		int format = at_number(args, 1, 0, 2, -1);

		if (format == -1)
			return CME_NOT_SUPPORTED;
		m->set.cops_format = format;
	} else if (op == AT_SET && at_number(args, 0, 0, 0, -1) != 0) {
		return CME_NOT_ALLOWED;
	}
	return AT_OK;
}

static int
cscs(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_READ) {
		modem_say(m, "+CSCS: \"%s\"", m->set.ucs2 ? "UCS2" : "GSM");
		return AT_OK;
	}
	if (op == AT_TEST) {
		modem_say(m, "+CSCS: (\"GSM\",\"UCS2\")");
		return AT_OK;
	}
	if (op != AT_SET || args->n != 1)
		return AT_ERROR;
	if (strcasecmp(args->value[0], "GSM") == 0 || strcasecmp(args->value[0], "IRA") == 0)
		m->set.ucs2 = false;
	else if (strcasecmp(args->value[0], "UCS2") == 0)
		m->set.ucs2 = true;
	else if (strcasecmp(args->value[0], "00470053004D") == 0) /* "GSM" said in UCS-2 */
		m->set.ucs2 = false;
	else
		return CME_NOT_SUPPORTED;
	return AT_OK;
}

static int
cclk(struct modem *m, enum at_op op, const struct at_args *args)
{
	time_t local = network_now(m->net) + m->net->zone * 15L * 60;
	struct tm tm;

	(void)args;
	if (op != AT_READ)
		return AT_OK;
	gmtime_r(&local, &tm);
	modem_say(m, "+CCLK: \"%02d/%02d/%02d,%02d:%02d:%02d%+03d\"", tm.tm_year % 100,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, m->net->zone);
	return AT_OK;
}

static int
cbc(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_TEST)
		modem_say(m, "+CBC: (0-3),(0-100)");
	else
		modem_say(m, "+CBC: 1,100");
	return AT_OK;
}

static void
restart_after_answer(struct modem *m)
{
	modem_restart(m);
}

/* 27.007, 8.2: <fun>,1 restarts; here only full functionality exists. */
static int
cfun(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_READ) {
		modem_say(m, "+CFUN: 1");
		return AT_OK;
	}
	if (op == AT_TEST) {
		modem_say(m, "+CFUN: (1),(0,1)");
		return AT_OK;
	}
	if (at_number(args, 0, 1, 1, -1) != 1)
		return CME_NOT_SUPPORTED;
	if (at_number(args, 1, 0, 1, 0) == 1) {
		modem_raw(m, "\r\nOK\r\n", 6);
		modem_later(m, 0, restart_after_answer);
		return AT_BUSY;
	}
	return AT_OK;
}

static int
cpas(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_TEST)
		modem_say(m, "+CPAS: (0,3,4)");
	else
		modem_say(m, "+CPAS: %d",
			m->call.state == CALL_RINGING            ? 3
				: m->call.state == CALL_ANSWERED ? 4
								 : 0);
	return AT_OK;
}

const struct at_command at_general[] = {
	{ .name = "+CMEE", .run = cmee },
	{ .name = "+CSQ", .run = csq },
	{ .name = "+CREG", .run = creg },
	{ .name = "+CGREG", .run = cgreg },
	{ .name = "+CGATT", .run = cgatt },
	{ .name = "+COPS", .run = cops },
	{ .name = "+CSCS", .run = cscs },
	{ .name = "+CCLK", .run = cclk },
	{ .name = "+CBC", .run = cbc },
	{ .name = "+CFUN", .run = cfun },
	{ .name = "+CPAS", .run = cpas },
	{ .name = NULL },
};
