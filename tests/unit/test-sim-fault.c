/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's faults, as a program on the line sees them. */
#include "unit.h"

#include "sim-stage.h"

#include <poll.h>
#include <sys/stat.h>

static struct stage stage;

static struct stage *
begin(void)
{
	stage_open(&stage, 2);
	at(&stage, "ATE0");
	at(&stage, "AT+CNMI=2,1,0,2,0");
	return &stage;
}

static bool
exists(struct stage *s, const char *below)
{
	char path[200];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->dir, below);
	return lstat(path, &st) == 0;
}

/* Nothing comes on the line for a command. */
static bool
is_mute(struct stage *s, const char *command)
{
	stage_write_through(s, command);
	return s->len == 0;
}

TEST(unplugged_line_hangs_up_and_comes_back_under_another_name)
{
	struct stage *s = begin();
	char port[200] = "", path[200];
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	CHECK(exists(s, "dev/ttySIM0"));
	CHECK(exists(s, "sys/class/tty/ttySIM0/device"));
	stage_fault(s, "unplug", "");
	CHECK_INT(poll(&p, 1, 5000), 1);
	CHECK(p.revents & POLLHUP);
	CHECK(!exists(s, "dev/ttySIM0"));
	CHECK(!exists(s, "sys/class/tty/ttySIM0"));
	stage_sms(s, "+250788000001", "a");
	stage_disconnect(s);
	stage_fault(s, "plug", "");
	CHECK_STR(s->m->tty.name, "ttySIM2");
	snprintf(path, sizeof(path), "%s/sys/class/tty/ttySIM2/device", s->dir);
	CHECK(readlink(path, port, sizeof(port) - 1) > 0);
	CHECK_STR(port, "../../../usb/1-1.1");
	stage_connect(s);
	CHECK_STR(at(s, "AT+CNMI?"), "AT+CNMI?|+CNMI: 0,0,0,0,0|OK");
	at(s, "ATE0");
	CHECK(strncmp(at(s, "AT+CMGL=4"), "+CMGL: 1,0,,", 12) == 0);
	stage_close(s);
}

TEST(plug_takes_a_name_and_a_port)
{
	struct stage *s = begin();

	stage_fault(s, "unplug", "");
	CHECK_STR(fault_set(&s->sim, s->m, "plug", "ttySIM1"), "that name is taken");
	CHECK_STR(fault_set(&s->sim, s->m, "plug", "../x"), "a name has no slash");
	stage_fault(s, "plug", "ttySIM7 2-4");
	CHECK(exists(s, "dev/ttySIM7"));
	CHECK(exists(s, "sys/usb/2-4"));
	stage_fault(s, "unplug", "");
	stage_fault(s, "well", "");
	CHECK_STR(s->m->tty.name, "ttySIM8");
	stage_disconnect(s);
	stage_connect(s);
	CHECK_STR(at(s, "ATE0"), "ATE0|OK");
	stage_close(s);
}

TEST(silent_restart_forgets_settings)
{
	struct stage *s = begin();

	at(s, "AT+CMEE=1");
	stage_sms(s, "+250788000001", "a");
	CHECK(stage_until(s, s->got, "+CMTI"));
	stage_forget(s);
	stage_fault(s, "restart", "");
	CHECK_INT(s->len, 0);
	stage_sms(s, "+250788000001", "b"); /* stored, untold */
	CHECK_STR(at(s, "AT+CNMI?"), "AT+CNMI?|+CNMI: 0,0,0,0,0|OK");
	CHECK_STR(at(s, "ATE0+CMEE?"), "ATE0+CMEE?|+CMEE: 0|OK");
	CHECK_INT(s->m->card->sm.used, 2);
	stage_close(s);
}

TEST(silent_modem_answers_nothing_until_well)
{
	struct stage *s = begin();

	stage_fault(s, "silent", "");
	CHECK(is_mute(s, "AT\r"));
	stage_sms(s, "+250788000001", "a");
	CHECK_INT(s->m->card->sms_held, 1);
	stage_fault(s, "well", "");
	CHECK(stage_until(s, s->got, "+CMTI: \"SM\",1"));
	stage_forget(s);
	CHECK_STR(at(s, "AT"), "OK");
	stage_close(s);
}

