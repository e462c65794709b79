/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card.h"

#include "memory.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CME_NOT_ALLOWED = 3, CME_PUK = 12, CME_FAILURE = 13, CME_WRONG = 16 };

#define PIN_TRIES 3
#define PUK_TRIES 10

char
card_luhn(const char *digits)
{
	size_t n = strlen(digits);
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		if (i % 2 == 0) {
			d *= 2;
			if (d > 9)
				d -= 9;
		}
		sum += d;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

struct card *
card_new(unsigned n, unsigned sm, unsigned sr)
{
	struct card *c = memory_zeroed(1, sizeof(*c));
	char body[20];

	snprintf(c->number, sizeof(c->number), "+2507890000%02u", n);
	snprintf(c->imsi, sizeof(c->imsi), "63510%010u", n % 1000000000U);
	snprintf(body, sizeof(body), "89250100%010u", n % 1000000000U);
	snprintf(c->iccid, sizeof(c->iccid), "%s%c", body, card_luhn(body));
	strcpy(c->smsc, "+250780000999");
	strcpy(c->puk, "12345678");
	c->pin_left = PIN_TRIES;
	c->puk_left = PUK_TRIES;
	storage_init(&c->sm, sm);
	storage_init(&c->sr, sr);
	STAILQ_INIT(&c->sms);
	STAILQ_INIT(&c->reports);
	STAILQ_INIT(&c->reversed);
	return c;
}

static void
free_held(struct held_list *list)
{
	struct held *h;

	while ((h = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, next);
		free(h);
	}
}

void
card_free(struct card *c)
{
	size_t at = 0;
	void *answer;

	if (c == NULL)
		return;
	while ((answer = table_next(&c->ussd, &at)) != NULL)
		free(answer);
	table_clear(&c->ussd);
	free_held(&c->sms);
	free_held(&c->reports);
	free_held(&c->reversed);
	if (c->reversed_timer != NULL)
		event_free(c->reversed_timer);
	storage_free(&c->sm);
	storage_free(&c->sr);
	free(c);
}

void
card_reset(struct card *c)
{
	if (c->lock == CARD_READY && c->pin[0] != '\0')
		c->lock = CARD_PIN;
}

static int
try_pin(struct card *c, const char *pin)
{
	if (strcmp(pin, c->pin) == 0) {
		c->pin_left = PIN_TRIES;
		c->lock = CARD_READY;
		return 0;
	}
	if (--c->pin_left > 0)
		return CME_WRONG;
	c->lock = CARD_PUK;
	return CME_PUK;
}

static int
try_puk(struct card *c, const char *puk, const char *new_pin)
{
	size_t len = new_pin != NULL ? strlen(new_pin) : 0;

	if (len < 4 || len > 8 || strspn(new_pin, "0123456789") != len)
		return CME_WRONG;
	if (strcmp(puk, c->puk) == 0) {
		strcpy(c->pin, new_pin);
		c->pin_left = PIN_TRIES;
		c->puk_left = PUK_TRIES;
		c->lock = CARD_READY;
		return 0;
	}
	if (--c->puk_left > 0)
		return CME_WRONG;
	c->lock = CARD_DEAD;
	return CME_FAILURE;
}

int
card_unlock(struct card *c, const char *code, const char *new_pin)
{
	switch (c->lock) {
	case CARD_PIN:
		return try_pin(c, code);
	case CARD_PUK:
		return try_puk(c, code, new_pin);
	case CARD_DEAD:
		return CME_FAILURE;
	case CARD_READY:
		break;
	}
	return CME_NOT_ALLOWED;
}
