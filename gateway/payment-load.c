/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-load: the files of conf/payments/ become formats. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-file.h"
#include "payment-internal.h"
#include "text.h"

/* What one match may cost: a message drives no pattern beyond some milliseconds. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 1000
#define HEAP_LIMIT_KIB 1024
#define JIT_STACK_MAX (512 * 1024)

#define GROUPS_MAX 64 /* of one pattern, with those of its shorthands */

struct loader {
	struct payment_formats *formats;
	struct config_errors *errors;
	const struct config_file *file;
	/* what the file says for all of its formats */
	size_t provider;
	const config_setting_t *countries;
	char decimal;
	enum payment_dates dates;
};

static const char *const field_names[FIELD_COUNT] = {
	[FIELD_AMOUNT] = "amount",
	[FIELD_CURRENCY] = "currency",
	[FIELD_ID] = "transaction_id",
	[FIELD_PAYER] = "payer",
	[FIELD_REFERENCE] = "reference",
	[FIELD_REVERSES] = "reverses",
	[FIELD_DATE] = "date",
	[FIELD_TIME] = "time",
};

/* --- Patterns --- */

/* Which group is which field. Returns 0, or -1 with the reason told. */
static int
take_groups(struct loader *l, const config_setting_t *at, struct payment_format *format)
{
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(format->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(format->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(format->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++, table += size) {
		uint16_t number = (uint16_t)(table[0] << 8 | table[1]);
		struct field_groups *groups = NULL;

		for (size_t f = 0; f < FIELD_COUNT; f++)
			if (strcmp(field_names[f], (const char *)table + 2) == 0)
				groups = &format->field[f];
		if (groups == NULL || groups->count == FIELD_GROUPS_MAX || number >= GROUPS_MAX) {
			config_file_error(l->file, l->errors, at,
				groups == NULL
					? "the group \"%s\" is not known; use amount, currency, transaction_id, "
					  "payer, reference, reverses, date or time"
					: "the group \"%s\" stands there too often; make two formats of it",
				(const char *)table + 2);
			return -1;
		}
		groups->number[groups->count++] = number;
	}
	return 0;
}

static int
compile(struct loader *l, const config_setting_t *at, struct payment_format *format)
{
	char fault[512];

	format->code = payment_pattern_compile(config_setting_get_string(at), fault, sizeof(fault));
	if (format->code == NULL) {
		config_file_error(l->file, l->errors, at, "%s", fault);
		return -1;
	}
	/* Without JIT (a hardened kernel may forbid it) it is interpreted, only slower. */
	pcre2_jit_compile(format->code, PCRE2_JIT_COMPLETE);
	return take_groups(l, at, format);
}

/* --- What a format says of itself --- */

/* Is every string of a list two or more characters of text? Tells when not. */
static bool
is_list(struct loader *l, const config_setting_t *list, const char *what)
{
	if (list == NULL || !config_setting_is_aggregate(list) || config_setting_is_group(list) ||
		config_setting_length(list) == 0)
		return false;
	for (int i = 0; i < config_setting_length(list); i++)
		if (config_setting_get_string_elem(list, i) == NULL) {
			config_file_error(
				l->file, l->errors, list, "%s must be strings in quotes", what);
			return false;
		}
	return true;
}

static int
take_countries(struct loader *l, const config_setting_t *entry, struct payment_format *format)
{
	const config_setting_t *list = config_setting_get_member(entry, "countries");

	if (list == NULL)
		list = l->countries;
	if (!is_list(l, list, "countries")) {
		config_file_error(l->file, l->errors, list != NULL ? list : entry,
			"countries is missing; write countries = [\"KE\", \"TZ\"];");
		return -1;
	}
	strcpy(format->countries, " ");
	for (int i = 0; i < config_setting_length(list); i++) {
		const char *country = config_setting_get_string_elem(list, i);
		size_t length = strlen(format->countries);

		if (money_of_country(country) == NULL) {
			config_file_error(l->file, l->errors, list,
				"\"%s\" is no country that is known here; write \"KE\"", country);
			return -1;
		}
		if (length + 4 > sizeof(format->countries)) {
			config_file_error(l->file, l->errors, list,
				"too many countries; make two formats of it");
			return -1;
		}
		snprintf(format->countries + length, 4, "%s ", country);
	}
	return 0;
}

static int
take_kind(struct loader *l, const config_setting_t *entry, struct payment_format *format)
{
	const char *kind = "incoming";

	config_setting_lookup_string(entry, "kind", &kind);
	if (strcmp(kind, "incoming") == 0)
		format->kind = PAYMENT_INCOMING;
	else if (strcmp(kind, "reversal") == 0)
		format->kind = PAYMENT_REVERSAL;
	else if (strcmp(kind, "other") == 0)
		format->kind = PAYMENT_OTHER;
	else {
		config_file_error(l->file, l->errors, entry,
			"kind is \"incoming\", \"reversal\" or \"other\", not \"%s\"", kind);
		return -1;
	}
	return 0;
}

/* decimal = "."; of the file or of one format. */
static int
take_decimal(struct loader *l, const config_setting_t *group, char *decimal)
{
	const config_setting_t *setting = config_setting_get_member(group, "decimal");
	const char *sign = setting == NULL ? NULL : config_setting_get_string(setting);

	if (setting == NULL)
		return 0;
	if (sign == NULL || (strcmp(sign, ".") != 0 && strcmp(sign, ",") != 0 && sign[0] != '\0')) {
		config_file_error(l->file, l->errors, setting,
			"decimal is the sign before decimals: \".\" or \",\", or \"\" when it is not known");
		return -1;
	}
	*decimal = sign[0];
	return 0;
}

/* day_first = true; of the file or of one format. */
static int
take_day_first(struct loader *l, const config_setting_t *group, enum payment_dates *dates)
{
	const config_setting_t *setting = config_setting_get_member(group, "day_first");

	if (setting == NULL)
		return 0;
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
		config_file_error(l->file, l->errors, setting,
			"day_first is true where 1/2/26 is in February, false where it is in January");
		return -1;
	}
	*dates = config_setting_get_bool(setting) ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
	return 0;
}

static int
take_currency(struct loader *l, const config_setting_t *entry, struct payment_format *format)
{
	const char *currency = NULL;

	if (!config_setting_lookup_string(entry, "currency", &currency))
		return 0;
	if (money_exponent(currency) == -1) {
		config_file_error(l->file, l->errors, entry,
			"\"%s\" is no currency; write its code of ISO 4217, \"USD\"", currency);
		return -1;
	}
	snprintf(format->currency, sizeof(format->currency), "%s", currency);
	return 0;
}

/* A format that reads money in must say where the amount is, one that takes back, what. */
static int
check_fields(struct loader *l, const config_setting_t *entry, const struct payment_format *format)
{
	if (format->kind == PAYMENT_INCOMING && format->field[FIELD_AMOUNT].count == 0) {
		config_file_error(l->file, l->errors, entry,
			"%s has no amount; write {money} where it stands", format->name);
		return -1;
	}
	if (format->kind != PAYMENT_REVERSAL && format->field[FIELD_REVERSES].count > 0) {
		config_file_error(l->file, l->errors, entry,
			"%s reverses something; write kind = \"reversal\";", format->name);
		return -1;
	}
	return 0;
}

static int
fill_format(struct loader *l, const config_setting_t *entry, struct payment_format *format)
{
	const config_setting_t *match;
	const char *name = NULL;
	int seen = 0;

	if (!config_setting_is_group(entry) ||
		!config_setting_lookup_string(entry, "name", &name) || name[0] == '\0' ||
		(match = config_setting_get_member(entry, "match")) == NULL ||
		config_setting_get_string(match) == NULL) {
		config_file_error(l->file, l->errors, entry,
			"a format is { name = \"...\"; match = \"...\"; seen = true; }");
		return -1;
	}
	if (config_file_check_members(l->file, l->errors, entry,
		    "name kind seen countries language decimal currency day_first match ") == -1)
		return -1;
	if (!config_setting_lookup_bool(entry, "seen", &seen)) {
		config_file_error(l->file, l->errors, entry,
			"%s: write seen = true; if it comes of a real message, else false", name);
		return -1;
	}
	format->seen = seen != 0;
	format->provider = l->provider;
	format->decimal = l->decimal;
	format->dates = l->dates;
	format->name = strdup(name);
	if (format->name == NULL || take_kind(l, entry, format) == -1 ||
		take_countries(l, entry, format) == -1 ||
		take_decimal(l, entry, &format->decimal) == -1 ||
		take_day_first(l, entry, &format->dates) == -1 ||
		take_currency(l, entry, format) == -1 || compile(l, match, format) == -1)
		return -1;
	return check_fields(l, entry, format);
}

static void
take_format(struct loader *l, const config_setting_t *entry)
{
	struct payment_formats *formats = l->formats;
	struct payment_format *grown =
		realloc(formats->format, (formats->format_count + 1) * sizeof(*grown));

	if (grown == NULL) {
		config_file_error(l->file, l->errors, entry, "out of memory");
		return;
	}
	formats->format = grown;
	memset(&grown[formats->format_count], 0, sizeof(*grown));
	/* Also one that is wrong is kept, to be freed with all. */
	fill_format(l, entry, &grown[formats->format_count++]);
}

/* --- Files --- */

size_t
payment_fold_sender(const char *name, char *out, size_t size)
{
	char folded[256];
	size_t length = 0;

	if (size == 0 || text_fold(folded, sizeof(folded), name) == -1)
		return 0;
	for (const char *p = folded; *p != '\0' && length + 1 < size; p++)
		if (*p != ' ')
			out[length++] = *p;
	out[length] = '\0';
	return length;
}

/* The names, folded, a line each. Returns NULL with the reason told. */
static char *
take_senders(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "senders");
	char *text = NULL, name[128];
	size_t size;
	FILE *out;

	if (!is_list(l, list, "senders")) {
		config_file_error(l->file, l->errors, list != NULL ? list : root,
			"senders is missing; write senders = [\"M-PESA\"];");
		return NULL;
	}
	out = open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	fputc('\n', out);
	for (int i = 0; i < config_setting_length(list); i++)
		if (payment_fold_sender(
			    config_setting_get_string_elem(list, i), name, sizeof(name)) > 0)
			fprintf(out, "%s\n", name);
	fclose(out);
	return text;
}

