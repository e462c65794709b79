/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register: the registers' columns, and what may stand in a cell. */
#include "register.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uninorm.h>
#include <unistr.h>

#include "../handlers/service.h"
#include "csv.h"
#include "money.h"
#include "phone.h"
#include "text.h"

#define WORD_MAX 32
#define SHOWN_MAX 60 /* bytes of a cell in a message */

static const struct city_register registers[] = {
	{ "containers",
		{ { "number", REGISTER_NUMBER, true }, { "zone", REGISTER_TEXT, false },
			{ "place", REGISTER_TEXT, false }, { "lat", REGISTER_LATITUDE, false },
			{ "long", REGISTER_LONGITUDE, false }, { "crew", REGISTER_TEXT, false },
			{ "capacity", REGISTER_NUMBER, false }, { NULL, 0, false } } },
	{ "places",
		{ { "name", REGISTER_TEXT, true }, { "kind", REGISTER_WORD, false },
			{ "zone", REGISTER_TEXT, false }, { "lat", REGISTER_LATITUDE, false },
			{ "long", REGISTER_LONGITUDE, false }, { "aliases", REGISTER_TEXTS, false },
			{ NULL, 0, false } } },
	{ "zones",
		{ { "name", REGISTER_TEXT, true }, { "parent", REGISTER_TEXT, false },
			{ NULL, 0, false } } },
	{ "departments",
		{ { "name", REGISTER_TEXT, true }, { "categories", REGISTER_CATEGORY, false },
			{ "phone", REGISTER_PHONE, false },
			{ "language", REGISTER_LANGUAGE, false }, { NULL, 0, false } } },
	{ "crews",
		{ { "name", REGISTER_TEXT, true }, { "zone", REGISTER_TEXT, false },
			{ "phone", REGISTER_PHONE, false }, { "pin", REGISTER_PIN, false },
			{ "language", REGISTER_LANGUAGE, false }, { NULL, 0, false } } },
	{ "holidays",
		{ { "date", REGISTER_DATE, true }, { "name", REGISTER_TEXT, true },
			{ NULL, 0, false } } },
	{ "taxpayers",
		{ { "reference", REGISTER_TEXT, true }, { "name", REGISTER_TEXT, false },
			{ "phones", REGISTER_PHONES, false },
			{ "language", REGISTER_LANGUAGE, false }, { "zone", REGISTER_TEXT, false },
			{ "code", REGISTER_PIN, false }, { NULL, 0, false } } },
	{ "bills",
		{ { "reference", REGISTER_TEXT, true }, { "taxpayer", REGISTER_TEXT, true },
			{ "account", REGISTER_TEXT, false }, { "tax", REGISTER_TEXT, true },
			{ "period", REGISTER_TEXT, false }, { "amount", REGISTER_MONEY, true },
			{ "currency", REGISTER_CURRENCY, false }, { "due", REGISTER_DATE, true },
			{ NULL, 0, false } } },
	{ "statement",
		{ { "provider", REGISTER_TEXT, true }, { "transaction_id", REGISTER_TEXT, true },
			{ "date", REGISTER_DAY, false }, { "amount", REGISTER_PAID, true },
			{ "currency", REGISTER_CURRENCY, false },
			{ "payer", REGISTER_PAYER, false }, { "reference", REGISTER_TEXT, false },
			{ NULL, 0, false } } },
};

const struct city_register *
register_find(const char *name)
{
	if (strcmp(name, "payments") == 0)
		name = "statement";
	for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
		if (strcmp(registers[i].name, name) == 0)
			return &registers[i];
	return NULL;
}

/* --- faults --- */

static void
out_of_memory(void)
{
	fprintf(stderr, "baraza: out of memory\n");
	exit(1);
}

void
register_fault_add(
	struct register_faults *faults, unsigned line, const char *column, const char *fmt, ...)
{
	struct register_fault *fault;
	va_list args;

	if (faults->count == faults->size) {
		faults->size = faults->size * 2 + 64;
		faults->fault = realloc(faults->fault, faults->size * sizeof *faults->fault);
		if (faults->fault == NULL)
			out_of_memory();
	}
	fault = &faults->fault[faults->count++];
	fault->line = line;
	fault->column = column;
	va_start(args, fmt);
	if (vasprintf(&fault->text, fmt, args) == -1)
		out_of_memory();
	va_end(args);
}

