/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-date: the days and times of payments as messages write them, made ISO 8601's. It asks no
 * clock: what may be two days is none.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "payment-internal.h"
#include "text.h"

#define YEAR_FIRST 2000
#define YEAR_LAST 2099

struct day {
	int year, month, day;
};

/* What each month's names begin with, folded, in the languages of the formats. */
static const char *const months[12] = {
	" jan jen يناير ",
	" feb fev fab فبراير ",
	" mar maar mac مارس ",
	" apr avr abr ابريل أبريل ",
	" may mai mei maj maaj مايو ",
	" jun juin يونيو ",
	" jul juil luul يوليو ",
	" aug aou ago اغسطس أغسطس ",
	" sep set سبتمبر ",
	" oct okt out اكتوبر أكتوبر ",
	" nov nof نوفمبر ",
	" dec des dez dis ديسمبر ",
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 1 to 12, 0 for no month's name. The longest beginning holds: "juil" is no "jui". */
static int
month_of(const char *name)
{
	char folded[64];
	size_t best = 0;
	int month = 0;

	if (text_fold(folded, sizeof(folded), name) == -1)
		return 0;
	for (int i = 0; i < 12; i++)
		for (const char *p = months[i] + 1; *p != '\0'; p += strcspn(p, " ") + 1) {
			size_t length = strcspn(p, " ");

			if (length > best && strncmp(folded, p, length) == 0) {
				best = length;
				month = i + 1;
			}
		}
	return month;
}

static bool
is_day(const struct day *d)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = d->year % 4 == 0; /* of these years all */

	return d->year >= YEAR_FIRST && d->year <= YEAR_LAST && d->month >= 1 && d->month <= 12 &&
		d->day >= 1 && d->day <= days[d->month - 1] + (leap && d->month == 2);
}

/* --- Its parts --- */

struct part {
	int value;   /* a month's by name too */
	size_t size; /* digits; 0: a month's name */
};

static size_t
take_part(const char *p, struct part *part)
{
	char name[40];
	size_t length;

	if (is_digit(*p)) {
		part->size = strspn(p, "0123456789");
		part->value = part->size > 4 ? -1 : atoi(p);
		return part->size;
	}
	length = strcspn(p, " -/.,0123456789");
	snprintf(name, sizeof(name), "%.*s", (int)length, p);
	part->size = 0;
	part->value = month_of(name);
	return length;
}

/* Exactly three parts. Returns 0 or -1. */
static int
take_parts(const char *text, struct part part[3])
{
	size_t count = 0;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " -/.,")) {
		if (count == 3)
			return -1;
		text += take_part(text, &part[count++]);
	}
	return count == 3 ? 0 : -1;
}

/* One order of the parts. Adds the day that it makes, unless it is the one that is known. */
static void
try_order(const struct part *year, const struct part *month, const struct part *day,
	struct day *found, size_t *count)
{
	struct day d = { year->value, month->value, day->value };

	if (year->size == 2)
		d.year += YEAR_FIRST;
	if ((year->size != 2 && year->size != 4) || month->size > 2 || day->size == 0 ||
		day->size > 2 || !is_day(&d))
		return;
	if (*count > 0 && memcmp(found, &d, sizeof(d)) == 0)
		return;
	*found = d;
	(*count)++;
}

int
payment_date(const char *text, enum payment_dates dates, char out[PAYMENT_DATE_MAX])
{
	struct part p[3];
	struct day day;
	size_t count = 0;

	out[0] = '\0';
	if (take_parts(text, p) == -1)
		return -1;
	if (p[0].size == 4)
		try_order(&p[0], &p[1], &p[2], &day, &count);
	if (p[0].size == 0 || (p[1].size > 0 && dates != DATES_DAY_FIRST))
		try_order(&p[2], &p[0], &p[1], &day, &count);
	if (p[1].size == 0 || (p[0].size > 0 && dates != DATES_MONTH_FIRST))
		try_order(&p[2], &p[1], &p[0], &day, &count);
	/* 13/07/31 is seldom in 2013, yet nobody knows. */
	if (dates == DATES_UNKNOWN && p[0].size == 2 && p[1].size > 0 && count == 1)
		try_order(&p[0], &p[1], &p[2], &day, &count);
	if (count != 1)
		return -1;
	snprintf(out, PAYMENT_DATE_MAX, "%04u-%02u-%02u", (unsigned)day.year % 10000,
		(unsigned)day.month % 100, (unsigned)day.day % 100);
	return 0;
}

/* --- Times --- */

/* 'a' or 'p' of "AM", "p.m." and their Arabic letters behind a time, 0 when none is there. */
static char
half_of(const char *p)
{
	p += strspn(p, " ");
	if (*p == 'a' || *p == 'A' || strncmp(p, "ص", 2) == 0)
		return 'a';
	return *p == 'p' || *p == 'P' || strncmp(p, "م", 2) == 0 ? 'p' : 0;
}

int
payment_time(const char *text, char out[PAYMENT_TIME_MAX])
{
	unsigned hour, minute, second = 0;
	int length = 0;
	char half;

	out[0] = '\0';
	if (sscanf(text, "%2u%*1[:.hH]%2u%n", &hour, &minute, &length) != 2 || length == 0)
		return -1;
	text += length;
	if (*text == ':' && is_digit(text[1])) {
		second = (unsigned)atoi(text + 1);
		text += 1 + strspn(text + 1, "0123456789");
	}
	half = half_of(text);
	if ((half == 'a' && hour > 12) || (half == 'p' && hour == 0))
		return -1;
	if (half != 0 && hour == 12)
		hour = 0;
	if (half == 'p' && hour < 12)
		hour += 12;
	if (hour > 23 || minute > 59 || second > 60)
		return -1;
	snprintf(out, PAYMENT_TIME_MAX, "%02u:%02u", hour, minute);
	return 0;
}
