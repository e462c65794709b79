/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd.h"

#include "at.h"
#include "card.h"
#include "charset.h"
#include "memory.h"
#include "modem.h"
#include "network.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 27.007, 7.15: <m> */
enum { USSD_DONE = 0, USSD_MORE = 1, USSD_TERMINATED = 2, USSD_UNSUPPORTED = 4 };

#define FAILS_CME 100 /* and more, in `ussd_fails`: this much more than a +CME ERROR */

#define TEXT_MAX 182 /* septets that one USSD string holds */

struct ussd_answer {
	char *path; /* both in this one allocation */
	char *text;
};

void
ussd_script(struct card *card, const char *path, const char *text)
{
	struct ussd_answer *old = table_get(&card->ussd, path), *a;
	size_t path_size = strlen(path) + 1, text_size = strlen(text) + 1;

	table_remove(&card->ussd, path);
	free(old);
	if (text[0] == '\0')
		return;
	a = memory_zeroed(1, sizeof(*a) + path_size + text_size);
	a->path = (char *)(a + 1);
	a->text = a->path + path_size;
	memcpy(a->path, path, path_size);
	memcpy(a->text, text, text_size);
	table_put(&card->ussd, a->path, a);
}

static bool
has_steps(const struct card *card, const char *path)
{
	const struct ussd_answer *a;
	size_t n = strlen(path), at = 0;

	while ((a = table_next(&card->ussd, &at)) != NULL)
		if (strncmp(a->path, path, n) == 0 && a->path[n] == '/')
			return true;
	return false;
}

/* --- the modem's way to write texts ------------------------------------------------------------
 */

/* What was typed, as UTF-8. */
static int
typed_to_utf8(const struct modem *m, const char *typed, char *out, size_t cap)
{
	uint8_t octets[512], septets[TEXT_MAX + 1];
	long n;

	if (m->profile.ussd == USSD_PACKED || m->set.ucs2) {
		n = pdu_from_hex(typed, strlen(typed), octets, sizeof(octets));
		if (n < 0)
			return -1;
		if (m->profile.ussd == USSD_PACKED) {
			size_t count = (size_t)n * 8 / 7;

			if (count > TEXT_MAX)
				return -1;
			gsm_unpack(octets, (size_t)n, 0, septets, count);
			/* Seven bits left over are filled with a CR, or with zeros. */
			if (count > 0 && count % 8 == 0 &&
				(septets[count - 1] == '\r' || septets[count - 1] == 0))
				count--;
			gsm_to_utf8(septets, count, out, cap);
		} else {
			ucs2_to_utf8(octets, (size_t)n, out, cap);
		}
		return 0;
	}
	return snprintf(out, cap, "%s", typed) < (int)cap ? 0 : -1;
}

static size_t
text_to_ucs2(const char *text, uint8_t *out, size_t cap)
{
	size_t len = strlen(text), n = 0;

	for (size_t at = 0; at < len && n + 4 <= cap;) {
		uint32_t cp;

		at += utf8_get(text + at, len - at, &cp);
		n += ucs2_put(cp, out + n);
	}
	return n;
}

/* The text as septets; -1 if it has none such. */
static long
text_to_septets(const char *text, uint8_t *out, size_t cap)
{
	size_t len = strlen(text), n = 0;

	for (size_t at = 0; at < len && n + 2 <= cap;) {
		uint32_t cp;
		size_t need;

		at += utf8_get(text + at, len - at, &cp);
		need = gsm_from_unicode(cp, out + n);
		if (need == 0)
			return -1;
		n += need;
	}
	return (long)n;
}

/* A text that is being written onto the line. */
struct written {
	char octets[8 * TEXT_MAX + 64];
	size_t len;
	int dcs;
};

static void
write_hex(struct written *w, const uint8_t *octets, size_t n, int dcs)
{
	pdu_to_hex(octets, n, w->octets + w->len);
	w->len += 2 * n;
	w->dcs = dcs;
}

static void
write_as_is(struct written *w, const void *octets, size_t n)
{
	if (n > 4 * TEXT_MAX)
		n = 4 * TEXT_MAX;
	memcpy(w->octets + w->len, octets, n);
	w->len += n;
	w->dcs = 15;
}

