/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sos: a call for help. It is heard whatever else is open or was sent before, and answered before
 * everything else with the emergency number; it promises nothing. Its SQL function opens the ticket
 * before anything is asked: where she is, then how many they are. What she writes later goes to
 * the officers who were woken (sql/functions/92-duty.sql).
 */
#include "services.h"

#include <string.h>

#define DIGITS "0123456789"
#define PEOPLE_DIGITS_MAX 4

/* Where people write small numbers in words. */
static const struct {
	const char *word, *value;
} numbers[] = { { "one", "1" }, { "two", "2" }, { "three", "3" }, { "four", "4" }, { "five", "5" },
	{ "six", "6" }, { "seven", "7" }, { "eight", "8" }, { "nine", "9" }, { "ten", "10" },
	{ "un", "1" }, { "une", "1" }, { "deux", "2" }, { "trois", "3" }, { "quatre", "4" },
	{ "cinq", "5" }, { "sept", "7" }, { "huit", "8" }, { "neuf", "9" }, { "dix", "10" },
	{ "um", "1" }, { "uma", "1" }, { "dois", "2" }, { "duas", "2" }, { "tres", "3" },
	{ "quatro", "4" }, { "cinco", "5" }, { "seis", "6" }, { "sete", "7" }, { "oito", "8" },
	{ "nove", "9" }, { "dez", "10" }, { "واحد", "1" }, { "اثنان", "2" }, { "اثنين", "2" },
	{ "ثلاثه", "3" }, { "اربعه", "4" }, { "خمسه", "5" }, { "سته", "6" }, { "سبعه", "7" },
	{ "ثمانيه", "8" }, { "تسعه", "9" }, { "عشره", "10" }, { "alone", "1" }, { "seul", "1" },
	{ "seule", "1" }, { "sozinho", "1" }, { "sozinha", "1" }, { "وحدي", "1" } };

static const char *
number_of(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strlen(numbers[i].word) == length && memcmp(numbers[i].word, word, length) == 0)
			return numbers[i].value;
	return NULL;
}

/* The first number of what she says: "we are 4", "nous sommes quatre, dont 2 enfants". */
static bool
check_people(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	while (*folded != '\0') {
		size_t length = strcspn(folded, " ");
		size_t zeros = strspn(folded, "0"), digits = strspn(folded, DIGITS);
		const char *value = number_of(folded, length);

		if (value != NULL) {
			strcpy(out, value);
			return true;
		}
		if (digits > zeros && digits - zeros <= PEOPLE_DIGITS_MAX) {
			memcpy(out, folded + zeros, digits - zeros);
			out[digits - zeros] = '\0';
			return true;
		}
		folded += length;
		folded += strspn(folded, " ");
	}
	return false;
}

static const struct service_field fields[] = {
	{ .name = "place" }, /* asked by SQL, as the next */
	{ .name = "people", .check = check_people },
	{ .name = "container", .check = check_container },
	{ .name = "for", .check = check_person },
	{ .name = "offered" }, /* the reference, from the question to its answer */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "where", "reference" },
	{ "people", "reference place" },
	{ "noted", "reference" },
	{ "received", "reference" }, /* nothing may be asked */
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "category_sos", "" },
	{ "sos_taken", "reference" },
	{ "sos_nobody", "reference" },
	{ "sos_duty", "reference place people number text" }, /* what officers read */
	{ "sos_duty_more", "reference place people number text" },
	{ "sos_duty_count", "reference place count number text" },
	{ "sos_duty_same", "reference other place count number text" },
	{ "sos_persons", "people" },
	{ 0 },
};

static bool
is_urgent(const struct form_values *values)
{
	(void)values;
	return true;
}

/* Whether somebody called from that place already is looked at by one at a time. */
static void
lock_key(const struct form_values *values, char out[SERVICE_LOCK_MAX])
{
	(void)values;
	strcpy(out, "sos");
}

const struct service service_sos = {
	.name = "sos",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
	.before_question = true,
	.emergency = true,
	.urgent = is_urgent,
	.lock_key = lock_key,
};
