/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include "worker-sieve.h"

#define PDU                                      \
	"00040C91527088000010000042507121000080" \
	"05E8329BFD06"
#define EMPTY "0004008100000000000000000000"

static struct urc urc;
static struct sieve sieve;
static char given[100000];

/* libgammu asks. */
static void
ask(const char *command)
{
	sieve_asked(&sieve, command, strlen(command));
}

/* Where a command's echo ends, or the end: an echo is ended by CR, what a modem says by CR LF. */
static const char *
echo_end(const char *from)
{
	for (; *from != '\0'; from++)
		if (*from == '\r' && from[1] != '\n')
			return from + 1;
	return from;
}

/* Before each echo, libgammu has asked that. */
static void
feed(const char *bytes)
{
	while (*bytes != '\0') {
		const char *end = echo_end(bytes);

		for (const char *at = end; at-- > bytes;)
			if (end[-1] == '\r' && strncmp(at, "AT", 2) == 0) {
				sieve_asked(&sieve, at, (size_t)(end - at));
				break;
			}
		sieve_feed(&sieve, bytes, (size_t)(end - bytes));
		bytes = end;
	}
}

/* What libgammu gets of that. */
static const char *
pass(const char *bytes)
{
	feed(bytes);
	given[sieve_take(&sieve, given, sizeof(given) - 1)] = '\0';
	return given;
}

static void
begin(void)
{
	memset(&urc, 0, sizeof(urc));
	sieve_free(&sieve);
	sieve_init(&sieve, &urc);
}

TEST(an_answer_passes_line_by_line)
{
	begin();
	CHECK_STR(pass("AT+CSQ\r"), "AT+CSQ\r\n");
	CHECK_STR(pass("\r\n+CSQ: 1"), "");
	CHECK_STR(pass("5,99\r\n\r\nOK\r\n"), "+CSQ: 15,99\r\nOK\r\n");
	CHECK_STR(pass("AT+CSQ\r\r\n+CME ERROR: 10\r\n"), "AT+CSQ\r\n+CME ERROR: 10\r\n");
	CHECK_STR(pass("\r\nOK\r\n"), "OK\r\n"); /* the echo may still be off */
	CHECK_STR(pass("AT+CGMI\r\r\nAcme\r\n\r\nOK\r\n"), "AT+CGMI\r\nAcme\r\nOK\r\n");
}

TEST(chatter_before_and_inside_an_answer_is_kept_out)
{
	begin();
	CHECK_STR(pass("\r\n+QIND: SMS DONE\r\n"), "");
	CHECK_STR(
		pass("\r\n^DSCI: 3\r\nAT+CSQ\r\r\n+QIND: 1\r\n\r\n+CSQ: 9,9\r\n\r\nBUSY LINE\r\nOK\r\n"),
		"AT+CSQ\r\n+CSQ: 9,9\r\nBUSY LINE\r\nOK\r\n");
	CHECK_STR(pass("AT+CMGL=4\r\r\n+CREG: 1\r\n+CMGL: 3,0,,30\r\n^RSSI:9\r\nRING\r\n" PDU
		       "\r\nnoise\r\n+CPIN: READY\r\n\r\nOK\r\n"),
		"AT+CMGL=4\r\n+CMGL: 3,0,,1\r\n" PDU "\r\nOK\r\n");
	CHECK_INT(urc.rings, 1);
	CHECK(urc.restarted);
	CHECK_INT(sieve.n_listed, 1);
}

