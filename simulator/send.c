/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "send.h"

#include "card.h"
#include "charset.h"
#include "delivery.h"
#include "memory.h"
#include "modem.h"
#include "network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- to the network --------------------------------------------------------------------------- */

static int
refused(struct modem *m, int code)
{
	m->refused++;
	events_tell(&m->net->listeners, "refused %s %d", m->name, code);
	return AT_CMS + code;
}

/* Hands m->sending over; returns its reference, or the negative of a result. */
static int
submit(struct modem *m)
{
	struct card *card = m->card;
	uint8_t mr = card->next_mr;
	int error;

	if (!modem_on_air(m))
		return -refused(m, CMS_NO_NETWORK);
	if (m->fault.fail_left > 0) {
		m->fault.fail_left--;
		return -refused(m, (int)m->fault.fail_code);
	}
	if (card->no_credit != 0)
		return -refused(m, (int)card->no_credit);
	error = delivery_submit(m->net, card, &m->sending, mr);
	if (error != 0)
		return -refused(m, error);
	card->next_mr++;
	m->sent++;
	return mr;
}

static void
sent(struct modem *m)
{
	int mr;

	m->running = true;
	mr = submit(m);
	if (mr >= 0)
		modem_say(m, "%s: %d", m->prompt_for == 'M' ? "+CMSS" : "+CMGS", mr);
	modem_finish(m, mr >= 0 ? AT_OK : -mr);
}

/* Takes as long as a send takes, then tells the result. */
static int
send(struct modem *m)
{
	unsigned ms = m->send_ms > m->fault.slow_ms ? m->send_ms : m->fault.slow_ms;

	m->taken++;
	if (m->sending.smsc[0] == '\0' && m->card->smsc[0] == '\0')
		return refused(m, CMS_NO_SMSC);
	if (ms == 0) {
		int mr = submit(m);

		if (mr < 0)
			return -mr;
		modem_say(m, "%s: %d", m->prompt_for == 'M' ? "+CMSS" : "+CMGS", mr);
		return AT_OK;
	}
	modem_later(m, ms, sent);
	return AT_BUSY;
}

/* --- what is sent ----------------------------------------------------------------------------- */

/* Reads a hexadecimal SMS-SUBMIT into *s; returns a result. */
static int
read_pdu(struct modem *m, const char *hex, struct submit *s)
{
	uint8_t pdu[PDU_MAX];
	const char *why = "it is not hexadecimal, or too long";
	long len = pdu_from_hex(hex, strlen(hex), pdu, sizeof(pdu));

	if (len >= 0 && pdu_read_submit(pdu, (size_t)len, network_now(m->net), s, &why) == 0)
		return AT_OK;
	events_tell(&m->net->listeners, "malformed %s %s", m->name, why);
	return AT_CMS + CMS_BAD_PDU;
}

/* A text-mode message: default alphabet, one segment, no report. */
static int
read_text(struct modem *m, const char *text, struct submit *s)
{
	size_t n = strlen(text);

	if (n > 160 || m->prompt_to[0] == '\0')
		return AT_CMS + CMS_BAD_TEXT;
	*s = (struct submit){ .validity = -1, .class = -1, .port = -1 };
	snprintf(s->to, sizeof(s->to), "%s", m->prompt_to);
	gsm_to_utf8((const uint8_t *)text, n, s->text, sizeof(s->text));
	s->raw.udl = (uint8_t)n;
	s->raw.len = (uint8_t)gsm_pack((const uint8_t *)text, n, 0, s->raw.ud);
	return AT_OK;
}

static int
store_typed(struct modem *m, const char *data)
{
	int at;

	at = modem_store(m, m->set.mem[1], data, m->prompt_len, m->prompt_status);
	if (at == -1)
		return AT_CMS + CMS_FULL;
	modem_say(m, "+CMGW: %u", (unsigned)at + m->profile.base);
	return AT_OK;
}

int
at_prompt_data(struct modem *m, char *data)
{
	int result;

	data[strcspn(data, "\r\n")] = '\0';
	if (m->card == NULL)
		return AT_CMS + CMS_NO_SIM;
	if (m->set.cmgf == 1) {
		result = m->prompt_for == 'W' ? AT_CMS + CMS_NOT_ALLOWED
					      : read_text(m, data, &m->sending);
		return result == AT_OK ? send(m) : result;
	}
	if (m->prompt_for == 'W')
		return store_typed(m, data);
	result = read_pdu(m, data, &m->sending);
	if (result == AT_OK && m->sending.tpdu_len != m->prompt_len)
		result = AT_CMS + CMS_BAD_PDU;
	return result == AT_OK ? send(m) : result;
}

/* --- commands --------------------------------------------------------------------------------- */

int
send_cmgs(struct modem *m, enum at_op op, const struct at_args *args)
{
	int len = at_number(args, 0, 1, PDU_MAX, -1);

	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET)
		return AT_ERROR;
	m->prompt_for = 'S';
	if (m->set.cmgf == 1) {
		snprintf(m->prompt_to, sizeof(m->prompt_to), "%s", args->value[0]);
		return AT_PROMPT;
	}
	if (len == -1)
		return AT_CMS + CMS_BAD_PDU;
	m->prompt_len = (unsigned)len;
	return AT_PROMPT;
}

int
send_cmgw(struct modem *m, enum at_op op, const struct at_args *args)
{
	int len = at_number(args, 0, 1, PDU_MAX, -1);
	int status = at_number(args, 1, 0, 3, STO_UNSENT);

	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET)
		return AT_ERROR;
	if (m->set.cmgf == 1)
		return AT_CMS + CMS_NOT_ALLOWED;
	if (len == -1 || status == -1)
		return AT_CMS + CMS_BAD_PDU;
	m->prompt_for = 'W';
	m->prompt_len = (unsigned)len;
	m->prompt_status = (enum place_status)status;
	return AT_PROMPT;
}

int
send_cmss(struct modem *m, enum at_op op, const struct at_args *args)
{
	struct storage *s = modem_memory(m, m->set.mem[1]);
	int base = (int)m->profile.base, at, result;
	struct place *p;

	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET || s == NULL)
		return AT_ERROR;
	at = at_number(args, 0, base, (int)s->size + base - 1, -1);
	p = at != -1 ? storage_get(s, (unsigned)(at - base)) : NULL;
	if (p == NULL)
		return AT_CMS + CMS_INDEX;
	result = read_pdu(m, p->hex, &m->sending);
	if (result != AT_OK)
		return result;
	p->status = STO_SENT;
	m->prompt_for = 'M';
	return send(m);
}
