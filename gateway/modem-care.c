/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modem-care: what a look finds, and whom it is told. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "administrator.h"
#include "gateway.h"
#include "log.h"
#include "modem-internal.h"
#include "text.h"

enum { WORDS_MAX = 400 };

/* By SMS from another link than this modem's own; what: names the trouble, so that it is told once.
 */
static void __attribute__((format(printf, 3, 4)))
tell_administrator(struct modem *modem, const char *what, const char *fmt, ...)
{
	char key[64], words[WORDS_MAX];
	va_list args;

	snprintf(key, sizeof(key), "modem:%s:%s", modem->settings.name, what);
	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	administrator_tell(modem->modems->gateway->administrator, key, modem->link, words);
}

static void
care_storage(struct modem *modem, int used, int capacity)
{
	if (capacity <= 0)
		return;
	modem->health.used = used;
	modem->health.capacity = capacity;
}

static void
tell_full(struct modem *modem)
{
	modem->health.full_told = 1;
	log_error("event=storage_stays_full modem=%s used=%d capacity=%d hint=%s",
		modem->settings.name, modem->health.used, modem->health.capacity,
		log_quote("the network holds this SIM's messages back"));
	tell_administrator(modem, "full",
		"Baraza: the memory of modem %s is full (%d of %d) and is not being emptied: it receives "
		"nothing. Look at it with 'baraza status'.",
		modem->settings.name, modem->health.used, modem->health.capacity);
}

/*
 * Full at one look is told in the log: much may be coming in.  Full at the next, and nothing taken
 * away in between, needs a person.
 */
static void
care_full(struct modem *modem)
{
	int used = modem->health.used, capacity = modem->health.capacity;

	if (capacity > 0 && used >= capacity) {
		if (!modem->health.full)
			log_warn("event=storage_full modem=%s used=%d capacity=%d",
				modem->settings.name, used, capacity);
		else if (modem->health.acknowledged == 0 && !modem->health.full_told)
			tell_full(modem);
		modem->health.full = 1;
	} else if (modem->health.full && used <= capacity - capacity / 4) {
		log_notice("event=storage_drained modem=%s used=%d capacity=%d",
			modem->settings.name, used, capacity);
		modem->health.full = modem->health.full_told = 0;
	}
	modem->health.acknowledged = 0;
}

static void
care_undeletable(struct modem *modem, int count)
{
	if (count > modem->health.undeletable_told) {
		log_error("event=undeletable modem=%s count=%d", modem->settings.name, count);
		tell_administrator(modem, "undeletable",
			"Baraza: %d messages in modem %s cannot be deleted and take up its memory. Delete "
			"them with a phone.",
			count, modem->settings.name);
	}
	modem->health.undeletable = modem->health.undeletable_told = count;
}

void
care_health(struct modem *modem, const struct wire_health *health)
{
	modem->health.dbm = health->signal_dbm;
	modem->health.percent = health->signal_percent;
	modem->health.registration = health->registration;
	text_utf8_clean(modem->health.network, sizeof(modem->health.network), health->network.data,
		health->network.len);
	if (!health->notifies && !modem->health.deaf_told) {
		modem->health.deaf_told = 1;
		log_notice("event=no_notifications modem=%s hint=%s", modem->settings.name,
			log_quote(
				"it does not tell of new messages: they are looked for every few seconds"));
	}
	care_storage(modem, health->used, health->capacity);
	modem->health.known = 1;
}

void
care_listed(struct modem *modem, const struct wire_listed *listed, int of_look)
{
	care_storage(modem, listed->used, listed->capacity);
	care_undeletable(modem, listed->undeletable);
	if (!of_look)
		return;
	care_full(modem);
	if (modem->health.known)
		store_health(modem);
}

void
care_no_smsc(struct modem *modem)
{
	log_error("event=no_smsc modem=%s hint=%s", modem->settings.name,
		log_quote(
			"its SIM holds no SMSC number: it receives, but cannot send; set the operator's as "
			"`smsc` of this modem"));
	tell_administrator(modem, "smsc",
		"Baraza: the SIM of modem %s holds no SMSC number and cannot send. Set the operator's message "
		"centre as smsc of this modem in baraza.cfg.",
		modem->settings.name);
}

void
care_blocked(struct modem *modem)
{
	tell_administrator(modem, "blocked", "Baraza: modem %s needs you: %s", modem->settings.name,
		modem->reason);
}
