/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox-form: what a person filled in by a menu: taken, taken back, its screen, its end.
 *
 * Somebody holds the phone to her ear meanwhile: forms go before what modems brought. What cannot
 * be run is not tried again for long, but kept for a person.
 */
#include "inbox-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FORMS_MAX 1024 /* wait or are in hand */
#define BODY_MAX 4000  /* bytes kept, with NUL */

/* --- Taken, and taken back --- */

static struct item *
item_from_form(struct inbox_form *form)
{
	struct item *item = calloc(1, sizeof(*item));
	char clean[BODY_MAX];

	if (item == NULL)
		return NULL;
	text_utf8_clean(clean, sizeof(clean), form->body, strlen(form->body));
	item->kind = ITEM_FORM;
	item->stored_kind = "ussd";
	item->form = form;
	item->from = form->from;
	memcpy(item->dedupe, form->dedupe, sizeof(item->dedupe));
	item->body = strdup(clean);
	if (item->body == NULL) {
		item_free(item);
		return NULL;
	}
	return item;
}

/* The first that came by a modem: forms go before it, but not before each other, nor before a
 * question whose turn it is. */
static struct item *
first_of_modems(const struct inbox *inbox)
{
	struct item *item;

	TAILQ_FOREACH(item, &inbox->waiting, entry)
		if (item->kind != ITEM_FORM && item->kind != ITEM_EXPIRED)
			return item;
	return NULL;
}

int
inbox_take_form(struct inbox *inbox, struct inbox_form *form)
{
	struct item *item, *before = first_of_modems(inbox);

	if (inbox->form_count >= FORMS_MAX || (item = item_from_form(form)) == NULL)
		return -1;
	if (before != NULL)
		TAILQ_INSERT_BEFORE(before, item, entry);
	else
		TAILQ_INSERT_TAIL(&inbox->waiting, item, entry);
	inbox->waiting_count++;
	inbox->form_count++;
	inbox_turn_later(inbox);
	return 0;
}

bool
inbox_forget_form(struct inbox *inbox, struct inbox_form *form)
{
	struct item *item;

	TAILQ_FOREACH(item, &inbox->waiting, entry)
		if (item->form == form)
			break;
	if (item == NULL || item->unsure)
		return false;
	TAILQ_REMOVE(&inbox->waiting, item, entry);
	inbox->waiting_count--;
	inbox->form_count--;
	item_free(item);
	return true;
}

/* --- In hand --- */

bool
form_is_filled(const struct item *item)
{
	return item->form != NULL && item->form->service != NULL && item->from.kind == PHONE_E164;
}

int
desk_has_forms(const struct desk *desk)
{
	for (size_t i = 0; i < desk->batch_count; i++)
		if (desk->batch[i].item->kind == ITEM_FORM)
			return 1;
	return 0;
}

void
forms_unsure(struct desk *desk)
{
	for (size_t i = 0; i < desk->batch_count; i++)
		desk->batch[i].item->unsure = true;
}

void
forms_tell(const struct form_end *ends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ends[i].form->done(ends[i].end, ends[i].form->arg);
}

/* --- Its screen --- */

void
form_say(struct form_said *said, const char *text)
{
	size_t length = strlen(said->text);

	snprintf(said->text + length, sizeof(said->text) - length, "%s%s", length > 0 ? "\n" : "",
		text);
}

int
form_store(struct desk *desk, const struct thought *t, const struct form_said *said)
{
	struct inbox_form *form = t->item->form;

	strcpy(form->reference, said->reference);
	form->sent = said->sent;
	return form->store(desk->db, said->text, t->ask != NULL || t->asked_back, form->arg);
}

/* --- One that cannot be run --- */

int
form_keep(struct desk *desk, const struct item *item, const char *note)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, item->from.number);
	db_param_bytes(&params, item->dedupe, sizeof(item->dedupe));
	db_param_text(&params, item->body);
	db_param_text(&params, note);
	return db_send(desk->db, "form_refused", &params, NULL, NULL);
}
