/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-alert-show: the page that drafter and approver see of an alert: first what speaks against it,
 * then who gets what, by which links, when, and for how much.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd-alert.h"
#include "cmd-rows.h"
#include "json.h"

#define STALE_MIN 30 /* an hour in a text that is older than this is pointed out */

struct page {
	const struct config *config;
	const struct alert_templates *templates;
	struct alert_head head;
	PGresult *forecast, *relays, *zones, *links, *texts, *facts;
};

/* --- --- asking --- */

static PGresult *
ask(const struct page *p, PGconn *db, const char *sql)
{
	const char *params[] = { p->head.id };

	return alert_query(db, sql, 1, params);
}

static int
ask_all(struct page *p, PGconn *db, bool json)
{
	p->forecast = ask(p, db, "SELECT * FROM alert_desk_forecast($1::bigint, false)");
	p->relays = ask(p, db, "SELECT * FROM alert_desk_forecast($1::bigint, true)");
	/* For people, NULL has a name. */
	p->zones = ask(p, db,
		json ? "SELECT * FROM alert_forecast_zone($1::bigint)"
		     : "SELECT coalesce(zone, 'lists') AS zone, language, recipients, segments"
		       " FROM alert_forecast_zone($1::bigint)");
	p->links = ask(p, db,
		"SELECT modem, sim_number, state, round(send_ms / 1000.0, 1)::text ||"
		" CASE WHEN assumed THEN ' (assumed)' ELSE '' END AS seconds, per_minute, left_today,"
		" recipients_left, bundle, balance, share, bundle_short"
		" FROM alert_forecast_link($1::bigint)");
	p->texts = ask(p, db, "SELECT * FROM alert_desk_texts($1::bigint)");
	p->facts = ask(p, db, ALERT_FACTS_SQL);
	return p->forecast != NULL && p->relays != NULL && p->zones != NULL && p->links != NULL &&
			p->texts != NULL && p->facts != NULL
		? COMMAND_DONE
		: COMMAND_FAILED;
}

static const char *
cell(const PGresult *rows, int row, const char *column)
{
	return PQgetvalue(rows, row, PQfnumber(rows, column));
}

static bool
is_true(const PGresult *rows, int row, const char *column)
{
	return cell(rows, row, column)[0] == 't';
}

static long
number(const PGresult *rows, int row, const char *column)
{
	return strtol(cell(rows, row, column), NULL, 10);
}

/* --- --- what speaks against it --- */

/* Each warning is a line of its own; print is given them in their order. */
struct warnings {
	FILE *out;         /* for people */
	struct json *json; /* or for programs: an array is open */
};

static void __attribute__((format(printf, 2, 3))) warn(struct warnings *w, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (w->json != NULL)
		json_string(w->json, NULL, line);
	else
		fprintf(w->out, "%s\n", line);
}

static bool
is_late(const struct page *p)
{
	return is_true(p->forecast, 0, "late") && strcmp(alert_is(&p->head, "state"), "draft") == 0;
}

/* Half of them cannot have it before it starts: said before anything else. */
static void
warn_late(const struct page *p, struct warnings *w)
{
	const PGresult *f = p->forecast;
	bool never = strcmp(cell(f, 0, "half_at"), "never") == 0;

	if (!is_late(p))
		return;
	if (is_true(f, 0, "started"))
		warn(w, "HALF CANNOT HAVE IT BEFORE IT STARTS: it starts now, and half have it %s%s.",
			never ? "never: no SIM can send so many" : "at ",
			never ? "" : cell(f, 0, "half_at"));
	else
		warn(w, "HALF CANNOT HAVE IT BEFORE IT STARTS at %s: %s of %s have it then; half %s%s.",
			cell(f, 0, "start_at"), cell(f, 0, "by_start"), cell(f, 0, "recipients"),
			never ? "never: no SIM can send so many" : "at ",
			never ? "" : cell(f, 0, "half_at"));
}

