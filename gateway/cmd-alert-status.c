/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-alert-status: what has become of an alert, once, or watched until it is over. Watching waits
 * for the database's word that an alert changed, and for a second's timer: each segment that
 * leaves is no news of its own.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd-alert.h"
#include "cmd-rows.h"
#include "json.h"
#include "monotonic.h"

#define SECOND_MS 1000
#define SHARE_MAX 20 /* counting takes one part of so many of the time, at most */
#define LINE_MAX_BYTES 256
#define BAR_MAX 60

#define ZONES_SQL(zone_)                                                            \
	"SELECT " zone_                                                             \
	", recipients, waiting, sent, delivered, failed, unknown, expired, dropped" \
	" FROM alert_status_zone s WHERE reference = $1 ORDER BY recipients DESC, s.zone"

#define LINKS_SQL                                                                                \
	"SELECT (SELECT m.name FROM modem m WHERE m.link_id = s.link ORDER BY m.state = 'READY'" \
	" DESC, m.name LIMIT 1) AS modem, sim_number, sent, delivered, failed, unknown, expired" \
	" FROM alert_status_link s WHERE reference = $1 ORDER BY sent DESC, link"

struct counts {
	long recipients, planned, queued, sent, delivered, failed, unknown, expired, dropped;
};

struct status {
	struct alert_head head;
	PGresult *count, *forecast, *zones, *links, *unknown;
};

/* --- --- asking --- */

static PGresult *
of_reference(PGconn *db, const struct alert_head *head, const char *sql)
{
	const char *params[] = { alert_is(head, "reference") };

	return alert_query(db, sql, 1, params);
}

static PGresult *
ask_count(PGconn *db, const struct alert_head *head)
{
	return of_reference(db, head,
		"SELECT coalesce(c.recipients, 0) AS recipients, coalesce(c.planned, 0) AS planned,"
		" coalesce(c.queued, 0) AS queued, coalesce(c.sent, 0) AS sent,"
		" coalesce(c.delivered, 0) AS delivered, coalesce(c.failed, 0) AS failed,"
		" coalesce(c.unknown, 0) AS unknown, coalesce(c.expired, 0) AS expired,"
		" coalesce(c.dropped, 0) AS dropped"
		" FROM (SELECT $1::text AS reference) r"
		" LEFT JOIN alert_status_count c USING (reference)");
}

static PGresult *
ask_forecast(PGconn *db, const struct alert_head *head)
{
	const char *params[] = { head->id };

	return alert_query(db, "SELECT half_at, all_at FROM alert_desk_forecast($1::bigint, false)",
		1, params);
}

/* What changes while it is under way; its places and SIMs if they are wanted. */
static int
ask_live(struct status *s, PGconn *db, bool places)
{
	s->count = ask_count(db, &s->head);
	s->forecast = ask_forecast(db, &s->head);
	if (places) {
		s->zones = of_reference(db, &s->head, ZONES_SQL("coalesce(zone, 'lists') AS zone"));
		s->links = of_reference(db, &s->head, LINKS_SQL);
	}
	return s->count != NULL && s->forecast != NULL &&
			(!places || (s->zones != NULL && s->links != NULL))
		? COMMAND_DONE
		: COMMAND_FAILED;
}

static int
ask_all(struct status *s, PGconn *db, bool json)
{
	int code = ask_live(s, db, !json);

	if (code == COMMAND_DONE && json) {
		s->zones = of_reference(db, &s->head, ZONES_SQL("zone"));
		s->links = of_reference(db, &s->head, LINKS_SQL);
	}
	s->unknown = of_reference(db, &s->head,
		"SELECT contact_number, zone, language, sim_number, to_char(at, 'YYYY-MM-DD HH24:MI') AS at"
		" FROM alert_unknown u WHERE reference = $1 ORDER BY u.at, contact_number LIMIT 1000");
	return s->zones != NULL && s->links != NULL && s->unknown != NULL ? code : COMMAND_FAILED;
}