TEST(next_sends_fail_then_work)
{
	struct stage *s = begin();

	stage_fault(s, "fail", "2");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 500");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 500");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	stage_fault(s, "fail", "1 42");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 42");
	CHECK_STR(fault_set(&s->sim, s->m, "fail", "x"), "expected a number");
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	CHECK_STR(stage_taken(s, "+250788000001"), "(none)");
	stage_close(s);
}

TEST(slow_sends_keep_the_line_busy)
{
	struct stage *s = begin();

	stage_fault(s, "slow", "30");
	stage_write(s, "AT+CMGS=17\r");
	CHECK(stage_until(s, s->got, "> "));
	stage_forget(s);
	stage_write(s,
		PDU_TEST "\x1a"
			 "AT+CSQ\r");
	stage_settle(s);
	CHECK_INT(s->len, 0);
	CHECK_STR(stage_answer(s), "+CMGS: 0|OK");
	CHECK_STR(stage_answer(s), "+CSQ: 18,99|OK");
	stage_close(s);
}

TEST(unplugged_while_sending_sends_nothing)
{
	struct stage *s = begin();

	stage_fault(s, "slow", "3600000");
	stage_write(s, "AT+CMGS=17\r");
	CHECK(stage_until(s, s->got, "> "));
	stage_forget(s);
	stage_write_through(s, PDU_TEST "\x1a");
	stage_fault(s, "unplug", "");
	stage_fault(s, "well", "");
	CHECK_INT(s->m->sent, 0);
	stage_disconnect(s);
	stage_connect(s);
	CHECK_STR(at(s, "ATE0"), "ATE0|OK");
	stage_close(s);
}

TEST(no_network_refuses_sends_and_holds_messages)
{
	struct stage *s = begin();

	at(s, "AT+CREG=1");
	stage_fault(s, "nonetwork", "");
	CHECK(stage_until(s, s->got, "+CREG: 2"));
	stage_forget(s);
	CHECK_STR(at(s, "AT+CREG?"), "+CREG: 1,2|OK");
	CHECK_STR(at(s, "AT+CSQ"), "+CSQ: 99,99|OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 331");
	stage_sms(s, "+250788000001", "a");
	CHECK_INT(s->m->card->sms_held, 1);
	stage_fault(s, "well", "");
	CHECK_INT(s->m->card->sms_held, 0);
	stage_close(s);
}

TEST(no_credit_refuses_sends)
{
	struct stage *s = begin();

	stage_fault(s, "nocredit", "");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 8");
	stage_fault(s, "nocredit", "38");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 38");
	stage_fault(s, "well", "");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	stage_close(s);
}

TEST(full_memory_is_full)
{
	struct stage *s = begin();

	stage_fault(s, "full", "");
	CHECK_INT(s->m->card->sm.used, 5);
	stage_sms(s, "+250788000001", "a");
	CHECK_INT(s->m->card->sms_held, 1);
	CHECK_STR(at(s, "AT+CMGD=1"), "OK");
	CHECK_INT(s->m->card->sms_held, 0);
	stage_close(s);
}

TEST(undeletable_messages_stay)
{
	struct stage *s = begin();

	stage_fault(s, "undeletable", "2");
	CHECK_INT(s->m->card->sm.used, 2);
	CHECK_STR(at(s, "AT+CMGD=1"), "+CMS ERROR: 320");
	CHECK_STR(at(s, "AT+CMGD=1,4"), "+CMS ERROR: 320");
	CHECK_INT(s->m->card->sm.used, 2);
	stage_fault(s, "well", "");
	CHECK_STR(at(s, "AT+CMGD=1,4"), "OK");
	CHECK_INT(s->m->card->sm.used, 0);
	stage_close(s);
}

