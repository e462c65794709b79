/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-lines: what is on a modem's line and answers nothing: between answers, instead of them, and
 * amid them.
 *
 * Lines that come between answers end no worker.  While answers themselves are spoilt a worker may
 * give up, and another begins: then the other modem goes on, and this one's messages come later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

enum { ENDLESS = 10000, SPOILT = 6 };

/* --- between answers --- */

/* As the simulator's `raw` takes it; when the modem has nothing to answer. */
static void
say(struct rig *rig, const char *modem, const char *what, const char *raw)
{
	rig_quiet(rig, modem, 0);
	field_sim(&rig->field, "raw %s %s", modem, raw);
	rig_works(rig, modem, what);
}

/* before, then count times unit, then after. */
static void
say_long(struct rig *rig, const char *modem, const char *what, const char *before, const char *unit,
	size_t count, const char *after)
{
	size_t len = strlen(unit), at = strlen(before);
	char *raw = xcalloc(1, at + count * len + strlen(after) + 1);

	memcpy(raw, before, at);
	for (size_t i = 0; i < count; i++, at += len)
		memcpy(raw + at, unit, len);
	memcpy(raw + at, after, strlen(after));
	say(rig, modem, what, raw);
	free(raw);
}

static void
short_lines(struct rig *rig, const char *modem)
{
	static const struct {
		const char *name, *raw;
	} lines[] = {
		{ "NULs", "\\x00\\x00\\x00\\x00\\r\\n" },
		{ "octets of no coding", "\\xff\\xfe\\xc3\\x28\\xed\\xa0\\x80\\x80\\xbf\\r\\n" },
		{ "control characters",
			"\\x01\\x02\\x07\\x08\\x0b\\x1b\\x1a\\x7f\\x11\\x13\\r\\n" },
		{ "half a line", "\\r\\n+CMT" },
		{ "its end", "I: \"SM\"\\r\\n" },
		{ "a message nowhere", "\\r\\n+CMTI: \"SM\",99999999999999999999\\r\\n" },
		{ "a message in no storage", "\\r\\n+CMTI: \"%n%s\",-1\\r\\n" },
		{ "a message without a place", "\\r\\n+CMTI:\\r\\n" },
		{ "a report nowhere", "\\r\\n+CDSI: \"SR\",-99999\\r\\n+CDSI: \"SR\",99999\\r\\n" },
		{ "reports of no number", "\\r\\n+CDSI: \"SR\",%s\\r\\n+CDSI:\\r\\n" },
		{ "a listing nobody asked for",
			"\\r\\n+CMGL: 1,0,,20\\r\\n0004008100000000000000000000\\r\\n\\r\\nOK\\r\\n" },
		{ "answers to nothing", "\\r\\nOK\\r\\n\\r\\nERROR\\r\\n\\r\\nOK\\r\\n" },
		{ "errors of nothing", "\\r\\n+CMS ERROR: 500\\r\\n\\r\\n+CME ERROR: 99999\\r\\n" },
		{ "a prompt for nothing", "\\r\\n> " },
		{ "results of no send", "\\r\\n\\r\\n+CMGS: 4711\\r\\n\\r\\nOK\\r\\n" },
		{ "half a +CMT", "\\r\\n+CMT: ,20\\r\\n" },
		{ "a +CMT of no hexadecimal", "\\r\\n+CMT: ,20\\r\\n0zq!\\r\\n" },
		{ "a +CDS of nothing", "\\r\\n+CDS: 25\\r\\n00\\r\\n" },
		{ "a start", "\\r\\nRDY\\r\\n+CFUN: 1\\r\\n+CPIN: READY\\r\\nCall Ready\\r\\n" },
		{ "chatter", "\\r\\n^RSSI:99\\r\\n^BOOT:1,2,3\\r\\n+QIND: \"csq\",31,99\\r\\n" },
		{ "a call that was none", "\\r\\nNO CARRIER\\r\\n" },
		{ "answers to USSD", "\\r\\n+CUSD: 9,\"zz\",-1\\r\\n+CUSD:\\r\\n" },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		say(rig, modem, lines[i].name, lines[i].raw);
}

static void
long_lines(struct rig *rig, const char *modem)
{
	say_long(rig, modem, "10,000 letters", "", "x", ENDLESS, "\\r\\n");
	say_long(rig, modem, "10,000 NULs", "", "\\x00", ENDLESS, "\\r\\n");
	say_long(rig, modem, "10,000 octets of no coding", "", "\\xfe", ENDLESS, "\\r\\n");
	say_long(
		rig, modem, "10,000 digits behind +CMTI", "+CMTI: \"SM\",", "9", ENDLESS, "\\r\\n");
	say_long(
		rig, modem, "10,000 digits behind +CDSI", "+CDSI: \"SR\",", "9", ENDLESS, "\\r\\n");
	say_long(rig, modem, "a name of 10,000 letters", "+", "A", ENDLESS, ": 1\\r\\n");
	say_long(rig, modem, "5,000 empty lines", "", "\\r\\n", ENDLESS / 2, "");
	say_long(
		rig, modem, "a storage of 10,000 letters", "+CMTI: \"", "M", ENDLESS, "\",1\\r\\n");
	/* libgammu's own buffers for these have 300 octets. */
	say_long(rig, modem, "a +CMT of 700 digits", "\\r\\n+CMT: ,159\\r\\n", "A", 700, "\\r\\n");
	say_long(rig, modem, "a +CDS of 700 digits", "\\r\\n+CDS: 159\\r\\n", "A", 700, "\\r\\n");
	say_long(rig, modem, "a +CMT of 500 digits", "\\r\\n+CMT: ,159\\r\\n", "A", 500, "\\r\\n");
	say_long(rig, modem, "a +CDS of 500 digits", "\\r\\n+CDS: 159\\r\\n", "0", 500, "\\r\\n");
	say_long(rig, modem, "a +CMT of 10,000 digits", "\\r\\n+CMT: ,159\\r\\n", "A", ENDLESS,
		"\\r\\n");
	say_long(rig, modem, "a +CMGL of 10,000 digits", "\\r\\n+CMGL: 1,1,,159\\r\\n", "A",
		ENDLESS, "\\r\\n");
	say_long(rig, modem, "a +CMGR header of 10,000 letters", "\\r\\n+CMGR: 1,\"", "A", ENDLESS,
		"\",20\\r\\n");
	say_long(rig, modem, "a caller of 10,000 digits", "\\r\\nRING\\r\\n+CLIP: \"", "7", ENDLESS,
		"\",145\\r\\nNO CARRIER\\r\\n");
	say_long(rig, modem, "1,000 rings of nobody", "", "\\r\\nRING\\r\\n", 1000, "\\r\\n");
	say_long(
		rig, modem, "100 PDUs at once", "", "\\r\\n+CMT: ,20\\r\\n0004FF91\\r\\n", 100, "");
}

/* --- amid answers --- */

/* Sends to a modem whose answers are spoilt; meanwhile the other one must work. */
static void
spoil(struct rig *rig, const char *fault, unsigned sent[SPOILT])
{
	field_sim(&rig->field, "fault m1 %s", fault);
	for (unsigned i = 0; i < SPOILT; i++) {
		sent[i] = rig_good(rig, "m1");
		rig_works(rig, "m2", fault);
	}
	field_sim(&rig->field, "fault m1 well");
}

/* What was sent into it is answered once, though later. */
static void
recovers(struct rig *rig, const char *fault, const unsigned sent[SPOILT])
{
	rig_gives(rig, "READY", "SELECT state FROM modem WHERE name = 'm1'");
	for (unsigned i = 0; i < SPOILT; i++)
		rig_answered(rig, sent[i], fault);
	rig_works(rig, "m1", fault);
}

static void
spoilt_answers(struct rig *rig)
{
	static const char *const faults[] = { "garbage", "truncated 3", "hang AT+CMGL", "silent" };
	unsigned sent[SPOILT];

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		spoil(rig, faults[i], sent);
		recovers(rig, faults[i], sent);
	}
}

int
bad_lines(int argc, char **argv)
{
	struct rig rig;

	(void)argc;
	(void)argv;
	rig_open(&rig);
	field_set_modems(&rig.field, "call_timeout_s", "2");
	field_set_modems(&rig.field, "send_timeout_s", "2");
	field_set_modems(&rig.field, "reports", "false"); /* they would wait for each other */
	rig_start(&rig);
	short_lines(&rig, "m1");
	long_lines(&rig, "m2");
	rig_same_workers(&rig);
	/* PDUs that were handed over are kept like stored ones. */
	rig_gives(&rig, "t", "SELECT count(*) >= 10 FROM tray WHERE kind = 'poison'");
	spoilt_answers(&rig);
	rig_gives(&rig, "0",
		"SELECT count(*) FROM (SELECT contact_id FROM message WHERE direction = 'in' "
		"AND body LIKE '%%Aline%%' GROUP BY 1 HAVING count(*) > 1) twice");
	printf("%u good messages\n", rig.good);
	return rig_close(&rig);
}
