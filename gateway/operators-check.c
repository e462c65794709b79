/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators-check: what the configuration's modems want of their operators, held against the files.
 */
#include <string.h>

#include "config.h"
#include "operators-internal.h"

static bool
lacks(const struct operator_entry *o, enum operator_question question)
{
	return o == NULL || !o->dialogue[question].is_asked;
}

static void
check_modem(const struct operators *operators, const struct config *config,
	const struct config_modem *m, struct config_errors *errors)
{
	const struct operator_entry *o =
		m->operator_name != NULL ? operators_find(operators, m->operator_name) : NULL;
	const char *whose = m->operator_name;

	if (m->till && (whose != NULL || m->balance_low > 0 || m->bundle_low > 0 || m->buy))
		config_error(errors, config->file, m->line,
			"modem %s: a till never dials; take operator, balance_low, bundle_low and buy "
			"away",
			m->name);
	else if (whose != NULL && o == NULL && strcmp(whose, OPERATOR_NONE) != 0)
		config_error(errors, config->file, m->line,
			"modem %s: unknown operator \"%s\"; each is a file of %s, and \"none\" is not "
			"asked",
			m->name, whose, config->operators);
	else if (whose != NULL && m->balance_low > 0 && lacks(o, OPERATOR_BALANCE))
		config_error(errors, config->file, m->line,
			"modem %s: balance_low needs an operator with a code for the balance, which "
			"%s has not",
			m->name, whose);
	else if (whose != NULL && m->bundle_low > 0 && lacks(o, OPERATOR_BUNDLE))
		config_error(errors, config->file, m->line,
			"modem %s: bundle_low needs an operator with a code for the bundle, which %s "
			"has not",
			m->name, whose);
	else if (whose != NULL && m->buy && lacks(o, OPERATOR_BUY))
		config_error(errors, config->file, m->line,
			"modem %s: buy needs an operator with a code that buys a bundle, which %s has "
			"not",
			m->name, whose);
}

bool
operators_check(const struct operators *operators, const struct config *config,
	struct config_errors *errors)
{
	size_t before = errors->count;

	for (size_t i = 0; i < config->modem_count; i++)
		check_modem(operators, config, &config->modem[i], errors);
	return errors->count == before;
}
