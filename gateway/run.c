/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run: `baraza run`, the gateway itself: everything is made here, the loop turns here, and chores
 * are done after each turn of it.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "administrator.h"
#include "airtime.h"
#include "alert-events.h"
#include "alert-template.h"
#include "alerts.h"
#include "cap-room.h"
#include "command.h"
#include "config.h"
#include "db.h"
#include "gateway.h"
#include "http.h"
#include "inbox.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "notices.h"
#include "operators.h"
#include "outbox.h"
#include "payment-format.h"
#include "settings.h"
#include "texts.h"
#include "understand.h"
#include "ussd-menu.h"
#include "ussd.h"

#define MINUTE_S 60
#define DRAIN_MARGIN_S 10  /* beyond what a modem may take for a send */
#define DRAIN_MOST_S 80    /* the service's TimeoutStopSec leaves it 90 */
#define DRAIN_DATABASE_S 4 /* for results alone, while the database is away */

/* What a configuration brings, made and swapped as one. */
struct speech {
	struct config *config;
	struct texts *texts;
	struct vocabulary *vocabulary;
	struct payment_formats *payments; /* NULL: no modem is a till */
	struct alert_templates *templates;
	struct operators *operators;
	struct ussd_menus *menus; /* NULL: nobody brings USSD sessions */
};

struct run {
	struct gateway gateway;
	struct speech speech;
	struct gazetteer *gazetteer;
	struct http *http;
	struct db_statement *chores;
	struct event *minute, *watchdog, *hangup, *terminate, *interrupt, *deadline, *away;
	int reload_wanted, overdue;
	int doubted; /* the clock was not to be believed, and its error is told */
	int mending; /* what is stamped wrongly is being mended, and the clock not doubted since */
};

static const struct db_statement own_statements[] = {
	{ "places", "SELECT place_id, name FROM gazetteer_name" },
	{ "believable", "SELECT clock_believable()" },
	{ "mend", "SELECT clock_mend()" },
	{ "city", "SELECT city_chores()" },
	SETTINGS_STATEMENT,
	ALERT_EVENTS_STATEMENT,
	ADMINISTRATOR_STATEMENT,
};

/* --- Configuration --- */

static void
speech_free(struct speech *speech)
{
	operators_free(speech->operators);
	ussd_menus_free(speech->menus);
	alert_templates_free(speech->templates);
	payment_formats_free(speech->payments);
	vocabulary_free(speech->vocabulary);
	texts_free(speech->texts);
	config_free(speech->config);
	memset(speech, 0, sizeof(*speech));
}

static void
log_errors(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		log_error("event=configuration error=%s", log_quote(errors->text[i]));
	config_errors_free(errors);
}

static bool
has_till(const struct config *config)
{
	for (size_t i = 0; i < config->modem_count; i++)
		if (config->modem[i].till)
			return true;
	return false;
}

/* The menus, and whether those are there that the ways show. Returns 0 or -1. */
static int
menus_load(struct speech *speech, struct config_errors *errors)
{
	if (speech->config->ussd_count == 0)
		return 0;
	speech->menus = ussd_menus_load(speech->config, speech->texts, errors);
	return speech->menus != NULL ? ussd_ways_check(speech->config, speech->menus, errors) : -1;
}

/* Read all of it.  Returns 0, or -1 after every error was logged. */
static int
speech_load(const char *file, struct speech *out)
{
	struct config_errors errors = { 0 };
	struct speech speech = { 0 };
	int menus = 0;

	speech.config = config_load(file, &errors);
	if (speech.config != NULL) {
		speech.texts = texts_load(speech.config, &errors);
		speech.vocabulary = vocabulary_load(speech.config, &errors);
		speech.templates = alert_templates_load(speech.config, &errors);
		speech.operators = operators_load(speech.config, &errors);
	}
	if (speech.texts != NULL)
		menus = menus_load(&speech, &errors);
	if (speech.config != NULL && has_till(speech.config))
		speech.payments = payment_formats_load(speech.config->payments, &errors);
	if (speech.config == NULL || speech.texts == NULL || speech.vocabulary == NULL ||
		speech.templates == NULL || menus != 0 || speech.operators == NULL ||
		!operators_check(speech.operators, speech.config, &errors) ||
		(has_till(speech.config) && speech.payments == NULL)) {
		log_errors(&errors);
		speech_free(&speech);
		return -1;
	}
	config_errors_free(&errors);
	*out = speech;
	return 0;
}