TEST(unasked_lines_are_noted)
{
	begin();
	CHECK_STR(pass("\r\n+CMTI: \"SM\",3\r\n"), "");
	CHECK(urc.message && !urc.report);
	feed("+CDSI: \"SR\",7\r\n+CDSI: \"SR\",0\r\n+CDSI: \"SR\",x\r\n+CDSI: \"SR\",-5\r\n");
	CHECK(urc.report);
	CHECK_INT(urc.n_report_places, 3);
	CHECK_INT(urc.report_places[0], 7);
	CHECK_INT(urc.report_places[1], 0);
	urc.message = false;
	feed("+CDSI: \"ME\",7\r\n");
	CHECK(urc.message);
	feed("RING\r\n\r\n+CRING: VOICE\r\n+CLIP: \"+250788000001\",145,,,,0\r\n");
	CHECK_INT(urc.rings, 2);
	CHECK(urc.has_caller);
	CHECK_STR(urc.caller, "+250788000001");
	feed("+CLIP: \"\",128\r\nNO CARRIER\r\n");
	CHECK_STR(urc.caller, "");
	CHECK(urc.call_over);
	feed("\r\n+CLIP: \"123456789012345678901234567890123456789012345678901234567890\"\r\n");
	CHECK_STR(urc.caller, "");
}

TEST(a_message_given_directly_is_kept_from_libgammu)
{
	begin();
	CHECK_STR(pass("+CDS: 25\r\n" PDU "\r\n"), "");
	CHECK_INT(urc.n_direct, 1);
	CHECK_STR(urc.direct[0], PDU);
	CHECK_STR(pass("AT+CSQ\r\r\n+CMT: ,25\r\n" PDU "\r\n+CSQ: 1,2\r\nOK\r\n"),
		"AT+CSQ\r\n+CSQ: 1,2\r\nOK\r\n");
	CHECK_INT(urc.n_direct, 2);
	/* its PDU does not come: the answer must not be taken for it */
	CHECK_STR(pass("AT+CSQ\r\r\n+CMT: ,25\r\nOK\r\n"), "AT+CSQ\r\nOK\r\n");
	CHECK_STR(pass("+CDS: 9\r\n+CMTI: \"SM\",1\r\n"), "");
	CHECK(urc.message);
	CHECK_INT(urc.n_direct, 2);
	for (int i = 0; i < URC_DIRECT_MAX + 3; i++)
		feed("+CDS: 25\r\n" PDU "\r\n");
	CHECK_INT(urc.n_direct, URC_DIRECT_MAX);
}

TEST(a_listing_is_remembered)
{
	begin();
	CHECK_STR(pass("AT+CMGL=4\r\r\n+CMGL: 0,1,\"x,y\",24\r\n" PDU "\r\n+CMGL: 2,0,,24\r\n"
		       "FF\r\n+CMGL: 5,3,,9\r\n0011000C9152708800001000\r\n\r\nOK\r\n"),
		"AT+CMGL=4\r\n+CMGL: 0,1,,1\r\n" PDU "\r\n+CMGL: 2,0,,1\r\n" EMPTY
		"\r\n+CMGL: 5,3,,1\r\n0001000081000000\r\nOK\r\n");
	CHECK_INT(sieve.listings, 1);
	REQUIRE(sieve_listed(&sieve, 2) != NULL);
	CHECK(sieve_listed(&sieve, 3) == NULL);
	CHECK_INT(sieve_listed(&sieve, 0)->kind, PDU_MESSAGE);
	CHECK_INT(sieve_listed(&sieve, 0)->stat, 1);
	CHECK_STR(sieve_listed(&sieve, 0)->raw, PDU);
	CHECK_INT(sieve_listed(&sieve, 1)->kind, PDU_BROKEN);
	CHECK_INT(sieve_listed(&sieve, 1)->location, 2);
	CHECK_STR(sieve_listed(&sieve, 1)->raw, "FF");
	CHECK_INT(sieve_listed(&sieve, 2)->kind, PDU_DRAFT);
	feed("AT+CMGL=4\r\r\nOK\r\n");
	CHECK_INT(sieve.listings, 2);
	CHECK(sieve_listed(&sieve, 0) == NULL);
}

