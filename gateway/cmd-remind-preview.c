/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-remind-preview: what a campaign would send of the bills that there are now: to whom, SMS and
 * segments by day, what they cost, and when the last one leaves. It is the plan itself, in a
 * transaction that is rolled back, each text rendered as the gateway would: it cannot say anything
 * else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-remind.h"
#include "cmd-rows.h"
#include "json.h"
#include "notices.h"
#include "text.h"

#define SHOWN_MAX 20 /* people, for people */

struct day {
	char day[11];
	long sms, segments;
};

struct preview {
	const struct config *config;
	const struct remind_wish *wish;
	PGresult *words, *people, *who, *links, *last;
	struct day *days;
	size_t day_count;
	long sms, segments;
};

/* --- --- what is said --- */

/* Segments of a row's text, 0 when no file has it. */
static int
segments_of(const struct preview *p, int row)
{
	char text[OUTGOING_BYTES_MAX], plain[OUTGOING_BYTES_MAX];
	int segments;

	if (notices_render(p->wish->texts, PQgetvalue(p->words, row, 1),
		    PQgetvalue(p->words, row, 2), PQgetvalue(p->words, row, 3), text) == -1)
		return 0;
	if (p->config->transliterate && text_transliterate(plain, sizeof plain, text) >= 0)
		memcpy(text, plain, sizeof plain);
	segments = text_count_segments(text, NULL);
	return segments > 0 ? segments : 0;
}

/* Rows are in order of days. */
static int
count_words(struct preview *p)
{
	int rows = PQntuples(p->words);

	p->days = calloc((size_t)rows + 1, sizeof *p->days);
	if (p->days == NULL)
		return -1;
	for (int row = 0; row < rows; row++) {
		const char *name = PQgetvalue(p->words, row, 0);
		long sms = strtol(PQgetvalue(p->words, row, 4), NULL, 10);
		struct day *day;

		if (p->day_count == 0 || strcmp(p->days[p->day_count - 1].day, name) != 0)
			snprintf(p->days[p->day_count++].day, sizeof p->days->day, "%s", name);
		day = &p->days[p->day_count - 1];
		day->sms += sms;
		day->segments += sms * segments_of(p, row);
		p->sms += sms;
		p->segments += sms * segments_of(p, row);
	}
	return 0;
}

/* When the last has left: SQL knows the links' caps and the hours. */
static int
ask_last(struct preview *p, PGconn *db)
{
	char *days = NULL, *segments = NULL;
	size_t days_size, segments_size;
	FILE *d = open_memstream(&days, &days_size), *s = open_memstream(&segments, &segments_size);

	for (size_t i = 0; d != NULL && s != NULL && i < p->day_count; i++) {
		fprintf(d, "%c%s", i == 0 ? '{' : ',', p->days[i].day);
		fprintf(s, "%c%ld", i == 0 ? '{' : ',', p->days[i].segments);
	}
	if (d != NULL && fprintf(d, p->day_count == 0 ? "{}" : "}") > 0 && fclose(d) == 0 &&
		s != NULL && fprintf(s, p->day_count == 0 ? "{}" : "}") > 0 && fclose(s) == 0) {
		const char *params[] = { days, segments };

		p->last = cmd_query(&cmd_remind_command, db,
			"SELECT iso_time(reminders_last($1::date[], $2::integer[]))", 2, params);
	}
	free(days);
	free(segments);
	return p->last != NULL ? 0 : -1;
}

/* --- --- printing --- */

static const char *
last_of(const struct preview *p)
{
	return PQgetisnull(p->last, 0, 0) ? NULL : PQgetvalue(p->last, 0, 0);
}

static double
cost_of(const struct preview *p, long segments)
{
	return (double)segments * p->config->sms_cost;
}

