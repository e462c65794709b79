/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/common/fed-modem.h"

#include "gateway/config.h"
#include "gateway/db.h"
#include "gateway/modem.h"

struct modem {
	int32_t link;
};

static struct modem only = { 1 };
struct modem *const fed_modem = &only;
void (*fed_modem_acknowledged)(const uint32_t *handles, size_t count);

void
modems_resume(struct modems *modems)
{
	(void)modems;
}

void
modems_each(struct modems *modems, void (*visit)(struct modem *modem, void *arg), void *arg)
{
	(void)modems;
	(void)visit;
	(void)arg;
}

struct modem *
modem_by_link(struct modems *modems, int32_t link_id)
{
	(void)modems;
	return link_id == only.link ? &only : NULL;
}

const char *
modem_name(const struct modem *modem)
{
	(void)modem;
	return "fed";
}

enum modem_state
modem_state(const struct modem *modem)
{
	(void)modem;
	return MODEM_READY;
}

const char *
modem_state_name(enum modem_state state)
{
	(void)state;
	return "READY";
}

int32_t
modem_link(const struct modem *modem)
{
	return modem->link;
}

const char *
modem_identity(const struct modem *modem)
{
	(void)modem;
	return "635100000000001";
}

const struct config_modem *
modem_config(const struct modem *modem)
{
	static const struct config_modem config = { .till = true };

	(void)modem;
	return &config;
}

uint32_t
modem_generation(const struct modem *modem)
{
	(void)modem;
	return 1;
}

void
modem_acknowledge(struct modem *modem, uint32_t generation, const uint32_t *handles, size_t count)
{
	(void)modem;
	(void)generation;
	fed_modem_acknowledged(handles, count);
}

void
modems_epoch(struct modems *modems)
{
	(void)modems;
}

int
modem_can_send(const struct modem *modem)
{
	(void)modem;
	return 0;
}

int
modem_send(struct modem *modem, const struct wire_send *send)
{
	(void)modem;
	(void)send;
	return -1;
}

int
modem_ussd(struct modem *modem, const char *text, int timeout_s, modem_ussd_cb cb, void *arg)
{
	(void)modem;
	(void)text;
	(void)timeout_s;
	(void)cb;
	(void)arg;
	return -1;
}

int
modem_ussd_cancel(struct modem *modem)
{
	(void)modem;
	return -1;
}

int
modem_ussd_is_open(const struct modem *modem)
{
	(void)modem;
	return 0;
}

int
modem_can_ussd(const struct modem *modem)
{
	(void)modem;
	return 0;
}

void
modems_on_ussd(struct modems *modems, modem_ussd_cb cb, void *arg)
{
	(void)modems;
	(void)cb;
	(void)arg;
}
