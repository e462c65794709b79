/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-room: the steps of the room from their coming to their end, their deadlines, what is due. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "gateway.h"
#include "hash.h"
#include "log.h"
#include "metrics.h"
#include "texts.h"
#include "ussd-room-internal.h"

#define WAITING_MAX \
	2048 /* beyond which a step is answered at once: the next does not come in time */

/* --- Names --- */

const char *
ussd_menu_of(const struct config_ussd *way, const char *code)
{
	const char *best = NULL;
	size_t length, most = 0;

	for (size_t i = 0; way->menus[i] != NULL; i++) {
		length = strcspn(way->menus[i], " ") - 1; /* without its # */
		if (length > most && strncmp(way->menus[i], code, length) == 0 &&
			(strcmp(code + length, "#") == 0 || code[length] == '*')) {
			best = way->menus[i];
			most = length;
		}
	}
	return best;
}

static int
way_check(const struct config *config, const struct config_ussd *way,
	const struct ussd_menus *menus, struct config_errors *errors)
{
	int status = 0;

	if (ussd_adapter_find(way->adapter) == NULL) {
		config_error(errors, config->file, way->line,
			"ussd %s: there is no adapter \"%s\"; leave it away for the one that goes by "
			"the other options",
			way->name, way->adapter);
		status = -1;
	}
	for (size_t i = 0; way->menus[i] != NULL; i++) {
		const char *name = strchr(way->menus[i], ' ') + 1;

		if (ussd_menu_find(menus, name) != NULL)
			continue;
		config_error(errors, config->file, way->line,
			"ussd %s: there is no menu \"%s\"; it would be %s/%s.cfg", way->name, name,
			config->ussd_dir, name);
		status = -1;
	}
	return status;
}

int
ussd_ways_check(
	const struct config *config, const struct ussd_menus *menus, struct config_errors *errors)
{
	int status = 0;

	for (size_t i = 0; i < config->ussd_count; i++)
		if (way_check(config, &config->ussd[i], menus, errors) != 0)
			status = -1;
	return status;
}

static uint64_t
phone_hash(const char *number)
{
	return hash_text(HASH_BEGIN, number);
}

static uint64_t
session_hash(const struct ussd_step *step)
{
	return hash_text(hash_text(HASH_BEGIN, step->way), step->request.session);
}

/* --- What is said by the room itself --- */

void
ussd_speaks(struct ussd *ussd, const char *number, const char *language)
{
	uint64_t hash = phone_hash(number);
	size_t i = hash % USSD_SPEAKERS;

	ussd->speakers[i].phone = hash;
	snprintf(ussd->speakers[i].language, LANGUAGE_MAX, "%s", language);
}

const char *
ussd_language_of(const struct ussd *ussd, const struct config_ussd *way, const char *number)
{
	const struct config *config = ussd->gateway->config;
	uint64_t hash = phone_hash(number);
	size_t i = hash % USSD_SPEAKERS;

	if (ussd->speakers[i].phone == hash && config_speaks(config, ussd->speakers[i].language))
		return ussd->speakers[i].language;
	return way != NULL && way->language != NULL ? way->language : config->default_language;
}

void
ussd_words(const struct ussd *ussd, const char *language, const char *key,
	char out[USSD_SCREEN_BYTES_MAX])
{
	if (texts_render(ussd->gateway->texts, language, key, NULL, out, USSD_SCREEN_BYTES_MAX) <=
		0) {
		log_error("event=text_missing text=%s", key);
		strcpy(out, "-");
	}
	ussd_screen_fold(out, USSD_SCREEN_BYTES_MAX);
}

/* --- In hand --- */

static struct ussd_in_hand *
sessions_like(const struct ussd_step *step)
{
	return &step->ussd->by_session[session_hash(step) % USSD_BUCKETS];
}

static struct ussd_in_hand *
phones_like(const struct ussd_step *step)
{
	return &step->ussd->by_phone[phone_hash(step->request.phone.number) % USSD_BUCKETS];
}

static bool
same_session(const struct ussd_step *a, const struct ussd_step *b)
{
	return strcmp(a->way, b->way) == 0 && strcmp(a->request.session, b->request.session) == 0;
}

