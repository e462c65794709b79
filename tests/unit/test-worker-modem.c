/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include "worker-parent.h"

static struct parent p;

TEST(worker_tells_who_the_modem_is)
{
	sim_begin(1, NULL);
	parent_open(&p, "ttySIM0", NULL);
	CHECK_INT(strlen(p.imei), 15);
	CHECK_INT(strncmp(p.imsi, "63510", 5), 0);
	CHECK(strlen(p.iccid) >= 19);
	CHECK_INT(p.identity.sim, WIRE_SIM_READY);
	CHECK(p.smsc[0] == '+');
	parent_say_type(&p, WIRE_START);
	parent_wait(&p, WIRE_READY);
	parent_wait(&p, WIRE_HEALTH);
	CHECK(p.health.notifies);
	CHECK(p.health.capacity > 0);
	parent_wait_complete(&p);
	CHECK_INT(p.listed.found, 0);
	parent_send(&p, "+250788000001", "hello", false);
	CHECK_INT(p.msg.result.outcome, WIRE_SENT);
	CHECK_STR(sim("wait +250788000001 2000"), "+250789000001 hello");
	sim("sms +250788000001 m1 good day");
	parent_wait_sms(&p, 1);
	CHECK_STR(p.sms[0].text, "good day");
	CHECK_STR(p.sms[0].number, "+250788000001");
	parent_delete_all(&p);
	CHECK_INT(p.deleted, 1);
}

UNIT_MAIN
