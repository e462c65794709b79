/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modems: all of them: made from the configuration, woken by devices and timers, closed at the end.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway.h"
#include "log.h"
#include "modem-gone.h"
#include "modem-internal.h"

/* --- Devices and timers --- */

static void
vanished_cb(struct device *device, void *arg)
{
	struct modem *modem = device->holder;

	(void)arg;
	if (device->probing)
		worker_kill(device->worker, "its device is gone");
	if (modem == NULL)
		return;
	modem->device = NULL;
	modem_event(modem, EVENT_VANISHED);
}

static void
fresh_cb(struct device *device, void *arg)
{
	(void)arg;
	if (device->holder != NULL)
		modem_event(device->holder, EVENT_DEVICE);
}

static void
changed_cb(void *arg)
{
	seek(arg);
}

static void
soon_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	seek(arg);
}

static void
backoff_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	modem_event(arg, EVENT_TIMER);
}

/* The one housekeeping of all modems. */
static void
look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modems *modems = arg;
	struct modem *modem;

	(void)fd;
	(void)what;
	if (modems->closing)
		return;
	modems_epoch(modems);
	TAILQ_FOREACH(modem, &modems->list, next)
		modem_event(modem, EVENT_LOOK);
	seek_look(modems);
}

static void
arm_look(struct modems *modems)
{
	struct timeval tv = { modems->gateway->config->alive_interval_s, 0 };

	event_add(modems->look, &tv);
}

/* --- The configuration --- */

struct modem *
modems_find(struct modems *modems, const char *name)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (strcmp(modem->settings.name, name) == 0)
			return modem;
	return NULL;
}

static struct modem *
modem_new(struct modems *modems, const struct config_modem *entry)
{
	struct modem *modem = calloc(1, sizeof(*modem));

	if (modem == NULL || entry_copy(&modem->settings, entry) != 0 ||
		(modem->timer = evtimer_new(modems->gateway->base, backoff_cb, modem)) == NULL)
		fatal("event=out_of_memory");
	modem->modems = modems;
	modem->backoff_ms = MODEM_BACKOFF_FIRST_MS;
	snprintf(modem->identity, sizeof(modem->identity), "modem:%s", entry->name);
	TAILQ_INSERT_TAIL(&modems->list, modem, next);
	return modem;
}

/* An entry that was there before, or is again. */
static void
change_entry(struct modem *modem, const struct config_modem *entry)
{
	struct config_modem old = modem->settings, fresh;
	int returns = !modem->configured;

	if (entry_copy(&fresh, entry) != 0)
		fatal("event=out_of_memory");
	modem->settings = fresh;
	modem->configured = 1;
	if (returns || entry_needs_restart(&old, entry) || modem->state == MODEM_BLOCKED)
		modem_event(modem, EVENT_CHANGED);
	else if (entry_changes_link(&old, entry) && modem->state == MODEM_READY)
		store_link(modem);
	entry_free(&old);
}

static void
read_entries(struct modems *modems)
{
	const struct config *config = modems->gateway->config;

	for (size_t i = 0; i < config->modem_count; i++) {
		const struct config_modem *entry = &config->modem[i];
		struct modem *modem = modems_find(modems, entry->name);
		if (modem != NULL) {
			change_entry(modem, entry);
		} else {
			modem = modem_new(modems, entry);
			modem->configured = 1;
		}
		modem->order = (unsigned)i;
	}
}

static void
drop_entries(struct modems *modems)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next) {
		if (!modem->configured ||
			config_modem_find(modems->gateway->config, modem->settings.name) != NULL)
			continue;
		modem->configured = 0;
		modem_event(modem, EVENT_CLOSE);
	}
}

static void
watch_devices(struct modems *modems)
{
	const struct config *config = modems->gateway->config;
	const char *paths[CONFIG_MODEMS_MAX + 1], *globs[CONFIG_LIST_MAX];
	size_t n = 0;

	for (size_t i = 0; i < config->modem_count; i++)
		if (config->modem[i].device != NULL)
			paths[n++] = config->modem[i].device;
	paths[n] = NULL;
	for (n = 0; n < CONFIG_LIST_MAX - 1 && config->devices[n] != NULL; n++)
		globs[n] = config->devices[n];
	globs[n] = NULL;
	if (devices_watch(modems->devices, paths, globs, config->sysfs) != 0)
		fatal("event=out_of_memory");
	seek(modems);
}

