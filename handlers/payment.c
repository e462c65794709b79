/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment: a payer's own word for a payment: its transaction and whose it is, or the operator's
 * confirmation, forwarded. It is looked up among what the till and the statements told; by itself
 * it proves nothing, and waits.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "reference", .check = check_tax_reference }, /* asked by SQL */
	{ .name = "transaction", .check = check_transaction },
	{ .name = "told" }, /* of what reads as money that came: "<minor units> <currency>", set by
			       the gateway */
	{ .name = "words" },
	{ 0 },
};

/* Its function also answers `unanswered`, when she did not say whose it is: nothing is said then.
 */
static const struct service_outcome outcomes[] = {
	{ "booked", "transaction reference receipt" },
	{ "known", "transaction" },
	{ "reversed", "transaction" },
	{ "waiting", "transaction" },
	{ "flagged", "transaction" },
	{ "read", "transaction when" },
	{ "ask", "transaction" },
	{ "how", "" },
	{ 0 },
};

const struct service service_payment = {
	.name = "payment",
	.fields = fields,
	.outcomes = outcomes,
	.files = true,
	.before_question = true,
};