static int
by_line(const void *a, const void *b)
{
	const struct register_fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

size_t
register_faults_sort(struct register_faults *faults)
{
	size_t rows = 0;

	if (faults->count > 0)
		qsort(faults->fault, faults->count, sizeof *faults->fault, by_line);
	for (size_t i = 0; i < faults->count; i++)
		rows += i == 0 || faults->fault[i].line != faults->fault[i - 1].line;
	return rows;
}

void
register_faults_free(struct register_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		free(faults->fault[i].text);
	free(faults->fault);
	*faults = (struct register_faults){ .count = 0 };
}

/* --- cells --- */

/* Writes what is wrong. Returns -1. */
static int __attribute__((format(printf, 2, 3)))
fault(char out[REGISTER_VALUE_MAX], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(out, REGISTER_VALUE_MAX, fmt, args);
	va_end(args);
	return -1;
}

/* The same, and behind it the words that may be written: "write one of en, fr". Returns -1. */
static int __attribute__((format(printf, 3, 4)))
fault_of_words(char out[REGISTER_VALUE_MAX], const char *const *words, const char *fmt, ...)
{
	size_t length;
	va_list args;

	va_start(args, fmt);
	vsnprintf(out, REGISTER_VALUE_MAX, fmt, args);
	va_end(args);
	length = strlen(out);
	for (size_t i = 0; words[i] != NULL && length < REGISTER_VALUE_MAX; i++)
		length += (size_t)snprintf(out + length, REGISTER_VALUE_MAX - length, "%s %s",
			i > 0 ? "," : "", words[i]);
	return -1;
}

/* The beginning of a cell, for a message; one at a time. */
static const char *
shown(const char *cell)
{
	static char text[SHOWN_MAX + 4];
	size_t length = strlen(cell);

	if (length <= SHOWN_MAX)
		return strcpy(text, cell);
	for (length = SHOWN_MAX; ((unsigned char)cell[length] & 0xC0) == 0x80;)
		length--;
	snprintf(text, sizeof text, "%.*s...", (int)length, cell);
	return text;
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000 || c == 0xFEFF;
}

/* Composed (NFC), in memory of its own unless it is ASCII, which is composed. */
static const char *
compose(const char *cell, uint8_t **memory, size_t *length)
{
	*length = strlen(cell);
	*memory = NULL;
	for (const char *at = cell; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x80)
			continue;
		*memory = u8_normalize(UNINORM_NFC, (const uint8_t *)cell, *length, NULL, length);
		if (*memory == NULL)
			out_of_memory();
		return (const char *)*memory;
	}
	return cell;
}

/*
 * Takes a cell as its writer meant it: composed, blanks and line breaks each run to one blank, none
 * at the ends, without the guard of an export. Returns 0, or -1 with what is wrong.
 */
static int
clean(const char *cell, char *out, size_t size, char words[REGISTER_VALUE_MAX])
{
	size_t length = 0, left;
	uint8_t *memory;
	const char *at = compose(cell, &memory, &left);
	bool blank = false, control = false, longer = false;

	while (left > 0 && !longer) {
		ucs4_t c;
		size_t n = (size_t)u8_mbtouc(&c, (const uint8_t *)at, left);

		if (is_blank(c)) {
			blank = length > 0;
		} else if (length + blank + n >= size) {
			longer = true;
		} else {
			if (blank)
				out[length++] = ' ';
			blank = false;
			control |= c < 0x20 || (c >= 0x7F && c < 0xA0);
			memcpy(out + length, at, n);
			length += n;
		}
		at += n;
		left -= n;
	}
	free(memory);
	out[length] = '\0';
	if (control)
		return fault(words, "holds a control character; take it out");
	if (longer)
		return fault(words, "is longer than %zu bytes (a letter with an accent takes two)",
			size - 1);
	if (csv_unguarded(out) != out)
		memmove(out, out + 1, length);
	return 0;
}

static int
read_word(const char *text, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);

	for (size_t i = 0; i <= length; i++)
		out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	if (length <= WORD_MAX && strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length)
		return 0;
	return fault(out,
		"'%s' is no kind; write one word of a-z, as street, landmark or quarter, or leave it empty",
		shown(text));
}

static int
read_number(const char *text, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);
	unsigned long value = length <= 10 ? strtoul(text, NULL, 10) : 0;

	if (strspn(text, "0123456789") != length || value < 1 || value > 2147483647)
		return fault(out, "'%s' is no number from 1 to 2147483647; write digits alone",
			shown(text));
	snprintf(out, REGISTER_VALUE_MAX, "%lu", value);
	return 0;
}

