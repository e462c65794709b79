/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register-cell: what may stand in a cell. */
#include <inttypes.h>
#include <limits.h>
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
#include "register.h"
#include "text.h"

#define WORD_MAX 32
#define LOGIN_MAX 64
#define UNIT_MAX 16
#define LEVEL_MAX 16
#define AREA_LEAST 1e-12 /* square degrees: of a hand, and what rounding leaves */
#define SHOWN_MAX 60     /* bytes of a cell in a message */
#define DIGITS "0123456789"

/* The words of officer.roles and recipient_list.kind. */
static const char *const officer_roles[] = { "draft", "approve", "override", "duty", "police",
	NULL };
static const char *const list_kinds[] = { "relay", "contacts", "staff", NULL };

struct point {
	double lat, lon;
};

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
			register_out_of_memory();
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

static void
lowered(const char *text, char out[REGISTER_VALUE_MAX])
{
	for (; *text != '\0'; text++)
		*out++ = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
	*out = '\0';
}

/* One word of a-z; what: what it is none of, and an example. */
static int
read_word(const char *text, const char *what, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);

	lowered(text, out);
	if (length <= WORD_MAX && strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length)
		return 0;
	return fault(out, "'%s' is no %s, or leave it empty", shown(text), what);
}

static int
read_number(const char *text, unsigned long least, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);
	unsigned long value = length <= 10 ? strtoul(text, NULL, 10) : ULONG_MAX;

	if (strspn(text, DIGITS) != length || value < least || value > 2147483647)
		return fault(out, "'%s' is no number from %lu to 2147483647; write digits alone",
			shown(text), least);
	snprintf(out, REGISTER_VALUE_MAX, "%lu", value);
	return 0;
}

/* A decimal comma, as spreadsheets of some languages write, is a point. */
static void
pointed(const char *text, size_t length, char out[REGISTER_VALUE_MAX])
{
	char *comma;

	memcpy(out, text, length + 1);
	comma = strchr(out, ',');
	if (comma != NULL && strchr(out, '.') == NULL)
		*comma = '.';
}

/* A level as a gauge's threshold is, also below nothing. */
static int
read_level(const char *text, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text), whole;
	const char *at = out;

	if (length <= LEVEL_MAX) {
		pointed(text, length, out);
		at += *at == '-';
		whole = strspn(at, DIGITS);
		at += whole;
		if (*at == '.')
			at += 1 + strspn(at + 1, DIGITS);
		if (whole > 0 && *at == '\0')
			return 0;
	}
	return fault(out, "'%s' is no level; write a decimal, as 3.20", shown(text));
}

/* Degrees, as they begin at *at, which is moved behind them. */
static bool
take_degrees(const char **at, double most, double *value)
{
	size_t length = strspn(*at, "0123456789+-.eE");
	char *end;

	*value = strtod(*at, &end);
	if (end == *at || end != *at + length || !isfinite(*value) || fabs(*value) > most)
		return false;
	*at = end;
	return true;
}

static int
read_degrees(const char *text, double most, const char *what, char out[REGISTER_VALUE_MAX])
{
	size_t length = strlen(text);
	const char *at = out;
	double value;

	if (length < 32) {
		pointed(text, length, out);
		if (take_degrees(&at, most, &value) && *at == '\0')
			return 0;
	}
	return fault(out, "'%s' is no %s; write degrees from -%.0f to %.0f, as %s", shown(text),
		what, most, most, most > 90 ? "32.5852" : "-25.9433");
}

/* One pair of an outline, which a blank or the end ends. */
static bool
take_point(const char **at, struct point *point)
{
	if (!take_degrees(at, 90, &point->lat) || *(*at)++ != ',' ||
		!take_degrees(at, 180, &point->lon))
		return false;
	if (**at == ' ')
		return *++*at != '\0';
	return **at == '\0';
}

/* Twice the area between the outline's points, in square degrees; the last is the first again. */
static double
area(const struct point *point, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i + 1 < count; i++)
		sum += (point[i].lon - point[0].lon) * (point[i + 1].lat - point[0].lat) -
			(point[i + 1].lon - point[0].lon) * (point[i].lat - point[0].lat);
	return fabs(sum);
}

/* Reads the pairs. Returns how many, or 0 with what is wrong. */
static size_t
read_points(const char *text, struct point point[REGISTER_POINTS_MAX], char out[REGISTER_VALUE_MAX])
{
	size_t count = 0;

	for (const char *at = text, *pair = at; *at != '\0'; pair = at) {
		if (count == REGISTER_POINTS_MAX) {
			fault(out, "has more than %d points; leave some out", REGISTER_POINTS_MAX);
			return 0;
		}
		if (!take_point(&at, &point[count++])) {
			fault(out,
				"'%s' is no point; write lat,long lat,long ... in degrees, as "
				"-25.95,32.57 -25.96,32.57 -25.96,32.58 -25.95,32.57",
				shown(pair));
			return 0;
		}
	}
	return count;
}

/*
 * CAP 1.2, 3.2.4 polygon: WGS 84, the last pair is the first again. Written as PostgreSQL's polygon
 * of (long,lat), which closes by itself.
 */
