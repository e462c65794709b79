/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modems and workers as no simulator has them.  The worker is this program itself: what stands
 * behind a device, and how its worker behaves, is written in a file beside the device.
 *
 * waits
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "modem-harness.h"
#include "unit.h"
#include "worker-parent.h"

#define ONE "350000000000012"
#define TWO "350000000000020"

/* The worker's side -----------------------------------------------------------------------------
 */

static char who[2048];

/* The value of a line "name=value" of the file; "" when there is none; good for eight calls. */
static const char *
told(const char *name)
{
	static char values[8][300];
	static unsigned turn;
	char *value = values[turn++ % 8];
	size_t len = strlen(name);

	value[0] = '\0';
	for (const char *line = who; line != NULL && *line != '\0';
		line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL)
		if (strncmp(line, name, len) == 0 && line[len] == '=')
			snprintf(value, sizeof(values[0]), "%.*s",
				(int)strcspn(line + len + 1, "\n"), line + len + 1);
	return value;
}

static int
does(const char *what)
{
	return strcmp(told("does"), what) == 0;
}

static void
say(const struct wire_msg *msg)
{
	if (wire_send(WIRE_FD, msg) != 0)
		exit(1);
}

static void
say_type(enum wire_type type)
{
	struct wire_msg msg = { .type = type };

	if (type == WIRE_LISTED)
		msg.listed.complete = 1;
	say(&msg);
}

static void
say_identity(void)
{
	struct wire_msg msg = { .type = WIRE_IDENTITY,
		.identity = { .imei = wire_str(told("imei")),
			.imsi = wire_str(told("imsi")),
			.iccid = wire_str(told("iccid")),
			.manufacturer = wire_str("Invented"),
			.model = wire_str(told("model")),
			.smsc = wire_str("+250780000999"),
			.sim = (uint8_t)atoi(told("sim")),
			.pin_attempts_left = 255 } };

	say(&msg);
}

static void
on_open(const struct wire_open *open)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%.*s.who", (int)open->device.len, open->device.data);
	f = fopen(path, "r");
	if (f == NULL || fread(who, 1, sizeof(who) - 1, f) == 0)
		exit(3);
	fclose(f);
	if (does("crash"))
		raise(SIGKILL);
	if (does("garbage"))
		send(WIRE_FD, "What?", 5, 0);
	if (does("fault"))
		say(&(struct wire_msg){ .type = WIRE_FAULT,
			.fault = { .class = WIRE_FAULT_SIM, .words = wire_str("no SIM at all") } });
	if (does("early-ready"))
		say_type(WIRE_READY);
	if (does("early-sms"))
		say_type(WIRE_SMS);
	if (does("pin-result"))
		say_type(WIRE_PIN_RESULT);
	if (does("parents-word"))
		say_type(WIRE_START);
	if (!does("mute"))
		say_identity();
}

static void
on_send(const struct wire_send *segment)
{
	struct wire_msg msg = { .type = WIRE_RESULT,
		.result = { .token = segment->token + (does("wrong-token") != 0) } };

	say(&msg);
	if (does("twice"))
		say(&msg);
}

static int
worker_main(void)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg;

	while (wire_receive(WIRE_FD, buf, &msg) == 1) {
		if (msg.type == WIRE_OPEN)
			on_open(&msg.open);
		if (msg.type == WIRE_START) {
			say_type(WIRE_READY);
			say_type(WIRE_HEALTH);
		}
		if (msg.type == WIRE_START || (msg.type == WIRE_LOOK && !does("blind")))
			say_type(WIRE_LISTED);
		if (msg.type == WIRE_SEND)
			on_send(&msg.send);
		if (msg.type == WIRE_CLOSE)
			return 0;
	}
	return 1;
}

/* The test's side -------------------------------------------------------------------------------
 */

static struct harness h;

#define READY(name_) UNTIL(&h, STATE(&h, name_) == MODEM_READY)

static const char *
device_of(const char *name)
{
	const struct modem *modem = harness_modem(&h, name);

	return modem->device != NULL ? strrchr(modem->device->path, '/') + 1 : "none";
}