static int
take_provider(struct loader *l, const config_setting_t *root)
{
	struct payment_formats *formats = l->formats;
	struct payment_provider *grown =
		realloc(formats->provider, (formats->provider_count + 1) * sizeof(*grown));
	const char *name = NULL;

	if (grown == NULL) {
		config_file_error(l->file, l->errors, root, "out of memory");
		return -1;
	}
	formats->provider = grown;
	if (!config_setting_lookup_string(root, "provider", &name) || name[0] == '\0') {
		config_file_error(l->file, l->errors, root,
			"the provider's name is missing; write provider = \"M-Pesa\";");
		return -1;
	}
	for (size_t i = 0; i < formats->provider_count; i++)
		if (strcmp(grown[i].name, name) == 0) {
			config_file_error(l->file, l->errors, root,
				"%s has a file already; put these formats there", name);
			return -1;
		}
	l->provider = formats->provider_count++;
	grown[l->provider].name = strdup(name);
	grown[l->provider].senders = take_senders(l, root);
	return grown[l->provider].name == NULL || grown[l->provider].senders == NULL ? -1 : 0;
}

static void
take_file(struct loader *l, const char *path)
{
	struct config_file *file = config_file_read(path, l->errors);
	const config_setting_t *root, *formats;

	if (file == NULL)
		return;
	l->file = file;
	root = config_file_root(file);
	l->countries = config_setting_get_member(root, "countries");
	l->decimal = 0;
	l->dates = DATES_UNKNOWN;
	formats = config_setting_get_member(root, "formats");
	if (config_file_check_members(l->file, l->errors, root,
		    "provider senders countries decimal day_first formats ") == 0 &&
		take_provider(l, root) == 0 && take_decimal(l, root, &l->decimal) == 0 &&
		take_day_first(l, root, &l->dates) == 0) {
		if (formats == NULL || !config_setting_is_list(formats))
			config_file_error(l->file, l->errors, formats != NULL ? formats : root,
				"formats is missing; write formats = ( { name = \"...\"; ... } );");
		else
			for (int i = 0; i < config_setting_length(formats); i++)
				take_format(l, config_setting_get_elem(formats, (unsigned)i));
	}
	config_file_free(file);
}

