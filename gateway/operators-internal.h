/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * operators-internal: what the files of operators share, and nobody else includes.
 *
 *	operators.c		whose SIM it is, and what an answer says
 *	operators-load.c	the files become operators
 *	operators-ask.c		one question of a file
 *	operators-check.c	what modems want of them
 */
#ifndef OPERATORS_INTERNAL_H
#define OPERATORS_INTERNAL_H

#include "config-file.h"
#include "operators.h"
#include "payment-internal.h"
#include "phone.h"

#define OPERATOR_PATTERNS_MAX 16 /* of one kind, of one question */
#define OPERATOR_NETWORKS_MAX 32
#define OPERATOR_SENDERS_MAX 8
#define OPERATOR_GROUPS_MAX 64
#define OPERATOR_NONE "none" /* the operator of a modem that is not to be asked */

/* Known to be one since it was loaded, compiled when it is first tried: most operators have no SIM
 * here. */
struct operator_pattern {
	char *text;
	pcre2_code *code;
};

struct operator_patterns {
	struct operator_pattern *pattern;
	size_t count;
};

struct operator_dialogue {
	bool is_asked;
	struct operator_asking asking;
	char *menu_text[OPERATOR_STEPS_MAX + 1]; /* the strings that asking borrows, and the code */
	struct operator_patterns menu;           /* one a step; none: any menu will do */
	struct operator_patterns yes, no;        /* no: nothing is left, or nothing was sold */
	struct operator_patterns by_sms;         /* the answer comes by SMS */
};

struct operator_entry {
	char name[OPERATOR_NAME_MAX];
	char country[3], currency[MONEY_CODE_MAX];
	char network[OPERATOR_NETWORKS_MAX][16];
	size_t network_count;
	char sender[OPERATOR_SENDERS_MAX][PHONE_MAX]; /* of its SMS: names and short codes */
	size_t sender_count;
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

struct operators_loader {
	struct operators *operators;
	struct config_errors *errors;
	const struct config_file *file;
	struct operator_entry *entry; /* of the file in hand */
};

/* Tell what is wrong at a setting of the file in hand (NULL: it stands nowhere). */
void operators_complain(const struct operators_loader *l, const config_setting_t *at,
	const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* How many strings a setting is; 0 for what is no string, nor an array or list of them. */
int operators_count_strings(const config_setting_t *setting);
const char *operators_string_at(const config_setting_t *setting, int i);
/* A number of a group, where it is said. Returns 0, or -1 after telling. */
int operators_take_number(const struct operators_loader *l, const config_setting_t *group,
	const char *name, double min, double max, double *out);
/* A question's group, where there is one. Returns 0, or -1 after telling. */
int operators_take_question(const struct operators_loader *l, const config_setting_t *root,
	enum operator_question question);

#endif