static void
speech_use(struct run *run)
{
	run->gateway.config = run->speech.config;
	run->gateway.texts = run->speech.texts;
	run->gateway.vocabulary = run->speech.vocabulary;
	run->gateway.payments = run->speech.payments;
	run->gateway.templates = run->speech.templates;
	run->gateway.menus = run->speech.menus;
	run->gateway.operators = run->speech.operators;
	log_set_level((enum log_level)run->speech.config->log_level);
}

static int
differ(const char *a, const char *b)
{
	return (a == NULL) != (b == NULL) || (a != NULL && strcmp(a, b) != 0);
}

/* A chore: SIGHUP came.  The new configuration is read beside the old one, then swapped or refused.
 */
static void
chore_reload(struct run *run)
{
	struct speech fresh, old = run->speech;

	if (!run->reload_wanted)
		return;
	run->reload_wanted = 0;
	sd_notify(0, "RELOADING=1");
	if (speech_load(old.config->file, &fresh) != 0) {
		log_error("event=reload_refused hint=%s",
			log_quote("the old configuration stays in force"));
		sd_notify(0, "READY=1");
		return;
	}
	if (differ(fresh.config->database, old.config->database) ||
		fresh.config->database_connections != old.config->database_connections ||
		differ(fresh.config->listen, old.config->listen) ||
		differ(fresh.config->timezone, old.config->timezone) ||
		differ(fresh.config->cap_in, old.config->cap_in) ||
		differ(fresh.config->cap_out, old.config->cap_out) ||
		differ(fresh.config->cap_sender, old.config->cap_sender) ||
		differ(fresh.config->cap_key, "") != differ(old.config->cap_key, "") ||
		(fresh.config->ussd_count > 0) != (old.config->ussd_count > 0))
		log_warn("event=reload hint=%s",
			log_quote(
				"a changed database, database_connections, listen, timezone, cap_in, "
				"cap_out or cap_sender, or a first or last cap_key or entry of ussd, takes "
				"effect at the next start"));
	run->speech = fresh;
	speech_use(run);
	modems_reload(run->gateway.modems);
	settings_send(run->gateway.chores_db, run->gateway.config);
	alert_events_send(run->gateway.chores_db, run->gateway.templates);
	airtime_wake(run->gateway.airtime);
	speech_free(&old);
	log_notice("event=reloaded");
	sd_notify(0, "READY=1");
}

/* --- The database's chores --- */

static void
places_cb(PGresult *result, void *arg)
{
	struct run *run = arg;
	struct gazetteer *fresh = result != NULL ? gazetteer_new() : NULL;

	for (int i = 0; fresh != NULL && i < PQntuples(result); i++) {
		if (gazetteer_add(fresh, strtoll(PQgetvalue(result, i, 0), NULL, 10),
			    PQgetvalue(result, i, 1)) != 0) {
			gazetteer_free(fresh);
			fresh = NULL;
		}
	}
	if (fresh == NULL)
		return;
	gazetteer_free(run->gazetteer);
	run->gazetteer = fresh;
	run->gateway.gazetteer = fresh;
	metric_add(METRIC_PLACES, 1);
}

/* The clock has been set: what waited for it goes on. */
static void
mended_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct run *run = arg;

	(void)sqlstate;
	if (end != DB_COMMITTED || !run->mending) {
		run->mending = 0;
		return; /* asked again within a minute */
	}
	run->mending = 0;
	if (run->doubted)
		log_notice("event=clock state=believable");
	run->doubted = 0;
	run->gateway.believable = 1;
	inbox_wake(run->gateway.inbox);
	outbox_wake(run->gateway.outbox);
	notices_wake(run->gateway.notices);
	alerts_wake(run->gateway.alerts);
	airtime_wake(run->gateway.airtime);
	cap_room_wake(run->gateway.cap);
	ussd_wake(run->gateway.ussd);
}

