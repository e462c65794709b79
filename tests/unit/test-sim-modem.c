/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's modem as a program sees it, on a real pty. */
#include "unit.h"

#include "sim-stage.h"

static struct stage stage;

/* m1 of one modem, echo off. */
static struct stage *
begin(void)
{
	stage_open(&stage, 1);
	CHECK_STR(at(&stage, "ATE0"), "ATE0|OK");
	return &stage;
}

/* --- lines ------------------------------------------------------------------------------------ */

TEST(command_lines_as_v250_has_them)
{
	struct stage *s = begin();

	CHECK_STR(at(s, "AT"), "OK");
	CHECK_STR(at(s, "at+cmee=1;+creg?;e1"), "+CREG: 0,1|OK");
	CHECK_STR(at(s, "ATE0"), "ATE0|OK");
	CHECK_STR(at(s, "AT+NOSUCH=1"), "ERROR");
	CHECK_STR(at(s, "AT+CMEE=9"), "ERROR");
	CHECK_STR(at(s, "AT+CSQ;+NOSUCH;+CSQ"), "+CSQ: 18,99|ERROR");
	CHECK_STR(at(s, "AT&FE0S0=0X4"), "OK");
	CHECK_STR(at(s, "hello\r\x1b\rAT"), "OK");
	stage_close(s);
}

TEST(overlong_lines_are_one_error)
{
	struct stage *s = begin();
	char *line = malloc(10001);

	memset(line, 'A', 10000);
	memcpy(line, "AT+CPIN=", 8);
	line[10000] = '\0';
	stage_write(s, line);
	stage_settle(s);
	CHECK_STR(at(s, ""), "ERROR");
	CHECK_STR(at(s, "AT"), "OK");
	stage_set(s, "latency_ms", "2");
	stage_write(s, line);
	stage_settle(s);
	CHECK_STR(at(s, ""), "ERROR");
	CHECK_STR(at(s, "AT"), "OK");
	free(line);
	stage_close(s);
}

TEST(echo_until_told_otherwise)
{
	struct stage *s = begin();

	modem_restart(s->m);
	CHECK_STR(at(s, "AT+CGSN"), "AT+CGSN|352508990000016|OK");
	stage_close(s);
}

TEST(pipelined_commands_are_answered_in_order)
{
	struct stage *s = begin();

	stage_set(s, "latency_ms", "3");
	stage_write(s, "AT+CGMI\rAT+CGMM\rAT+CIMI\r");
	CHECK_STR(stage_answer(s), "Baraza|OK");
	CHECK_STR(stage_answer(s), "SIM1|OK");
	CHECK_STR(stage_answer(s), "635100000000001|OK");
	stage_close(s);
}

TEST(identity_is_told)
{
	struct stage *s = begin();

	CHECK_STR(at(s, "AT+CCID"), "+CCID: 8925010000000000016|OK");
	CHECK_STR(at(s, "AT^ICCID"), "ERROR");
	stage_set(s, "iccid_command", "^ICCID");
	CHECK_STR(at(s, "AT^ICCID?"), "^ICCID: 8925010000000000016|OK");
	CHECK_STR(at(s, "AT+COPS?"), "+COPS: 0,0,\"Baraza\"|OK");
	CHECK_STR(at(s, "AT+CSCA?"), "+CSCA: \"+250780000999\",145|OK");
	stage_set(s, "imei", "352508990000024");
	CHECK_STR(at(s, "AT+CGSN"), "352508990000024|OK");
	stage_close(s);
}

TEST(pin_is_asked_and_blocks_after_three)
{
	struct stage *s = begin();

	stage_set(s, "pin", "1234");
	at(s, "AT+CMEE=1");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: SIM PIN|OK");
	CHECK_STR(at(s, "AT+CIMI"), "+CME ERROR: 11");
	CHECK_STR(at(s, "AT+CMGL=4"), "+CMS ERROR: 311");
	CHECK_STR(at(s, "AT+CREG?"), "+CREG: 0,0|OK");
	CHECK_STR(at(s, "AT+CPIN=\"0000\""), "+CME ERROR: 16");
	CHECK_STR(at(s, "AT+CPIN=\"1234\""), "OK");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: READY|OK");
	modem_restart(s->m);
	at(s, "ATE0+CMEE=2");
	CHECK_STR(at(s, "AT+CPIN=\"0000\""), "+CME ERROR: incorrect password");
	at(s, "AT+CPIN=\"0000\"");
	at(s, "AT+CPIN=\"0000\"");
	CHECK_STR(at(s, "AT+CPIN?"), "+CPIN: SIM PUK|OK");
	CHECK_STR(at(s, "AT+CPIN=\"12345678\",\"4321\""), "OK");
	CHECK_STR(at(s, "AT+CIMI"), "635100000000001|OK");
	stage_close(s);
}