/* Degrees with a decimal point, or a comma, as spreadsheets of some languages write. */
static int
read_degrees(const char *text, double most, const char *what, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);
	char *comma, *end;
	double value;

	if (length < 32 && strspn(text, "0123456789+-.,eE") == length) {
		memcpy(out, text, length + 1);
		comma = strchr(out, ',');
		if (comma != NULL && strchr(out, '.') == NULL)
			*comma = '.';
		value = strtod(out, &end);
		if (end != out && *end == '\0' && isfinite(value) && fabs(value) <= most)
			return 0;
	}
	return fault(out, "'%s' is no %s; write degrees from -%.0f to %.0f, as %s", shown(text),
		what, most, most, most > 90 ? "32.5852" : "-25.9433");
}

static int
read_phone(const char *text, const struct config *config, char out[REGISTER_VALUE_MAX])
{
	struct phone phone = phone_normalise(text, config->country);

	if (phone.kind != PHONE_E164)
		return fault(out,
			"'%s' is no phone number; write it as +250788000001, or as it is dialled in %s",
			shown(text), config->country);
	snprintf(out, REGISTER_VALUE_MAX, "%s", phone.number);
	return 0;
}

static int
read_language(const char *text, const struct config *config, char out[REGISTER_VALUE_MAX])
{
	for (size_t i = 0; config->languages[i] != NULL; i++) {
		if (strcasecmp(text, config->languages[i]) == 0) {
			snprintf(out, REGISTER_VALUE_MAX, "%s", config->languages[i]);
			return 0;
		}
	}
	return fault_of_words(out, (const char *const *)config->languages,
		"'%s' is none of the city's languages; write one of", shown(text));
}

static int
read_pin(const char *text, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);

	if (length < 4 || length > 8 || strspn(text, "0123456789") != length)
		return fault(out,
			"is no PIN; write 4 to 8 digits (a spreadsheet may have taken zeros at the "
			"beginning away), or leave it empty to keep the old one");
	memcpy(out, text, length + 1);
	return 0;
}

static int
read_date(const char *text, char out[REGISTER_VALUE_MAX])
{
	struct tm given = { .tm_isdst = -1 }, day;
	const char *end;

	if (strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
		strspn(text, "0123456789-") == 10 && text[0] != '-' && text[5] != '-' &&
		text[8] != '-') {
		end = strptime(text, "%Y-%m-%d", &given);
		day = given;
		if (end != NULL && *end == '\0' && given.tm_year >= 0 && given.tm_year < 400 &&
			timegm(&day) != (time_t)-1 && day.tm_mday == given.tm_mday &&
			day.tm_mon == given.tm_mon) {
			memcpy(out, text, 11);
			return 0;
		}
	}
	return fault(out, "'%s' is no date; write year, month and day, as 2026-12-25", shown(text));
}

/* A day with the time behind it, as operators write. */
static int
read_day(const char *text, char out[REGISTER_VALUE_MAX])
{
	char day[11];

	if (strlen(text) <= 10 || (text[10] != ' ' && text[10] != 'T'))
		return read_date(text, out);
	memcpy(day, text, 10);
	day[10] = '\0';
	return read_date(day, out) == 0 ? 0 : read_date(text, out);
}

static int
read_currency(const char *text, const struct config *config, char out[REGISTER_VALUE_MAX])
{
	const char *currency = money_currency(text, config->country);

	if (currency == NULL)
		return fault(out, "'%s' is no currency; write three letters, as XOF or RWF",
			shown(text));
	snprintf(out, REGISTER_VALUE_MAX, "%s", currency);
	return 0;
}

/* Into the minor unit. */
static int
read_money(const char *text, const char *currency, bool paid, char out[REGISTER_VALUE_MAX])
{
	int64_t minor;

	if (currency == NULL)
		return 1;
	if (money_parse(text, currency, 0, &minor) == -1)
		return fault(out,
			"'%s' is no amount in %s that can be read in one way only; write digits "
			"with a point before decimals, as 1250 or 1250.50",
			shown(text), currency);
	if (paid && minor == 0)
		return fault(out, "is nothing; take the row out");
	if (minor < 0 || minor > MONEY_MOST)
		return fault(out, "'%s' is more than anybody owes; look whether digits were added",
			shown(text));
	snprintf(out, REGISTER_VALUE_MAX, "%" PRId64, minor);
	return 0;
}

/* A phone in E.164; what is none is kept as it was told. */
static int
read_payer(const char *text, const struct config *config, char out[REGISTER_VALUE_MAX])
{
	struct phone phone = phone_normalise(text, config->country);

	snprintf(out, REGISTER_VALUE_MAX, "%s", phone.kind == PHONE_E164 ? phone.number : text);
	return 0;
}

/* --- lists --- */

static bool
is_category(const char *word)
{
	for (const char *const *known = complaint_categories; *known != NULL; known++)
		if (strcmp(*known, word) == 0)
			return true;
	return false;
}

