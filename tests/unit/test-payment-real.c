/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-format: real messages, read as they are labelled, however they are laid out. */
#include "payment-help.h"

#include <ctype.h>
#include <unistd.h>

#include "json-read.h"

#define SAMPLE "../shared/data/mobile_money_sms.jsonl"

/* Each message of the sample: its line, and its id, text and country. Returns how many. */
static size_t
each_real(struct payment_formats *formats,
	void (*check)(
		struct payment_formats *formats, const char *line, const struct json_wanted *row))
{
	FILE *in = fopen(SAMPLE, "r");
	char *line = NULL;
	size_t size = 0, count = 0;

	REQUIRE(in != NULL);
	for (; getline(&line, &size, in) != -1; count++) {
		struct json_wanted row[] = { { .name = "id" }, { .name = "text" },
			{ .name = "country" }, { 0 } };

		REQUIRE(json_read(line, strlen(line), row) == NULL);
		check(formats, line, row);
		json_wanted_free(row);
	}
	free(line);
	fclose(in);
	return count;
}

/* Labels that are wrong. */
static const struct {
	const char *id, *amount, *why;
} corrected[] = {
	{ "m0014", "50", "\"Ksh50.00 received\"; 54.00 is the balance after it" },
	{ "m0393", "2000", "\"Tsh2,000.00 received\"; 10,000.00 is the balance after it" },
	/* m0257 is read as labelled, though its two balances say that it went into own savings. */
};

static const char *
right_amount(const char *id, const char *labelled)
{
	for (size_t i = 0; i < LENGTH(corrected); i++)
		if (strcmp(corrected[i].id, id) == 0)
			return corrected[i].amount;
	return labelled;
}

static bool
labelled(const char *what, const char *got, const char *want)
{
	return want == NULL || says(what, got, want);
}

/* Is the message read as it is labelled? */
static bool
is_right(struct payment_formats *formats, const char *line, const struct json_wanted *row)
{
	struct json_wanted expected[] = { { .name = "amount" }, { .name = "currency" },
		{ .name = "transaction_id" }, { .name = "payer" }, { .name = "reference" }, { 0 } };
	const char *label = strstr(line, "\"expected\": {");
	bool incoming = strstr(line, "\"incoming\": true") != NULL, right;
	char amount[MONEY_PLAIN_MAX] = "";
	struct payment_read read;

	payment_read(formats, row[1].value, row[2].value, NULL, &read);
	if (!incoming)
		return read.kind == PAYMENT_OTHER || read.kind == PAYMENT_REVERSAL;
	REQUIRE(label != NULL);
	label += strlen("\"expected\": ");
	REQUIRE(json_read(label, strcspn(label, "}") + 1, expected) == NULL);
	money_plain(read.amount, read.currency, amount);
	right = read.kind == PAYMENT_INCOMING &&
		says("amount", amount, right_amount(row[0].value, expected[0].value)) &&
		labelled("currency", read.currency, expected[1].value) &&
		labelled("id", read.transaction_id, expected[2].value) &&
		labelled("payer", read.payer, expected[3].value) &&
		labelled("reference", read.reference, expected[4].value);
	json_wanted_free(expected);
	return right;
}

static void
check_label(struct payment_formats *formats, const char *line, const struct json_wanted *row)
{
	if (is_right(formats, line, row))
		return;
	printf("  %s is not read as labelled\n", row[0].value);
	unit_failures++;
}

/* Skips where the sample is not here. */
static void
test_each(void (*check)(
	struct payment_formats *formats, const char *line, const struct json_wanted *row))
{
	struct payment_formats *formats;

	if (access(SAMPLE, R_OK) != 0)
		SKIP(SAMPLE " is not here");
	formats = load_from("conf/payments");
	CHECK(each_real(formats, check) > 0);
	payment_formats_free(formats);
}

TEST(payment_real_messages_are_read_as_labelled)
{
	test_each(check_label);
}

/* --- Real messages, as other hands and other phones lay them out --- */

static const struct layout {
	const char *between; /* words that a blank stands between; "" any */
	const char *blank;   /* what stands there instead; "?" one of several */
} layouts[] = { { "", "  " }, { "", "\r\n" }, { "", "\n" }, { "", "\u00a0" }, { "", "?" },
	{ ".", "" }, { ":", "" }, { ",", "" }, { ".,:", "" }, { ".", "\n\n" } };

/* The text with its blanks in that way; a stop's blank goes only before a letter. */
static void
lay_out(const char *text, const struct layout *layout, struct message *m)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\r\n", "\t", "\u202f" };

	memset(m, 0, sizeof(*m));
	for (const char *p = text; *p != '\0'; p++) {
		bool wanted = isspace((unsigned char)*p) && p > text &&
			(layout->between[0] == '\0' ||
				(strchr(layout->between, p[-1]) != NULL &&
					isalpha((unsigned char)p[1])));

		if (wanted)
			put(m, layout->blank[0] == '?' ? ANY(blanks) : layout->blank);
		else
			put(m, (char[]){ *p, '\0' });
	}
}

static bool
same_but_blanks(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

static bool
is_same(const struct payment_read *a, const struct payment_read *b)
{
	return a->kind == b->kind && a->amount == b->amount &&
		strcmp(a->currency, b->currency) == 0 &&
		strcmp(a->transaction_id, b->transaction_id) == 0 &&
		strcmp(a->payer, b->payer) == 0 && strcmp(a->date, b->date) == 0 &&
		strcmp(a->time, b->time) == 0 && strcmp(a->reverses, b->reverses) == 0 &&
		same_but_blanks(a->reference, b->reference);
}

static void
check_layouts(struct payment_formats *formats, const char *line, const struct json_wanted *row)
{
	struct payment_read plain, read;

	(void)line;
	payment_read(formats, row[1].value, row[2].value, NULL, &plain);
	for (size_t i = 0; i < LENGTH(layouts) * LENGTH(tails); i++) {
		struct message m;

		lay_out(row[1].value, &layouts[i % LENGTH(layouts)], &m);
		if (m.length > 0 && strchr(".!?)#", m.text[m.length - 1]) != NULL)
			put(&m, tails[i / LENGTH(layouts)]);
		payment_read(formats, m.text, row[2].value, NULL, &read);
		if (!is_same(&plain, &read)) {
			printf("  %s is not the same as <%s>\n", row[0].value, m.text);
			unit_failures++;
		}
	}
}

TEST(payment_real_messages_are_the_same_in_any_layout)
{
	test_each(check_layouts);
}

UNIT_MAIN
