/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-csv: whatever bytes come, csv keeps its header's promises, and what it read, written again
 * with quotes around every cell, reads the same.
 *
 * fuzz.h tells how it is run. With libFuzzer:
 *	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -Igateway \
 *		tests/fuzz/fuzz-csv.c gateway/csv.c gateway/text.c gateway/text-fold.c -lunistring
 */
#include <string.h>

#include "csv.h"
#include "fuzz.h"
#include "text.h"

enum { INPUT_MAX = 8192 };

static unsigned long rows_read, faults_told;

static void
check_lists(const char *cell)
{
	size_t length, items = 0, bars = 0;

	for (const char *c = cell; *c != '\0'; c++)
		bars += *c == '|';
	for (const char *at = cell; csv_item(&at, &length) != NULL; items++)
		PROMISE(length <= strlen(cell));
	PROMISE(cell[0] == '\0' ? items == 0 : items == bars + (cell[strlen(cell) - 1] != '|'));
	PROMISE(csv_unguarded(cell) == cell ||
		(cell[0] == '\'' && csv_unguarded(cell) == cell + 1));
}

static void
write_row(FILE *out, const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		PROMISE(text_utf8_valid(row->cell[i], strlen(row->cell[i])));
		check_lists(row->cell[i]);
		fputs(i == 0 ? "\"" : ",\"", out);
		for (const char *c = row->cell[i]; *c != '\0'; c++) {
			if (*c == '"')
				fputc('"', out);
			fputc(*c, out);
		}
		fputc('"', out);
	}
	fputs("\r\n", out);
}

/* Reads all and writes the good rows again to out. Returns how many they are, 0 when the header is
 * none. */
static size_t
read_all(const char *data, size_t size, FILE *out)
{
	FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
	struct csv *csv = csv_new(in);
	struct csv_row row;
	enum csv_got got;
	unsigned line = 0;
	size_t rows = 0, columns = 0;
	bool faulty_header = false;

	PROMISE(csv != NULL);
	while ((got = csv_read(csv, &row)) == CSV_ROW || got == CSV_FAULT) {
		PROMISE(row.line > line);
		line = row.line;
		if (got == CSV_FAULT) {
			PROMISE(row.fault != NULL && row.fault[0] != '\0');
			faults_told++;
			faulty_header |= rows == 0 && columns == 0;
			continue;
		}
		PROMISE(row.count > 0 && row.count <= CSV_COLUMNS_MAX);
		PROMISE(faulty_header || rows == 0 || row.count == columns);
		columns = row.count;
		rows++;
		write_row(out, &row);
	}
	PROMISE(got == CSV_END);
	csv_free(csv);
	fclose(in);
	return faulty_header ? 0 : rows;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact, *again = NULL;
	size_t length = 0, rows;
	FILE *out;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	exact = malloc(size);
	out = open_memstream(&again, &length);
	PROMISE(exact != NULL && out != NULL);
	memcpy(exact, data, size);
	rows = read_all(exact, size, out);
	fclose(out);
	rows_read += rows;
	if (rows > 0) {
		char *twice = NULL;
		size_t twice_length = 0;

		out = open_memstream(&twice, &twice_length);
		PROMISE(out != NULL);
		PROMISE(read_all(again, length, out) == rows);
		fclose(out);
		PROMISE(twice_length == length && memcmp(twice, again, length) == 0);
		free(twice);
	}
	free(again);
	free(exact);
	return 0;
}

/* Pieces of tables, and bytes by chance, in a fixed pseudo-random order. */
static int
play(unsigned long count, uint64_t seed)
{
	static const char *const pieces[] = { "a", ",", ",", ";", "\n", "\n", "\r\n", "\"", "\"\"",
		"\"x,y\"", "\"x\ny\"", "|", "'=1", "\xef\xbb\xbf", "\xff", "\r", "number,zone\n",
		"147,Mafalala\n", "\u0633" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	uint64_t state = seed;

	for (unsigned long i = 0; i < count; i++) {
		uint8_t data[INPUT_MAX];
		size_t size = 0, want = 1 + (size_t)i * 7919 % (i % 50 == 0 ? 4000 : 120);

		while (size < want) {
			const char *piece;

			state = state * 6364136223846793005u + 1442695040888963407u;
			if ((state >> 33) % 32 == 0) {
				data[size++] = (uint8_t)(state >> 40);
				continue;
			}
			piece = pieces[(state >> 33) / 32 % PIECES];
			memcpy(data + size, piece, strlen(piece));
			size += strlen(piece);
		}
		LLVMFuzzerTestOneInput(data, size);
	}
	printf("%lu rows read, %lu faults told\n", rows_read, faults_told);
	return rows_read > 0 && faults_told > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