/* A device on a USB port ("" for none), and what stands behind it.  Returns its other end. */
static int
plug(const char *name, const char *port, const char *behind)
{
	char pts[64], path[256], command[1024];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	FILE *f;

	REQUIRE(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	REQUIRE(ptsname_r(master, pts, sizeof(pts)) == 0);
	snprintf(path, sizeof(path), "%.200s/dev/%s", parent_dir(), name);
	snprintf(command, sizeof(command),
		"cd '%.200s' && mkdir -p dev sys/class/tty/%s && rm -f sys/class/tty/%s/device && "
		"{ [ -z '%s' ] || { mkdir -p 'sys/usb1/%s/%s:1.0/%s' && "
		"ln -s '../../../usb1/%s/%s:1.0/%s' sys/class/tty/%s/device; }; }",
		parent_dir(), name, name, port, port, port, name, port, port, name, name);
	REQUIRE(system(command) == 0);
	snprintf(command, sizeof(command), "%s.who", path);
	f = fopen(command, "w");
	REQUIRE(f != NULL && fputs(behind, f) >= 0 && fclose(f) == 0);
	REQUIRE(symlink(pts, path) == 0);
	return master;
}

static void
unplug(const char *name, int master)
{
	char path[256];

	snprintf(path, sizeof(path), "%.200s/dev/%s", parent_dir(), name);
	REQUIRE(unlink(path) == 0);
	close(master);
}

static void
begin(const char *entries)
{
	char glob[256], sysfs[256], self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	REQUIRE(len > 0);
	self[len] = '\0';
	snprintf(glob, sizeof(glob), "%.200s/dev/ttyUSB?", parent_dir());
	snprintf(sysfs, sizeof(sysfs), "%.200s/sys", parent_dir());
	harness_devices(&h, glob, sysfs, self);
	harness_begin(&h, entries);
}

static void
check_ends_resting(const char *behind, const char *reason)
{
	plug("ttyUSB0", "1-1", behind);
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_RESTING && harness_modem(&h, "m1")->worker == NULL);
	CHECK_STR(harness_modem(&h, "m1")->reason, reason);
	CHECK_INT(h.outbox.ups, 0);
	CHECK_INT(h.inbox.sms, 0);
	harness_end(&h);
}

TEST(garbage_ends_that_worker_alone)
{
	plug("ttyUSB0", "1-1", "imei=" ONE "\ndoes=garbage\n");
	plug("ttyUSB1", "1-2", "imei=" TWO "\nimsi=635109999999902\n");
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }, { name = \"m2\"; usb_port = \"1-2\"; }");
	READY("m2");
	UNTIL(&h, harness_modem(&h, "m1")->backoff_ms >= 1600);
	CHECK_INT(STATE(&h, "m2"), MODEM_READY);
	CHECK_INT(modem_generation(harness_modem(&h, "m2")), 1);
	CHECK_INT(h.outbox.ups, 1);
	harness_end(&h);
}

TEST(reason_of_rest_is_told_for_garbage)
{
	check_ends_resting("does=garbage\n", "it spoke what is no message");
}

TEST(messages_before_their_time_end_the_worker)
{
	check_ends_resting("does=early-sms\n", "it spoke out of turn");
}

TEST(pin_result_without_a_pin_ends_the_worker)
{
	check_ends_resting("does=pin-result\n", "it spoke out of turn");
}

TEST(parents_own_words_end_the_worker)
{
	check_ends_resting("does=parents-word\n", "it spoke out of turn");
}

TEST(crash_is_told_and_answered_by_backoff)
{
	plug("ttyUSB0", "1-1", "does=crash\n");
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }");
	UNTIL(&h, harness_modem(&h, "m1")->backoff_ms >= 1600);
	CHECK_STR(harness_modem(&h, "m1")->reason, "it was killed by signal 9");
	CHECK_INT(modem_generation(harness_modem(&h, "m1")), 3);
	harness_end(&h);
}

TEST(early_ready_ends_the_worker)
{
	check_ends_resting("does=early-ready\n", "it spoke out of turn");
}