/* A SIM that is in no modem has a number alone. */
static const char *
link_name(const PGresult *links, int i)
{
	const char *modem = cell(links, i, "modem"),
		   *sim_number = cmd_value(links, i, PQfnumber(links, "sim_number"));

	return modem[0] != '\0' ? modem : sim_number != NULL ? sim_number : "a SIM";
}

static void
warn_reach(const struct page *p, struct warnings *w)
{
	const PGresult *f = p->forecast;
	long all = number(f, 0, "recipients"), in_time = number(f, 0, "by_expiry");

	if (all == 0)
		warn(w, "NOBODY would get it: nobody has asked to be warned there, and no list is meant.");
	else if (number(f, 0, "links") == 0)
		warn(w, "NO SIM CAN SEND: none is up.");
	else if (in_time < all)
		warn(w, "%ld of %ld do not get it: it is over at %s.", all - in_time, all,
			alert_is(&p->head, "expires"));
	if (is_true(f, 0, "assumed"))
		warn(w, "A SIM's pace has not been measured yet: its forecast is an assumption.");
	for (int i = 0; i < PQntuples(p->links); i++)
		if (is_true(p->links, i, "bundle_short"))
			warn(w, "%s: its share, %s SMS, is more than its bundle, %s.",
				link_name(p->links, i), cell(p->links, i, "share"),
				cell(p->links, i, "bundle"));
}

/* Words of one language in a text of another. */
static void
warn_foreign(const struct page *p, struct warnings *w, const char *language)
{
	struct alert_facts facts;
	char blanks[256];

	alert_facts_read(p->facts, 0, &facts);
	alert_blanks_foreign(
		p->templates, p->config, facts.event, facts.kind, facts.blanks, language, blanks);
	if (blanks[0] != '\0')
		warn(w, "%s: no words of its own for %s; it says them as in %s (NAME.%s=... gives it some).",
			language, blanks, p->config->default_language, language);
}

static void
warn_texts(const struct page *p, struct warnings *w)
{
	char unread[128] = "";

	for (int i = 0; i < PQntuples(p->texts); i++) {
		const char *language = cell(p->texts, i, "language");
		long over = number(p->texts, i, "over"), people = number(p->texts, i, "people");

		if (people > 0 && PQgetisnull(p->texts, i, PQfnumber(p->texts, "reviewed_by")))
			snprintf(unread + strlen(unread), sizeof unread - strlen(unread), "%s%s",
				unread[0] != '\0' ? ", " : "", language);
		if (people > 0)
			warn_foreign(p, w, language);
		/* A quarter shorter is a matter of words; more is another text. */
		if (over > 0 && over <= number(p->texts, i, "room") / 4)
			warn(w, "%s: %ld characters less, and it is one SMS instead of %s: %ld SMS are saved.",
				language, over, cell(p->texts, i, "segments"),
				people * (number(p->texts, i, "segments") - 1));
	}
	if (unread[0] != '\0')
		warn(w,
			"NO HUMAN IS KNOWN TO HAVE READ the text in %s: read it before you approve it, "
			"or have it read.",
			unread);
	if (strcmp(alert_is(&p->head, "state"), "draft") == 0 &&
		strtol(alert_is(&p->head, "written_min"), NULL, 10) >= STALE_MIN)
		warn(w, "Its texts say when they were written, %s, %s minutes ago; an edit writes them anew.",
			alert_is(&p->head, "written_at"), alert_is(&p->head, "written_min"));
	if (alert_is(&p->head, "fault")[0] != '\0')
		warn(w, "It has no texts: %s", alert_is(&p->head, "fault"));
}

/* --- --- for people --- */