static void
believable_cb(PGresult *result, void *arg)
{
	struct run *run = arg;
	struct db_params params;

	if (result == NULL || PQntuples(result) != 1)
		return;
	if (PQgetvalue(result, 0, 0)[0] != 't') {
		if (!run->doubted)
			log_error("event=clock hint=%s",
				log_quote(
					"the machine's clock stands before what the database remembers: set it; until "
					"then nothing expires"));
		run->doubted = 1;
		run->mending = 0;
		run->gateway.believable = 0;
	} else if (!run->gateway.believable && !run->mending) {
		/* Also when it was another start that doubted: what was stamped in 1970 is mended
		 * first. */
		db_params_begin(&params);
		db_send(run->gateway.chores_db, "mend", &params, NULL, NULL);
		run->mending = db_commit(run->gateway.chores_db, mended_cb, run) == 0;
	}
}

static void
clock_look(struct run *run)
{
	struct db_params params;

	if (!db_is_up(run->gateway.chores_db))
		return;
	db_params_begin(&params);
	db_send(run->gateway.chores_db, "believable", &params, believable_cb, run);
	db_commit(run->gateway.chores_db, NULL, NULL);
}

static void
places_read(struct run *run)
{
	struct db_params params;

	db_params_begin(&params);
	db_send(run->gateway.chores_db, "places", &params, places_cb, run);
	db_commit(run->gateway.chores_db, NULL, NULL);
}

/* What is due by the calendar; what it leaves to be said, notices hear of by themselves. */
static void
city_look(struct run *run)
{
	struct db_params params;

	if (!db_is_up(run->gateway.chores_db) || !run->gateway.believable)
		return;
	db_params_begin(&params);
	db_send(run->gateway.chores_db, "city", &params, NULL, NULL);
	db_commit(run->gateway.chores_db, NULL, NULL);
}

/* The chores that time brings. */
static void
minute(struct run *run)
{
	clock_look(run);
	city_look(run);
	administrator_wake(run->gateway.administrator);
	outbox_minute(run->gateway.outbox);
	inbox_wake(run->gateway.inbox);
	notices_wake(run->gateway.notices);
	alerts_wake(run->gateway.alerts);
	airtime_wake(run->gateway.airtime);
}

/* An import has changed the gazetteer, or somebody the clock; or has given his word for it. */
static void
chores_notify_cb(const char *channel, void *arg)
{
	const char *words = db_notify_words(((struct run *)arg)->gateway.chores_db);

	if (strcmp(channel, "baraza_places") == 0)
		places_read(arg);
	else
		minute(arg);
	if (strcmp(channel, "baraza_clock") == 0 && words[0] != '\0')
		log_notice("event=clock believed_by=%s", log_quote(words));
}

static void
chores_up_cb(struct db *db, void *arg)
{
	struct run *run = arg;

	(void)db;
	settings_send(run->gateway.chores_db, run->gateway.config);
	alert_events_send(run->gateway.chores_db, run->gateway.templates);
	places_read(run);
	clock_look(run);
	administrator_wake(run->gateway.administrator);
	modems_database_up(run->gateway.modems);
}

static void
chores_down_cb(struct db *db, void *arg)
{
	(void)db;
	(void)arg;
}

static struct db_statement *
chores_new(void)
{
	size_t own = sizeof(own_statements) / sizeof(own_statements[0]), count = 0;

	while (modem_statements[count].name != NULL)
		count++;
	struct db_statement *all = calloc(own + count + 1, sizeof(*all));
	if (all == NULL)
		fatal("event=out_of_memory");
	memcpy(all, own_statements, sizeof(own_statements));
	memcpy(all + own, modem_statements, count * sizeof(*all));
	return all;
}

