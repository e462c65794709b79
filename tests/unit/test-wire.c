/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <sys/socket.h>

#include "unit.h"
#include "wire.h"

#define BYTES(s_)                                   \
	{                                           \
		.data = (s_), .len = sizeof(s_) - 1 \
	}

/* A macro: clang takes no const object in a static initializer. */
#define NOON                              \
	{                                 \
		2024, 5, 17, 12, 0, 59, 8 \
	}

static const struct wire_msg samples[] = {
	{ .type = WIRE_OPEN,
		.open = { .name = BYTES("m1"),
			.device = BYTES("/dev/ttyUSB0"),
			.connection = BYTES("dku2at"),
			.model = BYTES("at"),
			.smsc = BYTES("+250788000000"),
			.storage = WIRE_STORAGE_ME,
			.skip_pauses = 1,
			.receive_only = 1,
			.call_timeout_s = 3600,
			.send_timeout_s = 60 } },
	{ .type = WIRE_PIN, .pin = { BYTES("12345678") } },
	{ .type = WIRE_START },
	{ .type = WIRE_SEND,
		.send = { .token = 0xfedcba9876543210,
			.number = BYTES("+250788000001"),
			.coding = WIRE_UCS2,
			.want_report = 1,
			.validity = 255,
			.class = -1,
			.udh = BYTES("\x00\x03\x01\x02\x01"),
			.text = BYTES("\x06\x33\x00\x20") } },
	{ .type = WIRE_DELETE, .delete = { .count = 3, .handles = { 1, 0xffffffff, 7 } } },
	{ .type = WIRE_LOOK },
	{ .type = WIRE_CLOSE },
	{ .type = WIRE_IDENTITY,
		.identity = { .imei = BYTES("353490000000010"),
			.iccid = BYTES("8925010000000000001F"),
			.sim = WIRE_SIM_PIN,
			.pin_attempts_left = 3 } },
	{ .type = WIRE_PIN_RESULT, .pin_result = { WIRE_PIN_FAILED } },
	{ .type = WIRE_READY },
	{ .type = WIRE_SMS,
		.sms = { .handle = 9,
			.ordinal = 300,
			.kind = WIRE_SMS_BROKEN,
			.coding = WIRE_8BIT,
			.class = 3,
			.pid = 0x40,
			.dcs = 0xf5,
			.number_doubtful = 1,
			.number = BYTES("MobileMoney"),
			.smsc_time = { 2024, 5, 17, 12, 0, 59, -20 },
			.text = BYTES("\0\xff octets") } },
	{ .type = WIRE_REPORT,
		.report = { .handle = 0,
			.reference = 255,
			.status = 0x30,
			.number = BYTES("+250788000001"),
			.smsc_time = NOON,
			.discharge_time = NOON } },
	{ .type = WIRE_LISTED,
		.listed = { .found = 50, .fresh = 2, .used = 50, .capacity = 50, .complete = 1 } },
	{ .type = WIRE_DELETED, .deleted = { 50, 1, 3 } },
	{ .type = WIRE_RESULT,
		.result = { .token = 1,
			.outcome = WIRE_NOT_SENT,
			.reference = WIRE_REFERENCE_UNKNOWN,
			.error = WIRE_ERROR_NONE,
			.words = BYTES("no number") } },
	{ .type = WIRE_CALL, .call = { BYTES("") } },
	{ .type = WIRE_USSD,
		.ussd = { .token = 0x8000000000000001,
			.kind = WIRE_USSD_KIND_REPLY,
			.timeout_s = WIRE_USSD_S_MAX,
			.text = BYTES("*131*1#") } },
	{ .type = WIRE_USSD_ANSWER,
		.ussd_answer = { .token = 7,
			.outcome = WIRE_USSD_NETWORK,
			.text = BYTES("Votre crédit: 120 F") } },
	{ .type = WIRE_USSD_UNASKED, .ussd_unasked = { BYTES("\xd9\x85") } },
	{ .type = WIRE_HEALTH,
		.health = { .signal_dbm = -113, .signal_percent = 255, .registration = 5 } },
	{ .type = WIRE_FAULT, .fault = { .class = WIRE_FAULT_PROTOCOL, .words = BYTES("why") } },
	{ .type = WIRE_GONE,
		.gone = { .back = 1, .count = 2, .hashes = { 0xfedcba9876543210, 1 } } },
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static int
encode(const struct wire_msg *msg, uint8_t *buf)
{
	int len = wire_encode(msg, buf);

	REQUIRE(len >= 2);
	return len;
}

TEST(every_message_comes_back_the_same)
{
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	struct wire_msg got;
	int len;

	for (size_t i = 0; i < SAMPLES; i++) {
		len = encode(&samples[i], buf);
		REQUIRE(wire_decode(buf, (size_t)len, &got) == 0);
		CHECK_INT(got.type, samples[i].type);
		CHECK_INT(encode(&got, again), len);
		CHECK_MEM(again, buf, (size_t)len);
	}
}

TEST(fields_keep_their_values)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg got;
	int len = encode(&samples[10], buf);

	REQUIRE(wire_decode(buf, (size_t)len, &got) == 0);
	CHECK_INT(got.sms.handle, 9);
	CHECK_INT(got.sms.ordinal, 300);
	CHECK_INT(got.sms.class, 3);
	CHECK_INT(got.sms.dcs, 0xf5);
	CHECK_INT(got.sms.smsc_time.year, 2024);
	CHECK_INT(got.sms.smsc_time.zone_quarters, -20);
	CHECK_INT(got.sms.text.len, 9);
	CHECK_MEM(got.sms.text.data, "\0\xff octets", 9);
	CHECK_INT(got.sms.udh.len, 0);
	len = encode(&samples[3], buf);
	REQUIRE(wire_decode(buf, (size_t)len, &got) == 0);
	CHECK(got.send.token == 0xfedcba9876543210);
	CHECK_INT(got.send.class, -1);
	len = encode(&samples[SAMPLES - 1], buf);
	REQUIRE(wire_decode(buf, (size_t)len, &got) == 0);
	CHECK_INT(got.gone.back, 1);
	CHECK_INT(got.gone.count, 2);
	CHECK(got.gone.hashes[0] == 0xfedcba9876543210);
}