TEST(a_listing_that_would_mislead_libgammu_is_mended)
{
	begin();
	/* a place twice, no number, a header without a PDU at the end and between, a huge number */
	CHECK_STR(pass("AT+CMGL=4\r\r\n+CMGL: 1,1,,24\r\n" PDU "\r\n+CMGL: 1,1,,24\r\n" PDU
		       "\r\n+CMGL: x\r\n" PDU "\r\n+CMGL: 100000,1,,24\r\n" PDU
		       "\r\n+CMGL: 2,1,,24\r\n+CMGL: 3,1,,24\r\nOK\r\n"),
		"AT+CMGL=4\r\n+CMGL: 1,1,,1\r\n" PDU "\r\n+CMGL: 2,1,,1\r\n" EMPTY
		"\r\n+CMGL: 3,1,,1\r\n" EMPTY "\r\nOK\r\n");
	CHECK_INT(sieve.n_listed, 3);
	CHECK_INT(sieve_listed(&sieve, 2)->kind, PDU_BROKEN);
}

TEST(a_single_message_is_remembered)
{
	begin();
	CHECK_STR(pass("AT+CMGR=7\r\r\n+CMGR: 0,,24\r\n" PDU "\r\n\r\nOK\r\n"),
		"AT+CMGR=7\r\n+CMGR: 0,,1\r\n" PDU "\r\nOK\r\n");
	CHECK_INT(sieve.singles, 1);
	CHECK_INT(sieve_single(&sieve)->kind, PDU_MESSAGE);
	CHECK_STR(pass("AT+CMGR=8\r\r\n+CMGR: 1,\"\xff\",99\r\nZZ\r\nOK\r\n"),
		"AT+CMGR=8\r\n+CMGR: 1,,1\r\n" EMPTY "\r\nOK\r\n");
	CHECK_STR(sieve_single(&sieve)->raw, "ZZ");
}

TEST(a_single_place_without_a_pdu_is_empty)
{
	begin();
	CHECK_STR(pass("AT+CMGR=7\r\r\n+CMGR: 0,,0\r\n\r\nOK\r\n"), "AT+CMGR=7\r\nOK\r\n");
	CHECK_STR(pass("AT+CMGR=8\r\r\n+CMGR: 0,,24\r\n" PDU "\r\nOK\r\n"),
		"AT+CMGR=8\r\n+CMGR: 0,,1\r\n" PDU "\r\nOK\r\n");
}

TEST(the_usage_of_each_storage_is_learnt)
{
	begin();
	feed("AT+CPMS=\"SM\",\"SM\"\r\r\n+CPMS: 3,20,3,20,5,50\r\nOK\r\n");
	feed("AT+CPMS=\"SR\"\r\r\n+CPMS: 2,4,3,20,5,50\r\nOK\r\n");
	feed("AT+CPMS=\"ME\"\r\r\n+CMS ERROR: 302\r\n");
	CHECK(sieve.usage[STORE_SM].known && sieve.usage[STORE_SR].known);
	CHECK(!sieve.usage[STORE_ME].known);
	CHECK_INT(sieve.usage[STORE_SM].used, 3);
	CHECK_INT(sieve.usage[STORE_SM].total, 20);
	CHECK_INT(sieve.usage[STORE_SR].used, 2);
	feed("AT+CPMS=\"SM\"\r\r\n+CPMS: -3,20\r\n+CPMS: 3,9999999\r\nOK\r\n");
	CHECK_INT(sieve.usage[STORE_SM].used, 3);
}

TEST(the_prompt_passes_at_once_and_the_typed_text_not_at_all)
{
	begin();
	CHECK_STR(pass("AT+CMGS=23\r\r\n> "), "AT+CMGS=23\r\n> ");
	CHECK_STR(pass("001100\x1a"), "");
	CHECK_STR(pass("\r\n+CMTI: \"SM\",1\r\n+CMGS: 17,\"24/01/01\"\r\n\r\nOK\r\n"),
		"\r\n+CMGS: 17\r\nOK\r\n");
	CHECK(urc.message);
	CHECK_STR(pass("AT+CMGS=23\r\r\n> \r\n+CMS ERROR: 38\r\n"),
		"AT+CMGS=23\r\n> \r\n+CMS ERROR: 38\r\n");
	CHECK_STR(pass("\r\n> "), ""); /* nobody asked */
}

