/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators-ask: one question of a file of conf/operators/: its code, steps, menus and patterns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operators-internal.h"
#include "wire.h"

#define HOURS_MIN 0.25
#define HOURS_MAX 720
#define HOURS_DEFAULT 6
#define SMS_MINUTES_MAX 120
#define SMS_MINUTES_DEFAULT 10

static const struct question {
	const char *name;
	const char *members; /* that its group may have */
	const char *no;      /* the member of patterns that say no; NULL: none */
} questions[OPERATOR_QUESTIONS] = {
	[OPERATOR_BALANCE] = { "balance",
		"code script menus pattern every_hours told_by_sms sms_minutes ", NULL },
	[OPERATOR_BUNDLE] = { "bundle",
		"code script menus pattern none every_hours told_by_sms sms_minutes ", "none" },
	[OPERATOR_BUY] = { "buy",
		"code script menus pattern failed below per_day told_by_sms sms_minutes ",
		"failed" },
};

const char *
operator_question_name(enum operator_question question)
{
	return questions[question].name;
}

void
operators_complain(
	const struct operators_loader *l, const config_setting_t *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	config_file_verror(l->file, l->errors, at, fmt, args);
	va_end(args);
}

/* --- Strings, one or several --- */

int
operators_count_strings(const config_setting_t *setting)
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

const char *
operators_string_at(const config_setting_t *setting, int i)
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
check_groups(const struct operators_loader *l, const config_setting_t *at,
	enum operator_question question, const pcre2_code *code)
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
			operators_complain(l, at,
				"the group \"%s\" is not known; use amount, currency, count, bundle, "
				"until or expires",
				(const char *)table + 2);
			return -1;
		}
	}
	if (question == OPERATOR_BALANCE && !has_group(code, "amount")) {
		operators_complain(
			l, at, "the pattern has no amount; write {money} where the balance stands");
		return -1;
	}
	if (question == OPERATOR_BUNDLE && !has_group(code, "count")) {
		operators_complain(l, at,
			"the pattern has no count; write (?<count>{number}) where the SMS that are "
			"left stand");
		return -1;
	}
	if (l->entry->dates == DATES_UNKNOWN &&
		(has_group(code, "until") || has_group(code, "expires"))) {
		operators_complain(l, at,
			"the pattern reads a day; write day_first = true; into the file where "
			"1/2/26 is in February, else false");
		return -1;
	}
	return 0;
}

/* Is it one, with the groups of its question (OPERATOR_QUESTIONS: whatever they are)? */
static int
check_pattern(const struct operators_loader *l, const config_setting_t *at,
	enum operator_question question, const char *text)
{
	char fault[512];
	pcre2_code *code = payment_pattern_compile(text, fault, sizeof(fault));
	int ok = -1;

	if (code == NULL)
		operators_complain(l, at, "%s", fault);
	else
		ok = question < OPERATOR_QUESTIONS ? check_groups(l, at, question, code) : 0;
	pcre2_code_free(code);
	return ok;
}

/* The strings of a setting, each where the text begins, or anywhere. */
static int
fill_patterns(const struct operators_loader *l, const config_setting_t *setting, bool anywhere,
	enum operator_question question, struct operator_patterns *patterns)
{
	int count = operators_count_strings(setting);

	patterns->pattern = calloc((size_t)count, sizeof(*patterns->pattern));
	for (int i = 0; patterns->pattern != NULL && i < count; i++) {
		char *text;

		if (asprintf(&text, anywhere ? ".*?(?:%s)" : "%s",
			    operators_string_at(setting, i)) == -1)
			break;
		patterns->pattern[patterns->count++].text = text;
		if (check_pattern(l, setting, question, text) == -1)
			return -1;
	}
	if (patterns->count == (size_t)count)
		return 0;
	operators_complain(l, setting, "out of memory");
	return -1;
}

static int
take_patterns(const struct operators_loader *l, const config_setting_t *group, const char *member,
	bool anywhere, enum operator_question question, struct operator_patterns *patterns)
{
	const config_setting_t *setting = config_setting_get_member(group, member);
	int count = setting != NULL ? operators_count_strings(setting) : 0;

	if (count == 0 || count > OPERATOR_PATTERNS_MAX) {
		operators_complain(l, setting != NULL ? setting : group,
			"%s is a pattern between quotes, or an array of at most %d", member,
			OPERATOR_PATTERNS_MAX);
		return -1;
	}
	return fill_patterns(l, setting, anywhere, question, patterns);
}

/* --- Codes, steps and menus --- */

