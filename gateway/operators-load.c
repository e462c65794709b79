/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators-load: the files of conf/operators/ become operators, and are held against the modems.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-file.h"
#include "operators-internal.h"
#include "wire.h"

/* What one match may cost: an answer drives no pattern beyond some milliseconds. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 1000
#define HEAP_LIMIT_KIB 1024

#define HOURS_MIN 0.25
#define HOURS_MAX 720
#define HOURS_DEFAULT 6

struct loader {
	struct operators *operators;
	struct config_errors *errors;
	const struct config_file *file;
	struct operator_entry *entry; /* of the file in hand */
};

static const struct question {
	const char *name;
	const char *members; /* that its group may have */
	const char *no;      /* the member of patterns that say no; NULL: none */
} questions[OPERATOR_QUESTIONS] = {
	[OPERATOR_BALANCE] = { "balance", "code script menus pattern every_hours ", NULL },
	[OPERATOR_BUNDLE] = { "bundle", "code script menus pattern none every_hours ", "none" },
	[OPERATOR_BUY] = { "buy", "code script menus pattern failed below per_day ", "failed" },
};

const char *
operator_question_name(enum operator_question question)
{
	return questions[question].name;
}

static void __attribute__((format(printf, 3, 4)))
complain(const struct loader *l, const config_setting_t *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	config_file_verror(l->file, l->errors, at, fmt, args);
	va_end(args);
}

/* --- Strings, one or several --- */

/* How many strings a setting is; 0 for what is no string, nor an array or list of them. */
static int
count_strings(const config_setting_t *setting)
{
	int count;

	if (config_setting_get_string(setting) != NULL)
		return 1;
	if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
		return 0;
	count = config_setting_length(setting);
	for (int i = 0; i < count; i++)
		if (config_setting_get_string_elem(setting, i) == NULL)
			return 0;
	return count;
}

static const char *
string_at(const config_setting_t *setting, int i)
{
	const char *one = config_setting_get_string(setting);

	return one != NULL ? one : config_setting_get_string_elem(setting, i);
}

/* --- Patterns --- */

static bool
has_group(const pcre2_code *code, const char *name)
{
	return pcre2_substring_number_from_name(code, (PCRE2_SPTR)name) != PCRE2_ERROR_NOSUBSTRING;
}

/* Are its groups known ones, and what its question is about among them? Tells when not. */
static int
check_groups(const struct loader *l, const config_setting_t *at, enum operator_question question,
	const pcre2_code *code)
{
	static const char known[] = " amount currency count bundle until expires date time ";
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;
	char name[40];

	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++, table += size) {
		snprintf(name, sizeof(name), " %.36s ", (const char *)table + 2);
		if (strstr(known, name) == NULL) {
			complain(l, at,
				"the group \"%s\" is not known; use amount, currency, count, bundle, "
				"until or expires",
				(const char *)table + 2);
			return -1;
		}
	}
	if (question == OPERATOR_BALANCE && !has_group(code, "amount")) {
		complain(
			l, at, "the pattern has no amount; write {money} where the balance stands");
		return -1;
	}
	if (question == OPERATOR_BUNDLE && !has_group(code, "count")) {
		complain(l, at,
			"the pattern has no count; write (?<count>{number}) where the SMS that are "
			"left stand");
		return -1;
	}
	if (l->entry->dates == DATES_UNKNOWN &&
		(has_group(code, "until") || has_group(code, "expires"))) {
		complain(l, at,
			"the pattern reads a day; write day_first = true; into the file where "
			"1/2/26 is in February, else false");
		return -1;
	}
	return 0;
}

static int
take_patterns(const struct loader *l, const config_setting_t *group, const char *member,
	enum operator_question question, bool check, struct operator_patterns *patterns)
{
	const config_setting_t *setting = config_setting_get_member(group, member);
	int count = setting != NULL ? count_strings(setting) : 0;
	char fault[512];

	if (count == 0 || count > OPERATOR_PATTERNS_MAX) {
		complain(l, setting != NULL ? setting : group,
			"%s is a pattern between quotes, or an array of at most %d", member,
			OPERATOR_PATTERNS_MAX);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		pcre2_code *code =
			payment_pattern_compile(string_at(setting, i), fault, sizeof(fault));

		if (code == NULL) {
			complain(l, setting, "%s", fault);
			return -1;
		}
		patterns->code[patterns->count++] = code;
		if (check && check_groups(l, setting, question, code) == -1)
			return -1;
	}
	return 0;
}

/* --- Codes, steps and menus --- */