static void
print_head(const struct page *p)
{
	const struct alert_head *h = &p->head;
	bool follows = alert_is(h, "follows")[0] != '\0';

	printf("%s  %s%s%s: %s, %s, %s, version %s\n", alert_is(h, "reference"),
		alert_is(h, "kind"), follows ? " of " : "", alert_is(h, "follows"),
		alert_is(h, "event"), alert_is(h, "status"), alert_is(h, "state"),
		alert_is(h, "version"));
	printf("where    %s\n", alert_is(h, "zones"));
	printf("when     %s until %s\n", alert_is(h, "starts"), alert_is(h, "expires"));
	printf("to       %s; first %s\n", alert_is(h, "audience"), alert_is(h, "in_order"));
	printf("what     %s, %s, %s; by %s\n", alert_is(h, "severity"), alert_is(h, "urgency"),
		alert_is(h, "certainty"), alert_is(h, "sender"));
	printf("drafted  by %s at %s%s%s\n",
		alert_is(h, "drafted_by")[0] != '\0' ? alert_is(h, "drafted_by")
						     : alert_is(h, "origin"),
		alert_is(h, "drafted_at"),
		alert_is(h, "edited_by")[0] != '\0' ? ", edited by " : "",
		alert_is(h, "edited_by"));
	if (alert_is(h, "approved_at")[0] != '\0')
		printf("approved %s%s at %s (%s)\n",
			alert_is(h, "approved_by")[0] != '\0' ? "by " : "",
			alert_is(h, "approved_by"), alert_is(h, "approved_at"),
			alert_is(h, "approved_how"));
}

static double
cost_of(const struct page *p)
{
	return (double)number(p->forecast, 0, "segments") * p->config->sms_cost;
}

/* "at 15:02", or "now", or "never". */
static void
print_when(const char *what, const char *at)
{
	printf("%s%s%s", what, strcmp(at, "now") == 0 || strcmp(at, "never") == 0 ? " " : " at ",
		at);
}

static void
print_forecast(const struct page *p)
{
	const PGresult *f = p->forecast;

	if (PQntuples(p->zones) > 0)
		putchar('\n');
	cmd_rows_table(stdout, p->zones);
	printf("\n%s recipients, %s SMS", cell(f, 0, "recipients"), cell(f, 0, "segments"));
	if (p->config->sms_cost > 0)
		printf(": %.2f %s", cost_of(p), p->config->currency);
	print_when("\nA first tenth has it", cell(f, 0, "tenth_at"));
	print_when(", half", cell(f, 0, "half_at"));
	print_when(", all", cell(f, 0, "all_at"));
	printf(".\n");
	printf("%s SIMs send %s SMS a minute", cell(f, 0, "links"), cell(f, 0, "per_minute"));
	if (number(f, 0, "before_segments") > 0)
		printf("; %s SMS leave before it", cell(f, 0, "before_segments"));
	printf(".\n\n");
	cmd_rows_table(stdout, p->links);
}

static void
print_texts(const struct page *p)
{
	for (int i = 0; i < PQntuples(p->texts); i++) {
		const char *reader = cell(p->texts, i, "reviewed_by");

		printf("\n%s  %s SMS, %s of %s characters%s, %s recipients, %s%s\n    %s\n",
			cell(p->texts, i, "language"), cell(p->texts, i, "segments"),
			cell(p->texts, i, "units"), cell(p->texts, i, "room"),
			is_true(p->texts, i, "ucs2") ? " (UCS-2)" : "", cell(p->texts, i, "people"),
			reader[0] != '\0' ? "read by " : "read by nobody", reader,
			cell(p->texts, i, "body"));
	}
}