TEST(result_of_another_message_ends_the_worker)
{
	plug("ttyUSB0", "1-1", "imei=" ONE "\nimsi=635109999999901\ndoes=wrong-token\n");
	begin("{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 7), 0);
	UNTIL(&h, h.outbox.downs == 1);
	CHECK_INT(h.outbox.results, 0);
	CHECK_STR(harness_modem(&h, "m1")->reason, "it told of a message that it was not given");
	harness_end(&h);
}

TEST(result_that_comes_twice_counts_once)
{
	plug("ttyUSB0", "1-1", "imei=" ONE "\nimsi=635109999999901\ndoes=twice\n");
	begin("{ name = \"m1\"; }");
	READY("m1");
	CHECK_INT(harness_send(&h, "m1", "+250788000001", "Merci", 7), 0);
	UNTIL(&h, h.outbox.downs == 1);
	CHECK_INT(h.outbox.results, 1);
	harness_end(&h);
}

TEST(look_without_an_answer_ends_the_worker)
{
	plug("ttyUSB0", "1-1", "imei=" ONE "\nimsi=635109999999901\ndoes=blind\n");
	begin("{ name = \"m1\"; call_timeout_s = 1; send_timeout_s = 1; }");
	READY("m1");
	UNTIL(&h, h.outbox.downs == 1);
	CHECK_STR(harness_modem(&h, "m1")->reason, "it gave no answer in time");
	harness_end(&h);
}

TEST(fault_of_the_sim_waits_for_a_person)
{
	plug("ttyUSB0", "1-1", "does=fault\n");
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }");
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK_STR(harness_modem(&h, "m1")->reason, "no SIM at all");
	CHECK_INT(h.administrator.tells, 1);
	harness_pass(&h, 2500);
	CHECK_INT(h.administrator.tells, 1);
	harness_end(&h);
}

TEST(worker_that_is_not_installed_is_told)
{
	char glob[256];

	plug("ttyUSB0", "1-1", "imei=" ONE "\n");
	snprintf(glob, sizeof(glob), "%.200s/dev/ttyUSB?", parent_dir());
	harness_devices(&h, glob, "/sys", "/nowhere/baraza-modem");
	snprintf(glob, sizeof(glob), "{ name = \"m1\"; device = \"%.150s/dev/ttyUSB0\"; }",
		parent_dir());
	harness_begin(&h, glob);
	UNTIL(&h, STATE(&h, "m1") == MODEM_BLOCKED);
	CHECK(strstr(h.administrator.words, "/nowhere/baraza-modem cannot be started") != NULL);
	harness_end(&h);
}

TEST(nonsense_in_an_identity_is_no_identity)
{
	plug("ttyUSB0", "1-1",
		"imei=\x1b[31m\nimsi=63510' OR 1=1\niccid=89250\x01\nmodel=\xff\xfe\x80\n");
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }");
	READY("m1");
	CHECK_STR(harness_modem(&h, "m1")->seen.imei, "");
	CHECK_STR(modem_identity(harness_modem(&h, "m1")), "modem:m1");
	harness_until_sql(&h, "READY", "SELECT state FROM modem");
	harness_end(&h);
}

TEST(same_pin_of_a_sim_without_iccid_is_counted_by_modem)
{
	plug("ttyUSB0", "1-1", "imei=" ONE "\nsim=1\n");
	begin("{ name = \"m1\"; pin = \"1234\"; }");
	harness_until_sql(&h, "imei:" ONE, "SELECT iccid FROM pin_attempt");
	CHECK_STR(migrated_sql(&h.database, "SELECT length(pin_hash) FROM pin_attempt"), "32");
	harness_end(&h);
}

/* Its third tty is the one that answers; nothing is known of it but the port. */
TEST(stick_of_many_ttys_is_found_by_the_one_that_answers)
{
	plug("ttyUSB0", "1-1", "does=crash\n");
	plug("ttyUSB1", "1-1", "does=crash\n");
	plug("ttyUSB2", "1-1", "imei=" ONE "\nimsi=635109999999901\niccid=8925001\n");
	begin("{ name = \"m1\"; usb_port = \"1-1\"; }");
	READY("m1");
	CHECK_STR(device_of("m1"), "ttyUSB2");
	harness_end(&h);
}