TEST(every_cut_or_lengthened_message_is_refused)
{
	uint8_t buf[WIRE_MAX + 1];
	struct wire_msg got = { .type = WIRE_CLOSE };

	for (size_t i = 0; i < SAMPLES; i++) {
		int len = encode(&samples[i], buf);

		for (int cut = 0; cut < len; cut++)
			CHECK_INT(wire_decode(buf, (size_t)cut, &got), -1);
		buf[len] = 0;
		CHECK_INT(wire_decode(buf, (size_t)len + 1, &got), -1);
	}
	CHECK_INT(got.type, WIRE_CLOSE); /* untouched */
}

TEST(unknown_versions_and_types_are_refused)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg got;
	int len = encode(&samples[2], buf);

	buf[0] = WIRE_VERSION + 1;
	CHECK_INT(wire_decode(buf, (size_t)len, &got), -1);
	buf[0] = WIRE_VERSION;
	for (unsigned type = 0; type < 256; type++) {
		int known = (type >= WIRE_OPEN && type <= WIRE_USSD) ||
			(type >= WIRE_IDENTITY && type <= WIRE_USSD_UNASKED) || type == WIRE_GONE;

		buf[1] = (uint8_t)type;
		if (!known)
			CHECK_INT(wire_decode(buf, (size_t)len, &got), -1);
	}
}

TEST(values_out_of_range_are_refused_both_ways)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg = samples[14], got;
	int len;

	msg.result.outcome = WIRE_NOT_SENT + 1;
	CHECK_INT(wire_encode(&msg, buf), -1);
	len = encode(&samples[14], buf);
	buf[2 + 8] = WIRE_NOT_SENT + 1;
	CHECK_INT(wire_decode(buf, (size_t)len, &got), -1);

	msg = samples[10];
	msg.sms.class = 4;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg.sms.class = -2;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg = samples[10];
	msg.sms.smsc_time.month = 13;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg = samples[0];
	msg.open.call_timeout_s = 0;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg.type = 0;
	CHECK_INT(wire_encode(&msg, buf), -1);
}

TEST(bytes_over_their_limit_are_refused)
{
	static char text[WIRE_TEXT_MAX + 1];
	uint8_t buf[WIRE_MAX];
	struct wire_msg msg = samples[10];

	msg.sms.text = (struct wire_bytes){ text, WIRE_TEXT_MAX };
	CHECK(wire_encode(&msg, buf) > WIRE_TEXT_MAX);
	msg.sms.text.len++;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg = samples[4];
	msg.delete.count = WIRE_HANDLES_MAX;
	CHECK_INT(wire_encode(&msg, buf), 2 + 2 + 4 * WIRE_HANDLES_MAX);
	msg.delete.count++;
	CHECK_INT(wire_encode(&msg, buf), -1);
	msg = (struct wire_msg){ .type = WIRE_GONE, .gone = { .count = WIRE_HASHES_MAX } };
	CHECK_INT(wire_encode(&msg, buf), 2 + 1 + 2 + 8 * WIRE_HASHES_MAX);
	msg.gone.count++;
	CHECK_INT(wire_encode(&msg, buf), -1);
}