/* In the modem's own way, or where that cannot say it in UCS-2. */
static void
write_text(const struct modem *m, const char *text, struct written *w)
{
	enum ussd_format format = m->profile.ussd;
	uint8_t units[4 * TEXT_MAX], packed[TEXT_MAX] = { 0 };
	long n = text_to_septets(text, units, TEXT_MAX);
	size_t len = strlen(text);

	if (format == USSD_TEXT && m->set.ucs2)
		format = USSD_UCS2;
	if (format == USSD_OCTETS)
		write_hex(w, (const uint8_t *)text, len < TEXT_MAX ? len : TEXT_MAX, 68);
	else if (format == USSD_UCS2 || n < 0)
		write_hex(w, units, text_to_ucs2(text, units, sizeof(units)), 72);
	else if (format == USSD_PACKED)
		write_hex(w, packed, gsm_pack(units, (size_t)n, 0, packed), 15);
	else if (format == USSD_GSM)
		write_as_is(w, units, (size_t)n);
	else
		write_as_is(w, text, len);
}

static void
tell_answer(struct modem *m, int status, const char *text)
{
	const char *quote = m->profile.ussd_bare ? "" : "\"";
	struct written w;

	w.len = (size_t)sprintf(w.octets, "+CUSD: %d,%s", status, quote);
	write_text(m, text, &w);
	w.len += (size_t)sprintf(w.octets + w.len, "%s", quote);
	if (m->profile.ussd_dcs != USSD_DCS_NONE)
		w.len += (size_t)sprintf(
			w.octets + w.len, ",%d", m->profile.ussd_dcs == USSD_DCS_15 ? 15 : w.dcs);
	modem_tell_octets(m, w.octets, w.len);
}

/* --- sessions --------------------------------------------------------------------------------- */

void
ussd_free(struct modem *m)
{
	m->ussd.path[0] = '\0';
	m->ussd.holds = false;
	free(m->ussd.answer);
	m->ussd.answer = NULL;
	if (m->ussd.timer != NULL)
		event_free(m->ussd.timer);
	m->ussd.timer = NULL;
}

void
ussd_cancel(struct modem *m)
{
	if (!m->profile.ussd_deaf || m->ussd.timer == NULL)
		ussd_free(m);
}

bool
ussd_break(struct modem *m)
{
	if (!m->ussd.holds)
		return false;
	ussd_free(m);
	modem_finish(m, AT_ERROR);
	return true;
}

void
ussd_push(struct modem *m, int status, const char *text)
{
	if (text[0] == '\0')
		modem_tell(m, "+CUSD: %d", status);
	else
		tell_answer(m, status, text);
	if (status != USSD_MORE && m->ussd.timer == NULL)
		ussd_free(m);
}

static void
answer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modem *m = arg;
	bool holds = m->ussd.holds;
	int result = m->ussd.status >= FAILS_CME ? m->ussd.status - FAILS_CME : AT_OK;

	(void)fd;
	(void)what;
	if (result == AT_OK)
		ussd_push(m, m->ussd.status, m->ussd.answer != NULL ? m->ussd.answer : "");
	m->ussd.holds = false;
	event_free(m->ussd.timer);
	m->ussd.timer = NULL;
	if (m->ussd.status != USSD_MORE)
		ussd_free(m);
	if (holds)
		modem_finish(m, result);
}

bool
ussd_hasten(struct modem *m)
{
	if (m->ussd.timer == NULL)
		return false;
	event_active(m->ussd.timer, EV_TIMEOUT, 0);
	return true;
}

/* What the network will say to that path, and how. */
static void
look_up(struct modem *m, const char *path, bool open)
{
	const struct ussd_answer *a = table_get(&m->card->ussd, path);

	if (m->ussd_fails != 0) {
		m->ussd.status = (int)m->ussd_fails;
	} else if (a == NULL) {
		m->ussd.status = open ? USSD_TERMINATED : USSD_UNSUPPORTED;
	} else {
		m->ussd.status = has_steps(m->card, path) ? USSD_MORE : USSD_DONE;
		m->ussd.answer = memory_text(a->text);
	}
}

int
ussd_ask(struct modem *m, const char *typed)
{
	struct timeval tv = { m->ussd_ms / 1000, m->ussd_ms % 1000 * 1000L };
	bool open = m->ussd.path[0] != '\0';
	char text[256], path[sizeof(m->ussd.path)];
	int len;

	if (typed_to_utf8(m, typed, text, sizeof(text)) == -1)
		return AT_ERROR;
	len = snprintf(path, sizeof(path), "%s%s%s", m->ussd.path, open ? "/" : "", text);
	ussd_free(m);
	if (len >= (int)sizeof(path))
		return AT_ERROR;
	events_tell(&m->net->listeners, "ussd %s %s", m->name, path);
	look_up(m, path, open);
	m->ussd.holds = m->profile.ussd_early || m->ussd.status >= FAILS_CME;
	strcpy(m->ussd.path, path);
	m->ussd.timer = evtimer_new(m->net->base, answer_cb, m);
	evtimer_add(m->ussd.timer, &tv);
	return m->ussd.holds ? AT_BUSY : AT_OK;
}