static int
read_outline(const char *text, char out[REGISTER_VALUE_MAX])
{
	static struct point point[REGISTER_POINTS_MAX];
	size_t count, length = 0;

	if (strcasecmp(text, "none") == 0) {
		strcpy(out, "none");
		return 0;
	}
	count = read_points(text, point, out);
	if (count == 0)
		return -1;
	if (point[0].lat != point[count - 1].lat || point[0].lon != point[count - 1].lon)
		return fault(out,
			"does not end where it begins; write the first point once more at its end");
	if (count < 4)
		return fault(out, "has %zu points; an outline has 3 at least, and the first again",
			count - 1);
	if (area(point, count) < AREA_LEAST)
		return fault(out, "encloses nothing; its points lie on one line");
	/* Ten digits are a centimetre, and no longer than they were written, or by little. */
	for (size_t i = 0; i + 1 < count && length < REGISTER_VALUE_MAX; i++)
		length += (size_t)snprintf(out + length, REGISTER_VALUE_MAX - length,
			"%s(%.10g,%.10g)", i == 0 ? "(" : ",", point[i].lon, point[i].lat);
	if (length > REGISTER_VALUE_MAX - 2)
		return fault(out, "is too long; write fewer digits");
	strcpy(out + length, ")");
	return 0;
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
read_login(const char *text, char out[REGISTER_VALUE_MAX])
{
	if (strlen(text) > LOGIN_MAX || strchr(text, ' ') != NULL)
		return fault(out,
			"'%s' is no account's name; write what `whoami` prints for her, or leave it empty",
			shown(text));
	strcpy(out, text);
	return 0;
}

static int
read_unit(const char *text, char out[REGISTER_VALUE_MAX])
{
	if (strlen(text) > UNIT_MAX)
		return fault(out, "'%s' is no unit; write a few letters, as m or cm", shown(text));
	strcpy(out, text);
	return 0;
}

/* One of few words; what: what it is none of. */
static int
read_one_of(
	const char *text, const char *const *words, const char *what, char out[REGISTER_VALUE_MAX])
{
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcasecmp(text, words[i]) == 0) {
			strcpy(out, words[i]);
			return 0;
		}
	}
	return fault_of_words(out, words, "'%s' is no %s; write one of", shown(text), what);
}

static int
read_yes(const char *text, char out[REGISTER_VALUE_MAX])
{
	/* As spreadsheets of the city's languages save them. */
	static const char *const yes[] = { "yes", "true", "1", "oui", "vrai", "sim", "verdadeiro",
		"نعم", NULL };
	static const char *const no[] = { "no", "false", "0", "non", "faux", "não", "falso", "لا",
		NULL };

	for (size_t i = 0; yes[i] != NULL; i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			strcpy(out, strcasecmp(text, yes[i]) == 0 ? "t" : "f");
			return 0;
		}
	}
	return fault(out, "'%s' is neither; write yes or no", shown(text));
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
is_one_of(const char *word, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(*known, word) == 0)
			return true;
	return false;
}

/* What an item of the list may be, or NULL: any text. */
static const char *const *
items_of(enum register_type type, const char **what)
{
	*what = type == REGISTER_ROLES ? "role" : "category";
	return type == REGISTER_CATEGORY ? complaint_categories
		: type == REGISTER_ROLES ? officer_roles
					 : NULL;
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
	const char *item, *what, *const *known = items_of(column->type, &what);

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
		if (known != NULL && !is_one_of(word, known))
			return fault_of_words(
				out, known, "'%s' is no %s; write", shown(word), what);
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

/* Roles stand between blanks; the list's own sign is taken too. */
static int
read_roles(const struct register_column *column, const struct config *config, const char *text,
	char out[REGISTER_VALUE_MAX])
{
	static char roles[REGISTER_VALUE_MAX];

	lowered(text, roles);
	for (char *c = roles; *c != '\0'; c++)
		if (*c == ' ')
			*c = '|';
	return read_list(column, config, roles, out);
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
	case REGISTER_ROLES:
		strcpy(out, "{}");
		return 0;
	case REGISTER_EVENT:
		strcpy(out, "flood");
		return 0;
	case REGISTER_UNIT:
		strcpy(out, "m");
		return 0;
	case REGISTER_YES:
		strcpy(out, "t");
		return 0;
	case REGISTER_CURRENCY:
		return read_currency(config->currency, config, out);
	default:
		return 1;
	}
}

/* How long a cell may be, in bytes. */
static size_t
most_of(enum register_type type)
{
	switch (type) {
	case REGISTER_TEXTS:
	case REGISTER_CATEGORY:
	case REGISTER_PHONES:
		return REGISTER_LIST_MAX;
	case REGISTER_OUTLINE:
		return REGISTER_OUTLINE_MAX;
	default:
		return REGISTER_TEXT_MAX;
	}
}

int
register_cell(const struct register_column *column, const struct config *config,
	const char *currency, const char *cell, char out[REGISTER_VALUE_MAX])
{
	char text[REGISTER_OUTLINE_MAX + 1];

	if (clean(cell, text, most_of(column->type) + 1, out) == -1)
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
	case REGISTER_ROLES:
		return read_roles(column, config, text, out);
	case REGISTER_WORD:
		return read_word(
			text, "kind; write one word of a-z, as street, landmark or quarter", out);
	case REGISTER_EVENT:
		return read_word(text, "event; write a template's name, as flood", out);
	case REGISTER_NUMBER:
		return read_number(text, 1, out);
	case REGISTER_COUNT:
		return read_number(text, 0, out);
	case REGISTER_LEVEL:
		return read_level(text, out);
	case REGISTER_UNIT:
		return read_unit(text, out);
	case REGISTER_YES:
		return read_yes(text, out);
	case REGISTER_LOGIN:
		return read_login(text, out);
	case REGISTER_LIST:
		return read_one_of(text, list_kinds, "kind of list", out);
	case REGISTER_OUTLINE:
		return read_outline(text, out);
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
