/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-date: the days and times of messages, and what is no day or may be two. Real messages'
 * days are found here by another way, without formats.
 */
#include "unit.h"

#include <time.h>

#include "config.h"
#include "json-read.h"
#include "payment-internal.h"

#define LENGTH(array_) (sizeof(array_) / sizeof((array_)[0]))

/* --- Single values --- */

TEST(payment_dates_become_iso)
{
	static const struct {
		const char *text, *day_first, *month_first, *unknown;
	} list[] = {
		{ "31/7/13", "2013-07-31", "", "" }, /* 2031-07-13 at worst */
		{ "2013-07-31", "2013-07-31", "2013-07-31", "2013-07-31" },
		{ "2023/5/14", "2023-05-14", "2023-05-14", "2023-05-14" },
		{ "14-05-2023", "2023-05-14", "", "2023-05-14" },
		{ "05.14.2023", "", "2023-05-14", "2023-05-14" },
		{ "5/6/2023", "2023-06-05", "2023-05-06", "" },
		{ "6/6/2023", "2023-06-06", "2023-06-06", "2023-06-06" },
		{ "31/12/99", "2099-12-31", "", "2099-12-31" },
		{ "08-July-2021", "2021-07-08", "2021-07-08", "2021-07-08" },
		{ "8 juil. 2021", "2021-07-08", "2021-07-08", "2021-07-08" },
		{ "8 juin 21", "2021-06-08", "2021-06-08", "2021-06-08" },
		{ "July 8, 2021", "2021-07-08", "2021-07-08", "2021-07-08" },
		{ "1 março 2026", "2026-03-01", "2026-03-01", "2026-03-01" },
		{ "1 Machi 2026", "2026-03-01", "2026-03-01", "2026-03-01" },
		{ "1 Maajo 2026", "2026-05-01", "2026-05-01", "2026-05-01" },
		{ "1 Luulyo 2026", "2026-07-01", "2026-07-01", "2026-07-01" },
		{ "14 يوليو 2023", "2023-07-14", "2023-07-14", "2023-07-14" },
		{ "29/02/2024", "2024-02-29", "", "2024-02-29" },
		{ "29/02/2023", "", "", "" },
		{ "31/2/24", "", "", "" },
		{ "31/4/2024", "", "", "" },
		{ "2024-13-01", "", "", "" },
		{ "2024-00-10", "", "", "" },
		{ "00/05/2024", "", "", "" },
		{ "31/12/1999", "", "", "" },
		{ "1/1/2100", "", "", "" },
		{ "1/1/202", "", "", "" },
		{ "1/1/20245", "", "", "" },
		{ "1/1", "", "", "" },
		{ "1/1/1/26", "", "", "" },
		{ "8 Foo 2021", "", "", "" },
		{ "July July 2021", "", "", "" },
		{ "99999999999999999999/1/26", "", "", "" },
		{ "", "", "", "" },
	};
	char date[PAYMENT_DATE_MAX];

	for (size_t i = 0; i < LENGTH(list); i++) {
		CHECK_INT(payment_date(list[i].text, DATES_DAY_FIRST, date),
			list[i].day_first[0] != '\0' ? 0 : -1);
		CHECK_STR(date, list[i].day_first);
		payment_date(list[i].text, DATES_MONTH_FIRST, date);
		CHECK_STR(date, list[i].month_first);
		payment_date(list[i].text, DATES_UNKNOWN, date);
		CHECK_STR(date, list[i].unknown);
	}
}

