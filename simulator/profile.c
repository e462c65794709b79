/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct profile profiles[] = {
	/* By the book: the first is the default. */
	{ .name = "generic",
		.maker = "Baraza",
		.model = "SIM1",
		.revision = "1.0",
		.iccid = "+CCID",
		.chatter_line = "",
		.base = 1,
		.me = true,
		.sr = true,
		.cnmi = true,
		.echo_data = true },
	/* E1xx/E3xx: places from 0, reports RSSI unasked, packed USSD. */
	{ .name = "huawei",
		.maker = "huawei",
		.model = "E173",
		.revision = "11.126.85.00.209",
		.iccid = "^ICCID",
		.chatter_line = "^RSSI:18",
		.base = 0,
		.me = true,
		.receives = MEMORY_SM,
		.cnmi = true,
		.echo_data = true,
		.chatter = CHATTER_BETWEEN,
		.ussd = USSD_PACKED },
	/* M35: no SR, text mode until told otherwise. */
	{ .name = "quectel",
		.maker = "Quectel_Ltd",
		.model = "Quectel_M35",
		.revision = "M35AR01A01",
		.iccid = "+CCID",
		.chatter_line = "+QIND: \"csq\",18,99",
		.base = 1,
		.me = true,
		.cnmi = true,
		.text_mode = true,
		.echo_data = true,
		.chatter = CHATTER_INSIDE,
		.ussd = USSD_UCS2,
		.ussd_dcs = USSD_DCS_15 },
	/* SIM800: SIM memory alone. */
	{ .name = "simcom",
		.maker = "SIMCOM_Ltd",
		.model = "SIMCOM_SIM800",
		.revision = "1418B04SIM800",
		.iccid = "+CCID",
		.chatter_line = "+CPIN: READY",
		.base = 1,
		.cnmi = true,
		.echo_data = true },
	/* MF1xx: its own chatter, messages go to ME. */
	{ .name = "zte",
		.maker = "ZTE INCORPORATED",
		.model = "MF190",
		.revision = "BD_MF190V1.0.0",
		.iccid = "+ICCID",
		.chatter_line = "+ZUSIMR:2",
		.base = 1,
		.me = true,
		.sr = true,
		.receives = MEMORY_ME,
		.cnmi = true,
		.echo_data = true,
		.chatter = CHATTER_BETWEEN,
		.ussd = USSD_UCS2 },
	/* HE910: USSD in the GSM alphabet's octets. */
	{ .name = "telit",
		.maker = "Telit",
		.model = "HE910",
		.revision = "12.00.003",
		.iccid = "+CCID",
		.chatter_line = "",
		.base = 1,
		.cnmi = true,
		.echo_data = true,
		.ussd = USSD_GSM },
	/* GlobeTrotter: places from 0, refuses +CNMI: software must look by itself. */
	{ .name = "option",
		.maker = "Option N.V.",
		.model = "GTM378",
		.revision = "2.5.21Hd",
		.iccid = "+CCID",
		.chatter_line = "_OSIGQ: 18,0",
		.base = 0,
		.me = false,
		.echo_data = false,
		.chatter = CHATTER_BETWEEN,
		.ussd_early = true },
	/* A no-name dongle: whatever may be left out is refused, with +CMS ERROR 500 or +CME 100.
	 */
	{ .name = "plain",
		.maker = "USB",
		.model = "Modem",
		.revision = "V1",
		.iccid = "none",
		.chatter_line = "",
		.base = 1,
		.cnmi = true,
		.plain = true,
		.echo_data = true,
		.ussd_dcs = USSD_DCS_NONE },
};

#define N_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

static const char *const memory_names[N_MEMORIES] = { "SM", "ME", "SR" };

const struct profile *
profile_find(const char *name)
{
	if (name == NULL)
		return &profiles[0];
	for (size_t i = 0; i < N_PROFILES; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

void
profile_each(void (*each)(void *arg, const struct profile *p), void *arg)
{
	for (size_t i = 0; i < N_PROFILES; i++)
		each(arg, &profiles[i]);
}

const char *
memory_name(enum memory m)
{
	return memory_names[m];
}

int
memory_find(const char *name)
{
	for (int i = 0; i < N_MEMORIES; i++)
		if (strcasecmp(memory_names[i], name) == 0)
			return i;
	return -1;
}
