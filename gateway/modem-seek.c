/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-seek: which device is whose.
 *
 * A device is given to the modem that it fits best (modem-match.h): by what a worker was told
 * there, or, before that, by its USB port or the name that the configuration gives; then the
 * modem's own worker confirms it.  What fits nobody yet is asked by a probe, a worker that only
 * listens to who is there, and only while some modem is absent. Several ttys of one stick are told
 * apart from clones of one IMEI by port, IMEI and SIM together.
 */
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "gateway.h"
#include "log.h"
#include "modem-internal.h"
#include "modem-match.h"

enum {
	MUTE_WAIT_MOST = 8, /* looks until a mute device is asked again */
	NAMED_PATIENCE = 3, /* failures on the device that the configuration names */
	OTHERWISE_PATIENCE = 1,
};

static const char *
text(const char *s)
{
	return s != NULL ? s : "";
}

static const char *
known_imei(const struct modem *modem)
{
	return modem->settings.imei != NULL ? modem->settings.imei : modem->imei;
}

/* --- How well they fit --- */

/* Another tty of the very stick that a modem already holds? */
static struct modem *
stick_holder(struct modems *modems, const struct device *device)
{
	const struct device *other;

	if (!device->identified || device->port[0] == '\0' || device->imei[0] == '\0')
		return NULL;
	LIST_FOREACH(other, devices_list(modems->devices), next) {
		if (other == device || other->holder == NULL || !other->holder->identified ||
			strcmp(other->port, device->port) != 0 ||
			strcmp(other->imei, device->imei) != 0)
			continue;
		if (other->iccid[0] != '\0' && device->iccid[0] != '\0' &&
			strcmp(other->iccid, device->iccid) != 0)
			continue; /* many modems behind one USB port, clones too */
		return other->holder;
	}
	return NULL;
}

static int
is_imei_shared(const struct modem *modem)
{
	const char *imei = known_imei(modem);
	const struct modem *other;

	if (imei[0] == '\0')
		return 0;
	TAILQ_FOREACH(other, &modem->modems->list, next)
		if (other != modem && other->configured && strcmp(known_imei(other), imei) == 0)
			return 1;
	return 0;
}

/* What every score of this round needs. */
static void
prepare(struct modems *modems)
{
	struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next) {
		modem->imei_shared = is_imei_shared(modem);
		modem->named = modem->settings.device != NULL
			? devices_find(modems->devices, modem->settings.device)
			: NULL;
	}
}

static int
score(const struct modem *modem, const struct device *device)
{
	struct modem *stick;
	struct match_entry entry = {
		.written_imei = text(modem->settings.imei),
		.written_port = text(modem->settings.usb_port),
		.imei = modem->imei,
		.port = modem->port,
		.iccid = modem->iccid,
		.imei_shared = modem->imei_shared,
		.names_device = modem->settings.device != NULL,
	};
	struct match_device there = {
		.identified = device->identified,
		.imei = device->imei,
		.port = device->port,
		.iccid = device->iccid,
		.named = modem->named == device,
	};

	if (!modem->configured)
		return 0;
	stick = stick_holder(modem->modems, device);
	return stick == NULL || stick == modem ? match_score(&entry, &there) : 0;
}

/* It could still become another device's. */
static int
is_open_to(const struct modem *modem)
{
	return modem->state == MODEM_ABSENT ||
		(modem->state == MODEM_STARTING && !modem->identified);
}

static int
is_wanting(const struct modem *modem)
{
	return modem->configured && modem->state == MODEM_ABSENT && modem->worker == NULL;
}

static int
is_free(const struct device *device)
{
	return device->holder == NULL && device->worker == NULL && !device->mute;
}

/* A modem that wants one and may be at this device. */
static const struct modem *
hopeful(const struct modems *modems, const struct device *device)
{
	const struct modem *modem;

	TAILQ_FOREACH(modem, &modems->list, next)
		if (is_wanting(modem) &&
			(modem->settings.usb_port == NULL ||
				strcmp(modem->settings.usb_port, device->port) == 0))
			return modem;
	return NULL;
}

/* No device is being asked who it is, or still to be. */
static int
is_all_asked(struct modems *modems)
{
	struct device *device;

	LIST_FOREACH(device, devices_list(modems->devices), next)
		if (device->probing ||
			(is_free(device) && !device->identified && hopeful(modems, device) != NULL))
			return 0;
	return 1;
}

/* --- Giving --- */

static void
give(struct modem *modem, struct device *device)
{
	device->holder = modem;
	modem->device = device;
	modem->failures = 0;
	modem_event(modem, EVENT_DEVICE);
}

struct pair {
	struct modem *modem;
	struct device *device;
	int score;
};

/* Devices are given in the order of their names, entries served in their own. */
static int
is_better(const struct pair *pair, const struct pair *best)
{
	if (pair->score != best->score)
		return pair->score > best->score;
	if (pair->device != best->device)
		return strverscmp(pair->device->path, best->device->path) < 0;
	return pair->modem->order < best->modem->order;
}