TEST(makes_own_settings_may_be_refused)
{
	begin();
	CHECK_STR(pass("AT^CURC=0\r\r\nERROR\r\n"), "AT^CURC=0\r\nOK\r\n");
	CHECK_STR(pass("AT+CMEE=1\r\r\nERROR\r\n"), "AT+CMEE=1\r\nERROR\r\n");
}

TEST(noise_before_an_echo_or_a_result_is_cut_off)
{
	begin();
	CHECK_STR(pass("\xff\xfe#~AT+CSQ\r\r\n+CSQ: 15,99\r\n\r\n\x80\x81OK\r\n"),
		"AT+CSQ\r\n+CSQ: 15,99\r\nOK\r\n");
	CHECK_STR(pass("xyzAT+CSQ\r\r\nqq+CME ERROR: 100\r\n"), "AT+CSQ\r\n+CME ERROR: 100\r\n");
	CHECK_STR(pass("+CMTAT+CMGL=4\r\r\n+CMGL: 3,0,,30\r\n" PDU "\r\n~~OK\r\n"),
		"AT+CMGL=4\r\n+CMGL: 3,0,,1\r\n" PDU "\r\nOK\r\n");
	CHECK_STR(pass("AT+CAT+CSQ\r\r\n+CSQ: 1,1\r\nOK\r\n"), "AT+CSQ\r\n+CSQ: 1,1\r\nOK\r\n");
	CHECK_STR(pass("\xf0"
		       "AT\r\r\nOK\r\n"),
		"AT\r\nOK\r\n");
	CHECK_STR(pass("> AT+CMGS=23\r\r\n\xff\xff> "), "AT+CMGS=23\r\n> ");
	CHECK_STR(pass("001100\x1a\r\n+CMGS: 1\r\n\xfeOK\r\n"), "\r\n+CMGS: 1\r\nOK\r\n");
	/* what only looks so */
	CHECK_STR(pass("AT+CGMI\r\r\nACME BOOK\r\nSEAT\r\nOK\r\n"),
		"AT+CGMI\r\nACME BOOK\r\nSEAT\r\nOK\r\n");
	CHECK_STR(pass("AT+COPS?\r\r\n+COPS: 0,0,\"pay!OK\"\r\nOK\r\n"),
		"AT+COPS?\r\n+COPS: 0,0,\"pay!OK\"\r\nOK\r\n");
}

TEST(long_lines_and_binary_garbage_are_harmless)
{
	static char line[12000];
	unsigned seed = 1;

	begin();
	memset(line, 'A', sizeof(line) - 1);
	feed("AT+CMGL=4\r\r\n+CMGL: 1,1,,24\r\n");
	feed(line);
	feed("\r\nOK\r\n");
	given[sieve_take(&sieve, given, sizeof(given))] = '\0';
	CHECK_STR(given, "AT+CMGL=4\r\n+CMGL: 1,1,,1\r\n" EMPTY "\r\nOK\r\n");
	CHECK_INT(strlen(sieve_listed(&sieve, 0)->raw), WIRE_TEXT_MAX);
	feed("AT+CGMI\r\r\n");
	feed(line);
	CHECK_STR(pass("\r\nOK\r\n"),
		"AT+CGMI\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nOK\r\n");
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(line); i++) {
			seed = seed * 1103515245 + 12345;
			line[i] = (char)(seed >> 16);
		}
		sieve_feed(&sieve, line, sizeof(line));
		while (sieve_take(&sieve, given, sizeof(given)) > 0)
			;
	}
	sieve_feed(&sieve, "\0\0\r\n", 4);
	CHECK(strstr(pass("\r\nAT+CSQ\r\r\n+CSQ: 1,1\r\nOK\r\n"),
		      "AT+CSQ\r\n+CSQ: 1,1\r\nOK\r\n") != NULL);
	begin();
}