/* --- The room's face --- */

struct modems *
modems_new(struct gateway *gateway)
{
	struct modems *modems = calloc(1, sizeof(*modems));
	const struct device_handlers watching = { vanished_cb, fresh_cb, changed_cb, modems };

	if (modems == NULL)
		fatal("event=out_of_memory");
	modems->gateway = gateway;
	TAILQ_INIT(&modems->list);
	LIST_INIT(&modems->asks);
	modems->look = event_new(gateway->base, -1, EV_PERSIST, look_cb, modems);
	modems->soon = evtimer_new(gateway->base, soon_cb, modems);
	modems->devices = devices_new(gateway->base, &watching);
	modems->gone = sims_gone_new();
	if (modems->gone == NULL || modems->look == NULL || modems->soon == NULL ||
		modems->devices == NULL)
		fatal("event=out_of_memory");
	read_entries(modems);
	return modems;
}

void
modems_free(struct modems *modems)
{
	struct modem *modem;

	if (modems == NULL)
		return;
	store_forget_all(modems);
	seek_free(modems);
	while ((modem = TAILQ_FIRST(&modems->list)) != NULL) {
		TAILQ_REMOVE(&modems->list, modem, next);
		worker_free(modem->worker);
		event_free(modem->timer);
		entry_free(&modem->settings);
		free(modem);
	}
	devices_free(modems->devices);
	sims_gone_free(modems->gone);
	event_free(modems->look);
	event_free(modems->soon);
	free(modems);
}

void
modems_begin(struct modems *modems)
{
	struct modem *modem;

	if (modems->begun || modems->closing)
		return;
	modems->begun = 1;
	watch_devices(modems);
	arm_look(modems);
	TAILQ_FOREACH(modem, &modems->list, next) {
		if (modem->state != MODEM_ABSENT)
			continue;
		snprintf(modem->reason, sizeof(modem->reason), "no device is known as this modem");
		log_warn("modem=%s ABSENT reason=%s", modem->settings.name,
			log_quote(modem->reason));
		store_state(modem);
	}
}

void
modems_database_up(struct modems *modems)
{
	if (modems->closing)
		return;
	if (!modems->begun)
		store_load(modems);
	else
		store_all(modems);
}

void
modems_epoch(struct modems *modems)
{
	struct modem *modem;

	if (modems->closing || !modems->begun)
		return;
	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->stored_epoch != modems->gateway->epoch)
			store_state(modem);
}

void
modems_reload(struct modems *modems)
{
	struct device *device;

	if (modems->closing)
		return;
	drop_entries(modems);
	read_entries(modems);
	if (!modems->begun)
		return;
	LIST_FOREACH(device, devices_list(modems->devices), next)
		device->told = device->mute = device->mute_wait = 0;
	watch_devices(modems);
	arm_look(modems);
}

void
modems_close(struct modems *modems)
{
	struct modem *modem;

	modems->closing = 1;
	event_del(modems->look);
	event_del(modems->soon);
	seek_close(modems);
	TAILQ_FOREACH(modem, &modems->list, next)
		modem_event(modem, EVENT_CLOSE);
}

int
modems_idle(const struct modems *modems)
{
	const struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->worker != NULL)
			return 0;
	return seek_idle(modems);
}

void
modems_resume(struct modems *modems)
{
	struct modem *modem;

	if (!modems->paused)
		return;
	modems->paused = 0;
	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->worker != NULL)
			worker_resume(modem->worker);
}

void
modems_each(struct modems *modems, void (*visit)(struct modem *modem, void *arg), void *arg)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (modem->configured)
			visit(modem, arg);
}

struct modem *
modem_by_link(struct modems *modems, int32_t link_id)
{
	struct modem *modem, *found = NULL;

	TAILQ_FOREACH(modem, &modems->list, next) {
		if (modem->link != link_id || link_id == 0)
			continue;
		if (modem->state == MODEM_READY)
			return modem;
		found = modem;
	}
	return found;
}