TEST(payment_dates_are_every_day_of_the_calendar)
{
	for (time_t day = 946684800; day < 4102444800; day += 86400) { /* 2000 to 2099 */
		struct tm tm;
		char text[40], want[40], date[PAYMENT_DATE_MAX];

		gmtime_r(&day, &tm);
		strftime(want, sizeof(want), "%Y-%m-%d", &tm);
		strftime(text, sizeof(text), "%d/%m/%y", &tm);
		CHECK_INT(payment_date(text, DATES_DAY_FIRST, date), 0);
		CHECK_STR(date, want);
		strftime(text, sizeof(text), "%m/%d/%Y", &tm);
		CHECK_INT(payment_date(text, DATES_MONTH_FIRST, date), 0);
		CHECK_STR(date, want);
		CHECK_INT(payment_date(want, DATES_UNKNOWN, date), 0);
		CHECK_STR(date, want);
		strftime(text, sizeof(text), "%d-%B-%Y", &tm);
		CHECK_INT(payment_date(text, DATES_UNKNOWN, date), 0);
		CHECK_STR(date, want);
	}
}

TEST(payment_times_become_iso)
{
	static const char *const list[][2] = {
		{ "6:43 PM", "18:43" },
		{ "6:43PM", "18:43" },
		{ "06:43 a.m.", "06:43" },
		{ "12:04 PM", "12:04" },
		{ "12:04 AM", "00:04" },
		{ "0:04 AM", "00:04" },
		{ "13:35 PM", "13:35" },
		{ "18h43", "18:43" },
		{ "18H43", "18:43" },
		{ "10:33:21", "10:33" },
		{ "6:43 م", "18:43" },
		{ "6:43 ص", "06:43" },
		{ "23:59:60", "23:59" },
		{ "13:35 AM", "" },
		{ "0:30 PM", "" },
		{ "24:00", "" },
		{ "10:60", "" },
		{ "10:33:61", "" },
		{ "10", "" },
		{ "", "" },
	};
	char read[PAYMENT_TIME_MAX];

	for (size_t i = 0; i < LENGTH(list); i++) {
		CHECK_INT(payment_time(list[i][0], read), list[i][1][0] != '\0' ? 0 : -1);
		CHECK_STR(read, list[i][1]);
	}
}

/* --- In messages --- */

static struct payment_formats *
load(void)
{
	struct config_errors errors = { 0 };
	struct payment_formats *formats = payment_formats_load("conf/payments", &errors);

	REQUIRE(formats != NULL);
	config_errors_free(&errors);
	return formats;
}

TEST(payments_are_read_whatever_their_date)
{
	static const struct {
		const char *when, *date, *time;
	} list[] = {
		{ "31/7/13 at 6:43 PM", "2013-07-31", "18:43" },
		{ "2023-05-14T10:33:21", "2023-05-14", "10:33" },
		{ "14-05-2023 10:33", "2023-05-14", "10:33" },
		{ "14/05/23, 10:33 am", "2023-05-14", "10:33" },
		{ "14/05/2023 - 10:33", "2023-05-14", "10:33" },
		{ "\u0661\u0664/\u0660\u0665/\u0662\u0660\u0662\u0663 at \u0661\u0660:\u0663\u0663",
			"2023-05-14", "10:33" },
		{ "14 May 2023", "2023-05-14", "" },
		{ "14 mai 2023 à 10h33", "2023-05-14", "10:33" },
		{ "31/2/23 at 6:43 PM", "", "18:43" },
		{ "14/13/23 at 26:43", "", "" },
		{ "14/05/1998 at 10:33", "", "10:33" },
	};
	struct payment_formats *formats = load();

	for (size_t i = 0; i < LENGTH(list); i++) {
		char text[300];
		struct payment_read read;

		snprintf(text, sizeof(text),
			"DT85TH896 Confirmed.\nYou have received Ksh3,500.00 from\nAWA 254700000001\non %s\n"
			"New M-PESA balance is Ksh11,312.00",
			list[i].when);
		payment_read(formats, text, "KE", NULL, &read);
		CHECK_INT(read.kind, PAYMENT_INCOMING);
		CHECK_STR(read.date, list[i].date);
		CHECK_STR(read.time, list[i].time);
		CHECK_STR(read.payer, "254700000001");
	}
	payment_formats_free(formats);
}

