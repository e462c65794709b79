/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators-load: the files of conf/operators/ become operators. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operators-internal.h"

/* What one match may cost: an answer drives no pattern beyond some milliseconds. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 1000
#define HEAP_LIMIT_KIB 1024

/* --- A file --- */

static int
take_networks(const struct operators_loader *l, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "networks");
	struct operator_entry *o = l->entry;

	if (list == NULL || (config_setting_is_array(list) && config_setting_length(list) == 0))
		return 0; /* it has to be named */
	if (operators_count_strings(list) == 0 ||
		operators_count_strings(list) > OPERATOR_NETWORKS_MAX) {
		operators_complain(l, list,
			"networks is an array of at most %d strings, as [\"63510\"]",
			OPERATOR_NETWORKS_MAX);
		return -1;
	}
	for (int i = 0; i < operators_count_strings(list); i++) {
		const char *digits = operators_string_at(list, i);

		if (strlen(digits) < 5 || strlen(digits) > 15 ||
			digits[strspn(digits, "0123456789")] != '\0') {
			operators_complain(l, list,
				"\"%s\" is no beginning of an IMSI; write the country's and the "
				"network's code, 5 to 15 digits",
				digits);
			return -1;
		}
		snprintf(o->network[o->network_count++], sizeof(o->network[0]), "%s", digits);
	}
	return 0;
}

static int
take_country(const struct operators_loader *l, const config_setting_t *root)
{
	const char *country = NULL, *currency = NULL;

	if (!config_setting_lookup_string(root, "country", &country) ||
		money_of_country(country) == NULL) {
		operators_complain(l, config_setting_get_member(root, "country"),
			"country is missing or not known here; write country = \"RW\";");
		return -1;
	}
	currency = money_of_country(country);
	config_setting_lookup_string(root, "currency", &currency);
	if (money_exponent(currency) == -1) {
		operators_complain(l, config_setting_get_member(root, "currency"),
			"\"%s\" is no currency; write its code of ISO 4217, \"USD\"", currency);
		return -1;
	}
	snprintf(l->entry->country, sizeof(l->entry->country), "%s", country);
	snprintf(l->entry->currency, sizeof(l->entry->currency), "%s", currency);
	return 0;
}

static int
take_signs(const struct operators_loader *l, const config_setting_t *root)
{
	const config_setting_t *decimal = config_setting_get_member(root, "decimal");
	const config_setting_t *first = config_setting_get_member(root, "day_first");
	const char *sign = decimal != NULL ? config_setting_get_string(decimal) : "";

	if (sign == NULL || (sign[0] != '\0' && strcmp(sign, ".") != 0 && strcmp(sign, ",") != 0)) {
		operators_complain(
			l, decimal, "decimal is the sign before decimals: \".\" or \",\"");
		return -1;
	}
	if (first != NULL && config_setting_type(first) != CONFIG_TYPE_BOOL) {
		operators_complain(l, first,
			"day_first is true where 1/2/26 is in February, false where it is in January");
		return -1;
	}
	l->entry->decimal = sign[0];
	if (first != NULL)
		l->entry->dates =
			config_setting_get_bool(first) ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
	return 0;
}

/* Who may tell by SMS: never a number that a person may have, for numbers are spoofed with ease. */
static int
take_senders(const struct operators_loader *l, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "sms_from");
	struct operator_entry *o = l->entry;
	int count = list != NULL ? operators_count_strings(list) : 0;

	if (list == NULL)
		return 0;
	if (count == 0 || count > OPERATOR_SENDERS_MAX) {
		operators_complain(l, list,
			"sms_from is an array of at most %d strings, as [\"131\", \"MTN\"]",
			OPERATOR_SENDERS_MAX);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		struct phone phone = phone_normalise(operators_string_at(list, i), o->country);

		if (phone.kind != PHONE_SHORT && phone.kind != PHONE_ALPHABETIC) {
			operators_complain(l, list,
				"\"%s\" is no name nor short code of an operator; write the sender as "
				"a phone shows it, \"MTN\" or \"131\"",
				operators_string_at(list, i));
			return -1;
		}
		memcpy(o->sender[o->sender_count++], phone.number, sizeof(o->sender[0]));
	}
	return 0;
}

static void
fill_operator(const struct operators_loader *l, const config_setting_t *root)
{
	double days = 0;

	if (config_file_check_members(l->file, l->errors, root,
		    "country currency networks sms_from decimal day_first unused_days balance "
		    "bundle buy ") == -1 ||
		take_country(l, root) == -1 || take_networks(l, root) == -1 ||
		take_senders(l, root) == -1 || take_signs(l, root) == -1 ||
		operators_take_number(l, root, "unused_days", 1, 3650, &days) == -1)
		return;
	l->entry->unused_days = (int)days;
	for (int q = 0; q < OPERATOR_QUESTIONS; q++)
		if (operators_take_question(l, root, (enum operator_question)q) == -1)
			return;
	if (l->entry->dialogue[OPERATOR_BUY].is_asked &&
		!l->entry->dialogue[OPERATOR_BUNDLE].is_asked)
		operators_complain(l, config_setting_get_member(root, "buy"),
			"buy needs bundle: nothing is bought unless the network said what is left");
}

