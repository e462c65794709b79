/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox-till: what comes on the SIM of a till. An operator's confirmation from a sender that the
 * configuration names is money; whatever else is kept, or put before a person. Nothing is ever
 * replied to it: who paid hears by a receipt, from another SIM.
 */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "administrator.h"
#include "config.h"
#include "log.h"
#include "mask.h"
#include "modem.h"
#include "payment-format.h"

/* What a till was told, for as long as its transaction takes: formats may be loaded anew
 * meanwhile. */
struct till_word {
	struct payment_read read;
	char provider[64];
};

/* --- What came --- */

static bool
is_believed(const struct config_modem *entry, const struct phone *from, const char *country)
{
	for (char *const *sender = entry->senders; *sender != NULL; sender++)
		if (strcasecmp(phone_normalise(*sender, country).number, from->number) == 0)
			return true;
	return false;
}

/* What it says of money; without formats nothing is read, and nothing believed. */
static void
read_money(const struct gateway *gateway, const char *text, const char *sender,
	struct payment_read *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = PAYMENT_UNREAD;
	if (gateway->payments != NULL)
		payment_read(gateway->payments, text, gateway->config->country, sender, out);
}

/* A person reads what may be money; of all else nothing that has to do with a code. */
static void
mask(struct item *item, const struct payment_read *read)
{
	const char *keep[] = { read->transaction_id, read->payer, read->reference, read->reverses,
		NULL };
	bool plain = (read->kind != PAYMENT_NONE && read->kind != PAYMENT_OTHER) ||
		item->from.kind == PHONE_E164;

	free(item->masked);
	item->masked = mask_secrets(item->body, plain ? MASK_PAYMENT : MASK_ALL, keep);
}

void
till_take(struct item *item, const struct gateway *gateway, enum till_side side)
{
	struct payment_read read;

	item->till = side;
	if (side == TILL_NONE || item->body == NULL)
		return;
	if (item->kind == ITEM_PART) { /* shown only where the database refuses it */
		item->masked = mask_secrets(item->body, MASK_ALL, NULL);
		return;
	}
	read_money(gateway, item->body, item->from.number, &read);
	mask(item, &read);
}

void
till_mark(struct item *item, const struct gateway *gateway, const struct config_modem *entry)
{
	if (entry->till)
		till_take(item, gateway,
			is_believed(entry, &item->from, gateway->config->country) ? TILL_BELIEVED
										  : TILL_STRANGER);
}

const char *
item_shown(const struct item *item)
{
	return item->masked != NULL ? item->masked : item->body;
}

/* --- Decisions --- */

/* What the till was told, in a word of till_take(); NULL: nothing of money. */
static const char *
kind_of(const struct item *item, const struct payment_read *read)
{
	bool money = read->kind == PAYMENT_INCOMING || read->kind == PAYMENT_REVERSAL;

	if (item->till == TILL_STRANGER)
		return money ? "forged" : NULL;
	if (item->incomplete) /* what is missing may be what counts */
		return money || read->kind == PAYMENT_UNREAD ? "unread" : NULL;
	switch (read->kind) {
	case PAYMENT_INCOMING:
		return "payment";
	case PAYMENT_REVERSAL:
		return "reversal";
	case PAYMENT_UNREAD:
		return "unread";
	default:
		return NULL;
	}
}

/*
 * Of the till's own senders all is taken here. Of anybody else only what pretends to be money: the
 * rest is as if it had come to another number, and answered from there.
 */
bool
till_think(const struct gateway *gateway, struct thought *t)
{
	const struct item *item = t->item;
	struct payment_read read;

	if (item->till == TILL_NONE ||
		(item->till == TILL_STRANGER &&
			(t->blocked || t->hour_count >= gateway->config->messages_per_hour)))
		return false;
	if (strcmp(item->stored_kind, "text") != 0 || item->body == NULL) {
		t->silent = true; /* a call, too: no SMS says that it was heard */
		return false;
	}
	read_money(gateway, item->body, item->from.number, &read);
	t->till_kind = kind_of(item, &read);
	if (t->till_kind != NULL) {
		t->told = malloc(sizeof(*t->told));
		if (t->told == NULL)
			fatal("event=out_of_memory");
		t->told->read = read;
		snprintf(t->told->provider, sizeof(t->told->provider), "%s",
			read.provider != NULL ? read.provider : "");
		t->told->read.provider = NULL;
	}
	if (item->till == TILL_STRANGER && t->till_kind == NULL)
		return false;
	t->silent = true;
	return true;
}