TEST(what_it_says_to_nobody_is_lost)
{
	struct stage *s = begin();

	at(s, "AT+CNMI=2,1");
	stage_disconnect(s);
	stage_settle(s);
	stage_sms(s, "+250788000001", "a");
	stage_connect(s);
	CHECK_STR(at(s, "AT"), "OK");
	CHECK_STR(at(s, "AT+CPMS?"), "+CPMS: \"SM\",1,5,\"SM\",1,5,\"SM\",1,5|OK");
	stage_close(s);
}

/* --- sending ---------------------------------------------------------------------------------- */

TEST(send_reaches_the_phone)
{
	struct stage *s = begin();

	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 1|OK");
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	CHECK_STR(stage_taken(s, "0788000001"), "Test");
	CHECK_STR(stage_taken(s, "+250788000001"), "(none)");
	stage_close(s);
}

TEST(references_wrap_at_256)
{
	struct stage *s = begin();

	stage_set(s, "mr", "255");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 255|OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	stage_close(s);
}

TEST(malformed_pdus_are_refused)
{
	struct stage *s = begin();

	CHECK_STR(at_send(s, 17, "not hexadecimal"), "+CMS ERROR: 304");
	CHECK_STR(at_send(s, 18, PDU_TEST), "+CMS ERROR: 304");
	CHECK_STR(at_send(s, 17, "0001000C9152708800001000"), "+CMS ERROR: 304");
	CHECK_STR(at(s, "AT+CMGS=0"), "+CMS ERROR: 304");
	CHECK_STR(at(s, "AT+CMGS=\"+250788000001\""), "+CMS ERROR: 304");
	CHECK_STR(stage_taken(s, "+250788000001"), "(none)");
	CHECK_STR(at(s, "AT"), "OK");
	stage_close(s);
}

TEST(overlong_pdu_is_refused_whole)
{
	struct stage *s = begin();
	char *hex = malloc(10001);

	memset(hex, '0', 10000);
	hex[10000] = '\0';
	CHECK_STR(at_send(s, 17, hex), "+CMS ERROR: 304");
	CHECK_STR(at(s, "AT"), "OK");
	free(hex);
	stage_close(s);
}

TEST(escape_leaves_the_prompt)
{
	struct stage *s = begin();

	stage_write(s, "AT+CMGS=17\r");
	CHECK(stage_until(s, s->got, "> "));
	stage_forget(s);
	stage_write(s, "0001\x1b");
	CHECK_STR(stage_answer(s), "OK");
	CHECK_STR(at(s, "AT"), "OK");
	CHECK_INT(s->m->sent, 0);
	stage_close(s);
}