TEST(second_tty_of_a_stick_is_not_given_to_its_clone)
{
	static const char first[] = "imei=" ONE "\nimsi=635109999999901\niccid=8925001\n";
	int clone;

	plug("ttyUSB0", "1-1", first);
	clone = plug("ttyUSB1", "1-2", "imei=" ONE "\nimsi=635109999999902\niccid=8925002\n");
	begin("{ name = \"m1\"; }, { name = \"m2\"; }");
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m2"), "ttyUSB1");
	unplug("ttyUSB1", clone);
	UNTIL(&h, STATE(&h, "m2") == MODEM_ABSENT);
	/* The same stick as m1, on another of its ttys. */
	int face = plug("ttyUSB2", "1-1", first);
	struct device *device = NULL;
	UNTIL(&h,
		(device = LIST_FIRST(devices_list(h.gateway.modems->devices))) != NULL &&
			device->identified && device->worker == NULL &&
			strstr(device->path, "ttyUSB2"));
	harness_pass(&h, 1500);
	CHECK_INT(STATE(&h, "m2"), MODEM_ABSENT);
	CHECK(device->holder == NULL);
	/* But the clone itself is known, even at a new port. */
	clone = plug("ttyUSB3", "1-3", "imei=" ONE "\nimsi=635109999999902\niccid=8925002\n");
	READY("m2");
	CHECK_STR(device_of("m2"), "ttyUSB3");
	close(face);
	close(clone);
	harness_end(&h);
}

TEST(many_modems_behind_one_port_are_told_apart_by_sim)
{
	char entries[600];

	plug("ttyUSB0", "1-1", "imei=" ONE "\nimsi=635109999999901\niccid=8925001\n");
	plug("ttyUSB1", "1-1", "imei=" ONE "\nimsi=635109999999902\niccid=8925002\n");
	snprintf(entries, sizeof(entries),
		"{ name = \"m1\"; device = \"%.200s/dev/ttyUSB0\"; }, "
		"{ name = \"m2\"; device = \"%.200s/dev/ttyUSB1\"; }",
		parent_dir(), parent_dir());
	begin(entries);
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttyUSB0");
	CHECK_STR(device_of("m2"), "ttyUSB1");
	harness_end(&h);
}

TEST(newcomers_are_served_in_the_order_of_names)
{
	/* The first in the order is the last to answer: its first worker crashes. */
	plug("ttyUSB3", "1-3", "imei=" TWO "\nimsi=635109999999903\n");
	plug("ttyUSB0", "", "imei=" ONE "\nimsi=635109999999901\n");
	plug("ttyUSB2", "1-2", "does=crash\n");
	begin("{ name = \"m1\"; }, { name = \"m2\"; }, { name = \"m3\"; }");
	READY("m1");
	READY("m2");
	CHECK_STR(device_of("m1"), "ttyUSB0");
	CHECK_STR(device_of("m2"), "ttyUSB3");
	CHECK_INT(STATE(&h, "m3"), MODEM_ABSENT);
	harness_end(&h);
}

TEST(mute_device_is_asked_again_at_looks)
{
	char path[256];

	plug("ttyUSB0", "1-1", "does=crash\n");
	begin("{ name = \"m1\"; }");
	struct device *device = NULL;
	UNTIL(&h,
		(device = LIST_FIRST(devices_list(h.gateway.modems->devices))) != NULL &&
			device->mute);
	snprintf(path, sizeof(path), "%.200s/dev/ttyUSB0.who", parent_dir());
	FILE *f = fopen(path, "w");
	REQUIRE(f != NULL && fputs("imei=" ONE "\n", f) >= 0 && fclose(f) == 0);
	READY("m1");
	harness_end(&h);
}

TEST(broken_stick_is_replaced_at_its_port)
{
	int old = plug("ttyUSB0", "1-1", "imei=" ONE "\nimsi=635109999999901\n");

	begin("{ name = \"m1\"; }");
	READY("m1");
	harness_until_sql(&h, ONE, "SELECT imei FROM modem");
	unplug("ttyUSB0", old);
	UNTIL(&h, STATE(&h, "m1") == MODEM_ABSENT);
	plug("ttyUSB1", "1-1", "imei=" TWO "\nimsi=635109999999901\n");
	READY("m1");
	harness_until_sql(&h, TWO, "SELECT imei FROM modem");
	CHECK_STR(migrated_sql(&h.database, "SELECT count(*) FROM link"),
		"1"); /* the SIM's, not the stick's */
	harness_end(&h);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "baraza-modem") == 0)
		return worker_main();
	return unit_main(argc, argv);
}
