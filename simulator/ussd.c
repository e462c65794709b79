/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ussd.h"

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

/* Says it in the session's character set, with the DCS that goes with it. */
static void
tell_answer(struct modem *m, int status, const char *text)
{
	uint8_t units[4 * TEXT_MAX], packed[TEXT_MAX];
	char hex[2 * sizeof(units) + 1];
	long n = text_to_septets(text, units, TEXT_MAX);

	if (n >= 0 && m->profile.ussd == USSD_PACKED) {
		memset(packed, 0, sizeof(packed));
		pdu_to_hex(packed, gsm_pack(units, (size_t)n, 0, packed), hex);
		modem_tell(m, "+CUSD: %d,\"%s\",15", status, hex);
	} else if (n >= 0 && !m->set.ucs2) {
		modem_tell(m, "+CUSD: %d,\"%s\",15", status, text);
	} else {
		pdu_to_hex(units, text_to_ucs2(text, units, sizeof(units)), hex);
		modem_tell(m, "+CUSD: %d,\"%s\",72", status, hex);
	}
}

/* --- sessions --------------------------------------------------------------------------------- */

void
ussd_free(struct modem *m)
{
	m->ussd.path[0] = '\0';
	free(m->ussd.answer);
	m->ussd.answer = NULL;
	if (m->ussd.timer != NULL)
		event_free(m->ussd.timer);
	m->ussd.timer = NULL;
}

static void
answer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modem *m = arg;

	(void)fd;
	(void)what;
	if (m->ussd.answer == NULL)
		modem_tell(m, "+CUSD: %d", m->ussd.status);
	else
		tell_answer(m, m->ussd.status, m->ussd.answer);
	if (m->ussd.status != USSD_MORE)
		ussd_free(m);
}

int
ussd_ask(struct modem *m, const char *typed)
{
	struct timeval tv = { m->ussd_ms / 1000, m->ussd_ms % 1000 * 1000L };
	const struct ussd_answer *a;
	bool open = m->ussd.path[0] != '\0';
	char text[256], path[sizeof(m->ussd.path)];
	int len;

	if (typed_to_utf8(m, typed, text, sizeof(text)) == -1)
		return -1;
	len = snprintf(path, sizeof(path), "%s%s%s", m->ussd.path, open ? "/" : "", text);
	ussd_free(m);
	if (len >= (int)sizeof(path))
		return -1;
	a = table_get(&m->card->ussd, path);
	events_tell(&m->net->listeners, "ussd %s %s", m->name, path);
	if (a == NULL) {
		m->ussd.status = open ? USSD_TERMINATED : USSD_UNSUPPORTED;
	} else {
		m->ussd.status = has_steps(m->card, path) ? USSD_MORE : USSD_DONE;
		m->ussd.answer = memory_text(a->text);
	}
	strcpy(m->ussd.path, path);
	m->ussd.timer = evtimer_new(m->net->base, answer_cb, m);
	evtimer_add(m->ussd.timer, &tv);
	return 0;
}
