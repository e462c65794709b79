/* SPDX-License-Identifier: GPL-3.0-or-later */
/* at-identity.c - AT commands that tell who modem and SIM are, and unlock the SIM (27.007). */
#include "at.h"

#include "card.h"
#include "modem.h"
#include "network.h"

#include <string.h>

static int
say_only(struct modem *m, enum at_op op, const char *what)
{
	if (op == AT_RUN)
		modem_say(m, "%s", what);
	return op == AT_RUN || op == AT_TEST ? AT_OK : AT_ERROR;
}

static int
cgmi(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return say_only(m, op, m->profile.maker);
}

static int
cgmm(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return say_only(m, op, m->profile.model);
}

static int
cgmr(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return say_only(m, op, m->profile.revision);
}

static int
cgsn(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return say_only(m, op, m->imei);
}

static int
cimi(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return say_only(m, op, m->card->imsi);
}

static int
cnum(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (op == AT_RUN)
		modem_say(m, "+CNUM: \"\",\"%s\",145", m->card->number);
	return op == AT_RUN || op == AT_TEST ? AT_OK : AT_ERROR;
}

/* Each make tells the ICCID by a command of its own, and knows no other's. */
static int
iccid(struct modem *m, enum at_op op, const char *command)
{
	if (strcmp(m->profile.iccid, command) != 0)
		return AT_ERROR;
	if (m->card == NULL)
		return CME_NO_SIM;
	if (op != AT_TEST)
		modem_say(m, "%s: %s", command, m->card->iccid);
	return AT_OK;
}

static int
ccid(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return iccid(m, op, "+CCID");
}

static int
plus_iccid(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return iccid(m, op, "+ICCID");
}

static int
caret_iccid(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	return iccid(m, op, "^ICCID");
}

static int
cpin(struct modem *m, enum at_op op, const struct at_args *args)
{
	int error;

	if (op == AT_TEST)
		return AT_OK;
	if (m->card == NULL)
		return CME_NO_SIM;
	if (op == AT_READ) {
		switch (m->card->lock) {
		case CARD_READY:
			modem_say(m, "+CPIN: READY");
			return AT_OK;
		case CARD_PIN:
			modem_say(m, "+CPIN: SIM PIN");
			return AT_OK;
		case CARD_PUK:
			modem_say(m, "+CPIN: SIM PUK");
			return AT_OK;
		default:
			return CME_SIM_FAILURE;
		}
	}
	if (op != AT_SET || args->n > 2)
		return AT_ERROR;
	error = card_unlock(m->card, args->value[0], args->n == 2 ? args->value[1] : NULL);
	events_tell(&m->net->listeners, "pin %s %s", m->name, error == 0 ? "right" : "wrong");
	if (error == 0)
		network_pump(m->card);
	return error;
}

/* Whether the PIN is asked for (27.007, 7.4); only that facility exists. */
static int
clck(struct modem *m, enum at_op op, const struct at_args *args)
{
	if (op == AT_TEST) {
		modem_say(m, "+CLCK: (\"SC\")");
		return AT_OK;
	}
	if (op != AT_SET || strcmp(args->value[0], "SC") != 0)
		return CME_NOT_SUPPORTED;
	switch (at_number(args, 1, 0, 2, -1)) {
	case 0:
	case 1:
		return CME_NOT_ALLOWED;
	case 2:
		modem_say(m, "+CLCK: %d", m->card->pin[0] != '\0');
		return AT_OK;
	default:
		return AT_ERROR;
	}
}

/* Attempts that are left, as some modems tell (SIMCom). */
static int
spic(struct modem *m, enum at_op op, const struct at_args *args)
{
	(void)args;
	if (m->card == NULL)
		return CME_NO_SIM;
	if (op == AT_RUN)
		modem_say(m, "+SPIC: %d,%d,0,0", m->card->pin_left, m->card->puk_left);
	return AT_OK;
}

const struct at_command at_identity[] = {
	{ .name = "+CGMI", .run = cgmi },
	{ .name = "+GMI", .run = cgmi },
	{ .name = "+CGMM", .run = cgmm },
	{ .name = "+GMM", .run = cgmm },
	{ .name = "+CGMR", .run = cgmr },
	{ .name = "+GMR", .run = cgmr },
	{ .name = "+CGSN", .run = cgsn },
	{ .name = "+GSN", .run = cgsn },
	{ .name = "+CIMI", .run = cimi, .needs_card = true },
	{ .name = "+CNUM", .run = cnum, .needs_card = true },
	{ .name = "+CCID", .run = ccid },
	{ .name = "+ICCID", .run = plus_iccid },
	{ .name = "^ICCID", .run = caret_iccid },
	{ .name = "+CPIN", .run = cpin },
	{ .name = "+CLCK", .run = clck, .needs_card = true },
	{ .name = "+SPIC", .run = spic },
	{ .name = NULL },
};
