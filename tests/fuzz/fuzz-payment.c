/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-payment: whatever bytes come, payment-format, money and json-read keep their headers'
 * promises.
 *
 * fuzz.h tells how it is run. It reads conf/payments of the checkout.
 */
#include <string.h>

#include "config.h"
#include "fuzz.h"
#include "json-read.h"
#include "payment-format.h"
#include "text.h"

enum { INPUT_MAX = 8192 };

static unsigned long payments_read, objects_read;

static struct payment_formats *
formats(void)
{
	static struct payment_formats *loaded;
	struct config_errors errors = { 0 };

	if (loaded == NULL)
		loaded = payment_formats_load("conf/payments", &errors);
	PROMISE(loaded != NULL);
	return loaded;
}

/* Memory of exactly the bytes and a NUL, so that a sanitizer sees one too many. */
static char *
exact(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	PROMISE(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static void
check_one_line(const char *value, size_t size)
{
	size_t length = strnlen(value, size);

	PROMISE(length < size && text_utf8_valid(value, length));
	PROMISE(strpbrk(value, "\r\n") == NULL);
	PROMISE(length == 0 || (value[0] != ' ' && value[length - 1] != ' '));
}

static void
check_read(const char *text, const char *country)
{
	struct payment_read read, again;

	payment_read(formats(), text, country, NULL, &read);
	payment_read(formats(), text, country, NULL, &again);
	PROMISE(memcmp(&read, &again, sizeof(read)) == 0);
	check_one_line(read.transaction_id, sizeof(read.transaction_id));
	check_one_line(read.reverses, sizeof(read.reverses));
	check_one_line(read.payer, sizeof(read.payer));
	check_one_line(read.reference, sizeof(read.reference));
	PROMISE(read.payer[strspn(read.payer, "0123456789")] == '\0');
	PROMISE(strlen(read.date) == 0 || strlen(read.date) == 10);
	PROMISE(strlen(read.time) == 0 || strlen(read.time) == 5);
	PROMISE((read.currency[0] == '\0') == (read.amount == 0));
	if (read.kind == PAYMENT_INCOMING) {
		PROMISE(read.provider != NULL && read.format != NULL);
		PROMISE(read.amount > 0 && money_exponent(read.currency) >= 0);
		payments_read++;
	}
	if (read.kind == PAYMENT_NONE || read.kind == PAYMENT_OTHER)
		PROMISE(read.amount == 0 && read.transaction_id[0] == '\0');
}

/* What is read as an amount, written plainly, reads the same. */
static void
check_money(const char *text)
{
	static const char *const currencies[] = { "XOF", "KES", "TND" };

	for (size_t i = 0; i < 3; i++) {
		char plain[MONEY_PLAIN_MAX];
		int64_t minor = 0, again = -1;

		if (money_parse(text, currencies[i], 0, &minor) == -1)
			continue;
		PROMISE(minor >= 0);
		PROMISE(money_plain(minor, currencies[i], plain) == 0);
		PROMISE(money_parse(plain, currencies[i], '.', &again) == 0 && again == minor);
	}
}

static void
check_object(const char *text, size_t size)
{
	struct json_wanted wanted[] = { { .name = "text" }, { .name = "country" }, { 0 } };
	const char *fault = json_read(text, size, wanted);

	PROMISE(fault == NULL || (wanted[0].value == NULL && wanted[1].value == NULL));
	for (size_t i = 0; i < 2; i++)
		PROMISE(wanted[i].value == NULL ||
			text_utf8_valid(wanted[i].value, strlen(wanted[i].value)));
	objects_read += fault == NULL;
	json_wanted_free(wanted);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const countries[] = { "UG", "BF", "KE", "MZ" };
	char *text;

	if (size > INPUT_MAX)
		return 0;
	text = exact(data, size);
	for (size_t i = 0; i < 4; i++)
		check_read(text, countries[i]);
	check_money(text);
	check_object(text, size);
	free(text);
	return 0;
}

/* --- Without libFuzzer --- */

static const char *const pieces[] = { "You have received ", "UGX ", "1,300.00", "3 000", " from ",
	"AWA", ", 256700000001", " on 2026-08-30 16:45:11", ". ", "fee:0. ", "Reason: ", "stall 12",
	"New balance: UGX 35922", "ID: 43140090390", "Vous avez recu ", "un transfert de ",
	"300,00 FCFA", " du 0700000001", "Confirmed. ", "TJ12345678 ", "Ksh", "\xc3\xa9",
	"\xc2\xa0", "\r\n", "  ", "\xff", "\xd9\xa1", "{\"text\": ", "\"country\": \"KE\"", "\"",
	", ", "}", "\\u00e9", "\\ud83d", "[1, 2]", "null", "$REFERENCE_NO", "1.600F", "-",
	"(57530014)", "Nouveau solde: 1.600F", "5" };

/* Two thirds of them are a whole message or object with something put in instead. */
static const char *const message[] = { "You have received ", "UGX ", "1,300.00", " from ", "AWA",
	", 256700000001", " on 2026-08-30 16:45:11", ". ", "Reason: ", "stall 12", ". ",
	"New balance: UGX 35922", ". ", "ID: 43140090390", NULL };
static const char *const object[] = { "{\"text\": ", "\"", "AWA", "\\u00e9", "\"", ", ",
	"\"country\": \"KE\"", "}", NULL };

static size_t
make_input(uint64_t *state, uint8_t *data, size_t room)
{
	const char *const *kinds[] = { NULL, message, object };

	return fuzz_make(state, kinds[fuzz_draw(state, 3)], 24, 30, pieces,
		sizeof(pieces) / sizeof(pieces[0]), data, room);
}

static int
play(unsigned long count, uint64_t seed)
{
	static uint8_t data[INPUT_MAX];
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++)
		LLVMFuzzerTestOneInput(data, make_input(&state, data, sizeof(data)));
	printf("%lu payments and %lu objects read\n", payments_read, objects_read);
	return payments_read > 0 && objects_read > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
