/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-sims: SIMs that cannot be used as they are: a wrong PIN, a PUK, none at all, no SMSC number.
 * Each is told in words, in the log, in `baraza status` and to the administrator; the other modem
 * works on; and a PIN is tried once, whatever dies and starts again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define ADMINISTRATOR "+250788099999"

enum { DEATHS = 3, ANSWER_MS = 5000 };

/* What the simulator tells of m1's SIM. */
static void
check_pin_left(struct rig *rig, const char *left, const char *when)
{
	char *answer = sim_ask(&rig->field.sim, ANSWER_MS, "stats m1");

	rig_check(rig, answer != NULL && strstr(answer, left) != NULL, "%s: %s, not %s", when,
		answer, left);
	free(answer);
}

static void
stop(struct rig *rig)
{
	rig_check(rig, gateway_stop(&rig->field.gateway) == 0, "the gateway ends: %s",
		proc_status_text(rig->field.gateway.proc.status));
}

/* m1 waits for a person, who is told why; m2 works. */
static void
blocked(struct rig *rig, const char *why)
{
	rig_gives(rig, "READY", "SELECT state FROM modem WHERE name = 'm2'");
	rig_gives(rig, "t",
		"SELECT state = 'BLOCKED' AND reason LIKE '%%%s%%' FROM modem "
		"WHERE name = 'm1'",
		why);
	rig_logs(rig, why);
	rig_works(rig, "m2", why);
}

static void
serves(struct rig *rig, const char *what)
{
	rig_gives(rig, "READY", "SELECT state FROM modem WHERE name = 'm1'");
	rig_works(rig, "m1", what);
	rig_works(rig, "m2", what);
}

static void
wrong_pin(struct rig *rig)
{
	field_sim(&rig->field, "set m1 pin 4711");
	field_set(&rig->field, "modems.m1.pin", "\"0815\"");
	rig_launch(rig);
	blocked(rig, "refused its PIN");
	check_pin_left(rig, "pin_left=2", "a wrong PIN");
	stop(rig);
	for (int i = 0; i < DEATHS; i++) {
		rig_launch(rig);
		blocked(rig, "was tried and refused");
		gateway_kill(&rig->field.gateway);
	}
	check_pin_left(rig, "pin_left=2", "a wrong PIN and a gateway that is killed");
	field_set(&rig->field, "modems.m1.pin", "\"4711\"");
	rig_launch(rig);
	serves(rig, "the right PIN");
	check_pin_left(rig, "pin_left=3", "the right PIN");
	stop(rig);
	field_sim(&rig->field, "set m1 pin 4712");
	field_set(&rig->field, "modems.m1.pin", "\"\"");
	rig_launch(rig);
	blocked(rig, "wants a PIN");
	stop(rig);
}

/* Wrong PINs by hand, until the SIM asks for its PUK. */
static void
lock(struct rig *rig)
{
	static const char command[] = "AT+CPIN=\"0000\"\r";
	char *path = xformat("%s/sim/dev/ttySIM0", rig->field.dir), buf[256];
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd waits = { .fd = fd, .events = POLLIN };

	if (fd == -1)
		die("%s: %s", path, strerror(errno));
	for (int i = 0; i < 3; i++)
		if (write(fd, command, strlen(command)) != (ssize_t)strlen(command) ||
			poll(&waits, 1, ANSWER_MS) != 1 || read(fd, buf, sizeof(buf)) < 1)
			die("%s does not answer", path);
	close(fd);
	free(path);
}

static void
puk(struct rig *rig)
{
	lock(rig);
	check_pin_left(rig, "pin_left=0", "three wrong PINs by hand");
	field_set(&rig->field, "modems.m1.pin", "\"4712\"");
	rig_launch(rig);
	blocked(rig, "its PUK");
	stop(rig);
	field_sim(&rig->field, "set m1 pin none");
}

static void
no_sim(struct rig *rig)
{
	field_sim(&rig->field, "set m1 sim none");
	rig_launch(rig);
	blocked(rig, "no SIM");
	field_sim(&rig->field, "fault m1 unplug");
	rig_gives(rig, "ABSENT", "SELECT state FROM modem WHERE name = 'm1'");
	field_sim(&rig->field, "set m1 sim +250789000001");
	field_sim(&rig->field, "fault m1 plug ttySIM0");
	serves(rig, "a SIM that was put in");
	stop(rig);
}

/* It receives; what it should answer waits until the number is there. */
static void
no_smsc(struct rig *rig)
{
	unsigned waits;

	field_sim(&rig->field, "set m1 smsc none");
	rig_start(rig);
	rig_gives(rig, "t",
		"SELECT reason LIKE '%%holds no SMSC number%%' FROM modem "
		"WHERE name = 'm1'");
	rig_logs(rig, "event=no_smsc modem=m1");
	waits = rig_good(rig, "m1");
	rig_works(rig, "m2", "a SIM without an SMSC number");
	rig_gives(rig, "1",
		"SELECT count(*) FROM report r JOIN contact c ON c.id = r.contact_id "
		"WHERE c.number LIKE '%%%05u'",
		waits);
	rig_gives(rig, "1", "SELECT count(*) FROM queue");
	rig_same_workers(rig);
	field_sim(&rig->field, "set m1 smsc +250780000999");
	stop(rig);
	rig_start(rig);
	rig_answered(rig, waits, "an SMSC number that was put in");
}

/* Each trouble is told to the administrator, by the other modem. */
static void
administrator(struct rig *rig)
{
	static const char *const words[] = { "refused its PIN", "was tried", "was tried",
		"was tried", "wants a PIN", "PUK", "no SIM", "no message centre" };
	long told = rig_replies(rig, ADMINISTRATOR);

	rig_check(rig, told >= (long)(sizeof(words) / sizeof(words[0])) - 1,
		"the administrator was told %ld times", told);
}

int
bad_sims(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	field_set(&rig.field, "administrator", "\"" ADMINISTRATOR "\"");
	wrong_pin(&rig);
	puk(&rig);
	no_sim(&rig);
	no_smsc(&rig);
	administrator(&rig);
	rig_gives(&rig, "0", "SELECT count(*) FROM queue");
	printf("%u good messages\n", rig.good);
	return rig_close(&rig);
}