/* The step in hand for which this one has to wait, or NULL. */
static const struct ussd_step *
held_by(const struct ussd_step *step)
{
	const struct ussd_step *other;

	LIST_FOREACH(other, sessions_like(step), same_session)
		if (same_session(step, other))
			return other;
	if (step->request.event == USSD_STEP)
		LIST_FOREACH(other, phones_like(step), same_phone)
			if (other->request.event == USSD_STEP &&
				strcmp(step->request.phone.number, other->request.phone.number) ==
					0)
				return other;
	return NULL;
}

bool
ussd_step_is_free(const struct ussd_step *step)
{
	return step->stage == USSD_WAITS && held_by(step) == NULL;
}

void
ussd_step_hold(struct ussd_step *step, enum ussd_stage stage)
{
	if (step->stage == USSD_WAITS) {
		LIST_INSERT_HEAD(sessions_like(step), step, same_session);
		LIST_INSERT_HEAD(phones_like(step), step, same_phone);
		step->ussd->waiting--;
	}
	step->stage = stage;
}

static void
let_go(struct ussd_step *step)
{
	if (step->stage == USSD_WAITS)
		return;
	LIST_REMOVE(step, same_session);
	LIST_REMOVE(step, same_phone);
	step->stage = USSD_WAITS;
	step->ussd->waiting++;
}

void
ussd_step_put_back(struct ussd_step *step)
{
	let_go(step);
	TAILQ_REMOVE(&step->ussd->steps, step, entry);
	TAILQ_INSERT_HEAD(&step->ussd->steps, step, entry);
}

void
ussd_step_free(struct ussd_step *step)
{
	let_go(step);
	step->ussd->waiting--;
	TAILQ_REMOVE(&step->ussd->steps, step, entry);
	evtimer_del(&step->deadline);
	ussd_state_free(step->state);
	free(step->alert);
	free(step->before);
	free(step);
}

/* --- The deadline --- */

static void
answer_away(struct ussd_step *step)
{
	metric_add(METRIC_USSD_AWAY, 1);
	ussd_apologise(step, "ussd_away");
	ussd_step_free(step);
}

/* The same step, delivered again, while the inbox has it? */
static bool
is_repeat_in_inbox(const struct ussd_step *step)
{
	const struct ussd_step *other = held_by(step);

	return other != NULL && other->stage == USSD_IN_INBOX &&
		strcmp(step->request.text, other->request.text) == 0 &&
		strcmp(step->request.step, other->request.step) == 0;
}

static void
late_in_inbox(struct ussd_step *step)
{
	if (ussd_file_forget(step)) {
		ussd_halt(step->ussd, step->session_id);
		metric_add(METRIC_USSD_BUSY, 1);
		ussd_apologise(step, "ussd_busy");
		ussd_step_free(step);
		return;
	}
	metric_add(METRIC_USSD_UNSURE, 1);
	step->told = true;
	step->form.by_sms = true;
	ussd_apologise(step, "ussd_unsure");
}

static void
late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ussd_step *step = arg;
	bool unsure = step->again || is_repeat_in_inbox(step);

	(void)fd;
	(void)what;
	if (ussd_may_log(step->ussd))
		log_warn("event=ussd_late way=%s number=%s stage=%d", step->way,
			log_number(step->request.phone.number), (int)step->stage);
	if (step->stage == USSD_IN_INBOX) {
		late_in_inbox(step);
		return;
	}
	if (step->stage == USSD_WAITS && !ussd_is_up(step->ussd)) {
		answer_away(step);
		return;
	}
	metric_add(unsure ? METRIC_USSD_UNSURE : METRIC_USSD_BUSY, 1);
	step->told = true;
	ussd_apologise(step, unsure ? "ussd_unsure" : "ussd_busy");
	if (step->stage == USSD_WAITS && !step->again)
		ussd_step_free(step);
}

/* --- A step comes --- */

static void
begin_deadline(struct ussd_step *step, int within_ms)
{
	const struct timeval span = { within_ms / 1000, (within_ms % 1000) * 1000 };
	const struct timeval *common =
		event_base_init_common_timeout(step->ussd->gateway->base, &span);

	evtimer_assign(&step->deadline, step->ussd->gateway->base, late_cb, step);
	evtimer_add(&step->deadline, common != NULL ? common : &span);
}

