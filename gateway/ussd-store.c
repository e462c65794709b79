/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-store: what steps are answered with, on its way into the database, column by column. */
#include <stdio.h>

#include "log.h"
#include "ussd-room-internal.h"

/* Of a form that is begun: what it would be missed for, and how it reads. */
struct begun {
	const char *service;
	bool complete;
	char summary[USSD_INPUT_MAX];
};

static struct begun
begun_of(const struct ussd_step *step, const struct ussd_view *view)
{
	const struct service *service;
	struct begun begun = { NULL, false, "" };

	if (step->verdict == USSD_TO_RUN) {
		service = step->form.service;
		if (service != NULL) {
			begun.service = service->name;
			begun.complete = service->files;
			snprintf(begun.summary, sizeof(begun.summary), "%s", step->out.summary);
		}
	} else if (step->state != NULL && view->menu != NULL && step->out.more) {
		service = ussd_state_service(step->state);
		if (service != NULL) {
			begun.service = service->name;
			begun.complete = service->files && ussd_state_is_complete(step->state);
			ussd_state_summary(view, step->state, begun.summary, sizeof(begun.summary));
		}
	}
	return begun;
}

struct stored {
	struct db_array session, digest, screen, more, history, state, service, complete, summary,
		language, offers, went;
};

static void
stored_begin(struct stored *s)
{
	db_array_begin(&s->session, DB_INT8);
	db_array_begin(&s->digest, DB_UUID);
	db_array_begin(&s->screen, DB_TEXT);
	db_array_begin(&s->more, DB_BOOL);
	db_array_begin(&s->history, DB_TEXT);
	db_array_begin(&s->state, DB_TEXT);
	db_array_begin(&s->service, DB_TEXT);
	db_array_begin(&s->complete, DB_BOOL);
	db_array_begin(&s->summary, DB_TEXT);
	db_array_begin(&s->language, DB_TEXT);
	db_array_begin(&s->offers, DB_INT8);
	db_array_begin(&s->went, DB_TEXT);
}

static void
stored_add(struct stored *s, const struct ussd_step *step)
{
	const struct ussd_view view = ussd_view_of(step);
	const struct begun begun = begun_of(step, &view);
	bool shown = step->verdict == USSD_TO_SHOW;
	char state[USSD_STATE_MAX] = "";

	if (shown && step->out.more && step->state != NULL &&
		ussd_state_write(step->state, state, sizeof(state)) < 0) {
		log_error("event=ussd_state_too_long way=%s menu=%s", step->way, step->menu);
		state[0] = '\0'; /* the next step begins anew */
	}
	db_array_int8(&s->session, step->session_id);
	db_array_bytes(&s->digest, step->digest, sizeof(step->digest));
	db_array_text(&s->screen, shown ? step->out.screen : NULL);
	db_array_bool(&s->more, shown && step->out.more);
	db_array_text(&s->history, step->history);
	db_array_text(&s->state, state);
	db_array_text(&s->service, begun.service);
	db_array_bool(&s->complete, begun.complete);
	db_array_text(&s->summary, begun.summary);
	db_array_text(&s->language, step->chosen[0] != '\0' ? step->chosen : NULL);
	if (step->offers != 0)
		db_array_int8(&s->offers, step->offers);
	else
		db_array_null(&s->offers);
	db_array_text(&s->went,
		step->resumed            ? "resumed"
			: step->declined ? "declined"
			: step->lost     ? "lost"
					 : NULL);
}

static void
param_letter(struct db_params *params, const struct ussd_letter *letter)
{
	if (letter == NULL) {
		for (int i = 0; i < 4; i++)
			db_param_text(params, NULL);
		return;
	}
	db_param_text(params, letter->text);
	db_param_text(params, letter->service);
	db_param_int(params, letter->segments);
	db_param_int(params, letter->priority);
}

int
ussd_send_store(struct db *db, struct ussd_step *const *steps, size_t count,
	const struct ussd_letter *letter)
{
	struct db_params params;
	struct stored s;

	stored_begin(&s);
	for (size_t i = 0; i < count; i++)
		stored_add(&s, steps[i]);
	db_params_begin(&params);
	db_param_take_array(&params, &s.session);
	db_param_take_array(&params, &s.digest);
	db_param_take_array(&params, &s.screen);
	db_param_take_array(&params, &s.more);
	db_param_take_array(&params, &s.history);
	db_param_take_array(&params, &s.state);
	db_param_take_array(&params, &s.service);
	db_param_take_array(&params, &s.complete);
	db_param_take_array(&params, &s.summary);
	db_param_take_array(&params, &s.language);
	db_param_take_array(&params, &s.offers);
	db_param_take_array(&params, &s.went);
	param_letter(&params, letter);
	return db_send(db, "ussd_store", &params, NULL, NULL);
}