static void
take_folder(struct loader *l, const char *folder)
{
	struct dirent **entry;
	int count = scandir(folder, &entry, config_file_is_one, alphasort);

	if (count == -1) {
		config_error(l->errors, folder, 0, "%s; it is the folder of payment formats",
			strerror(errno));
		return;
	}
	if (count == 0)
		config_error(l->errors, folder, 0,
			"there is no .cfg file in it; each provider of mobile money has one");
	for (int i = 0; i < count; i++) {
		char *path;

		if (asprintf(&path, "%s/%s", folder, entry[i]->d_name) == -1) {
			config_error(l->errors, folder, 0, "out of memory");
		} else {
			take_file(l, path);
			free(path);
		}
		free(entry[i]);
	}
	free(entry);
}

/* --- All of it --- */

static int
make_matching(struct payment_formats *formats)
{
	char fault[256];
	char *pattern = payment_pattern_expand("{money}", fault, sizeof(fault));
	PCRE2_SIZE offset;
	int error;

	if (pattern == NULL)
		return -1;
	formats->money_like = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_CASELESS | PCRE2_DUPNAMES, &error, &offset, NULL);
	free(pattern);
	formats->context = pcre2_match_context_create(NULL);
	formats->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	formats->jit_stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	if (formats->money_like == NULL || formats->context == NULL || formats->data == NULL ||
		formats->jit_stack == NULL)
		return -1;
	pcre2_jit_compile(formats->money_like, PCRE2_JIT_COMPLETE);
	pcre2_set_match_limit(formats->context, MATCH_LIMIT);
	pcre2_set_depth_limit(formats->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(formats->context, HEAP_LIMIT_KIB);
	pcre2_jit_stack_assign(formats->context, NULL, formats->jit_stack);
	return 0;
}

struct payment_formats *
payment_formats_load(const char *folder, struct config_errors *errors)
{
	struct loader l = { .formats = calloc(1, sizeof(*l.formats)), .errors = errors };
	size_t before = errors->count;

	if (l.formats == NULL || make_matching(l.formats) == -1)
		config_error(errors, NULL, 0, "out of memory");
	else
		take_folder(&l, folder);
	if (errors->count == before)
		return l.formats;
	payment_formats_free(l.formats);
	return NULL;
}

void
payment_formats_free(struct payment_formats *formats)
{
	if (formats == NULL)
		return;
	for (size_t i = 0; i < formats->provider_count; i++) {
		free(formats->provider[i].name);
		free(formats->provider[i].senders);
	}
	for (size_t i = 0; i < formats->format_count; i++) {
		free(formats->format[i].name);
		pcre2_code_free(formats->format[i].code);
	}
	free(formats->provider);
	free(formats->format);
	pcre2_code_free(formats->money_like);
	pcre2_match_context_free(formats->context);
	pcre2_match_data_free(formats->data);
	pcre2_jit_stack_free(formats->jit_stack);
	free(formats);
}