TEST(unprovisioned_smsc_is_an_error)
{
	struct stage *s = begin();

	stage_set(s, "smsc", "none");
	CHECK_STR(at(s, "AT+CSCA?"), "+CSCA: \"\",129|OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 330");
	CHECK_STR(at(s, "AT+CSCA=\"+250780000998\",145"), "OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	stage_close(s);
}

TEST(stored_messages_are_sent_too)
{
	struct stage *s = begin();

	stage_write(s, "AT+CMGW=17\r");
	CHECK(stage_until(s, s->got, "> "));
	stage_forget(s);
	stage_write(s, PDU_TEST "\x1a");
	CHECK_STR(stage_answer(s), "+CMGW: 1|OK");
	CHECK_STR(at(s, "AT+CMGL=2"), "+CMGL: 1,2,,17|" PDU_TEST "|OK");
	CHECK_STR(at(s, "AT+CMSS=1"), "+CMSS: 0|OK");
	CHECK_STR(at(s, "AT+CMSS=2"), "+CMS ERROR: 321");
	CHECK_STR(at(s, "AT+CMGL=3"), "+CMGL: 1,3,,17|" PDU_TEST "|OK");
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	stage_close(s);
}

TEST(text_mode_after_a_restart_sends_what_is_typed)
{
	struct stage *s = begin();

	stage_set(s, "profile", "quectel");
	stage_set(s, "chatter", "none");
	at(s, "ATE0");
	CHECK_STR(at(s, "AT+CMGL=4"), "+CMS ERROR: 305");
	CHECK_STR(at_send(s, 17, "hello"), "+CMGS: 0|OK");
	CHECK_STR(stage_taken(s, "17"), "hello");
	CHECK_STR(at(s, "AT+CMGF=0"), "OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 1|OK");
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	stage_close(s);
}

/* --- receiving -------------------------------------------------------------------------------- */

TEST(received_messages_are_listed_read_and_deleted)
{
	struct stage *s = begin();
	const char *listed;

	at(s, "AT+CNMI=2,1");
	stage_sms(s, "+250788000001", "hellohello");
	CHECK(stage_until(s, s->got, "\r\n+CMTI: \"SM\",1\r\n"));
	stage_forget(s);
	listed = at(s, "AT+CMGL=0");
	CHECK(strncmp(listed, "+CMGL: 1,0,,28|0791527008009099040C9152708800001000", 51) == 0);
	CHECK(strstr(listed, "0AE8329BFD4697D9EC37|OK") != NULL);
	CHECK_STR(at(s, "AT+CMGL=0"), "OK"); /* read now */
	CHECK(strncmp(at(s, "AT+CMGR=1"), "+CMGR: 1,,28|", 13) == 0);
	CHECK_STR(at(s, "AT+CMGR=2"), "+CMS ERROR: 321");
	CHECK_STR(at(s, "AT+CMGR=6"), "+CMS ERROR: 321");
	CHECK_STR(at(s, "AT+CMGD=1"), "OK");
	CHECK_STR(at(s, "AT+CMGL=4"), "OK");
	CHECK_STR(at(s, "AT+CMGD=6"), "+CMS ERROR: 321");
	stage_close(s);
}

TEST(full_sim_leaves_the_rest_with_the_network_in_order)
{
	struct stage *s = begin();
	char text[8];

	at(s, "AT+CNMI=2,1");
	for (int i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "%d", i);
		stage_sms(s, "+250788000001", text);
	}
	CHECK_INT(s->m->card->sms_held, 3);
	CHECK(stage_until(s, s->got, "+CMTI: \"SM\",5"));
	CHECK(strstr(s->got, "\",6") == NULL);
	stage_forget(s);
	CHECK(strncmp(at(s, "AT+CMGD=3"), "OK", 2) == 0);
	CHECK(stage_until(s, s->got, "+CMTI: \"SM\",3"));
	CHECK_INT(s->m->card->sms_held, 2);
	stage_forget(s);
	/* "5" is septet 0x35, alone in its octet. */
	CHECK(strstr(at(s, "AT+CMGR=3"), "0135|OK") != NULL);
	at(s, "AT+CMGD=1,4");
	CHECK_INT(s->m->card->sms_held, 0);
	CHECK_INT(s->m->card->sm.used, 2);
	stage_close(s);
}

TEST(delete_flags_spare_what_they_should)
{
	struct stage *s = begin();

	stage_sms(s, "+250788000001", "a");
	at(s, "AT+CMGR=1");
	stage_sms(s, "+250788000001", "b"); /* unread */
	CHECK_STR(at(s, "AT+CMGD=1,1"), "OK");
	CHECK_INT(s->m->card->sm.used, 1);
	CHECK_STR(at(s, "AT+CMGD=1,4"), "OK");
	CHECK_INT(s->m->card->sm.used, 0);
	stage_close(s);
}

TEST(places_begin_at_0_with_some_makes)
{
	struct stage *s = begin();

	stage_set(s, "profile", "huawei");
	stage_set(s, "chatter", "none");
	at(s, "ATE0+CNMI=2,1");
	stage_sms(s, "+250788000001", "a");
	CHECK(stage_until(s, s->got, "+CMTI: \"SM\",0"));
	stage_forget(s);
	CHECK(strncmp(at(s, "AT+CMGR=0"), "+CMGR: 0,,", 10) == 0);
	CHECK_STR(at(s, "AT+CMGD=0"), "OK");
	CHECK_STR(at(s, "AT+CMGD=5"), "+CMS ERROR: 321");
	CHECK_STR(at(s, "AT+CPMS=?"), "+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")|OK");
	stage_close(s);
}

