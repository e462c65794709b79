/* SPDX-License-Identifier: GPL-3.0-or-later */
/* airtime-plan: what the configuration and the operators' files want of each SIM in service. */
#include <math.h>

#include "airtime-internal.h"
#include "db.h"
#include "gateway.h"
#include "log.h"
#include "modem.h"

struct plan {
	struct airtime *airtime;
	struct db_array link, modem, operator_name, currency, balance_minutes, bundle_minutes,
		balance_low, bundle_low, buy, buy_below, buy_per_day, unused_days;
};

/* In service, a SIM that is known, and no till. */
static int
is_asked(const struct modem *modem)
{
	return modem_state(modem) == MODEM_READY && modem_link(modem) > 0 &&
		!modem_config(modem)->till;
}

/* --- Links --- */

struct links {
	const struct airtime *airtime;
	int free_only;
	struct db_array *array;
};

static void
add_link(struct modem *modem, void *arg)
{
	struct links *links = arg;
	int32_t link = modem_link(modem);

	if (!is_asked(modem) ||
		(links->free_only &&
			(talk_is_with(links->airtime, link) || !modem_can_ussd(modem))))
		return;
	db_array_int4(links->array, link);
}

struct db_array
plan_links(struct airtime *airtime, int free_only)
{
	struct db_array array;
	struct links links = { airtime, free_only, &array };

	db_array_begin(&array, DB_INT4);
	modems_each(airtime->gateway->modems, add_link, &links);
	return array;
}

/* --- What is wanted --- */

/* In the currency's minor unit. */
static int64_t
minor(double amount, const char *currency)
{
	int exponent = money_exponent(currency);

	return llround(amount * (exponent == 3 ? 1000 : exponent == 2 ? 100 : 1));
}

static void
add_minutes(struct db_array *array, const struct operator_asking *asking)
{
	if (asking != NULL)
		db_array_int4(array, (int32_t)lround(asking->every_hours * 60));
	else
		db_array_null(array);
}

/* A modem whose operator is known by its SIM alone wants what that one has not: told once a start
 * of it. */
static void
tell_lack(struct airtime *airtime, const struct modem *modem, const struct operator_entry *o)
{
	const struct config_modem *entry = modem_config(modem);
	size_t i = 0;

	if ((entry->balance_low <= 0 ||
		    (o != NULL && operator_asking(o, OPERATOR_BALANCE) != NULL)) &&
		(entry->bundle_low <= 0 ||
			(o != NULL && operator_asking(o, OPERATOR_BUNDLE) != NULL)) &&
		(!entry->buy || (o != NULL && operator_asking(o, OPERATOR_BUY) != NULL)))
		return;
	while (i < CONFIG_MODEMS_MAX - 1 && airtime->told_modem[i] != NULL &&
		airtime->told_modem[i] != modem)
		i++;
	if (airtime->told_modem[i] == modem &&
		airtime->told_generation[i] == modem_generation(modem))
		return;
	airtime->told_modem[i] = modem;
	airtime->told_generation[i] = modem_generation(modem);
	log_warn("event=airtime modem=%s operator=%s hint=%s", modem_name(modem),
		o != NULL ? operator_name(o) : "unknown",
		log_quote(
			"balance_low, bundle_low or buy want a code that no file of operators has "
			"for this SIM; see `baraza airtime`"));
}

static void
add_modem(struct modem *modem, void *arg)
{
	struct plan *plan = arg;
	const struct config_modem *entry = modem_config(modem);
	const struct operator_entry *o;
	const struct operator_asking *buy = NULL;

	if (!is_asked(modem))
		return;
	o = operators_of(plan->airtime->gateway->operators, entry, modem_identity(modem));
	if (o != NULL && entry->buy)
		buy = operator_asking(o, OPERATOR_BUY);
	tell_lack(plan->airtime, modem, o);
	db_array_int4(&plan->link, modem_link(modem));
	db_array_text(&plan->modem, modem_name(modem));
	db_array_text(&plan->operator_name, o != NULL ? operator_name(o) : NULL);
	db_array_text(&plan->currency, o != NULL ? operator_currency(o) : NULL);
	add_minutes(
		&plan->balance_minutes, o != NULL ? operator_asking(o, OPERATOR_BALANCE) : NULL);
	add_minutes(&plan->bundle_minutes, o != NULL ? operator_asking(o, OPERATOR_BUNDLE) : NULL);
	db_array_int8(&plan->balance_low,
		o != NULL ? minor(entry->balance_low, operator_currency(o)) : 0);
	db_array_int4(&plan->bundle_low, entry->bundle_low);
	db_array_bool(&plan->buy, buy != NULL);
	db_array_int4(&plan->buy_below,
		buy == NULL                     ? 0
			: entry->bundle_low > 0 ? entry->bundle_low
						: buy->below);
	db_array_int4(&plan->buy_per_day, buy != NULL ? buy->per_day : 0);
	db_array_int4(&plan->unused_days,
		entry->sim_unused_days > 0 ? entry->sim_unused_days
			: o != NULL        ? operator_unused_days(o)
					   : 0);
}

void
plan_send(struct airtime *airtime)
{
	struct plan plan = { .airtime = airtime };
	struct {
		struct db_array *array;
		enum db_type type;
	} arrays[] = { { &plan.link, DB_INT4 }, { &plan.modem, DB_TEXT },
		{ &plan.operator_name, DB_TEXT }, { &plan.currency, DB_TEXT },
		{ &plan.balance_minutes, DB_INT4 }, { &plan.bundle_minutes, DB_INT4 },
		{ &plan.balance_low, DB_INT8 }, { &plan.bundle_low, DB_INT4 },
		{ &plan.buy, DB_BOOL }, { &plan.buy_below, DB_INT4 },
		{ &plan.buy_per_day, DB_INT4 }, { &plan.unused_days, DB_INT4 } };
	struct db_params params;

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		db_array_begin(arrays[i].array, arrays[i].type);
	modems_each(airtime->gateway->modems, add_modem, &plan);
	db_params_begin(&params);
	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		db_param_take_array(&params, arrays[i].array);
	db_send(airtime->db, "plan", &params, NULL, NULL);
}