/* --- Signals and timers --- */

static void
hangup_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	((struct run *)arg)->reload_wanted = 1;
}

/* The first one drains; whoever asks again does not want to wait. */
static void
terminate_cb(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (run->gateway.draining)
		run->overdue = 1;
	run->gateway.draining = 1;
}

static void
deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	((struct run *)arg)->overdue = 1;
}

static void
minute_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	minute(arg);
}

static void
watchdog_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	sd_notify(0, "WATCHDOG=1");
}

static struct event *
signal_new(struct run *run, int number, event_callback_fn cb)
{
	struct event *event = evsignal_new(run->gateway.base, number, cb, run);

	if (event == NULL || evsignal_add(event, NULL) != 0)
		fatal("event=signals cannot be watched");
	return event;
}

static struct event *
every(struct run *run, event_callback_fn cb, uint64_t period_us)
{
	struct timeval tv = { (time_t)(period_us / 1000000), (suseconds_t)(period_us % 1000000) };
	struct event *event = event_new(run->gateway.base, -1, EV_PERSIST, cb, run);

	if (event == NULL || evtimer_add(event, &tv) != 0)
		fatal("event=timers cannot be set");
	return event;
}

/* Beginning, turning, ending
 * ------------------------------------------------------------------------ */

static void
run_begin(struct run *run)
{
	struct gateway *gateway = &run->gateway;
	const struct db_handlers handlers = { chores_up_cb, chores_down_cb, chores_notify_cb, run };
	char first[256];
	uint64_t watchdog_us;

	gateway->base = event_base_new();
	if (gateway->base == NULL)
		fatal("event=no event loop");
	speech_use(run);
	signal(SIGPIPE, SIG_IGN);
	run->hangup = signal_new(run, SIGHUP, hangup_cb);
	run->terminate = signal_new(run, SIGTERM, terminate_cb);
	run->interrupt = signal_new(run, SIGINT, terminate_cb);
	run->minute = every(run, minute_cb, (uint64_t)MINUTE_S * 1000000);
	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		run->watchdog = every(run, watchdog_cb, watchdog_us / 2);
	gateway->inbox = inbox_new(gateway);
	gateway->outbox = outbox_new(gateway);
	gateway->notices = notices_new(gateway);
	gateway->alerts = alerts_new(gateway);
	gateway->airtime = airtime_new(gateway);
	gateway->administrator = administrator_new(gateway);
	gateway->cap = cap_room_new(gateway);
	gateway->ussd = ussd_new(gateway);
	gateway->modems = modems_new(gateway);
	run->chores = chores_new();
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET jit = off; SET TimeZone = '%s'; LISTEN baraza_places; LISTEN baraza_clock",
		gateway->config->timezone);
	gateway->chores_db = db_new(
		gateway->base, "chores", gateway->config->database, first, run->chores, &handlers);
	if (gateway->config->listen[0] != '\0' &&
		(run->http = http_new(gateway, gateway->config->listen)) == NULL)
		exit(COMMAND_FAILED);
	db_start(gateway->chores_db);
	inbox_start(gateway->inbox);
	outbox_start(gateway->outbox);
	notices_start(gateway->notices);
	alerts_start(gateway->alerts);
	airtime_start(gateway->airtime);
	cap_room_start(gateway->cap);
	ussd_start(gateway->ussd);
}

static int
run_idle(const struct run *run)
{
	return inbox_idle(run->gateway.inbox) && outbox_idle(run->gateway.outbox) &&
		notices_idle(run->gateway.notices) && alerts_idle(run->gateway.alerts) &&
		airtime_idle(run->gateway.airtime) && cap_room_idle(run->gateway.cap) &&
		ussd_idle(run->gateway.ussd);
}

/* As long as the slowest modem may take for the segment that it has. */
static int
drain_s(const struct config *config)
{
	int s = 0;

	for (size_t i = 0; i < config->modem_count; i++)
		if (config->modem[i].send_timeout_s > s)
			s = config->modem[i].send_timeout_s;
	s += DRAIN_MARGIN_S;
	return s < DRAIN_MOST_S ? s : DRAIN_MOST_S;
}