TEST(messages_go_where_cpms_says)
{
	struct stage *s = begin();

	CHECK_STR(at(s, "AT+CPMS=\"ME\",\"ME\",\"ME\""), "+CPMS: 0,100,0,100,0,100|OK");
	at(s, "AT+CNMI=2,1");
	stage_sms(s, "+250788000001", "a");
	CHECK(stage_until(s, s->got, "+CMTI: \"ME\",1"));
	CHECK_INT(s->m->me.used, 1);
	CHECK_INT(s->m->card->sm.used, 0);
	stage_forget(s);
	CHECK_STR(at(s, "AT+CPMS=\"SM\""), "+CPMS: 0,5,1,100,1,100|OK");
	CHECK_STR(at(s, "AT+CPMS=\"XX\""), "+CMS ERROR: 302");
	CHECK_STR(at(s, "AT+CPMS=\"SM\",\"SR\""), "+CMS ERROR: 302");
	stage_close(s);
}

TEST(direct_delivery_waits_for_its_acknowledgement)
{
	struct stage *s = begin();

	at(s, "AT+CSMS=1");
	at(s, "AT+CNMI=2,2");
	stage_sms(s, "+250788000001", "a");
	stage_sms(s, "+250788000001", "b");
	CHECK(stage_until(s, s->got, "+CMT: ,"));
	CHECK_INT(s->m->card->sms_held, 1);
	stage_forget(s);
	CHECK_STR(at(s, "AT+CNMA"), "OK");
	CHECK(stage_until(s, s->got, "0162\r\n")); /* "b" */
	stage_forget(s);
	CHECK_STR(at(s, "AT+CNMA"), "OK");
	CHECK_STR(at(s, "AT+CNMA"), "+CMS ERROR: 340");
	CHECK_INT(s->m->card->sm.used, 0);
	stage_close(s);
}

TEST(unacknowledged_delivery_is_stored_instead)
{
	struct stage *s = begin();

	stage_set(s, "ack_ms", "5");
	at(s, "AT+CSMS=1");
	at(s, "AT+CNMI=2,2,0,2");
	stage_sms(s, "+250788000001", "a");
	CHECK(stage_until(s, s->events, "stored m1 1"));
	CHECK(strstr(s->got, "+CMT: ,") != NULL);
	stage_forget(s);
	CHECK_STR(at(s, "AT+CNMI?"), "+CNMI: 2,0,0,0,0|OK");
	stage_close(s);
}

TEST(refused_notifications_are_an_error)
{
	struct stage *s = begin();

	stage_set(s, "cnmi", "off");
	CHECK_STR(at(s, "AT+CNMI=?"), "ERROR");
	CHECK_STR(at(s, "AT+CNMI=2,1,0,2,0"), "ERROR");
	stage_sms(s, "+250788000001", "a");
	CHECK(strncmp(at(s, "AT+CMGL=4"), "+CMGL: 1,0,,", 12) == 0);
	stage_close(s);
}

/* Whether one of a few commands is answered so. */
static bool
answers_once(struct stage *s, const char *answer)
{
	bool once = false;

	for (int i = 0; i < 4; i++)
		once = strcmp(at(s, "AT+CSQ"), answer) == 0 || once;
	return once;
}

TEST(chatter_stands_inside_an_answer_or_before_it)
{
	struct stage *s = begin();

	stage_set(s, "chatter", "inside");
	CHECK(answers_once(s, "+CSQ: 18,99|^RSSI:18|OK"));
	stage_set(s, "chatter", "between");
	CHECK(answers_once(s, "^RSSI:18|+CSQ: 18,99|OK"));
	stage_close(s);
}

/* --- calls and USSD --------------------------------------------------------------------------- */

TEST(call_rings_until_it_is_refused)
{
	struct stage *s = begin();
	struct phone *phone = network_phone(&s->sim.net, "+250788000001");

	at(s, "AT+CLIP=1");
	call_place(&s->sim.net, phone, s->m->card);
	CHECK(stage_until(
		s, s->got, "\r\nRING\r\n\r\n+CLIP: \"+250788000001\",145,\"\",0,\"\",0\r\n"));
	stage_forget(s);
	CHECK(strstr(at(s, "AT+CLCC"), "\"+250788000001\",145") != NULL);
	CHECK_STR(at(s, "AT+CHUP"), "OK");
	CHECK(strstr(s->events, "call +250788000001 m1 hungup") != NULL);
	CHECK_STR(at(s, "ATA"), "NO CARRIER");
	stage_close(s);
}

TEST(call_ends_by_itself)
{
	struct stage *s = begin();

	stage_set(s, "ring_ms", "20");
	call_place(&s->sim.net, network_phone(&s->sim.net, "+250788000001"), s->m->card);
	call_place(&s->sim.net, network_phone(&s->sim.net, "+250788000002"), s->m->card);
	CHECK(strstr(s->events, "call +250788000002 m1 busy") != NULL);
	CHECK(stage_until(s, s->events, "call +250788000001 m1 timeout"));
	CHECK(stage_until(s, s->got, "NO CARRIER"));
	stage_close(s);
}