static void
take_file(struct operators_loader *l, const char *folder, const char *file_name)
{
	size_t length = strlen(file_name) - strlen(".cfg");
	struct operator_entry *grown =
		realloc(l->operators->entry, (l->operators->count + 1) * sizeof(*grown));
	struct config_file *file = NULL;
	char *path = NULL;

	if (grown != NULL)
		l->operators->entry = grown;
	if (grown == NULL || asprintf(&path, "%s/%s", folder, file_name) == -1) {
		config_error(l->errors, folder, 0, "out of memory");
		return;
	}
	if (length >= OPERATOR_NAME_MAX || strncmp(file_name, OPERATOR_NONE, length) == 0 ||
		strspn(file_name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
		config_error(l->errors, path, 0,
			"an operator's file is named with at most %d of a-z, 0-9 and -, and not "
			"none.cfg",
			OPERATOR_NAME_MAX - 1);
	else if ((file = config_file_read(path, l->errors)) != NULL) {
		/* Also one that is wrong is kept, to be freed with all. */
		l->entry = &grown[l->operators->count++];
		memset(l->entry, 0, sizeof(*l->entry));
		memcpy(l->entry->name, file_name, length);
		l->file = file;
		fill_operator(l, config_file_root(file));
	}
	config_file_free(file);
	free(path);
}

static void
take_folder(struct operators_loader *l, const char *folder)
{
	struct dirent **entry;
	int count = scandir(folder, &entry, config_file_is_one, alphasort);

	if (count == -1 && errno == ENOENT)
		return; /* who names an operator is told, by operators_check() */
	if (count == -1) {
		config_error(l->errors, folder, 0, "%s; it is the folder of operators' codes",
			strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		take_file(l, folder, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
}

/* Two files of one network. */
static void
check_networks(const struct operators *operators, const char *folder, struct config_errors *errors)
{
	for (size_t i = 0; i < operators->count; i++)
		for (size_t j = i + 1; j < operators->count; j++)
			for (size_t n = 0; n < operators->entry[i].network_count; n++)
				for (size_t m = 0; m < operators->entry[j].network_count; m++)
					if (strcmp(operators->entry[i].network[n],
						    operators->entry[j].network[m]) == 0)
						config_error(errors, folder, 0,
							"%s and %s are both of the network %s; take it "
							"from one of them",
							operators->entry[i].name,
							operators->entry[j].name,
							operators->entry[j].network[m]);
}

/* --- All of it --- */

/* Group 1, 2 or 3. A code behind a word for one; more than five digits; the same with blanks
 * between them, but no day and time. */
#define SECRET                                                                                             \
	"(?:\\b(?:pin|puk|code|otp|password|passcode|passe|senha|secret|voucher)\\b[^\\d]{0,12}(\\d{4,})|" \
	"(\\+?\\d{6,})|(?<![/:\\d])(\\+?\\d(?: ?\\d){5,}+)(?![/:]))"

static int
make_matching(struct operators *operators)
{
	PCRE2_SIZE offset;
	int error;

	operators->secret = pcre2_compile((PCRE2_SPTR)SECRET, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_CASELESS, &error, &offset, NULL);
	operators->context = pcre2_match_context_create(NULL);
	operators->data = pcre2_match_data_create(OPERATOR_GROUPS_MAX, NULL);
	if (operators->secret == NULL || operators->context == NULL || operators->data == NULL)
		return -1;
	pcre2_set_match_limit(operators->context, MATCH_LIMIT);
	pcre2_set_depth_limit(operators->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(operators->context, HEAP_LIMIT_KIB);
	return 0;
}

struct operators *
operators_load(const struct config *config, struct config_errors *errors)
{
	struct operators_loader l = { .operators = calloc(1, sizeof(*l.operators)),
		.errors = errors };
	size_t before = errors->count;

	if (l.operators == NULL || make_matching(l.operators) == -1) {
		config_error(errors, NULL, 0, "out of memory");
	} else {
		take_folder(&l, config->operators);
		check_networks(l.operators, config->operators, errors);
	}
	if (errors->count == before)
		return l.operators;
	operators_free(l.operators);
	return NULL;
}

static void
free_patterns(struct operator_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		free(patterns->pattern[i].text);
		pcre2_code_free(patterns->pattern[i].code);
	}
	free(patterns->pattern);
}

static void
free_dialogue(struct operator_dialogue *d)
{
	for (size_t i = 0; i <= OPERATOR_STEPS_MAX; i++)
		free(d->menu_text[i]);
	free_patterns(&d->menu);
	free_patterns(&d->yes);
	free_patterns(&d->no);
	free_patterns(&d->by_sms);
}

void
operators_free(struct operators *operators)
{
	if (operators == NULL)
		return;
	for (size_t i = 0; i < operators->count; i++)
		for (int q = 0; q < OPERATOR_QUESTIONS; q++)
			free_dialogue(&operators->entry[i].dialogue[q]);
	free(operators->entry);
	pcre2_code_free(operators->secret);
	pcre2_match_context_free(operators->context);
	pcre2_match_data_free(operators->data);
	free(operators);
}