/* Where half cannot have it in time: those who can tell others, and words for them. */
static void
print_proposal(const struct page *p)
{
	const PGresult *r = p->relays;
	const char *reference = alert_is(&p->head, "reference");

	if (!is_late(p))
		return;
	printf("\nWhat can be done\n");
	if (number(r, 0, "recipients") == 0)
		printf("  No relay is registered there: chiefs, mosques, churches, radio, schools, health "
		       "posts (`baraza import recipients`).\n");
	else {
		printf("  The relays alone: %s", cell(r, 0, "recipients"));
		print_when(", who all have it", cell(r, 0, "all_at"));
		printf(" and tell the others:\n      baraza alert edit %s --to relays\n",
			reference);
	}
	printf("  To be read aloud, by radio and loudspeaker (baraza alert read-aloud %s):\n",
		reference);
	for (int i = 0; i < PQntuples(p->texts); i++)
		if (i == 0 || number(p->texts, i, "people") > 0)
			printf("      %s\n", cell(p->texts, i, "body"));
}

static void
print_next(const struct page *p, const struct alert_wish *wish)
{
	const char *reference = alert_is(&p->head, "reference");

	if (strcmp(alert_is(&p->head, "state"), "draft") == 0 && strcmp(wish->act, "approve") != 0)
		printf("\nNothing has left. Another person approves it: baraza alert approve %s\n",
			reference);
}

static void
print_page(const struct page *p, const struct alert_wish *wish)
{
	struct warnings w = { .out = stdout };

	warn_late(p, &w);
	print_head(p);
	print_forecast(p);
	print_texts(p);
	putchar('\n');
	warn_reach(p, &w);
	warn_texts(p, &w);
	print_proposal(p);
	print_next(p, wish);
}

/* --- --- for programs --- */

static void
print_json(const struct page *p)
{
	struct json json;
	struct warnings w = { .json = &json };

	json_begin(&json, stdout);
	json_object(&json, NULL);
	cmd_row_json_members(&json, p->head.row, 0);
	cmd_row_json(&json, "forecast", p->forecast, 0);
	json_decimal(&json, "cost", cost_of(p));
	json_string(&json, "currency", p->config->currency);
	cmd_row_json(&json, "relays_only", p->relays, 0);
	cmd_rows_json(&json, "recipients", p->zones);
	cmd_rows_json(&json, "links", p->links);
	cmd_rows_json(&json, "texts", p->texts);
	json_array(&json, "warnings");
	warn_late(p, &w);
	warn_reach(p, &w);
	warn_texts(p, &w);
	json_array_end(&json);
	json_object_end(&json);
	json_end(&json);
}

/* --- --- the page --- */

int
alert_show(PGconn *db, const struct config *config, const struct alert_wish *wish,
	const char *reference)
{
	struct page p = { .config = config, .templates = wish->templates };
	int code = alert_find(db, reference, &p.head);

	if (code == COMMAND_DONE)
		code = ask_all(&p, db, wish->json);
	if (code == COMMAND_DONE && wish->json)
		print_json(&p);
	else if (code == COMMAND_DONE)
		print_page(&p, wish);
	PQclear(p.forecast);
	PQclear(p.relays);
	PQclear(p.zones);
	PQclear(p.links);
	PQclear(p.texts);
	PQclear(p.facts);
	alert_head_free(&p.head);
	return code;
}

int
alert_read_aloud(PGconn *db, const struct alert_wish *wish)
{
	struct page p = { .config = NULL };
	int code = alert_find(db, wish->reference, &p.head), said = 0;

	if (code != COMMAND_DONE)
		return code;
	p.texts = ask(&p, db, "SELECT * FROM alert_desk_texts($1::bigint)");
	for (int i = 0; p.texts != NULL && i < PQntuples(p.texts); i++) {
		const char *language = cell(p.texts, i, "language");

		if (wish->language != NULL && strcmp(wish->language, language) != 0)
			continue;
		printf("%s%s, slowly, twice:\n%s\n", said++ > 0 ? "\n" : "", language,
			cell(p.texts, i, "body"));
	}
	if (p.texts == NULL)
		code = COMMAND_FAILED;
	else if (said == 0)
		code = cmd_refuse(&cmd_alert_command, "%s has no such text", wish->reference);
	PQclear(p.texts);
	alert_head_free(&p.head);
	return code;
}