static int
take_typed(const struct operators_loader *l, const config_setting_t *at, const char *typed,
	bool is_code, char **text, const char **out)
{
	if (!wire_ussd_typed(typed, strlen(typed)) ||
		(is_code && typed[0] != '*' && typed[0] != '#')) {
		operators_complain(l, at,
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
take_menus(const struct operators_loader *l, const config_setting_t *group,
	struct operator_dialogue *d)
{
	const config_setting_t *menus = config_setting_get_member(group, "menus");

	if (menus == NULL)
		return 0;
	if ((size_t)operators_count_strings(menus) != d->asking.steps || d->asking.steps == 0) {
		operators_complain(l, menus,
			"menus has one pattern for each step of script: what the menu says before the "
			"step is keyed");
		return -1;
	}
	return fill_patterns(l, menus, true, OPERATOR_QUESTIONS, &d->menu);
}

static int
take_script(const struct operators_loader *l, const config_setting_t *group,
	struct operator_dialogue *d)
{
	const config_setting_t *script = config_setting_get_member(group, "script");
	int count = script != NULL ? operators_count_strings(script) : 0;

	if (script != NULL && (count == 0 || count > OPERATOR_STEPS_MAX)) {
		operators_complain(l, script,
			"script is an array of at most %d strings, as [\"1\", \"2\"]",
			OPERATOR_STEPS_MAX);
		return -1;
	}
	for (int i = 0; i < count; i++, d->asking.steps++)
		if (take_typed(l, script, operators_string_at(script, i), false, &d->menu_text[i],
			    &d->asking.step[i]) == -1)
			return -1;
	return take_menus(l, group, d);
}

int
operators_take_number(const struct operators_loader *l, const config_setting_t *group,
	const char *name, double min, double max, double *out)
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
		operators_complain(l, setting, "%s must be a number from %g to %g", name, min, max);
		return -1;
	}
	*out = value;
	return 0;
}

static int
take_numbers(const struct operators_loader *l, const config_setting_t *group,
	struct operator_asking *asking)
{
	double hours = HOURS_DEFAULT, below = 0, per_day = 1, minutes = SMS_MINUTES_DEFAULT;

	if (operators_take_number(l, group, "every_hours", HOURS_MIN, HOURS_MAX, &hours) == -1 ||
		operators_take_number(l, group, "below", 1, OPERATOR_COUNT_MOST, &below) == -1 ||
		operators_take_number(l, group, "per_day", 1, 24, &per_day) == -1 ||
		operators_take_number(l, group, "sms_minutes", 1, SMS_MINUTES_MAX, &minutes) == -1)
		return -1;
	asking->every_hours = hours;
	asking->below = (int)below;
	asking->per_day = (int)per_day;
	asking->sms_minutes =
		config_setting_get_member(group, "told_by_sms") != NULL ? (int)minutes : 0;
	return 0;
}

/* What says no, and what says that the answer comes by SMS: where they are. */
static int
take_others(const struct operators_loader *l, const config_setting_t *group, const char *no,
	struct operator_dialogue *d)
{
	if (no != NULL && config_setting_get_member(group, no) != NULL &&
		take_patterns(l, group, no, false, OPERATOR_QUESTIONS, &d->no) == -1)
		return -1;
	if (d->asking.sms_minutes == 0)
		return 0;
	if (l->entry->sender_count == 0) {
		operators_complain(l, config_setting_get_member(group, "told_by_sms"),
			"told_by_sms needs sms_from: of which senders the SMS is believed");
		return -1;
	}
	return take_patterns(l, group, "told_by_sms", true, OPERATOR_QUESTIONS, &d->by_sms);
}

int
operators_take_question(const struct operators_loader *l, const config_setting_t *root,
	enum operator_question question)
{
	const struct question *q = &questions[question];
	struct operator_dialogue *d = &l->entry->dialogue[question];
	const config_setting_t *group = config_setting_get_member(root, q->name);
	const char *code = NULL;

	if (group == NULL)
		return 0;
	if (!config_setting_is_group(group) ||
		!config_setting_lookup_string(group, "code", &code)) {
		operators_complain(
			l, group, "%s is { code = \"*131#\"; pattern = \"...\"; }", q->name);
		return -1;
	}
	d->is_asked = true;
	if (config_file_check_members(l->file, l->errors, group, q->members) == -1 ||
		take_typed(l, group, code, true, &d->menu_text[OPERATOR_STEPS_MAX],
			&d->asking.code) == -1 ||
		take_script(l, group, d) == -1 || take_numbers(l, group, &d->asking) == -1 ||
		take_patterns(l, group, "pattern", false, question, &d->yes) == -1 ||
		take_others(l, group, q->no, d) == -1)
		return -1;
	if (question == OPERATOR_BUY && d->asking.below == 0) {
		operators_complain(
			l, group, "buy needs below: it is bought when fewer SMS are left");
		return -1;
	}
	return 0;
}
