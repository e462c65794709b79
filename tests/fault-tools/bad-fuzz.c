/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-fuzz [COUNT [SEED]]: so many random PDUs in both modems' memories and lines on both modems'
 * ttys, while good messages flow.  None of those is lost, none is counted twice, no worker crashes.
 *
 * The lines hold no results (OK, ERROR, +CMGS): a modem that says of itself that it failed is to be
 * believed, and what it then gets twice is its own fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "craft.h"
#include "rig.h"
#include "simulator/pdu.h"
#include "tests/scenario-runner/util.h"

enum { COUNT = 250, LINE_MAX_ = 400, GOOD_EVERY = 8, SETTLE_S = 60 };

static uint64_t state;

static uint32_t
roll(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static const char *
any_modem(void)
{
	return roll(2) ? "m1" : "m2";
}

/* --- PDUs --- */

/* A message or a report as it should be, in octets; returns how many. */
static size_t
sound(uint8_t out[PDU_MAX])
{
	uint8_t ud[140];
	struct segment segment = { .dcs = (uint8_t)(roll(3) == 0 ? roll(256) : roll(2) * 8) };
	const struct deliver deliver = { .smsc = "+250780000999",
		.from = roll(4)   ? "+250788044444"
			: roll(2) ? "5040"
				  : "MobileMoney",
		.stamp = (time_t)roll(1u << 30),
		.zone = (int)roll(96) - 48,
		.pid = (uint8_t)(roll(4) == 0 ? roll(256) : 0),
		.segment = &segment };
	const struct report report = { .smsc = "+250780000999",
		.mr = (uint8_t)roll(256),
		.to = "+250788044444",
		.stamp = (time_t)roll(1u << 30),
		.discharge = (time_t)roll(1u << 30),
		.status = (uint8_t)roll(256) };
	unsigned len;

	for (size_t i = 0; i < sizeof(ud); i++)
		ud[i] = (uint8_t)roll(256);
	segment.udhi = roll(3) == 0;
	segment.len = (uint8_t)roll(sizeof(ud) + 1);
	segment.udl = segment.len;
	memcpy(segment.ud, ud, segment.len);
	if (segment.udhi && segment.len > 5 && roll(2)) {
		static const uint8_t part[] = { 5, 0, 3 };
		memcpy(segment.ud, part, sizeof(part));
		segment.ud[4] = (uint8_t)(1 + roll(4));
		segment.ud[5] = (uint8_t)roll(5);
	}
	return roll(6) == 0 ? pdu_report(&report, out, &len) : pdu_deliver(&deliver, out, &len);
}

/* Some octets become others, or its end goes or grows. */
static size_t
damage(uint8_t out[2 * PDU_MAX], size_t len)
{
	for (uint32_t times = roll(4); times > 0; times--)
		out[roll((uint32_t)len)] = (uint8_t)roll(256);
	if (roll(4) == 0)
		return 1 + roll((uint32_t)len);
	while (roll(6) == 0 && len < 2 * PDU_MAX)
		out[len++] = (uint8_t)roll(256);
	return len;
}

static void
give_pdu(struct rig *rig)
{
	uint8_t octets[2 * PDU_MAX];
	char hex[4 * PDU_MAX + 1];
	size_t len = damage(octets, sound(octets));

	pdu_to_hex(octets, len, hex);
	if (roll(8) == 0)
		hex[roll((uint32_t)strlen(hex))] = (char)(' ' + 1 + roll(94));
	rig_inject(rig, any_modem(), hex);
}

/* Any characters but those that end a line of the simulator's. */
static void
give_words(struct rig *rig)
{
	char line[LINE_MAX_ + 1];
	size_t len = 1 + roll(LINE_MAX_);

	for (size_t i = 0; i < len; i++)
		do
			line[i] = (char)(1 + roll(255));
		while (line[i] == '\n' || line[i] == '\r' || (i == 0 && line[i] == ' '));
	line[len] = '\0';
	rig_inject(rig, any_modem(), line);
}

/* --- lines --- */

static void
give_line(struct rig *rig)
{
	static const char *const pieces[] = { "\\r\\n", "\\r", "\\n", "+CMTI: \"SM\",",
		"+CMTI: \"ME\",", "+CDSI: \"SR\",", "+CMT: ,",
		"+CDS: ", "+CMGL: ", "+CMGR: ", "+CPMS: ", "+CSQ: ", "+CLIP: \"", "\",145",
		"RING\\r\\n", "NO CARRIER\\r\\n", "+CREG: 2\\r\\n", "^RSSI:", "+CUSD: 2,\"", "AT+",
		"07915270880009F9040C91527088", "0011000C91", ",", "\"", "1", "99999", "-1", "%n",
		"+", ":", " ", "RDY\\r\\n", "+CPIN: READY\\r\\n" };
	char line[4 * LINE_MAX_] = "";

	for (uint32_t i = 1 + roll(12); i > 0; i--) {
		char octet[8];

		snprintf(octet, sizeof(octet), "\\x%02x", roll(256));
		strcat(line, roll(3) ? pieces[roll(sizeof(pieces) / sizeof(pieces[0]))] : octet);
	}
	if (roll(2))
		strcat(line, "\\r\\n");
	field_sim(&rig->field, "raw %s %s", any_modem(), line);
}

/* --- what became of the good ones --- */

static void
judge(struct rig *rig)
{
	char *good = xformat("%u", rig->good);
	unsigned unknown = 0;

	field_wait(&rig->field,
		"SELECT count(DISTINCT r.contact_id) FROM report r "
		"WHERE r.words LIKE '%Aline%'",
		(long)rig->good, SETTLE_S);
	field_wait(&rig->field,
		"SELECT 1 - count(*) FROM (SELECT FROM queue UNION ALL "
		"SELECT FROM inflight) busy",
		1, SETTLE_S);
	rig_gives(rig, good,
		"SELECT count(*) FROM message WHERE direction = 'in' "
		"AND body LIKE '%%Aline%%'");
	rig_gives(rig, good, "SELECT count(*) FROM report WHERE words LIKE '%%Aline%%'");
	for (unsigned i = 1; i <= rig->good; i++) {
		char *number = xformat("+25078800%05u", i);
		long replies = rig_replies(rig, number);

		unknown += replies == 0;
		rig_check(rig, replies <= 1, "%s gets %ld replies", number, replies);
		free(number);
	}
	rig_check(rig,
		(long)unknown <= rig_count(rig,
					 "SELECT count(*) FROM message "
					 "WHERE state = 'unknown'"),
		"%u replies are lost, and not marked unknown", unknown);
	printf("%s good messages, %u of their replies unknown, workers began %u times\n", good,
		unknown, rig_logged(rig, "->STARTING"));
	free(good);
}

int
bad_fuzz(int argc, char **argv)
{
	long count = argc > 0 ? atol(argv[0]) : COUNT;
	struct rig rig;

	state = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid() * 2654435761u;
	printf("bad-input fuzz %ld %llu\n", count, (unsigned long long)state);
	fflush(stdout);
	rig_open(&rig);
	field_set_modems(&rig.field, "call_timeout_s", "2");
	field_set_modems(&rig.field, "send_timeout_s", "5");
	field_set(&rig.field, "messages_per_hour", "100000");
	/* What happens to be a draft is left where it is. */
	field_sim(&rig.field, "set all me_capacity %ld", 100 + count);
	rig_start(&rig);
	for (long i = 0; i < count; i++) {
		if (i % GOOD_EVERY == 0)
			rig_good(&rig, any_modem());
		switch (roll(8)) {
		case 0:
			give_words(&rig);
			break;
		case 1:
		case 2:
			give_line(&rig);
			break;
		default:
			give_pdu(&rig);
		}
	}
	judge(&rig);
	rig_works(&rig, "m1", "all of it");
	rig_works(&rig, "m2", "all of it");
	return rig_close(&rig);
}