TEST(ussd_answers_as_scripted)
{
	struct stage *s = begin();

	stage_set(s, "ussd", "*131# 1) Solde 2) Recharge");
	stage_set(s, "ussd", "*131#/1 Solde: 120 €");
	CHECK_STR(at(s, "AT+CUSD=1,\"*131#\",15"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 1,\"1) Solde 2) Recharge\",15\r\n"));
	stage_forget(s);
	CHECK_STR(at(s, "AT+CUSD=1,\"1\",15"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 0,\"Solde: 120 €\",15\r\n"));
	stage_forget(s);
	CHECK_STR(at(s, "AT+CUSD=1,\"*999#\",15"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 4\r\n"));
	stage_close(s);
}

TEST(ussd_answers_when_it_is_told_to)
{
	struct stage *s = begin();

	stage_set(s, "ussd", "*1# Ok");
	stage_set(s, "ussd_ms", "600000");
	CHECK(!ussd_hasten(s->m));
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "OK");
	CHECK(ussd_hasten(s->m));
	CHECK(stage_until(s, s->got, "+CUSD: 0,\"Ok\",15\r\n"));
	CHECK(!ussd_hasten(s->m));
	stage_close(s);
}

TEST(ussd_in_ucs2_and_packed)
{
	struct stage *s = begin();

	stage_set(s, "ussd", "*1# Ok");
	at(s, "AT+CSCS=\"UCS2\"");
	CHECK_STR(at(s, "AT+CUSD=1,\"002A00310023\",72"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 0,\"004F006B\",72\r\n"));
	stage_forget(s);
	stage_set(s, "profile", "huawei");
	stage_set(s, "chatter", "none");
	at(s, "ATE0");
	CHECK_STR(at(s, "AT+CUSD=1,\"AAD808\",15"), "OK"); /* *1# */
	CHECK(stage_until(s, s->got, "+CUSD: 0,\"CF35\",15\r\n"));
	stage_close(s);
}

TEST(ussd_is_written_in_each_makes_way)
{
	static const struct {
		const char *name, *value, *answer;
	} ways[] = { { "ussd_format", "gsm", "+CUSD: 0,\"\x7f 5 \x1b\x65\",15\r\n" },
		{ "ussd_dcs", "none", "+CUSD: 0,\"\x7f 5 \x1b\x65\"\r\n" },
		{ "ussd_format", "octets", "+CUSD: 0,\"C3A0203520E282AC\"\r\n" },
		{ "ussd_dcs", "true", "+CUSD: 0,\"C3A0203520E282AC\",68\r\n" },
		{ "ussd_format", "ucs2", "+CUSD: 0,\"00E000200035002020AC\",72\r\n" },
		{ "ussd_dcs", "15", "+CUSD: 0,\"00E000200035002020AC\",15\r\n" },
		{ "ussd_bare", "on", "+CUSD: 0,00E000200035002020AC,15\r\n" } };
	struct stage *s = begin();

	stage_set(s, "ussd", "*1# à 5 €");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		stage_set(s, ways[i].name, ways[i].value);
		CHECK_STR(at(s, "AT+CUSD=1,\"*1#\""), "OK");
		CHECK(stage_until(s, s->got, ways[i].answer));
		stage_forget(s);
	}
	stage_set(s, "ussd_dcs", "none");
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "ERROR");
	stage_close(s);
}

TEST(ussd_answer_may_come_before_the_result_and_late)
{
	struct stage *s = begin();

	stage_set(s, "ussd", "*1# Ok");
	stage_set(s, "ussd_early", "on");
	stage_set(s, "ussd_ms", "20");
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "+CUSD: 0,\"Ok\",15|OK");
	stage_set(s, "ussd_fails", "130");
	at(s, "AT+CMEE=1");
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "+CME ERROR: 30");
	stage_set(s, "ussd_fails", "5");
	stage_set(s, "ussd_early", "off");
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 5\r\n"));
	stage_forget(s);
	stage_set(s, "ussd_fails", "0");
	stage_set(s, "ussd_deaf", "on");
	CHECK_STR(at(s, "AT+CUSD=1,\"*1#\",15"), "OK");
	CHECK_STR(at(s, "AT+CUSD=2"), "OK");
	CHECK(stage_until(s, s->got, "+CUSD: 0,\"Ok\",15\r\n"));
	stage_close(s);
}

UNIT_MAIN
