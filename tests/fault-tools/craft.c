/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "craft.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "simulator/charset.h"
#include "simulator/pdu.h"
#include "tests/scenario-runner/util.h"

#define SMSC "+250780000999"

enum { ZONE = 8, SEPTETS_MAX = 300 };

/* No two have the same. */
static time_t
next_stamp(void)
{
	static time_t last;

	last = last == 0 ? time(NULL) : last + 1;
	return last;
}

struct craft
craft_from(const char *from)
{
	return (struct craft){ .from = from, .udl = -1 };
}

void
craft_octets(struct craft *craft, const void *octets, size_t len)
{
	if (len > sizeof(craft->ud))
		die("so much user data was never meant");
	memcpy(craft->ud, octets, len);
	craft->ud_len = len;
}

void
craft_units(struct craft *craft, const uint16_t *units, size_t count)
{
	uint8_t octets[sizeof(craft->ud)];

	if (2 * count > sizeof(octets))
		die("so much user data was never meant");
	for (size_t i = 0; i < count; i++) {
		octets[2 * i] = (uint8_t)(units[i] >> 8);
		octets[2 * i + 1] = (uint8_t)units[i];
	}
	craft->dcs = 0x08;
	craft_octets(craft, octets, 2 * count);
}

void
craft_septets(struct craft *craft, const uint8_t *septets, size_t count)
{
	memset(craft->ud, 0, sizeof(craft->ud));
	craft->ud_len = gsm_pack(septets, count, 0, craft->ud);
	craft->udl = (int)count;
}

void
craft_text(struct craft *craft, const char *text)
{
	uint8_t septets[SEPTETS_MAX];
	size_t count = 0, len = strlen(text);

	for (size_t at = 0; at < len && count + 2 <= SEPTETS_MAX;) {
		uint32_t cp;

		at += utf8_get(text + at, len - at, &cp);
		count += gsm_from_unicode(cp, septets + count);
	}
	craft_septets(craft, septets, count);
}

void
craft_header(struct craft *craft, const void *header, size_t len)
{
	if (craft->ud_len + len > sizeof(craft->ud))
		die("so much user data was never meant");
	memmove(craft->ud + len, craft->ud, craft->ud_len);
	memcpy(craft->ud, header, len);
	craft->ud_len += len;
	craft->first |= 0x40;
}

char *
craft_hex(const struct craft *craft)
{
	const struct segment empty = { .dcs = craft->dcs };
	struct deliver head = { .smsc = SMSC,
		.from = craft->from != NULL ? craft->from : "+250788000000",
		.stamp = next_stamp(),
		.zone = ZONE,
		.pid = craft->pid,
		.segment = &empty };
	uint8_t made[PDU_MAX], out[PDU_MAX + sizeof(craft->ud)];
	unsigned tpdu_len;
	size_t len = pdu_deliver(&head, made, &tpdu_len), at, from;

	/* SMSC, the first octet, TP-OA, and from TP-PID to TP-SCTS. */
	at = len - tpdu_len;
	from = at + 1;
	memcpy(out, made, from);
	out[at] |= craft->first;
	at = from;
	from += 2u + (made[from] + 1u) / 2;
	if (craft->address != NULL) {
		memcpy(out + at, craft->address, craft->address_len);
		at += craft->address_len;
	} else {
		memcpy(out + at, made + at, from - at);
		at = from;
	}
	memcpy(out + at, made + from, len - 1 - from);
	at += len - 1 - from;
	out[at++] = (uint8_t)(craft->udl >= 0 ? craft->udl : (int)craft->ud_len);
	memcpy(out + at, craft->ud, craft->ud_len);
	at += craft->ud_len;
	char *hex = xcalloc(1, 2 * at + 1);
	pdu_to_hex(out, at, hex);
	return hex;
}

size_t
craft_parts(
	const char *from, const char *text, unsigned reference, bool wide, char **parts, size_t max)
{
	struct segment *segments;
	int count = pdu_segments(text, reference, wide, &segments);

	if (count < 1 || (size_t)count > max)
		die("that text is not of so many parts");
	for (int i = 0; i < count; i++) {
		struct craft craft = craft_from(from);

		craft.dcs = segments[i].dcs;
		craft.first = segments[i].udhi ? 0x40 : 0;
		craft_octets(&craft, segments[i].ud, segments[i].len);
		craft.udl = segments[i].udl;
		parts[i] = craft_hex(&craft);
	}
	free(segments);
	return (size_t)count;
}
