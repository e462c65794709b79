/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox-item: a message as it came becomes an item: cleaned, its sender normalised, its key
 * computed. */
#include "inbox-internal.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "modem.h"
#include "text.h"

#define TEXT_BYTES_MAX 4000 /* of one SMS's body after cleaning */

/* The first 16 octets of SHA-256 over the pieces, each with its length, so that no two lists
 * collide. */
struct piece {
	const void *data;
	size_t len;
};

static int
dedupe_key(const struct piece *pieces, size_t count, uint8_t out[INBOX_DEDUPE_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	for (size_t i = 0; ok && i < count; i++) {
		uint32_t len = (uint32_t)pieces[i].len;
		ok = EVP_DigestUpdate(ctx, &len, sizeof(len)) &&
			EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len);
	}
	ok = ok && EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	if (ok)
		memcpy(out, digest, INBOX_DEDUPE_SIZE);
	return ok ? 0 : -1;
}

static void
format_smsc_time(const struct wire_time *t, char *out, size_t size)
{
	int zone = t->zone_quarters < 0 ? -t->zone_quarters : t->zone_quarters;

	if (t->year == 0) {
		out[0] = '\0';
		return;
	}
	snprintf(out, size, "%04u-%02u-%02uT%02u:%02u:%02u%c%02d:%02d", (unsigned)t->year,
		(unsigned)t->month, (unsigned)t->day, (unsigned)t->hour, (unsigned)t->minute,
		(unsigned)t->second, t->zone_quarters < 0 ? '-' : '+', zone / 4, zone % 4 * 15);
}

/*
 * Concatenation among the information elements of a header: 3GPP 23.040 9.2.3.24.1 and .8.  Returns
 * true for a sane part of several.
 */
static bool
read_concatenation(const uint8_t *udh, size_t len, int *reference, int *total, int *seq)
{
	for (size_t i = 0; i + 2 <= len; i += 2u + udh[i + 1]) {
		const uint8_t *value = udh + i + 2;
		size_t size = udh[i + 1];
		if (size > len - i - 2)
			return false;
		if (udh[i] == 0x00 && size == 3) {
			*reference = value[0];
			*total = value[1];
			*seq = value[2];
			return *total > 1 && *seq >= 1 && *seq <= *total;
		}
		if (udh[i] == 0x08 && size == 4) {
			*reference = 65536 + value[0] * 256 + value[1];
			*total = value[2];
			*seq = value[3];
			return *total > 1 && *seq >= 1 && *seq <= *total;
		}
	}
	return false;
}

static char *
copy_bytes(struct wire_bytes b)
{
	char *copy = malloc((size_t)b.len + 1);

	if (copy != NULL) {
		if (b.len > 0)
			memcpy(copy, b.data, b.len);
		copy[b.len] = '\0';
	}
	return copy;
}

static char *
copy_clean_text(struct wire_bytes b)
{
	char clean[TEXT_BYTES_MAX];

	text_utf8_clean(clean, sizeof(clean), b.data, b.len);
	return strdup(clean);
}

static const char *
stored_kind(uint8_t kind)
{
	switch (kind) {
	case WIRE_SMS_TYPE0:
		return "type0";
	case WIRE_SMS_MWI:
		return "mwi";
	case WIRE_SMS_8BIT:
		return "8bit";
	case WIRE_SMS_PORT:
		return "port";
	case WIRE_SMS_BROKEN:
		return "broken";
	default:
		return "text";
	}
}

static int
sms_key(const char *identity, const struct wire_sms *sms, const char *smsc_time,
	uint8_t out[INBOX_DEDUPE_SIZE])
{
	const struct piece pieces[] = {
		{ identity, strlen(identity) },
		{ sms->number.data, sms->number.len },
		{ smsc_time, strlen(smsc_time) },
		{ &sms->kind, sizeof(sms->kind) },
		{ &sms->coding, sizeof(sms->coding) },
		{ &sms->class, sizeof(sms->class) },
		{ sms->udh.data, sms->udh.len },
		{ sms->text.data, sms->text.len },
		{ &sms->ordinal, sizeof(sms->ordinal) },
	};
	return dedupe_key(pieces, sizeof(pieces) / sizeof(pieces[0]), out);
}