TEST(hang_in_a_listing)
{
	struct stage *s = begin();

	stage_sms(s, "+250788000001", "hellohello");
	CHECK(stage_until(s, s->got, "+CMTI"));
	stage_forget(s);
	stage_fault(s, "hang", "");
	CHECK_STR(at(s, "AT+CSQ"), "+CSQ: 18,99|OK");
	stage_write(s, "AT+CMGL=4\r");
	CHECK(stage_until(s, s->got, "+CMGL: 1,0"));
	CHECK(stage_final(s->got) == NULL);
	stage_forget(s);
	CHECK(is_mute(s, "AT\r"));
	stage_fault(s, "restart", ""); /* as its program would by AT+CFUN, or by hand */
	CHECK_STR(at(s, "ATE0"), "ATE0|OK");
	stage_close(s);
}

TEST(truncated_answers_lose_their_end)
{
	struct stage *s = begin();

	stage_fault(s, "truncated", "1");
	stage_write(s, "AT+CSQ\r");
	CHECK(stage_until(s, s->got, "+CSQ"));
	stage_settle(s);
	CHECK(stage_final(s->got) == NULL);
	stage_forget(s);
	CHECK_STR(at(s, "AT"), "OK");
	stage_close(s);
}

TEST(blank_answers_say_nothing)
{
	struct stage *s = begin();

	stage_fault(s, "blank", "");
	CHECK_STR(at(s, "AT+CSQ"), "+CSQ: 18,99|OK");
	CHECK_STR(at(s, "AT+CPIN?"), "OK");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: READY|OK");
	stage_fault(s, "blank", "2 AT+CSQ");
	CHECK_STR(at(s, "AT+CSQ"), "OK");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: READY|OK");
	CHECK_STR(at(s, "AT+CSQ"), "OK");
	CHECK_STR(at(s, "AT+CSQ"), "+CSQ: 18,99|OK");
	stage_fault(s, "blank", "");
	stage_fault(s, "well", "");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: READY|OK");
	CHECK_STR(fault_set(&s->sim, s->m, "blank", "AT+CSQ"), "expected a number");
	stage_close(s);
}

TEST(garbage_stands_amid_answers)
{
	struct stage *s = begin();
	size_t plain = strlen("+CSQ: 18,99|OK");
	bool seen = false;

	stage_fault(s, "garbage", "");
	for (int i = 0; i < 20; i++)
		seen = strlen(at(s, "AT+CSQ")) > plain || seen;
	CHECK(seen);
	stage_close(s);
}

TEST(sims_change_places)
{
	struct stage *s = begin();

	stage_sms(s, "+250788000001", "a");
	stage_set(s, "sim", "m2");
	at(s, "ATE0");
	CHECK_STR(at(s, "AT+CIMI"), "635100000000002|OK");
	CHECK_STR(at(s, "AT+CMGL=4"), "OK");
	CHECK_STR(s->sim.modems[1]->card->imsi, "635100000000001");
	CHECK_INT(s->sim.modems[1]->card->sm.used, 1);
	stage_set(s, "sim", "none");
	CHECK_STR(at(s, "ATE0+CMEE=1;+CPIN?"), "ATE0+CMEE=1;+CPIN?|+CME ERROR: 10");
	CHECK_STR(at(s, "AT+CMGL=4"), "+CMS ERROR: 310");
	stage_set(s, "sim", "+250789000002");
	CHECK_STR(at(s, "ATE0+CIMI"), "ATE0+CIMI|635100000000002|OK");
	stage_close(s);
}

TEST(last_program_leaves_a_clean_line)
{
	struct stage *s = begin();

	stage_sms(s, "+250788000001", "a"); /* its +CMTI stays unread */
	close(s->fd);
	s->fd = dup(STDERR_FILENO);
	stage_settle(s);
	stage_disconnect(s);
	stage_connect(s);
	CHECK_STR(at(s, "AT"), "OK");
	stage_close(s);
}

UNIT_MAIN