static void
status_free(struct status *s)
{
	PQclear(s->count);
	PQclear(s->forecast);
	PQclear(s->zones);
	PQclear(s->links);
	PQclear(s->unknown);
	alert_head_free(&s->head);
}

static struct counts
read_counts(const PGresult *row)
{
	long n[9];

	for (int i = 0; i < 9; i++)
		n[i] = strtol(PQgetvalue(row, 0, i), NULL, 10);
	return (struct counts){ n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8] };
}

/* --- --- once --- */

static void
print_ended(const struct alert_head *head)
{
	if (alert_is(head, "ended_at")[0] == '\0')
		return;
	printf("ended at %s by %s", alert_is(head, "ended_at"), alert_is(head, "ended_by"));
	if (alert_is(head, "reason")[0] != '\0')
		printf(": %s", alert_is(head, "reason"));
	putchar('\n');
}

static void
print_page(const struct status *s)
{
	const struct alert_head *h = &s->head;
	struct counts c = read_counts(s->count);

	printf("%s  %s %s, %s: %s, until %s\n", alert_is(h, "reference"), alert_is(h, "kind"),
		alert_is(h, "event"), alert_is(h, "zones"), alert_is(h, "state"),
		alert_is(h, "expires"));
	print_ended(h);
	printf("%ld of %ld have left: %ld sent, %ld delivered; %ld wait, %ld failed, %ld unknown, "
	       "%ld too late, %ld taken back\n",
		c.sent + c.delivered, c.recipients, c.sent, c.delivered, c.planned + c.queued,
		c.failed, c.unknown, c.expired, c.dropped);
	if (strcmp(alert_is(h, "state"), "approved") == 0)
		printf("half have it %s, all %s\n", PQgetvalue(s->forecast, 0, 0),
			PQgetvalue(s->forecast, 0, 1));
	if (PQntuples(s->zones) > 0)
		putchar('\n');
	cmd_rows_table(stdout, s->zones);
	if (PQntuples(s->links) > 0)
		putchar('\n');
	cmd_rows_table(stdout, s->links);
	if (PQntuples(s->unknown) == 0)
		return;
	printf("\nNobody knows whether these have it; nothing is sent to them again by itself "
	       "(baraza alert resend %s --unknown):\n",
		alert_is(h, "reference"));
	cmd_rows_table(stdout, s->unknown);
}

static void
print_json(const struct status *s)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	cmd_row_json_members(&json, s->head.row, 0);
	cmd_row_json(&json, "counts", s->count, 0);
	cmd_row_json(&json, "forecast", s->forecast, 0);
	cmd_rows_json(&json, "by_zone", s->zones);
	cmd_rows_json(&json, "by_link", s->links);
	cmd_rows_json(&json, "unknown", s->unknown);
	json_object_end(&json);
	json_end(&json);
}

static int
show_once(PGconn *db, const struct alert_wish *wish)
{
	struct status s = { .count = NULL };
	int code = alert_find(db, wish->reference, &s.head);

	if (code != COMMAND_DONE)
		return code;
	code = ask_all(&s, db, wish->json);
	if (code == COMMAND_DONE && wish->json)
		print_json(&s);
	else if (code == COMMAND_DONE)
		print_page(&s);
	status_free(&s);
	return code;
}

/* --- --- watched --- */

static int
columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* "[######......] 512 of 1000 have left, 12 unknown, half 14:20, all 15:02", as wide as the
 * terminal. */
static void
write_line(const struct counts *c, const PGresult *forecast, bool terminal, char *out, size_t size)
{
	char words[LINE_MAX_BYTES], bar[BAR_MAX + 1];
	long left = c->sent + c->delivered;
	int length, width;

	length = snprintf(words, sizeof words,
		"%ld of %ld have left, %ld delivered, %ld failed, %ld unknown, half %s, all %s",
		left, c->recipients, c->delivered, c->failed, c->unknown,
		PQgetvalue(forecast, 0, 0), PQgetvalue(forecast, 0, 1));
	width = columns() - length - 4;
	width = width > BAR_MAX ? BAR_MAX : width;
	if (!terminal || width < 5) {
		snprintf(out, size, "%s", words);
		return;
	}
	for (int i = 0; i < width; i++)
		bar[i] = c->recipients > 0 && i < left * width / c->recipients ? '#' : '.';
	bar[width] = '\0';
	snprintf(out, size, "[%s] %s", bar, words);
}