/* Into the form, as SQL takes it. */
static void
claim_take(struct thought *t, const struct payment_read *read)
{
	int told = service_field_index(t->run, "told");
	int transaction = service_field_index(t->run, "transaction");
	char *value = t->values.value[transaction];

	snprintf(t->values.value[told], SERVICE_VALUE_MAX, "%lld %s", (long long)read->amount,
		read->currency);
	if (read->transaction_id[0] != '\0') /* better than the words' guess */
		t->run->fields[transaction].check(read->transaction_id, "", value);
}

bool
till_claims(const struct gateway *gateway, const char *text)
{
	struct payment_read read;

	if (gateway->payments == NULL)
		return false;
	read_money(gateway, text, NULL, &read);
	return read.kind == PAYMENT_INCOMING;
}

void
till_claim(const struct gateway *gateway, struct thought *t)
{
	struct payment_read read;

	if (gateway->payments == NULL || t->run == NULL || t->run_message != 0)
		return;
	read_money(gateway, t->item->body, NULL, &read);
	if (read.kind == PAYMENT_INCOMING)
		claim_take(t, &read);
}

/* --- Work --- */

/* As it came, for one role's eyes. */
static int
keep(struct desk *desk, const struct thought *t)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, t->message_id);
	db_param_text(&params, t->item->body);
	return db_send(desk->db, "till_keep", &params, NULL, NULL);
}

/* The payer as a person's number, if it is one. */
static struct phone
payer_of(const struct desk *desk, const struct payment_read *read)
{
	return phone_normalise(read->payer, desk->inbox->gateway->config->country);
}

static const char *
or_null(const char *value)
{
	return value != NULL && value[0] != '\0' ? value : NULL;
}

int
till_run(struct desk *desk, const struct thought *t)
{
	const struct payment_read *read;
	struct db_params params;

	if (t->item->masked != NULL && keep(desk, t) != 0)
		return -1;
	if (t->till_kind == NULL)
		return 0;
	read = &t->told->read;
	struct phone payer = payer_of(desk, read);
	db_params_begin(&params);
	db_param_int(&params, t->message_id);
	db_param_int(&params, t->contact_id);
	db_param_text(&params, t->till_kind);
	db_param_text(&params, or_null(t->told->provider));
	db_param_text(&params, or_null(read->transaction_id));
	db_param_int(&params, read->amount);
	db_param_text(&params, or_null(read->currency));
	db_param_text(&params, or_null(payer.kind == PHONE_E164 ? payer.number : read->payer));
	db_param_text(&params, or_null(read->reference));
	db_param_text(&params, or_null(read->reverses));
	db_param_text(&params, or_null(read->date));
	return db_send(desk->db, "till_take", &params, NULL, NULL);
}

/* --- The administrator --- */

void
till_told(const struct desk *desk, const struct thought *t)
{
	struct administrator *administrator = desk->inbox->gateway->administrator;
	bool flagged = t->run != NULL && strcmp(t->run->name, "payment") == 0 &&
		t->outcome != NULL && strcmp(t->outcome, "flagged") == 0;

	if (t->till_kind != NULL && strcmp(t->till_kind, "unread") == 0)
		administrator_tell(administrator, "till_unread", 0,
			"Baraza: the till got a message about money that no format reads. It is not "
			"booked. See: baraza payments list --tray");
	else if (flagged || (t->till_kind != NULL && strcmp(t->till_kind, "forged") == 0))
		administrator_tell(administrator, "till_forged", 0,
			"Baraza: a confirmation of a payment came from an ordinary phone. It is not "
			"booked. See: baraza payments list --tray");
}
