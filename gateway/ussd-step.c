/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-step: what comes of one step: by what is known of its session, by the engine, or by a word
 * of the room's own.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "gateway.h"
#include "log.h"
#include "metrics.h"
#include "ussd-room-internal.h"

#define LISTS_MAX 8  /* of one step */
#define UNITS_MAX 70 /* of a screen of a way that is no more */

/* --- The engine --- */

/* The number that SMS go to, for texts. */
static const char *
city_number(const struct config *config)
{
	for (size_t i = 0; i < config->modem_count; i++)
		if (!config->modem[i].till && config->modem[i].number != NULL)
			return config->modem[i].number;
	return "";
}

struct ussd_view
ussd_view_of(const struct ussd_step *step)
{
	const struct gateway *gateway = step->ussd->gateway;
	const struct config_ussd *way = config_ussd_find(gateway->config, step->way);

	return (struct ussd_view){
		.config = gateway->config,
		.texts = gateway->texts,
		.menu = ussd_menu_find(gateway->menus, step->menu),
		.room = { .septets = way != NULL ? way->screen_characters : USSD_SEPTETS_MAX,
			.units = way != NULL ? way->screen_ucs2 : UNITS_MAX },
		.language = step->language,
		.alert = step->alert != NULL ? step->alert : "",
		.city_number = city_number(gateway->config),
	};
}

/* It is answered by a text of the room's own; stored: told again, it gets the same, and the session
 * is over. */
static void
step_says(struct ussd_step *step, const char *key, bool stored)
{
	ussd_words(step->ussd, step->language, key, step->out.screen);
	step->out.more = false;
	step->verdict = stored ? USSD_TO_SHOW : USSD_TO_SAY;
}

/* What the engine has answered. */
static void
step_goes(struct ussd_step *step, enum ussd_next next)
{
	static const enum ussd_verdict verdicts[] = {
		[USSD_SHOW] = USSD_TO_SHOW,
		[USSD_LIST] = USSD_TO_LIST,
		[USSD_RUN] = USSD_TO_RUN,
	};

	step->verdict = verdicts[next];
	step->resumed |= step->out.resumed;
	step->declined |= step->out.declined;
	if (step->out.language[0] != '\0') {
		strcpy(step->chosen, step->out.language);
		strcpy(step->language, step->out.language);
		ussd_speaks(step->ussd, step->request.phone.number, step->language);
	}
	if (next == USSD_RUN)
		ussd_file_ready(step);
	if (next == USSD_LIST && ++step->lists > LISTS_MAX) {
		log_error("event=ussd_lists way=%s menu=%s source=%s", step->way, step->menu,
			step->out.list.source);
		step_says(step, "ussd_busy", false);
	}
}

/* --- Digests, and what an input is --- */