/* Until an alert changes, or so many milliseconds. Returns 0, or -1 after telling. */
static int
wait_for_news(PGconn *db, int ms)
{
	struct pollfd fd = { .fd = PQsocket(db), .events = POLLIN };
	PGnotify *notify;

	poll(&fd, 1, ms);
	if (PQconsumeInput(db) == 0) {
		cmd_error(&cmd_alert_command, "the database is gone; ask again");
		return -1;
	}
	while ((notify = PQnotifies(db)) != NULL)
		PQfreemem(notify);
	return 0;
}

/* What a watcher sees, and how much of it. */
struct screen {
	bool terminal;
	int lines; /* that the last look left above the cursor */
	char last[LINE_MAX_BYTES * 2];
};

/* The bar, and by zone and SIM what fits: drawn where the last look was. */
static void
draw(struct screen *screen, const struct status *s, const char *bar)
{
	struct winsize size;
	int room = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row - 2
										   : 22;
	char *page = NULL, *rest, *line;
	size_t length;
	FILE *out = open_memstream(&page, &length);

	if (out == NULL)
		return;
	fprintf(out, "%s\n", bar);
	cmd_rows_table(out, s->zones);
	cmd_rows_table(out, s->links);
	fclose(out);
	/* A line too long for the terminal is cut there: one stays one. */
	printf("\033[?7l");
	if (screen->lines > 0)
		printf("\033[%dA", screen->lines);
	screen->lines = 0;
	rest = page;
	while (screen->lines < room && (line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		printf("%s\033[K\n", line);
		screen->lines++;
	}
	printf("\033[J\033[?7h");
	free(page);
}

static void
tell(struct screen *screen, const struct status *s)
{
	struct counts c = read_counts(s->count);
	char line[LINE_MAX_BYTES * 2];

	write_line(&c, s->forecast, screen->terminal, line, sizeof line);
	if (screen->terminal)
		draw(screen, s, line);
	else if (strcmp(line, screen->last) != 0)
		printf("%s\n", line);
	strcpy(screen->last, line);
}

static int
look(PGconn *db, const struct alert_wish *wish, struct screen *screen, bool *over)
{
	struct status s = { .count = NULL };
	int code = alert_find(db, wish->reference, &s.head);

	if (code != COMMAND_DONE)
		return code;
	*over = strcmp(alert_is(&s.head, "state"), "approved") != 0;
	code = ask_live(&s, db, screen->terminal);
	if (code == COMMAND_DONE)
		tell(screen, &s);
	status_free(&s);
	return code == COMMAND_DONE && cmd_flush(&cmd_alert_command) == -1 ? COMMAND_FAILED : code;
}

static int
watch(PGconn *db, const struct alert_wish *wish)
{
	struct screen screen = { .terminal = isatty(STDOUT_FILENO) };
	bool over = false;
	int code = cmd_execute(&cmd_alert_command, db, "LISTEN baraza_alert") == 0 ? COMMAND_DONE
										   : COMMAND_FAILED;

	while (code == COMMAND_DONE) {
		int64_t began = monotonic_ms(), took;

		code = look(db, wish, &screen, &over);
		took = monotonic_ms() - began;
		if (code != COMMAND_DONE || over)
			break;
		if (wait_for_news(db,
			    took * SHARE_MAX > SECOND_MS ? (int)(took * SHARE_MAX) : SECOND_MS) ==
			-1)
			code = COMMAND_FAILED;
	}
	putchar('\n');
	return code == COMMAND_DONE ? show_once(db, wish) : code;
}

int
alert_do_status(PGconn *db, const struct config *config, const struct alert_wish *wish)
{
	(void)config;
	return wish->watch ? watch(db, wish) : show_once(db, wish);
}
