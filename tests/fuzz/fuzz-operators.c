/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-operators: whatever bytes a network answers, operators.h keeps its promises, and no long
 * number is kept of them but the amount that was read.
 *
 * fuzz.h tells how it is run. It reads conf/operators of the checkout.
 */
#include <string.h>

#include "config.h"
#include "fuzz.h"
#include "operators.h"
#include "phone.h"
#include "text.h"

enum { INPUT_MAX = 2048 };

static unsigned long answers_read, announced, senders;

static const struct operators *
operators(void)
{
	static struct operators *loaded;
	static struct config config = { .operators = (char *)(uintptr_t) "conf/operators" };
	struct config_errors errors = { 0 };

	if (loaded == NULL)
		loaded = operators_load(&config, &errors);
	PROMISE(loaded != NULL);
	return loaded;
}

static void
check_day(const char *day)
{
	PROMISE(strlen(day) == 0 || (strlen(day) == 10 && day[4] == '-' && day[7] == '-'));
}

static void
check_reading(enum operator_question question, const struct operator_reading *r)
{
	PROMISE(question != OPERATOR_BALANCE || r->has_amount);
	PROMISE(question != OPERATOR_BUNDLE || r->has_count);
	PROMISE(r->has_amount == (r->currency[0] != '\0'));
	PROMISE(!r->has_amount || (r->amount >= 0 && r->amount <= MONEY_MOST));
	PROMISE(!r->has_count || (r->count >= 0 && r->count <= OPERATOR_COUNT_MOST));
	PROMISE(text_utf8_valid(r->bundle, strlen(r->bundle)));
	check_day(r->until);
	check_day(r->expires);
}

/* No run of more than five digits is left, but where the amount stands. */
static void
check_masked(const char *words, const struct operator_reading *r)
{
	PROMISE(strlen(words) < OPERATOR_WORDS_MAX && text_utf8_valid(words, strlen(words)));
	PROMISE(strpbrk(words, "\r\n") == NULL);
	for (const char *at = words; *at != '\0'; at += strspn(at, "0123456789")) {
		at += strcspn(at, "0123456789");
		if (strspn(at, "0123456789") > 5)
			PROMISE(r != NULL && r->has_amount &&
				strncmp(at, r->written, strspn(at, "0123456789")) == 0);
	}
}

static void
check_answer(const struct operator_entry *o, enum operator_question question, const char *text)
{
	static const struct operator_reading nothing;
	struct operator_reading r, again;
	enum operator_verdict verdict = operator_read(operators(), o, question, text, &r);
	char words[OPERATOR_WORDS_MAX];
	bool by_sms;

	PROMISE(operator_read(operators(), o, question, text, &again) == verdict);
	PROMISE(memcmp(&r, &again, sizeof(r)) == 0);
	if (verdict == OPERATOR_READ) {
		answers_read++;
		if (question != OPERATOR_BUY)
			check_reading(question, &r);
	} else {
		PROMISE(memcmp(&r, &nothing, sizeof(r)) == 0);
		PROMISE(verdict == OPERATOR_UNREAD || question == OPERATOR_BUY);
	}
	operator_mask(operators(), text, &r, words);
	check_masked(words, &r);
	by_sms = operator_tells_by_sms(operators(), o, question, text);
	PROMISE(!by_sms || operator_asking(o, question)->sms_minutes > 0);
	announced += by_sms;
}

/* Whatever sends, what is no name nor short code of the file's is not the operator. */
static void
check_sender(const struct operator_entry *o, const char *text)
{
	const struct phone from = phone_normalise(text, "RW");
	bool known = operator_sends_from(o, &from);

	PROMISE(!known || from.kind == PHONE_SHORT || from.kind == PHONE_ALPHABETIC);
	PROMISE(!known || strcmp(from.number, "131") == 0 || strcmp(from.number, "Example") == 0);
	senders += known;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct operator_entry *o;
	char *text;

	if (size > INPUT_MAX || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; (o = operators_at(operators(), i)) != NULL; i++) {
		check_sender(o, text);
		for (int q = 0; q < OPERATOR_QUESTIONS; q++)
			if (operator_asking(o, (enum operator_question)q) != NULL)
				check_answer(o, (enum operator_question)q, text);
	}
	free(text);
	return 0;
}

/* --- Without libFuzzer --- */

static const char *const pieces[] = { "Your balance is ", "RWF ", "1,250", " RWF", ". ",
	"0788000001", "Valid until 30/12/2026", "Dear customer, ", "Y'ello, ",
	"Happy 500: ", "120 SMS left", ", valid until 31/02/2027", "You have no bundle",
	"You have bought ", "Your balance is too low", "Votre solde est de ", "1.600 DH", "F",
	"\xd8\xb1\xd8\xb5\xd9\x8a\xd8\xaf\xd9\x83 \xd9\x87\xd9\x88 ", "\xd9\xa1\xd9\xa2", "\xff",
	"\n", "You will receive an SMS", "131", "Example", "PIN: 4821", "1) ",
	"99999999999999999999", "-", " ", "5" };
static const char *const answer[] = { "Dear customer, ", "Your balance is ", "1,250", " RWF", ". ",
	"Valid until 30/12/2026", " ", "0788000001", NULL };

static size_t
make_input(uint64_t *state, uint8_t *data, size_t room)
{
	const char *const *whole = fuzz_draw(state, 2) == 0 ? answer : NULL;

	return fuzz_make(
		state, whole, 8, 20, pieces, sizeof(pieces) / sizeof(pieces[0]), data, room);
}

static int
play(unsigned long count, uint64_t seed)
{
	static uint8_t data[INPUT_MAX];
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++)
		LLVMFuzzerTestOneInput(data, make_input(&state, data, sizeof(data)));
	printf("%lu answers read, %lu to come by SMS, %lu senders known\n", answers_read, announced,
		senders);
	return answers_read > 0 && announced > 0 && senders > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
