/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulated network: delivery, coverage, validity, status reports, time stamps. */
#include "unit.h"

#include "sim-stage.h"

static struct stage stage;

/* m1 of two modems, echo off, reports stored and told. */
static struct stage *
begin(void)
{
	stage_open(&stage, 2);
	at(&stage, "ATE0");
	at(&stage, "AT+CNMI=2,1,0,2,0");
	return &stage;
}

static struct phone *
phone(struct stage *s)
{
	return network_phone(&s->sim.net, "+250788000001");
}

/* How many reports lie in SR, and in *first the status octet of the first. */
static unsigned
reports(struct stage *s, char first[3])
{
	const struct storage *sr = &s->m->card->sr;

	for (unsigned i = 0; i < sr->size; i++) {
		const char *hex = sr->places[i].hex;

		if (hex != NULL) {
			memcpy(first, hex + strlen(hex) - 2, 3);
			break;
		}
	}
	return sr->used;
}

/* --- numbers ---------------------------------------------------------------------------------- */

TEST(one_subscriber_however_it_is_dialled)
{
	struct stage *s = begin();
	struct network *net = &s->sim.net;

	CHECK(network_phone(net, "0788000001") == phone(s));
	CHECK(network_phone(net, "00250788000001") == phone(s));
	CHECK(network_phone(net, "5040") != phone(s));
	CHECK_STR(network_phone(net, "0504")->number, "0504");
	CHECK_STR(network_phone(net, "MobileMoney")->number, "MobileMoney");
	CHECK(network_phone(net, "") == NULL);
	stage_close(s);
}

/* --- to SIMs ---------------------------------------------------------------------------------- */

/* TP-SCTS of the n-th message in SM; all are 7-bit from +25078... */
static const char *
stamp(struct stage *s, unsigned n)
{
	static char out[15];

	memcpy(out, s->m->card->sm.places[n].hex + 16 + 2 + 16 + 4, 14);
	out[14] = '\0';
	return out;
}

TEST(one_sender_never_has_the_same_stamp_twice)
{
	struct stage *s = begin();
	char first[15];

	stage_sms(s, "+250788000001", "a");
	stage_sms(s, "+250788000001", "a");
	strcpy(first, stamp(s, 0));
	CHECK(strcmp(first, stamp(s, 1)) != 0);
	s->sim.net.stamps_repeat = true;
	s->sim.net.clock_offset = 3600;
	stage_sms(s, "+250788000001", "a");
	stage_sms(s, "+250788000001", "a");
	/* The second may have passed between the two. */
	CHECK_MEM(s->m->card->sm.places[2].hex, s->m->card->sm.places[3].hex, 48);
	stage_close(s);
}

TEST(long_texts_come_in_parts)
{
	struct stage *s = begin();
	char text[201];

	memset(text, 'a', 200);
	text[200] = '\0';
	stage_sms(s, "+250788000001", text);
	stage_sms(s, "+250788000001", text);
	CHECK_INT(s->m->card->sm.used, 4);
	/* UDHI, and the references 0 and 1 */
	CHECK_MEM(s->m->card->sm.places[0].hex + 16, "44", 2);
	CHECK(strstr(s->m->card->sm.places[0].hex, "A0050003000201") != NULL);
	CHECK(strstr(s->m->card->sm.places[1].hex, "0500030002") != NULL);
	CHECK(strstr(s->m->card->sm.places[2].hex, "A0050003010201") != NULL);
	stage_close(s);
}

TEST(sim_to_sim_passes_as_it_is)
{
	struct stage *s = begin();
	struct card *other = s->sim.modems[1]->card;

	/* to +250789000002, with an unknown information element 70 in its header */
	CHECK_STR(at_send(s, 20, "0061000C91527098000020000008057003AABBCC82"), "+CMGS: 0|OK");
	REQUIRE(other->sm.used == 1);
	CHECK(strstr(other->sm.places[0].hex, "08057003AABBCC82") != NULL);
	CHECK_MEM(other->sm.places[0].hex + 16, "440C91527098000010", 18);
	CHECK_INT(s->m->card->sr.used, 1);
	stage_close(s);
}

/* --- coverage and validity -------------------------------------------------------------------- */

TEST(phone_out_of_coverage_gets_all_in_order_later)
{
	struct stage *s = begin();
	char status[3];

	delivery_coverage(&s->sim.net, phone(s), true);
	at_send(s, 17, PDU_REPORT);
	at_send(s, 17,
		"0001000C91527088000010000001"
		"41");
	CHECK_INT(phone(s)->untaken, 0);
	CHECK_INT(reports(s, status), 0);
	delivery_coverage(&s->sim.net, phone(s), false);
	CHECK_INT(reports(s, status), 1);
	CHECK_STR(status, "00");
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	stage_close(s);
}

TEST(what_outlives_its_validity_expires_with_a_report)
{
	struct stage *s = begin();
	char status[3];

	delivery_coverage(&s->sim.net, phone(s), true);
	CHECK_STR(at_send(s, 18, PDU_SHORT_LIVED), "+CMGS: 0|OK");
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 1|OK");
	s->sim.net.clock_offset += 299;
	delivery_clock_moved(&s->sim.net);
	CHECK_INT(reports(s, status), 0);
	s->sim.net.clock_offset += 2;
	delivery_clock_moved(&s->sim.net);
	CHECK_INT(reports(s, status), 1);
	CHECK_STR(status, "46");
	delivery_coverage(&s->sim.net, phone(s), false);
	CHECK_STR(stage_taken(s, "+250788000001"), "Test");
	CHECK_STR(stage_taken(s, "+250788000001"), "(none)");
	stage_close(s);
}

