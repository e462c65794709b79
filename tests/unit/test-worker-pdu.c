/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include "worker-pdu.h"

#define SMSC "0791527088000000"
#define FROM "0C91527088000010"
#define TIME "42507121000080"
#define HELLO "05E8329BFD06"

static struct pdu
vet(const char *line)
{
	struct pdu pdu;

	pdu_vet(line, strlen(line), &pdu);
	return pdu;
}

TEST(a_sound_message_passes_whole)
{
	struct pdu pdu = vet(SMSC "04" FROM "40F1" TIME HELLO);

	CHECK_INT(pdu.kind, PDU_MESSAGE);
	CHECK_INT(pdu.pid, 0x40);
	CHECK_INT(pdu.dcs, 0xf1);
	CHECK_STR(pdu.safe, SMSC "04" FROM "40F1" TIME HELLO);
}

TEST(what_follows_a_message_is_cut_off)
{
	CHECK_STR(vet(SMSC "04" FROM "0000" TIME HELLO "FFFFFF").safe,
		SMSC "04" FROM "0000" TIME HELLO);
	CHECK_STR(
		vet(SMSC "04" FROM "0000" TIME HELLO ",0").safe, SMSC "04" FROM "0000" TIME HELLO);
	CHECK_STR(vet("0004" FROM "0000" TIME HELLO "  ").safe, "0004" FROM "0000" TIME HELLO);
}

TEST(addresses_that_libgammu_refuses_are_mended)
{
	/* an SMSC of an impossible type is of no interest; a sender's number is */
	CHECK_STR(vet("0711527088000000"
		      "04" FROM "0000" TIME HELLO)
			  .safe,
		"0004" FROM "0000" TIME HELLO);
	CHECK_STR(vet("00040C11527088000010"
		      "0000" TIME HELLO)
			  .safe,
		"0004" FROM "0000" TIME HELLO);
}

TEST(user_data_longer_than_the_pdu_is_broken)
{
	struct pdu pdu = vet(SMSC "04" FROM "4000" TIME "0AE8329BFD06");

	CHECK_INT(pdu.kind, PDU_BROKEN);
	CHECK_INT(pdu.pid, 0);
	CHECK_STR(pdu.safe, SMSC "04" FROM "0004" TIME "00");
}

TEST(a_header_longer_than_the_user_data_is_broken)
{
	char line[600] = SMSC "44" FROM "0004" TIME "8C", *end;
	struct pdu pdu;

	/* 140 octets whose first says that a header of 160, or of 255, follows */
	for (int length = 140; length <= 255; length += 5) {
		end = strstr(line, TIME) + strlen(TIME) + 2;
		end += sprintf(end, "%02X", length);
		for (int i = 1; i < 140; i++)
			end += sprintf(end, "%02X", i);
		pdu = vet(line);
		CHECK_INT(pdu.kind, PDU_BROKEN);
		CHECK_STR(pdu.safe, SMSC "04" FROM "0004" TIME "00");
	}
	end = strstr(line, TIME) + strlen(TIME) + 2;
	memcpy(end, "8B", 2); /* 139: fills the user data exactly */
	CHECK_INT(vet(line).kind, PDU_MESSAGE);
	CHECK_INT(vet(SMSC "44" FROM "0004" TIME "00").kind, PDU_BROKEN);
}

TEST(more_than_160_septets_or_140_octets_is_broken)
{
	char line[800];
	int at = sprintf(line, SMSC "04" FROM "0000" TIME "B0");

	for (int i = 0; i < 154; i++)
		at += sprintf(line + at, "20");
	CHECK_INT(vet(line).kind, PDU_BROKEN);
	memcpy(strstr(line, TIME) + strlen(TIME), "A0", 2);
	CHECK_INT(vet(line).kind, PDU_MESSAGE); /* 160 septets are 140 octets; the rest is cut */
	memcpy(strstr(line, TIME) - 2, "08", 2);
	CHECK_INT(vet(line).kind, PDU_BROKEN); /* 160 octets of UCS-2 are too many */
}