static void
consider(const struct pair *pair, int all_asked, struct pair *best)
{
	struct modem *modem = pair->modem;

	if (pair->score == 0 || modem->taken || !is_open_to(modem))
		return;
	if (pair->score == MATCH_NEWCOMER && !all_asked)
		return; /* who comes first is chance: wait until all have answered */
	if (modem->device != NULL && pair->score <= score(modem, modem->device))
		return;
	if (best->modem == NULL || is_better(pair, best))
		*best = *pair;
}

static struct pair
best_pair(struct modems *modems)
{
	struct pair best = { NULL, NULL, 0 };
	struct device *device;
	struct modem *modem;
	int all_asked = is_all_asked(modems);

	LIST_FOREACH(device, devices_list(modems->devices), next) {
		if (!is_free(device) || device->taken)
			continue;
		TAILQ_FOREACH(modem, &modems->list, next) {
			struct pair pair = { modem, device, score(modem, device) };
			consider(&pair, all_asked, &best);
		}
	}
	return best;
}

static void
give_all(struct modems *modems)
{
	struct device *device;
	struct modem *modem;
	struct pair pair;

	LIST_FOREACH(device, devices_list(modems->devices), next)
		device->taken = 0;
	TAILQ_FOREACH(modem, &modems->list, next)
		modem->taken = 0;
	while ((pair = best_pair(modems)).modem != NULL) {
		pair.modem->taken = pair.device->taken = 1;
		if (is_wanting(pair.modem))
			give(pair.modem, pair.device);
		else if (pair.modem->state == MODEM_STARTING)
			modem_event(pair.modem, EVENT_MISPLACED); /* free for it soon */
	}
}

/* The administrator may want to add it. */
static void
tell_nobodys(struct modems *modems)
{
	struct device *device;
	struct modem *modem;

	LIST_FOREACH(device, devices_list(modems->devices), next) {
		int fits = device->told || !device->identified || device->holder != NULL;
		TAILQ_FOREACH(modem, &modems->list, next)
			fits = fits || (modem->device == NULL && score(modem, device) > 0);
		if (fits)
			continue;
		device->told = 1;
		if (stick_holder(modems, device) == NULL)
			log_notice("event=nobodys_modem device=%s imei=%s usb_port=%s hint=%s",
				log_quote(device->path), device->imei, device->port,
				log_quote(
					"no entry of the configuration names it; to use it, add one "
					"with this imei"));
	}
}

/* --- Asking the unknown --- */

static struct device *
device_of(struct modems *modems, const struct worker *worker)
{
	struct device *device;

	LIST_FOREACH(device, devices_list(modems->devices), next)
		if (device->worker == worker)
			return device;
	return NULL;
}

static void
set_mute(struct device *device)
{
	unsigned wait = device->mute_wait == 0 ? 1 : device->mute_wait * 2;

	device->mute = 1;
	device->mute_looks = device->mute_wait = wait < MUTE_WAIT_MOST ? wait : MUTE_WAIT_MOST;
}

static void
probe_message_cb(struct worker *worker, const struct wire_msg *msg, void *arg)
{
	struct device *device = device_of(arg, worker);
	struct modem_seen seen;

	if (worker_is_ending(worker) || device == NULL)
		return;
	if (msg->type == WIRE_IDENTITY) {
		seen_from_wire(&msg->identity, &seen);
		seek_told(device, &seen);
		worker_close(worker);
	} else if (msg->type == WIRE_FAULT) {
		worker_close(worker);
	} else {
		worker_kill(worker, "it spoke out of turn");
	}
}

/* Where the probe stands, or (NULL) a place for another; NULL when there is none. */
static struct worker **
probe_slot(struct modems *modems, const struct worker *worker)
{
	for (int i = 0; i < MODEM_PROBES_MOST; i++)
		if (modems->probes[i] == worker)
			return &modems->probes[i];
	return NULL;
}

static int
probe_may_read(void *arg)
{
	(void)arg;
	return 1;
}

static void
probe_ended_cb(struct worker *worker, const char *why, void *arg)
{
	struct modems *modems = arg;
	struct device *device = device_of(modems, worker);

	*probe_slot(modems, worker) = NULL;
	if (device == NULL)
		return;
	device->worker = NULL;
	device->probing = 0;
	if (!device->identified) {
		log_debug(
			"event=mute device=%s reason=%s", log_quote(device->path), log_quote(why));
		set_mute(device);
	}
	seek_soon(modems);
}

static const struct worker_handlers probe_handlers = { probe_message_cb, probe_may_read,
	probe_ended_cb };

/* Another tty of that stick is being asked. */
static int
port_is_busy(struct modems *modems, const struct device *device)
{
	const struct device *other;

	LIST_FOREACH(other, devices_list(modems->devices), next)
		if (other->probing && device->port[0] != '\0' &&
			strcmp(other->port, device->port) == 0)
			return 1;
	return 0;
}