/* Appends an item to an array as PostgreSQL reads it. */
static size_t
append_item(char *out, size_t length, const char *item)
{
	if (length > 1)
		out[length++] = ',';
	out[length++] = '"';
	for (; *item != '\0'; item++) {
		if (*item == '"' || *item == '\\')
			out[length++] = '\\';
		out[length++] = *item;
	}
	out[length++] = '"';
	return length;
}

static bool
has_item(char items[REGISTER_ITEMS_MAX][REGISTER_TEXT_MAX + 1], size_t count, const char *item)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i], item) == 0)
			return true;
	return false;
}

/* Items that are empty or come again are passed over. */
static int
read_list(const struct register_column *column, const struct config *config, const char *text,
	char out[REGISTER_VALUE_MAX])
{
	static char items[REGISTER_ITEMS_MAX][REGISTER_TEXT_MAX + 1], phone[REGISTER_VALUE_MAX];
	char word[REGISTER_TEXT_MAX + 1];
	size_t count = 0, length, written = 0;
	const char *item;

	out[written++] = '{';
	for (const char *at = text; (item = csv_item(&at, &length)) != NULL;) {
		while (length > 0 && *item == ' ')
			item++, length--;
		while (length > 0 && item[length - 1] == ' ')
			length--;
		if (length > REGISTER_TEXT_MAX)
			return fault(out, "has an item of more than %d bytes; cut it",
				REGISTER_TEXT_MAX);
		memcpy(word, item, length);
		word[length] = '\0';
		if (length > 0 && column->type == REGISTER_PHONES) {
			if (read_phone(word, config, phone) == -1)
				return fault(out, "%s", phone);
			length = strlen(phone);
			memcpy(word, phone, length + 1);
		}
		if (length == 0 || has_item(items, count, word))
			continue;
		if (column->type == REGISTER_CATEGORY && !is_category(word))
			return fault_of_words(out, complaint_categories,
				"'%s' is no category; write", shown(word));
		if (count == REGISTER_ITEMS_MAX)
			return fault(
				out, "has more than %d items; take some out", REGISTER_ITEMS_MAX);
		memcpy(items[count++], word, length + 1);
		written = append_item(out, written, word);
	}
	out[written++] = '}';
	out[written] = '\0';
	return 0;
}

/* --- any cell --- */

static int
read_empty(const struct register_column *column, const struct config *config,
	char out[REGISTER_VALUE_MAX])
{
	if (column->required)
		return fault(out, "is empty; fill it in");
	switch (column->type) {
	case REGISTER_WORD:
		strcpy(out, "landmark");
		return 0;
	case REGISTER_TEXTS:
	case REGISTER_CATEGORY:
	case REGISTER_PHONES:
		strcpy(out, "{}");
		return 0;
	case REGISTER_CURRENCY:
		return read_currency(config->currency, config, out);
	default:
		return 1;
	}
}

int
register_cell(const struct register_column *column, const struct config *config,
	const char *currency, const char *cell, char out[REGISTER_VALUE_MAX])
{
	char text[REGISTER_LIST_MAX + 1];
	bool list = column->type == REGISTER_TEXTS || column->type == REGISTER_CATEGORY ||
		column->type == REGISTER_PHONES;

	if (clean(cell, text, list ? sizeof text : REGISTER_TEXT_MAX + 1, out) == -1)
		return -1;
	if (text[0] == '\0')
		return read_empty(column, config, out);
	switch (column->type) {
	case REGISTER_TEXT:
		strcpy(out, text);
		return 0;
	case REGISTER_TEXTS:
	case REGISTER_CATEGORY:
	case REGISTER_PHONES:
		return read_list(column, config, text, out);
	case REGISTER_WORD:
		return read_word(text, out);
	case REGISTER_NUMBER:
		return read_number(text, out);
	case REGISTER_LATITUDE:
		return read_degrees(text, 90, "latitude", out);
	case REGISTER_LONGITUDE:
		return read_degrees(text, 180, "longitude", out);
	case REGISTER_PHONE:
		return read_phone(text, config, out);
	case REGISTER_LANGUAGE:
		return read_language(text, config, out);
	case REGISTER_PIN:
		return read_pin(text, out);
	case REGISTER_DATE:
		return read_date(text, out);
	case REGISTER_DAY:
		return read_day(text, out);
	case REGISTER_CURRENCY:
		return read_currency(text, config, out);
	case REGISTER_MONEY:
	case REGISTER_PAID:
		return read_money(text, currency, column->type == REGISTER_PAID, out);
	case REGISTER_PAYER:
		return read_payer(text, config, out);
	}
	abort();
}