TEST(an_echo_is_of_what_was_asked)
{
	static const char listing[] = "+CMGL: 1,1,,24\r\n\x80 AT=x\r\n+CMGL: 2,1,,24\r\nAT+CSQ\r\n"
				      "+CMGL: 3,1,,24\r\n%AT\r\n+CMGL: 4,1,,24\r\n%OK\r\n"
				      "+CMGL: 5,1,,24\r\n" PDU "\r\nOK\r\n";

	begin();
	CHECK_STR(pass("AT+CMGL=4\r"), "AT+CMGL=4\r\n");
	sieve_feed(&sieve, listing, strlen(listing));
	CHECK_STR(pass(""),
		"+CMGL: 1,1,,1\r\n" EMPTY "\r\n+CMGL: 2,1,,1\r\n" EMPTY
		"\r\n+CMGL: 3,1,,1\r\n" EMPTY "\r\n+CMGL: 4,1,,1\r\n" EMPTY
		"\r\n+CMGL: 5,1,,1\r\n" PDU "\r\nOK\r\n");
	CHECK_INT(sieve.n_listed, 5);
	CHECK_STR(sieve_listed(&sieve, 1)->raw, "AT+CSQ");
	/* nobody asks: what a program before us has asked, or noise */
	sieve_feed(&sieve, "AT+CMGL=4\r\r\n", 12);
	CHECK_STR(pass(""), "");
	CHECK_INT(sieve.n_listed, 5);
	/* a command that is written in pieces; a typed text is none */
	ask("AT+CM");
	ask("GR=7\r");
	sieve_feed(&sieve, "AT+CMGR=7\r", 10);
	CHECK_STR(pass(""), "AT+CMGR=7\r\n");
	ask("0011AT\x1a");
	ask("AT\r");
	sieve_feed(&sieve, "0011AT\r\nAT\r", 11);
	CHECK_STR(pass(""), "AT\r\n");
}

TEST(a_long_command_is_known_by_its_beginning)
{
	char command[800];

	begin();
	memset(command, 'A', sizeof(command));
	memcpy(command, "AT+CUSD=1,\"", 11);
	strcpy(command + 780, "\",15\r");
	ask(command);
	sieve_feed(&sieve, command, strlen(command));
	CHECK(strncmp(pass(""), "AT+CUSD=1,\"AAAA", 15) == 0);
	CHECK_STR(pass("\r\n+CUSD: 2\r\nOK\r\n"), "OK\r\n");
	CHECK_INT(urc.cusd.n_kept, 1);
}

/* --- USSD: libgammu sees nothing of it --- */

static void
check_kept(size_t n, const char *octets)
{
	REQUIRE(urc.cusd.n_kept > n);
	CHECK_INT(urc.cusd.kept[n].len, strlen(octets));
	CHECK_MEM(urc.cusd.kept[n].octets, octets, strlen(octets));
}

TEST(ussd_is_taken_out_whole_wherever_it_stands)
{
	begin();
	CHECK_STR(pass("AT+CSQ\r\r\n+CUSD: 1,\"Menu\r\n1) OK\r\nOK\r\nCSQ: 9\",15\r\n"
		       "+CSQ: 15,99\r\n\r\nOK\r\n"),
		"AT+CSQ\r\n+CSQ: 15,99\r\nOK\r\n");
	check_kept(0, " 1,\"Menu\r\n1) OK\r\nOK\r\nCSQ: 9\",15");
	CHECK_STR(pass("AT+CMGL=4\r\r\n+CMGL: 1,1,,24\r\n+CUSD: 0,\"a\x01"
		       "b\",15\r\n" PDU "\r\n+CUSD: 4\r\nOK\r\n"),
		"AT+CMGL=4\r\n+CMGL: 1,1,,1\r\n" PDU "\r\nOK\r\n");
	check_kept(1,
		" 0,\"a\x01"
		"b\",15");
	check_kept(2, " 4");
	for (size_t i = 0; i < 3; i++)
		CHECK(!urc.cusd.kept[i].early);
}