static int
take_typed(const struct loader *l, const config_setting_t *at, const char *typed, bool is_code,
	char **text, const char **out)
{
	if (!wire_ussd_typed(typed, strlen(typed)) ||
		(is_code && typed[0] != '*' && typed[0] != '#')) {
		complain(l, at,
			is_code ? "\"%s\" is no code; write it as it is dialled, \"*131#\""
				: "\"%s\" is no answer to a menu; write what is keyed, \"1\"",
			typed);
		return -1;
	}
	*text = strdup(typed);
	*out = *text;
	return *text != NULL ? 0 : -1;
}

static int
take_menus(const struct loader *l, const config_setting_t *group, struct operator_dialogue *d)
{
	const config_setting_t *menus = config_setting_get_member(group, "menus");
	char fault[512], *pattern;

	if (menus == NULL)
		return 0;
	if ((size_t)count_strings(menus) != d->asking.steps || d->asking.steps == 0) {
		complain(l, menus,
			"menus has one pattern for each step of script: what the menu says before the "
			"step is keyed");
		return -1;
	}
	for (size_t i = 0; i < d->asking.steps; i++) {
		if (asprintf(&pattern, ".*?(?:%s)", string_at(menus, (int)i)) == -1)
			return -1;
		d->menu[i] = payment_pattern_compile(pattern, fault, sizeof(fault));
		free(pattern);
		if (d->menu[i] == NULL) {
			complain(l, menus, "%s", fault);
			return -1;
		}
	}
	return 0;
}

static int
take_script(const struct loader *l, const config_setting_t *group, struct operator_dialogue *d)
{
	const config_setting_t *script = config_setting_get_member(group, "script");
	int count = script != NULL ? count_strings(script) : 0;

	if (script != NULL && (count == 0 || count > OPERATOR_STEPS_MAX)) {
		complain(l, script, "script is an array of at most %d strings, as [\"1\", \"2\"]",
			OPERATOR_STEPS_MAX);
		return -1;
	}
	for (int i = 0; i < count; i++, d->asking.steps++)
		if (take_typed(l, script, string_at(script, i), false, &d->menu_text[i],
			    &d->asking.step[i]) == -1)
			return -1;
	return take_menus(l, group, d);
}

/* A number of a group, where it is said. Returns 0, or -1 after telling. */
static int
take_number(const struct loader *l, const config_setting_t *group, const char *name, double min,
	double max, double *out)
{
	const config_setting_t *setting = config_setting_get_member(group, name);
	int type = setting != NULL ? config_setting_type(setting) : CONFIG_TYPE_NONE;
	double value;

	if (setting == NULL)
		return 0;
	value = type == CONFIG_TYPE_FLOAT ? config_setting_get_float(setting)
					  : (double)config_setting_get_int64(setting);
	if ((type != CONFIG_TYPE_FLOAT && type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) ||
		!(value >= min && value <= max)) {
		complain(l, setting, "%s must be a number from %g to %g", name, min, max);
		return -1;
	}
	*out = value;
	return 0;
}

static int
take_numbers(const struct loader *l, const config_setting_t *group, struct operator_asking *asking)
{
	double hours = HOURS_DEFAULT, below = 0, per_day = 1;

	if (take_number(l, group, "every_hours", HOURS_MIN, HOURS_MAX, &hours) == -1 ||
		take_number(l, group, "below", 1, OPERATOR_COUNT_MOST, &below) == -1 ||
		take_number(l, group, "per_day", 1, 24, &per_day) == -1)
		return -1;
	asking->every_hours = hours;
	asking->below = (int)below;
	asking->per_day = (int)per_day;
	return 0;
}

static int
take_question(const struct loader *l, const config_setting_t *root, enum operator_question question)
{
	const struct question *q = &questions[question];
	struct operator_dialogue *d = &l->entry->dialogue[question];
	const config_setting_t *group = config_setting_get_member(root, q->name);
	const char *code = NULL;

	if (group == NULL)
		return 0;
	if (!config_setting_is_group(group) ||
		!config_setting_lookup_string(group, "code", &code)) {
		complain(l, group, "%s is { code = \"*131#\"; pattern = \"...\"; }", q->name);
		return -1;
	}
	d->is_asked = true;
	if (config_file_check_members(l->file, l->errors, group, q->members) == -1 ||
		take_typed(l, group, code, true, &d->menu_text[OPERATOR_STEPS_MAX],
			&d->asking.code) == -1 ||
		take_script(l, group, d) == -1 || take_numbers(l, group, &d->asking) == -1 ||
		take_patterns(l, group, "pattern", question, true, &d->yes) == -1)
		return -1;
	if (q->no != NULL && config_setting_get_member(group, q->no) != NULL &&
		take_patterns(l, group, q->no, question, false, &d->no) == -1)
		return -1;
	if (question == OPERATOR_BUY && d->asking.below == 0) {
		complain(l, group, "buy needs below: it is bought when fewer SMS are left");
		return -1;
	}
	return 0;
}

