/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd-file: a step that files something: its form goes through the inbox as a message would, and
 * its screen is stored in that transaction.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "gateway.h"
#include "log.h"
#include "outgoing.h"
#include "ussd-room-internal.h"

/* The key by which the inbox knows it: of way, session and step. */
static void
dedupe_of(const struct ussd_step *step, uint8_t out[16])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char text[USSD_WAY_MAX + USSD_SESSION_MAX + USSD_DIGEST_SIZE + 2];
	int length = snprintf(text, sizeof(text), "%s\x1f%s\x1f", step->way, step->request.session);

	memcpy(text + length, step->digest, USSD_DIGEST_SIZE);
	SHA256((const unsigned char *)text, (size_t)length + USSD_DIGEST_SIZE, hash);
	memcpy(out, hash, 16);
}

/* --- Its letter --- */

/* Whether she sees it nobody knows before the commit. False: there is nothing to say, or the inbox
 * says it. */
static bool
letter_of(const struct ussd_step *step, const char *said, char room[OUTGOING_BYTES_MAX],
	struct ussd_letter *letter)
{
	const struct service *service = step->form.service;

	if (step->form.sent || said[0] == '\0')
		return false;
	letter->service = service != NULL ? service->name : "help";
	letter->priority = service != NULL && service->emergency ? PRIORITY_SOS : PRIORITY_REPLY;
	letter->text = outgoing_fit(
		step->ussd->gateway->config, letter->service, said, room, &letter->segments);
	return letter->text != NULL;
}

void
ussd_file_ends(struct ussd_step *step)
{
	struct ussd *ussd = step->ussd;
	struct ussd_seen *seen;

	if (!step->letter)
		return;
	seen = calloc(1, sizeof(*seen));
	if (seen == NULL)
		fatal("event=out_of_memory");
	seen->session_id = step->session_id;
	memcpy(seen->digest, step->digest, sizeof(seen->digest));
	seen->owed = step->told || step->http == NULL ||
		config_ussd_find(ussd->gateway->config, step->way) == NULL;
	if (!seen->owed && TAILQ_EMPTY(&ussd->seen))
		ussd_look_soon(ussd);
	TAILQ_INSERT_TAIL(&ussd->seen, seen, entry);
	ussd->owed += seen->owed;
	ussd_turn_later(ussd);
}

/* --- Its screen --- */

/* The menu is another than when the form was given away: what came of it is told by SMS. */
static void
show_unsure(struct ussd_step *step)
{
	ussd_words(step->ussd, step->language, "ussd_unsure", step->out.screen);
	step->out.more = false;
	step->told = true;
}

/* Within the inbox's transaction, perhaps more than once. */
static int
store_cb(struct db *db, const char *said, bool asks, void *arg)
{
	struct ussd_step *step = arg;
	struct ussd_view view = ussd_view_of(step);
	char plain[OUTGOING_BYTES_MAX];
	struct ussd_letter letter;

	ussd_state_free(step->state);
	step->state = view.menu != NULL ? ussd_state_read(view.menu, step->before) : NULL;
	if (step->state == NULL ||
		ussd_form_ran(&view, step->state, said, step->form.reference, asks, &step->out) !=
			USSD_SHOW)
		show_unsure(step);
	step->verdict = USSD_TO_SHOW;
	step->letter = letter_of(step, said, plain, &letter);
	return ussd_send_store(db, &step, 1, step->letter ? &letter : NULL);
}

/* --- Its end --- */

static void
done_cb(enum inbox_form_end end, void *arg)
{
	struct ussd_step *step = arg;
	struct ussd *ussd = step->ussd;

	if (end == INBOX_FORM_DONE) {
		ussd_file_ends(step);
		ussd_answer(step, step->out.screen, step->out.more);
		ussd_step_free(step);
	} else {
		if (end == INBOX_FORM_REFUSED)
			log_error("event=ussd_refused_form way=%s number=%s service=%s", step->way,
				log_number(step->request.phone.number),
				step->form.service != NULL ? step->form.service->name : "-");
		step->again = true; /* what is stored of it is shown */
		ussd_step_put_back(step);
	}
	ussd_turn_later(ussd);
}

/* --- Its form --- */

static const char *
words_of(const struct ussd_out *out)
{
	if (out->form == NULL)
		return out->words;
	return out->summary[0] != '\0' ? out->summary : out->form->name;
}

void
ussd_file_ready(struct ussd_step *step)
{
	const struct ussd_out *out = &step->out;
	struct inbox_form *form = &step->form;

	form->from = step->request.phone;
	dedupe_of(step, form->dedupe);
	form->service = out->form != NULL ? out->form->service : NULL;
	form->values = out->values;
	/* Its own copies: step->out will be the screen's. */
	snprintf(step->words, sizeof(step->words), "%s", out->words);
	snprintf(step->body, sizeof(step->body), "%s", words_of(out));
	form->words = step->words[0] != '\0' ? step->words : NULL;
	form->body = step->body;
	form->language = step->language;
	form->by_sms = step->gone || (out->form != NULL && out->form->by_sms);
	form->store = store_cb;
	form->done = done_cb;
	form->arg = step;
}

int
ussd_file(struct ussd_step *step)
{
	char state[USSD_STATE_MAX];

	if (ussd_state_write(step->state, state, sizeof(state)) < 0) {
		log_error("event=ussd_state_too_long way=%s menu=%s", step->way, step->menu);
		return -1;
	}
	free(step->before);
	step->before = strdup(state);
	if (step->before == NULL)
		fatal("event=out_of_memory");
	if (inbox_take_form(step->ussd->gateway->inbox, &step->form) != 0)
		return -1;
	ussd_step_hold(step, USSD_IN_INBOX);
	return 0;
}

bool
ussd_file_forget(struct ussd_step *step)
{
	return inbox_forget_form(step->ussd->gateway->inbox, &step->form);
}
