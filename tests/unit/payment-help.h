/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-help: what the tests of payment formats share: texts in the making, and how they are
 * read. */
#ifndef PAYMENT_HELP_H
#define PAYMENT_HELP_H

#include "config.h"
#include "payment-format.h"
#include "unit.h"

#define MESSAGE_MAX 2048
#define LENGTH(array_) (sizeof(array_) / sizeof((array_)[0]))

/* What operators put behind a message. */
static const char *const tails[] = { "", "", " Dial *334# for loans up to 5,000.00 today!",
	" Vous avez recu un bonus de 500 FCFA? Max it : https://onelink.to/abc",
	"\nYou have received 10 free SMS. Win UGX 1,000,000 now", " Failed before? Sent 5 today.",
	"\r\n\r\nPIN YAKO SIRI YAKO", "." };

static uint64_t state = 7;

static inline uint64_t
draw(uint64_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 17) % limit;
}
#define ANY(list_) (list_)[draw(LENGTH(list_))]

struct message {
	char text[MESSAGE_MAX];
	size_t length;
	char amount[MONEY_PLAIN_MAX], id[80], phone[80], reference[80], reverses[80];
	char date[PAYMENT_DATE_MAX], time[PAYMENT_TIME_MAX];
};

static inline void
put(struct message *m, const char *bytes)
{
	size_t length = strlen(bytes);

	REQUIRE(m->length + length < MESSAGE_MAX);
	memcpy(m->text + m->length, bytes, length + 1);
	m->length += length;
}

static inline struct payment_formats *
load_from(const char *folder)
{
	struct config_errors errors = { 0 };
	struct payment_formats *formats = payment_formats_load(folder, &errors);

	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(formats != NULL);
	config_errors_free(&errors);
	return formats;
}

static inline bool
says(const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	printf("  %s is \"%s\", not \"%s\"\n", what, got, want);
	return false;
}

#endif