static void
probe(struct modems *modems, struct device *device, const struct modem *modem)
{
	const char *name = strrchr(device->path, '/') + 1;
	struct worker **slot = probe_slot(modems, NULL);
	struct wire_msg open;

	device->worker = worker_spawn(modems->gateway->base, modems->gateway->config->worker, name,
		&probe_handlers, modems);
	if (device->worker == NULL) {
		set_mute(device); /* why is told by the modems' own workers */
		return;
	}
	*slot = device->worker;
	device->probing = 1;
	open_message(name, &modem->settings, device, &open);
	if (worker_send(device->worker, &open) != 0)
		worker_kill(device->worker, "it takes no messages");
	worker_expect(device->worker, modem->settings.call_timeout_s + WORKER_CLOSE_S);
}

static void
probe_all(struct modems *modems)
{
	const struct modem *modem;
	struct device *device;

	LIST_FOREACH(device, devices_list(modems->devices), next)
		if (probe_slot(modems, NULL) != NULL && is_free(device) && !device->identified &&
			!port_is_busy(modems, device) && (modem = hopeful(modems, device)) != NULL)
			probe(modems, device, modem);
}

void
seek(struct modems *modems)
{
	if (!modems->begun || modems->closing)
		return;
	prepare(modems);
	give_all(modems);
	tell_nobodys(modems);
	probe_all(modems);
}

void
seek_soon(struct modems *modems)
{
	static const struct timeval now = { 0, 0 };

	event_add(modems->soon, &now);
}

/* --- From the modem's side --- */

void
seek_told(struct device *device, const struct modem_seen *seen)
{
	device->identified = 1;
	device->mute_wait = 0;
	snprintf(device->imei, sizeof(device->imei), "%s", seen->imei);
	snprintf(device->iccid, sizeof(device->iccid), "%s", seen->iccid);
}

static void
learn(char *known, size_t size, const char *seen)
{
	if (seen[0] != '\0')
		snprintf(known, size, "%s", seen);
}

int
seek_confirm(struct modem *modem)
{
	struct device *device = modem->device;
	struct modem *other, *best = modem;
	int most;

	seek_told(device, &modem->seen);
	prepare(modem->modems);
	most = score(modem, device);
	TAILQ_FOREACH(other, &modem->modems->list, next) {
		if (other == modem || !is_open_to(other))
			continue;
		int fits = score(other, device);
		if (fits > most) {
			most = fits;
			best = other;
		}
	}
	if (best != modem || most == 0)
		return 0;
	learn(modem->imei, sizeof(modem->imei), modem->seen.imei);
	learn(modem->iccid, sizeof(modem->iccid), modem->seen.iccid);
	learn(modem->port, sizeof(modem->port), device->port);
	return 1;
}

int
seek_alternative(struct modem *modem)
{
	const struct device *device, *mine = modem->device;
	unsigned patience = modem->named == mine ? NAMED_PATIENCE : OTHERWISE_PATIENCE;
	const char *port = modem->settings.usb_port;

	if (mine->identified || modem->failures < patience)
		return 0;
	LIST_FOREACH(device, devices_list(modem->modems->devices), next)
		if (is_free(device) && !device->identified &&
			(port == NULL || strcmp(port, device->port) == 0))
			return 1;
	return 0;
}

void
seek_release(struct modem *modem, int mute)
{
	if (modem->device == NULL)
		return;
	if (mute)
		set_mute(modem->device);
	modem->device->holder = NULL;
	modem->device = NULL;
	seek_soon(modem->modems);
}

void
seek_worker_gone(struct modems *modems, const struct worker *worker)
{
	struct device *device = device_of(modems, worker);

	if (device != NULL)
		device->worker = NULL;
	seek_soon(modems);
}

/* A mute tty of a stick that a modem holds is one of its other purposes, and stays so. */
static int
is_other_purpose(struct modems *modems, const struct device *device)
{
	const struct device *other;

	LIST_FOREACH(other, devices_list(modems->devices), next)
		if (device->port[0] != '\0' && strcmp(other->port, device->port) == 0 &&
			other->holder != NULL && other->holder->identified)
			return 1;
	return 0;
}

void
seek_look(struct modems *modems)
{
	struct device *device;

	if (!devices_are_watched(modems->devices))
		devices_scan(modems->devices);
	LIST_FOREACH(device, devices_list(modems->devices), next)
		if (device->mute && hopeful(modems, device) != NULL &&
			!is_other_purpose(modems, device) && --device->mute_looks == 0)
			device->mute = 0;
	seek(modems);
}

void
seek_close(struct modems *modems)
{
	for (int i = 0; i < MODEM_PROBES_MOST; i++)
		if (modems->probes[i] != NULL)
			worker_close(modems->probes[i]);
}

int
seek_idle(const struct modems *modems)
{
	for (int i = 0; i < MODEM_PROBES_MOST; i++)
		if (modems->probes[i] != NULL)
			return 0;
	return 1;
}

void
seek_free(struct modems *modems)
{
	for (int i = 0; i < MODEM_PROBES_MOST; i++)
		worker_free(modems->probes[i]);
}
