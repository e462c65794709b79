/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-ussd: the SIM's own USSD, as its worker dials it: who waits for which step.
 *
 * A token names a step for ever: what is told of another than the last is late, and dropped.
 */
#include <errno.h>
#include <string.h>

#include "gateway.h"
#include "log.h"
#include "modem-internal.h"
#include "text.h"

static const char *const outcome_names[] = {
	[WIRE_USSD_DONE] = "done",
	[WIRE_USSD_MORE] = "more",
	[WIRE_USSD_REFUSED] = "refused",
	[WIRE_USSD_TIMEOUT] = "timeout",
	[WIRE_USSD_UNSUPPORTED] = "unsupported",
	[WIRE_USSD_NETWORK] = "network",
	[WIRE_USSD_LOST] = "lost",
};

/* The state first: the callback may take the next step. */
static void
tell(struct modem *modem, enum ussd_state state, enum wire_ussd_outcome outcome, const char *text)
{
	modem_ussd_cb cb = modem->ussd.cb;

	modem->ussd.state = state;
	modem->ussd.cb = NULL;
	log_info("modem=%s event=ussd outcome=%s length=%zu", modem->settings.name,
		outcome_names[outcome], strlen(text));
	cb(modem, outcome, text, modem->ussd.arg);
}

void
ussd_take_answer(struct modem *modem, const struct wire_ussd_answer *answer)
{
	enum wire_ussd_outcome outcome = (enum wire_ussd_outcome)answer->outcome;
	char text[WIRE_USSD_MAX + 1];

	if (answer->token == modem->ussd.token && modem->ussd.state == USSD_ASKED) {
		text_utf8_clean(text, sizeof(text), answer->text.data, answer->text.len);
		tell(modem, outcome == WIRE_USSD_MORE ? USSD_OPEN : USSD_NONE, outcome, text);
	} else if (answer->token == modem->ussd.token && modem->ussd.state == USSD_OPEN) {
		modem->ussd.state = USSD_ENDED;
		log_info("modem=%s event=ussd-ended outcome=%s", modem->settings.name,
			outcome_names[outcome]);
	}
	modem_leave(modem);
}

void
ussd_take_unasked(struct modem *modem, const struct wire_ussd_unasked *unasked)
{
	struct modems *modems = modem->modems;
	char text[WIRE_USSD_MAX + 1];

	text_utf8_clean(text, sizeof(text), unasked->text.data, unasked->text.len);
	log_info("modem=%s event=ussd-unasked length=%zu", modem->settings.name, strlen(text));
	if (modems->on_ussd != NULL)
		modems->on_ussd(modem, WIRE_USSD_DONE, text, modems->on_ussd_arg);
}

void
ussd_lost(struct modem *modem)
{
	if (modem->ussd.state == USSD_ASKED)
		tell(modem, USSD_NONE, WIRE_USSD_LOST, "");
	else if (modem->ussd.state == USSD_OPEN)
		modem->ussd.state = USSD_ENDED;
}

/* The room's face: USSD
 * -------------------------------------------------------------------------------- */

static int
in_service(const struct modem *modem)
{
	return modem->state == MODEM_READY && modem->up && !modem->settings.till;
}

int
modem_ussd_is_open(const struct modem *modem)
{
	return in_service(modem) && modem->ussd.state == USSD_OPEN;
}

int
modem_can_ussd(const struct modem *modem)
{
	return in_service(modem) && modem->ussd.state == USSD_NONE && !modem->restart_wanted;
}

/* Why no step can be taken now, or 0. */
static int
refusal(struct modem *modem, const char *text, int timeout_s)
{
	if (timeout_s < 1 || timeout_s > WIRE_USSD_S_MAX || !wire_ussd_typed(text, strlen(text)))
		return EINVAL;
	if (modem->ussd.state == USSD_ENDED) {
		modem->ussd.state = USSD_NONE;
		return EPIPE;
	}
	if (modem->ussd.state == USSD_ASKED)
		return EBUSY;
	return modem_can_ussd(modem) || modem_ussd_is_open(modem) ? 0 : ENODEV;
}

int
modem_ussd(struct modem *modem, const char *text, int timeout_s, modem_ussd_cb cb, void *arg)
{
	int error = refusal(modem, text, timeout_s);
	struct wire_msg msg = { .type = WIRE_USSD,
		.ussd = { .token = modem->ussd.token + 1,
			.timeout_s = (uint16_t)timeout_s,
			.text = wire_str(text) } };

	msg.ussd.kind = modem->ussd.state == USSD_OPEN ? WIRE_USSD_KIND_REPLY : WIRE_USSD_KIND_DIAL;
	if (error == 0 && worker_send(modem->worker, &msg) != 0)
		error = ENODEV;
	if (error != 0) {
		errno = error;
		return -1;
	}
	modem->ussd.state = USSD_ASKED;
	modem->ussd.token++;
	modem->ussd.cb = cb;
	modem->ussd.arg = arg;
	return 0;
}

int
modem_ussd_cancel(struct modem *modem)
{
	struct wire_msg msg = { .type = WIRE_USSD,
		.ussd = { .token = modem->ussd.token,
			.kind = WIRE_USSD_KIND_CANCEL,
			.timeout_s = 1 } };
	enum ussd_state was = modem->ussd.state;

	if (was == USSD_NONE)
		return -1;
	modem->ussd.state = USSD_NONE;
	modem->ussd.cb = NULL;
	/* One that takes nothing any more ends, and the dialogue with it. */
	if (was != USSD_ENDED && modem->worker != NULL)
		(void)!worker_send(modem->worker, &msg);
	modem_leave(modem);
	return 0;
}

void
modems_on_ussd(struct modems *modems, modem_ussd_cb cb, void *arg)
{
	modems->on_ussd = cb;
	modems->on_ussd_arg = arg;
}