/* --- A file --- */

static int
take_networks(const struct loader *l, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "networks");
	struct operator_entry *o = l->entry;

	if (list == NULL || (config_setting_is_array(list) && config_setting_length(list) == 0))
		return 0; /* it has to be named */
	if (count_strings(list) == 0 || count_strings(list) > OPERATOR_NETWORKS_MAX) {
		complain(l, list, "networks is an array of at most %d strings, as [\"63510\"]",
			OPERATOR_NETWORKS_MAX);
		return -1;
	}
	for (int i = 0; i < count_strings(list); i++) {
		const char *digits = string_at(list, i);

		if (strlen(digits) < 5 || strlen(digits) > 15 ||
			digits[strspn(digits, "0123456789")] != '\0') {
			complain(l, list,
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
take_country(const struct loader *l, const config_setting_t *root)
{
	const char *country = NULL, *currency = NULL;

	if (!config_setting_lookup_string(root, "country", &country) ||
		money_of_country(country) == NULL) {
		complain(l, config_setting_get_member(root, "country"),
			"country is missing or not known here; write country = \"RW\";");
		return -1;
	}
	currency = money_of_country(country);
	config_setting_lookup_string(root, "currency", &currency);
	if (money_exponent(currency) == -1) {
		complain(l, config_setting_get_member(root, "currency"),
			"\"%s\" is no currency; write its code of ISO 4217, \"USD\"", currency);
		return -1;
	}
	snprintf(l->entry->country, sizeof(l->entry->country), "%s", country);
	snprintf(l->entry->currency, sizeof(l->entry->currency), "%s", currency);
	return 0;
}

static int
take_signs(const struct loader *l, const config_setting_t *root)
{
	const config_setting_t *decimal = config_setting_get_member(root, "decimal");
	const config_setting_t *first = config_setting_get_member(root, "day_first");
	const char *sign = decimal != NULL ? config_setting_get_string(decimal) : "";

	if (sign == NULL || (sign[0] != '\0' && strcmp(sign, ".") != 0 && strcmp(sign, ",") != 0)) {
		complain(l, decimal, "decimal is the sign before decimals: \".\" or \",\"");
		return -1;
	}
	if (first != NULL && config_setting_type(first) != CONFIG_TYPE_BOOL) {
		complain(l, first,
			"day_first is true where 1/2/26 is in February, false where it is in January");
		return -1;
	}
	l->entry->decimal = sign[0];
	if (first != NULL)
		l->entry->dates =
			config_setting_get_bool(first) ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
	return 0;
}

static void
fill_operator(const struct loader *l, const config_setting_t *root)
{
	double days = 0;

	if (config_file_check_members(l->file, l->errors, root,
		    "country currency networks decimal day_first unused_days balance bundle buy ") ==
			-1 ||
		take_country(l, root) == -1 || take_networks(l, root) == -1 ||
		take_signs(l, root) == -1 ||
		take_number(l, root, "unused_days", 1, 3650, &days) == -1)
		return;
	l->entry->unused_days = (int)days;
	for (int q = 0; q < OPERATOR_QUESTIONS; q++)
		if (take_question(l, root, (enum operator_question)q) == -1)
			return;
	if (l->entry->dialogue[OPERATOR_BUY].is_asked &&
		!l->entry->dialogue[OPERATOR_BUNDLE].is_asked)
		complain(l, config_setting_get_member(root, "buy"),
			"buy needs bundle: nothing is bought unless the network said what is left");
}

static void
take_file(struct loader *l, const char *folder, const char *file_name)
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
take_folder(struct loader *l, const char *folder)
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
	struct loader l = { .operators = calloc(1, sizeof(*l.operators)), .errors = errors };
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
	for (size_t i = 0; i < patterns->count; i++)
		pcre2_code_free(patterns->code[i]);
}

static void
free_dialogue(struct operator_dialogue *d)
{
	for (size_t i = 0; i <= OPERATOR_STEPS_MAX; i++)
		free(d->menu_text[i]);
	for (size_t i = 0; i < OPERATOR_STEPS_MAX; i++)
		pcre2_code_free(d->menu[i]);
	free_patterns(&d->yes);
	free_patterns(&d->no);
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

/* --- What modems want of them --- */

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
