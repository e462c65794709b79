/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-store: the database's side of modems: what was learnt, their states and health, links,
 * PINs.
 *
 * Whoever asks for an answer gets it by an event once the transaction is committed.  When the
 * connection breaks first, nothing is told: store_all() asks again.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "gateway.h"
#include "log.h"
#include "modem-internal.h"

const struct db_statement modem_statements[] = {
	{ "modem_learnt",
		"SELECT m.name, m.imei, m.usb_port, l.iccid "
		"FROM modem m LEFT JOIN link l ON l.id = m.link_id" },
	{ "modem_state",
		"SELECT modem_state($1::text, $2::bigint, $3::text, $4::text, $5::text, $6::text, "
		"$7::text, $8::text, $9::text)" },
	{ "modem_link",
		"SELECT modem_link($1::text, $2::text, $3::text, $4::text, $5::boolean, $6::integer, "
		"$7::integer, $8::integer, $9::integer, $10::boolean)" },
	{ "modem_health",
		"SELECT modem_health($1::text, $2::integer, $3::integer, $4::integer, $5::text, "
		"$6::integer, $7::integer, $8::integer)" },
	{ "modem_pin_try", "SELECT modem_pin_try($1::text, $2::bytea)" },
	{ "modem_pin_result", "SELECT modem_pin_result($1::text, $2::bytea, $3::boolean)" },
	{ NULL, NULL },
};

/*
 * A transaction whose end matters.  It frees itself; modem is NULL once nobody waits for it.
 */
struct ask {
	LIST_ENTRY(ask) next;
	struct modems *modems; /* NULL after modems_free() */
	struct modem *modem;
	int32_t value;
	int got;
	int orphan; /* no commit was sent: the result's callback frees it */
	void (*answer)(struct modem *modem, int got, int32_t value);
};

static struct db *
db_of(const struct modem *modem)
{
	return modem->modems->gateway->chores_db;
}

/* NULL for what is not known. */
static const char *
known(const char *s)
{
	return s[0] != '\0' ? s : NULL;
}

/* --- Asking --- */

static struct ask *
ask_new(struct modems *modems, struct modem *modem)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (ask == NULL)
		fatal("event=out_of_memory");
	ask->modems = modems;
	ask->modem = modem;
	LIST_INSERT_HEAD(&modems->asks, ask, next);
	return ask;
}

static void
ask_free(struct ask *ask)
{
	if (ask->modems != NULL)
		LIST_REMOVE(ask, next);
	free(ask);
}

void
store_forget(struct modem *modem)
{
	if (modem->ask != NULL)
		modem->ask->modem = NULL;
	modem->ask = NULL;
}

void
store_forget_all(struct modems *modems)
{
	struct ask *ask;

	while ((ask = LIST_FIRST(&modems->asks)) != NULL) {
		LIST_REMOVE(ask, next);
		ask->modems = NULL;
		ask->modem = NULL;
	}
}

/*
 * Send one statement and its commit.  Returns 0, or -1 when the connection is away: no callback,
 * but perhaps result_cb for an orphan.
 */
static int
ask_send(struct ask *ask, const char *statement, struct db_params *params, db_result_cb result_cb,
	db_commit_cb commit_cb)
{
	struct db *db = ask->modems->gateway->chores_db;

	if (db_send(db, statement, params, result_cb, ask) != 0) {
		ask_free(ask);
		return -1;
	}
	if (db_commit(db, commit_cb, ask) != 0) {
		ask->orphan = 1;
		ask->modem = NULL;
		return -1;
	}
	return 0;
}

static void
asked_result_cb(PGresult *result, void *arg)
{
	struct ask *ask = arg;

	if (ask->orphan) {
		ask_free(ask);
		return;
	}
	if (result == NULL || PQntuples(result) != 1 || PQgetisnull(result, 0, 0))
		return;
	const char *value = PQgetvalue(result, 0, 0);
	ask->value = value[0] == 't' ? 1 : (int32_t)strtol(value, NULL, 10);
	ask->got = 1;
}

static void
asked_commit_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct ask *ask = arg;
	struct modem *modem = ask->modem;
	struct ask done = *ask;

	(void)sqlstate;
	ask_free(ask);
	if (modem == NULL)
		return;
	modem->ask = NULL;
	if (end != DB_LOST)
		done.answer(modem, done.got && end == DB_COMMITTED, done.value);
}