static void
print_page(const struct preview *p)
{
	const char *const said[] = { "people", "taxpayers", "bills", "in the control group",
		"asked only whether it is still their number", "without a phone", "stopped" };

	for (int i = 0; i < PQnfields(p->people); i++)
		if (strcmp(PQgetvalue(p->people, 0, i), "0") != 0 || i < 3)
			printf("%s %s\n", PQgetvalue(p->people, 0, i), said[i]);
	for (size_t i = 0; i < p->day_count; i++)
		printf("%s  %ld SMS of %ld segments  %.2f %s\n", p->days[i].day, p->days[i].sms,
			p->days[i].segments, cost_of(p, p->days[i].segments), p->config->currency);
	printf("%ld SMS of %ld segments: %.2f %s\n", p->sms, p->segments, cost_of(p, p->segments),
		p->config->currency);
	if (p->sms > 0)
		printf("the last leaves by %s\n",
			last_of(p) != NULL ? last_of(p)
					   : "no day: no SIM may send so many within a year");
	putchar('\n');
	cmd_rows_table(stdout, p->links);
	if (PQntuples(p->who) > 0)
		putchar('\n');
	cmd_rows_table(stdout, p->who);
	if (p->sms > SHOWN_MAX)
		printf("... and %ld more\n", p->sms - SHOWN_MAX);
	printf("nothing was changed\n");
}

static void
print_json(const struct preview *p)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "campaign", p->wish->name);
	cmd_row_json_members(&json, p->people, 0);
	json_int(&json, "sms", p->sms);
	json_int(&json, "segments", p->segments);
	json_decimal(&json, "cost", cost_of(p, p->segments));
	json_string(&json, "currency", p->config->currency);
	json_string(&json, "until", last_of(p));
	json_array(&json, "days");
	for (size_t i = 0; i < p->day_count; i++) {
		json_object(&json, NULL);
		json_string(&json, "day", p->days[i].day);
		json_int(&json, "sms", p->days[i].sms);
		json_int(&json, "segments", p->days[i].segments);
		json_object_end(&json);
	}
	json_array_end(&json);
	cmd_rows_json(&json, "links", p->links);
	cmd_rows_json(&json, "who", p->who);
	json_object_end(&json);
	json_end(&json);
}

/* --- --- asking --- */

static PGresult *
query(PGconn *db, const char *sql, const char *id)
{
	return cmd_query(&cmd_remind_command, db, sql, id != NULL ? 1 : 0, &id);
}

/* All of it as of the plan that is taken back. COMMAND_DONE, or after telling another code. */
static int
ask(struct preview *p, PGconn *db)
{
	PGresult *plan = cmd_query(
		&cmd_remind_command, db, "SELECT campaign_rehearse($1)", 1, &p->wish->name);
	int code = COMMAND_FAILED;

	if (plan != NULL && PQgetisnull(plan, 0, 0)) {
		code = cmd_refuse(&cmd_remind_command, "there is no campaign %s", p->wish->name);
	} else if (plan != NULL) {
		const char *id = PQgetvalue(plan, 0, 0);

		p->words = query(db, "SELECT * FROM campaign_words($1::bigint)", id);
		p->people = query(db, "SELECT * FROM campaign_people($1::bigint)", id);
		p->who = query(db,
			p->wish->json ? "SELECT * FROM campaign_who($1::bigint, NULL)"
				      : "SELECT * FROM campaign_who($1::bigint, 20)",
			id);
		p->links = query(db, "SELECT * FROM campaign_link", NULL);
		if (p->words != NULL && p->people != NULL && p->who != NULL && p->links != NULL &&
			count_words(p) == 0 && ask_last(p, db) == 0)
			code = COMMAND_DONE;
	}
	PQclear(plan);
	return code;
}

int
remind_preview(PGconn *db, const struct config *config, const struct remind_wish *wish)
{
	struct preview p = { .config = config, .wish = wish };
	int code = COMMAND_FAILED;

	if (cmd_execute(&cmd_remind_command, db, "BEGIN") == 0)
		code = ask(&p, db);
	if (code == COMMAND_DONE && cmd_execute(&cmd_remind_command, db, "ROLLBACK") == -1)
		code = COMMAND_FAILED;
	if (code == COMMAND_DONE && wish->json)
		print_json(&p);
	else if (code == COMMAND_DONE)
		print_page(&p);
	PQclear(p.words);
	PQclear(p.people);
	PQclear(p.who);
	PQclear(p.links);
	PQclear(p.last);
	free(p.days);
	return code;
}