static struct ussd_step *
step_new(struct ussd *ussd, const struct config_ussd *way, const struct ussd_request *request,
	struct evhttp_request *http)
{
	struct ussd_step *step = calloc(1, sizeof(*step));
	const char *menu = request->event == USSD_STEP ? ussd_menu_of(way, request->code) : NULL;

	if (step == NULL)
		fatal("event=out_of_memory");
	step->ussd = ussd;
	step->http = http;
	step->request = *request;
	snprintf(step->way, sizeof(step->way), "%s", way->name);
	snprintf(step->language, sizeof(step->language), "%s",
		ussd_language_of(ussd, way, request->phone.number));
	if (menu != NULL) {
		if (request->code[strcspn(menu, " ") - 1] == '*')
			snprintf(step->dialled, sizeof(step->dialled), "%s",
				request->code + strcspn(menu, " "));
		snprintf(step->request.code, sizeof(step->request.code), "%.*s",
			(int)strcspn(menu, " "), menu);
		snprintf(step->menu, sizeof(step->menu), "%s", strchr(menu, ' ') + 1);
	}
	TAILQ_INSERT_TAIL(&ussd->steps, step, entry);
	ussd->waiting++;
	begin_deadline(step, way->answer_within_ms);
	return step;
}

void
ussd_step_take(struct ussd *ussd, const struct config_ussd *way, const struct ussd_request *request,
	struct evhttp_request *http)
{
	struct ussd_step *step = step_new(ussd, way, request, http);

	metric_add(METRIC_USSD_STEPS, 1);
	if ((ussd->met && !ussd_is_up(ussd)) || ussd->gateway->draining) {
		answer_away(step);
	} else if (ussd->waiting > WAITING_MAX) {
		metric_add(METRIC_USSD_BUSY, 1);
		ussd_apologise(step, "ussd_busy");
		ussd_step_free(step);
	} else {
		ussd_turn_later(ussd);
	}
}

/* No connection is left: who waits is told at once. What the inbox has goes on; who waits for that
 * may still be answered in time. */
void
ussd_is_away(struct ussd *ussd)
{
	struct ussd_step *step, *next;

	for (step = TAILQ_FIRST(&ussd->steps); step != NULL; step = next) {
		next = TAILQ_NEXT(step, entry);
		if (step->stage == USSD_WAITS)
			answer_away(step);
	}
}

void
ussd_halt(struct ussd *ussd, int64_t session_id)
{
	if (ussd->halted_count < USSD_HALTED_MAX) /* else it is put before a person later */
		ussd->halted[ussd->halted_count++] = session_id;
	ussd_turn_later(ussd);
}

void
ussd_wake(struct ussd *ussd)
{
	if (ussd == NULL)
		return;
	ussd->look = true;
	ussd_turn_later(ussd);
}

/* --- The room --- */

struct ussd *
ussd_new(struct gateway *gateway)
{
	struct ussd *ussd;

	if (gateway->config->ussd_count == 0)
		return NULL;
	ussd = calloc(1, sizeof(*ussd));
	if (ussd == NULL)
		fatal("event=out_of_memory");
	ussd->gateway = gateway;
	TAILQ_INIT(&ussd->steps);
	TAILQ_INIT(&ussd->seen);
	ussd_http_begin(ussd);
	ussd_turns_begin(ussd);
	return ussd;
}

int
ussd_idle(const struct ussd *ussd)
{
	return ussd == NULL ||
		(TAILQ_EMPTY(&ussd->steps) && ussd_turns_idle(ussd) &&
			(TAILQ_EMPTY(&ussd->seen) || !ussd_is_up(ussd)));
}

static void
seen_free(struct ussd *ussd)
{
	struct ussd_seen *seen;

	while ((seen = TAILQ_FIRST(&ussd->seen)) != NULL) {
		TAILQ_REMOVE(&ussd->seen, seen, entry);
		free(seen);
	}
}

/* The listener and the inbox are freed before it: nobody waits, and nobody has a step. */
void
ussd_free(struct ussd *ussd)
{
	struct ussd_step *step, *next;

	if (ussd == NULL)
		return;
	ussd_turns_end(ussd);
	for (step = TAILQ_FIRST(&ussd->steps); step != NULL; step = next) {
		next = TAILQ_NEXT(step, entry);
		step->http = NULL;
		ussd_step_free(step);
	}
	seen_free(ussd);
	ussd_http_end(ussd);
	free(ussd);
}