TEST(ussd_without_end_gives_back_what_is_no_part_of_it)
{
	begin();
	CHECK_STR(pass("AT+CSQ\r\r\n+CUSD: 0,\"never\r\nended\r\n+CSQ: 15,99\r\n"
		       "+CMTI: \"SM\",3\r\nOK\r\n"),
		"AT+CSQ\r\n");
	CHECK(!urc.message);
	sieve_quiet(&sieve);
	CHECK_STR(pass(""), "+CSQ: 15,99\r\nOK\r\n");
	CHECK(urc.message);
	check_kept(0, " 0,\"never\r\nended\r\n");
	CHECK_STR(pass("AT+CMGS=9\r\r\n+CUSD: 0,\"never\r\n> "), "AT+CMGS=9\r\n");
	sieve_quiet(&sieve);
	CHECK_STR(pass(""), "> ");
	sieve_quiet(&sieve);
	CHECK_STR(pass("00\x1a\r\n+CMGS: 1\r\nOK\r\n"), "\r\n+CMGS: 1\r\nOK\r\n");
}

/* The worker says it by itself; what it hears of it. */
static enum sieve_aside
aside(const char *heard)
{
	sieve_aside(&sieve, "AT+CUSD=1,\"*131#\",15");
	CHECK_STR(pass(heard), "");
	return sieve.aside;
}

TEST(a_command_of_the_workers_own_is_not_libgammus)
{
	static const char echoed[] = "\r\n+CUSD: 0,\"before\",15\r\nAT+CUSD=1,\"*131#\",15\r\r\n"
				     "+CUSD: 1,\"after\",15\r\n^RSSI:18\r\n\x80OK\r\n";

	begin();
	sieve_aside(&sieve, "AT+CUSD=1,\"*131#\",15");
	sieve_feed(&sieve, echoed, strlen(echoed));
	CHECK_STR(pass(""), "");
	CHECK_INT(sieve.aside, ASIDE_OK);
	CHECK_INT(urc.cusd.n_kept, 2);
	CHECK(urc.cusd.kept[0].early);
	CHECK(!urc.cusd.kept[1].early);
	CHECK_INT(aside("\r\nOK\r\n"), ASIDE_OK); /* without an echo */
	CHECK_INT(aside("\r\nRING\r\nsome text\r\n+CMTI: \"SM\",1\r\n"), ASIDE_SAID);
	CHECK(urc.message);
	CHECK_INT(aside("\r\nERROR\r\n"), ASIDE_ERROR);
	CHECK_INT(sieve.aside_code, -1);
	CHECK_INT(aside("\r\n+CME ERROR: 30\r\n"), ASIDE_ERROR);
	CHECK_INT(sieve.aside_code, 30);
	CHECK_INT(aside("\r\n+CME ERROR: operation not allowed\r\n"), ASIDE_ERROR);
	CHECK_INT(sieve.aside_code, -1);
	sieve.aside = ASIDE_NONE;
	CHECK_STR(pass("AT+CSQ\r\r\n+CSQ: 1,1\r\nOK\r\n"), "AT+CSQ\r\n+CSQ: 1,1\r\nOK\r\n");
}

/* What libgammu gets of both answers, in reads of so many bytes. */
static void
in_steps(size_t step, char *out)
{
	static const char *const said[][2] = {
		{ "AT+CMGL=4\r",
			"AT+CMGL=4\r\r\n+CMGL: 1,1,,24\r\n" PDU
			"\r\n+CMTI: \"SM\",2\r\n\r\nOK\r\n" },
		{ "AT+CMGS=2\r", "AT+CMGS=2\r\r\n> 00\x1a\r\n+CMGS: 1\r\nOK\r\n" },
	};

	begin();
	out[0] = '\0';
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		size_t len = strlen(said[i][1]);

		ask(said[i][0]);
		for (size_t at = 0; at < len; at += step)
			sieve_feed(&sieve, said[i][1] + at, len - at < step ? len - at : step);
		strcat(out, pass(""));
	}
}

TEST(any_cut_into_reads_gives_the_same)
{
	char whole[500], cut[500];

	in_steps(sizeof(whole), whole);
	CHECK(strstr(whole, PDU) != NULL && strstr(whole, "+CMGS: 1") != NULL);
	for (size_t step = 1; step < 150; step++) {
		in_steps(step, cut);
		CHECK_STR(cut, whole);
	}
}

UNIT_MAIN