/* Ask for an answer, which is told to the modem; an earlier question is forgotten. */
static void
ask_database(struct modem *modem, const char *statement, struct db_params *params,
	void (*answer)(struct modem *modem, int got, int32_t value))
{
	struct ask *ask = ask_new(modem->modems, modem);

	store_forget(modem);
	ask->answer = answer;
	if (ask_send(ask, statement, params, asked_result_cb, asked_commit_cb) == 0)
		modem->ask = ask;
}

/* --- Which SIM --- */

static void
send_state(struct modem *modem)
{
	struct db_params params;
	int64_t epoch = modem->modems->gateway->epoch;

	db_params_begin(&params);
	db_param_text(&params, modem->settings.name);
	if (epoch != 0)
		db_param_int(&params, epoch);
	else
		db_param_text(&params, NULL);
	db_param_text(&params, modem_state_name(modem->state));
	db_param_text(&params, known(modem->reason));
	db_param_text(&params, modem->device != NULL ? modem->device->path : NULL);
	db_param_text(&params, known(modem->imei));
	db_param_text(&params, known(modem->port));
	db_param_text(&params, modem->identified ? known(modem->seen.model) : NULL);
	/* Empty is an answer too: there is none. */
	db_param_text(&params,
		modem->identified && modem->seen.sim == WIRE_SIM_READY ? modem->seen.smsc : NULL);
	db_send(db_of(modem), "modem_state", &params, NULL, NULL);
	modem->stored_epoch = epoch;
}

void
store_state(struct modem *modem)
{
	if (!db_is_up(db_of(modem)))
		return;
	send_state(modem);
	db_commit(db_of(modem), NULL, NULL);
}

static void
linked(struct modem *modem, int got, int32_t value)
{
	if (!got || value <= 0) {
		modem_event(modem, EVENT_REFUSED);
		return;
	}
	modem->link = value;
	modem_event(modem, EVENT_LINKED);
}

void
store_link(struct modem *modem)
{
	const struct config_modem *entry = &modem->settings;
	struct db_params params;

	if (!db_is_up(db_of(modem)))
		return;
	send_state(modem); /* in the same transaction: the link is told to a row that exists */
	db_params_begin(&params);
	db_param_text(&params, entry->name);
	db_param_text(&params, modem->identity);
	db_param_text(&params, known(modem->seen.iccid));
	db_param_text(&params, entry->number);
	db_param_text(&params, entry->till ? "true" : "false");
	db_param_int(&params, entry->per_minute);
	db_param_int(&params, entry->per_day);
	db_param_int(&params, entry->recipients_per_day);
	db_param_int(&params, entry->credit_reserve);
	db_param_text(&params, entry->operator_agreement != NULL ? "true" : "false");
	ask_database(modem, "modem_link", &params, linked);
}

/* --- PINs --- */

/*
 * By what a SIM's attempts are counted: its ICCID; where that cannot be read before the PIN, the
 * modem that it sits in.
 */
static void
name_pin(struct modem *modem)
{
	const struct modem_seen *seen = &modem->seen;
	unsigned char buf[MODEM_IDENTITY_MAX + 64];
	size_t len;

	if (seen->iccid[0] != '\0')
		snprintf(modem->pin_key, sizeof(modem->pin_key), "%s", seen->iccid);
	else if (seen->imei[0] != '\0')
		snprintf(modem->pin_key, sizeof(modem->pin_key), "imei:%s", seen->imei);
	else
		snprintf(modem->pin_key, sizeof(modem->pin_key), "modem:%s", modem->settings.name);
	len = (size_t)snprintf(
		(char *)buf, sizeof(buf), "%s%s", modem->pin_key, modem->settings.pin);
	if (len >= sizeof(buf) || !EVP_Digest(buf, len, modem->pin_hash, NULL, EVP_sha256(), NULL))
		fatal("event=hash error=\"a PIN cannot be hashed\"");
	explicit_bzero(buf, sizeof(buf));
}

static void
pin_params(const struct modem *modem, struct db_params *params)
{
	db_params_begin(params);
	db_param_text(params, modem->pin_key);
	db_param_bytes(params, modem->pin_hash, sizeof(modem->pin_hash));
}

static void
pin_tried(struct modem *modem, int got, int32_t value)
{
	if (!got)
		modem_event(modem, EVENT_REFUSED);
	else
		modem_event(modem, value == 1 ? EVENT_PIN_ALLOWED : EVENT_PIN_DENIED);
}