TEST(the_coding_decides_how_long_user_data_is)
{
	/* five units in five octets: too few for UCS-2 or data, enough for septets */
	static const uint8_t septets[] = { 0x00, 0x11, 0x40, 0xc0, 0xc8, 0xd0, 0xf0, 0xf3 };
	static const uint8_t octets[] = { 0x04, 0x08, 0x0c, 0x18, 0x24, 0x48, 0x80, 0xb0, 0xe0,
		0xe8, 0xf4, 0xf8, 0xfc };
	static const uint8_t compressed[] = { 0x20, 0x28, 0x60 };
	char line[200];

	for (size_t i = 0; i < sizeof(septets); i++) {
		sprintf(line, SMSC "04" FROM "00%02X" TIME "06E8329BFD0604", septets[i]);
		CHECK_INT(vet(line).kind, PDU_MESSAGE);
		sprintf(line, SMSC "04" FROM "00%02X" TIME "0AE8329BFD060402", septets[i]);
		CHECK_INT(vet(line).kind, PDU_BROKEN);
		sprintf(line, SMSC "04" FROM "00%02X" TIME "08E8329BFD060402", septets[i]);
		CHECK_INT(vet(line).kind, PDU_MESSAGE);
	}
	for (size_t i = 0; i < sizeof(octets); i++) {
		sprintf(line, SMSC "04" FROM "00%02X" TIME "08E8329BFD060402", octets[i]);
		CHECK_INT(vet(line).kind, PDU_BROKEN);
		sprintf(line, SMSC "04" FROM "00%02X" TIME "07E8329BFD060402", octets[i]);
		CHECK_INT(vet(line).kind, PDU_MESSAGE);
	}
	for (size_t i = 0; i < sizeof(compressed); i++) {
		sprintf(line, SMSC "04" FROM "00%02X" TIME "05E8329BFD06", compressed[i]);
		CHECK_INT(vet(line).kind, PDU_BROKEN);
	}
}

TEST(a_report_passes_without_what_follows_its_status)
{
	struct pdu pdu = vet(SMSC "0607" FROM TIME TIME "00FF");

	CHECK_INT(pdu.kind, PDU_REPORT);
	CHECK_STR(pdu.safe, SMSC "0607" FROM TIME TIME "00");
	CHECK_STR(
		vet(SMSC "0607" FROM TIME TIME "30070011FF").safe, SMSC "0607" FROM TIME TIME "30");
	CHECK_INT(vet(SMSC "0607" FROM TIME TIME).kind, PDU_BROKEN);
}

TEST(a_draft_is_named_and_emptied)
{
	struct pdu pdu = vet("00110B0C91527088000010FFFFFF");

	CHECK_INT(pdu.kind, PDU_DRAFT);
	CHECK_STR(pdu.safe, "0001000081000000");
}

TEST(garbage_is_broken_and_gets_an_empty_message)
{
	static const char *const lines[] = { "", "0", "00", "0004", "FF04", "hello", "+++",
		"0003" FROM "0000" TIME HELLO, "00FFFFFFFFFFFFFF", SMSC, SMSC "04FF91527088000010",
		SMSC "0415" /* 21 digits */ "91527088000010527088000010" TIME HELLO,
		SMSC "04" FROM "0000425071" };
	struct pdu pdu;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		pdu = vet(lines[i]);
		CHECK_INT(pdu.kind, PDU_BROKEN);
		CHECK_STR(pdu.safe, "0004008100000000000000000000");
	}
}

TEST(an_endless_line_is_broken)
{
	static char line[10001] = SMSC "04" FROM "0000" TIME;
	struct pdu pdu;

	memset(line + strlen(line), 'A', sizeof(line) - strlen(line) - 1);
	pdu_vet(line, sizeof(line) - 1, &pdu);
	CHECK_INT(pdu.kind, PDU_BROKEN);
	CHECK_STR(pdu.safe, SMSC "04" FROM "0004" TIME "00");
}

UNIT_MAIN