/* Told apart by its number if it has one, else by all that was keyed. */
static void
digest_of(const struct ussd_step *step, const char *whole, uint8_t out[USSD_DIGEST_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char text[USSD_HISTORY_MAX + 1];

	if (step->request.step[0] != '\0')
		snprintf(text, sizeof(text), "\x1f%s", step->request.step);
	else
		snprintf(text, sizeof(text), "%s", whole);
	SHA256((const unsigned char *)text, strlen(text), hash);
	memcpy(out, hash, USSD_DIGEST_SIZE);
}

static bool
digest_is_known(const struct ussd_step *step)
{
	return step->request.whole || step->request.step[0] != '\0';
}

/*
 * What was keyed in this step, and all with it into step->history. held: what was keyed before.
 * Returns NULL when the text does not go on from there.
 */
static const char *
input_of(struct ussd_step *step, const char *held)
{
	const char *text = step->request.text;
	size_t length = strlen(held);

	if (step->request.whole) {
		strcpy(step->history, text);
		if (length == 0)
			return text;
		return strncmp(text, held, length) == 0 && text[length] == '*' ? text + length + 1
									       : NULL;
	}
	if (snprintf(step->history, sizeof(step->history), "%s%s%s", held, length > 0 ? "*" : "",
		    text) >= (int)sizeof(step->history))
		return NULL;
	return text;
}

bool
ussd_step_digest(struct ussd_step *step)
{
	if (!digest_is_known(step))
		return false;
	digest_of(step, step->request.text, step->digest);
	return true;
}

/* --- What is known, and what comes of it --- */

/* Columns of ussd_begin(). */
enum {
	SESSION,
	CONTACT,
	OUTCOME,
	SCREEN,
	MORE,
	HISTORY,
	STATE,
	MENU,
	LANGUAGE,
	BLOCKED,
	ALERT,
	OFFERS,
	RESUME
};

static void
contradicts(struct ussd_step *step, const char *why)
{
	metric_add(METRIC_USSD_CONTRADICTED, 1);
	if (ussd_may_log(step->ussd))
		log_notice("event=ussd_contradiction way=%s number=%s reason=%s", step->way,
			log_number(step->request.phone.number), why);
	step_says(step, "ussd_contradicts", false);
}

static void
take_language(struct ussd_step *step, const char *language)
{
	const struct config *config = step->ussd->gateway->config;
	const struct config_ussd *way = config_ussd_find(config, step->way);

	if (!config_speaks(config, language))
		language = way != NULL && way->language != NULL ? way->language
								: config->default_language;
	snprintf(step->language, sizeof(step->language), "%s", language);
	ussd_speaks(step->ussd, step->request.phone.number, step->language);
}

static void
begin_dialogue(struct ussd_step *step, const struct ussd_view *view, const char *resume)
{
	struct ussd_state *resumed = resume[0] != '\0' ? ussd_state_read(view->menu, resume) : NULL;
	const char *input = step->request.text[0] != '\0' ? step->request.text : step->dialled;

	if (resumed == NULL)
		step->offers = 0;
	step->state = ussd_state_new();
	if (step->state == NULL)
		fatal("event=out_of_memory");
	step_goes(step, ussd_form_begin(view, step->state, resumed, input, &step->out));
	ussd_state_free(resumed);
}

static void
continue_dialogue(
	struct ussd_step *step, const struct ussd_view *view, const char *state, const char *input)
{
	step->state = ussd_state_read(view->menu, state);
	/* The menu is another since then: the engine begins anew, and says so. */
	step->lost = step->state == NULL;
	if (step->lost)
		step->state = ussd_state_new();
	if (step->state == NULL)
		fatal("event=out_of_memory");
	step_goes(step, ussd_form_input(view, step->state, input, &step->out));
}

/* A step that is told for the first time. */
static void
decide_new(struct ussd_step *step, PGresult *rows, int i)
{
	bool first = strcmp(PQgetvalue(rows, i, OUTCOME), "new") == 0;
	struct ussd_view view = ussd_view_of(step);
	const char *input = input_of(step, first ? "" : PQgetvalue(rows, i, HISTORY));

	if (view.menu == NULL || PQgetvalue(rows, i, BLOCKED)[0] == 't') {
		step_says(step, "ussd_closed", false);
		return;
	}
	/* A first text is what was dialled, and no phone dials more than a screen holds. */
	if (input == NULL || (first && strlen(input) > USSD_SEPTETS_MAX)) {
		contradicts(step, "history");
		return;
	}
	if (!digest_is_known(step))
		digest_of(step, step->history, step->digest);
	if (first)
		begin_dialogue(step, &view, PQgetvalue(rows, i, RESUME));
	else
		continue_dialogue(step, &view, PQgetvalue(rows, i, STATE), input);
}

void
ussd_step_decide(struct ussd_step *step, PGresult *rows, int i)
{
	const char *outcome = PQgetvalue(rows, i, OUTCOME);

	step->session_id = strtoll(PQgetvalue(rows, i, SESSION), NULL, 10);
	step->contact_id = strtoll(PQgetvalue(rows, i, CONTACT), NULL, 10);
	step->offers = strtoll(PQgetvalue(rows, i, OFFERS), NULL, 10);
	if (strcmp(outcome, "other") == 0) {
		contradicts(step, "number");
		return;
	}
	snprintf(step->menu, sizeof(step->menu), "%s", PQgetvalue(rows, i, MENU));
	take_language(step, PQgetvalue(rows, i, LANGUAGE));
	if (strcmp(outcome, "known") == 0) {
		metric_add(METRIC_USSD_REPEATED, !step->again);
		snprintf(step->out.screen, sizeof(step->out.screen), "%s",
			PQgetvalue(rows, i, SCREEN));
		step->out.more = PQgetvalue(rows, i, MORE)[0] == 't';
		step->verdict = USSD_TO_SAY;
	} else if (step->again) { /* the inbox kept it for a person: no screen came of it */
		step_says(step, "ussd_unsure", true);
	} else if (strcmp(outcome, "ended") == 0) {
		contradicts(step, "ended");
	} else {
		free(step->alert);
		step->alert = strdup(PQgetvalue(rows, i, ALERT));
		decide_new(step, rows, i);
	}
}

/* --- Rows --- */

void
ussd_step_rows(struct ussd_step *step, PGresult *rows, int from, int to)
{
	struct ussd_row row[USSD_ROWS_MAX] = { 0 };
	struct ussd_view view = ussd_view_of(step);
	size_t count = 0;

	for (int i = from; i < to && count < USSD_ROWS_MAX; i++, count++) {
		snprintf(row[count].value, sizeof(row[count].value), "%s", PQgetvalue(rows, i, 1));
		snprintf(row[count].label, sizeof(row[count].label), "%s", PQgetvalue(rows, i, 2));
	}
	if (view.menu == NULL) /* the configuration was read anew within this turn */
		step_says(step, "ussd_busy", false);
	else
		step_goes(step, ussd_form_listed(&view, step->state, row, count, &step->out));
}
