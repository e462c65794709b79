/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem-match.h"
#include "unit.h"

#define ONE "350000000000011"
#define TWO "350000000000029"

/* What is not named is unknown. */
static const char *
known(const char *s)
{
	return s != NULL ? s : "";
}

static struct match_entry *
fill_entry(struct match_entry *e)
{
	e->written_imei = known(e->written_imei);
	e->written_port = known(e->written_port);
	e->imei = known(e->imei);
	e->port = known(e->port);
	e->iccid = known(e->iccid);
	return e;
}

static struct match_device *
fill_device(struct match_device *d)
{
	d->imei = known(d->imei);
	d->port = known(d->port);
	d->iccid = known(d->iccid);
	return d;
}

#define ENTRY(...) fill_entry(&(struct match_entry){ __VA_ARGS__ })
#define DEVICE(...) fill_device(&(struct match_device){ __VA_ARGS__ })

TEST(unasked_device_fits_only_by_port_or_name)
{
	CHECK_INT(match_score(ENTRY(.imei = ONE), DEVICE(.port = "1-1")), 0);
	CHECK_INT(match_score(ENTRY(), DEVICE(.port = "1-1")), 0);
	CHECK(match_score(ENTRY(.port = "1-1"), DEVICE(.port = "1-1")) > 0);
	CHECK(match_score(ENTRY(.names_device = 1), DEVICE(.named = 1)) > 0);
	CHECK_INT(match_score(ENTRY(.port = ""), DEVICE(.port = "")), 0);
}

TEST(imei_outweighs_port)
{
	struct match_device *d = DEVICE(.identified = 1, .imei = ONE, .port = "1-2");

	CHECK(match_score(ENTRY(.imei = ONE, .port = "1-1"), d) >
		match_score(ENTRY(.imei = TWO, .port = "1-2"), d));
	CHECK(match_score(ENTRY(.written_imei = ONE), d) >
		match_score(ENTRY(.written_port = "1-2", .imei = TWO), d));
}

TEST(clones_are_told_apart_by_port)
{
	struct match_device *d = DEVICE(.identified = 1, .imei = ONE, .port = "1-2");

	CHECK(match_score(ENTRY(.imei = ONE, .port = "1-2", .imei_shared = 1), d) >
		match_score(ENTRY(.imei = ONE, .port = "1-1", .imei_shared = 1), d));
	/* Nor does a shared IMEI draw a modem away from its own port, before the one there is
	 * asked. */
	CHECK(match_score(ENTRY(.imei = ONE, .port = "1-1", .imei_shared = 1), d) <
		match_score(ENTRY(.imei = ONE, .port = "1-1", .imei_shared = 1),
			DEVICE(.port = "1-1")));
	/* When the port tells nothing, the SIM does. */
	d = DEVICE(.identified = 1, .imei = ONE, .port = "1-3", .iccid = "8925001");
	CHECK(match_score(ENTRY(.imei = ONE, .port = "1-2", .iccid = "8925001", .imei_shared = 1),
		      d) > match_score(ENTRY(.imei = ONE, .port = "1-1", .imei_shared = 1), d));
}

TEST(what_is_written_is_never_contradicted)
{
	struct match_device *d = DEVICE(.identified = 1, .imei = ONE, .port = "1-1", .named = 1);

	CHECK_INT(match_score(ENTRY(.written_imei = TWO, .port = "1-1", .names_device = 1), d), 0);
	CHECK_INT(match_score(ENTRY(.written_port = "1-2", .imei = ONE, .names_device = 1), d), 0);
	CHECK_INT(match_score(ENTRY(.written_imei = ONE),
			  DEVICE(.identified = 1, .imei = "", .port = "1-1")),
		0);
	/* What was only learnt may change: a stick was replaced. */
	CHECK(match_score(ENTRY(.imei = TWO, .port = "1-1"), d) > 0);
	CHECK(match_score(ENTRY(.imei = TWO, .port = "1-9", .names_device = 1), d) > 0);
}

TEST(newcomer_takes_only_who_fits_nobody_better)
{
	struct match_device *d = DEVICE(.identified = 1, .imei = ONE, .port = "1-1");

	CHECK(match_score(ENTRY(), d) > 0);
	CHECK(match_score(ENTRY(), d) < match_score(ENTRY(.names_device = 1),
						DEVICE(.identified = 1, .imei = ONE, .named = 1)));
	CHECK_INT(match_score(ENTRY(.imei = TWO), d), 0);
	CHECK_INT(match_score(ENTRY(.names_device = 1), d), 0);
}

UNIT_MAIN