static struct event *
deadline_new(struct run *run)
{
	struct event *event = evtimer_new(run->gateway.base, deadline_cb, run);

	if (event == NULL)
		fatal("event=timers cannot be set");
	return event;
}

/* Nothing but the database is waited for: not for long. */
static void
drain_look(struct run *run)
{
	const struct timeval patience = { DRAIN_DATABASE_S, 0 };

	if (db_is_up(run->gateway.chores_db) || outbox_sending(run->gateway.outbox))
		evtimer_del(run->away);
	else if (!evtimer_pending(run->away, NULL))
		evtimer_add(run->away, &patience);
}

/*
 * SIGTERM: nothing new is claimed; what modems are sending is waited for and committed, then they
 * close.
 */
static void
run_drain(struct run *run)
{
	struct timeval tv = { drain_s(run->gateway.config), 0 };

	log_notice("event=draining");
	ussd_wake(run->gateway.ussd);
	sd_notify(0, "STOPPING=1");
	run->deadline = deadline_new(run);
	run->away = deadline_new(run);
	evtimer_add(run->deadline, &tv);
	inbox_drain(run->gateway.inbox);
	airtime_drain(run->gateway.airtime);
	modems_resume(run->gateway.modems); /* what they have sent may stand behind what there was
					       no room for */
	while (!run_idle(run) && !run->overdue) {
		drain_look(run);
		event_base_loop(run->gateway.base, EVLOOP_ONCE);
	}
	evtimer_del(run->away);
	modems_close(run->gateway.modems);
	while (!modems_idle(run->gateway.modems) && !run->overdue)
		event_base_loop(run->gateway.base, EVLOOP_ONCE);
	if (run->overdue)
		log_warn("event=drain_overdue hint=%s",
			log_quote(
				"what a modem has or the database has not been told becomes unknown"));
}

static void
event_free_maybe(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

static void
run_end(struct run *run)
{
	http_free(run->http);
	modems_free(run->gateway.modems);
	inbox_free(run->gateway.inbox);
	outbox_free(run->gateway.outbox);
	notices_free(run->gateway.notices);
	alerts_free(run->gateway.alerts);
	airtime_free(run->gateway.airtime);
	cap_room_free(run->gateway.cap);
	ussd_free(run->gateway.ussd);
	db_free(run->gateway.chores_db); /* which tells the administrator's words their end */
	administrator_free(run->gateway.administrator);
	free(run->chores);
	gazetteer_free(run->gazetteer);
	event_free_maybe(run->hangup);
	event_free_maybe(run->terminate);
	event_free_maybe(run->interrupt);
	event_free_maybe(run->minute);
	event_free_maybe(run->watchdog);
	event_free_maybe(run->deadline);
	event_free_maybe(run->away);
	event_base_free(run->gateway.base);
	speech_free(&run->speech);
}

static int
read_options(int argc, char **argv, const char **file)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ 0 } };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c != 'c')
			return -1;
		*file = optarg;
	}
	return optind == argc ? 0 : -1;
}

int
cmd_run(int argc, char **argv)
{
	static struct run run;
	const char *file = config_default_file();

	if (read_options(argc, argv, &file) != 0) {
		fprintf(stderr, "baraza run: usage: baraza run [-c FILE]\n");
		return COMMAND_USAGE;
	}
	if (speech_load(file, &run.speech) != 0)
		return COMMAND_USAGE;
	run_begin(&run);
	log_notice("event=start version=" BARAZA_VERSION " modems=%zu",
		run.gateway.config->modem_count);
	sd_notify(0, "READY=1");
	while (!run.gateway.draining) {
		event_base_loop(run.gateway.base, EVLOOP_ONCE);
		chore_reload(&run);
	}
	run_drain(&run);
	log_notice("event=stop");
	run_end(&run);
	return COMMAND_DONE;
}
