/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators-internal: what operators-load.c makes and operators.c reads by. */
#ifndef OPERATORS_INTERNAL_H
#define OPERATORS_INTERNAL_H

#include "operators.h"
#include "payment-internal.h"

#define OPERATOR_PATTERNS_MAX 16 /* of one kind, of one question */
#define OPERATOR_NETWORKS_MAX 32
#define OPERATOR_NAME_MAX 32
#define OPERATOR_GROUPS_MAX 64
#define OPERATOR_NONE "none" /* the operator of a modem that is not to be asked */

struct operator_patterns {
	pcre2_code *code[OPERATOR_PATTERNS_MAX];
	size_t count;
};

struct operator_dialogue {
	bool is_asked;
	struct operator_asking asking;
	char *menu_text[OPERATOR_STEPS_MAX + 1]; /* the strings that asking borrows, and the code */
	pcre2_code *menu[OPERATOR_STEPS_MAX];    /* NULL: any */
	struct operator_patterns yes, no;        /* no: nothing is left, or nothing was sold */
};

struct operator_entry {
	char name[OPERATOR_NAME_MAX];
	char country[3], currency[MONEY_CODE_MAX];
	char network[OPERATOR_NETWORKS_MAX][16];
	size_t network_count;
	char decimal; /* '.', ',' or 0: not known */
	enum payment_dates dates;
	int unused_days;
	struct operator_dialogue dialogue[OPERATOR_QUESTIONS];
};

struct operators {
	struct operator_entry *entry;
	size_t count;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_code *secret; /* what operator_mask() hides */
};

#endif
