/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inbox.h"
#include "log.h"
#include "administrator.h"
#include "outbox.h"
#include "worker-parent.h"

/* A failure here ends the test. */
#define REQUIRE(cond_)                                                              \
	do {                                                                        \
		if (!(cond_)) {                                                     \
			printf("  %s:%d: false: %s\n", __FILE__, __LINE__, #cond_); \
			exit(1);                                                    \
		}                                                                   \
	} while (0)

/* The test's inbox and outbox -------------------------------------------------------------------
 */

int
inbox_has_room(const struct inbox *inbox)
{
	return !inbox->full;
}

int
inbox_take_sms(struct inbox *inbox, struct modem *modem, const struct wire_sms *sms)
{
	if (inbox->full)
		return -1;
	inbox->sms++;
	inbox->ordinal = sms->ordinal;
	inbox->handle = sms->handle;
	REQUIRE(wire_copy(inbox->text, sizeof(inbox->text), sms->text) == 0);
	REQUIRE(wire_copy(inbox->number, sizeof(inbox->number), sms->number) == 0);
	if (!inbox->keeps)
		modem_acknowledge(modem, modem_generation(modem), &sms->handle, 1);
	return 0;
}

void
inbox_take_call(struct inbox *inbox, struct modem *modem, const char *number)
{
	(void)modem;
	inbox->calls++;
	snprintf(inbox->number, sizeof(inbox->number), "%s", number);
}

void
outbox_modem_up(struct outbox *outbox, struct modem *modem)
{
	REQUIRE(modem_state(modem) == MODEM_READY);
	outbox->ups++;
}

void
outbox_modem_down(struct outbox *outbox, struct modem *modem)
{
	REQUIRE(!modem_can_send(modem));
	outbox->downs++;
}

void
outbox_result(struct outbox *outbox, struct modem *modem, const struct wire_result *result)
{
	(void)modem;
	outbox->results++;
	outbox->result = *result;
}

void
outbox_report(struct outbox *outbox, struct modem *modem, const struct wire_report *report)
{
	outbox->reports++;
	modem_acknowledge(modem, modem_generation(modem), &report->handle, report->handle != 0);
}

void
administrator_tell(
	struct administrator *administrator, const char *key, int32_t not_link, const char *words)
{
	administrator->tells++;
	administrator->not_link = not_link;
	snprintf(administrator->key, sizeof(administrator->key), "%s", key);
	snprintf(administrator->words, sizeof(administrator->words), "%s", words);
}

/* The database ----------------------------------------------------------------------------------
 */

void
harness_until_sql(struct harness *h, const char *want, const char *statement)
{
	while (strcmp(migrated_sql(&h->database, "%s", statement), want) != 0)
		harness_pass(h, 20);
}

static void
up_cb(struct db *db, void *arg)
{
	(void)db;
	modems_database_up(((struct harness *)arg)->gateway.modems);
}

void
harness_lose_database(struct harness *h)
{
	migrated_lose(&h->database);
	UNTIL(h, !db_is_up(h->gateway.chores_db));
	UNTIL(h, db_is_up(h->gateway.chores_db));
}

/* The configuration -----------------------------------------------------------------------------
 */

static void
read_config(struct harness *h, const char *entries)
{
	struct config_errors errors = { 0 };
	char path[4200];
	FILE *f;

	if (entries != NULL)
		snprintf(h->entries, sizeof(h->entries), "%s", entries);
	snprintf(path, sizeof(path), "%s/gateway.cfg", parent_dir());
	f = fopen(path, "w");
	REQUIRE(f != NULL);
	fprintf(f,
		"database = \"%s\"; listen = \"\"; city = \"Kigali\"; country = \"RW\";\n"
		"devices = [ \"%s\" ]; sysfs = \"%s\"; worker = \"%s\"; log_level = 7;\n"
		"modems = ( %s );\n",
		h->database.conninfo, h->globs, h->sysfs, h->worker, h->entries);
	REQUIRE(fclose(f) == 0);
	struct config *config = config_load(path, &errors);
	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	config_errors_free(&errors);
	REQUIRE(config != NULL);
	config->alive_interval_s = 1; /* of tests; the file's table asks for a minute at least */
	struct config *old = h->config;
	h->config = config;
	h->gateway.config = config;
	if (h->gateway.modems != NULL)
		modems_reload(h->gateway.modems);
	config_free(old);
}

void
harness_reload(struct harness *h, const char *entries)
{
	read_config(h, entries);
}

/* Its life --------------------------------------------------------------------------------------
 */

void
harness_devices(struct harness *h, const char *glob, const char *sysfs, const char *worker)
{
	snprintf(h->globs, sizeof(h->globs), "%s", glob);
	snprintf(h->sysfs, sizeof(h->sysfs), "%s", sysfs);
	snprintf(h->worker, sizeof(h->worker), "%s", worker);
}

static void
start_gateway(struct harness *h)
{
	h->gateway.base = event_base_new();
	h->gateway.inbox = &h->inbox;
	h->gateway.outbox = &h->outbox;
	h->gateway.administrator = &h->administrator;
	h->gateway.epoch = 1;
	h->gateway.modems = modems_new(&h->gateway);
	h->gateway.chores_db =
		migrated_connection(&h->database, h->gateway.base, modem_statements, up_cb, h);
	db_start(h->gateway.chores_db);
}

static void
stop_gateway(struct harness *h)
{
	modems_free(h->gateway.modems);
	db_free(h->gateway.chores_db);
	event_base_free(h->gateway.base);
	h->gateway.modems = NULL;
}

void
harness_begin(struct harness *h, const char *entries)
{
	char path[4200];

	migrated_make(&h->database, "modem");
	signal(SIGPIPE, SIG_IGN);
	if (h->globs[0] == '\0') {
		char glob[512], sysfs[512], worker[4200];
		snprintf(glob, sizeof(glob), "%.400s/sim/dev/ttySIM*", parent_dir());
		snprintf(sysfs, sizeof(sysfs), "%.400s/sim/sys", parent_dir());
		snprintf(worker, sizeof(worker), "%s/baraza-modem", parent_build());
		REQUIRE(realpath(worker, path) != NULL);
		harness_devices(h, glob, sysfs, path);
	}
	read_config(h, entries);
	start_gateway(h);
}

void
harness_restart(struct harness *h, const char *entries)
{
	stop_gateway(h);
	read_config(h, entries);
	start_gateway(h);
}

void
harness_end(struct harness *h)
{
	modems_close(h->gateway.modems);
	UNTIL(h, modems_idle(h->gateway.modems));
	stop_gateway(h);
	config_free(h->config);
	migrated_drop(&h->database);
}

void
harness_turn(struct harness *h)
{
	h->turns++;
	event_base_loop(h->gateway.base, EVLOOP_ONCE);
}

static void
passed_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(int *)arg = 1;
}

void
harness_pass(struct harness *h, int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };
	int passed = 0;
	struct event *timer = evtimer_new(h->gateway.base, passed_cb, &passed);

	evtimer_add(timer, &tv);
	UNTIL(h, passed);
	event_free(timer);
}

struct modem *
harness_modem(struct harness *h, const char *name)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &h->gateway.modems->list, next)
		if (strcmp(modem_name(modem), name) == 0)
			return modem;
	printf("  no modem is named %s\n", name);
	exit(1);
}

int
harness_send(
	struct harness *h, const char *modem, const char *number, const char *text, uint64_t token)
{
	uint8_t utf16[2 * WIRE_UNITS_MAX];
	size_t n = strlen(text);

	REQUIRE(n <= WIRE_UNITS_MAX);
	for (size_t i = 0; i < n; i++) {
		utf16[2 * i] = 0;
		utf16[2 * i + 1] = (uint8_t)text[i];
	}
	struct wire_send send = { .token = token,
		.number = wire_str(number),
		.coding = WIRE_GSM7,
		.validity = 255,
		.class = -1,
		.text = { (const char *)utf16, (uint16_t)(2 * n) } };
	return modem_send(harness_modem(h, modem), &send);
}