void
store_pin_try(struct modem *modem)
{
	struct db_params params;

	if (!db_is_up(db_of(modem)))
		return; /* an older result may still be due under its own name */
	name_pin(modem);
	pin_params(modem, &params);
	ask_database(modem, "modem_pin_try", &params, pin_tried);
}

static void
pin_stored_result_cb(PGresult *result, void *arg)
{
	struct ask *ask = arg;

	(void)result;
	if (ask->orphan)
		ask_free(ask);
}

static void
pin_stored_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct ask *ask = arg;

	(void)sqlstate;
	if (end == DB_LOST && ask->modem != NULL)
		ask->modem->pin_result_due = 1;
	ask_free(ask);
}

static void
send_pin_result(struct modem *modem)
{
	struct db_params params;

	if (!modem->pin_result_due || !db_is_up(db_of(modem)))
		return;
	pin_params(modem, &params);
	db_param_text(&params, modem->pin_result_ok ? "true" : "false");
	if (ask_send(ask_new(modem->modems, modem), "modem_pin_result", &params,
		    pin_stored_result_cb, pin_stored_cb) == 0)
		modem->pin_result_due = 0;
}

void
store_pin_result(struct modem *modem, int ok)
{
	modem->pin_result_due = 1;
	modem->pin_result_ok = ok;
	send_pin_result(modem);
}

/* --- Health --- */

static void
param_known(struct db_params *params, int is_known, int v)
{
	if (is_known)
		db_param_int(params, v);
	else
		db_param_text(params, NULL);
}

void
store_health(struct modem *modem)
{
	struct db_params params;

	if (!db_is_up(db_of(modem)))
		return;
	db_params_begin(&params);
	db_param_text(&params, modem->settings.name);
	param_known(&params, modem->health.dbm != 0, modem->health.dbm);
	param_known(&params, modem->health.percent != 255, modem->health.percent);
	param_known(&params, modem->health.registration != 255, modem->health.registration);
	db_param_text(&params, known(modem->health.network));
	param_known(&params, modem->health.capacity > 0, modem->health.used);
	param_known(&params, modem->health.capacity > 0, modem->health.capacity);
	db_param_int(&params, modem->health.undeletable);
	db_send(db_of(modem), "modem_health", &params, NULL, NULL);
	db_commit(db_of(modem), NULL, NULL);
}

/* --- What was learnt --- */

static void
take(char *out, size_t size, PGresult *result, int row, int column)
{
	const char *value = PQgetvalue(result, row, column);

	if (strlen(value) < size)
		memcpy(out, value, strlen(value) + 1);
}

static void
learnt_cb(PGresult *result, void *arg)
{
	struct ask *ask = arg;

	if (ask->orphan) {
		ask_free(ask);
		return;
	}
	for (int i = 0; ask->modems != NULL && result != NULL && i < PQntuples(result); i++) {
		struct modem *modem = modems_find(ask->modems, PQgetvalue(result, i, 0));
		if (modem == NULL)
			continue; /* of another configuration, or another node's */
		take(modem->imei, sizeof(modem->imei), result, i, 1);
		take(modem->port, sizeof(modem->port), result, i, 2);
		take(modem->iccid, sizeof(modem->iccid), result, i, 3);
	}
}

static void
learnt_commit_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct ask *ask = arg;
	struct modems *modems = ask->modems;

	(void)sqlstate;
	ask_free(ask);
	if (modems == NULL)
		return;
	modems->loading = 0;
	if (end == DB_COMMITTED)
		modems_begin(modems);
	else if (end == DB_FAILED)
		log_error("event=modems_not_loaded hint=%s",
			log_quote("no modem is started: run 'baraza migrate', then start again"));
}

void
store_load(struct modems *modems)
{
	struct db_params params;

	if (modems->loading || !db_is_up(modems->gateway->chores_db))
		return;
	db_params_begin(&params);
	if (ask_send(ask_new(modems, NULL), "modem_learnt", &params, learnt_cb, learnt_commit_cb) ==
		0)
		modems->loading = 1;
}

static void
store_one(struct modem *modem)
{
	send_pin_result(modem);
	if (modem->ask != NULL)
		return;
	if (modem->state == MODEM_PIN && modem->pin == PIN_ASKED)
		store_pin_try(modem);
	else if (modem->state == MODEM_READY || (modem->state == MODEM_LINKING && !modem->started))
		store_link(modem);
	else
		store_state(modem);
}

void
store_all(struct modems *modems)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		store_one(modem);
}