/* What the sender wrote, or the octets of what is no text. */
static int
take_content(struct item *item, const struct wire_sms *sms)
{
	bool octets = sms->kind == WIRE_SMS_8BIT || sms->kind == WIRE_SMS_PORT ||
		sms->kind == WIRE_SMS_BROKEN;

	if (octets) {
		item->octets = copy_bytes(sms->text);
		item->octets_len = sms->text.len;
	} else {
		item->body = copy_clean_text(sms->text);
	}
	if (sms->udh.len > 0) {
		item->udh = copy_bytes(sms->udh);
		item->udh_len = sms->udh.len;
		if (item->udh == NULL)
			return -1;
	}
	return item->octets != NULL || item->body != NULL ? 0 : -1;
}

struct item *
item_from_sms(const struct gateway *gateway, struct modem *modem, const struct wire_sms *sms)
{
	struct item *item = calloc(1, sizeof(*item));
	char number[WIRE_NUMBER_MAX * 2];

	if (item == NULL)
		return NULL;
	item->modem = modem;
	item->generation = modem_generation(modem);
	item->handle = sms->handle;
	item->link_id = modem_link(modem);
	text_utf8_clean(number, sizeof(number), sms->number.data, sms->number.len);
	item->from = phone_normalise(number, gateway->config->country);
	if (sms->number_doubtful) /* the header overran the field: whoever it names did not send
				     this */
		item->from = (struct phone){ PHONE_INVALID, "unknown" };
	if (item->from.number[0] == '\0')
		snprintf(item->from.number, sizeof(item->from.number), "unknown");
	item->stored_kind = stored_kind(sms->kind);
	format_smsc_time(&sms->smsc_time, item->smsc_time, sizeof(item->smsc_time));
	if (take_content(item, sms) != 0 ||
		sms_key(modem_identity(modem), sms, item->smsc_time, item->dedupe) != 0) {
		item_free(item);
		return NULL;
	}
	if (sms->kind == WIRE_SMS_TEXT &&
		read_concatenation((const uint8_t *)item->udh, item->udh_len, &item->reference,
			&item->total, &item->seq))
		item->kind = ITEM_PART;
	else if (item->body != NULL)
		wire_mend(item->body); /* a half whose other never comes */
	till_mark(item, gateway, modem_config(modem));
	airtime_mark(item, gateway, modem);
	return item;
}

struct item *
item_from_call(const struct gateway *gateway, struct modem *modem, const char *number)
{
	struct item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	item->kind = ITEM_CALL;
	item->link_id = modem_link(modem);
	item->from = phone_normalise(number, gateway->config->country);
	item->stored_kind = "call";
	till_mark(item, gateway, modem_config(modem));
	if (RAND_bytes(item->dedupe, sizeof(item->dedupe)) !=
		1) { /* every call is one of its own */
		item_free(item);
		return NULL;
	}
	return item;
}

struct item *
item_joined(const struct gateway *gateway, const char *number, const char *kind, int32_t link_id,
	const char *body, const char *smsc_time, bool incomplete, const char *keys,
	enum till_side till, const char *operator_name)
{
	struct item *item = calloc(1, sizeof(*item));
	const struct piece piece = { keys, strlen(keys) };

	if (item == NULL)
		return NULL;
	item->kind = ITEM_JOINED;
	item->link_id = link_id;
	snprintf(item->from.number, sizeof(item->from.number), "%s", number);
	item->from.kind = strcmp(kind, "e164") == 0 ? PHONE_E164
		: strcmp(kind, "short") == 0        ? PHONE_SHORT
		: strcmp(kind, "alphabetic") == 0   ? PHONE_ALPHABETIC
						    : PHONE_INVALID;
	item->stored_kind = "text";
	snprintf(item->smsc_time, sizeof(item->smsc_time), "%s", smsc_time);
	item->incomplete = incomplete;
	item->body = strdup(body);
	item->part_keys = strdup(keys);
	if (item->body == NULL || item->part_keys == NULL ||
		dedupe_key(&piece, 1, item->dedupe) != 0) {
		item_free(item);
		return NULL;
	}
	wire_mend(item->body);
	snprintf(item->operator_name, sizeof(item->operator_name), "%s", operator_name);
	till_take(item, gateway, till);
	return item;
}

void
item_free(struct item *item)
{
	if (item == NULL)
		return;
	free(item->body);
	free(item->masked);
	free(item->octets);
	free(item->udh);
	free(item->part_keys);
	free(item->session_service);
	free(item->session_field);
	free(item->session_values);
	free(item);
}