TEST(phone_out_of_coverage_cannot_send)
{
	struct stage *s = begin();
	const char *why = "";

	delivery_coverage(&s->sim.net, phone(s), true);
	CHECK_INT(network_text(&s->sim.net, "0788000001", s->m->card, "a", &why), -1);
	CHECK_STR(why, "the sender is out of coverage");
	stage_close(s);
}

TEST(refused_number_is_told_by_its_code)
{
	struct stage *s = begin();

	phone(s)->refuse = 28;
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMS ERROR: 28");
	phone(s)->refuse = 0;
	CHECK_STR(at_send(s, 17, PDU_TEST), "+CMGS: 0|OK");
	stage_close(s);
}

/* --- reports ---------------------------------------------------------------------------------- */

TEST(report_is_stored_and_told)
{
	struct stage *s = begin();
	const char *read;

	CHECK_STR(at_send(s, 17, PDU_REPORT), "+CMGS: 0|OK");
	CHECK(stage_until(s, s->got, "+CDSI: \"SR\",1"));
	stage_forget(s);
	at(s, "AT+CPMS=\"SR\"");
	read = at(s, "AT+CMGR=1");
	/* SMSC 8 octets, then 06, TP-MR 00, to +250788000001 */
	CHECK(strncmp(read, "+CMGR: 0,,25|079152700800909906000C91527088000010", 49) == 0);
	CHECK(strcmp(read + strlen(read) - 5, "00|OK") == 0);
	CHECK_STR(at(s, "AT+CMGD=1"), "OK");
	CHECK_INT(s->m->card->sr.used, 0);
	stage_close(s);
}

TEST(report_follows_its_result)
{
	struct stage *s = begin();
	const char *sent, *told;

	at(s, "AT+CNMI=2,1,0,1,0");
	stage_write(s, "AT+CMGS=17\r");
	CHECK(stage_until(s, s->got, "> "));
	stage_write(s, PDU_REPORT "\x1a");
	CHECK(stage_until(s, s->got, "+CDS: 25\r\n07915270"));
	sent = strstr(s->got, "+CMGS: 0");
	told = strstr(s->got, "+CDS: ");
	CHECK(sent != NULL && sent < told);
	CHECK_INT(s->m->card->sr.used, 0);
	stage_close(s);
}

TEST(reports_are_lost_where_none_are_wanted)
{
	struct stage *s = begin();

	at(s, "AT+CNMI=2,1,0,0,0");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(s->m->card->sr.used, 0);
	CHECK_INT(s->m->reports_lost, 1);
	stage_close(s);
}

TEST(full_report_memory_holds_or_drops)
{
	struct stage *s = begin();

	for (int i = 0; i < 4; i++)
		at_send(s, 17, PDU_REPORT);
	CHECK_INT(s->m->card->sr.used, 3);
	CHECK_INT(s->m->card->reports_held, 1);
	at(s, "AT+CPMS=\"SR\"");
	at(s, "AT+CMGD=2");
	CHECK_INT(s->m->card->sr.used, 3);
	CHECK_INT(s->m->card->reports_held, 0);
	stage_set(s, "sr_full", "drop");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(s->m->card->reports_held, 0);
	CHECK_INT(s->m->reports_lost, 1);
	stage_close(s);
}

TEST(reports_of_a_modem_without_sr_come_among_the_messages)
{
	struct stage *s = begin();

	stage_set(s, "sr", "off");
	at(s, "ATE0");
	at(s, "AT+CNMI=2,1,0,2,0");
	at_send(s, 17, PDU_REPORT);
	CHECK(stage_until(s, s->got, "+CDSI: \"SM\",1"));
	CHECK_INT(s->m->card->sm.used, 1);
	stage_close(s);
}

TEST(policy_off_makes_none_and_doubled_two)
{
	struct stage *s = begin();
	char status[3];

	stage_set(s, "reports", "off");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(reports(s, status), 0);
	stage_set(s, "reports", "doubled");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(reports(s, status), 2);
	stage_close(s);
}

TEST(policy_failed_delivers_nothing)
{
	struct stage *s = begin();
	char status[3];

	stage_set(s, "reports", "failed 0x45");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(reports(s, status), 1);
	CHECK_STR(status, "45");
	CHECK_STR(stage_taken(s, "+250788000001"), "(none)");
	stage_close(s);
}

TEST(policy_temporary_says_two_things)
{
	struct stage *s = begin();
	char status[3];

	stage_set(s, "reports", "temporary");
	delivery_coverage(&s->sim.net, phone(s), true);
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(reports(s, status), 1);
	CHECK_STR(status, "30");
	delivery_coverage(&s->sim.net, phone(s), false);
	CHECK_INT(reports(s, status), 2);
	stage_close(s);
}

TEST(policy_delayed_comes_later)
{
	struct stage *s = begin();
	char status[3];

	stage_set(s, "reports", "delayed 20");
	at_send(s, 17, PDU_REPORT);
	CHECK_INT(reports(s, status), 0);
	CHECK(stage_until(s, s->got, "+CDSI: \"SR\",1"));
	stage_set(s, "reports", "delayed 3600000");
	at_send(s, 17, PDU_REPORT); /* never comes, and leaks nothing */
	stage_close(s);
}

TEST(policy_reordered_turns_them_round)
{
	struct stage *s = begin();

	stage_set(s, "reports", "reordered");
	at_send(s, 17, PDU_REPORT);
	at_send(s, 17, PDU_REPORT);
	CHECK(stage_until(s, s->got, "+CDSI: \"SR\",2"));
	/* TP-MR is the second octet behind the SMSC's eight. */
	CHECK_MEM(s->m->card->sr.places[0].hex + 18, "01", 2);
	CHECK_MEM(s->m->card->sr.places[1].hex + 18, "00", 2);
	stage_close(s);
}

UNIT_MAIN
