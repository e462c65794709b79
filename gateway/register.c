/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register: the registers' columns, and what is wrong with a file. */
#include "register.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct city_register registers[] = {
	{ "containers", NULL,
		{ { "number", REGISTER_NUMBER, true }, { "zone", REGISTER_TEXT, false },
			{ "place", REGISTER_TEXT, false }, { "lat", REGISTER_LATITUDE, false },
			{ "long", REGISTER_LONGITUDE, false }, { "crew", REGISTER_TEXT, false },
			{ "capacity", REGISTER_NUMBER, false }, { NULL, 0, false } } },
	{ "places", NULL,
		{ { "name", REGISTER_TEXT, true }, { "kind", REGISTER_WORD, false },
			{ "zone", REGISTER_TEXT, false }, { "lat", REGISTER_LATITUDE, false },
			{ "long", REGISTER_LONGITUDE, false }, { "aliases", REGISTER_TEXTS, false },
			{ NULL, 0, false } } },
	{ "zones", "outline",
		{ { "name", REGISTER_TEXT, true }, { "parent", REGISTER_TEXT, false },
			{ "outline", REGISTER_OUTLINE, false }, { NULL, 0, false } } },
	{ "departments", NULL,
		{ { "name", REGISTER_TEXT, true }, { "categories", REGISTER_CATEGORY, false },
			{ "phone", REGISTER_PHONE, false },
			{ "language", REGISTER_LANGUAGE, false }, { NULL, 0, false } } },
	{ "crews", NULL,
		{ { "name", REGISTER_TEXT, true }, { "zone", REGISTER_TEXT, false },
			{ "phone", REGISTER_PHONE, false }, { "pin", REGISTER_PIN, false },
			{ "language", REGISTER_LANGUAGE, false }, { NULL, 0, false } } },
	{ "holidays", NULL,
		{ { "date", REGISTER_DATE, true }, { "name", REGISTER_TEXT, true },
			{ NULL, 0, false } } },
	{ "taxpayers", NULL,
		{ { "reference", REGISTER_TEXT, true }, { "name", REGISTER_TEXT, false },
			{ "phones", REGISTER_PHONES, false },
			{ "language", REGISTER_LANGUAGE, false }, { "zone", REGISTER_TEXT, false },
			{ "code", REGISTER_PIN, false }, { NULL, 0, false } } },
	{ "bills", NULL,
		{ { "reference", REGISTER_TEXT, true }, { "taxpayer", REGISTER_TEXT, true },
			{ "account", REGISTER_TEXT, false }, { "tax", REGISTER_TEXT, true },
			{ "period", REGISTER_TEXT, false }, { "amount", REGISTER_MONEY, true },
			{ "currency", REGISTER_CURRENCY, false }, { "due", REGISTER_DATE, true },
			{ NULL, 0, false } } },
	{ "statement", NULL,
		{ { "provider", REGISTER_TEXT, true }, { "transaction_id", REGISTER_TEXT, true },
			{ "date", REGISTER_DAY, false }, { "amount", REGISTER_PAID, true },
			{ "currency", REGISTER_CURRENCY, false },
			{ "payer", REGISTER_PAYER, false }, { "reference", REGISTER_TEXT, false },
			{ NULL, 0, false } } },
	{ "officers", NULL,
		{ { "name", REGISTER_TEXT, true }, { "login", REGISTER_LOGIN, false },
			{ "number", REGISTER_PHONE, false }, { "roles", REGISTER_ROLES, false },
			{ "duty", REGISTER_NUMBER, false },
			{ "language", REGISTER_LANGUAGE, false }, { "active", REGISTER_YES, false },
			{ NULL, 0, false } } },
	{ "recipients", "active",
		{ { "number", REGISTER_PHONE, true }, { "list", REGISTER_TEXT, true },
			{ "kind", REGISTER_LIST, false }, { "zone", REGISTER_TEXT, false },
			{ "language", REGISTER_LANGUAGE, false }, { "active", REGISTER_YES, false },
			{ NULL, 0, false } } },
	{ "gauges", NULL,
		{ { "number", REGISTER_NUMBER, true }, { "name", REGISTER_TEXT, true },
			{ "phone", REGISTER_PHONE, true }, { "zone", REGISTER_TEXT, false },
			{ "unit", REGISTER_UNIT, false }, { "threshold", REGISTER_LEVEL, true },
			{ "event", REGISTER_EVENT, false }, { NULL, 0, false } } },
	{ "shelters", NULL,
		{ { "name", REGISTER_TEXT, true }, { "zone", REGISTER_TEXT, true },
			{ "place", REGISTER_TEXT, false }, { "lat", REGISTER_LATITUDE, false },
			{ "long", REGISTER_LONGITUDE, false },
			{ "capacity", REGISTER_COUNT, false }, { "open", REGISTER_YES, false },
			{ NULL, 0, false } } },
};

const struct city_register *
register_find(const char *name)
{
	if (strcmp(name, "payments") == 0)
		name = "statement";
	for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
		if (strcmp(registers[i].name, name) == 0)
			return &registers[i];
	return NULL;
}

/* --- faults --- */

void
register_out_of_memory(void)
{
	fprintf(stderr, "baraza: out of memory\n");
	exit(1);
}

void
register_fault_add(
	struct register_faults *faults, unsigned line, const char *column, const char *fmt, ...)
{
	struct register_fault *fault;
	va_list args;

	if (faults->count == faults->size) {
		faults->size = faults->size * 2 + 64;
		faults->fault = realloc(faults->fault, faults->size * sizeof *faults->fault);
		if (faults->fault == NULL)
			register_out_of_memory();
	}
	fault = &faults->fault[faults->count++];
	fault->line = line;
	fault->column = column;
	va_start(args, fmt);
	if (vasprintf(&fault->text, fmt, args) == -1)
		register_out_of_memory();
	va_end(args);
}

static int
by_line(const void *a, const void *b)
{
	const struct register_fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

size_t
register_faults_sort(struct register_faults *faults)
{
	size_t rows = 0;

	if (faults->count > 0)
		qsort(faults->fault, faults->count, sizeof *faults->fault, by_line);
	for (size_t i = 0; i < faults->count; i++)
		rows += i == 0 || faults->fault[i].line != faults->fault[i - 1].line;
	return rows;
}

void
register_faults_free(struct register_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		free(faults->fault[i].text);
	free(faults->fault);
	*faults = (struct register_faults){ .count = 0 };
}