TEST(strings_are_copied_whole_or_not_at_all)
{
	char out[4] = "old";

	CHECK_INT(wire_copy(out, sizeof(out), wire_str("four")), -1);
	CHECK_INT(wire_copy(out, sizeof(out), (struct wire_bytes){ "a\0b", 3 }), -1);
	CHECK_STR(out, "old");
	CHECK_INT(wire_copy(out, sizeof(out), wire_str("abc")), 0);
	CHECK_STR(out, "abc");
	CHECK_INT(wire_copy(out, sizeof(out), wire_str(NULL)), 0);
	CHECK_STR(out, "");
}

#define HIGH_D83D "\xf3\xb0\x80\xbd"
#define LOW_DEAE "\xf3\xb0\x9a\xae"
#define ESCAPE "\xf3\xb0\xa0\x80"

static const char *
mended(const char *text)
{
	static char out[100];

	snprintf(out, sizeof(out), "%s", text);
	wire_mend(out);
	return out;
}

TEST(halves_of_a_character_are_put_together)
{
	CHECK_STR(mended("ab" HIGH_D83D LOW_DEAE "cd"),
		"ab\xf0\x9f\x9a\xae"
		"cd");
	CHECK_STR(mended("5 " ESCAPE "e, " ESCAPE "(x" ESCAPE ") " ESCAPE "\xc2\xa1" ESCAPE
			 "\xce\x9b" ESCAPE "/"),
		"5 \xe2\x82\xac, {x} |^\\");
	/* without their others */
	CHECK_STR(mended(HIGH_D83D "x" LOW_DEAE), "\xef\xbf\xbdx\xef\xbf\xbd");
	CHECK_STR(mended(LOW_DEAE HIGH_D83D HIGH_D83D LOW_DEAE),
		"\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x9a\xae");
	CHECK_STR(mended("x" ESCAPE "z" ESCAPE), "x z ");
	CHECK_STR(mended(HIGH_D83D), "\xef\xbf\xbd");
	CHECK_STR(mended(""), "");
	CHECK_STR(mended("caf\xc3\xa9 \xf0\x9f\x9a\xae"), "caf\xc3\xa9 \xf0\x9f\x9a\xae");
	CHECK_STR(mended("\xf3\xb0\xa0\x81\xf3\xb0\xff\xf3"), "\xf3\xb0\xa0\x81\xf3\xb0\xff\xf3");
}

TEST(messages_travel_over_a_socket)
{
	static uint8_t huge[WIRE_MAX + 1] = { WIRE_VERSION, WIRE_CLOSE };
	uint8_t buf[WIRE_MAX];
	struct wire_msg got;
	int fd[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fd) == 0);
	CHECK_INT(wire_receive(fd[1], buf, &got), -1);
	CHECK_INT(errno, EAGAIN);
	CHECK_INT(wire_send(fd[0], &samples[10]), 0);
	CHECK_INT(wire_send(fd[0], &samples[2]), 0);
	CHECK_INT(wire_receive(fd[1], buf, &got), 1);
	CHECK_INT(got.type, WIRE_SMS);
	CHECK_INT(wire_receive(fd[1], buf, &got), 1);
	CHECK_INT(got.type, WIRE_START);
	REQUIRE(send(fd[0], "junk", 4, 0) == 4);
	REQUIRE(send(fd[0], huge, sizeof(huge), 0) == sizeof(huge));
	CHECK_INT(wire_receive(fd[1], buf, &got), -1);
	CHECK_INT(errno, EBADMSG);
	CHECK_INT(wire_receive(fd[1], buf, &got), -1);
	CHECK_INT(errno, EBADMSG);
	while (wire_send(fd[0], &samples[10]) == 0)
		;
	CHECK_INT(errno, EAGAIN);
	close(fd[0]);
	while (wire_receive(fd[1], buf, &got) == 1)
		CHECK_INT(got.type, WIRE_SMS);
	CHECK_INT(wire_receive(fd[1], buf, &got), 0);
}

TEST(what_was_said_before_the_end_is_heard_though_the_other_left_messages_unread)
{
	uint8_t buf[WIRE_MAX];
	struct wire_msg got;
	int fd[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fd) == 0);
	CHECK_INT(wire_send(fd[1], &samples[2]), 0);
	CHECK_INT(wire_send(fd[0], &samples[10]), 0);
	close(fd[0]);
	CHECK_INT(wire_receive(fd[1], buf, &got), 1);
	CHECK_INT(got.type, WIRE_SMS);
	CHECK_INT(wire_receive(fd[1], buf, &got), 0);
}

UNIT_MAIN