/* --- Real messages, where the checkout has them beside it --- */

#define SAMPLE "../shared/data/mobile_money_sms.jsonl"

/* The first date anywhere in the text; Golis alone writes months first. */
static void
find_date(const char *text, bool month_first, char out[PAYMENT_DATE_MAX])
{
	out[0] = '\0';
	for (const char *p = text; *p != '\0' && out[0] == '\0'; p++) {
		unsigned a, b, c;
		char sign[2], name[20], letters[] = "janfebmaraprmayjunjulaugsepoctnovdec";

		if (p > text && p[-1] >= '0' && p[-1] <= '9')
			continue;
		if (sscanf(p, "%2u-%19[A-Za-z]-%4u", &a, name, &c) == 3) {
			for (b = 0; b < 12 && strncasecmp(name, letters + 3 * b, 3) != 0;)
				b++;
			snprintf(
				out, PAYMENT_DATE_MAX, "%04u-%02u-%02u", c % 10000, b + 1, a % 100);
		} else if (sscanf(p, "%4u%1[/-]%2u%*1[/-]%4u", &a, sign, &b, &c) == 4 && c != 0) {
			if (a > 31)
				snprintf(out, PAYMENT_DATE_MAX, "%04u-%02u-%02u", a % 10000,
					b % 100, c % 100);
			else
				snprintf(out, PAYMENT_DATE_MAX, "%04u-%02u-%02u",
					(c < 100 ? c + 2000 : c) % 10000,
					(month_first ? a : b) % 100, (month_first ? b : a) % 100);
		}
	}
}

static void
find_time(const char *text, char out[PAYMENT_TIME_MAX])
{
	out[0] = '\0';
	for (const char *p = text; *p != '\0' && out[0] == '\0'; p++) {
		unsigned hour, minute;
		int length = 0;
		const char *behind;

		if ((p > text && p[-1] >= '0' && p[-1] <= '9') ||
			sscanf(p, "%2u:%2u%n", &hour, &minute, &length) != 2 || length < 4 ||
			p[length - 1] < '0' || p[0] == ' ')
			continue;
		behind = p + length + strcspn(p + length, " \nPpAa");
		behind += strspn(behind, " \n");
		if (strncasecmp(behind, "pm", 2) == 0 && hour < 12)
			hour += 12;
		if (strncasecmp(behind, "am", 2) == 0 && hour == 12)
			hour = 0;
		snprintf(out, PAYMENT_TIME_MAX, "%02u:%02u", hour % 100, minute % 100);
	}
}

TEST(payment_real_messages_have_their_day)
{
	FILE *in = fopen(SAMPLE, "r");
	struct payment_formats *formats;
	char *line = NULL;
	size_t size = 0, dated = 0;

	if (in == NULL)
		SKIP(SAMPLE " is not here");
	formats = load();
	while (getline(&line, &size, in) != -1) {
		struct json_wanted row[] = { { .name = "id" }, { .name = "text" },
			{ .name = "country" }, { 0 } };
		struct payment_read read;
		char date[PAYMENT_DATE_MAX], at[PAYMENT_TIME_MAX];

		REQUIRE(json_read(line, strlen(line), row) == NULL);
		payment_read(formats, row[1].value, row[2].value, NULL, &read);
		if (read.kind == PAYMENT_INCOMING) {
			find_date(row[1].value, strcmp(row[2].value, "SO") == 0, date);
			find_time(row[1].value, at);
			if (strcmp(read.date, date) != 0 || strcmp(read.time, at) != 0)
				printf("  %s:\n", row[0].value);
			CHECK_STR(read.date, date);
			CHECK_STR(read.time, at);
			dated += date[0] != '\0';
		}
		json_wanted_free(row);
	}
	CHECK(dated > 70);
	free(line);
	fclose(in);
	payment_formats_free(formats);
}

UNIT_MAIN
